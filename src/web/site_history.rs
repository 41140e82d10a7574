//! Imports of sites and changes of many: what changed, and whom that touches.

use askama::Template;
use axum::{extract::State, response::Html};
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    leads::Leads,
    show,
    taken::Named,
    words::{self, sites as said},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        id::{DataSetId, SiteBatchId, SiteId},
        site::SiteKind,
        text::Lang,
    },
    service::site_imports::{self, FieldChange, SiteLine},
    store::{SiteBatchRow, SiteImport},
};

/// A change of many sites, in a line.
struct BatchLine {
    id: SiteBatchId,
    town: String,
    sites: usize,
    done: String,
    undone: Option<String>,
}

/// An import, in a line.
struct ImportLine {
    import: SiteImport,
    by: String,
    at: String,
}

#[derive(Template)]
#[template(path = "pages/site_history.html")]
struct History {
    head: Head,
    imports: Vec<ImportLine>,
    batches: Vec<BatchLine>,
    /// Whether the visitor may open a change of many.
    opens: bool,
}

/// One site that an import touched.
struct Shown {
    id: SiteId,
    kind: SiteKind,
    name: String,
    address: String,
    fields: Vec<FieldChange>,
    leads: Leads,
}

#[derive(Template)]
#[template(path = "pages/site_import.html")]
struct Import {
    head: Head,
    import: SiteImport,
    at: String,
    by: String,
    withdrawn: Vec<Shown>,
    changed: Vec<Shown>,
    added: Vec<Shown>,
}

/// Who imported, in words.
fn by_whom(import: &SiteImport, lang: Lang) -> String {
    super::imports::by(Some(&import.imported.1), lang)
}

fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    in_tokyo(at).format("%Y-%m-%d %H:%M").to_string()
}

/// `GET /sites/changes`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let page = site_imports::history(&app, visit.reader()).await?;
    let by = |(who, at): &(String, chrono::DateTime<chrono::Utc>)| format!("{who} {}", moment(*at));
    let line = |row: SiteBatchRow| BatchLine {
        id: row.batch.id,
        town: row.batch.municipality.name().to_owned(),
        sites: row.batch.changes.len(),
        done: row.done.as_ref().map(by).unwrap_or_default(),
        undone: row.undone.as_ref().map(by),
    };
    show(&History {
        head: Head::of(&visit, "/sites/changes"),
        imports: page
            .imports
            .into_iter()
            .map(|import| ImportLine {
                at: moment(import.imported.0),
                by: by_whom(&import, visit.lang),
                import,
            })
            .collect(),
        batches: page.batches.into_iter().map(line).collect(),
        opens: visit.who.role().may(Permission::EnterOnSites),
    })
}

/// `GET /sites/changes/{data_set}`
pub(super) async fn import(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    let page = site_imports::page(&app, &visit.who, DataSetId(id))
        .await?
        .ok_or(Error::NotFound)?;
    let all = |lines: Vec<SiteLine>| -> Vec<Shown> {
        lines.into_iter().map(|l| shown(l, visit.lang)).collect()
    };
    show(&Import {
        head: Head::of(&visit, format!("/sites/changes/{id}")),
        at: moment(page.import.imported.0),
        by: by_whom(&page.import, visit.lang),
        import: page.import,
        withdrawn: all(page.withdrawn),
        changed: all(page.changed),
        added: all(page.added),
    })
}

fn shown(of: SiteLine, lang: Lang) -> Shown {
    let list = of.change.after;
    Shown {
        id: of.change.site,
        kind: list.kind,
        name: list.name,
        address: list.address,
        fields: of.fields,
        leads: Leads::of(of.leading, lang),
    }
}
