//! What if, in words.

use chrono::{DateTime, Utc};

use super::super::{
    evidence::{Shown, shown},
    night::calls,
    together::{names, together},
    words::what_if as w,
};
use crate::{
    clock::in_tokyo,
    domain::{
        finding::{Finding, Outcome, Severity},
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    planner::what_if::{
        Change, Counts, How, Leave, Lost, Need, NeedFor, Next, Practice, Verdict, WhyNot,
    },
    service::what_if::{Figure, Line, Then},
};

/// So many changed findings of a child are told in full; the others stand below a line.
const TOLD: usize = 2;

/// A line of the counts: what is counted, before and after.
pub(super) struct Counted {
    pub name: String,
    pub before: usize,
    pub after: usize,
}

impl Counted {
    pub(super) fn all([before, after]: &[Counts; 2], lang: Lang) -> Vec<Self> {
        let of = |counts: &Counts, severity| counts.failing.get(&severity).copied().unwrap_or(0);
        let failing = Severity::ALL.into_iter().map(|severity| Self {
            name: severity.name().get(lang).to_owned(),
            before: of(before, severity),
            after: of(after, severity),
        });
        let unknown = Self {
            name: w::STILL_UNKNOWN.get(lang).to_owned(),
            before: before.unknown,
            after: after.unknown,
        };
        failing.chain([unknown]).collect()
    }
}

/// The figures of a municipality: judged, touched, and pairs of before and after.
pub(super) struct FigureShown {
    pub place: String,
    pub judged: usize,
    pub touched: usize,
    pub pairs: Vec<(Text, usize, usize)>,
}

impl FigureShown {
    pub(super) fn of((place, figure): &(Option<MunicipalityCode>, Figure), lang: Lang) -> Self {
        let [before, after] = &figure.counts;
        let of = |counts: &Counts, severity| counts.failing.get(&severity).copied().unwrap_or(0);
        let pair = |severity| (of(before, severity), of(after, severity));
        let (blockers, gaps) = (pair(Severity::Blocker), pair(Severity::Gap));
        Self {
            place: place.map_or_else(
                || w::UNKNOWN_TOWN.get(lang).to_owned(),
                |code| code.name().to_owned(),
            ),
            judged: figure.judged,
            touched: figure.touched,
            pairs: vec![
                (w::FIND_BLOCKERS, blockers.0, blockers.1),
                (w::FIND_GAPS, gaps.0, gaps.1),
                (w::FIND_UNKNOWN, before.unknown, after.unknown),
            ],
        }
    }
}

/// Where children would go.
pub(super) struct ThenShown {
    pub name: String,
    pub href: Option<String>,
    pub children: usize,
    pub places: String,
    pub too_many: bool,
}

impl ThenShown {
    pub(super) fn of(then: &Then, lang: Lang) -> Self {
        let (Next::Place { site, .. } | Next::Unsure { site, .. }) = &then.next else {
            return Self {
                name: next(&then.next, lang),
                href: None,
                children: then.children,
                places: "—".to_owned(),
                too_many: false,
            };
        };
        Self {
            name: next(&then.next, lang),
            href: site.map(|site| format!("/sites/{site}")),
            children: then.children,
            places: then.places.map_or_else(
                || w::NOT_ENTERED.get(lang).to_owned(),
                |places| places.to_string(),
            ),
            too_many: then
                .places
                .is_some_and(|places| then.children > usize::from(places)),
        }
    }
}

/// A changed finding.
pub(super) struct ChangeShown {
    pub how: String,
    pub f: Shown,
}

/// One child as the page shows it.
pub(super) struct Card {
    pub number: String,
    pub name: String,
    pub kana: Option<String>,
    pub place_of_home: String,
    pub tags: Vec<String>,
    pub hours: String,
    /// A class, and a sentence.
    pub practice: Vec<(&'static str, String)>,
    /// What holds for whoever stays: what, a class, the verdict.
    pub at_home: Vec<(String, &'static str, String)>,
    pub changes: Vec<ChangeShown>,
    pub more: Vec<ChangeShown>,
    pub gone: Vec<String>,
    pub same: usize,
    pub calls: Vec<(String, String, String)>,
}

impl Card {
    pub(super) fn of(line: &Line, lang: Lang) -> Self {
        let effect = &line.effect;
        let mut tags = Vec::new();
        if !effect.has_plan {
            tags.push(w::NO_PLAN.get(lang).to_owned());
        }
        if line.stays_elsewhere {
            tags.push(w::ELSEWHERE.get(lang).to_owned());
        }
        let mut changes = changes(&effect.changes, lang);
        let more = changes.split_off(TOLD.min(changes.len()));
        let gone = effect.changes.iter().filter(|one| one.how == How::Gone);
        let named = line.child.name.clone();
        Self {
            name: named
                .filter(|name| !name.trim().is_empty())
                .unwrap_or_else(|| line.number.to_string()),
            kana: line.child.kana.clone(),
            place_of_home: place(line.home, line.hidden, lang),
            tags,
            hours: if effect.batteries.is_unknown() {
                w::UNKNOWN.get(lang).to_owned()
            } else {
                effect.batteries.text().get(lang).to_owned()
            },
            practice: practice(&effect.practice, lang),
            at_home: at_home(&effect.practice, lang),
            changes,
            more,
            gone: gone
                .map(|one| one.finding.rule.title().get(lang).to_owned())
                .collect(),
            same: effect.same,
            calls: calls(&line.child),
            number: line.number.to_string(),
        }
    }
}

fn place(home: Option<MunicipalityCode>, hidden: bool, lang: Lang) -> String {
    let protected = w::PROTECTED.get(lang).to_owned();
    match (home, hidden) {
        (Some(home), false) => home.name().to_owned(),
        (Some(home), true) => format!("{} ・ {protected}", home.name()),
        (None, true) => protected,
        (None, false) => w::UNKNOWN_TOWN.get(lang).to_owned(),
    }
}

/// What is new or worse, in words; what differs by the hazard alone stands once.
fn changes(changes: &[Change], lang: Lang) -> Vec<ChangeShown> {
    let mut told = Vec::new();
    for (how, word) in [(How::New, w::NEW), (How::Worse, w::WORSE)] {
        let found = changes.iter().filter(|change| change.how == how);
        let found: Vec<Finding> = found.map(|change| change.finding.clone()).collect();
        for one in together(&found) {
            let hazards = names(&one.hazards, lang);
            let mut f = shown(&one.finding, lang, true);
            f.hazard = Some(hazards).filter(|names| !names.is_empty());
            if one.finding.outcome == Outcome::Unknown {
                f.mark = "？";
                f.class = "warning";
                w::STILL_UNKNOWN.get(lang).clone_into(&mut f.severity);
            }
            let urgency = (one.finding.outcome, one.finding.urgency());
            told.push((
                urgency,
                ChangeShown {
                    how: word.get(lang).to_owned(),
                    f,
                },
            ));
        }
    }
    told.sort_by_key(|(urgency, _)| *urgency);
    told.into_iter().map(|(_, one)| one).collect()
}

fn practice(practice: &Practice, lang: Lang) -> Vec<(&'static str, String)> {
    match practice {
        Practice::Protected => vec![("unknown", w::PROTECTED_ASK.get(lang).to_owned())],
        Practice::Places(lost) => lost.iter().map(|lost| self::lost(lost, lang)).collect(),
        Practice::Night { leave, .. } => vec![self::leave(leave, lang)],
        Practice::Hours(needs) => needs
            .iter()
            .filter(|need| need.runs_out())
            .map(|need| self::need(need, lang))
            .collect(),
    }
}

fn lost(lost: &Lost, lang: Lang) -> (&'static str, String) {
    let (name, hazards) = (&lost.name, names(&lost.hazards, lang));
    let is_lost = match (lost.sure, lang) {
        (true, Lang::Ja) => format!("「{name}」が使えません（{hazards}）。"),
        (true, Lang::En) => format!("“{name}” is lost ({hazards})."),
        (false, Lang::Ja) => {
            format!("「{name}」が使えるか分かりません（同じ住所の施設が閉まる。{hazards}）。")
        }
        (false, Lang::En) => format!(
            "Whether “{name}” can be used is unknown: another entry at its address closes ({hazards})."
        ),
    };
    let then = next(&lost.next, lang);
    let then = match (lost.first, lang) {
        (true, Lang::Ja) => format!("次は：{then}"),
        (true, Lang::En) => format!("Then: {then}"),
        (false, Lang::Ja) => format!("最初の行き先は変わりません：{then}"),
        (false, Lang::En) => format!("The first place stays: {then}"),
    };
    let class = match (&lost.next, lost.first) {
        (Next::Nowhere, _) => "bad",
        (Next::Unsure { .. } | Next::Home, _) | (Next::Place { powered: false, .. }, true) => {
            "unknown"
        }
        (Next::Place { .. }, _) => "good",
    };
    (class, format!("{is_lost} {then}"))
}

fn next(next: &Next, lang: Lang) -> String {
    match (next, lang) {
        (Next::Nowhere, Lang::Ja) => "ほかの行き先が計画にありません".to_owned(),
        (Next::Nowhere, Lang::En) => "the plan names no other place".to_owned(),
        (Next::Home, Lang::Ja) => {
            "自宅の上の階にとどまる（とどまれるかは計画の指摘を見てください）".to_owned()
        }
        (Next::Home, Lang::En) => "upstairs at home (see the findings of the plan)".to_owned(),
        (Next::Unsure { name, .. }, Lang::Ja) => format!("{name}（開いているか分かりません）"),
        (Next::Unsure { name, .. }, Lang::En) => format!("{name} (not known to be open)"),
        (Next::Place { name, powered, .. }, Lang::Ja) => {
            let power = if *powered {
                "電源は確認済み"
            } else {
                "電源は未確認"
            };
            format!("{name}（{power}）")
        }
        (Next::Place { name, powered, .. }, Lang::En) => {
            let power = if *powered {
                "power confirmed"
            } else {
                "power not confirmed"
            };
            format!("{name} ({power})")
        }
    }
}

fn clock(at: DateTime<Utc>) -> String {
    in_tokyo(at).format("%m-%d %H:%M").to_string()
}

fn leave(leave: &Leave, lang: Lang) -> (&'static str, String) {
    match leave {
        Leave::By {
            to,
            prepare,
            leave,
            arrive,
            by_daylight,
            at_once,
        } => {
            let (prepare, leave, arrive) = (clock(*prepare), clock(*leave), clock(*arrive));
            let said = match (lang, at_once, by_daylight) {
                (Lang::Ja, true, _) => format!(
                    "いますぐ支度を始めてください（{to}へ）。明るいうちには着けません。遅くとも{prepare}に支度を始め、{leave}に出て、{arrive}に着きます。"
                ),
                (Lang::En, true, _) => format!(
                    "Get ready at once (to {to}): it will be dark on arrival. At the very latest get ready at {prepare}, leave at {leave}, arrive at {arrive}."
                ),
                (Lang::Ja, false, true) => format!(
                    "{prepare}までに支度を始め、{leave}までに出る（{to}へ）。暗くなる前・レベル5の前の{arrive}までに着きます。"
                ),
                (Lang::En, false, true) => format!(
                    "Get ready by {prepare}, leave by {leave} (to {to}), and arrive by {arrive}, before dark and before level 5."
                ),
                (Lang::Ja, false, false) => format!(
                    "遅くとも{prepare}に支度を始め、{leave}に出る（{to}へ）。自宅と避難先の位置が分からず、明るいうちに着けるかは分かりません。"
                ),
                (Lang::En, false, false) => format!(
                    "Get ready at {prepare} and leave at {leave} at the latest (to {to}); without positions nobody knows whether that is before dark."
                ),
            };
            (if *at_once { "bad" } else { "good" }, said)
        }
        Leave::TooLate { to } => {
            let said = match lang {
                Lang::Ja => format!(
                    "いま支度を始めても、レベル5までに{to}に着けません。移動せず、家の中で最も安全な部屋に移ることを電話で伝えてください。"
                ),
                Lang::En => format!(
                    "Whoever begins now does not reach {to} before level 5: tell them by telephone not to travel, and to move to the safest room at home."
                ),
            };
            ("bad", said)
        }
        Leave::Stays => ("unknown", STAYS.get(lang).to_owned()),
        Leave::NotHit => ("unknown", NOT_HIT.get(lang).to_owned()),
        Leave::Unknown(why) => {
            let why = match why {
                WhyNot::NoPlan => NO_PLAN,
                WhyNot::NoPlace => NO_PLACE,
                WhyNot::NoTravel => NO_TRAVEL,
            };
            ("unknown", why.get(lang).to_owned())
        }
    }
}

const STAYS: Text = Text::fixed(
    "計画は、自宅の上の階にとどまります。とどまれるかは下の欄です。",
    "The plan stays upstairs at home; whether it can is said below.",
);
const NOT_HIT: Text = Text::fixed(
    "地図では、レベルの出る災害の区域の外です（安全という意味ではありません）。",
    "The maps show the home outside (this does not mean safe).",
);
const NO_PLAN: Text = Text::fixed(
    "いまの家からの計画がなく、いつまでに出るか分かりません。電話して、行き先・車・支度の時間を決めてください。",
    "There is no plan for this home, so nobody knows by when to leave: telephone, and settle place, vehicle and preparation.",
);
const NO_PLACE: Text = Text::fixed(
    "計画に行き先がなく、いつまでに出るか分かりません。電話して、行き先を決めてください。",
    "The plan names no place, so nobody knows by when to leave: telephone, and settle one.",
);
const NO_TRAVEL: Text = Text::fixed(
    "移動にかかる時間が分からず、いつまでに出るか分かりません。電話して、何で行き、何分かかるかを聞いてください。",
    "How long the way takes is unknown, and so is by when to leave: telephone and ask how they travel and for how long.",
);

fn at_home(practice: &Practice, lang: Lang) -> Vec<(String, &'static str, String)> {
    let Practice::Night { home, .. } = practice else {
        return Vec::new();
    };
    let rows = home.iter().map(|(rule, verdict)| {
        let (class, word) = match verdict {
            Verdict::Holds => ("good", w::HOLDS),
            Verdict::Unknown => ("unknown", w::ASK),
            Verdict::Fails => ("bad", w::FAILS),
        };
        (
            rule.title().get(lang).to_owned(),
            class,
            word.get(lang).to_owned(),
        )
    });
    rows.collect()
}

fn need(need: &Need, lang: Lang) -> (&'static str, String) {
    let until = match (need.until, lang) {
        (NeedFor::Grid, Lang::Ja) => "電気が戻るまで",
        (NeedFor::Grid, Lang::En) => "until the power is back",
        (NeedFor::Water, Lang::Ja) => "自宅で、水が引いて電気が戻るまで",
        (NeedFor::Water, Lang::En) => "at home, until the water has gone and the power is back",
    };
    let reach = if need.reach.is_unknown() {
        w::UNKNOWN.get(lang).to_owned()
    } else {
        need.reach.text().get(lang).to_owned()
    };
    let Some(supposed) = need.supposed else {
        let said = match lang {
            Lang::Ja => format!("{until}：水が引くまでの時間が分かりません。電源は{reach}。"),
            Lang::En => format!("{until}: how long the water stays is unknown. Power: {reach}."),
        };
        return ("unknown", said);
    };
    if supposed.is_infinite() {
        let said = match lang {
            Lang::Ja => {
                format!("{until}：水が4週間以上引かないおそれがあり、足りません。電源は{reach}。")
            }
            Lang::En => {
                format!("{until}: the water may stay for four weeks or more; power: {reach}.")
            }
        };
        return ("bad", said);
    }
    let usual = need.usual.unwrap_or(supposed);
    let short = need.short().unwrap_or(0.0);
    let short = match (need.lasts(), need.reach.is_unknown(), lang) {
        (_, true, Lang::Ja) => "何時間足りないか分かりません".to_owned(),
        (_, true, Lang::En) => "how many are missing is unknown".to_owned(),
        (Some(_), _, Lang::Ja) => format!("{short:.1}時間足りません"),
        (Some(_), _, Lang::En) => format!("{short:.1} h are missing"),
        (None, _, Lang::Ja) => format!("足りないとすれば、最大で{short:.1}時間です"),
        (None, _, Lang::En) => format!("at most {short:.1} h are missing"),
    };
    let before = match (need.lasts_usually(), lang) {
        (Some(true), Lang::Ja) => "（目安では足りていました）",
        (Some(true), Lang::En) => " (as usual it lasts)",
        (Some(false), Lang::Ja) => "（目安でも足りません）",
        (Some(false), Lang::En) => " (nor does it as usual)",
        (None, _) => "",
    };
    let said = match lang {
        Lang::Ja => format!(
            "{until}{supposed:.0}時間（目安{usual:.0}時間）：電源は{reach}。{short}{before}。"
        ),
        Lang::En => format!(
            "{until}, {supposed:.0} h (usually {usual:.0} h): power {reach}; {short}{before}."
        ),
    };
    (
        if need.lasts() == Some(false) {
            "bad"
        } else {
            "unknown"
        },
        said,
    )
}
