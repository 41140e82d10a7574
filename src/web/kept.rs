//! A form that was posted after its session had ended: what was typed travels
//! through the sign-in page, sealed for the account whose session it was, and is
//! shown after that account has signed in again. The server keeps nothing.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error,
    forms::Posted,
    head::{Head, Visit, Visitor},
    show,
    sign_in::SignIn,
    words,
};
use crate::{
    app::App,
    domain::{
        access::Role,
        consent::{Capacity, ConsentForm, OrdinanceMode},
        emergency::EventKind,
        hazard::Hazard,
        id::UserId,
        municipality::MunicipalityCode,
        night::{Need, NightKind, PowerNow, Whereabouts},
        plan::drill::{Mender, Paper, Tried},
        position::PositionAccuracy,
        residence::{Called, Contact},
        rights::ToldHow,
        site::SiteKind,
        text::{Lang, Text},
    },
    seal::{hex, unhex},
};

/// What a kept form is sealed for.
const PURPOSE: &str = "kept form";

/// The forms of staff into which something is typed, or in which something is
/// chosen, and how each is called.
static KEPT: &[(&str, Text)] = &[
    ("/loans/new", words::loans::NEW),
    ("/loans/towns/scheme", words::loan_towns::ADD),
    ("/loans/towns/change", words::loan_towns::CHANGE),
    ("/loans/towns/window", words::loan_towns::ADD_WINDOW),
    ("/loans/{loan}/hand-over", words::loan_desk::BEDSIDE),
    ("/loans/{loan}/check", words::loan_desk::CHECK_TITLE),
    ("/loans/{loan}/check/aside", words::loan_reported::ASIDE),
    (
        "/loans/{loan}/photos/{photo}/remove",
        words::loan_photos::TAKE_OUT,
    ),
    ("/loans/{loan}/progress", words::loan_desk::NOTE_ANSWER),
    ("/loans/{loan}/reminders", words::reminders::TITLE),
    ("/plans/{case}/reminders", words::reminders::TITLE),
    ("/plans/{case}/power/edit", words::power::TITLE),
    ("/plans/{case}/draft/{step}", words::draft::TITLE),
    ("/plans/{case}/consents", words::consents::RECORD),
    ("/plans/{case}/return", words::course::RETURN),
    ("/plans/{case}/approve", words::course::APPROVE),
    ("/plans/{case}/override", words::course::OVERRIDE),
    ("/plans/{case}/agree", words::course::AGREE),
    ("/municipality/items", words::course::MUNICIPAL_ITEMS),
    ("/messages/preview", words::messages::WRITE),
    ("/messages", words::messages::WRITE),
    ("/messages/{message}", words::messages::MENU),
    ("/loans/{loan}/undo", words::loan_undo::UNDO_TITLE),
    ("/loans/{loan}/correct", words::loan_undo::CORRECT),
    ("/loans/{loan}/{act}", words::loans::NEXT),
    ("/units", words::loans::ADD_UNIT),
    ("/units/catalogue", words::loan_figures::TITLE),
    ("/devices", words::devices::TITLE),
    ("/devices/back", words::devices::TAKE_BACK),
    ("/units/{unit}/correct", words::loans::UNIT_CORRECT),
    ("/units/{unit}/state", words::loans::SET_STATE),
    ("/units/{unit}/lend", words::loan_ends::LEND),
    ("/units/{unit}/until", words::loan_ends::PUT_OFF),
    ("/units/{unit}/back", words::loan_ends::FETCH),
    ("/units/{unit}/place", words::unit_places::PLACE),
    ("/sites/new", words::sites::ADD),
    ("/sites/{id}/edit", words::sites::EDIT),
    ("/sites/{id}/entry", words::ENTERED),
    ("/municipality", words::MENU_MUNICIPALITY),
    ("/plans/{case}/move", words::care::MOVE_BY_HAND),
    ("/plans/{case}/stay", words::care::STAY_BY_HAND),
    ("/plans/{case}/position", words::positions::HOME_POSITION),
    ("/outage", words::outage::NEW),
    ("/tonight/{case}/answer", words::night::CAME),
    ("/plans/{case}/drills", words::drills::RECORD),
    ("/plans/{case}/drills/{drill}/strike", words::drills::STRIKE),
    ("/plans/{case}/tasks/{task}", words::drills::DONE),
    ("/plans/{case}/papers", words::drills::GIVE),
    ("/plans/{case}/contacts", words::care::CONTACTS),
    ("/plans/{case}/protection", words::care::PROTECTION),
    ("/plans/{case}/supporters/told", words::rights::NOTE_TOLD),
    ("/plans/{case}/family", words::family_link::MAKE),
    (
        "/plans/{case}/correction/answer",
        words::rights::CORRECTIONS,
    ),
    ("/emergency/confirm", words::emergency::OPEN_IT),
    ("/emergency", words::emergency::OPEN_IT),
    ("/emergency/{emergency}/extend", words::emergency::EXTEND),
    ("/letters/{kind}", words::letters::MENU),
    ("/accounts", words::accounts::ADD),
    ("/accounts/hand-over", words::accounts::HAND_OVER),
];

