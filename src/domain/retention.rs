//! What is erased how long after what: a pure function of dates and settings.
//! `docs/retention.md` says why each number is what it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar::{Period, legal_end};

/// How long things are kept, `[retention]` of the configuration. Municipal rules
/// on documents (文書管理規程) differ: each number is a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Years from the end of a case until its plans, homes, supporters, consents
    /// and requests are erased.
    pub plan_years: u32,
    /// Years from the end of a case and of its last loan until the child's items
    /// and the family's accounts are erased too.
    pub ended_case_years: u32,
    /// Years from the day on which a plan's version was replaced, or a home left,
    /// until it is erased, in a case that goes on.
    pub superseded_plan_years: u32,
    /// Years from the end of an application or a loan until what the centre wrote down
    /// of it is erased, in a case that goes on.
    pub loan_file_years: u32,
    /// Years from the day on which an account was taken out of use until its name
    /// and address are erased.
    pub account_years: u32,
    /// Years from the end of an emergency access until the reasons for opening and
    /// extending it are erased.
    pub emergency_years: u32,
    /// Days after which the reports of imports keep only their counts.
    pub import_days: u32,
    /// Days from the end of a session until it is forgotten.
    pub session_days: u32,
    /// Days from the end of a sign-in link until it is forgotten.
    pub sign_in_days: u32,
    /// Days for which a form that was sent is known again when it comes twice.
    pub form_days: u32,
    /// Days for which the message of a mail that failed or is held can be sent again.
    pub mail_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            plan_years: 1,
            ended_case_years: 5,
            superseded_plan_years: 5,
            loan_file_years: 5,
            account_years: 5,
            emergency_years: 5,
            import_days: 365,
            session_days: 90,
            sign_in_days: 90,
            form_days: 30,
            mail_days: 30,
        }
    }
}

coded! {
    /// What kind of thing is erased.
    Kind {
        /// A whole case: the child's items, its plans, its family's accounts.
        Case = "case", "終わった登録（全部）", "ended case, whole";
        /// The plans and what belongs to them of a case that has ended.
        Plans = "plans", "終わった登録の計画", "plans of an ended case";
        /// A plan's version that was replaced.
        OldVersion = "old_version", "置き換えられた計画の版", "replaced version of a plan";
        /// A home that was left.
        OldHome = "old_home", "前の自宅", "home that was left";
        /// What the centre wrote down of an application or a loan that is over.
        LoanFile = "loan_file", "終わった申請・貸与の控え", "file of an application or a loan that is over";
        /// An account out of use.
        Account = "account", "停止したアカウントの名前と宛先", "name and address of an account out of use";
        /// The reasons of an emergency access that is over.
        Emergency = "emergency", "終わった緊急アクセスの理由", "reasons of an emergency access that is over";
        /// Reports of imports.
        Import = "import", "取り込みの報告", "reports of imports";
        /// Sessions that are over.
        Session = "session", "終わったサインイン", "sessions that are over";
        /// Sign-in links that are over.
        Link = "link", "期限の切れたリンク", "sign-in links that are over";
        /// Forms that were sent.
        Form = "form", "送信済みの用紙の控え", "forms that were sent";
        /// Messages of mails that could not be sent.
        Mail = "mail", "送れなかったメールの本文", "messages that could not be sent";
    }
}

/// The first day on which something is erased that ended on a day: the day
/// after so many years (民法 第140条・第143条, [`legal_end`]); `None`: never, after
/// more years than are counted.
pub fn due_after_years(ended: NaiveDate, years: u32) -> Option<NaiveDate> {
    let last = match years {
        0 => ended,
        _ => legal_end(ended, Period::years(years)?, false),
    };
    last.succ_opt()
}

/// The first day on which something is erased that ended on a day, so many days
/// later.
pub fn due_after_days(ended: NaiveDate, days: u32) -> Option<NaiveDate> {
    ended
        .checked_add_days(chrono::Days::new(u64::from(days)))?
        .succ_opt()
}

