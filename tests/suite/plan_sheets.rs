//! The papers of a plan: what stands on them, for whom, and that everything prints whole.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{access::Role, audit::Action},
    web,
};

use crate::{
    access::{ask, session, words},
    freshness::filled,
    life::{At, STEPS},
    loans_papers::text_of,
    support::engines::Database,
};

crate::on_every_engine!(
    the_familys_sheet_says_what_to_do_and_nothing_in_our_words,
    a_sheet_for_others_has_no_more_than_they_may_know,
    a_sheet_of_a_draft_says_so_and_one_without_a_plan_what_is_known,
    everything_prints_whole,
    the_binder_holds_every_child_also_without_a_plan,
);

/// A paper, as a reader of the file finds it, without white space.
async fn paper(at: &At<'_>, path: &str) -> String {
    let path = format!("/plans/{}{path}", at.case);
    let router = web::router(at.app.clone());
    let answer = ask(&router, "GET", &path, &at.cookie, "").await;
    text_of(answer, &path).await
}

async fn approved(app: &App) -> At<'_> {
    let town = At::town(app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    town.agree_and_hand_in().await;
    town.approved().await;
    town
}

async fn the_familys_sheet_says_what_to_do_and_nothing_in_our_words(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app).await;
    let page = town.get("/papers").await;
    assert!(page.contains("ご家族の紙"), "{page}");
    let sheet = paper(&town, "/sheets/family").await;
    for text in [
        "停電したら",
        "お子さんにつないだまま使い切らないでください",
        "警戒レベル3（高齢者等避難）が出たら",
        "【デモ】おばの家",
        "2階の寝室",
        "000-0000-0003",
        "【デモ】となり",
        "蘇生バッグ",
        "取扱注意",
        "救助を約束するものではありません",
        "版1承認（不足あり）",
        "紙の番号P-",
        "X-1003",
    ] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    for text in ["PWR-", "LEG-", "SUP-", "承認不可", "ブロッカー"] {
        assert!(!sheet.contains(text), "{text}: {sheet}");
    }
    // Hours that nobody knows are said to be unknown.
    assert!(sheet.contains("分からない"), "{sheet}");
}

