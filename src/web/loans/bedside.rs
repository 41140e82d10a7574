//! The hand-over: one guided page, for a tablet at the bedside.

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
        words::{self, loan_desk as w, loan_figures as figured, loans as said},
    },
    Leads, Said,
    acts::unit,
    catalogue::{self, Figures},
    fields::{Fields, Wrong},
    leads, papers,
};
use crate::{
    app::App,
    domain::{
        finding::Outcome,
        id::CaseNumber,
        loan::{HandOver, KitItem, LoanStep, hand_over::frequency_of},
        text::{Lang, Text},
    },
    planner::OnUnit,
    service::{
        loans::{self, Bedside, LoanPage, Taken},
        reminders::Typed,
    },
};

#[derive(Template)]
#[template(path = "pages/loan_hand_over.html")]
struct Page {
    head: Head,
    page: LoanPage,
    name: String,
    /// Something can be handed over now.
    open: bool,
    /// What the catalogue says of the units that are free.
    figures: Vec<Figures>,
    /// What would hang on each model that is free (PWR-05).
    loads: Vec<LoadShown>,
    /// The visitor may open the record of the child's devices.
    devices_readable: bool,
    /// The item's word, its name, whether it is ticked.
    kit: Vec<(&'static str, String, bool)>,
    /// The frequency of the region, and which that is.
    region: Option<(u32, String)>,
    frequency: String,
    form: Fields,
    /// What is missing, when somebody asked, or a form came back.
    missing: Option<Vec<String>>,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

/// What would hang on a model, in words.
struct LoadShown {
    model: String,
    class: &'static str,
    badge: String,
    message: String,
    /// Numbers: what hangs on it, 80 % of its rating, hours of a filling.
    figures: String,
    next_step: String,
}

impl LoadShown {
    fn of((model, on): &(String, OnUnit), lang: Lang) -> Self {
        let finding = &on.finding;
        let (class, badge) = match finding.outcome {
            Outcome::Holds => ("clean", figured::FITS),
            Outcome::Unknown => ("warning", figured::LOAD_UNKNOWN),
            Outcome::Fails => ("gap", figured::TOO_MUCH),
        };
        let va = |number: Option<f64>| {
            number.map_or_else(
                || figured::NOT_KNOWN.get(lang).to_owned(),
                |va| format!("{va:.0} VA"),
            )
        };
        let hours = on.hours_a_filling.map_or_else(
            || figured::NOT_KNOWN.get(lang).to_owned(),
            |hours| format!("{:.1} h", crate::domain::power::figure::tenths_down(hours)),
        );
        Self {
            model: model.clone(),
            class,
            badge: badge.get(lang).to_owned(),
            message: finding.message.get(lang).to_owned(),
            figures: format!(
                "{} {} ・ {} {} ・ {} {hours}",
                figured::LOAD.get(lang),
                va(on.load_va.map(f64::ceil)),
                figured::LIMIT.get(lang),
                va(on.limit_va.map(f64::floor)),
                figured::A_FILLING.get(lang),
            ),
            next_step: if finding.outcome == Outcome::Holds {
                String::new()
            } else {
                finding.next_step.get(lang).to_owned()
            },
        }
    }
}

impl Page {
    fn day(&self) -> String {
        match self.form.get("on") {
            "" => self.today.to_string(),
            typed => typed.to_owned(),
        }
    }

    fn mark(&self, unit: &crate::store::StoredUnit) -> String {
        catalogue::mark(&self.page.catalogue, unit, self.head.lang)
    }

    fn is_chosen(&self, unit: &crate::store::StoredUnit) -> bool {
        self.form.get("unit") == unit.id.to_string()
    }
}

/// What is missing in the form, in the order of its parts.
fn missing(form: &Fields, lang: Lang) -> Vec<String> {
    let mut missing: Vec<Text> = Vec::new();
    if form.get("unit").is_empty() {
        missing.push(w::MISSING_UNIT);
    }
    if form.kit().len() < KitItem::ALL.len() {
        missing.push(w::MISSING_KIT);
    }
    if !form.ticked("co_explained") {
        missing.push(w::MISSING_CO);
    }
    let done = done(form).unwrap_or_default();
    missing.extend(done.open().iter().map(|point| point.name()));
    if form.get("mail").is_empty() {
        missing.push(words::reminders::MISSING);
    }
    if !form.ticked("applied_here") {
        missing.push(w::MISSING_APPLY);
    }
    missing
        .iter()
        .map(|text| text.get(lang).to_owned())
        .collect()
}

pub(super) fn done(fields: &Fields) -> Result<HandOver, Wrong> {
    Ok(HandOver {
        started_by_family: fields.ticked("started"),
        co_explained: fields.ticked("co_explained"),
        outdoor_place: fields.line("place")?,
        frequency_hz: fields.number("frequency")?,
        pass_phrase: fields.line("pass_phrase")?,
        exchange_consent: fields.answer("consent"),
        kit_missing: Vec::new(),
        kit_note: fields.note("kit_note")?,
    })
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (form, said, looked): (Fields, Option<Said>, bool),
) -> Result<Html<String>, Error> {
    let page = loans::page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let town = page.file.applicant.municipality;
    let region = town.and_then(|code| {
        let hertz = frequency_of(code.prefecture_digits())?;
        Some((hertz, code.name().to_owned()))
    });
    let frequency = form.get("frequency").to_owned();
    let mut models: Vec<&str> = page
        .free
        .iter()
        .map(|unit| unit.unit.model.as_str())
        .collect();
    models.sort_unstable();
    models.dedup();
    let loads = loans::loads(app, &visit.who, number, &models).await?;
    let kit = KitItem::ALL.iter().map(|item| {
        let ticked = form.has("kit", item.code());
        (item.code(), item.name().get(lang).to_owned(), ticked)
    });
    show(&Page {
        head: Head::of(visit, format!("/loans/{number}/hand-over")),
        name: page.file.name.clone().unwrap_or_else(|| number.to_string()),
        open: page.file.state.steps().contains(&LoanStep::HandOver),
        figures: Figures::of_units(&page.catalogue, &page.free, visit.lang),
        devices_readable: loads.readable,
        loads: loads
            .each
            .iter()
            .map(|one| LoadShown::of(one, lang))
            .collect(),
        kit: kit.collect(),
        region,
        frequency,
        missing: looked.then(|| missing(&form, lang)),
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
        page,
    })
}

/// `GET /loans/{loan}/hand-over`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    render(&app, &visit, &number, (Fields::default(), None, false)).await
}

fn mail(fields: &Fields) -> Result<Option<Typed>, Wrong> {
    let address = fields.get("mail");
    if address.is_empty() {
        return Ok(None);
    }
    Ok(Some(Typed {
        address: address.to_owned(),
        who: fields.line("mail_who")?,
        with_link: !fields.ticked("mail_bare"),
    }))
}

fn read(fields: &Fields) -> Result<(Taken, Bedside), Wrong> {
    let bedside = Bedside {
        unit: unit(fields)?,
        kit: fields.kit(),
        done: done(fields)?,
        applied_for_plan: fields.ticked("applied_here"),
        mail: mail(fields)?,
    };
    let taken = Taken {
        revision: 0,
        on: fields.needed_day("on")?,
        note: fields.note("note")?,
    };
    Ok((taken, bedside))
}

/// `POST /loans/{loan}/hand-over`
pub(in crate::web) async fn hand_over(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let revision = fields.revision()?;
    if fields.ticked("look") {
        // Only looks: nothing is recorded.
        let page = render(&app, &visit, &number, (fields, None, true)).await?;
        return Ok(page.into_response());
    }
    let (status, back) = match read(&fields) {
        Ok((taken, bedside)) => {
            let taken = Taken { revision, ..taken };
            let done = loans::hand_over(&app, sheet, &number, (&taken, &bedside)).await?;
            match leads(done, &visit, papers::after_hand_over)? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
    };
    let page = render(&app, &visit, &number, (fields, Some(back), true)).await?;
    Ok((status, page).into_response())
}
