//! Codes that people type from paper or over the telephone.

use unicode_normalization::UnicodeNormalization as _;

use super::{ALPHABET, letters, random};

/// How many letters a code has that stands for a link: 50 bits.
pub const LINK_CODE: usize = 10;

/// How many letters a recovery code has: 80 bits.
pub const RECOVERY_CODE: usize = 16;

/// A code to be typed, as the program compares it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A new one of so many letters (40 at most).
    ///
    /// # Panics
    ///
    /// When the operating system has no randomness to give.
    pub fn random(length: usize) -> Self {
        let mut text = letters(&random::<25>());
        text.truncate(length);
        Self(text)
    }

    /// A code as somebody typed it: in any case and width, with or without
    /// hyphens and spaces; o is 0, i and l are 1. `None` where it has not so
    /// many letters.
    pub fn read(typed: &str, length: usize) -> Option<Self> {
        // Bounded before anything is done with it: three bytes a letter of
        // full width, and room for hyphens and spaces.
        if typed.len() > length * 8 {
            return None;
        }
        let text: String = typed
            .nfkc()
            .filter(|c| !c.is_whitespace() && !"-‐‑–—−ー".contains(*c))
            .flat_map(char::to_lowercase)
            .map(|c| match c {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        (text.len() == length && text.bytes().all(|b| ALPHABET.contains(&b))).then_some(Self(text))
    }

    /// The code for paper: in capital letters, in groups of five where there
    /// are ten, of four otherwise.
    pub fn shown(&self) -> String {
        let group = if self.0.len() == LINK_CODE { 5 } else { 4 };
        let text = self.0.to_uppercase();
        let groups: Vec<&str> = text
            .as_bytes()
            .chunks(group)
            .map(|part| std::str::from_utf8(part).expect("the letters are ASCII"))
            .collect();
        groups.join("-")
    }

    /// What the program compares.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code("0123456789".to_owned());
        assert_eq!(code.shown(), "01234-56789");
        for typed in [
            "01234-56789",
            " ol234 56789 ",
            "OI2345 6789",
            "０１２３４－５６７８９",
            "０１２３４ー５６７８９",
            "0 1 2 3 4 5 6 7 8 9",
        ] {
            assert_eq!(Code::read(typed, LINK_CODE), Some(code.clone()), "{typed}");
        }
    }

    #[test]
    fn what_is_cut_padded_or_of_other_letters_is_no_code() {
        for typed in [
            "",
            "01234-5678",
            "01234-56789-0",
            "u1234-56789",
            "あ1234-56789",
        ] {
            assert_eq!(Code::read(typed, LINK_CODE), None, "{typed}");
        }
        assert_eq!(Code::read(&"0".repeat(1 << 20), LINK_CODE), None);
        let recovery = Code::random(RECOVERY_CODE);
        assert_eq!(Code::read(&recovery.shown(), LINK_CODE), None);
        assert_eq!(Code::read(&recovery.shown(), RECOVERY_CODE), Some(recovery));
    }
}
