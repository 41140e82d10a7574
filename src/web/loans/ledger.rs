//! A centre's ledger: sent, looked at, imported; and the rows of which a person
//! says whose they are.

use askama::Template;
use axum::{
    extract::{Multipart, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::Sent,
        words::{self, loan_ledger as said},
    },
    Leads,
    fields::Fields,
    leads,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseId,
        loan::ledger::Part,
        text::{Lang, Text},
    },
    import::report::{FileReport, RowNote},
    seal::{hex, unhex},
    service::{
        ServiceError,
        import::{self, Imported},
        loans::{self, Candidate, RowAsked},
    },
    store::RowIs,
};

/// No ledger on the page is larger, in bytes: its two letters a byte fit into a
/// form.
const LARGEST: usize = 900 * 1024;

/// A row that waits, in words.
struct Asked {
    id: Uuid,
    title: String,
    /// What the ledger says.
    says: Vec<(String, String)>,
    at: String,
    /// Each candidate: its case, how it is called, how it compares.
    candidates: Vec<(CaseId, String, String)>,
}

/// What came of a ledger, in words.
struct Outcome {
    title: String,
    file: String,
    /// Why it is refused whole.
    error: Option<String>,
    counts: Vec<(String, u64)>,
    /// The result, the row, the column, why.
    notes: Vec<(String, String, String, String)>,
    /// The file once more, to be imported as it was tried.
    content: Option<String>,
    /// What to say where there is nothing to import.
    nothing: Option<String>,
    /// Rows will wait on the page once it is imported.
    will_wait: bool,
}

#[derive(Template)]
#[template(path = "pages/loan_import.html")]
struct Page {
    head: Head,
    said: Option<(bool, String)>,
    outcome: Option<Outcome>,
    asked: Vec<Asked>,
    key: Uuid,
    /// The key of the form that confirms.
    confirm: Uuid,
}

async fn render(
    app: &App,
    visit: &Visit,
    said: Option<(bool, &Text)>,
    outcome: Option<Outcome>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let asked = loans::rows_asked(app, &visit.who).await?;
    show(&Page {
        said: said.map(|(good, text)| (good, text.get(lang).to_owned())),
        outcome,
        asked: asked.iter().map(|row| in_words(row, lang)).collect(),
        key: app.ids.next(),
        confirm: app.ids.next(),
        head: Head::of(visit, "/loans/import"),
    })
}

fn in_words(row: &RowAsked, lang: Lang) -> Asked {
    let child = &row.child;
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let says = [
        (said::NAME, child.name.clone()),
        (said::KANA, child.kana.clone()),
        (said::BORN, day(child.born)),
        (said::NUMBER, child.number.clone()),
        (
            words::figures::MUNICIPALITY,
            child.municipality.map(|code| code.name().to_owned()),
        ),
        (said::LENT, day(child.lent_on)),
        (said::SERIAL, child.serial.clone()),
    ];
    let number = row_name(row.row, lang);
    Asked {
        id: row.id,
        title: match &child.name {
            Some(name) => format!("{number} {name}"),
            None => number,
        },
        says: says
            .into_iter()
            .filter_map(|(name, value)| Some((name.get(lang).to_owned(), value?)))
            .collect(),
        at: in_tokyo(row.asked_at).format("%Y-%m-%d").to_string(),
        candidates: row
            .candidates
            .iter()
            .map(|one| (one.case, called(one, lang), compared(one, lang)))
            .collect(),
    }
}

fn called(one: &Candidate, lang: Lang) -> String {
    let town = one
        .municipality
        .as_ref()
        .map(crate::domain::municipality::MunicipalityCode::name);
    match &one.seen {
        Some((number, name, born)) => {
            let mut parts = vec![
                name.clone()
                    .unwrap_or_else(|| words::UNKNOWN.get(lang).to_owned()),
                number.to_string(),
            ];
            parts.extend(born.map(|day| day.to_string()));
            parts.extend(town.map(ToOwned::to_owned));
            parts.join(" ")
        }
        None => match town {
            Some(town) => format!(
                "{}（{}：{town}）",
                said::ELSEWHERE.get(lang),
                said::ASK_TOWN.get(lang)
            ),
            None => said::ELSEWHERE.get(lang).to_owned(),
        },
    }
}

