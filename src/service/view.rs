//! What each page is told: plain data, already cut to what its reader may see.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{
    access::{Reader, Role},
    child::{Home, Stuck},
    consent::OrdinanceMode,
    data_set::DataSet,
    finding::{Finding, Severity},
    hazard::{Hazard, ZoneClass},
    id::{CaseId, CaseNumber, EmergencyId, SiteId, UserId},
    municipality::MunicipalityCode,
    plan::{PlanDocument, document::Destination},
    position::Position,
    power::Trigger,
    residence::TemporaryStay,
    site::{Designations, Site, SiteKind},
    text::Text,
};

use super::{care::Care, plan_rights::PlanRights, site_users::Leading};
use crate::store::Located;
use crate::store::{EntryRow, OwnVersion};

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account.
    pub user: UserId,
    /// Its name, for the head of the page.
    pub name: String,
    /// What it may read.
    pub reader: Reader,
    /// The network address that it works from, for the audit trail; `None`:
    /// the server was not told.
    pub from: Option<IpAddr>,
    /// The event that noted what this request reads.
    pub noted: Noted,
}

/// The event that noted what a request reads first: the number of a print is made
/// from it. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Noted(Arc<OnceLock<Uuid>>);

impl Noted {
    /// Keeps an event; the first one counts.
    pub fn note(&self, event: Uuid) {
        let _ = self.0.set(event);
    }

    /// The event, if something was read.
    pub fn event(&self) -> Option<Uuid> {
        self.0.get().copied()
    }
}

impl SignedIn {
    /// The role.
    pub fn role(&self) -> Role {
        self.reader.role().expect("only people sign in")
    }
}

/// Where a child's plan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanStanding {
    /// Nobody has said whether there is one.
    Unknown,
    /// There is none, and this is where it is stuck.
    None(Option<Stuck>),
    /// There is one.
    Made {
        /// No failing blocker on approval.
        approvable: bool,
        /// No failing blocker at all.
        shareable: bool,
    },
}

/// Which children to list. Nothing here is a name: it stands in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChildFilter {
    /// Only these.
    pub standing: Option<StandingFilter>,
    /// Only homes in this municipality.
    pub municipality: Option<MunicipalityCode>,
    /// Only homes hit by this hazard.
    pub hazard: Option<Hazard>,
    /// Words of a name; comes from a form's body, never from a URL.
    pub search: Option<String>,
}

/// A part of the list of children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StandingFilter {
    /// Without a plan, or nobody has said whether there is one.
    NoPlan,
    /// Not approvable.
    Blocker,
    /// Approvable, with a failing gap.
    Gap,
    /// Approvable and without a gap, but not to be given to others.
    Sharing,
    /// With a failing warning at worst.
    Warning,
    /// With something unknown.
    Unknown,
    /// With a plan in which nothing worse than advice fails and nothing is
    /// unknown.
    Clean,
}

impl StandingFilter {
    /// Every part, in the order of the list; `Unknown` goes across the others.
    pub const ALL: [Self; 7] = [
        Self::NoPlan,
        Self::Blocker,
        Self::Gap,
        Self::Sharing,
        Self::Warning,
        Self::Unknown,
        Self::Clean,
    ];

    /// The word in an address and in the store.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPlan => "no_plan",
            Self::Blocker => "blocker",
            Self::Gap => "gap",
            Self::Sharing => "sharing",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Clean => "clean",
        }
    }

    /// The part of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.code() == code)
    }

    /// The part of a child: where its plan stands, and what fails in it.
    pub fn of(
        standing: &PlanStanding,
        failing: &BTreeMap<Severity, usize>,
        unknowns: usize,
    ) -> Self {
        let fails = |severity| failing.get(&severity).is_some_and(|n| *n > 0);
        match standing {
            PlanStanding::Unknown | PlanStanding::None(_) => Self::NoPlan,
            PlanStanding::Made {
                approvable: false, ..
            } => Self::Blocker,
            PlanStanding::Made { .. } if fails(Severity::Gap) => Self::Gap,
            PlanStanding::Made {
                shareable: false, ..
            } => Self::Sharing,
            PlanStanding::Made { .. } if fails(Severity::Warning) => Self::Warning,
            // What is unknown is no pass.
            PlanStanding::Made { .. } if unknowns > 0 => Self::Unknown,
            PlanStanding::Made { .. } => Self::Clean,
        }
    }
}

/// The list of children, worst first; those without a plan before all others.
#[derive(Debug, Clone)]
pub struct ChildrenPage {
    /// The day of the check.
    pub on: NaiveDate,
    /// The children that pass the filter, in order.
    pub rows: Vec<ChildRow>,
    /// How many children the reader may see in all.
    pub total: usize,
    /// How many of those are in each part, filter aside.
    pub counts: BTreeMap<StandingFilter, usize>,
    /// The municipalities that occur among them.
    pub municipalities: Vec<MunicipalityCode>,
    /// What families wait for.
    pub waiting: Waiting,
}

