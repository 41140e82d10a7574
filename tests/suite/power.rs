//! The record of a child's devices and sources of power: written once, read by whoever
//! may, and judged at once.

use axum::http::StatusCode;
use serde_json::json;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        finding::{Outcome, RuleCode},
        power::Equipment,
        residence::Sight,
    },
    service::check,
    web,
};

use crate::{
    access::{ask, session, words},
    freshness,
    moves::number,
    support::engines::Database,
};

crate::on_every_engine!(
    what_is_written_down_is_judged_and_shown_at_once,
    what_cannot_be_is_refused_by_its_field_and_nothing_is_kept,
    two_who_write_at_once_do_not_overwrite_each_other,
    whoever_may_not_act_for_the_child_writes_nothing,
    the_plan_on_paper_has_the_table_of_times,
);

/// A form as a browser sends it.
fn body(app: &App, revision: i64, fields: &[(&str, &str)]) -> String {
    let form = form_urlencoded(fields);
    format!("{form}&revision={revision}&key={}", app.ids.next())
}

pub fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

const EDIT: &str = "/plans/X-1001/power/edit";

/// Nominal 8 hours, checked at 3 hours thirteen months before the day of the tests: 3 h
/// × 0.75 = 2.25 h (RULES.md, "Power arithmetic").
const OLD_CHECK: [(&str, &str); 7] = [
    ("/devices/0/kind", "ventilator"),
    ("/devices/0/measured_watts", "18"),
    ("/internal_batteries/0/nominal_hours", "８時間"),
    ("/internal_batteries/0/checked_hours", "3"),
    ("/internal_batteries/0/checked_on", "2025-10-20"),
    ("/internal_batteries/0/checked_by", "hospital_engineer"),
    ("/external_batteries/none", "1"),
];

async fn stored(app: &App) -> Option<(i64, Equipment)> {
    let mut tx = app.store.read().await.expect("a unit of work");
    let case = tx.case_of_number(&number("X-1001")).await;
    let case = case.expect("a look-up").expect("a case");
    let stored = tx.equipment(case).await.expect("a record");
    stored.map(|stored| (stored.revision, stored.equipment))
}

