//! Nobody sees what is not theirs: every route as every role, on foreign data.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    domain::{
        access::{Ground, Reader, Role},
        id::{CaseNumber, SessionId, UserId},
        municipality::MunicipalityCode,
        site::SiteKind,
    },
    seal::{Token, form_token},
    service::{
        sessions,
        sign_in::{self, AccountRequest, Invited},
        sites,
    },
    store::NewSession,
    web::{self, Need},
};
use tower::ServiceExt;

use crate::support::engines::Database;

crate::on_every_engine!(
    foreign_children_are_not_there_for_anybody,
    each_role_may_do_what_the_table_says_and_nothing_else,
    a_link_works_once,
    the_prefecture_sees_figures_and_nobody_in_particular,
);

/// What names a tile in a route, and one.
const A_TILE: (&str, &str) = (
    "{version}/{sheet}/{zoom}/{column}/{row}",
    "0/flood/10/883/415",
);

/// Gives a child into the hands of a coordinator.
pub(crate) async fn assign(app: &App, case: &str, coordinator: UserId) {
    let today = app.clock.today();
    let number = CaseNumber::parse(case).expect("a case");
    let subject = Reader::Coordinator(coordinator).subject();
    let mut tx = app.store.begin().await.expect("a unit of work");
    let case = tx.case_of_number(&number).await.expect("a look-up");
    tx.grant(case.expect("a case"), &subject, Ground::Assignment, today)
        .await
        .expect("a grant");
    tx.commit().await.expect("the assignment is kept");
}

pub(crate) async fn session(
    app: &App,
    role: Role,
    municipality: Option<&str>,
    case: Option<&str>,
) -> String {
    session_and_account(app, role, municipality, case).await.0
}

pub(crate) async fn session_and_account(
    app: &App,
    role: Role,
    municipality: Option<&str>,
    case: Option<&str>,
) -> (String, UserId) {
    let request = AccountRequest {
        email: format!("{}-{}@example.jp", role.code(), app.ids.next()),
        name: "【デモ】".to_owned(),
        role,
        municipality: municipality.map(|m| MunicipalityCode::parse(m).expect("a code")),
        case: case.map(|c| CaseNumber::parse(c).expect("a case")),
    };
    let Invited::Link(user, _) = sign_in::invite(app, &request).await.expect("an invitation")
    else {
        panic!("the account is refused");
    };
    let session = session_of(app, user, role, "computer").await;
    (format!("tomoshibi={}", session.reveal()), user)
}

/// A session as a sign-in begins it.
pub(crate) async fn session_of(app: &App, account: UserId, role: Role, device: &str) -> Token {
    let (session, now) = (Token::random(), app.clock.now());
    let new = NewSession {
        id: SessionId(app.ids.next()),
        account,
        device: device.to_owned(),
        expires: now + TimeDelta::hours(sessions::hours(role)),
    };
    let mut tx = app.store.begin().await.expect("a unit of work");
    tx.begin_session(&new, &session.hash(), now)
        .await
        .expect("a session begins");
    tx.commit().await.expect("it lasts");
    session
}

/// The secret of a browser without a session.
const FORM_SECRET: &str = "0123456789abcdefghjkmnpqrstvwxyz";

/// A request of a browser that has opened the page of the form before.
pub(crate) async fn ask(
    router: &Router,
    method: &str,
    path: &str,
    cookie: &str,
    form: &str,
) -> Response {
    if method != "POST" {
        return ask_as_it_is(router, method, path, cookie, form).await;
    }
    let session = cookie
        .split("; ")
        .find_map(|c| c.strip_prefix("tomoshibi="));
    let secret = Token::from_text(session.unwrap_or(FORM_SECRET)).expect("a secret");
    let form = format!("{form}&csrf={}", form_token(&secret));
    let cookie = if session.is_some() {
        cookie.to_owned()
    } else {
        format!("form={FORM_SECRET}; {cookie}")
    };
    ask_as_it_is(router, method, path, &cookie, &form).await
}

pub(crate) async fn ask_as_it_is(
    router: &Router,
    method: &str,
    path: &str,
    cookie: &str,
    form: &str,
) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request");
    router.clone().oneshot(request).await.expect("an answer")
}

pub(crate) async fn words(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 16 << 20)
        .await
        .expect("a body");
    // A file that is no text is asked for too.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A form that every page about a case can read: whether it is somebody's own
