//! The coarse instruction set that a statement is written in.
//!
//! [`Gadgets`] has about twenty operations. R1CS (`zksensor-r1cs`), tables of halo2 (`zksensor-plonkish`) and plain field arithmetic
//! ([`crate::native`]) implement it, each with what it is good at; a statement never names a backend. Composite gadgets, written once over
//! the trait, are the submodules.
//!
//! * A **witness** is a free input. Every other value that is not a function of multiplications goes through
//!   [`Gadgets::hint`], which computes only from values already in the circuit, so that a test that overrides it sees the
//!   override propagate.
//! * The shape of a circuit never depends on a value: key generation runs the same code with `None`.
//! * [`Gadgets::repeat`] instantiates one block many times; a block sees its imports and returns exports.

pub mod blocks;
pub mod compare;
pub mod eddsa;
mod error;
pub mod fence;
pub mod inverse;
pub mod membership;
mod ports;
pub mod preimage;
mod sizes;
pub mod unpack;
mod vars;

use std::fmt::Debug;

use ark_ff::{AdditiveGroup, Field};

pub use blocks::{PortField, Ports, WithLists};
pub use compare::Order;
pub use error::SynthesisError;
pub use ports::{Port, PortKind, PortReader};
pub use sizes::{ORDER_BITS, assert_comparable, assert_instances_alike, assert_width};
pub use vars::{Bit, Bits, Bounded, PointVars, SignatureVars};
use zksensor_model::field::Fr;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::rule::{Rule, Scope};

/// The instruction set. See the module's documentation.
pub trait Gadgets: Sized {
    /// A variable. It is not `Sync`, so that a block cannot capture one from outside.
    type Var: Clone + Debug;

    /// A constant of the circuit.
    fn constant(&mut self, value: Fr) -> Self::Var;

