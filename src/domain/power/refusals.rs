//! What of a child's devices and sources cannot be as it was entered, and what
//! somebody should look at again.

use chrono::NaiveDate;

use super::equipment::{
    Canisters, Car, Cylinder, DedicatedBattery, Equipment, Fed, Gasoline, HomeGenerator,
    PortableBattery, PoweredDevice,
};
use crate::{
    domain::text::{Text, nfkc},
    text,
};

/// One field that is wrong, or strange.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Which, as a JSON pointer into the document: `/devices/0/rated_va`.
    pub field: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wrong {
    /// Not a number between two that can be.
    Beyond {
        /// The least that can be.
        least: f64,
        /// The most.
        most: f64,
    },
    /// Fewer rated volt-amperes than watts: no device draws like that, so that
    /// watts were probably entered for volt-amperes.
    WattsForVoltAmperes,
    /// A motor with as many volt-amperes as watts: look at the plate again.
    SameAsWatts,
    /// Measured watts that are the plate's volt-amperes.
    SameAsPlate,
    /// No telephone number.
    NoTelephone,
    /// Three times as many volt-amperes as watts, or more.
    FarFromWatts,
    /// The day has not come yet.
    NotYet,
    /// A check is on record, and that there never was one.
    CheckedAndNot,
    /// More hours at the check than the maker states.
    MoreThanNominal,
    /// Older than the maker has it used.
    PastItsLife {
        /// Years that the maker states.
        years: f64,
    },
    /// Canisters are put in in pairs: one is left over.
    OddCanisters,
    /// Longer than any list that people write.
    TooMany,
}

impl Wrong {
    /// Whether it is only a remark: the record can be kept as it is.
    pub const fn is_remark(self) -> bool {
        matches!(
            self,
            Self::SameAsWatts
                | Self::SameAsPlate
                | Self::FarFromWatts
                | Self::MoreThanNominal
                | Self::PastItsLife { .. }
                | Self::OddCanisters
        )
    }

    /// What to do about it.
    pub fn text(self) -> Text {
        match self {
            Self::Beyond { least, most } => text!(
                "{least}から{most}までの数を入れてください。分からなければ空欄のままにします。",
                "Enter a number from {least} to {most}; leave it empty where nobody knows."
            ),
            Self::WattsForVoltAmperes => Text::fixed(
                "VA（皮相電力）がW（消費電力）より小さくなっています。銘板のVAとWを見直してください。VAが書かれていなければ空欄にします。",
                "There are fewer volt-amperes than watts: look at the plate again, and leave VA empty where it does not state it.",
            ),
            Self::SameAsPlate => Text::fixed(
                "測ったWが銘板のVAと同じです。VAを写したのなら消してください（ワットチェッカーで測った値だけを入れます）。",
                "The measured watts are the plate's volt-amperes: remove them if they were copied (only what a meter shows goes here).",
            ),
            Self::NoTelephone => Text::fixed(
                "電話番号として読み取れません。市外局番からの数字で入れてください。",
                "This is no telephone number: write it in figures with its area code.",
            ),
            Self::SameAsWatts => Text::fixed(
                "モーターのある機器でVAとWが同じです。WをVAの欄に写していないか、銘板を確かめてください。",
                "A device with a motor has as many VA as W: were the watts copied? Look at the plate.",
            ),
            Self::FarFromWatts => Text::fixed(
                "VAがWの3倍以上あります。銘板を確かめてください。",
                "There are three times as many VA as W or more: look at the plate.",
            ),
            Self::NotYet => Text::fixed(
                "まだ来ていない日付です。日付を確かめてください。",
                "This day has not come yet: check the date.",
            ),
            Self::CheckedAndNot => Text::fixed(
                "点検の記録があるのに「一度も点検していない」となっています。どちらかを消してください。",
                "A check is on record, and that there never was one: remove one of the two.",
            ),
            Self::MoreThanNominal => Text::fixed(
                "点検のときの時間が公称の時間より長くなっています。短いほうで数えます。公称の時間を確かめてください。",
                "The check found more hours than the maker states; the fewer count. Look at the stated hours again.",
            ),
            Self::PastItsLife { years } => text!(
                "メーカーの使用期間（{years}年）を過ぎています。病院の臨床工学技士か機器会社に、点検か交換を頼んでください（お子さんにつないだまま使い切らない）。",
                "It is past the {years} years for which its maker has it used. Ask the hospital's engineer or the maker for a check or a new one (never run it down on your child)."
            ),
            Self::OddCanisters => Text::fixed(
                "カセットボンベは2本1組で使います。1本余ります。",
                "Canisters are used in pairs: one is left over.",
            ),
            Self::TooMany => Text::fixed(
                "行が多すぎます。20行までにまとめてください。",
                "There are too many rows: put them together into twenty at most.",
            ),
        }
    }
}

