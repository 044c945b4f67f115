//! Rows that are no combination of the others.

use std::collections::HashMap;

use ark_ff::AdditiveGroup;
use rand::RngCore;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::elimination::{Reduction, derivative};
use crate::rigidity::free_columns;
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;

/// The rows of the derivative that are no combination of the others, where the public inputs and the free inputs move as
/// the wires do: without such a row, more can be claimed.
///
/// A random vector that the derivative takes to zero from the left is zero exactly there, but for a chance of one in 2^64
/// a row. Without the columns of public and free inputs there are few such vectors beside the checks; those columns then
/// leave some of them.
pub(super) fn independent_rows(circuit: &Circuit, assignment: &[Fr]) -> Vec<bool> {
    let inputs = free_columns(circuit);
    let is_input = |column: usize| column <= circuit.publics() || inputs.contains(&column);
    let wires = Reduction::new(derivative(circuit, assignment, |column| !is_input(column)));
    let rest = derivative(circuit, assignment, |column| column > 0 && is_input(column));
    let moved = wires.combine_idle(&rest);
    let inputs = Reduction::new(moved);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut combination = vec![Fr::ZERO; inputs.rows];
    for idle in &inputs.idle {
        combination[*idle] = Fr::from(rng.next_u64());
    }
    inputs.pull_back(&mut combination);
    let mut weights = vec![Fr::ZERO; wires.rows];
    for (idle, weight) in wires.idle.iter().zip(combination) {
        weights[*idle] = weight;
    }
    wires.pull_back(&mut weights);
    weights.into_iter().map(|weight| weight == Fr::ZERO).collect()
}

/// The rows that are no combination of the others of their scope, over the wires that its rows are the first to hold.
pub(super) fn independent_in_scope(circuit: &Circuit, assignment: &[Fr]) -> Vec<bool> {
    let inputs = free_columns(circuit);
    let mut rows =
        derivative(circuit, assignment, |column| column > circuit.publics() && !inputs.contains(&column));
    let mut scopes: Vec<usize> = Vec::with_capacity(rows.len());
    let mut numbers = HashMap::new();
    for (view_index, view) in circuit.segments().enumerate() {
        for row in 0..view.segment.constraints() {
            let next = numbers.len();
            scopes.push(*numbers.entry((view_index, view.segment.path(row))).or_insert(next));
        }
    }
    // Blocks come after what is outside, but what they export is theirs.
    let mut makers: HashMap<usize, usize> = HashMap::new();
    let outside = circuit.outer.constraints();
    for row in (outside..rows.len()).chain(0..outside) {
        for column in rows[row].keys() {
            if row >= outside && !circuit.is_block_column(*column) {
                continue;
            }
            makers.entry(*column).or_insert(scopes[row]);
        }
    }
    for (row, scope) in rows.iter_mut().zip(&scopes) {
        row.retain(|column, _| makers.get(column) == Some(scope));
    }
    let reduction = Reduction::new(rows);
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let mut weights = vec![Fr::ZERO; reduction.rows];
    for idle in &reduction.idle {
        weights[*idle] = Fr::from(rng.next_u64());
    }
    reduction.pull_back(&mut weights);
    weights.into_iter().map(|weight| weight == Fr::ZERO).collect()
}
