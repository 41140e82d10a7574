//! The individual evacuation plan (個別避難計画).

pub mod document;

pub use document::PlanDocument;
