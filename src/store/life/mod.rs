//! The life of a plan: drafts, what was done with them, versions, overrides, and to whom
//! a version was given.

mod answers;
mod course;
mod drafts;
mod gaps;
mod given;
mod items;
mod overrides;
mod stages;
mod versions;

pub use answers::{NewConsent, StoredConsent};
pub use course::{CourseLine, NewCourse, StoredDefect};
pub use drafts::{LookingOn, NewDraft, SavedStep, StoredDraft};
pub use gaps::StoredGap;
pub use given::{GivenOut, NewGiven};
pub use overrides::{NewOverride, StoredOverride};
pub use stages::{StageLine, Stages};
pub use versions::VersionLine;
