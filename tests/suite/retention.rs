//! What has ended is in no list; what is due is erased and leaves the trail whole.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::NaiveDate;
use sqlx::Row;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        id::{CaseNumber, PositionId},
        position::{Position, PositionOrigin},
        text::search_form,
    },
    service::{
        audit,
        hand::{Hand, Outcome},
        import::{self, Imported, Options, What},
        retention::{self, NotErased},
        sign_in::{self, AccountRequest, Invited},
    },
    store::{NewPosition, Store, TrailFilter, sort_key},
    web,
};

use crate::{
    access::{ask, session, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_child_whose_case_has_ended_is_on_no_page_but_the_list_of_ended_cases,
    nothing_of_an_erased_child_is_left_in_any_column_and_the_trail_stays_whole,
    what_goes_on_or_is_lent_is_not_erased,
    old_versions_and_homes_of_a_case_that_goes_on_are_erased_and_nothing_else,
    a_sheet_does_not_bring_an_ended_case_back,
);

/// A child of whom nothing is like any other child.
pub(crate) const CHILD: &str = "\
整理番号,市町村,氏名,フリガナ,生年月日,性別,住所,事由,連絡先1,連絡先1の続柄,緯度,経度,位置の精度,\
計画,計画日,貸与開始日,作成の同意,作成の同意日,説明日,説明者,\
支援者1の氏名,支援者1の住所,支援者1の連絡先,支援者1の続柄,支援者1の同意,\
支援者2の氏名,支援者2の住所,支援者2の連絡先,支援者2の続柄,支援者2の同意
X-0001,43203,【デモ】消江 まどか,ケシエ マドカ,2020-01-01,女,熊本県人吉市【デモ】消町77番地,夜間に人工呼吸器を使用,\
090-7777-1234,母,32.2237135,130.76,建物,あり,2026-06-01,2026-01-10,はい,2026-06-01,2026-05-30,市の担当,\
【デモ】手伝 太郎,熊本県人吉市【デモ】手伝町1,080-5555-4321,近所,はい,\
【デモ】隣野 花子,熊本県人吉市【デモ】隣町2,080-5555-8765,親戚,はい
";

/// Everything that names the child, its family or those who help.
const NAMES: [&str; 15] = [
    "消江",
    "まどか",
    "ケシエ",
    "マドカ",
    "消町77",
    "090-7777-1234",
    "手伝 太郎",
    "手伝町",
    "080-5555-4321",
    "隣野",
    "080-5555-8765",
    "kesie@example.jp",
    "市役所に引っ越し",
    "32.2237135",
    "32.2237936",
];

pub(crate) async fn import_text(app: &App, text: &str) -> tomoshibi::import::report::FileReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("消江さん.csv");
    std::fs::write(&path, text).expect("it can be written");
    let done = import::file(
        app,
        What::Families,
        &path,
        &Options::default(),
        "test",
        Arc::new(|_| ()),
    )
    .await;
    match done.expect("it is read") {
        Imported::Report(report) => *report,
        other @ Imported::Missing(_) => panic!("{other:?}"),
    }
}

