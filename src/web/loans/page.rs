//! The page of a child's loan.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::Named,
        words::{self, loan_desk as w, loan_ends as ends, loan_photos, loans as said},
    },
    Said,
    catalogue::{self, Figures},
    desk::{Choice, near, stays},
    due,
    fields::Fields,
    papers::Offers,
    undo::{self, Line, Past},
};
use crate::{
    app::App,
    domain::{
        calendar::Deadline,
        ending::{EndReason, LoanEndReason},
        id::CaseNumber,
        loan::{
            CheckOutcome, Criterion, Fault, HandOver, KitItem, LoanState, LoanStep, Mover, Near,
            ReturnWhy, check::CheckWay, undo::MENDED_FOR_DAYS,
        },
        text::Lang,
    },
    service::loans::{self, LoanPage},
};

/// A date that is due: what, the dates, how near, and its badge's class.
struct Due {
    what: String,
    /// `None`: it is due since a check has failed.
    deadline: Option<Deadline>,
    /// Since when, and what is to be done about it.
    failed: Option<(NaiveDate, String, String)>,
    near: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "pages/loan.html")]
struct Page {
    head: Head,
    page: LoanPage,
    title: String,
    state: String,
    waits: String,
    /// Condition, standing, its class, evidence.
    judged: Vec<[String; 4]>,
    all_met: bool,
    /// Steps without a form of their own.
    steps: Vec<Choice>,
    /// Every step, the latest first.
    history: Vec<Past>,
    dues: Vec<Due>,
    open_points: Vec<String>,
    /// What of the kit is still to be handed over.
    kit_missing: Vec<Choice>,
    checks: Vec<Line>,
    /// The days on which the plan was applied for.
    applications: Vec<Line>,
    centre: String,
    /// What the catalogue says of the units that are free.
    figures: Vec<Figures>,
    kit: Vec<Choice>,
    ways: Vec<Choice>,
    reasons: Vec<Choice>,
    facts: Fields,
    stays: Vec<Choice>,
    /// Municipalities to be suggested.
    towns: Vec<String>,
    /// Where the plan waits; `None`: there is one.
    stuck: Option<due::Stuck>,
    /// What the municipality answered last, and what to answer.
    answer: Option<due::Answered>,
    /// What was typed into the form that came back, and which form that was.
    form: Fields,
    act: String,
    said: Option<Said>,
    today: NaiveDate,
    keys: [Uuid; 9],
    offers: Offers,
    told: Vec<[String; 3]>,
    /// A reason to end the loan: its word, its name, what is on record.
    grounds: Vec<[String; 3]>,
    faults: Vec<Choice>,
    by_prefecture: bool,
    more_keys: [Uuid; 2],
}

impl Page {
    fn mark(&self, unit: &crate::store::StoredUnit) -> String {
        catalogue::mark(&self.page.catalogue, unit, self.head.lang)
    }

    /// Whether the last step can be taken back still.
    fn mended(&self) -> bool {
        let closed = self.page.file.closed_on;
        let lately = closed.is_none_or(|on| on + Days::new(MENDED_FOR_DAYS) >= self.today);
        lately && !self.page.steps.is_empty()
    }

    /// The day on which the child was to come home, where that is over and nobody has
    /// written down that it has.
    fn should_be_home(&self) -> Option<NaiveDate> {
        let facts = &self.page.file.facts;
        let planned = facts.discharge_planned_on.filter(|day| *day < self.today);
        planned.filter(|_| facts.discharged_on.is_none() && self.page.file.closed_on.is_none())
    }

    /// Whether a new enquiry can begin: nothing is asked again after a death.
    fn may_ask_again(&self) -> bool {
        let file = &self.page.file;
        file.closed_on.is_some() && file.state != LoanState::Stopped
    }

    /// Why the unit is to be returned, or was.
    fn return_why(&self) -> Option<String> {
        let why = self.page.file.loan.as_ref()?.return_why.as_deref()?;
        let why = ReturnWhy::from_code(why)?
            .name()
            .get(self.head.lang)
            .to_owned();
        let mut steps = self.page.steps.iter();
        let note = steps
            .find(|taken| taken.step == LoanStep::SetReturn)
            .and_then(|taken| taken.note.clone());
        Some(note.map_or(why.clone(), |note| format!("{why} ・ {note}")))
    }

