//! The life of a plan: the coordinator writes it from nothing, the municipality returns it,
//! sees the correction and approves it with what it lacks; then its shelter is withdrawn,
//! and it comes back while the old version stays in force.

use std::{path::Path, process::Command};

use fantoccini::Client;
use serde_json::json;

use super::{
    browser::Browser,
    click,
    demonstration::Demo,
    fits,
    loans::{links, paper},
    seen, sign_in, text,
};

/// A child of the demonstration without a plan.
const CHILD: &str = "D-0001";

/// Fills the fields of a form by their names, as somebody types and chooses.
async fn fill(client: &Client, form: &str, fields: &[(&str, &str)]) {
    seen(client, form).await;
    let script = "const form = document.querySelector(arguments[0]);
        const missing = [];
        for (const [name, value] of arguments[1]) {
          const all = [...form.elements].filter((field) => field.name === name);
          const boxes = all.filter((field) => field.type === 'checkbox' || field.type === 'radio');
          if (all.length === 0) missing.push(name);
          else if (boxes.length > 0) boxes.find((box) => box.value === value).checked = true;
          else all[0].value = value;
        }
        return missing;";
    let arguments = vec![form.into(), json!(fields)];
    let missing = client.execute(script, arguments).await.expect("a form");
    assert_eq!(missing, json!([]), "{form}");
}

/// Writes a step, and goes on to the next.
async fn step(client: &Client, (demo, at): (&Demo, &str), fields: &[(&str, &str)]) {
    let path = format!("/plans/{CHILD}/draft/{at}");
    client.goto(&demo.page(&path)).await.expect("a step");
    fill(client, "#draft-step", fields).await;
    mark(client).await;
    click(client, "#draft-step button.main[value=next]").await;
    seen(client, "html:not([data-before]) main h1").await;
    let wrong = "return document.querySelector('#said')?.innerText ?? ''";
    let wrong = client.execute(wrong, vec![]).await.expect("a page");
    assert_eq!(wrong, json!(""), "{at}");
}

async fn go(client: &Client, demo: &Demo, path: &str) {
    client.goto(&demo.page(path)).await.expect("the page opens");
    seen(client, "main h1").await;
}

/// What somebody presses at the course of the plan.
async fn act(client: &Client, demo: &Demo, (path, fields): (&str, &[(&str, &str)])) {
    go(client, demo, &format!("/plans/{CHILD}/course")).await;
    let form = format!("form[action$='/{path}']");
    fill(client, &form, fields).await;
    mark(client).await;
    click(client, &format!("{form} button")).await;
    seen(client, "html:not([data-before]) main h1").await;
}

/// Marks a page, so that the next one is told from it.
async fn mark(client: &Client) {
    let script = "document.documentElement.dataset.before = '1'";
    client.execute(script, vec![]).await.expect("a page");
}

async fn agree_and_hand_in(client: &Client, demo: &Demo) {
    act(
        client,
        demo,
        ("agree", &[("agreed_by", "母"), ("how", "in_person")]),
    )
    .await;
    act(client, demo, ("hand-in", &[])).await;
}

/// The coordinator is given the child by the municipality.
async fn assign(town: &Client, demo: &Demo) {
    go(town, demo, &format!("/plans/{CHILD}")).await;
    let script = "document.querySelectorAll('details').forEach((one) => { one.open = true; })";
    town.execute(script, vec![]).await.expect("a page");
    mark(town).await;
    click(town, "form[action$='/coordinators'] button[value=assign]").await;
    seen(town, "html:not([data-before]) main h1").await;
}

