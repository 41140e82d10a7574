//! A diagnosis in words.

use std::fmt::Write as _;

use crate::{
    domain::{
        hazard::Hazard,
        municipality::MunicipalityCode,
        site_filter::PowerState,
        text::{Lang, Text},
    },
    planner::diagnosis::{
        Columns, DistrictSite, HAZARDS, HazardRow, Homes, Places, SiteStanding, Upstairs, Ways,
    },
    service::{diagnosis::Diagnosis, prefecture_map::LayerOnMap},
    web::words::{counted, diagnosis as w},
};

/// Where the lists are that name whom and what the counts are of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links {
    /// The municipality.
    pub town: MunicipalityCode,
    /// The visitor may see homes.
    pub homes: bool,
    /// The visitor may see the list of sites.
    pub sites: bool,
}

impl Links {
    /// The map with its list; of a hazard the homes in its zones and the unknown ones.
    pub(super) fn map(self, hazard: Option<Hazard>) -> Option<String> {
        let inside = hazard.filter(|hazard| !hazard.layers().is_empty());
        let inside = inside.map_or(String::new(), |h| format!("&inside={}", h.code()));
        let path = format!("/map?municipality={}{inside}", self.town);
        self.homes.then_some(path)
    }

    /// The list of sites; of a hazard those that are designated for it.
    fn sites(self, hazard: Hazard) -> Option<String> {
        let of = Some(hazard).filter(|hazard| *hazard != Hazard::PowerCut);
        let of = of.map_or(String::new(), |h| format!("&hazard={}", h.code()));
        let path = format!("/sites?municipality={}{of}", self.town);
        self.sites.then_some(path)
    }
}

/// A line of a cell.
pub(super) struct Line {
    pub text: String,
    /// It says that something is missing.
    pub bad: bool,
}

fn line(label: &Text, count: usize, lang: Lang) -> Line {
    Line {
        text: format!("{} {count}", label.get(lang)),
        bad: false,
    }
}

/// The line where there is something to count.
fn some(label: &Text, count: usize, lang: Lang) -> Option<Line> {
    (count > 0).then(|| line(label, count, lang))
}

fn bad(line: Line) -> Line {
    Line { bad: true, ..line }
}

/// A cell: its column, and what it says.
pub(super) struct Cell {
    pub label: String,
    pub lines: Vec<Line>,
}

/// One hazard of the table.
pub(super) struct RowShown {
    pub name: String,
    pub homes: Vec<Line>,
    /// Three for levels 3, 4 and 5, or one.
    pub cells: Vec<Cell>,
    pub plans: Vec<Line>,
    pub map: Option<String>,
    pub sites: Option<String>,
}

impl RowShown {
    pub(super) fn of(row: &HazardRow, links: Links, lang: Lang) -> Self {
        let cell = |label: &Text, lines| Cell {
            label: label.get(lang).to_owned(),
            lines,
        };
        let cells = match &row.columns {
            Columns::Levels {
                leave,
                there,
                too_late,
                late,
            } => {
                let mut by_then = places(there, lang);
                by_then.extend(late.and_then(|late| some(&w::LATE, late, lang)).map(bad));
                let mut when_leaving = places(leave, lang);
                when_leaving.extend(short(row, lang));
                vec![
                    cell(&w::LEVEL_3, when_leaving),
                    cell(&w::LEVEL_4, by_then),
                    cell(&w::LEVEL_5, upstairs(row.hazard, *too_late, lang)),
                ]
            }
            Columns::One(at) => {
                let mut lines = places(at, lang);
                lines.extend(short(row, lang));
                vec![cell(&w::NO_LEVELS, lines)]
            }
        };
        Self {
            name: row.hazard.name().get(lang).to_owned(),
            homes: homes(row.homes, lang),
            cells,
            plans: plans(row.ways, lang),
            map: links.map(Some(row.hazard)),
            sites: links.sites(row.hazard),
        }
    }
}

fn not_shown(lang: Lang) -> Vec<Line> {
    let text = w::NOT_SHOWN.get(lang).to_owned();
    vec![Line { text, bad: false }]
}

fn homes(homes: Option<Homes>, lang: Lang) -> Vec<Line> {
    let Some(homes) = homes else {
        return not_shown(lang);
    };
    let unknown = line(&w::UNKNOWN, homes.unknown, lang);
    vec![
        line(&w::HIT, homes.hit, lang),
        line(&w::OUTSIDE, homes.outside, lang),
        Line {
            bad: homes.unknown > 0,
            ..unknown
        },
    ]
}