fn compared(one: &Candidate, lang: Lang) -> String {
    let part = |part: Part| match part {
        Part::Same => said::PART_SAME,
        Part::Differs => said::PART_DIFFERS,
        Part::Unknown => said::PART_UNKNOWN,
    };
    let mut parts = vec![(said::NAME, one.name), (said::BORN, one.born)];
    if one.kana != Part::Unknown {
        parts.push((said::KANA, one.kana));
    }
    if one.number {
        parts.push((said::NUMBER, Part::Same));
    }
    let words: Vec<String> = parts
        .into_iter()
        .map(|(name, how)| format!("{}：{}", name.get(lang), part(how).get(lang)))
        .collect();
    words.join("、")
}

fn row_name(row: u64, lang: Lang) -> String {
    match (row, lang) {
        (0, _) => said::WHOLE.get(lang).to_owned(),
        (row, Lang::Ja) => format!("{row}{}", said::ROW.get(lang)),
        (row, Lang::En) => format!("{} {row}", said::ROW.get(lang)),
    }
}

impl Page {
    /// What to say where no row waits yet.
    const fn none_waits(&self) -> Text {
        match &self.outcome {
            Some(outcome) if outcome.will_wait => said::WHOSE_LATER,
            _ => said::WHOSE_EMPTY,
        }
    }
}

impl Outcome {
    fn of(report: &FileReport, file: &str, tried: Option<&[u8]>, lang: Lang) -> Self {
        let of = |kind: &Text, note: &RowNote| {
            let waits = report.undecided.contains(&note.row);
            let kind = if waits {
                &said::WAITING
            } else if report.differing.contains(&note.row) {
                &said::DIFFERING
            } else {
                kind
            };
            let reason = match lang {
                Lang::Ja => note.reason.clone(),
                Lang::En => note.reason_en.clone(),
            };
            let field = note.field.clone().unwrap_or_default();
            (
                kind.get(lang).to_owned(),
                row_name(note.row, lang),
                field,
                reason,
            )
        };
        let rejected = report.rejected.iter().map(|n| of(&said::REJECTED, n));
        let warnings = report.warnings.iter().map(|note| {
            let (_, row, field, reason) = of(&said::WARNED, note);
            (said::WARNED.get(lang).to_owned(), row, field, reason)
        });
        let waiting = report.undecided.len() as u64;
        let differing = report.differing.len() as u64;
        let counts = [
            (said::NEW, report.added),
            (said::CHANGED, report.changed),
            (said::SAME, report.unchanged),
            (said::WAITING, waiting),
            (said::DIFFERING, differing),
            (
                said::REJECTED,
                report.refused().saturating_sub(waiting + differing),
            ),
        ];
        let title = match (&report.error, tried) {
            (Some(_), _) => said::REFUSED,
            (None, Some(_)) => said::TRIED,
            (None, None) => said::DONE,
        };
        // A row that waits is kept for its question by the import alone.
        let useful = report.added + report.changed + waiting > 0;
        let nothing = tried.is_some() && !useful && report.error.is_none();
        let why = if report.unchanged > 0 && report.refused() == 0 {
            said::ALL_SAME
        } else {
            said::NONE_LEFT
        };
        Self {
            title: title.get(lang).to_owned(),
            file: file.to_owned(),
            error: report.error.as_ref().map(|error| match lang {
                Lang::Ja => error.message_ja.clone(),
                Lang::En => error.message_en.clone(),
            }),
            counts: counts
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(name, count)| (name.get(lang).to_owned(), count))
                .collect(),
            notes: rejected.chain(warnings).collect(),
            content: tried.filter(|_| report.error.is_none() && useful).map(hex),
            will_wait: tried.is_some() && waiting > 0,
            nothing: nothing.then(|| why.get(lang).to_owned()),
        }
    }
}

