//! The kinds of sources, and what may be unknown of them.

use serde::{Deserialize, Serialize};

use crate::domain::{plan::document::DeviceKind, text::Text};

/// A kind of source, in the order in which they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// All batteries together, as the plan states them.
    Stated,
    /// The battery inside the ventilator.
    Internal,
    /// Batteries made for the ventilator.
    External,
    /// Portable power stations.
    Portable,
    /// A car with an inverter.
    Car,
    /// A generator that charges.
    Generator,
    /// As the family told at a call: all together.
    Told,
}

impl SourceKind {
    /// The word in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Internal => "internal",
            Self::External => "external",
            Self::Portable => "portable",
            Self::Car => "car",
            Self::Generator => "generator",
            Self::Told => "told",
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Stated => Text::fixed(
                "バッテリー（計画に書かれた合計）",
                "batteries (together, as the plan states)",
            ),
            Self::Internal => {
                Text::fixed("呼吸器の内蔵バッテリー", "battery inside the ventilator")
            }
            Self::External => {
                Text::fixed("専用外部バッテリー", "the ventilator's external batteries")
            }
            Self::Portable => Text::fixed("ポータブル電源", "portable batteries"),
            Self::Car => Text::fixed("車とインバーター", "car with inverter"),
            Self::Generator => Text::fixed("発電機（充電用）", "generator (charging)"),
            Self::Told => Text::fixed("電話で聞いた残り", "left, as told on the telephone"),
        }
    }

    /// Whether it is a battery: it carries without anybody doing anything.
    pub const fn is_battery(self) -> bool {
        !matches!(self, Self::Car | Self::Generator)
    }
}

/// Something that nobody has said and that hours depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Which devices the child has.
    Devices,
    /// No ventilator among the devices.
    Ventilator,
    /// What a device draws.
    Watts(DeviceKind),
    /// Whether there are batteries of a kind.
    Batteries(SourceKind),
    /// The hours of a battery of a kind.
    Hours(SourceKind),
    /// Hours of all batteries.
    AnyHours,
    /// The watt-hours of a portable battery.
    Capacity,
    /// How a portable battery gives its power.
    Output,
    /// Whether there is a car.
    Cars,
    /// Litres, consumption, inverter or wave of a car.
    CarFigures,
    /// Whether there is a generator.
    Generators,
    /// Which generator it is.
    GeneratorModel,
    /// Whether it gives a sine wave.
    GeneratorWave,
    /// Watts of the chargers.
    Charger,
    /// What it burns at that load.
    Consumption,
    /// How much gasoline is kept.
    Gasoline,
    /// How many canisters are kept.
    Canisters,
    /// What is in the oxygen cylinders.
    Cylinders,
    /// Litres of oxygen a minute.
    OxygenFlow,
}

impl Missing {
    /// What it is, in words that finish "not known: …".
    pub fn name(self) -> Text {
        match self {
            Self::Devices => Text::fixed("使っている機器の一覧", "the list of devices"),
            Self::Ventilator => Text::fixed(
                "機器の一覧に人工呼吸器がない（機種）",
                "the ventilator, which the list of devices lacks",
            ),
            Self::Watts(kind) => {
                let name = kind.name();
                Text::new(
                    format!("{}の消費電力（W）", name.ja),
                    format!("the watts of the {}", name.en),
                )
            }
            Self::Batteries(kind) => {
                let name = kind.name();
                Text::new(
                    format!("{}の有無", name.ja),
                    format!("whether there is: {}", name.en),
                )
            }
            Self::Hours(kind) => {
                let name = kind.name();
                Text::new(
                    format!("{}の時間", name.ja),
                    format!("the hours of: {}", name.en),
                )
            }
            Self::AnyHours => Text::fixed(
                "バッテリーが合わせて何時間もつか",
                "how many hours the batteries last together",
            ),
            Self::Capacity => Text::fixed(
                "ポータブル電源の容量（Wh）",
                "the watt-hours of a portable battery",
            ),
            Self::Output => Text::fixed(
                "ポータブル電源の出力（正弦波か、専用DCケーブルか）",
                "how a portable battery gives its power (sine wave, or the device's own DC cable)",
            ),
            Self::Cars => Text::fixed("電源に使える車の有無", "whether a car can give power"),
            Self::CarFigures => Text::fixed(
                "車の燃料（L）・1時間の消費・インバーター（W、正弦波）",
                "the car's litres, consumption and inverter (watts, sine wave)",
            ),
            Self::Generators => Text::fixed("発電機の有無", "whether there is a generator"),
            Self::GeneratorModel => {
                Text::fixed("発電機の機種と定格", "the generator's model and rating")
            }
            Self::GeneratorWave => Text::fixed(
                "発電機が正弦波か",
                "whether the generator gives a sine wave",
            ),
            Self::Charger => Text::fixed(
                "発電機で使う充電器のW数（発電機の定格以内）",
                "the watts of the chargers on the generator (within its rating)",
            ),
            Self::Consumption => Text::fixed("発電機の燃料消費", "what the generator burns"),
            Self::Gasoline => Text::fixed("保管しているガソリンの量", "how much gasoline is kept"),
            Self::Canisters => Text::fixed("カセットボンベの本数", "how many canisters are kept"),
            Self::Cylinders => Text::fixed(
                "酸素ボンベの容量・圧力・本数",
                "size, pressure and number of the oxygen cylinders",
            ),
            Self::OxygenFlow => Text::fixed("酸素の流量（L/分）", "the oxygen in litres a minute"),
        }
    }
}
