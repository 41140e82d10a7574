//! Ledgers as centres keep them, all invented and marked 【デモ】.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::*;
use crate::import::report::FileError;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn how() -> Reading<'static> {
    Reading {
        today: day("2026-11-21"),
        prefecture: Some("熊本県"),
    }
}

type Read = (Vec<LedgerRow>, FileReport);

fn read_bytes(bytes: &[u8]) -> Result<Read, ReadError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    read(file.path(), how())
}

fn csv(text: &str) -> Read {
    read_bytes(text.as_bytes()).unwrap()
}

fn xlsx(write: impl FnOnce(&mut Worksheet)) -> Result<Read, ReadError> {
    let mut book = Workbook::new();
    write(book.add_worksheet());
    read_bytes(&book.save_to_buffer().unwrap())
}

fn refusal(bytes: &[u8]) -> FileError {
    match read_bytes(bytes) {
        Err(ReadError::File(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Row and column of everything that was refused.
fn rejected(report: &FileReport) -> Vec<(u64, &str)> {
    let notes = report.rejected.iter();
    notes
        .map(|note| (note.row, note.field.as_deref().unwrap_or("")))
        .collect()
}

/// The reason why the one refused row was refused.
fn reason(report: &FileReport) -> &str {
    assert_eq!(report.rejected.len(), 1, "{:?}", report.rejected);
    assert!(!report.rejected[0].reason_en.is_empty());
    &report.rejected[0].reason
}

const HEADER: &str = "管理番号,氏名,ふりがな,生年月日,市町村,機種,製造番号,貸与日,返却予定日,返却日,返却理由,利用申請日,利用決定日,貸与申請日,貸与決定日,最終点検日,点検結果,計画申請日,備考\n";

/// A plain ledger with these cells: number, name, serial, lent, returned.
fn plain(rows: &[[&str; 5]]) -> String {
    let mut text = "管理番号,氏名,製造番号,貸与日,返却日\n".to_owned();
    for row in rows {
        writeln!(text, "{}", row.join(",")).unwrap();
    }
    text
}

#[test]
fn every_column_is_read() {
    let (rows, report) = csv(&format!(
        "{HEADER}K-0001,【デモ】灯 あかり,ともしび あかり,R3.4.2,人吉市,【デモ】発電機 E18,ez-１０１,令和7年11月20日,R12.11.20,R8.10.1,【デモ】転居,R7.11.4,R7.11.10,R7.11.12,R7.11.17,2026/9/30,良好,2026-05-20,【デモ】夜は父へ\n"
    ));
    assert_eq!(report.rejected, []);
    assert_eq!(report.warnings, []);
    assert_eq!((report.read, report.accepted), (1, 1));
    assert_eq!(report.format.as_deref(), Some("loan-ledger-csv"));
    let text = |text: &str| Some(text.to_owned());
    let on = |text: &str| Some(day(text));
    let expected = LedgerRow {
        row: 2,
        number: text("K-0001"),
        name: text("【デモ】灯 あかり"),
        kana: text("ともしび あかり"),
        born: on("2021-04-02"),
        municipality: MunicipalityCode::parse("43203").ok(),
        model: text("【デモ】発電機 E18"),
        serial: text("ez-101"),
        lent_on: on("2025-11-20"),
        return_due: on("2030-11-20"),
        returned_on: on("2026-10-01"),
        return_reason: text("【デモ】転居"),
        use_applied_on: on("2025-11-04"),
        use_decided_on: on("2025-11-10"),
        loan_applied_on: on("2025-11-12"),
        loan_decided_on: on("2025-11-17"),
        checked_on: on("2026-09-30"),
        check_passed: Some(true),
        check_words: text("良好"),
        plan_applied_on: on("2026-05-20"),
        note: text("【デモ】夜は父へ"),
    };
    assert_eq!(rows, [expected]);
}

#[test]
fn a_ledger_says_the_same_in_every_encoding() {
    let text = format!(
        "{HEADER}１,【デモ】灯 ひかり,,R4.1.5,山鹿市,E18,A-1,R7.12.1,,,,,,,,,,,\n2,【デモ】灯 まこと,,,,E18,A-2,R8.1.15,,,,,,,,,,,\n"
    );
    let (rows, report) = csv(&text);
    assert_eq!(report.encoding.as_deref(), Some("UTF-8"));
    assert_eq!(rows.len(), 2);
    let (with_mark, _) = read_bytes(format!("\u{feff}{text}").as_bytes()).unwrap();
    assert_eq!(with_mark, rows);
    let (shift_jis, report) = read_bytes(&SHIFT_JIS.encode(&text).0).unwrap();
    assert_eq!(report.encoding.as_deref(), Some("CP932"));
    assert_eq!(shift_jis, rows);
    let (book, report) = xlsx(|sheet| {
        for (row, line) in (0..).zip(text.lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write(row, column, cell).unwrap();
            }
        }
    })
    .unwrap();
    assert_eq!(report.format.as_deref(), Some("loan-ledger-xlsx"));
    assert_eq!(book, rows);
}

/// As centres make them: a title, two rows of headings with merged cells, an
/// empty row in the middle, numbers of days, and a note beside the table.
fn merged(sheet: &mut Worksheet) {
    let plain = Format::new();
    sheet
        .merge_range(0, 0, 0, 8, "【デモ】発電機貸与台帳（令和7年度）", &plain)
        .unwrap();
    sheet.merge_range(1, 0, 2, 0, "管理番号", &plain).unwrap();
    sheet.merge_range(1, 1, 1, 2, "お子さん", &plain).unwrap();
    sheet.merge_range(1, 3, 1, 4, "保護者", &plain).unwrap();
    sheet.merge_range(1, 5, 1, 6, "発電機", &plain).unwrap();
    sheet.merge_range(1, 7, 1, 8, "利用申請", &plain).unwrap();
    sheet.merge_range(1, 9, 1, 10, "貸与", &plain).unwrap();
    sheet.merge_range(1, 11, 2, 11, "備考", &plain).unwrap();
    for (column, heading) in [
        (1, "氏名"),
        (2, "生年月日（和暦）"),
        (3, "氏名"),
        (4, "電話"),
        (5, "機種"),
        (6, "製造\n番号"),
        (7, "申請日"),
        (8, "決定日"),
        (9, "引渡し日"),
        (10, "返却予定日"),
    ] {
        sheet.write(2, column, heading).unwrap();
    }
    sheet.write(3, 0, "Ｒ７－１").unwrap();
    sheet.write(3, 1, "【デモ】灯　のぞみ").unwrap();
    sheet.write(3, 2, "令和３年４月２日").unwrap();
    sheet.write(3, 3, "【デモ】灯 はは").unwrap();
    sheet.write(3, 5, "E18").unwrap();
    sheet.write(3, 6, 1_000_123).unwrap();
    sheet.write(3, 7, 45_965).unwrap();
    sheet.write(3, 8, "R7.11.10").unwrap();
    let date = Format::new().set_num_format("yyyy/m/d");
    sheet.write_with_format(3, 9, 45_981, &date).unwrap();
    sheet.write(3, 10, 47_807).unwrap();
    sheet.write(5, 0, "R7-2").unwrap();
    sheet.write(5, 1, "【デモ】灯 たくみ").unwrap();
    sheet.write(5, 9, "Ｒ７．１２．１").unwrap();
    sheet.write(5, 6, "1000124").unwrap();
    sheet.write(5, 14, "【デモ】欄外").unwrap();
}

#[test]
fn titles_and_merged_headings_are_found_and_days_are_read_from_numbers() {
    let (rows, report) = xlsx(merged).unwrap();
    // The empty row in the middle is read and refused, and shifts nobody.
    assert_eq!((report.read, report.accepted), (3, 2));
    assert_eq!(rejected(&report), [(5, "")]);
    assert_eq!((rows[0].row, rows[1].row), (4, 6));
    let first = &rows[0];
    assert_eq!(first.number.as_deref(), Some("R7-1"));
    // The child's name, not the parent's.
    assert_eq!(first.name.as_deref(), Some("【デモ】灯 のぞみ"));
    assert_eq!(first.born, Some(day("2021-04-02")));
    assert_eq!(first.serial.as_deref(), Some("1000123"));
    assert_eq!(first.use_applied_on, Some(day("2025-11-04")));
    assert_eq!(first.use_decided_on, Some(day("2025-11-10")));
    assert_eq!(first.lent_on, Some(day("2025-11-20")));
    assert_eq!(first.return_due, Some(day("2030-11-20")));
    assert_eq!(rows[1].lent_on, Some(day("2025-12-01")));
    let remarks: Vec<&str> = report
        .warnings
        .iter()
        .map(|note| note.reason.as_str())
        .collect();
    assert!(remarks[0].contains("上の2行"), "{remarks:?}");
    assert!(remarks[1].contains("電話"), "{remarks:?}");
    assert!(
        remarks.iter().any(|told| told.contains("見出しのない列")),
        "{remarks:?}"
    );
}

#[test]
fn a_title_above_a_csv_and_headings_once_more_are_no_loans() {
    let (rows, report) = csv(
        "【デモ】貸与台帳,,,,\n,,,,\nNo.,氏名,製造番号,貸与日,返却日\n1,【デモ】灯 一,A1,R7.12.1,\nNo.,氏名,製造番号,貸与日,返却日\n2,【デモ】灯 二,A2,R8.1.5,貸与中\n",
    );
    assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [4, 6]);
    assert!(reason(&report).contains("見出し"));
    assert_eq!(rows[1].returned_on, None);
}

#[test]
fn a_return_before_the_loan_is_refused_with_both_days() {
    let (rows, report) = csv(&plain(&[["1", "【デモ】灯", "A1", "R8.4.1", "R8.3.31"]]));
    assert_eq!(rows, []);
    assert_eq!(rejected(&report), [(2, "返却日")]);
    assert!(reason(&report).contains("2026-03-31") && reason(&report).contains("2026-04-01"));
    // On the day itself is allowed.
    let (rows, _) = csv(&plain(&[["1", "【デモ】灯", "A1", "R8.4.1", "R8.4.1"]]));
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_serial_number_in_two_running_loans_is_refused_and_names_the_first() {
    let (rows, report) = csv(&plain(&[
        ["1", "【デモ】灯 一", "EZ-101", "R7.12.1", ""],
        ["2", "【デモ】灯 二", "EZ-102", "R7.12.1", ""],
        ["3", "【デモ】灯 三", "ｅｚ１０１", "R8.2.1", ""],
    ]));
    assert_eq!(rows.len(), 2);
    assert_eq!(rejected(&report), [(4, "製造番号")]);
    assert!(
        reason(&report).contains("2行目でも貸与中"),
        "{}",
        reason(&report)
    );
}

#[test]
fn a_unit_lent_twice_over_one_day_is_refused_and_handing_on_is_not() {
    let rows = |second: [&'static str; 2]| {
        plain(&[
            ["1", "【デモ】灯 一", "A1", "R7.12.1", "R8.3.1"],
            ["2", "【デモ】灯 二", "A1", second[0], second[1]],
        ])
    };
    for overlaps in [
        ["R8.2.28", ""],
        ["R7.11.1", "R7.12.2"],
        ["R7.11.1", ""],
        ["R8.1.1", "R8.1.2"],
        ["R7.12.1", "R7.12.1"],
        ["R7.12.1", ""],
    ] {
        let (accepted, report) = csv(&rows(overlaps));
        assert_eq!(accepted.len(), 1, "{overlaps:?}");
        assert_eq!(rejected(&report), [(3, "製造番号")], "{overlaps:?}");
        assert!(reason(&report).contains("重なります"), "{overlaps:?}");
    }
    for apart in [["R8.3.1", ""], ["R7.11.1", "R7.12.1"], ["R8.5.1", "R8.6.1"]] {
        let (accepted, report) = csv(&rows(apart));
        assert_eq!((accepted.len(), report.rejected.len()), (2, 0), "{apart:?}");
    }
}

#[test]
fn days_to_come_and_days_that_nobody_can_read_are_refused_by_their_column() {
    for (lent, returned, column, says) in [
        ("2026-11-22", "", "貸与日", "まだ来ていない"),
        ("R8.4.1", "R9.4.1", "返却日", "まだ来ていない"),
        ("春ごろ", "", "貸与日", "読めません"),
        ("令和7年2月30日", "", "貸与日", "暦にありません"),
        ("平成32年4月1日", "", "貸与日", "令和2年4月1日"),
        ("2025年8月1日(月)", "", "貸与日", "金曜日"),
        ("〃", "", "貸与日", "上の行"),
        ("#REF!", "", "貸与日", "数式"),
        ("", "R8.4.1", "貸与日", "貸与日がありません"),
    ] {
        let (rows, report) = csv(&plain(&[["1", "【デモ】灯", "A1", lent, returned]]));
        assert_eq!(rows, [], "{lent}");
        assert_eq!(rejected(&report), [(2, column)], "{lent}");
        assert!(
            reason(&report).contains(says),
            "{lent}: {}",
            reason(&report)
        );
    }
}

#[test]
fn other_days_in_a_wrong_order_are_refused() {
    for (heading, other, cell, says) in [
        ("返却予定日", "2026-04-01", "2026-03-01", "貸与日"),
        ("生年月日", "2026-04-01", "2026-05-01", "生年月日"),
    ] {
        let (rows, report) = csv(&format!(
            "氏名,貸与日,{heading}\n【デモ】灯,{other},{cell}\n"
        ));
        assert_eq!(rows, [], "{heading}");
        assert!(reason(&report).contains(says), "{}", reason(&report));
    }
    for stage in ["利用", "貸与"] {
        let (rows, report) = csv(&format!(
            "氏名,{stage}申請日,{stage}決定日\n【デモ】灯,R8.4.2,R8.4.1\n"
        ));
        assert_eq!(rows, []);
        assert_eq!(rejected(&report), [(2, format!("{stage}決定日").as_str())]);
    }
}

#[test]
fn nobody_is_guessed() {
    // Whose row it is.
    let (_, report) = csv(&plain(&[["", "", "A1", "R8.4.1", ""]]));
    assert_eq!(rejected(&report), [(2, "氏名")]);
    // What a check found.
    let (rows, report) =
        csv("氏名,貸与日,最終点検日,点検結果\n【デモ】灯,R8.4.1,R8.10.1,オイル少なめ\n");
    assert_eq!(
        (rows[0].check_passed, rows[0].check_words.as_deref()),
        (None, Some("オイル少なめ"))
    );
    assert_eq!(report.warnings[0].field.as_deref(), Some("点検結果"));
    let (rows, _) = csv("氏名,貸与日,最終点検日,点検結果\n【デモ】灯,R8.4.1,R8.10.1,不良\n");
    assert_eq!(rows[0].check_passed, Some(false));
    // Which unit it is.
    let (rows, report) = csv(&plain(&[["1", "【デモ】灯", "", "R8.4.1", ""]]));
    assert_eq!(rows.len(), 1);
    assert_eq!(report.warnings[0].field.as_deref(), Some("製造番号"));
    // Which town: a name of several is the prefecture's own, where it has one.
    let town = "氏名,貸与日,市町村\n【デモ】灯,R8.4.1,美里町\n";
    let (rows, _) = csv(town);
    assert_eq!(rows[0].municipality, MunicipalityCode::parse("43348").ok());
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), town).unwrap();
    let nowhere = Reading {
        prefecture: None,
        ..how()
    };
    let (_, report) = read(file.path(), nowhere).unwrap();
    assert_eq!(rejected(&report), [(2, "市町村")]);
}

#[test]
fn one_row_twice_and_a_second_unit_for_a_child_are_noticed() {
    let (rows, report) = csv(&plain(&[
        ["1", "【デモ】灯 一", "A1", "R7.12.1", "R8.3.1"],
        ["1", "【デモ】灯 一", "A1", "R7.12.1", "R8.3.1"],
        ["1", "【デモ】灯 一", "A2", "R8.3.1", ""],
        ["1", "【デモ】灯　一", "A3", "R8.4.1", ""],
    ]));
    assert_eq!(rows.len(), 3);
    assert!(reason(&report).contains("2行目と同じ行"));
    assert_eq!(report.warnings.len(), 1);
    assert_eq!(report.warnings[0].row, 5);
    assert!(report.warnings[0].reason.contains("4行目"));
}

#[test]
fn a_dash_of_any_kind_is_an_empty_cell() {
    for dash in ["-", "－", "ー", "―", "—", "／", "--", "　"] {
        let (rows, report) = csv(&plain(&[["1", "【デモ】灯", "A1", "R8.4.1", dash]]));
        assert_eq!(report.rejected, [], "{dash}");
        assert!(rows[0].runs(), "{dash}");
    }
}

#[test]
fn shifted_columns_of_a_csv_are_refused() {
    let (rows, report) = csv(
        "氏名,製造番号,貸与日\n【デモ】灯,A1,R8.4.1,R8.5.1\n【デモ】灯 二,A2\n【デモ】灯 三,A3,R8.4.1\n",
    );
    assert_eq!(rows.len(), 1);
    assert_eq!(rejected(&report), [(2, ""), (3, "")]);
}

#[test]
fn what_is_no_ledger_is_refused_whole() {
    assert_eq!(
        refusal("名称,住所\nあ,い\n".as_bytes()).code,
        "unknown_format"
    );
    assert_eq!(
        refusal("氏名,住所\n【デモ】灯,い\n".as_bytes()).code,
        "unknown_format"
    );
    let error = refusal("氏名,貸与日,引渡日\n【デモ】灯,R8.4.1,R8.4.2\n".as_bytes());
    assert_eq!(error.code, "double_column");
    assert!(error.message_ja.contains("引渡日"));
    assert_eq!(
        refusal(b"PK\x03\x04....[Content_Types].xml").code,
        "bad_xlsx"
    );
    assert!(matches!(
        read(Path::new("/nowhere.csv"), how()),
        Err(ReadError::Missing(_))
    ));
}

fn a_cell(pool: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(pool)
}

proptest! {
    #[test]
    fn every_record_is_either_taken_or_refused_and_what_is_taken_can_be_true(
        rows in prop::collection::vec(
            (
                a_cell(&["", "1", "K-2", "〃"]),
                a_cell(&["", "【デモ】灯 一", "【デモ】灯 二", "不明"]),
                a_cell(&["", "A1", "Ａ１", "A2", "A-2"]),
                a_cell(&["", "R7.12.1", "2026/1/5", "46054", "令和8年3月1日", "R8.2.30", "R9.1.1"]),
                a_cell(&["", "貸与中", "R8.1.5", "R8.3.1", "46100", "R7.11.1", "?"]),
            ),
            0..12,
        ),
        title in any::<bool>(),
        headings_again in any::<bool>(),
    ) {
        let mut text = if title { "【デモ】台帳,,,,\n" } else { "" }.to_owned();
        let headings = "管理番号,氏名,製造番号,貸与日,返却日\n";
        text += headings;
        for (number, name, serial, lent, returned) in &rows {
            writeln!(text, "{number},{name},{serial},{lent},{returned}").unwrap();
        }
        if headings_again {
            text += headings;
        }
        let (taken, report) = csv(&text);
        let refused: BTreeSet<u64> = report.rejected.iter().map(|note| note.row).collect();
        prop_assert_eq!(report.read, (rows.len() + usize::from(headings_again)) as u64);
        prop_assert_eq!(report.accepted, taken.len() as u64);
        prop_assert_eq!(report.read, taken.len() as u64 + refused.len() as u64);
        prop_assert!(taken.iter().all(|row| !refused.contains(&row.row)));
        for (place, one) in taken.iter().enumerate() {
            prop_assert!(one.name.is_some() || one.number.is_some());
            prop_assert!(one.lent_on.is_none_or(|lent| lent <= how().today));
            prop_assert!(one.returned_on.is_none_or(|back| one.lent_on.unwrap() <= back));
            for other in &taken[place + 1..] {
                let same_unit = one.serial.is_some()
                    && one.serial.as_ref().map(|s| s.replace('-', ""))
                        == other.serial.as_ref().map(|s| s.replace('-', ""));
                let (Some(a), Some(b)) = (one.lent_on, other.lent_on) else { continue };
                if same_unit {
                    // One ends before, or on the day on which, the other begins.
                    let ends = |end: Option<NaiveDate>, start| end.is_some_and(|end| end <= start);
                    prop_assert!(ends(one.returned_on, b) || ends(other.returned_on, a));
                }
            }
        }
    }
}