/// decides, not what stands in it.
fn everything(app: &App) -> String {
    let (key, id) = (app.ids.next(), app.ids.next());
    format!(
        "on=2026-11-20&why=other&field=name&proposed=x&id={id}&corrected=yes&words=x\
         &ordinal=1&person=x&how=letter&email=x@example.jp&key={key}"
    )
}

/// The one route that answers with no text.
const TILE: &str = "/tiles/{version}/{sheet}/{zoom}/{column}/{row}";

#[expect(
    clippy::too_many_lines,
    reason = "one walk over every route as every role"
)]
async fn foreign_children_are_not_there_for_anybody(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    // Two children of two towns.
    let cases = tomoshibi::service::check::batch(&app, &Reader::Operator, "", app.clock.today())
        .await
        .expect("a check");
    let of_town = |code: &str| {
        let town = MunicipalityCode::parse(code).expect("a code");
        cases
            .iter()
            .find(|c| {
                c.case.home.municipality.is_some_and(|m| m.same_as(town))
                    && c.case.document.is_some()
            })
            .expect("a child with a plan in each town")
    };
    let (own, foreign) = (of_town("43203"), of_town("43202"));
    let (own_case, foreign_case) = (own.case.number.as_str(), foreign.case.number.as_str());
    let foreign_name = foreign.case.child.name.as_deref().expect("a name");
    let foreign_site = cases
        .iter()
        .filter(|c| c.case.number.as_str() == foreign_case)
        .find_map(|c| c.look.destinations.iter().find_map(|d| d.site.clone()))
        .expect("a listed destination");
    assert_eq!(foreign_site.published.kind, SiteKind::EmergencySite);
    let site_id = sites::find(&app, foreign_site.published.kind, &foreign_site.reference())
        .await
        .expect("a look-up")
        .expect("the site is there");

    let emergency = crate::emergency::opened_in(&app, "43202").await.to_string();
    let batch = crate::sites_list::a_batch(&app, "43202").await;
    let data_set = crate::sites_list::an_import(&app).await;
    let import = a_sheet(&app).await;
    let message = crate::messages::a_message(&app, "43202").await.to_string();
    let mut readers = vec![("nobody", String::new())];
    for role in Role::ALL {
        let town = role.is_municipal().then_some("43203");
        let child = (role == Role::Family).then_some(own_case);
        let (cookie, user) = session_and_account(&app, role, town, child).await;
        if role == Role::Coordinator {
            assign(&app, own_case, user).await;
        }
        readers.push((role.code(), cookie));
    }
    for (who, cookie) in &readers {
        for (method, template, need) in web::ROUTES {
            let path = template
                .replace("{case}", foreign_case)
                .replace("{loan}", foreign_case)
                .replace("{act}", "step")
                .replace("{paper}", "training")
                .replace("{photo}", &app.ids.next().to_string())
                .replace("{file}", "due.csv")
                .replace("{told}", "call_us")
                .replace("{level}", &app.ids.next().to_string())
                .replace("{outage}", &app.ids.next().to_string())
                .replace("{answer}", &app.ids.next().to_string())
                .replace("{report}", &app.ids.next().to_string())
                .replace("{sent}", &app.ids.next().to_string())
                .replace("{unit}", &app.ids.next().to_string())
                .replace("{ordinal}", "1")
                .replace("{step}", "home")
                .replace("{sheet}", "family")
                .replace("{drill}", &app.ids.next().to_string())
                .replace("{task}", &app.ids.next().to_string())
                .replace("{held}", &app.ids.next().to_string())
                .replace(A_TILE.0, A_TILE.1)
                .replace("{id}", &site_id.to_string())
                .replace("{import}", &import)
                .replace("{kind}", "training")
                .replace("{emergency}", &emergency)
                .replace("{inquiry}", &app.ids.next().to_string())
                .replace("{batch}", &batch.to_string())
                .replace("{message}", &message)
                .replace("{data_set}", &data_set.to_string())
                .replace("{session}", &app.ids.next().to_string())
                .replace("{feed}", &app.ids.next().to_string())
                .replace("{municipality}", "43202")
                .replace("{token}", Token::random().reveal())
                .replace("{version}", "1");
            let form = match *template {
                "/sites/{id}/entry" => {
                    format!("level=3&direct=yes&revision=1&key={}", app.ids.next())
                }
                "/municipality" => format!(
                    "ordinance=ordinance_no_consent&revision=0&key={}",
                    app.ids.next()
                ),
                "/children/search" => "words=%E3%83%87%E3%83%A2".to_owned(),
                _ if template.contains("{case}") => about_a_case(&app, template, everything(&app)),
                _ if template.contains("{batch}") => format!("key={}", app.ids.next()),
                // Signing out here would end the session of the next routes.
                "/sign-out" => continue,
                _ => "here=/&language=ja&token=x".to_owned(),
            };
            let response = ask(&router, method, &path, cookie, &form).await;
            let status = response.status();
            if *template == TILE && status == StatusCode::OK {
                // Published zones, and no text.
                continue;
            }
            let page = words(response).await;
            assert!(
                status != StatusCode::INTERNAL_SERVER_ERROR,
                "{who} {method} {path}"
            );
            if *who != "centre" {
                // The centre may know of children to whom it lends, and the
                // auditor's trail names cases by their numbers.
                assert!(
                    *who == "auditor" || !page.contains(foreign_case),
                    "{who} reads the case at {method} {path}"
                );
                assert!(
                    !page.contains(foreign_name),
                    "{who} reads the name at {method} {path}"
                );
            }
            let of_the_case = template.contains("{case}");
            if of_the_case && *who != "nobody" && *who != "centre" {
                assert_eq!(status, StatusCode::NOT_FOUND, "{who} {method} {path}");
            }
            if *who == "nobody" && matches!(need, Need::May(_)) {
                let expected = match *method {
                    "GET" => StatusCode::SEE_OTHER,
                    // What was sent is lost, and whoever sent it is told.
                    _ => StatusCode::UNAUTHORIZED,
                };
                assert_eq!(status, expected, "nobody {method} {path}");
            }
            if template.contains("{batch}") && *who != "nobody" {
                assert_eq!(status, StatusCode::NOT_FOUND, "{who} {method} {path}");
            }
            if template.contains("{emergency}") && !["nobody", "auditor"].contains(who) {
                assert_eq!(status, StatusCode::NOT_FOUND, "{who} {method} {path}");
            }
            if *template == "/sites/{id}/entry" && *who != "nobody" {
                assert_eq!(
                    status,
                    StatusCode::NOT_FOUND,
                    "{who} may not enter on a foreign site"
                );
            }
        }
    }
    // One's own is there.
    for (who, cookie) in &readers {
        if !["municipality", "night_duty", "coordinator", "family"].contains(who) {
            continue;
        }
        let page = ask(&router, "GET", &format!("/plans/{own_case}"), cookie, "").await;
        assert_eq!(page.status(), StatusCode::OK, "{who}");
    }
    // A case without a loan does not exist for the centre, and one whose
    // content may not be given shows no address.
    let (_, centre) = readers
        .iter()
        .find(|(who, _)| *who == "centre")
        .expect("one is of the centre");
    for c in &cases {
        let path = format!("/plans/{}", c.case.number);
        let response = ask(&router, "GET", &path, centre, "").await;
        if response.status() == StatusCode::OK {
            let allowed = c
                .case
                .document
                .as_ref()
                .is_some_and(|d| d.centre_may_read(c.ordinance, app.clock.today()));
            let page = words(response).await;
            let address = c.case.child.address.as_deref().unwrap_or("no address");
            assert_eq!(page.contains(address), allowed, "{path}");
        }
    }
}

