//! The places that receive a child on a ventilator: what each has said, whom to
//! ask once more, and what a "no" does to the plans that lead there.

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use chrono::TimeDelta;
use mail_parser::MessageParser;
use tomoshibi::{
    app::App,
    clock::ManualClock,
    domain::{
        access::{Reader, Role},
        finding::{Outcome, RuleCode},
        id::SiteId,
        site::{Reception, SiteKind},
    },
    service::{check, place_answers, reminders},
    web,
};

use crate::{
    access::{ask, session, words},
    sites_list::{
        TOWN, a_destination, a_hospital, an_own_site, own_form, page, sent, site, sites_of,
    },
    support::engines::Database,
};

crate::on_every_engine!(
    a_place_says_yes_on_conditions_or_no_and_its_history_and_undo_stay,
    what_is_wrong_is_told_at_its_field_and_stays_typed,
    two_people_and_a_double_press_write_once,
    the_list_filters_by_kind_answer_age_and_municipality,
    a_place_that_says_no_brings_back_the_plans_that_lead_there,
    only_staff_of_its_municipality_write_and_no_family_reads_the_list_or_the_telephone,
    the_list_says_what_to_do_where_there_is_none,
    a_place_is_asked_once_a_year_and_answers_with_one_tap,
    a_place_that_does_not_answer_is_asked_once_more_and_then_telephoned,
    what_a_place_says_has_changed_waits_until_its_municipality_has_entered_it,
    agreement_and_registered_children_stand_on_the_list,
    the_centre_writes_for_hospitals_and_short_stays_and_for_nothing_else,
);

async fn revision(app: &App, id: SiteId) -> i64 {
    let mut tx = app.store.read().await.expect("a unit of work");
    tx.site_entry_state(id).await.expect("a look-up").0
}

/// Enters something on a site, on top of what is there.
async fn enter(
    app: &App,
    (router, cookie): (&Router, &str),
    id: SiteId,
    form: &str,
) -> (StatusCode, String) {
    let form = format!("{form}&revision={}", revision(app, id).await);
    let path = format!("/sites/{id}/entry");
    let (status, _, page) = sent(router, app, cookie, &path, &form).await;
    (status, page)
}

const ON_CONDITIONS: &str = "reception=on_conditions&conditions=【デモ】吸引器は持参&sockets=4\
    &generator=yes&generator_hours=72&phone_day=000-0000-0001&phone_night=000-0000-0002\
    &contact=【デモ】施設長&asked_on=2026-11-01&asked_of=【デモ】施設長、電話&direct=yes&lowest=1&highest=2";

async fn a_place_says_yes_on_conditions_or_no_and_its_history_and_undo_stay(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&app, TOWN).await;
    let path = format!("/sites/{id}");
    // Unknown until somebody has asked, and never a yes.
    assert!(site(&app, id).await.entry.reception.is_none());
    let list = page(&router, &cookie, "/places").await;
    let row = row_of(&list, id);
    assert!(row.contains("不明（まだ確認していません）"), "{row}");
    assert!(row.contains("未確認：施設に電話"), "{row}");
    let (status, said) = enter(&app, (&router, &cookie), id, ON_CONDITIONS).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let list = page(&router, &cookie, "/places").await;
    let row = row_of(&list, id);
    for known in [
        "条件付きで受け入れる：【デモ】吸引器は持参",
        "コンセント 4",
        "72 時間",
        "昼 000-0000-0001",
        "夜間 000-0000-0002",
        "2026-11-01 【デモ】施設長、電話",
    ] {
        assert!(row.contains(known), "{known} is not in {row}");
    }
    assert!(!row.contains("△"), "{row}");
    let (status, _) = enter(&app, (&router, &cookie), id, "reception=no").await;
    assert_eq!(status, StatusCode::OK);
    assert!(site(&app, id).await.entry.refuses());
    let said = page(&router, &cookie, &path).await;
    assert!(
        said.contains("条件付きで受け入れる</del> → <ins>受け入れられない"),
        "before and after stand in the history"
    );
    // Taken back: what was said before is said again, as a new entry.
    let back = format!("revision={}&of=1", revision(&app, id).await);
    let restore = format!("{path}/entry/restore");
    let (status, ..) = sent(&router, &app, &cookie, &restore, &back).await;
    assert_eq!(status, StatusCode::OK);
    let entry = site(&app, id).await.entry;
    assert_eq!(entry.reception, Some(Reception::OnConditions));
    assert_eq!(entry.telephone_night.as_deref(), Some("000-0000-0002"));
    assert_eq!(revision(&app, id).await, 3);
}

