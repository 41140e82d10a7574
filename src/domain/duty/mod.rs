//! What is owed by whom until when, and the ladder of reminders of it.
//!
//! A duty is computed from loans, plans and dates; a reminder of it is one
//! occurrence: one duty, one due day, one stage, one recipient, once.

mod kind;
mod ladder;
mod pass_phrase;
mod reached;
mod states;
mod wording;

pub use kind::{Audience, CheckedBy, DutyKind, Phase};
pub use ladder::{Ladder, Ladders, ReminderSettings, Stage};
pub use pass_phrase::{PhraseFault, phrase_for_mail};
pub use reached::{Reached, Term, next_stage, reached};
pub use states::{ContactState, MailKind, MailState, TaskKind};
pub use wording::{
    FORBIDDEN, GENERATOR, OUTDOORS, Task, Window, day_ja, in_order, may_stand_in_a_mail,
    short_name, subject, telling_word,
};
