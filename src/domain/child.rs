//! A child and its home.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    municipality::MunicipalityCode,
    position::{Position, PositionAccuracy, PositionOrigin},
    text::Text,
};

/// Sex as the plan records it (災害対策基本法 第49条の10第2項第3号). Not answered
/// is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 女
    Female,
    /// 男
    Male,
    /// その他
    Other,
    /// 未回答
    NotAnswered,
}

impl Sex {
    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Female => Text::fixed("女", "female"),
            Self::Male => Text::fixed("男", "male"),
            Self::Other => Text::fixed("その他", "other"),
            Self::NotAnswered => Text::fixed("未回答", "not answered"),
        }
    }
}

/// A home of a child: where it is and what stands there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// Municipality (or ward) in which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<MunicipalityCode>,
    /// Where it is; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// How exactly the position is known; absent: as inexact as the centre of
    /// a town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<PositionAccuracy>,
    /// Where the position comes from; absent: nobody has said. It stands beside
    /// the home on record, in no document.
    #[serde(skip)]
    pub origin: Option<PositionOrigin>,
    /// Storeys of the building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floors: Option<i16>,
    /// Storey of the child's room (1 = ground floor).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_floor: Option<i16>,
}

impl Home {
    /// The storey of the child's room; `None`: unknown, also where it is above the storeys
    /// of the building: then one of the two is wrong, and nobody knows which.
    pub fn room(&self) -> Option<i16> {
        let above = |room: i16| {
            self.floors
                .is_some_and(|floors| i64::from(room) > i64::from(floors))
        };
        self.room_floor.filter(|room| !above(*room))
    }
}

/// Where the making of a plan is stuck, for a child that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanStep {
    /// Nobody has begun (未着手).
    NotStarted,
    /// The family has not applied to the municipality yet (申請前).
    BeforeApplication,
    /// Applied for; waits for the municipality (申請済み・市町村の対応待ち).
    Applied,
    /// Being written (作成中).
    Drafting,
    /// Waits for the family's agreement (家族の確認待ち).
    WaitingForFamily,
    /// The family does not want one now (家族が希望しない).
    Declined,
}

impl PlanStep {
    /// Every step.
    pub const ALL: [Self; 6] = [
        Self::NotStarted,
        Self::BeforeApplication,
        Self::Applied,
        Self::Drafting,
        Self::WaitingForFamily,
        Self::Declined,
    ];

    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::BeforeApplication => "before_application",
            Self::Applied => "applied",
            Self::Drafting => "drafting",
            Self::WaitingForFamily => "waiting_for_family",
            Self::Declined => "declined",
        }
    }

    /// The step of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::NotStarted => Text::fixed("未着手", "not started"),
            Self::BeforeApplication => Text::fixed("申請前", "before the application"),
            Self::Applied => Text::fixed(
                "申請済み・市町村の対応待ち",
                "applied for, waits for the municipality",
            ),
            Self::Drafting => Text::fixed("作成中", "being written"),
            Self::WaitingForFamily => {
                Text::fixed("家族の確認待ち", "waits for the family's agreement")
            }
            Self::Declined => Text::fixed("家族が希望しない", "the family does not want one now"),
        }
    }
}

/// Where a child without a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    /// At which step.
    pub step: PlanStep,
    /// Since when; `None`: unknown.
    pub since: Option<NaiveDate>,
}
