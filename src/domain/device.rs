//! The catalogue of devices (`data/devices.csv`): what a model draws, how long
//! its batteries last when new, and how well that is known.
//!
//! What is unknown is `None`. A device that is not in the catalogue can be on
//! record all the same: nothing is assumed of it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{generator::Confidence, plan::document::DeviceKind, text::key_form};

/// A row of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub struct DeviceModel {
    /// What it is.
    pub kind: DeviceKind,
    /// `ResMed`
    pub maker: String,
    /// `Astral 150`
    pub model: String,
    /// Rated volt-amperes: for sizing a generator, never for hours.
    pub rated_va: Option<f64>,
    /// Rated watts, where the plate states no volt-amperes.
    pub rated_watts: Option<f64>,
    /// Watts that somebody has measured.
    pub measured_watts: Option<f64>,
    /// How well the watts are known.
    pub watts_confidence: Confidence,
    /// Nominal hours of the battery inside.
    pub internal_hours: Option<f64>,
    /// Nominal hours of one battery that the maker sells for it.
    pub external_hours: Option<f64>,
    /// How well the hours are known.
    pub hours_confidence: Confidence,
    /// Where the numbers are from.
    pub source: String,
    /// Who compared the row with the maker's data sheet, and when; `None`:
    /// nobody yet.
    pub verified: Option<(String, NaiveDate)>,
    /// Remarks, in Japanese.
    pub note: Option<String>,
}

impl DeviceModel {
    /// The form of its name by which it is known, however it is written.
    pub fn key(&self) -> String {
        name_form(&self.model)
    }

    /// What of its figures cannot be; `None`: they can.
    pub fn impossible(&self) -> Option<Impossible> {
        let beyond = |number: Option<f64>, least: f64, most: f64| {
            number.is_some_and(|number| !(least..=most).contains(&number))
        };
        let rated = self.rated_va.or(self.rated_watts);
        if beyond(self.rated_va, 1.0, 2000.0) || beyond(self.rated_watts, 1.0, 2000.0) {
            Some(Impossible::Rated)
        } else if beyond(self.measured_watts, 1.0, 2000.0)
            || rated.zip(self.measured_watts).is_some_and(|(r, w)| w > r)
        {
            Some(Impossible::Measured)
        } else if self
            .rated_va
            .zip(self.rated_watts)
            .is_some_and(|(va, w)| va < w)
        {
            Some(Impossible::WattsForVoltAmperes)
        } else if beyond(self.internal_hours, 0.1, 48.0) || beyond(self.external_hours, 0.1, 48.0) {
            Some(Impossible::Hours)
        } else {
            None
        }
    }
}

/// Names of makers that people write before a model.
const MAKERS: [&str; 16] = [
    "ResMed",
    "レスメド",
    "Philips",
    "フィリップス",
    "Respironics",
    "レスピロニクス",
    "Philips Respironics",
    "フィリップス・レスピロニクス",
    "Breas",
    "ブレアス",
    "Medtronic",
    "メドトロニック",
    "Covidien",
    "Fisher & Paykel",
    "F&P",
    "VADI",
];

/// The forms that a name which people write may have: as it is, and without the
/// maker in front of it. `ASTRAL150`, `レスメド Astral-150`.
fn forms(name: &str) -> Vec<String> {
    static FORMS: LazyLock<Vec<String>> =
        LazyLock::new(|| MAKERS.iter().map(|maker| name_form(maker)).collect());
    let form = name_form(name);
    let bare = FORMS.iter().filter_map(|maker| form.strip_prefix(maker));
    let bare: Vec<String> = bare.map(str::to_owned).collect();
    std::iter::once(form).chain(bare).collect()
}

fn name_form(name: &str) -> String {
    let form = key_form(name).to_uppercase();
    form.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A row as the file and the store have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    kind: DeviceKind,
    maker: String,
    model: String,
    rated_va: Option<f64>,
    rated_watts: Option<f64>,
    measured_watts: Option<f64>,
    watts_confidence: Option<String>,
    internal_hours: Option<f64>,
    external_hours: Option<f64>,
    hours_confidence: Option<String>,
    source: String,
    verified_by: Option<String>,
    verified_on: Option<NaiveDate>,
    note: Option<String>,
}

impl TryFrom<Row> for DeviceModel {
    type Error = &'static str;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let confidence = |word: Option<String>, figures: [Option<f64>; 3]| match word {
            Some(word) => Confidence::from_code(&word).ok_or("no such confidence"),
            None if figures.iter().all(Option::is_none) => Ok(Confidence::Low),
            None => Err("nobody says how well it is known"),
        };
        let watts = [row.rated_va, row.rated_watts, row.measured_watts];
        let hours = [row.internal_hours, row.external_hours, None];
        Ok(Self {
            watts_confidence: confidence(row.watts_confidence, watts)?,
            hours_confidence: confidence(row.hours_confidence, hours)?,
            kind: row.kind,
            maker: row.maker,
            model: row.model,
            rated_va: row.rated_va,
            rated_watts: row.rated_watts,
            measured_watts: row.measured_watts,
            internal_hours: row.internal_hours,
            external_hours: row.external_hours,
            source: row.source,
            verified: row.verified_by.zip(row.verified_on),
            note: row.note,
        })
    }
}

impl From<DeviceModel> for Row {
    fn from(model: DeviceModel) -> Self {
        let (verified_by, verified_on) = model.verified.unzip();
        Self {
            kind: model.kind,
            maker: model.maker,
            model: model.model,
            rated_va: model.rated_va,
            rated_watts: model.rated_watts,
            measured_watts: model.measured_watts,
            watts_confidence: Some(model.watts_confidence.code().to_owned()),
            internal_hours: model.internal_hours,
            external_hours: model.external_hours,
            hours_confidence: Some(model.hours_confidence.code().to_owned()),
            source: model.source,
            verified_by,
            verified_on,
            note: model.note,
        }
    }
}

