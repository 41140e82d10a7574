//! DST: where to go, for each hazard that hits the home.
//!
//! Staying upstairs at home is a choice too (it counts in DST-01 and DST-11
//! for flood-like hazards and power cuts), and is judged by the rules on
//! staying, not as a place.

mod choice;
mod designation;
mod ground;
mod journey;
mod power;
mod reception;

use chrono::{Months, NaiveDate};

pub(crate) use designation::serves;
pub(crate) use ground::{Footing, footing};
pub(crate) use power::is_confirmed;
pub(crate) use reception::{closed_at_address, closed_beside, has_agreed_bed};

use super::{Check, There, writing::About};
use crate::{
    domain::{
        finding::{Finding, Owner},
        hazard::Hazard,
        plan::document::Destination,
        site::SiteKind,
        text::{Lang, Text},
    },
    planner::{exposure::Place, facts::Listing, inputs::suggestible},
    spatial::position::metres_between,
};

/// DST-01 to DST-13, each destination in the order of the plan.
pub(crate) fn check(check: &Check<'_>, to: &mut Vec<Finding>) {
    choice::somewhere_to_go(check, to);
    reception::chosen_for_this_home(check, to);
    for there in check.away() {
        designation::designated(check, there, to);
        ground::on_safe_ground(check, there, to);
        to.push(power::power_on_arrival(check, there));
        to.push(journey::near_enough_on_foot(check, there));
        to.extend(reception::still_open(check, there));
        to.extend(reception::has_places(check, there));
        to.extend(reception::takes_companions(check, there));
        journey::way_is_dry(check, there, to);
        to.extend(reception::has_agreed(check, there));
    }
    reception::takes_directly(check, to);
    journey::arrives_in_time(check, to);
    choice::second_choice(check, to);
}

/// The last day on which an agreement counts: 12 months after its date.
pub(crate) fn agreement_ends(check: &Check<'_>, destination: &Destination) -> Option<NaiveDate> {
    let dated = destination.agreement.as_ref()?.dated?;
    dated.checked_add_months(Months::new(check.world.parameters.agreement_months))
}

/// Why a listed site cannot be judged by its list, and who can help; `None`
/// where it can.
fn not_in_a_list(about: &About, there: There<'_>) -> Option<Finding> {
    match there.facts.listing {
        Listing::Found | Listing::NotListed => None,
        Listing::NoReference => Some(about.clone().unknown(
            Owner::Coordinator,
            &Text::fixed(
                "一覧のどの施設か（共通ID）",
                "which site of the published list it is (its id)",
            ),
            Text::fixed(
                "施設の一覧で名前と住所を確かめ、共通IDを計画に書く。",
                "Find it in the list of sites by name and address, and write its id into the plan.",
            ),
        )),
        Listing::NoList => Some(about.clone().unknown(
            Owner::Municipality,
            &Text::fixed("施設の一覧", "the published list of sites"),
            Text::fixed(
                "国土地理院か市町村の施設の一覧を取り込む。",
                "Import the list of sites of GSI or of the municipality.",
            ),
        )),
        Listing::Absent => Some(about.clone().unknown(
            Owner::Municipality,
            &Text::fixed(
                "一覧にない施設についての情報",
                "what is published about a site that is in no list",
            ),
            Text::fixed(
                "市町村の防災担当に電話し、その施設が今も使えるかを確かめる。",
                "Telephone the municipality's disaster staff and ask whether the site is still in use.",
            ),
        )),
    }
}

/// Up to two emergency sites near the home that are designated for a hazard
/// and lie in no known zone of it, for a next step; each with what is known of
/// its power and its ground.
fn suggestion(check: &Check<'_>, hazard: Hazard) -> Option<Text> {
    let sites = check.world.sites.as_ref()?;
    let home = check.case.home.position?;
    let near: Vec<Text> = suggestible(sites, home)
        .filter(|site| {
            let published = &site.published;
            published.kind == SiteKind::EmergencySite
                && published
                    .designations
                    .is_some_and(|set| set.contains(hazard))
                && !site.entry.is_closed_on(check.today)
                && !site.entry.refuses()
                && reception::closed_beside(check, site).is_none()
        })
        .filter_map(|site| {
            let published = &site.published;
            let (at, town) = (Some(published.position), published.municipality);
            let place = Place::new(at, 0.0, town, check.world);
            let ground = match place.exposure(hazard, &check.world.layers).hits() {
                Some(true) => return None,
                Some(false) => ("", ""),
                None => ("、危険区域は未確認", ", zones not known"),
            };
            let power = site.entry.power.as_ref();
            let power = match power.filter(|power| power.valid_until >= check.today) {
                Some(_) => ("電源確認済み", "power confirmed"),
                None => ("電源は未確認", "power not confirmed"),
            };
            let (name, km) = (
                &published.name,
                metres_between(home, published.position) / 1000.0,
            );
            Some(Text::new(
                format!("{name}（直線{km:.1}km、{}{}）", power.0, ground.0),
                format!("{name} (straight line {km:.1} km, {}{})", power.1, ground.1),
            ))
        })
        .take(2)
        .collect();
    (!near.is_empty()).then(|| {
        let joined = |lang, mark| {
            let names: Vec<&str> = near.iter().map(|text| text.get(lang)).collect();
            names.join(mark)
        };
        Text::new(
            format!("近くの候補：{}。", joined(Lang::Ja, "、")),
            format!(" Near candidates: {}.", joined(Lang::En, ", ")),
        )
    })
}

/// A sentence with a suggestion behind it, where there is one.
fn followed_by(sentence: Text, suggestion: Option<Text>) -> Text {
    match suggestion {
        Some(more) => say!("{}{}", "{}{}"; sentence, more),
        None => sentence,
    }
}

/// A number with one decimal, for evidence.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
