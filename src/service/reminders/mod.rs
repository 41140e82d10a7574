//! Reminders: the due days of duties, the tick that plans who is told of them, and
//! the mail that tells it.

mod bounce;
mod calls;
mod contacts;
mod deliver;
mod letters;
mod messages;
mod office;
mod outbox;
mod page;
mod plans;
mod recipients;
mod status;
mod terms;
mod tick;
mod written;

pub use bounce::{CameBack, came_back};
pub use calls::{CallLine, CallLines, Called, Letters, Say, calls, letter, note_call};
pub(in crate::service) use contacts::child as child_to_act_for;
pub(super) use contacts::put as put_contact;
pub use contacts::{Typed, add_contact, end_contact};
pub use deliver::{Delivered, deliver, deliver_some, mailer};
pub use letters::{Letter, open_letter};
pub(super) use letters::{To, post};
pub use messages::{Decision, Draft, Looked, Preview, decide, preview, send};
pub use outbox::{drop_mail, mails, retry_mail, unreached_staff};
pub use page::{Act, ChildReminders, May, TermPage, ToChild, act, page, tasks};
pub(super) use plans::keep_plan;
pub use recipients::Unreached;
pub use status::{OVERDUE_HOURS, Pulse, pulse};
pub(super) use terms::{LoanDays, forget, go_on, stop, sync};
pub use tick::{Ticked, tick, tick_if_due};
pub use written::{MessagePage, message_page, messages, waiting};
