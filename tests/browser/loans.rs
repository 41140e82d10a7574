//! A new user of the centre, from an empty database: a child still in hospital,
//! both applications, the hand-over, five months, the application for the plan, a
//! check that fails, the exchange, the return.

use chrono::{Days, Months, NaiveDate};
use fantoccini::{Client, Locator};
use serde_json::Value;

use super::{browser::Browser, click, demonstration::Demo, fits, seen, sign_in, text};

/// Fills the fields of a form as their own page does it, and presses its button:
/// what the page itself would refuse is refused here, too.
pub(super) async fn send(client: &Client, form: &str, fields: &[(&str, &str)]) {
    seen(client, form).await;
    let script = "const [css, fields] = arguments; const form = document.querySelector(css);
        for (let at = form; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
        for (const [name, value] of fields) {
          const field = [...form.elements].filter((one) => one.name === name);
          const chosen = field.find((one) => ['radio', 'checkbox'].includes(one.type) && one.value === value);
          if (chosen) chosen.checked = true; else field[0].value = value;
        }
        document.documentElement.dataset.before = '1';
        return [...form.elements].filter((one) => !one.checkValidity()).map((one) => one.name);";
    let fields: Vec<[&str; 2]> = fields.iter().map(|(name, value)| [*name, *value]).collect();
    let arguments = vec![form.into(), serde_json::to_value(fields).expect("texts")];
    let wrong = client.execute(script, arguments).await.expect("a form");
    assert_eq!(wrong, Value::Array(Vec::new()), "{form} is not filled in");
    let button = format!("{form} button:not([formnovalidate])");
    click(client, &button).await;
    // The page that answers.
    seen(client, "html:not([data-before]) main").await;
}

/// Keeps a paper to be looked at; how many pages it has.
pub(super) async fn paper(client: &Client, path: &str, name: &str) {
    let script = "const done = arguments[arguments.length - 1];
        fetch(arguments[0]).then(async (answer) => {
          const bytes = new Uint8Array(await answer.arrayBuffer());
          done([answer.status, answer.headers.get('content-type'), [...bytes]]);
        });";
    let answer = client.execute_async(script, vec![path.into()]).await;
    let (status, kind, bytes): (u16, String, Vec<u8>) =
        serde_json::from_value(answer.expect("an answer")).expect("a paper");
    assert_eq!((status, kind.as_str()), (200, "application/pdf"), "{path}");
    assert!(bytes.starts_with(b"%PDF") && bytes.len() > 5_000, "{path}");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.pdf")), bytes).expect("a paper is written");
}

/// The date at the top of every page of a demonstration.
pub(super) async fn today(client: &Client) -> NaiveDate {
    let said = text(client, ".demo-clock").await;
    let day = said.split_whitespace().find_map(|word| word.parse().ok());
    day.expect("the date stands there")
}

/// Sets the clock.
pub(super) async fn set(client: &Client, demo: &Demo, day: NaiveDate) {
    let page = demo.page("/demo/clock");
    client.goto(&page).await.expect("the page opens");
    let form = "form[action='/demo/clock']";
    send(client, form, &[("day", &day.to_string())]).await;
    assert_eq!(today(client).await, day);
}

/// Where a link of the page leads.
pub(super) async fn links(client: &Client, css: &str) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll(arguments[0])].map((a) => a.getAttribute('href'))";
    let found = client.execute(script, vec![css.into()]).await;
    serde_json::from_value(found.expect("links")).expect("texts")
}

/// The centre at its desk, in one browser.
struct Desk {
    browser: Browser,
    demo: Demo,
    width: u32,
}

const KIT: [(&str, &str); 5] = [
    ("kit", "cord"),
    ("kit", "fuel_can"),
    ("kit", "oil"),
    ("kit", "co_alarm"),
    ("kit", "manual"),
];

impl Desk {
    fn client(&self) -> &Client {
        &self.browser.client
    }

    async fn go(&self, path: &str) {
        let page = self.demo.page(path);
        self.client().goto(&page).await.expect("the page opens");
    }

    async fn send(&self, form: &str, fields: &[(&str, &str)]) {
        send(self.client(), form, fields).await;
    }

    async fn picture(&self, name: &str) {
        fits(self.client()).await;
        let name = format!("loans-{name}-{}", self.width);
        self.browser.picture(&name).await;
    }

    async fn says(&self, words: &[&str]) {
        let page = text(self.client(), "main").await;
        for word in words {
            assert!(page.contains(word), "{word}: {page}");
        }
    }

    /// Two units come into stock, with their labels.
    async fn stock(&self) {
        for serial in ["A-1", "A-2"] {
            self.go("/units").await;
            let unit = [("model", "Honda EU18i"), ("serial", serial)];
            self.send("form[action='/units']", &unit).await;
        }
        self.go("/units").await;
        self.says(&["A-1", "A-2"]).await;
        self.picture("units").await;
        paper(self.client(), "/units/labels", "loans-labels").await;
    }