pub(crate) fn number(text: &str) -> CaseNumber {
    CaseNumber::parse(text).expect("a case")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The demonstration with the child.
pub(crate) async fn with_the_child(db: &Database) -> App {
    let (app, _) = crate::demo::filled(db).await;
    let report = import_text(&app, CHILD).await;
    assert_eq!((report.added, report.rejected.len()), (1, 0), "{report:?}");
    app
}

async fn end(app: &App, why: &str, on: &str) {
    use tomoshibi::{domain::ending, service::ends};
    let ending = ending::Ending {
        on: day(on),
        why: ending::EndReason::from_code(why).expect("a reason"),
    };
    let outcome = ends::end(app, Hand::Operator, &number("X-0001"), ending).await;
    assert_eq!(outcome.expect("it is written"), Outcome::Saved);
}

async fn end_loan(app: &App, on: &str) {
    use tomoshibi::{domain::ending::LoanEndReason, service::ends};
    let (case, why) = (number("X-0001"), LoanEndReason::Returned);
    let outcome = ends::end_loan(app, Hand::Operator, &case, day(on), why).await;
    // Of a loan that the centre keeps it is told.
    let outcome = outcome.expect("it is written");
    assert!(matches!(outcome, Outcome::Saved | Outcome::Told));
}

async fn a_child_whose_case_has_ended_is_on_no_page_but_the_list_of_ended_cases(db: Database) {
    let app = with_the_child(&db).await;
    let router = web::router(app.clone());
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let prefecture = session(&app, Role::Prefecture, None, None).await;
    let family = session(&app, Role::Family, None, Some("X-0001")).await;
    let page =
        async |path: &str, cookie: &str| words(ask(&router, "GET", path, cookie, "").await).await;
    assert!(page("/children", &town).await.contains("X-0001"));
    assert!(page("/children", &centre).await.contains("X-0001"));
    let figures = page("/figures", &prefecture).await;
    let key = app.ids.next();
    let form = format!("on=2026-11-21&why=died&key={key}");
    let path = "/plans/X-0001/end";
    let foreign = ask(&router, "POST", path, &other, &form).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    let to_come = form.replace("11-21", "11-22");
    let refused = ask(&router, "POST", path, &town, &to_come).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        let done = ask(&router, "POST", path, &town, &form).await;
        assert_eq!(
            done.status(),
            StatusCode::SEE_OTHER,
            "once, however often it comes"
        );
    }
    let sites = page("/sites", &town).await;
    let sites: Vec<&str> = sites
        .split("href=\"/sites/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(!sites.is_empty());
    let mut paths: Vec<String> = sites.iter().map(|id| format!("/sites/{id}")).collect();
    paths.extend(["/children", "/corrections", "/figures", "/"].map(str::to_owned));
    for (who, cookie) in [("town", &town), ("centre", &centre), ("family", &family)] {
        for path in &paths {
            let page = page(path, cookie).await;
            assert!(
                !page.contains("X-0001") && !page.contains("消江"),
                "{who} {path}"
            );
        }
        for path in ["/plans/X-0001", "/plans/X-0001/map.json"] {
            let answer = ask(&router, "GET", path, cookie, "").await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{who} {path}");
        }
        let found = "words=%E6%B6%88%E6%B1%9F";
        let answer = ask(&router, "POST", "/children/search", cookie, found).await;
        if let Some(search) = answer.headers().get("set-cookie") {
            let search = search.to_str().expect("a cookie").split(';').next();
            let both = format!("{cookie}; {}", search.expect("a pair"));
            let found = page("/children?found=1", &both).await;
            assert!(!found.contains("X-0001"), "{who} finds it");
        }
    }
    assert!(page("/", &family).await.contains("登録は終わっています"));
    assert_ne!(page("/figures", &prefecture).await, figures);
    let ended = page("/children/ended", &town).await;
    assert!(
        ended.contains("X-0001") && ended.contains("消江"),
        "{ended}"
    );
    assert!(ended.contains("貸与が続いている"), "the loan runs");
    assert!(!page("/children/ended", &other).await.contains("X-0001"));
    let loan = format!("on=2026-11-21&why=returned&key={}", app.ids.next());
    let done = ask(&router, "POST", "/plans/X-0001/loan/end", &town, &loan).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let ended = page("/children/ended", &town).await;
    assert!(
        ended.contains("2027-11-22") && ended.contains("2031-11-22"),
        "{ended}"
    );
    let again = format!("key={}", app.ids.next());
    let done = ask(&router, "POST", "/plans/X-0001/reopen", &town, &again).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert!(page("/children", &town).await.contains("X-0001"));
    assert!(
        !page("/children", &centre).await.contains("X-0001"),
        "nothing is lent any more"
    );
    let did = actions(&app).await;
    for action in [
        Action::EndedCase,
        Action::EndedLoan,
        Action::ReopenedCase,
        Action::ListedEnded,
    ] {
        assert!(did.contains(&action), "{action:?}");
    }
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

/// Tables and columns of a database that hold text or bytes, as the schema names
/// them now.
async fn columns(db: &Database) -> Vec<(String, String)> {
    let rows: Vec<(String, String)> = if db.url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(&db.url).await.expect("a pool");
        let rows = sqlx::query(
            "select m.name as t, c.name as c from sqlite_master m, pragma_table_info(m.name) c
             where m.type = 'table'",
        )
        .fetch_all(&pool)
        .await
        .expect("the schema");
        pool.close().await;
        rows.iter().map(|r| (r.get("t"), r.get("c"))).collect()
    } else {
        let pool = sqlx::PgPool::connect(&db.url).await.expect("a pool");
        let rows = sqlx::query(
            "select table_name::text as t, column_name::text as c from information_schema.columns
             where table_schema = 'public'",
        )
        .fetch_all(&pool)
        .await
        .expect("the schema");
        pool.close().await;
        rows.iter().map(|r| (r.get("t"), r.get("c"))).collect()
    };
    assert!(rows.len() > 100, "{}", rows.len());
    rows
}

/// The columns that hold a text, in any form that we store.
async fn holding(db: &Database, needles: &[String], bytes: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    let sqlite = if db.url.starts_with("sqlite:") {
        Some(sqlx::SqlitePool::connect(&db.url).await.expect("a pool"))
    } else {
        None
    };
    let postgres = match sqlite {
        Some(_) => None,
        None => Some(sqlx::PgPool::connect(&db.url).await.expect("a pool")),
    };
    for (table, column) in columns(db).await {
        for (needle, raw) in needles
            .iter()
            .map(|n| (n.clone(), n.as_bytes().to_vec()))
            .chain(bytes.iter().map(|b| (tomoshibi::seal::hex(b), b.clone())))
        {
            let count: i64 = if let Some(pool) = &sqlite {
                let sql = format!(
                    "select count(*) from \"{table}\"
                     where instr(cast(\"{column}\" as blob), $1) > 0"
                );
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                    .bind(raw)
                    .fetch_one(pool)
                    .await
                    .expect("a count")
            } else {
                let sql = format!(
                    "select count(*) from \"{table}\" where strpos(cast(\"{column}\" as text), $1) > 0"
                );
                let pool = postgres.as_ref().expect("one of both");
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                    .bind(needle.clone())
                    .fetch_one(pool)
                    .await
                    .expect("a count")
            };
            if count > 0 {
                found.push(format!("{table}.{column}: {needle}"));
            }
        }
    }
    if let Some(pool) = sqlite {
        pool.close().await;
    }
    found
}

fn needles() -> (Vec<String>, Vec<Vec<u8>>) {
    let mut needles: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    needles.extend(NAMES.iter().map(|name| search_form(name)));
    needles.sort();
    needles.dedup();
    // The first half of the reading's collation bytes: the reading's own.
    let key = sort_key("ケシエ マドカ");
    // And any photo.
    let jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec();
    (needles, vec![key[..12].to_vec(), jpeg])
}

/// The names that stand in the bytes of the file, or of its log.
fn in_the_file(db: &Database) -> Vec<&'static str> {
    let Some(path) = db.url.strip_prefix("sqlite:") else {
        return Vec::new();
    };
    let mut bytes = std::fs::read(path).expect("the file is there");
    bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    NAMES
        .into_iter()
        .filter(|name| {
            bytes
                .windows(name.len())
                .any(|window| window == name.as_bytes())
        })
        .collect()
}

/// Another version and another home, so that there is a history; a row that a
/// report quotes; a family with an account, a session and a request.
/// Two drills, of which one was another child's; what failed is mended, and a neighbour
/// holds a paper.
async fn practise(app: &App, staff: &str) {
    let router = web::router(app.clone());
    let post = async |path: &str, form: &str| {
        let form = format!("{form}&key={}", app.ids.next());
        let path = format!("/plans/X-0001/{path}");
        let done = ask(&router, "POST", &path, staff, &form).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER, "{path}");
    };
    let drill = "held_on=2026-11-20&people=消町77番地の隣人&tried_other=消町77番地の橋&\
        failed-0=消町77番地の段差&person-0=消江の隣人&mend_by-0=2026-12-20";
    post("drills", drill).await;
    post("drills", drill).await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let case = tx
        .case_of_number(&number("X-0001"))
        .await
        .expect("a look-up");
    let case = case.expect("a case");
    let drills = tx.drills_of(case).await.expect("drills");
    let task = tx.open_tasks(case).await.expect("tasks").pop();
    drop(tx);
    let task = task.expect("one failed");
    let other = drills.iter().find(|one| one.id != task.drill);
    let other = other.expect("another drill").id;
    post(
        &format!("tasks/{}", task.id),
        "act=done&note=消町77番地に板",
    )
    .await;
    post(&format!("drills/{other}/strike"), "why=消町77番地の別の子").await;
    let paper = "paper=neighbours&holder=消町77番地の隣人&version=1&given_on=2026-11-20";
    post("papers", paper).await;
}

async fn give_it_a_history(app: &App) {
    let router = web::router(app.clone());
    let moved = CHILD
        .replace("消町77番地", "消町77番地の2")
        .replace("32.2237135", "32.2237936");
    assert_eq!(import_text(app, &moved).await.changed, 1);
    // A place of a list, which staff have chosen.
    let mut tx = app.store.begin().await.expect("a unit of work");
    let case = tx
        .case_of_number(&number("X-0001"))
        .await
        .expect("a look-up");
    let new = NewPosition {
        id: PositionId(app.ids.next()),
        position: Position::new(32.223_793_6, 130.76).expect("a position"),
        accuracy: None,
        origin: PositionOrigin::Address,
        data_set: None,
        place: Some("消町77番地".to_owned()),
        confirmed: false,
        by: None,
    };
    let case = case.expect("a case");
    let phrase = tx.set_pass_phrase(case, Some("消町77番地"));
    phrase.await.expect("it is set");
    let record = serde_json::json!({"cars": [{"what": "消町77番地の隣の車"}]});
    let record = serde_json::from_value(record).expect("a record");
    let kept = tx.write_equipment((app.ids.next(), case), 0, &record, (None, app.clock.now()));
    assert!(kept.await.expect("it is written"));
    let set = tx.set_position(case, &new, app.clock.now());
    assert!(set.await.expect("it is set"));
    tx.commit().await.expect("it is kept");
    crate::loans::lend_to(app, "X-0001", "【デモ】消江 まどか", "消町77番地").await;
    // A row of a ledger that nobody has said whose it is.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("台帳.csv");
    let ledger = "氏名,貸与日,備考\n【デモ】消江 まどか,2026-01-10,消町77番地\n";
    std::fs::write(&path, ledger).expect("it can be written");
    let options = Options::default();
    let asked = import::file(app, What::Loans, &path, &options, "test", Arc::new(|_| ())).await;
    let Imported::Report(asked) = asked.expect("it is read") else {
        panic!("the ledger is there");
    };
    assert_eq!(asked.undecided, [2], "{asked:?}");
    // A move that staff have not decided on, and a stay.
    let leaves = moved.replace("X-0001,43203", "X-0001,43202");
    import_text(app, &leaves).await;
    let staff = session(app, Role::Municipality, Some("43203"), None).await;
    let stay = format!(
        "municipality=43205&address=消町77番地の別宅&from=2026-11-21&until=2026-11-30&key={}",
        app.ids.next()
    );
    let stays = ask(&router, "POST", "/plans/X-0001/stay", &staff, &stay).await;
    assert_eq!(stays.status(), StatusCode::SEE_OTHER);
    // What was found is kept with a confirmation.
    let seen = crate::freshness::shown(app, &staff, "X-0001").await;
    let form = format!("seen={seen}&key={}", app.ids.next());
    let confirmed = ask(&router, "POST", "/plans/X-0001/confirmed", &staff, &form).await;
    assert_eq!(confirmed.status(), StatusCode::SEE_OTHER);
    practise(app, &staff).await;
    let consent = format!(
        "given=no&answered_on=2026-11-20&answered_by=消江の母&capacity=representative&form=spoken&key={}",
        app.ids.next()
    );
    let answered = ask(&router, "POST", "/plans/X-0001/consents", &staff, &consent).await;
    assert_eq!(answered.status(), StatusCode::SEE_OTHER);
    import_text(app, &CHILD.replace("2020-01-01", "消江の誕生日")).await;
    let request = AccountRequest {
        email: "kesie-haha@example.jp".to_owned(),
        name: "【デモ】消江の母".to_owned(),
        role: Role::Family,
        municipality: None,
        case: Some(number("X-0001")),
    };
    let invited = sign_in::invite(app, &request).await.expect("an invitation");
    assert!(matches!(invited, Invited::Link(..)));
    let family = session(app, Role::Family, None, Some("X-0001")).await;
    let told = format!("words=消町77番地に戻りました&key={}", app.ids.next());
    let told = ask(&router, "POST", "/family/tell/call_us", &family, &told).await;
    assert_eq!(told.status(), StatusCode::SEE_OTHER);
    // A day is agreed for the yearly check: the family fills it in.
    let parents = crate::loans::Centre {
        app: app.clone(),
        cookie: family.clone(),
    };
    let said = [("usage", "消町77番地"), ("place", "消町77番地の庭")];
    let photo = crate::loans_photos::jpeg(40, 30, [0, 0, 90]);
    let (status, _, page) = parents.upload("/family/check", &said, &[photo]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // What was answered on a night.
    let answered = format!(
        "came=at_home&where_is=home&remark=消町77番地の裏口&key={}",
        app.ids.next()
    );
    let answered = ask(&router, "POST", "/tonight/X-0001/answer", &staff, &answered).await;
    assert_eq!(answered.status(), StatusCode::SEE_OTHER);
    let form = format!(
        "field=address&proposed=市役所に引っ越し&key={}",
        app.ids.next()
    );
    let sent = ask(&router, "POST", "/plans/X-0001/correction", &family, &form).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    ask(&router, "GET", "/plans/X-0001", &family, "").await;
}

/// Where something of the child is to be found before it is erased.
const HELD: &[&str] = &[
    "child_case.name",
    "child_case.sort_key",
    "child_case.pass_phrase",
    "case_equipment.document",
    "plan_version.document",
    "plan_supporter.name",
    "plan_drill.people",
    "plan_drill.tried_other",
    "plan_drill.undone_why",
    "drill_task.what",
    "drill_task.person",
    "drill_task.done_note",
    "plan_paper.holder",
    "consent_answer.answer",
    "account.email",
    "correction_request.proposed",
    "import_run.report",
    "home.lat",
    "home_position.lat",
    "home_position.place",
    "proposed_move.home",
    "temporary_stay.address",
    "loan_file.applicant",
    "loan_step.note",
    "loan.hand_over",
    "unit_event.note",
    "annual_check.body",
    "check_photo.whole",
    "check_photo.small",
    "check_photo.removed_why",
    "loan_extension.reason",
    "plan_application.note",
    "plan_application.undone_why",
    "annual_check.undone_why",
    "loan_step.undone_why",
    "municipal_answer.words",
    "family_answer.words",
    "night_answer.words",
    "family_check.body",
    "family_call.said",
    "staff_task.detail",
    "hand_message.reason",
    "ledger_child.said",
];

async fn nothing_of_an_erased_child_is_left_in_any_column_and_the_trail_stays_whole(db: Database) {
    let app = with_the_child(&db).await;
    give_it_a_history(&app).await;
    let (texts, bytes) = needles();
    let before = holding(&db, &texts, &bytes).await;
    for column in HELD {
        let found = before.iter().any(|f| f.starts_with(column));
        assert!(found, "the test would find {column}: {before:?}");
    }
    if db.url.starts_with("sqlite:") {
        assert!(!in_the_file(&db).is_empty(), "the test would find a name");
    }
    end_loan(&app, "2026-11-21").await;
    end(&app, "died", "2026-11-21").await;
    audit::seal(&app, app.ids.next())
        .await
        .expect("it is sealed");
    let kept = audit::verify(&app, &[]).await.expect("a verdict").head;

    // After a year the plans go, and the child's items stay.
    let erased = retention::erase(&app, day("2027-11-22"))
        .await
        .expect("it is done");
    let of_it = |list: &[retention::DueLine], kind: &str| {
        list.iter()
            .any(|one| one.kind == kind && one.case == Some(number("X-0001")))
    };
    assert!(of_it(&erased.erased, "plans"), "{erased:?}");
    let half = holding(&db, &texts, &bytes).await;
    assert!(half.iter().any(|f| f.starts_with("child_case.name")));
    assert!(
        !half
            .iter()
            .any(|f| f.contains("太郎") || f.contains("隣野")),
        "{half:?}"
    );

    // After five, all of it.
    let listed = retention::due(&app, day("2031-11-22"))
        .await
        .expect("a list");
    assert!(of_it(&listed.due, "case"), "{listed:?}");
    let erased = retention::erase(&app, day("2031-11-22"))
        .await
        .expect("it is done");
    assert!(
        of_it(&erased.erased, "case") && erased.scrubbed,
        "{erased:?}"
    );
    assert_eq!(holding(&db, &texts, &bytes).await, Vec::<String>::new());
    assert_eq!(in_the_file(&db), Vec::<&str>::new());

    // Doing it again does nothing; the trail is whole, and tells of it.
    let again = retention::erase(&app, day("2031-11-22"))
        .await
        .expect("it is done");
    assert_eq!(again.erased, []);
    audit::seal(&app, app.ids.next())
        .await
        .expect("it is sealed");
    let verdict = audit::verify(&app, kept.as_slice())
        .await
        .expect("a verdict");
    assert_eq!(verdict.faults, []);
    let did = actions(&app).await;
    assert_eq!(did.iter().filter(|a| **a == Action::Erased).count(), 2);
    assert!(
        did.contains(&Action::ImportedCase),
        "the number still leads to what was done"
    );
    // What is left can be read by the program, and its number is not given away.
    Store::open(&db.url).await.expect("the database opens");
    let report = import_text(&app, CHILD).await;
    assert_eq!((report.added, report.rejected.len()), (0, 1), "{report:?}");
    let one = retention::erase_one(&app, &number("X-0001"), day("2031-11-22")).await;
    assert_eq!(one.expect("an answer"), Err(NotErased::NotThere));
}

async fn what_goes_on_or_is_lent_is_not_erased(db: Database) {
    let app = with_the_child(&db).await;
    let (case, late) = (number("X-0001"), day("2099-01-01"));
    let refused = async || {
        let answer = retention::erase_one(&app, &case, late).await;
        answer.expect("an answer").expect_err("it is refused")
    };
    assert_eq!(refused().await, NotErased::Open);
    end(&app, "moved_away", "2026-11-20").await;
    assert_eq!(refused().await, NotErased::Lent);
    let list = retention::due(&app, late).await.expect("a list");
    assert_eq!(list.lent, std::slice::from_ref(&case));
    assert!(!list.due.iter().any(|one| one.case.as_ref() == Some(&case)));
    let erased = retention::erase(&app, late).await.expect("it is done");
    assert!(
        !erased
            .erased
            .iter()
            .any(|one| one.case.as_ref() == Some(&case))
    );
    end_loan(&app, "2026-11-21").await;
    let early = retention::erase_one(&app, &case, day("2027-11-20")).await;
    assert_eq!(
        early.expect("an answer"),
        Err(NotErased::NotBefore(day("2027-11-21")))
    );
    let (texts, bytes) = needles();
    let left = holding(&db, &texts, &bytes).await;
    assert!(
        left.iter().any(|f| f.starts_with("child_case.name")),
        "nothing was erased"
    );
}

async fn old_versions_and_homes_of_a_case_that_goes_on_are_erased_and_nothing_else(db: Database) {
    let app = with_the_child(&db).await;
    let moved = CHILD
        .replace("消町77番地", "別町88番地")
        .replace("32.2237135", "32.2339135")
        .replace("手伝 太郎", "次野 次郎");
    assert_eq!(import_text(&app, &moved).await.changed, 1);
    let erased = retention::erase(&app, day("2031-11-30"))
        .await
        .expect("it is done");
    let kinds: Vec<&str> = erased
        .erased
        .iter()
        .filter(|one| one.case == Some(number("X-0001")))
        .map(|one| one.kind)
        .collect();
    assert_eq!(kinds, ["old_version", "old_home"]);
    let gone = ["手伝 太郎", "消町77", "32.2237135"].map(str::to_owned);
    assert_eq!(holding(&db, &gone, &[]).await, Vec::<String>::new());
    let stays = ["次野 次郎", "別町88", "消江"].map(str::to_owned);
    assert!(holding(&db, &stays, &[]).await.len() >= 3);
}

async fn a_sheet_does_not_bring_an_ended_case_back(db: Database) {
    let app = with_the_child(&db).await;
    end(&app, "no_longer_needed", "2026-11-20").await;
    let report = import_text(&app, CHILD).await;
    assert_eq!(
        (report.accepted, report.rejected.len()),
        (0, 1),
        "{report:?}"
    );
    assert!(report.rejected[0].reason.contains("再開"), "{report:?}");
}

#[test]
fn the_page_on_retention_states_every_setting_with_its_default() {
    let page = include_str!("../../docs/retention.md");
    let settings = tomoshibi::domain::retention::Retention::default();
    let settings = serde_json::to_value(settings).expect("settings become JSON");
    for (key, value) in settings.as_object().expect("settings have keys") {
        let line = format!("| `retention.{key}` | {value} |");
        assert!(page.contains(&line), "docs/retention.md lacks: {line}");
    }
}
