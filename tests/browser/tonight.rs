//! The officer at 17:00 and the nurse at 02:00: one list, two browsers at once.

use fantoccini::{
    Client, Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
};

use super::{
    browser::Browser, click, demonstration::Demo, fits, loans::paper, seen, sign_in, text,
};

/// The numbers of the first children on the list, as the page shows them.
async fn first(client: &Client, count: usize) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#night > li')].map((card) => card.id)";
    let ids = client.execute(script, vec![]).await.expect("a list");
    let ids = ids.as_array().expect("a list").iter();
    ids.take(count)
        .map(|id| id.as_str().expect("an id").to_owned())
        .collect()
}

/// Opens the form of a card and types how many hours are left.
async fn types(client: &Client, card: &str, hours: &str) {
    click(client, &format!("#{card} .night-answer summary")).await;
    let field = format!("#{card} input[name=hours_left]");
    seen(client, &field).await;
    let script = "document.querySelector(arguments[0]).focus()";
    let focused = client.execute(script, vec![field.as_str().into()]).await;
    focused.expect("it takes the focus");
    let found = client.find(Locator::Css(&field)).await;
    let found = found.expect("a field");
    found.send_keys(hours).await.expect("it is typed");
}

/// What she was told, two and a half hours, stands in the record; the hours on the card run
/// down from then on.
async fn shows_what_was_told(client: &Client, card: &str) {
    let script = "return document.querySelector(arguments[0]).textContent";
    let history = format!("#{card} .night-history li");
    let told = client.execute(script, vec![history.into()]).await;
    let told = told.expect("a record").to_string();
    assert!(told.contains("2.5時間"), "{told}");
    let shown = text(client, &format!("#{card}")).await;
    let left = ["2.5時間（電話で聞いた", "2.4時間（電話で聞いた"];
    assert!(left.iter().any(|hours| shown.contains(hours)), "{shown}");
}

