//! Japanese text whose bytes were read in a Western encoding and saved again
//! (文字化け). It is still text, so nothing else notices; the names are gone
//! unless somebody does.

use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

/// Whether a text looks like Japanese (CP932 or UTF-8) that was read as
/// Latin-1 or Windows-1252 and saved as UTF-8, or decoded with replacement
/// characters.
///
/// Pieces between blanks, commas, quotes and digits are judged each on its
/// own: turned back into bytes, one of them must decode without an error to
/// more Japanese than Latin letters, and to at least two characters. Real
/// Japanese, half-width kana and rare kanji included, is never turned back,
/// since it has characters that no Western encoding has.
pub fn looks_like_mojibake(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    if is_utf8_read_as_cp932(text) {
        return true;
    }
    text.starts_with("ï»¿") || text.split(is_boundary).any(piece_is_mojibake)
}

/// Whether a text looks like UTF-8 that was read as CP932 and saved again. The
/// first two bytes of every kana then become one of three kanji that hardly
/// occur in any Japanese text.
fn is_utf8_read_as_cp932(text: &str) -> bool {
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    let telling = text.chars().filter(|c| "縺繧繝".contains(*c)).count();
    telling >= 4 && telling * 8 >= wide
}

/// Characters that no double-byte character of CP932 has as a second byte.
fn is_boundary(c: char) -> bool {
    c.is_ascii_digit()
        || c.is_ascii_control()
        || matches!(
            c,
            ' ' | ',' | '"' | '\'' | ':' | ';' | '/' | '(' | ')' | '-' | '.'
        )
}

fn piece_is_mojibake(piece: &str) -> bool {
    if piece.is_ascii() || piece.chars().any(is_japanese) {
        return false;
    }
    if piece
        .chars()
        .filter(|c| *c == char::REPLACEMENT_CHARACTER)
        .count()
        >= 2
    {
        return true;
    }
    let Some(bytes) = western_bytes(piece) else {
        return false;
    };
    if let Ok(decoded) = std::str::from_utf8(&bytes) {
        return is_mostly_japanese(decoded);
    }
    // Almost every character of CP932 that occurs in names begins with a byte
    // of 0x81 to 0x9F: control characters in Latin-1, quotes and the like in
    // Windows-1252. Accented letters alone accuse nobody.
    bytes.iter().any(|b| (0x81..=0x9f).contains(b))
        && SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(&bytes)
            .is_some_and(|decoded| is_mostly_japanese(&decoded))
}

/// The bytes that a Western encoding would have shown as this text.
fn western_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        if let Ok(byte) = u8::try_from(u32::from(c)) {
            bytes.push(byte);
        } else {
            let mut utf8 = [0; 4];
            let (byte, _, failed) = WINDOWS_1252.encode(c.encode_utf8(&mut utf8));
            if failed {
                return None;
            }
            bytes.extend_from_slice(&byte);
        }
    }
    Some(bytes)
}

fn is_mostly_japanese(text: &str) -> bool {
    let japanese = text.chars().filter(|c| is_wide_japanese(*c)).count();
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    japanese >= 2 && japanese > letters
}

/// Kana, kanji, and the punctuation and full-width forms among them.
fn is_wide_japanese(c: char) -> bool {
    matches!(u32::from(c), 0x3000..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0xff01..=0xff60 | 0x2_0000..=0x3_ffff)
}

/// Half-width kana too.
fn is_japanese(c: char) -> bool {
    is_wide_japanese(c) || matches!(u32::from(c), 0xff61..=0xff9f)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: [&str; 9] = [
        "熊本県人吉市",
        "洪水",
        "指定緊急避難場所",
        "崖崩れ、土石流及び地滑り",
        "球磨川",
        "ソフトボール場（予定）",
        "避難所",
        "カントリーパーク",
        "あさぎり町",
    ];

    fn as_latin_1(bytes: &[u8]) -> String {
        bytes.iter().map(|b| char::from(*b)).collect()
    }

    fn as_windows_1252(bytes: &[u8]) -> String {
        WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()
    }

    #[test]
    fn japanese_that_was_read_as_a_western_text_is_recognised() {
        for text in REAL {
            let cp932 = SHIFT_JIS.encode(text).0;
            for garbled in [
                as_latin_1(&cp932),
                as_windows_1252(&cp932),
                as_latin_1(text.as_bytes()),
                as_windows_1252(text.as_bytes()),
            ] {
                assert!(looks_like_mojibake(&garbled), "{text}: {garbled:?}");
                let line = format!("28,E4320300004201,{garbled},1,,1,32.8,130.7,\r\n");
                assert!(looks_like_mojibake(&line), "{text}: {line:?}");
            }
        }
    }

    #[test]
    fn utf8_that_was_read_as_cp932_is_recognised() {
        for text in [
            "カントリーパーク",
            "ソフトボール場（予定）",
            "あさぎり町ふれあいセンター",
        ] {
            let garbled = SHIFT_JIS.decode_without_bom_handling(text.as_bytes()).0;
            assert!(looks_like_mojibake(&garbled), "{text}: {garbled}");
        }
        assert!(!looks_like_mojibake(
            "糸が縺れる、縺れ、縺れた、もつれると書く人もいる。それだけのことで、壊れた字ではない。"
        ));
    }

    #[test]
    fn japanese_decoded_with_replacement_characters_is_recognised() {
        let lossy = String::from_utf8_lossy(&SHIFT_JIS.encode("熊本県人吉市").0).into_owned();
        assert!(looks_like_mojibake(&lossy), "{lossy}");
    }

    #[test]
    fn a_byte_order_mark_read_as_latin_1_is_recognised() {
        assert!(looks_like_mojibake("ï»¿NO,name"));
    }

    #[test]
    fn ordinary_text_is_not_accused() {
        for text in REAL.into_iter().chain([
            "",
            "plain ASCII, 1,2,3 {\"a\": [130.7, 32.8]}",
            "𠮷野家髙橋﨑山",
            "浸水深ﾗﾝｸ",
            "ﾋﾄﾖｼ ｼﾔｸｼﾖ",
            "〜～－―",
            "café Ångström naïve Zürich",
            "préfecture générale d’été",
            "it’s the dog’s “bed” – really…",
            "25℃ ±3° ×2 ½ §4 ©2026",
            "ルネサンス・ホール（Été）",
        ]) {
            assert!(!looks_like_mojibake(text), "{text}");
        }
    }
}
