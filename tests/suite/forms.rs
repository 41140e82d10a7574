//! What people send: saved once, never over somebody else's, and in force at
//! once; and what an importer leaves behind that died.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        data_set::{DataSet, DataSetKind, Unread},
        hazard::LayerKind,
        id::DataSetId,
    },
    in_tx,
    service::{check, invitation, sign_in},
    store::{NewDataSet, StoreError},
    web,
};

use crate::{
    access::{ask, session, words},
    support::engines::Database,
};

crate::on_every_engine!(
    what_is_entered_on_a_site_is_saved_once_and_never_over_somebody_else,
    an_ordinance_is_in_force_at_once_for_what_the_centre_may_read,
    an_account_gets_a_new_link_and_none_once_it_is_disabled,
    a_data_set_is_current_when_it_is_whole_and_nobody_was_faster,
);

async fn an_ordinance_is_in_force_at_once_for_what_the_centre_may_read(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let centre = session(&app, Role::Centre, None, None).await;
    let cases = check::batch(&app, &Reader::Operator, "", app.clock.today())
        .await
        .expect("a check");
    // A child with a loan whose plan the family has not let the centre read.
    let mut hidden = None;
    for c in &cases {
        let path = format!("/plans/{}", c.case.number);
        let answer = ask(&router, "GET", &path, &centre, "").await;
        let wanted = c.case.document.as_ref().is_some_and(|d| {
            let make = d.consents.make.as_ref();
            make.is_none_or(|make| make.given)
        });
        if answer.status() == StatusCode::OK
            && wanted
            && words(answer).await.contains("同意か条例があるとき")
        {
            hidden = c.case.home.municipality.map(|m| (path, m.responsible()));
        }
    }
    let (path, town) = hidden.expect("a plan that the centre may not read");
    let address = "避難行動要支援者名簿";
    let reads = async || {
        let answer = ask(&router, "GET", &path, &centre, "").await;
        words(answer).await.contains(address)
    };
    assert!(!reads().await);
    let officer = session(&app, Role::Municipality, Some(town.as_str()), None).await;
    let form = |mode: &str, revision: i64, key: uuid::Uuid| {
        format!("ordinance={mode}&revision={revision}&key={key}")
    };
    let send = async |form: String| {
        let answer = ask(&router, "POST", "/municipality", &officer, &form).await;
        answer.status()
    };
    let page = words(ask(&router, "GET", "/municipality", &officer, "").await).await;
    let revision: i64 = page
        .split("name=\"revision\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .and_then(|number| number.parse().ok())
        .expect("a revision");
    let key = app.ids.next();
    let open = || form("ordinance_no_consent", revision, key);
    assert_eq!(send(open()).await, StatusCode::OK);
    assert_eq!(send(open()).await, StatusCode::OK, "the same form twice");
    assert!(reads().await, "the ordinance lets the centre read");
    let other = form("consent_opt_in", revision, key);
    assert_eq!(
        send(other).await,
        StatusCode::CONFLICT,
        "one key, two contents"
    );
    let late = form("consent_opt_in", revision, app.ids.next());
    assert_eq!(send(late).await, StatusCode::CONFLICT, "an old revision");
    assert!(reads().await, "neither changed anything");
    let closed = form("consent_opt_in", revision + 1, app.ids.next());
    assert_eq!(send(closed).await, StatusCode::OK);
    assert!(!reads().await, "and what it took back is hidden at once");
}

async fn an_account_gets_a_new_link_and_none_once_it_is_disabled(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Centre, None, None).await;
    let account = {
        let mut tx = app.store.read().await.expect("it is read");
        let all = tx.accounts().await.expect("the accounts");
        all.into_iter().next().expect("the account")
    };
    let email = account.email.to_uppercase();
    let (id, role, link) = sign_in::new_link(&app, &email)
        .await
        .expect("a link")
        .expect("the account is in use");
    assert_eq!((id, role), (account.id, Role::Centre));
    let hash = link.token.hash();
    let waits = async || {
        let waiting = invitation::waiting(&app, &hash).await;
        waiting.expect("an answer").is_some()
    };
    assert!(waits().await);
    let disabled = sign_in::disable(&app, &account.email).await;
    assert!(disabled.expect("it is written"));
    assert!(!waits().await);
    assert!(
        sign_in::new_link(&app, &email)
            .await
            .expect("a link")
            .is_none()
    );
    // Taken back, the old link stays over.
    let back = sign_in::enable(&app, &account.email).await;
    assert!(back.expect("it is written"));
    assert!(!waits().await);
    let answer = ask(&router, "GET", "/children", &cookie, "").await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "its session is over"
    );
}