async fn what_is_written_down_is_judged_and_shown_at_once(db: Database) {
    let app = freshness::filled(&db).await;
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(app.clone());
    let page = words(ask(&router, "GET", "/plans/X-1001/power", &staff, "").await).await;
    assert!(page.contains("まだ記録されていません"), "{page}");
    let mut fields = OLD_CHECK.to_vec();
    fields.extend([("/portable_batteries/none", "1"), ("/cars/none", "1")]);
    let form = body(&app, 0, &fields);
    let answer = ask(&router, "POST", EDIT, &staff, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    // Sent twice it is written once.
    let again = ask(&router, "POST", EDIT, &staff, &form).await;
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
    let (revision, record) = stored(&app).await.expect("a record");
    assert_eq!(revision, 1);
    assert_eq!(record.cars, Some(Vec::new()), "there is none");
    assert_eq!(record.generators, None, "nobody has said");
    let page = words(ask(&router, "GET", "/plans/X-1001/power", &staff, "").await).await;
    assert!(page.contains("2.2"), "2.25 h, rounded down: {page}");
    assert!(page.contains("<svg"), "{page}");
    assert!(page.contains("発電機の有無"), "it is unknown: {page}");
    let today = app.moment().today;
    let checked = check::one(
        &app,
        &Reader::Operator,
        &number("X-1001"),
        today,
        Sight::Usual,
    )
    .await
    .expect("it is read")
    .expect("it is there");
    assert!((checked.look.power.batteries.hours - 2.25).abs() < 1e-9);
    let of = |rule| {
        let mut all = checked.look.findings.iter();
        all.find(|found| found.rule == rule)
            .map(|found| found.outcome)
    };
    assert_eq!(of(RuleCode::Pwr09), Some(Outcome::Fails), "13 months");
    // The verdict that is kept says so too.
    let judged = check::refresh(&app, &Reader::Operator).await;
    assert_eq!(judged.expect("judged"), 0, "nothing is stale");
    // The form shows it again, as it was.
    let page = words(ask(&router, "GET", EDIT, &staff, "").await).await;
    assert!(page.contains("value=\"2025-10-20\""), "{page}");
    // Another one takes its place, and the first is kept.
    let form = body(&app, 1, &[("/internal_batteries/none", "1")]);
    let answer = ask(&router, "POST", EDIT, &staff, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (revision, record) = stored(&app).await.expect("a record");
    assert_eq!((revision, record.internal_batteries), (2, Some(Vec::new())));
    let mut tx = app.store.read().await.expect("a unit of work");
    let case = tx.case_of_number(&number("X-1001")).await;
    let history = tx.equipment_history(case.expect("a look-up").expect("a case"));
    let history = history.await.expect("a history");
    assert_eq!(history.len(), 2);
    assert_eq!(
        history[1].1["internal_batteries"][0]["nominal_hours"],
        json!(8.0)
    );
}

async fn what_cannot_be_is_refused_by_its_field_and_nothing_is_kept(db: Database) {
    let app = freshness::filled(&db).await;
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(app.clone());
    for (fields, why) in [
        (
            vec![
                ("/devices/0/kind", "humidifier"),
                ("/devices/0/rated_watts", "200"),
                ("/devices/0/rated_va", "100"),
            ],
            "VA",
        ),
        (vec![("/internal_batteries/0/nominal_hours", "0")], "0.1"),
        (
            vec![("/internal_batteries/0/nominal_hours", "-3")],
            "数字だけ",
        ),
        (vec![("/internal_batteries/0/nominal_hours", "900")], "48"),
        (
            vec![
                ("/gasoline/0/litres", "5"),
                ("/gasoline/0/bought_on", "2099-01-01"),
            ],
            "まだ",
        ),
        (
            vec![("/hme/physician/by", "【デモ】医師")],
            "ここも記入してください",
        ),
        (vec![("/canisters/0/count", "2.5")], "整数"),
        (
            vec![
                ("/internal_batteries/0/nominal_hours", "4"),
                ("/internal_batteries/none", "1"),
            ],
            "どちらかを消して",
        ),
        (vec![("/devices/0/kind", "toaster")], "選び直して"),
    ] {
        let form = body(&app, 0, &fields);
        let answer = ask(&router, "POST", EDIT, &staff, &form).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        let page = words(answer).await;
        assert!(page.contains("まだ何も記録していません"), "{fields:?}");
        let marked = page.split("<p class=\"said bad\">").skip(1);
        let marked: Vec<&str> = marked.map(|rest| rest.split('<').next().unwrap()).collect();
        assert!(
            marked.iter().any(|said| said.contains(why)),
            "{fields:?}: {marked:?}"
        );
        // What was typed is there still; a word that no list has is not.
        let typed = format!("value=\"{}\"", fields[0].1);
        assert_eq!(page.contains(&typed), why != "選び直して", "{fields:?}");
    }
    assert_eq!(stored(&app).await, None);
}

async fn two_who_write_at_once_do_not_overwrite_each_other(db: Database) {
    let app = freshness::filled(&db).await;
    let router = web::router(app.clone());
    let one = session(&app, Role::Municipality, Some("43203"), None).await;
    let other = session(&app, Role::Municipality, Some("43203"), None).await;
    let first = ask(&router, "POST", EDIT, &one, &body(&app, 0, &OLD_CHECK)).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    for revision in [0, 7] {
        let late = body(&app, revision, &[("/cars/none", "1")]);
        let answer = ask(&router, "POST", EDIT, &other, &late).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{revision}");
    }
    let (revision, record) = stored(&app).await.expect("a record");
    assert_eq!((revision, record.cars), (1, None));
}

async fn whoever_may_not_act_for_the_child_writes_nothing(db: Database) {
    let app = freshness::filled(&db).await;
    let router = web::router(app.clone());
    let form = body(&app, 0, &OLD_CHECK);
    for (role, town, case) in [
        (Role::Municipality, Some("43202"), None),
        (Role::NightDuty, Some("43203"), None),
        (Role::Family, None, Some("X-1001")),
        (Role::Prefecture, None, None),
    ] {
        let who = session(&app, role, town, case).await;
        let answer = ask(&router, "POST", EDIT, &who, &form).await;
        assert!(answer.status().is_client_error(), "{role:?}");
        let answer = ask(&router, "GET", EDIT, &who, "").await;
        assert!(answer.status().is_client_error(), "{role:?}");
    }
    assert_eq!(stored(&app).await, None);
    // The family and the night's duty read it, and no button leads nowhere.
    for (role, town, case, writes) in [
        (Role::Family, None, Some("X-1001"), false),
        (Role::NightDuty, Some("43203"), None, false),
        (Role::Municipality, Some("43203"), None, true),
    ] {
        let who = session(&app, role, town, case).await;
        let answer = ask(&router, "GET", "/plans/X-1001/power", &who, "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{role:?}");
        assert_eq!(words(answer).await.contains(EDIT), writes, "{role:?}");
    }
}

/// 6 hours of batteries, 60 minutes to get ready, 30 on the way, 60 kept back: 3 h 30 min
/// after the cut. Cut at 0:00, leave by 3:30, the batteries end at 6:00; cut at 21:00, the
/// next day at 0:30 and 3:00.
async fn the_plan_on_paper_has_the_table_of_times(db: Database) {
    let app = freshness::filled(&db).await;
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(app.clone());
    let plan = async || words(ask(&router, "GET", "/plans/X-1001", &staff, "").await).await;
    assert!(!plan().await.contains("outage-table"), "hours are unknown");
    let sheet = "整理番号,市町村,氏名,計画,車,バッテリー時間,準備分,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度,避難先1_家族見込み分\n\
                 X-1001,43203,【デモ】一,あり,【デモ】青い車,6,60,親戚,【デモ】親戚宅,32.2150,130.7550,30\n";
    let report = crate::retention::import_text(&app, sheet).await;
    assert_eq!(report.accepted, 1, "{report:?}");
    let page = plan().await;
    let table = page.split_once("outage-table").expect("a table").1;
    let table = table.split_once("</table>").expect("its end").0;
    for cell in [
        "<th scope=\"col\">00:00</th>",
        "<td>03:30</td>",
        "<td>06:00</td>",
        "<td>翌日 00:30</td>",
        "<td>翌日 03:00</td>",
    ] {
        assert!(table.contains(cell), "{cell}: {table}");
    }
}
