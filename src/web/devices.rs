//! The catalogue of devices: what is known of each model, and the forms that add,
//! correct and take back.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    loans::{
        Leads, Said,
        fields::{Fields, Wrong},
        leads,
    },
    show,
    taken::Sent,
    words::{self, devices as w, loan_figures as figures, loans as said},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        device::{self, DeviceModel},
        generator::Confidence,
        plan::document::DeviceKind,
        text::{Lang, Text},
    },
    service::{devices, loans::Answer},
    store::DeviceChange,
};

type Choice = (String, String, bool);

/// A model, with the form that corrects it.
struct Line {
    name: String,
    /// What is known, in words.
    known: Vec<(String, String)>,
    verified: Option<String>,
    /// Some of its figures nobody has confirmed.
    low: bool,
    /// What it is: of the program's file, corrected, or added here.
    origin: Text,
    /// The word of the button that takes back what was written; `None`: nothing was.
    back: Option<Text>,
    model_key: String,
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
    kinds: Vec<Choice>,
    watts: Vec<Choice>,
    hours: Vec<Choice>,
    key: Uuid,
    /// The key of the form that takes back.
    back_key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/devices.html")]
struct Page {
    head: Head,
    models: Vec<Line>,
    /// Models that were added and taken out again.
    gone: Vec<String>,
    new: Form,
    wrong: Option<String>,
    today: NaiveDate,
    generators: bool,
}

const KINDS: [DeviceKind; 6] = [
    DeviceKind::Ventilator,
    DeviceKind::Humidifier,
    DeviceKind::Suction,
    DeviceKind::Concentrator,
    DeviceKind::Monitor,
    DeviceKind::Other,
];

fn code(kind: DeviceKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn of_model(model: &DeviceModel) -> Fields {
    let amount = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    let (by, on) = model.verified.clone().unzip();
    let fields = [
        ("kind", code(model.kind)),
        ("maker", model.maker.clone()),
        ("model", model.model.clone()),
        ("rated_va", amount(model.rated_va)),
        ("rated_watts", amount(model.rated_watts)),
        ("measured_watts", amount(model.measured_watts)),
        ("watts_confidence", model.watts_confidence.code().to_owned()),
        ("internal_hours", amount(model.internal_hours)),
        ("external_hours", amount(model.external_hours)),
        ("hours_confidence", model.hours_confidence.code().to_owned()),
        ("source", model.source.clone()),
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
    let kind = fields.get("kind").to_owned();
    let kinds = KINDS.iter().map(|one| {
        let code = code(*one);
        let chosen = code == kind;
        (code, one.name().get(lang).to_owned(), chosen)
    });
    let confidences = |field: &str| {
        let chosen = fields.get(field);
        let all = Confidence::ALL.iter().map(|one| {
            let name = one.name().get(lang).to_owned();
            (one.code().to_owned(), name, one.code() == chosen)
        });
        all.collect::<Vec<Choice>>()
    };
    Form {
        before,
        named,
        open,
        kinds: kinds.collect(),
        watts: confidences("watts_confidence"),
        hours: confidences("hours_confidence"),
        fields,
        key: app.ids.next(),
        back_key: app.ids.next(),
    }
}

fn known(model: &DeviceModel, lang: Lang) -> Vec<(String, String)> {
    let unknown = || said::NOT_KNOWN.get(lang).to_owned();
    let amount =
        |number: Option<f64>, unit: &str| number.map_or_else(unknown, |n| format!("{n} {unit}"));
    let confidence = |figures: &[Option<f64>], how: Confidence| {
        let there = figures.iter().any(Option::is_some);
        if there {
            how.name().get(lang).to_owned()
        } else {
            String::new()
        }
    };
    let watts = [model.rated_va, model.rated_watts, model.measured_watts];
    let hours = [model.internal_hours, model.external_hours];
    // What has no battery has no line for one.
    let hours_of = |number: Option<f64>| match (model.kind, number) {
        (DeviceKind::Ventilator, _) | (_, Some(_)) => amount(number, "h"),
        _ => String::new(),
    };
    let parts = [
        (w::KIND, model.kind.name().get(lang).to_owned()),
        (w::MEASURED_WATTS, amount(model.measured_watts, "W")),
        (w::RATED_WATTS, amount(model.rated_watts, "W")),
        (w::RATED_VA, amount(model.rated_va, "VA")),
        (
            w::WATTS_CONFIDENCE,
            confidence(&watts, model.watts_confidence),
        ),
        (w::INTERNAL_HOURS, hours_of(model.internal_hours)),
        (w::EXTERNAL_HOURS, hours_of(model.external_hours)),
        (
            w::HOURS_CONFIDENCE,
            confidence(&hours, model.hours_confidence),
        ),
        (w::SOURCE, model.source.clone()),
        (w::NOTE, model.note.clone().unwrap_or_default()),
    ];
    let parts = parts.into_iter().filter(|(_, value)| !value.is_empty());
    parts
        .map(|(what, value)| (what.get(lang).to_owned(), value))
        .collect()
}

/// Who wrote what, and when, in a line.
fn past(change: &DeviceChange, lang: Lang) -> String {
    let on = in_tokyo(change.at).date_naive().to_string();
    let by = change.by.clone().unwrap_or_default();
    let mut parts = vec![format!("{on} {by}").trim().to_owned()];
    if let Some(model) = &change.model {
        let figures = [
            model.measured_watts.map(|n| format!("{n} W")),
            model.internal_hours.map(|n| format!("{n} h")),
            model.external_hours.map(|n| format!("{n} h")),
        ];
        parts.extend(figures.into_iter().flatten());
        parts.push(model.source.clone());
    } else {
        parts.push(w::TAKEN_BACK.get(lang).to_owned());
    }
    parts.join(" ・ ")
}

fn line(
    model: &DeviceModel,
    (changed, in_file): (bool, bool),
    (form, history): (Form, Vec<String>),
    lang: Lang,
) -> Line {
    let watts = model
        .measured_watts
        .or(model.rated_watts)
        .or(model.rated_va);
    let hours = model.internal_hours.or(model.external_hours);
    let low = |there: Option<f64>, how| there.is_some() && how == Confidence::Low;
    Line {
        name: format!("{} {}", model.maker, model.model),
        known: known(model, lang),
        verified: model.verified.as_ref().map(|(by, on)| format!("{on} {by}")),
        low: low(watts, model.watts_confidence) || low(hours, model.hours_confidence),
        origin: match (changed, in_file) {
            (false, _) => figures::OF_FILE,
            (true, true) => w::CORRECTED,
            (true, false) => w::ADDED,
        },
        back: changed.then_some(if in_file { w::TAKE_BACK } else { w::TAKE_OUT }),
        model_key: model.key(),
        form,
        history,
    }
}

async fn render(
    app: &App,
    visit: &Visit,
    (typed, wrong): (Option<Fields>, Option<String>),
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let (catalogue, changes) = devices::catalogue(app).await?;
    let all = catalogue.all();
    let (mut models, mut typed) = (Vec::with_capacity(all.len()), typed);
    for model in &all {
        let key = model.key();
        let own = changes.iter().filter(|one| one.key == key);
        let history = own.map(|one| past(one, lang)).collect();
        let before = devices::mark(Some(model));
        // The form that came back stands at its model.
        let back = typed
            .take_if(|typed| !typed.get("before").is_empty() && typed.get("model") == model.model);
        let open = back.is_some();
        let form = form(
            app,
            back.unwrap_or_else(|| of_model(model)),
            (before, true, open),
            lang,
        );
        let in_file = device::all().iter().any(|row| row.key() == key);
        let is = (catalogue.is_changed(model), in_file);
        models.push(line(model, is, (form, history), lang));
    }
    let gone = changes
        .iter()
        .filter(|one| !all.iter().any(|model| model.key() == one.key));
    let open = typed.is_some();
    show(&Page {
        head: Head::of(visit, "/devices"),
        models,
        gone: gone.map(|one| past(one, lang)).collect(),
        new: form(
            app,
            typed.unwrap_or_default(),
            (String::new(), false, open),
            lang,
        ),
        wrong,
        today: app.clock.today(),
        generators: visit
            .reader()
            .role()
            .is_some_and(|role| role.may(Permission::KeepLoans)),
    })
}

/// `GET /devices`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    render(&app, &visit, (None, None)).await
}

type Verified = (Option<String>, Option<NaiveDate>);

fn read(fields: &Fields) -> Result<(DeviceModel, Verified), Wrong> {
    let missing = |field| Wrong {
        field,
        why: said::MISSING,
    };
    let kind = KINDS
        .into_iter()
        .find(|one| code(*one) == fields.get("kind"));
    let confidence = |field: &'static str| {
        let read = Confidence::from_code(fields.get(field));
        read.ok_or_else(|| missing(field))
    };
    let model = DeviceModel {
        kind: kind.ok_or_else(|| missing("kind"))?,
        maker: fields.needed("maker")?,
        model: fields.needed("model")?,
        rated_va: fields.amount("rated_va")?,
        rated_watts: fields.amount("rated_watts")?,
        measured_watts: fields.amount("measured_watts")?,
        watts_confidence: confidence("watts_confidence")?,
        internal_hours: fields.amount("internal_hours")?,
        external_hours: fields.amount("external_hours")?,
        hours_confidence: confidence("hours_confidence")?,
        source: fields.note("source")?.ok_or_else(|| missing("source"))?,
        verified: None,
        note: fields.note("note")?,
    };
    let verified = (fields.line("verified_by")?, fields.day("verified_on")?);
    Ok((model, verified))
}

/// What is to be said of a field, after what it is called.
fn of_field(wrong: &Wrong, lang: Lang) -> String {
    let label = match wrong.field {
        "kind" => w::KIND,
        "maker" => w::MAKER,
        "model" => w::MODEL,
        "rated_va" => w::RATED_VA,
        "rated_watts" => w::RATED_WATTS,
        "measured_watts" => w::MEASURED_WATTS,
        "watts_confidence" => w::WATTS_CONFIDENCE,
        "internal_hours" => w::INTERNAL_HOURS,
        "external_hours" => w::EXTERNAL_HOURS,
        "hours_confidence" => w::HOURS_CONFIDENCE,
        "note" => w::NOTE,
        "verified_by" => w::VERIFIED_BY,
        "verified_on" => w::VERIFIED_ON,
        _ => w::SOURCE,
    };
    format!("{}: {}", label.get(lang), wrong.why.get(lang))
}

/// Where an answer leads.
fn led(answer: Answer, visit: &Visit) -> Result<Leads, Error> {
    // A field is called here by its own words.
    let answer = match answer {
        Answer::Wrong(field, why) => {
            return Ok(Leads::Back(
                StatusCode::UNPROCESSABLE_ENTITY,
                Said::plain(of_field(&Wrong { field, why }, visit.lang)),
            ));
        }
        other => other,
    };
    leads(answer, visit, |_| "/devices".to_owned())
}

/// `POST /devices`
pub(super) async fn write(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, wrong) = match read(&fields) {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            of_field(&wrong, visit.lang),
        ),
        Ok((model, (by, on))) => {
            let verified = (by.as_deref(), on);
            let before = fields.get("before");
            let answer = devices::write(&app, sheet, before, (&model, verified)).await?;
            match led(answer, &visit)? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said.text),
            }
        }
    };
    let page = render(&app, &visit, (Some(fields), Some(wrong))).await?;
    Ok((status, page).into_response())
}

/// `POST /devices/back`
pub(super) async fn take_back(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let of = (fields.get("name_key"), fields.get("before"));
    match led(devices::take_back(&app, sheet, of).await?, &visit)? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = render(&app, &visit, (None, Some(said.text))).await?;
            Ok((status, page).into_response())
        }
    }
}
