use proptest::prelude::*;

use super::*;

fn lines(text: &str) -> Result<Vec<Line>, ReadError> {
    // A tiny buffer puts every byte on the edge of a chunk.
    let mut lines = Lines::new(io::BufReader::with_capacity(1, text.as_bytes()));
    let mut found = Vec::new();
    while let Some(line) = lines.next()? {
        found.push(line);
    }
    Ok(found)
}

fn cells(text: &str) -> Vec<Vec<String>> {
    let lines = lines(text).unwrap();
    lines.into_iter().map(|line| line.cells).collect()
}

#[test]
fn every_kind_of_line_break_ends_a_record() {
    for text in ["a,b\nc,\n", "a,b\r\nc,\r\n", "a,b\rc,\r", "a,b\r\nc,"] {
        assert_eq!(cells(text), [["a", "b"], ["c", ""]], "{text:?}");
    }
}

#[test]
fn blank_lines_are_lines() {
    for text in ["a\n\n\nb\n", "a\r\n\r\n\r\nb\r\n"] {
        assert_eq!(cells(text), [["a"], [""], [""], ["b"]], "{text:?}");
    }
    let blank: Vec<bool> = lines("a\n \n,\n\"\"\n")
        .unwrap()
        .iter()
        .map(Line::is_blank)
        .collect();
    assert_eq!(blank, [false, true, false, true]);
}

#[test]
fn quotes_hold_commas_newlines_and_quotes() {
    assert_eq!(
        cells("\"a,\"\"b\"\"\",\"c\r\nd\"\r\ne,f\r\n"),
        [["a,\"b\"", "c\r\nd"], ["e", "f"]]
    );
}

#[test]
fn a_quote_within_a_cell_is_a_letter() {
    assert_eq!(cells("a,5\" pipe\nb,c\n"), [["a", "5\" pipe"], ["b", "c"]]);
    assert_eq!(cells("\"a\"b,c\n"), [["ab", "c"]]);
}

#[test]
fn a_file_that_ends_within_quotes_was_cut_off() {
    for text in ["a,\"b\nc,d\n", "\"", "a,\"b\"\"", "5\",\"c"] {
        match lines(text) {
            Err(ReadError::File(error)) => assert_eq!(error.code, "truncated", "{text:?}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn whether_the_last_record_was_ended_is_known() {
    assert!(lines("a\nb\n").unwrap()[1].ended);
    assert!(!lines("a\nb").unwrap()[1].ended);
    assert_eq!(lines("").unwrap(), []);
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let endless = io::BufReader::new(io::Read::chain(&b"a,\""[..], io::repeat(b'x')));
    match Lines::new(endless).next() {
        Err(ReadError::File(error)) => assert_eq!(error.code, "record_too_long"),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::vec(prop::collection::vec("[a熊,\"\r\n ]{0,4}", 2..4), 1..5)
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(cells(&text), rows);
    }
}
