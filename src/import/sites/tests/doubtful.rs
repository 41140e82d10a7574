//! What could be taken for something that it is not.

use super::*;

fn feature(properties: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[130.7,32.8]}},\
         \"properties\":{{{properties}}}}}"
    )
}

/// The properties of an emergency site, `flood` as given.
fn emergency_site(id: &str, flood: &str) -> String {
    let flags = [
        "崖崩れ、土石流及び地滑り",
        "高潮",
        "地震",
        "津波",
        "大規模な火事",
        "内水氾濫",
        "火山現象",
    ];
    let flags = flags.map(|flag| format!(",\"{flag}\":\"\"")).concat();
    feature(&format!(
        "\"共通ID\":\"{id}\",\"施設・場所名\":\"【デモ】西の広場\",\"住所\":\"熊本県人吉市デモ町1\",\"洪水\":{flood}{flags}"
    ))
}

fn shelter(id: &str) -> String {
    feature(&format!(
        "\"共通ID\":\"{id}\",\"施設・場所名\":\"【デモ】西の会館\",\"住所\":\"熊本県人吉市デモ町2\",\"受入対象者\":null,\"その他市町村長が必要と認める事項\":\"要連絡\""
    ))
}

fn collection(features: &[String]) -> Outcome {
    bytes(format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}]}}",
        features.join(",")
    ))
}

#[test]
fn a_shelter_among_emergency_sites_does_not_become_one() {
    let mixed = collection(&[
        emergency_site("E4320399001201", "\"1\""),
        shelter("E4320399002111"),
    ]);
    assert_eq!((mixed.accepted.len(), mixed.refused().0), (1, 2));
    let mixed = collection(&[
        shelter("E4320399002111"),
        emergency_site("E4320399001201", "\"1\""),
    ]);
    assert_eq!(mixed.file.kind, DataSetKind::Shelters);
    assert_eq!((mixed.accepted.len(), mixed.refused().0), (1, 2));
}

#[test]
fn a_flag_that_is_a_list_is_not_taken_for_nothing() {
    let outcome = collection(&[emergency_site("E4320399001201", "[1]")]);
    let (row, field, reason) = outcome.refused();
    assert_eq!((row, field), (1, "洪水"));
    assert!(reason.contains("[1]"), "{reason}");
}

#[test]
fn a_note_in_either_column_counts_as_a_note() {
    let outcome = collection(&[shelter("E4320399002111")]);
    let (_, record, _) = &outcome.accepted[0];
    assert!(record.columns.note);
    assert_eq!(record.published.note.as_deref(), Some("要連絡"));
}

#[test]
fn an_id_in_wide_letters_is_the_same_id() {
    let outcome = collection(&[emergency_site("Ｅ４３２０３９９００１２０１", "null")]);
    let (key, site) = outcome.published()[0];
    assert_eq!(key, "emergency_site|E4320399001201");
    assert_eq!(site.published_id.as_deref(), Some("E4320399001201"));
    assert_eq!(site.municipality.unwrap().to_string(), "43203");
}

#[test]
fn a_prefecture_that_publishes_is_no_town() {
    // Without the town's code the address and its parts must say whose it is.
    let text = text_of("demo_municipal.csv").replacen(",172014,,金沢市", ",,,金沢市", 1);
    let site = bytes(&text).accepted[0].1.published.clone();
    assert_eq!(site.municipality.unwrap().to_string(), "17201");
    let nowhere = text.replacen(",石川県,金沢市,", ",,,", 1);
    let site = bytes(&nowhere).accepted[0].1.published.clone();
    assert_eq!(site.municipality, None, "unknown, not 17000");
}

#[test]
fn a_list_that_lacks_a_column_hears_which() {
    let (code, message) = refusal(text_of("demo_emergency.csv").replacen("高潮", "たかしお", 1));
    assert_eq!(code, "unknown_format");
    assert!(message.contains("次の列がありません：高潮"), "{message}");
    let (_, message) = refusal(text_of("demo_municipal.csv").replacen(",緯度,", ",北緯,", 1));
    assert!(message.contains("次の列がありません：緯度"), "{message}");
    let json = text_of("demo_emergency.geojson").replace("火山現象", "火山");
    let (_, message) = refusal(json);
    assert!(
        message.contains("次の列がありません：火山現象"),
        "{message}"
    );
    let (_, message) = refusal("日付,気温\n2026-04-01,12\n");
    assert!(message.contains("見つかった列：日付、気温"), "{message}");
}
