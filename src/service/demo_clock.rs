//! The clock of a demonstration, set forward: what will be late in June is seen
//! today.

use std::net::IpAddr;

use chrono::{Months, NaiveDate, NaiveTime};

use super::{
    ServiceError, demo, reminders,
    sessions::{self, Begun},
    sign_in::Link,
    view::SignedIn,
};
use crate::{
    app::App,
    clock::{Clock, SystemClock},
    domain::access::Role,
};

/// So many months beyond the day on the wall a demonstration goes at most: a loan
/// runs for five years, and holidays are computed for longer.
const FARTHEST: Months = Months::new(12 * 8);

/// What became of it.
pub enum Set {
    /// The clock shows that day. Every session was over with it: this is a new
    /// one of who set it, and new links for everybody else.
    Done(Begun, Vec<(Role, Link)>),
    /// That day is not after today: time does not run backwards.
    NotLater,
    /// That day is too far off; the last one that can be set.
    TooFar(NaiveDate),
}

/// Sets the clock of a demonstration to nine o'clock of a day; `None`: there is
/// nothing to be set for this account.
pub async fn set(
    app: &App,
    who: &SignedIn,
    day: NaiveDate,
    (device, from): (&str, Option<IpAddr>),
) -> Result<Option<Set>, ServiceError> {
    let Some(clock) = app.clock_to_set(who.user) else {
        return Ok(None);
    };
    if day <= app.clock.today() {
        return Ok(Some(Set::NotLater));
    }
    let last = SystemClock.today() + FARTHEST;
    if day > last {
        return Ok(Some(Set::TooFar(last)));
    }
    let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("nine o'clock");
    let at = crate::clock::of_tokyo(day.and_time(nine));
    clock.until(at);
    let mut links = demo::new_links(app).await?;
    let own = links.iter().position(|(role, _)| *role == who.role());
    let (_, own) = links.remove(own.ok_or(ServiceError::Corrupt("account"))?);
    let begun = sessions::begin(app, &own.token.hash(), device, from).await?;
    let begun = begun.ok_or(ServiceError::Corrupt("session"))?;
    // The morning of that day has come: its reminders are planned at once; their links
    // are newer than those above.
    reminders::tick_if_due(app).await?;
    Ok(Some(Set::Done(begun, links)))
}
