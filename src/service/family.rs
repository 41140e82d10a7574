//! The family's own page: what to do in a power cut, what is to be done by when, and
//! what it tells with one tap.

mod answer;
mod checking;
mod mail;

use chrono::NaiveDate;

use super::{
    ServiceError, audit,
    check::{self, CheckedCase},
    loans,
    night::{self, OwnNight},
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Action,
        duty::{Audience, DutyKind, Stage, Task, Window, reached},
        family::AnswerKind,
        finding::{Blocks, Severity},
        hazard::Hazard,
        id::{CaseId, CaseNumber},
        municipality::MunicipalityCode,
        plan::document::{Contact, Destination, DestinationKind},
        power::Trigger,
        residence::Sight,
        text::Text,
    },
    store::{FamilyAnswer, LoanFile, MailContact, StoredFamilyCheck, StoredTerm, Suspension, Tx},
};

pub use answer::{Told, answer, take_back};
pub use checking::{
    CheckOffer, CheckPage, Filled, When, check_page, check_photo, fill_in, take_back_check,
};
pub use mail::{add_mail, end_mail};

/// A generator is run about once a month (DOMAIN C8, Yamaha's advice): from so many
/// days after the last run on the page asks for it.
const RUN_AGAIN_DAYS: i64 = 31;

/// So many of the answers of a family stand on its page.
const ANSWERS: i64 = 10;

/// So many of its reports for yearly checks do.
const REPORTS: i64 = 3;

/// Something that the family has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDo {
    /// What, by when, and what the mail says of it.
    pub task: Task,
    /// Until when its reminders are held; `None`: they are not.
    pub held_until: Option<NaiveDate>,
}

/// Where to go in a power cut: no place of which a rule says that it fails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WhereTo {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Every place that was chosen has something that stops the plan.
    Faulty,
    /// There, unless something is still to be found out about it (`asked_first`: then
    /// somebody is telephoned before).
    Place {
        /// How it is called.
        name: String,
        /// Something that could stop the plan is not known of it.
        asked_first: bool,
        /// It is the home itself, upstairs.
        upstairs: bool,
        /// It was said tonight that it is open.
        said_open: bool,
    },
}

impl WhereTo {
    /// The first place chosen for one of some hazards of which nothing fails; `open`: what
    /// somebody has said of it tonight.
    fn of(
        checked: &CheckedCase,
        hazards: &[Hazard],
        open: impl Fn(&Destination) -> Option<bool>,
    ) -> Self {
        let Some(plan) = &checked.case.document else {
            return Self::Unknown;
        };
        let chosen = plan.destinations.iter();
        let chosen: Vec<&Destination> = chosen
            .filter(|place| hazards.iter().any(|hazard| place.is_for(*hazard)))
            .collect();
        let look = &checked.look;
        let good = chosen
            .iter()
            .filter(|place| open(place) != Some(false))
            .find(|place| !look.failing().any(|finding| finding.stops_going_to(place)));
        match good {
            None if chosen.is_empty() => Self::Unknown,
            None => Self::Faulty,
            Some(place) => Self::Place {
                name: place.label(),
                asked_first: look.unknown().any(|finding| finding.stops_going_to(place)),
                upstairs: place.kind == DestinationKind::StayUpstairs,
                said_open: open(place) == Some(true),
            },
        }
    }
}

/// What is known for a power cut. Nothing in it is guessed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InPowerCut {
    /// Hours that all batteries last together, as they are on record; `None`:
    /// nobody knows.
    pub battery_hours: Option<f64>,
    /// They rest on a figure that nobody has confirmed.
    pub unconfirmed: bool,
    /// By when one leaves or telephones; `None`: unknown.
    pub outage: Option<Trigger>,
    /// Where to go.
    pub destination: WhereTo,
    /// A generator is lent.
    pub generator: bool,
    /// Where it stands outdoors.
    pub outdoor_place: Option<String>,
    /// Whom to telephone: who, and the number.
    pub telephones: Vec<(String, String)>,
}

/// Everything on the family's page.
#[derive(Debug, Clone)]
pub struct FamilyPage {
    /// The child's number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// What is in force where the child is, and where to; `None`: nothing that reaches it.
    pub tonight: Option<(OwnNight, WhereTo)>,
    /// What is known for a power cut.
    pub power_cut: InPowerCut,
    /// What is to be done now, the most pressing first.
    pub to_do: Vec<ToDo>,
    /// The most urgent thing of the plan that is not settled; `None`: nothing is open
    /// that a family reads.
    pub of_plan: Option<Text>,
    /// What comes later: what, and by when; the nearest first.
    pub later: Vec<(DutyKind, NaiveDate)>,
    /// What was told, the latest first.
    pub answers: Vec<FamilyAnswer>,
    /// What was filled in for yearly checks, the latest first.
    pub reports: Vec<StoredFamilyCheck>,
    /// The yearly check: when it can be filled in, and whether it is.
    pub check: CheckOffer,
    /// Where mail goes.
    pub contacts: Vec<MailContact>,
    /// The generator is lent: a run and a check can be told.
    pub borrows: bool,
    /// The family may say that it has applied for the plan: it has not, yet.
    pub may_apply: bool,
    /// The centre and its telephone, where it is known.
    pub centre: (String, Option<String>),
    /// There is a plan to look at.
    pub has_plan: bool,
}

