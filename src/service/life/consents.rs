//! The consents to a plan: what the family has answered about making it and about giving it
//! to others, at any time, and what counts now (`DOMAIN.md` A4).

use chrono::NaiveDate;
use uuid::Uuid;

use super::{to_read, to_write};
use crate::{
    app::App,
    domain::{
        access::{Moment, Permission},
        audit::Action,
        consent::{Capacity, ConsentForm, OrdinanceMode, Recipient},
        id::CaseNumber,
        plan::{
            PlanDocument,
            answers::{ConsentAnswer, is_to_be_asked_again},
            document::{ConsentRecord, Explanation},
            review::of_age_on,
        },
        residence::AddressShown,
        text::Text,
    },
    service::{
        ServiceError, audit, check,
        loans::{Answer, Sheet, once},
        municipality::{grant_provision, ordinance_of},
        view::SignedIn,
        world,
    },
    store::{CaseForCheck, GivenOut, NewConsent, StoredConsent, Tx},
};

/// What counts now of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsentNow {
    /// To whom the plan is to be given; `None`: whether it may be made at all.
    pub recipient: Option<Recipient>,
    /// Their name.
    pub name: Option<String>,
    /// The last answer; `None`: none is on record.
    pub last: Option<ConsentRecord>,
    /// What was explained before it, as far as that is on record.
    pub explained: Option<Explanation>,
    /// It is to be asked again: the child is of age.
    pub again: bool,
    /// To whom of these versions were given that are to be asked back: after a no.
    pub to_fetch: Vec<GivenOut>,
}

/// The consents to the plan of a child.
#[derive(Debug, Clone)]
pub struct ConsentsPage {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Since when it answers for itself; `None`: not yet, or its birthday is unknown.
    pub of_age: Option<NaiveDate>,
    /// How the municipality's ordinance treats giving plans to others.
    pub mode: OrdinanceMode,
    /// What counts now: making the plan first.
    pub now: Vec<ConsentNow>,
    /// Everything that was written down, the latest first.
    pub answers: Vec<StoredConsent>,
    /// Whether a version is in force: what counts is then of it, else of the draft.
    pub in_force: bool,
    /// Whether the reader writes answers down.
    pub may_write: bool,
    /// Whether the reader is staff.
    pub staff: bool,
}

fn counts_now(
    document: &PlanDocument,
    (answers, given): (&[StoredConsent], &[GivenOut]),
    (born, today): (Option<NaiveDate>, NaiveDate),
) -> Vec<ConsentNow> {
    let state = |recipient: Option<Recipient>, name: Option<&str>, last: Option<&ConsentRecord>| {
        let told = answers.iter().filter(|one| one.undone.is_none());
        let told = told.filter_map(|one| one.answer.as_ref());
        let of_it = told
            .filter(|one| one.is_about(recipient, name))
            .rfind(|one| last.is_some_and(|last| last.on == Some(one.on)));
        let in_plan = document.consents.explained.as_ref();
        let refused = last.is_some_and(|last| !last.given);
        let to_fetch = given.iter().filter(|one| {
            let theirs =
                recipient.is_none() || (Some(one.to) == recipient && one.name.as_deref() == name);
            refused && theirs && one.undone.is_none()
        });
        ConsentNow {
            recipient,
            name: name.map(str::to_owned),
            explained: match of_it {
                Some(answer) => answer.explained.clone(),
                None => in_plan.cloned(),
            },
            again: is_to_be_asked_again(born, today, last),
            to_fetch: to_fetch.cloned().collect(),
            last: last.cloned(),
        }
    };
    let consents = &document.consents;
    let make = state(None, None, consents.make.as_ref());
    let provide = consents.provide.iter().map(|one| {
        state(
            Some(one.recipient),
            one.name.as_deref(),
            one.consent.as_ref(),
        )
    });
    std::iter::once(make).chain(provide).collect()
}

