//! The report on the programme: as a page, as XLSX, as CSV; and the form of it that
//! may be published.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, loan_report as said},
};
use crate::{
    app::App,
    domain::{
        loan_report::{LoanReport, Measure, Shown},
        municipality::MunicipalityCode,
        text::Lang,
    },
    print::{
        loan_report::{Line, workbook},
        sheet,
    },
    service::{ServiceError, loans},
};

/// What stands in the place of a number that is left out.
const LEFT_OUT: &str = "X";

/// What somebody asks for. Other words than ours ask for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::web) struct Asked {
    from: Option<String>,
    until: Option<String>,
    form: Option<String>,
}

/// The years, and the form, that are shown.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    first: i32,
    last: i32,
    published: bool,
}

impl Chosen {
    fn of(asked: Option<Asked>, known: &[i32]) -> Self {
        let asked = asked.unwrap_or_default();
        let year = |text: Option<String>| {
            let year = text.and_then(|text| text.parse::<i32>().ok());
            year.filter(|year| known.contains(year))
        };
        let latest = known.last().copied().unwrap_or_default();
        let last = year(asked.until).unwrap_or(latest);
        let first = year(asked.from).unwrap_or(last);
        Self {
            first: first.min(last).max(last - loans::MOST_YEARS + 1),
            last: last.max(first),
            published: asked.form.as_deref() == Some("publication"),
        }
    }

    fn query(self) -> String {
        let form = if self.published {
            "&form=publication"
        } else {
            ""
        };
        format!("from={}&until={}{form}", self.first, self.last)
    }
}

/// A fiscal year as people call it.
fn year(year: i32, lang: Lang) -> String {
    match lang {
        // 令和 begins in 2019, and its first fiscal year is that of 2019.
        Lang::Ja => format!("令和{}年度", year - 2018),
        Lang::En => format!("FY{year}"),
    }
}

/// A report of which numbers may be left out: that of the inside leaves out none.
fn shown(report: &LoanReport, published: bool) -> LoanReport<Shown> {
    if published {
        report.for_publication()
    } else {
        report.whole()
    }
}

const fn count(number: Shown) -> Option<u32> {
    match number {
        Shown::Number(number) => Some(number),
        Shown::Suppressed => None,
    }
}

fn place(line: Option<MunicipalityCode>, lang: Lang) -> String {
    line.map_or_else(
        || said::NOWHERE.get(lang).to_owned(),
        |code| code.name().to_owned(),
    )
}

/// A table of the page: its title, its columns, its lines and its totals.
struct Table {
    title: String,
    columns: Vec<String>,
    lines: Vec<(String, Vec<String>)>,
    total: Vec<String>,
}