impl FamilyPage {
    /// The last that was told of an emergency and stands, unless all is well since.
    pub fn emergency(&self) -> Option<&FamilyAnswer> {
        let mut standing = self
            .answers
            .iter()
            .filter(|answer| answer.taken_back_at.is_none() && answer.kind.of_emergency());
        standing
            .next()
            .filter(|last| last.kind != AnswerKind::AllWell)
    }
}

/// Whose page it is: the family that reads it, and its child.
pub(super) async fn own(
    tx: &mut Tx,
    reader: &Reader,
    at: Moment,
) -> Result<Option<(CaseId, CaseNumber)>, ServiceError> {
    let Reader::Family(_, case) = reader else {
        return Ok(None);
    };
    let seen = tx.cases_after(reader, at, "").await?.into_iter();
    let mut own = seen.filter(|seen| seen.id == *case);
    Ok(own.next().map(|seen| (seen.id, seen.number)))
}

/// The page of the family that asks; `None`: its case is over, or it is none.
pub async fn page(app: &App, who: &SignedIn) -> Result<Option<FamilyPage>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some((case, number)) = own(&mut tx, &who.reader, at).await? else {
            return Ok(None);
        };
        let page = read(app, &mut tx, (case, number), &who.reader, at).await?;
        (case, page)
    };
    audit::saw(app, who, Action::ReadFamilyPage, [case]).await?;
    Ok(page)
}

async fn read(
    app: &App,
    tx: &mut Tx,
    (case, number): (CaseId, CaseNumber),
    reader: &Reader,
    at: Moment,
) -> Result<Option<FamilyPage>, ServiceError> {
    let world = world::current_in(app, tx).await?;
    let checked = check::one_in(tx, &world, reader, &number, (at.today, at), Sight::Usual).await?;
    let Some(checked) = checked else {
        return Ok(None);
    };
    let tonight = night::of_family(tx, (reader, case), &world.world, at).await?;
    let directory = world.world.sites.as_ref();
    let open = |place: &Destination| {
        let named = place.site.as_deref().zip(place.kind.site_kind());
        let found = named
            .zip(directory)
            .and_then(|((reference, kind), all)| all.find(kind, reference));
        let sites = &tonight.as_ref()?.sites;
        sites.get(&found?.id)?.open
    };
    let destination = WhereTo::of(&checked, &[Hazard::PowerCut], open);
    let now_to = tonight
        .as_ref()
        .map(|tonight| match &tonight.judged.hazards[..] {
            [] => destination.clone(),
            hazards => WhereTo::of(&checked, hazards, open),
        });
    let tonight = tonight.zip(now_to);
    let of_plan = of_plan(&checked);
    let (outage, batteries) = (checked.look.outage, checked.look.power.batteries);
    let unconfirmed = checked.look.power.is_unconfirmed();
    let seen = checked.case;
    let file = tx.loan_file(reader, at, &number).await?;
    let home = seen
        .home
        .municipality
        .or_else(|| file.as_ref().and_then(|file| file.applicant.municipality));
    let window = match home {
        Some(code) => tx.window(code).await?,
        None => None,
    };
    let terms: Vec<StoredTerm> = tx.duty_terms(case).await?;
    let suspensions = tx.suspensions(Some(case), at.today).await?;
    let told = window
        .as_ref()
        .map(|window| Window::new(&window.name, window.telephone.as_deref()));
    let (mut to_do, later) = dues(app, &terms, (&suspensions, told.as_ref()), at.today);
    let check = checking::offer(app, tx, (case, file.as_ref()), &terms).await?;
    if check.open.is_some() {
        // It has done its part: the check is the centre's.
        to_do.retain(|one| one.task.kind != DutyKind::AnnualCheck);
    }
    let runs = file.as_ref().and_then(|file| file.loan.as_ref());
    let borrows = runs.is_some_and(|loan| loan.ended_on.is_none());
    let centre = centre(app);
    let mut power_cut = InPowerCut {
        battery_hours: (!batteries.is_unknown()).then(|| batteries.tenths()),
        unconfirmed,
        outage,
        destination,
        generator: borrows,
        outdoor_place: loans::outdoor_place(tx, file.as_ref()).await?,
        telephones: Vec::new(),
    };
    let own = file
        .as_ref()
        .and_then(|file| file.applicant.telephone.clone());
    let office = window.and_then(|window| Some((window.name, window.telephone?)));
    let of_centre = centre.1.clone().map(|number| (centre.0.clone(), number));
    // Where nothing is lent, the centre knows nothing of the family.
    let (first, second) = if borrows {
        (of_centre, office)
    } else {
        (office, of_centre)
    };
    power_cut.telephones = first
        .into_iter()
        .chain(second)
        .chain(reached_at(&seen.child.contacts, own.as_deref()))
        .collect();
    let may_apply = seen.document.is_none()
        && file
            .as_ref()
            .is_none_or(|file| file.plan_applied_on.is_none());
    Ok(Some(FamilyPage {
        tonight,
        number,
        name: seen.child.name,
        power_cut,
        to_do,
        of_plan,
        later,
        answers: tx.family_answers(case, ANSWERS).await?,
        reports: tx.family_checks(case, REPORTS).await?,
        check,
        contacts: tx.mail_contacts(case).await?,
        borrows,
        may_apply,
        centre,
        has_plan: seen.document.is_some(),
    }))
}