    /// Whether a unit was chosen in the form that came back.
    fn is_unit(&self, unit: &crate::store::StoredUnit) -> bool {
        self.typed("exchange", "unit") == unit.id.to_string()
    }

    fn may(&self, step: LoanStep) -> bool {
        self.page.file.state.steps().contains(&step)
    }

    /// Nothing is stuck while the file is open, so there is a plan.
    const fn has_plan(&self) -> bool {
        self.page.file.closed_on.is_none()
    }

    /// What was gone through at the hand-over, in words.
    fn handed(&self) -> Vec<(String, String)> {
        let lang = self.head.lang;
        let Some(done) = &self.page.hand_over else {
            return Vec::new();
        };
        let said_so = |yes| {
            if yes {
                said::CONSENT_YES
            } else {
                said::CONSENT_NO
            }
        };
        let parts = [
            (said::PLACE, done.outdoor_place.clone()),
            (
                said::FREQUENCY,
                done.frequency_hz.map(|hertz| format!("{hertz} Hz")),
            ),
            (said::PASS_PHRASE, done.pass_phrase.clone()),
            (
                said::CONSENT,
                done.exchange_consent
                    .map(|yes| said_so(yes).get(lang).to_owned()),
            ),
        ];
        let known = parts
            .into_iter()
            .filter_map(|(what, value)| Some((what, value?)));
        known
            .map(|(what, value)| (what.get(lang).to_owned(), value))
            .collect()
    }

    fn typed(&self, act: &str, name: &str) -> &str {
        if self.act == act {
            self.form.get(name)
        } else {
            ""
        }
    }

    fn day_of(&self, act: &str, name: &str) -> String {
        match self.typed(act, name) {
            "" => self.today.to_string(),
            typed => typed.to_owned(),
        }
    }

    fn is_open(&self, act: &str) -> bool {
        self.act == act
    }
}

/// Why a unit is returned; the reason that was asked for is chosen.
fn reasons(chosen: &str, lang: Lang) -> Vec<Choice> {
    let choice = |why: &ReturnWhy| {
        let name = why.name().get(lang).to_owned();
        (why.code(), name, why.code() == chosen)
    };
    ReturnWhy::ALL.iter().map(choice).collect()
}

/// What the link that leads to the page says.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// The hand-over was recorded just now.
    #[serde(default)]
    handed: String,
    /// The reason for which the day of return is to be set.
    #[serde(default)]
    why: String,
    /// The form that a line of the desk leads to.
    #[serde(rename = "do")]
    act: Option<String>,
}

/// What a municipality has said: day, why, who.
fn told(page: &LoanPage, lang: Lang) -> Vec<[String; 3]> {
    let words = page.words.iter().map(|word| {
        let why = LoanEndReason::from_code(&word.why).map(LoanEndReason::name);
        let why = why.or_else(|| EndReason::from_code(&word.why).map(EndReason::name));
        [
            word.on.to_string(),
            why.map_or_else(String::new, |why| why.get(lang).to_owned()),
            word.by.clone().unwrap_or_default(),
        ]
    });
    words.collect()
}

/// Whose decision a step was, and its document.
pub(super) fn decided(page: &LoanPage, ordinal: i64, lang: Lang) -> String {
    let Some(decision) = page.decided(ordinal) else {
        return String::new();
    };
    let (by, number) = (decision.by.name(), decision.number.as_deref());
    let number = number.unwrap_or_default();
    let line = format!("{}: {} {number}", ends::DECIDED_BY.get(lang), by.get(lang));
    line.trim_end().to_owned()
}

/// Whose move it is; of a decision: whose it is.
fn waits(app: &App, state: LoanState, lang: Lang) -> String {
    let mover = state.mover(loans::decides(app, state));
    mover.map_or_else(String::new, |mover| mover.name().get(lang).to_owned())
}

/// Whether the prefecture decides where the loan stands.
fn by_prefecture(app: &App, state: LoanState) -> bool {
    loans::decides(app, state) == Mover::Prefecture
}

