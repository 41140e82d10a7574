//! What leaves the program as a file for somebody else's program.

pub mod icalendar;
