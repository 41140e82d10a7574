//! What a ledger says otherwise than the record is named, and what the record lacks is
//! filled: nothing of a row is lost without a word.

use tomoshibi::{app::App, domain::access::Role, import::report::FileReport};

use crate::{
    access::session,
    demo,
    loans_import::{counts, cp932, import_ledger, ledger, loan_of, page, send},
    support::engines::Database,
};

crate::on_every_engine!(
    a_row_with_another_serial_number_or_model_is_named_and_not_taken_for_the_same,
    two_rows_of_one_loan_with_two_serial_numbers_are_named,
    other_days_and_findings_of_a_ledger_are_named,
    a_loan_without_a_unit_is_given_the_one_of_the_ledger,
    a_ledger_fills_the_municipality_that_the_record_lacks_and_says_so,
    a_trial_says_that_rows_for_a_person_are_listed_after_the_import,
);

/// The reasons of one row.
fn reasons(report: &FileReport, row: u64) -> String {
    let notes = report.rejected.iter().filter(|note| note.row == row);
    let notes: Vec<String> = notes
        .map(|note| format!("{} / {}", note.reason, note.reason_en))
        .collect();
    notes.join("\n")
}

async fn units(app: &App) -> String {
    let cookie = session(app, Role::Centre, None, None).await;
    page(app, &cookie, "/units").await
}

async fn a_row_with_another_serial_number_or_model_is_named_and_not_taken_for_the_same(
    db: Database,
) {
    let app = demo::app(&db).await;
    let row = |model: &str, serial: &str, rest: &str| {
        ledger(&[&format!(
            "1,【デモ】番号 いち,R7.6.1,人吉市,{model},{serial},,R8.6.10,{rest}"
        )])
    };
    let first = row("【デモ】EU18", "Z-5", ",,,");
    assert_eq!(
        counts(&import_ledger(&app, &first, false).await),
        (1, 0, 0, 0)
    );
    // Another number, with a check besides: none of it is taken.
    let other = row("【デモ】EU18", "Z-55", ",R8.10.1,良,");
    for dry_run in [true, false] {
        let report = import_ledger(&app, &other, dry_run).await;
        assert_eq!(counts(&report), (0, 0, 0, 1), "{report:?}");
        assert_eq!(report.differing, [2], "{report:?}");
        let said = reasons(&report, 2);
        for word in ["登録：Z-5、台帳：Z-55", "record Z-5, ledger Z-55"] {
            assert!(said.contains(word), "{said}");
        }
    }
    assert!(!units(&app).await.contains(">Z-55<"));
    // The same number however it is written is the same; another model is named.
    let same = row("【デモ】EU18", "ｚ５", ",,,");
    assert_eq!(
        counts(&import_ledger(&app, &same, false).await),
        (0, 0, 1, 0)
    );
    let model = row("【デモ】EU22", "Z-5", ",,,");
    let report = import_ledger(&app, &model, false).await;
    assert_eq!(counts(&report), (0, 0, 0, 1), "{report:?}");
    let said = reasons(&report, 2);
    assert!(
        said.contains("登録：【デモ】EU18、台帳：【デモ】EU22"),
        "{said}"
    );
    // On the page it counts as something to look at, not as the same.
    let cookie = session(&app, Role::Centre, None, None).await;
    let (_, tried) = send(&app, &cookie, &other).await;
    assert!(
        tried.contains("<dt>登録と食い違う（人が確かめる）</dt><dd>1"),
        "{tried}"
    );
    assert!(
        !tried.contains("<dt>登録と同じ</dt>") && !tried.contains("すべての行が登録と同じ"),
        "{tried}"
    );
}

async fn two_rows_of_one_loan_with_two_serial_numbers_are_named(db: Database) {
    let app = demo::app(&db).await;
    let both = ledger(&[
        "1,【デモ】二つ いち,R7.6.1,人吉市,X,Z-1,,R8.6.10,,,,",
        "2,【デモ】二つ いち,R7.6.1,人吉市,X,Z-2,,R8.6.10,,,,",
    ]);
    for expected in [(1, 0, 0, 1), (0, 0, 1, 1)] {
        let report = import_ledger(&app, &both, false).await;
        assert_eq!(counts(&report), expected, "{report:?}");
        let said = reasons(&report, 3);
        assert!(said.contains("2行目：Z-1、この行：Z-2"), "{said}");
    }
    assert!(!units(&app).await.contains(">Z-2<"));
}

