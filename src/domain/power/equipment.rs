//! What a child has: its devices and everything that feeds them, as one JSON
//! document (`power` of `docs/plan.schema.json`).
//!
//! What is absent is unknown. A list that is there and empty says that there
//! are none: `"portable_batteries": []` is an answer, no `portable_batteries`
//! is none.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{plan::document::DeviceKind, text::Text};

/// A part of the document of which every field may be unknown.
macro_rules! record {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $what:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$what>,
            )*
        }
    };
}

/// An enum of fixed words, each with its name for people.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal, $ja:literal, $en:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every one, in the order in which people choose.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in JSON and in forms.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one of a word.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The name for people.
            pub const fn name(self) -> Text {
                match self { $(Self::$variant => Text::fixed($ja, $en),)* }
            }
        }
    };
}

record! {
    /// One child's devices and sources of power. Lists that are absent were
    /// never asked for; an empty list says that there are none.
    Equipment {
        /// Every device that needs power.
        devices: Vec<PoweredDevice>,
        /// Batteries inside the ventilator.
        internal_batteries: Vec<DedicatedBattery>,
        /// Batteries that the maker sells for this ventilator (専用外部バッテリー,
        /// click-in and detachable ones too).
        external_batteries: Vec<DedicatedBattery>,
        /// Portable power stations (市販の蓄電池).
        portable_batteries: Vec<PortableBattery>,
        /// Cars that could feed a device.
        cars: Vec<Car>,
        /// Generators at the home: the family's own and the loaned one.
        generators: Vec<HomeGenerator>,
        /// Gasoline kept at the home, the tank of the generator included; each
        /// can a row.
        gasoline: Vec<Gasoline>,
        /// Cassette gas kept at the home; cans of one date a row.
        canisters: Vec<Canisters>,
        /// Oxygen cylinders; those of one size and pressure a row.
        cylinders: Vec<Cylinder>,
        /// The manual resuscitator (蘇生バッグ).
        resuscitator: Resuscitator,
        /// 人工鼻 in place of the heated humidifier.
        hme: HeatMoistureExchanger,
        /// The physician's agreement that in a power cut the oxygen concentrator is
        /// switched off while cylinders give the oxygen.
        oxygen_by_cylinder: WrittenConsent,
        /// Whether a suction that needs no power (manual or foot-driven) is at
        /// home.
        manual_suction: bool,
        /// Whether the child is registered with the network operator
        /// (一般送配電事業者) as somebody who depends on power.
        registered_with_operator: bool,
        /// The ventilator's maker or dealer, for the night.
        maker: MakerContact,
    }
}

/// A device that needs power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoweredDevice {
    /// What it is.
    pub kind: DeviceKind,
    /// Maker and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Watts measured on this child's device, as it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 5000.0))]
    pub measured_watts: Option<f64>,
    /// Rated volt-amperes of the plate: for sizing a generator, never for hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 5000.0))]
    pub rated_va: Option<f64>,
    /// Rated watts of the plate, where it states no volt-amperes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 5000.0))]
    pub rated_watts: Option<f64>,
    /// Hours a day that it runs; absent: all day (a suction: the planner's
    /// default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 24.0))]
    pub hours_a_day: Option<f64>,
    /// Oxygen in litres a minute, for a concentrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 20.0))]
    pub oxygen_l_min: Option<f64>,
}

words! {
    /// Who has checked how long a battery lasts.
    CheckedBy {
        /// 臨床工学技士
        HospitalEngineer = "hospital_engineer", "病院の臨床工学技士（ME）", "the hospital's engineer";
        /// 機器会社
        Maker = "maker", "機器会社", "the maker";
        /// What the family saw, in a real power cut: it shortens the hours that
        /// are counted, and is no check.
        Family = "family", "ご家族（実際の停電など）", "the family (a real power cut)";
    }
}

record! {
    /// A battery made for the ventilator: it carries the ventilator and nothing
    /// else.
    DedicatedBattery {
        /// Maker and model.
        model: String,
        /// Hours as the maker states them for settings like this child's;
        /// absent: those of the catalogue.
        #[schemars(range(min = 0.0, max = 100.0))]
        nominal_hours: f64,
        /// Hours at the last check.
        #[schemars(range(min = 0.0, max = 100.0))]
        checked_hours: f64,
        /// The day of the last check.
        checked_on: NaiveDate,
        /// Who checked it.
        checked_by: CheckedBy,
        /// `true`: somebody has said that it was never checked. Absent, and no
        /// check: unknown.
        never_checked: bool,
        /// When it was made, or else bought or last replaced.
        made_on: NaiveDate,
        /// Years after which the maker has it replaced; absent: the planner's
        /// default of two.
        #[schemars(range(min = 0.0, max = 20.0))]
        life_years: f64,
        /// How full it is kept; absent: full.
        #[schemars(range(min = 0.0, max = 100.0))]
        charge_percent: f64,
    }
}

