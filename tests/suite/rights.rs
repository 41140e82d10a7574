//! What a family may ask for, what those who help may, and whose print it is.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        finding::{Outcome, RuleCode, Severity},
        print_number::PrintNumber,
    },
    service::check,
    store::TrailFilter,
    web,
};

use crate::{
    access::{ask, assign, session, session_and_account, words},
    reminders::Lent,
    retention::{CHILD, import_text, number, with_the_child},
    support::engines::Database,
};

crate::on_every_engine!(
    a_disclosure_holds_everything_about_the_child_and_nobody_else,
    a_request_for_correction_is_kept_and_its_answer_reaches_the_family,
    whoever_helps_is_told_and_can_be_taken_out,
    the_number_of_a_print_leads_to_who_printed_it,
    what_was_said_between_family_and_staff_is_in_the_file,
);

/// The value of a hidden field in a form of a page, after a mark.
fn field(page: &str, mark: &str, name: &str) -> String {
    let at = page
        .find(mark)
        .unwrap_or_else(|| panic!("{mark} is not on the page"));
    let rest = page[at..]
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1);
    rest.and_then(|rest| rest.split('"').next())
        .expect("the field has a value")
        .to_owned()
}

async fn a_disclosure_holds_everything_about_the_child_and_nobody_else(db: Database) {
    let app = with_the_child(&db).await;
    import_text(&app, &CHILD.replace("手伝 太郎", "次野 次郎")).await;
    let router = web::router(app.clone());
    let family = session(&app, Role::Family, None, Some("X-0001")).await;
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    ask(&router, "GET", "/plans/X-0001", &town, "").await;
    let answer = ask(&router, "GET", "/plans/X-0001/disclosure", &family, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kept = answer.headers()["content-disposition"]
        .to_str()
        .expect("text");
    assert!(kept.starts_with("attachment"), "{kept}");
    let file = words(answer).await;
    for held in [
        "消江 まどか",
        "ケシエ マドカ",
        "2020-01-01",
        "消町77番地",
        "090-7777-1234",
        "32.2237135",
        "手伝 太郎",
        "次野 次郎",
        "080-5555-8765",
        "取扱注意",
        "計画を見た",
        "2026-01-10",
        "example.jp",
        "避難を手伝う人",
    ] {
        assert!(file.contains(held), "{held} is missing:\n{file}");
    }
    for no in ["D-0001", "<link", "<script", "src="] {
        assert!(!file.contains(no), "{no}");
    }
    // No word of the program's own stays untranslated.
    let raw = file
        .split("<dd>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .find(|value| value.contains('_') || matches!(*value, "female" | "true" | "ventilator"));
    assert_eq!(raw, None);
    let json = words(ask(&router, "GET", "/plans/X-0001/disclosure.json", &town, "").await).await;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["parts"][0]["content"]["name"], "【デモ】消江 まどか");
    assert_eq!(
        json["parts"][3]["content"].as_array().map(Vec::len),
        Some(2)
    );
    let did = actions(&app).await;
    assert_eq!(did.iter().filter(|a| **a == Action::Disclosed).count(), 2);
}

async fn actions(app: &App) -> Vec<Action> {
    let mut tx = app.store.read().await.expect("a unit of work");
    let filter = TrailFilter {
        case: Some(number("X-0001")),
        ..TrailFilter::default()
    };
    let rows = tx.trail(&Reader::Operator, &filter).await;
    rows.expect("the trail")
        .iter()
        .map(|row| row.event.action)
        .collect()
}

async fn a_request_for_correction_is_kept_and_its_answer_reaches_the_family(db: Database) {
    let app = with_the_child(&db).await;
    let router = web::router(app.clone());
    let family = session(&app, Role::Family, None, Some("X-0001")).await;
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let page =
        async |path: &str, cookie: &str| words(ask(&router, "GET", path, cookie, "").await).await;
    let path = "/plans/X-0001/correction";
    let key = app.ids.next();
    let form = |text: &str| format!("field=address&proposed={text}&key={key}");
    for _ in 0..2 {
        let sent = ask(&router, "POST", path, &family, &form("78番地です")).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    }
    let other = ask(&router, "POST", path, &family, &form("79番地です")).await;
    assert_eq!(
        other.status(),
        StatusCode::CONFLICT,
        "one key, two contents"
    );
    for bad in [String::new(), "あ".repeat(501)] {
        let form = format!("field=address&proposed={bad}&key={}", app.ids.next());
        let refused = ask(&router, "POST", path, &family, &form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let nonsense = format!("field=x&proposed=y&key={}", app.ids.next());
    let refused = ask(&router, "POST", path, &family, &nonsense).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let list = page("/corrections", &town).await;
    assert_eq!(list.matches("78番地です").count(), 1, "{list}");
    let plan = page("/plans/X-0001", &town).await;
    let id = field(&plan, "/correction/answer", "id");
    let answer = |corrected: &str, words: &str| {
        let key = app.ids.next();
        format!("id={id}&corrected={corrected}&words={words}&key={key}")
    };
    let path = "/plans/X-0001/correction/answer";
    let unreasoned = ask(&router, "POST", path, &town, &answer("no", "")).await;
    assert_eq!(
        unreasoned.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "the law wants the reason"
    );
    let by_family = ask(&router, "POST", path, &family, &answer("yes", "")).await;
    assert_eq!(by_family.status(), StatusCode::NOT_FOUND);
    let done = ask(
        &router,
        "POST",
        path,
        &town,
        &answer("no", "住民票では77番地です"),
    )
    .await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let late = ask(&router, "POST", path, &town, &answer("yes", "")).await;
    assert_eq!(late.status(), StatusCode::CONFLICT, "it is answered once");
    assert!(
        page("/plans/X-0001", &family)
            .await
            .contains("住民票では77番地です")
    );
    assert!(!page("/corrections", &town).await.contains("78番地です"));
    let did = actions(&app).await;
    assert!(did.contains(&Action::AskedCorrection) && did.contains(&Action::AnsweredCorrection));
}

async fn whoever_helps_is_told_and_can_be_taken_out(db: Database) {
    let app = with_the_child(&db).await;
    let router = web::router(app.clone());
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let family = session(&app, Role::Family, None, Some("X-0001")).await;
    let (coordinator, user) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, "X-0001", user).await;
    let page =
        async |path: &str, cookie: &str| words(ask(&router, "GET", path, cookie, "").await).await;
    let letter = page("/plans/X-0001/supporters/1/letter", &coordinator).await;
    assert!(
        letter.contains("【デモ】手伝 太郎") && letter.contains("X-0001"),
        "{letter}"
    );
    for no in ["消江", "呼吸器", "消町77", "隣野", "090-7777"] {
        assert!(!letter.contains(no), "the letter says {no}");
    }
    let plan = page("/plans/X-0001", &coordinator).await;
    assert!(plan.contains("まだ知らせていません"));
    let person = field(&plan, "/supporters/told", "person");
    let form = |rest: &str| format!("ordinal=1&person={person}{rest}&key={}", app.ids.next());
    let told = form("&on=2026-11-20&how=telephone");
    let done = ask(
        &router,
        "POST",
        "/plans/X-0001/supporters/told",
        &coordinator,
        &told,
    )
    .await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert!(
        page("/plans/X-0001", &town)
            .await
            .contains("2026-11-20 電話")
    );
    let out = "/plans/X-0001/supporters/withdrawn";
    let wrong = form("").replace("ordinal=1", "ordinal=2");
    let refused = ask(&router, "POST", out, &town, &wrong).await;
    assert_eq!(
        refused.status(),
        StatusCode::NOT_FOUND,
        "never the next one in the list"
    );
    let done = ask(&router, "POST", out, &town, &form("")).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let finding = async || {
        let checked = check::one(
            &app,
            &Reader::Operator,
            &number("X-0001"),
            app.clock.today(),
            tomoshibi::domain::residence::Sight::Usual,
        )
        .await;
        let look = checked.expect("a check").expect("a case").look;
        let found = look.findings.iter().find(|f| f.rule == RuleCode::Leg07);
        found.expect("a verdict").clone()
    };
    let missing = finding().await;
    assert_eq!(
        (missing.outcome, missing.severity),
        (Outcome::Fails, Severity::Gap)
    );
    for path in [
        "/plans/X-0001",
        "/plans/X-0001/disclosure",
        "/plans/X-0001/disclosure.json",
    ] {
        for cookie in [&town, &family] {
            let page = page(path, cookie).await;
            assert!(
                !page.contains("手伝 太郎") && !page.contains("080-5555-4321"),
                "{path}"
            );
            assert!(page.contains("隣野"), "{path}: the others stay");
        }
    }
    // A sheet that names them again is told, and the next version is without them.
    let report = import_text(&app, CHILD).await;
    assert_eq!(report.changed, 1, "{report:?}");
    let warned = |w: &&tomoshibi::import::report::RowNote| w.reason.contains("外れることを希望");
    let warned = report.warnings.iter().find(warned).expect("a warning");
    assert_eq!(
        (warned.row, warned.field.as_deref()),
        (1, Some("支援者1の氏名"))
    );
    assert_eq!(finding().await.outcome, Outcome::Holds);
    assert_eq!(import_text(&app, CHILD).await.unchanged, 1);
    assert!(
        !page("/plans/X-0001/disclosure", &town)
            .await
            .contains("手伝 太郎")
    );
    let did = actions(&app).await;
    assert!(did.contains(&Action::ToldSupporter) && did.contains(&Action::WithdrewSupporter));
}

/// The number in the print-only line of a page.
fn print_number(page: &str) -> Option<PrintNumber> {
    let line = page
        .split("class=\"print-only\"")
        .nth(1)?
        .split("</p>")
        .next()?;
    let at = line.find("P-")?;
    assert!(line.contains("取扱注意"), "{line}");
    PrintNumber::parse(&line[at..at + 11])
}

async fn the_number_of_a_print_leads_to_who_printed_it(db: Database) {
    let app = with_the_child(&db).await;
    let router = web::router(app.clone());
    let (town, user) = session_and_account(&app, Role::Municipality, Some("43203"), None).await;
    let auditor = session(&app, Role::Auditor, None, None).await;
    let page =
        async |path: &str, cookie: &str| words(ask(&router, "GET", path, cookie, "").await).await;
    for path in [
        "/plans/X-0001",
        "/children",
        "/children/ended",
        "/corrections",
        "/municipality",
        "/plans/X-0001/supporters/1/letter",
    ] {
        let one = print_number(&page(path, &town).await).unwrap_or_else(|| panic!("{path}"));
        let two = print_number(&page(path, &town).await).expect("a number");
        assert_ne!(one, two, "{path}: each rendering has its own");
        let mut tx = app.store.read().await.expect("a unit of work");
        let filter = TrailFilter {
            print: Some(one),
            ..TrailFilter::default()
        };
        let rows = tx
            .trail(&Reader::Operator, &filter)
            .await
            .expect("the trail");
        assert_eq!(rows.len(), 1, "{path}");
        assert_eq!(rows[0].event.actor.user(), Some(user));
        let found = page(&format!("/audit?print={one}"), &auditor).await;
        assert_eq!(found.matches("<td class=\"nowrap\">").count(), 1, "{path}");
    }
    assert!(
        page("/audit?print=P-123", &auditor)
            .await
            .contains("番号の形ではありません")
    );
    for path in ["/sites", "/account"] {
        assert_eq!(
            print_number(&page(path, &town).await),
            None,
            "{path} shows nobody"
        );
    }
    // Every page of every route that shows the child carries one.
    for (method, template, _) in web::ROUTES {
        let path = template
            .replace("{case}", "X-0001")
            .replace("{ordinal}", "1");
        if *method != "GET" || path.contains('{') {
            continue;
        }
        let shown = page(&path, &town).await;
        if shown.contains("class=\"print-only\"") && shown.contains("X-0001") {
            assert!(print_number(&shown).is_some(), "{path}");
        }
    }
}

async fn what_was_said_between_family_and_staff_is_in_the_file(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let app = lent.app("2026-11-21");
    let router = web::router(app.clone());
    let number = lent.number.to_string();
    let family = session(&app, Role::Family, None, Some(&number)).await;
    for (path, form) in [
        ("/family/tell/call_us", "words=【デモ】夕方がよいです"),
        ("/family/tell/renewed_fuel", "on=2026-11-19"),
    ] {
        let form = format!("{form}&key={}", app.ids.next());
        let answer = ask(&router, "POST", path, &family, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
    }
    let call = "act=call&call_way=telephone&call_on=2026-11-20&reached=yes&call_whom=mother\
        &call_said=【デモ】箱のまま置いてある";
    lent.centre.done(&lent.loan, "reminders", call).await;
    let battery = "act=battery&battery_on=2026-11-10&battery_by=engineer";
    lent.centre.done(&lent.loan, "reminders", battery).await;
    lent.tick("2026-11-21").await;
    assert_eq!(lent.mail("2026-11-21").await.len(), 1);
    let path = format!("/plans/{number}/disclosure");
    let own = words(ask(&router, "GET", &path, &family, "").await).await;
    for held in [
        "【デモ】夕方がよいです",
        "病院の臨床工学技士（ME）",
        "hikari@example.jp",
        "燃料を入れ替えました",
        "【デモ】箱のまま置いてある",
        "<dd>計画の申請</dd>",
    ] {
        assert!(own.contains(held), "{held} is missing:\n{own}");
    }
}
