//! What emergency access shows, and that every look stands in its list.

use std::{collections::BTreeSet, fmt::Write as _};

use axum::http::{StatusCode, header};
use tomoshibi::{domain::access::Role, service::retention};

use crate::{
    access::{ask, session, session_and_account, words},
    emergency::{NEIGHBOUR, TOWN, night},
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    its_pages_hold_what_evacuation_support_needs_and_no_more,
    every_look_is_in_the_list_of_what_was_read,
    a_second_opening_of_one_event_stands_by_itself,
    who_has_no_plan_is_told_under_it_and_where_others_stand_to_whoever_knew,
    what_is_written_of_it_names_no_child,
    it_can_be_closed_while_its_pages_are_read,
    its_reasons_are_erased_years_after_its_end_and_its_reads_stay,
);

async fn its_pages_hold_what_evacuation_support_needs_and_no_more(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let officer = night.officer().await;
    let whole = night.page(&night.plan(), &officer).await;
    night.opens(&officer, "centre=yes").await;
    let cut = night.page(&night.plan(), &centre).await;
    let child = &night.hidden.case.child;
    let name = child.name.as_deref().expect("a name");
    let address = child.address.as_deref().expect("an address");
    assert!(cut.contains(name) && cut.contains(address));
    assert!(cut.contains("避難支援に必要な項目だけです"));
    for contact in &child.contacts {
        assert!(cut.contains(&contact.value), "{contact:?}");
    }
    let reason = child.reason.as_deref().expect("a reason");
    let born = child.born.expect("a day of birth").to_string();
    for withheld in [
        reason,
        &born,
        "同意と説明",
        "避難行動要支援者名簿",
        "版 ",
        "LEG-",
    ] {
        assert!(
            whole.contains(withheld),
            "{withheld} stands on the whole page"
        );
        assert!(
            !cut.contains(withheld),
            "{withheld} stands on the page that is cut"
        );
    }
    let list = night.page("/children", &centre).await;
    let row = list.split(&night.plan()).nth(1).expect("a row");
    let row = row.split("</tr>").next().expect("its end");
    assert!(row.contains("■ 緊急アクセス") && !row.contains("歳"));
}

async fn every_look_is_in_the_list_of_what_was_read(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let officer = night.officer().await;
    let opened = night.opens(&officer, "centre=yes").await;
    let empty = night.page(&opened, &officer).await;
    assert!(empty.contains("まだだれも見ていません"));
    let list = night.page("/children", &centre).await;
    night.page(&night.plan(), &centre).await;
    night
        .page(&format!("{}/map.json", night.plan()), &centre)
        .await;
    // Every child that was seen under it, and no other.
    let rows = list.split("<tr ").skip(1);
    let seen: BTreeSet<&str> = rows
        .filter(|row| row.contains("■ 緊急アクセス"))
        .filter_map(|row| row.split("/plans/").nth(1)?.split('"').next())
        .collect();
    assert!(seen.contains(night.case().as_str()) && seen.len() > 1);
    let auditor = session(&night.app, Role::Auditor, None, None).await;
    for reader in [&officer, &auditor] {
        let page = night.page(&opened, reader).await;
        // The list, the page with its map, and the map alone.
        assert_eq!(page.matches("支援センター 【デモ】").count(), 3, "{page}");
        let answer = ask(
            &night.router,
            "GET",
            &format!("{opened}/reads.csv"),
            reader,
            "",
        )
        .await;
        let kind = answer.headers()[header::CONTENT_TYPE]
            .to_str()
            .expect("text");
        assert_eq!(kind, "text/csv; charset=utf-8");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let file = words(answer).await;
        assert!(file.starts_with('\u{feff}'));
        let lines: Vec<&str> = file.lines().skip(1).collect();
        assert_eq!(lines.len(), seen.len() + 2);
        let named: BTreeSet<&str> = lines.iter().filter_map(|l| l.rsplit(',').next()).collect();
        assert_eq!(named, seen);
    }
    // Afterwards, too.
    night
        .post(&format!("{opened}/close"), &officer, "x=1")
        .await;
    let page = night.page(&opened, &officer).await;
    assert!(page.contains("終わりました") && page.contains(&night.case()));
    let foreign = session(&night.app, Role::Municipality, Some(NEIGHBOUR), None).await;
    let file = format!("{opened}/reads.csv");
    assert_eq!(night.status(&file, &foreign).await, StatusCode::NOT_FOUND);
}

