//! Correcting a child that the centre keeps: while no municipality has it.

use chrono::NaiveDate;

use super::{
    Answer, Sheet, file_to_read, once,
    register::{contacts_of, is_like_another},
    take::{BEFORE_BIRTH, noted},
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::Action,
        id::CaseNumber,
        loan::{Applicant, days},
        municipality::MunicipalityCode,
        plan::document::ChildItems,
        text::Text,
    },
    service::{ServiceError, audit, view::SignedIn},
    store::{CaseContent, CaseForCheck, LoanFile, Tx},
};

const OF_MUNICIPALITY: Text = Text::fixed(
    "このお子さんの登録は市町村が持っています。氏名・生年月日の訂正は市町村に頼んでください。",
    "The municipality keeps this child: ask it to correct name and day of birth.",
);
const LIKE_ANOTHER: Text = Text::fixed(
    "そのように直すと、ほかに登録されているお子さんと氏名・生年月日が同じになります。同じお子さんなら、登録の重なりを管理者に相談してください。別のお子さんなら、氏名の後に区別を書いてください。",
    "Corrected so, another child on record would have the same name and day of birth. If it is the same child, ask the administrator about the double record; if not, write a distinction behind the name.",
);

/// What is on record of a child of the centre, as it is corrected.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The child's name.
    pub name: String,
    /// How it is read, in kana.
    pub kana: Option<String>,
    /// The day of birth.
    pub born: NaiveDate,
    /// Who applies.
    pub applicant: Applicant,
}

/// What the page of a correction shows.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The file.
    pub file: LoanFile,
    /// The child's reading.
    pub kana: Option<String>,
    /// The child's day of birth.
    pub born: Option<NaiveDate>,
    /// The municipality that keeps the child; `None`: the centre does.
    pub kept_by: Option<MunicipalityCode>,
}

/// What is on record, if the reader may see the loan.
pub async fn correction(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<Correction>, ServiceError> {
    let at = app.moment();
    let found = {
        let mut tx = app.store.read().await?;
        let file = file_to_read(&mut tx, app, who, number).await?;
        let case = tx.case(&Reader::Operator, at, number).await?;
        file.zip(case)
    };
    let Some(((file, _), case)) = found else {
        return Ok(None);
    };
    audit::saw(app, who, Action::ReadLoan, [file.case]).await?;
    let of_centre = case.home.municipality.is_none();
    Ok(Some(Correction {
        file,
        // Of a child that its municipality keeps, the centre learns nothing here.
        kana: case.child.kana.filter(|_| of_centre),
        born: case.child.born.filter(|_| of_centre),
        kept_by: case.home.municipality,
    }))
}

/// Corrects name, reading, birthday and applicant of a child of the centre.
pub async fn correct(
    app: &App,
    sheet: Sheet<'_>,
    (number, revision): (&CaseNumber, i64),
    corrected: &Corrected,
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let request = serde_json::json!({
        "correct_child": number, "revision": revision, "name": corrected.name,
        "kana": corrected.kana, "born": corrected.born, "applicant": corrected.applicant,
    });
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let case = tx.case(&Reader::Operator, at, number).await?;
        let Some(case) = case else {
            return Ok(Answer::NotThere);
        };
        if let Some(wrong) = wrong(tx, app, &sheet, (&file, &case), corrected).await? {
            return Ok(wrong);
        }
        let change = (&corrected.applicant, &file.facts);
        if file.closed_on.is_some() || !tx.write_loan_facts((file.id, revision), change).await? {
            return Ok(Answer::Changed);
        }
        let content = CaseContent {
            number: case.number,
            has_plan: case.has_plan,
            stuck: case.stuck,
            child: ChildItems {
                name: Some(corrected.name.clone()),
                kana: corrected.kana.clone(),
                born: Some(corrected.born),
                address: corrected.applicant.address.clone(),
                contacts: contacts_of(&corrected.applicant),
                ..case.child
            },
            battery_hours: case.battery_hours,
        };
        tx.write_case(case.id, &content, at.now).await?;
        noted(tx, app, &sheet, (&file, Action::CorrectedLoanChild)).await?
    })
}

/// Why a correction cannot be.
async fn wrong(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, case): (&LoanFile, &CaseForCheck),
    corrected: &Corrected,
) -> Result<Option<Answer>, ServiceError> {
    let at = app.moment();
    if case.home.municipality.is_some() {
        return Ok(Some(Answer::Wrong("correct", OF_MUNICIPALITY)));
    }
    if let Some(answer) = sheet.answer(days::of_birth(corrected.born, at.today)) {
        return Ok(Some(answer));
    }
    // No step and no application lies before the birth.
    let first = tx.loan_history(file.id).await?;
    let first = first.iter().filter(|past| past.undone.is_none());
    let first = first.map(|past| past.step.on).chain(file.applied_on).min();
    if first.is_some_and(|first| first < corrected.born) {
        return Ok(Some(Answer::Wrong("born", BEFORE_BIRTH)));
    }
    let like = (corrected.name.as_str(), corrected.born);
    if is_like_another(tx, at, like, Some(case.id)).await? {
        return Ok(Some(Answer::Wrong("name", LIKE_ANOTHER)));
    }
    Ok(None)
}
