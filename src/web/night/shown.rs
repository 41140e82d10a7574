//! The list of the night in words.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{
        head::Visit,
        loans::fields::Fields,
        plan::dial,
        together::names,
        words::{self, night as w},
    },
    cut::CutShown,
};
use crate::{
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        night::{NightAnswer, NightKind, NightLevel},
        plan::document::ChildItems,
        text::Lang,
        warning::EvacuationLevel,
    },
    planner::tonight::{Judged, State},
    service::night::{Figures, NightLine, SiteLine},
};

/// What somebody typed about a child that could not be taken.
pub(super) struct Typed {
    pub case: CaseNumber,
    pub fields: Fields,
    pub why: String,
}

/// Something in force, in words.
pub(super) struct LevelShown {
    pub id: Uuid,
    pub town: String,
    pub text: String,
    pub class: &'static str,
    pub by: String,
    /// The key of the form that ends it, for whoever may.
    pub key: Option<Uuid>,
}

/// What is in force for longer is asked after: a warning seldom stands for days.
const OLD: chrono::TimeDelta = chrono::TimeDelta::hours(72);

impl LevelShown {
    pub(super) fn of(
        level: &NightLevel,
        now: DateTime<Utc>,
        key: Option<Uuid>,
        lang: Lang,
    ) -> Self {
        let number = level.level.map(EvacuationLevel::number);
        let mut text = String::new();
        if let Some(number) = number {
            text = match lang {
                Lang::Ja => format!("レベル{number} "),
                Lang::En => format!("Level {number} "),
            };
        }
        text.push_str(&level.name);
        match level.hazard {
            Some(hazard) if number.is_some() => {
                text = format!("{text}（{}）", hazard.name().get(lang));
            }
            _ => {}
        }
        if let Some(part) = &level.part {
            text = format!("{text} ［{part}］");
        }
        let is_old = now - level.since > OLD;
        let form = if is_old {
            "%Y-%m-%d %H:%M"
        } else {
            "%m-%d %H:%M"
        };
        let since = in_tokyo(level.since).format(form);
        let since = words::with_day(since, w::SINCE, lang);
        let since = if is_old {
            format!("{since} ‼ {}", w::OLD.get(lang))
        } else {
            since
        };
        let (Ok(by) | Err(by)) = &level.by;
        Self {
            id: level.id,
            town: level.municipality.name().to_owned(),
            class: match number {
                Some(5) => "five",
                Some(4) => "four",
                Some(3) => "three",
                _ => "lower",
            },
            text,
            by: format!("{since} {by}"),
            key,
        }
    }
}

/// How many children are in a state, as a link.
pub(super) struct Count {
    pub href: String,
    pub label: String,
    pub count: usize,
    pub here: bool,
}

impl Count {
    pub(super) fn all(
        path: &str,
        (counts, here): (&BTreeMap<State, usize>, Option<State>),
        lang: Lang,
    ) -> Vec<Self> {
        let everybody = Self {
            href: path.to_owned(),
            label: w::EVERYBODY.get(lang).to_owned(),
            count: counts.values().sum(),
            here: here.is_none(),
        };
        let states = counts.iter().map(|(state, count)| Self {
            href: format!("{path}?state={}", state.code()),
            label: format!("{} {}", mark(*state), state.name().get(lang)),
            count: *count,
            here: here == Some(*state),
        });
        std::iter::once(everybody).chain(states).collect()
    }
}

/// A mark for a state, so that nobody needs its colour.
const fn mark(state: State) -> &'static str {
    match state {
        State::NeedsHelp => "‼",
        State::ToCall => "☎",
        State::CallAgain => "↻",
        State::AtHome => "⌂",
        State::Left => "→",
        State::Arrived => "✓",
        State::Away => "＋",
        State::Outside => "□",
    }
}

/// Columns, and lines of place and counts.
pub(super) type FiguresShown = (Vec<String>, Vec<(String, Vec<usize>)>);

/// The figures of the prefecture: columns, and lines of place and counts.
pub(super) fn figures_of(figures: &Figures, lang: Lang) -> FiguresShown {
    let columns = State::ALL.map(|state| state.name().get(lang).to_owned());
    let lines = figures.iter().map(|(place, counts)| {
        let place = place.map_or_else(
            || w::UNKNOWN_TOWN.get(lang).to_owned(),
            |code| code.name().to_owned(),
        );
        let counts = State::ALL.map(|state| counts.get(&state).copied().unwrap_or(0));
        (place, counts.to_vec())
    });
    (columns.to_vec(), lines.collect())
}

