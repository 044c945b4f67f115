//! How large a table is: so many rows and columns as the shape of the statement needs.

use std::collections::HashSet;

use halo2_base::Context;
use halo2_base::gates::circuit::BaseCircuitParams;
use zksensor_circuits::gadgets::SynthesisError;

use crate::LIBRARY;
use crate::field::Scalar;
use crate::table::{PHASE, TABLE_BITS, Table};

/// Rows that blind: halo2 wants 6 for columns that a gate reads at 4 rotations, and 3 of its own.
const BLINDING_ROWS: usize = 9;

/// Rows of a gate.
const GATE_ROWS: usize = 4;

/// The least table: the smallest power of two rows that the lookup table fits in, blinding rows beside it.
const LEAST_K: u32 = TABLE_BITS as u32 + 1;

/// The largest: the field has roots of unity of order 2^28, and quotients are on a domain four times as large.
const LARGEST_K: u32 = 26;

/// Columns of gates from which on more rows are taken: each is a commitment and its openings in a proof.
const MOST_COLUMNS: usize = 8;

/// A table's rows and columns, and what is in it. It follows from the shape of the statement, never from a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// It has 2^k rows.
    pub k: u32,
    /// Cells of gates. Each is a row of one column.
    pub cells: usize,
    /// Cells that are looked up in the table of ranges.
    pub lookups: usize,
    /// Different constants.
    pub constants: usize,
    /// Public inputs, the rows of the one instance column. halo2's verifier takes a shorter column than this as one that ends in zeros, and a
    /// longer one that ends in zeros as this: whoever calls it asks for exactly so many.
    pub publics: usize,
    /// Columns of gates.
    pub gate_columns: usize,
    /// Columns of lookups; none where a single column of gates is looked up by itself.
    pub lookup_columns: usize,
    /// Columns of constants.
    pub constant_columns: usize,
}

impl Size {
    /// Of nothing.
    pub(crate) const LEAST: Size = Size {
        k: LEAST_K,
        cells: 0,
        lookups: 0,
        constants: 0,
        publics: 0,
        gate_columns: 1,
        lookup_columns: 0,
        constant_columns: 0,
    };

    /// The least k at which there are few columns; how many follows.
    pub(crate) fn of(table: &Table) -> Result<Size, SynthesisError> {
        let phase = &table.0.core().phase_manager[PHASE];
        let cells = phase.total_advice();
        let lookups = table.0.lookup_manager()[PHASE].total_rows();
        let copies = phase.copy_manager.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let constants: HashSet<&Scalar> = copies.constant_equalities.iter().map(|(value, _)| value).collect();
        let constants = constants.len();
        let publics = table.0.assigned_instances[0].len();
        for k in LEAST_K..=LARGEST_K {
            let rows = (1 << k) - BLINDING_ROWS;
            // More cells than fit in so many columns, or more public inputs than a column has rows.
            if cells.div_ceil(rows) > MOST_COLUMNS || publics > rows {
                continue;
            }
            let gate_columns = columns(&phase.threads, rows);
            if gate_columns > MOST_COLUMNS {
                continue;
            }
            let lookup_columns = if gate_columns == 1 { 0 } else { lookups.div_ceil(rows) };
            let constant_columns = constants.div_ceil(rows);
            return Ok(Size {
                k,
                cells,
                lookups,
                constants,
                publics,
                gate_columns,
                lookup_columns,
                constant_columns,
            });
        }
        let reason = format!("{cells} cells and {publics} public inputs do not fit 2^{LARGEST_K} rows");
        Err(SynthesisError::Library { library: LIBRARY, reason })
    }

    /// As the library takes it.
    pub(crate) fn params(&self) -> BaseCircuitParams {
        // A single column of gates has a selector for its lookups, which the library asks for by a column.
        let lookup_columns = if self.gate_columns == 1 { self.lookups.min(1) } else { self.lookup_columns };
        BaseCircuitParams {
            k: self.k as usize,
            num_advice_per_phase: vec![self.gate_columns],
            num_fixed: self.constant_columns,
            num_lookup_advice_per_phase: vec![lookup_columns],
            lookup_bits: Some(TABLE_BITS),
            num_instance_columns: 1,
        }
    }

