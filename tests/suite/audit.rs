//! The audit trail holds everything that was seen or changed, and shows what
//! was done to it.

use std::{collections::BTreeSet, sync::Arc};

use sqlx::Executor;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::{Action, Actor, AuditVerdict, Fault},
        id::{CaseNumber, UserId},
    },
    seal::Keys,
    service::{ServiceError, audit},
    store::{TrailFilter, TrailRow},
    web,
};
use uuid::Uuid;

use crate::{
    access::{ask, session, session_and_account, words},
    support::engines::Database,
};

crate::on_every_engine!(
    whatever_shows_a_child_is_in_the_trail_before_it_is_shown,
    the_trail_names_what_was_done_to_it,
    a_trail_that_is_sealed_anew_is_told_by_its_signatures,
    a_trail_that_was_cut_off_is_told_by_the_seal_that_was_kept,
    what_was_cut_off_or_emptied_is_told_by_the_seal_beside_the_key_file,
    many_sealers_at_once_seal_every_event_once,
    reads_at_the_same_time_are_all_written,
    a_read_that_is_given_up_loses_nobody_elses_event,
    what_was_not_committed_is_not_in_the_trail,
    the_trail_holds_no_name,
    a_family_sees_who_looked_at_its_own_child_and_at_no_other,
    the_trail_is_for_the_auditor_alone,
);

async fn trail(app: &App, filter: TrailFilter) -> Vec<TrailRow> {
    let mut tx = app.store.read().await.expect("a unit of work");
    let rows = tx.trail(&Reader::Operator, &filter).await;
    rows.expect("the trail can be read")
}

pub(crate) async fn about(app: &App, case: &str, user: UserId) -> Vec<Action> {
    let filter = TrailFilter {
        case: Some(CaseNumber::parse(case).expect("a case")),
        actor: Some(user),
        ..TrailFilter::default()
    };
    let rows = trail(app, filter).await;
    rows.iter().map(|row| row.event.action).collect()
}

/// Does something to the database that the program never does.
async fn tamper(db: &Database, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if db.url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(&db.url).await.expect("a pool");
        pool.execute(sql).await.expect("it can be done");
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(&db.url).await.expect("a pool");
        pool.execute(sql).await.expect("it can be done");
        pool.close().await;
    }
}

/// Puts back what `the_trail_names_what_was_done_to_it` has kept.
async fn restore(db: &Database) {
    for sql in [
        "delete from audit_event",
        "delete from audit_seal",
        "insert into audit_event select * from kept_event",
        "insert into audit_seal select * from kept_seal",
    ] {
        tamper(db, sql).await;
    }
}

async fn verdict(app: &App) -> AuditVerdict {
    audit::verify(app, &[]).await.expect("a verdict")
}

async fn sealed(app: &App) -> u64 {
    let holder = app.ids.next();
    audit::seal(app, holder).await.expect("it can be sealed")
}

/// A trail of some seals.
async fn a_trail(db: &Database) -> App {
    let app = crate::demo::app(db).await;
    let holder = app.ids.next();
    for _ in 0..4 {
        for _ in 0..3 {
            let event = audit::by(&app, Actor::Nobody, Action::SignedOut);
            app.store.note_read(event).await.expect("it is written");
        }
        audit::seal(&app, holder).await.expect("it is sealed");
    }
    let whole = verdict(&app).await;
    assert_eq!(whole.faults, []);
    assert_eq!((whole.seals, whole.sealed, whole.waiting), (4, 12, 0));
    app
}

/// What a page of a child notes in the trail.
const READS: &[(&str, Action)] = &[
    ("/plans/{case}", Action::ReadPlan),
    ("/plans/{case}/map.json", Action::ReadMap),
    ("/plans/{case}/position", Action::ReadPosition),
    ("/plans/{case}/position.json", Action::ReadPosition),
    ("/plans/{case}/reminders", Action::ReadReminders),
    ("/plans/{case}/power", Action::ReadPower),
    ("/plans/{case}/power/edit", Action::ReadPower),
    ("/plans/{case}/course", Action::ReadDraft),
    ("/plans/{case}/consents", Action::ReadConsents),
    ("/plans/{case}/papers", Action::ReadDraft),
    ("/plans/{case}/sheets/{sheet}", Action::PrintedSheet),
    ("/plans/{case}/draft", Action::ReadDraft),
    ("/plans/{case}/draft/{step}", Action::ReadDraft),
    ("/plans/{case}/decide", Action::ReadDraft),
    ("/plans/{case}/versions", Action::ReadDraft),
    ("/plans/{case}/versions/{version}", Action::ReadDraft),
    ("/plans/{case}/drills", Action::ReadDrills),
    ("/plans/{case}/disclosure", Action::Disclosed),
    ("/plans/{case}/disclosure.json", Action::Disclosed),
];