fn dues(app: &App, page: &LoanPage, today: NaiveDate, lang: Lang) -> Vec<Due> {
    let Some(clocks) = loans::clocks(app, &page.file) else {
        return Vec::new();
    };
    let extended = page.file.loan.as_ref().and_then(|loan| loan.extended_until);
    let mut dues = vec![(said::DUE_END, clocks.end)];
    if clocks.check_is_owed() {
        dues.push((said::DUE_CHECK, clocks.check));
    }
    dues.extend(clocks.plan.map(|plan| (said::DUE_PLAN, plan)));
    dues.sort_by_key(|(_, deadline)| deadline.safe_by);
    let failed = page.failed.map(|due| {
        let (near, class) = near(Near::of(due.due_on, today), lang);
        let link = due::to_do(due.duty, &page.file.number);
        Due {
            what: due.duty.name().get(lang).to_owned(),
            deadline: None,
            failed: Some((due.due_on, link, due.duty.to_do().get(lang).to_owned())),
            near,
            class,
        }
    });
    let dues = dues.into_iter().map(|(what, deadline)| {
        let (near, class) = near(Near::of(deadline.safe_by, today), lang);
        // An extension is shown as such wherever it makes the end.
        let longer = extended == Some(deadline.legal_end) && what == said::DUE_END;
        let mut what = what.get(lang).to_owned();
        if longer {
            let extended = ends::EXTENDED.get(lang).to_owned();
            what = match lang {
                Lang::Ja => format!("{what}（{extended}）"),
                Lang::En => format!("{what} ({extended})"),
            };
        }
        Due {
            what,
            deadline: Some(deadline),
            failed: None,
            near,
            class,
        }
    });
    // What is late already comes first.
    failed.into_iter().chain(dues).collect()
}

pub(super) fn against(codes: &str, lang: Lang) -> String {
    let names = codes.split(',').filter_map(Criterion::from_code);
    let names: Vec<String> = names
        .map(|criterion| criterion.name().get(lang).to_owned())
        .collect();
    names.join(if lang == Lang::Ja { "、" } else { ", " })
}

/// How the page is shown.
pub(super) enum Shown<'a> {
    /// As it stands.
    Fresh,
    /// With a form open.
    Open(&'a str),
    /// With a form that came back, and why.
    Back(&'a str, Fields, Said),
}

/// What a form that is opened holds already: the step that usually comes next, and
/// of a check that failed the reason.
fn prefilled(page: &LoanPage, act: &str, lang: Lang) -> Fields {
    let mut fields = Vec::new();
    if act == "step"
        && let Some(step) = page.file.state.usual_step()
    {
        fields.push(("step".to_owned(), step.code().to_owned()));
    }
    let last = page.checks.first().map(|stored| &stored.check);
    if let ("exchange" | "return", Some(check)) = (act, last) {
        let wanted = match act {
            "exchange" => CheckOutcome::Exchange,
            _ => CheckOutcome::Return,
        };
        if check.outcome() == wanted {
            let mut note = format!("{} {}", w::FROM_CHECK.get(lang), check.held_on);
            for said in [&check.usage_note, &check.note].into_iter().flatten() {
                note.push(' ');
                note.push_str(said);
            }
            fields.push(("note".to_owned(), note.chars().take(1000).collect()));
            if act == "return" {
                fields.push(("why".to_owned(), "other".to_owned()));
            }
        }
    }
    if let ("agree", Some((day, way))) = (act, page.check_day) {
        fields.push(("check_on".to_owned(), day.to_string()));
        fields.push(("way".to_owned(), way.code().to_owned()));
    }
    Fields(fields)
}

/// The page, and what was typed into the form that came back.
pub(super) async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    shown: Shown<'_>,
) -> Result<Html<String>, Error> {
    render_asked(app, visit, number, (shown, &Asked::default())).await
}

