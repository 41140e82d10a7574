//! Staff look at where a home is, and set or confirm it.

use super::look_up::{self, Candidate, Finder, Lookup};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::{Action, Actor},
        id::{CaseNumber, PositionId},
        municipality::MunicipalityCode,
        position::{Position, PositionAccuracy, PositionOrigin},
        residence::{AddressShown, Sight},
    },
    in_tx,
    service::{
        ServiceError, audit,
        care::{self, Decided, Form},
        check, emergency, map,
        view::{AddressOnPage, SignedIn, SmallMap},
        world,
    },
    store::{CaseForCheck, Located, NewPosition, PositionLine, Tx, sort_key},
};

/// A home whose position is to be confirmed, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct ToConfirm {
    /// The case.
    pub case: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// Its reading.
    pub kana: Option<String>,
    /// The municipality of the home.
    pub municipality: Option<MunicipalityCode>,
    /// Its address.
    pub address: Option<String>,
    /// Why.
    pub why: Why,
}

/// Why a position is to be confirmed.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// There is none; what the address leads to.
    NoPosition(Lookup),
    /// The house may be anywhere within so much; `None`: nobody has said how exact
    /// it is.
    Rough(Option<PositionAccuracy>),
    /// The address is protected: lists do not tell.
    Protected,
}

/// The homes whose position is to be confirmed, among the children whom the reader
/// may act for.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<ToConfirm>, ServiceError> {
    let (mut shown, mut ids) = (Vec::new(), Vec::new());
    {
        let mut tx = app.store.read().await?;
        let mut finder = Finder::default();
        for home in tx.homes_to_confirm(&who.reader, app.moment()).await? {
            let why = match (home.shown, home.municipality) {
                (AddressShown::Hidden, _) => continue,
                (AddressShown::Named, _) => Why::Protected,
                (AddressShown::Open, _) if home.placed => Why::Rough(home.accuracy),
                (AddressShown::Open, None) => {
                    Why::NoPosition(Lookup::Nothing(look_up::NoPlace::NoAddress, Vec::new()))
                }
                (AddressShown::Open, Some(code)) => {
                    Why::NoPosition(finder.find(&mut tx, code, home.address.as_deref()).await?)
                }
            };
            ids.push(home.id);
            shown.push(ToConfirm {
                case: home.number,
                name: home.name,
                kana: home.kana,
                municipality: home.municipality,
                address: home.address,
                why,
            });
        }
    }
    audit::saw(app, who, Action::ListedPositions, ids).await?;
    Ok(shown)
}

/// Where a home is, and what it may be set to.
#[derive(Debug, Clone)]
pub struct PositionPage {
    /// The case.
    pub case: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// The municipality of the home.
    pub municipality: Option<MunicipalityCode>,
    /// Its address.
    pub address: Option<String>,
    /// The number that a save must name.
    pub revision: i64,
    /// Whether the page tells where the home is.
    pub shown: AddressOnPage,
    /// The position on record.
    pub now: Option<(Position, Option<PositionAccuracy>)>,
    /// Where it comes from.
    pub located: Option<Located>,
    /// How far it lies outside its municipality, in metres, where it does.
    pub metres_off: Option<f64>,
    /// What the address leads to.
    pub lookup: Lookup,
    /// Every town of the municipality, in order.
    pub towns: Vec<Candidate>,
    /// Every position so far, the latest first.
    pub history: Vec<PositionLine>,
}

/// Where a home is; `None`: the reader may not act for the child, or not see its
/// address. A protected address is shown to a named person who asks, and that is
/// noted.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    sight: Sight,
) -> Result<Option<PositionPage>, ServiceError> {
    let at = app.moment();
    let (page, case) = {
        let mut tx = app.store.read().await?;
        let case = care::case_to_act_for(&mut tx, &who.reader, at, number).await?;
        let Some(case) = case else {
            return Ok(None);
        };
        let id = case.id;
        let page = match (case.address, sight) {
            (AddressShown::Hidden, _) => return Ok(None),
            (AddressShown::Named, Sight::Usual) => nothing_told(case),
            (AddressShown::Named, Sight::Revealed) => PositionPage {
                shown: AddressOnPage::Revealed,
                ..whole(app, &mut tx, who, case).await?
            },
            (AddressShown::Open, _) => whole(app, &mut tx, who, case).await?,
        };
        (page, id)
    };
    let action = match page.shown {
        AddressOnPage::Revealed => Action::ReadProtectedAddress,
        AddressOnPage::Open | AddressOnPage::Hidden { .. } => Action::ReadPosition,
    };
    audit::saw(app, who, action, [case]).await?;
    Ok(Some(page))
}

