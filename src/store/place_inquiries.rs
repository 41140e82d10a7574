//! The yearly question to places that receive: the mails, their links, and what was answered.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, from_millis, run, to_millis};
use crate::{
    domain::{id::SiteId, place_answer::PlaceAnswer},
    seal::TokenHash,
};

/// A question to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceInquiry {
    /// Its id.
    pub id: Uuid,
    /// Which place.
    pub site: SiteId,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// When it was asked once more.
    pub reminded_at: Option<DateTime<Utc>>,
    /// When it answered, and what.
    pub answered: Option<(DateTime<Utc>, PlaceAnswer)>,
    /// What has changed, in its words.
    pub words: Option<String>,
    /// Who there answered.
    pub who: Option<String>,
    /// It needs nobody any more.
    pub closed: bool,
}

#[derive(FromRow)]
struct InquiryRow {
    id: Uuid,
    site_id: Uuid,
    asked_at: i64,
    reminded_at: Option<i64>,
    answered_at: Option<i64>,
    answer: Option<String>,
    words: Option<String>,
    who: Option<String>,
    closed_at: Option<i64>,
}

const TABLE: &str = "place_inquiry";

impl InquiryRow {
    fn read(self) -> Result<PlaceInquiry, StoreError> {
        let answered = match (self.answered_at, self.answer) {
            (Some(at), Some(code)) => {
                let answer = PlaceAnswer::from_code(&code).ok_or(StoreError::Corrupt {
                    table: TABLE,
                    column: "answer",
                })?;
                Some((from_millis(at, TABLE, "answered_at")?, answer))
            }
            _ => None,
        };
        Ok(PlaceInquiry {
            id: self.id,
            site: SiteId(self.site_id),
            asked_at: from_millis(self.asked_at, TABLE, "asked_at")?,
            reminded_at: self
                .reminded_at
                .map(|at| from_millis(at, TABLE, "reminded_at"))
                .transpose()?,
            answered,
            words: self.words,
            who: self.who,
            closed: self.closed_at.is_some(),
        })
    }
}

macro_rules! inquiries {
    ($rest:literal) => {
        concat!(
            "select q.id, q.site_id, q.asked_at, q.reminded_at, q.answered_at, q.answer, q.words,
                 q.who, q.closed_at
             from place_inquiry q ",
            $rest
        )
    };
}

impl Tx {
    /// The questions that are open, and those asked since an instant, the earliest first.
    pub async fn place_inquiries(
        &mut self,
        since: DateTime<Utc>,
    ) -> Result<Vec<PlaceInquiry>, StoreError> {
        let rows: Vec<InquiryRow> = run!(self, |conn| {
            sqlx::query_as(inquiries!(
                "where q.closed_at is null or q.asked_at > $1 order by q.asked_at, q.id"
            ))
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(InquiryRow::read).collect()
    }

    /// A question by its id.
    pub async fn place_inquiry(&mut self, id: Uuid) -> Result<Option<PlaceInquiry>, StoreError> {
        let row: Option<InquiryRow> = run!(self, |conn| {
            sqlx::query_as(inquiries!("where q.id = $1"))
                .bind(id)
                .fetch_optional(conn)
                .await?
        });
        row.map(InquiryRow::read).transpose()
    }

    /// Puts a question on record; `false`: one is open.
    pub async fn open_inquiry(
        &mut self,
        (id, site): (Uuid, SiteId),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into place_inquiry (id, site_id, asked_at)
                 values ($1, $2, $3) on conflict do nothing",
            )
            .bind(id)
            .bind(site.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Notes that a place is asked once more; `false`: it was, or needs not be.
    pub async fn ask_place_again(
        &mut self,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update place_inquiry set reminded_at = $2
                 where id = $1 and reminded_at is null and answered_at is null
                     and closed_at is null",
            )
            .bind(id)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The link of a mail, until an instant.
    pub async fn add_place_link(
        &mut self,
        hash: &TokenHash,
        inquiry: Uuid,
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("insert into place_link (hash, inquiry_id, until_at) values ($1, $2, $3)")
                .bind(&hash.0)
                .bind(inquiry)
                .bind(to_millis(until))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// The question that a link leads to, where it still does.
    pub async fn inquiry_of_link(
        &mut self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Option<PlaceInquiry>, StoreError> {
        let row: Option<InquiryRow> = run!(self, |conn| {
            sqlx::query_as(inquiries!(
                "join place_link l on l.inquiry_id = q.id where l.hash = $1 and l.until_at > $2"
            ))
            .bind(&hash.0)
            .bind(to_millis(now))
            .fetch_optional(conn)
            .await?
        });
        row.map(InquiryRow::read).transpose()
    }

    /// Keeps what a place has answered; `false`: it has answered, or needs not any more.
    pub async fn keep_place_answer(
        &mut self,
        id: Uuid,
        (answer, words, who): (PlaceAnswer, Option<&str>, Option<&str>),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update place_inquiry set answered_at = $2, answer = $3, words = $4, who = $5
                 where id = $1 and answered_at is null and closed_at is null",
            )
            .bind(id)
            .bind(to_millis(now))
            .bind(answer.code())
            .bind(words)
            .bind(who)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Ends a question: it is answered and read, or the place was asked otherwise. `false`:
    /// it was ended before.
    pub async fn close_inquiry(
        &mut self,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update place_inquiry set closed_at = $2 where id = $1 and closed_at is null",
            )
            .bind(id)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Forgets questions that ended and were asked before an instant, with their links.
    pub async fn forget_inquiries(&mut self, before: DateTime<Utc>) -> Result<(), StoreError> {
        for text in [
            "delete from place_link where inquiry_id in
                 (select id from place_inquiry where asked_at < $1 and closed_at is not null)",
            "delete from place_inquiry where asked_at < $1 and closed_at is not null",
        ] {
            run!(self, |conn| {
                sqlx::query(text)
                    .bind(to_millis(before))
                    .execute(conn)
                    .await?;
            });
        }
        Ok(())
    }
}
