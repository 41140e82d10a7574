//! Lists of sites on their way into the database: what the second import of
//! the same sites says, in which form and order ever.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;
use tomoshibi::{
    app::App,
    clock::{ManualClock, SystemIds},
    config::Config,
    domain::site::{Site, SiteKind},
    import::report::FileReport,
    service::import::{self, Imported, Options, What},
    store::Store,
};

use crate::support::engines::Database;

crate::on_every_engine!(
    three_forms_of_one_list_are_unchanged_in_any_order,
    an_emergency_site_and_a_shelter_stay_two,
    a_municipal_list_is_taken_but_for_its_empty_record,
    what_changed_is_counted_and_what_a_list_does_not_say_is_kept,
    only_a_complete_list_withdraws_and_a_refused_row_is_present,
    half_a_list_does_not_withdraw_the_rest,
    a_file_that_is_wrong_as_a_whole_changes_nothing,
    a_dry_run_says_the_same_and_saves_nothing,
);

/// A database, and a folder for files that a test writes.
struct Bench {
    app: App,
    folder: TempDir,
    _database: Database,
}

impl Bench {
    async fn new(database: Database) -> Self {
        let store = Store::open(&database.url).await.unwrap();
        let clock = ManualClock::new("2026-11-20T00:00:00Z".parse().unwrap());
        let ids = Arc::new(SystemIds);
        Self {
            app: App::new(
                store,
                Arc::new(clock),
                ids,
                Config::default(),
                Arc::new(tomoshibi::seal::Keys::random()),
            ),
            folder: tempfile::tempdir().unwrap(),
            _database: database,
        }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    async fn import(&self, path: &Path, options: &Options) -> FileReport {
        let heard = Arc::new(|_| ());
        let done = import::file(&self.app, What::Sites, path, options, "test", heard).await;
        match done.unwrap() {
            Imported::Report(report) => {
                let sum = report.added + report.changed + report.unchanged;
                assert_eq!(report.accepted, sum, "{report:?}");
                *report
            }
            Imported::Missing(path) => panic!("no such file: {}", path.display()),
        }
    }

    async fn take(&self, path: &Path) -> [u64; 5] {
        numbers(&self.import(path, &Options::default()).await)
    }

    /// The sites of one kind, withdrawn ones too.
    async fn stored(&self, kind: SiteKind) -> Vec<Site> {
        let mut tx = self.app.store.read().await.unwrap();
        let mut sites = tx.sites().await.unwrap();
        sites.retain(|site| site.published.kind == kind);
        sites
    }

    async fn named(&self, kind: SiteKind, name: &str) -> Site {
        let all = self.stored(kind).await;
        let found = all.into_iter().find(|site| site.published.name == name);
        found.unwrap_or_else(|| panic!("no site {name}"))
    }
}

/// Read, added, changed, unchanged, withdrawn.
fn numbers(report: &FileReport) -> [u64; 5] {
    let r = report;
    [r.read, r.added, r.changed, r.unchanged, r.withdrawn]
}

fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sites");
    folder.join(name)
}

fn fixture_text(name: &str) -> String {
    let text = fs::read_to_string(fixture(name)).unwrap();
    text.trim_start_matches('\u{feff}').to_owned()
}

fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, failed) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!failed, "every character has a place in CP932");
    bytes.into_owned()
}

async fn three_forms_of_one_list_are_unchanged_in_any_order(database: Database) {
    let bench = Bench::new(database).await;
    let csv = fixture("import_emergency.csv");
    let sjis = bench.write("cp932.csv", cp932(&fixture_text("import_emergency.csv")));
    let json = fixture("import_emergency.geojson");
    let first = bench.import(&sjis, &Options::default()).await;
    assert_eq!(first.rejected, []);
    assert_eq!(first.format.as_deref(), Some("gsi-emergency-csv"));
    assert_eq!(first.encoding.as_deref(), Some("CP932"));
    assert_eq!(numbers(&first), [5, 5, 0, 0, 0]);
    for path in [&json, &csv, &sjis, &json] {
        assert_eq!(
            bench.take(path).await,
            [5, 0, 0, 5, 0],
            "{}",
            path.display()
        );
    }
    let stored = bench
        .named(SiteKind::EmergencySite, "【デモ】こもれび会館")
        .await;
    assert_eq!(
        stored.published.note.as_deref(),
        Some("玄関は\n二階です"),
        "CRLF is LF"
    );
}

