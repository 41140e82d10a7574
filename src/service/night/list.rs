//! Everything of the night, read and judged, in the order in which children are called.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{InCut, outages};
use crate::{
    domain::{
        access::{Moment, Reader},
        family::AnswerKind,
        id::{CaseId, CaseNumber, SiteId},
        municipality::MunicipalityCode,
        night::{BEFORE, NightAnswer, NightLevel, SiteNow},
        outage::Outage,
    },
    planner::{
        outage::{self as cuts, Ground, Left, Spot, Within},
        tonight::{self, Child, Judged, State, Told},
    },
    service::ServiceError,
    spatial::boundaries::Boundaries,
    store::{NightCase, SiteReport, Tx},
};

/// Where nothing is in force, what was said within this time still counts.
const QUIET: TimeDelta = TimeDelta::hours(24);

/// A child of the list, before names are read.
pub(super) struct Listed {
    pub case: NightCase,
    pub judged: Judged,
    pub told: Option<Told>,
    pub cut: Option<InCut>,
}

/// What the night is made of.
pub(super) struct Night {
    pub levels: Vec<NightLevel>,
    pub outages: Vec<Outage>,
    pub sites: HashMap<SiteId, SiteReport>,
    pub answers: HashMap<CaseId, Vec<NightAnswer>>,
    pub listed: Vec<Listed>,
    pub children: usize,
}

/// Reads and judges everything, in the order in which children are called: all that
/// something in force reaches, or those of one power cut.
pub(super) async fn night(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    boundaries: &Boundaries,
    asked: Option<&Outage>,
) -> Result<Night, ServiceError> {
    let levels = tx.night_levels().await?;
    // What begins later does not reach anybody yet.
    let outages = tx.outages(at.now).await?;
    let running = outages
        .iter()
        .filter(|outage| outage.ended.is_none() && outage.cut.since <= at.now);
    let cuts: Vec<(&Outage, Ground<'_>)> = asked
        .into_iter()
        .chain(running.filter(|one| asked.is_none_or(|asked| asked.id != one.id)))
        .map(|outage| (outage, Ground::new(&outage.area, outage.town, boundaries)))
        .collect();
    let began = levels.iter().map(|level| level.night_since);
    let began = began.chain(cuts.iter().map(|(outage, _)| outage.cut.since));
    let quiet = at.now - QUIET;
    let since = began
        .min()
        .map_or(quiet, |began| (began - BEFORE).min(quiet));
    let reports = tx.site_reports(since).await?;
    let sites: HashMap<SiteId, SiteNow> = reports.iter().map(|(id, one)| (*id, one.now)).collect();
    let answers = tx.night_answers(reader, at, since).await?;
    let words = tx.night_words(reader, at, since).await?;
    let asks = cuts.iter().any(|(_, ground)| ground.asks_addresses());
    let addresses = if asks {
        tx.night_addresses(reader, at).await?
    } else {
        HashMap::new()
    };
    let cases = tx.night_cases(reader, at).await?;
    let children = cases.len();
    let mut listed = Vec::new();
    for case in cases {
        let spot = Spot {
            town: case.home,
            address: addresses.get(&case.id).map(String::as_str),
            position: case.position,
            hidden: case.hidden,
        };
        let asked_for = asked.and_then(|_| cuts.first());
        let within = asked_for.map(|(outage, ground)| (outage, ground.holds(&spot)));
        if within.is_some_and(|(_, within)| within == Within::Outside) {
            continue;
        }
        let holds = cuts
            .iter()
            .filter(|(_, ground)| ground.holds(&spot).counts());
        let cut_since = holds.map(|(outage, _)| outage.cut.since).min();
        let from = counts_from(&levels, (case.home, cut_since), at.now);
        let stands = answers.get(&case.id).and_then(|all| outages::last(all));
        let answer = stands.filter(|one| one.at >= from);
        let told = words.get(&case.id).and_then(|all| told(all, from));
        let child = Child {
            number: &case.number,
            home: case.home,
            facts: &case.facts,
            answer,
            told,
            stays_elsewhere: case.stays_elsewhere,
            cut_since,
        };
        let Some(judged) = tonight::judge(&child, &levels, &sites, (at.now, at.today)) else {
            continue;
        };
        let cut = within.map(|(outage, within)| InCut {
            left: cuts::left(&case.facts, answer, outage.cut, at.now),
            doubt: within.doubt(),
        });
        listed.push(Listed {
            case,
            judged,
            told,
            cut,
        });
    }
    listed.sort_by(Listed::order);
    Ok(Night {
        levels,
        outages,
        sites: reports,
        answers,
        listed,
        children,
    })
}

impl Listed {
    /// Who is called first: in a power cut that was asked for by its hours, else by what
    /// is in force.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        fn key(one: &Listed) -> Option<(State, &Left, &CaseNumber)> {
            let cut = one.cut.as_ref()?;
            Some((one.judged.state, &cut.left, &one.case.number))
        }
        if let (Some(a), Some(b)) = (key(self), key(other)) {
            return cuts::order(a, b);
        }
        let order = self.judged.order(&self.case.number);
        order.cmp(&other.judged.order(&other.case.number))
    }
}

/// From when on what was said counts for a child: since a little before the night began
/// where it lives.
fn counts_from(
    levels: &[NightLevel],
    (home, cut_since): (Option<MunicipalityCode>, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let here = levels
        .iter()
        .filter(|level| tonight::covers(level.municipality, home));
    let began = here.map(|level| level.night_since).chain(cut_since).min();
    began.map_or(now - QUIET, |began| began - BEFORE)
}

/// The last word of a family: a call for help that nobody has looked at stands before
/// everything that was said after it.
fn told(words: &[(AnswerKind, DateTime<Utc>, bool)], from: DateTime<Utc>) -> Option<Told> {
    let mut words = words.iter().filter(|(_, at, _)| *at >= from);
    let made = |&(kind, at, _): &(AnswerKind, DateTime<Utc>, bool)| Told { kind, at };
    let waits = |one: &&(AnswerKind, DateTime<Utc>, bool)| one.0 == AnswerKind::NeedHelp && !one.2;
    match words.clone().find(waits) {
        Some(help) => Some(made(help)),
        // A call for help that somebody has looked at is no state any more.
        None => words.find(|one| one.0 != AnswerKind::NeedHelp).map(made),
    }
}
