//! Power cuts: where staff enter them, who runs out when, and the same at the command.

use axum::{Router, http::StatusCode};
use serde_json::Value;
use tomoshibi::{
    app::App,
    domain::{access::Role, audit::Action, id::UserId},
    web,
};

use crate::{
    access::{ask, session_and_account, words},
    freshness::filled,
    support::{engines::Database, process::tomoshibi},
};

crate::on_every_engine!(
    a_drawn_area_lists_its_homes_unknown_hours_first_then_soonest,
    what_was_told_changes_the_order_and_two_people_see_it,
    an_area_that_cannot_be_is_refused_and_stays_typed,
    a_list_of_places_finds_addresses,
    a_power_cut_is_of_its_municipality_and_ends_and_goes_on,
    a_protected_address_is_called_and_told_by_nothing,
    whoever_is_in_hospital_or_at_school_is_set_apart,
    the_command_answers_as_the_interface_says,
    the_command_reads_an_area_and_refuses_what_is_none,
    the_telephone_sheet_is_noted_and_holds_every_child,
    the_nearest_power_is_confirmed_and_open,
    a_building_that_is_closed_in_one_list_is_no_power_in_another,
    a_place_where_nobody_was_found_is_named_and_a_cut_is_entered_once,
    at_level_five_a_power_cut_sends_nobody_away,
);

/// Staff at the page of power cuts.
struct Staff {
    app: App,
    router: Router,
    cookie: String,
    user: UserId,
}

impl Staff {
    async fn of(app: &App, role: Role, town: Option<&str>) -> Self {
        let (cookie, user) = session_and_account(app, role, town, None).await;
        Self {
            app: app.clone(),
            router: web::router(app.clone()),
            cookie,
            user,
        }
    }

    async fn officer(app: &App) -> Self {
        Self::of(app, Role::Municipality, Some("43203")).await
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = ask(&self.router, "GET", path, &self.cookie, "").await;
        (answer.status(), words(answer).await)
    }

    async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        page
    }

    /// Sends a form: the status, where it leads, and the page.
    async fn post(&self, path: &str, form: &str) -> (StatusCode, String, String) {
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&self.router, "POST", path, &self.cookie, &form).await;
        let to = answer.headers().get("location");
        let to = to.map_or(String::new(), |to| to.to_str().expect("a path").to_owned());
        (answer.status(), to, words(answer).await)
    }

    /// Enters a power cut, and answers where its list is.
    async fn cut(&self, form: &str) -> String {
        let form = format!("{form}&since={}&hours=72", self.now());
        let (status, to, page) = self.post("/outage", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{form}: {page}");
        assert!(to.starts_with("/outage/"), "{to}");
        to
    }

    fn now(&self) -> String {
        let now = tomoshibi::clock::in_tokyo(self.app.clock.now());
        now.format("%Y-%m-%dT%H:%M").to_string().replace(':', "%3A")
    }

    /// What is typed of its batteries.
    async fn battery(&self, case: &str, hours: &str) {
        let path = format!("/plans/{case}/power/edit");
        let fields = [
            ("/internal_batteries/0/nominal_hours", hours),
            ("/internal_batteries/0/checked_hours", hours),
            ("/internal_batteries/0/checked_on", "2026-10-20"),
            ("/internal_batteries/0/checked_by", "hospital_engineer"),
            ("/external_batteries/none", "1"),
            ("/portable_batteries/none", "1"),
            ("/cars/none", "1"),
            ("/generators/none", "1"),
            ("/devices/0/kind", "ventilator"),
            ("/devices/0/measured_watts", "18"),
        ];
        let form: String = form_urlencoded(&fields);
        let (status, _, page) = self.post(&path, &format!("{form}&revision=0")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
}

fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={value}", name.replace('/', "%2F")))
        .collect();
    pairs.join("&")
}

/// A power cut of a whole municipality; its id.
pub(crate) async fn an_outage(app: &App) -> String {
    let cut = Staff::officer(app).await.cut("town=43203").await;
    cut.trim_start_matches("/outage/").to_owned()
}

/// Around X-1001 (32.2105, 130.7505) and not around X-1003 (32.2205, 130.7605).
const AROUND_ONE: &str = "drawn=32.205,130.745%0A32.205,130.755%0A32.215,130.755%0A32.215,130.745";

/// Around both.
const AROUND_BOTH: &str = "drawn=32.205,130.745%0A32.205,130.765%0A32.225,130.765%0A32.225,130.745";

fn place(page: &str, what: &str) -> usize {
    page.find(what)
        .unwrap_or_else(|| panic!("{what} is not on {page}"))
}

/// The card of a child.
fn card<'p>(page: &'p str, case: &str) -> &'p str {
    let from = place(page, &format!("id=\"c-{case}\""));
    let rest = &page[from..];
    &rest[..rest.find("</li>\n").unwrap_or(rest.len())]
}

