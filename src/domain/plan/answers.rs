//! What a family answers about its plan at any time: consent to make it and consent to give
//! it to somebody, a refusal, a revocation (`DOMAIN.md` A4). An answer counts from the day
//! on which it was given, whatever version is in force.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    PlanDocument,
    document::{ConsentRecord, Explanation, Provision},
    review::of_age_on,
};
use crate::domain::{
    consent::{Capacity, ConsentForm, Recipient},
    text::key_form,
};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentAnswer {
    /// To whom the plan is to be given; `None`: whether it may be made at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// The recipient's name, where the kind does not say enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Yes, or no; a no after a yes revokes it.
    pub given: bool,
    /// On which day.
    pub on: NaiveDate,
    /// Who answered.
    pub by: String,
    /// As whom.
    pub capacity: Capacity,
    /// In which form.
    pub form: ConsentForm,
    /// What was explained before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<Explanation>,
}

impl ConsentAnswer {
    /// Whether it answers the same question.
    pub fn is_about(&self, recipient: Option<Recipient>, name: Option<&str>) -> bool {
        let form = |name: Option<&str>| name.map(key_form);
        self.recipient == recipient && form(self.name.as_deref()) == form(name)
    }

    fn record(&self) -> ConsentRecord {
        ConsentRecord {
            given: self.given,
            on: Some(self.on),
            by: Some(self.by.clone()),
            form: Some(self.form),
        }
    }

    /// Whether it stands before what a plan says: one of the same day does, since whoever
    /// wrote it down had the plan.
    fn is_newer_than(&self, was: Option<&ConsentRecord>) -> bool {
        was.and_then(|was| was.on).is_none_or(|on| on <= self.on)
    }
}

/// The child's own answer is asked for: it is of age, and the last one was another's, or was
/// given before (18歳, 民法第4条).
pub fn is_to_be_asked_again(
    born: Option<NaiveDate>,
    today: NaiveDate,
    last: Option<&ConsentRecord>,
) -> bool {
    let of_age = born.and_then(of_age_on).filter(|day| *day <= today);
    let answered = last.and_then(|last| last.on);
    of_age.is_some_and(|of_age| answered.is_none_or(|on| on < of_age))
}

impl PlanDocument {
    /// The plan as it counts with what was answered beside it, in the order in which that
    /// was written down. Of two answers to one question the later day counts, of one day
    /// what was written down later.
    pub fn hear(&mut self, answers: &[ConsentAnswer]) {
        let mut answers: Vec<&ConsentAnswer> = answers.iter().collect();
        answers.sort_by_key(|answer| answer.on);
        for answer in answers {
            match answer.recipient {
                None => self.hear_on_making(answer),
                Some(recipient) => self.hear_on_giving(recipient, answer),
            }
        }
    }

    fn hear_on_making(&mut self, answer: &ConsentAnswer) {
        let consents = &mut self.consents;
        if answer.is_newer_than(consents.make.as_ref()) {
            consents.make = Some(answer.record());
            if answer.explained.is_some() {
                consents.explained.clone_from(&answer.explained);
            }
        }
    }

