//! The sheet reads what it writes, and says what it cannot read.

use std::io::Write;

use chrono::NaiveDate;

use super::{columns::columns, *};
use crate::domain::{
    consent::Recipient,
    hazard::Hazard,
    plan::document::{Item, TravelBy},
};

pub(super) fn today() -> chrono::NaiveDate {
    "2026-11-21".parse().unwrap()
}

pub(super) fn read_bytes(bytes: &[u8]) -> (FamilyFile, Vec<Row<FamilyRecord>>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut rows = Vec::new();
    let sheet = read(file.path(), today(), &|_| Ok(None), &|_| (), &mut |row| {
        rows.push(row);
        Ok(())
    })
    .unwrap();
    (sheet, rows)
}

fn rows(text: &str) -> Vec<Row<FamilyRecord>> {
    read_bytes(text.as_bytes()).1
}

/// The one row of a sheet with these columns.
fn row(cells: &[(&str, &str)]) -> Row<FamilyRecord> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let all = || {
        [("整理番号", "K-1"), ("市町村", "43203")]
            .into_iter()
            .chain(cells.iter().copied())
    };
    csv.write_record(all().map(|(name, _)| name)).unwrap();
    csv.write_record(all().map(|(_, cell)| cell)).unwrap();
    let (sheet, mut rows) = read_bytes(&csv.into_inner().unwrap());
    assert_eq!(sheet.warnings, []);
    rows.remove(0)
}

fn accepted(row: &Row<FamilyRecord>) -> &FamilyRecord {
    match row {
        Row::Accepted { record, .. } => record,
        Row::Rejected { notes, .. } => panic!("{notes:?}"),
    }
}

/// The fields that a row was refused for.
fn fields(row: &Row<FamilyRecord>) -> Vec<&str> {
    match row {
        Row::Accepted { .. } => Vec::new(),
        Row::Rejected { notes, .. } => notes.iter().filter_map(|n| n.field.as_deref()).collect(),
    }
}

/// The fields that were remarked on.
fn warned(row: &Row<FamilyRecord>) -> Vec<&str> {
    match row {
        Row::Accepted { warnings, .. } => {
            warnings.iter().filter_map(|n| n.field.as_deref()).collect()
        }
        Row::Rejected { notes, .. } => panic!("{notes:?}"),
    }
}

fn refusal(bytes: &[u8]) -> crate::import::report::FileError {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    match read(
        file.path(),
        today(),
        &|_| Ok(None),
        &|_| (),
        &mut |_| Ok(()),
    ) {
        Err(ReadError::File(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_empty_sheets_read_back_alike_and_without_a_remark() {
    let (csv, from_csv) = read_bytes(&template_csv());
    let (xlsx, from_xlsx) = read_bytes(&template_xlsx());
    assert_eq!(
        (csv.format, csv.encoding),
        ("tomoshibi-families-csv", "UTF-8")
    );
    assert_eq!(xlsx.format, "tomoshibi-families-xlsx");
    assert_eq!((csv.read, xlsx.read), (1, 1));
    assert_eq!((csv.warnings, xlsx.warnings), (vec![], vec![]));
    assert_eq!(from_csv, from_xlsx);
    assert_eq!(warned(&from_csv[0]), Vec::<&str>::new());
    let record = accepted(&from_csv[0]);
    assert!(
        record
            .document
            .child
            .name
            .as_ref()
            .unwrap()
            .starts_with("【デモ】")
    );
    assert_eq!(record.has_plan, Some(true));
    assert_eq!(record.document.home.municipality, Some(record.municipality));
    assert_eq!(record.document.battery_hours, Some(8.5));
    assert_eq!(record.document.destinations.len(), 2);
    assert_eq!(record.document.triggers.len(), 5);
    assert_eq!(record.document.supporters.len(), 2);
    assert_eq!(record.document.child.contacts.len(), 3);
    assert_eq!(record.document.consents.provide.len(), 3);
}

/// A cell for every column: the example, or that of the first of its group.
fn full_row() -> Vec<&'static str> {
    let first_of = |key: &str| {
        let first = key.replace("destination2", "destination1");
        let first = first.replace("destination3", "destination1");
        first
            .replace("supporter2", "supporter1")
            .replace("supporter3", "supporter1")
    };
    columns()
        .iter()
        .map(|column| match column.key.as_str() {
            "has_plan" => "なし",
            "step" => "作成中",
            "step_since" => "令和8年5月1日",
            key => columns()[columns::place_of(&first_of(key)).unwrap()].example,
        })
        .collect()
}

fn read_row(cells: &[&str]) -> Row<FamilyRecord> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(columns().iter().map(|c| c.header.as_str()))
        .unwrap();
    csv.write_record(cells).unwrap();
    read_bytes(&csv.into_inner().unwrap()).1.remove(0)
}

#[test]
fn every_column_of_the_table_reaches_the_record() {
    let full = full_row();
    let whole = read_row(&full);
    accepted(&whole);
    for (place, column) in columns().iter().enumerate() {
        assert!(!full[place].is_empty(), "{} has no example", column.header);
        let mut without = full.clone();
        without[place] = "";
        assert_ne!(
            read_row(&without),
            whole,
            "{} is read by nobody",
            column.header
        );
    }
}

#[test]
fn dates_and_numbers_of_a_spreadsheet_are_read_like_those_of_a_csv() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\"");
    let heads = [
        "整理番号",
        "市町村",
        "生年月日",
        "居室の階",
        "バッテリー時間",
        "緯度",
        "経度",
    ];
    for (place, head) in (0_u16..).zip(heads) {
        sheet.write(0, place, head).unwrap();
    }
    sheet.write(1, 0, 12).unwrap();
    sheet.write(1, 1, 43203).unwrap();
    let born = NaiveDate::from_ymd_opt(2018, 4, 2).unwrap();
    let born = rust_xlsxwriter::ExcelDateTime::parse_from_str(&born.to_string()).unwrap();
    sheet.write_with_format(1, 2, &born, &date).unwrap();
    for (place, number) in (3..).zip([2.0, 8.5, 32.2101, 130.7601]) {
        sheet.write(1, place, number).unwrap();
    }
    let (_, from_xlsx) = read_bytes(&book.save_to_buffer().unwrap());
    let text = "case,municipality,born,room_floor,battery_hours,lat,lon\n\
                12,43203,平成30年4月2日,2階,８．５時間,32.2101,130.7601\n";
    assert_eq!(from_xlsx, rows(text));
    let record = accepted(&from_xlsx[0]);
    assert_eq!(record.case.as_str(), "12");
    assert_eq!(
        record.document.child.born.unwrap().to_string(),
        "2018-04-02"
    );
}

