//! The operations of [`Gadgets`] as rows, copies and lookups.
//!
//! halo2 reports an unmet constraint by its row. So each assertion compares the values itself, where there are some, and what
//! does not hold is kept with the scopes around it.

use std::panic::Location;

use halo2_proofs::halo2curves::ff::Field as _;
use zksensor_circuits::gadgets::{
    Bit, Bits, Bounded, Gadgets, Order, Port, SynthesisError, assert_comparable, assert_instances_alike,
    assert_width,
};
use zksensor_circuits::mutants;
use zksensor_circuits::native::Failure;
use zksensor_circuits::trace::{Cursor, WireKind};
use zksensor_model::field::Fr;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::rule::{Rule, Scope};

use crate::Plonkish;
use crate::cells::Cells;
use crate::field::{Scalar, bit_length, from_scalar, limbs, to_scalar};
use crate::poseidon;
use crate::var::Var;

impl Gadgets for Plonkish<'_> {
    type Var = Var;

    fn constant(&mut self, value: Fr) -> Var {
        Var::constant(to_scalar(&value))
    }

    fn public_input(&mut self, name: &'static str, value: Option<Fr>) -> Result<Var, SynthesisError> {
        let value = self.needed(name, value)?;
        Ok(self.cells.public(value))
    }

    fn witness(&mut self, name: &'static str, value: Option<Fr>) -> Result<Var, SynthesisError> {
        let values = self.site(name, WireKind::Witness, 1, value.map(|value| vec![value]))?;
        Ok(self.cells.free(values[0]))
    }

    fn hint(
        &mut self,
        name: &'static str,
        count: usize,
        from: &[&Var],
        f: impl FnOnce(&[Fr]) -> Vec<Fr>,
    ) -> Result<Vec<Var>, SynthesisError> {
        let from: Vec<Fr> = from.iter().map(|var| from_scalar(&self.cells.value(var))).collect();
        let values = self.run.is_some().then(|| f(&from));
        let values = self.site(name, WireKind::Hint, count, values)?;
        Ok(values.into_iter().map(|value| self.cells.free(value)).collect())
    }

    fn linear(&mut self, constant: Fr, terms: &[(Fr, &Var)]) -> Var {
        let terms: Vec<(Scalar, &Var)> =
            terms.iter().map(|(coefficient, var)| (to_scalar(coefficient), *var)).collect();
        self.cells.linear(to_scalar(&constant), &terms)
    }

    fn mul(&mut self, a: &Var, b: &Var) -> Result<Var, SynthesisError> {
        // A product by a constant is no row, so no rule has one of it.
        Ok(match a.as_constant().or(b.as_constant()) {
            Some(_) => self.cells.product(a, b),
            None => self.cells().product(a, b),
        })
    }

    fn assert_product(&mut self, a: &Var, b: &Var, c: &Var) -> Result<(), SynthesisError> {
        if self.demand("assert_product", |cells| cells.value(a) * cells.value(b) == cells.value(c)) {
            self.cells().assert_product(a, b, c);
        }
        Ok(())
    }

    fn assert_equal(&mut self, a: &Var, b: &Var) -> Result<(), SynthesisError> {
        if self.demand("assert_equal", |cells| cells.value(a) == cells.value(b)) {
            self.cells().assert_equal(a, b);
        }
        Ok(())
    }

    fn assert_bool(&mut self, value: &Var) -> Result<Bit<Var>, SynthesisError> {
        if self.demand("assert_bool", |cells| bit_length(&cells.value(value)) <= 1) {
            self.cells().assert_bit(value);
        }
        Ok(Bit::insecure_assume(value.clone())) // by its row
    }

    fn assert_range(&mut self, value: &Var, width: u32) -> Result<Bounded<Var>, SynthesisError> {
        assert_width(width)?;
        if self.demand("assert_range", |cells| bit_length(&cells.value(value)) <= width) {
            self.cells().assert_range(value, width);
        }
        Ok(Bounded::insecure_assume(value.clone(), width)) // by its lookups
    }

    fn assert_bits(&mut self, value: &Var, width: u32) -> Result<Bits<Var>, SynthesisError> {
        assert_width(width)?;
        let ranged = self.demand("assert_bits", |cells| bit_length(&cells.value(value)) <= width);
        let count = if ranged { width } else { mutants::RANGE_OFF_BITS } as usize;
        let limbs = limbs(&self.cells.value(value));
        let bits = (0..count).map(|bit| Fr::from(limbs[bit / 64] >> (bit % 64) & 1)).collect();
        let bits = self.site("bit", WireKind::Hint, count, Some(bits))?;
        let bits = self.cells().bits(value, bits);
        let bits = bits.into_iter().take(width as usize).map(Bit::insecure_assume);
        Ok(Bits::insecure_assume(value.clone(), bits.collect())) // by the row of each bit and their sum
    }

    fn assert_order(
        &mut self,
        order: Order,
        a: &Bounded<Var>,
        b: &Bounded<Var>,
        active: Option<&Bit<Var>>,
    ) -> Result<(), SynthesisError> {
        assert_comparable(a, b)?;
        let holds = |cells: &Cells| {
            let (below, above) = (cells.value(a.var()), cells.value(b.var()));
            active.is_some_and(|bit| cells.value(bit.var()) == Scalar::ZERO)
                || below < above
                || (order == Order::AtMost && below == above)
        };
        if !self.demand("assert_order", holds) {
            return Ok(());
        }
        // b - a, less 1 if they may not be equal, is below 2^width: of two values in that range it is otherwise at least r - 2^width,
        // which is above 2^width up to 252 bits.
        let strict = if order == Order::Below { -Scalar::ONE } else { Scalar::ZERO };
        let terms = [(Scalar::ONE, b.var()), (-Scalar::ONE, a.var())];
        let mut difference = self.cells.linear(strict, &terms);
        if let Some(active) = active {
            difference = self.mul(active.var(), &difference)?;
        }
        self.cells().assert_range(&difference, a.width());
        Ok(())
    }

    fn assert_member(&mut self, value: &Var, set: &[Var]) -> Result<(), SynthesisError> {
        let Some((last, rest)) = set.split_last() else {
            let wanted = "a set that is not empty";
            return Err(SynthesisError::Size { gadget: "assert_member", wanted, got: 0 });
        };
        if !self.demand("assert_member", |cells| {
            set.iter().any(|element| cells.value(element) == cells.value(value))
        }) {
            return Ok(());
        }
        // product over the set of (element - value) = 0
        let last = self.sub(last, value);
        let mut product = Var::constant(Scalar::ONE);
        for element in rest {
            let factor = self.sub(element, value);
            product = self.mul(&product, &factor)?;
        }
        self.cells().assert_product(&product, &last, &Var::constant(Scalar::ZERO));
        Ok(())
    }

    fn poseidon(&mut self, domain: Domain, inputs: &[&Var]) -> Result<Var, SynthesisError> {
        poseidon::hash(self.cells(), domain, inputs)
    }

    fn composite(
        &mut self,
        name: &'static str,
        _: &[&Var],
        _: impl FnOnce(&[Fr]) -> bool,
        circuit: impl FnOnce(&mut Self) -> Result<(), SynthesisError>,
    ) -> Result<(), SynthesisError> {
        if self.is_off("composite") {
            return Ok(());
        }
        self.scope(name, circuit)
    }

    fn scope<T>(
        &mut self,
        scope: impl Into<Scope>,
        f: impl FnOnce(&mut Self) -> Result<T, SynthesisError>,
    ) -> Result<T, SynthesisError> {
        self.cursor.path.push(scope.into());
        let result = f(self);
        self.cursor.path.pop();
        result
    }

    fn repeat_each<F>(
        &mut self,
        name: &'static str,
        count: usize,
        imports: &[Port<Var>],
        each: &[Vec<Port<Var>>],
        block: F,
    ) -> Result<Vec<Vec<Port<Var>>>, SynthesisError>
    where
        F: Fn(&mut Self, usize, &[Port<Var>], &[Port<Var>]) -> Result<Vec<Port<Var>>, SynthesisError> + Sync,
    {
        if self.in_block {
            return Err(SynthesisError::NestedRepeat { name });
        }
        assert_instances_alike(name, count, each)?;
        let outer = self.cursor.clone();
        self.in_block = true;
        let result = self.scope(name, |g| {
            let run = |instance| {
                g.cursor = Cursor { path: g.cursor.path.clone(), instance, sites: 0 };
                block(g, instance, imports, each.get(instance).map_or(&[], Vec::as_slice))
            };
            (0..count).map(run).collect()
        });
        self.in_block = false;
        self.cursor = outer;
        result
    }
}

