//! What leaves the program as a file.

pub mod disclosure;
pub mod icalendar;
mod labels;
pub mod loan_report;
pub mod mail;
pub mod papers;
pub mod pdf;
pub mod plan_map;
pub mod power_picture;
pub mod qr;
pub mod readings;
pub mod said;
pub mod sheet;
pub mod site_sheet;
pub mod workbook;
