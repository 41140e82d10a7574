//! What two states of a plan say differently, item by item.

use serde_json::{Map, Value};

use super::PlanDocument;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where: the keys of the document from the outside in; of a row of a list its key,
    /// and then what the row is called.
    pub place: Vec<Place>,
    /// What stood there.
    pub before: Option<Value>,
    /// What stands there.
    pub after: Option<Value>,
}

/// A part of where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A key of the document.
    Key(String),
    /// A row of a list, by what it is called or by its number.
    Row(String),
}

impl Change {
    /// The innermost key.
    pub fn key(&self) -> &str {
        let mut keys = self.place.iter().rev();
        keys.find_map(|place| match place {
            Place::Key(key) => Some(key.as_str()),
            Place::Row(_) => None,
        })
        .unwrap_or_default()
    }
}

/// What names a row of a list, the first that it has.
const NAMES: [&str; 8] = [
    "name",
    "item",
    "value",
    "site",
    "recipient",
    "hazard",
    "model",
    "kind",
];

/// Everything that two states of a plan say differently, in the order of the document.
/// Rows of lists are matched by what they are called: one that only moved has not
/// changed, but that the order is another one is told.
///
/// # Panics
/// Never: a document becomes JSON.
pub fn changes(before: &PlanDocument, after: &PlanDocument) -> Vec<Change> {
    let json = |document| serde_json::to_value(document).expect("a document becomes JSON");
    let mut found = Vec::new();
    compare(&mut Vec::new(), &json(before), &json(after), &mut found);
    found
}

fn compare(place: &mut Vec<Place>, before: &Value, after: &Value, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => objects(place, before, after, found),
        (Value::Array(before), Value::Array(after)) if of_rows(before) && of_rows(after) => {
            lists(place, before, after, found);
        }
        _ => found.push(Change {
            place: place.clone(),
            before: said(before),
            after: said(after),
        }),
    }
}

/// What is worth telling: nothing and an empty list are the same.
fn said(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(list) if list.is_empty() => None,
        Value::Object(map) if map.is_empty() => None,
        other => Some(other.clone()),
    }
}

fn of_rows(list: &[Value]) -> bool {
    list.iter().all(Value::is_object)
}

fn objects(
    place: &mut Vec<Place>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    found: &mut Vec<Change>,
) {
    let nothing = Value::Null;
    let added = after.keys().filter(|key| !before.contains_key(*key));
    for key in before.keys().chain(added) {
        place.push(Place::Key(key.clone()));
        let (was, is) = (
            before.get(key).unwrap_or(&nothing),
            after.get(key).unwrap_or(&nothing),
        );
        match (was, is) {
            // What is new or gone is told line by line, too.
            (Value::Object(map), Value::Null) => objects(place, map, &Map::new(), found),
            (Value::Null, Value::Object(map)) => objects(place, &Map::new(), map, found),
            (Value::Array(rows), Value::Null) if of_rows(rows) => lists(place, rows, &[], found),
            (Value::Null, Value::Array(rows)) if of_rows(rows) => lists(place, &[], rows, found),
            (was, is) => compare(place, was, is, found),
        }
        place.pop();
    }
}

/// What a row is called.
fn called(row: &Value) -> Option<String> {
    NAMES.iter().find_map(|key| {
        let value = row.get(*key)?;
        value.as_str().map(str::to_owned)
    })
}

