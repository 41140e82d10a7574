//! Every test that needs no browser, in one binary.

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod access;
mod demo;
mod imports;
mod store;
