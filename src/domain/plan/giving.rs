//! To whom a plan may be given in peacetime, on which basis, and what of it
//! (災害対策基本法 第49条の15; `DOMAIN.md` A4, F3).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::document::Provision;
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
    /// Nobody has asked the child's representative, or the answer is of a day to come.
    NotAsked,
    /// The child's representative has refused.
    Refused,
    /// A supporter has not agreed to be named.
    Supporter,
}

/// On which basis a plan may be given in peacetime, under the municipality's ordinance, on
/// a day: consent is needed unless the ordinance provides otherwise (`consent_required =
/// !ordinance_exemption`; the leaflet of source 002 states it the wrong way round).
///
/// # Errors
/// Why it may not.
pub fn basis(
    provision: &Provision,
    supporters_agree: bool,
    mode: OrdinanceMode,
    today: NaiveDate,
) -> Result<Basis, MayNot> {
    let answer = provision.consent.as_ref();
    let refused = answer.is_some_and(|consent| !consent.given);
    let given =
        answer.is_some_and(|consent| consent.given && consent.on.is_none_or(|on| on <= today));
    // A refusal blocks unless the ordinance asks nobody.
    if refused && mode != OrdinanceMode::OrdinanceNoConsent {
        return Err(MayNot::Refused);
    }
    if mode != OrdinanceMode::ConsentOptIn {
        return Ok(Basis::Ordinance);
    }
    if !given {
        return Err(MayNot::NotAsked);
    }
    if !supporters_agree {
        return Err(MayNot::Supporter);
    }
    Ok(Basis::Consent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::document::ConsentRecord;

    fn asked(given: Option<bool>, on: Option<&str>) -> Provision {
        Provision {
            recipient: Recipient::FireService,
            name: None,
            consent: given.map(|given| ConsentRecord {
                given,
                on: on.map(|day| day.parse().unwrap()),
                by: None,
            }),
        }
    }

    #[test]
    fn consent_is_needed_unless_an_ordinance_provides_otherwise() {
        use OrdinanceMode::{ConsentOptIn, OrdinanceNoConsent, OrdinanceOptOut};
        let today = "2026-11-20".parse().unwrap();
        let of = |given, agree, mode| basis(&asked(given, Some("2026-04-01")), agree, mode, today);
        assert_eq!(of(Some(true), true, ConsentOptIn), Ok(Basis::Consent));
        assert_eq!(of(Some(true), false, ConsentOptIn), Err(MayNot::Supporter));
        assert_eq!(of(None, true, ConsentOptIn), Err(MayNot::NotAsked));
        assert_eq!(of(Some(false), true, ConsentOptIn), Err(MayNot::Refused));
        for given in [None, Some(true), Some(false)] {
            assert_eq!(of(given, false, OrdinanceNoConsent), Ok(Basis::Ordinance));
        }
        assert_eq!(of(None, false, OrdinanceOptOut), Ok(Basis::Ordinance));
        assert_eq!(of(Some(false), true, OrdinanceOptOut), Err(MayNot::Refused));
        // What is dated to come is no consent yet.
        let later = asked(Some(true), Some("2026-11-21"));
        assert_eq!(
            basis(&later, true, ConsentOptIn, today),
            Err(MayNot::NotAsked)
        );
    }
}
