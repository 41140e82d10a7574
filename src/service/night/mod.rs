//! Tonight (今夜): who must be called in which order, what several people answer at once,
//! and what staff and telegrams say of levels.

mod answer;
mod enter;
mod facts;
mod list;
mod outages;
mod own;
mod powered;
mod telegrams;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

pub use answer::{Said, answer, strike};
pub use enter::{LevelWanted, end_level, enter_level, may_end, report_site};
pub(super) use facts::facts_of;
pub use outages::{
    HomeInCut, OutageChange, OutageLine, change_outage, enter_outage, homes_in_cut, outages, towns,
};
pub use own::OwnNight;
pub(in crate::service) use own::of_family;
pub use powered::NearPower;
pub use telegrams::{By, Taken, TelegramReport, read_telegram};

use self::list::{Listed, Night, night};
use super::{ServiceError, check, emergency_reads, view::SignedIn, world};
use crate::{
    app::App,
    domain::{
        access::{Moment, Permission, Reader},
        audit::Action,
        id::{CaseId, CaseNumber, EmergencyId, SiteId},
        municipality::MunicipalityCode,
        night::{CALLING, NightAnswer, NightKind, NightLevel},
        plan::document::ChildItems,
    },
    planner::{
        outage::{Doubt, Left},
        tonight::{Judged, State, Told},
    },
    store::{SiteReport, Tx},
};

/// So many children are on the page at once; the others are counted.
pub const SHOWN: usize = 100;

/// So many sites are, those of the most children.
const SITES: usize = 40;

/// So many answers of a child are on its card.
const ANSWERS: usize = 5;

/// The list of the night, as far as the reader may see it.
#[derive(Debug, Clone)]
pub struct NightPage {
    /// When it was read.
    pub now: DateTime<Utc>,
    /// What is in force, worst first.
    pub levels: Vec<NightLevel>,
    /// The children, in the order in which they are called, cut to [`SHOWN`].
    pub lines: Vec<NightLine>,
    /// How many more there are in this state.
    pub more: usize,
    /// How many children are in which state.
    pub counts: BTreeMap<State, usize>,
    /// The sites that the children of the list go to, and how many of them.
    pub sites: Vec<SiteLine>,
    /// The power cut that was asked for.
    pub outage: Option<OutageLine>,
    /// Power cuts that are not over and concern the reader.
    pub outages: Vec<OutageLine>,
    /// Figures of each municipality, for the prefecture alone.
    pub figures: Option<Figures>,
    /// Children that the reader may see at all.
    pub children: usize,
    /// Places of the power cut that was asked for in which no home was found: perhaps
    /// their names are written otherwise.
    pub unmatched: Vec<String>,
    /// A word that changes with what the page says.
    pub mark: String,
}

/// Of each municipality the worst level, and how many children are in which state.
pub type Figures = Vec<(Option<MunicipalityCode>, BTreeMap<State, usize>)>;

/// One child on the list.
#[derive(Debug, Clone)]
pub struct NightLine {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// What is known of the child itself.
    pub child: ChildItems,
    /// Where it lives, as far as the reader may know.
    pub home: Option<MunicipalityCode>,
    /// Its address is protected.
    pub hidden: bool,
    /// How it stands.
    pub judged: Judged,
    /// The vehicle that the plan names.
    pub vehicle: Option<String>,
    /// The last answers, the latest first; those that were struck out, too.
    pub answers: Vec<NightAnswer>,
    /// Who is on the telephone with them, and since when.
    pub calling: Option<(String, DateTime<Utc>)>,
    /// The last that the family has told on its page.
    pub told: Option<Told>,
    /// It stays elsewhere today.
    pub stays_elsewhere: bool,
    /// The reader knows it by its loan alone.
    pub by_loan: bool,
    /// The emergency accesses that alone let the reader see it.
    pub emergencies: Vec<EmergencyId>,
    /// How long it lasts in the power cut that was asked for, else in the one that began
    /// first.
    pub cut: Option<InCut>,
    /// The nearest places with power that is confirmed, a spare generator among them;
    /// `None`: nobody may know, or knows, where the home is.
    pub power: Option<Vec<NearPower>>,
}

/// A child in a power cut.
#[derive(Debug, Clone, PartialEq)]
pub struct InCut {
    /// How long it lasts.
    pub left: Left,
    /// Why nobody can say whether its home lies in the area.
    pub doubt: Option<Doubt>,
}

impl InCut {
    /// What a page says of it; hours run down in tenths.
    fn mark(&self) -> String {
        let Left {
            answer,
            leave_by,
            powered_at,
            now,
            ..
        } = &self.left;
        let now = (now * 10.0) as i64;
        format!(
            "{answer:?} {leave_by:?} {powered_at:?} {now} {:?}",
            self.doubt
        )
    }
}

