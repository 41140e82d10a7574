//! Whether a text names a child.

use super::text::{nfkc, search_form};

/// Whether a text holds the name of a child or its reading, however wide or spaced they
/// are written. A name of one letter is in too many words to say.
pub fn names_child(text: &str, names: [Option<&str>; 2]) -> bool {
    let written = search_form(text);
    let mut names = names.into_iter().flatten().map(search_form);
    names.any(|name| name.chars().count() > 1 && written.contains(&name))
}

/// Whether a text holds a case number. One of figures alone may be that of a typhoon.
pub fn names_number(text: &str, number: &str) -> bool {
    let number = number.to_lowercase();
    let words = nfkc(text).to_lowercase();
    let mut words = words.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    !number.bytes().all(|b| b.is_ascii_digit()) && words.any(|word| word == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_its_reading_and_a_number_are_found_however_they_are_written() {
        let child = [Some("【デモ】灯 ひかり"), Some("ともしび ひかり")];
        for text in ["【デモ】灯　ひかり さんの分", "トモシビヒカリの書き間違い"]
        {
            assert!(names_child(text, child), "{text}");
        }
        assert!(!names_child("銘板の読み違い", child));
        assert!(!names_child("光", [Some("光"), None]), "one letter");
        assert!(names_number("（ｃ2026-001）の件", "C2026-001"));
        assert!(!names_number("C2026-0011", "C2026-001"));
        assert!(!names_number("台風15号", "15"));
    }
}
