//! The catalogue of generators (`data/generators.csv`): what a model gives, what
//! it burns, and how well that is known.
//!
//! What is unknown is `None`. A model that is not in the catalogue can be lent
//! all the same: nothing is assumed of it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::text::key_form;

coded! {
    /// What a generator burns.
    Fuel {
        /// Gasoline, counted in litres.
        Gasoline = "gasoline", "ガソリン", "gasoline";
        /// Cassette gas, counted in canisters; they are put in in pairs.
        Canisters = "canisters", "カセットボンベ", "gas canisters";
    }
}

coded! {
    /// How well a row of the catalogue is known.
    Confidence {
        /// Read in the source.
        High = "H", "出典で確認", "read in the source";
        /// Of a twin model, or partly from memory.
        Medium = "M", "同系機種などから", "of a twin model";
        /// From memory: ask the maker before relying on it.
        Low = "L", "未確認（メーカーに確認してください）", "not confirmed: ask the maker";
    }
}

/// A row of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub struct GeneratorModel {
    /// `Honda`
    pub maker: String,
    /// `EU18i`
    pub model: String,
    /// Rated output in volt-amperes.
    pub rated_va: Option<u32>,
    /// Whether it gives a sine wave: nothing else may feed medical devices or
    /// their chargers.
    pub sine_wave: Option<bool>,
    /// What it burns.
    pub fuel: Fuel,
    /// Litres of its tank, or canisters that it takes at once.
    pub capacity: Option<f64>,
    /// Litres or canisters an hour at rated load.
    pub per_hour_rated: Option<f64>,
    /// The same at a quarter of rated load.
    pub per_hour_quarter: Option<f64>,
    /// Where the numbers are from.
    pub source: String,
    /// How well they are known.
    pub confidence: Confidence,
    /// Who compared the row with the maker's data sheet, and when; `None`:
    /// nobody yet.
    pub verified: Option<(String, NaiveDate)>,
    /// Remarks, in Japanese.
    pub note: Option<String>,
}

/// A quarter of rated load: the least at which makers state what is burnt.
const QUARTER: f64 = 0.25;

impl GeneratorModel {
    /// Litres or canisters an hour at a share of rated load (1.0: rated),
    /// between quarter and rated load in a straight line. Below a quarter what
    /// a quarter burns counts, which is no less. `None`: unknown, or more than it
    /// can give.
    pub fn per_hour_at(&self, share: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        if share >= 1.0 {
            return self.per_hour_rated;
        }
        if share <= QUARTER {
            return self.per_hour_quarter;
        }
        let (quarter, rated) = (self.per_hour_quarter?, self.per_hour_rated?);
        let above = (share - QUARTER) / (1.0 - QUARTER);
        Some((rated - quarter).mul_add(above, quarter))
    }

    /// What so many hours at a share of rated load burn: litres, or canisters in
    /// whole pairs. `None` as for [`Self::per_hour_at`].
    pub fn fuel_for(&self, hours: f64, share: f64) -> Option<f64> {
        let burnt = self.per_hour_at(share)? * hours;
        Some(match self.fuel {
            Fuel::Gasoline => burnt,
            Fuel::Canisters => (burnt / 2.0).ceil() * 2.0,
        })
    }

    /// The form of its name by which it is known, however it is written.
    pub fn key(&self) -> String {
        name_form(&self.model)
    }

    /// What of its figures cannot be; `None`: they can.
    pub fn impossible(&self) -> Option<Impossible> {
        let beyond = |number: Option<f64>, most: f64| {
            number.is_some_and(|number| !(number > 0.0 && number <= most))
        };
        let (quarter, rated) = (self.per_hour_quarter, self.per_hour_rated);
        if self
            .rated_va
            .is_some_and(|va| !(100..=20_000).contains(&va))
        {
            Some(Impossible::Rated)
        } else if beyond(self.capacity, 100.0) {
            Some(Impossible::Capacity)
        } else if beyond(quarter, 50.0) || beyond(rated, 50.0) {
            Some(Impossible::PerHour)
        } else if quarter.zip(rated).is_some_and(|(q, r)| q > r) {
            Some(Impossible::Quarter)
        } else {
            None
        }
    }

