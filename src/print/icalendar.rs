//! A calendar as a file (RFC 5545): whole days, each with one line of text.

use chrono::{DateTime, Days, NaiveDate, Utc};

/// A line of a calendar file holds so many bytes, its end not counted (RFC
/// 5545, 3.1).
const LINE: usize = 75;

/// One day of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is known by; the same entry keeps it.
    pub uid: String,
    /// The day.
    pub day: NaiveDate,
    /// How often it has changed (RFC 5545, 3.8.7.4).
    pub sequence: i64,
    /// What is to be done.
    pub summary: String,
}

/// The file of a calendar.
pub fn file(name: &str, entries: &[Entry], now: DateTime<Utc>) -> String {
    let mut file = String::new();
    let mut line = |text: String| fold(&text, &mut file);
    line("BEGIN:VCALENDAR".to_owned());
    line("VERSION:2.0".to_owned());
    line("PRODID:-//Tomoshibi//Tomoshibi//JA".to_owned());
    line(format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        let until = entry.day.checked_add_days(Days::new(1));
        line("BEGIN:VEVENT".to_owned());
        line(format!("UID:{}", escaped(&entry.uid)));
        line(format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
        line(format!("SEQUENCE:{}", entry.sequence));
        line(format!("DTSTART;VALUE=DATE:{}", entry.day.format("%Y%m%d")));
        if let Some(until) = until {
            line(format!("DTEND;VALUE=DATE:{}", until.format("%Y%m%d")));
        }
        line(format!("SUMMARY:{}", escaped(&entry.summary)));
        line("TRANSP:TRANSPARENT".to_owned());
        line("END:VEVENT".to_owned());
    }
    line("END:VCALENDAR".to_owned());
    file
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, folded so that no character is cut.
fn fold(text: &str, file: &mut String) {
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > LINE {
            file.push_str("\r\n ");
            // The space counts.
            length = 1;
        }
        file.push(c);
        length += c.len_utf8();
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "D-0001-plan@tomoshibi".to_owned(),
            day: "2027-12-31".parse().unwrap(),
            sequence: 2,
            summary: summary.to_owned(),
        }
    }

    fn written(summary: &str) -> String {
        let now = "2026-11-21T03:00:00Z".parse().unwrap();
        file("灯", &[entry(summary)], now)
    }

    #[test]
    fn a_day_is_written_as_the_standard_wants_it() {
        let file = written("計画の確認");
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
        assert!(file.contains("\r\nDTSTAMP:20261121T030000Z\r\n"));
        assert!(file.contains("\r\nSEQUENCE:2\r\n"));
        assert!(file.contains("DTSTART;VALUE=DATE:20271231\r\nDTEND;VALUE=DATE:20280101\r\n"));
        assert!(file.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
        assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
    }

    #[test]
    fn long_lines_are_folded_between_characters_and_read_back() {
        let long = "あ".repeat(100);
        let file = written(&long);
        assert!(file.split("\r\n").all(|line| line.len() <= LINE), "{file}");
        assert!(
            file.replace("\r\n ", "")
                .contains(&format!("SUMMARY:{long}"))
        );
    }

    #[test]
    fn no_text_begins_a_line_of_its_own() {
        let file = written("a;b,c\\d\r\nATTENDEE:mailto:x@example.jp");
        let unfolded = file.replace("\r\n ", "");
        assert!(unfolded.contains("SUMMARY:a\\;b\\,c\\\\d\\nATTENDEE"));
        assert!(!unfolded.contains("\nATTENDEE"));
    }
}
