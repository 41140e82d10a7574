//! The letters of the centre: their kinds, what each may fill in, and the
//! text that the centre edits.

mod placeholder;
mod template;

use serde::{Deserialize, Serialize};

pub use self::{
    placeholder::Placeholder,
    template::{Field, Filled, LetterTemplate, Mistake, Values, Wrong},
};
use super::text::Text;

/// What letter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// An application was granted, in either of the two stages.
    Decision,
    /// An application was refused.
    Refusal,
    /// The conditions on the receipt (借受書・貸与条件).
    Receipt,
    /// A generator is to be returned.
    ReturnRequest,
    /// The training in writing plans (個別避難計画作成支援研修), for borrowers and
    /// applicants.
    Training,
}

/// Subject and body, with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterText {
    /// The subject, one line.
    pub subject: String,
    /// The body; each line is a paragraph, an empty one a gap.
    pub body: String,
}

impl LetterKind {
    /// Every kind, in the order in which a loan meets them.
    pub const ALL: [Self; 5] = [
        Self::Decision,
        Self::Refusal,
        Self::Receipt,
        Self::Training,
        Self::ReturnRequest,
    ];

    /// The word in the database and in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Refusal => "refusal",
            Self::Receipt => "receipt",
            Self::ReturnRequest => "return_request",
            Self::Training => "training",
        }
    }

    /// The kind of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    pub const fn name(self) -> Text {
        match self {
            Self::Decision => Text::fixed("決定通知", "decision"),
            Self::Refusal => Text::fixed("不承認の通知", "refusal"),
            Self::Receipt => Text::fixed("借受書の貸与条件", "conditions on the receipt"),
            Self::ReturnRequest => Text::fixed("返還のお願い", "request to return"),
            Self::Training => Text::fixed("計画作成の研修会のご案内", "invitation to the training"),
        }
    }

    /// When it is used, and to whom it goes.
    pub const fn purpose(self) -> Text {
        match self {
            Self::Decision => Text::fixed(
                "利用申請・貸与申請を認めたときに、申請者へ送ります。",
                "To the applicant, when an application of either stage is granted.",
            ),
            Self::Refusal => Text::fixed(
                "申請を認めないときに、理由を添えて申請者へ送ります。",
                "To the applicant, when an application is refused, with the reason.",
            ),
            Self::Receipt => Text::fixed(
                "引き渡しのときに署名していただく借受書に、貸与条件として印刷します。",
                "Printed on the receipt that is signed at the hand-over.",
            ),
            Self::ReturnRequest => Text::fixed(
                "貸与が終わるときに、返還の日と場所を知らせます。",
                "When a loan ends: the day and the place of the return.",
            ),
            Self::Training => Text::fixed(
                "貸与を受けている方と申請中の方へ、研修会を案内します。",
                "To borrowers and applicants: the training in writing plans.",
            ),
        }
    }

    /// What its text may fill in.
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder as P;
        match self {
            Self::Decision => &[
                P::Recipient,
                P::Child,
                P::CaseNumber,
                P::Programme,
                P::Stage,
                P::AppliedOn,
                P::Unit,
                P::NextStep,
                P::CentreName,
                P::CentreTelephone,
            ],
            Self::Refusal => &[
                P::Recipient,
                P::Child,
                P::CaseNumber,
                P::Programme,
                P::Stage,
                P::AppliedOn,
                P::Reason,
                P::CentreName,
                P::CentreTelephone,
            ],
            Self::Receipt => &[
                P::Programme,
                P::LentOn,
                P::LentUntil,
                P::ApplyBy,
                P::Unit,
                P::Window,
                P::WindowTelephone,
                P::CentreName,
                P::CentreTelephone,
            ],
            Self::ReturnRequest => &[
                P::Recipient,
                P::Child,
                P::CaseNumber,
                P::Programme,
                P::LentOn,
                P::Unit,
                P::Serial,
                P::Reason,
                P::ReturnBy,
                P::ReturnPlace,
                P::CentreName,
                P::CentreTelephone,
            ],
            Self::Training => &[
                P::Recipient,
                P::Programme,
                P::EventTime,
                P::EventPlace,
                P::AnswerBy,
                P::ApplyBy,
                P::CentreName,
                P::CentreTelephone,
            ],
        }
    }

    /// Whether it marks a letter as 取扱注意: it speaks of one child.
    pub const fn is_confidential(self) -> bool {
        !matches!(self, Self::Training)
    }

    /// Whether it must say 必ず屋外で whatever else it says: it goes out with a
    /// generator, or just before one.
    pub(super) const fn speaks_of_use(self) -> bool {
        matches!(self, Self::Decision | Self::Receipt)
    }

    /// The text that the program comes with.
    pub fn default_text(self) -> LetterText {
        let (subject, body) = match self {
            Self::Decision => (
                "{{申請の種類}}の承認について（通知）",
                include_str!("defaults/decision.txt"),
            ),
            Self::Refusal => (
                "{{申請の種類}}について（通知）",
                include_str!("defaults/refusal.txt"),
            ),
            Self::Receipt => ("貸与条件", include_str!("defaults/receipt.txt")),
            Self::ReturnRequest => (
                "非常用電源装置の返還について（お願い）",
                include_str!("defaults/return_request.txt"),
            ),
            Self::Training => (
                "個別避難計画作成支援のための研修会について（ご案内）",
                include_str!("defaults/training.txt"),
            ),
        };
        LetterText {
            subject: subject.to_owned(),
            body: body.trim_end().to_owned(),
        }
    }
}
