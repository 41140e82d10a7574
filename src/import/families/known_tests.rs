//! A sheet that is read over what is stored.

use std::io::Write;

use super::{
    tests::{read_bytes, today},
    *,
};
use crate::domain::hazard::Hazard;

/// What would be stored of a record.
fn stored(record: &FamilyRecord) -> Known {
    let document = record.document.clone();
    Known {
        revision: 1,
        has_plan: record.has_plan,
        plan_dated: record.plan_dated,
        stuck: record.stuck,
        child: document.child.clone(),
        home: document.home.clone(),
        battery_hours: document.battery_hours,
        document: (record.has_plan == Some(true)).then_some(document),
    }
}

/// Reads one row over what is stored.
fn over(known: &Known, text: &str) -> (FamilyRecord, Vec<RowNote>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut found = Vec::new();
    read(
        file.path(),
        today(),
        &|_| Ok(Some(known.clone())),
        &|_| (),
        &mut |row| {
            found.push(row);
            Ok(())
        },
    )
    .unwrap();
    match found.pop().unwrap() {
        Row::Accepted {
            record, warnings, ..
        } => (record, warnings),
        Row::Rejected { notes, .. } => panic!("{notes:?}"),
    }
}

fn demonstration() -> Vec<FamilyRecord> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo/families.csv");
    let mut records = Vec::new();
    read(&path, today(), &|_| Ok(None), &|_| (), &mut |row| {
        if let Row::Accepted { record, .. } = row {
            records.push(record);
        }
        Ok(())
    })
    .unwrap();
    assert!(records.len() > 40);
    records
}

#[test]
fn a_sheet_of_two_columns_changes_nothing() {
    let (_, example) = read_bytes(&template_csv());
    let Row::Accepted { record, .. } = example.into_iter().next().unwrap() else {
        panic!("the example is read");
    };
    for record in demonstration().into_iter().chain([record]) {
        let text = format!("整理番号,市町村\n{},{}\n", record.case, record.municipality);
        let (again, warnings) = over(&stored(&record), &text);
        let mut expected = FamilyRecord {
            base_revision: Some(1),
            loan_started_on: None,
            ..record
        };
        if expected.has_plan != Some(true) {
            // Of a case without a plan child, home and battery hours are kept.
            let document = &mut expected.document;
            document.preparation_minutes = None;
            document.vehicle = None;
            document.devices.clear();
        }
        assert_eq!(again, expected);
        assert_eq!(warnings, []);
    }
}

#[test]
fn a_column_changes_its_own_cell_and_nothing_else() {
    let (_, example) = read_bytes(&template_csv());
    let Row::Accepted { record, .. } = example.into_iter().next().unwrap() else {
        panic!("the example is read");
    };
    let known = stored(&record);
    let case = |columns: &str, cells: &str| {
        let text = format!("整理番号,市町村,{columns}\nDEMO-1,43203,{cells}\n");
        over(&known, &text)
    };
    let changed = |columns: &str, cells: &str, change: &dyn Fn(&mut FamilyRecord)| {
        let mut expected = FamilyRecord {
            base_revision: Some(1),
            loan_started_on: None,
            ..record.clone()
        };
        change(&mut expected);
        assert_eq!(case(columns, cells).0, expected, "{columns}");
    };
    changed("避難先1_電源期限", "2028-01-01", &|r| {
        let power = r.document.destinations[0].power.as_mut().unwrap();
        power.valid_until = "2028-01-01".parse().unwrap();
    });
    changed("避難先2_名称", "【デモ】おばの家", &|r| {
        r.document.destinations[1].name = Some("【デモ】おばの家".to_owned());
    });
    changed("避難先1_合意電話", "096-000-0099", &|r| {
        let agreement = r.document.destinations[0].agreement.as_mut().unwrap();
        agreement.telephone = Some("096-000-0099".to_owned());
    });
    changed("支援者2_連絡先", "096-000-0077", &|r| {
        r.document.supporters[1].contact = Some("096-000-0077".to_owned());
    });
    changed("支援者1_同意", "なし", &|r| {
        r.document.supporters[0].agreed = Some(false);
    });
    changed("連絡先2", "096-000-0055", &|r| {
        r.document.child.contacts[1].value = "096-000-0055".to_owned();
    });
    changed("続柄1", "祖母", &|r| {
        r.document.child.contacts[0].who = Some("祖母".to_owned());
    });
    changed("作成の同意日", "2026-05-05", &|r| {
        let make = r.document.consents.make.as_mut().unwrap();
        make.on = Some("2026-05-05".parse().unwrap());
    });
    changed("猶予分_洪水", "60", &|r| {
        let mut triggers = r.document.triggers.iter_mut();
        triggers
            .find(|t| t.hazard == Hazard::Flood)
            .unwrap()
            .lead_minutes = Some(60);
    });
    changed("計画日", "2026-09-01", &|r| {
        r.plan_dated = Some("2026-09-01".parse().unwrap());
    });
    changed("バッテリー時間", "", &|r| {
        r.document.battery_hours = None;
    });
    changed("氏名", "【デモ】灯 あかね", &|r| {
        r.document.child.name = Some("【デモ】灯 あかね".to_owned());
    });
}

