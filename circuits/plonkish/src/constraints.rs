//! What the cells of a table have to meet, one by one: for whoever looks at a table without laying it out.
//!
//! Cells are numbered as they are laid out: row by row those that gates read, then those that are looked up. A cell that no row takes is
//! not assigned, and has no number: its fixed cells are 0.

use zksensor_plonkish_table::{Gate, RANGE_BITS, WIDTH};

use crate::field::Scalar;
use crate::table::{LOOKED_UP, Table};

/// A condition on cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// What a row says of its cells.
    Row([Option<usize>; WIDTH], Box<Gate>),
    /// Two cells are equal.
    Copy(usize, usize),
    /// A cell is in the table of ranges.
    Lookup(usize),
    /// A cell is the public input of this index.
    Public(usize, usize),
}

impl Constraint {
    /// The cells that it is about.
    pub fn cells(&self) -> Vec<usize> {
        match self {
            Constraint::Row(cells, _) => cells.iter().copied().flatten().collect(),
            Constraint::Copy(one, other) => vec![*one, *other],
            Constraint::Lookup(cell) | Constraint::Public(cell, _) => vec![*cell],
        }
    }

    /// Whether the values of all cells and of all public inputs meet it.
    ///
    /// # Panics
    /// If there are fewer of either than in the table that it is of.
    pub fn holds(&self, cells: &[Scalar], publics: &[Scalar]) -> bool {
        match self {
            Constraint::Row(row, gate) => {
                gate.holds(&row.map(|cell| cell.map_or(Scalar::zero(), |cell| cells[cell])))
            }
            Constraint::Copy(one, other) => cells[*one] == cells[*other],
            Constraint::Lookup(cell) => cells[*cell] < Scalar::from(1 << RANGE_BITS),
            Constraint::Public(cell, index) => cells[*cell] == publics[*index],
        }
    }
}

/// Every constraint: rows, copies, lookups, public inputs. Rows that say nothing are left out, and those that lead, which have no cell.
pub(crate) fn each(table: &Table, mut visit: impl FnMut(Constraint)) {
    let rows = table.by_row().into_iter().zip(&table.gates).skip(Gate::LEADING.len());
    for (cells, gate) in rows.filter(|(_, gate)| **gate != Gate::NOTHING) {
        visit(Constraint::Row(cells, Box::new(*gate)));
    }
    table.copies.iter().for_each(|(one, other)| visit(Constraint::Copy(*one, *other)));
    for (cell, place) in table.places.iter().enumerate() {
        if usize::from(place.column) == LOOKED_UP {
            visit(Constraint::Lookup(cell));
        }
    }
    table.publics.iter().enumerate().for_each(|(index, cell)| visit(Constraint::Public(*cell, index)));
}