/// Something that was said at a time, for a clock that counts seconds.
pub(super) struct News {
    pub text: String,
    pub at: String,
    pub clock: String,
}

impl News {
    fn new(text: String, at: DateTime<Utc>) -> Self {
        let at = in_tokyo(at);
        Self {
            text,
            clock: at.format("%H:%M").to_string(),
            at: at.to_rfc3339(),
        }
    }
}

/// One answer, in words.
pub(super) struct AnswerShown {
    pub id: Uuid,
    pub text: String,
    pub by: String,
    pub struck: bool,
    pub key: Option<Uuid>,
}

/// One child as the page shows it.
pub(super) struct Card {
    pub number: CaseNumber,
    /// The page of its plan; of a child that the centre knows by its loan alone, that.
    pub href: String,
    pub name: String,
    pub kana: Option<String>,
    pub place_of_home: String,
    pub class: &'static str,
    pub state: String,
    /// Level and hazards, power cut, no plan: what makes it listed.
    pub why: Vec<String>,
    pub destination: String,
    pub destination_now: String,
    pub vehicle: String,
    pub hours: String,
    pub ask: String,
    /// How long it lasts in the power cut that was asked for.
    pub cut: Option<CutShown>,
    /// Whose number, the number, and as a telephone dials it.
    pub calls: Vec<(String, String, String)>,
    /// Who else is at it, or was a moment ago.
    pub news: Option<News>,
    pub told: Option<News>,
    pub answers: Vec<AnswerShown>,
    pub key: Uuid,
    pub claim_key: Uuid,
    pub typed: Option<Typed>,
}

/// A colleague's answer of the last ten minutes is told beside the name.
const RECENT: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

impl Card {
    pub(super) fn of(
        line: NightLine,
        (visit, now): (&Visit, DateTime<Utc>),
        [key, claim_key, strike_key]: [Uuid; 3],
        typed: Option<Typed>,
    ) -> Self {
        let lang = visit.lang;
        let judged = &line.judged;
        let state = judged.state;
        let mut strike_key = Some(strike_key);
        let answers = line.answers.iter().map(|answer| {
            let stands = answer.struck_at.is_none();
            // The last that stands can be taken back: an older one no longer matters.
            let key = strike_key.take_if(|_| stands);
            shown(answer, key, lang)
        });
        let answers = answers.collect();
        let home = line.home.map(|code| code.name().to_owned());
        let protected = || w::PROTECTED.get(lang).to_owned();
        Self {
            name: line
                .child
                .name
                .clone()
                .filter(|name| !name.trim().is_empty())
                .unwrap_or_else(|| line.number.to_string()),
            kana: line.child.kana.clone(),
            place_of_home: match (home, line.hidden) {
                (Some(home), false) => home,
                (Some(home), true) => format!("{home} ・ {}", protected()),
                (None, true) => protected(),
                (None, false) => w::UNKNOWN_TOWN.get(lang).to_owned(),
            },
            class: state.code(),
            state: format!("{} {}", mark(state), state.name().get(lang)),
            why: why(judged, line.stays_elsewhere, lang),
            destination: destination(judged, lang),
            destination_now: destination_now(judged, lang),
            vehicle: line
                .vehicle
                .clone()
                .unwrap_or_else(|| w::NO_VEHICLE.get(lang).to_owned()),
            hours: hours(judged, lang),
            ask: judged.ask.get(lang).to_owned(),
            cut: CutShown::of(&line, now, lang),
            calls: calls(&line.child),
            news: news(&line, visit, now),
            told: line.told.map(|told| {
                let text = format!("{}：{}", w::TOLD.get(lang), told.kind.name().get(lang));
                News::new(text, told.at)
            }),
            answers,
            href: if line.by_loan {
                format!("/loans/{}", line.number)
            } else {
                format!("/plans/{}", line.number)
            },
            number: line.number,
            key,
            claim_key,
            typed,
        }
    }

    /// What was typed into a field.
    pub(super) fn typed(&self, name: &str) -> &str {
        self.typed
            .as_ref()
            .map_or("", |typed| typed.fields.get(name))
    }

