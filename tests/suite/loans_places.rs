//! Where units are: kept at a place that stands on the map, or lent and at a home that
//! the reader sees; and the stock as a file.

use axum::http::{StatusCode, header};
use tomoshibi::{app::App, domain::access::Role, web};

use crate::{
    access::{ask, session, words},
    demo,
    support::engines::Database,
};

crate::on_every_engine!(
    the_place_of_a_unit_is_set_with_its_position_and_a_wrong_one_is_refused,
    a_spare_unit_is_on_everybodys_map_and_one_in_repair_on_that_of_the_centre,
    a_lent_unit_is_on_the_map_of_those_who_see_the_childs_home,
    the_stock_is_a_file_that_no_spreadsheet_runs,
);

struct Centre {
    app: App,
    cookie: String,
}

impl Centre {
    async fn new(app: App) -> Self {
        let cookie = session(&app, Role::Centre, None, None).await;
        Self { app, cookie }
    }

    async fn get(&self, path: &str) -> String {
        page(&self.app, &self.cookie, path).await
    }

    async fn post(&self, path: &str, form: &str) -> (StatusCode, String, String) {
        let router = web::router(self.app.clone());
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&router, "POST", path, &self.cookie, &form).await;
        let to = answer.headers().get(header::LOCATION);
        let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
        let (status, to) = (answer.status(), to.to_owned());
        (status, to, words(answer).await)
    }

    async fn unit(&self, serial: &str) -> String {
        let form = format!("model=【デモ】発電機&serial={serial}");
        let (status, to, page) = self.post("/units", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        to
    }

    async fn place(&self, unit: &str, form: &str) -> (StatusCode, String) {
        let shown = self.get(unit).await;
        let rest = shown
            .split_once("name=\"revision\" value=\"")
            .expect("a form")
            .1;
        let revision = rest.split('"').next().expect("a revision");
        let form = format!("{form}&revision={revision}");
        let (status, _, page) = self.post(&format!("{unit}/place"), &form).await;
        (status, page)
    }
}

async fn page(app: &App, cookie: &str, path: &str) -> String {
    let router = web::router(app.clone());
    words(ask(&router, "GET", path, cookie, "").await).await
}

/// The lines of generators beside the map.
fn units_of(map: &str) -> Vec<String> {
    let lines = map.split("<li data-role=\"unit\"").skip(1);
    lines
        .map(|line| line.split("</li>").next().unwrap_or_default().to_owned())
        .collect()
}

const HERE: &str = "place=【デモ】センター倉庫&lat=32.79&lon=130.74&accuracy=building";

