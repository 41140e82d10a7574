//! The built program, as its users start it.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// The program with a database of its own.
pub fn tomoshibi(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tomoshibi"));
    command
        .args(["--database", database])
        .env("TOMOSHIBI_KEYS__FILE", keys_of(database))
        .env("RUST_LOG", "warn");
    command
}

/// A key file of a database's own.
fn keys_of(database: &str) -> PathBuf {
    if let Some(file) = database.strip_prefix("sqlite:") {
        return PathBuf::from(file).with_added_extension("keys");
    }
    let name = database.rsplit('/').next().unwrap_or_default();
    std::env::temp_dir().join(format!("{name}.keys"))
}

/// Runs it to its end.
pub fn run(database: &str, args: &[&str]) -> Output {
    tomoshibi(database)
        .args(args)
        .output()
        .expect("the program starts")
}
