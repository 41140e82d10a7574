//! What is done with a draft besides writing and approving it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    draft::{said, stand},
    judged, to_decide, to_read, to_write,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Permission},
        audit::Action,
        child::PlanStep,
        duty::MailKind,
        id::{CaseId, CaseNumber},
        mail::MailAddress,
        plan::course::{self, Act, Defect, Stage},
        rights::ToldHow,
        text::Text,
    },
    print::mail::returned,
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        reminders::{To, post},
        world,
    },
    store::{CaseForCheck, NewCourse, StoredDraft, Tx},
};

const NOT_NOW: Text = Text::fixed(
    "いまの段階ではできません。画面を開き直して、いまの段階を確かめてください。",
    "That cannot be done at this stage: open the page again and look where the plan stands.",
);
const DAY_TO_COME: Text = Text::fixed(
    "先の日付は入れられません。同意した日を入れてください。",
    "That day is to come: enter the day on which the family agreed.",
);
const LONG_AGO: Text = Text::fixed(
    "10年より前の日付です。確かめてください。",
    "That is more than ten years ago: look at the day again.",
);
const WHO: Text = Text::fixed(
    "だれが同意したか（母、父など）を入れてください。",
    "Say who agreed (mother, father).",
);
const NAME_A_DEFECT: Text = Text::fixed(
    "直してほしいところを、少なくとも1つ書いてください。",
    "Name at least one thing that is to be mended.",
);

/// So many things are named at most.
const MOST_DEFECTS: usize = 20;

/// How far back an agreement may lie, in days.
const LONGEST_AGO: i64 = 3_660;

/// That the family has agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Who of it.
    pub by: Option<String>,
    /// How they said so.
    pub how: Option<ToldHow>,
    /// On which day.
    pub on: NaiveDate,
}

/// What an act needs besides the draft.
struct Step<'a> {
    act: Act,
    words: Option<&'a str>,
    how: Option<&'a str>,
    on: Option<NaiveDate>,
    /// What the draft says is kept with it.
    keeps: bool,
    action: Action,
}

impl Step<'_> {
    const fn plain(act: Act, action: Action) -> Self {
        Self {
            act,
            words: None,
            how: None,
            on: None,
            keeps: false,
            action,
        }
    }
}

/// Moves the open draft by an act; answers where it stands then, and the line of its
/// course. `Err`: what is answered instead.
async fn go(
    app: &App,
    tx: &mut Tx,
    sheet: Sheet<'_>,
    (case, draft): (&CaseForCheck, &StoredDraft),
    step: &Step<'_>,
    at: Moment,
) -> Result<Result<(Stage, Uuid), Answer>, ServiceError> {
    let Some(stage) = draft.stage.after(step.act) else {
        return Ok(Err(Answer::Wrong("stage", NOT_NOW)));
    };
    let moved = tx
        .move_draft(draft.id, (draft.stage, stage), None, at.now)
        .await?;
    if !moved {
        return Ok(Err(Answer::Changed));
    }
    let id = app.ids.next();
    let document = said(draft)?;
    let line = NewCourse {
        id,
        draft: draft.id,
        act: step.act,
        stage,
        words: step.words,
        how: step.how,
        on: step.on,
        document: step.keeps.then_some(&document),
        by: sheet.who.user,
        at: at.now,
    };
    tx.add_course(&line).await?;
    let event = audit::event(app, sheet.who, step.action);
    tx.record(&event.on([case.id])).await?;
    Ok(Ok((stage, id)))
}

/// The open draft under the revision that a page showed.
pub(super) async fn shown(
    tx: &mut Tx,
    case: CaseId,
    revision: i64,
) -> Result<Option<StoredDraft>, ServiceError> {
    let draft = tx.open_draft(case).await?;
    Ok(draft.filter(|draft| draft.revision == revision))
}