    /// A child that is still in hospital, and both applications; its page.
    async fn apply(&self, begin: NaiveDate) -> String {
        self.go("/loans/new").await;
        let (born, home) = (begin - Days::new(150), begin + Days::new(20));
        let enquiry = [
            ("name", "【デモ】光"),
            ("kana", "ひかり"),
            ("born", &*born.to_string()),
            ("guardian", "【デモ】母"),
            ("telephone", "090-0000-0303"),
            ("address", "熊本県人吉市【デモ】町3番地"),
            ("town", "人吉市"),
            ("stay", "gcu"),
            ("hospital", "【デモ】こども病院"),
            ("hospital_inside", "yes"),
            ("home_inside", "yes"),
            ("minutes_off", "10"),
            ("discharge_planned_on", &*home.to_string()),
        ];
        self.send("form[action='/loans/new']", &enquiry).await;
        seen(self.client(), "form[action$='/step']").await;
        let loan = self.client().current_url().await.expect("an address");
        for (step, stands) in [
            ("apply_for_use", "利用申請の審査中"),
            ("approve_use", "利用決定"),
            ("apply_for_loan", "貸与申請の審査中"),
            ("approve_loan", "貸与決定"),
        ] {
            // A criterion may be unknown: the reason goes with the decision.
            let taken = [("step", step), ("note", "【デモ】条件を確かめた")];
            self.send("form[action$='/step']", &taken).await;
            self.says(&[stands]).await;
        }
        self.picture("approved").await;
        loan.path().to_owned()
    }

    /// At the bedside, and three papers at its end.
    async fn hand_over(&self, loan: &str) {
        let client = self.client();
        click(client, &format!("main a[href='{loan}/hand-over']")).await;
        let form = "form[action$='/hand-over']";
        seen(client, form).await;
        self.picture("bedside").await;
        let unit = format!("{form} select[name=unit] option:nth-child(2)");
        let unit = client.find(Locator::Css(&unit)).await.expect("a unit");
        let unit = unit.prop("value").await.expect("a value").expect("an id");
        let mut bedside = KIT.to_vec();
        bedside.extend([
            ("unit", unit.as_str()),
            ("started", "1"),
            ("co_explained", "1"),
            ("place", "【デモ】北側の軒下"),
            ("frequency", "60"),
            ("pass_phrase", "【デモ】ひまわり"),
            ("consent", "yes"),
        ]);
        self.send(form, &bedside).await;
        let papers = links(client, "main a[href*='/papers/']").await;
        for kind in ["hand-over", "receipt", "application", "power-cut"] {
            let path = papers.iter().find(|path| path.ends_with(kind));
            let path = path.unwrap_or_else(|| panic!("no {kind} among {papers:?}"));
            paper(client, path, &format!("loans-{kind}")).await;
        }
        self.picture("handed-over").await;
    }

    /// Five months later: the desk sees the deadline, and leads to the one thing to
    /// do.
    async fn five_months_later(&self, begin: NaiveDate) {
        let later = begin + Months::new(5);
        set(self.client(), &self.demo, later).await;
        self.go("/loans").await;
        self.says(&["計画の申請", "【デモ】光"]).await;
        self.picture("desk").await;
        click(self.client(), "main a[href*='do=plan']").await;
        let applied = [("on", &*later.to_string())];
        self.send("form[action$='/plan']", &applied).await;
        self.go("/loans").await;
        seen(self.client(), "main").await;
        assert_eq!(
            links(self.client(), "main a[href*='do=plan']").await,
            [""; 0]
        );
    }

    /// A check that fails, and the exchange that it asks for.
    async fn a_year_later(&self, begin: NaiveDate, loan: &str) {
        set(self.client(), &self.demo, begin + Months::new(12)).await;
        self.go("/loans").await;
        click(self.client(), &format!("main a[href='{loan}/check']")).await;
        seen(self.client(), "form[action$='/check']").await;
        self.picture("check").await;
        let check = [
            ("way", "visit"),
            ("usage", "fine"),
            ("condition", "fails"),
            ("eligible", "fine"),
            ("hours_run", "12"),
            ("note", "【デモ】始動しない"),
        ];
        self.send("form[action$='/check']", &check).await;
        self.says(&["本体を交換する"]).await;
        self.picture("failed").await;
        let mut exchange = KIT.to_vec();
        exchange.push(("note", "【デモ】確認で始動しなかった"));
        self.send("form[action$='/exchange']", &exchange).await;
        self.says(&["交換した"]).await;
        self.go("/units").await;
        self.says(&["点検・修理中", "貸与中"]).await;
    }

    /// The day of return, and the end.
    async fn the_end(&self, begin: NaiveDate, loan: &str) {
        self.go(loan).await;
        let back = begin + Months::new(12) + Days::new(7);
        let day = [("return_on", &*back.to_string()), ("why", "weaned")];
        self.send("form[action$='/return']", &day).await;
        set(self.client(), &self.demo, back).await;
        self.go("/loans").await;
        click(self.client(), "main a[href*='do=back']").await;
        let mut returned = KIT.to_vec();
        returned.push(("in_order", "1"));
        self.send("form[action$='/back']", &returned).await;
        self.says(&["期間の途中で終了"]).await;
        self.picture("ended").await;
        self.go("/units").await;
        self.says(&["在庫"]).await;
    }
}

#[tokio::test]
async fn a_new_centre_lends_checks_exchanges_and_takes_back() {
    for (width, height) in [(1280, 1600), (320, 2400)] {
        let Some(browser) = Browser::start(width, height).await else {
            return;
        };
        let demo = Demo::empty();
        sign_in(&browser.client, demo.link("centre")).await;
        let desk = Desk {
            browser,
            demo,
            width,
        };
        desk.go("/loans").await;
        seen(desk.client(), "main .empty").await;
        desk.picture("empty").await;
        let begin = today(desk.client()).await;
        desk.stock().await;
        let loan = desk.apply(begin).await;
        desk.hand_over(&loan).await;
        desk.five_months_later(begin).await;
        desk.a_year_later(begin, &loan).await;
        desk.the_end(begin, &loan).await;
    }
}