/// `GET /loans/import`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    render(&app, &visit, None, None).await
}

/// `POST /loans/import`
pub(in crate::web) async fn try_out(
    State(app): State<App>,
    visit: Visit,
    mut parts: Multipart,
) -> Result<Response, Error> {
    let (mut name, mut file) = (String::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|_| Error::BadForm)? {
        if part.name() == Some("file") {
            name = file_name(part.file_name().unwrap_or_default());
            file = part.bytes().await.map_err(|_| Error::BadForm)?.to_vec();
        }
    }
    let refused = match file.len() {
        0 => Some(said::MISSING),
        size if size > LARGEST => Some(said::TOO_BIG),
        _ => None,
    };
    if let Some(text) = refused {
        let page = render(&app, &visit, Some((false, &text)), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let report = import_bytes(&app, &visit, (&name, &file), None).await?;
    let report = report.ok_or(Error::BadForm)?;
    let outcome = Outcome::of(&report, &name, Some(&file), visit.lang);
    let status = match report.error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = render(&app, &visit, None, Some(outcome)).await?;
    Ok((status, page).into_response())
}

/// `POST /loans/import/confirm`
pub(in crate::web) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let file = unhex(fields.get("content")).ok_or(Error::BadForm)?;
    let name = file_name(fields.get("file"));
    let sheet = fields.sheet(&visit)?;
    let report = import_bytes(&app, &visit, (&name, &file), Some(sheet.key)).await?;
    let Some(report) = report else {
        // It was sent twice, and done the first time.
        let page = render(&app, &visit, Some((true, &said::SENT_TWICE)), None).await?;
        return Ok(page.into_response());
    };
    let outcome = Outcome::of(&report, &name, None, visit.lang);
    let page = render(&app, &visit, None, Some(outcome)).await?;
    Ok(page.into_response())
}

/// The last part of a name, as it may be called in a folder of ours.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(60).collect();
    match name.trim() {
        "" | "." | ".." => "ledger".to_owned(),
        name => name.to_owned(),
    }
}

async fn import_bytes(
    app: &App,
    visit: &Visit,
    (name, bytes): (&str, &[u8]),
    key: Option<Uuid>,
) -> Result<Option<FileReport>, Error> {
    let form = key.map(|key| (key, bytes));
    let (name, bytes) = (name.to_owned(), bytes.to_vec());
    let kept = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok::<_, std::io::Error>((folder, path))
    })
    .await
    .expect("a file is written without panic")
    .map_err(ServiceError::Io)?;
    let (_folder, path) = kept;
    match import::ledger_of(app, &visit.who, &path, form).await? {
        None => Ok(None),
        Some(Imported::Report(report)) => Ok(Some(*report)),
        Some(Imported::Missing(_)) => Err(Error::NotFound),
    }
}

/// `POST /loans/import/choose`
pub(in crate::web) async fn choose(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let id = Uuid::parse_str(fields.get("row")).map_err(|_| Error::BadForm)?;
    let is = match fields.get("is") {
        "" => {
            let said = Some((false, &said::NO_ANSWER));
            let page = render(&app, &visit, said, None).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        "new" => RowIs::NewChild,
        case => RowIs::Of(CaseId(Uuid::parse_str(case).map_err(|_| Error::BadForm)?)),
    };
    let answer = loans::say_whose(&app, sheet, (id, is)).await?;
    match leads(answer, &visit, |_| String::new())? {
        Leads::On(_) => {
            let page = render(&app, &visit, Some((true, &said::AGAIN)), None).await?;
            Ok(page.into_response())
        }
        Leads::Back(status, wrong) => {
            let text = Text::new(wrong.text.clone(), wrong.text);
            let page = render(&app, &visit, Some((false, &text)), None).await?;
            Ok((status, page).into_response())
        }
    }
}
