//! Who is here, in which language, and the head of every page.

use std::net::IpAddr;

use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{Method, request::Parts},
};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};

use super::{Error, assets, forms::FormSecret, wire, words};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::{Permission, Reader, Role},
        id::EmergencyId,
        print_number::PrintNumber,
        text::{Lang, Text},
    },
    seal::{Token, form_token},
    service::{emergency_course::Notice, sessions, view::SignedIn},
};

/// The cookie of a session.
pub(super) const SESSION_COOKIE: &str = "tomoshibi";
/// The cookie of the language.
pub(super) const LANGUAGE_COOKIE: &str = "language";

/// The lists of the menu, in its order; the first that somebody may open is
/// their first page. A family has no menu: it has one child.
const MENU: &[(&str, &Text, Permission)] = &[
    (
        "/figures",
        &words::figures::FIGURES,
        Permission::ReadFigures,
    ),
    ("/children", &words::MENU_CHILDREN, Permission::ListChildren),
    ("/plans", &words::course::MENU, Permission::FollowPlans),
    ("/tonight", &words::night::MENU, Permission::FollowNight),
    (
        "/map",
        &words::prefecture_map::MENU,
        Permission::ListChildren,
    ),
    ("/loans", &words::loans::MENU, Permission::KeepLoans),
    (
        "/loans/report",
        &words::loan_report::MENU,
        Permission::ReadLoanReport,
    ),
    (
        "/messages",
        &words::messages::MENU,
        Permission::WriteMessages,
    ),
    ("/calls", &words::messages::CALLS, Permission::ListCalls),
    ("/positions", &words::positions::MENU, Permission::PlaceHome),
    ("/sites", &words::MENU_SITES, Permission::ReadSites),
    ("/places", &words::places::MENU, Permission::FollowSites),
    (
        "/municipality",
        &words::MENU_MUNICIPALITY,
        Permission::SetMunicipality,
    ),
    ("/imports", &words::imports::MENU, Permission::ReadImports),
    (
        "/diagnosis",
        &words::diagnosis::MENU,
        Permission::ReadDiagnosis,
    ),
    ("/devices", &words::devices::MENU, Permission::KeepDevices),
    ("/letters", &words::letters::MENU, Permission::EditLetters),
    (
        "/accounts",
        &words::accounts::ACCOUNTS,
        Permission::ManageAccounts,
    ),
    ("/audit", &words::MENU_TRAIL, Permission::ReadTrail),
    (
        "/emergency",
        &words::emergency::MENU,
        Permission::ReadEmergency,
    ),
    (
        "/corrections",
        &words::rights::MENU_CORRECTIONS,
        Permission::AnswerCorrection,
    ),
    (
        "/children/ended",
        &words::rights::MENU_ENDED,
        Permission::EndCase,
    ),
];

/// What a role may open.
pub(super) fn menu(role: Role) -> Vec<(&'static str, &'static Text)> {
    MENU.iter()
        .filter(|(.., permission)| role != Role::Family && role.may(*permission))
        .map(|(path, name, _)| (*path, *name))
        .collect()
}

/// An emergency access on every page that it concerns.
#[derive(Debug, Clone)]
pub(super) struct Banner {
    /// Which.
    pub id: EmergencyId,
    /// The municipality and the event.
    pub event: String,
    /// Until when it is open.
    pub until: String,
    /// The visitor reads under it.
    pub widens: bool,
    /// It asks the visitor to extend it or to let it end.
    pub asks: bool,
}

impl Banner {
    fn of(notice: &Notice) -> Self {
        Self {
            id: notice.id,
            event: format!("{} {}", notice.municipality.name(), notice.name),
            until: in_tokyo(notice.until).format("%Y-%m-%d %H:%M").to_string(),
            widens: notice.widens,
            asks: notice.asks,
        }
    }
}

/// What every page is told.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// The language.
    pub lang: Lang,
    /// Where the files are.
    pub assets: &'static str,
    /// Name and role of who is signed in.
    pub user: Option<(String, String)>,
    /// Staff, not a family.
    pub staff: bool,
    /// The lists that the visitor may open: where, and how they are called.
    pub menu: Vec<(&'static str, &'static Text)>,
    /// When the page was made, for the paper it is printed on; `None`: nobody
    /// is signed in.
    pub printed: Option<String>,
    /// The emergency accesses that concern the visitor, for the banner of the
    /// page and of its print.
    pub notices: Vec<Banner>,
    /// The number of a print of this page, where it shows a child: it leads to
    /// the event that noted the reading.
    pub number: Option<PrintNumber>,
    /// The page to come back to after a switch of language.
    pub here: String,
    /// What every form carries, to prove that it came from a page of ours;
    /// empty: the page has no form.
    pub csrf: String,
    /// The day of a demonstration, for those who may set its clock.
    pub demo_day: Option<String>,
}

