//! The yearly check in its three parts, and the list of whom to see.

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
        taken::Named,
        uploads::WithPhotos,
        words::{self, loan_desk as w, loan_photos, loan_reported as reported, loans as said},
    },
    Leads, Said,
    desk::Choice,
    fields::{Fields, Wrong},
    leads,
    photos::{self, PhotoLine},
    reported::{self as of_family, Report},
};
use crate::{
    app::App,
    domain::{
        id::CaseNumber,
        loan::{AnnualCheck, CheckOutcome, check::CheckWay},
        text::Lang,
    },
    service::loans::{self, LoanPage},
};

#[derive(Template)]
#[template(path = "pages/loan_check.html")]
struct Page {
    head: Head,
    page: LoanPage,
    name: String,
    /// From when to when it may be held.
    window: Option<(NaiveDate, NaiveDate)>,
    ways: Vec<Choice>,
    /// What the family has written.
    report: Option<Report>,
    former: Option<AnnualCheck>,
    /// The photos of the last check.
    former_photos: Vec<PhotoLine>,
    /// Photos were chosen, and the form came back without them.
    choose_again: bool,
    /// Hours that are fewer than the last time's, to be asked about.
    doubt: Option<f64>,
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

impl Page {
    fn day(&self) -> String {
        match self.form.get("held_on") {
            "" => self.today.to_string(),
            typed => typed.to_owned(),
        }
    }
}

fn ways(chosen: &str, lang: Lang) -> Vec<Choice> {
    CheckWay::ALL
        .iter()
        .map(|way| {
            let name = way.name().get(lang).to_owned();
            (way.code(), name, way.code() == chosen)
        })
        .collect()
}

/// The photos of the last check that are there.
fn former_photos(app: &App, page: &LoanPage, lang: Lang) -> Vec<PhotoLine> {
    let last = page.checks.first().into_iter();
    let lines = last.flat_map(|stored| photos::photo_lines(app, stored, lang));
    lines.filter(|photo| photo.gone.is_empty()).collect()
}

fn shown(
    app: &App,
    visit: &Visit,
    page: LoanPage,
    (form, said, doubt): (Fields, Option<Said>, Option<f64>),
    choose_again: bool,
) -> Result<Html<String>, Error> {
    let number = page.file.number.clone();
    let agreed = page.check_day.map_or("", |(_, way)| way.code());
    let form = if form.0.is_empty() {
        of_family::prefilled(&page)
    } else {
        form
    };
    let chosen = if form.0.is_empty() {
        agreed
    } else {
        form.get("way")
    };
    show(&Page {
        head: Head::of(visit, format!("/loans/{number}/check")),
        name: page.file.name.clone().unwrap_or_else(|| number.to_string()),
        window: loans::clocks(app, &page.file).map(|clocks| clocks.check_window),
        ways: ways(chosen, visit.lang),
        report: Report::of(app, &page, visit.lang),
        former: page.checks.first().map(|stored| stored.check.clone()),
        former_photos: former_photos(app, &page, visit.lang),
        choose_again,
        doubt,
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
        page,
    })
}

/// `GET /loans/{loan}/check`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let page = loans::page(&app, &visit.who, &number).await?;
    let page = page.ok_or(Error::NotFound)?;
    shown(&app, &visit, page, (Fields::default(), None, None), false)
}

/// The page with a word about what was not done.
pub(super) async fn with_word(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    said: Said,
) -> Result<Html<String>, Error> {
    let page = loans::page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let word = (Fields::default(), Some(said), None);
    shown(app, visit, page, word, false)
}

fn annual(fields: &Fields) -> Result<AnnualCheck, Wrong> {
    let way = CheckWay::from_code(fields.get("way")).ok_or(Wrong {
        field: "way",
        why: said::MISSING,
    })?;
    Ok(AnnualCheck {
        held_on: fields.needed_day("held_on")?,
        way: way.code().to_owned(),
        usage: fields.part("usage"),
        usage_note: fields.note("usage_note")?,
        condition: fields.part("condition"),
        hours_run: fields.amount("hours_run")?,
        load_watts: fields.amount("load")?,
        oil_fine: fields.answer("oil"),
        fuel_on: fields.day("fuel_on")?,
        outdoor_place: fields.line("place")?,
        eligible: fields.part("eligible"),
        note: fields.note("note")?,
    })
}