words! {
    /// How a portable battery or an inverter gives its power.
    Output {
        /// A direct-current cable made for the device (専用DCケーブル).
        Dc = "dc", "専用の直流（DC）ケーブル", "the device's own DC cable";
        /// 正弦波
        Sine = "sine", "交流（正弦波）", "AC, sine wave";
        /// 矩形波・修正正弦波: no medical device may be fed by it.
        Modified = "modified", "交流（矩形波・修正正弦波）", "AC, square or modified wave";
    }
}

record! {
    /// A portable power station: it carries whatever is plugged in.
    PortableBattery {
        /// Maker and model.
        model: String,
        /// Watt-hours as its plate states them.
        #[schemars(range(min = 0.0, max = 100_000.0))]
        nominal_wh: f64,
        /// How it would feed the devices; absent: nobody has looked, and its
        /// hours are not counted on.
        output: Output,
        /// The most watts that it gives; absent: taken as enough.
        #[schemars(range(min = 0.0, max = 10_000.0))]
        output_watts: f64,
        /// Volts of its sockets; absent: taken as 100, the only voltage sold for
        /// homes in Japan.
        #[schemars(range(min = 0, max = 300))]
        volts: u16,
        /// Hertz that it is set to.
        frequency_hz: u8,
        /// When it was bought.
        bought_on: NaiveDate,
        /// How full it is kept; absent: full.
        #[schemars(range(min = 0.0, max = 100.0))]
        charge_percent: f64,
    }
}

record! {
    /// A car with an inverter. It counts only with litres, an inverter of known
    /// watts and a consumption on record.
    Car {
        /// Whose, which.
        what: String,
        /// Litres in its tank that may be used for power: the way to the
        /// destination is kept back.
        #[schemars(range(min = 0.0, max = 200.0))]
        litres: f64,
        /// Litres that it burns an hour, standing.
        #[schemars(range(min = 0.0, max = 20.0))]
        litres_an_hour: f64,
        /// Watts of its inverter or socket.
        #[schemars(range(min = 0.0, max = 10_000.0))]
        inverter_watts: f64,
        /// Whether that gives a sine wave.
        sine_wave: bool,
        /// Whether a cable reaches from it to the child.
        cable: bool,
    }
}

words! {
    /// What may hang on a generator.
    FedKind {
        /// A charger for batteries, which is what a generator is for.
        Charger = "charger", "バッテリーの充電器", "a battery charger";
        /// The ventilator itself.
        Ventilator = "ventilator", "人工呼吸器（直接）", "the ventilator, directly";
        /// 加温加湿器
        Humidifier = "humidifier", "加温加湿器", "the humidifier";
        /// 吸引器, or its charger
        Suction = "suction", "吸引器（充電器）", "the suction or its charger";
        /// 酸素濃縮器
        Concentrator = "concentrator", "酸素濃縮器", "the oxygen concentrator";
        /// モニター
        Monitor = "monitor", "モニター", "the monitor";
        /// その他
        Other = "other", "その他", "something else";
    }
}

impl FedKind {
    /// The kind of device that it is; `None`: a charger.
    pub const fn device(self) -> Option<DeviceKind> {
        Some(match self {
            Self::Charger => return None,
            Self::Ventilator => DeviceKind::Ventilator,
            Self::Humidifier => DeviceKind::Humidifier,
            Self::Suction => DeviceKind::Suction,
            Self::Concentrator => DeviceKind::Concentrator,
            Self::Monitor => DeviceKind::Monitor,
            Self::Other => DeviceKind::Other,
        })
    }
}

/// One thing that hangs on a generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fed {
    /// What.
    pub what: FedKind,
    /// Its rated volt-amperes; absent: those of the device on record, else of
    /// the catalogue, else its watts / 0.8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 5000.0))]
    pub rated_va: Option<f64>,
    /// Its rated watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 5000.0))]
    pub rated_watts: Option<f64>,
}

/// A written consent to feed the ventilator directly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenConsent {
    /// Whether it was given.
    pub given: bool,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Where a generator would run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutdoorPlace {
    /// Whether there is one.
    pub available: bool,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Whether it lies above the water that the map expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above_water: Option<bool>,
    /// Whether it is away from doors, windows and vents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_from_openings: Option<bool>,
    /// Whether rain is kept off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rain_cover: Option<bool>,
    /// Metres of cord from it to the child's room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 200.0))]
    pub metres_to_room: Option<f64>,
}

words! {
    /// Whether the owner of the building lets a generator run there.
    OwnerLeave {
        /// The house is the family's own.
        NotNeeded = "not_needed", "持ち家（不要）", "not needed: own house";
        /// Given.
        Given = "given", "承諾あり", "given";
        /// Asked, and not given; or not asked yet.
        NotGiven = "not_given", "承諾なし・まだ聞いていない", "not given, or not asked yet";
    }
}

