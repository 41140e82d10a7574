//! A draft as it is read: all of it, and step by step.

use chrono::{DateTime, TimeDelta, Utc};

use super::{judged, to_read, to_write};
use crate::{
    app::App,
    domain::{
        access::{Moment, Permission},
        audit::Action,
        child::PlanStep,
        finding::{Finding, Outcome},
        id::CaseNumber,
        municipality::MunicipalityCode,
        plan::{
            PlanDocument,
            course::{Act, Stage, Step},
        },
        power::Trigger,
        residence::AddressShown,
    },
    in_tx,
    planner::candidates::{Candidate, candidates},
    service::{
        ServiceError, audit, check,
        loans::{Answer, Sheet, once},
        plan::exposures,
        view::{ExposureView, SignedIn},
        world,
    },
    store::{CaseForCheck, LookingOn, NewCourse, NewDraft, StoredDefect, StoredDraft, Tx},
};

/// Somebody counts as writing so long after they opened a step.
const WRITING: TimeDelta = TimeDelta::minutes(15);

/// A draft, step by step.
#[derive(Debug, Clone)]
pub struct DraftPage {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// The draft.
    pub draft: StoredDraft,
    /// What it says.
    pub document: PlanDocument,
    /// For each step: how many findings fail there, how many things nobody knows, and
    /// whether somebody has saved it.
    pub steps: Vec<(Step, usize, usize, bool)>,
    /// What fails and what is unknown, worst first.
    pub findings: Vec<Finding>,
    /// What is to be mended.
    pub defects: Vec<StoredDefect>,
    /// Whether the reader may write.
    pub may_write: bool,
}

/// One step of a draft.
#[derive(Debug, Clone)]
pub struct StepPage {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Where it lives.
    pub municipality: Option<MunicipalityCode>,
    /// The step.
    pub step: Step,
    /// The number that a save must name.
    pub revision: i64,
    /// Where the draft stands.
    pub stage: Stage,
    /// What it says.
    pub document: PlanDocument,
    /// When it was last written on, and by whom.
    pub saved: (DateTime<Utc>, String),
    /// What fails or is unknown in this step, worst first.
    pub findings: Vec<Finding>,
    /// Who else has the draft open.
    pub others: Vec<LookingOn>,
    /// What is to be mended here.
    pub defects: Vec<StoredDefect>,
    /// What the home is exposed to.
    pub exposures: Vec<ExposureView>,
    /// Places that the plan could go to.
    pub candidates: Vec<Candidate>,
    /// By when one leaves in a power cut, as the draft stands.
    pub outage: Option<Trigger>,
    /// Whether devices and sources of power are on record.
    pub has_equipment: bool,
    /// What the municipality asks for besides.
    pub items: Vec<String>,
}

/// What a plan that begins says: the version in force, or nothing but what is on record
/// of the child and its home. Those who have asked to be taken out are not in it.
fn first_words(case: &CaseForCheck) -> PlanDocument {
    let begun = || PlanDocument::begun(&case.number);
    let mut document = case.document.clone().unwrap_or_else(begun);
    document.child = case.child.clone();
    document.home = crate::domain::child::Home {
        origin: None,
        ..case.home.clone()
    };
    document.battery_hours = document.battery_hours.or(case.battery_hours);
    document.supporters.retain(|one| !one.withdrawn);
    document
}

/// Begins a draft; where one is open, that one is meant.
pub async fn begin(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    from_paper: bool,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "begin_draft": number, "paper": from_paper });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let document = first_words(&case);
        let draft = NewDraft {
            id: app.ids.next(),
            case: case.id,
            document: &document,
            from_paper,
            from_version: case.version.map(|(version, _)| version),
            by: sheet.who.user,
            at: at.now,
        };
        if tx.begin_draft(&draft).await? {
            let line = NewCourse {
                id: app.ids.next(),
                draft: draft.id,
                act: Act::Begin,
                stage: Stage::Draft,
                words: None,
                how: None,
                on: None,
                document: None,
                by: sheet.who.user,
                at: at.now,
            };
            tx.add_course(&line).await?;
            stand(tx, app, &case, PlanStep::Drafting, at).await?;
            tx.record(&audit::event(app, sheet.who, Action::BeganPlan).on([case.id]))
                .await?;
        }
        Answer::Done(number.to_string())
    })
}

/// Writes down where the making of a first plan stands, for LEG-00 and the lists.
pub(super) async fn stand(
    tx: &mut Tx,
    app: &App,
    case: &CaseForCheck,
    step: PlanStep,
    at: Moment,
) -> Result<(), ServiceError> {
    if case.document.is_some() {
        return Ok(());
    }
    tx.set_plan_step(case.id, step, at.today, at.now).await?;
    let loaded = world::current_in(app, tx).await?;
    check::keep(tx, &loaded, &case.number, at).await
}