    /// Whether a choice was made.
    pub(super) fn chose(&self, name: &str, value: &str) -> bool {
        let typed = self.typed.as_ref();
        typed.is_some_and(|typed| typed.fields.has(name, value))
    }
}

pub(super) fn why(judged: &Judged, stays_elsewhere: bool, lang: Lang) -> Vec<String> {
    let mut why = Vec::new();
    if judged.no_plan {
        why.push(w::NO_PLAN.get(lang).to_owned());
    }
    if judged.power_cut {
        why.push(w::POWER_OFF.get(lang).to_owned());
    }
    if let Some(level) = judged.level {
        let level = match lang {
            Lang::Ja => format!("レベル{}", level.number()),
            Lang::En => format!("Level {}", level.number()),
        };
        let hazards = names(&judged.named, lang);
        why.push(if hazards.is_empty() {
            level
        } else {
            format!("{level} {hazards}")
        });
    }
    if stays_elsewhere {
        why.push(w::STAYS_ELSEWHERE.get(lang).to_owned());
    }
    why
}

pub(super) fn destination(judged: &Judged, lang: Lang) -> String {
    match &judged.place {
        None => w::NO_PLACE.get(lang).to_owned(),
        Some(place) if place.stays => w::STAYS.get(lang).to_owned(),
        Some(place) => place.name.clone(),
    }
}

pub(super) fn destination_now(judged: &Judged, lang: Lang) -> String {
    let Some(place) = judged.place.as_ref().filter(|place| !place.stays) else {
        return String::new();
    };
    let open = match place.now.open {
        Some(true) => w::OPEN,
        Some(false) => w::CLOSED,
        None => w::OPEN_UNKNOWN,
    };
    let power = match (place.now.powered, place.power_confirmed) {
        (Some(true), _) => w::POWERED,
        (Some(false), _) => w::NO_POWER,
        (None, true) => w::POWER_CONFIRMED,
        (None, false) => w::POWER_UNKNOWN,
    };
    format!("{} ・ {}", open.get(lang), power.get(lang))
}

pub(super) fn hours(judged: &Judged, lang: Lang) -> String {
    let Some(hours) = judged.hours else {
        let unknown = w::UNKNOWN.get(lang).to_owned();
        return if judged.oxygen_first {
            format!("{unknown} {}", words::power::OXYGEN_UNKNOWN.get(lang))
        } else {
            unknown
        };
    };
    // Rounded down: a tenth too few harms nobody.
    let hours = (hours * 10.0).floor() / 10.0;
    let hours = words::counted(hours, w::HOURS, lang);
    let hours = if judged.oxygen_first {
        format!("{hours} {}", words::power::OXYGEN_FIRST.get(lang))
    } else {
        hours
    };
    let rests_on = match (judged.hours_told, judged.hours_unconfirmed) {
        (true, _) => w::AS_TOLD,
        (false, true) => words::devices::LOW,
        (false, false) => return hours,
    };
    match lang {
        Lang::Ja => format!("{hours}（{}）", rests_on.ja),
        Lang::En => format!("{hours} ({})", rests_on.en),
    }
}

/// The family's telephones first, then the coordinator's.
pub(in crate::web) fn calls(child: &ChildItems) -> Vec<(String, String, String)> {
    let mut contacts: Vec<_> = child
        .contacts
        .iter()
        .filter(|contact| contact.is_telephone())
        .collect();
    contacts.sort_by_key(|contact| contact.is_coordinator());
    let shown = contacts.into_iter().map(|contact| {
        let who = contact.who.clone().unwrap_or_default();
        (who, contact.value.clone(), dial(&contact.value))
    });
    shown.collect()
}

/// Who is calling, else who has just written something down: somebody else than the
/// visitor is named.
fn news(line: &NightLine, visit: &Visit, now: DateTime<Utc>) -> Option<News> {
    let lang = visit.lang;
    let said = |name: &str, word: crate::domain::text::Text| match lang {
        Lang::Ja => format!("{name}{}", word.ja),
        Lang::En => format!("{name} {}", word.en),
    };
    if let Some((name, at)) = &line.calling {
        return Some(News::new(said(name, w::CALLING), *at));
    }
    let last = line.answers.iter().find(|one| one.struck_at.is_none())?;
    let recent = now - last.at < RECENT;
    let text = format!(
        "{}：{}",
        said(&last.by.1, w::RECENT),
        last.kind.name().get(lang)
    );
    recent.then(|| News::new(text, last.at))
}