/// A site that children of the list go to.
#[derive(Debug, Clone)]
pub struct SiteLine {
    /// Which.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// How many of the list go there.
    pub children: usize,
    /// Its power was confirmed before, and that still counts.
    pub power_confirmed: bool,
    /// What was reported tonight.
    pub report: Option<SiteReport>,
    /// The reader says whether it is open.
    pub may_report: bool,
}

/// What a reader wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NightFilter {
    /// Children in this state alone.
    pub state: Option<State>,
    /// Children of this power cut alone, in the order of its calls.
    pub outage: Option<Uuid>,
    /// Every child, however many there are: for paper.
    pub whole: bool,
}

/// A word that changes when somebody enters, answers or tells something; cheap to ask
/// for. What changes by time alone, or elsewhere, is seen within half a minute.
pub async fn mark(app: &App) -> Result<String, ServiceError> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    let revision = tx.night_revision().await?;
    let words = tx.night_words_mark(now - TimeDelta::days(7)).await?;
    Ok(format!("{revision}.{words}.{}", now.timestamp() / 30))
}

/// The list; `None`: the power cut that was asked for is none of the reader's.
pub async fn page(
    app: &App,
    who: &SignedIn,
    filter: NightFilter,
) -> Result<Option<NightPage>, ServiceError> {
    let page = look(app, who, filter).await?;
    if let Some(page) = &page {
        saw(app, who, page).await?;
    }
    Ok(page)
}

/// The list for paper, which is noted as a print; `None`: as for [`page`].
pub async fn print(
    app: &App,
    who: &SignedIn,
    filter: NightFilter,
) -> Result<Option<NightPage>, ServiceError> {
    let page = look(app, who, filter).await?;
    if let Some(page) = &page {
        let seen = page.lines.iter();
        let seen = seen.map(|line| (line.id, line.emergencies.as_slice()));
        emergency_reads::saw(app, who, Action::PrintedCalls, seen).await?;
    }
    Ok(page)
}

/// Notes that somebody sees the children of a list.
pub async fn saw(app: &App, who: &SignedIn, page: &NightPage) -> Result<(), ServiceError> {
    let seen = page.lines.iter();
    let seen = seen.map(|line| (line.id, line.emergencies.as_slice()));
    emergency_reads::saw(app, who, Action::SawNight, seen).await
}

/// The list, of which nobody has noted that it is seen.
pub async fn look(
    app: &App,
    who: &SignedIn,
    filter: NightFilter,
) -> Result<Option<NightPage>, ServiceError> {
    let figures_only = matches!(who.reader, Reader::Prefecture(_));
    let reader = if figures_only {
        // The verdicts are the program's own; the reader sees how many.
        Reader::Operator
    } else {
        who.reader
    };
    check::refresh(app, &reader).await?;
    let at = app.moment();
    let loaded = world::current(app).await?;
    let mut tx = app.store.read().await?;
    let asked = match filter.outage {
        None => None,
        Some(id) => match outages::one(&mut tx, who, id).await? {
            None => return Ok(None),
            found => found,
        },
    };
    let cut = asked.as_ref().map(|line| &line.outage);
    let night = night(&mut tx, (&reader, at), &loaded.world, cut).await?;
    let mut counts = BTreeMap::new();
    for one in &night.listed {
        *counts.entry(one.judged.state).or_default() += 1;
    }
    let mut page = NightPage {
        now: at.now,
        lines: Vec::new(),
        more: 0,
        outages: outages::in_force(who, &night.outages),
        outage: asked,
        figures: None,
        sites: Vec::new(),
        children: night.children,
        mark: String::new(),
        counts,
        unmatched: night.unmatched.clone(),
        levels: night.levels.clone(),
    };
    if figures_only {
        page.figures = Some(figures(&night.listed));
    } else {
        let own = who.reader.municipality();
        let may = who.role().may(Permission::EnterLevel);
        let directory = loaded.world.sites.as_ref();
        let may_report = |site: SiteId| {
            let listed = directory.and_then(|all| all.get(site));
            let town = listed.and_then(|site| site.published.municipality);
            may && town.is_some_and(|town| own.is_some_and(|own| own.same_as(town)))
        };
        page.sites = sites(&night, at.today, &may_report);
        let in_cut = page.outage.is_some() || night.listed.iter().any(|one| one.cut.is_some());
        let powered = if in_cut {
            powered::Powered::find(&mut tx, &loaded.world, &night, at).await?
        } else {
            powered::Powered::default()
        };
        lines(&mut tx, (&reader, at), (night, &powered), filter, &mut page).await?;
    }
    page.mark = digest(&page);
    Ok(Some(page))
}

