//! Who was reached in the night. No free text: in a hurry it fills with what
//! must not stand there.

use super::{
    ServiceError, audit,
    care::{Decided, Form},
};
use crate::{
    app::App,
    domain::{
        audit::Action,
        residence::{Called, Contact},
    },
    in_tx,
};

/// Writes down a call.
pub async fn write(
    app: &App,
    form: Form<'_>,
    outcome: Contact,
    called: Called,
) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"contact": outcome.code(), "called": called.code()});
    let (id, now) = (app.ids.next(), app.clock.now());
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = opened.case.id;
        tx.add_contact(case, id, (outcome, called), form.who.user, now)
            .await?;
        let event = audit::event(app, form.who, Action::WroteContact);
        tx.record(&event.on([case])).await?;
        form.done(app, tx, &opened).await
    })
}
