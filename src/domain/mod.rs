//! What the program is about: children, homes, sites, hazards, plans and the
//! words of the law. Nothing here does I/O, awaits, or reads a clock.

pub mod access;
pub mod audit;
pub mod calendar;
pub mod child;
pub mod consent;
pub mod data_set;
pub mod emergency;
pub mod finding;
pub mod hazard;
pub mod id;
pub mod municipality;
pub mod parameters;
pub mod password;
pub mod plan;
pub mod position;
pub mod site;
pub mod text;
pub mod warning;
