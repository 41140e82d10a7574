//! Changes of many sites at once: proposed, looked at, then done as one or not
//! at all, and undone as one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    once::{Came, DONE, Once},
    site_users::{Leading, leading},
    sites::{beside, may_enter},
    view::{Beside, SignedIn},
    world,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::{AboutKind, Action},
        id::{SiteBatchId, SiteId},
        site::{Site, SiteEntry, SiteKind},
        site_entry::{EntryChange, EntryPatch},
        text::Text,
    },
    import::site_sheet::Sheet,
    in_tx,
    store::{NewSiteBatch, SiteBatchRow, Tx},
};

/// A remark on a site or a row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The row of the sheet, from 1; `None`: a site of the list.
    pub row: Option<u64>,
    /// The site's name, or what the row calls it.
    pub name: String,
    /// The row was refused; else it is only a remark.
    pub refused: bool,
    /// What is wrong and what to do.
    pub why: Text,
}

/// One site of a change, as the page shows it.
#[derive(Debug, Clone)]
pub struct BatchLine {
    /// What changes.
    pub change: EntryChange,
    /// The site.
    pub name: String,
    /// Somebody has changed it since: the whole is not done.
    pub stale: bool,
    /// Its kind; `None`: nobody knows the site any more.
    pub kind: Option<SiteKind>,
    /// Whose plans lead there: every field of an entry is one on which a verdict
    /// rests.
    pub leading: Leading,
    /// The change takes the site away from a child that goes there: it closes it,
    /// or it takes nobody directly any more.
    pub shuts: bool,
    /// Other entries at the address of a site that is closed, which this change
    /// leaves open: the whole building may be meant.
    pub left_open: Vec<Beside>,
}

/// A change of many sites, as the page shows it.
#[derive(Debug, Clone)]
pub struct BatchPage {
    /// What is on record.
    pub row: SiteBatchRow,
    /// Its sites.
    pub lines: Vec<BatchLine>,
    /// Rows that are refused, and remarks.
    pub notes: Vec<Note>,
    /// Sites that were looked at and stay as they are.
    pub same: u64,
}

#[derive(Serialize, Deserialize)]
struct Notes {
    notes: Vec<Note>,
    same: u64,
}

/// What came of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// It waits to be looked at.
    Waits(SiteBatchId),
    /// The same key came with another content.
    OtherBody,
    /// The reader has no sites of its own.
    NotAllowed,
}

/// What became of a change of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is done (or undone), all of it.
    Done,
    /// It was before; nothing more was done.
    Before,
    /// Some sites were changed since: nothing was done, and the page names them.
    Stale,
    /// It is not there for the reader.
    NotAllowed,
}

const FOREIGN: Text = Text::fixed(
    "あなたの市町村の避難先ではありません。この行を消してください。",
    "not a site of your municipality: take the row out",
);
const NO_SITE: Text = Text::fixed(
    "この避難先IDの避難先はありません。表を出し直し、IDの列は変えないでください。",
    "there is no site of this ID: download the sheet again and leave the column of IDs as it is",
);
const TWICE: Text = Text::fixed(
    "同じ避難先の行が上にもあります。どちらか一つにしてください。",
    "an earlier row is of the same site: keep one of them",
);
const MOVED_ON: Text = Text::fixed(
    "この表を出したあとで記入がありました。新しい表を出し直して、この行を入力し直してください。",
    "something was entered since the sheet was made: download it again and fill in this row anew",
);
const NAME_STAYS: Text = Text::fixed(
    "名称か住所が登録と違います。名称と住所はこの表では変わりません（公開一覧の取り込みか、追加した避難先のページで変えます）。",
    "name or address differ from the record: this sheet does not change them (an import does, or the page of a site of your own)",
);

/// What a proposal is made of.
struct Draft {
    changes: Vec<EntryChange>,
    notes: Notes,
}

