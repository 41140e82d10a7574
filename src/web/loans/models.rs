//! The catalogue of generators: what is known of each model, who has compared it with
//! the maker's data sheet, and the forms that add and correct it.

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
        taken::Sent,
        words::{self, loan_figures as w, loans as said},
    },
    Leads, Said,
    desk::Choice,
    fields::{Fields, Wrong},
    leads_in,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        generator::{Confidence, Fuel, GeneratorModel},
        text::Lang,
    },
    service::loans,
};

/// A model, with the form that corrects it.
struct Line {
    name: String,
    /// What is known, in words.
    known: Vec<(String, String)>,
    verified: Option<String>,
    /// It is as the file of the program has it.
    of_file: bool,
    form: Form,
    /// Who wrote it down, and when, the latest first.
    history: Vec<String>,
}

struct Form {
    fields: Fields,
    before: String,
    /// Who and what the model is cannot be changed: another name is another model.
    named: bool,
    open: bool,
    sines: Vec<Choice>,
    fuels: Vec<Choice>,
    confidences: Vec<Choice>,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/units_catalogue.html")]
struct Page {
    head: Head,
    models: Vec<Line>,
    new: Form,
    said: Option<Said>,
    today: NaiveDate,
}

fn of_model(model: &GeneratorModel) -> Fields {
    let amount = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    let sine = model.sine_wave.map(|sine| if sine { "yes" } else { "no" });
    let (by, on) = model.verified.clone().unzip();
    let fields = [
        ("maker", model.maker.clone()),
        ("model", model.model.clone()),
        (
            "rated_va",
            model.rated_va.map(|va| va.to_string()).unwrap_or_default(),
        ),
        ("sine", sine.unwrap_or_default().to_owned()),
        ("fuel", model.fuel.code().to_owned()),
        ("capacity", amount(model.capacity)),
        ("per_hour_rated", amount(model.per_hour_rated)),
        ("per_hour_quarter", amount(model.per_hour_quarter)),
        ("source", model.source.clone()),
        ("confidence", model.confidence.code().to_owned()),
        ("note", model.note.clone().unwrap_or_default()),
        ("verified_by", by.unwrap_or_default()),
        (
            "verified_on",
            on.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ];
    Fields(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

fn form(
    app: &App,
    fields: Fields,
    (before, named, open): (String, bool, bool),
    lang: Lang,
) -> Form {
    let sine = fields.get("sine").to_owned();
    let sines = [("yes", w::SINE), ("no", w::NOT_SINE), ("", w::SINE_UNKNOWN)];
    let sines = sines.map(|(code, name)| (code, name.get(lang).to_owned(), sine == code));
    let fuel = fields.get("fuel").to_owned();
    let fuels = Fuel::ALL.iter().map(|one| {
        let name = one.name().get(lang).to_owned();
        (one.code(), name, one.code() == fuel)
    });
    let confidence = fields.get("confidence").to_owned();
    let confidences = Confidence::ALL.iter().map(|one| {
        let name = one.name().get(lang).to_owned();
        (one.code(), name, one.code() == confidence)
    });
    Form {
        before,
        named,
        open,
        sines: sines.to_vec(),
        fuels: fuels.collect(),
        confidences: confidences.collect(),
        fields,
        key: app.ids.next(),
    }
}

fn known(model: &GeneratorModel, lang: Lang) -> Vec<(String, String)> {
    let unknown = || said::NOT_KNOWN.get(lang).to_owned();
    let amount = |number: Option<f64>| number.map_or_else(unknown, |n| n.to_string());
    let sine = match model.sine_wave {
        Some(true) => w::SINE,
        Some(false) => w::NOT_SINE,
        None => w::SINE_UNKNOWN,
    };
    let rated = model.rated_va.map_or_else(unknown, |va| va.to_string());
    let parts = [
        (w::RATED_VA, rated),
        (w::WAVE, sine.get(lang).to_owned()),
        (w::FUEL, model.fuel.name().get(lang).to_owned()),
        (w::CAPACITY, amount(model.capacity)),
        (w::PER_HOUR_RATED, amount(model.per_hour_rated)),
        (w::PER_HOUR_QUARTER, amount(model.per_hour_quarter)),
        (w::SOURCE, model.source.clone()),
        (w::CONFIDENCE, model.confidence.name().get(lang).to_owned()),
        (said::NOTE, model.note.clone().unwrap_or_default()),
    ];
    let parts = parts.into_iter().filter(|(_, value)| !value.is_empty());
    parts
        .map(|(what, value)| (what.get(lang).to_owned(), value))
        .collect()
}

async fn render(
    app: &App,
    visit: &Visit,
    (typed, said): (Option<Fields>, Option<Said>),
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let (catalogue, changes) = loans::catalogue(app).await?;
    let (mut models, mut typed) = (Vec::new(), typed);
    for model in catalogue.all() {
        let own = changes.iter().filter(|one| one.model.key() == model.key());
        let before = loans::model_mark(Some(model));
        // The form that came back stands at its model.
        let back = typed
            .take_if(|typed| !typed.get("before").is_empty() && typed.get("model") == model.model);
        let open = back.is_some();
        let fields = back.unwrap_or_else(|| of_model(model));
        models.push(Line {
            name: format!("{} {}", model.maker, model.model),
            known: known(model, lang),
            verified: model.verified.as_ref().map(|(by, on)| format!("{on} {by}")),
            of_file: !catalogue.is_changed(model),
            history: own
                .map(|one| {
                    let on = in_tokyo(one.at).date_naive();
                    let by = one.by.clone().unwrap_or_default();
                    let compared = one
                        .model
                        .verified
                        .as_ref()
                        .map(|(by, on)| format!(" ・ {} {on} {by}", w::VERIFIED.get(lang)));
                    let va = one.model.rated_va.map(|va| format!(" ・ {va} VA"));
                    format!(
                        "{on} {by}{}{} ・ {}",
                        va.unwrap_or_default(),
                        compared.unwrap_or_default(),
                        one.model.source
                    )
                })
                .collect(),
            form: form(app, fields, (before, true, open), lang),
        });
    }
    let open = typed.is_some();
    show(&Page {
        head: Head::of(visit, "/units/catalogue"),
        models,
        new: form(
            app,
            typed.unwrap_or_default(),
            (String::new(), false, open),
            lang,
        ),
        said,
        today: app.clock.today(),
    })
}

/// `GET /units/catalogue`
pub(in crate::web) async fn models(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    render(&app, &visit, (None, None)).await
}

type Verified = (Option<String>, Option<NaiveDate>);

fn read(fields: &Fields) -> Result<(GeneratorModel, Verified), Wrong> {
    let missing = |field| Wrong {
        field,
        why: said::MISSING,
    };
    let model = GeneratorModel {
        maker: fields.needed("maker")?,
        model: fields.needed("model")?,
        rated_va: fields.number("rated_va")?,
        sine_wave: fields.answer("sine"),
        fuel: Fuel::from_code(fields.get("fuel")).ok_or_else(|| missing("fuel"))?,
        capacity: fields.amount("capacity")?,
        per_hour_rated: fields.amount("per_hour_rated")?,
        per_hour_quarter: fields.amount("per_hour_quarter")?,
        source: fields.note("source")?.ok_or_else(|| missing("source"))?,
        confidence: Confidence::from_code(fields.get("confidence"))
            .ok_or_else(|| missing("confidence"))?,
        verified: None,
        note: fields.note("note")?,
    };
    let verified = (fields.line("verified_by")?, fields.day("verified_on")?);
    Ok((model, verified))
}

/// `POST /units/catalogue`
pub(in crate::web) async fn write_model(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, said) = match read(&fields) {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in("models", &wrong, &visit),
        ),
        Ok((model, (by, on))) => {
            let verified = (by.as_deref(), on);
            let before = fields.get("before");
            let answer = loans::write_model(&app, sheet, before, (&model, verified)).await?;
            match leads_in("models", answer, &visit, |_| "/units/catalogue".to_owned())? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let page = render(&app, &visit, (Some(fields), Some(said))).await?;
    Ok((status, page).into_response())
}
