//! Messages that staff write to families, and what they say on the telephone.

use super::{
    duty::{GENERATOR, telling_word},
    text::{Text, search_form},
};

/// An ordinary message to more families than this is released by a second person (ours;
/// `DOMAIN.md` F4: two persons check before many are written to).
pub const MOST_ALONE: usize = 20;

/// No subject is longer, in characters: what an old telephone shows of it, and a bit.
pub const LONGEST_SUBJECT: usize = 60;

/// No text is longer, in characters.
pub const LONGEST_BODY: usize = 2_000;

coded! {
    /// To whom a message goes.
    MessageGroup {
        /// One family.
        Family = "family", "1つのご家族", "one family";
        /// Those who have a unit.
        Borrowers = "borrowers", "貸与を受けているご家族", "families with a unit";
        /// Borrowers, and those who have applied: whom the training invites.
        Training = "training", "貸与中と申請中のご家族（研修会の宛先）", "borrowers and applicants (those whom the training invites)";
        /// Families whose yearly check is due.
        CheckDue = "check_due", "年1回の確認の時期のご家族", "families whose yearly check is due";
        /// Families without a plan.
        WithoutPlan = "without_plan", "計画がまだないご家族", "families without a plan";
        /// Families of one municipality.
        Town = "town", "市町村を選ぶ", "families of one municipality";
        /// Everybody whom the office writes to.
        Everybody = "everybody", "すべてのご家族", "every family";
    }
}

impl MessageGroup {
    /// Whether it is made of what only the centre keeps.
    pub const fn is_of_the_centre(self) -> bool {
        matches!(
            self,
            Self::Borrowers | Self::Training | Self::CheckDue | Self::Town
        )
    }
}

coded! {
    /// What became of a message.
    MessageState {
        /// A second person is to release it.
        Waits = "waits", "もう1人の確認を待っています", "waits for a second person";
        /// It was sent.
        Sent = "sent", "送信しました", "sent";
        /// It was returned to its writer.
        Returned = "returned", "書いた人に戻しました", "returned to its writer";
        /// Its writer took it back.
        Withdrawn = "withdrawn", "書いた人が取り下げました", "withdrawn";
    }
}

coded! {
    /// What became of a message with one family.
    MessageFate {
        /// It is not decided.
        Waits = "waits", "まだ送っていません", "not sent yet";
        /// Mail was written to each address that works.
        Mailed = "mailed", "メール", "mail";
        /// No address works.
        Telephone = "telephone", "メールが届かないため電話で", "by telephone: no mail reaches the family";
        /// The case has ended since, or is no longer the office's.
        LeftOut = "left_out", "送りません（登録が終わったか、担当が変わったため）", "left out: the case has ended or is no longer yours";
    }
}

coded! {
    /// How a family was spoken to.
    CallWay {
        /// By telephone.
        Telephone = "telephone", "電話", "telephone";
        /// At their home, or here.
        Visit = "visit", "訪問・面談", "visit";
        /// By a letter that was posted.
        Letter = "letter", "手紙", "letter";
    }
}

coded! {
    /// Who was spoken to: a part in the child's life, never a name.
    Spoken {
        /// 母
        Mother = "mother", "母", "mother";
        /// 父
        Father = "father", "父", "father";
        /// 祖父母など
        Relative = "relative", "ほかのご家族", "another relative";
        /// 訪問看護・ヘルパー
        Helper = "helper", "訪問看護・ヘルパー", "visiting nurse or helper";
        /// コーディネーター
        Coordinator = "coordinator", "コーディネーター", "coordinator";
        /// Somebody else.
        Other = "other", "その他", "somebody else";
    }
}

/// Names that no mail carries, in the form in which they are looked for.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<Name>);

#[derive(Debug, Clone)]
struct Name {
    /// As it stands on record.
    shown: String,
    form: String,
    /// So short that it is a word of every text: a name where it is addressed alone.
    short: bool,
}

/// What stands behind a name that is addressed.
const ADDRESSED: [&str; 6] = ["さん", "ちゃん", "くん", "君", "様", "さま"];

/// Behind what looks like a name: it is a place (a family name is often one, too).
const PLACE: &str = "市町村区郡県川山駅橋港";

fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ー')
}

impl Names {
    /// Adds a name, whole and in its parts. A mark in 【】 before it is no part of it.
    pub fn add(&mut self, name: &str) {
        let name = name.rsplit_once('】').map_or(name, |(_, rest)| rest);
        let parts: Vec<&str> = name.split_whitespace().collect();
        for part in &parts {
            self.part(part);
        }
        if parts.len() > 1 {
            self.part(&parts.concat());
        }
    }

    /// Adds a reading, or another name that is looked for as a whole alone.
    pub fn add_whole(&mut self, name: &str) {
        let name = name.rsplit_once('】').map_or(name, |(_, rest)| rest);
        self.part(name);
    }

