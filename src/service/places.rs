//! The places that receive a child on a ventilator: what each has said, and
//! whom to ask once more.

use chrono::NaiveDate;

use super::{
    ServiceError,
    place_answers::{self, Standing},
    site_list::{knows_plans, scope},
    sites::may_enter,
    world,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        municipality::MunicipalityCode,
        site::{Confirmation, Reception, Site, SiteKind},
    },
    spatial::sites::SiteDirectory,
};

/// What somebody asks of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceQuery {
    /// Of one kind.
    pub kind: Option<SiteKind>,
    /// With one answer; `Some(None)`: those that nobody has asked.
    pub reception: Option<Option<Reception>>,
    /// Of one municipality, its wards included.
    pub municipality: Option<MunicipalityCode>,
    /// Confirmed more than twelve months ago, or never.
    pub due: bool,
}

/// One place.
#[derive(Debug, Clone)]
pub struct PlaceRow {
    /// The place with what it has said.
    pub site: Site,
    /// How many plans lead there, where the reader may know.
    pub planned: Option<u32>,
    /// How far the yearly question to it is; `None`: none is open.
    pub asked: Option<Standing>,
    /// The reader may write down what it says.
    pub may_enter: bool,
}

/// The list of places.
#[derive(Debug, Clone)]
pub struct PlacesPage {
    /// Those that are wanted: those whose answer waits, those to be telephoned, those to be
    /// asked, then by name.
    pub rows: Vec<PlaceRow>,
    /// How many the reader sees at all.
    pub total: usize,
    /// How many of all are to be asked.
    pub due: usize,
    /// Of those of which the reader writes down the answer: how many have answered that
    /// something has changed, and how many are to be telephoned since they answered no mail.
    pub answers: (usize, usize),
    /// The municipalities that occur.
    pub municipalities: Vec<MunicipalityCode>,
    /// The reader may know where plans go.
    pub knows_plans: bool,
    /// The day on which it is looked at.
    pub today: NaiveDate,
}

/// Welfare shelters, hospitals and short stays are asked whether they take such a child; any
/// other site is a place that receives once somebody has written its answer.
pub(super) fn receives(site: &Site) -> bool {
    let kind = site.published.kind;
    !site.withdrawn
        && (matches!(
            kind,
            SiteKind::WelfareShelter | SiteKind::Hospital | SiteKind::ShortStay
        ) || site.entry.reception.is_some())
}

fn is_due(site: &Site, today: NaiveDate) -> bool {
    !matches!(site.entry.confirmation(today), Confirmation::Counts(_))
}

impl PlaceQuery {
    fn wants(&self, site: &Site, today: NaiveDate) -> bool {
        let town = site.published.municipality;
        self.kind.is_none_or(|kind| kind == site.published.kind)
            && self
                .reception
                .is_none_or(|says| says == site.entry.reception)
            && self
                .municipality
                .is_none_or(|code| town.is_some_and(|town| town.same_as(code)))
            && (!self.due || is_due(site, today))
    }
}

/// The places that the reader may see, as somebody asks for them.
pub async fn list(
    app: &App,
    reader: &Reader,
    query: &PlaceQuery,
) -> Result<PlacesPage, ServiceError> {
    let today = app.clock.today();
    let loaded = world::current(app).await?;
    let knows_plans = knows_plans(reader);
    let scope = scope(app, reader).await?;
    let asked = place_answers::standings(app, app.clock.now()).await?;
    let mut page = PlacesPage {
        rows: Vec::new(),
        total: 0,
        due: 0,
        answers: (0, 0),
        municipalities: Vec::new(),
        knows_plans,
        today,
    };
    let directory = loaded.world.sites.as_ref();
    let all = directory.into_iter().flat_map(SiteDirectory::sites);
    for site in all.filter(|site| scope.holds(site) && receives(site)) {
        page.total += 1;
        page.due += usize::from(is_due(site, today));
        let town = site.published.municipality;
        page.municipalities
            .extend(town.map(MunicipalityCode::responsible));
        let asked = asked.get(&site.id);
        let may_enter = may_enter(reader, site);
        let own = asked.filter(|_| may_enter);
        page.answers.0 += usize::from(matches!(own, Some(Standing::Changed(_))));
        page.answers.1 += usize::from(matches!(own, Some(Standing::Telephone(_))));
        if query.wants(site, today) {
            let planned = directory.and_then(|all| all.planned_at(site.id));
            page.rows.push(PlaceRow {
                planned: planned.filter(|_| knows_plans),
                asked: asked.cloned(),
                may_enter,
                site: (**site).clone(),
            });
        }
    }
    page.municipalities.sort_unstable();
    page.municipalities.dedup();
    // The directory is in the order of names, and sorting keeps it.
    page.rows.sort_by_key(|row| {
        let asked = row.asked.as_ref().map_or(u8::MAX, Standing::order);
        (asked, !is_due(&row.site, today))
    });
    Ok(page)
}
