//! The rows of a circuit in the order that files have: constraint by constraint, of each side the columns in order, each once.

use zksensor_model::field::Fr;
use zksensor_r1cs::{Circuit, Rows, View, canonical};

/// (column, coefficient) of one side, columns in order, none twice, no coefficient zero.
pub(crate) type Side = Vec<(u32, Fr)>;

/// A, B and C of every constraint, in order.
pub(crate) fn constraints(circuit: &Circuit) -> impl Iterator<Item = [Side; 3]> {
    circuit.segments().flat_map(|view| {
        let segment = view.segment;
        (0..segment.constraints())
            .map(move |row| [&segment.a, &segment.b, &segment.c].map(|rows| side(&view, rows, row)))
    })
}

fn side(view: &View<'_>, rows: &Rows, row: usize) -> Side {
    let entries = rows.row(row).iter();
    canonical(entries.map(|(value, column)| (number(view.global(*column)), *value)))
}

/// A column or a row as files have it.
pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a circuit has fewer than 2^32 columns and rows")
}
