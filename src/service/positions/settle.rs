//! The position of a home when its address comes in: as it is given, else as the
//! lists of towns and blocks find it, else none.

use super::look_up::{Candidate, Finder, Lookup};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor},
        child::Home,
        id::{CaseId, PositionId},
        municipality::MunicipalityCode,
        position::{Position, PositionOrigin},
        residence::NewHome,
        text::{Text, address_form},
    },
    import::report::RowNote,
    planner::World,
    service::{ServiceError, audit, emergency},
    spatial::position::metres_between,
    store::{CaseForCheck, HomeToFind, NewPosition, Tx},
    text,
};

/// Nearer than this two positions are the same place, in metres.
const SAME_PLACE_METRES: f64 = 50.0;

/// What becomes of the position of a home.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// What is on record stays.
    Stays,
    /// Another one takes its place.
    New(NewPosition),
    /// There is none any more.
    Gone,
}

/// A home of which a sheet speaks, as it is to be written.
#[derive(Debug, Clone)]
pub struct SettledHome {
    /// The home with its position.
    pub home: Home,
    /// What becomes of the position on record.
    pub position: Settled,
    /// The address on record was left.
    pub left: bool,
    /// What to say of the row.
    pub notes: Vec<RowNote>,
}

/// A position that an address has led to.
pub fn found(app: &App, at: &Candidate) -> NewPosition {
    NewPosition {
        id: PositionId(app.ids.next()),
        position: at.position,
        accuracy: Some(at.accuracy),
        origin: PositionOrigin::Address,
        data_set: Some(at.source.id),
        place: Some(at.name.clone()),
        confirmed: false,
        by: None,
    }
}

fn given(app: &App, home: &Home, position: Position) -> NewPosition {
    NewPosition {
        id: PositionId(app.ids.next()),
        position,
        accuracy: home.accuracy,
        origin: PositionOrigin::Given,
        data_set: None,
        place: None,
        confirmed: false,
        by: None,
    }
}

/// Settles where the home of a row is. What a sheet gives counts; a cell that is
/// empty takes away nothing that staff have set or that the address has led to.
pub async fn from_a_sheet(
    app: &App,
    tx: &mut Tx,
    finder: &mut Finder,
    (row, mut home, address): (u64, Home, Option<&str>),
    stored: Option<&CaseForCheck>,
) -> Result<SettledHome, ServiceError> {
    home.origin = None;
    let left = stored.is_some_and(|stored| left_address(&home, address, stored));
    let known = stored.filter(|_| !left);
    let mut notes = Vec::new();
    let position = match (home.position, known) {
        (Some(at), Some(known)) if same_as_stored(&home, at, known) => Settled::Stays,
        (Some(at), Some(known)) if overtaken(tx, at, known).await? => {
            let metres = known
                .home
                .position
                .map_or(0.0, |set| metres_between(set, at));
            notes.push(RowNote::new(row, Some("緯度"), text!(
                "この緯度・経度は、職員が地図で直す前のものです（{metres:.0}m違います）。地図で設定した位置を残しました。様式のほうを直してください。",
                "this position is the one from before staff set it on the map ({metres:.0} m away); the one that was set stays: correct the sheet"
            )));
            keep(&mut home, known);
            Settled::Stays
        }
        (Some(at), _) => Settled::New(given(app, &home, at)),
        (None, Some(known)) if is_ours(known) => {
            keep(&mut home, known);
            Settled::Stays
        }
        (None, _) => {
            let code = home.municipality;
            let (position, note) = by_address(app, tx, finder, code, address).await?;
            notes.extend(note.map(|text| RowNote::new(row, Some("緯度"), text)));
            if known.is_some_and(|known| known.home.position.is_some()) {
                notes.push(RowNote::new(row, Some("緯度"), POSITION_LEFT));
            }
            if let Some(new) = position {
                home.position = Some(new.position);
                home.accuracy = new.accuracy;
                Settled::New(new)
            } else {
                home.accuracy = None;
                Settled::Gone
            }
        }
    };
    Ok(SettledHome {
        home,
        position,
        left,
        notes,
    })
}

const POSITION_LEFT: Text = Text::fixed(
    "緯度・経度の欄が空なので、前の様式で登録した位置を外しました。残すには、欄を消す（列をなくす）か、位置を書いてください。",
    "latitude and longitude are empty: the position from the sheet before is no longer used. To keep it leave the columns out, or write it again.",
);

fn keep(home: &mut Home, known: &CaseForCheck) {
    home.position = known.home.position;
    home.accuracy = known.home.accuracy;
}

/// Whether the position on record was set by staff, or found by the address.
fn is_ours(known: &CaseForCheck) -> bool {
    known.home.position.is_some()
        && matches!(
            known.home.origin,
            Some(PositionOrigin::Map | PositionOrigin::Address)
        )
}

fn same_as_stored(home: &Home, at: Position, known: &CaseForCheck) -> bool {
    known.home.position == Some(at)
        && known.home.accuracy == home.accuracy
        && known.home.municipality == home.municipality
}

/// Whether staff have set another position since a sheet gave this one.
async fn overtaken(tx: &mut Tx, at: Position, known: &CaseForCheck) -> Result<bool, ServiceError> {
    if known.home.origin != Some(PositionOrigin::Map) {
        return Ok(false);
    }
    Ok(tx.last_given_position(known.id).await? == Some(at))
}