fn nothing_told(case: CaseForCheck) -> PositionPage {
    PositionPage {
        revision: case.revision,
        case: case.number,
        name: case.child.name,
        municipality: None,
        address: None,
        shown: AddressOnPage::Hidden { may_ask: true },
        now: None,
        located: None,
        metres_off: None,
        lookup: Lookup::Several(Vec::new()),
        towns: Vec::new(),
        history: Vec::new(),
    }
}

async fn whole(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    case: CaseForCheck,
) -> Result<PositionPage, ServiceError> {
    let loaded = world::current_in(app, tx).await?;
    let (lookup, mut towns) = match case.home.municipality {
        Some(code) => (
            Finder::default()
                .find(tx, code, case.child.address.as_deref())
                .await?,
            look_up::towns(tx, code).await?,
        ),
        None => (
            Lookup::Nothing(look_up::NoPlace::NoAddress, Vec::new()),
            Vec::new(),
        ),
    };
    towns.sort_by_cached_key(|town| sort_key(&town.name));
    let history = tx
        .positions(&who.reader, app.moment(), &case.number)
        .await?;
    let home = &case.home;
    let metres_off = home.municipality.zip(home.position).and_then(|(own, at)| {
        let accuracy = home.accuracy.unwrap_or(PositionAccuracy::TownCentroid);
        loaded
            .world
            .boundaries
            .metres_off(own, at, accuracy.metres())
    });
    Ok(PositionPage {
        revision: case.revision,
        case: case.number,
        name: case.child.name,
        municipality: home.municipality,
        address: case.child.address,
        shown: AddressOnPage::Open,
        now: home.position.map(|at| (at, home.accuracy)),
        located: case.located,
        metres_off,
        lookup,
        towns,
        history,
    })
}

/// The map on which a position is set: the home, what its address may mean, the
/// towns around, and the zones; `None`: it is not the reader's to see.
pub async fn map(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<SmallMap>, ServiceError> {
    let Some(page) = page(app, who, number, Sight::Revealed).await? else {
        return Ok(None);
    };
    let loaded = world::current(app).await?;
    let candidates = match &page.lookup {
        Lookup::Found(one) => vec![one.clone()],
        Lookup::Several(all) | Lookup::Nothing(_, all) => all.clone(),
    };
    let home = page.now.map(|(at, _)| at);
    let named = |all: &[Candidate]| -> Vec<(String, Position)> {
        all.iter()
            .map(|one| (one.name.clone(), one.position))
            .collect()
    };
    let (candidates, towns) = (named(&candidates), named(&page.towns));
    Ok(map::around_home(
        &loaded,
        home,
        &candidates,
        &towns,
        page.municipality,
    ))
}

/// What somebody does about a position.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// It is here.
    Set {
        /// Where.
        position: Position,
        /// How exactly.
        accuracy: PositionAccuracy,
        /// It is right although it lies outside the municipality.
        outside: bool,
    },
    /// It is right as it is.
    Confirm,
    /// It is in this town of the list, or in this block ([`Candidate::code`]).
    Choose(String),
}

/// The same, with the revision that it was decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is done.
    pub act: Act,
    /// The revision of the case that the page showed.
    pub revision: i64,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// It is on record, or was by the same form before.
    Done,
    /// The same key came with another content.
    OtherBody,
    /// There is no such case for this reader.
    NotThere,
    /// Somebody has changed the case since the page was made.
    Stale,
    /// It lies outside the municipality: asked again.
    Outside {
        /// How far, in metres.
        metres: f64,
    },
    /// There is no position that could be confirmed.
    NoPosition,
    /// The list in force has no such town.
    NotListed,
}

