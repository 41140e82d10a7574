//! The yearly check on the family's page: what it sees, in its own words, with photos
//! from a telephone. Nothing in it is required.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        loans::{
            Leads, Said,
            fields::{Fields, Wrong},
            leads,
            photos::{Asked, picture},
        },
        show,
        taken::{Named, Sent},
        uploads::WithPhotos,
        words::{self, family_check as w},
    },
    Furigana,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        family_check::{FamilyCheck, OilSeen, Started, Still},
        text::{Lang, Text, key_form},
    },
    service::{
        family::{self, CheckPage, Filled, When},
        loans::MOST_PHOTOS,
        photo::{self, NotTaken, Photo},
    },
    store::StoredFamilyCheck,
};

/// An answer to choose: its word, its name, and whether it is chosen.
type Choice = (&'static str, Text, bool);

#[derive(Template)]
#[template(path = "pages/family_check.html")]
struct Page {
    head: Head,
    ruby: Furigana,
    page: CheckPage,
    /// When the report was sent that this one replaces.
    sent_at: Option<String>,
    /// Photos that were sent: which, its place among them, whether it is ticked to go.
    photos: Vec<(Uuid, usize, bool)>,
    form: Fields,
    said: Option<Said>,
    /// Photos were chosen, and the form came back without them.
    choose_again: bool,
    today: NaiveDate,
    key: Uuid,
    take_back_key: Uuid,
}

impl Page {
    fn r(&self, text: impl Borrow<Text>) -> String {
        self.ruby
            .of(text.borrow().get(self.head.lang), self.head.lang)
    }

    /// The answers of a question, "I do not know" last.
    fn choices(&self, name: &str) -> Vec<Choice> {
        let chosen = self.form.get(name);
        let known: Vec<(&'static str, Text)> = match name {
            "started" => named(Started::ALL, Started::code, Started::name),
            "oil" => named(OilSeen::ALL, OilSeen::code, OilSeen::name),
            _ => named(Still::ALL, Still::code, Still::name),
        };
        let unknown = [("unknown", w::UNKNOWN)];
        let all = known.into_iter().chain(unknown);
        all.map(|(code, name)| (code, name, code == chosen))
            .collect()
    }

    /// A day for people.
    fn day(&self, day: impl Borrow<NaiveDate>) -> String {
        let day = *day.borrow();
        match self.head.lang {
            Lang::Ja => crate::domain::duty::day_ja(day),
            Lang::En => day.format("%-d %B %Y").to_string(),
        }
    }

    /// The centre's telephone, as a telephone dials it.
    fn dial(&self) -> String {
        let number = self.page.centre.1.as_deref().unwrap_or_default();
        number.chars().filter(char::is_ascii_digit).collect()
    }

    /// Whether there is a form: it is the time, or something was sent.
    fn is_open(&self) -> bool {
        self.page.offer.when.is_now() || self.page.offer.open.is_some()
    }
}

fn named<T: Copy>(
    all: &[T],
    code: fn(T) -> &'static str,
    name: fn(T) -> Text,
) -> Vec<(&'static str, Text)> {
    all.iter().map(|one| (code(*one), name(*one))).collect()
}

/// What was sent, as somebody would have filled it in.
fn typed(open: &StoredFamilyCheck, place: Option<&str>) -> Fields {
    let said = &open.said;
    let word = |code: Option<&'static str>| code.unwrap_or("unknown").to_owned();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let where_to = said.outdoor_place.as_deref();
    let same = where_to.is_some() && where_to == place;
    let stands = match where_to {
        None => "unknown",
        Some(_) if same => "same",
        Some(_) => "other",
    };
    let written = if same {
        ""
    } else {
        where_to.unwrap_or_default()
    };
    let fields = [
        ("started", word(said.started.map(Started::code))),
        ("tried_on", day(said.tried_on)),
        (
            "hours_run",
            said.hours_run.map(|n| n.to_string()).unwrap_or_default(),
        ),
        ("usage", text(&said.usage)),
        ("oil", word(said.oil.map(OilSeen::code))),
        ("fuel_on", day(said.fuel_on)),
        ("stands", stands.to_owned()),
        ("place", written.to_owned()),
        ("ventilated", word(said.ventilated.map(Still::code))),
        ("same_home", word(said.same_home.map(Still::code))),
        ("words", text(&said.words)),
    ];
    Fields(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

async fn render(
    app: &App,
    visit: &Visit,
    ruby: Furigana,
    (form, said, choose_again): (Option<Fields>, Option<Said>, bool),
) -> Result<Response, Error> {
    let Some(page) = family::check_page(app, &visit.who).await? else {
        return Ok(Redirect::to("/").into_response());
    };
    let open = page.offer.open.as_ref();
    let form = form
        .or_else(|| open.map(|open| typed(open, page.place.as_deref())))
        .unwrap_or_default();
    let photos = open.map_or(&[][..], |open| &open.photos).iter();
    let photos = photos.zip(1..);
    let html = show(&Page {
        head: Head::of(visit, "/family/check"),
        ruby,
        sent_at: open.map(|open| in_tokyo(open.at).format("%Y-%m-%d %H:%M").to_string()),
        photos: photos
            .map(|(photo, place)| (*photo, place, form.has("out", &photo.to_string())))
            .collect(),
        form,
        said,
        choose_again,
        today: app.clock.today(),
        key: app.ids.next(),
        take_back_key: app.ids.next(),
        page,
    })?;
    Ok(html.into_response())
}

/// `GET /family/check`
pub(in crate::web) async fn form(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
) -> Result<Response, Error> {
    render(&app, &visit, ruby, (None, None, false)).await
}

/// The figure on a counter: 「12.5時間」 is one.
fn hours(fields: &Fields) -> Result<Option<f64>, Wrong> {
    let typed = key_form(fields.get("hours_run"));
    let figure = typed
        .trim_end_matches("時間")
        .trim_end_matches(['h', 'H'])
        .trim();
    Fields(vec![("hours_run".to_owned(), figure.to_owned())]).amount("hours_run")
}

/// What was filled in. `place`: where the unit stands, as it is on record.
fn read(fields: &Fields, place: Option<&str>) -> Result<FamilyCheck, Wrong> {
    let written = fields.line("place")?;
    let outdoor_place = match fields.get("stands") {
        "same" => place.map(ToOwned::to_owned),
        // Whoever writes a place has said where it stands.
        _ => written,
    };
    Ok(FamilyCheck {
        started: Started::from_code(fields.get("started")),
        tried_on: fields.day("tried_on")?,
        hours_run: hours(fields)?,
        usage: fields.note("usage")?,
        oil: OilSeen::from_code(fields.get("oil")),
        fuel_on: fields.day("fuel_on")?,
        outdoor_place,
        ventilated: Still::from_code(fields.get("ventilated")),
        same_home: Still::from_code(fields.get("same_home")),
        words: fields.note("words")?,
    })
}

/// The photos that were chosen; one that is none is named as its file is.
async fn photos(sent: Vec<Vec<u8>>, names: &[String]) -> Result<Vec<Photo>, Wrong> {
    let wrong = |why| Wrong {
        field: "photos",
        why,
    };
    if sent.len() > MOST_PHOTOS {
        return Err(wrong(w::TOO_MANY));
    }
    let mut photos = Vec::with_capacity(sent.len());
    for (one, name) in sent.into_iter().zip(names) {
        photos.push(photo::read(one).await.map_err(|no| {
            let why = match no {
                NotTaken::Heic => w::HEIC,
                NotTaken::TooHeavy | NotTaken::TooLarge => w::TOO_BIG,
                NotTaken::Empty | NotTaken::NoPicture | NotTaken::Broken => w::NO_PICTURE,
            };
            wrong(Text::new(
                format!("「{name}」{}", why.get(Lang::Ja)),
                format!("\"{name}\" {}", why.get(Lang::En)),
            ))
        })?);
    }
    Ok(photos)
}

/// `POST /family/check`
pub(in crate::web) async fn send(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    WithPhotos {
        fields,
        photos: sent,
        names,
    }: WithPhotos,
) -> Result<Response, Error> {
    let (fields, chosen) = (Fields(fields), !sent.is_empty());
    let sheet = fields.sheet(&visit)?;
    let Some(before) = family::check_page(&app, &visit.who).await? else {
        return Ok(Redirect::to("/").into_response());
    };
    let filled = match read(&fields, before.place.as_deref()) {
        Ok(said) => photos(sent, &names).await.map(|photos| (said, photos)),
        Err(bad) => Err(bad),
    };
    let (status, said) = match filled {
        Err(bad) => {
            let said = Said::wrong(&bad, &visit);
            (StatusCode::UNPROCESSABLE_ENTITY, said)
        }
        Ok((said, photos)) => {
            let out = fields.0.iter().filter(|(name, _)| name == "out");
            let filled = Filled {
                said,
                photos: &photos,
                out: out.filter_map(|(_, id)| Uuid::parse_str(id).ok()).collect(),
            };
            let done = family::fill_in(&app, sheet, &filled).await?;
            match leads(done, &visit, |_| "/family?sent=check".to_owned())? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let back = (Some(fields), Some(said), chosen);
    let page = render(&app, &visit, ruby, back).await?;
    Ok((status, page).into_response())
}

/// `POST /family/check/{report}/take-back`
pub(in crate::web) async fn take_back(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    Named(report): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let done = family::take_back_check(&app, sheet, report).await?;
    match leads(done, &visit, |_| "/family".to_owned())? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let back = (None, Some(said), false);
            let page = render(&app, &visit, ruby, back).await?;
            Ok((status, page).into_response())
        }
    }
}

/// `GET /family/check/photos/{sent}`
pub(in crate::web) async fn photo(
    State(app): State<App>,
    visit: Visit,
    Named(sent): Named<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let bytes = family::check_photo(&app, &visit.who, (sent, asked.size())).await?;
    Ok(picture(bytes.ok_or(Error::NotFound)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Fields(pairs.iter().map(own).collect())
    }

    #[test]
    fn an_empty_form_says_nothing_and_an_unknown_word_is_unknown() {
        let nothing = read(&fields(&[]), Some("【デモ】軒下")).unwrap();
        assert_eq!(nothing, FamilyCheck::default());
        let unknown = [
            ("started", "unknown"),
            ("oil", "unknown"),
            ("stands", "unknown"),
            ("ventilated", "x"),
        ];
        let unknown = read(&fields(&unknown), Some("【デモ】軒下")).unwrap();
        assert_eq!(unknown, FamilyCheck::default());
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (typed, read) in [("", None), ("１２", Some(12.0)), ("12.5時間", Some(12.5))] {
            assert_eq!(hours(&fields(&[("hours_run", typed)])).unwrap(), read);
        }
        assert!(hours(&fields(&[("hours_run", "少し")])).is_err());
    }

    #[test]
    fn what_was_sent_is_filled_in_again_as_it_was() {
        let place = Some("【デモ】軒下");
        for stands in [place, Some("【デモ】裏口"), None] {
            let said = FamilyCheck {
                started: Some(Started::No),
                tried_on: Some("2027-10-01".parse().unwrap()),
                hours_run: Some(12.5),
                usage: Some("【デモ】重い".to_owned()),
                oil: Some(OilSeen::NotLooked),
                fuel_on: Some("2027-04-01".parse().unwrap()),
                outdoor_place: stands.map(ToOwned::to_owned),
                ventilated: Some(Still::Yes),
                same_home: Some(Still::Talk),
                words: Some("【デモ】".to_owned()),
            };
            let open = StoredFamilyCheck {
                id: Uuid::nil(),
                loan: crate::domain::id::LoanId(Uuid::nil()),
                unit: None,
                said: said.clone(),
                revision: 1,
                task: Uuid::nil(),
                at: "2027-10-10T00:00:00Z".parse().unwrap(),
                became: crate::store::Became::Open,
                photos: Vec::new(),
            };
            assert_eq!(read(&typed(&open, place), place).unwrap(), said);
        }
    }
}
