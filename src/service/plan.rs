//! The page of one plan.

use chrono::NaiveDate;

use super::{
    ServiceError, audit,
    care::{self, Care},
    check::{self, CheckedCase, Summary},
    emergency_reads, map,
    plan_rights::{self, PlanRights},
    review,
    view::{
        AddressOnPage, DestinationView, ExposureState, ExposureView, PlanPage, PlanStanding,
        SignedIn,
    },
    world,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Action,
        child::Home,
        consent::OrdinanceMode,
        finding::Finding,
        hazard::Hazard,
        id::{CaseId, CaseNumber, EmergencyId},
        plan::PlanDocument,
        residence::{AddressShown, Sight, TemporaryStay},
    },
    planner::{HazardExposure, Look},
    store::{CaseForCheck, Tx},
};

/// What became of a wish to see a protected address.
#[derive(Debug)]
pub enum Revealed {
    /// The page that shows it.
    Page(Box<PlanPage>),
    /// The reader is not named, or the address is not protected.
    NotNamed,
    /// There is no such case for this reader.
    NotThere,
}

/// The page of a plan with its protected address, for a named person. That it
/// was shown is on record before it is shown.
pub async fn revealed(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Revealed, ServiceError> {
    let mut tx = app.store.read().await?;
    let Some(read) = read(app, &mut tx, who, number, Sight::Revealed).await? else {
        return Ok(Revealed::NotThere);
    };
    drop(tx);
    if read.page.address != AddressOnPage::Revealed {
        return Ok(Revealed::NotNamed);
    }
    audit::saw(app, who, Action::ReadProtectedAddress, [read.case]).await?;
    Ok(Revealed::Page(Box::new(read.page)))
}

/// What was read for a page, and must be noted before it is shown.
struct Read {
    case: CaseId,
    emergencies: Vec<EmergencyId>,
    page: PlanPage,
}

/// Reads a plan with everything beside it, all from one moment.
async fn read(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
    sight: Sight,
) -> Result<Option<Read>, ServiceError> {
    let (at, reader) = (app.moment(), &who.reader);
    let loaded = world::current_in(app, tx).await?;
    let on = (at.today, at);
    let checked = check::one_in(tx, &loaded, reader, number, on, sight).await?;
    let Some(checked) = checked else {
        return Ok(None);
    };
    let (case, emergencies) = (checked.case.id, checked.case.emergencies.clone());
    let address = match (checked.case.address, sight) {
        (AddressShown::Open, _) => AddressOnPage::Open,
        (AddressShown::Named, Sight::Revealed) => AddressOnPage::Revealed,
        (AddressShown::Named, Sight::Usual) => AddressOnPage::Hidden { may_ask: true },
        (AddressShown::Hidden, _) => AddressOnPage::Hidden { may_ask: false },
    };
    let told = matches!(address, AddressOnPage::Open | AddressOnPage::Revealed);
    let map = told.then(|| map::of_checked(&loaded, &checked)).flatten();
    let mut beside = Beside::default();
    if emergencies.is_empty() {
        beside = self::beside(tx, who, &checked.case, (told, sight), at).await?;
        if beside.care.may_confirm {
            let seen = review::seen(tx, &loaded.world, number, at).await?;
            beside.care.seen = seen.unwrap_or_default();
        }
    }
    let mut page = PlanPage {
        address,
        map,
        ..whole(checked, reader, beside, at.today)
    };
    if !emergencies.is_empty() {
        let knew = tx.knows_standing(reader, at, number).await?;
        page = for_evacuation_support(page, knew);
    }
    Ok(Some(Read {
        case,
        emergencies,
        page,
    }))
}

/// What stands beside a plan.
#[derive(Default)]
struct Beside {
    stays: Vec<TemporaryStay>,
    care: Care,
    rights: Option<PlanRights>,
}

/// Stays, what staff decide, and what the page offers; `told`: the page says
/// where the home is.
async fn beside(
    tx: &mut Tx,
    who: &SignedIn,
    case: &CaseForCheck,
    (told, sight): (bool, Sight),
    at: Moment,
) -> Result<Beside, ServiceError> {
    let mut stays = tx.stays(&who.reader, at, &case.number).await?;
    if !told {
        let own = who.reader.municipality();
        for stay in &mut stays {
            stay.municipality = stay
                .municipality
                .filter(|there| own.is_some_and(|own| own.same_as(*there)));
            stay.address = None;
        }
    }
    let mut care = Care::default();
    if who.reader.is_staff() {
        care = care::of_case(tx, who, case, at).await?;
        if !told {
            care.may_move = false;
            care.waiting = None;
        }
    }
    let rights = plan_rights::of(tx, who, case, at, sight).await?;
    Ok(Beside {
        stays,
        care,
        rights,
    })
}

/// A plan, as far as the reader may see it; `None`: there is no such case for
/// this reader.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<PlanPage>, ServiceError> {
    let (at, reader) = (app.moment(), &who.reader);
    let mut tx = app.store.read().await?;
    if let Some(read) = read(app, &mut tx, who, number, Sight::Usual).await? {
        drop(tx);
        let grounds = (read.case, read.emergencies.as_slice());
        emergency_reads::saw(app, who, Action::ReadPlan, [grounds]).await?;
        return Ok(Some(read.page));
    }
    drop(tx);
    // Perhaps the reader may know where the plan stands, and no more.
    let known = {
        let mut tx = app.store.read().await?;
        tx.find_case(reader, at, number).await?
    };
    if known.is_none() {
        return Ok(None);
    }
    check::refresh(app, reader).await?;
    let mut tx = app.store.read().await?;
    let listed = tx.listed_cases(reader, at).await?;
    let Some(listed) = listed.into_iter().find(|l| l.number == *number) else {
        return Ok(None);
    };
    audit::saw(app, who, Action::ReadStanding, [listed.id]).await?;
    let summary: Summary = serde_json::from_str(&listed.body)
        .map_err(|_| ServiceError::Corrupt("derived_check.body"))?;
    Ok(Some(PlanPage {
        outage: None,
        case: listed.number,
        on: at.today,
        municipality: listed
            .municipality
            .as_deref()
            .and_then(|m| crate::domain::municipality::MunicipalityCode::parse(m).ok()),
        standing: summary.standing(),
        standing_told: true,
        document: None,
        home: Home::default(),
        located: None,
        version: None,
        failing: Vec::new(),
        unknown: Vec::new(),
        holding: Vec::new(),
        exposures: Vec::new(),
        destinations: Vec::new(),
        ordinance: OrdinanceMode::default(),
        emergency: false,
        left_home_on: None,
        stays: Vec::new(),
        address: AddressOnPage::Hidden { may_ask: false },
        care: Care::default(),
        map: None,
        rights: None,
    }))
}

