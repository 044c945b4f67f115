//! Poseidon's permutation with cheap partial rounds (eprint 2019/458, appendix B).
//!
//! A partial round is: add constants, x^5 on lane 0, multiply by M. Write M = [[m, v], [w, N]] with the scalar m on lane 0.
//! Two rewritings leave every result as it is:
//!
//! * Constants on lanes above 0 pass the partial S-box untouched, so they move through M into the next round's. Each partial
//!   round keeps one constant, and the rest ends in the first full round behind them.
//! * A matrix D = [[1, 0], [0, X]] commutes with what a partial round does before M. So M of the last partial round splits into
//!   S D with the sparse S = [[m, v N^-1], [w, I]] and X = N, and D moves before that round, into its predecessor's matrix
//!   D M = [[m, v], [N w, N^2]], which splits in turn. The k-th round from the end multiplies by
//!   S = [[m, v N^-k], [N^(k-1) w, I]], and [[1, 0], [0, N^rounds]] is left for the full round before them.

use alloc::vec::Vec;

use ark_ff::{AdditiveGroup, Field};

use super::Parameters;
use crate::field::Fr;

/// The constants of the rewritten permutation of `T` lanes.
pub(super) struct Schedule<const T: usize> {
    before: Vec<[Fr; T]>,
    /// Follows the last full round before the partial ones, in place of `mds`.
    transition: [[Fr; T]; T],
    partial: Vec<PartialRound<T>>,
    after: Vec<[Fr; T]>,
    mds: [[Fr; T]; T],
}

/// The rewritten permutation's constants in lists, for a circuit that pays for its linear layers.
///
/// The state takes the constants of a full round, x^5 on every lane, and a matrix: `mds`, but `transition` after the last full round
/// before the partial ones. A partial round adds its constant to lane 0 and takes x^5 of it alone; lane 0 is then `row` times the
/// state, and lane i of the others grows by `column[i]` times the new x^5.
pub struct Rounds {
    /// Constants of the full rounds before the partial ones.
    pub before: Vec<Vec<Fr>>,
    /// The matrix after the last of these, by rows.
    pub transition: Vec<Vec<Fr>>,
    /// The partial rounds.
    pub partial: Vec<SparseRound>,
    /// Constants of the full rounds after the partial ones.
    pub after: Vec<Vec<Fr>>,
    /// The matrix of every other full round, by rows.
    pub mds: Vec<Vec<Fr>>,
}

/// A partial round of [`Rounds`].
pub struct SparseRound {
    /// What is added to lane 0.
    pub constant: Fr,
    /// By which the state is multiplied to lane 0.
    pub row: Vec<Fr>,
    /// By which lane 0 comes to each lane; the first is none of it.
    pub column: Vec<Fr>,
}

struct PartialRound<const T: usize> {
    constant: Fr,
    /// The first row of S: m, v N^-k.
    row: [Fr; T],
    /// The first column of S: m, N^(k-1) w.
    column: [Fr; T],
}

impl<const T: usize> Schedule<T> {
    pub(super) fn new(parameters: &Parameters) -> Schedule<T> {
        assert_eq!(parameters.width, T, "the caller asks for the parameters of its own width");
        let mds: [[Fr; T]; T] = core::array::from_fn(|i| core::array::from_fn(|j| parameters.mds[i][j]));
        let mut constants: Vec<[Fr; T]> = parameters
            .round_constants
            .chunks_exact(T)
            .map(|round| core::array::from_fn(|lane| round[lane]))
            .collect();
        let half = parameters.full_rounds / 2;
        let partial_end = half + parameters.partial_rounds;

        for round in half..partial_end {
            let moved = multiply(
                &mds,
                &core::array::from_fn(|lane| if lane == 0 { Fr::ZERO } else { constants[round][lane] }),
            );
            for (constant, moved) in constants[round + 1].iter_mut().zip(moved) {
                *constant += moved;
            }
        }

        // D = [[1, 0], [0, N]], and rows times D^-1 and columns times D step by step.
        let step = block(|i, j| mds[i][j]);
        let back = inverse(&step).expect("every minor of a Cauchy matrix is invertible");
        let (mut row, mut column) = (mds[0], core::array::from_fn(|i| mds[i][0]));
        let mut transition = mds;
        let mut partial: Vec<PartialRound<T>> = constants[half..partial_end]
            .iter()
            .rev()
            .map(|constants| {
                row = core::array::from_fn(|j| (0..T).map(|i| row[i] * back[i][j]).sum());
                let round = PartialRound { constant: constants[0], row, column };
                column = multiply(&step, &column);
                transition = product(&step, &transition);
                round
            })
            .collect();
        partial.reverse();

        let after = constants.split_off(partial_end);
        constants.truncate(half);
        Schedule { before: constants, transition, partial, after, mds }
    }