/// No form of ours has more fields, or is longer in bytes.
const MOST_FIELDS: usize = 400;
const MOST_BYTES: usize = 16 * 1024;

/// A kept form waits so long for a sign-in, in hours.
pub(super) const HOURS: i64 = 12;

#[derive(Serialize, Deserialize)]
struct Kept {
    account: UserId,
    path: String,
    fields: Vec<(String, String)>,
    at: DateTime<Utc>,
}

/// Whether what is posted to a route is kept.
pub(super) fn is_kept(template: &str) -> bool {
    KEPT.iter().any(|(kept, _)| *kept == template)
}

/// What a kept form is, and about which child.
fn title(path: &str, lang: Lang) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let known: Vec<&str> = template.split('/').collect();
        let same = |(known, part): (&&str, &&str)| known.starts_with('{') || known == part;
        known.len() == parts.len() && known.iter().zip(&parts).all(same)
    };
    let name = KEPT.iter().find(|(template, _)| fits(template));
    let name = name.map_or("", |(_, name)| name.get(lang));
    match parts.as_slice() {
        ["", "loans", "towns", _] => name.to_owned(),
        ["", "plans" | "tonight", case, ..]
        | ["", "loans", case, _]
        | ["", "loans", case, "photos" | "check", ..] => {
            format!("{name} {} {case}", words::CASE.get(lang))
        }
        _ => name.to_owned(),
    }
}

/// The sign-in page, with what was posted to `path` when the session of
/// `account` was over; `None`: it is too much to be a form of ours.
pub(super) fn ask_to_sign_in(
    app: &App,
    visitor: &Visitor,
    account: UserId,
    path: &str,
    Posted(fields): &Posted,
) -> Result<Option<Response>, Error> {
    let bytes: usize = fields.iter().map(|(n, v)| n.len() + v.len()).sum();
    if fields.len() > MOST_FIELDS || bytes > MOST_BYTES {
        return Ok(None);
    }
    let kept = Kept {
        account,
        path: path.to_owned(),
        fields: fields.clone(),
        at: app.clock.now(),
    };
    let text = serde_json::to_vec(&kept).expect("texts become JSON");
    let page = SignIn {
        head: Head::visitor(visitor, "/sign-in"),
        email: String::new(),
        kept: hex(&app.keys.seal(PURPOSE, "", &text)),
        said: Some(words::KEPT_SIGN_IN.get(visitor.lang).to_owned()),
        unit: None,
    };
    Ok(Some(
        (StatusCode::UNAUTHORIZED, show(&page)?).into_response(),
    ))
}

