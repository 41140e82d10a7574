//! The photos of the yearly check.

use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::Visit,
        taken::{Named, Sent},
        uploads::WithPhotos,
        words::loan_photos as said,
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
    page::{self, Shown},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        text::{Lang, Text},
    },
    service::{
        loans::{self, MOST_PHOTOS},
        photo::{self, Photo},
    },
    store::{PhotoSize, StoredCheck},
};

/// The photos of a check, on the page of its loan.
pub(super) struct CheckPhotos {
    pub photos: Vec<PhotoLine>,
    /// Whether more can be added.
    pub room: bool,
    pub key: Uuid,
}

/// A photo of it.
pub(super) struct PhotoLine {
    pub id: Uuid,
    /// What it is, for whoever does not see it.
    pub alt: String,
    /// When it was taken out again, by whom and why; empty: it is there.
    pub gone: String,
    pub key: Uuid,
}

impl CheckPhotos {
    pub(super) fn of(app: &App, stored: &StoredCheck, lang: Lang) -> Self {
        Self {
            photos: photo_lines(app, stored, lang),
            room: loans::photos_there(stored) < MOST_PHOTOS,
            key: app.ids.next(),
        }
    }
}

/// The photos of a check, with a word for each.
pub(super) fn photo_lines(app: &App, stored: &StoredCheck, lang: Lang) -> Vec<PhotoLine> {
    let (day, all) = (stored.check.held_on, stored.photos.len());
    let line = |(place, photo): (usize, &crate::store::StoredPhoto)| {
        let number = place + 1;
        let gone = photo.removed.as_ref().map(|(at, by, why)| {
            let (on, by) = (in_tokyo(*at).date_naive(), by.clone().unwrap_or_default());
            format!("{} {on} {by} {why}", said::GONE.get(lang))
        });
        PhotoLine {
            id: photo.id,
            alt: match lang {
                Lang::Ja => format!("{day} の確認の写真 {number}（全{all}枚）"),
                Lang::En => format!("Photo {number} of {all}, check of {day}"),
            },
            gone: gone.unwrap_or_default(),
            key: app.ids.next(),
        }
    };
    stored.photos.iter().enumerate().map(line).collect()
}

/// The photos that were chosen, as they are kept.
pub(super) async fn read(sent: Vec<Vec<u8>>) -> Result<Vec<Photo>, Wrong> {
    let wrong = |why| Wrong {
        field: "photos",
        why,
    };
    if sent.len() > MOST_PHOTOS {
        return Err(wrong(said::TOO_MANY));
    }
    let mut photos = Vec::with_capacity(sent.len());
    for (place, one) in sent.into_iter().enumerate() {
        let read = photo::read(one).await;
        photos.push(read.map_err(|no| {
            let (number, why) = (place + 1, no.text());
            let (ja, en) = (why.get(Lang::Ja), why.get(Lang::En));
            wrong(Text::new(
                format!("{number}枚目：{ja}"),
                format!("Photo {number}: {en}"),
            ))
        })?);
    }
    Ok(photos)
}

/// Which picture is asked for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    small: String,
}

impl Asked {
    pub(in crate::web) fn size(&self) -> PhotoSize {
        if self.small.is_empty() {
            PhotoSize::Whole
        } else {
            PhotoSize::Small
        }
    }
}

/// `GET /loans/{loan}/photos/{photo}`
pub(in crate::web) async fn show(
    State(app): State<App>,
    visit: Visit,
    Named((case, photo)): Named<(String, Uuid)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let photo = (photo, asked.size());
    let bytes = loans::photo(&app, &visit.who, &number, photo).await?;
    Ok(picture(bytes.ok_or(Error::NotFound)?))
}

/// A photo as a browser gets it.
pub(in crate::web) fn picture(bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, photo::CONTENT_TYPE),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Opened by itself it is a picture and loads nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"photo.jpg\"",
        ),
    ];
    (headers, bytes).into_response()
}

/// `POST /loans/{loan}/photos`
pub(in crate::web) async fn add(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    WithPhotos { fields, photos, .. }: WithPhotos,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(fields);
    let sheet = fields.sheet(&visit)?;
    let check = Uuid::parse_str(fields.get("check")).map_err(|_| Error::BadForm)?;
    let (status, said) = match read(photos).await {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
        Ok(photos) => {
            let done = loans::add_photos(&app, sheet, &number, (check, &photos)).await?;
            match leads(done, &visit, |number| format!("/loans/{number}#checks"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let back = Shown::Back("photos", fields, said);
    let page = page::render(&app, &visit, &number, back).await?;
    Ok((status, page).into_response())
}

/// `POST /loans/{loan}/photos/{photo}/remove`
pub(in crate::web) async fn remove(
    State(app): State<App>,
    visit: Visit,
    Named((case, photo)): Named<(String, Uuid)>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, said) = match fields.line("photo_why") {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
        Ok(why) => {
            let out = (photo, why.as_deref());
            let done = loans::remove_photo(&app, sheet, &number, out).await?;
            match leads(done, &visit, |number| format!("/loans/{number}#checks"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let back = Shown::Back("photo-out", fields, said);
    let page = page::render(&app, &visit, &number, back).await?;
    Ok((status, page).into_response())
}
