//! What is kept at the home: gasoline within the limits of the fire ordinances,
//! canisters in pairs, oxygen.

use super::{
    budget::{Given, Missing},
    equipment::{Cylinder, Equipment},
    figure::{Reach, positive, sane},
    parameters::PowerParameters,
};
use crate::domain::{generator::Fuel, plan::document::DeviceKind};

/// Litres that are kept: all of them, or at least so many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Litres {
    /// The litres: for sure so many.
    pub litres: f64,
    /// Whether that is all.
    pub known: bool,
}

impl Litres {
    /// Whether there are so many or more; `None`: that is not known.
    pub fn reach(self, litres: f64) -> Option<bool> {
        if self.litres >= litres {
            Some(true)
        } else {
            self.known.then_some(false)
        }
    }
}

impl Equipment {
    /// Litres of gasoline at the home, at least so many where a can's litres are
    /// unknown; `None`: nobody has said whether there is any.
    pub fn gasoline_litres(&self) -> Option<Litres> {
        let cans = self.gasoline.as_ref()?;
        let known: f64 = cans.iter().filter_map(|can| sane(can.litres)).sum();
        let all = cans.iter().all(|can| sane(can.litres).is_some());
        Some(Litres {
            litres: known,
            known: all,
        })
    }
}

impl Given<'_> {
    /// Fuel of a kind that may be counted on: gasoline up to what the fire
    /// ordinances let a home keep, canisters in whole pairs. With `false` where
    /// there may be more.
    pub fn kept(&self, fuel: Fuel) -> Result<(f64, bool), Missing> {
        let equipment = self.equipment.ok_or(Missing::Gasoline)?;
        match fuel {
            Fuel::Gasoline => {
                let litres = equipment.gasoline_litres().ok_or(Missing::Gasoline)?;
                // Of a can that nobody has measured nothing counts.
                if !litres.known && litres.litres <= 0.0 {
                    return Err(Missing::Gasoline);
                }
                let most = self.parameters.gasoline_limit_litres;
                Ok((
                    litres.litres.min(most),
                    litres.known || litres.litres >= most,
                ))
            }
            Fuel::Canisters => {
                let rows = equipment.canisters.as_ref().ok_or(Missing::Canisters)?;
                let counted: Vec<u32> = rows.iter().filter_map(|row| row.count).collect();
                if counted.is_empty() && !rows.is_empty() {
                    return Err(Missing::Canisters);
                }
                let all = counted.len() == rows.len();
                let count: u64 = counted.into_iter().map(u64::from).sum();
                Ok(((count / 2 * 2) as f64, all))
            }
        }
    }

    /// Hours of oxygen in the cylinders: litres × pressure × 10 × 0.8 / (litres a
    /// minute × 60). A demand saver is never assumed for a ventilated child.
    /// `None`: the child has no concentrator.
    pub fn oxygen(&self) -> Option<Oxygen> {
        let equipment = self.equipment?;
        let concentrators = equipment.devices_of(DeviceKind::Concentrator)?;
        let flows: Vec<Option<f64>> = concentrators
            .map(|device| positive(device.oxygen_l_min))
            .collect();
        if flows.is_empty() {
            return None;
        }
        let flow: Option<f64> = flows.into_iter().sum();
        let Some(cylinders) = equipment.cylinders.as_ref() else {
            return Some(Oxygen {
                litres_a_minute: flow,
                litres: Litres {
                    litres: 0.0,
                    known: false,
                },
                reach: Reach::UNKNOWN,
                missing: Some(Missing::Cylinders),
            });
        };
        let each: Vec<Option<f64>> = cylinders.iter().map(Cylinder::litres).collect();
        let litres = Litres {
            litres: each.iter().flatten().sum(),
            known: each.iter().all(Option::is_some),
        };
        let reach = match flow {
            Some(flow) => Reach {
                hours: oxygen_hours(litres.litres, flow, self.parameters),
                known: litres.known,
            },
            // Nothing in the cylinders lasts no time at any flow.
            None if litres.known && litres.litres <= 0.0 => Reach::known(0.0),
            None => Reach::UNKNOWN,
        };
        let missing = match flow {
            None => Some(Missing::OxygenFlow),
            Some(_) if !litres.known => Some(Missing::Cylinders),
            Some(_) => None,
        };
        Some(Oxygen {
            litres_a_minute: flow,
            litres,
            reach,
            missing: missing.filter(|_| !reach.known),
        })
    }
}

/// Hours that so many litres of oxygen last at a flow, with the reserve of a
/// fifth.
pub fn oxygen_hours(litres: f64, litres_a_minute: f64, parameters: &PowerParameters) -> f64 {
    litres * parameters.oxygen_share / (litres_a_minute * 60.0)
}

impl Cylinder {
    /// Litres of oxygen in all of them; `None`: unknown.
    fn litres(&self) -> Option<f64> {
        let by_pressure = sane(self.litres)
            .zip(sane(self.mpa))
            .map(|(litres, mpa)| litres * mpa * 10.0);
        let one = by_pressure.or_else(|| sane(self.gas_litres))?;
        Some(one * f64::from(self.count.unwrap_or(1)))
    }
}

/// Oxygen without power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Oxygen {
    /// What the child is given; `None`: unknown.
    pub litres_a_minute: Option<f64>,
    /// Litres of oxygen in the cylinders.
    pub litres: Litres,
    /// Hours that they last.
    pub reach: Reach,
    /// What is not known.
    pub missing: Option<Missing>,
}
