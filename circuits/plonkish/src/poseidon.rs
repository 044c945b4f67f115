//! Poseidon with cheap partial rounds, of which the linear layers are gates: there are fewer of them than in the rounds as they are
//! defined. Native counterpart: [`zksensor_model::primitives::poseidon`].
//!
//! x^5 is three products. A layer is an inner product a lane, which starts with the constant that the next round adds.

use std::sync::OnceLock;

use halo2_base::halo2_proofs::halo2curves::ff::Field as _;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_model::field::Fr;
use zksensor_model::primitives::poseidon::{self, Domain, MAX_INPUTS};

use crate::cells::Cells;
use crate::field::{Scalar, to_scalar};
use crate::var::{Kind, Var};

/// The constants of one width, for halo2.
struct Rounds {
    /// Each lane's constant of the first round.
    first: Vec<Scalar>,
    /// The layers after the full rounds before the partial ones.
    before: Vec<Layer>,
    partial: Vec<Sparse>,
    /// The layers after the full rounds after the partial ones; the last one is lane 0's alone.
    after: Vec<Layer>,
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
        Rounds { first, before, partial, after }
    }
}

/// The hash as one variable.
pub(crate) fn hash(cells: &mut Cells, domain: Domain, inputs: &[&Var]) -> Result<Var, SynthesisError> {
    if !(1..=MAX_INPUTS).contains(&inputs.len()) {
        return Err(SynthesisError::Size { gadget: "poseidon", wanted: "1 to 8 inputs", got: inputs.len() });
    }
    let rounds = Rounds::of(inputs.len());
    let capacity = Var::constant(to_scalar(&domain.tag()));
    let lanes = std::iter::once(&capacity).chain(inputs.iter().copied());
    let mut state: Vec<Var> = lanes
        .zip(&rounds.first)
        .map(|(lane, constant)| cells.linear(*constant, &[(Scalar::ONE, *lane)]))
        .collect();
    for layer in &rounds.before {
        state = full(cells, &state, layer);
    }
    for round in &rounds.partial {
        state[0] = power(cells, &state[0]);
        let first = weigh(cells, round.next[0], &round.row, &state);
        for lane in 1..state.len() {
            let terms = [(Scalar::ONE, state[lane]), (round.column[lane], state[0])];
            state[lane] = cells.linear(round.next[lane], &terms);
        }
        state[0] = first;
    }
    for layer in &rounds.after {
        state = full(cells, &state, layer);
    }
    Ok(state[0])
}

fn full(cells: &mut Cells, state: &[Var], layer: &Layer) -> Vec<Var> {
    let state: Vec<Var> = state.iter().map(|lane| power(cells, lane)).collect();
    layer.iter().map(|(constant, row)| weigh(cells, *constant, row, &state)).collect()
}

fn weigh(cells: &mut Cells, constant: Scalar, row: &[Scalar], state: &[Var]) -> Var {
    let terms: Vec<(Scalar, Var)> = row.iter().copied().zip(state.iter().copied()).collect();
    cells.linear(constant, &terms)
}

/// x^5; of a constant a constant.
fn power(cells: &mut Cells, x: &Var) -> Var {
    if let Kind::Constant(value) = x.kind() {
        return Var::constant(value.square().square() * value);
    }
    let square = Var::from(cells.product(x, x));
    let fourth = Var::from(cells.product(&square, &square));
    cells.product(&fourth, x).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells of a hash of 1 to 8 variables.
    const CELLS: [usize; MAX_INPUTS] = [1_574, 2_211, 2_830, 3_697, 4_458, 5_435, 6_366, 7_209];

    #[test]
    fn digests_are_those_of_the_model_at_every_width() {
        let mut found = [0; MAX_INPUTS];
        for count in 1..=MAX_INPUTS {
            let values: Vec<Fr> = (0..count).map(|index| -Fr::from(index as u64 * 1_000_003)).collect();
            for domain in Domain::ALL {
                let mut cells = Cells::new(true);
                let inputs: Vec<Var> =
                    values.iter().map(|value| cells.free(to_scalar(value)).into()).collect();
                let digest = hash(&mut cells, domain, &inputs.iter().collect::<Vec<_>>()).unwrap();
                assert_eq!(
                    digest.value(),
                    to_scalar(&poseidon::hash(domain, &values)),
                    "{domain:?}, {count}"
                );
                assert!(matches!(digest.kind(), Kind::Cell(_)));
                found[count - 1] = crate::Size::of(&cells.into_table()).unwrap().cells - count;
            }
        }
        assert_eq!(found, CELLS, "docs/halo2-fit.md has them, too");
    }

    #[test]
    fn a_hash_of_constants_is_one_without_a_cell() {
        let mut cells = Cells::new(false);
        let inputs = [1u64, 2].map(|value| Var::constant(Scalar::from(value)));
        let digest = hash(&mut cells, Domain::Node, &[&inputs[0], &inputs[1]]).unwrap();
        let expected = poseidon::hash(Domain::Node, &[1u64, 2].map(Fr::from));
        assert!(matches!(digest.kind(), Kind::Constant(value) if *value == to_scalar(&expected)));
        assert_eq!(crate::Size::of(&cells.into_table()).unwrap().cells, 0);
    }
}
