//! The papers of a loan, filled in with what is on record. What nobody knows is a
//! line to write on.

mod fill;

use super::{LoanPage, load, page_of};
use crate::{
    app::App,
    domain::{
        audit::Action,
        id::CaseNumber,
        letter::{LetterKind, Placeholder, Values},
        loan::{LoanPaper, LoanState, paper::is_invited},
        plan::document::PlanDocument,
        power::{Reach, Trigger},
        residence::Sight,
    },
    planner::OnUnit,
    print::{
        papers::{
            application::application,
            hand_over::{HandOverPapers, hand_over},
            labels::{Label, LabelPlace, LabelSheet, labels},
            letter::{Letter, letter, letters},
            power_cut::power_cut,
            receipt::receipt,
        },
        pdf::{Paper, PdfError},
    },
    service::{ServiceError, audit, check, letters as texts, view::SignedIn, world},
    store::Tx,
};

/// What became of a print.
#[derive(Debug)]
pub enum Print {
    /// The paper.
    Paper(Paper),
    /// There is no such loan for this reader.
    NotThere,
    /// The paper does not fit where the loan stands.
    NotNow(LoanState),
    /// No paper can be set.
    NoPaper(PdfError),
}

/// When and where the training is; what nobody has said is a line to write on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Training {
    /// When.
    pub time: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Until when to answer.
    pub answer_by: Option<String>,
}

impl Training {
    fn values(&self) -> impl Iterator<Item = (Placeholder, String)> {
        [
            (Placeholder::EventTime, &self.time),
            (Placeholder::EventPlace, &self.place),
            (Placeholder::AnswerBy, &self.answer_by),
        ]
        .into_iter()
        .filter_map(|(place, value)| Some((place, value.clone()?)))
    }
}

/// What is on record of one loan and its child.
struct Known {
    page: LoanPage,
    kana: Option<String>,
    born: Option<chrono::NaiveDate>,
    /// The plan and the child's items, as far as the reader may read them.
    plan: Option<PlanDocument>,
    reason: Option<String>,
    contacts: Vec<crate::domain::plan::document::Contact>,
    /// The address must not stand on a paper.
    protected: bool,
    /// What the last hand-over of the unit says.
    handed: Option<crate::store::UnitEvent>,
    /// How long its batteries last, as far as the reader may know.
    batteries: Reach,
    /// By when one leaves or telephones after the power has failed.
    outage: Option<Trigger>,
    /// What hangs on the unit, and how long it runs.
    on_unit: Option<OnUnit>,
}

async fn known(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<Known>, ServiceError> {
    let at = app.moment();
    let Some(page) = page_of(app, tx, who, number).await? else {
        return Ok(None);
    };
    // Name, reading and day of birth are what the centre itself has entered or
    // has had to name; the rest is for those who may read the plan.
    let whole = crate::domain::access::Reader::Operator;
    let child = tx.case(&whole, at, number).await?.map(|case| case.child);
    let readable = tx.case(&who.reader, at, number).await?;
    let protected = tx.protection(&whole, at, number).await?.is_some();
    let mut handed = None;
    if let (Some(loan), Some(unit)) = (&page.file.loan, &page.unit) {
        handed = tx.unit_events(unit.id).await?.into_iter().find(|event| {
            event.loan == Some(loan.id)
                && event.kind == crate::domain::loan::UnitEventKind::HandedOver
        });
    }
    let (kana, born) = child.map_or((None, None), |child| (child.kana, child.born));
    let (mut reason, mut contacts, mut plan) = (None, Vec::new(), None);
    if let Some(case) = readable {
        (reason, contacts, plan) = (case.child.reason, case.child.contacts, case.document);
    }
    let loaded = world::current_in(app, tx).await?;
    let on = (at.today, at);
    let seen = check::one_in(tx, &loaded, &who.reader, number, on, Sight::Usual).await?;
    let (batteries, outage) = seen.map_or((Reach::UNKNOWN, None), |seen| {
        (seen.look.power.batteries, seen.look.outage)
    });
    let mut on_unit = None;
    if let Some(unit) = &page.unit {
        let models = [unit.unit.model.as_str()];
        let loads = load::loads_in(app, tx, who, number, &models).await?;
        on_unit = loads.each.into_iter().next().map(|(_, on)| on);
    }
    Ok(Some(Known {
        page,
        kana,
        born,
        plan,
        reason,
        contacts,
        protected,
        handed,
        batteries,
        outage,
        on_unit,
    }))
}

/// What is set: typed data, or the letters.
enum Sheet {
    Receipt(Box<HandOverPapers>),
    Application(Box<HandOverPapers>),
    PowerCut(Box<HandOverPapers>),
    HandOver(Box<HandOverPapers>),
    Letter(Box<Letter>),
    Letters(Vec<Letter>),
}

async fn set(sheet: Sheet) -> Result<Print, ServiceError> {
    let set = tokio::task::spawn_blocking(move || match sheet {
        Sheet::Receipt(papers) => receipt(&papers.receipt),
        Sheet::Application(papers) => application(&papers.application),
        Sheet::PowerCut(papers) => power_cut(&papers.power_cut),
        Sheet::HandOver(papers) => hand_over(&papers),
        Sheet::Letter(one) => letter(&one),
        Sheet::Letters(all) => letters(&all),
    });
    Ok(printed(set.await.map_err(std::io::Error::from)?))
}

fn printed(paper: Result<Paper, PdfError>) -> Print {
    match paper {
        Ok(paper) => Print::Paper(paper),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no paper");
            Print::NoPaper(error)
        }
    }
}