#[test]
fn a_sheet_in_shift_jis_is_read() {
    let text = "整理番号,市町村,氏名\nK-1,人吉市,【デモ】灯 あかり\n";
    let (sheet, found) = read_bytes(&encoding_rs::SHIFT_JIS.encode(text).0);
    assert_eq!(sheet.encoding, "CP932");
    assert_eq!(found, rows(text));
}

#[test]
fn what_is_not_said_stays_unknown() {
    let found = rows("整理番号,市町村\nK-1,熊本県人吉市\n");
    let record = accepted(&found[0]);
    assert_eq!(record.has_plan, None);
    assert_eq!(record.document.battery_hours, None);
    assert_eq!(record.document.home.position, None);
    assert_eq!(record.document.child.on_roster, None);
    assert_eq!(record.document.consents.make, None);
}

#[test]
fn words_for_unknown_and_for_none_are_no_content() {
    let found = row(&[
        ("車", "なし"),
        ("人工呼吸器", "あり"),
        ("バッテリー時間", "不明"),
        ("居室の階", "－"),
        ("計画", "未確認"),
        ("名簿", "なし"),
        ("連絡先1", "なし"),
        ("きっかけ_洪水", "未定"),
    ]);
    let record = accepted(&found);
    let plan = &record.document;
    assert_eq!(plan.vehicle, None);
    assert_eq!((plan.devices.len(), &plan.devices[0].model), (1, &None));
    assert_eq!((plan.battery_hours, plan.home.room_floor), (None, None));
    assert_eq!(record.has_plan, None);
    assert_eq!(plan.child.on_roster, Some(false));
    assert!(plan.child.contacts.is_empty() && plan.triggers.is_empty());
    // None of something that is counted is not the same as unknown.
    assert_eq!(
        fields(&row(&[("バッテリー時間", "なし")])),
        ["バッテリー時間"]
    );
}

