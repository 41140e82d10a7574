//! The first word: a child that is put on record by the centre, and what is known
//! for the decision.

use chrono::NaiveDate;

use super::{Answer, Sheet, file_to_read, once};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Subject},
        audit::Action,
        child::{PlanStep, Stuck},
        id::{CaseId, CaseNumber, LoanFileId},
        loan::{Applicant, LoanFacts, days},
        plan::document::{ChildItems, Contact},
        text::{Text, key_form},
    },
    service::{ServiceError, audit, view::SignedIn},
    store::{CaseContent, Tx},
    text,
};

/// Who asks for a loan.
#[derive(Debug, Clone, PartialEq)]
pub struct Enquiry {
    /// The number under which the child is on record already; `None`: it is not.
    pub number: Option<CaseNumber>,
    /// The child's name.
    pub name: String,
    /// How it is read, in kana.
    pub kana: Option<String>,
    /// The day of birth.
    pub born: NaiveDate,
    /// The day of the enquiry.
    pub on: NaiveDate,
    /// Who applies.
    pub applicant: Applicant,
    /// What decides on eligibility.
    pub facts: LoanFacts,
}

const NO_SUCH_CHILD: Text = Text::fixed(
    "その整理番号の登録と、氏名・生年月日が一致しません。市町村に整理番号を確かめるか、空欄にして新しく登録してください。",
    "Number, name and day of birth do not belong together: ask the municipality for the number, or leave it empty and put the child on record anew.",
);
/// A number that nobody has.
pub(super) fn no_such_number(number: &CaseNumber) -> Text {
    text!(
        "整理番号 {number} の登録はありません。書類を見るか市町村にたずねて、番号を確かめてください。",
        "there is no child under the number {number}: look at the papers, or ask the municipality for the number"
    )
}

pub(super) const NOT_SEEN: Text = Text::fixed(
    "この整理番号のお子さんは、センターの一覧にいません。氏名と生年月日も入れてください。",
    "The centre does not see the child of this number yet: enter the name and the day of birth too.",
);
pub(super) const NOT_TOGETHER: Text = Text::fixed(
    "その整理番号の登録と、氏名・生年月日が一致しません。市町村に整理番号・氏名・生年月日を確かめてください。",
    "Number, name and day of birth do not belong together: ask the municipality for them.",
);
const FILE_IS_OPEN: Text = Text::fixed(
    "このお子さんの手続きはすでに始まっています。一覧から開いてください。",
    "There is an open file for this child: open it from the list.",
);
const LOOKS_THE_SAME: Text = Text::fixed(
    "同じ氏名・生年月日のお子さんがすでに登録されています。手続き中なら一覧から開いてください。そうでなければ、以前の書類か市町村で整理番号を確かめて、整理番号の欄に入れてください。別のお子さんなら、氏名の後に区別を書いてください。",
    "A child of this name and day of birth is on record. If a file is open, open it from the list; else look its number up in earlier papers, or ask the municipality, and enter it. If it is another child, write a distinction behind the name.",
);

/// Puts a child on record, or finds the one that is, and opens a file.
pub async fn register(
    app: &App,
    sheet: Sheet<'_>,
    enquiry: &Enquiry,
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let doubt = days::of_enquiry((enquiry.born, enquiry.on), &enquiry.facts, at.today);
    if let Some(answer) = sheet.answer(doubt) {
        return Ok(answer);
    }
    let request = serde_json::json!({
        "register": enquiry.number, "name": enquiry.name, "kana": enquiry.kana,
        "born": enquiry.born, "on": enquiry.on, "applicant": enquiry.applicant,
        "facts": enquiry.facts,
    });
    once!(app, sheet, request, |tx| {
        let (case, number, added) = if let Some(number) = &enquiry.number {
            let Some(number) = tx.number_on_record(number).await? else {
                let why = text!(
                    "整理番号 {number} の登録はありません。市町村に整理番号を確かめるか、空欄にして新しく登録してください。",
                    "there is no child under the number {number}: ask the municipality for it, or leave it empty and put the child on record anew"
                );
                return Ok(Answer::Wrong("number", why));
            };
            match known(tx, at, enquiry, &number).await? {
                Some(case) => (case, number, false),
                None => return Ok(Answer::Wrong("number", NO_SUCH_CHILD)),
            }
        } else {
            let like = (enquiry.name.as_str(), enquiry.born);
            if let Some(twin) = like_another(tx, at, like, None).await? {
                return looks_the_same(app, tx, sheet.who, &twin).await;
            }
            let number = free_number(tx, at.today).await?;
            let case = CaseId(app.ids.next());
            put_on_record(app, tx, (case, &number), enquiry).await?;
            (case, number, true)
        };
        let opened = tx
            .open_loan_file(
                LoanFileId(app.ids.next()),
                case,
                (&enquiry.applicant, &enquiry.facts),
                enquiry.on,
                (Some(sheet.who.user), at.now),
            )
            .await?;
        if !opened {
            return Ok(match place_of(app, tx, sheet.who, &number).await? {
                Some(path) => Answer::Elsewhere("number", FILE_IS_OPEN, path),
                None => Answer::Wrong("number", FILE_IS_OPEN),
            });
        }
        tx.grant(case, &centre(), Ground::Loan, at.today).await?;
        let action = if added {
            Action::RegisteredChild
        } else {
            Action::OpenedLoanFile
        };
        let event = audit::event(app, sheet.who, action);
        tx.record(&event.on([case])).await?;
        Answer::Done(number.to_string())
    })
}

