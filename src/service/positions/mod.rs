//! Where a home is, how exactly, and who says so: by its address, on the map, or
//! as somebody gave it.

mod look_up;
mod set;
mod settle;

pub use look_up::{Candidate, Finder, Lookup, NoPlace};
pub use set::{Act, Outcome, PositionPage, Request, ToConfirm, Why, list, map, page, set};
pub(super) use settle::{FoundHomes, SettledHome, find_homes, from_a_sheet, of_new_home, write};
