use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Office, Person, Unit,
    application::{Application, application},
    labels::{Label, LabelPlace, LabelSheet, address, labels},
    letter::{Letter, letter},
    power_cut::{Battery, PowerCut, Telephone, power_cut},
    receipt::{KitItem, Receipt, receipt},
};
use crate::print::pdf::{Paper, Template, set, testing};

const LONG_NAME: &str = "【デモ】寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処やぶらこうじのぶらこうじ";

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn centre() -> Office {
    Office {
        name: "【デモ】医療的ケア児支援センター".to_owned(),
        address: None,
        telephone: Some("096-000-0000".to_owned()),
    }
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        kana: Some("【デモ】よしだ".to_owned()),
    }
}

fn unit() -> Unit {
    Unit {
        model: "【デモ】正弦波 1.8 kVA".to_owned(),
        serial: "SN-000001".to_owned(),
    }
}

fn sheet(count: u128, start: u8) -> LabelSheet {
    LabelSheet {
        base: "https://tomoshibi.example.jp/".to_owned(),
        centre: centre(),
        start: LabelPlace::new(start).unwrap(),
        labels: (0..count)
            .map(|n| Label {
                id: Uuid::from_u128(n),
                unit: unit(),
            })
            .collect(),
    }
}

fn a_receipt() -> Receipt {
    Receipt {
        number: Some("12".to_owned()),
        programme: "【デモ】応援事業".to_owned(),
        centre: centre(),
        child: person("【デモ】𠮷田 灯"),
        guardian: person("【デモ】𠮷田 髙子"),
        address: Some("人吉市【デモ】1-2-3".to_owned()),
        unit: unit(),
        hertz: Some(60),
        kit: vec![KitItem {
            name: "一酸化炭素警報器".to_owned(),
            count: 1,
            handed: true,
            note: None,
        }],
        handed_on: day(2026, 11, 21),
        lent_until: day(2031, 11, 21),
        extended: false,
        apply_by: day(2027, 5, 21),
        applied_on: None,
        window: None,
        conditions: vec!["１　必ず屋外で使ってください。".to_owned()],
    }
}

fn an_application() -> Application {
    Application {
        addressee: None,
        window: None,
        day: None,
        child: person("【デモ】𠮷田 灯"),
        born: None,
        address: None,
        guardian: None,
        relation: None,
        telephone: None,
        reason: None,
        lent_on: None,
        apply_by: None,
        programme: Some("【デモ】応援事業".to_owned()),
        centre: centre(),
    }
}

fn a_power_cut() -> PowerCut {
    PowerCut {
        child: Some("【デモ】𠮷田 灯".to_owned()),
        number: Some("K-0001".to_owned()),
        confirmed_on: day(2026, 11, 21),
        ventilator: None,
        batteries: vec![Battery {
            name: "内部バッテリー".to_owned(),
            hours: Some(7.599),
        }],
        act_after: None,
        at_once: false,
        destination: None,
        generator: None,
        hertz: Some(60),
        outdoor_place: None,
        load_va: None,
        limit_va: None,
        hours_a_filling: None,
        telephones: vec![Telephone {
            who: "訪問看護".to_owned(),
            number: None,
        }],
    }
}

/// What a reader of the file finds, spaces left out.
fn text(paper: &Paper) -> String {
    testing::text(paper)
}

#[test]
fn a_label_leads_to_its_generator() {
    let id = Uuid::from_u128(7);
    let expected = format!("https://tomoshibi.example.jp/units/{id}");
    assert_eq!(address("https://tomoshibi.example.jp", id), expected);
    assert_eq!(address("https://tomoshibi.example.jp/", id), expected);
}

