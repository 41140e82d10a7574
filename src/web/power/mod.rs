//! The page of a child's devices and sources of power, and its form.

mod fields;
mod form;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    Error,
    by_field::{SectionView, Wrongs},
    evidence::{Shown, shown},
    head::{Head, Visit},
    loans::{Leads, fields::Fields, leads},
    show,
    taken::{Named, Sent},
    words::{self, power as said},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        finding::Outcome,
        id::CaseNumber,
        plan::document::DeviceKind,
        power::{Budget, Refusal, SourceKind, Trigger, lent::LentUnit},
        text::Lang,
    },
    print::power_picture,
    service::power::{self, Kept, PowerPage},
};

/// A stretch of hours in the table.
struct Stretch {
    from: String,
    until: String,
    source: String,
    /// Numbers with where they come from; `true`: not confirmed.
    figures: Vec<(String, bool)>,
}

/// A row of the paper table.
struct Row {
    cut: String,
    leave: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "pages/power.html")]
struct Page {
    head: Head,
    number: CaseNumber,
    name: String,
    written: Option<String>,
    empty: bool,
    /// The unit that is lent, in words.
    lent: Vec<(String, String)>,
    /// By when to leave or telephone.
    trigger: String,
    /// Whether that is known.
    is_known: bool,
    /// What that was reckoned from.
    reckoned: String,
    rows: Vec<Row>,
    batteries: String,
    total: String,
    storm: String,
    lower_bound: bool,
    unconfirmed: bool,
    /// What stops with the power, since nothing that is plugged in carries it.
    stops: Vec<String>,
    savings: Vec<(String, String)>,
    stretches: Vec<Stretch>,
    loads: Vec<(String, String)>,
    watts: Option<String>,
    missing: Vec<String>,
    picture: String,
    findings: Vec<Shown>,
    staff: bool,
    remarks: Vec<String>,
    may_write: bool,
}

#[derive(Template)]
#[template(path = "pages/power_edit.html")]
struct Edit {
    head: Head,
    number: CaseNumber,
    name: String,
    sections: Vec<SectionView>,
    /// The unit that is lent: it stands first among the generators.
    lent: Option<String>,
    revision: i64,
    /// What is wrong with all of it.
    wrong: Option<String>,
    key: Uuid,
}

/// Hours and minutes, for people.
fn length(minutes: i64, lang: Lang) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (lang, hours, rest) {
        (Lang::Ja, 0, rest) => format!("{rest}分"),
        (Lang::Ja, hours, 0) => format!("{hours}時間"),
        (Lang::Ja, hours, rest) => format!("{hours}時間{rest}分"),
        (Lang::En, hours, rest) => format!("{hours} h {rest:02} min"),
    }
}

/// By when to leave or telephone, in a sentence.
pub(in crate::web) fn trigger_line(trigger: Option<Trigger>, lang: Lang) -> String {
    match trigger {
        None => said::NO_TRIGGER.get(lang).to_owned(),
        Some(by) if by.at_once() && by.by_oxygen => said::AT_ONCE_OXYGEN.get(lang).to_owned(),
        Some(by) if by.at_once() => said::AT_ONCE.get(lang).to_owned(),
        Some(by) => {
            let line = format!(
                "{} {} {}",
                said::LEAVE_BY_BEFORE.get(lang),
                length(by.allowance().num_minutes(), lang),
                said::LEAVE_BY_AFTER.get(lang)
            );
            if by.by_oxygen {
                format!("{line} {}", said::OXYGEN_FIRST.get(lang))
            } else {
                line
            }
        }
    }
}

fn rows(trigger: &Trigger, lang: Lang) -> Vec<Row> {
    let at = |(time, days): (chrono::NaiveTime, i64)| {
        let time = time.format("%H:%M");
        match days {
            0 => time.to_string(),
            1 => format!("{} {time}", said::NEXT_DAY.get(lang)),
            days => format!("{days}{} {time}", said::DAYS_LATER.get(lang)),
        }
    };
    let all = trigger.table(3).into_iter();
    all.map(|row| Row {
        cut: row.cut.format("%H:%M").to_string(),
        leave: at(row.leave_by),
        ends: at(row.ends),
    })
    .collect()
}

/// The table that works without a network: power fails at, leave by, batteries end at.
pub(in crate::web) fn paper_table(trigger: &Trigger, lang: Lang) -> Vec<[String; 3]> {
    let rows = rows(trigger, lang).into_iter();
    rows.map(|row| [row.cut, row.leave, row.ends]).collect()
}

