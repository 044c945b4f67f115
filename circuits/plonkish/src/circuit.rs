//! A statement as a circuit of halo2: blank for its keys, or with the values of one claim.

use std::fmt;

use halo2_base::gates::circuit::{BaseCircuitParams, BaseConfig};
use halo2_base::halo2_proofs::circuit::{Layouter, SimpleFloorPlanner};
use halo2_base::halo2_proofs::halo2curves::ff::Field as _;
use halo2_base::halo2_proofs::plonk::{self, Assigned, ConstraintSystem};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::native::Failure;
use zksensor_circuits::statement::{Statement, StatementId, drive_words};
use zksensor_circuits::trace::Hook;
use zksensor_model::field::Fr;

use crate::Plonkish;
use crate::constraints::{self, Constraint};
use crate::field::{Scalar, to_scalar};
use crate::size::Size;
use crate::table::{PHASE, Table};

/// A table of a statement. [`compile`] makes a blank one, for keys; [`assign`] one of the same shape with values, for a proof.
///
/// It is halo2's own [`Circuit`](plonk::Circuit), laid out and proven by its functions. Its `Debug` shows no value.
pub struct Circuit {
    id: StatementId,
    table: Table,
    size: Size,
    publics: Vec<Scalar>,
    failures: Vec<Failure>,
}

/// Compiles a statement: its shape, with no value.
///
/// # Errors
/// [`SynthesisError`] as the statement's; [`SynthesisError::RuleWithoutRow`] or [`SynthesisError::UndeclaredRule`] if there are
/// constraints of other rules than the statement's; [`SynthesisError::Library`] if no table is large enough.
pub fn compile<S: Statement>(statement: &S) -> Result<Circuit, SynthesisError> {
    let mut plonkish = Plonkish::blank();
    drive_words(statement, &mut plonkish, None, None)?;
    plonkish.assert_rules(&statement.id(), &statement.rules())?;
    Circuit::new(statement.id(), plonkish, None)
}

/// The circuit of a statement with the values that packed public inputs and a witness have, be they a true claim or not; `size` is that of
/// the blank one, and `hook` sees every witness and hint.
///
/// # Errors
/// [`SynthesisError`] as the statement's; [`SynthesisError::Shape`] if it does not come to the compiled shape.
pub fn assign<S: Statement>(
    statement: &S,
    size: &Size,
    words: &[Fr],
    witness: &S::Witness,
    hook: Option<&dyn Hook>,
) -> Result<Circuit, SynthesisError> {
    let mut plonkish = Plonkish::assigning(hook);
    drive_words(statement, &mut plonkish, Some(words), Some(witness))?;
    let circuit = Circuit::new(statement.id(), plonkish, Some(words))?;
    circuit.size.assert_is(size)?;
    Ok(circuit)
}

impl Circuit {
    fn new(id: StatementId, plonkish: Plonkish<'_>, words: Option<&[Fr]>) -> Result<Self, SynthesisError> {
        let (mut table, failures) = plonkish.into_parts();
        let size = Size::of(&table)?;
        table.0.set_params(size.params());
        let publics = match words {
            Some(words) => words.iter().map(to_scalar).collect(),
            None => vec![Scalar::ZERO; size.publics],
        };
        Ok(Circuit { id, table, size, publics, failures })
    }

    /// The statement.
    pub fn id(&self) -> &StatementId {
        &self.id
    }

    /// Rows, columns and what is in them.
    pub fn size(&self) -> &Size {
        &self.size
    }

    /// The instance column, which a verifier has as well; zeros of a blank circuit.
    pub fn publics(&self) -> &[Scalar] {
        &self.publics
    }

    /// The operations that do not hold of the values, in the order of the statement; none of a blank circuit. A table with one is
    /// refused by a verifier: this says why.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What the cells have to meet.
    pub fn constraints(&self) -> Vec<Constraint> {
        let mut all = Vec::new();
        constraints::each(&self.table, |constraint| all.push(constraint));
        all
    }

    /// The constraints that the values do not meet, of which a blank circuit has some. Of values there are none exactly if there are no
    /// [failures](Circuit::failures), which say why.
    pub fn unmet(&self) -> Vec<Constraint> {
        let values = self.values();
        let mut unmet = Vec::new();
        constraints::each(&self.table, |constraint| {
            if !constraint.holds(&values, &self.publics) {
                unmet.push(constraint);
            }
        });
        unmet
    }

    /// The values of the cells, as [`Circuit::constraints`] numbers them; 0 of a blank circuit.
    ///
    /// # Security
    /// They are the witness: whoever takes them wipes them.
    pub fn values(&self) -> Vec<Scalar> {
        let segments = &self.table.0.core().phase_manager[PHASE].threads;
        segments.iter().flat_map(|segment| &segment.advice).map(|cell| cell.evaluate()).collect()
    }

    /// The same circuit with other values of its cells, as [`Circuit::constraints`] numbers them.
    ///
    /// # Security
    /// Nothing computes or compares them: for tests that a constraint refuses what it should.
    ///
    /// # Errors
    /// [`SynthesisError::Shape`] for another number of values than there are cells.
    pub fn insecure_with_values(&self, values: &[Scalar]) -> Result<Circuit, SynthesisError> {
        if values.len() != self.size.cells {
            let (wanted, got) = (self.size.cells, values.len());
            return Err(SynthesisError::Shape { what: "the circuit", unit: "cells", wanted, got });
        }
        let mut table = Table(self.table.0.deep_clone());
        let starts = constraints::starts(&table);
        for (segment, start) in table.0.pool(PHASE).threads.iter_mut().zip(&starts) {
            for (cell, value) in segment.advice.iter_mut().zip(&values[*start..]) {
                *cell = Assigned::Trivial(*value);
            }
        }
        // A lookup holds a copy of its cell's value.
        let lookups = table.0.lookup_manager()[PHASE].cells_to_lookup.lock();
        let mut lookups = lookups.unwrap_or_else(std::sync::PoisonError::into_inner);
        for cell in lookups.values_mut().flatten().flatten() {
            if let Some(at) = cell.cell {
                cell.value = Assigned::Trivial(values[starts[at.context_id] + at.offset]);
            }
        }
        drop(lookups);
        let (id, size, publics) = (self.id.clone(), self.size, self.publics.clone());
        Ok(Circuit { id, table, size, publics, failures: Vec::new() })
    }
}

impl plonk::Circuit<Scalar> for Circuit {
    type Config = BaseConfig<Scalar>;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = BaseCircuitParams;

    fn params(&self) -> BaseCircuitParams {
        self.size.params()
    }

    fn without_witnesses(&self) -> Self {
        Circuit {
            id: self.id.clone(),
            table: self.table.blank(),
            size: self.size,
            publics: vec![Scalar::ZERO; self.size.publics],
            failures: Vec::new(),
        }
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Scalar>, params: BaseCircuitParams) -> Self::Config {
        BaseConfig::configure(meta, params)
    }

    /// The columns of a circuit of nothing. Columns follow from a statement's size, which halo2 passes to
    /// [`configure_with_params`](plonk::Circuit::configure_with_params) instead, with the feature of it that the library turns on.
    fn configure(meta: &mut ConstraintSystem<Scalar>) -> Self::Config {
        BaseConfig::configure(meta, Size::LEAST.params())
    }

    fn synthesize(&self, config: Self::Config, layouter: impl Layouter<Scalar>) -> Result<(), plonk::Error> {
        self.table.0.synthesize(config, layouter)
    }
}

impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Circuit").field("id", &self.id).field("size", &self.size).finish_non_exhaustive()
    }
}
