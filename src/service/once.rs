//! Forms that act once, however often they are sent: the key of each is kept with
//! what was asked and what came of it, in the commit of what it did.

use uuid::Uuid;

use super::ServiceError;
use crate::{app::App, domain::id::UserId, seal::sha256_hex, store::Tx};

/// What came of a form when all that is to be said of it is that it was done.
pub(super) const DONE: &str = "done";

/// One form.
pub(super) struct Once {
    actor: String,
    key: Uuid,
    hash: String,
}

/// Whether it came before.
pub(super) enum Came {
    /// It comes for the first time.
    First,
    /// It came before, the same; with what came of it then.
    Again(String),
    /// Its key came before, with something else.
    Otherwise,
}

impl Once {
    /// A form of somebody, with its key and what it asks for.
    pub(super) fn new(user: UserId, key: Uuid, request: &serde_json::Value) -> Self {
        Self {
            actor: user.to_string(),
            key,
            hash: sha256_hex(request.to_string().as_bytes()),
        }
    }

    /// Looks whether it came before.
    pub(super) async fn came(&self, tx: &mut Tx) -> Result<Came, ServiceError> {
        Ok(match tx.answered(&self.actor, self.key).await? {
            None => Came::First,
            Some((known, outcome)) if known == self.hash => Came::Again(outcome),
            Some(_) => Came::Otherwise,
        })
    }

    /// Puts on record that it is done, and what came of it.
    pub(super) async fn keep(
        &self,
        app: &App,
        tx: &mut Tx,
        outcome: &str,
    ) -> Result<(), ServiceError> {
        let now = app.clock.now();
        Ok(tx
            .answer_once(&self.actor, self.key, &self.hash, outcome, now)
            .await?)
    }
}
