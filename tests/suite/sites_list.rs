//! The list of sites as a municipality keeps it: filters, entries with who and
//! when, changes of many, sheets, sites of its own, and what imports change.

use axum::{
    Router,
    http::{StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        id::{DataSetId, SiteBatchId, SiteId},
        municipality::MunicipalityCode,
        site::{Site, SiteKind},
    },
    service::{check, world},
    web,
};

use crate::{
    access::{ask, session, words},
    support::engines::Database,
};

crate::on_every_engine!(
    filters_stand_in_the_address_and_searched_words_do_not,
    a_shelter_is_found_by_the_emergency_sites_at_its_address,
    every_entry_is_told_by_whom_and_when_and_an_earlier_one_can_be_entered_again,
    closing_a_site_names_the_plans_that_lead_there,
    many_sites_are_changed_as_one_and_back_as_one,
    a_change_of_many_is_not_done_at_all_when_one_site_has_moved_on,
    what_was_chosen_for_many_comes_back_where_something_is_missing,
);

/// The town of most of these tests.
pub(crate) const TOWN: &str = "43203";

pub(crate) async fn all_sites(app: &App) -> Vec<Site> {
    let loaded = world::current(app).await.expect("the world is read");
    let directory = loaded.world.sites.as_ref().expect("there are sites");
    directory.sites().iter().map(|s| (**s).clone()).collect()
}

pub(crate) async fn sites_of(app: &App, town: &str, kind: SiteKind) -> Vec<Site> {
    let town = MunicipalityCode::parse(town).expect("a code");
    let mut sites = all_sites(app).await;
    sites.retain(|s| {
        s.published.kind == kind && s.published.municipality.is_some_and(|m| m.same_as(town))
    });
    sites
}

pub(crate) async fn site(app: &App, id: SiteId) -> Site {
    let all = all_sites(app).await;
    all.into_iter()
        .find(|s| s.id == id)
        .expect("the site is there")
}

pub(crate) async fn page(router: &Router, cookie: &str, path: &str) -> String {
    let answer = ask(router, "GET", path, cookie, "").await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    words(answer).await
}

/// Posts a form; its status, where it leads, and the page.
pub(crate) async fn sent(
    router: &Router,
    app: &App,
    cookie: &str,
    path: &str,
    form: &str,
) -> (StatusCode, String, String) {
    let form = format!("{form}&key={}", app.ids.next());
    let answer = ask(router, "POST", path, cookie, &form).await;
    let status = answer.status();
    let to = answer.headers().get(header::LOCATION);
    let to = to.map_or(String::new(), |to| to.to_str().expect("a path").to_owned());
    (status, to, words(answer).await)
}

pub(crate) fn id_at_the_end(path: &str) -> uuid::Uuid {
    let last = path.rsplit('/').next().expect("a path");
    last.parse().unwrap_or_else(|_| panic!("{path}"))
}

/// A site of a town's own.
pub(crate) async fn an_own_site(app: &App, town: &str) -> SiteId {
    added(app, town, &own_form("【デモ】別館", town)).await
}

/// A hospital of a town, which is on no list.
pub(crate) async fn a_hospital(app: &App, town: &str) -> SiteId {
    let form = own_form("【デモ】小児病院", town);
    added(app, town, &form.replace("welfare_shelter", "hospital")).await
}

