//! DST-04, DST-08, DST-09, DST-10 and DST-13: whether the place takes the
//! child.

use chrono::NaiveDate;

use super::{
    super::{Check, Says, There, about, given},
    agreement_ends, not_in_a_list,
};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        plan::document::{Agreement, DestinationKind, Item},
        site::Site,
        text::Text,
    },
    planner::facts::Listing,
    spatial::sites::SiteDirectory,
};

/// DST-04: the first destination, of the plan and for each hazard that hits the
/// home or may hit it, takes a child directly.
pub(super) fn takes_directly(check: &Check<'_>, to: &mut Vec<Finding>) {
    let firsts: Vec<There<'_>> = check
        .hazards()
        .filter_map(|(hazard, _)| check.first_for(hazard))
        .chain(check.destinations().next())
        .collect();
    for there in check.away() {
        let is_first = |first: &There<'_>| std::ptr::eq(first.destination, there.destination);
        if firsts.iter().any(is_first) {
            to.extend(takes_a_child(there));
        }
    }
}

/// A welfare shelter about which nobody has said so is unknown; another listed
/// site is judged where the municipality has entered it.
fn takes_a_child(there: There<'_>) -> Option<Finding> {
    let welfare = there.destination.kind == DestinationKind::WelfareShelter;
    let listed = there.facts.site.is_some();
    if !welfare && !listed {
        return None;
    }
    let about = about(RuleCode::Dst04, Severity::Blocker)
        .at(there)
        .citing_list(there);
    let direct = if welfare {
        there.facts.direct_allowed(there.destination)
    } else {
        there.facts.site.as_ref()?.entry.direct_allowed
    };
    match direct {
        Some(true) => Some(about.with("direct_allowed", true).holds(Text::fixed(
            "直接行ってよい場所です。",
            "One may go there directly.",
        ))),
        None if !welfare => None,
        None => Some(about.unknown(
            Owner::Municipality,
            &Text::fixed(
                "直接行ってよい福祉避難所か",
                "whether the welfare shelter takes a child directly",
            ),
            Text::fixed(
                "市町村の福祉担当に電話し、この福祉避難所に直接避難できるかを確かめて記録する。",
                "Telephone the municipality's welfare staff, ask whether one may go there directly, and record it.",
            ),
        )),
        Some(false) => Some(about.with("direct_allowed", false).fails(
            Owner::Coordinator,
            Says {
                staff: Text::fixed(
                    "最初の避難先が、直接の受入れをしない施設です（ほかの避難所から移る二次的な避難先）。",
                    "The first destination takes nobody directly; one is moved there from another shelter.",
                ),
                family: Text::fixed(
                    "直接は入れない施設だと分かりました。まず行く場所を一緒に決めましょう。",
                    "It turns out not to take anybody directly. Let us settle where to go first.",
                ),
                next: Text::fixed(
                    "ご家族に電話し、最初に行く場所を別に決める。あわせて市町村に、直接避難の対象にできるかを相談する。",
                    "Telephone the family and settle another first place; also ask the municipality whether the child can be admitted directly.",
                ),
            },
        )),
    }
}

/// DST-08: the destinations were chosen for the home as it is. After a move
/// none of them may be followed until they are settled anew: the way, the time
/// and the hazards are others. Unlike a closed site this stops approval.
pub(super) fn chosen_for_this_home(check: &Check<'_>, to: &mut Vec<Finding>) {
    let Some(left) = check.case.left_home_on else {
        return;
    };
    for there in check.on_paper() {
        let about = about(RuleCode::Dst08, Severity::Blocker)
            .at(there)
            .with("former_home_left_on", left);
        to.push(about.fails(
            Owner::Municipality,
            Says {
                staff: Text::new(
                    format!("{left}の転居の前の家のために選んだ避難先で、いまの家からは使えません。"),
                    format!("Not usable: chosen for the former home, before the move of {left}."),
                ),
                family: Text::fixed(
                    "前の家のために選んだ場所です。引っ越したので、新しい家からの行き先を一緒に決めましょう。",
                    "It was chosen for the former home. Let us settle together where to go from the new one.",
                ),
                next: Text::fixed(
                    "新しい家の位置を確かめ、ご家族と避難先と経路を決め直して、計画の日付を新しくする。",
                    "Confirm where the new home is, settle destinations and ways anew with the family, and give the plan its new date.",
                ),
            },
        ));
    }
}

