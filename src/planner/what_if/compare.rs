//! Two verdicts on one child, side by side.

use std::collections::BTreeMap;

use crate::domain::{
    finding::{Finding, Outcome, RuleCode},
    hazard::Hazard,
};

/// How a finding differs between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// It was not there, or held.
    New,
    /// It was there, and is worse: more severe, more hours short, or no longer known.
    Worse,
    /// It no longer fails, nor is it unknown.
    Gone,
}

/// A finding that a supposition changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// How.
    pub how: How,
    /// The finding as it would be; of one that is gone, as it was.
    pub finding: Finding,
}

impl Change {
    /// How bad it is; 0: it is gone.
    pub fn badness(&self) -> u8 {
        match self.how {
            How::Gone => 0,
            How::New | How::Worse => badness(&self.finding),
        }
    }
}

/// How bad a finding is: what fails before what is unknown, and nothing that holds.
fn badness(finding: &Finding) -> u8 {
    match finding.outcome {
        Outcome::Fails => 20 - finding.urgency(),
        Outcome::Unknown => 10 - finding.urgency(),
        Outcome::Holds => 0,
    }
}

/// What a finding is about. Staying at home has one place, however a plan calls it.
type About<'f> = (RuleCode, Option<Hazard>, Option<&'f str>);

fn about(finding: &Finding) -> About<'_> {
    let site = finding.site.as_deref();
    let site = site.filter(|_| !finding.rule.code().starts_with("VRT-"));
    (finding.rule, finding.hazard, site)
}

/// Hours that a verdict compared, where it did.
fn hours(finding: &Finding, key: &str) -> Option<f64> {
    finding.evidence.0.get(key)?.as_f64()
}

/// Whether more hours are missing than before: where there are as many as are asked for
/// now, the verdict fails for another reason, which is no worse.
fn asks_for_more(before: &Finding, after: &Finding) -> bool {
    let needed = |finding| hours(finding, "hours_needed");
    let Some((earlier, later)) = needed(before).zip(needed(after)) else {
        return false;
    };
    let has = hours(after, "hours_with_generator").or_else(|| hours(after, "battery_hours"));
    later > earlier && has.is_none_or(|has| has < later)
}

/// What is new, worse or gone, the worst first, and how many of the others fail or are
/// unknown. Of several findings about one thing the worst ones are set side by side.
pub(super) fn compare(before: &[Finding], after: &[Finding]) -> (Vec<Change>, usize) {
    let mut things: BTreeMap<About<'_>, [Vec<&Finding>; 2]> = BTreeMap::new();
    for (side, findings) in [before, after].into_iter().enumerate() {
        for finding in findings {
            things.entry(about(finding)).or_default()[side].push(finding);
        }
    }
    let mut changes = Vec::new();
    let mut same = 0;
    for [mut earlier, mut later] in things.into_values() {
        let bad = |finding: &&Finding| badness(finding) > 0;
        earlier.retain(bad);
        later.retain(bad);
        for list in [&mut earlier, &mut later] {
            list.sort_by_key(|finding| std::cmp::Reverse(badness(finding)));
        }
        for place in 0..earlier.len().max(later.len()) {
            let (how, finding) = match (earlier.get(place), later.get(place)) {
                (None, Some(now)) => (How::New, *now),
                (Some(was), None) => (How::Gone, *was),
                (Some(was), Some(now)) => {
                    let unknown_now =
                        was.outcome == Outcome::Fails && now.outcome == Outcome::Unknown;
                    let worse = badness(now) > badness(was) || asks_for_more(was, now);
                    if !worse && !unknown_now {
                        same += 1;
                        continue;
                    }
                    (How::Worse, *now)
                }
                (None, None) => continue,
            };
            changes.push(Change {
                how,
                finding: finding.clone(),
            });
        }
    }
    changes.sort_by(|a, b| {
        let key = |change: &Change| (change.how == How::Gone, std::cmp::Reverse(change.badness()));
        key(a)
            .cmp(&key(b))
            .then_with(|| a.finding.order(&b.finding))
    });
    (changes, same)
}
