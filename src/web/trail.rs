//! Who saw or changed what: for the auditor, and for a family about its own
//! child.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Html,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, trail},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        audit::Actor,
        id::{CaseNumber, UserId},
        print_number::PrintNumber,
        text::Lang,
    },
    service::audit,
    store::{TrailFilter, TrailRow},
};

/// So many numbers of children stand in a line; the others behind a fold.
const NUMBERS_IN_LINE: usize = 3;

/// One event as a page shows it.
struct Line {
    at: String,
    who: String,
    /// The account, for a link to everything that it did.
    account: Option<UserId>,
    what: String,
    /// Numbers of children, for the auditor.
    cases: Vec<CaseNumber>,
    /// The account that it is about: its name and id.
    about: Option<(String, Uuid)>,
    from: String,
}

#[derive(Template)]
#[template(path = "pages/trail.html")]
struct Trail {
    head: Head,
    lines: Vec<Line>,
    auditor: bool,
    case: String,
    wrong_case: bool,
    print: String,
    wrong_print: bool,
    account: Option<Uuid>,
    /// The address of what came before, when there may be more.
    earlier: Option<String>,
}

/// The filter as it stands in the address: ids and numbers only.
#[derive(Deserialize, Default)]
pub(super) struct Address {
    #[serde(default)]
    case: String,
    #[serde(default)]
    print: String,
    account: Option<Uuid>,
    before: Option<Uuid>,
}

/// `GET /audit`
pub(super) async fn for_the_auditor(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(address) = address.map_err(|_| Error::NotFound)?;
    let asked = address.case.trim();
    let case = CaseNumber::parse(asked).ok();
    let wrong_case = !asked.is_empty() && case.is_none();
    let sheet = address.print.trim();
    let print = PrintNumber::parse(sheet);
    let wrong_print = !sheet.is_empty() && print.is_none();
    let filter = TrailFilter {
        print,
        case: case.clone(),
        actor: address.account.map(UserId),
        before: address.before,
    };
    let rows = if wrong_case || wrong_print {
        Vec::new()
    } else {
        audit::trail(&app, &visit.who, &filter).await?
    };
    let earlier = earlier(&rows).map(|before| {
        let mut path = format!("/audit?before={before}");
        if let Some(case) = &case {
            path = format!("{path}&case={case}");
        }
        if let Some(account) = address.account {
            path = format!("{path}&account={account}");
        }
        path
    });
    show(&Trail {
        lines: lines(rows, &visit),
        head: Head::of(&visit, "/audit"),
        auditor: true,
        case: case.map_or_else(|| asked.chars().take(32).collect(), |case| case.to_string()),
        wrong_case,
        print: print.map_or_else(|| sheet.chars().take(16).collect(), |p| p.to_string()),
        wrong_print,
        account: address.account,
        earlier,
    })
}

/// `GET /history`
pub(super) async fn for_the_family(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(address) = address.map_err(|_| Error::NotFound)?;
    let rows = audit::trail_of_own(&app, &visit.who, address.before).await?;
    let earlier = earlier(&rows).map(|before| format!("/history?before={before}"));
    show(&Trail {
        lines: lines(rows, &visit),
        head: Head::of(&visit, "/history"),
        auditor: false,
        case: String::new(),
        wrong_case: false,
        print: String::new(),
        wrong_print: false,
        account: None,
        earlier,
    })
}

/// Where the next page begins, when this one is full.
fn earlier(rows: &[TrailRow]) -> Option<Uuid> {
    rows.last()
        .filter(|_| rows.len() == crate::store::TRAIL_PAGE)
        .map(|row| row.event.id)
}

fn lines(rows: Vec<TrailRow>, visit: &Visit) -> Vec<Line> {
    rows.into_iter()
        .map(|row| Line {
            at: in_tokyo(row.event.at)
                .format("%Y-%m-%d %H:%M:%S")
                .to_string(),
            who: who(&row, visit),
            account: row.event.actor.user(),
            what: row.event.action.name().get(visit.lang).to_owned(),
            from: match (row.event.from, row.event.actor) {
                (Some(address), _) => address.to_string(),
                (None, Actor::Operator) => trail::AT_THE_MACHINE.get(visit.lang).to_owned(),
                (None, _) => words::UNKNOWN.get(visit.lang).to_owned(),
            },
            about: row
                .about
                .zip(row.event.about)
                .map(|(name, about)| (name, about.id)),
            cases: row.cases,
        })
        .collect()
}

fn who(row: &TrailRow, visit: &Visit) -> String {
    let lang: Lang = visit.lang;
    match (row.event.actor, &row.who) {
        (Actor::User(user), _) if user == visit.who.user => trail::YOU.get(lang).to_owned(),
        (Actor::User(_), Some((role, municipality, name))) => {
            let place = municipality.map(|code| code.name().to_owned());
            let role = role.name();
            [place.as_deref().unwrap_or_default(), role.get(lang), name]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" ")
        }
        (Actor::User(user), None) => user.to_string(),
        (Actor::Operator, _) => trail::OPERATOR.get(lang).to_owned(),
        (Actor::Nobody, _) => trail::NOBODY.get(lang).to_owned(),
    }
}
