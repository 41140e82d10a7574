//! What is in force where the child is, and what the family does now.

use chrono::{DateTime, Utc};

use super::super::words::family as w;
use crate::{
    clock::in_tokyo,
    domain::{
        text::{Lang, Text},
        warning::EvacuationLevel,
    },
    planner::{outage::Left, tonight::State},
    service::{family::WhereTo, night::OwnNight},
};

/// What the page says first tonight; the first line is what is in force.
pub(super) fn lines(
    tonight: &OwnNight,
    to: &WhereTo,
    now: DateTime<Utc>,
    lang: Lang,
) -> Vec<String> {
    let say = |text: Text| text.get(lang).to_owned();
    let mut lines = Vec::new();
    let judged = &tonight.judged;
    if let Some(level) = judged.level {
        lines.push(in_force(level, tonight.name.as_deref(), lang));
    }
    let cut = tonight.cut.as_ref();
    if let Some((since, _)) = cut {
        let since = in_tokyo(*since).format("%H:%M");
        lines.push(match lang {
            Lang::Ja => format!("停電しています（{since}から）。"),
            Lang::En => format!("The power is off since {since}."),
        });
    }
    let at_five = judged.level == Some(EvacuationLevel::EMERGENCY_SAFETY);
    match judged.state {
        State::Left if at_five => lines.push(say(w::NIGHT_STOP)),
        State::Left => lines.push(say(w::NIGHT_LEFT)),
        State::Arrived => lines.push(say(w::NIGHT_ARRIVED)),
        State::Away => lines.push(say(w::NIGHT_AWAY)),
        State::Outside => lines.push(say(w::NIGHT_OUTSIDE)),
        State::NeedsHelp | State::ToCall | State::CallAgain | State::AtHome => {
            if judged.state == State::NeedsHelp {
                lines.push(say(w::NIGHT_HELP));
            }
            if at_five {
                lines.push(say(w::NIGHT_FIVE));
            } else if judged.is_reached() {
                lines.extend(leave(to, lang));
            } else if judged.outside {
                lines.push(say(w::NIGHT_OUTSIDE));
            }
            // Whoever leaves now is not told of a later hour besides.
            let later =
                |left: &Left| left.powered_at.is_some() || left.leave_by.is_some_and(|by| by > now);
            let leaves = judged.is_reached();
            if let Some((_, left)) = cut.filter(|(_, left)| !(at_five || leaves && later(left))) {
                lines.push(before_the_end(left, now, lang));
            }
        }
    }
    lines
}

fn in_force(level: EvacuationLevel, name: Option<&str>, lang: Lang) -> String {
    let number = level.number();
    let name = name.filter(|name| !name.is_empty());
    match (lang, name) {
        (Lang::Ja, Some(name)) => format!("警戒レベル{number}（{name}）が出ています。"),
        (Lang::Ja, None) => format!("警戒レベル{number}が出ています。"),
        (Lang::En, Some(name)) => format!("Level {number} ({name}) is in force."),
        (Lang::En, None) => format!("Level {number} is in force."),
    }
}

/// Where one leaves to, now.
fn leave(to: &WhereTo, lang: Lang) -> Vec<String> {
    let say = |text: Text| text.get(lang).to_owned();
    match to {
        WhereTo::Unknown => vec![say(w::NIGHT_NO_PLACE)],
        WhereTo::Faulty => vec![say(w::NIGHT_FAULTY)],
        WhereTo::Place { upstairs: true, .. } => vec![say(w::NIGHT_UPSTAIRS)],
        WhereTo::Place {
            name, said_open, ..
        } => {
            let open = if *said_open {
                w::NIGHT_OPEN
            } else {
                w::NIGHT_ASK_OPEN
            };
            vec![format!("{}{name}", w::NIGHT_GO.get(lang)), say(open)]
        }
    }
}

/// By when one leaves or telephones in a power cut.
fn before_the_end(left: &Left, now: DateTime<Utc>, lang: Lang) -> String {
    let say = |text: Text| text.get(lang).to_owned();
    match left.leave_by {
        _ if left.powered_at.is_some() => say(w::NIGHT_POWERED),
        None => say(w::NIGHT_UNKNOWN),
        Some(by) if by <= now => say(w::NIGHT_AT_ONCE),
        Some(by) => {
            let (by, today) = (in_tokyo(by), in_tokyo(now).date_naive());
            let clock = by.format("%H:%M");
            match (lang, (by.date_naive() - today).num_days()) {
                (Lang::Ja, 0) => format!("{clock}までに、出発するか電話してください。"),
                (Lang::Ja, 1) => format!("明日の{clock}までに、出発するか電話してください。"),
                (Lang::Ja, days) => {
                    format!("{days}日後の{clock}までに、出発するか電話してください。")
                }
                (Lang::En, 0) => format!("Leave or telephone by {clock}."),
                (Lang::En, _) => format!("Leave or telephone by {}.", by.format("%-d %B, %H:%M")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::planner::tonight::Judged;

    fn said(state: State, outside: bool) -> String {
        let judged = Judged {
            level: Some(EvacuationLevel::ELDERLY_EVACUATE),
            outside,
            hazards: Vec::new(),
            named: Vec::new(),
            power_cut: false,
            state,
            no_plan: false,
            hours: None,
            hours_told: false,
            hours_unconfirmed: false,
            oxygen_first: false,
            runs_down: false,
            place: None,
            ask: Text::fixed("", ""),
        };
        let tonight = OwnNight {
            judged,
            name: None,
            cut: None,
            sites: HashMap::new(),
        };
        let now = "2026-09-14T08:00:00Z".parse().unwrap();
        lines(&tonight, &WhereTo::Unknown, now, Lang::Ja).join("\n")
    }

    #[test]
    fn whoever_is_outside_on_the_maps_is_told_so_whatever_they_said() {
        let outside = w::NIGHT_OUTSIDE.get(Lang::Ja).to_owned();
        let no_place = w::NIGHT_NO_PLACE.get(Lang::Ja).to_owned();
        for state in [State::ToCall, State::AtHome, State::Outside] {
            let lines = said(state, true);
            assert!(lines.contains(&outside), "{state:?}: {lines}");
            assert!(!lines.contains(&no_place), "{state:?}: {lines}");
        }
        let reached = said(State::AtHome, false);
        assert!(reached.contains(&no_place), "{reached}");
        assert!(!reached.contains(&outside), "{reached}");
    }
}
