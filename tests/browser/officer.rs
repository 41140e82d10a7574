//! An officer's day before the storm: the coast's inundation comes in, and she
//! finds the children in it, where they can go, and whose plan a repair touches.

use std::{path::Path, process::Command};

use fantoccini::{
    Client, Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
};

use crate::{browser::Browser, click, demonstration::Demo, drawn, fits, seen, sign_in, text};

/// A depth of water over the whole town, in the words of the prefecture's file.
const COAST: &str = r#"{"type": "FeatureCollection", "name": "A49-99_43", "features": [
  {"type": "Feature",
   "properties": {"A49_001": "【デモ】", "A49_002": "43", "A49_003": "3m以上5m未満"},
   "geometry": {"type": "Polygon", "coordinates": [[
     [130.60, 32.10], [130.90, 32.10], [130.90, 32.32], [130.60, 32.32], [130.60, 32.10]]]}}]}"#;

/// Imports the coast's inundation into the database of a running demonstration,
/// at the command line, as its operator does.
fn import_the_coast(folder: &Path) {
    let database = std::fs::read_dir(folder)
        .expect("the folder of the demonstration")
        .flat_map(|entry| walk(&entry.expect("an entry").path()))
        .find(|path| path.extension().is_some_and(|end| end == "db"))
        .expect("a database");
    let file = folder.join("A49-99_43.geojson");
    std::fs::write(&file, COAST).expect("the file is written");
    let done = Command::new(env!("CARGO_BIN_EXE_tomoshibi"))
        .args(["import", "hazards"])
        .arg(&file)
        .args(["--covers", "43203", "--dated", "2026-11-01", "--json"])
        .arg("--database")
        .arg(format!("sqlite:{}", database.display()))
        .env("TOMOSHIBI_KEYS__FILE", database.with_extension("keys"))
        .output()
        .expect("the program runs");
    let said = String::from_utf8(done.stdout).expect("JSON is text");
    assert!(done.status.success(), "{said}");
    assert!(
        said.contains("\"ksj-a49-geojson\"") && said.contains("\"accepted\":1"),
        "{said}"
    );
}

fn walk(path: &Path) -> Vec<std::path::PathBuf> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries
            .flat_map(|entry| walk(&entry.expect("an entry").path()))
            .collect(),
        Err(_) => vec![path.to_owned()],
    }
}

/// A home's place is set where the map shows it, and the page says who did.
async fn set_a_position(client: &Client, demo: &Demo) {
    client
        .goto(&demo.page("/positions"))
        .await
        .expect("the page opens");
    click(client, "main a[href$='/position']").await;
    drawn(client).await;
    // Beside the middle, where the pin of the present position may be.
    let canvas = client
        .find(Locator::Css("#map canvas"))
        .await
        .expect("the map");
    let press = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveToElement {
            element: canvas,
            duration: None,
            x: 60.0,
            y: 60.0,
        })
        .then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        })
        .then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
    client.perform_actions(press).await.expect("a press");
    let lat = client
        .find(Locator::Css("#position input[name=lat]"))
        .await
        .expect("a field");
    let lat = lat.prop("value").await.expect("a value");
    assert!(
        lat.is_some_and(|text| text.starts_with("32.")),
        "a click fills the fields"
    );
    click(client, "#position input[name=accuracy][value=building]").await;
    click(client, "#position button.main").await;
    seen(client, "p.said[role=status]").await;
    let said = text(client, "main").await;
    assert!(said.contains("【デモ】人吉市 危機管理課"), "who: {said}");
}

/// The words of every element of a kind, read in one breath.
async fn words_of_all(client: &Client, css: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)";
    let said = client.execute(script, vec![css.into()]).await;
    serde_json::from_value(said.expect("the page is read")).expect("words")
}

#[tokio::test]
async fn an_officer_prepares_for_a_storm_surge() {
    for (width, height) in [(1280, 1600), (320, 2400)] {
        let Some(browser) = Browser::start(width, height).await else {
            return;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let demo = Demo::start_in(folder.path());
        let client = &browser.client;
        sign_in(client, demo.link("municipality")).await;
        let go = async |path: &str| client.goto(&demo.page(path)).await.expect("the page opens");

        // Before the map of the coast nobody is known to be in it.
        go("/map?inside=storm_surge").await;
        drawn(client).await;
        let before = text(client, "main").await;
        assert!(before.contains("区域の中 0"), "{before}");

        import_the_coast(folder.path());
        go("/map?inside=storm_surge").await;
        drawn(client).await;
        let inside = client
            .find_all(Locator::Css("li[data-role=home] .problem"))
            .await
            .expect("the list");
        assert!(!inside.is_empty(), "children in the zone");
        let said = text(client, "main").await;
        assert!(
            said.contains("高潮: 高潮浸水想定区域（3m以上5m未満）の中"),
            "{said}"
        );
        fits(client).await;
        browser.picture(&format!("officer-coast-{width}")).await;

        // Where they can go: open at level 3, designated for a storm surge.
        if width > 600 {
            go("/map?inside=storm_surge").await;
            drawn(client).await;
            click(client, "#map-filter summary").await;
            click(client, "#map-filter select[name=level] option[value='3']").await;
            click(client, "#map-filter input[name=hazard][value=storm_surge]").await;
            click(client, "#map-filter button").await;
        } else {
            go("/map?inside=storm_surge&hazard=storm_surge&level=3").await;
        }
        // The page that answers says what was chosen; the one before does not.
        let chosen = "#map-filter select[name=level] option[value='3'][selected]";
        seen(client, chosen).await;
        drawn(client).await;
        let sites = words_of_all(client, "li[data-role=site]").await;
        assert!(!sites.is_empty(), "sites that open in time");
        for words in &sites {
            assert!(words.contains("高潮"), "{words}");
        }
        browser.picture(&format!("officer-sites-{width}")).await;

        set_a_position(client, &demo).await;
        drawn(client).await;
        fits(client).await;
        browser.picture(&format!("officer-position-{width}")).await;

        // A shelter is closed for repairs: whose plan does that touch?
        go("/sites?plans=1").await;
        click(client, "table.sites tbody tr:first-child th a").await;
        seen(client, "#entry").await;
        client
            .execute(
                "document.querySelector('#entry input[name=closed_from]').value = arguments[0]",
                vec!["2026-01-01".into()],
            )
            .await
            .expect("the day is entered");
        click(client, "#entry button.main").await;
        // The page before may have one too: what was saved is said on the next.
        seen(client, "#said").await;
        let touched = text(client, "#touched").await;
        assert!(touched.contains("【デモ】"), "{touched}");
        fits(client).await;
        browser.picture(&format!("officer-closed-{width}")).await;
    }
}
