//! DST-06, DST-07 and DST-12: the way there.

use super::{
    super::{Check, Says, There, about},
    tenths,
};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        hazard::Hazard,
        plan::document::{DestinationKind, Item, TravelBy},
        text::Text,
    },
    planner::{
        exposure::{WhyUnknown, citation},
        facts::{CrossedZone, Way, has_vehicle, hazards_on_the_way, way_is_covered},
    },
};

/// DST-06: the way to the first destination for a hazard takes no longer than
/// the time between the start trigger and the hazard, and the batteries last
/// until one has arrived, since the power may fail before. Judged for hazards with
/// levels, and for a tsunami where a lead time is given. The straight-line
/// reckoning is by day; the figure by night stands in the evidence.
pub(super) fn arrives_in_time(check: &Check<'_>, to: &mut Vec<Finding>) {
    for (hazard, _) in check.hazards() {
        let lead = check
            .plan
            .triggers
            .iter()
            .filter(|trigger| trigger.hazard == hazard)
            .filter_map(|trigger| trigger.lead_minutes)
            .min();
        if !(hazard.has_levels() || (hazard == Hazard::Tsunami && lead.is_some())) {
            continue;
        }
        let Some(there) = check.first_for(hazard) else {
            continue;
        };
        if there.destination.kind == DestinationKind::StayUpstairs {
            continue;
        }
        to.push(in_time(check, there, hazard, lead));
    }
}

fn in_time(check: &Check<'_>, there: There<'_>, hazard: Hazard, lead: Option<u32>) -> Finding {
    let travel = there.facts.travel;
    let about = about(RuleCode::Dst06, Severity::Warning)
        .hazard(hazard)
        .at(there)
        .with_some("lead_minutes", lead)
        .with_some("travel_minutes", travel.map(|t| tenths(t.minutes)))
        .with_some(
            "travel_minutes_by_night",
            travel.and_then(|t| t.minutes_by_night).map(tenths),
        )
        .with_some("travel_basis", travel.map(|t| t.basis))
        .with_some("drilled_on", travel.and_then(|t| t.drilled_on))
        .with_some(
            "straight_line_metres",
            there.facts.straight_line_metres.map(f64::round),
        );
    let Some(lead) = lead else {
        return about.unknown(
            Owner::Municipality,
            &Text::fixed(
                "きっかけから災害が来るまでの時間（分）",
                "the minutes from the trigger to the hazard",
            ),
            say!(
                "市町村の防災担当に、{}で出発のきっかけから危険になるまでのおよその時間を聞き、計画に書く。",
                "Ask the municipality's disaster staff how many minutes pass from the trigger to the danger ({}), and write them down.";
                hazard.name()
            ),
        );
    };
    let Some(travel) = travel else {
        return about.unknown(
            Owner::Family,
            &Text::fixed(
                "避難先まで何で、何分かかるか",
                "how one travels there, and for how long",
            ),
            Text::fixed(
                "移動の手段と、家を出てから着くまでの分数を計画に書く。",
                "Write down how you travel, and the minutes from door to door.",
            ),
        );
    };
    let parameters = &check.world.parameters;
    let on_the_way = check.preparation_minutes() + travel.minutes + parameters.queue_minutes;
    let batteries = check.budget.batteries;
    let about = about.with_some(
        "battery_hours",
        (!batteries.is_unknown()).then(|| batteries.tenths()),
    );
    if travel.minutes <= f64::from(lead) && batteries.lasts(on_the_way / 60.0) == Some(false) {
        return about.fails_if_hit(
            check.home(hazard),
            Owner::Coordinator,
            ends_on_the_way(on_the_way, &batteries.text()),
        );
    }
    if travel.minutes <= f64::from(lead) {
        return about.holds(Text::fixed(
            "災害が来る前に着ける時間です。",
            "One arrives before the hazard.",
        ));
    }
    let (minutes, basis) = (travel.minutes.ceil(), travel.told());
    about.fails_if_hit(
        check.home(hazard),
        Owner::Coordinator,
        Says {
            staff: say!(
                "移動に約{minutes:.0}分（{}）かかり、きっかけから災害までの{lead}分を超えます。",
                "The way takes about {minutes:.0} min ({}), longer than the {lead} min from the trigger to the hazard.";
                basis
            ),
            family: Text::new(
                format!(
                    "着くまでに約{minutes:.0}分かかり、危険になる前に間に合わないおそれがあります。もっと早く出るか、近い場所にしましょう。"
                ),
                format!(
                    "It takes about {minutes:.0} minutes to get there, which may be too long. Let us leave earlier or choose a nearer place."
                ),
            ),
            next: say!(
                "ご家族と、{}で出発するきっかけを早めるか、近い避難先に変え、一度実際に行って時間を測る。",
                "With the family, choose an earlier trigger for {} or a nearer place, and measure the way once.";
                hazard.name()
            ),
        },
    )
}

