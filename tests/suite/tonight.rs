//! Tonight: the list of whom to call, which several people work on at once.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        id::UserId,
    },
    service::night,
    store::Tx,
    web,
};
use tower::ServiceExt as _;

use crate::{
    access::{ask, session, session_and_account, words},
    freshness::filled,
    moves::number,
    support::engines::Database,
};

crate::on_every_engine!(
    a_level_brings_the_children_of_the_town_and_those_without_a_plan_come_first,
    a_colleagues_answer_is_news_and_what_is_not_news_is_told_so,
    an_answer_acts_once_and_is_taken_back_by_striking_it_out,
    what_was_typed_and_cannot_be_taken_stays_typed,
    two_who_call_the_same_child_are_told,
    what_a_family_tells_stands_on_the_list_and_help_comes_first,
    nobody_enters_levels_of_others_and_the_prefecture_sees_numbers_alone,
    at_level_five_nobody_is_told_to_travel,
    in_a_power_cut_hours_lead,
    a_level_that_was_a_mistake_is_ended_and_a_new_one_takes_the_place_of_the_old,
    a_coordinator_sees_their_own_and_a_stay_is_set_apart,
    what_was_answered_is_disclosed,
    a_new_plan_is_on_the_list_at_once,
    only_sites_of_ones_own_town_are_said_to_be_open,
    a_protected_address_is_told_by_nothing_on_the_list,
    under_emergency_access_a_neighbour_calls_too_and_each_look_is_noted,
    the_centre_calls_whom_it_knows_by_a_loan_alone,
    a_familys_page_says_what_is_in_force_and_what_to_do,
);

/// Staff on the page of the night.
struct Staff {
    app: App,
    router: Router,
    cookie: String,
    user: UserId,
}

impl Staff {
    async fn of(app: &App, role: Role, town: Option<&str>) -> Self {
        let (cookie, user) = session_and_account(app, role, town, None).await;
        Self {
            app: app.clone(),
            router: web::router(app.clone()),
            cookie,
            user,
        }
    }

    async fn officer(app: &App) -> Self {
        Self::of(app, Role::Municipality, Some("43203")).await
    }

    async fn page(&self) -> String {
        let answer = ask(&self.router, "GET", "/tonight", &self.cookie, "").await;
        assert_eq!(answer.status(), StatusCode::OK);
        words(answer).await
    }

    async fn post(&self, path: &str, form: &str) -> (StatusCode, String) {
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&self.router, "POST", path, &self.cookie, &form).await;
        (answer.status(), words(answer).await)
    }

    async fn done(&self, path: &str, form: &str) {
        let (status, page) = self.post(path, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path} {form}: {page}");
    }

    async fn level(&self, town: &str, now: &str) {
        let form = format!("town={town}&hazard=&now={now}");
        self.done("/tonight/level", &form).await;
    }

    async fn answers(&self, case: &str, form: &str) {
        self.done(&format!("/tonight/{case}/answer"), form).await;
    }

    /// The part of the page that is asked for anew: its status, mark and text.
    async fn news(&self, mark: &str) -> (StatusCode, String, String) {
        let request = Request::get("/tonight/list?state=")
            .header(header::COOKIE, &self.cookie)
            .header(header::IF_NONE_MATCH, mark)
            .body(Body::empty())
            .expect("a request");
        let answer = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let status = answer.status();
        let etag = answer.headers().get(header::ETAG);
        let etag = etag.map_or(String::new(), |etag| {
            etag.to_str().expect("plain text").to_owned()
        });
        (status, etag, words(answer).await)
    }
}

/// The mark that a page carries for its script.
fn mark_of(page: &str) -> String {
    let rest = page.split_once("data-mark=\"").expect("a mark").1;
    let mark = rest.split_once("\" data-every").expect("its end").0;
    mark.replace("&quot;", "\"").replace("&#34;", "\"")
}

fn place(page: &str, what: &str) -> usize {
    page.find(what)
        .unwrap_or_else(|| panic!("{what} in {page}"))
}

/// The card of a child.
fn card<'p>(page: &'p str, case: &str) -> &'p str {
    let rest = &page[place(page, &format!("<li id=\"c-{case}\""))..];
    let next = rest[4..].find("<li id=\"c-").map(|at| at + 4);
    let end = next.or_else(|| rest.find("</ol>"));
    &rest[..end.expect("the list ends")]
}

