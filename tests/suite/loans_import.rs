//! A centre's ledger comes in: as it is kept, row by row, once; and whose a row is,
//! is never guessed.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::access::Role,
    import::report::FileReport,
    seal::{Token, form_token, hex},
    service::import::{self, Imported, Options, What},
    web,
};
use tower::ServiceExt as _;

use crate::{
    access::{ask, session, words},
    demo,
    support::engines::Database,
};

crate::on_every_engine!(
    a_ledger_of_a_spreadsheet_comes_in_whole_and_the_second_time_nothing_changes,
    a_dry_run_says_the_same_and_writes_nothing,
    a_child_that_matches_in_part_or_twice_is_asked_for_and_the_answer_is_kept,
    a_row_that_contradicts_what_is_on_record_is_refused_by_name,
    what_the_ledger_learns_later_is_added_and_nothing_is_overwritten,
    every_bad_row_is_named_with_its_reason_in_both_languages,
    the_centre_sends_its_ledger_looks_at_it_and_imports_it,
    what_a_ledger_says_of_children_is_for_the_centre_alone,
);

/// A ledger as such ledgers look: a title, two rows of headings of which the
/// upper one is merged, and then the rows.
const LEDGER: &str = "\
【デモ】発電機貸与台帳,,,,,,,,,,,,\r\n\
管理番号,お子さん,,,住所地,発電機,,利用申請,,貸与,,点検,,計画申請日,備考\r\n\
,氏名,フリガナ,生年月日,,機種,製造番号,申請日,決定日,貸与日,返却日,最終点検日,点検結果,,\r\n\
１,【デモ】台帳 あおい,ダイチョウ アオイ,令和7年6月1日,人吉市,【デモ】EU18,Ｌ－１,R7.11.4,R7.11.10,45992,,令和8年10月1日(木),異常なし,2026/2/1,夜間に電話\r\n\
２,【デモ】台帳 みどり,,R7.5.5,熊本市,【デモ】EU18,L-2,R7.11.4,R7.11.10,R7.12.1,R8.3.1,,,,\r\n\
３,【デモ】台帳 そら,,R8.1.9,八代市,,,R8.10.1,,,,,,,\r\n";

pub async fn import_ledger(app: &App, bytes: &[u8], dry_run: bool) -> FileReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("台帳.csv");
    std::fs::write(&path, bytes).expect("it can be written");
    let options = Options {
        dry_run,
        ..Options::default()
    };
    let nothing = Arc::new(|_| ());
    let done = import::file(app, What::Loans, &path, &options, "operator", nothing).await;
    match done.expect("it is read") {
        Imported::Report(report) => *report,
        other @ Imported::Missing(_) => panic!("{other:?}"),
    }
}

/// The same text as Windows writes it.
pub fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

/// A ledger with the usual headings.
pub fn ledger(rows: &[&str]) -> Vec<u8> {
    let head = "管理番号,氏名,生年月日,市町村,機種,製造番号,利用申請日,貸与日,返却日,最終点検日,点検結果,備考\r\n";
    cp932(&format!("{head}{}\r\n", rows.join("\r\n")))
}

/// Added, changed, unchanged, refused.
pub fn counts(report: &FileReport) -> (u64, u64, u64, u64) {
    assert_eq!(report.error, None, "{report:?}");
    assert_eq!(
        report.accepted,
        report.added + report.changed + report.unchanged,
        "{report:?}"
    );
    (
        report.added,
        report.changed,
        report.unchanged,
        report.read - report.accepted,
    )
}

pub async fn page(app: &App, cookie: &str, path: &str) -> String {
    let router = web::router(app.clone());
    words(ask(&router, "GET", path, cookie, "").await).await
}

/// The address of the loan of a child on the desk.
pub fn loan_of(desk: &str, name: &str) -> String {
    let line = desk.split("<tr>").find(|line| line.contains(name));
    let line = line.unwrap_or_else(|| panic!("{name}: {desk}"));
    let rest = line.split_once("href=\"").expect("a link").1;
    rest.split('"').next().expect("an address").to_owned()
}

