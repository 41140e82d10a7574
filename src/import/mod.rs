//! Readers of published files: one file a format. Every reader reports row by
//! row and never panics; nothing here writes to a database.

pub mod area;
pub mod boundaries;
pub mod crs;
pub mod encoding;
pub mod families;
pub mod geojson;
pub mod hazards;
pub mod holidays;
pub mod loans;
pub mod mojibake;
pub mod report;
pub mod shapefile;
pub mod site_sheet;
pub mod sites;
pub mod source;
pub mod table;
pub mod telegram;
pub mod towns;
