//! The operations of [`Gadgets`] as constraints.

use std::panic::Location;

use ark_ff::{AdditiveGroup, Field};
use ark_r1cs_std::fields::fp::{AllocatedFp, FpVar};
use ark_relations::gr1cs::{LinearCombination, Variable};

use super::{R1cs, combination, foreign_error, value_of};
use zksensor_circuits::gadgets::{
    Bit, Bits, Bounded, Gadgets, Order, Port, SynthesisError, assert_comparable, assert_width, compare,
};
use zksensor_circuits::mutants;
use zksensor_circuits::trace::WireKind;
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::rule::Scope;

impl Gadgets for R1cs<'_> {
    type Var = FpVar<Fr>;

    fn constant(&mut self, value: Fr) -> FpVar<Fr> {
        FpVar::Constant(value)
    }

    fn public_input(&mut self, name: &'static str, value: Option<Fr>) -> Result<FpVar<Fr>, SynthesisError> {
        if !self.compiling() && value.is_none() {
            return Err(SynthesisError::MissingValue { name });
        }
        let variable = self
            .cs
            .new_input_variable(|| value.ok_or(ark_relations::gr1cs::SynthesisError::AssignmentMissing))
            .map_err(foreign_error)?;
        Ok(FpVar::Var(AllocatedFp::new(value, variable, self.cs.clone())))
    }

    fn witness(&mut self, name: &'static str, value: Option<Fr>) -> Result<FpVar<Fr>, SynthesisError> {
        Ok(self.site(name, WireKind::Witness, 1, value.map(|value| vec![value]))?.swap_remove(0))
    }

    fn hint(
        &mut self,
        name: &'static str,
        count: usize,
        from: &[&FpVar<Fr>],
        f: impl FnOnce(&[Fr]) -> Vec<Fr>,
    ) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
        let values: Option<Vec<Fr>> = from.iter().map(|var| value_of(var)).collect();
        let values = if self.compiling() { None } else { values.map(|values| f(&values)) };
        self.site(name, WireKind::Hint, count, values)
    }

    fn linear(&mut self, constant: Fr, terms: &[(Fr, &FpVar<Fr>)]) -> FpVar<Fr> {
        let mut constant = constant;
        let mut live: Vec<(Fr, &AllocatedFp<Fr>)> = Vec::with_capacity(terms.len());
        for (coefficient, var) in terms {
            match var {
                FpVar::Constant(value) => constant += *coefficient * value,
                FpVar::Var(allocated) if *coefficient != Fr::ZERO => live.push((*coefficient, allocated)),
                FpVar::Var(_) => {}
            }
        }
        match live.as_slice() {
            [] => return FpVar::Constant(constant),
            [(coefficient, allocated)] if *coefficient == Fr::ONE && constant == Fr::ZERO => {
                return FpVar::Var((*allocated).clone());
            }
            _ => {}
        }
        let value = live.iter().try_fold(constant, |sum, (coefficient, allocated)| {
            allocated.value().ok().map(|value| sum + *coefficient * value)
        });
        let variable = self
            .cs
            .new_lc(|| {
                let mut combination: Vec<(Fr, Variable)> =
                    live.iter().map(|(coefficient, allocated)| (*coefficient, allocated.variable)).collect();
                if constant != Fr::ZERO {
                    combination.push((constant, Variable::One));
                }
                LinearCombination(combination)
            })
            .expect("a linear combination of existing variables");
        FpVar::Var(AllocatedFp::new(value, variable, self.cs.clone()))
    }

    fn mul(&mut self, a: &FpVar<Fr>, b: &FpVar<Fr>) -> Result<FpVar<Fr>, SynthesisError> {
        match (a, b) {
            (FpVar::Constant(constant), var) | (var, FpVar::Constant(constant)) => {
                Ok(self.linear(Fr::ZERO, &[(*constant, var)]))
            }
            _ => {
                let mut value = value_of(a).zip(value_of(b)).map(|(a, b)| a * b);
                if let (Some(hook), Some(value)) = (self.hook(), &mut value) {
                    hook.product(&self.cursor.path, self.cursor.instance, self.columns(), value);
                }
                let product = self.column(value)?;
                self.assert_product(a, b, &product)?;
                Ok(product)
            }
        }
    }

    fn assert_product(&mut self, a: &FpVar<Fr>, b: &FpVar<Fr>, c: &FpVar<Fr>) -> Result<(), SynthesisError> {
        if self.is_off("assert_product") {
            return Ok(());
        }
        self.enforce(|| combination(a), || combination(b), || combination(c))
    }

    fn assert_equal(&mut self, a: &FpVar<Fr>, b: &FpVar<Fr>) -> Result<(), SynthesisError> {
        if self.is_off("assert_equal") {
            return Ok(());
        }
        self.enforce(|| combination(a), || Variable::One.into(), || combination(b))
    }

    fn assert_bool(&mut self, value: &FpVar<Fr>) -> Result<Bit<FpVar<Fr>>, SynthesisError> {
        if !self.is_off("assert_bool") {
            // b (b - 1) = 0
            let less = self.linear(-Fr::ONE, &[(Fr::ONE, value)]);
            self.enforce(|| combination(value), || combination(&less), LinearCombination::zero)?;
        }
        Ok(Bit::insecure_assume(value.clone()))
    }

    fn assert_range(&mut self, value: &FpVar<Fr>, width: u32) -> Result<Bounded<FpVar<Fr>>, SynthesisError> {
        // Rank-1 constraints have no tables: bits are what they range with.
        self.decompose(value, width, "assert_range").map(Bits::into_bounded)
    }

    fn assert_bits(&mut self, value: &FpVar<Fr>, width: u32) -> Result<Bits<FpVar<Fr>>, SynthesisError> {
        self.decompose(value, width, "assert_bits")
    }

    fn assert_order(
        &mut self,
        order: Order,
        a: &Bounded<FpVar<Fr>>,
        b: &Bounded<FpVar<Fr>>,
        active: Option<&Bit<FpVar<Fr>>>,
    ) -> Result<(), SynthesisError> {
        assert_comparable(a, b)?;
        if self.is_off("assert_order") {
            return Ok(());
        }
        let (left, right) = (self.prefixes(a)?, self.prefixes(b)?);
        compare::assert_order(self, order, (&left, a.var()), (&right, b.var()), a.width(), active)
    }

    fn assert_member(&mut self, value: &FpVar<Fr>, set: &[FpVar<Fr>]) -> Result<(), SynthesisError> {
        // product over the set of (element - value) = 0; the last factor's constraint is the equality.
        let Some((last, rest)) = set.split_last() else {
            return Err(SynthesisError::Size {
                gadget: "assert_member",
                wanted: "a set that is not empty",
                got: 0,
            });
        };
        if self.is_off("assert_member") {
            return Ok(());
        }
        let last = self.sub(last, value);
        let mut product: FpVar<Fr> = FpVar::Constant(Fr::ONE);
        for element in rest {
            let factor = self.sub(element, value);
            product = self.mul(&product, &factor)?;
        }
        let zero = FpVar::Constant(Fr::ZERO);
        self.assert_product(&product, &last, &zero)
    }

    fn poseidon(&mut self, domain: Domain, inputs: &[&FpVar<Fr>]) -> Result<FpVar<Fr>, SynthesisError> {
        super::poseidon::hash(self, domain, inputs)
    }

    fn composite(
        &mut self,
        name: &'static str,
        _: &[&FpVar<Fr>],
        _: impl FnOnce(&[Fr]) -> bool,
        circuit: impl FnOnce(&mut Self) -> Result<(), SynthesisError>,
    ) -> Result<(), SynthesisError> {
        if self.is_off("composite") {
            return Ok(());
        }
        self.scope(name, circuit)
    }

    fn port(&mut self, bounded: &Bounded<FpVar<Fr>>) -> Port<FpVar<Fr>> {
        let prefixes = self.prefixes(bounded).unwrap_or_default();
        Port::insecure_with_prefixes(bounded, prefixes)
    }

    fn repeat_each<F>(
        &mut self,
        name: &'static str,
        count: usize,
        imports: &[Port<FpVar<Fr>>],
        each: &[Vec<Port<FpVar<Fr>>>],
        block: F,
    ) -> Result<Vec<Vec<Port<FpVar<Fr>>>>, SynthesisError>
    where
        F: Fn(
                &mut Self,
                usize,
                &[Port<FpVar<Fr>>],
                &[Port<FpVar<Fr>>],
            ) -> Result<Vec<Port<FpVar<Fr>>>, SynthesisError>
            + Sync,
    {
        self.instantiate(name, count, (imports, each), &block)
    }

    fn scope<T>(
        &mut self,
        scope: impl Into<Scope>,
        f: impl FnOnce(&mut Self) -> Result<T, SynthesisError>,
    ) -> Result<T, SynthesisError> {
        self.cursor.path.push(scope.into());
        if self.compiling() {
            self.recorder.enter(&self.cursor.path, self.cs.num_constraints());
        }
        let result = f(self);
        self.cursor.path.pop();
        if self.compiling() {
            self.recorder.enter(&self.cursor.path, self.cs.num_constraints());
        }
        result
    }
}

