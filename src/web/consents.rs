//! The page of the consents to a plan.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Error,
    care::numbered,
    course::DAY,
    head::{Head, Visit},
    loans::{Leads, fields::Fields, leads},
    show,
    taken::{Named, Sent},
    words::{self, consents as w, course as c},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        calendar::parse_date,
        consent::{Capacity, ConsentForm, Recipient},
        id::CaseNumber,
        plan::{answers::ConsentAnswer, document::Explanation},
        rights::written,
        text::{Lang, Text},
    },
    service::{
        life::{self, ConsentNow, ConsentsPage},
        loans::Answer,
    },
    store::{GivenOut, StoredConsent},
};

type Bad = (&'static str, Text);

/// What an answer is about, in words.
fn about(recipient: Option<Recipient>, name: Option<&str>, lang: Lang) -> String {
    let Some(recipient) = recipient else {
        return w::TO_MAKE.get(lang).to_owned();
    };
    let who = format!(
        "{} {}",
        recipient.name().get(lang),
        name.unwrap_or_default()
    );
    match lang {
        Lang::Ja => format!("{}に{}", who.trim(), w::TO_GIVE.ja),
        Lang::En => format!("{} {}", w::TO_GIVE.en, who.trim()),
    }
}

fn explained(one: Option<&Explanation>, lang: Lang) -> String {
    let Some(one) = one else {
        return w::NOT_EXPLAINED.get(lang).to_owned();
    };
    let parts = [
        Some(one.on.to_string()),
        one.by.clone(),
        one.version.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" ・ ")
}

/// One question, in words.
struct NowShown {
    about: String,
    /// Yes, no, or nobody has asked.
    answer: Option<bool>,
    says: String,
    details: String,
    explained: String,
    again: bool,
    fetch: Vec<String>,
    /// What a family takes back: to whom, and their name.
    takes_back: Option<(&'static str, String)>,
}

impl NowShown {
    fn of(one: &ConsentNow, lang: Lang) -> Self {
        let last = one.last.as_ref();
        let says = match last {
            None => w::NOT_ASKED,
            Some(last) if last.given => w::YES,
            Some(_) => w::NO,
        };
        let on = last.map(|last| match last.on {
            Some(on) => on.to_string(),
            None => w::NO_DAY.get(lang).to_owned(),
        });
        let by = last.and_then(|last| last.by.clone());
        let form = last.and_then(|last| last.form);
        let form = form.map(|form| form.name().get(lang).to_owned());
        let details: Vec<String> = [on, by, form].into_iter().flatten().collect();
        let fetch = |one: &GivenOut| {
            let name = one.name.as_deref().unwrap_or_default();
            let to = format!("{} {name}", one.to.name().get(lang));
            let version = format!("{} {}", w::VERSION.get(lang), one.version);
            format!("{} ・ {version} ・ {}", to.trim(), one.on)
        };
        Self {
            about: about(one.recipient, one.name.as_deref(), lang),
            answer: last.map(|last| last.given),
            says: says.get(lang).to_owned(),
            details: details.join(" ・ "),
            explained: explained(one.explained.as_ref(), lang),
            again: one.again,
            fetch: one.to_fetch.iter().map(fetch).collect(),
            takes_back: one
                .recipient
                .filter(|_| last.is_some_and(|last| last.given))
                .map(|to| (to.code(), one.name.clone().unwrap_or_default())),
        }
    }
}

/// One answer on record, in words.
struct LineShown {
    id: Uuid,
    says: String,
    by: String,
    struck: bool,
    /// The reader may strike it out.
    strikes: bool,
}

impl LineShown {
    fn of(one: &StoredConsent, strikes: bool, lang: Lang) -> Self {
        let says = match &one.answer {
            None => w::ERASED.get(lang).to_owned(),
            Some(answer) => {
                let given = if answer.given { w::YES } else { w::NO };
                let mut parts = vec![
                    answer.on.to_string(),
                    about(answer.recipient, answer.name.as_deref(), lang),
                    given.get(lang).to_owned(),
                    answer.by.clone(),
                    answer.capacity.name().get(lang).to_owned(),
                    answer.form.name().get(lang).to_owned(),
                ];
                if let Some(one) = &answer.explained {
                    let what = explained(Some(one), lang);
                    parts.push(format!("{} {what}", w::EXPLAINED.get(lang)));
                }
                parts.join(" ・ ")
            }
        };
        let at = in_tokyo(one.at).format("%Y-%m-%d %H:%M");
        Self {
            id: one.id,
            says,
            by: format!("{} {} {at}", w::WRITTEN_BY.get(lang), one.by),
            struck: one.undone.is_some(),
            strikes: strikes && one.undone.is_none(),
        }
    }
}

/// Code, name, whether it is chosen.
type Choices = Vec<(String, String, bool)>;

#[derive(Template)]
#[template(path = "pages/consents.html")]
struct Page {
    head: Head,
    page: ConsentsPage,
    said: Option<String>,
    name: String,
    mode: String,
    now: Vec<NowShown>,
    lines: Vec<LineShown>,
    recipients: Choices,
    capacities: Choices,
    forms: Choices,
    typed: Fields,
    today: NaiveDate,
    keys: Keys,
}

/// Keys of forms: sent twice each acts once.
struct Keys(App);

impl Keys {
    fn next(&self) -> Uuid {
        self.0.ids.next()
    }
}

impl Page {
    /// What was typed in a field, else what stands there at first.
    fn typed_or(&self, name: &str, otherwise: &str) -> String {
        match self.typed.get(name) {
            "" => otherwise.to_owned(),
            typed => typed.to_owned(),
        }
    }
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (typed, said): (Fields, Option<String>),
) -> Result<Html<String>, Error> {
    let page = life::consents_page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let whom = |one: Recipient| {
        let chosen = typed.get("recipient") == one.code();
        (
            one.code().to_owned(),
            one.name().get(lang).to_owned(),
            chosen,
        )
    };
    let as_whom = |one: &Capacity| {
        let first = typed.get("capacity").is_empty()
            && (*one == Capacity::OwnSelf) == page.of_age.is_some()
            && *one != Capacity::AdultGuardian;
        let chosen = first || typed.get("capacity") == one.code();
        (
            one.code().to_owned(),
            one.name().get(lang).to_owned(),
            chosen,
        )
    };
    let form = |one: &ConsentForm| {
        let chosen = typed.get("form") == one.code();
        (
            one.code().to_owned(),
            one.name().get(lang).to_owned(),
            chosen,
        )
    };
    show(&Page {
        head: Head::of(visit, format!("/plans/{number}/consents")),
        name: page.name.clone().unwrap_or_default(),
        mode: page.mode.name().get(lang).to_owned(),
        now: page.now.iter().map(|one| NowShown::of(one, lang)).collect(),
        lines: page
            .answers
            .iter()
            .map(|one| {
                let own = !page.staff && one.by_user == visit.who.user;
                LineShown::of(one, page.may_write || own, lang)
            })
            .collect(),
        recipients: Recipient::ALL.into_iter().map(whom).collect(),
        capacities: Capacity::ALL.iter().map(as_whom).collect(),
        forms: ConsentForm::ALL.iter().map(form).collect(),
        today: app.moment().today,
        keys: Keys(app.clone()),
        typed,
        said,
        page,
    })
}

/// `GET /plans/{case}/consents`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    render(&app, &visit, &numbered(&case)?, (Fields::default(), None)).await
}

/// The answer that a form has.
fn read(typed: &Fields) -> Result<ConsentAnswer, Bad> {
    let recipient = match typed.get("recipient") {
        "" => None,
        code => Some(Recipient::from_code(code).ok_or(("recipient", w::WHOM))?),
    };
    let given = match typed.get("given") {
        "yes" => true,
        "no" => false,
        _ => return Err(("given", w::CHOOSE_ANSWER)),
    };
    let day = |field: &'static str| match typed.get(field).trim() {
        "" => Ok(None),
        text => parse_date(text).map(Some).map_err(|_| (field, DAY)),
    };
    let on = day("answered_on")?.ok_or(("answered_on", DAY))?;
    let short = |field: &str| written(typed.get(field)).filter(|text| text.chars().count() <= 60);
    let by = short("answered_by").ok_or(("answered_by", w::WHO_ANSWERED))?;
    let capacity = Capacity::from_code(typed.get("capacity"));
    let form = ConsentForm::from_code(typed.get("form"));
    let explained = day("explained_on")?.map(|on| Explanation {
        on,
        by: short("explained_by"),
        version: short("leaflet"),
    });
    Ok(ConsentAnswer {
        name: short("recipient_name").filter(|_| recipient.is_some()),
        recipient,
        given,
        on,
        by,
        capacity: capacity.ok_or(("capacity", w::CHOOSE_CAPACITY))?,
        form: form.ok_or(("form", w::CHOOSE_FORM))?,
        explained,
    })
}