/// The import of a sheet of families.
async fn a_sheet(app: &App) -> String {
    let mut tx = app.store.read().await.expect("a unit of work");
    let runs = tx.import_runs(None, 100).await.expect("a list");
    let sheet = runs.iter().find(|run| run.what == "families");
    sheet.expect("a sheet").id.to_string()
}

/// A form about a case that could be taken.
fn about_a_case(app: &App, template: &str, otherwise: String) -> String {
    let (id, key) = (app.ids.next(), app.ids.next());
    let last = template.rsplit('/').next().unwrap_or_default();
    let fields = match last {
        "move" => "municipality=43202".to_owned(),
        "stay" => "municipality=43202&from=2026-11-21&until=2026-11-30".to_owned(),
        "confirm" => format!("id={id}&day=2026-11-21"),
        "close" => format!("id={id}&why=error"),
        "end" if template.contains("stay") => format!("id={id}"),
        "coordinators" => format!("account={id}&act=assign"),
        "drills" => "held_on=2026-11-20&people=x".to_owned(),
        "{task}" => "act=done".to_owned(),
        "papers" => "paper=family&holder=x&version=1&given_on=2026-11-20".to_owned(),
        "{held}" => "act=collected".to_owned(),
        "confirmed" => "seen=x".to_owned(),
        "answer" if template.starts_with("/tonight") => "came=left".to_owned(),
        "strike" => String::new(),
        "contacts" => "outcome=reached&called=family".to_owned(),
        "position" => "act=set&lat=32.21&lon=130.76&accuracy=building&revision=1".to_owned(),
        "protection" => format!("named={id}&act=protect"),
        _ => return otherwise,
    };
    format!("{fields}&key={key}")
}

