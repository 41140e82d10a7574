//! What municipalities offer: schemes and windows, as the centre keeps them.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::Sent,
        words::{self, loan_towns as said},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads_in,
};
use crate::{
    app::App,
    domain::{
        loan::eligibility::Scheme,
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    service::{
        ServiceError,
        loans::{self, Answer},
    },
    store::{StoredScheme, Window},
};

/// A scheme in words.
struct Line {
    id: Uuid,
    town: String,
    benefit: String,
    from: String,
    until: String,
    /// Its days in words.
    days: String,
    source: String,
    /// Whether it is in force, and the class of that badge.
    state: String,
    class: &'static str,
    was: String,
}

impl Line {
    fn of(stored: &StoredScheme, today: NaiveDate, lang: Lang) -> Self {
        let scheme = &stored.scheme;
        let day = |day: Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        let (state, class) = if scheme.is_in_force(today) {
            (said::IN_FORCE, "clean")
        } else if scheme.until.is_some_and(|until| until < today) {
            (said::OVER, "")
        } else {
            (said::NOT_YET, "gap")
        };
        let mut days = match (scheme.from, lang) {
            (None, _) => said::UNKNOWN_FROM.get(lang).to_owned(),
            (Some(from), Lang::Ja) => format!("{from}{}", said::FROM_SHORT.get(lang)),
            (Some(from), Lang::En) => format!("{} {from}", said::FROM_SHORT.get(lang)),
        };
        if let Some(until) = scheme.until {
            let word = said::UNTIL_SHORT;
            let word = word.get(lang);
            days = match lang {
                Lang::Ja => format!("{days} {until}{word}"),
                Lang::En => format!("{days} {word} {until}"),
            };
        }
        Self {
            id: stored.id,
            town: scheme.municipality.name().to_owned(),
            benefit: scheme.benefit.clone(),
            from: day(scheme.from),
            until: day(scheme.until),
            days,
            source: scheme.source.clone(),
            state: state.get(lang).to_owned(),
            class,
            was: loans::mark(scheme),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/loan_towns.html")]
struct Page {
    head: Head,
    said: Option<Said>,
    lines: Vec<Line>,
    removed: Vec<Line>,
    first: usize,
    windows: Vec<(MunicipalityCode, String, Window)>,
    without: Vec<String>,
    towns: Vec<(MunicipalityCode, String)>,
    /// What was typed of a new scheme.
    scheme: Fields,
    /// What was typed of a window, or what is known of the one to be changed.
    window: Fields,
    key: Uuid,
}

/// Which form comes back to the page, with what was typed.
enum Typed {
    Nothing,
    Scheme(Fields),
    Window(Fields),
}

async fn render(
    app: &App,
    visit: &Visit,
    typed: Typed,
    said: Option<Said>,
) -> Result<Html<String>, Error> {
    let (lang, today) = (visit.lang, app.clock.today());
    let page = loans::towns(app).await?;
    let has = |code: &MunicipalityCode| page.windows.iter().any(|w| w.municipality.same_as(*code));
    let name = |code: &MunicipalityCode| code.name().to_owned();
    let (scheme, window) = match typed {
        Typed::Nothing => (Fields::default(), Fields::default()),
        Typed::Scheme(fields) => (fields, Fields::default()),
        Typed::Window(fields) => (Fields::default(), fields),
    };
    show(&Page {
        head: Head::of(visit, "/loans/towns"),
        said,
        lines: page
            .schemes
            .iter()
            .map(|stored| Line::of(stored, today, lang))
            .collect(),
        removed: page
            .removed
            .iter()
            .map(|stored| Line::of(stored, today, lang))
            .collect(),
        first: page.first,
        without: page
            .towns
            .iter()
            .filter(|code| !has(code))
            .map(name)
            .collect(),
        windows: page
            .windows
            .into_iter()
            .map(|window| (window.municipality, name(&window.municipality), window))
            .collect(),
        towns: page.towns.iter().map(|code| (*code, name(code))).collect(),
        scheme,
        window,
        key: app.ids.next(),
    })
}

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    town: Option<String>,
}

/// `GET /loans/towns`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let asked = query.ok().and_then(|Query(asked)| asked.town);
    let code = asked.and_then(|text| MunicipalityCode::parse(&text).ok());
    let typed = match code {
        None => Typed::Nothing,
        Some(code) => {
            let page = loans::towns(&app).await?;
            let known = page.windows.iter().find(|w| w.municipality.same_as(code));
            let text = |text: Option<&String>| text.cloned().unwrap_or_default();
            let fields = [
                ("town", code.to_string()),
                ("window", text(known.map(|w| &w.name))),
                ("telephone", text(known.and_then(|w| w.telephone.as_ref()))),
                ("form", text(known.and_then(|w| w.form.as_ref()))),
            ];
            Typed::Window(Fields(fields.map(|(n, v)| (n.to_owned(), v)).into()))
        }
    };
    render(&app, &visit, typed, None).await
}

/// What a form says of a scheme of a municipality.
fn scheme_of(fields: &Fields, municipality: MunicipalityCode) -> Result<Scheme, Wrong> {
    Ok(Scheme {
        municipality,
        benefit: fields.needed("benefit")?,
        from: fields.day("from")?,
        until: fields.day("until")?,
        source: fields.needed("source")?,
    })
}

/// Where the answer to a form leads: to the page anew, or back with a word.
async fn answered(
    app: &App,
    visit: &Visit,
    answer: Result<Result<Answer, Wrong>, ServiceError>,
    typed: Typed,
) -> Result<Response, Error> {
    let (status, said) = match answer? {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in("towns", &wrong, visit),
        ),
        Ok(answer) => match leads_in("towns", answer, visit, |_| "/loans/towns".to_owned())? {
            Leads::On(response) => return Ok(response),
            Leads::Back(status, said) => (status, said),
        },
    };
    let page = render(app, visit, typed, Some(said)).await?;
    Ok((status, page).into_response())
}

/// `POST /loans/towns/scheme`
pub(in crate::web) async fn add(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let town = fields.town("town").and_then(|town| {
        town.ok_or(Wrong {
            field: "town",
            why: words::loans::MISSING,
        })
    });
    let scheme = town.and_then(|town| scheme_of(&fields, town.responsible()));
    let answer = match scheme {
        Err(wrong) => Ok(Err(wrong)),
        Ok(scheme) => loans::add_scheme(&app, sheet, &scheme).await.map(Ok),
    };
    answered(&app, &visit, answer, Typed::Scheme(fields)).await
}

/// `POST /loans/towns/change`
pub(in crate::web) async fn change(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let id = id_of(&fields)?;
    // The municipality of a row stays.
    let table = loans::towns(&app).await?;
    let row = table.schemes.iter().find(|stored| stored.id == id);
    let scheme = row.map(|stored| scheme_of(&fields, stored.scheme.municipality));
    let answer = match scheme {
        None => Ok(Ok(Answer::Changed)),
        Some(Err(wrong)) => Ok(Err(wrong)),
        Some(Ok(scheme)) => {
            let was = fields.get("was").to_owned();
            let changed = loans::change_scheme(&app, sheet, (id, &was), &scheme);
            changed.await.map(Ok)
        }
    };
    answered(&app, &visit, answer, Typed::Nothing).await
}

fn id_of(fields: &Fields) -> Result<Uuid, Error> {
    Uuid::parse_str(fields.get("scheme")).map_err(|_| Error::BadForm)
}

/// `POST /loans/towns/remove`
pub(in crate::web) async fn remove(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = loans::remove_scheme(&app, sheet, id_of(&fields)?).await;
    answered(&app, &visit, answer.map(Ok), Typed::Nothing).await
}

/// `POST /loans/towns/restore`
pub(in crate::web) async fn restore(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = loans::restore_scheme(&app, sheet, id_of(&fields)?).await;
    answered(&app, &visit, answer.map(Ok), Typed::Nothing).await
}

/// `POST /loans/towns/first`
pub(in crate::web) async fn first(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let answer = loans::add_known(&app, sheet).await;
    answered(&app, &visit, answer.map(Ok), Typed::Nothing).await
}

/// `POST /loans/towns/window`
pub(in crate::web) async fn window(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let read = || -> Result<Window, Wrong> {
        let missing = Wrong {
            field: "town",
            why: words::loans::MISSING,
        };
        Ok(Window {
            municipality: fields.town("town")?.ok_or(missing)?.responsible(),
            name: fields.needed("window")?,
            telephone: fields.line("telephone")?,
            form: fields.line("form")?,
        })
    };
    let answer = match read() {
        Err(wrong) => Ok(Err(wrong)),
        Ok(window) => loans::set_window(&app, sheet, &window).await.map(Ok),
    };
    answered(&app, &visit, answer, Typed::Window(fields)).await
}

/// What a field is called on this page; `None`: it is on another.
pub(super) fn label(field: &str) -> Option<Text> {
    Some(match field {
        "benefit" => said::BENEFIT,
        "source" => said::SOURCE,
        "window" => said::WINDOW,
        "form" => said::FORM,
        "from" => said::FROM,
        "until" => said::UNTIL,
        _ => return None,
    })
}
