//! A child's devices and sources of power: what is on record, how long it lasts, and
//! what staff write down.

use chrono::{DateTime, Utc};

use super::{
    ServiceError, audit, check, emergency_reads,
    lent::{self, Told},
    loans::{Answer, Sheet, once},
    reminders::child_to_act_for,
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::{Permission, Reader},
        audit::Action,
        finding::{Finding, Outcome},
        id::CaseNumber,
        power::{Budget, Equipment, Refusal, Trigger, lent::LentUnit},
        residence::Sight,
    },
};

/// What the page of a child's power says.
#[derive(Debug, Clone)]
pub struct PowerPage {
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// What is on record, with a unit that is lent; `None`: nobody has written it down.
    pub record: Option<Equipment>,
    /// The unit that is lent; it stands first among the generators of the record.
    pub lent: Option<LentUnit>,
    /// The number that a save must name; 0: there is no record.
    pub revision: i64,
    /// When it was written, and by whom.
    pub written: Option<(DateTime<Utc>, Option<String>)>,
    /// How long it lasts.
    pub budget: Budget,
    /// By when one leaves or telephones; `None`: the hours or the way are unknown.
    pub trigger: Option<Trigger>,
    /// Verdicts on power that fail or are unknown, worst first.
    pub findings: Vec<Finding>,
    /// What deserves a second look in the record.
    pub remarks: Vec<Refusal>,
    /// Whether the reader may write.
    pub may_write: bool,
}

/// The power of a child; `None`: there is no such child for the reader.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<PowerPage>, ServiceError> {
    let (case, emergencies, page) = {
        let mut tx = app.store.read().await?;
        let at = app.moment();
        let loaded = world::current_in(app, &mut tx).await?;
        let on = (at.today, at);
        let seen = check::one_in(&mut tx, &loaded, &who.reader, number, on, Sight::Usual).await?;
        let Some(checked) = seen else {
            return Ok(None);
        };
        let case = checked.case.id;
        let stored = tx.equipment(case).await?;
        let acts = child_to_act_for(&mut tx, &who.reader, at, number).await?;
        let findings = checked.look.findings.iter();
        let loan = lent::of(&mut tx, &checked.case, Told::to(&who.reader)).await?;
        let record = loan.on(stored.as_ref().map(|stored| stored.equipment.clone()));
        let remarks = record.as_ref().map_or_else(Vec::new, |record| {
            let mut remarks = record.refusals(at.today);
            remarks.retain(|one| one.wrong.is_remark());
            remarks
        });
        let page = PowerPage {
            number: number.clone(),
            name: checked.case.child.name.clone(),
            revision: stored.as_ref().map_or(0, |stored| stored.revision),
            written: stored.as_ref().map(|stored| (stored.at, stored.by.clone())),
            record,
            lent: loan.unit().cloned(),
            trigger: checked.look.outage,
            findings: findings
                .filter(|found| found.rule.is_about_power() && found.outcome != Outcome::Holds)
                .cloned()
                .collect(),
            remarks,
            may_write: acts.is_some() && who.role().may(Permission::RecordPower),
            budget: *checked.look.power,
        };
        (case, checked.case.emergencies, page)
    };
    emergency_reads::saw(
        app,
        who,
        Action::ReadPower,
        [(case, emergencies.as_slice())],
    )
    .await?;
    Ok(Some(page))
}

/// Whether somebody may write the record of a child; where not, there is none for them.
pub async fn may_write(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    let case = child_to_act_for(&mut tx, &who.reader, app.moment(), number).await?;
    Ok(case.is_some())
}

/// What became of a record that was sent.
#[derive(Debug)]
pub enum Kept {
    /// As for other forms.
    Answer(Answer),
    /// Fields that cannot be; nothing was written.
    Refused(Vec<Refusal>),
}

/// Writes the record of a child's devices and sources in the place of a revision, once.
pub async fn keep(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (was, record): (i64, &Equipment),
) -> Result<Kept, ServiceError> {
    let at = app.moment();
    let mut wrong = record.refusals(at.today);
    wrong.retain(|one| !one.wrong.is_remark());
    if !wrong.is_empty() {
        return Ok(Kept::Refused(wrong));
    }
    let loaded = world::current(app).await?;
    let request = serde_json::json!({ "power": number, "was": was, "record": record });
    let answer = once!(app, sheet, request, |tx| {
        let Some(case) = child_to_act_for(tx, &sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if tx.is_silent(case).await? {
            return Ok(Answer::Changed);
        }
        let written = (Some(sheet.who.user), at.now);
        let place = (app.ids.next(), case);
        // What the loan knows is not kept twice, and nobody takes away what they are not
        // told of.
        let before = tx.case(&Reader::Operator, at, number).await?;
        let before = before.ok_or(ServiceError::Corrupt("child_case.number"))?;
        let loan = lent::of(tx, &before, Told::to(&sheet.who.reader)).await?;
        let record = loan.keeps(record.clone(), before.typed_equipment.as_deref());
        if !tx.write_equipment(place, was, &record, written).await? {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, Action::WrotePower).on([case]))
            .await?;
        check::keep(tx, &loaded, number, at).await?;
        Answer::Done(number.to_string())
    })?;
    Ok(Kept::Answer(answer))
}
