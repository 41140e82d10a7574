//! What the family has written down for the yearly check, as the centre closes it
//! without a check; and where the unit stands, as the last of both said.

use uuid::Uuid;

use super::{Answer, Sheet, once, undo::given};
use crate::{
    app::App,
    domain::{audit::Action, id::CaseNumber, loan::AnnualCheck, text::Text},
    service::{ServiceError, audit},
    store::{LoanFile, Tx},
};

const WHY_MISSING: Text = Text::fixed(
    "どうしたかを、ひとこと書いてください（「代わりに電話で確認した」など）。後から見る人に必要です。",
    "Write in a word what was done instead (\"telephoned\"): whoever reads it later needs it.",
);

/// Closes what the family has written down without a check, with a word: it was
/// telephoned instead.
pub async fn set_aside(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (report, why): (Uuid, &str),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"report_aside": number, "report": report, "why": why});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(loan) = &file.loan else {
            return Ok(Answer::NotThere);
        };
        let open = tx.open_family_check((file.case, loan.id)).await?;
        let Some(open) = open.filter(|open| open.id == report) else {
            return Ok(Answer::Changed);
        };
        let Some(why) = given(why) else {
            return Ok(Answer::Wrong("aside_why", WHY_MISSING));
        };
        let by = (sheet.who.user, at.now);
        if !tx.close_task((open.task, file.case), why, by).await? {
            return Ok(Answer::Changed);
        }
        let event = audit::event(app, sheet.who, Action::SetReportAside);
        tx.record(&event.on([file.case])).await?;
        Answer::Done(number.to_string())
    })
}

/// Where the generator stands, as the last check or the hand-over says.
pub async fn outdoor_place(
    tx: &mut Tx,
    file: Option<&LoanFile>,
) -> Result<Option<String>, ServiceError> {
    let loan = file.and_then(|file| file.loan.as_ref());
    let Some(loan) = loan.filter(|loan| loan.ended_on.is_none()) else {
        return Ok(None);
    };
    let checks = tx.checks(loan.id).await?;
    let place = |check: &AnnualCheck| check.outdoor_place.clone();
    if let Some(place) = checks.iter().find_map(|stored| place(&stored.check)) {
        return Ok(Some(place));
    }
    let done = tx.hand_over(loan.id).await?;
    Ok(done.and_then(|done| done.outdoor_place))
}