    fn part(&mut self, part: &str) {
        let form = search_form(part);
        let letters = form.chars().count();
        if letters == 0 {
            return;
        }
        let short = letters == 1 || (letters == 2 && form.chars().all(is_kana));
        self.0.push(Name {
            shown: part.trim().to_owned(),
            form,
            short,
        });
    }

    /// Whether a text is one of them, or a part of one: a given name is a part of a name
    /// that is written without a space.
    pub fn has_part(&self, text: &str) -> bool {
        let text = text.rsplit_once('】').map_or(text, |(_, rest)| rest);
        let form = search_form(text);
        let several = form.chars().count() > 1;
        let is_part = |name: &Name| name.form == form || several && name.form.contains(&form);
        !form.is_empty() && self.0.iter().any(is_part)
    }

    /// The first of them that stands in a text, which is in the form of a search.
    fn in_text(&self, text: &str) -> Option<&str> {
        let stands = |name: &&Name| {
            text.match_indices(&name.form).any(|(at, _)| {
                let rest = &text[at + name.form.len()..];
                if name.short {
                    ADDRESSED.iter().any(|word| rest.starts_with(word))
                } else {
                    !rest.starts_with(|c| PLACE.contains(c))
                }
            })
        };
        self.0.iter().find(stands).map(|name| name.shown.as_str())
    }
}

/// Why a text cannot go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It holds a word that no mail carries.
    Word(&'static str),
    /// It holds the name of a child or of its family.
    Name(String),
    /// It holds something that is no text.
    Character,
}

impl Unfit {
    /// What to do about it.
    pub fn text(&self) -> Text {
        match self {
            Self::Word(word) => crate::text!(
                "「{word}」はメールに書けません。お子さんの様子が人に知られないよう、別の言い方にしてください。",
                "A mail must not carry “{word}”: say it otherwise, so that nobody learns what the child has."
            ),
            Self::Name(name) => crate::text!(
                "宛先のお子さんかご家族の名前「{name}」はメールに書けません。名前を入れずに書いてください（整理番号と合言葉が自動で入ります）。",
                "“{name}” is the name of a child or a family whom this goes to: write it without names. The number and the pass-phrase are put in for you."
            ),
            Self::Character => Text::fixed(
                "入力できない文字が入っています。打ち直してください。",
                "There is something in it that is no character. Type it anew.",
            ),
        }
    }
}

/// What a subject must not hold.
///
/// # Errors
/// The first thing that must not stand there.
pub fn check_subject(text: &str, names: &Names) -> Result<(), Unfit> {
    if text.chars().any(char::is_control) {
        return Err(Unfit::Character);
    }
    check(text, names, &[GENERATOR])
}

/// What a text must not hold; the generator may be named, outdoors.
///
/// # Errors
/// The first thing that must not stand there.
pub fn check_body(text: &str, names: &Names) -> Result<(), Unfit> {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Unfit::Character);
    }
    check(text, names, &[])
}

fn check(text: &str, names: &Names, more: &[&'static str]) -> Result<(), Unfit> {
    let telling = telling_word(text);
    let text = search_form(text);
    let mut more = more.iter().copied();
    if let Some(word) = telling.or_else(|| more.find(|word| text.contains(&search_form(word)))) {
        return Err(Unfit::Word(word));
    }
    names
        .in_text(&text)
        .map_or(Ok(()), |name| Err(Unfit::Name(name.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        for name in ["【デモ】水上 光", "【デモ】山田 ゆう", "消江 まどか"] {
            names.add(name);
        }
        names.add_whole("ケシエ マドカ");
        names
    }

    #[test]
    fn no_text_names_what_a_child_has_or_how_it_is_called() {
        for (text, wrong) in [
            ("人工 呼吸器を確かめてください", Unfit::Word("人工呼吸器")),
            ("ﾊﾞｯﾃﾘｰを", Unfit::Word("バッテリー")),
            ("びょうきではなく病気", Unfit::Word("病")),
            ("消江さんのお宅", Unfit::Name("消江".into())),
            ("まどかちゃんへ", Unfit::Name("まどか".into())),
            ("けしえ まどか", Unfit::Name("まどか".into())),
            ("光ちゃんは元気ですか", Unfit::Name("光".into())),
            ("ゆうさんへ", Unfit::Name("ゆう".into())),
            ("水上さま", Unfit::Name("水上".into())),
            ("鐘\u{7}", Unfit::Character),
        ] {
            assert_eq!(check_body(text, &names()), Err(wrong), "{text}");
        }
    }

    #[test]
    fn a_short_name_or_a_place_is_a_word_like_any_other() {
        for text in [
            "光熱費について",
            "ゆうがたに台風が来ます",
            "水上村と山田川の近くの方へ",
            "発電機は必ず屋外で\n使ってください",
        ] {
            assert_eq!(check_body(text, &names()), Ok(()), "{text}");
        }
        assert_eq!(
            check_subject("発電機の点検", &names()),
            Err(Unfit::Word(GENERATOR))
        );
        assert_eq!(check_subject("a\nb", &names()), Err(Unfit::Character));
    }
}
