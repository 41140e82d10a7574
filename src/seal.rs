//! Tokens and hashes.

use sha2::{Digest, Sha256};

/// A secret that somebody holds (a sign-in link, a session): 160 random bits
/// as 32 letters and digits. The database keeps its [`TokenHash`] only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// SHA-256 of a token. Without a salt: a token of 160 random bits cannot be
/// guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(pub Vec<u8>);

/// Letters and digits that cannot be mistaken for one another (RFC 4648
/// base32 in lower case would have l and 1: this is Crockford's set).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Token {
    /// A new one from the random source of the operating system.
    ///
    /// # Panics
    ///
    /// When the operating system has no randomness to give.
    pub fn random() -> Self {
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        let mut text = String::with_capacity(32);
        let (mut buffer, mut bits) = (0_u32, 0);
        for byte in bytes {
            buffer = (buffer << 8) | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                text.push(char::from(ALPHABET[(buffer >> bits) as usize & 31]));
            }
        }
        Self(text)
    }

    /// A token as somebody sent it; `None` where it cannot be one.
    pub fn from_text(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|b| ALPHABET.contains(&b)))
            .then(|| Self(text.to_owned()))
    }

    /// The text to put into a link or a cookie: nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).to_vec())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(***)")
    }
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes any text");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_trip_through_a_link_and_is_not_printed() {
        let token = Token::random();
        assert_eq!(Token::from_text(token.reveal()), Some(token.clone()));
        assert_ne!(token, Token::random());
        assert!(!format!("{token:?}").contains(token.reveal()));
    }

    #[test]
    fn what_is_cut_or_padded_is_no_token() {
        let token = Token::random();
        assert_eq!(Token::from_text(&token.reveal()[..31]), None);
        assert_eq!(Token::from_text(&format!("{}0", token.reveal())), None);
        assert_eq!(Token::from_text(&"l".repeat(32)), None);
    }
}
