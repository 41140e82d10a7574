//! Tonight: who must be called, in which order, and what the next call asks. Pure.
//!
//! A child is on the list when the level that is in force for a hazard of its home has
//! reached the level at which its plan leaves (level 3 where it says none, and never
//! later: families with a ventilator leave at level 3, `DOMAIN.md` B1), or when its power
//! is cut. What nobody knows counts as hit. Level 5 moves nobody.

use std::{cmp::Reverse, collections::HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    family::AnswerKind,
    hazard::Hazard,
    id::{CaseNumber, SiteId},
    municipality::MunicipalityCode,
    night::{
        NightAnswer, NightFacts, NightKind, NightLevel, NightWay, PowerNow, SiteNow, Whereabouts,
    },
    text::Text,
    warning::EvacuationLevel,
};

/// The hazards of which levels are issued.
const WITH_LEVELS: [Hazard; 4] = [
    Hazard::Flood,
    Hazard::Landslide,
    Hazard::StormSurge,
    Hazard::InlandFlood,
];

/// What was reported of sites tonight.
pub type Sites = HashMap<SiteId, SiteNow>;

/// The last word of a family on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub kind: AnswerKind,
    /// When.
    pub at: DateTime<Utc>,
}

/// One child, as far as the night goes.
#[derive(Debug, Clone, Copy)]
pub struct Child<'a> {
    /// Its number.
    pub number: &'a CaseNumber,
    /// Where it lives; `None`: the reader may not know, or nobody does.
    pub home: Option<MunicipalityCode>,
    /// What its plan and the maps say.
    pub facts: &'a NightFacts,
    /// The last answer that stands and says something.
    pub answer: Option<&'a NightAnswer>,
    /// The last word of the family that stands; of a call for help that nobody has
    /// looked at, that one.
    pub told: Option<Told>,
    /// It stays elsewhere for these days.
    pub stays_elsewhere: bool,
    /// Since when its power is off, by an area that somebody has entered; what is in force
    /// in the whole municipality aside.
    pub cut_since: Option<DateTime<Utc>>,
}

/// How a child stands, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// They need help: before everything.
    NeedsHelp,
    /// Nobody has called yet.
    ToCall,
    /// Nobody answered, or it is time to call again.
    CallAgain,
    /// Reached, and has not left.
    AtHome,
    /// On the way.
    Left,
    /// There.
    Arrived,
    /// In hospital, in a short stay, or elsewhere for these days: set apart.
    Away,
    /// The maps show the home outside of what the level is about: set apart, and never
    /// called safe.
    Outside,
}

impl State {
    /// Every state, in their order.
    pub const ALL: [Self; 8] = [
        Self::NeedsHelp,
        Self::ToCall,
        Self::CallAgain,
        Self::AtHome,
        Self::Left,
        Self::Arrived,
        Self::Away,
        Self::Outside,
    ];

    /// A word for addresses and classes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeedsHelp => "needs_help",
            Self::ToCall => "to_call",
            Self::CallAgain => "call_again",
            Self::AtHome => "at_home",
            Self::Left => "left",
            Self::Arrived => "arrived",
            Self::Away => "away",
            Self::Outside => "outside",
        }
    }

    /// The state of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What people call it.
    pub const fn name(self) -> Text {
        match self {
            Self::NeedsHelp => Text::fixed("助けが要る", "needs help"),
            Self::ToCall => Text::fixed("まだ電話していない", "not called yet"),
            Self::CallAgain => Text::fixed("もう一度電話する", "call again"),
            Self::AtHome => Text::fixed("連絡がついた・まだ出ていない", "reached, not left"),
            Self::Left => Text::fixed("家を出た", "has left"),
            Self::Arrived => Text::fixed("着いた", "has arrived"),
            Self::Away => Text::fixed(
                "入院・短期入所・よそにいる",
                "in hospital, short stay, elsewhere",
            ),
            Self::Outside => Text::fixed("地図では区域の外", "outside on the maps"),
        }
    }
}

/// Where the plan goes tonight, and what is known of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceNow {
    /// The listed site.
    pub site: Option<SiteId>,
    /// Its name.
    pub name: String,
    /// It is the home itself, upstairs.
    pub stays: bool,
    /// What was reported tonight.
    pub now: SiteNow,
    /// Its power was confirmed before, and that still counts.
    pub power_confirmed: bool,
    /// What maps show on the way there; `None`: nobody may know.
    pub way: Option<NightWay>,
}

