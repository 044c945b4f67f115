//! What the transforms of a domain multiply by, computed once. Nothing here is secret.

use ark_bn254::Fr;
use ark_ff::{FftField, Field};

use crate::field::Machine;
use crate::vectors::Vectors;

/// Everything for one domain of n points on one machine.
pub(super) struct Tables<M: Machine> {
    /// For values into coefficients: of the inverse root.
    pub(super) inverse: Twiddles<M>,
    /// For coefficients into values.
    pub(super) forward: Twiddles<M>,
    /// g^i / n for the coefficient i at each place.
    pub(super) coset: Vectors<M>,
}

/// Powers of a root of unity w of order n, that of index k being w to the bits of k reversed: block k of any level has twiddle k.
pub(super) struct Twiddles<M: Machine> {
    /// Those of the levels between vectors, one a lane.
    pub(super) blocks: Vectors<M>,
    /// Those of the levels inside of vectors: [`inside`] vectors for each square of vectors, as it is transposed.
    pub(super) tail: Vectors<M>,
}

/// Twiddles of a square's lanes: one for the block that it is, two for its halves, and so on.
pub(super) const fn inside<M: Machine>() -> usize {
    M::LANES - 1
}

impl<M: Machine> Tables<M> {
    /// On this thread alone: whoever waits for tables may be on a thread of the same pool, and one that had to help meanwhile could
    /// take up a proof that waits for them, too.
    pub(super) fn new(machine: M, root: Fr, size: usize) -> Self {
        let invert = |value: Fr| value.inverse().expect("neither a root nor a size is zero");
        let vectors = size / M::LANES;
        let coset = powers(invert(Fr::from(size as u64)), Fr::GENERATOR, size, size);
        Tables {
            inverse: Twiddles::new(machine, invert(root), size),
            forward: Twiddles::new(machine, root, size),
            coset: Vectors::enter_here(machine, &coset, vectors),
        }
    }
}

impl<M: Machine> Twiddles<M> {
    fn new(machine: M, root: Fr, size: usize) -> Self {
        let powers = powers(Fr::ONE, root, size / 2, size / 2);
        let vectors = size / M::LANES;
        let between = &powers[..vectors / 2];
        let mut tail = Vec::with_capacity(vectors * inside::<M>());
        for square in 0..vectors / M::LANES {
            let mut blocks = 1;
            while blocks < M::LANES {
                for block in 0..blocks {
                    let first = square * M::LANES;
                    tail.extend((first..first + M::LANES).map(|vector| powers[vector * blocks + block]));
                }
                blocks *= 2;
            }
        }
        Twiddles {
            blocks: Vectors::enter_here(machine, between, between.len().div_ceil(M::LANES)),
            tail: Vectors::enter_here(machine, &tail, tail.len() / M::LANES),
        }
    }
}

/// first * ratio^i for each i below the size, which is a power of two, at the place of its bits reversed; as many of them as asked for.
fn powers(first: Fr, ratio: Fr, size: usize, count: usize) -> Vec<Fr> {
    let mut powers = Vec::with_capacity(count);
    powers.push(first);
    let mut step = size / 2;
    while powers.len() < count {
        let factor = ratio.pow([step as u64]);
        powers.extend_from_within(..);
        let half = powers.len() / 2;
        powers[half..].iter_mut().for_each(|power| *power *= factor);
        step /= 2;
    }
    powers
}
