//! Which published attribute holds a depth, and what its codes mean. What does
//! not stand here is refused by name, never guessed.

use crate::domain::{
    hazard::{InundationRank, LayerKind},
    text::{key_form, nfkc},
};

/// The attributes of a layer of 国土数値情報 that states its depth as a text
/// band.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TextLayer {
    /// `A40`: its attributes are `A40_001` and so on.
    pub(super) id: &'static str,
    /// Which layer it is.
    pub(super) kind: LayerKind,
    /// The attribute of the depth.
    pub(super) depth: &'static str,
    /// The attribute of the name, where it has one.
    pub(super) name: Option<&'static str>,
    /// All attributes of the specification. In a file with others the meaning
    /// of none is certain.
    pub(super) known: &'static [&'static str],
    /// The names of the format.
    pub(super) formats: [&'static str; 2],
}

/// The layers with text bands.
///
/// - A40 津波浸水想定 (nlftp.mlit.go.jp, KsjTmplt-A40, 第1.1版, 2016): name and
///   code of the prefecture, 津波浸水深の区分 as the prefecture's own report
///   writes it.
/// - A49 高潮浸水想定区域 (第1.0版, 2020): the same three.
/// - A51 雨水出水浸水想定区域 (A51-24, A51-25): the specification was not at
///   hand; this is how four public programs that read it agree (2026): name
///   and code of the prefecture, name and code of the municipality, 浸水深の区分.
///   The municipality (`A51_004`) is the one whose drains were looked at; that
///   all of its ground was, it does not say, so that it is no coverage.
pub(super) static TEXT_LAYERS: [TextLayer; 3] = [
    TextLayer {
        id: "A40",
        kind: LayerKind::Tsunami,
        depth: "A40_003",
        name: None,
        known: &["A40_001", "A40_002", "A40_003"],
        formats: ["ksj-a40-geojson", "ksj-a40-shapefile"],
    },
    TextLayer {
        id: "A49",
        kind: LayerKind::StormSurge,
        depth: "A49_003",
        name: None,
        known: &["A49_001", "A49_002", "A49_003"],
        formats: ["ksj-a49-geojson", "ksj-a49-shapefile"],
    },
    TextLayer {
        id: "A51",
        kind: LayerKind::InlandFlood,
        depth: "A51_005",
        name: Some("A51_003"),
        known: &["A51_001", "A51_002", "A51_003", "A51_004", "A51_005"],
        formats: ["ksj-a51-geojson", "ksj-a51-shapefile"],
    },
];

/// What the codes of a column of depths mean; the word of `--depth-codes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepthCodes {
    /// The six ranks of `A31a_205` (洪水浸水想定区域図作成マニュアル 第4版, MLIT).
    A31a,
    /// The old codes of `A31_001`.
    A31,
}

impl DepthCodes {
    /// Every table.
    pub const ALL: [Self; 2] = [Self::A31a, Self::A31];

    /// The word on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::A31a => "a31a",
            Self::A31 => "a31",
        }
    }

    /// The table of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.code() == code)
    }

    /// The rank of a code; `None`: the table does not know it.
    pub(super) fn rank(self, code: u8) -> Option<InundationRank> {
        match self {
            Self::A31a => InundationRank::try_from(code).ok(),
            Self::A31 => A31
                .iter()
                .find(|(known, ..)| *known == code)
                .map(|(.., rank)| *rank),
        }
    }
}

