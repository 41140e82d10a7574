//! Dates as people and laws write and count them: eras, periods of the Civil
//! Code, holidays, and the days on which an office is open.

pub mod deadline;
pub mod era;
pub mod holiday;
pub mod period;

pub use deadline::{Deadline, OfficeDays, deadline};
pub use era::parse_date;
pub use holiday::Holidays;
pub use period::{Period, legal_end};
