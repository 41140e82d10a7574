//! What is due in a loan that runs, one line each: derived from the clocks where
//! something changes, and kept, so that a desk reads what is due and nothing else.

use chrono::NaiveDate;

use super::{
    check::CheckOutcome,
    clocks::Clocks,
    state::{LoanState, LoanStep},
};
use crate::domain::text::Text;

coded! {
    /// Something that somebody owes within a loan.
    Duty {
        /// The family applies to its municipality for the plan.
        Plan = "plan", "計画の申請", "application for the plan";
        /// The centre holds the yearly check.
        Check = "check", "年1回の確認", "yearly check";
        /// A check has failed: the unit is to be exchanged.
        Exchange = "exchange", "確認で不合格（交換する）", "a check failed: exchange the unit";
        /// A check has failed: a day of return is to be agreed.
        Agree = "agree", "確認で不合格（返却日を決める）", "a check failed: agree on a day of return";
        /// The five years are over: a day of return is to be set.
        End = "end", "5年の満了（返却日を決める）", "five years are over: set a day of return";
        /// The day of return that was set.
        Return = "return", "返却の日", "day of return";
    }
}

coded! {
    /// Whose move it is.
    Mover {
        /// 家族
        Family = "family", "ご家族", "the family";
        /// 医療的ケア児支援センター
        Centre = "centre", "センター", "the centre";
        /// 県
        Prefecture = "prefecture", "県", "the prefecture";
        /// 市町村
        Municipality = "municipality", "市町村", "the municipality";
    }
}

/// A duty, and its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDay {
    /// What is due.
    pub duty: Duty,
    /// By when: the last open day, or the day that was agreed.
    pub due_on: NaiveDate,
    /// After which day it is overdue. A check may be held within a month around
    /// its day (`RULES.md`, "Duties"); everything else is late after `due_on`.
    pub late_after: NaiveDate,
    /// The last day by the Civil Code.
    pub legal_end: NaiveDate,
}

impl Duty {
    /// Who owes it.
    pub const fn owed_by(self) -> Mover {
        match self {
            Self::Plan => Mover::Family,
            Self::Check | Self::Exchange | Self::Agree | Self::End | Self::Return => Mover::Centre,
        }
    }

    /// What is to be done about it, as a link says it.
    pub const fn to_do(self) -> Text {
        match self {
            Self::Plan => Text::fixed("申請日を記録する", "record the application"),
            Self::Check => Text::fixed("確認を記録する", "record the check"),
            Self::Exchange => Text::fixed("交換を記録する", "record the exchange"),
            Self::Agree | Self::End => Text::fixed("返却日を決める", "set the day of return"),
            Self::Return => Text::fixed("返却を受ける", "take it back"),
        }
    }
}

impl DueDay {
    /// What a check that failed asks for, from its day on; `None`: it asks for
    /// nothing.
    pub const fn of_failed(held_on: NaiveDate, outcome: CheckOutcome) -> Option<Self> {
        let duty = match outcome {
            CheckOutcome::Exchange => Duty::Exchange,
            CheckOutcome::Return => Duty::Agree,
            CheckOutcome::Passed | CheckOutcome::Open => return None,
        };
        Some(Self {
            duty,
            due_on: held_on,
            late_after: held_on,
            legal_end: held_on,
        })
    }
}

impl Clocks {
    /// What is due, by its day: the one place that turns clocks into lines.
    /// `agreed`: the day agreed with the family for the next check; `return_set`:
    /// the end is a day of return that was set.
    pub fn dues(&self, agreed: Option<NaiveDate>, return_set: bool) -> Vec<DueDay> {
        let closes = self.check_window.1;
        let check = DueDay {
            duty: Duty::Check,
            due_on: agreed.unwrap_or(self.check.safe_by),
            late_after: agreed.map_or(closes, |day| day.min(closes)),
            legal_end: self.check.legal_end,
        };
        let mut dues = vec![DueDay {
            duty: if return_set { Duty::Return } else { Duty::End },
            due_on: self.end.safe_by,
            late_after: self.end.safe_by,
            legal_end: self.end.legal_end,
        }];
        if agreed.is_some() || self.check_is_owed() {
            dues.push(check);
        }
        dues.extend(self.plan.map(|plan| DueDay {
            duty: Duty::Plan,
            due_on: plan.safe_by,
            late_after: plan.safe_by,
            legal_end: plan.legal_end,
        }));
        dues.sort_by_key(|due| due.due_on);
        dues
    }
}

impl LoanState {
    /// Whose move it is while nothing is lent; `decides`: who decides on
    /// applications.
    pub const fn mover(self, decides: Mover) -> Option<Mover> {
        Some(match self {
            Self::Consulted | Self::UseReturned | Self::UseApproved | Self::LoanReturned => {
                Mover::Family
            }
            Self::UseApplied | Self::LoanApplied => decides,
            Self::LoanApproved | Self::WaitingForStock | Self::ReturnSet => Mover::Centre,
            _ => return None,
        })
    }

    /// The step that usually comes next.
    pub fn usual_step(self) -> Option<LoanStep> {
        self.steps().first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::OfficeDays;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn clocks(return_on: Option<&str>) -> Clocks {
        let office = OfficeDays::default();
        Clocks::of(day("2025-10-31"), None, false, return_on.map(day), &office)
    }

    #[test]
    fn each_clock_is_one_line_and_the_first_is_the_next() {
        let clocks = clocks(None);
        let dues = clocks.dues(None, false);
        let duties: Vec<Duty> = dues.iter().map(|due| due.duty).collect();
        assert_eq!(duties, [Duty::Plan, Duty::Check, Duty::End]);
        assert_eq!(dues[0].due_on, clocks.next());
        assert_eq!(dues[0].late_after, dues[0].due_on);
        let set = self::clocks(Some("2026-03-02")).dues(None, true);
        assert_eq!(
            (set[0].duty, set[0].due_on),
            (Duty::Return, day("2026-03-02"))
        );
    }

    #[test]
    fn a_check_is_late_when_its_month_around_the_year_is_over() {
        let clocks = clocks(None);
        assert_eq!(clocks.check_window, (day("2026-09-30"), day("2026-11-30")));
        let check = clocks.dues(None, false)[1];
        assert_eq!(
            (check.due_on, check.late_after),
            (day("2026-10-30"), day("2026-11-30"))
        );
        // A day that was agreed is the day; agreeing on a late one excuses nothing.
        let agreed = clocks.dues(Some(day("2026-11-12")), false)[1];
        assert_eq!(
            (agreed.due_on, agreed.late_after),
            (day("2026-11-12"), day("2026-11-12"))
        );
        let late = clocks.dues(Some(day("2027-01-12")), false);
        let late = late.iter().find(|due| due.duty == Duty::Check).unwrap();
        assert_eq!(
            (late.due_on, late.late_after),
            (day("2027-01-12"), day("2026-11-30"))
        );
    }

    #[test]
    fn whoever_is_waited_for_is_named_wherever_nothing_is_lent() {
        for state in LoanState::ALL {
            let waits = !state.is_over() && *state != LoanState::Lent;
            assert_eq!(state.mover(Mover::Centre).is_some(), waits, "{state:?}");
        }
    }
}
