//! The second factor: codes that change every half minute (RFC 6238), and
//! recovery codes on paper for when the device is lost.

use chrono::{DateTime, Utc};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    domain::id::UserId,
    seal::{Code, KeyError, Keys, RECOVERY_CODE, random, same, sha256_hex},
};

/// Digits of a code, seconds that it holds, and steps that a clock may be off,
/// either way (RFC 6238, 2011, sections 4 and 5.2).
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
const SKEW: u16 = 1;

/// How many recovery codes are printed.
pub const RECOVERY_CODES: usize = 10;

/// A secret of 160 bits (RFC 4226, 2005, section 4, R6).
const SECRET_BYTES: usize = 20;

/// What a second factor is sealed for.
pub const PURPOSE: &str = "totp";
/// What a recovery code is sealed for.
pub const RECOVERY_PURPOSE: &str = "recovery code";

/// The secret of a second factor.
#[derive(Clone)]
pub struct Factor([u8; SECRET_BYTES]);

impl Factor {
    /// A new one.
    pub fn new() -> Self {
        Self(random())
    }

    /// One that nobody has.
    pub fn nobodys() -> Self {
        Self([0; SECRET_BYTES])
    }

    /// Sealed for an account.
    pub fn seal(&self, keys: &Keys, account: UserId) -> Vec<u8> {
        keys.seal(PURPOSE, &account.to_string(), &self.0)
    }

    /// Opened for an account.
    pub fn open(keys: &Keys, account: UserId, sealed: &[u8]) -> Result<Self, KeyError> {
        let bytes = keys.open_sealed(PURPOSE, &account.to_string(), sealed)?;
        let bytes = bytes.try_into().map_err(|_| KeyError::NotOurs)?;
        Ok(Self(bytes))
    }

    fn totp(&self, email: &str) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(Secret::new(Box::new(self.0)))
            // A colon ends the issuer there.
            .with_account_name(email.replace(':', "_"))
            .with_issuer(Some("Tomoshibi"))
            .build()
            .expect("the parameters are those of the standard")
    }

    /// The secret for a desktop authenticator, in groups of four.
    pub fn text(&self) -> String {
        let text = Secret::new(Box::new(self.0)).to_base32();
        let groups: Vec<&str> = text
            .as_bytes()
            .chunks(4)
            .map(|part| std::str::from_utf8(part).expect("base32 is ASCII"))
            .collect();
        groups.join(" ")
    }

    /// The secret as an authenticator reads it from an address (`otpauth:`).
    pub fn address(&self, email: &str) -> String {
        self.totp(email)
            .to_url()
            .expect("an account has an address")
    }

    /// The step of time that a typed code is of; `None`: it is wrong, or too old.
    pub fn step_of(&self, typed: &str, now: DateTime<Utc>) -> Option<i64> {
        let seconds = u64::try_from(now.timestamp()).ok()?;
        let step = self.totp("nobody").check(&digits(typed)?, seconds)?;
        i64::try_from(step).ok()
    }

    /// The code of this moment: what an authenticator shows.
    pub fn code_at(&self, now: DateTime<Utc>) -> String {
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        self.totp("nobody").generate(seconds).to_string()
    }
}

impl Default for Factor {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Factor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Factor(***)")
    }
}

/// Six digits as somebody typed them, of any width, with or without spaces.
fn digits(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let text: String = typed.nfkc().filter(|c| !c.is_whitespace()).collect();
    (text.len() == usize::from(DIGITS) && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// New recovery codes.
pub fn new_recovery_codes() -> Vec<Code> {
    (0..RECOVERY_CODES)
        .map(|_| Code::random(RECOVERY_CODE))
        .collect()
}

/// What the database keeps of a recovery code: its hash, sealed. Without the key
/// file it says nothing, and it can be sealed anew under a new key.
pub fn seal_recovery_code(keys: &Keys, account: UserId, code: &Code) -> Vec<u8> {
    let hash = sha256_hex(code.as_bytes());
    keys.seal(RECOVERY_PURPOSE, &account.to_string(), hash.as_bytes())
}

/// Which of the sealed recovery codes a typed one is. Every one is looked at,
/// and as many as there ever are, so that it takes as long whoever asks.
pub fn recovery_code_of(
    keys: &Keys,
    account: UserId,
    typed: &str,
    sealed: &[(i64, Vec<u8>)],
) -> Result<Option<(i64, Vec<u8>)>, KeyError> {
    let code = Code::read(typed, RECOVERY_CODE);
    let hash = sha256_hex(code.as_ref().map_or(&b""[..], Code::as_bytes));
    let mut found = None;
    let nobodys = (
        0,
        seal_recovery_code(keys, account, &Code::random(RECOVERY_CODE)),
    );
    for at in 0..RECOVERY_CODES.max(sealed.len()) {
        let (number, value) = sealed.get(at).unwrap_or(&nobodys);
        let known = keys.open_sealed(RECOVERY_PURPOSE, &account.to_string(), value)?;
        if same(&known, hash.as_bytes()) && at < sealed.len() {
            found = Some((*number, value.clone()));
        }
    }
    Ok(found.filter(|_| code.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA1, the last six of its eight digits.
        let factor = Factor(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                factor.step_of(code, at(seconds)),
                Some(seconds / 30),
                "{code}"
            );
            assert_eq!(factor.code_at(at(seconds)), code);
        }
        assert_eq!(factor.text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let address = factor.address("a:b@example.jp");
        assert!(
            address.starts_with("otpauth://totp/Tomoshibi:a_b%40example.jp?"),
            "{address}"
        );
    }

    #[test]
    fn a_clock_may_be_off_by_one_step_and_no_more() {
        let factor = Factor(*b"12345678901234567890");
        let step = |seconds| factor.step_of(" ０８１ 804", at(seconds));
        let made = 1_111_111_109 / 30;
        assert_eq!(step(made * 30 - 30), Some(made));
        assert_eq!(step(made * 30 + 59), Some(made));
        assert_eq!(step(made * 30 - 31), None);
        assert_eq!(step(made * 30 + 60), None);
        for wrong in ["", "08180", "0818041", "08180a", &"0".repeat(10_000)] {
            assert_eq!(factor.step_of(wrong, at(made * 30)), None, "{wrong}");
        }
    }

    #[test]
    fn a_recovery_code_is_found_among_those_of_its_account_alone() {
        let keys = Keys::random();
        let account = UserId(uuid::Uuid::from_u128(1));
        let codes = new_recovery_codes();
        let sealed: Vec<_> = (1..)
            .zip(&codes)
            .map(|(n, code)| (n, seal_recovery_code(&keys, account, code)))
            .collect();
        let find = |typed: &str, sealed: &[_]| {
            let found = recovery_code_of(&keys, account, typed, sealed);
            found.unwrap().map(|(number, _)| number)
        };
        assert_eq!(find(&codes[6].shown().to_lowercase(), &sealed), Some(7));
        assert_eq!(find(&codes[6].shown(), &sealed[..6]), None, "used");
        assert_eq!(find("", &sealed), None);
        assert_eq!(find(&Code::random(RECOVERY_CODE).shown(), &sealed), None);
        let stranger = UserId(uuid::Uuid::from_u128(2));
        assert!(recovery_code_of(&keys, stranger, "", &sealed).is_err());
    }
}
