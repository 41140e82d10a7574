//! Tables that a spreadsheet opens.

use std::io;

/// A table as CSV: UTF-8 with a mark, without which spreadsheets take it for CP932,
/// and no cell that they would take for a formula.
pub fn csv<const N: usize>(
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.map(harmless))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: String) -> String {
    let first = cell.chars().next();
    if first.is_some_and(|c| "=+-@＝＋－＠\t\r\n".contains(c)) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for cell in ["=1+1", "+81", "-1", "@x", "＝1", "\t=1", "\r=1"] {
            assert!(harmless(cell.to_owned()).starts_with('\''), "{cell}");
        }
        assert_eq!(harmless("【デモ】人吉市".to_owned()), "【デモ】人吉市");
        assert_eq!(harmless(String::new()), "");
    }

    #[test]
    fn a_table_begins_with_a_mark_and_its_head() {
        let rows = [["=1".to_owned(), "a,b".to_owned()]];
        let file = csv(["一", "二"], rows.into_iter()).expect("a file");
        let text = String::from_utf8(file).expect("text");
        assert_eq!(text, "\u{feff}一,二\n'=1,\"a,b\"\n");
    }
}
