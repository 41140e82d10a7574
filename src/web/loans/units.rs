//! Generators in stock.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::{Named, Sent},
        words::{self, loan_ends as ends, loans as said},
    },
    Leads, Said,
    catalogue::{self, Figures},
    desk::Choice,
    fields::{Fields, Wrong},
    leads_in,
};
use crate::{
    app::App,
    domain::{
        generator::Catalogue,
        id::UnitId,
        loan::{KitItem, UnitEventKind, UnitState},
        position::{Position, PositionAccuracy},
        text::Lang,
    },
    service::{
        loans::{
            self,
            emergency::{self, Whereabouts},
        },
        own_sites,
    },
    store::{NewUnit, StoredUnit, UnitEvent},
};

#[derive(Template)]
#[template(path = "pages/units.html")]
struct List {
    head: Head,
    /// Each with the name of its state, and what the catalogue says of its model in
    /// short.
    units: Vec<(StoredUnit, String, String)>,
    figures: Vec<Figures>,
    /// Models to be suggested: the name by which the catalogue finds them, and with
    /// its maker.
    models: Vec<(String, String)>,
    free: usize,
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

/// The models of the catalogue.
fn model_names(catalogue: &Catalogue) -> Vec<(String, String)> {
    let models = catalogue.all().into_iter();
    let names = models.map(|one| (one.model.clone(), format!("{} {}", one.maker, one.model)));
    names.collect()
}

async fn render(
    app: &App,
    visit: &Visit,
    form: Fields,
    said: Option<Said>,
) -> Result<Html<String>, Error> {
    let units = loans::units(app).await?;
    let (catalogue, _) = loans::catalogue(app).await?;
    show(&List {
        head: Head::of(visit, "/units"),
        free: units.iter().filter(|unit| unit.state.is_free()).count(),
        figures: Figures::of_units(&catalogue, &units, visit.lang),
        models: model_names(&catalogue),
        units: units
            .into_iter()
            .map(|unit| {
                let state = unit.state.name().get(visit.lang).to_owned();
                let mark = catalogue::mark(&catalogue, &unit, visit.lang);
                (unit, state, mark)
            })
            .collect(),
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    })
}

/// `GET /units`
pub(in crate::web) async fn list(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    render(&app, &visit, Fields::default(), None).await
}

fn new_unit(fields: &Fields) -> Result<NewUnit, Wrong> {
    Ok(NewUnit {
        model: fields.needed("model")?,
        serial: fields.needed("serial")?,
        place: fields.line("place")?,
        position: None,
        bought_on: fields.day("bought_on")?,
        note: fields.note("note")?,
    })
}

/// `POST /units`
pub(in crate::web) async fn add(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, said) = match new_unit(&fields) {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in("units", &wrong, &visit),
        ),
        Ok(unit) => {
            let answer = loans::add_unit(&app, sheet, &unit).await?;
            match leads_in("units", answer, &visit, |id| format!("/units/{id}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let page = render(&app, &visit, fields, Some(said)).await?;
    Ok((status, page).into_response())
}

#[derive(Template)]
#[template(path = "pages/unit.html")]
struct One {
    head: Head,
    unit: StoredUnit,
    figures: Vec<Figures>,
    /// Models to be suggested: the name by which the catalogue finds them, and with
    /// its maker.
    models: Vec<(String, String)>,
    state: String,
    /// Day, what, kit, note, by whom.
    events: Vec<[String; 5]>,
    states: Vec<Choice>,
    may_set: bool,
    at: Whereabouts,
    kit: Vec<Choice>,
    /// What was typed into a form that came back.
    form: Fields,
    today: NaiveDate,
    /// The day of return that a form suggests.
    usual: NaiveDate,
    /// What stands in the form of its place.
    place: Fields,
    accuracies: Vec<(&'static str, String, bool)>,
    /// The ground of the small map, as JSON that may stand in a page.
    ground: String,
    tiles: bool,
    place_key: Uuid,
    said: Option<Said>,
    key: Uuid,
    correct_key: Uuid,
    /// Its model or serial number was corrected.
    corrected: bool,
    keys: [Uuid; 3],
}

impl One {
    fn day_of(&self, name: &str) -> String {
        match self.form.get(name) {
            "" => self.today.to_string(),
            typed => typed.to_owned(),
        }
    }
}

/// How exactly a place may be known, the best first.
const ACCURACIES: [PositionAccuracy; 4] = [
    PositionAccuracy::Surveyed,
    PositionAccuracy::Building,
    PositionAccuracy::Block,
    PositionAccuracy::TownCentroid,
];

/// The place of a unit as somebody would have typed it.
fn placed(unit: &StoredUnit, accuracy: Option<PositionAccuracy>) -> Fields {
    let at = unit.unit.position;
    let number = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    let fields = [
        ("place", unit.unit.place.clone().unwrap_or_default()),
        ("lat", number(at.map(Position::lat))),
        ("lon", number(at.map(Position::lon))),
        (
            "accuracy",
            accuracy
                .map(PositionAccuracy::code)
                .unwrap_or_default()
                .to_owned(),
        ),
    ];
    Fields(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

fn event(event: &UnitEvent, lang: Lang) -> [String; 5] {
    let kit = event.kit.as_ref().map(|kit| {
        let names = kit
            .iter()
            .map(|item: &KitItem| item.name().get(lang).to_owned());
        names
            .collect::<Vec<_>>()
            .join(if lang == Lang::Ja { "、" } else { ", " })
    });
    [
        event.on.to_string(),
        event.kind.name().get(lang).to_owned(),
        kit.unwrap_or_default(),
        event.note.clone().unwrap_or_default(),
        event.by.clone().unwrap_or_default(),
    ]
}

/// The page of a unit; `typed`: a form of its place that comes back.
pub(super) async fn one(
    app: &App,
    visit: &Visit,
    id: UnitId,
    (form, said): (Fields, Option<Said>),
    typed: Option<&Fields>,
) -> Result<Html<String>, Error> {
    let found = loans::unit(app, id).await?;
    let (unit, events) = found.ok_or(Error::NotFound)?;
    let (catalogue, _) = loans::catalogue(app).await?;
    let lang = visit.lang;
    let at = emergency::whereabouts(app, &visit.who, (id, unit.state)).await?;
    let known = loans::unit_accuracies(app).await?;
    let known = known.iter().find(|(unit, _)| *unit == id);
    let place = typed.map_or_else(
        || placed(&unit, known.map(|(_, accuracy)| *accuracy)),
        |typed| Fields(typed.0.clone()),
    );
    let ground = own_sites::prefecture_ground(app).await?;
    let ground = serde_json::to_string(&ground).expect("shapes become JSON");
    let settable = UnitState::settable();
    let others = settable.iter().filter(|state| **state != unit.state);
    show(&One {
        head: Head::of(visit, format!("/units/{id}")),
        figures: vec![Figures::of(&catalogue, &unit.unit.model, lang)],
        models: model_names(&catalogue),
        state: unit.state.name().get(lang).to_owned(),
        events: events.iter().map(|e| event(e, lang)).collect(),
        states: others
            .map(|state| (state.code(), state.name().get(lang).to_owned(), false))
            .collect(),
        may_set: settable.contains(&unit.state),
        at,
        kit: KitItem::ALL
            .iter()
            .map(|item| (item.code(), item.name().get(lang).to_owned(), false))
            .collect(),
        form,
        today: app.clock.today(),
        usual: emergency::usual_return(app),
        accuracies: ACCURACIES
            .map(|one| {
                let chosen = place.get("accuracy") == one.code();
                (one.code(), one.name().get(lang).to_owned(), chosen)
            })
            .to_vec(),
        place,
        ground: ground.replace('<', "\\u003c"),
        tiles: app.config.map.gsi_tiles,
        place_key: app.ids.next(),
        correct_key: app.ids.next(),
        corrected: events
            .iter()
            .any(|event| event.kind == UnitEventKind::Corrected),
        unit,
        said,
        key: app.ids.next(),
        keys: std::array::from_fn(|_| app.ids.next()),
    })
}

/// `GET /units/{unit}`
pub(in crate::web) async fn show_unit(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    one(&app, &visit, UnitId(id), (Fields::default(), None), None).await
}

/// `POST /units/{unit}/correct`
pub(in crate::web) async fn correct_unit(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (id, fields) = (UnitId(id), Fields(pairs));
    let sheet = fields.sheet(&visit)?;
    let revision = fields.revision()?;
    let (status, said) = match corrected(&fields) {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in("units", &wrong, &visit),
        ),
        Ok([model, serial, why]) => {
            let change = (model.as_str(), serial.as_str(), why.as_str());
            let answer = loans::correct_unit(&app, sheet, (id, revision), change).await?;
            match leads_in("units", answer, &visit, |id| format!("/units/{id}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let page = one(&app, &visit, id, (fields, Some(said)), None).await?;
    Ok((status, page).into_response())
}

/// Model, serial number, and why they are corrected.
fn corrected(fields: &Fields) -> Result<[String; 3], Wrong> {
    let why = fields.note("correct_why")?.ok_or(Wrong {
        field: "correct_why",
        why: said::MISSING,
    })?;
    Ok([fields.needed("model")?, fields.needed("serial")?, why])
}

/// `POST /units/{unit}/state`
pub(in crate::web) async fn set_state(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let state = |name| UnitState::from_code(fields.get(name)).ok_or(Error::BadForm);
    let change = (UnitId(id), state("from")?, state("to")?);
    let (status, said) = match fields.note("note") {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in("units", &wrong, &visit),
        ),
        Ok(note) => {
            let answer = loans::set_unit_state(&app, sheet, change, note.as_deref()).await?;
            match leads_in("units", answer, &visit, |id| format!("/units/{id}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let page = one(&app, &visit, UnitId(id), (fields, Some(said)), None).await?;
    Ok((status, page).into_response())
}