    fn hear_on_giving(&mut self, recipient: Recipient, answer: &ConsentAnswer) {
        let mut named = false;
        for one in &mut self.consents.provide {
            if answer.is_about(Some(one.recipient), one.name.as_deref()) {
                named = true;
                if answer.is_newer_than(one.consent.as_ref()) {
                    one.consent = Some(answer.record());
                }
            }
        }
        if !named {
            self.consents.provide.push(Provision {
                recipient,
                name: answer.name.clone(),
                consent: Some(answer.record()),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn answer(recipient: Option<Recipient>, given: bool, on: &str) -> ConsentAnswer {
        ConsentAnswer {
            recipient,
            name: None,
            given,
            on: day(on),
            by: "【デモ】母".to_owned(),
            capacity: Capacity::Representative,
            form: ConsentForm::Spoken,
            explained: None,
        }
    }

    fn plan() -> PlanDocument {
        serde_json::from_value(json!({
            "schema_version": 1, "case": "K-0001",
            "consents": {
                "make": {"given": true, "on": "2026-04-01"},
                "explained": {"on": "2026-04-01"},
                "provide": [
                    {"recipient": "fire_service", "consent": {"given": true, "on": "2026-04-01"}},
                    {"recipient": "police"},
                ],
            },
        }))
        .unwrap()
    }

    fn said(plan: &PlanDocument, recipient: Recipient) -> Vec<Option<bool>> {
        let of = |one: &&Provision| one.recipient == recipient;
        let all = plan.consents.provide.iter().filter(of);
        all.map(|one| one.consent.as_ref().map(|consent| consent.given))
            .collect()
    }

    #[test]
    fn a_revocation_counts_from_its_day_on_and_a_later_plan_before_it() {
        let mut heard = plan();
        heard.hear(&[answer(Some(Recipient::FireService), false, "2026-05-01")]);
        assert_eq!(said(&heard, Recipient::FireService), [Some(false)]);
        assert!(heard.consents.make.as_ref().unwrap().given);
        // One that was given before what the plan says changes nothing.
        let mut older = plan();
        older.hear(&[answer(Some(Recipient::FireService), false, "2026-03-31")]);
        assert_eq!(older, plan());
        // On one day what was written down beside the plan counts, the last of it.
        let mut same = plan();
        same.hear(&[
            answer(None, false, "2026-04-01"),
            answer(None, true, "2026-04-01"),
            answer(None, false, "2026-04-01"),
        ]);
        assert!(!same.consents.make.as_ref().unwrap().given);
    }

    #[test]
    fn an_answer_about_somebody_whom_the_plan_does_not_name_names_them() {
        let mut heard = plan();
        let mut named = answer(Some(Recipient::Hospital), true, "2026-05-01");
        named.name = Some("【デモ】ひかり病院".to_owned());
        heard.hear(&[named.clone()]);
        assert_eq!(said(&heard, Recipient::Hospital), [Some(true)]);
        // Another name is another question; the same, however it is spaced, is not.
        let mut spaced = answer(Some(Recipient::Hospital), false, "2026-05-02");
        spaced.name = Some("【デモ】ひかり 病院".to_owned());
        let other = answer(Some(Recipient::Hospital), false, "2026-05-02");
        heard.hear(&[named, spaced, other]);
        assert_eq!(
            said(&heard, Recipient::Hospital),
            [Some(false), Some(false)]
        );
    }

    #[test]
    fn at_eighteen_the_answers_are_the_childs_own() {
        let born = Some(day("2008-11-22"));
        let on = |on: &str| ConsentRecord {
            given: true,
            on: Some(day(on)),
            by: None,
            form: None,
        };
        let before = on("2026-11-20");
        assert!(!is_to_be_asked_again(
            born,
            day("2026-11-20"),
            Some(&before)
        ));
        assert!(is_to_be_asked_again(born, day("2026-11-21"), Some(&before)));
        assert!(is_to_be_asked_again(born, day("2026-11-21"), None));
        let own = on("2026-11-21");
        assert!(!is_to_be_asked_again(born, day("2026-12-01"), Some(&own)));
        assert!(!is_to_be_asked_again(None, day("2026-12-01"), None));
        assert!(Capacity::OwnSelf.may_answer(Some(true)));
        assert!(!Capacity::Representative.may_answer(Some(true)));
        assert!(!Capacity::OwnSelf.may_answer(Some(false)));
    }

    proptest! {
        /// Whatever is answered in whatever order: the last day decides, and hearing twice
        /// is hearing once.
        #[test]
        fn the_last_day_decides(days in prop::collection::vec((0_u32..60, any::<bool>()), 1..12)) {
            let answers: Vec<ConsentAnswer> = days
                .iter()
                .map(|(after, given)| {
                    let on = day("2026-04-02") + chrono::Days::new(u64::from(*after));
                    answer(Some(Recipient::Police), *given, &on.to_string())
                })
                .collect();
            let mut heard = plan();
            heard.hear(&answers);
            let latest = answers.iter().map(|answer| answer.on).max();
            let expected = answers.iter().rfind(|answer| Some(answer.on) == latest);
            prop_assert_eq!(said(&heard, Recipient::Police), [expected.map(|answer| answer.given)]);
            let mut twice = heard.clone();
            twice.hear(&answers);
            prop_assert_eq!(twice, heard);
        }
    }
}
