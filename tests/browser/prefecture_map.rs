//! The map of the prefecture in a real browser: what it draws is what its list
//! says.

use fantoccini::Client;
use serde_json::{Value, json};

use crate::{
    PATIENCE, browser::Browser, click, demonstration::Demo, drawn, fits, seen, sign_in, text,
};

/// Waits until a script says so; it is asked after every frame.
async fn until(client: &Client, script: &str) -> Value {
    let asked = format!(
        "const [done] = arguments; const ask = () => {{ const found = (() => {{ {script} }})(); \
         found ? done(found) : requestAnimationFrame(ask); }}; ask();"
    );
    tokio::time::timeout(PATIENCE, client.execute_async(&asked, vec![]))
        .await
        .unwrap_or_else(|_| panic!("never: {script}"))
        .expect("a script runs")
}

#[tokio::test]
async fn the_map_draws_what_its_list_says() {
    for (width, height) in [(1280, 1600), (320, 2400)] {
        let Some(browser) = Browser::start(width, height).await else {
            return;
        };
        let demo = Demo::start();
        let client = &browser.client;
        sign_in(client, demo.link("municipality")).await;
        click(client, "header nav a[href='/map']").await;
        drawn(client).await;
        fits(client).await;
        browser.picture(&format!("prefecture-{width}")).await;

        // Every home and site of the list is on the map, and nothing else.
        let counts = client
            .execute(
                "const map = document.getElementById('map').map; \
                 const listed = (role) => document.querySelectorAll(`li[data-role=${role}][data-lat]`).length; \
                 const drawn = (role) => new Set(map.queryRenderedFeatures({ layers: [role] }).map((f) => f.properties.href)).size; \
                 return ['home', 'site'].map((role) => [listed(role), drawn(role)])",
                vec![],
            )
            .await
            .expect("the map answers");
        for pair in counts.as_array().expect("two pairs") {
            assert_eq!(pair[0], pair[1], "{counts}");
            assert_ne!(pair[0], json!(0));
        }

        // Those in the zones of a flood: its zones are drawn from tiles, in the
        // ranks of the legend.
        client
            .goto(&demo.page("/map?inside=flood"))
            .await
            .expect("the page opens");
        drawn(client).await;
        let ranks = client
            .execute(
                "const map = document.getElementById('map').map; \
                 const zones = map.queryRenderedFeatures({ layers: ['flood'] }); \
                 return [...new Set(zones.map((f) => f.properties.class))].sort()",
                vec![],
            )
            .await
            .expect("the map answers");
        let ranks = ranks.as_array().expect("a list");
        assert!(
            ranks.len() > 3 && ranks.contains(&json!("depth-2")),
            "{ranks:?}"
        );
        assert!(text(client, "#homes").await.contains("お子さんの家"));
        browser.picture(&format!("prefecture-flood-{width}")).await;

        // A layer comes at once, and the address says so.
        click(client, "input[name=layer][value=landslide]").await;
        until(client, "return location.search.includes('layer=landslide')").await;
        until(
            client,
            "const map = document.getElementById('map').map; \
             return map.isStyleLoaded() && map.queryRenderedFeatures({ layers: ['landslide'] }).length > 0",
        )
        .await;

        // A click on a home leads to its page.
        let at = client
            .execute(
                "const map = document.getElementById('map').map; \
                 const one = document.querySelector('li[data-role=home][data-lat]'); \
                 const { lat, lon } = one.dataset; \
                 map.jumpTo({ center: [Number(lon), Number(lat)], zoom: 17 }); \
                 document.getElementById('map').scrollIntoView({ block: 'center' }); \
                 return one.querySelector('a').getAttribute('href')",
                vec![],
            )
            .await
            .expect("the map moves");
        until(
            client,
            "const map = document.getElementById('map').map; return map.loaded() && !map.isMoving()",
        )
        .await;
        click(client, "#map canvas").await;
        seen(client, "section.first").await;
        let here = client.current_url().await.expect("an address");
        assert_eq!(json!(here.path()), at);
    }
}