/// The answers that count.
pub(super) fn that_count(answers: &[StoredConsent]) -> Vec<ConsentAnswer> {
    let count = answers.iter().filter(|one| one.undone.is_none());
    count.filter_map(|one| one.answer.clone()).collect()
}

/// The consents to the plan of a child; `None`: there is no such child for this reader.
pub async fn consents_page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<ConsentsPage>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_read(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let answers = tx.consent_answers(case.id).await?;
        let given = tx.given_out(case.id).await?;
        let document = match &case.document {
            Some(document) => Some(document.clone()),
            None => in_draft(&mut tx, &case, &answers).await?,
        };
        let born = case.child.born;
        let staff = who.reader.is_staff();
        let page = ConsentsPage {
            number: number.clone(),
            name: case.child.name.clone(),
            of_age: born.and_then(of_age_on).filter(|day| *day <= at.today),
            mode: ordinance_of(&mut tx, case.home.municipality).await?,
            now: document.map_or_else(Vec::new, |document| {
                counts_now(&document, (&answers, &given), (born, at.today))
            }),
            in_force: case.document.is_some(),
            may_write: staff && who.role().may(Permission::WritePlan),
            answers: answers.into_iter().rev().collect(),
            staff,
        };
        (case, page)
    };
    audit::saw(app, who, Action::ReadConsents, [case.id]).await?;
    if case.address == AddressShown::Named {
        audit::saw(app, who, Action::ReadProtectedAddress, [case.id]).await?;
    }
    Ok(Some(page))
}

/// What the open draft says, where no version is in force; without either the answers
/// alone.
async fn in_draft(
    tx: &mut Tx,
    case: &CaseForCheck,
    answers: &[StoredConsent],
) -> Result<Option<PlanDocument>, ServiceError> {
    let draft = tx.open_draft(case.id).await?;
    let document = draft.and_then(|draft| draft.document);
    let mut document = match document {
        Some(document) => document,
        None if answers.is_empty() => return Ok(None),
        None => PlanDocument::begun(&case.number),
    };
    document.hear(&that_count(answers));
    Ok(Some(document))
}

const TO_COME: Text = Text::fixed(
    "答えた日は、きょうまでの日にしてください。",
    "The day of the answer must be today or before.",
);
const BEFORE_BIRTH: Text = Text::fixed(
    "答えた日が、お子さんの誕生日より前になっています。",
    "The day of the answer is before the child was born.",
);
const EXPLAINED_LATER: Text = Text::fixed(
    "説明した日は、答えた日までの日にしてください（先に説明し、それから聞きます）。",
    "It is explained before it is asked: the day of the explanation must not be after the answer.",
);
const NOT_AS_THAT: Text = Text::fixed(
    "18歳の誕生日の前日からは、ご本人か成年後見人などの答えを、それより前は親権者・未成年後見人の答えを記録します。「だれとして」を選び直してください。",
    "From eighteen on the person itself or a guardian answers, before that the parents or a guardian: choose as whom again.",
);