/// Back to the page: with what was typed and a word where it could not be kept.
async fn after(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (answer, typed): (Answer, Fields),
) -> Result<Response, Error> {
    match leads(answer, visit, |number| format!("/plans/{number}/consents"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = render(app, visit, number, (typed, Some(said.text))).await?;
            Ok((status, page).into_response())
        }
    }
}

/// `POST /plans/{case}/consents`
pub(super) async fn record(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (number, typed) = (numbered(&case)?, Fields(pairs));
    let answer = match read(&typed) {
        // Whoever may not write here learns nothing of what is wrong with a form.
        Err(_) if !life::may_write(&app, &visit.who, &number).await? => Answer::NotThere,
        Err((field, why)) => Answer::Wrong(field, why),
        Ok(new) => life::answer_consent(&app, typed.sheet(&visit)?, &number, &new).await?,
    };
    after(&app, &visit, &number, (answer, typed)).await
}

/// `POST /plans/{case}/consents/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (number, typed) = (numbered(&case)?, Fields(pairs));
    if !life::may_revoke(&app, &visit.who, &number).await? {
        return Err(Error::NotFound);
    }
    let to = Recipient::from_code(typed.get("recipient")).ok_or(Error::BadForm)?;
    let name = written(typed.get("recipient_name"));
    let by = written(typed.get("answered_by")).filter(|text| text.chars().count() <= 60);
    let answer = match by {
        None => Answer::Wrong("answered_by", w::WHO_ANSWERED),
        Some(by) => {
            let capacity = Capacity::from_code(typed.get("capacity"));
            let by = (by.as_str(), capacity.unwrap_or(Capacity::Representative));
            let (sheet, to) = (typed.sheet(&visit)?, (to, name.as_deref()));
            life::revoke_consent(&app, sheet, &number, to, by).await?
        }
    };
    after(&app, &visit, &number, (answer, typed)).await
}

/// `POST /plans/{case}/consents/strike`
pub(super) async fn strike(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (number, typed) = (numbered(&case)?, Fields(pairs));
    let id = Uuid::parse_str(typed.get("id")).unwrap_or_default();
    let answer = life::strike_answer(&app, typed.sheet(&visit)?, &number, id).await?;
    after(&app, &visit, &number, (answer, Fields::default())).await
}
