//! Devices and sources of the children of the demonstration: hours of many lengths, some
//! of which rest on little, and some of whom nothing is known.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::ServiceError;
use crate::{
    app::App,
    domain::{id::CaseNumber, power::Equipment},
    in_tx,
};

/// The records by number of the child; a day is written as `40 days ago`.
const RECORDS: &[u8] = include_bytes!("../../data/demo/power.json");

/// Puts the days of a record where they lie from today.
fn dated(value: &mut Value, today: NaiveDate) {
    match value {
        Value::String(text) => {
            let ago = text.strip_suffix(" days ago");
            if let Some(days) = ago.and_then(|days| days.parse().ok()) {
                *text = (today - Days::new(days)).to_string();
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| dated(one, today)),
        Value::Object(all) => all.values_mut().for_each(|one| dated(one, today)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn records(today: NaiveDate) -> BTreeMap<CaseNumber, Equipment> {
    let read: BTreeMap<String, Value> =
        serde_json::from_slice(RECORDS).expect("the demonstration's records are well formed");
    let record = |(number, mut record): (String, Value)| {
        dated(&mut record, today);
        let number = CaseNumber::parse(&number).expect("a number of the sheet");
        let record = serde_json::from_value(record).expect("a record of devices and sources");
        (number, record)
    };
    read.into_iter().map(record).collect()
}

/// Writes the records down.
pub(super) async fn fill(app: &App) -> Result<(), ServiceError> {
    let at = app.moment();
    let records = records(at.today);
    in_tx!(app.store, |tx| {
        for (number, record) in &records {
            let case = tx.case_of_number(number).await?;
            let case = case.expect("a child of the demonstration");
            let place = (app.ids.next(), case);
            let written = tx.write_equipment(place, 0, record, (None, at.now)).await?;
            assert!(written, "there was no record of {number}");
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_record_of_the_demonstration_would_be_refused_by_the_form() {
        for today in ["2026-11-21", "2028-02-29"] {
            let today = today.parse().unwrap();
            for (number, record) in records(today) {
                let mut refused = record.refusals(today);
                refused.retain(|one| !one.wrong.is_remark());
                assert!(refused.is_empty(), "{number}: {refused:?}");
            }
        }
    }
}