/// More rows than that nobody writes.
const MOST_ROWS: usize = 20;

/// Years after which makers have batteries of ventilators replaced: 2 (Breas,
/// service life 2 years; ResMed Astral, internal battery every 2 years).
pub const BATTERY_LIFE_YEARS: f64 = 2.0;

/// Years as they are meant here, in days.
const DAYS_A_YEAR: f64 = 365.25;

impl Equipment {
    /// Every field that cannot be, or that deserves a second look, in the order
    /// of the document.
    pub fn refusals(&self, today: NaiveDate) -> Vec<Refusal> {
        let mut found = Found {
            today,
            list: Vec::new(),
        };
        found.each("devices", self.devices.as_deref(), Found::device);
        for (name, list) in [
            ("internal_batteries", &self.internal_batteries),
            ("external_batteries", &self.external_batteries),
        ] {
            found.each(name, list.as_deref(), Found::dedicated);
        }
        let portable = self.portable_batteries.as_deref();
        found.each("portable_batteries", portable, Found::portable);
        found.each("cars", self.cars.as_deref(), Found::car);
        found.each("generators", self.generators.as_deref(), Found::generator);
        found.each("gasoline", self.gasoline.as_deref(), Found::gasoline);
        found.each("canisters", self.canisters.as_deref(), Found::canisters);
        found.pairs(self.canisters.as_deref());
        found.each("cylinders", self.cylinders.as_deref(), Found::cylinder);
        let bag = self.resuscitator.as_ref();
        let people = bag.and_then(|bag| bag.user_count).map(f64::from);
        found.figure("/resuscitator/user_count", people, 0.0, 100.0);
        let agreed = self.hme.as_ref().and_then(|hme| hme.physician.as_ref());
        found.past("/hme/physician/on", agreed.and_then(|consent| consent.on));
        let agreed = self.oxygen_by_cylinder.as_ref();
        found.past(
            "/oxygen_by_cylinder/on",
            agreed.and_then(|consent| consent.on),
        );
        let number = self.maker.as_ref();
        let number = number.and_then(|maker| maker.emergency_number.as_deref());
        let figures = |text: &str| nfkc(text).chars().filter(char::is_ascii_digit).count();
        if number.is_some_and(|text| !text.trim().is_empty() && figures(text) < 9) {
            found.add("/maker/emergency_number".to_owned(), Wrong::NoTelephone);
        }
        found.list
    }
}

/// What has been found so far.
struct Found {
    today: NaiveDate,
    list: Vec<Refusal>,
}

impl Found {
    fn each<T>(&mut self, name: &str, rows: Option<&[T]>, look: impl Fn(&mut Self, &str, &T)) {
        let rows = rows.unwrap_or_default();
        if rows.len() > MOST_ROWS {
            self.add(format!("/{name}"), Wrong::TooMany);
        }
        for (number, row) in rows.iter().enumerate() {
            look(self, &format!("/{name}/{number}"), row);
        }
    }

    fn add(&mut self, field: String, wrong: Wrong) {
        self.list.push(Refusal { field, wrong });
    }

    /// A figure that lies between two, where there is one.
    fn figure(&mut self, field: &str, value: Option<f64>, least: f64, most: f64) {
        if value.is_some_and(|value| !(least..=most).contains(&value)) {
            self.add(field.to_owned(), Wrong::Beyond { least, most });
        }
    }

    /// A day that has come, where there is one.
    fn past(&mut self, field: &str, day: Option<NaiveDate>) {
        if day.is_some_and(|day| day > self.today) {
            self.add(field.to_owned(), Wrong::NotYet);
        }
    }

    /// Volt-amperes beside the watts of the same thing.
    fn apparent(&mut self, field: &str, va: Option<f64>, watts: Option<f64>, motor: bool) {
        let (Some(va), Some(watts)) = (va, watts) else {
            return;
        };
        let wrong = if va < watts {
            Wrong::WattsForVoltAmperes
        } else if motor && va <= watts {
            Wrong::SameAsWatts
        } else if va >= 3.0 * watts {
            Wrong::FarFromWatts
        } else {
            return;
        };
        self.add(field.to_owned(), wrong);
    }

