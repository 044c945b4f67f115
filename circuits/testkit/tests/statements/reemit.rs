//! The compiled rows as an ark-relations constraint system of their own: what a prover is given.

use ark_relations::gr1cs::{ConstraintSystem, LinearCombination, Variable};
use zksensor_circuits::statement::{Binding, Statement};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::{Circuit, Sequential};
use zksensor_testkit::Conformance;

use super::kit::{Tested, TestedVisitor, each_tested};

/// Whether ark-relations is satisfied by an assignment of the compiled rows.
fn satisfied(circuit: &Circuit, assignment: &[Fr]) -> bool {
    let cs = ConstraintSystem::<Fr>::new_ref();
    let publics = circuit.publics();
    let mut columns = vec![Variable::One];
    for (column, value) in assignment.iter().enumerate().skip(1) {
        columns.push(if column <= publics {
            cs.new_input_variable(|| Ok(*value)).unwrap()
        } else {
            cs.new_witness_variable(|| Ok(*value)).unwrap()
        });
    }
    for view in circuit.segments() {
        let combination = |row: &[(Fr, u32)]| {
            LinearCombination(
                row.iter().map(|(value, column)| (*value, columns[view.global(*column)])).collect(),
            )
        };
        for row in 0..view.segment.constraints() {
            let segment = view.segment;
            cs.enforce_r1cs_constraint(
                || combination(segment.a.row(row)),
                || combination(segment.b.row(row)),
                || combination(segment.c.row(row)),
            )
            .unwrap();
        }
    }
    assert_eq!(cs.num_constraints(), circuit.constraints());
    assert_eq!(cs.num_instance_variables() + cs.num_witness_variables(), circuit.columns());
    cs.is_satisfied().unwrap()
}

fn satisfies<S: Statement>(kit: &Conformance<S>, (inputs, witness): (S::Inputs, S::Witness)) {
    let words = inputs.to_words().unwrap();
    let circuit = kit.circuit();
    let mut assignment = circuit.assign(kit.statement(), &words, &witness, &Sequential, None).unwrap();
    assert!(satisfied(circuit, &assignment));
    let last = assignment.len() - 1;
    assignment[last] += Fr::from(1u64);
    assert!(!satisfied(circuit, &assignment));
    assert!(circuit.first_unsatisfied(&assignment).is_some());
}

#[test]
fn the_rows_satisfy_ark_relations() {
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            satisfies(S::kit(), S::claim(&S::good(), Binding::NONE));
        }
    }
    each_tested(&mut Look);
}
