//! What municipalities offer, as the centre keeps it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Answer, Sheet, once};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor},
        loan::eligibility::Scheme,
        municipality::{self, MunicipalityCode},
        text::Text,
    },
    in_tx,
    seal::sha256_hex,
    service::{ServiceError, audit},
    store::{StoredScheme, Window},
};

/// What the page of municipalities says.
#[derive(Debug, Clone)]
pub struct TownsPage {
    /// The schemes on the table.
    pub schemes: Vec<StoredScheme>,
    /// Those that were taken off it, the latest first.
    pub removed: Vec<StoredScheme>,
    /// The windows.
    pub windows: Vec<Window>,
    /// The municipalities of the prefecture; of one that is not known those of the
    /// whole country.
    pub towns: Vec<MunicipalityCode>,
    /// How many schemes the program brings that were never on the table.
    pub first: usize,
}

/// The tables of schemes and windows.
pub async fn towns(app: &App) -> Result<TownsPage, ServiceError> {
    let mut tx = app.store.read().await?;
    let prefectures = tx.prefectures().await?;
    let ours =
        |code: &str| prefectures.is_empty() || prefectures.iter().any(|p| code.starts_with(p));
    let towns = municipality::all()
        .filter(|town| town.parent.is_none() && ours(town.code))
        .filter_map(|town| MunicipalityCode::parse(town.code).ok());
    let (schemes, removed) = (tx.schemes().await?.rows, tx.removed_schemes().await?);
    Ok(TownsPage {
        first: not_yet(&prefectures, &schemes, &removed).len(),
        schemes,
        removed,
        windows: tx.windows().await?,
        towns: towns.collect(),
    })
}

/// The municipalities of the prefecture as somebody would type them, to be suggested;
/// none where it is not known.
pub async fn town_names(app: &App) -> Result<Vec<String>, ServiceError> {
    let prefectures = {
        let mut tx = app.store.read().await?;
        tx.prefectures().await?
    };
    let ours = |code: &str| prefectures.iter().any(|p| code.starts_with(p));
    let towns = municipality::all().filter(|town| town.parent.is_none() && ours(town.code));
    let codes = towns.filter_map(|town| MunicipalityCode::parse(town.code).ok());
    Ok(codes.map(|code| code.short_name()).collect())
}

/// The schemes that the program brings for these prefectures and that were never on
/// the table: a row that somebody has changed or taken off stays as it is.
fn not_yet(
    prefectures: &[String],
    schemes: &[StoredScheme],
    removed: &[StoredScheme],
) -> Vec<Scheme> {
    let had = |code: MunicipalityCode| {
        let mut all = schemes.iter().chain(removed);
        all.any(|stored| stored.scheme.municipality.same_as(code))
    };
    Scheme::known()
        .into_iter()
        .filter(|scheme| {
            let code = scheme.municipality;
            let ours = prefectures.iter().any(|p| code.as_str().starts_with(p));
            ours && !had(code)
        })
        .collect()
}

/// Puts the schemes that the program brings on a table that never had a row, before
/// the first page is served: with an empty table every municipality would count as
/// one without a scheme. Answers how many.
pub async fn first_rows(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        let (schemes, removed) = (tx.schemes().await?.rows, tx.removed_schemes().await?);
        if !schemes.is_empty() || !removed.is_empty() {
            return Ok(0);
        }
        let new = not_yet(&tx.prefectures().await?, &schemes, &removed);
        for scheme in &new {
            tx.add_scheme(app.ids.next(), scheme, (None, now)).await?;
        }
        if !new.is_empty() {
            let event = audit::by(app, Actor::Operator, Action::ChangedSchemes);
            tx.record(&event).await?;
        }
        Ok::<_, ServiceError>(new.len())
    })
}

/// Puts the schemes that the program brings and that were never on the table there.
pub async fn add_known(app: &App, sheet: Sheet<'_>) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "known_schemes": true });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        let (schemes, removed) = (tx.schemes().await?.rows, tx.removed_schemes().await?);
        let new = not_yet(&tx.prefectures().await?, &schemes, &removed);
        for scheme in &new {
            let hand = (Some(sheet.who.user), now);
            tx.add_scheme(app.ids.next(), scheme, hand).await?;
        }
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(new.len().to_string())
    })
}

/// What a scheme said when somebody began to change it.
pub fn mark(scheme: &Scheme) -> String {
    let day = |day: Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
    let parts = [
        scheme.benefit.clone(),
        day(scheme.from),
        day(scheme.until),
        scheme.source.clone(),
    ];
    sha256_hex(parts.join("\u{1}").as_bytes())
}

const ENDS_BEFORE: Text = Text::fixed(
    "最後の日が最初の日より前です。日付を確かめてください。",
    "The last day is before the first: check the days.",
);

/// Whether the days of a scheme are in order.
fn in_order(scheme: &Scheme) -> Option<Answer> {
    let (from, until) = scheme.from.zip(scheme.until)?;
    (until < from).then_some(Answer::Wrong("until", ENDS_BEFORE))
}

/// Changes a scheme, its last day among what it says, where nobody else has since.
pub async fn change_scheme(
    app: &App,
    sheet: Sheet<'_>,
    (id, was): (Uuid, &str),
    scheme: &Scheme,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "change_scheme": id, "was": was, "benefit": scheme.benefit, "from": scheme.from,
        "until": scheme.until, "source": scheme.source,
    });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        if let Some(answer) = in_order(scheme) {
            return Ok(answer);
        }
        let known = tx.schemes().await?.rows;
        let known = known.iter().find(|stored| stored.id == id);
        if known.is_none_or(|stored| mark(&stored.scheme) != was) {
            return Ok(Answer::Changed);
        }
        let hand = (Some(sheet.who.user), now);
        if !tx.change_scheme(id, scheme, hand).await? {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Puts a scheme back that was taken off the table.
pub async fn restore_scheme(app: &App, sheet: Sheet<'_>, id: Uuid) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "restore_scheme": id });
    once!(app, sheet, request, |tx| {
        if !tx.restore_scheme(id).await? {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Puts a scheme on record.
pub async fn add_scheme(
    app: &App,
    sheet: Sheet<'_>,
    scheme: &Scheme,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "scheme": scheme.municipality, "benefit": scheme.benefit, "from": scheme.from,
        "until": scheme.until, "source": scheme.source,
    });
    let (id, now) = (app.ids.next(), app.clock.now());
    once!(app, sheet, request, |tx| {
        if let Some(answer) = in_order(scheme) {
            return Ok(answer);
        }
        tx.add_scheme(id, scheme, (Some(sheet.who.user), now))
            .await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(scheme.municipality.to_string())
    })
}

/// Takes a scheme off the table.
pub async fn remove_scheme(app: &App, sheet: Sheet<'_>, id: Uuid) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "remove_scheme": id });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        if !tx.remove_scheme(id, now).await? {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Writes the window of a municipality.
pub async fn set_window(
    app: &App,
    sheet: Sheet<'_>,
    window: &Window,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "window": window.municipality, "name": window.name, "telephone": window.telephone,
        "form": window.form,
    });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        tx.write_window(window, (Some(sheet.who.user), now)).await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(window.municipality.to_string())
    })
}