async fn in_tx<T>(app: &App, look: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = app.store.read().await.expect("a unit of work");
    look(&mut tx).await
}

async fn a_level_brings_the_children_of_the_town_and_those_without_a_plan_come_first(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let page = officer.page().await;
    assert!(page.contains("いま出ているレベルはありません"), "{page}");
    assert!(page.contains("レベル3 高齢者等避難") && !page.contains("X-1001"));
    officer.level("43203", "2").await;
    assert!(
        !officer.page().await.contains("id=\"c-X-1001\""),
        "level 2 reaches nobody"
    );
    officer.level("43203", "3").await;
    let page = officer.page().await;
    assert!(page.contains("人吉市 レベル3 高齢者等避難"), "{page}");
    // Without a plan before with one; nobody of another town.
    assert!(place(&page, "id=\"c-X-1003\"") < place(&page, "id=\"c-X-1001\""));
    assert!(!page.contains("X-1002"), "{page}");
    let first = card(&page, "X-1003");
    for said in [
        "計画なし",
        "まだ電話していない",
        "計画がありません。",
        "バッテリー",
    ] {
        assert!(first.contains(said), "{said}: {first}");
    }
    let second = card(&page, "X-1001");
    assert!(
        second.contains("【デモ】親戚宅") && second.contains("開設は未確認"),
        "{second}"
    );
    // Who looked at whom is in the trail.
    let trail = crate::audit::about(&app, "X-1003", officer.user).await;
    assert!(trail.contains(&Action::SawNight), "{trail:?}");
}

async fn a_colleagues_answer_is_news_and_what_is_not_news_is_told_so(db: Database) {
    let app = filled(&db).await;
    let (officer, nurse) = (
        Staff::officer(&app).await,
        Staff::of(&app, Role::NightDuty, Some("43203")).await,
    );
    officer.level("43203", "3").await;
    let page = nurse.page().await;
    let mark = mark_of(&page);
    let (status, _, text) = nurse.news(&mark).await;
    assert_eq!(
        (status, text.as_str()),
        (StatusCode::NOT_MODIFIED, ""),
        "{mark}"
    );
    officer
        .answers("X-1001", "came=left&hours_left=2.5&power_now=on")
        .await;
    let (status, newer, text) = nurse.news(&mark).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(newer, mark);
    let left = card(&text, "X-1001");
    for said in [
        "家を出た",
        "さんが記録しました",
        "2.5時間",
        "電気が来ている",
    ] {
        assert!(left.contains(said), "{said}: {left}");
    }
    // It is a part of the page, and no page.
    assert!(!text.contains("<html"), "{text}");
    assert_eq!(nurse.news(&newer).await.0, StatusCode::NOT_MODIFIED);
    // The part of one state.
    let answer = ask(
        &nurse.router,
        "GET",
        "/tonight?state=left",
        &nurse.cookie,
        "",
    )
    .await;
    let page = words(answer).await;
    assert!(
        page.contains("id=\"c-X-1001\"") && !page.contains("id=\"c-X-1003\""),
        "{page}"
    );
}

