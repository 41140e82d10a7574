//! The papers of a plan: the family's sheet, the sheet for those who help, and the complete
//! one. Each says of which version it is, and that nobody promises a rescue (`DOMAIN.md` A2).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{in_era, on_weekday};
use crate::{
    domain::{
        hazard::Hazard,
        plan::{
            PlanDocument,
            document::{ChildItems, Destination, Supporter, TravelBy},
        },
    },
    planner::Look,
    print::{
        pdf::{Paper, PdfError, Template, set},
        readings::readings,
        said,
    },
};

/// For whom a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum For {
    /// The family: large, with readings.
    Family,
    /// Those who help: who, where, how to carry, whom to call.
    Support,
    /// Fire service, hospital, and the municipality itself: all of it.
    Whole,
}

/// The words of the family's sheet, by which its template calls them. Each is printed with
/// its readings.
pub const FIXED: &[(&str, &str)] = &[
    ("outage", "停電したら"),
    (
        "child_first",
        "まず、お子さんを見る。苦しそう・顔色が悪いときは、蘇生バッグで呼吸を助けて119",
    ),
    (
        "never_empty",
        "バッテリーを、お子さんにつないだまま使い切らないでください。",
    ),
    ("cut_at", "停電した時刻"),
    ("leave_by", "出発か電話"),
    ("ends", "電源が終わる"),
    ("hours", "バッテリーでもつ時間"),
    (
        "hours_unknown",
        "分からない。病院か担当の人に聞いてください",
    ),
    (
        "unconfirmed",
        "確かめていない数字から計算しています。早めに動いてください。",
    ),
    ("level_three", "警戒レベル3（高齢者等避難）が出たら"),
    ("go_now", "すぐに出発します。レベル4を待ちません。"),
    (
        "no_place",
        "行き先がまだ決まっていません。市町村か担当の人に電話してください。",
    ),
    (
        "no_zone",
        "この家にかかる災害の区域は、地図では見つかっていません（安全という意味ではありません）。避難の呼びかけが出たら、市町村か担当の人に電話してください。",
    ),
    ("by_plan", "計画の行き先"),
    ("go_to", "行き先"),
    ("too_late", "外に出られないとき（レベル5）"),
    ("stay", "外へ出ないで、この部屋に集まります。"),
    (
        "no_room",
        "部屋が決まっていないときは、家の中でいちばん高い階の、がけや川から遠い部屋へ行きます。",
    ),
    ("room", "部屋"),
    ("take_there", "持っていくもの"),
    ("call", "電話"),
    ("not_settled", "まだ決まっていません"),
    ("telephones", "電話番号"),
];

/// Runs of characters, each with its reading or an empty one.
type Read = Vec<(String, &'static str)>;

fn read(text: &str) -> Read {
    readings(text)
        .into_iter()
        .map(|(run, reading)| (run.to_owned(), reading.unwrap_or_default()))
        .collect()
}

/// What the power of a child says on paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PowerSaid {
    /// By when to leave or telephone, in a sentence.
    pub trigger: String,
    /// Power fails at, leave by, power ends at; empty: unknown, or at once.
    pub table: Vec<[String; 3]>,
    /// Hours on batteries; `None`: unknown.
    pub hours: Option<String>,
    /// They rest on figures that nobody has confirmed.
    pub unconfirmed: bool,
    /// Which source carries which hour, as SVG; `None`: unknown.
    pub picture: Option<String>,
}

/// What a sheet is made of.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// For whom.
    pub of: For,
    /// To whom it is given, where it is not the family.
    pub to: Option<String>,
    /// The number of the case.
    pub number: String,
    /// What the plan says; `None`: there is none.
    pub document: Option<&'a PlanDocument>,
    /// What is on record of the child.
    pub child: &'a ChildItems,
    /// What the check found.
    pub look: &'a Look,
    /// Its power.
    pub power: PowerSaid,
    /// Which version, and where it stands.
    pub state: String,
    /// Whether it is in force.
    pub in_force: bool,
    /// Whom to telephone at the municipality: its name and number, where it is known.
    pub office: Option<(String, String)>,
    /// The day of the last confirmation with the family.
    pub confirmed_on: Option<NaiveDate>,
    /// The day on which the sheet is made.
    pub made_on: NaiveDate,
    /// The number of the print.
    pub print: Option<String>,
    /// The map, as SVG; `None`: there is nothing to draw it around, or it may not be shown.
    pub map: Option<String>,
    /// The address may not stand on it.
    pub address_hidden: bool,
}

/// One way to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Leave {
    /// For which hazards.
    hazards: String,
    /// Where to.
    to: String,
    address: Option<String>,
    route: Option<String>,
    by: Option<&'static str>,
    telephone: Option<String>,
    /// Nobody goes there as things are: what to do meanwhile.
    warn: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Helper {
    name: String,
    relation: Option<String>,
    contact: Option<String>,
    address: Option<String>,
    task: Option<String>,
}

