//! The family's own page: what to do, and what is told with one tap.

use axum::{
    Router,
    http::{StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        duty::{DutyKind, TaskKind},
    },
    service::{
        family::{self, Told},
        reminders,
    },
    store::StaffTask,
    web,
};

use crate::{
    access::{ask, session, session_and_account, words},
    reminders::Lent,
    support::engines::Database,
};

crate::on_every_engine!(
    the_page_begins_with_the_power_cut_and_what_is_known,
    what_is_to_be_done_is_told_with_one_tap_and_the_reminders_stop,
    looking_at_a_form_tells_nothing,
    an_emergency_reaches_staff_at_once_and_says_nothing_of_the_child,
    an_old_call_for_help_that_is_taken_back_does_not_unsay_the_new_one,
    what_was_pressed_by_mistake_is_taken_back,
    a_run_is_asked_for_after_a_month_and_reminded_of_after_two,
    a_generator_that_does_not_run_is_the_centres_task,
    an_address_is_changed_by_the_family_and_the_old_one_is_told,
    after_a_death_the_page_is_quiet,
    readings_stand_above_the_words_for_whoever_asks,
    no_family_is_sent_to_a_place_that_the_rules_refuse,
    a_check_that_nobody_holds_is_one_thing_to_do_however_many_years,
    fuel_is_renewed_half_a_year_after_it_was_bought,
);

/// A family that comes to its page on a day.
struct Family {
    app: App,
    router: Router,
    cookie: String,
}

impl Family {
    async fn of(lent: &Lent, day: &str) -> Self {
        let app = lent.app(day);
        let number = lent.number.to_string();
        let cookie = session(&app, Role::Family, None, Some(&number)).await;
        Self {
            router: web::router(app.clone()),
            app,
            cookie,
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = ask(&self.router, "GET", path, &self.cookie, "").await;
        (answer.status(), words(answer).await)
    }

    /// Sends a form; where it leads, and what it says.
    async fn post(&self, path: &str, form: &str) -> (StatusCode, String, String) {
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&self.router, "POST", path, &self.cookie, &form).await;
        let to = answer.headers().get(header::LOCATION);
        let to = to.map_or("", |to| to.to_str().expect("an address"));
        (answer.status(), to.to_owned(), words(answer).await)
    }

    async fn tells(&self, what: &str, form: &str) {
        let (status, to, page) = self.post(&format!("/family/tell/{what}"), form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(to, format!("/family?sent={what}"));
    }

    /// The tasks that the centre sees.
    async fn tasks(&self) -> Vec<StaffTask> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        let at = self.app.moment();
        tx.staff_tasks(&Reader::Operator, at, 100)
            .await
            .expect("tasks")
    }
}

async fn the_page_begins_with_the_power_cut_and_what_is_known(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-05").await;
    let (status, page) = family.get("/family").await;
    assert_eq!(status, StatusCode::OK);
    let at = |what: &str| {
        page.find(what)
            .unwrap_or_else(|| panic!("{what} in {page}"))
    };
    assert!(at("停電したら") < at("119ではありません"));
    assert!(at("119ではありません") < at("助けが要る"));
    assert!(at("助けが要る") < at(">すること<"));
    // Hours that nobody knows are not made up.
    assert!(
        page.contains("登録されていません。分からないまま待たず"),
        "{page}"
    );
    assert!(
        page.contains("必ず屋外で") && page.contains("【デモ】軒下"),
        "{page}"
    );
    assert!(page.contains("href=\"tel:0960000000\""), "{page}");
    assert!(
        page.contains("避難の計画の申請：2027年4月30日（金）まで"),
        "{page}"
    );
    // The first page of a family is this one, and no other family's.
    let (status, _) = family.get("/").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let centre = session(&family.app, Role::Centre, None, None).await;
    let answer = ask(&family.router, "GET", "/family", &centre, "").await;
    assert_ne!(answer.status(), StatusCode::OK, "it is for families alone");
}

