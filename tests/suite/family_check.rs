//! The yearly check as a family fills it in: a report, its photos, and the check that
//! the centre records from it.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::Role, audit::Action, duty::TaskKind, family_check::FamilyCheck, id::CaseNumber,
    },
    store::{Became, NewFamilyCheck, PhotoSize, StoredFamilyCheck},
};
use uuid::Uuid;

use crate::{
    access::{session, session_and_account},
    loans::Centre,
    loans_photos::{between, has, jpeg, small_ones, with_a_place},
    reminders::Lent,
    support::engines::Database,
};

crate::on_every_engine!(
    what_a_family_fills_in_becomes_the_check_that_the_centre_records,
    outside_its_time_the_page_says_when_the_next_one_is,
    photos_come_out_without_their_place_and_what_is_none_is_refused_by_its_name,
    photos_go_with_the_check_and_come_back_when_it_is_struck_out,
    the_same_form_twice_is_one_report,
    sending_again_replaces_what_was_sent_and_the_centre_sees_what_is_there_now,
    what_was_filled_in_is_taken_back_until_the_centre_has_dealt_with_it,
    the_centre_closes_a_report_with_a_word,
    nobody_but_the_family_and_the_centre_reads_it,
    a_unit_that_was_exchanged_is_not_the_one_that_was_looked_at,
    a_death_closes_it_and_erasure_leaves_nothing_of_it,
    the_end_of_a_loan_closes_it,
    a_family_that_has_answered_is_not_reminded_until_the_centre_has_looked,
);

/// Inside the window of the check of a loan that began on 2026-11-03.
const DAY: &str = "2027-10-10";
const FORM: &str = "/family/check";
const ANSWERS: [(&str, &str); 9] = [
    ("started", "no"),
    ("tried_on", "2027-09-01"),
    ("hours_run", "12.5時間"),
    ("usage", "【デモ】ひもが重い"),
    ("oil", "right"),
    ("fuel_on", "2027-04-01"),
    ("stands", "same"),
    ("ventilated", "yes"),
    ("words", "【デモ】電話は午後に"),
];

/// The family of a loan on a day: it has pages, and a browser, as the centre has.
async fn family(lent: &Lent, day: &str) -> Centre {
    let app = lent.app(day);
    let number = lent.number.to_string();
    let cookie = session(&app, Role::Family, None, Some(&number)).await;
    Centre { app, cookie }
}

impl Centre {
    /// Fills the yearly check in.
    async fn fills_in(&self, answers: &[(&str, &str)], photos: &[Vec<u8>]) {
        let (status, to, page) = self.upload(FORM, answers, photos).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(to, "/family?sent=check");
    }
}

/// A photo of a report of a child that has a loan.
pub async fn a_photo(app: &App, case: &str) -> Uuid {
    let (_, user) = session_and_account(app, Role::Family, None, Some(case)).await;
    let number = CaseNumber::parse(case).expect("a number");
    let mut tx = app.store.begin().await.expect("a unit of work");
    let case = tx.case_of_number(&number).await.expect("a look-up");
    let case = case.expect("a case");
    let loan = tx.running_loans(case).await.expect("loans").remove(0);
    let (at, task, photo) = (app.moment(), app.ids.next(), app.ids.next());
    let about = (Some(case), TaskKind::FamilyCheck, &*loan.id.to_string());
    tx.open_task(task, about, at).await.expect("a task");
    let new = NewFamilyCheck {
        id: app.ids.next(),
        case,
        loan: (loan.id, loan.unit),
        task,
        said: FamilyCheck::default(),
    };
    tx.add_family_check(&new, (user, at.now))
        .await
        .expect("a report");
    let picture = jpeg(8, 8, [9, 9, 9]);
    let bytes = (picture.as_slice(), picture.as_slice());
    tx.add_report_photo((photo, new.id), bytes, (Some(user), at.now))
        .await
        .expect("a photo");
    tx.commit().await.expect("all of it is kept");
    photo
}

async fn reports(lent: &Lent) -> Vec<StoredFamilyCheck> {
    let mut tx = lent.centre.app.store.read().await.expect("a unit of work");
    tx.family_checks(lent.case, 100).await.expect("reports")
}

