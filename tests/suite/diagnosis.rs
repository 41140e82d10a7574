//! The diagnosis of a district: what it counts in a small invented municipality, who may
//! read it, and the same as a spreadsheet.

use std::{fmt::Write as _, sync::Arc};

use axum::{Router, http::StatusCode};
use calamine::Reader as _;
use tomoshibi::{
    app::App,
    domain::{access::Role, hazard::LayerKind, municipality::MunicipalityCode, site::SiteKind},
    service::import::{self, Imported, Options, What},
    web,
};

use crate::{
    access::{ask, session, words},
    demo,
    moves::post,
    retention::import_text,
    sites_list::{sent, sites_of},
    support::engines::Database,
};

crate::on_every_engine!(
    the_counts_of_a_small_town_are_those_that_were_worked_by_hand,
    a_part_of_a_town_is_told_by_names_and_by_its_corners,
    wards_roll_up_and_foreign_towns_are_not_there,
    a_protected_address_is_counted_as_unknown_and_only_at_home,
    the_spreadsheet_says_the_same_and_names_no_child,
    what_cannot_be_a_part_is_refused_and_stays_typed,
    nothing_on_record_is_said_and_not_shown_as_zero,
);

/// In 43203: A in the water with a plan, B in the water without one, C outside, and D of
/// whose position nothing is known. E lives in another town, F and G in wards of 43100.
const SHEET: &str = "整理番号,市町村,氏名,住所,緯度,経度,位置の精度,居室の階,計画,計画日,避難先1_種別,避難先1_施設ID,避難先1_名称,支援者1_氏名,きっかけ_洪水\n\
     Y-1001,43203,【デモ】あ,人吉市下城本町1,32.2105,130.7505,現地測位,2,あり,2026-04-10,指定緊急避難場所,E4320399001201,【デモ】乾小学校,【デモ】手伝い,3\n\
     Y-1002,43203,【デモ】い,人吉市下城本町2,32.2106,130.7506,現地測位,1,なし,,,,,,\n\
     Y-1003,43203,【デモ】う,人吉市麓町3,32.2405,130.7805,現地測位,,なし,,,,,,\n\
     Y-1004,43203,【デモ】え,人吉市麓町4,,,,,なし,,,,,,\n\
     Y-1005,43202,【デモ】お,八代市松江町5,32.5070,130.6010,現地測位,,なし,,,,,,\n\
     Y-1006,43101,【デモ】か,熊本市中央区【デモ】6,32.8030,130.7079,現地測位,,なし,,,,,,\n\
     Y-1007,43102,【デモ】き,熊本市東区【デモ】7,32.7800,130.7600,現地測位,,なし,,,,,,\n";

/// Five places for people in 43203; all but the fourth are for floods.
const SITES: &str = "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考\n\
     1,E4320399001201,熊本県人吉市,【デモ】乾小学校,熊本県人吉市下城本町10,1,,,1,,,,,,32.2305,130.7605,\n\
     2,E4320399002201,熊本県人吉市,【デモ】川辺公園,熊本県人吉市下城本町20,1,,,1,,,,,,32.2110,130.7510,\n\
     3,E4320399003201,熊本県人吉市,=1+1【デモ】坂上会館,熊本県人吉市麓町30,1,,,1,,,,,,32.2310,130.7610,\n\
     4,E4320399004201,熊本県人吉市,【デモ】山手会館,熊本県人吉市麓町40,,1,,1,,,,,,32.2315,130.7615,\n\
     5,E4320399005201,熊本県人吉市,【デモ】丘の体育館,熊本県人吉市麓町50,1,,,1,,,,,,32.2320,130.7620,\n";

/// A square a hundredth of a degree wide, with what the file says of it.
fn square(properties: &str, west: f64, south: f64) -> String {
    let (east, north) = (west + 0.01, south + 0.01);
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}]}}"#
    )
}

async fn bring(app: &App, what: What, name: &str, text: &str, options: Options) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    let done = import::file(app, what, &path, &options, "test", Arc::new(|_| ())).await;
    match done.expect("it is read") {
        Imported::Report(report) => {
            assert!(report.error.is_none() && report.accepted > 0, "{report:?}");
        }
        Imported::Missing(path) => panic!("{}", path.display()),
    }
}

