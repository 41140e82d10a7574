//! Rules, pure: what is wrong with a plan, why, and what to do next.

pub mod context;
pub mod rules;
