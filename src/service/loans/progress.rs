//! What municipalities answer, and where plans are stuck.

use chrono::NaiveDate;

use super::{Answer, Sheet, dues, once};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::Action,
        id::CaseNumber,
        loan::{check::CheckWay, days},
        text::Text,
    },
    service::{ServiceError, audit, view::SignedIn},
    store::{StoredAnswer, StuckChild},
};

const WORDS_MISSING: Text = Text::fixed(
    "「その他」のときは、市町村が何と言ったかを書いてください。",
    "With \"something else\", write down what the municipality said.",
);
const DAY_PAST: Text = Text::fixed(
    "約束する日は今日以後の日にしてください。済んだ確認は「確認を記録する」から入れてください。",
    "Agree on a day from today on; a check that was held goes into \"record the check\".",
);
const DAY_AFTER_END: Text = Text::fixed(
    "貸与の終わりより後の日です。先に返却か延長を決めてください。",
    "That day lies after the end of the loan: settle the return or an extension first.",
);

/// Where the plan of a child is stuck, and what was answered.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Where it waits; `None`: there is a plan.
    pub stuck: Option<StuckChild>,
    /// What the municipality answered, the latest first.
    pub answers: Vec<StoredAnswer>,
}

/// Where the plan of a child is stuck, if the reader may see the child.
pub async fn progress(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<Progress>, ServiceError> {
    let at = app.moment();
    let (case, progress) = {
        let mut tx = app.store.read().await?;
        let Some(case) = tx.seen_case(&who.reader, at, number).await? else {
            return Ok(None);
        };
        let stuck = tx.stuck_child(&who.reader, at, number).await?;
        let answers = tx.answers(case).await?;
        (case, Progress { stuck, answers })
    };
    audit::saw(app, who, Action::ReadLoan, [case]).await?;
    Ok(Some(progress))
}

/// The hours on the counter of the unit that is lent, when it was last looked at,
/// if those of a new check are fewer: that is asked about, not refused.
pub fn former_hours(page: &super::LoanPage, hours: Option<f64>) -> Option<f64> {
    let unit = page.unit.as_ref().map(|unit| unit.id)?;
    let mut of_unit = page
        .checks
        .iter()
        .filter(|stored| stored.unit == Some(unit));
    let last = of_unit.find_map(|stored| stored.check.hours_run)?;
    hours.is_some_and(|hours| hours < last).then_some(last)
}

/// Writes down what a municipality answered about a child.
pub async fn note_answer(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    said: &StoredAnswer,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "municipal_answer": number, "on": said.said_on, "way": said.way.code(),
        "answer": said.answer.code(), "words": said.words,
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(case) = tx.seen_case(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if said.said_on > at.today {
            return Ok(Answer::Wrong("said_on", super::take::TO_COME));
        }
        let child = tx.case(&Reader::Operator, at, number).await?;
        let born = child.and_then(|case| case.child.born);
        if born.is_some_and(|born| said.said_on < born) {
            return Ok(Answer::Wrong("said_on", super::take::BEFORE_BIRTH));
        }
        let blank = said
            .words
            .as_deref()
            .is_none_or(|words| words.trim().is_empty());
        if said.answer == crate::domain::loan::MunicipalAnswer::Other && blank {
            return Ok(Answer::Wrong("said_words", WORDS_MISSING));
        }
        let hand = (Some(sheet.who.user), at.now);
        tx.add_answer((app.ids.next(), case), said, hand).await?;
        let event = audit::event(app, sheet.who, Action::NotedMunicipalAnswer);
        tx.record(&event.on([case])).await?;
        Answer::Done(number.to_string())
    })
}

/// Keeps the day that was agreed with the family for the next check, moves it, or
/// forgets it.
pub async fn agree_check(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    day: Option<(NaiveDate, CheckWay)>,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "check_day": number, "on": day.map(|(on, _)| on), "way": day.map(|(_, way)| way.code()),
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some((clocks, loan)) = dues::clocks(app, &file).zip(file.loan.as_ref()) else {
            return Ok(Answer::Changed);
        };
        if day.is_some_and(|(on, _)| on < at.today) {
            return Ok(Answer::Wrong("check_on", DAY_PAST));
        }
        if day.is_some_and(|(on, _)| on > clocks.end.legal_end) {
            return Ok(Answer::Wrong("check_on", DAY_AFTER_END));
        }
        let doubt = day.and_then(|(on, _)| days::of_appointment(on, clocks.check_window.1));
        if let Some(answer) = sheet.answer(doubt) {
            return Ok(answer);
        }
        let hand = (Some(sheet.who.user), at.now);
        tx.set_check_day(loan.id, day, hand).await?;
        dues::keep(tx, app, number).await?;
        let event = audit::event(app, sheet.who, Action::AgreedCheck);
        tx.record(&event.on([file.case])).await?;
        Answer::Done(number.to_string())
    })
}
