//! The life of a plan: written by several people, agreed to, returned, approved, given
//! out, and looked at again.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        duty::MailKind,
        finding::{Outcome, RuleCode},
        plan::course::Stage,
        residence::Sight,
        warning::EvacuationLevel,
    },
    service::check,
    store::{StoredDraft, TrailFilter},
    web,
};

use crate::{
    access::{ask, assign, session, session_and_account, words},
    freshness::{SHEET, filled},
    moves::number,
    power::form_urlencoded,
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_plan_goes_from_nothing_to_an_approval_with_gaps_and_comes_back,
    what_is_in_force_stays_so_until_the_next_is_approved,
    two_who_write_one_step_are_told_and_two_steps_do_not_meet,
    no_step_is_taken_out_of_turn,
    a_family_reads_and_agrees_and_decides_nothing,
    an_override_has_a_name_a_reason_and_an_end,
    a_plan_is_given_on_a_basis_alone,
    a_sheet_writes_over_no_plan_that_was_approved,
    what_a_municipality_asks_for_stands_in_the_plan,
    whoever_asked_to_be_taken_out_is_in_no_draft,
    what_cannot_be_kept_is_refused_by_its_field,
    a_plan_on_paper_is_entered_on_one_page,
    whoever_wrote_a_draft_is_told_that_it_was_returned,
);

/// Somebody at the pages.
pub(crate) struct At<'a> {
    pub(crate) app: &'a App,
    pub(crate) cookie: String,
    pub(crate) case: &'a str,
}

impl<'a> At<'a> {
    pub(crate) async fn town(app: &'a App, case: &'a str) -> Self {
        Self {
            app,
            cookie: session(app, Role::Municipality, Some("43203"), None).await,
            case,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let path = format!("/plans/{}{path}", self.case);
        let router = web::router(self.app.clone());
        words(ask(&router, "GET", &path, &self.cookie, "").await).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let path = format!("/plans/{}{path}", self.case);
        let form = format!("{}&key={}", form_urlencoded(fields), self.app.ids.next());
        let router = web::router(self.app.clone());
        let answer = ask(&router, "POST", &path, &self.cookie, &form).await;
        (answer.status(), words(answer).await)
    }

    pub(crate) async fn done(&self, path: &str, fields: &[(&str, &str)]) {
        let (status, page) = self.post(path, fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {page}");
    }

    pub(crate) async fn refused(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (status, page) = self.post(path, fields).await;
        assert!(status.is_client_error(), "{path}: {status} {page}");
        page
    }

    pub(crate) async fn draft(&self) -> Option<StoredDraft> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        let case = tx.case_of_number(&number(self.case)).await;
        let case = case.expect("a look-up").expect("a case");
        tx.open_draft(case).await.expect("a look-up")
    }

    pub(crate) async fn revision(&self) -> String {
        let draft = self.draft().await.expect("a draft");
        draft.revision.to_string()
    }

    /// Does something that names the revision.
    pub(crate) async fn act(&self, path: &str, fields: &[(&str, &str)]) {
        let revision = self.revision().await;
        let mut all = fields.to_vec();
        all.push(("revision", &revision));
        self.done(path, &all).await;
    }

    pub(crate) async fn stage(&self) -> Option<Stage> {
        self.draft().await.map(|draft| draft.stage)
    }

    /// The number of the version in force.
    pub(crate) async fn version(&self) -> Option<u32> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        let case = tx.case_of_number(&number(self.case)).await;
        let case = case.expect("a look-up").expect("a case");
        tx.version_in_force(case).await.expect("a look-up")
    }

    pub(crate) async fn agree_and_hand_in(&self) {
        let agreed = [
            ("agreed_by", "母"),
            ("agreed_on", "2026-11-19"),
            ("how", "telephone"),
        ];
        self.act("/agree", &agreed).await;
        self.act("/hand-in", &[]).await;
    }

