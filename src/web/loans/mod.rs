//! The loan programme: the desk, the page of a child's loan, and the stock.

mod acts;
mod bedside;
mod calls;
mod catalogue;
mod checking;
mod correct;
mod desk;
mod due;
mod ended;
pub(super) mod fields;
mod ledger;
mod lists;
mod messages;
mod models;
mod out;
mod page;
pub(in crate::web) mod papers;
pub(super) mod photos;
mod progress;
mod reminders;
mod report;
mod reported;
mod running;
mod towns;
mod undo;
mod unit_places;
mod units;

pub(super) use acts::act;
pub(super) use bedside::{hand_over, page as bedside};
pub(super) use calls::{all_letters, letter as call_letter, list as calls};
pub(super) use checking::{check, page as checking, visits};
pub(super) use correct::{correct, correct_page};
pub(super) use desk::{new, register};
pub(super) use due::{desk, stuck_list};
pub(super) use ended::ended;
pub(super) use ledger::{choose, confirm as import, page as import_page, try_out};
pub(super) use lists::list as lists;
pub(super) use messages::{
    decide as decide_message, list as messages, new as new_message, one as message,
    preview as preview_message, send as send_message,
};
pub(super) use models::{models, write_model};
pub(super) use out::{back, lend, put_off};
pub(super) use page::show_loan;
pub(super) use papers::{all_invitations, invitations, labels, paper};
pub(super) use photos::{add as add_photos, remove as remove_photo, show as photo};
pub(super) use progress::{note as note_answer, page as progress};
pub(super) use reminders::{
    act as remind, page as reminders, plan_act as remind_of_plan, plan_page as plan_reminders,
};
pub(super) use report::{csv as report_csv, page as report, xlsx as report_xlsx};
pub(super) use reported::set_aside;
pub(super) use running::running;
pub(super) use towns::{
    add as add_scheme, change as change_scheme, first as first_schemes, page as towns_page,
    remove as remove_scheme, restore as restore_scheme, window as set_window,
};
pub(super) use undo::{undo, undo_page};
pub(super) use unit_places::{csv as units_csv, set_place, xlsx as units_xlsx};
pub(super) use units::{add, correct_unit, list, set_state, show_unit};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use self::fields::Wrong;
use super::{
    Error,
    head::Visit,
    words::{loan_desk as w, loan_ends as ends, loan_figures as figures, loans as said},
};
use crate::{domain::text::Text, service::loans::Answer};

/// What is to be said on a page that a form comes back to.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) text: String,
    /// Whether a day is right is asked: the form has a box for it.
    asks: bool,
    /// The page to open instead.
    pub(super) link: Option<String>,
}

impl Said {
    /// A sentence, and nothing else.
    pub(super) const fn plain(text: String) -> Self {
        Self {
            text,
            asks: false,
            link: None,
        }
    }

    pub(super) fn wrong(wrong: &Wrong, visit: &Visit) -> Self {
        Self::wrong_in("", wrong, visit)
    }

    /// The same in a form that calls a field otherwise than most.
    fn wrong_in(form: &str, wrong: &Wrong, visit: &Visit) -> Self {
        let why = wrong.why.get(visit.lang);
        let text = match label_in(form, wrong.field) {
            Some(label) => format!("{}: {why}", label.get(visit.lang)),
            None => why.to_owned(),
        };
        Self {
            text,
            asks: false,
            link: None,
        }
    }
}

/// What a field is called in a form.
fn label_in(form: &str, field: &str) -> Option<Text> {
    let own = match (form, field) {
        ("plan", "on") => Some(said::PLAN_APPLIED),
        ("step", "on") => Some(said::STEP_ON),
        ("exchange", "on") => Some(said::EXCHANGED_ON),
        ("back", "on") => Some(said::BACK_ON),
        ("lost", "on") => Some(said::LOST_ON),
        ("lend", "number") => Some(ends::LEND_NUMBER),
        ("lend", "name") => Some(ends::LEND_NAME),
        ("lend", "born") => Some(ends::LEND_BORN),
        ("lend", "on") => Some(ends::LEND_ON),
        ("lend" | "until", "return_on") => Some(ends::RETURN_ON),
        ("units", "place") => Some(said::KEPT_AT),
        ("models", "source") => Some(figures::SOURCE),
        ("towns", field) => towns::label(field),
        _ => None,
    };
    own.or_else(|| label(field))
}

