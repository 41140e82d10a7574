//! What a family has filled in for the yearly check: beside the form of the check, and
//! copied into it, never judged.

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
        words::{loan_reported as w, loans as said},
    },
    Leads, checking,
    fields::Fields,
    leads,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        loan::check::CheckWay,
        text::{Lang, Text},
    },
    service::loans::{self, LoanPage, Reported},
    store::StoredFamilyCheck,
};

/// A report, as the page shows it.
pub(super) struct Report {
    pub id: Uuid,
    pub revision: i64,
    /// When it was written.
    pub at: String,
    /// What is to be looked at first.
    pub stands_out: Option<String>,
    /// What was said, in the words of the family.
    pub lines: Vec<(Text, String)>,
    /// Its photos, each with its place.
    pub photos: Vec<(Uuid, usize)>,
    /// The unit was exchanged since.
    pub other_unit: bool,
    pub key: Uuid,
}

/// It speaks of the unit that is lent now.
fn same_unit(report: &StoredFamilyCheck, page: &LoanPage) -> bool {
    report.unit == page.file.loan.as_ref().and_then(|loan| loan.unit)
}

impl Report {
    pub(super) fn of(app: &App, page: &LoanPage, lang: Lang) -> Option<Self> {
        let report = page.report.as_ref()?;
        let said = &report.said;
        let name = |text: Text| text.get(lang).to_owned();
        let lines = [
            (w::TRIED, said.started.map(|one| name(one.name()))),
            (w::TRIED_ON, said.tried_on.map(|day| day.to_string())),
            (said::HOURS_RUN, said.hours_run.map(|n| n.to_string())),
            (w::USAGE, said.usage.clone()),
            (said::OIL_FINE, said.oil.map(|one| name(one.name()))),
            (said::FUEL_ON, said.fuel_on.map(|day| day.to_string())),
            (w::PLACE, said.outdoor_place.clone()),
            (w::VENTILATED, said.ventilated.map(|one| name(one.name()))),
            (w::SAME_HOME, said.same_home.map(|one| name(one.name()))),
            (w::WORDS, said.words.clone()),
        ];
        let known = lines
            .into_iter()
            .filter_map(|(what, value)| Some((what, value?)));
        Some(Self {
            id: report.id,
            revision: report.revision,
            at: in_tokyo(report.at).format("%Y-%m-%d %H:%M").to_string(),
            stands_out: said.stands_out(),
            lines: known.collect(),
            photos: report.photos.iter().copied().zip(1..).collect(),
            other_unit: !same_unit(report, page),
            key: app.ids.next(),
        })
    }
}

/// The form of the check with what the family has written: facts and words. Whether a
/// part is in order nobody has judged.
pub(super) fn prefilled(page: &LoanPage) -> Fields {
    let Some(report) = &page.report else {
        return Fields::default();
    };
    let said = &report.said;
    let of_unit = same_unit(report, page);
    let text = |text: Option<String>| text.unwrap_or_default();
    let oil = match said.oil_fine().filter(|_| of_unit) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let mut fields = vec![
        (
            "hours_run",
            text(said.hours_run.filter(|_| of_unit).map(|n| n.to_string())),
        ),
        ("oil", oil.to_owned()),
        (
            "fuel_on",
            text(said.fuel_on.filter(|_| of_unit).map(|d| d.to_string())),
        ),
        ("place", text(said.outdoor_place.clone())),
        ("usage_note", text(said.usage.clone())),
        ("note", text(said.words.clone())),
    ];
    if let Some((_, way)) = page.check_day {
        // A day was agreed: then somebody meets the family.
        fields.push(("way", way.code().to_owned()));
    } else {
        let day = in_tokyo(report.at).date_naive().to_string();
        fields.push(("way", CheckWay::Page.code().to_owned()));
        fields.push(("held_on", day));
    }
    let own = fields.into_iter();
    Fields(own.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Which report the form showed.
pub(super) fn reported(fields: &Fields) -> Reported {
    let id = Uuid::parse_str(fields.get("report")).ok()?;
    Some((id, fields.get("report_revision").parse().ok()?))
}

/// `POST /loans/{loan}/check/aside`
pub(in crate::web) async fn set_aside(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let report = Uuid::parse_str(fields.get("report")).map_err(|_| Error::BadForm)?;
    let done = match fields.note("aside_why") {
        Ok(why) => {
            let why = (report, why.as_deref().unwrap_or_default());
            loans::set_aside(&app, sheet, &number, why).await?
        }
        Err(bad) => loans::Answer::Wrong(bad.field, bad.why),
    };
    let (status, said): (StatusCode, _) =
        match leads(done, &visit, |number| format!("/loans/{number}"))? {
            Leads::On(response) => return Ok(response),
            Leads::Back(status, said) => (status, said),
        };
    let page = checking::with_word(&app, &visit, &number, said).await?;
    Ok((status, page).into_response())
}
