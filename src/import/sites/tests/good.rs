use super::*;

#[test]
fn one_list_says_the_same_in_every_format_and_encoding() {
    let json = bytes(text_of("demo_emergency.geojson"));
    let text = text_of("demo_emergency.csv");
    assert_eq!(json.file.format, "gsi-emergency-geojson");
    assert_eq!(json.accepted.len(), 4);
    for (bytes_, encoding) in [
        (text.clone().into_bytes(), "UTF-8"),
        (format!("\u{feff}{text}").into_bytes(), "UTF-8"),
        (cp932(&text), "CP932"),
        (text.replace("\r\n", "\n").into_bytes(), "UTF-8"),
    ] {
        let csv = bytes(bytes_);
        assert_eq!(csv.file.format, "gsi-emergency-csv");
        assert_eq!(csv.file.encoding, encoding);
        assert_eq!(csv.file.publisher, "gsi");
        assert_eq!(csv.file.kind, DataSetKind::EmergencySites);
        assert_eq!(csv.published(), json.published());
        assert!(csv.rejected.is_empty());
    }
}

#[test]
fn shelters_say_the_same_as_csv_and_as_geojson() {
    let json = bytes(text_of("demo_evacuation.geojson"));
    let csv = bytes(text_of("demo_evacuation.csv"));
    assert_eq!(json.file.format, "gsi-evacuation-geojson");
    assert_eq!(csv.file.format, "gsi-evacuation-csv");
    assert_eq!(json.published(), csv.published());
    let (key, welfare) = csv.published()[1];
    assert_eq!(key, "shelter|E4320300091002");
    // Those who are accepted do not make it a welfare shelter by agreement.
    assert_eq!(welfare.kind, SiteKind::Shelter);
    assert_eq!(welfare.designations, None);
    assert_eq!(
        welfare.accepted_persons.as_deref(),
        Some("医療的ケア児とその家族")
    );
    assert_eq!(welfare.note.as_deref(), Some("ペット同伴は要相談\n2階のみ"));
    assert_eq!(csv.published()[0].1.accepted_persons, None);
}

#[test]
fn a_site_keeps_every_bit_of_what_is_published() {
    let csv = bytes(text_of("demo_emergency.csv"));
    let (key, school) = csv.published()[0];
    assert_eq!(key, "emergency_site|E4320300090001");
    assert_eq!(
        school.position.lat().to_bits(),
        32.215_000_000_000_01_f64.to_bits()
    );
    let designated: Vec<Hazard> = school.designations.unwrap().iter().collect();
    assert_eq!(
        designated,
        [
            Hazard::Flood,
            Hazard::Landslide,
            Hazard::Earthquake,
            Hazard::Fire,
            Hazard::InlandFlood
        ]
    );
    assert_eq!(school.note, None);
    assert_eq!(csv.published()[1].1.name, "【デモ】あかり　公園");
    assert_eq!(csv.published()[2].1.name, "【デモ】みなみ体育館\n（2階）");
    assert_eq!(
        csv.published()[2].1.note.as_deref(),
        Some("鍵は役場\n電話で確認")
    );
}

#[test]
fn a_name_is_trimmed_of_wide_spaces_too() {
    let csv = bytes(emergency(
        "【デモ】ともしび会館",
        "　【デモ】ともしび会館　",
    ));
    assert_eq!(csv.published()[3].1.name, "【デモ】ともしび会館");
}

#[test]
fn the_town_comes_from_its_column_else_from_the_id_else_from_the_address() {
    let town = |outcome: &Outcome, at: usize| {
        outcome.published()[at]
            .1
            .municipality
            .map(|m| m.to_string())
    };
    let with = bytes(text_of("demo_emergency.csv"));
    assert_eq!(town(&with, 2).as_deref(), Some("43443"));
    let renamed = text_of("demo_emergency.csv").replace("都道府県名及び市町村名", "その他");
    assert_eq!(town(&bytes(&renamed), 2).as_deref(), Some("43443"));
    let no_id = renamed.replace("E4344300090003", "");
    assert_eq!(town(&bytes(&no_id), 2).as_deref(), Some("43443"));
    let nowhere = no_id.replace("熊本県上益城郡益城町【デモ】3", "【デモ】3");
    assert_eq!(town(&bytes(&nowhere), 2), None);
}

