//! Which rows hold a column, so that a forgery is judged by the rows that it touches alone.

mod replay;

use std::collections::BTreeSet;

use self::replay::Makers;
use zksensor_model::field::Fr;
use zksensor_r1cs::{Circuit, Rows, Segment, View};

/// The rows of a circuit, found by column.
pub(super) struct RowIndex<'c> {
    views: Vec<View<'c>>,
    /// First row of each view, and the number of rows.
    starts: Vec<usize>,
    /// Rows that hold a column: `rows[offsets[column]..offsets[column + 1]]`.
    offsets: Vec<u32>,
    rows: Vec<u32>,
    /// By segment and local column: the rows whose last column it is.
    closed: Vec<Vec<Vec<u32>>>,
    /// Segment of each view.
    segments: Vec<usize>,
    /// By segment: which row makes which column.
    makers: Vec<Makers>,
}

impl<'c> RowIndex<'c> {
    pub(super) fn new(circuit: &'c Circuit) -> Self {
        let views: Vec<View<'c>> = circuit.segments().collect();
        let mut starts = vec![0];
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for view in &views {
            let start = starts[starts.len() - 1];
            for row in 0..view.segment.constraints() {
                let index = narrow(start + row);
                pairs.extend(columns(view.segment, row).map(|column| (narrow(view.global(column)), index)));
            }
            starts.push(start + view.segment.constraints());
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut offsets = vec![0u32; circuit.columns() + 1];
        for (column, _) in &pairs {
            offsets[*column as usize + 1] += 1;
        }
        for column in 0..circuit.columns() {
            offsets[column + 1] += offsets[column];
        }
        let rows = pairs.into_iter().map(|(_, row)| row).collect();
        let closed = std::iter::once(&circuit.outer)
            .chain(circuit.repeats.iter().map(|repeat| &repeat.block))
            .map(by_last_column)
            .collect();
        let segments = std::iter::once(0)
            .chain(
                circuit
                    .repeats
                    .iter()
                    .enumerate()
                    .flat_map(|(index, repeat)| std::iter::repeat_n(index + 1, repeat.count)),
            )
            .collect();
        let makers = std::iter::once(&circuit.outer)
            .chain(circuit.repeats.iter().map(|repeat| &repeat.block))
            .map(Makers::new)
            .collect();
        RowIndex { views, starts, offsets, rows, closed, segments, makers }
    }

    pub(super) fn view(&self, view: usize) -> &View<'c> {
        &self.views[view]
    }

    /// Rows of all views.
    pub(super) fn len(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// Number of the repeat that a view is an instance of, from 1; 0 for what is outside.
    pub(super) fn repeat(&self, view: usize) -> usize {
        self.segments[view]
    }

    pub(super) fn views(&self) -> &[View<'c>] {
        &self.views
    }

    /// View and local number of a row.
    pub(super) fn locate(&self, row: usize) -> (usize, usize) {
        let view = self.starts.partition_point(|start| *start <= row) - 1;
        (view, row - self.starts[view])
    }

    /// The global columns of a row, perhaps repeated.
    pub(super) fn columns(&self, row: usize) -> impl Iterator<Item = usize> {
        let (view, local) = self.locate(row);
        let view = &self.views[view];
        columns(view.segment, local).map(|column| view.global(column))
    }

    /// Every row that `forged` does not meet, in order, where `honest` meets all but the `failing` ones.
    pub(super) fn violated(
        &self,
        (honest, failing): (&[Fr], &BTreeSet<usize>),
        forged: &[Fr],
    ) -> impl Iterator<Item = usize> {
        let mut touched: Vec<u32> = failing.iter().map(|row| narrow(*row)).collect();
        for column in (0..honest.len()).filter(|column| honest[*column] != forged[*column]) {
            touched.extend(&self.rows[self.offsets[column] as usize..self.offsets[column + 1] as usize]);
        }
        touched.sort_unstable();
        touched.dedup();
        let rows = touched.into_iter().map(|row| row as usize);
        rows.filter(|row| {
            let (view, local) = self.locate(*row);
            !self.views[view].holds(local, forged)
        })
    }

    /// The rows that fail when the columns from `first` (local) on have these values and those before are honest, among
    /// the rows that hold no later column: whatever follows, they fail.
    pub(super) fn violated_at<'r>(
        &'r self,
        view: usize,
        first: usize,
        values: &'r [Fr],
        honest: &'r [Fr],
    ) -> impl Iterator<Item = usize> + 'r {
        let View { segment, .. } = &self.views[view];
        let value =
            move |column: u32| match (column as usize).checked_sub(first).and_then(|index| values.get(index))
            {
                Some(value) => *value,
                None => honest[self.views[view].global(column)],
            };
        let closed = &self.closed[self.segments[view]];
        let rows = (first..first + values.len()).flat_map(|column| &closed[column]);
        let failed = rows.map(|row| *row as usize).filter(move |row| {
            let side = |rows: &Rows| rows.evaluate(*row, value);
            side(&segment.a) * side(&segment.b) != side(&segment.c)
        });
        failed.map(move |row| self.starts[view] + row)
    }
}

/// The rows of a segment by their last local column.
fn by_last_column(segment: &Segment) -> Vec<Vec<u32>> {
    let mut closed = vec![Vec::new(); 1 + segment.publics + segment.columns];
    for row in 0..segment.constraints() {
        let last = columns(segment, row).max().unwrap_or(0);
        closed[last as usize].push(narrow(row));
    }
    closed
}

fn columns(segment: &Segment, row: usize) -> impl Iterator<Item = u32> {
    [&segment.a, &segment.b, &segment.c]
        .into_iter()
        .flat_map(move |rows| rows.row(row))
        .map(|(_, column)| *column)
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 rows and columns")
}
