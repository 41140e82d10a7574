//! REV: how fresh a plan is (`DOMAIN.md` A6). The law gives no cycle; the
//! numbers are this project's.

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use super::{Check, Says, about};
use crate::domain::{
    finding::{CHANGES_TOLD, Finding, Outcome, Owner, RuleCode, Severity},
    hazard::Hazard,
    plan::review::{Baseline, Confirmation, Inputs, Review, Was, counts_until, of_age_on},
    site::SiteKind,
    text::Text,
};

/// REV-01 to REV-03, on top of what the other rules have found.
pub(crate) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    let Some(review) = check.case.review else {
        return;
    };
    let fresh = [
        is_confirmed(check, review),
        is_unchanged(check, review, findings),
        is_drilled(check, review),
    ];
    findings.extend(fresh);
}

/// The days after the check on which a verdict on freshness could change.
pub(super) fn changes_on(check: &Check<'_>) -> impl Iterator<Item = NaiveDate> + use<> {
    let day_after = |last: NaiveDate| last.checked_add_days(Days::new(1));
    let review = check.case.review;
    let last = |done: Option<NaiveDate>| done.and_then(counts_until).and_then(day_after);
    let confirmed = review.and_then(confirmed_on).map(|(on, _)| on);
    let drilled = review.and_then(|review| review.drilled_on);
    let of_age = review.and(check.case.child.born).and_then(of_age_on);
    // What is dated to come counts from that day on.
    [last(confirmed), confirmed, last(drilled), drilled, of_age]
        .into_iter()
        .flatten()
}

/// The day of the last confirmation, and what says so: the record, else the
/// date of the plan, which was then made with the family.
fn confirmed_on(review: &Review) -> Option<(NaiveDate, &'static str)> {
    let record = review.confirmed.as_ref().map(|c| (c.on, "record"));
    let paper = review.plan_dated.map(|on| (on, "plan_dated"));
    // A plan that was written anew after it was confirmed counts from its date.
    record.into_iter().chain(paper).max_by_key(|(on, _)| *on)
}

fn confirm() -> Text {
    Text::fixed(
        "ご家族と一緒に計画を読み直し、この計画のページで「今日、ご家族と確認した」を記録する。",
        "Read the plan again with the family, and record on its page that it was confirmed today.",
    )
}

/// REV-01: the last confirmation is more than twelve months old.
fn is_confirmed(check: &Check<'_>, review: &Review) -> Finding {
    let verdict = about(RuleCode::Rev01, Severity::Warning);
    let Some((on, basis)) = confirmed_on(review) else {
        let missing = Text::fixed(
            "いつ計画を確認したか（計画の日付も記録がない）",
            "when the plan was last confirmed (its date is not on record either)",
        );
        return verdict.unknown(Owner::Municipality, &missing, confirm());
    };
    let until = counts_until(on);
    let verdict = verdict
        .with("confirmed_on", on)
        .with("basis", basis)
        .with_some("counts_until", until);
    if until.is_some_and(|until| until < check.today) {
        return verdict.fails(
            Owner::Municipality,
            Says {
                staff: crate::text!(
                    "計画の最後の確認は {on} で、12か月を過ぎています。",
                    "The plan was last confirmed on {on}, more than twelve months ago."
                ),
                family: Text::fixed(
                    "計画を作ってから1年以上たちました。担当の方と一緒に、いまの様子に合っているか確かめましょう。",
                    "The plan is more than a year old. Let us look together whether it still fits.",
                ),
                next: confirm(),
            },
        );
    }
    verdict.holds(crate::text!(
        "計画は {on} に確認されています。",
        "The plan was confirmed on {on}."
    ))
}

