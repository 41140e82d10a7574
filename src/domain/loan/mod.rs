//! The loan programme (熊本県生命の応援事業, from 2025-10-31): an application in
//! two stages, the loan of a generator, its yearly check and its end.

pub mod check;
pub mod clocks;
pub mod days;
pub mod duty;
pub mod eligibility;
pub mod ends;
pub mod file;
pub mod hand_over;
pub mod kit;
pub mod ledger;
pub mod paper;
pub mod progress;
pub mod settings;
pub mod state;
pub mod undo;

pub use check::{AnnualCheck, CheckOutcome, PartVerdict};
pub use clocks::{CHECK_MONTHS, Clocks, Near};
pub use days::Doubt;
pub use duty::{DueDay, Duty, Mover};
pub use eligibility::{Criterion, Judged, Standing};
pub use ends::{Fault, Loss, ReturnWhy};
pub use file::{Applicant, LoanFacts, Stay};
pub use hand_over::{HandOver, OpenPoint};
pub use kit::{KitItem, UnitEventKind, UnitState};
pub use paper::LoanPaper;
pub use progress::{MunicipalAnswer, Reply, Standstill};
pub use settings::{Decider, LoanSettings, LoanStart};
pub use state::{LoanState, LoanStep, NotAllowed};
pub use undo::Replaced;
