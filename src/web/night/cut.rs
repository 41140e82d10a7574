//! A power cut, and a child in it, in words.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{
    destination::distance,
    together::names,
    words::{self, outage as o},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{outage::Outage, text::Lang, warning::EvacuationLevel},
    planner::tonight::State,
    service::night::{NearPower, NightLine, OutageLine},
};

/// A power cut, in words.
pub(in crate::web) struct OutageShown {
    pub id: Uuid,
    pub href: String,
    pub place: String,
    pub text: String,
    pub by: String,
    pub hours: u32,
    /// The key of the forms that change it, for whoever may.
    pub key: Option<Uuid>,
    pub over: bool,
    /// It has not begun yet.
    pub planned: bool,
    /// When it ended, and who said so.
    pub ended: String,
}

impl OutageShown {
    pub(in crate::web) fn of(line: &OutageLine, app: &App, lang: Lang) -> Self {
        let outage = &line.outage;
        let since = in_tokyo(outage.cut.since).format("%Y-%m-%d %H:%M");
        let since = words::with_day(since, o::SINCE_WORD, lang);
        let length = words::counted(outage.cut.hours, words::night::HOURS, lang);
        let mut text = format!("{since} ・ {} {length}", o::FOR.get(lang));
        let planned = outage.cut.since > app.clock.now();
        if planned {
            text = format!("{text} ・ {}", o::PLANNED.get(lang));
        }
        let at = in_tokyo(outage.entered_at).format("%m-%d %H:%M");
        let ended = outage.ended.as_ref().map(|(at, by)| {
            let at = in_tokyo(*at).format("%m-%d %H:%M");
            format!("{} {at} {by}", o::ENDED.get(lang))
        });
        Self {
            id: outage.id,
            href: format!("/outage/{}", outage.id),
            place: place(outage, lang),
            text,
            by: format!("{} {} {at}", o::BY.get(lang), outage.by),
            hours: outage.cut.hours,
            key: line.may_change.then(|| app.ids.next()),
            over: outage.ended.is_some(),
            planned,
            ended: ended.unwrap_or_default(),
        }
    }
}

/// Where it is, in a line.
pub(super) fn place(outage: &Outage, lang: Lang) -> String {
    let area = &outage.area;
    let towns = area.towns.iter().map(|town| match lang {
        Lang::Ja => format!("{} {}", town.name(), o::ALL_OF.ja),
        Lang::En => format!("{} {}", o::ALL_OF.en, town.name()),
    });
    let places = area.places.iter().cloned();
    let drawn = (!area.drawn.is_empty()).then(|| match outage.town {
        Some(town) => format!("{} {}", town.name(), o::OF_DRAWN.get(lang)),
        None => o::OF_DRAWN.get(lang).to_owned(),
    });
    let all: Vec<String> = towns.chain(places).chain(drawn).collect();
    all.join("、")
}

/// How long a child lasts in a power cut, in words.
pub(super) struct CutShown {
    pub ends: String,
    pub leave_by: String,
    /// Each source with its hours, in the order of use.
    pub sources: String,
    pub notes: Vec<String>,
    pub way: String,
    pub near: Vec<String>,
    /// It should have run out, or one should have left.
    pub late: bool,
}