/// REV-02: what has changed since the plan was confirmed.
fn is_unchanged(check: &Check<'_>, review: &Review, findings: &[Finding]) -> Finding {
    let verdict = about(RuleCode::Rev02, Severity::Warning);
    let kept = review
        .confirmed
        .as_ref()
        .and_then(|c| Some((c, c.baseline.as_ref()?)));
    let Some((confirmation, baseline)) = kept else {
        let missing = Text::fixed(
            "前に確認したときの判定（記録がまだない）",
            "what was found when the plan was last confirmed (not on record yet)",
        );
        return verdict.unknown(Owner::Municipality, &missing, confirm());
    };
    let on = confirmation.on;
    let verdict = verdict.with("confirmed_on", on);
    let mut changes = changes(check, review, (confirmation, baseline), findings);
    for change in &mut changes {
        change.evidence["said"] = json!(change.what);
    }
    if changes.is_empty() {
        return verdict.holds(crate::text!(
            "{on} の確認のあと、判定は変わっていません。",
            "Nothing has changed since the confirmation of {on}."
        ));
    }
    let more = changes.len().saturating_sub(CHANGES_TOLD);
    let list = |of: fn(&Text) -> &str, comma: &str| {
        let told: Vec<&str> = changes
            .iter()
            .take(CHANGES_TOLD)
            .map(|c| of(&c.what))
            .collect();
        told.join(comma)
    };
    let behind = if more > 0 {
        crate::text!("／ほか{more}件", "; and {more} more")
    } else {
        Text::fixed("", "")
    };
    let ja = list(|t| &t.ja, "／") + &behind.ja;
    let en = list(|t| &t.en, "; ") + &behind.en;
    let all: Vec<&Value> = changes.iter().map(|change| &change.evidence).collect();
    verdict.with("changes", all).fails(
        Owner::Municipality,
        Says {
            staff: Text::new(
                format!("{on} の確認のあとに変わったこと：{ja}。"),
                format!("Changed since the confirmation of {on}: {en}."),
            ),
            family: Text::fixed(
                "前に確認したあとで、計画に関わることが変わりました。このままでよいか、担当の方と一緒に確かめましょう。",
                "Something that matters for the plan has changed since it was last looked at. Let us find out together whether it still fits.",
            ),
            next: Text::fixed(
                "変わったことを確かめ、要れば計画を直し、ご家族と確認して、このページに記録する。",
                "Look at what has changed, correct the plan where it needs it, confirm it with the family, and record that on this page.",
            ),
        },
    )
}

/// One thing that changed: for people, and for machines.
struct Change {
    what: Text,
    evidence: Value,
}

fn changes(
    check: &Check<'_>,
    review: &Review,
    (confirmation, baseline): (&Confirmation, &Baseline),
    findings: &[Finding],
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (kind, before) in &baseline.inputs {
        if review.inputs.get(kind).is_some_and(|now| now != before) {
            let name = kind.name();
            changes.push(Change {
                what: say!("{}が変わった", "{} changed"; name),
                evidence: json!({ "input": kind }),
            });
        }
    }
    if let Some(drill) = review.drilled_on
        && drill > confirmation.on
        && drill <= check.today
    {
        changes.push(Change {
            what: crate::text!("訓練をした（{drill}）", "a drill was held ({drill})"),
            evidence: json!({ "drilled_on": drill }),
        });
    }
    let of_age = check.case.child.born.and_then(of_age_on);
    if let Some(day) = of_age.filter(|day| *day > confirmation.on && *day <= check.today) {
        changes.push(Change {
            what: crate::text!(
                "18歳になった（{day}）。同意をご本人に聞き直す",
                "eighteen since {day}: the consents are the child's own now"
            ),
            evidence: json!({ "of_age_on": day }),
        });
    }
    changes.extend(changed_verdicts(check, &baseline.findings, findings));
    changes
}

