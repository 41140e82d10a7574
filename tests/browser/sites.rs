//! An officer keeps the list of sites, alone, before the typhoon.

use fantoccini::Locator;

use super::{browser::Browser, click, demonstration::Demo, fill, fits, seen, sign_in, text};

/// Chooses what a list offers.
async fn choose(client: &fantoccini::Client, css: &str, value: &str) {
    seen(client, css).await;
    let list = client.find(Locator::Css(css)).await.expect("a list");
    list.select_by_value(value).await.expect("it is offered");
}

/// Types a day as a keyboard does it: by the page's own field.
async fn day(client: &fantoccini::Client, css: &str, day: &str) {
    seen(client, css).await;
    let script = "document.querySelector(arguments[0]).value = arguments[1]";
    let typed = vec![css.into(), day.into()];
    client.execute(script, typed).await.expect("a day");
}

#[tokio::test]
async fn an_officer_filters_sites_closes_one_for_repairs_and_sees_whose_plan_that_touches() {
    for (width, height) in [(1280, 1600), (320, 2400)] {
        let Some(browser) = Browser::start(width, height).await else {
            return;
        };
        let demo = Demo::start();
        let client = &browser.client;
        sign_in(client, demo.link("municipality")).await;
        click(client, "nav a[href='/sites']").await;

        // Which sites open at level 3 and are designated for a storm surge?
        click(client, "details.filter summary").await;
        click(client, "input[name=kind][value=emergency_site]").await;
        click(client, "input[name=hazard][value=storm_surge]").await;
        choose(client, "select[name=level]", "3").await;
        choose(client, "select[name=sort]", "plans").await;
        click(client, "details.filter button").await;
        seen(client, "details.filter a[href='/sites']").await;
        let here = client.current_url().await.expect("an address");
        let query = here.query().expect("the filter stands in the address");
        for part in ["kind=emergency_site", "hazard=storm_surge", "level=3"] {
            assert!(query.contains(part), "{query}");
        }
        fits(client).await;
        browser.picture(&format!("sites-{width}")).await;

        // The one to which most plans lead is closed for repairs.
        click(client, "table.sites tbody tr:first-child th a").await;
        day(client, "input[name=closed_from]", "2026-01-01").await;
        click(client, "#entry button.main").await;
        let touched = text(client, "#touched").await;
        assert!(
            touched.contains("電話") && touched.contains("D-0"),
            "{touched}"
        );
        fits(client).await;
        browser.picture(&format!("site-closed-{width}")).await;
        click(client, "#touched li a").await;
        seen(client, "section.first").await;

        // A place that no list has, by a click on the map.
        let new = here.join("/sites/new").expect("an address");
        client.goto(new.as_str()).await.expect("a page");
        choose(client, "select[name=site_kind]", "hospital").await;
        fill(client, "input[name=site_name]", "【デモ】新しい病院").await;
        fill(client, "input[name=site_address]", "【デモ】町77").await;
        seen(client, "html[data-map=idle]").await;
        click(client, "#pick canvas").await;
        let lat = client.find(Locator::Css("#lat")).await.expect("a field");
        let lat = lat.prop("value").await.expect("it has a value");
        assert!(
            lat.is_some_and(|lat| lat.starts_with("32.")),
            "the click fills it in"
        );
        fits(client).await;
        browser.picture(&format!("own-site-{width}")).await;
        click(client, "form.sheet button.main").await;
        seen(client, "main a[href$='/edit']").await;
        assert!(text(client, "h1").await.contains("新しい病院"));
        client.clone().close().await.expect("the session ends");
    }
}
