//! The power budget: which source carries which hour, where it ends, and what
//! that rests on. A pure function of what is on record.
//!
//! Order of the sources (国立成育医療研究センター 災害対策マニュアル, 2019/20):
//! the battery inside, those made for the ventilator, portable batteries, a
//! car, a generator that charges. The ventilator's own batteries carry the
//! ventilator alone; the others carry everything that is plugged in. Whatever
//! is unknown carries no hour, and the answer says that it is a lower bound.

use chrono::NaiveDate;
use serde::Serialize;

pub use super::missing::{Missing, SourceKind};
use super::{
    battery::{Dedicated, Portable},
    carried::{Answer, Carried},
    draw::Draw,
    equipment::{Equipment, HomeGenerator},
    figure::{Figure, Measure, Origin, Reach, positive, sane},
    fuel::Oxygen,
    generator::Charging,
    measures::{self, Saving},
    parameters::PowerParameters,
};
use crate::domain::{
    device, generator,
    plan::document::{Device, DeviceKind},
};

/// What hours are reckoned from.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What is on record of the child; `None`: nothing.
    pub equipment: Option<&'a Equipment>,
    /// Hours of all batteries together, as the plan states them. They count only
    /// while no battery is on record.
    pub stated_hours: Option<f64>,
    /// The devices that the plan names.
    pub plan_devices: &'a [Device],
    /// The catalogue of devices.
    pub devices: &'a device::Catalogue,
    /// The catalogue of generators.
    pub generators: &'a generator::Catalogue,
    /// The parameters.
    pub parameters: &'a PowerParameters,
    /// The day.
    pub today: NaiveDate,
}

/// One source with the hours that it carries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Its model or name, as it is on record.
    pub label: Option<String>,
    /// Hours that it carries; 0 where that is unknown.
    pub hours: f64,
    /// What that rests on.
    pub figures: Vec<Figure>,
    /// What of it is unknown: then it may carry more.
    pub missing: Option<Missing>,
}

/// A stretch of hours from the cut on that one source carries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segment<'a> {
    /// From which hour after the cut.
    pub from: f64,
    /// Until which.
    pub until: f64,
    /// What carries it.
    pub source: &'a Source,
}

/// How long a child's power lasts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget {
    /// What the devices draw.
    pub draw: Draw,
    /// Every source, in the order of use; those that carry nothing too.
    pub sources: Vec<Source>,
    /// Everything that is unknown and would change the hours.
    pub missing: Vec<Missing>,
    /// Hours by batteries alone.
    pub batteries: Reach,
    /// Hours by all sources.
    pub total: Reach,
    /// The same in a storm, in whose first hours no generator runs.
    pub storm: Reach,
    /// What each measure that is allowed for this child gains.
    pub savings: Vec<Saving>,
    /// The generator that counts, with what its fuel allows.
    #[serde(skip)]
    pub charging: Option<Charging>,
    /// Oxygen without power; `None`: no concentrator is on record.
    #[serde(skip)]
    pub oxygen: Option<Oxygen>,
}

impl Budget {
    /// Hours that the child has air and oxygen by batteries alone; `true`: the oxygen ends
    /// first. The ventilator's own batteries feed no concentrator: while they last the
    /// cylinders do, and a portable battery carries the concentrator besides. Of oxygen
    /// that nobody has counted nothing is expected.
    pub fn until_leaving(&self) -> (Reach, bool) {
        let batteries = self.batteries;
        let Some(oxygen) = self.oxygen else {
            return (batteries, false);
        };
        let feeds = |source: &&Source| source.kind == SourceKind::Portable;
        let fed: f64 = self.sources.iter().filter(feeds).map(|one| one.hours).sum();
        let hours = oxygen.reach.hours + fed;
        if hours >= batteries.hours || batteries.is_unknown() {
            return (batteries, false);
        }
        let reach = Reach {
            hours,
            known: oxygen.reach.known,
        };
        (reach, true)
    }

    /// Whether any hour of any source rests on a figure that nobody has confirmed.
    pub fn rests_on_unconfirmed(&self) -> bool {
        let carries = self.sources.iter().filter(|source| source.hours > 0.0);
        let low = |source: &Source| source.figures.iter().any(|figure| figure.origin.is_low());
        self.is_unconfirmed() || carries.into_iter().any(low)
    }

    /// Whether the hours by batteries rest on a figure that nobody has confirmed: hours
    /// of a battery, or watts of what a portable one feeds.
    pub fn is_unconfirmed(&self) -> bool {
        let feeds = |source: &Source| source.kind == SourceKind::Portable && source.hours > 0.0;
        let low = self.draw.loads.iter().any(|load| load.origin.is_low());
        low && self.sources.iter().any(feeds) || self.low_battery_figures().next().is_some()
    }
}