static CATALOGUE: LazyLock<Vec<DeviceModel>> = LazyLock::new(|| {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(include_bytes!("../../data/devices.csv").as_slice())
        .deserialize()
        .map(|row| row.expect("the catalogue is well formed"))
        .collect()
});

/// The forms of the file's names.
static KEYS: LazyLock<Vec<String>> =
    LazyLock::new(|| CATALOGUE.iter().map(DeviceModel::key).collect());

/// The file of the program, with what people have added and corrected since.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// What was added or corrected, the latest of each model.
    changed: Vec<DeviceModel>,
}

impl Catalogue {
    /// With what was added or corrected, the latest of each model. The file never
    /// overwrites that.
    pub const fn with(changed: Vec<DeviceModel>) -> Self {
        Self { changed }
    }

    /// What was added or corrected.
    pub fn changed(&self) -> &[DeviceModel] {
        &self.changed
    }

    /// Every model: the file's in its order, then those that were added.
    pub fn all(&self) -> Vec<&DeviceModel> {
        let of_file = all().iter().map(|row| self.change_of(row).unwrap_or(row));
        let added = self
            .changed
            .iter()
            .filter(|row| !all().iter().any(|known| known.key() == row.key()));
        of_file.chain(added).collect()
    }

    fn change_of(&self, row: &DeviceModel) -> Option<&DeviceModel> {
        let key = row.key();
        self.changed.iter().find(|changed| changed.key() == key)
    }

    /// Whether somebody has added or corrected a model.
    pub fn is_changed(&self, model: &DeviceModel) -> bool {
        self.change_of(model).is_some()
    }

    /// The model that a name means, in any width and with or without its maker;
    /// `None`: the catalogue does not have it, and nothing is known of it.
    pub fn of_name(&self, name: &str) -> Option<&DeviceModel> {
        let forms = forms(name);
        let changed = self.changed.iter().find(|row| forms.contains(&row.key()));
        // What was changed stands before the file.
        changed.or_else(|| {
            let mut file = KEYS.iter().zip(all());
            let (_, row) = file.find(|(key, _)| forms.contains(key))?;
            Some(row)
        })
    }
}

/// Figures that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impossible {
    /// Rated figures of nothing, or of more than 2,000.
    Rated,
    /// More measured than rated, or nothing.
    Measured,
    /// Fewer volt-amperes than watts.
    WattsForVoltAmperes,
    /// No battery of a ventilator lasts so long, or so short.
    Hours,
}

/// Every model of the file, in its order.
pub fn all() -> &'static [DeviceModel] {
    &CATALOGUE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_file_can_be_true() {
        assert!(all().len() >= 10);
        let mut names = BTreeSet::new();
        for row in all() {
            assert!(names.insert(row.key()), "{} twice", row.model);
            assert_eq!(row.impossible(), None, "{}", row.model);
            assert!(!row.source.trim().is_empty(), "{}: no source", row.model);
        }
    }

    #[test]
    fn a_model_is_found_however_it_is_written() {
        let catalogue = Catalogue::default();
        let model = |name: &str| catalogue.of_name(name).map(|row| row.model.as_str());
        assert_eq!(model("Ａｓｔｒａｌ １５０"), Some("Astral 150"));
        assert_eq!(model("レスメド ASTRAL-150"), Some("Astral 150"));
        assert_eq!(model("フィリップス Trilogy Evo"), Some("Trilogy Evo"));
        assert_eq!(model("F&P MR850"), Some("MR850"));
        // A model of another number is another model.
        assert_eq!(model("Astral 100"), None);
        assert_eq!(model("Trilogy"), None);
        assert_eq!(model(""), None);
    }

    #[test]
    fn what_people_have_changed_stands_before_the_file_and_beside_it() {
        let evo = Catalogue::default().of_name("Trilogy Evo").unwrap().clone();
        let own = DeviceModel {
            measured_watts: Some(25.0),
            verified: Some(("【デモ】係".to_owned(), "2026-11-01".parse().unwrap())),
            ..evo.clone()
        };
        let added = DeviceModel {
            model: "【デモ】V9".to_owned(),
            ..evo.clone()
        };
        let catalogue = Catalogue::with(vec![own.clone(), added.clone()]);
        assert_eq!(catalogue.of_name("trilogy evo"), Some(&own));
        assert_eq!(catalogue.of_name("【デモ】V9"), Some(&added));
        assert!(catalogue.is_changed(&evo) && !catalogue.is_changed(&all()[0]));
        assert_eq!(catalogue.all().len(), all().len() + 1);
        // A row goes into a store and comes back as it was.
        let json = serde_json::to_string(&own).unwrap();
        assert_eq!(serde_json::from_str::<DeviceModel>(&json).unwrap(), own);
    }

    #[test]
    fn figures_that_cannot_be_are_found() {
        let fine = Catalogue::default().of_name("Astral 150").unwrap().clone();
        let with = |change: fn(&mut DeviceModel)| {
            let mut row = fine.clone();
            change(&mut row);
            row.impossible()
        };
        assert_eq!(
            with(|row| row.rated_watts = Some(0.0)),
            Some(Impossible::Rated)
        );
        assert_eq!(
            with(|row| row.measured_watts = Some(500.0)),
            Some(Impossible::Measured)
        );
        assert_eq!(
            with(|row| row.rated_va = Some(100.0)),
            Some(Impossible::WattsForVoltAmperes)
        );
        assert_eq!(
            with(|row| row.internal_hours = Some(80.0)),
            Some(Impossible::Hours)
        );
    }
}
