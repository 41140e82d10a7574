//! The lists of the desk as files for a spreadsheet.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        Error,
        head::Visit,
        taken::Named,
        words::{loan_desk as w, loans as said},
    },
    due::{line, stuck, waits},
};
use crate::{
    app::App,
    domain::text::{Lang, Text},
    print::{sheet, workbook},
    service::loans::{self, Most},
};

/// A table: what it is called, its head, its rows.
struct List {
    name: Text,
    head: [Text; 7],
    rows: Vec<[String; 7]>,
}

/// `GET /loans/lists/{file}`
pub(in crate::web) async fn list(
    State(app): State<App>,
    visit: Visit,
    Named(file): Named<String>,
) -> Result<Response, Error> {
    let (which, ending) = file.split_once('.').ok_or(Error::NotFound)?;
    if !matches!(ending, "csv" | "xlsx") {
        return Err(Error::NotFound);
    }
    let list = match which {
        "due" => due(&app, &visit).await?,
        "waiting" => waiting(&app, &visit).await?,
        "stuck" => stuck_children(&app, &visit).await?,
        "visits" => visits(&app, &visit).await?,
        "running" => running(&app, &visit).await?,
        _ => return Err(Error::NotFound),
    };
    let lang = visit.lang;
    let head = list.head.each_ref().map(|title| title.get(lang));
    let rows = list.rows.into_iter();
    let (kind, bytes) = if ending == "csv" {
        let bytes = sheet::csv(head, rows).map_err(crate::service::ServiceError::from)?;
        ("text/csv; charset=utf-8", bytes)
    } else {
        let bytes = workbook::xlsx(list.name.get(lang), head, rows)
            .map_err(|error| crate::service::ServiceError::Io(std::io::Error::other(error)))?;
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            bytes,
        )
    };
    let today = app.clock.today();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"loans-{which}-{today}.{ending}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

fn text(day: Option<chrono::NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

async fn due(app: &App, visit: &Visit) -> Result<List, Error> {
    let desk = loans::desk(app, &visit.who, Most::ALL).await?;
    let rows = desk.due.into_iter().map(|one| {
        let one = line(one, visit.lang);
        let late = if one.due.late_after < desk.today {
            w::OVERDUE.get(visit.lang).to_owned()
        } else {
            String::new()
        };
        [
            one.due.due_on.to_string(),
            late,
            one.number.to_string(),
            one.name,
            one.what,
            one.owes,
            one.due.legal_end.to_string(),
        ]
    });
    Ok(List {
        name: Text::fixed("期限", "due"),
        head: [
            w::UNTIL,
            w::OVERDUE,
            w::NUMBER,
            said::CHILD,
            w::WHAT,
            w::OWES,
            said::LEGAL_END,
        ],
        rows: rows.collect(),
    })
}

async fn waiting(app: &App, visit: &Visit) -> Result<List, Error> {
    let desk = loans::desk(app, &visit.who, Most::ALL).await?;
    let rows = desk.waiting.into_iter().map(|one| {
        let one = waits(app, one, desk.today, visit.lang);
        [
            one.mover,
            one.number.to_string(),
            one.name,
            one.state,
            one.since.to_string(),
            one.days.to_string(),
            one.act,
        ]
    });
    Ok(List {
        name: Text::fixed("待っているもの", "waiting"),
        head: [
            w::MOVER,
            w::NUMBER,
            said::CHILD,
            said::STANDS,
            w::SINCE,
            w::DAYS,
            w::DO,
        ],
        rows: rows.collect(),
    })
}

async fn stuck_children(app: &App, visit: &Visit) -> Result<List, Error> {
    let today = app.clock.today();
    let children = loans::stuck(app, &visit.who).await?;
    let rows = children.into_iter().map(|child| {
        let child = stuck(child, today, visit.lang);
        let answer = child.answer.map(|(answer, on)| format!("{on} {answer}"));
        [
            child.number.to_string(),
            child.name,
            child.step,
            child.mover,
            text(child.since),
            answer.unwrap_or_default(),
            text(child.plan_due),
        ]
    });
    Ok(List {
        name: Text::fixed("計画の進み具合", "plans"),
        head: [
            w::NUMBER,
            said::CHILD,
            w::STEP,
            w::MOVER,
            w::SINCE,
            w::WHY,
            w::PLAN_DUE,
        ],
        rows: rows.collect(),
    })
}

async fn visits(app: &App, visit: &Visit) -> Result<List, Error> {
    let lang: Lang = visit.lang;
    let lines = loans::visits(app, &visit.who).await?;
    let rows = lines.into_iter().map(|line| {
        let town = line.applicant.municipality;
        [
            town.map(|code| code.name().to_owned()).unwrap_or_default(),
            line.due_on.to_string(),
            line.agreed
                .map(|way| way.name().get(lang).to_owned())
                .unwrap_or_default(),
            line.number.to_string(),
            line.name.unwrap_or_default(),
            line.applicant.telephone.unwrap_or_default(),
            line.applicant.address.unwrap_or_default(),
        ]
    });
    Ok(List {
        name: Text::fixed("年1回の確認", "checks"),
        head: [
            said::TOWN,
            w::UNTIL,
            w::AGREED,
            w::NUMBER,
            said::CHILD,
            w::TELEPHONE,
            said::ADDRESS,
        ],
        rows: rows.collect(),
    })
}

async fn running(app: &App, visit: &Visit) -> Result<List, Error> {
    let rows = super::running::lines(app, visit).await?.into_iter();
    let rows = rows.map(|line| {
        [
            line.number.to_string(),
            line.name,
            line.town,
            line.state,
            text(line.lent_on),
            line.unit.map(|(_, name)| name).unwrap_or_default(),
            line.telephone,
        ]
    });
    Ok(List {
        name: Text::fixed("貸与と申請", "loans"),
        head: [
            w::NUMBER,
            said::CHILD,
            said::TOWN,
            said::STANDS,
            said::STARTED_ON,
            said::UNIT_LENT,
            said::TELEPHONE,
        ],
        rows: rows.collect(),
    })
}