/// Where somebody reads of a child, if they may.
async fn place_of(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<String>, ServiceError> {
    if file_to_read(tx, app, who, number).await?.is_some() {
        return Ok(Some(format!("/loans/{number}")));
    }
    let seen = tx.seen_case(&who.reader, app.moment(), number).await?;
    Ok(seen.map(|_| format!("/plans/{number}")))
}

/// That a child of this name and birthday is on record. Its number is told to whoever
/// sees the child: with name and birthday it opens the record.
async fn looks_the_same(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Answer, ServiceError> {
    let Some(path) = place_of(app, tx, who, number).await? else {
        return Ok(Answer::Wrong("name", LOOKS_THE_SAME));
    };
    let text = text!(
        "同じ氏名・生年月日のお子さんが、整理番号 {number} ですでに登録されています。手続き中なら、この文のあとのリンクから開いてください。新しい申請なら、{number} を整理番号の欄に入れて、もう一度記録してください。別のお子さんなら、氏名の後に区別を書いてください。",
        "A child of this name and day of birth is on record under the number {number}. If a file is open, follow the link behind this; for a new application enter {number} as the number and record it once more. If it is another child, write a distinction behind the name."
    );
    Ok(Answer::Elsewhere("name", text, path))
}

/// The centre, as who sees.
pub(super) fn centre() -> Subject {
    Subject {
        kind: "centre",
        id: "centre".to_owned(),
    }
}

/// The child of a number, if name and day of birth are its own: who knows them
/// all has been told them.
async fn known(
    tx: &mut Tx,
    at: crate::domain::access::Moment,
    enquiry: &Enquiry,
    number: &CaseNumber,
) -> Result<Option<CaseId>, ServiceError> {
    is_child(tx, at, number, (&enquiry.name, enquiry.born)).await
}

async fn is_child(
    tx: &mut Tx,
    at: crate::domain::access::Moment,
    number: &CaseNumber,
    (name, born): (&str, NaiveDate),
) -> Result<Option<CaseId>, ServiceError> {
    let Some(case) = tx.case(&Reader::Operator, at, number).await? else {
        return Ok(None);
    };
    let known = case.child.name.as_deref();
    let same_name = known.is_some_and(|known| key_form(known) == key_form(name));
    Ok((same_name && case.child.born == Some(born)).then_some(case.id))
}

/// The child of a number: one whom the reader sees, or whose name and day of birth
/// it knows as well.
pub(super) async fn child_of(
    tx: &mut Tx,
    at: crate::domain::access::Moment,
    who: &SignedIn,
    (number, named): (&CaseNumber, Option<&(String, NaiveDate)>),
) -> Result<Option<CaseId>, ServiceError> {
    if let Some(case) = tx.seen_case(&who.reader, at, number).await? {
        return Ok(Some(case));
    }
    let Some((name, born)) = named else {
        return Ok(None);
    };
    is_child(tx, at, number, (name, *born)).await
}

/// Whether a child of the same name and day of birth is on record, whoever keeps it:
/// who knows both has been told them. `but`: the child itself.
pub(super) async fn is_like_another(
    tx: &mut Tx,
    at: crate::domain::access::Moment,
    like: (&str, NaiveDate),
    but: Option<CaseId>,
) -> Result<bool, ServiceError> {
    Ok(like_another(tx, at, like, but).await?.is_some())
}

/// The number of that child.
async fn like_another(
    tx: &mut Tx,
    at: crate::domain::access::Moment,
    (name, born): (&str, NaiveDate),
    but: Option<CaseId>,
) -> Result<Option<CaseNumber>, ServiceError> {
    let name = key_form(name);
    let known = tx.known_children(&Reader::Operator, at).await?;
    let twin = known.into_iter().find(|child| {
        Some(child.case) != but
            && child.born == Some(born)
            && child.name.as_deref().map(key_form).as_ref() == Some(&name)
    });
    Ok(twin.map(|child| child.number))
}

/// A number of the centre that nobody has: `C2026-001`, by the year.
pub async fn free_number(tx: &mut Tx, today: NaiveDate) -> Result<CaseNumber, ServiceError> {
    let year = today.format("%Y");
    for place in 1..100_000 {
        let number = CaseNumber::parse(&format!("C{year}-{place:03}"))
            .expect("letters, digits and a hyphen are a number");
        if tx.case_of_number(&number).await?.is_none() {
            return Ok(number);
        }
    }
    unreachable!("a hundred thousand children of one year");
}

async fn put_on_record(
    app: &App,
    tx: &mut Tx,
    (case, number): (CaseId, &CaseNumber),
    enquiry: &Enquiry,
) -> Result<(), ServiceError> {
    let content = CaseContent {
        number: number.clone(),
        has_plan: Some(false),
        stuck: Some(Stuck {
            step: PlanStep::BeforeApplication,
            since: Some(enquiry.on),
        }),
        child: ChildItems {
            name: Some(enquiry.name.clone()),
            kana: enquiry.kana.clone(),
            born: Some(enquiry.born),
            address: enquiry.applicant.address.clone(),
            contacts: contacts_of(&enquiry.applicant),
            ..ChildItems::default()
        },
        battery_hours: None,
    };
    tx.write_case(case, &content, app.clock.now()).await?;
    Ok(())
}

/// Whom to telephone about a child: who applies.
pub(super) fn contacts_of(applicant: &Applicant) -> Vec<Contact> {
    let telephone = applicant.telephone.iter();
    telephone
        .map(|number| Contact {
            who: applicant.guardian.clone(),
            value: number.clone(),
        })
        .collect()
}

/// Keeps address and telephone of a child whom the centre alone knows as its
/// applicant says them: its municipality will act on them.
async fn keep_reachable(
    app: &App,
    tx: &mut Tx,
    (number, applicant): (&CaseNumber, &Applicant),
) -> Result<(), ServiceError> {
    let case = tx.case(&Reader::Operator, app.moment(), number).await?;
    let Some(case) = case.filter(|case| case.home.municipality.is_none()) else {
        return Ok(());
    };
    let content = CaseContent {
        number: case.number,
        has_plan: case.has_plan,
        stuck: case.stuck,
        child: ChildItems {
            address: applicant.address.clone(),
            contacts: contacts_of(applicant),
            ..case.child
        },
        battery_hours: case.battery_hours,
    };
    tx.write_case(case.id, &content, app.clock.now()).await?;
    Ok(())
}

/// Changes what is known of applicant and eligibility.
pub async fn write_facts(
    app: &App,
    sheet: Sheet<'_>,
    (number, revision): (&CaseNumber, i64),
    (applicant, facts): (&Applicant, &LoanFacts),
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let request = serde_json::json!({
        "loan_facts": number, "revision": revision, "applicant": applicant, "facts": facts,
    });
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let case = tx.case(&Reader::Operator, at, number).await?;
        let born = case.and_then(|case| case.child.born);
        if let Some(answer) = sheet.answer(days::of_facts(born, facts, at.today)) {
            return Ok(answer);
        }
        let change = (applicant, facts);
        if file.closed_on.is_some() || !tx.write_loan_facts((file.id, revision), change).await? {
            return Ok(Answer::Changed);
        }
        keep_reachable(app, tx, (number, applicant)).await?;
        let event = audit::event(app, sheet.who, Action::ChangedLoanFacts);
        tx.record(&event.on([file.case])).await?;
        Answer::Done(number.to_string())
    })
}
