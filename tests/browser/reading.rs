//! Everybody can read every page: axe-core finds nothing serious or critical,
//! as any role, in both languages, on a desk and on a telephone.

use std::collections::{BTreeMap, BTreeSet};

use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tomoshibi::{
    domain::access::Role,
    web::{Need, ROUTES},
};

use super::{browser::Browser, demonstration::Demo, seen, sign_in};

/// The checks, as npm fetches them.
const AXE: &str = "maps/node_modules/axe-core/axe.min.js";

/// What is read by machines, and the files that pages load.
const NO_PAGES: [&str; 29] = [
    "/assets/{hash}/{file}",
    "/binder.pdf",
    "/calendar/{token}",
    "/calls/letters.pdf",
    "/calls/{case}/letter.pdf",
    "/diagnosis/{municipality}/sheet.xlsx",
    "/emergency/{emergency}/reads.csv",
    "/family/check/photos/{sent}",
    "/healthz",
    "/imports/{import}/rows.csv",
    "/loans/invitations.pdf",
    "/loans/lists/{file}",
    "/loans/report.csv",
    "/loans/report.xlsx",
    "/loans/{loan}/papers/{paper}",
    "/loans/{loan}/photos/{photo}",
    "/outage/{outage}/calls.pdf",
    "/plans/{case}/disclosure.json",
    "/plans/{case}/map.json",
    "/plans/{case}/position.json",
    "/plans/{case}/sheets/{sheet}",
    "/readyz",
    "/sites/sheet.xlsx",
    "/tiles/{version}/{sheet}/{zoom}/{column}/{row}",
    "/tonight/calls.pdf",
    // A part of `/tonight`.
    "/tonight/list",
    "/units/labels",
    "/units/sheet.csv",
    "/units/sheet.xlsx",
];

/// A page that is not there.
const NOWHERE: &str = "/nothing-here";

/// Pages of a route that look otherwise with other data, besides one example.
const MORE: [(&str, &str); 9] = [
    // A protected address, a stay, a move that waits.
    ("municipality", "/plans/D-0029"),
    ("municipality", "/plans/D-0033"),
    ("municipality", "/plans/D-0026"),
    ("municipality", "/children?standing=no_plan"),
    (
        "municipality",
        "/sites?kind=shelter&hazard=flood&sort=plans",
    ),
    ("municipality", "/sites?withdrawn=1&level=1"),
    ("municipality", "/what-if?what=longer&hours=24"),
    ("municipality", "/diagnosis/43203?places=1"),
    ("municipality", NOWHERE),
];

/// Runs a script that answers when it is done.
async fn told(client: &Client, script: &str, arguments: Vec<Value>) -> Value {
    // The last argument is the call that ends it.
    let script = format!(
        "const done = arguments[arguments.length - 1]; (async () => {{ {script} }})()
         .then(done, (error) => done({{ error: String(error) }}));"
    );
    let answer = client.execute_async(&script, arguments).await;
    let answer = answer.expect("a script runs");
    assert!(answer.get("error").is_none(), "{answer}");
    answer
}

/// Sends a form of the page that is open; where it leads.
async fn post(client: &Client, path: &str, fields: Value) -> String {
    let script = "const form = new URLSearchParams(arguments[1]);
         form.set('csrf', document.querySelector('input[name=csrf]').value);
         form.set('key', crypto.randomUUID());
         const answer = await fetch(arguments[0], { method: 'POST', body: form });
         return answer.ok ? answer.url : { error: answer.status + ' ' + arguments[0] };";
    let url = told(client, script, vec![json!(path), fields]).await;
    url.as_str().expect("an address").to_owned()
}

