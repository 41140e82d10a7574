//! The map of a plan on paper: the home, where it goes, and the zones around, without a
//! background that would need a network. Read without colour: every zone has the pattern
//! that it has on the screen, and its name below.

use std::fmt::Write as _;

use geo::{
    BoundingRect, Coord, CoordsIter, Geometry, LineString, MapCoords, MultiPolygon, Simplify,
};

use super::power_picture::escaped;
use crate::{domain::position::Position, spatial::position::line_metres};

/// The patterns of the screen's map: one table for both.
const PATTERNS: &str = include_str!("../../maps/patterns.js");

/// The measures of the picture, in user units; the map stands above its legend.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;

/// How high a row of the legend is.
const ROW: f64 = 19.0;

/// No map shows less than this from west to east, in metres: a home in its street.
const LEAST_METRES: f64 = 1_500.0;

/// So much wider than the home and its places the map is.
const ROOM: f64 = 1.4;

/// A degree of latitude, in metres (mean of the ellipsoid GRS80).
const METRES_A_DEGREE: f64 = 111_133.0;

/// So many kinds of zones are named below the map.
const ZONES_NAMED: usize = 12;

/// Something on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub role: Role,
    /// What it is called.
    pub label: String,
    /// Of a zone, the word of its class, which names its pattern.
    pub class: Option<String>,
    /// Where it is, in degrees of longitude and latitude.
    pub shape: Geometry<f64>,
}

/// What a part of the map is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The edge of a municipality.
    Outline,
    /// A hazard's zone.
    Zone,
    /// The way to a place, or a straight line to it.
    Way,
    /// A place to go to.
    Place,
    /// The home.
    Home,
}

/// Longitude and latitude to units of the picture.
struct Frame {
    west: f64,
    north: f64,
    /// Units a degree of longitude, and of latitude.
    scale: (f64, f64),
}

impl Frame {
    /// Around the home and the places; `None`: there is none of them.
    fn around(parts: &[Part]) -> Option<Self> {
        let shown = parts
            .iter()
            .filter(|part| matches!(part.role, Role::Home | Role::Place | Role::Way))
            .flat_map(|part| part.shape.coords_iter());
        let all: LineString<f64> = shown.collect::<Vec<_>>().into();
        let rect = all.bounding_rect()?;
        let centre = rect.center();
        let narrow = centre.y.to_radians().cos();
        let across = (rect.width() * narrow * METRES_A_DEGREE * ROOM).max(LEAST_METRES);
        let down = (rect.height() * METRES_A_DEGREE * ROOM).max(LEAST_METRES * HEIGHT / WIDTH);
        let units = (WIDTH / across).min(HEIGHT / down);
        let scale = (units * METRES_A_DEGREE * narrow, units * METRES_A_DEGREE);
        Some(Self {
            west: centre.x - WIDTH / 2.0 / scale.0,
            north: centre.y + HEIGHT / 2.0 / scale.1,
            scale,
        })
    }

    fn place(&self, at: Coord<f64>) -> Coord<f64> {
        Coord {
            x: (at.x - self.west) * self.scale.0,
            y: (self.north - at.y) * self.scale.1,
        }
    }

    /// A length on the ground that is easy to read, in metres, and in units.
    fn bar(&self) -> (f64, f64) {
        let units = self.scale.1 / METRES_A_DEGREE;
        let fits = |metres: &&f64| **metres * units <= WIDTH / 4.0;
        let metres = [
            50_000.0, 20_000.0, 10_000.0, 5_000.0, 2_000.0, 1_000.0, 500.0, 200.0, 100.0,
        ];
        let metres = *metres.iter().find(fits).unwrap_or(&50.0);
        (metres, metres * units)
    }
}

/// Whether a box reaches into the picture.
fn seen(shape: &impl BoundingRect<f64, Output = Option<geo::Rect<f64>>>) -> bool {
    shape.bounding_rect().is_some_and(|rect| {
        let (min, max) = (rect.min(), rect.max());
        max.x >= 0.0
            && min.x <= WIDTH
            && max.y >= 0.0
            && min.y <= HEIGHT
            // What is smaller than a dot of the paper is not drawn.
            && (rect.width() > 0.5 || rect.height() > 0.5)
    })
}

fn path_of(line: &LineString<f64>, closed: bool, out: &mut String) {
    for (number, at) in line.coords().enumerate() {
        let letter = if number == 0 { 'M' } else { 'L' };
        let _ = write!(out, "{letter}{:.1} {:.1}", at.x, at.y);
    }
    if closed {
        out.push('Z');
    }
}

