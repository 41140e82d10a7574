//! Depths of water as published files write them: `0.5m以上1m未満`,
//! `1.0～2.0m`, `20m以上`.
//!
//! Only what is clear is read. A text that no rule knows is refused by name,
//! and so is a depth of nothing (`0m`, `浸水なし`): a map of depths says where
//! water comes, and no word of it makes a place dry.

use super::{
    hazard::InundationRank,
    text::{Text, nfkc},
};
use crate::text;

/// From which depth on, and up to which, in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthBand {
    /// The lower bound, inclusive; zero where the text has none.
    pub min: f64,
    /// The upper bound; `None`: open (`20m以上`).
    pub max: Option<f64>,
    /// Whether the upper bound itself belongs to the band (`以下`, or a single
    /// depth).
    max_inclusive: bool,
}

/// Why a text is no depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADepth {
    /// It says that there is no water.
    #[error("no water")]
    Nothing,
    /// It cannot be read.
    #[error("not readable as a depth")]
    Unreadable,
}

impl NotADepth {
    /// The reason for people, with the text in question.
    pub fn reason(self, written: &str) -> Text {
        match self {
            Self::Nothing => text!(
                "「{written}」は浸水の深さではありません。浸水しない場所は区域として取り込まず、「安全」ともしません。",
                "`{written}` is no depth of water. A place without water is not taken as a zone, and not called safe either."
            ),
            Self::Unreadable => text!(
                "水深「{written}」を読めません。0とはみなしません。",
                "The depth `{written}` cannot be read; it is not taken as 0."
            ),
        }
    }
}

impl DepthBand {
    /// Reads a text. Digits may be of full width, dashes and waves of any kind;
    /// `m`, `cm`, `メートル` and `センチ` are units, none means metres.
    ///
    /// # Errors
    ///
    /// [`NotADepth`].
    pub fn parse(written: &str) -> Result<Self, NotADepth> {
        let text = key(written);
        if ["浸水なし", "浸水無し", "浸水しない", "なし", "無し"].contains(&text.as_str())
        {
            return Err(NotADepth::Nothing);
        }
        let pieces = pieces(&text).ok_or(NotADepth::Unreadable)?;
        band(&pieces)
    }

    /// The rank that counts: of the deepest water in the band; an open band
    /// counts by its lower bound (`INTERFACES.md`). An upper bound that does
    /// not belong to the band does not reach the next rank.
    pub fn rank(self) -> InundationRank {
        let deepest = match self.max {
            Some(max) if self.max_inclusive => InundationRank::of_metres(max),
            Some(max) => InundationRank::ALL
                .into_iter()
                .find(|rank| rank.upper_metres().is_none_or(|bound| max <= bound)),
            None => InundationRank::of_metres(self.min),
        };
        deepest.unwrap_or(InundationRank::R1)
    }
}

/// One form of each sign: NFKC, no white space, units as `m` and `c`, waves as
/// `~`, dashes as `-`.
fn key(written: &str) -> String {
    let text: String = nfkc(written)
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    // Units first: the long vowel of メートル is no dash.
    text.replace("センチメートル", "c")
        .replace("センチ", "c")
        .replace("メートル", "m")
        .replace("cm", "c")
        .chars()
        .map(|c| match c {
            '〜' | '～' | '∼' | '∽' | '˜' => '~',
            'ー' | '−' | '‐' | '‑' | '‒' | '–' | '—' | '―' => '-',
            other => other,
        })
        .collect()
}

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    /// A number in metres.
    Metres(f64),
    /// 以上 or 超: from here on.
    From,
    /// 未満: up to here, exclusive.
    Under,
    /// 以下: up to here, inclusive.
    UpTo,
    /// `～`, から.
    Wave,
    /// `-`: between two numbers a wave, elsewhere perhaps a minus sign.
    Dash,
}

fn pieces(text: &str) -> Option<Vec<Piece>> {
    const WORDS: [(&str, Piece); 8] = [
        ("以上", Piece::From),
        ("を超える", Piece::From),
        ("超", Piece::From),
        ("未満", Piece::Under),
        ("以下", Piece::UpTo),
        ("から", Piece::Wave),
        ("~", Piece::Wave),
        ("-", Piece::Dash),
    ];
    // The numbers as they stand, each with its place and its own unit; one
    // without takes that of the next (`50～100cm`).
    let mut found: Vec<(Piece, Option<f64>)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        if end > 0 {
            let (digits, after) = rest.split_at(end);
            let number = digits.parse::<f64>().ok()?;
            let unit = match after.as_bytes().first() {
                Some(b'm') => Some(1.0),
                Some(b'c') => Some(0.01),
                _ => None,
            };
            rest = if unit.is_some() { &after[1..] } else { after };
            found.push((Piece::Metres(number), unit));
            continue;
        }
        let (word, piece) = WORDS.iter().find(|(word, _)| rest.starts_with(word))?;
        rest = &rest[word.len()..];
        found.push((*piece, None));
    }
    let mut unit = 1.0;
    let mut pieces: Vec<Piece> = found
        .into_iter()
        .rev()
        .map(|(piece, own)| match piece {
            Piece::Metres(number) => {
                unit = own.unwrap_or(unit);
                Piece::Metres(number * unit)
            }
            other => other,
        })
        .collect();
    pieces.reverse();
    Some(pieces)
}

