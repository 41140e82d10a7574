//! What leaves the program as a file.

pub mod disclosure;
pub mod icalendar;
mod labels;
pub mod sheet;
pub mod site_sheet;