async fn what_is_to_be_done_is_told_with_one_tap_and_the_reminders_stop(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    assert_eq!(lent.tick("2026-11-21").await.queued, 1);
    let family = Family::of(&lent, "2026-11-22").await;
    let (status, _, page) = family.post("/family/tell/applied", "on=2026-11-25").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("まだ来ていません"), "{page}");
    family.tells("applied", "on=2026-11-20").await;
    let (_, page) = family.get("/family").await;
    assert!(page.contains("今することはありません。次は"), "{page}");
    assert!(
        page.contains("市町村に申請しました ・ 2026-11-20"),
        "{page}"
    );
    let terms = lent.terms().await;
    let apply = terms.iter().find(|term| term.kind == DutyKind::ApplyPlan);
    assert!(apply.expect("a term").ended.is_some(), "the duty is done");
    // What waited is void: nothing arrives.
    assert_eq!(lent.mail("2026-11-22").await, []);
    let tasks = family.tasks().await;
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert_eq!(tasks[0].kind, TaskKind::SaysApplied);
    // The centre reads on its page whose word it is.
    let centre = lent.later("2026-11-22").await;
    let (_, loan) = centre.get(&lent.loan).await;
    assert!(loan.contains("2026-11-20"), "{loan}");
}

async fn looking_at_a_form_tells_nothing(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    for kind in tomoshibi::domain::family::AnswerKind::ALL {
        let (status, page) = family.get(&format!("/family/tell/{}", kind.code())).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("まだ送っていません"), "{page}");
    }
    let (status, _) = family.get("/family/tell/anything").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(family.tasks().await, []);
    let (_, page) = family.get("/family").await;
    assert!(!page.contains("これまでに知らせたこと"), "{page}");
}

async fn an_emergency_reaches_staff_at_once_and_says_nothing_of_the_child(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    // Somebody of the centre has an account; a foreign municipality has one, too.
    session(&family.app, Role::Municipality, Some("43202"), None).await;
    let staff = {
        let mut tx = family.app.store.read().await.expect("a unit of work");
        let all = tx.accounts_to_remind().await.expect("accounts");
        all.into_iter()
            .filter(|account| account.reader.role() == Some(Role::Centre))
            .count()
    };
    assert!(staff > 0, "somebody is there to be told");
    family
        .tells("need_help", "words=【デモ】吸引器が止まりました")
        .await;
    let mail = lent.mail("2026-11-22").await;
    assert_eq!(mail.len(), staff, "{mail:?}");
    let (subject, text) = &mail[0];
    assert!(subject.contains("助けが要る") && subject.contains(lent.number.as_str()));
    for word in ["光", "吸引", "呼吸器"] {
        assert!(!subject.contains(word) && !text.contains(word), "{text}");
    }
    // Pressed once more in fear: staff know already.
    family
        .tells("need_help", "words=【デモ】吸引器が止まりました")
        .await;
    assert_eq!(lent.mail("2026-11-22").await, []);
    let tasks = family.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].kind, TaskKind::NeedsHelp);
    assert_eq!(
        tasks[0].detail.as_deref(),
        Some("【デモ】吸引器が止まりました")
    );
    let (_, page) = family.get("/family").await;
    assert!(page.contains("職員はまだ対応していません"), "{page}");
    // The centre sees it before everything else, with the words.
    let centre = lent.later("2026-11-22").await;
    let (_, desk) = centre.get("/loans").await;
    assert!(desk.contains("「助けが要る」：すぐ電話する"), "{desk}");
    assert!(desk.contains("【デモ】吸引器が止まりました"), "{desk}");
    // Somebody else of the family says something milder: the call for help stands until
    // a person has looked.
    let kinds = async || {
        let mut kinds: Vec<TaskKind> = family.tasks().await.iter().map(|task| task.kind).collect();
        kinds.sort_by_key(|kind| kind.code());
        kinds
    };
    family.tells("at_home", "").await;
    family.tells("evacuated", "words=【デモ】祖父の家").await;
    assert_eq!(kinds().await, [TaskKind::Evacuated, TaskKind::NeedsHelp]);
    let (_, page) = family.get("/family").await;
    assert!(!page.contains("職員が対応しました"), "nobody has: {page}");
    lent.mail("2026-11-22").await;
    family.tells("all_well", "").await;
    assert_eq!(kinds().await, [TaskKind::NeedsHelp]);
    let told = lent.mail("2026-11-22").await;
    assert!(
        told.len() >= staff,
        "whoever was told hears the end: {told:?}"
    );
    for (subject, _) in &told {
        assert!(subject.contains("もう大丈夫です"), "{told:?}");
    }
    let (_, page) = family.get("/family").await;
    assert!(!page.contains("職員はまだ対応していません"), "{page}");
    assert!(!page.contains("職員が対応しました"), "nobody has: {page}");
    // It was pressed by mistake: the word before counts again, for staff, too.
    let (status, _, said) = family.post(&take_back(&page), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(kinds().await, [TaskKind::Evacuated, TaskKind::NeedsHelp]);
    let (_, page) = family.get("/family").await;
    assert!(page.contains("職員はまだ対応していません"), "{page}");
    let told = lent.mail("2026-11-22").await;
    assert!(
        told[0]
            .0
            .contains("もう大丈夫です（取り消しました。今は「避難しました」です）"),
        "{told:?}"
    );
    assert!(told[0].1.contains("11月22日"), "with its day: {told:?}");
}

