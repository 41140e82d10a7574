//! Reading a letter's text, and filling it in.

use std::collections::BTreeMap;

use super::{LetterKind, LetterText, Placeholder};
use crate::{domain::text::Text, text};

/// Most characters of a subject and of a body.
const MOST_SUBJECT: usize = 100;
const MOST_BODY: usize = 4_000;

/// What nobody knows is a gap to write in by hand.
const GAP: &str = "＿＿＿＿＿＿＿＿";

/// The sentence that saves lives.
const OUTDOORS: &str = "必ず屋外で";

/// Words by which a text speaks of a generator, and of its use.
const GENERATOR: [&str; 3] = ["発電機", "装置", "generator"];
const USE: [&str; 8] = [
    "使って",
    "使う",
    "使い",
    "使用",
    "運転",
    "動か",
    "始動",
    "回し",
];

/// What is known for each placeholder; one that is not there is a gap.
pub type Values = BTreeMap<Placeholder, String>;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The subject.
    Subject,
    /// The body.
    Body,
}

/// What is wrong in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing is written.
    Empty,
    /// More characters than a letter takes: how many it may have.
    TooLong(usize),
    /// A subject of several lines.
    SeveralLines,
    /// `{{` without its `}}` on the same line, or the other way round, or a
    /// brace alone.
    Braces,
    /// Full-width braces, which look alike.
    WideBraces,
    /// A word that no letter fills in.
    Unknown(String),
    /// A word that this letter does not know.
    NotHere(String),
    /// A character that is no text.
    Control,
    /// It speaks of using a generator, and does not say where.
    NoOutdoors,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// In which field.
    pub field: Field,
    /// On which line, from 1; `None`: the whole.
    pub line: Option<usize>,
    /// What.
    pub wrong: Wrong,
}

impl Mistake {
    /// What to do about it.
    pub fn text(&self) -> Text {
        let what = match &self.wrong {
            Wrong::Empty => Text::fixed("何も書かれていません。", "nothing is written."),
            Wrong::TooLong(most) => {
                text!("{most}字までにしてください。", "at most {most} characters.")
            }
            Wrong::SeveralLines => {
                Text::fixed("件名は1行で書いてください。", "a subject is one line.")
            }
            Wrong::Braces => Text::fixed(
                "波かっこが閉じていないか、片方だけです。{{宛名}} のように、半角の波かっこ二つずつで、同じ行の中で囲んでください。",
                "braces that do not match. Write {{宛名}}: two and two, on one line.",
            ),
            Wrong::WideBraces => Text::fixed(
                "全角の波かっこ（｛ ｝）があります。半角の {{ }} に直してください。",
                "full-width braces: write {{ }}.",
            ),
            Wrong::Unknown(word) => text!(
                "「{word}」という差し込みの言葉はありません。下の一覧の言葉を使ってください。",
                "`{word}` is no placeholder: use one of the list below."
            ),
            Wrong::NotHere(word) => text!(
                "「{word}」は、この文書では使えません。下の一覧の言葉を使ってください。",
                "`{word}` cannot be used in this letter: use one of the list below."
            ),
            Wrong::Control => Text::fixed(
                "文字ではないもの（制御文字）が入っています。その行を打ち直してください。",
                "something that is no character: type the line anew.",
            ),
            Wrong::NoOutdoors => Text::fixed(
                "発電機を使うことに触れる文書には、「必ず屋外で」と書いてください（一酸化炭素中毒を防ぐためです）。",
                "a letter that speaks of using a generator says 必ず屋外で (always outdoors): carbon monoxide kills.",
            ),
        };
        let field = match self.field {
            Field::Subject => Text::fixed("件名", "Subject"),
            Field::Body => Text::fixed("本文", "Body"),
        };
        let (field_ja, field_en) = (field.ja, field.en);
        let (ja, en) = (what.ja, what.en);
        match self.line {
            Some(line) => text!(
                "{field_ja}の{line}行目：{ja}",
                "{field_en}, line {line}: {en}"
            ),
            None => text!("{field_ja}：{ja}", "{field_en}: {en}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Fill(Placeholder),
}

/// A text that was read without a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterTemplate {
    subject: Vec<Piece>,
    body: Vec<Vec<Piece>>,
}

/// A letter's words, filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The subject.
    pub subject: String,
    /// The paragraphs of the body.
    pub paragraphs: Vec<String>,
    /// Placeholders for which nothing was known: gaps to write in by hand.
    pub gaps: Vec<Placeholder>,
}

impl LetterTemplate {
    /// Reads a text of a kind.
    ///
    /// # Errors
    /// Everything that is wrong with it, line by line.
    pub fn parse(kind: LetterKind, text: &LetterText) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let subject = lines(
            kind,
            Field::Subject,
            &text.subject,
            MOST_SUBJECT,
            &mut mistakes,
        );
        let body = lines(kind, Field::Body, &text.body, MOST_BODY, &mut mistakes);
        if subject.len() > 1 {
            mistakes.push(Mistake {
                field: Field::Subject,
                line: None,
                wrong: Wrong::SeveralLines,
            });
        }
        let whole = format!("{}\n{}", text.subject, text.body);
        let speaks = |words: &[&str]| words.iter().any(|word| whole.contains(word));
        let of_use = kind.speaks_of_use() || (speaks(&GENERATOR) && speaks(&USE));
        if of_use && !text.body.contains(OUTDOORS) {
            mistakes.push(Mistake {
                field: Field::Body,
                line: None,
                wrong: Wrong::NoOutdoors,
            });
        }
        if mistakes.is_empty() {
            Ok(Self {
                subject: subject.into_iter().next().unwrap_or_default(),
                body,
            })
        } else {
            Err(mistakes)
        }
    }

