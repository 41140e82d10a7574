//! What runs beside the pages.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use chrono::FixedOffset;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_cron_scheduler::{Job as Cron, JobScheduler, JobSchedulerError};

use crate::{
    app::App,
    service::{ServiceError, audit, binder, guesses, reminders, tiles},
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

/// Does something every minute for as long as this is awaited: a machine that slept, or was
/// started late, catches up.
async fn every_minute<Job, Work>(what: &str, job: Job)
where
    Job: Fn() -> Work + Send + Sync + 'static,
    Work: Future<Output = ()> + Send + 'static,
{
    let metronome = async {
        let scheduler = JobScheduler::new().await?;
        let tokyo = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");
        let job = Arc::new(job);
        let job = Cron::new_async_tz("0 * * * * *", tokyo, move |_, _| {
            let job = Arc::clone(&job);
            Box::pin(async move { job().await })
        })?;
        scheduler.add(job).await?;
        scheduler.start().await?;
        Ok::<_, JobSchedulerError>(scheduler)
    };
    match metronome.await {
        Ok(scheduler) => {
            // It lives as long as this task.
            std::future::pending::<()>().await;
            drop(scheduler);
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, what, "not done: the metronome does not start");
        }
    }
}

/// Plans the reminders of each day, at the hour that is set, and as soon as it can
/// where that hour has passed. Any number of processes may run it.
pub async fn remind(app: App) {
    every_minute("reminders", move || {
        let app = app.clone();
        async move { remind_once(&app).await }
    })
    .await;
}

/// Makes the night binders of each day at 18:00, and as soon as it can where that hour has
/// passed. Any number of processes may run it: one of them makes a municipality's.
pub async fn bind_every_evening(app: App, bind: binder::Bind) {
    every_minute("night binders", move || {
        let app = app.clone();
        async move {
            match binder::make_due(&app, bind).await {
                Ok(0) => {}
                Ok(binders) => tracing::info!(binders, "night binders made"),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(
                        error,
                        "night binders were not made; tried again in a minute"
                    );
                }
            }
        }
    })
    .await;
}

/// Plans the reminders of today, where that is due.
pub async fn remind_once(app: &App) {
    match reminders::tick_if_due(app).await {
        Ok(Some(done)) => {
            let (queued, late) = (done.queued, done.late);
            tracing::info!(day = %done.on, queued, late, "reminders planned");
        }
        Ok(None) => {}
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "reminders were not planned; tried again in a minute");
        }
    }
}

/// So often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Hands over the mail that is due until `stop` comes; what is under way then comes to
/// its end. Any number of processes may run it: a mail is held by one of them.
pub async fn deliver_mail(app: App, stop: impl Future<Output = ()>) {
    let mailer = match reminders::mailer(&app) {
        Ok(mailer) => mailer,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "no mail leaves");
            return;
        }
    };
    let mut beat = tokio::time::interval(LOOK_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => return,
            _ = beat.tick() => {}
        }
        match reminders::deliver_some(&app, &mailer).await {
            Ok(Some(done)) => {
                let (sent, failed, postponed) = (done.sent, done.failed, done.postponed);
                tracing::info!(
                    sent,
                    failed,
                    postponed,
                    held = done.held,
                    "mail handed over"
                );
                // There may be more.
                beat.reset_immediately();
            }
            Ok(None) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "mail was not handed over; tried again");
            }
        }
    }
}
