//! Every route, what it asks of a visitor, and the page that answers.

use axum::{
    Router,
    routing::{get, post},
};

use super::{
    account, accounts, assets, binder, calendar, care, children, consents, course, demo_clock,
    devices, diagnosis, door, draft, drills, emergency, family, family_link, figures, fresh,
    imports, invitation, letters, loans, map, municipality, night, outage, own_site, place_answer,
    places, plan, positions, power, prefecture_map, ready, rights, sheets, sign_in, site_batch,
    site_history, site_list, sites, stages, tiles, trail, versions, what_if,
};
use crate::{app::App, domain::access::Permission};

/// What a route asks of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it shows nothing of anybody.
    Nothing,
    /// A session of a role that may do this.
    May(Permission),
}

/// Every route of a page: method, template, and what it asks. A route that is
/// not in this table answers nobody.
pub const ROUTES: &[(&str, &str, Need)] = {
    use Permission as P;
    &[
        ("GET", "/", Need::Nothing),
        ("GET", "/enter/{token}", Need::Nothing),
        ("GET", "/place/{token}", Need::Nothing),
        ("POST", "/place/{token}", Need::Nothing),
        ("POST", "/enter", Need::Nothing),
        ("GET", "/code", Need::Nothing),
        ("POST", "/code", Need::Nothing),
        ("POST", "/invitation/password", Need::Nothing),
        ("POST", "/invitation/confirm", Need::Nothing),
        ("GET", "/sign-in", Need::Nothing),
        ("POST", "/sign-in", Need::Nothing),
        ("POST", "/sign-out", Need::May(P::OwnAccount)),
        ("POST", "/language", Need::Nothing),
        ("GET", "/figures", Need::May(P::ReadFigures)),
        ("GET", "/diagnosis", Need::May(P::ReadDiagnosis)),
        (
            "GET",
            "/diagnosis/{municipality}",
            Need::May(P::ReadDiagnosis),
        ),
        (
            "GET",
            "/diagnosis/{municipality}/sheet.xlsx",
            Need::May(P::ReadDiagnosis),
        ),
        ("GET", "/children", Need::May(P::ListChildren)),
        ("POST", "/children/search", Need::May(P::ListChildren)),
        ("GET", "/what-if", Need::May(P::FollowNight)),
        ("GET", "/tonight", Need::May(P::FollowNight)),
        ("GET", "/tonight/list", Need::May(P::FollowNight)),
        ("GET", "/binder", Need::May(P::EnterLevel)),
        ("POST", "/binder", Need::May(P::EnterLevel)),
        ("GET", "/binder.pdf", Need::May(P::EnterLevel)),
        ("GET", "/tonight/calls.pdf", Need::May(P::AnswerNight)),
        ("GET", "/outage", Need::May(P::FollowNight)),
        ("POST", "/outage", Need::May(P::EnterOutage)),
        ("GET", "/outage/{outage}", Need::May(P::FollowNight)),
        ("POST", "/outage/{outage}", Need::May(P::EnterOutage)),
        (
            "GET",
            "/outage/{outage}/calls.pdf",
            Need::May(P::AnswerNight),
        ),
        ("POST", "/tonight/level", Need::May(P::EnterLevel)),
        (
            "POST",
            "/tonight/levels/{level}/end",
            Need::May(P::ReadTelegram),
        ),
        ("POST", "/tonight/sites/{id}", Need::May(P::EnterLevel)),
        ("POST", "/tonight/telegram", Need::May(P::ReadTelegram)),
        ("POST", "/tonight/{case}/answer", Need::May(P::AnswerNight)),
        (
            "POST",
            "/tonight/{case}/answers/{answer}/strike",
            Need::May(P::AnswerNight),
        ),
        ("GET", "/map", Need::May(P::ListChildren)),
        (
            "GET",
            "/tiles/{version}/{sheet}/{zoom}/{column}/{row}",
            Need::May(P::ReadSites),
        ),
        ("GET", "/plans/{case}", Need::May(P::ReadPlan)),
        ("GET", "/plans/{case}/map.json", Need::May(P::ReadPlan)),
        ("GET", "/plans/{case}/power", Need::May(P::ReadPlan)),
        ("GET", "/plans/{case}/power/edit", Need::May(P::RecordPower)),
        (
            "POST",
            "/plans/{case}/power/edit",
            Need::May(P::RecordPower),
        ),
        ("GET", "/plans", Need::May(P::FollowPlans)),
        ("GET", "/plans/{case}/course", Need::May(P::ReadCourse)),
        ("GET", "/plans/{case}/papers", Need::May(P::ReadCourse)),
        (
            "GET",
            "/plans/{case}/sheets/{sheet}",
            Need::May(P::ReadCourse),
        ),
        ("GET", "/plans/{case}/consents", Need::May(P::ReadCourse)),
        ("POST", "/plans/{case}/consents", Need::May(P::WritePlan)),
        (
            "POST",
            "/plans/{case}/consents/strike",
            Need::May(P::ReadCourse),
        ),
        (
            "POST",
            "/plans/{case}/consents/revoke",
            Need::May(P::OwnPage),
        ),
        ("GET", "/plans/{case}/draft", Need::May(P::ReadCourse)),
        ("POST", "/plans/{case}/draft", Need::May(P::WritePlan)),
        ("GET", "/plans/{case}/draft/{step}", Need::May(P::WritePlan)),
        (
            "POST",
            "/plans/{case}/draft/{step}",
            Need::May(P::WritePlan),
        ),
        ("POST", "/plans/{case}/agree", Need::May(P::AgreeToPlan)),
        ("POST", "/plans/{case}/hand-in", Need::May(P::WritePlan)),
        ("POST", "/plans/{case}/take-back", Need::May(P::WritePlan)),
        ("POST", "/plans/{case}/give-up", Need::May(P::WritePlan)),
        ("POST", "/plans/{case}/mend", Need::May(P::WritePlan)),
        ("POST", "/plans/{case}/gap", Need::May(P::WritePlan)),
        ("GET", "/plans/{case}/decide", Need::May(P::DecidePlan)),
        ("POST", "/plans/{case}/approve", Need::May(P::DecidePlan)),
        ("POST", "/plans/{case}/return", Need::May(P::DecidePlan)),
        ("POST", "/plans/{case}/override", Need::May(P::DecidePlan)),
        (
            "POST",
            "/plans/{case}/override/end",
            Need::May(P::DecidePlan),
        ),
        ("POST", "/plans/{case}/give", Need::May(P::DecidePlan)),
        (
            "POST",
            "/plans/{case}/give/strike",
            Need::May(P::DecidePlan),
        ),
        ("GET", "/plans/{case}/versions", Need::May(P::ReadCourse)),
        (
            "GET",
            "/plans/{case}/versions/{version}",
            Need::May(P::ReadCourse),
        ),
        ("GET", "/loans", Need::May(P::KeepLoans)),
        ("GET", "/loans/new", Need::May(P::KeepLoans)),
        ("POST", "/loans/new", Need::May(P::KeepLoans)),
        ("GET", "/loans/invitations", Need::May(P::KeepLoans)),
        ("GET", "/loans/invitations.pdf", Need::May(P::KeepLoans)),
        (
            "GET",
            "/loans/{loan}/papers/{paper}",
            Need::May(P::KeepLoans),
        ),
        ("GET", "/units/labels", Need::May(P::KeepLoans)),
        ("POST", "/units/{unit}/lend", Need::May(P::KeepLoans)),
        ("POST", "/units/{unit}/until", Need::May(P::KeepLoans)),
        ("POST", "/units/{unit}/back", Need::May(P::KeepLoans)),
        ("GET", "/loans/running", Need::May(P::KeepLoans)),
        ("GET", "/loans/stuck", Need::May(P::KeepLoans)),
        ("GET", "/loans/ended", Need::May(P::KeepLoans)),
        ("GET", "/loans/{loan}/undo", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/undo", Need::May(P::KeepLoans)),
        ("GET", "/loans/{loan}/correct", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/correct", Need::May(P::KeepLoans)),
        ("GET", "/loans/visits", Need::May(P::KeepLoans)),
        ("GET", "/loans/lists/{file}", Need::May(P::KeepLoans)),
        ("GET", "/loans/{loan}/hand-over", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/hand-over", Need::May(P::KeepLoans)),
        ("GET", "/loans/{loan}/check", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/check", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/check/aside", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/photos", Need::May(P::KeepLoans)),
        (
            "GET",
            "/loans/{loan}/photos/{photo}",
            Need::May(P::KeepLoans),
        ),
        (
            "POST",
            "/loans/{loan}/photos/{photo}/remove",
            Need::May(P::KeepLoans),
        ),
        ("GET", "/loans/{loan}/progress", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/progress", Need::May(P::KeepLoans)),
        ("GET", "/loans/{loan}/reminders", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/reminders", Need::May(P::KeepLoans)),
        (
            "GET",
            "/plans/{case}/reminders",
            Need::May(P::FollowReminders),
        ),
        (
            "POST",
            "/plans/{case}/reminders",
            Need::May(P::FollowReminders),
        ),
        ("GET", "/messages", Need::May(P::WriteMessages)),
        ("POST", "/messages", Need::May(P::WriteMessages)),
        ("GET", "/messages/new", Need::May(P::WriteMessages)),
        ("POST", "/messages/preview", Need::May(P::WriteMessages)),
        ("GET", "/messages/{message}", Need::May(P::WriteMessages)),
        ("POST", "/messages/{message}", Need::May(P::WriteMessages)),
        ("GET", "/calls", Need::May(P::ListCalls)),
        ("GET", "/calls/letters.pdf", Need::May(P::ListCalls)),
        ("GET", "/calls/{case}/letter.pdf", Need::May(P::ListCalls)),
        ("GET", "/loans/import", Need::May(P::KeepLoans)),
        ("POST", "/loans/import", Need::May(P::KeepLoans)),
        ("POST", "/loans/import/confirm", Need::May(P::KeepLoans)),
        ("POST", "/loans/import/choose", Need::May(P::KeepLoans)),
        ("GET", "/loans/report", Need::May(P::ReadLoanReport)),
        ("GET", "/loans/report.xlsx", Need::May(P::ReadLoanReport)),
        ("GET", "/loans/report.csv", Need::May(P::ReadLoanReport)),
        ("GET", "/loans/towns", Need::May(P::KeepLoans)),
        ("POST", "/loans/towns/scheme", Need::May(P::KeepLoans)),
        ("POST", "/loans/towns/change", Need::May(P::KeepLoans)),
        ("POST", "/loans/towns/remove", Need::May(P::KeepLoans)),
        ("POST", "/loans/towns/restore", Need::May(P::KeepLoans)),
        ("POST", "/loans/towns/first", Need::May(P::KeepLoans)),
        ("POST", "/loans/towns/window", Need::May(P::KeepLoans)),
        ("GET", "/loans/{loan}", Need::May(P::KeepLoans)),
        ("POST", "/loans/{loan}/{act}", Need::May(P::KeepLoans)),
        ("GET", "/units", Need::May(P::KeepLoans)),
        ("POST", "/units", Need::May(P::KeepLoans)),
        ("GET", "/units/sheet.xlsx", Need::May(P::KeepLoans)),
        ("GET", "/units/sheet.csv", Need::May(P::KeepLoans)),
        ("GET", "/units/{unit}", Need::May(P::KeepLoans)),
        ("POST", "/units/{unit}/place", Need::May(P::KeepLoans)),
        ("POST", "/units/{unit}/state", Need::May(P::KeepLoans)),
        ("GET", "/units/catalogue", Need::May(P::KeepLoans)),
        ("POST", "/units/catalogue", Need::May(P::KeepLoans)),
        ("GET", "/devices", Need::May(P::KeepDevices)),
        ("POST", "/devices", Need::May(P::KeepDevices)),
        ("POST", "/devices/back", Need::May(P::KeepDevices)),
        ("POST", "/units/{unit}/correct", Need::May(P::KeepLoans)),
        ("GET", "/positions", Need::May(P::PlaceHome)),
        ("GET", "/plans/{case}/position", Need::May(P::PlaceHome)),
        ("POST", "/plans/{case}/position", Need::May(P::PlaceHome)),
        (
            "POST",
            "/plans/{case}/position/show",
            Need::May(P::PlaceHome),
        ),
        (
            "GET",
            "/plans/{case}/position.json",
            Need::May(P::PlaceHome),
        ),
        ("POST", "/plans/{case}/code", Need::May(P::TellCode)),
        ("POST", "/plans/{case}/family", Need::May(P::MakeFamily)),
        ("POST", "/plans/{case}/family/end", Need::May(P::TellCode)),
        ("GET", "/lost-link", Need::Nothing),
        ("POST", "/lost-link", Need::Nothing),
        ("GET", "/children/ended", Need::May(P::EndCase)),
        ("POST", "/plans/{case}/end", Need::May(P::EndCase)),
        ("POST", "/plans/{case}/reopen", Need::May(P::EndCase)),
        ("POST", "/plans/{case}/loan/end", Need::May(P::EndCase)),
        ("GET", "/plans/{case}/disclosure", Need::May(P::Disclose)),
        (
            "GET",
            "/plans/{case}/disclosure.json",
            Need::May(P::Disclose),
        ),
        (
            "POST",
            "/plans/{case}/correction",
            Need::May(P::AskCorrection),
        ),
        (
            "POST",
            "/plans/{case}/correction/answer",
            Need::May(P::AnswerCorrection),
        ),
        ("GET", "/corrections", Need::May(P::AnswerCorrection)),
        (
            "POST",
            "/plans/{case}/supporters/told",
            Need::May(P::TellSupporters),
        ),
        (
            "POST",
            "/plans/{case}/supporters/withdrawn",
            Need::May(P::TellSupporters),
        ),
        (
            "GET",
            "/plans/{case}/supporters/{ordinal}/letter",
            Need::May(P::TellSupporters),
        ),
        ("POST", "/plans/{case}/move", Need::May(P::DecideMove)),
        (
            "POST",
            "/plans/{case}/move/confirm",
            Need::May(P::DecideMove),
        ),
        ("POST", "/plans/{case}/move/close", Need::May(P::DecideMove)),
        ("POST", "/plans/{case}/stay", Need::May(P::DecideMove)),
        ("POST", "/plans/{case}/stay/end", Need::May(P::DecideMove)),
        (
            "POST",
            "/plans/{case}/coordinators",
            Need::May(P::AssignCoordinator),
        ),
        ("POST", "/plans/{case}/confirmed", Need::May(P::ConfirmPlan)),
        ("GET", "/drills", Need::May(P::KeepDrills)),
        ("GET", "/plans/{case}/drills", Need::May(P::KeepDrills)),
        ("POST", "/plans/{case}/drills", Need::May(P::KeepDrills)),
        (
            "POST",
            "/plans/{case}/drills/{drill}/strike",
            Need::May(P::KeepDrills),
        ),
        (
            "POST",
            "/plans/{case}/tasks/{task}",
            Need::May(P::KeepDrills),
        ),
        ("POST", "/plans/{case}/papers", Need::May(P::KeepDrills)),
        (
            "POST",
            "/plans/{case}/papers/{held}",
            Need::May(P::KeepDrills),
        ),
        ("POST", "/plans/{case}/contacts", Need::May(P::WriteContact)),
        (
            "POST",
            "/plans/{case}/protection",
            Need::May(P::ProtectAddress),
        ),
        (
            "POST",
            "/plans/{case}/address",
            Need::May(P::ReadProtectedAddress),
        ),
        ("GET", "/places", Need::May(P::FollowSites)),
        ("POST", "/places/{inquiry}/read", Need::May(P::EnterOnSite)),
        ("GET", "/sites", Need::May(P::ReadSites)),
        ("GET", "/sites/{id}", Need::May(P::ReadSites)),
        ("POST", "/sites/search", Need::May(P::ReadSites)),
        ("GET", "/sites/sheet.xlsx", Need::May(P::FollowSites)),
        ("GET", "/sites/sheet", Need::May(P::EnterOnSites)),
        ("POST", "/sites/sheet", Need::May(P::EnterOnSites)),
        ("POST", "/sites/bulk", Need::May(P::EnterOnSites)),
        ("GET", "/sites/batches/{batch}", Need::May(P::EnterOnSites)),
        (
            "POST",
            "/sites/batches/{batch}/confirm",
            Need::May(P::EnterOnSites),
        ),
        (
            "POST",
            "/sites/batches/{batch}/undo",
            Need::May(P::EnterOnSites),
        ),
        ("GET", "/sites/changes", Need::May(P::FollowSites)),
        (
            "GET",
            "/sites/changes/{data_set}",
            Need::May(P::FollowSites),
        ),
        ("GET", "/sites/new", Need::May(P::EnterOnSite)),
        ("POST", "/sites/new", Need::May(P::EnterOnSite)),
        ("GET", "/sites/{id}/edit", Need::May(P::EnterOnSite)),
        ("POST", "/sites/{id}/edit", Need::May(P::EnterOnSite)),
        ("POST", "/sites/{id}/end", Need::May(P::EnterOnSite)),
        ("POST", "/sites/{id}/reopen", Need::May(P::EnterOnSite)),
        ("POST", "/sites/{id}/entry", Need::May(P::EnterOnSite)),
        (
            "POST",
            "/sites/{id}/entry/restore",
            Need::May(P::EnterOnSite),
        ),
        ("GET", "/municipality", Need::May(P::SetMunicipality)),
        ("POST", "/municipality", Need::May(P::SetMunicipality)),
        ("POST", "/municipality/items", Need::May(P::SetMunicipality)),
        ("GET", "/imports", Need::May(P::ReadImports)),
        ("GET", "/imports/{import}", Need::May(P::ReadImports)),
        (
            "GET",
            "/imports/{import}/rows.csv",
            Need::May(P::ReadImports),
        ),
        ("GET", "/letters", Need::May(P::EditLetters)),
        ("GET", "/letters/{kind}", Need::May(P::EditLetters)),
        ("POST", "/letters/{kind}", Need::May(P::EditLetters)),
        ("POST", "/letters/{kind}/preview", Need::May(P::EditLetters)),
        ("POST", "/letters/{kind}/default", Need::May(P::EditLetters)),
        ("GET", "/accounts", Need::May(P::ManageAccounts)),
        ("POST", "/accounts", Need::May(P::ManageAccounts)),
        ("POST", "/accounts/{id}/link", Need::May(P::ManageAccounts)),
        (
            "POST",
            "/accounts/{id}/disable",
            Need::May(P::ManageAccounts),
        ),
        (
            "POST",
            "/accounts/{id}/enable",
            Need::May(P::ManageAccounts),
        ),
        (
            "POST",
            "/accounts/{id}/emergency",
            Need::May(P::ManageAccounts),
        ),
        ("GET", "/accounts/hand-over", Need::May(P::ManageAccounts)),
        ("POST", "/accounts/hand-over", Need::May(P::ManageAccounts)),
        ("GET", "/audit", Need::May(P::ReadTrail)),
        ("GET", "/history", Need::May(P::ReadOwnTrail)),
        ("GET", "/emergency", Need::May(P::ReadEmergency)),
        ("POST", "/emergency", Need::May(P::OpenEmergency)),
        ("POST", "/emergency/confirm", Need::May(P::OpenEmergency)),
        ("GET", "/emergency/{emergency}", Need::May(P::ReadEmergency)),
        (
            "GET",
            "/emergency/{emergency}/reads.csv",
            Need::May(P::ReadEmergency),
        ),
        (
            "POST",
            "/emergency/{emergency}/extend",
            Need::May(P::OpenEmergency),
        ),
        (
            "POST",
            "/emergency/{emergency}/let-end",
            Need::May(P::OpenEmergency),
        ),
        (
            "POST",
            "/emergency/{emergency}/close",
            Need::May(P::OpenEmergency),
        ),
        ("GET", "/family", Need::May(P::OwnPage)),
        ("GET", "/family/check", Need::May(P::OwnPage)),
        ("POST", "/family/check", Need::May(P::OwnPage)),
        ("GET", "/family/check/photos/{sent}", Need::May(P::OwnPage)),
        (
            "POST",
            "/family/check/{report}/take-back",
            Need::May(P::OwnPage),
        ),
        ("GET", "/family/tell/{told}", Need::May(P::OwnPage)),
        ("POST", "/family/tell/{told}", Need::May(P::OwnPage)),
        (
            "POST",
            "/family/answers/{answer}/take-back",
            Need::May(P::OwnPage),
        ),
        ("POST", "/family/mail", Need::May(P::OwnPage)),
        ("POST", "/furigana", Need::Nothing),
        ("GET", "/account", Need::May(P::OwnAccount)),
        ("POST", "/account/sessions/end", Need::May(P::OwnAccount)),
        (
            "POST",
            "/account/sessions/{session}/end",
            Need::May(P::OwnAccount),
        ),
        ("POST", "/account/recovery-codes", Need::May(P::OwnAccount)),
        ("POST", "/account/password", Need::May(P::OwnAccount)),
        ("GET", "/demo/clock", Need::May(P::OwnAccount)),
        ("POST", "/demo/clock", Need::May(P::OwnAccount)),
        ("POST", "/account/calendar", Need::May(P::HaveCalendar)),
        (
            "POST",
            "/account/calendar/{feed}/end",
            Need::May(P::HaveCalendar),
        ),
        ("GET", "/calendar/{token}", Need::Nothing),
        ("GET", "/assets/{hash}/{file}", Need::Nothing),
        ("GET", "/healthz", Need::Nothing),
        ("GET", "/readyz", Need::Nothing),
    ]
};

/// The pages of every route.
pub(super) fn all() -> Router<App> {
    Router::new()
        .merge(at_the_door())
        .merge(of_children())
        .merge(of_plans())
        .merge(of_sites())
        .merge(of_offices())
}

/// Coming in, going out, one's own account, and what is nobody's.
fn at_the_door() -> Router<App> {
    Router::new()
        .route("/", get(door::home))
        .route("/enter/{token}", get(door::button))
        .route(
            "/place/{token}",
            get(place_answer::look).post(place_answer::answer),
        )
        .route("/enter", post(door::enter))
        .route("/code", get(sign_in::code_page).post(sign_in::code))
        .route("/invitation/password", post(invitation::password))
        .route("/invitation/confirm", post(invitation::confirm))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(door::sign_out))
        .route("/language", post(door::language))
        .route("/lost-link", get(family_link::page).post(family_link::ask))
        .route("/family", get(family::page))
        .route("/family/tell/{told}", get(family::form).post(family::send))
        .route(
            "/family/answers/{answer}/take-back",
            post(family::take_back),
        )
        .route(
            "/family/check",
            get(family::check_form).post(family::check_send),
        )
        .route("/family/check/photos/{sent}", get(family::check_photo))
        .route(
            "/family/check/{report}/take-back",
            post(family::check_take_back),
        )
        .route("/family/mail", post(family::mail))
        .route("/furigana", post(family::switch))
        .route("/account", get(account::page))
        .route("/account/sessions/end", post(account::end_all))
        .route("/account/sessions/{session}/end", post(account::end_one))
        .route("/account/recovery-codes", post(account::new_codes))
        .route("/account/password", post(account::renew))
        .route("/demo/clock", get(demo_clock::page).post(demo_clock::set))
        .route("/account/calendar", post(calendar::make))
        .route("/account/calendar/{feed}/end", post(calendar::revoke))
        .route("/assets/{hash}/{file}", get(assets::file))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
}

/// Children, their plans, and where they go.
fn of_children() -> Router<App> {
    Router::new()
        .route("/children", get(children::list))
        .route("/children/search", post(children::search))
        .route("/what-if", get(what_if::page))
        .route("/tonight", get(night::page))
        .route("/tonight/list", get(night::list))
        .route("/binder", get(binder::page).post(binder::make))
        .route("/binder.pdf", get(binder::open))
        .route("/tonight/calls.pdf", get(night::calls_of_tonight))
        .route("/outage", get(outage::page).post(outage::enter))
        .route("/outage/{outage}", get(night::outage).post(outage::change))
        .route("/outage/{outage}/calls.pdf", get(night::calls_of_outage))
        .route("/tonight/level", post(night::enter_level))
        .route("/tonight/levels/{level}/end", post(night::end_level))
        .route("/tonight/sites/{id}", post(night::report_site))
        .route("/tonight/telegram", post(night::telegram))
        .route("/tonight/{case}/answer", post(night::answer))
        .route(
            "/tonight/{case}/answers/{answer}/strike",
            post(night::strike),
        )
        .route("/map", get(prefecture_map::page))
        .route(
            "/tiles/{version}/{sheet}/{zoom}/{column}/{row}",
            get(tiles::tile),
        )
        .route("/plans/{case}", get(plan::page))
        .route("/plans/{case}/map.json", get(map::data))
        .route("/positions", get(positions::list))
        .route(
            "/plans/{case}/position",
            get(positions::page).post(positions::set),
        )
        .route("/plans/{case}/power", get(power::page))
        .route(
            "/plans/{case}/power/edit",
            get(power::edit).post(power::keep),
        )
        .route("/plans/{case}/position/show", post(positions::reveal))
        .route("/plans/{case}/position.json", get(positions::map))
        .route(
            "/plans/{case}/reminders",
            get(loans::plan_reminders).post(loans::remind_of_plan),
        )
        .route("/plans/{case}/code", post(family_link::tell))
        .route("/plans/{case}/family", post(family_link::make))
        .route("/plans/{case}/family/end", post(family_link::end))
        .route("/children/ended", get(rights::ended))
        .route("/plans/{case}/end", post(rights::end))
        .route("/plans/{case}/reopen", post(rights::reopen))
        .route("/plans/{case}/loan/end", post(rights::end_loan))
        .route("/plans/{case}/disclosure", get(rights::disclosed))
        .route(
            "/plans/{case}/disclosure.json",
            get(rights::disclosed_to_machines),
        )
        .route("/plans/{case}/correction", post(rights::ask))
        .route("/plans/{case}/correction/answer", post(rights::answer))
        .route("/corrections", get(rights::waiting))
        .route("/plans/{case}/supporters/told", post(rights::told))
        .route(
            "/plans/{case}/supporters/withdrawn",
            post(rights::withdrawn),
        )
        .route(
            "/plans/{case}/supporters/{ordinal}/letter",
            get(rights::letter),
        )
        .route("/plans/{case}/move", post(care::propose))
        .route("/plans/{case}/move/confirm", post(care::confirm))
        .route("/plans/{case}/move/close", post(care::close))
        .route("/plans/{case}/stay", post(care::begin_stay))
        .route("/plans/{case}/stay/end", post(care::end_stay))
        .route("/plans/{case}/coordinators", post(care::assign))
        .route("/plans/{case}/confirmed", post(fresh::confirm))
        .route("/drills", get(drills::list))
        .route(
            "/plans/{case}/drills",
            get(drills::page).post(drills::record),
        )
        .route("/plans/{case}/drills/{drill}/strike", post(drills::strike))
        .route("/plans/{case}/tasks/{task}", post(drills::mark))
        .route("/plans/{case}/papers", get(sheets::page).post(drills::give))
        .route("/plans/{case}/sheets/{sheet}", get(sheets::one))
        .route("/plans/{case}/papers/{held}", post(drills::end_paper))
        .route("/plans/{case}/contacts", post(care::contact))
        .route("/plans/{case}/protection", post(care::protect))
        .route("/plans/{case}/address", post(care::reveal))
}

/// Sites, and what a municipality does with them.
fn of_sites() -> Router<App> {
    Router::new()
        .route("/sites", get(site_list::list))
        .route("/sites/search", post(site_list::search))
        .route("/sites/sheet.xlsx", get(site_list::sheet))
        .route(
            "/sites/sheet",
            get(site_batch::sheet).post(site_batch::upload),
        )
        .route("/sites/bulk", post(site_batch::bulk))
        .route("/sites/batches/{batch}", get(site_batch::page))
        .route("/sites/batches/{batch}/confirm", post(site_batch::confirm))
        .route("/sites/batches/{batch}/undo", post(site_batch::undo))
        .route("/sites/changes", get(site_history::page))
        .route("/sites/changes/{data_set}", get(site_history::import))
        .route("/loans", get(loans::desk))
        .route("/loans/new", get(loans::new).post(loans::register))
        .route("/loans/invitations", get(loans::invitations))
        .route("/loans/invitations.pdf", get(loans::all_invitations))
        .route("/loans/{loan}/papers/{paper}", get(loans::paper))
        .route("/units/labels", get(loans::labels))
        .route("/units/{unit}/lend", post(loans::lend))
        .route("/units/{unit}/until", post(loans::put_off))
        .route("/units/{unit}/back", post(loans::back))
        .route("/loans/running", get(loans::running))
        .route("/loans/stuck", get(loans::stuck_list))
        .route("/loans/ended", get(loans::ended))
        .route(
            "/loans/{loan}/undo",
            get(loans::undo_page).post(loans::undo),
        )
        .route(
            "/loans/{loan}/correct",
            get(loans::correct_page).post(loans::correct),
        )
        .route("/loans/visits", get(loans::visits))
        .route("/loans/lists/{file}", get(loans::lists))
        .route(
            "/loans/{loan}/hand-over",
            get(loans::bedside).post(loans::hand_over),
        )
        .route(
            "/loans/{loan}/check",
            get(loans::checking).post(loans::check),
        )
        .route("/loans/{loan}/check/aside", post(loans::set_aside))
        .route("/loans/{loan}/photos", post(loans::add_photos))
        .route("/loans/{loan}/photos/{photo}", get(loans::photo))
        .route(
            "/loans/{loan}/photos/{photo}/remove",
            post(loans::remove_photo),
        )
        .route(
            "/loans/{loan}/reminders",
            get(loans::reminders).post(loans::remind),
        )
        .route(
            "/loans/{loan}/progress",
            get(loans::progress).post(loans::note_answer),
        )
        .route(
            "/loans/import",
            get(loans::import_page).post(loans::try_out),
        )
        .route("/loans/import/confirm", post(loans::import))
        .route("/loans/import/choose", post(loans::choose))
        .route("/loans/report", get(loans::report))
        .route("/loans/report.xlsx", get(loans::report_xlsx))
        .route("/loans/report.csv", get(loans::report_csv))
        .route("/loans/towns", get(loans::towns_page))
        .route("/loans/towns/scheme", post(loans::add_scheme))
        .route("/loans/towns/change", post(loans::change_scheme))
        .route("/loans/towns/remove", post(loans::remove_scheme))
        .route("/loans/towns/restore", post(loans::restore_scheme))
        .route("/loans/towns/first", post(loans::first_schemes))
        .route("/loans/towns/window", post(loans::set_window))
        .route("/loans/{loan}", get(loans::show_loan))
        .route("/loans/{loan}/{act}", post(loans::act))
        .route("/units", get(loans::list).post(loans::add))
        .route("/devices", get(devices::page).post(devices::write))
        .route("/devices/back", post(devices::take_back))
        .route(
            "/units/catalogue",
            get(loans::models).post(loans::write_model),
        )
        .route("/units/sheet.xlsx", get(loans::units_xlsx))
        .route("/units/sheet.csv", get(loans::units_csv))
        .route("/units/{unit}", get(loans::show_unit))
        .route("/units/{unit}/place", post(loans::set_place))
        .route("/units/{unit}/correct", post(loans::correct_unit))
        .route("/units/{unit}/state", post(loans::set_state))
        .route("/sites/new", get(own_site::new).post(own_site::add))
        .route("/sites/{id}", get(sites::page))
        .route(
            "/sites/{id}/edit",
            get(own_site::edit).post(own_site::correct),
        )
        .route("/sites/{id}/end", post(own_site::end))
        .route("/sites/{id}/reopen", post(own_site::reopen))
        .route("/sites/{id}/entry", post(sites::enter))
        .route("/sites/{id}/entry/restore", post(sites::restore))
}

/// The life of a plan.
fn of_plans() -> Router<App> {
    Router::new()
        .route("/plans", get(stages::list))
        .route("/plans/{case}/course", get(course::page))
        .route(
            "/plans/{case}/draft",
            get(draft::overview).post(draft::begin),
        )
        .route(
            "/plans/{case}/draft/{step}",
            get(draft::step).post(draft::keep),
        )
        .route(
            "/plans/{case}/consents",
            get(consents::page).post(consents::record),
        )
        .route("/plans/{case}/consents/strike", post(consents::strike))
        .route("/plans/{case}/consents/revoke", post(consents::revoke))
        .route("/plans/{case}/agree", post(course::agree))
        .route("/plans/{case}/hand-in", post(course::hand_in))
        .route("/plans/{case}/take-back", post(course::take_back))
        .route("/plans/{case}/give-up", post(course::give_up))
        .route("/plans/{case}/mend", post(course::mend))
        .route("/plans/{case}/gap", post(course::gap))
        .route("/plans/{case}/decide", get(course::decide))
        .route("/plans/{case}/approve", post(course::approve))
        .route("/plans/{case}/return", post(course::return_it))
        .route("/plans/{case}/override", post(course::make_override))
        .route("/plans/{case}/override/end", post(course::end_override))
        .route("/plans/{case}/give", post(course::give))
        .route("/plans/{case}/give/strike", post(course::strike))
        .route("/plans/{case}/versions", get(versions::compare))
        .route("/plans/{case}/versions/{version}", get(versions::one))
}

/// What belongs to an office or a role.
fn of_offices() -> Router<App> {
    Router::new()
        .route("/figures", get(figures::page))
        .route("/places", get(places::list))
        .route("/places/{inquiry}/read", post(places::put_away))
        .route("/diagnosis", get(diagnosis::choose))
        .route("/diagnosis/{municipality}", get(diagnosis::page))
        .route(
            "/diagnosis/{municipality}/sheet.xlsx",
            get(diagnosis::sheet),
        )
        .route("/messages", get(loans::messages).post(loans::send_message))
        .route("/messages/new", get(loans::new_message))
        .route("/messages/preview", post(loans::preview_message))
        .route(
            "/messages/{message}",
            get(loans::message).post(loans::decide_message),
        )
        .route("/calls", get(loans::calls))
        .route("/calls/letters.pdf", get(loans::all_letters))
        .route("/calls/{case}/letter.pdf", get(loans::call_letter))
        .route(
            "/municipality",
            get(municipality::page).post(municipality::set),
        )
        .route("/municipality/items", post(municipality::set_items))
        .route("/imports", get(imports::list))
        .route("/imports/{import}", get(imports::one))
        .route("/imports/{import}/rows.csv", get(imports::rows))
        .route("/letters", get(letters::list))
        .route("/letters/{kind}", get(letters::page).post(letters::change))
        .route("/letters/{kind}/preview", post(letters::preview))
        .route("/letters/{kind}/default", post(letters::reset))
        .route("/accounts", get(accounts::list).post(accounts::add))
        .route("/accounts/{id}/link", post(accounts::renew))
        .route("/accounts/{id}/disable", post(accounts::disable))
        .route("/accounts/{id}/enable", post(accounts::enable))
        .route("/accounts/{id}/emergency", post(accounts::allow_emergency))
        .route(
            "/accounts/hand-over",
            get(accounts::hand_over_page).post(accounts::hand_over),
        )
        .route("/audit", get(trail::for_the_auditor))
        .route("/history", get(trail::for_the_family))
        .route("/emergency", get(emergency::list).post(emergency::open))
        .route("/emergency/confirm", post(emergency::confirm))
        .route("/emergency/{emergency}", get(emergency::page))
        .route("/emergency/{emergency}/reads.csv", get(emergency::reads))
        .route("/emergency/{emergency}/extend", post(emergency::extend))
        .route("/emergency/{emergency}/let-end", post(emergency::let_end))
        .route("/emergency/{emergency}/close", post(emergency::close))
        .route("/calendar/{token}", get(calendar::feed))
}
