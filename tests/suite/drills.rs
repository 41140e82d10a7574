//! Drills: what is written down of one, its minutes as the travel time, what failed as
//! tasks, who holds which paper, and the list of plans never practised.

use axum::{Router, http::StatusCode};
use serde_json::Value;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        finding::{Outcome, RuleCode},
        id::CaseId,
        plan::drill::counts_from,
        residence::Sight,
    },
    planner::TravelBasis,
    service::check,
    store::DrillTask,
    web,
};

use crate::{
    access::{ask, assign, session, session_and_account, words},
    freshness::{SHEET, filled},
    moves::number,
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_drill_is_recorded_with_who_came_and_what_was_tried,
    what_cannot_be_is_refused_and_stays_typed,
    nobody_writes_of_a_child_that_is_not_theirs,
    the_minutes_of_a_drill_become_the_travel_time_until_it_is_struck_out,
    minutes_from_a_home_that_was_left_say_nothing_of_the_new_one,
    what_failed_is_a_task_until_it_is_done,
    a_version_names_what_was_done_while_it_was_in_force,
    whoever_holds_an_old_paper_is_owed_the_new_one,
    a_protected_address_leaves_the_days_alone,
    the_list_has_those_never_practised_first_then_the_longest_ago,
);

const NEVER: &str = "一度もしていない";

/// Staff at the pages of drills.
struct Staff {
    app: App,
    router: Router,
    cookie: String,
}

impl Staff {
    async fn of(app: &App, role: Role, town: Option<&str>) -> Self {
        Self {
            app: app.clone(),
            router: web::router(app.clone()),
            cookie: session(app, role, town, None).await,
        }
    }

    async fn officer(app: &App) -> Self {
        Self::of(app, Role::Municipality, Some("43203")).await
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = ask(&self.router, "GET", path, &self.cookie, "").await;
        (answer.status(), words(answer).await)
    }

    async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        page
    }

    async fn post(&self, path: &str, form: &str) -> (StatusCode, String) {
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&self.router, "POST", path, &self.cookie, &form).await;
        (answer.status(), words(answer).await)
    }

    async fn does(&self, path: &str, form: &str) {
        let (status, page) = self.post(path, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path} {form}: {page}");
    }

    /// The key of the first destination that the form offers.
    async fn place(&self, case: &str) -> String {
        let page = self.page(&format!("/plans/{case}/drills")).await;
        let rest = page.split_once("<select name=\"to\"><option value=\"");
        let (_, rest) = rest.expect("a choice of places");
        rest.split('"').next().expect("a key").to_owned()
    }
}

async fn case_id(app: &App, case: &str) -> CaseId {
    let mut tx = app.store.read().await.expect("a unit of work");
    let found = tx.case_of_number(&number(case)).await.expect("a look-up");
    found.expect("a case")
}

async fn open(app: &App, case: &str) -> Vec<DrillTask> {
    let id = case_id(app, case).await;
    let mut tx = app.store.read().await.expect("a unit of work");
    tx.open_tasks(id).await.expect("the tasks")
}

async fn drill_ids(app: &App, case: &str) -> Vec<String> {
    let id = case_id(app, case).await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let drills = tx.drills_of(id).await.expect("the drills");
    drills.iter().map(|one| one.id.to_string()).collect()
}

/// What a rule on the way or on power compared.
async fn evidence(app: &App, case: &str, rule: RuleCode) -> (Outcome, Value) {
    let today = app.clock.today();
    let checked = check::one(app, &Reader::Operator, &number(case), today, Sight::Usual)
        .await
        .expect("it is read")
        .expect("there is one");
    let found = checked.look.findings.iter().find(|f| f.rule == rule);
    let found = found.expect("it is judged");
    (found.outcome, Value::Object(found.evidence.0.clone()))
}

/// Nothing is judged again by a list: what was kept is what holds.
async fn nothing_is_stale(app: &App) {
    let judged = check::refresh(app, &Reader::Operator).await;
    assert_eq!(judged.expect("judged"), 0);
}

const PAGE: &str = "/plans/X-1001/drills";

