//! Photos of the yearly check: what is kept of them, who sees them, and that they
//! go when they are to go.

use std::io::Cursor;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{
        access::Role,
        audit::Action,
        id::{CaseNumber, LoanId, UnitId},
        loan::{AnnualCheck, PartVerdict},
    },
    seal::{Token, form_token},
    store::TrailFilter,
    web,
};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    access::{ask, session, words},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    photos_of_a_check_are_kept_shown_and_taken_out_again,
    what_is_no_photo_is_refused_and_nothing_is_recorded,
    photos_are_of_their_child_and_of_nobody_else,
    a_check_in_which_nothing_was_looked_at_is_none,
);

/// A picture of one colour.
pub fn jpeg(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(colour));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a picture");
    bytes.into_inner()
}

/// The same with what a telephone writes beside it.
pub fn with_a_place(plain: &[u8]) -> Vec<u8> {
    let mut block = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0GPS32.2237135,130.76".to_vec();
    block.extend(vec![b' '; 1000]);
    let length = u16::try_from(block.len() + 2).expect("it is short");
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(block);
    bytes.extend(&plain[2..]);
    bytes
}

pub fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// A photo of a child, beside the loans that are on record.
pub async fn a_photo(app: &App, case: &str, unit: &str) -> Uuid {
    let number = CaseNumber::parse(case).expect("a number");
    let unit = UnitId(Uuid::parse_str(unit).expect("a unit"));
    let (loan, check, photo) = (LoanId(app.ids.next()), app.ids.next(), app.ids.next());
    let hand = (None, app.clock.now());
    let held = AnnualCheck {
        held_on: app.clock.today(),
        way: "visit".to_owned(),
        usage: PartVerdict::Fine,
        usage_note: None,
        condition: PartVerdict::Fine,
        hours_run: None,
        load_watts: None,
        oil_fine: None,
        fuel_on: None,
        outdoor_place: None,
        eligible: PartVerdict::Fine,
        note: None,
    };
    let mut tx = app.store.begin().await.expect("a unit of work");
    let case = tx.case_of_number(&number).await.expect("a look-up");
    let case = (case.expect("a case"), None);
    let today = app.clock.today();
    tx.begin_loan(loan, case, unit, today, &serde_json::Value::Null)
        .await
        .expect("it is lent");
    tx.add_check(check, (loan, None), &held, hand)
        .await
        .expect("it is held");
    let picture = jpeg(8, 8, [9, 9, 9]);
    tx.add_photo(photo, check, (&picture, &picture), hand)
        .await
        .expect("it is kept");
    tx.commit().await.expect("all of it is kept");
    photo
}

impl Centre {
    /// Sends a form with files.
    pub async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        photos: &[Vec<u8>],
    ) -> (StatusCode, String, String) {
        let key = self.app.ids.next().to_string();
        self.upload_again(path, (&key, fields), photos).await
    }

    pub async fn upload_again(
        &self,
        path: &str,
        (key, fields): (&str, &[(&str, &str)]),
        photos: &[Vec<u8>],
    ) -> (StatusCode, String, String) {
        let secret = self.cookie.trim_start_matches("tomoshibi=");
        let token = form_token(&Token::from_text(secret).expect("a session"));
        let mut body = Vec::new();
        for (name, value) in fields
            .iter()
            .chain(&[("csrf", token.as_str()), ("key", key)])
        {
            let part = format!(
                "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        for photo in photos {
            body.extend(
                b"--xyz\r\nContent-Disposition: form-data; name=\"photos\"; \
                  filename=\"IMG_0001.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
            );
            body.extend(photo);
            body.extend(b"\r\n");
        }
        body.extend(b"--xyz--\r\n");
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz")
            .body(Body::from(body))
            .expect("a request");
        let router = web::router(self.app.clone());
        let answer = router.oneshot(request).await.expect("an answer");
        let to = answer.headers().get(header::LOCATION);
        let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
        let (status, to) = (answer.status(), to.to_owned());
        (status, to, words(answer).await)
    }

    pub async fn bytes(&self, path: &str) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let router = web::router(self.app.clone());
        let answer = ask(&router, "GET", path, &self.cookie, "").await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = to_bytes(answer.into_body(), 16 << 20).await;
        (status, headers, bytes.expect("a body").to_vec())
    }

    /// A unit that is handed over; its loan.
    async fn lent(&self, name: &str, serial: &str) -> String {
        let unit = self.unit(serial).await;
        let loan = self.approved(name).await;
        let bedside = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
        self.done(&loan, "hand-over", &bedside).await;
        loan
    }
}

