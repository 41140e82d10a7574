//! Where the plan of a child stands, who holds it, and everything that was done.

use chrono::{DateTime, Utc};

use super::{
    draft::read,
    give::{ToGive, recipients},
    to_decide, to_read,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Permission},
        finding::Owner,
        id::CaseNumber,
        plan::course::{Act, Stage},
    },
    service::{ServiceError, municipality::ordinance_of, view::SignedIn},
    store::{
        CaseForCheck, CourseLine, GivenOut, StoredDefect, StoredDraft, StoredGap, StoredOverride,
        Tx,
    },
};

/// What a reader may do with the plan now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct May {
    /// Begin a draft.
    pub begin: bool,
    /// Write in the one that is open.
    pub write: bool,
    /// Say that the family agrees.
    pub agree: bool,
    /// Hand it in.
    pub hand_in: bool,
    /// Take it back.
    pub take_back: bool,
    /// Give it up.
    pub discard: bool,
    /// Decide on it.
    pub decide: bool,
    /// Override, and give the version in force to others.
    pub keep: bool,
}

/// The version in force.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// Its number.
    pub version: u32,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Where it stands; `None`: it came in by an import.
    pub stage: Option<Stage>,
}

/// The course of a plan.
#[derive(Debug, Clone)]
pub struct CoursePage {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// The draft that is open.
    pub draft: Option<StoredDraft>,
    /// Whose turn it is; `None`: nobody's.
    pub holder: Option<Owner>,
    /// The version in force.
    pub in_force: Option<InForce>,
    /// What was done, the latest first.
    pub lines: Vec<CourseLine>,
    /// What is to be mended in the open draft.
    pub defects: Vec<StoredDefect>,
    /// What the version in force lacks.
    pub gaps: Vec<StoredGap>,
    /// What is overridden, and was.
    pub overrides: Vec<StoredOverride>,
    /// To whom it is to be given.
    pub to_give: Vec<ToGive>,
    /// To whom it was given.
    pub given: Vec<GivenOut>,
    /// What the reader may do.
    pub may: May,
    /// The reader is staff.
    pub staff: bool,
}

async fn may(
    tx: &mut Tx,
    who: &SignedIn,
    (case, draft): (&CaseForCheck, Option<&StoredDraft>),
    at: Moment,
) -> Result<May, ServiceError> {
    let staff = who.reader.is_staff();
    let writes = staff && who.role().may(Permission::WritePlan);
    let decides = to_decide(tx, who, at, &case.number).await?.is_some();
    let allows = |act| draft.is_some_and(|draft| draft.stage.allows(act));
    Ok(May {
        begin: writes && draft.is_none(),
        write: writes && allows(Act::Save),
        agree: who.role().may(Permission::AgreeToPlan) && allows(Act::Agree),
        hand_in: writes && allows(Act::Submit),
        take_back: writes && allows(Act::TakeBack),
        discard: writes && allows(Act::Discard),
        decide: decides && allows(Act::Approve),
        keep: decides,
    })
}

/// The course of the plan of a child; `None`: there is no such child for this reader.
pub async fn course_page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<CoursePage>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_read(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let draft = tx.open_draft(case.id).await?;
        let may = may(&mut tx, who, (&case, draft.as_ref()), at).await?;
        let version = case.version.map(|(version, _)| version);
        let drafts = tx.drafts(case.id).await?;
        let of_version = drafts
            .iter()
            .find(|one| !one.is_open && one.version.is_some() && one.version == version);
        let stage = of_version.map(|one| one.stage);
        let mut gaps = tx.gaps_of(case.id).await?;
        gaps.retain(|gap| Some(gap.version) == version);
        let mode = ordinance_of(&mut tx, case.home.municipality).await?;
        let to_give = case.document.as_ref().filter(|_| may.keep);
        let to_give = to_give.map_or_else(Vec::new, |d| recipients(d, mode, at.today));
        let defects = match &draft {
            Some(draft) => tx.defects(draft.id).await?,
            None => Vec::new(),
        };
        let holder = match &draft {
            Some(draft) => draft.stage.holder(),
            None => stage.and_then(Stage::holder),
        };
        let page = CoursePage {
            number: number.clone(),
            name: case.child.name.clone(),
            holder,
            in_force: case.version.map(|(version, since)| InForce {
                version,
                since,
                stage,
            }),
            lines: tx.course(case.id).await?,
            overrides: tx.all_overrides(case.id).await?,
            given: tx.given_out(case.id).await?,
            staff: who.reader.is_staff(),
            draft,
            defects,
            gaps,
            to_give,
            may,
        };
        (case, page)
    };
    read(app, who, &case).await?;
    Ok(Some(page))
}
