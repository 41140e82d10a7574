//! What one step of writing puts into a draft: its own items, and no other's.

use serde::Serialize;
use serde_json::{Map, Value};

use super::PlanDocument;

/// The items of one step, as somebody has written them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Filled {
    /// Single items by their place (`child.name`); `None`: nothing stands there.
    pub items: Vec<(&'static str, Option<Value>)>,
    /// Lists.
    pub lists: Vec<FilledList>,
}

/// A list of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilledList {
    /// Its place (`child.contacts`).
    pub at: &'static str,
    /// The items of a row that the step has.
    pub keys: Vec<&'static str>,
    /// Its rows, each with the number of the row that it was.
    pub rows: Vec<(usize, Map<String, Value>)>,
}

/// What tells whether a row is still about the same thing: where one of these differs,
/// what the step does not show of the old row (a position, a drawn way) goes with it.
const SAME: [&str; 5] = ["kind", "site", "name", "address", "recipient"];

/// Puts a value at a place; `None`: takes away what stands there.
pub fn put(into: &mut Map<String, Value>, at: &str, value: Option<Value>) {
    match at.split_once('.') {
        None => {
            match value {
                Some(value) => into.insert(at.to_owned(), value),
                None => into.remove(at),
            };
        }
        Some((first, rest)) => {
            if value.is_none() && !into.contains_key(first) {
                return;
            }
            let inner = into
                .entry(first.to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
                // A part that only held what is gone is gone, too.
                if inner.is_empty() {
                    into.remove(first);
                }
            }
        }
    }
}

/// What stands at a place.
pub fn look<'a>(from: &'a Value, at: &str) -> Option<&'a Value> {
    at.split('.').try_fold(from, |value, part| value.get(part))
}

impl Filled {
    /// A draft with these items in it, and everything else as it is.
    ///
    /// # Errors
    /// The items are none of a plan.
    ///
    /// # Panics
    /// Never: a document becomes JSON.
    pub fn into_draft(&self, draft: &PlanDocument) -> Result<PlanDocument, serde_json::Error> {
        let whole = serde_json::to_value(draft).expect("a document becomes JSON");
        let Value::Object(mut into) = whole.clone() else {
            unreachable!("a document is an object");
        };
        for (at, value) in &self.items {
            put(&mut into, at, value.clone());
        }
        for list in &self.lists {
            let old = look(&whole, list.at).and_then(Value::as_array);
            let rows: Vec<Value> = list
                .rows
                .iter()
                .map(|(number, typed)| {
                    let old = old.map_or(&[][..], Vec::as_slice);
                    Value::Object(list.row((old, *number), typed))
                })
                .collect();
            put(
                &mut into,
                list.at,
                (!rows.is_empty()).then_some(Value::Array(rows)),
            );
        }
        serde_json::from_value(Value::Object(into))
    }
}

impl FilledList {
    /// What is left of the old row that a typed one is about, with what was typed.
    fn row(
        &self,
        (old, number): (&[Value], usize),
        typed: &Map<String, Value>,
    ) -> Map<String, Value> {
        let about: Vec<&str> = SAME
            .into_iter()
            .filter(|key| self.keys.contains(key))
            .collect();
        let same =
            |was: &&Map<String, Value>| about.iter().all(|key| was.get(*key) == typed.get(*key));
        let there = old.get(number).and_then(Value::as_object).filter(same);
        // Rows before it may have been emptied since the page was made.
        let elsewhere = || {
            let mut all = old.iter().filter_map(Value::as_object);
            all.find(same).filter(|_| !about.is_empty())
        };
        let mut row = there.or_else(elsewhere).cloned().unwrap_or_default();
        for key in &self.keys {
            put(&mut row, key, None);
        }
        merge(&mut row, typed);
        row
    }
}

/// Lays what was typed over what is left of a row.
fn merge(into: &mut Map<String, Value>, typed: &Map<String, Value>) {
    for (key, value) in typed {
        match (into.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(more)) => merge(inner, more),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn draft() -> PlanDocument {
        serde_json::from_value(json!({
            "schema_version": 1, "case": "X-1", "vehicle": "車",
            "child": {"name": "灯", "reason": "人工呼吸器"},
            "too_late": {"room": "2階"},
            "destinations": [
                {"kind": "hospital", "name": "A", "route": "国道", "position": {"lat": 32.8, "lon": 130.7},
                 "agreement": {"ward": "小児", "dated": "2026-04-01"}},
                {"kind": "relative", "name": "B"}
            ]
        }))
        .unwrap()
    }

    fn map(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        map
    }

    #[test]
    fn a_step_changes_its_own_items_alone() {
        let filled = Filled {
            items: vec![
                ("child.name", Some(json!("灯子"))),
                ("child.reason", None),
                ("too_late.room", None),
            ],
            lists: Vec::new(),
        };
        let now = filled.into_draft(&draft()).unwrap();
        assert_eq!(now.child.name.as_deref(), Some("灯子"));
        assert_eq!(now.child.reason, None);
        assert_eq!(now.too_late, None, "nothing is left of it");
        assert_eq!(now.vehicle, draft().vehicle);
        assert_eq!(now.destinations, draft().destinations);
    }

    #[test]
    fn a_row_keeps_what_the_step_does_not_show_while_it_is_about_the_same() {
        let list = |first: Value| Filled {
            items: Vec::new(),
            lists: vec![FilledList {
                at: "destinations",
                keys: vec!["kind", "name", "route", "agreement.ward"],
                rows: vec![(0, map(first))],
            }],
        };
        let same = list(json!({"kind": "hospital", "name": "A", "route": "県道"}));
        let now = same.into_draft(&draft()).unwrap();
        assert_eq!(now.destinations.len(), 1, "the other row was emptied");
        assert_eq!(now.destinations[0].route.as_deref(), Some("県道"));
        assert_eq!(
            now.destinations[0].position,
            draft().destinations[0].position
        );
        let agreement = now.destinations[0].agreement.as_ref().unwrap();
        assert_eq!(
            (agreement.ward.as_ref(), agreement.dated.is_some()),
            (None, true)
        );
        let other = list(json!({"kind": "hospital", "name": "C", "route": "県道"}));
        let now = other.into_draft(&draft()).unwrap();
        assert_eq!(
            now.destinations[0].position, None,
            "another place lies elsewhere"
        );
        assert_eq!(now.destinations[0].agreement, None);
    }

    #[test]
    fn what_is_no_item_of_a_plan_is_refused() {
        let filled = Filled {
            items: vec![("child.shoe_size", Some(json!(21)))],
            lists: Vec::new(),
        };
        assert!(filled.into_draft(&draft()).is_err());
    }
}