/// The dates of a case that decide about its erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDates {
    /// When it ended; `None`: it goes on.
    pub ended_on: Option<NaiveDate>,
    /// Whether a loan runs.
    pub loan_runs: bool,
    /// When its last loan ended.
    pub loan_ended_on: Option<NaiveDate>,
}

/// When a case will be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseDue {
    /// It goes on: never.
    Open,
    /// A loan runs: not before it has ended.
    Lent,
    /// The plans from the first day on, everything else from the second.
    From {
        /// Plans, homes, supporters, consents, requests.
        plans: NaiveDate,
        /// The child's items and the family's accounts.
        whole: NaiveDate,
    },
}

impl Retention {
    /// When a case will be erased.
    pub fn case(&self, dates: &CaseDates) -> CaseDue {
        let Some(ended) = dates.ended_on else {
            return CaseDue::Open;
        };
        if dates.loan_runs {
            return CaseDue::Lent;
        }
        let last = dates.loan_ended_on.map_or(ended, |loan| loan.max(ended));
        // A day that the calendar no longer has is never reached.
        let plans = due_after_years(ended, self.plan_years).unwrap_or(NaiveDate::MAX);
        let whole = due_after_years(last, self.ended_case_years).unwrap_or(NaiveDate::MAX);
        CaseDue::From {
            plans: plans.min(whole),
            whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn from(ended: &str, lent_until: Option<&str>) -> CaseDue {
        Retention::default().case(&CaseDates {
            ended_on: Some(day(ended)),
            loan_runs: false,
            loan_ended_on: lent_until.map(day),
        })
    }

    #[test]
    fn a_case_that_goes_on_or_has_a_loan_is_never_due() {
        let mut dates = CaseDates {
            ended_on: None,
            loan_runs: false,
            loan_ended_on: Some(day("1990-01-01")),
        };
        let settings = Retention::default();
        assert_eq!(settings.case(&dates), CaseDue::Open);
        dates.ended_on = Some(day("1990-01-01"));
        dates.loan_runs = true;
        assert_eq!(settings.case(&dates), CaseDue::Lent);
    }

    #[test]
    fn plans_go_before_the_case_and_both_after_their_years() {
        assert_eq!(
            from("2026-11-21", None),
            CaseDue::From {
                plans: day("2027-11-22"),
                whole: day("2031-11-22"),
            }
        );
    }

    #[test]
    fn a_later_end_of_the_loan_counts_for_the_case() {
        let due = from("2026-11-21", Some("2028-02-29"));
        assert_eq!(
            due,
            CaseDue::From {
                plans: day("2027-11-22"),
                whole: day("2033-03-01"),
            }
        );
    }

    #[test]
    fn plans_never_stay_longer_than_their_case() {
        let settings = Retention {
            plan_years: 9,
            ..Retention::default()
        };
        let due = settings.case(&CaseDates {
            ended_on: Some(day("2026-01-01")),
            loan_runs: false,
            loan_ended_on: None,
        });
        let CaseDue::From { plans, whole } = due else {
            panic!("{due:?}");
        };
        assert_eq!(plans, whole);
    }

    #[test]
    fn a_missing_day_is_the_last_of_its_month() {
        assert_eq!(
            due_after_years(day("2024-02-29"), 1),
            Some(day("2025-03-01"))
        );
        // Counted from the first of March: the year has a 29th of February.
        assert_eq!(
            due_after_years(day("2023-02-28"), 1),
            Some(day("2024-03-01"))
        );
        assert_eq!(
            due_after_years(day("2026-11-20"), 0),
            Some(day("2026-11-21"))
        );
        assert_eq!(
            due_after_days(day("2026-12-31"), 1),
            Some(day("2027-01-02"))
        );
        assert_eq!(due_after_years(day("2024-02-29"), u32::MAX), None);
    }
}