async fn an_emergency_site_and_a_shelter_stay_two(database: Database) {
    let bench = Bench::new(database).await;
    bench.take(&fixture("import_emergency.csv")).await;
    let shelters = bench.take(&fixture("import_evacuation.geojson")).await;
    assert_eq!(shelters, [2, 2, 0, 0, 0]);
    let name = "【デモ】ひかり小学校";
    let site = bench.named(SiteKind::EmergencySite, name).await;
    let shelter = bench.named(SiteKind::Shelter, name).await;
    assert_ne!(site.id, shelter.id);
    assert!(site.published.designations.is_some());
    assert_eq!(shelter.published.designations, None, "not judged by hazard");
}

async fn a_municipal_list_is_taken_but_for_its_empty_record(database: Database) {
    let bench = Bench::new(database).await;
    let list = fixture("import_municipal.csv");
    let report = bench.import(&list, &Options::default()).await;
    assert_eq!(report.format.as_deref(), Some("municipal-csv"));
    assert_eq!(numbers(&report), [4, 3, 0, 0, 0]);
    assert!(report.rejected.iter().all(|note| note.row == 3));
    let about_the_file: Vec<u64> = report.warnings.iter().map(|note| note.row).collect();
    assert_eq!(about_the_file, [0], "{:?}", report.warnings);
    assert_eq!(bench.take(&list).await, [4, 0, 0, 3, 0]);
}

async fn what_changed_is_counted_and_what_a_list_does_not_say_is_kept(database: Database) {
    let bench = Bench::new(database).await;
    let text = fixture_text("import_emergency.csv");
    bench.take(&fixture("import_emergency.csv")).await;
    // Another number and a tenth of a metre are no change; a flag is one.
    let other = text
        .replace("900001", "17")
        .replace("32.2151,", "32.2151009,")
        .replace("大字デモ20,,", "大字デモ20,1,");
    let other = bench.write("other.csv", other);
    assert_eq!(bench.take(&other).await, [5, 0, 1, 4, 0]);

    // A list without the column of notes says nothing about notes.
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let mut without = csv::Writer::from_writer(Vec::new());
    let notes = rows.headers().unwrap().len() - 1;
    without
        .write_record(rows.headers().unwrap().iter().take(notes))
        .unwrap();
    for record in rows.records() {
        let record = record.unwrap();
        without.write_record(record.iter().take(notes)).unwrap();
    }
    let without = bench.write("without.csv", without.into_inner().unwrap());
    assert_eq!(
        bench.take(&without).await,
        [5, 0, 1, 4, 0],
        "the flag goes back"
    );
    let kept = bench
        .named(SiteKind::EmergencySite, "【デモ】こもれび会館")
        .await;
    assert!(kept.published.note.is_some());

    // An empty cell does say something.
    let emptied = bench.write("emptied.csv", text.replace("雨の日は　使えません", ""));
    assert_eq!(bench.take(&emptied).await, [5, 0, 1, 4, 0]);
}

/// The list with `more` further sites in 人吉市.
fn longer(more: usize) -> String {
    let mut text = fixture_text("import_emergency.csv");
    for n in 0..more {
        use std::fmt::Write as _;
        let id = format!("E43203991{n:02}201");
        writeln!(
            text,
            "{n},{id},熊本県人吉市,【デモ】第{n}集会所,熊本県人吉市デモ町8-{n},1,,,1,,,,,,32.21,130.76,\r"
        )
        .unwrap();
    }
    text
}