#[test]
fn what_belongs_to_one_place_or_person_does_not_pass_to_another() {
    let (_, example) = read_bytes(&template_csv());
    let Row::Accepted { record, .. } = example.into_iter().next().unwrap() else {
        panic!("the example is read");
    };
    let known = stored(&record);
    let of = |columns: &str, cells: &str| {
        let text = format!("整理番号,市町村,{columns}\nDEMO-1,43203,{cells}\n");
        let (record, warnings) = over(&known, &text);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        record.document
    };
    let other = of("避難先1_種別,避難先1_名称", "親戚,【デモ】祖母宅");
    let place = &other.destinations[0];
    assert_eq!(place.name.as_deref(), Some("【デモ】祖母宅"));
    assert_eq!(
        (&place.site, &place.route, &place.power, &place.agreement),
        (&None, &None, &None, &None)
    );
    assert_eq!(other.destinations[1..], record.document.destinations[1..]);
    let renamed = of("支援者1_氏名", "【デモ】別人");
    assert_eq!(renamed.supporters[0].agreed, None);
    assert_eq!(renamed.supporters[1..], record.document.supporters[1..]);
}

#[test]
fn a_plan_ends_by_a_word_and_a_position_does_not_move_along() {
    let record = demonstration()
        .into_iter()
        .find(|r| r.has_plan == Some(true))
        .unwrap();
    let known = stored(&record);
    let of = |columns: &str, cells: &str| {
        let (case, town) = (&record.case, record.municipality);
        let text = format!("整理番号,市町村,{columns}\n{case},{town},{cells}\n");
        let (record, warnings) = over(&known, &text);
        (
            record,
            warnings.into_iter().map(|w| w.reason).collect::<Vec<_>>(),
        )
    };
    let (kept, said) = of("計画", "");
    assert_eq!(kept.has_plan, Some(true));
    assert!(said[0].contains("「あり」のまま"), "{said:?}");
    let (ended, said) = of("計画", "なし");
    assert_eq!(ended.has_plan, Some(false));
    assert!(said[0].contains("終わらせます"), "{said:?}");
    let (moved, said) = of("住所", "【デモ】別の町1");
    let home = &moved.document.home;
    assert_eq!(
        (home.position, home.floors, home.room_floor),
        (None, None, None)
    );
    for to in &moved.document.destinations {
        assert_eq!((&to.route, to.drill_minutes), (&None, None));
    }
    assert!(said[0].contains("「不明」"), "{said:?}");
    // The same place, written in another way.
    let at = record.document.home.position.unwrap();
    let (lat, lon) = (at.lat(), at.lon());
    let (spelt, said) = of("住所,緯度,経度", &format!("【デモ】別の書き方,{lat},{lon}"));
    assert_eq!(spelt.document.home, record.document.home);
    assert!(said.is_empty(), "{said:?}");
    let (placed, _) = of("住所,緯度,経度", "【デモ】別の町1,32.3,130.8");
    assert!(placed.document.home.position.is_some());
}