async fn the_place_of_a_unit_is_set_with_its_position_and_a_wrong_one_is_refused(db: Database) {
    let centre = Centre::new(demo::app(&db).await).await;
    let unit = centre.unit("P-1").await;
    for (wrong, said) in [
        ("place=【デモ】x&lat=32.79&lon=&accuracy=building", "両方"),
        (
            "place=【デモ】x&lat=130.74&lon=32.79&accuracy=building",
            "逆になっていないか",
        ),
        ("place=【デモ】x&lat=32.79&lon=130.74", "どのくらい正確か"),
        (
            "place=【デモ】x&lat=北緯&lon=130.74&accuracy=building",
            "数",
        ),
    ] {
        let (status, text) = centre.place(&unit, wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(
            text.contains(said) && text.contains("value=\"【デモ】x\""),
            "{said}: {text}"
        );
    }
    let (status, text) = centre.place(&unit, HERE).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    let shown = centre.get(&unit).await;
    for said in ["【デモ】センター倉庫", "value=\"32.79\"", "登録内容の変更"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    // Whoever looked before that is told.
    let (status, ..) = centre
        .post(&format!("{unit}/place"), "place=【デモ】y&revision=1")
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    // A place in words alone will do.
    let (status, text) = centre.place(&unit, "place=【デモ】棚3").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    assert!(!centre.get(&unit).await.contains("32.79"));
}

async fn a_spare_unit_is_on_everybodys_map_and_one_in_repair_on_that_of_the_centre(db: Database) {
    let (app, _) = demo::filled(&db).await;
    let before =
        units_of(&page(&app, &session(&app, Role::Centre, None, None).await, "/map").await);
    let centre = Centre::new(app.clone()).await;
    let (spare, broken) = (centre.unit("M-1").await, centre.unit("M-2").await);
    for unit in [&spare, &broken] {
        assert_eq!(centre.place(unit, HERE).await.0, StatusCode::SEE_OTHER);
    }
    let form = "from=ready&to=in_repair&note=【デモ】プラグ";
    assert_eq!(
        centre.post(&format!("{broken}/state"), form).await.0,
        StatusCode::SEE_OTHER
    );
    let own = units_of(&centre.get("/map").await);
    assert_eq!(own.len(), before.len() + 2, "{own:?}");
    let of = |serial: &str| {
        own.iter()
            .find(|line| line.contains(serial))
            .expect("it is shown")
    };
    assert!(
        of("M-1").contains("data-lat=\"32.79\"") && of("M-1").contains(&spare),
        "{own:?}"
    );
    assert!(of("M-2").contains("点検・修理中"), "{own:?}");
    let free = units_of(&centre.get("/map?units=ready").await);
    assert!(
        free.iter().all(|line| line.contains("data-kind=\"ready\"")),
        "{free:?}"
    );
    assert_eq!(units_of(&centre.get("/map?units=none").await).len(), 0);
    let kept = centre.get("/map?units=ready").await;
    assert!(
        kept.contains("<input type=\"hidden\" name=\"units\" value=\"ready\">"),
        "{kept}"
    );
    // A municipality learns that one is there, and where; no number, no page of it.
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let theirs = units_of(&page(&app, &town, "/map").await);
    let spares: Vec<&String> = theirs
        .iter()
        .filter(|line| line.contains("【デモ】センター倉庫"))
        .collect();
    assert_eq!(spares.len(), 1, "{theirs:?}");
    assert!(
        !spares[0].contains("M-1") && !spares[0].contains("/units/"),
        "{theirs:?}"
    );
    assert!(
        theirs.iter().all(|line| !line.contains("点検・修理中")),
        "{theirs:?}"
    );
}

async fn a_lent_unit_is_on_the_map_of_those_who_see_the_childs_home(db: Database) {
    let app = demo::app(&db).await;
    crate::retention::import_text(&app, crate::retention::CHILD).await;
    crate::loans::lend_to(&app, "X-0001", "【デモ】消江 まどか", "【デモ】軒下").await;
    let seen = async |role, town| {
        let cookie = session(&app, role, town, None).await;
        units_of(&page(&app, &cookie, "/map").await)
    };
    let own = seen(Role::Municipality, Some("43203")).await;
    assert_eq!(own.len(), 1, "{own:?}");
    assert!(
        own[0].contains("data-kind=\"lent\"")
            && own[0].contains("data-lat=\"32.2237135\"")
            && own[0].contains("【デモ】消江 まどか"),
        "{own:?}"
    );
    let other = seen(Role::Municipality, Some("43202")).await;
    assert_eq!(other, Vec::<String>::new());
    // The centre knows of the loan, and does not see the home by it.
    let centre = seen(Role::Centre, None).await;
    assert!(
        centre.iter().all(|line| !line.contains("32.2237135")),
        "{centre:?}"
    );
}

async fn the_stock_is_a_file_that_no_spreadsheet_runs(db: Database) {
    let centre = Centre::new(demo::app(&db).await).await;
    let (status, ..) = centre
        .post(
            "/units",
            "model=%3D1%2B1【デモ】&serial=F-1&place=%40SUM(1)&note=-1",
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let unit = centre.unit("F-2").await;
    assert_eq!(centre.place(&unit, HERE).await.0, StatusCode::SEE_OTHER);
    let text = centre.get("/units/sheet.csv").await;
    assert!(text.starts_with("\u{feff}機種,製造番号,状態"), "{text}");
    assert!(text.contains("'=1+1【デモ】,F-1,在庫,'@SUM(1)"), "{text}");
    assert!(
        text.contains("【デモ】センター倉庫,32.79,130.74,地図で建物を確かめた"),
        "{text}"
    );
    let router = web::router(centre.app.clone());
    let answer = ask(&router, "GET", "/units/sheet.xlsx", &centre.cookie, "").await;
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
    let bytes = bytes.expect("a file");
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a spreadsheet");
    let name = calamine::Reader::sheet_names(&book)[0].clone();
    let formulas = calamine::Reader::worksheet_formula(&mut book, &name).expect("its sheet");
    assert!(formulas.is_empty() || formulas.cells().all(|(_, _, cell)| cell.is_empty()));
    let sheet = calamine::Reader::worksheet_range(&mut book, &name).expect("its sheet");
    assert_eq!(sheet.rows().count(), 3);
    assert!(sheet.rows().any(|row| row[0] == "=1+1【デモ】"));
}