/// The whole plan, step by step; the name of the shelter that it goes to.
async fn write(client: &Client, demo: &Demo, browser: &Browser) -> String {
    go(client, demo, &format!("/plans/{CHILD}/course")).await;
    click(client, "form[action$='/draft'] button.main").await;
    seen(client, "ol.draft-steps").await;
    fits(client).await;
    browser.picture("plan-steps-1280").await;
    let home = [
        ("/child/on_roster", "yes"),
        ("/child/contacts/0/who", "母"),
        ("/child/contacts/0/value", "090-0000-0000"),
        ("/home/room_floor", "2"),
        ("/particulars/considerations", "walking"),
    ];
    step(client, (demo, "home"), &home).await;
    go(client, demo, &format!("/plans/{CHILD}/draft/threats")).await;
    browser.picture("plan-threats-1280").await;
    // The first place of the ranked ones, then a hospital that no list has.
    go(client, demo, &format!("/plans/{CHILD}/draft/where")).await;
    browser.picture("plan-where-1280").await;
    let name = text(client, "ol.candidates li:first-child b").await;
    mark(client).await;
    click(client, "ol.candidates li:first-child button").await;
    seen(
        client,
        "html:not([data-before]) #draft-step [name='/destinations/0/name']",
    )
    .await;
    mark(client).await;
    click(client, "#draft-step button[value='kind:hospital']").await;
    seen(
        client,
        "html:not([data-before]) #draft-step [name='/destinations/1/name']",
    )
    .await;
    let to = [
        ("/destinations/0/route", "県道を通って正門から入る"),
        ("/destinations/0/travel_by", "car"),
        ("/destinations/1/name", "【デモ】ひとよし病院"),
        ("/destinations/1/route", "国道を通る"),
        ("/triggers/0/hazard", "flood"),
        ("/triggers/0/level", "3"),
        ("/triggers/0/name", "高齢者等避難"),
        ("/early_trigger", "前日の昼"),
        ("/vehicle", "母の車"),
    ];
    step(client, (demo, "where"), &to).await;
    let late = [("/too_late/room", "2階の寝室"), ("/too_late/call", "119")];
    step(client, (demo, "too-late"), &late).await;
    let who = [
        ("/supporters/0/name", "【デモ】母"),
        ("/supporters/0/relation", "母"),
        ("/supporters/0/address", "【デモ】町1-1"),
        ("/supporters/0/contact", "090-0000-0000"),
        ("/supporters/0/can_carry", "yes"),
        ("/supporters/0/agreed", "yes"),
    ];
    step(client, (demo, "who"), &who).await;
    let take = [("/particulars/take_along", "呼吸器\n吸引器\n蘇生バッグ")];
    step(client, (demo, "take"), &take).await;
    let consents = [
        ("/consents/explained/on", "2026-11-01"),
        ("/consents/make/given", "yes"),
        ("/consents/make/on", "2026-11-02"),
        ("/consents/make/by", "母"),
        ("/consents/provide/0/recipient", "fire_service"),
        ("/consents/provide/0/consent/given", "yes"),
        ("/consents/provide/0/consent/on", "2026-11-02"),
    ];
    step(client, (demo, "consents"), &consents).await;
    go(client, demo, &format!("/plans/{CHILD}/draft/check")).await;
    browser.picture("plan-check-1280").await;
    name
}

/// Settles every gap that the page asks for, and approves.
async fn approve(town: &Client, demo: &Demo, browser: &Browser) {
    go(town, demo, &format!("/plans/{CHILD}/decide")).await;
    fits(town).await;
    browser.picture("plan-decide-1280").await;
    let script = "const form = document.querySelector(\"form[action$='/approve']\");
        for (const field of form.elements) {
          if (field.name.endsWith('/who')) field.value = '【デモ】担当';
          if (field.name.endsWith('/until')) field.value = arguments[0];
          if (field.name.endsWith('/interim') && !field.value) field.value = '早めに電話する';
          if (field.name === 'accepts') field.checked = true;
        }
        return [...form.elements].filter((field) => field.name === 'gap').length;";
    let until = super::loans::today(town).await + chrono::Days::new(60);
    let gaps = town.execute(script, vec![until.to_string().into()]).await;
    let gaps = gaps.expect("a form").as_i64();
    assert!(gaps.is_some_and(|gaps| gaps > 0), "it lacks something");
    mark(town).await;
    click(town, "form[action$='/approve'] button.main").await;
    seen(town, "html:not([data-before]) #gaps").await;
    let page = text(town, "main").await;
    assert!(page.contains("承認（不足あり）"), "{page}");
    browser.picture("plan-course-1280").await;
}

