//! How families come in again: a code that staff tell over the telephone, and
//! the wish for a new link.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Error,
    accounts::why_not,
    head::{Head, Visit, Visitor},
    plan, show,
    sign_in::Refusal,
    taken::{Named, Sent},
    words::{self, family_link},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        text::{Lang, Text},
    },
    service::{
        authenticate::Answer,
        family,
        family_links::{self, FamilyMade, Told},
        sign_in,
    },
    store::FamilyWays,
    text,
};

#[derive(Template)]
#[template(path = "pages/told_code.html")]
struct ToldCode {
    head: Head,
    case: CaseNumber,
    /// Where a code is typed.
    typed_at: String,
    /// The code in groups, and until when it holds.
    code: Option<(Vec<String>, String)>,
    /// The link of a new account, with the code that stands for it.
    link: Option<(String, String)>,
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/lost_link.html")]
struct LostLink {
    head: Head,
    asked: bool,
    said: Option<String>,
    /// The centre and its telephone.
    centre: (String, Option<String>),
}

#[derive(Deserialize)]
pub(super) struct TellForm {
    #[serde(default)]
    called_back: String,
}

/// `POST /plans/{case}/code`
pub(super) async fn tell(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<TellForm>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let called_back = form.called_back == "yes";
    let told = family_links::tell_code(&app, &visit.who, &number, called_back).await?;
    let (status, code, said) = match told {
        Told::Unknown => return Err(Error::NotFound),
        Told::NotCalledBack => (
            StatusCode::UNPROCESSABLE_ENTITY,
            None,
            Some(family_link::CALL_BACK_FIRST),
        ),
        Told::NoAccount => (StatusCode::CONFLICT, None, Some(family_link::NO_ACCOUNT)),
        Told::Code(code, until) => {
            let groups = code.shown().split('-').map(str::to_owned).collect();
            let until = in_tokyo(until).format("%H:%M").to_string();
            (StatusCode::OK, Some((groups, until)), None)
        }
    };
    let page = ToldCode {
        head: Head::of(&visit, format!("/plans/{number}")),
        case: number,
        typed_at: typed_at(&app),
        code,
        link: None,
        said: said.map(|text| text.get(visit.lang).to_owned()),
    };
    Ok((status, show(&page)?).into_response())
}

#[derive(Deserialize)]
pub(super) struct MakeForm {
    email: String,
}

/// `POST /plans/{case}/family`
pub(super) async fn make(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<MakeForm>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let made = family_links::make_account(&app, &visit.who, &number, &form.email).await?;
    let (status, link, said) = match made {
        FamilyMade::Unknown => return Err(Error::NotFound),
        FamilyMade::Made(link) => (StatusCode::OK, Some(link), None),
        FamilyMade::HasOne => (StatusCode::CONFLICT, None, Some(family_link::HAS_ONE)),
        FamilyMade::Refused(why) => (StatusCode::UNPROCESSABLE_ENTITY, None, Some(why_not(&why))),
    };
    let page = ToldCode {
        head: Head::of(&visit, format!("/plans/{number}")),
        case: number,
        typed_at: typed_at(&app),
        code: None,
        link: link.map(|link| (sign_in::address_of(&app, &link), link.code.shown())),
        said: said.map(|text| text.get(visit.lang).to_owned()),
    };
    Ok((status, show(&page)?).into_response())
}

/// `POST /plans/{case}/family/end`
pub(super) async fn end(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Redirect, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    if family_links::end_ways(&app, &visit.who, &number).await? {
        Ok(Redirect::to(&format!("/plans/{number}#tell")))
    } else {
        Err(Error::NotFound)
    }
}

/// By what a family comes in.
pub(super) fn ways_in(ways: FamilyWays, lang: Lang) -> String {
    let link = ways
        .link_until
        .map(|at| in_tokyo(at).format("%Y-%m-%d").to_string());
    let (sessions, feeds) = (ways.sessions, ways.feeds);
    let link = match link {
        Some(until) => text!("リンク：{until}まで有効", "link: until {until}"),
        None => Text::fixed("有効なリンクなし", "no link in force"),
    };
    let rest = text!(
        "サインイン中の端末：{sessions}、カレンダー：{feeds}",
        "devices signed in: {sessions}, calendars: {feeds}"
    );
    format!(
        "{}{}{}",
        link.get(lang),
        words::COMMA.get(lang),
        rest.get(lang)
    )
}

/// The address at which a code is typed.
fn typed_at(app: &App) -> String {
    format!("{}/code", app.config.server.address())
}

/// `GET /lost-link`
pub(super) async fn page(State(app): State<App>, visitor: Visitor) -> Result<Html<String>, Error> {
    show(&LostLink {
        head: Head::visitor(&visitor, "/lost-link"),
        asked: false,
        said: None,
        centre: family::centre(&app),
    })
}

#[derive(Deserialize)]
pub(super) struct AskForm {
    email: String,
}

/// `POST /lost-link`: the answer is the same, whoever's the address is.
pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Sent(form): Sent<AskForm>,
) -> Result<Response, Error> {
    let head = Head::visitor(&visitor, "/lost-link");
    let wait = family_links::ask_for_link(&app, &form.email, visitor.from).await?;
    let Some(until) = wait else {
        let page = LostLink {
            head,
            asked: true,
            said: None,
            centre: family::centre(&app),
        };
        return Ok(show(&page)?.into_response());
    };
    let answer: Answer<()> = Answer::Wait(until);
    let refusal = Refusal::of(&app, &answer, &words::CODE_WRONG, visitor.lang);
    let page = LostLink {
        head,
        asked: false,
        said: Some(family_link::TOO_MANY.get(visitor.lang).to_owned()),
        centre: family::centre(&app),
    };
    Ok((refusal.status, refusal.retry, show(&page)?).into_response())
}
