//! The centre's desk: what is due and where it leads, where plans are stuck, the
//! guided hand-over and the yearly check.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        calendar::{Holidays, OfficeDays},
        id::CaseNumber,
        loan::DueDay,
    },
    service::loans as service,
    web,
};

use crate::{
    access::{ask, session},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    what_is_due_stands_on_the_desk_by_how_near_it_is_and_leads_to_its_form,
    the_days_that_are_kept_are_those_of_the_clocks_after_every_change,
    what_a_municipality_answers_is_kept_and_answered_with_the_law,
    the_lists_of_the_desk_are_files_in_which_nothing_is_a_formula,
    at_the_bedside_nothing_typed_is_lost_and_what_is_missing_is_named,
    a_check_that_fails_opens_what_follows_with_its_reason,
    a_day_agreed_for_a_check_is_on_the_desk_and_on_the_list_of_whom_to_see,
    an_empty_desk_says_how_to_begin,
);

/// The session of the centre on another day: an old one is over by then.
async fn centre_on(centre: &Centre, day: &str) -> Centre {
    let mut there = centre.on(day);
    there.cookie = session(&there.app, Role::Centre, None, None).await;
    there
}

async fn lent(centre: &Centre, name: &str, serial: &str) -> String {
    let unit = centre.unit(serial).await;
    let loan = centre.approved(name).await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1&place=【デモ】軒下");
    centre.done(&loan, "hand-over", &form).await;
    loan
}

/// A part of a page between two words.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page
        .split_once(from)
        .unwrap_or_else(|| panic!("{from}: {page}"));
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

async fn what_is_due_stands_on_the_desk_by_how_near_it_is_and_leads_to_its_form(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    // Five months before, it is beyond what the desk looks ahead to.
    let (_, page) = centre.get("/loans").await;
    assert!(!page.contains("2027年4月"), "{page}");
    // In January the desk sees April.
    let january = centre_on(&centre, "2027-01-12").await;
    let (_, page) = january.get("/loans").await;
    let april = between(&page, "<h3>", "</table>");
    assert!(
        april.contains("2027年4月") && april.contains("2027-04-30"),
        "{page}"
    );
    assert!(
        april.contains("計画の申請") && april.contains("ご家族"),
        "{page}"
    );
    for (day, group) in [
        ("2027-04-12", "今月"),
        ("2027-04-30", "今日まで"),
        ("2027-05-06", "期限切れ"),
    ] {
        let then = centre_on(&centre, day).await;
        let (_, page) = then.get("/loans").await;
        let first = between(&page, "<h3>", "</table>");
        assert!(
            first.contains(group) && first.contains("2027-04-30"),
            "{day}: {page}"
        );
    }
    // The one thing to do is a form that stands open.
    let link = format!("{loan}?do=plan");
    assert!(page.contains(&format!("href=\"{link}#do-plan\"")), "{page}");
    let (_, page) = january.get(&link).await;
    assert!(page.contains("<details id=\"do-plan\" open>"), "{page}");
    january.done(&loan, "plan", "on=2027-01-10").await;
    let (_, page) = january.get("/loans").await;
    assert!(!page.contains("2027-04-30"), "{page}");
    // An application that waits says for whom, and leads to its step.
    let waits = centre.enquiry("【デモ】待つ").await;
    let (_, page) = centre.get("/loans").await;
    let waiting = between(&page, "動くのを待っているもの", "</table>");
    assert!(
        waiting.contains("ご家族") && waiting.contains("【デモ】待つ"),
        "{page}"
    );
    let (_, page) = centre.get(&format!("{waits}?do=step")).await;
    assert!(page.contains("value=\"apply_for_use\" selected"), "{page}");
}

/// What the store keeps as due, by child.
async fn kept(app: &App) -> BTreeMap<String, Vec<DueDay>> {
    let mut tx = app.store.read().await.expect("a reader");
    let far = "2099-12-31".parse().expect("a day");
    let lines = tx
        .duties(&Reader::Operator, app.moment(), (far, 1_000))
        .await;
    let mut by_child = BTreeMap::<_, Vec<_>>::new();
    for line in lines.expect("the duties") {
        by_child
            .entry(line.number.to_string())
            .or_default()
            .push(line.due);
    }
    by_child
}

