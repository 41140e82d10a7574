//! What the map and its legend draw of a zone: the same tile.

use std::{collections::BTreeSet, fs};

/// A class of `maps/patterns.js`: its name, ground, ink, width and lines.
struct Pattern {
    zone: String,
    ground: Option<String>,
    ink: String,
    width: String,
    lines: String,
}

/// The text of a field of one line of the table.
fn field<'a>(line: &'a str, name: &str, until: &str) -> &'a str {
    let (_, rest) = line
        .split_once(&format!(" {name}: "))
        .unwrap_or_else(|| panic!("{name} in {line}"));
    rest.split_once(until).expect("the field ends").0
}

fn patterns() -> Vec<Pattern> {
    let script = fs::read_to_string("maps/patterns.js").unwrap();
    let table = script.split_once("PATTERNS = {\n").unwrap().1;
    let table = table.split_once("\n};").unwrap().0;
    let plain = |text: &str| text.trim_matches('"').to_owned();
    let read = |line: &str| {
        let (zone, rest) = line.trim().split_once(": {").expect("a class a line");
        Pattern {
            zone: plain(zone),
            ground: Some(plain(field(rest, "ground", ","))).filter(|g| g != "null"),
            ink: plain(field(rest, "ink", ",")),
            width: field(rest, "width", ",").to_owned(),
            lines: plain(field(rest, "d", " }")),
        }
    };
    table.lines().map(read).collect()
}

#[test]
fn the_legend_draws_the_tile_of_the_map() {
    let style = fs::read_to_string("maps/site.css").unwrap();
    for p in patterns() {
        let ground = p.ground.as_deref().unwrap_or("#fff");
        let ink = p.ink.replace('#', "%23");
        let rule = format!(
            ".swatch.{} {{ background: {ground} url(\"data:image/svg+xml,%3Csvg \
             xmlns='http://www.w3.org/2000/svg' width='16' height='16'%3E%3Cpath d='{}' \
             fill='none' stroke='{ink}' stroke-width='{}' stroke-linecap='round'/%3E%3C/svg%3E\");",
            p.zone, p.lines, p.width
        );
        assert!(style.contains(&rule), "site.css has no line\n{rule}");
    }
}

#[test]
fn no_two_classes_look_alike_without_their_colours() {
    let patterns = patterns();
    assert_eq!(patterns.len(), 17);
    let lines: BTreeSet<&str> = patterns.iter().map(|p| p.lines.as_str()).collect();
    assert_eq!(lines.len(), patterns.len());
}