#[expect(clippy::too_many_lines, reason = "one value for each part of the page")]
async fn render_asked(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (shown, asked): (Shown<'_>, &Asked),
) -> Result<Html<String>, Error> {
    let page = loans::page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let (lang, today) = (visit.lang, app.clock.today());
    let state: LoanState = page.file.state;
    let judged: Vec<[String; 4]> = page
        .judged
        .iter()
        .map(|one| {
            [
                one.criterion.name().get(lang).to_owned(),
                one.standing.name().get(lang).to_owned(),
                one.standing.code().to_owned(),
                one.evidence.get(lang).to_owned(),
            ]
        })
        .collect();
    let steps = state.steps().into_iter();
    let steps = steps.filter(|step| !step.has_own_form());
    let open_points = page.hand_over.iter().flat_map(HandOver::open);
    let (act, form, said) = match shown {
        Shown::Back(act, form, said) => (act.to_owned(), form, Some(said)),
        Shown::Open(act) => (act.to_owned(), prefilled(&page, act, lang), None),
        // A link that names a reason opens the form it belongs to.
        Shown::Fresh if ReturnWhy::from_code(&asked.why).is_some() => {
            ("return".to_owned(), Fields::default(), None)
        }
        Shown::Fresh => (String::new(), Fields::default(), None),
    };
    let chosen = match form.get("why") {
        "" => &asked.why,
        typed => typed,
    };
    let facts = if act == "facts" {
        form.clone()
    } else {
        Fields::of(&page.file.applicant, &page.file.facts)
    };
    let named = |code, name: &crate::domain::text::Text| (code, name.get(lang).to_owned(), false);
    show(&Page {
        head: Head::of(visit, format!("/loans/{number}")),
        title: page
            .file
            .name
            .clone()
            .unwrap_or_else(|| page.file.number.to_string()),
        state: state.name().get(lang).to_owned(),
        waits: waits(app, state, lang),
        all_met: judged.iter().all(|one| one[2] == "met"),
        judged,
        steps: steps.map(|step| named(step.code(), &step.name())).collect(),
        history: undo::history(&page, lang),
        dues: dues(app, &page, today, lang),
        kit_missing: page
            .hand_over
            .iter()
            .flat_map(|done| &done.kit_missing)
            .filter_map(|code| KitItem::from_code(code))
            .map(|item| named(item.code(), &item.name()))
            .collect(),
        open_points: open_points
            .map(|point| point.name().get(lang).to_owned())
            .collect(),
        checks: undo::checks(app, &page, lang),
        applications: undo::applications(app, &page),
        centre: Mover::Centre.name().get(lang).to_owned(),
        figures: Figures::of_units(&page.catalogue, &page.free, lang),
        kit: KitItem::ALL
            .iter()
            .map(|item| named(item.code(), &item.name()))
            .collect(),
        ways: CheckWay::ON_A_DAY
            .iter()
            .map(|way| named(way.code(), &way.name()))
            .collect(),
        reasons: reasons(chosen, lang),
        offers: Offers::of(state, !asked.handed.is_empty(), lang),
        told: told(&page, lang),
        grounds: page
            .grounds
            .iter()
            .map(|ground| {
                [
                    ground.why.code().to_owned(),
                    ground.why.name().get(lang).to_owned(),
                    ground.because.get(lang).to_owned(),
                ]
            })
            .collect(),
        faults: Fault::ALL
            .iter()
            .map(|fault| {
                (
                    fault.code(),
                    fault.name().get(lang).to_owned(),
                    form.get("fault") == fault.code(),
                )
            })
            .collect(),
        by_prefecture: by_prefecture(app, state),
        more_keys: std::array::from_fn(|_| app.ids.next()),
        stuck: page
            .stuck
            .clone()
            .map(|child| due::stuck(child, today, lang)),
        answer: page.answers.first().map(|said| due::answered(said, lang)),
        stays: stays(&facts, lang),
        towns: loans::town_names(app).await?,
        facts,
        form,
        act,
        said,
        today,
        keys: std::array::from_fn(|_| app.ids.next()),
        page,
    })
}

/// The forms that an address may open.
const OPENED: [&str; 6] = ["plan", "agree", "exchange", "return", "back", "step"];

/// `GET /loans/{loan}`
pub(in crate::web) async fn show_loan(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let known = |act: &&String| OPENED.contains(&act.as_str());
    let shown = asked.act.as_ref().filter(known);
    let shown = shown.map_or(Shown::Fresh, |act| Shown::Open(act));
    render_asked(&app, &visit, &number, (shown, &asked)).await
}