async fn a_second_opening_of_one_event_stands_by_itself(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let officer = night.officer().await;
    let first = night.opens(&officer, "centre=yes").await;
    let second = night.opens(&officer, "centre=yes").await;
    assert_ne!(first, second);
    let page = night.page(&night.plan(), &centre).await;
    assert_eq!(page.matches("■ 緊急アクセス中").count(), 2);
    for opened in [&first, &second] {
        assert!(
            night
                .page(opened, &officer)
                .await
                .contains("支援センター 【デモ】")
        );
    }
    night.post(&format!("{first}/close"), &officer, "x=1").await;
    let page = night.page(&night.plan(), &centre).await;
    assert_eq!(page.matches("■ 緊急アクセス中").count(), 1);
    night
        .post(&format!("{second}/close"), &officer, "x=1")
        .await;
    assert_eq!(
        night.status(&night.plan(), &centre).await,
        StatusCode::NOT_FOUND
    );
    let again = night
        .post(&format!("{second}/close"), &officer, "x=1")
        .await;
    assert_eq!(again, StatusCode::CONFLICT, "it is closed already");
}

async fn it_can_be_closed_while_its_pages_are_read(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let officer = night.officer().await;
    let opened = night.opens(&officer, "centre=yes").await;
    let mut readers = tokio::task::JoinSet::new();
    let map = format!("{}/map.json", night.plan());
    for _ in 0..8 {
        let (router, cookie, path) = (night.router.clone(), centre.clone(), map.clone());
        readers.spawn(async move { ask(&router, "GET", &path, &cookie, "").await.status() });
    }
    let close = format!("{opened}/close");
    assert_eq!(
        night.post(&close, &officer, "x=1").await,
        StatusCode::SEE_OTHER
    );
    // A page is read whole or not at all, and what was read is in the list.
    let answers = readers.join_all().await;
    let read = answers.iter().filter(|s| **s == StatusCode::OK).count();
    let refused = answers
        .iter()
        .filter(|s| **s == StatusCode::NOT_FOUND)
        .count();
    assert_eq!(read + refused, 8, "{answers:?}");
    let page = night.page(&opened, &officer).await;
    assert_eq!(page.matches("支援センター 【デモ】").count(), read);
    assert_eq!(night.status(&map, &centre).await, StatusCode::NOT_FOUND);
}

async fn its_reasons_are_erased_years_after_its_end_and_its_reads_stay(db: Database) {
    let night = night(db).await;
    let officer = night.officer().await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let form = night
        .form("centre=yes")
        .replace("reason=%E3%83%87%E3%83%A2", "reason=why-it-opened")
        .replace("hours=24", "hours=2");
    night.post("/emergency", &officer, &form).await;
    let list = night.page("/emergency", &officer).await;
    let opened = list.split("/emergency/").nth(1).expect("it is listed");
    let opened = format!("/emergency/{}", &opened[..36]);
    let longer = format!(
        "reason=why-it-goes-on&hours=24&key={}",
        night.app.ids.next()
    );
    let extend = format!("{opened}/extend");
    let status = night.post(&extend, &officer, &longer).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    night.page(&night.plan(), &centre).await;
    let years_later = |day: &str| day.parse().expect("a day");
    // What is open is never due.
    let due = retention::due(&night.app, years_later("2040-01-01")).await;
    let due = due.expect("a list").due;
    assert!(due.iter().all(|line| line.kind != "emergency"), "{due:?}");
    night
        .post(&format!("{opened}/close"), &officer, "x=1")
        .await;
    for (day, erased) in [("2031-11-21", false), ("2031-11-22", true)] {
        let done = retention::erase(&night.app, years_later(day)).await;
        let lines = done.expect("it is done").erased;
        let of_it = lines.iter().filter(|line| line.kind == "emergency");
        assert_eq!(of_it.count(), usize::from(erased), "{day}");
        let auditor = session(&night.app, Role::Auditor, None, None).await;
        let page = night.page(&opened, &auditor).await;
        for reason in ["why-it-opened", "why-it-goes-on"] {
            assert_eq!(page.contains(reason), !erased, "{day} {reason}");
        }
        assert!(page.contains("台風第14号") && page.contains(&night.case()));
    }
}