/// What is said of a child.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The worst level that reaches it; `None`: none does, or the power cut alone.
    pub level: Option<EvacuationLevel>,
    /// The maps show its home outside of what that level is about: nobody leaves for it.
    pub outside: bool,
    /// Of which hazards, at that level.
    pub hazards: Vec<Hazard>,
    /// Those of them that somebody has named, or that hit the home on a map: of a level
    /// of all hazards the others are only not known to spare it.
    pub named: Vec<Hazard>,
    /// Its power is cut.
    pub power_cut: bool,
    /// How it stands.
    pub state: State,
    /// It has no plan, or nobody has said that it has one.
    pub no_plan: bool,
    /// Hours left; `None`: nobody knows.
    pub hours: Option<f64>,
    /// The family has told these hours, less what went by since.
    pub hours_told: bool,
    /// They rest on a figure that nobody has confirmed.
    pub hours_unconfirmed: bool,
    /// It is the oxygen that ends first.
    pub oxygen_first: bool,
    /// The child is where there is no power, or may be: its hours run down.
    pub runs_down: bool,
    /// Where to; `None`: no plan says.
    pub place: Option<PlaceNow>,
    /// What the next call asks.
    pub ask: Text,
}

/// What a child is compared by: smaller is called first. The number makes it total.
type Order<'a> = (
    u8,
    u64,
    State,
    bool,
    Reverse<Option<EvacuationLevel>>,
    u64,
    &'a str,
);

/// With so many hours left or fewer the next call asks whether the ventilator runs
/// (chosen by this project: two calls and a drive).
const LAST_HOURS: f64 = 1.0;

impl Judged {
    /// Whether a level that is about its home is in force.
    pub const fn is_reached(&self) -> bool {
        self.level.is_some() && !self.outside
    }

    /// Its place in the list.
    pub fn order<'a>(&self, number: &'a CaseNumber) -> Order<'a> {
        // Unknown hours are no reason to wait: they come first.
        let hours = self.hours.map_or(0, tenths);
        // Who needs help first; then hours that run down lead, whoever was called; then
        // everybody else by how they stand.
        let (rank, running) = match (self.state, self.runs_down) {
            (State::NeedsHelp, true) => (0, hours),
            (State::NeedsHelp, false) => (0, u64::MAX),
            (_, true) => (1, hours),
            (_, false) => (2, 0),
        };
        (
            rank,
            running,
            self.state,
            !self.no_plan,
            Reverse(self.level),
            hours,
            number.as_str(),
        )
    }
}

fn tenths(hours: f64) -> u64 {
    (hours.max(0.0) * 10.0) as u64 + 1
}

/// Whether something in force in a municipality is about a home.
pub fn covers(row: MunicipalityCode, home: Option<MunicipalityCode>) -> bool {
    // Of a home that nobody can place anything may be true; of one of which only the
    // city is known, what is said of any ward.
    home.is_none_or(|home| row == home || row == home.responsible() || home == row.responsible())
}

