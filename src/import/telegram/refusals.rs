//! Why a telegram is not taken, and what to do instead.

use chrono::{DateTime, Utc};

use super::in_tokyo;
use crate::{domain::text::Text, text};

/// Why a telegram is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// More bytes, or more parts, than any telegram has.
    TooLarge,
    /// There is nothing in it.
    Empty,
    /// It is in another encoding.
    NotUtf8,
    /// It ends too early, or what every telegram has is missing.
    Truncated,
    /// It brings definitions of its own.
    Doctype,
    /// It is no XML.
    NotXml,
    /// It is another document: what it calls itself.
    UnknownDocument(String),
    /// It is no real one.
    Training(String),
    /// It takes back an earlier one.
    Cancelled(String, DateTime<Utc>),
    /// It says to come from the future.
    Future(DateTime<Utc>),
    /// It names no municipality.
    NoMunicipalities(String),
    /// It is about another prefecture.
    OtherPrefecture(String),
}

impl Refusal {
    /// What a fault of the text itself is.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the parser's failure ends here"
    )]
    pub(super) fn of_parser(error: roxmltree::Error) -> Self {
        use roxmltree::Error as E;
        match error {
            E::DtdDetected | E::EntityReferenceLoop(_) => Self::Doctype,
            E::NodesLimitReached | E::AttributesLimitReached => Self::TooLarge,
            E::UnexpectedEndOfStream | E::UnclosedRootNode => Self::Truncated,
            _ => Self::NotXml,
        }
    }

    /// The stable word.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Empty => "empty",
            Self::NotUtf8 => "not_utf8",
            Self::Truncated => "truncated",
            Self::Doctype => "doctype",
            Self::NotXml => "not_xml",
            Self::UnknownDocument(_) => "unknown_document",
            Self::Training(_) => "training",
            Self::Cancelled(..) => "cancelled",
            Self::Future(_) => "future",
            Self::NoMunicipalities(_) => "no_municipalities",
            Self::OtherPrefecture(_) => "other_prefecture",
        }
    }

    /// What is wrong and what to do.
    pub(super) fn text(&self) -> Text {
        let time = |at: &DateTime<Utc>| in_tokyo(*at).format("%Y-%m-%d %H:%M").to_string();
        match self {
            Self::TooLarge => Text::fixed(
                "気象庁の電文としては大きすぎます。電文のXMLファイルを1つずつ選んでください。",
                "this is larger than any telegram of the weather agency: choose one XML file at a time",
            ),
            Self::Empty => Text::fixed(
                "ファイルが空です。もう一度ダウンロードしてください。",
                "the file is empty: download it again",
            ),
            Self::NotUtf8 => Text::fixed(
                "文字コードが UTF-8 ではありません。気象庁の電文のファイルを、開いて保存し直さずに、そのまま選んでください。",
                "it is not in UTF-8: choose the agency's file as it came, not saved again by another program",
            ),
            Self::Truncated => Text::fixed(
                "電文が途中で切れています。もう一度ダウンロードしてください。急ぐときは、画面でレベルを入れてください。",
                "the telegram is cut off: download it again. Where it presses, enter the level on the page",
            ),
            Self::Doctype => Text::fixed(
                "気象庁の電文にはない定義（DOCTYPE）が入っています。このファイルは使わず、気象庁からもう一度ダウンロードしてください。",
                "it brings definitions (DOCTYPE) that no telegram of the agency has: do not use it, download it from the agency again",
            ),
            Self::NotXml => Text::fixed(
                "XML として読めません。気象庁の電文（.xml）を選んでいるか、確かめてください。",
                "it cannot be read as XML: check that it is a telegram of the agency (.xml)",
            ),
            Self::UnknownDocument(kind) => text!(
                "「{kind}」は、ここで読む電文ではありません。気象警報・注意報、土砂災害警戒情報、指定河川洪水予報の電文を選んでください。",
                "{kind} is none of the telegrams that are read here: choose one of warnings (気象警報・注意報), of landslides (土砂災害警戒情報) or of rivers (指定河川洪水予報)"
            ),
            Self::Training(title) => text!(
                "訓練・試験の電文です：{title}。本物ではないので、取り込みません。訓練では、画面でレベルを入れて練習してください。",
                "this is a telegram for training or testing: {title}. It is not real and is not taken. For a drill, enter levels on the page by hand"
            ),
            Self::Cancelled(title, at) => {
                let at = time(at);
                text!(
                    "取消の電文です：{title}（{at}）。前に出た電文が誤りだったという知らせです。今夜の画面で、その電文から入ったレベルを終わらせ、新しい電文を待ってください。",
                    "this telegram cancels an earlier one: {title} ({at}). That one was a mistake: end the levels that came from it on the page, and wait for a new telegram"
                )
            }
            Self::Future(at) => {
                let at = time(at);
                text!(
                    "発表の時刻（{at}）が、これからの時刻です。この機械の時計が合っているか、確かめてください。",
                    "it says to be issued at {at}, which is still to come: check the clock of this machine"
                )
            }
            Self::NoMunicipalities(title) => text!(
                "市町村が書かれていません：{title}。画面で、市町村とレベルを選んで入れてください。",
                "it names no municipality: {title}. Choose the municipality and the level on the page"
            ),
            Self::OtherPrefecture(title) => text!(
                "ほかの都道府県の電文です：{title}。この県の電文を選んでください。",
                "it is about another prefecture: {title}. Choose a telegram of this one"
            ),
        }
    }
}
