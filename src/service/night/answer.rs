//! What is answered at a call: written down once, never changed, struck out where it was
//! a mistake.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        audit::Action,
        family::AnswerKind,
        id::{CaseId, CaseNumber},
        night::{MOST_HOURS, Need, NightAnswer, NightKind, PowerNow, WORDS_LIMIT, Whereabouts},
        residence::Called,
        text::{Text, is_hidden_mark},
    },
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
    },
    store::Tx,
};

const BAD_HOURS: Text = Text::fixed(
    "残りの時間は、0から1000までの数字で入れてください。分からなければ、空けておいてください。",
    "Enter the hours left as a number from 0 to 1000; leave it empty where nobody knows.",
);
const BAD_WORDS: Text = Text::fixed(
    "メモは200文字までです。短くしてください。",
    "The note may have 200 characters: make it shorter.",
);
const BAD_NEXT: Text = Text::fixed(
    "次の電話は、24時間以内で選んでください。",
    "Choose a time for the next call within 24 hours.",
);

/// The next call is not put off for longer, in minutes.
const LATEST_NEXT: u32 = 24 * 60;

/// What closes the task of a family's word, as its note.
const CALLED: &str = "今夜の画面に電話の答えを記録";

/// What somebody has answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What came of the call.
    pub kind: NightKind,
    /// Who was reached.
    pub whom: Option<Called>,
    /// Where the child is.
    pub place: Option<Whereabouts>,
    /// Whether there is power there.
    pub power: Option<PowerNow>,
    /// Hours left, as they were told.
    pub hours_left: Option<f64>,
    /// What they need.
    pub needs: Vec<Need>,
    /// What was said besides.
    pub words: Option<String>,
    /// In how many minutes to call again.
    pub next_minutes: Option<u32>,
}

impl Said {
    /// That somebody is calling, of which nothing is known yet.
    pub const fn calling() -> Self {
        Self {
            kind: NightKind::Calling,
            whom: None,
            place: None,
            power: None,
            hours_left: None,
            needs: Vec::new(),
            words: None,
            next_minutes: None,
        }
    }

    /// What cannot be.
    fn wrong(&self) -> Option<Answer> {
        if self
            .hours_left
            .is_some_and(|hours| !(0.0..=MOST_HOURS).contains(&hours))
        {
            return Some(Answer::Wrong("hours", BAD_HOURS));
        }
        let bad = |words: &String| {
            words.chars().count() > WORDS_LIMIT
                || words.chars().any(|c| c.is_control() || is_hidden_mark(c))
        };
        if self.words.as_ref().is_some_and(bad) {
            return Some(Answer::Wrong("words", BAD_WORDS));
        }
        let late = self
            .next_minutes
            .is_some_and(|minutes| minutes > LATEST_NEXT);
        late.then_some(Answer::Wrong("next", BAD_NEXT))
    }
}

/// Writes down what was answered about a child whose content the reader may see.
pub async fn answer(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    said: &Said,
) -> Result<Answer, ServiceError> {
    if let Some(wrong) = said.wrong() {
        return Ok(wrong);
    }
    let request = serde_json::json!({
        "night_answer": said.kind.code(), "case": number.as_str(),
        "whom": said.whom.map(Called::code), "place": said.place.map(Whereabouts::code),
        "power": said.power.map(PowerNow::code), "hours": said.hours_left,
        "needs": said.needs.iter().map(|need| need.code()).collect::<Vec<_>>(),
        "words": said.words, "next": said.next_minutes,
    });
    let at = app.moment();
    let id = app.ids.next();
    once!(app, sheet, request, |tx| {
        let Some(case) = tx.night_case(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let next = said.next_minutes.filter(|minutes| *minutes > 0);
        let written = NightAnswer {
            id,
            kind: said.kind,
            whom: said.whom,
            place: said.place,
            power: said.power,
            // In tenths, as they are shown.
            hours_left: said.hours_left.map(|hours| (hours * 10.0).floor() / 10.0),
            needs: said.needs.clone(),
            words: said.words.clone(),
            next_call_at: next.map(|minutes| at.now + TimeDelta::minutes(minutes.into())),
            at: at.now,
            by: (sheet.who.user, sheet.who.name.clone()),
            struck_at: None,
        };
        tx.add_night_answer(case, &written).await?;
        looked(tx, case, &written).await?;
        tx.turn_night().await?;
        let event = audit::event(app, sheet.who, Action::AnsweredNight);
        tx.record(&event.on([case])).await?;
        Answer::Done(id.to_string())
    })
}

/// Whoever has spoken with a family has looked at what it told on its page.
async fn looked(tx: &mut Tx, case: CaseId, written: &NightAnswer) -> Result<(), ServiceError> {
    let spoken = matches!(
        written.kind,
        NightKind::AtHome | NightKind::Left | NightKind::Arrived
    );
    if !spoken {
        return Ok(());
    }
    for told in tx.family_answers(case, 20).await? {
        let waits = told.kind.of_emergency()
            && told.kind != AnswerKind::AllWell
            && told.taken_back_at.is_none()
            && told.seen_at.is_none();
        if let (true, Some(task)) = (waits, told.task) {
            tx.close_task((task, case), CALLED, (written.by.0, written.at))
                .await?;
        }
    }
    Ok(())
}

/// Strikes out an answer that was a mistake; it stays to be read.
pub async fn strike(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    id: Uuid,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"night_strike": id});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(case) = tx.night_case(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let by = (sheet.who.user, at.now);
        if !tx.strike_night_answer((id, case), by).await? {
            return Ok(Answer::Changed);
        }
        tx.turn_night().await?;
        let event = audit::event(app, sheet.who, Action::StruckNightAnswer);
        tx.record(&event.on([case])).await?;
        Answer::Done(id.to_string())
    })
}