/// The outline of a shape in units, its parts that are seen; empty: none is.
fn outline(shape: &Geometry<f64>, frame: &Frame) -> String {
    let parts: MultiPolygon<f64> = match shape {
        Geometry::Polygon(one) => MultiPolygon(vec![one.clone()]),
        Geometry::MultiPolygon(many) => many.clone(),
        _ => return String::new(),
    };
    let mut out = String::new();
    for part in parts.map_coords(|at| frame.place(at)) {
        if !seen(&part) {
            continue;
        }
        let part = part.simplify(0.4);
        path_of(part.exterior(), true, &mut out);
        for hole in part.interiors() {
            path_of(hole, true, &mut out);
        }
    }
    out
}

/// The pattern of a class as the screen's table has it: ground, ink, width, lines.
fn pattern(
    class: &str,
) -> (
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
) {
    let start = format!("  \"{class}\": {{");
    let line = PATTERNS.lines().find(|line| line.starts_with(&start));
    // What nobody has given a pattern is grey, as on the screen.
    let line = line.unwrap_or_else(|| {
        let unknown = PATTERNS
            .lines()
            .find(|line| line.starts_with("const UNKNOWN"));
        unknown.expect("the table says how the unknown is drawn")
    });
    let value = |key: &str| {
        let (_, after) = line.split_once(key)?;
        let after = after.trim_start_matches([':', ' ']);
        match after.strip_prefix('"') {
            Some(text) => text.split('"').next(),
            None => after.split([',', ' ', '}']).next(),
        }
    };
    (
        value("ground:").filter(|ground| *ground != "null"),
        value("ink:").unwrap_or("#33404d"),
        value("width:").unwrap_or("1"),
        value(" d:").unwrap_or_default(),
    )
}

/// The tile of a class, as SVG.
fn tile(class: &str) -> String {
    let (ground, ink, width, lines) = pattern(class);
    let ground = ground.map_or_else(String::new, |ground| {
        format!("<rect width='16' height='16' fill='{ground}' fill-opacity='0.75'/>")
    });
    format!(
        "<pattern id='z-{class}' width='16' height='16' patternUnits='userSpaceOnUse'>{ground}<path d='{lines}' fill='none' stroke='{ink}' stroke-width='{width}'/></pattern>"
    )
}

/// The straight length of a line, in words.
fn length(line: &LineString<f64>) -> Option<String> {
    let points = line.coords().map(|at| Position::new(at.y, at.x).ok());
    let metres = line_metres(&points.collect::<Option<Vec<_>>>()?);
    Some(if metres < 950.0 {
        format!("約{:.0} m", (metres / 50.0).round() * 50.0)
    } else {
        format!("約{:.1} km", metres / 1000.0)
    })
}

/// Which zone is drawn over which: the deeper and the more dangerous last, since zones of
/// one map may lie in each other.
fn height(part: &Part) -> u32 {
    match part.class.as_deref() {
        None | Some("landslide-yellow") => 0,
        Some(class) => match class.strip_prefix("depth-") {
            Some(rank) => rank.parse().unwrap_or_default(),
            None => u32::MAX,
        },
    }
}

/// Names in lines of so many characters at most, as far as one name fits.
fn lines(names: &[String], most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.chars().count() + name.chars().count() < most => {
                line.push('、');
                line.push_str(name);
            }
            _ => lines.push(name.clone()),
        }
    }
    lines
}

/// What stands below the map: a mark and its words.
struct Legend(Vec<(String, String)>);

impl Legend {
    fn add(&mut self, mark: impl Into<String>, words: impl Into<String>) {
        self.0.push((mark.into(), words.into()));
    }

    /// The rows in so many columns, from `top` down, and where they end.
    fn rows(&self, top: f64, columns: usize) -> (String, f64) {
        let mut out = String::new();
        for (number, (mark, words)) in self.0.iter().enumerate() {
            let x = WIDTH / columns as f64 * (number % columns) as f64;
            let y = top + ROW * (number / columns) as f64;
            let _ = write!(
                out,
                "<g transform='translate({:.0} {:.0})'>{mark}</g><text x='{:.0}' y='{y:.0}'>{}</text>",
                x + 4.0,
                y - 12.0,
                x + 34.0,
                escaped(words)
            );
        }
        let rows = self.0.len().div_ceil(columns);
        (out, top + ROW * rows as f64)
    }
}

