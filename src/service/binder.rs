//! The night binder of a municipality (夜間綴り): the papers of every child, also with a draft
//! or without a plan, as one PDF. It is made every day at 18:00 and on demand, and the last
//! one is kept, so that it is there when the hour is not one for making papers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    sheets::{self, Papers},
    view::SignedIn,
};
use crate::{
    app::App,
    clock::{in_tokyo, of_tokyo},
    domain::{
        access::{Moment, Reader},
        audit::{Action, Actor},
        id::{CaseId, UserId},
        municipality::MunicipalityCode,
        residence::AddressShown,
        text::Text,
    },
    in_tx,
    print::pdf::{Paper, PdfError},
    store::{CaseForCheck, Holds, MadeBinder, StoredBinder, Tx},
    text,
};

/// The hour of the day, in Asia/Tokyo, at which every municipality's binder is made: before
/// the night, while somebody is there to print it.
pub const HOUR: u32 = 18;

/// Whoever makes a binder is believed to be at it for so long after the last word.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// After a failure it is tried again by itself so much later.
const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// So many children are read between two words about how far it is.
const TELL_EVERY: usize = 5;

/// What the binder is sealed for.
const PURPOSE: &str = "night binder";

/// How the papers of a municipality become one: their words stand with the pages.
pub type Bind = fn(MunicipalityCode, &[Papers]) -> Result<Paper, PdfError>;

/// Who the program reads as when it makes a binder: what night duty may see, and no named
/// person's protected addresses.
fn reader(town: MunicipalityCode) -> Reader {
    Reader::NightDuty(UserId(Uuid::nil()), town)
}

/// The children of a municipality that a reader may see.
async fn children(
    tx: &mut Tx,
    reader: &Reader,
    (town, at): (MunicipalityCode, Moment),
) -> Result<Vec<CaseForCheck>, ServiceError> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let cases = tx.cases_after(reader, at, &after).await?;
        let Some(last) = cases.last() else {
            return Ok(all);
        };
        last.number.as_str().clone_into(&mut after);
        let here = |case: &CaseForCheck| case.home.municipality.is_some_and(|h| h.same_as(town));
        all.extend(cases.into_iter().filter(here));
    }
}

/// Who makes a binder, and of which municipality.
#[derive(Debug, Clone, Copy)]
pub struct Maker {
    town: MunicipalityCode,
    holder: Uuid,
}

impl Maker {
    async fn tell(self, app: &App, done: usize, total: usize) -> Result<(), ServiceError> {
        let until = app.clock.now() + PATIENCE;
        let (town, holder) = (self.town, self.holder);
        in_tx!(app.store, |tx| {
            tx.binder_goes_on((town, holder), (done, total), until)
                .await?;
            Ok::<_, ServiceError>(())
        })
    }
}

/// The papers of every child of a municipality, by their readings.
async fn papers(
    app: &App,
    town: MunicipalityCode,
    maker: Option<Maker>,
) -> Result<Vec<Papers>, ServiceError> {
    let at = app.moment();
    let reader = reader(town);
    let cases = {
        let mut tx = app.store.read().await?;
        children(&mut tx, &reader, (town, at)).await?
    };
    let total = cases.len();
    let mut all = Vec::with_capacity(total);
    for (done, case) in cases.into_iter().enumerate() {
        if let Some(maker) = maker.filter(|_| done % TELL_EVERY == 0) {
            maker.tell(app, done, total).await?;
        }
        let mut tx = app.store.read().await?;
        all.extend(sheets::of_case(&mut tx, app, (&reader, case), at).await?);
    }
    if let Some(maker) = maker {
        maker.tell(app, total, total).await?;
    }
    all.sort_by_cached_key(|papers| {
        let child = &papers.checked.case.child;
        let kana = child.kana.clone();
        (kana.is_none(), kana, papers.number.to_string())
    });
    Ok(all)
}

