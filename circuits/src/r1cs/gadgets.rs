//! The operations of [`Gadgets`] as constraints.

use ark_ff::{AdditiveGroup, Field};
use ark_r1cs_std::fields::fp::{AllocatedFp, FpVar};
use ark_relations::gr1cs::{ConstraintSystemRef, LinearCombination, SynthesisError as ArkError, Variable};

use super::assign::{self, BlockValues};
use super::circuit::OuterColumn;
use super::{Alias, Mode, R1cs, Repeat, combination, foreign_error, port_vars, value_of};
use crate::field::{self, Fr};
use crate::gadgets::{Bit, Bounded, Gadgets, Order, Port, SignatureVars, SynthesisError, compare, eddsa};
use crate::primitives::poseidon::Domain;
use crate::trace::{Position, WireKind};

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
                    hook.product(&self.position.path, self.position.instance, self.columns(), value);
                }
                let product = self.column(value)?;
                self.assert_product(a, b, &product)?;
                Ok(product)
            }
        }
    }

    fn assert_product(&mut self, a: &FpVar<Fr>, b: &FpVar<Fr>, c: &FpVar<Fr>) -> Result<(), SynthesisError> {
        self.enforce(|| combination(a), || combination(b), || combination(c))
    }

    fn assert_equal(&mut self, a: &FpVar<Fr>, b: &FpVar<Fr>) -> Result<(), SynthesisError> {
        self.enforce(|| combination(a), || Variable::One.into(), || combination(b))
    }

    fn assert_bool(&mut self, value: &FpVar<Fr>) -> Result<Bit<FpVar<Fr>>, SynthesisError> {
        // b (b - 1) = 0
        let less = self.linear(-Fr::ONE, &[(Fr::ONE, value)]);
        self.enforce(|| combination(value), || combination(&less), LinearCombination::zero)?;
        Ok(Bit::insecure_assume(value.clone()))
    }

    fn assert_bits(&mut self, value: &FpVar<Fr>, width: u32) -> Result<Bounded<FpVar<Fr>>, SynthesisError> {
        if !(1..=253).contains(&width) {
            return Err(SynthesisError::Size {
                gadget: "assert_bits",
                wanted: "1 to 253 bits",
                got: width as usize,
            });
        }
        let count = width as usize;
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
        let bits = std::iter::once(&lowest)
            .chain(&upper)
            .map(|bit| self.assert_bool(bit))
            .collect::<Result<_, _>>()?;
        Ok(Bounded::insecure_assume(value.clone(), width, bits))
    }

    fn assert_order(
        &mut self,
        order: Order,
        a: &Bounded<FpVar<Fr>>,
        b: &Bounded<FpVar<Fr>>,
        active: Option<&Bit<FpVar<Fr>>>,
    ) -> Result<(), SynthesisError> {
        if a.width() != b.width() {
            return Err(SynthesisError::Size {
                gadget: "assert_le",
                wanted: "two values of one width",
                got: a.width().abs_diff(b.width()) as usize,
            });
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

    fn verify_eddsa(
        &mut self,
        signature: &SignatureVars<FpVar<Fr>>,
        message: &FpVar<Fr>,
    ) -> Result<(), SynthesisError> {
        self.scope("eddsa", |g| eddsa::verify(g, signature, message))
    }

    fn foreign(
        &mut self,
        name: &'static str,
        inputs: &[&FpVar<Fr>],
        rule: impl FnOnce(ConstraintSystemRef<Fr>, &[FpVar<Fr>]) -> Result<Vec<FpVar<Fr>>, ArkError>,
    ) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
        let inputs: Vec<FpVar<Fr>> = inputs.iter().map(|var| (*var).clone()).collect();
        let publics = self.cs.num_instance_variables();
        let results = self.scope(name, |g| rule(g.cs.clone(), &inputs).map_err(foreign_error))?;
        if self.cs.num_instance_variables() != publics {
            return Err(SynthesisError::Foreign { reason: format!("`{name}` allocated a public input") });
        }
        Ok(results)
    }

    fn port(&mut self, bounded: &Bounded<FpVar<Fr>>) -> Port<FpVar<Fr>> {
        let prefixes = self.prefixes(bounded).unwrap_or_default();
        Port { var: bounded.var().clone(), width: Some(bounded.width()), prefixes }
    }

    fn scope<T>(
        &mut self,
        name: &'static str,
        f: impl FnOnce(&mut Self) -> Result<T, SynthesisError>,
    ) -> Result<T, SynthesisError> {
        self.position.path.push(name);
        if self.compiling() {
            self.recorder.enter(&self.position.path, self.cs.num_constraints());
        }
        let result = f(self);
        self.position.path.pop();
        if self.compiling() {
            self.recorder.enter(&self.position.path, self.cs.num_constraints());
        }
        result
    }

    fn repeat<F>(
        &mut self,
        name: &'static str,
        count: usize,
        imports: &[Port<FpVar<Fr>>],
        block: F,
    ) -> Result<Vec<Vec<Port<FpVar<Fr>>>>, SynthesisError>
    where
        F: Fn(&mut Self, usize, &[Port<FpVar<Fr>>]) -> Result<Vec<Port<FpVar<Fr>>>, SynthesisError> + Sync,
    {
        if self.in_block {
            return Err(SynthesisError::NestedRepeat { name });
        }
        let imports = self.scope(name, |g| g.materialise_ports(imports, false))?;
        let shape: Vec<(Option<u32>, usize)> =
            imports.iter().map(|port| (port.width, port.prefixes.len())).collect();
        let values: Option<Vec<Fr>> = imports.iter().flat_map(port_vars).map(value_of).collect();
        let mode = match self.mode {
            Mode::Compile => Mode::Compile,
            Mode::Assign { hook, .. } => Mode::Assign { executor: &assign::Sequential, hook },
        };
        let mut path = self.position.path.clone();
        path.push(name);
        let run = |instance: usize| {
            let position = Position { path: path.clone(), instance, sites: 0 };
            let mut inner = R1cs::new(mode, position, true);
            let ports = inner.imports(&shape, values.as_deref())?;
            let exports = block(&mut inner, instance, &ports)?;
            let exports = inner.materialise_ports(&exports, true)?;
            Ok::<_, SynthesisError>((inner, exports))
        };
        match self.mode {
            Mode::Compile => {
                let (inner, exports) = run(0)?;
                let shape: Vec<_> = exports.iter().map(|port| (port.width, port.prefixes.len())).collect();
                let locals = inner.local_columns(&exports);
                let columns = imports.iter().flat_map(port_vars).map(OuterColumn::of).collect();
                self.repeats.push(Repeat { name, count, imports: columns, block: inner.into_segment()? });
                (0..count).map(|instance| self.export(instance, &shape, &locals, None)).collect()
            }
            Mode::Assign { executor, .. } => {
                let job = |instance: usize| {
                    let (mut inner, exports) = run(instance)?;
                    let shape = exports.iter().map(|port| (port.width, port.prefixes.len())).collect();
                    let exports = inner.local_columns(&exports);
                    Ok(BlockValues { columns: inner.take_values(), exports, shape })
                };
                let blocks = executor.run(count, &job);
                let mut exports = Vec::with_capacity(count);
                let mut columns = Vec::with_capacity(count);
                for (instance, result) in blocks.into_iter().enumerate() {
                    let mut values = result?;
                    let own = std::mem::take(&mut values.columns);
                    exports.push(self.export(instance, &values.shape, &values.exports, Some(&own))?);
                    columns.push(own);
                }
                if exports.len() != count {
                    return Err(SynthesisError::Shape {
                        what: "repeat",
                        unit: "blocks",
                        expected: count,
                        got: exports.len(),
                    });
                }
                self.block_values.push(columns);
                Ok(exports)
            }
        }
    }
}

