use std::io::Write;

use encoding_rs::SHIFT_JIS;

use super::*;
use crate::import::report::FileReport;

fn read_bytes(
    bytes: &[u8],
    municipality: Option<&str>,
) -> Result<(TownFile, Vec<TownRecord>, FileReport), ReadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let source = Source::open(file.path())?;
    let (mut records, mut report) = (Vec::new(), FileReport::default());
    let code = municipality.map(|m| MunicipalityCode::parse(m).unwrap());
    let file = read(&source, code, &|_| (), &mut |row| {
        records.extend(report.take(row).map(|(_, record)| record));
    })?;
    Ok((file, records, report))
}

fn refusal(bytes: &[u8], municipality: Option<&str>) -> String {
    match read_bytes(bytes, municipality) {
        Err(ReadError::File(error)) => error.code,
        other => panic!("not refused: {other:?}"),
    }
}

const JSON: &str = r#"[
 {"town": "【デモ】灯町", "koaza": "", "lat": 32.21, "lng": 130.76},
 {"town": "【デモ】大字灯", "koaza": "前田", "lat": 32.22, "lng": 130.77},
 {"town": "【デモ】灯町", "koaza": "", "lat": 32.31, "lng": 130.86},
 {"town": "", "koaza": "", "lat": 32.21, "lng": 130.76},
 {"town": "【デモ】逆町", "koaza": "", "lat": 130.76, "lng": 32.21},
 {"town": "【デモ】無町", "koaza": "", "lat": null, "lng": null},
 {"town": "【デモ】灯町", "koaza": "", "lat": 32.21, "lng": 130.76}
]"#;

#[test]
fn a_list_of_geolonia_is_read_and_its_bad_rows_are_named() {
    let (file, records, report) = read_bytes(JSON.as_bytes(), Some("43203")).unwrap();
    assert_eq!(
        (file.format, file.kind),
        ("geolonia-towns-json", DataSetKind::Towns)
    );
    assert_eq!((report.read, report.accepted), (7, 4), "{report:?}");
    let rows: Vec<u64> = report.rejected.iter().map(|note| note.row).collect();
    assert_eq!(rows, [4, 5, 6]);
    assert_eq!(records[1].koaza, TownKey::of("前田"));
    assert_eq!(records[1].name, "【デモ】大字灯前田");
    let warned: Vec<u64> = report.warnings.iter().map(|note| note.row).collect();
    assert_eq!(warned, [3, 7], "one name at two places, and one row twice");
    let repeats: Vec<bool> = records.iter().map(|r| r.repeats).collect();
    assert_eq!(repeats, [false, false, false, true]);
}

#[test]
fn a_list_that_does_not_say_of_which_municipality_it_is_is_refused() {
    assert_eq!(refusal(JSON.as_bytes(), None), "no_municipality");
}

#[test]
fn what_is_no_list_of_towns_is_told_so() {
    assert_eq!(refusal(b"[{\"town\": \"a\"", Some("43203")), "not_json");
    for bytes in [
        &b"{\"type\": \"FeatureCollection\", \"features\": []}"[..],
        b"[1, 2]",
        b"[]",
        "NO,共通ID\n1,2\n".as_bytes(),
    ] {
        assert_eq!(refusal(bytes, Some("43203")), "unknown_format");
    }
}

const TOWNS: &str = "都道府県コード,都道府県名,市区町村コード,市区町村名,大字町丁目コード,大字町丁目名,緯度,経度,原典資料コード,大字・字・丁目区分コード
43,熊本県,43203,人吉市,432030001001,【デモ】灯町一丁目,32.21,130.76,1,3
43,熊本県,43299,無市,432030001002,【デモ】灯町,32.21,130.76,1,3
43,熊本県,4320,人吉市,432030001002,【デモ】灯町,32.21,130.76,1,3
";

#[test]
fn the_ministrys_towns_are_read_in_cp932() {
    let bytes = SHIFT_JIS.encode(TOWNS).0;
    let (file, records, report) = read_bytes(&bytes, None).unwrap();
    assert_eq!((file.format, file.encoding), ("isj-towns-csv", "CP932"));
    assert_eq!((report.read, report.accepted), (3, 2), "{report:?}");
    assert_eq!(records[0].town, TownKey::of("【デモ】灯町1丁目"));
    assert_eq!(records[0].municipality.as_str(), "43203");
}

const BLOCKS: &str = "都道府県名,市区町村名,大字・丁目名,小字・通称名,街区符号・地番,座標系番号,Ｘ座標,Ｙ座標,緯度,経度,住居表示フラグ,代表フラグ,更新前履歴フラグ,更新後履歴フラグ
熊本県,人吉市,【デモ】灯町一丁目,,2,2,1.0,1.0,32.2101,130.7601,1,1,0,0
熊本県,人吉市,【デモ】灯町一丁目,,2,2,1.0,1.0,32.2102,130.7602,1,0,0,0
熊本県,人吉市,【デモ】灯町一丁目,,3,2,1.0,1.0,32.2103,130.7603,1,1,3,0
熊本県,益城町,【デモ】大字灯,前田,126番,2,1.0,1.0,32.7,130.8,0,1,0,0
熊本県,どこか市,【デモ】灯町,,1,2,1.0,1.0,32.2,130.7,1,1,0,0
熊本県,人吉市,【デモ】灯町,,甲,2,1.0,1.0,32.2,130.7,1,1,0,0
";

#[test]
fn the_ministrys_blocks_are_read_with_their_representatives_only() {
    let (file, records, report) = read_bytes(BLOCKS.as_bytes(), None).unwrap();
    assert_eq!(
        (file.format, file.kind),
        ("isj-blocks-csv", DataSetKind::Blocks)
    );
    let rows: Vec<u64> = report.rejected.iter().map(|note| note.row).collect();
    assert_eq!(rows, [3, 5, 6], "{report:?}");
    let blocks: Vec<(&str, &str, bool)> = records
        .iter()
        .map(|r| (r.municipality.as_str(), r.block.as_str(), r.represents))
        .collect();
    assert_eq!(
        blocks,
        [
            ("43203", "2", true),
            ("43203", "2", false),
            ("43443", "126", true)
        ]
    );
}
