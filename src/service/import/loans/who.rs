//! Which child on record a row of a ledger is about. Nothing is guessed: who
//! matches in part, or twice, is asked for.

use chrono::NaiveDate;

use crate::{
    domain::{id::CaseNumber, loan::ledger::Part, text::key_form},
    import::loans::LedgerRow,
    seal::sha256_hex,
    store::KnownChild,
};

/// Which child a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// This one (its place among those known).
    Sure(usize),
    /// Nobody on record.
    New,
    /// Perhaps one of these: a person says it.
    Ask(Vec<usize>),
    /// The row has a number alone, and nobody has it.
    Nobody,
}

/// Whether two days are one.
fn day(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Part {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Part::Same,
        (Some(_), Some(_)) => Part::Differs,
        _ => Part::Unknown,
    }
}

/// Whether two names are one, width and spaces aside.
fn name(one: Option<&str>, other: Option<&str>) -> Part {
    match (one.map(key_form), other.map(key_form)) {
        (Some(one), Some(other)) if one == other => Part::Same,
        (Some(_), Some(_)) => Part::Differs,
        _ => Part::Unknown,
    }
}

/// How a row and a child on record compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// The row's number is the child's own.
    pub number: bool,
    /// The names.
    pub name: Part,
    /// How they are read.
    pub kana: Part,
    /// The birthdays.
    pub born: Part,
    /// The municipalities; a ward is its city.
    pub town: Part,
}

impl Compared {
    /// Compares them.
    pub fn of(row: &LedgerRow, child: &KnownChild) -> Self {
        let number = row.number.as_deref().map(CaseNumber::parse);
        Self {
            number: number.is_some_and(|number| number.as_ref() == Ok(&child.number)),
            name: name(row.name.as_deref(), child.name.as_deref()),
            kana: name(row.kana.as_deref(), child.kana.as_deref()),
            born: day(row.born, child.born),
            town: match (row.municipality, child.municipality) {
                (Some(one), Some(other)) if one.same_as(other) => Part::Same,
                (Some(_), Some(_)) => Part::Differs,
                _ => Part::Unknown,
            },
        }
    }

    /// It may be the same child.
    fn is_near(self) -> bool {
        self.number
            || self.name == Part::Same
            || (self.kana == Part::Same && self.born == Part::Same)
    }

    /// It is: name and birthday, or name and our own number, and nothing that
    /// contradicts it.
    fn is_sure(self) -> bool {
        self.name == Part::Same
            && self.town != Part::Differs
            && (self.born == Part::Same || (self.number && self.born == Part::Unknown))
    }

    /// It is surely another child: of this name, born on another day, and of
    /// another number.
    fn is_other(self) -> bool {
        self.born == Part::Differs && !self.number
    }
}

/// Which child a row is about.
pub(super) fn find(row: &LedgerRow, known: &[KnownChild]) -> Found {
    let near: Vec<(usize, Compared)> = known
        .iter()
        .enumerate()
        .map(|(place, child)| (place, Compared::of(row, child)))
        .filter(|(_, compared)| compared.is_near())
        .collect();
    let sure: Vec<usize> = near
        .iter()
        .filter(|(_, compared)| compared.is_sure())
        .map(|(place, _)| *place)
        .collect();
    match sure.as_slice() {
        [only]
            if near
                .iter()
                .all(|(place, compared)| place == only || compared.is_other()) =>
        {
            Found::Sure(*only)
        }
        _ if !near.is_empty() => Found::Ask(near.into_iter().map(|(place, _)| place).collect()),
        _ if row.name.is_some() => Found::New,
        _ => Found::Nobody,
    }
}