/// The open draft of a child; `None`: there is none for this reader.
pub async fn draft_page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<DraftPage>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_read(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let Some(draft) = tx.open_draft(case.id).await? else {
            return Ok(None);
        };
        let document = said(&draft)?;
        let loaded = world::current_in(app, &mut tx).await?;
        let checked = judged(&mut tx, &loaded, &case, &document, at).await?;
        let staff = who.reader.is_staff();
        let findings: Vec<Finding> = checked
            .look
            .findings
            .into_iter()
            .filter(|finding| finding.outcome != Outcome::Holds && (staff || !finding.staff_only))
            .collect();
        let saved = tx.steps_saved(draft.id).await?;
        let count = |step, outcome| {
            let all = findings.iter();
            all.filter(|f| Step::of(f.rule) == step && f.outcome == outcome)
                .count()
        };
        let steps = Step::ALL.iter().map(|step| {
            (
                *step,
                count(*step, Outcome::Fails),
                count(*step, Outcome::Unknown),
                saved.contains(step),
            )
        });
        let page = DraftPage {
            number: number.clone(),
            name: document.child.name.clone(),
            steps: steps.collect(),
            defects: tx.defects(draft.id).await?,
            may_write: staff && who.role().may(Permission::WritePlan),
            findings,
            document,
            draft,
        };
        (case, page)
    };
    read(app, who, &case).await?;
    Ok(Some(page))
}

/// What a draft that is open says, without those who have asked to be taken out.
pub(super) fn said(draft: &StoredDraft) -> Result<PlanDocument, ServiceError> {
    let document = draft.document.clone();
    let mut document = document.ok_or(ServiceError::Corrupt("plan_draft.document"))?;
    document.supporters.retain(|one| !one.withdrawn);
    Ok(document)
}

/// That a draft was read; where its address is protected, that was read too.
pub(super) async fn read(
    app: &App,
    who: &SignedIn,
    case: &CaseForCheck,
) -> Result<(), ServiceError> {
    audit::saw(app, who, Action::ReadDraft, [case.id]).await?;
    if case.address == AddressShown::Named {
        audit::saw(app, who, Action::ReadProtectedAddress, [case.id]).await?;
    }
    Ok(())
}

/// A step of the open draft; `None`: there is none for this reader. That somebody has it
/// open is told to whoever opens it next.
pub async fn step_page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    step: Step,
) -> Result<Option<StepPage>, ServiceError> {
    let at = app.moment();
    let (case, draft_id, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_write(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let Some(draft) = tx.open_draft(case.id).await? else {
            return Ok(None);
        };
        let document = said(&draft)?;
        let loaded = world::current_in(app, &mut tx).await?;
        let checked = judged(&mut tx, &loaded, &case, &document, at).await?;
        let candidates = if step == Step::Where {
            candidates(
                &check::facts_alone(&checked.case),
                &document,
                &loaded.world,
                at.today,
            )
        } else {
            Vec::new()
        };
        let items = match case.home.municipality {
            Some(code) => tx.municipal_items(code).await?,
            None => Vec::new(),
        };
        let mut defects = tx.defects(draft.id).await?;
        let here = |one: &StoredDefect| one.defect.as_ref().is_some_and(|d| d.step == step);
        defects.retain(|one| step == Step::Check || here(one));
        let look = checked.look;
        let page = StepPage {
            number: number.clone(),
            name: document.child.name.clone(),
            municipality: case.home.municipality,
            step,
            revision: draft.revision,
            stage: draft.stage,
            saved: draft.saved,
            findings: look
                .findings
                .iter()
                .filter(|f| {
                    let here = step == Step::Check || Step::of(f.rule) == step;
                    f.outcome != Outcome::Holds && here
                })
                .cloned()
                .collect(),
            others: tx.looking_on(draft.id, who.user, at.now - WRITING).await?,
            defects,
            exposures: exposures(look.exposures.iter()),
            candidates,
            outage: look.outage,
            has_equipment: checked.case.equipment.is_some(),
            items,
            document,
        };
        (case, draft.id, page)
    };
    in_tx!(app.store, |tx| {
        let seen = (who.user, at.now);
        tx.look_at_draft(draft_id, step, seen).await?;
        Ok::<_, ServiceError>(())
    })?;
    read(app, who, &case).await?;
    Ok(Some(page))
}
