//! Which file replaces which.

use std::path::Path;

/// The series of a file: KSJ id, area and river without the year
/// (`A31a-25_43_10_GEOJSON` → `A31a_43_10`), else its stem.
pub(super) fn of_path(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    ksj(&stem).unwrap_or(stem)
}

fn ksj(stem: &str) -> Option<String> {
    let (head, rest) = stem.split_once('_')?;
    let (id, years) = head.split_once('-')?;
    let is_id = id.starts_with('A') && id[1..].starts_with(|c: char| c.is_ascii_digit());
    let are_years = years
        .split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if !is_id || !are_years {
        return None;
    }
    let mut series = id.to_owned();
    for part in rest.split('_') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        series.push('_');
        series.push_str(&part[..digits]);
        if digits < part.len() {
            break;
        }
    }
    Some(series)
}

/// The year that a file of the KSJ has in its name (`A31a-25_43_10`: 2025); of two
/// the later one (`A31a-20-24_…`).
pub fn year_of(path: &Path) -> Option<u16> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    ksj(&stem)?;
    let (head, _) = stem.split_once('_')?;
    let years = head.split('-').skip(1);
    years
        .filter(|part| part.len() == 2)
        .filter_map(|part| part.parse::<u16>().ok())
        .map(|year| 2000 + year)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_ksj_says_its_year() {
        for (name, year) in [
            ("A40-16_43.geojson", Some(2016)),
            ("A31a-20-24_43_8908030001.geojson", Some(2024)),
            ("A51-25_43100.shp", Some(2025)),
            ("【デモ】灯川-25.geojson", None),
            ("A31a.geojson", None),
        ] {
            assert_eq!(year_of(Path::new(name)), year, "{name}");
        }
    }

    #[test]
    fn two_years_of_one_file_are_one_series() {
        for (name, series) in [
            ("A31a-25_43_10_GEOJSON.geojson", "A31a_43_10"),
            ("A31a-24_43_10.geojson", "A31a_43_10"),
            ("A31a-20-24_43_8908030001.geojson", "A31a_43_8908030001"),
            ("A31a-25_86_10.geojson", "A31a_86_10"),
            ("A33-25_43Polygon.geojson", "A33_43"),
            ("A33-23_43.json", "A33_43"),
            ("【デモ】灯川.geojson", "【デモ】灯川"),
            ("A31a.geojson", "A31a"),
            ("A-x_1.geojson", "A-x_1"),
        ] {
            assert_eq!(of_path(Path::new(name)), series, "{name}");
        }
    }
}
