//! The families that an office may write to.

use uuid::Uuid;

use super::{
    super::{
        StoreError, Tx,
        access::{kept_from_lists, visible},
        from_json, run, to_millis,
    },
    MailContact,
    contacts::ContactRow,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber},
    loan::{Applicant, HandOver},
    municipality::MunicipalityCode,
    plan::document::ChildItems,
};

/// A family that an office may write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFamily {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Its reading.
    pub kana: Option<String>,
    /// Where it lives; `None`: unknown, or protected.
    pub town: Option<MunicipalityCode>,
    /// The family's pass-phrase.
    pub pass_phrase: Option<String>,
}

pub(super) fn number(text: &str) -> Result<CaseNumber, StoreError> {
    CaseNumber::parse(text).map_err(|_| StoreError::Corrupt {
        table: "child_case",
        column: "number",
    })
}

/// The families of an office: those whom it lends something, or whom it may act for.
macro_rules! own_families {
    () => {
        concat!(
            "select c.id, c.number, c.name, c.child, case when ",
            kept_from_lists!(),
            " then null else (select h.municipality from home h where h.case_id = c.id \
             and h.until_day is null and h.erased_at is null order by h.from_day desc limit 1) \
             end as town, c.pass_phrase from child_case c where c.ended_on is null \
             and not exists (select 1 from loan_file s where s.case_id = c.id \
             and s.state = 'stopped') and "
        )
    };
}

impl Tx {
    /// The families that the office of a reader may write to. After a death there is
    /// none.
    pub async fn own_families(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<OwnFamily>, StoreError> {
        type Row = (
            Uuid,
            String,
            Option<String>,
            String,
            Option<String>,
            Option<String>,
        );
        let subject = reader.subject();
        let text = if matches!(reader, Reader::Centre(_)) {
            concat!(
                own_families!(),
                visible!(standing),
                " order by c.sort_key, c.number"
            )
        } else {
            concat!(
                own_families!(),
                visible!(kept),
                " order by c.sort_key, c.number"
            )
        };
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(id, text, name, child, town, pass_phrase)| {
                let child: ChildItems = from_json(&child, "child_case", "child")?;
                Ok(OwnFamily {
                    case: CaseId(id),
                    number: number(&text)?,
                    name,
                    kana: child.kana,
                    town: town.and_then(|code| MunicipalityCode::parse(&code).ok()),
                    pass_phrase,
                })
            })
            .collect()
    }

    /// Whether nothing is sent about a child any more: its case has ended, or the centre
    /// has noted a death.
    pub async fn is_silent(&mut self, case: CaseId) -> Result<bool, StoreError> {
        let silent: Option<bool> = run!(self, |conn| {
            sqlx::query_scalar(
                "select c.ended_on is not null or exists (select 1 from loan_file s
                     where s.case_id = c.id and s.state = 'stopped')
                 from child_case c where c.id = $1",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(silent.unwrap_or(true))
    }

    /// The pass-phrase of a family, by which it knows that a mail is ours.
    pub async fn pass_phrase(&mut self, case: CaseId) -> Result<Option<String>, StoreError> {
        let row: Option<Option<String>> = run!(self, |conn| {
            sqlx::query_scalar("select pass_phrase from child_case where id = $1")
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        });
        Ok(row.flatten())
    }

    /// The names of a child and of who has applied for it, and its reading: what its
    /// pass-phrase must not hold.
    pub async fn names_of(&mut self, case: CaseId) -> Result<Vec<String>, StoreError> {
        let child: Option<(Option<String>, String)> = run!(self, |conn| {
            sqlx::query_as("select name, child from child_case where id = $1")
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        });
        let applicants: Vec<String> = run!(self, |conn| {
            sqlx::query_scalar("select applicant from loan_file where case_id = $1")
                .bind(case.0)
                .fetch_all(conn)
                .await?
        });
        let mut names = Vec::new();
        if let Some((name, child)) = child {
            let child: ChildItems = from_json(&child, "child_case", "child")?;
            names.extend(name.into_iter().chain(child.kana));
        }
        for kept in applicants {
            let applicant: Applicant = from_json(&kept, "loan_file", "applicant")?;
            names.extend(applicant.guardian);
        }
        Ok(names)
    }

    /// Writes down the pass-phrase of a family; `None`: it has none.
    pub async fn set_pass_phrase(
        &mut self,
        case: CaseId,
        phrase: Option<&str>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update child_case set pass_phrase = $2 where id = $1")
                .bind(case.0)
                .bind(phrase)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// The municipality of a child, where its address is not protected.
    pub async fn town_of(
        &mut self,
        reader: &Reader,
        at: Moment,
        case: CaseId,
    ) -> Result<Option<MunicipalityCode>, StoreError> {
        let subject = reader.subject();
        let code: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select h.municipality from home h join child_case c on c.id = h.case_id
                 where h.until_day is null and h.erased_at is null and h.municipality is not null
                   and c.id = $5 and not ",
                kept_from_lists!(),
                " and ",
                visible!(standing),
                " order by h.from_day desc limit 1"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(code.and_then(|code| MunicipalityCode::parse(&code).ok()))
    }

    /// Every address in use.
    pub async fn contacts_in_use(&mut self) -> Result<Vec<MailContact>, StoreError> {
        let rows: Vec<ContactRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, case_id, address, who, irregular, with_link, state, state_since
                 from mail_contact where ended_at is null and address is not null
                 order by recorded_at, id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(ContactRow::read).collect()
    }

    /// What was gone through at the hand-over of the loans that run: of one child, or of
    /// all; where there are several, the latest of a child comes last.
    pub async fn hand_overs(
        &mut self,
        case: Option<CaseId>,
    ) -> Result<Vec<(CaseId, HandOver)>, StoreError> {
        let rows: Vec<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select l.case_id, l.hand_over from loan l
                 where l.ended_on is null and l.hand_over is not null
                   and ($1 is null or l.case_id = $1) order by l.started_on, l.id",
            )
            .bind(case.map(|case| case.0))
            .fetch_all(conn)
            .await?
        });
        let read = |(case, kept): (Uuid, String)| {
            Ok((CaseId(case), from_json(&kept, "loan", "hand_over")?))
        };
        rows.into_iter().map(read).collect()
    }
}