/// The check that fits the report that the page of the centre shows.
fn check_of(page: &str, more: &str) -> String {
    let hidden = |name: &str| between(page, &format!("name=\"{name}\" value=\"")).remove(0);
    let (report, revision) = (hidden("report"), hidden("report_revision"));
    format!("held_on={DAY}&way=page&report={report}&report_revision={revision}&{more}")
}

const FINE: &str = "usage=fine&condition=fine&eligible=fine";

async fn what_a_family_fills_in_becomes_the_check_that_the_centre_records(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    lent.tick(DAY).await;
    let mail = lent.mail(DAY).await;
    assert!(mail[0].1.contains("ご家族のページで答えるか"), "{mail:?}");
    let parents = family(&lent, DAY).await;
    let (_, page) = parents.get("/family").await;
    assert!(page.contains("<h3>年1回の確認の日決め"), "{page}");
    assert_eq!(page.matches("href=\"/family/check\"").count(), 1, "{page}");
    let (status, form) = parents.get(FORM).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "発電機は必ず屋外で",
        "わからない",
        "前と同じ：<b>【デモ】軒下</b>",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    // The buttons that tell "I do not know" are all that is needed.
    assert!(!form.contains(" required"), "{form}");
    parents.fills_in(&ANSWERS, &[]).await;

    // It has done its part.
    let (_, page) = parents.get("/family?sent=check").await;
    assert!(page.contains("センターに届きました。"), "{page}");
    assert!(!page.contains("<h3>年1回の確認の日決め"), "{page}");
    assert!(page.contains("送ったものを見る・直す"), "{page}");
    let tasks = lent.tasks().await;
    let [task] = &tasks[..] else {
        panic!("one task: {tasks:?}")
    };
    assert_eq!(task.kind, TaskKind::FamilyCheck);
    assert_eq!(task.detail.as_deref(), Some("動かなかった"));

    // The centre is led to it, and nothing is judged.
    let centre = lent.later(DAY).await;
    let at = format!("{}/check", lent.loan);
    for path in [
        "/loans",
        lent.loan.as_str(),
        &format!("{}/reminders", lent.loan),
    ] {
        let (_, page) = centre.get(path).await;
        assert!(page.contains(&format!("href=\"{at}\"")), "{path}: {page}");
    }
    let (_, page) = centre.get(&at).await;
    for part in [
        "name=\"hours_run\" inputmode=\"decimal\" maxlength=\"12\" value=\"12.5\"",
        "【デモ】ひもが重い</textarea>",
        "<option value=\"page\" selected>",
        "name=\"held_on\" required max=\"2027-10-10\" value=\"2027-10-10\"",
        "name=\"oil\" value=\"yes\" checked",
        "name=\"fuel_on\" max=\"2027-10-10\" value=\"2027-04-01\"",
        "name=\"place\" maxlength=\"200\" value=\"【デモ】軒下\"",
        "name=\"usage\" value=\"\" checked",
        "name=\"condition\" value=\"\" checked",
        "name=\"eligible\" value=\"\" checked",
        "<dd>動かなかった</dd>",
        "<dd>【デモ】電話は午後に</dd>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let (_, loan) = centre.get(&lent.loan).await;
    assert!(loan.contains("まだ確認の記録はありません"), "{loan}");
    // A check that does not name the report is none of it.
    let blind = format!("held_on={DAY}&way=visit&{FINE}&sure=1");
    let (status, _, said) = centre.post(&at, &blind).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("ご家族が記入を送った"), "{said}");

    let (status, _, said) = centre.post(&at, &check_of(&page, FINE)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(lent.tasks().await, []);
    let (_, loan) = centre.get(&lent.loan).await;
    assert!(
        loan.contains("方法: <b>ご家族のページ</b>"),
        "the way of the check: {loan}"
    );
    let (_, page) = parents.get("/family").await;
    assert!(page.contains("2027-10-10 確認が済みました"), "{page}");
    assert!(!page.contains("/take-back\""), "{page}");
    let (_, form) = parents.get(FORM).await;
    assert!(form.contains("今は記入の時期ではありません"), "{form}");
    assert!(form.contains("2028年9月"), "{form}");
}

async fn outside_its_time_the_page_says_when_the_next_one_is(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let early = family(&lent, "2027-08-01").await;
    let (_, page) = early.get("/family").await;
    assert!(!page.contains("href=\"/family/check\""), "{page}");
    let (status, page) = early.get(FORM).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("今は記入の時期ではありません"), "{page}");
    assert!(page.contains("2027年10月3日（日）"), "{page}");
    assert!(page.contains("href=\"tel:0960000000\""), "{page}");
    assert!(!page.contains("<textarea"), "{page}");
    let (status, _, page) = early.upload(FORM, &ANSWERS, &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("記入の時期ではありません"), "{page}");
    assert_eq!(reports(&lent).await, []);
    // A day was agreed: whoever likes fills it in before.
    let centre = lent.later("2027-08-01").await;
    let agree = "check_on=2027-08-20&way=telephone&sure=1";
    centre.done(&lent.loan, "agree", agree).await;
    let (_, page) = early.get(FORM).await;
    assert!(page.contains("2027年8月20日（金）"), "{page}");
    early.fills_in(&ANSWERS[2..5], &[]).await;
    // What has not come yet is a slip of the thumb.
    let (status, _, page) = early.upload(FORM, &ANSWERS, &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("この日は、まだ来ていません"), "{page}");
    // The centre meets the family on that day, by telephone.
    let (_, page) = centre.get(&format!("{}/check", lent.loan)).await;
    assert!(
        page.contains("<option value=\"telephone\" selected>"),
        "{page}"
    );
    // A check that nobody has held stays owed, and can be filled in.
    let late = family(&lent, "2028-02-01").await;
    let (_, page) = late.get(FORM).await;
    assert!(page.contains("<textarea"), "{page}");
}

