//! Power cuts as staff enter them, and who runs out of power when.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        access::{Permission, Reader},
        audit::{Action, Actor},
        id::CaseNumber,
        municipality::{self, MunicipalityCode},
        night::{BEFORE, NightAnswer, NightKind},
        outage::{Cut, MOST_HOURS, MOST_PLACES, MOST_POINTS, Outage, OutageArea},
        power::SourceKind,
        text::{Text, is_hidden_mark},
    },
    planner::outage::{self, Ground, Left, Spot},
    service::{
        ServiceError, audit, check, emergency,
        loans::{Answer, Sheet, once},
        view::SignedIn,
        world,
    },
    spatial::drawn::sound,
    store::{NewOutage, Tx},
};

const NOTHING: Text = Text::fixed(
    "停電の区域を入れてください（市町村を選ぶ、地名を書く、地図で囲む、のどれか）。",
    "Say where the power is cut: choose a municipality, write places, or draw an area on the map.",
);
const NOT_YOURS: Text = Text::fixed(
    "ほかの市町村の停電は入れられません。自分の市町村を選んでください。",
    "You cannot enter a power cut of another municipality: choose your own.",
);
const BAD_HOURS: Text = Text::fixed(
    "停電の長さは、1時間から720時間（30日）までの整数で入れてください。分からないときは72時間にしてください。",
    "Give the expected length as a whole number of hours from 1 to 720 (30 days). Where nobody knows, take 72.",
);
const BAD_START: Text = Text::fixed(
    "停電の始まりは、30日前から7日後までの日時で入れてください。",
    "The power cut begins between 30 days ago and 7 days from now.",
);
const TOO_MANY_PLACES: Text = Text::fixed(
    "地名は200行までです。市町村全体を選ぶか、分けて入れてください。",
    "A list has at most 200 places: choose the whole municipality, or enter it in parts.",
);
const BAD_PLACE: Text = Text::fixed(
    "地名は1行に1つ、60文字までで書いてください（例：下城本町）。",
    "Write one place a line, up to 60 characters.",
);
const VAGUE_PLACE: Text = Text::fixed(
    "1文字や数字だけの地名では、町全体が入ってしまいます。町の名前を書いてください（例：下城本町）。市町村全体なら「市町村」を選んでください。",
    "A place of one letter or of figures alone takes in everything: write the name of the quarter. For all of a municipality, choose it.",
);
const SAME_AGAIN: Text = Text::fixed(
    "同じ区域の停電がもう入っています。見込みの時間は、その停電の行で変えられます。前の停電が終わっていれば、先に「電気が戻った」を押してください。",
    "A power cut of the same area is entered already: its expected time is changed in its line. Where the former one is over, end it first.",
);
/// What is over for longer is not listed.
const LISTED: TimeDelta = TimeDelta::days(7);

/// A power cut on the list.
#[derive(Debug, Clone, PartialEq)]
pub struct OutageLine {
    /// The power cut.
    pub outage: Outage,
    /// The reader may change it.
    pub may_change: bool,
}

/// Whether a power cut concerns the reader: of its municipality, or entered by the centre.
fn concerns(reader: &Reader, outage: &Outage) -> bool {
    match (reader.municipality(), outage.town) {
        (Some(own), Some(town)) => own.same_as(town),
        (None, _) | (_, None) => true,
    }
}

/// Whether the reader may change a power cut: whoever enters them, of the municipality
/// that entered it, and the centre every one.
fn may_change(who: &SignedIn, outage: &Outage) -> bool {
    let own = who.reader.municipality();
    let is_own = own.is_none_or(|own| outage.town.is_some_and(|town| town.same_as(own)));
    who.role().may(Permission::EnterOutage) && is_own
}

fn line(who: &SignedIn, outage: Outage) -> OutageLine {
    OutageLine {
        may_change: may_change(who, &outage),
        outage,
    }
}

/// Power cuts that are not over, and those that were until a week ago.
pub async fn outages(app: &App, who: &SignedIn) -> Result<Vec<OutageLine>, ServiceError> {
    let since = app.clock.now() - LISTED;
    let all = app.store.read().await?.outages(since).await?;
    let seen = all.into_iter().filter(|one| concerns(&who.reader, one));
    Ok(seen.map(|outage| line(who, outage)).collect())
}