fn stretches(budget: &Budget, lang: Lang) -> Vec<Stretch> {
    let segments = budget.segments(24.0 * 366.0);
    let stretch = |segment: &crate::domain::power::Segment<'_>| {
        let kind = segment.source.kind.name();
        let label = segment.source.label.as_deref();
        let parts = [Some(kind.get(lang)), label];
        let figures = segment.source.figures.iter().map(|figure| {
            let (measure, origin) = (figure.measure.name(), figure.origin.name());
            let line = format!(
                "{} {}（{}）",
                measure.get(lang),
                figure.value,
                origin.get(lang)
            );
            (line, figure.origin.is_low())
        });
        Stretch {
            from: format!("{:.1}", segment.from),
            until: format!("{:.1}", segment.until),
            source: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
            figures: figures.collect(),
        }
    };
    segments.iter().map(stretch).collect()
}

/// The unit that is lent, as its loan knows it.
fn lent(unit: &LentUnit, lang: Lang) -> Vec<(String, String)> {
    let day = |on: Option<chrono::NaiveDate>| {
        on.map_or_else(
            || said::NOT_ON_RECORD.get(lang).to_owned(),
            |on| on.to_string(),
        )
    };
    let hertz = unit.frequency_hz.map(|hertz| format!("{hertz} Hz"));
    let alarm = unit.co_alarm.map(|_| said::LENT_ALARM.get(lang).to_owned());
    let parts = [
        (
            said::LENT_UNIT,
            Some(format!("{} {}", unit.model, unit.serial)),
        ),
        (said::LENT_SINCE, Some(unit.handed_on.to_string())),
        (said::LENT_HERTZ, hertz),
        (said::LENT_KIT, alarm),
        (said::LENT_RAN, Some(day(unit.last_run_on))),
    ];
    let parts = parts.into_iter();
    parts
        .filter_map(|(what, value)| Some((what.get(lang).to_owned(), value?)))
        .collect()
}

/// Devices that stop at once in a power cut: where the ventilator's own batteries come
/// first, everything but the ventilator.
fn stops(budget: &Budget, lang: Lang) -> Vec<String> {
    let own = [
        SourceKind::Internal,
        SourceKind::External,
        SourceKind::Stated,
    ];
    let first = budget.sources.iter().find(|source| source.hours > 0.0);
    if !first.is_some_and(|source| own.contains(&source.kind)) {
        return Vec::new();
    }
    let others = budget.draw.loads.iter();
    let others = others.filter(|load| load.kind != DeviceKind::Ventilator);
    let mut names: Vec<String> = others
        .map(|load| load.kind.name().get(lang).to_owned())
        .collect();
    names.dedup();
    names
}

fn view(page: PowerPage, visit: &Visit) -> Page {
    let lang = visit.lang;
    let staff = visit.reader().is_staff();
    let (budget, trigger) = (&page.budget, page.trigger);
    let written = page.written.as_ref().map(|(at, by)| {
        let at = in_tokyo(*at).format("%Y-%m-%d %H:%M").to_string();
        [Some(at), by.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    });
    let hours = |minutes: f64| format!("{:.1}", minutes / 60.0);
    let reckoned = trigger.map(|by| {
        let of = if by.by_oxygen {
            said::RECKONED_OXYGEN
        } else {
            said::RECKONED
        };
        // Not a hair below nothing.
        let lasts = crate::domain::power::tenths_down(by.battery_hours.max(0.0));
        format!(
            "{} {:.1} − {} − {} − {} h",
            of.get(lang),
            lasts.abs(),
            hours(by.preparation_minutes),
            hours(by.travel_minutes),
            hours(by.reserve_minutes)
        )
    });
    let loads = budget.draw.loads.iter().map(|load| {
        let kind = load.kind.name();
        let origin = load.origin.name();
        let watts = format!("{:.0} W（{}）", load.watts, origin.get(lang));
        (kind.get(lang).to_owned(), watts)
    });
    let name = page.name.clone().unwrap_or_default();
    let findings = page.findings.iter();
    let findings = findings.filter(|found| staff || found.outcome == Outcome::Fails);
    Page {
        head: Head::of(visit, format!("/plans/{}/power", page.number)),
        written,
        empty: page.record.is_none(),
        lent: page
            .lent
            .as_ref()
            .map_or_else(Vec::new, |unit| lent(unit, lang)),
        trigger: trigger_line(trigger, lang),
        is_known: trigger.is_some(),
        reckoned: reckoned.unwrap_or_default(),
        rows: trigger.as_ref().map_or_else(Vec::new, |by| rows(by, lang)),
        batteries: budget.batteries.text().get(lang).to_owned(),
        total: budget.total.text().get(lang).to_owned(),
        storm: budget.storm.text().get(lang).to_owned(),
        lower_bound: !budget.total.known,
        unconfirmed: budget.rests_on_unconfirmed(),
        stops: stops(budget, lang),
        savings: budget
            .savings
            .iter()
            .map(|saving| {
                let measure = saving.measure.name();
                let total = saving.total.text();
                (measure.get(lang).to_owned(), total.get(lang).to_owned())
            })
            .collect(),
        stretches: stretches(budget, lang),
        loads: loads.collect(),
        watts: budget.draw.watts().map(|watts| format!("{watts:.0}")),
        missing: budget
            .missing
            .iter()
            .map(|one| one.name().get(lang).to_owned())
            .collect(),
        picture: power_picture::svg(budget, (said::PICTURE.get(lang), lang)),
        findings: findings.map(|found| shown(found, lang, staff)).collect(),
        staff,
        remarks: page
            .remarks
            .iter()
            .map(|one| one.wrong.text().get(lang).to_owned())
            .collect(),
        may_write: page.may_write,
        number: page.number,
        name,
    }
}

/// `GET /plans/{case}/power`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let page = power::page(&app, &visit.who, &number).await?;
    show(&view(page.ok_or(Error::NotFound)?, &visit))
}

