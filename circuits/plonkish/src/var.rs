//! Variables of the instruction set: linear combinations, a variable of the table once something needs one.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use crate::field::Scalar;
use crate::linear::{Id, Linear};

/// A variable. It holds no value. Not `Sync`, so that a block cannot capture one.
#[derive(Clone)]
pub struct Var(Rc<Lazy>);

struct Lazy {
    linear: Linear,
    /// The variable that equals it, once there is one: all clones share it.
    fixed: OnceCell<Id>,
}

impl Var {
    pub(crate) fn constant(value: Scalar) -> Self {
        Linear::constant(value).into()
    }

    /// Its value, if it is a constant of the circuit.
    pub(crate) fn as_constant(&self) -> Option<Scalar> {
        self.0.linear.as_constant()
    }

    /// What it was made of.
    pub(crate) fn linear(&self) -> &Linear {
        &self.0.linear
    }

    /// Where the variable is kept that equals it.
    pub(crate) fn fixed(&self) -> &OnceCell<Id> {
        &self.0.fixed
    }
}

impl From<Linear> for Var {
    fn from(linear: Linear) -> Self {
        let fixed = linear.as_variable().map_or_else(OnceCell::new, OnceCell::from);
        Var(Rc::new(Lazy { linear, fixed }))
    }
}

impl From<Id> for Var {
    fn from(id: Id) -> Self {
        Linear::variable(id).into()
    }
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.as_constant().is_some() { "Var(constant)" } else { "Var(cell)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_prints_no_value() {
        assert_eq!(format!("{:?}", Var::from(Id(77))), "Var(cell)");
        assert_eq!(format!("{:?}", Var::constant(Scalar::from(77))), "Var(constant)");
    }
}