/// A path of which every part that names something of the life of a plan names nothing
/// that is there.
fn of_nothing(app: &App, template: &str) -> String {
    ["{drill}", "{task}", "{held}"]
        .into_iter()
        .fold(template.to_owned(), |path, part| {
            path.replace(part, &app.ids.next().to_string())
        })
}

/// Every route, every role, on its own data: what the table lets it do is there,
/// and everything else is not, whoever's it is.
async fn each_role_may_do_what_the_table_says_and_nothing_else(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cases = tomoshibi::service::check::batch(&app, &Reader::Operator, "", app.clock.today())
        .await
        .expect("a check");
    // A child of the town whose plan the centre may read too.
    let town = MunicipalityCode::parse("43203").expect("a code");
    let mut own = None;
    let centre = session(&app, Role::Centre, None, None).await;
    for c in &cases {
        let path = format!("/plans/{}/map.json", c.case.number);
        let here = c.case.home.municipality.is_some_and(|m| m.same_as(town));
        let site = c.look.destinations.iter().find_map(|d| d.site.clone());
        if here && ask(&router, "GET", &path, &centre, "").await.status() == StatusCode::OK {
            own = own.or(site.map(|site| (c.case.number.to_string(), site.id)));
        }
    }
    let (case, site) = own.expect("a child of the town with a loan and a listed destination");
    let inquiry = crate::places::an_inquiry(&app).await.to_string();
    let emergency = crate::emergency::opened_in(&app, "43203").await.to_string();
    let own_site = crate::sites_list::a_hospital(&app, "43203").await;
    let batch = crate::sites_list::a_batch(&app, "43203").await;
    let data_set = crate::sites_list::an_import(&app).await;
    let import = a_sheet(&app).await;
    let unit = crate::loans::a_unit(&app).await;
    crate::loans::a_file(&app, &case).await;
    let photo = crate::loans_photos::a_photo(&app, &case, &unit).await;
    let photo = photo.to_string();
    let sent = crate::family_check::a_photo(&app, &case).await.to_string();
    let outage = crate::outage::an_outage(&app).await;
    let of_town = crate::messages::a_message(&app, "43203").await.to_string();
    let of_centre = crate::messages::a_message(&app, "centre").await.to_string();
    for role in Role::ALL {
        let message = if role == Role::Centre {
            &of_centre
        } else {
            &of_town
        };
        for (method, template, need) in web::ROUTES {
            let Need::May(permission) = need else {
                continue;
            };
            let town = role.is_municipal().then_some("43203");
            let child = (role == Role::Family).then_some(case.as_str());
            let (cookie, user) = session_and_account(&app, role, town, child).await;
            if role == Role::Coordinator {
                assign(&app, &case, user).await;
            }
            let of_own = ["/edit", "/end", "/reopen", "/entry", "/restore"];
            let of_own =
                template.starts_with("/sites/") && of_own.iter().any(|e| template.ends_with(e));
            let site = if of_own { own_site } else { site };
            let path = of_nothing(&app, template)
                .replace("{case}", &case)
                .replace("{loan}", &case)
                .replace("{act}", "step")
                .replace("{paper}", "training")
                .replace("{photo}", &photo)
                .replace("{file}", "due.csv")
                .replace("{told}", "call_us")
                .replace("{level}", &app.ids.next().to_string())
                .replace("{outage}", &outage)
                .replace("{answer}", &app.ids.next().to_string())
                .replace("{report}", &app.ids.next().to_string())
                .replace("{sent}", &sent)
                .replace("{unit}", &unit)
                .replace("{ordinal}", "1")
                .replace("{step}", "home")
                .replace("{sheet}", "family")
                .replace(A_TILE.0, A_TILE.1)
                .replace("{id}", &site.to_string())
                .replace("{batch}", &batch.to_string())
                .replace("{message}", message)
                .replace("{data_set}", &data_set.to_string())
                .replace("{kind}", "training")
                .replace("{import}", &import)
                .replace("{emergency}", &emergency)
                .replace("{inquiry}", &inquiry)
                .replace("{session}", &app.ids.next().to_string())
                .replace("{municipality}", "43203")
                .replace("{feed}", &app.ids.next().to_string());
            let form = match *template {
                "/sites/{id}/entry" => format!("level=9&revision=0&key={}", app.ids.next()),
                "/municipality" => format!("ordinance=x&revision=0&key={}", app.ids.next()),
                _ => about_a_case(&app, template, "words=x".to_owned()),
            };
            if *template == "/demo/clock" {
                // There in a demonstration alone: tests/suite/demo_clock.rs.
                continue;
            }
            let status = ask(&router, method, &path, &cookie, &form).await.status();
            let there = status != StatusCode::NOT_FOUND;
            assert_eq!(
                there,
                role.may(*permission),
                "{role:?} {method} {path}: {status}"
            );
        }
    }
}