/// How many families wait for what; nothing for whoever does not answer it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// A new link.
    pub links: usize,
    /// An answer to their request for correction.
    pub corrections: usize,
    /// That somebody confirms where they live.
    pub positions: usize,
}

/// One child in the list.
#[derive(Debug, Clone)]
pub struct ChildRow {
    /// The case's id, for the audit trail.
    pub id: CaseId,
    /// The case.
    pub case: CaseNumber,
    /// The child's name; `None` where it is not known.
    pub name: Option<String>,
    /// Its reading.
    pub kana: Option<String>,
    /// Whole years of age.
    pub age: Option<u32>,
    /// The municipality (or ward) of the home.
    pub municipality: Option<MunicipalityCode>,
    /// Battery hours as the plan states them.
    pub battery_hours: Option<f64>,
    /// They rest on a figure that nobody has confirmed.
    pub unconfirmed: bool,
    /// Where its plan stands.
    pub standing: PlanStanding,
    /// Whether that is told: under emergency access only where there is no plan.
    pub standing_told: bool,
    /// The worst failing finding, else the first that is unknown; `None`: nothing fails, or the reader may see the
    /// standing only.
    pub worst: Option<Finding>,
    /// Failing findings by severity.
    pub failing: BTreeMap<Severity, usize>,
    /// How many things are unknown.
    pub unknowns: usize,
    /// Hazards that hit the home, earthquake and power cut aside.
    pub hazards: Vec<Hazard>,
    /// Whom to telephone next: who, and the number.
    pub call: Option<(Text, String)>,
    /// The reader may open the plan; else it sees the standing only.
    pub content_visible: bool,
    /// The address is protected: nothing here tells where the home is.
    pub hidden: bool,
    /// The emergency accesses that alone let the reader see it, cut to what
    /// evacuation support needs; empty where none is needed.
    pub emergencies: Vec<EmergencyId>,
}

impl ChildRow {
    /// The case, and the emergency accesses under which it is seen.
    pub fn grounds(&self) -> (CaseId, &[EmergencyId]) {
        (self.id, &self.emergencies)
    }
}

/// What a place is exposed to, for one hazard.
#[derive(Debug, Clone)]
pub struct ExposureView {
    /// The hazard.
    pub hazard: Hazard,
    /// The verdict.
    pub state: ExposureState,
    /// The sentence for people: what the map says here, or what is missing.
    pub sentence: Text,
    /// The data sets behind it.
    pub data_sets: Vec<DataSet>,
}

/// Whether a hazard hits a place.
#[derive(Debug, Clone, PartialEq)]
pub enum ExposureState {
    /// It does; the worst zone, where a map shows it.
    Hit(Option<ZoneClass>),
    /// The place lies outside every zone of maps that cover it. Not "safe".
    OutsideZones,
    /// Nobody knows.
    Unknown,
}

/// One destination of a plan.
#[derive(Debug, Clone)]
pub struct DestinationView {
    /// As the plan has it.
    pub destination: Destination,
    /// The listed site, where one is meant and known.
    pub site: Option<Site>,
    /// Straight line from the home in metres on the ellipsoid: never a route.
    pub straight_line_metres: Option<f64>,
    /// Minutes of travel and where they come from.
    pub travel: Option<(f64, Text)>,
    /// What the place itself is exposed to, for the hazards that hit the home.
    pub exposures: Vec<ExposureView>,
    /// Where it is.
    pub position: Option<Position>,
    /// The zones that the way touches, the worst of each layer.
    pub crossed: Vec<Text>,
}