/// Reckons how long a child's power lasts.
pub fn reckon(given: &Given<'_>) -> Budget {
    let draw = Draw::of(given);
    let watts = draw.watts();
    let (sources, charging) = given.sources(watts, &|_| true);
    let missing = missing(given, &draw, &sources);
    let batteries = given.battery_reach(&sources);
    let total = given.total_reach(&sources);
    Budget {
        savings: measures::of(given, &draw, total),
        storm: given.in_a_storm(&sources),
        oxygen: given.oxygen(),
        batteries,
        total,
        missing,
        charging,
        draw,
        sources,
    }
}

/// Hours by batteries and by those generators alone that `counts` lets in,
/// where nothing runs in the first hours of a storm: for whoever stays while
/// the water stands. Cars do not count.
pub fn reckon_staying(given: &Given<'_>, counts: &dyn Fn(&HomeGenerator) -> bool) -> Reach {
    let watts = Draw::of(given).watts();
    let (mut sources, _) = given.sources(watts, counts);
    sources.retain(|source| source.kind != SourceKind::Car);
    let reach = given.in_a_storm(&sources);
    // Of what nobody has recorded nothing is expected here.
    let batteries = given.battery_reach(&sources);
    Reach {
        hours: reach.hours,
        known: batteries.known && sources.iter().all(|source| source.missing.is_none()),
    }
}

