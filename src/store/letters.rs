//! The texts of the centre's letters, version by version.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, from_millis, run, to_millis};
use crate::domain::{
    id::UserId,
    letter::{LetterKind, LetterText},
};

/// A version of a letter's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterVersion {
    /// Its number, from 1.
    pub version: i64,
    /// The text; `None`: back to the text of the program.
    pub text: Option<LetterText>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
}

/// A version to be put on record.
#[derive(Debug)]
pub struct NewLetterVersion<'v> {
    /// Its id, by which the audit trail names it.
    pub id: Uuid,
    /// Of which letter.
    pub kind: LetterKind,
    /// The version that it follows; 0: none.
    pub after: i64,
    /// The text; `None`: back to the text of the program.
    pub text: Option<&'v LetterText>,
    /// Who.
    pub by: UserId,
}

#[derive(FromRow)]
struct VersionRow {
    version: i64,
    subject: Option<String>,
    body: Option<String>,
    changed_at: i64,
    name: String,
}

impl VersionRow {
    fn read(self) -> Result<LetterVersion, StoreError> {
        Ok(LetterVersion {
            version: self.version,
            text: self
                .subject
                .zip(self.body)
                .map(|(subject, body)| LetterText { subject, body }),
            at: from_millis(self.changed_at, "letter_version", "changed_at")?,
            by: self.name,
        })
    }
}

impl Tx {
    /// Every version of a letter's text, the newest first.
    pub async fn letter_versions(
        &mut self,
        kind: LetterKind,
    ) -> Result<Vec<LetterVersion>, StoreError> {
        let rows: Vec<VersionRow> = run!(self, |conn| {
            sqlx::query_as(
                "select v.version, v.subject, v.body, v.changed_at, a.name
                 from letter_version v join account a on a.id = v.changed_by
                 where v.kind = $1 order by v.version desc",
            )
            .bind(kind.code())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(VersionRow::read).collect()
    }

    /// The newest version of a letter's text; `None`: nobody has changed it.
    pub async fn letter_in_force(
        &mut self,
        kind: LetterKind,
    ) -> Result<Option<LetterVersion>, StoreError> {
        let row: Option<VersionRow> = run!(self, |conn| {
            sqlx::query_as(
                "select v.version, v.subject, v.body, v.changed_at, a.name
                 from letter_version v join account a on a.id = v.changed_by
                 where v.kind = $1 order by v.version desc limit 1",
            )
            .bind(kind.code())
            .fetch_optional(conn)
            .await?
        });
        row.map(VersionRow::read).transpose()
    }

    /// Puts a version on record after another; `false` when somebody else did
    /// so first.
    pub async fn add_letter_version(
        &mut self,
        new: &NewLetterVersion<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into letter_version (id, kind, version, subject, body, changed_at, changed_by)
                 select $1, $2, $3 + 1, $4, $5, $6, $7
                 where $3 = (select coalesce(max(version), 0) from letter_version where kind = $2)
                 on conflict (kind, version) do nothing",
            )
            .bind(new.id)
            .bind(new.kind.code())
            .bind(new.after)
            .bind(new.text.map(|text| text.subject.as_str()))
            .bind(new.text.map(|text| text.body.as_str()))
            .bind(to_millis(now))
            .bind(new.by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
