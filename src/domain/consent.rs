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