/// Everything about a case in the form of its page, without map and as if the
/// address were hidden.
fn whole(checked: CheckedCase, reader: &Reader, beside: Beside, on: NaiveDate) -> PlanPage {
    let CheckedCase {
        case,
        ordinance,
        look,
        review: _,
    } = checked;
    let allowed = |f: &&Finding| reader.is_staff() || !f.staff_only;
    let standing = match (&case.document, case.has_plan) {
        (Some(_), _) => PlanStanding::Made {
            approvable: look.approvable(),
            shareable: look.shareable(),
        },
        (None, Some(false)) => PlanStanding::None(case.stuck),
        (None, _) => PlanStanding::Unknown,
    };
    let outage = look.outage;
    let mut document = case
        .document
        .unwrap_or_else(|| without_plan(&case.number, &case.child, case.battery_hours));
    if case.left_home_on.is_some() {
        // The paper was written before the move.
        document.child.address = case.child.address;
    }
    PlanPage {
        left_home_on: case.left_home_on,
        stays: beside.stays,
        care: beside.care,
        rights: beside.rights,
        address: AddressOnPage::Hidden { may_ask: false },
        map: None,
        on,
        outage,
        municipality: case.home.municipality,
        standing,
        standing_told: true,
        failing: look.failing().filter(allowed).cloned().collect(),
        unknown: look.unknown().filter(allowed).cloned().collect(),
        holding: look.holding().filter(allowed).cloned().collect(),
        exposures: exposures(look.exposures.iter()),
        destinations: destinations(&document, look),
        document: Some(document),
        home: case.home,
        located: case.located,
        version: case.version,
        case: case.number,
        ordinance,
        emergency: false,
    }
}

/// The page under emergency access: what evacuation support needs, and what
/// makes its places dangerous or unusable; nothing of consents and the review.
/// Whether there is a plan is told; where it stands only to a reader who `knew`.
fn for_evacuation_support(page: PlanPage, knew: bool) -> PlanPage {
    let about_evacuating = |findings: Vec<Finding>| {
        let needed = findings
            .into_iter()
            .filter(|f| f.rule.is_about_evacuating());
        needed.collect()
    };
    PlanPage {
        emergency: true,
        standing_told: knew || !matches!(page.standing, PlanStanding::Made { .. }),
        document: page.document.map(PlanDocument::for_evacuation_support),
        version: None,
        failing: about_evacuating(page.failing),
        unknown: about_evacuating(page.unknown),
        holding: Vec::new(),
        ordinance: OrdinanceMode::default(),
        ..page
    }
}

/// The child's items of a case that has no plan, in the form of one.
fn without_plan(
    number: &CaseNumber,
    child: &crate::domain::plan::document::ChildItems,
    battery_hours: Option<f64>,
) -> PlanDocument {
    let mut empty: PlanDocument = serde_json::from_value(serde_json::json!({
        "schema_version": crate::domain::plan::document::SCHEMA_VERSION,
        "case": number,
    }))
    .expect("a document without content is a document");
    empty.child = child.clone();
    empty.battery_hours = battery_hours;
    empty
}

fn destinations(document: &PlanDocument, look: Look) -> Vec<DestinationView> {
    document
        .destinations
        .iter()
        .zip(look.destinations)
        .map(|(destination, facts)| DestinationView {
            destination: destination.clone(),
            exposures: exposures(facts.exposures.iter()),
            site: facts.site.map(|site| (*site).clone()),
            straight_line_metres: facts.straight_line_metres,
            travel: facts.travel.map(|t| (t.minutes, t.told())),
            position: facts.position,
            crossed: facts.way.map_or_else(Vec::new, |way| {
                way.crossed.iter().map(|c| c.zone.label()).collect()
            }),
        })
        .collect()
}

/// Exposures in words.
pub fn exposures<'a>(
    all: impl Iterator<Item = (&'a Hazard, &'a HazardExposure)>,
) -> Vec<ExposureView> {
    all.map(|(hazard, exposure)| ExposureView {
        hazard: *hazard,
        state: match exposure.hits() {
            Some(true) => ExposureState::Hit(exposure.zone().map(|z| z.class)),
            Some(false) => ExposureState::OutsideZones,
            None => ExposureState::Unknown,
        },
        sentence: exposure.sentence(),
        data_sets: exposure
            .data_sets()
            .iter()
            .map(|set| (**set).clone())
            .collect(),
    })
    .collect()
}
