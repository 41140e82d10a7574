//! The hand-over at the bedside: the unit, its kit, and what was done and said.

use super::{
    Answer, Sheet, complete, once,
    take::{KIT_INCOMPLETE, NOT_EXPLAINED, Taken, allowed, noted, opened, or_answer, write},
    tell,
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader},
        audit::Action,
        id::{CaseNumber, LoanId, UnitId},
        loan::{HandOver, KitItem, LoanStart, LoanStep, UnitEventKind, UnitState},
        mail::MailAddress,
        text::Text,
    },
    service::{
        ServiceError,
        municipality::{grant_provision, ordinance_of},
        reminders::{self, Typed},
    },
    store::{LoanFile, Tx, UnitEvent},
};

/// What is gone through at a hand-over.
#[derive(Debug, Clone, PartialEq)]
pub struct Bedside {
    /// The unit.
    pub unit: UnitId,
    /// What of the kit is there.
    pub kit: Vec<KitItem>,
    /// What was done and said.
    pub done: HandOver,
    /// The family filled in the application for the plan right there.
    pub applied_for_plan: bool,
    /// Where the family is reached by mail.
    pub mail: Option<Typed>,
}

/// Hands a unit over: from stock, once, with what was gone through.
pub async fn hand_over(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (taken, bedside): (&Taken, &Bedside),
) -> Result<Answer, ServiceError> {
    let kit: Vec<&str> = bedside.kit.iter().map(|item| item.code()).collect();
    let request = serde_json::json!({
        "hand_over": number, "on": taken.on, "revision": taken.revision, "unit": bedside.unit,
        "kit": kit, "done": bedside.done, "applied": bedside.applied_for_plan,
        "mail": bedside.mail.as_ref().map(|mail| (&mail.address, mail.with_link)),
        "note": taken.note,
    });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        if !bedside.done.co_explained {
            return Ok(Answer::Wrong("co_explained", NOT_EXPLAINED));
        }
        let complete = KitItem::ALL.iter().all(|item| bedside.kit.contains(item));
        let kit_note = bedside.done.kit_note.as_deref().map(str::trim);
        if !complete && kit_note.is_none_or(str::is_empty) {
            return Ok(Answer::Wrong("kit_note", KIT_INCOMPLETE));
        }
        if let Some(wrong) = complete::wrong(&file, &bedside.done) {
            return Ok(wrong);
        }
        let mail = match mail_of(app, bedside) {
            Ok(mail) => mail,
            Err(why) => return Ok(Answer::Wrong("mail", why)),
        };
        let step = (LoanStep::HandOver, false);
        let next = or_answer!(allowed(tx, app, (&file, taken), step).await?);
        let (ready, lent) = (UnitState::Ready, UnitState::Lent);
        if !tx.move_unit(bedside.unit, ready, lent).await? {
            return Ok(Answer::UnitGone);
        }
        let starts = match app.config.loans.starts {
            LoanStart::HandOver => None,
            LoanStart::LoanApproved => {
                let mut steps = tx.loan_steps(file.id).await?.into_iter();
                let decided = steps.find(|taken| taken.step == LoanStep::ApproveLoan);
                decided.map(|taken| taken.on)
            }
        };
        write(tx, app, &sheet, (&file, &next)).await?;
        let loan = LoanId(app.ids.next());
        let missing = KitItem::ALL.iter().filter(|i| !bedside.kit.contains(i));
        let done = HandOver {
            kit_missing: missing.map(|item| item.code().to_owned()).collect(),
            ..bedside.done.clone()
        };
        let done = serde_json::to_value(&done).expect("a hand-over becomes JSON");
        tx.begin_loan(
            loan,
            (file.case, Some(file.id)),
            bedside.unit,
            starts.unwrap_or(taken.on),
            &done,
        )
        .await?;
        complete::keep_phrase(tx, file.case, &bedside.done).await?;
        let event = UnitEvent {
            kind: UnitEventKind::HandedOver,
            loan: Some(loan),
            on: taken.on,
            kit: Some(bedside.kit.clone()),
            note: bedside.done.kit_note.clone(),
            by: None,
        };
        let hand = (Some(sheet.who.user), now);
        tx.add_unit_event(app.ids.next(), bedside.unit, &event, hand)
            .await?;
        tx.grant(
            file.case,
            &super::register::centre(),
            Ground::Loan,
            app.clock.today(),
        )
        .await?;
        provision_follows(app, tx, &file).await?;
        if bedside.applied_for_plan {
            let id = app.ids.next();
            tx.add_plan_application(id, file.case, taken.on, None, hand)
                .await?;
            tx.application_at_hand_over(id, loan).await?;
        }
        if let Some((address, typed)) = mail {
            // One that is on record already is what was wanted.
            let who = sheet.who.user;
            reminders::put_contact(tx, app, (file.case, &address), typed, who).await?;
        }
        if bedside.done.exchange_consent == Some(true) {
            tell::municipality(app, tx, &file).await?;
        }
        noted(tx, app, &sheet, (&file, Action::LentUnit)).await?
    })
}

/// The mail address that was given at the bedside.
fn mail_of<'b>(app: &App, bedside: &'b Bedside) -> Result<Option<(MailAddress, &'b Typed)>, Text> {
    let lenient = &app.config.mail.lenient_domains;
    let read = |typed: &'b Typed| Ok((MailAddress::parse_with(&typed.address, lenient)?, typed));
    bedside.mail.as_ref().map(read).transpose()
}

/// Lets the centre read the content of a plan from the day of a loan on, as far as
/// consent and ordinance allow it.
pub(super) async fn provision_follows(
    app: &App,
    tx: &mut Tx,
    file: &LoanFile,
) -> Result<(), ServiceError> {
    let at = app.moment();
    let case = tx.case(&Reader::Operator, at, &file.number).await?;
    let Some(case) = case else {
        return Ok(());
    };
    let mode = ordinance_of(tx, case.home.municipality).await?;
    let document = tx.document_in_force(file.case).await?;
    grant_provision(tx, file.case, document.as_ref(), mode, at.today).await
}