const HOME: &str =
    "<path d='M0 -11L11 0H7V9H-7V0H-11Z' fill='#000' stroke='#fff' stroke-width='1.5'/>";

fn place_mark(number: &str) -> String {
    format!(
        "<circle r='10' fill='#fff' stroke='#000' stroke-width='2.5'/><text text-anchor='middle' y='4.5' font-weight='bold'>{}</text>",
        escaped(number)
    )
}

/// The bar that says how long something is, and where north is.
fn scale(frame: &Frame) -> String {
    let (metres, long) = frame.bar();
    let told = if metres < 1000.0 {
        format!("{metres:.0} m")
    } else {
        format!("{:.0} km", metres / 1000.0)
    };
    format!(
        "<g transform='translate(12 {:.0})'><rect x='-6' y='-20' width='{:.0}' height='30' fill='#fff' fill-opacity='0.85'/><path d='M0 -4V4M0 0H{long:.1}M{long:.1} -4V4' stroke='#000' stroke-width='1.5' fill='none'/><text x='0' y='-7'>{told}</text></g><g transform='translate({:.0} 30)'><circle r='16' fill='#fff' fill-opacity='0.85'/><path d='M0 -14L5 6L0 2L-5 6Z' fill='#000'/><text text-anchor='middle' y='16' font-size='11'>北</text></g>",
        HEIGHT - 14.0,
        long + 12.0,
        WIDTH - 26.0
    )
}

/// What is to be known of the zones: how many kinds have no row, that there are none, and where
/// they are published.
fn notes(more: usize, none: bool, sources: &[String]) -> Legend {
    let mut notes = Legend(Vec::new());
    if more > 0 {
        let said = format!("ほかに{more}種類の区域（画面の地図で見られます）");
        notes.add("", said);
    }
    if none {
        notes.add("", "この範囲に、取り込んだ地図の区域はありません。");
    }
    notes.add("", "色や模様のない所も、安全とは限りません。");
    for (number, line) in lines(sources, 50).into_iter().enumerate() {
        let head = if number == 0 {
            "区域の地図："
        } else {
            "　"
        };
        notes.add("", format!("{head}{line}"));
    }
    notes
}

/// The map as SVG; `None`: neither the home nor a place is known. `sources`: where the zones
/// are published.
pub fn svg(parts: &[Part], sources: &[String]) -> Option<String> {
    let frame = Frame::around(parts)?;
    let (mut zones, mut ways, mut over) = (String::new(), String::new(), String::new());
    let (mut tiles, mut way) = (String::new(), String::new());
    let mut legend = Legend(Vec::new());
    let mut named: Vec<&str> = Vec::new();
    let mut kinds = Legend(Vec::new());
    let mut sorted: Vec<&Part> = parts.iter().collect();
    sorted.sort_by_key(|part| height(part));
    for part in sorted {
        match (part.role, &part.shape) {
            (Role::Outline, shape) => {
                let path = outline(shape, &frame);
                let _ = write!(
                    zones,
                    "<path d='{path}' fill='none' stroke='#777' stroke-width='1' stroke-dasharray='8 4 2 4'/>"
                );
            }
            (Role::Zone, shape) => {
                let path = outline(shape, &frame);
                let Some(class) = part.class.as_deref().filter(|_| !path.is_empty()) else {
                    continue;
                };
                let _ = write!(
                    zones,
                    "<path d='{path}' fill='url(#z-{class})' fill-rule='evenodd' stroke='#444' stroke-width='0.6'/>"
                );
                if !tiles.contains(&format!("'z-{class}'")) {
                    tiles.push_str(&tile(class));
                }
                if !named.contains(&part.label.as_str()) {
                    named.push(&part.label);
                    let mark = format!(
                        "<rect width='24' height='15' fill='url(#z-{class})' stroke='#222'/>"
                    );
                    kinds.add(mark, part.label.clone());
                }
            }
            (Role::Way, Geometry::LineString(line)) => {
                let mut path = String::new();
                path_of(&line.map_coords(|at| frame.place(at)), false, &mut path);
                let straight = line.0.len() == 2;
                let dash = if straight { "7 5" } else { "none" };
                let _ = write!(
                    ways,
                    "<path d='{path}' fill='none' stroke='#fff' stroke-width='5'/><path d='{path}' fill='none' stroke='#000' stroke-width='2' stroke-dasharray='{dash}'/>"
                );
                let long = length(line).unwrap_or_default();
                way = if straight {
                    format!("　直線で{long}（道のりではありません）")
                } else {
                    format!("　線は計画に記入された経路 {long}")
                };
            }
            (Role::Place | Role::Home, Geometry::Point(at)) => {
                let at = frame.place(at.0);
                let (number, name) = part.label.split_once(". ").unwrap_or(("", &part.label));
                let mark = match part.role {
                    Role::Home => HOME.to_owned(),
                    _ => place_mark(number),
                };
                let _ = write!(
                    over,
                    "<g transform='translate({:.1} {:.1})'>{mark}</g>",
                    at.x, at.y
                );
                let small = format!("<g transform='translate(12 8) scale(0.75)'>{mark}</g>");
                legend.add(small, format!("{name}{}", std::mem::take(&mut way)));
            }
            (Role::Way | Role::Place | Role::Home, _) => {}
        }
    }
    let more = kinds.0.len().saturating_sub(ZONES_NAMED);
    kinds.0.truncate(ZONES_NAMED);
    let notes = notes(more, named.is_empty(), sources);
    let (rows, below) = legend.rows(HEIGHT + 22.0, 1);
    let (zone_rows, below) = kinds.rows(below, 2);
    let (note_rows, end) = notes.rows(below, 1);
    let bar = scale(&frame);
    Some(format!(
        "<svg viewBox='0 0 {WIDTH} {:.0}' font-size='13' fill='#111' xmlns='http://www.w3.org/2000/svg'><defs>{tiles}<clipPath id='edge'><rect width='{WIDTH}' height='{HEIGHT}'/></clipPath></defs><g clip-path='url(#edge)'><rect width='{WIDTH}' height='{HEIGHT}' fill='#fff'/>{zones}{ways}{over}{bar}</g><rect x='0.5' y='0.5' width='{:.0}' height='{:.0}' fill='none' stroke='#222'/>{rows}<g font-size='11'>{zone_rows}{note_rows}</g></svg>",
        end - 4.0,
        WIDTH - 1.0,
        HEIGHT - 1.0
    ))
}