/// The codes of `A31_001` (国土数値情報 浸水想定区域 第1.1版, 2012): eleven to
/// fifteen where the map has five ranks, twenty-one to twenty-seven where it
/// has seven, with their bounds in metres and the rank in which the deepest
/// water of the band lies; an open band counts by its lower bound.
/// (The bounds as in the R package `jpndistrict`'s successor for 国土数値情報,
/// read in 2026; the first three of each row also in `DOMAIN.md` D1.)
#[rustfmt::skip]
const A31: [(u8, f64, Option<f64>, InundationRank); 12] = [
    (11, 0.0, Some(0.5), InundationRank::R1),
    (12, 0.5, Some(1.0), InundationRank::R2),
    (13, 1.0, Some(2.0), InundationRank::R2),
    (14, 2.0, Some(5.0), InundationRank::R3),
    (15, 5.0, None,      InundationRank::R4),
    (21, 0.0, Some(0.5), InundationRank::R1),
    (22, 0.5, Some(1.0), InundationRank::R2),
    (23, 1.0, Some(2.0), InundationRank::R2),
    (24, 2.0, Some(3.0), InundationRank::R2),
    (25, 3.0, Some(4.0), InundationRank::R3),
    (26, 4.0, Some(5.0), InundationRank::R3),
    (27, 5.0, None,      InundationRank::R4),
];

/// The endings by which a column says that it holds codes, not metres.
const CODE_ENDINGS: [&str; 10] = [
    "ランクコード",
    "ランク",
    "コード",
    "区分",
    "階級",
    "クラス",
    "class",
    "rank",
    "code",
    "cd",
];

/// Whether the name of a column says that its numbers are codes: a rank, a
/// code, or a numbered attribute of 国土数値情報 (`A31_205`).
pub(super) fn holds_codes(column: &str) -> bool {
    without_code_ending(column).is_some() || is_numbered(&nfkc(column))
}

/// The columns of metres that a column of ranks may stand beside: `浸水深` for
/// `浸水深ﾗﾝｸ`, `浸水深` for `浸水ランク`.
pub(super) fn metres_beside(column: &str) -> Vec<String> {
    without_code_ending(column)
        .filter(|base| !base.is_empty())
        .map(|base| vec![format!("{base}深"), base])
        .unwrap_or_default()
}

fn without_code_ending(column: &str) -> Option<String> {
    let name = key_form(column).to_lowercase();
    CODE_ENDINGS.iter().find_map(|ending| {
        name.strip_suffix(ending)
            .map(|base| base.trim_end_matches('_').to_owned())
    })
}

/// `A31_205`, `A31a_105`.
fn is_numbered(column: &str) -> bool {
    let Some((id, number)) = column.split_once('_') else {
        return false;
    };
    let mut letters = id.chars();
    letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && letters.next().is_some_and(|c| c.is_ascii_digit())
        && number.len() == 3
        && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_old_code_has_the_rank_of_its_deepest_water() {
        for (code, min, max, rank) in A31 {
            let deepest = max.map_or(min, |max| max - 0.001);
            assert_eq!(InundationRank::of_metres(deepest), Some(rank), "{code}");
        }
        for code in [0, 1, 10, 16, 20, 28, 255] {
            assert_eq!(DepthCodes::A31.rank(code), None, "{code}");
        }
        assert_eq!(DepthCodes::A31a.rank(7), None);
        assert_eq!(DepthCodes::A31a.rank(0), None);
    }

    #[test]
    fn a_column_says_by_its_name_whether_it_holds_metres() {
        for codes in [
            "浸水深ﾗﾝｸ",
            "浸水ランク",
            "浸水ランクコード",
            "RANK",
            "depth_rank",
            "A31_205",
            "A31a_205",
            "WaterDepthCd",
            "浸水深区分",
            "浸水階級",
            "depth_class",
        ] {
            assert!(holds_codes(codes), "{codes}");
        }
        for metres in ["浸水深", "depth", "DEPTH_M", "最大浸水深", "A_1"] {
            assert!(!holds_codes(metres), "{metres}");
        }
        assert_eq!(metres_beside("浸水深ﾗﾝｸ"), ["浸水深深", "浸水深"]);
        assert_eq!(metres_beside("浸水ランク"), ["浸水深", "浸水"]);
        assert_eq!(metres_beside("depth_rank"), ["depth深", "depth"]);
        assert!(metres_beside("ランク").is_empty());
    }
}
