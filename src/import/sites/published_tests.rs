//! The published files themselves, which are not part of the repository: run
//! by hand, with the folder that holds them in `TOMOSHIBI_PUBLISHED`.
//!
//! ```text
//! TOMOSHIBI_PUBLISHED=… cargo test --lib published -- --ignored
//! ```

use std::path::PathBuf;

use super::{SiteFile, SiteRecord, read};
use crate::{
    domain::hazard::Hazard,
    import::{report::Row, source::ReadError},
};

struct All {
    file: SiteFile,
    records: Vec<SiteRecord>,
    rejected: Vec<u64>,
    warned: usize,
}

fn folder() -> PathBuf {
    std::env::var_os("TOMOSHIBI_PUBLISHED")
        .expect("TOMOSHIBI_PUBLISHED names the folder of the published files")
        .into()
}

fn all(name: &str) -> All {
    let (mut records, mut rejected, mut warned) = (Vec::new(), Vec::new(), 0);
    let file = read(&folder().join(name), &|_| (), &mut |row| {
        match row {
            Row::Accepted {
                record, warnings, ..
            } => {
                warned += warnings.len();
                records.push(record);
            }
            Row::Rejected { row, .. } => rejected.push(row),
        }
        Ok(())
    })
    .unwrap();
    All {
        file,
        records,
        rejected,
        warned,
    }
}

#[test]
#[ignore = "needs the published files"]
fn the_three_files_of_emergency_sites_hold_the_same_records_bit_for_bit() {
    let json = all("gsi/kumamoto_emergency.geojson");
    assert_eq!(json.file.format, "gsi-emergency-geojson");
    for (name, encoding) in [
        ("gsi/kumamoto_emergency_utf8bom.csv", "UTF-8"),
        ("gsi/kumamoto_emergency_cp932.csv", "CP932"),
    ] {
        let csv = all(name);
        assert_eq!(csv.file.format, "gsi-emergency-csv", "{name}");
        assert_eq!(csv.file.encoding, encoding, "{name}");
        assert_eq!((csv.warned, &csv.rejected), (0, &Vec::new()), "{name}");
        assert_eq!(csv.records.len(), 1761, "{name}");
        for (a, b) in json.records.iter().zip(&csv.records) {
            assert_eq!(a, b, "{name}");
            let bits = |r: &SiteRecord| {
                let at = r.published.position;
                (at.lat().to_bits(), at.lon().to_bits())
            };
            assert_eq!(bits(a), bits(b), "{name}: {}", a.key);
        }
    }
    assert_eq!((json.records.len(), json.warned), (1761, 0));
    assert!(
        json.records
            .iter()
            .all(|r| r.published.municipality.is_some())
    );
    for (hazard, count) in [
        (Hazard::Flood, 1212),
        (Hazard::Landslide, 1255),
        (Hazard::StormSurge, 651),
        (Hazard::Earthquake, 1503),
        (Hazard::Tsunami, 692),
        (Hazard::Fire, 1055),
        (Hazard::InlandFlood, 923),
        (Hazard::Volcano, 743),
    ] {
        let of = |r: &&SiteRecord| r.published.designations.unwrap().contains(hazard);
        assert_eq!(
            json.records.iter().filter(of).count(),
            count,
            "{}",
            hazard.name().en
        );
    }
}

#[test]
#[ignore = "needs the published files"]
fn the_file_of_shelters_is_read_whole() {
    let list = all("gsi/kumamoto_evacuation.geojson");
    assert_eq!(list.file.format, "gsi-evacuation-geojson");
    assert_eq!(
        (list.records.len(), list.rejected.len(), list.warned),
        (1338, 0, 0)
    );
    let accepted = |r: &&SiteRecord| r.published.accepted_persons.is_some();
    assert_eq!(list.records.iter().filter(accepted).count(), 160);
    let in_lines = |r: &&SiteRecord| {
        let note = r.published.note.as_deref().unwrap_or_default();
        note.contains("最大150名") && note.contains('\n')
    };
    assert_eq!(list.records.iter().filter(in_lines).count(), 1);
}

#[test]
#[ignore = "needs the published files"]
fn the_list_of_a_prefecture_is_read_but_for_three_empty_records() {
    let list = all("municipal/170003_evacuation_space.csv");
    assert_eq!(list.file.format, "municipal-csv");
    assert_eq!((list.records.len(), list.rejected.len()), (1525, 3));
    assert_eq!((list.warned, list.file.warnings.len()), (0, 1));
    for record in &list.records {
        let town = record.published.municipality.unwrap();
        assert!(town.as_str().starts_with("17") && town.as_str() != "17000");
        let id = record.published.published_id.as_deref().unwrap();
        assert!(id.starts_with("17000:"), "{id}");
    }
}

#[test]
#[ignore = "needs the published files"]
fn a_town_that_publishes_nothing_is_told_so() {
    let path = folder().join("gsi/unavailable_stub_431010.json");
    match read(&path, &|_| (), &mut |_| Ok(())) {
        Err(ReadError::File(error)) => assert_eq!(error.code, "unavailable"),
        other => panic!("{other:?}"),
    }
}
