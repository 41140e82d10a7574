//! Words of other people's servers, before they go into a table, a page or a log:
//! without addresses, and short.

use crate::domain::mail::MailAddress;

/// How much of what a server says is kept.
const LONGEST: usize = 300;

/// The words without the recipient's address, without any other address, and without
/// control characters.
pub(super) fn redact(words: &str, to: Option<&MailAddress>) -> String {
    let one_line: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut text = one_line.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(to) = to {
        for whole in [to.on_the_wire(), to.to_string()] {
            text = without(&text, &whole, false);
        }
    }
    text = without_addresses(&text);
    if let Some(to) = to {
        for part in [to.local_on_the_wire(), to.local().to_owned()] {
            text = without(&text, &part, true);
        }
    }
    text.chars().take(LONGEST).collect()
}

/// The text with every occurrence of a word, in whatever case, as `***`; a local part
/// may be a short word, so that it counts only where it stands by itself.
fn without(text: &str, word: &str, by_itself: bool) -> String {
    // ASCII alone changes, so that places stay.
    let (low, wanted) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(found) = low[from..].find(&wanted) {
        let (start, end) = (from + found, from + found + wanted.len());
        kept.push_str(&text[from..start]);
        let inside = joins(low[..start].chars().next_back()) || joins(low[end..].chars().next());
        kept.push_str(if by_itself && inside {
            &text[start..end]
        } else {
            "***"
        });
        from = end;
    }
    kept.push_str(&text[from..]);
    kept
}

/// The text with everything around an `@` as `***`.
fn without_addresses(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "<>()[]{},;:「」（）＜＞".contains(c);
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive(ends) {
        let (word, end) = match piece.chars().next_back() {
            Some(last) if ends(last) => piece.split_at(piece.len() - last.len_utf8()),
            _ => (piece, ""),
        };
        kept.push_str(if word.contains(['@', '＠']) {
            "***"
        } else {
            word
        });
        kept.push_str(end);
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> MailAddress {
        MailAddress::parse(text).unwrap()
    }

    #[test]
    fn the_recipient_is_in_no_word_that_is_kept() {
        let to = address("Hanako.Yamada@example.jp");
        for (said, kept) in [
            (
                "5.1.1 <hanako.yamada@EXAMPLE.jp>: User unknown",
                "5.1.1 <***>: User unknown",
            ),
            ("no mailbox hanako.yamada here", "no mailbox *** here"),
            (
                "relay rcpt=hanako.yamada=example.jp@srs.example.net refused",
                "relay *** refused",
            ),
            ("see postmaster@example.com", "see ***"),
            (
                "利用者「hanako.yamada@example.jp」は不明",
                "利用者「***」は不明",
            ),
            ("line\r\nbreak\u{7}", "line break"),
        ] {
            assert_eq!(redact(said, Some(&to)), kept);
        }
    }

    #[test]
    fn a_quoted_local_part_goes_whole() {
        let to = address("a..b@docomo.ne.jp");
        assert_eq!(
            redact("550 Unknown user \"a..b\"@docomo.ne.jp", Some(&to)),
            "550 Unknown user ***"
        );
        assert_eq!(redact("550 unknown a..b", Some(&to)), "550 unknown ***");
    }

    #[test]
    fn a_short_local_part_leaves_other_words_whole() {
        let to = address("a@example.jp");
        assert_eq!(redact("a mail was late", Some(&to)), "*** mail was late");
    }

    proptest! {
        #[test]
        fn nothing_with_an_at_sign_and_no_line_break_is_left(text in any::<String>()) {
            let kept = redact(&text, Some(&address("a..b@docomo.ne.jp")));
            prop_assert!(!kept.contains(['@', '\n', '\r']));
            prop_assert!(kept.chars().count() <= LONGEST);
        }
    }
}
