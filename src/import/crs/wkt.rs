//! The well-known text of a `.prj` (ESRI's, and that of OGC 01-009 and 12-063).
//! Of the many ways to write it only this is read: what is measured in what,
//! on which datum, by which projection with which numbers. A system is taken
//! for a zone by its numbers; its name and code must not say otherwise.

use super::{Crs, ORIGINS, SCALE, Unusable, origin};

/// `KEYWORD["name", number, CHILD[…], …]`.
#[derive(Debug, Default)]
struct Node {
    keyword: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

impl Node {
    fn name(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// The first child of one of these keywords.
    fn child(&self, keywords: &[&str]) -> Option<&Self> {
        self.children
            .iter()
            .find(|child| keywords.contains(&child.keyword.as_str()))
    }

    /// The first node of one of these keywords, itself included, depth first.
    fn find(&self, keywords: &[&str]) -> Option<&Self> {
        if keywords.contains(&self.keyword.as_str()) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(keywords))
    }

    /// `AUTHORITY["EPSG","6670"]` or `ID["EPSG",6670]`.
    fn epsg(&self) -> Option<u32> {
        let id = self.child(&["AUTHORITY", "ID"])?;
        if !id.name().eq_ignore_ascii_case("EPSG") {
            return None;
        }
        match id.texts.get(1) {
            Some(code) => code.parse().ok(),
            None => id.numbers.first().map(|code| *code as u32),
        }
    }

