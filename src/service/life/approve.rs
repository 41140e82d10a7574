//! The municipality decides: it sees what it decides on, and a version comes in force.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    acts::shown,
    draft::{read, said},
    judged, to_decide,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::{Moment, Reader},
        audit::Action,
        finding::{Finding, Outcome, Owner, Severity},
        id::{CaseNumber, PlanVersionId},
        plan::{
            PlanDocument,
            changes::{Change, changes},
            course::{Act, Stage},
            gap::{GapKey, GapSettled, gaps},
            overriding::latest_end,
            review::Baseline,
        },
        text::Text,
    },
    seal::sha256_hex,
    service::{
        ServiceError, audit,
        check::{self, CheckedCase},
        loans::{Answer, Sheet, once},
        municipality::{grant_provision, ordinance_of},
        reminders, review,
        view::SignedIn,
        world,
    },
    store::{CaseContent, CaseForCheck, CourseLine, NewCourse, StoredDefect, StoredDraft, Tx},
};

/// What a municipality decides on.
#[derive(Debug, Clone)]
pub struct ForDecision {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// The draft.
    pub draft: StoredDraft,
    /// What it says.
    pub document: PlanDocument,
    /// What the page shows, in a word that an approval must name.
    pub seen: String,
    /// What stops approval.
    pub blockers: Vec<Finding>,
    /// The gaps, each once.
    pub gaps: Vec<(GapKey, Finding)>,
    /// What else fails.
    pub others: Vec<Finding>,
    /// What nobody knows.
    pub unknown: Vec<Finding>,
    /// What is overridden.
    pub overridden: Vec<Finding>,
    /// What is not as in the version in force; `None`: there is none.
    pub since_version: Option<(u32, Vec<Change>)>,
    /// What is not as when it was returned; `None`: it never was.
    pub since_return: Option<Vec<Change>>,
    /// What was to be mended.
    pub defects: Vec<StoredDefect>,
    /// Who of the family agreed, and when.
    pub agreed: Option<CourseLine>,
}

/// What is to be settled about a gap, as somebody has typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapToSettle {
    /// Who closes it.
    pub owner: Option<Owner>,
    /// Who there.
    pub who: Option<String>,
    /// By which day.
    pub until: Option<NaiveDate>,
    /// What helps until then.
    pub interim: Option<String>,
}

const BLOCKED: Text = Text::fixed(
    "承認できない問題が残っています。差し戻すか、理由と期限を付けて例外を認めてから承認してください。",
    "Something still stops approval: return the draft, or override it with a reason and a day.",
);
const UNKNOWN_ACCEPTED: Text = Text::fixed(
    "まだ分からないことがあります。読んだうえで「承知した」に印を付けてください。",
    "Some things are not known yet: read them, and tick that you have.",
);
const SETTLE_GAP: Text = Text::fixed(
    "この不足について、だれが、いつまでに直し、それまでどうするかを書いてください。",
    "Say who closes this gap, by when, and what helps until then.",
);
const GAP_DAY: Text = Text::fixed(
    "期限は、きょうより後で12か月以内の日にしてください。",
    "The day must be to come, within twelve months.",
);

/// The fields of the form, as refusals name them.
const GAP: &str = "gap";

/// What was shown, in a word: the draft, and everything that was found about it.
fn word(draft: &StoredDraft, checked: &CheckedCase) -> String {
    let shown = serde_json::json!([draft.id, draft.revision, checked.look.findings]);
    sha256_hex(shown.to_string().as_bytes())[..16].to_owned()
}