/// Why a binder did not come about.
#[derive(Debug, thiserror::Error)]
enum NotMade {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

impl NotMade {
    fn text(&self) -> Text {
        match self {
            Self::Service(_) => Text::fixed(
                "データを読めませんでした。もう一度作ってください。続くときは管理者に知らせてください。",
                "The data could not be read. Make it again; if that goes on, tell the administrator.",
            ),
            Self::Pdf(error) => error.text(),
        }
    }
}

async fn set(
    app: &App,
    town: MunicipalityCode,
    (maker, bind): (Option<Maker>, Bind),
) -> Result<(Paper, Holds), NotMade> {
    let all = papers(app, town, maker).await?;
    let holds = all.iter().map(|papers| {
        let case = &papers.checked.case;
        (case.id, case.address == AddressShown::Open)
    });
    let holds = holds.collect();
    // Hundreds of sheets keep a processor busy: pages go on meanwhile.
    let set = tokio::task::spawn_blocking(move || bind(town, &all)).await;
    Ok((set.expect("setting does not panic")?, holds))
}

/// Begins a binder; `None`: somebody is at it.
pub async fn begin(app: &App, town: MunicipalityCode) -> Result<Option<Maker>, ServiceError> {
    let (holder, now) = (app.ids.next(), app.clock.now());
    let begun = in_tx!(app.store, |tx| {
        let times = (now, now + PATIENCE);
        Ok::<_, ServiceError>(tx.begin_binder((town, holder), times).await?)
    })?;
    Ok(begun.then_some(Maker { town, holder }))
}

/// Makes the binder that was begun, and keeps it; where that fails the last one stays, and
/// why is kept beside it.
pub async fn make(app: &App, maker: Maker, bind: Bind) -> Result<(), ServiceError> {
    let (town, holder) = (maker.town, maker.holder);
    let at = app.clock.now();
    let (paper, holds) = match Box::pin(set(app, town, (Some(maker), bind))).await {
        Ok(made) => made,
        Err(error) => {
            let why = error.text();
            let now = app.clock.now();
            in_tx!(app.store, |tx| {
                tx.binder_failed((town, holder), now, &why).await?;
                Ok::<_, ServiceError>(())
            })?;
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, %town, "the night binder was not made");
            return Ok(());
        }
    };
    let sealed = app.keys.seal(PURPOSE, &town.to_string(), &paper.bytes);
    let made = MadeBinder {
        at,
        pages: paper.pages,
        unprintable: paper.unprintable.iter().collect(),
        holds,
    };
    let kept = in_tx!(app.store, |tx| {
        Ok::<_, ServiceError>(tx.keep_binder((town, holder), &made, &sealed).await?)
    })?;
    match &app.config.binder.folder {
        Some(folder) if kept => lay_down(app, town, (folder, &paper.bytes), &made.holds).await,
        _ => Ok(()),
    }
}

/// Puts a binder into the folder that the operator has set.
async fn lay_down(
    app: &App,
    town: MunicipalityCode,
    (folder, bytes): (&Path, &[u8]),
    holds: &Holds,
) -> Result<(), ServiceError> {
    let path = folder.join(format!("night-binder-{town}.pdf"));
    if let Err(error) = put(path, bytes.to_vec()).await {
        let now = app.clock.now();
        let why = text!(
            "綴りはここにありますが、管理者が決めたフォルダーには入れられませんでした（{error}）。管理者に知らせてください。",
            "The binder is here, but could not be put into the administrator's folder ({error}): tell the administrator."
        );
        in_tx!(app.store, |tx| {
            tx.binder_not_put(town, now, &why).await?;
            Ok::<_, ServiceError>(())
        })?;
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, %town, "the night binder was not put into its folder");
        return Ok(());
    }
    note(app, holds).await
}

/// Notes in the trail that a binder left the program, by nobody's request.
async fn note(app: &App, holds: &Holds) -> Result<(), ServiceError> {
    let event = audit::by(app, Actor::Operator, Action::PrintedBinder);
    let event = event.on(holds.iter().map(|(case, _)| *case));
    Ok(app.store.note_read(event).await?)
}

/// Writes a file that nobody but its owner reads, whole or not at all, in the place of the
/// one of yesterday.
///
/// # Errors
/// The folder is not there, or may not be written.
pub async fn put(path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
    let write = move || {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        // That it has its name is on the disk, too.
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    let written = tokio::task::spawn_blocking(write).await;
    written.expect("writing does not panic")
}

/// The last instant at which binders were due.
fn due_at(now: DateTime<Utc>) -> DateTime<Utc> {
    let here = in_tokyo(now);
    let today = here.date_naive();
    let day = if here.hour() < HOUR {
        today.pred_opt().unwrap_or(today)
    } else {
        today
    };
    of_tokyo(day.and_hms_opt(HOUR, 0, 0).expect("an hour of the day"))
}

/// The municipalities with staff here: somebody is to read their binder.
async fn towns(app: &App) -> Result<BTreeSet<MunicipalityCode>, ServiceError> {
    let accounts = app.store.read().await?.accounts().await?;
    let used = accounts.iter().filter(|account| !account.disabled);
    let towns = used.filter_map(|account| account.reader.municipality());
    Ok(towns.map(MunicipalityCode::responsible).collect())
}

/// Makes the binders that are due: those of which the last is from before 18:00. One that
/// was never made is first due at the 18:00 after the program began. Answers how many were
/// begun.
pub async fn make_due(app: &App, bind: Bind) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let due = due_at(now);
    let mut begun = 0;
    for town in towns(app).await? {
        let (known, since) = {
            let mut tx = app.store.read().await?;
            let tick = tx.tick().await?;
            (tx.night_binder(town).await?, tick.map(|tick| tick.made_at))
        };
        let last = known.made.as_ref().map(|made| made.at).or(since);
        let tried = known.failed.as_ref().map(|(at, _)| *at);
        if last.is_none_or(|at| at >= due) || tried.is_some_and(|at| at > now - AGAIN_AFTER) {
            continue;
        }
        if let Some(maker) = begin(app, town).await? {
            make(app, maker, bind).await?;
            begun += 1;
        }
    }
    Ok(begun)
}