/// DST-08: a listed site is open, and in force in its list. The approved plan
/// stays in force until it is replaced; someone telephones.
pub(super) fn still_open(check: &Check<'_>, there: There<'_>) -> Option<Finding> {
    let published_list = matches!(
        there.destination.kind,
        DestinationKind::EmergencySite | DestinationKind::Shelter
    );
    match there.facts.listing {
        Listing::NotListed => return None,
        Listing::NoReference if !published_list => return None,
        _ => {}
    }
    let about = about(RuleCode::Dst08, Severity::Gap)
        .at(there)
        .citing_list(there);
    let Some(site) = &there.facts.site else {
        if there.facts.listing != Listing::Absent {
            return not_in_a_list(&about, there);
        }
        return Some(about.with("in_list", false).fails(
            Owner::Municipality,
            gone(&Text::fixed(
                "取り込んだ施設の一覧にありません",
                "is in none of the lists that were read",
            )),
        ));
    };
    let about = about
        .with("withdrawn", site.withdrawn)
        .with_some("closed_from", site.entry.closed_from)
        .with_some("closed_until", site.entry.closed_until)
        .with_some("reception", site.entry.reception)
        .with_some("conditions", site.entry.conditions.as_deref());
    Some(if site.withdrawn {
        about.fails(
            Owner::Municipality,
            gone(&Text::fixed(
                "新しい一覧からなくなりました",
                "is no longer in the newer list",
            )),
        )
    } else if site.entry.is_closed_on(check.today) {
        about.fails(
            Owner::Municipality,
            gone(&Text::fixed("いま閉まっています", "is closed at present")),
        )
    } else if site.entry.refuses() {
        // To this child it is closed.
        about.fails(
            Owner::Municipality,
            gone(&Text::fixed(
                "人工呼吸器のお子さんを受け入れられないと答えています",
                "has said that it does not take a child on a ventilator",
            )),
        )
    } else if let Some(closed) = closed_beside(check, site) {
        let kind = closed.published.kind.name();
        let name = &closed.published.name;
        let closed_from = closed.entry.closed_from;
        about
            .with("closed_at_address", closed.reference())
            .with_some("closed_from", closed_from)
            .unknown(
                Owner::Municipality,
                &say!(
                    "この施設が使えるか（同じ住所の{}「{name}」が閉鎖中です）",
                    "whether the site is open (the {} \"{name}\" at the same address is closed)";
                    kind
                ),
                Text::fixed(
                    "施設に電話し、建物全体が閉まっているかを確かめる。閉まっていれば、この施設の登録も閉鎖にする。",
                    "Telephone the site and ask whether the whole building is closed; if so, enter this one as closed, too.",
                ),
            )
    } else {
        about.holds(Text::fixed(
            "一覧にあり、使えます。",
            "It is in the list and open.",
        ))
    })
}

/// A closed site at the address of one that is not: one building may stand in
/// several lists, and is closed in all of them or in none.
pub(crate) fn closed_beside<'a>(check: &Check<'a>, site: &Site) -> Option<&'a Site> {
    let sites = check.world.sites.as_ref()?;
    closed_at_address(sites, site, check.today)
}

/// The same of a site that no plan names.
pub(crate) fn closed_at_address<'a>(
    sites: &'a SiteDirectory,
    site: &Site,
    today: NaiveDate,
) -> Option<&'a Site> {
    let mut others = sites.others_at_address_of(site);
    others
        .find(|other| other.entry.is_closed_on(today))
        .map(AsRef::as_ref)
}

fn gone(why: &Text) -> Says {
    Says {
        staff: say!(
            "施設が{}。計画は差し替えるまで有効です。",
            "The site {}. The plan stays in force until it is replaced.";
            why
        ),
        family: Text::fixed(
            "いまは使えないおそれがあります。市町村が確かめてお電話します。それまでは、ここには向かわないでください。",
            "It may not be available at present. The municipality finds out and calls you. Until then do not go there.",
        ),
        next: Text::fixed(
            "施設に電話して使えるかを確かめ、使えなければその日のうちにご家族に電話し、別の避難先を決める。",
            "Telephone the site; if it cannot be used, telephone the family the same day and settle another destination.",
        ),
    }
}

