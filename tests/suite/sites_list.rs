//! The list of sites as a municipality keeps it: filters, entries with who and
//! when, changes of many, sheets, sites of its own, and what imports change.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use calamine::Reader as _;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        id::{DataSetId, SiteBatchId, SiteId},
        municipality::MunicipalityCode,
        site::{Site, SiteKind},
    },
    seal::{Token, form_token},
    service::{
        check,
        import::{self, Imported, Options, What},
        world,
    },
    web,
};
use tower::ServiceExt;

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
    a_sheet_goes_out_and_comes_back_and_keeps_what_it_does_not_say,
    a_sheet_of_others_is_refused_row_by_row,
    a_site_of_ones_own_is_added_corrected_ended_and_taken_up_again,
    no_import_withdraws_a_site_of_ones_own_and_a_published_twin_is_named,
    an_import_tells_what_it_changed_and_whose_plan_that_touches,
    what_was_chosen_for_many_comes_back_where_something_is_missing,
    a_heading_that_is_not_read_is_named_and_a_sheet_without_a_change_offers_no_saving,
);

/// The town of most of these tests.
pub(crate) const TOWN: &str = "43203";

async fn all_sites(app: &App) -> Vec<Site> {
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

async fn site(app: &App, id: SiteId) -> Site {
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

fn id_at_the_end(path: &str) -> uuid::Uuid {
    let last = path.rsplit('/').next().expect("a path");
    last.parse().unwrap_or_else(|_| panic!("{path}"))
}

/// A site of a town's own.
pub(crate) async fn an_own_site(app: &App, town: &str) -> SiteId {
    let router = web::router(app.clone());
    let cookie = session(app, Role::Municipality, Some(town), None).await;
    let form = own_form("【デモ】別館", town);
    let (status, to, page) = sent(&router, app, &cookie, "/sites/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    SiteId(id_at_the_end(&to))
}

fn own_form(name: &str, town: &str) -> String {
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

/// The rows of a sheet, as text.
fn rows_of(file: &[u8]) -> Vec<Vec<String>> {
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file)).expect("a spreadsheet");
    let range = book.worksheet_range("避難先").expect("the sheet");
    let row = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect();
    range.rows().map(row).collect()
}

async fn download(router: &Router, cookie: &str, path: &str) -> Vec<u8> {
    let answer = ask(router, "GET", path, cookie, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(answer.into_body(), 16 << 20).await;
    bytes.expect("a file").to_vec()
}

/// Sends rows back as a sheet; the status, and where it leads.
async fn upload(
    router: &Router,
    app: &App,
    cookie: &str,
    rows: &[Vec<String>],
) -> (StatusCode, String, String) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in (0..).zip(rows) {
        for (c, cell) in (0..).zip(row) {
            sheet.write_string(r, c, cell).expect("a cell");
        }
    }
    upload_bytes(router, app, cookie, &book.save_to_buffer().expect("a file")).await
}

async fn upload_bytes(
    router: &Router,
    app: &App,
    cookie: &str,
    file: &[u8],
) -> (StatusCode, String, String) {
    let secret = Token::from_text(cookie.trim_start_matches("tomoshibi=")).expect("a session");
    let mut body = Vec::new();
    let key = app.ids.next().to_string();
    for (name, value) in [("csrf", form_token(&secret)), ("key", key)] {
        let part =
            format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.xlsx\"\r\n\
          Content-Type: application/octet-stream\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--xyz--\r\n");
    let request = Request::post("/sites/sheet")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz")
        .body(Body::from(body))
        .expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    let status = answer.status();
    let to = answer.headers().get(header::LOCATION);
    let to = to.map_or(String::new(), |to| to.to_str().expect("a path").to_owned());
    (status, to, words(answer).await)
}

fn column(rows: &[Vec<String>], name: &str) -> usize {
    let place = rows[0].iter().position(|head| head == name);
    place.unwrap_or_else(|| panic!("{name} in {:?}", rows[0]))
}

async fn a_sheet_goes_out_and_comes_back_and_keeps_what_it_does_not_say(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    // What somebody wrote is no formula, in whatever it is written.
    let own = sent(
        &router,
        &app,
        &cookie,
        "/sites/new",
        &own_form("%3D1%2B1【デモ】", TOWN),
    )
    .await;
    let own = SiteId(id_at_the_end(&own.1));
    let form =
        "socket=%3DHYPERLINK(1)&confirmed_by=x&valid_until=2027-03-31&companions=2&revision=0";
    sent(&router, &app, &cookie, &format!("/sites/{own}/entry"), form).await;
    let file = download(&router, &cookie, "/sites/sheet.xlsx").await;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(&file)).expect("a spreadsheet");
    let formulas = book.worksheet_formula("避難先").expect("the sheet");
    assert_eq!(formulas.used_cells().count(), 0);
    let mut rows = rows_of(&file);
    let mine: Vec<Site> = all_sites(&app).await;
    let town = MunicipalityCode::parse(TOWN).expect("a code");
    let here = |s: &&Site| s.published.municipality.is_some_and(|m| m.same_as(town));
    assert_eq!(rows.len() - 1, mine.iter().filter(here).count());
    // As it went out it changes nothing.
    let (status, to, _) = upload(&router, &app, &cookie, &rows).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(
        page(&router, &cookie, &to)
            .await
            .contains("変わるものはありません")
    );
    // One cell is filled, one emptied, one column is taken out.
    let (level, companions) = (
        column(&rows, "開設する警戒レベル"),
        column(&rows, "受け入れる付添いの人数"),
    );
    let (id, socket) = (
        column(&rows, "避難先ID"),
        column(&rows, "電源のコンセント（停電時の給電元）"),
    );
    let of = own.to_string();
    let row = rows.iter_mut().find(|row| row[id] == of).expect("its row");
    assert_eq!(
        (row[companions].as_str(), row[socket].as_str()),
        ("2", "=HYPERLINK(1)")
    );
    "３".clone_into(&mut row[level]);
    row[companions] = String::new();
    let direct = column(&rows, "直接避難");
    for row in &mut rows {
        row.remove(direct);
    }
    let (_, to, _) = upload(&router, &app, &cookie, &rows).await;
    let (status, ..) = sent(&router, &app, &cookie, &format!("{to}/confirm"), "").await;
    assert_eq!(status, StatusCode::OK);
    let now = site(&app, own).await.entry;
    assert_eq!((now.opens_at_level, now.companions_max), (Some(3), None));
    assert_eq!(now.power.expect("its power").socket, "=HYPERLINK(1)");
    // The rest is as it was.
    for old in mine.iter().filter(|s| s.id != own) {
        assert_eq!(site(&app, old.id).await.entry, old.entry);
    }
    // The same sheet again is of a revision that is past.
    let (_, to, _) = upload(&router, &app, &cookie, &rows).await;
    assert!(
        page(&router, &cookie, &to)
            .await
            .contains("この表を出したあとで記入がありました")
    );
}

async fn a_sheet_of_others_is_refused_row_by_row(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let path = "/sites/sheet.xlsx?municipality=43202&kind=emergency_site";
    let mut rows = rows_of(&download(&router, &centre, path).await);
    let own = rows_of(&download(&router, &cookie, "/sites/sheet.xlsx").await);
    let foreign = rows.len() - 1;
    let level = column(&rows, "開設する警戒レベル");
    rows.push(own[1].clone());
    rows.push(own[2].clone());
    rows.push(own[2].clone());
    let last = rows.len();
    for row in &mut rows[1..] {
        "5".clone_into(&mut row[level]);
    }
    "9".clone_into(&mut rows[last - 3][level]);
    let (status, to, _) = upload(&router, &app, &cookie, &rows).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let said = page(&router, &cookie, &to).await;
    assert_eq!(
        said.matches("あなたの市町村の避難先ではありません").count(),
        foreign
    );
    assert!(said.contains("1から5までの数字"));
    assert!(said.contains("同じ避難先の行が上にもあります"));
    let (status, ..) = sent(&router, &app, &cookie, &format!("{to}/confirm"), "").await;
    assert_eq!(status, StatusCode::OK);
    for site in sites_of(&app, "43202", SiteKind::EmergencySite).await {
        assert_ne!(
            site.entry.opens_at_level,
            Some(5),
            "a foreign row is not written"
        );
    }
    // What is no such sheet is refused whole, in words.
    let other = [vec!["名称".to_owned()], vec!["x".to_owned()]];
    let (status, _, said) = upload(&router, &app, &cookie, &other).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("避難先の表ではありません"));
    let (status, _, said) = upload_bytes(&router, &app, &cookie, b"PK\x03\x04nothing").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    // A file beyond the limit, and any other form of that size, are not taken.
    let (status, _, said) = upload_bytes(&router, &app, &cookie, &vec![b'x'; 3 << 20]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(said.contains("2 MBまで") && said.contains("up to 2 MB"));
    let long = format!("words={}", "x".repeat(400 * 1024));
    let status = ask(&router, "POST", "/sites/search", &cookie, &long)
        .await
        .status();
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

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
    assert_eq!(added.source, "人吉市が追加した避難先 (2026-11-21)");
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

async fn a_heading_that_is_not_read_is_named_and_a_sheet_without_a_change_offers_no_saving(
    db: Database,
) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let mut rows = rows_of(&download(&router, &cookie, "/sites/sheet.xlsx").await);
    rows.truncate(3);
    let direct = column(&rows, "直接避難");
    "直接ひなん".clone_into(&mut rows[0][direct]);
    "はい".clone_into(&mut rows[1][direct]);
    let level = column(&rows, "開設する警戒レベル");
    "9".clone_into(&mut rows[2][level]);
    let (_, to, _) = upload(&router, &app, &cookie, &rows).await;
    let said = page(&router, &cookie, &to).await;
    assert!(said.contains("直接ひなん") && said.contains("「直接避難」のことなら"));
    assert!(said.contains("いま保存できるものはありません") && !said.contains("/confirm"));
    assert!(said.contains("見出しの次の行を1として"));
    let (status, _, said) = upload_bytes(&router, &app, &cookie, b"%PDF-1.7 x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("表計算のファイルではありません"), "{said}");
}
