//! The table as XLSX: the counts, the places with their properties and dates, and how it
//! is counted. No name of a child.

use rust_xlsxwriter::XlsxError;

use super::shown::{Links, SiteShown, SourceShown, counts, people};
use crate::{
    domain::text::{Lang, Text},
    planner::diagnosis::{Columns, HAZARDS, HazardRow, Homes, Places, Upstairs, Ways},
    print::workbook::{self, Sheet},
    service::diagnosis::Diagnosis,
    web::words::diagnosis as w,
};

/// The columns of the counts.
const COLUMNS: [&Text; 29] = [
    &w::HAZARD,
    &w::LEVEL,
    &w::HIT,
    &w::OUTSIDE,
    &w::UNKNOWN,
    &w::LISTED,
    &w::UNSTATED,
    &w::CLOSED,
    &w::IN_ZONE,
    &w::TOO_LATE,
    &w::USABLE,
    &w::UNSURE,
    &w::POWERED,
    &w::DIRECT,
    &w::TO_ASK,
    &w::ROOM,
    &w::ROOM_UNKNOWN,
    &w::SHORT,
    &w::AT_MOST,
    &w::WAY_USABLE,
    &w::WAY_NOWHERE,
    &w::WAY_UNUSABLE,
    &w::WAY_UNKNOWN,
    &w::LATE,
    &w::UPSTAIRS,
    &w::NOT_UPSTAIRS,
    &w::UNKNOWN,
    &w::SENTENCE,
    &w::ON,
];

/// The columns of the places before those of the hazards.
const OF_SITES: [&Text; 14] = [
    &w::FIELD_NAME,
    &w::FIELD_KIND,
    &w::FIELD_ADDRESS,
    &w::OPENS,
    &w::POWER,
    &w::FIELD_SOCKET,
    &w::FIELD_UNTIL,
    &w::TAKES,
    &w::FLOORS,
    &w::SEATS,
    &w::FIELD_COMPANIONS,
    &w::FIELD_CLOSED,
    &w::FIELD_SOURCE,
    &w::SERVES,
];

/// The file. `part`: which part of the municipality, in words.
pub(super) fn book(told: &Diagnosis, part: &str, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    workbook::book(&[
        table(told, lang),
        sites(told, lang),
        notes(told, part, lang),
    ])
}

fn titles(columns: &[&Text], lang: Lang) -> Vec<String> {
    let titles = columns.iter().map(|title| title.get(lang).to_owned());
    titles.collect()
}

fn table(told: &Diagnosis, lang: Lang) -> Sheet {
    let rows = told.rows.iter().flat_map(|row| {
        let lines = match &row.columns {
            Columns::Levels {
                leave,
                there,
                too_late,
                late,
            } => vec![
                ("3", Some(leave), None, None),
                ("4", Some(there), *late, None),
                ("5", None, None, *too_late),
            ],
            Columns::One(places) => vec![("", Some(places), None, None)],
        };
        let told = (told.on.to_string(), lang);
        lines
            .into_iter()
            .map(move |(level, places, late, upstairs)| {
                of_level(row, (level, places, late, upstairs), &told)
            })
    });
    Sheet {
        name: w::TITLE.get(lang).to_owned(),
        head: titles(&COLUMNS, lang),
        rows: rows.collect(),
    }
}

/// What is told of a level: its number, its places, who leaves late, who may stay.
type Level<'a> = (
    &'static str,
    Option<&'a Places>,
    Option<usize>,
    Option<Upstairs>,
);