    /// Fills in what is known. A value is never read as a text of its own.
    pub fn fill(&self, values: &Values) -> Filled {
        let mut gaps = Vec::new();
        let mut line = |pieces: &Vec<Piece>| {
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Words(words) => words.as_str(),
                    Piece::Fill(place) => match values.get(place) {
                        Some(value) if !value.trim().is_empty() => value,
                        _ => {
                            if !gaps.contains(place) {
                                gaps.push(*place);
                            }
                            GAP
                        }
                    },
                })
                .collect::<String>()
        };
        let subject = line(&self.subject);
        let paragraphs = self.body.iter().map(&mut line).collect();
        Filled {
            subject,
            paragraphs,
            gaps,
        }
    }
}

fn lines(
    kind: LetterKind,
    field: Field,
    text: &str,
    most: usize,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Vec<Piece>> {
    let whole = |wrong| Mistake {
        field,
        line: None,
        wrong,
    };
    if text.trim().is_empty() {
        mistakes.push(whole(Wrong::Empty));
    }
    if text.chars().count() > most {
        mistakes.push(whole(Wrong::TooLong(most)));
    }
    text.lines()
        .zip(1..)
        .map(|(line, number)| match pieces(kind, line) {
            Ok(pieces) => pieces,
            Err(wrong) => {
                mistakes.push(Mistake {
                    field,
                    line: Some(number),
                    wrong,
                });
                Vec::new()
            }
        })
        .collect()
}

fn pieces(kind: LetterKind, line: &str) -> Result<Vec<Piece>, Wrong> {
    if line.contains(['｛', '｝']) {
        return Err(Wrong::WideBraces);
    }
    if line.contains(|c: char| c.is_control() && c != '\t') {
        return Err(Wrong::Control);
    }
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, opened) = rest.split_at(at);
        let inside = opened.strip_prefix("{{").ok_or(Wrong::Braces)?;
        let (word, after) = inside.split_once("}}").ok_or(Wrong::Braces)?;
        if word.contains(['{', '}']) {
            return Err(Wrong::Braces);
        }
        let word = word.trim();
        let place = Placeholder::from_word(word).ok_or_else(|| Wrong::Unknown(word.to_owned()))?;
        if !kind.placeholders().contains(&place) {
            return Err(Wrong::NotHere(word.to_owned()));
        }
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        pieces.push(Piece::Fill(place));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(subject: &str, body: &str) -> LetterText {
        LetterText {
            subject: subject.to_owned(),
            body: body.to_owned(),
        }
    }

    fn wrong(kind: LetterKind, body: &str) -> Vec<(Option<usize>, Wrong)> {
        LetterTemplate::parse(kind, &text("件名", body))
            .expect_err("a mistake")
            .into_iter()
            .map(|mistake| (mistake.line, mistake.wrong))
            .collect()
    }

    #[test]
    fn every_default_is_read_without_a_mistake_and_leaves_no_brace() {
        for kind in LetterKind::ALL {
            let default = kind.default_text();
            let template = LetterTemplate::parse(kind, &default)
                .unwrap_or_else(|mistakes| panic!("{kind:?}: {mistakes:?}"));
            let values = kind
                .placeholders()
                .iter()
                .map(|place| (*place, place.example().to_owned()))
                .collect();
            let filled = template.fill(&values);
            assert_eq!(filled.gaps, []);
            let whole = format!("{}{}", filled.subject, filled.paragraphs.join("\n"));
            assert!(!whole.contains(['{', '}']), "{whole}");
            assert!(whole.contains("【デモ】"), "{whole}");
        }
    }

    #[test]
    fn what_goes_out_with_a_generator_says_outdoors() {
        for kind in [LetterKind::Decision, LetterKind::Receipt] {
            assert!(kind.default_text().body.contains(OUTDOORS));
            assert_eq!(wrong(kind, "本文です。"), [(None, Wrong::NoOutdoors)]);
        }
        let use_it = "発電機を使うときは、よく読んでください。";
        assert_eq!(
            wrong(LetterKind::ReturnRequest, use_it),
            [(None, Wrong::NoOutdoors)]
        );
        for body in [
            "発電機を返してください。",
            "発電機は、必ず屋外で使ってください。",
        ] {
            LetterTemplate::parse(LetterKind::ReturnRequest, &text("件名", body))
                .expect("nothing is wrong");
        }
    }

    #[test]
    fn a_placeholder_that_is_none_is_refused_with_its_line() {
        let kind = LetterKind::Training;
        assert_eq!(
            wrong(kind, "一\n{{名前}}\n{{ 返還日 }}"),
            [
                (Some(2), Wrong::Unknown("名前".to_owned())),
                (Some(3), Wrong::NotHere("返還日".to_owned())),
            ]
        );
        let mistake = Mistake {
            field: Field::Body,
            line: Some(2),
            wrong: Wrong::Unknown("名前".to_owned()),
        };
        assert!(mistake.text().ja.starts_with("本文の2行目："));
    }

    #[test]
    fn a_brace_that_does_not_close_is_refused_with_its_line() {
        for body in [
            "{{宛名",
            "宛名}}",
            "{宛名}",
            "{{宛名}",
            "{{{宛名}}}",
            "{{宛\n名}}",
            "}",
            "{{宛名}} {",
        ] {
            let found = wrong(LetterKind::Training, body);
            assert!(
                found
                    .iter()
                    .all(|(line, w)| line.is_some() && *w == Wrong::Braces),
                "{body}: {found:?}"
            );
        }
        assert_eq!(
            wrong(LetterKind::Training, "一\n\n｛｛宛名｝｝"),
            [(Some(3), Wrong::WideBraces)]
        );
    }

    #[test]
    fn a_text_is_neither_empty_nor_endless_and_its_subject_one_line() {
        let kind = LetterKind::Training;
        assert_eq!(wrong(kind, " \n　"), [(None, Wrong::Empty)]);
        assert_eq!(
            wrong(kind, &"あ".repeat(4_001)),
            [(None, Wrong::TooLong(4_000))]
        );
        assert_eq!(wrong(kind, "\u{7}"), [(Some(1), Wrong::Control)]);
        let several = LetterTemplate::parse(kind, &text("一\n二", "本文"));
        assert_eq!(
            several.expect_err("two lines")[0].wrong,
            Wrong::SeveralLines
        );
    }

    #[test]
    fn what_is_not_known_is_a_gap_and_a_value_is_never_read_again() {
        let template = LetterTemplate::parse(
            LetterKind::Training,
            &text(
                "{{研修会の日時}}",
                "{{ 宛名 }}　様\n\n会場　{{研修会の会場}}",
            ),
        )
        .expect("nothing is wrong");
        let values = Values::from([
            (Placeholder::Recipient, "{{宛名}} #read".to_owned()),
            (Placeholder::EventPlace, "　".to_owned()),
        ]);
        let filled = template.fill(&values);
        assert_eq!(filled.subject, GAP);
        assert_eq!(filled.paragraphs[0], "{{宛名}} #read　様");
        assert_eq!(filled.paragraphs[1], "");
        assert_eq!(filled.paragraphs[2], format!("会場　{GAP}"));
        assert_eq!(
            filled.gaps,
            [Placeholder::EventTime, Placeholder::EventPlace]
        );
    }

    #[test]
    fn the_words_of_the_placeholders_differ() {
        for place in Placeholder::ALL {
            assert_eq!(Placeholder::from_word(place.word()), Some(*place));
            assert!(
                LetterKind::ALL
                    .iter()
                    .any(|kind| kind.placeholders().contains(place)),
                "no letter fills in {place:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail(body in ".{0,80}") {
            let _ = LetterTemplate::parse(LetterKind::Receipt, &text("件名", &body));
        }

        #[test]
        fn words_without_braces_come_out_as_they_went_in(body in "[^{}｛｝\\p{C}発装]{1,40}") {
            prop_assume!(!body.trim().is_empty() && body.lines().count() == 1);
            let template = LetterTemplate::parse(LetterKind::Training, &text("件名", &body)).expect("no mistake");
            prop_assert_eq!(template.fill(&Values::new()).paragraphs, vec![body]);
        }
    }
}