impl R1cs<'_> {
    /// Whether a test has switched off the assertion that is being made.
    #[track_caller]
    fn is_off(&self, operation: &'static str) -> bool {
        mutants::is_off(Location::caller(), &self.cursor.path, operation)
    }

    /// The bits of a value that is below 2^width.
    #[track_caller]
    fn decompose(
        &mut self,
        value: &FpVar<Fr>,
        width: u32,
        operation: &'static str,
    ) -> Result<Bits<FpVar<Fr>>, SynthesisError> {
        assert_width(width)?;
        let count = if self.is_off(operation) { mutants::RANGE_OFF_BITS } else { width } as usize;
        let upper = self.hint("bit", count - 1, &[value], |v| {
            field::bits_le(&v[0], count).into_iter().skip(1).map(Fr::from).collect()
        })?;
        // Bit 0 is what the others leave: value - sum of 2^i b_i.
        let mut weight = -Fr::ONE;
        let mut terms = vec![(Fr::ONE, value)];
        for bit in &upper {
            weight.double_in_place();
            terms.push((weight, bit));
        }
        let lowest = self.linear(Fr::ZERO, &terms);
        let mut bits = std::iter::once(&lowest)
            .chain(&upper)
            .map(|bit| self.assert_bool(bit))
            .collect::<Result<Vec<_>, _>>()?;
        bits.truncate(width as usize);
        Ok(Bits::insecure_assume(value.clone(), bits))
    }

    /// The proper prefixes of a bounded variable, from its bits if it did not bring them.
    fn prefixes(&mut self, bounded: &Bounded<FpVar<Fr>>) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
        if !bounded.prefixes().is_empty() || bounded.width() == 1 {
            return Ok(bounded.prefixes().to_vec());
        }
        if bounded.ranged_by().is_empty() {
            return Err(SynthesisError::Size {
                gadget: "assert_le",
                wanted: "values with bits or prefixes",
                got: 0,
            });
        }
        compare::prefixes(self, bounded.ranged_by())
    }
}