async fn added(app: &App, town: &str, form: &str) -> SiteId {
    let router = web::router(app.clone());
    let cookie = session(app, Role::Municipality, Some(town), None).await;
    let (status, to, page) = sent(&router, app, &cookie, "/sites/new", form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    SiteId(id_at_the_end(&to))
}

pub(crate) fn own_form(name: &str, town: &str) -> String {
    format!(
        "site_kind=welfare_shelter&site_name={name}&site_address=【デモ】町9-9\
         &municipality={town}&lat=32.21&lon=130.77&accepted=&note=【デモ】"
    )
}

/// A change of many sites of a town that is proposed and not done.
pub(crate) async fn a_batch(app: &App, town: &str) -> SiteBatchId {
    let router = web::router(app.clone());
    let cookie = session(app, Role::Municipality, Some(town), None).await;
    let form = "within=/sites&all=1&set=companions&companions=7";
    let (status, to, page) = sent(&router, app, &cookie, "/sites/bulk", form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    SiteBatchId(id_at_the_end(&to))
}

/// An import of sites.
pub(crate) async fn an_import(app: &App) -> DataSetId {
    let mut tx = app.store.read().await.expect("a unit of work");
    tx.site_imports().await.expect("a look-up")[0].id
}

async fn filters_stand_in_the_address_and_searched_words_do_not(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let sites = sites_of(&app, TOWN, SiteKind::EmergencySite).await;
    let (early, other) = (&sites[0], &sites[1]);
    let enter = |id: SiteId, form: &'static str| {
        let (router, app, cookie) = (&router, &app, &cookie);
        async move {
            let mut tx = app.store.read().await.expect("a unit of work");
            let (revision, _) = tx.site_entry_state(id).await.expect("a look-up");
            drop(tx);
            let form = format!("{form}&revision={revision}");
            let path = format!("/sites/{id}/entry");
            let (status, ..) = sent(router, app, cookie, &path, &form).await;
            assert_eq!(status, StatusCode::OK);
        }
    };
    enter(early.id, "level=2").await;
    enter(other.id, "level=4&closed_from=2026-11-21").await;
    let row = |s: &Site| format!("href=\"/sites/{}\"", s.id);
    let by_three = page(&router, &cookie, "/sites?level=3").await;
    assert!(by_three.contains(&row(early)) && !by_three.contains(&row(other)));
    let closed = page(&router, &cookie, "/sites?closed=1&kind=emergency_site").await;
    assert!(closed.contains(&row(other)) && !closed.contains(&row(early)));
    let none = page(&router, &cookie, "/sites?level=1&kind=hospital").await;
    assert!(none.contains("この条件に合う避難先はありません"));
    // The words of a search go into a cookie, and the filter stays.
    let form = format!("within=/sites?level=4&words={}", other.published.name);
    let answer = ask(
        &router,
        "POST",
        "/sites/search",
        &cookie,
        &form.replace("?level=4", "%3Flevel%3D4"),
    )
    .await;
    let to = answer.headers()[header::LOCATION].to_str().expect("a path");
    assert_eq!(to, "/sites?level=4&found=1");
    let kept = answer.headers()[header::SET_COOKIE]
        .to_str()
        .expect("a cookie");
    let kept = kept.split(';').next().expect("a pair");
    let found = page(&router, &format!("{cookie}; {kept}"), to).await;
    assert!(found.contains(&row(other)) && !found.contains(&row(early)));
    // Sites of other towns are not in the list of this one.
    let foreign = &sites_of(&app, "43202", SiteKind::EmergencySite).await[0];
    assert!(
        !page(&router, &cookie, "/sites")
            .await
            .contains(&row(foreign))
    );
    // The prefecture sees them all, and not how many plans lead anywhere.
    let prefecture = session(&app, Role::Prefecture, None, None).await;
    let all = page(&router, &prefecture, "/sites?municipality=43202").await;
    assert!(all.contains(&row(foreign)) && !all.contains(">計画</th>"));
    assert!(
        page(&router, &cookie, "/sites")
            .await
            .contains(">計画</th>")
    );
}

async fn a_shelter_is_found_by_the_emergency_sites_at_its_address(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let loaded = world::current(&app).await.expect("the world is read");
    let directory = loaded.world.sites.as_ref().expect("there are sites");
    let shelters = sites_of(&app, TOWN, SiteKind::Shelter).await;
    let judged = |s: &Site| directory.judged(s).designations;
    let (known, hazard) = shelters
        .iter()
        .find_map(|s| Some((s, judged(s)?.iter().next()?)))
        .expect("a shelter beside an emergency site");
    let unknown: Vec<&Site> = shelters.iter().filter(|s| judged(s).is_none()).collect();
    let path = format!("/sites?kind=shelter&hazard={}", hazard.code());
    let page = page(&router, &cookie, &path).await;
    assert!(page.contains(&known.id.to_string()));
    assert!(page.contains("同じ住所の指定緊急避難場所による"));
    for site in unknown {
        assert!(!page.contains(&site.id.to_string()), "unknown is no pass");
    }
}

async fn every_entry_is_told_by_whom_and_when_and_an_earlier_one_can_be_entered_again(
    db: Database,
) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&app, TOWN).await;
    let path = format!("/sites/{id}/entry");
    sent(&router, &app, &cookie, &path, "level=3&revision=0").await;
    sent(
        &router,
        &app,
        &cookie,
        &path,
        "level=4&direct=yes&revision=1",
    )
    .await;
    let said = page(&router, &cookie, &format!("/sites/{id}")).await;
    for part in [
        "2026-11-21 12:00 【デモ】",
        "開設する警戒レベル: <del>3</del> → <ins>4</ins>",
    ] {
        assert!(said.contains(part), "{part}");
    }
    let back = format!("/sites/{id}/entry/restore");
    let (status, ..) = sent(&router, &app, &cookie, &back, "revision=2&of=1").await;
    assert_eq!(status, StatusCode::OK);
    let now = site(&app, id).await.entry;
    assert_eq!((now.opens_at_level, now.direct_allowed), (Some(3), None));
    // On a revision that somebody has overtaken nothing is done.
    let (status, ..) = sent(&router, &app, &cookie, &back, "revision=2&of=0").await;
    assert_eq!(status, StatusCode::CONFLICT);
    // A family sees what is entered, and not by whom.
    let mut tx = app.store.read().await.expect("a unit of work");
    assert_eq!(tx.site_entries(id).await.expect("a look-up").len(), 3);
}

