//! Checking stored plans, and keeping the verdicts.

mod derive;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use derive::{keep, refresh};

use super::{
    ServiceError,
    lent::{self, Told},
    municipality::ordinance_of,
    review, world,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::{Moment, Reader},
        consent::OrdinanceMode,
        finding::{Finding, Severity},
        hazard::Hazard,
        id::CaseNumber,
        plan::review::Review,
        residence::{AddressShown, Sight},
    },
    planner::{
        self, CaseFacts, Look, PlanState, World,
        inputs::{Places, Reach, WorldInputs},
    },
    seal::sha256_hex,
    service::view::{PlanStanding, StandingFilter},
    store::{CaseForCheck, Tx},
};

/// What is kept of a verdict, for lists; the whole is computed again in
/// microseconds whenever somebody opens the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// Whether there is a plan; `None`: nobody has said.
    pub has_plan: Option<bool>,
    /// Where it is stuck, when there is none.
    pub stuck: Option<crate::domain::child::Stuck>,
    /// No failing blocker on approval.
    pub approvable: bool,
    /// No failing blocker at all.
    pub shareable: bool,
    /// The worst failing finding, else what is unknown, else advice.
    pub worst: Option<Finding>,
    /// Failing findings by severity.
    pub failing: BTreeMap<Severity, usize>,
    /// How many things are unknown.
    pub unknowns: usize,
    /// What hits the home, earthquake and power cut aside.
    pub hazards: Vec<Hazard>,
    /// Battery hours, or at least so many: by the batteries that are on record,
    /// else as the plan states them; `None`: unknown.
    pub battery_hours: Option<f64>,
    /// They rest on a figure that nobody has confirmed.
    #[serde(default)]
    pub unconfirmed: bool,
}

impl Summary {
    /// Where the plan stands.
    pub fn standing(&self) -> PlanStanding {
        match self.has_plan {
            Some(true) => PlanStanding::Made {
                approvable: self.approvable,
                shareable: self.shareable,
            },
            Some(false) => PlanStanding::None(self.stuck),
            None => PlanStanding::Unknown,
        }
    }
}

/// The verdict on one stored case.
#[derive(Debug, Clone)]
pub struct CheckedCase {
    /// The case.
    pub case: CaseForCheck,
    /// The municipality's ordinance.
    pub ordinance: OrdinanceMode,
    /// How fresh the plan is.
    pub review: Review,
    /// The verdict.
    pub look: Look,
}

/// What a rule is told of a stored case.
fn facts<'a>(
    case: &'a CaseForCheck,
    ordinance: OrdinanceMode,
    review: &'a Review,
) -> CaseFacts<'a> {
    CaseFacts {
        case: &case.number,
        plan: match (&case.document, case.has_plan) {
            (Some(document), _) => PlanState::Made(document),
            (None, Some(false)) => PlanState::None(case.stuck),
            (None, _) => PlanState::Unknown,
        },
        child: &case.child,
        home: &case.home,
        left_home_on: case.left_home_on,
        ordinance,
        review: Some(review),
        drills: &case.drills,
        equipment: case.equipment.as_deref(),
        battery_hours: case.battery_hours,
        overrides: &case.overrides,
    }
}

/// What a rule is told of a stored case where its papers and its freshness do not matter.
pub(super) fn facts_alone(case: &CaseForCheck) -> CaseFacts<'_> {
    static NOTHING: std::sync::LazyLock<Review> = std::sync::LazyLock::new(Review::default);
    CaseFacts {
        review: None,
        ..facts(case, OrdinanceMode::default(), &NOTHING)
    }
}

/// Where the verdict on a case rests on maps; its freshness and its municipality's
/// ordinance have no part in that.
pub(super) fn places(case: &CaseForCheck, world: &World) -> Places {
    Places::of(&Reach::of(&facts_alone(case)), world)
}

/// Checks one case that has been read, with what everybody who reads it may know.
pub async fn check_case(
    tx: &mut Tx,
    world: &World,
    case: CaseForCheck,
    today: NaiveDate,
) -> Result<CheckedCase, ServiceError> {
    check_told(tx, world, (case, Told::WithConsent), today).await
}

/// The same, with what somebody may know of a loan.
async fn check_told(
    tx: &mut Tx,
    world: &World,
    (mut case, told): (CaseForCheck, Told),
    today: NaiveDate,
) -> Result<CheckedCase, ServiceError> {
    lent::put_in(tx, &mut case, told).await?;
    case.overrides = tx.overrides(case.id, today).await?;
    let ordinance = ordinance_of(tx, case.home.municipality).await?;
    let review = review::of_case(tx, &case).await?;
    Ok(judge(case, ordinance, review, world, today))
}

fn judge(
    case: CaseForCheck,
    ordinance: OrdinanceMode,
    review: Review,
    world: &World,
    today: NaiveDate,
) -> CheckedCase {
    let look = planner::look(&facts(&case, ordinance, &review), world, today);
    CheckedCase {
        case,
        ordinance,
        review,
        look,
    }
}

/// Checks one case, if the reader may see its content. The verdict is that on
/// the true home; where the address is protected, and the reader not named or
/// not asking, what tells where it is is left out.
pub async fn one(
    app: &App,
    reader: &Reader,
    number: &CaseNumber,
    on: NaiveDate,
    sight: Sight,
) -> Result<Option<CheckedCase>, ServiceError> {
    let mut tx = app.store.read().await?;
    let loaded = world::current_in(app, &mut tx).await?;
    one_in(&mut tx, &loaded, reader, number, (on, app.moment()), sight).await
}

