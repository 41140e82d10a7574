//! The invitation of staff: password, second factor, recovery codes.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::{
    Error,
    door::{device, link_over},
    head::{Head, Visitor},
    qr, show,
    sign_in::{session_cookie, visit_of},
    taken::Sent,
    words,
};
use crate::{
    app::App,
    domain::{
        password::{BadPassword, LEAST, MOST},
        text::Text,
    },
    seal::{Code, Token, same},
    service::{
        invitation::{self, Chosen, Confirmed},
        second_factor::Factor,
    },
    text,
};

#[derive(Template)]
#[template(path = "pages/choose_password.html")]
struct ChoosePassword {
    head: Head,
    token: String,
    email: String,
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/second_factor.html")]
struct SecondFactor {
    head: Head,
    token: String,
    email: String,
    secret: String,
    address: String,
    picture: String,
    said: Option<String>,
}

/// The recovery codes, to be printed.
#[derive(Template)]
#[template(path = "pages/recovery_codes.html")]
pub(super) struct RecoveryCodes {
    pub head: Head,
    pub codes: Vec<String>,
}

impl RecoveryCodes {
    pub(super) fn of(head: Head, codes: &[Code]) -> Self {
        Self {
            head,
            codes: codes.iter().map(Code::shown).collect(),
        }
    }
}

/// Where an invitation is opened again after a switch of language: at its link,
/// or where its code is typed.
fn again(token: &str) -> String {
    Token::from_text(token).map_or_else(
        || "/code".to_owned(),
        |token| format!("/enter/{}", token.reveal()),
    )
}

/// The page on which a password is chosen, for a link that waits.
pub(super) fn choose(
    visitor: &Visitor,
    token: String,
    email: String,
    said: Option<Text>,
) -> Result<Response, Error> {
    let status = match said {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = show(&ChoosePassword {
        head: Head::visitor(visitor, again(&token)),
        token,
        email,
        said: said.map(|text| text.get(visitor.lang).to_owned()),
    })?;
    Ok((status, page).into_response())
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    token: String,
    password: String,
    again: String,
}

/// `POST /invitation/password`
pub(super) async fn password(
    State(app): State<App>,
    visitor: Visitor,
    Sent(form): Sent<PasswordForm>,
) -> Result<Response, Error> {
    let Some(link) = invitation::link_named(&app, &form.token) else {
        return Ok(link_over(&visitor)?.into_response());
    };
    let Some(waiting) = invitation::waiting(&app, &link).await? else {
        return Ok(link_over(&visitor)?.into_response());
    };
    if !same(form.password.as_bytes(), form.again.as_bytes()) {
        let said = Some(words::PASSWORDS_DIFFER);
        return choose(&visitor, form.token, waiting.email, said);
    }
    match invitation::choose_password(&app, &link, &form.password).await? {
        Chosen::Over => Ok(link_over(&visitor)?.into_response()),
        Chosen::Bad(bad) => choose(&visitor, form.token, waiting.email, Some(why(bad))),
        Chosen::Taken(factor, email) => factor_page(&visitor, form.token, &factor, email, None),
    }
}

fn why(bad: BadPassword) -> Text {
    match bad {
        BadPassword::TooShort => text!(
            "パスワードは{LEAST}文字以上にしてください。長い言葉の組み合わせが覚えやすく、破られにくいです。",
            "The password needs {LEAST} characters or more. Several words in a row are easy to keep and hard to guess."
        ),
        BadPassword::TooLong => text!(
            "パスワードは{MOST}文字までにしてください。",
            "The password may have {MOST} characters at most."
        ),
        BadPassword::Common => words::PASSWORD_COMMON,
        BadPassword::Named => words::PASSWORD_NAMED,
        BadPassword::NotText => words::PASSWORD_NOT_TEXT,
    }
}

fn factor_page(
    visitor: &Visitor,
    token: String,
    factor: &Factor,
    email: String,
    said: Option<Text>,
) -> Result<Response, Error> {
    let status = match said {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let address = factor.address(&email);
    let page = show(&SecondFactor {
        head: Head::visitor(visitor, again(&token)),
        token,
        secret: factor.text(),
        picture: qr::picture(&address),
        address,
        email,
        said: said.map(|text| text.get(visitor.lang).to_owned()),
    })?;
    Ok((status, page).into_response())
}

#[derive(Deserialize)]
pub(super) struct ConfirmForm {
    token: String,
    code: String,
}

/// `POST /invitation/confirm`
pub(super) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    jar: CookieJar,
    headers: HeaderMap,
    Sent(form): Sent<ConfirmForm>,
) -> Result<Response, Error> {
    let Some(link) = invitation::link_named(&app, &form.token) else {
        return Ok(link_over(&visitor)?.into_response());
    };
    match invitation::confirm(&app, &link, &form.code, &device(&headers), visitor.from).await? {
        Confirmed::Over => Ok(link_over(&visitor)?.into_response()),
        Confirmed::WrongCode(factor, email) => {
            let said = Some(words::FACTOR_WRONG);
            factor_page(&visitor, form.token, &factor, email, said)
        }
        Confirmed::Begun(begun, codes) => {
            let head = match visit_of(&app, &visitor, &begun).await? {
                Some(visit) => Head::of(&visit, "/account"),
                None => Head::visitor(&visitor, "/"),
            };
            let page = show(&RecoveryCodes::of(head, &codes))?;
            Ok((jar.add(session_cookie(&app, &begun)), page).into_response())
        }
    }
}