    fn device(&mut self, at: &str, device: &PoweredDevice) {
        use crate::domain::plan::document::DeviceKind;
        let field = |name: &str| format!("{at}/{name}");
        // A pulse oximeter draws less than 10 W, an oxygen concentrator 350 W.
        for (name, value) in [
            ("measured_watts", device.measured_watts),
            ("rated_va", device.rated_va),
            ("rated_watts", device.rated_watts),
        ] {
            self.figure(&field(name), value, 1.0, 2000.0);
        }
        let motor = matches!(device.kind, DeviceKind::Concentrator | DeviceKind::Suction);
        let va = device.rated_va;
        self.apparent(&field("rated_va"), va, device.rated_watts, motor);
        // What was measured may be far below the plate, and never above it.
        if va.zip(device.measured_watts).is_some_and(|(va, w)| va < w) {
            self.add(field("rated_va"), Wrong::WattsForVoltAmperes);
        }
        // Nobody measures what stands on the plate to the watt.
        if va.is_some() && va == device.measured_watts {
            self.add(field("measured_watts"), Wrong::SameAsPlate);
        }
        self.figure(&field("hours_a_day"), device.hours_a_day, 0.1, 24.0);
        self.figure(&field("oxygen_l_min"), device.oxygen_l_min, 0.01, 15.0);
    }

    fn dedicated(&mut self, at: &str, battery: &DedicatedBattery) {
        let field = |name: &str| format!("{at}/{name}");
        for (name, value) in [
            ("nominal_hours", battery.nominal_hours),
            ("checked_hours", battery.checked_hours),
        ] {
            self.figure(&field(name), value, 0.1, 48.0);
        }
        self.figure(&field("life_years"), battery.life_years, 0.5, 20.0);
        self.figure(&field("charge_percent"), battery.charge_percent, 0.0, 100.0);
        self.past(&field("checked_on"), battery.checked_on);
        self.past(&field("made_on"), battery.made_on);
        let is_checked = battery.checked_on.is_some() || battery.checked_hours.is_some();
        if is_checked && battery.never_checked == Some(true) {
            self.add(field("never_checked"), Wrong::CheckedAndNot);
        }
        let hours = battery.checked_hours.zip(battery.nominal_hours);
        if hours.is_some_and(|(checked, nominal)| checked > nominal) {
            self.add(field("checked_hours"), Wrong::MoreThanNominal);
        }
        let years = battery.life_years.unwrap_or(BATTERY_LIFE_YEARS);
        if let Some(made) = battery.made_on
            && (self.today - made).num_days() as f64 > years * DAYS_A_YEAR
        {
            self.add(field("made_on"), Wrong::PastItsLife { years });
        }
    }

    fn portable(&mut self, at: &str, battery: &PortableBattery) {
        let field = |name: &str| format!("{at}/{name}");
        self.figure(&field("nominal_wh"), battery.nominal_wh, 20.0, 20_000.0);
        self.figure(&field("output_watts"), battery.output_watts, 10.0, 6000.0);
        let volts = battery.volts.map(f64::from);
        self.figure(&field("volts"), volts, 5.0, 250.0);
        let hertz = battery.frequency_hz.map(f64::from);
        self.figure(&field("frequency_hz"), hertz, 50.0, 60.0);
        self.figure(&field("charge_percent"), battery.charge_percent, 0.0, 100.0);
        self.past(&field("bought_on"), battery.bought_on);
    }

    fn car(&mut self, at: &str, car: &Car) {
        let field = |name: &str| format!("{at}/{name}");
        self.figure(&field("litres"), car.litres, 0.0, 150.0);
        self.figure(&field("litres_an_hour"), car.litres_an_hour, 0.1, 10.0);
        self.figure(&field("inverter_watts"), car.inverter_watts, 50.0, 3000.0);
    }

