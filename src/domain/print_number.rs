//! The number on a printed sheet, which leads back to the event of the audit
//! trail that noted the reading: who, when, from where.

use uuid::Uuid;

/// Letters and digits that cannot be mistaken for one another (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// So many bytes of an event's id are in a number: its last ones, of which four
/// are random in a UUID of version 7 and one counts.
pub const TAIL: usize = 5;

/// The number on a printed sheet: `P-7F3K-2M9Q`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrintNumber(pub [u8; TAIL]);

impl PrintNumber {
    /// The number of an event.
    ///
    /// # Panics
    /// Never: an id is longer than its tail.
    pub fn of(event: Uuid) -> Self {
        let tail = event.as_bytes().last_chunk();
        Self(*tail.expect("an id has 16 bytes"))
    }

    /// Reads a number as somebody copies it from paper: small letters, without
    /// its strokes, O for 0, I and L for 1.
    pub fn parse(text: &str) -> Option<Self> {
        let text = super::text::key_form(text).to_ascii_uppercase();
        let text = text.strip_prefix('P').filter(|rest| rest.len() >= 8)?;
        let mut bits = 0_u64;
        let mut digits = 0;
        for c in text.chars().filter(|c| !matches!(c, '-' | 'ー' | '−')) {
            let c = match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == c)?;
            bits = (bits << 5) | value as u64;
            digits += 1;
            if digits > 8 {
                return None;
            }
        }
        let tail = bits.to_be_bytes();
        (digits == 8).then(|| Self(*tail.last_chunk().expect("a number has 8 bytes")))
    }
}

impl std::fmt::Display for PrintNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self
            .0
            .iter()
            .fold(0, |bits, byte| (bits << 8) | u64::from(*byte));
        f.write_str("P")?;
        for place in 0..8 {
            if place % 4 == 0 {
                f.write_str("-")?;
            }
            let digit = (bits >> (5 * (7 - place))) as usize & 31;
            write!(f, "{}", char::from(ALPHABET[digit]))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_as_it_is_copied() {
        let number = PrintNumber([0x3b, 0xc7, 0x01, 0x52, 0x97]);
        let written = number.to_string();
        assert_eq!(written.len(), "P-7F3K-2M9Q".len());
        assert_eq!(PrintNumber::parse(&written), Some(number));
        assert_eq!(PrintNumber::parse(&written.to_lowercase()), Some(number));
        assert_eq!(PrintNumber::parse(&written.replace('-', "")), Some(number));
        assert_eq!(
            PrintNumber::parse("Ｐ－0000－000O"),
            Some(PrintNumber([0; TAIL]))
        );
    }

    #[test]
    fn what_is_no_number_is_none() {
        for bad in [
            "",
            "P",
            "P-7F3K",
            "7F3K-2M9Q",
            "P-7F3K-2M9Q1",
            "P-7F3K-2M9U",
            "K-0001",
        ] {
            assert_eq!(PrintNumber::parse(bad), None, "{bad}");
        }
    }
}
