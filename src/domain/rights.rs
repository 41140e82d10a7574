//! What families and those who help may ask for: correction
//! (個人情報の保護に関する法律 第90条), and to be taken out of a plan.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

coded! {
    /// What a request for correction concerns.
    CorrectionField {
        /// 氏名・フリガナ
        Name = "name", "氏名・フリガナ", "name and its reading";
        /// 生年月日・性別
        Born = "born", "生年月日・性別", "date of birth, sex";
        /// 住所
        Address = "address", "住所", "address";
        /// 自宅の位置・階数・部屋
        Home = "home", "自宅の位置・階数・お子さんの部屋", "position and storeys of the home, the child's room";
        /// 連絡先
        Contacts = "contacts", "連絡先", "contacts";
        /// 支援を必要とする事由
        Reason = "reason", "支援を必要とする事由", "reason for support";
        /// 機器・電池
        Devices = "devices", "機器・電池の時間", "devices, battery hours";
        /// 避難先・経路
        Destinations = "destinations", "避難先・経路", "destinations, routes";
        /// 出発のきっかけ
        Triggers = "triggers", "出発のきっかけ", "when to leave";
        /// 避難を手伝う人
        Supporters = "supporters", "避難を手伝う人", "those who help";
        /// 同意・説明の記録
        Consents = "consents", "同意・説明の記録", "consents and explanation";
        /// その他
        Other = "other", "その他", "something else";
    }
}

coded! {
    /// How a supporter was told that they are in a plan.
    ToldHow {
        /// By telephone.
        Telephone = "telephone", "電話", "by telephone";
        /// By letter.
        Letter = "letter", "文書", "by letter";
        /// In person.
        InPerson = "in_person", "対面", "in person";
    }
}

/// A text of a request or an answer holds at most so many characters.
pub const LONGEST_TEXT: usize = 500;

/// A text that a person wrote into a form, without what surrounds it; `None`:
/// empty, too long, or with control characters other than line ends.
pub fn written(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_TEXT;
    let clean = !text.chars().any(|c| c.is_control() && c != '\n');
    (fits && clean).then(|| text.to_owned())
}

/// A family's request for a correction, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRequest {
    /// Its id.
    pub id: Uuid,
    /// What it concerns.
    pub field: CorrectionField,
    /// What is right, in the family's words; `None`: they are kept from the
    /// reader, since they may tell a protected address.
    pub proposed: Option<String>,
    /// When it was asked for.
    pub asked: DateTime<Utc>,
    /// What was answered; `None`: it waits.
    pub answer: Option<CorrectionAnswer>,
}

/// The answer to a request for correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionAnswer {
    /// Whether it was corrected.
    pub corrected: bool,
    /// Words to the family; of a refusal the reason, which the law wants told.
    /// Empty where the request's own words are kept from the reader.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was said to somebody who helps, over all versions of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SupporterState {
    /// When and how they were told that they are in the plan; `None`: not told,
    /// as far as is known.
    pub told: Option<(NaiveDate, ToldHow)>,
    /// The day on which they asked to be taken out.
    pub withdrawn: Option<NaiveDate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bounded_and_holds_words() {
        assert_eq!(written(" 2階です\r\n "), Some("2階です".to_owned()));
        assert_eq!(written(" \n"), None);
        assert_eq!(written("a\u{0}b"), None);
        assert_eq!(written(&"あ".repeat(LONGEST_TEXT + 1)), None);
        assert!(written(&"あ".repeat(LONGEST_TEXT)).is_some());
    }
}
