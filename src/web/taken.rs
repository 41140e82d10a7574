//! What a request brings, or a page of ours that says why it is not taken.

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::Error;

/// A form; one that cannot be read is answered in words, not by the machine.
pub(super) struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let form = Form::from_request(request, state).await;
        form.map(|Form(form)| Self(form))
            .map_err(|_| Error::BadForm)
    }
}

/// What an address names; what is no name at all names nothing that is there.
pub(super) struct Named<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name))
            .map_err(|_| Error::NotFound)
    }
}