fn tables(report: &LoanReport<Shown>, lang: Lang) -> Vec<Table> {
    let cell = |number: Shown| match count(number) {
        Some(number) => number.to_string(),
        None => LEFT_OUT.to_owned(),
    };
    let last = report.municipalities.len();
    if let [only] = report.years.as_slice() {
        // Of one year the measures stand side by side.
        let of = |row: usize| -> Vec<String> {
            let tables = Measure::ALL.iter().map(|measure| &report.tables[measure]);
            tables.map(|table| cell(table.row(row)[0])).collect()
        };
        return vec![Table {
            title: year(*only, lang),
            columns: Measure::ALL
                .iter()
                .map(|measure| measure.name().get(lang).to_owned())
                .collect(),
            lines: report
                .municipalities
                .iter()
                .enumerate()
                .map(|(row, line)| (place(*line, lang), of(row)))
                .collect(),
            total: of(last),
        }];
    }
    Measure::ALL
        .iter()
        .map(|measure| {
            let table = &report.tables[measure];
            let of = |row: usize| table.row(row).iter().map(|number| cell(*number)).collect();
            let total = said::TOTAL.get(lang).to_owned();
            Table {
                title: measure.name().get(lang).to_owned(),
                columns: report
                    .years
                    .iter()
                    .map(|y| year(*y, lang))
                    .chain([total])
                    .collect(),
                lines: report
                    .municipalities
                    .iter()
                    .enumerate()
                    .map(|(row, line)| (place(*line, lang), of(row)))
                    .collect(),
                total: of(last),
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "pages/loan_report.html")]
struct Page {
    head: Head,
    on: String,
    chosen: Chosen,
    /// The same in the other form.
    other: String,
    years: Vec<(i32, String)>,
    tables: Vec<Table>,
    knows_towns: bool,
}

/// `GET /loans/report`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let known = loans::years(&app);
    let chosen = Chosen::of(query.ok().map(|Query(asked)| asked), &known);
    let report = loans::report(&app, &visit.who, (chosen.first, chosen.last)).await?;
    let lang = visit.lang;
    let other = Chosen {
        published: !chosen.published,
        ..chosen
    };
    show(&Page {
        head: Head::of(&visit, format!("/loans/report?{}", chosen.query())),
        on: app.clock.today().to_string(),
        other: other.query(),
        years: known.iter().map(|y| (*y, year(*y, lang))).collect(),
        knows_towns: report.municipalities.len() > 1,
        tables: tables(&shown(&report, chosen.published), lang),
        chosen,
    })
}

/// The lines of the files, town by town and year by year, with the totals of both.
fn lines(report: &LoanReport<Shown>, published: bool, lang: Lang) -> Vec<Line> {
    let mark = mark(published, lang);
    let total = || said::TOTAL.get(lang).to_owned();
    let towns = report.municipalities.iter().map(Some).chain([None]);
    let mut lines = Vec::new();
    for (row, town) in towns.enumerate() {
        let code = town.copied().flatten();
        let name = town.map_or_else(total, |town| place(*town, lang));
        let years = report.years.iter().map(|y| year(*y, lang)).chain([total()]);
        for (column, year) in years.enumerate() {
            let tables = Measure::ALL.iter().map(|measure| &report.tables[measure]);
            lines.push((
                vec![
                    mark.clone(),
                    year,
                    code.map(|code| code.to_string()).unwrap_or_default(),
                    name.clone(),
                ],
                tables.map(|table| count(table.row(row)[column])).collect(),
            ));
        }
    }
    lines
}

fn mark(published: bool, lang: Lang) -> String {
    let mark = if published {
        said::MARK_PUBLISHED
    } else {
        said::MARK_INSIDE
    };
    mark.get(lang).to_owned()
}

fn head(lang: Lang) -> Vec<String> {
    let first = [
        said::WHICH,
        said::YEAR,
        said::CODE,
        words::figures::MUNICIPALITY,
    ];
    let names = first
        .into_iter()
        .chain(Measure::ALL.iter().map(|measure| measure.name()));
    names.map(|name| name.get(lang).to_owned()).collect()
}

/// What a file holds, and how it is called.
async fn file(
    app: &App,
    visit: &Visit,
    asked: Option<Asked>,
) -> Result<(Vec<Line>, Chosen, String), Error> {
    let chosen = Chosen::of(asked, &loans::years(app));
    let report = loans::report(app, &visit.who, (chosen.first, chosen.last)).await?;
    let lines = lines(
        &shown(&report, chosen.published),
        chosen.published,
        visit.lang,
    );
    let form = if chosen.published {
        "publication"
    } else {
        "inside"
    };
    let name = format!(
        "loans-{}-{}-{form}-{}",
        chosen.first,
        chosen.last,
        app.clock.today()
    );
    Ok((lines, chosen, name))
}

fn attached(bytes: Vec<u8>, name: &str, kind: &'static str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}

/// `GET /loans/report.xlsx`
pub(in crate::web) async fn xlsx(
    State(app): State<App>,
    visit: Visit,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Error> {
    let lang = visit.lang;
    let (lines, chosen, name) = file(&app, &visit, query.ok().map(|Query(a)| a)).await?;
    let note = if chosen.published {
        said::PUBLISHED
    } else {
        said::INSIDE
    };
    let today = app.clock.today();
    let title = format!(
        "{}　{} {today}　{}",
        said::TITLE.get(lang),
        said::ON.get(lang),
        note.get(lang)
    );
    let made = tokio::task::spawn_blocking(move || {
        workbook(said::MENU.get(lang), &title, &head(lang), &lines, LEFT_OUT)
    });
    let book = made
        .await
        .expect("a sheet is written without panic")
        .map_err(|error| ServiceError::Io(std::io::Error::other(error)))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attached(book, &format!("{name}.xlsx"), kind))
}

/// `GET /loans/report.csv`
pub(in crate::web) async fn csv(
    State(app): State<App>,
    visit: Visit,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Error> {
    let (lines, _, name) = file(&app, &visit, query.ok().map(|Query(a)| a)).await?;
    let head = head(visit.lang);
    let head: [&str; 11] = std::array::from_fn(|place| head[place].as_str());
    let rows = lines.into_iter().map(|(texts, counts)| {
        let counts = counts.into_iter().map(|count| match count {
            Some(count) => count.to_string(),
            None => LEFT_OUT.to_owned(),
        });
        let mut cells = texts.into_iter().chain(counts);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    });
    let bytes = sheet::csv(head, rows).map_err(ServiceError::Io)?;
    Ok(attached(
        bytes,
        &format!("{name}.csv"),
        "text/csv; charset=utf-8",
    ))
}
