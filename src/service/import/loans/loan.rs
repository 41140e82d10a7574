//! To which loan on record a row belongs, and what it adds to it.

use chrono::NaiveDate;

use crate::{
    domain::{
        loan::{AnnualCheck, LoanState, LoanStep, PartVerdict},
        text::Text,
    },
    import::loans::LedgerRow,
    store::{LedgerFile, LedgerLoan},
    text,
};

/// A step of a row: which, where it leads, on which day.
pub(super) type Step = (LoanStep, LoanState, NaiveDate);

/// The steps that a row tells of, in the order of the programme. A day of decision
/// is one on which it was approved: a ledger of loans has no others.
pub(super) fn steps_of(row: &LedgerRow, full_time: Option<NaiveDate>) -> Vec<Step> {
    use LoanState as To;
    use LoanStep as S;
    // Until the last day but one of five years it is before its time.
    let early = row
        .returned_on
        .zip(full_time)
        .is_some_and(|(back, end)| back < end);
    let back = if early { To::EndedEarly } else { To::Returned };
    [
        (S::ApplyForUse, To::UseApplied, row.use_applied_on),
        (S::ApproveUse, To::UseApproved, row.use_decided_on),
        (S::ApplyForLoan, To::LoanApplied, row.loan_applied_on),
        (S::ApproveLoan, To::LoanApproved, row.loan_decided_on),
        (S::HandOver, To::Lent, row.lent_on),
        (S::TakeBack, back, row.returned_on),
    ]
    .into_iter()
    .filter_map(|(step, to, on)| Some((step, to, on?)))
    .collect()
}

/// How far a step leads, for comparing two.
pub(super) fn rank(step: LoanStep) -> u8 {
    use LoanStep as S;
    match step {
        S::ApplyForUse | S::ReturnUse => 1,
        S::ApproveUse | S::RefuseUse => 2,
        S::ApplyForLoan | S::ReturnLoan => 3,
        S::ApproveLoan | S::RefuseLoan | S::WaitForStock | S::StockCame => 4,
        S::HandOver | S::Exchange | S::Extend | S::SetReturn | S::CancelReturn => 5,
        S::TakeBack | S::ReportLoss | S::Withdraw | S::Stop => 6,
    }
}

/// To what a row belongs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// To this file (its place).
    File(usize),
    /// To a loan that the families' sheet has put on record, without a file.
    Sheet(LedgerLoan),
    /// To nothing yet.
    New,
}

/// Whether two periods of a loan have a day in common; on the day of a return a
/// unit may be handed on.
pub(super) fn overlap(
    (from, until): (NaiveDate, Option<NaiveDate>),
    (other_from, other_until): (NaiveDate, Option<NaiveDate>),
) -> bool {
    let before_end = |day: NaiveDate, end: Option<NaiveDate>| end.is_none_or(|end| day < end);
    from == other_from || (before_end(from, other_until) && before_end(other_from, until))
}

/// The file or loan that a row is about.
///
/// # Errors
///
/// Why it fits none, and contradicts one.
pub(super) fn target(
    row: &LedgerRow,
    files: &[LedgerFile],
    alone: &[LedgerLoan],
) -> Result<Target, Text> {
    let open = files.iter().position(|file| !file.closed);
    let Some(lent) = row.lent_on else {
        return application(row, files, open);
    };
    let begins = |file: &LedgerFile| file.loan.is_some_and(|loan| loan.started_on == lent);
    if let Some(place) = files.iter().position(begins) {
        return Ok(Target::File(place));
    }
    let programme = alone.iter().filter(|loan| !loan.emergency);
    if let Some(loan) = programme.clone().find(|loan| loan.started_on == lent) {
        return Ok(Target::Sheet(*loan));
    }
    let mut known = files.iter().filter_map(|file| file.loan.as_ref());
    let period = (lent, row.returned_on);
    let clash = known
        .by_ref()
        .chain(programme)
        .find(|loan| overlap(period, (loan.started_on, loan.ended_on)));
    if let Some(loan) = clash {
        let from = loan.started_on;
        return Err(text!(
            "このお子さんには、{from}から貸与した登録があり、期間が重なります。どちらの日付が正しいか確かめて、台帳か登録を直してください。",
            "there is a loan to this child from {from} on record, which overlaps: find out which date is right, and correct the ledger or the record"
        ));
    }
    let waits = |file: &LedgerFile| {
        file.loan.is_none() && row.returned_on.is_none_or(|back| back > file.since)
    };
    Ok(match open {
        Some(place) if waits(&files[place]) => Target::File(place),
        Some(_) if row.runs() => {
            return Err(Text::fixed(
                "このお子さんの手続きがすでに進んでいて、この行と合いません。お子さんの貸与のページを開いて確かめてください。",
                "there is an open file for this child that does not fit the row: look at the page of its loan",
            ));
        }
        _ => Target::New,
    })
}

