//! How a loan ends: the day of return, the return itself, and a loss.

use chrono::NaiveDate;

use super::{
    Answer, Sheet,
    ended::keep_file,
    leave, once,
    take::{Next, RETURN_TOO_EARLY, Taken, after, allowed, noted, opened, or_answer, write},
};
use crate::{
    app::App,
    domain::{
        audit::Action,
        id::CaseNumber,
        loan::{Doubt, KitItem, LoanStep, Loss, ReturnWhy, UnitEventKind, UnitState},
        text::Text,
    },
    service::ServiceError,
    store::{LoanFile, Tx, UnitEvent},
};

const WHY_MISSING: Text = Text::fixed(
    "「その他」を選んだときは、理由をメモに書いてください。",
    "With \"other\", write the reason into the note.",
);

pub(super) const KIT_BACK: Text = Text::fixed(
    "そろっていない物があります。それをどうするか（いつ届くか、買い直すか、だれが負担するか）をメモに書いてください。",
    "Something of the kit is missing. Say what becomes of the missing parts (when they follow, who buys others, who pays) in the note.",
);

/// Whether parts of the kit are missing and nobody has said what becomes of them.
pub(super) fn kit_unsaid(kit: &[KitItem], note: Option<&str>) -> bool {
    let missing = KitItem::ALL.iter().any(|item| !kit.contains(item));
    missing && note.is_none_or(|note| note.trim().is_empty())
}

const AFTER_END: Text = Text::fixed(
    "貸与の終わりより後の日です。長く使うときは「貸与を延長する」から、だれが認めたかを記録してください。合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
    "That day lies after the end of the loan: to lend it for longer, record an extension and who approved it. If the day is right, tick that it is and record it again.",
);

/// Sets the day of return, agreed with the family.
pub async fn set_return(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (taken, return_on, why): (&Taken, NaiveDate, ReturnWhy),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "set_return": number, "on": taken.on, "revision": taken.revision, "day": return_on,
        "why": why.code(), "note": taken.note,
    });
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        if return_on < app.clock.today() {
            return Ok(Answer::Wrong("return_on", RETURN_TOO_EARLY));
        }
        let doubt = super::clocks(app, &file)
            .filter(|clocks| return_on > clocks.end.next_open)
            .map(|_| Doubt::Ask("return_on", AFTER_END));
        if let Some(answer) = sheet.answer(doubt) {
            return Ok(answer);
        }
        let unsaid = taken
            .note
            .as_deref()
            .is_none_or(|note| note.trim().is_empty());
        if why == ReturnWhy::Other && unsaid {
            return Ok(Answer::Wrong("note", WHY_MISSING));
        }
        let step = (LoanStep::SetReturn, false);
        let next = or_answer!(allowed(tx, app, (&file, taken), step).await?);
        let Some(loan) = &file.loan else {
            return Ok(Answer::Changed);
        };
        write(tx, app, &sheet, (&file, &next)).await?;
        tx.set_return(loan.id, Some((return_on, why.code())))
            .await?;
        noted(tx, app, &sheet, (&file, Action::TookLoanStep)).await?
    })
}

/// Takes a unit back into stock, or to be looked at.
pub async fn take_back(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (taken, kit, in_order): (&Taken, &[KitItem], bool),
) -> Result<Answer, ServiceError> {
    let codes: Vec<&str> = kit.iter().map(|item| item.code()).collect();
    let request = serde_json::json!({
        "take_back": number, "on": taken.on, "revision": taken.revision, "kit": codes,
        "in_order": in_order, "note": taken.note,
    });
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        let early = file
            .loan
            .as_ref()
            .is_some_and(|loan| loan.return_why.as_deref() != Some(ReturnWhy::FullTime.code()));
        let step = (LoanStep::TakeBack, early);
        let next = or_answer!(allowed(tx, app, (&file, taken), step).await?);
        if kit_unsaid(kit, taken.note.as_deref()) {
            return Ok(Answer::Wrong("note", KIT_BACK));
        }
        let unit_state = if in_order {
            UnitState::Ready
        } else {
            UnitState::InRepair
        };
        let unit = (UnitEventKind::CameBack, unit_state, Some(kit.to_vec()));
        ended(tx, app, &sheet, (&file, &next), unit).await?
    })
}

/// Puts the loss of a unit on record: whose fault it was, and what it costs.
pub async fn report_loss(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (taken, loss): (&Taken, Loss),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "loss": number, "on": taken.on, "revision": taken.revision, "note": taken.note,
        "fault": loss.fault.code(), "cost_yen": loss.cost_yen,
    });
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        let step = (LoanStep::ReportLoss, false);
        let next = or_answer!(allowed(tx, app, (&file, taken), step).await?);
        if let Some(loan) = &file.loan {
            let hand = (Some(sheet.who.user), app.clock.now());
            tx.note_loss((app.ids.next(), loan.id), loss, hand).await?;
        }
        let unit = (UnitEventKind::Lost, UnitState::Lost, None);
        ended(tx, app, &sheet, (&file, &next), unit).await?
    })
}

/// Takes a step that ends the loan of a file, and moves its unit.
async fn ended(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, next): (&LoanFile, &Next),
    (kind, to, kit): (UnitEventKind, UnitState, Option<Vec<KitItem>>),
) -> Result<Answer, ServiceError> {
    let Some(loan) = &file.loan else {
        return Ok(Answer::Changed);
    };
    write(tx, app, sheet, (file, next)).await?;
    let on = next.step.on;
    tx.close_loan(loan.id, on, next.to.code()).await?;
    if let Some(unit) = loan.unit {
        tx.move_unit(unit, UnitState::Lent, to).await?;
        let event = UnitEvent {
            kind,
            loan: Some(loan.id),
            on,
            // What becomes of missing parts is read where the unit is.
            note: kit.is_some().then(|| next.step.note.clone()).flatten(),
            kit,
            by: None,
        };
        let hand = (Some(sheet.who.user), app.clock.now());
        tx.add_unit_event(app.ids.next(), unit, &event, hand)
            .await?;
    }
    leave::grants(tx, file.case, after(app.clock.today())).await?;
    keep_file(app, tx, file.case, on).await?;
    noted(tx, app, sheet, (file, Action::TookLoanStep)).await
}