async fn layer(app: &App, kind: LayerKind, name: &str, text: &str) {
    let covers = MunicipalityCode::parse("43203").ok();
    let options = Options {
        covers: covers.map(|code| [code].into()),
        kind: Some(kind),
        ..Options::default()
    };
    bring(app, What::Hazards, name, text, options).await;
}

/// What the municipality has entered of a site.
async fn enter(app: &App, router: &Router, cookie: &str, reference: &str, form: &str) {
    let sites = sites_of(app, "43203", SiteKind::EmergencySite).await;
    let site = sites.iter().find(|site| site.reference() == reference);
    let path = format!("/sites/{}/entry", site.expect("the site").id);
    let form = format!("{form}&revision=0");
    let (status, _, page) = sent(router, app, cookie, &path, &form).await;
    assert_eq!(status, StatusCode::OK, "{page}");
}

/// The small town: its children, its maps of floods and landslides, its sites, and what
/// is entered of them.
async fn town(db: &Database) -> (App, Router, String) {
    let app = demo::app(db).await;
    let report = import_text(&app, SHEET).await;
    assert_eq!(report.accepted, 7, "{report:?}");
    let water = square(r#""A31a_205":2"#, 130.745, 32.205);
    let flow = square(r#""A31a_405":1"#, 130.90, 32.30);
    let bank = square(r#""A31a_505":1"#, 130.90, 32.30);
    let slope = square(r#""A33_001":1,"A33_002":1"#, 130.90, 32.30);
    let a31 = "A31a-25_43_10.geojson";
    layer(&app, LayerKind::Flood, a31, &water).await;
    layer(&app, LayerKind::FloodCollapseFlow, a31, &flow).await;
    layer(&app, LayerKind::FloodCollapseBank, a31, &bank).await;
    layer(
        &app,
        LayerKind::Landslide,
        "A33-25_43Polygon.geojson",
        &slope,
    )
    .await;
    let list = Options::default();
    bring(&app, What::Sites, "mergeFromCity_2.csv", SITES, list).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let power = "socket=x&confirmed_by=x&valid_until=2027-03-31";
    for (reference, form) in [
        (
            "E4320399001201",
            format!("level=3&direct=yes&places=1&{power}"),
        ),
        (
            "E4320399002201",
            format!("level=3&direct=yes&lowest=1&highest=1&{power}"),
        ),
        (
            "E4320399003201",
            format!("level=3&direct=yes&places=9&closed_from=2026-11-01&{power}"),
        ),
    ] {
        enter(&app, &router, &cookie, reference, &form).await;
    }
    (app, router, cookie)
}

/// A text as it stands in an address.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").expect("a string takes any text");
        encoded
    })
}

async fn page(router: &Router, cookie: &str, path: &str) -> String {
    let answer = ask(router, "GET", path, cookie, "").await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    words(answer).await
}

/// The counts of a hazard: homes, then each level, then plans; cell by cell.
fn row(page: &str, hazard: &str) -> Vec<Vec<String>> {
    let from = page.find(&format!("<tr><th scope=\"row\">{hazard}</th>"));
    let rest = &page[from.unwrap_or_else(|| panic!("{hazard} is not on {page}"))..];
    let row = rest.split("</tr>").next().expect("its end");
    let cells = row.split("<td").skip(1).map(|cell| {
        let lines = cell.split("<span class=\"count").skip(1);
        let text = |line: &str| {
            let (_, text) = line.split_once('>').expect("a line");
            text.split('<').next().unwrap_or_default().to_owned()
        };
        lines.map(text).collect()
    });
    cells.collect()
}

async fn the_counts_of_a_small_town_are_those_that_were_worked_by_hand(db: Database) {
    let (_, router, cookie) = town(&db).await;
    let page = page(&router, &cookie, "/diagnosis/43203").await;
    // Homes: A and B stand in the water, C outside, of D no position is known; E is of
    // another town. Places: the 1st has everything; the 2nd stands in 0.5 to 3 m of water
    // and has a ground floor alone; the 3rd is closed; the 4th is not for floods; of the
    // 5th nobody has entered when it opens.
    let flood = row(&page, "洪水");
    assert_eq!(flood[0], ["当たる 2", "区域の外 1", "不明 1"]);
    assert_eq!(
        flood[1],
        [
            "使える 1（指定 4）",
            "使えるか不明 1",
            "区域の中 1",
            "閉鎖中 1",
            "電源確認済み 1",
            "電源あり・直接入れる 1",
            "確かめる所 1",
            "受入れ枠 1",
            // One place for A and B, and for D too where it is hit.
            "足りない枠 1（不明の家も含めて 2）",
        ]
    );
    // B and D have no plan, so that nobody has settled when they leave; A leaves at 3.
    let late = flood[2].last().expect("a line");
    assert_eq!(late, "出発がレベル4以降か、決まっていない 2");
    // A's room is on the second floor, B's on the first; of D nobody knows.
    assert_eq!(
        flood[3],
        ["上の階にいられる 1", "上の階でも危ない 1", "不明 1"]
    );
    assert_eq!(
        flood[4],
        [
            "使える行き先がある 1",
            "使える行き先がない 2",
            "行き先か計画がない 2"
        ]
    );
    // Nobody is hit by a landslide for sure, and one site is for it: nothing is entered.
    let landslide = row(&page, "土砂災害");
    assert_eq!(landslide[0], ["当たる 0", "区域の外 3", "不明 1"]);
    assert_eq!(landslide[1][0], "使える 0（指定 1）");
    // No map of a storm surge covers the town: unknown, and never dry.
    assert_eq!(row(&page, "高潮")[0], ["当たる 0", "区域の外 0", "不明 4"]);
    // Everybody is hit by an earthquake; the 2nd place will do, and the 3rd is closed.
    let earthquake = row(&page, "地震");
    assert_eq!(earthquake[0], ["当たる 4", "区域の外 0", "不明 0"]);
    assert_eq!(earthquake[1][0], "使える 4（指定 5）");
    assert_eq!(earthquake.len(), 3, "no levels: one cell of places");
    // What there is none of stands first: no place is designated for a storm surge.
    let (first, _) = page.split_once("id=\"table\"").expect("the table");
    assert!(
        first.contains("高潮のとき、使える避難先が1か所もありません。"),
        "{first}"
    );
    assert!(first.contains("土砂災害のとき、電源があって直接入れると確かめられた避難先が1か所もありません（確かめる所 1）。"), "{first}");
    assert!(!first.contains("洪水のとき"), "{first}");
    assert!(first.contains("数えたお子さん: 4人"), "{first}");
    // Counts lead to lists; no name and no case stands here.
    assert!(
        page.contains("href=\"/map?municipality=43203&#38;inside=flood\"")
            || page.contains("href=\"/map?municipality=43203&amp;inside=flood\""),
        "{page}"
    );
    for case in ["Y-1001", "【デモ】あ", "Y-1005"] {
        assert!(!page.contains(case), "{case}");
    }
}

async fn a_part_of_a_town_is_told_by_names_and_by_its_corners(db: Database) {
    let (_, router, cookie) = town(&db).await;
    let named = page(
        &router,
        &cookie,
        &format!("/diagnosis/43203?places={}", encoded("下城本町\n無い町")),
    )
    .await;
    // A, B and the first two sites have 下城本町 in their address.
    assert!(named.contains("数えたお子さん: 2人"), "{named}");
    assert_eq!(row(&named, "洪水")[0], ["当たる 2", "区域の外 0", "不明 0"]);
    assert_eq!(row(&named, "洪水")[1][0], "使える 1（指定 2）");
    assert!(
        named.contains("書き方を確かめてください）: 無い町"),
        "{named}"
    );
    // Around the water: A, B, the 2nd site, and D, of whom nobody knows where it lives.
    let corners = "drawn=32.205,130.745%0A32.205,130.755%0A32.215,130.755%0A32.215,130.745";
    let drawn = page(&router, &cookie, &format!("/diagnosis/43203?{corners}")).await;
    assert!(drawn.contains("数えたお子さん: 3人"), "{drawn}");
    assert!(drawn.contains("住所の保護）: 1"), "{drawn}");
    assert_eq!(row(&drawn, "洪水")[1][0], "使える 0（指定 1）");
}

async fn wards_roll_up_and_foreign_towns_are_not_there(db: Database) {
    let (app, router, cookie) = town(&db).await;
    let city = session(&app, Role::Municipality, Some("43100"), None).await;
    for code in ["43100", "43101", "43105"] {
        let page = page(&router, &city, &format!("/diagnosis/{code}")).await;
        assert!(page.contains("数えたお子さん: 2人"), "{code}: {page}");
        assert!(page.contains("<h1>地域診断: 熊本市"), "{page}");
    }
    let centre = session(&app, Role::Centre, None, None).await;
    let keeper = session(&app, Role::Administrator, None, None).await;
    let status =
        async |cookie: &str, path: &str| ask(&router, "GET", path, cookie, "").await.status();
    for path in ["/diagnosis/43203", "/diagnosis/43203/sheet.xlsx"] {
        assert_eq!(status(&cookie, path).await, StatusCode::OK, "{path}");
        assert_eq!(status(&city, path).await, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(status(&centre, path).await, StatusCode::OK, "{path}");
        assert_eq!(status(&keeper, path).await, StatusCode::OK, "{path}");
        for role in [
            Role::Coordinator,
            Role::NightDuty,
            Role::Prefecture,
            Role::Auditor,
        ] {
            let town = role.is_municipal().then_some("43203");
            let other = session(&app, role, town, None).await;
            assert_eq!(
                status(&other, path).await,
                StatusCode::NOT_FOUND,
                "{role:?}"
            );
        }
    }
    for code in ["43999", "x", "13101"] {
        let path = format!("/diagnosis/{code}");
        assert_eq!(
            status(&centre, &path).await,
            StatusCode::NOT_FOUND,
            "{code}"
        );
    }
    // The centre knows no child here: it reads that, and no zero of what it may not see.
    let seen = page(&router, &centre, "/diagnosis/43203").await;
    assert!(seen.contains("数えたお子さん: 0人"), "{seen}");
    // An administrator reads of places alone.
    let seen = page(&router, &keeper, "/diagnosis/43203").await;
    assert_eq!(row(&seen, "洪水")[0], ["示しません"]);
    assert!(
        seen.contains("お子さんの数は、あなたの役割では見られません"),
        "{seen}"
    );
    assert!(!seen.contains("href=\"/map?"), "{seen}");
    let choose = page(&router, &keeper, "/diagnosis").await;
    assert!(choose.contains("href=\"/diagnosis/43100\""), "{choose}");
    assert!(!choose.contains("href=\"/diagnosis/43101\""), "{choose}");
}

async fn a_protected_address_is_counted_as_unknown_and_only_at_home(db: Database) {
    let (app, router, cookie) = town(&db).await;
    let protection = "/plans/Y-1001/protection";
    let status = post(&router, &app, protection, &cookie, "act=protect").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let seen = page(&router, &cookie, "/diagnosis/43203").await;
    // A was hit; that is told no more.
    assert_eq!(row(&seen, "洪水")[0], ["当たる 1", "区域の外 1", "不明 2"]);
    assert_eq!(row(&seen, "地震")[0], ["当たる 4", "区域の外 0", "不明 0"]);
    assert!(seen.contains("すべて「不明」に数えています）: 1"), "{seen}");
    // Whichever quarter is asked for, it may be there.
    for quarter in ["麓町", "下城本町"] {
        let path = format!("/diagnosis/43203?places={}", encoded(quarter));
        let seen = page(&router, &cookie, &path).await;
        assert!(seen.contains("住所の保護）: 1"), "{quarter}: {seen}");
        assert!(
            seen.contains("すべて「不明」に数えています）: 1"),
            "{quarter}"
        );
    }
    let centre = session(&app, Role::Centre, None, None).await;
    let seen = page(&router, &centre, "/diagnosis/43203").await;
    assert!(!seen.contains("すべて「不明」に数えています）"), "{seen}");
}

async fn the_spreadsheet_says_the_same_and_names_no_child(db: Database) {
    let (_, router, cookie) = town(&db).await;
    let answer = ask(&router, "GET", "/diagnosis/43203/sheet.xlsx", &cookie, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 22).await;
    let bytes = bytes.expect("a body");
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(&bytes)).expect("a spreadsheet");
    let names = book.sheet_names().clone();
    assert_eq!(names, ["地域診断", "避難先の一覧", "説明"]);
    let mut read = |name: &str| -> Vec<Vec<String>> {
        let range = book.worksheet_range(name).expect("a sheet");
        let rows = range.rows();
        rows.map(|row| row.iter().map(ToString::to_string).collect())
            .collect()
    };
    let table = read("地域診断");
    let column = |title: &str| {
        let place = table[0].iter().position(|name| name == title);
        place.unwrap_or_else(|| panic!("{title} is not in {:?}", table[0]))
    };
    let flood = table.iter().find(|row| row[0] == "洪水" && row[1] == "3");
    let flood = flood.expect("a row");
    for (title, value) in [
        ("当たる", "2"),
        ("区域の外", "1"),
        ("指定", "4"),
        ("使える", "1"),
        ("閉鎖中", "1"),
        ("電源あり・直接入れる", "1"),
        ("足りない枠", "1"),
        ("行き先か計画がない", "2"),
    ] {
        assert_eq!(flood[column(title)], value, "{title}");
    }
    let sites = read("避難先の一覧");
    assert_eq!(sites.len(), 6, "{sites:?}");
    let odd = sites.iter().find(|row| row[0].contains("坂上会館"));
    // Text, and no formula that a program runs.
    assert_eq!(odd.expect("the site")[0], "=1+1【デモ】坂上会館");
    let formulas = book.worksheet_formula("避難先の一覧").expect("a sheet");
    assert!(formulas.cells().all(|(.., formula)| formula.is_empty()));
    let mut all = book
        .worksheet_range("地域診断")
        .expect("a sheet")
        .rows()
        .flatten()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    for name in ["避難先の一覧", "説明"] {
        let range = book.worksheet_range(name).expect("a sheet");
        all.extend(range.rows().flatten().map(ToString::to_string));
    }
    for text in &all {
        for child in ["Y-100", "【デモ】あ", "【デモ】い", "【デモ】う"] {
            assert!(!text.contains(child), "{text}");
        }
    }
}

async fn what_cannot_be_a_part_is_refused_and_stays_typed(db: Database) {
    let (_, router, cookie) = town(&db).await;
    for (query, typed) in [
        ("places=1", ">1</textarea>"),
        ("drawn=32.2", ">32.2</textarea>"),
        ("drawn=32.2,130.7%0A32.3,130.7", ">32.2,130.7"),
    ] {
        let path = format!("/diagnosis/43203?{query}");
        let answer = ask(&router, "GET", &path, &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let page = words(answer).await;
        assert!(
            page.contains("role=\"alert\"") && page.contains(typed),
            "{page}"
        );
        let path = format!("/diagnosis/43203/sheet.xlsx?{query}");
        let answer = ask(&router, "GET", &path, &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{query}");
        // Of a foreign town it is not even said that something is wrong.
        let path = format!("/diagnosis/43202?{query}");
        let answer = ask(&router, "GET", &path, &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{query}");
    }
}

async fn nothing_on_record_is_said_and_not_shown_as_zero(db: Database) {
    let app = demo::app(&db).await;
    let router = web::router(app.clone());
    let centre = session(&app, Role::Centre, None, None).await;
    let seen = page(&router, &centre, "/diagnosis").await;
    assert!(
        seen.contains("まだお子さんも避難先も登録されていません"),
        "{seen}"
    );
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let to = ask(&router, "GET", "/diagnosis", &cookie, "").await;
    assert_eq!(to.status(), StatusCode::SEE_OTHER);
    assert_eq!(to.headers()["location"], "/diagnosis/43203");
    let seen = page(&router, &cookie, "/diagnosis/43203").await;
    assert!(
        seen.contains("数えられるお子さんは登録されていません"),
        "{seen}"
    );
    assert!(seen.contains("一覧にある避難先がありません"), "{seen}");
    assert!(seen.contains("地図がありません"), "{seen}");
}
