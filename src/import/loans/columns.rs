//! The columns of a ledger, found by the headings that people give them, below
//! titles, and also where a heading is spread over two merged rows.

use std::collections::BTreeMap;

use super::fields::{
    Field::{self, Born, Kana, LentOn, LoanAppliedOn, Name, Number, UseAppliedOn},
    HEADINGS,
};
use crate::{
    import::{report::RowNote, source::ReadError},
    text,
};

/// Whose name stands below such a heading is not the child's.
const SOMEBODY_ELSE: [&str; 9] = [
    "保護者",
    "親権者",
    "申請者",
    "担当",
    "連絡先",
    "主治医",
    "病院",
    "家族",
    "代理人",
];

/// So many rows are searched for the headings.
const SEARCHED: usize = 20;

/// Where the columns are.
#[derive(Debug, Clone)]
pub(super) struct Headings {
    places: BTreeMap<Field, (usize, String)>,
    /// Headings of columns that are not read.
    unread: Vec<String>,
    /// The line of the headings, from 0.
    line: usize,
    /// How many columns they have.
    width: usize,
}

impl Headings {
    /// Finds the headings: the row, of the first ones, in which most columns of a
    /// ledger are found, together with the row above it.
    pub(super) fn find(lines: &[Vec<String>]) -> Result<Self, ReadError> {
        let mut best: Option<(usize, Vec<Option<Field>>)> = None;
        for line in 0..lines.len().min(SEARCHED) {
            let found = fields_of(
                line.checked_sub(1).map(|above| &lines[above][..]),
                &lines[line],
            );
            let count = |found: &[Option<Field>]| {
                let mut fields: Vec<Field> = found.iter().flatten().copied().collect();
                fields.sort_unstable();
                fields.dedup();
                fields.len()
            };
            if best
                .as_ref()
                .is_none_or(|(_, best)| count(&found) > count(best))
            {
                best = Some((line, found));
            }
        }
        let (line, fields) = best.ok_or_else(no_ledger)?;
        let above = line.checked_sub(1).map(|above| &lines[above][..]);
        let written = |place: usize| heading_at(above, &lines[line], place);
        let mut places: BTreeMap<Field, (usize, String)> = BTreeMap::new();
        let mut unread = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            let heading = written(place);
            match field {
                Some(field) => {
                    if let Some((_, first)) = places.get(field) {
                        return Err(doubled(first, &heading));
                    }
                    places.insert(*field, (place, heading));
                }
                None if heading.is_empty() => {}
                None => unread.push(heading),
            }
        }
        let names_somebody = places.contains_key(&Name) || places.contains_key(&Number);
        let says_when = [LentOn, UseAppliedOn, LoanAppliedOn]
            .iter()
            .any(|field| places.contains_key(field));
        if !names_somebody || !says_when {
            return Err(no_ledger());
        }
        let last = lines[line].iter().rposition(|cell| !cell.trim().is_empty());
        let known = places.values().map(|(place, _)| place + 1).max();
        Ok(Self {
            width: known.max(last.map(|place| place + 1)).unwrap_or(0),
            places,
            unread,
            line,
        })
    }

    /// The line of the first record.
    pub(super) const fn first_record(&self) -> usize {
        self.line + 1
    }

    /// How many columns there are.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// Where a column is.
    pub(super) fn place(&self, field: Field) -> Option<usize> {
        self.places.get(&field).map(|(place, _)| *place)
    }

    /// The heading of a column as the file writes it.
    pub(super) fn heading(&self, field: Field) -> &str {
        let written = self.places.get(&field).map(|(_, heading)| heading.as_str());
        written.unwrap_or_else(|| field.name())
    }

    /// Whether a record is the headings once more, as on every printed page.
    pub(super) fn are_repeated_in(&self, cells: &[String]) -> bool {
        let same = |(field, (place, _)): (&Field, &(usize, String))| {
            cells
                .get(*place)
                .is_some_and(|cell| Field::of(cell) == Some(*field))
        };
        self.places.iter().filter(|entry| same(*entry)).count() >= 3
    }

    /// What there is to say of the headings (row 0).
    pub(super) fn remarks(&self) -> Vec<RowNote> {
        let mut notes = Vec::new();
        if self.line > 0 {
            let above = self.line;
            let first = self
                .places
                .values()
                .map(|(place, heading)| (place, heading))
                .min();
            let heading = first.map_or("", |(_, heading)| heading);
            let text = text!(
                "見出しは「{heading}」で始まる行です。その上の{above}行は、表題や見出しの上段とみて、件数に入れていません。",
                "the headings are the row that begins with {heading}; the {above} rows above it, titles or the upper part of the headings, are not counted"
            );
            notes.push(RowNote::new(0, None, text));
        }
        if !self.unread.is_empty() {
            let (ja, en) = (self.unread.join("、"), self.unread.join(", "));
            let text = text!(
                "次の列は読みません：{ja}",
                "these columns are not read: {en}"
            );
            notes.push(RowNote::new(0, None, text));
        }
        notes
    }
}

/// What each column says, by its heading and by the one above it, which a merged
/// cell spreads to the right.
fn fields_of(above: Option<&[String]>, line: &[String]) -> Vec<Option<Field>> {
    let width = line.len().max(above.map_or(0, <[String]>::len));
    let mut group = "";
    (0..width)
        .map(|place| {
            let own = cell(Some(line), place);
            let upper = cell(above, place);
            if !upper.is_empty() {
                group = upper;
            }
            if own.is_empty() {
                return Field::of(upper).filter(|_| !upper.is_empty());
            }
            let together = Field::of(&format!("{group}{own}"));
            together.or_else(|| {
                // A long line above is a title, not a group of columns.
                let theirs = group.chars().count() <= 8
                    && SOMEBODY_ELSE.iter().any(|word| group.contains(word));
                Field::of(own).filter(|field| !(theirs && [Name, Kana, Born].contains(field)))
            })
        })
        .collect()
}

fn heading_at(above: Option<&[String]>, line: &[String], place: usize) -> String {
    let own = cell(Some(line), place);
    let written = if own.is_empty() {
        cell(above, place)
    } else {
        own
    };
    written.replace('\n', "")
}

fn cell(line: Option<&[String]>, place: usize) -> &str {
    line.and_then(|line| line.get(place))
        .map_or("", |cell| cell.trim())
}

fn doubled(first: &str, second: &str) -> ReadError {
    ReadError::refused(
        "double_column",
        &text!(
            "同じ内容の列が2つあります（「{first}」と「{second}」）。どちらを読めばよいか分からないので、片方の見出しを変えるか、列を消してください。",
            "two columns mean the same (`{first}` and `{second}`): rename or remove one of them"
        ),
    )
}

fn no_ledger() -> ReadError {
    let known: Vec<&str> = HEADINGS.iter().map(|(_, names)| names[0]).collect();
    let known = known.join("・");
    ReadError::refused(
        "unknown_format",
        &text!(
            "貸与台帳の見出しが、はじめの{SEARCHED}行に見つかりません。「氏名」か「管理番号」と、「貸与日」か「申請日」の列が要ります。読める見出し：{known}",
            "no headings of a ledger of loans are found in the first {SEARCHED} rows: 氏名 or 管理番号 is needed, and 貸与日 or a day of application. Known headings: {known}"
        ),
    )
}