async fn whatever_shows_a_child_is_in_the_trail_before_it_is_shown(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let town = Some("43203");
    let (cookie, user) = session_and_account(&app, Role::Municipality, town, None).await;
    let list = words(ask(&router, "GET", "/children", &cookie, "").await).await;
    let case = list
        .split("/plans/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a child on the list")
        .to_owned();
    assert_eq!(about(&app, &case, user).await, [Action::ListedChildren]);
    // Something is to be read of the life of its plan.
    let begun = format!("key={}", app.ids.next());
    let path = format!("/plans/{case}/draft");
    ask(&router, "POST", &path, &cookie, &begun).await;
    for (template, action) in READS {
        let before = about(&app, &case, user).await.len();
        let path = template.replace("{case}", &case);
        let path = path
            .replace("{step}", "home")
            .replace("{version}", "1")
            .replace("{sheet}", "family");
        ask(&router, "GET", &path, &cookie, "").await;
        let after = about(&app, &case, user).await;
        assert!(after[..after.len() - before].contains(action), "{path}");
    }
    // The centre, which may know no more than where a plan stands.
    let (centre, staff) = session_and_account(&app, Role::Centre, None, None).await;
    ask(&router, "GET", "/children", &centre, "").await;
    let everybody = trail(
        &app,
        TrailFilter {
            actor: Some(staff),
            ..TrailFilter::default()
        },
    )
    .await;
    let listed = &everybody[0];
    assert_eq!(listed.event.action, Action::ListedChildren);
    assert!(listed.cases.len() > 1, "the event names those on the list");
    // A site's page shows who plans to go there.
    let plan = words(ask(&router, "GET", &format!("/plans/{case}"), &cookie, "").await).await;
    if let Some(site) = plan
        .split("href=\"/sites/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
    {
        ask(&router, "GET", &format!("/sites/{site}"), &cookie, "").await;
        assert!(
            about(&app, &case, user)
                .await
                .contains(&Action::ReadSiteUsers)
        );
    }
    // Every route that names a case was walked here: a new one is to be, too.
    let named: BTreeSet<&str> = web::ROUTES
        .iter()
        .filter(|(method, path, _)| *method == "GET" && path.contains("{case}"))
        .map(|(_, path, _)| *path)
        .collect();
    assert_eq!(
        named,
        BTreeSet::from([
            "/plans/{case}",
            "/plans/{case}/map.json",
            "/plans/{case}/position",
            "/plans/{case}/position.json",
            "/plans/{case}/disclosure",
            "/plans/{case}/disclosure.json",
            "/plans/{case}/power",
            "/plans/{case}/power/edit",
            "/plans/{case}/consents",
            "/plans/{case}/papers",
            "/plans/{case}/sheets/{sheet}",
            "/plans/{case}/course",
            "/plans/{case}/draft",
            "/plans/{case}/draft/{step}",
            "/plans/{case}/decide",
            "/plans/{case}/versions",
            "/plans/{case}/versions/{version}",
            "/plans/{case}/drills",
            "/plans/{case}/reminders",
            // The letter in the place of a mail; walked in messages.rs.
            "/calls/{case}/letter.pdf",
            // The letter names nobody but the supporter; walked in rights.rs.
            "/plans/{case}/supporters/{ordinal}/letter",
        ])
    );
}

async fn the_trail_names_what_was_done_to_it(db: Database) {
    let app = a_trail(&db).await;
    tamper(&db, "create table kept_event as select * from audit_event").await;
    tamper(&db, "create table kept_seal as select * from audit_seal").await;
    let new_id = if db.url.starts_with("sqlite:") {
        "randomblob(16)"
    } else {
        "gen_random_uuid()"
    };
    let mut tx = app.store.read().await.expect("a unit of work");
    let seals = tx.seals_after(0).await.expect("the seals");
    drop(tx);
    let mut reversed = seals[1].events.clone();
    reversed.reverse();
    let reversed = serde_json::to_string(&reversed).expect("a list becomes JSON");
    let first = "(select id from audit_event order by id limit 1)";
    let (id_of_first, id_of_third) = (seals[0].events[0].0, seals[2].events[0].0);
    for (what, sql, expected) in [
        (
            "an event is changed",
            format!("update audit_event set action = 'signed_in' where id = {first}"),
            vec![Fault::EventChanged {
                event: id_of_first,
                seal: 1,
            }],
        ),
        (
            "an event is moved in time",
            format!("update audit_event set at = at + 1 where id = {first}"),
            vec![Fault::EventChanged {
                event: id_of_first,
                seal: 1,
            }],
        ),
        (
            "an event is removed",
            format!("delete from audit_event where id = {first}"),
            vec![Fault::EventRemoved {
                event: id_of_first,
                seal: 1,
            }],
        ),
        (
            "events change places in their seal",
            format!("update audit_seal set events = '{reversed}' where number = 2"),
            vec![Fault::SealChanged { seal: 2 }],
        ),
        (
            "an event is moved to another seal",
            format!("update audit_event set seal = 2 where id = {first}"),
            vec![Fault::EventChanged {
                event: id_of_first,
                seal: 1,
            }],
        ),
        (
            "a seal is written anew with its hash",
            "update audit_seal set previous = '', hash = 'x' where number = 2".to_owned(),
            vec![
                Fault::SealForged { seal: 2 },
                Fault::SealUnchained { seal: 2 },
                Fault::SealChanged { seal: 2 },
                Fault::SealUnchained { seal: 3 },
            ],
        ),
    ] {
        tamper(&db, &sql).await;
        assert_eq!(verdict(&app).await.faults, expected, "{what}");
        restore(&db).await;
        assert_eq!(verdict(&app).await.faults, [], "after {what}");
    }
    let added = format!(
        "insert into audit_event (id, at, actor_kind, action, seal)
         values ({new_id}, 1, 'operator', 'signed_in', 2)"
    );
    tamper(&db, &added).await;
    let faults = verdict(&app).await.faults;
    assert!(
        matches!(faults[..], [Fault::EventAdded { seal: 2, .. }]),
        "{faults:?}"
    );
    restore(&db).await;
    tamper(&db, "delete from audit_seal where number = 3").await;
    let faults = verdict(&app).await.faults;
    assert_eq!(faults[0], Fault::SealRemoved { seal: 3 });
    let stray = Fault::EventAdded {
        event: id_of_third,
        seal: 3,
    };
    assert!(faults.contains(&stray), "{faults:?}");
}

/// Whoever has the database and the program, but not the key file, seals the
/// trail anew: the hashes fit, the signatures do not.
async fn a_trail_that_is_sealed_anew_is_told_by_its_signatures(db: Database) {
    let app = a_trail(&db).await;
    tamper(
        &db,
        "update audit_event set action = 'signed_in', seal = null",
    )
    .await;
    tamper(&db, "delete from audit_seal").await;
    tamper(&db, "delete from lease").await;
    let thief = App::new(
        app.store.clone(),
        Arc::clone(&app.clock),
        Arc::clone(&app.ids),
        (*app.config).clone(),
        Arc::new(Keys::random()),
    );
    assert_eq!(sealed(&thief).await, 12);
    assert_eq!(verdict(&thief).await.faults, [], "the hashes fit");
    let faults = verdict(&app).await.faults;
    assert_eq!(faults, [Fault::SealForged { seal: 1 }]);
}

async fn a_trail_that_was_cut_off_is_told_by_the_seal_that_was_kept(db: Database) {
    let app = a_trail(&db).await;
    let kept = verdict(&app).await.head.expect("a head");
    let same = audit::verify(&app, std::slice::from_ref(&kept))
        .await
        .expect("a verdict");
    assert_eq!(same.faults, []);
    tamper(&db, "update audit_event set seal = null where seal = 4").await;
    tamper(&db, "delete from audit_seal where number = 4").await;
    assert_eq!(verdict(&app).await.faults, [], "from inside it looks whole");
    let told = audit::verify(&app, std::slice::from_ref(&kept))
        .await
        .expect("a verdict");
    assert_eq!(told.faults, [Fault::OtherHead { seal: 4 }]);
}

async fn what_was_cut_off_or_emptied_is_told_by_the_seal_beside_the_key_file(db: Database) {
    let app = a_trail(&db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let app = App::new(
        app.store.clone(),
        Arc::clone(&app.clock),
        Arc::clone(&app.ids),
        (*app.config).clone(),
        Arc::new(Keys::open(&folder.path().join("t.keys")).expect("keys")),
    );
    audit::keep_head(&app).await.expect("it is kept");
    let file = audit::head_file(&app).await.expect("an answer");
    let file = file.expect("a file holds the keys");
    assert!(file.starts_with(folder.path().join("t.keys.seals")));
    let kept = || std::fs::read_to_string(&file).expect("it is kept");
    let head = verdict(&app).await.head.expect("a head");
    assert_eq!(kept(), format!("{head}\n"));
    // The signatures are of the first key, which this program does not hold.
    let others = |faults: Vec<Fault>| {
        let others = faults.into_iter();
        let others = others.filter(|fault| !matches!(fault, Fault::SealForged { .. }));
        others.collect::<Vec<_>>()
    };
    assert_eq!(others(verdict(&app).await.faults), []);
    tamper(&db, "update audit_event set seal = null where seal = 4").await;
    tamper(&db, "delete from audit_seal where number = 4").await;
    let lost = [Fault::OtherHead { seal: 4 }];
    assert_eq!(others(verdict(&app).await.faults), lost);
    // What is sealed next takes the number, and not the place of what was kept.
    tamper(&db, "delete from lease").await;
    let one = "select id from audit_event where seal is null order by id limit 1";
    tamper(&db, &format!("delete from audit_event where id in ({one})")).await;
    assert!(sealed(&app).await > 0);
    let error = audit::keep_head(&app).await.expect_err("it is another");
    assert!(
        matches!(error, ServiceError::HeadLost { seal: 4 }),
        "{error}"
    );
    assert_eq!(kept(), format!("{head}\n"));
    assert_eq!(others(verdict(&app).await.faults), lost);
    session(&app, Role::Auditor, None, None).await;
    for table in ["audit_event", "audit_seal"] {
        tamper(&db, &format!("delete from {table}")).await;
    }
    let gone = [Fault::TrailGone, Fault::OtherHead { seal: 4 }];
    assert_eq!(verdict(&app).await.faults, gone, "nothing at all is left");
}

async fn many_sealers_at_once_seal_every_event_once(db: Database) {
    let app = crate::demo::app(&db).await;
    for _ in 0..50 {
        let event = audit::by(&app, Actor::Nobody, Action::SignedOut);
        app.store.note_read(event).await.expect("it is written");
    }
    let mut sealers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let app = app.clone();
        sealers.spawn(async move { audit::seal(&app, app.ids.next()).await });
    }
    let sealed: Vec<u64> = sealers
        .join_all()
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert_eq!(sealed.iter().sum::<u64>(), 50, "{sealed:?}");
    let whole = verdict(&app).await;
    assert_eq!((whole.sealed, whole.waiting), (50, 0));
    assert_eq!(whole.faults, []);
}

async fn reads_at_the_same_time_are_all_written(db: Database) {
    let app = crate::demo::app(&db).await;
    let mut reads = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let app = app.clone();
        reads.spawn(async move {
            let event = audit::by(&app, Actor::Nobody, Action::SignedOut);
            let id = event.id;
            app.store.note_read(event).await.expect("it is written");
            // Answered means committed.
            let mut tx = app.store.read().await.expect("a unit of work");
            let stored = tx.stored_events(&[id]).await.expect("a look-up");
            assert!(stored.contains_key(&id));
        });
    }
    reads.join_all().await;
    assert_eq!(sealed(&app).await, 100);
}