/// The prefecture reads how many, and nobody reads it in its place.
async fn the_prefecture_sees_figures_and_nobody_in_particular(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cases = tomoshibi::service::check::batch(&app, &Reader::Operator, "", app.clock.today())
        .await
        .expect("a check");
    let cookie = session(&app, Role::Prefecture, None, None).await;
    let first = ask(&router, "GET", "/", &cookie, "").await;
    assert_eq!(first.headers()[header::LOCATION], "/figures");
    let page = words(ask(&router, "GET", "/figures", &cookie, "").await).await;
    for c in &cases {
        assert!(!page.contains(c.case.number.as_str()), "{}", c.case.number);
        let name = c.case.child.name.as_deref();
        assert!(
            !name.is_some_and(|name| page.contains(name)),
            "{}",
            c.case.number
        );
    }
    let who = UserId(app.ids.next());
    let mut tx = app.store.read().await.expect("a unit of work");
    let rows = tx.figures(&Reader::Prefecture(who)).await.expect("figures");
    let children: u64 = rows.iter().map(|row| row.children).sum();
    assert_eq!(children, cases.len() as u64, "every child is counted once");
    let lent: u64 = rows.iter().map(|row| row.lent).sum();
    assert!(lent > 0 && lent < children);
    for reader in [Reader::Administrator(who), Reader::Centre(who)] {
        assert!(tx.figures(&reader).await.expect("figures").is_empty());
    }
}

#[test]
fn every_route_of_the_router_is_in_the_table() {
    let source = include_str!("../../src/web/routes.rs");
    let written: Vec<&str> = source
        .split(".route(")
        .skip(1)
        .map(|rest| rest.split('"').nth(1).expect("a route has a path"))
        .collect();
    assert!(written.len() >= 15, "{written:?}");
    for path in written {
        let known = web::ROUTES.iter().any(|(_, template, _)| *template == path);
        assert!(
            known,
            "{path} is in no table: nobody would be answered there"
        );
    }
}

#[test]
fn the_page_on_security_prints_the_table() {
    use std::fmt::Write as _;
    use tomoshibi::domain::access::PERMISSIONS;
    let names = Role::ALL.map(|role| role.name().en.into_owned());
    let line = "---|".repeat(names.len());
    let mut table = format!("| | {} |\n|---|{line}\n", names.join(" | "));
    for (permission, roles) in PERMISSIONS {
        let marks = Role::ALL.map(|role| if roles.contains(&role) { "yes" } else { "" });
        writeln!(
            table,
            "| {} | {} |",
            permission.name().en,
            marks.join(" | ")
        )
        .expect("a string takes all that is written to it");
    }
    let page = include_str!("../../docs/security.md");
    assert!(
        page.contains(&table),
        "docs/security.md must print:\n{table}"
    );
}

