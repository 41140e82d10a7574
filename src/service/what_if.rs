//! What if (もしも): the children whom a supposition touches, as far as somebody may see
//! them. Nothing is stored, and nobody is told.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    ServiceError, check, emergency_reads,
    lent::{self, Told},
    view::SignedIn,
    world,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::{Moment, Reader},
        audit::Action,
        id::{CaseId, CaseNumber, EmergencyId, SiteId},
        municipality::MunicipalityCode,
        night::NightFacts,
        plan::document::ChildItems,
        site::SiteKind,
        text::key_form,
    },
    planner::what_if::{Counts, Effect, Next, Practice, Supposition, WhatIf},
    store::{CaseForCheck, NightCase, Tx},
};

/// So many homes are judged for one page; the next ones are on the next.
pub const AT_ONCE: usize = 2_000;

/// So many children are on the page at first, and so many more with each further look.
pub const SHOWN: usize = 50;

/// No more are ever on one page.
const MOST_SHOWN: usize = 500;

/// So many sites are offered at once, those of the most children.
pub const SITES: usize = 30;

/// Level 5 is supposed for no later than so many days from now.
pub const MOST_DAYS: i64 = 7;

/// No power cut is supposed to be longer by more hours.
pub const MOST_HOURS: f64 = 336.0;

/// What somebody wants to look at.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What is supposed; `None`: nothing yet.
    pub what: Option<Supposition>,
    /// Which homes are judged: from this one of the list on.
    pub from: usize,
    /// How many children are shown.
    pub shown: usize,
    /// What the names of sites hold.
    pub search: String,
}

/// A site that plans name.
#[derive(Debug, Clone)]
pub struct NamedSite {
    /// Which.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// What it is in its list: one building may stand in several.
    pub kind: Option<SiteKind>,
    /// How many children's plans name it.
    pub children: usize,
}

/// The page.
#[derive(Debug, Clone)]
pub struct WhatIfPage {
    /// When it was reckoned.
    pub now: DateTime<Utc>,
    /// Children that the reader may see.
    pub children: usize,
    /// The sites that their plans name, those of the most children first, cut to
    /// [`SITES`]; the supposed ones come first.
    pub sites: Vec<NamedSite>,
    /// How many more there are.
    pub more_sites: usize,
    /// The sites that are supposed to close.
    pub closing: Vec<NamedSite>,
    /// Other entries at their addresses that are not supposed to close.
    pub beside: Vec<NamedSite>,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

/// What came of a supposition.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How many homes it may touch at all.
    pub may_touch: usize,
    /// From which of them on they were judged.
    pub from: usize,
    /// How many were.
    pub judged: usize,
    /// How many of those it touches.
    pub touched: usize,
    /// Their findings before and after; protected addresses are not counted.
    pub counts: [Counts; 2],
    /// The children whom it touches, the worst first.
    pub lines: Vec<Line>,
    /// Where children whose first place is lost would go.
    pub then: Vec<Then>,
    /// Children whose plan names a place of the same name without its number in the list:
    /// whether it is the site nobody knows.
    pub by_name: Vec<CaseNumber>,
    /// Figures of each municipality, for the prefecture alone.
    pub figures: Option<Figures>,
}

/// Figures of each municipality.
pub type Figures = Vec<(Option<MunicipalityCode>, Figure)>;

/// The figures of a municipality.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    /// Homes that were judged.
    pub judged: usize,
    /// Those that are touched.
    pub touched: usize,
    /// Their findings before and after.
    pub counts: [Counts; 2],
}

/// Where children would go, and how many.
#[derive(Debug, Clone)]
pub struct Then {
    /// Where.
    pub next: Next,
    /// How many.
    pub children: usize,
    /// For how many ventilator users the site has outlets or places, as far as somebody
    /// has said.
    pub places: Option<u16>,
}

/// One child.
#[derive(Debug, Clone)]
pub struct Line {
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
    /// It stays elsewhere today.
    pub stays_elsewhere: bool,
    /// What the supposition does.
    pub effect: Effect,
    /// The emergency accesses that alone let the reader see it.
    pub emergencies: Vec<EmergencyId>,
}

