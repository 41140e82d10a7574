//! Power: what a child's devices draw, what carries them when the grid fails,
//! and for how many hours.
//!
//! What nobody has said is unknown, never zero and never enough.

pub mod equipment;
pub mod refusals;

pub use equipment::Equipment;
pub use refusals::Refusal;
