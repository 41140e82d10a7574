//! When it gets dark at a place: sunrise and sunset.
//!
//! The reckoning is that of NOAA's Global Monitoring Laboratory ("General Solar
//! Position Calculations", read from memory, checked in the tests against days that
//! are published): good to two minutes within Japan.

use std::f64::consts::PI;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::domain::position::Position;

/// The sun's upper edge stands at the horizon: half its width and the refraction.
const AT_THE_HORIZON: f64 = 90.833;

/// Sunrise and sunset of a day of Universal Time around the noon of a place.
fn rise_and_set(at: Position, day: NaiveDate) -> Option<[DateTime<Utc>; 2]> {
    let year = if day.leap_year() { 366.0 } else { 365.0 };
    let gamma = 2.0 * PI / year * f64::from(day.ordinal0());
    let wave = |n: f64| ((n * gamma).cos(), (n * gamma).sin());
    let [(c1, s1), (c2, s2), (c3, s3)] = [wave(1.0), wave(2.0), wave(3.0)];
    let minutes_ahead =
        229.18 * (0.000_075 + 0.001_868 * c1 - 0.032_077 * s1 - 0.014_615 * c2 - 0.040_849 * s2);
    let declination = 0.006_918 - 0.399_912 * c1 + 0.070_257 * s1 - 0.006_758 * c2 + 0.000_907 * s2
        - 0.002_697 * c3
        + 0.001_48 * s3;
    let latitude = at.lat().to_radians();
    let cosine = AT_THE_HORIZON.to_radians().cos() / (latitude.cos() * declination.cos())
        - latitude.tan() * declination.tan();
    let half_day = cosine.clamp(-1.0, 1.0).acos().to_degrees();
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    let event = |degrees: f64| {
        let minutes = 720.0 - 4.0 * (at.lon() + degrees) - minutes_ahead;
        let seconds = TimeDelta::try_seconds((minutes * 60.0) as i64)?;
        midnight.checked_add_signed(seconds)
    };
    Some([event(half_day)?, event(-half_day)?])
}

/// From when until when it is light at a place, on the days around two instants, in
/// order.
pub fn light(at: Position, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<[DateTime<Utc>; 2]> {
    let first = from.date_naive() - Days::new(1);
    let last = until.date_naive() + Days::new(1);
    first
        .iter_days()
        .take_while(|day| *day <= last)
        .filter_map(|day| rise_and_set(at, day))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("{text}:00+09:00"))
            .unwrap()
            .to_utc()
    }

    fn near(found: DateTime<Utc>, published: &str) {
        let off = (found - tokyo(published)).num_seconds().abs();
        assert!(off <= 180, "{found} is not {published}");
    }

    #[test]
    fn it_gets_dark_when_the_almanac_says() {
        // Tokyo (35.66 N, 139.74 E) on 2026-01-01: 6:51 and 16:38; on the day of the
        // solstice of June 4:25 and 19:00 (国立天文台 暦計算室).
        let tower = Position::new(35.66, 139.74).unwrap();
        let day = |text: &str| rise_and_set(tower, text.parse().unwrap()).unwrap();
        let [rise, set] = day("2026-01-01");
        near(rise, "2026-01-01T06:51");
        near(set, "2026-01-01T16:38");
        let [rise, set] = day("2026-06-21");
        near(rise, "2026-06-21T04:25");
        near(set, "2026-06-21T19:00");
        // Further west it gets dark later: 熊本 on 2026-11-22 at 17:13.
        let west = Position::new(32.80, 130.71).unwrap();
        let [_, set] = rise_and_set(west, "2026-11-22".parse().unwrap()).unwrap();
        near(set, "2026-11-22T17:13");
    }

    #[test]
    fn the_days_around_a_night_are_in_order() {
        let home = Position::new(32.21, 130.75).unwrap();
        let days = light(home, tokyo("2026-11-22T17:00"), tokyo("2026-11-23T02:00"));
        assert!(days.len() >= 2, "{days:?}");
        for [rise, set] in &days {
            assert!(rise < set);
        }
        assert!(days.windows(2).all(|pair| pair[0][1] < pair[1][0]));
        let now = tokyo("2026-11-22T17:00");
        assert!(days.iter().any(|[rise, set]| *rise < now && now < *set));
        let later = tokyo("2026-11-22T17:30");
        assert!(!days.iter().any(|[rise, set]| *rise < later && later < *set));
    }
}