/// Looks at a message to families and sends it as it was seen; where it is.
async fn message_to(client: &Client, fields: Value) -> String {
    let script = "const form = new URLSearchParams(arguments[0]);
         form.set('csrf', document.querySelector('input[name=csrf]').value);
         form.set('key', crypto.randomUUID());
         const seen = await (await fetch('/messages/preview', { method: 'POST', body: form })).text();
         form.set('seen', seen.match(/name=\"seen\" value=\"([0-9a-f]+)/)[1]);
         const answer = await fetch('/messages', { method: 'POST', body: form });
         return answer.ok ? answer.url : { error: String(answer.status) };";
    let url = told(client, script, vec![fields]).await;
    url.as_str().expect("an address").to_owned()
}

/// The first text of a page that fits a pattern with one group.
async fn found(client: &Client, path: &str, pattern: &str) -> Option<String> {
    let script = "const page = await (await fetch(arguments[0])).text();
         return (page.match(new RegExp(arguments[1])) ?? [])[1] ?? null;";
    let text = told(client, script, vec![json!(path), json!(pattern)]).await;
    text.as_str().map(str::to_owned)
}

fn last_of(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

const ID: &str = "([0-9a-f]{8}-[0-9a-f-]{27})";

/// Somebody who reads: the session, and what stands for the parameters of a
/// route.
struct Reader {
    role: Option<Role>,
    session: Option<String>,
    known: BTreeMap<&'static str, String>,
}

impl Reader {
    fn name(&self) -> &'static str {
        self.role.map_or("nobody", Role::code)
    }

    /// The pages that they may open: template and path.
    fn pages(&self) -> Vec<(&'static str, String)> {
        let mut pages = Vec::new();
        for (method, template, need) in ROUTES {
            let opens = match need {
                Need::Nothing => self.role.is_none(),
                Need::May(permission) => self.role.is_some_and(|role| role.may(*permission)),
            };
            if *method != "GET" || !opens || NO_PAGES.contains(template) {
                continue;
            }
            let mut path = (*template).to_owned();
            // Only a site of one's own has a form to correct it.
            if template.ends_with("/edit")
                && let Some(own) = self.known.get("{own}")
            {
                path = path.replace("{id}", own);
            }
            for (name, value) in &self.known {
                path = path.replace(name, value);
            }
            if !path.contains('{') {
                pages.push((*template, path));
            }
        }
        let more = MORE.iter().filter(|(role, _)| *role == self.name());
        pages.extend(more.map(|(_, path)| (*path, (*path).to_owned())));
        pages
    }
}

/// What a municipality does so that every page has something to show; the ids
/// that came of it.
async fn prepared(client: &Client, base: &str) -> BTreeMap<&'static str, String> {
    let open = async |path: &str| {
        let url = format!("{base}{path}");
        client.goto(&url).await.expect("a page opens");
    };
    open("/sites/new").await;
    let site = json!({
        "site_kind": "hospital", "site_name": "【デモ】読み上げ病院", "site_address": "【デモ】町7",
        "municipality": "43203", "lat": "32.21", "lon": "130.76", "accepted": "", "note": "",
    });
    let own = last_of(&post(client, "/sites/new", site).await);
    let entry = json!({"level": "3", "revision": "0", "closed_from": "2026-01-01"});
    post(client, &format!("/sites/{own}/entry"), entry).await;
    let batch = json!({"within": "/sites", "all": "1", "set": "companions", "companions": "4"});
    let batch = last_of(&post(client, "/sites/bulk", batch).await);
    let event = json!({
        "kind": "other", "name": "【デモ】訓練", "area": "whole", "reason": "【デモ】訓練のため",
        "hours": "2", "centre": "yes", "coordinators": "yes",
    });
    let emergency = last_of(&post(client, "/emergency", event).await);
    let letter = {
        let mut letter = None;
        for number in 1..40 {
            let path = format!("/plans/D-{number:04}");
            letter = found(client, &path, "/plans/([^/]+/supporters/[0-9]+)/letter").await;
            if letter.is_some() {
                break;
            }
        }
        letter.expect("a supporter with a letter")
    };
    open("/messages/new").await;
    let message = json!({
        "group": "everybody", "message_subject": "【デモ】研修会", "message_body": "【デモ】12月5日です。",
    });
    let message = last_of(&message_to(client, message).await);
    open("/outage").await;
    let cut = json!({"town": "43203", "hours": "72", "places": "【デモ】町"});
    let outage = last_of(&post(client, "/outage", cut).await);
    let (case, ordinal) = letter.split_once("/supporters/").expect("a letter");
    open(&format!("/plans/{case}/course")).await;
    post(client, &format!("/plans/{case}/draft"), json!({})).await;
    BTreeMap::from([
        ("{own}", own),
        ("{batch}", batch),
        ("{emergency}", emergency),
        ("{case}", case.to_owned()),
        ("{ordinal}", ordinal.to_owned()),
        ("{step}", "where".to_owned()),
        ("{version}", "1".to_owned()),
        ("{message}", message),
        ("{outage}", outage),
    ])
}

/// What the centre does so that its pages have something to show: a unit, a loan that
/// waits for its hand-over, and a short stay.
async fn lent(client: &Client, base: &str) -> BTreeMap<&'static str, String> {
    let url = format!("{base}/loans/new");
    client.goto(&url).await.expect("a page opens");
    let unit = json!({"model": "【デモ】発電機", "serial": "DEMO-1"});
    let unit = last_of(&post(client, "/units", unit).await);
    let enquiry = json!({
        "name": "【デモ】灯 ひかり", "born": "2026-06-01", "on": "2026-11-01", "town": "43203",
        "minutes_off": "45",
    });
    let loan = last_of(&post(client, "/loans/new", enquiry).await);
    let steps = [
        "apply_for_use",
        "approve_use",
        "apply_for_loan",
        "approve_loan",
    ];
    for (step, revision) in steps.iter().zip(1..) {
        let step = json!({
            "step": step, "on": "2026-11-02", "note": "【デモ】", "revision": format!("{revision}"),
        });
        post(client, &format!("/loans/{loan}/step"), step).await;
    }
    let site = json!({
        "site_kind": "short_stay", "site_name": "【デモ】読み上げ短期入所", "site_address": "【デモ】町8",
        "municipality": "43203", "lat": "32.21", "lon": "130.76", "accepted": "", "note": "",
    });
    let own = last_of(&post(client, "/sites/new", site).await);
    BTreeMap::from([("{unit}", unit), ("{loan}", loan), ("{own}", own)])
}

