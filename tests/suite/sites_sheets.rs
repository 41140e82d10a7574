//! The sheet of sites: out, filled in, and in again.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use calamine::Reader as _;
use tomoshibi::{
    app::App,
    domain::{
        access::Role,
        id::SiteId,
        municipality::MunicipalityCode,
        site::{Site, SiteKind},
    },
    seal::{Token, form_token},
    web,
};
use tower::ServiceExt;

use crate::{
    access::{ask, session, words},
    sites_list::{TOWN, all_sites, id_at_the_end, own_form, page, sent, site, sites_of},
    support::engines::Database,
};

crate::on_every_engine!(
    a_sheet_goes_out_and_comes_back_and_keeps_what_it_does_not_say,
    a_sheet_of_others_is_refused_row_by_row,
    a_heading_that_is_not_read_is_named_and_a_sheet_without_a_change_offers_no_saving,
);

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