async fn a_drawn_area_lists_its_homes_unknown_hours_first_then_soonest(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    assert!(
        officer
            .page("/outage")
            .await
            .contains("いま入っている停電はありません")
    );
    officer.battery("X-1001", "4").await;
    let one = officer.cut(AROUND_ONE).await;
    let page = officer.page(&one).await;
    assert!(page.contains("id=\"c-X-1001\""), "{page}");
    assert!(!page.contains("X-1003"), "it lies outside");
    let child = card(&page, "X-1001");
    assert!(child.contains("呼吸器の内蔵バッテリー 4時間"), "{child}");
    assert!(
        child.contains("残り 4時間") || child.contains("残り 3.9時間"),
        "{child}"
    );
    // Of the other one nobody knows the hours: it is called first.
    let both = officer.cut(AROUND_BOTH).await;
    let page = officer.page(&both).await;
    assert!(place(&page, "id=\"c-X-1003\"") < place(&page, "id=\"c-X-1001\""));
    assert!(card(&page, "X-1003").contains("分からない：先に電話"));
    // Tonight's list has them too, and hours lead there.
    let tonight = officer.page("/tonight").await;
    assert!(card(&tonight, "X-1001").contains("停電"), "{tonight}");
    assert!(tonight.contains("地図で囲んだ区域"), "{tonight}");
}

async fn what_was_told_changes_the_order_and_two_people_see_it(db: Database) {
    let app = filled(&db).await;
    let (officer, colleague) = (Staff::officer(&app).await, Staff::officer(&app).await);
    officer.battery("X-1001", "4").await;
    let cut = officer.cut("town=43203").await;
    let id = cut.trim_start_matches("/outage/").to_owned();
    let form = format!(
        "came=at_home&hours_left=9&power_now=off&where_is=home&next_call=60&outage={id}&state="
    );
    let (status, to, _) = colleague.post("/tonight/X-1003/answer", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(
        to.starts_with(&format!("{cut}?")),
        "back to the list it came from: {to}"
    );
    let page = officer.page(&cut).await;
    assert!(place(&page, "id=\"c-X-1001\"") < place(&page, "id=\"c-X-1003\""));
    let child = card(&page, "X-1003");
    assert!(
        child.contains("電話で聞いた時間") && child.contains("バッテリー 9時間"),
        "{child}"
    );
    // An hour that cannot be stays typed, on the list of this power cut.
    let form = format!("came=at_home&hours_left=abc&outage={id}&state=");
    let (status, _, page) = officer.post("/tonight/X-1001/answer", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("value=\"abc\"") && page.contains("停電：区域と"),
        "{page}"
    );
}

async fn an_area_that_cannot_be_is_refused_and_stays_typed(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let crossed = "drawn=32.205,130.745%0A32.205,130.765%0A32.225,130.745%0A32.226,130.765";
    let flat = "drawn=32.205,130.745%0A32.205,130.765";
    for (form, hours, says) in [
        (crossed, "72", "囲み直して"),
        (flat, "72", "面積がありません"),
        (
            "drawn=130.7,32.2%0A130.8,32.2%0A130.8,32.3",
            "72",
            "日本の外",
        ),
        ("drawn=あ", "72", "緯度,経度"),
        ("", "72", "停電の区域を入れてください"),
        ("town=43202", "72", "ほかの市町村の停電は入れられません"),
        ("town=43203", "0", "1時間から720時間"),
        ("town=43203", "721", "1時間から720時間"),
        ("town=43203", "長い", "整数"),
    ] {
        let form = format!("{form}&since={}&hours={hours}", officer.now());
        let (status, _, page) = officer.post("/outage", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.contains(says), "{form}: {says} is not in {page}");
    }
    let form = format!("{crossed}&places=麓町&since={}&hours=48", officer.now());
    let (_, _, page) = officer.post("/outage", &form).await;
    assert!(
        page.contains("32.226,130.765") && page.contains("麓町"),
        "{page}"
    );
    assert!(page.contains("value=\"48\""), "{page}");
    let late = "town=43203&since=2036-01-01T00%3A00&hours=5";
    let (status, _, page) = officer.post("/outage", late).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("7日後まで"), "{page}");
}

