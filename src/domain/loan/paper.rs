//! The papers of a loan, and which of them fit where it stands.

use super::LoanState;

coded! {
    /// A paper that is printed for a child.
    LoanPaper {
        /// The three papers of the hand-over as one.
        HandOver = "hand-over", "引渡しの書類3枚（まとめて）", "the three papers of the hand-over (as one)";
        /// 借受書・貸与条件
        Receipt = "receipt", "借受書・貸与条件", "receipt with the conditions";
        /// 個別避難計画作成申請書
        Application = "application", "個別避難計画の申請書", "application for the plan";
        /// 停電のとき
        PowerCut = "power-cut", "停電のときにすること", "what to do in a power cut";
        /// The use of the programme was granted.
        UseDecision = "use-decision", "決定通知（利用申請）", "decision (use of the programme)";
        /// It was refused.
        UseRefusal = "use-refusal", "不承認の通知（利用申請）", "refusal (use of the programme)";
        /// The loan was granted.
        LoanDecision = "loan-decision", "決定通知（貸与申請）", "decision (loan)";
        /// It was refused.
        LoanRefusal = "loan-refusal", "不承認の通知（貸与申請）", "refusal (loan)";
        /// The unit is to be returned.
        ReturnRequest = "return-request", "返還のお願い", "request to return";
        /// The training in writing plans.
        Training = "training", "計画作成の研修会のご案内", "invitation to the training";
    }
}

/// Whether a family is invited to the training: it borrows, or has applied and was
/// not refused (「貸与を受けられた方（申請中の方も含まれます）」, 2026-03-13).
pub const fn is_invited(state: LoanState) -> bool {
    use LoanState as S;
    matches!(
        state,
        S::UseApplied
            | S::UseReturned
            | S::UseApproved
            | S::LoanApplied
            | S::LoanReturned
            | S::LoanApproved
            | S::WaitingForStock
            | S::Lent
            | S::ReturnSet
    )
}

impl LoanPaper {
    /// The papers that fit a state, the usual one first. After a death there is
    /// none.
    pub fn fitting(state: LoanState) -> Vec<Self> {
        use LoanState as S;
        let mut papers = match state {
            S::UseApproved | S::LoanApplied | S::LoanReturned => vec![Self::UseDecision],
            S::UseRefused => vec![Self::UseRefusal],
            S::LoanApproved | S::WaitingForStock => vec![Self::LoanDecision, Self::UseDecision],
            S::LoanRefused => vec![Self::LoanRefusal, Self::UseDecision],
            S::Lent => vec![
                Self::HandOver,
                Self::Receipt,
                Self::Application,
                Self::PowerCut,
                Self::LoanDecision,
                Self::UseDecision,
            ],
            S::ReturnSet => vec![
                Self::ReturnRequest,
                Self::HandOver,
                Self::Receipt,
                Self::Application,
                Self::PowerCut,
                Self::LoanDecision,
                Self::UseDecision,
            ],
            _ => Vec::new(),
        };
        if is_invited(state) {
            papers.push(Self::Training);
        }
        papers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_return_fits_a_set_day_alone_and_nothing_goes_out_after_a_death() {
        for state in LoanState::ALL {
            let papers = LoanPaper::fitting(*state);
            assert_eq!(
                papers.contains(&LoanPaper::ReturnRequest),
                *state == LoanState::ReturnSet
            );
            assert_eq!(papers.contains(&LoanPaper::Receipt), state.has_unit());
        }
        assert_eq!(LoanPaper::fitting(LoanState::Stopped), []);
        assert_eq!(LoanPaper::fitting(LoanState::Consulted), []);
    }
}
