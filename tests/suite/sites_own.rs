//! Sites of a municipality's own, and what an import changes of those on record.

use std::{path::Path, sync::Arc};

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        id::SiteId,
        site::SiteKind,
    },
    service::{
        check,
        import::{self, Imported, Options, What},
    },
    web,
};

use crate::{
    access::session,
    sites_list::{
        TOWN, a_destination, all_sites, an_import, an_own_site, id_at_the_end, own_form, page,
        sent, site, sites_of,
    },
    support::engines::Database,
};

crate::on_every_engine!(
    a_site_of_ones_own_is_added_corrected_ended_and_taken_up_again,
    no_import_withdraws_a_site_of_ones_own_and_a_published_twin_is_named,
    an_import_tells_what_it_changed_and_whose_plan_that_touches,
);

async fn a_site_of_ones_own_is_added_corrected_ended_and_taken_up_again(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    // What lacks something comes back with what was typed.
    let bad =
        own_form("【デモ】別館", TOWN).replace("lat=32.21&lon=130.77", "lat=130.77&lon=32.21");
    let (status, _, said) = sent(&router, &app, &cookie, "/sites/new", &bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("緯度と経度が逆") && said.contains("value=\"【デモ】別館\""));
    let foreign = own_form("【デモ】別館", "43202");
    let (status, ..) = sent(&router, &app, &cookie, "/sites/new", &foreign).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let undesignated = own_form("【デモ】広場", TOWN).replace("welfare_shelter", "emergency_site");
    let (status, ..) = sent(&router, &app, &cookie, "/sites/new", &undesignated).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = an_own_site(&app, TOWN).await;
    let added = site(&app, id).await;
    assert!(added.own && !added.withdrawn && added.published.published_id.is_none());
    assert_eq!(added.source, "人吉市に追加した避難先 (2026-11-21)");
    // Corrected, on the version that was looked at.
    let edit = format!("/sites/{id}/edit");
    let form = format!("{}&revision=1", own_form("【デモ】新館", TOWN));
    let (status, to, _) = sent(&router, &app, &cookie, &edit, &form).await;
    assert_eq!(
        (status, to),
        (StatusCode::SEE_OTHER, format!("/sites/{id}"))
    );
    let (status, ..) = sent(&router, &app, &cookie, &edit, &form).await;
    assert_eq!(status, StatusCode::CONFLICT);
    // Nobody else's, and no site of a list.
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    for (who, site) in [
        (&other, id),
        (&cookie, sites_of(&app, TOWN, SiteKind::Shelter).await[0].id),
    ] {
        for (path, form) in [
            ("edit", &*form),
            ("end", "revision=2"),
            ("reopen", "revision=2"),
        ] {
            let path = format!("/sites/{site}/{path}");
            let (status, ..) = sent(&router, &app, who, &path, form).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let (status, ..) = sent(
        &router,
        &app,
        &cookie,
        &format!("/sites/{id}/end"),
        "revision=2",
    )
    .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(site(&app, id).await.withdrawn);
    let list = page(&router, &cookie, "/sites").await;
    assert!(!list.contains(&id.to_string()));
    assert!(
        page(&router, &cookie, "/sites?withdrawn=1")
            .await
            .contains(&id.to_string())
    );
    let again = format!("/sites/{id}/reopen");
    let (status, ..) = sent(&router, &app, &cookie, &again, "revision=3").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let back = site(&app, id).await;
    assert!(!back.withdrawn && back.published.name == "【デモ】新館");
    let said = page(&router, &cookie, &format!("/sites/{id}")).await;
    assert!(
        said.contains("【デモ】別館（【デモ】町9-9）"),
        "its history stays"
    );
    // A position outside the town is asked about, then kept, and said.
    let far =
        own_form("【デモ】遠い館", TOWN).replace("lat=32.21&lon=130.77", "lat=32.8&lon=130.72");
    let before = all_sites(&app).await.len();
    let (status, _, said) = sent(&router, &app, &cookie, "/sites/new", &far).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("まだ保存していません") && said.contains("name=\"outside\""));
    assert_eq!(all_sites(&app).await.len(), before);
    let far = format!("{far}&outside=yes");
    let (status, _, said) = sent(&router, &app, &cookie, "/sites/new", &far).await;
    assert_eq!(status, StatusCode::OK);
    assert!(said.contains("位置が市町村の境界の外です"));
}

async fn imported(app: &App, name: &str, text: &str, complete: bool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("it can be written");
    let options = Options {
        complete,
        force: true,
        ..Options::default()
    };
    let done = import::file(
        app,
        What::Sites,
        Path::new(&path),
        &options,
        "test",
        Arc::new(|_| ()),
    )
    .await;
    match done.expect("it is read") {
        Imported::Report(report) => assert!(report.error.is_none(), "{report:?}"),
        other @ Imported::Missing(_) => panic!("{other:?}"),
    }
}

const EMERGENCY: &str = include_str!("../../data/demo/sites.csv");
const SHELTERS: &str = include_str!("../../data/demo/shelters.csv");

async fn no_import_withdraws_a_site_of_ones_own_and_a_published_twin_is_named(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let form = own_form("【デモ】人吉市新しい学校", TOWN).replace("welfare_shelter", "shelter");
    let own = sent(&router, &app, &cookie, "/sites/new", &form).await;
    let own = SiteId(id_at_the_end(&own.1));
    let said = page(&router, &cookie, &format!("/sites/{own}")).await;
    assert!(!said.contains("同じかもしれません"));
    // A complete list of shelters, with the same place in it.
    let twin = "99,E4320390399111,熊本県人吉市,【デモ】人吉市新しい学校,熊本県人吉市【デモ】町９－９,,,,32.21,130.77,\n";
    let form = form.replace("【デモ】町9-9", "熊本県人吉市【デモ】町9-9");
    let edit = format!("/sites/{own}/edit");
    let (status, ..) = sent(&router, &app, &cookie, &edit, &format!("{form}&revision=1")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    imported(&app, "shelters.csv", &format!("{SHELTERS}{twin}"), true).await;
    assert!(!site(&app, own).await.withdrawn);
    let shelters = sites_of(&app, TOWN, SiteKind::Shelter).await;
    let published = shelters
        .iter()
        .find(|s| !s.own && s.published.name.ends_with("新しい学校"));
    let published = published.expect("the twin").id;
    for (one, other) in [(own, published), (published, own)] {
        let said = page(&router, &cookie, &format!("/sites/{one}")).await;
        let hint = said.split("同じかもしれません").nth(1).expect("the hint");
        assert!(hint.contains(&format!("href=\"/sites/{other}\"")));
    }
    assert!(!site(&app, own).await.withdrawn && !site(&app, published).await.withdrawn);
}

async fn an_import_tells_what_it_changed_and_whose_plan_that_touches(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (case, goal) = a_destination(&app).await;
    let reference = goal.reference();
    let gone = |line: &&str| !line.contains(&reference);
    let kept: Vec<&str> = EMERGENCY.lines().filter(gone).collect();
    let without = kept.join("\n");
    let other = sites_of(&app, TOWN, SiteKind::EmergencySite).await;
    let other = other
        .iter()
        .find(|s| s.id != goal.id)
        .expect("another site");
    let renamed = without.replace(&other.published.name, "【デモ】改めた名前");
    imported(&app, "sites.csv", &renamed, true).await;
    let set = an_import(&app).await;
    let path = format!("/sites/changes/{set}");
    let said = page(&router, &cookie, &path).await;
    let row = |id: SiteId| {
        let found = said
            .split("<article")
            .find(|a| a.contains(&format!("/sites/{id}")));
        found
            .unwrap_or_else(|| panic!("{id} is not in\n{said}"))
            .to_owned()
    };
    assert!(row(goal.id).contains(&format!("/plans/{case}")));
    let changed = row(other.id);
    let words = format!(
        "<del>{}</del> → <ins>【デモ】改めた名前</ins>",
        other.published.name
    );
    assert!(changed.contains(&words), "{changed}");
    assert!(said.contains("差し替えるまで有効"));
    assert!(
        page(&router, &cookie, "/sites/changes")
            .await
            .contains(&path)
    );
    // A list that has the site again says so, though nothing else of it is new.
    imported(&app, "sites.csv", EMERGENCY, true).await;
    let again = page(
        &router,
        &cookie,
        &format!("/sites/changes/{}", an_import(&app).await),
    )
    .await;
    let back = again
        .split("<article")
        .find(|a| a.contains(&format!("/sites/{}", goal.id)));
    let back = back.expect("the site is in it");
    assert!(back.contains("<del>廃止</del> → <ins>使える"), "{back}");
    assert!(!again.contains(">operator<") && !again.contains(" operator"));
    // The trail names the children that were seen.
    let mut tx = app.store.read().await.expect("a unit of work");
    let auditor = Reader::Auditor(tomoshibi::domain::id::UserId(app.ids.next()));
    let trail = tx
        .trail(&auditor, &tomoshibi::store::TrailFilter::default())
        .await;
    let seen = trail
        .expect("the trail")
        .into_iter()
        .find(|row| row.event.about.is_some_and(|about| about.id == set.0));
    let seen = seen.expect("the read is noted");
    assert!(seen.cases.iter().any(|number| number.as_str() == case));
    // The plan stays, and its child is not told to other towns.
    let foreign = session(&app, Role::Municipality, Some("43202"), None).await;
    let theirs = page(&router, &foreign, &path).await;
    assert!(!theirs.contains(&case) && !theirs.contains(&goal.published.name));
    let checked = check::batch(&app, &Reader::Operator, "", app.clock.today()).await;
    let checked = checked.expect("a check");
    let of = checked.iter().find(|c| c.case.number.as_str() == case);
    assert!(
        of.expect("the child").case.document.is_some(),
        "the plan stays in force"
    );
}
