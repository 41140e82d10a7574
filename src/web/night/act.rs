//! What is entered and answered tonight.

use axum::{
    extract::{Multipart, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use uuid::Uuid;

use super::{Address, Said, Typed, render};
use crate::{
    app::App,
    domain::{
        hazard::Hazard,
        id::{CaseNumber, SiteId},
        municipality::MunicipalityCode,
        night::{Need, NightKind, PowerNow, SiteNow, Whereabouts},
        residence::Called,
        text::{Text, key_form},
    },
    planner::tonight::State as Stands,
    service::{
        loans::Answer,
        night::{self, By, LevelWanted, Taken, TelegramReport},
    },
    web::{
        Error,
        head::Visit,
        loans::fields::Fields,
        taken::{Named, Sent},
        words::{self, night as w},
    },
};

type Pairs = Vec<(String, String)>;

/// Back to the list, or why nothing was done; what was typed about a child stays typed.
async fn led(
    app: &App,
    visit: &Visit,
    (answer, to): (Answer, String),
    typed: Option<(CaseNumber, Fields)>,
) -> Result<Response, Error> {
    let (status, text) = match answer {
        Answer::Done(_) => return Ok(Redirect::to(&to).into_response()),
        Answer::NotThere => return Err(Error::NotFound),
        Answer::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY),
        Answer::Wrong(_, text) | Answer::Elsewhere(_, text, _) | Answer::Ask(_, text) => {
            (StatusCode::UNPROCESSABLE_ENTITY, text)
        }
        Answer::Changed | Answer::UnitGone | Answer::NotAllowed(_) => {
            (StatusCode::CONFLICT, words::STALE)
        }
    };
    let typed_in = typed.clone();
    let typed = typed.map(|(case, fields)| Typed {
        case,
        fields,
        why: text.get(visit.lang).to_owned(),
    });
    let said = Some(Said::bad(&text, visit.lang));
    let of_cut = |(_, fields): &(CaseNumber, Fields)| fields.get("outage").to_owned();
    let address = Address {
        outage: typed_in.as_ref().map(of_cut).unwrap_or_default(),
        ..Address::default()
    };
    let page = render(app, visit, &address, (said, typed)).await?;
    Ok((status, page).into_response())
}

/// `POST /tonight/level`
pub(in crate::web) async fn enter_level(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let town = MunicipalityCode::parse(fields.get("town")).map_err(|_| Error::BadForm)?;
    let hazard = match fields.get("hazard") {
        "" => None,
        code => {
            let mut all = Hazard::ALL.into_iter();
            let found = all.find(|hazard| hazard.code() == code);
            Some(found.ok_or(Error::BadForm)?)
        }
    };
    let wanted = match fields.get("now") {
        "power_cut" => LevelWanted {
            town,
            hazard: Some(Hazard::PowerCut),
            level: None,
        },
        level => {
            let level: u8 = level.parse().map_err(|_| Error::BadForm)?;
            LevelWanted {
                town,
                hazard,
                level: Some(level.try_into().map_err(|_| Error::BadForm)?),
            }
        }
    };
    let done = night::enter_level(&app, fields.sheet(&visit)?, wanted).await?;
    led(
        &app,
        &visit,
        (done, "/tonight?saved=1#said".to_owned()),
        None,
    )
    .await
}

/// `POST /tonight/levels/{level}/end`
pub(in crate::web) async fn end_level(
    State(app): State<App>,
    visit: Visit,
    Named(level): Named<Uuid>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let done = night::end_level(&app, fields.sheet(&visit)?, level).await?;
    led(
        &app,
        &visit,
        (done, "/tonight?saved=1#said".to_owned()),
        None,
    )
    .await
}

/// `POST /tonight/sites/{id}`
pub(in crate::web) async fn report_site(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let now = match fields.get("now") {
        "open" => SiteNow {
            open: Some(true),
            powered: None,
        },
        "closed" => SiteNow {
            open: Some(false),
            powered: None,
        },
        "powered" => SiteNow {
            open: None,
            powered: Some(true),
        },
        "no_power" => SiteNow {
            open: None,
            powered: Some(false),
        },
        _ => return Err(Error::BadForm),
    };
    let said = (SiteId(id), now);
    let done = night::report_site(&app, fields.sheet(&visit)?, said).await?;
    led(
        &app,
        &visit,
        (done, "/tonight?saved=1#sites".to_owned()),
        None,
    )
    .await
}

/// A number of hours as people write it.
fn hours(text: &str) -> Result<Option<f64>, ()> {
    let text = key_form(text);
    let text = text.strip_suffix("時間").unwrap_or(&text);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ())
}

