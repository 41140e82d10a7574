//! What if: a site closes, level 5 at an hour, a longer power cut.

use axum::{Router, http::StatusCode};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        id::UserId,
        residence::Sight,
    },
    service::check,
    web,
};

use crate::{
    access::{ask, session_and_account, words},
    freshness::filled,
    moves::number,
    support::engines::Database,
};

crate::on_every_engine!(
    a_site_that_closes_touches_those_whose_plans_go_there,
    nothing_is_stored_by_a_supposition,
    level_five_says_by_when_one_leaves_and_what_nobody_knows,
    a_longer_power_cut_counts_hours_and_unknown_stays_unknown,
    what_cannot_be_supposed_is_said_and_stays_typed,
    the_prefecture_sees_figures_alone_and_a_neighbour_nobody,
    a_protected_address_is_told_by_no_supposition,
);

struct Visitor {
    app: App,
    router: Router,
    cookie: String,
    user: UserId,
}

impl Visitor {
    async fn of(app: &App, role: Role, town: Option<&str>) -> Self {
        let (cookie, user) = session_and_account(app, role, town, None).await;
        Self {
            app: app.clone(),
            router: web::router(app.clone()),
            cookie,
            user,
        }
    }

    async fn officer(app: &App) -> Self {
        Self::of(app, Role::Municipality, Some("43203")).await
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = ask(&self.router, "GET", path, &self.cookie, "").await;
        (answer.status(), words(answer).await)
    }

    async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        page
    }

    /// The first site that is offered: its id, and how many children's plans name it.
    async fn first_site(&self) -> (String, usize) {
        let page = self.page("/what-if").await;
        let rest = after(&page, "name=\"site\" value=\"");
        let (id, rest) = rest.split_once('"').expect("its end");
        let (_, rest) = rest
            .split_once("<small class=\"nowrap\">")
            .expect("a count");
        let count = rest.split('人').next().expect("a count");
        (id.to_owned(), count.parse().expect("a number"))
    }
}

fn after<'p>(page: &'p str, what: &str) -> &'p str {
    let found = page.split_once(what);
    found.unwrap_or_else(|| panic!("{what} in {page}")).1
}

/// The children on the page, in order.
fn cases(page: &str) -> Vec<&str> {
    let cards = page.split("<li id=\"c-").skip(1);
    cards
        .map(|card| card.split('"').next().expect("a number"))
        .collect()
}

fn card<'p>(page: &'p str, case: &str) -> &'p str {
    let rest = after(page, &format!("<li id=\"c-{case}\""));
    let end = rest.find("<li id=\"c-").or_else(|| rest.find("</ol>"));
    &rest[..end.expect("the list ends")]
}

async fn a_site_that_closes_touches_those_whose_plans_go_there(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let officer = Visitor::officer(&app).await;
    let empty = officer.page("/what-if").await;
    assert!(
        empty.contains("上から1つ選んで") && cases(&empty).is_empty(),
        "{empty}"
    );
    let (site, planned) = officer.first_site().await;
    let path = format!("/what-if?what=site&site={site}");
    let page = officer.page(&path).await;
    let touched = after(&page, "<dd id=\"touched\">");
    let touched: usize = touched
        .split('人')
        .next()
        .unwrap()
        .parse()
        .expect("a count");
    assert!(
        touched > 0 && touched <= planned,
        "{touched} of {planned}: {page}"
    );
    let cases = cases(&page);
    assert_eq!(cases.len(), touched);
    for case in &cases {
        let card = card(&page, case);
        assert!(
            card.contains("が使えません") || card.contains("使えるか分かりません"),
            "{card}"
        );
        assert!(
            card.contains("次は：") || card.contains("最初の行き先は変わりません"),
            "{card}"
        );
        assert!(
            card.contains("tel:") || card.contains("電話番号がありません"),
            "{card}"
        );
    }
    // The finding with its evidence and the next step; more of them after than before.
    assert!(
        page.contains("いま閉まっています") && page.contains("DST-08"),
        "{page}"
    );
    assert!(page.contains("<b>→ "), "{page}");
    let trail = crate::audit::about(&app, cases[0], officer.user).await;
    assert!(trail.contains(&Action::SawWhatIf), "{trail:?}");
    // From the site's own page, and from tonight's, one comes here.
    let own = officer.page(&format!("/sites/{site}")).await;
    assert!(
        own.contains(&format!("/what-if?what=site&amp;site={site}")),
        "{own}"
    );
    assert!(officer.page("/tonight").await.contains("href=\"/what-if\""));
    // The address of the page tells no name, and in English it says the same.
    assert!(!path.contains('デ'), "{path}");
}

