use super::*;

/// The list with one change: which row is refused, and at which column.
fn refused_at(from: &str, to: &str) -> (u64, String, String) {
    let outcome = bytes(emergency(from, to));
    assert_eq!(outcome.accepted.len(), 3, "{to}");
    let (row, field, reason) = outcome.refused();
    (row, field.to_owned(), reason.to_owned())
}

#[test]
fn anything_else_in_a_flag_refuses_the_row_and_names_column_and_value() {
    for value in ["0", "2", "○", "－", "true", "あり"] {
        let (row, field, reason) = refused_at(",1,1,,1,,1,1,,", &format!(",{value},1,,1,,1,1,,"));
        assert_eq!((row, field.as_str()), (1, "洪水"));
        assert!(reason.contains(value), "{reason}");
    }
}

#[test]
fn a_position_that_cannot_be_is_refused_with_its_reason() {
    let at = |lat: &str, lon: &str| refused_at("32.2161,130.7512", &format!("{lat},{lon}"));
    for (lat, lon, column, word) in [
        ("130.7512", "32.2161", "緯度", "入れ替わって"),
        ("51.5", "0.1", "緯度", "日本の外"),
        ("北緯35度", "130.7512", "緯度", "北緯35度"),
        ("32.2161", "東経130度", "経度", "東経130度"),
        ("", "130.7512", "緯度", "空欄"),
        ("NaN", "130.7512", "緯度", "NaN"),
        ("1e999", "130.7512", "緯度", "1e999"),
    ] {
        let (row, field, reason) = at(lat, lon);
        assert_eq!((row, field.as_str()), (2, column), "{lat},{lon}");
        assert!(reason.contains(word), "{reason}");
    }
}

#[test]
fn a_position_that_cannot_be_is_refused_in_geojson_too() {
    let json = text_of("demo_emergency.geojson");
    let swapped = json.replacen("130.7512,\n     32.2161", "32.2161,\n     130.7512", 1);
    assert_ne!(swapped, json);
    let outcome = bytes(swapped);
    assert_eq!(outcome.refused().0, 2);
    assert!(outcome.refused().2.contains("逆"));
    assert_eq!(
        outcome.rejected[0].2.as_deref(),
        Some("emergency_site|E4320300090002")
    );
}

#[test]
fn a_site_without_a_name_is_refused_and_still_present() {
    let outcome = bytes(emergency("【デモ】あかり　公園", "　"));
    assert_eq!(outcome.refused().0, 2);
    assert_eq!(outcome.refused().1, "施設・場所名");
    assert_eq!(
        outcome.rejected[0].2.as_deref(),
        Some("emergency_site|E4320300090002")
    );
}

#[test]
fn columns_that_shifted_refuse_the_row() {
    // A comma too many, and one too few: the number of cells tells.
    let (row, _, reason) = refused_at("あかり　公園", "あかり,公園");
    assert_eq!(row, 2);
    assert!(reason.contains("18") && reason.contains("17"), "{reason}");
    assert_eq!(
        refused_at("人吉市【デモ】町2-3,", "人吉市【デモ】町2-3").0,
        2
    );
    // One lost before the name and one added behind it: the values tell.
    for (from, to, column) in [
        (
            "熊本県人吉市,【デモ】あかり　公園,",
            "【デモ】あかり　公園,,",
            "施設・場所名",
        ),
        (
            "E4320300090002,熊本県人吉市,【デモ】あかり　公園,",
            "2,E4320300090002,熊本県人吉市,",
            "施設・場所名",
        ),
        ("E4320300090002,熊本県人吉市,", "熊本県人吉市,,", "共通ID"),
        (
            "あかり　公園,熊本県人吉市【デモ】町2-3,",
            "あかり　公園,1,",
            "住所",
        ),
    ] {
        assert_eq!(refused_at(from, to).1, column, "{to}");
    }
}

#[test]
fn empty_cells_too_many_at_the_end_do_no_harm() {
    let padded = text_of("demo_evacuation.csv").replace("\r\n", ",,,\r\n");
    assert_eq!(bytes(padded).accepted.len(), 2);
}

#[test]
fn an_empty_record_is_read_and_refused_and_shifts_nobody() {
    let text = text_of("demo_evacuation.csv");
    let (head, last) = text.trim_end().rsplit_once("\r\n").unwrap();
    for empty in ["", ",,,,,,,,,", "　,,,,,,,,,"] {
        let outcome = bytes(format!("{head}\r\n{empty}\r\n{last}\r\n\r\n"));
        assert_eq!(outcome.refused().0, 2);
        let rows: Vec<u64> = outcome.accepted.iter().map(|(row, ..)| *row).collect();
        assert_eq!(rows, [1, 3], "{empty:?}");
    }
}

#[test]
fn the_same_row_twice_is_a_warning_and_another_row_of_one_id_is_refused() {
    let text = text_of("demo_evacuation.csv");
    let second = text.trim_end().rsplit_once("\r\n").unwrap().1.to_owned();
    let same = bytes(format!("{text}{second}\r\n"));
    assert_eq!(same.accepted.len(), 3);
    let note = &same.accepted[2].2[0];
    assert_eq!((note.row, note.field.as_deref()), (3, Some("共通ID")));
    assert!(note.reason.contains("2件目"), "{}", note.reason);
    let other = bytes(format!("{text}{}\r\n", second.replace("130.76", "130.77")));
    assert_eq!(other.accepted.len(), 2);
    assert_eq!(other.refused().0, 3);
    assert!(other.refused().2.contains("2件目"));
}