async fn a_read_that_is_given_up_loses_nobody_elses_event(db: Database) {
    use futures_util::FutureExt;
    let app = crate::demo::app(&db).await;
    let event = || audit::by(&app, Actor::Nobody, Action::SignedOut);
    let (first, second) = (event(), event());
    let kept = second.id;
    let mut given_up = Box::pin(app.store.note_read(first));
    assert!(given_up.as_mut().now_or_never().is_none(), "it waits");
    let mut other = Box::pin(app.store.note_read(second));
    assert!(other.as_mut().now_or_never().is_none(), "it waits too");
    drop(given_up);
    other.await.expect("it is written");
    let mut tx = app.store.read().await.expect("a unit of work");
    let stored = tx.stored_events(&[kept]).await.expect("a look-up");
    assert!(stored.contains_key(&kept));
}

async fn what_was_not_committed_is_not_in_the_trail(db: Database) {
    let app = crate::demo::app(&db).await;
    let mut tx = app.store.begin().await.expect("a unit of work");
    let event = audit::by(&app, Actor::Operator, Action::ChangedCase);
    tx.record(&event).await.expect("it is written");
    drop(tx);
    assert!(trail(&app, TrailFilter::default()).await.is_empty());
}

async fn the_trail_holds_no_name(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    ask(&router, "GET", "/children", &cookie, "").await;
    let form = "words=%E3%83%87%E3%83%A2";
    ask(&router, "POST", "/children/search", &cookie, form).await;
    let mut columns = 0;
    let rows = trail(&app, TrailFilter::default()).await;
    assert!(rows.len() > 10);
    for row in rows {
        let event = format!("{:?}", row.event);
        assert!(event.is_ascii(), "{event}");
        assert!(!event.contains('@'), "{event}");
        columns += 1;
    }
    assert!(columns > 0);
}

