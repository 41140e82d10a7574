//! The figures of `docs/performance.md`, each beside a baseline of the same run:
//! work that cannot be left out, done with nothing of ours around it.
//!
//! `cargo bench` measures them; `cargo bench -- exposure` one of them.

mod desk;
mod night;
mod papers;
mod prefecture;
mod recheck;
mod reminders;

use std::{hint::black_box, io::Write as _, sync::Arc};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use geo::{BoundingRect, CoordsIter, Intersects};
use prefecture::{Dice, ZONES};
use rstar::{RTree, primitives::Rectangle};
use tomoshibi::{
    app::App,
    clock::{ManualClock, SystemIds},
    config::Config,
    domain::{
        consent::OrdinanceMode,
        hazard::{Hazard, LayerKind},
        plan::PlanDocument,
    },
    planner::{self, CaseFacts, Place, PlanState, World},
    seal::Keys,
    service::import::{self, Imported, Options, What},
    spatial::{
        boundaries::Boundaries,
        tiles::{Sheet, TileId, Tiles},
        zones::Layers,
    },
    store::Store,
};

const HOMES: usize = 100_000;
const PLANS: usize = 10_000;

/// Importing a published list of 1,761 sites into a new SQLite database.
fn importing(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let list = prefecture::list_of_sites();
    let path = folder.path().join("sites.csv");
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(list.as_bytes()))
        .expect("the list is written");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut group = c.benchmark_group("import 1,761 sites");
    group.sample_size(10);
    group.bench_function("baseline: csv reads every cell", |b| {
        b.iter(|| {
            let mut reader = csv::Reader::from_reader(list.as_bytes());
            reader
                .records()
                .map(|r| r.expect("a record").len())
                .sum::<usize>()
        });
    });
    let number = std::cell::Cell::new(0);
    group.bench_function("judged and written to SQLite", |b| {
        b.iter_batched(
            || {
                number.set(number.get() + 1);
                let url = format!("sqlite:{}/{}.db", folder.path().display(), number.get());
                runtime.block_on(app(&url))
            },
            |app| {
                let done = runtime.block_on(import::file(
                    &app,
                    What::Sites,
                    &path,
                    &Options::default(),
                    "bench",
                    Arc::new(|_| ()),
                ));
                match done.expect("an import") {
                    Imported::Report(report) => assert_eq!(report.added, prefecture::SITES as u64),
                    Imported::Missing(path) => panic!("{}", path.display()),
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

async fn app(url: &str) -> App {
    let now = "2026-11-21T03:00:00Z".parse().expect("an instant");
    App::new(
        Store::open(url).await.expect("a database"),
        Arc::new(ManualClock::new(now)),
        Arc::new(SystemIds),
        Config::default(),
        Arc::new(Keys::random()),
    )
}

/// Building the layers of a prefecture from zones that were read.
fn building(c: &mut Criterion) {
    let (sets, zones) = prefecture::zones();
    let corners: usize = zones.iter().map(|zone| zone.geometry.coords_count()).sum();
    eprintln!("{ZONES} zones with {corners} corners");
    let mut group = c.benchmark_group("layers of a prefecture");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(ZONES as u64));
    group.bench_function("baseline: rstar loads as many boxes", |b| {
        b.iter_batched(
            || {
                let boxes = zones
                    .iter()
                    .filter_map(|zone| zone.geometry.bounding_rect());
                let corners = |c: geo::Coord<f64>| [c.x, c.y];
                boxes
                    .map(|r| Rectangle::from_corners(corners(r.min()), corners(r.max())))
                    .collect()
            },
            RTree::bulk_load,
            BatchSize::PerIteration,
        );
    });
    group.bench_function("indexed", |b| {
        b.iter_batched(
            || (sets.clone(), zones.clone()),
            |(sets, zones)| Layers::build(sets, zones),
            BatchSize::PerIteration,
        );
    });
    let layers = Arc::new(Layers::build(sets.clone(), zones.clone()));
    group.bench_function("made ready for tiles", |b| {
        b.iter(|| Tiles::new(Arc::clone(&layers), Arc::new(Boundaries::default())).prepare());
    });
    group.finish();
}

/// What 100,000 homes are exposed to, every hazard each.
fn exposing(c: &mut Criterion) {
    let world = prefecture::world();
    let mut dice = Dice(4);
    let homes: Vec<_> = (0..HOMES).map(|_| prefecture::home(&mut dice)).collect();
    let boxes: Vec<_> = world
        .layers
        .zones()
        .iter()
        .filter_map(|zone| Some((zone.geometry.bounding_rect()?, &zone.geometry)))
        .collect();
    let mut group = c.benchmark_group("exposure");
    group.sample_size(10);
    // One home in a thousand: the rest would take minutes.
    let few = HOMES / 1_000;
    group.throughput(Throughput::Elements(few as u64));
    group.bench_function("baseline: every box looked at, then geo", |b| {
        b.iter(|| {
            let inside = |home: &tomoshibi::domain::child::Home| {
                let at = home.position.expect("a position");
                let point = geo::Point::new(at.lon(), at.lat());
                let hit = boxes.iter().filter(|(r, _)| r.intersects(&point));
                hit.filter(|(_, shape)| shape.intersects(&point)).count()
            };
            homes[..few].iter().map(inside).sum::<usize>()
        });
    });
    group.throughput(Throughput::Elements(HOMES as u64));
    group.bench_function("100,000 homes", |b| {
        b.iter(|| homes.iter().map(|home| hits(home, &world)).sum::<usize>());
    });
    group.finish();
}

fn hits(home: &tomoshibi::domain::child::Home, world: &World) -> usize {
    let place = Place::of_home(home, world);
    let all = Hazard::ALL.into_iter();
    all.filter(|hazard| place.exposure(*hazard, &world.layers).hits() == Some(true))
        .count()
}

/// Checking 10,000 plans.
fn checking(c: &mut Criterion) {
    let world = prefecture::world();
    let mut dice = Dice(5);
    let plans: Vec<PlanDocument> = (0..PLANS)
        .map(|_| prefecture::plan(&mut dice, &world))
        .collect();
    let texts: Vec<String> = plans
        .iter()
        .map(|plan| serde_json::to_string(plan).expect("a plan becomes JSON"))
        .collect();
    let today = "2026-11-21".parse().expect("a day");
    let mut group = c.benchmark_group("check");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(PLANS as u64));
    group.bench_function("baseline: serde_json reads the plans", |b| {
        b.iter(|| {
            for text in &texts {
                black_box(serde_json::from_str::<PlanDocument>(text).expect("a plan"));
            }
        });
    });
    group.bench_function("10,000 plans", |b| {
        b.iter(|| {
            for plan in &plans {
                let facts = CaseFacts {
                    equipment: None,
                    battery_hours: None,
                    case: &plan.case,
                    plan: PlanState::Made(plan),
                    child: &plan.child,
                    home: &plan.home,
                    left_home_on: None,
                    ordinance: OrdinanceMode::default(),
                    review: None,
                    drills: &[],
                    overrides: &[],
                };
                black_box(planner::look(&facts, &world, today));
            }
        });
    });
    group.finish();
}

/// A tile of the whole prefecture, one of a town, and one that was cut before.
fn tiling(c: &mut Criterion) {
    let layers = Arc::new(prefecture::layers());
    let tiles = Tiles::new(Arc::clone(&layers), Arc::new(Boundaries::default()));
    tiles.prepare();
    let sheet = Sheet::Hazard(LayerKind::Flood);
    let whole = TileId::new(7, 110, 51).expect("a tile");
    let town = TileId::new(12, 3536, 1660).expect("a tile");
    let mut group = c.benchmark_group("tile");
    group.sample_size(20);
    for (name, tile) in [("prefecture, zoom 7", whole), ("town, zoom 12", town)] {
        eprintln!("{name}: {} bytes", tiles.cut(sheet, tile).len());
        group.bench_function(format!("cold: {name}"), |b| {
            b.iter(|| tiles.cut(sheet, tile));
        });
    }
    group.bench_function("warm: prefecture, zoom 7", |b| {
        b.iter(|| tiles.tile(sheet, whole));
    });
    group.bench_function("baseline: geo simplifies the same zones", |b| {
        use geo::Simplify;
        let pixel = 360.0 / 512.0 / 128.0;
        b.iter(|| {
            let flood = layers
                .zones()
                .iter()
                .filter(|zone| zone.kind == LayerKind::Flood);
            flood
                .map(|zone| zone.geometry.simplify(pixel / 2.0).coords_count())
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(
    figures,
    importing,
    building,
    exposing,
    checking,
    tiling,
    desk::desk,
    night::night,
    papers::papers,
    recheck::recheck,
    reminders::reminders
);
criterion_main!(figures);