/// The page; of each child on it is noted that it was seen.
pub async fn page(app: &App, who: &SignedIn, wanted: Wanted) -> Result<WhatIfPage, ServiceError> {
    let page = look(app, who, wanted).await?;
    let lines = page.outcome.iter().flat_map(|outcome| &outcome.lines);
    let seen: Vec<_> = lines
        .map(|line| (line.id, line.emergencies.as_slice()))
        .collect();
    if !seen.is_empty() {
        emergency_reads::saw(app, who, Action::SawWhatIf, seen).await?;
    }
    Ok(page)
}

async fn look(app: &App, who: &SignedIn, wanted: Wanted) -> Result<WhatIfPage, ServiceError> {
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
    let cases = tx.night_cases(&reader, at).await?;
    let mut page = WhatIfPage {
        now: at.now,
        children: cases.len(),
        sites: Vec::new(),
        more_sites: 0,
        closing: Vec::new(),
        beside: Vec::new(),
        outcome: None,
    };
    sites(&cases, &loaded, &wanted, &mut page);
    let Some(what) = wanted.what.clone() else {
        return Ok(page);
    };
    let mut by_name = Vec::new();
    let beside: HashSet<SiteId> = page.beside.iter().map(|site| site.id).collect();
    let mut cases: Vec<NightCase> = cases
        .into_iter()
        .filter(|case| may_touch(case, &what, (&page.closing, &beside), &mut by_name))
        .collect();
    in_order(&mut cases, figures_only);
    let mut outcome = Outcome {
        may_touch: cases.len(),
        from: wanted.from.min(cases.len()),
        by_name,
        ..Outcome::default()
    };
    let mut cases: Vec<NightCase> = cases.into_iter().skip(outcome.from).collect();
    cases.truncate(AT_ONCE);
    outcome.judged = cases.len();
    let lines = judged(&mut tx, at, &loaded, what, cases).await?;
    if figures_only {
        outcome.by_name.clear();
        outcome.figures = Some(figures(&lines));
    }
    count(&lines, &mut outcome, &loaded);
    if !figures_only {
        let shown = wanted.shown.clamp(SHOWN, MOST_SHOWN);
        outcome.lines = with_names(&mut tx, (&reader, at), lines, shown).await?;
    }
    page.outcome = Some(outcome);
    Ok(page)
}

/// Who has the fewest hours by batteries is judged first, and who lives in one
/// municipality together, where figures are all that is asked for.
fn in_order(cases: &mut [NightCase], figures_only: bool) {
    let tenths = |hours: Option<f64>| hours.map_or(0, |hours| (hours * 10.0) as u64 + 1);
    cases.sort_by(|a, b| {
        let key = |case: &NightCase| {
            let town = case.home.map(MunicipalityCode::responsible);
            (town.filter(|_| figures_only), tenths(case.facts.hours))
        };
        (key(a), a.number.as_str()).cmp(&(key(b), b.number.as_str()))
    });
}

/// Whether a supposition may touch a child at all: never told "no" of what is unknown.
fn may_touch(
    case: &NightCase,
    what: &Supposition,
    (closing, beside): (&[NamedSite], &HashSet<SiteId>),
    by_name: &mut Vec<CaseNumber>,
) -> bool {
    match what {
        Supposition::SitesClose(sites) => {
            let mut places = case.facts.places.iter().filter_map(|place| place.site);
            if places.any(|site| sites.contains(&site) || beside.contains(&site)) {
                return true;
            }
            let same = |name: &str| {
                let name = key_form(name);
                closing.iter().any(|site| key_form(&site.name) == name)
            };
            let mut unlisted = case
                .facts
                .places
                .iter()
                .filter(|place| place.site.is_none());
            if unlisted.any(|place| !place.stays && same(&place.name)) {
                by_name.push(case.number.clone());
            }
            false
        }
        // Of a protected address nobody here knows what hits it.
        Supposition::LevelFive(_) => case.hidden || !outside(&case.facts),
        Supposition::Longer(_) => true,
    }
}

