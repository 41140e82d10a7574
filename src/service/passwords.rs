//! Hashing passwords: slow on purpose, beside the pages, a few at a time.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{domain::password::Password, seal::random};

/// Memory of one hash, in KiB: 19 MiB, 2 passes, 1 lane (OWASP Password Storage
/// Cheat Sheet, Argon2id, 2025).
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory; the same source.
pub const PASSES: u32 = 2;
/// Lanes; the same source.
pub const LANES: u32 = 1;

/// So many hashes at once: their memory stays below 80 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The hash of a password that nobody has, with the same parameters: whoever has
/// no account is checked against it, so that it takes as long.
pub const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$QUFBQUFBQUFBQUFBQUFBQQ$gy4Vyz0vBjZGxb8DhT6DXm0kOQzSQvSoJQ8Ao7xLmE8";

/// Leave to hash: held as long as somebody tries to sign in, and as long as a
/// hash runs that nobody waits for any more, so that not more than a few do at
/// the same moment.
#[derive(Clone)]
pub struct Turn {
    _ends_with_the_last: Arc<SemaphorePermit<'static>>,
}

/// Waits for a turn.
pub async fn turn() -> Turn {
    let leave = AT_ONCE.acquire().await.expect("the turns never end");
    Turn {
        _ends_with_the_last: Arc::new(leave),
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are sound");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password.
pub async fn hash(turn: &Turn, password: Password) -> String {
    let turn = turn.clone();
    tokio::task::spawn_blocking(move || {
        let _until_done = turn;
        argon2()
            .hash_password_with_salt(password.as_bytes(), &random::<16>())
            .expect("a password of bounded length can be hashed")
            .to_string()
    })
    .await
    .expect("hashing does not panic")
}

/// Whether a password is the one of a hash. `None`, what was too long to be
/// anybody's, takes as long and is not.
pub async fn is_right(turn: &Turn, password: Option<Password>, hash: String) -> bool {
    let turn = turn.clone();
    tokio::task::spawn_blocking(move || {
        let _until_done = turn;
        let typed = password.as_ref().map_or(&b""[..], Password::as_bytes);
        let fits = argon2().verify_password(typed, hash.as_str()).is_ok();
        fits && password.is_some()
    })
    .await
    .expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_nobodys_costs_as_much() {
        let turn = turn().await;
        let password = Password::typed("kawa no mukou ni ie").expect("short enough");
        let hash = hash(&turn, password.clone()).await;
        assert!(is_right(&turn, Some(password), hash.clone()).await);
        assert!(!is_right(&turn, Password::typed("kawa no mukou"), hash.clone()).await);
        assert!(!is_right(&turn, None, hash.clone()).await);
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&hash), cost(NOBODYS));
        assert_eq!(hash.len(), NOBODYS.len());
        // It is a hash that can be checked against, not a text that fails early.
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODYS).is_ok());
    }
}