/// Who a row says that the child is, as a hash: name, birthday and municipality;
/// where the birthday is not known also the ledger's number, which may be another
/// for each loan.
pub(super) fn key(row: &LedgerRow) -> String {
    let form = |text: &Option<String>| text.as_deref().map(key_form).unwrap_or_default();
    let born = row.born.map(|day| day.to_string()).unwrap_or_default();
    let town = row.municipality.map(|code| code.responsible().to_string());
    let number = if row.name.is_some() && row.born.is_some() {
        String::new()
    } else {
        form(&row.number)
    };
    let whole = [
        "ledger child",
        &form(&row.name),
        &born,
        &town.unwrap_or_default(),
        &number,
    ];
    sha256_hex(whole.join("\u{1}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::CaseId, municipality::MunicipalityCode};

    fn child(number: &str, name: &str, born: Option<&str>, town: Option<&str>) -> KnownChild {
        KnownChild {
            case: CaseId(uuid::Uuid::nil()),
            number: CaseNumber::parse(number).unwrap(),
            name: Some(name.to_owned()),
            kana: None,
            born: born.map(|day| day.parse().unwrap()),
            municipality: town.map(|code| MunicipalityCode::parse(code).unwrap()),
            over: false,
        }
    }

    fn row(name: Option<&str>, born: Option<&str>, town: Option<&str>) -> LedgerRow {
        LedgerRow {
            name: name.map(ToOwned::to_owned),
            born: born.map(|day| day.parse().unwrap()),
            municipality: town.map(|code| MunicipalityCode::parse(code).unwrap()),
            ..LedgerRow::default()
        }
    }

    const NAME: &str = "【デモ】灯 あかり";
    const BORN: Option<&str> = Some("2025-06-01");

    #[test]
    fn name_and_birthday_are_the_child_and_one_of_them_alone_is_asked_for() {
        let known = [
            child("P-1", NAME, BORN, Some("43203")),
            child("P-2", "【デモ】灯 ほのか", BORN, None),
        ];
        // Spaces and width make no difference.
        let same = row(Some("【デモ】灯　あかり"), BORN, Some("43203"));
        assert_eq!(find(&same, &known), Found::Sure(0));
        assert_eq!(find(&row(Some(NAME), BORN, None), &known), Found::Sure(0));
        for half in [
            row(Some(NAME), None, None),
            row(Some(NAME), Some("2025-06-02"), None),
            row(Some(NAME), BORN, Some("43100")),
        ] {
            assert_eq!(find(&half, &known), Found::Ask(vec![0]), "{half:?}");
        }
        let other = row(Some("【デモ】灯 ひかり"), BORN, None);
        assert_eq!(find(&other, &known), Found::New);
    }

    #[test]
    fn a_row_that_fits_two_children_is_asked_for() {
        let twice = [
            child("P-1", NAME, BORN, None),
            child("P-2", NAME, BORN, None),
        ];
        assert_eq!(
            find(&row(Some(NAME), BORN, None), &twice),
            Found::Ask(vec![0, 1])
        );
        // One of them may be the same child, registered without its birthday.
        let half = [
            child("P-1", NAME, BORN, None),
            child("P-2", NAME, None, None),
        ];
        assert_eq!(
            find(&row(Some(NAME), BORN, None), &half),
            Found::Ask(vec![0, 1])
        );
        // A child of the same name that was born on another day is another one.
        let other = [
            child("P-1", NAME, BORN, None),
            child("P-2", NAME, Some("2024-01-01"), None),
        ];
        assert_eq!(find(&row(Some(NAME), BORN, None), &other), Found::Sure(0));
    }

    #[test]
    fn a_number_is_the_child_only_beside_its_name() {
        let known = [child("P-1", NAME, BORN, None)];
        let with = |number: &str, row: LedgerRow| LedgerRow {
            number: Some(number.to_owned()),
            ..row
        };
        assert_eq!(
            find(&with("P-1", row(Some(NAME), None, None)), &known),
            Found::Sure(0)
        );
        assert_eq!(
            find(&with("P-1", row(None, None, None)), &known),
            Found::Ask(vec![0])
        );
        assert_eq!(
            find(&with("P-1", row(Some("【デモ】別人"), BORN, None)), &known),
            Found::Ask(vec![0])
        );
        assert_eq!(
            find(&with("7", row(None, None, None)), &known),
            Found::Nobody
        );
    }

    #[test]
    fn the_key_of_a_row_is_that_of_its_child_and_not_of_its_loan() {
        let with = |number: &str, born| LedgerRow {
            number: Some(number.to_owned()),
            ..row(Some(NAME), born, None)
        };
        assert_eq!(key(&with("1", BORN)), key(&with("2", BORN)));
        assert_ne!(key(&with("1", None)), key(&with("2", None)));
        assert_ne!(key(&with("1", BORN)), key(&with("1", None)));
    }
}