    /// Whether a name that people write means this model: `EU18i`, `eu-18i`,
    /// `ホンダ EU18i`.
    fn is_called(&self, key: &str, form: &str) -> bool {
        let makers = match self.maker.as_str() {
            "Honda" => ["HONDA", "ホンダ", "本田"],
            "Yamaha" => ["YAMAHA", "ヤマハ", "ヤマハ発動機"],
            _ => return form == key,
        };
        let bare = makers.iter().find_map(|maker| form.strip_prefix(maker));
        bare.unwrap_or(form) == key
    }
}

fn name_form(name: &str) -> String {
    let form = key_form(name).to_uppercase();
    form.chars()
        .filter(|c| c.is_alphanumeric() || *c == 'ー')
        .collect()
}

/// A row as the file and the store have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    maker: String,
    model: String,
    rated_va: Option<u32>,
    sine_wave: Option<String>,
    fuel: String,
    capacity: Option<f64>,
    per_hour_rated: Option<f64>,
    per_hour_quarter: Option<f64>,
    source: String,
    confidence: String,
    verified_by: Option<String>,
    verified_on: Option<NaiveDate>,
    note: Option<String>,
}

impl TryFrom<Row> for GeneratorModel {
    type Error = &'static str;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        Ok(Self {
            fuel: Fuel::from_code(&row.fuel).ok_or("no such fuel")?,
            confidence: Confidence::from_code(&row.confidence)
                .ok_or("nobody says how well it is known")?,
            maker: row.maker,
            model: row.model,
            rated_va: row.rated_va,
            sine_wave: row.sine_wave.map(|given| given == "yes"),
            capacity: row.capacity,
            per_hour_rated: row.per_hour_rated,
            per_hour_quarter: row.per_hour_quarter,
            source: row.source,
            verified: row.verified_by.zip(row.verified_on),
            note: row.note,
        })
    }
}

impl From<GeneratorModel> for Row {
    fn from(model: GeneratorModel) -> Self {
        let (verified_by, verified_on) = model.verified.unzip();
        Self {
            maker: model.maker,
            model: model.model,
            rated_va: model.rated_va,
            sine_wave: model
                .sine_wave
                .map(|sine| if sine { "yes" } else { "no" }.to_owned()),
            fuel: model.fuel.code().to_owned(),
            capacity: model.capacity,
            per_hour_rated: model.per_hour_rated,
            per_hour_quarter: model.per_hour_quarter,
            source: model.source,
            confidence: model.confidence.code().to_owned(),
            verified_by,
            verified_on,
            note: model.note,
        }
    }
}

static CATALOGUE: LazyLock<Vec<GeneratorModel>> = LazyLock::new(|| {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(include_bytes!("../../data/generators.csv").as_slice())
        .deserialize()
        .map(|row| row.expect("the catalogue is well formed"))
        .collect()
});

/// The file of the program, with what people have added and corrected since.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// What was added or corrected, the latest of each model.
    changed: Vec<GeneratorModel>,
}

impl Catalogue {
    /// With what was added or corrected, the latest of each model. The file never
    /// overwrites that.
    pub const fn with(changed: Vec<GeneratorModel>) -> Self {
        Self { changed }
    }

    /// Every model: the file's in its order, then those that were added.
    pub fn all(&self) -> Vec<&GeneratorModel> {
        let of_file = all().iter().map(|row| self.change_of(row).unwrap_or(row));
        let added = self.changed.iter().filter(|row| {
            let mut file = all().iter();
            !file.any(|known| known.key() == row.key())
        });
        of_file.chain(added).collect()
    }