async fn a_link_works_once(db: Database) {
    let (app, filled) = crate::demo::filled(&db).await;
    let app = app.demonstrating(filled.direct);
    let staff = filled.links.iter().find(|(role, _)| *role == "centre");
    let link = staff.expect("a link of staff").1.token.clone();
    let router = web::router(app.clone());
    // A mail scanner opens it: nothing happens.
    let page = ask(&router, "GET", &format!("/enter/{}", link.reveal()), "", "").await;
    assert_eq!(page.status(), StatusCode::OK);
    let form = format!("token={}", link.reveal());
    let first = ask(&router, "POST", "/enter", "", &form).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let cookie = first.headers()[header::SET_COOKIE]
        .to_str()
        .expect("a cookie")
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let second = ask(&router, "POST", "/enter", "", &form).await;
    assert_eq!(second.status(), StatusCode::OK);
    assert!(second.headers().get(header::SET_COOKIE).is_none());
    // From another site no form is taken.
    let foreign = Request::post("/sign-out")
        .header("sec-fetch-site", "cross-site")
        .header(header::COOKIE, cookie.split(';').next().expect("a pair"))
        .body(Body::empty())
        .expect("a request");
    let refused = router.oneshot(foreign).await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

/// Every source file in a folder and those in it.
fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// What reads or writes cases without a reader, and why it may.
const EXEMPT: &[&str] = &[
    "trail",
    "figures",
    "loan_events",
    "accounts",
    "case_of_number",
    "number_on_record",
    "write_case",
    "turn_case",
    "write_home",
    "write_plan",
    "end_plan",
    "write_loan",
    "case_ids_in",
    "has_loan",
    "judge_anew",
    "version_days",
    "document_in_force",
    "grant",
    "end_grants",
    "planned_counts",
    "keep_derived",
    "confirm_derived",
    "is_over",
    "end_case",
    "reopen_case",
    "planned_counts",
    "cases_to_erase",
    "replaced_versions",
    "left_homes",
    "erase_version",
    "erase_home",
    "erase_plans",
    "erase_case",
    "withdraw_supporter",
    "propose_move",
    "home_since",
    "leave_home_of_plan",
    "set_position",
    "carry_position",
    "homes_to_find",
    "prefectures",
    // Days alone, for the tick and for a case that was read through its reader.
    "plan_days",
    // Of a case that was read through its reader.
    "open_draft",
    "drafts",
    "course",
    "version_in_force",
    "set_plan_step",
    "set_rooms",
    "is_silent",
    "write_equipment",
    "pass_phrase",
    "names_of",
    "set_pass_phrase",
    // Of a file that was read through its reader.
    "consulted",
    // Of a file that was read through its reader.
    "open_loan_file",
    "write_loan_facts",
    "take_loan_step",
    "undo_loan_step",
    // For commits that stop a loan, and a number alone for whoever fetches a unit.
    "open_file_of",
    "last_loan_of_unit",
    // Of the operator's erasure, by their numbers; of a file that was read.
    "files_to_erase",
    "erase_loan_file",
    "end_forgotten",
    "note_granted_minutes",
    // Of a child whom the import of a ledger has found.
    "ledger_files",
    "add_ledger_file",
    "fill_municipality",
    // Of the tick, which tells whom the ladder names; of mail that is to leave.
    "terms_to_look_at",
    "unsent_notices",
    "start_handover",
    // For whoever keeps the stock and has to fetch a unit.
    "applicant_of",
];

#[test]
fn every_query_on_a_case_holds_the_literal_of_visibility() {
    // Functions that serve no reader: importers at the command line and
    // commits that decide who may read; and the auditor's trail, which names
    // cases by their numbers and is for that role alone.
    let tables = [
        "child_case",
        " home ",
        "plan_version",
        "plan_destination",
        "derived_check",
        "derived_basis",
        "loan_file ",
        "loan_duty d",
        "stuck_columns!",
        "file_columns!",
    ];
    let mut looked_at = 0;
    for path in sources("src/store".as_ref()) {
        let text = std::fs::read_to_string(&path).expect("a source is text");
        for body in text.split("pub async fn ").skip(1) {
            let name: String = body
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let body = body.split("\n    }\n").next().unwrap_or_default();
            let on_cases =
                tables.iter().any(|t| body.contains(t)) || body.contains("case_columns!");
            if !on_cases || EXEMPT.contains(&name.as_str()) {
                continue;
            }
            looked_at += 1;
            assert!(
                body.contains("visible!("),
                "{}: {name} reads cases of everybody",
                path.display()
            );
            assert!(
                body.contains("reader: &Reader"),
                "{}: {name} takes no reader",
                path.display()
            );
        }
    }
    assert!(looked_at >= 5, "only {looked_at} queries were found");
}