/// Whether maps show a home outside of every hazard with levels.
fn outside(facts: &NightFacts) -> bool {
    use crate::domain::hazard::Hazard;
    let mut hazards = Hazard::ALL.into_iter().filter(|hazard| hazard.has_levels());
    hazards.all(|hazard| facts.exposed.get(&hazard) == Some(&false))
}

/// The sites that plans name: those that are supposed to close, what stands beside them,
/// and those that can be chosen.
fn sites(cases: &[NightCase], loaded: &LoadedWorld, wanted: &Wanted, page: &mut WhatIfPage) {
    let mut count: HashMap<SiteId, (String, usize)> = HashMap::new();
    for case in cases {
        let mut seen = HashSet::new();
        for place in &case.facts.places {
            if let Some(id) = place.site
                && seen.insert(id)
            {
                let known = count.entry(id).or_insert_with(|| (place.name.clone(), 0));
                known.1 += 1;
            }
        }
    }
    let nobody = BTreeSet::new();
    let closing = match &wanted.what {
        Some(Supposition::SitesClose(sites)) => sites,
        _ => &nobody,
    };
    let directory = loaded.world.sites.as_ref();
    let named = |id: SiteId| {
        let listed = directory.and_then(|all| all.get(id));
        let (name, children) = count.get(&id).cloned().unwrap_or_default();
        let name = listed.map_or(name, |site| site.published.name.clone());
        let kind = listed.map(|site| site.published.kind);
        (!name.is_empty()).then_some(NamedSite {
            id,
            name,
            kind,
            children,
        })
    };
    page.closing = closing.iter().filter_map(|id| named(*id)).collect();
    let beside = closing.iter().filter_map(|id| directory?.get(*id));
    let beside: BTreeSet<SiteId> = beside
        .flat_map(|site| {
            directory
                .into_iter()
                .flat_map(|all| all.others_at_address_of(site))
        })
        .map(|site| site.id)
        .filter(|id| !closing.contains(id))
        .collect();
    page.beside = beside.into_iter().filter_map(named).collect();
    let search = key_form(&wanted.search);
    let mut offered: Vec<NamedSite> = count
        .keys()
        .filter(|id| !closing.contains(id))
        .filter_map(|id| named(*id))
        .filter(|site| search.is_empty() || key_form(&site.name).contains(&search))
        .collect();
    offered.sort_by(|a, b| (b.children, &a.name, a.id.0).cmp(&(a.children, &b.name, b.id.0)));
    page.more_sites = offered.len().saturating_sub(SITES);
    offered.truncate(SITES);
    page.sites = offered;
}

/// Judges homes, and says what touches them, the worst first.
async fn judged(
    tx: &mut Tx,
    at: Moment,
    loaded: &Arc<LoadedWorld>,
    what: Supposition,
    cases: Vec<NightCase>,
) -> Result<Vec<Line>, ServiceError> {
    let mut contents: Vec<CaseForCheck> = Vec::with_capacity(cases.len());
    for some in cases.chunks(500) {
        let numbers: Vec<&str> = some.iter().map(|case| case.number.as_str()).collect();
        // The verdict is that on the true home; what may not be told is left out below.
        contents.extend(tx.cases_numbered(&Reader::Operator, at, &numbers).await?);
    }
    // As the kept verdicts have it, to which everybody who reads them may compare it.
    lent::put_in_all(tx, &mut contents, Told::WithConsent).await?;
    let loaded = Arc::clone(loaded);
    let now = (at.now, at.today);
    let effects = tokio::task::spawn_blocking(move || {
        let what_if = WhatIf::new(&loaded.world, what, now);
        effects(&what_if, &contents)
    });
    let mut effects = effects.await.map_err(std::io::Error::other)?;
    let lines = cases.into_iter().filter_map(|case| {
        let effect = effects.remove(&case.id)?;
        let effect = if case.hidden {
            effect.without_place()
        } else {
            effect
        };
        Some(Line {
            id: case.id,
            number: case.number,
            child: ChildItems::default(),
            home: case.home,
            hidden: case.hidden,
            stays_elsewhere: case.stays_elsewhere,
            effect,
            emergencies: case.emergencies,
        })
    });
    let mut lines: Vec<Line> = lines.collect();
    lines.sort_by(|a, b| {
        let key = |line: &Line| (!line.effect.touches(), line.effect.order());
        (key(a), a.number.as_str()).cmp(&(key(b), b.number.as_str()))
    });
    Ok(lines)
}