    fn generator(&mut self, at: &str, generator: &HomeGenerator) {
        let field = |name: &str| format!("{at}/{name}");
        self.figure(&field("rated_va"), generator.rated_va, 100.0, 20_000.0);
        let volts = generator.volts.map(f64::from);
        self.figure(&field("volts"), volts, 100.0, 250.0);
        let hertz = generator.frequency_hz.map(f64::from);
        self.figure(&field("frequency_hz"), hertz, 50.0, 60.0);
        let charger = generator.charger_watts;
        self.figure(&field("charger_watts"), charger, 10.0, 2000.0);
        self.figure(&field("cord_metres"), generator.cord_metres, 0.0, 100.0);
        let place = generator.place.as_ref();
        let far = place.and_then(|place| place.metres_to_room);
        self.figure(&field("place/metres_to_room"), far, 0.0, 100.0);
        self.past(&field("last_run_on"), generator.last_run_on);
        for (name, consent) in [
            ("maker_consent/on", &generator.maker_consent),
            ("physician_consent/on", &generator.physician_consent),
        ] {
            self.past(&field(name), consent.as_ref().and_then(|given| given.on));
        }
        for (number, fed) in generator.feeds.iter().flatten().enumerate() {
            self.fed(&field(&format!("feeds/{number}")), fed);
        }
    }

    fn fed(&mut self, at: &str, fed: &Fed) {
        use super::equipment::FedKind;
        let field = |name: &str| format!("{at}/{name}");
        self.figure(&field("rated_va"), fed.rated_va, 1.0, 2000.0);
        self.figure(&field("rated_watts"), fed.rated_watts, 1.0, 2000.0);
        let motor = matches!(fed.what, FedKind::Concentrator | FedKind::Suction);
        self.apparent(&field("rated_va"), fed.rated_va, fed.rated_watts, motor);
    }

    fn gasoline(&mut self, at: &str, can: &Gasoline) {
        self.figure(&format!("{at}/litres"), can.litres, 0.0, 200.0);
        self.past(&format!("{at}/bought_on"), can.bought_on);
    }

    fn canisters(&mut self, at: &str, cans: &Canisters) {
        let count = cans.count.map(f64::from);
        self.figure(&format!("{at}/count"), count, 0.0, 300.0);
        self.past(&format!("{at}/dated"), cans.dated);
    }

    /// Canisters of different dates may be put in together, so that all of them
    /// are counted.
    fn pairs(&mut self, rows: Option<&[Canisters]>) {
        let counted = rows.unwrap_or_default().iter().filter_map(|row| row.count);
        if counted.map(u64::from).sum::<u64>() % 2 == 1 {
            self.add("/canisters".to_owned(), Wrong::OddCanisters);
        }
    }

    fn cylinder(&mut self, at: &str, cylinder: &Cylinder) {
        let field = |name: &str| format!("{at}/{name}");
        self.figure(&field("litres"), cylinder.litres, 0.1, 50.0);
        // Filled to 14.7 MPa (19.6 for some): more is another unit.
        self.figure(&field("mpa"), cylinder.mpa, 0.0, 25.0);
        self.figure(&field("gas_litres"), cylinder.gas_litres, 1.0, 8000.0);
        self.figure(&field("count"), cylinder.count.map(f64::from), 0.0, 50.0);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(document: serde_json::Value) -> Vec<(String, Wrong)> {
        let equipment: Equipment = serde_json::from_value(document).unwrap();
        let found = equipment.refusals("2026-11-20".parse().unwrap());
        for refusal in &found {
            let text = refusal.wrong.text();
            assert!(!text.ja.is_empty() && !text.en.is_empty());
        }
        found.into_iter().map(|r| (r.field, r.wrong)).collect()
    }

    fn wrong(document: serde_json::Value, field: &str) -> Wrong {
        let found = of(document);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, field);
        found[0].1
    }

    #[test]
    fn a_record_that_can_be_is_not_refused() {
        let fine = json!({
            "devices": [
                {"kind": "ventilator", "measured_watts": 18.0, "rated_va": 210.0},
                {"kind": "concentrator", "measured_watts": 120.0, "rated_va": 200.0, "rated_watts": 160.0}
            ],
            "internal_batteries": [{"nominal_hours": 8.0, "checked_hours": 7.0,
                "checked_on": "2026-11-20", "checked_by": "maker", "made_on": "2024-11-20"}],
            "gasoline": [{"litres": 0.0}], "canisters": [{"count": 3}, {"count": 1}],
            "cylinders": [{"litres": 2.0, "mpa": 14.7}]
        });
        assert_eq!(of(fine), []);
    }

