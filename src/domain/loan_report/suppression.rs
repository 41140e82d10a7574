//! Which numbers of a table with totals are left out when it is published
//! (cell suppression, 秘匿処理).
//!
//! A table with its totals is a circulation in a network: from a source through
//! the total of each row, through the cells of the row, through the total of each
//! column, to a sink, and back through the total of everything. Every number is
//! the flow on one arc. Two readings of the numbers that are left out differ by a
//! circulation on their arcs; so a number can have another value exactly if a
//! cycle of arcs left out goes through it, along which one can be added (and, on
//! arcs that are passed backwards, taken away) without a number falling below 1.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Numbers from 1 up to below this are never published (the programme's rule for
/// the prefecture's report; the usual bound of municipal statistics).
pub const SUPPRESSED_BELOW: u32 = 5;

/// A number of a published table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Number(u32),
    /// Left out: it is 1 to 4, or another could be got back by it. It is at least
    /// 1.
    Suppressed,
}

/// A number of the table as an arc of the network.
#[derive(Debug, Clone, Copy)]
struct Arc {
    from: usize,
    to: usize,
    value: u32,
    left_out: bool,
    /// What is lost when it is left out.
    cost: u64,
}

/// Leaves numbers out of a table whose last row and column are the totals.
pub(super) fn suppress(grid: &[Vec<u32>]) -> Vec<Vec<Shown>> {
    let mut arcs = arcs_of(grid);
    let nodes = grid.len() + grid.first().map_or(0, Vec::len);
    // Each round protects one number more and takes back nothing.
    while let Some(open) =
        (0..arcs.len()).find(|arc| arcs[*arc].left_out && !is_open(&arcs, *arc, nodes))
    {
        for arc in cheapest_cycle(&arcs, open, nodes) {
            arcs[arc].left_out = true;
        }
    }
    let mut arcs = arcs.into_iter();
    grid.iter()
        .map(|row| {
            let shown = |arc: Arc| {
                if arc.left_out {
                    Shown::Suppressed
                } else {
                    Shown::Number(arc.value)
                }
            };
            arcs.by_ref().take(row.len()).map(shown).collect()
        })
        .collect()
}

/// The arcs, row by row. Nodes: one a row and one a column, of which those of
/// the totals are the source and the sink.
fn arcs_of(grid: &[Vec<u32>]) -> Vec<Arc> {
    let rows = grid.len();
    let columns = grid.first().map_or(0, Vec::len);
    let mut arcs = Vec::new();
    for (row, cells) in grid.iter().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let (source, sink) = (rows - 1, rows + columns - 1);
            let (of_row, of_column) = (row, rows + column);
            let (sums_row, sums_column) = (column + 1 == columns, row + 1 == rows);
            let (from, to, loss) = match (sums_row, sums_column) {
                (false, false) => (of_row, of_column, 0),
                (true, false) => (source, of_row, 10_000),
                (false, true) => (of_column, sink, 10_000),
                (true, true) => (sink, source, 100_000),
            };
            arcs.push(Arc {
                from,
                to,
                value: *value,
                left_out: (1..SUPPRESSED_BELOW).contains(value),
                // Rather small numbers than large ones, rather cells than totals.
                cost: loss + 10 + u64::from((*value).min(9_000)),
            });
        }
    }
    arcs
}

/// Whether a number that is left out could have another value.
fn is_open(arcs: &[Arc], arc: usize, nodes: usize) -> bool {
    [true, false]
        .into_iter()
        .any(|more| cycle(arcs, arc, more, nodes, |other| other.left_out.then_some(0)).is_some())
}

/// The numbers to leave out so that this one could have another value.
fn cheapest_cycle(arcs: &[Arc], arc: usize, nodes: usize) -> Vec<usize> {
    let cost = |other: &Arc| Some(if other.left_out { 0 } else { other.cost });
    [true, false]
        .into_iter()
        .filter_map(|more| cycle(arcs, arc, more, nodes, cost))
        .min()
        .expect("a number, its totals and the total of everything are always a cycle")
        .1
}

