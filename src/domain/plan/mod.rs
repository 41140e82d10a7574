//! The individual evacuation plan (個別避難計画).

pub mod answers;
pub mod changes;
mod consents;
pub mod course;
pub mod document;
pub mod drill;
pub mod fill;
pub mod gap;
pub mod giving;
pub mod overriding;
pub mod particulars;
pub mod provision;
pub mod review;
pub mod support;

pub use document::PlanDocument;
