//! Rank-1 constraints: [`Gadgets`] over ark-relations and ark-r1cs-std.
//!
//! [`compile`] runs a statement once without a witness and keeps sparse rows ([`Circuit`]): those outside blocks, and one
//! block of each repeat, which is instantiated by relocating columns. [`Circuit::assign`] runs only the witness program,
//! the blocks of a repeat in parallel through an [`Executor`].
//!
//! Variables are ark-r1cs-std's `FpVar`. A rule can be written with that library inside [`LibraryRules::foreign`];
//! everything of ours goes through the trait. A block lives in a constraint system of its own, imports first, because `FpVar` holds an
//! `Rc` and cannot cross threads; its exports are columns out here that alias the block's.

mod assign;
mod circuit;
mod digest;
mod gadgets;
mod library;
mod poseidon;
mod reemit;
mod repeat;
mod rows;

use ark_ff::AdditiveGroup;
use ark_r1cs_std::fields::fp::{AllocatedFp, FpVar};
use ark_relations::gr1cs::{
    ConstraintSystem, ConstraintSystemRef, LinearCombination, SynthesisMode, Variable,
};

pub use assign::{BlockResult, BlockValues, Executor, Sequential};
pub use circuit::{Circuit, Repeat, Unsatisfied, View, compile, compile_every_block};
pub use digest::{RowsDigest, canonical};
pub use library::{LibraryRules, LibraryStatement, run_native};
pub use reemit::Reemit;
pub use rows::{Row, Rows, Segment, Wire};

use rows::Recorder;
#[cfg(doc)]
use zksensor_circuits::gadgets::Gadgets;
use zksensor_circuits::gadgets::{Port, SynthesisError};
use zksensor_circuits::trace::{Cursor, Hook, WireKind};
use zksensor_model::field::Fr;

/// What a synthesis is for.
#[derive(Clone, Copy)]
pub(crate) enum Mode<'a> {
    /// Rows, no values.
    Compile {
        /// Compiles the block of every instance, to see that they are the same.
        every: bool,
    },
    /// Values, no rows.
    Assign {
        /// Runs blocks.
        executor: &'a dyn Executor,
        /// Sees every witness and hint.
        hook: Option<&'a dyn Hook>,
    },
}

/// The backend; made by [`compile`] and [`Circuit::assign`].
pub struct R1cs<'a> {
    cs: ConstraintSystemRef<Fr>,
    mode: Mode<'a>,
    cursor: Cursor,
    recorder: Recorder,
    in_block: bool,
    /// Witness columns of this segment that alias a block's: (column, repeat, instance, local column).
    aliases: Vec<Alias>,
    repeats: Vec<Repeat>,
    /// The values of the blocks' own columns, repeat by repeat, instance by instance.
    block_values: Vec<Vec<Vec<Fr>>>,
}

/// A witness column outside that stands for a column of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alias {
    pub(crate) column: usize,
    pub(crate) repeat: usize,
    pub(crate) instance: usize,
    pub(crate) local: usize,
}

impl<'a> R1cs<'a> {
    fn new(mode: Mode<'a>, cursor: Cursor, in_block: bool) -> Self {
        let cs = ConstraintSystem::<Fr>::new_ref();
        cs.set_mode(match mode {
            Mode::Compile { .. } => SynthesisMode::Setup,
            Mode::Assign { .. } => {
                SynthesisMode::Prove { construct_matrices: false, generate_lc_assignments: false }
            }
        });
        R1cs {
            cs,
            mode,
            cursor,
            recorder: Recorder::default(),
            in_block,
            aliases: Vec::new(),
            repeats: Vec::new(),
            block_values: Vec::new(),
        }
    }

    fn compiling(&self) -> bool {
        matches!(self.mode, Mode::Compile { .. })
    }

    fn hook(&self) -> Option<&'a dyn Hook> {
        match self.mode {
            Mode::Compile { .. } => None,
            Mode::Assign { hook, .. } => hook,
        }
    }

    fn columns(&self) -> usize {
        self.cs.num_witness_variables()
    }

    /// A new witness column.
    fn column(&mut self, value: Option<Fr>) -> Result<FpVar<Fr>, SynthesisError> {
        let variable = self
            .cs
            .new_witness_variable(|| value.ok_or(ark_relations::gr1cs::SynthesisError::AssignmentMissing))
            .map_err(foreign_error)?;
        Ok(FpVar::Var(AllocatedFp::new(value, variable, self.cs.clone())))
    }

    /// New witness columns for one site, seen by the hook.
    fn site(
        &mut self,
        name: &'static str,
        kind: WireKind,
        count: usize,
        values: Option<Vec<Fr>>,
    ) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
        if self.compiling() {
            self.recorder.wire(self.columns(), count, name, kind);
            return (0..count).map(|_| self.column(None)).collect();
        }
        let mut values = values.ok_or(SynthesisError::MissingValue { name })?;
        if values.len() != count {
            return Err(SynthesisError::HintCount { name, wanted: count, got: values.len() });
        }
        let hook = self.hook();
        self.cursor.visit(hook, name, kind, &mut values);
        values.into_iter().map(|value| self.column(Some(value))).collect()
    }

    /// a * b = c, each a linear combination made only when rows are wanted.
    fn enforce(
        &mut self,
        a: impl FnOnce() -> LinearCombination<Fr>,
        b: impl FnOnce() -> LinearCombination<Fr>,
        c: impl FnOnce() -> LinearCombination<Fr>,
    ) -> Result<(), SynthesisError> {
        if !self.compiling() {
            return Ok(());
        }
        self.cs.enforce_r1cs_constraint(a, b, c).map_err(foreign_error)
    }

    /// The variable as a single column: itself if it is one, otherwise a new column and an equality.
    fn materialise(&mut self, var: &FpVar<Fr>, own_only: bool) -> Result<FpVar<Fr>, SynthesisError> {
        if let FpVar::Var(allocated) = var {
            let variable = allocated.variable;
            let foreign = own_only && !self.is_own_column(variable);
            if !foreign && (variable.is_witness() || variable.is_instance()) {
                return Ok(var.clone());
            }
        }
        let column = self.column(value_of(var))?;
        let (left, right) = (combination(&column), combination(var));
        self.enforce(|| left, || Variable::One.into(), || right)?;
        Ok(column)
    }

    /// A witness column that this block made itself (its imports are not).
    fn is_own_column(&self, variable: Variable) -> bool {
        variable.is_witness() && variable.index().is_some_and(|index| index >= self.recorder.imports)
    }
}

/// The value of a variable; `None` at compile time.
fn value_of(var: &FpVar<Fr>) -> Option<Fr> {
    match var {
        FpVar::Constant(value) => Some(*value),
        FpVar::Var(allocated) => allocated.value().ok(),
    }
}

/// The variable as a linear combination.
fn combination(var: &FpVar<Fr>) -> LinearCombination<Fr> {
    match var {
        FpVar::Constant(value) if *value == Fr::ZERO => LinearCombination::zero(),
        FpVar::Constant(value) => LinearCombination(vec![(*value, Variable::One)]),
        FpVar::Var(allocated) => allocated.variable.into(),
    }
}

fn foreign_error(error: ark_relations::gr1cs::SynthesisError) -> SynthesisError {
    SynthesisError::Library { library: LIBRARY, reason: error.to_string() }
}

/// What constraints are made with.
const LIBRARY: &str = "ark-r1cs-std";

/// Every element that a port carries, in order.
fn port_vars(port: &Port<FpVar<Fr>>) -> impl Iterator<Item = &FpVar<Fr>> {
    std::iter::once(port.var()).chain(port.prefixes())
}
