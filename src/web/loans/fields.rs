//! The fields of forms about loans, as they were typed.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{Error, head::Visit, words::loans as said};
use crate::{
    domain::{
        calendar::parse_date,
        loan::{Applicant, KitItem, LoanFacts, PartVerdict},
        municipality::MunicipalityCode,
        text::{Text, is_hidden_mark, key_form},
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

const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// What may stand behind (or, of money, before) the number of a field.
fn units_of(field: &str) -> &'static [&'static str] {
    match field {
        "minutes_off" => &["分間", "分", "min"],
        "cost" => &["円", "yen", "¥"],
        "hours_run" => &["時間", "h"],
        "load" => &["ワット", "W", "w"],
        "rated_va" => &["VA", "va"],
        "frequency" => &["ヘルツ", "Hz", "hz"],
        _ => &[],
    }
}

/// The figures of a number in NFKC without spaces: without its unit, and without
/// separators where they stand between thousands. `None`: they stand elsewhere.
fn figures(text: &str, units: &[&str]) -> Option<String> {
    let bare = units.iter().find_map(|unit| text.strip_suffix(unit));
    let bare = bare.or_else(|| units.iter().find_map(|unit| text.strip_prefix(unit)));
    let bare = bare.unwrap_or(text);
    let mut groups = bare.split([',', '、']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let Some((last, between)) = rest.split_last() else {
        return Some(bare.to_owned());
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (last, fraction) = last
        .split_once('.')
        .map_or((*last, None), |(n, f)| (n, Some(f)));
    let thousands = |text: &str| text.len() == 3 && digits(text);
    let fits = (1..=3).contains(&first.len())
        && digits(first)
        && between.iter().all(|group| thousands(group))
        && thousands(last);
    fits.then(|| {
        let fraction = fraction.map(|f| format!(".{f}")).unwrap_or_default();
        format!("{first}{}{last}{fraction}", between.concat())
    })
}

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
        if text.contains(is_hidden_mark) {
            return Err(wrong(name, super::super::words::HIDDEN_MARK));
        }
        if text.chars().count() > most {
            return Err(wrong(name, said::TOO_LONG));
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    pub(in crate::web) fn needed(&self, name: &'static str) -> Read<String> {
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

    /// A number in any width, with separators of thousands and the unit of its field.
    pub(in crate::web) fn number<T: std::str::FromStr>(
        &self,
        name: &'static str,
    ) -> Read<Option<T>> {
        let text = key_form(self.get(name));
        if text.is_empty() {
            return Ok(None);
        }
        let number = figures(&text, units_of(name)).and_then(|text| text.parse().ok());
        number
            .map(Some)
            .ok_or_else(|| wrong(name, said::BAD_NUMBER))
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

    fn minutes_of_a_day(&self, name: &'static str) -> Read<Option<u32>> {
        match self.number(name)? {
            Some(minutes) if minutes > MINUTES_OF_A_DAY => Err(wrong(name, said::TOO_MANY_MINUTES)),
            minutes => Ok(minutes),
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
            minutes_off: self.minutes_of_a_day("minutes_off")?,
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
            ("town", town.map(|c| c.short_name()).unwrap_or_default()),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> Fields {
        Fields(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_number_is_read_in_any_width_with_separators_and_its_unit() {
        for (name, value, number) in [
            ("minutes_off", "２０分", 20),
            ("minutes_off", "20 分間", 20),
            ("cost", "１２，０００", 12_000),
            ("cost", "12,000円", 12_000),
            ("cost", "￥１，２３４，５６７", 1_234_567),
            ("load", "３００Ｗ", 300),
            ("rated_va", "１８００ＶＡ", 1800),
        ] {
            let read = field(name, value).number::<u32>(name);
            assert!(
                matches!(read, Ok(Some(read)) if read == number),
                "{value}: {read:?}"
            );
        }
        let hours = field("hours_run", "１，２３４．５時間").amount("hours_run");
        assert!(
            matches!(hours, Ok(Some(hours)) if (hours - 1234.5).abs() < 1e-9),
            "{hours:?}"
        );
    }

    #[test]
    fn what_may_be_another_number_is_refused() {
        for (name, value) in [
            ("cost", "1,2"),
            ("cost", "12,00"),
            ("cost", "1,,000"),
            ("cost", ",000"),
            ("cost", "12,000分"),
            ("minutes_off", "20円"),
            ("minutes_off", "分"),
            ("minutes_off", "2時間"),
        ] {
            assert!(field(name, value).number::<u32>(name).is_err(), "{value}");
        }
        let facts = |minutes| field("minutes_off", minutes).facts();
        assert_eq!(facts("1440").unwrap().minutes_off, Some(1440));
        assert_eq!(facts("99999").unwrap_err().field, "minutes_off");
    }

    #[test]
    fn a_line_with_a_mark_that_nobody_sees_is_refused() {
        let wrong = field("name", "【デモ】灯\u{202e}り")
            .line("name")
            .unwrap_err();
        assert_eq!(wrong.field, "name");
        let kept = field("name", "葛\u{e0100}城").line("name").unwrap();
        assert_eq!(kept.as_deref(), Some("葛\u{e0100}城"));
    }
}
