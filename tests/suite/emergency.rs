//! Emergency access: who opens it, what it shows to whom and until when, and
//! that every look stands in its list.

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
};
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    clock::ManualClock,
    domain::{
        access::{Reader, Role},
        emergency::{Area, EventKind, WidensTo},
        id::{CaseNumber, EmergencyId, UserId},
        municipality::MunicipalityCode,
    },
    service::{
        check::{self, CheckedCase},
        emergency::{self, Opened, Wanted},
        import::{self, Imported, Options, What},
        sign_in::{self, AccountRequest, Invited},
        view::{Noted, SignedIn},
    },
    web,
};

use crate::{
    access::{ask, session, session_of, words},
    support::engines::Database,
};

crate::on_every_engine!(
    nobody_opens_it_whose_account_is_not_authorised,
    it_is_read_while_it_is_open_and_not_a_second_longer,
    it_opens_nothing_of_another_municipality_and_nothing_to_others,
    it_asks_in_its_last_hour_to_be_extended_or_let_end,
    a_child_that_comes_into_the_area_is_covered_and_one_that_leaves_is_not,
    one_form_opens_it_once_and_its_first_step_opens_nothing,
);

/// One of a municipality, opened to another that no test reads as.
pub(crate) async fn opened_in(app: &App, town: &str) -> EmergencyId {
    let code = MunicipalityCode::parse(town).expect("a code");
    let request = AccountRequest {
        email: format!("opens-{}@example.jp", app.ids.next()),
        name: "【デモ】".to_owned(),
        role: Role::Municipality,
        municipality: Some(code),
        case: None,
    };
    let invited = sign_in::invite(app, &request).await.expect("an answer");
    let Invited::Link(user, _) = invited else {
        panic!("{invited:?}");
    };
    let allowed = sign_in::allow_emergency(app, &request.email, true).await;
    assert_eq!(allowed.expect("an answer"), Some(user));
    let who = SignedIn {
        user,
        name: request.name,
        reader: Reader::Municipality(user, code),
        from: None,
        noted: Noted::default(),
    };
    let wanted = Wanted {
        kind: EventKind::Typhoon,
        name: "令和8年台風第14号".to_owned(),
        area: Area::Whole,
        widens_to: [WidensTo::Neighbour(
            MunicipalityCode::parse("43205").expect("a code"),
        )]
        .into(),
        reason: "【デモ】".to_owned(),
        hours: 1,
    };
    let opened = emergency::open(app, &who, &wanted, app.ids.next()).await;
    match opened.expect("an answer") {
        Opened::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

pub(crate) const TOWN: &str = "43203";
/// What a page says in the last hour.
const ASKS: &str = "まもなく終わります";
pub(crate) const NEIGHBOUR: &str = "43202";

/// The demonstration, with a clock to be moved.
pub(crate) struct Night {
    pub(crate) app: App,
    pub(crate) clock: ManualClock,
    pub(crate) router: Router,
    /// A child of the town that the centre may not read otherwise.
    pub(crate) hidden: CheckedCase,
    _db: Database,
}

pub(crate) async fn night(db: Database) -> Night {
    let (mut app, _) = crate::demo::filled(&db).await;
    let clock = ManualClock::new(app.clock.now());
    app.clock = Arc::new(clock.clone());
    let router = web::router(app.clone());
    let cases = check::batch(&app, &Reader::Operator, "", app.clock.today()).await;
    let town = MunicipalityCode::parse(TOWN).expect("a code");
    let centre = session(&app, Role::Centre, None, None).await;
    let mut hidden = None;
    for case in cases.expect("a check") {
        let here = case.case.home.municipality.is_some_and(|m| m.same_as(town));
        let path = format!("/plans/{}/map.json", case.case.number);
        if hidden.is_none() && here && case.case.document.is_some() {
            let status = ask(&router, "GET", &path, &centre, "").await.status();
            hidden = (status == StatusCode::NOT_FOUND).then_some(case);
        }
    }
    Night {
        app,
        clock,
        router,
        hidden: hidden.expect("a child whose plan the centre may not read"),
        _db: db,
    }
}

impl Night {
    pub(crate) fn case(&self) -> String {
        self.hidden.case.number.to_string()
    }

    pub(crate) fn plan(&self) -> String {
        format!("/plans/{}", self.case())
    }

    /// Staff of the town, authorised or not: address and account.
    pub(crate) async fn staff(&self, authorised: bool) -> (String, UserId) {
        let email = format!("staff-{}@example.jp", self.app.ids.next());
        let request = AccountRequest {
            email: email.clone(),
            name: "=【デモ】防災担当".to_owned(),
            role: Role::Municipality,
            municipality: MunicipalityCode::parse(TOWN).ok(),
            case: None,
        };
        let invited = sign_in::invite(&self.app, &request)
            .await
            .expect("an answer");
        let Invited::Link(user, _) = invited else {
            panic!("{invited:?}");
        };
        if authorised {
            let allowed = sign_in::allow_emergency(&self.app, &email, true).await;
            assert_eq!(allowed.expect("an answer"), Some(user));
        }
        (email, user)
    }

    /// A cookie of somebody who has just signed in.
    pub(crate) async fn comes_in(&self, user: UserId, role: Role) -> String {
        let session = session_of(&self.app, user, role, "computer").await;
        format!("tomoshibi={}", session.reveal())
    }

    pub(crate) async fn officer(&self) -> String {
        let (_, user) = self.staff(true).await;
        self.comes_in(user, Role::Municipality).await
    }

    pub(crate) async fn status(&self, path: &str, cookie: &str) -> StatusCode {
        ask(&self.router, "GET", path, cookie, "").await.status()
    }

    pub(crate) async fn page(&self, path: &str, cookie: &str) -> String {
        let answer = ask(&self.router, "GET", path, cookie, "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        words(answer).await
    }

    pub(crate) async fn post(&self, path: &str, cookie: &str, form: &str) -> StatusCode {
        ask(&self.router, "POST", path, cookie, form).await.status()
    }

    pub(crate) fn form(&self, to_whom: &str) -> String {
        format!(
            "kind=typhoon&name=%E4%BB%A4%E5%92%8C8%E5%B9%B4%E5%8F%B0%E9%A2%A8%E7%AC%AC14%E5%8F%B7\
             &area=whole&{to_whom}&reason=%E3%83%87%E3%83%A2&hours=24&key={}",
            self.app.ids.next()
        )
    }

    /// Opens it for a day; its address.
    pub(crate) async fn opens(&self, officer: &str, to_whom: &str) -> String {
        let answer = ask(
            &self.router,
            "POST",
            "/emergency",
            officer,
            &self.form(to_whom),
        )
        .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        answer.headers()[header::LOCATION]
            .to_str()
            .expect("an address")
            .to_owned()
    }
}

async fn nobody_opens_it_whose_account_is_not_authorised(db: Database) {
    let night = night(db).await;
    let (email, user) = night.staff(false).await;
    let staff = night.comes_in(user, Role::Municipality).await;
    for path in ["/emergency", "/emergency/confirm"] {
        let status = night.post(path, &staff, &night.form("centre=yes")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    let list = night.page("/emergency", &staff).await;
    assert!(list.contains("まだ開いたことはありません") && list.contains("第49条の15第3項"));
    assert!(!list.contains("name=\"reason\""));
    let allow = async |allowed| {
        let done = sign_in::allow_emergency(&night.app, &email, allowed).await;
        done.expect("an answer")
    };
    assert_eq!(allow(true).await, Some(user));
    let opened = night.opens(&staff, "centre=yes").await;
    // The authority is taken back: no opening, no extension, no closing.
    assert_eq!(allow(false).await, Some(user));
    let form = night.form("centre=yes");
    assert_eq!(
        night.post("/emergency", &staff, &form).await,
        StatusCode::FORBIDDEN
    );
    let extend = format!("{opened}/extend");
    let form = "reason=x&hours=2";
    assert_eq!(
        night.post(&extend, &staff, form).await,
        StatusCode::FORBIDDEN
    );
    let close = format!("{opened}/close");
    assert_eq!(
        night.post(&close, &staff, "x=1").await,
        StatusCode::FORBIDDEN
    );
    let page = night.page(&opened, &staff).await;
    assert!(!page.contains("/close\"") && page.contains("開いた人に電話"));
    // Nobody but municipal staff can be authorised.
    let request = AccountRequest {
        email: "centre@example.jp".to_owned(),
        name: "【デモ】".to_owned(),
        role: Role::Centre,
        municipality: None,
        case: None,
    };
    sign_in::invite(&night.app, &request)
        .await
        .expect("an account");
    let done = sign_in::allow_emergency(&night.app, &request.email, true).await;
    assert_eq!(done.expect("an answer"), None);
}

async fn it_is_read_while_it_is_open_and_not_a_second_longer(db: Database) {
    let night = night(db).await;
    let (_, centre) =
        crate::access::session_and_account(&night.app, Role::Centre, None, None).await;
    let cookie = night.comes_in(centre, Role::Centre).await;
    assert_eq!(
        night.status(&night.plan(), &cookie).await,
        StatusCode::NOT_FOUND
    );
    let officer = night.officer().await;
    night.opens(&officer, "centre=yes").await;
    let page = night.page(&night.plan(), &cookie).await;
    assert!(page.contains("緊急アクセス中") && page.contains("人吉市 令和8年台風第14号"));
    let list = night.page("/children", &cookie).await;
    assert!(list.contains(&night.case()) && list.contains("緊急アクセス中"));
    // To the second, though nothing runs at the end but the clock.
    night
        .clock
        .advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    let cookie = night.comes_in(centre, Role::Centre).await;
    night.page(&night.plan(), &cookie).await;
    night.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        night.status(&night.plan(), &cookie).await,
        StatusCode::NOT_FOUND
    );
    let map = format!("{}/map.json", night.plan());
    assert_eq!(night.status(&map, &cookie).await, StatusCode::NOT_FOUND);
    let list = night.page("/children", &cookie).await;
    assert!(!list.contains(&night.case()) && !list.contains("緊急アクセス中"));
}

/// A page without the number of its print, which is new each time.
fn without_number(page: &str) -> String {
    let line = |line: &&str| !line.contains("print-only");
    page.lines().filter(line).collect()
}

async fn it_opens_nothing_of_another_municipality_and_nothing_to_others(db: Database) {
    let night = night(db).await;
    let staff = async |role, town| session(&night.app, role, town, None).await;
    let neighbour = staff(Role::Municipality, Some(NEIGHBOUR)).await;
    let night_duty = staff(Role::NightDuty, Some(NEIGHBOUR)).await;
    let other = staff(Role::Municipality, Some("43205")).await;
    let coordinator = staff(Role::Coordinator, None).await;
    let centre = staff(Role::Centre, None).await;
    let before = without_number(&night.page("/children", &centre).await);
    let officer = night.officer().await;
    let own_before = night.page("/children", &officer).await;
    let opened = night
        .opens(&officer, &format!("neighbour={NEIGHBOUR}&coordinators=yes"))
        .await;
    for named in [&neighbour, &night_duty, &coordinator] {
        assert!(
            night
                .page(&night.plan(), named)
                .await
                .contains("緊急アクセス中")
        );
    }
    for unnamed in [&other, &centre] {
        assert_eq!(
            night.status(&night.plan(), unnamed).await,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        without_number(&night.page("/children", &centre).await),
        before,
        "the centre sees no more"
    );
    // Those who opened it see their own children, and no more, without a banner.
    let own = night.page("/children", &officer).await;
    assert_eq!(
        own.matches("/plans/").count(),
        own_before.matches("/plans/").count()
    );
    assert!(!own.contains("緊急アクセス中"));
    // A coordinator sees the town's children and no others.
    let list = night.page("/children", &coordinator).await;
    let cases = check::batch(&night.app, &Reader::Operator, "", night.app.clock.today()).await;
    let town = MunicipalityCode::parse(TOWN).expect("a code");
    for case in cases.expect("a check") {
        let here = case.case.home.municipality.is_some_and(|m| m.same_as(town));
        let link = format!("/plans/{}\"", case.case.number);
        assert_eq!(list.contains(&link), here, "{link}");
    }
    // The record of it is not the neighbour's.
    assert_eq!(
        night.status(&opened, &neighbour).await,
        StatusCode::NOT_FOUND
    );
    for what in ["extend", "let-end", "close"] {
        let path = format!("{opened}/{what}");
        let status = night.post(&path, &neighbour, "reason=x&hours=1").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{what}");
    }
}

async fn it_asks_in_its_last_hour_to_be_extended_or_let_end(db: Database) {
    let night = night(db).await;
    let (_, officer) = night.staff(true).await;
    let (_, colleague) = night.staff(false).await;
    let (_, centre) =
        crate::access::session_and_account(&night.app, Role::Centre, None, None).await;
    let cookie = night.comes_in(officer, Role::Municipality).await;
    let opened = night.opens(&cookie, "centre=yes").await;
    night
        .clock
        .advance(TimeDelta::minutes(23 * 60) - TimeDelta::seconds(1));
    let cookie = night.comes_in(officer, Role::Municipality).await;
    let other = night.comes_in(colleague, Role::Municipality).await;
    assert!(!night.page("/sites", &cookie).await.contains(ASKS));
    night.clock.advance(TimeDelta::seconds(1));
    for staff in [&cookie, &other] {
        assert!(night.page("/sites", staff).await.contains(ASKS));
    }
    // To extend is a decision with a reason.
    let extend = format!("{opened}/extend");
    for form in [
        "reason=+&hours=2",
        "reason=x&hours=0",
        "reason=x&hours=25",
        "reason=x&hours=many",
        "reason=x",
    ] {
        let status = night.post(&extend, &cookie, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let status = night.post(&extend, &cookie, "reason=x&hours=1").await;
    assert_eq!(
        status,
        StatusCode::CONFLICT,
        "it is open for so long anyway"
    );
    let status = night
        .post(&extend, &cookie, "reason=%E9%9B%A8&hours=2")
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!night.page("/sites", &cookie).await.contains(ASKS));
    assert!(night.page(&opened, &cookie).await.contains("延長"));
    // It reads on past the first end; in the new last hour it asks again.
    night.clock.advance(TimeDelta::minutes(60));
    let reader = night.comes_in(centre, Role::Centre).await;
    night.page(&night.plan(), &reader).await;
    let cookie = night.comes_in(officer, Role::Municipality).await;
    let other = night.comes_in(colleague, Role::Municipality).await;
    assert!(night.page("/sites", &cookie).await.contains(ASKS));
    let status = night
        .post(&format!("{opened}/let-end"), &other, "x=1")
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!night.page("/sites", &cookie).await.contains(ASKS));
    night.clock.advance(TimeDelta::minutes(60));
    let reader = night.comes_in(centre, Role::Centre).await;
    assert_eq!(
        night.status(&night.plan(), &reader).await,
        StatusCode::NOT_FOUND
    );
    let cookie = night.comes_in(officer, Role::Municipality).await;
    let status = night
        .post(&extend, &cookie, "reason=%E9%9B%A8&hours=2")
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "what is over is opened anew");
}

async fn a_child_that_comes_into_the_area_is_covered_and_one_that_leaves_is_not(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let officer = night.officer().await;
    night.opens(&officer, "centre=yes").await;
    let folder = tempfile::tempdir().expect("a folder");
    let lives_in = async |town: &str| {
        let file = folder.path().join("families.csv");
        let sheet = format!(
            "整理番号,市町村,氏名,住所,計画\nX-9001,{town},【デモ】新しい子,【デモ】{town}町1,なし\n"
        );
        std::fs::write(&file, sheet).expect("a file is written");
        let how = Options::default();
        let done = import::file(
            &night.app,
            What::Families,
            &file,
            &how,
            "t",
            Arc::new(|_| ()),
        );
        let Ok(Imported::Report(report)) = done.await else {
            panic!("the sheet is refused");
        };
        assert_eq!(report.added + report.changed, 1, "{report:?}");
    };
    // The sheet moves nobody: staff of where the child lives confirm it.
    let confirmed = async |from: &str| {
        let cookie = session(&night.app, Role::Municipality, Some(from), None).await;
        let number = CaseNumber::parse("X-9001").expect("a case");
        let mut tx = night.app.store.read().await.expect("a unit of work");
        let at = night.app.moment();
        let waiting = tx.waiting_move(&Reader::Operator, at, &number).await;
        let id = waiting.expect("a look-up").expect("a move waits").id;
        drop(tx);
        let (today, key) = (night.app.clock.today(), night.app.ids.next());
        let form = format!("id={id}&day={today}&key={key}");
        let status = night
            .post("/plans/X-9001/move/confirm", &cookie, &form)
            .await;
        assert_eq!(status, StatusCode::OK);
    };
    let status = async || night.status("/plans/X-9001", &centre).await;
    lives_in(NEIGHBOUR).await;
    assert_eq!(status().await, StatusCode::NOT_FOUND);
    lives_in(TOWN).await;
    assert_eq!(status().await, StatusCode::NOT_FOUND, "not confirmed");
    confirmed(NEIGHBOUR).await;
    assert_eq!(status().await, StatusCode::OK);
    lives_in(NEIGHBOUR).await;
    confirmed(TOWN).await;
    assert_eq!(status().await, StatusCode::NOT_FOUND);
    lives_in(TOWN).await;
    confirmed(NEIGHBOUR).await;
    assert_eq!(status().await, StatusCode::OK, "back on the same day");
}

async fn one_form_opens_it_once_and_its_first_step_opens_nothing(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let officer = night.officer().await;
    let form = night.form("centre=yes");
    let answer = ask(&night.router, "POST", "/emergency/confirm", &officer, &form).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = words(answer).await;
    let children = night.page("/children", &officer).await;
    let count = children.matches("<tr class=").count();
    assert!(
        page.contains(&format!("<b id=\"children\">{count}</b>")),
        "{page}"
    );
    assert_eq!(
        night.status(&night.plan(), &centre).await,
        StatusCode::NOT_FOUND
    );
    // Sent twice it is opened once; with another content it is refused.
    let first = ask(&night.router, "POST", "/emergency", &officer, &form).await;
    let second = ask(&night.router, "POST", "/emergency", &officer, &form).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        first.headers()[header::LOCATION],
        second.headers()[header::LOCATION]
    );
    let other = form.replace("hours=24", "hours=23");
    assert_eq!(
        night.post("/emergency", &officer, &other).await,
        StatusCode::CONFLICT
    );
    let list = night.page("/emergency", &officer).await;
    assert_eq!(list.matches("href=\"/emergency/").count(), 1);
    // What is wrong is said, and what was typed stays.
    let wrong = night.form("centre=no");
    let answer = ask(
        &night.router,
        "POST",
        "/emergency/confirm",
        &officer,
        &wrong,
    )
    .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = words(answer).await;
    assert!(page.contains("1つ以上選んでください") && page.contains("令和8年台風第14号"));
}
