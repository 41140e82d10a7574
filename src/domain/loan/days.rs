//! Days that cannot be right, and days that ask for a second look. What cannot be
//! is refused; what is unusual is asked about once, and taken when it is said to be
//! right.

use chrono::{Days, Months, NaiveDate};

use super::LoanFacts;
use crate::domain::text::Text;

/// Who is older is no child with medical care of the programme (18 years); who is
/// older than a hundred years is a slip of the pen.
const GROWN_UP: Months = Months::new(18 * 12);
const TOO_OLD: Months = Months::new(100 * 12);

/// A discharge that is planned for later, an enquiry that is older, and a unit or
/// fuel that was bought earlier is asked about. The figures are ours.
const DISCHARGE_AHEAD: Months = Months::new(24);
const ENQUIRY_BACK: Months = Months::new(12);
const BOUGHT_BACK: Months = Months::new(20 * 12);
const FUEL_BACK: Months = Months::new(8 * 12);

/// A unit that was lent for an emergency longer ago, or until later, is asked about.
const EMERGENCY_BACK: Days = Days::new(31);
const EMERGENCY_AHEAD: Months = Months::new(3);

/// What is to be said of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// It cannot be.
    Wrong(&'static str, Text),
    /// It is unusual.
    Ask(&'static str, Text),
}

impl Doubt {
    /// Whether it can be said to be right.
    pub const fn is_question(&self) -> bool {
        matches!(self, Self::Ask(..))
    }
}

const TO_COME: Text = Text::fixed(
    "その日はまだ来ていません。今日までの日を入れてください。",
    "That day has not come yet: enter a day up to today.",
);
const BEFORE_BIRTH: Text = Text::fixed(
    "お子さんが生まれる前の日です。日付を確かめてください。",
    "That day lies before the child was born: check the day.",
);
const DISCHARGE_TO_COME: Text = Text::fixed(
    "退院した日が今日より後です。まだ退院していないときは「退院の予定日」に入れてください。",
    "The discharge lies after today: if it is still to come, enter it as the day that is planned.",
);
const CENTURY: Text = Text::fixed(
    "100年以上前の日です。年を確かめてください。",
    "That day lies a hundred years back: check the year.",
);
const AFTER_CHECK: Text = Text::fixed(
    "確認した日より後の日です。確認したときにあった燃料の日を入れてください。",
    "That day lies after the check: enter when the fuel was bought that was there.",
);

/// Days that are asked about.
const ADULT: Text = Text::fixed(
    "18年以上前の生年月日です。年が合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "That is 18 years ago or more. If the year is right, tick that the day is right and record it again.",
);
const OLD_ENQUIRY: Text = Text::fixed(
    "相談の日が1年以上前です。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "The enquiry lies a year back or more. If that is right, tick that the day is right and record it again.",
);
const FAR_DISCHARGE: Text = Text::fixed(
    "退院の予定日が2年以上先です。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "The planned discharge is two years away or more. If that is right, tick that the day is right and record it again.",
);
const OLD_UNIT: Text = Text::fixed(
    "購入日が20年以上前です。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "It was bought 20 years ago or more. If that is right, tick that the day is right and record it again.",
);
const OLD_FUEL: Text = Text::fixed(
    "燃料を買った日が8年以上前です（ガソリンは6か月、カセットボンベは7年が目安です）。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "The fuel was bought eight years ago or more (gasoline lasts six months, canisters seven years). If that is right, tick that the day is right and record it again.",
);
const OLD_EMERGENCY: Text = Text::fixed(
    "貸し出した日が1か月以上前です。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "It was lent a month ago or more. If that is right, tick that the day is right and record it again.",
);
const LONG_EMERGENCY: Text = Text::fixed(
    "緊急の貸し出しの返却日が3か月以上先です。長く使うときは、貸与の申請を考えてください。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "An emergency that lasts three months or more: think of an application for a loan. If the day is right, tick that it is and record it again.",
);

const OUTSIDE_WINDOW: Text = Text::fixed(
    "年1回の確認の期間（予定日の前後1か月）の外の日です。次の期限は、この日から数え直されます。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "That day lies outside the time of the yearly check (a month around its day); the next one is counted from it. If it is right, tick that the day is right and record it again.",
);
const AFTER_WINDOW: Text = Text::fixed(
    "確認の期間の最後の日より後の日です。期限を過ぎた確認になります。ご家族とその日で約束していれば「この日で合っている」にチェックして、もう一度記録してください。",
    "That day lies after the last day of the time of the check, which will be late. If that is what was agreed with the family, tick that the day is right and record it again.",
);
const TOO_MANY_WATTS: Text = Text::fixed(
    "20,000Wを超えています。発電機1台にかかる電力ではありません。単位（W）と桁を確かめてください。",
    "That is more than 20,000 W, which no such generator carries: check the unit (W) and the digits.",
);

/// No kit of a child draws more, in watts: beyond it somebody mistyped. Ours.
pub const MOST_WATTS: f64 = 20_000.0;

/// The first of these that fires.
fn first(doubts: impl IntoIterator<Item = (bool, Doubt)>) -> Option<Doubt> {
    let mut fired: Vec<Doubt> = doubts
        .into_iter()
        .filter_map(|(fires, doubt)| fires.then_some(doubt))
        .collect();
    // What cannot be comes before what is asked.
    fired.sort_by_key(Doubt::is_question);
    fired.into_iter().next()
}

/// The day of birth of a child that is corrected.
pub fn of_birth(born: NaiveDate, today: NaiveDate) -> Option<Doubt> {
    first([
        (born > today, Doubt::Wrong("born", TO_COME)),
        (born < today - TOO_OLD, Doubt::Wrong("born", CENTURY)),
        (born <= today - GROWN_UP, Doubt::Ask("born", ADULT)),
    ])
}

/// The day of a yearly check, and the time in which it was due.
pub fn of_check(held_on: NaiveDate, (from, until): (NaiveDate, NaiveDate)) -> Option<Doubt> {
    let outside = held_on < from || held_on > until;
    outside.then_some(Doubt::Ask("held_on", OUTSIDE_WINDOW))
}

/// A day that is agreed for a check, and the last day on which that is in time.
pub fn of_appointment(on: NaiveDate, last: NaiveDate) -> Option<Doubt> {
    (on > last).then_some(Doubt::Ask("check_on", AFTER_WINDOW))
}

/// What hangs on a generator at a check, in watts.
pub fn of_load(watts: Option<f64>) -> Option<Doubt> {
    let too_many = watts.is_some_and(|watts| watts > MOST_WATTS);
    too_many.then_some(Doubt::Wrong("load", TOO_MANY_WATTS))
}

/// The days of a child that is put on record, and of the enquiry.
pub fn of_enquiry(
    (born, on): (NaiveDate, NaiveDate),
    facts: &LoanFacts,
    today: NaiveDate,
) -> Option<Doubt> {
    let own = first([
        (on > today, Doubt::Wrong("on", TO_COME)),
        (on < born, Doubt::Wrong("on", BEFORE_BIRTH)),
        (on < today - ENQUIRY_BACK, Doubt::Ask("on", OLD_ENQUIRY)),
    ]);
    let born_on = of_birth(born, today);
    let known = of_facts(Some(born), facts, today);
    let doubts = born_on.into_iter().chain(own).chain(known);
    first(doubts.map(|doubt| (true, doubt)))
}

/// The days of what a loan is decided on.
pub fn of_facts(born: Option<NaiveDate>, facts: &LoanFacts, today: NaiveDate) -> Option<Doubt> {
    let (done, planned) = (facts.discharged_on, facts.discharge_planned_on);
    let before_birth = |day: Option<NaiveDate>| day.zip(born).is_some_and(|(day, born)| day < born);
    // Where nobody knows the day of birth.
    let century = |day: Option<NaiveDate>| day.is_some_and(|day| day < today - TOO_OLD);
    first([
        (
            done.is_some_and(|day| day > today),
            Doubt::Wrong("discharged_on", DISCHARGE_TO_COME),
        ),
        (
            before_birth(done),
            Doubt::Wrong("discharged_on", BEFORE_BIRTH),
        ),
        (century(done), Doubt::Wrong("discharged_on", CENTURY)),
        (
            before_birth(planned),
            Doubt::Wrong("discharge_planned_on", BEFORE_BIRTH),
        ),
        (
            century(planned),
            Doubt::Wrong("discharge_planned_on", CENTURY),
        ),
        (
            planned.is_some_and(|day| day > today + DISCHARGE_AHEAD),
            Doubt::Ask("discharge_planned_on", FAR_DISCHARGE),
        ),
    ])
}

/// When a unit was bought.
pub fn of_purchase(bought: Option<NaiveDate>, today: NaiveDate) -> Option<Doubt> {
    let bought = bought?;
    first([
        (bought > today, Doubt::Wrong("bought_on", TO_COME)),
        (bought < today - TOO_OLD, Doubt::Wrong("bought_on", CENTURY)),
        (
            bought < today - BOUGHT_BACK,
            Doubt::Ask("bought_on", OLD_UNIT),
        ),
    ])
}

/// When the fuel was bought that was there at a check.
pub fn of_fuel(fuel: Option<NaiveDate>, (held_on, today): (NaiveDate, NaiveDate)) -> Option<Doubt> {
    let fuel = fuel?;
    first([
        (fuel > today, Doubt::Wrong("fuel_on", TO_COME)),
        (fuel > held_on, Doubt::Wrong("fuel_on", AFTER_CHECK)),
        (fuel < today - TOO_OLD, Doubt::Wrong("fuel_on", CENTURY)),
        (fuel < today - FUEL_BACK, Doubt::Ask("fuel_on", OLD_FUEL)),
    ])
}

/// From when to when a unit is lent for an emergency; `on`: `None` where only its
/// end is set anew.
pub fn of_emergency(
    (on, until): (Option<NaiveDate>, NaiveDate),
    born: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Doubt> {
    let early = on.zip(born).is_some_and(|(on, born)| on < born);
    first([
        (early, Doubt::Wrong("on", BEFORE_BIRTH)),
        (
            on.is_some_and(|on| on < today - TOO_OLD),
            Doubt::Wrong("on", CENTURY),
        ),
        (
            on.is_some_and(|on| on < today - EMERGENCY_BACK),
            Doubt::Ask("on", OLD_EMERGENCY),
        ),
        (
            until > today + EMERGENCY_AHEAD,
            Doubt::Ask("return_on", LONG_EMERGENCY),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const TODAY: &str = "2026-11-21";

    /// What is said of a day: the field, and whether it is a question.
    fn said(doubt: Option<Doubt>) -> Option<(&'static str, bool)> {
        doubt.map(|doubt| match doubt {
            Doubt::Wrong(field, _) => (field, false),
            Doubt::Ask(field, _) => (field, true),
        })
    }

    fn facts(done: Option<&str>, planned: Option<&str>) -> LoanFacts {
        LoanFacts {
            discharged_on: done.map(day),
            discharge_planned_on: planned.map(day),
            ..LoanFacts::default()
        }
    }

    #[test]
    fn days_of_an_enquiry_that_cannot_be_are_refused_and_unusual_ones_asked_about() {
        for (born, on, done, planned, expected) in [
            ("2026-06-01", TODAY, None, Some("2026-12-20"), None),
            ("2026-11-22", TODAY, None, None, Some(("born", false))),
            ("1926-06-01", TODAY, None, None, Some(("born", false))),
            ("2008-11-21", TODAY, None, None, Some(("born", true))),
            ("2008-11-22", TODAY, None, None, None),
            ("2026-06-01", "2026-05-31", None, None, Some(("on", false))),
            ("2026-06-01", "2026-11-22", None, None, Some(("on", false))),
            ("2020-06-01", "2025-11-20", None, None, Some(("on", true))),
            (
                "2026-06-01",
                TODAY,
                Some("2026-05-31"),
                None,
                Some(("discharged_on", false)),
            ),
            (
                "2026-06-01",
                TODAY,
                Some("2026-11-22"),
                None,
                Some(("discharged_on", false)),
            ),
            (
                "2026-06-01",
                TODAY,
                None,
                Some("2026-05-31"),
                Some(("discharge_planned_on", false)),
            ),
            (
                "2026-06-01",
                TODAY,
                None,
                Some("2028-11-22"),
                Some(("discharge_planned_on", true)),
            ),
            // What cannot be comes before what is asked about.
            (
                "2000-06-01",
                TODAY,
                Some("2026-11-22"),
                None,
                Some(("discharged_on", false)),
            ),
        ] {
            let doubt = of_enquiry((day(born), day(on)), &facts(done, planned), day(TODAY));
            assert_eq!(said(doubt), expected, "{born} {on} {done:?} {planned:?}");
        }
        let century = of_facts(None, &facts(Some("1926-01-01"), None), day(TODAY));
        assert_eq!(said(century), Some(("discharged_on", false)));
    }

    #[test]
    fn a_check_outside_its_time_is_asked_about_and_what_no_generator_carries_is_refused() {
        let window = (day("2027-10-03"), day("2027-12-03"));
        for (on, expected) in [
            ("2027-10-02", Some(("held_on", true))),
            ("2027-10-03", None),
            ("2027-12-03", None),
            ("2027-12-04", Some(("held_on", true))),
        ] {
            assert_eq!(said(of_check(day(on), window)), expected, "{on}");
        }
        assert_eq!(said(of_appointment(day("2027-12-03"), window.1)), None);
        let late = of_appointment(day("2027-12-04"), window.1);
        assert_eq!(said(late), Some(("check_on", true)));
        assert_eq!(said(of_load(Some(20_000.0))), None);
        assert_eq!(said(of_load(Some(20_000.5))), Some(("load", false)));
        assert_eq!(said(of_load(None)), None);
        assert_eq!(
            said(of_birth(day("1900-01-01"), day(TODAY))),
            Some(("born", false))
        );
        assert_eq!(
            said(of_birth(day("2006-01-01"), day(TODAY))),
            Some(("born", true))
        );
        assert_eq!(said(of_birth(day("2020-01-01"), day(TODAY))), None);
    }

    #[test]
    fn days_of_units_fuel_and_emergencies_likewise() {
        let bought = |text: &str| said(of_purchase(Some(day(text)), day(TODAY)));
        assert_eq!(bought(TODAY), None);
        assert_eq!(bought("2026-11-22"), Some(("bought_on", false)));
        assert_eq!(bought("1920-01-01"), Some(("bought_on", false)));
        assert_eq!(bought("2006-11-20"), Some(("bought_on", true)));
        assert_eq!(of_purchase(None, day(TODAY)), None);
        let fuel = |text: &str| said(of_fuel(Some(day(text)), (day("2026-11-12"), day(TODAY))));
        assert_eq!(fuel("2026-11-12"), None);
        assert_eq!(
            fuel("2026-11-13"),
            Some(("fuel_on", false)),
            "after the check"
        );
        assert_eq!(fuel("2026-11-22"), Some(("fuel_on", false)));
        assert_eq!(fuel("2018-11-20"), Some(("fuel_on", true)));
        let lent = |on: &str, until: &str| {
            let born = Some(day("2020-01-01"));
            said(of_emergency((Some(day(on)), day(until)), born, day(TODAY)))
        };
        assert_eq!(lent("2026-11-20", "2026-12-05"), None);
        assert_eq!(lent("2019-12-31", "2026-12-05"), Some(("on", false)));
        assert_eq!(lent("2026-10-20", "2026-12-05"), Some(("on", true)));
        assert_eq!(lent("2026-11-20", "2027-02-22"), Some(("return_on", true)));
    }
}
