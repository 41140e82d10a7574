//! Reminders: the due days of duties, the tick that plans who is told of them, and
//! the mail that tells it.

mod bounce;
mod contacts;
mod deliver;
mod letters;
mod outbox;
mod page;
mod status;
mod terms;
mod tick;

pub use bounce::{CameBack, came_back};
pub(super) use contacts::put as put_contact;
pub use contacts::{Typed, add_contact, end_contact};
pub use deliver::{Delivered, deliver, deliver_some, mailer};
pub use letters::{Letter, open_letter};
pub use outbox::{drop_mail, mails, retry_mail, unreached_staff};
pub use page::{Act, ChildReminders, TermPage, act, page, tasks};
pub use status::{OVERDUE_HOURS, Pulse, pulse};
pub(super) use terms::{forget, stop, sync};
pub use tick::{Ticked, tick, tick_if_due};