/// The family agrees to what the draft says: by its own hand on its page, or as staff
/// write it down.
pub async fn agree(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (revision, agreed): (i64, &Agreed),
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let staff = sheet.who.reader.is_staff();
    let request = serde_json::json!({
        "agree": number, "revision": revision, "by": agreed.by,
        "how": agreed.how.map(ToldHow::code), "on": agreed.on,
    });
    once!(app, sheet, request, |tx| {
        let case = if sheet.who.role().may(Permission::AgreeToPlan) {
            to_read(tx, sheet.who, at, number).await?
        } else {
            None
        };
        let Some(case) = case else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = shown(tx, case.id, revision).await? else {
            return Ok(Answer::Changed);
        };
        if staff && agreed.by.is_none() {
            return Ok(Answer::Wrong("agreed_by", WHO));
        }
        if agreed.on > at.today {
            return Ok(Answer::Wrong("agreed_on", DAY_TO_COME));
        }
        if (at.today - agreed.on).num_days() > LONGEST_AGO {
            return Ok(Answer::Wrong("agreed_on", LONG_AGO));
        }
        let step = Step {
            words: agreed.by.as_deref(),
            how: agreed.how.map(ToldHow::code),
            on: Some(agreed.on),
            keeps: true,
            ..Step::plain(Act::Agree, Action::AgreedToPlan)
        };
        match go(app, tx, sheet, (&case, &draft), &step, at).await? {
            Ok(_) => Answer::Done(number.to_string()),
            Err(answer) => answer,
        }
    })
}

/// The draft goes to the municipality.
pub async fn hand_in(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    revision: i64,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "hand_in": number, "revision": revision });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = shown(tx, case.id, revision).await? else {
            return Ok(Answer::Changed);
        };
        let step = Step {
            keeps: true,
            ..Step::plain(Act::Submit, Action::HandedInPlan)
        };
        match go(app, tx, sheet, (&case, &draft), &step, at).await? {
            Ok(_) => {
                stand(tx, app, &case, PlanStep::Applied, at).await?;
                Answer::Done(number.to_string())
            }
            Err(answer) => answer,
        }
    })
}

/// Whoever handed a draft in takes it back before it was decided on.
pub async fn take_back(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    revision: i64,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "take_back": number, "revision": revision });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = shown(tx, case.id, revision).await? else {
            return Ok(Answer::Changed);
        };
        let step = Step::plain(Act::TakeBack, Action::TookBackPlan);
        match go(app, tx, sheet, (&case, &draft), &step, at).await? {
            Ok(_) => {
                stand(tx, app, &case, PlanStep::Drafting, at).await?;
                Answer::Done(number.to_string())
            }
            Err(answer) => answer,
        }
    })
}

/// A draft is given up. What it said is kept with it until the child's plans are erased.
pub async fn discard(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (revision, why): (i64, Option<&str>),
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "discard": number, "revision": revision, "why": why });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = shown(tx, case.id, revision).await? else {
            return Ok(Answer::Changed);
        };
        let step = Step {
            words: why,
            ..Step::plain(Act::Discard, Action::GaveUpPlan)
        };
        match go(app, tx, sheet, (&case, &draft), &step, at).await? {
            Ok(_) => {
                stand(tx, app, &case, PlanStep::NotStarted, at).await?;
                Answer::Done(number.to_string())
            }
            Err(answer) => answer,
        }
    })
}

/// The municipality returns a draft, and names what is to be mended.
pub async fn return_it(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (revision, defects, words): (i64, &[Defect], Option<&str>),
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({
        "return": number, "revision": revision, "defects": defects, "words": words,
    });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_decide(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = shown(tx, case.id, revision).await? else {
            return Ok(Answer::Changed);
        };
        if defects.is_empty() {
            return Ok(Answer::Wrong("defect", NAME_A_DEFECT));
        }
        let step = Step {
            words,
            ..Step::plain(Act::Return, Action::ReturnedPlan)
        };
        match go(app, tx, sheet, (&case, &draft), &step, at).await? {
            Ok((_, line)) => {
                let named = defects.iter().take(MOST_DEFECTS).cloned();
                let named: Vec<_> = named.map(|one| (app.ids.next(), one)).collect();
                tx.add_defects((line, draft.id), &named).await?;
                tell_writers(tx, app, sheet, (&case, draft.id, line), defects).await?;
                stand(tx, app, &case, PlanStep::Drafting, at).await?;
                Answer::Done(number.to_string())
            }
            Err(answer) => answer,
        }
    })
}

