//! The loan programme: applications in two stages, what is handed over, checked
//! and returned.

mod back;
mod bedside;
mod catalogue;
mod complete;
mod correct;
mod desk;
mod dues;
pub mod emergency;
mod ended;
mod go_on;
mod leave;
mod ledger;
mod load;
pub(super) mod names;
pub mod papers;
mod photos;
mod progress;
mod register;
mod report;
mod reported;
mod stock;
mod strike;
mod take;
mod tell;
mod towns;
mod undo;

use chrono::NaiveDate;
use uuid::Uuid;

pub use back::{report_loss, set_return, take_back};
pub use bedside::{Bedside, hand_over};
pub(in crate::service) use catalogue::of_store as generators_of_store;
pub use catalogue::{catalogue, model_mark, write_model};
pub use complete::complete;
pub use correct::{Corrected, Correction, correct, correction};
pub use desk::{Desk, Most, decides, desk, looks_ahead_to, running, stuck, visits};
pub use dues::{clocks, count_again, count_new, keep};
pub(in crate::service) use ended::keep_file;
pub use ended::{EndedFile, ended};
pub use go_on::{extend, see_words, words};
pub(super) use leave::stop;
pub use ledger::{Candidate, RowAsked, rows_asked, say_whose};
pub use load::{Loads, loads};
pub use photos::{MOST_PHOTOS, add_photos, photo, photos_there, remove_photo};
pub use progress::{Progress, agree_check, former_hours, note_answer, progress};
pub(in crate::service) use register::free_number;
pub use register::{Enquiry, register, write_facts};
pub use report::{MOST_YEARS, report, years};
pub use reported::{outdoor_place, set_aside};
pub use stock::{
    add as add_unit, correct as correct_unit, place as place_unit, set_state as set_unit_state,
    unit, unit_accuracies, units,
};
pub use strike::{strike_application, strike_check};
pub(super) use take::family_applied;
pub use take::{Exchange, Reported, Taken, applied_for_plan, check, decide, exchange, step};
pub use towns::{
    TownsPage, add_known, add_scheme, change_scheme, first_rows, mark, remove_scheme,
    restore_scheme, set_window, town_names, towns,
};
pub use undo::{Undoing, undo, undoing};

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::Action,
        generator::Catalogue,
        id::CaseNumber,
        loan::{
            AnnualCheck, Clocks, Doubt, DueDay, HandOver, Judged, LoanStep, Loss, NotAllowed,
            ReturnWhy, check::CheckWay, eligibility, ends,
        },
        municipality::MunicipalityCode,
        text::Text,
    },
    store::{
        EmergencyLoan, Extension, LoanFile, LoanWord, PastStep, SchemeTable, Stated, StepDecision,
        StoredAnswer, StoredCheck, StoredFamilyCheck, StoredUnit, StuckChild, TakenStep, Tx,
        Window,
    },
};

/// A form about loans: who sent it, under which key.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Who.
    pub who: &'a SignedIn,
    /// The form's key.
    pub key: Uuid,
    /// Who sent it says that a day that was asked about is right.
    pub sure: bool,
}