/// A child of the town and the listed site that its plan leads to.
pub(crate) async fn a_destination(app: &App) -> (String, Site) {
    let town = MunicipalityCode::parse(TOWN).expect("a code");
    let cases = check::batch(app, &Reader::Operator, "", app.clock.today()).await;
    let cases = cases.expect("a check");
    let found = cases.iter().find_map(|c| {
        let site = c.look.destinations.iter().find_map(|d| d.site.clone())?;
        let here = site.published.municipality.is_some_and(|m| m.same_as(town));
        let lives = c.case.home.municipality.is_some_and(|m| m.same_as(town));
        let listed = site.published.kind == SiteKind::EmergencySite;
        (here && lives && listed).then(|| (c.case.number.to_string(), (*site).clone()))
    });
    found.expect("a child whose plan leads to a site of its town")
}

async fn closing_a_site_names_the_plans_that_lead_there(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (case, goal) = a_destination(&app).await;
    let path = format!("/sites/{}", goal.id);
    let before = page(&router, &cookie, &path).await;
    assert!(!before.contains("id=\"touched\""));
    let mut tx = app.store.read().await.expect("a unit of work");
    let (revision, _) = tx.site_entry_state(goal.id).await.expect("a look-up");
    drop(tx);
    let form = format!("closed_from=2026-12-01&closed_until=2026-12-20&revision={revision}");
    let (status, _, said) = sent(&router, &app, &cookie, &format!("{path}/entry"), &form).await;
    assert_eq!(status, StatusCode::OK);
    let touched = said.split("id=\"touched\"").nth(1).expect("the section");
    let touched = touched.split("</section>").next().expect("its end");
    assert!(
        touched.contains(&format!("href=\"/plans/{case}\"")),
        "{touched}"
    );
    assert!(touched.contains("電話") && touched.contains("差し替えるまで有効"));
    // Staff of another town see the site, and no child of this one.
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    assert!(!page(&router, &other, &path).await.contains(&case));
}

