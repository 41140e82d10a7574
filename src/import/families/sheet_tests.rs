//! Whole sheets as municipalities keep them.

use std::path::Path;

use super::*;

fn fixture(name: &str) -> (FamilyFile, Vec<Row<FamilyRecord>>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/families");
    let mut rows = Vec::new();
    let sheet = read(
        &folder.join(name),
        "2026-11-21".parse().unwrap(),
        &|_| Ok(None),
        &|_| (),
        &mut |row| {
            rows.push(row);
            Ok(())
        },
    );
    (sheet.unwrap(), rows)
}

#[test]
fn a_towns_own_spreadsheet_in_shift_jis_is_read_as_it_is_written() {
    let (sheet, rows) = fixture("town_cp932.csv");
    assert_eq!((sheet.encoding, sheet.read), ("CP932", 2));
    // One column is the town's own; nothing is near it.
    let [note] = &sheet.warnings[..] else {
        panic!("{:?}", sheet.warnings);
    };
    assert_eq!((note.row, note.field.as_deref()), (0, Some("備考")));
    let records: Vec<&FamilyRecord> = rows
        .iter()
        .map(|row| match row {
            Row::Accepted {
                record, warnings, ..
            } => {
                assert_eq!(*warnings, []);
                record
            }
            Row::Rejected { notes, .. } => panic!("{notes:?}"),
        })
        .collect();
    let plan = &records[0].document;
    assert_eq!(
        (plan.home.room_floor, plan.battery_hours),
        (Some(2), Some(8.5))
    );
    let route = plan.destinations[0].route.as_deref();
    assert_eq!(route, Some("県道を東へ\n橋は渡らない"));
    assert_eq!(plan.triggers[0].level.map(u8::from), Some(3));
    let consent = plan.consents.make.as_ref().unwrap();
    assert_eq!(consent.on.unwrap().to_string(), "2026-04-01");
    assert_eq!(records[1].has_plan, Some(false));
    assert_eq!(records[1].document.battery_hours, None);
}

#[test]
fn a_sheet_with_bad_rows_gives_its_good_ones_and_names_the_others() {
    let (sheet, rows) = fixture("bad_rows.csv");
    let rejected: Vec<(u64, Vec<&str>)> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Accepted { .. } => None,
            Row::Rejected { row, notes, .. } => Some((
                *row,
                notes.iter().filter_map(|n| n.field.as_deref()).collect(),
            )),
        })
        .collect();
    assert_eq!(sheet.read, 6);
    assert_eq!(
        rejected,
        [
            (2, vec!["born"]),
            (3, vec!["lat"]),
            (4, vec!["room_floor", "lat"]),
            (5, vec!["case"]),
            (6, vec!["case"]),
        ]
    );
}