/// A question to a hospital of 人吉市, which nobody has answered.
pub(crate) async fn an_inquiry(app: &App) -> uuid::Uuid {
    let site = a_hospital(app, TOWN).await;
    let (id, now) = (app.ids.next(), app.clock.now());
    let mut tx = app.store.begin().await.expect("a unit of work");
    let opened = tx.open_inquiry((id, site), now).await;
    assert!(opened.expect("a question"));
    tx.commit().await.expect("committed");
    id
}

/// The row of a place in the list.
fn row_of(list: &str, id: SiteId) -> &str {
    let mark = format!("href=\"/sites/{id}\"");
    let found = list.split("<tr>").find(|row| row.contains(&mark));
    found.unwrap_or_else(|| panic!("{id} is not in {list}"))
}

async fn what_is_wrong_is_told_at_its_field_and_stays_typed(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&app, TOWN).await;
    for (form, field) in [
        ("reception=on_conditions&contact=【デモ】係", "conditions"),
        (
            "reception=no&conditions=【デモ】昼だけ&contact=【デモ】係",
            "reception",
        ),
        (
            "generator=no&generator_hours=3&contact=【デモ】係",
            "generator_hours",
        ),
        ("asked_on=2026-11-01&contact=【デモ】係", "asked_of"),
        ("sockets=たくさん&contact=【デモ】係", "sockets"),
    ] {
        let (status, said) = enter(&app, (&router, &cookie), id, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let marked = format!("name=\"{field}\" aria-invalid=\"true\"");
        assert!(said.contains(&marked), "{form}: {said}");
        assert!(said.contains("value=\"【デモ】係\""), "{form}");
    }
    assert_eq!(revision(&app, id).await, 0);
}

