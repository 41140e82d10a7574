//! The programme report: what happened in which municipality in which fiscal
//! year, and the form of it that may be published.

mod suppression;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::municipality::MunicipalityCode;

pub use suppression::{SUPPRESSED_BELOW, Shown};

coded! {
    /// What is counted.
    #[derive(PartialOrd, Ord)]
    Measure {
        /// Applications for use, by their day.
        Applications = "applications", "利用申請", "applications";
        /// Generators handed over, by the day of the hand-over.
        Loans = "loans", "貸与", "loans";
        /// Plans applied for, by the day of the application.
        PlansAppliedFor = "plans_applied_for", "計画の申請", "plans applied for";
        /// Plans made, by the day on which the first was approved.
        PlansMade = "plans_made", "計画の作成", "plans made";
        /// Annual checks done.
        Checks = "checks", "点検", "checks done";
        /// Annual checks that were not passed.
        ChecksFailed = "checks_failed", "点検の不合格", "checks failed";
        /// Generators that came back.
        Returns = "returns", "返却", "returns";
    }
}

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub what: Measure,
    /// Where the child lived then; `None`: not known, which is a line of its own.
    pub municipality: Option<MunicipalityCode>,
    /// When.
    pub on: NaiveDate,
}

/// The fiscal year of a day, April to March (地方自治法 第208条): 2027-03-31 is in
/// 2026.
pub fn fiscal_year(day: NaiveDate) -> i32 {
    day.year() - i32::from(day.month() < 4)
}

/// A table with its totals: rows are municipalities, columns fiscal years. The
/// last row and the last column are the totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T> {
    grid: Vec<Vec<T>>,
}

impl<T: Copy> Table<T> {
    /// A row with its total at the end; the row behind the last municipality is
    /// that of the totals.
    pub fn row(&self, row: usize) -> &[T] {
        &self.grid[row]
    }

    /// The total of everything.
    pub fn total(&self) -> T {
        let last = self.grid.last().and_then(|row| row.last());
        *last.expect("a table has at least its total")
    }
}

/// The report of some fiscal years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanReport<T = u32> {
    /// The lines, in the order of the codes; what is not known comes last.
    pub municipalities: Vec<Option<MunicipalityCode>>,
    /// The columns.
    pub years: Vec<i32>,
    /// One table for each measure.
    pub tables: BTreeMap<Measure, Table<T>>,
}

impl LoanReport {
    /// Counts what happened in the fiscal years from `first` to `last`. Every one
    /// of `municipalities` has a line, also with nothing in it; one that is not
    /// among them and had something gets one too, so that nothing is left out of
    /// the totals.
    pub fn count(
        municipalities: &[MunicipalityCode],
        (first, last): (i32, i32),
        happened: &[Happened],
    ) -> Self {
        let years: Vec<i32> = (first..=last).collect();
        let within = |one: &&Happened| (first..=last).contains(&fiscal_year(one.on));
        let named: BTreeSet<MunicipalityCode> = happened
            .iter()
            .filter(within)
            .filter_map(|one| one.municipality)
            .chain(municipalities.iter().copied())
            .collect();
        let nowhere = happened
            .iter()
            .filter(within)
            .any(|one| one.municipality.is_none());
        let mut lines: Vec<Option<MunicipalityCode>> = named.into_iter().map(Some).collect();
        lines.extend(nowhere.then_some(None));
        let tables = Measure::ALL.iter().map(|measure| {
            let mut cells = vec![vec![0; years.len()]; lines.len()];
            for one in happened
                .iter()
                .filter(within)
                .filter(|one| one.what == *measure)
            {
                let line = lines.iter().position(|line| *line == one.municipality);
                let line = line.expect("every municipality has a line");
                cells[line][fiscal_year(one.on).abs_diff(first) as usize] += 1;
            }
            (*measure, with_totals(cells, years.len()))
        });
        Self {
            tables: tables.collect(),
            municipalities: lines,
            years,
        }
    }

