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

/// The constraints that each cell is in, by their index.
pub(super) fn by_cell(constraints: &[Constraint], cells: usize) -> Vec<Vec<usize>> {
    let mut by_cell = vec![Vec::new(); cells];
    for (index, constraint) in constraints.iter().enumerate() {
        for cell in constraint.cells() {
            by_cell[cell].push(index);
        }
    }
    by_cell
}

/// The cells that may be one more.
fn loose(circuit: &Circuit) -> BTreeSet<usize> {
    let (mut values, constraints) = (circuit.values(), circuit.constraints());
    let by_cell = by_cell(&constraints, values.len());
    let mut loose = BTreeSet::new();
    for (cell, about) in by_cell.iter().enumerate() {
        let hold = |values: &[Scalar]| {
            about.iter().all(|index| constraints[*index].holds(values, circuit.publics()))
        };
        assert!(hold(&values), "{cell}");
        values[cell] += Scalar::one();
        if hold(&values) {
            loose.insert(cell);
        }
        values[cell] -= Scalar::one();
    }
    loose
}

/// Whether a cell is a free input that the values leave free, such as an element that is not selected: the table of that input one more is
/// this one but for the cell, and holds.
fn is_free_input(gadget: Gadget, values: &[Fr], circuit: &Circuit, cell: usize) -> bool {
    let mut moved = circuit.values();
    moved[cell] += Scalar::one();
    (1..values.len()).any(|input| {
        let mut values = values.to_vec();
        values[input] += Fr::from(1u64);
        let other = table(gadget, &values);
        other.failures().is_empty() && other.values() == moved
    })
}

/// The public input is the first free input, and what it is equal to; so none of a gadget's cells is loose but free inputs.
#[test]
fn no_cell_of_a_gadget_moves() {
    let (mut looked_at, mut free) = (0, 0);
    for gadget in gadgets() {
        for values in inputs(gadget).iter().take(CLAIMS) {
            let circuit = table(gadget, values);
            assert_eq!(circuit.failures(), [], "{gadget:?}");
            looked_at += circuit.size().cells;
            for cell in loose(&circuit) {
                assert!(is_free_input(gadget, values, &circuit, cell), "cell {cell} of {gadget:?}");
                free += 1;
            }
        }
    }
    assert!(
        looked_at > 200_000 && free < looked_at / 500,
        "{looked_at} cells, of which {free} are free inputs"
    );
}

/// About as many cells of a table are changed under the mock prover.
const MOCKED: usize = 60;

/// Cells of tables with rows of every kind, by the mock prover: all of a small table, and a sample of larger ones.
#[test]
fn the_mock_prover_refuses_what_the_constraints_refuse() {
    let below = Gadget::Order(Order::Below, 41, true);
    for gadget in [below, Gadget::SelectIndex, Gadget::Member(3), Gadget::Bits(20), Gadget::Poseidon(1)] {
        let values = &inputs(gadget)[0];
        let circuit = table(gadget, values);
        assert!(mock(&circuit, circuit.publics()), "{gadget:?}");
        assert!(!mock(&circuit, &[circuit.publics()[0] + Scalar::one()]), "{gadget:?}");
        let loose = loose(&circuit);
        for cell in (0..circuit.size().cells).step_by(circuit.size().cells.div_ceil(MOCKED)) {
            let mut values = circuit.values();
            values[cell] += Scalar::one();
            let tampered = circuit.insecure_with_values(&values).unwrap();
            assert_eq!(
                mock(&tampered, circuit.publics()),
                loose.contains(&cell),
                "cell {cell} of {gadget:?}"
            );
        }
    }
    let circuit = table(below, &inputs(below)[0]);
    assert!(circuit.insecure_with_values(&[]).is_err());
}