/// The effects on homes, on as many threads as there are processors.
fn effects(what_if: &WhatIf<'_>, cases: &[CaseForCheck]) -> HashMap<CaseId, Effect> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = cases.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts = cases.chunks(each).map(|part| {
            scope.spawn(move || {
                let effects = part.iter();
                let effects =
                    effects.map(|case| (case.id, what_if.effect(&check::facts_alone(case))));
                effects.collect::<Vec<_>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        let parts = parts.into_iter();
        let effects = parts.flat_map(|part| part.join().expect("judging does not panic"));
        effects.collect()
    })
}

fn count(lines: &[Line], outcome: &mut Outcome, loaded: &LoadedWorld) {
    let mut then: Vec<Then> = Vec::new();
    for line in lines {
        for (sum, own) in outcome.counts.iter_mut().zip(&line.effect.counts) {
            sum.add(own);
        }
        if !line.effect.touches() {
            continue;
        }
        outcome.touched += 1;
        let Practice::Places(lost) = &line.effect.practice else {
            continue;
        };
        // A child goes to one place at a time: the worst of what it would find.
        let Some(first) = lost.iter().find(|lost| lost.first) else {
            continue;
        };
        match then.iter_mut().find(|known| known.next == first.next) {
            Some(known) => known.children += 1,
            None => then.push(Then {
                places: places(&first.next, loaded),
                next: first.next.clone(),
                children: 1,
            }),
        }
    }
    then.sort_by_key(|then| std::cmp::Reverse(then.children));
    outcome.then = then;
}

fn places(next: &Next, loaded: &LoadedWorld) -> Option<u16> {
    let (Next::Place { site, .. } | Next::Unsure { site, .. }) = next else {
        return None;
    };
    let site = loaded.world.sites.as_ref()?.get((*site)?)?;
    site.entry.ventilator_places
}

fn figures(lines: &[Line]) -> Figures {
    let mut towns: BTreeMap<Option<MunicipalityCode>, Figure> = BTreeMap::new();
    for line in lines {
        let town = line.home.map(MunicipalityCode::responsible);
        let figure = towns.entry(town).or_default();
        figure.judged += 1;
        figure.touched += usize::from(line.effect.touches());
        for (sum, own) in figure.counts.iter_mut().zip(&line.effect.counts) {
            sum.add(own);
        }
    }
    let mut towns: Figures = towns.into_iter().collect();
    towns.sort_by_key(|(town, _)| (town.is_none(), *town));
    towns
}

/// The children whom it touches, with their names and telephones.
async fn with_names(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    lines: Vec<Line>,
    shown: usize,
) -> Result<Vec<Line>, ServiceError> {
    let touched = lines.into_iter().filter(|line| line.effect.touches());
    let mut lines: Vec<Line> = touched.take(shown).collect();
    let numbers: Vec<&str> = lines.iter().map(|line| line.number.as_str()).collect();
    let mut people = tx.night_people(reader, at, &numbers).await?;
    for line in &mut lines {
        let child = people.remove(line.number.as_str()).unwrap_or_default();
        line.child = if line.emergencies.is_empty() {
            child
        } else {
            child.for_evacuation_support()
        };
    }
    Ok(lines)
}

/// Whether level 5 can be supposed at an instant: one that has not passed, within a week.
pub fn may_suppose(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at > now && at - now <= TimeDelta::days(MOST_DAYS)
}