/// What a municipality decides on; `None`: nothing is handed in, or not to this reader.
pub async fn for_decision(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<ForDecision>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_decide(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let draft = tx.open_draft(case.id).await?;
        let Some(draft) = draft.filter(|draft| draft.stage == Stage::Submitted) else {
            return Ok(None);
        };
        let document = said(&draft)?;
        let loaded = world::current_in(app, &mut tx).await?;
        let checked = judged(&mut tx, &loaded, &case, &document, at).await?;
        let course = tx.course(case.id).await?;
        let of_this = |line: &&CourseLine| line.draft == draft.id;
        let mut lines = course.iter().filter(of_this);
        let returned = lines.clone().position(|line| line.act == Act::Return);
        let was = returned.and_then(|place| {
            let mut before = course.iter().filter(of_this).skip(place);
            before.find_map(|line| line.document.as_ref())
        });
        let failing = |wanted: &dyn Fn(&Finding) -> bool| -> Vec<Finding> {
            let all = checked.look.failing();
            all.filter(|finding| wanted(finding)).cloned().collect()
        };
        let page = ForDecision {
            number: number.clone(),
            name: document.child.name.clone(),
            seen: word(&draft, &checked),
            blockers: failing(&Finding::blocks_approval),
            gaps: gaps(&checked.look.findings)
                .into_iter()
                .map(|(key, finding)| (key, finding.clone()))
                .collect(),
            others: failing(&|finding| {
                !finding.blocks_approval()
                    && finding.severity != Severity::Gap
                    && finding.overridden.is_none()
            }),
            overridden: failing(&|finding| finding.overridden.is_some()),
            unknown: checked.look.unknown().cloned().collect(),
            since_version: case
                .document
                .as_ref()
                .zip(case.version)
                .map(|(before, (version, _))| (version, changes(before, &document))),
            since_return: was.map(|was| changes(was, &document)),
            defects: tx.defects(draft.id).await?,
            agreed: lines.find(|line| line.act == Act::Agree).cloned(),
            document,
            draft,
        };
        (case, page)
    };
    read(app, who, &case).await?;
    Ok(Some(page))
}

/// What the form settles about each gap that is found, in their order.
fn settled(
    found: &[(GapKey, &Finding)],
    typed: &BTreeMap<String, GapToSettle>,
    today: NaiveDate,
) -> Result<Vec<GapSettled>, Text> {
    found
        .iter()
        .map(|(gap, _)| {
            let typed = typed.get(&gap.code()).ok_or(SETTLE_GAP)?;
            let (Some(owner), Some(until), Some(interim)) =
                (typed.owner, typed.until, typed.interim.clone())
            else {
                return Err(SETTLE_GAP);
            };
            if until <= today || until > latest_end(today) {
                return Err(GAP_DAY);
            }
            Ok(GapSettled {
                gap: gap.clone(),
                owner,
                who: typed.who.clone(),
                until,
                interim,
            })
        })
        .collect()
}