#[test]
fn twenty_four_labels_fill_a_sheet_and_a_used_one_is_finished() {
    assert_eq!(labels(&sheet(24, 1)).unwrap().pages, 1);
    assert_eq!(labels(&sheet(25, 1)).unwrap().pages, 2);
    assert_eq!(labels(&sheet(4, 21)).unwrap().pages, 1);
    assert_eq!(labels(&sheet(5, 21)).unwrap().pages, 2);
    assert_eq!(LabelPlace::new(0), None);
    assert_eq!(LabelPlace::new(25), None);
    let shown = text(&labels(&sheet(2, 24)).unwrap());
    assert_eq!(shown.matches("必ず屋外で").count(), 2, "{shown}");
    assert_eq!(shown.matches("SN-000001").count(), 2);
    assert_eq!(shown.matches("096-000-0000").count(), 2);
}

#[test]
fn a_receipt_says_what_when_and_until_when_to_apply() {
    let shown = text(&receipt(&a_receipt()).unwrap());
    for part in [
        "借受書・貸与条件",
        "𠮷田",
        "髙子",
        "SN-000001",
        "一酸化炭素警報器",
        "令和8年11月21日",
        "令和9年5月21日（金）",
        "必ず屋外で",
        "署名",
        "取扱注意",
    ] {
        assert!(shown.contains(part), "{part} is missing: {shown}");
    }
}

#[test]
fn what_an_application_does_not_know_it_leaves_open() {
    let shown = text(&application(&an_application()).unwrap());
    assert!(shown.contains("個別避難計画作成申請書"), "{shown}");
    assert!(shown.contains("令和年月日"), "a day to write: {shown}");
    assert!(!shown.contains("令和8年"), "{shown}");
    assert!(shown.contains("【デモ】応援事業"));
    // A child without a loan applies as well, and nothing speaks of one.
    let mut own = an_application();
    own.programme = None;
    assert!(!text(&application(&own).unwrap()).contains("発電機"));
}

#[test]
fn the_page_for_a_power_cut_puts_the_child_first_and_the_air_outdoors() {
    let shown = text(&power_cut(&a_power_cut()).unwrap());
    let at = |part: &str| {
        shown
            .find(part)
            .unwrap_or_else(|| panic!("{part} is missing: {shown}"))
    };
    assert!(at("まず、お子さんを見る") < at("切りかわったか"));
    assert!(at("切りかわったか") < at("必ず屋外で"));
    for part in [
        "充電だけに使う",
        "じかにつながない",
        "ぜったいにつながない",
        "冷めてから",
        "救助を約束するものではありません",
        "60Hz",
        "蘇生バッグ",
    ] {
        at(part);
    }
    // A battery lasts at least as long as the page says.
    at("7.5時間");
    assert!(!shown.contains("7.6"));
}

#[test]
fn hours_that_nobody_knows_are_a_line_and_no_number() {
    let mut page = a_power_cut();
    page.batteries[0].hours = None;
    page.hertz = None;
    page.number = None;
    page.confirmed_on = None;
    let shown = text(&power_cut(&page).unwrap());
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    // The five steps, one filling, 119, and nothing else.
    assert_eq!(digits.replace("119", ""), "123415", "{shown}");
}

#[test]
fn the_page_for_a_power_cut_is_one_page_however_much_stands_on_it() {
    let mut page = a_power_cut();
    assert_eq!(power_cut(&page).unwrap().pages, 1);
    page.child = Some(LONG_NAME.to_owned());
    page.ventilator = Some("V".repeat(60));
    page.destination = Some(LONG_NAME.to_owned());
    page.outdoor_place = Some(LONG_NAME.to_owned());
    page.batteries = vec![page.batteries[0].clone(); 4];
    page.telephones = vec![
        Telephone {
            who: LONG_NAME.to_owned(),
            number: Some("0966-00-0000".to_owned()),
        };
        8
    ];
    let paper = power_cut(&page).unwrap();
    assert_eq!(paper.pages, 1);
    assert_eq!(text(&paper).matches("0966-00-0000").count(), 8);
}

