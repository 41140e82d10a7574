//! What both test binaries share.

pub mod engines;
pub mod process;
