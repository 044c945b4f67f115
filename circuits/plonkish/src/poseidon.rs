//! Poseidon with cheap partial rounds, whose linear layers have few terms. Native counterpart: [`zksensor_model::primitives::poseidon`].
//!
//! A row takes a combination to its fifth power, so a layer is no row by itself where its terms are few. Through partial rounds the lanes stay
//! combinations, which grow by the fifth power of each round, and become variables of the table every so many.

use std::sync::OnceLock;

use halo2_proofs::halo2curves::ff::Field as _;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_model::field::Fr;
use zksensor_model::primitives::poseidon::{self, Domain, MAX_INPUTS};
use zksensor_plonkish_table::{POWER_INPUTS, WIDTH};

use crate::cells::Cells;
use crate::field::{Scalar, to_scalar};
use crate::linear::Linear;
use crate::var::Var;

/// The constants of one width, for halo2.
struct Rounds {
    /// Each lane's constant of the first round.
    first: Vec<Scalar>,
    /// The layers after the full rounds before the partial ones.
    before: Vec<Layer>,
    partial: Vec<Sparse>,
    /// The layers after the full rounds after the partial ones; of the last one lane 0 alone is taken.
    after: Vec<Layer>,
    /// Partial rounds between two at which lanes become variables of the table.
    between: usize,
}

/// A matrix by rows, each with the constant that the round behind it adds.
type Layer = Vec<(Scalar, Vec<Scalar>)>;

/// A partial round: lane 0 becomes the row times the state, the others grow by the column; each takes the next round's constant.
struct Sparse {
    row: Vec<Scalar>,
    column: Vec<Scalar>,
    next: Vec<Scalar>,
}

impl Rounds {
    fn of(inputs: usize) -> &'static Rounds {
        static TABLE: [OnceLock<Rounds>; MAX_INPUTS] = [const { OnceLock::new() }; MAX_INPUTS];
        TABLE[inputs - 1].get_or_init(|| Rounds::new(&poseidon::rounds(inputs)))
    }

    fn new(rounds: &poseidon::Rounds) -> Rounds {
        let width = rounds.mds.len();
        let scalars = |values: &[Fr]| values.iter().map(to_scalar).collect::<Vec<_>>();
        let nothing = vec![Scalar::ZERO; width];
        let lane_0 = |constant: &Fr| [&[to_scalar(constant)], &nothing[1..]].concat();
        let layer = |matrix: &[Vec<Fr>], next: &[Scalar]| -> Layer {
            next.iter().zip(matrix).map(|(next, row)| (*next, scalars(row))).collect()
        };
        let partial_constants = rounds.partial.iter().map(|round| lane_0(&round.constant));
        let before = rounds.before.iter().map(|constants| scalars(constants));
        let after = rounds.after.iter().map(|constants| scalars(constants));
        let mut constants = before.chain(partial_constants).chain(after);
        let first = constants.next().unwrap_or_default();
        // What the round behind each one adds; nothing behind the last, of which lane 0 alone is wanted.
        let mut next = constants.chain(std::iter::once(vec![Scalar::ZERO]));
        let mut take = || next.next().unwrap_or_default();
        let last_before = rounds.before.len() - 1;
        let before = (0..=last_before)
            .map(|round| layer(if round == last_before { &rounds.transition } else { &rounds.mds }, &take()))
            .collect();
        let partial = rounds
            .partial
            .iter()
            .map(|round| Sparse { row: scalars(&round.row), column: scalars(&round.column), next: take() })
            .collect();
        let after = rounds.after.iter().map(|_| layer(&rounds.mds, &take())).collect();
        Rounds { first, before, partial, after, between: rounds_between(width) }
    }
}