/// The power fails, and the batteries end before one has arrived.
fn ends_on_the_way(minutes: f64, batteries: &Text) -> Says {
    Says {
        staff: say!(
            "災害が来る前に着ける距離ですが、停電するとバッテリーは{}で、準備・移動・待ちの{minutes:.0}分の途中で切れます。",
            "It is near enough, but when the power fails the batteries last {} and end within the {minutes:.0} min of preparation, travel and queue.";
            batteries
        ),
        family: Text::fixed(
            "停電すると、着くまでにバッテリーが切れるおそれがあります。停電の前に出ることと、バッテリーを増やすことを一緒に考えましょう。",
            "When the power fails the batteries may end before you arrive. Let us think about leaving before that, and about more batteries.",
        ),
        next: Text::fixed(
            "ご家族と、停電の前に出るきっかけを決め、移動に使うバッテリーを機器会社・病院に相談する。",
            "With the family, settle on leaving before the power fails, and ask the maker and the hospital for a battery for the way.",
        ),
    }
}

/// DST-07: nobody pushes a buggy further than 500 m (straight line) where no
/// vehicle is named.
pub(super) fn near_enough_on_foot(check: &Check<'_>, there: There<'_>) -> Finding {
    let limit = check.world.parameters.foot_limit_metres;
    let metres = there.facts.straight_line_metres;
    let about = about(RuleCode::Dst07, Severity::Warning)
        .at(there)
        .with_some("straight_line_metres", metres.map(f64::round))
        .with("limit_metres", limit);
    let near = Text::fixed(
        "車が決まっているか、歩ける距離です。",
        "A vehicle is named, or it is near enough to walk.",
    );
    if has_vehicle(check.plan) || there.destination.travel_by == Some(TravelBy::Car) {
        return about.holds(near);
    }
    let Some(metres) = metres else {
        return about.unknown(
            Owner::Coordinator,
            &Text::fixed(
                "自宅と避難先の位置（歩く距離）",
                "the positions of home and destination (how far one walks)",
            ),
            Text::fixed(
                "自宅と避難先の位置を地図で確かめて登録するか、使う車を計画に書く。",
                "Record the positions of home and destination, or write down the vehicle.",
            ),
        );
    };
    if metres <= limit {
        return about.holds(near);
    }
    if check.plan.is_unread(Item::Vehicle) {
        let title = Text::fixed("移動手段", "vehicle");
        return about.unread(&title);
    }
    if there.destination.travel_by.is_none() {
        return about.unknown(
            Owner::Family,
            &Text::fixed("歩いて行くか、車で行くか", "whether one walks or drives"),
            Text::fixed(
                "歩いて行くか車で行くかを決め、車なら誰のどの車かを計画に書く。",
                "Settle whether you walk or drive; if you drive, write down whose and which vehicle.",
            ),
        );
    }
    about.fails(
        Owner::Coordinator,
        Says {
            staff: Text::new(
                format!("直線で{metres:.0}m（目安は{limit:.0}mまで）を徒歩で移動する計画で、使う車が書かれていません。"),
                format!("One walks {metres:.0} m in a straight line (at most {limit:.0} m) and no vehicle is named."),
            ),
            family: Text::fixed(
                "歩いて行くには遠い場所です。乗せてくれる車がまだ決まっていません。",
                "It is far to walk, and a vehicle is not settled yet.",
            ),
            next: Text::fixed(
                "ご家族と、誰の車・福祉タクシーで行くかを決め、名前と電話番号を計画に書く。なければ近い避難先に変える。",
                "With the family, settle whose car or welfare taxi it is and write down name and number; else choose a nearer place.",
            ),
        },
    )
}

