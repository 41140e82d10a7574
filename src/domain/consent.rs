//! Who may be given a plan, and on which ground (災害対策基本法 第49条の15).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// How a municipality's ordinance treats giving plans to others in peacetime
/// (第49条の15第2項 ただし書). Consent is needed *unless* an ordinance provides
/// otherwise; where nothing is on record the law's default holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrdinanceMode {
    /// No ordinance: consent of the child (by its representative) and of every
    /// supporter is needed.
    #[default]
    ConsentOptIn,
    /// The ordinance needs no consent.
    OrdinanceNoConsent,
    /// The ordinance needs no consent, but a refusal blocks.
    OrdinanceOptOut,
}

impl OrdinanceMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [
        Self::ConsentOptIn,
        Self::OrdinanceNoConsent,
        Self::OrdinanceOptOut,
    ];

    /// The word in JSON and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConsentOptIn => "consent_opt_in",
            Self::OrdinanceNoConsent => "ordinance_no_consent",
            Self::OrdinanceOptOut => "ordinance_opt_out",
        }
    }

    /// The mode of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::ConsentOptIn => Text::fixed(
                "条例の特例なし（同意が必要）",
                "no ordinance (consent needed)",
            ),
            Self::OrdinanceNoConsent => {
                Text::fixed("条例により同意不要", "ordinance: no consent needed")
            }
            Self::OrdinanceOptOut => Text::fixed(
                "条例により同意不要・拒否可",
                "ordinance: no consent needed, refusal respected",
            ),
        }
    }
}

/// A body to which a plan may be given in peacetime (避難支援等関係者).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// 消防
    FireService,
    /// 警察
    Police,
    /// 民生委員・児童委員
    WelfareCommissioner,
    /// 社会福祉協議会
    SocialWelfareCouncil,
    /// 自主防災組織・自治会
    CommunityGroup,
    /// 医療的ケア児支援センター
    SupportCentre,
    /// 医療機関
    Hospital,
    /// その他
    Other,
}

impl Recipient {
    /// Every one, in the order in which people choose.
    pub const ALL: [Self; 8] = [
        Self::FireService,
        Self::Police,
        Self::WelfareCommissioner,
        Self::SocialWelfareCouncil,
        Self::CommunityGroup,
        Self::SupportCentre,
        Self::Hospital,
        Self::Other,
    ];

    /// The word in a form and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FireService => "fire_service",
            Self::Police => "police",
            Self::WelfareCommissioner => "welfare_commissioner",
            Self::SocialWelfareCouncil => "social_welfare_council",
            Self::CommunityGroup => "community_group",
            Self::SupportCentre => "support_centre",
            Self::Hospital => "hospital",
            Self::Other => "other",
        }
    }

    /// The one of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::FireService => Text::fixed("消防", "fire service"),
            Self::Police => Text::fixed("警察", "police"),
            Self::WelfareCommissioner => Text::fixed("民生委員・児童委員", "welfare commissioner"),
            Self::SocialWelfareCouncil => Text::fixed("社会福祉協議会", "social welfare council"),
            Self::CommunityGroup => Text::fixed("自主防災組織・自治会", "community group"),
            Self::SupportCentre => Text::fixed("医療的ケア児支援センター", "support centre"),
            Self::Hospital => Text::fixed("医療機関", "hospital"),
            Self::Other => Text::fixed("その他", "other"),
        }
    }
}

coded! {
    /// In which form somebody answered.
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    ConsentForm {
        /// On paper, signed.
        Written = "written", "書面", "in writing";
        /// By word of mouth, at a visit or on the telephone.
        Spoken = "spoken", "口頭（訪問・電話）", "spoken (visit or telephone)";
        /// By mail or on a page.
        Electronic = "electronic", "電子（メール・画面）", "electronic (mail or page)";
    }
}

coded! {
    /// As whom somebody answers for a child.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Capacity {
        /// Who has parental authority, or another legal representative of a minor.
        Representative = "representative", "親権者・未成年後見人", "parent or guardian of a minor";
        /// The child itself: from 18 on (民法第4条, 2022).
        OwnSelf = "self", "本人（18歳から）", "the person itself (from 18)";
        /// The guardian of somebody of age, or who is curator or assistant with that power.
        AdultGuardian = "adult_guardian", "成年後見人など", "guardian of an adult";
    }
}

impl Capacity {
    /// Whether somebody may answer as such for a child on a day; `of_age`: whether it was
    /// eighteen then. Of a child whose birthday is unknown every answer is taken.
    pub const fn may_answer(self, of_age: Option<bool>) -> bool {
        match of_age {
            None => true,
            Some(true) => !matches!(self, Self::Representative),
            Some(false) => matches!(self, Self::Representative),
        }
    }
}
