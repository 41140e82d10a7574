//! A plan as one JSON document: what `check-file` reads, what a version
//! stores, what `docs/plan.schema.json` describes. Unknown keys are refused by
//! name; what is absent is unknown, never "no".

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::{
    consents::{ConsentRecord, Consents, Explanation, Provision},
    particulars::{Consideration, MunicipalItem, Particulars},
};
use crate::domain::{
    child::{Home, Sex},
    hazard::Hazard,
    id::CaseNumber,
    position::{Position, PositionAccuracy},
    power::Equipment,
    site::{ConfirmedPower, SiteKind},
    text::{Text, key_form},
    warning::EvacuationLevel,
};

/// The number that every document of this form carries.
pub const SCHEMA_VERSION: u32 = 1;

/// An individual evacuation plan (個別避難計画, 災害対策基本法 第49条の14).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tomoshibi individual evacuation plan (個別避難計画)")]
pub struct PlanDocument {
    /// Version of this form: 1.
    #[schemars(range(min = 1, max = 1))]
    pub schema_version: u32,
    /// Case number; no personal datum.
    pub case: CaseNumber,
    /// The child: the law's items (第49条の10第2項).
    #[serde(default)]
    pub child: ChildItems,
    /// The home.
    #[serde(default)]
    pub home: Home,
    /// Devices that need power.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// Hours that the child's batteries last together, as the plan states
    /// them; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub battery_hours: Option<f64>,
    /// Devices and sources of power one by one; what is on record of the child
    /// counts before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Box<Equipment>>,
    /// What staying upstairs takes beside power; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstairs: Option<Box<Upstairs>>,
    /// Minutes from the decision to the door; absent: 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1440))]
    pub preparation_minutes: Option<u32>,
    /// A vehicle that takes the child and its devices: whose, which. Absent:
    /// none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<String>,
    /// Where to, in the order of choice.
    #[serde(default)]
    pub destinations: Vec<Destination>,
    /// When to leave, per hazard.
    #[serde(default)]
    pub triggers: Vec<StartTrigger>,
    /// What starts the plan before a typhoon: the day before, before dark,
    /// before the wind. Absent: the plan has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_trigger: Option<String>,
    /// What to do when it is too late to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_late: Option<TooLate>,
    /// Who helps (避難支援等実施者); a parent or a body counts.
    #[serde(default)]
    pub supporters: Vec<Supporter>,
    /// What the plan says beside the law's items; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub particulars: Option<Box<Particulars>>,
    /// Consents and explanation.
    #[serde(default)]
    pub consents: Consents,
    /// Items that stand on the paper but could not be read or copied:
    /// unknown, not missing.
    #[serde(default)]
    pub unread: Vec<Item>,
}

impl PlanDocument {
    /// A plan of a child that says nothing yet.
    ///
    /// # Panics
    /// Never: a plan may say nothing but its case.
    pub fn begun(case: &CaseNumber) -> Self {
        let nothing = serde_json::json!({ "schema_version": SCHEMA_VERSION, "case": case });
        serde_json::from_value(nothing).expect("a plan may say nothing but its case")
    }
}

/// The law's items about the child.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildItems {
    /// 氏名
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// フリガナ
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// 生年月日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<NaiveDate>,
    /// 性別; not answered counts as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// 住所又は居所
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 電話番号その他の連絡先
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// 避難支援等を必要とする事由
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether the child is on the municipality's roster
    /// (避難行動要支援者名簿); absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_roster: Option<bool>,
    /// Whether a wish to be on it is recorded; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster_wish: Option<bool>,
}

/// A way to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Whose: mother, father, coordinator, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Telephone number, mail address, …
    pub value: String,
}

impl Contact {
    /// Whether it is that of the family's coordinator.
    pub fn is_coordinator(&self) -> bool {
        self.who
            .as_deref()
            .is_some_and(|who| who.contains("コーディネーター") || who.contains("oordinator"))
    }

    /// Whether it is a telephone number, in figures of any width.
    pub fn is_telephone(&self) -> bool {
        key_form(&self.value)
            .chars()
            .filter(char::is_ascii_digit)
            .count()
            >= 9
    }
}

/// A device that needs power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// What it is.
    pub kind: DeviceKind,
    /// Maker and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Measured watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 5000.0))]
    pub watts: Option<f64>,
}

/// Kinds of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// 人工呼吸器
    Ventilator,
    /// 加温加湿器
    Humidifier,
    /// 吸引器
    Suction,
    /// 酸素濃縮器
    Concentrator,
    /// モニター
    Monitor,
    /// その他
    Other,
}

