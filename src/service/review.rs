//! Confirming a plan with the family: what makes a plan fresh again, and what is
//! compared with it later.

use super::{
    ServiceError, audit,
    care::{self, Decided, Form},
    check::{self, CheckedCase},
    reminders, world,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Action,
        id::CaseNumber,
        plan::review::{Baseline, Confirmation, InputKind, Inputs, Review},
    },
    in_tx,
    planner::World,
    seal::sha256_hex,
    store::{CaseForCheck, Tx},
};

/// How fresh the plan of a case is, as far as that is on record.
pub(super) async fn of_case(tx: &mut Tx, case: &CaseForCheck) -> Result<Review, ServiceError> {
    Ok(confirmed(case, tx.last_confirmation(case.id).await?))
}

/// The same, where the last confirmation was read with those of others.
pub(super) fn confirmed(case: &CaseForCheck, confirmed: Option<Confirmation>) -> Review {
    Review {
        plan_dated: case.plan_dated,
        confirmed,
        drilled_on: case.drills.first().map(|drill| drill.on),
        inputs: inputs(case),
    }
}

/// What a plan rests on, each by a hash.
pub(super) fn inputs(case: &CaseForCheck) -> Inputs {
    let document = case.document.as_ref();
    let hash = |value: serde_json::Value| sha256_hex(value.to_string().as_bytes());
    InputKind::ALL
        .iter()
        .map(|kind| {
            let value = match kind {
                InputKind::Home => serde_json::json!([case.home, case.child.address]),
                InputKind::Power => power_inputs(case),
                InputKind::Supporters => serde_json::json!(document.map(|d| &d.supporters)),
                InputKind::Destinations => serde_json::json!(document.map(|d| &d.destinations)),
            };
            (*kind, hash(value))
        })
        .collect()
}

/// What the hours rest on. Devices and sources one by one stand in it only where
/// there are any: what was confirmed before they could be recorded stays as it
/// was.
fn power_inputs(case: &CaseForCheck) -> serde_json::Value {
    let document = case.document.as_ref();
    let mut inputs = vec![
        serde_json::json!(document.map(|d| &d.devices)),
        serde_json::json!(document.map_or(case.battery_hours, |d| d.battery_hours)),
        serde_json::json!(document.map(|d| d.preparation_minutes)),
        serde_json::json!(document.map(|d| &d.vehicle)),
    ];
    let planned = document.and_then(|document| document.power.as_deref());
    let recorded = case.typed_equipment.as_deref().or(planned);
    inputs.extend(recorded.map(|power| serde_json::json!(power)));
    inputs.into()
}

/// What there is to confirm, in a word: every verdict, what each rests on, and
/// the version of the plan.
pub(super) async fn seen(
    tx: &mut Tx,
    world: &World,
    number: &CaseNumber,
    at: Moment,
) -> Result<Option<String>, ServiceError> {
    let case = tx.case(&Reader::Operator, at, number).await?;
    let Some(case) = case.filter(|case| case.version.is_some()) else {
        return Ok(None);
    };
    let checked = check::check_case(tx, world, case, at.today).await?;
    Ok(Some(word(&checked)))
}

fn word(checked: &CheckedCase) -> String {
    let baseline = Baseline::of(&checked.look.findings, inputs(&checked.case));
    let version = checked.case.version.as_ref().map(|(version, _)| *version);
    let shown = serde_json::json!([version, baseline]);
    sha256_hex(shown.to_string().as_bytes())[..16].to_owned()
}

/// Puts on record that the municipality has confirmed the plan with the family
/// today, with everything that is found today; and judges the case anew. `seen`
/// is what the page showed: where that has changed meanwhile, neither officer
/// nor family has seen what would be confirmed.
pub async fn confirm(app: &App, form: Form<'_>, seen: &str) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({ "confirm": seen });
    let (id, now, at) = (app.ids.next(), app.clock.now(), app.moment());
    // Read before the lock: a changed map takes its time.
    world::current(app).await?;
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        if !care::decides_on_home(tx, &opened.case, &form.who.reader, at.today).await? {
            return Ok(Decided::NotYours);
        }
        let loaded = world::current_in(app, tx).await?;
        let case = tx.case(&Reader::Operator, at, form.number).await?;
        let Some((case, version)) = case.and_then(|case| {
            let version = case.version.as_ref().map(|(version, _)| *version);
            version.map(|version| (case, version))
        }) else {
            return Ok(Decided::Gone);
        };
        let checked = check::check_case(tx, &loaded.world, case, at.today).await?;
        if word(&checked) != seen {
            return Ok(Decided::Overtaken);
        }
        let baseline = Baseline::of(&checked.look.findings, inputs(&checked.case));
        let by = (form.who.user, now);
        tx.add_confirmation(id, (checked.case.id, version), at.today, &baseline, by)
            .await?;
        let event = audit::event(app, form.who, Action::ConfirmedPlan);
        tx.record(&event.on([checked.case.id])).await?;
        check::keep(tx, &loaded, form.number, at).await?;
        reminders::keep_plan(tx, app, checked.case.id).await?;
        form.done(app, tx, &opened).await
    })
}

/// What says how fresh a plan is, as far as a verdict rests on it.
pub(super) fn as_input(review: &Review) -> serde_json::Value {
    let confirmed = review.confirmed.as_ref();
    serde_json::json!({
        "dated": review.plan_dated,
        "confirmed": confirmed.map(|c| c.on),
        "baseline": confirmed.and_then(|c| c.baseline.as_ref()),
        "drilled": review.drilled_on,
    })
}