/// The municipality approves what its page showed (`seen`): as it is, or with what it
/// lacks, each gap settled. What was in force until now goes out of force in the same
/// commit, and not before.
pub async fn approve(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (seen, typed, accepts): (&str, &BTreeMap<String, GapToSettle>, bool),
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let asked: BTreeMap<&String, _> = typed
        .iter()
        .map(|(gap, one)| (gap, (one.owner, &one.who, one.until, &one.interim)))
        .collect();
    let request = serde_json::json!({
        "approve": number, "seen": seen, "gaps": asked, "accepts": accepts,
    });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_decide(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = tx.open_draft(case.id).await? else {
            return Ok(Answer::Changed);
        };
        let loaded = world::current_in(app, tx).await?;
        let document = said(&draft)?;
        let checked = judged(tx, &loaded, &case, &document, at).await?;
        if word(&draft, &checked) != seen || shown(tx, case.id, draft.revision).await?.is_none() {
            return Ok(Answer::Changed);
        }
        if !checked.look.approvable() {
            return Ok(Answer::Wrong("blockers", BLOCKED));
        }
        let unknown = checked.look.findings.iter();
        let unknown = unknown.filter(|finding| finding.outcome == Outcome::Unknown);
        if !accepts && unknown.count() > 0 {
            return Ok(Answer::Wrong("accepts", UNKNOWN_ACCEPTED));
        }
        let found = gaps(&checked.look.findings);
        let settled = match settled(&found, typed, at.today) {
            Ok(settled) => settled,
            Err(why) => return Ok(Answer::Wrong(GAP, why)),
        };
        let act = if settled.is_empty() {
            Act::Approve
        } else {
            Act::ApproveWithGaps
        };
        let Some(stage) = draft.stage.after(act) else {
            return Ok(Answer::Changed);
        };
        let all = (&case, &draft, &document);
        let version = put_in_force(app, tx, sheet, all, at).await?;
        let moved = (draft.stage, stage);
        if !tx
            .move_draft(draft.id, moved, Some(version), at.now)
            .await?
        {
            return Ok(Answer::Changed);
        }
        let settled: Vec<_> = settled
            .into_iter()
            .map(|one| (app.ids.next(), one))
            .collect();
        tx.add_gaps((case.id, version), &settled).await?;
        let line = NewCourse {
            id: app.ids.next(),
            draft: draft.id,
            act,
            stage,
            words: None,
            how: None,
            on: None,
            document: None,
            by: sheet.who.user,
            at: at.now,
        };
        tx.add_course(&line).await?;
        confirmed(app, tx, sheet, &loaded, (&case, version), at).await?;
        tx.record(&audit::event(app, sheet.who, Action::ApprovedPlan).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// Puts a draft in force; answers the number of its version.
async fn put_in_force(
    app: &App,
    tx: &mut Tx,
    sheet: Sheet<'_>,
    (case, draft, document): (&CaseForCheck, &StoredDraft, &PlanDocument),
    at: Moment,
) -> Result<u32, ServiceError> {
    let sets = tx.world_revision().await?;
    let basis = serde_json::json!({
        "home": document.home, "world_revision": sets, "draft": draft.id,
    });
    let mut child = document.child.clone();
    // Where the child lives is decided by a move, never by a plan.
    child.address = case.child.address.clone().or(child.address);
    let content = CaseContent {
        number: case.number.clone(),
        has_plan: Some(true),
        stuck: None,
        child,
        battery_hours: document.battery_hours.or(case.battery_hours),
    };
    tx.write_case(case.id, &content, at.now).await?;
    let rooms = (document.home.floors, document.home.room_floor);
    tx.set_rooms(case.id, rooms).await?;
    let id = PlanVersionId(app.ids.next());
    let dated = Some(at.today);
    tx.write_plan(
        case.id,
        id,
        document,
        &basis,
        dated,
        &sheet.who.name,
        at.now,
    )
    .await?;
    let version = tx.version_in_force(case.id).await?;
    version.ok_or(ServiceError::Corrupt("plan_version.version"))
}

/// What follows in the same commit: it counts as confirmed with the family, who may read
/// it is settled anew, and it is judged.
async fn confirmed(
    app: &App,
    tx: &mut Tx,
    sheet: Sheet<'_>,
    loaded: &LoadedWorld,
    (case, version): (&CaseForCheck, u32),
    at: Moment,
) -> Result<(), ServiceError> {
    let number = &case.number;
    tx.turn_case(case.id, at.now).await?;
    // How many plan to go where is part of every plan's world.
    tx.turn_world().await?;
    let now = tx.case(&Reader::Operator, at, number).await?;
    let now = now.ok_or(ServiceError::Corrupt("child_case.number"))?;
    let mode = ordinance_of(tx, now.home.municipality).await?;
    grant_provision(tx, case.id, now.document.as_ref(), mode, at.today).await?;
    let checked = check::check_case(tx, &loaded.world, now, at.today).await?;
    let inputs = review::inputs(&checked.case);
    let baseline = Baseline::of(&checked.look.findings, inputs);
    let by = (sheet.who.user, at.now);
    tx.add_confirmation(app.ids.next(), (case.id, version), at.today, &baseline, by)
        .await?;
    check::keep(tx, loaded, number, at).await?;
    reminders::keep_plan(tx, app, case.id).await
}
