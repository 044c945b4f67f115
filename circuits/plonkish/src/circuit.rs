//! A statement as a circuit of halo2: blank for its keys, or with the values of one claim.

use std::fmt;

use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner};
use halo2_proofs::halo2curves::ff::Field as _;
use halo2_proofs::plonk::{self, ConstraintSystem};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::native::Failure;
use zksensor_circuits::statement::{Statement, StatementId, drive_words};
use zksensor_circuits::trace::Hook;
use zksensor_model::field::Fr;
use zksensor_plonkish_table::Columns;

use crate::Plonkish;
use crate::constraints::{self, Constraint};
use crate::field::{Scalar, to_scalar};
use crate::layout;
use crate::size::Size;
use crate::table::Table;

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
        let (table, failures) = plonkish.into_parts();
        let size = Size::of(&table)?;
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
        let mut unmet = Vec::new();
        constraints::each(&self.table, |constraint| {
            if !constraint.holds(&self.table.values, &self.publics) {
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
        self.table.values.clone()
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
        let mut table = self.table.blank();
        table.values.copy_from_slice(values);
        let (id, size, publics) = (self.id.clone(), self.size, self.publics.clone());
        Ok(Circuit { id, table, size, publics, failures: Vec::new() })
    }
}

impl plonk::Circuit<Scalar> for Circuit {
    type Config = Columns;
    type FloorPlanner = SimpleFloorPlanner;

    fn without_witnesses(&self) -> Self {
        Circuit {
            id: self.id.clone(),
            table: self.table.blank(),
            size: self.size,
            publics: vec![Scalar::ZERO; self.size.publics],
            failures: Vec::new(),
        }
    }

    fn configure(system: &mut ConstraintSystem<Scalar>) -> Columns {
        Columns::configure(system)
    }

    fn synthesize(&self, columns: Columns, layouter: impl Layouter<Scalar>) -> Result<(), plonk::Error> {
        layout::lay_out(&self.table, &columns, layouter)
    }
}

impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Circuit").field("id", &self.id).field("size", &self.size).finish_non_exhaustive()
    }
}

/// Whether halo2's mock prover takes a table without public inputs.
#[cfg(test)]
pub(crate) fn laid_out(table: Table, size: Size) -> bool {
    let id = StatementId { name: "table".into(), version: 1, shape: Vec::new() };
    let circuit = Circuit { id, table, size, publics: Vec::new(), failures: Vec::new() };
    let prover = halo2_proofs::dev::MockProver::run(size.k, &circuit, vec![Vec::new()]).unwrap();
    prover.verify().is_ok()
}
