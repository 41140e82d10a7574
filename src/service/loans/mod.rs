//! The loan programme: applications in two stages, what is handed over, checked
//! and returned.

mod ledger;
mod register;
mod report;
mod stock;
mod take;
mod tell;
mod towns;

use uuid::Uuid;

pub use ledger::{Candidate, RowAsked, rows_asked, say_whose};
pub(in crate::service) use register::free_number;
pub use register::{Enquiry, register, write_facts};
pub use report::{MOST_YEARS, report, years};
pub use stock::{
    add as add_unit, place as place_unit, set_state as set_unit_state, unit, unit_accuracies, units,
};
pub use take::{
    Bedside, FULL_TIME, Taken, applied_for_plan, check, exchange, hand_over, report_loss,
    set_return, step, take_back,
};
pub use towns::{
    TownsPage, add_known, add_scheme, change_scheme, first_rows, mark, remove_scheme,
    restore_scheme, set_window, towns,
};

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    domain::{
        audit::Action,
        id::CaseNumber,
        loan::{HandOver, Judged, NotAllowed, eligibility},
        text::Text,
    },
    store::{LoanFile, StoredCheck, StoredScheme, StoredUnit, TakenStep, Window},
};

/// A form about loans: who sent it, under which key.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Who.
    pub who: &'a SignedIn,
    /// The form's key.
    pub key: Uuid,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It is done, now or when the form came first; the case or the unit that it
    /// was about, where there is one.
    Done(String),
    /// The key came with another content.
    OtherBody,
    /// There is nothing of the kind for this reader.
    NotThere,
    /// Somebody has changed it meanwhile.
    Changed,
    /// The step cannot be taken.
    NotAllowed(NotAllowed),
    /// The unit is not there any more: somebody was faster.
    UnitGone,
    /// A field is wrong, and why.
    Wrong(&'static str, Text),
}

/// Does something once for a form about loans.
macro_rules! once {
    ($app:expr, $sheet:expr, $request:expr, |$tx:ident| $body:expr) => {{
        let form = $crate::service::once::Once::new($sheet.who.user, $sheet.key, &$request);
        $crate::in_tx!($app.store, |$tx| {
            match form.came($tx).await? {
                $crate::service::once::Came::First => {}
                $crate::service::once::Came::Again(was) => return Ok(Answer::Done(was)),
                $crate::service::once::Came::Otherwise => return Ok(Answer::OtherBody),
            }
            let answer: Answer = $body;
            if let Answer::Done(what) = &answer {
                form.keep($app, $tx, what).await?;
            }
            Ok::<_, $crate::service::ServiceError>(answer)
        })
    }};
}

use once;

/// Everything that the page of a loan says.
#[derive(Debug, Clone)]
pub struct LoanPage {
    /// The file.
    pub file: LoanFile,
    /// What decides on eligibility.
    pub judged: Vec<Judged>,
    /// The steps that were taken, the latest first.
    pub steps: Vec<TakenStep>,
    /// The unit that is lent, or was.
    pub unit: Option<StoredUnit>,
    /// Units that can be handed over.
    pub free: Vec<StoredUnit>,
    /// What was gone through at the hand-over.
    pub hand_over: Option<HandOver>,
    /// The checks, the latest first.
    pub checks: Vec<StoredCheck>,
    /// Where the family applies for the plan.
    pub window: Option<Window>,
}

/// The page of a child's loan, if the reader may see it.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<LoanPage>, ServiceError> {
    let at = app.moment();
    let page = {
        let mut tx = app.store.read().await?;
        let Some(file) = tx.loan_file(&who.reader, at, number).await? else {
            return Ok(None);
        };
        let schemes = tx.schemes().await?;
        let judged = judged(&file, &schemes, at.today);
        let steps = tx.loan_steps(file.id).await?;
        let mut unit = None;
        let (mut checks, mut hand_over) = (Vec::new(), None);
        if let Some(loan) = &file.loan {
            checks = tx.checks(loan.id).await?;
            hand_over = tx.hand_over(loan.id).await?;
            if let Some(id) = loan.unit {
                unit = tx.unit(id).await?;
            }
        }
        let free = tx.units().await?.into_iter();
        let free = free.filter(|unit| unit.state.is_free()).collect();
        let window = match file.applicant.municipality {
            Some(code) => tx.window(code).await?,
            None => None,
        };
        LoanPage {
            file,
            judged,
            steps,
            unit,
            free,
            hand_over,
            checks,
            window,
        }
    };
    audit::saw(app, who, Action::ReadLoan, [page.file.case]).await?;
    Ok(Some(page))
}

/// The files that are open, longest in their state first.
pub async fn open(app: &App, who: &SignedIn) -> Result<Vec<LoanFile>, ServiceError> {
    let files = {
        let mut tx = app.store.read().await?;
        tx.open_loan_files(&who.reader, app.moment()).await?
    };
    audit::saw(app, who, Action::ListedLoans, files.iter().map(|f| f.case)).await?;
    Ok(files)
}

/// What decides on the eligibility of a file.
fn judged(file: &LoanFile, schemes: &[StoredScheme], today: chrono::NaiveDate) -> Vec<Judged> {
    let of_home: Option<Vec<eligibility::Scheme>> = file.applicant.municipality.map(|code| {
        let home = code.responsible();
        let there = schemes.iter().map(|stored| &stored.scheme);
        there
            .filter(|scheme| scheme.municipality.responsible() == home)
            .cloned()
            .collect()
    });
    eligibility::judge(&file.facts, of_home.as_deref(), file.applied_on, today)
}