impl Draft {
    const fn new() -> Self {
        Self {
            changes: Vec::new(),
            notes: Notes {
                notes: Vec::new(),
                same: 0,
            },
        }
    }

    fn refuse(&mut self, row: Option<u64>, name: &str, why: Text) {
        self.notes.notes.push(Note {
            row,
            name: name.to_owned(),
            refused: true,
            why,
        });
    }

    /// Takes a patch on a site that is the reader's.
    fn take(
        &mut self,
        row: Option<u64>,
        site: &Site,
        (revision, before): (i64, SiteEntry),
        patch: &EntryPatch,
    ) {
        match patch.on(&before) {
            Ok(after) if after == before => self.notes.same += 1,
            Ok(after) => self.changes.push(EntryChange {
                site: site.id,
                revision,
                before,
                after,
            }),
            Err(wrong) => self.refuse(row, &site.published.name, wrong.in_words()),
        }
    }
}

/// Proposes to change some fields of chosen sites.
pub async fn of_list(
    app: &App,
    who: &SignedIn,
    chosen: &[SiteId],
    patch: &EntryPatch,
    key: Uuid,
) -> Result<Proposed, ServiceError> {
    let fields: Vec<_> = patch.0.iter().map(|(f, v)| (f.code(), v)).collect();
    let request = serde_json::json!({"sites": chosen, "fields": fields});
    let draft = {
        let mut tx = app.store.read().await?;
        let loaded = world::current_in(app, &mut tx).await?;
        let mut states = tx.site_entry_states(chosen).await?;
        let mut draft = Draft::new();
        for id in chosen {
            let site = loaded.world.sites.as_ref().and_then(|d| d.get(*id));
            // What is not the reader's is not there for it: no name is told.
            match site.filter(|site| may_enter(&who.reader, site)) {
                Some(site) => {
                    let state = states.remove(id).unwrap_or_default();
                    draft.take(None, site, state, patch);
                }
                None => draft.refuse(None, &id.to_string(), FOREIGN),
            }
        }
        draft
    };
    propose(app, who, "list", draft, key, &request).await
}

/// Proposes what a sheet says. What is not in it is kept.
pub async fn of_sheet(
    app: &App,
    who: &SignedIn,
    Sheet { rows, unread }: &Sheet,
    key: Uuid,
    sha256: &str,
) -> Result<Proposed, ServiceError> {
    let request = serde_json::json!({"sheet": sha256});
    let draft = {
        let mut tx = app.store.read().await?;
        let loaded = world::current_in(app, &mut tx).await?;
        let ids: Vec<SiteId> = rows.iter().filter_map(|row| row.site).collect();
        let mut states = tx.site_entry_states(&ids).await?;
        let mut seen = std::collections::HashSet::new();
        let mut draft = Draft::new();
        draft
            .notes
            .notes
            .extend(unread.iter().map(|(name, why)| Note {
                row: None,
                name: name.clone(),
                refused: false,
                why: why.clone(),
            }));
        for row in rows {
            let number = Some(row.row);
            if let Some(why) = &row.refused {
                draft.refuse(number, &row.name, why.clone());
                continue;
            }
            let directory = loaded.world.sites.as_ref();
            let site = row.site.and_then(|id| directory.and_then(|d| d.get(id)));
            let Some(site) = site else {
                draft.refuse(number, &row.name, NO_SITE);
                continue;
            };
            if !may_enter(&who.reader, site) {
                draft.refuse(number, &row.name, FOREIGN);
                continue;
            }
            if !seen.insert(site.id) {
                draft.refuse(number, &row.name, TWICE);
                continue;
            }
            let state = states.remove(&site.id).unwrap_or_default();
            if row.revision != Some(state.0) {
                draft.refuse(number, &row.name, MOVED_ON);
                continue;
            }
            if row.differs_in_name(&site.published) {
                draft.notes.notes.push(Note {
                    row: number,
                    name: site.published.name.clone(),
                    refused: false,
                    why: NAME_STAYS,
                });
            }
            draft.take(number, site, state, &row.patch);
        }
        draft
    };
    propose(app, who, "sheet", draft, key, &request).await
}

