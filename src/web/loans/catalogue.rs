//! What the catalogue says of a model, where a unit is chosen: what it gives, what
//! it burns, and who has compared that with the maker's data sheet. Rule PWR-04:
//! nothing but a sine wave may feed medical devices and their chargers.

use super::super::words::loan_figures as said;
use crate::{
    domain::{
        generator::{Catalogue, GeneratorModel},
        text::{Lang, Text},
    },
    store::StoredUnit,
};

/// A model in words.
pub(super) struct Figures {
    pub model: String,
    /// What is known.
    pub known: String,
    /// A remark of the catalogue, in Japanese.
    pub note: String,
    /// The class of a badge, and what is to be done.
    pub warning: Option<(&'static str, String)>,
}

fn with_commas(number: u32) -> String {
    match number / 1000 {
        0 => number.to_string(),
        thousands => format!("{thousands},{:03}", number % 1000),
    }
}

fn sine(model: &GeneratorModel) -> Text {
    match model.sine_wave {
        Some(true) => said::SINE,
        Some(false) => said::NOT_SINE,
        None => said::SINE_UNKNOWN,
    }
}

fn rated(model: &GeneratorModel, lang: Lang) -> String {
    match model.rated_va {
        Some(va) => format!("{} {} VA", said::RATED.get(lang), with_commas(va)),
        None => said::VA_UNKNOWN.get(lang).to_owned(),
    }
}

/// What stands behind a unit in a list to choose from.
pub(super) fn mark(catalogue: &Catalogue, unit: &StoredUnit, lang: Lang) -> String {
    let Some(model) = catalogue.of_name(&unit.unit.model) else {
        let text = said::NOT_LISTED.get(lang).to_owned();
        return match lang {
            Lang::Ja => format!("（{text}）"),
            Lang::En => format!(" ({text})"),
        };
    };
    let (rated, sine) = (rated(model, lang), sine(model));
    match lang {
        Lang::Ja => format!("（{rated}・{}）", sine.get(lang)),
        Lang::En => format!(" ({rated}, {})", sine.get(lang)),
    }
}

impl Figures {
    /// Of a model, as it is written on record.
    pub(super) fn of(catalogue: &Catalogue, name: &str, lang: Lang) -> Self {
        let Some(model) = catalogue.of_name(name) else {
            return Self {
                model: name.to_owned(),
                known: said::NOT_LISTED.get(lang).to_owned(),
                note: String::new(),
                warning: Some(("warning", said::WARN_NOT_LISTED.get(lang).to_owned())),
            };
        };
        let warning = match model.sine_wave {
            Some(true) => None,
            Some(false) => Some(("blocker", said::WARN_NOT_SINE)),
            None => Some(("warning", said::WARN_SINE)),
        };
        let verified = match &model.verified {
            Some((by, on)) => format!("{} {on} {by}", said::VERIFIED.get(lang)),
            None => said::NOT_VERIFIED.get(lang).to_owned(),
        };
        let figures = format!(
            "{}: {}",
            said::FIGURES.get(lang),
            model.confidence.name().get(lang)
        );
        let parts = [
            rated(model, lang),
            sine(model).get(lang).to_owned(),
            model.fuel.name().get(lang).to_owned(),
            figures,
            verified,
        ];
        Self {
            model: name.to_owned(),
            known: parts.join(" ・ "),
            note: model.note.clone().unwrap_or_default(),
            warning: warning.map(|(class, text)| (class, text.get(lang).to_owned())),
        }
    }

    /// Of the models of units, each once, in their order.
    pub(super) fn of_units<'a>(
        catalogue: &Catalogue,
        units: impl IntoIterator<Item = &'a StoredUnit>,
        lang: Lang,
    ) -> Vec<Self> {
        let mut models: Vec<&str> = Vec::new();
        for unit in units {
            if !models.contains(&unit.unit.model.as_str()) {
                models.push(&unit.unit.model);
            }
        }
        let figures = models.iter().map(|model| Self::of(catalogue, model, lang));
        figures.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_says_what_is_known_of_it_and_that_nobody_has_verified_it() {
        let known = Figures::of(&Catalogue::default(), "ホンダ EU18i", Lang::Ja);
        assert!(known.known.contains("定格 1,800 VA ・ 正弦波 ・ ガソリン"));
        assert!(known.known.contains("メーカー資料との照合は未確認"));
        assert!(known.warning.is_none());
        assert!(
            Figures::of(&Catalogue::default(), "EU22i", Lang::Ja)
                .note
                .contains("電圧と周波数")
        );
        assert!(
            Figures::of(&Catalogue::default(), "EU9iGB", Lang::En)
                .known
                .contains("rated 900 VA")
        );
    }

    #[test]
    fn a_model_that_nobody_knows_or_that_gives_no_sine_wave_is_warned_of() {
        let unknown = Figures::of(&Catalogue::default(), "謎の発電機", Lang::Ja);
        assert!(
            unknown
                .warning
                .is_some_and(|(_, text)| text.contains("カタログにない"))
        );
        // Of this class nobody has looked for a sine wave.
        let class = Figures::of(&Catalogue::default(), "900 W class", Lang::Ja);
        assert!(
            class
                .warning
                .is_some_and(|(_, text)| text.contains("正弦波かどうか未確認"))
        );
    }
}