/// The file of an application that has not led to a loan yet.
fn application(row: &LedgerRow, files: &[LedgerFile], open: Option<usize>) -> Result<Target, Text> {
    let told = steps_of(row, None);
    let shares = |file: &LedgerFile| {
        let same = |(step, on): &(LoanStep, NaiveDate)| {
            told.iter().any(|(s, _, day)| (s, day) == (step, on))
        };
        file.steps.iter().any(same)
    };
    if let Some(place) = files.iter().position(shares) {
        return Ok(Target::File(place));
    }
    match open {
        Some(place) if files[place].loan.is_some() => Err(Text::fixed(
            "このお子さんには貸与中の登録があります。申請だけの行は取り込みません。貸与日を書くか、行を消してください。",
            "something is lent to this child on record: a row with an application alone is not taken. Write the day of the hand-over, or remove the row",
        )),
        Some(place) => Ok(Target::File(place)),
        None => Ok(Target::New),
    }
}

/// The check of a row, if it was held during its loan. Words that say neither good
/// nor bad leave every part open.
pub(super) fn check_of(row: &LedgerRow) -> Option<AnnualCheck> {
    use PartVerdict::{Fails, Fine, Unknown};
    let (held_on, lent) = (row.checked_on?, row.lent_on?);
    if held_on < lent || row.returned_on.is_some_and(|back| held_on > back) {
        return None;
    }
    let (usage, condition, eligible) = match row.check_passed {
        Some(true) => (Fine, Fine, Fine),
        Some(false) => (Unknown, Fails, Unknown),
        None => (Unknown, Unknown, Unknown),
    };
    let words = row.check_words.as_deref();
    Some(AnnualCheck {
        held_on,
        // The ledger does not say how.
        way: String::new(),
        usage,
        usage_note: None,
        condition,
        hours_run: None,
        load_watts: None,
        oil_fine: None,
        fuel_on: None,
        outdoor_place: None,
        eligible,
        note: words.map(|words| format!("台帳の点検結果：{words}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_unit_may_be_handed_on_on_the_day_of_its_return() {
        let until = |text| Some(day(text));
        let first = (day("2025-11-01"), until("2026-02-01"));
        assert!(!overlap(first, (day("2026-02-01"), None)));
        assert!(overlap(first, (day("2026-01-31"), None)));
        assert!(overlap(first, (day("2025-11-01"), until("2025-11-01"))));
        assert!(!overlap(first, (day("2025-10-01"), until("2025-11-01"))));
    }

    #[test]
    fn a_return_before_five_years_is_early() {
        let row = LedgerRow {
            lent_on: Some(day("2025-10-31")),
            returned_on: Some(day("2030-10-30")),
            ..LedgerRow::default()
        };
        let last = |row: &LedgerRow| steps_of(row, Some(day("2030-10-31"))).last().unwrap().1;
        assert_eq!(last(&row), LoanState::EndedEarly);
        let full = LedgerRow {
            returned_on: Some(day("2030-10-31")),
            ..row
        };
        assert_eq!(last(&full), LoanState::Returned);
    }

    #[test]
    fn a_check_counts_only_within_its_loan_and_words_leave_it_open() {
        let row = LedgerRow {
            lent_on: Some(day("2025-10-31")),
            checked_on: Some(day("2026-10-01")),
            check_words: Some("おおむね良い".into()),
            ..LedgerRow::default()
        };
        let check = check_of(&row).unwrap();
        assert_eq!(check.outcome().code(), "open");
        assert!(check.note.unwrap().contains("おおむね良い"));
        let before = LedgerRow {
            checked_on: Some(day("2025-10-30")),
            ..row
        };
        assert_eq!(check_of(&before), None);
    }
}
