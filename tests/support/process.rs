//! The built program, as its users start it.

use std::process::{Command, Output};

/// The program with a database of its own.
pub fn tomoshibi(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tomoshibi"));
    command
        .args(["--database", database])
        .env("RUST_LOG", "warn");
    command
}

/// Runs it to its end.
pub fn run(database: &str, args: &[&str]) -> Output {
    tomoshibi(database)
        .args(args)
        .output()
        .expect("the program starts")
}
