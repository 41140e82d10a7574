//! What is gone through when a unit is handed over, at the bedside.

use serde::{Deserialize, Serialize};

/// What was done and said. What is `None` or empty was not done yet: it stays
/// open and is shown so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The family started it themselves.
    #[serde(default)]
    pub started_by_family: bool,
    /// It was said that it runs outdoors alone, and why (CO).
    #[serde(default)]
    pub co_explained: bool,
    /// Where it will stand outdoors; absent: not seen yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outdoor_place: Option<String>,
    /// The frequency that was set, in hertz (50 or 60).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_hz: Option<u32>,
    /// 合言葉: what the family chose so that it knows our mails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_phrase: Option<String>,
    /// Whether loan data may be exchanged with the municipality; absent: not
    /// asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_consent: Option<bool>,
    /// What of the kit was not there: words of `KitItem`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kit_missing: Vec<String>,
    /// Why something of the kit was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kit_note: Option<String>,
}

coded! {
    /// What a hand-over has left open.
    OpenPoint {
        /// Something of the kit is still to be handed over.
        Kit = "kit", "まだ渡していない付属品があります。", "Something of the kit is still to be handed over.";
        /// The family has not started it themselves yet.
        Start = "start", "ご家族がまだ自分で始動していません。", "The family has not started it themselves yet.";
        /// Nobody has seen where it will stand.
        Place = "place", "屋外の置き場所をまだ見ていません。", "Nobody has seen yet where it will stand outdoors.";
        /// The frequency was not set.
        Frequency = "frequency", "周波数（50/60Hz）の切替をまだ確かめていません。", "The frequency (50 or 60 Hz) was not checked yet.";
        /// No pass-phrase was chosen.
        PassPhrase = "pass_phrase", "合言葉がまだ決まっていません。", "No pass-phrase was chosen yet.";
        /// Consent to exchange was not asked.
        Consent = "consent", "市町村との情報共有の同意をまだ確かめていません。", "Consent to exchange data with the municipality was not asked yet.";
    }
}

impl HandOver {
    /// What is still open.
    pub fn open(&self) -> Vec<OpenPoint> {
        let blank = |text: &Option<String>| text.as_deref().is_none_or(|t| t.trim().is_empty());
        [
            (!self.kit_missing.is_empty(), OpenPoint::Kit),
            (!self.started_by_family, OpenPoint::Start),
            (blank(&self.outdoor_place), OpenPoint::Place),
            (self.frequency_hz.is_none(), OpenPoint::Frequency),
            (blank(&self.pass_phrase), OpenPoint::PassPhrase),
            (self.exchange_consent.is_none(), OpenPoint::Consent),
        ]
        .into_iter()
        .filter_map(|(open, point)| open.then_some(point))
        .collect()
    }
}

/// The frequency of the mains in a prefecture (its two digits, JIS X 0401), in
/// hertz: 50 in the east, 60 in the west, with the border from the river 富士川 to
/// 糸魚川. `None`: no such prefecture, or both are found in it (群馬, 新潟, 長野, 静岡).
pub fn frequency_of(prefecture: &str) -> Option<u32> {
    match prefecture.parse().ok()? {
        10_u32 | 15 | 20 | 22 => None,
        1..=14 | 19 => Some(50),
        16..=47 => Some(60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frequency_follows_the_prefecture_where_it_has_one() {
        assert_eq!(frequency_of("43"), Some(60));
        assert_eq!(frequency_of("13"), Some(50));
        assert_eq!(frequency_of("19"), Some(50));
        assert_eq!(frequency_of("22"), None);
        assert_eq!(frequency_of("48"), None);
    }

    #[test]
    fn what_was_not_done_at_the_bedside_stays_open() {
        let nothing = HandOver {
            kit_missing: vec!["cord".into()],
            ..HandOver::default()
        };
        assert_eq!(nothing.open(), OpenPoint::ALL);
        let done = HandOver {
            started_by_family: true,
            co_explained: true,
            outdoor_place: Some("【デモ】北側の軒下".into()),
            frequency_hz: Some(60),
            pass_phrase: Some("【デモ】ひまわり".into()),
            exchange_consent: Some(false),
            kit_missing: Vec::new(),
            kit_note: None,
        };
        assert_eq!(done.open(), []);
        let blank = HandOver {
            outdoor_place: Some("　".into()),
            ..done
        };
        assert_eq!(blank.open(), [OpenPoint::Place]);
    }
}