async fn a_list_of_places_finds_addresses(db: Database) {
    let app = filled(&db).await;
    let sheet = "整理番号,市町村,氏名,生年月日,住所\n\
         X-2001,43203,【デモ】四,2020-01-01,熊本県人吉市下城本町1578-1\n\
         X-2002,43203,【デモ】五,2020-01-01,熊本県人吉市宝来町2-1\n";
    let report = crate::retention::import_text(&app, sheet).await;
    assert_eq!(report.accepted, 2, "{report:?}");
    let officer = Staff::officer(&app).await;
    let cut = officer.cut("places=下城本町の一部%0A九日町").await;
    let page = officer.page(&cut).await;
    assert!(page.contains("id=\"c-X-2001\""), "{page}");
    assert!(!page.contains("X-2002"), "{page}");
    // Without an address on record nobody can say.
    assert!(
        card(&page, "X-1001").contains("住所が登録されていない"),
        "{page}"
    );
    assert!(page.contains("下城本町の一部、九日町"), "{page}");
}

async fn a_power_cut_is_of_its_municipality_and_ends_and_goes_on(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let cut = officer.cut("town=43203").await;
    let other = Staff::of(&app, Role::Municipality, Some("43202")).await;
    assert_eq!(other.get(&cut).await.0, StatusCode::NOT_FOUND);
    assert_eq!(other.post(&cut, "now=end").await.0, StatusCode::NOT_FOUND);
    assert!(!other.page("/outage").await.contains("人吉市"));
    let centre = Staff::of(&app, Role::Centre, None).await;
    assert!(centre.page("/outage").await.contains("人吉市 全域"));
    let coordinator = Staff::of(&app, Role::Coordinator, None).await;
    assert_eq!(
        coordinator.post("/outage", "town=43203&hours=3").await.0,
        StatusCode::NOT_FOUND
    );
    let prefecture = Staff::of(&app, Role::Prefecture, None).await;
    let figures = prefecture.page(&cut).await;
    assert!(
        figures.contains("<table") && !figures.contains("【デモ】一"),
        "{figures}"
    );
    assert_eq!(
        prefecture.get(&format!("{cut}/calls.pdf")).await.0,
        StatusCode::NOT_FOUND
    );
    // Longer than was thought, over, and not over after all.
    assert_eq!(
        officer.post(&cut, "now=expect&hours=96").await.0,
        StatusCode::SEE_OTHER
    );
    assert!(officer.page(&cut).await.contains("見込み 96時間"));
    assert_eq!(
        officer.post(&cut, "now=expect&hours=0").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(officer.post(&cut, "now=end").await.0, StatusCode::SEE_OTHER);
    assert!(!officer.page("/tonight").await.contains("id=\"c-X-1001\""));
    assert!(officer.page("/outage").await.contains("終わった停電"));
    assert_eq!(officer.post(&cut, "now=end").await.0, StatusCode::CONFLICT);
    assert_eq!(
        officer.post(&cut, "now=resume").await.0,
        StatusCode::SEE_OTHER
    );
    assert!(officer.page("/tonight").await.contains("id=\"c-X-1001\""));
    let trail = Staff::of(&app, Role::Auditor, None)
        .await
        .page("/audit")
        .await;
    for action in [
        Action::EnteredOutage,
        Action::ChangedOutage,
        Action::EndedOutage,
        Action::ResumedOutage,
    ] {
        let name = action.name();
        assert!(trail.contains(name.ja.as_ref()), "{name:?}: {trail}");
    }
}

async fn a_protected_address_is_called_and_told_by_nothing(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let protect = officer
        .post("/plans/X-1003/protection", "act=protect")
        .await;
    assert_eq!(protect.0, StatusCode::SEE_OTHER);
    // One area holds its home and the other does not: what is shown is the same.
    let shown = async |area: &str| {
        let cut = officer.cut(area).await;
        let page = officer.page(&cut).await;
        let child = card(&page, "X-1003").to_owned();
        assert!(child.contains("住所が保護されている"), "{child}");
        assert!(
            !child.contains("地図の区域"),
            "the way tells where it is: {child}"
        );
        assert!(
            child.contains("住所が保護されているので、示しません"),
            "{child}"
        );
        let (cut, _) = child.split_once("night-ask").expect("what is asked");
        cut.to_owned()
    };
    assert_eq!(shown(AROUND_BOTH).await, shown(AROUND_ONE).await);
}

async fn whoever_is_in_hospital_or_at_school_is_set_apart(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let cut = officer.cut("town=43203").await;
    let form = "came=at_home&where_is=school";
    assert_eq!(
        officer.post("/tonight/X-1003/answer", form).await.0,
        StatusCode::SEE_OTHER
    );
    let page = officer.page(&cut).await;
    assert!(place(&page, "id=\"c-X-1001\"") < place(&page, "id=\"c-X-1003\""));
    assert!(card(&page, "X-1003").contains("night-card away"), "{page}");
}

/// Runs the command on the database of a test.
fn command(db: &Database, args: &[&str]) -> (i32, String, String) {
    let answer = tomoshibi(&db.url).args(args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        answer.status.code().expect("a code"),
        text(&answer.stdout),
        text(&answer.stderr),
    )
}

async fn the_command_answers_as_the_interface_says(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.battery("X-1001", "9.5").await;
    let from = "2026-09-01T22:00:00+09:00";
    let call = [
        "outage",
        "--municipality",
        "43203",
        "--from",
        from,
        "--hours",
        "72",
        "--json",
    ];
    let (code, out, err) = command(&db, &call);
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(out.trim()).expect("one object");
    assert_eq!(answer["from"], from);
    assert_eq!(answer["hours"], 72);
    let homes = answer["homes"].as_array().expect("homes");
    assert_eq!(homes.len(), 2, "{out}");
    // Nobody knows the hours of the first one.
    assert_eq!(homes[0]["case"], "X-1003");
    assert_eq!(homes[0]["known"], false);
    assert_eq!(homes[0]["hours_left"], 0.0);
    assert_eq!(homes[0].get("runs_out_at"), None);
    assert_eq!(
        homes[1],
        serde_json::json!({
            "case": "X-1001", "known": true, "hours_left": 9.5,
            "runs_out_at": "2026-09-02T07:30:00+09:00", "lasts": false,
            "sources": [{"kind": "internal", "hours": 9.5}],
        })
    );
    // It lasts nine hours.
    let (code, out, _) = command(&db, &[&call[..6], &["9", "--json"]].concat());
    assert_eq!(code, 0);
    let answer: Value = serde_json::from_str(out.trim()).expect("one object");
    let lasts = answer["homes"].as_array().expect("homes");
    let lasts = lasts
        .iter()
        .find(|home| home["case"] == "X-1001")
        .expect("a home");
    assert_eq!(
        (&lasts["lasts"], &lasts["hours_left"]),
        (&true.into(), &9.0.into())
    );
    assert_eq!(lasts.get("runs_out_at"), None);
}

async fn the_command_reads_an_area_and_refuses_what_is_none(db: Database) {
    let app = filled(&db).await;
    drop(app);
    let from = "2026-09-01T22:00:00+09:00";
    // An area from a file, and files that are none.
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let square = r#"{"type":"Polygon","coordinates":[[[130.745,32.205],[130.755,32.205],[130.755,32.215],[130.745,32.215],[130.745,32.205]]]}"#;
    let good = file("good.geojson", square);
    let area = |path: &str| {
        command(
            &db,
            &[
                "outage", "--area", path, "--from", from, "--hours", "72", "--json",
            ],
        )
    };
    let (code, out, err) = area(&good);
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(out.trim()).expect("one object");
    assert_eq!(answer["homes"].as_array().expect("homes").len(), 1, "{out}");
    let crossed = file(
        "crossed.geojson",
        &square.replace(
            "[130.755,32.215],[130.745,32.215]",
            "[130.745,32.215],[130.755,32.216]",
        ),
    );
    let (code, out, err) = area(&crossed);
    assert_eq!(code, 1, "{err}");
    assert!(
        out.contains("\"bad_area\"") && err.contains("囲み直して"),
        "{out} {err}"
    );
    assert_eq!(area("nowhere.geojson").0, 2);
    // A call that is wrong.
    for wrong in [
        vec![
            "outage",
            "--municipality",
            "43203",
            "--from",
            "2026-09-01T22:00:00",
            "--hours",
            "72",
        ],
        vec![
            "outage",
            "--municipality",
            "43203",
            "--from",
            from,
            "--hours",
            "0",
        ],
        vec![
            "outage",
            "--municipality",
            "43203",
            "--from",
            from,
            "--hours",
            "-3",
        ],
        vec![
            "outage",
            "--municipality",
            "99999",
            "--from",
            from,
            "--hours",
            "72",
        ],
        vec!["outage", "--from", from, "--hours", "72"],
    ] {
        let (code, out, err) = command(&db, &wrong);
        assert_eq!((code, out.as_str()), (2, ""), "{wrong:?}: {err}");
    }
}

/// What a request answers as a PDF: its text without white space.
async fn pdf(staff: &Staff, path: &str) -> String {
    let answer = ask(&staff.router, "GET", path, &staff.cookie, "").await;
    crate::loans_papers::text_of(answer, path).await
}

async fn the_telephone_sheet_is_noted_and_holds_every_child(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let cut = officer.cut("town=43203").await;
    for path in ["/tonight/calls.pdf".to_owned(), format!("{cut}/calls.pdf")] {
        let text = pdf(&officer, &path).await;
        for word in ["X-1001", "X-1003", "電話の紙", "時刻", "残り"] {
            assert!(text.contains(word), "{word} is not on {text}");
        }
        assert!(!text.contains("X-1002"), "of another municipality");
    }
    let trail = crate::audit::about(&app, "X-1003", officer.user).await;
    let printed = trail
        .iter()
        .filter(|action| **action == Action::PrintedCalls);
    assert_eq!(printed.count(), 2, "{trail:?}");
}

async fn the_nearest_power_is_confirmed_and_open(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let cut = officer.cut("town=43203").await;
    let page = officer.page(&cut).await;
    assert!(card(&page, "X-1001").contains("確認済みの電源がある場所は、登録されていません"));
    // 32.21, 130.77: some 1.8 km from the home.
    let near = crate::sites_list::an_own_site(&app, "43203").await;
    let near = (near, "【デモ】別館");
    let entry =
        "socket=【デモ】受付の横&confirmed_by=【デモ】施設係&valid_until=2027-12-31&revision=0";
    let entered = officer
        .post(&format!("/sites/{}/entry", near.0), entry)
        .await;
    assert!(entered.2.contains("保存しました"), "{}", entered.2);
    let page = officer.page(&cut).await;
    let child = card(&page, "X-1001");
    assert!(
        child.contains(near.1) && child.contains("直線で 1.8 km"),
        "{child}"
    );
    // Closed tonight it is none any more; dark neither.
    for now in ["closed", "no_power"] {
        officer
            .post(&format!("/tonight/sites/{}", near.0), &format!("now={now}"))
            .await;
        let page = officer.page(&cut).await;
        assert!(!card(&page, "X-1001").contains(near.1), "{now}");
        officer
            .post(&format!("/tonight/sites/{}", near.0), "now=open")
            .await;
        officer
            .post(&format!("/tonight/sites/{}", near.0), "now=powered")
            .await;
    }
    let page = officer.page(&cut).await;
    assert!(
        card(&page, "X-1001").contains("今夜、電源ありと確認"),
        "{page}"
    );
}

/// The same building is a welfare shelter in one list and a shelter in another: what was
/// said of one of them is true of both, until somebody says otherwise.
async fn a_building_that_is_closed_in_one_list_is_no_power_in_another(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let hall = crate::sites_list::an_own_site(&app, "43203").await;
    let form = crate::sites_list::own_form("【デモ】同じ建物", "43203");
    let form = form.replace("welfare_shelter", "shelter");
    let (status, to, page) = officer.post("/sites/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let twin = to.rsplit('/').next().expect("an id").to_owned();
    let said = async |site: &str, now: &str| {
        let path = format!("/tonight/sites/{site}");
        let (status, _, page) = officer.post(&path, &format!("now={now}")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{now}: {page}");
    };
    let cut = officer.cut("town=43203").await;
    let near = async || {
        let page = officer.page(&cut).await;
        let child = card(&page, "X-1001");
        ["【デモ】別館", "【デモ】同じ建物"].map(|name| child.contains(name))
    };
    let hall = hall.to_string();
    let entry =
        "socket=【デモ】受付の横&confirmed_by=【デモ】施設係&valid_until=2027-12-31&revision=0";
    let path = format!("/sites/{hall}/entry");
    let entered = officer.post(&path, entry).await;
    assert!(entered.2.contains("保存しました"), "{}", entered.2);
    assert_eq!(near().await, [true, false], "its power is confirmed");
    for bad in ["closed", "no_power"] {
        said(&twin, bad).await;
        assert_eq!(near().await, [false; 2], "the other entry: {bad}");
        said(&twin, "open").await;
        said(&twin, "powered").await;
        assert!(near().await.contains(&true), "open again, with power");
    }
    // What was said of itself counts before what was said of the other.
    said(&twin, "closed").await;
    said(&hall, "open").await;
    assert_eq!(near().await, [true, false], "itself is open");
}

async fn a_place_where_nobody_was_found_is_named_and_a_cut_is_entered_once(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    let cut = officer.cut("places=どこにもない町").await;
    let page = officer.page(&cut).await;
    let said = &page[place(&page, "お子さんの住所が見つからなかった地名")..];
    assert!(said[..400].contains("<li>どこにもない町</li>"), "{page}");
    let form = format!("&since={}&hours=72", officer.now());
    // One letter takes in the whole town.
    for vague in ["市", "1", "*"] {
        let (status, _, page) = officer
            .post("/outage", &format!("places={vague}{form}"))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{vague}");
        assert!(page.contains("1文字や数字だけの地名"), "{page}");
    }
    // The same again is not entered beside it, until it is over.
    let (status, _, page) = officer
        .post("/outage", &format!("places=どこにもない町{form}"))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("同じ区域の停電がもう入っています"), "{page}");
    let ended = officer.post(&cut, "now=end").await;
    assert_eq!(ended.0, StatusCode::SEE_OTHER, "{}", ended.2);
    officer.cut("places=どこにもない町").await;
}

async fn at_level_five_a_power_cut_sends_nobody_away(db: Database) {
    let app = filled(&db).await;
    let officer = Staff::officer(&app).await;
    officer.battery("X-1001", "1").await;
    let cut = officer.cut("town=43203").await;
    let page = officer.page(&cut).await;
    assert!(card(&page, "X-1001").contains("この時刻までに出発か電話"));
    assert!(!card(&page, "X-1001").contains("外へ出ない（警戒レベル5）"));
    let five = officer
        .post("/tonight/level", "town=43203&hazard=&now=5")
        .await;
    assert_eq!(five.0, StatusCode::SEE_OTHER, "{}", five.2);
    let page = officer.page(&cut).await;
    let child = card(&page, "X-1001");
    assert!(child.contains("外へ出ない（警戒レベル5）"), "{child}");
    assert!(child.contains("警戒レベル5では移りません"), "{child}");
}
