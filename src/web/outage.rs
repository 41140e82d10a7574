//! Power cuts (停電): where somebody enters them, and those that were entered.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    loans::fields::Fields,
    night::OutageShown,
    show,
    taken::{Named, Sent},
    words::{self, outage as o},
};
use crate::{
    app::App,
    clock::{in_tokyo, of_tokyo},
    domain::{
        access::Permission,
        municipality::MunicipalityCode,
        outage::{Cut, OutageArea},
        text::{Text, nfkc},
    },
    service::{
        loans::Answer,
        night::{self, OutageChange},
        own_sites,
    },
};

type Pairs = Vec<(String, String)>;

/// Hours that are expected where nobody has said (DOMAIN.md C5: three days are planned
/// for).
const HOURS: &str = "72";

#[derive(Deserialize, Default)]
pub(super) struct Address {
    #[serde(default)]
    saved: String,
}

/// What was typed, and which of it is wrong.
#[derive(Default)]
struct Typed {
    fields: Option<Fields>,
    wrong: &'static str,
    why: String,
}

#[derive(Template)]
#[template(path = "pages/outage.html")]
struct Page {
    head: Head,
    now: Vec<OutageShown>,
    over: Vec<OutageShown>,
    may_enter: bool,
    may_message: bool,
    /// Code, name, whether it is chosen.
    towns: Vec<(String, String, bool)>,
    places: String,
    drawn: String,
    since: String,
    hours: String,
    /// The ground of the map, as JSON that may stand in a page.
    ground: String,
    tiles: bool,
    typed: Typed,
    saved: bool,
    key: Uuid,
}

/// `GET /outage`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(address) = address.unwrap_or_default();
    render(&app, &visit, Typed::default(), !address.saved.is_empty()).await
}

async fn render(
    app: &App,
    visit: &Visit,
    typed: Typed,
    saved: bool,
) -> Result<Html<String>, Error> {
    let may = |permission| visit.who.role().may(permission);
    let may_enter = may(Permission::EnterOutage);
    let outages = night::outages(app, &visit.who).await?;
    let shown = outages
        .iter()
        .map(|line| OutageShown::of(line, app, visit.lang));
    let (over, now): (Vec<_>, Vec<_>) = shown.partition(|one| one.over);
    let (towns, ground) = if may_enter {
        let ground = own_sites::ground(app, visit.reader()).await?;
        let ground = serde_json::to_string(&ground).expect("shapes and names become JSON");
        (night::towns(app, &visit.who).await?, ground)
    } else {
        (Vec::new(), String::new())
    };
    let empty = Fields(Vec::new());
    let fields = typed.fields.as_ref().unwrap_or(&empty);
    let or = |name: &str, otherwise: String| match fields.get(name) {
        "" => otherwise,
        typed => typed.to_owned(),
    };
    let started = in_tokyo(app.clock.now())
        .format("%Y-%m-%dT%H:%M")
        .to_string();
    show(&Page {
        head: Head::of(visit, "/outage"),
        now,
        over,
        may_enter,
        may_message: may(Permission::WriteMessages),
        towns: towns
            .iter()
            .map(|code| {
                let chosen = fields.has("town", code.as_str());
                (code.to_string(), code.name().to_owned(), chosen)
            })
            .collect(),
        places: or("places", String::new()),
        drawn: or("drawn", String::new()),
        since: or("since", started),
        hours: or("hours", HOURS.to_owned()),
        // Inside a page nothing of it can end the element that it stands in.
        ground: ground.replace('<', "\\u003c"),
        tiles: app.config.map.gsi_tiles,
        saved,
        key: app.ids.next(),
        typed,
    })
}

/// `POST /outage`
pub(super) async fn enter(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = match wanted(&fields, app.clock.now()) {
        Ok((area, cut)) => night::enter_outage(&app, sheet, (&area, cut)).await?,
        Err((field, why)) => Answer::Wrong(field, why),
    };
    led(&app, &visit, answer, Some(fields)).await
}

/// `POST /outage/{outage}`
pub(super) async fn change(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let change = match fields.get("now") {
        "end" => Ok(OutageChange::End),
        "resume" => Ok(OutageChange::Resume),
        "expect" => hours(&fields).map(OutageChange::Expect),
        _ => return Err(Error::BadForm),
    };
    let answer = match change.clone() {
        Ok(change) => night::change_outage(&app, sheet, (id, change)).await?,
        Err((field, why)) => Answer::Wrong(field, why),
    };
    match (answer, change) {
        (Answer::Done(_), Ok(OutageChange::End)) => {
            Ok(Redirect::to("/outage?saved=1").into_response())
        }
        (Answer::Done(id), _) => Ok(Redirect::to(&format!("/outage/{id}?saved=1")).into_response()),
        (answer, _) => led(&app, &visit, answer, None).await,
    }
}