impl DeviceKind {
    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Ventilator => Text::fixed("人工呼吸器", "ventilator"),
            Self::Humidifier => Text::fixed("加温加湿器", "humidifier"),
            Self::Suction => Text::fixed("吸引器", "suction"),
            Self::Concentrator => Text::fixed("酸素濃縮器", "oxygen concentrator"),
            Self::Monitor => Text::fixed("モニター", "monitor"),
            Self::Other => Text::fixed("その他", "other"),
        }
    }
}

/// What a destination is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DestinationKind {
    /// 指定緊急避難場所
    EmergencySite,
    /// 指定避難所
    Shelter,
    /// 福祉避難所
    WelfareShelter,
    /// 病院
    Hospital,
    /// 短期入所
    ShortStay,
    /// 親戚・知人宅
    Relative,
    /// ホテル・旅館
    Hotel,
    /// 屋内安全確保 (staying upstairs at home)
    StayUpstairs,
    /// その他
    Other,
}

impl DestinationKind {
    /// The kind of site whose list it is looked up in.
    pub const fn site_kind(self) -> Option<SiteKind> {
        match self {
            Self::EmergencySite => Some(SiteKind::EmergencySite),
            Self::Shelter => Some(SiteKind::Shelter),
            Self::WelfareShelter => Some(SiteKind::WelfareShelter),
            Self::Hospital => Some(SiteKind::Hospital),
            Self::ShortStay => Some(SiteKind::ShortStay),
            Self::Relative | Self::Hotel | Self::StayUpstairs | Self::Other => None,
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::EmergencySite => Text::fixed("指定緊急避難場所", "emergency site"),
            Self::Shelter => Text::fixed("指定避難所", "shelter"),
            Self::WelfareShelter => Text::fixed("福祉避難所", "welfare shelter"),
            Self::Hospital => Text::fixed("病院", "hospital"),
            Self::ShortStay => Text::fixed("短期入所", "short stay"),
            Self::Relative => Text::fixed("親戚・知人宅", "relatives or friends"),
            Self::Hotel => Text::fixed("ホテル・旅館", "hotel"),
            Self::StayUpstairs => Text::fixed(
                "自宅の上の階にとどまる（屋内安全確保）",
                "stay upstairs at home",
            ),
            Self::Other => Text::fixed("その他", "other"),
        }
    }
}

/// Where the plan goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// What it is.
    pub kind: DestinationKind,
    /// 共通ID of a listed site, or the publisher's `code:id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Its name, as the plan writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address, as the plan writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where it is; a listed site's own position counts before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// For which hazards it is chosen; absent: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hazards: Option<Vec<Hazard>>,
    /// The way there (避難路その他の避難経路); one line of text is a route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The way as drawn, from the home on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_line: Option<Vec<Position>>,
    /// How one travels; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel_by: Option<TravelBy>,
    /// Minutes from door to door in a drill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1440))]
    pub drill_minutes: Option<u32>,
    /// Minutes as the family reckons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1440))]
    pub family_minutes: Option<u32>,
    /// How many companions come along; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companions: Option<u16>,
    /// The lowest storey that may be used there (1 = ground floor); what the
    /// municipality has entered counts before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_floor: Option<i16>,
    /// The highest storey that may be used there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_floor: Option<i16>,
    /// Confirmed power there; what the municipality has entered counts before
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<ConfirmedPower>,
    /// Whether it takes the child directly; what the municipality has entered
    /// counts before it. Absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_allowed: Option<bool>,
    /// Whether oxygen for the child is confirmed there; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oxygen: Option<bool>,
    /// The agreement with a hospital or short stay; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
}

impl Destination {
    /// Whether it is chosen for a hazard.
    pub fn is_for(&self, hazard: Hazard) -> bool {
        self.hazards
            .as_ref()
            .is_none_or(|list| list.contains(&hazard))
    }

    /// Its name for people: as written, else its reference, else what it is.
    pub fn label(&self) -> String {
        self.name
            .clone()
            .or_else(|| self.site.clone())
            .unwrap_or_else(|| self.kind.name().ja.into_owned())
    }
}

/// How one travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TravelBy {
    /// On foot, with a buggy.
    Foot,
    /// By car, taxi or welfare vehicle.
    Car,
}

/// An agreement with a place that will receive the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// With whom there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_whom: Option<String>,
    /// Which ward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ward: Option<String>,
    /// From which trigger on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_trigger: Option<String>,
    /// Whether it depends on a free bed; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_to_free_bed: Option<bool>,
    /// Telephone, also by night.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<NaiveDate>,
    /// When the stay was last tried; absent: never, as far as the plan says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_on: Option<NaiveDate>,
}