/// The municipalities of which the reader enters power cuts: its own and its wards; at
/// the centre every one of the prefecture.
pub async fn towns(app: &App, who: &SignedIn) -> Result<Vec<MunicipalityCode>, ServiceError> {
    if let Some(own) = who.reader.municipality() {
        let own = own.responsible();
        return Ok(std::iter::once(own).chain(emergency::wards(own)).collect());
    }
    let prefectures = app.store.read().await?.prefectures().await?;
    let rows = municipality::all().filter_map(|row| MunicipalityCode::parse(row.code).ok());
    Ok(rows
        .filter(|code| {
            prefectures
                .iter()
                .any(|one| one == code.prefecture_digits())
        })
        .collect())
}

/// Of some power cuts those that are not over and concern the reader.
pub(super) fn in_force(who: &SignedIn, outages: &[Outage]) -> Vec<OutageLine> {
    let seen = outages
        .iter()
        .filter(|outage| outage.ended.is_none() && concerns(&who.reader, outage));
    seen.map(|outage| line(who, outage.clone())).collect()
}

/// One power cut, if it concerns the reader.
pub(super) async fn one(
    tx: &mut Tx,
    who: &SignedIn,
    id: Uuid,
) -> Result<Option<OutageLine>, ServiceError> {
    let found = tx.outage(id).await?;
    let found = found.filter(|outage| concerns(&who.reader, outage));
    Ok(found.map(|outage| line(who, outage)))
}

/// What is wrong with what somebody entered: the field, and why.
fn wrong(
    reader: &Reader,
    area: &OutageArea,
    cut: Cut,
    now: DateTime<Utc>,
) -> Option<(&'static str, Text)> {
    if area.is_empty() {
        return Some(("towns", NOTHING));
    }
    let own = reader.municipality();
    let foreign = |town: &MunicipalityCode| {
        town.row().is_none() || own.is_some_and(|own| !own.same_as(*town))
    };
    if area.towns.iter().any(foreign) {
        return Some(("towns", NOT_YOURS));
    }
    if area.places.len() > MOST_PLACES {
        return Some(("places", TOO_MANY_PLACES));
    }
    let odd = |place: &String| {
        place.chars().count() > 60 || place.chars().any(|c| c.is_control() || is_hidden_mark(c))
    };
    if area.places.iter().any(odd) {
        return Some(("places", BAD_PLACE));
    }
    if area.places.iter().any(|place| outage::is_vague(place)) {
        return Some(("places", VAGUE_PLACE));
    }
    if !area.drawn.is_empty()
        && let Err(why) = sound(&outage::polygons(&area.drawn), MOST_POINTS)
    {
        return Some(("drawn", why));
    }
    if !(1..=MOST_HOURS).contains(&cut.hours) {
        return Some(("hours", BAD_HOURS));
    }
    let from = now - TimeDelta::days(30);
    let until = now + TimeDelta::days(7);
    (!(from..=until).contains(&cut.since)).then_some(("since", BAD_START))
}

/// Enters a power cut: of the reader's municipality, or, at the centre, of any.
pub async fn enter_outage(
    app: &App,
    sheet: Sheet<'_>,
    (area, cut): (&OutageArea, Cut),
) -> Result<Answer, ServiceError> {
    let now = app.clock.now();
    if let Some((field, why)) = wrong(&sheet.who.reader, area, cut, now) {
        return Ok(Answer::Wrong(field, why));
    }
    let request = serde_json::json!({
        "outage": area, "since": cut.since.timestamp(), "hours": cut.hours,
    });
    let new = NewOutage {
        id: app.ids.next(),
        town: sheet.who.reader.municipality(),
        area: area.clone(),
        cut,
        by: sheet.who.user,
        at: now,
    };
    once!(app, sheet, request, |tx| {
        let known = tx.outages(now).await?;
        let again = known
            .iter()
            .any(|one| one.ended.is_none() && one.town == new.town && one.area == new.area);
        if again {
            return Ok(Answer::Wrong("towns", SAME_AGAIN));
        }
        tx.add_outage(&new).await?;
        tx.turn_night().await?;
        tx.record(&audit::event(app, sheet.who, Action::EnteredOutage))
            .await?;
        Answer::Done(new.id.to_string())
    })
}