/// The addresses of the photos of a page, and its forms' checks.
pub fn between(page: &str, before: &str) -> Vec<String> {
    let rest = page.split(before).skip(1);
    rest.filter_map(|rest| rest.split('"').next())
        .map(ToOwned::to_owned)
        .collect()
}

pub fn small_ones(page: &str) -> Vec<String> {
    between(page, "<img src=\"")
}

const CHECK: [(&str, &str); 6] = [
    ("sure", "1"),
    ("held_on", "2026-11-12"),
    ("way", "visit"),
    ("usage", "fine"),
    ("condition", "fine"),
    ("eligible", "fine"),
];

async fn photos_of_a_check_are_kept_shown_and_taken_out_again(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.lent("【デモ】光", "P-1").await;
    let sent = with_a_place(&jpeg(2000, 1000, [200, 0, 0]));
    assert!(has(&sent, b"GPS32.2237135"), "the test would find it");
    // As heavy as a telephone's: what follows the picture is not of it.
    let mut heavy = jpeg(600, 800, [0, 0, 200]);
    heavy.resize(8 << 20, b'x');
    let path = format!("{loan}/check");
    let key = centre.app.ids.next().to_string();
    for _ in 0..2 {
        let photos = [sent.clone(), heavy.clone()];
        let (status, to, page) = centre.upload_again(&path, (&key, &CHECK), &photos).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(to, loan);
    }
    let (_, page) = centre.get(&loan).await;
    let small = small_ones(&page);
    assert_eq!(small.len(), 2, "once, however often it comes: {page}");
    assert!(
        page.contains("alt=\"2026-11-12 の確認の写真 1（全2枚）\""),
        "{page}"
    );
    let whole = small[0].trim_end_matches("?small=1");
    assert!(page.contains(&format!("href=\"{whole}\"")), "{page}");
    for (path, width) in [(whole, 1600), (small[0].as_str(), 320)] {
        let (status, headers, bytes) = centre.bytes(path).await;
        assert_eq!(status, StatusCode::OK);
        for (name, value) in [
            (header::CONTENT_TYPE, "image/jpeg"),
            (header::CACHE_CONTROL, "private, no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            assert_eq!(headers[&name], value, "{path}");
        }
        let picture = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!(picture.width(), width);
        assert!(!has(&bytes, b"GPS") && !has(&bytes, b"Exif"));
    }
    assert!(centre.saw(&loan, Action::SawPhoto).await >= 2);
    // The next check shows where it stood.
    let (_, next) = centre.get(&path).await;
    assert!(
        next.contains("前回の写真") && next.contains(whole),
        "{next}"
    );

    // Two more can be added, and a fifth not.
    let check = between(&page, "name=\"check\" value=\"").remove(0);
    let add = format!("{loan}/photos");
    let fields = [("check", check.as_str())];
    let green = jpeg(40, 30, [0, 90, 0]);
    let three = [green.clone(), green.clone(), green.clone()];
    let (status, _, said) = centre.upload(&add, &fields, &three).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("4枚まで"), "{said}");
    let (status, _, said) = centre.upload(&add, &fields, &three[..2]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let (_, page) = centre.get(&loan).await;
    assert_eq!(small_ones(&page).len(), 4);
    assert!(!page.contains("name=\"check\" value"), "no room: {page}");

    // Out again, with a reason: the picture is gone, that it was there is not.
    let out = format!("{whole}/remove");
    let (status, _, said) = centre.post(&out, "photo_why=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("取り除く理由を書いて"), "{said}");
    let (status, _, said) = centre.post(&out, "photo_why=顔が写っていた").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("顔が写っていた"), "{page}");
    assert_eq!(small_ones(&page).len(), 3);
    for path in [whole, small[0].as_str()] {
        assert_eq!(centre.bytes(path).await.0, StatusCode::NOT_FOUND);
    }
    let (status, _, _) = centre.post(&out, "photo_why=もう一度").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it is out already");
    assert_eq!(centre.saw(&loan, Action::RemovedPhoto).await, 1);
}

impl Centre {
    /// How often something stands in the trail of a loan's child.
    pub async fn saw(&self, loan: &str, action: Action) -> usize {
        let number = loan.rsplit('/').next().expect("a number");
        let filter = TrailFilter {
            case: Some(CaseNumber::parse(number).expect("a number")),
            ..TrailFilter::default()
        };
        let mut tx = self.app.store.read().await.expect("a unit of work");
        let operator = tomoshibi::domain::access::Reader::Operator;
        let rows = tx.trail(&operator, &filter).await.expect("the trail");
        rows.iter().filter(|row| row.event.action == action).count()
    }
}

async fn what_is_no_photo_is_refused_and_nothing_is_recorded(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.lent("【デモ】光", "P-1").await;
    let path = format!("{loan}/check");
    let good = jpeg(40, 30, [0, 90, 0]);
    for (photos, why) in [
        (
            vec![b"<html><script>x</script>".to_vec()],
            "1枚目：JPEGかPNGの写真だけ",
        ),
        (vec![good.clone(), b"%PDF-1.7".to_vec()], "2枚目：JPEGかPNG"),
        (vec![b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()], "互換性優先"),
        (vec![vec![0xff; (12 << 20) + 1]], "1枚12MBまで"),
        (vec![good.clone(); 5], "4枚まで"),
    ] {
        let (status, _, page) = centre.upload(&path, &CHECK, &photos).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        assert!(page.contains(why), "{why}: {page}");
        assert!(page.contains("写真はまだ保存していません"), "{page}");
        assert!(
            page.contains("value=\"2026-11-12\""),
            "what was typed stays"
        );
    }
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("まだ確認の記録はありません"), "{page}");
    // More than a form of photos may weigh is not taken in.
    let (status, _, page) = centre
        .upload(&path, &CHECK, &vec![vec![0xff; 11 << 20]; 4])
        .await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("40 MB"), "{page}");
    // And nobody but a session of ours is given memory for it.
    let stranger = Centre {
        app: centre.app.clone(),
        cookie: format!("tomoshibi={}", Token::random().reveal()),
    };
    let (status, _, _) = stranger.upload(&path, &CHECK, &[vec![0xff; 1 << 20]]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

async fn photos_are_of_their_child_and_of_nobody_else(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.lent("【デモ】光", "P-1").await;
    let other = centre.lent("【デモ】陽", "P-2").await;
    let photos = [jpeg(40, 30, [0, 90, 0])];
    let (status, _, page) = centre
        .upload(&format!("{loan}/check"), &CHECK, &photos)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&loan).await;
    let photo = small_ones(&page).remove(0);
    let check = between(&page, "name=\"check\" value=\"").remove(0);
    assert_eq!(centre.bytes(&photo).await.0, StatusCode::OK);
    // By the address of another child's loan it is not there, nor can it be added
    // to or taken out.
    let foreign = photo.replace(&loan, &other);
    assert_ne!(foreign, photo);
    assert_eq!(centre.bytes(&foreign).await.0, StatusCode::NOT_FOUND);
    let out = format!("{}/remove", foreign.trim_end_matches("?small=1"));
    let (status, _, _) = centre.post(&out, "photo_why=x").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let add = format!("{other}/photos");
    let (status, _, _) = centre.upload(&add, &[("check", &check)], &photos).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // Nobody but the centre sees it, and without a session nobody at all.
    let router = web::router(centre.app.clone());
    for role in [Role::Municipality, Role::Prefecture, Role::Auditor] {
        let town = role.is_municipal().then_some("43203");
        let cookie = session(&centre.app, role, town, None).await;
        let answer = ask(&router, "GET", &photo, &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{role:?}");
    }
    let answer = ask(&router, "GET", &photo, "", "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        centre.bytes(&photo).await.0,
        StatusCode::OK,
        "it is there still"
    );
}

async fn a_check_in_which_nothing_was_looked_at_is_none(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.lent("【デモ】光", "P-1").await;
    let nothing = "held_on=2026-11-12&way=telephone&note=つながらなかった";
    let (status, page) = centre.act(&loan, "check", nothing).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("何も確認していない"), "{page}");
    assert!(
        page.contains("つながらなかった"),
        "what was typed stays: {page}"
    );
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("まだ確認の記録はありません"), "{page}");
    // One thing that was seen is a check, if an open one.
    centre
        .done(&loan, "check", &format!("{nothing}&oil=yes"))
        .await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("もう一度たずねる"), "{page}");
}