    /// The report with every number, for use inside.
    pub fn whole(&self) -> LoanReport<Shown> {
        let number = |row: &Vec<u32>| row.iter().map(|n| Shown::Number(*n)).collect();
        let tables = self.tables.iter().map(|(measure, table)| {
            let grid = table.grid.iter().map(number).collect();
            (*measure, Table { grid })
        });
        LoanReport {
            municipalities: self.municipalities.clone(),
            years: self.years.clone(),
            tables: tables.collect(),
        }
    }

    /// The report as it may be published.
    ///
    /// - Every number from 1 to 4 is suppressed, totals too: so few children of a
    ///   town can be known by name to whoever reads it.
    /// - Zero is shown. It stands for nobody, and a town without a loan is a line
    ///   that the prefecture wants to see. So a suppressed number is known to be at
    ///   least 1, and what follows holds against a reader who knows that.
    /// - As many further numbers are suppressed as it takes that none of them can
    ///   be got back by subtraction: given everything that is shown, each suppressed
    ///   number could have at least two values.
    ///
    /// It is one publication that is looked at, each measure by itself: two reports
    /// of different days over the same years can be subtracted from each other, so
    /// a year is published once.
    pub fn for_publication(&self) -> LoanReport<Shown> {
        let tables = self.tables.iter().map(|(measure, table)| {
            let grid = suppression::suppress(&table.grid);
            (*measure, Table { grid })
        });
        LoanReport {
            municipalities: self.municipalities.clone(),
            years: self.years.clone(),
            tables: tables.collect(),
        }
    }
}

fn with_totals(mut cells: Vec<Vec<u32>>, columns: usize) -> Table<u32> {
    for row in &mut cells {
        row.push(row.iter().sum());
    }
    let totals = (0..=columns).map(|column| cells.iter().map(|row| row[column]).sum());
    let totals = totals.collect();
    cells.push(totals);
    Table { grid: cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    fn happened(what: Measure, town: Option<&str>, on: &str) -> Happened {
        Happened {
            what,
            municipality: town.map(code),
            on: on.parse().unwrap(),
        }
    }

    #[test]
    fn a_fiscal_year_runs_from_april_to_march() {
        for (day, year) in [
            ("2026-03-31", 2025),
            ("2026-04-01", 2026),
            ("2027-01-01", 2026),
        ] {
            assert_eq!(fiscal_year(day.parse().unwrap()), year, "{day}");
        }
    }

    #[test]
    fn every_town_has_a_line_and_nothing_is_left_out_of_the_totals() {
        let events = [
            happened(Measure::Loans, Some("43203"), "2025-11-20"),
            happened(Measure::Loans, Some("43203"), "2026-04-01"),
            happened(Measure::Loans, Some("43203"), "2026-05-01"),
            // Not among the towns of the call, and not known.
            happened(Measure::Loans, Some("43208"), "2026-03-31"),
            happened(Measure::Loans, None, "2026-06-01"),
            // Before the first year.
            happened(Measure::Loans, Some("43203"), "2025-03-31"),
            happened(Measure::Returns, Some("43202"), "2026-10-01"),
        ];
        let report = LoanReport::count(&[code("43202"), code("43203")], (2025, 2026), &events);
        assert_eq!(report.years, [2025, 2026]);
        let lines = [
            Some(code("43202")),
            Some(code("43203")),
            Some(code("43208")),
            None,
        ];
        assert_eq!(report.municipalities, lines);
        let loans = &report.tables[&Measure::Loans];
        assert_eq!(loans.row(0), [0, 0, 0]);
        assert_eq!(loans.row(1), [1, 2, 3]);
        assert_eq!(loans.row(2), [1, 0, 1]);
        assert_eq!(loans.row(3), [0, 1, 1]);
        assert_eq!(loans.row(4), [2, 3, 5]);
        assert_eq!(report.tables[&Measure::Returns].total(), 1);
        assert_eq!(report.tables.len(), Measure::ALL.len());
    }

    #[test]
    fn a_report_without_towns_or_events_has_totals_of_zero() {
        let report = LoanReport::count(&[], (2026, 2026), &[]);
        assert_eq!(report.tables[&Measure::Checks].row(0), [0, 0]);
        let published = report.for_publication();
        assert_eq!(published.tables[&Measure::Checks].total(), Shown::Number(0));
    }
}