/// Signs in as every role, and finds what its pages are about.
async fn readers(client: &Client, demo: &Demo) -> (String, Vec<Reader>) {
    let link = demo.link("municipality");
    let base = link.split("/enter/").next().expect("an address").to_owned();
    let mut readers: Vec<Reader> = Vec::new();
    let (mut emergency, mut outage) = (String::new(), String::new());
    // Staff of the municipality first: what it does, others read.
    let mut roles = Role::ALL;
    roles.sort_by_key(|role| *role != Role::Municipality);
    for role in roles {
        client.delete_all_cookies().await.expect("no cookies");
        sign_in(client, demo.link(role.code())).await;
        let mut known = match role {
            Role::Municipality => prepared(client, &base).await,
            Role::Centre => lent(client, &base).await,
            _ => BTreeMap::new(),
        };
        if let Some(made) = known.get("{emergency}") {
            emergency.clone_from(made);
        }
        if let Some(made) = known.get("{outage}") {
            outage.clone_from(made);
        }
        known.insert("{emergency}", emergency.clone());
        known.insert("{outage}", outage.clone());
        known.insert("{municipality}", "43203".to_owned());
        if role == Role::Family {
            known.insert("{told}", "need_help".to_owned());
            let own = found(client, "/family", "href=\"/plans/([^\"/]+)\"").await;
            known.insert("{case}", own.expect("the family's own plan"));
        }
        for (name, path, pattern) in [
            (
                "{case}",
                "/children",
                "href=\"/plans/([^\"/]+)\"".to_owned(),
            ),
            ("{import}", "/imports", format!("href=\"/imports/{ID}\"")),
            (
                "{kind}",
                "/letters",
                "href=\"/letters/([a-z_]+)\"".to_owned(),
            ),
            ("{id}", "/sites", format!("href=\"/sites/{ID}\"")),
            (
                "{data_set}",
                "/sites/changes",
                format!("href=\"/sites/changes/{ID}\""),
            ),
        ] {
            if !known.contains_key(name)
                && let Some(value) = found(client, path, &pattern).await
            {
                known.insert(name, value);
            }
        }
        let session = client.get_named_cookie("tomoshibi").await;
        readers.push(Reader {
            role: Some(role),
            session: Some(session.expect("a session").value().to_owned()),
            known,
        });
    }
    let token = last_of(demo.link("staff-invitation"));
    readers.push(Reader {
        role: None,
        session: None,
        known: BTreeMap::from([("{token}", token)]),
    });
    (base, readers)
}

