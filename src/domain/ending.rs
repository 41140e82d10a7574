//! Why a case or a loan ended. Whoever has died is in no list from that moment
//! on.

use chrono::NaiveDate;

coded! {
    /// Why a case ended.
    EndReason {
        /// The family has moved out of the prefecture.
        MovedAway = "moved_away", "県外への転居", "moved out of the prefecture";
        /// The child needs no ventilator at home any more, or the family does
        /// not want the support any more.
        NoLongerNeeded = "no_longer_needed", "支援が不要になった", "no longer needed";
        /// The child has died.
        Died = "died", "死亡", "died";
        /// Anything else.
        Other = "other", "その他", "other";
    }
}

coded! {
    /// Why a loan ended.
    LoanEndReason {
        /// What was lent has come back.
        Returned = "returned", "返却", "returned";
        /// It is lost or broken and will not come back.
        Lost = "lost", "紛失・故障で返却なし", "lost or broken, will not come back";
        /// Anything else.
        Other = "other", "その他", "other";
    }
}

/// That a case has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The first day on which it was over.
    pub on: NaiveDate,
    /// Why.
    pub why: EndReason,
}
