//! Every test that needs no browser, in one binary.

#[path = "../support/shapefiles.rs"]
mod shapefiles;
#[path = "../support/mod.rs"]
mod support;

mod access;
mod accounts;
mod architecture;
mod audit;
mod calendar;
mod deadlines;
mod demo;
mod demo_clock;
mod emergency;
mod emergency_reads;
mod family_links;
mod forms;
mod freshness;
mod guesses;
mod hazard_effects;
mod hazard_files;
mod hazard_formats;
mod hazard_shapefiles;
mod import_pages;
mod import_sites;
mod imports;
mod invitations;
mod letters;
mod loans;
mod loans_desk;
mod loans_ends;
mod loans_import;
mod loans_left_open;
mod loans_papers;
mod loans_photos;
mod loans_places;
mod loans_report;
mod loans_towns;
mod moves;
mod pages;
mod patterns;
mod positions;
mod prefecture_map;
mod protection;
mod retention;
mod rights;
mod sessions;
mod sign_in;
mod site_effects;
mod sites_list;
mod sites_own;
mod sites_sheets;
mod stolen;
mod store;
mod timing;
mod wire;