    /// Approves what the page shows, with every gap settled.
    pub(crate) async fn approve(&self) -> (StatusCode, String) {
        let page = self.get("/decide").await;
        let seen = between(&page, "name=\"seen\" value=\"");
        let mut fields = vec![
            ("seen".to_owned(), seen),
            ("accepts".to_owned(), "1".to_owned()),
        ];
        for rest in page.split("name=\"gap\" value=\"").skip(1) {
            let code = rest.split('"').next().expect("its end");
            let code = code.replace("&#38;", "&");
            fields.push(("gap".to_owned(), code.clone()));
            for (part, value) in [
                ("owner", "coordinator"),
                ("who", "【デモ】担当"),
                ("until", "2027-02-01"),
                ("interim", "早めに電話する"),
            ] {
                fields.push((format!("gap/{code}/{part}"), value.to_owned()));
            }
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post("/approve", &fields).await
    }

    pub(crate) async fn approved(&self) {
        let (status, page) = self.approve().await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }

    pub(crate) async fn outcome(&self, rule: RuleCode) -> Option<Outcome> {
        let today = self.app.moment().today;
        let case = number(self.case);
        let checked = check::one(self.app, &Reader::Operator, &case, today, Sight::Usual);
        let checked = checked.await.expect("it is read").expect("it is there");
        let mut all = checked.look.findings.iter();
        all.find(|found| found.rule == rule)
            .map(|found| found.outcome)
    }

    pub(crate) async fn write_all(&self) {
        for (step, fields) in STEPS {
            self.act(&format!("/draft/{step}"), fields).await;
        }
    }
}

/// What was done to a child.
pub(crate) async fn done_to(app: &App, case: &str) -> Vec<Action> {
    let mut tx = app.store.read().await.expect("a unit of work");
    let filter = TrailFilter {
        case: Some(number(case)),
        ..TrailFilter::default()
    };
    let rows = tx.trail(&Reader::Operator, &filter).await;
    let rows = rows.expect("the trail");
    rows.iter().map(|row| row.event.action).collect()
}

pub(crate) fn between(page: &str, before: &str) -> String {
    let rest = page.split_once(before).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split('"').next());
    found
        .unwrap_or_else(|| panic!("{before} in {page}"))
        .to_owned()
}

/// What a whole plan says, step by step.
pub(crate) const STEPS: [(&str, &[(&str, &str)]); 6] = [
    (
        "home",
        &[
            ("/child/name", "【デモ】三"),
            ("/child/born", "令和2年1月1日"),
            ("/child/sex", "female"),
            ("/child/reason", "人工呼吸器を24時間使用"),
            ("/child/address", "【デモ】町3-3"),
            ("/child/on_roster", "yes"),
            ("/child/contacts/0/who", "母"),
            ("/child/contacts/0/value", "000-0000-0003"),
            ("/home/room_floor", "２階"),
            ("/particulars/considerations", "walking"),
        ],
    ),
    (
        "where",
        &[
            ("/destinations/0/kind", "relative"),
            ("/destinations/0/name", "【デモ】おばの家"),
            ("/destinations/0/address", "【デモ】町9-9"),
            ("/destinations/0/route", "国道を通る"),
            ("/destinations/0/travel_by", "car"),
            ("/destinations/0/family_minutes", "30分"),
            ("/destinations/1/kind", "hospital"),
            ("/destinations/1/name", "【デモ】病院"),
            ("/destinations/1/route", "県道を通る"),
            ("/triggers/0/hazard", "flood"),
            ("/triggers/0/level", "3"),
            ("/early_trigger", "前日の昼"),
            ("/vehicle", "母の車"),
        ],
    ),
    (
        "who",
        &[
            ("/supporters/0/name", "【デモ】母"),
            ("/supporters/0/relation", "母"),
            ("/supporters/0/address", "【デモ】町3-3"),
            ("/supporters/0/contact", "000-0000-0003"),
            ("/supporters/0/can_carry", "yes"),
            ("/supporters/0/agreed", "yes"),
            ("/supporters/1/name", "【デモ】となり"),
            ("/supporters/1/relation", "近所"),
            ("/supporters/1/contact", "000-0000-0004"),
            ("/supporters/1/can_carry", "yes"),
            ("/supporters/1/agreed", "yes"),
        ],
    ),
    (
        "too-late",
        &[
            ("/too_late/room", "2階の寝室"),
            ("/too_late/take", "予備のバッテリー"),
            ("/too_late/call", "119"),
        ],
    ),
    (
        "take",
        &[("/particulars/take_along", "呼吸器\n吸引器\n蘇生バッグ")],
    ),
    (
        "consents",
        &[
            ("/consents/explained/on", "2026-11-01"),
            ("/consents/make/given", "yes"),
            ("/consents/make/on", "2026-11-02"),
            ("/consents/make/by", "母"),
            ("/consents/provide/0/recipient", "fire_service"),
            ("/consents/provide/0/name", "【デモ】消防署"),
            ("/consents/provide/0/consent/given", "yes"),
            ("/consents/provide/0/consent/on", "2026-11-02"),
        ],
    ),
];

