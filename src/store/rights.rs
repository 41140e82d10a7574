//! What families ask to be corrected, and what was said to those who help.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{address_shown, kept_from_lists, shown, visible},
    from_day, from_json, from_millis, run, to_millis,
};
use crate::{
    domain::{
        access::{Moment, Reader},
        id::{CaseId, CaseNumber, UserId},
        plan::{PlanDocument, document::Supporter},
        residence::{AddressShown, Sight},
        rights::{CorrectionAnswer, CorrectionField, CorrectionRequest, SupporterState, ToldHow},
        text::key_form,
    },
    seal::sha256_hex,
};

/// Who of those who help with the case `c` has asked to be taken out, as one
/// text of [`person_key`]s: for every query that reads a plan's document.
macro_rules! withdrawn {
    () => {
        "(select string_agg(s.person, ' ') from supporter_state s \
         where s.case_id = c.id and s.withdrawn_on is not null) as withdrawn"
    };
}

pub(super) use withdrawn;

/// What was answered beside the plan of the case `c`, as a list in the order in which it was
/// written down: for every query that reads the plan in force.
macro_rules! answered {
    () => {
        "(select string_agg(ca.answer, ',' order by ca.recorded_at, ca.id) \
         from consent_answer ca where ca.case_id = c.id and ca.undone_at is null \
         and ca.answer is not null) as answered"
    };
}

pub(super) use answered;

/// As whom a supporter is known in all versions of a child's plan: a hash of the
/// case and the name, however it is spaced.
pub fn person_key(case: CaseId, name: &str) -> String {
    sha256_hex(format!("{case}\n{}", key_form(name)).as_bytes())
}

/// Reads a plan's document, without those who have asked to be taken out of it:
/// of them the place is left that is to be filled. Every reading of a document
/// goes through here.
pub(super) fn read_document(
    case: CaseId,
    text: &str,
    withdrawn: Option<&str>,
) -> Result<PlanDocument, StoreError> {
    let mut document: PlanDocument = from_json(text, "plan_version", "document")?;
    if let Some(withdrawn) = withdrawn {
        for one in &mut document.supporters {
            let key = one.name.as_deref().map(|name| person_key(case, name));
            if key.is_some_and(|key| withdrawn.contains(&key)) {
                *one = Supporter::left();
            }
        }
    }
    Ok(document)
}

/// Reads the plan in force: as it counts with what the family has answered beside it
/// ([`PlanDocument::hear`]).
pub(super) fn read_in_force(
    case: CaseId,
    text: &str,
    (withdrawn, answered): (Option<&str>, Option<&str>),
) -> Result<PlanDocument, StoreError> {
    let mut document = read_document(case, text, withdrawn)?;
    if let Some(answered) = answered {
        let all = format!("[{answered}]");
        document.hear(&from_json::<Vec<_>>(&all, "consent_answer", "answer")?);
    }
    Ok(document)
}

/// A request for correction with the child it is about.
#[derive(Debug, Clone)]
pub struct CorrectionRow {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// The request.
    pub request: CorrectionRequest,
}

#[derive(FromRow)]
struct RequestRow {
    case_id: Uuid,
    number: String,
    name: Option<String>,
    id: Uuid,
    field: String,
    proposed: String,
    asked_at: i64,
    answered_at: Option<i64>,
    corrected: Option<bool>,
    answer: Option<String>,
    shown: String,
}

impl RequestRow {
    /// The request; `sight`: a protected address is asked for.
    fn read(self, sight: Sight) -> Result<CorrectionRow, StoreError> {
        let told = match (shown(&self.shown)?, sight) {
            (AddressShown::Open, _) | (AddressShown::Named, Sight::Revealed) => true,
            (AddressShown::Named, Sight::Usual) | (AddressShown::Hidden, _) => false,
        };
        let corrupt = |column| StoreError::Corrupt {
            table: "correction_request",
            column,
        };
        let answer = match (self.answered_at, self.corrected) {
            (Some(at), Some(corrected)) => Some(CorrectionAnswer {
                corrected,
                words: self.answer.filter(|_| told).unwrap_or_default(),
                at: from_millis(at, "correction_request", "answered_at")?,
            }),
            _ => None,
        };
        Ok(CorrectionRow {
            case: CaseId(self.case_id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("case_id"))?,
            name: self.name,
            request: CorrectionRequest {
                id: self.id,
                field: CorrectionField::from_code(&self.field).ok_or(corrupt("field"))?,
                proposed: told.then_some(self.proposed),
                asked: from_millis(self.asked_at, "correction_request", "asked_at")?,
                answer,
            },
        })
    }
}

macro_rules! request_columns {
    ($shown:expr) => {
        concat!(
            "select c.id as case_id, c.number, c.name, r.id, r.field, r.proposed, r.asked_at, \
             r.answered_at, r.corrected, r.answer, ",
            $shown,
            " as shown from correction_request r join child_case c on c.id = r.case_id where "
        )
    };
}