/// What is changed about a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutageChange {
    /// It is expected for so many hours.
    Expect(u32),
    /// It is over.
    End,
    /// It goes on: that it was over was a mistake.
    Resume,
}

/// Changes a power cut.
pub async fn change_outage(
    app: &App,
    sheet: Sheet<'_>,
    (id, change): (Uuid, OutageChange),
) -> Result<Answer, ServiceError> {
    let request = match change {
        OutageChange::Expect(hours) => serde_json::json!({"outage": id, "hours": hours}),
        OutageChange::End => serde_json::json!({"outage": id, "ends": true}),
        OutageChange::Resume => serde_json::json!({"outage": id, "ends": false}),
    };
    let by = (sheet.who.user, app.clock.now());
    once!(app, sheet, request, |tx| {
        let found = tx.outage(id).await?;
        if found.is_none_or(|outage| !may_change(sheet.who, &outage)) {
            return Ok(Answer::NotThere);
        }
        let (done, action) = match change {
            OutageChange::Expect(hours) if !(1..=MOST_HOURS).contains(&hours) => {
                return Ok(Answer::Wrong("hours", BAD_HOURS));
            }
            OutageChange::Expect(hours) => {
                (tx.expect_outage(id, hours).await?, Action::ChangedOutage)
            }
            OutageChange::End => (tx.end_outage(id, Some(by)).await?, Action::EndedOutage),
            OutageChange::Resume => (tx.end_outage(id, None).await?, Action::ResumedOutage),
        };
        if !done {
            return Ok(Answer::Changed);
        }
        tx.turn_night().await?;
        tx.record(&audit::event(app, sheet.who, action)).await?;
        Answer::Done(id.to_string())
    })
}

/// A home in a power cut, for `tomoshibi outage`.
#[derive(Debug, Clone)]
pub struct HomeInCut {
    /// The case.
    pub case: CaseNumber,
    /// How long it lasts.
    pub left: Left,
    /// Why nobody can say whether it lies in the area.
    pub doubt: Option<outage::Doubt>,
    /// It stays elsewhere on that day, or its family has said so.
    pub away: bool,
}

impl HomeInCut {
    /// Each kind of source with its hours, in the order of use.
    pub fn sources(&self) -> &[(SourceKind, f64)] {
        &self.left.answer.sources
    }
}

/// Every home in an area, unknown hours first, then soonest: for the operator alone.
pub async fn homes_in_cut(
    app: &App,
    area: &OutageArea,
    cut: Cut,
) -> Result<Vec<HomeInCut>, ServiceError> {
    let reader = Reader::Operator;
    check::refresh(app, &reader).await?;
    let at = app.moment();
    let loaded = world::current(app).await?;
    let ground = Ground::new(area, None, &loaded.world.boundaries);
    let (cases, answers, event) = {
        let mut tx = app.store.read().await?;
        let cases = tx.night_cases(&reader, at).await?;
        let answers = tx.night_answers(&reader, at, cut.since - BEFORE).await?;
        let event = audit::by(app, Actor::Operator, Action::SawNight);
        (cases, answers, event)
    };
    let mut seen = Vec::new();
    let mut homes = Vec::new();
    for case in cases {
        let spot = Spot {
            town: case.home,
            address: None,
            position: case.position,
            hidden: case.hidden,
        };
        let within = ground.holds(&spot);
        if !within.counts() {
            continue;
        }
        let answer = answers.get(&case.id).and_then(|all| last(all));
        seen.push(case.id);
        let cared_for = answer
            .and_then(|answer| answer.place)
            .is_some_and(crate::domain::night::Whereabouts::is_cared_for);
        homes.push(HomeInCut {
            left: outage::left(&case.facts, answer, cut, at.now),
            doubt: within.doubt(),
            away: case.stays_elsewhere || cared_for,
            case: case.number,
        });
    }
    app.store.note_read(event.on(seen)).await?;
    homes.sort_by(|a, b| {
        let order = a.left.answer.order(&b.left.answer);
        order.then_with(|| a.case.as_str().cmp(b.case.as_str()))
    });
    Ok(homes)
}

/// The last answer that stands and says something.
pub(super) fn last(answers: &[NightAnswer]) -> Option<&NightAnswer> {
    answers
        .iter()
        .find(|one| one.struck_at.is_none() && one.kind != NightKind::Calling)
}