impl Head {
    /// The head of a page for nobody in particular.
    pub(super) fn nobody(lang: Lang) -> Self {
        Self {
            lang,
            assets: assets::HASH,
            user: None,
            staff: false,
            menu: Vec::new(),
            printed: None,
            notices: Vec::new(),
            number: None,
            here: "/".to_owned(),
            csrf: String::new(),
            demo_day: None,
        }
    }

    /// The head of a page that anybody may see.
    pub(super) fn visitor(visitor: &Visitor, here: impl Into<String>) -> Self {
        Self {
            here: here.into(),
            csrf: form_token(&visitor.secret),
            ..Self::nobody(visitor.lang)
        }
    }

    /// The head of a page for somebody.
    pub(super) fn of(visit: &Visit, here: impl Into<String>) -> Self {
        let who = &visit.who;
        Self {
            user: Some((
                who.name.clone(),
                who.role().name().get(visit.lang).to_owned(),
            )),
            staff: who.reader.is_staff(),
            menu: menu(who.role()),
            printed: Some(in_tokyo(visit.at).format("%Y-%m-%d %H:%M").to_string()),
            notices: visit.notices.iter().map(Banner::of).collect(),
            // Made after the page's content was read: every page does so.
            number: who.noted.event().map(PrintNumber::of),
            here: here.into(),
            csrf: form_token(&visit.session),
            demo_day: visit
                .sets_clock
                .then(|| in_tokyo(visit.at).date_naive().to_string()),
            ..Self::nobody(visit.lang)
        }
    }
}

/// Somebody whom a page need not know.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// In which language.
    pub lang: Lang,
    /// What the browser holds and the forms of its pages are derived from.
    pub secret: Token,
    /// From which address.
    pub from: Option<IpAddr>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Ok(Language(lang)) = Language::from_request_parts(parts, app).await;
        let FormSecret(secret) = parts
            .extensions
            .get::<FormSecret>()
            .cloned()
            .expect("every route stands behind the guard of forms");
        Ok(Self {
            lang,
            secret,
            from: wire::came_from(app, parts),
        })
    }
}

/// The language that a visitor has chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Language(pub Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let lang = jar
            .get(LANGUAGE_COOKIE)
            .and_then(|cookie| cookie.value().parse().ok())
            .unwrap_or_default();
        Ok(Self(lang))
    }
}

/// A visit of somebody who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// Who.
    pub who: SignedIn,
    /// In which language.
    pub lang: Lang,
    /// The session.
    pub session: Token,
    /// When.
    pub at: DateTime<Utc>,
    /// The emergency accesses that concern them.
    pub notices: Vec<Notice>,
    /// They may set the clock: of a demonstration.
    pub sets_clock: bool,
}

impl Visit {
    /// As whom to read.
    pub(super) fn reader(&self) -> &Reader {
        &self.who.reader
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let visit = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        visit.ok_or(if parts.method == Method::POST {
            Error::SessionOver
        } else {
            Error::SignInNeeded
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visit
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Error> {
        // The table of routes has looked already.
        if let Some(visit) = parts.extensions.get::<Self>() {
            return Ok(Some(visit.clone()));
        }
        let app = App::from_ref(state);
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(session) = jar
            .get(SESSION_COOKIE)
            .and_then(|cookie| Token::from_text(cookie.value()))
        else {
            return Ok(None);
        };
        let Some(mut who) = sessions::holder(&app, &session).await? else {
            return Ok(None);
        };
        who.from = wire::came_from(&app, parts);
        let Ok(Language(lang)) = Language::from_request_parts(parts, state).await;
        Ok(Some(Self {
            sets_clock: app.clock_to_set(who.user).is_some(),
            who,
            lang,
            session,
            at: app.clock.now(),
            // The table of routes asks for them, for every page at once.
            notices: Vec::new(),
        }))
    }
}
