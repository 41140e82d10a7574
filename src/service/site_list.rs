//! The list of sites: filtered, searched, sorted and counted.

use chrono::NaiveDate;

use super::{ServiceError, view::SiteRow, world};
use crate::{
    app::App,
    domain::{
        access::{Permission, Reader, Role},
        id::SiteId,
        municipality::MunicipalityCode,
        site::{Site, SiteKind},
        site_filter::{JudgedSite, SiteFilter, SiteSort},
        text::search_form,
    },
    spatial::sites::SiteDirectory,
};

/// What somebody asks of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteQuery {
    /// Which sites.
    pub filter: SiteFilter,
    /// Words of a name or an address; empty: any.
    pub words: String,
    /// In which order.
    pub sort: SiteSort,
}

/// The list of sites.
#[derive(Debug, Clone)]
pub struct SitesPage {
    /// The sites that are wanted, in order.
    pub rows: Vec<SiteRow>,
    /// How many sites in force the reader may see that are open today.
    pub total: usize,
    /// How many that are closed today.
    pub closed: usize,
    /// How many that are withdrawn or ended.
    pub withdrawn: usize,
    /// The municipalities that occur; one, or none, for whoever is of one.
    pub municipalities: Vec<MunicipalityCode>,
    /// The reader may know where plans go.
    pub knows_plans: bool,
    /// The day on which it is looked at.
    pub today: NaiveDate,
}

/// Whether a reader may know how many plans go to a site: whoever lists
/// children. One child of a village is no figure.
pub(super) fn knows_plans(reader: &Reader) -> bool {
    reader
        .role()
        .is_none_or(|role| role.may(Permission::ListChildren))
}

/// Whose sites a reader sees.
pub(super) enum Scope {
    All,
    None,
    Of(MunicipalityCode),
}

impl Scope {
    pub(super) fn holds(&self, site: &Site) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Of(own) => site.published.municipality.is_some_and(|m| m.same_as(*own)),
        }
    }
}

/// The sites of the reader's municipality; every site for the prefecture, the
/// centre and coordinators; for a family those of its home's municipality.
pub(super) async fn scope(app: &App, reader: &Reader) -> Result<Scope, ServiceError> {
    Ok(match reader {
        Reader::Municipality(_, code) | Reader::NightDuty(_, code) => Scope::Of(*code),
        Reader::Family(..) => {
            let mut tx = app.store.read().await?;
            let cases = tx.cases_after(reader, app.moment(), "").await?;
            let home = cases.first().and_then(|c| c.home.municipality);
            home.map_or(Scope::None, Scope::Of)
        }
        _ if reader.role() == Some(Role::Family) => Scope::None,
        _ => Scope::All,
    })
}

/// The list, as somebody asks for it.
pub async fn list(
    app: &App,
    reader: &Reader,
    query: &SiteQuery,
) -> Result<SitesPage, ServiceError> {
    let today = app.clock.today();
    let loaded = world::current(app).await?;
    let knows_plans = knows_plans(reader);
    let mut page = SitesPage {
        rows: Vec::new(),
        total: 0,
        closed: 0,
        withdrawn: 0,
        municipalities: Vec::new(),
        knows_plans,
        today,
    };
    let Some(directory) = &loaded.world.sites else {
        return Ok(page);
    };
    let scope = scope(app, reader).await?;
    let words = search_form(&query.words);
    for site in directory.sites().iter().filter(|site| scope.holds(site)) {
        if site.withdrawn {
            page.withdrawn += 1;
        } else if site.entry.is_closed_on(today) {
            page.closed += 1;
        } else {
            page.total += 1;
        }
        let own = site.published.municipality;
        page.municipalities
            .extend(own.map(MunicipalityCode::responsible));
        let judged = JudgedSite {
            planned: directory.planned_at(site.id).filter(|_| knows_plans),
            ..directory.judged(site)
        };
        if query.filter.matches(judged, today) && named(site, &words) {
            page.rows.push(row(directory, judged));
        }
    }
    page.municipalities.sort_unstable();
    page.municipalities.dedup();
    // The directory is in the order of names, and sorting keeps it.
    match query.sort {
        SiteSort::Name => {}
        SiteSort::Municipality => page.rows.sort_by_key(|row| row.site.published.municipality),
        SiteSort::Plans => page.rows.sort_by_key(|row| std::cmp::Reverse(row.users)),
    }
    Ok(page)
}

fn named(site: &Site, words: &str) -> bool {
    let published = &site.published;
    let mut texts = [published.name.as_str(), published.address.as_str()]
        .into_iter()
        .chain(published.published_id.as_deref());
    words.is_empty() || texts.any(|text| search_form(text).contains(words))
}

fn row(directory: &SiteDirectory, judged: JudgedSite<'_>) -> SiteRow {
    let site = judged.site;
    SiteRow {
        users: judged.planned,
        judged: judged.designations,
        judged_by: judged_by(directory, site),
        likely_same: directory.likely_same(site).next().is_some(),
        site: site.clone(),
    }
}

/// The emergency sites by which a shelter is judged; none for other kinds.
pub(super) fn judged_by(directory: &SiteDirectory, site: &Site) -> Vec<(SiteId, String)> {
    match site.published.kind {
        SiteKind::EmergencySite | SiteKind::Hospital | SiteKind::ShortStay => Vec::new(),
        SiteKind::Shelter | SiteKind::WelfareShelter => directory
            .emergency_sites_at_address_of(site)
            .map(|other| (other.id, other.published.name.clone()))
            .collect(),
    }
}
