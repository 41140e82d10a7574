//! Rows of a ledger of which nobody could tell whose they are: the centre says it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, Sheet, once};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Action,
        id::{CaseId, CaseNumber},
        loan::ledger::Part,
        municipality::MunicipalityCode,
    },
    import::loans::LedgerRow,
    service::{ServiceError, audit, import::loans::who::Compared, view::SignedIn},
    store::{KnownChild, LedgerQuestion, RowIs, Tx},
};

/// A row that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct RowAsked {
    /// The id of the question.
    pub id: Uuid,
    /// Its number in the ledger.
    pub row: u64,
    /// What the ledger says of the child.
    pub child: LedgerRow,
    /// When it was imported.
    pub asked_at: DateTime<Utc>,
    /// Whom it may be about.
    pub candidates: Vec<Candidate>,
}

/// A child on record that a row may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The case.
    pub case: CaseId,
    /// Number, name and birthday, where the reader may see the child already; of
    /// another one only how it compares is said.
    pub seen: Option<(CaseNumber, Option<String>, Option<NaiveDate>)>,
    /// Which municipality to ask; `None`: not known, or its address is protected.
    pub municipality: Option<MunicipalityCode>,
    /// How the names compare.
    pub name: Part,
    /// How their readings compare.
    pub kana: Part,
    /// How the birthdays compare.
    pub born: Part,
    /// The row's number is the child's.
    pub number: bool,
}

/// What was kept of a row.
#[derive(Debug, Deserialize)]
struct Kept {
    row: u64,
    number: Option<String>,
    name: Option<String>,
    kana: Option<String>,
    born: Option<NaiveDate>,
    municipality: Option<MunicipalityCode>,
    lent_on: Option<NaiveDate>,
    serial: Option<String>,
}

/// The rows that wait for a person, the oldest first.
pub async fn rows_asked(app: &App, who: &SignedIn) -> Result<Vec<RowAsked>, ServiceError> {
    let at = app.moment();
    let asked = {
        let mut tx = app.store.read().await?;
        let questions = tx.ledger_questions().await?;
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let known = tx.known_children(&Reader::Operator, at).await?;
        let mut asked = Vec::new();
        for question in questions {
            asked.push(one(&mut tx, (who, at), question, &known).await?);
        }
        asked
    };
    let cases = asked.iter().flat_map(|row| &row.candidates).map(|c| c.case);
    audit::saw(app, who, Action::ListedLedgerRows, cases).await?;
    Ok(asked)
}

async fn one(
    tx: &mut Tx,
    (who, at): (&SignedIn, Moment),
    question: LedgerQuestion,
    known: &[KnownChild],
) -> Result<RowAsked, ServiceError> {
    let kept: Kept = serde_json::from_value(question.said)
        .map_err(|_| ServiceError::Corrupt("ledger_child.said"))?;
    let child = LedgerRow {
        row: kept.row,
        number: kept.number,
        name: kept.name,
        kana: kept.kana,
        born: kept.born,
        municipality: kept.municipality,
        lent_on: kept.lent_on,
        serial: kept.serial,
        ..LedgerRow::default()
    };
    let mut candidates = Vec::new();
    for case in &question.candidates {
        let Some(on_record) = known.iter().find(|one| one.case == *case) else {
            continue;
        };
        let seen = tx.find_case(&who.reader, at, &on_record.number).await?;
        let protected = tx
            .protection(&Reader::Operator, at, &on_record.number)
            .await?;
        let compared = Compared::of(&child, on_record);
        candidates.push(Candidate {
            case: *case,
            seen: seen.map(|_| {
                let number = on_record.number.clone();
                (number, on_record.name.clone(), on_record.born)
            }),
            municipality: on_record.municipality.filter(|_| protected.is_none()),
            name: compared.name,
            kana: compared.kana,
            born: compared.born,
            number: compared.number,
        });
    }
    Ok(RowAsked {
        id: question.id,
        row: kept.row,
        child,
        asked_at: question.asked_at,
        candidates,
    })
}

/// Keeps what somebody says of whose a row is; the next import uses it.
pub async fn say_whose(
    app: &App,
    sheet: Sheet<'_>,
    (id, is): (Uuid, RowIs),
) -> Result<Answer, ServiceError> {
    let case = match is {
        RowIs::Of(case) => Some(case),
        RowIs::NewChild => None,
    };
    let request = serde_json::json!({ "ledger_row": id, "case": case });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let questions = tx.ledger_questions().await?;
        let Some(question) = questions.into_iter().find(|one| one.id == id) else {
            return Ok(Answer::Changed);
        };
        // Nobody is let to name a child that the row does not match.
        if case.is_some_and(|case| !question.candidates.contains(&case)) {
            return Ok(Answer::NotThere);
        }
        let hand = (Some(sheet.who.user), at.now);
        if !tx.answer_whose_row(id, is, hand).await? {
            return Ok(Answer::Changed);
        }
        let event = audit::event(app, sheet.who, Action::SaidWhoseRow);
        tx.record(&event.on(case)).await?;
        Answer::Done(id.to_string())
    })
}
