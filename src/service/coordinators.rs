//! Coordinators, and the children assigned to them.

use super::{
    ServiceError, audit,
    care::{Decided, Form, decides},
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Role},
        audit::{AboutKind, Action},
        id::UserId,
    },
    in_tx,
};

/// Gives a child to a coordinator, or takes it away.
pub async fn assign(
    app: &App,
    form: Form<'_>,
    coordinator: UserId,
    gives: bool,
) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"coordinator": coordinator, "gives": gives});
    let today = app.clock.today();
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        if !decides(tx, case, &form.who.reader, today).await? {
            return Ok(Decided::NotYours);
        }
        let subject = Reader::Coordinator(coordinator).subject();
        let action = if gives {
            let colleagues = tx.colleagues().await?;
            let known = colleagues.iter().any(|account| {
                account.id == coordinator && account.reader.role() == Some(Role::Coordinator)
            });
            if !known {
                return Ok(Decided::BadChoice);
            }
            tx.grant(case.id, &subject, Ground::Assignment, today)
                .await?;
            Action::AssignedCoordinator
        } else {
            let had = tx.end_grant(case.id, &subject, Ground::Assignment, today);
            if !had.await? {
                return Ok(Decided::Gone);
            }
            Action::WithdrewCoordinator
        };
        let event = audit::event(app, form.who, action).on([case.id]);
        tx.record(&event.about(AboutKind::Account, coordinator.0))
            .await?;
        form.done(app, tx, &opened).await
    })
}
