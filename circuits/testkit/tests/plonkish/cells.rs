//! No cell can move: each cell of each gadget's table is changed by one, and some constraint refuses it. That the constraints are what
//! halo2 asks is compared with its mock prover.

use std::collections::BTreeSet;

use zksensor_circuits::gadgets::Order;
use zksensor_model::field::Fr;
use zksensor_plonkish::{Circuit, Constraint, Scalar, assign, compile};

use super::inputs::{gadgets, inputs};
use super::probe::{Gadget, Probe};
use super::shapes::mock;

/// Inputs of each gadget whose cells are changed.
const CLAIMS: usize = 4;

/// The table of a gadget with these inputs.
fn table(gadget: Gadget, values: &Vec<Fr>) -> Circuit {
    let probe = Probe(gadget);
    assign(&probe, compile(&probe).unwrap().size(), &values[..1], values, None).unwrap()
}

/// The constraints that each cell is in.
fn by_cell(constraints: &[Constraint], cells: usize) -> Vec<Vec<Constraint>> {
    let mut by_cell = vec![Vec::new(); cells];
    for constraint in constraints {
        for cell in constraint.cells() {
            by_cell[cell].push(*constraint);
        }
    }
    by_cell
}

/// The cells that may be one more.
fn loose(circuit: &Circuit) -> BTreeSet<usize> {
    let mut values = circuit.values();
    let by_cell = by_cell(&circuit.constraints(), values.len());
    let mut loose = BTreeSet::new();
    for cell in 0..values.len() {
        assert!(
            by_cell[cell].iter().all(|constraint| constraint.holds(&values, circuit.publics())),
            "{cell}"
        );
        values[cell] += Scalar::one();
        if by_cell[cell].iter().all(|constraint| constraint.holds(&values, circuit.publics())) {
            loose.insert(cell);
        }
        values[cell] -= Scalar::one();
    }
    loose
}

/// The public input is the first free input, and what it is equal to; so none of a gadget's cells is loose but free inputs.
#[test]
fn no_cell_of_a_gadget_moves() {
    let mut looked_at = 0;
    for gadget in gadgets() {
        for values in inputs(gadget).iter().take(CLAIMS) {
            let circuit = table(gadget, values);
            assert_eq!(circuit.failures(), [], "{gadget:?}");
            looked_at += circuit.size().cells;
            assert_eq!(loose(&circuit), BTreeSet::new(), "{gadget:?}");
        }
    }
    assert!(looked_at > 100_000, "{looked_at} cells");
}

/// Every cell of a small table, by the mock prover.
#[test]
fn the_mock_prover_refuses_what_the_constraints_refuse() {
    let gadget = Gadget::Order(Order::Below, 41, true);
    let values = &inputs(gadget)[0];
    let circuit = table(gadget, values);
    assert!(mock(&circuit, circuit.publics()));
    assert!(!mock(&circuit, &[circuit.publics()[0] + Scalar::one()]));
    let loose = loose(&circuit);
    for cell in 0..circuit.size().cells {
        let mut values = circuit.values();
        values[cell] += Scalar::one();
        let tampered = circuit.insecure_with_values(&values).unwrap();
        assert_eq!(mock(&tampered, circuit.publics()), loose.contains(&cell), "cell {cell}");
    }
    assert!(circuit.insecure_with_values(&[]).is_err());
}
