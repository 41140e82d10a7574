//! Areas that somebody draws, or brings in a file.

use geo::{CoordsIter, MultiPolygon};

use super::rings::{self, Checked, RingError};
use crate::{
    domain::{position::Position, text::Text},
    text,
};

/// Checks that what is drawn encloses ground in Japan and crosses nothing.
///
/// # Errors
///
/// What is wrong, for people.
pub fn sound(drawn: &MultiPolygon<f64>, most_points: usize) -> Result<(), Text> {
    if drawn.coords_count() > most_points {
        return Err(text!(
            "囲んだ線の点が多すぎます（{most_points}点まで）。もっと大まかに囲んでください。",
            "The area has too many points (at most {most_points}): draw it more roughly."
        ));
    }
    for at in drawn.coords_iter() {
        if Position::new(at.y, at.x).is_err() {
            let (lat, lon) = (at.y, at.x);
            return Err(text!(
                "囲んだ線に、日本の外の点があります（緯度{lat}・経度{lon}）。緯度と経度が逆でないかを確かめてください。",
                "The area has a point outside Japan (latitude {lat}, longitude {lon}): check that they are not swapped."
            ));
        }
    }
    match rings::check(drawn.clone()) {
        Ok(Checked::Unchanged(_)) => Ok(()),
        Ok(_) | Err(RingError::TooMuch { .. }) => Err(Text::fixed(
            "囲んだ線が交わっています。線が交わらないように、外側を一回りで囲み直してください。",
            "The line crosses itself: draw the area again, once around its edge.",
        )),
        Err(RingError::NoArea | RingError::NotFinite) => Err(Text::fixed(
            "囲んだ線に面積がありません（8の字になっているか、点が3つありません）。外側を一回りで囲み直してください。",
            "The area encloses nothing (a figure of eight, or fewer than three points): draw it again, once around its edge.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    #[test]
    fn an_area_goes_once_around_ground_in_japan() {
        let square = MultiPolygon(vec![polygon![
            (x: 130.7, y: 32.2), (x: 130.8, y: 32.2), (x: 130.8, y: 32.3), (x: 130.7, y: 32.3),
        ]]);
        assert_eq!(sound(&square, 10), Ok(()));
        let many = sound(&square, 4).unwrap_err();
        assert!(many.ja.contains("4点"), "{}", many.ja);
        // A bow tie of two unequal halves, and one of equal ones.
        for last in [32.25, 32.3] {
            let crossed = MultiPolygon(vec![polygon![
                (x: 130.7, y: 32.2), (x: 130.8, y: 32.2), (x: 130.7, y: last), (x: 130.8, y: 32.3),
            ]]);
            let why = sound(&crossed, 10).unwrap_err();
            assert!(why.ja.contains("囲み直して"), "{}", why.ja);
        }
        let swapped = MultiPolygon(vec![polygon![
            (x: 32.2, y: 130.7), (x: 32.2, y: 130.8), (x: 32.3, y: 130.8),
        ]]);
        assert!(sound(&swapped, 10).unwrap_err().ja.contains("日本の外"));
    }
}
