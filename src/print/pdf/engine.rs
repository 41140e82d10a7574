//! The typesetter, and the little world that it sees.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt, World, WorldExt, comemo,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    layout::{Frame, FrameItem},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use super::{
    Paper, PdfError, Template,
    fonts::{Fonts, fonts},
};

impl Template {
    const fn source(self) -> &'static str {
        match self {
            Self::Labels => include_str!("../../../templates/print/labels.typ"),
            Self::Receipt => include_str!("../../../templates/print/receipt.typ"),
            Self::Application => include_str!("../../../templates/print/application.typ"),
            Self::PowerCut => include_str!("../../../templates/print/power_cut.typ"),
            Self::Letter => include_str!("../../../templates/print/letter.typ"),
            Self::Calls => include_str!("../../../templates/print/calls.typ"),
            Self::PlanSheet => include_str!("../../../templates/print/plan_sheet.typ"),
            Self::Binder => include_str!("../../../templates/print/binder.typ"),
            Self::HandOver => include_str!("../../../templates/print/hand_over.typ"),
        }
    }

    /// The templates that it puts together.
    const fn parts(self) -> &'static [Self] {
        match self {
            Self::HandOver => &[Self::Receipt, Self::Application, Self::PowerCut],
            Self::Binder => &[Self::PlanSheet],
            _ => &[],
        }
    }
}

/// What every template builds on.
const SHARED: &str = include_str!("../../../templates/print/paper.typ");

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// The few files that there are. The identifiers are interned for good, so
/// there must be few of them.
fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a name of ours is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One paper on the typesetter's desk: its template, its data, the typeface,
/// and nothing else.
pub(super) struct Desk {
    name: &'static str,
    template: Source,
    shared: Source,
    parts: Vec<Source>,
    data: Bytes,
    data_file: FileId,
    fonts: &'static Fonts,
}

impl Desk {
    pub(super) fn new(template: Template, data: Vec<u8>) -> Result<Self, PdfError> {
        let mut desk = Self::with(template.name(), template.source(), data)?;
        let parts = template.parts().iter().map(|part| {
            let file = file(&format!("/{}.typ", part.name()));
            Source::new(file, part.source().to_owned())
        });
        desk.parts = parts.collect();
        Ok(desk)
    }

    /// With a template that is not among ours; for tests.
    pub(super) fn with(name: &'static str, source: &str, data: Vec<u8>) -> Result<Self, PdfError> {
        Ok(Self {
            name,
            template: Source::new(file("/template.typ"), source.to_owned()),
            shared: Source::new(file("/paper.typ"), SHARED.to_owned()),
            parts: Vec::new(),
            data: Bytes::new(data),
            data_file: file("/data.json"),
            fonts: fonts()?,
        })
    }

    /// Sets and writes the paper.
    pub(super) fn print(&self) -> Result<Paper, PdfError> {
        let result = self.lay_out().and_then(|document| {
            let bytes = typst_pdf::pdf(&document, &PdfOptions::default())
                .map_err(|errors| self.complaint(errors.first()))?;
            let mut unprintable = std::collections::BTreeSet::new();
            for page in document.pages() {
                each_text(&page.frame, &mut |item| {
                    for glyph in item.glyphs.iter().filter(|glyph| glyph.id == 0) {
                        unprintable.extend(item.text[glyph.range()].chars());
                    }
                });
            }
            Ok(Paper {
                bytes,
                pages: document.pages().len(),
                unprintable,
            })
        });
        // The typesetter remembers what it set, to set it faster the next time:
        // names of children among it, and for ever. It forgets everything.
        comemo::evict(0);
        result
    }

    /// Sets the paper. A warning of the typesetter (an unknown typeface, a
    /// layout that does not settle) is an error here.
    pub(super) fn lay_out(&self) -> Result<PagedDocument, PdfError> {
        let set = typst::compile::<PagedDocument>(self);
        let document = set
            .output
            .map_err(|errors| self.complaint(errors.first()))?;
        match set.warnings.first() {
            Some(warning) => Err(self.complaint(Some(warning))),
            None => Ok(document),
        }
    }

    fn complaint(&self, said: Option<&SourceDiagnostic>) -> PdfError {
        let line = said
            .and_then(|said| {
                let at = self.range(said.span)?.start;
                let id = said.span.id()?;
                self.source(id).ok()?.lines().byte_to_line(at)
            })
            .map_or(0, |line| line + 1);
        PdfError::Template {
            template: self.name,
            line,
            diagnosis: said
                .map(|said| said.message.to_string())
                .unwrap_or_default(),
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.template, &self.shared]
            .into_iter()
            .chain(&self.parts)
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_file {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    /// A paper is dated by its data, never by a clock.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Every run of text on a page.
pub(super) fn each_text<'f>(frame: &'f Frame, f: &mut impl FnMut(&'f typst::text::TextItem)) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Text(text) => f(text),
            FrameItem::Group(group) => each_text(&group.frame, f),
            _ => {}
        }
    }
}
