//! The built program, as its users start it.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

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

/// A program that runs, and what it says on standard error.
pub struct Running {
    child: Child,
    lines: UnboundedReceiver<String>,
    /// What it has said so far.
    pub said: Vec<String>,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("it has a standard error");
        let (told, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                let Ok(line) = line else { return };
                // Nobody listens any more when the test is over.
                let _ = told.send(line);
            }
        });
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Waits for a line that begins with this; `false`: the program has ended.
    pub async fn says(&mut self, beginning: &str) -> bool {
        while let Some(line) = self.lines.recv().await {
            let found = line.starts_with(beginning);
            self.said.push(line);
            if found {
                return true;
            }
        }
        false
    }

    /// Kills it where it stands (SIGKILL).
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is over");
    }

    /// Waits for its end; its exit code, `None`: it was killed.
    pub async fn ends(&mut self) -> Option<i32> {
        while let Some(line) = self.lines.recv().await {
            self.said.push(line);
        }
        // Its standard error is closed: it is about to end.
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