/// What axe-core finds on the page that is open: rule, what it is about, and
/// the elements.
async fn wrong(client: &Client, axe: &str) -> Vec<(String, String)> {
    // A map is judged as it is read: drawn, with its buttons.
    let mapped = "return document.querySelector('#map, #pick, #outage-map') !== null";
    let mapped = client.execute(mapped, vec![]).await.expect("a page");
    if mapped == json!(true) {
        seen(client, "html[data-map=idle]").await;
    }
    client
        .execute(axe, vec![])
        .await
        .expect("axe-core is there");
    let script = "const page = document.documentElement;
         const over = page.scrollWidth - page.clientWidth;
         if (over > 0) return [['the page is wider than the window', `${over} px`]];
         const found = await axe.run(document, { resultTypes: ['violations'], iframes: false });
         return found.violations
           .filter((v) => v.impact === 'serious' || v.impact === 'critical')
           .flatMap((v) => v.nodes.map((n) => [`${v.id} (${v.impact}): ${v.help}`, n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')]));";
    let found = told(client, script, vec![]).await;
    let pairs = found.as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

/// Where something was found, by what it is.
type Wrong = BTreeMap<(String, String), BTreeSet<String>>;

/// Reads every page of everybody in a browser: whoever opens a route first in
/// both languages, whoever follows in one (another on the desk than on the
/// telephone). What is wrong, and the routes that were read.
async fn read_all(
    browser: &Browser,
    width: u32,
    base: &str,
    readers: &[Reader],
) -> (Wrong, BTreeSet<&'static str>) {
    let axe = std::fs::read_to_string(AXE).expect("axe-core is there: run `make test`");
    let client = &browser.client;
    let mut all = Wrong::new();
    let (mut opened, mut read) = (BTreeSet::new(), BTreeSet::new());
    let usual = if width < 600 { "en" } else { "ja" };
    for reader in readers {
        let (first, others): (Vec<_>, Vec<_>) = reader
            .pages()
            .into_iter()
            .partition(|(template, _)| !opened.contains(template));
        opened.extend(first.iter().map(|(template, _)| *template));
        for lang in ["ja", "en"] {
            let start = format!("{base}/healthz");
            client.goto(&start).await.expect("the server answers");
            client.delete_all_cookies().await.expect("no cookies");
            let session = reader.session.as_deref().map(|value| ("tomoshibi", value));
            for (name, value) in [Some(("language", lang)), session].into_iter().flatten() {
                let script = "document.cookie = `${arguments[0]}=${arguments[1]}; path=/`";
                let cookie = vec![json!(name), json!(value)];
                client.execute(script, cookie).await.expect("a cookie");
            }
            let others = others.iter().filter(|_| lang == usual);
            for (template, path) in first.iter().chain(others) {
                let url = format!("{base}{path}");
                client.goto(&url).await.expect("a page opens");
                // Nobody was signed out meanwhile; an error knows nobody.
                let here = match reader.role {
                    _ if path == NOWHERE => "main".to_owned(),
                    Some(_) => format!("html[lang={lang}] .who [href='/account']"),
                    None => format!("html[lang={lang}] main"),
                };
                if client.find(Locator::Css(&here)).await.is_err() {
                    // Of a child whose content they may not see there is no page.
                    let child = template.contains("{case}");
                    assert!(child, "{} {path}: {here}", reader.name());
                    continue;
                }
                read.insert(*template);
                for what in wrong(client, &axe).await {
                    let place = format!("{} {path} {lang} {width}", reader.name());
                    all.entry(what).or_default().insert(place);
                }
            }
        }
    }
    (all, read)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_read_every_page_in_both_languages_on_a_desk_and_on_a_telephone() {
    let (Some(desk), Some(phone)) = (
        Browser::start(1280, 1600).await,
        Browser::start(320, 1600).await,
    ) else {
        return;
    };
    let demo = Demo::start();
    let (base, readers) = readers(&desk.client, &demo).await;
    // What is wrong is found: an image without words for it.
    let axe = std::fs::read_to_string(AXE).expect("axe-core is there: run `make test`");
    let image = "document.querySelector('main').append(new Image(9, 9))";
    desk.client.execute(image, vec![]).await.expect("an image");
    let found = wrong(&desk.client, &axe).await;
    assert!(
        found.iter().any(|(rule, _)| rule.starts_with("image-alt")),
        "{found:?}"
    );
    let ((mut wrong, read), (small, read_small)) = tokio::join!(
        read_all(&desk, 1280, &base, &readers),
        read_all(&phone, 320, &base, &readers),
    );
    let unread = |template: &&str| !read.contains(template) || !read_small.contains(template);
    let missing: Vec<&str> = ROUTES
        .iter()
        .filter(|(method, template, _)| *method == "GET" && !NO_PAGES.contains(template))
        .map(|(_, template, _)| *template)
        .filter(unread)
        .collect();
    assert!(missing.is_empty(), "nobody reads {missing:?}");
    for (what, places) in small {
        wrong.entry(what).or_default().extend(places);
    }
    for ((rule, element), places) in &wrong {
        eprintln!("{rule}\n  {element}");
        for place in places.iter().take(4) {
            eprintln!("    {place}");
        }
        eprintln!("    on {} pages", places.len());
    }
    assert!(wrong.is_empty(), "{} violations", wrong.len());
    for browser in [&desk, &phone] {
        let client = browser.client.clone();
        client.close().await.expect("the session ends");
    }
}
