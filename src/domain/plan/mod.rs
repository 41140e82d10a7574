//! The individual evacuation plan (個別避難計画).

mod consents;
pub mod document;
pub mod drill;
pub mod provision;
pub mod review;
pub mod support;

pub use document::PlanDocument;