    /// The same shape, as a run with values must have it.
    pub(crate) fn assert_is(&self, compiled: &Size) -> Result<(), SynthesisError> {
        let counts = [
            ("cells", compiled.cells, self.cells),
            ("lookups", compiled.lookups, self.lookups),
            ("constants", compiled.constants, self.constants),
            ("public inputs", compiled.publics, self.publics),
            ("columns", compiled.gate_columns, self.gate_columns),
        ];
        match counts.into_iter().find(|(_, wanted, got)| wanted != got) {
            Some((unit, wanted, got)) => {
                Err(SynthesisError::Shape { what: "the circuit", unit, wanted, got })
            }
            None => Ok(()),
        }
    }
}

/// Columns of so many usable rows that the library lays these segments out in, one behind the other: no gate is split, and the last
/// cell of a column is copied to the next one.
fn columns(segments: &[Context<Scalar>], rows: usize) -> usize {
    let (mut columns, mut row) = (1, 0);
    for gate in segments.iter().flat_map(|segment| &segment.selector) {
        if (*gate && row + GATE_ROWS > rows) || row + 1 >= rows {
            columns += 1;
            row = 0;
        }
        row += 1;
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Cells;
    use crate::var::Var;
    use halo2_base::gates::circuit::BaseConfig;
    use halo2_base::halo2_proofs::dev::MockProver;
    use halo2_base::halo2_proofs::plonk::ConstraintSystem;

    /// Products, and ranges that are looked up.
    fn table(products: u64, ranges: u64) -> Table {
        let mut cells = Cells::new(true);
        for factor in 0..products {
            let factor = Var::from(cells.free(Scalar::from(factor)));
            cells.product(&factor, &factor);
        }
        for value in 0..ranges {
            let value = Var::from(cells.free(Scalar::from(value)));
            cells.assert_range(&value, 20);
        }
        cells.into_table()
    }

    #[test]
    fn blinding_rows_are_those_of_the_library() {
        for (products, ranges) in [(0, 0), (10, 0), (10, 10), (1_000, 100)] {
            let size = Size::of(&table(products, ranges)).unwrap();
            let mut system = ConstraintSystem::<Scalar>::default();
            let config = BaseConfig::configure(&mut system, size.params());
            assert_eq!(system.minimum_rows(), BLINDING_ROWS, "{size:?}");
            assert_eq!(config.gate().max_rows, (1 << size.k) - BLINDING_ROWS);
            assert_eq!(config.gate().basic_gates[PHASE].len(), size.gate_columns);
        }
    }

    /// Around the ends of columns, where a cell is laid out twice.
    #[test]
    fn columns_are_as_many_as_the_library_fills() {
        let mut found = HashSet::new();
        for products in (1..1_000).step_by(7).chain(95..110).chain(795..810) {
            let mut table = table(products, 11);
            let size = Size::of(&table).unwrap();
            table.0.set_params(size.params());
            let prover = MockProver::run(size.k, &table.0, vec![Vec::new()]).unwrap();
            assert_eq!(prover.verify(), Ok(()), "{size:?}");
            assert_eq!(table.0.break_points()[PHASE].len() + 1, size.gate_columns, "{size:?}");
            found.insert((size.k, size.gate_columns));
        }
        assert!((1..=MOST_COLUMNS).all(|columns| found.contains(&(LEAST_K, columns))), "{found:?}");
        assert!(found.contains(&(LEAST_K + 1, MOST_COLUMNS / 2 + 1)), "{found:?}");
    }

    #[test]
    fn another_shape_is_named() {
        let [one, other] = [3, 4].map(|products| Size::of(&table(products, 2)).unwrap());
        assert_eq!(one.assert_is(&one), Ok(()));
        let (wanted, got) = (other.cells, one.cells);
        let error = SynthesisError::Shape { what: "the circuit", unit: "cells", wanted, got };
        assert_eq!(one.assert_is(&other), Err(error));
    }
}
