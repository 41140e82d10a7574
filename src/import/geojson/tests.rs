use std::{
    cell::Cell,
    io::{self, Read},
};

use super::*;

fn read(json: &[u8]) -> Result<(Collection, Vec<String>), ReadError> {
    let mut rows = Vec::new();
    let collection = read_features(json, &|_| {}, &mut |row, raw| {
        rows.push(format!("{row}:{}", raw.get()));
        Ok(())
    })?;
    Ok((collection, rows))
}

fn refusal(json: impl AsRef<[u8]>) -> (String, String) {
    match read(json.as_ref()) {
        Err(ReadError::File(error)) => (error.code, error.message_ja),
        other => panic!("not refused: {other:?}"),
    }
}

fn code(json: impl AsRef<[u8]>) -> String {
    refusal(json).0
}

#[test]
fn features_come_one_by_one_and_numbered_from_one() {
    let (collection, rows) =
        read(br#"{"type":"FeatureCollection","name":"n","features":[{"a":1}, [2],3]}"#).unwrap();
    assert_eq!(rows, [r#"1:{"a":1}"#, "2:[2]", "3:3"]);
    assert_eq!(collection.read, 3);
    assert_eq!(collection.name.as_deref(), Some("n"));
}

#[test]
fn members_may_stand_in_any_order_and_others_are_skipped() {
    let (_, rows) = read(
        b"\xef\xbb\xbf{\"bbox\":[1,[2]],\"features\":[1],\"x\":{\"y\":[]},\"crs\":null,\"type\":\"FeatureCollection\"}\n",
    )
    .unwrap();
    assert_eq!(rows, ["1:1"]);
}

#[test]
fn a_coordinate_system_in_degrees_is_accepted_and_any_other_refused_by_name() {
    let with = |name: &str| {
        format!(
            r#"{{"features":[],"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}}}}"#
        )
    };
    for name in [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:EPSG::6668",
        "EPSG:4326",
        "EPSG:4612",
        "urn:ogc:def:crs:EPSG::6697",
    ] {
        assert!(read(with(name).as_bytes()).is_ok(), "{name}");
    }
    for name in [
        "EPSG:4301",
        "EPSG:3857",
        "urn:ogc:def:crs:EPSG::2444",
        "JGD2011 / zone 2",
    ] {
        let (code, message) = refusal(with(name));
        assert_eq!(code, "unknown_crs");
        assert!(message.contains(name), "{message}");
    }
    assert_eq!(
        code(r#"{"type":"FeatureCollection","features":[],"crs":{"type":"link"}}"#),
        "unknown_crs"
    );
}

#[test]
fn a_file_cut_off_anywhere_is_truncated() {
    let whole = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"名":"あ"},"geometry":null}]}"#;
    assert!(read(whole.as_bytes()).is_ok());
    for end in 1..whole.len() {
        if whole.is_char_boundary(end) {
            assert_eq!(code(&whole[..end]), "truncated", "{}", &whole[..end]);
        }
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    let json = r#"{"type":"FeatureCollection","features":[]}"#;
    assert_eq!(code(format!("{json}{json}")), "trailing");
    assert_eq!(code(format!("{json} x")), "trailing");
}

#[test]
fn a_thousand_brackets_never_overflow_the_stack() {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    for n in [1_000, 1_000_000] {
        assert_eq!(code(deep(n)), "not_feature_collection");
        assert_eq!(code("[".repeat(n)), "not_feature_collection");
        assert_eq!(code("{\"a\":".repeat(n)), "truncated");
        let member = format!(
            r#"{{"x":{},"type":"FeatureCollection","features":[]}}"#,
            deep(n)
        );
        assert!(read(member.as_bytes()).is_ok());
    }
    // As a feature, as its geometry, as one of its properties: one bad row.
    for feature in [
        deep(1_000),
        format!(
            r#"{{"type":"Feature","geometry":{},"properties":{{}}}}"#,
            deep(1_000)
        ),
        format!(
            r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":{}}},"properties":{{}}}}"#,
            deep(1_000)
        ),
        format!(
            r#"{{"type":"Feature","geometry":null,"properties":{{"a":{}}}}}"#,
            deep(1_000)
        ),
    ] {
        let json = format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#);
        let mut rejected = 0;
        read_features(json.as_bytes(), &|_| {}, &mut |row, raw| {
            let area = Feature::parse(row, raw).and_then(|f| f.area());
            rejected += u64::from(area.is_err());
            Ok(())
        })
        .unwrap();
        assert_eq!(rejected, 1, "{}", &feature[..40]);
    }
}

#[test]
fn other_json_is_told_what_it_is() {
    for (json, word) in [
        (r#"{"type":"Topology","objects":{}}"#, "TopoJSON"),
        (r#"{"type":"Feature","geometry":null}"#, "「Feature」"),
        (r#"{"type":"FeatureCollection"}"#, "features"),
        (r#"{"a":1}"#, "GeoJSONではありません"),
        ("[1,2]", "配列"),
        (
            r#"{"type":"FeatureCollection","features":[],"features":[]}"#,
            "二つ",
        ),
    ] {
        let (code, message) = refusal(json);
        assert_eq!(code, "not_feature_collection", "{json}");
        assert!(message.contains(word), "{message}");
    }
    assert_eq!(
        code(r#"{"type":"FeatureCollection","features":{}}"#),
        "not_json"
    );
    assert_eq!(code(r#"{"type":"FeatureCollection",,}"#), "not_json");
}

#[test]
fn a_municipality_that_publishes_nothing_is_named_and_quoted() {
    let (code, message) = refusal(
        r#"{"type":"unavailable","code":"430000","name":"【デモ】灯町","message":"公開されていません。"}"#,
    );
    assert_eq!(code, "unavailable");
    assert!(message.contains("【デモ】灯町"), "{message}");
    assert!(message.contains("公開されていません。"), "{message}");
}

#[test]
fn garbled_names_deep_in_the_file_refuse_it() {
    let name: String = "人吉市".bytes().map(char::from).collect();
    let far = r#"{"type":"Feature","geometry":null,"properties":{}},"#.repeat(3_000);
    let json = format!(
        r#"{{"type":"FeatureCollection","features":[{far}{{"type":"Feature","properties":{{"N":"{name}"}}}}]}}"#
    );
    assert_eq!(code(json), "mojibake");
}

#[test]
fn bytes_that_are_no_utf_8_are_told_so() {
    assert_eq!(
        code(b"{\"type\":\"FeatureCollection\",\"features\":[{\"n\":\"\x90\x6c\"}]}"),
        "not_utf8"
    );
}

#[test]
fn what_the_caller_cannot_keep_is_a_failure_of_the_machine() {
    let error = read_features(
        &br#"{"type":"FeatureCollection","features":[1,2]}"#[..],
        &|_| {},
        &mut |_, _| Err(io::Error::other("disk")),
    )
    .unwrap_err();
    assert!(matches!(error, ReadError::Machine(e) if e.to_string() == "disk"));
}

#[test]
fn a_disk_that_fails_half_way_is_a_failure_of_the_machine() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk"))
        }
    }
    let json = br#"{"type":"FeatureCollection","features":[1,"#;
    let error = read_features(json.chain(Broken), &|_| {}, &mut |_, _| Ok(())).unwrap_err();
    assert!(matches!(error, ReadError::Machine(_)), "{error:?}");
}

#[test]
fn a_feature_without_end_is_refused_before_it_fills_the_memory() {
    let start = &br#"{"type":"FeatureCollection","features":[{"n":""#[..];
    let seen = Cell::new(0);
    let endless = start.chain(io::repeat(b'a'));
    let error = read_features(endless, &|bytes| seen.set(bytes), &mut |_, _| Ok(())).unwrap_err();
    assert!(matches!(error, ReadError::File(e) if e.code == "feature_too_large"));
    assert!(seen.get() < MAX_FEATURE_BYTES + 1024 * 1024);
}

#[test]
fn progress_ends_at_the_length_of_the_file() {
    let json = format!(
        r#"{{"type":"FeatureCollection","features":[{}1]}}"#,
        "1,".repeat(500_000)
    );
    let seen = Cell::new(0);
    read_features(
        json.as_bytes(),
        &|bytes| seen.set(bytes),
        &mut |_, _| Ok(()),
    )
    .unwrap();
    assert_eq!(seen.get(), json.len() as u64);
}

fn feature(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

#[test]
fn a_point_that_is_swapped_or_abroad_is_told_apart() {
    let at = |x: &str, y: &str| {
        let raw = feature(&format!(
            r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{x},{y},5.5]}},"properties":null}}"#
        ));
        Feature::parse(7, &raw).unwrap().position()
    };
    assert_eq!(
        at("130.70000000000002", "32.8").unwrap().lon().to_bits(),
        130.700_000_000_000_02_f64.to_bits()
    );
    let swapped = at("32.8", "130.7").unwrap_err();
    assert!(swapped.reason.contains("逆"), "{}", swapped.reason);
    assert_eq!(
        (swapped.row, swapped.field.as_deref()),
        (7, Some("geometry"))
    );
    assert!(at("2.3", "48.9").unwrap_err().reason.contains("日本の外"));
    assert!(at("1e999", "32.8").is_err());
    assert!(at("null", "32.8").is_err());
    assert!(at("\"北緯35度\"", "32.8").is_err());
}

#[test]
fn areas_keep_their_bits_and_say_whether_they_were_closed() {
    let area = |json: &str| {
        let raw = feature(&format!(
            r#"{{"type":"Feature","geometry":{json},"properties":{{}}}}"#
        ));
        Feature::parse(1, &raw).unwrap().area()
    };
    let closed = area(r#"{"type":"Polygon","coordinates":[[[130,32],[131.10000000000002,32],[131,33],[130,32]]]}"#).unwrap();
    assert!(closed.closed);
    let corner = closed.geometry.0[0].exterior().0[1];
    assert_eq!(corner.x.to_bits(), 131.100_000_000_000_02_f64.to_bits());
    let open =
        area(r#"{"type":"MultiPolygon","coordinates":[[[[130,32],[131,32],[131,33]]]]}"#).unwrap();
    assert!(!open.closed);
    for bad in [
        r#"{"type":"Polygon","coordinates":[[[32,130],[33,130],[33,131],[32,130]]]}"#,
        r#"{"type":"Polygon","coordinates":[[130,32]]}"#,
        r#"{"type":"Polygon"}"#,
        r#"{"type":"LineString","coordinates":[[130,32],[131,32]]}"#,
        r#"{"type":"GeometryCollection","geometries":[]}"#,
        "null",
    ] {
        assert!(area(bad).is_err(), "{bad}");
    }
}

#[test]
fn one_thing_written_in_many_ways_is_one_thing() {
    let raw = feature(
        r#"{"type":"Feature","geometry":null,"properties":{"a":1,"b":"1","c":" １ ","d":null,"e":"","f":1.0,"g":"x","h":1.5,"i":-1,"j":[1]}}"#,
    );
    let properties = Feature::parse(1, &raw).unwrap().properties;
    for key in ["a", "b", "c", "f"] {
        assert_eq!(properties.code(key), Ok(Some(1)), "{key}");
    }
    for key in ["d", "e", "absent"] {
        assert_eq!(properties.code(key), Ok(None), "{key}");
        assert_eq!(properties.text(key), None, "{key}");
    }
    for key in ["g", "h", "i", "j"] {
        assert!(properties.code(key).is_err(), "{key}");
    }
}
