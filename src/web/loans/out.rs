//! A unit that is out beyond the two stages: lent for an emergency, or to be
//! fetched after its loan is over.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::Visit,
        taken::{Named, Sent},
        words::loans as words,
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads_in, units,
};
use crate::{
    app::App,
    domain::{
        id::{CaseNumber, UnitId},
        loan::HandOver,
    },
    service::loans::{
        Answer,
        emergency::{self, Fetched, Spare},
    },
};

fn spare(fields: &Fields) -> Result<Spare, Wrong> {
    let number = CaseNumber::parse(&fields.needed("number")?).map_err(|_| Wrong {
        field: "number",
        why: words::BAD_CASE_NUMBER,
    })?;
    Ok(Spare {
        number,
        who: fields.line("name")?.zip(fields.day("born")?),
        on: fields.needed_day("on")?,
        return_on: fields.needed_day("return_on")?,
        kit: fields.kit(),
        done: HandOver {
            co_explained: fields.ticked("co_explained"),
            kit_note: fields.note("kit_note")?,
            ..HandOver::default()
        },
    })
}

fn fetched(fields: &Fields) -> Result<Fetched, Wrong> {
    Ok(Fetched {
        on: fields.needed_day("on")?,
        kit: fields.kit(),
        in_order: fields.ticked("in_order"),
        note: fields.note("note")?,
    })
}

async fn answered(
    app: &App,
    visit: &Visit,
    (unit, fields, form): (UnitId, Fields, &str),
    answer: Result<Answer, Wrong>,
) -> Result<Response, Error> {
    let (status, said) = match answer {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in(form, &wrong, visit),
        ),
        Ok(answer) => match leads_in(form, answer, visit, |id| format!("/units/{id}"))? {
            Leads::On(response) => return Ok(response),
            Leads::Back(status, said) => (status, said),
        },
    };
    let page = units::one(app, visit, unit, (fields, Some(said)), None).await?;
    Ok((status, page).into_response())
}

/// `POST /units/{unit}/lend`
pub(in crate::web) async fn lend(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = match spare(&fields) {
        Ok(spare) => Ok(emergency::lend(&app, sheet, UnitId(id), &spare).await?),
        Err(wrong) => Err(wrong),
    };
    answered(&app, &visit, (UnitId(id), fields, "lend"), answer).await
}

/// `POST /units/{unit}/until`
pub(in crate::web) async fn put_off(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = match fields.needed_day("return_on") {
        Ok(day) => Ok(emergency::put_off(&app, sheet, UnitId(id), day).await?),
        Err(wrong) => Err(wrong),
    };
    answered(&app, &visit, (UnitId(id), fields, "until"), answer).await
}

/// `POST /units/{unit}/back`
pub(in crate::web) async fn back(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = match fetched(&fields) {
        Ok(fetched) => Ok(emergency::fetched(&app, sheet, UnitId(id), &fetched).await?),
        Err(wrong) => Err(wrong),
    };
    answered(&app, &visit, (UnitId(id), fields, "back"), answer).await
}
