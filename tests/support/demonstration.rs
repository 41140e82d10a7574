//! A running demonstration, as `make run` starts it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running demonstration; stopped when dropped.
pub struct Demo {
    child: Child,
    /// Role and sign-in link, as printed.
    pub links: Vec<(String, String)>,
}

impl Demo {
    /// Starts one on a free port and waits until it has printed its links.
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// The same, with its database somewhere below a folder.
    pub fn start_in(folder: &Path) -> Self {
        Self::with(folder, &[], 9)
    }

    /// One that begins without families, sites and maps.
    pub fn empty() -> Self {
        // No family is let in: there is none.
        Self::with(&std::env::temp_dir(), &["--empty"], 8)
    }

    fn with(folder: &Path, more: &[&str], links: usize) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tomoshibi"))
            .args(["demo", "--port", "0"])
            .args(more)
            .env("RUST_LOG", "warn")
            .env("TMPDIR", folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("its output is ours");
        let links = BufReader::new(output)
            .lines()
            .take(links)
            .map(|line| {
                let line = line.expect("its output can be read");
                let (role, link) = line.split_once('\t').expect("role, tab, link");
                (role.to_owned(), link.to_owned())
            })
            .collect();
        Self { child, links }
    }

    /// The link of a role.
    pub fn link(&self, role: &str) -> &str {
        let found = self.links.iter().find(|(known, _)| known == role);
        &found.expect("every role has a link").1
    }

    /// The address of a page.
    pub fn page(&self, path: &str) -> String {
        let link = &self.links.first().expect("there are links").1;
        let host = link.split("/enter/").next().expect("a link leads in");
        format!("{host}{path}")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
