//! What only moves elements: between lines and vectors, and between lanes.

use ark_bn254::{Fq, Fr};
use ark_ff::UniformRand;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

#[cfg(target_arch = "x86_64")]
use super::ifma;
use super::{Tested, portable};
use crate::field::machine::{Line, Machine, Work};

/// Lines taken from anywhere and put anywhere are the same lines.
struct Moved<'a>(&'a [Line], &'a [u32], &'a [u32], &'a mut [Line]);

impl<M: Machine> Work<M> for Moved<'_> {
    type Output = ();

    fn on(self, machine: M) {
        let Moved(from, indices, places, to) = self;
        for (indices, places) in indices.chunks(M::LANES).zip(places.chunks(M::LANES)) {
            let odd = indices.iter().enumerate().map(|(lane, index)| (index & 1) << lane).sum::<u32>();
            assert_eq!(machine.odd(indices), odd);
            machine.prefetch(from, indices, 2);
            for offset in 0..2 {
                let vectors = machine.gather::<Fq>(from, indices, 2, offset);
                machine.scatter(vectors, to, places, 2, offset);
            }
        }
    }
}

fn moved<M: Machine>(tested: &Tested<M>) {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let mut word = || Fq::rand(&mut rng).0.0;
    let from: Vec<Line> = (0..128).map(|_| Line([word(), word()])).collect();
    let indices: Vec<u32> = (0..64).map(|index| (index * 37 % 64) * 2 + ((index / 3) & 1)).collect();
    let places: Vec<u32> = (0..64).map(|index| index * 11 % 64).collect();
    let mut to = vec![Line::ZERO; 128];
    tested.machine.run(Moved(&from, &indices, &places, &mut to));
    for (index, place) in indices.iter().zip(&places) {
        for offset in 0..2 {
            assert_eq!(to[2 * *place as usize + offset], from[2 * (index >> 1) as usize + offset]);
        }
    }
}

#[test]
fn lines_are_gathered_and_scattered() {
    moved(&portable());
    #[cfg(target_arch = "x86_64")]
    if let Some(ifma) = ifma() {
        moved(&ifma);
    }
}

/// As many vectors as there are lanes, with an element of each lane in every lane, and as lines of a square that is turned.
struct Turned<'a>(&'a [Fr]);

impl<M: Machine> Work<M> for Turned<'_> {
    type Output = [Vec<Fr>; 2];

    fn on(self, machine: M) -> Self::Output {
        let leave = |vectors: &[M::V<Fr>]| -> Vec<Fr> {
            let mut values = vec![Fr::from(0u8); vectors.len() * M::LANES];
            for (vector, values) in vectors.iter().zip(values.chunks_mut(M::LANES)) {
                machine.leave(*vector, values);
            }
            values
        };
        let mut square: Vec<M::V<Fr>> = self.0.chunks(M::LANES).map(|row| machine.enter(row)).collect();
        let spread =
            (0..self.0.len()).map(|index| machine.spread(square[index / M::LANES], index % M::LANES));
        let spread = leave(&spread.collect::<Vec<_>>());
        machine.transpose(&mut square);
        [spread, leave(&square)]
    }
}

fn turned<M: Machine>(tested: &Tested<M>) {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let lanes = M::LANES;
    let values: Vec<Fr> = (0..lanes * lanes).map(|_| Fr::rand(&mut rng)).collect();
    let [spread, turned] = tested.machine.run(Turned(&values));
    for (index, value) in values.iter().enumerate() {
        assert!(spread[index * lanes..][..lanes].iter().all(|other| other == value), "element {index}");
        assert_eq!(turned[index % lanes * lanes + index / lanes], *value, "element {index}");
    }
}

#[test]
fn lanes_are_spread_and_squares_turned() {
    turned(&portable());
    #[cfg(target_arch = "x86_64")]
    if let Some(ifma) = ifma() {
        turned(&ifma);
    }
}