async fn a_ledger_of_a_spreadsheet_comes_in_whole_and_the_second_time_nothing_changes(
    db: Database,
) {
    let app = demo::app(&db).await;
    let report = import_ledger(&app, &cp932(LEDGER), false).await;
    assert_eq!(counts(&report), (3, 0, 0, 0), "{report:?}");
    assert_eq!(report.encoding.as_deref(), Some("CP932"));
    let cookie = session(&app, Role::Centre, None, None).await;
    let desk = page(&app, &cookie, "/loans/running").await;
    assert!(!desk.contains("みどり"), "returned: {desk}");
    let loan = page(&app, &cookie, &loan_of(&desk, "台帳 あおい")).await;
    // 45992 is 2025-12-01; the check of 2026-10-01 moves the next one by a year.
    for said in ["2025-12-01", "L-1", "夜間に電話", "異常なし", "2027-10-01"] {
        assert!(loan.contains(said), "{said}: {loan}");
    }
    let asks = page(&app, &cookie, &loan_of(&desk, "台帳 そら")).await;
    assert!(asks.contains("利用申請の審査中"), "{asks}");
    let units = page(&app, &cookie, "/units").await;
    let of = |serial: &str| {
        let line = units.split("<tr>").find(|line| line.contains(serial));
        line.expect("a unit").to_owned()
    };
    assert!(of(">L-1<").contains("貸与中"), "{units}");
    // What came back is looked at before it is lent again.
    assert!(of(">L-2<").contains("点検・修理中"), "{units}");

    let again = import_ledger(&app, &cp932(LEDGER), false).await;
    assert_eq!(counts(&again), (0, 0, 3, 0), "{again:?}");
    // The same ledger as another program writes it.
    let utf8 = format!("\u{feff}{LEDGER}");
    let again = import_ledger(&app, utf8.as_bytes(), false).await;
    assert_eq!(counts(&again), (0, 0, 3, 0), "{again:?}");
    assert_eq!(
        page(&app, &cookie, "/units")
            .await
            .matches("<td>【デモ】EU18")
            .count(),
        2
    );
}

async fn a_dry_run_says_the_same_and_writes_nothing(db: Database) {
    let app = demo::app(&db).await;
    let tried = import_ledger(&app, &cp932(LEDGER), true).await;
    let cookie = session(&app, Role::Centre, None, None).await;
    assert!(!page(&app, &cookie, "/loans").await.contains("【デモ】台帳"));
    assert!(!page(&app, &cookie, "/units").await.contains(">L-1<"));
    let real = import_ledger(&app, &cp932(LEDGER), false).await;
    assert_eq!(
        (tried.added, tried.rejected, tried.warnings),
        (real.added, real.rejected, real.warnings)
    );
}