impl R1cs<'_> {
    /// Every element of the ports as a single column (see [`R1cs::materialise`]).
    fn materialise_ports(
        &mut self,
        ports: &[Port<FpVar<Fr>>],
        own_only: bool,
    ) -> Result<Vec<Port<FpVar<Fr>>>, SynthesisError> {
        let mut columns = Vec::with_capacity(ports.len());
        for Port { var, width, prefixes } in ports {
            let var = self.materialise(var, own_only)?;
            let prefixes =
                prefixes.iter().map(|prefix| self.materialise(prefix, own_only)).collect::<Result<_, _>>()?;
            columns.push(Port { var, width: *width, prefixes });
        }
        Ok(columns)
    }

    /// The proper prefixes of a bounded variable, from its bits if it did not bring them.
    fn prefixes(&mut self, bounded: &Bounded<FpVar<Fr>>) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
        if !bounded.prefixes().is_empty() || bounded.width() == 1 {
            return Ok(bounded.prefixes().to_vec());
        }
        if bounded.bits().is_empty() {
            return Err(SynthesisError::Size {
                gadget: "assert_le",
                wanted: "values with bits or prefixes",
                got: 0,
            });
        }
        Ok(compare::prefixes(self, bounded.bits()))
    }

    /// Allocates a block's imports as its first columns.
    fn imports(
        &mut self,
        shape: &[(Option<u32>, usize)],
        values: Option<&[Fr]>,
    ) -> Result<Vec<Port<FpVar<Fr>>>, SynthesisError> {
        let mut next = 0;
        let mut ports = Vec::with_capacity(shape.len());
        for (width, prefixes) in shape {
            let mut vars = Vec::with_capacity(prefixes + 1);
            for _ in 0..=*prefixes {
                vars.push(self.column(values.map(|values| values[next]))?);
                next += 1;
            }
            let prefixes = vars.split_off(1);
            ports.push(Port { var: vars.swap_remove(0), width: *width, prefixes });
        }
        self.recorder.imports = next;
        Ok(ports)
    }

    /// The exports of one instance as columns out here that alias the block's.
    fn export(
        &mut self,
        instance: usize,
        shape: &[(Option<u32>, usize)],
        locals: &[usize],
        own: Option<&[Fr]>,
    ) -> Result<Vec<Port<FpVar<Fr>>>, SynthesisError> {
        let repeat = if self.compiling() { self.repeats.len() - 1 } else { self.block_values.len() };
        let mut next = locals.iter();
        let mut ports = Vec::with_capacity(shape.len());
        for (width, prefixes) in shape {
            let mut vars = Vec::with_capacity(prefixes + 1);
            for _ in 0..=*prefixes {
                let local = *next.next().expect("the shape counts the columns");
                self.aliases.push(Alias { column: self.columns(), repeat, instance, local });
                vars.push(self.column(own.map(|own| own[local]))?);
            }
            let prefixes = vars.split_off(1);
            ports.push(Port { var: vars.swap_remove(0), width: *width, prefixes });
        }
        Ok(ports)
    }

    /// The exported columns, counted from the block's first own column; the caller has materialised them.
    fn local_columns(&self, exports: &[Port<FpVar<Fr>>]) -> Vec<usize> {
        exports
            .iter()
            .flat_map(port_vars)
            .map(|var| match var {
                FpVar::Var(allocated) => {
                    allocated.variable.index().expect("a column") - self.recorder.imports
                }
                FpVar::Constant(_) => unreachable!("materialised by the caller"),
            })
            .collect()
    }
}