async fn a_plan_goes_from_nothing_to_an_approval_with_gaps_and_comes_back(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    assert!(town.get("/course").await.contains("計画を書き始める"));
    town.done("/draft", &[]).await;
    // The child has no plan, and the step where that is stuck is told.
    assert!(town.get("").await.contains("作成中"), "stuck");
    town.write_all().await;
    assert_eq!(town.stage().await, Some(Stage::Draft));
    let said = town.draft().await.and_then(|draft| draft.document);
    let said = said.expect("what it says");
    assert_eq!(said.child.born, "2020-01-01".parse().ok(), "an era is read");
    assert_eq!(said.home.room_floor, Some(2));
    assert_eq!(said.destinations.len(), 2);
    assert_eq!(said.destinations[0].family_minutes, Some(30));
    assert_eq!(said.triggers[0].level.map(EvacuationLevel::number), Some(3));
    town.agree_and_hand_in().await;
    assert_eq!(town.stage().await, Some(Stage::Submitted));
    assert_eq!(town.version().await, None, "nothing is in force");
    // Returned: what is to be mended is named.
    let revision = town.revision().await;
    let nothing = [("revision", revision.as_str())];
    let page = town.refused("/return", &nothing).await;
    assert!(page.contains("少なくとも1つ"), "{page}");
    let defect = [
        ("defect/0/step", "too-late"),
        ("defect/0/words", "夜の電話番号も"),
    ];
    town.act("/return", &defect).await;
    assert_eq!(town.stage().await, Some(Stage::Returned));
    assert!(town.get("/draft/too-late").await.contains("夜の電話番号も"));
    assert!(!town.get("/draft/take").await.contains("夜の電話番号も"));
    let mended = [
        ("/too_late/room", "2階の寝室"),
        ("/too_late/call", "119、夜は000-0000-0009"),
    ];
    town.act("/draft/too-late", &mended).await;
    assert_eq!(town.stage().await, Some(Stage::Returned), "it waits on");
    town.agree_and_hand_in().await;
    // The correction is a difference.
    let page = town.get("/decide").await;
    assert!(page.contains("夜は000-0000-0009"), "{page}");
    assert!(page.contains("<del>予備のバッテリー</del>"), "{page}");
    // A gap without a day stops it.
    let seen = between(&page, "name=\"seen\" value=\"");
    let bare = [("seen", seen.as_str()), ("accepts", "1")];
    let page = town.refused("/approve", &bare).await;
    assert!(page.contains("いつまでに直し"), "{page}");
    assert_eq!(town.version().await, None);
    // And so does what nobody has read.
    let unread = [("seen", seen.as_str())];
    let page = town.refused("/approve", &unread).await;
    assert!(page.contains("承知した"), "{page}");
    town.approved().await;
    assert_eq!(town.version().await, Some(1));
    assert_eq!(town.stage().await, None);
    let page = town.get("/course").await;
    assert!(page.contains("承認（不足あり）"), "{page}");
    assert!(page.contains("早めに電話する"), "{page}");
    assert!(page.contains("2027-02-01"), "{page}");
    assert_eq!(town.outcome(RuleCode::Rev02).await, Some(Outcome::Holds));
    assert_eq!(town.outcome(RuleCode::Leg00).await, Some(Outcome::Holds));
    let refreshed = check::refresh(&app, &Reader::Operator).await;
    refreshed.expect("judged");
    // Something happens: it is back on the list, with what has changed.
    let drill = [
        ("held_on", "2026-11-20"),
        ("people", "【デモ】自治会 3人"),
        ("to", ""),
    ];
    town.done("/drills", &drill).await;
    let router = web::router(app.clone());
    let list = ask(&router, "GET", "/plans", &town.cookie, "").await;
    let list = words(list).await;
    assert!(list.contains("X-1003"), "{list}");
    assert_eq!(town.version().await, Some(1), "it is in force meanwhile");
}