async fn two_people_and_a_double_press_write_once(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let other = session(&app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&app, TOWN).await;
    let path = format!("/sites/{id}/entry");
    let form = format!("reception=yes&revision=0&key={}", app.ids.next());
    for _ in 0..2 {
        let answer = ask(&router, "POST", &path, &cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(revision(&app, id).await, 1);
    // Whoever looked at the page before is told, and nothing is overwritten.
    let (status, _, said) = sent(&router, &app, &other, &path, "reception=no&revision=0").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        said.contains("value=\"no\" selected"),
        "what was typed stays"
    );
    assert_eq!(site(&app, id).await.entry.reception, Some(Reception::Yes));
}

async fn the_list_filters_by_kind_answer_age_and_municipality(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let shelter = an_own_site(&app, TOWN).await;
    let listed = sites_of(&app, TOWN, SiteKind::EmergencySite).await;
    // The last of its list has no answer in the demonstration.
    let listed = listed.iter().find(|one| one.entry.reception.is_none());
    let listed = listed.expect("a site that nobody has asked").id;
    let shown = |list: &str, id: SiteId| list.contains(&format!("href=\"/sites/{id}\""));
    // A site of a list is a place that receives once somebody has written its answer.
    assert!(!shown(&page(&router, &cookie, "/places").await, listed));
    let old = "reception=yes&asked_on=2025-11-20&asked_of=【デモ】電話";
    enter(&app, (&router, &cookie), listed, old).await;
    enter(&app, (&router, &cookie), shelter, ON_CONDITIONS).await;
    for (address, has_shelter, has_listed) in [
        ("/places", true, true),
        ("/places?kind=welfare_shelter", true, false),
        ("/places?reception=yes", false, true),
        ("/places?reception=on_conditions", true, false),
        ("/places?reception=unknown", false, false),
        ("/places?due=1", false, true),
        ("/places?municipality=43203", true, true),
        ("/places?municipality=43202", false, false),
        ("/places?kind=nonsense&reception=nonsense&due=x", true, true),
    ] {
        for who in [&cookie, &centre] {
            let list = page(&router, who, address).await;
            assert_eq!(shown(&list, shelter), has_shelter, "{address}");
            assert_eq!(shown(&list, listed), has_listed, "{address}");
        }
    }
    let due = page(&router, &cookie, "/places?due=1").await;
    assert!(row_of(&due, listed).contains("1年以上前：もう一度"));
    // Another town sees its own places alone.
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    assert!(!shown(&page(&router, &other, "/places").await, shelter));
}

async fn a_place_that_says_no_brings_back_the_plans_that_lead_there(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (case, goal) = a_destination(&app).await;
    let reference = goal.reference();
    let judged = || async {
        let all = check::batch(&app, &Reader::Operator, "", app.clock.today()).await;
        let all = all.expect("a check");
        let one = all.iter().find(|one| one.case.number.as_str() == case);
        let findings = &one.expect("the child").look.findings;
        let found = findings
            .iter()
            .find(|f| f.rule == RuleCode::Dst08 && f.site.as_ref() == Some(&reference));
        found.expect("DST-08 of the place").outcome
    };
    assert_eq!(judged().await, Outcome::Holds);
    let plan = format!("/plans/{case}");
    let (status, said) = enter(&app, (&router, &cookie), goal.id, "reception=no").await;
    assert_eq!(status, StatusCode::OK);
    let touched = said.split("id=\"touched\"").nth(1).expect("the section");
    assert!(touched.contains(&format!("href=\"{plan}\"")), "{touched}");
    assert_eq!(judged().await, Outcome::Fails);
    let shown = page(&router, &cookie, &plan).await;
    assert!(shown.contains("人工呼吸器のお子さんを受け入れられないと答えています"));
    // Conditions stand beside the place in the plan.
    let (status, _) = enter(&app, (&router, &cookie), goal.id, ON_CONDITIONS).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(judged().await, Outcome::Holds);
    let shown = page(&router, &cookie, &plan).await;
    assert!(shown.contains("条件付きで受け入れる：【デモ】吸引器は持参"));
}

async fn only_staff_of_its_municipality_write_and_no_family_reads_the_list_or_the_telephone(
    db: Database,
) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (case, _) = a_destination(&app).await;
    let id = an_own_site(&app, TOWN).await;
    enter(&app, (&router, &cookie), id, ON_CONDITIONS).await;
    let foreign = session(&app, Role::Municipality, Some("43202"), None).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let coordinator = session(&app, Role::Coordinator, None, None).await;
    for who in [&foreign, &centre, &coordinator] {
        let (status, _) = enter(&app, (&router, who), id, "reception=no").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    assert!(
        page(&router, &coordinator, "/places")
            .await
            .contains("000-0000-0002")
    );
    let family = session(&app, Role::Family, None, Some(&case)).await;
    let answer = ask(&router, "GET", "/places", &family, "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let answer = ask(&router, "GET", &format!("/sites/{id}"), &family, "").await;
    if answer.status() == StatusCode::OK {
        let seen = words(answer).await;
        assert!(seen.contains("条件付きで受け入れる"));
        assert!(!seen.contains("000-0000-0002") && !seen.contains("【デモ】施設長"));
    }
}

async fn the_list_says_what_to_do_where_there_is_none(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let list = page(&router, &cookie, "/places").await;
    assert!(
        list.contains("避難先一覧で病院や短期入所（市町村は福祉避難所も）を追加"),
        "{list}"
    );
    let coordinator = session(&app, Role::Coordinator, None, None).await;
    let list = page(&router, &coordinator, "/places").await;
    assert!(list.contains("市町村が福祉避難所を"), "{list}");
}

/// The program with a folder for its mail, and what arrives there.
struct Post {
    app: App,
    folder: tempfile::TempDir,
}

impl Post {
    async fn new(db: &Database) -> Self {
        let (mut app, _) = crate::demo::filled(db).await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = (*app.config).clone();
        config.mail.maildir = folder.path().join("mail");
        app.config = Arc::new(config);
        Self { app, folder }
    }

    /// So much later.
    fn later(&mut self, by: TimeDelta) {
        let clock = ManualClock::new(self.app.clock.now() + by);
        self.app.clock = Arc::new(clock);
    }

    /// Asks as the tick does; the subjects and the links of what arrives.
    async fn asked(&self) -> Vec<(String, String)> {
        place_answers::ask(&self.app).await.expect("asked");
        let mailer = reminders::mailer(&self.app).expect("a folder for mail");
        let sent = reminders::deliver(&self.app, &mailer).await;
        sent.expect("mail leaves");
        let new = self.folder.path().join("mail").join("new");
        let Ok(entries) = std::fs::read_dir(&new) else {
            return Vec::new();
        };
        let read = |path: std::path::PathBuf| {
            let bytes = std::fs::read(&path).expect("a mail");
            std::fs::remove_file(&path).expect("it is read once");
            let mail = MessageParser::default().parse(&bytes).expect("a message");
            let text = mail.body_text(0).expect("a text").into_owned();
            let link = text.split("/place/").nth(1).expect("a link");
            let token = link.split_whitespace().next().expect("a token");
            let subject = mail.subject().expect("a subject").to_owned();
            (subject, format!("/place/{token}"))
        };
        let entries = entries.map(|entry| read(entry.expect("an entry").path()));
        entries.collect()
    }

    /// Sends a form as somebody without an account.
    async fn answers(&self, link: &str, form: &str) -> (StatusCode, String) {
        let router = web::router(self.app.clone());
        let answer = ask(&router, "POST", link, "", form).await;
        (answer.status(), words(answer).await)
    }
}

const ASKED: &str = "reception=on_conditions&conditions=【デモ】吸引器は持参&sockets=4\
    &mail=place@example.jp&asked_on=2025-12-10&asked_of=【デモ】施設長、電話";

async fn a_place_is_asked_once_a_year_and_answers_with_one_tap(db: Database) {
    let post = Post::new(&db).await;
    let router = web::router(post.app.clone());
    let cookie = session(&post.app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&post.app, TOWN).await;
    // Without an address nobody is asked.
    assert!(post.asked().await.is_empty());
    let (status, said) = enter(&post.app, (&router, &cookie), id, ASKED).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    // A year is over in nineteen days: the place is asked, once.
    let mails = post.asked().await;
    let [(subject, link)] = &mails[..] else {
        panic!("one mail: {mails:?}");
    };
    assert!(subject.contains("受入れの確認のお願い"), "{subject}");
    assert!(post.asked().await.is_empty());
    let list = page(&router, &cookie, "/places").await;
    assert!(row_of(&list, id).contains("メールで確認中"), "{list}");
    // A scanner that opens the link changes nothing.
    for _ in 0..2 {
        let seen = words(ask(&router, "GET", link, "", "").await).await;
        for text in [
            "条件付きで受け入れる",
            "【デモ】吸引器は持参",
            "変わりません",
        ] {
            assert!(seen.contains(text), "{text}: {seen}");
        }
    }
    let before = revision(&post.app, id).await;
    let (status, said) = post.answers(link, "answer=same&who=【デモ】施設長").await;
    assert_eq!(status, StatusCode::OK);
    assert!(said.contains("ありがとうございました"), "{said}");
    let entry = site(&post.app, id).await.entry;
    assert_eq!(entry.asked_on, Some(post.app.clock.today()));
    assert_eq!(entry.reception, Some(Reception::OnConditions));
    assert_eq!(revision(&post.app, id).await, before + 1);
    // Who said so stands in the history; a second press says nothing new.
    let history = page(&router, &cookie, &format!("/sites/{id}")).await;
    assert!(history.contains("施設の返事（メール）"), "{history}");
    let (_, said) = post.answers(link, "answer=no").await;
    assert!(said.contains("もう済んでいます"), "{said}");
    assert!(!site(&post.app, id).await.entry.refuses());
    let list = page(&router, &cookie, "/places").await;
    let row = row_of(&list, id);
    assert!(row.contains("【デモ】施設長（メールの返事）"), "{row}");
    assert!(
        !row.contains("△") && !row.contains("メールで確認中"),
        "{row}"
    );
    // A link that is none says whom to telephone, and nothing else.
    let none = ask(&router, "GET", "/place/abc", "", "").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    assert!(words(none).await.contains("市町村の担当に電話"));
}

async fn a_place_that_does_not_answer_is_asked_once_more_and_then_telephoned(db: Database) {
    let mut post = Post::new(&db).await;
    let router = web::router(post.app.clone());
    let cookie = session(&post.app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&post.app, TOWN).await;
    enter(&post.app, (&router, &cookie), id, ASKED).await;
    let first = post.asked().await;
    post.later(TimeDelta::days(13));
    assert!(post.asked().await.is_empty());
    post.later(TimeDelta::days(1));
    let second = post.asked().await;
    assert_eq!(second.len(), 1);
    assert!(second[0].0.contains("再送"), "{second:?}");
    assert_ne!(first[0].1, second[0].1);
    post.later(TimeDelta::days(14));
    assert!(post.asked().await.is_empty());
    let router = web::router(post.app.clone());
    let cookie = session(&post.app, Role::Municipality, Some(TOWN), None).await;
    let list = page(&router, &cookie, "/places").await;
    assert!(list.contains("電話する施設: 1"), "{list}");
    assert!(row_of(&list, id).contains("施設に電話し"), "{list}");
    // Somebody telephones, and writes it down: the question is over.
    let day = post.app.clock.today();
    let told = format!("reception=yes&mail=place@example.jp&asked_on={day}&asked_of=【デモ】電話");
    let (status, said) = enter(&post.app, (&router, &cookie), id, &told).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    assert!(post.asked().await.is_empty());
    let list = page(&router, &cookie, "/places").await;
    assert!(!list.contains("電話する施設"), "{list}");
    // The first link, too, still leads to what is said then.
    let seen = words(ask(&router, "GET", &first[0].1, "", "").await).await;
    assert!(seen.contains("もう済んでいます"), "{seen}");
    post.later(TimeDelta::days(40));
    let router = web::router(post.app.clone());
    let over = ask(&router, "GET", &first[0].1, "", "").await;
    assert_eq!(over.status(), StatusCode::NOT_FOUND);
}

async fn what_a_place_says_has_changed_waits_until_its_municipality_has_entered_it(db: Database) {
    let post = Post::new(&db).await;
    let router = web::router(post.app.clone());
    let cookie = session(&post.app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&post.app, TOWN).await;
    enter(&post.app, (&router, &cookie), id, ASKED).await;
    let link = post.asked().await.remove(0).1;
    for (form, why) in [
        ("answer=changed&words=%20", "何が変わったかを書いてから"),
        ("who=x", "3つのボタンのどれか"),
    ] {
        let (status, said) = post.answers(&link, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(said.contains(why), "{said}");
    }
    let long = format!("answer=changed&words={}", "あ".repeat(501));
    let (status, said) = post.answers(&link, &long).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("500字まで") && said.contains("ああああ"));
    let before = site(&post.app, id).await.entry;
    let told = "answer=changed&words=【デモ】夜間の電話が変わりました<b>&who=【デモ】係";
    let (status, said) = post.answers(&link, told).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    assert_eq!(site(&post.app, id).await.entry, before);
    let list = page(&router, &cookie, "/places").await;
    let row = row_of(&list, id);
    assert!(
        row.contains("【デモ】夜間の電話が変わりました&#60;b&#62;")
            || row.contains("【デモ】夜間の電話が変わりました&lt;b&gt;"),
        "{row}"
    );
    assert!(list.contains("返事が来ている施設: 1"), "{list}");
    // Others do not put it away.
    let away = row
        .split("action=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let away = away.expect("a form").to_owned();
    let other = session(&post.app, Role::Municipality, Some("43202"), None).await;
    let none = ask(&router, "POST", &away, &other, "").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    let done = ask(&router, "POST", &away, &cookie, "").await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let list = page(&router, &cookie, "/places").await;
    assert!(!list.contains("返事が来ている施設"), "{list}");
    // It is not asked again at once.
    assert!(post.asked().await.is_empty());
}

async fn agreement_and_registered_children_stand_on_the_list(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&app, TOWN).await;
    let told = "registered=2&agreement=【デモ】停電のとき個室1つ&agreed_on=2025-04-01";
    let (status, said) = enter(&app, (&router, &cookie), id, told).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let list = page(&router, &cookie, "/places").await;
    let row = row_of(&list, id);
    assert!(
        row.contains("協定 2025-04-01 【デモ】停電のとき個室1つ"),
        "{row}"
    );
    assert!(row.contains("事前登録 2"), "{row}");
    let alone = "agreement=【デモ】個室&contact=【デモ】係";
    let (status, said) = enter(&app, (&router, &cookie), id, alone).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("内容と日付の両方"), "{said}");
}

async fn the_centre_writes_for_hospitals_and_short_stays_and_for_nothing_else(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let centre = session(&app, Role::Centre, None, None).await;
    let form = |kind: &str| {
        own_form("【デモ】小児病院", "43202")
            .replace("welfare_shelter", kind)
            .replace("lat=32.21&lon=130.77", "lat=32.5070&lon=130.6010")
    };
    let new = page(&router, &centre, "/sites/new").await;
    assert!(new.contains("value=\"hospital\"") && new.contains("value=\"short_stay\""));
    assert!(!new.contains("value=\"welfare_shelter\"") && new.contains("八代市"));
    assert!(!new.contains("name=\"designated\""), "{new}");
    for kind in ["welfare_shelter", "shelter", "emergency_site"] {
        let form = format!("{}&designated=flood&outside=yes", form(kind));
        let (status, ..) = sent(&router, &app, &centre, "/sites/new", &form).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{kind}");
    }
    let with = format!("{}&outside=yes", form("hospital"));
    let (status, to, said) = sent(&router, &app, &centre, "/sites/new", &with).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let id = SiteId(crate::sites_list::id_at_the_end(&to));
    let (status, said) = enter(&app, (&router, &centre), id, ON_CONDITIONS).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let by_town = page(&router, &centre, "/places?municipality=43202").await;
    assert!(row_of(&by_town, id).contains("条件付きで受け入れる"));
    // Its municipality reads it, and goes on where the centre has stopped.
    let town = session(&app, Role::Municipality, Some("43202"), None).await;
    assert!(
        page(&router, &town, "/places")
            .await
            .contains("【デモ】小児病院")
    );
    let (status, _) = enter(&app, (&router, &town), id, "reception=no").await;
    assert_eq!(status, StatusCode::OK);
    assert!(site(&app, id).await.entry.refuses());
    // A welfare shelter is its municipality's alone, one by one and many at once.
    let shelter = an_own_site(&app, TOWN).await;
    let (status, _) = enter(&app, (&router, &centre), shelter, "reception=no").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, ..) = sent(
        &router,
        &app,
        &centre,
        &format!("/sites/{shelter}/end"),
        "revision=1",
    )
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let many = "within=/sites&all=1&set=companions&companions=7";
    let (status, ..) = sent(&router, &app, &centre, "/sites/bulk", many).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        !page(&router, &centre, "/sites")
            .await
            .contains("name=\"site\"")
    );
}