/// What is wrong with an answer, by its field.
fn refused(
    answer: &ConsentAnswer,
    born: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<(&'static str, Text)> {
    if answer.on > today {
        return Some(("answered_on", TO_COME));
    }
    if born.is_some_and(|born| answer.on < born) {
        return Some(("answered_on", BEFORE_BIRTH));
    }
    let explained = answer.explained.as_ref();
    if explained.is_some_and(|explained| explained.on > answer.on) {
        return Some(("explained_on", EXPLAINED_LATER));
    }
    let of_age = born.and_then(of_age_on).map(|day| day <= answer.on);
    (!answer.capacity.may_answer(of_age)).then_some(("capacity", NOT_AS_THAT))
}

/// Who may read the plan is settled anew, and the child is judged: from this commit on the
/// answers that are on record count.
async fn settle_anew(
    app: &App,
    tx: &mut Tx,
    case: &CaseForCheck,
    at: Moment,
) -> Result<(), ServiceError> {
    let loaded = world::current_in(app, tx).await?;
    tx.turn_case(case.id, at.now).await?;
    let mode = ordinance_of(tx, case.home.municipality).await?;
    let document = tx.document_in_force(case.id).await?;
    grant_provision(tx, case.id, document.as_ref(), mode, at.today).await?;
    check::keep(tx, &loaded, &case.number, at).await
}

/// Writes an answer down.
pub async fn answer(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    new: &ConsentAnswer,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "consent_of": number, "answer": new });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if let Some((field, why)) = refused(new, case.child.born, at.today) {
            return Ok(Answer::Wrong(field, why));
        }
        let stored = NewConsent {
            id: app.ids.next(),
            case: case.id,
            answer: new,
            by: sheet.who.user,
            at: at.now,
        };
        tx.add_consent_answer(&stored).await?;
        settle_anew(app, tx, &case, at).await?;
        tx.record(&audit::event(app, sheet.who, Action::RecordedConsent).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// A family takes back its consent to give the plan to somebody, on its own page: it counts
/// from this commit on.
pub async fn revoke(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (to, name): (Recipient, Option<&str>),
    (by, capacity): (&str, Capacity),
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({
        "revoke": number, "to": to, "name": name, "by": by, "capacity": capacity,
    });
    once!(app, sheet, request, |tx| {
        let Some(case) = of_family(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let mut no = ConsentAnswer {
            recipient: Some(to),
            name: name.map(str::to_owned),
            given: false,
            on: at.today,
            by: by.to_owned(),
            capacity,
            form: ConsentForm::Electronic,
            explained: None,
        };
        if let Some((field, why)) = refused(&no, case.child.born, at.today) {
            return Ok(Answer::Wrong(field, why));
        }
        let document = case.document.as_ref();
        let mut all = document.into_iter().flat_map(|it| &it.consents.provide);
        let given = all.find(|one| {
            let yes = one.consent.as_ref().is_some_and(|consent| consent.given);
            yes && no.is_about(Some(one.recipient), one.name.as_deref())
        });
        let Some(given) = given else {
            return Ok(Answer::Changed);
        };
        no.name.clone_from(&given.name);
        let stored = NewConsent {
            id: app.ids.next(),
            case: case.id,
            answer: &no,
            by: sheet.who.user,
            at: at.now,
        };
        tx.add_consent_answer(&stored).await?;
        settle_anew(app, tx, &case, at).await?;
        tx.record(&audit::event(app, sheet.who, Action::RecordedConsent).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// Whether somebody is the family of a child, which takes its consents back itself.
pub async fn may_revoke(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    let case = of_family(&mut tx, who, app.moment(), number).await?;
    Ok(case.is_some())
}

/// The case of a family that acts on its own page.
async fn of_family(
    tx: &mut Tx,
    who: &SignedIn,
    at: Moment,
    number: &CaseNumber,
) -> Result<Option<CaseForCheck>, ServiceError> {
    if !who.role().may(Permission::OwnPage) {
        return Ok(None);
    }
    to_read(tx, who, at, number).await
}

/// Strikes an answer out that was written down by mistake; a family, what it has said on its
/// own page.
pub async fn strike_answer(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    id: Uuid,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "strike_consent": number, "id": id });
    once!(app, sheet, request, |tx| {
        let case = match of_family(tx, sheet.who, at, number).await? {
            None => to_write(tx, sheet.who, at, number).await?,
            Some(case) => {
                let answers = tx.consent_answers(case.id).await?;
                let own = |one: &StoredConsent| one.id == id && one.by_user == sheet.who.user;
                if !answers.iter().any(own) {
                    return Ok(Answer::Changed);
                }
                Some(case)
            }
        };
        let Some(case) = case else {
            return Ok(Answer::NotThere);
        };
        if !tx.strike_consent_answer((case.id, id), at.now).await? {
            return Ok(Answer::Changed);
        }
        settle_anew(app, tx, &case, at).await?;
        tx.record(&audit::event(app, sheet.who, Action::StruckConsent).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}