async fn nothing_is_stored_by_a_supposition(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let officer = Visitor::officer(&app).await;
    let (site, _) = officer.first_site().await;
    let path = format!("/what-if?what=site&site={site}");
    let page = officer.page(&path).await;
    let case = cases(&page)[0].to_owned();
    let today = app.moment().today;
    let look = async || {
        let number = number(&case);
        let one = check::one(&app, &Reader::Operator, &number, today, Sight::Usual).await;
        let one = one.expect("it is read").expect("there is one");
        one.look.findings
    };
    let before = look().await;
    officer.page(&path).await;
    assert_eq!(look().await, before);
    let own = officer.page(&format!("/sites/{site}")).await;
    assert!(!own.contains("いま閉まっています"), "{own}");
}

async fn level_five_says_by_when_one_leaves_and_what_nobody_knows(db: Database) {
    // It is noon of 2026-11-21 there.
    let app = filled(&db).await;
    let officer = Visitor::officer(&app).await;
    let offered = officer.page("/what-if").await;
    assert!(offered.contains("value=\"2026-11-22T02:00\""), "{offered}");
    let page = officer
        .page("/what-if?what=level5&at=2026-11-22T02:00")
        .await;
    assert_eq!(
        cases(&page),
        ["X-1003", "X-1001"],
        "without a plan first: {page}"
    );
    let without = card(&page, "X-1003");
    assert!(
        without.contains("計画なし") && without.contains("いつまでに出るか分かりません"),
        "{without}"
    );
    assert!(
        without.contains("？ 分からない"),
        "no map says anything: {without}"
    );
    assert!(
        card(&page, "X-1001").contains("移動にかかる時間が分からず"),
        "{page}"
    );
    // With a drill the time is known: before dark, less the way and 60 minutes.
    let sheet = "整理番号,市町村,氏名,計画,車,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度\n\
                 X-1001,43203,【デモ】一,あり,【デモ】青い車,親戚,【デモ】親戚宅,32.2150,130.7550\n";
    let report = crate::retention::import_text(&app, sheet).await;
    assert_eq!(report.accepted, 1, "{report:?}");
    let page = officer
        .page("/what-if?what=level5&at=2026-11-22T02:00")
        .await;
    let told = card(&page, "X-1001");
    assert!(
        told.contains("までに支度を始め") && told.contains("11-21 1"),
        "{told}"
    );
}

async fn a_longer_power_cut_counts_hours_and_unknown_stays_unknown(db: Database) {
    let app = filled(&db).await;
    let sheet = "整理番号,市町村,氏名,計画,バッテリー時間\nX-1001,43203,【デモ】一,あり,80\n";
    let report = crate::retention::import_text(&app, sheet).await;
    assert_eq!(report.accepted, 1, "{report:?}");
    let officer = Visitor::officer(&app).await;
    let page = officer.page("/what-if?what=longer&hours=24").await;
    assert_eq!(
        cases(&page),
        ["X-1003", "X-1001"],
        "unknown hours first: {page}"
    );
    assert!(
        card(&page, "X-1003").contains("何時間足りないか分かりません"),
        "{page}"
    );
    // 72 + 24 = 96 h, and at least 80 of them: 16 at most are missing.
    let known = card(&page, "X-1001");
    assert!(known.contains("96時間（目安72時間）"), "{known}");
    assert!(
        known.contains("少なくとも80.0時間") && known.contains("最大で16.0時間"),
        "{known}"
    );
    let short = officer.page("/what-if?what=longer&hours=8").await;
    assert_eq!(cases(&short), ["X-1003"], "80 hours last: {short}");
}