async fn only_a_complete_list_withdraws_and_a_refused_row_is_present(database: Database) {
    let bench = Bench::new(database).await;
    bench.take(&bench.write("all.csv", longer(20))).await;
    let without_one: String = longer(20)
        .lines()
        .filter(|line| !line.contains("【デモ】第7集会所"))
        // This row can no longer be read, but it is there.
        .map(|line| {
            line.replace(
                "【デモ】第8集会所,熊本県人吉市デモ町8-8,1,",
                "【デモ】第8集会所,熊本県人吉市デモ町8-8,?,",
            )
        })
        .collect::<Vec<_>>()
        .join("\n");
    let path = bench.write("less.csv", without_one);
    assert_eq!(bench.take(&path).await, [24, 0, 0, 23, 0]);
    let complete = Options {
        complete: true,
        ..Options::default()
    };
    let report = bench.import(&path, &complete).await;
    assert_eq!(numbers(&report), [24, 0, 0, 23, 1]);
    let gone = bench
        .named(SiteKind::EmergencySite, "【デモ】第7集会所")
        .await;
    let refused = bench
        .named(SiteKind::EmergencySite, "【デモ】第8集会所")
        .await;
    assert!(gone.withdrawn && !refused.withdrawn);
    assert_eq!(bench.import(&path, &complete).await.withdrawn, 0);

    let back = bench.take(&bench.write("all.csv", longer(20))).await;
    assert_eq!(back, [25, 0, 1, 24, 0], "it is in force again");
}

async fn half_a_list_does_not_withdraw_the_rest(database: Database) {
    let bench = Bench::new(database).await;
    bench.take(&bench.write("all.csv", longer(20))).await;
    let half: Vec<String> = longer(20).lines().take(15).map(str::to_owned).collect();
    let path = bench.write("half.csv", half.join("\n") + "\n");
    let mut options = Options {
        complete: true,
        ..Options::default()
    };
    let report = bench.import(&path, &options).await;
    let error = report.error.expect("it is refused");
    assert_eq!(
        (error.code.as_str(), report.accepted),
        ("too_many_withdrawn", 0)
    );
    let withdrawn = |sites: &[Site]| sites.iter().filter(|s| s.withdrawn).count();
    assert_eq!(withdrawn(&bench.stored(SiteKind::EmergencySite).await), 0);
    options.force = true;
    assert_eq!(bench.import(&path, &options).await.withdrawn, 12);
}

async fn a_file_that_is_wrong_as_a_whole_changes_nothing(database: Database) {
    let bench = Bench::new(database).await;
    bench.take(&fixture("import_emergency.csv")).await;
    let before = bench.stored(SiteKind::EmergencySite).await.len();
    let text = longer(20);
    let garbled: String = cp932(&text).iter().map(|byte| char::from(*byte)).collect();
    let json = fixture_text("import_emergency.geojson");
    let deep = "{\"a\":".repeat(1000) + "1" + &"}".repeat(1000);
    for (name, content, code) in [
        ("garbled.csv", garbled.into_bytes(), "mojibake"),
        (
            "cut.csv",
            text.as_bytes()[..text.len() - 30].to_vec(),
            "truncated",
        ),
        (
            "cut.geojson",
            json.as_bytes()[..json.len() / 2].to_vec(),
            "truncated",
        ),
        ("no_list.csv", b"a,b\n1,2\n".to_vec(), "unknown_format"),
        ("page.csv", b"<!DOCTYPE html><html></html>".to_vec(), "html"),
        ("zero.csv", vec![0; 4096], "zero_bytes"),
        ("deep.json", deep.into_bytes(), "not_feature_collection"),
    ] {
        let report = bench
            .import(&bench.write(name, content), &Options::default())
            .await;
        let error = report.error.unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!(error.code, code, "{name}");
        assert!(!error.message_ja.is_empty() && !error.message_en.is_empty());
        assert_eq!(report.accepted, 0, "{name}");
    }
    assert_eq!(bench.stored(SiteKind::EmergencySite).await.len(), before);
}

async fn a_dry_run_says_the_same_and_saves_nothing(database: Database) {
    let bench = Bench::new(database).await;
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    for _ in 0..2 {
        let report = bench.import(&fixture("import_emergency.csv"), &dry).await;
        assert_eq!(numbers(&report), [5, 5, 0, 0, 0]);
    }
    assert!(bench.stored(SiteKind::EmergencySite).await.is_empty());
}