fn places(places: &Places, lang: Lang) -> Vec<Line> {
    let usable = Line {
        text: format!(
            "{} {}（{} {}）",
            w::USABLE.get(lang),
            places.usable,
            w::LISTED.get(lang),
            places.listed
        ),
        bad: places.usable == 0,
    };
    let direct = Line {
        bad: places.direct == 0,
        ..line(&w::DIRECT, places.direct, lang)
    };
    let ruled_out = [
        some(&w::UNSURE, places.unsure, lang),
        some(&w::UNSTATED, places.unstated, lang),
        some(&w::IN_ZONE, places.in_zone, lang),
        some(&w::CLOSED, places.closed, lang),
        some(&w::TOO_LATE, places.too_late, lang),
    ];
    let mut lines = vec![usable];
    lines.extend(ruled_out.into_iter().flatten());
    lines.push(line(&w::POWERED, places.powered, lang));
    lines.push(direct);
    lines.extend(some(&w::TO_ASK, places.to_ask, lang));
    if places.direct > 0 {
        lines.push(line(&w::ROOM, places.room, lang));
        lines.extend(some(&w::ROOM_UNKNOWN, places.room_unknown, lang));
    }
    lines
}

/// How many places are short.
fn short(row: &HazardRow, lang: Lang) -> Option<Line> {
    let (surely, perhaps) = row.shortage()?;
    if perhaps == 0 {
        let needed = row.concerns();
        return needed.then(|| Line {
            text: w::ENOUGH.get(lang).to_owned(),
            bad: false,
        });
    }
    let mut text = format!("{} {surely}", w::SHORT.get(lang));
    if perhaps > surely {
        write!(text, "（{} {perhaps}）", w::AT_MOST.get(lang)).expect("a string takes any text");
    }
    Some(Line { text, bad: true })
}

fn upstairs(hazard: Hazard, told: Option<Upstairs>, lang: Lang) -> Vec<Line> {
    let Some(told) = told else {
        return not_shown(lang);
    };
    let mut lines = vec![line(&w::UPSTAIRS, told.may, lang)];
    lines.extend(some(&w::NOT_UPSTAIRS, told.may_not, lang).map(bad));
    lines.extend(some(&w::UNKNOWN, told.unknown, lang).map(bad));
    if hazard == Hazard::Landslide {
        let text = w::UPSTAIRS_LANDSLIDE.get(lang).to_owned();
        lines = vec![Line { text, bad: false }];
        lines.extend(some(&w::NOT_UPSTAIRS, told.may_not, lang).map(bad));
    }
    lines
}

fn plans(ways: Option<Ways>, lang: Lang) -> Vec<Line> {
    let Some(ways) = ways else {
        return not_shown(lang);
    };
    let without = ways.without();
    let none = Line {
        bad: without > 0,
        ..line(&w::WAY_NONE, without, lang)
    };
    let parts = [
        some(&w::WAY_NOWHERE, ways.nowhere, lang),
        some(&w::WAY_UNUSABLE, ways.unusable, lang),
        some(&w::WAY_UNKNOWN, ways.unknown, lang),
    ];
    let mut lines = vec![line(&w::WAY_USABLE, ways.usable, lang), none];
    lines.extend(parts.into_iter().flatten());
    lines
}

