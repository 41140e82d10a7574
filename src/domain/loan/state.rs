//! Where a loan stands, and which steps lead on from there.
//!
//! The order is that of the programme's leaflet (熊本県, 2026-03-13): first the
//! use of the programme is applied for (事業利用申請), then, where that was
//! approved, the loan (貸与申請). What a step needs besides (a unit, a day, a
//! reason) is asked for where it is taken.

use crate::domain::text::Text;

coded! {
    /// Where the loan of a child stands.
    LoanState {
        /// The family has asked; nothing is applied for.
        Consulted = "consulted", "相談中", "consulted";
        /// Use of the programme is applied for, and waits for the decision.
        UseApplied = "use_applied", "利用申請の審査中", "use applied for";
        /// The application for use went back to be corrected.
        UseReturned = "use_returned", "利用申請の訂正待ち", "application for use returned for correction";
        /// Use was approved; the family applies for the loan next.
        UseApproved = "use_approved", "利用決定（貸与申請待ち）", "use approved";
        /// Use was refused.
        UseRefused = "use_refused", "利用を認めない決定", "use refused";
        /// The loan is applied for, and waits for the decision.
        LoanApplied = "loan_applied", "貸与申請の審査中", "loan applied for";
        /// The application for the loan went back to be corrected.
        LoanReturned = "loan_returned", "貸与申請の訂正待ち", "application for the loan returned for correction";
        /// The loan was refused.
        LoanRefused = "loan_refused", "貸与を認めない決定", "loan refused";
        /// The loan was approved; a unit is to be handed over.
        LoanApproved = "loan_approved", "貸与決定（引渡し待ち）", "loan approved, to be handed over";
        /// Approved, and no unit is there.
        WaitingForStock = "waiting_for_stock", "貸与決定（在庫待ち）", "approved, waits for a unit";
        /// A unit is lent.
        Lent = "lent", "貸与中", "lent";
        /// The day of return is set, with the family.
        ReturnSet = "return_set", "返却日を決めた", "day of return set";
        /// It came back after its full time.
        Returned = "returned", "返却済み", "returned";
        /// It came back before its time.
        EndedEarly = "ended_early", "期間の途中で終了", "ended early";
        /// It is lost or broken for good.
        Lost = "lost", "紛失・使用不能", "lost";
        /// The family has withdrawn.
        Withdrawn = "withdrawn", "取下げ", "withdrawn";
        /// The child has died: everything stopped.
        Stopped = "stopped", "終了", "stopped";
    }
}

coded! {
    /// A step from one state to the next.
    LoanStep {
        /// The family applies for the use of the programme.
        ApplyForUse = "apply_for_use", "利用申請を受け付けた", "use was applied for";
        /// The application for use goes back to be corrected.
        ReturnUse = "return_use", "利用申請を訂正のため返した", "application for use returned for correction";
        /// Use is approved.
        ApproveUse = "approve_use", "利用を決定した", "use was approved";
        /// Use is refused.
        RefuseUse = "refuse_use", "利用を認めないと決定した", "use was refused";
        /// The family applies for the loan.
        ApplyForLoan = "apply_for_loan", "貸与申請を受け付けた", "the loan was applied for";
        /// The application for the loan goes back to be corrected.
        ReturnLoan = "return_loan", "貸与申請を訂正のため返した", "application for the loan returned for correction";
        /// The loan is approved.
        ApproveLoan = "approve_loan", "貸与を決定した", "the loan was approved";
        /// The loan is refused.
        RefuseLoan = "refuse_loan", "貸与を認めないと決定した", "the loan was refused";
        /// No unit is there.
        WaitForStock = "wait_for_stock", "在庫待ちにした", "waits for a unit";
        /// A unit is there again.
        StockCame = "stock_came", "在庫が入った", "a unit is there";
        /// A unit is handed over.
        HandOver = "hand_over", "引き渡した", "handed over";
        /// The unit is exchanged for another.
        Exchange = "exchange", "交換した", "unit exchanged";
        /// The loan goes on beyond its full time.
        Extend = "extend", "期間を延長した", "the loan was extended";
        /// The day of return is set, with the family.
        SetReturn = "set_return", "返却日を決めた", "the day of return was set";
        /// There will be no return yet.
        CancelReturn = "cancel_return", "返却を取りやめた", "the return was called off";
        /// The unit comes back.
        TakeBack = "take_back", "返却を受けた", "the unit came back";
        /// The unit is lost or broken for good.
        ReportLoss = "report_loss", "紛失・使用不能の届け", "loss was reported";
        /// The family withdraws.
        Withdraw = "withdraw", "取下げを受けた", "the family withdrew";
        /// The child has died.
        Stop = "stop", "お子さんが亡くなったため終えた", "ended, for the child has died";
    }
}

