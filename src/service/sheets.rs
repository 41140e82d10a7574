//! The papers of a plan: for the family, for those who help, and the complete one.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    ServiceError, audit,
    check::{self, CheckedCase},
    life, map,
    municipality::ordinance_of,
    view::{MapFeature, SignedIn},
    world,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::{Moment, Reader},
        audit::Action,
        id::CaseNumber,
        plan::{PlanDocument, course::Stage},
        residence::{AddressShown, Sight},
    },
    print::plan_map::{Part, Role},
    service::life::ToGive,
    store::{CaseForCheck, Tx},
};

/// How the plan of a child stands, as a paper says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A version is in force; `None`: it came in by an import.
    InForce(u32, Option<Stage>),
    /// None is in force, and somebody works on a draft.
    Draft(Stage),
    /// There is none.
    None,
}

/// What the papers of a plan are made of.
#[derive(Debug, Clone)]
pub struct Papers {
    /// The child.
    pub number: CaseNumber,
    /// The case with its verdict: of the version in force, else of the draft.
    pub checked: CheckedCase,
    /// How the plan stands.
    pub standing: Standing,
    /// What it says; `None`: there is neither a version nor a draft.
    pub document: Option<PlanDocument>,
    /// The last day on which the plan was confirmed with the family.
    pub confirmed_on: Option<NaiveDate>,
    /// To whom it is to be given in peacetime, and on which basis.
    pub to_give: Vec<ToGive>,
    /// The address may not stand on a paper.
    pub address_hidden: bool,
    /// The municipality's window and its number, where it is known.
    pub office: Option<(String, String)>,
    /// What its map shows, and where the zones on it are published; `None`: neither the home
    /// nor a place has a position, the address may not stand on a paper, or it has no map.
    pub map: Option<(Vec<Part>, Vec<String>)>,
    /// When it was read.
    pub at: DateTime<Utc>,
    /// Whether the reader is staff.
    pub staff: bool,
}

/// How the plan of a case stands: what is in force counts before a draft.
async fn standing(
    tx: &mut Tx,
    case: &CaseForCheck,
) -> Result<(Standing, Option<PlanDocument>), ServiceError> {
    if let (Some(document), Some((version, _))) = (&case.document, case.version) {
        let drafts = tx.drafts(case.id).await?;
        let of_version = drafts
            .iter()
            .find(|one| !one.is_open && one.version == Some(version));
        let stage = of_version.map(|one| one.stage);
        return Ok((Standing::InForce(version, stage), Some(document.clone())));
    }
    let draft = tx.open_draft(case.id).await?;
    Ok(match draft {
        Some(draft) => (Standing::Draft(draft.stage), draft.document),
        None => (Standing::None, None),
    })
}

/// What the papers of a case that a reader has read are made of.
pub(super) async fn of_case(
    tx: &mut Tx,
    app: &App,
    (reader, case): (&Reader, CaseForCheck),
    at: Moment,
) -> Result<Option<Papers>, ServiceError> {
    let loaded = world::current_in(app, tx).await?;
    let (standing, document) = standing(tx, &case).await?;
    let on = (at.today, at);
    let number = case.number.clone();
    let checked = match (&standing, &document) {
        (Standing::Draft(_), Some(draft)) => {
            Some(life::judged(tx, &loaded, &case, draft, at).await?)
        }
        _ => check::one_in(tx, &loaded, reader, &number, on, Sight::Usual).await?,
    };
    let Some(checked) = checked else {
        return Ok(None);
    };
    let window = match case.home.municipality {
        Some(town) => tx.window(town).await?,
        None => None,
    };
    let mode = ordinance_of(tx, case.home.municipality).await?;
    let in_force = matches!(standing, Standing::InForce(..));
    let to_give = case.document.as_ref().filter(|_| in_force);
    Ok(Some(Papers {
        number,
        confirmed_on: checked.review.confirmed.as_ref().map(|one| one.on),
        to_give: to_give.map_or_else(Vec::new, |d| life::recipients(d, mode, at.today)),
        address_hidden: checked.case.address != AddressShown::Open,
        staff: reader.is_staff(),
        office: window.and_then(|window| Some((window.name, window.telephone?))),
        map: None,
        at: at.now,
        standing,
        document,
        checked,
    }))
}

/// The map of a plan, as a paper draws it.
fn drawn(loaded: &LoadedWorld, checked: &CheckedCase) -> Option<(Vec<Part>, Vec<String>)> {
    let map = map::of_checked(loaded, checked)?;
    let part = |feature: MapFeature| {
        Some(Part {
            role: match feature.role {
                "outline" => Role::Outline,
                "zone" => Role::Zone,
                "way" => Role::Way,
                "destination" => Role::Place,
                _ => Role::Home,
            },
            label: feature.label.ja.into_owned(),
            class: feature.class,
            shape: feature.geometry.try_into().ok()?,
        })
    };
    let parts = map.features.into_iter().filter_map(part);
    Some((parts.collect(), map.attribution))
}

/// The papers of the plan of a child; `None`: there is no such child for this reader.
/// `action`: that the page was read, or that a paper was made.
pub async fn papers(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    action: Action,
) -> Result<Option<Papers>, ServiceError> {
    let at = app.moment();
    let papers = {
        let mut tx = app.store.read().await?;
        let Some(case) = life::to_read(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let loaded = world::current_in(app, &mut tx).await?;
        let mut papers = of_case(&mut tx, app, (&who.reader, case), at).await?;
        if let Some(papers) = papers.as_mut().filter(|papers| !papers.address_hidden) {
            papers.map = drawn(&loaded, &papers.checked);
        }
        papers
    };
    if let Some(papers) = &papers {
        audit::saw(app, who, action, [papers.checked.case.id]).await?;
    }
    Ok(papers)
}
