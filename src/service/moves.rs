//! Moves and stays: a child moves to another municipality only when staff
//! confirm it.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    care::{Decided, Form, Opened, decides_on_home},
    check, emergency,
    municipality::{grant_provision, ordinance_of},
    positions, world,
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Subject},
        audit::{Action, Actor},
        id::{CaseId, CaseNumber, HomeId, UserId},
        municipality::MunicipalityCode,
        residence::{MoveOutcome, MoveSource, NewHome, TemporaryStay},
    },
    in_tx,
    store::{CaseContent, CaseForCheck, NewStay, Tx},
};

/// Nobody stays away for longer without having moved, in days (this project's
/// choice, 2026): then somebody asks.
pub const LONGEST_STAY: u64 = 366;

/// A stay as a form asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StayRequest {
    /// Where.
    pub municipality: MunicipalityCode,
    /// The address there, where it is known.
    pub address: Option<String>,
    /// When it lasts.
    pub days: StayDays,
}

/// The days of a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayDays {
    /// The first.
    pub from: NaiveDate,
    /// The last, or the one on which to ask again.
    pub until: NaiveDate,
    /// Nobody knows the last.
    pub is_open: bool,
}

impl StayDays {
    fn can_be(&self, today: NaiveDate) -> bool {
        let most = self.from.checked_add_days(Days::new(LONGEST_STAY));
        self.from <= self.until
            && self.until >= today
            && most.is_some_and(|most| self.until <= most)
    }
}

/// Why a proposed move is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMove {
    /// The child stays there for a while.
    Stay(StayDays),
    /// Somebody has made a mistake.
    Error,
}

fn municipality(code: MunicipalityCode) -> Subject {
    Subject {
        kind: "municipality",
        id: code.responsible().to_string(),
    }
}

/// Keeps what an imported row says of another home, unless the child is known
/// to stay there for a while; `false`: nothing is new.
pub(super) async fn from_a_sheet(
    app: &App,
    tx: &mut Tx,
    (case, number): (CaseId, &CaseNumber),
    to: &NewHome,
) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    let stays = tx.stays(&Reader::Operator, app.moment(), number).await?;
    let stays_there = stays.iter().any(|stay| {
        let there = stay.municipality.zip(to.home.municipality);
        there.is_some_and(|(there, to)| there.same_as(to))
    });
    if stays_there {
        return Ok(false);
    }
    let id = app.ids.next();
    Ok(tx
        .propose_move(case, id, to, MoveSource::Import, None, now)
        .await?)
}

/// Puts a move forward by hand.
pub async fn propose(app: &App, form: Form<'_>, to: NewHome) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"propose": to});
    let (now, today) = (app.clock.now(), app.clock.today());
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        if !decides_on_home(tx, case, &form.who.reader, today).await? {
            return Ok(Decided::NotYours);
        }
        let (id, by) = (app.ids.next(), Some(form.who.user));
        tx.propose_move(case.id, id, &to, MoveSource::Staff, by, now)
            .await?;
        let event = audit::event(app, form.who, Action::ProposedMove);
        tx.record(&event.on([case.id])).await?;
        form.done(app, tx, &opened).await
    })
}

/// Confirms a move on the day it happened: home, readers and destinations
/// change in one commit, and the new home is checked at once.
pub async fn confirm(
    app: &App,
    form: Form<'_>,
    id: Uuid,
    day: NaiveDate,
) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"confirm": id, "day": day});
    let loaded = world::current(app).await?;
    let (now, today) = (app.clock.now(), app.clock.today());
    let reader = &form.who.reader;
    let decided = in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        if !decides_on_home(tx, case, reader, today).await? {
            return Ok(Decided::NotYours);
        }
        let waiting = tx.waiting_move(reader, app.moment(), form.number).await?;
        let Some(waiting) = waiting.filter(|waiting| waiting.id == id) else {
            return Ok(Decided::Gone);
        };
        let since = tx.home_since(case.id).await?;
        if day > today || since.is_some_and(|since| day < since) {
            return Ok(Decided::BadDay);
        }
        tx.close_move(id, MoveOutcome::Confirmed, form.who.user, now)
            .await?;
        live_there(app, tx, case, &waiting.to, day).await?;
        let by = Actor::User(form.who.user);
        emergency::follow_home(tx, app, &loaded.world, form.number, by).await?;
        let event = audit::event(app, form.who, Action::ConfirmedMove);
        tx.record(&event.on([case.id])).await?;
        form.done(app, tx, &opened).await
    })?;
    if decided == Decided::Done {
        let loaded = world::current(app).await?;
        in_tx!(app.store, |tx| check::keep(
            tx,
            &loaded,
            form.number,
            app.moment()
        )
        .await)?;
    }
    Ok(decided)
}

/// What changes when a child lives somewhere else from a day on.
async fn live_there(
    app: &App,
    tx: &mut Tx,
    case: &CaseForCheck,
    to: &NewHome,
    day: NaiveDate,
) -> Result<(), ServiceError> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let town = to.home.municipality;
    let town = town.ok_or(ServiceError::Corrupt("proposed_move.home"))?;
    let home = HomeId(app.ids.next());
    tx.write_home(case.id, home, &to.home, day, now).await?;
    tx.leave_positions(case.id, now).await?;
    positions::of_new_home(app, tx, case.id, to).await?;
    let mut child = case.child.clone();
    child.address.clone_from(&to.address);
    let content = CaseContent {
        number: case.number.clone(),
        has_plan: case.has_plan,
        stuck: case.stuck,
        child,
        battery_hours: case.battery_hours,
    };
    tx.write_case(case.id, &content, now).await?;
    // From that day on these read it, and nobody else for living there.
    let there = municipality(town);
    tx.end_grants(
        case.id,
        "municipality",
        Ground::Residence,
        Some(&there.id),
        day,
    )
    .await?;
    tx.grant(case.id, &there, Ground::Residence, day).await?;
    for stay in tx
        .stays(&Reader::Operator, app.moment(), &case.number)
        .await?
    {
        stop_staying(tx, case.id, &stay, today).await?;
    }
    let mode = ordinance_of(tx, Some(town)).await?;
    grant_provision(tx, case.id, case.document.as_ref(), mode, today).await?;
    strangers_see_no_address(app, tx, case, town).await?;
    tx.leave_home_of_plan(case.id, day).await?;
    tx.turn_case(case.id, now).await?;
    // How many plan to go where is part of every plan's world.
    Ok(tx.turn_world().await?)
}

