//! DST-02: the destination is designated for the hazard.

use std::sync::Arc;

use super::{
    super::{Check, Says, There, about, writing::About},
    followed_by, not_in_a_list, suggestion,
};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        hazard::Hazard,
        plan::document::DestinationKind,
        site::{Site, SiteKind},
        text::Text,
    },
    spatial::sites::SiteDirectory,
};

/// What the emergency sites that speak for a place say of a hazard.
struct Said<'a> {
    /// How many speak for it.
    count: u32,
    /// One that is not designated for the hazard.
    refused: Option<&'a Site>,
    /// One of them does not say for what it is designated.
    unstated: bool,
}

impl<'a> Said<'a> {
    fn of(hazard: Hazard, sites: impl Iterator<Item = &'a Site>) -> Self {
        let mut said = Self {
            count: 0,
            refused: None,
            unstated: false,
        };
        for site in sites {
            said.count += 1;
            match site.published.designations {
                Some(set) if set.contains(hazard) => {}
                Some(_) => said.refused = said.refused.or(Some(site)),
                None => said.unstated = true,
            }
        }
        said
    }
}

/// Whether a listed site serves a hazard, as DST-02 judges it where a plan names it as
/// what the list says that it is; `None`: nobody says. Welfare shelters and hospitals are
/// not designated by hazard, and nothing is for a power cut: these serve.
pub(crate) fn serves(site: &Site, hazard: Hazard, all: &SiteDirectory) -> Option<bool> {
    if hazard == Hazard::PowerCut {
        return Some(true);
    }
    let said = match site.published.kind {
        SiteKind::WelfareShelter | SiteKind::Hospital | SiteKind::ShortStay => return Some(true),
        SiteKind::EmergencySite => Said::of(hazard, std::iter::once(site)),
        SiteKind::Shelter => {
            if all.judge_elsewhere(site).is_some() {
                return None;
            }
            let at_address = all.emergency_sites_at_address_of(site);
            Said::of(hazard, at_address.map(AsRef::as_ref))
        }
    };
    match said {
        Said { count: 0, .. } => (!hazard.is_flood_like()).then_some(true),
        Said {
            refused: Some(_), ..
        } => Some(false),
        Said { unstated, .. } => (!unstated).then_some(true),
    }
}

/// DST-02: an emergency site is designated for each hazard that hits the home
/// and for which it is chosen (災害対策基本法 第49条の4). A shelter is judged by
/// the emergency sites of the same municipality at the same address: all of
/// them; where there is none, it is unknown for flood-like hazards and not
/// judged for others; where one lies elsewhere, it is unknown. A power cut is never designated.
///
/// A place that a list knows is judged as what the list says that it is,
/// whatever the plan calls it.
///
/// Where the site is in no list, this is said for the hazards that surely hit:
/// once is enough.
pub(super) fn designated(check: &Check<'_>, there: There<'_>, to: &mut Vec<Finding>) {
    let Some(kind) = judged_as(there) else {
        return;
    };
    for (hazard, sure) in check.hazards() {
        if hazard == Hazard::PowerCut || !there.destination.is_for(hazard) {
            continue;
        }
        let about = about(RuleCode::Dst02, Severity::Blocker)
            .hazard(hazard)
            .at(there);
        let Some(site) = &there.facts.site else {
            if sure {
                to.extend(not_in_a_list(&about, there));
            }
            continue;
        };
        let about = about.citing_list(there);
        if kind == SiteKind::EmergencySite {
            let sites = std::iter::once(site);
            to.push(judge(check, about, hazard, sites));
        } else {
            to.extend(shelter(check, about, hazard, site));
        }
    }
}

/// As what a destination is judged: as what the list says that it is, whatever
/// the plan calls it; without a list as what the plan says. A shelter that the
/// plan calls a welfare shelter is none that opens for everybody. `None`: it is
/// not judged by designation.
fn judged_as(there: There<'_>) -> Option<SiteKind> {
    let listed = there.facts.site.as_ref().map(|site| site.published.kind);
    match (there.destination.kind, listed) {
        (_, Some(SiteKind::EmergencySite)) | (DestinationKind::EmergencySite, None) => {
            Some(SiteKind::EmergencySite)
        }
        (DestinationKind::WelfareShelter, _)
        | (_, Some(SiteKind::Hospital | SiteKind::ShortStay)) => None,
        (_, Some(SiteKind::Shelter | SiteKind::WelfareShelter))
        | (DestinationKind::Shelter, None) => Some(SiteKind::Shelter),
        (_, None) => None,
    }
}

