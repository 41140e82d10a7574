//! Who does something to a case: somebody at a page, whose form may come twice,
//! or the operator at the command line.

use uuid::Uuid;

use super::{audit, once::Once, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::{Action, Actor, AuditEvent},
        id::UserId,
    },
};

/// Who does it.
#[derive(Debug, Clone, Copy)]
pub enum Hand<'a> {
    /// Somebody who is signed in, with the key of the form.
    Person(&'a SignedIn, Uuid),
    /// The operator.
    Operator,
}

impl Hand<'_> {
    /// As whom to read.
    pub fn reader(&self) -> Reader {
        match self {
            Self::Person(who, _) => who.reader,
            Self::Operator => Reader::Operator,
        }
    }

    /// Its account.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Person(who, _) => Some(who.user),
            Self::Operator => None,
        }
    }

    /// The form, by which it is known when it comes again.
    pub(super) fn form(&self, request: &serde_json::Value) -> Option<Once> {
        match self {
            Self::Person(who, key) => Some(Once::new(who.user, *key, request)),
            Self::Operator => None,
        }
    }

    /// An event of it, now.
    pub fn event(&self, app: &App, action: Action) -> AuditEvent {
        match self {
            Self::Person(who, _) => audit::event(app, who, action),
            Self::Operator => audit::by(app, Actor::Operator, action),
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Saved,
    /// The same form came twice; it was done the first time.
    Repeated,
    /// The same key came with another content.
    OtherBody,
    /// It is the centre's to end: it was told.
    Told,
    /// A unit of the centre is still there: the centre was told, and ends its loan
    /// first.
    UnitIsOut,
    /// There is nothing of the kind for this reader.
    NotThere,
    /// It was done before, by somebody else.
    DoneBefore,
    /// The day has not come yet.
    DayToCome,
    /// The day is before what it is to end, or more than a year ago.
    DayTooEarly,
    /// A text is missing, too long, or holds what is no text.
    BadText,
}

/// Does something once for a form: the body's outcome is kept with the form's key
/// in the commit of what it did, and a repeat is answered with it.
macro_rules! once {
    ($app:expr, $hand:expr, $request:expr, |$tx:ident| $body:expr) => {{
        let form = $hand.form(&$request);
        $crate::in_tx!($app.store, |$tx| {
            if let Some(form) = &form {
                match form.came($tx).await? {
                    Came::First => {}
                    Came::Again(_) => return Ok(Outcome::Repeated),
                    Came::Otherwise => return Ok(Outcome::OtherBody),
                }
            }
            let outcome: Outcome = $body;
            if let (Outcome::Saved | Outcome::Told, Some(form)) = (outcome, &form) {
                form.keep($app, $tx, DONE).await?;
            }
            Ok::<_, $crate::service::ServiceError>(outcome)
        })
    }};
}

pub(super) use once;