async fn an_old_call_for_help_that_is_taken_back_does_not_unsay_the_new_one(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    family.tells("need_help", "words=【デモ】一つ目").await;
    let (_, page) = family.get("/family").await;
    let first = take_back(&page);
    family.tells("need_help", "words=【デモ】二つ目").await;
    lent.mail("2026-11-22").await;
    let (status, _, said) = family.post(&first, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(
        lent.mail("2026-11-22").await,
        [],
        "nobody hears that it is over"
    );
    let tasks = family.tasks().await;
    let open: Vec<Option<&str>> = tasks.iter().map(|task| task.detail.as_deref()).collect();
    assert_eq!(open, [Some("【デモ】二つ目")]);
    // The newest one taken back is told.
    let (_, page) = family.get("/family").await;
    family.post(&take_back(&page), "").await;
    assert_eq!(family.tasks().await, []);
    let told = lent.mail("2026-11-22").await;
    assert!(
        !told.is_empty()
            && told
                .iter()
                .all(|(subject, _)| subject.contains("取り消しました")),
        "{told:?}"
    );
}

/// The address of the button that takes back what was told last.
fn take_back(page: &str) -> String {
    let form = page.split("/take-back\"").next().expect("a form");
    let path = form.rsplit('"').next().expect("its address");
    format!("{path}/take-back")
}

async fn what_was_pressed_by_mistake_is_taken_back(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    family.tells("applied", "on=2026-11-20").await;
    let (_, page) = family.get("/family").await;
    let path = take_back(&page);
    let (status, _, said) = family.post(&path, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(family.tasks().await, []);
    let (_, page) = family.get("/family").await;
    assert!(page.contains("取り消しました"), "{page}");
    assert!(
        page.contains("避難の計画の申請：2027年4月30日（金）まで"),
        "{page}"
    );
    let terms = lent.terms().await;
    let open = terms.iter().filter(|term| term.ended.is_none());
    assert!(
        open.into_iter()
            .any(|term| term.kind == DutyKind::ApplyPlan)
    );
    // What staff have acted on stays.
    family.tells("call_us", "words=午後").await;
    let task = family.tasks().await.remove(0);
    let page = format!("{}/reminders", lent.loan);
    let centre = lent.later("2026-11-22").await;
    let done = format!("act=done&task={}&note=【デモ】電話した", task.id);
    let (status, _, said) = centre.post(&page, &done).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let (_, seen) = family.get("/family").await;
    assert!(seen.contains("職員が対応しました"), "{seen}");
    let told = {
        let mut tx = family.app.store.read().await.expect("a unit of work");
        tx.family_answers(lent.case, 10).await.expect("answers")
    };
    let path = format!("/family/answers/{}/take-back", told[0].id);
    let (status, _, said) = family.post(&path, "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("職員がもう見ています"), "{said}");
}

async fn a_run_is_asked_for_after_a_month_and_reminded_of_after_two(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await.with_runs();
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    let family = Family::of(&lent, "2026-12-03").await;
    let (_, page) = family.get("/family").await;
    assert!(!page.contains("月に1回、発電機を動かして"), "{page}");
    let family = Family::of(&lent, "2026-12-04").await;
    let (_, page) = family.get("/family").await;
    assert!(page.contains("月に1回、発電機を動かして"), "{page}");
    assert_eq!(lent.tick("2027-01-03").await.queued, 0);
    assert_eq!(lent.tick("2027-01-04").await.queued, 1);
    let mail = lent.mail("2027-01-04").await;
    assert!(
        mail[0].0.starts_with("【お知らせ】月1回の試運転"),
        "{mail:?}"
    );
    assert!(mail[0].1.contains("必ず屋外で"), "{mail:?}");
    let family = Family::of(&lent, "2027-01-05").await;
    family.tells("ran_generator", "on=2027-01-05&ran=yes").await;
    let (_, page) = family.get("/family").await;
    assert!(page.contains("今することはありません。"), "{page}");
    let terms = lent.terms().await;
    let run = terms
        .iter()
        .find(|term| term.kind == DutyKind::TestRun && term.ended.is_none())
        .expect("the next run");
    assert_eq!(run.term.due_on.to_string(), "2027-03-08");
}

async fn a_generator_that_does_not_run_is_the_centres_task(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await.with_runs();
    let family = Family::of(&lent, "2026-12-10").await;
    let (status, _, page) = family
        .post("/family/tell/ran_generator", "on=2026-12-10")
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("動いたか、動かなかったかを選んで"), "{page}");
    family
        .tells(
            "ran_generator",
            "on=2026-12-10&ran=no&words=【デモ】ひもが引けない",
        )
        .await;
    let tasks = family.tasks().await;
    assert_eq!(tasks[0].kind, TaskKind::UnitDidNotRun);
    // It is no run: the next one is not put off.
    let terms = lent.terms().await;
    let run = terms
        .iter()
        .find(|term| term.kind == DutyKind::TestRun && term.ended.is_none());
    assert_eq!(run.expect("the run").cycle.to_string(), "2026-11-03");
    // The same form twice is one answer.
    let told = Told {
        kind: tomoshibi::domain::family::AnswerKind::CallUs,
        on: None,
        ran: None,
        words: None,
    };
    let session = family.cookie.trim_start_matches("tomoshibi=").to_owned();
    let token = tomoshibi::seal::Token::from_text(&session).expect("a session");
    let who = tomoshibi::service::sessions::holder(&family.app, &token)
        .await
        .expect("a look-up")
        .expect("the family");
    let sheet = tomoshibi::service::loans::Sheet {
        who: &who,
        key: family.app.ids.next(),
        sure: false,
    };
    let first = family::answer(&family.app, sheet, &told)
        .await
        .expect("told");
    let again = family::answer(&family.app, sheet, &told)
        .await
        .expect("told");
    assert_eq!(first, again);
    assert_eq!(family.tasks().await.len(), 2);
}

async fn an_address_is_changed_by_the_family_and_the_old_one_is_told(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    let (status, _, page) = family.post("/family/mail", "address=not-one").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    let (status, _, page) = family
        .post(
            "/family/mail",
            "address=new@example.jp&who=【デモ】父&link=1",
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let mail = lent.mail("2026-11-22").await;
    assert_eq!(mail.len(), 2, "the address that was there, and the new one");
    for (subject, _) in &mail {
        assert!(subject.contains("メールアドレスの変更"), "{mail:?}");
    }
    let contacts = {
        let mut tx = family.app.store.read().await.expect("a unit of work");
        tx.mail_contacts(lent.case).await.expect("contacts")
    };
    assert_eq!(contacts.len(), 2);
    let out = format!("contact={}", contacts[0].id);
    let (status, _, page) = family.post("/family/mail", &out).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let out = format!("contact={}", contacts[1].id);
    let (status, _, page) = family.post("/family/mail", &out).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("先に新しいアドレスを追加"), "{page}");
    // Reminders go to the new one.
    reminders::tick(&family.app, None).await.expect("a tick");
    let queued = reminders::mails(&family.app, None).await.expect("mails");
    let last = queued.iter().find(|mail| mail.kind.code() == "reminder");
    assert!(last.is_some(), "{queued:?}");
}

async fn after_a_death_the_page_is_quiet(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    family.tells("call_us", "words=午後").await;
    let centre = lent.later("2026-11-22").await;
    centre
        .done(
            &lent.loan,
            "step",
            "step=stop&on=2026-11-22&note=【デモ】連絡",
        )
        .await;
    assert_eq!(family.tasks().await, []);
    let (status, page) = family.get("/family").await;
    assert_ne!(status, StatusCode::OK, "{page}");
    assert!(!page.contains("すること"), "{page}");
}

async fn readings_stand_above_the_words_for_whoever_asks(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let family = Family::of(&lent, "2026-11-22").await;
    let (_, plain) = family.get("/family").await;
    assert!(!plain.contains("<rt>"), "{plain}");
    let (status, to, _) = family.post("/furigana", "readings=on").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/family"));
    let cookie = format!("{}; furigana=on", family.cookie);
    let answer = ask(&family.router, "GET", "/family", &cookie, "").await;
    let page = words(answer).await;
    assert!(
        page.contains("<ruby>停電<rp>（</rp><rt>ていでん</rt>"),
        "{page}"
    );
}

async fn no_family_is_sent_to_a_place_that_the_rules_refuse(db: Database) {
    use tomoshibi::{
        domain::{
            finding::{RuleCode, Severity},
            hazard::Hazard,
            plan::document::Destination,
        },
        service::{
            check,
            family::WhereTo,
            view::{Noted, SignedIn},
        },
    };
    let (app, _) = crate::demo::filled(&db).await;
    let cases = check::batch(&app, &Reader::Operator, "", app.clock.today()).await;
    let (mut sent, mut passed_over, mut refused, mut open) = (0, 0, 0, 0);
    for child in cases.expect("a check") {
        let Some(plan) = &child.case.document else {
            continue;
        };
        let number = child.case.number.as_str();
        let (_, user) = session_and_account(&app, Role::Family, None, Some(number)).await;
        let who = SignedIn {
            user,
            name: "【デモ】ご家族".to_owned(),
            reader: Reader::Family(user, child.case.id),
            from: None,
            noted: Noted::default(),
        };
        let page = family::page(&app, &who).await.expect("a page");
        let page = page.expect("its family reads it");
        open += u32::from(page.of_plan.is_some());
        let bad: Vec<&str> = child
            .look
            .failing()
            .filter(|finding| {
                finding.severity == Severity::Blocker || finding.rule == RuleCode::Dst08
            })
            .filter_map(|finding| finding.site.as_deref())
            .collect();
        let chosen = plan
            .destinations
            .iter()
            .filter(|place| place.is_for(Hazard::PowerCut));
        let good = chosen.clone().find(|place| {
            let label = place.label();
            let names = [place.site.as_deref(), place.name.as_deref(), Some(&*label)];
            !names.iter().flatten().any(|name| bad.contains(name))
        });
        match (&page.power_cut.destination, good) {
            (WhereTo::Place { name, .. }, Some(good)) => {
                assert_eq!(*name, good.label(), "{}", child.case.number);
                sent += 1;
                let first = chosen.clone().next().map(Destination::label);
                passed_over += u32::from(first.as_ref() != Some(name));
            }
            (WhereTo::Faulty, None) => {
                assert!(chosen.count() > 0);
                refused += 1;
            }
            (WhereTo::Unknown, None) => assert_eq!(chosen.count(), 0),
            (shown, _) => panic!("{}: {shown:?}", child.case.number),
        }
    }
    assert!(open > 0, "what of a plan is not settled is said");
    assert!(sent > 0, "somebody is sent somewhere");
    assert!(
        passed_over + refused > 0,
        "a place that fails is passed over"
    );
}

async fn a_check_that_nobody_holds_is_one_thing_to_do_however_many_years(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    for day in ["2027-10-20", "2027-12-10", "2028-09-10", "2028-10-10"] {
        lent.tick(day).await;
    }
    let terms = lent.terms().await.into_iter();
    let checks = terms.filter(|term| term.kind == DutyKind::AnnualCheck && term.ended.is_none());
    assert_eq!(checks.count(), 2, "it is owed for both years");
    let family = Family::of(&lent, "2028-10-10").await;
    let (_, page) = family.get("/family").await;
    assert_eq!(page.matches("<h3>年1回の確認の日決め").count(), 1, "{page}");
    let (_, made) = {
        let (status, _, page) = family.post("/account/calendar", "x=1").await;
        (status, page)
    };
    let token = made.split("/calendar/").nth(1).expect("an address");
    let (_, feed) = family.get(&format!("/calendar/{}", &token[..32])).await;
    let mut uids: Vec<&str> = feed
        .lines()
        .filter(|line| line.starts_with("UID:"))
        .collect();
    let all = uids.len();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), all, "{feed}");
    assert!(feed.contains("年1回の確認の日決め"), "{feed}");
}