record! {
    /// A generator at the home.
    HomeGenerator {
        /// Whether it is the unit that the programme has lent.
        loaned: bool,
        /// Its model, as in the catalogue of generators.
        model: String,
        /// Rated volt-amperes; absent: the catalogue's.
        #[schemars(range(min = 0.0, max = 20_000.0))]
        rated_va: f64,
        /// Whether it gives a sine wave; absent: the catalogue's word.
        sine_wave: bool,
        /// Volts of its sockets; absent: taken as 100.
        #[schemars(range(min = 0, max = 300))]
        volts: u16,
        /// Hertz that its switch is set to.
        frequency_hz: u8,
        /// Watts of the chargers through which it fills the batteries, together.
        #[schemars(range(min = 0.0, max = 5000.0))]
        charger_watts: f64,
        /// What hangs on it.
        feeds: Vec<Fed>,
        /// The maker's consent to feed the ventilator directly.
        maker_consent: WrittenConsent,
        /// The physician's.
        physician_consent: WrittenConsent,
        /// Where it would run.
        place: OutdoorPlace,
        /// Metres of its extension cord; 0: there is none.
        #[schemars(range(min = 0.0, max = 200.0))]
        cord_metres: f64,
        /// Whether there is a carbon monoxide alarm.
        co_alarm: bool,
        /// Whether the owner of the building has agreed.
        owner_leave: OwnerLeave,
        /// The last test run, with a load.
        last_run_on: NaiveDate,
    }
}

record! {
    /// A can of gasoline, or the tank of a generator.
    Gasoline {
        /// Litres in it.
        #[schemars(range(min = 0.0, max = 1000.0))]
        litres: f64,
        /// When it was bought.
        bought_on: NaiveDate,
    }
}

record! {
    /// Cassette gas canisters of one date.
    Canisters {
        /// How many.
        #[schemars(range(min = 0, max = 1000))]
        count: u32,
        /// The date printed on the bottom of the can.
        dated: NaiveDate,
    }
}

record! {
    /// Oxygen cylinders of one size and pressure.
    Cylinder {
        /// Litres that the cylinder itself holds (2.0, 3.4, 10).
        #[schemars(range(min = 0.0, max = 100.0))]
        litres: f64,
        /// Its pressure in megapascals.
        #[schemars(range(min = 0.0, max = 30.0))]
        mpa: f64,
        /// Litres of oxygen in it, where that is what is known (300, 500).
        #[schemars(range(min = 0.0, max = 10_000.0))]
        gas_litres: f64,
        /// How many; absent: one.
        #[schemars(range(min = 0, max = 100))]
        count: u32,
    }
}

record! {
    /// The manual resuscitator.
    Resuscitator {
        /// Whether it is within reach of the child.
        within_reach: bool,
        /// Who can use it: names or roles.
        users: Vec<String>,
        /// How many can, where they are not named.
        user_count: u32,
    }
}

impl Resuscitator {
    /// How many people can use it; `None`: nobody has said.
    pub fn people(&self) -> Option<usize> {
        let named = self
            .users
            .as_ref()
            .map(|users| users.iter().filter(|user| !user.trim().is_empty()).count());
        let counted = self
            .user_count
            .and_then(|count| usize::try_from(count).ok());
        named.into_iter().chain(counted).max()
    }
}

record! {
    /// 人工鼻. Without the physician's agreement it is no measure for this child.
    HeatMoistureExchanger {
        /// Whether the physician has agreed to it.
        physician: WrittenConsent,
        /// How many are at home.
        #[schemars(range(min = 0, max = 1000))]
        at_home: u32,
    }
}

impl HeatMoistureExchanger {
    /// Whether the physician has agreed; `None`: nobody has said.
    pub fn agreed(&self) -> Option<bool> {
        self.physician.as_ref().map(|consent| consent.given)
    }
}

record! {
    /// The maker or dealer of the ventilator.
    MakerContact {
        /// Its name.
        name: String,
        /// The number that answers by night. A contact without one says that
        /// there is none.
        emergency_number: String,
        /// Whether it brings batteries when a disaster is forecast (it may fail).
        delivers: bool,
    }
}

impl Equipment {
    /// Whether nothing at all is on record.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a list of the ventilator's or of portable batteries is on record:
    /// then they count, and no longer the hours that the plan states together.
    pub const fn lists_batteries(&self) -> bool {
        self.internal_batteries.is_some()
            || self.external_batteries.is_some()
            || self.portable_batteries.is_some()
    }

    /// The devices of a kind; `None`: nobody has listed the devices.
    pub fn devices_of(&self, kind: DeviceKind) -> Option<impl Iterator<Item = &PoweredDevice>> {
        let devices = self.devices.as_ref()?;
        Some(devices.iter().filter(move |device| device.kind == kind))
    }

    /// Whether the child has a device of a kind; `None`: nobody has listed the
    /// devices.
    pub fn has(&self, kind: DeviceKind) -> Option<bool> {
        Some(self.devices_of(kind)?.next().is_some())
    }
}

#[cfg(test)]
#[path = "equipment_tests.rs"]
mod tests;
