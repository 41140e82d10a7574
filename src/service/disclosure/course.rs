//! The life of a child's plans, as its disclosure holds it: drafts, what was done with
//! them, what they lacked, and to whom they were given.

use serde_json::{Value, json};

use super::time;
use crate::{
    domain::id::CaseId,
    service::ServiceError,
    store::{CourseLine, GivenOut, StoredConsent, StoredDraft, StoredGap, StoredOverride, Tx},
};

/// It.
pub(super) struct Course {
    drafts: Vec<StoredDraft>,
    lines: Vec<CourseLine>,
    gaps: Vec<StoredGap>,
    overrides: Vec<StoredOverride>,
    given: Vec<GivenOut>,
    answers: Vec<StoredConsent>,
}

impl Course {
    /// Reads it.
    pub(super) async fn read(tx: &mut Tx, case: CaseId) -> Result<Self, ServiceError> {
        Ok(Self {
            drafts: tx.drafts(case).await?,
            lines: tx.course(case).await?,
            gaps: tx.gaps_of(case).await?,
            overrides: tx.all_overrides(case).await?,
            given: tx.given_out(case).await?,
            answers: tx.consent_answers(case).await?,
        })
    }

    /// Drafts with what was done with them; what one says, while it is open.
    pub(super) fn lines(&self) -> Value {
        let drafts = self.drafts.iter();
        drafts
            .map(|draft| {
                let lines = self.lines.iter().filter(|line| line.draft == draft.id);
                let done = lines.map(|line| {
                    json!({
                        "act": line.act.code(), "stage": line.stage.code(),
                        "done_at": time(line.at), "said_words": line.words,
                        "said_how": line.how, "said_on": line.on,
                    })
                });
                let document = draft.document.as_ref().filter(|_| draft.version.is_none());
                json!({
                    "stage": draft.stage.code(), "version": draft.version,
                    "document": document, "what": done.collect::<Vec<_>>(),
                })
            })
            .collect()
    }

    pub(super) fn gaps(&self) -> Value {
        let gaps = self.gaps.iter();
        gaps.map(|gap| {
            let settled = gap.settled.as_ref();
            json!({
                "version": gap.version,
                "gap": settled.map(|one| one.gap.rule.title().ja),
                "owner": settled.map(|one| one.owner.name().ja),
                "gap_who": settled.and_then(|one| one.who.as_ref()),
                "gap_until": settled.map(|one| one.until),
                "interim": settled.map(|one| &one.interim),
                "closed_at": gap.closed.as_ref().map(|(at, _)| time(*at)),
            })
        })
        .collect()
    }

    pub(super) fn overrides(&self) -> Value {
        let overrides = self.overrides.iter();
        overrides
            .map(|one| {
                let over = one.over.as_ref();
                json!({
                    "override_of": over.map(|over| over.rule.title().ja),
                    "override_reason": over.map(|over| &over.reason),
                    "override_until": over.map(|over| over.until),
                    "done_at": time(one.made),
                    "struck_out_at": one.ended.as_ref().map(|(at, _)| time(*at)),
                })
            })
            .collect()
    }

    pub(super) fn given(&self) -> Value {
        let given = self.given.iter();
        given
            .map(|one| {
                json!({
                    "version": one.version, "given_to": one.to.name().ja,
                    "given_name": one.name, "basis": one.basis.code(),
                    "given_parts": one.parts.code(), "given_on": one.on,
                    "struck_out_at": one.undone.map(time),
                })
            })
            .collect()
    }

    pub(super) fn answers(&self) -> Value {
        let answers = self.answers.iter();
        answers
            .map(|one| {
                let answer = one.answer.as_ref();
                let recipient = answer.and_then(|answer| answer.recipient);
                json!({
                    "consent_to": recipient.map(|to| to.name().ja),
                    "given_name": answer.and_then(|answer| answer.name.as_ref()),
                    "consented": answer.map(|answer| answer.given),
                    "answered_on": answer.map(|answer| answer.on),
                    "answered_by": answer.map(|answer| &answer.by),
                    "capacity": answer.map(|answer| answer.capacity.name().ja),
                    "form": answer.map(|answer| answer.form.code()),
                    "explained": answer.and_then(|answer| answer.explained.as_ref()),
                    "recorded_at": time(one.at),
                    "struck_out_at": one.undone.map(time),
                })
            })
            .collect()
    }
}
