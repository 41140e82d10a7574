use super::*;

fn now() -> DateTime<Utc> {
    "2026-09-14T08:40:00Z".parse().unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/telegrams/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

fn ours() -> Vec<String> {
    vec!["43".to_owned()]
}

fn taken(name: &str) -> Telegram {
    taken_at(name, now())
}

fn taken_at(name: &str, now: DateTime<Utc>) -> Telegram {
    match read(&bytes(name), &ours(), now) {
        Ok(telegram) => telegram,
        Err(error) => panic!("{name}: {error:?}"),
    }
}

fn refusal_of(bytes: &[u8]) -> String {
    match read(bytes, &ours(), now()) {
        Err(error) => {
            assert!(!error.message_ja.is_empty() && !error.message_en.is_empty());
            error.code
        }
        Ok(telegram) => panic!("{telegram:?}"),
    }
}

/// Municipality, hazard, level and name of each statement.
fn said(telegram: &Telegram) -> Vec<String> {
    let line = |one: &Statement| {
        format!(
            "{} {} {} {}{}",
            one.municipality,
            one.hazard.map_or("-", Hazard::code),
            one.level.map_or(0, EvacuationLevel::number),
            one.name,
            one.part
                .as_ref()
                .map(|part| format!(" {part}"))
                .unwrap_or_default(),
        )
    };
    telegram.says.iter().map(line).collect()
}

#[test]
fn a_telegram_of_the_new_scheme_says_the_level_of_each_municipality() {
    let telegram = taken("landslide_new.xml");
    assert_eq!(
        said(&telegram),
        [
            "43100 landslide 3 土砂災害警報",
            "43203 landslide 4 土砂災害危険警報",
            "43215 landslide 2 土砂災害注意報",
            "43443 - 0 コード77（コードなし警報）",
            "43513 landslide 4 土砂災害危険警報",
        ]
    );
    assert_eq!(telegram.series.kind, "気象警報・注意報(R06)(土砂)");
    assert_eq!(
        (telegram.series.area.as_str(), telegram.read),
        ("430000", 6)
    );
    let note = &telegram.notes[0];
    assert!(
        note.row == 6 && note.reason.contains("コード77"),
        "{note:?}"
    );
}

#[test]
fn what_is_lifted_is_no_longer_said_and_what_is_lowered_is_said_lower() {
    let later = now() + TimeDelta::hours(3);
    let (before, after) = (
        taken("landslide_new.xml"),
        taken_at("landslide_new_lifted.xml", later),
    );
    assert_eq!(before.series, after.series);
    assert!(after.is_newer_than(before.reported_at, before.sent_at));
    assert!(!before.is_newer_than(after.reported_at, after.sent_at));
    assert!(!after.is_newer_than(after.reported_at, after.sent_at));
    assert_eq!(said(&after), ["43513 landslide 3 土砂災害警報"]);
}

#[test]
fn sentences_that_name_warnings_are_no_warnings() {
    let telegram = taken("quiet.xml");
    assert_eq!(said(&telegram), Vec::<String>::new());
    assert_eq!(telegram.notes, []);
}

#[test]
fn a_storm_has_no_level_and_is_told_while_mere_wind_is_not() {
    assert_eq!(said(&taken("storm.xml")), ["43202 - 0 暴風警報"]);
}

#[test]
fn an_old_telegram_is_read_by_the_names_of_its_day() {
    let telegram = taken("old_rain.xml");
    assert_eq!(
        said(&telegram),
        [
            "43202 storm_surge 4 高潮警報",
            "43203 flood 2 洪水注意報",
            "43203 landslide 3 大雨警報",
            "43513 flood 5 大雨特別警報",
            "43513 landslide 5 大雨特別警報",
            "43513 inland_flood 5 大雨特別警報",
        ]
    );
    assert_eq!(telegram.series.kind, "weather");
    // It is of last year.
    assert!(
        telegram
            .notes
            .iter()
            .any(|note| note.reason.contains("1日より前の電文"))
    );
}

#[test]
fn a_part_of_a_municipality_is_named_and_counts_for_it() {
    let telegram = taken("landslide_information.xml");
    assert_eq!(
        said(&telegram),
        [
            "43100 landslide 4 土砂災害危険警報 熊本市北部",
            "43203 landslide 4 土砂災害危険警報",
        ]
    );
}

#[test]
fn a_river_is_said_of_the_municipalities_that_it_may_flood() {
    let telegram = taken("river_new.xml");
    assert_eq!(
        said(&telegram),
        [
            "43202 flood 4 氾濫危険警報 【デモ】球磨川",
            "43203 flood 4 氾濫危険警報 【デモ】球磨川",
            "43513 flood 4 氾濫危険警報 【デモ】球磨川",
        ]
    );
    let lifted = taken_at("river_lifted.xml", now() + TimeDelta::hours(12));
    assert_eq!((lifted.says.len(), &lifted.series), (0, &telegram.series));
}

#[test]
fn what_is_no_real_telegram_of_here_is_refused_as_what_it_is() {
    for (name, code) in [
        ("training.xml", "training"),
        ("cancelled.xml", "cancelled"),
        ("other_prefecture.xml", "other_prefecture"),
    ] {
        assert_eq!(refusal_of(&bytes(name)), code, "{name}");
    }
    let whole = String::from_utf8(bytes("landslide_new.xml")).unwrap();
    let tests = whole.replace("<Status>通常</Status>", "<Status>試験</Status>");
    assert_eq!(refusal_of(tests.as_bytes()), "training");
    let quake = whole.replace(
        "気象警報・注意報（Ｒ０６）（土砂）",
        "震源・震度に関する情報",
    );
    assert_eq!(refusal_of(quake.as_bytes()), "unknown_document");
    let later = whole.replace("2026-09-14T16:40:00", "2026-09-14T18:41:00");
    assert_eq!(refusal_of(later.as_bytes()), "future");
    let nowhere = whole.replace("（市町村等）", "（どこか）");
    assert_eq!(refusal_of(nowhere.as_bytes()), "no_municipalities");
    // Where nobody knows yet which prefecture this is, any is taken.
    assert!(read(&bytes("other_prefecture.xml"), &[], now()).is_ok());
}

#[test]
fn what_is_broken_or_made_to_harm_is_refused() {
    let whole = bytes("landslide_new.xml");
    // Cut off anywhere, it is never taken.
    for end in (0..whole.len() - 2).step_by(97) {
        let code = refusal_of(&whole[..end]);
        let known = ["empty", "truncated", "not_xml"];
        assert!(known.contains(&code.as_str()), "{end}: {code}");
    }
    assert_eq!(refusal_of(&whole[..whole.len() / 2]), "truncated");
    assert_eq!(refusal_of(b" \n"), "empty");
    assert_eq!(refusal_of(b"\x93\xfa\x96\x7b\x8c\xea<x/>"), "not_utf8");
    assert_eq!(refusal_of("市町村,レベル\n".as_bytes()), "not_xml");
    assert_eq!(refusal_of(b"<html><body/></html>"), "unknown_document");
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><Report>&b;</Report>";
    assert_eq!(refusal_of(bomb.as_bytes()), "doctype");
    let huge = vec![b' '; MOST_BYTES + 1];
    assert_eq!(refusal_of(&huge), "too_large");
    let many = format!("<Report>{}</Report>", "<a/>".repeat(1_000_001));
    assert_eq!(refusal_of(many.as_bytes()), "too_large");
    let deep = format!(
        "{}{}",
        "<Report>".repeat(50_000),
        "</Report>".repeat(50_000)
    );
    assert_eq!(refusal_of(deep.as_bytes()), "truncated");
}

/// `TOMOSHIBI_JMA_SAMPLES`: the folder of the agency's own samples, which are not ours
/// to keep here; what is made of each is printed.
#[test]
#[ignore = "needs the agency's samples"]
fn every_sample_of_the_agency_is_read_or_refused_as_what_it_is() {
    let folder = std::env::var_os("TOMOSHIBI_JMA_SAMPLES").expect("the folder is named");
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let line = match read(&std::fs::read(&path).unwrap(), &[], now()) {
            Ok(telegram) => format!(
                "{name} {:?} {} {:?} {:?}",
                telegram.series,
                telegram.says.len(),
                said(&telegram).iter().take(3).collect::<Vec<_>>(),
                telegram
                    .notes
                    .iter()
                    .map(|note| &note.reason)
                    .take(3)
                    .collect::<Vec<_>>()
            ),
            Err(error) => format!("{name} {} {}", error.code, error.message_ja),
        };
        lines.push(line);
    }
    lines.sort();
    println!("{}", lines.join("\n"));
    assert!(lines.iter().filter(|line| line.contains("Series")).count() > 30);
}