#[derive(Template)]
#[template(path = "pages/resume.html")]
struct Resume {
    head: Head,
    /// What it is.
    title: String,
    path: String,
    /// What somebody typed: how the field is called, and what it says.
    shown: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

/// The page that shows what was kept, for the account whose it was; `None` for
/// anybody else.
pub(super) fn resume(
    app: &App,
    visit: &Visit,
    sealed: &str,
) -> Result<Option<Html<String>>, Error> {
    let kept = unhex(sealed)
        .and_then(|sealed| app.keys.open_sealed(PURPOSE, "", &sealed).ok())
        .and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
    let Some(kept) = kept else {
        return Ok(None);
    };
    let age = visit.at - kept.at;
    if kept.account != visit.who.user || age.abs() > TimeDelta::hours(HOURS) {
        return Ok(None);
    }
    let shown = kept
        .fields
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .filter_map(|(name, value)| {
            let label = label(name)?.get(visit.lang).to_owned();
            Some((label, said(name, value, visit.lang)))
        })
        .collect();
    let page = Resume {
        head: Head::of(visit, "/"),
        title: title(&kept.path, visit.lang),
        path: kept.path,
        shown,
        fields: kept.fields,
    };
    Ok(Some(show(&page)?))
}

/// How a field is called on its form; `None`: nobody typed it.
fn label(name: &str) -> Option<Text> {
    // The hand-over names its fields by the account that they speak of.
    let name = name.split_once('-').map_or(name, |(part, _)| part);
    Some(match name {
        "level" => words::OPENS_AT,
        "socket" => words::SOCKET,
        "confirmed_by" => words::CONFIRMED_BY,
        "valid_until" => words::VALID_UNTIL,
        "direct" => words::DIRECT,
        "lowest" => words::LOWEST,
        "highest" => words::HIGHEST,
        "companions" => words::COMPANIONS,
        "places" => words::PLACES,
        "closed_from" => words::CLOSED_FROM,
        "closed_until" => words::CLOSED_UNTIL,
        "site_kind" => words::sites::KIND,
        "site_name" => words::sites::NAME,
        "site_address" => words::sites::ADDRESS,
        "lat" => words::sites::LAT,
        "lon" => words::sites::LON,
        "designated" => words::DESIGNATED,
        "accepted" => words::ACCEPTED,
        "note" => words::NOTE,
        "ordinance" => words::ORDINANCE,
        "municipality" => words::care::TOWN,
        "address" => words::care::ADDRESS_IF_KNOWN,
        "from" => words::care::STAY_FROM,
        "until" => words::care::STAY_LAST,
        "accuracy" => words::positions::HOW,
        "place" => words::positions::TOWN,
        "called" => words::care::CONTACT_WHOM,
        "outcome" => words::care::CONTACT_RESULT,
        "on" => words::rights::TOLD_ON,
        "held_on" => words::drills::HELD_ON,
        "people" => words::drills::PEOPLE_WORD,
        "by" => words::drills::BY,
        "minutes" => words::drills::MINUTES,
        "tried" => words::drills::TRIED,
        "tried_other" => words::drills::TRIED_OTHER,
        "failed" => words::drills::FAILED_ROW,
        "part" => words::drills::PART,
        "person" => words::drills::PERSON,
        "mend_by" => words::drills::MEND_BY,
        "holder" => words::drills::HOLDER,
        "paper" => words::drills::PAPER,
        "version" => words::drills::OF_VERSION,
        "given_on" => words::drills::GIVEN_ON,
        "print_number" => words::drills::PRINT_NUMBER,
        "how" => words::rights::HOW,
        "words" => words::rights::ANSWER_WORDS,
        "kind" => words::emergency::EVENT_KIND,
        "reason" => words::emergency::REASON,
        "hours" => words::emergency::HOURS,
        "subject" => words::letters::SUBJECT,
        "body" => words::letters::BODY,
        "name" => words::accounts::NAME,
        "email" => words::accounts::EMAIL,
        "role" => words::accounts::ROLE,
        "came" => words::night::CAME,
        "whom" => words::night::WHOM,
        "where_is" => words::night::WHERE_IS,
        "power_now" => words::night::POWER_NOW,
        "hours_left" => words::night::HOURS_LEFT,
        "need" => words::night::NEED,
        "remark" => words::night::NOTE,
        "next_call" => words::night::NEXT_CALL,
        "agreed_by" => words::course::AGREED_BY,
        "agreed_on" => words::course::AGREED_ON,
        "items" => words::course::MUNICIPAL_ITEMS,
        "recipient" => words::consents::WHOM,
        "recipient_name" => words::consents::NAME,
        "given" => words::consents::SAID,
        "answered_on" => words::consents::ON,
        "answered_by" => words::consents::BY_LABEL,
        "capacity" => words::consents::CAPACITY,
        "form" => words::consents::FORM,
        "explained_on" => words::consents::EXPLAINED_ON,
        "explained_by" => words::consents::EXPLAINED_BY,
        "leaflet" => words::consents::LEAFLET,
        _ => return super::loans::label(name),
    })
}

/// What a value says: choices in the words of their form.
fn said(name: &str, value: &str, lang: Lang) -> String {
    let choice = match (name, value) {
        ("direct", "yes") => Some(words::YES),
        ("direct", "no") => Some(words::NO),
        ("site_kind", code) => SiteKind::from_code(code).map(SiteKind::name),
        ("designated", code) => {
            let mut known = Hazard::DESIGNATED.into_iter();
            known.find(|h| h.code() == code).map(Hazard::name)
        }
        ("ordinance", code) => OrdinanceMode::from_code(code).map(OrdinanceMode::name),
        ("kind", code) => EventKind::from_code(code).map(EventKind::name),
        ("accuracy", code) => PositionAccuracy::from_code(code).map(PositionAccuracy::name),
        ("called" | "whom", code) => Called::from_code(code).map(Called::name),
        ("outcome", code) => Contact::from_code(code).map(Contact::name),
        ("how", code) => ToldHow::from_code(code).map(ToldHow::name),
        ("role", code) => Role::from_code(code).map(Role::name),
        ("given", "yes") => Some(words::consents::YES),
        ("given", "no") => Some(words::consents::NO),
        ("capacity", code) => Capacity::from_code(code).map(Capacity::name),
        ("form", code) => ConsentForm::from_code(code).map(ConsentForm::name),
        ("by", "foot") => Some(words::drills::FOOT),
        ("by", "car") => Some(words::drills::CAR),
        ("tried", code) => Tried::from_code(code).map(Tried::name),
        ("paper", code) => Paper::from_code(code).map(Paper::name),
        (part, code) if part.starts_with("part-") => Mender::from_code(code).map(Mender::name),
        ("came", code) => NightKind::from_code(code).map(NightKind::name),
        ("where_is", code) => Whereabouts::from_code(code).map(Whereabouts::name),
        ("power_now", code) => PowerNow::from_code(code).map(PowerNow::name),
        ("need", code) => Need::from_code(code).map(Need::name),
        ("municipality", code) => MunicipalityCode::parse(code)
            .ok()
            .map(|code| Text::new(code.name().to_owned(), code.name().to_owned())),
        _ => None,
    };
    choice.map_or_else(|| value.to_owned(), |word| word.get(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::ROUTES;

    #[test]
    fn what_is_kept_is_a_form_of_ours_and_shows_what_was_typed() {
        for (kept, name) in KEPT {
            let mut routes = ROUTES.iter();
            assert!(routes.any(|(method, path, _)| *method == "POST" && path == kept));
            let path = kept.replace("{case}", "X-1").replace("{loan}", "X-1");
            let path = path.replace("{emergency}", "1");
            let title = title(&path, Lang::Ja);
            assert!(title.contains(name.get(Lang::Ja)), "{title}");
            let of_child = kept.contains("{case}") || kept.contains("{loan}");
            assert_eq!(title.contains("X-1"), of_child, "{title}");
        }
        assert!(label("socket").is_some() && label("ordinance").is_some());
        assert_eq!(label("revision"), None);
    }
}