async fn other_days_and_findings_of_a_ledger_are_named(db: Database) {
    let app = demo::app(&db).await;
    let head =
        "氏名,生年月日,市町村,機種,製造番号,貸与日,返却予定日,返却日,最終点検日,点検結果\r\n";
    let row = |rest: &str| {
        cp932(&format!(
            "{head}【デモ】日 ちがい,R7.6.1,人吉市,X,D-1,{rest}\r\n"
        ))
    };
    let first = row("R7.12.1,R9.3.31,,R8.10.1,良");
    assert_eq!(
        counts(&import_ledger(&app, &first, false).await),
        (1, 0, 0, 0)
    );
    assert_eq!(
        counts(&import_ledger(&app, &first, false).await),
        (0, 0, 1, 0)
    );
    for (rest, said) in [
        (
            "R7.12.1,R9.4.30,,R8.10.1,良",
            "登録：2027-03-31、台帳：2027-04-30",
        ),
        (
            "R7.12.1,R9.3.31,,R8.10.1,要修理",
            "登録：合格、台帳：不合格",
        ),
        // Another day of the hand-over while that loan runs.
        (
            "R7.12.2,R9.3.31,,R8.10.1,良",
            "2025-12-01から貸与した登録があり",
        ),
    ] {
        let report = import_ledger(&app, &row(rest), false).await;
        assert_eq!(counts(&report), (0, 0, 0, 1), "{report:?}");
        let why = reasons(&report, 2);
        assert!(why.contains(said), "{said}: {why}");
    }
}

async fn a_loan_without_a_unit_is_given_the_one_of_the_ledger(db: Database) {
    let app = demo::app(&db).await;
    let row = |serial: &str| {
        ledger(&[&format!(
            "1,【デモ】機体 なし,R7.6.1,人吉市,【デモ】EU18,{serial},,R8.6.10,,,,"
        )])
    };
    assert_eq!(
        counts(&import_ledger(&app, &row(""), false).await),
        (1, 0, 0, 0)
    );
    assert_eq!(
        counts(&import_ledger(&app, &row("Z-9"), false).await),
        (0, 1, 0, 0)
    );
    let stock = units(&app).await;
    let line = stock.split("<tr>").find(|line| line.contains(">Z-9<"));
    assert!(line.expect("the unit").contains("貸与中"), "{stock}");
    let cookie = session(&app, Role::Centre, None, None).await;
    let desk = page(&app, &cookie, "/loans/running").await;
    let loan = page(&app, &cookie, &loan_of(&desk, "機体 なし")).await;
    assert!(loan.contains("Z-9"), "{loan}");
    assert_eq!(
        counts(&import_ledger(&app, &row("Z-9"), false).await),
        (0, 0, 1, 0)
    );
}

async fn a_ledger_fills_the_municipality_that_the_record_lacks_and_says_so(db: Database) {
    let app = demo::app(&db).await;
    let row = |town: &str| {
        ledger(&[&format!(
            "1,【デモ】町 なし,R7.6.1,{town},X,T-1,R7.11.4,R7.12.1,,,,夜間に電話"
        )])
    };
    assert_eq!(
        counts(&import_ledger(&app, &row(""), false).await),
        (1, 0, 0, 0)
    );
    for dry_run in [true, false] {
        let report = import_ledger(&app, &row("人吉市"), dry_run).await;
        assert_eq!(counts(&report), (0, 1, 0, 0), "{report:?}");
        let said = report.warnings.iter().any(|note| {
            note.row == 2 && note.reason.contains("「人吉市」") && note.reason_en.contains("人吉市")
        });
        assert!(said, "{report:?}");
    }
    let cookie = session(&app, Role::Centre, None, None).await;
    let desk = page(&app, &cookie, "/loans/running").await;
    let loan = page(&app, &cookie, &loan_of(&desk, "町 なし")).await;
    assert!(loan.contains("人吉市"), "{loan}");
    // Each step says where it comes from; the remark stands with the last one.
    assert_eq!(loan.matches("台帳から").count(), 2, "{loan}");
    assert_eq!(loan.matches("夜間に電話").count(), 1, "{loan}");
    assert_eq!(
        counts(&import_ledger(&app, &row("人吉市"), false).await),
        (0, 0, 1, 0)
    );
    // Another one is not written over it: a person says whose the row is.
    let report = import_ledger(&app, &row("八代市"), false).await;
    assert_eq!(report.undecided, [2], "{report:?}");
}

async fn a_trial_says_that_rows_for_a_person_are_listed_after_the_import(db: Database) {
    let app = demo::app(&db).await;
    let first = ledger(&["1,【デモ】半 いち,R7.6.1,人吉市,X,S-1,R7.11.4,,,,,"]);
    import_ledger(&app, &first, false).await;
    let later = ledger(&["7,【デモ】半 いち,R7.6.2,人吉市,X,S-7,R8.4.1,,,,,"]);
    let tried = import_ledger(&app, &later, true).await;
    assert!(
        reasons(&tried, 2).contains("まず取り込んでください"),
        "{tried:?}"
    );
    let cookie = session(&app, Role::Centre, None, None).await;
    let (_, tried) = send(&app, &cookie, &later).await;
    assert!(
        tried.contains("人が決める行がここに並びます")
            && !tried.contains("決めるのを待っている行はありません"),
        "{tried}"
    );
    let done = import_ledger(&app, &later, false).await;
    assert!(!reasons(&done, 2).contains("まず取り込んで"), "{done:?}");
    let listed = page(&app, &cookie, "/loans/import").await;
    assert!(listed.contains("S-7"), "{listed}");
}