/// A sheet, as its template reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    kind: For,
    to: Option<String>,
    words: BTreeMap<&'static str, Read>,
    number: String,
    name: Option<String>,
    kana: Option<String>,
    #[serde(serialize_with = "in_era")]
    born: Option<NaiveDate>,
    address: Option<String>,
    room: Option<String>,
    state: String,
    in_force: bool,
    #[serde(serialize_with = "in_era")]
    confirmed_on: Option<NaiveDate>,
    made_on: String,
    print: Option<String>,
    trigger: Read,
    table: Vec<[String; 3]>,
    hours: Option<String>,
    unconfirmed: bool,
    picture: Option<String>,
    map: Option<String>,
    /// A hazard with levels hits the home, or may.
    threatened: bool,
    leave: Vec<Leave>,
    cut_to: Option<Leave>,
    others: Vec<Leave>,
    early: Option<String>,
    vehicle: Option<String>,
    late: [Option<String>; 3],
    telephones: Vec<(String, String)>,
    supporters: Vec<Helper>,
    minds: Vec<String>,
    take: Vec<String>,
    medicines: Option<String>,
    doctor: Option<String>,
    at_destination: Option<String>,
    open: Vec<String>,
    details: Vec<(String, Vec<(String, String)>)>,
}

fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The hazards with levels that hit the home, or may.
fn to_leave_for(look: &Look) -> Vec<Hazard> {
    let may = |hazard: &Hazard| look.exposures[hazard].hits() != Some(false);
    let listed = look.exposures.keys().copied();
    listed
        .filter(|hazard| hazard.has_levels() && may(hazard))
        .collect()
}

fn leave(to: &Destination, hazards: &[Hazard], look: &Look) -> Leave {
    let names: Vec<_> = hazards.iter().map(|hazard| hazard.name().ja).collect();
    let agreed = to.agreement.as_ref();
    Leave {
        hazards: names.join("・"),
        to: to.label(),
        address: filled(to.address.as_ref()),
        route: filled(to.route.as_ref()),
        by: to.travel_by.map(|by| match by {
            TravelBy::Foot => "歩き・バギー",
            TravelBy::Car => "車",
        }),
        telephone: agreed.and_then(|agreed| filled(agreed.telephone.as_ref())),
        warn: stopped(to, look),
    }
}

/// Why nobody goes to a place as things are, and what to do meanwhile; `None`: nothing
/// speaks against it that is known.
fn stopped(to: &Destination, look: &Look) -> Option<String> {
    let mut found = look.failing().filter(|one| one.stops_going_to(to));
    let worst = found.next()?;
    let why = worst.message_family.ja.to_string();
    Some(match worst.interim() {
        Some(interim) => format!("{why}{}", interim.ja),
        None => why,
    })
}

/// For what the plan leaves at level 3: the hazards that hit the home, or may; where the maps
/// show none, those that the plan itself names a trigger for.
fn leaves_for(document: &PlanDocument, look: &Look) -> Vec<Hazard> {
    let shown = to_leave_for(look);
    if !shown.is_empty() {
        return shown;
    }
    let mut named: Vec<Hazard> = document.triggers.iter().map(|one| one.hazard).collect();
    named.retain(|hazard| hazard.has_levels());
    named.sort_unstable();
    named.dedup();
    named
}

/// The place for a hazard: the first to which somebody can go, else the first of all.
fn place_for(document: &PlanDocument, hazard: Hazard, look: &Look) -> Option<usize> {
    let places = document.destinations.iter().enumerate();
    let chosen: Vec<_> = places.filter(|(_, to)| to.is_for(hazard)).collect();
    let open = chosen.iter().find(|(_, to)| stopped(to, look).is_none());
    open.or(chosen.first()).map(|(place, _)| *place)
}

/// Where the plan goes at level 3 for each hazard, where in a power cut, and its other
/// places.
fn ways(document: &PlanDocument, look: &Look) -> (Vec<Leave>, Option<Leave>, Vec<Leave>) {
    let mut first: Vec<(usize, Vec<Hazard>)> = Vec::new();
    for hazard in leaves_for(document, look) {
        let Some(place) = place_for(document, hazard, look) else {
            continue;
        };
        match first.iter_mut().find(|(known, _)| *known == place) {
            Some((_, hazards)) => hazards.push(hazard),
            None => first.push((place, vec![hazard])),
        }
    }
    let cut = place_for(document, Hazard::PowerCut, look);
    let chosen: Vec<usize> = first.iter().map(|(place, _)| *place).chain(cut).collect();
    let others = document.destinations.iter().enumerate();
    let others = others.filter(|(place, _)| !chosen.contains(place));
    let others = others
        .map(|(_, to)| leave(to, to.hazards.as_deref().unwrap_or_default(), look))
        .collect();
    let first = first.into_iter();
    let first = first.map(|(place, hazards)| leave(&document.destinations[place], &hazards, look));
    let cut = cut.map(|place| leave(&document.destinations[place], &[], look));
    (first.collect(), cut, others)
}