async fn lines(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    (mut night, powered): (Night, &powered::Powered),
    filter: NightFilter,
    page: &mut NightPage,
) -> Result<(), ServiceError> {
    if let Some(state) = filter.state {
        night.listed.retain(|one| one.judged.state == state);
    }
    if !filter.whole {
        page.more = night.listed.len().saturating_sub(SHOWN);
        night.listed.truncate(SHOWN);
    }
    let numbers: Vec<&str> = night
        .listed
        .iter()
        .map(|one| one.case.number.as_str())
        .collect();
    let mut people = tx.night_people(reader, at, &numbers).await?;
    for one in night.listed {
        let case = one.case;
        let mut child = people.remove(case.number.as_str()).unwrap_or_default();
        if !case.emergencies.is_empty() {
            child = child.for_evacuation_support();
        }
        let mut answers = night.answers.remove(&case.id).unwrap_or_default();
        // Whoever said to be calling is not any more once somebody has answered.
        let calling = answers
            .iter()
            .find(|one| one.struck_at.is_none())
            .filter(|one| one.kind == NightKind::Calling && at.now - one.at < CALLING)
            .map(|one| (one.by.1.clone(), one.at));
        answers.retain(|one| one.kind != NightKind::Calling);
        answers.truncate(ANSWERS);
        page.lines.push(NightLine {
            id: case.id,
            number: case.number,
            child,
            home: case.home,
            hidden: case.hidden,
            judged: one.judged,
            vehicle: case.facts.vehicle,
            answers,
            calling,
            told: one.told,
            stays_elsewhere: case.stays_elsewhere,
            by_loan: case.by_loan,
            emergencies: case.emergencies,
            power: case.position.map(|(at, _)| powered.near(at)),
            cut: one.cut,
        });
    }
    Ok(())
}

/// The sites of the list, those of the most children first.
fn sites(night: &Night, today: NaiveDate, may_report: &dyn Fn(SiteId) -> bool) -> Vec<SiteLine> {
    let mut count: HashMap<SiteId, (String, usize, bool)> = HashMap::new();
    for one in &night.listed {
        // Also a place that is closed: it may open.
        let mut seen = HashSet::new();
        for place in &one.case.facts.places {
            if let Some(id) = place.site
                && seen.insert(id)
            {
                let confirmed = place.power_until.is_some_and(|until| until >= today);
                let known = count
                    .entry(id)
                    .or_insert_with(|| (place.name.clone(), 0, confirmed));
                known.1 += 1;
            }
        }
    }
    let mut sites: Vec<SiteLine> = count
        .into_iter()
        .map(|(id, (name, children, power_confirmed))| SiteLine {
            id,
            name,
            children,
            power_confirmed,
            report: night.sites.get(&id).cloned(),
            may_report: may_report(id),
        })
        .collect();
    sites.sort_by(|a, b| (b.children, &a.name, a.id.0).cmp(&(a.children, &b.name, b.id.0)));
    sites.truncate(SITES);
    sites
}

fn figures(listed: &[Listed]) -> Figures {
    let mut places: BTreeMap<Option<MunicipalityCode>, BTreeMap<State, usize>> = BTreeMap::new();
    for one in listed {
        let place = one.case.home.map(MunicipalityCode::responsible);
        let counts = places.entry(place).or_default();
        *counts.entry(one.judged.state).or_default() += 1;
    }
    let mut places: Figures = places.into_iter().collect();
    places.sort_by_key(|(place, _)| (place.is_none(), *place));
    places
}

/// A word for what a page says; hours run down in tenths.
fn digest(page: &NightPage) -> String {
    let lines = page.lines.iter().map(|line| {
        let judged = &line.judged;
        let hours = judged.hours.map(|hours| (hours * 10.0) as i64);
        let answers = line.answers.iter();
        let answers: Vec<_> = answers
            .map(|one| (one.id, one.struck_at.is_some()))
            .collect();
        format!(
            "{} {:?} {:?} {} {hours:?} {:?} {answers:?} {:?} {:?} {:?} {:?}",
            line.number,
            judged.state,
            judged.level,
            judged.power_cut,
            judged.place,
            line.calling,
            line.told,
            line.vehicle,
            line.cut.as_ref().map(InCut::mark),
        )
    });
    let lines: Vec<String> = lines.collect();
    let levels: Vec<_> = page.levels.iter().map(|level| level.id).collect();
    let sites: Vec<_> = page.sites.iter().map(|one| (one.id, &one.report)).collect();
    let all = format!(
        "{lines:?} {levels:?} {sites:?} {:?} {:?} {:?} {:?}",
        page.counts, page.figures, page.outage, page.outages,
    );
    crate::seal::sha256_hex(all.as_bytes())[..16].to_owned()
}