impl Given<'_> {
    /// Whether the hours that the plan states together count.
    fn stated(&self) -> Option<f64> {
        let listed = self.equipment.is_some_and(Equipment::lists_batteries);
        sane(self.stated_hours).filter(|_| !listed)
    }

    /// Every source at a draw (with the margin; `None`: unknown), in the order of
    /// use, and the generator that counts.
    pub(super) fn sources(
        &self,
        watts: Option<f64>,
        counts: &dyn Fn(&HomeGenerator) -> bool,
    ) -> (Vec<Source>, Option<Charging>) {
        let mut sources = Vec::new();
        if let Some(hours) = self.stated() {
            sources.push(Source {
                kind: SourceKind::Stated,
                label: None,
                hours,
                figures: vec![Figure::new(Measure::StatedHours, hours, Origin::Stated)],
                missing: None,
            });
        }
        self.dedicated(&mut sources);
        self.portable(watts, &mut sources);
        // What is in them at the whole draw: the ventilator's own batteries, and hours
        // that were stated of all together, are of the ventilator alone. Where more than
        // the ventilator draws they do not count here: how much they hold is known by
        // hours of the ventilator, so that a hungrier one would seem to store more.
        let alone = watts.zip(self.ventilator_watts());
        let share = alone.map_or(0.0, |(all, own)| if own >= all { 1.0 } else { 0.0 });
        let store: f64 = sources
            .iter()
            .map(|source| match source.kind {
                SourceKind::Portable => source.hours,
                _ => source.hours * share,
            })
            .sum();
        let batteries = (sources.iter().any(|source| source.hours > 0.0), store);
        self.cars(watts, &mut sources);
        let charging = self.generator(watts, batteries, counts, &mut sources);
        (sources, charging)
    }

    /// What the ventilator draws by itself, with the margin.
    fn ventilator_watts(&self) -> Option<f64> {
        let draw = Draw::of(self);
        let own = draw.loads.iter();
        let own = own.filter(|load| load.kind == DeviceKind::Ventilator);
        let watts: f64 = own.map(super::draw::Load::mean_watts).sum();
        (watts > 0.0).then_some(watts * draw.margin)
    }

    fn dedicated(&self, sources: &mut Vec<Source>) {
        let Some(equipment) = self.equipment else {
            return;
        };
        for (which, kind, list) in [
            (
                Dedicated::Internal,
                SourceKind::Internal,
                &equipment.internal_batteries,
            ),
            (
                Dedicated::External,
                SourceKind::External,
                &equipment.external_batteries,
            ),
        ] {
            for battery in list.iter().flatten() {
                let (hours, figures) = self.dedicated_hours(battery, which).unzip();
                sources.push(Source {
                    kind,
                    label: battery.model.clone(),
                    missing: hours.is_none().then_some(Missing::Hours(kind)),
                    hours: hours.unwrap_or(0.0),
                    figures: figures.unwrap_or_default(),
                });
            }
        }
    }

    fn portable(&self, watts: Option<f64>, sources: &mut Vec<Source>) {
        let list = self.equipment.and_then(|e| e.portable_batteries.as_ref());
        for battery in list.into_iter().flatten() {
            let usable = battery.usable_wh(self.parameters);
            let missing = match (&usable, watts) {
                (Err(Portable::NoCapacity), _) => Some(Missing::Capacity),
                (Err(Portable::NoOutput), _) => Some(Missing::Output),
                (Ok(_), None) => Some(Missing::Hours(SourceKind::Portable)),
                (Err(Portable::Unfit), _) | (Ok(_), Some(_)) => None,
            };
            let hours = match (&usable, watts) {
                (Ok(wh), Some(watts)) if battery.gives(watts) => wh / watts,
                _ => 0.0,
            };
            let capacity = positive(battery.nominal_wh);
            sources.push(Source {
                kind: SourceKind::Portable,
                label: battery.model.clone(),
                hours,
                figures: capacity
                    .map(|wh| Figure::new(Measure::WattHours, wh, Origin::Stated))
                    .into_iter()
                    .collect(),
                missing,
            });
        }
    }

    /// A car counts only with litres, an inverter of known watts that gives a
    /// sine wave and can carry the devices, and a consumption on record.
    fn cars(&self, watts: Option<f64>, sources: &mut Vec<Source>) {
        let list = self.equipment.and_then(|e| e.cars.as_ref());
        for car in list.into_iter().flatten() {
            let figures = sane(car.litres)
                .zip(positive(car.litres_an_hour))
                .zip(positive(car.inverter_watts));
            let cannot = car.sine_wave == Some(false) || car.cable == Some(false);
            let (hours, missing) = match (figures, car.sine_wave, watts) {
                _ if cannot => (0.0, None),
                (Some(((litres, an_hour), inverter)), Some(true), Some(watts)) => {
                    let carries = inverter >= watts;
                    (if carries { litres / an_hour } else { 0.0 }, None)
                }
                (Some(_), Some(true), None) => (0.0, Some(Missing::Hours(SourceKind::Car))),
                _ => (0.0, Some(Missing::CarFigures)),
            };
            sources.push(Source {
                kind: SourceKind::Car,
                label: car.what.clone(),
                hours,
                figures: [
                    (Measure::Litres, sane(car.litres)),
                    (Measure::PerHour, positive(car.litres_an_hour)),
                    (Measure::SupplyWatts, positive(car.inverter_watts)),
                ]
                .into_iter()
                .filter_map(|(measure, value)| Some(Figure::new(measure, value?, Origin::Stated)))
                .collect(),
                missing,
            });
        }
    }

    /// The generators. What they burn is shared, so that of those that burn the
    /// same the best one counts; two kinds of fuel add up where both keep up
    /// with the devices.
    fn generator(
        &self,
        watts: Option<f64>,
        batteries: (bool, f64),
        counts: &dyn Fn(&HomeGenerator) -> bool,
        sources: &mut Vec<Source>,
    ) -> Option<Charging> {
        let list = self.equipment.and_then(|e| e.generators.as_ref());
        let mut able: Vec<(usize, Charging)> = Vec::new();
        for generator in list.into_iter().flatten().filter(|one| counts(one)) {
            let mut source = Source {
                kind: SourceKind::Generator,
                label: generator.model.clone(),
                hours: 0.0,
                figures: Vec::new(),
                missing: None,
            };
            match self.charging(generator) {
                Err(missing) => source.missing = Some(missing),
                Ok(None) => {}
                Ok(Some(charging)) => {
                    source.figures.clone_from(&charging.figures);
                    source.missing = match watts {
                        None => Some(Missing::Hours(SourceKind::Generator)),
                        Some(_) => charging.may_have_more(),
                    };
                    source.hours = watts.map_or(0.0, |watts| {
                        charging.hours(watts, batteries, self.parameters)
                    });
                    able.push((sources.len(), charging));
                }
            }
            sources.push(source);
        }
        let best = |among: &dyn Fn(&Charging) -> bool| {
            let able = able.iter().filter(|(_, charging)| among(charging));
            able.map(|(at, _)| *at)
                .max_by(|a, b| sources[*a].hours.total_cmp(&sources[*b].hours))
        };
        let keeps_up = |charging: &Charging| {
            watts.is_some_and(|watts| charging.keeps_up(watts, self.parameters))
        };
        let top = best(&|_| true)?;
        let together: Vec<usize> = generator::Fuel::ALL
            .iter()
            .filter_map(|fuel| best(&|charging| charging.fuel == *fuel && keeps_up(charging)))
            .collect();
        let sum: f64 = together.iter().map(|at| sources[*at].hours).sum();
        let counted = if sum >= sources[top].hours {
            together
        } else {
            vec![top]
        };
        for (at, _) in &able {
            if !counted.contains(at) {
                sources[*at].hours = 0.0;
            }
        }
        let (_, charging) = able.into_iter().find(|(at, _)| *at == top)?;
        Some(charging)
    }

    fn battery_reach(&self, sources: &[Source]) -> Reach {
        let batteries = || sources.iter().filter(|source| source.kind.is_battery());
        let listed = self.equipment.is_some_and(|equipment| {
            equipment.internal_batteries.is_some()
                && equipment.external_batteries.is_some()
                && equipment.portable_batteries.is_some()
        });
        Reach {
            hours: batteries().map(|source| source.hours).sum(),
            known: (self.stated().is_some() || listed)
                && batteries().all(|source| source.missing.is_none()),
        }
    }

    fn total_reach(&self, sources: &[Source]) -> Reach {
        let listed = self
            .equipment
            .is_some_and(|equipment| equipment.cars.is_some() && equipment.generators.is_some());
        Reach {
            hours: sources.iter().map(|source| source.hours).sum(),
            known: listed
                && self.battery_reach(sources).known
                && sources.iter().all(|source| source.missing.is_none()),
        }
    }

    /// In a storm no generator runs in the first hours: where everything before
    /// it ends earlier, it comes too late.
    fn in_a_storm(&self, sources: &[Source]) -> Reach {
        let total = self.total_reach(sources);
        let before: f64 = sources
            .iter()
            .filter(|source| source.kind != SourceKind::Generator)
            .map(|source| source.hours)
            .sum();
        if before >= self.parameters.storm_hours {
            return total;
        }
        let others_known = sources
            .iter()
            .all(|source| source.kind == SourceKind::Generator || source.missing.is_none());
        let cars_known = self
            .equipment
            .is_some_and(|equipment| equipment.cars.is_some());
        Reach {
            hours: before,
            known: others_known && cars_known && self.battery_reach(sources).known,
        }
    }
}

