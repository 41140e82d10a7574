//! Reminders: contacts, terms of duties, notices, the mail that waits, and what
//! staff must do themselves.

mod calls;
mod contacts;
mod families;
mod messages;
mod notices;
mod outbox;
mod plans;
mod tasks;
mod terms;
mod ticks;

pub use calls::{NewCall, StoredCall};
pub use contacts::{MailContact, NewContact};
pub use families::OwnFamily;
pub use messages::{MessageFamily, MessageMail, NewMessage, StoredMessage};
pub(super) use notices::id_list;
pub use notices::{NewNotice, StoredNotice, UnsentNotice};
pub use outbox::{Claimed, LeaseLost, NewMail, StoredMail};
pub use plans::{PlanDays, StoredBatteryCheck};
pub use tasks::{StaffTask, UnreachedStaff};
pub use terms::{DueCase, DueTerm, NewTerm, StoredTerm, Suspension};
pub use ticks::Tick;