/// The cheapest way to close a cycle through an arc along which its number
/// becomes one more, or one less: its cost, and the arcs.
fn cycle(
    arcs: &[Arc],
    arc: usize,
    more: bool,
    nodes: usize,
    cost: impl Fn(&Arc) -> Option<u64>,
) -> Option<(u64, Vec<usize>)> {
    let this = arcs[arc];
    if !more && this.value < 2 {
        return None;
    }
    let (start, goal) = if more {
        (this.to, this.from)
    } else {
        (this.from, this.to)
    };
    let mut best: Vec<Option<(u64, usize)>> = vec![None; nodes];
    let mut done = vec![false; nodes];
    let mut heap = BinaryHeap::from([Reverse((0_u64, start))]);
    while let Some(Reverse((spent, node))) = heap.pop() {
        if std::mem::replace(&mut done[node], true) {
            continue;
        }
        if node == goal {
            break;
        }
        for (place, next) in arcs.iter().enumerate().filter(|(place, _)| *place != arc) {
            // Zero is shown; and nothing falls below 1.
            let onwards = match node {
                _ if next.value == 0 => continue,
                _ if node == next.from => next.to,
                _ if node == next.to && next.value >= 2 => next.from,
                _ => continue,
            };
            let Some(loss) = cost(next) else { continue };
            let total = spent + loss;
            if !done[onwards] && best[onwards].is_none_or(|(known, _)| total < known) {
                best[onwards] = Some((total, place));
                heap.push(Reverse((total, onwards)));
            }
        }
    }
    let (spent, _) = best[goal].filter(|_| done[goal])?;
    let mut way = Vec::new();
    let mut node = goal;
    while node != start {
        let (_, place) = best[node].expect("the way came from somewhere");
        way.push(place);
        let taken = arcs[place];
        node = if taken.to == node {
            taken.from
        } else {
            taken.to
        };
    }
    Some((spent, way))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_totals(cells: &[Vec<u32>]) -> Vec<Vec<u32>> {
        super::super::with_totals(cells.to_vec(), cells[0].len()).grid
    }

    /// Every table that has the shown numbers and at least 1 in place of each
    /// other: the values that each number takes in one of them. Looks at tables
    /// that differ by at most one in each cell: if any other fits, one of those
    /// does, since what can be varied can be varied by one.
    fn possible(
        grid: &[Vec<u32>],
        shown: &[Vec<Shown>],
    ) -> Vec<Vec<std::collections::BTreeSet<u32>>> {
        let (rows, columns) = (grid.len() - 1, grid[0].len() - 1);
        let mut found = vec![vec![std::collections::BTreeSet::new(); columns + 1]; rows + 1];
        let open: Vec<(usize, usize)> = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .filter(|(row, column)| shown[*row][*column] == Shown::Suppressed)
            .collect();
        for mut choice in 0..3_usize.pow(open.len() as u32) {
            let mut cells: Vec<Vec<u32>> = grid[..rows]
                .iter()
                .map(|row| row[..columns].to_vec())
                .collect();
            for (row, column) in &open {
                cells[*row][*column] = (cells[*row][*column] + choice as u32 % 3).saturating_sub(1);
                choice /= 3;
            }
            let guess = with_totals(&cells);
            let fits =
                guess.iter().flatten().zip(shown.iter().flatten()).all(
                    |(guess, shown)| match shown {
                        Shown::Number(number) => guess == number,
                        Shown::Suppressed => *guess >= 1,
                    },
                );
            if fits {
                for (row, values) in guess.iter().enumerate() {
                    for (column, value) in values.iter().enumerate() {
                        found[row][column].insert(*value);
                    }
                }
            }
        }
        found
    }

    fn is_safe(grid: &[Vec<u32>]) -> Result<(), TestCaseError> {
        let shown = suppress(grid);
        let possible = possible(grid, &shown);
        for (row, cells) in grid.iter().enumerate() {
            for (column, value) in cells.iter().enumerate() {
                match shown[row][column] {
                    Shown::Number(number) => {
                        prop_assert_eq!(number, *value);
                        prop_assert!(number == 0 || number >= SUPPRESSED_BELOW);
                    }
                    Shown::Suppressed => {
                        prop_assert!(*value > 0, "zero is shown");
                        prop_assert!(
                            possible[row][column].len() >= 2,
                            "({}, {}) of {:?} can be got back from {:?}",
                            row,
                            column,
                            grid,
                            &shown
                        );
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_single_small_number_takes_others_with_it() {
        // Two towns, two years: without more, 3 is 10 − 7.
        let grid = with_totals(&[vec![3, 7], vec![20, 30]]);
        let shown = suppress(&grid);
        assert_eq!(shown[0][0], Shown::Suppressed);
        assert_eq!(shown[0][1], Shown::Suppressed);
        assert_eq!(shown[1][0], Shown::Suppressed);
        assert_eq!(shown[1][1], Shown::Suppressed);
        // The totals stay.
        assert_eq!(shown[2][2], Shown::Number(60));
        assert_eq!(shown[0][2], Shown::Number(10));
    }

    #[test]
    fn a_table_without_small_numbers_is_shown_whole() {
        let grid = with_totals(&[vec![5, 0, 12], vec![0, 0, 0], vec![9, 6, 0]]);
        let shown = suppress(&grid);
        assert!(
            shown
                .iter()
                .flatten()
                .all(|shown| *shown != Shown::Suppressed)
        );
    }

    #[test]
    fn tables_that_are_hard_to_protect_are_protected() {
        for cells in [
            // A single number; alone in its row, its column, or both.
            vec![vec![1]],
            vec![vec![1, 0, 0], vec![0, 0, 0]],
            vec![vec![2, 0], vec![0, 2]],
            vec![vec![1, 1], vec![1, 1]],
            vec![vec![4, 0, 0], vec![0, 40, 0], vec![0, 0, 50]],
            // One town, two years: the two numbers and their total.
            vec![vec![1, 9]],
            vec![vec![1], vec![30], vec![0]],
            vec![vec![1, 1, 1], vec![9, 9, 9]],
        ] {
            let grid = with_totals(&cells);
            is_safe(&grid).unwrap();
        }
    }

    proptest! {
        #[test]
        fn no_suppressed_number_can_be_got_back(
            cells in (1..=3_usize, 1..=3_usize).prop_flat_map(|(rows, columns)| {
                let number = prop_oneof![
                    3 => Just(0_u32),
                    4 => 1..5_u32,
                    3 => 5..40_u32,
                ];
                prop::collection::vec(prop::collection::vec(number, columns), rows)
            }),
        ) {
            is_safe(&with_totals(&cells))?;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]

        /// As large as a prefecture over five years: it ends, and keeps the rules
        /// that need no search.
        #[test]
        fn a_large_table_is_suppressed_too(
            cells in prop::collection::vec(prop::collection::vec(0..8_u32, 5), 45),
        ) {
            let grid = with_totals(&cells);
            let shown = suppress(&grid);
            for (value, shown) in grid.iter().flatten().zip(shown.iter().flatten()) {
                match shown {
                    Shown::Number(number) => {
                        prop_assert_eq!(number, value);
                        prop_assert!(*number == 0 || *number >= SUPPRESSED_BELOW);
                    }
                    Shown::Suppressed => prop_assert!(*value > 0),
                }
            }
        }
    }
}
