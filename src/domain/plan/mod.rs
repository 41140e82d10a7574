//! The individual evacuation plan (個別避難計画).

pub mod document;
pub mod provision;
pub mod support;

pub use document::PlanDocument;
