//! The journeys of the people it is built for, in a real browser.

#[path = "../support/browser.rs"]
mod browser;
#[path = "../support/demonstration.rs"]
mod demonstration;
mod life;
mod loans;
mod officer;
mod prefecture_map;
mod reading;
mod reminders;
mod sites;
mod tonight;

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

/// Waits until the map of a page is drawn.
async fn drawn(client: &Client) {
    seen(client, "html[data-map=idle]").await;
}

/// The words of an element, once a page has it. Found and read in one breath: an
/// element that was found may be gone with its page before it is read.
async fn text(client: &Client, css: &str) -> String {
    let script = "return document.querySelector(arguments[0])?.innerText ?? null";
    let looking = async {
        loop {
            seen(client, css).await;
            let said = client.execute(script, vec![css.into()]).await;
            if let Ok(serde_json::Value::String(said)) = said {
                return said;
            }
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .unwrap_or_else(|_| panic!("{css}: no words"))
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
        drawn(client).await;
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
    for (earlier, later) in [
        ("停電したら", "119ではありません"),
        ("助けが要る", "すること"),
    ] {
        let at = |what: &str| {
            page.find(what)
                .unwrap_or_else(|| panic!("{what} in {page}"))
        };
        assert!(at(earlier) < at(later), "{page}");
    }
    fits(client).await;
    browser.picture("family-page-320").await;
    // With one thumb: what is wanted, and the button that sends it.
    click(client, "a[href='/family/tell/call_us']").await;
    click(client, "form[action='/family/tell/call_us'] button").await;
    seen(client, "#said").await;
    assert!(text(client, "#said").await.contains("知らせました"));
    assert!(
        text(client, "main")
            .await
            .contains("これまでに知らせたこと")
    );
    click(client, "a[href^='/plans/']").await;
    seen(client, "#first").await;
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

/// Types into a field.
async fn fill(client: &Client, css: &str, text: &str) {
    seen(client, css).await;
    let field = client.find(Locator::Css(css)).await.expect("a field");
    field.send_keys(text).await.expect("it can be typed into");
}

/// What an authenticator shows for the text of a secret, `ahead` steps from now.
fn code_of(secret: &str, ahead: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    #[expect(
        clippy::disallowed_methods,
        reason = "the browser's clock is the wall's"
    )]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH);
    let seconds = since.expect("after 1970").as_secs() + 30 * ahead;
    totp.expect("an authenticator")
        .generate(seconds)
        .to_string()
}

#[tokio::test]
async fn new_staff_comes_in_and_signs_out_everywhere_from_another_device() {
    const PASSWORD: &str = "kawa no mukou ni ie ga aru";
    let (Some(first), Some(second)) = (
        Browser::start(320, 2400).await,
        Browser::start(1280, 1600).await,
    ) else {
        return;
    };
    let demo = Demo::start();
    let client = &first.client;
    let invitation = demo.link("staff-invitation");
    client.goto(invitation).await.expect("the link opens");
    seen(client, "#enter").await;
    fits(client).await;
    first.picture("invitation-320").await;
    click(client, "#enter").await;
    // A password that everybody tries first is sent back with words.
    fill(client, "input[name=password]", "passwordpassword").await;
    fill(client, "input[name=again]", "passwordpassword").await;
    click(client, "form[action='/invitation/password'] button").await;
    assert!(text(client, "#said").await.contains("真っ先に試される"));
    fits(client).await;
    first.picture("password-320").await;
    fill(client, "input[name=password]", PASSWORD).await;
    fill(client, "input[name=again]", PASSWORD).await;
    click(client, "form[action='/invitation/password'] button").await;
    let secret = text(client, "#secret").await;
    seen(client, ".qr svg").await;
    fits(client).await;
    first.picture("second-factor-320").await;
    fill(client, "input[name=code]", &code_of(&secret, 0)).await;
    click(client, "form[action='/invitation/confirm'] button").await;
    seen(client, "ol.codes").await;
    let codes = client.find_all(Locator::Css("ol.codes code")).await;
    assert_eq!(codes.expect("the codes").len(), 10);
    fits(client).await;
    first.picture("recovery-codes-320").await;
    assert_eq!(first.paper("recovery-codes").await, 1);
    click(client, "#go-on").await;
    seen(client, "table.children").await;

    // On another device, with the next code: the first one is used up.
    let other = &second.client;
    let base = invitation.split("/enter/").next().expect("an address");
    other.goto(base).await.expect("the first page opens");
    fits(other).await;
    second.picture("home-1280").await;
    click(other, "a[href='/sign-in']").await;
    fill(other, "input[name=email]", "demo-staff@example.jp").await;
    fill(other, "input[name=password]", PASSWORD).await;
    fill(other, "input[name=code]", &code_of(&secret, 1)).await;
    second.picture("sign-in-1280").await;
    click(other, "form[action='/sign-in'] button").await;
    seen(other, "table.children").await;
    click(other, "header .who a").await;
    assert_eq!(text(other, "#codes-left").await, "10");
    fits(other).await;
    second.picture("account-1280").await;
    click(other, "form[action='/account/sessions/end'] button").await;
    // Only this device is left on the list.
    seen(other, "ul.open li:only-child").await;

    // The first device is out with its next request.
    let children = format!("{base}/children");
    client.goto(&children).await.expect("a page opens");
    seen(client, "a[href='/sign-in']").await;
    fits(client).await;
    first.picture("home-320").await;
    click(client, "a[href='/sign-in']").await;
    seen(client, "input[name=email]").await;
    fits(client).await;
    first.picture("sign-in-320").await;
    for browser in [&first, &second] {
        let client = browser.client.clone();
        client.close().await.expect("the session ends");
    }
}

#[tokio::test]
async fn an_officer_decides_on_a_move_a_stay_and_a_protected_address() {
    for (width, height) in [(1280, 1600), (320, 2400)] {
        let Some(browser) = Browser::start(width, height).await else {
            return;
        };
        let demo = Demo::start();
        let client = &browser.client;
        sign_in(client, demo.link("municipality")).await;
        let origin = client.current_url().await.expect("an address");
        let plan = |case: &str| origin.join(&format!("/plans/{case}")).expect("an address");

        let stay = plan("D-0033");
        client.goto(stay.as_str()).await.expect("a page");
        assert!(text(client, ".stay").await.contains("水俣市"));
        fits(client).await;
        browser.picture(&format!("stay-{width}")).await;

        let protected = plan("D-0029");
        client.goto(protected.as_str()).await.expect("a page");
        let page = text(client, "main").await;
        assert!(page.contains("住所は保護されています") && !page.contains("町38番地"));
        fits(client).await;
        browser.picture(&format!("protected-{width}")).await;

        let moving = plan("D-0026");
        client.goto(moving.as_str()).await.expect("a page");
        assert!(text(client, "section.move").await.contains("八代市"));
        fits(client).await;
        browser.picture(&format!("move-{width}")).await;
        // The day is typed as a keyboard does it: by the page's own field.
        client
            .execute("document.querySelector('.move [name=day]').value = document.querySelector('.move [name=day]').max", vec![])
            .await
            .expect("the day is chosen");
        click(client, "section.move button.main").await;
        assert!(
            text(client, "section.message h1")
                .await
                .contains("転居を確定しました")
        );
        click(client, "section.message a").await;
        seen(client, "table.children").await;
        client.goto(moving.as_str()).await.expect("a page");
        assert!(text(client, "main").await.contains("見つかりません"));
        client.clone().close().await.expect("the session ends");
    }
}