#[test]
fn a_cell_that_cannot_be_read_refuses_its_row_and_no_other() {
    let text = "整理番号,市町村,緯度,経度,生年月日,バッテリー時間\n\
                K-1,43203,130.7,32.2,,\n\
                K-2,43203,北緯32度,130.7,,\n\
                K-3,43203,32.2,,,\n\
                K-4,43203,,,令和7年2月30日,三時間\n\
                K-5,43203,51.5,0.1,,\n\
                K-6,灯市,,,,\n\
                ,43203,,,,\n\
                ,,,,,\n\
                K-8,43203,32.2,130.7,R4.4.1,3\n\
                K-8,43203,,,,\n\
                K-9,432030,#N/A,,,\n\
                灯 あかり,府中市,,,,\n\
                K-10,43203,32.2\n";
    let found = rows(text);
    let found: Vec<Vec<&str>> = found.iter().map(fields).collect();
    let none: Vec<&str> = Vec::new();
    assert_eq!(
        found,
        [
            vec!["緯度"],
            vec!["緯度"],
            vec!["経度"],
            vec!["生年月日", "バッテリー時間"],
            vec!["緯度"],
            vec!["市町村"],
            vec!["整理番号"],
            none.clone(),
            none.clone(),
            vec!["整理番号"],
            vec!["市町村", "緯度"],
            vec!["整理番号", "市町村"],
            none,
        ]
    );
}

#[test]
fn a_refusal_quotes_the_cell_and_says_what_to_write() {
    let Row::Rejected { notes, .. } = row(&[("位置の精度", "だいたい"), ("居室の階", "0")])
    else {
        panic!("was taken");
    };
    let reasons: Vec<&str> = notes.iter().map(|note| note.reason.as_str()).collect();
    assert!(
        reasons
            .iter()
            .any(|r| r.contains("だいたい") && r.contains("町字")),
        "{reasons:?}"
    );
    assert!(
        reasons
            .iter()
            .any(|r| r.contains("「0」") && r.contains("1階は1")),
        "{reasons:?}"
    );
}

#[test]
fn a_municipality_is_known_by_code_or_name_and_a_lost_zero_is_suspected() {
    let of = |cell: &str| rows(&format!("case,municipality\nK-1,{cell}\n")).remove(0);
    for cell in [
        "43203",
        "432032",
        "４３２０３",
        "人吉市",
        "熊本県人吉市",
        "熊本県 人吉市",
    ] {
        assert_eq!(accepted(&of(cell)).municipality.as_str(), "43203", "{cell}");
    }
    assert_eq!(accepted(&of("益城町")).municipality.as_str(), "43443");
    let Row::Rejected { notes, .. } = of("1100") else {
        panic!("was taken");
    };
    assert!(notes[0].reason.contains("先頭の0"), "{notes:?}");
    assert_eq!(warned(&of("43999")), ["municipality"]);
}

#[test]
fn triggers_are_read_as_level_as_name_or_as_both() {
    let said = |cell: &str| {
        let found = row(&[("きっかけ_洪水", cell)]);
        let trigger = accepted(&found).document.triggers[0].clone();
        (trigger.level.map(u8::from), trigger.name)
    };
    let name = Some("高齢者等避難".to_owned());
    for cell in ["3", "３", "警戒レベル3", "レベル3相当", "警戒レベル 3 以上"] {
        assert_eq!(said(cell), (Some(3), None), "{cell}");
    }
    assert_eq!(said("高齢者等避難"), (None, name.clone()));
    for cell in [
        "3 高齢者等避難",
        "警戒レベル3 高齢者等避難",
        "3（高齢者等避難）",
        "高齢者等避難（警戒レベル3）",
    ] {
        assert_eq!(said(cell), (Some(3), name.clone()), "{cell}");
    }
    assert_eq!(
        fields(&row(&[("きっかけ_洪水", "警戒レベル6")])),
        ["きっかけ_洪水"]
    );
    assert_eq!(
        warned(&row(&[
            ("計画", "あり"),
            ("きっかけ_洪水", "雨が強くなったら")
        ])),
        ["きっかけ_洪水"]
    );
    // An old name was in force once: the planner says what became of it.
    assert_eq!(
        warned(&row(&[
            ("計画", "あり"),
            ("きっかけ_土砂災害", "土砂災害警戒情報")
        ])),
        Vec::<&str>::new()
    );
}