/// The questions on the page: the id of each, and the values that it offers.
fn questions(page: &str) -> Vec<(String, Vec<String>)> {
    let values = |text: &str, name: &str| -> Vec<String> {
        let mark = format!("name=\"{name}\" value=\"");
        let parts = text.split(&mark).skip(1);
        parts
            .map(|part| part.split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let forms = page.split("action=\"/loans/import/choose\"").skip(1);
    forms
        .map(|form| {
            let form = form.split("</form>").next().unwrap_or_default();
            (values(form, "row")[0].clone(), values(form, "is"))
        })
        .collect()
}

async fn choose(app: &App, cookie: &str, row: &str, is: &str) -> (StatusCode, String) {
    let router = web::router(app.clone());
    let form = format!("row={row}&is={is}&key={}", app.ids.next());
    let answer = ask(&router, "POST", "/loans/import/choose", cookie, &form).await;
    (answer.status(), words(answer).await)
}

async fn a_child_that_matches_in_part_or_twice_is_asked_for_and_the_answer_is_kept(db: Database) {
    let app = demo::app(&db).await;
    let first = ledger(&[
        "1,【デモ】半分 いち,R7.6.1,人吉市,X,製-1,R7.11.4,R7.12.1,,,,",
        "2,【デモ】半分 に,,人吉市,X,製-2,R7.11.4,R7.12.1,,,,",
    ]);
    assert_eq!(
        counts(&import_ledger(&app, &first, false).await),
        (2, 0, 0, 0)
    );
    // A child without a birthday is found again by what the ledger said of it.
    assert_eq!(
        counts(&import_ledger(&app, &first, false).await),
        (0, 0, 2, 0)
    );

    let later = ledger(&[
        // The same name, and no birthday: perhaps the same child, perhaps not.
        "7,【デモ】半分 いち,,人吉市,X,製-7,R8.4.1,,,,,",
        // Another birthday: a slip, or another child.
        "8,【デモ】半分 に,R7.2.2,人吉市,X,製-8,R8.4.1,R8.5.1,,,,",
        "9,【デモ】半分 いち,R7.6.1,天草市,X,製-9,R8.4.1,R8.5.1,,,,",
    ]);
    let report = import_ledger(&app, &later, false).await;
    assert_eq!(counts(&report), (0, 0, 0, 3), "{report:?}");
    assert_eq!(report.undecided, [2, 3, 4]);
    for note in &report.rejected {
        assert!(note.reason.contains("/loans/import"), "{note:?}");
    }
    let cookie = session(&app, Role::Centre, None, None).await;
    let asked = page(&app, &cookie, "/loans/import").await;
    let all = questions(&asked);
    assert_eq!(all.len(), 3, "{asked}");
    assert!(
        asked.contains("天草市") && asked.contains("製-9"),
        "{asked}"
    );
    // Row 8 is a new child; nobody is let to choose a child that is not offered.
    let of = |mark: &str| {
        let form = asked
            .split("action=\"/loans/import/choose\"")
            .find(|form| form.contains(mark));
        questions(&format!(
            "action=\"/loans/import/choose\"{}",
            form.expect("a question")
        ))
        .remove(0)
    };
    let (second, offered) = of("製-8");
    assert_eq!(offered.len(), 2, "one on record, and a new child: {asked}");
    let (third, _) = of("製-9");
    let (status, _) = choose(&app, &cookie, &third, &offered[0]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = choose(&app, &cookie, &second, "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, said) = choose(&app, &cookie, &second, "new").await;
    assert_eq!(status, StatusCode::OK, "{said}");
    assert!(said.contains("もう一度取り込む"), "{said}");
    let report = import_ledger(&app, &later, false).await;
    assert_eq!(counts(&report), (1, 0, 0, 2), "{report:?}");
    // The first is the child on record; its application waits beside its loan.
    let (first, offered) = of("製-7");
    choose(&app, &cookie, &first, &offered[0]).await;
    let report = import_ledger(&app, &later, false).await;
    assert_eq!(counts(&report), (0, 0, 1, 2), "{report:?}");
    assert!(
        report.rejected[0].reason.contains("貸与中の登録があります"),
        "{report:?}"
    );
    assert_eq!(report.undecided, [4]);
}

async fn a_row_that_contradicts_what_is_on_record_is_refused_by_name(db: Database) {
    let app = demo::app(&db).await;
    let first = ledger(&[
        "1,【デモ】先 いち,R7.6.1,人吉市,X,S-1,R7.11.4,R7.12.1,,,,",
        "2,【デモ】先 に,R7.6.2,人吉市,X,S-2,R7.11.4,R7.12.1,R8.6.1,,,",
        "3,【デモ】先 さん,R7.6.3,人吉市,X,S-3,R7.11.4,R7.12.1,R8.1.1,,,",
    ]);
    assert_eq!(
        counts(&import_ledger(&app, &first, false).await),
        (3, 0, 0, 0)
    );
    let second = ledger(&[
        "3,【デモ】後 いち,R7.7.1,人吉市,X,S-1,R8.1.4,R8.2.1,,,,",
        "4,【デモ】後 に,R7.7.2,人吉市,X,S-2,R8.1.4,R8.5.1,R8.7.1,,,",
        "5,【デモ】後 さん,R7.7.3,人吉市,X,S3,R8.1.4,R8.2.1,,,,",
        "6,【デモ】先 いち,R7.6.1,人吉市,X,S-6,R8.1.4,R8.2.1,,,,",
        "7,【デモ】後 よん,R7.7.4,人吉市,X,S-2,R8.1.4,R8.8.1,,,,",
        "8,【デモ】後 ご,R7.7.5,人吉市,X,S-8,,,,,,",
        "9,,,,X,S-9,R8.1.4,R8.2.1,,,,",
    ]);
    let report = import_ledger(&app, &second, false).await;
    assert_eq!(counts(&report), (0, 0, 0, 7), "{report:?}");
    for (row, said) in [
        (2, "別のお子さんに貸与中"),
        (3, "期間が重なります"),
        (4, "記号だけが違います"),
        (5, "期間が重なります"),
        // It came back, and nobody has looked at it since.
        (6, "点検・修理中"),
        (7, "どの段階か分かりません"),
        (8, "この番号のお子さんは登録されていません"),
    ] {
        let notes: Vec<_> = report.rejected.iter().filter(|n| n.row == row).collect();
        assert!(
            notes.iter().any(|note| note.reason.contains(said)),
            "{row} {said}: {notes:?}"
        );
    }
    // Nothing of a refused row is left behind.
    let cookie = session(&app, Role::Centre, None, None).await;
    let desk = page(&app, &cookie, "/loans").await;
    assert!(!desk.contains("【デモ】後"), "{desk}");
    assert!(!page(&app, &cookie, "/units").await.contains(">S-8<"));
}

async fn what_the_ledger_learns_later_is_added_and_nothing_is_overwritten(db: Database) {
    let app = demo::app(&db).await;
    let row = |rest: &str| ledger(&[&format!("1,【デモ】育つ 台帳,R7.6.1,人吉市,X,S-1,{rest}")]);
    assert_eq!(
        counts(&import_ledger(&app, &row("R7.11.4,,,,,"), false).await),
        (1, 0, 0, 0)
    );
    assert_eq!(
        counts(&import_ledger(&app, &row("R7.11.4,R7.12.1,,,,"), false).await),
        (0, 1, 0, 0)
    );
    let checked = row("R7.11.4,R7.12.1,,R8.11.1,要修理,");
    assert_eq!(
        counts(&import_ledger(&app, &checked, false).await),
        (0, 1, 0, 0)
    );
    let cookie = session(&app, Role::Centre, None, None).await;
    let desk = page(&app, &cookie, "/loans/running").await;
    let loan = page(&app, &cookie, &loan_of(&desk, "育つ")).await;
    assert!(loan.contains("不合格") && loan.contains("要修理"), "{loan}");
    // Another day for a step that is on record: the record stays, and it is said.
    let other = row("R7.11.5,R7.12.1,,R8.11.1,要修理,");
    let report = import_ledger(&app, &other, false).await;
    assert_eq!(counts(&report), (0, 0, 0, 1), "{report:?}");
    assert_eq!(report.differing, [2], "{report:?}");
    assert!(
        report
            .rejected
            .iter()
            .any(|n| n.reason.contains("登録のまま")),
        "{report:?}"
    );
    let back = row("R7.11.4,R7.12.1,R8.11.10,R8.11.1,要修理,転居");
    assert_eq!(
        counts(&import_ledger(&app, &back, false).await),
        (0, 1, 0, 0)
    );
    assert_eq!(
        counts(&import_ledger(&app, &back, false).await),
        (0, 0, 1, 0)
    );
    let running = page(&app, &cookie, "/loans/running").await;
    assert!(!running.contains("育つ"), "{running}");
    let units = page(&app, &cookie, "/units").await;
    assert!(units.contains("点検・修理中"), "{units}");
}

async fn every_bad_row_is_named_with_its_reason_in_both_languages(db: Database) {
    let app = demo::app(&db).await;
    let bad = ledger(&[
        "1,【デモ】良 い,R7.6.1,人吉市,X,S-1,,R7.12.1,,,,",
        ",,,,,,,,,,,",
        "3,【デモ】悪 に,R7.6.1,人吉市,X,S-3,,令和7年2月30日,,,,",
        "4,【デモ】悪 さん,R7.6.1,人吉市,X,S-4,,令和元年4月30日,,,,",
        "5,【デモ】悪 よん,R7.6.1,人吉市,X,S-5,,令和7年12月1日(日),,,,",
        "6,【デモ】悪 ご,R7.6.1,人吉市,X,S-6,,R8.2.1,R8.1.31,,,",
        "7,【デモ】悪 ろく,R7.6.1,人吉市,X,Ｓ－１,,R8.2.1,,,,",
        "8,【デモ】良 はち,R7.6.8,人吉市,X,Ｓ－８,,４５９９２,,,,",
    ]);
    let report = import_ledger(&app, &bad, false).await;
    assert_eq!(counts(&report), (2, 0, 0, 6), "{report:?}");
    let rows: Vec<u64> = report.rejected.iter().map(|note| note.row).collect();
    assert_eq!(rows, [3, 4, 5, 6, 7, 8], "{report:?}");
    for note in &report.rejected {
        assert!(
            !note.reason.is_empty() && !note.reason_en.is_empty(),
            "{note:?}"
        );
    }
    let nothing = ledger(&["1,【デモ】悪,R7.6.1,人吉市,X,S-1,,令和7年2月30日,,,,"]);
    let report = import_ledger(&app, &nothing, false).await;
    assert_eq!(report.error.expect("it is refused").code, "all_rejected");
    assert_eq!(report.rejected.len(), 1);
    let no_ledger = import_ledger(&app, "a,b\n1,2\n".as_bytes(), false).await;
    assert_eq!(
        no_ledger.error.expect("it is refused").code,
        "unknown_format"
    );
}

pub async fn send(app: &App, cookie: &str, file: &[u8]) -> (StatusCode, String) {
    let secret = Token::from_text(cookie.trim_start_matches("tomoshibi=")).expect("a session");
    let token = form_token(&secret);
    let mut body = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n\
         --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"台帳.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--xyz--\r\n");
    let request = Request::post("/loans/import")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz")
        .body(Body::from(body))
        .expect("a request");
    let answer = web::router(app.clone())
        .oneshot(request)
        .await
        .expect("an answer");
    (answer.status(), words(answer).await)
}

async fn the_centre_sends_its_ledger_looks_at_it_and_imports_it(db: Database) {
    let app = demo::app(&db).await;
    let cookie = session(&app, Role::Centre, None, None).await;
    let file = cp932(LEDGER);
    let (status, tried) = send(&app, &cookie, &file).await;
    assert_eq!(status, StatusCode::OK, "{tried}");
    let content = hex(&file);
    assert!(
        tried.contains("まだ保存していません") && tried.contains(&content),
        "{tried}"
    );
    assert!(!page(&app, &cookie, "/loans").await.contains("【デモ】台帳"));
    let router = web::router(app.clone());
    let key = format!("&key={}", app.ids.next());
    let form = format!("file=台帳.csv&content={content}");
    let other = format!("&key={}", app.ids.next());
    for (key, new) in [
        (&key, "新しい"),
        // Sent twice, it is done once; another form finds it done.
        (&key, "もう取り込みました"),
        (&other, "登録と同じ"),
    ] {
        let form = format!("{form}{key}");
        let answer = ask(&router, "POST", "/loans/import/confirm", &cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let done = words(answer).await;
        assert!(
            done.contains("取り込みました") && done.contains(new),
            "{done}"
        );
    }
    assert!(page(&app, &cookie, "/loans").await.contains("台帳 あおい"));
    // The same file has nothing more to bring; one that is no ledger says why.
    let (_, same) = send(&app, &cookie, &file).await;
    assert!(
        same.contains("すべての行が登録と同じ") && !same.contains("この内容で取り込む"),
        "{same}"
    );
    let (status, wrong) = send(&app, &cookie, "a,b\n1,2\n".as_bytes()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.contains("見出しが"), "{wrong}");
    let (status, none) = send(&app, &cookie, b"").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.contains("ファイルを選んでください"), "{none}");
}

async fn what_a_ledger_says_of_children_is_for_the_centre_alone(db: Database) {
    let app = demo::app(&db).await;
    let file = ledger(&[
        "1,【デモ】秘 いち,R7.6.1,人吉市,X,S-1,,R7.12.1,,R8.11.1,とても【デモ】ひみつ,",
        "2,【デモ】秘 に,R7.6.1,人吉市,X,S-2,,令和7年2月30日,,,,",
    ]);
    import_ledger(&app, &file, false).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let list = page(&app, &centre, "/imports").await;
    assert!(list.contains("台帳.csv"), "{list}");
    let at = list.split("href=\"/imports/").nth(1).expect("a try");
    let at = format!("/imports/{}", at.split('"').next().expect("an address"));
    let own = page(&app, &centre, &at).await;
    assert!(own.contains("ひみつ") && own.contains("2月30日"), "{own}");
    for (role, town) in [
        (Role::Municipality, Some("43203")),
        (Role::Administrator, None),
    ] {
        let other = session(&app, role, town, None).await;
        for path in ["/imports", at.as_str(), &format!("{at}/rows.csv")] {
            let said = page(&app, &other, path).await;
            assert!(
                !said.contains("ひみつ") && !said.contains("2月30日") && !said.contains("台帳.csv"),
                "{role:?} {path}: {said}"
            );
        }
    }
}