/// A plan, or what is known of a child without one.
#[derive(Debug, Clone)]
pub struct PlanPage {
    /// The case.
    pub case: CaseNumber,
    /// The day of the check.
    pub on: NaiveDate,
    /// By when one leaves or telephones after the power has failed; `None`: the hours or
    /// the way are unknown.
    pub outage: Option<Trigger>,
    /// The municipality (or ward) of the home.
    pub municipality: Option<MunicipalityCode>,
    /// Where the plan stands.
    pub standing: PlanStanding,
    /// Whether that is told: under emergency access only where there is no plan.
    pub standing_told: bool,
    /// The child's items and, where there is a plan, its content; `None`: the
    /// reader may see the standing only.
    pub document: Option<PlanDocument>,
    /// The home as it is now.
    pub home: Home,
    /// Where its position comes from; `None`: nobody has said.
    pub located: Option<Located>,
    /// Number of the version, from 1, and since when it is in force.
    pub version: Option<(u32, DateTime<Utc>)>,
    /// Failing findings, in order.
    pub failing: Vec<Finding>,
    /// Unknown ones, in order: one list (まだ分からないこと).
    pub unknown: Vec<Finding>,
    /// Those that hold, in order.
    pub holding: Vec<Finding>,
    /// What the home is exposed to.
    pub exposures: Vec<ExposureView>,
    /// Where the plan goes.
    pub destinations: Vec<DestinationView>,
    /// The municipality's ordinance.
    pub ordinance: OrdinanceMode,
    /// It is read under emergency access, cut to what evacuation support
    /// needs.
    pub emergency: bool,
    /// The day of the move after which none of its destinations is usable:
    /// they were chosen for the former home.
    pub left_home_on: Option<NaiveDate>,
    /// Stays away from home, to come or under way.
    pub stays: Vec<TemporaryStay>,
    /// Whether the address is on the page, and whether the reader may ask.
    pub address: AddressOnPage,
    /// What staff decide here; nothing for a family.
    pub care: Care,
    /// The map around the home, where the page says where that is.
    pub map: Option<SmallMap>,
    /// Those who help, corrections and the end; `None`: the reader may not act
    /// for the child.
    pub rights: Option<PlanRights>,
}

/// How the page of a plan treats the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOnPage {
    /// Like everything else.
    Open,
    /// It is protected, and nothing on the page tells where it is.
    Hidden {
        /// The reader is named, and may ask to see it.
        may_ask: bool,
    },
    /// It is protected, and a named person has asked to see it: never on paper.
    Revealed,
}

/// Another site at the address of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Which.
    pub id: SiteId,
    /// Its kind.
    pub kind: SiteKind,
    /// Its name.
    pub name: String,
    /// It is closed today.
    pub closed: bool,
    /// How many plans go there; `None`: the reader does not hear of it, or nobody
    /// has counted.
    pub planned: Option<u32>,
}

/// A site.
#[derive(Debug, Clone)]
pub struct SitePage {
    /// Everything that is known about it.
    pub site: Site,
    /// The number that a save must name.
    pub revision: i64,
    /// Who entered last (`None`: the place itself), and when.
    pub entered: Option<(Option<String>, DateTime<Utc>)>,
    /// What the place itself is exposed to.
    pub exposures: Vec<ExposureView>,
    /// Other sites at the same address (an emergency site and a shelter are two
    /// records).
    pub same_address: Vec<Beside>,
    /// Who plans to go there, as far as the reader may see; `None` for a
    /// family.
    pub users: Option<Leading>,
    /// How many plans go there in all; `None` for a family.
    pub users_total: Option<usize>,
    /// Whether the reader may enter what no list holds.
    pub may_enter: bool,
    /// For what it counts as designated; `None`: nobody says.
    pub judged: Option<Designations>,
    /// The emergency sites at its address by which a shelter is judged.
    pub judged_by: Vec<(SiteId, String)>,
    /// One of them that lies too far away to be the same place, and how far in
    /// whole metres.
    pub judge_elsewhere: Option<(String, u32)>,
    /// Every entry, the latest first; empty for a family.
    pub entries: Vec<EntryRow>,
    /// What its municipality has said of it, the latest first, where no list
    /// has it; empty for a family.
    pub own_versions: Vec<OwnVersion>,
    /// Sites that are probably the same: one of a list, and one that a
    /// municipality has added.
    pub likely_same: Vec<(SiteId, String)>,
}

/// One line in the list of sites.
#[derive(Debug, Clone)]
pub struct SiteRow {
    /// The site.
    pub site: Site,
    /// How many plans go there; `None`: the reader may not know.
    pub users: Option<u32>,
    /// For what it counts as designated; `None`: nobody says.
    pub judged: Option<Designations>,
    /// The emergency sites at its address by which a shelter is judged.
    pub judged_by: Vec<(SiteId, String)>,
    /// Another site is probably the same.
    pub likely_same: bool,
}

/// A feature of a small map, with the words of the list beside it.
#[derive(Debug, Clone, Serialize)]
pub struct MapFeature {
    /// `home`, `destination`, `zone`, `outline`, `way`.
    pub role: &'static str,
    /// What the list beside the map says.
    pub label: Text,
    /// The layer of a zone, for its colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The page it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// GeoJSON geometry.
    pub geometry: geojson::Geometry,
}

/// A small map around a home.
#[derive(Debug, Clone, Serialize)]
pub struct SmallMap {
    /// West, south, east, north, in degrees.
    pub bounds: [f64; 4],
    /// What is on it.
    pub features: Vec<MapFeature>,
    /// Sources to name below it.
    pub attribution: Vec<String>,
}