async fn form_of(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (typed, wrongs, wrong): (Option<Fields>, Wrongs, Option<String>),
) -> Result<Html<String>, Error> {
    let page = power::page(app, &visit.who, number).await?;
    let page = page.filter(|page| page.may_write).ok_or(Error::NotFound)?;
    let revision = match &typed {
        Some(form) => form.get("revision").parse().map_err(|_| Error::BadForm)?,
        None => page.revision,
    };
    let fields = typed.unwrap_or_else(|| {
        let record = page.record.as_ref();
        record.map_or_else(Fields::default, form::fields_of)
    });
    let mut sections = form::sections(&fields, &wrongs, visit.lang);
    if page.lent.is_some() {
        form::lock_lent(&mut sections);
    }
    show(&Edit {
        head: Head::of(visit, format!("/plans/{number}/power/edit")),
        lent: page
            .lent
            .as_ref()
            .map(|unit| format!("{} {}", unit.model, unit.serial)),
        number: number.clone(),
        name: page.name.unwrap_or_default(),
        sections,
        revision,
        wrong,
        key: app.ids.next(),
    })
}

/// `GET /plans/{case}/power/edit`
pub(in crate::web) async fn edit(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    form_of(&app, &visit, &number, (None, Wrongs::new(), None)).await
}

fn refused(refusals: &[Refusal], lang: Lang) -> Wrongs {
    refusals
        .iter()
        .map(|one| (one.field.clone(), one.wrong.text().get(lang).to_owned()))
        .collect()
}

/// `POST /plans/{case}/power/edit`
pub(in crate::web) async fn keep(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    if !power::may_write(&app, &visit.who, &number).await? {
        return Err(Error::NotFound);
    }
    let typed = Fields(pairs);
    let lang = visit.lang;
    let sheet = typed.sheet(&visit)?;
    let was: i64 = typed.get("revision").parse().map_err(|_| Error::BadForm)?;
    let to_correct = || Some(said::WRONG.get(lang).to_owned());
    let (status, wrongs, wrong) = match form::read(&typed, lang) {
        Err(wrongs) => (StatusCode::UNPROCESSABLE_ENTITY, wrongs, to_correct()),
        Ok(record) => match power::keep(&app, sheet, &number, (was, &record)).await? {
            Kept::Refused(refusals) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                refused(&refusals, lang),
                to_correct(),
            ),
            Kept::Answer(answer) => {
                match leads(answer, &visit, |number| format!("/plans/{number}/power"))? {
                    Leads::On(response) => return Ok(response),
                    Leads::Back(status, said) => (status, Wrongs::new(), Some(said.text)),
                }
            }
        },
    };
    let page = form_of(&app, &visit, &number, (Some(typed), wrongs, wrong)).await?;
    Ok((status, page).into_response())
}