    fn change_of(&self, row: &GeneratorModel) -> Option<&GeneratorModel> {
        self.changed
            .iter()
            .find(|changed| changed.key() == row.key())
    }

    /// Whether somebody has added or corrected a model.
    pub fn is_changed(&self, model: &GeneratorModel) -> bool {
        self.change_of(model).is_some()
    }

    /// The model that a name means, in any width and with or without its maker;
    /// `None`: the catalogue does not have it, and nothing is known of it.
    pub fn of_name(&self, name: &str) -> Option<&GeneratorModel> {
        let form = name_form(name);
        let mut changed = self.changed.iter();
        // What was changed stands before the file.
        changed
            .find(|model| model.is_called(&model.key(), &form))
            .or_else(|| of_file(&form))
    }
}

/// Figures that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impossible {
    /// Fewer than 100 or more than 20,000 volt-amperes.
    Rated,
    /// A tank of nothing, or of more than 100 litres or canisters.
    Capacity,
    /// Nothing burnt, or more than 50 an hour.
    PerHour,
    /// More at a quarter of the load than at rated load.
    Quarter,
}

/// Every model of the catalogue, in its order.
pub fn all() -> &'static [GeneratorModel] {
    &CATALOGUE
}

/// The model that a name means, in any width and with or without its maker;
/// `None`: the catalogue does not have it, and nothing is known of it.
pub fn of_name(name: &str) -> Option<&'static GeneratorModel> {
    of_file(&name_form(name))
}

