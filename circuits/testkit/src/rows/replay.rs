//! What follows from overrides through products alone: many forgeries are refused before the witness program runs.
//!
//! A product column has one row that makes it from columns before. Hints after the first override may change in ways that
//! the rows do not tell, so they and all that is made of them are unknown; a row of known columns that fails, fails
//! whatever they are.

use std::collections::BTreeSet;

use ark_ff::Field;

use super::{RowIndex, columns, narrow};
use zksensor_model::field::Fr;
use zksensor_r1cs::{Rows, Segment};

/// Which row makes each column of a segment, and what it is otherwise.
pub(super) struct Makers {
    /// By local column.
    origin: Vec<Origin>,
    /// By row: the column that it makes.
    makes: Vec<Option<u32>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The constant one, a public input or an import.
    Given,
    /// A free input.
    Free,
    /// A product.
    Product,
    /// A hint, or a column that comes from elsewhere.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Honest,
    Changed,
    Unknown,
}

impl Makers {
    pub(super) fn new(segment: &Segment) -> Self {
        let fixed = 1 + segment.publics;
        let mut origin = vec![Origin::Other; fixed + segment.columns];
        origin[..fixed + segment.imports].fill(Origin::Given);
        let mut wired = vec![false; origin.len()];
        for wire in &segment.wires {
            let range = fixed + wire.column..fixed + wire.column + wire.count;
            wired[range.clone()].fill(true);
            if wire.kind == zksensor_circuits::trace::WireKind::Witness {
                origin[range].fill(Origin::Free);
            }
        }
        let mut met = vec![false; origin.len()];
        let mut makes = Vec::with_capacity(segment.constraints());
        for row in 0..segment.constraints() {
            let made = match segment.c.row(row) {
                [(coefficient, column)] if *coefficient == Fr::ONE => Some(*column),
                _ => None,
            };
            let made = made.filter(|column| {
                let index = *column as usize;
                let sides = [&segment.a, &segment.b].into_iter().flat_map(|rows| rows.row(row));
                let later = sides.map(|(_, other)| other).any(|other| other >= column);
                !met[index] && !wired[index] && origin[index] == Origin::Other && !later
            });
            for column in columns(segment, row) {
                met[column as usize] = true;
            }
            if let Some(column) = made {
                origin[column as usize] = Origin::Product;
            }
            makes.push(made);
        }
        Makers { origin, makes }
    }
}

impl RowIndex<'_> {
    /// A row that fails whatever the hints from column `first` on are, under these overrides (local column, value) of one
    /// view, and that `counts`. `imports_move`: something outside is overridden, too; `failing`: the rows that `honest` does not meet.
    pub(crate) fn fails_anyway(
        &self,
        view: usize,
        overrides: &[(usize, Fr)],
        first: usize,
        imports_move: bool,
        (honest, failing): (&[Fr], &BTreeSet<usize>),
        counts: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let here = &self.views[view];
        let segment = here.segment;
        let Makers { origin, makes } = &self.makers[self.segments[view]];
        let mut state: Vec<State> = origin
            .iter()
            .enumerate()
            .map(|(column, origin)| match origin {
                Origin::Other if column >= first || imports_move => State::Unknown,
                Origin::Given if imports_move && column > 0 => State::Unknown,
                _ => State::Honest,
            })
            .collect();
        let mut values: Vec<Fr> =
            (0..origin.len()).map(|column| honest[here.global(narrow(column))]).collect();
        for (column, value) in overrides {
            values[*column] = *value;
            state[*column] = State::Changed;
        }
        for (row, made) in makes.iter().enumerate() {
            let mut known = State::Honest;
            for column in columns(segment, row).filter(|column| Some(*column) != *made) {
                match state[column as usize] {
                    State::Unknown => known = State::Unknown,
                    State::Changed if known == State::Honest => known = State::Changed,
                    _ => {}
                }
            }
            let overridden = made.is_some_and(|column| state[column as usize] == State::Changed);
            let side = |rows: &Rows| rows.evaluate(row, |column| values[column as usize]);
            match (*made, known) {
                (_, State::Honest) if !overridden => {
                    let row_index = self.starts[view] + row;
                    if failing.contains(&row_index) && counts(row_index) {
                        return Some(row_index);
                    }
                }
                (Some(column), State::Unknown) if !overridden => state[column as usize] = State::Unknown,
                (_, State::Unknown) => {}
                (Some(column), _) if !overridden => {
                    let product = side(&segment.a) * side(&segment.b);
                    if product != values[column as usize] {
                        values[column as usize] = product;
                        state[column as usize] = State::Changed;
                    }
                }
                _ => {
                    let row_index = self.starts[view] + row;
                    if side(&segment.a) * side(&segment.b) != side(&segment.c) && counts(row_index) {
                        return Some(row_index);
                    }
                }
            }
        }
        None
    }
}