fn lists(place: &mut Vec<Place>, before: &[Value], after: &[Value], found: &mut Vec<Change>) {
    let mut left: Vec<(usize, &Value)> = before.iter().enumerate().collect();
    let mut order = Vec::new();
    let mut matched: Vec<(usize, Option<&Value>, &Value)> = Vec::new();
    for (number, row) in after.iter().enumerate() {
        // The same first, then one of the same name.
        let same = left.iter().position(|(_, was)| *was == row);
        let named = || {
            let name = called(row)?;
            left.iter()
                .position(|(_, was)| called(was).as_ref() == Some(&name))
        };
        let was = same.or_else(named).map(|place| left.remove(place));
        order.extend(was.map(|(place, _)| place));
        matched.push((number, was.map(|(_, was)| was), row));
    }
    let moved = !order.is_sorted();
    let nothing = Value::Object(Map::new());
    let mut row = |number: usize, was: &Value, is: &Value| {
        let name = called(is).or_else(|| called(was));
        place.push(Place::Row(name.unwrap_or_else(|| (number + 1).to_string())));
        compare(place, was, is, found);
        place.pop();
    };
    for (number, was, is) in matched {
        row(number, was.unwrap_or(&nothing), is);
    }
    for (number, was) in left {
        row(number, was, &nothing);
    }
    if moved {
        let names = |rows: &[Value]| -> Value {
            let named = rows.iter().enumerate();
            named
                .map(|(number, row)| called(row).unwrap_or_else(|| (number + 1).to_string()))
                .collect()
        };
        found.push(Change {
            place: place.clone(),
            before: Some(names(before)),
            after: Some(names(after)),
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(more: &Value) -> PlanDocument {
        let mut all = json!({"schema_version": 1, "case": "X-1"});
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn told(before: &Value, after: &Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let all = changes(&document(before), &document(after));
        all.into_iter()
            .map(|change| {
                let place = change.place.iter().map(|place| match place {
                    Place::Key(key) => key.clone(),
                    Place::Row(row) => format!("[{row}]"),
                });
                let place = place.collect::<Vec<_>>().join(".");
                (place, change.before, change.after)
            })
            .collect()
    }

    #[test]
    fn what_did_not_change_is_not_told() {
        let same = json!({"vehicle": "車", "supporters": [{"name": "あ"}, {"name": "い"}]});
        assert_eq!(told(&same, &same), []);
        // Absent and empty are the same.
        assert_eq!(told(&json!({}), &json!({"destinations": []})), []);
    }

    #[test]
    fn each_item_is_told_with_what_stood_and_what_stands_there() {
        let before = json!({"child": {"name": "灯", "sex": "female"}, "vehicle": "車"});
        let after = json!({"child": {"name": "灯", "sex": "male", "reason": "人工呼吸器"}});
        let all = told(&before, &after);
        assert_eq!(all.len(), 3, "{all:?}");
        assert!(all.contains(&(
            "child.sex".to_owned(),
            Some(json!("female")),
            Some(json!("male"))
        )));
        assert!(all.contains(&("child.reason".to_owned(), None, Some(json!("人工呼吸器")))));
        assert!(all.contains(&("vehicle".to_owned(), Some(json!("車")), None)));
    }

    #[test]
    fn rows_are_matched_by_what_they_are_called() {
        let before = json!({"supporters": [
            {"name": "母", "contact": "1"}, {"name": "隣", "contact": "2"}]});
        let after = json!({"supporters": [
            {"name": "隣", "contact": "3"}, {"name": "自治会"}]});
        let all = told(&before, &after);
        let places: Vec<&str> = all.iter().map(|(place, ..)| place.as_str()).collect();
        assert_eq!(
            places,
            [
                "supporters.[隣].contact",
                "supporters.[自治会].name",
                "supporters.[母].contact",
                "supporters.[母].name",
            ]
        );
    }

    #[test]
    fn another_order_is_told_once() {
        let row = |name: &str| json!({"kind": "shelter", "name": name});
        let before = json!({"destinations": [row("a"), row("b")]});
        let after = json!({"destinations": [row("b"), row("a")]});
        let all = told(&before, &after);
        assert_eq!(
            all,
            [(
                "destinations".to_owned(),
                Some(json!(["a", "b"])),
                Some(json!(["b", "a"]))
            )]
        );
    }

    #[test]
    fn what_is_inside_of_something_new_is_told_line_by_line() {
        let after = json!({"too_late": {"room": "2階", "call": "119"}});
        let all = told(&json!({}), &after);
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all.iter().all(|(place, ..)| place.starts_with("too_late.")));
    }
}