fn band(pieces: &[Piece]) -> Result<DepthBand, NotADepth> {
    use Piece::{Dash, From, Metres, Under, UpTo, Wave};
    let (min, max, max_inclusive) = match *pieces {
        [Metres(only)] => (only, Some(only), true),
        [Metres(min), From | Wave] | [Metres(min), From, Wave] => (min, None, false),
        [Metres(max), Under] | [Wave, Metres(max)] | [Wave, Metres(max), Under] => {
            (0.0, Some(max), false)
        }
        [Metres(max), UpTo] | [Wave, Metres(max), UpTo] => (0.0, Some(max), true),
        [Metres(min), Wave | Dash | From, Metres(max)]
        | [Metres(min), Wave | Dash | From, Metres(max), Under]
        | [Metres(min), From, Wave | Dash, Metres(max)]
        | [Metres(min), From, Wave | Dash, Metres(max), Under] => (min, Some(max), false),
        [Metres(min), Wave | Dash | From, Metres(max), UpTo]
        | [Metres(min), From, Wave | Dash, Metres(max), UpTo] => (min, Some(max), true),
        _ => return Err(NotADepth::Unreadable),
    };
    if max.is_some_and(|max| max <= 0.0) {
        return Err(NotADepth::Nothing);
    }
    match max {
        None if min <= 0.0 => Err(NotADepth::Unreadable),
        Some(max) if max < min || (max <= min && pieces.len() > 1) => Err(NotADepth::Unreadable),
        _ => Ok(DepthBand {
            min,
            max,
            max_inclusive,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_count_by_their_upper_bound_and_open_ones_by_their_lower() {
        use InundationRank as R;
        for (written, min, max, rank) in [
            ("0.3m未満", 0.0, Some(0.3), R::R1),
            ("0.01m以上0.3m未満", 0.01, Some(0.3), R::R1),
            ("0.3m以上0.5m未満", 0.3, Some(0.5), R::R1),
            ("0.5m未満", 0.0, Some(0.5), R::R1),
            ("0.5m以上1m未満", 0.5, Some(1.0), R::R2),
            ("1m以上3m未満", 1.0, Some(3.0), R::R2),
            ("1.0～2.0m", 1.0, Some(2.0), R::R2),
            ("1.0〜2.0ｍ", 1.0, Some(2.0), R::R2),
            ("1.0m~2.0m", 1.0, Some(2.0), R::R2),
            ("1-2m", 1.0, Some(2.0), R::R2),
            ("1ー2ｍ未満", 1.0, Some(2.0), R::R2),
            ("３ｍ以上　５ｍ未満", 3.0, Some(5.0), R::R3),
            ("3m以上～5m未満", 3.0, Some(5.0), R::R3),
            ("3m以上－5m未満", 3.0, Some(5.0), R::R3),
            ("3ﾒｰﾄﾙ以上5ﾒｰﾄﾙ未満", 3.0, Some(5.0), R::R3),
            ("3㍍から5㍍", 3.0, Some(5.0), R::R3),
            ("5m以上10m未満", 5.0, Some(10.0), R::R4),
            ("10m以上20m未満", 10.0, Some(20.0), R::R5),
            ("20m以上", 20.0, None, R::R6),
            ("20m以上～", 20.0, None, R::R6),
            ("5.0m～", 5.0, None, R::R4),
            ("10m超", 10.0, None, R::R5),
            ("～0.3m", 0.0, Some(0.3), R::R1),
            ("～0.3m未満", 0.0, Some(0.3), R::R1),
            ("0m以上0.5m未満", 0.0, Some(0.5), R::R1),
            ("50cm以上100cm未満", 0.5, Some(1.0), R::R2),
            ("30cm以上1m未満", 0.3, Some(1.0), R::R2),
            ("50～100センチ", 0.5, Some(1.0), R::R2),
            ("2.5m", 2.5, Some(2.5), R::R2),
        ] {
            let band = DepthBand::parse(written).unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!((band.min, band.max), (min, max), "{written}");
            assert_eq!(band.rank(), rank, "{written}");
        }
    }

    #[test]
    fn a_band_over_several_ranks_takes_the_deepest() {
        use InundationRank as R;
        for (written, rank) in [
            ("0.5m以上5.1m未満", R::R4),
            ("0.3m以上3m未満", R::R2),
            ("2m以上5m未満", R::R3),
            // A bound that belongs to the band belongs to the next rank.
            ("1m以上3m以下", R::R3),
            ("0.5m以下", R::R2),
            ("3m", R::R3),
        ] {
            assert_eq!(DepthBand::parse(written).unwrap().rank(), rank, "{written}");
        }
    }

    #[test]
    fn what_no_rule_knows_is_refused_and_never_nought() {
        for written in [
            "",
            "不明",
            "-3m",
            "ー3m",
            "3m-",
            "5m以上3m未満",
            "3m以上3m未満",
            "3m未満5m以上",
            "3m以下でない",
            "1m以上2m未満3m",
            "1..2m",
            ".",
            "m",
            "以上",
            "0m以上",
            "3km以上",
            "3mm以上",
            "深い",
        ] {
            assert_eq!(
                DepthBand::parse(written),
                Err(NotADepth::Unreadable),
                "{written}"
            );
        }
    }

    #[test]
    fn no_water_is_no_depth() {
        for written in ["0m", "０", "浸水なし", "0m未満", "0～0m", " 浸水無し "] {
            assert_eq!(
                DepthBand::parse(written),
                Err(NotADepth::Nothing),
                "{written}"
            );
        }
    }
}