#[tokio::test]
async fn two_people_work_on_one_list_and_lose_nothing_that_they_type() {
    let Some(officer) = Browser::start(1280, 1600).await else {
        return;
    };
    let Some(nurse) = Browser::start(320, 2400).await else {
        return;
    };
    let demo = Demo::start();
    let (desk, phone) = (&officer.client, &nurse.client);
    sign_in(desk, demo.link("municipality")).await;
    sign_in(phone, demo.link("night_duty")).await;

    // Two taps: the page, the level.
    click(desk, "nav a[href='/tonight']").await;
    seen(desk, "#night-levels .empty").await;
    officer.picture("tonight-empty-1280").await;
    click(desk, "button.level-3").await;
    seen(desk, "#night > li:nth-child(4)").await;
    let names = first(desk, 4).await;
    assert!(
        text(desk, &format!("#{}", names[0]))
            .await
            .contains("計画なし")
    );
    fits(desk).await;
    officer.picture("tonight-1280").await;

    click(phone, "nav a[href='/tonight']").await;
    seen(phone, &format!("#{}", names[2])).await;
    fits(phone).await;
    nurse.picture("tonight-320").await;
    // She types while he records two calls.
    types(phone, &names[2], "2.5").await;
    click(desk, &format!("#{} .came-no_answer", names[0])).await;
    seen(desk, &format!("#{}.call_again", names[0])).await;
    click(desk, &format!("#{} .came-left", names[1])).await;
    seen(desk, &format!("#{}.left", names[1])).await;
    // She sees both within seconds, and nothing that she typed is gone.
    seen(phone, &format!("#{}.left .night-news", names[1])).await;
    seen(phone, &format!("#{}.call_again", names[0])).await;
    let typed = format!(
        "const field = document.querySelector('#{} input[name=hours_left]'); return [field.value, document.activeElement === field]",
        names[2]
    );
    let kept = phone.execute(&typed, vec![]).await.expect("a field");
    assert_eq!(kept, serde_json::json!(["2.5", true]));
    nurse.picture("tonight-typing-320").await;
    // A colleague answers about the child that she types of: she is told, and goes on.
    click(desk, &format!("#{} .came-at_home", names[2])).await;
    seen(phone, &format!("#{}.at_home .night-news", names[2])).await;
    let kept = phone.execute(&typed, vec![]).await.expect("a field");
    assert_eq!(kept, serde_json::json!(["2.5", true]));
    click(phone, &format!("#{} .came-arrived", names[2])).await;
    seen(desk, &format!("#{}.arrived", names[2])).await;
    shows_what_was_told(desk, &names[2]).await;
    // Whoever presses a number is seen to be calling.
    let press = format!(
        "document.addEventListener('click', (event) => event.preventDefault(), {{ once: true }}); document.querySelector('#{} a.call').click()",
        names[3]
    );
    phone.execute(&press, vec![]).await.expect("it is pressed");
    seen(desk, &format!("#{} .night-news", names[3])).await;
    let news = text(desk, &format!("#{} .night-news", names[3])).await;
    assert!(news.contains("電話しています"), "{news}");
    officer.picture("tonight-later-1280").await;
    // On paper it works when the network does not.
    assert!(officer.paper("tonight").await >= 1);
    paper(desk, "/tonight/calls.pdf", "tonight-calls").await;

    // The power fails in a part of the town: he draws it, and the order changes.
    let before = first(desk, 8).await;
    click(desk, ".night-ways a[href='/outage']").await;
    seen(desk, "html[data-map=idle]").await;
    for (east, north) in [(-0.4, 0.45), (0.4, 0.45), (0.4, -0.45), (-0.4, -0.45)] {
        press_on_map(desk, (east, north)).await;
    }
    let drawn = text(desk, "#draw-count").await;
    assert!(drawn.starts_with('4'), "{drawn}");
    fits(desk).await;
    officer.picture("outage-drawn-1280").await;
    click(desk, "#outage-form button.main").await;
    seen(desk, "#night > li .night-cut").await;
    let after = first(desk, 8).await;
    assert_ne!(before, after, "hours lead now");
    let all = first(desk, 100).await;
    assert!(all.len() >= 5, "{all:?}");
    // Unknown hours stand before known ones, among those that nobody has reached.
    let script = "return [...document.querySelectorAll('#night > li.to_call .night-cut div:first-child dd')].map((dd) => dd.textContent)";
    let ends = desk.execute(script, vec![]).await.expect("a list");
    let ends: Vec<String> = serde_json::from_value(ends).expect("texts");
    let unknown = |text: &String| text.starts_with("分からない");
    let known = ends
        .iter()
        .position(|text| !unknown(text))
        .expect("some are known");
    assert!(ends[known..].iter().all(|text| !unknown(text)), "{ends:?}");
    fits(desk).await;
    officer.picture("outage-1280").await;
    let path = desk.current_url().await.expect("an address");
    paper(desk, &format!("{}/calls.pdf", path.path()), "outage-calls").await;
    // The nurse, whose page is open, sees it within seconds, and the list of it.
    seen(phone, "#night-cuts li a").await;
    click(phone, "#night-cuts li a").await;
    seen(phone, "#night > li .night-cut").await;
    assert_eq!(first(phone, 8).await, after);
    fits(phone).await;
    nurse.picture("outage-320").await;
}

/// Presses on the map that areas are drawn on, at a place that is so far from its middle,
/// in parts of its width and height.
async fn press_on_map(client: &Client, (east, north): (f64, f64)) {
    let script = "const map = document.getElementById('outage-map');
        map.scrollIntoView({ block: 'center' });
        const box = map.getBoundingClientRect();
        return [box.x, box.y, box.width, box.height];";
    let area = client.execute(script, vec![]).await.expect("a map");
    let [x, y, width, height]: [f64; 4] = serde_json::from_value(area).expect("a box");
    let to = PointerAction::MoveTo {
        duration: None,
        x: x + width * (0.5 + east),
        y: y + height * (0.5 - north),
    };
    let button = MOUSE_BUTTON_LEFT;
    let press = MouseActions::new("mouse".to_owned())
        .then(to)
        .then(PointerAction::Down { button })
        .then(PointerAction::Up { button });
    client.perform_actions(press).await.expect("a press");
}