impl Plonkish<'_> {
    /// The cells, for what constrains: of the innermost rule. What only computes takes them as they are.
    fn cells(&mut self) -> &mut Cells {
        if self.run.is_none() {
            self.rules.extend(Rule::innermost(&self.cursor.path));
        }
        &mut self.cells
    }

    /// Whether a test has switched off the assertion that is being made.
    #[track_caller]
    fn is_off(&self, operation: &'static str) -> bool {
        mutants::is_off(Location::caller(), &self.cursor.path, operation)
    }

    /// Whether constraints are to be made of the assertion: unless a test has switched it off. Keeps the failure if it does not hold
    /// of the values.
    #[track_caller]
    fn demand(&mut self, operation: &'static str, holds: impl FnOnce(&Cells) -> bool) -> bool {
        if self.is_off(operation) {
            return false;
        }
        if let Some(run) = self.run.as_mut()
            && !holds(&self.cells)
        {
            let Cursor { path, instance, .. } = &self.cursor;
            run.failures.push(Failure { path: path.clone(), instance: *instance, operation });
        }
        true
    }

    /// The value, or 0 where there are none.
    fn needed(&self, name: &'static str, value: Option<Fr>) -> Result<Scalar, SynthesisError> {
        match (&self.run, value) {
            (None, _) => Ok(Scalar::ZERO),
            (Some(_), Some(value)) => Ok(to_scalar(&value)),
            (Some(_), None) => Err(SynthesisError::MissingValue { name }),
        }
    }

    /// The values of one site, which the hook has seen; zeros where there are none.
    fn site(
        &mut self,
        name: &'static str,
        kind: WireKind,
        count: usize,
        values: Option<Vec<Fr>>,
    ) -> Result<Vec<Scalar>, SynthesisError> {
        let Some(run) = &self.run else { return Ok(vec![Scalar::ZERO; count]) };
        let mut values = values.ok_or(SynthesisError::MissingValue { name })?;
        if values.len() != count {
            return Err(SynthesisError::HintCount { name, wanted: count, got: values.len() });
        }
        self.cursor.visit(run.hook, name, kind, &mut values);
        Ok(values.iter().map(to_scalar).collect())
    }
}
