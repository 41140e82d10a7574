//! Families, homes and plans, from a municipality's own sheet.

pub mod columns;