/// Sets or confirms a position: home, history and verdict in one commit.
pub async fn set(app: &App, form: Form<'_>, request: &Request) -> Result<Outcome, ServiceError> {
    let body = serde_json::json!({"position": format!("{request:?}")});
    let (reader, number) = (&form.who.reader, form.number);
    in_tx!(app.store, |tx| {
        let opened = match form.open(app, tx, &body).await? {
            Ok(opened) => opened,
            Err(Decided::Done) => return Ok(Outcome::Done),
            Err(Decided::OtherBody) => return Ok(Outcome::OtherBody),
            Err(_) => return Ok(Outcome::NotThere),
        };
        let case = &opened.case;
        let acts = care::acts_for(tx, reader, app.moment(), number).await?;
        if !acts || case.address == AddressShown::Hidden {
            return Ok(Outcome::NotThere);
        }
        if case.revision != request.revision {
            return Ok(Outcome::Stale);
        }
        let loaded = world::current_in(app, tx).await?;
        let new = match wanted(app, tx, &form, case, &request.act, &loaded).await? {
            Ok(new) => new,
            Err(outcome) => return Ok(outcome),
        };
        let now = app.clock.now();
        if !tx.set_position(case.id, &new, now).await? {
            return Ok(Outcome::NotThere);
        }
        tx.turn_case(case.id, now).await?;
        let by = Actor::User(form.who.user);
        emergency::follow_home(tx, app, &loaded.world, number, by).await?;
        let action = match request.act {
            Act::Confirm => Action::ConfirmedPosition,
            Act::Set { .. } | Act::Choose(_) => Action::SetPosition,
        };
        let event = audit::event(app, form.who, action);
        tx.record(&event.on([case.id])).await?;
        check::keep(tx, &loaded, number, app.moment()).await?;
        form.done(app, tx, &opened).await?;
        Ok(Outcome::Done)
    })
}

async fn wanted(
    app: &App,
    tx: &mut Tx,
    form: &Form<'_>,
    case: &CaseForCheck,
    act: &Act,
    loaded: &crate::app::LoadedWorld,
) -> Result<Result<NewPosition, Outcome>, ServiceError> {
    let by = Some(form.who.user);
    let id = PositionId(app.ids.next());
    Ok(match act {
        Act::Set {
            position,
            accuracy,
            outside,
        } => {
            let own = case.home.municipality;
            let within = accuracy.metres();
            let off = own.and_then(|own| {
                let boundaries = &loaded.world.boundaries;
                boundaries.metres_off(own, *position, within)
            });
            match off {
                Some(metres) if !outside => Err(Outcome::Outside { metres }),
                _ => Ok(NewPosition {
                    id,
                    position: *position,
                    accuracy: Some(*accuracy),
                    origin: PositionOrigin::Map,
                    data_set: None,
                    place: None,
                    confirmed: true,
                    by,
                }),
            }
        }
        Act::Confirm => match case.home.position {
            None => Err(Outcome::NoPosition),
            Some(position) => {
                let at = app.moment();
                let before = tx.positions(&Reader::Operator, at, &case.number).await?;
                let before = before.into_iter().find(|line| line.in_force);
                let origin = before
                    .as_ref()
                    .map_or(PositionOrigin::Given, |line| line.origin);
                Ok(NewPosition {
                    id,
                    position,
                    accuracy: case.home.accuracy,
                    origin,
                    data_set: tx.position_list(case.id).await?,
                    place: before.and_then(|line| line.place),
                    confirmed: true,
                    by,
                })
            }
        },
        Act::Choose(code_of_choice) => {
            let Some(code) = case.home.municipality else {
                return Ok(Err(Outcome::NotListed));
            };
            let address = case.child.address.as_deref();
            let mut choices = match Finder::default().find(tx, code, address).await? {
                Lookup::Found(one) => vec![one],
                Lookup::Several(all) | Lookup::Nothing(_, all) => all,
            };
            choices.extend(look_up::towns(tx, code).await?);
            match choices.iter().find(|one| one.code() == *code_of_choice) {
                None => Err(Outcome::NotListed),
                Some(one) => Ok(NewPosition {
                    by,
                    ..super::settle::found(app, one)
                }),
            }
        }
    })
}