/// A step that cannot be taken, with those that can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAllowed {
    /// Where the loan stands.
    pub state: LoanState,
    /// The step.
    pub step: LoanStep,
    /// What can be done there.
    pub allowed: Vec<LoanStep>,
}

impl NotAllowed {
    /// The answer for people.
    pub fn text(&self) -> Text {
        let names = |pick: fn(&Text) -> &str, mark: &str| {
            let names = self.allowed.iter().map(|step| step.name());
            names
                .map(|name| pick(&name).to_owned())
                .collect::<Vec<_>>()
                .join(mark)
        };
        let (state, step) = (self.state.name(), self.step.name());
        if self.allowed.is_empty() {
            return Text::new(
                format!(
                    "いまは「{}」で終わっています。「{}」は記録できません。続ける場合は新しい相談から始めてください。",
                    state.ja, step.ja
                ),
                format!(
                    "It has ended ({}): \"{}\" cannot be recorded. To go on, begin with a new enquiry.",
                    state.en, step.en
                ),
            );
        }
        Text::new(
            format!(
                "いまは「{}」なので、「{}」は記録できません。いまできること：{}。",
                state.ja,
                step.ja,
                names(|text| &text.ja, "、")
            ),
            format!(
                "It stands at \"{}\": \"{}\" cannot be recorded. What can be done now: {}.",
                state.en,
                step.en,
                names(|text| &text.en, ", ")
            ),
        )
    }
}

impl LoanState {
    /// Whether nothing follows.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::UseRefused
                | Self::LoanRefused
                | Self::Returned
                | Self::EndedEarly
                | Self::Lost
                | Self::Withdrawn
                | Self::Stopped
        )
    }

    /// Whether the family has a unit.
    pub fn has_unit(self) -> bool {
        matches!(self, Self::Lent | Self::ReturnSet)
    }

    /// Every step that can be taken, the usual one first.
    pub fn steps(self) -> Vec<LoanStep> {
        use LoanStep as S;
        let mut steps = match self {
            Self::Consulted | Self::UseReturned => vec![S::ApplyForUse],
            Self::UseApplied => vec![S::ApproveUse, S::ReturnUse, S::RefuseUse],
            Self::UseApproved | Self::LoanReturned => vec![S::ApplyForLoan],
            Self::LoanApplied => vec![S::ApproveLoan, S::ReturnLoan, S::RefuseLoan],
            Self::LoanApproved => vec![S::HandOver, S::WaitForStock],
            Self::WaitingForStock => vec![S::StockCame, S::HandOver],
            Self::Lent => vec![S::SetReturn, S::Exchange, S::Extend, S::ReportLoss],
            Self::ReturnSet => vec![S::TakeBack, S::CancelReturn, S::Exchange, S::ReportLoss],
            _ => Vec::new(),
        };
        if !self.is_over() {
            if !self.has_unit() {
                steps.push(S::Withdraw);
            }
            steps.push(S::Stop);
        }
        steps
    }

    /// Where a step leads. `early`: of a unit that comes back, whether before its
    /// time.
    ///
    /// # Errors
    ///
    /// A step that is not allowed, with those that are.
    pub fn after(self, step: LoanStep, early: bool) -> Result<Self, NotAllowed> {
        use LoanStep as S;
        let allowed = self.steps();
        if !allowed.contains(&step) {
            return Err(NotAllowed {
                state: self,
                step,
                allowed,
            });
        }
        Ok(match step {
            S::ApplyForUse => Self::UseApplied,
            S::ReturnUse => Self::UseReturned,
            S::ApproveUse => Self::UseApproved,
            S::RefuseUse => Self::UseRefused,
            S::ApplyForLoan => Self::LoanApplied,
            S::ReturnLoan => Self::LoanReturned,
            S::ApproveLoan | S::StockCame => Self::LoanApproved,
            S::RefuseLoan => Self::LoanRefused,
            S::WaitForStock => Self::WaitingForStock,
            S::HandOver | S::CancelReturn => Self::Lent,
            S::Exchange | S::Extend => self,
            S::SetReturn => Self::ReturnSet,
            S::TakeBack if early => Self::EndedEarly,
            S::TakeBack => Self::Returned,
            S::ReportLoss => Self::Lost,
            S::Withdraw => Self::Withdrawn,
            S::Stop => Self::Stopped,
        })
    }
}

