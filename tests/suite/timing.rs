//! How long a sign-in takes that is refused, and whether that tells anything.
//! Measured by `scripts/measure-sign-in`; the numbers stand in
//! `docs/security.md`.

use std::time::{Duration, Instant};

use tomoshibi::service::authenticate::{self, Answer, Typed};

use crate::{
    sign_in::{PASSWORD, app, member},
    support::engines,
};

/// So many of each, one after the other in turn.
const ROUNDS: u32 = 400;

#[tokio::test]
#[ignore = "measures; run in the release build by scripts/measure-sign-in"]
async fn refused_sign_ins_take_as_long_whoever_asks() {
    let db = engines::sqlite();
    let (app, clock) = app(&db).await;
    let known = member(&app, "known@example.jp").await;
    let kinds = [
        "unknown address",
        "wrong password",
        "right password, wrong code",
    ];
    let mut took: [Vec<Duration>; 3] = Default::default();
    for round in 0..ROUNDS {
        // Nobody waits: each round comes after the limits of the one before,
        // from an address of its own.
        clock.advance(chrono::TimeDelta::hours(2));
        let from = format!("192.0.{}.{}", 2 + round / 250, round % 250);
        for (at, times) in took.iter_mut().enumerate() {
            let (email, password) = match at {
                0 => (format!("nobody{round}@example.jp"), PASSWORD),
                1 => (known.email.clone(), "kawa no mukou ni ie ga nai"),
                _ => (known.email.clone(), PASSWORD),
            };
            let typed = Typed {
                email,
                password: password.to_owned(),
                code: "000000".to_owned(),
                from: from.parse().ok(),
            };
            let begun = Instant::now();
            let answer = authenticate::sign_in(&app, &typed, "computer", None).await;
            times.push(begun.elapsed());
            assert!(matches!(answer, Ok(Answer::Wrong)));
        }
    }
    println!("| of {ROUNDS} each | 5 % | median | 95 % | 99 % |");
    println!("|---|---|---|---|---|");
    for (kind, mut times) in kinds.into_iter().zip(took) {
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1000.0;
        println!(
            "| {kind} | {:.2} ms | {:.2} ms | {:.2} ms | {:.2} ms |",
            at(5),
            at(50),
            at(95),
            at(99)
        );
    }
}