    /// A parameter by its plain name.
    fn parameter(&self, names: &[&str]) -> Option<f64> {
        self.find(&["CONVERSION"])
            .unwrap_or(self)
            .children
            .iter()
            .filter(|child| child.keyword == "PARAMETER")
            .find(|child| names.contains(&plain(child.name()).as_str()))
            .and_then(|child| child.numbers.first().copied())
    }
}

/// Deeper than this no coordinate system is described.
const DEPTH: usize = 16;

/// Capitals and digits alone.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

pub(super) fn read(text: &str) -> Result<Crs, Unusable> {
    let text = text.trim().trim_start_matches('\u{feff}');
    let mut rest = text;
    let mut root = node(&mut rest, DEPTH).ok_or(Unusable::Unreadable)?;
    // Heights beside it do not matter.
    if matches!(root.keyword.as_str(), "COMPD_CS" | "COMPOUNDCRS") {
        root = root
            .children
            .into_iter()
            .next()
            .ok_or(Unusable::Unreadable)?;
    }
    datum(&root)?;
    let crs = match root.keyword.as_str() {
        "GEOGCS" | "GEOGCRS" | "GEODCRS" | "GEODETICCRS" | "GEOGRAPHICCRS" => degrees(&root)?,
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" => plane(&root)?,
        _ => return Err(Unusable::Unknown(root.name().to_owned())),
    };
    match root.epsg().map(Crs::of_epsg) {
        Some(Ok(said)) if said != crs => Err(Unusable::Contradiction(format!(
            "{} / EPSG:{}",
            root.name(),
            root.epsg().unwrap_or_default()
        ))),
        Some(Err(old @ Unusable::TokyoDatum(_))) => Err(old),
        _ => Ok(crs),
    }
}

/// Refuses every datum but JGD2000, JGD2011 and WGS 84.
fn datum(root: &Node) -> Result<(), Unusable> {
    const DATUMS: [&str; 7] = [
        "DATUM",
        "GEODETICDATUM",
        "TRF",
        "ENSEMBLE",
        "GEOGCS",
        "BASEGEOGCRS",
        "GEOGCRS",
    ];
    let names: Vec<String> = DATUMS
        .iter()
        .filter_map(|keyword| root.find(&[keyword]))
        .map(|node| plain(node.name()))
        .collect();
    let spheroid = root
        .find(&["SPHEROID", "ELLIPSOID"])
        .ok_or(Unusable::Unreadable)?;
    let any = |what: &str| names.iter().any(|name| name.contains(what));
    let modern = any("JGD2000")
        || any("JGD2011")
        || any("JAPANESEGEODETICDATUM20")
        || any("WGS1984")
        || any("WGS84")
        || any("WORLDGEODETICSYSTEM1984");
    let old = any("TOKYO") || plain(spheroid.name()).contains("BESSEL");
    match (modern, old) {
        (_, true) if modern => Err(Unusable::Contradiction(format!(
            "{} / {}",
            root.name(),
            spheroid.name()
        ))),
        (_, true) => Err(Unusable::TokyoDatum(root.name().to_owned())),
        (false, false) => Err(Unusable::Unknown(root.name().to_owned())),
        (true, false) => {
            // GRS 80 and WGS 84 share it to the last digit.
            let axis = spheroid.numbers.first().copied().unwrap_or_default();
            if (axis - 6_378_137.0).abs() < 0.5 {
                Ok(())
            } else {
                Err(Unusable::Contradiction(format!(
                    "{} / {axis}",
                    spheroid.name()
                )))
            }
        }
    }
}

fn degrees(root: &Node) -> Result<Crs, Unusable> {
    let unit = root
        .child(&["UNIT", "ANGLEUNIT"])
        .or_else(|| root.find(&["ANGLEUNIT"]))
        .ok_or(Unusable::Unreadable)?;
    let radians = unit.numbers.first().copied().unwrap_or_default();
    if (radians - 1f64.to_radians()).abs() < 1e-9 {
        Ok(Crs::Degrees)
    } else {
        Err(Unusable::Unknown(format!(
            "{} ({})",
            root.name(),
            unit.name()
        )))
    }
}

fn plane(root: &Node) -> Result<Crs, Unusable> {
    let unknown = || Unusable::Unknown(root.name().to_owned());
    let method = root
        .find(&["PROJECTION", "METHOD"])
        .map(|node| plain(node.name()))
        .ok_or_else(unknown)?;
    // GAUSSKRUGER is ESRI's other name of the same projection.
    if !matches!(method.as_str(), "TRANSVERSEMERCATOR" | "GAUSSKRUGER") {
        return Err(unknown());
    }
    let unit = root
        .child(&["UNIT", "LENGTHUNIT"])
        .or_else(|| root.find(&["LENGTHUNIT"]))
        .and_then(|node| node.numbers.first().copied());
    if unit.is_none_or(|metres| (metres - 1.0).abs() > 1e-9) {
        return Err(unknown());
    }
    let lat = root.parameter(&["LATITUDEOFORIGIN", "LATITUDEOFNATURALORIGIN"]);
    let lon = root.parameter(&["CENTRALMERIDIAN", "LONGITUDEOFNATURALORIGIN"]);
    let scale = root.parameter(&["SCALEFACTOR", "SCALEFACTORATNATURALORIGIN"]);
    let east = root.parameter(&["FALSEEASTING"]).unwrap_or_default();
    let north = root.parameter(&["FALSENORTHING"]).unwrap_or_default();
    let (Some(lat), Some(lon), Some(scale)) = (lat, lon, scale) else {
        return Err(unknown());
    };
    let by_numbers = (1u8..)
        .zip(ORIGINS)
        .map(|(zone, _)| zone)
        .find(|zone| {
            let (own_lat, own_lon) = origin(*zone);
            (own_lat - lat).abs() < 1e-6 && (own_lon - lon).abs() < 1e-6
        })
        .filter(|_| (scale - SCALE).abs() < 1e-9 && east.abs() < 1e-6 && north.abs() < 1e-6);
    match (by_numbers, zone_in(root.name())) {
        (Some(zone), None) => Ok(Crs::Plane(zone)),
        (Some(zone), Some(said)) if zone == said => Ok(Crs::Plane(zone)),
        (Some(zone), Some(_)) => Err(Unusable::Contradiction(format!(
            "{} / {lat}, {lon}: {zone}",
            root.name()
        ))),
        (None, Some(_)) => Err(Unusable::Contradiction(format!(
            "{} / {lat}, {lon}, {scale}, {east}, {north}",
            root.name()
        ))),
        (None, None) => Err(unknown()),
    }
}

/// The zone that the name of a Japanese plane-rectangular system says, in
/// Arabic or Roman digits: `JGD_2011_Japan_Zone_2`, `JGD2000 / Japan Plane
/// Rectangular CS II`.
fn zone_in(name: &str) -> Option<u8> {
    const ROMAN: [&str; 19] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV",
        "XV", "XVI", "XVII", "XVIII", "XIX",
    ];
    let name = plain(name);
    let tail = [
        "JAPANZONE",
        "RECTANGULARCS",
        "RECTANGULARZONE",
        "RECTANGULAR",
    ]
    .iter()
    .find_map(|head| name.split_once(head).map(|(_, tail)| tail))?;
    match tail.parse::<u8>() {
        Ok(zone) => (1..=19).contains(&zone).then_some(zone),
        Err(_) => (1u8..)
            .zip(ROMAN)
            .find(|(_, roman)| *roman == tail)
            .map(|(zone, _)| zone),
    }
}