fn shelter(check: &Check<'_>, about: About, hazard: Hazard, site: &Site) -> Option<Finding> {
    let directory = check.world.sites.as_ref()?;
    if let Some((other, metres)) = directory.judge_elsewhere(site) {
        return Some(elsewhere(about, hazard, other, metres));
    }
    let mut sites = directory.emergency_sites_at_address_of(site).peekable();
    if sites.peek().is_some() {
        return Some(judge(check, about, hazard, sites));
    }
    hazard.is_flood_like().then(|| {
        about.unknown(
            Owner::Municipality,
            &say!(
                "この避難所が{}のときに使えるか（同じ住所の指定緊急避難場所が一覧にない）",
                "whether this shelter may be used in case of {} (no emergency site is listed at its address)";
                hazard.name()
            ),
            say!(
                "市町村の防災担当に電話し、この避難所を{}のときに開くかを確かめて記録する。",
                "Telephone the municipality's disaster staff, ask whether the shelter opens for {}, and record it.";
                hazard.name()
            ),
        )
    })
}

/// An emergency site at the address lies too far away to be the same place.
fn elsewhere(about: About, hazard: Hazard, other: &Site, metres: f64) -> Finding {
    let (name, place) = (hazard.name(), &other.published.name);
    about
        .with("metres", metres.round())
        .with("judged_by", other.reference())
        .unknown(
            Owner::Municipality,
            &say!(
                "この避難所が{}のときに使えるか（同じ住所の指定緊急避難場所「{place}」が {metres:.0} m 離れた位置にあり、住所か位置のどちらかが違う）",
                "whether this shelter may be used in case of {} (the emergency site {place} at its address lies {metres:.0} m away: an address or a position is wrong)";
                name
            ),
            say!(
                "市町村の防災担当に、二つの場所の住所と位置のどちらが正しいか、{}のときに開くかを確かめ、直してもらう。",
                "Ask the municipality's disaster staff which address and position are right, whether it opens for {}, and to correct them.";
                name
            ),
        )
}

fn judge<'a>(
    check: &Check<'_>,
    about: About,
    hazard: Hazard,
    sites: impl Iterator<Item = &'a Arc<Site>>,
) -> Finding {
    let Said {
        count,
        refused,
        unstated,
    } = Said::of(hazard, sites.map(AsRef::as_ref));
    let about = about.with("emergency_sites", count);
    let Some(refused) = refused else {
        return if unstated {
            about.unknown(
                Owner::Municipality,
                &Text::fixed(
                    "どの災害のときの指定か",
                    "for which hazards it is designated",
                ),
                Text::fixed(
                    "市町村の防災担当に、この場所がどの災害の指定緊急避難場所かを確かめる。",
                    "Ask the municipality's disaster staff for which hazards the place is designated.",
                ),
            )
        } else {
            about.holds(Text::fixed(
                "この災害の避難場所として指定されています。",
                "It is designated for this hazard.",
            ))
        };
    };
    let (name, place) = (hazard.name(), &refused.published.name);
    let next = say!(
        "ご家族に電話し、{}のときの行き先を、{}の指定がある場所に変える。",
        "Telephone the family and change the destination for {} to a place that is designated for {}.";
        name, name
    );
    let about = about
        .with("designated_for", refused.published.designations)
        .with("judged_by", refused.reference())
        .home(check.home(hazard));
    about.fails_if_hit(
        check.home(hazard),
        Owner::Coordinator,
        Says {
            staff: say!(
                "{}の指定緊急避難場所に指定されていません（{place}の指定による）。",
                "It is not designated for {} (by the designation of {place}).";
                name
            ),
            family: say!(
                "{}のときに逃げる場所ではないことが分かりました。別の行き先を一緒に決めましょう。",
                "It turns out not to be a place to go to in case of {}. Let us settle on another one together.";
                name
            ),
            next: followed_by(next, suggestion(check, hazard)),
        },
    )
}

#[cfg(test)]
#[path = "designation_tests.rs"]
mod tests;
