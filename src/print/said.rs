//! What a plan says, in lines that people read: for pages, and for whoever compares two
//! of its states.

use serde_json::Value;

use super::labels;
use crate::domain::plan::PlanDocument;

/// What a key of a plan is called.
pub fn label(key: &str) -> &str {
    labels::key(key).1
}

/// What a word of ours is called where it is the value of a key.
pub fn word(key: &str, value: &str) -> String {
    labels::word(key, value)
}

/// What a value says, in one line.
pub fn value(key: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "はい".to_owned(),
        Value::Bool(false) => "いいえ".to_owned(),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        Value::String(text) => labels::word(key, text),
        Value::Array(list) => {
            let all = list.iter().map(|one| self::value(key, one));
            all.collect::<Vec<_>>().join("、")
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| labels::key(key).0);
            let all = entries
                .into_iter()
                .map(|(key, inner)| format!("{} {}", label(key), self::value(key, inner)));
            all.collect::<Vec<_>>().join("・")
        }
    }
}

/// Keys that a reader has no use for.
const LEFT_OUT: [&str; 3] = ["schema_version", "position", "route_line"];

/// What a plan says, part by part in the order of reading: of each part its title, and
/// its lines with what they are about.
///
/// # Panics
/// Never: a document becomes JSON.
pub fn parts(document: &PlanDocument) -> Vec<(String, Vec<(String, String)>)> {
    let whole = serde_json::to_value(document).expect("a document becomes JSON");
    let Value::Object(map) = whole else {
        return Vec::new();
    };
    let mut single = Vec::new();
    let mut parts = Vec::new();
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| labels::key(key).0);
    for (key, inner) in entries {
        if LEFT_OUT.contains(&key.as_str()) {
            continue;
        }
        match inner {
            Value::Object(inner) if !inner.is_empty() => {
                let mut lines = Vec::new();
                of_map(inner, "", &mut lines);
                parts.push((label(key).to_owned(), lines));
            }
            Value::Array(rows) if rows.iter().any(Value::is_object) => {
                for (number, row) in (1..).zip(rows) {
                    let mut lines = Vec::new();
                    if let Value::Object(row) = row {
                        of_map(row, "", &mut lines);
                    }
                    parts.push((format!("{} {number}", label(key)), lines));
                }
            }
            Value::Array(list) if list.is_empty() => {}
            Value::Object(_) | Value::Null => {}
            other => single.push((label(key).to_owned(), value(key, other))),
        }
    }
    if !single.is_empty() {
        parts.insert(0, ("計画".to_owned(), single));
    }
    parts
}

fn of_map(map: &serde_json::Map<String, Value>, before: &str, lines: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| labels::key(key).0);
    for (key, inner) in entries {
        if LEFT_OUT.contains(&key.as_str()) {
            continue;
        }
        let name = format!("{before}{}", label(key));
        match inner {
            Value::Object(inner) => of_map(inner, &format!("{name} "), lines),
            Value::Array(rows) if rows.iter().any(Value::is_object) => {
                for (number, row) in (1..).zip(rows) {
                    if let Value::Object(row) = row {
                        of_map(row, &format!("{name}{number} "), lines);
                    }
                }
            }
            Value::Array(list) if list.is_empty() => {}
            other => lines.push((name, value(key, other))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_is_read_part_by_part_and_nothing_of_it_is_lost() {
        let document: PlanDocument = serde_json::from_value(json!({
            "schema_version": 1, "case": "X-1", "vehicle": "【デモ】福祉車両",
            "child": {"name": "【デモ】灯", "sex": "female",
                "contacts": [{"who": "母", "value": "000-0000-0001"}]},
            "destinations": [{"kind": "hospital", "name": "【デモ】病院",
                "agreement": {"ward": "小児科"}}],
            "consents": {"make": {"given": true}},
        }))
        .unwrap();
        let parts = parts(&document);
        let all: Vec<String> = parts
            .iter()
            .flat_map(|(title, lines)| {
                lines
                    .iter()
                    .map(move |(about, says)| format!("{title}|{about}|{says}"))
            })
            .collect();
        let all = all.join("\n");
        for there in [
            "【デモ】福祉車両",
            "【デモ】灯",
            "女",
            "000-0000-0001",
            "病院",
            "小児科",
            "はい",
        ] {
            assert!(all.contains(there), "{there} in {all}");
        }
        assert!(!all.contains("schema_version"), "{all}");
    }
}