/// Whether a row speaks of another address than the one on record: another way of
/// writing it, with a position beside the old one, is none.
fn left_address(home: &Home, address: Option<&str>, stored: &CaseForCheck) -> bool {
    let same = address.map(address_form) == stored.child.address.as_deref().map(address_form)
        && home.municipality == stored.home.municipality;
    let near = home
        .position
        .zip(stored.home.position)
        .is_some_and(|(new, old)| metres_between(new, old) < SAME_PLACE_METRES);
    !same && !near
}

/// A position by the address, and what to say: nothing is guessed.
pub async fn by_address(
    app: &App,
    tx: &mut Tx,
    finder: &mut Finder,
    code: Option<MunicipalityCode>,
    address: Option<&str>,
) -> Result<(Option<NewPosition>, Option<Text>), ServiceError> {
    let Some(code) = code else {
        return Ok((None, None));
    };
    Ok(match finder.find(tx, code, address).await? {
        Lookup::Found(at) => {
            let (name, metres) = (&at.name, at.accuracy.metres());
            let text = text!(
                "緯度・経度がないので、住所から「{name}」の代表点にしました（誤差{metres:.0}m）。「位置の確認」の画面で建物の位置を確かめてください。",
                "without a position: set to the centre of {name} by the address (exact to {metres:.0} m); confirm the building on the page of positions"
            );
            (Some(found(app, &at)), Some(text))
        }
        Lookup::Several(all) => {
            let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
            let (count, names) = (names.len(), names.join("、"));
            let text = text!(
                "位置の確認が必要です：住所に合う町が{count}つあります（{names}）。",
                "position to be confirmed: the address fits {count} towns ({names})"
            );
            (None, Some(text))
        }
        Lookup::Nothing(why, _) => {
            let why = why.text();
            let text = Text::new(
                format!("位置の確認が必要です：{}", why.ja),
                format!("position to be confirmed: {}", why.en),
            );
            (None, Some(text))
        }
    })
}

/// Writes what was settled, after the home itself.
pub async fn write(
    app: &App,
    tx: &mut Tx,
    case: CaseId,
    settled: &SettledHome,
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    if settled.left {
        tx.leave_positions(case, now).await?;
    }
    match &settled.position {
        Settled::Stays => tx.carry_position(case).await?,
        Settled::Gone => tx.end_position(case, now).await?,
        Settled::New(new) => {
            tx.set_position(case, new, now).await?;
        }
    }
    Ok(())
}

/// Puts the position of a home that a child has moved to on record: as somebody
/// gave it, else as the address leads to it.
pub async fn of_new_home(
    app: &App,
    tx: &mut Tx,
    case: CaseId,
    to: &NewHome,
) -> Result<(), ServiceError> {
    let (home, address) = (&to.home, to.address.as_deref());
    let new = if let Some(at) = home.position {
        Some(given(app, home, at))
    } else {
        let mut finder = Finder::default();
        let found = by_address(app, tx, &mut finder, home.municipality, address);
        found.await?.0
    };
    if let Some(new) = new {
        tx.set_position(case, &new, app.clock.now()).await?;
    }
    Ok(())
}

/// How many homes an import of a list has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FoundHomes {
    /// Homes without a position, or with one that a list had found before.
    pub looked_at: u64,
    /// Those whose block was found.
    pub blocks: u64,
    /// Those whose town was found.
    pub towns: u64,
    /// Those whose address fits several towns.
    pub several: u64,
    /// Those whose address fits none, or that have no address.
    pub nothing: u64,
    /// Those that lie where they lay before.
    pub unchanged: u64,
}

/// Looks up the homes of some municipalities that have no position, or one that a
/// list had found; what was given, set or confirmed stays.
pub async fn find_homes(
    app: &App,
    tx: &mut Tx,
    codes: &[String],
    world: &World,
) -> Result<FoundHomes, ServiceError> {
    let mut counts = FoundHomes::default();
    let mut finder = Finder::default();
    for home in tx.homes_to_find(codes).await? {
        counts.looked_at += 1;
        let address = home.address.as_deref();
        let at = match finder.find(tx, home.municipality, address).await? {
            Lookup::Found(at) => at,
            Lookup::Several(_) => {
                counts.several += 1;
                continue;
            }
            Lookup::Nothing(..) => {
                counts.nothing += 1;
                continue;
            }
        };
        if home.now == Some((at.position, Some(at.accuracy))) {
            counts.unchanged += 1;
            continue;
        }
        if at.accuracy == crate::domain::position::PositionAccuracy::Block {
            counts.blocks += 1;
        } else {
            counts.towns += 1;
        }
        place(app, tx, &home, &at, world).await?;
    }
    Ok(counts)
}

async fn place(
    app: &App,
    tx: &mut Tx,
    home: &HomeToFind,
    at: &Candidate,
    world: &World,
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    tx.set_position(home.id, &found(app, at), now).await?;
    tx.turn_case(home.id, now).await?;
    emergency::follow_home(tx, app, world, &home.number, Actor::Operator).await?;
    let event = audit::by(app, Actor::Operator, Action::FoundPosition);
    tx.record(&event.on([home.id])).await?;
    Ok(())
}
