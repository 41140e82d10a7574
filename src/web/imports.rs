//! What was imported.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error, children,
    head::{Head, Visit},
    show,
    taken::Named,
    words::{self, imports as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        coverage::Coverage,
        data_set::DataSetKind,
        hazard::LayerKind,
        id::{DataSetId, ImportRunId},
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    import::report::RowNote,
    service::{
        hazard_imports::{self, Touched},
        imports::{self, ImportsPage, ROWS_SHOWN, TownCoverage, Try, TryPage},
        view::ChildRow,
    },
    store::DataSetFacts,
};

/// The command of each kind of import.
const COMMANDS: [(&Text, &str); 6] = [
    (
        &w::BOUNDARIES,
        "tomoshibi import boundaries N03.geojson --dry-run",
    ),
    (&w::TOWNS, "tomoshibi import towns 人吉市.json --dry-run"),
    (
        &w::HAZARDS,
        "tomoshibi import hazards A31a.geojson --covers 43203 --dated 2026-03-31 --dry-run",
    ),
    (
        &w::SITES,
        "tomoshibi import sites 指定緊急避難場所.csv --dry-run",
    ),
    (
        &w::FAMILIES,
        "tomoshibi import families 家族.xlsx --dry-run",
    ),
    (&w::LOANS, "tomoshibi import loans 貸与台帳.xlsx --dry-run"),
];

/// A try in words.
struct Line {
    id: ImportRunId,
    at: String,
    what: String,
    file: String,
    result: String,
    /// The class of its result, for its colour.
    class: &'static str,
    rows: String,
    by: String,
}

fn what(word: &str, lang: Lang) -> String {
    let name = match word {
        "sites" => w::SITES,
        "hazards" => w::HAZARDS,
        "boundaries" => w::BOUNDARIES,
        "families" => w::FAMILIES,
        "towns" => w::TOWNS,
        "loans" => w::LOANS,
        other => return other.to_owned(),
    };
    name.get(lang).to_owned()
}

fn kind(kind: DataSetKind) -> Text {
    match kind {
        DataSetKind::EmergencySites => w::EMERGENCY_SITES,
        DataSetKind::Shelters => w::SHELTERS,
        DataSetKind::Boundaries => w::BOUNDARIES,
        DataSetKind::Families => w::FAMILIES,
        DataSetKind::Towns => w::TOWNS,
        DataSetKind::Blocks => w::BLOCKS,
        DataSetKind::Hazard(layer) => layer.name(),
    }
}

pub(super) fn by(name: Option<&str>, lang: Lang) -> String {
    match name {
        Some("operator") => w::BY_COMMAND.get(lang).to_owned(),
        Some(name) => name.to_owned(),
        None => w::UNKNOWN_BY.get(lang).to_owned(),
    }
}

fn minute(at: chrono::DateTime<chrono::Utc>) -> String {
    in_tokyo(at).format("%Y-%m-%d %H:%M").to_string()
}

impl Line {
    fn of(one: &Try, lang: Lang) -> Self {
        let new = one.counts.added + one.counts.changed + one.counts.withdrawn > 0;
        let (result, class) = match (&one.error, one.dry_run) {
            (Some(_), _) => (w::REFUSED, "blocker"),
            (None, true) => (w::DRY, "gap"),
            (None, false) if !new && one.set.is_none() => (w::NOTHING_NEW, "clean"),
            (None, false) => (w::DONE, "clean"),
        };
        let counts = &one.counts;
        let rows = [
            (w::READ, counts.read),
            (w::ADDED, counts.added),
            (w::CHANGED, counts.changed),
            (w::UNCHANGED, counts.unchanged),
            (w::WITHDRAWN, counts.withdrawn),
            (w::REJECTED, one.rejected),
            (w::WARNINGS, one.warnings),
        ];
        // What did not happen is not told, but that the file was read is.
        let rows: Vec<String> = rows
            .iter()
            .filter(|(name, count)| *count > 0 || *name == w::READ)
            .map(|(name, count)| format!("{} {count}", name.get(lang)))
            .collect();
        let file = one.file.clone();
        Self {
            id: one.id,
            at: minute(one.at),
            what: what(&one.what, lang),
            file: file.unwrap_or_else(|| w::FILE_HIDDEN.get(lang).to_owned()),
            result: result.get(lang).to_owned(),
            class,
            rows: rows.join(" ・ "),
            by: by(one.by.as_deref(), lang),
        }
    }
}

/// A data set in words: what it holds, its name, whether it is in force, and the
/// rest as pairs.
struct SetLine {
    kind: String,
    name: String,
    current: bool,
    /// Sites that rest on it though another list has replaced it.
    still: i64,
    items: Vec<(String, String)>,
}

