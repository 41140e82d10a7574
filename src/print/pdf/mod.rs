//! Papers as PDF: a template of ours and typed data in, bytes out.
//!
//! Data reach a template as values, never as markup: a name that reads
//! `*x*` or `#read("/etc/passwd")` prints as it is. A template reads its data
//! and the shared `paper.typ`, and nothing else: no file, no package, no
//! network, no clock. The same data give the same bytes.

#[cfg(feature = "pdf")]
mod engine;
#[cfg(feature = "pdf")]
mod fonts;
#[cfg(all(test, feature = "pdf"))]
mod tests;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::text::Text;

/// Debian's package with the typeface of the papers.
pub const FONT_PACKAGE: &str = "fonts-noto-cjk";

/// What the program sets: a template of `templates/print`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Labels for generators.
    Labels,
    /// Receipt with the conditions of the loan (借受書).
    Receipt,
    /// Application for an individual evacuation plan (個別避難計画作成申請書).
    Application,
    /// What to do in a power cut.
    PowerCut,
    /// Letters, each to somebody else.
    Letter,
    /// Whom to call in which order.
    Calls,
    /// A sheet of a plan.
    PlanSheet,
    /// The sheets of a municipality's children, as one.
    Binder,
    /// Receipt, application and what to do in a power cut, as one.
    HandOver,
}

impl Template {
    /// The name of its file.
    const fn name(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Receipt => "receipt",
            Self::Application => "application",
            Self::PowerCut => "power_cut",
            Self::Letter => "letter",
            Self::Calls => "calls",
            Self::PlanSheet => "plan_sheet",
            Self::Binder => "binder",
            Self::HandOver => "hand_over",
        }
    }
}

/// A paper, ready to be sent or printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// On how many pages.
    pub pages: usize,
    /// Characters that the typeface lacks: each stands as an empty box, to be
    /// written in by hand. Whoever prints must be told.
    pub unprintable: BTreeSet<char>,
}

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The program was built without the feature `pdf`.
    #[error("built without the feature `pdf`")]
    NotBuilt,
    /// The typeface is not on this machine.
    #[error("{file} was not found: install Debian's package {FONT_PACKAGE}")]
    NoFonts {
        /// The file that is missing or cannot be read.
        file: &'static str,
    },
    /// The data of the paper are no JSON object.
    #[error("the data of a paper cannot be handed over")]
    Data(#[source] serde_json::Error),
    /// A template of ours is wrong. What the typesetter says of it may quote
    /// data: it is not in the message, which is logged.
    #[error("the template {template} could not be set (line {line})")]
    Template {
        /// Which template.
        template: &'static str,
        /// The line of the template, from 1; 0: not known.
        line: usize,
        /// What the typesetter says. May quote what was to be printed.
        diagnosis: String,
    },
}

impl PdfError {
    /// What the visitor of a page is told, and who can do something about it.
    pub fn text(&self) -> Text {
        match self {
            Self::NotBuilt => Text::fixed(
                "このプログラムはPDFを作る機能なしで組み立てられています。画面を印刷するか、管理者に「pdf」機能つきのプログラムを頼んでください。",
                "This program was built without PDF. Print the page instead, or ask the administrator for a program built with the feature `pdf`.",
            ),
            Self::NoFonts { .. } => Text::fixed(
                "PDFの文字（フォント）がサーバーにありません。管理者に、パッケージ fonts-noto-cjk を入れるよう頼んでください。白い紙を出さないため、PDFは作りませんでした。",
                "The server lacks the typeface of the papers. Ask the administrator to install the package fonts-noto-cjk. No PDF was made, rather than an empty one.",
            ),
            Self::Data(_) | Self::Template { .. } => Text::fixed(
                "PDFを作れませんでした。プログラムの誤りです。記録しましたので、管理者に知らせてください。",
                "The PDF could not be made: a mistake of the program. It is in the log; tell the administrator.",
            ),
        }
    }
}

/// Sets a paper from its data, which must serialize to a JSON object. Takes
/// some ten milliseconds and more of a processor: call it where waiting is
/// allowed (`spawn_blocking`).
///
/// # Errors
/// The typeface is missing, or a mistake of ours in a template.
#[cfg(feature = "pdf")]
pub fn set(template: Template, data: &impl Serialize) -> Result<Paper, PdfError> {
    let data = serde_json::to_vec(data).map_err(PdfError::Data)?;
    engine::Desk::new(template, data)?.print()
}

/// Sets a paper; in this build it never does.
///
/// # Errors
/// Always [`PdfError::NotBuilt`].
#[cfg(not(feature = "pdf"))]
pub fn set(template: Template, data: &impl Serialize) -> Result<Paper, PdfError> {
    let _ = (template.name(), data);
    Err(PdfError::NotBuilt)
}

/// Whether papers can be set here: asked once at start, so that a missing
/// typeface is in the log before somebody needs a paper. Reads no font yet.
///
/// # Errors
/// [`PdfError::NoFonts`] or [`PdfError::NotBuilt`].
pub fn ready() -> Result<(), PdfError> {
    #[cfg(feature = "pdf")]
    return fonts::look();
    #[cfg(not(feature = "pdf"))]
    Err(PdfError::NotBuilt)
}

/// What tests look at.
#[cfg(all(test, feature = "pdf"))]
pub mod testing {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    /// The text of a PDF as a reader of the file finds it, without any white
    /// space.
    pub fn text(paper: &super::Paper) -> String {
        pages(paper).concat()
    }

    /// The same page by page. `pdftotext` (Debian's `poppler-utils`) reads it: a
    /// program that knows nothing of ours.
    pub fn pages(paper: &super::Paper) -> Vec<String> {
        let mut child = Command::new("pdftotext")
            .args(["-raw", "-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("pdftotext is there: install Debian's package poppler-utils");
        let mut stdin = child.stdin.take().expect("a pipe was asked for");
        let bytes = paper.bytes.clone();
        let writer = std::thread::spawn(move || stdin.write_all(&bytes));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("it does not panic").expect("it reads");
        assert!(output.status.success());
        let seen = |c: &char| !c.is_whitespace() && *c != '\u{200b}';
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        // Each page ends with a form feed.
        let pages = text.split_terminator('\u{c}');
        pages
            .map(|page| page.chars().filter(seen).collect())
            .collect()
    }
}