async fn a_family_sees_who_looked_at_its_own_child_and_at_no_other(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let list = words(ask(&router, "GET", "/children", &town, "").await).await;
    let cases: Vec<&str> = list
        .split("href=\"/plans/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let (own, other) = (cases[0], cases[1]);
    let family = session(&app, Role::Family, None, Some(own)).await;
    let count = |page: &str| page.matches("計画を見た").count();
    let before = count(&words(ask(&router, "GET", "/history", &family, "").await).await);
    ask(&router, "GET", &format!("/plans/{other}"), &town, "").await;
    let page = words(ask(&router, "GET", "/history", &family, "").await).await;
    assert_eq!(count(&page), before, "another child is nothing to it");
    ask(&router, "GET", &format!("/plans/{own}"), &town, "").await;
    let page = words(ask(&router, "GET", "/history", &family, "").await).await;
    assert_eq!(count(&page), before + 1);
    assert!(page.contains("人吉市"), "by whom is told");
    assert!(!page.contains(other), "no number of another child");
}

async fn the_trail_is_for_the_auditor_alone(db: Database) {
    let app = a_trail(&db).await;
    for role in Role::ALL {
        let reader = match role {
            Role::Auditor => Reader::Auditor(UserId(Uuid::nil())),
            Role::Administrator => Reader::Administrator(UserId(Uuid::nil())),
            Role::Centre => Reader::Centre(UserId(Uuid::nil())),
            Role::Prefecture => Reader::Prefecture(UserId(Uuid::nil())),
            _ => continue,
        };
        let mut tx = app.store.read().await.expect("a unit of work");
        let rows = tx.trail(&reader, &TrailFilter::default()).await;
        let rows = rows.expect("an answer");
        assert_eq!(!rows.is_empty(), role == Role::Auditor, "{role:?}");
    }
}

#[tokio::test]
async fn each_database_is_known_by_where_it_lies_and_by_nothing_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let identity = async |name: &str| {
        let url = format!("sqlite:{}", folder.path().join(name).display());
        let store = tomoshibi::store::Store::open(&url).await.expect("it opens");
        store.identity().await.expect("an answer")
    };
    let one = identity("one.db").await;
    assert_eq!(identity("one.db").await, one);
    assert_ne!(identity("two.db").await, one);
}
