//! Calendar feeds: an address of its own for a family's calendar, which opens
//! dates and nothing else.

use std::net::IpAddr;

use chrono::{DateTime, Days, Months, NaiveDate, Utc};

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action, Actor},
        calendar::{Period, deadline},
        duty::{Audience, DutyKind, short_name},
        id::FeedId,
    },
    in_tx,
    print::icalendar::{self, Entry},
    seal::Token,
    store::{CaseDates, StoredTerm},
};

/// A plan is looked at anew a year after its date (practice of 港区, 2024: 原則
/// 年1回更新; the law names no cycle).
const LOOK_AGAIN: Months = Months::new(12);

/// A family that is lent a generator applies for a plan within half a year (the
/// programme's condition).
const APPLY_WITHIN: Period = Period::months(6).expect("six months are a period");

/// So many monthly runs stand in a calendar ahead.
const RUNS_AHEAD: u32 = 12;

/// Makes a feed; its token is shown once.
pub async fn make(app: &App, who: &SignedIn) -> Result<Token, ServiceError> {
    let (token, id, now) = (Token::random(), FeedId(app.ids.next()), app.clock.now());
    in_tx!(app.store, |tx| {
        tx.add_feed(id, who.user, &token.hash(), now).await?;
        let event = audit::event(app, who, Action::MadeCalendarFeed);
        tx.record(&event.about(AboutKind::Account, who.user.0))
            .await?;
        Ok::<_, ServiceError>(())
    })?;
    Ok(token)
}

/// The feeds of an account, and when each was made.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<(FeedId, DateTime<Utc>)>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.feeds_of(who.user).await?)
}

/// Revokes a feed of the account; from the next request on it is not there.
pub async fn revoke(app: &App, who: &SignedIn, id: FeedId) -> Result<(), ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        if tx.end_feed(who.user, id, now).await? {
            let event = audit::event(app, who, Action::RevokedCalendarFeed);
            tx.record(&event.about(AboutKind::Account, who.user.0))
                .await?;
        }
        Ok(())
    })
}

/// The calendar of a token; `None`: it is no feed's, or the feed is revoked.
pub async fn read(
    app: &App,
    token: &Token,
    from: Option<IpAddr>,
) -> Result<Option<String>, ServiceError> {
    let at = app.moment();
    let (account, dates, terms) = {
        let mut tx = app.store.read().await?;
        let Some(account) = tx.account_of_feed(&token.hash()).await? else {
            return Ok(None);
        };
        let dates = tx.case_dates(&account.reader, at).await?;
        let mut terms = Vec::new();
        for case in &dates {
            terms.push(tx.duty_terms(case.id).await?);
        }
        (account, dates, terms)
    };
    let event = audit::by(app, Actor::User(account.id), Action::ReadCalendarFeed);
    let event = event.from_address(from).on(dates.iter().map(|d| d.id));
    app.store.note_read(event).await?;
    let entries: Vec<Entry> = dates
        .iter()
        .zip(&terms)
        .flat_map(|(dates, terms)| entries(app, dates, terms))
        .collect();
    Ok(Some(icalendar::file("灯", &entries, at.now)))
}

/// What a calendar says of a case: its number, and what is due when. It is read
/// on devices and by services that we do not know: nothing in it says who the
/// child is or what it has. A duty whose day moves stays the same entry, changed.
fn entries(app: &App, dates: &CaseDates, terms: &[StoredTerm]) -> Vec<Entry> {
    let entry = |what: &str, id: String, (day, sequence): (NaiveDate, i64)| Entry {
        uid: format!("{}-{id}@tomoshibi", dates.number),
        day,
        sequence,
        summary: format!("{what}（整理番号 {}）", dates.number),
    };
    // Its term is kept from the first tick on.
    let confirms = |term: &StoredTerm| term.kind == DutyKind::ConfirmPlan && term.ended.is_none();
    let look = dates
        .planned_on
        .filter(|_| !terms.iter().any(confirms))
        .and_then(|day| day.checked_add_months(LOOK_AGAIN))
        .map(|day| entry("計画の確認", format!("plan-{day}"), (day, 0)));
    // Of a loan that came with the families' sheet no terms are kept: families are
    // told the last day on which the window is open.
    let of_loan = |term: &StoredTerm| term.kind.is_of_the_loan();
    let apply = dates
        .lent_on
        .filter(|_| !terms.iter().any(of_loan))
        .map(|day| {
            let due = deadline(day, APPLY_WITHIN, false, &app.office).safe_by;
            entry("避難の計画の申請", format!("loan-{day}"), (due, 0))
        });
    let ladders = &app.config.reminders.ladders;
    let open: Vec<&StoredTerm> = terms
        .iter()
        .filter(|term| term.ended.is_none())
        .filter(|term| !ladders.of(term.kind).of(Audience::Family).is_empty())
        .collect();
    // A check that nobody has held is owed once more each year: one entry, on its last day.
    let last = |term: &StoredTerm| {
        !open.iter().any(|other| {
            let same = (other.kind, other.cycle) == (term.kind, term.cycle);
            same && other.term.due_on > term.term.due_on
        })
    };
    let mut all: Vec<Entry> = look.into_iter().chain(apply).collect();
    for term in open.iter().filter(|term| last(term)) {
        let (kind, days) = (term.kind, (term.term.due_on, term.sequence));
        let id = format!("{}-{}", kind.code().replace('_', "-"), term.cycle);
        if kind == DutyKind::TestRun {
            // Once a month from the last run on, on the same day of the month.
            let since = app.clock.today() - Days::new(31);
            let runs = (1..=RUNS_AHEAD * 10).filter_map(|month| {
                let day = term.cycle.checked_add_months(Months::new(month))?;
                Some(entry(short_name(kind), format!("{id}-{month}"), (day, 0)))
            });
            all.extend(
                runs.filter(|run| run.day >= since)
                    .take(RUNS_AHEAD as usize),
            );
        } else {
            all.push(entry(short_name(kind), id, days));
        }
    }
    all
}