/// The centre and its telephone, where it is known.
pub fn centre(app: &App) -> (String, Option<String>) {
    let settings = &app.config.loans;
    let telephone = Some(settings.centre_telephone.trim().to_owned());
    (
        settings.centre_name.clone(),
        telephone.filter(|number| !number.is_empty()),
    )
}

/// What of the plan comes first, as its own page says it to the family.
fn of_plan(checked: &CheckedCase) -> Option<Text> {
    let open = checked.look.failing().filter(|finding| {
        // A family's first thing is never about papers for others.
        finding.blocks != Some(Blocks::Sharing)
            && !finding.staff_only
            && finding.severity < Severity::Advice
    });
    let first = open.min_by_key(|finding| finding.urgency())?;
    checked.case.document.as_ref()?;
    Some(first.message_family.clone())
}

/// Whom else to telephone; a family needs no line to itself.
fn reached_at<'c>(
    contacts: &'c [Contact],
    own: Option<&'c str>,
) -> impl Iterator<Item = (String, String)> + 'c {
    const PARENTS: [&str; 8] = [
        "母",
        "父",
        "本人",
        "保護者",
        "自宅",
        "mother",
        "father",
        "parent",
    ];
    let others = contacts.iter().filter(move |contact| {
        let who = contact.who.as_deref().unwrap_or_default();
        contact.is_telephone()
            && own != Some(contact.value.as_str())
            && !PARENTS.iter().any(|parent| who.contains(parent))
    });
    others.map(|contact| {
        let who = contact.who.clone().unwrap_or_default();
        (who, contact.value.clone())
    })
}

/// What is to be done now, and what comes later.
fn dues(
    app: &App,
    terms: &[StoredTerm],
    (suspensions, window): (&[Suspension], Option<&Window>),
    today: NaiveDate,
) -> (Vec<ToDo>, Vec<(DutyKind, NaiveDate)>) {
    let ladders = &app.config.reminders.ladders;
    let mut open: Vec<&StoredTerm> = terms
        .iter()
        .filter(|term| term.ended.is_none())
        .filter(|term| !ladders.of(term.kind).of(Audience::Family).is_empty())
        .collect();
    open.sort_by_key(|term| (term.term.due_on, term.kind.code()));
    let day_agreed = open.iter().any(|term| term.kind == DutyKind::CheckDay);
    // Where a day is agreed for the check, the family has no other to settle.
    open.retain(|term| !(day_agreed && term.kind == DutyKind::AnnualCheck));
    let (mut to_do, mut later) = (Vec::new(), Vec::new());
    for term in open {
        let stages = ladders.of(term.kind).of(Audience::Family);
        let stage = match reached(stages, &term.term, today) {
            Some(reached) => Some(reached.stage),
            None if term.kind == DutyKind::TestRun
                && (today - term.cycle).num_days() >= RUN_AGAIN_DAYS =>
            {
                Some(Stage::Begin)
            }
            None => None,
        };
        let Some(stage) = stage else {
            later.push((term.kind, later_on(term)));
            continue;
        };
        let held = suspensions
            .iter()
            .find(|one| one.kind == term.kind && one.from <= today && today <= one.until);
        // A check that nobody has held is owed once more each year: it is one thing to do.
        to_do.retain(|one: &ToDo| one.task.kind != term.kind);
        to_do.push(ToDo {
            task: Task {
                kind: term.kind,
                stage,
                due_on: term.term.due_on,
                told_on: today,
                late: false,
                moved_from: term.moved_from,
                window: window.cloned(),
            },
            held_until: held.map(|one| one.until),
        });
    }
    later.retain(|(kind, _)| !to_do.iter().any(|one| one.task.kind == *kind));
    to_do.sort_by_key(|one| one.task.pressing());
    (to_do, later)
}

/// The day that a family should have in mind: of the monthly run a month after the
/// last, of everything else its last day.
fn later_on(term: &StoredTerm) -> NaiveDate {
    match term.kind {
        DutyKind::TestRun => term.cycle + chrono::Days::new(RUN_AGAIN_DAYS.unsigned_abs()),
        _ => term.term.due_on,
    }
}

/// The municipality of a child, as mails to its staff go: where it lives, else where
/// it was applied for.
pub(super) fn municipality_of(
    lives: Option<MunicipalityCode>,
    file: Option<&LoanFile>,
) -> Option<MunicipalityCode> {
    let applied = file.and_then(|file| file.applicant.municipality);
    lives.or(applied).map(MunicipalityCode::responsible)
}