/// The same in a unit of work of the caller.
pub(super) async fn one_in(
    tx: &mut Tx,
    loaded: &LoadedWorld,
    reader: &Reader,
    number: &CaseNumber,
    (on, at): (NaiveDate, Moment),
    sight: Sight,
) -> Result<Option<CheckedCase>, ServiceError> {
    Ok(match tx.case(reader, at, number).await? {
        Some(case) => Some(told(tx, &loaded.world, reader, case, (on, at), sight).await?),
        None => None,
    })
}

async fn told(
    tx: &mut Tx,
    world: &World,
    reader: &Reader,
    mut case: CaseForCheck,
    (on, at): (NaiveDate, Moment),
    sight: Sight,
) -> Result<CheckedCase, ServiceError> {
    let shown = match (case.address, sight) {
        (AddressShown::Open, _) | (AddressShown::Named, Sight::Revealed) => true,
        (AddressShown::Named, Sight::Usual) | (AddressShown::Hidden, _) => false,
    };
    if shown {
        return check_told(tx, world, (case, Told::to(reader)), on).await;
    }
    let may_ask = case.address == AddressShown::Named;
    let whole = tx.case(&Reader::Operator, at, &case.number).await?;
    let whole = whole.ok_or(ServiceError::Corrupt("child_case.number"))?;
    let checked = check_told(tx, world, (whole, Told::to(reader)), on).await?;
    case.hide_home(reader.municipality());
    if may_ask {
        case.address = AddressShown::Named;
    }
    Ok(CheckedCase {
        case,
        look: checked.look.without_place(),
        ..checked
    })
}

/// Checks up to 500 cases after a number; for walking through all of them.
pub async fn batch(
    app: &App,
    reader: &Reader,
    after: &str,
    on: NaiveDate,
) -> Result<Vec<CheckedCase>, ServiceError> {
    let loaded = world::current(app).await?;
    let mut tx = app.store.read().await?;
    let mut checked = Vec::new();
    for case in tx.cases_after(reader, app.moment(), after).await? {
        let days = (on, app.moment());
        let told = told(&mut tx, &loaded.world, reader, case, days, Sight::Usual).await?;
        checked.push(told);
    }
    Ok(checked)
}

/// What lists show of a verdict.
pub fn summary(checked: &CheckedCase) -> Summary {
    let look = &checked.look;
    Summary {
        has_plan: match (&checked.case.document, checked.case.has_plan) {
            (Some(_), _) => Some(true),
            (None, Some(false)) => Some(false),
            (None, _) => None,
        },
        stuck: checked.case.stuck,
        approvable: look.approvable(),
        shareable: look.shareable(),
        worst: look
            .worst()
            .filter(|f| f.severity < Severity::Advice)
            .or_else(|| look.unknown().min_by_key(|f| f.urgency()))
            .or_else(|| look.worst())
            .cloned(),
        failing: look.failing_by_severity(),
        unknowns: look.unknown().count(),
        hazards: look
            .exposures
            .iter()
            .filter(|(hazard, exposure)| !hazard.hits_every_home() && exposure.hits() == Some(true))
            .map(|(hazard, _)| *hazard)
            .collect(),
        battery_hours: battery_hours(look),
        unconfirmed: look.power.is_unconfirmed(),
    }
}

/// Hours by batteries alone, as far as they are known.
pub(super) fn battery_hours(look: &Look) -> Option<f64> {
    let batteries = look.power.batteries;
    (!batteries.is_unknown()).then_some(batteries.hours)
}

/// The part of the list, and the place in it: in the order of
/// [`StandingFilter::ALL`]; within a part fewer battery hours first, then more
/// that fails.
fn place(summary: &Summary) -> (StandingFilter, i64) {
    let part = StandingFilter::of(&summary.standing(), &summary.failing, summary.unknowns);
    let order = StandingFilter::ALL.iter().position(|p| *p == part);
    // Unknown hours are no reason to wait: they come first.
    let hours = summary
        .battery_hours
        .map_or(0, |h| (h * 10.0).clamp(0.0, 9_998.0) as i64 + 1);
    let failures = 999 - small(summary.failing.values().sum());
    let order = small(order.unwrap_or(0));
    (part, (order * 10_000 + hours) * 1_000 + failures)
}

/// A count up to 999.
fn small(count: usize) -> i64 {
    i64::try_from(count.min(999)).unwrap_or(999)
}

/// What of the world a verdict can rest on, as one hash: sites, maps, boundaries, catalogues,
/// the ordinance of the municipality and the parameters.
fn world_hash(reach: &Reach, ordinance: OrdinanceMode, loaded: &LoadedWorld) -> String {
    let world = WorldInputs::of(reach, &loaded.world);
    let parameters = &loaded.world.parameters;
    hashed(&(world, ordinance, &loaded.boundary_sets, parameters))
}

/// Everything that a verdict rests on, as one hash: the case, what is on record
/// of its freshness, and what of the world can matter for it. It is made without
/// judging anything, so that it says whether judging is needed.
fn input_hash(case: &CaseForCheck, review: &Review, world_hash: &str) -> String {
    let child = (&case.child, &case.home, case.home.origin);
    let plan = (&case.document, case.has_plan, case.stuck);
    let power = (case.battery_hours, &case.equipment);
    let since = (case.left_home_on, &case.overrides, &case.drills);
    let review = review::as_input(review);
    hashed(&(child, plan, power, since, review, world_hash))
}

fn hashed(inputs: &impl Serialize) -> String {
    sha256_hex(&serde_json::to_vec(inputs).expect("what is compared becomes JSON"))
}