async fn what_is_in_force_stays_so_until_the_next_is_approved(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1001").await;
    assert_eq!(town.version().await, Some(1));
    town.done("/draft", &[]).await;
    town.write_all().await;
    assert_eq!(town.version().await, Some(1));
    assert!(town.get("").await.contains("【デモ】親戚宅"), "the old one");
    // What differs is told before anything is in force.
    let page = town.get("/versions?from=1&to=draft").await;
    assert!(page.contains("【デモ】おばの家"), "{page}");
    town.agree_and_hand_in().await;
    assert!(town.get("/decide").await.contains("【デモ】おばの家"));
    town.approved().await;
    assert_eq!(town.version().await, Some(2));
    let page = town.get("").await;
    assert!(page.contains("【デモ】おばの家"), "{page}");
    let page = town.get("/versions").await;
    assert!(
        page.contains("【デモ】親戚宅"),
        "every version is kept: {page}"
    );
    assert!(town.get("/versions/1").await.contains("【デモ】親戚宅"));
    // The page of an approval that somebody has open shows nothing that is still so.
    let page = town
        .refused("/approve", &[("seen", "0"), ("accepts", "1")])
        .await;
    assert!(page.contains("読み直して"), "{page}");
    assert_eq!(town.version().await, Some(2));
}

async fn two_who_write_one_step_are_told_and_two_steps_do_not_meet(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let (cookie, user) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, "X-1003", user).await;
    let other = At {
        app: &app,
        cookie,
        case: "X-1003",
    };
    town.done("/draft", &[]).await;
    let was = town.revision().await;
    assert!(town.get("/draft/take").await.contains("持っていくもの"));
    // Whoever opens it next is told.
    let page = other.get("/draft/take").await;
    assert!(page.contains("ほかの人もこの案を開いています"), "{page}");
    let mine = [
        ("/particulars/take_along", "吸引器"),
        ("revision", was.as_str()),
    ];
    town.done("/draft/take", &mine).await;
    let theirs = [
        ("/particulars/take_along", "呼吸器"),
        ("revision", was.as_str()),
    ];
    let (status, page) = other.post("/draft/take", &theirs).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        page.contains("吸引器") && page.contains("呼吸器"),
        "both: {page}"
    );
    let kept = || async {
        let document = town.draft().await.and_then(|draft| draft.document);
        let beside = document.and_then(|document| document.particulars);
        beside.map(|beside| beside.take_along)
    };
    assert_eq!(kept().await, Some(vec!["吸引器".to_owned()]));
    // They have seen it, and save again what the page now names.
    let now = between(&page, "name=\"revision\" value=\"");
    let again = [
        ("/particulars/take_along", "吸引器\n呼吸器"),
        ("revision", now.as_str()),
    ];
    other.done("/draft/take", &again).await;
    assert_eq!(kept().await.map(|all| all.len()), Some(2));
    // Another step under an old revision meets nobody.
    let late = [("/too_late/room", "2階"), ("revision", was.as_str())];
    town.done("/draft/too-late", &late).await;
    assert_eq!(
        kept().await.map(|all| all.len()),
        Some(2),
        "nothing is lost"
    );
}

