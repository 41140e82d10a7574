//! What a child's devices draw, all day long.

use serde::Serialize;

use super::{
    budget::{Given, Missing},
    equipment::PoweredDevice,
    figure::{Origin, positive},
};
use crate::domain::plan::document::DeviceKind;

/// One device with what it draws.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Load {
    /// What it is.
    pub kind: DeviceKind,
    /// Its model, as it is on record.
    pub model: Option<String>,
    /// Watts while it runs, without the margin.
    pub watts: f64,
    /// Where that comes from.
    pub origin: Origin,
    /// Hours a day that count: those that are on record of a suction device and of
    /// others that run now and then, else all.
    pub hours_a_day: f64,
}

impl Load {
    /// Watts over the day, without the margin.
    pub fn mean_watts(&self) -> f64 {
        self.watts * self.hours_a_day / 24.0
    }
}

/// What all devices draw together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draw {
    /// One by one, in the order of the record.
    pub loads: Vec<Load>,
    /// What is unknown: then nobody can say how long anything but the
    /// ventilator's own batteries lasts.
    pub missing: Vec<Missing>,
    /// The factor on every watt.
    pub margin: f64,
}

impl Draw {
    /// Watts that sources have to give, with the margin; `None`: unknown.
    pub fn watts(&self) -> Option<f64> {
        self.without(&[])
    }

    /// The same without devices of some kinds.
    pub fn without(&self, kinds: &[DeviceKind]) -> Option<f64> {
        if !self.missing.is_empty() {
            return None;
        }
        let loads = self.loads.iter().filter(|load| !kinds.contains(&load.kind));
        let watts: f64 = loads.map(Load::mean_watts).sum();
        (watts > 0.0).then_some(watts * self.margin)
    }

    /// What the devices draw: those of the record, else those of the plan, each
    /// by its own measured watts, else the catalogue's measured watts, else the
    /// planning default. Rated figures never count for hours.
    pub fn of(given: &Given<'_>) -> Self {
        let mut missing = Vec::new();
        let listed = given
            .equipment
            .and_then(|equipment| equipment.devices.as_deref());
        let of_plan: Vec<PoweredDevice>;
        let devices = if let Some(devices) = listed {
            devices
        } else {
            // A plan that names a ventilator does not say that there is nothing
            // else.
            missing.push(Missing::Devices);
            of_plan = given.plan_devices.iter().map(of_a_plan).collect();
            &of_plan
        };
        let mut loads = Vec::with_capacity(devices.len());
        for device in devices {
            match given.load(device) {
                Some(load) => loads.push(load),
                None => missing.push(Missing::Watts(device.kind)),
            }
        }
        let ventilates = |load: &Load| load.kind == DeviceKind::Ventilator;
        if listed.is_some() && !loads.iter().any(ventilates) {
            missing.push(Missing::Ventilator);
        }
        Self {
            loads,
            missing,
            margin: given.parameters.draw_margin,
        }
    }
}

fn of_a_plan(device: &crate::domain::plan::document::Device) -> PoweredDevice {
    PoweredDevice {
        kind: device.kind,
        model: device.model.clone(),
        measured_watts: device.watts,
        rated_va: None,
        rated_watts: None,
        hours_a_day: None,
        oxygen_l_min: None,
    }
}

impl Given<'_> {
    /// What a device draws; `None`: nobody knows, and there is no default.
    fn load(&self, device: &PoweredDevice) -> Option<Load> {
        let parameters = self.parameters;
        let measured = positive(device.measured_watts).map(|watts| (watts, Origin::Measured));
        let catalogue = || {
            let row = self.devices.of_name(device.model.as_deref()?)?;
            let watts = row.measured_watts.filter(|_| row.kind == device.kind)?;
            Some((watts, Origin::Catalogue(row.watts_confidence)))
        };
        let default = || {
            let watts = match device.kind {
                DeviceKind::Ventilator => parameters.ventilator_watts,
                DeviceKind::Humidifier => parameters.humidifier_watts,
                DeviceKind::Concentrator => parameters.concentrator_watts,
                DeviceKind::Suction => parameters.suction_watts,
                DeviceKind::Monitor => parameters.monitor_watts,
                DeviceKind::Other => return None,
            };
            Some((watts, Origin::PlanningDefault))
        };
        let (watts, origin) = measured.or_else(catalogue).or_else(default)?;
        let all_day = match device.kind {
            DeviceKind::Suction => parameters.suction_hours_a_day,
            _ => 24.0,
        };
        // Power fails at night as well as by day: what runs without a break while it is
        // on (a ventilator for the nights) counts in full, and only what runs now and
        // then by its share.
        let now_and_then = matches!(device.kind, DeviceKind::Suction | DeviceKind::Other);
        let hours_a_day = positive(device.hours_a_day)
            .filter(|_| now_and_then)
            .map_or(all_day, |hours| hours.min(24.0));
        Some(Load {
            kind: device.kind,
            model: device.model.clone(),
            watts,
            origin,
            hours_a_day,
        })
    }
}