/// One answer in a line.
pub(super) fn shown(answer: &NightAnswer, key: Option<Uuid>, lang: Lang) -> AnswerShown {
    let mut parts = vec![answer.kind.name().get(lang).to_owned()];
    parts.extend(answer.whom.map(|whom| whom.name().get(lang).to_owned()));
    parts.extend(answer.place.map(|place| place.name().get(lang).to_owned()));
    parts.extend(answer.power.map(|power| power.name().get(lang).to_owned()));
    if let Some(hours) = answer.hours_left {
        let hours = words::counted((hours * 10.0).floor() / 10.0, w::HOURS, lang);
        parts.push(format!("{} {hours}", w::BATTERY.get(lang)));
    }
    for need in &answer.needs {
        parts.push(need.name().get(lang).to_owned());
    }
    parts.extend(answer.words.clone());
    if let Some(next) = answer.next_call_at {
        let next = in_tokyo(next).format("%H:%M");
        parts.push(format!("{} {next}", w::NEXT_AT.get(lang)));
    }
    let at = in_tokyo(answer.at).format("%m-%d %H:%M");
    AnswerShown {
        id: answer.id,
        text: parts.join(" ・ "),
        by: format!("{at} {}", answer.by.1),
        struck: answer.struck_at.is_some(),
        key: key.filter(|_| answer.kind != NightKind::Calling),
    }
}

/// A site that children of the list go to, in words.
pub(super) struct SiteShown {
    pub href: String,
    pub id: String,
    pub name: String,
    pub children: String,
    pub now: String,
    pub by: String,
    /// For whoever may say whether it is open.
    pub key: Option<Uuid>,
}

impl SiteShown {
    pub(super) fn of(site: &SiteLine, key: Uuid, lang: Lang) -> Self {
        let now = site.report.as_ref().map(|report| report.now);
        let now = now.unwrap_or_default();
        let open = match now.open {
            Some(true) => w::OPEN,
            Some(false) => w::CLOSED,
            None => w::OPEN_UNKNOWN,
        };
        let power = match (now.powered, site.power_confirmed) {
            (Some(true), _) => w::POWERED,
            (Some(false), _) => w::NO_POWER,
            (None, true) => w::POWER_CONFIRMED,
            (None, false) => w::POWER_UNKNOWN,
        };
        let by = site.report.as_ref().map(|report| {
            let at = in_tokyo(report.at).format("%H:%M");
            format!("{at} {}", report.by)
        });
        Self {
            href: format!("/sites/{}", site.id),
            id: site.id.to_string(),
            name: site.name.clone(),
            children: words::counted(site.children, w::CHILDREN, lang),
            now: format!("{} ・ {}", open.get(lang), power.get(lang)),
            by: by.unwrap_or_default(),
            key: site.may_report.then_some(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::municipality::MunicipalityCode;

    #[test]
    fn what_is_in_force_for_days_is_asked_after_with_its_year() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let since = at("2026-09-14T08:00:00Z");
        let level = NightLevel {
            id: Uuid::nil(),
            municipality: MunicipalityCode::parse("43203").unwrap(),
            hazard: None,
            level: Some(EvacuationLevel::ELDERLY_EVACUATE),
            name: "【デモ】高齢者等避難".to_owned(),
            part: None,
            since,
            night_since: since,
            by: Ok("【デモ】職員".to_owned()),
            entered_at: since,
        };
        let by = |now: &str, lang| LevelShown::of(&level, at(now), None, lang).by;
        let tonight = by("2026-09-17T08:00:00Z", Lang::Ja);
        assert!(tonight.contains("09-14 17:00"), "{tonight}");
        assert!(!tonight.contains("2026-") && !tonight.contains('‼'));
        for (lang, ask) in [(Lang::Ja, w::OLD.ja), (Lang::En, w::OLD.en)] {
            let old = by("2026-09-17T08:00:01Z", lang);
            assert!(old.contains("2026-09-14 17:00"), "{old}");
            assert!(old.contains(&format!("‼ {ask}")), "{old}");
        }
    }
}