async fn a_drill_is_recorded_with_who_came_and_what_was_tried(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let empty = officer.page(PAGE).await;
    assert!(empty.contains("訓練の記録はまだありません"));
    assert!(empty.contains("【デモ】手伝い"), "who helps by the plan");
    let place = officer.place("X-1001").await;
    let form = format!(
        "held_on=2026-11-20&people=【デモ】自治会 3人%0A【デモ】訪問看護&to={place}&by=foot&minutes=３５分\
         &tried=buggy&tried=stairs&tried_other=【デモ】スロープ"
    );
    let key = app.ids.next();
    let sent = format!("{form}&key={key}");
    for _ in 0..2 {
        let answer = ask(&officer.router, "POST", PAGE, &officer.cookie, &sent).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(
        drill_ids(&app, "X-1001").await.len(),
        1,
        "sent twice it acts once"
    );
    let page = officer.page(PAGE).await;
    for word in [
        "2026-11-20",
        "【デモ】自治会 3人",
        "【デモ】訪問看護",
        "【デモ】親戚宅",
        "歩き・バギー",
        "35分",
        "ベッドからバギーへ移す",
        "【デモ】スロープ",
    ] {
        assert!(page.contains(word), "{word}");
    }
    // REV-03 has its drill, and a list judges nothing again.
    let rev = evidence(&app, "X-1001", RuleCode::Rev03).await;
    assert_eq!(rev.0, Outcome::Holds);
    nothing_is_stale(&app).await;
    // Minutes stay unknown where nobody looked.
    officer
        .does(PAGE, &format!("held_on=2026-11-21&people=x&to={place}"))
        .await;
    assert!(officer.page(PAGE).await.contains("時間は測っていない"));
    // The plan's page leads here.
    let plan = officer.page("/plans/X-1001").await;
    assert!(plan.contains(PAGE) && plan.contains("訓練をした"));
}

async fn what_cannot_be_is_refused_and_stays_typed(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let tomorrow = app.clock.today().succ_opt().expect("a day");
    let long = "あ".repeat(201);
    let line = "あ".repeat(101);
    let many = "x%0A".repeat(31);
    let failed = "held_on=2026-11-20&people=x&failed-0=【デモ】段差";
    for (form, why) in [
        (
            format!("held_on={tomorrow}&people=x"),
            "生まれた日から今日まで",
        ),
        (
            "held_on=2019-12-31&people=x".to_owned(),
            "生まれた日から今日まで",
        ),
        ("held_on=&people=x".to_owned(), "訓練の日を入れてください"),
        ("held_on=2026-11-20&people=%0A ".to_owned(), "だれが来たか"),
        (format!("held_on=2026-11-20&people={many}"), "30行まで"),
        (format!("held_on=2026-11-20&people={line}"), "100文字まで"),
        (
            "held_on=2026-11-20&people=x&minutes=0".to_owned(),
            "1分から600分",
        ),
        (
            "held_on=2026-11-20&people=x&minutes=601".to_owned(),
            "1分から600分",
        ),
        (
            "held_on=2026-11-20&people=x&minutes=長い".to_owned(),
            "1分から600分",
        ),
        (
            format!("held_on=2026-11-20&people=x&tried_other={long}"),
            "200文字まで",
        ),
        (
            format!(
                "held_on=2026-11-20&people=x&failed-0={long}&part-0=family&mend_by-0=2026-12-01"
            ),
            "200文字まで",
        ),
        (format!("{failed}&mend_by-0=2026-12-01"), "だれが直すか"),
        (format!("{failed}&part-0=family"), "いつまでに直すか"),
        (
            format!("{failed}&part-0=family&mend_by-0=2026-11-19"),
            "いつまでに直すか",
        ),
        (
            "held_on=2026-11-20&people=x&part-0=family&mend_by-0=2026-12-01".to_owned(),
            "何がうまくいかなかったか",
        ),
    ] {
        let (status, page) = officer.post(PAGE, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.contains(why), "{form}: {why}");
    }
    let (_, page) = officer
        .post(PAGE, &format!("{failed}&mend_by-0=2026-12-01"))
        .await;
    assert!(page.contains("value=\"【デモ】段差\""), "it stays typed");
    assert!(drill_ids(&app, "X-1001").await.is_empty());
    // 655 m of straight line in five minutes with a buggy; in six, perhaps.
    let place = officer.place("X-1001").await;
    let walked =
        |minutes| format!("held_on=2026-11-20&people=x&by=foot&to={place}&minutes={minutes}");
    let (status, page) = officer.post(PAGE, &walked(5)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("この分数では着きません"), "{page}");
    assert!(drill_ids(&app, "X-1001").await.is_empty());
    officer.does(PAGE, &walked(6)).await;
    // Six hundred and one minute are the ends of what counts.
    for minutes in ["1", "600"] {
        let form = format!("held_on=2026-11-20&people=x&minutes={minutes}");
        officer.does(PAGE, &form).await;
    }
    // A place that the plan does not have any more: nothing is taken over.
    let (status, _) = officer
        .post(PAGE, "held_on=2026-11-20&people=x&to=0123456789abcdef")
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(drill_ids(&app, "X-1001").await.len(), 3);
    let (status, page) = officer
        .post(
            "/plans/X-1001/papers",
            "paper=family&holder=x&version=1&given_on=2026-11-20&print_number=Q-1",
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("紙の番号"));
}

async fn nobody_writes_of_a_child_that_is_not_theirs(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer
        .does(
            PAGE,
            "held_on=2026-11-20&people=x&failed-0=y&part-0=family&mend_by-0=2026-12-01",
        )
        .await;
    let task = open(&app, "X-1001").await[0].id;
    let drill = drill_ids(&app, "X-1001").await[0].clone();
    let stranger = Staff::of(&app, Role::Municipality, Some("43202")).await;
    let night = Staff::of(&app, Role::NightDuty, Some("43203")).await;
    let forms = [
        (PAGE.to_owned(), "held_on=2026-11-20&people=x"),
        (format!("/plans/X-1001/tasks/{task}"), "act=done"),
        (format!("/plans/X-1001/drills/{drill}/strike"), "why=z"),
        (
            "/plans/X-1001/papers".to_owned(),
            "paper=family&holder=x&version=1&given_on=2026-11-20",
        ),
    ];
    for who in [&stranger, &night] {
        assert_eq!(who.get(PAGE).await.0, StatusCode::NOT_FOUND);
        for (path, form) in &forms {
            assert_eq!(
                who.post(path, form).await.0,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
    assert_eq!(open(&app, "X-1001").await.len(), 1);
    // By the way of a child of one's own, the drill of another is not reached.
    let path = format!("/plans/X-1002/drills/{drill}/strike");
    assert_eq!(stranger.post(&path, "why=z").await.0, StatusCode::CONFLICT);
    let path = format!("/plans/X-1002/tasks/{task}");
    assert_eq!(
        stranger.post(&path, "act=done").await.0,
        StatusCode::CONFLICT
    );
    // Without a plan there is nothing to practise.
    let (status, page) = officer.get("/plans/X-1003/drills").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("計画がまだありません"));
    let (status, _) = officer
        .post("/plans/X-1003/drills", "held_on=2026-11-20&people=x")
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // The coordinator to whom the child is assigned writes too.
    let (cookie, user) = session_and_account(&app, Role::Coordinator, None, None).await;
    let coordinator = Staff {
        cookie,
        ..Staff::officer(&app).await
    };
    assert_eq!(coordinator.get(PAGE).await.0, StatusCode::NOT_FOUND);
    assign(&app, "X-1001", user).await;
    coordinator
        .does(
            &format!("/plans/X-1001/tasks/{task}"),
            "act=done&note=【デモ】板",
        )
        .await;
    coordinator.does(PAGE, "held_on=2026-11-21&people=x").await;
    assert!(open(&app, "X-1001").await.is_empty());
}

/// The same child with the family's own figure.
fn sheet_of_a_family() -> String {
    SHEET
        .replacen(
            "計画日,",
            "計画日,避難先1_移動手段,避難先1_家族見込み分,",
            1,
        )
        .replacen("2026-04-10,親戚", "2026-04-10,徒歩,50,親戚", 1)
        .replacen("2026-04-10,親戚", "2026-04-10,徒歩,50,親戚", 1)
        .replace("なし,,", "なし,,,,")
}

async fn the_minutes_of_a_drill_become_the_travel_time_until_it_is_struck_out(db: Database) {
    let app = filled(&db).await;
    import_text(&app, &sheet_of_a_family()).await;
    check::refresh(&app, &Reader::Operator)
        .await
        .expect("judged");
    let told = async || {
        let (_, evidence) = evidence(&app, "X-1001", RuleCode::Dst05).await;
        (
            evidence["travel_minutes"].as_f64(),
            evidence["travel_basis"].clone(),
            evidence["drilled_on"].clone(),
        )
    };
    assert_eq!(told().await, (Some(50.0), "family".into(), Value::Null));
    let officer = Staff::officer(&app).await;
    let place = officer.place("X-1001").await;
    let drill = async |on: &str, rest: String| {
        officer
            .does(PAGE, &format!("held_on={on}&people=x&{rest}"))
            .await;
        nothing_is_stale(&app).await;
    };
    // Nowhere, and by car where the plan goes on foot: neither measures its way.
    drill("2026-11-19", "minutes=70".to_owned()).await;
    drill("2026-11-20", format!("minutes=5&by=car&to={place}")).await;
    assert_eq!(told().await.1, "family");
    drill("2026-11-10", format!("minutes=41&by=foot&to={place}")).await;
    assert_eq!(
        told().await,
        (Some(41.0), "drill".into(), "2026-11-10".into())
    );
    drill("2026-11-18", format!("minutes=38&to={place}")).await;
    drill("2026-11-12", format!("minutes=90&to={place}")).await;
    assert_eq!(
        told().await,
        (Some(38.0), "drill".into(), "2026-11-18".into()),
        "the latest"
    );
    // It reaches the rules of power, the plan's page and the night by the same look.
    let (_, power) = evidence(&app, "X-1001", RuleCode::Pwr15).await;
    assert_eq!(
        (power["travel_minutes"].as_f64(), &power["drilled_on"]),
        (Some(38.0), &"2026-11-18".into())
    );
    assert!(
        officer
            .page("/plans/X-1001")
            .await
            .contains("2026-11-18の訓練で測った時間")
    );
    // The other child's way is its own.
    let (_, other) = evidence(&app, "X-1002", RuleCode::Dst05).await;
    assert_eq!(other["travel_basis"], "family");
    // Struck out it stays visible and counts no more.
    let id = case_id(&app, "X-1001").await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let drills = tx.drills_of(id).await.expect("drills");
    drop(tx);
    let latest = drills
        .iter()
        .find(|one| one.drill.on.to_string() == "2026-11-18");
    let strike = format!(
        "/plans/X-1001/drills/{}/strike",
        latest.expect("a drill").id
    );
    assert_eq!(
        officer.post(&strike, "why=").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    officer.does(&strike, "why=【デモ】別の子").await;
    nothing_is_stale(&app).await;
    assert_eq!(
        told().await,
        (Some(90.0), "drill".into(), "2026-11-12".into())
    );
    let page = officer.page(PAGE).await;
    assert!(page.contains("<del>") && page.contains("【デモ】別の子"));
    assert_eq!(
        officer.post(&strike, "why=z").await.0,
        StatusCode::CONFLICT,
        "once"
    );
    for one in drill_ids(&app, "X-1001").await {
        officer
            .post(&format!("/plans/X-1001/drills/{one}/strike"), "why=z")
            .await;
    }
    assert_eq!(told().await, (Some(50.0), "family".into(), Value::Null));
    assert_eq!(
        evidence(&app, "X-1001", RuleCode::Rev03).await.0,
        Outcome::Unknown
    );
}

async fn minutes_from_a_home_that_was_left_say_nothing_of_the_new_one(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let place = officer.place("X-1001").await;
    officer
        .does(
            PAGE,
            &format!("held_on=2026-11-10&people=x&minutes=41&to={place}"),
        )
        .await;
    let basis = async || {
        let today = app.clock.today();
        let checked = check::one(
            &app,
            &Reader::Operator,
            &number("X-1001"),
            today,
            Sight::Usual,
        )
        .await
        .expect("it is read")
        .expect("there is one");
        checked.look.destinations[0]
            .travel
            .map(|travel| travel.basis)
    };
    assert_eq!(basis().await, Some(TravelBasis::Drill));
    // They move within the town.
    officer
        .does(
            "/plans/X-1001/move",
            "municipality=43203&address=【デモ】町2",
        )
        .await;
    let page = officer.page("/plans/X-1001").await;
    let waits = page.split("/move/confirm\"").nth(1).expect("it waits");
    let id = waits.split("name=\"id\" value=\"").nth(1).expect("an id");
    let id = id.split('"').next().expect("an id");
    let today = app.clock.today();
    let (status, page) = officer
        .post(
            "/plans/X-1001/move/confirm",
            &format!("id={id}&day={today}"),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_ne!(basis().await, Some(TravelBasis::Drill));
    // That it was held stays true.
    assert_eq!(
        evidence(&app, "X-1001", RuleCode::Rev03).await.0,
        Outcome::Holds
    );
}

async fn what_failed_is_a_task_until_it_is_done(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer
        .does(PAGE, "held_on=2026-06-20&people=x&failed-0=【デモ】段差&part-0=municipality&mend_by-0=2026-07-20\
             &failed-4=【デモ】古い番号&person-4=【デモ】灯さん&mend_by-4=2027-01-10")
        .await;
    let tasks = open(&app, "X-1001").await;
    let whats: Vec<&str> = tasks.iter().map(|one| one.failure.what.as_str()).collect();
    assert_eq!(
        whats,
        ["【デモ】段差", "【デモ】古い番号"],
        "what is due first"
    );
    for path in [PAGE, "/plans/X-1001"] {
        let page = officer.page(path).await;
        for word in [
            "【デモ】段差",
            "市町村",
            "2026-07-20",
            "期限を過ぎています",
            "【デモ】灯さん",
        ] {
            assert!(page.contains(word), "{path}: {word}");
        }
        assert_eq!(page.matches("期限を過ぎています").count(), 1, "{path}");
    }
    let task = format!("/plans/X-1001/tasks/{}", tasks[0].id);
    let long = "あ".repeat(201);
    assert_eq!(
        officer
            .post(&task, &format!("act=done&note={long}"))
            .await
            .0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    officer
        .does(&task, "act=done&note=【デモ】板を置いた")
        .await;
    assert_eq!(
        officer.post(&task, "act=done").await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(open(&app, "X-1001").await.len(), 1);
    let plan = officer.page("/plans/X-1001").await;
    assert!(!plan.contains("【デモ】段差"));
    let page = officer.page(PAGE).await;
    assert!(page.contains("【デモ】板を置いた"));
    // It was not, after all.
    officer.does(&task, "act=undone").await;
    assert_eq!(
        officer.post(&task, "act=undone").await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(open(&app, "X-1001").await.len(), 2);
    // With the drill its tasks go, and come no more.
    let drill = drill_ids(&app, "X-1001").await[0].clone();
    officer
        .does(&format!("/plans/X-1001/drills/{drill}/strike"), "why=z")
        .await;
    assert!(open(&app, "X-1001").await.is_empty());
    assert_eq!(
        officer.post(&task, "act=done").await.0,
        StatusCode::CONFLICT
    );
}

/// A new version of the plan of X-1001.
async fn a_new_version(app: &App) {
    let next = SHEET.replacen("【デモ】手伝い", "【デモ】別の人", 1);
    assert_eq!(import_text(app, &next).await.changed, 1);
}

async fn a_version_names_what_was_done_while_it_was_in_force(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer
        .does(
            PAGE,
            "held_on=2026-11-20&people=x&failed-0=【デモ】段差&part-0=family&mend_by-0=2026-12-01\
             &failed-1=【デモ】古い番号&part-1=family&mend_by-1=2026-12-02",
        )
        .await;
    let tasks = open(&app, "X-1001").await;
    officer
        .does(&format!("/plans/X-1001/tasks/{}", tasks[0].id), "act=done")
        .await;
    a_new_version(&app).await;
    officer
        .does(&format!("/plans/X-1001/tasks/{}", tasks[1].id), "act=done")
        .await;
    let id = case_id(&app, "X-1001").await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let versions = tx.version_days(id).await.expect("versions");
    assert_eq!(versions.len(), 2);
    let mut done = Vec::new();
    for days in &versions {
        let tasks = tx.tasks_done_between(id, days.from, days.until).await;
        let tasks = tasks
            .expect("tasks")
            .into_iter()
            .map(|one| one.failure.what);
        done.push(tasks.collect::<Vec<_>>());
    }
    drop(tx);
    // The clock of the tests may stand still: what is done is in the one or the other, never in both.
    assert_eq!(done.concat().len(), 2, "{done:?}");
    assert!(done[0].contains(&"【デモ】古い番号".to_owned()), "{done:?}");
    let page = officer.page(PAGE).await;
    assert!(page.contains("第2版") && page.contains("から後に直ったこと"));
}

async fn whoever_holds_an_old_paper_is_owed_the_new_one(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let papers = "/plans/X-1001/papers";
    assert!(
        officer
            .page(PAGE)
            .await
            .contains("だれに紙を渡したかの記録がありません")
    );
    let given = "paper=neighbours&holder=【デモ】自治会長&version=1&given_on=2026-11-20&print_number=p-7f3k-2m9q";
    officer.does(papers, given).await;
    officer
        .does(
            papers,
            "paper=rescue&holder=【デモ】消防署&version=1&given_on=2026-11-20",
        )
        .await;
    let owed = "新しい版があります";
    let page = officer.page(PAGE).await;
    assert!(page.contains("【デモ】自治会長") && page.contains("P-7F3K-2M9Q"));
    assert!(!page.contains(owed));
    for (form, status) in [
        (
            "paper=family&holder=x&version=9&given_on=2026-11-20",
            StatusCode::CONFLICT,
        ),
        (
            "paper=family&holder=x&version=1&given_on=2027-11-20",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "paper=family&holder=&version=1&given_on=2026-11-20",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "paper=kite&holder=x&version=1&given_on=2026-11-20",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(officer.post(papers, form).await.0, status, "{form}");
    }
    a_new_version(&app).await;
    assert_eq!(officer.page(PAGE).await.matches(owed).count(), 2);
    let id = case_id(&app, "X-1001").await;
    let held = async || {
        let mut tx = app.store.read().await.expect("a unit of work");
        tx.papers_of(id).await.expect("papers")
    };
    let before = held().await;
    let path = |at: usize| format!("{papers}/{}", before[at].id);
    officer.does(&path(0), "act=replaced").await;
    officer.does(&path(1), "act=collected").await;
    assert_eq!(
        officer.post(&path(0), "act=replaced").await.0,
        StatusCode::CONFLICT
    );
    let after = held().await;
    let now: Vec<_> = after.iter().filter(|one| one.ended.is_none()).collect();
    assert_eq!(now.len(), 1);
    assert_eq!(
        (now[0].holder.as_str(), now[0].version),
        ("【デモ】自治会長", 2)
    );
    let page = officer.page(PAGE).await;
    assert!(!page.contains(owed) && page.contains("もう持っていない紙"));
}

async fn a_protected_address_leaves_the_days_alone(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let place = officer.place("X-1001").await;
    officer
        .does(PAGE, &format!("held_on=2026-11-20&people=【デモ】自治会&minutes=41&to={place}&failed-0=【デモ】段差&part-0=family&mend_by-0=2026-12-01"))
        .await;
    officer
        .does(
            "/plans/X-1001/papers",
            "paper=family&holder=【デモ】隣人&version=1&given_on=2026-11-20",
        )
        .await;
    let (cookie, named) = session_and_account(&app, Role::Municipality, Some("43203"), None).await;
    let named_officer = Staff {
        cookie,
        ..Staff::officer(&app).await
    };
    let protect = format!("named={named}&act=protect");
    named_officer
        .does("/plans/X-1001/protection", &protect)
        .await;
    // The one who is named reads what was written, and no minutes.
    let page = named_officer.page(PAGE).await;
    assert!(page.contains("【デモ】自治会") && page.contains("【デモ】隣人"));
    assert!(!page.contains("41分") && page.contains("住所が保護されている"));
    // Whoever is not reads the day, and writes nothing.
    let page = officer.page(PAGE).await;
    assert!(page.contains("2026-11-20"));
    for word in [
        "【デモ】自治会",
        "【デモ】隣人",
        "【デモ】段差",
        "41分",
        "【デモ】親戚宅",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(!officer.page("/plans/X-1001").await.contains("【デモ】段差"));
    let (status, _) = officer.post(PAGE, "held_on=2026-11-21&people=x").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

/// Children with plans, in the order of their readings あ, い, う, え.
const FOUR: &str = "整理番号,市町村,氏名,フリガナ,生年月日,緯度,経度,位置の精度,計画,計画日,避難先1_種別,避難先1_名称\n\
     X-2001,43203,【デモ】え,エ,2020-01-01,32.2105,130.7505,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅\n\
     X-2002,43203,【デモ】う,ウ,2020-01-01,32.2105,130.7505,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅\n\
     X-2003,43203,【デモ】い,イ,2020-01-01,32.2105,130.7505,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅\n\
     X-2004,43203,【デモ】あ,ア,2020-01-01,32.2105,130.7505,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅\n";

async fn the_list_has_those_never_practised_first_then_the_longest_ago(db: Database) {
    let app = crate::demo::app(&db).await;
    let officer = Staff::officer(&app).await;
    assert!(
        officer
            .page("/drills")
            .await
            .contains("ここに出る計画はありません")
    );
    assert_eq!(import_text(&app, FOUR).await.accepted, 4);
    let since = counts_from(app.clock.today());
    let before = since.pred_opt().expect("a day");
    let long_ago = "2024-02-01";
    for (case, on) in [
        ("X-2001", since.to_string()),
        ("X-2002", before.to_string()),
        ("X-2003", long_ago.to_owned()),
    ] {
        let form = format!(
            "held_on={on}&people=x&failed-0=y&part-0=family&mend_by-0={}",
            app.clock.today()
        );
        officer.does(&format!("/plans/{case}/drills"), &form).await;
    }
    let order = |page: &str| {
        let mut cases: Vec<(usize, &str)> = Vec::new();
        for case in ["X-2001", "X-2002", "X-2003", "X-2004"] {
            cases.extend(
                page.find(&format!("/plans/{case}/drills"))
                    .map(|at| (at, case)),
            );
        }
        cases.sort_unstable();
        cases.into_iter().map(|(_, case)| case).collect::<Vec<_>>()
    };
    let page = officer.page("/drills").await;
    assert_eq!(order(&page), ["X-2004", "X-2003", "X-2002"]);
    assert_eq!(page.matches(NEVER).count(), 1);
    assert!(page.contains(long_ago) && page.contains("1件"));
    // A drill that was struck out was none; two never practised stand by their names.
    let drill = drill_ids(&app, "X-2001").await[0].clone();
    officer
        .does(&format!("/plans/X-2001/drills/{drill}/strike"), "why=z")
        .await;
    let page = officer.page("/drills").await;
    assert_eq!(order(&page), ["X-2004", "X-2001", "X-2003", "X-2002"]);
    // Other towns see theirs alone; where to look it up is told.
    let stranger = Staff::of(&app, Role::Municipality, Some("43202")).await;
    assert!(order(&stranger.page("/drills").await).is_empty());
    for path in ["/children", "/municipality"] {
        assert!(
            officer.page(path).await.contains("href=\"/drills\""),
            "{path}"
        );
    }
    let night = Staff::of(&app, Role::NightDuty, Some("43203")).await;
    assert_eq!(night.get("/drills").await.0, StatusCode::NOT_FOUND);
    assert!(!night.page("/children").await.contains("href=\"/drills\""));
}