fn of_level(row: &HazardRow, level: Level<'_>, (on, lang): &(String, Lang)) -> Vec<String> {
    let (level, places, late, upstairs) = level;
    let number = |known: Option<usize>| known.map_or(String::new(), |n| n.to_string());
    let homes = |of: fn(&Homes) -> usize| number(row.homes.as_ref().map(of));
    let at = |of: fn(&Places) -> usize| number(places.map(of));
    let ways = |of: fn(&Ways) -> usize| number(row.ways.as_ref().map(of));
    let stays = |of: fn(&Upstairs) -> usize| number(upstairs.as_ref().map(of));
    // Children leave at level 3: what is short then is short.
    let leaves = matches!(level, "" | "3");
    let short = row.shortage().filter(|_| leaves);
    let alarm = row.alarm().filter(|_| leaves);
    vec![
        row.hazard.name().get(*lang).to_owned(),
        level.to_owned(),
        homes(|homes| homes.hit),
        homes(|homes| homes.outside),
        homes(|homes| homes.unknown),
        at(|places| places.listed),
        at(|places| places.unstated),
        at(|places| places.closed),
        at(|places| places.in_zone),
        at(|places| places.too_late),
        at(|places| places.usable),
        at(|places| places.unsure),
        at(|places| places.powered),
        at(|places| places.direct),
        at(|places| places.to_ask),
        at(|places| places.room),
        at(|places| places.room_unknown),
        number(short.map(|(surely, _)| surely)),
        number(short.map(|(_, perhaps)| perhaps)),
        ways(|ways| ways.usable),
        ways(|ways| ways.nowhere),
        ways(|ways| ways.unusable),
        ways(|ways| ways.unknown),
        number(late),
        stays(|stays| stays.may),
        stays(|stays| stays.may_not),
        stays(|stays| stays.unknown),
        alarm.map_or(String::new(), |text| text.get(*lang).to_owned()),
        on.clone(),
    ]
}

fn sites(told: &Diagnosis, lang: Lang) -> Sheet {
    let links = Links {
        town: told.town,
        homes: false,
        sites: false,
    };
    let mut head = titles(&OF_SITES, lang);
    let hazards = HAZARDS.iter();
    head.extend(hazards.map(|hazard| hazard.name().get(lang).to_owned()));
    let rows = told.sites.iter().map(|site| {
        let site = SiteShown::of(site, links, lang);
        let mut row = vec![
            site.name,
            site.kind,
            site.address,
            site.opens,
            site.power,
            site.socket,
            site.until,
            site.takes,
            site.floors,
            site.seats,
            site.companions,
            site.closed,
            site.source,
            site.serves,
        ];
        row.extend(site.standings);
        row
    });
    Sheet {
        name: w::SITES.get(lang).to_owned(),
        rows: rows.collect(),
        head,
    }
}

fn notes(told: &Diagnosis, part: &str, lang: Lang) -> Sheet {
    let line = |label: &Text, text: String| vec![label.get(lang).to_owned(), text];
    let area = if part.is_empty() {
        told.town.name().to_owned()
    } else {
        format!("{} {part}", told.town.name())
    };
    let mut rows = vec![line(&w::ON, told.on.to_string())];
    match told.children {
        Some(count) => rows.push(line(&w::CHILDREN, people(count, lang))),
        None => rows.push(vec![w::NOT_FOR_ROLE.get(lang).to_owned()]),
    }
    let counted = counts(told, lang).into_iter();
    rows.extend(counted.map(|(label, count)| vec![label, count.to_string()]));
    if !told.unmatched.is_empty() {
        rows.push(line(&w::UNMATCHED, told.unmatched.join("、")));
    }
    let how = [
        &w::HOW_HOMES,
        &w::HOW_PLACES,
        &w::HOW_POWER,
        &w::HOW_UPSTAIRS,
    ];
    rows.extend(how.map(|text| vec![text.get(lang).to_owned()]));
    let layers = told.layers.iter();
    rows.extend(layers.map(|layer| {
        let source = SourceShown::of(layer, told.town, lang);
        let sets = match source.sets.as_str() {
            "" => w::NO_MAP.get(lang).to_owned(),
            sets => sets.to_owned(),
        };
        vec![source.layer, sets, source.silent]
    }));
    Sheet {
        name: w::NOTES.get(lang).to_owned(),
        head: vec![w::TITLE.get(lang).to_owned(), area],
        rows,
    }
}
