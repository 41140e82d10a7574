//! Use cases that write twice or have two callers.

pub mod view;
