//! Power: what a child's devices draw, what carries them when the grid fails,
//! and for how many hours.
//!
//! What nobody has said is unknown, never zero and never enough: an answer is
//! known, or a lower bound that says so.

pub mod battery;
pub mod budget;
pub mod carried;
pub mod draw;
pub mod equipment;
pub mod figure;
pub mod fuel;
pub mod generator;
pub mod lent;
pub mod measures;
pub mod missing;
pub mod parameters;
pub mod refusals;
pub mod trigger;

pub use budget::{Budget, Given, Missing, Segment, SourceKind, reckon};
pub use carried::{Answer, Carried};
pub use equipment::Equipment;
pub use figure::{Figure, Origin, Reach, tenths_down};
pub use parameters::PowerParameters;
pub use refusals::Refusal;
pub use trigger::Trigger;

#[cfg(test)]
mod tests;
