//! Reminders where something changes in between: an address, a day that comes back, a
//! death that was a mistake, a day that is off.

use axum::http::StatusCode;
use tomoshibi::{
    domain::duty::{DutyKind, MailKind, MailState, TaskKind},
    service::reminders,
};

use crate::{loans::Centre, loans_undo::undone, reminders::Lent, support::engines::Database};

crate::on_every_engine!(
    a_day_that_moves_and_comes_back_is_told_once_more,
    a_new_address_is_told_what_nobody_has_told,
    what_came_back_goes_to_the_new_address,
    an_address_that_came_back_begins_anew_when_it_is_entered_again,
    a_death_that_was_a_mistake_gives_back_what_it_closed,
    a_day_that_is_off_is_told_by_telephone,
    what_ended_says_why_and_what_comes_next_is_true,
);

/// The tasks of a child, by kind.
async fn open(lent: &Lent) -> Vec<TaskKind> {
    lent.tasks().await.iter().map(|task| task.kind).collect()
}

/// The mails to the family that leave on a day, after the reminders of that day.
async fn told(lent: &Lent, day: &str) -> Vec<String> {
    lent.tick(day).await;
    let mails = lent.mail(day).await.into_iter();
    let own = mails.filter(|(subject, _)| subject.contains(lent.number.as_str()));
    own.map(|(_, text)| text).collect()
}

