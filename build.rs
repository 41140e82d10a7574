//! Embeds the files that browsers fetch: an explicit list, nothing from the
//! network.

use std::{
    env,
    fmt::Write,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

/// Name under which it is served, where it comes from, its type.
const FILES: &[(&str, &str, &str)] = &[
    ("site.css", "maps/site.css", "text/css; charset=utf-8"),
    ("map.js", "maps/map.js", "text/javascript; charset=utf-8"),
    (
        "locale.js",
        "maps/locale.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "tonight.js",
        "maps/tonight.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "binder.js",
        "maps/binder.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "draft.js",
        "maps/draft.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "outage.js",
        "maps/outage.js",
        "text/javascript; charset=utf-8",
    ),
    ("pick.js", "maps/pick.js", "text/javascript; charset=utf-8"),
    (
        "prefecture.js",
        "maps/prefecture.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "patterns.js",
        "maps/patterns.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "position.js",
        "maps/position.js",
        "text/javascript; charset=utf-8",
    ),
    (
        "maplibre-gl.mjs",
        "maps/node_modules/maplibre-gl/dist/maplibre-gl.mjs",
        "text/javascript; charset=utf-8",
    ),
    (
        "maplibre-gl-worker.mjs",
        "maps/node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs",
        "text/javascript; charset=utf-8",
    ),
    (
        "maplibre-gl-shared.mjs",
        "maps/node_modules/maplibre-gl/dist/maplibre-gl-shared.mjs",
        "text/javascript; charset=utf-8",
    ),
    (
        "maplibre-gl.css",
        "maps/node_modules/maplibre-gl/dist/maplibre-gl.css",
        "text/css; charset=utf-8",
    ),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates");
    let mut hasher = DefaultHasher::new();
    let mut rows = String::new();
    for (name, path, mime) in FILES {
        println!("cargo:rerun-if-changed={path}");
        let Ok(bytes) = fs::read(path) else {
            println!("cargo:error={path} is not there: run `make run`, which fetches it");
            std::process::exit(1);
        };
        bytes.hash(&mut hasher);
        let whole = fs::canonicalize(path).expect("a file that was read has a path");
        let whole = whole.to_str().expect("the path of the sources is text");
        writeln!(rows, "({name:?}, {mime:?}, include_bytes!({whole:?})),")
            .expect("a string takes any text");
    }
    let code = format!(
        "pub const HASH: &str = \"{:016x}\";\npub const FILES: &[(&str, &str, &[u8])] = &[\n{rows}];\n",
        hasher.finish()
    );
    let out = env::var_os("OUT_DIR").expect("cargo names a folder for what is generated");
    fs::write(Path::new(&out).join("assets.rs"), code).expect("that folder can be written to");
}
