//! Where a unit is kept, and the stock as a file.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::Visit,
        taken::{Named, Sent},
        words::{loans as said, unit_places as w},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads_in, units,
};
use crate::{
    app::App,
    domain::{
        id::UnitId,
        position::{Position, PositionAccuracy},
        text::Lang,
    },
    print::{sheet, workbook},
    service::{ServiceError, loans},
};

/// What a form says of a place: words, and a position.
type Place = (Option<String>, Option<(Position, PositionAccuracy)>);

fn place(fields: &Fields) -> Result<Place, Wrong> {
    let wrong = |why| Wrong { field: "lat", why };
    let (lat, lon) = (fields.number::<f64>("lat")?, fields.number::<f64>("lon")?);
    let position = match (lat, lon) {
        (None, None) => None,
        (Some(lat), Some(lon)) => {
            let position = Position::new(lat, lon).map_err(|_| wrong(w::BAD))?;
            let accuracy = PositionAccuracy::from_code(fields.get("accuracy"));
            Some((position, accuracy.ok_or_else(|| wrong(w::NO_ACCURACY))?))
        }
        _ => return Err(wrong(w::HALF)),
    };
    Ok((fields.line("place")?, position))
}

/// `POST /units/{unit}/place`
pub(in crate::web) async fn set_place(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let unit = (UnitId(id), fields.revision()?);
    let (status, said) = match place(&fields) {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in("units", &wrong, &visit),
        ),
        Ok((words, position)) => {
            let answer = loans::place_unit(&app, sheet, unit, (words, position)).await?;
            match leads_in("units", answer, &visit, |id| format!("/units/{id}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let page = units::one(
        &app,
        &visit,
        UnitId(id),
        (Fields::default(), Some(said)),
        Some(&fields),
    )
    .await?;
    Ok((status, page).into_response())
}

/// The stock, line by line.
async fn lines(app: &App, lang: Lang) -> Result<Vec<[String; 9]>, Error> {
    let units = loans::units(app).await?;
    let accuracies = loans::unit_accuracies(app).await?;
    let lines = units.into_iter().map(|stored| {
        let how = accuracies.iter().find(|(id, _)| *id == stored.id);
        let unit = stored.unit;
        let number = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
        [
            unit.model,
            unit.serial,
            stored.state.name().get(lang).to_owned(),
            unit.place.unwrap_or_default(),
            number(unit.position.map(Position::lat)),
            number(unit.position.map(Position::lon)),
            how.map(|(_, how)| how.name().get(lang).to_owned())
                .unwrap_or_default(),
            unit.bought_on
                .map(|day| day.to_string())
                .unwrap_or_default(),
            unit.note.unwrap_or_default(),
        ]
    });
    Ok(lines.collect())
}

fn head(lang: Lang) -> [&'static str; 9] {
    static HEAD: [crate::domain::text::Text; 9] = [
        said::MODEL,
        said::SERIAL,
        said::STATE,
        said::KEPT_AT,
        w::LAT,
        w::LON,
        w::HOW,
        said::BOUGHT,
        said::NOTE,
    ];
    HEAD.each_ref().map(|text| text.get(lang))
}

fn attached(bytes: Vec<u8>, name: &str, kind: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}

/// `GET /units/sheet.csv`
pub(in crate::web) async fn csv(State(app): State<App>, visit: Visit) -> Result<Response, Error> {
    let lines = lines(&app, visit.lang).await?;
    let bytes = sheet::csv(head(visit.lang), lines.into_iter()).map_err(ServiceError::Io)?;
    let name = format!("units-{}.csv", app.clock.today());
    Ok(attached(bytes, &name, "text/csv; charset=utf-8"))
}

/// `GET /units/sheet.xlsx`
pub(in crate::web) async fn xlsx(State(app): State<App>, visit: Visit) -> Result<Response, Error> {
    let lang = visit.lang;
    let lines = lines(&app, lang).await?;
    let made = tokio::task::spawn_blocking(move || {
        workbook::xlsx(w::SHEET.get(lang), head(lang), lines.into_iter())
    });
    let bytes = made
        .await
        .expect("a sheet is written without panic")
        .map_err(|error| ServiceError::Io(std::io::Error::other(error)))?;
    let name = format!("units-{}.xlsx", app.clock.today());
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attached(bytes, &name, kind))
}
