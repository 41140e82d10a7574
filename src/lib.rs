//! Tomoshibi (灯): keeps children on home ventilators alive through
//! disasters, by checking every individual evacuation plan (個別避難計画)
//! against the published hazard maps and sites.
//!
//! `docs/architecture.md` follows one plan from file to finding.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod faults;
pub mod import;
pub mod jobs;
pub mod mail;
pub mod planner;
pub mod print;
pub mod seal;
pub mod service;
pub mod spatial;
pub mod store;
pub mod web;