impl CutShown {
    pub(super) fn of(line: &NightLine, now: DateTime<Utc>, lang: Lang) -> Option<Self> {
        let cut = line.cut.as_ref()?;
        let left = &cut.left;
        let answer = &left.answer;
        let hours = |hours: f64| words::counted(hours, words::night::HOURS, lang);
        let clock = |at: DateTime<Utc>| in_tokyo(at).format("%m-%d %H:%M").to_string();
        let ends = match (answer.known, answer.lasts, left.runs_out_at) {
            (_, true, _) => format!("{}（{}）", o::LASTS.get(lang), hours(answer.hours_left)),
            (true, false, Some(at)) if at <= now => {
                format!("{} {}", clock(at), o::RUN_OUT.get(lang))
            }
            (true, false, Some(at)) => {
                let now = (left.now * 10.0 + 1e-6).floor() / 10.0;
                let at_least = if answer.at_least {
                    format!(" {}", o::AT_LEAST.get(lang))
                } else {
                    String::new()
                };
                format!(
                    "{}（{}{at_least} {}）",
                    clock(at),
                    o::NOW_LEFT.get(lang),
                    hours(now)
                )
            }
            _ if answer.hours_left > 0.0 => format!(
                "{}（{} {}）",
                o::UNKNOWN.get(lang),
                o::AT_LEAST.get(lang),
                hours(answer.hours_left)
            ),
            _ => o::UNKNOWN.get(lang).to_owned(),
        };
        let at_five = line.judged.level == Some(EvacuationLevel::EMERGENCY_SAFETY);
        let away = line.judged.state >= State::Left && line.judged.state != State::Outside;
        let leave_by = match left.leave_by {
            // Nobody is sent on the way now.
            _ if at_five => o::STAY_IN.get(lang).to_owned(),
            _ if away => o::NOT_AT_HOME.get(lang).to_owned(),
            _ if left.powered_at.is_some() => o::HAS_POWER.get(lang).to_owned(),
            None => o::UNKNOWN.get(lang).to_owned(),
            Some(at) if at <= now => format!("{}（{}）", o::AT_ONCE.get(lang), clock(at)),
            Some(at) => clock(at),
        };
        let sources = answer.sources.iter();
        let sources = sources.map(|(kind, h)| format!("{} {}", kind.name().get(lang), hours(*h)));
        let mut notes = Vec::new();
        if let Some(at) = left.powered_at {
            notes.push(format!("{} {}", o::POWERED.get(lang), clock(at)));
        }
        if left.told {
            notes.push(o::TOLD.get(lang).to_owned());
        } else if line.judged.hours_unconfirmed {
            notes.push(o::LOW.get(lang).to_owned());
        }
        notes.extend(cut.doubt.map(|doubt| doubt.name().get(lang).to_owned()));
        Some(Self {
            ends,
            leave_by,
            sources: sources.collect::<Vec<_>>().join(" → "),
            notes,
            way: way(line, lang),
            near: nearest(line, lang),
            late: line.judged.runs_down
                && (left.runs_out_at.is_some_and(|at| at <= now)
                    || left.leave_by.is_some_and(|at| at <= now)),
        })
    }
}

/// What maps show on the way to the destination.
fn way(line: &NightLine, lang: Lang) -> String {
    let Some(place) = line.judged.place.as_ref().filter(|place| !place.stays) else {
        return String::new();
    };
    match &place.way {
        Some(way) if !way.through.is_empty() => {
            format!("{}{}", o::WAY_THROUGH.get(lang), names(&way.through, lang))
        }
        Some(way) if !way.unknown => o::WAY_DRY.get(lang).to_owned(),
        Some(_) | None => o::WAY_UNKNOWN.get(lang).to_owned(),
    }
}

/// The nearest places with power, or why none is named.
fn nearest(line: &NightLine, lang: Lang) -> Vec<String> {
    let none = |why: crate::domain::text::Text| vec![why.get(lang).to_owned()];
    match &line.power {
        _ if line.judged.level == Some(EvacuationLevel::EMERGENCY_SAFETY) => none(o::NEAR_AT_FIVE),
        _ if line.hidden => none(o::NEAR_HIDDEN),
        None => none(o::NEAR_UNPLACED),
        Some(places) if places.is_empty() => none(o::NEAR_NONE),
        Some(places) => places.iter().map(|one| near(one, lang)).collect(),
    }
}

/// A place with power, in a line.
fn near(place: &NearPower, lang: Lang) -> String {
    let mut text = place.name.clone();
    if place.site.is_none() {
        text = format!("{} {text}", o::SPARE.get(lang));
    } else if let Some(kind) = place.kind {
        text = format!("{text}（{}）", kind.name().get(lang));
    }
    text = format!(
        "{text} {} {}",
        o::STRAIGHT.get(lang),
        distance(place.metres)
    );
    if place.said_tonight {
        text = format!("{text} ・ {}", o::SAID_TONIGHT.get(lang));
    }
    if place.site.is_some() {
        let open = if place.said_open {
            o::SAID_OPEN
        } else {
            o::ASK_FIRST
        };
        text = format!("{text} ・ {}", open.get(lang));
    }
    if !place.hit_by.is_empty() {
        let zones = names(&place.hit_by, lang);
        text = format!("{text} ・ {}{zones}", o::IN_ZONE.get(lang));
    }
    text
}