async fn what_cannot_be_supposed_is_said_and_stays_typed(db: Database) {
    let app = filled(&db).await;
    let officer = Visitor::officer(&app).await;
    for (query, said) in [
        ("what=site", "閉まる避難先が選ばれていません"),
        ("what=site&site=x", "その避難先は見つかりません"),
        (
            "what=site&site=00000000-0000-7000-8000-000000000001",
            "その避難先は見つかりません",
        ),
        ("what=level5&at=tomorrow", "日時は、これから7日のうちで"),
        (
            "what=level5&at=2026-11-21T11:59",
            "過ぎた時刻は調べられません",
        ),
        (
            "what=level5&at=2026-12-21T11:59",
            "日時は、これから7日のうちで",
        ),
        ("what=longer&hours=many", "1から336までの数字で"),
        ("what=longer&hours=-3", "1から336までの数字で"),
        ("what=longer&hours=337", "1から336までの数字で"),
    ] {
        let (status, page) = officer.get(&format!("/what-if?{query}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(
            page.contains(said) && cases(&page).is_empty(),
            "{query}: {page}"
        );
    }
    let (_, page) = officer.get("/what-if?what=longer&hours=337").await;
    assert!(
        page.contains("name=\"hours\" inputmode=\"decimal\" value=\"337\""),
        "{page}"
    );
    // Figures in full width are figures.
    let page = officer
        .page("/what-if?what=longer&hours=%EF%BC%92%EF%BC%94")
        .await;
    assert!(page.contains("96時間"), "{page}");
    // To search is to suppose nothing.
    let page = officer.page("/what-if?what=site&q=nowhere&search=1").await;
    assert!(cases(&page).is_empty(), "{page}");
}

async fn the_prefecture_sees_figures_alone_and_a_neighbour_nobody(db: Database) {
    let app = filled(&db).await;
    let path = "/what-if?what=longer&hours=24";
    let prefecture = Visitor::of(&app, Role::Prefecture, None).await;
    let page = prefecture.page(path).await;
    assert!(
        page.contains("市町村ごとの数") && page.contains("人吉市"),
        "{page}"
    );
    assert!(
        !page.contains("X-100") && !page.contains("【デモ】一"),
        "{page}"
    );
    let neighbour = Visitor::of(&app, Role::Municipality, Some("43202")).await;
    assert_eq!(cases(&neighbour.page(path).await), ["X-1002"]);
    let coordinator = Visitor::of(&app, Role::Coordinator, None).await;
    let page = coordinator.page(path).await;
    assert!(
        page.contains("見られるお子さんが登録されていません"),
        "{page}"
    );
    crate::access::assign(&app, "X-1001", coordinator.user).await;
    assert_eq!(cases(&coordinator.page(path).await), ["X-1001"]);
    for role in [Role::Administrator, Role::Auditor] {
        let nobody = Visitor::of(&app, role, None).await;
        assert_eq!(nobody.get(path).await.0, StatusCode::NOT_FOUND, "{role:?}");
    }
}

async fn a_protected_address_is_told_by_no_supposition(db: Database) {
    let app = filled(&db).await;
    let officer = Visitor::officer(&app).await;
    let form = format!("act=protect&key={}", officer.app.ids.next());
    let done = ask(
        &officer.router,
        "POST",
        "/plans/X-1001/protection",
        &officer.cookie,
        &form,
    );
    assert_eq!(done.await.status(), StatusCode::SEE_OTHER);
    let coordinator = Visitor::of(&app, Role::Coordinator, None).await;
    crate::access::assign(&app, "X-1001", coordinator.user).await;
    let page = coordinator
        .page("/what-if?what=level5&at=2026-11-22T02:00")
        .await;
    // It is listed, since that it is not would tell where it is.
    let hidden = card(&page, "X-1001");
    assert!(hidden.contains("住所が保護されているため"), "{hidden}");
    for told in ["人吉市", "VRT-", "移動にかかる時間", "浸水"] {
        assert!(!hidden.contains(told), "{told}: {hidden}");
    }
    let page = coordinator.page("/what-if?what=longer&hours=24").await;
    let hidden = card(&page, "X-1001");
    assert!(
        hidden.contains("電気が戻るまで") && !hidden.contains("水が引いて"),
        "{hidden}"
    );
}
