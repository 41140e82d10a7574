//! The telephone sheet: the list of calls on paper, which needs no power and no network.

use axum::{
    extract::{Query, State},
    http::Uri,
    response::Response,
};
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::Visit,
        loans::papers::{Asked, again, answer},
        taken::Named,
        words::outage as o,
    },
    cut::{self, CutShown},
    shown,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{outage::Outage, text::Lang},
    print::papers::calls::{Calls, Line, calls},
    service::{
        loans::papers::Print,
        night::{self, NightFilter, NightLine, NightPage},
    },
};

/// `GET /tonight/calls.pdf`
pub(in crate::web) async fn of_tonight(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    sheet(&app, &visit, None, (&uri, &asked)).await
}

/// `GET /outage/{outage}/calls.pdf`
pub(in crate::web) async fn of_outage(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Named(id): Named<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    sheet(&app, &visit, Some(id), (&uri, &asked)).await
}

async fn sheet(
    app: &App,
    visit: &Visit,
    outage: Option<Uuid>,
    (uri, asked): (&Uri, &Asked),
) -> Result<Response, Error> {
    let filter = NightFilter {
        state: None,
        outage,
        whole: true,
    };
    let page = night::print(app, &visit.who, filter).await?;
    let page = page.ok_or(Error::NotFound)?;
    let print = match calls(&data(&page, visit)) {
        Ok(paper) => Print::Paper(paper),
        Err(error) => Print::NoPaper(error),
    };
    let back = outage.map_or_else(|| "/tonight".to_owned(), |id| format!("/outage/{id}"));
    let told = !asked.anyway.is_empty();
    answer(
        visit,
        print,
        ("calls.pdf", told),
        (again(uri), &back, &o::LIST),
    )
}

/// What stands on the paper: Japanese, like every paper.
fn data(page: &NightPage, visit: &Visit) -> Calls {
    let lang = Lang::Ja;
    let outage = page.outage.as_ref().map(|line| &line.outage);
    let own = visit.reader().municipality();
    let of_cut = |outage: &Outage| {
        let since = in_tokyo(outage.cut.since).format("%m月%d日 %H:%M");
        let hours = outage.cut.hours;
        let place = cut::place(outage, lang);
        format!("停電：{place}　{since}から（見込み{hours}時間）")
    };
    let about = if let Some(outage) = outage {
        vec![of_cut(outage)]
    } else {
        let levels = page.levels.iter();
        let here = levels.filter(|level| own.is_none_or(|own| own.same_as(level.municipality)));
        let levels = here.take(6).map(|level| {
            let shown = shown::LevelShown::of(level, page.now, None, lang);
            format!("{} {}", shown.town, shown.text)
        });
        let outages = page.outages.iter().map(|line| &line.outage);
        let began = outages.filter(|outage| outage.cut.since <= page.now);
        levels.chain(began.map(of_cut)).collect()
    };
    Calls {
        about,
        made_at: in_tokyo(page.now).format("%Y年%m月%d日 %H:%M").to_string(),
        by: visit.who.name.clone(),
        in_cut: page.lines.iter().any(|line| line.cut.is_some()),
        lines: page.lines.iter().map(|one| line(one, page)).collect(),
    }
}

fn line(line: &NightLine, page: &NightPage) -> Line {
    let lang = Lang::Ja;
    let judged = &line.judged;
    let cut = CutShown::of(line, page.now, lang);
    let name = line.child.name.clone();
    let name = name.filter(|name| !name.trim().is_empty());
    let last = line.answers.iter().find(|one| one.struck_at.is_none());
    let mut why = shown::why(judged, line.stays_elsewhere, lang);
    why.insert(0, judged.state.name().get(lang).to_owned());
    Line {
        number: line.number.to_string(),
        name,
        kana: line.child.kana.clone(),
        home: line.home.map(|town| town.name().to_owned()),
        why: why.join("・"),
        ends: cut
            .as_ref()
            .map_or_else(|| shown::hours(judged, lang), |cut| cut.ends.clone()),
        leave_by: cut.as_ref().map(|cut| cut.leave_by.clone()),
        sources: cut.as_ref().map(|cut| cut.sources.clone()),
        notes: cut.as_ref().map_or_else(Vec::new, |cut| cut.notes.clone()),
        telephones: shown::calls(&line.child)
            .into_iter()
            .map(|(who, number, _)| (who, number))
            .collect(),
        destination: shown::destination(judged, lang),
        destination_now: shown::destination_now(judged, lang),
        way: cut.as_ref().map(|cut| cut.way.clone()).unwrap_or_default(),
        vehicle: line.vehicle.clone(),
        near: cut.map(|cut| cut.near).unwrap_or_default(),
        last: last.map(|answer| {
            let said = shown::shown(answer, None, lang);
            format!("{} {}", said.by, said.text)
        }),
        ask: judged.ask.get(lang).to_owned(),
        apart: judged.state >= crate::planner::tonight::State::Left,
    }
}