async fn posted(centre: &Centre, path: &str, form: &str) {
    let (status, _, said) = centre.post(path, form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{form}: {said}");
}

async fn set_return(lent: &Lent, today: &str, day: &str) {
    let form = format!("on={today}&return_on={day}&why=moved");
    lent.later(today)
        .await
        .done(&lent.loan, "return", &form)
        .await;
}

async fn call_off(lent: &Lent, today: &str) {
    let form = format!("step=cancel_return&on={today}&note=【デモ】延期");
    lent.later(today)
        .await
        .done(&lent.loan, "step", &form)
        .await;
}

async fn a_day_that_moves_and_comes_back_is_told_once_more(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    set_return(&lent, "2026-11-21", "2027-03-31").await;
    assert_eq!(told(&lent, "2026-11-21").await.len(), 1);
    assert_eq!(told(&lent, "2027-03-17").await.len(), 1);
    call_off(&lent, "2027-03-18").await;
    set_return(&lent, "2027-03-18", "2027-04-20").await;
    let text = told(&lent, "2027-03-18").await;
    assert!(
        text[0].contains("2027年3月31日（水）から2027年4月20日（火）に変わりました"),
        "{text:?}"
    );
    // Back to the first day: of which the family was told, and then of another.
    call_off(&lent, "2027-03-19").await;
    set_return(&lent, "2027-03-19", "2027-03-31").await;
    let text = told(&lent, "2027-03-19").await;
    assert_eq!(text.len(), 1, "{text:?}");
    assert!(
        text[0].contains("2027年4月20日（火）から2027年3月31日（水）に変わりました"),
        "{text:?}"
    );
    assert_eq!(told(&lent, "2027-03-19").await.len(), 0);
    // Called off and set again for the same day: it never changed.
    call_off(&lent, "2027-03-20").await;
    set_return(&lent, "2027-03-20", "2027-03-31").await;
    assert_eq!(told(&lent, "2027-03-20").await.len(), 0);
    // Each further stage of the day goes out as ever.
    assert_eq!(told(&lent, "2027-03-28").await.len(), 1);
    let returns = lent.terms().await.into_iter();
    let returns: Vec<_> = returns
        .filter(|term| term.kind == DutyKind::Return)
        .collect();
    let mut open = returns.iter().filter(|term| term.ended.is_none());
    let one = open.next().expect("the day that holds");
    assert_eq!(open.next(), None);
    assert_eq!(one.term.due_on.to_string(), "2027-03-31");
    // For calendars it is one entry, changed each time.
    let before = returns.iter().filter(|term| term.ended.is_some());
    assert!(
        before.clone().all(|term| term.cycle == one.cycle),
        "{returns:?}"
    );
    assert!(
        before.clone().all(|term| term.sequence < one.sequence) && before.count() == 2,
        "{returns:?}"
    );
}

async fn a_new_address_is_told_what_nobody_has_told(db: Database) {
    let lent = Lent::new(&db, "【デモ】光", "no").await;
    let page = format!("{}/reminders", lent.loan);
    // The last of all stages.
    assert_eq!(told(&lent, "2027-05-07").await.len(), 0);
    assert_eq!(open(&lent).await, [TaskKind::Telephone]);
    let centre = lent.later("2027-05-08").await;
    posted(
        &centre,
        &page,
        "act=add&address=hikari@example.jp&who=【デモ】母&link=1",
    )
    .await;
    // Nothing closes itself.
    assert_eq!(open(&lent).await, [TaskKind::Telephone]);
    let text = told(&lent, "2027-05-09").await;
    assert_eq!(text.len(), 1, "{text:?}");
    assert!(text[0].contains("2027年4月30日"), "{text:?}");
    assert_eq!(open(&lent).await, [TaskKind::Telephone]);
    // Another address of a family that was told is told of nothing old.
    let centre = lent.later("2027-05-10").await;
    posted(
        &centre,
        &page,
        "act=add&address=chichi@example.jp&who=【デモ】父",
    )
    .await;
    assert_eq!(told(&lent, "2027-05-11").await.len(), 0);

    // And a family to which somebody has spoken was told.
    let spoken = Lent::new(&db, "【デモ】明", "no").await;
    let page = format!("{}/reminders", spoken.loan);
    assert_eq!(told(&spoken, "2027-05-07").await.len(), 0);
    let centre = spoken.later("2027-05-08").await;
    let call = "act=call&call_way=telephone&call_on=2027-05-08&reached=yes&call_whom=mother\
                &call_said=【デモ】申請に行くとのこと";
    posted(&centre, &page, call).await;
    posted(
        &centre,
        &page,
        "act=add&address=akari@example.jp&who=【デモ】母",
    )
    .await;
    assert_eq!(told(&spoken, "2027-05-09").await.len(), 0);
}

/// The mail of the last reminder comes back; the centre on the day on which it does.
async fn bounce(lent: &Lent, day: &str) -> Centre {
    let sent = lent.mails(MailState::Sent).await;
    let id = sent
        .iter()
        .find(|mail| mail.kind == MailKind::Reminder)
        .expect("a reminder")
        .id;
    let report = format!(
        "From: mailer@example.jp\r\nTo: no-reply@tomoshibi.invalid\r\nSubject: failed\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.jp\r\n\r\n\
         Final-Recipient: rfc822; hikari@example.jp\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@tomoshibi.invalid>\r\n\r\n--b--\r\n"
    );
    let centre = lent.later(day).await;
    let done = reminders::came_back(&centre.app, report.as_bytes()).await;
    assert_eq!(done.expect("it is read").gone, 1);
    centre
}

async fn what_came_back_goes_to_the_new_address(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let page = format!("{}/reminders", lent.loan);
    assert_eq!(told(&lent, "2027-05-07").await.len(), 1);
    let contact = {
        let mut tx = lent.centre.app.store.read().await.expect("a reader");
        tx.mail_contacts(lent.case).await.expect("contacts")[0].id
    };
    let centre = bounce(&lent, "2027-05-08").await;
    posted(&centre, &page, &format!("act=end&contact={contact}")).await;
    posted(
        &centre,
        &page,
        "act=add&address=atarashii@example.jp&who=【デモ】母",
    )
    .await;
    let text = told(&lent, "2027-05-09").await;
    assert_eq!(text.len(), 1, "{text:?}");
    assert!(text[0].contains("2027年4月30日"), "{text:?}");
    assert_eq!(told(&lent, "2027-05-10").await.len(), 0);
}

async fn an_address_that_came_back_begins_anew_when_it_is_entered_again(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let page = format!("{}/reminders", lent.loan);
    assert_eq!(told(&lent, "2027-05-07").await.len(), 1);
    let add = "act=add&address=hikari@example.jp&who=【デモ】母";
    let (status, ..) = lent.centre.post(&page, add).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "it works");
    let centre = bounce(&lent, "2027-05-08").await;
    let (_, seen) = centre.get(&page).await;
    assert!(seen.contains("もう一度登録してください"), "{seen}");
    assert!(seen.contains("戻ってきました"), "{seen}");
    posted(&centre, &page, add).await;
    let (_, seen) = centre.get(&page).await;
    assert!(!seen.contains("もう一度登録してください"), "{seen}");
    let text = told(&lent, "2027-05-09").await;
    assert_eq!(
        text.len(),
        1,
        "what came back is sent there again: {text:?}"
    );
}

