//! Linear combinations of variables, which cost nothing until a row takes them.

use std::borrow::Borrow;

use halo2_proofs::halo2curves::ff::Field as _;

use crate::field::Scalar;

/// A variable of a table: which one it is. Wherever it stands, its cells are copies of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) u32);

/// constant + sum of coefficient * variable, of variables that differ and coefficients that are not 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Linear {
    pub(crate) constant: Scalar,
    pub(crate) terms: Vec<(Scalar, Id)>,
}

impl Linear {
    pub(crate) fn constant(constant: Scalar) -> Self {
        Linear { constant, terms: Vec::new() }
    }

    pub(crate) fn variable(id: Id) -> Self {
        Linear { constant: Scalar::ZERO, terms: vec![(Scalar::ONE, id)] }
    }

    /// constant + sum of coefficient * combination.
    pub(crate) fn sum<L: Borrow<Linear>>(
        constant: Scalar,
        parts: impl IntoIterator<Item = (Scalar, L)>,
    ) -> Self {
        let mut sum = Linear::constant(constant);
        for (coefficient, part) in parts {
            sum.add(coefficient, part.borrow());
        }
        sum
    }

    /// Adds coefficient * other.
    pub(crate) fn add(&mut self, coefficient: Scalar, other: &Linear) {
        self.constant += coefficient * other.constant;
        for (weight, id) in &other.terms {
            self.add_variable(coefficient * weight, *id);
        }
    }

    /// Adds coefficient * variable.
    pub(crate) fn add_variable(&mut self, coefficient: Scalar, id: Id) {
        match self.terms.iter().position(|(_, other)| *other == id) {
            Some(at) => {
                self.terms[at].0 += coefficient;
                if self.terms[at].0 == Scalar::ZERO {
                    self.terms.remove(at);
                }
            }
            None if coefficient != Scalar::ZERO => self.terms.push((coefficient, id)),
            None => {}
        }
    }

    /// Its value, if it is one whatever the variables are.
    pub(crate) fn as_constant(&self) -> Option<Scalar> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The variable that it is.
    pub(crate) fn as_variable(&self) -> Option<Id> {
        match self.terms[..] {
            [(coefficient, id)] if coefficient == Scalar::ONE && self.constant == Scalar::ZERO => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_variables_are_merged_and_what_cancels_goes() {
        let [one, two] = [1, 2].map(|id| Linear::variable(Id(id)));
        let three = Scalar::from(3);
        let sum = Linear::sum(three, [(Scalar::ONE, &one), (three, &two), (-Scalar::ONE, &one)]);
        assert_eq!(sum, Linear { constant: three, terms: vec![(three, Id(2))] });
        assert_eq!((sum.as_constant(), sum.as_variable(), two.as_variable()), (None, None, Some(Id(2))));
        let nothing = Linear::sum(three, [(-three, &two), (Scalar::ONE, &sum)]);
        assert_eq!(nothing.as_constant(), Some(Scalar::from(6)));
    }
}