/// Whoever was named as staff of the former municipality sees the new address
/// no more; coordinators stay with the child.
async fn strangers_see_no_address(
    app: &App,
    tx: &mut Tx,
    case: &CaseForCheck,
    town: MunicipalityCode,
) -> Result<(), ServiceError> {
    let protection = tx.protection(&Reader::Operator, app.moment(), &case.number);
    let Some((id, named)) = protection.await? else {
        return Ok(());
    };
    let colleagues = tx.colleagues().await?;
    let still = colleagues.iter().filter(|account| {
        let own = account.reader.municipality();
        named.contains(&account.id) && own.is_none_or(|own| own.same_as(town))
    });
    let still: Vec<UserId> = still.map(|account| account.id).collect();
    Ok(tx.name_for_address(id, &still, app.clock.now()).await?)
}

/// Closes a proposed move that is none.
pub async fn close(
    app: &App,
    form: Form<'_>,
    id: Uuid,
    why: NoMove,
) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"close": id, "why": format!("{why:?}")});
    let (now, today) = (app.clock.now(), app.clock.today());
    let reader = &form.who.reader;
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        if !decides_on_home(tx, case, reader, today).await? {
            return Ok(Decided::NotYours);
        }
        let waiting = tx.waiting_move(reader, app.moment(), form.number).await?;
        let Some(waiting) = waiting.filter(|waiting| waiting.id == id) else {
            return Ok(Decided::Gone);
        };
        let outcome = match why {
            NoMove::Error => MoveOutcome::Error,
            NoMove::Stay(days) if !days.can_be(today) => return Ok(Decided::BadDay),
            NoMove::Stay(days) => {
                let there = waiting.to.home.municipality;
                let request = StayRequest {
                    municipality: there.ok_or(ServiceError::Corrupt("proposed_move.home"))?,
                    address: waiting.to.address,
                    days,
                };
                begin_stay(app, tx, &form, &opened, &request).await?;
                MoveOutcome::Stay
            }
        };
        tx.close_move(id, outcome, form.who.user, now).await?;
        let event = audit::event(app, form.who, Action::ClosedMove);
        tx.record(&event.on([case.id])).await?;
        form.done(app, tx, &opened).await
    })
}

/// Puts a stay on record by hand.
pub async fn stay(
    app: &App,
    form: Form<'_>,
    request: &StayRequest,
) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"stay": format!("{request:?}")});
    let today = app.clock.today();
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        if !decides_on_home(tx, &opened.case, &form.who.reader, today).await? {
            return Ok(Decided::NotYours);
        }
        if !request.days.can_be(today) {
            return Ok(Decided::BadDay);
        }
        begin_stay(app, tx, &form, &opened, request).await?;
        form.done(app, tx, &opened).await
    })
}

/// The municipality of a stay reads the child for its days and no longer.
async fn begin_stay(
    app: &App,
    tx: &mut Tx,
    form: &Form<'_>,
    opened: &Opened,
    request: &StayRequest,
) -> Result<(), ServiceError> {
    let case = opened.case.id;
    let days = request.days;
    let stay = NewStay {
        id: app.ids.next(),
        municipality: request.municipality,
        address: request.address.clone(),
        from: days.from,
        until: days.until,
        is_open: days.is_open,
        by: form.who.user,
    };
    tx.add_stay(case, &stay, app.clock.now()).await?;
    let there = municipality(request.municipality);
    tx.grant_between(case, &there, Ground::Stay, (days.from, days.until))
        .await?;
    let event = audit::event(app, form.who, Action::RecordedStay);
    Ok(tx.record(&event.on([case])).await?)
}

/// Ends a stay: from today on the municipality of the stay reads nothing.
pub async fn end_stay(app: &App, form: Form<'_>, id: Uuid) -> Result<Decided, ServiceError> {
    let body = serde_json::json!({"end_stay": id});
    let today = app.clock.today();
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(decided) => return Ok(decided),
        };
        let case = &opened.case;
        if !decides_on_home(tx, case, &form.who.reader, today).await? {
            return Ok(Decided::NotYours);
        }
        let stays = tx
            .stays(&Reader::Operator, app.moment(), form.number)
            .await?;
        let Some(stay) = stays.iter().find(|stay| stay.id == id) else {
            return Ok(Decided::Gone);
        };
        stop_staying(tx, case.id, stay, today).await?;
        let event = audit::event(app, form.who, Action::EndedStay);
        tx.record(&event.on([case.id])).await?;
        form.done(app, tx, &opened).await
    })
}

async fn stop_staying(
    tx: &mut Tx,
    case: CaseId,
    stay: &TemporaryStay,
    today: NaiveDate,
) -> Result<(), ServiceError> {
    let yesterday = today.pred_opt().unwrap_or(today);
    tx.end_stay(stay.id, stay.until.min(yesterday)).await?;
    if let Some(there) = stay.municipality {
        tx.end_grant(case, &municipality(there), Ground::Stay, today)
            .await?;
    }
    Ok(())
}
