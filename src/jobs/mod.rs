//! What runs beside the pages.

use std::{future::Future, pin::pin, time::Duration};

use tokio::time::{Instant, MissedTickBehavior};

use crate::{
    app::App,
    service::{ServiceError, audit, guesses, tiles},
};

/// So often the audit trail is sealed.
const SEAL_EVERY: Duration = Duration::from_secs(2);

/// So often the head of the trail is written into the log, which is a place
/// outside the database.
const WITNESS_EVERY: Duration = Duration::from_hours(1);

/// Seals the audit trail until `stop` comes, and then once more. Any number of
/// processes may run it; one of them works.
pub async fn seal_audit(app: App, stop: impl Future<Output = ()>) {
    let holder = app.ids.next();
    let mut beat = tokio::time::interval(SEAL_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = pin!(stop);
    let mut told: Option<Instant> = None;
    loop {
        let last = tokio::select! {
            _ = beat.tick() => false,
            () = &mut stop => true,
        };
        let sealed = match audit::seal(&app, holder).await {
            Ok(sealed) => sealed,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the audit trail was not sealed");
                0
            }
        };
        let due = told.is_none_or(|at| at.elapsed() >= WITNESS_EVERY);
        if sealed > 0 {
            let kept = audit::keep_head(&app).await;
            if last || due {
                told = Some(Instant::now());
                witness(&app, kept).await;
            }
        }
        if last {
            if let Err(error) = audit::seal_and_leave(&app, holder).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the lease of the sealer was not given back");
            }
            if let Err(error) = audit::keep_head(&app).await {
                not_kept(&error);
            }
            return;
        }
    }
}

/// So often what counts for nothing any more is forgotten.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// Forgets old guesses, as long as it is let.
pub async fn sweep_guesses(app: App) {
    let mut beat = tokio::time::interval(SWEEP_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if let Err(error) = guesses::sweep(&app).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "old guesses were not forgotten");
        }
    }
}

fn not_kept(error: &ServiceError) {
    let error = error as &dyn std::error::Error;
    tracing::error!(
        error,
        "the last seal is not kept beside the key file; look with `tomoshibi audit verify`"
    );
}

/// Writes number and hash of the last seal into the log, and whether it was kept
/// beside the key file.
async fn witness(app: &App, kept: Result<(), ServiceError>) {
    if let Err(error) = kept {
        not_kept(&error);
    }
    match audit::head(app).await {
        Ok(Some(head)) => {
            tracing::info!(seal = head.number, hash = head.hash, "audit trail sealed");
        }
        Ok(None) => {}
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the head of the audit trail could not be read");
        }
    }
}

/// Makes the tiles of the map ready, once, so that the first that is asked for
/// is not slower than the others.
pub async fn prepare_tiles(app: App) {
    if let Err(error) = tiles::prepare(&app).await {
        let error = &error as &dyn std::error::Error;
        // The first who asks for one waits a little longer, that is all.
        tracing::warn!(error, "the tiles of the map were not made ready");
    }
}
