//! A second row with one key: the same again is remarked on, another one is
//! refused.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::SiteRecord;
use crate::{
    import::report::{Row, RowNote},
    text,
};

/// The keys that have been seen, as hashes (a list may have a million rows):
/// the first row of each, and a hash of what it said.
#[derive(Default)]
pub(super) struct Once(HashMap<u64, (u64, u64)>);

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Once {
    /// The row as it is, unless its key has been seen.
    pub(super) fn pass(&mut self, row: Row<SiteRecord>) -> Row<SiteRecord> {
        let Row::Accepted {
            row,
            record,
            mut warnings,
        } = row
        else {
            return row;
        };
        let column = match record.published.published_id.as_deref() {
            Some(id) if id.contains(':') => "ID",
            Some(_) => "共通ID",
            None => "名称",
        };
        let content = serde_json::to_string(&record.published).expect("a site becomes JSON");
        let (key, content) = (hash(&record.key), hash(&content));
        match self.0.entry(key) {
            Entry::Vacant(place) => {
                place.insert((row, content));
            }
            Entry::Occupied(seen) => {
                let (first, known) = *seen.get();
                if known != content {
                    let text = text!(
                        "{first}件目と同じ施設ですが、内容が違います。どちらが正しいか確かめてください（{first}件目を採りました）。",
                        "the same site as row {first}, but it says something else. Find out which is right (row {first} was taken)."
                    );
                    return Row::Rejected {
                        row,
                        notes: vec![RowNote::new(row, Some(column), text)],
                        key: Some(record.key),
                    };
                }
                warnings.push(RowNote::new(
                    row,
                    Some(column),
                    text!(
                        "{first}件目と同じ内容です。",
                        "says the same as row {first}."
                    ),
                ));
            }
        }
        Row::Accepted {
            row,
            record,
            warnings,
        }
    }
}