/// The file's model of a name in its form.
fn of_file(form: &str) -> Option<&'static GeneratorModel> {
    static KEYS: LazyLock<Vec<String>> =
        LazyLock::new(|| all().iter().map(GeneratorModel::key).collect());
    let mut file = KEYS.iter().zip(all());
    let (_, model) = file.find(|(key, model)| model.is_called(key, form))?;
    Some(model)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn model(name: &str) -> &'static GeneratorModel {
        of_name(name).unwrap()
    }

    #[test]
    fn every_row_of_the_catalogue_can_be_true() {
        assert!(all().len() >= 7);
        let mut names = BTreeSet::new();
        for row in all() {
            assert!(names.insert(name_form(&row.model)), "{} twice", row.model);
            assert!(!row.source.trim().is_empty(), "{}: no source", row.model);
            assert!(
                row.rated_va.is_none_or(|va| (500..=6000).contains(&va)),
                "{}",
                row.model
            );
            let positive = |number: Option<f64>| number.is_none_or(|number| number > 0.0);
            assert!(
                positive(row.capacity) && positive(row.per_hour_quarter),
                "{}",
                row.model
            );
            let (quarter, rated) = (row.per_hour_quarter, row.per_hour_rated);
            assert!(
                quarter
                    .zip(rated)
                    .is_none_or(|(quarter, rated)| quarter <= rated),
                "{} burns less at rated load",
                row.model
            );
        }
    }

    #[test]
    fn what_people_have_changed_stands_before_the_file_and_beside_it() {
        let own = GeneratorModel {
            rated_va: Some(1_700),
            verified: Some(("【デモ】係".to_owned(), "2026-11-01".parse().unwrap())),
            ..model("EU18i").clone()
        };
        let new = GeneratorModel {
            maker: "【デモ】社".to_owned(),
            model: "X-1".to_owned(),
            ..model("EU18i").clone()
        };
        // As they come back from the store.
        let kept = serde_json::to_string(&vec![own.clone(), new.clone()]).unwrap();
        let catalogue = Catalogue::with(serde_json::from_str(&kept).unwrap());
        assert_eq!(catalogue.of_name("ホンダ EU18i"), Some(&own));
        assert_eq!(catalogue.of_name("ｘ１"), Some(&new));
        assert_eq!(catalogue.all().len(), all().len() + 1);
        assert_eq!(catalogue.of_name("EU9iGB"), of_name("EU9iGB"));
        assert!(catalogue.is_changed(&own) && !catalogue.is_changed(model("EU9iGB")));
    }

    #[test]
    fn figures_that_cannot_be_are_named() {
        let with = |change: fn(&mut GeneratorModel)| {
            let mut one = model("EU18i").clone();
            change(&mut one);
            one.impossible()
        };
        assert_eq!(with(|_| {}), None);
        assert_eq!(with(|one| one.rated_va = Some(90)), Some(Impossible::Rated));
        assert_eq!(
            with(|one| one.rated_va = Some(20_001)),
            Some(Impossible::Rated)
        );
        assert_eq!(
            with(|one| one.capacity = Some(0.0)),
            Some(Impossible::Capacity)
        );
        assert_eq!(
            with(|one| one.per_hour_rated = Some(f64::NAN)),
            Some(Impossible::PerHour)
        );
        assert_eq!(
            with(|one| one.per_hour_quarter = Some(2.0)),
            Some(Impossible::Quarter)
        );
        assert!(all().iter().all(|row| row.impossible().is_none()));
    }

    #[test]
    fn cells_of_the_catalogue_are_words_that_are_known() {
        let text = include_str!("../../data/generators.csv");
        let mut table = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let headers = table.headers().unwrap().clone();
        let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
        for row in table.records() {
            let row = row.unwrap();
            assert!(
                ["yes", "no", ""].contains(&&row[place("sine_wave")]),
                "{row:?}"
            );
            // Who verified a row, and when, belong together.
            let by = row[place("verified_by")].is_empty();
            assert_eq!(by, row[place("verified_on")].is_empty(), "{row:?}");
        }
    }

    #[test]
    fn seventy_two_hours_need_what_the_domain_rules_say() {
        // DOMAIN.md C6, "72 h continuous".
        for (name, share, expected) in [
            ("EU9iGB", 1.0, 132.0),
            ("EU9iGB", 0.25, 66.0),
            ("900 W class", 0.25, 18.0),
            ("900 W class", 1.0, 45.0),
            ("EU18i", 0.25, 32.0),
            ("EU18i", 1.0, 81.0),
        ] {
            let found = model(name).fuel_for(72.0, share).unwrap();
            assert!((found - expected).abs() < 0.1, "{name} at {share}: {found}");
        }
    }

    #[test]
    fn what_lies_between_quarter_and_rated_load_is_on_a_straight_line() {
        let lent = model("EU18i");
        let between = lent.per_hour_at(0.625).unwrap();
        assert!((between - f64::midpoint(1.125, 0.444)).abs() < 1e-9);
        // A motor that idles burns: never less than at a quarter.
        assert_eq!(lent.per_hour_at(0.0), lent.per_hour_quarter);
        assert_eq!(lent.per_hour_at(1.01), None);
        assert_eq!(lent.per_hour_at(f64::NAN), None);
        let unknown = GeneratorModel {
            per_hour_quarter: None,
            ..lent.clone()
        };
        assert_eq!(unknown.per_hour_at(1.0), lent.per_hour_rated);
        assert_eq!(unknown.per_hour_at(0.5), None);
        assert_eq!(unknown.per_hour_at(0.1), None);
    }

    #[test]
    fn a_model_is_found_as_people_write_it_and_nothing_is_assumed_of_others() {
        for name in [
            "EU18i",
            "ＥＵ１８ｉ",
            "eu-18i",
            "ホンダ EU18i",
            "Honda EU18i",
        ] {
            assert_eq!(
                of_name(name).map(|found| found.model.as_str()),
                Some("EU18i"),
                "{name}"
            );
        }
        for unknown in ["", "ホンダ", "EU18", "EU180i", "発電機"] {
            assert_eq!(of_name(unknown), None, "{unknown}");
        }
        assert_eq!(model("900 W class").sine_wave, None);
    }
}
