//! Everything of the night, read and judged, in the order in which children are called.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{InCut, outages};
use crate::{
    domain::{
        access::{Moment, Reader},
        family::AnswerKind,
        hazard::Hazard,
        id::{CaseId, CaseNumber, SiteId},
        municipality::MunicipalityCode,
        night::{BEFORE, NightAnswer, NightLevel, SiteNow},
        outage::{Cut, Outage},
    },
    planner::{
        World,
        outage::{self as cuts, Ground, Left, Spot, Within},
        tonight::{self, Child, Judged, State, Told},
    },
    service::ServiceError,
    store::{NightCase, SiteReport, Tx},
};

/// Where nothing is in force, what was said within this time still counts.
const QUIET: TimeDelta = TimeDelta::hours(24);

/// A child of the list, before names are read.
pub(super) struct Listed {
    pub case: NightCase,
    pub judged: Judged,
    pub told: Option<Told>,
    /// Since when its power is off.
    pub cut_since: Option<DateTime<Utc>>,
    pub cut: Option<InCut>,
}

/// How long a power cut counts as, of which nobody has said how long it will be: 72 hours
/// (the time that rescue takes, Cabinet Office).
const UNSAID_HOURS: u32 = 72;

/// What the night is made of.
pub(super) struct Night {
    pub levels: Vec<NightLevel>,
    pub outages: Vec<Outage>,
    pub sites: HashMap<SiteId, SiteReport>,
    /// The same in a word, also for other entries of the same building.
    pub now: HashMap<SiteId, SiteNow>,
    pub answers: HashMap<CaseId, Vec<NightAnswer>>,
    pub listed: Vec<Listed>,
    pub children: usize,
    /// Places of the power cut that was asked for in which no home was found.
    pub unmatched: Vec<String>,
}

/// Reads and judges everything, in the order in which children are called: all that
/// something in force reaches, or those of one power cut.
pub(super) async fn night(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    world: &World,
    asked: Option<&Outage>,
) -> Result<Night, ServiceError> {
    let levels = tx.night_levels().await?;
    // What begins later does not reach anybody yet.
    let outages = tx.outages(at.now).await?;
    let running = outages
        .iter()
        .filter(|outage| outage.ended.is_none() && outage.cut.since <= at.now);
    let others = running.filter(|one| asked.is_none_or(|asked| asked.id != one.id));
    let cuts: Vec<(&Outage, Ground<'_>)> = asked
        .into_iter()
        .chain(others)
        .map(|outage| (outage, ground_of(outage, world)))
        .collect();
    let since = looked_back(&levels, &cuts, at.now);
    let reports = tx.site_reports(since).await?;
    let sites = with_twins(&reports, world);
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
    let named = asked.map_or(&[][..], |outage| outage.area.places.as_slice());
    let mut matched = vec![false; named.len()];
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
        if let Some((_, ground)) = asked_for {
            let hits = matched.iter_mut().zip(ground.places_around(&spot));
            hits.for_each(|(known, hit)| *known |= hit);
        }
        if within.is_some_and(|(_, within)| within == Within::Outside) {
            continue;
        }
        let holds = cuts
            .iter()
            .filter(|(_, ground)| ground.holds(&spot).counts());
        let first = holds.min_by_key(|(outage, _)| outage.cut.since);
        let cut_since = first.map(|(outage, _)| outage.cut.since);
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
        let of_area = first.map(|(outage, ground)| (outage.cut, ground.holds(&spot)));
        let asked_cut = within.map(|(outage, within)| (outage.cut, within));
        let counted = asked_cut.or(of_area.filter(|_| judged.power_cut));
        let cut = counted.map(|(cut, within)| (cut, within.doubt()));
        let of_town = || (cut_of_town(&levels, case.home, at.now), None);
        let cut = cut.or_else(|| judged.power_cut.then(of_town));
        let cut_since = cut.map(|(cut, _)| cut.since);
        let cut = cut.map(|(cut, doubt)| InCut {
            left: cuts::left(&case.facts, answer, cut, at.now),
            doubt,
        });
        listed.push(Listed {
            case,
            judged,
            told,
            cut_since,
            cut,
        });
    }
    listed.sort_by(if asked.is_some() {
        Listed::order_in_cut
    } else {
        Listed::order
    });
    Ok(Night {
        unmatched: unmatched(named, &matched),
        levels,
        outages,
        sites: reports,
        now: sites,
        answers,
        listed,
        children,
    })
}

impl Listed {
    /// Who is called first in a power cut that was asked for: by its hours.
    fn order_in_cut(&self, other: &Self) -> std::cmp::Ordering {
        fn key(one: &Listed) -> Option<(State, &Left, &CaseNumber)> {
            let cut = one.cut.as_ref()?;
            Some((one.judged.state, &cut.left, &one.case.number))
        }
        match (key(self), key(other)) {
            (Some(a), Some(b)) => cuts::order(a, b),
            _ => self.order(other),
        }
    }

    /// Who is called first of all that something in force reaches.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let order = self.judged.order(&self.case.number);
        order.cmp(&other.judged.order(&other.case.number))
    }
}

/// Since when what was said can count: since a little before the night began anywhere.
fn looked_back(
    levels: &[NightLevel],
    cuts: &[(&Outage, Ground<'_>)],
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let began = levels.iter().map(|level| level.night_since);
    let began = began.chain(cuts.iter().map(|(outage, _)| outage.cut.since));
    let quiet = now - QUIET;
    let began = began.min();
    began.map_or(quiet, |began| (began - BEFORE).min(quiet))
}

/// The area of a power cut, made ready to be asked.
fn ground_of<'w>(outage: &Outage, world: &'w World) -> Ground<'w> {
    Ground::new(&outage.area, outage.town, &world.boundaries)
}

/// The places in which no home was found.
fn unmatched(named: &[String], matched: &[bool]) -> Vec<String> {
    let all = named.iter().zip(matched);
    let without = all.filter(|(_, matched)| !**matched);
    without.map(|(place, _)| place.clone()).collect()
}

/// What was reported of sites, also for the other entries of the same building of which
/// nobody has said anything: one that is closed or dark seldom is so in one list alone.
fn with_twins(reports: &HashMap<SiteId, SiteReport>, world: &World) -> HashMap<SiteId, SiteNow> {
    let mut all: HashMap<SiteId, SiteNow> =
        reports.iter().map(|(id, one)| (*id, one.now)).collect();
    let Some(directory) = &world.sites else {
        return all;
    };
    for (id, report) in reports {
        let bad = report.now.open == Some(false) || report.now.powered == Some(false);
        let Some(site) = directory.get(*id).filter(|_| bad) else {
            continue;
        };
        for other in directory.others_at_address_of(site) {
            if reports.contains_key(&other.id) {
                continue;
            }
            let known = all.entry(other.id).or_default();
            known.open = known.open.or(report.now.open.filter(|open| !open));
            known.powered = known.powered.or(report.now.powered.filter(|on| !on));
        }
    }
    all
}

/// The power cut that was entered for a whole municipality beside its levels.
fn cut_of_town(levels: &[NightLevel], home: Option<MunicipalityCode>, now: DateTime<Utc>) -> Cut {
    let here = levels.iter().filter(|level| {
        level.hazard == Some(Hazard::PowerCut) && tonight::covers(level.municipality, home)
    });
    Cut {
        since: here.map(|level| level.since).min().unwrap_or(now),
        hours: UNSAID_HOURS,
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
