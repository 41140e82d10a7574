//! Whose plans lead to a site: the children that the reader may see by name, and
//! of the others how many, with who can act for them.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    ServiceError, audit, check,
    children::row,
    emergency_reads,
    view::{ChildRow, SignedIn},
};
use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action},
        id::SiteId,
        site::Site,
    },
    spatial::sites::SiteDirectory,
};

/// Whose plans lead to a site.
#[derive(Debug, Clone, Default)]
pub struct Leading {
    /// The children that the reader may see.
    pub touched: Vec<ChildRow>,
    /// How many children the reader may know of whose address is protected: which
    /// they are is told nowhere, and the persons named for them can act.
    pub protected: u32,
    /// How many more plans lead there: of other municipalities, or of children
    /// who are none of the reader's. Those who answer for them see them.
    pub elsewhere: u32,
}

impl Leading {
    /// Nobody plans to go there.
    pub const fn is_empty(&self) -> bool {
        self.touched.is_empty() && self.protected == 0 && self.elsewhere == 0
    }
}

/// Whose plans lead to each of these sites; a site to which none does is absent.
/// What is seen of children is noted, about `kind` and `id`.
pub(super) async fn leading(
    app: &App,
    who: &SignedIn,
    (kind, id): (AboutKind, Uuid),
    directory: Option<&SiteDirectory>,
    sites: &[&Site],
) -> Result<HashMap<SiteId, Leading>, ServiceError> {
    let planned = |site: &Site| directory.and_then(|d| d.planned_at(site.id)).unwrap_or(0);
    let sites: Vec<&Site> = sites.iter().copied().filter(|s| planned(s) > 0).collect();
    let mut leading: HashMap<SiteId, Leading> = HashMap::new();
    if !sites.is_empty() {
        let reader = &who.reader;
        check::refresh(app, reader).await?;
        let at = app.moment();
        let mut tx = app.store.read().await?;
        let mut going = Vec::new();
        for site in sites {
            let (kind, reference) = (site.published.kind.code(), site.reference());
            let (open, protected) = tx.cases_planning_for(reader, at, kind, &reference).await?;
            going.extend(open.into_iter().map(|case| (case, site.id)));
            let there = leading.entry(site.id).or_default();
            there.protected = protected;
            there.elsewhere = planned(site).saturating_sub(protected);
        }
        let listed = if going.is_empty() {
            Vec::new()
        } else {
            tx.listed_cases(reader, at).await?
        };
        // Where a child goes is content: a reader of the standing does not see it.
        for listed in listed.into_iter().filter(|listed| listed.content) {
            let to = going.iter().filter(|(case, _)| *case == listed.number);
            let to: Vec<SiteId> = to.map(|(_, site)| *site).collect();
            if to.is_empty() {
                continue;
            }
            let child = row(listed, at.today)?;
            for site in to {
                let there = leading.entry(site).or_default();
                there.elsewhere = there.elsewhere.saturating_sub(1);
                there.touched.push(child.clone());
            }
        }
    }
    let seen: Vec<&ChildRow> = leading.values().flat_map(|one| &one.touched).collect();
    saw_users(app, who, (kind, id), &seen).await?;
    Ok(leading)
}

/// Notes that somebody sees which children plan to go where.
pub(super) async fn saw_users(
    app: &App,
    who: &SignedIn,
    (kind, id): (AboutKind, Uuid),
    users: &[&ChildRow],
) -> Result<(), ServiceError> {
    let seen = audit::event(app, who, Action::ReadSiteUsers)
        .on(users.iter().map(|user| user.id))
        .about(kind, id);
    audit::note(app, who, seen).await?;
    emergency_reads::saw_under(app, who, users.iter().map(|user| user.grounds())).await
}