/// What was answered.
fn said(fields: &Fields) -> Result<night::Said, Text> {
    let kind = NightKind::from_code(fields.get("came")).ok_or(w::BAD_CHOICE)?;
    if kind == NightKind::Calling {
        return Ok(night::Said::calling());
    }
    let words = fields.get("remark");
    Ok(night::Said {
        kind,
        whom: Called::from_code(fields.get("whom")),
        place: Whereabouts::from_code(fields.get("where_is")),
        power: PowerNow::from_code(fields.get("power_now")),
        hours_left: hours(fields.get("hours_left")).map_err(|()| w::BAD_HOURS)?,
        needs: Need::ALL
            .iter()
            .copied()
            .filter(|need| fields.has("need", need.code()))
            .collect(),
        words: Some(words.to_owned()).filter(|words| !words.is_empty()),
        next_minutes: fields.get("next_call").parse().ok(),
    })
}

/// The top of the list, of the state that was looked at: the next to be called.
fn back_to(number: &CaseNumber, fields: &Fields) -> String {
    let state = Stands::from_code(fields.get("state")).map_or("", Stands::code);
    let path = match Uuid::parse_str(fields.get("outage")) {
        Ok(outage) => format!("/outage/{outage}"),
        Err(_) => "/tonight".to_owned(),
    };
    format!("{path}?state={state}&saved={number}#said")
}

/// `POST /tonight/{case}/answer`
pub(in crate::web) async fn answer(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let done = match said(&fields) {
        Ok(said) => night::answer(&app, sheet, &number, &said).await?,
        Err(text) => Answer::Wrong("came", text),
    };
    let to = back_to(&number, &fields);
    led(&app, &visit, (done, to), Some((number, fields))).await
}

/// `POST /tonight/{case}/answers/{answer}/strike`
pub(in crate::web) async fn strike(
    State(app): State<App>,
    visit: Visit,
    Named((case, answer)): Named<(String, Uuid)>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let done = night::strike(&app, fields.sheet(&visit)?, &number, answer).await?;
    let to = back_to(&number, &fields);
    led(&app, &visit, (done, to), None).await
}

/// `POST /tonight/telegram`: a telegram that comes twice is known the second time.
pub(in crate::web) async fn telegram(
    State(app): State<App>,
    visit: Visit,
    mut parts: Multipart,
) -> Result<Response, Error> {
    let (mut name, mut file) = (String::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|_| Error::BadForm)? {
        if part.name() == Some("file") {
            part.file_name().unwrap_or_default().clone_into(&mut name);
            file = part.bytes().await.map_err(|_| Error::BadForm)?.to_vec();
        }
    }
    let lang = visit.lang;
    let (status, said) = if file.is_empty() {
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::bad(&w::NO_FILE, lang),
        )
    } else {
        let by = By::Person(&visit.who);
        let report = night::read_telegram(&app, by, (&name, &file), false).await?;
        told(&report, &visit)
    };
    let page = render(&app, &visit, &Address::default(), (Some(said), None)).await?;
    Ok((status, page).into_response())
}

/// What became of a telegram.
fn told(report: &TelegramReport, visit: &Visit) -> (StatusCode, Said) {
    let lang = visit.lang;
    if let Some(error) = &report.error {
        let text = Text::new(error.message_ja.clone(), error.message_en.clone());
        return (StatusCode::UNPROCESSABLE_ENTITY, Said::bad(&text, lang));
    }
    let head = match report.state {
        Taken::Known => w::KNOWN,
        _ => w::TAKEN,
    };
    let title = report.title.as_deref().unwrap_or_default();
    let count = words::counted(report.in_force.len(), w::STATEMENTS, lang);
    let mut lines = vec![format!("{}：{title}（{count}）", head.get(lang))];
    let notes = report.warnings.iter().take(5);
    lines.extend(notes.map(|note| {
        let text = Text::new(note.reason.clone(), note.reason_en.clone());
        text.get(lang).to_owned()
    }));
    let said = Said {
        good: true,
        lines,
        case: None,
    };
    (StatusCode::OK, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        assert_eq!(hours(" ２．５ 時間"), Ok(Some(2.5)));
        assert_eq!(hours("8"), Ok(Some(8.0)));
        assert_eq!(hours("  "), Ok(None));
        assert_eq!(hours("半日"), Err(()));
    }

    #[test]
    fn an_answer_is_one_button_and_says_nothing_that_was_not_said() {
        let fields = |pairs: &[(&str, &str)]| {
            let owned = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
            Fields(pairs.iter().map(owned).collect())
        };
        let left = said(&fields(&[
            ("came", "left"),
            ("hours_left", ""),
            ("next_call", ""),
        ]));
        let left = left.expect("it is read");
        assert_eq!(
            (left.kind, left.hours_left, left.next_minutes),
            (NightKind::Left, None, None)
        );
        assert!(left.needs.is_empty() && left.words.is_none() && left.place.is_none());
        assert_eq!(said(&fields(&[])), Err(w::BAD_CHOICE));
        let odd = said(&fields(&[("came", "at_home"), ("hours_left", "x")]));
        assert_eq!(odd, Err(w::BAD_HOURS));
        let nan = said(&fields(&[("came", "at_home"), ("hours_left", "NaN")]));
        // Which the service refuses: it is in no range.
        assert!(nan.is_ok_and(|said| said.hours_left.is_some_and(f64::is_nan)));
    }
}
