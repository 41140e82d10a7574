//! Readings above the words (ふりがな), for whoever asks for them.

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use serde::Deserialize;

use super::super::taken::Sent;
use crate::{domain::text::Lang, print::readings::readings};

/// The cookie of whoever wants readings.
const COOKIE: &str = "furigana";

/// Whether readings are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct Furigana(pub bool);

impl Furigana {
    /// A text of ours as HTML, with its readings where they are asked for.
    pub(in crate::web) fn of(self, text: &str, lang: Lang) -> String {
        let mut html = String::with_capacity(text.len() * 2);
        let runs = if self.0 && lang == Lang::Ja {
            readings(text)
        } else {
            vec![(text, None)]
        };
        for (run, reading) in runs {
            if let Some(reading) = reading {
                html.push_str("<ruby>");
                html.push_str(run);
                html.push_str("<rp>（</rp><rt>");
                html.push_str(reading);
                html.push_str("</rt><rp>）</rp></ruby>");
                continue;
            }
            for c in run.chars() {
                match c {
                    '&' => html.push_str("&amp;"),
                    '<' => html.push_str("&lt;"),
                    '>' => html.push_str("&gt;"),
                    '"' => html.push_str("&quot;"),
                    '\'' => html.push_str("&#39;"),
                    other => html.push(other),
                }
            }
        }
        html
    }
}

impl<S: Sync> FromRequestParts<S> for Furigana {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        Ok(Self(
            jar.get(COOKIE).is_some_and(|cookie| cookie.value() == "on"),
        ))
    }
}

#[derive(Deserialize)]
pub(in crate::web) struct Wish {
    readings: String,
}

/// `POST /furigana`: remembers whether readings are wanted.
pub(in crate::web) async fn switch(jar: CookieJar, Sent(wish): Sent<Wish>) -> Response {
    let on = if wish.readings == "on" { "on" } else { "off" };
    let cookie = Cookie::build((COOKIE, on))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax);
    (jar.add(cookie), Redirect::to("/family")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            duty::{Audience, DutyKind, Ladders, Stage, Task, short_name},
            family::AnswerKind,
            family_check::{OilSeen, Started, Still},
            power::{PowerParameters, Trigger},
        },
        print::{papers::plan::FIXED, readings::is_kanji},
        web::{
            power::trigger_line,
            words::{family, family_check},
        },
    };

    fn with(text: &str) -> String {
        Furigana(true).of(text, Lang::Ja)
    }

    #[test]
    fn readings_stand_above_their_characters_alone() {
        assert_eq!(
            with("引っ越します"),
            "<ruby>引<rp>（</rp><rt>ひ</rt><rp>）</rp></ruby>っ\
             <ruby>越<rp>（</rp><rt>こ</rt><rp>）</rp></ruby>します"
        );
        assert_eq!(with("4月30日"), "4月30日");
        assert_eq!(Furigana(false).of("停電", Lang::Ja), "停電");
        assert_eq!(Furigana(true).of("停電", Lang::En), "停電");
    }

    #[test]
    fn what_somebody_wrote_is_text() {
        assert_eq!(with("<b>\"&'"), "&lt;b&gt;&quot;&amp;&#39;");
    }

    /// Everything of ours that stands on the page.
    fn texts() -> Vec<String> {
        let ours = family::ALL.iter().chain(family_check::ALL);
        let mut texts: Vec<String> = ours.map(|text| text.ja.to_string()).collect();
        let answers = Started::ALL.iter().map(|one| one.name());
        let answers = answers.chain(OilSeen::ALL.iter().map(|one| one.name()));
        let answers = answers.chain(Still::ALL.iter().map(|one| one.name()));
        texts.extend(answers.map(|text| text.ja.into_owned()));
        texts.extend(FIXED.iter().map(|(_, text)| (*text).to_owned()));
        texts.extend(
            AnswerKind::ALL
                .iter()
                .map(|kind| kind.name().ja.to_string()),
        );
        let ladders = Ladders::default();
        for kind in DutyKind::ALL {
            texts.push(short_name(*kind).to_owned());
            let stages = ladders.of(*kind).of(Audience::Family).iter();
            for stage in stages.copied().chain([Stage::Begin]) {
                if ladders.of(*kind).of(Audience::Family).is_empty() {
                    continue;
                }
                let told = ["2026-03-31", "2026-04-29", "2026-04-30", "2026-05-07"];
                for (told_on, moved_from) in told
                    .into_iter()
                    .flat_map(|told| [(told, None), (told, Some("2026-04-20".parse().unwrap()))])
                {
                    let task = Task {
                        kind: *kind,
                        stage,
                        due_on: "2026-04-30".parse().unwrap(),
                        told_on: told_on.parse().unwrap(),
                        late: true,
                        moved_from,
                        window: None,
                    };
                    texts.push(task.heading());
                    texts.extend(task.lines());
                }
            }
        }
        let by = |hours| Trigger::new(hours, 90.0, 35.0, &PowerParameters::default());
        let triggers = [None, Some(by(1.0)), Some(by(12.2))];
        texts.extend(triggers.map(|by| trigger_line(by, Lang::Ja)));
        let of_oxygen = |hours| Trigger {
            by_oxygen: true,
            ..by(hours)
        };
        texts.extend([0.0, 12.2].map(|hours| trigger_line(Some(of_oxygen(hours)), Lang::Ja)));
        texts.extend(
            ["高齢者等避難", "避難指示", "緊急安全確保"]
                .map(|name| format!("警戒レベル3（{name}）が出ています。")),
        );
        texts.extend(
            [
                "停電しています。",
                "明日の",
                "2日後の07:30までに、出発するか電話してください。",
            ]
            .map(str::to_owned),
        );
        texts
    }

    #[test]
    fn every_word_of_the_page_has_a_reading() {
        let mut without: Vec<String> = Vec::new();
        for text in texts() {
            let html = with(&text);
            // What is left outside of the marks has none.
            let plain: String = html
                .split("<ruby>")
                .map(|part| part.split_once("</ruby>").map_or(part, |(_, rest)| rest))
                .collect::<Vec<_>>()
                .join("\u{1}");
            let mut before = ' ';
            for c in plain.chars() {
                if is_kanji(c) && !before.is_numeric() && !is_kanji(before) {
                    without.push(format!("{c} in {text}"));
                }
                before = c;
            }
        }
        assert!(without.is_empty(), "{}", without.join("\n"));
    }
}