async fn no_step_is_taken_out_of_turn(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    // Nothing is there to act on.
    for path in ["/agree", "/hand-in", "/take-back", "/return", "/approve"] {
        let fields = [
            ("revision", "1"),
            ("agreed_on", "2026-11-19"),
            ("agreed_by", "母"),
            ("seen", "x"),
        ];
        town.refused(path, &fields).await;
    }
    town.done("/draft", &[]).await;
    town.write_all().await;
    let revision = town.revision().await;
    let at = [
        ("revision", revision.as_str()),
        ("seen", "x"),
        ("accepts", "1"),
    ];
    for path in ["/hand-in", "/take-back", "/return", "/approve"] {
        town.refused(path, &at).await;
        assert_eq!(town.stage().await, Some(Stage::Draft), "{path}");
    }
    // A day to come, and nobody: no agreement.
    for (by, on) in [("母", "2026-12-24"), ("", "2026-11-19"), ("母", "いつか")] {
        let fields = [
            ("revision", revision.as_str()),
            ("agreed_by", by),
            ("agreed_on", on),
        ];
        town.refused("/agree", &fields).await;
    }
    town.agree_and_hand_in().await;
    // Nobody writes while the municipality looks.
    let revision = town.revision().await;
    let late = [("/too_late/room", "1階"), ("revision", revision.as_str())];
    let page = town.refused("/draft/too-late", &late).await;
    assert!(page.contains("取り下げる"), "{page}");
    town.act("/take-back", &[]).await;
    assert_eq!(town.stage().await, Some(Stage::Agreed));
    // What the family agreed to is written on: it is a draft again.
    town.act("/draft/too-late", &[("/too_late/room", "3階")])
        .await;
    assert_eq!(town.stage().await, Some(Stage::Draft));
    // An approval that was sent for an older page is none.
    town.agree_and_hand_in().await;
    let page = town.get("/decide").await;
    let seen = between(&page, "name=\"seen\" value=\"");
    town.act("/take-back", &[]).await;
    town.act("/draft/too-late", &[("/too_late/room", "4階")])
        .await;
    town.agree_and_hand_in().await;
    town.refused("/approve", &[("seen", &seen), ("accepts", "1")])
        .await;
    assert_eq!(town.version().await, None);
    // Another municipality, and a coordinator, decide nothing.
    let other = At {
        app: &app,
        cookie: session(&app, Role::Municipality, Some("43202"), None).await,
        case: "X-1003",
    };
    let (status, _) = other.approve_blindly().await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (cookie, user) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, "X-1003", user).await;
    let other = At {
        app: &app,
        cookie,
        case: "X-1003",
    };
    let (status, _) = other.approve_blindly().await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(town.version().await, None);
}

impl At<'_> {
    async fn approve_blindly(&self) -> (StatusCode, String) {
        self.post("/approve", &[("seen", "x"), ("accepts", "1")])
            .await
    }
}