/// Where a check leads: one that failed to the form of what follows.
fn leads_to(number: &str, outcome: CheckOutcome) -> String {
    match outcome {
        CheckOutcome::Exchange => format!("/loans/{number}?do=exchange#do-exchange"),
        CheckOutcome::Return => format!("/loans/{number}?do=return#do-return"),
        CheckOutcome::Passed | CheckOutcome::Open => format!("/loans/{number}"),
    }
}

/// `POST /loans/{loan}/check`
pub(in crate::web) async fn check(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    WithPhotos { fields, photos, .. }: WithPhotos,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let (fields, chosen) = (Fields(fields), !photos.is_empty());
    let sheet = fields.sheet(&visit)?;
    let before = loans::page(&app, &visit.who, &number).await?;
    let before = before.ok_or(Error::NotFound)?;
    let wrong = |wrong: &Wrong| {
        let said = Said::wrong(wrong, &visit);
        (StatusCode::UNPROCESSABLE_ENTITY, Some(said), None)
    };
    let read = match annual(&fields) {
        Ok(check) => photos::read(photos).await.map(|photos| (check, photos)),
        Err(bad) => Err(bad),
    };
    let (status, said, doubt) = match read {
        Err(bad) => wrong(&bad),
        Ok((check, photos)) => {
            let doubt = loans::former_hours(&before, check.hours_run);
            if doubt.is_some() && !fields.ticked("hours_ok") {
                (StatusCode::UNPROCESSABLE_ENTITY, None, doubt)
            } else {
                let report = of_family::reported(&fields);
                let held = (&check, photos.as_slice(), report);
                let done = loans::check(&app, sheet, &number, held).await?;
                let to = |number: &str| leads_to(number, check.outcome());
                match leads(done, &visit, to)? {
                    Leads::On(response) => return Ok(response),
                    Leads::Back(status, said) => (status, Some(said), None),
                }
            }
        }
    };
    let page = shown(&app, &visit, before, (fields, said, doubt), chosen)?;
    Ok((status, page).into_response())
}

/// Somebody to see.
struct ToSee {
    number: CaseNumber,
    name: String,
    guardian: String,
    telephone: String,
    address: String,
    due_on: NaiveDate,
    late_after: NaiveDate,
    late: bool,
    agreed: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/loans_visits.html")]
struct Visits {
    head: Head,
    /// By town, in the order of its reading in the list of municipalities.
    towns: Vec<(String, Vec<ToSee>)>,
}

/// `GET /loans/visits`
pub(in crate::web) async fn visits(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let today = app.clock.today();
    let mut towns = std::collections::BTreeMap::<_, (String, Vec<ToSee>)>::new();
    for line in loans::visits(&app, &visit.who).await? {
        let code = line.applicant.municipality;
        let name = code.map_or(w::NO_TOWN.get(lang).to_owned(), |code| {
            code.name().to_owned()
        });
        // Who has no town comes last.
        let key = (code.is_none(), code.map(|code| code.as_str().to_owned()));
        let town = towns.entry(key).or_insert_with(|| (name, Vec::new()));
        town.1.push(ToSee {
            name: line.name.unwrap_or_else(|| line.number.to_string()),
            guardian: line.applicant.guardian.unwrap_or_default(),
            telephone: line.applicant.telephone.unwrap_or_default(),
            address: line.applicant.address.unwrap_or_default(),
            due_on: line.due_on,
            late_after: line.late_after,
            late: line.late_after < today,
            agreed: line.agreed.map(|way| way.name().get(lang).to_owned()),
            number: line.number,
        });
    }
    show(&Visits {
        towns: towns.into_values().collect(),
        head: Head::of(&visit, "/loans/visits"),
    })
}