async fn a_data_set_is_current_when_it_is_whole_and_nobody_was_faster(db: Database) {
    let app = crate::demo::app(&db).await;
    let now = app.clock.now();
    let new = |replaces| NewDataSet {
        set: DataSet {
            id: DataSetId(app.ids.next()),
            kind: DataSetKind::Hazard(LayerKind::Flood),
            series: "demo".to_owned(),
            name: "【デモ】".to_owned(),
            publisher: None,
            dated: None,
            covers: None,
            unread: Unread::Boxes(vec![[130.0, 32.0, 130.5, 32.5]]),
        },
        source: None,
        sha256: "0".repeat(64),
        format: "hazard-geojson".to_owned(),
        encoding: "UTF-8".to_owned(),
        replaces,
    };
    let begin = async |set: &NewDataSet, lease: TimeDelta| {
        let begun = begin_loading(&app, set, now, now + lease).await;
        begun.expect("it is written");
    };
    let end = async |set: &NewDataSet| {
        let ended = end_loading(&app, set.set.id).await;
        ended.expect("it is written")
    };
    let current = async || {
        let mut tx = app.store.read().await.expect("it is read");
        let sets = tx.current_data_sets().await.expect("the sets");
        sets.into_iter().map(|row| row.set).collect::<Vec<_>>()
    };
    let minute = TimeDelta::minutes(1);
    let (first, dead, second, third) = (new(None), new(None), new(None), new(None));
    begin(&first, minute).await;
    assert!(current().await.is_empty(), "nobody sees half a map");
    assert!(end(&first).await);
    assert_eq!(current().await, std::slice::from_ref(&first.set));
    // A loader that died is swept, and cannot end what it began.
    begin(&dead, -minute).await;
    let swept = sweep(&app, now).await;
    assert_eq!(swept.expect("it is written"), 1);
    assert!(!end(&dead).await);
    // Of two that were compared with the same one, the slower is told.
    let compared = |set: &NewDataSet| NewDataSet {
        replaces: Some(first.set.id),
        ..set.clone()
    };
    let (second, third) = (compared(&second), compared(&third));
    begin(&second, minute).await;
    begin(&third, minute).await;
    assert!(end(&second).await);
    assert!(!end(&third).await);
    assert_eq!(current().await, std::slice::from_ref(&second.set));
}

async fn begin_loading(
    app: &App,
    set: &NewDataSet,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    in_tx!(app.store, |tx| tx
        .add_data_set(set, "test", now, until)
        .await)
}

async fn end_loading(app: &App, id: DataSetId) -> Result<bool, StoreError> {
    in_tx!(app.store, |tx| tx.make_current(id, 0).await)
}

async fn sweep(app: &App, now: DateTime<Utc>) -> Result<u64, StoreError> {
    in_tx!(app.store, |tx| tx.sweep_left_overs(now).await)
}

async fn what_is_entered_on_a_site_is_saved_once_and_never_over_somebody_else(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let list = words(ask(&router, "GET", "/sites", &cookie, "").await).await;
    let id = list
        .split("<th scope=\"row\"><a href=\"/sites/")
        .nth(1)
        .and_then(|t| t.split('"').next())
        .expect("a site");
    let path = format!("/sites/{id}/entry");
    let page = words(ask(&router, "GET", &format!("/sites/{id}"), &cookie, "").await).await;
    let revision = page
        .split("name=\"revision\" value=\"")
        .nth(1)
        .and_then(|t| t.split('"').next())
        .expect("a revision")
        .to_owned();
    let key = app.ids.next();
    let form = format!(
        "level=3&socket=a&confirmed_by=b&valid_until=2027-12-31&direct=yes&revision={revision}&key={key}"
    );
    let saved = words(ask(&router, "POST", &path, &cookie, &form).await).await;
    assert!(saved.contains("保存しました"), "{saved}");
    let again = words(ask(&router, "POST", &path, &cookie, &form).await).await;
    assert!(
        again.contains("保存しました"),
        "the same form twice is once"
    );
    let other = form.replace("level=3", "level=4");
    let refused = words(ask(&router, "POST", &path, &cookie, &other).await).await;
    assert!(refused.contains("違う内容"), "one key, two contents");
    let late = other.replace(&key.to_string(), &app.ids.next().to_string());
    let stale = words(ask(&router, "POST", &path, &cookie, &late).await).await;
    assert!(
        stale.contains("先に保存"),
        "an old revision overwrites nothing"
    );
    assert!(
        stale.contains("<option selected>4</option>"),
        "what was typed is still there"
    );
    let half = late.replace("&socket=a", "");
    let told = words(ask(&router, "POST", &path, &cookie, &half).await).await;
    assert!(
        told.contains("三つがそろって"),
        "half a confirmation is none"
    );
    let at = told.find("name=\"socket\"").expect("the field");
    assert!(told[at..].starts_with("name=\"socket\" aria-invalid=\"true\""));
}
