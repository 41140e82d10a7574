//! Accounts: the administrator's list, and the hand-over of half an office.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    show,
    taken::{Named, Sent},
    words::{self, accounts as said},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Role,
        id::UserId,
        municipality::{self, MunicipalityCode},
        text::{Lang, Text},
    },
    service::{
        accounts::{self, AccountRow, Changed, HandedOver, Step, Successor},
        reminders,
        sign_in::{self, AccountRequest, Invited, Link},
    },
};

/// One account as a page shows it.
struct Line {
    id: UserId,
    name: String,
    email: String,
    role: Option<Role>,
    role_name: String,
    place_name: String,
    state: String,
    disabled: bool,
    /// Whether it may open emergency access; `None`: no such account may.
    opens_emergency: Option<bool>,
    signed_in: String,
    /// What was typed into the hand-over's form.
    typed: Typed,
    /// Colleagues who could follow.
    colleagues: Vec<(UserId, String)>,
    /// The hand-over is refused because of this account.
    wrong: bool,
}

/// What was typed for one account in the hand-over.
#[derive(Debug, Clone, Default)]
struct Typed {
    what: String,
    name: String,
    email: String,
    colleague: String,
}

/// An invitation, shown once.
struct Handed {
    name: String,
    link: String,
    code: String,
    children: Option<usize>,
    /// Protected addresses that who left could see; who follows can.
    named: usize,
    left: String,
    /// Who left could open emergency access, and who follows cannot yet.
    authority_ended: bool,
}

/// What was typed into the form for a new account.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct NewForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    municipality: String,
}