/// A report with photos, and where the family sees them.
async fn with_photos(parents: &Centre, photos: &[Vec<u8>]) -> Vec<String> {
    parents.fills_in(&ANSWERS, photos).await;
    let (_, page) = parents.get(FORM).await;
    small_ones(&page)
}

async fn photos_come_out_without_their_place_and_what_is_none_is_refused_by_its_name(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    let good = with_a_place(&jpeg(2000, 1000, [200, 0, 0]));
    assert!(has(&good, b"GPS32.2237135"), "the test would find it");
    let text = b"\xe3\x81\x82 no photo".to_vec();
    for (photos, why) in [
        (
            vec![good.clone(), text],
            "「IMG_0001.jpg」は、写真として読めませんでした",
        ),
        (
            vec![b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()],
            "「IMG_0001.jpg」は、受け取れない形式（HEIC）",
        ),
        (vec![vec![0xff; (12 << 20) + 1]], "1枚12MBまで"),
        (vec![good.clone(); 5], "写真は4枚までです"),
    ] {
        let (status, _, page) = parents.upload(FORM, &ANSWERS, &photos).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        for part in [
            why,
            "写真はまだ送れていません",
            "【デモ】ひもが重い</textarea>",
            "value=\"12.5時間\"",
            "name=\"started\" value=\"no\" checked",
            "name=\"stands\" value=\"same\" checked",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    assert_eq!(reports(&lent).await, []);
    assert_eq!(lent.tasks().await, []);

    let small = with_photos(&parents, &[good.clone(), jpeg(40, 30, [0, 90, 0])]).await;
    assert_eq!(small.len(), 2);
    let whole = small[0].trim_end_matches("?small=1");
    for (path, width) in [(whole, 1600), (small[0].as_str(), 320)] {
        let (status, headers, bytes) = parents.bytes(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(headers["cache-control"], "private, no-store");
        let picture = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!(picture.width(), width);
        assert!(!has(&bytes, b"GPS") && !has(&bytes, b"Exif"));
    }
    let centre = lent.later(DAY).await;
    assert!(centre.saw(&lent.loan, Action::SawPhoto).await >= 2);
    let (_, page) = centre.get(&format!("{}/check", lent.loan)).await;
    let seen = small_ones(&page);
    assert_eq!(seen.len(), 2, "{page}");
    assert_eq!(centre.bytes(&seen[0]).await.0, StatusCode::OK);

    // One is taken out; of those that stay and those that come there are four.
    let out = between(&parents.get(FORM).await.1, "name=\"out\" value=\"");
    let mut answers = ANSWERS.to_vec();
    answers.push(("out", &out[0]));
    let (status, _, page) = parents.upload(FORM, &answers, &vec![good.clone(); 4]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("写真は全部で4枚まで"), "{page}");
    assert!(
        page.contains(&format!("value=\"{}\" checked", out[0])),
        "{page}"
    );
    parents.fills_in(&answers, &vec![good.clone(); 3]).await;
    assert_eq!(small_ones(&parents.get(FORM).await.1).len(), 4);
    assert_eq!(parents.bytes(whole).await.0, StatusCode::NOT_FOUND);
}

async fn photos_go_with_the_check_and_come_back_when_it_is_struck_out(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    let photo = jpeg(40, 30, [0, 90, 0]);
    let sent = with_photos(&parents, &[photo.clone(), photo.clone()]).await;
    let centre = lent.later(DAY).await;
    let at = format!("{}/check", lent.loan);
    let (_, page) = centre.get(&at).await;
    let of_report = small_ones(&page);
    let (status, _, said) = centre.post(&at, &check_of(&page, FINE)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    // The same rows are those of the check: nothing was copied, nothing stays behind.
    let (_, loan) = centre.get(&lent.loan).await;
    assert_eq!(small_ones(&loan), of_report, "{loan}");
    assert_eq!(parents.bytes(&sent[0]).await.0, StatusCode::NOT_FOUND);
    let check = between(&loan, "name=\"check\" value=\"").remove(0);
    let (status, _, said) = centre
        .upload(
            &format!("{}/photos", lent.loan),
            &[("check", &check)],
            &[photo],
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");

    // It was a mistake: the report is open again, with its photos and its task.
    let strike = format!("id={check}&undo_why=【デモ】別のお子さん");
    centre.done(&lent.loan, "strike-check", &strike).await;
    let stored = reports(&lent).await.remove(0);
    assert_eq!(stored.became, Became::Open);
    assert_eq!(stored.photos.len(), 2);
    assert_eq!(lent.tasks().await.len(), 1);
    let (_, page) = centre.get(&at).await;
    assert_eq!(small_ones(&page), of_report);
    assert_eq!(parents.bytes(&sent[0]).await.0, StatusCode::OK);
    let (_, told) = parents.get("/family").await;
    assert!(told.contains("センターに届きました。"), "{told}");
    // Where the family writes another one first, the old one stays where it was.
    let (_, _, said) = centre.post(&at, &check_of(&page, FINE)).await;
    assert_eq!(lent.tasks().await, [], "{said}");
    let (_, loan) = centre.get(&lent.loan).await;
    assert_eq!(small_ones(&loan), of_report, "{loan}");
    let later = family(&lent, "2028-10-10").await;
    later.fills_in(&ANSWERS, &[]).await;
    let check = between(&loan, "name=\"check\" value=\"").remove(0);
    let strike = format!("id={check}&undo_why=【デモ】");
    centre.done(&lent.loan, "strike-check", &strike).await;
    let all = reports(&lent).await;
    assert_eq!(all[0].became, Became::Open, "the new one");
    assert_eq!(all[1].became, Became::SetAside, "the old one");
    assert_eq!(lent.tasks().await.len(), 1);
}

async fn the_same_form_twice_is_one_report(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    let key = parents.app.ids.next().to_string();
    let photos = [jpeg(40, 30, [0, 90, 0])];
    for _ in 0..2 {
        let (status, _, page) = parents.upload_again(FORM, (&key, &ANSWERS), &photos).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
    let stored = reports(&lent).await;
    assert_eq!(stored.len(), 1);
    assert_eq!((stored[0].revision, stored[0].photos.len()), (1, 1));
    assert_eq!(lent.tasks().await.len(), 1);
    let (status, _, _) = parents.upload_again(FORM, (&key, &ANSWERS[1..]), &[]).await;
    assert_eq!(status, StatusCode::CONFLICT, "the key of another form");
    assert_eq!(reports(&lent).await, stored);
    let saw = lent.centre.saw(&lent.loan, Action::FamilyFilledCheck).await;
    assert_eq!(saw, 1);
}

async fn sending_again_replaces_what_was_sent_and_the_centre_sees_what_is_there_now(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    parents.fills_in(&ANSWERS, &[]).await;
    let centre = lent.later(DAY).await;
    let at = format!("{}/check", lent.loan);
    let (_, stale) = centre.get(&at).await;
    let (_, form) = parents.get(FORM).await;
    assert!(form.contains("前のものと入れ替わります"), "{form}");
    assert!(form.contains("【デモ】ひもが重い</textarea>"), "{form}");
    assert!(
        form.contains("name=\"started\" value=\"no\" checked"),
        "{form}"
    );
    // It does start, after all; and what is unknown now is unknown.
    parents
        .fills_in(&[("started", "yes"), ("oil", "unknown")], &[])
        .await;
    let stored = reports(&lent).await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].said.oil, None);
    assert_eq!(stored[0].said.usage, None);
    let tasks = lent.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].detail, None, "nothing stands out any more");
    let (status, _, page) = centre.post(&at, &check_of(&stale, FINE)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("書き直した"), "{page}");
    assert!(page.contains("<dd>動いた</dd>"), "{page}");
    assert_eq!(lent.tasks().await.len(), 1, "nothing was recorded");
    let (status, _, page) = centre.post(&at, &check_of(&page, FINE)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

async fn what_was_filled_in_is_taken_back_until_the_centre_has_dealt_with_it(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    let sent = with_photos(&parents, &[jpeg(40, 30, [0, 90, 0])]).await;
    let first = reports(&lent).await.remove(0);
    let path = format!("/family/check/{}/take-back", first.id);
    let (_, page) = parents.get("/family").await;
    assert!(page.contains(&path), "{page}");
    let centre = lent.later(DAY).await;
    let at = format!("{}/check", lent.loan);
    let (_, stale) = centre.get(&at).await;
    let (status, to, page) = parents.post(&path, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(to, "/family");
    // Words and pictures are gone, that there was something is not.
    let stored = reports(&lent).await.remove(0);
    assert_eq!(stored.became, Became::TakenBack);
    assert_eq!(stored.said, FamilyCheck::default());
    assert_eq!(stored.photos, Vec::<Uuid>::new());
    assert_eq!(parents.bytes(&sent[0]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(lent.tasks().await, []);
    let (_, page) = parents.get("/family").await;
    assert!(page.contains("取り消しました"), "{page}");
    assert_eq!(parents.post(&path, "").await.0, StatusCode::CONFLICT);
    // The centre had it open: nothing is recorded from what is not there.
    let (status, _, page) = centre.post(&at, &check_of(&stale, FINE)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains("name=\"report\""), "{page}");

    parents.fills_in(&ANSWERS, &[]).await;
    let (_, page) = centre.get(&at).await;
    let (status, _, said) = centre.post(&at, &check_of(&page, FINE)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let second = reports(&lent).await.remove(0);
    assert!(matches!(second.became, Became::Recorded(_)), "{second:?}");
    let path = format!("/family/check/{}/take-back", second.id);
    let (status, _, page) = parents.post(&path, "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("センターがもう見ています"), "{page}");
}

async fn the_centre_closes_a_report_with_a_word(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    parents.fills_in(&ANSWERS, &[]).await;
    let centre = lent.later(DAY).await;
    let report = reports(&lent).await.remove(0).id;
    let aside = format!("{}/check/aside", lent.loan);
    let (status, _, page) = centre
        .post(&aside, &format!("report={report}&aside_why="))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("ひとこと書いて"), "{page}");
    let word = format!("report={report}&aside_why=【デモ】代わりに電話した");
    let (status, to, page) = centre.post(&aside, &word).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(to, lent.loan);
    assert_eq!(lent.tasks().await, []);
    assert_eq!(centre.post(&aside, &word).await.0, StatusCode::CONFLICT);
    let (_, page) = parents.get("/family").await;
    assert!(page.contains("センターからお電話します"), "{page}");
    assert!(
        page.contains("<h3>年1回の確認の日決め"),
        "it is still owed: {page}"
    );
    let (_, page) = centre.get(&format!("{}/check", lent.loan)).await;
    assert!(!page.contains("ひもが重い"), "nothing is filled in: {page}");
    // So does closing its task where the calls are written down.
    parents.fills_in(&ANSWERS, &[]).await;
    let task = lent.tasks().await.remove(0).id;
    let done = format!("act=done&task={task}&note=【デモ】訪問した");
    let (status, _, page) = centre
        .post(&format!("{}/reminders", lent.loan), &done)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let all = reports(&lent).await;
    assert!(
        all.iter().all(|one| one.became == Became::SetAside),
        "{all:?}"
    );
    // A check that found something is told as a call, too.
    parents.fills_in(&ANSWERS, &[]).await;
    let at = format!("{}/check", lent.loan);
    let (_, page) = centre.get(&at).await;
    let fails = check_of(&page, "usage=fine&condition=fails&eligible=fine");
    let (status, to, page) = centre.post(&at, &fails).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert!(to.contains("do=exchange"), "{to}");
    let (_, page) = parents.get("/family").await;
    assert!(!page.contains("確認が済みました"), "{page}");
    assert_eq!(
        page.matches("センターからお電話します").count(),
        3,
        "{page}"
    );
}

async fn nobody_but_the_family_and_the_centre_reads_it(db: Database) {
    let lent = Lent::handed_over(&db, "【デモ】光", "yes", "&mail=hikari@example.jp").await;
    let parents = family(&lent, DAY).await;
    let sent = with_photos(&parents, &[jpeg(40, 30, [0, 90, 0])]).await;
    let report = reports(&lent).await.remove(0).id;
    let take_back = format!("/family/check/{report}/take-back");
    let app = lent.app(DAY);
    let other = lent.centre.approved("【デモ】陽").await;
    let number = other.trim_start_matches("/loans/").to_owned();
    let cookie = session(&app, Role::Family, None, Some(&number)).await;
    let others = Centre {
        app: app.clone(),
        cookie,
    };
    let (_, page) = others.get(FORM).await;
    assert!(page.contains("今は、記入するものはありません"), "{page}");
    assert!(!page.contains("ひもが重い"), "{page}");
    assert_eq!(others.bytes(&sent[0]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(others.post(&take_back, "").await.0, StatusCode::NOT_FOUND);
    let (status, _, page) = others.upload(FORM, &ANSWERS, &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    // Of the staff the centre alone: neither page nor photo nor task.
    let task = lent.tasks().await.remove(0).id;
    let of_centre = small_ones(
        &lent
            .later(DAY)
            .await
            .get(&format!("{}/check", lent.loan))
            .await
            .1,
    );
    for role in Role::ALL {
        let town = role.is_municipal().then_some("43203");
        if matches!(role, Role::Family | Role::Centre) {
            continue;
        }
        let cookie = session(&app, role, town, None).await;
        let staff = Centre {
            app: app.clone(),
            cookie,
        };
        for path in [FORM, sent[0].as_str(), of_centre[0].as_str()] {
            assert_eq!(
                staff.bytes(path).await.0,
                StatusCode::NOT_FOUND,
                "{role:?} {path}"
            );
        }
        let aside = format!("{}/check/aside", lent.loan);
        let word = format!("report={report}&aside_why=x");
        assert_eq!(staff.post(&aside, &word).await.0, StatusCode::NOT_FOUND);
        let reminders = format!("/plans/{}/reminders", lent.number);
        let (_, page) = staff.get(&reminders).await;
        assert!(!page.contains("ご家族が記入しました"), "{role:?}: {page}");
        let done = format!("act=done&task={task}&note=x");
        assert_ne!(staff.post(&reminders, &done).await.0, StatusCode::SEE_OTHER);
    }
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let town = Centre { app, cookie };
    let (status, page) = town.get(&format!("/plans/{}/reminders", lent.number)).await;
    assert_eq!(status, StatusCode::OK, "it sees the child: {page}");
    assert_eq!(lent.tasks().await.len(), 1, "nobody has closed it");
    assert_eq!(parents.bytes(&sent[0]).await.0, StatusCode::OK);
}

async fn a_unit_that_was_exchanged_is_not_the_one_that_was_looked_at(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let spare = lent.centre.unit("A-2").await;
    let parents = family(&lent, DAY).await;
    parents.fills_in(&ANSWERS, &[]).await;
    let centre = lent.later(DAY).await;
    let kit = crate::loans::KIT;
    let exchange = format!("on={DAY}&unit={spare}&note=【デモ】始動しない&{kit}");
    centre.done(&lent.loan, "exchange", &exchange).await;
    let (_, page) = centre.get(&format!("{}/check", lent.loan)).await;
    assert!(page.contains("発電機を交換する前の記入です"), "{page}");
    assert!(
        page.contains("<dd>12.5</dd>"),
        "it is still to be read: {page}"
    );
    assert!(page.contains("maxlength=\"12\" value=\"\""), "{page}");
    assert!(page.contains("name=\"oil\" value=\"\" checked"), "{page}");
    assert!(page.contains("【デモ】ひもが重い</textarea>"), "{page}");
}

async fn a_death_closes_it_and_erasure_leaves_nothing_of_it(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    let sent = with_photos(&parents, &[jpeg(40, 30, [0, 90, 0])]).await;
    let photo = reports(&lent).await[0].photos[0];
    let centre = lent.later(DAY).await;
    let stop = format!("step=stop&on={DAY}&note=【デモ】連絡");
    centre.done(&lent.loan, "step", &stop).await;
    assert_eq!(lent.tasks().await, []);
    assert_eq!(reports(&lent).await[0].became, Became::Over);
    for path in [FORM, sent[0].as_str()] {
        assert_ne!(parents.bytes(path).await.0, StatusCode::OK, "{path}");
    }
    let (status, _, _) = parents.upload(FORM, &ANSWERS, &[]).await;
    assert_ne!(status, StatusCode::OK);
    let mut tx = centre.app.store.begin().await.expect("a unit of work");
    let (now, today) = (centre.app.clock.now(), centre.app.clock.today());
    let kept = tx.report_photo((lent.case, photo), PhotoSize::Small).await;
    assert!(kept.expect("a look-up").is_some(), "the test would find it");
    tx.erase_case(lent.case, &lent.number, now, today)
        .await
        .expect("it is erased");
    tx.commit().await.expect("it is kept");
    let stored = reports(&lent).await;
    assert_eq!(stored.len(), 1, "that there was one stays");
    assert_eq!(stored[0].said, FamilyCheck::default());
    let mut tx = centre.app.store.read().await.expect("a unit of work");
    for size in [PhotoSize::Whole, PhotoSize::Small] {
        let bytes = tx.report_photo((lent.case, photo), size).await;
        assert_eq!(bytes.expect("a look-up"), None);
    }
}

async fn the_end_of_a_loan_closes_it(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let parents = family(&lent, DAY).await;
    parents.fills_in(&ANSWERS, &[]).await;
    let centre = lent.later(DAY).await;
    let back = format!("return_on={DAY}&why=weaned&on={DAY}");
    centre.done(&lent.loan, "return", &back).await;
    assert_eq!(lent.tasks().await.len(), 1, "it is still there");
    let kit = crate::loans::KIT;
    let back = format!("on={DAY}&{kit}&in_order=1&note=【デモ】");
    centre.done(&lent.loan, "back", &back).await;
    assert_eq!(lent.tasks().await, []);
    assert_eq!(reports(&lent).await[0].became, Became::Over);
    let (_, page) = parents.get("/family").await;
    assert!(!page.contains("href=\"/family/check\""), "{page}");
}

async fn a_family_that_has_answered_is_not_reminded_until_the_centre_has_looked(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    let asked = async |day: &str| {
        lent.tick(day).await;
        let mails = lent.mail(day).await.into_iter();
        mails
            .filter(|(subject, _)| subject.contains("年1回の確認"))
            .count()
    };
    assert_eq!(asked("2027-10-05").await, 1);
    let parents = family(&lent, DAY).await;
    parents.fills_in(&ANSWERS, &[]).await;
    assert_eq!(asked("2027-10-27").await, 0, "it has done its part");
    let path = format!("/plans/{}/disclosure", lent.number);
    let (_, file) = parents.get(&path).await;
    assert!(file.contains("【デモ】電話は午後に"), "{file}");
    let centre = lent.later("2027-10-27").await;
    let report = reports(&lent).await.remove(0).id;
    let word = format!("report={report}&aside_why=【デモ】もう一度聞く");
    let (status, _, page) = centre
        .post(&format!("{}/check/aside", lent.loan), &word)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(
        asked("2027-10-28").await,
        1,
        "the day is still to be settled"
    );
}