/// Everything that is unknown, once each: what is drawn, which lists nobody has
/// filled in, what of a source nobody has said.
fn missing(given: &Given<'_>, draw: &Draw, sources: &[Source]) -> Vec<Missing> {
    let nothing = Equipment::default();
    let equipment = given.equipment.unwrap_or(&nothing);
    let has_hours = given.stated().is_some() || equipment.lists_batteries();
    let lists = [
        (!has_hours, Missing::AnyHours),
        (
            equipment.lists_batteries() && equipment.internal_batteries.is_none(),
            Missing::Batteries(SourceKind::Internal),
        ),
        (
            equipment.lists_batteries() && equipment.external_batteries.is_none(),
            Missing::Batteries(SourceKind::External),
        ),
        (
            equipment.lists_batteries() && equipment.portable_batteries.is_none(),
            Missing::Batteries(SourceKind::Portable),
        ),
        (equipment.cars.is_none(), Missing::Cars),
        (equipment.generators.is_none(), Missing::Generators),
    ];
    let lists = lists
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| what);
    let of_sources = sources.iter().filter_map(|source| source.missing);
    let mut all: Vec<Missing> = Vec::new();
    for one in lists.chain(draw.missing.iter().copied()).chain(of_sources) {
        // That the draw is unknown says it of every source that needs it.
        let follows = !draw.missing.is_empty()
            && matches!(
                one,
                Missing::Hours(SourceKind::Portable | SourceKind::Car | SourceKind::Generator)
            );
        if !follows && !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

impl Budget {
    /// Which source carries which hour, up to a horizon.
    pub fn segments(&self, horizon: f64) -> Vec<Segment<'_>> {
        let mut from = 0.0;
        let mut segments = Vec::new();
        for source in &self.sources {
            let until = (from + source.hours).min(horizon);
            if until > from {
                segments.push(Segment {
                    from,
                    until,
                    source,
                });
                from = until;
            }
        }
        segments
    }

    /// The hours of each source without what they rest on, for lists.
    pub fn carried(&self) -> Carried {
        let mut sources: Vec<(SourceKind, f64)> = Vec::new();
        for source in self.sources.iter().filter(|source| source.hours > 0.0) {
            match sources.iter_mut().find(|(kind, _)| *kind == source.kind) {
                Some((_, sum)) => *sum += source.hours,
                None => sources.push((source.kind, source.hours)),
            }
        }
        Carried {
            sources,
            batteries_known: self.batteries.known,
            all_known: self.total.known,
        }
    }

    /// What is said of a home in a power cut of so many hours.
    pub fn answer(&self, horizon: f64) -> Answer {
        self.carried().answer(horizon)
    }

    /// Every number that the hours rest on and that is of low confidence.
    pub fn low_figures(&self) -> impl Iterator<Item = &Figure> {
        self.low(|_| true)
    }

    /// Those among them that the hours by batteries alone rest on.
    pub fn low_battery_figures(&self) -> impl Iterator<Item = &Figure> {
        self.low(|source| source.kind.is_battery())
    }

    fn low(&self, among: impl Fn(&Source) -> bool) -> impl Iterator<Item = &Figure> {
        let sources = self.sources.iter().filter(move |source| among(source));
        let figures = sources.flat_map(|source| &source.figures);
        figures.filter(|figure| figure.origin.is_low())
    }
}
