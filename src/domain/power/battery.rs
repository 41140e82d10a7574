//! How long batteries last.

use chrono::NaiveDate;

use super::{
    budget::Given,
    equipment::{CheckedBy, DedicatedBattery, Output, PortableBattery},
    figure::{Figure, Measure, Origin, positive, sane},
    parameters::PowerParameters,
};
use crate::domain::{
    calendar::period::{Period, legal_end},
    device::DeviceModel,
    plan::document::DeviceKind,
};

/// The last day of so many months after a day, as the Civil Code counts; `None`:
/// no such day.
pub fn months_after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    use chrono::Datelike;
    let year = day.year();
    (1000..9000).contains(&year).then_some(())?;
    Some(legal_end(day, Period::months(months)?, false))
}

impl DedicatedBattery {
    /// The last day on which the check by an engineer or the maker counts;
    /// `None`: there is none.
    pub fn check_counts_until(&self, parameters: &PowerParameters) -> Option<NaiveDate> {
        let checker = self.checked_by != Some(CheckedBy::Family);
        let on = self.checked_on.filter(|_| checker)?;
        months_after(on, parameters.check_months)
    }

    /// Whether a check by an engineer or the maker counts on a day.
    pub fn is_checked(&self, today: NaiveDate, parameters: &PowerParameters) -> bool {
        self.checked_on.is_some_and(|on| on <= today)
            && self
                .check_counts_until(parameters)
                .is_some_and(|until| until >= today)
    }

    /// How full it is: 1.0 is full.
    fn charge(&self) -> f64 {
        full(self.charge_percent)
    }
}

/// A share of a percentage; absent: full.
fn full(percent: Option<f64>) -> f64 {
    sane(percent).map_or(1.0, |percent| (percent / 100.0).min(1.0))
}

/// Which of the ventilator's batteries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dedicated {
    /// Inside it.
    Internal,
    /// Outside it.
    External,
}

impl Given<'_> {
    /// Hours of one of the ventilator's batteries, and what they rest on:
    /// `min(nominal, checked)`, × 0.75 once the check is 12 months old or there
    /// is none. The catalogue's nominal hours stand in only where neither is on
    /// record: what an engineer has found is worth more. `None`: nothing is known.
    pub fn dedicated_hours(
        &self,
        battery: &DedicatedBattery,
        which: Dedicated,
    ) -> Option<(f64, Vec<Figure>)> {
        let parameters = self.parameters;
        let found = positive(battery.checked_hours)
            .map(|hours| Figure::new(Measure::CheckedHours, hours, Origin::Measured));
        let nominal = positive(battery.nominal_hours).map(|hours| (hours, Origin::Stated));
        let nominal = match (nominal, found) {
            (None, None) => self.catalogue_hours(battery, which),
            (stated, _) => stated,
        };
        let nominal =
            nominal.map(|(hours, origin)| Figure::new(Measure::NominalHours, hours, origin));
        let figures: Vec<Figure> = nominal.into_iter().chain(found).collect();
        let hours = figures.iter().map(|figure| figure.value).reduce(f64::min)?;
        // A check that found no hours says nothing on how many are left.
        let fresh = found.is_some() && battery.is_checked(self.today, parameters);
        let aged = if fresh {
            1.0
        } else {
            parameters.unchecked_factor
        };
        Some((hours * aged * battery.charge(), figures))
    }

    /// Nominal hours of the catalogue, by the battery's own model, else by the
    /// ventilator's.
    fn catalogue_hours(
        &self,
        battery: &DedicatedBattery,
        which: Dedicated,
    ) -> Option<(f64, Origin)> {
        let ventilators = self
            .equipment
            .and_then(|e| e.devices_of(DeviceKind::Ventilator));
        let ventilators = ventilators
            .into_iter()
            .flatten()
            .filter_map(|device| device.model.as_deref());
        let of_plan = self
            .plan_devices
            .iter()
            .filter(|device| device.kind == DeviceKind::Ventilator)
            .filter_map(|device| device.model.as_deref());
        let mut names = battery
            .model
            .as_deref()
            .into_iter()
            .chain(ventilators)
            .chain(of_plan);
        let row: &DeviceModel = names.find_map(|name| self.devices.of_name(name))?;
        let hours = match which {
            Dedicated::Internal => row.internal_hours,
            Dedicated::External => row.external_hours,
        };
        Some((hours?, Origin::Catalogue(row.hours_confidence)))
    }
}

/// What keeps a portable battery from being counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portable {
    /// Its capacity is unknown.
    NoCapacity,
    /// Nobody has looked how it gives its power.
    NoOutput,
    /// It must not feed a medical device: not a sine wave, or not 100 V.
    Unfit,
}

impl PortableBattery {
    /// Whether it may feed a medical device: a direct-current cable of its own,
    /// or a sine wave of 100 V; `None`: nobody has looked.
    pub fn is_fit(&self) -> Option<bool> {
        match self.output? {
            Output::Dc => Some(true),
            Output::Modified => Some(false),
            Output::Sine => Some(self.volts.is_none_or(|volts| volts == 100)),
        }
    }

    /// Watt-hours that reach a device: nominal × 0.8.
    pub fn usable_wh(&self, parameters: &PowerParameters) -> Result<f64, Portable> {
        match self.is_fit() {
            Some(false) => Err(Portable::Unfit),
            None => Err(Portable::NoOutput),
            Some(true) => {
                let nominal = positive(self.nominal_wh).ok_or(Portable::NoCapacity)?;
                Ok(nominal * parameters.portable_share * full(self.charge_percent))
            }
        }
    }

    /// Whether it can give so many watts at once.
    pub fn gives(&self, watts: f64) -> bool {
        sane(self.output_watts).is_none_or(|most| most >= watts)
    }
}
