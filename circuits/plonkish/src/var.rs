//! Variables: a constant until it is used, or a cell.

use std::fmt;
use std::marker::PhantomData;

use halo2_base::QuantumCell;

use crate::field::Scalar;

/// A cell that has been assigned: its value, and where it is.
pub(crate) type Cell = halo2_base::AssignedValue<Scalar>;

/// A variable. Its `Debug` shows no value. Not `Sync`, so that a block cannot capture one.
#[derive(Clone, Copy)]
pub struct Var {
    kind: Kind,
    not_sync: PhantomData<*const ()>,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Constant(Scalar),
    Cell(Cell),
}

impl Var {
    pub(crate) fn constant(value: Scalar) -> Self {
        Var { kind: Kind::Constant(value), not_sync: PhantomData }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Its value; 0 of a cell where there are no values.
    pub(crate) fn value(&self) -> Scalar {
        *self.operand().value()
    }

    /// As what a gate takes: a constant is made a cell there, and a cell is copied.
    pub(crate) fn operand(&self) -> QuantumCell<Scalar> {
        match self.kind {
            Kind::Constant(value) => QuantumCell::Constant(value),
            Kind::Cell(cell) => QuantumCell::Existing(cell),
        }
    }
}

impl From<Cell> for Var {
    fn from(cell: Cell) -> Self {
        Var { kind: Kind::Cell(cell), not_sync: PhantomData }
    }
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Constant(_) => "Var(constant)",
            Kind::Cell(_) => "Var(cell)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halo2_base::halo2_proofs::plonk::Assigned;

    #[test]
    fn a_variable_prints_no_value() {
        let cell = Cell { value: Assigned::Trivial(Scalar::from(77)), cell: None };
        assert_eq!(format!("{:?}", Var::from(cell)), "Var(cell)");
        assert_eq!(format!("{:?}", Var::constant(Scalar::from(77))), "Var(constant)");
    }
}