async fn fuel_is_renewed_half_a_year_after_it_was_bought(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    let fuel = async || {
        let terms = lent.terms().await.into_iter();
        terms
            .filter(|term| term.kind == DutyKind::Fuel && term.ended.is_none())
            .map(|term| term.term.due_on.to_string())
            .collect::<Vec<_>>()
    };
    assert!(
        fuel().await.is_empty(),
        "nobody has said when it was bought"
    );
    let family = Family::of(&lent, "2026-11-20").await;
    for (day, status) in [
        ("2026-11-21", StatusCode::UNPROCESSABLE_ENTITY),
        ("2026-05-01", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (got, _, _) = family
            .post("/family/tell/renewed_fuel", &format!("on={day}"))
            .await;
        assert_eq!(got, status, "{day}");
    }
    family.tells("renewed_fuel", "on=2026-11-19").await;
    assert_eq!(fuel().await, ["2027-05-19"]);
    lent.tick("2027-04-19").await;
    let mails = lent.mail("2027-04-19").await;
    let text = mails
        .iter()
        .find(|(subject, _)| subject.contains("燃料の入れ替え"))
        .unwrap_or_else(|| panic!("{mails:?}"));
    assert!(text.1.contains("必ず屋外で"), "{}", text.1);
    let family = Family::of(&lent, "2027-04-20").await;
    let (_, page) = family.get("/family").await;
    assert!(page.contains("/family/tell/renewed_fuel"), "{page}");
    family.tells("renewed_fuel", "on=2027-04-20").await;
    assert_eq!(fuel().await, ["2027-10-20"]);
    // A slip of the thumb: the day before counts again.
    let (_, page) = family.get("/family").await;
    let (status, _, said) = family.post(&take_back(&page), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(fuel().await, ["2027-05-19"]);
}