/// What is kept of a loan is what its clocks say now.
async fn agrees(app: &App, loan: &str, after: &str) {
    let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
    let (file, agreed) = {
        let mut tx = app.store.read().await.expect("a reader");
        let file = tx.loan_file(&Reader::Operator, app.moment(), &number).await;
        let file = file.expect("a look-up").expect("a file");
        let of = file.loan.as_ref().expect("a loan").id;
        let agreed = tx.check_day(of).await.expect("a look-up");
        (file, agreed.map(|(day, _)| day))
    };
    let set = file
        .loan
        .as_ref()
        .is_some_and(|loan| loan.return_on.is_some());
    let mut expected = service::clocks(app, &file)
        .map(|clocks| clocks.dues(agreed, set))
        .unwrap_or_default();
    let mut found = kept(app)
        .await
        .remove(&number.to_string())
        .unwrap_or_default();
    let key = |due: &DueDay| due.duty.code();
    expected.sort_by_key(key);
    found.sort_by_key(key);
    assert_eq!(found, expected, "after {after}");
}

async fn the_days_that_are_kept_are_those_of_the_clocks_after_every_change(db: Database) {
    let centre = Centre::new(&db).await;
    let app = &centre.app;
    let spare = centre.unit("A-2").await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    agrees(app, &loan, "the hand-over").await;
    let number = loan.trim_start_matches("/loans/").to_owned();
    assert_eq!(kept(app).await[&number].len(), 3);
    for (act, form) in [
        ("agree", "check_on=2027-10-20&way=telephone".to_owned()),
        (
            "check",
            "held_on=2026-11-10&way=visit&usage=fine&condition=fine&eligible=fine".to_owned(),
        ),
        ("agree", "check_on=2027-10-21&way=visit".to_owned()),
        ("agree", "check_on=&way=visit".to_owned()),
        ("plan", "on=2026-11-12".to_owned()),
        (
            "exchange",
            format!("on=2026-11-13&unit={spare}&note=始動しない&{KIT}"),
        ),
        (
            "return",
            "on=2026-11-14&return_on=2026-11-30&why=moved".to_owned(),
        ),
        (
            "step",
            "step=cancel_return&on=2026-11-15&note=取りやめ".to_owned(),
        ),
    ] {
        centre.done(&loan, act, &form).await;
        agrees(app, &loan, act).await;
    }
    // Another list of holidays: the days move when it is counted again.
    let day: chrono::NaiveDate = "2027-11-10".parse().expect("a day");
    let before = kept(app).await;
    let list = BTreeMap::from([(day, "【デモ】の日".to_owned())]);
    let office = OfficeDays::new(Holidays::published(list));
    let mut other = app.clone();
    other.office = Arc::new(office);
    assert!(service::count_again(&other).await.expect("it is counted") >= 1);
    agrees(&other, &loan, "another list of holidays").await;
    assert_ne!(kept(app).await, before, "the check's day was that holiday");
    assert_eq!(
        service::count_again(&other).await.expect("nothing is left"),
        0
    );
    centre
        .done(
            &loan,
            "return",
            "on=2026-11-16&return_on=2026-11-30&why=moved",
        )
        .await;
    centre
        .done(&loan, "back", &format!("on=2026-11-17&in_order=1&{KIT}"))
        .await;
    assert!(
        kept(app).await.is_empty(),
        "nothing is due of what came back"
    );
}

