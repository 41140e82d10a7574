//! The files that together are one shapefile, and whether they belong together.

use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use crate::{domain::text::Text, import::source::ReadError, text};

/// The files of a shapefile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The shapes.
    pub shp: PathBuf,
    /// Where each shape begins.
    pub shx: PathBuf,
    /// The attributes.
    pub dbf: PathBuf,
    /// The coordinate system.
    pub prj: Option<PathBuf>,
    /// The encoding of the attributes.
    pub cpg: Option<PathBuf>,
}

impl Parts {
    /// The parts beside any one of them; their endings may be of either case.
    ///
    /// # Errors
    ///
    /// [`ReadError::File`] with the code `missing_part`.
    pub fn beside(path: &Path) -> Result<Self, ReadError> {
        let find = |ending: &str| sibling(path, ending);
        let needed = |ending: &str| find(ending)?.ok_or_else(|| missing(path, ending));
        Ok(Self {
            shp: needed("shp")?,
            shx: needed("shx")?,
            dbf: needed("dbf")?,
            prj: find("prj")?,
            cpg: find("cpg")?,
        })
    }

    /// All that are there, in a fixed order.
    pub fn paths(&self) -> Vec<PathBuf> {
        [&self.shp, &self.shx, &self.dbf]
            .into_iter()
            .chain(&self.prj)
            .chain(&self.cpg)
            .cloned()
            .collect()
    }
}

/// The file of the same name with another ending.
fn sibling(path: &Path, ending: &str) -> Result<Option<PathBuf>, ReadError> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let other = Path::new(&name);
        let is_it = other.file_stem() == path.file_stem()
            && other
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case(ending));
        if is_it {
            found.push(path.with_file_name(&name));
        }
    }
    // The same name in both cases: the one that is written like the named file.
    found.sort_by_key(|one| {
        let upper = |p: &Path| {
            p.extension()
                .is_some_and(|e| e.to_string_lossy().chars().any(char::is_uppercase))
        };
        upper(one) != upper(path)
    });
    Ok(found.into_iter().next())
}

fn missing(path: &Path, ending: &str) -> ReadError {
    let name = path.with_extension(ending);
    let name = name.file_name().unwrap_or_default().to_string_lossy();
    ReadError::refused(
        "missing_part",
        &text!(
            "シェープファイルの「{name}」がありません。.shp・.shx・.dbf（と .prj）は一組です。同じフォルダーにそろえてから指定してください。",
            "`{name}` of the shapefile is missing. The .shp, .shx and .dbf (and .prj) belong together: put them into one folder."
        ),
    )
}

/// What the `.shx` and the `.shp` say of each other.
pub(super) struct Index {
    /// How many shapes there are.
    pub(super) count: u64,
    /// The length of the `.shp` in bytes.
    pub(super) shp_bytes: u64,
}

/// The length of the header of a `.shp` and of a `.shx`.
const HEADER: u64 = 100;

/// Checks that the index and the shapes are whole, and of one shapefile.
///
/// # Errors
///
/// `truncated`, `bad_shapefile` or `parts_differ`.
pub(super) fn index(parts: &Parts) -> Result<Index, ReadError> {
    let shp_bytes = whole(&parts.shp)?;
    let shx_bytes = whole(&parts.shx)?;
    let count = (shx_bytes - HEADER) / 8;
    let mut shx = BufReader::new(File::open(&parts.shx)?);
    let mut entry = [0; HEADER as usize];
    shx.read_exact(&mut entry)?;
    let mut last = HEADER;
    for _ in 0..count {
        let mut entry = [0; 8];
        shx.read_exact(&mut entry)?;
        let word = |at: usize| {
            let bytes = [entry[at], entry[at + 1], entry[at + 2], entry[at + 3]];
            u64::from(u32::from_be_bytes(bytes)) * 2
        };
        last = last.max(word(0) + 8 + word(4));
    }
    if last != shp_bytes {
        return Err(differ(
            &parts.shx,
            &text!(
                "図形 {shp_bytes} バイト、索引 {last} バイト",
                "shapes {shp_bytes} bytes, index {last}"
            ),
        ));
    }
    Ok(Index { count, shp_bytes })
}

/// The length that a `.shp` or `.shx` says it has, which it must have.
fn whole(path: &Path) -> Result<u64, ReadError> {
    let mut file = File::open(path)?;
    let actual = file.metadata()?.len();
    let mut head = [0; HEADER as usize];
    if actual < HEADER {
        return Err(cut(path));
    }
    file.read_exact(&mut head)?;
    if head[..4] != super::MAGIC {
        return Err(unreadable(path));
    }
    let said = u64::from(u32::from_be_bytes([head[24], head[25], head[26], head[27]])) * 2;
    match said {
        said if said < HEADER => Err(unreadable(path)),
        said if said > actual => Err(cut(path)),
        said => Ok(said),
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

pub(super) fn cut(path: &Path) -> ReadError {
    let name = file_name(path);
    ReadError::refused(
        "truncated",
        &text!(
            "「{name}」が途中で切れています。もう一度ダウンロードしてください。",
            "`{name}` is cut off. Please download it again."
        ),
    )
}

pub(super) fn unreadable(path: &Path) -> ReadError {
    let name = file_name(path);
    ReadError::refused(
        "bad_shapefile",
        &text!(
            "「{name}」をシェープファイルの一部として読めません。もう一度ダウンロードするか、書き出し直してください。",
            "`{name}` cannot be read as a part of a shapefile. Please download or export it again."
        ),
    )
}

pub(super) fn differ(path: &Path, how: &Text) -> ReadError {
    let name = file_name(path);
    let Text { ja, en } = how;
    ReadError::refused(
        "parts_differ",
        &text!(
            "「{name}」が .shp と合いません（{ja}）。別のデータのファイルが混ざっています。一組を取り直してください。",
            "`{name}` does not belong to the .shp ({en}): files of two data sets are mixed. Please fetch the whole set again."
        ),
    )
}
