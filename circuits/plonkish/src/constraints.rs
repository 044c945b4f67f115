//! What the cells of a table have to meet, one by one: for whoever looks at a table without laying it out.
//!
//! Cells are numbered segment by segment, those outside of blocks first. The library lays them out in columns, copies a cell where
//! a column ends, and copies what is looked up; none of that adds or takes a condition.

use std::sync::PoisonError;

use halo2_base::ContextCell;

use crate::field::Scalar;
use crate::table::{PHASE, TABLE_BITS, Table};

/// A condition on cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// c0 + c1 c2 = c3 of the four cells from this one on.
    Gate(usize),
    /// Two cells are equal.
    Copy(usize, usize),
    /// A cell is a constant.
    Constant(usize, Scalar),
    /// A cell is in the table of ranges.
    Lookup(usize),
    /// A cell is the public input of this index.
    Public(usize, usize),
}

impl Constraint {
    /// The cells that it is about.
    pub fn cells(&self) -> Vec<usize> {
        match *self {
            Constraint::Gate(first) => (first..first + 4).collect(),
            Constraint::Copy(one, other) => vec![one, other],
            Constraint::Constant(cell, _) | Constraint::Lookup(cell) | Constraint::Public(cell, _) => {
                vec![cell]
            }
        }
    }

    /// Whether the values of all cells and of all public inputs meet it.
    ///
    /// # Panics
    /// If there are fewer of either than in the table that it is of.
    pub fn holds(&self, cells: &[Scalar], publics: &[Scalar]) -> bool {
        match *self {
            Constraint::Gate(first) => cells[first] + cells[first + 1] * cells[first + 2] == cells[first + 3],
            Constraint::Copy(one, other) => cells[one] == cells[other],
            Constraint::Constant(cell, value) => cells[cell] == value,
            Constraint::Lookup(cell) => cells[cell] < Scalar::from(1 << TABLE_BITS),
            Constraint::Public(cell, index) => cells[cell] == publics[index],
        }
    }
}

/// Every constraint: gates, copies, constants, lookups, public inputs.
pub(crate) fn each(table: &Table, mut visit: impl FnMut(Constraint)) {
    let phase = &table.0.core().phase_manager[PHASE];
    let starts = starts(table);
    let number = |cell: &ContextCell| starts[cell.context_id] + cell.offset;
    for (segment, start) in phase.threads.iter().zip(&starts) {
        let gates = segment.selector.iter().enumerate().filter(|(_, gate)| **gate);
        gates.for_each(|(offset, _)| visit(Constraint::Gate(start + offset)));
    }
    let copies = phase.copy_manager.lock().unwrap_or_else(PoisonError::into_inner);
    for (one, other) in &copies.advice_equalities {
        visit(Constraint::Copy(number(one), number(other)));
    }
    for (value, cell) in &copies.constant_equalities {
        visit(Constraint::Constant(number(cell), *value));
    }
    let lookups = &table.0.lookup_manager()[PHASE].cells_to_lookup;
    let lookups = lookups.lock().unwrap_or_else(PoisonError::into_inner);
    for cell in lookups.values().flatten().flatten().filter_map(|cell| cell.cell.as_ref()) {
        visit(Constraint::Lookup(number(cell)));
    }
    let publics = table.0.assigned_instances[0].iter().filter_map(|cell| cell.cell.as_ref());
    publics.enumerate().for_each(|(index, cell)| visit(Constraint::Public(number(cell), index)));
}

/// The number of the first cell of each segment.
pub(crate) fn starts(table: &Table) -> Vec<usize> {
    let segments = &table.0.core().phase_manager[PHASE].threads;
    let mut next = 0;
    let start = |length: usize| {
        next += length;
        next - length
    };
    segments.iter().map(|segment| segment.advice.len()).map(start).collect()
}
