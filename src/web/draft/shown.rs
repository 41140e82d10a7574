//! A plan and what differs in it, in lines; and places that it could go to.

use serde_json::Value;

use crate::{
    domain::{
        plan::{
            PlanDocument,
            changes::{Change, Place},
        },
        text::Lang,
    },
    planner::candidates::Candidate,
    print::said,
    web::{
        evidence::{Shown, shown},
        words::{draft as w, places},
    },
};

/// One part of a plan: what it is called, and its lines.
pub(in crate::web) struct Lines {
    pub title: String,
    /// What it is about, and what it says.
    pub lines: Vec<(String, String)>,
}

/// What a plan says, part by part, in the order of reading.
pub(in crate::web) fn part_lines(document: &PlanDocument) -> Vec<Lines> {
    said::parts(document)
        .into_iter()
        .map(|(title, lines)| Lines { title, lines })
        .collect()
}

/// A difference, in words.
pub(in crate::web) struct Difference {
    pub place: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Differences in words.
pub(in crate::web) fn differences(changes: &[Change]) -> Vec<Difference> {
    let in_words = |change: &Change| {
        let place = change.place.iter().map(|place| match place {
            Place::Key(key) => said::label(key).to_owned(),
            Place::Row(row) => format!("「{}」", said::word("kind", row)),
        });
        let text =
            |value: &Option<Value>| value.as_ref().map(|value| said::value(change.key(), value));
        Difference {
            place: place.collect::<Vec<_>>().join(" › "),
            before: text(&change.before),
            after: text(&change.after),
        }
    };
    changes.iter().map(in_words).collect()
}

/// A place that the plan could go to.
pub(super) struct CandidateView {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub kilometres: String,
    pub serves: String,
    /// What the place has said about taking a child; `None`: nobody has asked it.
    pub reception: Option<String>,
    pub against: Vec<Shown>,
    pub unknown: Vec<String>,
}

impl CandidateView {
    pub(super) fn of(one: &Candidate, lang: Lang) -> Self {
        let comma = if lang == Lang::Ja { "、" } else { ", " };
        let serves = one.serves.iter().map(|hazard| hazard.name());
        let serves: Vec<String> = serves.map(|name| name.get(lang).to_owned()).collect();
        let mut unknown: Vec<String> = one
            .unknown
            .iter()
            .map(|found| found.rule.title().get(lang).to_owned())
            .collect();
        unknown.dedup();
        Self {
            id: one.site.id.to_string(),
            name: one.site.published.name.clone(),
            kind: one.site.published.kind.name().get(lang).to_owned(),
            kilometres: format!(
                "{} {:.1} km",
                w::STRAIGHT.get(lang),
                one.straight_line_metres / 1000.0
            ),
            serves: serves.join(comma),
            reception: one.site.entry.reception.map(|_| {
                let said = one.site.entry.reception_in_words();
                format!("{}: {}", places::RECEPTION.get(lang), said.get(lang))
            }),
            against: one
                .against
                .iter()
                .map(|found| shown(found, lang, true))
                .collect(),
            unknown,
        }
    }
}
