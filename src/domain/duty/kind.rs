//! The duties, and whom a reminder of one reaches.

use chrono::NaiveDate;

use super::Stage;

coded! {
    /// Something that somebody owes.
    DutyKind {
        /// The family applies to its municipality for the plan.
        ApplyPlan = "apply_plan", "計画の申請", "application for the plan";
        /// The centre holds the yearly check.
        AnnualCheck = "annual_check", "年1回の確認", "yearly check";
        /// The day that was agreed for a check.
        CheckDay = "check_day", "確認の約束の日", "day agreed for the check";
        /// A check has failed: the centre exchanges the unit or agrees on a return.
        FailedCheck = "failed_check", "不合格の確認の後始末", "what a failed check asks for";
        /// The five years end: a day of return is to be set.
        FullTime = "full_time", "貸与期間の満了", "end of the loan's full time";
        /// The day of return that was set with the family.
        Return = "return", "返却の日", "day of return";
        /// The hospital's engineer, or the maker, checks the battery.
        BatteryCheck = "battery_check", "バッテリーの点検", "check of the battery";
        /// The family runs the generator once a month.
        TestRun = "test_run", "月1回の試運転", "monthly test run";
        /// Fuel and canisters are renewed.
        Fuel = "fuel", "燃料の入れ替え", "renewal of the fuel";
        /// Municipality and family confirm the plan.
        ConfirmPlan = "confirm_plan", "計画の確認", "confirmation of the plan";
        /// Something that the plan rests on has changed: the municipality looks at it.
        ChangedFinding = "changed_finding", "変わったことの確認", "look at what has changed";
    }
}

coded! {
    /// Whom a reminder is for.
    Audience {
        /// 家族
        Family = "family", "ご家族", "the family";
        /// コーディネーター
        Coordinator = "coordinator", "コーディネーター", "the coordinator";
        /// 医療的ケア児支援センター
        Centre = "centre", "センター", "the centre";
        /// 市町村
        Municipality = "municipality", "市町村", "the municipality";
    }
}

coded! {
    /// Who checks the batteries (`RULES.md`, "Duties": the hospital's engineer or the
    /// maker).
    CheckedBy {
        /// 臨床工学技士（ME）
        Engineer = "engineer", "病院の臨床工学技士（ME）", "the hospital's engineer";
        /// メーカー・取扱業者
        Maker = "maker", "メーカー・取扱業者", "the maker or dealer";
    }
}

coded! {
    /// How near the day is when a reminder goes out: what its subject says.
    Phase {
        /// The first notice.
        First = "first", "お知らせ", "notice";
        /// Within a month.
        Soon = "soon", "まもなく", "soon";
        /// The day itself.
        Today = "today", "今日まで", "today";
        /// The day is over.
        Overdue = "overdue", "期限を過ぎています", "overdue";
    }
}

impl Phase {
    /// The phase of a stage that is told on a day: a reminder that goes out later than
    /// its stage says how near the day is then. `due_on`: the due day.
    pub fn of(stage: Stage, due_on: NaiveDate, told_on: NaiveDate) -> Self {
        match (stage, (due_on - told_on).num_days()) {
            (Stage::Begin, _) | (_, 30..) => Self::First,
            (_, 1..) => Self::Soon,
            (_, 0) => Self::Today,
            _ => Self::Overdue,
        }
    }
}

impl DutyKind {
    /// Whether it belongs to a loan: nothing of it reaches a municipality without
    /// the family's consent to exchange loan data (`RULES.md`, "Duties").
    pub const fn is_of_the_loan(self) -> bool {
        !matches!(
            self,
            Self::BatteryCheck | Self::ConfirmPlan | Self::ChangedFinding
        )
    }

    /// How near its day is at a stage that is told on a day. With the day of a monthly
    /// run nothing is over: it is asked for again.
    pub fn phase(self, stage: Stage, due_on: NaiveDate, told_on: NaiveDate) -> Phase {
        match self {
            Self::TestRun => Phase::First,
            _ => Phase::of(stage, due_on, told_on),
        }
    }

    /// Who owes it.
    pub const fn owed_by(self) -> Audience {
        match self {
            Self::ApplyPlan | Self::Return | Self::TestRun | Self::Fuel => Audience::Family,
            Self::AnnualCheck | Self::CheckDay | Self::FailedCheck | Self::FullTime => {
                Audience::Centre
            }
            Self::BatteryCheck => Audience::Coordinator,
            Self::ConfirmPlan | Self::ChangedFinding => Audience::Municipality,
        }
    }

    /// Whether a date is at stake at this stage, so that the limit of two mails a
    /// month does not hold it (`RULES.md`, "Duties").
    pub const fn date_at_stake(self, stage: Stage) -> bool {
        let has_date = matches!(
            self,
            Self::ApplyPlan | Self::CheckDay | Self::FullTime | Self::Return
        );
        let near = matches!(stage, Stage::Days(-29..));
        let set_just_now = matches!((self, stage), (Self::Return, Stage::Begin));
        has_date && (near || set_just_now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_says_how_near_the_day_is() {
        let due_on: NaiveDate = "2026-04-30".parse().unwrap();
        for (stage, told_on, phase) in [
            (Stage::Begin, "2025-10-31", Phase::First),
            // A return that was set three days ahead is news.
            (Stage::Begin, "2026-04-27", Phase::First),
            (Stage::Days(-180), "2025-11-01", Phase::First),
            (Stage::Days(-30), "2026-03-31", Phase::First),
            (Stage::Days(-7), "2026-04-23", Phase::Soon),
            (Stage::Days(-1), "2026-04-29", Phase::Soon),
            (Stage::Days(0), "2026-04-30", Phase::Today),
            (Stage::Days(7), "2026-05-07", Phase::Overdue),
            // Sent late: what its stage would say is not true any more.
            (Stage::Days(-30), "2026-04-02", Phase::Soon),
            (Stage::Days(-7), "2026-04-30", Phase::Today),
            (Stage::Days(0), "2026-05-02", Phase::Overdue),
        ] {
            let told_on = told_on.parse().unwrap();
            assert_eq!(
                Phase::of(stage, due_on, told_on),
                phase,
                "{stage:?} {told_on}"
            );
        }
    }

    #[test]
    fn only_a_date_lets_a_third_mail_of_a_month_through() {
        assert!(DutyKind::ApplyPlan.date_at_stake(Stage::Days(-7)));
        assert!(DutyKind::Return.date_at_stake(Stage::Begin));
        assert!(!DutyKind::ApplyPlan.date_at_stake(Stage::Days(-90)));
        assert!(!DutyKind::TestRun.date_at_stake(Stage::Days(0)));
        assert!(!DutyKind::Fuel.date_at_stake(Stage::Days(-7)));
    }
}
