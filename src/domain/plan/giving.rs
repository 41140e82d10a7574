//! To whom a plan may be given in peacetime, on which basis, and what of it
//! (災害対策基本法 第49条の15; `DOMAIN.md` A4, F3).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{PlanDocument, document::Provision, provision::Basis as Covered};
use crate::domain::consent::{OrdinanceMode, Recipient};

coded! {
    /// On which basis a plan is given.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Basis {
        /// The consent of the child's representative and of every supporter (第2項).
        Consent = "consent", "同意（第49条の15第2項）", "consent (art. 49-15 (2))";
        /// An ordinance of the municipality (第2項ただし書).
        Ordinance = "ordinance", "条例（第49条の15第2項ただし書）", "ordinance (art. 49-15 (2), proviso)";
        /// A disaster, or one at hand (第3項).
        Emergency = "emergency", "災害時（第49条の15第3項）", "in a disaster (art. 49-15 (3))";
    }
}

coded! {
    /// What of a plan is given: the least that its recipient needs (this project's
    /// default; `DOMAIN.md` F3).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Parts {
        /// All of it: for those who treat or carry the child.
        Whole = "whole", "全部", "all of it";
        /// Who, where, how to move, whom to call; nothing of diagnosis and devices'
        /// settings.
        Support = "support", "避難支援に要る部分（氏名・場所・動かし方・連絡先）", "what evacuation support needs (who, where, how to move, whom to call)";
    }
}

impl Parts {
    /// What a recipient is given.
    pub const fn for_recipient(to: Recipient) -> Self {
        match to {
            Recipient::FireService | Recipient::Hospital | Recipient::SupportCentre => Self::Whole,
            Recipient::Police
            | Recipient::WelfareCommissioner
            | Recipient::SocialWelfareCouncil
            | Recipient::CommunityGroup
            | Recipient::Other => Self::Support,
        }
    }
}

/// Why a plan may not be given to somebody in peacetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayNot {
    /// The family does not want the plan.
    NotWanted,
    /// Nobody has asked the child's representative, or the answer is of a day to come.
    NotAsked,
    /// The child's representative has refused.
    Refused,
    /// A supporter has not agreed to be named.
    Supporter,
}

/// On which basis a plan may be given in peacetime to somebody whom it names, under the
/// municipality's ordinance, on a day: consent is needed unless the ordinance provides
/// otherwise (`consent_required = !ordinance_exemption`; the leaflet of source 002 states it
/// the wrong way round).
///
/// # Errors
/// Why it may not.
pub fn basis(
    plan: &PlanDocument,
    provision: &Provision,
    mode: OrdinanceMode,
    today: NaiveDate,
) -> Result<Basis, MayNot> {
    if plan.consents.make.as_ref().is_some_and(|make| !make.given) {
        return Err(MayNot::NotWanted);
    }
    match plan.basis_for(provision, mode, today) {
        Covered::Covered if mode == OrdinanceMode::ConsentOptIn => Ok(Basis::Consent),
        Covered::Covered => Ok(Basis::Ordinance),
        Covered::Refused => Err(MayNot::Refused),
        Covered::NotAnswered | Covered::NotYet => Err(MayNot::NotAsked),
        Covered::SupporterRefused | Covered::SupporterNotAsked => Err(MayNot::Supporter),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(given: Option<bool>, on: &str, agreed: bool, wanted: bool) -> PlanDocument {
        let consent = given.map(|given| json!({"given": given, "on": on}));
        serde_json::from_value(json!({
            "schema_version": 1, "case": "K-0001",
            "supporters": [{"name": "【デモ】灯", "agreed": agreed}],
            "consents": {
                "make": {"given": wanted, "on": "2026-04-01"},
                "provide": [{"recipient": "fire_service", "consent": consent}],
            },
        }))
        .unwrap()
    }

    #[test]
    fn consent_is_needed_unless_an_ordinance_provides_otherwise() {
        use OrdinanceMode::{ConsentOptIn, OrdinanceNoConsent, OrdinanceOptOut};
        let today = "2026-11-20".parse().unwrap();
        let of = |plan: &PlanDocument, mode| basis(plan, &plan.consents.provide[0], mode, today);
        let asked = |given, agreed| plan(given, "2026-04-01", agreed, true);
        let consent = asked(Some(true), true);
        assert_eq!(of(&consent, ConsentOptIn), Ok(Basis::Consent));
        let alone = asked(Some(true), false);
        assert_eq!(of(&alone, ConsentOptIn), Err(MayNot::Supporter));
        assert_eq!(of(&asked(None, true), ConsentOptIn), Err(MayNot::NotAsked));
        let refused = asked(Some(false), true);
        assert_eq!(of(&refused, ConsentOptIn), Err(MayNot::Refused));
        for given in [None, Some(true), Some(false)] {
            let plan = asked(given, false);
            assert_eq!(of(&plan, OrdinanceNoConsent), Ok(Basis::Ordinance));
        }
        assert_eq!(
            of(&asked(None, false), OrdinanceOptOut),
            Ok(Basis::Ordinance)
        );
        assert_eq!(of(&refused, OrdinanceOptOut), Err(MayNot::Refused));
        // What is dated to come is no consent yet.
        let later = plan(Some(true), "2026-11-21", true, true);
        assert_eq!(of(&later, ConsentOptIn), Err(MayNot::NotAsked));
        // A plan that the family does not want is given to nobody.
        let unwanted = plan(Some(true), "2026-04-01", true, false);
        for mode in OrdinanceMode::ALL {
            assert_eq!(of(&unwanted, mode), Err(MayNot::NotWanted));
        }
    }
}