/// The newer list of the town's sites, without one of them, as the operator reads it in.
fn withdraw(folder: &Path, name: &str) {
    let database = walk(folder);
    let list =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo/sites.csv"));
    let list = list.expect("the list of the demonstration");
    let without: Vec<&str> = list.lines().filter(|line| !line.contains(name)).collect();
    assert!(
        without.len() < list.lines().count(),
        "{name} is on the list"
    );
    let file = folder.join("mergeFromCity_2.csv");
    std::fs::write(&file, without.join("\n")).expect("the file is written");
    let done = Command::new(env!("CARGO_BIN_EXE_tomoshibi"))
        .args(["import", "sites"])
        .arg(&file)
        .args(["--complete", "--json", "--database"])
        .arg(format!("sqlite:{}", database.display()))
        .env("TOMOSHIBI_KEYS__FILE", database.with_extension("keys"))
        .output()
        .expect("the program runs");
    let said = String::from_utf8(done.stdout).expect("JSON is text");
    assert!(said.contains("\"withdrawn\":1"), "{said}");
}

/// The database below a folder.
fn walk(folder: &Path) -> std::path::PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "db") {
                return path;
            }
        }
    }
    panic!("no database below {}", folder.display());
}

#[tokio::test]
async fn a_plan_is_written_returned_approved_and_comes_back_when_its_shelter_goes() {
    let (Some(writer), Some(officer)) = (
        Browser::start(1280, 1800).await,
        Browser::start(1280, 1800).await,
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start_in(folder.path());
    let (hand, town) = (&writer.client, &officer.client);
    sign_in(hand, demo.link("coordinator")).await;
    sign_in(town, demo.link("municipality")).await;
    assign(town, &demo).await;
    let shelter = write(hand, &demo, &writer).await;
    agree_and_hand_in(hand, &demo).await;

    // The municipality finds it on its list, and returns it with what is to be mended.
    go(town, &demo, "/plans").await;
    fits(town).await;
    officer.picture("plans-1280").await;
    click(
        town,
        &format!("section[aria-labelledby=moving] a[href*='{CHILD}']"),
    )
    .await;
    go(town, &demo, &format!("/plans/{CHILD}/decide")).await;
    let defect = [
        ("defect/0/step", "too-late"),
        ("defect/0/words", "夜の電話番号も書いてください"),
    ];
    fill(town, "form[action$='/return']", &defect).await;
    mark(town).await;
    click(town, "form[action$='/return'] button").await;
    seen(town, "html:not([data-before]) main h1").await;

    // The coordinator reads it in the step that it is about.
    go(hand, &demo, &format!("/plans/{CHILD}/draft/too-late")).await;
    let page = text(hand, "main").await;
    assert!(page.contains("夜の電話番号も書いてください"), "{page}");
    let late = [
        ("/too_late/room", "2階の寝室"),
        ("/too_late/call", "119、夜は000-0000-0009"),
    ];
    step(hand, (&demo, "too-late"), &late).await;
    agree_and_hand_in(hand, &demo).await;

    // The correction is a difference.
    go(town, &demo, &format!("/plans/{CHILD}/decide")).await;
    let differs = text(town, "section[aria-labelledby=since-return]").await;
    assert!(differs.contains("夜は000-0000-0009"), "{differs}");
    approve(town, &demo, &officer).await;
    go(town, &demo, &format!("/plans/{CHILD}")).await;
    let plan = text(town, "main").await;
    assert!(plan.contains(&shelter), "{plan}");

    // On paper, for the family and for the fire service.
    for (sheet, name) in [("family", "plan-family"), ("0", "plan-whole")] {
        let path = format!("/plans/{CHILD}/sheets/{sheet}");
        paper(town, &path, name).await;
    }
    go(town, &demo, &format!("/plans/{CHILD}/papers")).await;
    fits(town).await;
    officer.picture("plan-papers-1280").await;

    // Its shelter is withdrawn: the plan comes back, and stays in force.
    withdraw(folder.path(), &shelter);
    go(town, &demo, "/plans").await;
    let back = text(town, "section[aria-labelledby=back]").await;
    assert!(back.contains(CHILD), "{back}");
    officer.picture("plans-back-1280").await;
    go(town, &demo, &format!("/plans/{CHILD}")).await;
    let plan = text(town, "main").await;
    assert!(plan.contains(&shelter), "the old version stays: {plan}");
    let course = format!("/plans/{CHILD}/course");
    go(town, &demo, &course).await;
    let stands = text(town, "section.first").await;
    assert!(stands.contains("承認（不足あり）"), "{stands}");
    // A family prints its own sheet by itself.
    let Some(mother) = Browser::start(320, 2400).await else {
        return;
    };
    sign_in(&mother.client, demo.link("family")).await;
    let own = links(&mother.client, "a[href$='/sheets/family']").await;
    paper(&mother.client, &own[0], "plan-family-own").await;
    // On its telephone the same pages fit.
    let case = own[0].trim_end_matches("/sheets/family");
    for page in ["course", "versions", "consents", "papers"] {
        go(&mother.client, &demo, &format!("{case}/{page}")).await;
        fits(&mother.client).await;
        mother.picture(&format!("plan-{page}-320")).await;
    }
}

/// Seconds for a key of somebody who types neither fast nor slowly, for a look at the paper
/// before each field, and for a page that comes anew (Card, Moran, Newell 1980, keystroke-level
/// model: K 0.28 s, M 1.35 s).
const A_KEY: f64 = 0.28;
const A_LOOK: f64 = 1.35;
const A_PAGE: f64 = 2.0;

/// A field of the paper page: its name, what stands in it, and which letters are typed for
/// that in Latin letters; empty: one chooses.
type Entry = (&'static str, &'static str, &'static str);

/// What an ordinary plan on paper says, the first of each list.
const FIRST: &[Entry] = &[
    (
        "/child/reason",
        "人工呼吸器を使用、歩けない",
        "jinnkoukokyuukiwosiyou,arukenai",
    ),
    ("/child/contacts/0/who", "母", "haha"),
    ("/child/contacts/0/value", "090-0000-0000", "090-0000-0000"),
    ("/destinations/0/kind", "hospital", ""),
    (
        "/destinations/0/name",
        "【デモ】ひとよし病院",
        "[demo]hitoyosibyouinn",
    ),
    (
        "/destinations/0/address",
        "人吉市【デモ】町5-5",
        "hitoyosisi[demo]mati5-5",
    ),
    (
        "/destinations/0/route",
        "国道を通り正門から入る",
        "kokudouwotoori seimonnkarahairu",
    ),
    ("/triggers/0/hazard", "flood", ""),
    ("/triggers/0/level", "3", ""),
    ("/triggers/0/name", "高齢者等避難", "koureisyatouhinann"),
    ("/too_late/room", "2階の寝室", "2kainosinnsitu"),
    ("/too_late/call", "119", "119"),
    ("/supporters/0/name", "【デモ】祖母", "[demo]sobo"),
    ("/supporters/0/relation", "祖母", "sobo"),
    (
        "/supporters/0/address",
        "人吉市【デモ】町1-1",
        "hitoyosisi[demo]mati1-1",
    ),
    ("/supporters/0/contact", "090-0000-0001", "090-0000-0001"),
    ("/supporters/0/agreed", "yes", ""),
    ("/consents/explained/on", "2026-04-01", "20260401"),
    ("/consents/make/given", "yes", ""),
    ("/consents/make/on", "2026-04-01", "20260401"),
    ("/consents/make/by", "母", "haha"),
];

/// The second of each list, once the first are kept.
const SECOND: &[Entry] = &[
    ("/child/contacts/1/who", "父", "titi"),
    ("/child/contacts/1/value", "090-0000-0002", "090-0000-0002"),
    ("/destinations/1/kind", "welfare_shelter", ""),
    (
        "/destinations/1/name",
        "【デモ】福祉センター",
        "[demo]fukusisennta-",
    ),
    (
        "/destinations/1/address",
        "人吉市【デモ】町6-6",
        "hitoyosisi[demo]mati6-6",
    ),
    (
        "/destinations/1/route",
        "歩道橋の下を右",
        "hodoukyounositawomigi",
    ),
    ("/supporters/1/name", "【デモ】隣の人", "[demo]tonarinohito"),
    ("/supporters/1/relation", "近所", "kinnjo"),
    (
        "/supporters/1/address",
        "人吉市【デモ】町1-2",
        "hitoyosisi[demo]mati1-2",
    ),
    ("/supporters/1/contact", "090-0000-0003", "090-0000-0003"),
    ("/supporters/1/agreed", "yes", ""),
];

/// Presses a key where the cursor is.
async fn press(client: &Client, key: &str) {
    let at = client
        .active_element()
        .await
        .expect("something has the cursor");
    at.send_keys(key).await.expect("it takes a key");
}

/// The name of the field in which the cursor is.
async fn cursor(client: &Client) -> String {
    let script = "return document.activeElement?.name || document.activeElement?.tagName || ''";
    let name = client.execute(script, vec![]).await.expect("a page");
    name.as_str().unwrap_or_default().to_owned()
}

/// Writes fields with the keyboard alone, from the first on; answers how many keys that are,
/// those from field to field among them.
async fn typed(client: &Client, entries: &[Entry]) -> u32 {
    let focus = "document.querySelector(`#draft-step [name='${arguments[0]}']`).focus()";
    let first = vec![json!(entries[0].0)];
    client.execute(focus, first).await.expect("a field");
    let mut keys = 0;
    for (name, value, letters) in entries {
        let mut steps = 0;
        while cursor(client).await != *name {
            // A list's empty row is behind one line, which a key opens.
            let script = "const at = document.activeElement;
                if (at.tagName !== 'SUMMARY' || at.parentElement.open) return false;
                at.parentElement.open = true;
                return true;";
            let opened = client.execute(script, vec![]).await.expect("a page");
            keys += u32::from(opened == json!(true));
            press(client, "\u{E004}").await;
            (keys, steps) = (keys + 1, steps + 1);
            assert!(steps < 80, "{name} is on the page, behind the field before");
        }
        fill(client, "#draft-step", &[(name, value)]).await;
        let changed = "document.activeElement.dispatchEvent(new Event('input', {bubbles: true}))";
        client.execute(changed, vec![]).await.expect("a field");
        // To convert and to confirm, for each piece of up to six letters of Japanese; two keys
        // to choose.
        let length = u32::try_from(letters.chars().count()).expect("few");
        keys += match (length, value.is_ascii()) {
            (0, _) => 2,
            (length, true) => length,
            (length, false) => length + 2 * length.div_ceil(6),
        };
    }
    keys
}

#[tokio::test]
async fn a_plan_on_paper_takes_five_minutes_with_the_keyboard_alone() {
    let Some(desk) = Browser::start(1280, 1800).await else {
        return;
    };
    let demo = Demo::start();
    let town = &desk.client;
    sign_in(town, demo.link("municipality")).await;
    go(town, &demo, &format!("/plans/{CHILD}/course")).await;
    click(town, "form[action$='/draft'] input[name=paper]").await;
    click(town, "form[action$='/draft'] button.main").await;
    seen(town, "#draft-step [name='/destinations/0/name']").await;
    fits(town).await;
    let mut keys = typed(town, FIRST).await;
    for (then, what) in [("stay", "the first"), ("next", "all")] {
        mark(town).await;
        click(
            town,
            &format!("#draft-step p button[name=then][value={then}]"),
        )
        .await;
        seen(town, "html:not([data-before]) main h1").await;
        let wrong = "return document.querySelector('#said')?.innerText ?? ''";
        let wrong = town.execute(wrong, vec![]).await.expect("a page");
        assert_eq!(wrong, json!(""), "{what}");
        keys += 2;
        if then == "stay" {
            keys += typed(town, SECOND).await;
        }
    }
    let looks = FIRST.len() + SECOND.len();
    let seconds = f64::from(keys) * A_KEY + looks as f64 * A_LOOK + 3.0 * A_PAGE;
    println!("a plan on paper: {looks} fields, {keys} keys, {seconds:.0} s");
    assert!(seconds <= 300.0, "{looks} fields, {keys} keys: {seconds} s");
    // What it lacks is shown as gaps.
    go(town, &demo, &format!("/plans/{CHILD}/draft/check")).await;
    desk.picture("plan-paper-check-1280").await;
    let page = text(town, "main").await;
    assert!(
        page.contains("【デモ】ひとよし病院") || page.contains("不足"),
        "{page}"
    );
}
