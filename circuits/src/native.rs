//! The mock prover: [`Gadgets`] over plain field elements, each operation by its native definition.
//!
//! It shares no arithmetic with the R1CS backend beyond the statement itself, so that the two can be compared.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use ark_ff::{AdditiveGroup, Field};

use crate::gadgets::{
    Bit, Bits, Bounded, Gadgets, Order, Port, SynthesisError, assert_comparable, assert_instances_alike,
    assert_width,
};
use crate::mutants;
use crate::statement::{self, Rule, Statement};
use crate::trace::{Cursor, Hook, WireKind};
use zksensor_model::field::{self, Fr};

use zksensor_model::primitives::poseidon;
use zksensor_model::rule::Scope;

/// A value, which `Debug` does not show. Not `Sync`: like every backend's variables it cannot be captured by a block.
#[derive(Clone, Copy)]
pub struct Value(Fr, PhantomData<*const ()>);

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(..)")
    }
}

impl Value {
    fn new(value: Fr) -> Self {
        Value(value, PhantomData)
    }
}

/// An operation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The scopes around it, outermost first.
    pub path: Vec<Scope>,
    /// Instance of the enclosing repeat.
    pub instance: usize,
    /// The operation.
    pub operation: &'static str,
}

impl Failure {
    /// The innermost rule around it.
    pub fn rule(&self) -> Option<Rule> {
        Rule::innermost(&self.path)
    }
}

/// A composite of which the circuit does not say what its definition does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The scopes around it, outermost first.
    pub path: Vec<Scope>,
    /// Instance of the enclosing repeat.
    pub instance: usize,
    /// Its name.
    pub name: &'static str,
    /// What the definition says.
    pub holds: bool,
}

/// The backend. It goes on after a failure and keeps them all.
#[derive(Default)]
pub struct Native<'h> {
    cursor: Cursor,
    failures: Vec<Failure>,
    hook: Option<&'h dyn Hook>,
    in_block: bool,
    /// Whether the circuit of a composite runs beside its definition.
    compares: bool,
    disagreements: Vec<Disagreement>,
}

/// Runs a statement natively.
///
/// # Errors
/// [`SynthesisError`] as the statement's.
pub fn run<S: Statement>(
    statement: &S,
    words: &[Fr],
    witness: &S::Witness,
    hook: Option<&dyn Hook>,
) -> Result<Vec<Failure>, SynthesisError> {
    let mut native = Native::new(hook);
    statement::drive_words(statement, &mut native, Some(words), Some(witness))?;
    Ok(native.into_failures())
}

/// As [`run`], where the circuit of every composite runs beside its definition: what does not hold, and where the two differ.
///
/// # Errors
/// As [`run`].
pub fn run_comparing<S: Statement>(
    statement: &S,
    words: &[Fr],
    witness: &S::Witness,
) -> Result<(Vec<Failure>, Vec<Disagreement>), SynthesisError> {
    let mut native = Native { compares: true, ..Native::default() };
    statement::drive_words(statement, &mut native, Some(words), Some(witness))?;
    Ok((native.failures, native.disagreements))
}

impl<'h> Native<'h> {
    /// With a hook that sees every witness and hint, or without one.
    pub fn new(hook: Option<&'h dyn Hook>) -> Self {
        Native { hook, ..Native::default() }
    }

    /// What did not hold so far.
    pub fn into_failures(self) -> Vec<Failure> {
        self.failures
    }

    #[track_caller]
    fn demand(&mut self, holds: bool, operation: &'static str) {
        if !holds && !mutants::is_off(Location::caller(), &self.cursor.path, operation) {
            let Cursor { path, instance, .. } = &self.cursor;
            self.failures.push(Failure { path: path.clone(), instance: *instance, operation });
        }
    }

    /// An operation that another library defines: its results, and whether what it demands holds.
    ///
    /// # Errors
    /// Those of `operation`.
    #[track_caller]
    pub fn outside(
        &mut self,
        name: &'static str,
        inputs: &[&Value],
        operation: impl FnOnce(&[Fr]) -> Result<(Vec<Fr>, bool), SynthesisError>,
    ) -> Result<Vec<Value>, SynthesisError> {
        let inputs: Vec<Fr> = inputs.iter().map(|input| input.0).collect();
        let (results, holds) = operation(&inputs)?;
        self.cursor.path.push(Scope::Part(name));
        self.demand(holds, "outside");
        self.cursor.path.pop();
        Ok(results.into_iter().map(Value::new).collect())
    }

    fn site(&mut self, name: &'static str, kind: WireKind, mut values: Vec<Fr>) -> Vec<Value> {
        self.cursor.visit(self.hook, name, kind, &mut values);
        values.into_iter().map(Value::new).collect()
    }
}