#[cfg(test)]
mod tests {
    use geo::{line_string, point, polygon};

    use super::*;

    fn part(role: Role, label: &str, class: Option<&str>, shape: Geometry<f64>) -> Part {
        Part {
            role,
            label: label.to_owned(),
            class: class.map(str::to_owned),
            shape,
        }
    }

    #[test]
    fn a_map_shows_the_home_its_places_and_the_zones_that_are_seen() {
        let home = point!(x: 130.76, y: 32.21);
        let shelter = point!(x: 130.78, y: 32.22);
        let zone = |x: f64| polygon![(x: x, y: 32.2), (x: x + 0.02, y: 32.2), (x: x + 0.02, y: 32.22), (x: x, y: 32.22)];
        let parts = [
            part(
                Role::Zone,
                "洪水：3 m以上",
                Some("depth-3"),
                zone(130.75).into(),
            ),
            part(Role::Zone, "遠い区域", Some("depth-5"), zone(131.75).into()),
            part(
                Role::Way,
                "1. <おば>への直線",
                None,
                line_string![(x: 130.76, y: 32.21), (x: 130.78, y: 32.22)].into(),
            ),
            part(Role::Place, "1. <おば>", None, shelter.into()),
            part(Role::Home, "自宅", None, home.into()),
        ];
        let map = svg(&parts, &["【デモ】洪水".to_owned()]).expect("a map");
        for text in [
            "洪水：3 m以上",
            "#ffb7b7",
            "自宅",
            "&lt;おば&gt;",
            "【デモ】洪水",
            "安全とは限りません",
        ] {
            assert!(map.contains(text), "{text}: {map}");
        }
        // 0.02 degrees of longitude at 32.2° and 0.01 of latitude: 1,885 and 1,111 m.
        let far = "&lt;おば&gt;　直線で約2.2 km（道のりではありません）";
        assert!(map.contains(far), "{map}");
        assert!(
            !map.contains("遠い区域") && !map.contains("<おば>"),
            "{map}"
        );
        assert_eq!(svg(&parts[..2], &[]), None);
    }

    #[test]
    fn patterns_are_those_of_the_screen() {
        assert_eq!(
            pattern("depth-1"),
            (Some("#f7f5a9"), "#6b5a2a", "2", "M4 4h.01M12 12h.01")
        );
        assert_eq!(pattern("flood-collapse-flow").0, None);
        assert_eq!(pattern("no such class").0, Some("#9aa5b1"));
    }
}