/// DST-09, for staff: no more ventilator users plan to go to a site than it
/// has outlets or places for.
pub(super) fn has_places(check: &Check<'_>, there: There<'_>) -> Option<Finding> {
    let about = about(RuleCode::Dst09, Severity::Warning)
        .at(there)
        .staff_only();
    let Some(site) = &there.facts.site else {
        return (there.facts.listing == Listing::NoList)
            .then(|| not_in_a_list(&about, there))
            .flatten();
    };
    let places = site.entry.ventilator_places;
    let planned = check
        .world
        .sites
        .as_ref()
        .and_then(|sites| sites.planned_at(site.id));
    let about = about
        .with_some("places", places)
        .with_some("planned", planned);
    Some(match (planned, places) {
        (_, None) => about.unknown(
            Owner::Municipality,
            &Text::fixed(
                "電源を使える場所の数",
                "for how many it has outlets or places",
            ),
            Text::fixed(
                "施設に電話し、停電のときも使えるコンセントの数を聞いて登録する。",
                "Telephone the site, ask how many outlets work in a power cut, and record it.",
            ),
        ),
        (None, Some(_)) => about.unknown(
            Owner::Municipality,
            &Text::fixed(
                "受入れの調整の状況",
                "how the places there are planned",
            ),
            Text::fixed(
                "保存されている計画とあわせて確かめる。",
                "Check it together with the stored plans.",
            ),
        ),
        (Some(planned), Some(places)) if planned > u32::from(places) => about.fails(
            Owner::Municipality,
            Says {
                staff: Text::new(
                    format!("この施設を避難先とする人工呼吸器の利用者が{planned}人で、受入れ枠{places}を超えます。"),
                    format!("{planned} ventilator users plan to go there; it has places for {places}."),
                ),
                family: Text::fixed(
                    "行き先の準備を、市町村が施設と相談しています。",
                    "The municipality is preparing the place with its staff.",
                ),
                next: Text::fixed(
                    "施設と相談してコンセントを増やすか、市町村の担当者がご家族に電話して別の避難先を決める。",
                    "Add outlets with the site, or telephone the family and settle another destination.",
                ),
            },
        ),
        (Some(_), Some(_)) => about.holds(Text::fixed(
            "電源を使える場所が足りています。",
            "There are outlets or places enough.",
        )),
    })
}

/// DST-10: no more companions come than a listed site takes.
pub(super) fn takes_companions(_check: &Check<'_>, there: There<'_>) -> Option<Finding> {
    let site = there.facts.site.as_ref()?;
    let (most, coming) = (site.entry.companions_max, there.destination.companions);
    let about = about(RuleCode::Dst10, Severity::Warning)
        .at(there)
        .with_some("companions_max", most)
        .with_some("companions", coming);
    Some(match (most, coming) {
        (_, None) => about.unknown(
            Owner::Family,
            &Text::fixed("一緒に行く人の数", "how many come along"),
            Text::fixed(
                "一緒に行く人の数を計画に書く。",
                "Write down how many come along.",
            ),
        ),
        (None, Some(_)) => about.unknown(
            Owner::Municipality,
            &Text::fixed(
                "施設が受け入れる付添いの人数",
                "how many companions the site takes",
            ),
            Text::fixed(
                "施設に電話し、付添いは何人までかを聞いて登録する。",
                "Telephone the site, ask how many companions it takes, and record it.",
            ),
        ),
        (Some(most), Some(coming)) if coming > most => about.fails(
            Owner::Coordinator,
            Says {
                staff: Text::new(
                    format!("付添いは{coming}人の計画ですが、施設の受入れは{most}人までです。"),
                    format!("{coming} companions come along; the site takes {most}."),
                ),
                family: Text::new(
                    format!("この施設に一緒に入れるのは{most}人までです。ほかのご家族の行き先がまだ決まっていません。"),
                    format!("The site takes {most} companions. Where the others of the family go is not settled yet."),
                ),
                next: Text::fixed(
                    "ご家族と、誰が付き添い、ほかの人がどこへ行くかを決めて計画に書く。施設に人数を増やせるかも聞く。",
                    "With the family, settle who comes along and where the others go; also ask the site whether it takes more.",
                ),
            },
        ),
        (Some(_), Some(_)) => about.holds(Text::fixed(
            "付添いの人数は施設の受入れの範囲です。",
            "The site takes that many companions.",
        )),
    })
}

