//! Every test that needs no browser, in one binary.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod architecture;
mod audit;
mod demo;
mod forms;
mod import_sites;
mod imports;
mod pages;
mod sessions;
mod sign_in;
mod store;
mod wire;
