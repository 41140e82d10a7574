//! The sheet of sites: given out, and read back.

use std::io::Write as _;

use uuid::Uuid;

use super::{
    ServiceError,
    site_batches::{self, Proposed},
    site_list::{self, SiteQuery},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{access::Reader, id::SiteId},
    import::{report::FileError, site_sheet, source::ReadError},
    print::site_sheet::{SheetSite, workbook},
    seal::sha256_hex,
};

/// What came of a sheet.
#[derive(Debug)]
pub enum Uploaded {
    /// It could be read; what came of the proposal.
    Proposed(Proposed),
    /// It is refused whole.
    Refused(FileError),
}

/// The sites that somebody asks for, as a sheet.
pub async fn sheet(app: &App, reader: &Reader, query: &SiteQuery) -> Result<Vec<u8>, ServiceError> {
    let page = site_list::list(app, reader, query).await?;
    let ids: Vec<SiteId> = page.rows.iter().map(|row| row.site.id).collect();
    let states = {
        let mut tx = app.store.read().await?;
        tx.site_entry_states(&ids).await?
    };
    let sites: Vec<SheetSite> = page
        .rows
        .into_iter()
        .map(|row| {
            let state = states.get(&row.site.id);
            let mut site = row.site;
            // What the row says is of the revision that it names.
            site.entry = state.map(|(_, entry)| entry.clone()).unwrap_or_default();
            SheetSite {
                revision: state.map_or(0, |(revision, _)| *revision),
                judged: row.judged,
                judged_by: row.judged_by.into_iter().map(|(_, name)| name).collect(),
                site,
            }
        })
        .collect();
    tokio::task::spawn_blocking(move || workbook(&sites))
        .await
        .expect("a sheet is written without panic")
        .map_err(|error| ServiceError::Io(std::io::Error::other(error)))
}

/// Reads a sheet and proposes what it says.
pub async fn upload(
    app: &App,
    who: &SignedIn,
    file: Vec<u8>,
    key: Uuid,
) -> Result<Uploaded, ServiceError> {
    let hash = sha256_hex(&file);
    let sheet = tokio::task::spawn_blocking(move || {
        let mut kept = tempfile::NamedTempFile::new()?;
        kept.write_all(&file)?;
        kept.flush()?;
        site_sheet::read(kept.path())
    })
    .await
    .expect("a reader of files does not panic");
    match sheet {
        Ok(sheet) => {
            let proposed = site_batches::of_sheet(app, who, &sheet, key, &hash).await?;
            Ok(Uploaded::Proposed(proposed))
        }
        Err(ReadError::File(error)) => Ok(Uploaded::Refused(error)),
        Err(ReadError::Machine(error)) => Err(error.into()),
        Err(ReadError::Missing(_)) => Err(ServiceError::Corrupt("a temporary file")),
    }
}
