//! A compiled circuit for ark-relations: the same rows, block by block, for tools that take a `ConstraintSynthesizer`.

use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};

use super::circuit::{Circuit, View};
use super::rows::Rows;
use zksensor_model::field::Fr;

/// Emits the rows of a circuit, with an assignment where there is one.
#[derive(Debug, Clone, Copy)]
pub struct Reemit<'c> {
    circuit: &'c Circuit,
    assignment: Option<&'c [Fr]>,
}

impl Circuit {
    /// The circuit as a synthesizer: `assignment` is what [`Circuit::assign`] made, or `None` for a setup.
    pub fn reemit<'c>(&'c self, assignment: Option<&'c [Fr]>) -> Reemit<'c> {
        Reemit { circuit: self, assignment }
    }
}

impl ConstraintSynthesizer<Fr> for Reemit<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let Reemit { circuit, assignment } = self;
        let mut columns = vec![Variable::One];
        for column in 1..circuit.columns() {
            let value = || {
                assignment
                    .and_then(|values| values.get(column))
                    .copied()
                    .ok_or(SynthesisError::AssignmentMissing)
            };
            columns.push(if column <= circuit.publics() {
                cs.new_input_variable(value)?
            } else {
                cs.new_witness_variable(value)?
            });
        }
        for view in circuit.segments() {
            for row in 0..view.segment.constraints() {
                let side = |rows| combination(&view, rows, row, &columns);
                let (a, b, c) = (side(&view.segment.a), side(&view.segment.b), side(&view.segment.c));
                cs.enforce_r1cs_constraint(|| a, || b, || c)?;
            }
        }
        Ok(())
    }
}

fn combination(view: &View<'_>, rows: &Rows, row: usize, columns: &[Variable]) -> LinearCombination<Fr> {
    let terms = rows.row(row).iter();
    LinearCombination(
        terms.map(|(coefficient, column)| (*coefficient, columns[view.global(*column)])).collect(),
    )
}