fn helper(one: &Supporter, whole: bool) -> Option<Helper> {
    Some(Helper {
        name: filled(one.name.as_ref())?,
        relation: filled(one.relation.as_ref()),
        contact: filled(one.contact.as_ref()),
        // Where a supporter lives is for those who run the plan.
        address: filled(one.address.as_ref()).filter(|_| whole),
        task: filled(one.task.as_ref()).or_else(|| {
            one.can_carry
                .filter(|can| *can)
                .map(|_| "抱える・押す".to_owned())
        }),
    })
}

/// What a sheet says: no more than its readers are to know.
pub fn sheet(facts: &Facts<'_>) -> Sheet {
    let cut = (facts.of == For::Support)
        .then(|| {
            facts
                .document
                .cloned()
                .map(PlanDocument::for_evacuation_support)
        })
        .flatten();
    let document = cut.as_ref().or(facts.document);
    let whole = facts.of != For::Support;
    let child = document.map_or(facts.child, |document| &document.child);
    let beside = document.and_then(|document| document.particulars.as_deref());
    let late = document.and_then(|document| document.too_late.as_ref());
    let (leave, cut_to, others) = document.map_or_else(Default::default, |d| ways(d, facts.look));
    let minds = beside.map_or_else(Vec::new, |beside| {
        let ticked = beside.considerations.iter();
        let ticked = ticked.map(|one| one.name().ja.into_owned());
        ticked.chain(beside.consideration_words.clone()).collect()
    });
    let failing = facts.look.failing().filter(|found| !found.staff_only);
    let open = failing.map(|found| found.message_family.ja.to_string());
    let open: Vec<String> = if whole { open.collect() } else { Vec::new() };
    let power = &facts.power;
    let home = document.and_then(|document| document.home.room_floor);
    Sheet {
        kind: facts.of,
        to: facts.to.clone(),
        words: FIXED.iter().map(|(key, text)| (*key, read(text))).collect(),
        number: facts.number.clone(),
        name: filled(child.name.as_ref()),
        kana: filled(child.kana.as_ref()),
        born: child.born.filter(|_| whole),
        address: filled(child.address.as_ref()).filter(|_| !facts.address_hidden),
        room: home.map(|floor| format!("{floor}階")),
        state: facts.state.clone(),
        in_force: facts.in_force,
        confirmed_on: facts.confirmed_on,
        made_on: on_weekday(facts.made_on),
        print: facts.print.clone(),
        trigger: read(&power.trigger),
        table: power.table.clone(),
        hours: power.hours.clone(),
        unconfirmed: power.unconfirmed,
        picture: power.picture.clone().filter(|_| whole),
        map: facts.map.clone().filter(|_| whole),
        threatened: !to_leave_for(facts.look).is_empty(),
        leave,
        cut_to,
        others,
        early: document.and_then(|document| filled(document.early_trigger.as_ref())),
        vehicle: document.and_then(|document| filled(document.vehicle.as_ref())),
        late: [
            late.and_then(|late| filled(late.room.as_ref())),
            late.and_then(|late| filled(late.take.as_ref())),
            late.and_then(|late| filled(late.call.as_ref())),
        ],
        telephones: child
            .contacts
            .iter()
            .map(|one| (one.who.clone().unwrap_or_default(), one.value.clone()))
            .chain(facts.office.clone())
            .collect(),
        supporters: document.map_or_else(Vec::new, |document| {
            let all = document.supporters.iter();
            all.filter_map(|one| helper(one, whole)).collect()
        }),
        minds,
        take: beside.map_or_else(Vec::new, |beside| beside.take_along.clone()),
        medicines: beside
            .and_then(|b| filled(b.medicines.as_ref()))
            .filter(|_| whole),
        doctor: beside
            .and_then(|b| filled(b.doctor.as_ref()))
            .filter(|_| whole),
        at_destination: beside.and_then(|beside| filled(beside.at_destination.as_ref())),
        open: dedup(open),
        details: document
            .filter(|_| facts.of == For::Whole)
            .map_or_else(Vec::new, said::parts),
    }
}

impl Sheet {
    /// As it stands in a binder: without what the plan says beside what the night needs.
    #[must_use]
    pub fn for_the_night(mut self) -> Self {
        self.details.clear();
        self
    }
}

fn dedup(mut all: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|one| seen.insert(one.clone()));
    all
}

/// Sets a sheet.
///
/// # Errors
/// As [`set`].
pub fn print(sheet: &Sheet) -> Result<Paper, PdfError> {
    set(Template::PlanSheet, sheet)
}

/// A child in the binder, and how its plan stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bound {
    /// How its plan stands, in a word: also without one.
    pub standing: String,
    /// Its sheet.
    pub sheet: Sheet,
}

/// The binder of a municipality (夜間綴り): every child, also without a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Binder {
    /// Whose.
    pub title: String,
    /// When it was made: what was said later is not in it.
    pub made_at: String,
    /// The children.
    pub children: Vec<Bound>,
}

/// Sets a binder.
///
/// # Errors
/// As [`set`].
pub fn bind(binder: &Binder) -> Result<Paper, PdfError> {
    set(Template::Binder, binder)
}
