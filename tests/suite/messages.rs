//! Messages by hand: previewed, released by a second person where many are written to,
//! one recipient each; and those whom no mail reaches are telephoned.

use std::sync::Arc;

use axum::http::StatusCode;
use mail_parser::MessageParser;
use tomoshibi::{
    app::App,
    config::Config,
    domain::{
        access::{Reader, Role},
        duty::{MailKind, MailState, TaskKind},
        hand_message::MessageGroup,
        id::CaseNumber,
    },
    service::reminders,
    store::{NewMessage, StaffTask, StoredMail},
    web,
};

use crate::{
    access::{ask, session, session_and_account, words},
    freshness::SHEET,
    loans::{Centre, KIT},
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_message_is_seen_as_it_will_be_sent_and_goes_once,
    an_ordinary_message_to_many_waits_for_a_second_person,
    an_urgent_one_goes_at_once_and_before_everything_else,
    no_name_and_no_forbidden_word_leaves,
    after_a_death_between_writing_and_release_that_family_is_left_out,
    who_is_reached_by_telephone_leaves_the_list_and_who_is_not_stays,
    a_municipality_sees_of_a_loan_what_the_family_agreed_to,
    a_family_to_whom_nothing_is_lent_knows_its_mails_by_a_pass_phrase_too,
    an_office_reads_its_own_messages_alone,
    a_family_that_no_mail_reaches_gets_a_letter_that_is_in_the_trail,
);

/// A centre with families, and where its mail goes.
struct Office {
    centre: Centre,
    loans: Vec<String>,
    folder: tempfile::TempDir,
}

impl Office {
    async fn empty(db: &Database) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut centre = Centre::new(db).await;
        let mut config = Config::clone(&centre.app.config);
        config.mail.maildir = folder.path().join("mail");
        config.loans.centre_name = "【デモ】支援センター".into();
        config.loans.centre_telephone = "096-000-0000".into();
        centre.app.config = Arc::new(config);
        Self {
            centre,
            loans: Vec::new(),
            folder,
        }
    }

    /// Lends to one more family; `mail`: its address.
    async fn lend(&mut self, name: &str, mail: &str, consent: &str) -> CaseNumber {
        let unit = self.centre.unit(&format!("A-{name}")).await;
        let loan = self.centre.approved(name).await;
        let mail = if mail.is_empty() {
            String::new()
        } else {
            format!("&mail={mail}&mail_who=【デモ】母")
        };
        let bedside = format!(
            "on=2026-11-03&unit={unit}&{KIT}&co_explained=1&started=1&place=【デモ】軒下&frequency=60\
             &pass_phrase=【デモ】ひまわり&consent={consent}{mail}"
        );
        self.centre.done(&loan, "hand-over", &bedside).await;
        let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
        self.loans.push(loan);
        number
    }

    async fn two(db: &Database) -> Self {
        let mut office = Self::empty(db).await;
        office
            .lend("【デモ】山田 光", "hikari@example.jp", "no")
            .await;
        office.lend("【デモ】川上 あおば", "", "no").await;
        office
    }

    /// Families beyond what one person writes to alone, in the cheapest way.
    async fn many(db: &Database) -> Self {
        let mut office = Self::two(db).await;
        for place in 0..19 {
            office
                .centre
                .approved(&format!("【デモ】多々野 多{place}"))
                .await;
        }
        assert_eq!(office.loans.len(), 2);
        office.loans.truncate(2);
        office
    }

    async fn colleague(&self) -> Centre {
        Centre {
            app: self.centre.app.clone(),
            cookie: session(&self.centre.app, Role::Centre, None, None).await,
        }
    }

    async fn mails(&self, state: Option<MailState>) -> Vec<StoredMail> {
        let app = &self.centre.app;
        reminders::mails(app, state).await.expect("mails")
    }

    /// Hands over what waits: subject and text of everything that has arrived.
    async fn deliver(&self) -> Vec<(String, String)> {
        let app = &self.centre.app;
        let mailer = reminders::mailer(app).expect("a folder for mail");
        reminders::deliver(app, &mailer).await.expect("mail leaves");
        let new = self.folder.path().join("mail").join("new");
        let Ok(entries) = std::fs::read_dir(&new) else {
            return Vec::new();
        };
        let mut mails: Vec<(String, String)> = entries
            .map(|entry| {
                let bytes = std::fs::read(entry.expect("an entry").path()).expect("a mail");
                let mail = MessageParser::default().parse(&bytes).expect("a message");
                assert_eq!(mail.to().map_or(0, |to| to.iter().count()), 1);
                assert!(mail.cc().is_none() && mail.bcc().is_none());
                let subject = mail.subject().expect("a subject").to_owned();
                (subject, mail.body_text(0).expect("a text").into_owned())
            })
            .collect();
        mails.sort();
        mails
    }

    async fn tasks(&self) -> Vec<StaffTask> {
        let mut tx = self.centre.app.store.read().await.expect("a unit of work");
        let at = self.centre.app.moment();
        tx.staff_tasks(&Reader::Operator, at, 100)
            .await
            .expect("tasks")
    }
}

