//! Readings above the words (ふりがな), for pages and papers of families.

use std::sync::LazyLock;

/// The words of the family's page with the readings of their characters: of each run
/// of characters one, with `|` between them.
const READINGS: &str = include_str!("../../data/furigana.csv");

/// A word, and its parts: what stands on the page, and how it is read.
type Known = (&'static str, Vec<(&'static str, Option<&'static str>)>);

/// The words by length, the longest first: 市町村 comes before 市.
static WORDS: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let mut words: Vec<Known> = READINGS
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(word, readings)| (word, parts(word, readings)))
        .collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
    words
});

/// Whether a character has a reading.
pub fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '々')
}

/// A word cut into runs of characters that have a reading and of those that have none.
fn parts(word: &'static str, readings: &'static str) -> Vec<(&'static str, Option<&'static str>)> {
    let mut readings = readings.split('|');
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let kanji = is_kanji(first);
        let end = rest.find(|c| is_kanji(c) != kanji).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let reading = if kanji { readings.next() } else { None };
        parts.push((run, reading));
        rest = after;
    }
    parts
}

/// A text of ours in runs of characters, each with its reading where it has one.
pub fn readings(text: &str) -> Vec<(&str, Option<&'static str>)> {
    let mut runs = Vec::new();
    let (mut plain, mut at, mut before) = (0, 0, ' ');
    while let Some(c) = text[at..].chars().next() {
        // 4月30日: whoever reads the figure reads what follows it.
        let known = if is_kanji(c) && !before.is_numeric() {
            WORDS.iter().find(|(word, _)| text[at..].starts_with(word))
        } else {
            None
        };
        let Some((word, parts)) = known else {
            before = c;
            at += c.len_utf8();
            continue;
        };
        if plain < at {
            runs.push((&text[plain..at], None));
        }
        let mut place = at;
        for (run, reading) in parts {
            runs.push((&text[place..place + run.len()], *reading));
            place += run.len();
        }
        before = word.chars().next_back().unwrap_or(' ');
        at = place;
        plain = at;
    }
    if plain < text.len() {
        runs.push((&text[plain..], None));
    }
    runs
}