async fn who_has_no_plan_is_told_under_it_and_where_others_stand_to_whoever_knew(db: Database) {
    let night = night(db).await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let (coordinator, _) = session_and_account(&night.app, Role::Coordinator, None, None).await;
    let officer = night.officer().await;
    let row = |list: &str, case: &str| {
        let row = list
            .split("<tr ")
            .find(|row| row.contains(&format!("/plans/{case}\"")));
        row.map(|row| row.split("</tr>").next().expect("its end").to_owned())
    };
    let whole = night.page("/children?standing=no_plan", &officer).await;
    let without = whole.split("<tr ").find(|row| row.contains("◆ 計画なし"));
    let without = without.and_then(|row| row.split("/plans/").nth(1));
    let without = without.expect("a child without a plan");
    let without = without.split('"').next().expect("its number").to_owned();
    let before = night.page("/children", &centre).await;
    let known: Vec<&str> = before
        .split("/plans/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    night.opens(&officer, "centre=yes&coordinators=yes").await;
    // A coordinator who knew nothing of the town's children.
    let list = night.page("/children", &coordinator).await;
    let told = row(&list, &without).expect("a row");
    assert!(
        told.contains("計画なし") && told.contains("■ 緊急アクセス"),
        "{told}"
    );
    let narrow = night.page("/children?standing=no_plan", &coordinator).await;
    assert!(row(&narrow, &without).is_some(), "the filter finds it");
    let plan = night.page(&format!("/plans/{without}"), &coordinator).await;
    assert!(plan.contains("計画なし"), "{plan}");
    let other = row(&list, &night.case()).expect("a row");
    assert!(!other.contains("承認"), "{other}");
    // The centre, which knew where some stand, knows it still.
    let after = night.page("/children", &centre).await;
    for case in known {
        let state = |list: &str| {
            let row = row(list, case).expect("a row");
            ["承認不可", "承認できます", "計画なし", "共有できません"]
                .map(|word| row.contains(word))
        };
        assert_eq!(state(&after), state(&before), "{case}");
    }
}

async fn what_is_written_of_it_names_no_child(db: Database) {
    let night = night(db).await;
    let officer = night.officer().await;
    let child = &night.hidden.case.child;
    let encoded = |name: &Option<String>| {
        let mut encoded = String::new();
        for byte in name.as_deref().expect("it is known").bytes() {
            write!(encoded, "%{byte:02X}").expect("a string takes it");
        }
        encoded
    };
    for written in [encoded(&child.name), encoded(&child.kana), night.case()] {
        for field in ["name", "reason"] {
            let form = night.form("centre=yes");
            let form = form.replace(&format!("&{field}="), &format!("&{field}=x+{written}"));
            for path in ["/emergency/confirm", "/emergency"] {
                let status = night.post(path, &officer, &form).await;
                assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            }
        }
    }
    // A case whose number is that of the typhoon keeps nobody from opening it.
    let sheet = "整理番号,市町村,氏名,住所,計画\n14,TOWN,【デモ】十四の子,【デモ】町1,なし\n";
    let sheet = sheet.replace("TOWN", TOWN);
    assert_eq!(import_text(&night.app, &sheet).await.added, 1);
    let form = night.form("centre=yes");
    let status = night.post("/emergency", &officer, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}