async fn a_family_reads_and_agrees_and_decides_nothing(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1001").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    let family = At {
        app: &app,
        cookie: session(&app, Role::Family, None, Some("X-1001")).await,
        case: "X-1001",
    };
    let page = family.get("/draft").await;
    assert!(page.contains("【デモ】おばの家"), "{page}");
    assert!(
        !page.contains("PWR-") && !page.contains("承認不可"),
        "{page}"
    );
    let revision = town.revision().await;
    let at = [("revision", revision.as_str())];
    for path in ["/hand-in", "/draft/take", "/return", "/give-up"] {
        let (status, _) = family.post(path, &at).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    family.done("/agree", &at).await;
    assert_eq!(town.stage().await, Some(Stage::Agreed));
    let page = town.get("/course").await;
    assert!(page.contains("ご家族が同意した"), "{page}");
    // What they agreed to was another text: that is no agreement.
    town.act("/draft/take", &[("/particulars/take_along", "水")])
        .await;
    let (status, _) = family.post("/agree", &at).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

async fn an_override_has_a_name_a_reason_and_an_end(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    // Leaving at level 4 is too late, and so it travels when it should not.
    let late = [
        ("/too_late/room", "2階"),
        ("/too_late/leaves_home", "yes"),
        ("/too_late/call", "119"),
    ];
    town.act("/draft/too-late", &late).await;
    town.agree_and_hand_in().await;
    let (status, page) = town.approve().await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert!(page.contains("例外を認めて"), "{page}");
    let over = |reason: &'static str, until: &'static str| {
        [
            ("rule", "LVL-04"),
            ("hazard", ""),
            ("site", ""),
            ("reason", reason),
            ("until", until),
        ]
    };
    for (reason, until) in [
        ("", "2026-12-31"),
        ("隣が避難所", ""),
        ("隣が避難所", "2026-11-01"),
        ("隣が避難所", "2028-01-01"),
    ] {
        town.refused("/override", &over(reason, until)).await;
    }
    // What the law asks for is no matter of opinion.
    let law = [
        ("rule", "LEG-01"),
        ("hazard", ""),
        ("site", ""),
        ("reason", "x"),
        ("until", "2026-12-31"),
    ];
    let page = town.refused("/override", &law).await;
    assert!(page.contains("例外を認められません"), "{page}");
    town.done("/override", &over("隣が避難所", "2026-12-31"))
        .await;
    let page = town.get("/decide").await;
    assert!(page.contains("隣が避難所"), "{page}");
    town.approved().await;
    // It stands on the plan, and ends with its day.
    assert!(town.get("").await.contains("隣が避難所"));
    let mut later = app.clone();
    let now = "2027-01-01T03:00:00Z".parse().expect("an instant");
    later.clock = std::sync::Arc::new(tomoshibi::clock::ManualClock::new(now));
    let approvable = |app: App| async move {
        let today = app.moment().today;
        let case = number("X-1003");
        let checked = check::one(&app, &Reader::Operator, &case, today, Sight::Usual);
        checked
            .await
            .expect("read")
            .expect("there")
            .look
            .approvable()
    };
    assert!(approvable(app.clone()).await);
    assert!(!approvable(later).await, "its day is over");
    // Or before it, when somebody ends it.
    let page = town.get("/course").await;
    let (_, form) = page
        .split_once("/override/end\">")
        .expect("the form that ends it");
    let id = between(form, "name=\"id\" value=\"");
    town.done("/override/end", &[("id", &id)]).await;
    assert!(!approvable(app.clone()).await);
    let actions = done_to(&app, "X-1003").await;
    assert!(actions.contains(&Action::OverrodeFinding));
    assert!(actions.contains(&Action::EndedOverride));
}

async fn a_plan_is_given_on_a_basis_alone(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    town.agree_and_hand_in().await;
    town.approved().await;
    let given = |to: &'static str, name: &'static str, on: &'static str| {
        [("recipient", to), ("name", name), ("given_on", on)]
    };
    // Nobody whom the plan does not name, and on no day to come.
    let page = town
        .refused("/give", &given("police", "", "2026-11-20"))
        .await;
    assert!(page.contains("計画に書かれていない"), "{page}");
    let fire = "【デモ】消防署";
    town.refused("/give", &given("fire_service", fire, "2026-12-24"))
        .await;
    town.done("/give", &given("fire_service", fire, "2026-11-20"))
        .await;
    let page = town.get("/course").await;
    assert!(page.contains("同意（第49条の15第2項）"), "{page}");
    assert!(page.contains("共有済み"), "{page}");
    // Written down by mistake: struck out, and still to be seen.
    let (_, form) = page.split_once("/give/strike\">").expect("a form");
    let id = between(form, "name=\"id\" value=\"");
    town.done("/give/strike", &[("id", &id)]).await;
    assert!(town.get("/course").await.contains("<del>"));
    // A supporter who has not agreed stops what rests on consent.
    town.done("/draft", &[]).await;
    let mut who = STEPS[2].1.to_vec();
    who.retain(|(name, _)| *name != "/supporters/1/agreed");
    town.act("/draft/who", &who).await;
    town.agree_and_hand_in().await;
    town.approved().await;
    let page = town
        .refused("/give", &given("fire_service", fire, "2026-11-20"))
        .await;
    assert!(page.contains("同意していない支援者"), "{page}");
}