/// The binder of a municipality as it is now, noted in the trail: for a command, which keeps
/// nothing here.
///
/// # Errors
/// The store fails; within: it could not be set.
pub async fn of_now(
    app: &App,
    town: MunicipalityCode,
    bind: Bind,
) -> Result<Result<(Paper, usize), PdfError>, ServiceError> {
    match Box::pin(set(app, town, (None, bind))).await {
        Ok((paper, holds)) => {
            note(app, &holds).await?;
            Ok(Ok((paper, holds.len())))
        }
        Err(NotMade::Pdf(error)) => Ok(Err(error)),
        Err(NotMade::Service(error)) => Err(error),
    }
}

/// Whether a binder may still be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// It holds who is there now.
    All,
    /// So many children have come since.
    Without(usize),
    /// Somebody in it is not to be seen any more, or the address is protected now: it stays
    /// shut.
    Shut,
}

fn holding(made: &MadeBinder, now: &[CaseForCheck]) -> Holding {
    let now: BTreeMap<CaseId, bool> = now
        .iter()
        .map(|case| (case.id, case.address == AddressShown::Open))
        .collect();
    let still = |(case, open): &(CaseId, bool)| now.get(case).is_some_and(|now| *now || !open);
    if !made.holds.iter().all(still) {
        return Holding::Shut;
    }
    match now.len().saturating_sub(made.holds.len()) {
        0 => Holding::All,
        more => Holding::Without(more),
    }
}

/// A municipality's binder, as its page shows it.
#[derive(Debug, Clone)]
pub struct Binder {
    /// Whose.
    pub town: MunicipalityCode,
    /// The last one, and whether it may be opened; `None`: there is none.
    pub made: Option<(MadeBinder, Holding)>,
    /// The next one is being made: of how many children how many are read.
    pub making: Option<(usize, usize)>,
    /// When and why the last try failed.
    pub failed: Option<(DateTime<Utc>, Text)>,
    /// It is put into a folder, too.
    pub in_folder: bool,
    /// Now.
    pub now: DateTime<Utc>,
}

async fn known(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
) -> Result<Option<(MunicipalityCode, StoredBinder, Holding)>, ServiceError> {
    let Some(town) = reader.municipality() else {
        return Ok(None);
    };
    let town = town.responsible();
    let known = tx.night_binder(town).await?;
    let holding = match &known.made {
        None => Holding::Shut,
        // Who may be named to this person alone is hidden in a binder.
        Some(made) => holding(made, &children(tx, &self::reader(town), (town, at)).await?),
    };
    Ok(Some((town, known, holding)))
}

/// The binder of the reader's own municipality; `None`: the reader has none.
pub async fn binder(app: &App, who: &SignedIn) -> Result<Option<Binder>, ServiceError> {
    let at = app.moment();
    let mut tx = app.store.read().await?;
    let Some((town, known, holding)) = known(&mut tx, (&who.reader, at)).await? else {
        return Ok(None);
    };
    let making = known.making.filter(|(until, ..)| *until > at.now);
    Ok(Some(Binder {
        town,
        made: known.made.map(|made| (made, holding)),
        making: making.map(|(_, done, total)| (done, total)),
        failed: known.failed,
        in_folder: app.config.binder.folder.is_some(),
        now: at.now,
    }))
}

/// The last binder of the reader's own municipality, noted in the trail with everybody in
/// it; `None`: there is none that may be opened.
pub async fn open(app: &App, who: &SignedIn) -> Result<Option<Paper>, ServiceError> {
    let at = app.moment();
    let (made, sealed, town) = {
        let mut tx = app.store.read().await?;
        let known = known(&mut tx, (&who.reader, at)).await?;
        let Some((town, StoredBinder { made, .. }, holding)) = known else {
            return Ok(None);
        };
        let Some(made) = made.filter(|_| holding != Holding::Shut) else {
            return Ok(None);
        };
        let Some(sealed) = tx.sealed_binder(town).await? else {
            return Ok(None);
        };
        (made, sealed, town)
    };
    let row = town.to_string();
    let bytes = app.keys.open_sealed(PURPOSE, &row, &sealed)?;
    let cases = made.holds.iter().map(|(case, _)| *case);
    audit::saw(app, who, Action::PrintedBinder, cases).await?;
    Ok(Some(Paper {
        bytes,
        pages: made.pages,
        unprintable: made.unprintable.chars().collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binder_is_due_at_eighteen_in_tokyo_whatever_the_zone_of_the_machine() {
        let at = |text: &str| {
            DateTime::parse_from_rfc3339(text)
                .expect("an instant")
                .to_utc()
        };
        let due = due_at(at("2026-09-01T17:59:59+09:00"));
        assert_eq!(due, at("2026-08-31T18:00:00+09:00"));
        let due = due_at(at("2026-09-01T18:00:00+09:00"));
        assert_eq!(due, at("2026-09-01T18:00:00+09:00"));
        // Ten in the morning of Greenwich is nineteen here.
        let due = due_at(at("2026-09-01T10:00:00+00:00"));
        assert_eq!(due, at("2026-09-01T18:00:00+09:00"));
        let due = due_at(at("2026-09-02T00:10:00+09:00"));
        assert_eq!(due, at("2026-09-01T18:00:00+09:00"));
    }
}