/// Whom the table counts, and whom not: what, how many.
pub(super) fn counts(told: &Diagnosis, lang: Lang) -> Vec<(String, usize)> {
    let counts = [
        (&w::UNPLACED, told.unplaced),
        (&w::HIDDEN, told.hidden),
        (&w::UNTOLD, told.untold),
        (&w::NOWHERE, told.nowhere),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    counts
        .map(|(label, count)| (label.get(lang).to_owned(), count))
        .collect()
}

/// A place in words.
pub(super) struct SiteShown {
    pub href: Option<String>,
    pub name: String,
    pub kind: String,
    pub address: String,
    pub opens: String,
    pub power: String,
    pub socket: String,
    pub until: String,
    pub takes: String,
    pub floors: String,
    pub seats: String,
    pub companions: String,
    pub closed: String,
    pub is_closed: bool,
    pub source: String,
    /// Hazards for which it may be used.
    pub serves: String,
    /// The others for which it is designated or nobody knows, with why not.
    pub not: String,
    /// How it stands to each hazard, in the order of the table.
    pub standings: Vec<String>,
}

impl SiteShown {
    pub(super) fn of(of: &DistrictSite, links: Links, lang: Lang) -> Self {
        let (published, entry) = (&of.site.published, &of.site.entry);
        let word = |text: &Text| text.get(lang).to_owned();
        let unknown = || word(&w::UNKNOWN);
        let number = |known: Option<u16>| known.map_or_else(unknown, |n| n.to_string());
        let stands = |hazard: &Hazard| of.standing(*hazard);
        let usable = |hazard: &Hazard| {
            matches!(
                stands(hazard),
                SiteStanding::Outside | SiteStanding::AboveWater
            )
        };
        let names = HAZARDS.iter().filter(|hazard| usable(hazard));
        let names: Vec<String> = names.map(|hazard| word(&hazard.name())).collect();
        let not = HAZARDS
            .iter()
            .filter(|hazard| !usable(hazard) && stands(hazard) != SiteStanding::NotFor);
        let not: Vec<String> = not
            .map(|hazard| {
                let (hazard, why) = (hazard.name(), stands(hazard).name());
                format!("{}（{}）", hazard.get(lang), why.get(lang))
            })
            .collect();
        let power = entry.power.as_ref();
        let state = if of.powered {
            PowerState::Confirmed
        } else if power.is_some() {
            PowerState::Expired
        } else {
            PowerState::None
        };
        let day = |day: Option<chrono::NaiveDate>| day.map_or(String::new(), |d| d.to_string());
        Self {
            href: links.sites.then(|| format!("/sites/{}", of.site.id)),
            name: published.name.clone(),
            kind: word(&published.kind.name()),
            address: published.address.clone(),
            opens: entry.opens_at_level.map_or_else(unknown, |n| n.to_string()),
            power: word(&state.name()),
            socket: power.map_or(String::new(), |power| power.socket.clone()),
            until: day(power.map(|power| power.valid_until)),
            takes: match entry.direct_allowed {
                Some(true) => word(&w::YES),
                Some(false) => word(&w::NO),
                None => unknown(),
            },
            floors: match (entry.lowest_floor, entry.highest_floor) {
                (None, None) => unknown(),
                (low, high) => {
                    let floor = |n: Option<i16>| n.map_or("?".to_owned(), |n| n.to_string());
                    format!("{}–{}", floor(low), floor(high))
                }
            },
            seats: number(entry.ventilator_places),
            companions: number(entry.companions_max),
            closed: match entry.closed_from {
                Some(from) => format!("{from}–{}", day(entry.closed_until)),
                None => String::new(),
            },
            is_closed: of.open == Some(false),
            source: of.site.source.clone(),
            serves: names.join("、"),
            not: not.join("、"),
            standings: HAZARDS
                .iter()
                .map(|hazard| word(&of.standing(*hazard).name()))
                .collect(),
        }
    }
}

/// A map behind the table.
pub(super) struct SourceShown {
    pub layer: String,
    /// Data sets that speak for the municipality, with their dates; empty: none.
    pub sets: String,
    /// Wards of which none speaks.
    pub silent: String,
}

impl SourceShown {
    pub(super) fn of(layer: &LayerOnMap, town: MunicipalityCode, lang: Lang) -> Self {
        let covers = |code: &MunicipalityCode| code.same_as(town);
        let sets = layer.data_sets.iter().filter(|set| {
            let codes = set.covers.iter().flatten();
            codes.into_iter().any(covers)
        });
        let sets: Vec<String> = sets
            .map(|set| match set.dated {
                Some(dated) => format!("{}（{dated}）", set.name),
                None => set.name.clone(),
            })
            .collect();
        let silent = layer.silent_on.iter().map(|code| code.name().to_owned());
        let silent: Vec<String> = silent.collect();
        Self {
            layer: layer.kind.name().get(lang).to_owned(),
            silent: if sets.is_empty() {
                String::new()
            } else {
                silent.join("、")
            },
            sets: sets.join("、"),
        }
    }
}

/// A number of children with its unit.
pub(super) fn people(count: usize, lang: Lang) -> String {
    counted(count, w::PEOPLE, lang)
}
