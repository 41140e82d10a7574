//! What imports of sites changed, and which plans that touches.

use super::{
    ServiceError,
    site_list::knows_plans,
    site_users::{Leading, leading},
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::AboutKind,
        hazard::Hazard,
        id::DataSetId,
        municipality::MunicipalityCode,
        site::{Designations, PublishedSite, Site},
        text::{Lang, Text},
    },
    store::{ImportedChange, SiteBatchRow, SiteChange, SiteImport},
};

/// One field of a site that a list changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: Text,
    /// What the list before it said.
    pub before: Text,
    /// What this one says.
    pub after: Text,
}

/// What an import made of one site.
#[derive(Debug, Clone)]
pub struct SiteLine {
    /// What became of it.
    pub change: ImportedChange,
    /// Field by field; empty unless it was changed.
    pub fields: Vec<FieldChange>,
    /// Whose plans lead there; nobody where the reader may not know.
    pub leading: Leading,
}

/// What an import changed.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// The import.
    pub import: SiteImport,
    /// Sites that a complete newer list no longer has.
    pub withdrawn: Vec<SiteLine>,
    /// Sites of which it says something else.
    pub changed: Vec<SiteLine>,
    /// New ones.
    pub added: Vec<SiteLine>,
}

/// Imports, and changes of many sites at once.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// The imports, the latest first.
    pub imports: Vec<SiteImport>,
    /// The changes of many sites in the reader's municipality, or in all.
    pub batches: Vec<SiteBatchRow>,
}

fn scope(reader: &Reader) -> Option<MunicipalityCode> {
    reader.municipality().map(MunicipalityCode::responsible)
}

/// Imports, and changes of many sites at once.
pub async fn history(app: &App, reader: &Reader) -> Result<HistoryPage, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(HistoryPage {
        imports: tx.site_imports().await?,
        batches: tx.site_batches(scope(reader)).await?,
    })
}

/// What an import changed, in the reader's municipality or in all, and which
/// plans that touches; `None`: there is no such import of sites.
pub async fn page(
    app: &App,
    who: &SignedIn,
    set: DataSetId,
) -> Result<Option<ImportPage>, ServiceError> {
    let reader = &who.reader;
    let (import, changes, loaded) = {
        let mut tx = app.store.read().await?;
        let imports = tx.site_imports().await?;
        let Some(import) = imports.into_iter().find(|import| import.id == set) else {
            return Ok(None);
        };
        let changes = tx.changes_of_import(set).await?;
        (import, changes, world::current_in(app, &mut tx).await?)
    };
    let own = scope(reader);
    let changes: Vec<ImportedChange> = changes
        .into_iter()
        .filter(|change| {
            own.is_none_or(|own| {
                let there = change.after.municipality;
                there.is_some_and(|code| code.same_as(own))
            })
        })
        .collect();
    let directory = loaded.world.sites.as_ref();
    let knows = knows_plans(reader);
    let touched: Vec<&Site> = changes
        .iter()
        .filter(|change| change.change != SiteChange::Added)
        .filter(|_| knows)
        .filter_map(|change| directory.and_then(|d| d.get(change.site)))
        .map(AsRef::as_ref)
        .collect();
    let about = (AboutKind::DataSet, set.0);
    let mut leading = leading(app, who, about, directory, &touched).await?;
    let mut page = ImportPage {
        import,
        withdrawn: Vec::new(),
        changed: Vec::new(),
        added: Vec::new(),
    };
    for change in changes {
        let line = SiteLine {
            fields: change
                .came_back
                .then_some(CAME_BACK)
                .into_iter()
                .chain(
                    change
                        .before
                        .iter()
                        .flat_map(|before| differences(before, &change.after)),
                )
                .collect(),
            leading: leading.remove(&change.site).unwrap_or_default(),
            change,
        };
        match line.change.change {
            SiteChange::Added => page.added.push(line),
            SiteChange::Changed => page.changed.push(line),
            SiteChange::Withdrawn => page.withdrawn.push(line),
        }
    }
    // Where somebody plans to go, first.
    for lines in [&mut page.withdrawn, &mut page.changed] {
        lines.sort_by_key(|line| line.leading.is_empty());
    }
    Ok(Some(page))
}

/// A site that a list had no more and has again.
const CAME_BACK: FieldChange = FieldChange {
    field: Text::fixed("状態", "state"),
    before: Text::fixed("廃止", "withdrawn"),
    after: Text::fixed("使える（一覧に戻った）", "in use (back in the list)"),
};

const NOTHING: Text = Text::fixed("記載なし", "not stated");

/// What two lists say differently of a site, field by field.
fn differences(before: &PublishedSite, after: &PublishedSite) -> Vec<FieldChange> {
    let plain = |text: &str| {
        if text.is_empty() {
            NOTHING
        } else {
            Text::new(text.to_owned(), text.to_owned())
        }
    };
    let some = |text: &Option<String>| plain(text.as_deref().unwrap_or_default());
    let place = |site: &PublishedSite| {
        plain(&format!(
            "{:.6}, {:.6}",
            site.position.lat(),
            site.position.lon()
        ))
    };
    let both = [
        (
            Text::fixed("名称", "name"),
            plain(&before.name),
            plain(&after.name),
        ),
        (
            Text::fixed("住所", "address"),
            plain(&before.address),
            plain(&after.address),
        ),
        (
            Text::fixed("指定された災害", "designated for"),
            designated(before.designations),
            designated(after.designations),
        ),
        (
            Text::fixed("受入対象者", "accepted persons"),
            some(&before.accepted_persons),
            some(&after.accepted_persons),
        ),
        (
            Text::fixed("備考", "note"),
            some(&before.note),
            some(&after.note),
        ),
        (
            Text::fixed("位置（緯度, 経度）", "position (lat, lon)"),
            place(before),
            place(after),
        ),
    ];
    both.into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| FieldChange {
            field,
            before,
            after,
        })
        .collect()
}

fn designated(set: Option<Designations>) -> Text {
    let Some(set) = set else {
        return Text::fixed("災害別の指定なし", "not judged by hazard");
    };
    let names: Vec<Text> = set.iter().map(Hazard::name).collect();
    if names.is_empty() {
        return Text::fixed("なし", "none");
    }
    let list = |lang: Lang, between: &str| {
        let names: Vec<&str> = names.iter().map(|name| name.get(lang)).collect();
        names.join(between)
    };
    Text::new(list(Lang::Ja, "、"), list(Lang::En, ", "))
}
