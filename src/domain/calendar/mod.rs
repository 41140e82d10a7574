//! Dates as people and laws write them.

pub mod era;
