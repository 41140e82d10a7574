//! Giving a plan to others in peacetime (災害対策基本法 第49条の15第2項): consent
//! is needed *unless* an ordinance provides otherwise; without an ordinance it
//! is that of the child's representative and of every supporter.

use chrono::NaiveDate;

use super::{
    PlanDocument,
    document::{ConsentRecord, Provision},
};
use crate::domain::consent::{OrdinanceMode, Recipient};

/// What allows that a plan is given to a body in peacetime, or stands against
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Consent or ordinance covers it.
    Covered,
    /// The family has refused. One refusal counts before any consent: it may
    /// have been withdrawn.
    Refused,
    /// The family has not answered.
    NotAnswered,
    /// The consent bears a date that has not come yet.
    NotYet,
    /// Somebody who helps has refused.
    SupporterRefused,
    /// Somebody who helps was not asked, as far as the plan says.
    SupporterNotAsked,
}

impl ConsentRecord {
    /// Whether it bears a date after a day: a slip of the pen, no consent.
    pub fn is_after(&self, day: NaiveDate) -> bool {
        self.on.is_some_and(|on| on > day)
    }
}

impl PlanDocument {
    /// What allows that the plan is given to a body that it names.
    pub fn basis_for(&self, provision: &Provision, mode: OrdinanceMode, today: NaiveDate) -> Basis {
        let same = |other: &&Provision| {
            other.recipient == provision.recipient && other.name == provision.name
        };
        self.basis(self.consents.provide.iter().filter(same), mode, today)
    }

    /// Whether it may be given to the support centre, named or not. A plan that
    /// the family does not want is given to nobody.
    pub fn centre_may_read(&self, mode: OrdinanceMode, today: NaiveDate) -> bool {
        let wanted = self.consents.make.as_ref().is_none_or(|make| make.given);
        let centre = |p: &&Provision| p.recipient == Recipient::SupportCentre;
        let answers = self.consents.provide.iter().filter(centre);
        wanted && self.basis(answers, mode, today) == Basis::Covered
    }

    fn basis<'a>(
        &self,
        answers: impl Iterator<Item = &'a Provision>,
        mode: OrdinanceMode,
        today: NaiveDate,
    ) -> Basis {
        let answers: Vec<&ConsentRecord> = answers
            .filter_map(|answer| answer.consent.as_ref())
            .collect();
        let refused = answers.iter().any(|answer| !answer.given);
        let given = answers.iter().any(|answer| !answer.is_after(today));
        match mode {
            OrdinanceMode::OrdinanceNoConsent => Basis::Covered,
            _ if refused => Basis::Refused,
            OrdinanceMode::OrdinanceOptOut => Basis::Covered,
            OrdinanceMode::ConsentOptIn if answers.is_empty() => Basis::NotAnswered,
            OrdinanceMode::ConsentOptIn if !given => Basis::NotYet,
            OrdinanceMode::ConsentOptIn => {
                // Whoever was taken out is not in the plan that is given.
                let mut named = self.supporters.iter().filter(|one| !one.withdrawn);
                if named.clone().any(|one| one.agreed == Some(false)) {
                    Basis::SupporterRefused
                } else if named.any(|one| one.agreed.is_none()) {
                    Basis::SupporterNotAsked
                } else {
                    Basis::Covered
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TODAY: &str = "2026-11-21";

    fn plan(make: &Value, provide: &Value) -> PlanDocument {
        serde_json::from_value(json!({
            "schema_version": 1, "case": "K-0001",
            "supporters": [{"name": "【デモ】灯", "agreed": true}],
            "consents": {"make": make, "provide": provide},
        }))
        .unwrap()
    }

    fn reads(plan: &PlanDocument, mode: OrdinanceMode) -> bool {
        plan.centre_may_read(mode, TODAY.parse().unwrap())
    }

    fn to_centre(given: bool, on: &str) -> Value {
        json!({"recipient": "support_centre", "consent": {"given": given, "on": on}})
    }

    #[test]
    fn a_consent_lets_the_centre_read_and_a_refusal_beside_it_does_not() {
        let yes = json!({"given": true, "on": "2026-04-01"});
        let consented = plan(&yes, &json!([to_centre(true, "2026-04-01")]));
        assert!(reads(&consented, OrdinanceMode::ConsentOptIn));
        let both = json!([
            to_centre(true, "2026-04-01"),
            to_centre(false, "2026-05-01")
        ]);
        let withdrawn = plan(&yes, &both);
        assert!(!reads(&withdrawn, OrdinanceMode::ConsentOptIn));
        assert!(!reads(&withdrawn, OrdinanceMode::OrdinanceOptOut));
        for provision in &withdrawn.consents.provide {
            let today = TODAY.parse().unwrap();
            let basis = withdrawn.basis_for(provision, OrdinanceMode::ConsentOptIn, today);
            assert_eq!(basis, Basis::Refused);
        }
    }

    #[test]
    fn a_consent_of_a_day_to_come_is_none() {
        let yes = json!({"given": true, "on": "2026-04-01"});
        let later = plan(&yes, &json!([to_centre(true, "2030-01-01")]));
        assert!(!reads(&later, OrdinanceMode::ConsentOptIn));
        let today = TODAY.parse().unwrap();
        let basis = later.basis_for(
            &later.consents.provide[0],
            OrdinanceMode::ConsentOptIn,
            today,
        );
        assert_eq!(basis, Basis::NotYet);
    }

    #[test]
    fn a_plan_that_the_family_does_not_want_is_given_to_nobody() {
        let no = json!({"given": false});
        let refused = plan(&no, &json!([to_centre(true, "2026-04-01")]));
        assert!(!reads(&refused, OrdinanceMode::ConsentOptIn));
        assert!(!reads(&refused, OrdinanceMode::OrdinanceNoConsent));
        let unanswered = plan(&Value::Null, &json!([]));
        assert!(reads(&unanswered, OrdinanceMode::OrdinanceNoConsent));
        assert!(reads(&unanswered, OrdinanceMode::OrdinanceOptOut));
        assert!(!reads(&unanswered, OrdinanceMode::ConsentOptIn));
    }
}