/// Mails whoever has written in a draft, and still may, that it was returned.
async fn tell_writers(
    tx: &mut Tx,
    app: &App,
    sheet: Sheet<'_>,
    (case, draft, line): (&CaseForCheck, Uuid, Uuid),
    defects: &[Defect],
) -> Result<(), ServiceError> {
    let at = app.moment();
    let writers = tx.writers(draft).await?;
    let mut steps: Vec<course::Step> = defects.iter().map(|defect| defect.step).collect();
    steps.sort_unstable();
    steps.dedup();
    let places: Vec<_> = steps.into_iter().map(|step| step.name().ja).collect();
    let link = format!("{}/", app.config.server.address());
    let text = returned(&case.number, &places.join("、"), &link);
    for account in tx.accounts_to_remind().await? {
        let wrote = writers.contains(&account.id) && account.id != sheet.who.user;
        let Some(address) = MailAddress::recorded(&account.email).ok().filter(|_| wrote) else {
            continue;
        };
        if tx
            .seen_case(&account.reader, at, &case.number)
            .await?
            .is_none()
        {
            continue;
        }
        let to = To {
            address: &address,
            kind: MailKind::Returned,
            case: Some(case.id),
            contact: None,
            account: Some(account.id),
        };
        let dedup = format!("returned {line} {}", account.id);
        post(tx, app, to, (&text, &dedup)).await?;
    }
    Ok(())
}

/// Something that was to be mended is mended, or is not after all.
pub async fn mend(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (defect, mended): (Uuid, bool),
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let request = serde_json::json!({ "mend": number, "defect": defect, "mended": mended });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = tx.open_draft(case.id).await? else {
            return Ok(Answer::Changed);
        };
        if !draft.stage.allows(Act::Save) {
            return Ok(Answer::Wrong("stage", NOT_NOW));
        }
        let by = (sheet.who.user, at.now);
        if tx.mend((draft.id, defect), mended, by).await? {
            Answer::Done(number.to_string())
        } else {
            Answer::Changed
        }
    })
}

const STILL_OPEN: Text = Text::fixed(
    "この不足は、いまの判定でもまだ残っています。計画か記録を先に直してください。",
    "The check still finds this gap: correct the plan or the record first.",
);

/// A gap of the version in force is closed, or is not after all. What the check still
/// finds is not closed by a tick.
pub async fn close_gap(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (gap, closed): (Uuid, bool),
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "close_gap": number, "gap": gap, "closed": closed });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let gaps = tx.gaps_of(case.id).await?;
        let Some(settled) = gaps
            .into_iter()
            .find(|one| one.id == gap)
            .and_then(|one| one.settled)
        else {
            return Ok(Answer::Changed);
        };
        if closed && let Some(document) = &case.document {
            let loaded = world::current_in(app, tx).await?;
            let checked = judged(tx, &loaded, &case, document, at).await?;
            let found = crate::domain::plan::gap::gaps(&checked.look.findings);
            if found.iter().any(|(key, _)| *key == settled.gap) {
                return Ok(Answer::Wrong("gap", STILL_OPEN));
            }
        }
        let by = (sheet.who.user, at.now);
        if tx.close_gap((case.id, gap), closed, by).await? {
            tx.record(&audit::event(app, sheet.who, Action::ClosedGap).on([case.id]))
                .await?;
            Answer::Done(number.to_string())
        } else {
            Answer::Changed
        }
    })
}