async fn a_sheet_writes_over_no_plan_that_was_approved(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1001").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    town.agree_and_hand_in().await;
    town.approved().await;
    let other = SHEET.replace("【デモ】親戚宅", "【デモ】別の家");
    let report = import_text(&app, &other).await;
    let said: Vec<&str> = report
        .warnings
        .iter()
        .map(|note| note.reason.as_str())
        .collect();
    assert!(
        said.iter().any(|reason| reason.contains("承認")),
        "{said:?}"
    );
    assert_eq!(town.version().await, Some(2));
    assert!(town.get("").await.contains("【デモ】おばの家"));
    // Of another child, whose plan came by sheets alone, it is taken.
    let town = At {
        app: &app,
        cookie: session(&app, Role::Municipality, Some("43202"), None).await,
        case: "X-1002",
    };
    assert_eq!(town.version().await, Some(2));
    assert!(town.get("").await.contains("【デモ】別の家"));
}

async fn what_a_municipality_asks_for_stands_in_the_plan(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let router = web::router(app.clone());
    let set = |items: &'static str| {
        let form = form_urlencoded(&[("items", items)]);
        format!("{form}&key={}", app.ids.next())
    };
    let path = "/municipality/items";
    let many = ask(&router, "POST", path, &town.cookie, &set(TOO_MANY)).await;
    assert_eq!(many.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let kept = ask(
        &router,
        "POST",
        path,
        &town.cookie,
        &set("自治会の名前\n班"),
    )
    .await;
    assert_eq!(kept.status(), StatusCode::OK);
    town.done("/draft", &[]).await;
    let page = town.get("/draft/home").await;
    assert!(page.contains("自治会の名前"), "{page}");
    let mut home = STEPS[0].1.to_vec();
    home.extend([
        ("municipal_item", "自治会の名前"),
        ("municipal_says", "【デモ】東区自治会"),
    ]);
    town.act("/draft/home", &home).await;
    assert!(town.get("/draft").await.contains("【デモ】東区自治会"));
}

/// Twenty-one lines.
const TOO_MANY: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21";

async fn whoever_asked_to_be_taken_out_is_in_no_draft(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1001").await;
    town.done("/draft", &[]).await;
    assert!(town.get("/draft/who").await.contains("【デモ】手伝い"));
    let page = town.get("").await;
    let (_, form) = page.split_once("/supporters/withdrawn\"").expect("a form");
    let name = |field: &str| between(form, &format!("name=\"{field}\" value=\""));
    let (ordinal, person) = (name("ordinal"), name("person"));
    let out = [
        ("ordinal", ordinal.as_str()),
        ("person", person.as_str()),
        ("on", "2026-11-20"),
        ("how", "telephone"),
    ];
    let (status, page) = town.post("/supporters/withdrawn", &out).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for path in ["/draft/who", "/draft", "/versions", "/versions/draft"] {
        let page = town.get(path).await;
        assert!(!page.contains("【デモ】手伝い"), "{path}: {page}");
    }
}

async fn what_cannot_be_kept_is_refused_by_its_field(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    for (step, fields, why) in [
        (
            "home",
            vec![("/child/born", "2020-13-40")],
            "暦にありません",
        ),
        ("home", vec![("/home/room_floor", "屋根裏")], "階を数字で"),
        (
            "home",
            vec![("/child/contacts/0/who", "母")],
            "ここも記入して",
        ),
        (
            "where",
            vec![("/destinations/0/name", "どこか")],
            "ここも記入して",
        ),
        ("where", vec![("/preparation_minutes", "-5")], "数字だけ"),
        (
            "where",
            vec![("/destinations/0/kind", "castle")],
            "選び直して",
        ),
        ("power", vec![("/battery_hours", "八")], "数字だけ"),
        (
            "consents",
            vec![("/consents/make/by", "母")],
            "ここも記入して",
        ),
    ] {
        let revision = town.revision().await;
        let mut all = fields.clone();
        all.push(("revision", &revision));
        let page = town.refused(&format!("/draft/{step}"), &all).await;
        assert!(page.contains(why), "{step} {fields:?}: {page}");
        assert_eq!(town.revision().await, revision, "nothing was kept");
        // What was typed is still there.
        assert!(page.contains(fields[0].1) || step == "where", "{page}");
    }
}