/// What is said of a child; `None`: nothing that is in force reaches it, and nobody asks
/// for help.
pub fn judge(
    child: &Child<'_>,
    levels: &[NightLevel],
    sites: &Sites,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Option<Judged> {
    let reach = Reach::of(child, levels);
    let word = word(child);
    let helps = word == Some(State::NeedsHelp);
    if reach.level.is_none() && !reach.power_cut && reach.outside.is_none() && !helps {
        return None;
    }
    let state = state(child, word, &reach, now);
    let (hours, hours_told) = hours_left(child, reach.cut_since, now);
    let level = reach.level.or(reach.outside);
    let place = place(child.facts, &reach, sites, today);
    let runs_down = runs_down(child, state, &reach);
    let no_plan = child.facts.has_plan != Some(true);
    let mut judged = Judged {
        level,
        outside: reach.level.is_none() && reach.outside.is_some(),
        hazards: reach.hazards,
        named: reach.named,
        power_cut: reach.power_cut,
        state,
        no_plan,
        hours,
        hours_told,
        hours_unconfirmed: !hours_told && hours.is_some() && child.facts.unconfirmed,
        oxygen_first: !hours_told && child.facts.oxygen_first,
        runs_down,
        place,
        ask: Text::fixed("", ""),
    };
    judged.ask = ask(child, &judged);
    Some(judged)
}

/// Whether the hours of a child run down: at home in a power cut, unless somebody has
/// said since that there is power; and wherever they have said that there is none.
fn runs_down(child: &Child<'_>, state: State, reach: &Reach) -> bool {
    let said = child.answer.and_then(|answer| answer.power);
    match state {
        State::NeedsHelp | State::ToCall | State::CallAgain | State::AtHome => match said {
            Some(PowerNow::On) => false,
            Some(PowerNow::Off) => true,
            None => reach.power_cut,
        },
        State::Left | State::Arrived => said == Some(PowerNow::Off),
        State::Away | State::Outside => false,
    }
}

/// What reaches a child.
struct Reach {
    /// The worst level that has reached its trigger.
    level: Option<EvacuationLevel>,
    hazards: Vec<Hazard>,
    named: Vec<Hazard>,
    power_cut: bool,
    /// Since when.
    cut_since: Option<DateTime<Utc>>,
    /// The worst level that would, if the home were not outside on the maps.
    outside: Option<EvacuationLevel>,
}

impl Reach {
    fn of(child: &Child<'_>, levels: &[NightLevel]) -> Self {
        let here: Vec<&NightLevel> = levels
            .iter()
            .filter(|row| covers(row.municipality, child.home))
            .collect();
        let cuts = here
            .iter()
            .filter(|row| row.hazard == Some(Hazard::PowerCut));
        let cut_since = cuts.map(|row| row.since).chain(child.cut_since).min();
        let mut reach = Self {
            level: None,
            hazards: Vec::new(),
            named: Vec::new(),
            power_cut: cut_since.is_some(),
            cut_since,
            outside: None,
        };
        for hazard in WITH_LEVELS {
            // The mayor's word and the agency's may come in any order: the higher counts.
            let about = here
                .iter()
                .filter(|row| row.hazard.is_none_or(|of| of == hazard));
            let Some(level) = about.filter_map(|row| row.level).max() else {
                continue;
            };
            if level < leaves_at(child.facts, hazard) {
                continue;
            }
            let planned = child.facts.triggers.contains_key(&hazard);
            if child.facts.exposed.get(&hazard) == Some(&false) && !planned {
                reach.outside = reach.outside.max(Some(level));
                continue;
            }
            if reach.level < Some(level) {
                reach.hazards.clear();
                reach.named.clear();
            }
            if reach.level <= Some(level) {
                reach.level = Some(level);
                reach.hazards.push(hazard);
                let hits = child.facts.exposed.get(&hazard) == Some(&true);
                let said =
                    |row: &&&NightLevel| row.hazard == Some(hazard) && row.level == Some(level);
                if planned || hits || here.iter().any(|row| said(&row)) {
                    reach.named.push(hazard);
                }
            }
        }
        reach
    }
}

/// The level at which a child leaves: as its plan says, and never after level 3.
fn leaves_at(facts: &NightFacts, hazard: Hazard) -> EvacuationLevel {
    let latest = EvacuationLevel::ELDERLY_EVACUATE;
    let planned = facts.triggers.get(&hazard).copied();
    planned.unwrap_or(latest).min(latest)
}

/// What the last word says: of the staff's answer and the family's own the later one.
fn word(child: &Child<'_>) -> Option<State> {
    let told = child.told.and_then(|told| {
        let state = match told.kind {
            AnswerKind::NeedHelp => State::NeedsHelp,
            AnswerKind::AtHome => State::AtHome,
            AnswerKind::Evacuated => State::Arrived,
            _ => return None,
        };
        Some((told.at, state))
    });
    let said = child.answer.and_then(|answer| {
        let cared_for = answer.place.is_some_and(Whereabouts::is_cared_for);
        let state = match answer.kind {
            NightKind::Calling => return None,
            NightKind::NoAnswer => State::CallAgain,
            NightKind::NeedHelp => State::NeedsHelp,
            NightKind::AtHome | NightKind::Left | NightKind::Arrived if cared_for => State::Away,
            NightKind::AtHome => State::AtHome,
            NightKind::Left => State::Left,
            NightKind::Arrived => State::Arrived,
        };
        Some((answer.at, state))
    });
    match (said, told) {
        // That nobody answers ends no call for help.
        (Some((_, State::CallAgain)), Some((_, State::NeedsHelp))) => Some(State::NeedsHelp),
        (Some((said_at, said)), Some((told_at, told))) => {
            Some(if told_at > said_at { told } else { said })
        }
        (Some((_, state)), None) | (None, Some((_, state))) => Some(state),
        (None, None) => None,
    }
}

fn state(child: &Child<'_>, word: Option<State>, reach: &Reach, now: DateTime<Utc>) -> State {
    let due = child
        .answer
        .is_some_and(|answer| answer.next_call_at.is_some_and(|at| at <= now));
    match word {
        Some(State::NeedsHelp) => State::NeedsHelp,
        Some(_) if due => State::CallAgain,
        Some(state) => state,
        None if child.stays_elsewhere => State::Away,
        None if reach.level.is_none() && !reach.power_cut => State::Outside,
        None => State::ToCall,
    }
}

/// Hours that are left: as the family told them, less what went by since where the
/// power was off; else as they are on record, less what went by since the cut.
fn hours_left(
    child: &Child<'_>,
    cut_since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> (Option<f64>, bool) {
    let gone = |since: DateTime<Utc>| (now - since).num_seconds().max(0) as f64 / 3600.0;
    let told = child.answer.and_then(|answer| {
        let hours = answer.hours_left?;
        let gone = match answer.power {
            Some(PowerNow::On) => 0.0,
            // Nobody has said that there is power: batteries may be running down.
            Some(PowerNow::Off) | None => gone(answer.at),
        };
        Some((hours - gone).max(0.0))
    });
    if let Some(hours) = told {
        return (Some(hours), true);
    }
    let full = child.facts.hours;
    let left = match cut_since {
        Some(since) => full.map(|hours| (hours - gone(since)).max(0.0)),
        None => full,
    };
    (left, false)
}

/// Where the plan goes: the first place chosen for what reaches the child that nobody
/// has said is closed, else the first one.
fn place(facts: &NightFacts, reach: &Reach, sites: &Sites, today: NaiveDate) -> Option<PlaceNow> {
    let now = |site: Option<SiteId>| {
        let known = site.and_then(|site| sites.get(&site));
        known.copied().unwrap_or_default()
    };
    let mut hazards = reach.hazards.clone();
    if hazards.is_empty() && reach.power_cut {
        hazards.push(Hazard::PowerCut);
    }
    let chosen = || {
        facts.places.iter().filter(|place| {
            hazards.is_empty() || hazards.iter().any(|hazard| place.is_for(*hazard))
        })
    };
    let open = chosen().find(|place| now(place.site).open != Some(false));
    let place = open.or_else(|| chosen().next())?;
    Some(PlaceNow {
        site: place.site,
        name: place.name.clone(),
        stays: place.stays,
        now: now(place.site),
        power_confirmed: place.power_until.is_some_and(|until| until >= today),
        way: place.way.clone(),
    })
}

/// What is asked where the power is about to end: breath comes before everything.
const fn ask_for_breath(at_five: bool) -> Text {
    if at_five {
        Text::fixed(
            "電源が切れるころです。呼吸器が動いているかを先に聞く。止まっていたら蘇生バッグを続け、すぐ119。外へは出ないでもらう。",
            "The power is about to end: ask first whether the ventilator runs. If not: manual resuscitator, 119 at once. They do not go outside.",
        )
    } else {
        Text::fixed(
            "電源が切れるころです。呼吸器が動いているかを先に聞く。止まっていたら蘇生バッグを続け、すぐ119。動いていれば、電源のある所へ移る手立て（車・人手・届ける電源）を決める。",
            "The power is about to end: ask first whether the ventilator runs. If not: manual resuscitator, 119 at once. If it does: settle how they get to power, or power to them.",
        )
    }
}

/// What is asked of whoever was reached and is still at home.
fn ask_at_home(judged: &Judged, closed: bool, stays: bool) -> Text {
    if !judged.is_reached() {
        Text::fixed(
            "バッテリーの残りと、要るものを聞く。",
            "Ask for battery hours and what they need.",
        )
    } else if closed {
        Text::fixed(
            "まだ家にいて、予定の避難先は閉まっています。別の避難先を伝える。いつ出るか、車と人手を聞く。",
            "Still at home, and the planned place is closed: tell them another one. Ask when they leave, for vehicle and hands.",
        )
    } else if stays {
        Text::fixed(
            "家にいます。上の階にいるか、電気・バッテリー・水・薬は足りるかを聞く。",
            "At home: ask whether they are upstairs and whether power, batteries, water and medicine suffice.",
        )
    } else if judged.place.is_none() {
        Text::fixed(
            "まだ家にいて、行き先が決まっていません。どこへ行けるか、何が足りないかを聞き、行き先を一緒に決める。",
            "Still at home without a destination: ask where they can go and what is missing, and settle a place together.",
        )
    } else {
        Text::fixed(
            "まだ家にいます。いつ出るか、何が足りないかを聞く。",
            "Still at home: ask when they leave and what is missing.",
        )
    }
}

/// What the next call asks.
fn ask(child: &Child<'_>, judged: &Judged) -> Text {
    let at_five = judged.level == Some(EvacuationLevel::EMERGENCY_SAFETY);
    let closed = judged
        .place
        .as_ref()
        .is_some_and(|place| place.now.open == Some(false));
    let stays = judged.place.as_ref().is_some_and(|place| place.stays);
    let ending = judged.runs_down && judged.hours.is_some_and(|hours| hours <= LAST_HOURS);
    if ending && judged.state != State::NeedsHelp {
        return ask_for_breath(at_five);
    }
    match judged.state {
        State::NeedsHelp => Text::fixed(
            "何が要るかを聞く：電源・車・人手。命に関わるときは、すぐ119。",
            "Ask what they need: power, a vehicle, hands. Where life is at stake: 119 at once.",
        ),
        // Nobody is sent on the way now.
        State::ToCall | State::CallAgain | State::AtHome if at_five => Text::fixed(
            "外へ出ないでもらう。上の階の、がけや川から遠い部屋へ。電源とバッテリーの残りを聞く。危ないときは119。",
            "Tell them not to go outside: upstairs, away from slope and river. Ask for power and battery hours. In danger: 119.",
        ),
        State::Left if at_five => Text::fixed(
            "どこにいるかを聞く。動かず、近くの丈夫な建物の上の階へ。危ないときは119。",
            "Ask where they are. Go no further: into the nearest strong building, upstairs. In danger: 119.",
        ),
        State::ToCall | State::CallAgain if judged.power_cut && judged.is_reached() => Text::fixed(
            "停電と避難の両方です。電気が来ているか、バッテリーがあと何時間か、いま出られるか（行き先・車・人手）を聞く。",
            "Power cut and evacuation at once. Ask whether there is power, how many hours the batteries last, and whether they can leave now (where to, vehicle, hands).",
        ),
        State::ToCall | State::CallAgain | State::AtHome
            if judged.power_cut && judged.hours.is_none() =>
        {
            Text::fixed(
                "電気が来ているか、バッテリーがあと何時間かを聞く。次に電話する時刻を決める。",
                "Ask whether there is power and how many hours the batteries last. Agree when to call next.",
            )
        }
        State::ToCall | State::CallAgain if judged.no_plan => Text::fixed(
            "計画がありません。どこへ行けるか、車と運ぶ人はいるか、バッテリーは何時間かを聞く。",
            "There is no plan. Ask where they can go, who drives and carries, and how many hours the batteries last.",
        ),
        State::ToCall | State::CallAgain if closed => Text::fixed(
            "予定の避難先は閉まっています。別の避難先を伝える。車と人手を聞く。",
            "The planned place is closed: tell them another one. Ask for vehicle and hands.",
        ),
        State::ToCall | State::CallAgain if !judged.is_reached() => Text::fixed(
            "電気が来ているか、バッテリーがあと何時間か、要るものは何かを聞く。",
            "Ask for power, battery hours and what they need.",
        ),
        State::ToCall | State::CallAgain if judged.place.is_none() => Text::fixed(
            "行き先が決まっていません。どこへ行けるか（親戚・病院・開いた避難先）、車と運ぶ人はいるか、バッテリーは何時間かを聞く。",
            "No destination is settled. Ask where they can go (relatives, hospital, an open site), who drives and carries, and how many hours the batteries last.",
        ),
        State::ToCall | State::CallAgain if stays => Text::fixed(
            "計画では家の上の階にとどまります。もう上の階にいるか、電気・バッテリー・水・薬は足りるかを聞く。足りなければ、いまのうちに出る。",
            "The plan stays upstairs at home. Ask whether they are upstairs and whether power, batteries, water and medicine suffice; if not, they leave now.",
        ),
        State::ToCall | State::CallAgain => Text::fixed(
            "いま出られるかを聞く。車と人手、バッテリーの残り、着いたら電話をもらうこと。",
            "Ask whether they can leave now: vehicle, hands, battery hours; and to call on arrival.",
        ),
        State::AtHome => ask_at_home(judged, closed, stays),
        State::Left => Text::fixed(
            "着いたか、途中で困っていないかを聞く。",
            "Ask whether they have arrived, or are stuck.",
        ),
        State::Arrived if child.answer.is_some() => Text::fixed(
            "電源が取れているか、足りないものはないかを聞く。",
            "Ask whether they have power and what is missing.",
        ),
        State::Arrived => Text::fixed(
            "ご家族の知らせです。どこに着いたか、電源が取れているかを聞く。",
            "The family says so: ask where they are and whether they have power.",
        ),
        State::Away => Text::fixed(
            "いる場所で電源と避難の準備ができているかを、施設か家族に聞く。",
            "Ask the place or the family whether power and evacuation are prepared there.",
        ),
        State::Outside => Text::fixed(
            "地図では区域の外ですが、安全とは限りません。手が空いたら様子を聞く。",
            "Outside on the maps, which does not make it safe: ask how they are when there is time.",
        ),
    }
}

#[cfg(test)]
#[path = "tonight_tests.rs"]
mod tests;