/// DST-12: the way touches no water of 0.3 m or more (any mapped depth, since
/// the upper bound of every rank is more than that; house collapse zones too)
/// and no landslide zone. Judged on the line drawn in the plan, else on the
/// straight line, and said so. Outside zones it holds only where maps speak
/// for both ends of the way.
pub(super) fn way_is_dry(check: &Check<'_>, there: There<'_>, to: &mut Vec<Finding>) {
    for (hazard, sure) in hazards_on_the_way(there.destination, check.exposures) {
        let about = about(RuleCode::Dst12, Severity::Warning)
            .hazard(hazard)
            .at(there)
            .with_some("judged_on", there.facts.way.as_ref().map(judged_on));
        let Some(way) = &there.facts.way else {
            to.push(about.unknown_exposure(WhyUnknown::NoPosition));
            continue;
        };
        let crossed: Vec<&CrossedZone> = way
            .crossed
            .iter()
            .filter(|crossed| hazard.layers().contains(&crossed.zone.layer))
            .collect();
        if let Some(first) = crossed.first() {
            let sets: Vec<_> = crossed.iter().map(|c| citation(&c.zone.data_set)).collect();
            let about = about
                .with(
                    "crossed",
                    crossed.iter().map(|c| c.zone.class).collect::<Vec<_>>(),
                )
                .with("zones", crossed.iter().map(|c| c.count).sum::<usize>())
                .with("data_sets", sets);
            let says = crosses(&first.zone.label(), way.is_drawn);
            to.push(if sure {
                about.fails(Owner::Coordinator, says)
            } else {
                about.fails_if_hit(weather_home(check, there), Owner::Coordinator, says)
            });
            continue;
        }
        to.push(match not_told(check, there, way, hazard) {
            Some(why) => about.unknown_exposure(why),
            None => about.holds(Text::fixed(
                "道は地図の区域を通りません（安全という意味ではありません）。",
                "The way touches no zone of the map (this does not mean safe).",
            )),
        });
    }
}

/// Why maps that show no zone of a hazard on the way do not say that there is
/// none.
fn not_told(check: &Check<'_>, there: There<'_>, way: &Way, hazard: Hazard) -> Option<WhyUnknown> {
    if let Some(metres) = way.metres_off {
        return Some(WhyUnknown::Elsewhere { metres });
    }
    let home = check.case.home;
    let layers = || hazard.layers().iter().copied();
    if let Some(layer) = layers().find(|layer| way.unread.contains(layer)) {
        return Some(WhyUnknown::Unread { layer });
    }
    let layer = layers().find(|layer| !way_is_covered(*layer, home, there.facts, check.world))?;
    Some(
        if home.municipality.is_none() || there.facts.municipality.is_none() {
            WhyUnknown::NoMunicipality
        } else {
            WhyUnknown::NotCovered { layer }
        },
    )
}

/// The exposure that leaves open whether any weather hazard hits the home.
fn weather_home<'a>(
    check: &Check<'a>,
    there: There<'_>,
) -> &'a crate::planner::exposure::HazardExposure {
    let unknown = Hazard::ALL.into_iter().find(|hazard| {
        hazard.has_levels()
            && there.destination.is_for(*hazard)
            && check.home(*hazard).hits().is_none()
    });
    check.home(unknown.unwrap_or(Hazard::Flood))
}

const fn judged_on(way: &Way) -> &'static str {
    if way.is_drawn {
        "route"
    } else {
        "straight_line"
    }
}

fn crosses(zone: &Text, drawn: bool) -> Says {
    let line = if drawn {
        Text::fixed("計画に描かれた経路", "the route drawn in the plan")
    } else {
        Text::fixed(
            "自宅と避難先を結ぶ直線。実際の道ではありません",
            "the straight line from home, not a route",
        )
    };
    Says {
        staff: say!(
            "避難の道が{}を通ります（確かめた線：{}）。水が来る前、斜面が崩れる前に通り終える必要があります。",
            "The way touches: {} (judged on {}). It must be behind you before the water comes or the slope gives way.";
            zone, line
        ),
        family: Text::fixed(
            "行く道の途中に、水や土砂に注意する所があります。早めに出るか、別の道を一緒に決めましょう。",
            "Part of the way may be under water or below a slope. Let us settle on leaving early, or on another way.",
        ),
        next: Text::fixed(
            "ご家族と地図を見て、区域を避ける道を計画に描くか、雨が強くなる前に出ると書く。",
            "Look at the map with the family: draw a way around the zones, or write down that you leave before the heavy rain.",
        ),
    }
}

#[cfg(test)]
#[path = "journey_tests.rs"]
mod tests;