#[derive(Template)]
#[template(path = "pages/accounts.html")]
struct Accounts {
    head: Head,
    lines: Vec<Line>,
    roles: Vec<(&'static str, String)>,
    /// Municipalities by prefecture, those of accounts that are there first.
    places: Vec<(String, Vec<(String, String)>)>,
    form: NewForm,
    said: Option<(bool, String)>,
    handed: Vec<Handed>,
    /// Whom no mail reaches: who, since when, and what the mail server said.
    unreached: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/hand_over.html")]
struct HandOver {
    head: Head,
    lines: Vec<Line>,
    key: Uuid,
    said: Option<String>,
    /// The account whose row is wrong.
    wrong: Option<UserId>,
}

/// What a page says after a form.
#[derive(Default)]
struct Said {
    status: StatusCode,
    line: Option<(bool, String)>,
    form: NewForm,
    handed: Vec<Handed>,
}

/// `GET /accounts`
pub(super) async fn list(State(app): State<App>, visit: Visit) -> Result<Response, Error> {
    render(&app, &visit, Said::default()).await
}

/// `POST /accounts`
pub(super) async fn add(
    State(app): State<App>,
    visit: Visit,
    Sent(form): Sent<NewForm>,
) -> Result<Response, Error> {
    let role = Role::from_code(&form.role).ok_or(Error::BadForm)?;
    // A family's account opens a plan: its municipality makes it.
    if role == Role::Family {
        return Err(Error::BadForm);
    }
    let request = AccountRequest {
        email: form.email.clone(),
        name: form.name.clone(),
        role,
        municipality: MunicipalityCode::parse(&form.municipality).ok(),
        case: None,
    };
    let invited = sign_in::invite_by(&app, &visit.who, &request).await?;
    let said = match invited {
        Invited::Link(_, link) => Said {
            status: StatusCode::OK,
            line: Some((true, said::ADDED.get(visit.lang).to_owned())),
            handed: vec![handed(&app, &form.name, &link)],
            form: NewForm::default(),
        },
        refused => Said {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            line: Some((false, why_not(&refused).get(visit.lang).to_owned())),
            form,
            handed: Vec::new(),
        },
    };
    render(&app, &visit, said).await
}

/// `POST /accounts/{id}/link`
pub(super) async fn renew(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let changed = accounts::renew(&app, &visit.who, UserId(id)).await?;
    changed_page(&app, &visit, id, changed, said::RENEWED).await
}

/// `POST /accounts/{id}/disable`
pub(super) async fn disable(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let changed = accounts::disable(&app, &visit.who, UserId(id)).await?;
    changed_page(&app, &visit, id, changed, said::DISABLED).await
}

/// `POST /accounts/{id}/enable`
pub(super) async fn enable(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let changed = accounts::enable(&app, &visit.who, UserId(id)).await?;
    changed_page(&app, &visit, id, changed, said::ENABLED).await
}

/// Whether an account may open emergency access.
#[derive(Deserialize)]
pub(super) struct EmergencyForm {
    allowed: String,
}

/// `POST /accounts/{id}/emergency`
pub(super) async fn allow_emergency(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(form): Sent<EmergencyForm>,
) -> Result<Response, Error> {
    let (allowed, done) = match form.allowed.as_str() {
        "yes" => (true, said::ALLOWED),
        "no" => (false, said::DISALLOWED),
        _ => return Err(Error::BadForm),
    };
    let changed = accounts::allow_emergency(&app, &visit.who, UserId(id), allowed).await?;
    changed_page(&app, &visit, id, changed, done).await
}

async fn changed_page(
    app: &App,
    visit: &Visit,
    id: Uuid,
    changed: Changed,
    done: Text,
) -> Result<Response, Error> {
    let lang = visit.lang;
    let said = match changed {
        Changed::Done(link) => {
            let rows = accounts::list(app, &visit.who).await?;
            let name = rows.into_iter().find(|row| row.account.id.0 == id);
            let name = name.map(|row| row.account.name).unwrap_or_default();
            Said {
                status: StatusCode::OK,
                line: Some((true, done.get(lang).to_owned())),
                handed: link
                    .map(|link| handed(app, &name, &link))
                    .into_iter()
                    .collect(),
                form: NewForm::default(),
            }
        }
        Changed::Unknown => refused(&said::UNKNOWN, lang),
        Changed::LastAdministrator => refused(&said::LAST_ADMINISTRATOR, lang),
        Changed::LastNamed => refused(&said::LAST_NAMED, lang),
    };
    render(app, visit, said).await
}

fn refused(why: &Text, lang: Lang) -> Said {
    Said {
        status: StatusCode::CONFLICT,
        line: Some((false, why.get(lang).to_owned())),
        ..Said::default()
    }
}

/// Why an account is refused.
pub(super) fn why_not(invited: &Invited) -> Text {
    match invited {
        Invited::AddressTaken => said::TAKEN,
        Invited::NeedsMunicipality => said::NEEDS_PLACE,
        Invited::BadName => said::BAD_NAME,
        Invited::BadAddress => said::BAD_ADDRESS,
        _ => said::NOT_OF_ROLE,
    }
}

fn handed(app: &App, name: &str, link: &Link) -> Handed {
    Handed {
        name: name.to_owned(),
        link: sign_in::address_of(app, link),
        code: link.code.shown(),
        children: None,
        named: 0,
        left: String::new(),
        authority_ended: false,
    }
}

async fn render(app: &App, visit: &Visit, said: Said) -> Result<Response, Error> {
    let lang = visit.lang;
    let rows = accounts::list(app, &visit.who).await?;
    let unreached = reminders::unreached_staff(app, &visit.who).await?;
    let unreached = unreached.into_iter().map(|one| {
        let answer = one.answer.unwrap_or_default();
        let what = one.kind.name();
        let facts = format!("{} {} {answer}", one.since, what.get(lang));
        (one.name, facts.trim().to_owned())
    });
    let page = show(&Accounts {
        unreached: unreached.collect(),
        head: Head::of(visit, "/accounts"),
        places: places(&rows),
        lines: lines(rows, &HashMap::new(), lang),
        roles: Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Family)
            .map(|role| (role.code(), role.name().get(lang).to_owned()))
            .collect(),
        form: said.form,
        said: said.line,
        handed: said.handed,
    })?;
    Ok((said.status, page).into_response())
}

/// Every municipality, by prefecture in the order of the codes; where accounts are
/// comes first.
fn places(rows: &[AccountRow]) -> Vec<(String, Vec<(String, String)>)> {
    let mut groups: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for row in municipality::all().filter(|row| row.parent.is_none()) {
        let place = (row.code.to_owned(), row.name.to_owned());
        match groups.last_mut() {
            Some((prefecture, places)) if prefecture == row.prefecture => places.push(place),
            _ => groups.push((row.prefecture.to_owned(), vec![place])),
        }
    }
    let own = |prefecture: &str| {
        rows.iter()
            .filter_map(|row| row.account.reader.municipality()?.row())
            .any(|row| row.prefecture == prefecture)
    };
    groups.sort_by_key(|(prefecture, _)| !own(prefecture));
    groups
}

fn lines(rows: Vec<AccountRow>, typed: &HashMap<UserId, Typed>, lang: Lang) -> Vec<Line> {
    let staff: Vec<(UserId, String, Option<Role>, Option<MunicipalityCode>)> = rows
        .iter()
        .filter(|row| !row.account.disabled)
        .map(|row| {
            let account = &row.account;
            let place = account.reader.municipality();
            (
                account.id,
                account.name.clone(),
                account.reader.role(),
                place,
            )
        })
        .collect();
    rows.into_iter()
        .map(|row| {
            let account = row.account;
            let (role, place) = (account.reader.role(), account.reader.municipality());
            let state = match (account.disabled, account.ready) {
                (true, _) => said::OUT_OF_USE,
                (false, false) if role != Some(Role::Family) => said::INVITED,
                (false, _) => said::IN_USE,
            };
            Line {
                id: account.id,
                role,
                role_name: role.map_or_else(String::new, |r| r.name().get(lang).to_owned()),
                place_name: place.map_or_else(String::new, |p| p.name().to_owned()),
                state: state.get(lang).to_owned(),
                disabled: account.disabled,
                opens_emergency: (role == Some(Role::Municipality))
                    .then_some(account.opens_emergency),
                signed_in: row.signed_in.map_or_else(
                    || said::NEVER.get(lang).to_owned(),
                    |at| in_tokyo(at).format("%Y-%m-%d %H:%M").to_string(),
                ),
                colleagues: staff
                    .iter()
                    .filter(|(id, _, r, p)| *id != account.id && *r == role && *p == place)
                    .map(|(id, name, ..)| (*id, name.clone()))
                    .collect(),
                wrong: false,
                typed: typed.get(&account.id).cloned().unwrap_or_default(),
                name: account.name,
                email: account.email,
            }
        })
        .collect()
}

/// `GET /accounts/hand-over`
pub(super) async fn hand_over_page(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    hand_over_form(&app, &visit, &HashMap::new(), None, None).await
}

async fn hand_over_form(
    app: &App,
    visit: &Visit,
    typed: &HashMap<UserId, Typed>,
    said: Option<String>,
    wrong: Option<UserId>,
) -> Result<Html<String>, Error> {
    let rows = accounts::list(app, &visit.who).await?;
    let mut lines = lines(rows, typed, visit.lang);
    for line in &mut lines {
        line.wrong = wrong == Some(line.id);
    }
    lines.retain(|line| !line.disabled && line.role != Some(Role::Family));
    show(&HandOver {
        head: Head::of(visit, "/accounts/hand-over"),
        lines,
        key: app.ids.next(),
        said,
        wrong,
    })
}

/// `POST /accounts/hand-over`: fields are named by the account they speak of
/// (`what-ID`, `name-ID`, `email-ID`, `colleague-ID`).
pub(super) async fn hand_over(
    State(app): State<App>,
    visit: Visit,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let lang = visit.lang;
    let mut key = None;
    let mut typed: HashMap<UserId, Typed> = HashMap::new();
    let mut order = Vec::new();
    for (field, value) in fields {
        if field == "key" {
            key = value.parse().ok();
            continue;
        }
        let Some((part, id)) = field.split_once('-') else {
            continue;
        };
        let Ok(id) = id.parse().map(UserId) else {
            continue;
        };
        let row = typed.entry(id).or_insert_with(|| {
            order.push(id);
            Typed::default()
        });
        match part {
            "what" => row.what = value,
            "name" => row.name = value,
            "email" => row.email = value,
            "colleague" => row.colleague = value,
            _ => {}
        }
    }
    let key: Uuid = key.ok_or(Error::BadForm)?;
    let steps: Vec<Step> = order
        .iter()
        .filter_map(|id| {
            let row = &typed[id];
            let successor = match row.what.as_str() {
                "new" => Successor::New {
                    name: row.name.clone(),
                    email: row.email.clone(),
                },
                "colleague" => {
                    Successor::Colleague(UserId(row.colleague.parse().unwrap_or_default()))
                }
                "nobody" => Successor::Nobody,
                _ => return None,
            };
            Some(Step {
                leaving: *id,
                successor,
            })
        })
        .collect();
    let outcome = accounts::hand_over(&app, &visit.who, &steps, key).await?;
    let (why, wrong) = match outcome {
        HandedOver::Done(taken) => {
            let handed = taken
                .into_iter()
                .map(|done| Handed {
                    name: done.follows.unwrap_or_else(|| "–".to_owned()),
                    link: done
                        .link
                        .as_ref()
                        .map(|link| sign_in::address_of(&app, link))
                        .unwrap_or_default(),
                    code: done.link.map(|link| link.code.shown()).unwrap_or_default(),
                    children: Some(done.children),
                    named: done.named,
                    authority_ended: done.opened_emergency,
                    left: done.left,
                })
                .collect();
            let said = Said {
                status: StatusCode::OK,
                line: Some((true, said::HANDED_OVER.get(lang).to_owned())),
                handed,
                form: NewForm::default(),
            };
            return render(&app, &visit, said).await;
        }
        HandedOver::Repeated => {
            let said = Said {
                status: StatusCode::OK,
                line: Some((true, said::REPEATED.get(lang).to_owned())),
                ..Said::default()
            };
            return render(&app, &visit, said).await;
        }
        HandedOver::OtherBody => (words::OTHER_BODY, None),
        HandedOver::Nothing => (said::NOTHING, None),
        HandedOver::Unknown(id) => (said::UNKNOWN, Some(id)),
        HandedOver::Refused(id, why) => (why_not(&why), Some(id)),
        HandedOver::NotAColleague(id) => (said::NOT_A_COLLEAGUE, Some(id)),
        HandedOver::LastAdministrator => (said::LAST_ADMINISTRATOR, None),
        HandedOver::LastNamed(id) => (said::LAST_NAMED, Some(id)),
    };
    let page = hand_over_form(&app, &visit, &typed, Some(why.get(lang).to_owned()), wrong).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
