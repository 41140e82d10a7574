//! A destination as the page of a plan shows it.

use chrono::NaiveDate;

use super::{
    plan::{ExposureLine, dial, lines},
    words,
};
use crate::{
    domain::{
        plan::document::{Agreement, DestinationKind},
        site::ConfirmedPower,
        text::{Lang, Text},
    },
    service::view::{AddressOnPage, DestinationView, PlanPage},
};

/// A destination in words.
pub(super) struct Place {
    pub number: usize,
    pub view: DestinationView,
    pub href: Option<String>,
    pub metres: Option<String>,
    /// The zones that the way touches.
    pub crossed: String,
    /// What the plan and the municipality say about it.
    pub items: Vec<(String, String)>,
    /// Its telephone: the number, and as it is dialled.
    pub telephone: Option<(String, String)>,
    pub exposures: Vec<ExposureLine>,
    /// It is closed, or no longer in its list.
    pub unusable: bool,
    /// It was chosen for a home that was left.
    pub of_former_home: bool,
}

impl Place {
    /// A destination, by its number in the plan.
    pub(super) fn of(number: usize, view: DestinationView, page: &PlanPage, lang: Lang) -> Self {
        let on = page.on;
        // What tells where the home is stands nowhere, not even as unknown.
        let told = !matches!(page.address, AddressOnPage::Hidden { .. });
        let stays = view.destination.kind == DestinationKind::StayUpstairs;
        let telephone = view
            .destination
            .agreement
            .as_ref()
            .and_then(|agreement| agreement.telephone.clone());
        Self {
            number,
            href: view.site.as_ref().map(|site| format!("/sites/{}", site.id)),
            metres: view.straight_line_metres.map(distance),
            crossed: view
                .crossed
                .iter()
                .map(|zone| zone.get(lang).to_owned())
                .collect::<Vec<_>>()
                .join(words::COMMA.get(lang)),
            items: items(&view, on, lang, told),
            telephone: telephone.map(|number| (number.clone(), dial(&number))),
            // Whoever stays is exposed to what the home is exposed to.
            exposures: lines(
                if stays {
                    &page.exposures
                } else {
                    &view.exposures
                },
                lang,
            ),
            of_former_home: page.left_home_on.is_some(),
            unusable: view
                .site
                .as_ref()
                .is_some_and(|site| site.withdrawn || site.entry.is_closed_on(on)),
            view,
        }
    }
}

pub(super) fn distance(metres: f64) -> String {
    if metres < 1000.0 {
        format!("{metres:.0} m")
    } else {
        format!("{:.1} km", metres / 1000.0)
    }
}

fn items(view: &DestinationView, on: NaiveDate, lang: Lang, told: bool) -> Vec<(String, String)> {
    let plan = &view.destination;
    let entry = view.site.as_ref().map(|site| &site.entry);
    let unknown = || words::UNKNOWN.get(lang).to_owned();
    let mut items = Vec::new();
    let mut item = |name: &Text, value: String| items.push((name.get(lang).to_owned(), value));
    let hazards = match &plan.hazards {
        None => words::ALL_HAZARDS.get(lang).to_owned(),
        Some(list) => {
            let names: Vec<_> = list.iter().map(|h| h.name().get(lang).to_owned()).collect();
            names.join(words::COMMA.get(lang))
        }
    };
    item(&words::FOR_HAZARDS, hazards);
    if plan.kind != DestinationKind::StayUpstairs {
        let power = entry.and_then(|e| e.power.as_ref()).or(plan.power.as_ref());
        item(&words::POWER, power_in_words(power, on, lang));
    }
    if let Some(agreement) = &plan.agreement {
        item(&words::AGREEMENT, agreement_in_words(agreement, lang));
    }
    if let Some(level) = entry.and_then(|e| e.opens_at_level) {
        item(&words::OPENS_AT, level.to_string());
    }
    let direct = entry.and_then(|e| e.direct_allowed).or(plan.direct_allowed);
    if let Some(entry) = entry.filter(|entry| entry.reception.is_some()) {
        let said = entry.reception_in_words();
        item(&words::places::RECEPTION, said.get(lang).to_owned());
    }
    if let Some(direct) = direct {
        let word = if direct { words::YES } else { words::NO };
        item(&words::DIRECT, word.get(lang).to_owned());
    }
    let low = entry.and_then(|e| e.lowest_floor).or(plan.lowest_floor);
    let high = entry.and_then(|e| e.highest_floor).or(plan.highest_floor);
    if let Some(floors) = floors(low, high, lang) {
        item(&words::FLOORS, floors);
    }
    if let Some(going) = plan.companions {
        item(&words::COMPANIONS_GOING, going.to_string());
    }
    if let Some(most) = entry.and_then(|e| e.companions_max) {
        item(&words::COMPANIONS, most.to_string());
    }
    if !told {
        return items;
    }
    if plan.kind != DestinationKind::StayUpstairs {
        let metres = view.straight_line_metres.map(distance);
        item(&words::STRAIGHT, metres.unwrap_or_else(unknown));
        let travel = view.travel.as_ref().map(|(minutes, basis)| {
            format!(
                "{minutes:.0} {}（{}）",
                words::MINUTES.get(lang),
                basis.get(lang)
            )
        });
        item(&words::TRAVEL, travel.unwrap_or_else(unknown));
    }
    let route = plan.route.clone();
    let none = || words::NOT_RECORDED.get(lang).to_owned();
    item(&words::ROUTE, route.unwrap_or_else(none));
    items
}

fn power_in_words(power: Option<&ConfirmedPower>, on: NaiveDate, lang: Lang) -> String {
    let Some(power) = power else {
        return words::NOT_CONFIRMED.get(lang).to_owned();
    };
    let over = if power.valid_until < on {
        format!(" — {}", words::EXPIRED.get(lang))
    } else {
        String::new()
    };
    format!(
        "{} — {} — {} {}{over}",
        power.socket,
        power.confirmed_by,
        power.valid_until,
        words::UNTIL.get(lang)
    )
}

fn agreement_in_words(agreement: &Agreement, lang: Lang) -> String {
    let day = |word: &Text, day: Option<NaiveDate>| day.map(|d| format!("{} {d}", word.get(lang)));
    let free_bed = agreement.subject_to_free_bed == Some(true);
    let parts: Vec<String> = [
        agreement.with_whom.clone(),
        agreement.ward.clone(),
        agreement.from_trigger.clone(),
        free_bed.then(|| words::FREE_BED.get(lang).to_owned()),
        day(&words::AGREED_ON, agreement.dated),
        day(&words::TRIED_ON, agreement.tried_on),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        return words::NOT_RECORDED.get(lang).to_owned();
    }
    parts.join(" ・ ")
}

/// Storeys that may be used: `2–3階`, `floors 2–3`.
pub(super) fn floors(low: Option<i16>, high: Option<i16>, lang: Lang) -> Option<String> {
    let range = match (low, high) {
        (None, None) => return None,
        (Some(low), Some(high)) if low == high => low.to_string(),
        (low, high) => {
            let word = |n: Option<i16>| n.map_or("?".to_owned(), |n| n.to_string());
            format!("{}–{}", word(low), word(high))
        }
    };
    Some(floor(&range, lang))
}

/// A storey, or a range of them.
pub(super) fn floor(number: &str, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("{number}階"),
        Lang::En => format!("floor {number}"),
    }
}