/// A message of an office to nobody yet.
pub(crate) async fn a_message(app: &App, office: &str) -> uuid::Uuid {
    let (_, user) = session_and_account(app, Role::Centre, None, None).await;
    let new = NewMessage {
        id: app.ids.next(),
        office,
        group: MessageGroup::Everybody,
        town: None,
        urgent: false,
        subject: "【デモ】研修会",
        body: "【デモ】12月5日",
        reason: None,
    };
    let mut tx = app.store.begin().await.expect("a unit of work");
    tx.add_message(&new, &[], (user, app.clock.now()))
        .await
        .expect("it is written");
    tx.commit().await.expect("it lasts");
    new.id
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().expect("its end").to_owned()
}

/// Looks at a message and sends it as it was seen; where it is.
async fn write(centre: &Centre, form: &str) -> String {
    let (status, _, page) = centre.post("/messages/preview", form).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let seen = hidden(&page, "seen");
    let (status, to, page) = centre
        .post("/messages", &format!("{form}&seen={seen}"))
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    to
}

async fn a_message_is_seen_as_it_will_be_sent_and_goes_once(db: Database) {
    let office = Office::two(&db).await;
    let centre = &office.centre;
    let form = "group=borrowers&message_subject=研修会のご案内\
                &message_body=12月5日に開きます。%0D%0A発電機を一緒に動かします。";
    let (status, _, page) = centre.post("/messages/preview", form).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for part in [
        "合言葉：【デモ】ひまわり",
        "【連絡】研修会のご案内",
        "096-000-0000",
        "必ず屋外で",
        "ご家族ごとのリンク",
        "090-0000-0202",
        "<b>2家族</b>",
        "<b>1通</b>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    // Nothing has left, and what was not seen is not sent.
    assert_eq!(office.mails(None).await, []);
    let (status, _, page) = centre
        .post("/messages", &format!("{form}&seen=other"))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    let seen = hidden(&page, "seen");
    // The same form twice is one message.
    let router = web::router(centre.app.clone());
    let once = format!("{form}&seen={seen}&key={}", centre.app.ids.next());
    for _ in 0..2 {
        let sent = ask(&router, "POST", "/messages", &centre.cookie, &once).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    }
    let mails = office.mails(None).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].kind, MailKind::Hand);
    let arrived = office.deliver().await;
    let [(subject, text)] = &arrived[..] else {
        panic!("one mail: {arrived:?}")
    };
    assert!(subject.starts_with("【連絡】研修会のご案内"), "{subject}");
    for part in [
        "【デモ】ひまわり",
        "12月5日に開きます。",
        "必ず屋外で",
        "/enter/",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("山田") && !text.contains('光'), "{text}");
    // Each child's history has it, and who has no address is telephoned.
    let (_, list) = centre.get("/messages").await;
    let id = list.split("href=\"/messages/").nth(2).expect("a message");
    let (_, one) = centre
        .get(&format!(
            "/messages/{}",
            id.split('"').next().expect("an id")
        ))
        .await;
    assert!(
        one.contains("<b>1</b> / 1") && one.contains("川上"),
        "{one}"
    );
    for (loan, word) in office.loans.iter().zip(["送信済み", "電話で"]) {
        let (_, page) = centre.get(&format!("{loan}/reminders")).await;
        assert!(
            page.contains("研修会のご案内") && page.contains(word),
            "{page}"
        );
    }
    let tasks = office.tasks().await;
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert_eq!(tasks[0].kind, TaskKind::Telephone);
}