    /// Allocates the next public input. Only the driver calls it.
    ///
    /// # Errors
    /// [`SynthesisError::MissingValue`] where a value is needed and `value` is `None`.
    fn public_input(&mut self, name: &'static str, value: Option<Fr>) -> Result<Self::Var, SynthesisError>;

    /// A free input of the prover.
    ///
    /// # Errors
    /// [`SynthesisError::MissingValue`] where a value is needed and `value` is `None`.
    fn witness(&mut self, name: &'static str, value: Option<Fr>) -> Result<Self::Var, SynthesisError>;

    /// `count` values computed by `f` only from the values of `from`. The caller constrains every one.
    ///
    /// Where there are no values, as when a key is made, a backend does not run `f`: zeros in their place would come to where nothing
    /// is zero.
    ///
    /// # Errors
    /// [`SynthesisError::HintCount`] if `f` returns another number of values.
    fn hint(
        &mut self,
        name: &'static str,
        count: usize,
        from: &[&Self::Var],
        f: impl FnOnce(&[Fr]) -> Vec<Fr>,
    ) -> Result<Vec<Self::Var>, SynthesisError>;

    /// constant + sum of coefficient * variable.
    fn linear(&mut self, constant: Fr, terms: &[(Fr, &Self::Var)]) -> Self::Var;

    /// a * b, as a new variable.
    ///
    /// # Errors
    /// As the backend's allocation.
    fn mul(&mut self, a: &Self::Var, b: &Self::Var) -> Result<Self::Var, SynthesisError>;

    /// a * b = c.
    ///
    /// # Errors
    /// As the backend's constraint.
    #[track_caller]
    fn assert_product(&mut self, a: &Self::Var, b: &Self::Var, c: &Self::Var) -> Result<(), SynthesisError>;

    /// a = b.
    ///
    /// # Errors
    /// As the backend's constraint.
    #[track_caller]
    fn assert_equal(&mut self, a: &Self::Var, b: &Self::Var) -> Result<(), SynthesisError>;

    /// value is 0 or 1.
    ///
    /// # Errors
    /// As the backend's constraint.
    #[track_caller]
    fn assert_bool(&mut self, value: &Self::Var) -> Result<Bit<Self::Var>, SynthesisError>;

    /// value < 2^width, 1 <= width <= 253, by whatever a backend ranges with, a table or bits.
    ///
    /// # Errors
    /// [`SynthesisError::Size`] for a width out of range.
    #[track_caller]
    fn assert_range(&mut self, value: &Self::Var, width: u32) -> Result<Bounded<Self::Var>, SynthesisError>;

    /// As [`Gadgets::assert_range`], with the bits: for what reads them.
    ///
    /// # Errors
    /// As [`Gadgets::assert_range`].
    #[track_caller]
    fn assert_bits(&mut self, value: &Self::Var, width: u32) -> Result<Bits<Self::Var>, SynthesisError>;

    /// a <= b or a < b for two values of one width, at most [`ORDER_BITS`] bits, or anything if `active` is given and 0.
    ///
    /// # Errors
    /// [`SynthesisError::Size`] for other widths, and as the backend's constraints.
    #[track_caller]
    fn assert_order(
        &mut self,
        order: Order,
        a: &Bounded<Self::Var>,
        b: &Bounded<Self::Var>,
        active: Option<&Bit<Self::Var>>,
    ) -> Result<(), SynthesisError>;

    /// a <= b, or anything if `active` is given and 0.
    ///
    /// # Errors
    /// As [`Gadgets::assert_order`].
    #[track_caller]
    fn assert_le(
        &mut self,
        a: &Bounded<Self::Var>,
        b: &Bounded<Self::Var>,
        active: Option<&Bit<Self::Var>>,
    ) -> Result<(), SynthesisError> {
        self.assert_order(Order::AtMost, a, b, active)
    }

    /// a < b, or anything if `active` is given and 0.
    ///
    /// # Errors
    /// As [`Gadgets::assert_order`].
    #[track_caller]
    fn assert_lt(
        &mut self,
        a: &Bounded<Self::Var>,
        b: &Bounded<Self::Var>,
        active: Option<&Bit<Self::Var>>,
    ) -> Result<(), SynthesisError> {
        self.assert_order(Order::Below, a, b, active)
    }

    /// `value` equals one of `set`.
    ///
    /// # Errors
    /// [`SynthesisError::Size`] for an empty set.
    #[track_caller]
    fn assert_member(&mut self, value: &Self::Var, set: &[Self::Var]) -> Result<(), SynthesisError>;

    /// Poseidon of 1 to 8 variables in a domain (see [`zksensor_model::primitives::poseidon`]).
    ///
    /// # Errors
    /// [`SynthesisError::Size`] for another number of inputs.
    fn poseidon(&mut self, domain: Domain, inputs: &[&Self::Var]) -> Result<Self::Var, SynthesisError>;

    /// Asserts what `definition` says of the values of `inputs`. An arithmetization shows it by `circuit`, under the name as a
    /// scope; plain field elements take the definition at its word, so that the two can be compared
    /// ([`crate::native::run_comparing`]).
    ///
    /// # Errors
    /// Those of `circuit`.
    #[track_caller]
    fn composite(
        &mut self,
        name: &'static str,
        inputs: &[&Self::Var],
        definition: impl FnOnce(&[Fr]) -> bool,
        circuit: impl FnOnce(&mut Self) -> Result<(), SynthesisError>,
    ) -> Result<(), SynthesisError>;

    /// Runs `f` in a scope, a [rule](Gadgets::rule) or a name: costs and failures are reported by it, wires are named by it.
    ///
    /// # Errors
    /// Those of `f`.
    fn scope<T>(
        &mut self,
        scope: impl Into<Scope>,
        f: impl FnOnce(&mut Self) -> Result<T, SynthesisError>,
    ) -> Result<T, SynthesisError>;

    /// Instantiates `block` `count` times. The block gets its index, the imports as variables of its own, and the imports of
    /// its instance; it returns its exports. The result holds the exports of each instance as variables out here.
    ///
    /// The block is compiled once, so nothing but the values of its witnesses may depend on its index: what is another
    /// constant or another variable in each instance comes in through `each`, which is empty or holds a list of ports for
    /// every instance, all of the same kinds.
    ///
    /// ```compile_fail
    /// use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
    /// fn captures<G: Gadgets>(g: &mut G) -> Result<(), SynthesisError> {
    ///     let outer = g.witness("outer", None)?;
    ///     g.repeat("block", 2, &[], |g, _, _| {
    ///         g.assert_bool(&outer)?; // a variable of another constraint system: does not compile
    ///         Ok(vec![])
    ///     })?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`SynthesisError::NestedRepeat`] inside a block; [`SynthesisError::Size`] for no instance at all;
    /// [`SynthesisError::Shape`] if `each` has another length or instances differ in kind;
    /// [`SynthesisError::IndexedBlock`] if the block compiles to other rows at another index; and those of `block`.
    fn repeat_each<F>(
        &mut self,
        name: &'static str,
        count: usize,
        imports: &[Port<Self::Var>],
        each: &[Vec<Port<Self::Var>>],
        block: F,
    ) -> Result<Vec<Vec<Port<Self::Var>>>, SynthesisError>
    where
        F: Fn(
                &mut Self,
                usize,
                &[Port<Self::Var>],
                &[Port<Self::Var>],
            ) -> Result<Vec<Port<Self::Var>>, SynthesisError>
            + Sync;

    /// As [`Gadgets::repeat_each`], where every instance has the same imports.
    ///
    /// # Errors
    /// As [`Gadgets::repeat_each`].
    fn repeat<F>(
        &mut self,
        name: &'static str,
        count: usize,
        imports: &[Port<Self::Var>],
        block: F,
    ) -> Result<Vec<Vec<Port<Self::Var>>>, SynthesisError>
    where
        F: Fn(&mut Self, usize, &[Port<Self::Var>]) -> Result<Vec<Port<Self::Var>>, SynthesisError> + Sync,
    {
        self.repeat_each(name, count, imports, &[], |g, index, imports, _| block(g, index, imports))
    }

    /// As [`Gadgets::repeat`], with imports and exports by name (see [`blocks`]).
    ///
    /// # Errors
    /// As [`Gadgets::repeat_each`].
    fn repeat_as<I, O, F>(
        &mut self,
        name: &'static str,
        count: usize,
        imports: &I,
        block: F,
    ) -> Result<Vec<O>, SynthesisError>
    where
        I: Ports<Self::Var>,
        O: Ports<Self::Var, Shape = ()>,
        F: Fn(&mut Self, usize, I) -> Result<O, SynthesisError> + Sync,
    {
        let (shape, imports) = (imports.shape(), imports.to_ports(self));
        let exports = self.repeat(name, count, &imports, |g, index, imports| {
            let exports = block(g, index, I::from_ports(&shape, imports)?)?;
            Ok(exports.to_ports(g))
        })?;
        exports.iter().map(|ports| O::from_ports(&(), ports)).collect()
    }

    /// As [`Gadgets::repeat_as`], one instance for each of `each`, which it imports beside what all of them do.
    ///
    /// # Errors
    /// As [`Gadgets::repeat_each`].
    fn repeat_each_as<I, E, O, F>(
        &mut self,
        name: &'static str,
        imports: &I,
        each: &[E],
        block: F,
    ) -> Result<Vec<O>, SynthesisError>
    where
        I: Ports<Self::Var>,
        E: Ports<Self::Var, Shape = ()>,
        O: Ports<Self::Var, Shape = ()>,
        F: Fn(&mut Self, usize, I, E) -> Result<O, SynthesisError> + Sync,
    {
        let (shape, imports) = (imports.shape(), imports.to_ports(self));
        let own: Vec<Vec<Port<Self::Var>>> = each.iter().map(|each| each.to_ports(self)).collect();
        let exports = self.repeat_each(name, each.len(), &imports, &own, |g, index, imports, own| {
            let exports = block(g, index, I::from_ports(&shape, imports)?, E::from_ports(&(), own)?)?;
            Ok(exports.to_ports(g))
        })?;
        exports.iter().map(|ports| O::from_ports(&(), ports)).collect()
    }

    /// Runs `f` under the name of a rule: a failure inside is a failure of the rule.
    ///
    /// # Errors
    /// Those of `f`.
    fn rule<T>(
        &mut self,
        rule: Rule,
        f: impl FnOnce(&mut Self) -> Result<T, SynthesisError>,
    ) -> Result<T, SynthesisError> {
        self.scope(rule, f)
    }

    /// The bounded variable as an import or export of a block.
    fn port(&mut self, bounded: &Bounded<Self::Var>) -> Port<Self::Var> {
        Port::insecure_with_prefixes(bounded, Vec::new())
    }

    /// a + b.
    fn add(&mut self, a: &Self::Var, b: &Self::Var) -> Self::Var {
        self.linear(Fr::ZERO, &[(Fr::ONE, a), (Fr::ONE, b)])
    }

    /// a - b.
    fn sub(&mut self, a: &Self::Var, b: &Self::Var) -> Self::Var {
        self.linear(Fr::ZERO, &[(Fr::ONE, a), (-Fr::ONE, b)])
    }

    /// The sum of variables, a linear combination.
    fn sum<'v>(&mut self, vars: impl IntoIterator<Item = &'v Self::Var>) -> Self::Var
    where
        Self::Var: 'v,
    {
        let terms: Vec<(Fr, &Self::Var)> = vars.into_iter().map(|var| (Fr::ONE, var)).collect();
        self.linear(Fr::ZERO, &terms)
    }

    /// `bit` ? `yes` : `no`, with one multiplication.
    ///
    /// # Errors
    /// As [`Gadgets::mul`].
    fn select(
        &mut self,
        bit: &Bit<Self::Var>,
        yes: &Self::Var,
        no: &Self::Var,
    ) -> Result<Self::Var, SynthesisError> {
        let difference = self.sub(yes, no);
        let moved = self.mul(bit.var(), &difference)?;
        Ok(self.add(no, &moved))
    }

    /// `set[index]` for the index whose bits are `index`, least significant first; `set` has 2^bits elements.
    ///
    /// # Errors
    /// [`SynthesisError::Size`] if the sizes do not match.
    fn select_index(
        &mut self,
        index: &[Bit<Self::Var>],
        set: &[Self::Var],
    ) -> Result<Self::Var, SynthesisError> {
        if Some(set.len()) != sizes::of_bits(index.len()) {
            return Err(SynthesisError::Size {
                gadget: "select_index",
                wanted: "2^bits elements",
                got: set.len(),
            });
        }
        let mut layer = set.to_vec();
        for bit in index {
            layer = layer
                .chunks_exact(2)
                .map(|pair| self.select(bit, &pair[1], &pair[0]))
                .collect::<Result<_, _>>()?;
        }
        Ok(layer.swap_remove(0))
    }

    /// a = b if `active`.
    ///
    /// # Errors
    /// As [`Gadgets::assert_product`].
    #[track_caller]
    fn assert_equal_if(
        &mut self,
        active: &Bit<Self::Var>,
        a: &Self::Var,
        b: &Self::Var,
    ) -> Result<(), SynthesisError> {
        let difference = self.sub(a, b);
        let zero = self.constant(Fr::ZERO);
        self.assert_product(active.var(), &difference, &zero)
    }

    /// A free input that is below 2^width.
    ///
    /// # Errors
    /// As [`Gadgets::witness`] and [`Gadgets::assert_range`].
    #[track_caller]
    fn witness_range(
        &mut self,
        name: &'static str,
        value: Option<Fr>,
        width: u32,
    ) -> Result<Bounded<Self::Var>, SynthesisError> {
        let var = self.witness(name, value)?;
        self.assert_range(&var, width)
    }

    /// As [`Gadgets::witness_range`], with its bits.
    ///
    /// # Errors
    /// As [`Gadgets::witness_range`].
    #[track_caller]
    fn witness_bits(
        &mut self,
        name: &'static str,
        value: Option<Fr>,
        width: u32,
    ) -> Result<Bits<Self::Var>, SynthesisError> {
        let var = self.witness(name, value)?;
        self.assert_bits(&var, width)
    }
}
