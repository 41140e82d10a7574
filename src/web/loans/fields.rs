//! The fields of forms about loans, as they were typed.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{Error, head::Visit, words::loans as said};
use crate::{
    domain::{
        calendar::parse_date,
        loan::{Applicant, KitItem, LoanFacts, PartVerdict},
        municipality::MunicipalityCode,
        text::{Text, key_form},
    },
    service::loans::Sheet,
};

/// Which field is wrong, and why.
#[derive(Debug, Clone)]
pub(in crate::web) struct Wrong {
    pub field: &'static str,
    pub why: Text,
}

/// No line is longer, and no note, in characters.
const MOST_LINE: usize = 200;
const MOST_NOTE: usize = 1000;

/// A form.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Fields(pub Vec<(String, String)>);

type Read<T> = Result<T, Wrong>;

impl Fields {
    /// What stands in a field; nothing: empty.
    pub(in crate::web) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Whether a box of several is ticked.
    pub(in crate::web) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(k, v)| k == name && v == value)
    }

    /// Whether a box is ticked.
    pub(in crate::web) fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Who sent the form, and under which key.
    pub(in crate::web) fn sheet<'a>(&self, visit: &'a Visit) -> Result<Sheet<'a>, Error> {
        let key = Uuid::parse_str(self.get("key")).map_err(|_| Error::BadForm)?;
        Ok(Sheet {
            who: &visit.who,
            key,
            sure: self.ticked("sure"),
        })
    }

    pub(super) fn revision(&self) -> Result<i64, Error> {
        self.get("revision").parse().map_err(|_| Error::BadForm)
    }

    pub(in crate::web) fn line(&self, name: &'static str) -> Read<Option<String>> {
        self.words(name, MOST_LINE)
    }

    pub(in crate::web) fn note(&self, name: &'static str) -> Read<Option<String>> {
        self.words(name, MOST_NOTE)
    }

    fn words(&self, name: &'static str, most: usize) -> Read<Option<String>> {
        let text = self.get(name);
        if text.chars().count() > most {
            return Err(wrong(name, said::TOO_LONG));
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    pub(super) fn needed(&self, name: &'static str) -> Read<String> {
        self.line(name)?.ok_or_else(|| wrong(name, said::MISSING))
    }

    pub(in crate::web) fn day(&self, name: &'static str) -> Read<Option<NaiveDate>> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let read = parse_date(text).map_err(|bad| wrong(name, bad.text()))?;
        Ok(Some(read))
    }

    pub(in crate::web) fn needed_day(&self, name: &'static str) -> Read<NaiveDate> {
        self.day(name)?.ok_or_else(|| wrong(name, said::MISSING))
    }

    pub(in crate::web) fn number<T: std::str::FromStr>(
        &self,
        name: &'static str,
    ) -> Read<Option<T>> {
        let text = key_form(self.get(name));
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().map_err(|_| wrong(name, said::BAD_NUMBER))?;
        Ok(Some(number))
    }

    pub(in crate::web) fn amount(&self, name: &'static str) -> Read<Option<f64>> {
        let read = self.number::<f64>(name)?;
        match read {
            Some(amount) if !amount.is_finite() || amount < 0.0 => {
                Err(wrong(name, said::BAD_NUMBER))
            }
            read => Ok(read),
        }
    }

    /// Yes, no, or nobody has said.
    pub(in crate::web) fn answer(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    pub(super) fn kit(&self) -> Vec<KitItem> {
        self.kit_in("kit")
    }

    /// The parts of a kit that are ticked under a name.
    pub(super) fn kit_in(&self, field: &str) -> Vec<KitItem> {
        let ticked = self.0.iter().filter(|(name, _)| name == field);
        ticked
            .filter_map(|(_, code)| KitItem::from_code(code))
            .collect()
    }

    pub(super) fn part(&self, name: &str) -> PartVerdict {
        match self.get(name) {
            "fine" => PartVerdict::Fine,
            "fails" => PartVerdict::Fails,
            _ => PartVerdict::Unknown,
        }
    }

    pub(super) fn town(&self, name: &'static str) -> Read<Option<MunicipalityCode>> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        // A name that only one municipality has needs no prefecture.
        let alone = || match MunicipalityCode::named(text).as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let code = MunicipalityCode::parse(text)
            .ok()
            .or_else(|| MunicipalityCode::of_name(text))
            .or_else(alone)
            .filter(|code| code.row().is_some());
        code.map(Some).ok_or_else(|| wrong(name, said::BAD_TOWN))
    }

    /// Who applies.
    pub(super) fn applicant(&self) -> Read<Applicant> {
        Ok(Applicant {
            guardian: self.line("guardian")?,
            telephone: self.line("telephone")?,
            address: self.line("address")?,
            municipality: self.town("town")?,
        })
    }

    /// What decides on eligibility.
    pub(super) fn facts(&self) -> Read<LoanFacts> {
        Ok(LoanFacts {
            nicu_hospital: self.line("hospital")?,
            nicu_in_prefecture: self.answer("hospital_inside"),
            stay: self.line("stay")?,
            home_in_prefecture: self.answer("home_inside"),
            minutes_off: self.number("minutes_off")?,
            discharged_on: self.day("discharged_on")?,
            discharge_planned_on: self.day("discharge_planned_on")?,
            scheme_unusable_because: self.note("scheme_why")?,
        })
    }

    /// The fields as somebody would have typed what is on record.
    pub(super) fn of(applicant: &Applicant, facts: &LoanFacts) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let day = |day: Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        let answer = |answer: Option<bool>| match answer {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        };
        let town = applicant.municipality;
        let fields = [
            ("guardian", text(&applicant.guardian)),
            ("telephone", text(&applicant.telephone)),
            ("address", text(&applicant.address)),
            ("town", town.map(|c| c.to_string()).unwrap_or_default()),
            ("hospital", text(&facts.nicu_hospital)),
            ("hospital_inside", answer(facts.nicu_in_prefecture)),
            ("stay", text(&facts.stay)),
            ("home_inside", answer(facts.home_in_prefecture)),
            (
                "minutes_off",
                facts.minutes_off.map(|n| n.to_string()).unwrap_or_default(),
            ),
            ("discharged_on", day(facts.discharged_on)),
            ("discharge_planned_on", day(facts.discharge_planned_on)),
            ("scheme_why", text(&facts.scheme_unusable_because)),
        ];
        Self(fields.map(|(name, value)| (name.to_owned(), value)).into())
    }
}

fn wrong(field: &'static str, why: Text) -> Wrong {
    Wrong { field, why }
}
