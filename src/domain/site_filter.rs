//! Which sites somebody wants to see: the filter that stands in the address of
//! the list of sites and of the prefecture's map, in the same words.
//!
//! Unknown is never a pass: a site of which nobody has said at which level it
//! opens does not open at level 3, and one that no list judges by hazard is not
//! designated for a storm surge.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    hazard::Hazard,
    municipality::MunicipalityCode,
    site::{Designations, Site, SiteEntry, SiteKind},
    text::Text,
    warning::EvacuationLevel,
};

/// When a site opens, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpensAt {
    /// At this level or an earlier one: who leaves at level 3 finds a site open
    /// that opens at level 2.
    ByLevel(EvacuationLevel),
    /// Nobody has entered it.
    Unknown,
}

impl OpensAt {
    /// The word in an address: `1` to `5`, or `unknown`.
    pub fn code(self) -> String {
        match self {
            Self::ByLevel(level) => level.number().to_string(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// The one of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        if code == "unknown" {
            return Some(Self::Unknown);
        }
        let number: u8 = code.parse().ok()?;
        EvacuationLevel::try_from(number).ok().map(Self::ByLevel)
    }

    fn fits(self, entry: &SiteEntry) -> bool {
        match (self, entry.opens_at_level) {
            (Self::ByLevel(level), Some(opens)) => opens <= level.number(),
            (Self::ByLevel(_), None) => false,
            (Self::Unknown, opens) => opens.is_none(),
        }
    }
}

/// What is known of the power at a site on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PowerState {
    /// Socket, by whom and until when are on record, and the day is not past.
    Confirmed,
    /// They are on record, and the day is past: unknown until confirmed anew.
    Expired,
    /// Nobody has confirmed anything.
    None,
}

impl PowerState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::Expired, Self::None];

    /// Of an entry on a day.
    pub fn of(entry: &SiteEntry, today: NaiveDate) -> Self {
        match &entry.power {
            Some(power) if power.valid_until >= today => Self::Confirmed,
            Some(_) => Self::Expired,
            None => Self::None,
        }
    }

    /// The word in an address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Expired => "expired",
            Self::None => "none",
        }
    }

    /// The one of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Confirmed => Text::fixed("確認済み", "confirmed"),
            Self::Expired => Text::fixed("期限切れ", "confirmation expired"),
            Self::None => Text::fixed("確認なし（不明）", "not confirmed (unknown)"),
        }
    }
}

coded! {
    /// In which order sites are listed; within one, by name.
    SiteSort {
        /// By the reading order of their names.
        Name = "name", "名前の順", "by name";
        /// By the code of their municipality.
        Municipality = "municipality", "市町村の順", "by municipality";
        /// Where most plans go first.
        Plans = "plans", "計画の多い順", "most plans first";
    }
}

/// A site with what it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct JudgedSite<'a> {
    /// The site.
    pub site: &'a Site,
    /// For what it counts as designated: what its own list says, or for a
    /// shelter what the emergency sites at its address say
    /// (`spatial::sites::SiteDirectory::judged`). `None`: nobody says.
    pub designations: Option<Designations>,
    /// How many ventilator users plan to go there; `None`: nobody has counted,
    /// or the reader may not know.
    pub planned: Option<u32>,
}

/// Which sites somebody wants to see. The default is every site in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteFilter {
    /// `kind`, repeatable: any of these; empty: every kind.
    pub kinds: BTreeSet<SiteKind>,
    /// `level`: when it opens.
    pub opens: Option<OpensAt>,
    /// `hazard`, repeatable: designated for all of these.
    pub hazards: Designations,
    /// `municipality`: a ward's city counts for the ward.
    pub municipality: Option<MunicipalityCode>,
    /// `closed=1`: only what is closed on the day.
    pub closed: bool,
    /// `power`: what is known of its power.
    pub power: Option<PowerState>,
    /// `withdrawn=1`: only what a complete newer list no longer has, or what
    /// has been ended; otherwise never those.
    pub withdrawn: bool,
    /// `plans=1`: only where somebody plans to go.
    pub planned: bool,
}