async fn what_a_municipality_answers_is_kept_and_answered_with_the_law(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    centre.done(&loan, "plan", "on=2026-11-10").await;
    let (_, page) = centre.get("/loans").await;
    let stuck = between(&page, "計画が止まっているところ", "</table>");
    assert!(
        stuck.contains("市町村の対応待ち") && stuck.contains("2026-11-10"),
        "{page}"
    );
    let path = format!("{loan}/progress");
    assert!(stuck.contains(&path), "{page}");
    let other = "said_on=2026-11-18&way=telephone&answer=other&said_words=";
    let (status, _, page) = centre.post(&path, other).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    let said =
        "said_on=2026-11-18&way=telephone&answer=not_on_roster&said_words=【デモ】担当の言葉";
    let (status, _, page) = centre.post(&path, said).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for there in [&path, &loan] {
        let (_, page) = centre.get(there).await;
        for word in [
            "名簿の対象外",
            "担当の言葉",
            "第49条の10",
            "自ら避難することが困難な者",
        ] {
            assert!(page.contains(word), "{there} {word}: {page}");
        }
    }
    let (_, page) = centre.get("/loans/stuck").await;
    assert!(page.contains("名簿の対象外と言われた"), "{page}");
    // Three months later nobody has moved: it is time to ask.
    assert!(!page.contains("聞くとき"), "{page}");
    let later = centre_on(&centre, "2027-02-10").await;
    let (_, page) = later.get("/loans/stuck").await;
    assert!(page.contains("聞くとき"), "{page}");
    // Nobody else reads it.
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(centre.app.clone());
    let answer = ask(&router, "GET", &path, &town, "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

async fn the_lists_of_the_desk_are_files_in_which_nothing_is_a_formula(db: Database) {
    let centre = Centre::new(&db).await;
    lent(&centre, "=1%2B1", "A-1").await;
    centre.enquiry("=2%2B2").await;
    let there = centre_on(&centre, "2027-10-12").await;
    for (list, word) in [
        ("due", "'=1+1"),
        ("waiting", "'=2+2"),
        ("stuck", "'=2+2"),
        ("visits", "'=1+1"),
        ("running", "'=2+2"),
    ] {
        let (status, text) = there.get(&format!("/loans/lists/{list}.csv")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            text.starts_with('\u{feff}') && text.contains(word),
            "{list}: {text}"
        );
        let router = web::router(there.app.clone());
        let path = format!("/loans/lists/{list}.xlsx");
        let file = ask(&router, "GET", &path, &there.cookie, "").await;
        let kind = file.headers()["content-type"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(kind.contains("spreadsheetml"), "{kind}");
    }
    for none in ["due.pdf", "other.csv", "due"] {
        let (status, _) = there.get(&format!("/loans/lists/{none}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{none}");
    }
}

async fn at_the_bedside_nothing_typed_is_lost_and_what_is_missing_is_named(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let path = format!("{loan}/hand-over");
    let (status, page) = centre.get(&path).await;
    assert_eq!(status, StatusCode::OK);
    for word in [
        "必ず屋外で",
        "共有を断っても、発電機はそのままお使いいただけます",
        "人吉市 60 Hz",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    // Nobody has looked at the switch before somebody says so.
    assert!(!page.contains("value=\"60\" checked"), "{page}");
    // Looking records nothing and names what is missing.
    let typed = format!("on=2026-11-03&unit={unit}&place=【デモ】北の軒下&frequency=60&look=1");
    let (status, page) = centre.act(&loan, "hand-over", &typed).await;
    assert_eq!(status, StatusCode::OK);
    let end = between(&page, "id=\"end\"", "</form>");
    for word in [
        "付属品がそろっていません",
        "説明にチェックがありません",
        "合言葉がまだ",
    ] {
        assert!(end.contains(word), "{word}: {page}");
    }
    assert!(!end.contains("屋外の置き場所をまだ"), "{page}");
    assert!(page.contains("北の軒下"), "{page}");
    // Refused, it comes back as it was typed.
    let refused = typed.replace(
        "&look=1",
        "&pass_phrase=【デモ】ひまわり&consent=no&kit=cord",
    );
    let (status, page) = centre.act(&loan, "hand-over", &refused).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for word in [
        "北の軒下",
        "ひまわり",
        "value=\"no\" checked",
        "value=\"cord\" checked",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let done = format!("{refused}&co_explained=1&kit_note=残りは来週");
    centre.done(&loan, "hand-over", &done).await;
    let (_, page) = centre.get(&path).await;
    assert!(
        page.contains("いまの段階では引渡しを記録できません"),
        "{page}"
    );
}

async fn a_check_that_fails_opens_what_follows_with_its_reason(db: Database) {
    let centre = Centre::new(&db).await;
    centre.unit("A-2").await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    let path = format!("{loan}/check");
    let (_, page) = centre.get(&path).await;
    assert!(
        page.contains("2027-10-03") && page.contains("2027-12-03"),
        "{page}"
    );
    let fine =
        "held_on=2026-11-10&way=visit&usage=fine&condition=fine&eligible=fine&hours_run=12&sure=1";
    let (status, to, page) = centre.post(&path, fine).await;
    assert_eq!(
        (status, to),
        (StatusCode::SEE_OTHER, loan.clone()),
        "{page}"
    );
    // Fewer hours than before are asked about, and taken when they are right.
    let fails = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine\
                 &hours_run=3&note=【デモ】煙が出る&sure=1";
    let (status, _, page) = centre.post(&path, fails).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("運転時間が少なく") && page.contains("煙が出る"),
        "{page}"
    );
    let (status, to, page) = centre.post(&path, &format!("{fails}&hours_ok=1")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert!(to.contains("do=exchange"), "{to}");
    let (_, page) = centre.get(&to).await;
    let form = between(&page, "id=\"do-exchange\" open", "</details>");
    assert!(
        form.contains("不合格 2026-11-12") && form.contains("煙が出る"),
        "{page}"
    );
    // A condition that holds no more leads to the return.
    let ends = "held_on=2026-11-13&way=telephone&usage=fine&condition=fine&eligible=fails&note=転居&sure=1";
    let (_, to, _) = centre.post(&path, ends).await;
    let (_, page) = centre.get(&to).await;
    let form = between(&page, "id=\"do-return\" open", "</details>");
    assert!(form.contains("転居"), "{page}");
}

async fn a_day_agreed_for_a_check_is_on_the_desk_and_on_the_list_of_whom_to_see(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    let october = centre_on(&centre, "2027-10-12").await;
    let (_, page) = october.get("/loans/visits").await;
    assert!(
        page.contains("人吉市") && page.contains("2027-11-02"),
        "{page}"
    );
    let (status, page) = october
        .act(&loan, "agree", "check_on=2027-10-11&way=visit")
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    october
        .done(&loan, "agree", "check_on=2027-10-20&way=telephone")
        .await;
    for list in ["/loans", "/loans/visits"] {
        let (_, page) = october.get(list).await;
        assert!(
            page.contains("2027-10-20") && page.contains("約束の日 電話"),
            "{list}: {page}"
        );
    }
    // It is moved, and gone when the check was held.
    october
        .done(&loan, "agree", "check_on=2027-10-25&way=visit")
        .await;
    let (_, page) = october.get("/loans/visits").await;
    assert!(
        page.contains("2027-10-25") && !page.contains("2027-10-20"),
        "{page}"
    );
    let fine = "held_on=2027-10-12&way=visit&usage=fine&condition=fine&eligible=fine";
    october.done(&loan, "check", fine).await;
    let (_, page) = october.get("/loans/visits").await;
    assert!(!page.contains("【デモ】光"), "{page}");
    // Between its day and the end of its month a check is due, and not late.
    let later = centre_on(&centre, "2028-10-30").await;
    let (_, page) = later.get("/loans").await;
    let line = between(&page, "<h3>", "</table>");
    assert!(line.contains("期限切れ"), "the plan is: {page}");
    assert!(page.contains("この日までならよい"), "{page}");
}

async fn an_empty_desk_says_how_to_begin(db: Database) {
    let centre = Centre::new(&db).await;
    let (_, page) = centre.get("/loans").await;
    assert!(page.contains("新しい相談"), "{page}");
    for empty in ["/loans/stuck", "/loans/visits"] {
        let (_, page) = centre.get(empty).await;
        assert!(page.contains("class=\"empty\""), "{page}");
    }
}
