//! What the centre writes down about a loan.

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
        words::{loan_ends as ends, loans as words},
    },
    Leads, Said, bedside,
    fields::{Fields, Wrong},
    leads_in,
    page::{self, Shown},
    papers::after_hand_over,
};
use crate::{
    app::App,
    domain::{
        id::{CaseNumber, UnitId},
        loan::{Fault, LoanStep, Loss, ReturnWhy, check::CheckWay, ends::MOST_YEN},
    },
    service::{
        ServiceError,
        loans::{self, Answer, Exchange, Sheet, Taken},
    },
};

/// Why an act came to nothing.
enum No {
    Wrong(Wrong),
    Error(Error),
}

impl From<Wrong> for No {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<Error> for No {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<ServiceError> for No {
    fn from(error: ServiceError) -> Self {
        Self::Error(error.into())
    }
}

/// `POST /loans/{loan}/{act}`
pub(in crate::web) async fn act(
    State(app): State<App>,
    visit: Visit,
    Named((case, act)): Named<(String, String)>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, said) = match done(&app, sheet, &number, (&act, &fields)).await {
        Ok(answer) => {
            // The papers of the hand-over name a unit: after an exchange they are new.
            let to = |number: &str| match &*act {
                "exchange" => after_hand_over(number),
                _ => format!("/loans/{number}"),
            };
            match leads_in(&act, answer, &visit, to)? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
        Err(No::Wrong(wrong)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in(&act, &wrong, &visit),
        ),
        Err(No::Error(error)) => return Err(error),
    };
    let page = page::render(&app, &visit, &number, Shown::Back(&act, fields, said)).await?;
    Ok((status, page).into_response())
}

async fn done(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (act, fields): (&str, &Fields),
) -> Result<Answer, No> {
    let taken = || -> Result<Taken, No> {
        Ok(Taken {
            revision: fields.revision()?,
            on: fields.needed_day("on")?,
            note: fields.note("note")?,
        })
    };
    Ok(match act {
        "facts" => {
            let (applicant, facts) = (fields.applicant()?, fields.facts()?);
            let revision = fields.revision()?;
            loans::write_facts(app, sheet, (number, revision), (&applicant, &facts)).await?
        }
        "step" => {
            let step = LoanStep::from_code(fields.get("step")).ok_or(Wrong {
                field: "step",
                why: words::MISSING,
            })?;
            let document = fields.line("document")?;
            let step = (step, document.as_deref());
            loans::decide(app, sheet, number, step, &taken()?).await?
        }
        "agree" => {
            let way = CheckWay::from_code(fields.get("way"))
                .filter(|way| CheckWay::ON_A_DAY.contains(way))
                .unwrap_or(CheckWay::Visit);
            let day = fields.day("check_on")?.map(|day| (day, way));
            loans::agree_check(app, sheet, number, day).await?
        }
        "exchange" => {
            let new = Exchange {
                unit: unit(fields)?,
                kit: fields.kit(),
                kit_back: fields.kit_in("kit_back"),
                frequency_hz: fields.number("frequency")?,
                started: fields.ticked("started"),
                co_explained: fields.ticked("co_explained"),
            };
            loans::exchange(app, sheet, number, (&taken()?, &new)).await?
        }
        "return" => {
            let day = fields.needed_day("return_on")?;
            let why = ReturnWhy::from_code(fields.get("why")).ok_or(Wrong {
                field: "why",
                why: words::MISSING,
            })?;
            loans::set_return(app, sheet, number, (&taken()?, day, why)).await?
        }
        "back" => {
            let (kit, in_order) = (fields.kit(), fields.ticked("in_order"));
            loans::take_back(app, sheet, number, (&taken()?, &kit, in_order)).await?
        }
        "extend" => {
            let (until, approver) = (fields.needed_day("until")?, fields.needed("approver")?);
            loans::extend(app, sheet, number, (&taken()?, until, &approver)).await?
        }
        "complete" => {
            let (later, kit) = (bedside::done(fields)?, fields.kit());
            loans::complete(app, sheet, number, (&later, &kit)).await?
        }
        "strike-check" | "strike-plan" => {
            let id = Uuid::parse_str(fields.get("id")).map_err(|_| Error::BadForm)?;
            let why = fields.note("undo_why")?.unwrap_or_default();
            if act == "strike-check" {
                loans::strike_check(app, sheet, number, (id, &why)).await?
            } else {
                loans::strike_application(app, sheet, number, (id, &why)).await?
            }
        }
        "seen" => loans::see_words(app, sheet, number).await?,
        "lost" => {
            let loss = loss(fields)?;
            loans::report_loss(app, sheet, number, (&taken()?, loss)).await?
        }
        "plan" => {
            let (on, note) = (fields.needed_day("on")?, fields.note("note")?);
            loans::applied_for_plan(app, sheet, number, (on, note.as_deref())).await?
        }
        _ => return Err(Error::NotFound.into()),
    })
}

fn loss(fields: &Fields) -> Result<Loss, Wrong> {
    let fault = Fault::from_code(fields.get("fault")).ok_or(Wrong {
        field: "fault",
        why: words::MISSING,
    })?;
    let cost_yen = fields.number::<u32>("cost")?;
    if cost_yen.is_some_and(|yen| yen > MOST_YEN) {
        return Err(Wrong {
            field: "cost",
            why: ends::BAD_COST,
        });
    }
    Ok(Loss { fault, cost_yen })
}

pub(super) fn unit(fields: &Fields) -> Result<UnitId, Wrong> {
    Uuid::parse_str(fields.get("unit"))
        .map(UnitId)
        .map_err(|_| Wrong {
            field: "unit",
            why: words::MISSING,
        })
}