impl SiteFilter {
    /// The filter of an address, from its pairs as they were sent. What is no
    /// word of ours filters nothing; [`Self::pairs`] shows what was taken.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut filter = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            match name {
                "kind" => filter.kinds.extend(SiteKind::from_code(value)),
                "level" => filter.opens = OpensAt::from_code(value),
                "hazard" => {
                    let known = Hazard::DESIGNATED.into_iter().find(|h| h.code() == value);
                    if let Some(hazard) = known {
                        filter.hazards = filter.hazards.with(hazard);
                    }
                }
                "municipality" => filter.municipality = MunicipalityCode::parse(value).ok(),
                "closed" => filter.closed = value == "1",
                "power" => filter.power = PowerState::from_code(value),
                "withdrawn" => filter.withdrawn = value == "1",
                "plans" => filter.planned = value == "1",
                _ => {}
            }
        }
        filter
    }

    /// The pairs of its address, made of known words only: they need no
    /// escaping.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let one = |on: bool, name| on.then(|| (name, "1".to_owned()));
        let kinds = self.kinds.iter().map(|k| ("kind", k.code().to_owned()));
        let hazards = self.hazards.iter().map(|h| ("hazard", h.code().to_owned()));
        let rest = [
            self.opens.map(|opens| ("level", opens.code())),
            self.municipality.map(|m| ("municipality", m.to_string())),
            one(self.closed, "closed"),
            self.power.map(|power| ("power", power.code().to_owned())),
            one(self.withdrawn, "withdrawn"),
            one(self.planned, "plans"),
        ];
        kinds
            .chain(hazards)
            .chain(rest.into_iter().flatten())
            .collect()
    }

    /// The address of a page with this filter: `/sites?kind=shelter&level=3`.
    pub fn address(&self, path: &str) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }

    /// Whether it leaves out nothing but what is withdrawn.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a site is wanted on a day.
    pub fn matches(&self, judged: JudgedSite<'_>, today: NaiveDate) -> bool {
        let site = judged.site;
        let (published, entry) = (&site.published, &site.entry);
        let own = published.municipality;
        site.withdrawn == self.withdrawn
            && (self.kinds.is_empty() || self.kinds.contains(&published.kind))
            && self.opens.is_none_or(|opens| opens.fits(entry))
            && self
                .hazards
                .iter()
                .all(|hazard| judged.designations.is_some_and(|set| set.contains(hazard)))
            && self
                .municipality
                .is_none_or(|wanted| own.is_some_and(|own| own.same_as(wanted)))
            && (!self.closed || entry.is_closed_on(today))
            && self
                .power
                .is_none_or(|power| PowerState::of(entry, today) == power)
            && (!self.planned || judged.planned.is_some_and(|n| n > 0))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        id::SiteId,
        position::Position,
        site::{ConfirmedPower, PublishedSite},
    };

    fn day(d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, d).unwrap()
    }

    fn site(set: impl FnOnce(&mut Site)) -> Site {
        let mut site = Site {
            id: SiteId(Uuid::from_u128(1)),
            published: PublishedSite {
                kind: SiteKind::EmergencySite,
                published_id: None,
                municipality: MunicipalityCode::parse("43101").ok(),
                name: "【デモ】小学校".to_owned(),
                address: "熊本市デモ町1".to_owned(),
                designations: Some(Designations::from_iter([Hazard::Flood, Hazard::StormSurge])),
                accepted_persons: None,
                note: None,
                position: Position::new(32.8, 130.7).unwrap(),
            },
            source: "【デモ】一覧".to_owned(),
            withdrawn: false,
            own: false,
            entry: SiteEntry::default(),
        };
        set(&mut site);
        site
    }

    fn wants(query: &[(&str, &str)], site: &Site) -> bool {
        let judged = JudgedSite {
            site,
            designations: site.published.designations,
            planned: Some(0),
        };
        SiteFilter::parse(query.iter().copied()).matches(judged, day(20))
    }

    #[test]
    fn the_words_of_an_address_survive_the_trip_through_the_filter() {
        let filter = SiteFilter::parse([
            ("kind", "shelter"),
            ("kind", "emergency_site"),
            ("level", "3"),
            ("hazard", "storm_surge"),
            ("hazard", "flood"),
            ("municipality", "431001"),
            ("closed", "1"),
            ("power", "expired"),
            ("plans", "1"),
        ]);
        let pairs = filter.pairs();
        let again = SiteFilter::parse(pairs.iter().map(|(n, v)| (*n, v.as_str())));
        assert_eq!(again, filter);
        assert_eq!(
            filter.address("/sites"),
            "/sites?kind=emergency_site&kind=shelter&hazard=flood&hazard=storm_surge&level=3\
             &municipality=43100&closed=1&power=expired&plans=1"
        );
    }

    #[test]
    fn what_is_no_word_of_ours_filters_nothing() {
        let odd = [
            ("kind", "school"),
            ("level", "6"),
            ("hazard", "power_cut"),
            ("municipality", "43"),
            ("closed", "yes"),
            ("name", "小学校"),
        ];
        let filter = SiteFilter::parse(odd);
        assert!(filter.is_empty());
        assert_eq!(filter.address("/map"), "/map");
    }

    #[test]
    fn a_site_opens_at_its_level_and_at_every_later_one_and_at_none_when_unknown() {
        let opens = site(|s| s.entry.opens_at_level = Some(3));
        assert!(!wants(&[("level", "2")], &opens));
        assert!(wants(&[("level", "3")], &opens));
        assert!(wants(&[("level", "4")], &opens));
        assert!(!wants(&[("level", "unknown")], &opens));
        let unknown = site(|_| ());
        assert!(!wants(&[("level", "5")], &unknown));
        assert!(wants(&[("level", "unknown")], &unknown));
    }

    #[test]
    fn a_site_must_be_designated_for_every_hazard_that_is_asked_for() {
        let both = [("hazard", "flood"), ("hazard", "storm_surge")];
        let more = [("hazard", "flood"), ("hazard", "tsunami")];
        assert!(wants(&both, &site(|_| ())));
        assert!(!wants(&more, &site(|_| ())));
        let unjudged = site(|s| s.published.designations = None);
        assert!(!wants(&both[..1], &unjudged));
    }

    #[test]
    fn a_ward_is_found_under_its_city_and_what_has_no_municipality_is_not() {
        assert!(wants(&[("municipality", "43100")], &site(|_| ())));
        assert!(!wants(&[("municipality", "43202")], &site(|_| ())));
        let nowhere = site(|s| s.published.municipality = None);
        assert!(!wants(&[("municipality", "43100")], &nowhere));
    }

    #[test]
    fn closed_and_withdrawn_sites_are_found_when_they_are_asked_for() {
        let closed = site(|s| {
            s.entry.closed_from = Some(day(20));
            s.entry.closed_until = Some(day(21));
        });
        assert!(wants(&[("closed", "1")], &closed));
        assert!(!wants(&[("closed", "1")], &site(|_| ())));
        assert!(wants(&[], &closed));
        let withdrawn = site(|s| s.withdrawn = true);
        assert!(!wants(&[], &withdrawn));
        assert!(wants(&[("withdrawn", "1")], &withdrawn));
        assert!(!wants(&[("withdrawn", "1")], &site(|_| ())));
    }

    #[test]
    fn power_that_was_confirmed_until_yesterday_is_expired() {
        let power = |until| {
            site(|s| {
                s.entry.power = Some(ConfirmedPower {
                    socket: "【デモ】体育館".to_owned(),
                    confirmed_by: "【デモ】施設課".to_owned(),
                    valid_until: day(until),
                });
            })
        };
        assert!(wants(&[("power", "confirmed")], &power(20)));
        assert!(wants(&[("power", "expired")], &power(19)));
        assert!(!wants(&[("power", "confirmed")], &power(19)));
        assert!(wants(&[("power", "none")], &site(|_| ())));
    }

    #[test]
    fn a_count_that_the_reader_may_not_know_is_no_plan() {
        let filter = SiteFilter::parse([("plans", "1")]);
        let one = site(|_| ());
        let found = |planned| {
            let judged = JudgedSite {
                site: &one,
                designations: None,
                planned,
            };
            filter.matches(judged, day(20))
        };
        assert!(found(Some(1)));
        assert!(!found(Some(0)));
        assert!(!found(None));
    }
}
