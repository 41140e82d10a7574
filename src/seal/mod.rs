//! Tokens, typed codes, hashes, and the keys that stand outside the database.

mod code;
mod keys;

pub use code::{Code, LINK_CODE, RECOVERY_CODE};
pub use keys::{KeyError, Keys};

use hmac::{Hmac, Mac};
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
        Self(letters(&random::<20>()))
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

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// Bytes as letters and digits of [`ALPHABET`], five bits each; what is left
/// over at the end is dropped.
fn letters(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    let (mut buffer, mut bits) = (0_u32, 0);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(buffer >> bits) as usize & 31]));
        }
    }
    text
}

/// HMAC-SHA256.
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        // Lengths in front, so that no two lists of parts read alike.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What a form shows to prove that it came from a page of ours: derived from
/// the secret in the cookie, so that nothing is stored, and of no use as that
/// secret.
pub fn form_token(secret: &Token) -> String {
    hex(&hmac(secret.0.as_bytes(), &[b"form"]))
}

/// Whether two texts are the same, in a time that does not tell where they
/// differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    one.ct_eq(other).into()
}

/// The bytes of a text in hexadecimal.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
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

    #[test]
    fn what_a_form_shows_is_of_one_secret_and_is_not_that_secret() {
        let (one, other) = (Token::random(), Token::random());
        assert_eq!(form_token(&one), form_token(&one));
        assert_ne!(form_token(&one), form_token(&other));
        assert_eq!(Token::from_text(&form_token(&one)), None);
    }

    #[test]
    fn bytes_survive_the_trip_through_hexadecimal() {
        assert_eq!(
            unhex(&hex(b"\x00\xff1")).as_deref(),
            Some(&b"\x00\xff1"[..])
        );
        for bad in ["0", "0g", "+1", "あ"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