#[test]
fn one_name_with_two_ids_is_two_sites() {
    let twins = emergency("【デモ】あかり　公園", "【デモ】ひかり小学校");
    let outcome = bytes(twins);
    assert_eq!(outcome.accepted.len(), 4);
    assert!(
        outcome
            .accepted
            .iter()
            .all(|(_, _, warnings)| warnings.is_empty())
    );
}

#[test]
fn garbled_japanese_is_refused_and_named() {
    let text = text_of("demo_emergency.csv");
    let latin = |bytes: &[u8]| bytes.iter().map(|b| char::from(*b)).collect::<String>();
    assert_eq!(refusal(latin(&cp932(&text))).0, "mojibake");
    assert_eq!(refusal(latin(text.as_bytes())).0, "mojibake");
    // Far behind what is looked at to say what a file is.
    let (head, _) = text.split_once("\r\n").unwrap();
    let row = text.lines().nth(1).unwrap();
    let garbled = row.replace("【デモ】ひかり小学校", &latin(&cp932("ひかり小学校")));
    let long = format!(
        "{head}\r\n{}{garbled}\r\n",
        format!("{row}\r\n").repeat(2_000)
    );
    let (code, message) = refusal(long);
    assert_eq!(code, "mojibake");
    assert!(message.contains("文字化け"), "{message}");
}

#[test]
fn a_file_cut_off_anywhere_never_passes_for_a_whole_one() {
    let json = text_of("demo_emergency.geojson");
    for end in (200..json.trim_end().len())
        .filter(|end| json.is_char_boundary(*end))
        .step_by(7)
    {
        assert_eq!(refusal(&json[..end]).0, "truncated", "{end}");
    }
    let csv = text_of("demo_emergency.csv");
    let header = csv.find('\n').unwrap() + 2;
    for end in header..csv.trim_end().len() {
        let cut = &csv.as_bytes()[..end];
        match try_bytes(cut) {
            Err(ReadError::File(error)) => assert_eq!(error.code, "truncated", "{end}"),
            Err(other) => panic!("{other}"),
            // Cut within the last cell, or between two records.
            Ok(outcome) => {
                assert!(outcome.rejected.is_empty(), "{end}");
                let whole = bytes(&csv);
                for ((_, cut), (_, whole)) in outcome.published().iter().zip(whole.published()) {
                    assert_eq!(cut.position, whole.position, "{end}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_list_of_sites_is_told_what_it_is() {
    assert_eq!(refusal("").0, "empty");
    assert_eq!(refusal([0; 4096]).0, "zero_bytes");
    assert_eq!(refusal("<!DOCTYPE html><html></html>").0, "html");
    assert_eq!(refusal(b"\xff\xfeN\0O\0").0, "utf16");
    assert_eq!(refusal("[".repeat(1_000)).0, "not_feature_collection");
    let (code, message) = refusal("品名,値段\r\nりんご,100\r\n");
    assert_eq!(code, "unknown_format");
    assert!(message.contains("品名、値段"), "{message}");
    let (code, message) = refusal(
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"A31a_205":3}}]}"#,
    );
    assert_eq!(code, "unknown_format");
    assert!(message.contains("A31a_205"), "{message}");
}

#[test]
fn a_list_without_a_single_site_is_refused() {
    let text = text_of("demo_emergency.csv");
    let (header, _) = text.split_once("\r\n").unwrap();
    assert_eq!(refusal(format!("{header}\r\n")).0, "empty");
    assert_eq!(
        refusal(r#"{"type":"FeatureCollection","features":[]}"#).0,
        "empty"
    );
}

#[test]
fn a_town_that_publishes_nothing_is_refused_in_its_own_words() {
    let (code, message) = refusal(
        r#"{"type":"unavailable","code":"430000","name":"【デモ】灯町","message":"公開されていません。"}"#,
    );
    assert_eq!(code, "unavailable");
    assert!(message.contains("公開されていません。"), "{message}");
}

#[test]
fn features_that_are_no_sites_are_refused_one_by_one() {
    let json = text_of("demo_emergency.geojson").replacen(
        "\"features\": [",
        "\"features\": [{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"x\":1}}, 7,",
        1,
    );
    let outcome = bytes(json);
    let mut rows: Vec<u64> = outcome.rejected.iter().map(|(row, ..)| *row).collect();
    rows.sort_unstable();
    assert_eq!(rows, [1, 2]);
    assert_eq!(outcome.accepted[0].0, 3);
}

#[test]
fn a_municipal_flag_may_be_a_dash_and_nothing_else() {
    let text = text_of("demo_municipal.csv").replacen('－', "×", 1);
    let outcome = bytes(text);
    let (row, notes, _) = &outcome.rejected[0];
    assert_eq!(
        (*row, notes[0].field.as_deref()),
        (1, Some("災害種別_高潮"))
    );
    assert!(notes[0].reason.contains('×'));
}

#[test]
fn a_missing_file_is_a_wrong_call() {
    let error = try_read(&fixture("absent.csv")).err().unwrap();
    assert!(matches!(error, ReadError::Missing(_)));
}