/// What a field is called on its page.
pub(super) fn label(field: &str) -> Option<Text> {
    let labels = [
        ("name", said::CHILD),
        ("kana", said::KANA),
        ("born", said::BORN),
        ("on", said::ON),
        ("number", said::NUMBER),
        ("guardian", said::GUARDIAN),
        ("telephone", said::TELEPHONE),
        ("address", said::ADDRESS),
        ("town", said::TOWN),
        ("hospital", said::HOSPITAL),
        ("minutes_off", said::MINUTES_OFF),
        ("discharged_on", said::DISCHARGED),
        ("discharge_planned_on", said::DISCHARGE_PLANNED),
        ("scheme_why", said::SCHEME_WHY),
        ("step", said::STEP),
        ("note", said::NOTE),
        ("unit", said::UNIT),
        ("kit_note", said::KIT_NOTE),
        ("co_explained", said::CO),
        ("place", said::PLACE),
        ("frequency", said::FREQUENCY),
        ("pass_phrase", said::PASS_PHRASE),
        ("return_on", said::RETURN_ON),
        ("why", said::RETURN_WHY),
        ("held_on", said::CHECK_HELD),
        ("way", said::CHECK_WAY),
        ("hours_run", said::HOURS_RUN),
        ("load", said::LOAD),
        ("fuel_on", said::FUEL_ON),
        ("check_on", w::AGREED_ON),
        ("said_on", w::SAID_ON),
        ("answer", w::ANSWER),
        ("said_words", w::SAID_WORDS),
        ("usage", said::CHECK_USAGE),
        ("usage_note", w::USAGE_NOTE),
        ("condition", said::CHECK_CONDITION),
        ("eligible", said::CHECK_ELIGIBLE),
        ("oil", said::OIL_FINE),
        ("started", said::STARTED),
        ("consent", said::CONSENT),
        ("applied_here", said::APPLIED_HERE),
        ("model", said::MODEL),
        ("correct_why", said::UNIT_CORRECT_WHY),
        ("maker", figures::MAKER),
        ("rated_va", figures::RATED_VA),
        ("fuel", figures::FUEL),
        ("capacity", figures::CAPACITY),
        ("per_hour_rated", figures::PER_HOUR_RATED),
        ("per_hour_quarter", figures::PER_HOUR_QUARTER),
        ("confidence", figures::CONFIDENCE),
        ("verified_by", figures::VERIFIED_BY),
        ("verified_on", figures::VERIFIED_ON),
        ("serial", said::SERIAL),
        ("bought_on", said::BOUGHT),
        ("document", ends::DOCUMENT),
        ("until", ends::UNTIL),
        ("approver", ends::APPROVER),
        ("fault", ends::FAULT),
        ("cost", ends::COST),
        ("undo_why", super::words::loan_undo::UNDO_WHY),
        ("sure", said::SURE),
        ("photos", super::words::loan_photos::PHOTOS),
        ("tried_on", super::words::family_check::TRIED_ON),
        ("aside_why", super::words::loan_reported::ASIDE_WHY),
        ("report", super::words::loan_reported::REPORT),
        ("photo_why", super::words::loan_photos::WHY),
        ("who", super::words::reminders::WHO),
        ("mail", super::words::reminders::ADDRESS),
        ("pause_until", super::words::reminders::UNTIL),
        ("mail_who", super::words::reminders::WHO),
        ("duty", super::words::reminders::DUES),
        ("reason", super::words::reminders::REASON),
        ("group", super::words::messages::TO),
        ("message_subject", super::words::messages::SUBJECT),
        ("message_body", super::words::messages::BODY),
        ("urgent", super::words::messages::URGENT),
        ("urgent_why", super::words::messages::URGENT_WHY),
        ("decision", super::words::messages::STATE),
        ("call_way", super::words::messages::WAY),
        ("call_on", super::words::messages::CALL_ON),
        ("call_whom", super::words::messages::WHOM),
        ("reached", super::words::messages::RESULT),
        ("call_said", super::words::messages::SAID),
        ("call_next", super::words::messages::NEXT),
    ];
    labels
        .into_iter()
        .find(|(known, _)| *known == field)
        .map(|(_, label)| label)
        .or_else(|| towns::label(field))
        .or_else(|| (field == "lat").then_some(super::words::unit_places::PLACE))
}

/// Where an answer leads: on, or back to the page with a word.
pub(super) enum Leads {
    On(Response),
    Back(StatusCode, Said),
}

pub(super) fn leads(
    answer: Answer,
    visit: &Visit,
    on: impl Fn(&str) -> String,
) -> Result<Leads, Error> {
    leads_in("", answer, visit, on)
}

/// The same of a form that calls a field otherwise than most.
fn leads_in(
    form: &str,
    answer: Answer,
    visit: &Visit,
    on: impl Fn(&str) -> String,
) -> Result<Leads, Error> {
    let back = |status, text: &Text| {
        Ok(Leads::Back(
            status,
            Said {
                text: text.get(visit.lang).to_owned(),
                asks: false,
                link: None,
            },
        ))
    };
    match answer {
        Answer::Done(what) => Ok(Leads::On(Redirect::to(&on(&what)).into_response())),
        Answer::NotThere => Err(Error::NotFound),
        Answer::OtherBody => back(StatusCode::CONFLICT, &said::SENT_TWICE),
        Answer::Changed => back(StatusCode::CONFLICT, &said::CHANGED),
        Answer::UnitGone => back(StatusCode::CONFLICT, &said::GONE),
        Answer::NotAllowed(no) => back(StatusCode::CONFLICT, &no.text()),
        Answer::Wrong(field, why) => Ok(Leads::Back(
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong_in(form, &Wrong { field, why }, visit),
        )),
        Answer::Elsewhere(field, why, path) => Ok(Leads::Back(
            StatusCode::UNPROCESSABLE_ENTITY,
            Said {
                link: Some(path),
                ..Said::wrong_in(form, &Wrong { field, why }, visit)
            },
        )),
        Answer::Ask(field, why) => Ok(Leads::Back(
            StatusCode::UNPROCESSABLE_ENTITY,
            Said {
                asks: true,
                ..Said::wrong_in(form, &Wrong { field, why }, visit)
            },
        )),
    }
}
