//! Taking back a step that was recorded by mistake: what a step replaced, what is
//! undone with it, and what people have to do by hand.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::state::LoanStep;
use crate::domain::{id::UnitId, text::Text};

/// For so many days after its end a file may still be mended by its number, though
/// the centre does not read it any more.
pub const MENDED_FOR_DAYS: u64 = 30;

/// What a step replaced, so that it can be put back. No word that somebody wrote is
/// in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replaced {
    /// The unit that an exchange took back; absent: the loan had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The frequency that was set on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_hz: Option<u32>,
    /// The family had started it themselves.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub started_by_family: bool,
    /// The danger of carbon monoxide had been explained with it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub co_explained: bool,
    /// What of its kit was still to be handed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kit_missing: Vec<String>,
    /// The day of return that was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_on: Option<NaiveDate>,
    /// Why that was set: the word of a `ReturnWhy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_why: Option<String>,
}

impl LoanStep {
    /// What is undone when it is taken back, besides where the file stands; `None`:
    /// nothing.
    pub const fn undoes(self) -> Option<Text> {
        Some(match self {
            Self::HandOver => Text::fixed(
                "貸与は始まらなかったことになり、期限・点検・報告の数から外れます。発電機は在庫に戻ります。引渡しのときに記録した計画の申請日も取り消します。",
                "The loan counts as never begun: its dates, its checks and the report forget it. The unit goes back into stock. An application for the plan that was recorded with the hand-over is struck out too.",
            ),
            Self::Exchange => Text::fixed(
                "前の発電機がご家族のところにあることになり、新しい発電機は在庫に戻ります。",
                "The former unit is with the family again, and the new one goes back into stock.",
            ),
            Self::TakeBack => Text::fixed(
                "貸与は続いていることになり、発電機はご家族のところにあることになります。期限も元に戻ります。",
                "The loan goes on, the unit is with the family, and its dates are due again.",
            ),
            Self::ReportLoss => Text::fixed(
                "貸与は続いていることになり、発電機はご家族のところにあることになります。責任と費用の記録も取り消します。",
                "The loan goes on and the unit is with the family. What was decided on fault and cost is struck out.",
            ),
            Self::Stop => Text::fixed(
                "手続きと貸与（緊急の貸し出しを含む）は続いていることになり、引取り待ちの発電機はご家族のところにあることになります。期限も元に戻ります。市町村からの連絡のうち、このとき確認済みになったものは未確認に戻ります。このとき閉じられた職員の「やること」（「助けが要る」など）は、また開きます。送られずに消えた連絡があれば、電話するご家族の一覧に出ます。",
                "The file and its loans (also for an emergency) go on, units to be fetched are with the family, and dates are due again. Words of a municipality that were closed with it are open again. Tasks of staff (as \"we need help\") that it closed are open again; where a message was not sent because of it, the family is on the list of calls.",
            ),
            Self::SetReturn => Text::fixed(
                "決めた返却日がなくなり、期限は貸与の満了に戻ります。",
                "The day of return is gone; the full time of the loan counts again.",
            ),
            Self::CancelReturn => Text::fixed(
                "取りやめる前の返却日と理由に戻ります。",
                "The day of return and its reason are as they were.",
            ),
            Self::Extend => Text::fixed(
                "最後の日が延長する前に戻ります。",
                "The last day is what it was before.",
            ),
            Self::ApproveUse | Self::RefuseUse | Self::ApproveLoan | Self::RefuseLoan => {
                Text::fixed(
                    "決定（県の決定通知の番号を含む）は、なかったことになります。",
                    "The decision, with the number of the prefecture's document, counts no more.",
                )
            }
            _ => return None,
        })
    }

    /// What the program cannot undo, and people have to do by hand; `None`: nothing.
    pub const fn by_hand(self) -> Option<Text> {
        Some(match self {
            Self::HandOver => Text::fixed(
                "渡した書類（借受書・計画の申請書）を回収してください。市町村との情報共有の同意を記録していたときは、市町村にお子さんの登録が見えるようになっています。同意が誤りなら、その市町村に電話してください。",
                "Take back the papers (receipt, application for the plan). Where consent to exchange data was recorded, the municipality sees the child now: telephone it if the consent was a mistake.",
            ),
            Self::Exchange => Text::fixed(
                "どちらの発電機がご家族のところにあるか、製造番号をご家族に確かめてください。",
                "Ask the family for the serial number: which unit is really there?",
            ),
            Self::TakeBack => Text::fixed(
                "発電機をもう受け取っているときは、取り消す前にご家族へ渡し直してください。",
                "If the unit is with you already, bring it back to the family first.",
            ),
            Self::ReportLoss => Text::fixed(
                "費用をご家族に伝えていたときは、取り消したことを伝えてください。",
                "If the family was told of a cost, tell them that it is taken back.",
            ),
            Self::Stop => Text::fixed(
                "引取りの手配を止めてください。引き取ってしまったときは、ご家族へ渡し直してください。市町村がお子さんの登録を終えていたら、市町村に電話して元に戻してもらってください（暦の配信は、そのとき市町村が作り直します）。ご家族のページのリンクは戻りません。新しいリンクは次のお知らせのメールで届きます。送られずに消えたメールは、もう一度は送られません。",
                "Stop the fetching of units; bring back one that was fetched. If the municipality has ended the case, telephone it to reopen it; it makes the calendar anew where it ended. The links to the family's page do not come back: a new one goes out with the next reminder. A mail that was not sent because of it is not sent again.",
            ),
            Self::ApproveUse
            | Self::RefuseUse
            | Self::ApproveLoan
            | Self::RefuseLoan
            | Self::Extend => Text::fixed(
                "通知をもう出していたら、取り消したことをご家族に伝え、通知を回収してください。",
                "If a letter has gone out, tell the family that it is taken back, and collect it.",
            ),
            Self::SetReturn | Self::CancelReturn => Text::fixed(
                "返却日をご家族に伝えていたら、変わったことを伝えてください。",
                "If the family knows the day of return, tell them that it has changed.",
            ),
            _ => return None,
        })
    }
}