async fn a_sheet_for_others_has_no_more_than_they_may_know(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app).await;
    // The fire service is given all of it, as the plan's consents say.
    let whole = paper(&town, "/sheets/0").await;
    assert!(whole.contains("人工呼吸器を24時間使用"), "{whole}");
    assert!(whole.contains("消防"), "{whole}");
    // A neighbour's association that the family has agreed to: who, where, how.
    let agreed = [
        ("recipient", "community_group"),
        ("recipient_name", "【デモ】自治会"),
        ("given", "yes"),
        ("answered_on", "2026-11-20"),
        ("answered_by", "【デモ】母"),
        ("capacity", "representative"),
        ("form", "spoken"),
    ];
    town.done("/consents", &agreed).await;
    let sheet = paper(&town, "/sheets/1").await;
    for text in [
        "機械とお子さんを離さない",
        "管を引かない",
        "バッグは赤い袋",
        "【デモ】自治会",
        "【デモ】三",
        "【デモ】町3-3",
    ] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    // Neither the reason for support, nor the birthday, nor who agreed to what.
    for text in ["人工呼吸器を24時間使用", "令和2年1月1日", "同意"] {
        assert!(!sheet.contains(text), "{text}: {sheet}");
    }
    // The family takes it back: there is no paper any more, and the page says why.
    let mut no = agreed.to_vec();
    no.retain(|(name, _)| *name != "given");
    no.push(("given", "no"));
    town.done("/consents", &no).await;
    let path = "/plans/X-1003/sheets/1";
    let router = web::router(app.clone());
    let answer = ask(&router, "GET", path, &town.cookie, "").await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert!(words(answer).await.contains("提供に同意していません"));
    assert!(town.get("/papers").await.contains("渡せません"));
    // Another municipality reads nothing.
    let elsewhere = session(&app, Role::Municipality, Some("43202"), None).await;
    for path in ["/plans/X-1003/papers", "/plans/X-1003/sheets/family", path] {
        let answer = ask(&router, "GET", path, &elsewhere, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

async fn a_sheet_of_a_draft_says_so_and_one_without_a_plan_what_is_known(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let sheet = paper(&town, "/sheets/family").await;
    assert!(sheet.contains("計画なし"), "{sheet}");
    assert!(sheet.contains("行き先がまだ決まっていません"), "{sheet}");
    town.done("/draft", &[]).await;
    town.write_all().await;
    let sheet = paper(&town, "/sheets/family").await;
    assert!(sheet.contains("まだ有効な計画ではありません"), "{sheet}");
    assert!(sheet.contains("【デモ】おばの家"), "{sheet}");
    // Nothing of a draft is given to others.
    let router = web::router(app.clone());
    let path = "/plans/X-1003/sheets/0";
    let answer = ask(&router, "GET", path, &town.cookie, "").await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
}

/// Who helps, nine of them.
fn nine() -> Vec<(String, String)> {
    (0..9)
        .flat_map(|place| {
            [
                (
                    format!("/supporters/{place}/name"),
                    format!("【デモ】手伝い{place}郎"),
                ),
                (
                    format!("/supporters/{place}/contact"),
                    format!("000-0000-10{place}0"),
                ),
                (
                    format!("/supporters/{place}/address"),
                    "【デモ】町3-3".to_owned(),
                ),
                (format!("/supporters/{place}/agreed"), "yes".to_owned()),
                (format!("/supporters/{place}/can_carry"), "yes".to_owned()),
            ]
        })
        .collect()
}

async fn everything_prints_whole(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    // Sixty characters, with the rarest of names; an address as long as four lines.
    let name = format!("【デモ】𠮷髙﨑{}終", "灯".repeat(52));
    assert_eq!(name.chars().count(), 60);
    let address = format!(
        "【デモ】県【デモ】市{}番地の末尾",
        "長い町の名前".repeat(20)
    );
    let mut home = STEPS[0].1.to_vec();
    home.retain(|(key, _)| !["/child/name", "/child/address"].contains(key));
    home.push(("/child/name", &name));
    home.push(("/child/address", &address));
    town.act("/draft/home", &home).await;
    let nine = nine();
    let who: Vec<(&str, &str)> = nine
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    town.act("/draft/who", &who).await;
    let sheet = paper(&town, "/sheets/family").await;
    assert!(sheet.contains(&name), "{sheet}");
    assert!(sheet.contains(&address), "{sheet}");
    for place in 0..9 {
        assert!(
            sheet.contains(&format!("【デモ】手伝い{place}郎")),
            "{place}: {sheet}"
        );
        assert!(
            sheet.contains(&format!("000-0000-10{place}0")),
            "{place}: {sheet}"
        );
    }
}

async fn the_binder_holds_every_child_also_without_a_plan(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    let router = web::router(app.clone());
    let answer = ask(&router, "GET", "/binder.pdf", &town.cookie, "").await;
    let binder = text_of(answer, "/binder.pdf").await;
    // One with a plan, one with a draft; of another municipality nobody.
    for text in [
        "夜間綴り人吉市",
        "X-1001",
        "X-1003",
        "版1取り込んだ計画",
        "案作成中",
        "【デモ】おばの家",
    ] {
        assert!(binder.contains(text), "{text}: {binder}");
    }
    assert!(!binder.contains("X-1002"), "{binder}");
    let night = session(&app, Role::NightDuty, Some("43202"), None).await;
    let answer = ask(&router, "GET", "/binder.pdf", &night, "").await;
    let binder = text_of(answer, "/binder.pdf").await;
    assert!(
        binder.contains("X-1002") && !binder.contains("X-1001"),
        "{binder}"
    );
    // It is in the trail, with everybody who is in it.
    assert!(
        crate::life::done_to(&app, "X-1003")
            .await
            .contains(&Action::PrintedBinder)
    );
    for role in [Role::Centre, Role::Coordinator, Role::Family] {
        let case = (role == Role::Family).then_some("X-1001");
        let other = session(&app, role, None, case).await;
        let answer = ask(&router, "GET", "/binder.pdf", &other, "").await;
        assert!(answer.status().is_client_error(), "{role:?}");
    }
}