/// What a plan on paper says.
const ON_PAPER: &[(&str, &str)] = &[
    ("/child/name", "【デモ】三"),
    ("/child/born", "令和2年1月1日"),
    ("/child/sex", "female"),
    ("/child/address", "【デモ】町3-3"),
    ("/child/reason", "人工呼吸器を24時間使用"),
    ("/child/contacts/0/value", "000-0000-0003"),
    ("/destinations/0/kind", "hospital"),
    ("/destinations/0/name", "【デモ】病院"),
    ("/destinations/0/route", "県道を通る"),
    ("/supporters/0/name", "【デモ】母"),
    ("/supporters/0/address", "【デモ】町3-3"),
    ("/supporters/0/contact", "000-0000-0003"),
    ("/consents/make/given", "yes"),
    ("/consents/make/on", "2026-11-02"),
    ("unread", "triggers"),
];

async fn a_plan_on_paper_is_entered_on_one_page(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let path = "/plans/X-1003/draft";
    let begun = format!("paper=1&key={}", app.ids.next());
    let router = web::router(app.clone());
    let answer = ask(&router, "POST", path, &town.cookie, &begun).await;
    assert_eq!(answer.headers()["location"], "/plans/X-1003/draft/paper");
    let page = town.get("/draft/paper").await;
    assert!(page.contains("紙の計画を横に置き"), "{page}");
    // Somebody writes a step that the paper has no word about: the two do not meet.
    let was = town.revision().await;
    town.act("/draft/take", STEPS[4].1).await;
    let mut fields = ON_PAPER.to_vec();
    fields.push(("revision", &was));
    // Nothing of it is kept where something cannot be read.
    let mut bad = fields.clone();
    bad.push(("/triggers/0/level", "9"));
    let page = town.refused("/draft/paper", &bad).await;
    assert!(page.contains("【デモ】病院"), "what was typed is there");
    town.done("/draft/paper", &fields).await;
    let document = town.draft().await.and_then(|draft| draft.document);
    let document = document.expect("what it says");
    assert_eq!(
        document.destinations[0].name.as_deref(),
        Some("【デモ】病院")
    );
    assert_eq!(document.supporters.len(), 1);
    assert!(document.consents.make.is_some_and(|make| make.given));
    let beside = document.particulars.expect("the other step");
    assert_eq!(beside.take_along.len(), 3);
    // What it lacks is said: nobody else who carries, no explanation, no way out too late.
    let page = town.get("/draft/paper").await;
    assert!(page.contains("説明"), "{page}");
    assert!(town.get("/draft").await.contains("紙の計画を1ページで"));
    // Two who enter it at once are told, as in a step.
    let (status, page) = town
        .post("/draft/paper", &{
            let mut again = ON_PAPER.to_vec();
            again.push(("/too_late/room", "2階"));
            again.push(("revision", &was));
            again
        })
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    // The step shows what was entered, and writes on it.
    let page = town.get("/draft/where").await;
    assert!(page.contains("【デモ】病院"), "{page}");
}

async fn whoever_wrote_a_draft_is_told_that_it_was_returned(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let (cookie, user) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, "X-1003", user).await;
    let writer = At {
        app: &app,
        cookie,
        case: "X-1003",
    };
    writer.done("/draft", &[]).await;
    writer.write_all().await;
    writer.agree_and_hand_in().await;
    let mails = || async {
        let mut tx = app.store.read().await.expect("a unit of work");
        let all = tx.mails(None, 100).await.expect("the outbox");
        let mine = all
            .into_iter()
            .filter(|mail| mail.kind == MailKind::Returned);
        mine.map(|mail| mail.subject.unwrap_or_default())
            .collect::<Vec<_>>()
    };
    assert_eq!(mails().await, Vec::<String>::new());
    let defect = [
        ("defect/0/step", "too-late"),
        ("defect/0/words", "夜の電話番号も"),
    ];
    town.act("/return", &defect).await;
    let told = mails().await;
    assert_eq!(told.len(), 1, "the writer alone, once: {told:?}");
    assert!(told[0].contains("X-1003"), "{told:?}");
    // Whoever returns their own draft is told nothing.
    town.act("/draft/take", STEPS[4].1).await;
    writer.agree_and_hand_in().await;
    town.act("/return", &defect).await;
    assert_eq!(
        mails().await.len(),
        2,
        "the coordinator again, and nobody else"
    );
}
