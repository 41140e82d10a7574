//! The picture of a power budget: which source carries which hours. It is read on
//! paper and without colour: every source has its own pattern and its name.

use std::fmt::Write as _;

use crate::domain::{
    power::{Budget, SourceKind},
    text::Lang,
};

/// Hours that the picture shows: three days (DOMAIN.md C5, 72 h of national planning).
const HORIZON: f64 = 72.0;

/// Its measures, in user units.
const WIDTH: f64 = 720.0;
const LEFT: f64 = 8.0;
const RIGHT: f64 = 712.0;
const BAR_TOP: f64 = 26.0;
const BAR_HEIGHT: f64 = 34.0;

/// The pattern of a kind of source.
const fn pattern(kind: SourceKind) -> (&'static str, &'static str) {
    match kind {
        SourceKind::Internal => ("pw-internal", "<rect width='8' height='8' fill='#1d5c3a'/>"),
        SourceKind::External => (
            "pw-external",
            "<rect width='8' height='8' fill='#cfe8d8'/><path d='M0 8L8 0' stroke='#1d5c3a' stroke-width='2'/>",
        ),
        SourceKind::Portable => (
            "pw-portable",
            "<rect width='8' height='8' fill='#dce7f5'/><circle cx='4' cy='4' r='2' fill='#1f4e8c'/>",
        ),
        SourceKind::Car => (
            "pw-car",
            "<rect width='8' height='8' fill='#f3e6cf'/><path d='M0 4H8' stroke='#7a4b00' stroke-width='2'/>",
        ),
        SourceKind::Generator => (
            "pw-generator",
            "<rect width='8' height='8' fill='#f7dcd2'/><path d='M0 0L8 8M0 8L8 0' stroke='#8a2c0d' stroke-width='1.5'/>",
        ),
        SourceKind::Stated | SourceKind::Told => (
            "pw-stated",
            "<rect width='8' height='8' fill='#e4e4e4'/><path d='M4 0V8' stroke='#444' stroke-width='2'/>",
        ),
    }
}

fn place(hour: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * (hour / HORIZON).clamp(0.0, 1.0)
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The picture as SVG, with words for who cannot see it.
pub fn svg(budget: &Budget, (title, lang): (&str, Lang)) -> String {
    let segments = budget.segments(HORIZON);
    let height = 96.0 + 22.0 * segments.len() as f64;
    let mut said = String::new();
    let mut body = String::new();
    let mut patterns = String::new();
    for (number, segment) in segments.iter().enumerate() {
        let (id, inner) = pattern(segment.source.kind);
        if !patterns.contains(id) {
            let _ = write!(
                patterns,
                "<pattern id='{id}' width='8' height='8' patternUnits='userSpaceOnUse'>{inner}</pattern>"
            );
        }
        let (from, until) = (place(segment.from), place(segment.until));
        let width = (until - from).max(1.0);
        let _ = write!(
            body,
            "<rect x='{from:.1}' y='{BAR_TOP}' width='{width:.1}' height='{BAR_HEIGHT}' fill='url(#{id})' stroke='#222'/>"
        );
        let kind = segment.source.kind.name();
        let name = escaped(kind.get(lang));
        let label = segment.source.label.as_deref().map(escaped);
        let label = label.map_or_else(String::new, |label| format!(" {label}"));
        let line = format!("{name}{label} {:.1}–{:.1} h", segment.from, segment.until);
        let y = 96.0 + 22.0 * number as f64;
        let _ = write!(
            body,
            "<rect x='{LEFT}' y='{:.0}' width='16' height='14' fill='url(#{id})' stroke='#222'/><text x='30' y='{:.0}'>{line}</text>",
            y - 11.0,
            y
        );
        said.push_str(&line);
        said.push_str("; ");
    }
    let end = segments.last().map_or(0.0, |last| last.until);
    if end < HORIZON {
        let from = place(end);
        let _ = write!(
            body,
            "<rect x='{from:.1}' y='{BAR_TOP}' width='{:.1}' height='{BAR_HEIGHT}' fill='none' stroke='#222' stroke-dasharray='4 3'/>",
            RIGHT - from
        );
    }
    for hour in [0, 8, 24, 48, 72] {
        let x = place(f64::from(hour));
        let anchor = match hour {
            0 => "start",
            72 => "end",
            _ => "middle",
        };
        let _ = write!(
            body,
            "<path d='M{x:.1} 20V66' stroke='#222' stroke-width='1'/><text x='{x:.1}' y='15' text-anchor='{anchor}'>{hour} h</text>"
        );
    }
    format!(
        "<svg class='power' role='img' viewBox='0 0 {WIDTH} {height}' font-size='13' fill='#222' xmlns='http://www.w3.org/2000/svg'><title>{} {}</title><defs>{patterns}</defs>{body}</svg>",
        escaped(title),
        said.trim_end_matches("; ")
    )
}