impl SetLine {
    fn of(set: &DataSetFacts, names: &BTreeMap<DataSetId, String>, lang: Lang) -> Self {
        let unknown = || words::UNKNOWN.get(lang).to_owned();
        let covers = match &set.covers {
            None => w::NOT_STATED.get(lang).to_owned(),
            Some(codes) => codes
                .iter()
                .map(MunicipalityCode::name)
                .collect::<Vec<_>>()
                .join("、"),
        };
        let imported = format!(
            "{} {}",
            minute(set.imported_at),
            by(Some(&set.imported_by), lang)
        );
        let dated = set.dated.map(|day| day.to_string());
        let mut items = vec![
            (
                w::DATED,
                dated.unwrap_or_else(|| w::UNDATED.get(lang).to_owned()),
            ),
            (w::COVERS, covers),
            (w::PUBLISHER, set.publisher.clone().unwrap_or_else(unknown)),
            (w::SOURCE, set.source.clone().unwrap_or_else(unknown)),
            (w::FORMAT, set.format.clone()),
            (w::RECORDS, set.records.to_string()),
            (w::IMPORTED, imported),
            (w::HASH, set.sha256.clone()),
        ];
        let before = set.replaces.and_then(|id| names.get(&id));
        items.extend(before.map(|name| (w::REPLACES, name.clone())));
        Self {
            kind: kind(set.kind).get(lang).to_owned(),
            name: set.name.clone(),
            current: set.current,
            still: if set.current { 0 } else { set.sites },
            items: items
                .into_iter()
                .map(|(name, value)| (name.get(lang).to_owned(), value))
                .collect(),
        }
    }
}

/// A municipality with a mark and a word for each layer.
struct TownLine {
    name: String,
    cells: Vec<(String, &'static str, String)>,
}

#[derive(Template)]
#[template(path = "pages/imports.html")]
struct Imports {
    head: Head,
    lines: Vec<Line>,
    older: Option<ImportRunId>,
    is_latest: bool,
    sets: Vec<SetLine>,
    old: Vec<SetLine>,
    /// The names of the columns of the table of coverage.
    layers: Vec<String>,
    towns: Vec<TownLine>,
    /// What it says of the reader's own municipality.
    own: Option<String>,
    /// What the table says, in sentences.
    sentences: Vec<(String, Vec<String>)>,
    marks: Vec<(&'static str, String)>,
    commands: Vec<(String, &'static str)>,
}

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<Uuid>,
}

/// `GET /imports`
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    query: Result<Query<Before>, axum::extract::rejection::QueryRejection>,
) -> Result<Html<String>, Error> {
    let before = query.ok().and_then(|Query(query)| query.before);
    let page = imports::page(&app, &visit.who, before.map(ImportRunId)).await?;
    show(&in_words(&visit, &page, before.is_none()))
}

fn in_words(visit: &Visit, page: &ImportsPage, is_latest: bool) -> Imports {
    let lang = visit.lang;
    let names: BTreeMap<DataSetId, String> = page
        .sets
        .iter()
        .map(|set| (set.id, format!("{} {}", set.name, minute(set.imported_at))))
        .collect();
    let lines = page.sets.iter().map(|set| SetLine::of(set, &names, lang));
    let (sets, old) = lines.partition(|set: &SetLine| set.current || set.still > 0);
    Imports {
        head: Head::of(visit, "/imports"),
        lines: page.tries.iter().map(|one| Line::of(one, lang)).collect(),
        older: page.more,
        is_latest,
        sets,
        old,
        layers: std::iter::once(w::FLOOD_ALL.get(lang).to_owned())
            .chain(
                LayerKind::ALL
                    .iter()
                    .map(|layer| layer.name().get(lang).to_owned()),
            )
            .collect(),
        towns: page.coverage.iter().map(|town| cells(town, lang)).collect(),
        own: visit
            .reader()
            .municipality()
            .and_then(|own| page.coverage.iter().find(|town| town.code.same_as(own)))
            .map(|town| of_town(town, lang)),
        sentences: sentences(&page.coverage, lang),
        marks: [
            Coverage::Covered,
            Coverage::Partly,
            Coverage::NotStated,
            Coverage::NotCovered,
        ]
        .map(|one| (one.mark(), one.name().get(lang).to_owned()))
        .to_vec(),
        commands: COMMANDS
            .iter()
            .map(|(name, command)| (name.get(lang).to_owned(), *command))
            .collect(),
    }
}

fn cells(town: &TownCoverage, lang: Lang) -> TownLine {
    let cell = |name: Text, one: Coverage| {
        (
            name.get(lang).to_owned(),
            one.mark(),
            one.name().get(lang).to_owned(),
        )
    };
    let layers = town.layers.iter();
    TownLine {
        name: town.code.name().to_owned(),
        cells: std::iter::once(cell(w::FLOOD_ALL, town.flood))
            .chain(layers.map(|(layer, one)| cell(layer.name(), *one)))
            .collect(),
    }
}

/// What the table says of one municipality: what it lacks.
fn of_town(town: &TownCoverage, lang: Lang) -> String {
    let lacking: Vec<String> = town
        .layers
        .iter()
        .filter(|(_, one)| *one != Coverage::Covered)
        .map(|(layer, one)| format!("{} {}", layer.name().get(lang), one.name().get(lang)))
        .collect();
    let said = if lacking.is_empty() {
        w::OWN_COVERED.get(lang).to_owned()
    } else {
        lacking.join("、")
    };
    format!("{}：{said}", town.code.name())
}

/// What the table says, layer by layer: who is not covered.
fn sentences(towns: &[TownCoverage], lang: Lang) -> Vec<(String, Vec<String>)> {
    if towns.is_empty() {
        return Vec::new();
    }
    LayerKind::ALL
        .iter()
        .map(|layer| {
            let of = |wanted: Coverage| -> Vec<&str> {
                towns
                    .iter()
                    .filter(|town| town.layers.contains(&(*layer, wanted)))
                    .map(|town| town.code.name())
                    .collect()
            };
            let mut said: Vec<String> = [
                (w::MISSING_IN, of(Coverage::NotCovered)),
                (w::UNSTATED_IN, of(Coverage::NotStated)),
                (w::PARTLY_IN, of(Coverage::Partly)),
            ]
            .iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(head, names)| {
                format!(
                    "{}（{}）：{}",
                    head.get(lang),
                    names.len(),
                    names.join("、")
                )
            })
            .collect();
            if said.is_empty() {
                said.push(w::ALL_COVERED.get(lang).to_owned());
            }
            (layer.name().get(lang).to_owned(), said)
        })
        .collect()
}