impl Gadgets for Native<'_> {
    type Var = Value;

    fn constant(&mut self, value: Fr) -> Value {
        Value::new(value)
    }

    fn public_input(&mut self, name: &'static str, value: Option<Fr>) -> Result<Value, SynthesisError> {
        value.map(Value::new).ok_or(SynthesisError::MissingValue { name })
    }

    fn witness(&mut self, name: &'static str, value: Option<Fr>) -> Result<Value, SynthesisError> {
        let value = value.ok_or(SynthesisError::MissingValue { name })?;
        Ok(self.site(name, WireKind::Witness, vec![value])[0])
    }

    fn hint(
        &mut self,
        name: &'static str,
        count: usize,
        from: &[&Value],
        f: impl FnOnce(&[Fr]) -> Vec<Fr>,
    ) -> Result<Vec<Value>, SynthesisError> {
        let from: Vec<Fr> = from.iter().map(|value| value.0).collect();
        let values = f(&from);
        if values.len() != count {
            return Err(SynthesisError::HintCount { name, wanted: count, got: values.len() });
        }
        Ok(self.site(name, WireKind::Hint, values))
    }

    fn linear(&mut self, constant: Fr, terms: &[(Fr, &Value)]) -> Value {
        Value::new(terms.iter().fold(constant, |sum, (coefficient, value)| sum + *coefficient * value.0))
    }

    fn mul(&mut self, a: &Value, b: &Value) -> Result<Value, SynthesisError> {
        Ok(Value::new(a.0 * b.0))
    }

    fn assert_product(&mut self, a: &Value, b: &Value, c: &Value) -> Result<(), SynthesisError> {
        self.demand(a.0 * b.0 == c.0, "assert_product");
        Ok(())
    }

    fn assert_equal(&mut self, a: &Value, b: &Value) -> Result<(), SynthesisError> {
        self.demand(a.0 == b.0, "assert_equal");
        Ok(())
    }

    fn assert_bool(&mut self, value: &Value) -> Result<Bit<Value>, SynthesisError> {
        self.demand(value.0 == Fr::ZERO || value.0 == Fr::ONE, "assert_bool");
        Ok(Bit::insecure_assume(*value))
    }

    fn assert_range(&mut self, value: &Value, width: u32) -> Result<Bounded<Value>, SynthesisError> {
        assert_width(width)?;
        self.demand(field::bit_length(&value.0) <= width, "assert_range");
        Ok(Bounded::insecure_assume(*value, width))
    }

    fn assert_bits(&mut self, value: &Value, width: u32) -> Result<Bits<Value>, SynthesisError> {
        assert_width(width)?;
        self.demand(field::bit_length(&value.0) <= width, "assert_bits");
        let bits = field::bits_le(&value.0, width as usize);
        let bits = bits.into_iter().map(|bit| Bit::insecure_assume(Value::new(Fr::from(bit)))).collect();
        Ok(Bits::insecure_assume(*value, bits))
    }

    fn assert_order(
        &mut self,
        order: Order,
        a: &Bounded<Value>,
        b: &Bounded<Value>,
        active: Option<&Bit<Value>>,
    ) -> Result<(), SynthesisError> {
        assert_comparable(a, b)?;
        let off = active.is_some_and(|bit| bit.var().0 == Fr::ZERO);
        let holds = match order {
            Order::AtMost => a.var().0 <= b.var().0,
            Order::Below => a.var().0 < b.var().0,
        };
        self.demand(off || holds, "assert_order");
        Ok(())
    }

    fn assert_member(&mut self, value: &Value, set: &[Value]) -> Result<(), SynthesisError> {
        if set.is_empty() {
            return Err(SynthesisError::Size {
                gadget: "assert_member",
                wanted: "a set that is not empty",
                got: 0,
            });
        }
        self.demand(set.iter().any(|element| element.0 == value.0), "assert_member");
        Ok(())
    }

    fn poseidon(&mut self, domain: poseidon::Domain, inputs: &[&Value]) -> Result<Value, SynthesisError> {
        if !(1..=poseidon::MAX_INPUTS).contains(&inputs.len()) {
            return Err(SynthesisError::Size {
                gadget: "poseidon",
                wanted: "1 to 8 inputs",
                got: inputs.len(),
            });
        }
        let inputs: Vec<Fr> = inputs.iter().map(|value| value.0).collect();
        Ok(Value::new(poseidon::hash(domain, &inputs)))
    }

    fn composite(
        &mut self,
        name: &'static str,
        inputs: &[&Value],
        definition: impl FnOnce(&[Fr]) -> bool,
        circuit: impl FnOnce(&mut Self) -> Result<(), SynthesisError>,
    ) -> Result<(), SynthesisError> {
        let inputs: Vec<Fr> = inputs.iter().map(|input| input.0).collect();
        let holds = definition(&inputs);
        self.demand(holds, "composite");
        if !self.compares {
            return Ok(());
        }
        let (cursor, failures) = (self.cursor.clone(), self.failures.len());
        let result = self.scope(name, circuit);
        self.cursor = cursor;
        let shown = self.failures.len() == failures;
        self.failures.truncate(failures);
        if shown != holds {
            let Cursor { path, instance, .. } = &self.cursor;
            self.disagreements.push(Disagreement { path: path.clone(), instance: *instance, name, holds });
        }
        result
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
        imports: &[Port<Value>],
        each: &[Vec<Port<Value>>],
        block: F,
    ) -> Result<Vec<Vec<Port<Value>>>, SynthesisError>
    where
        F: Fn(&mut Self, usize, &[Port<Value>], &[Port<Value>]) -> Result<Vec<Port<Value>>, SynthesisError>
            + Sync,
    {
        if self.in_block {
            return Err(SynthesisError::NestedRepeat { name });
        }
        assert_instances_alike(name, count, each)?;
        let outer = self.cursor.clone();
        self.in_block = true;
        let result = self.scope(name, |g| {
            (0..count)
                .map(|instance| {
                    g.cursor.instance = instance;
                    g.cursor.sites = 0;
                    block(g, instance, imports, each.get(instance).map_or(&[], Vec::as_slice))
                })
                .collect()
        });
        self.in_block = false;
        self.cursor = outer;
        result
    }
}
