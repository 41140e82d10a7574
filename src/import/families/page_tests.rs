//! The page for users says what the program does.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use super::columns::columns;

const BEGIN: &str = "`UPDATE_DOCS=1 cargo test --lib families` writes it anew -->\n\n";
const END: &str = "\n<!-- /columns -->";

/// The table of columns as the page has it; numbered groups stand there once.
fn table() -> String {
    let mut table =
        "| 列 | English | 書くこと | what to write | 例 |\n|---|---|---|---|---|\n".to_owned();
    let once = columns().iter().filter(|column| {
        let repeats = ["destination2", "destination3", "supporter2", "supporter3"];
        !repeats.iter().any(|group| column.key.starts_with(group))
    });
    for column in once {
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(
            table,
            "| {} | `{}` | {} | {} | {} |",
            column.header,
            column.key,
            cell(&column.about.ja),
            cell(&column.about.en),
            cell(column.example),
        )
        .unwrap();
    }
    table
}

#[test]
fn the_page_for_users_lists_every_column() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import-formats.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (list, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert!(
        list == table(),
        "the list of columns is not that of columns.rs: run UPDATE_DOCS=1 cargo test --lib families"
    );
}

/// The words that stand as the code of a refusal in a source file.
fn codes_in(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    ["refused(", "FileError::new("]
        .into_iter()
        .flat_map(|call| source.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_page_for_users_explains_every_refusal() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src.join("import"), &mut found);
    sources(&src.join("service"), &mut found);
    let codes: BTreeSet<String> = found.iter().flat_map(|source| codes_in(source)).collect();
    assert!(codes.len() > 10, "{codes:?}");
    let page = include_str!("../../../docs/import-formats.md");
    let missing: Vec<&String> = codes
        .iter()
        .filter(|code| !page.contains(&format!("`{code}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/import-formats.md lacks {missing:?}"
    );
}