/// DST-13: a hospital or short stay has agreed: with whom, in which ward, from
/// which trigger, whether subject to a free bed, which telephone, dated within
/// 12 months. Complete but never tried: advice.
pub(super) fn has_agreed(check: &Check<'_>, there: There<'_>) -> Option<Finding> {
    if !matches!(
        there.destination.kind,
        DestinationKind::Hospital | DestinationKind::ShortStay
    ) {
        return None;
    }
    let about = about(RuleCode::Dst13, Severity::Gap).at(there);
    let agreement = there.destination.agreement.as_ref();
    let mut lacking = lacks(agreement);
    let ends = agreement_ends(check, there.destination);
    let dated = agreement.and_then(|agreement| agreement.dated);
    if dated.is_some_and(|dated| dated > check.today) {
        lacking.push((
            "dated",
            Text::fixed(
                "合意した日（まだ来ていない日付になっています）",
                "the date (it has not come yet)",
            ),
        ));
    }
    let tried_on = agreement
        .and_then(|agreement| agreement.tried_on)
        .filter(|tried| *tried <= check.today);
    if ends.is_some_and(|ends| ends < check.today) {
        lacking.push((
            "renewal",
            Text::fixed("12か月以内の確認", "a renewal within 12 months"),
        ));
    }
    let about = about
        .with_some("dated", dated)
        .with_some("counts_until", ends)
        .with_some("tried_on", tried_on);
    if lacking.is_empty() {
        return Some(if tried_on.is_some() {
            about.holds(Text::fixed(
                "受入れの約束があり、一度試しています。",
                "The place has agreed, and the stay was tried.",
            ))
        } else {
            about
                .severity(Severity::Advice)
                .fails(Owner::Family, never_tried())
        });
    }
    if check.plan.is_unread(Item::Agreement) {
        let title = RuleCode::Dst13.title();
        return Some(about.unread(&title));
    }
    let names = |pick: fn(&Text) -> &str, between: &str| {
        let names: Vec<&str> = lacking.iter().map(|(_, name)| pick(name)).collect();
        names.join(between)
    };
    let names = Text::new(names(|t| &t.ja, "、"), names(|t| &t.en, ", "));
    let keys: Vec<&str> = lacking.iter().map(|(key, _)| *key).collect();
    let number = agreement.and_then(|agreement| given(agreement.telephone.as_deref()));
    let number = number.map_or(Text::fixed("", ""), |number| {
        Text::new(format!("（{number}）"), format!(" ({number})"))
    });
    Some(about.with("lacking", keys).fails(
        Owner::Site,
        Says {
            staff: say!(
                "受入れの合意がそろっていません（足りないもの：{}）。",
                "The agreement with the place is not complete. It lacks: {}.";
                names
            ),
            family: say!(
                "受け入れてもらう約束で、まだ決まっていないことがあります：{}。",
                "Something about being taken in is not settled yet: {}.";
                names
            ),
            next: say!(
                "担当者{}に電話し、{}を確かめて、日付とともに計画に書く。",
                "Telephone the person in charge there{}, settle {}, and write it down with the date.";
                number, names
            ),
        },
    ))
}

/// Whether a hospital or short stay that is chosen for a power cut has agreed to
/// take the child, and the agreement counts today.
pub(crate) fn has_agreed_bed(check: &Check<'_>) -> bool {
    use crate::domain::hazard::Hazard;
    check.chosen_for(Hazard::PowerCut).any(|there| {
        let kind = there.destination.kind;
        let receives = matches!(kind, DestinationKind::Hospital | DestinationKind::ShortStay);
        let agreement = there.destination.agreement.as_ref();
        let begun = agreement.and_then(|agreement| agreement.dated);
        let refuses = there.facts.site.as_ref();
        let refuses = refuses.is_some_and(|site| site.entry.refuses());
        receives
            && !refuses
            && lacks(agreement).is_empty()
            && begun.is_some_and(|dated| dated <= check.today)
            && agreement_ends(check, there.destination).is_some_and(|ends| ends >= check.today)
    })
}

fn never_tried() -> Says {
    Says {
        staff: Text::fixed(
            "受入れの合意はありますが、一度も試していません。",
            "The place has agreed, but the stay was never tried.",
        ),
        family: Text::fixed(
            "受け入れてもらう約束ができています。一度泊まってみると、いざというとき安心です。",
            "The place has agreed to take you in. Trying it once makes it easier on the day.",
        ),
        next: Text::fixed(
            "次の短期入所や受診のときに、避難のときと同じ荷物と機器で一度試す。",
            "Try it at the next short stay or visit, with the same bags and devices as in an evacuation.",
        ),
    }
}

/// What an agreement lacks.
fn lacks(agreement: Option<&Agreement>) -> Vec<(&'static str, Text)> {
    let text = |pick: fn(&Agreement) -> &Option<String>| {
        agreement.is_some_and(|agreement| given(pick(agreement).as_deref()).is_some())
    };
    [
        (
            text(|a| &a.with_whom),
            "with_whom",
            Text::fixed("担当者の名前", "the person in charge"),
        ),
        (text(|a| &a.ward), "ward", Text::fixed("病棟", "the ward")),
        (
            text(|a| &a.from_trigger),
            "from_trigger",
            Text::fixed("どのきっかけから入れるか", "from which trigger on"),
        ),
        (
            agreement.is_some_and(|a| a.subject_to_free_bed.is_some()),
            "subject_to_free_bed",
            Text::fixed("空床が条件か", "whether it depends on a free bed"),
        ),
        (
            text(|a| &a.telephone),
            "telephone",
            Text::fixed(
                "夜間も通じる電話番号",
                "a telephone number for the night too",
            ),
        ),
        (
            agreement.is_some_and(|a| a.dated.is_some()),
            "dated",
            Text::fixed("合意の日付", "its date"),
        ),
    ]
    .into_iter()
    .filter(|(there, ..)| !there)
    .map(|(_, key, name)| (key, name))
    .collect()
}

#[cfg(test)]
#[path = "reception_tests.rs"]
mod tests;
