//! The journeys of the people it is built for, in a real browser.

#[path = "../support/browser.rs"]
mod browser;
#[path = "../support/demonstration.rs"]
mod demonstration;

use std::time::Duration;

use browser::Browser;
use demonstration::Demo;
use fantoccini::{Client, Locator};

const PATIENCE: Duration = Duration::from_secs(30);

async fn click(client: &Client, css: &str) {
    client
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::Css(css))
        .await
        .unwrap_or_else(|error| panic!("{css}: {error}"))
        .click()
        .await
        .unwrap_or_else(|error| panic!("{css}: {error}"));
}

/// Waits until a page has an element: each click that leads to another page is
/// followed by what only that page has.
async fn seen(client: &Client, css: &str) {
    client
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::Css(css))
        .await
        .unwrap_or_else(|error| panic!("{css}: {error}"));
}

async fn text(client: &Client, css: &str) -> String {
    client
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::Css(css))
        .await
        .unwrap_or_else(|error| panic!("{css}: {error}"))
        .text()
        .await
        .expect("an element has text")
}

/// Nothing on the page is wider than the window.
async fn fits(client: &Client) {
    let over = client
        .execute(
            // A phone widens its window to what does not fit: the page does not.
            "const page = document.documentElement; return page.scrollWidth - page.clientWidth",
            vec![],
        )
        .await
        .expect("a page has a width");
    assert!(
        over.as_i64().is_some_and(|o| o <= 0),
        "the page is {over} px too wide"
    );
}

async fn sign_in(client: &Client, link: &str) {
    client.goto(link).await.expect("the link opens");
    click(client, "#enter").await;
    seen(client, "header .who span").await;
}

#[tokio::test]
async fn an_officer_finds_the_worst_problem_and_its_next_step() {
    for (width, height) in [(1280, 1600), (320, 2400)] {
        let Some(browser) = Browser::start(width, height).await else {
            return;
        };
        let demo = Demo::start();
        let client = &browser.client;
        sign_in(client, demo.link("municipality")).await;

        // Those without a plan come first.
        let first = text(client, "table.children tbody tr:first-child .badge").await;
        assert!(
            first.contains("計画なし") || first.contains("不明"),
            "{first}"
        );
        fits(client).await;
        browser.picture(&format!("children-{width}")).await;

        // From the list to a child with a blocker, its evidence, its next step.
        click(client, "nav.parts a[href='/children?standing=blocker']").await;
        seen(
            client,
            "nav.parts a[aria-current][href='/children?standing=blocker']",
        )
        .await;
        click(client, "tr.blocker th a").await;
        seen(client, "section.first").await;
        let worst = text(client, "section.first").await;
        assert!(worst.contains("承認不可") && worst.contains("→"), "{worst}");
        click(client, "article.finding.blocker details summary").await;
        let evidence = text(client, "article.finding.blocker details").await;
        assert!(evidence.contains("基準"), "{evidence}");
        fits(client).await;

        // Its destination on the map.
        client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css("html[data-map=idle]"))
            .await
            .expect("the map is drawn");
        browser.picture(&format!("plan-{width}")).await;
        click(client, "button.show").await;
        client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css("html[data-map=idle] .pin.chosen"))
            .await
            .expect("the destination is marked");
        browser.picture(&format!("map-{width}")).await;

        // To English and back.
        click(client, "button[name=language][value=en]").await;
        seen(client, "html[lang=en]").await;
        assert!(text(client, "section.first").await.contains("blocker"));
        browser.picture(&format!("plan-en-{width}")).await;

        // A site and its form.
        click(client, "article.place h3 a").await;
        seen(client, "#entry").await;
        assert!(
            text(client, "main")
                .await
                .contains("Entered by the municipality")
        );
        fits(client).await;
        browser.picture(&format!("site-{width}")).await;
        client.clone().close().await.expect("the session ends");
    }
}

#[tokio::test]
async fn a_mother_reads_what_to_do_and_no_code() {
    let Some(browser) = Browser::start(320, 2400).await else {
        return;
    };
    let demo = Demo::start();
    let client = &browser.client;
    sign_in(client, demo.link("family")).await;
    let page = text(client, "main").await;
    for word in ["承認不可", "DST-", "LEG-", "LVL-", "ブロッカー"] {
        assert!(!page.contains(word), "a family reads {word}");
    }
    assert!(page.contains("いちばん先にすること"));
    fits(client).await;
    browser.picture("family-320").await;
    client
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::Css("html[data-map=idle]"))
        .await
        .expect("the map is drawn");
    let pages = browser.paper("family").await;
    assert!((1..=8).contains(&pages), "{pages} pages");
    client.clone().close().await.expect("the session ends");
}

#[tokio::test]
async fn the_centre_sees_where_plans_stand() {
    let Some(browser) = Browser::start(1280, 1600).await else {
        return;
    };
    let demo = Demo::start();
    let client = &browser.client;
    sign_in(client, demo.link("centre")).await;
    let page = text(client, "main").await;
    assert!(
        page.contains("第49条の15第2項"),
        "why content is hidden is said"
    );
    browser.picture("centre-1280").await;
    client.clone().close().await.expect("the session ends");
}
