//! To whom the version in force is given in peacetime, on which basis, and what of it
//! (災害対策基本法 第49条の15第2項).

use chrono::NaiveDate;
use uuid::Uuid;

use super::to_decide;
use crate::{
    app::App,
    domain::{
        audit::Action,
        consent::{OrdinanceMode, Recipient},
        id::CaseNumber,
        plan::{
            PlanDocument,
            course::{Act, Stage},
            document::Provision,
            giving::{Basis, MayNot, Parts, basis},
        },
        text::Text,
    },
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        municipality::ordinance_of,
    },
    store::{CaseForCheck, NewCourse, NewGiven, StoredDraft, Tx},
};

/// Somebody to whom the plan is to be given.
#[derive(Debug, Clone, PartialEq)]
pub struct ToGive {
    /// Who.
    pub provision: Provision,
    /// On which basis, or why not.
    pub basis: Result<Basis, MayNot>,
    /// What of it.
    pub parts: Parts,
}

impl MayNot {
    /// In words, with what to do.
    pub const fn text(self) -> Text {
        match self {
            Self::NotWanted => Text::fixed(
                "計画を作ることへの同意が取り消されています。だれにも渡せません。",
                "The family does not want this plan: it is given to nobody.",
            ),
            Self::NotAsked => Text::fixed(
                "提供の同意がまだありません。保護者に説明して聞き、計画の「同意」に書いてください。",
                "There is no consent yet: explain it to the child's representative, ask, and write the answer into the plan.",
            ),
            Self::Refused => Text::fixed(
                "保護者が提供に同意していません。平時には渡せません。",
                "The child's representative has refused: it is not given in peacetime.",
            ),
            Self::Supporter => Text::fixed(
                "名前を渡すことに同意していない支援者がいます。電話して聞き、答えを計画に書いてください。",
                "A supporter has not agreed to be named: telephone them, ask, and write the answer into the plan.",
            ),
        }
    }
}

/// To whom a plan is to be given, as it says itself.
pub(in crate::service) fn recipients(
    document: &PlanDocument,
    mode: OrdinanceMode,
    today: NaiveDate,
) -> Vec<ToGive> {
    let provide = document.consents.provide.iter();
    provide
        .map(|provision| ToGive {
            basis: basis(document, provision, mode, today),
            parts: Parts::for_recipient(provision.recipient),
            provision: provision.clone(),
        })
        .collect()
}

const NOT_NAMED: Text = Text::fixed(
    "計画に書かれていない提供先です。計画の「同意」に書いてから渡してください。",
    "The plan names nobody of the kind: write them into its consents first.",
);
const GIVEN_DAY: Text = Text::fixed(
    "渡した日は、きょうまでの日（1年以内）にしてください。",
    "The day must be today or before, within a year.",
);

/// The draft that the version in force was; `None`: it came in by an import.
async fn of_version(
    tx: &mut Tx,
    case: &CaseForCheck,
    version: u32,
) -> Result<Option<StoredDraft>, ServiceError> {
    let drafts = tx.drafts(case.id).await?;
    Ok(drafts.into_iter().find(|draft| {
        !draft.is_open && draft.version == Some(version) && draft.stage != Stage::Discarded
    }))
}

/// Puts on record that the version in force was given to somebody whom it names.
pub async fn give(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (to, name, on): (Recipient, Option<&str>, NaiveDate),
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let request = serde_json::json!({ "give": number, "to": to, "name": name, "on": on });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_decide(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some((document, (version, _))) = case.document.as_ref().zip(case.version) else {
            return Ok(Answer::Changed);
        };
        if on > at.today || (at.today - on).num_days() > 366 {
            return Ok(Answer::Wrong("given_on", GIVEN_DAY));
        }
        let mode = ordinance_of(tx, case.home.municipality).await?;
        let all = recipients(document, mode, at.today);
        let named = all
            .iter()
            .find(|one| one.provision.recipient == to && one.provision.name.as_deref() == name);
        let Some(named) = named else {
            return Ok(Answer::Wrong("recipient", NOT_NAMED));
        };
        let basis = match named.basis {
            Ok(basis) => basis,
            Err(why) => return Ok(Answer::Wrong("recipient", why.text())),
        };
        let new = NewGiven {
            id: app.ids.next(),
            case: case.id,
            version,
            to: (to, name),
            basis,
            parts: named.parts,
            on,
            by: sheet.who.user,
            at: at.now,
        };
        tx.add_given(&new).await?;
        if let Some(draft) = of_version(tx, &case, version).await?
            && let Some(stage) = draft.stage.after(Act::Share)
        {
            tx.move_draft(draft.id, (draft.stage, stage), None, at.now)
                .await?;
            let line = NewCourse {
                id: app.ids.next(),
                draft: draft.id,
                act: Act::Share,
                stage,
                words: None,
                how: None,
                on: Some(on),
                document: None,
                by: sheet.who.user,
                at: at.now,
            };
            tx.add_course(&line).await?;
        }
        tx.record(&audit::event(app, sheet.who, Action::GavePlan).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// Strikes out that it was given to somebody: it was written down by mistake.
pub async fn strike(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    id: Uuid,
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let request = serde_json::json!({ "strike_given": number, "id": id });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_decide(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if !tx.strike_given((case.id, id), at.now).await? {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, Action::StruckGiving).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}