#[test]
fn a_flag_is_a_one_of_any_width_or_nothing() {
    let json = text_of("demo_emergency.geojson");
    let flagged = |value: &str| {
        let changed = json.replacen("\"洪水\": \"1\"", &format!("\"洪水\": {value}"), 1);
        let outcome = bytes(changed);
        outcome.published()[0]
            .1
            .designations
            .unwrap()
            .contains(Hazard::Flood)
    };
    for one in ["\"1\"", "1", "\"１\"", "\" 1 \""] {
        assert!(flagged(one), "{one}");
    }
    for nothing in ["\"\"", "null", "\"　\""] {
        assert!(!flagged(nothing), "{nothing}");
    }
}

#[test]
fn columns_are_found_in_any_order_and_width() {
    let csv =
        emergency("緯度,経度", " 緯度 ,経度\u{3000}").replacen("NO,共通ID", "ＮＯ,共通ＩＤ", 1);
    assert_eq!(bytes(csv).accepted.len(), 4);
    let json = text_of("demo_emergency.geojson").replace("共通ID", "共通ＩＤ");
    assert_eq!(
        bytes(json).published(),
        bytes(text_of("demo_emergency.csv")).published()
    );
}

#[test]
fn a_missing_column_keeps_what_is_stored() {
    let csv = bytes(emergency("経度,備考", "経度,摘要"));
    let (_, record, _) = &csv.accepted[1];
    assert_eq!(
        record.columns,
        Columns {
            note: false,
            accepted_persons: false
        }
    );
    let mut new = record.published.clone();
    let old = PublishedSite {
        note: Some("以前の備考".to_owned()),
        ..new.clone()
    };
    record.columns.keep_missing(&mut new, &old);
    assert_eq!(new.note.as_deref(), Some("以前の備考"));
}

#[test]
fn the_municipal_list_is_read_with_one_warning_for_its_shifted_columns() {
    let list = bytes(text_of("demo_municipal.csv"));
    assert_eq!(list.file.format, "municipal-csv");
    assert_eq!(list.file.publisher, "17000");
    assert_eq!(list.file.warnings.len(), 1);
    assert_eq!(list.file.warnings[0].row, 0);
    let (key, school) = list.published()[0];
    assert_eq!(key, "emergency_site|17000:CC0000000901");
    assert_eq!(school.municipality.unwrap().to_string(), "17201");
    assert_eq!(school.address, "金沢市【デモ】町１丁目１番");
    let designated: Vec<Hazard> = school.designations.unwrap().iter().collect();
    assert_eq!(designated, [Hazard::Flood]);
    let (_, park) = list.published()[1];
    let designated: Vec<Hazard> = park.designations.unwrap().iter().collect();
    assert_eq!(designated, [Hazard::Earthquake]);
    assert_eq!(list.refused().0, 3);
}

#[test]
fn a_municipal_list_without_ids_knows_its_sites_by_town_name_and_address() {
    let list = bytes(text_of("demo_municipal.csv").replace("CC0000000902", ""));
    assert_eq!(
        list.published()[1].0,
        "emergency_site|17201|【デモ】西の丘公園|金沢市【デモ】町2丁目"
    );
    assert_eq!(list.published()[1].1.published_id, None);
}

#[test]
fn a_wrong_code_of_a_town_is_remarked_on_and_not_used() {
    let list = bytes(text_of("demo_municipal.csv").replacen(
        ",172014,,金沢市",
        ",172015,,石川県金沢市",
        1,
    ));
    let (_, record, warnings) = &list.accepted[0];
    assert_eq!(
        warnings[0].field.as_deref(),
        Some("所在地_全国地方公共団体コード")
    );
    assert_eq!(record.published.municipality.unwrap().to_string(), "17201");
}