async fn propose(
    app: &App,
    who: &SignedIn,
    source: &str,
    draft: Draft,
    key: Uuid,
    request: &serde_json::Value,
) -> Result<Proposed, ServiceError> {
    let Reader::Municipality(_, own) = who.reader else {
        return Ok(Proposed::NotAllowed);
    };
    let once = Once::new(who.user, key, request);
    let new = NewSiteBatch {
        id: SiteBatchId(app.ids.next()),
        municipality: own.responsible(),
        source: source.to_owned(),
        changes: draft.changes,
        notes: serde_json::to_string(&draft.notes).expect("texts become JSON"),
    };
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(known) => {
                let id = Uuid::parse_str(&known).map_err(|_| ServiceError::Corrupt("once"))?;
                return Ok(Proposed::Waits(SiteBatchId(id)));
            }
            Came::Otherwise => return Ok(Proposed::OtherBody),
        }
        tx.propose_site_batch(&new, who.user, now).await?;
        once.keep(app, tx, &new.id.to_string()).await?;
        Ok(Proposed::Waits(new.id))
    })
}

/// The change, if it is of the reader's municipality.
fn of_reader(row: Option<SiteBatchRow>, reader: &Reader) -> Option<SiteBatchRow> {
    row.filter(
        |row| matches!(reader, Reader::Municipality(_, own) if own.same_as(row.batch.municipality)),
    )
}

/// Which of the changes are on a revision that is no longer in force.
async fn stale(tx: &mut Tx, changes: &[EntryChange]) -> Result<Vec<SiteId>, ServiceError> {
    let ids: Vec<SiteId> = changes.iter().map(|change| change.site).collect();
    let states = tx.site_entry_states(&ids).await?;
    let now = |id| states.get(&id).map_or(0, |(revision, _)| *revision);
    let stale = changes.iter().filter(|c| now(c.site) != c.revision);
    Ok(stale.map(|c| c.site).collect())
}

/// Whether a change takes a site away from whoever goes there: it closes what was
/// open, or closes it otherwise, or lets nobody in directly.
fn shuts(change: &EntryChange) -> bool {
    let (before, after) = (&change.before, &change.after);
    closes(change)
        || (after.direct_allowed == Some(false) && before.direct_allowed != Some(false))
        || (after.refuses() && !before.refuses())
}

/// Whether a change closes what was open, or closes it otherwise.
fn closes(change: &EntryChange) -> bool {
    let closure = |entry: &SiteEntry| (entry.closed_from, entry.closed_until);
    let after = &change.after;
    after.closed_from.is_some() && closure(after) != closure(&change.before)
}