/// To the list of its calls, or back to the form with what was typed.
async fn led(
    app: &App,
    visit: &Visit,
    answer: Answer,
    fields: Option<Fields>,
) -> Result<Response, Error> {
    let (status, (wrong, why)) = match answer {
        Answer::Done(id) => return Ok(Redirect::to(&format!("/outage/{id}")).into_response()),
        Answer::NotThere => return Err(Error::NotFound),
        Answer::OtherBody => (StatusCode::CONFLICT, ("", words::OTHER_BODY)),
        Answer::Wrong(field, why) | Answer::Elsewhere(field, why, _) | Answer::Ask(field, why) => {
            (StatusCode::UNPROCESSABLE_ENTITY, (field, why))
        }
        Answer::Changed | Answer::UnitGone | Answer::NotAllowed(_) => {
            (StatusCode::CONFLICT, ("", words::STALE))
        }
    };
    let typed = Typed {
        fields,
        wrong,
        why: why.get(visit.lang).to_owned(),
    };
    Ok((status, render(app, visit, typed, false).await?).into_response())
}

pub(super) type Bad = (&'static str, Text);

/// What somebody wants to enter; without a time, from now on.
fn wanted(fields: &Fields, now: DateTime<Utc>) -> Result<(OutageArea, Cut), Bad> {
    let towns = fields.0.iter().filter(|(name, _)| name == "town");
    let towns = towns.map(|(_, code)| MunicipalityCode::parse(code));
    let bad_town = |_| ("towns", words::night::BAD_CHOICE);
    let lines = |name: &str| lines(fields.get(name));
    let area = OutageArea {
        towns: towns.collect::<Result<_, _>>().map_err(bad_town)?,
        places: places(&lines("places")),
        drawn: ring(&lines("drawn"))?
            .into_iter()
            .map(|ring| vec![ring])
            .collect(),
    };
    let cut = Cut {
        since: match fields.get("since") {
            "" => now,
            typed => since(typed)?,
        },
        hours: hours(fields)?,
    };
    Ok((area, cut))
}

/// The lines of a text that say something.
pub(super) fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// The places of a list, as it was pasted: a line may hold several, with 、 between them.
pub(super) fn places(lines: &[String]) -> Vec<String> {
    let parts = lines.iter().flat_map(|line| line.split(['、', '，', ',']));
    let parts = parts.map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// The points of what is drawn, latitude and longitude a line, as one ring.
pub(super) fn ring(lines: &[String]) -> Result<Option<Vec<[f64; 2]>>, Bad> {
    if lines.is_empty() {
        return Ok(None);
    }
    let point = |line: &String| {
        let line = nfkc(line);
        let (lat, lon) = line.split_once([',', ' ', '、'])?;
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        Some([number(lon)?, number(lat)?])
    };
    let points: Option<Vec<[f64; 2]>> = lines.iter().map(point).collect();
    let mut points = points.ok_or(("drawn", o::BAD_DRAWN))?;
    if points.first() != points.last() {
        points.extend(points.first().copied());
    }
    Ok(Some(points))
}

/// A time of the clock in Tokyo.
fn since(text: &str) -> Result<DateTime<Utc>, Bad> {
    let text = nfkc(text).replace('/', "-").replace(' ', "T");
    let at = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S"));
    at.map(of_tokyo).map_err(|_| ("since", o::BAD_TIME))
}

fn hours(fields: &Fields) -> Result<u32, Bad> {
    let text = nfkc(fields.get("hours"));
    let text = text.trim().trim_end_matches("時間").trim();
    text.parse().map_err(|_| ("hours", o::BAD_NUMBER))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let pairs = pairs.iter();
        Fields(
            pairs
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn what_is_typed_is_read_as_people_write_it() {
        let typed = fields(&[
            ("town", "43203"),
            ("places", "下城本町の一部、宝来町\n\n 麓町 "),
            ("drawn", "32.21,130.76\n３２．２２，130.77\n32.20 130.78"),
            ("since", "2026-09-01T22:00"),
            ("hours", "７２時間"),
        ]);
        let (area, cut) = wanted(&typed, NOW).unwrap();
        assert_eq!(area.towns.len(), 1);
        assert_eq!(area.places, ["下城本町の一部", "宝来町", "麓町"]);
        let ring = &area.drawn[0][0];
        assert_eq!(ring.len(), 4);
        assert_eq!((ring[0], ring[1]), ([130.76, 32.21], [130.77, 32.22]));
        assert_eq!(ring.first(), ring.last());
        assert_eq!(cut.hours, 72);
        assert_eq!(cut.since.to_rfc3339(), "2026-09-01T13:00:00+00:00");
    }

    #[test]
    fn what_cannot_be_read_names_its_field() {
        let base = [
            ("town", "43203"),
            ("since", "2026-09-01 22:00"),
            ("hours", "6"),
        ];
        assert!(wanted(&fields(&base), NOW).is_ok());
        for (name, value) in [
            ("since", "きのう"),
            ("hours", "長い"),
            ("hours", "-1"),
            ("hours", "1.5"),
            ("drawn", "32.2"),
            ("drawn", "32.2,NaN"),
        ] {
            let mut pairs: Vec<_> = base.to_vec();
            pairs.retain(|(known, _)| *known != name);
            pairs.push((name, value));
            let (field, why) = wanted(&fields(&pairs), NOW).unwrap_err();
            assert_eq!(field, name, "{value}");
            assert!(!why.ja.is_empty() && !why.en.is_empty());
        }
        let (field, _) = wanted(&fields(&[("town", "九州"), ("hours", "6")]), NOW).unwrap_err();
        assert_eq!(field, "towns");
        let (_, cut) = wanted(&fields(&[("town", "43203"), ("hours", "6")]), NOW).unwrap();
        assert_eq!(cut.since, NOW, "without a time: now");
    }
}