async fn an_answer_acts_once_and_is_taken_back_by_striking_it_out(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let key = app.ids.next();
    let path = "/tonight/X-1001/answer";
    for _ in 0..2 {
        let form = format!("came=arrived&where_is=relatives&key={key}");
        let answer = ask(&officer.router, "POST", path, &officer.cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    let other = format!("came=no_answer&key={key}");
    let answer = ask(&officer.router, "POST", path, &officer.cookie, &other).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let case = in_tx(&app, async |tx| {
        let known = number("X-1001");
        let found = tx.find_case(&Reader::Operator, app.moment(), &known);
        found.await.expect("a look").expect("it is there")
    })
    .await;
    let answers = in_tx(&app, async |tx| {
        tx.night_answers_of(case).await.expect("a list")
    })
    .await;
    assert_eq!(answers.len(), 1);
    assert!(card(&officer.page().await, "X-1001").contains("✓ 着いた"));
    let strike = format!("/tonight/X-1001/answers/{}/strike", answers[0].id);
    officer.done(&strike, "").await;
    let page = officer.page().await;
    let again = card(&page, "X-1001");
    assert!(
        again.contains("まだ電話していない") && again.contains("<del>"),
        "{again}"
    );
    // It stays on record, and is struck out once.
    let kept = in_tx(&app, async |tx| {
        tx.night_answers_of(case).await.expect("a list")
    })
    .await;
    assert!(kept.len() == 1 && kept[0].struck_at.is_some());
    assert_eq!(officer.post(&strike, "").await.0, StatusCode::CONFLICT);
}

async fn what_was_typed_and_cannot_be_taken_stays_typed(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    for (hours, why) in [
        ("半日", "数字で入れてください"),
        ("1001", "0から1000まで"),
        ("-1", "0から1000まで"),
        ("NaN", "0から1000まで"),
    ] {
        let form = format!("came=at_home&hours_left={hours}&remark=【デモ】玄関は裏&need=vehicle");
        let (status, page) = officer.post("/tonight/X-1001/answer", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{hours}");
        let typed = card(&page, "X-1001");
        assert!(typed.contains(why), "{hours}: {typed}");
        assert!(typed.contains("【デモ】玄関は裏") && typed.contains("value=\"vehicle\" checked"));
        assert!(!card(&page, "X-1003").contains("【デモ】玄関は裏"));
    }
    let long = format!("came=left&remark={}", "あ".repeat(201));
    let (status, _) = officer.post("/tonight/X-1001/answer", &long).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let late = officer
        .post("/tonight/X-1001/answer", "came=left&next_call=1441")
        .await;
    assert_eq!(late.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(card(&officer.page().await, "X-1001").contains("まだ電話していない"));
}

async fn two_who_call_the_same_child_are_told(db: Database) {
    let app = filled(&db).await;
    let (officer, nurse) = (
        Staff::officer(&app).await,
        Staff::of(&app, Role::NightDuty, Some("43203")).await,
    );
    officer.level("43203", "3").await;
    officer.answers("X-1003", "came=calling").await;
    let page = nurse.page().await;
    let called = card(&page, "X-1003");
    assert!(called.contains("さんが電話しています"), "{called}");
    // That somebody is calling is no answer.
    assert!(called.contains("まだ電話していない"), "{called}");
    nurse.answers("X-1003", "came=no_answer").await;
    let page = officer.page().await;
    let after = card(&page, "X-1003");
    assert!(!after.contains("さんが電話しています"), "{after}");
    assert!(after.contains("さんが記録しました：出ない") && after.contains("もう一度電話する"));
    // Nobody was reached: whom nobody has called comes before.
    assert!(place(&page, "id=\"c-X-1001\"") < place(&page, "id=\"c-X-1003\""));
}

async fn what_a_family_tells_stands_on_the_list_and_help_comes_first(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let family = session(&app, Role::Family, None, Some("X-1001")).await;
    let router = web::router(app.clone());
    let tell = async |what: &str| {
        let form = format!("words=&key={}", app.ids.next());
        let path = format!("/family/tell/{what}");
        let answer = ask(&router, "POST", &path, &family, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{what}");
    };
    let mark = mark_of(&officer.page().await);
    tell("evacuated").await;
    let (status, _, text) = officer.news(&mark).await;
    assert_eq!(status, StatusCode::OK, "what a family tells is news");
    let arrived = card(&text, "X-1001");
    assert!(
        arrived.contains("ご家族の知らせ：避難しました"),
        "{arrived}"
    );
    assert!(
        arrived.contains("✓ 着いた") && arrived.contains("どこに着いたか"),
        "{arrived}"
    );
    tell("need_help").await;
    let page = officer.page().await;
    assert!(place(&page, "id=\"c-X-1001\"") < place(&page, "id=\"c-X-1003\""));
    let help = card(&page, "X-1001");
    assert!(
        help.contains("‼ 助けが要る") && help.contains("119"),
        "{help}"
    );
    // A milder word does not end it, nor that nobody answers; a person who has spoken
    // with them does.
    tell("evacuated").await;
    officer.answers("X-1001", "came=no_answer").await;
    assert!(card(&officer.page().await, "X-1001").contains("‼ 助けが要る"));
    officer.answers("X-1001", "came=at_home").await;
    let page = officer.page().await;
    let spoken = card(&page, "X-1001");
    assert!(spoken.contains("⌂ 連絡がついた"), "{spoken}");
    // Its task is done by that.
    let tasks = in_tx(&app, async |tx| {
        let tasks = tx.staff_tasks(&Reader::Operator, app.moment(), 100);
        tasks.await.expect("tasks")
    })
    .await;
    assert!(tasks.is_empty(), "{tasks:?}");
}

async fn nobody_enters_levels_of_others_and_the_prefecture_sees_numbers_alone(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "4").await;
    let neighbour = Staff::of(&app, Role::Municipality, Some("43202")).await;
    let form = "town=43203&hazard=&now=5";
    let (status, page) = neighbour.post("/tonight/level", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("ほかの市町村のレベルは入れられません"),
        "{page}"
    );
    assert!(
        !neighbour.page().await.contains("X-1001"),
        "the level is not of their town"
    );
    let (status, _) = neighbour.post("/tonight/X-1001/answer", "came=left").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // Those who only read telegrams end nothing that a mayor has said.
    let centre = Staff::of(&app, Role::Centre, None).await;
    let level = in_tx(&app, async |tx| tx.night_levels().await.expect("levels")).await[0].id;
    let end = format!("/tonight/levels/{level}/end");
    assert_eq!(centre.post(&end, "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(neighbour.post(&end, "").await.0, StatusCode::NOT_FOUND);
    let prefecture = Staff::of(&app, Role::Prefecture, None).await;
    let page = prefecture.page().await;
    assert!(
        page.contains("市町村ごとの人数") && page.contains("人吉市"),
        "{page}"
    );
    assert!(
        !page.contains("X-100") && !page.contains("【デモ】一"),
        "{page}"
    );
    assert!(page.contains(">2</td>"), "two are to be called: {page}");
    for role in [Role::Administrator, Role::Auditor] {
        let nobody = Staff::of(&app, role, None).await;
        let answer = ask(&nobody.router, "GET", "/tonight", &nobody.cookie, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{role:?}");
    }
}

async fn at_level_five_nobody_is_told_to_travel(db: Database) {
    let app = filled(&db).await;
    let nurse = Staff::of(&app, Role::NightDuty, Some("43203")).await;
    nurse.level("43203", "5").await;
    let page = nurse.page().await;
    for case in ["X-1001", "X-1003"] {
        let card = card(&page, case);
        assert!(
            card.contains("外へ出ないでもらう") && card.contains("119"),
            "{card}"
        );
        assert!(!card.contains("いま出られるか"), "{card}");
    }
}

async fn in_a_power_cut_hours_lead(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "power_cut").await;
    let page = officer.page().await;
    assert!(
        page.contains("人吉市 停電") && card(&page, "X-1001").contains("停電"),
        "{page}"
    );
    // Of both nobody knows the hours: without a plan first; then who has told few.
    assert!(place(&page, "id=\"c-X-1003\"") < place(&page, "id=\"c-X-1001\""));
    officer.answers("X-1001", "came=at_home&hours_left=1").await;
    officer
        .answers("X-1003", "came=at_home&hours_left=9&power_now=on")
        .await;
    let page = officer.page().await;
    assert!(place(&page, "id=\"c-X-1001\"") < place(&page, "id=\"c-X-1003\""));
    assert!(
        card(&page, "X-1001").contains("1時間（電話で聞いた時間から）"),
        "{page}"
    );
}

async fn a_level_that_was_a_mistake_is_ended_and_a_new_one_takes_the_place_of_the_old(
    db: Database,
) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    officer.answers("X-1001", "came=left").await;
    officer.level("43203", "4").await;
    let levels = in_tx(&app, async |tx| tx.night_levels().await.expect("levels")).await;
    assert_eq!(levels.len(), 1, "{levels:?}");
    // What was answered before the level rose still counts.
    assert!(card(&officer.page().await, "X-1001").contains("→ 家を出た"));
    let flood = "town=43203&hazard=flood&now=5";
    officer.done("/tonight/level", flood).await;
    let (status, _) = officer
        .post("/tonight/level", "town=43203&hazard=earthquake&now=3")
        .await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no levels of earthquakes"
    );
    let levels = in_tx(&app, async |tx| tx.night_levels().await.expect("levels")).await;
    assert_eq!(levels.len(), 2, "{levels:?}");
    for level in levels {
        let end = format!("/tonight/levels/{}/end", level.id);
        officer.done(&end, "").await;
        assert_eq!(officer.post(&end, "").await.0, StatusCode::CONFLICT);
    }
    assert!(
        officer
            .page()
            .await
            .contains("いま出ているレベルはありません")
    );
}

async fn a_coordinator_sees_their_own_and_a_stay_is_set_apart(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let coordinator = Staff::of(&app, Role::Coordinator, None).await;
    crate::access::assign(&app, "X-1001", coordinator.user).await;
    let page = coordinator.page().await;
    assert!(
        page.contains("id=\"c-X-1001\"") && !page.contains("X-1003"),
        "{page}"
    );
    coordinator
        .answers("X-1001", "came=at_home&where_is=hospital")
        .await;
    assert!(card(&officer.page().await, "X-1001").contains("＋ 入院"));
    // A stay on record sets apart, until somebody has spoken with them.
    let stay = "municipality=43205&address=&from=2026-11-20&until=2026-11-30";
    officer.done("/plans/X-1003/stay", stay).await;
    let page = officer.page().await;
    assert!(
        card(&page, "X-1003").contains("＋ 入院・短期入所・よそにいる"),
        "{page}"
    );
}

async fn what_was_answered_is_disclosed(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let form = "came=at_home&need=oxygen&remark=【デモ】酸素が半分&next_call=30&whom=family";
    officer.answers("X-1001", form).await;
    let path = "/plans/X-1001/disclosure";
    let page = words(ask(&officer.router, "GET", path, &officer.cookie, "").await).await;
    for said in ["【デモ】酸素が半分", "今夜の一覧に記録した電話"] {
        assert!(page.contains(said), "{said}");
    }
}

async fn a_new_plan_is_on_the_list_at_once(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    assert!(card(&officer.page().await, "X-1001").contains("決まっていない"));
    let sheet = "整理番号,市町村,氏名,計画,車,バッテリー時間\nX-1001,43203,【デモ】一,あり,【デモ】青い車,6\n";
    let report = crate::retention::import_text(&app, sheet).await;
    assert_eq!(report.accepted, 1, "{report:?}");
    let page = officer.page().await;
    let card = card(&page, "X-1001");
    assert!(
        card.contains("【デモ】青い車") && card.contains("6時間"),
        "{card} {report:?}"
    );
}

async fn only_sites_of_ones_own_town_are_said_to_be_open(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let page = officer.page().await;
    let rest = &page[place(&page, "action=\"/tonight/sites/")..];
    let id = rest["action=\"/tonight/sites/".len()..]
        .split('"')
        .next()
        .expect("an id")
        .to_owned();
    let path = format!("/tonight/sites/{id}");
    officer.done(&path, "now=open").await;
    officer.done(&path, "now=powered").await;
    let page = officer.page().await;
    assert!(page.contains("開いた ・ 電源あり"), "{page}");
    let neighbour = Staff::of(&app, Role::Municipality, Some("43202")).await;
    assert_eq!(
        neighbour.post(&path, "now=closed").await.0,
        StatusCode::NOT_FOUND
    );
    // The page that another draws is the same: nothing is kept in a browser.
    let colleague = Staff::officer(&app).await;
    assert!(colleague.page().await.contains("開いた ・ 電源あり"));
    let mark = night::mark(&app).await.expect("a mark");
    officer.done(&path, "now=closed").await;
    assert_ne!(night::mark(&app).await.expect("a mark"), mark);
}

async fn a_protected_address_is_told_by_nothing_on_the_list(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let coordinator = Staff::of(&app, Role::Coordinator, None).await;
    crate::access::assign(&app, "X-1001", coordinator.user).await;
    let page = coordinator.page().await;
    assert!(card(&page, "X-1001").contains("X-1001 ・ 人吉市"), "{page}");
    officer
        .done("/plans/X-1001/protection", "act=protect")
        .await;
    let page = coordinator.page().await;
    // It is listed still, since nobody here knows that it does not reach it.
    let hidden = card(&page, "X-1001");
    assert!(hidden.contains("住所は保護されています"), "{hidden}");
    assert!(!hidden.contains("人吉市"), "{hidden}");
    // Of its own children a municipality knows that they are its own.
    let page = officer.page().await;
    let own = card(&page, "X-1001");
    assert!(own.contains("人吉市 ・ 住所は保護されています"), "{own}");
}

async fn under_emergency_access_a_neighbour_calls_too_and_each_look_is_noted(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.level("43203", "3").await;
    let neighbour = Staff::of(&app, Role::Municipality, Some("43205")).await;
    let cases = |page: &str| -> Vec<String> {
        let cards = page.split("<li id=\"c-").skip(1);
        let number = |card: &str| card.split('"').next().expect("a number").to_owned();
        cards.map(number).collect()
    };
    let before = cases(&neighbour.page().await);
    crate::emergency::opened_in(&app, "43203").await;
    let after = cases(&neighbour.page().await);
    let case = after.iter().find(|case| !before.contains(case));
    let case = case.expect("somebody whom the neighbour did not see before");
    let trail = crate::audit::about(&app, case, neighbour.user).await;
    assert!(trail.contains(&Action::SawNight), "{trail:?}");
    assert!(trail.contains(&Action::EmergencyRead), "{trail:?}");
    neighbour.answers(case, "came=at_home").await;
}

async fn the_centre_calls_whom_it_knows_by_a_loan_alone(db: Database) {
    let centre = crate::loans::Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let number = loan.trim_start_matches("/loans/").to_owned();
    let officer = Staff::officer(&centre.app).await;
    officer.level("43203", "3").await;
    let staff = Staff::of(&centre.app, Role::Centre, None).await;
    let page = staff.page().await;
    let child = card(&page, &number);
    assert!(
        child.contains(&format!("href=\"/loans/{number}\"")),
        "{child}"
    );
    assert!(child.contains("【デモ】光"), "{child}");
    staff
        .answers(&number, "came=at_home&where_is=hospital")
        .await;
    let page = staff.page().await;
    assert!(card(&page, &number).contains("入院・短期入所"), "{page}");
    // The municipality has not been told of it, and neither sees nor answers.
    assert!(!officer.page().await.contains(&number));
    let (status, _) = officer
        .post(&format!("/tonight/{number}/answer"), "came=left")
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn a_familys_page_says_what_is_in_force_and_what_to_do(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let officer = Staff::officer(&app).await;
    let cookie = session(&app, Role::Family, None, Some("D-0001")).await;
    let page = async || {
        let router = web::router(app.clone());
        words(ask(&router, "GET", "/family", &cookie, "").await).await
    };
    let night = |page: &str| {
        let from = page.find("id=\"tonight\"")?;
        Some(page[from..from + page[from..].find("</section>")?].to_owned())
    };
    assert_eq!(night(&page().await), None, "nothing is in force");
    officer.level("43203", "3").await;
    let three = page().await;
    let said = night(&three).expect("the level");
    assert!(said.contains("警戒レベル3"), "{said}");
    assert!(
        [
            "いま出発してください",
            "行き先がまだ決まっていません",
            "いま行けません"
        ]
        .iter()
        .any(|one| said.contains(one)),
        "{said}"
    );
    assert!(!three.contains("今することはありません"), "{three}");
    officer.level("43203", "5").await;
    let said = night(&page().await).expect("the level");
    assert!(said.contains("外へ出ないでください"), "{said}");
    assert!(!said.contains("いま出発してください"), "{said}");
    // In a power cut by when to leave, as the officer's list says it.
    officer.level("43203", "2").await;
    officer
        .done("/tonight/level", "town=43203&hazard=&now=power_cut")
        .await;
    let said = night(&page().await).expect("the cut");
    assert!(said.contains("停電しています"), "{said}");
    assert!(said.contains("電話"), "{said}");
    // Whoever has left is asked for nothing but a word on arrival.
    officer.answers("D-0001", "came=left").await;
    let said = night(&page().await).expect("the cut");
    assert!(said.contains("着いたら"), "{said}");
}