async fn a_death_that_was_a_mistake_gives_back_what_it_closed(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let app = &lent.centre.app;
    let mut tx = app.store.begin().await.expect("a unit of work");
    let at = app.moment();
    for (kind, closed) in [(TaskKind::NeedsHelp, false), (TaskKind::CallBack, true)] {
        let (id, about) = (app.ids.next(), lent.case.to_string());
        let task = (Some(lent.case), kind, &*about);
        tx.open_task(id, task, at).await.expect("a task");
        if closed {
            tx.drop_task(id, at.now).await.expect("it is closed");
        }
    }
    tx.commit().await.expect("it is kept");
    let form = "group=everybody&message_subject=台風が近づいています\
                &message_body=燃料を確かめてください。&urgent=1&urgent_why=【デモ】台風10号";
    let (_, _, preview) = lent.centre.post("/messages/preview", form).await;
    let (_, rest) = preview
        .split_once("name=\"seen\" value=\"")
        .expect("a preview");
    let seen = rest.split_once('"').expect("its end").0;
    posted(&lent.centre, "/messages", &format!("{form}&seen={seen}")).await;
    assert_eq!(open(&lent).await, [TaskKind::NeedsHelp]);

    let stop = "step=stop&on=2026-11-20&note=【デモ】";
    lent.centre.done(&lent.loan, "step", stop).await;
    assert_eq!(open(&lent).await, []);
    assert_eq!(lent.mail("2026-11-20").await, []);
    let (_, page) = lent.centre.get(&format!("{}/undo", lent.loan)).await;
    for part in ["「やること」", "ご家族のページのリンクは戻りません"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    undone(&lent.centre, &lent.loan).await;
    // What was closed before the mistake stays closed.
    let mut tasks = open(&lent).await;
    tasks.sort_by_key(|kind| kind.code());
    assert_eq!(tasks, [TaskKind::NeedsHelp, TaskKind::Telephone]);
    let (_, calls) = lent.centre.get("/calls").await;
    for part in [lent.number.as_str(), "台風が近づいています"] {
        assert!(calls.contains(part), "{part} in {calls}");
    }
    assert_eq!(told(&lent, "2026-11-21").await.len(), 1);
}

async fn a_day_that_is_off_is_told_by_telephone(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    lent.tick("2026-11-21").await;
    let agree = async |today: &str, day: &str| {
        let form = format!("check_on={day}&way=visit");
        lent.later(today)
            .await
            .done(&lent.loan, "agree", &form)
            .await;
    };
    // Nobody was told of it yet.
    agree("2027-04-01", "2027-05-06").await;
    agree("2027-04-02", "").await;
    assert_eq!(open(&lent).await, []);
    agree("2027-04-02", "2027-05-06").await;
    assert_eq!(told(&lent, "2027-04-29").await.len(), 1);
    // It was a slip: the day stands, as the family knows it.
    agree("2027-04-30", "").await;
    assert_eq!(open(&lent).await, [TaskKind::DayOff]);
    agree("2027-04-30", "2027-05-06").await;
    assert_eq!(open(&lent).await, []);
    // It is off, and there is no other.
    agree("2027-04-30", "").await;
    assert_eq!(open(&lent).await, [TaskKind::DayOff]);
    assert_eq!(told(&lent, "2027-04-30").await.len(), 0);
    let centre = lent.later("2027-04-30").await;
    for (page, part) in [
        ("/calls", "取りやめ：確認の約束の日（2027年5月6日（木））"),
        ("/loans", "約束の日がなくなったことを伝える"),
    ] {
        let (_, said) = centre.get(page).await;
        assert!(said.contains(part), "{part} in {said}");
    }
    // The mail of another day says so.
    agree("2027-05-01", "2027-05-20").await;
    assert_eq!(open(&lent).await, [TaskKind::DayOff]);
    let text = told(&lent, "2027-05-13").await;
    assert_eq!(text.len(), 1, "{text:?}");
    assert!(
        text[0].contains("2027年5月6日（木）から2027年5月20日（木）に変わりました"),
        "{text:?}"
    );
    assert_eq!(open(&lent).await, []);
    // A day of return, too.
    set_return(&lent, "2027-05-14", "2027-08-31").await;
    assert_eq!(told(&lent, "2027-05-14").await.len(), 1);
    call_off(&lent, "2027-05-15").await;
    assert_eq!(open(&lent).await, [TaskKind::DayOff]);
}

/// What the page of reminders says of the terms that are over.
fn over(page: &str) -> &str {
    let (_, rest) = page
        .split_once("<h2>終わった期限")
        .unwrap_or_else(|| panic!("{page}"));
    rest.split_once("</section>").expect("its end").0
}

async fn what_ended_says_why_and_what_comes_next_is_true(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let page = format!("{}/reminders", lent.loan);
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    let (_, said) = lent.centre.get(&page).await;
    assert!(
        over(&said).contains("計画の申請") && over(&said).contains("済み"),
        "{said}"
    );
    // A visit that is off, and one that moved.
    for (today, day) in [
        ("2027-09-01", "2027-10-01"),
        ("2027-09-02", ""),
        ("2027-09-03", "2027-10-20"),
        ("2027-09-04", "2027-10-28"),
    ] {
        let form = format!("check_on={day}&way=visit");
        lent.later(today)
            .await
            .done(&lent.loan, "agree", &form)
            .await;
    }
    let (_, said) = lent.later("2027-09-04").await.get(&page).await;
    let visits: Vec<&str> = over(&said)
        .split("<h3>")
        .filter(|one| one.starts_with("確認の約束の日"))
        .collect();
    assert_eq!(visits.len(), 2, "{said}");
    assert!(
        visits
            .iter()
            .any(|one| one.contains("2027-10-01") && one.contains("不要になった")),
        "{visits:?}"
    );
    assert!(
        visits
            .iter()
            .any(|one| one.contains("2027-10-20") && one.contains("日が変わった")),
        "{visits:?}"
    );
    // With a day agreed the family is not asked for one.
    lent.tick("2027-10-10").await;
    let (_, said) = lent.later("2027-10-10").await.get(&page).await;
    assert!(!said.contains("2027-10-10 ご家族"), "{said}");
    assert!(said.contains("2027-11-02 コーディネーター"), "{said}");
    assert!(said.contains("2027-10-21 ご家族"), "{said}");
}