async fn many_sites_are_changed_as_one_and_back_as_one(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let sites = sites_of(&app, TOWN, SiteKind::EmergencySite).await;
    let before: Vec<_> = sites.iter().map(|s| s.entry.clone()).collect();
    let (case, goal) = a_destination(&app).await;
    let chosen: Vec<String> = sites.iter().map(|s| format!("&site={}", s.id)).collect();
    let chosen = chosen.concat();
    let form = format!(
        "within=/sites{chosen}&set=closed&set=companions&closed_from=2026-12-01&companions=9&level=1"
    );
    let (status, to, _) = sent(&router, &app, &cookie, "/sites/bulk", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    // Nothing is changed before it is confirmed, and the page says whom it touches.
    let preview = page(&router, &cookie, &to).await;
    assert!(preview.contains(&format!("/plans/{case}")) && preview.contains(&goal.published.name));
    assert_eq!(site(&app, sites[0].id).await.entry, before[0]);
    let (status, _, done) = sent(&router, &app, &cookie, &format!("{to}/confirm"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(done.contains("/undo"));
    for (site, old) in sites_of(&app, TOWN, SiteKind::EmergencySite)
        .await
        .iter()
        .zip(&before)
    {
        assert_eq!(site.entry.companions_max, Some(9));
        assert!(site.entry.closed_from.is_some());
        // The level was typed and not ticked.
        assert_eq!(site.entry.opens_at_level, old.opens_at_level);
    }
    // Another one's change is not there for another town.
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    let (status, ..) = sent(&router, &app, &other, &format!("{to}/undo"), "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, ..) = sent(&router, &app, &cookie, &format!("{to}/undo"), "").await;
    assert_eq!(status, StatusCode::OK);
    let after: Vec<_> = sites_of(&app, TOWN, SiteKind::EmergencySite).await;
    let after: Vec<_> = after.into_iter().map(|s| s.entry).collect();
    assert_eq!(after, before);
    // Undone once is undone.
    let (_, _, again) = sent(&router, &app, &cookie, &format!("{to}/undo"), "").await;
    assert!(again.contains("すでに済んでいます"));
    assert!(page(&router, &cookie, "/sites/changes").await.contains(&to));
}

async fn a_change_of_many_is_not_done_at_all_when_one_site_has_moved_on(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let batch = a_batch(&app, TOWN).await;
    let sites = sites_of(&app, TOWN, SiteKind::Shelter).await;
    let moved = &sites[0];
    let mut tx = app.store.read().await.expect("a unit of work");
    let (revision, _) = tx.site_entry_state(moved.id).await.expect("a look-up");
    drop(tx);
    let form = format!("level=2&revision={revision}");
    sent(
        &router,
        &app,
        &cookie,
        &format!("/sites/{}/entry", moved.id),
        &form,
    )
    .await;
    let path = format!("/sites/batches/{batch}");
    let (status, _, said) = sent(&router, &app, &cookie, &format!("{path}/confirm"), "").await;
    assert_eq!(status, StatusCode::CONFLICT);
    let row = said
        .split("<article")
        .find(|a| a.contains(&moved.id.to_string()));
    assert!(row.expect("its row").contains("そのあとで記入がありました"));
    for site in sites_of(&app, TOWN, SiteKind::EmergencySite).await {
        assert_ne!(site.entry.companions_max, Some(7), "nothing was done");
    }
    // Nothing chosen, nothing ticked: said, and nothing proposed.
    for form in ["within=/sites&set=level&level=3", "within=/sites&all=1"] {
        let (status, ..) = sent(&router, &app, &cookie, "/sites/bulk", form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
}

async fn what_was_chosen_for_many_comes_back_where_something_is_missing(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let one = sites_of(&app, TOWN, SiteKind::EmergencySite).await[0].id;
    // A site is ticked and a number typed, but not what shall change.
    let form = format!("within=/sites&site={one}&companions=7&direct=no");
    let (status, _, said) = sent(&router, &app, &cookie, "/sites/bulk", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains(&format!("value=\"{one}\" checked")));
    assert!(said.contains("name=\"companions\" value=\"7\""));
    assert!(said.contains("value=\"no\" selected"));
    // What shall change is ticked, but no site.
    let form = "within=/sites&set=closed&closed_from=2026-12-01";
    let (status, _, said) = sent(&router, &app, &cookie, "/sites/bulk", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("value=\"closed\" checked"));
    assert!(said.contains("name=\"closed_from\" value=\"2026-12-01\""));
}