/// What staying upstairs takes beside power (避難情報に関するガイドライン,
/// Cabinet Office 2021: water and food until the water has gone).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upstairs {
    /// Whether the child, its devices and its batteries get up without a lift;
    /// absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_lift: Option<bool>,
    /// How: who carries what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Hours for which food (formula, tube feed) is kept upstairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2000.0))]
    pub food_hours: Option<f64>,
    /// Hours for which water is kept upstairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2000.0))]
    pub water_hours: Option<f64>,
    /// Hours for which medicine is kept upstairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2000.0))]
    pub medicine_hours: Option<f64>,
}

/// When to leave for one hazard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartTrigger {
    /// For which hazard.
    pub hazard: Hazard,
    /// The level at which one leaves. Where `name` is given too, the level
    /// that the name has on the day of the check counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<EvacuationLevel>,
    /// The name of the information at which one leaves (高齢者等避難, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Minutes from this trigger to the hazard; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10080))]
    pub lead_minutes: Option<u32>,
}

/// What to do when it is too late to leave (level 5). It never counts as the
/// choice to stay.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TooLate {
    /// Which room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// What to take there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<String>,
    /// Whom to call (119).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Whether the plan travels even then; absent: it does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves_home: Option<bool>,
}

/// Who helps (避難支援等実施者): a person or a body.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Supporter {
    /// 氏名又は名称
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 住所又は居所
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 電話番号その他の連絡先
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What they are to the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Whether it is a person or a body; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SupporterKind>,
    /// How many people come, where it is a body; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub people: Option<u16>,
    /// Whether they are a parent of the child; absent: what `relation` says, else
    /// unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<bool>,
    /// Whether they can carry the child or push the buggy; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_carry: Option<bool>,
    /// Whether they live with the child; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lives_with_child: Option<bool>,
    /// What they do in the plan: carry, drive, telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Where they live; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// How exactly that is known; absent: as inexact as the centre of a town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<PositionAccuracy>,
    /// Whether they have agreed to be named and to be given the plan's
    /// recipients; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<bool>,
    /// They have asked to be taken out: what the plan says of them is cut when it
    /// is read, and their task is a place to fill. Never part of a document.
    #[serde(skip)]
    pub withdrawn: bool,
}

impl Supporter {
    /// The place that somebody leaves who has asked to be taken out.
    pub const fn left() -> Self {
        Self {
            name: None,
            address: None,
            contact: None,
            relation: None,
            kind: None,
            people: None,
            parent: None,
            can_carry: None,
            lives_with_child: None,
            task: None,
            position: None,
            accuracy: None,
            agreed: None,
            withdrawn: true,
        }
    }

    /// Whether they are a parent of the child, as the plan says, else as the word for
    /// what they are to the child does; `None`: unknown.
    pub fn is_parent(&self) -> Option<bool> {
        const PARENTS: [&str; 13] = [
            "母",
            "父",
            "母親",
            "父親",
            "お母さん",
            "お父さん",
            "両親",
            "父母",
            "親",
            "保護者",
            "mother",
            "father",
            "parent",
        ];
        if self.kind == Some(SupporterKind::Body) {
            return Some(false);
        }
        self.parent.or_else(|| {
            let word = key_form(self.relation.as_deref()?).to_lowercase();
            (!word.is_empty()).then(|| PARENTS.contains(&word.as_str()))
        })
    }
}

/// What a supporter is (第49条の14第3項第1号: 氏名又は名称).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupporterKind {
    /// 人
    Person,
    /// 団体
    Body,
}

impl SupporterKind {
    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Person => Text::fixed("人", "a person"),
            Self::Body => Text::fixed("団体・事業所", "a body or a service"),
        }
    }
}

/// An item of a plan that may stand on paper without having been read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// 氏名
    Name,
    /// 生年月日
    Born,
    /// 性別
    Sex,
    /// 住所
    Address,
    /// 連絡先
    Contact,
    /// 事由
    Reason,
    /// 避難支援等実施者
    Supporters,
    /// 避難先
    Destinations,
    /// 避難経路
    Route,
    /// 作成の同意
    ConsentToMake,
    /// 説明
    Explanation,
    /// 提供の同意
    ConsentToProvide,
    /// 出発のきっかけ
    Triggers,
    /// 逃げ遅れたとき
    TooLate,
    /// 台風の早めのきっかけ
    EarlyTrigger,
    /// 移動手段
    Vehicle,
    /// 受入れの合意
    Agreement,
}

impl PlanDocument {
    /// Whether one of its destinations is one of another plan's: the same kind
    /// under the same reference and name.
    pub fn goes_where(&self, other: &Self) -> bool {
        let key = |to: &Destination| (to.kind, to.site.clone(), to.name.clone());
        let others: Vec<_> = other.destinations.iter().map(key).collect();
        self.destinations.iter().any(|to| others.contains(&key(to)))
    }

    /// Whether an item stands on the paper but could not be read.
    pub fn is_unread(&self, item: Item) -> bool {
        self.unread.contains(&item)
    }
}