/// A note in words: rejected or a warning, the row, the column, why.
type NoteLine = (String, String, String, String);

#[derive(Template)]
#[template(path = "pages/import.html")]
struct Import {
    head: Head,
    line: Line,
    format: Option<String>,
    erased: bool,
    error: Option<String>,
    notes: Vec<NoteLine>,
    hidden: usize,
    /// There are more rows than are shown.
    cut: bool,
    set: Option<SetLine>,
    /// The page of what changed among the sites.
    changes: Option<DataSetId>,
    /// Whom new zones touch.
    touched: Option<Whom>,
}

/// Whom new zones touch, in words.
struct Whom {
    inside: Vec<children::Line>,
    near: Vec<children::Line>,
    protected: usize,
    zones: usize,
    replaced: bool,
}

impl Whom {
    fn of(touched: Touched, lang: Lang) -> Self {
        let lines = |rows: Vec<ChildRow>| -> Vec<children::Line> {
            let rows = rows.into_iter();
            rows.map(|row| children::line(row, lang)).collect()
        };
        Self {
            inside: lines(touched.inside),
            near: lines(touched.near),
            protected: touched.protected,
            zones: touched.zones,
            replaced: touched.replaced,
        }
    }
}

/// `GET /imports/{import}`
pub(super) async fn one(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let page = imports::one(&app, &visit.who, ImportRunId(id)).await?;
    let page = page.ok_or(Error::NotFound)?;
    let (notes, cut) = notes(&page, lang);
    let one = &page.one;
    let touched = match one.set {
        Some(set) => hazard_imports::touched(&app, &visit.who, set).await?,
        None => None,
    };
    let follows = visit.who.role().may(Permission::FollowSites) && one.what == "sites";
    show(&Import {
        head: Head::of(&visit, format!("/imports/{id}")),
        line: Line::of(one, lang),
        format: one.format.clone(),
        erased: one.erased,
        error: one.error.as_ref().map(|error| match lang {
            Lang::Ja => error.message_ja.clone(),
            Lang::En => error.message_en.clone(),
        }),
        notes,
        cut,
        hidden: page.hidden,
        changes: one.set.filter(|_| follows),
        touched: touched.map(|touched| Whom::of(touched, lang)),
        set: page
            .set
            .as_ref()
            .map(|set| SetLine::of(set, &BTreeMap::new(), lang)),
    })
}

fn notes(page: &TryPage, lang: Lang) -> (Vec<NoteLine>, bool) {
    let line = |kind: &Text, note: &RowNote| {
        let row = match note.row {
            0 => w::WHOLE.get(lang).to_owned(),
            row => match lang {
                Lang::Ja => format!("{row}{}", w::ROW.get(lang)),
                Lang::En => format!("{} {row}", w::ROW.get(lang)),
            },
        };
        let reason = match lang {
            Lang::Ja => note.reason.clone(),
            Lang::En => note.reason_en.clone(),
        };
        let field = note.field.clone().unwrap_or_default();
        (kind.get(lang).to_owned(), row, field, reason)
    };
    let rejected = page.rejected.iter().map(|note| line(&w::REJECTED, note));
    let warnings = page.warnings.iter().map(|note| line(&w::WARNINGS, note));
    let all = page.rejected.len() + page.warnings.len();
    (
        rejected.chain(warnings).take(ROWS_SHOWN).collect(),
        all > ROWS_SHOWN,
    )
}

/// `GET /imports/{import}/rows.csv`
pub(super) async fn rows(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let page = imports::one(&app, &visit.who, ImportRunId(id)).await?;
    let page = page.ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"import-{id}.csv\""),
        ),
    ];
    Ok((headers, imports::rows_as_csv(&page)?).into_response())
}
