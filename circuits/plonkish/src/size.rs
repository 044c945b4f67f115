//! How large a table is: so many rows as the shape of the statement needs.

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_plonkish_table::{LEAST_K, MOST_K, usable_rows};

use crate::LIBRARY;
use crate::table::Table;

/// A table's rows, and what is in it. It follows from the shape of the statement, never from a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// It has 2^k rows.
    pub k: u32,
    /// Rows, with those that every table begins with.
    pub rows: usize,
    /// Cells that are assigned: those of gates, and those that are looked up.
    pub cells: usize,
    /// Variables of the statement and of its gadgets. One that no row takes has no cell.
    pub variables: usize,
    /// Cells that are looked up in the table of ranges.
    pub lookups: usize,
    /// Public inputs, the rows of the one instance column. halo2's verifier takes a shorter column than this as one that ends in zeros, and a
    /// longer one that ends in zeros as this: whoever calls it asks for exactly so many.
    pub publics: usize,
}

impl Size {
    /// The least k of which there are enough rows.
    pub(crate) fn of(table: &Table) -> Result<Size, SynthesisError> {
        let (rows, lookups, publics) = (table.gates.len(), table.lookups, table.publics.len());
        let needed = rows.max(lookups).max(publics);
        match (LEAST_K..=MOST_K).find(|k| needed <= usable_rows(*k)) {
            Some(k) => {
                let (cells, variables) = (table.places.len(), table.variables);
                Ok(Size { k, rows, cells, variables, lookups, publics })
            }
            None => {
                let reason =
                    format!("{needed} rows do not fit a table of 2^{MOST_K}; make the statement smaller");
                Err(SynthesisError::Library { library: LIBRARY, reason })
            }
        }
    }

    /// The same shape, as a run with values must have it.
    pub(crate) fn assert_is(&self, compiled: &Size) -> Result<(), SynthesisError> {
        let counts = [
            ("rows", compiled.rows, self.rows),
            ("cells", compiled.cells, self.cells),
            ("variables", compiled.variables, self.variables),
            ("lookups", compiled.lookups, self.lookups),
            ("public inputs", compiled.publics, self.publics),
        ];
        match counts.into_iter().find(|(_, wanted, got)| wanted != got) {
            Some((unit, wanted, got)) => {
                Err(SynthesisError::Shape { what: "the circuit", unit, wanted, got })
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Cells;
    use crate::circuit::laid_out;
    use crate::field::Scalar;
    use zksensor_plonkish_table::Gate;

    /// Products, and ranges that are looked up.
    fn table(products: u64, ranges: u64) -> Table {
        let mut cells = Cells::new();
        for factor in 0..products {
            let factor = cells.free(Scalar::from(factor));
            cells.product(&factor, &factor);
        }
        for value in 0..ranges {
            let value = cells.free(Scalar::from(value));
            cells.assert_range(&value, 8);
        }
        cells.into_table()
    }

    /// The mock prover takes a table that is full, of gates or of lookups; one row more is a table twice as large.
    #[test]
    fn rows_are_as_many_as_fit() {
        let (leading, rows) = (Gate::LEADING.len(), usable_rows(LEAST_K));
        let full = rows - leading;
        for (products, ranges, k) in
            [(1, 1, 9), (full, 9, 9), (full + 1, 9, 10), (9, 256, 9), (0, rows + 1, 10)]
        {
            let table = table(products as u64, ranges as u64);
            let size = Size::of(&table).unwrap();
            assert_eq!((size.k, size.rows, size.lookups), (k, products + leading, ranges));
            // A value from 256 on is none of the range.
            assert_eq!(laid_out(table, size), ranges <= 256, "{size:?}");
        }
    }

    #[test]
    fn another_shape_is_named() {
        let [one, other] = [3, 4].map(|products| Size::of(&table(products, 2)).unwrap());
        assert_eq!(one.assert_is(&one), Ok(()));
        let (wanted, got) = (other.rows, one.rows);
        let error = SynthesisError::Shape { what: "the circuit", unit: "rows", wanted, got };
        assert_eq!(one.assert_is(&other), Err(error));
    }

    /// A free input that nothing takes has no cell, and is of the shape.
    #[test]
    fn a_variable_without_a_cell_counts() {
        let [none, one] = [0, 1].map(|free| {
            let mut cells = Cells::new();
            (0..free).for_each(|_| drop(cells.free(Scalar::from(7))));
            Size::of(&cells.into_table()).unwrap()
        });
        assert_eq!((none.cells, one.cells), (0, 0));
        let error = SynthesisError::Shape { what: "the circuit", unit: "variables", wanted: 0, got: 1 };
        assert_eq!(one.assert_is(&none), Err(error));
    }
}