/// Verdicts that came, went or are others, and those that rest on other
/// evidence. How many others plan to go to a place (DST-09) is no change of
/// this plan until it tips the verdict.
fn changed_verdicts(check: &Check<'_>, before: &[Was], now: &[Finding]) -> Vec<Change> {
    let mut now: Vec<Was> = Baseline::of(now, Inputs::default()).findings;
    let mut before: Vec<&Was> = before.iter().collect();
    // A rule may say several things of one place: what is the same goes first.
    now.retain(|is| {
        let same = before.iter().position(|was| *was == is);
        same.map(|place| before.swap_remove(place)).is_none()
    });
    let about = |a: &Was, b: &Was| (a.rule, a.hazard, &a.site) == (b.rule, b.hazard, &b.site);
    let mut changes = Vec::new();
    for is in &now {
        match before.iter().position(|was| about(was, is)) {
            Some(place) => {
                let was = before.swap_remove(place);
                if was.outcome != is.outcome || is.rule != RuleCode::Dst09 {
                    changes.push(change(check, is, (Some(was), Some(is))));
                }
            }
            None => changes.push(change(check, is, (None, Some(is)))),
        }
    }
    changes.extend(
        before
            .iter()
            .map(|was| change(check, was, (Some(was), None))),
    );
    // What fails now first, then what nobody knows any more.
    changes.sort_by_key(|(order, _)| *order);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// How urgent a change is, and the change.
fn change(check: &Check<'_>, about: &Was, (was, is): (Option<&Was>, Option<&Was>)) -> (u8, Change) {
    let outcome = |one: Option<&Was>| one.map(|one| one.outcome);
    let order = match (outcome(was), outcome(is)) {
        (before, after) if before == after => 4,
        (_, Some(Outcome::Fails)) => 0,
        (_, Some(Outcome::Unknown)) => 1,
        (Some(Outcome::Fails), _) => 2,
        _ => 3,
    };
    let topic = about.rule.topic();
    let of = about.hazard.map(Hazard::name);
    let at = about.site.as_deref().map(|site| site_name(check, site));
    let subject = Text::new(
        format!(
            "{}「{}」{}",
            of.as_ref()
                .map(|h| format!("{}の", h.ja))
                .unwrap_or_default(),
            topic.ja,
            at.as_ref()
                .map(|at| format!("（{at}）"))
                .unwrap_or_default(),
        ),
        format!(
            "{}{}{}",
            of.as_ref()
                .map(|h| format!("{}, ", h.en))
                .unwrap_or_default(),
            topic.en,
            at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default(),
        ),
    );
    let (from, to) = differing(was, is);
    let how = if outcome(was) == outcome(is) {
        let (from, to) = (short(check, &from), short(check, &to));
        Text::new(
            format!("比べたものが変わった（{from} → {to}）"),
            format!("rests on something else ({from} → {to})"),
        )
    } else {
        say!("{} → {}", "{} → {}"; word(outcome(was)), word(outcome(is)))
    };
    let evidence = json!({
        "rule": about.rule,
        "hazard": about.hazard,
        "site": about.site,
        "before": was.map(|one| json!({ "outcome": one.outcome, "evidence": from })),
        "after": is.map(|one| json!({ "outcome": one.outcome, "evidence": to })),
    });
    let what = say!("{}：{}", "{}: {}"; subject, how);
    (order, Change { what, evidence })
}

/// The evidence that is not the same before and after.
fn differing(was: Option<&Was>, is: Option<&Was>) -> (Map<String, Value>, Map<String, Value>) {
    let nothing = Map::new();
    let of = |one: Option<&Was>, other: Option<&Was>| {
        let mine = one.map_or(&nothing, |one| &one.evidence.0);
        let theirs = other.map_or(&nothing, |one| &one.evidence.0);
        mine.iter()
            .filter(|(key, value)| theirs.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    (of(was, is), of(is, was))
}

/// What people call the place that a finding is about: the name of the site of a
/// reference, else what the plan calls it.
fn site_name(check: &Check<'_>, site: &str) -> String {
    let planned = check.places.iter().filter_map(|place| place.site.as_ref());
    let planned = planned.into_iter().find(|one| one.reference() == site);
    let listed = || {
        let all = check.world.sites.as_ref()?;
        SiteKind::ALL.iter().find_map(|kind| all.find(*kind, site))
    };
    planned
        .or_else(listed)
        .map_or_else(|| site.to_owned(), |one| one.published.name.clone())
}

/// Evidence in one short line: numbers, days, names of data with their dates.
fn short(check: &Check<'_>, evidence: &Map<String, Value>) -> String {
    let in_short = |value| in_short(check, value);
    let line: Vec<String> = evidence.values().map(in_short).collect();
    let line = line.join("・");
    match line.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None if line.is_empty() => "—".to_owned(),
        None => line,
    }
}

fn in_short(check: &Check<'_>, value: &Value) -> String {
    let in_short = |value| in_short(check, value);
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => site_name(check, text),
        Value::Object(map) => match (map.get("name"), map.get("dated")) {
            (Some(name), Some(dated)) => format!("{} {}", in_short(name), in_short(dated)),
            _ => map.values().map(in_short).collect::<Vec<_>>().join(" "),
        },
        Value::Array(list) => list.iter().map(in_short).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}

fn word(outcome: Option<Outcome>) -> Text {
    match outcome {
        Some(Outcome::Fails) => Text::fixed("問題あり", "a problem"),
        Some(Outcome::Unknown) => Text::fixed("分からない", "unknown"),
        Some(Outcome::Holds) => Text::fixed("問題なし", "no problem"),
        None => Text::fixed("判定なし", "not judged"),
    }
}

/// REV-03: no drill in twelve months.
fn is_drilled(check: &Check<'_>, review: &Review) -> Finding {
    let verdict = about(RuleCode::Rev03, Severity::Advice);
    let next = Text::fixed(
        "ご家族・支援者と、行き先までの移動と電源を試し、このページに訓練の日を記録する。",
        "Try the way and the power with the family and those who help, and record the day of the drill on this page.",
    );
    let Some(on) = review.drilled_on.filter(|on| *on <= check.today) else {
        let missing = Text::fixed("最後に訓練をした日", "the day of the last drill");
        return verdict.unknown(Owner::Municipality, &missing, next);
    };
    let until = counts_until(on);
    let verdict = verdict
        .with("drilled_on", on)
        .with_some("counts_until", until);
    if until.is_some_and(|until| until < check.today) {
        return verdict.fails(
            Owner::Municipality,
            Says {
                staff: crate::text!(
                    "最後の訓練は {on} で、12か月を過ぎています。",
                    "The last drill was on {on}, more than twelve months ago."
                ),
                family: Text::fixed(
                    "前に避難の練習をしてから1年以上たちました。また一緒に試してみましょう。",
                    "It is more than a year since the last drill. Let us try the way together again.",
                ),
                next,
            },
        );
    }
    verdict.holds(crate::text!(
        "{on} に訓練をしています。",
        "A drill was held on {on}."
    ))
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
