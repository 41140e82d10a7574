//! Who may import whom. The table is the one of `docs/architecture.md`; an
//! arrow that turns back fails here, whether it is a `use` line or a path.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Which rooms each room may name.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli", "config", "app", "web", "jobs", "service"]),
    (
        "cli",
        &[
            "config", "app", "service", "domain", "web", "jobs", "clock", "store", "import",
            "planner", "seal", "faults",
        ],
    ),
    (
        "app",
        &[
            "config", "store", "mail", "planner", "spatial", "domain", "clock", "seal",
        ],
    ),
    (
        "web",
        &[
            "app", "service", "store", "planner", "print", "import", "domain", "spatial", "clock",
            "seal",
        ],
    ),
    ("jobs", &["app", "service", "domain", "clock"]),
    (
        "service",
        &[
            "app", "store", "mail", "planner", "import", "print", "spatial", "domain", "clock",
            "seal", "faults",
        ],
    ),
    ("store", &["domain", "spatial", "seal"]),
    ("mail", &["domain"]),
    ("import", &["domain", "spatial"]),
    ("print", &["planner", "spatial", "domain"]),
    ("planner", &["domain", "spatial"]),
    ("spatial", &["domain"]),
    ("config", &["domain"]),
    ("domain", &[]),
    ("clock", &[]),
    ("faults", &["clock"]),
    ("seal", &[]),
];

/// Crates that one room alone may name.
const OWNERS: &[(&str, &str)] = &[("sqlx", "store"), ("lettre", "mail")];

/// Rooms without input, output or waiting, and what would betray it.
const PURE: &[&str] = &["domain", "spatial", "planner"];
const IMPURE: &[&str] = &[
    "tokio::", "axum::", "std::fs", "std::net", "async fn", ".await",
];

#[test]
fn nobody_imports_a_room_that_is_not_his_to_import() {
    let complaints: Vec<String> = sources()
        .iter()
        .flat_map(|(path, text)| complaints(path, text))
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The program answers, and asks nobody: it opens no connection but to its
/// database (which the store alone names) and to its mail server (which lettre
/// reaches, and `mail` alone names that).
#[test]
fn no_room_opens_a_connection_to_anybody() {
    let clients = [
        "TcpStream::connect",
        "reqwest",
        "ureq",
        "hyper_util::client",
        "UdpSocket",
    ];
    for (path, text) in sources() {
        let code = without_comments_and_strings(&text);
        for client in clients {
            assert!(!code.contains(client), "{}: {client}", path.display());
        }
    }
}

#[test]
fn a_wrong_import_is_noticed_however_it_is_written() {
    let wrong = |path: &str, text: &str| complaints(Path::new(path), text).len();
    assert_eq!(wrong("src/domain/x.rs", "use crate::store::Tx;"), 1);
    assert_eq!(
        wrong(
            "src/planner/x.rs",
            "use crate::{domain::id, service::view};"
        ),
        1
    );
    assert_eq!(wrong("src/web/x.rs", "fn f() { crate::mail::send() }"), 1);
    assert_eq!(
        wrong("src/web/a/x.rs", "use super::super::super::mail::send;"),
        1
    );
    assert_eq!(wrong("src/web/mod.rs", "let a: sqlx::PgPool;"), 1);
    assert_eq!(wrong("src/spatial/x.rs", "async fn f() {}"), 1);
    assert_eq!(wrong("src/main.rs", "tomoshibi::domain::id"), 1);
    assert_eq!(
        wrong(
            "src/web/x.rs",
            "// crate::mail\nlet a = \"crate::mail::x\";"
        ),
        0
    );
    assert_eq!(
        wrong("src/service/x.rs", "use crate::{app::App, store::Tx};"),
        0
    );
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("the sources can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 30, "the sources were not found");
    found
}

/// The path of modules that a file is: `src/web/plan.rs` → `web`, `plan`.
fn modules(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = path
        .with_extension("")
        .components()
        .skip(1)
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
        parts.pop();
    }
    parts
}

fn complaints(path: &Path, text: &str) -> Vec<String> {
    let modules = modules(path);
    let Some(room) = modules.first() else {
        return Vec::new();
    };
    let table: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let Some(allowed) = table.get(room.as_str()) else {
        return vec![format!(
            "{}: a room that the table does not know",
            path.display()
        )];
    };
    let code = without_comments_and_strings(text);
    let mut found = Vec::new();
    for (number, target) in targets(&code, &modules) {
        if target != *room
            && table.contains_key(target.as_str())
            && !allowed.contains(&target.as_str())
        {
            found.push(format!(
                "{}:{number}: {room} names {target}",
                path.display()
            ));
        }
    }
    for (number, line) in (1..).zip(code.lines()) {
        for (name, owner) in OWNERS {
            if room != owner && line.contains(&format!("{name}::")) {
                found.push(format!(
                    "{}:{number}: only {owner} names {name}",
                    path.display()
                ));
            }
        }
        if PURE.contains(&room.as_str()) && !path.to_string_lossy().contains("test") {
            found.extend(
                IMPURE
                    .iter()
                    .filter(|word| line.contains(**word))
                    .map(|word| {
                        format!(
                            "{}:{number}: {room} is pure, this is not: {word}",
                            path.display()
                        )
                    }),
            );
        }
    }
    found
}

/// Every room that is named: after `crate::`, in a group after it, after
/// `tomoshibi::`, and through `super::` where the chain climbs to the root.
fn targets(code: &str, modules: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    for root in ["crate::", "tomoshibi::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &code[at + root.len()..];
            for name in heads(rest) {
                found.push((line_of(at), name));
            }
        }
    }
    let climb = "super::".repeat(modules.len());
    for (at, _) in code.match_indices(&climb) {
        let rest = &code[at + climb.len()..];
        if !code[..at].ends_with("super::") && !rest.starts_with("super::") {
            found.extend(heads(rest).into_iter().map(|name| (line_of(at), name)));
        }
    }
    found
}

/// The first names of what follows a root: one, or those of a `{…}` group.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.trim_start().strip_prefix('{') else {
        return vec![name(rest)];
    };
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(name(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn without_comments_and_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut in_string = false;
        let mut chars = line.chars().peekable();
        let mut previous = ' ';
        while let Some(c) = chars.next() {
            if !in_string && c == '/' && chars.peek() == Some(&'/') {
                break;
            }
            if c == '"' && previous != '\\' && previous != '\'' {
                in_string = !in_string;
            } else if !in_string {
                out.push(c);
            }
            previous = if previous == '\\' && c == '\\' {
                ' '
            } else {
                c
            };
        }
        out.push('\n');
    }
    out
}