    /// The same constants in lists.
    pub(super) fn rounds(&self) -> Rounds {
        let lists = |arrays: &[[Fr; T]]| arrays.iter().map(|array| array.to_vec()).collect();
        let partial = |round: &PartialRound<T>| SparseRound {
            constant: round.constant,
            row: round.row.to_vec(),
            column: round.column.to_vec(),
        };
        Rounds {
            before: lists(&self.before),
            transition: lists(&self.transition),
            partial: self.partial.iter().map(partial).collect(),
            after: lists(&self.after),
            mds: lists(&self.mds),
        }
    }

    /// Lane 0 of the permuted state.
    pub(super) fn first_lane(&self, mut state: [Fr; T]) -> Fr {
        let (last_before, before) = self.before.split_last().expect("there are four full rounds before");
        for constants in before {
            state = multiply(&self.mds, &full_s_box(state, constants));
        }
        state = multiply(&self.transition, &full_s_box(state, last_before));
        for round in &self.partial {
            let lane = s_box(state[0] + round.constant);
            state[0] = lane;
            let first = Fr::sum_of_products(&round.row, &state);
            for (other, factor) in state.iter_mut().zip(&round.column).skip(1) {
                *other += lane * factor;
            }
            state[0] = first;
        }
        let (last_after, after) = self.after.split_last().expect("there are four full rounds after");
        for constants in after {
            state = multiply(&self.mds, &full_s_box(state, constants));
        }
        Fr::sum_of_products(&self.mds[0], &full_s_box(state, last_after))
    }
}

fn s_box(lane: Fr) -> Fr {
    lane * lane.square().square()
}

fn full_s_box<const T: usize>(state: [Fr; T], constants: &[Fr; T]) -> [Fr; T] {
    core::array::from_fn(|lane| s_box(state[lane] + constants[lane]))
}

fn multiply<const T: usize>(matrix: &[[Fr; T]; T], vector: &[Fr; T]) -> [Fr; T] {
    core::array::from_fn(|i| Fr::sum_of_products(&matrix[i], vector))
}

fn product<const T: usize>(left: &[[Fr; T]; T], right: &[[Fr; T]; T]) -> [[Fr; T]; T] {
    core::array::from_fn(|i| core::array::from_fn(|j| (0..T).map(|k| left[i][k] * right[k][j]).sum()))
}

/// 1 in the corner, `entry` below and right of it, 0 beside it.
fn block<const T: usize>(entry: impl Fn(usize, usize) -> Fr) -> [[Fr; T]; T] {
    core::array::from_fn(|i| {
        core::array::from_fn(|j| match (i, j) {
            (0, 0) => Fr::ONE,
            (0, _) | (_, 0) => Fr::ZERO,
            _ => entry(i, j),
        })
    })
}

/// Gauss-Jordan; `None` if the matrix is singular.
fn inverse<const T: usize>(matrix: &[[Fr; T]; T]) -> Option<[[Fr; T]; T]> {
    let mut left = *matrix;
    let mut right: [[Fr; T]; T] = core::array::from_fn(|i| core::array::from_fn(|j| Fr::from(i == j)));
    for pivot in 0..T {
        let found = (pivot..T).find(|&i| left[i][pivot] != Fr::ZERO)?;
        left.swap(pivot, found);
        right.swap(pivot, found);
        let scale = left[pivot][pivot].inverse()?;
        for entry in left[pivot].iter_mut().chain(&mut right[pivot]) {
            *entry *= scale;
        }
        for i in (0..T).filter(|&i| i != pivot) {
            let factor = left[i][pivot];
            for j in 0..T {
                let (subtract_left, subtract_right) = (factor * left[pivot][j], factor * right[pivot][j]);
                left[i][j] -= subtract_left;
                right[i][j] -= subtract_right;
            }
        }
    }
    Some(right)
}
