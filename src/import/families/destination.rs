//! A destination of a row.

use super::cells::{Cells, word};
use crate::{
    domain::{
        hazard::Hazard,
        plan::document::{Agreement, Destination, DestinationKind, TravelBy},
        site::ConfirmedPower,
        text::{Text, key_form},
    },
    text,
};

const KINDS: [(&str, DestinationKind); 15] = [
    ("指定緊急避難場所", DestinationKind::EmergencySite),
    ("指定避難所", DestinationKind::Shelter),
    ("福祉避難所", DestinationKind::WelfareShelter),
    ("指定福祉避難所", DestinationKind::WelfareShelter),
    ("協定福祉避難所", DestinationKind::WelfareShelter),
    ("病院", DestinationKind::Hospital),
    ("短期入所", DestinationKind::ShortStay),
    ("親戚", DestinationKind::Relative),
    ("親戚・知人宅", DestinationKind::Relative),
    ("知人", DestinationKind::Relative),
    ("ホテル", DestinationKind::Hotel),
    ("ホテル・旅館", DestinationKind::Hotel),
    ("屋内安全確保", DestinationKind::StayUpstairs),
    ("自宅の上の階", DestinationKind::StayUpstairs),
    ("その他", DestinationKind::Other),
];

/// The destination of a group of columns (`destination1_`); `None`: the group
/// is empty, or wrong.
pub(super) fn destination(cells: &Cells<'_>, group: &str) -> Option<Destination> {
    let key = |part: &str| format!("{group}{part}");
    let kind = cells.choice(&key("kind"), &KINDS);
    let found = Destination {
        kind: kind.unwrap_or(DestinationKind::Other),
        site: cells.text(&key("site")),
        name: cells.text(&key("name")),
        address: cells.text(&key("address")),
        position: cells.position(&key("lat"), &key("lon")),
        hazards: hazards(cells, &key("hazards")),
        route: cells.text(&key("route")),
        route_line: None,
        travel_by: cells.choice(
            &key("travel_by"),
            &[("徒歩", TravelBy::Foot), ("車", TravelBy::Car)],
        ),
        drill_minutes: cells.minutes(&key("drill_minutes"), 1440),
        family_minutes: cells.minutes(&key("family_minutes"), 1440),
        companions: cells.number(&key("companions"), &["人", "名"], 0, 100),
        lowest_floor: cells.storey(&key("lowest_floor")),
        highest_floor: cells.storey(&key("highest_floor")),
        power: power(cells, &key),
        direct_allowed: cells.yes_no(&key("direct")),
        oxygen: None,
        agreement: agreement(cells, &key),
    };
    if let (Some(lowest), Some(highest)) = (found.lowest_floor, found.highest_floor)
        && lowest > highest
    {
        cells.fault(
            &key("lowest_floor"),
            text!(
                "最下階（{lowest}）が最上階（{highest}）より上です。",
                "the lowest storey ({lowest}) is above the highest ({highest})"
            ),
        );
    }
    if kind.is_some() {
        return Some(found);
    }
    if found != nowhere() && cells.said(&key("kind")).is_none() {
        cells.fault(
            &key("kind"),
            Text::fixed(
                "避難先の種別がありません。決まっていなければ「その他」と書いてください。",
                "the kind of this destination is missing: write その他 (other) where none fits",
            ),
        );
    }
    None
}

/// What a group of empty cells makes.
fn nowhere() -> Destination {
    Destination {
        kind: DestinationKind::Other,
        site: None,
        name: None,
        address: None,
        position: None,
        hazards: None,
        route: None,
        route_line: None,
        travel_by: None,
        drill_minutes: None,
        family_minutes: None,
        companions: None,
        lowest_floor: None,
        highest_floor: None,
        power: None,
        direct_allowed: None,
        oxygen: None,
        agreement: None,
    }
}

/// The hazards of a destination; `None`: all.
fn hazards(cells: &Cells<'_>, key: &str) -> Option<Vec<Hazard>> {
    let others = [
        ("大規模火災", Hazard::Fire),
        ("火事", Hazard::Fire),
        ("火災", Hazard::Fire),
        ("内水", Hazard::InlandFlood),
        ("火山", Hazard::Volcano),
        ("土砂", Hazard::Landslide),
    ];
    let names = Hazard::ALL.map(|hazard| (hazard.name().ja, hazard));
    let mut words: Vec<(&str, Hazard)> = names.iter().map(|(n, h)| (n.as_ref(), *h)).collect();
    words.extend(others);
    cells
        .value(key, |cell| {
            if ["全て", "すべて", "全部", "all"].contains(&key_form(cell).as_str()) {
                return Ok(None);
            }
            let list: Result<Vec<Hazard>, Text> =
                pieces(cell).map(|piece| word(piece, &words)).collect();
            list.map(|found| (!found.is_empty()).then_some(found))
        })
        .flatten()
}

/// The pieces of a list in a cell.
pub(super) fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['・', '、', ',', '，', '､', '･', '/', '／', '\n'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
}

/// Confirmed power; it counts as confirmed only with all three: which socket,
/// by whom, until when.
fn power(cells: &Cells<'_>, key: &dyn Fn(&str) -> String) -> Option<ConfirmedPower> {
    let socket = cells.text(&key("power_socket"));
    let (by, until) = (
        cells.text(&key("power_by")),
        cells.date(&key("power_until")),
    );
    let any = socket.is_some() || by.is_some() || until.is_some();
    let power = socket.zip(by).zip(until);
    if any && power.is_none() {
        cells.warn(
            &key("power_socket"),
            Text::fixed(
                "電源のコンセント・確認者・期限の3つがそろわないので、電源は未確認として扱います。",
                "socket, who confirmed it and until when are not all given: the power counts as not confirmed",
            ),
        );
    }
    power.map(|((socket, confirmed_by), valid_until)| ConfirmedPower {
        socket,
        confirmed_by,
        valid_until,
    })
}

fn agreement(cells: &Cells<'_>, key: &dyn Fn(&str) -> String) -> Option<Agreement> {
    let found = Agreement {
        with_whom: cells.text(&key("agreed_with")),
        ward: cells.text(&key("agreed_ward")),
        from_trigger: cells.text(&key("agreed_trigger")),
        subject_to_free_bed: cells.yes_no(&key("agreed_free_bed")),
        telephone: cells.text(&key("agreed_phone")),
        dated: cells.past_date(&key("agreed_on")),
        tried_on: cells.past_date(&key("tried_on")),
    };
    let empty = Agreement {
        with_whom: None,
        ward: None,
        from_trigger: None,
        subject_to_free_bed: None,
        telephone: None,
        dated: None,
        tried_on: None,
    };
    (found != empty).then_some(found)
}
