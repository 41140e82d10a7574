//! Reads on their way into the audit trail: those that come at the same time
//! share one commit, and each waits for it.

use std::sync::{Mutex, PoisonError};

use super::{Store, StoreError};
use crate::domain::audit::AuditEvent;

/// What waits to be written. Whoever finds the pen free writes for all.
#[derive(Default)]
pub(super) struct Reads {
    waiting: Mutex<Vec<AuditEvent>>,
    pen: tokio::sync::Mutex<()>,
}

/// Events that one request writes for all; given back when it does not come to
/// its end, since a request may be given up at any moment.
struct Batch<'a> {
    reads: &'a Reads,
    events: Vec<AuditEvent>,
}

impl Reads {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<AuditEvent>> {
        // Nothing is half done when somebody panics here: it is one push.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.reads.waiting().append(&mut self.events);
    }
}

impl Store {
    /// Writes that something was read; when this answers, it is committed. An
    /// answer must not leave before it.
    pub async fn note_read(&self, event: AuditEvent) -> Result<(), StoreError> {
        let id = event.id;
        self.reads.waiting().push(event);
        let _pen = self.reads.pen.lock().await;
        let mut batch = Batch {
            reads: &self.reads,
            events: std::mem::take(&mut *self.reads.waiting()),
        };
        if !batch.events.iter().any(|waiting| waiting.id == id) {
            // Somebody has written it meanwhile; the others stay waiting.
            return Ok(());
        }
        let outcome = self.write_reads(&batch.events).await;
        match outcome {
            Ok(()) => batch.events.clear(),
            // The request fails, and what it wanted to show was not shown.
            Err(_) => batch.events.retain(|waiting| waiting.id != id),
        }
        outcome
    }

    async fn write_reads(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
        let mut tx = self.append().await?;
        for event in events {
            tx.record(event).await?;
        }
        tx.commit().await
    }
}