async fn an_ordinary_message_to_many_waits_for_a_second_person(db: Database) {
    let office = Office::many(&db).await;
    let centre = &office.centre;
    let form = "group=training&message_subject=研修会&message_body=12月5日に開きます。";
    let path = write(centre, form).await;
    assert_eq!(office.mails(None).await, []);
    let (_, desk) = centre.get("/loans").await;
    assert!(
        desk.contains("以下の連絡を確認して送る") && desk.contains(&path),
        "{desk}"
    );
    // Who wrote it does not release it.
    let (_, page) = centre.get(&path).await;
    assert!(
        page.contains("取り下げる") && !page.contains("name=\"seen\""),
        "{page}"
    );
    let colleague = office.colleague().await;
    let (_, page) = colleague.get(&path).await;
    let release = format!("act=release&seen={}", hidden(&page, "seen"));
    let (status, _, said) = centre.post(&path, &release).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    assert_eq!(office.mails(None).await, []);
    // Nobody withdraws what somebody else wrote; a return says why.
    let (status, ..) = colleague.post(&path, "act=withdraw").await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, ..) = colleague.post(&path, "act=return&note=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _, said) = colleague.post(&path, &release).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(office.mails(None).await.len(), 1);
    // Released once, and no more to be decided on.
    let (status, ..) = colleague.post(&path, &release).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(office.deliver().await.len(), 1);
    // Another one is returned, a third withdrawn: neither leaves.
    for (who, act, word) in [
        (
            &colleague,
            "act=return&note=【デモ】日が違います",
            "【デモ】日が違います",
        ),
        (centre, "act=withdraw", "取り下げました"),
    ] {
        let path = write(centre, form).await;
        let (status, _, said) = who.post(&path, act).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
        let (_, page) = centre.get(&path).await;
        assert!(page.contains(word), "{page}");
    }
    assert_eq!(office.mails(None).await, []);
    let (_, desk) = centre.get("/loans").await;
    assert!(!desk.contains("以下の連絡を確認して送る"), "{desk}");
}