impl Sheet<'_> {
    /// What is to be answered to a doubt about a day; `None`: nothing.
    fn answer(&self, doubt: Option<Doubt>) -> Option<Answer> {
        self.answers([doubt])
    }

    /// What is to be answered to several doubts at once: what cannot be first, else
    /// every question together, since one tick answers them.
    fn answers(&self, doubts: impl IntoIterator<Item = Option<Doubt>>) -> Option<Answer> {
        let mut asked: Option<(&'static str, Text)> = None;
        let mut wrong = None;
        for doubt in doubts.into_iter().flatten() {
            match doubt {
                Doubt::Wrong(field, why) => {
                    wrong = wrong.or(Some(Answer::Wrong(field, why)));
                }
                Doubt::Ask(field, why) => {
                    asked = Some(match asked {
                        None => (field, why),
                        Some((first, before)) => {
                            let ja = format!("{}{}", before.ja, why.ja);
                            let en = format!("{} {}", before.en, why.en);
                            (first, Text::new(ja, en))
                        }
                    });
                }
            }
        }
        let asked = asked.filter(|_| !self.sure);
        wrong.or_else(|| asked.map(|(field, why)| Answer::Ask(field, why)))
    }
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
    /// A field is wrong, and why; what it asks for stands on the page of this path.
    Elsewhere(&'static str, Text, String),
    /// A field is unusual: whether it is right is asked.
    Ask(&'static str, Text),
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

pub(super) use once;

/// Everything that the page of a loan says.
#[derive(Debug, Clone)]
pub struct LoanPage {
    /// The file.
    pub file: LoanFile,
    /// It is over, and read as what the centre has decided: nothing is written there.
    pub kept: bool,
    /// What decides on eligibility.
    pub judged: Vec<Judged>,
    /// The steps that were taken and stand, the latest first.
    pub steps: Vec<TakenStep>,
    /// Every step, also those that were taken back, the latest first.
    pub history: Vec<PastStep>,
    /// The day of the consultation that began it, and who wrote it down.
    pub consulted: (NaiveDate, Option<String>),
    /// The checks, also those that were struck out, the latest first.
    pub stated_checks: Vec<Stated<AnnualCheck>>,
    /// The applications for the plan, also those that were struck out.
    pub applications: Vec<Stated<NaiveDate>>,
    /// Since when the unit is to be exchanged.
    pub exchange_since: Option<NaiveDate>,
    /// The unit that is lent, or was.
    pub unit: Option<StoredUnit>,
    /// Units that can be handed over.
    pub free: Vec<StoredUnit>,
    /// What is known of their models.
    pub catalogue: Catalogue,
    /// What was gone through at the hand-over.
    pub hand_over: Option<HandOver>,
    /// The checks, the latest first.
    pub checks: Vec<StoredCheck>,
    /// Where the family applies for the plan.
    pub window: Option<Window>,
    /// Whose decisions the steps were, by the ordinal of the step.
    pub decisions: Vec<(i64, StepDecision)>,
    /// The extensions, the latest first.
    pub extensions: Vec<Extension>,
    /// What was decided on a loss.
    pub loss: Option<Loss>,
    /// What a municipality has said and nobody has looked into yet.
    pub words: Vec<LoanWord>,
    /// What speaks for the end of the loan.
    pub grounds: Vec<ends::Ground>,
    /// What is lent to the child for an emergency besides.
    pub emergencies: Vec<EmergencyLoan>,
    /// Where the plan is stuck; `None`: there is one.
    pub stuck: Option<StuckChild>,
    /// What the municipality answered, the latest first.
    pub answers: Vec<StoredAnswer>,
    /// What the family has written down for the next check, and nobody has judged yet.
    pub report: Option<StoredFamilyCheck>,
    /// The day agreed for the next check, and how it will be held.
    pub check_day: Option<(NaiveDate, CheckWay)>,
    /// What the last check asks for, if it failed and nothing was done about it.
    pub failed: Option<DueDay>,
}

impl LoanPage {
    /// The last of the steps of a kind, as somebody decided it.
    fn decision(&self, step: LoanStep) -> Option<StepDecision> {
        let mut standing = self.history.iter().filter(|past| past.undone.is_none());
        let past = standing.find(|past| past.step.step == step)?;
        self.decided(past.ordinal).cloned()
    }

    /// Whose decision a step was, by its ordinal.
    pub fn decided(&self, ordinal: i64) -> Option<&StepDecision> {
        let mut decisions = self.decisions.iter();
        decisions
            .find(|(known, _)| *known == ordinal)
            .map(|(_, decision)| decision)
    }

    /// The last day of the loan, where nothing but its full time and an extension
    /// counts.
    fn last_day(&self, full: NaiveDate) -> NaiveDate {
        let loan = self.file.loan.as_ref();
        loan.and_then(|loan| loan.extended_until).unwrap_or(full)
    }

    /// Why the unit is to be returned, in Japanese, for a letter.
    fn return_reason(&self) -> Option<String> {
        let why = self.file.loan.as_ref()?.return_why.as_deref()?;
        match ReturnWhy::from_code(why) {
            Some(ReturnWhy::Other) | None => {
                let mut steps = self.steps.iter();
                steps
                    .find(|taken| taken.step == LoanStep::SetReturn)?
                    .note
                    .clone()
            }
            Some(why) => Some(why.name().ja.into_owned()),
        }
    }
}

/// The page of a child's loan, if the reader may see it.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<LoanPage>, ServiceError> {
    let page = {
        let mut tx = app.store.read().await?;
        page_of(app, &mut tx, who, number).await?
    };
    let Some(page) = page else {
        return Ok(None);
    };
    audit::saw(app, who, Action::ReadLoan, [page.file.case]).await?;
    Ok(Some(page))
}

/// The file of a child as its reader may read it; `true`: it is over, and kept.
async fn file_to_read(
    tx: &mut Tx,
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<(LoanFile, bool)>, ServiceError> {
    let at = app.moment();
    if let Some(file) = tx.loan_file(&who.reader, at, number).await? {
        return Ok(Some((file, false)));
    }
    let Some(mut file) = tx.ended_loan_file(&who.reader, at, number).await? else {
        return Ok(None);
    };
    // Nobody has told the centre that the address is protected since.
    if tx
        .protection(&Reader::Operator, at, number)
        .await?
        .is_some()
    {
        file.applicant.address = None;
    }
    Ok(Some((file, true)))
}

/// Everything that is on record of a loan.
async fn page_of(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<LoanPage>, ServiceError> {
    let at = app.moment();
    let Some((file, kept)) = file_to_read(tx, app, who, number).await? else {
        return Ok(None);
    };
    let schemes = tx.schemes().await?;
    let judged = judged(&file, &schemes, at.today);
    let history = tx.loan_history(file.id).await?;
    let standing = history.iter().filter(|past| past.undone.is_none());
    let steps = standing.map(|past| past.step.clone()).collect();
    let mut page = LoanPage {
        kept,
        judged,
        steps,
        history,
        consulted: tx.consulted(file.id).await?,
        stated_checks: Vec::new(),
        applications: tx.stated_applications(file.case).await?,
        exchange_since: None,
        unit: None,
        free: Vec::new(),
        catalogue: catalogue::of_store(tx).await?.0,
        hand_over: None,
        checks: Vec::new(),
        window: None,
        decisions: tx.loan_decisions(file.id).await?,
        extensions: Vec::new(),
        loss: None,
        words: tx.loan_words(&who.reader, at).await?,
        grounds: Vec::new(),
        emergencies: tx.emergency_loans(&who.reader, at).await?,
        stuck: tx.stuck_child(&who.reader, at, number).await?,
        answers: if kept {
            Vec::new()
        } else {
            tx.answers(file.case).await?
        },
        report: None,
        check_day: None,
        failed: None,
        file,
    };
    page.words.retain(|word| word.number == page.file.number);
    page.emergencies.retain(|loan| loan.case == page.file.case);
    if let Some(loan) = &page.file.loan {
        page.checks = tx.checks(loan.id).await?;
        page.stated_checks = tx.stated_checks(loan.id).await?;
        page.hand_over = tx.hand_over(loan.id).await?;
        if let Some(done) = &mut page.hand_over
            && let Some(phrase) = tx.pass_phrase(page.file.case).await?
        {
            // It may have been chosen, or changed, with the child's reminders.
            done.pass_phrase = Some(phrase);
        }
        page.extensions = tx.extensions(loan.id).await?;
        page.loss = tx.loss(loan.id).await?;
        page.check_day = tx.check_day(loan.id).await?;
        if let Some(id) = loan.unit {
            page.unit = tx.unit(id).await?;
        }
        if loan.ended_on.is_none() && !kept {
            page.report = tx.open_family_check((page.file.case, loan.id)).await?;
        }
        if let (None, Some(last)) = (loan.ended_on, page.checks.first()) {
            page.failed = dues::failed(loan, &last.check, &page.steps);
        }
        if loan.ended_on.is_none() && loan.return_on.is_none() {
            let full = Clocks::of(loan.started_on, None, true, None, &app.office);
            let home = tx.case(&Reader::Operator, at, number).await?;
            let record = ends::Record {
                applied_from: page.file.applicant.municipality,
                lives_in: home.and_then(|case| case.home.municipality),
                facts: &page.file.facts,
                granted_minutes: page.file.granted_minutes,
                checked: page.checks.first().map(|stored| &stored.check),
                last_day: page.last_day(full.end.legal_end),
            };
            page.grounds = ends::grounds(&record, at.today);
        }
    }
    let waits = tx.unit_waits(&who.reader, at).await?.into_iter();
    let mut own = waits.filter(|wait| wait.replacement && wait.case == page.file.case);
    page.exchange_since = own.next().map(|wait| wait.since);
    let free = tx.units().await?.into_iter();
    page.free = free.filter(|unit| unit.state.is_free()).collect();
    if let Some(code) = page.file.applicant.municipality {
        page.window = tx.window(code).await?;
    }
    Ok(Some(page))
}

/// What decides on the eligibility of a file.
fn judged(file: &LoanFile, table: &SchemeTable, today: chrono::NaiveDate) -> Vec<Judged> {
    let home = file
        .applicant
        .municipality
        .map(MunicipalityCode::responsible);
    let all = table.rows.iter().map(|stored| &stored.scheme);
    let ours = table.prefecture.as_deref();
    let outside =
        |home: &MunicipalityCode| ours.is_some_and(|ours| ours != home.prefecture_digits());
    let of_home: Vec<eligibility::Scheme> = all
        .clone()
        .filter(|scheme| Some(scheme.municipality.responsible()) == home)
        .cloned()
        .collect();
    let in_table = home.is_some_and(|home| {
        let prefecture = home.prefecture_digits().to_owned();
        all.clone()
            .any(|scheme| scheme.municipality.prefecture_digits() == prefecture)
    });
    let of_home = match home {
        None => eligibility::Schemes::NoHome,
        Some(_) if !in_table => eligibility::Schemes::NoTable,
        Some(_) => eligibility::Schemes::Of(&of_home),
    };
    let elsewhere = home.filter(outside);
    eligibility::judge(&file.facts, elsewhere, of_home, file.applied_on, today)
}