type StateRow = (String, Option<String>, Option<String>, Option<String>);

impl Tx {
    /// The requests about one case, the latest first, if the reader may act for
    /// it. Where its address is protected, their words are for named persons who
    /// ask.
    pub async fn corrections_of(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
        sight: Sight,
    ) -> Result<Vec<CorrectionRow>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<RequestRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                request_columns!(address_shown!()),
                "c.number = $5 and ",
                visible!(kept),
                " order by r.id desc"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .bind(reader.user().map(|user| user.0))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(|row| row.read(sight)).collect()
    }

    /// Up to 500 requests that wait for an answer, the oldest first, about the
    /// children that the reader may act for.
    pub async fn open_corrections(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<CorrectionRow>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<RequestRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                request_columns!(concat!(
                    "case when ",
                    kept_from_lists!(),
                    " then 'hidden' else 'open' end"
                )),
                "r.answered_at is null and c.ended_on is null and ",
                visible!(kept),
                " order by r.id limit 500"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(|row| row.read(Sight::Usual)).collect()
    }

    /// Puts a request for correction on record.
    pub async fn ask_correction(
        &mut self,
        id: Uuid,
        case: CaseId,
        field: CorrectionField,
        proposed: &str,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into correction_request (id, case_id, field, proposed, asked_at, asked_by)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(case.0)
            .bind(field.code())
            .bind(proposed)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Answers a request of a case; `false`: it is answered, or there is none.
    pub async fn answer_correction(
        &mut self,
        case: CaseId,
        id: Uuid,
        answer: &CorrectionAnswer,
        by: UserId,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update correction_request set answered_at = $3, answered_by = $4,
                     corrected = $5, answer = $6
                 where id = $1 and case_id = $2 and answered_at is null",
            )
            .bind(id)
            .bind(case.0)
            .bind(to_millis(answer.at))
            .bind(by.0)
            .bind(answer.corrected)
            .bind(&answer.words)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// What was said to those who help with a case, by [`person_key`]. It names
    /// nobody.
    pub async fn supporter_states(
        &mut self,
        case: CaseId,
    ) -> Result<BTreeMap<String, SupporterState>, StoreError> {
        let rows: Vec<StateRow> = run!(self, |conn| {
            sqlx::query_as(
                "select person, told_on, told_how, withdrawn_on from supporter_state
                 where case_id = $1",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(person, on, how, withdrawn)| {
                let on = from_day(on.as_deref(), "supporter_state", "told_on")?;
                let how = how.as_deref().and_then(ToldHow::from_code);
                let state = SupporterState {
                    told: on.zip(how),
                    withdrawn: from_day(withdrawn.as_deref(), "supporter_state", "withdrawn_on")?,
                };
                Ok((person, state))
            })
            .collect()
    }

    /// Notes that somebody who helps was told; a later word replaces it.
    pub async fn note_told(
        &mut self,
        case: CaseId,
        person: &str,
        told: (NaiveDate, ToldHow),
        by: UserId,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into supporter_state (case_id, person, told_on, told_how, told_by)
                 values ($1, $2, $3, $4, $5)
                 on conflict (case_id, person) do update set told_on = excluded.told_on,
                     told_how = excluded.told_how, told_by = excluded.told_by",
            )
            .bind(case.0)
            .bind(person)
            .bind(told.0.to_string())
            .bind(told.1.code())
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Notes that somebody who helps has asked to be taken out, and blanks the
    /// rows beside the plan's versions that name them. From then on no reading of
    /// a document shows them.
    pub async fn withdraw_supporter(
        &mut self,
        case: CaseId,
        person: &str,
        on: NaiveDate,
        by: UserId,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into supporter_state (case_id, person, withdrawn_on, withdrawn_by)
                 values ($1, $2, $3, $4)
                 on conflict (case_id, person) do update set
                     withdrawn_on = coalesce(supporter_state.withdrawn_on, excluded.withdrawn_on),
                     withdrawn_by = coalesce(supporter_state.withdrawn_by, excluded.withdrawn_by)",
            )
            .bind(case.0)
            .bind(person)
            .bind(on.to_string())
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        let named: Vec<(Uuid, i64, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select s.version_id, s.ordinal, s.name from plan_supporter s
                 where s.name is not null and s.version_id in
                     (select v.id from plan_version v where v.case_id = $1)",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        for (version, ordinal, name) in named {
            if person_key(case, &name) == person {
                run!(self, |conn| {
                    sqlx::query(
                        "update plan_supporter set name = null, contact = null
                         where version_id = $1 and ordinal = $2",
                    )
                    .bind(version)
                    .bind(ordinal)
                    .execute(conn)
                    .await?;
                });
            }
        }
        Ok(())
    }
}
