//! A table in the columns of halo2: the only place where advice is assigned.

use halo2_proofs::circuit::{Layouter, Region, Value};
use halo2_proofs::halo2curves::ff::Field as _;
use halo2_proofs::plonk::{self, Assigned};
use zksensor_plonkish_table::{Columns, Gate, RANGE_BITS};

use crate::field::Scalar;
use crate::table::{LOOKED_UP, Table};

/// Lays a table out: fixed cells, cells, copies, public inputs, and the numbers that are looked up. Callers have seen that it fits.
pub(crate) fn lay_out(
    table: &Table,
    columns: &Columns,
    mut layouter: impl Layouter<Scalar>,
) -> Result<(), plonk::Error> {
    layouter.assign_table(
        || "numbers",
        |mut numbers| {
            for number in 0..1u64 << RANGE_BITS {
                let value = || Value::known(Scalar::from(number));
                let row = usize::try_from(number).expect("a row");
                numbers.assign_cell(|| "number", columns.numbers, row, value)?;
            }
            Ok(())
        },
    )?;
    let publics = layouter.assign_region(
        || "rows",
        |mut region| {
            for (row, gate) in table.gates.iter().enumerate() {
                fix(&mut region, columns, row, gate);
            }
            let place = |(place, value): (&crate::table::Place, &Scalar)| {
                let column = match usize::from(place.column) {
                    LOOKED_UP => columns.looked_up,
                    column => columns.cells[column],
                };
                // Pinned by the gate of its row or by the lookup, and the copies below: `cells` says of each variable by which.
                region.assign_advice(column, place.row as usize, Value::known(*value)).cell()
            };
            let cells: Vec<_> = table.places.iter().zip(&table.values).map(place).collect();
            for (one, other) in &table.copies {
                region.constrain_equal(cells[*one], cells[*other]);
            }
            Ok(table.publics.iter().map(|cell| cells[*cell]).collect::<Vec<_>>())
        },
    )?;
    for (index, cell) in publics.into_iter().enumerate() {
        layouter.constrain_instance(cell, columns.publics, index);
    }
    Ok(())
}

/// The fixed cells of a row; those that are not assigned are 0.
fn fix(region: &mut Region<'_, Scalar>, columns: &Columns, row: usize, gate: &Gate) {
    let mut put = |column, value: Scalar| {
        if value != Scalar::ZERO {
            region.assign_fixed(column, row, Assigned::Trivial(value));
        }
    };
    for (column, weight) in columns.weights.iter().zip(gate.weights) {
        put(*column, weight);
    }
    put(columns.constant, gate.constant);
    put(columns.product, gate.product);
    columns.left.iter().zip(gate.left).for_each(|(column, value)| put(*column, value));
    columns.right.iter().zip(gate.right).for_each(|(column, value)| put(*column, value));
    for (column, is_on) in [(columns.power, gate.power), (columns.bits, gate.bits)] {
        put(column, if is_on { Scalar::ONE } else { Scalar::ZERO });
    }
}