/// Which letter a paper is; `None`: it is none.
const fn letter_kind(paper: LoanPaper) -> Option<LetterKind> {
    match paper {
        LoanPaper::UseDecision | LoanPaper::LoanDecision => Some(LetterKind::Decision),
        LoanPaper::UseRefusal | LoanPaper::LoanRefusal => Some(LetterKind::Refusal),
        LoanPaper::ReturnRequest => Some(LetterKind::ReturnRequest),
        LoanPaper::Training => Some(LetterKind::Training),
        _ => None,
    }
}

const fn action(paper: LoanPaper) -> Action {
    match paper {
        LoanPaper::HandOver => Action::PrintedHandOver,
        LoanPaper::Receipt => Action::PrintedReceipt,
        LoanPaper::Application => Action::PrintedPlanApplication,
        LoanPaper::PowerCut => Action::PrintedPowerCut,
        LoanPaper::UseDecision | LoanPaper::LoanDecision => Action::PrintedDecision,
        LoanPaper::UseRefusal | LoanPaper::LoanRefusal => Action::PrintedRefusal,
        LoanPaper::ReturnRequest => Action::PrintedReturnRequest,
        LoanPaper::Training => Action::PrintedInvitation,
    }
}

/// Prints a paper of a loan; who printed what for whom is in the trail.
pub async fn print(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    (paper, training): (LoanPaper, &Training),
) -> Result<Print, ServiceError> {
    let (sheet, case) = {
        let mut tx = app.store.read().await?;
        let Some(known) = known(app, &mut tx, who, number).await? else {
            return Ok(Print::NotThere);
        };
        let state = known.page.file.state;
        if !LoanPaper::fitting(state).contains(&paper) {
            return Ok(Print::NotNow(state));
        }
        let sheet = if let Some(kind) = letter_kind(paper) {
            let mut values = fill::values(app, &known, paper);
            values.extend(training.values());
            let filled = texts::fill(&mut tx, kind, &values).await?;
            Sheet::Letter(Box::new(fill::letter(app, &known, (paper, kind), filled)))
        } else {
            let values = fill::values(app, &known, paper);
            let conditions = texts::fill(&mut tx, LetterKind::Receipt, &values).await?;
            let papers = Box::new(fill::hand_over(app, &known, conditions.paragraphs));
            match paper {
                LoanPaper::Receipt => Sheet::Receipt(papers),
                LoanPaper::Application => Sheet::Application(papers),
                LoanPaper::PowerCut => Sheet::PowerCut(papers),
                _ => Sheet::HandOver(papers),
            }
        };
        (sheet, known.page.file.case)
    };
    let print = set(sheet).await?;
    if matches!(print, Print::Paper(_)) {
        audit::saw(app, who, action(paper), [case]).await?;
    }
    Ok(print)
}

/// The children whose families are invited to the training.
pub async fn invited(app: &App, who: &SignedIn) -> Result<Vec<CaseNumber>, ServiceError> {
    let mut tx = app.store.read().await?;
    let files = tx.open_loan_files(&who.reader, app.moment()).await?;
    let files = files.into_iter().filter(|file| is_invited(file.state));
    Ok(files.map(|file| file.number).collect())
}

/// Prints the invitation to the training for every borrower and applicant, as one;
/// `None`: there is nobody to invite.
pub async fn invitations(
    app: &App,
    who: &SignedIn,
    training: &Training,
) -> Result<Option<Print>, ServiceError> {
    let mut cases = Vec::new();
    let mut all = Vec::new();
    {
        let invited = invited(app, who).await?;
        let mut tx = app.store.read().await?;
        for number in &invited {
            let Some(known) = known(app, &mut tx, who, number).await? else {
                continue;
            };
            let paper = LoanPaper::Training;
            let mut values: Values = fill::values(app, &known, paper);
            values.extend(training.values());
            let filled = texts::fill(&mut tx, LetterKind::Training, &values).await?;
            let kind = (paper, LetterKind::Training);
            all.push(fill::letter(app, &known, kind, filled));
            cases.push(known.page.file.case);
        }
    }
    if all.is_empty() {
        return Ok(None);
    }
    let print = set(Sheet::Letters(all)).await?;
    if matches!(print, Print::Paper(_)) {
        audit::saw(app, who, Action::PrintedInvitation, cases).await?;
    }
    Ok(Some(print))
}

/// Prints the labels of units; none named: of all that are in use. No child stands
/// on them.
pub async fn label_sheet(
    app: &App,
    units: &[crate::domain::id::UnitId],
    start: LabelPlace,
) -> Result<Print, ServiceError> {
    let all = app.store.read().await?.units().await?;
    let chosen = all.into_iter().filter(|unit| {
        if units.is_empty() {
            unit.state.is_in_use()
        } else {
            units.contains(&unit.id)
        }
    });
    let chosen = chosen.map(|unit| Label {
        id: unit.id.0,
        unit: fill::unit(&unit),
    });
    let sheet = LabelSheet {
        base: app.config.server.address(),
        centre: fill::centre(app),
        start,
        labels: chosen.collect(),
    };
    if sheet.labels.is_empty() {
        return Ok(Print::NotThere);
    }
    let set = tokio::task::spawn_blocking(move || labels(&sheet));
    Ok(printed(set.await.map_err(std::io::Error::from)?))
}