impl LoanStep {
    /// Whether it is taken by a form of its own, since it moves a unit or sets a
    /// day.
    pub const fn has_own_form(self) -> bool {
        matches!(
            self,
            Self::HandOver
                | Self::Exchange
                | Self::Extend
                | Self::SetReturn
                | Self::TakeBack
                | Self::ReportLoss
        )
    }

    /// Whether it needs a note: what is to be corrected, or why.
    pub const fn needs_note(self) -> bool {
        matches!(
            self,
            Self::ReturnUse
                | Self::RefuseUse
                | Self::ReturnLoan
                | Self::RefuseLoan
                | Self::CancelReturn
                | Self::ReportLoss
                | Self::Exchange
                | Self::Extend
                | Self::Stop
        )
    }

    /// Whether somebody decides in it.
    pub const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::ApproveUse | Self::RefuseUse | Self::ApproveLoan | Self::RefuseLoan
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashSet, VecDeque};

    use super::*;

    fn walk(steps: &[LoanStep]) -> Result<LoanState, NotAllowed> {
        steps.iter().try_fold(LoanState::Consulted, |state, step| {
            state.after(*step, false)
        })
    }

    #[test]
    fn the_ordinary_way_leads_from_the_first_word_to_the_return() {
        use LoanStep as S;
        let way = [
            S::ApplyForUse,
            S::ApproveUse,
            S::ApplyForLoan,
            S::ApproveLoan,
            S::HandOver,
            S::SetReturn,
            S::TakeBack,
        ];
        assert_eq!(walk(&way), Ok(LoanState::Returned));
        assert_eq!(
            LoanState::ReturnSet.after(S::TakeBack, true),
            Ok(LoanState::EndedEarly)
        );
    }

    #[test]
    fn a_step_that_is_not_allowed_answers_with_what_is() {
        let no = walk(&[LoanStep::TakeBack]).unwrap_err();
        assert_eq!(no.allowed, LoanState::Consulted.steps());
        assert!(
            no.text().ja.contains("利用申請を受け付けた"),
            "{}",
            no.text().ja
        );
        let over = LoanState::Returned
            .after(LoanStep::HandOver, false)
            .unwrap_err();
        assert!(over.allowed.is_empty());
        assert!(over.text().ja.contains("新しい相談"), "{}", over.text().ja);
    }

    #[test]
    fn nothing_is_lent_that_was_not_approved_twice() {
        for state in LoanState::ALL {
            let may = state.steps().contains(&LoanStep::HandOver);
            let approved = matches!(state, LoanState::LoanApproved | LoanState::WaitingForStock);
            assert_eq!(may, approved, "{state:?}");
        }
    }

    #[test]
    fn an_application_that_went_back_comes_again() {
        use LoanStep as S;
        assert_eq!(
            walk(&[S::ApplyForUse, S::ReturnUse, S::ApplyForUse, S::ApproveUse]),
            Ok(LoanState::UseApproved)
        );
    }

    #[test]
    fn every_state_is_reached_and_every_one_that_goes_on_can_end() {
        let mut seen = HashSet::from([LoanState::Consulted]);
        let mut next = VecDeque::from([LoanState::Consulted]);
        while let Some(state) = next.pop_front() {
            assert_eq!(state.is_over(), state.steps().is_empty(), "{state:?}");
            for step in state.steps() {
                for early in [false, true] {
                    let after = state.after(step, early).unwrap();
                    if seen.insert(after) {
                        next.push_back(after);
                    }
                }
            }
        }
        assert_eq!(seen.len(), LoanState::ALL.len());
    }

    #[test]
    fn whoever_has_a_unit_cannot_withdraw_and_everything_can_stop() {
        for state in LoanState::ALL.iter().filter(|state| !state.is_over()) {
            let steps = state.steps();
            assert_eq!(steps.contains(&LoanStep::Withdraw), !state.has_unit());
            assert!(steps.contains(&LoanStep::Stop), "{state:?}");
        }
    }
}
