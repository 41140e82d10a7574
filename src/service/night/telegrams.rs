//! A telegram of the weather agency, read into the night.

use serde::Serialize;

use super::super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        audit::{Action, Actor},
        warning::EvacuationLevel,
    },
    import::{
        report::{FileError, RowNote},
        telegram::{self, Statement, Telegram},
    },
    in_tx,
    seal::sha256_hex,
    store::{LastTelegram, NewNightLevel, NewTelegram, Tx},
    text,
};

/// Who reads a telegram.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Somebody at a page.
    Person(&'a SignedIn),
    /// The operator at the command line.
    Operator,
}

/// What became of a telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// It is in force now.
    Taken,
    /// The same was read before.
    Known,
    /// It was only looked at.
    LookedAt,
    /// It was refused.
    Refused,
}

/// What was read in a telegram, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramReport {
    /// The file, as named in the call.
    pub file: String,
    /// What became of it.
    pub state: Taken,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Since when what it says holds, in Japan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<String>,
    /// Records in it.
    pub read: u64,
    /// What is in force by it.
    pub in_force: Vec<Statement>,
    /// What a person should know.
    pub warnings: Vec<RowNote>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FileError>,
}

impl TelegramReport {
    fn refused(file: &str, error: FileError) -> Self {
        Self {
            file: file.to_owned(),
            state: Taken::Refused,
            title: None,
            office: None,
            reported_at: None,
            read: 0,
            in_force: Vec::new(),
            warnings: Vec::new(),
            error: Some(error),
        }
    }

    fn of(file: &str, state: Taken, telegram: Telegram) -> Self {
        let at = in_tokyo(telegram.reported_at);
        Self {
            file: file.to_owned(),
            state,
            title: Some(telegram.title),
            office: Some(telegram.office),
            reported_at: Some(at.format("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            read: telegram.read,
            in_force: telegram.says,
            warnings: telegram.notes,
            error: None,
        }
    }
}

/// Reads a telegram: what earlier ones of its series said is over, what it says is in
/// force. `dry_run`: nothing is written.
pub async fn read_telegram(
    app: &App,
    by: By<'_>,
    (file, bytes): (&str, &[u8]),
    dry_run: bool,
) -> Result<TelegramReport, ServiceError> {
    let ours = {
        let mut tx = app.store.read().await?;
        tx.prefectures().await?
    };
    let telegram = match telegram::read(bytes, &ours, app.clock.now()) {
        Ok(telegram) => telegram,
        Err(error) => return Ok(TelegramReport::refused(file, error)),
    };
    let hash = sha256_hex(bytes);
    let state = if dry_run {
        let mut tx = app.store.read().await?;
        verdict(&mut tx, &telegram, &hash)
            .await?
            .map(|known| match known {
                Taken::Taken => Taken::LookedAt,
                other => other,
            })
    } else {
        in_tx!(app.store, |tx| {
            let verdict = verdict(tx, &telegram, &hash).await?;
            if verdict == Ok(Taken::Taken) {
                write(app, tx, by, (&telegram, &hash)).await?;
            }
            Ok::<_, ServiceError>(verdict)
        })?
    };
    Ok(match state {
        Ok(state) => TelegramReport::of(file, state, telegram),
        Err(error) => TelegramReport::refused(file, error),
    })
}

/// Whether a telegram is to be taken, by those of its series that were read before.
async fn verdict(
    tx: &mut Tx,
    telegram: &Telegram,
    hash: &str,
) -> Result<Result<Taken, FileError>, ServiceError> {
    let series = (telegram.series.kind.as_str(), telegram.series.area.as_str());
    let last = tx.last_telegram(series).await?;
    Ok(match last {
        None => Ok(Taken::Taken),
        Some((.., known)) if known == hash => Ok(Taken::Known),
        Some((reported, sent, _)) if telegram.is_newer_than(reported, sent) => Ok(Taken::Taken),
        Some(last) => Err(older(telegram, &last)),
    })
}

fn older(telegram: &Telegram, last: &LastTelegram) -> FileError {
    let time = |at| in_tokyo(at).format("%Y-%m-%d %H:%M").to_string();
    let (this, known) = (time(telegram.reported_at), time(last.0));
    let title = &telegram.title;
    let text = text!(
        "先に読んだ電文（{known}）より古い電文です：{title}（{this}）。取り込みません。新しい電文を選んでください。",
        "this telegram ({title}, {this}) is older than one of the same that was read before ({known}), and is not taken: choose a newer one"
    );
    FileError::new("older", &text)
}

async fn write(
    app: &App,
    tx: &mut Tx,
    by: By<'_>,
    (telegram, hash): (&Telegram, &str),
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let user = match by {
        By::Person(who) => Some(who.user),
        By::Operator => None,
    };
    let id = app.ids.next();
    let new = NewTelegram {
        id,
        series: (telegram.series.kind.clone(), telegram.series.area.clone()),
        title: telegram.title.clone(),
        office: telegram.office.clone(),
        reported_at: telegram.reported_at,
        sent_at: telegram.sent_at,
        sha256: hash.to_owned(),
        by: user,
        at: now,
    };
    tx.add_telegram(&new).await?;
    for said in &telegram.says {
        let level = NewNightLevel {
            id: app.ids.next(),
            municipality: said.municipality,
            hazard: said.hazard,
            level: said.level.map(EvacuationLevel::number),
            name: said.name.clone(),
            part: said.part.clone(),
            since: telegram.reported_at,
            telegram: Some(id),
            by: None,
            at: now,
        };
        tx.add_night_level(&level).await?;
    }
    tx.turn_night().await?;
    let event = match by {
        By::Person(who) => audit::event(app, who, Action::ReadTelegram),
        By::Operator => audit::by(app, Actor::Operator, Action::ReadTelegram),
    };
    tx.record(&event).await?;
    Ok(())
}