/// The hash as one variable.
pub(crate) fn hash(cells: &mut Cells, domain: Domain, inputs: &[&Var]) -> Result<Var, SynthesisError> {
    if !(1..=MAX_INPUTS).contains(&inputs.len()) {
        return Err(SynthesisError::Size { gadget: "poseidon", wanted: "1 to 8 inputs", got: inputs.len() });
    }
    let rounds = Rounds::of(inputs.len());
    let capacity = Linear::constant(to_scalar(&domain.tag()));
    let lanes = std::iter::once(capacity).chain(inputs.iter().map(|input| Cells::terms(input)));
    let mut state: Vec<Linear> = lanes.collect();
    for (lane, constant) in state.iter_mut().zip(&rounds.first) {
        lane.constant += constant;
    }
    for layer in &rounds.before {
        state = full(cells, state, layer);
    }
    for (index, round) in rounds.partial.iter().enumerate() {
        let fifth = cells.power(std::mem::replace(&mut state[0], Linear::constant(Scalar::ZERO)));
        state[0] = fifth.clone();
        let first = weigh(round.next[0], &round.row, &state);
        for ((lane, factor), next) in state.iter_mut().zip(&round.column).zip(&round.next).skip(1) {
            lane.add(*factor, &fifth);
            lane.constant += next;
        }
        state[0] = first;
        if (index + 1) % rounds.between == 0 {
            for lane in state[1..].iter_mut().filter(|lane| lane.as_constant().is_none()) {
                *lane = Linear::variable(cells.variable(lane.clone()));
            }
        }
    }
    for layer in &rounds.after {
        state = full(cells, state, layer);
    }
    Ok(state.swap_remove(0).into())
}

fn full(cells: &mut Cells, state: Vec<Linear>, layer: &Layer) -> Vec<Linear> {
    let state: Vec<Linear> = state.into_iter().map(|lane| cells.power(lane)).collect();
    layer.iter().map(|(constant, row)| weigh(*constant, row, &state)).collect()
}

fn weigh(constant: Scalar, row: &[Scalar], state: &[Linear]) -> Linear {
    Linear::sum(constant, row.iter().copied().zip(state))
}

/// Partial rounds between two at which the lanes become variables of the table again: of so many the rows are fewest. A lane takes a row,
/// and has one term more for each round before; so has lane 0, beside one for each other lane.
fn rounds_between(width: usize) -> usize {
    let power_rows = |terms: usize| 1 + terms.saturating_sub(POWER_INPUTS).div_ceil(WIDTH - 2);
    let rows =
        |rounds: usize| (1..=rounds).map(|round| power_rows(width - 1 + round)).sum::<usize>() + width - 1;
    // Fractions compared by products of numerators and denominators, of which all lanes still fit a row.
    let fewer = |one: &usize, other: &usize| (rows(*one) * other).cmp(&(rows(*other) * one));
    (1..=WIDTH - 2).min_by(fewer).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints;
    use zksensor_plonkish_table::Gate;

    /// Rows and cells of a hash of 1 to 8 variables.
    const SIZES: [[usize; 2]; MAX_INPUTS] = [
        [82, 501],
        [104, 672],
        [131, 855],
        [170, 1_238],
        [196, 1_488],
        [234, 1_830],
        [304, 2_217],
        [351, 2_542],
    ];

    #[test]
    fn digests_are_those_of_the_model_at_every_width() {
        let mut found = [[0; 2]; MAX_INPUTS];
        for count in 1..=MAX_INPUTS {
            let values: Vec<Fr> = (0..count).map(|index| -Fr::from(index as u64 * 1_000_003)).collect();
            for domain in Domain::ALL {
                let mut cells = Cells::new();
                let inputs: Vec<Var> = values.iter().map(|value| cells.free(to_scalar(value))).collect();
                let digest = hash(&mut cells, domain, &inputs.iter().collect::<Vec<_>>()).unwrap();
                assert!(digest.as_constant().is_none());
                let expected = to_scalar(&poseidon::hash(domain, &values));
                assert_eq!(cells.value(&digest), expected, "{domain:?}, {count}");
                cells.assert_equal(&digest, &Var::constant(expected));
                let table = cells.into_table();
                constraints::each(&table, |constraint| assert!(constraint.holds(&table.values, &[])));
                let size = crate::Size::of(&table).unwrap();
                found[count - 1] = [size.rows - Gate::LEADING.len(), size.cells];
            }
        }
        assert_eq!(found, SIZES, "docs/halo2-fit.md has them, too");
    }

    #[test]
    fn a_hash_of_constants_is_one_without_a_cell() {
        let mut cells = Cells::new();
        let inputs = [1u64, 2].map(|value| Var::constant(Scalar::from(value)));
        let digest = hash(&mut cells, Domain::Node, &[&inputs[0], &inputs[1]]).unwrap();
        let expected = poseidon::hash(Domain::Node, &[1u64, 2].map(Fr::from));
        assert_eq!(digest.as_constant(), Some(to_scalar(&expected)));
        assert_eq!(crate::Size::of(&cells.into_table()).unwrap().cells, 0);
    }
}