#[test]
fn a_letter_is_dated_in_its_era_and_marked_where_asked() {
    let mut paper = Letter {
        number: Some("【デモ】第1号".to_owned()),
        day: day(2019, 5, 1),
        recipient: vec![format!("{LONG_NAME}　様")],
        sender: vec!["【デモ】支援センター".to_owned()],
        subject: "*件名* #1".to_owned(),
        paragraphs: ["本文です。", "記", "１　項目", "以上"]
            .map(str::to_owned)
            .to_vec(),
        signature: vec!["電話 096-000-0000".to_owned()],
        confidential: true,
    };
    let shown = text(&letter(&paper).unwrap());
    for part in [
        "令和元年5月1日",
        "*件名*#1",
        "やぶらこうじ",
        "096-000-0000",
        "取扱注意",
    ] {
        assert!(shown.contains(part), "{part} is missing: {shown}");
    }
    paper.confidential = false;
    paper.day = None;
    let shown = text(&letter(&paper).unwrap());
    assert!(!shown.contains("取扱注意"));
    assert!(shown.contains("令和年月日"));
}

#[test]
fn known_hours_stand_where_a_line_was_and_unknown_ones_stay_a_line() {
    let known = PowerCut {
        act_after: Some(4.49),
        generator: Some("EU18i".to_owned()),
        load_va: Some(640),
        limit_va: Some(1440),
        hours_a_filling: Some(9.04),
        ..a_power_cut()
    };
    let paper = power_cut(&known).unwrap();
    assert_eq!(paper.pages, 1);
    let said = text(&paper);
    for one in [
        "停電から4.4時間たっても",
        "640VA（1440VAまで）",
        "1回で9時間",
    ] {
        assert!(said.contains(one), "{one}: {said}");
    }
    let over = PowerCut {
        load_va: Some(1500),
        at_once: true,
        ..known
    };
    let said = text(&power_cut(&over).unwrap());
    assert!(
        said.contains("順番に") && said.contains("停電したら、すぐに"),
        "{said}"
    );
    assert!(!said.contains("たっても"), "{said}");
    let unknown = text(&power_cut(&a_power_cut()).unwrap());
    assert!(
        !unknown.contains("VAまで") && unknown.contains("たっても"),
        "{unknown}"
    );
}

/// A sheet for those who help, on which so many things are to be minded.
fn for_helpers(minds: usize) -> serde_json::Value {
    let minds: Vec<String> = (1..=minds).map(|n| format!("【デモ】{n}")).collect();
    serde_json::json!({
        "kind": "support", "to": null, "number": "D-0001", "name": "【デモ】灯", "kana": null,
        "born": null, "address": null, "room": null, "state": "第1版", "in_force": true,
        "confirmed_on": null, "made_on": "令和8年11月24日（火）", "print": null,
        "trigger": [["停電から2時間までに、出発します。", ""]], "hours": null, "unconfirmed": false,
        "leave": [], "cut_to": null, "vehicle": null, "supporters": [], "telephones": [],
        "minds": minds, "take": ["【デモ】吸引器"], "at_destination": "【デモ】上の階",
    })
}

#[test]
fn no_title_stands_at_the_foot_of_a_page_without_what_it_is_the_title_of() {
    let mut breaks = 0;
    for minds in 20..42 {
        let paper = set(Template::PlanSheet, &for_helpers(minds)).unwrap();
        let pages = testing::pages(&paper);
        breaks += usize::from(pages.len() == 2);
        for page in &pages {
            for title in [
                "電話",
                "持っていくもの",
                "避難先で気をつけること",
                "手伝う人",
            ] {
                let alone = format!("{title}この紙は救助");
                assert!(!page.contains(&alone), "{minds}: {page}");
            }
            assert!(!page.starts_with("この紙は救助"), "{minds}: an empty page");
        }
    }
    assert_eq!(breaks, 22, "the titles pass the foot of the first page");
}
