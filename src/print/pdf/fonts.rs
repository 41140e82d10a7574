//! The typeface of the papers: Noto Sans CJK JP, regular and bold. It is the
//! widest there is (𠮷, 髙, 﨑), and comes with Debian as `fonts-noto-cjk`.
//! Two faces of two files are loaded, when the first paper is set; a PDF
//! carries only the glyphs that it uses.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

use super::PdfError;

/// The family, as its files call it.
const FAMILY: &str = "Noto Sans CJK JP";
const FILES: [&str; 2] = ["NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"];
/// Where Debian and Ubuntu, Fedora, and Arch put them.
const FOLDERS: [&str; 3] = [
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/noto-cjk",
];

/// The faces of the papers, and the index in which a typesetter looks them up.
pub(super) struct Fonts {
    pub faces: Vec<Font>,
    pub book: LazyHash<FontBook>,
}

/// The fonts of this machine, loaded once. A failure is not kept: once the
/// package is installed, the next paper is set.
pub(super) fn fonts() -> Result<&'static Fonts, PdfError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    if let Some(fonts) = FONTS.get() {
        return Ok(fonts);
    }
    let folders = FOLDERS.map(Path::new);
    let loaded = load(&folders)?;
    Ok(FONTS.get_or_init(|| loaded))
}

/// Whether the files are there.
pub(super) fn look() -> Result<(), PdfError> {
    let folders = FOLDERS.map(Path::new);
    FILES
        .iter()
        .try_for_each(|file| find(&folders, file).map(|_| ()))
}

fn find(folders: &[&Path], file: &'static str) -> Result<PathBuf, PdfError> {
    folders
        .iter()
        .map(|folder| folder.join(file))
        .find(|path| path.is_file())
        .ok_or(PdfError::NoFonts { file })
}

/// Reads the two faces. A file that holds no face of the family counts as
/// missing: what it would print is not what was looked at.
pub(super) fn load(folders: &[&Path]) -> Result<Fonts, PdfError> {
    let mut faces = Vec::new();
    for file in FILES {
        let bytes = std::fs::read(find(folders, file)?).map_err(|_| PdfError::NoFonts { file })?;
        let face = Font::iter(Bytes::new(bytes))
            .find(|face| face.info().family == FAMILY)
            .ok_or(PdfError::NoFonts { file })?;
        faces.push(face);
    }
    let book = LazyHash::new(FontBook::from_fonts(&faces));
    Ok(Fonts { faces, book })
}
