//! What both test binaries share.

pub mod engines;
pub mod mail_server;
pub mod process;