/// A change of many sites.
pub async fn page(
    app: &App,
    who: &SignedIn,
    id: SiteBatchId,
) -> Result<Option<BatchPage>, ServiceError> {
    let (row, stale, loaded) = {
        let mut tx = app.store.read().await?;
        let Some(row) = of_reader(tx.site_batch(id).await?, &who.reader) else {
            return Ok(None);
        };
        // What was done stands one revision above what was looked at.
        let done = i64::from(row.done.is_some());
        let expected: Vec<EntryChange> = row
            .batch
            .changes
            .iter()
            .map(|change| EntryChange {
                revision: change.revision + done,
                ..change.clone()
            })
            .collect();
        let stale = stale(&mut tx, &expected).await?;
        (row, stale, world::current_in(app, &mut tx).await?)
    };
    let Notes { notes, same } =
        serde_json::from_str(&row.batch.notes).map_err(|_| ServiceError::Corrupt("notes"))?;
    let directory = loaded.world.sites.as_ref();
    let site = |id| directory.and_then(|d| d.get(id));
    let changes = &row.batch.changes;
    let changed: Vec<&Site> = changes
        .iter()
        .filter_map(|change| site(change.site).map(AsRef::as_ref))
        .collect();
    let about = (AboutKind::SiteBatch, id.0);
    let mut leading = leading(app, who, about, directory, &changed).await?;
    let today = app.clock.today();
    let left_open = |change: &EntryChange| {
        let (Some(all), Some(site)) = (directory, site(change.site)) else {
            return Vec::new();
        };
        let mut others = beside(all, site, today, &who.reader);
        others.retain(|other| {
            !other.closed && !changes.iter().any(|c| c.site == other.id && closes(c))
        });
        others
    };
    let lines = changes.iter().map(|change| {
        let known = site(change.site).map(|site| &site.published);
        BatchLine {
            name: known.map_or_else(|| change.site.to_string(), |p| p.name.clone()),
            kind: known.map(|published| published.kind),
            stale: row.undone.is_none() && stale.contains(&change.site),
            leading: leading.remove(&change.site).unwrap_or_default(),
            shuts: shuts(change),
            left_open: if closes(change) {
                left_open(change)
            } else {
                Vec::new()
            },
            change: change.clone(),
        }
    });
    let lines = lines.collect();
    Ok(Some(BatchPage {
        row,
        lines,
        notes,
        same,
    }))
}

/// Does what was proposed: every site of it, or none.
pub async fn confirm(
    app: &App,
    who: &SignedIn,
    id: SiteBatchId,
    key: Uuid,
) -> Result<Done, ServiceError> {
    let request = serde_json::json!({"confirm": id});
    let once = Once::new(who.user, key, &request);
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) | Came::Otherwise => return Ok(Done::Before),
        }
        let Some(row) = of_reader(tx.site_batch(id).await?, &who.reader) else {
            return Ok(Done::NotAllowed);
        };
        if row.done.is_some() {
            return Ok(Done::Before);
        }
        let changes = &row.batch.changes;
        if !stale(tx, changes).await?.is_empty() {
            return Ok(Done::Stale);
        }
        if !tx.site_batch_done(id, who.user, now).await? {
            return Ok(Done::Before);
        }
        tx.enter_on_sites(changes, id, who.user, now).await?;
        tx.turn_world().await?;
        let event = audit::event(app, who, Action::ChangedSites);
        tx.record(&event.about(AboutKind::SiteBatch, id.0)).await?;
        once.keep(app, tx, DONE).await?;
        Ok(Done::Done)
    })
}

/// Says again of every site what it said before the change: all, or none.
pub async fn undo(
    app: &App,
    who: &SignedIn,
    id: SiteBatchId,
    key: Uuid,
) -> Result<Done, ServiceError> {
    let request = serde_json::json!({"undo": id});
    let once = Once::new(who.user, key, &request);
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) | Came::Otherwise => return Ok(Done::Before),
        }
        let Some(row) = of_reader(tx.site_batch(id).await?, &who.reader) else {
            return Ok(Done::NotAllowed);
        };
        let back: Vec<EntryChange> = row
            .batch
            .changes
            .iter()
            .map(|change| EntryChange {
                site: change.site,
                revision: change.revision + 1,
                before: change.after.clone(),
                after: change.before.clone(),
            })
            .collect();
        if row.done.is_none() || row.undone.is_some() {
            return Ok(Done::Before);
        }
        if !stale(tx, &back).await?.is_empty() {
            return Ok(Done::Stale);
        }
        if !tx.site_batch_undone(id, who.user, now).await? {
            return Ok(Done::Before);
        }
        tx.enter_on_sites(&back, id, who.user, now).await?;
        tx.turn_world().await?;
        let event = audit::event(app, who, Action::UndidSites);
        tx.record(&event.about(AboutKind::SiteBatch, id.0)).await?;
        once.keep(app, tx, DONE).await?;
        Ok(Done::Done)
    })
}
