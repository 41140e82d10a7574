//! Protected addresses (DV): shown to named persons only.

use super::{
    ServiceError, audit,
    care::{Decided, Form, decides},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::{Permission, Reader},
        audit::Action,
        id::UserId,
    },
    in_tx,
    store::Account,
};

/// Whether somebody may change who sees an address: nobody is above those who
/// see it. Where none of them is left who could change it, as after a move,
/// staff of the municipality begin anew.
pub(super) fn may_change(named: &[UserId], colleagues: &[Account], who: &SignedIn) -> bool {
    let own = who.reader.municipality();
    let mut deciders = colleagues.iter().filter(|account| {
        let town = account.reader.municipality();
        named.contains(&account.id)
            && account
                .reader
                .role()
                .is_some_and(|role| role.may(Permission::ProtectAddress))
            && town.zip(own).is_some_and(|(town, own)| town.same_as(own))
    });
    named.contains(&who.user) || deciders.next().is_none()
}

/// Whether an account may be named by staff of a municipality: its own staff,
/// its night duty, and coordinators.
pub(super) fn may_be_named(account: &Reader, by: &Reader) -> bool {
    match account {
        Reader::Coordinator(_) => true,
        Reader::Municipality(_, town) | Reader::NightDuty(_, town) => {
            by.municipality().is_some_and(|own| own.same_as(*town))
        }
        _ => false,
    }
}

/// Protects an address, or changes who may see it. Whoever does so is named.
pub async fn protect(app: &App, form: Form<'_>, named: &[UserId]) -> Result<Decided, ServiceError> {
    let reader = &form.who.reader;
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut named = named.to_vec();
    named.push(form.who.user);
    named.sort_unstable();
    named.dedup();
    let body = serde_json::json!({"protect": named});
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        let protection = tx.protection(reader, app.moment(), form.number).await?;
        let before = protection.as_ref().map_or(&[][..], |(_, named)| named);
        let colleagues = tx.colleagues().await?;
        if !may_change(before, &colleagues, form.who) || !decides(tx, case, reader, today).await? {
            return Ok(Decided::NotYours);
        }
        let known = |user: &UserId| {
            let account = colleagues.iter().find(|account| account.id == *user);
            account.is_some_and(|account| may_be_named(&account.reader, reader))
        };
        if !named.iter().all(known) {
            return Ok(Decided::BadChoice);
        }
        let (id, action) = if let Some((id, _)) = &protection {
            (*id, Action::ChangedProtection)
        } else {
            let id = app.ids.next();
            tx.protect_address(case.id, id, form.who.user, now).await?;
            // Whoever the family is kept from may have had its link.
            tx.end_ways_in(case.id, now).await?;
            (id, Action::ProtectedAddress)
        };
        tx.name_for_address(id, &named, now).await?;
        let event = audit::event(app, form.who, action).on([case.id]);
        tx.record(&event).await?;
        form.done(app, tx, &opened).await
    })
}

/// Ends a protection: the address is shown like any other from now on.
pub async fn end(app: &App, form: Form<'_>) -> Result<Decided, ServiceError> {
    let reader = &form.who.reader;
    let (now, today) = (app.clock.now(), app.clock.today());
    let body = serde_json::json!({"protect": null});
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        let Some((id, named)) = tx.protection(reader, app.moment(), form.number).await? else {
            return Ok(Decided::Gone);
        };
        if !named.contains(&form.who.user) || !decides(tx, case, reader, today).await? {
            return Ok(Decided::NotYours);
        }
        tx.end_protection(id, form.who.user, now).await?;
        let event = audit::event(app, form.who, Action::EndedProtection);
        tx.record(&event.on([case.id])).await?;
        form.done(app, tx, &opened).await
    })
}
