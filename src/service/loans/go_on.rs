//! Extensions, and what a municipality tells the centre.

use chrono::{Months, NaiveDate};

use super::{
    Answer, Sheet, once,
    take::{Taken, allowed, noted, opened, or_answer, write},
};
use crate::{
    app::App,
    domain::{
        audit::Action,
        id::CaseNumber,
        loan::{Clocks, Doubt, LoanStep},
        text::Text,
    },
    service::{ServiceError, audit, view::SignedIn},
    store::LoanWord,
    text,
};

const UNTIL_TOO_EARLY: Text = Text::fixed(
    "いまの最後の日より後の日にしてください。",
    "The new last day must lie after the present one.",
);
const APPROVER_MISSING: Text = Text::fixed(
    "だれが延長を認めたかを書いてください（例：県 障がい者支援課長）。",
    "Write down who approved the extension.",
);

fn far_extension(months: u16) -> Text {
    text!(
        "いまの最後の日から{months}か月を超える延長です（貸与は最長5年間とされ、延長の定めはありません）。認めた人と日付を確かめ、合っていれば「この日で合っている」にチェックして、もう一度記録してください。",
        "This is more than {months} months beyond the present last day (a loan is for five years at most; nothing is said of extensions). Check who approved it and until when; if it is right, tick that the day is right and record it again."
    )
}

/// Extends a loan: somebody has approved it, for a reason, until a new last day.
pub async fn extend(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (taken, until, approver): (&Taken, NaiveDate, &str),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "extend": number, "on": taken.on, "revision": taken.revision, "until": until,
        "approver": approver, "note": taken.note,
    });
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        let step = (LoanStep::Extend, false);
        let next = or_answer!(allowed(tx, app, (&file, taken), step).await?);
        let Some(loan) = &file.loan else {
            return Ok(Answer::Changed);
        };
        let last = loan.extended_until.unwrap_or_else(|| {
            let clocks = Clocks::of(loan.started_on, None, true, None, &app.office);
            clocks.end.legal_end
        });
        if until <= last || until < app.clock.today() {
            return Ok(Answer::Wrong("until", UNTIL_TOO_EARLY));
        }
        let months = app.config.loans.extension_months;
        let doubt = last
            .checked_add_months(Months::new(u32::from(months)))
            .filter(|far| until > *far)
            .map(|_| Doubt::Ask("until", far_extension(months)));
        if let Some(answer) = sheet.answer(doubt) {
            return Ok(answer);
        }
        if approver.trim().is_empty() {
            return Ok(Answer::Wrong("approver", APPROVER_MISSING));
        }
        write(tx, app, &sheet, (&file, &next)).await?;
        let reason = next.step.note.as_deref().unwrap_or_default();
        let hand = (Some(sheet.who.user), app.clock.now());
        tx.extend_loan(
            (app.ids.next(), loan.id),
            (until, approver.trim(), reason),
            hand,
        )
        .await?;
        noted(tx, app, &sheet, (&file, Action::ExtendedLoan)).await?
    })
}

/// Writes down that the centre has looked into what a municipality said.
pub async fn see_words(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "see_words": number });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.see_loan_words(file.case, hand).await?;
        let event = audit::event(app, sheet.who, Action::SawLoanWord);
        tx.record(&event.on([file.case])).await?;
        Answer::Done(number.to_string())
    })
}

/// What municipalities have told the centre and nobody has looked into yet.
pub async fn words(app: &App, who: &SignedIn) -> Result<Vec<LoanWord>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.loan_words(&who.reader, app.moment()).await?)
}
