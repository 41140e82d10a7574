//! The papers of a plan: for the family, for those who help, and the complete one.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    ServiceError, audit,
    check::{self, CheckedCase},
    life,
    municipality::ordinance_of,
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Action,
        id::CaseNumber,
        municipality::MunicipalityCode,
        plan::{PlanDocument, course::Stage},
        residence::{AddressShown, Sight},
    },
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
async fn of_case(
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
    let mode = ordinance_of(tx, case.home.municipality).await?;
    let in_force = matches!(standing, Standing::InForce(..));
    let to_give = case.document.as_ref().filter(|_| in_force);
    Ok(Some(Papers {
        number,
        confirmed_on: checked.review.confirmed.as_ref().map(|one| one.on),
        to_give: to_give.map_or_else(Vec::new, |d| life::recipients(d, mode, at.today)),
        address_hidden: checked.case.address != AddressShown::Open,
        staff: reader.is_staff(),
        at: at.now,
        standing,
        document,
        checked,
    }))
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
        of_case(&mut tx, app, (&who.reader, case), at).await?
    };
    if let Some(papers) = &papers {
        audit::saw(app, who, action, [papers.checked.case.id]).await?;
    }
    Ok(papers)
}

/// The papers of every child of a municipality that a reader may see, also without a plan,
/// by their readings; `progress` is told how many were read.
pub async fn of_municipality(
    app: &App,
    reader: &Reader,
    town: MunicipalityCode,
    progress: impl Fn(usize),
) -> Result<Vec<Papers>, ServiceError> {
    let at = app.moment();
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let mut tx = app.store.read().await?;
        let cases = tx.cases_after(reader, at, &after).await?;
        let Some(last) = cases.last() else {
            break;
        };
        last.number.as_str().clone_into(&mut after);
        for case in cases {
            if !case
                .home
                .municipality
                .is_some_and(|home| home.same_as(town))
            {
                continue;
            }
            all.extend(of_case(&mut tx, app, (reader, case), at).await?);
            progress(all.len());
        }
    }
    all.sort_by_cached_key(|papers| {
        let child = &papers.checked.case.child;
        (
            child.kana.is_none(),
            child.kana.clone(),
            papers.number.to_string(),
        )
    });
    Ok(all)
}

/// The same for the reader's own municipality, noted in the trail; `None`: the reader has
/// none.
pub async fn of_own_municipality(
    app: &App,
    who: &SignedIn,
) -> Result<Option<(MunicipalityCode, Vec<Papers>)>, ServiceError> {
    let Some(town) = who.reader.municipality() else {
        return Ok(None);
    };
    let all = of_municipality(app, &who.reader, town, |_| ()).await?;
    let cases: Vec<_> = all.iter().map(|papers| papers.checked.case.id).collect();
    audit::saw(app, who, Action::PrintedBinder, cases).await?;
    Ok(Some((town, all)))
}