    #[test]
    fn watts_are_not_taken_for_volt_amperes() {
        let device = |va: f64, more: serde_json::Value| -> serde_json::Value {
            let mut device = json!({"kind": "concentrator", "rated_va": va});
            device
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            json!({ "devices": [device] })
        };
        let field = "/devices/0/rated_va";
        let less = device(120.0, json!({"rated_watts": 150.0}));
        assert_eq!(wrong(less, field), Wrong::WattsForVoltAmperes);
        let measured = device(120.0, json!({"measured_watts": 150.0}));
        assert_eq!(wrong(measured, field), Wrong::WattsForVoltAmperes);
        let same = device(150.0, json!({"rated_watts": 150.0}));
        assert_eq!(wrong(same, field), Wrong::SameAsWatts);
        let far = device(450.0, json!({"rated_watts": 150.0}));
        assert_eq!(wrong(far, field), Wrong::FarFromWatts);
        assert_eq!(of(device(200.0, json!({"rated_watts": 150.0}))), []);
    }

    #[test]
    fn zero_negative_and_absurd_figures_are_refused() {
        for (document, field) in [
            (
                json!({"devices": [{"kind": "ventilator", "measured_watts": 0.0}]}),
                "/devices/0/measured_watts",
            ),
            (
                json!({"portable_batteries": [{"nominal_wh": -500.0}]}),
                "/portable_batteries/0/nominal_wh",
            ),
            (
                json!({"internal_batteries": [{"nominal_hours": 500.0}]}),
                "/internal_batteries/0/nominal_hours",
            ),
            (
                json!({"external_batteries": [{"charge_percent": 120.0}]}),
                "/external_batteries/0/charge_percent",
            ),
            (json!({"cylinders": [{"mpa": 147.0}]}), "/cylinders/0/mpa"),
            (
                json!({"generators": [{"rated_va": 18.0}]}),
                "/generators/0/rated_va",
            ),
            (
                json!({"generators": [{"feeds": [{"what": "charger", "rated_va": 0.0}]}]}),
                "/generators/0/feeds/0/rated_va",
            ),
            (
                json!({"cars": [{"inverter_watts": 5.0}]}),
                "/cars/0/inverter_watts",
            ),
        ] {
            assert!(matches!(wrong(document, field), Wrong::Beyond { .. }));
        }
    }

    #[test]
    fn nothing_was_bought_or_checked_tomorrow() {
        for (document, field) in [
            (
                json!({"gasoline": [{"bought_on": "2026-11-21"}]}),
                "/gasoline/0/bought_on",
            ),
            (
                json!({"internal_batteries": [{"checked_on": "2026-11-21"}]}),
                "/internal_batteries/0/checked_on",
            ),
            (
                json!({"generators": [{"last_run_on": "2027-01-01"}]}),
                "/generators/0/last_run_on",
            ),
            (
                json!({"canisters": [{"count": 2, "dated": "2027-01-01"}]}),
                "/canisters/0/dated",
            ),
        ] {
            let wrong = wrong(document, field);
            assert_eq!(wrong, Wrong::NotYet);
            assert!(!wrong.is_remark());
        }
    }

    #[test]
    fn an_old_battery_and_an_odd_canister_are_remarked_on() {
        let old = json!({"internal_batteries": [{"made_on": "2024-11-18"}]});
        let found = wrong(old, "/internal_batteries/0/made_on");
        assert_eq!(found, Wrong::PastItsLife { years: 2.0 });
        assert!(found.is_remark());
        let life = json!({"external_batteries": [{"made_on": "2024-11-18", "life_years": 5.0}]});
        assert_eq!(of(life), []);
        let odd = json!({"canisters": [{"count": 4}, {"count": 3}]});
        assert_eq!(wrong(odd, "/canisters"), Wrong::OddCanisters);
        let more = json!({"internal_batteries": [{"nominal_hours": 3.0, "checked_hours": 4.0}]});
        assert!(wrong(more, "/internal_batteries/0/checked_hours").is_remark());
    }

    #[test]
    fn a_check_contradicts_that_there_never_was_one() {
        let both = json!({"internal_batteries": [{"checked_hours": 3.0, "never_checked": true}]});
        let found = wrong(both, "/internal_batteries/0/never_checked");
        assert_eq!(found, Wrong::CheckedAndNot);
        let rows: Vec<_> = (0..21).map(|_| json!({"litres": 1.0})).collect();
        assert_eq!(
            wrong(json!({"gasoline": rows}), "/gasoline"),
            Wrong::TooMany
        );
    }
}