async fn an_urgent_one_goes_at_once_and_before_everything_else(db: Database) {
    let office = Office::many(&db).await;
    let centre = &office.centre;
    // A reminder waits already.
    reminders::tick(&centre.app, None).await.expect("a tick");
    assert_eq!(office.mails(None).await.len(), 1);
    let form = "group=everybody&message_subject=台風が近づいています\
                &message_body=発電機の燃料を確かめてください。&urgent=1";
    let (status, _, page) = centre.post("/messages/preview", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert!(page.contains("至急にする理由"), "{page}");
    let path = write(centre, &format!("{form}&urgent_why=【デモ】台風10号")).await;
    let waiting = office.mails(None).await;
    let urgent: Vec<_> = waiting
        .iter()
        .filter(|mail| mail.kind == MailKind::Urgent)
        .collect();
    assert_eq!((waiting.len(), urgent.len()), (2, 1), "{waiting:?}");
    // It is claimed before what waited longer.
    let now = centre.app.clock.now();
    let mut tx = centre.app.store.append().await.expect("a unit of work");
    let until = now + chrono::TimeDelta::minutes(5);
    let claimed = tx
        .claim_mail((now, until), centre.app.ids.next(), 1)
        .await
        .expect("a claim");
    assert_eq!(claimed[0].id, urgent[0].id);
    drop(tx);
    let (_, page) = centre.get(&path).await;
    assert!(page.contains("【デモ】台風10号"), "{page}");
    assert!(page.contains("<progress"), "{page}");
    let arrived = office.deliver().await;
    assert!(
        arrived
            .iter()
            .any(|(subject, _)| subject.starts_with("【至急】"))
    );
    // It does not count among the two mails of a month.
    let mut tx = centre.app.store.read().await.expect("a unit of work");
    let contact = tx.contacts_in_use().await.expect("contacts")[0].id;
    let counted = tx
        .mails_of_month(&[contact], "2026-11")
        .await
        .expect("a count");
    assert_eq!(counted.get(&contact), Some(&1));
}

async fn no_name_and_no_forbidden_word_leaves(db: Database) {
    let office = Office::two(&db).await;
    let centre = &office.centre;
    for (subject, body, word) in [
        ("山田さんへ", "お元気ですか", "山田"),
        ("お知らせ", "あおばちゃんの件", "あおば"),
        ("お知らせ", "人工呼吸器の点検", "人工呼吸器"),
        ("発電機の点検", "日を決めます", "発電機"),
        ("", "日を決めます", "件名"),
        ("お知らせ", "", "本文"),
    ] {
        let form = format!("group=borrowers&message_subject={subject}&message_body={body}");
        let (status, _, page) = centre.post("/messages/preview", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{subject} {body}");
        assert!(page.contains(word), "{word} in {page}");
        assert!(!page.contains("name=\"seen\""), "{page}");
        let (status, ..) = centre.post("/messages", &format!("{form}&seen=x")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(office.mails(None).await, []);
}

async fn after_a_death_between_writing_and_release_that_family_is_left_out(db: Database) {
    let office = Office::many(&db).await;
    let centre = &office.centre;
    let form = "group=training&message_subject=研修会&message_body=12月5日に開きます。";
    let path = write(centre, form).await;
    let stop = "step=stop&on=2026-11-20&note=【デモ】";
    centre.done(&office.loans[0], "step", stop).await;
    let colleague = office.colleague().await;
    let (_, page) = colleague.get(&path).await;
    let release = format!("act=release&seen={}", hidden(&page, "seen"));
    let (status, _, said) = colleague.post(&path, &release).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    // The one family with an address is the one that has lost its child.
    assert_eq!(office.mails(None).await, []);
    assert_eq!(office.deliver().await, []);
    let number = office.loans[0].trim_start_matches("/loans/");
    let tasks = office.tasks().await;
    assert!(
        tasks.iter().all(|task| task.number.as_str() != number),
        "{tasks:?}"
    );
    assert_eq!(tasks.len(), 20, "the others are telephoned");
}

async fn who_is_reached_by_telephone_leaves_the_list_and_who_is_not_stays(db: Database) {
    let mut office = Office::empty(&db).await;
    let number = office.lend("【デモ】山田 光", "", "no").await;
    let centre = &office.centre;
    reminders::tick(&centre.app, None).await.expect("a tick");
    let (_, calls) = centre.get("/calls").await;
    for part in ["山田", "090-0000-0202", "避難の計画の申請", "2027年4月30日"] {
        assert!(calls.contains(part), "{part} in {calls}");
    }
    let page = format!("/plans/{number}/reminders");
    for (wrong, word) in [
        (
            "call_way=telephone&call_on=2026-11-21&reached=yes&call_whom=mother",
            "話したこと",
        ),
        (
            "call_way=telephone&call_on=2026-11-21&reached=yes&call_said=x",
            "だれと",
        ),
        (
            "call_way=telephone&call_on=2026-11-22&reached=no",
            "今日まで",
        ),
        ("call_way=telephone&call_on=2026-11-21", "結果"),
        (
            "call_way=telephone&call_on=2026-11-21&reached=no&call_next=2028-01-01",
            "半年",
        ),
    ] {
        let (status, _, said) = centre.post(&page, &format!("act=call&{wrong}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {said}");
        assert!(said.contains(word), "{word} in {said}");
    }
    for _ in 0..2 {
        let missed =
            "act=call&call_way=telephone&call_on=2026-11-21&reached=no&call_next=2026-11-24";
        let (status, _, said) = centre.post(&page, missed).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    }
    let (_, calls) = centre.get("/calls").await;
    assert!(calls.contains("つながらなかった回数 2"), "{calls}");
    assert!(calls.contains("2026-11-24"), "{calls}");
    let posted = "act=call&call_way=letter&call_on=2026-11-21&call_said=【デモ】手紙";
    centre.post(&page, posted).await;
    assert_eq!(
        office.tasks().await.len(),
        1,
        "a letter reaches nobody for certain"
    );
    let reached = "act=call&call_way=telephone&call_on=2026-11-21&reached=yes&call_whom=mother\
                   &call_said=【デモ】申請に行くとのこと";
    let (status, _, said) = centre.post(&page, reached).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(office.tasks().await, []);
    let (_, calls) = centre.get("/calls").await;
    assert!(!calls.contains("山田"), "{calls}");
    let (_, history) = centre.get(&format!("/loans/{number}/reminders")).await;
    assert!(
        history.contains("【デモ】申請に行くとのこと") && history.contains("母"),
        "{history}"
    );
}

async fn a_family_to_whom_nothing_is_lent_knows_its_mails_by_a_pass_phrase_too(db: Database) {
    let office = Office::empty(&db).await;
    let app = &office.centre.app;
    import_text(app, SHEET).await;
    let town = Centre {
        app: app.clone(),
        cookie: session(app, Role::Municipality, Some("43203"), None).await,
    };
    let path = "/plans/X-1001/reminders";
    let (_, page) = town.get(path).await;
    assert!(page.contains("まだ決まっていません"), "{page}");
    assert!(
        town.get("/messages").await.1.contains("サーバーのフォルダ"),
        "it is said that no mail server is set"
    );
    for (phrase, why) in [("酸素の歌", "病気や機器"), ("【デモ】一番星", "お名前")]
    {
        let form = format!("act=phrase&pass_phrase={phrase}");
        let (status, _, page) = town.post(path, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{phrase}: {page}");
        assert!(page.contains(why), "{phrase}: {page}");
    }
    for form in [
        "act=phrase&pass_phrase=【デモ】あさがお",
        "act=add&address=asa@example.jp&who=【デモ】母&link=1",
    ] {
        let (status, _, page) = town.post(path, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{form}: {page}");
    }
    assert!(town.get(path).await.1.contains("<b>【デモ】あさがお</b>"));
    let form = "case=X-1001&message_subject=訓練&message_body=12月5日に開きます。";
    write(&town, form).await;
    let mails = office.deliver().await;
    let [(_, mail)] = &*mails else {
        panic!("one mail: {mails:?}");
    };
    assert!(mail.contains("合言葉：【デモ】あさがお"), "{mail}");
    // Taken away, it stands in none.
    let (status, ..) = town.post(path, "act=phrase&pass_phrase=").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!town.get(path).await.1.contains("あさがお"));
}

async fn a_municipality_sees_of_a_loan_what_the_family_agreed_to(db: Database) {
    for (consent, sees) in [("no", false), ("yes", true)] {
        let mut office = Office::empty(&db).await;
        let name = format!("【デモ】山田 光{consent}");
        let number = office.lend(&name, "", consent).await;
        // It lives there, whatever was agreed.
        let mut tx = office
            .centre
            .app
            .store
            .begin()
            .await
            .expect("a unit of work");
        let case = tx
            .case_of_number(&number)
            .await
            .expect("a look-up")
            .expect("a case");
        let town = tomoshibi::domain::municipality::MunicipalityCode::parse("43203");
        let reader = Reader::Municipality(
            tomoshibi::domain::id::UserId(office.centre.app.ids.next()),
            town.expect("a code"),
        );
        let ground = tomoshibi::domain::access::Ground::Residence;
        let since = office.centre.app.clock.today();
        tx.grant(case, &reader.subject(), ground, since)
            .await
            .expect("a grant");
        tx.commit().await.expect("it lasts");
        let app = &office.centre.app;
        reminders::tick(app, None).await.expect("a tick");
        let cookie = session(app, Role::Municipality, Some("43203"), None).await;
        let town = Centre {
            app: app.clone(),
            cookie,
        };
        let said =
            "act=call&call_way=telephone&call_on=2026-11-21&reached=no&call_said=【デモ】留守";
        let path = format!("/plans/{number}/reminders");
        office.centre.post(&path, said).await;
        let (status, page) = town.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for word in ["避難の計画の申請", "計画の申請", "【デモ】留守"] {
            let there = page.contains(word);
            assert!(!there || sees, "{consent}: {word} in {page}");
        }
        assert_eq!(page.contains("【デモ】留守"), sees, "{consent}: {page}");
        let (_, calls) = town.get("/calls").await;
        assert_eq!(calls.contains(number.as_str()), sees, "{consent}: {calls}");
        let (_, children) = town.get("/children").await;
        assert_eq!(
            children.contains("職員がすること"),
            sees,
            "{consent}: {children}"
        );
        // Of its own message it hears, whatever was agreed about the loan.
        let form = format!("case={number}&message_subject=訓練&message_body=12月5日に開きます。");
        write(&town, &form).await;
        let (_, calls) = town.get("/calls").await;
        assert!(
            calls.contains(number.as_str()) && calls.contains("訓練"),
            "{calls}"
        );
        assert_eq!(
            calls.contains("避難の計画の申請"),
            sees,
            "{consent}: {calls}"
        );
        // What is due in a loan the centre alone suspends.
        let pause = "act=suspend&duty=apply_plan&pause_until=2027-02-28&reason=【デモ】入院";
        let (status, ..) = town.post(&path, pause).await;
        assert_eq!(status, StatusCode::CONFLICT);
        // And who keeps the night, or lives elsewhere, follows nothing.
        for (role, code) in [(Role::NightDuty, "43203"), (Role::Municipality, "43202")] {
            let cookie = session(app, role, Some(code), None).await;
            let other = Centre {
                app: app.clone(),
                cookie,
            };
            let (status, _) = other.get(&path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{role:?}");
        }
        let end = "step=stop&on=2026-11-20&note=【デモ】";
        office.centre.done(&office.loans[0], "step", end).await;
    }
}

async fn an_office_reads_its_own_messages_alone(db: Database) {
    let office = Office::two(&db).await;
    let app: &App = &office.centre.app;
    let form = "group=borrowers&message_subject=研修会&message_body=12月5日に開きます。";
    let path = write(&office.centre, form).await;
    let router = web::router(app.clone());
    let town = session(app, Role::Municipality, Some("43203"), None).await;
    let answer = ask(&router, "GET", &path, &town, "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let list = words(ask(&router, "GET", "/messages", &town, "").await).await;
    assert!(!list.contains("研修会"), "{list}");
    // A municipality has no group that only the centre keeps.
    let key = app.ids.next();
    let form = format!("{form}&key={key}");
    let answer = ask(&router, "POST", "/messages/preview", &town, &form).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

async fn a_family_that_no_mail_reaches_gets_a_letter_that_is_in_the_trail(db: Database) {
    use tomoshibi::{domain::audit::Action, store::TrailFilter};
    let lent = crate::reminders::Lent::new(&db, "【デモ】光", "no").await;
    let path = format!("/calls/{}/letter.pdf", lent.number);
    let ask_for = async |centre: &Centre, path: &str| {
        let router = web::router(centre.app.clone());
        ask(&router, "GET", path, &centre.cookie, "").await
    };
    lent.tick("2027-01-30").await;
    let centre = lent.later("2027-01-30").await;
    for path in [&*path, "/calls/letters.pdf"] {
        let answer = ask_for(&centre, path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let body = axum::body::to_bytes(answer.into_body(), 8 * 1024 * 1024).await;
        assert!(body.expect("a paper").starts_with(b"%PDF"), "{path}");
    }
    let filter = TrailFilter {
        case: Some(lent.number.clone()),
        ..TrailFilter::default()
    };
    let mut tx = centre.app.store.read().await.expect("a unit of work");
    let rows = tx.trail(&Reader::Operator, &filter).await;
    let rows = rows.expect("the trail").into_iter();
    let printed = rows.filter(|row| row.event.action == Action::PrintedNotice);
    assert_eq!(printed.count(), 2);
}