#[test]
fn a_destination_is_read_with_its_hazards_and_needs_a_kind() {
    let found = row(&[
        ("避難先1_種別", "指定緊急避難場所"),
        ("避難先1_災害", "洪水、内水・土砂災害/高潮"),
        ("避難先1_移動手段", "車"),
        ("避難先1_訓練分", "1時間5分"),
        ("避難先2の種別", "relative"),
        ("避難先2の災害", "全て"),
        ("避難先2の見込み分", "40分"),
    ]);
    let [first, second] = &accepted(&found).document.destinations[..] else {
        panic!("not two");
    };
    assert_eq!(
        first.hazards,
        Some(vec![
            Hazard::Flood,
            Hazard::InlandFlood,
            Hazard::Landslide,
            Hazard::StormSurge
        ])
    );
    assert_eq!(
        (first.travel_by, first.drill_minutes),
        (Some(TravelBy::Car), Some(65))
    );
    assert_eq!((&second.hazards, second.family_minutes), (&None, Some(40)));

    assert_eq!(
        fields(&row(&[("避難先1_経路", "県道を東へ")])),
        ["避難先1_種別"]
    );
    assert_eq!(fields(&row(&[("避難先1_種別", "学校")])), ["避難先1_種別"]);
    let second = [("計画", "あり"), ("避難先2_種別", "病院")];
    assert_eq!(warned(&row(&second)), ["避難先2_名称"]);
    assert_eq!(warned(&row(&second[1..])), ["避難先2_名称", "計画"]);
    let half = row(&[
        ("計画", "あり"),
        ("避難先1_種別", "病院"),
        ("避難先1_電源コンセント", "3階"),
    ]);
    assert_eq!(warned(&half), ["避難先1_電源コンセント"]);
    assert_eq!(accepted(&half).document.destinations[0].power, None);
}

#[test]
fn recipients_are_read_with_their_answers() {
    let cell = "消防=同意(令和8年(2026年)4月1日)、民生委員・児童委員＝拒否、医療的ケア児支援センター=未確認\n\
                その他（【デモ】灯薬局）=同意、警察";
    let found = row(&[("提供先", cell)]);
    let provide = &accepted(&found).document.consents.provide;
    let said: Vec<_> = provide
        .iter()
        .map(|p| {
            (
                p.recipient,
                p.consent
                    .as_ref()
                    .map(|c| (c.given, c.on.map(|d| d.to_string()))),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (
                Recipient::FireService,
                Some((true, Some("2026-04-01".to_owned())))
            ),
            (Recipient::WelfareCommissioner, Some((false, None))),
            (Recipient::SupportCentre, None),
            (Recipient::Other, Some((true, None))),
            (Recipient::Police, None),
        ]
    );
    assert_eq!(provide[3].name.as_deref(), Some("【デモ】灯薬局"));
    for bad in ["消坊=同意", "消防=たぶん", "消防=同意(2026-13-01)"] {
        assert_eq!(fields(&row(&[("提供先", bad)])), ["提供先"], "{bad}");
    }
    let unread = row(&[("読めない項目", "氏名・避難経路、きっかけ")]);
    let unread = &accepted(&unread).document.unread;
    assert_eq!(unread, &[Item::Name, Item::Route, Item::Triggers]);
}

#[test]
fn what_is_not_used_is_said() {
    for (cells, field) in [
        (
            vec![("コーディネーター", "【デモ】灯 しおり")],
            "コーディネーター",
        ),
        (vec![("続柄1", "母")], "続柄1"),
        (vec![("連絡先2", "960000001")], "連絡先2"),
        (vec![("同意者", "母")], "作成の同意"),
        (vec![("説明者", "市")], "説明日"),
        (vec![("段階の開始日", "2026-04-01")], "段階の開始日"),
        (vec![("計画", "あり"), ("段階", "作成中")], "段階"),
    ] {
        assert_eq!(warned(&row(&cells)), [field]);
    }
    assert_eq!(
        fields(&row(&[("階数", "2階建て"), ("居室の階", "3階")])),
        ["居室の階"]
    );
}

#[test]
fn a_column_that_nobody_reads_is_named_with_its_nearest() {
    let (sheet, found) = read_bytes("整理番号,市町村,バッテリの時間\nK-1,43203,3\n".as_bytes());
    accepted(&found[0]);
    let [note] = &sheet.warnings[..] else {
        panic!("{:?}", sheet.warnings);
    };
    assert_eq!(note.row, 0);
    assert!(note.reason.contains("バッテリー時間"), "{note:?}");
}

#[test]
fn a_sheet_that_is_none_is_refused_whole() {
    let none = refusal("氏名,住所\n【デモ】灯,x\n".as_bytes());
    assert_eq!(none.code, "unknown_format");
    assert!(none.message_ja.contains("template"));
    let twice = refusal("整理番号,市町村,case\nK-1,43203,K-2\n".as_bytes());
    assert_eq!(twice.code, "double_column");
    assert_eq!(
        refusal("整理番号,市町村\nK-1,\"432".as_bytes()).code,
        "truncated"
    );
    assert_eq!(refusal(b"{\"a\": 1}").code, "unknown_format");
}
