//! Whom a change of a site touches, told before and after it, and what is said
//! where a child may not be named.

use axum::http::StatusCode;
use tomoshibi::{
    domain::{access::Role, site::SiteKind},
    service::world,
    web,
};

use crate::{
    access::session,
    moves::post,
    sites_list::{TOWN, a_destination, an_own_site, page, sent, sites_of},
    support::engines::Database,
};

crate::on_every_engine!(
    a_change_of_any_field_names_the_plans_before_and_after,
    of_a_protected_child_the_page_says_whom_to_ask,
    what_was_overtaken_offers_no_undo_and_a_wrong_field_is_named,
    closing_many_names_the_entries_at_their_addresses_that_stay_open,
);

async fn a_change_of_any_field_names_the_plans_before_and_after(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (case, goal) = a_destination(&app).await;
    let plan = format!("/plans/{case}");
    for change in [
        "set=direct&direct=no",
        "set=companions&companions=1",
        "set=level&level=5",
        "set=power&socket=&confirmed_by=&valid_until=",
    ] {
        let form = format!("within=/sites&site={}&{change}", goal.id);
        let (status, to, said) = sent(&router, &app, &cookie, "/sites/bulk", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
        let preview = page(&router, &cookie, &to).await;
        if !preview.contains("変わるものはありません") {
            assert!(preview.contains(&plan), "{change}");
            let (status, _, done) =
                sent(&router, &app, &cookie, &format!("{to}/confirm"), "").await;
            assert_eq!(status, StatusCode::OK);
            assert!(done.contains(&plan), "{change}, when it is done");
        }
    }
}

async fn of_a_protected_child_the_page_says_whom_to_ask(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (case, goal) = a_destination(&app).await;
    let protection = format!("/plans/{case}/protection");
    let status = post(&router, &app, &protection, &cookie, "act=protect").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let form = format!(
        "within=/sites&site={}&set=closed&closed_from=2026-12-01",
        goal.id
    );
    let (_, to, _) = sent(&router, &app, &cookie, "/sites/bulk", &form).await;
    let preview = page(&router, &cookie, &to).await;
    sent(&router, &app, &cookie, &format!("{to}/confirm"), "").await;
    let its_page = page(&router, &cookie, &format!("/sites/{}", goal.id)).await;
    for text in [&preview, &its_page] {
        assert!(!text.contains(&case));
        assert!(text.contains("住所を保護しているお子さん"), "{text}");
        assert!(text.contains("指名された職員"));
        let named = text.contains("class=\"touched\"");
        assert_eq!(named, text.contains("このお子さんの家に電話し"));
    }
    // Another town hears that somebody else sees to it.
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    let its_page = page(&router, &other, &format!("/sites/{}", goal.id)).await;
    assert!(!its_page.contains("住所を保護しているお子さん"));
    assert!(its_page.contains("その市町村の画面に"));
    assert!(!its_page.contains("このお子さんの家に電話し"));
}

async fn what_was_overtaken_offers_no_undo_and_a_wrong_field_is_named(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let id = an_own_site(&app, TOWN).await;
    let form = format!("within=/sites&site={id}&set=companions&companions=7");
    let (_, to, _) = sent(&router, &app, &cookie, "/sites/bulk", &form).await;
    let (_, _, done) = sent(&router, &app, &cookie, &format!("{to}/confirm"), "").await;
    assert!(done.contains("/undo"));
    let entry = format!("/sites/{id}/entry");
    let (status, _, said) = sent(&router, &app, &cookie, &entry, "places=9999&revision=1").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("呼吸器を使う人の受入れ数："), "{said}");
    let (status, ..) = sent(&router, &app, &cookie, &entry, "level=2&revision=1").await;
    assert_eq!(status, StatusCode::OK);
    let now = page(&router, &cookie, &to).await;
    assert!(!now.contains("/undo\"") && now.contains("記入の記録"));
    assert!(now.contains("そのあとで記入がありました") && !now.contains("ほかの人"));
}

async fn closing_many_names_the_entries_at_their_addresses_that_stay_open(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let loaded = world::current(&app).await.expect("the world is read");
    let directory = loaded.world.sites.as_ref().expect("there are sites");
    let shelters = sites_of(&app, TOWN, SiteKind::Shelter).await;
    let (shelter, others) = shelters
        .iter()
        .map(|s| (s, directory.others_at_address_of(s).collect::<Vec<_>>()))
        .find(|(_, others)| !others.is_empty())
        .expect("a shelter that is an emergency site, too");
    let preview = async |sites: &str, change: &str| {
        let form = format!("within=/sites&site={}{sites}&{change}", shelter.id);
        let (_, to, _) = sent(&router, &app, &cookie, "/sites/bulk", &form).await;
        page(&router, &cookie, &to).await
    };
    let says = "同じ住所の次の登録は閉鎖になっていません";
    let alone = preview("", "set=closed&closed_from=2026-11-01").await;
    assert!(alone.contains(says), "{alone}");
    for other in &others {
        let link = format!("href=\"/sites/{}\"", other.id);
        assert!(alone.contains(&link), "{alone}");
    }
    // With all of them, and where nothing is closed, there is nothing to say.
    let all: Vec<String> = others.iter().map(|o| format!("&site={}", o.id)).collect();
    let all = preview(&all.concat(), "set=closed&closed_from=2026-11-01").await;
    assert!(!all.contains(says), "{all}");
    let level = preview("", "set=level&level=5").await;
    assert!(!level.contains(says), "{level}");
}