/// Reads one node and steps over it.
fn node(rest: &mut &str, depth: usize) -> Option<Node> {
    let depth = depth.checked_sub(1)?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let mut node = Node {
        keyword: rest[..end].to_ascii_uppercase(),
        ..Node::default()
    };
    *rest = rest[end..].trim_start();
    let close = match rest.chars().next()? {
        '[' => ']',
        '(' => ')',
        _ => return None,
    };
    *rest = rest[1..].trim_start();
    loop {
        match rest.chars().next()? {
            c if c == close => {
                *rest = rest[1..].trim_start();
                return Some(node);
            }
            ',' => *rest = rest[1..].trim_start(),
            '"' => {
                let (text, after) = rest[1..].split_once('"')?;
                node.texts.push(text.to_owned());
                *rest = after.trim_start();
            }
            c if c.is_ascii_digit() || matches!(c, '+' | '-' | '.') => {
                let end = rest.find([',', ']', ')'])?;
                node.numbers.push(rest[..end].trim().parse().ok()?);
                *rest = rest[end..].trim_start();
            }
            c if c.is_ascii_alphabetic() => {
                // `AXIS["X",EAST]` has a bare word.
                let end = rest.find([',', ']', ')', '[', '('])?;
                if matches!(rest.as_bytes()[end], b'[' | b'(') {
                    node.children.push(self::node(rest, depth)?);
                } else {
                    node.texts.push(rest[..end].trim().to_owned());
                    *rest = rest[end..].trim_start();
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESRI_DEGREES: &str = r#"GEOGCS["JGD2000",DATUM["D_JGD_2000",SPHEROID["GRS_1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]"#;

    fn esri_zone(name: &str, geogcs: &str, lon: &str) -> String {
        format!(
            r#"PROJCS["{name}",GEOGCS["{geogcs}",DATUM["{geogcs}",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{lon}],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",33.0],UNIT["Meter",1.0]]"#
        )
    }

    #[test]
    fn degrees_of_the_three_datums_are_read() {
        assert_eq!(read(ESRI_DEGREES), Ok(Crs::Degrees));
        let other = |name: &str, datum: &str| {
            read(
                &ESRI_DEGREES
                    .replace("D_JGD_2000", datum)
                    .replace("JGD2000", name),
            )
        };
        assert_eq!(other("GCS_JGD_2011", "D_JGD_2011"), Ok(Crs::Degrees));
        assert_eq!(other("GCS_WGS_1984", "D_WGS_1984"), Ok(Crs::Degrees));
        let wkt2 = r#"GEOGCRS["JGD2011",DATUM["Japanese Geodetic Datum 2011",ELLIPSOID["GRS 1980",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",6668]]"#;
        assert_eq!(read(wkt2), Ok(Crs::Degrees));
    }

    #[test]
    fn a_zone_is_known_by_its_numbers_and_its_name_agrees() {
        for name in [
            "JGD_2011_Japan_Zone_2",
            "JGD2011 / Japan Plane Rectangular CS II",
            "unnamed",
        ] {
            let prj = esri_zone(name, "GCS_JGD_2011", "131.0");
            assert_eq!(read(&prj), Ok(Crs::Plane(2)), "{name}");
        }
        let one = esri_zone("JGD_2000_Japan_Zone_1", "GCS_JGD_2000", "129.5");
        assert_eq!(read(&one), Ok(Crs::Plane(1)));
    }

    #[test]
    fn a_description_that_contradicts_itself_is_refused() {
        let prj = esri_zone("JGD_2011_Japan_Zone_9", "GCS_JGD_2011", "131.0");
        assert!(matches!(read(&prj), Err(Unusable::Contradiction(_))));
        let prj = esri_zone("JGD_2011_Japan_Zone_2", "GCS_JGD_2011", "130.0");
        assert!(matches!(read(&prj), Err(Unusable::Contradiction(_))));
        let prj = ESRI_DEGREES.replace("GRS_1980\",6378137", "Bessel_1841\",6377397.155");
        assert!(matches!(read(&prj), Err(Unusable::Contradiction(_))));
        let prj = esri_zone(
            "JGD2011 / Japan Plane Rectangular CS II",
            "JGD2011",
            "131.0",
        )
        .replace(
            r#"UNIT["Meter",1.0]"#,
            r#"UNIT["Meter",1.0],AUTHORITY["EPSG","6677"]"#,
        );
        assert!(
            matches!(read(&prj), Err(Unusable::Contradiction(_))),
            "{prj}"
        );
    }

    #[test]
    fn the_old_datum_and_other_systems_are_refused_by_name() {
        let tokyo = r#"GEOGCS["GCS_Tokyo",DATUM["D_Tokyo",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]"#;
        assert_eq!(
            read(tokyo),
            Err(Unusable::TokyoDatum("GCS_Tokyo".to_owned()))
        );
        let utm =
            esri_zone("JGD_2011_UTM_Zone_52N", "GCS_JGD_2011", "129.0").replace("0.9999", "0.9996");
        assert_eq!(
            read(&utm),
            Err(Unusable::Unknown("JGD_2011_UTM_Zone_52N".to_owned()))
        );
        let no_zone = esri_zone("Local grid", "GCS_JGD_2011", "130.5");
        assert_eq!(
            read(&no_zone),
            Err(Unusable::Unknown("Local grid".to_owned()))
        );
        let feet = esri_zone("JGD_2011_Japan_Zone_2", "GCS_JGD_2011", "131.0")
            .replace(r#"UNIT["Meter",1.0]"#, r#"UNIT["Foot",0.3048]"#);
        assert!(matches!(read(&feet), Err(Unusable::Unknown(_))));
        let mercator = esri_zone("WGS_1984_Web_Mercator", "GCS_WGS_1984", "0.0")
            .replace("Transverse_Mercator", "Mercator_Auxiliary_Sphere");
        assert!(matches!(read(&mercator), Err(Unusable::Unknown(_))));
        for nonsense in ["", "JGD2011", "GEOGCS[", "GEOGCS[\"a\"", "PROJCS[1 2]"] {
            assert!(read(nonsense).is_err(), "{nonsense}");
        }
        let deep = "A[".repeat(100_000);
        assert_eq!(read(&deep), Err(Unusable::Unreadable));
    }
}
