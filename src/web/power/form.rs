//! From the form to the record, and back.

use serde_json::{Map, Value};

use super::fields::SECTIONS;
use crate::{
    domain::{plan::fill::put, power::Equipment, text::Lang},
    web::{
        by_field::{self, SectionView, Wrongs},
        loans::fields::Fields,
        words::power as said,
    },
};

/// The answers without which what stands beside them says nothing: they are asked for,
/// never assumed.
const DECIDES: [&str; 6] = [
    "kind",
    "maker_consent.given",
    "physician_consent.given",
    "place.available",
    "hme.physician.given",
    "oxygen_by_cylinder.given",
];

/// Reads the record; what is wrong with it, by field.
pub(super) fn read(form: &Fields, lang: Lang) -> Result<Equipment, Wrongs> {
    let typed = by_field::read(SECTIONS, &DECIDES, form, lang)?;
    let mut record = Map::new();
    for (at, value) in typed.items {
        if value.is_some() {
            put(&mut record, at, value);
        }
    }
    for list in typed.lists {
        if !list.rows.is_empty() || list.none {
            let rows = list.rows.into_iter().map(|(_, row)| Value::Object(row));
            record.insert(list.at.to_owned(), rows.collect());
        }
    }
    serde_json::from_value(Value::Object(record)).map_err(|_| {
        let why = said::NO_RECORD.get(lang).to_owned();
        Wrongs::from([(String::new(), why)])
    })
}

/// The record as the fields of the form have it.
pub(super) fn fields_of(record: &Equipment) -> Fields {
    let value = serde_json::to_value(record).expect("a record becomes JSON");
    by_field::fields_of(SECTIONS, &value)
}

/// What the loan knows of the unit that is lent is not typed: its fields are taken out of
/// the first row of the generators, and that it is lent is sent without being asked.
pub(super) fn lock_lent(sections: &mut [SectionView]) {
    let generators = sections.iter_mut().find(|one| one.at == "generators");
    let Some(row) = generators.and_then(|one| one.rows.first_mut()) else {
        return;
    };
    row.retain(|field| {
        let of_loan = ["/model", "/rated_va", "/sine_wave"];
        !of_loan.iter().any(|end| field.name.ends_with(end))
    });
    for field in row.iter_mut().filter(|one| one.name.ends_with("/loaned")) {
        field.how = "hidden";
        "yes".clone_into(&mut field.value);
    }
}

/// The form as it is shown.
pub(super) fn sections(form: &Fields, wrongs: &Wrongs, lang: Lang) -> Vec<SectionView> {
    by_field::sections(SECTIONS, form, wrongs, lang)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Fields {
        Fields(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_record_comes_back_from_its_form_as_it_was() {
        let record: Equipment = serde_json::from_value(json!({
            "devices": [{"kind": "ventilator", "model": "【デモ】V1", "measured_watts": 18.5, "rated_va": 210.0}],
            "internal_batteries": [{"nominal_hours": 8.0, "checked_hours": 3.0, "checked_on": "2025-10-20", "checked_by": "hospital_engineer"}],
            "external_batteries": [],
            "generators": [{"loaned": true, "model": "EU18i", "charger_watts": 300.0,
                "feeds": [{"what": "charger", "rated_va": 375.0}, {"what": "humidifier"}],
                "place": {"available": true, "what": "【デモ】軒下", "above_water": false}, "frequency_hz": 60}],
            "canisters": [{"count": 4, "dated": "2022-05-01"}],
            "resuscitator": {"within_reach": true, "users": ["母", "父"]},
            "hme": {"physician": {"given": false}, "at_home": 0},
            "oxygen_by_cylinder": {"given": true, "on": "2026-09-01", "by": "【デモ】医師"},
            "manual_suction": true,
            "maker": {"emergency_number": "0120-000-000"}
        }))
        .unwrap();
        assert_eq!(read(&fields_of(&record), Lang::Ja), Ok(record));
    }

    #[test]
    fn nothing_typed_is_unknown_and_none_is_said() {
        assert_eq!(read(&form(&[]), Lang::Ja), Ok(Equipment::default()));
        let none = read(&form(&[("/cars/none", "1")]), Lang::Ja).unwrap();
        assert_eq!(none.cars, Some(Vec::new()));
        assert_eq!(none.generators, None);
    }

    #[test]
    fn figures_are_read_in_any_width_with_their_unit_and_nothing_else() {
        let read = |value| {
            let name = "/internal_batteries/0/nominal_hours";
            super::read(&form(&[(name, value)]), Lang::En)
                .map(|record| record.internal_batteries.unwrap()[0].nominal_hours)
        };
        assert_eq!(read("８．５時間"), Ok(Some(8.5)));
        assert_eq!(read(" 8 "), Ok(Some(8.0)));
        for wrong in ["-1", "8〜9", "NaN", "1e3", "八"] {
            let why = read(wrong).unwrap_err();
            assert_eq!(
                why.keys().collect::<Vec<_>>(),
                ["/internal_batteries/0/nominal_hours"],
                "{wrong}"
            );
        }
        let why = super::read(&form(&[("/canisters/0/count", "2.5")]), Lang::En).unwrap_err();
        assert!(why.contains_key("/canisters/0/count"));
    }

    #[test]
    fn what_decides_is_asked_for_and_never_assumed() {
        for (typed, asked) in [
            ("/hme/physician/by", "/hme/physician/given"),
            ("/oxygen_by_cylinder/on", "/oxygen_by_cylinder/given"),
            (
                "/generators/0/maker_consent/on",
                "/generators/0/maker_consent/given",
            ),
            ("/generators/0/place/what", "/generators/0/place/available"),
            ("/devices/0/model", "/devices/0/kind"),
        ] {
            let why = read(&form(&[(typed, "2026-01-10")]), Lang::Ja).unwrap_err();
            assert_eq!(why.keys().collect::<Vec<_>>(), [asked], "{typed}");
        }
    }

    #[test]
    fn a_row_between_two_may_be_taken_out() {
        let two = form(&[
            ("/gasoline/0/litres", "5"),
            ("/gasoline/1/litres", ""),
            ("/gasoline/2/litres", "10"),
        ]);
        let kept = read(&two, Lang::Ja).unwrap().gasoline.unwrap();
        let litres: Vec<_> = kept.iter().map(|can| can.litres).collect();
        assert_eq!(litres, [Some(5.0), Some(10.0)]);
    }
}
