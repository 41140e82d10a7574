//! The sheet reads what it writes, and says what it cannot read.

use std::io::Write;

use super::*;

fn read_bytes(bytes: &[u8]) -> (FamilyFile, Vec<Row<FamilyRecord>>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut rows = Vec::new();
    let sheet = read(file.path(), &|_| (), &mut |row| {
        rows.push(row);
        Ok(())
    })
    .unwrap();
    (sheet, rows)
}

fn accepted(row: &Row<FamilyRecord>) -> &FamilyRecord {
    match row {
        Row::Accepted { record, .. } => record,
        Row::Rejected { notes, .. } => panic!("{notes:?}"),
    }
}

fn fields(row: &Row<FamilyRecord>) -> Vec<&str> {
    match row {
        Row::Accepted { .. } => Vec::new(),
        Row::Rejected { notes, .. } => notes.iter().filter_map(|n| n.field.as_deref()).collect(),
    }
}

#[test]
fn the_empty_sheet_reads_back_alike_as_csv_and_as_xlsx() {
    let (csv, from_csv) = read_bytes(&template_csv());
    let (xlsx, from_xlsx) = read_bytes(&template_xlsx());
    assert_eq!(csv.format, "tomoshibi-families-csv");
    assert_eq!(xlsx.format, "tomoshibi-families-xlsx");
    assert_eq!(csv.warnings, []);
    assert_eq!(from_csv, from_xlsx);
    let record = accepted(&from_csv[0]);
    assert_eq!(record.has_plan, Some(true));
    assert_eq!(record.document.battery_hours, Some(9.0));
    assert_eq!(record.document.triggers.len(), 1);
    assert_eq!(record.document.triggers[0].level.map(u8::from), Some(3));
    assert_eq!(record.document.destinations.len(), 1);
    assert_eq!(record.document.consents.provide.len(), 1);
}

#[test]
fn what_is_not_said_stays_unknown() {
    let (_, rows) = read_bytes("整理番号,市町村\nK-1,熊本県人吉市\n".as_bytes());
    let record = accepted(&rows[0]);
    assert_eq!(record.has_plan, None);
    assert_eq!(record.document.battery_hours, None);
    assert_eq!(record.document.home.position, None);
    assert_eq!(record.document.child.on_roster, None);
}

#[test]
fn a_cell_that_cannot_be_read_refuses_its_row_and_no_other() {
    let text = "整理番号,市町村,緯度,経度,生年月日,バッテリー時間\n\
                K-1,43203,130.7,32.2,,\n\
                K-2,43203,北緯32度,130.7,,\n\
                K-3,43203,32.2,,,\n\
                K-4,43203,,,令和7年2月30日,\n\
                K-5,43203,,,,三時間\n\
                K-6,99999,,,,\n\
                ,43203,,,,\n\
                K-8,43203,32.2,130.7,R4.4.1,3\n\
                K-8,43203,,,,\n";
    let (_, rows) = read_bytes(text.as_bytes());
    let found: Vec<Vec<&str>> = rows.iter().map(fields).collect();
    assert_eq!(
        found,
        [
            vec!["緯度"],
            vec!["緯度"],
            vec!["経度"],
            vec!["生年月日"],
            vec!["バッテリー時間"],
            vec!["市町村"],
            vec!["整理番号"],
            vec![],
            vec!["整理番号"],
        ]
    );
}

#[test]
fn triggers_are_read_as_level_as_name_or_as_both() {
    let text = "整理番号,市町村,きっかけ_洪水,きっかけ_土砂災害,きっかけ_高潮\n\
                K-1,43203,警戒レベル３,高齢者等避難,3 高潮警報\n";
    let (_, rows) = read_bytes(text.as_bytes());
    let triggers = &accepted(&rows[0]).document.triggers;
    let said: Vec<(Option<u8>, Option<&str>)> = triggers
        .iter()
        .map(|t| (t.level.map(u8::from), t.name.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            (Some(3), None),
            (None, Some("高齢者等避難")),
            (Some(3), Some("高潮警報")),
        ]
    );
}

#[test]
fn a_column_that_nobody_reads_is_named_with_its_nearest() {
    let (sheet, _) = read_bytes("整理番号,市町村,バッテリの時間\nK-1,43203,3\n".as_bytes());
    assert_eq!(sheet.warnings.len(), 1);
    assert!(
        sheet.warnings[0].reason.contains("バッテリー時間"),
        "{:?}",
        sheet.warnings
    );
}

#[test]
fn a_sheet_without_case_numbers_is_told_how_to_begin() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all("氏名,住所\n【デモ】,x\n".as_bytes())
        .unwrap();
    match read(file.path(), &|_| (), &mut |_| Ok(())) {
        Err(ReadError::File(error)) => {
            assert_eq!(error.code, "unknown_format");
            assert!(error.message_ja.contains("template"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_page_for_users_lists_every_column() {
    let page = include_str!("../../../docs/import-formats.md");
    for column in columns::sheet()
        .iter()
        .filter(|c| !c.ja.contains(['2', '3']))
    {
        assert!(
            page.contains(&column.ja),
            "docs/import-formats.md lacks {}",
            column.ja
        );
    }
}
