//! Where the plans of an office's children stand, whose turn it is, and which came back.

use askama::Template;
use axum::{extract::State, response::Html};
use chrono::NaiveDate;

use super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, course as c},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{finding::Owner, plan::course::Stage, text::Lang},
    service::life,
    store::StageLine,
};

/// A child in the list.
struct Line {
    number: String,
    name: String,
    href: String,
    stage: String,
    turn: String,
    /// It is the visitor's.
    own: bool,
    days: i64,
    gaps: u32,
    gap_until: Option<String>,
    late: bool,
}

/// A plan that came back.
struct Back {
    number: String,
    name: String,
    what: Vec<String>,
    confirmed: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/stages.html")]
struct Page {
    head: Head,
    lines: Vec<Line>,
    back: Vec<Back>,
    more: usize,
}

fn line(one: &StageLine, decides: bool, today: NaiveDate, lang: Lang) -> Option<Line> {
    let (stage, since) = one.draft.or(one.version)?;
    let turn = stage.holder();
    let open_gap = one.gaps > 0;
    // A plan that is shared and lacks nothing waits for nobody.
    if turn.is_none() && !open_gap {
        return None;
    }
    let own = turn == Some(Owner::Municipality) && decides
        || turn == Some(Owner::Coordinator) && !decides;
    let href = match (stage, decides) {
        (Stage::Submitted, true) => format!("/plans/{}/decide", one.number),
        (stage, _) if stage.is_open() && stage != Stage::Submitted => {
            format!("/plans/{}/draft", one.number)
        }
        _ => format!("/plans/{}/course", one.number),
    };
    Some(Line {
        number: one.number.to_string(),
        name: one.name.clone().unwrap_or_default(),
        href,
        stage: stage.name().get(lang).to_owned(),
        turn: turn.map_or(c::NOBODY, Owner::name).get(lang).to_owned(),
        own,
        days: (today - in_tokyo(since).date_naive()).num_days(),
        gaps: one.gaps,
        late: open_gap && one.gap_until.is_some_and(|until| until < today),
        gap_until: one
            .gap_until
            .filter(|_| open_gap)
            .map(|until| until.to_string()),
    })
}

/// `GET /plans`
pub(super) async fn list(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let page = life::stages(&app, &visit.who).await?;
    let lang = visit.lang;
    let mut lines: Vec<Line> = page
        .lines
        .iter()
        .filter_map(|one| line(one, page.decides, page.on, lang))
        .collect();
    // One's own first, of these the longest wait; the order by name stays among equals.
    lines.sort_by_key(|line| (!line.own, !line.late, -line.days));
    let back = page.changed.iter().map(|one| Back {
        number: one.number.to_string(),
        name: one.name.clone().unwrap_or_default(),
        what: one
            .what
            .iter()
            .map(|text| text.get(lang).to_owned())
            .collect(),
        confirmed: one
            .since
            .map(|day| words::with_day(day, c::CONFIRMED, lang)),
    });
    let back: Vec<Back> = back.collect();
    show(&Page {
        head: Head::of(&visit, "/plans"),
        more: page.changed_total - back.len(),
        lines,
        back,
    })
}
