//! Sums of pairs against arkworks, on every machine that there is.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::marker::PhantomData;

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::add::Adder;
use super::convert::{Curve, Enter, Leave};
use super::coordinate::Coordinate;
use crate::field::machine::Line;
use crate::field::portable::Portable;
use crate::field::tests::element;
use crate::field::{Machine, Work};

/// The same for every machine that there is.
macro_rules! each_machine {
    ($function:ident::<$($kind:ty),*>($($argument:expr),*)) => {
        $function::<_, $($kind),*>(Portable::new(), $($argument),*);
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = crate::field::ifma::Ifma::detect() {
            $function::<_, $($kind),*>(machine, $($argument),*);
        }
    };
}

fn enter<M: Machine, C: Curve>(machine: M, points: &[C]) -> Vec<Line> {
    let mut lines = vec![Line::ZERO; points.len() * C::BaseField::LINES];
    machine.run(Enter { points, lines: &mut lines });
    lines
}

fn leave<M: Machine, C: Curve>(machine: M, lines: &[Line], count: usize) -> Vec<C> {
    let places: Vec<u32> = (0..count as u32).collect();
    machine.run(Leave { lines, places: &places, curve: PhantomData })
}

/// Adds pairs out of a table into another, with signs, and within one, without.
fn sums<M: Machine, C: Curve>(machine: M, points: &[C], pairs: &[(u32, u32)]) {
    let table = enter(machine, points);
    let point = |index: u32| {
        let point = points[index as usize >> 1].into_group();
        if index & 1 == 1 { -point } else { point }
    };
    let wanted: Vec<C> = pairs.iter().map(|(a, b)| (point(*a) + point(*b)).into_affine()).collect();
    let mut adder = Adder::<M, C::BaseField>::new(machine);
    let mut into = vec![Line::ZERO; pairs.len() * C::BaseField::LINES];
    for (place, (left, right)) in pairs.iter().enumerate() {
        // Not in order.
        adder.push(*left, *right, (pairs.len() - 1 - place) as u32);
        if adder.is_full() {
            adder.add_into(&table, &mut into);
        }
    }
    adder.add_into(&table, &mut into);
    let mut got: Vec<C> = leave(machine, &into, pairs.len());
    got.reverse();
    assert_eq!(got, wanted);

    // Twice within the sums: first each with its neighbour, then each with itself, at whatever is there now.
    let mut expected: Vec<C> = leave(machine, &into, pairs.len());
    for step in [1, 0] {
        for first in (0..expected.len().saturating_sub(step)).step_by(2) {
            adder.push((first as u32) << 1, ((first + step) as u32) << 1, first as u32);
            expected[first] = (expected[first] + expected[first + step]).into_affine();
            if adder.is_full() {
                adder.add_within(&mut into);
            }
        }
        adder.add_within(&mut into);
        assert_eq!(leave::<M, C>(machine, &into, pairs.len()), expected, "with the neighbour {step} away");
    }
}

fn points<C: Curve>(count: usize, seed: u64) -> Vec<C> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    (0..count).map(|_| C::Group::rand(&mut rng).into_affine()).collect()
}

const SIZES: [usize; 14] = [0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1025, 5000];

/// Pairs of which none is special.
#[test]
fn different_points_are_added() {
    let (g1, g2) = (points::<G1Affine>(97, 1), points::<G2Affine>(97, 2));
    for count in SIZES {
        let pairs: Vec<(u32, u32)> = (0..count as u32)
            .map(|index| {
                (2 * (index % 97) + ((index / 5) & 1), 2 * ((index * 3 + 1) % 97) + ((index / 3) & 1))
            })
            .filter(|(left, right)| left >> 1 != right >> 1)
            .collect();
        each_machine!(sums::<G1Affine>(&g1, &pairs));
        each_machine!(sums::<G2Affine>(&g2, &pairs));
    }
}

/// One special pair in each lane in turn, others around it: the same point, its opposite, either sign.
#[test]
fn one_special_pair_anywhere_is_seen() {
    let (g1, g2) = (points::<G1Affine>(20, 3), points::<G2Affine>(20, 4));
    for special in [(0, 0), (1, 1), (0, 1), (1, 0)] {
        for at in 0..33 {
            let mut pairs: Vec<(u32, u32)> = (0..33).map(|i| (2 * (i % 10), 2 * (10 + i % 9))).collect();
            pairs[at] = special;
            each_machine!(sums::<G1Affine>(&g1, &pairs));
            each_machine!(sums::<G2Affine>(&g2, &pairs));
        }
    }
}

/// All pairs of a point with itself, with its opposite, and with another.
#[test]
fn all_kinds_of_pairs_together() {
    let (g1, g2) = (points::<G1Affine>(5, 5), points::<G2Affine>(5, 6));
    let pairs: Vec<(u32, u32)> = (0..10).flat_map(|a| (0..10).map(move |b| (a, b))).collect();
    each_machine!(sums::<G1Affine>(&g1, &pairs));
    each_machine!(sums::<G2Affine>(&g2, &pairs));
    for only in [(0, 0), (0, 1)] {
        let pairs = vec![only; 2100];
        each_machine!(sums::<G1Affine>(&g1, &pairs));
        each_machine!(sums::<G2Affine>(&g2, &pairs));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn pairs_of_few_points_are_added(seed in any::<u64>(), count in 0usize..200, kinds in 1u32..12) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let pairs: Vec<(u32, u32)> =
            (0..count).map(|_| (rng.next_u32() % (2 * kinds), rng.next_u32() % (2 * kinds))).collect();
        each_machine!(sums::<G1Affine>(&points::<G1Affine>(kinds as usize, seed), &pairs));
        each_machine!(sums::<G2Affine>(&points::<G2Affine>(kinds as usize, seed), &pairs));
    }
}

#[test]
fn points_come_back_as_they_went() {
    fn back<M: Machine, C: Curve>(machine: M, points: &[C]) {
        let lines = enter(machine, points);
        assert_eq!(lines.len(), points.len() * C::BaseField::LINES);
        assert_eq!(leave::<M, C>(machine, &lines, points.len()), points);
    }
    for count in [0, 1, 7, 8, 9, 33] {
        let (mut g1, mut g2) = (points::<G1Affine>(count, 7), points::<G2Affine>(count, 8));
        if count > 3 {
            (g1[2], g2[count - 1]) = (G1Affine::identity(), G2Affine::identity());
        }
        each_machine!(back::<G1Affine>(&g1));
        each_machine!(back::<G2Affine>(&g2));
    }
}

/// Every operation on coordinates.
struct Operations<'a, F>([&'a [F]; 3]);

impl<M: Machine, F: Coordinate> Work<M> for Operations<'_, F> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        let count = self.0[0].len();
        let [a, b, c] = self.0.map(|values| F::enter(machine, values));
        let leave = |vector| {
            let mut values = vec![F::ZERO; count];
            F::leave(machine, vector, &mut values);
            values
        };
        let each = |operation: fn(F, F, F) -> F| -> Vec<F> {
            let [a, b, c] = self.0;
            (0..count).map(|lane| operation(a[lane], b[lane], c[lane])).collect()
        };
        assert_eq!(leave(a), self.0[0]);
        assert_eq!(leave(F::plus(machine, a, b)), each(|a, b, _| a + b));
        assert_eq!(leave(F::minus(machine, a, b)), each(|a, b, _| a - b));
        assert_eq!(leave(F::negative(machine, a)), each(|a, _, _| -a));
        assert_eq!(leave(F::times(machine, a, b)), each(|a, b, _| a * b));
        assert_eq!(leave(F::squared(machine, a)), each(|a, _, _| a.square()));
        assert_eq!(leave(F::mul_sub(machine, a, b, c)), each(|a, b, c| a * b - c));
        assert_eq!(leave(F::square_minus(machine, a, b, c)), each(|a, b, c| a.square() - b - b - c));
        let zeros = F::zeros(machine, F::times(machine, a, F::minus(machine, b, c)));
        for lane in 0..count {
            let zero = self.0[0][lane] == F::ZERO || self.0[1][lane] == self.0[2][lane];
            assert_eq!(zeros >> lane & 1 == 1, zero, "lane {lane}");
        }
    }
}

fn operations<M: Machine, F: Coordinate>(machine: M, values: &[(F, F, F)]) {
    for values in values.chunks(M::LANES) {
        let [a, b, c]: [Vec<F>; 3] = [
            values.iter().map(|(a, ..)| *a).collect(),
            values.iter().map(|(_, b, _)| *b).collect(),
            values.iter().map(|(.., c)| *c).collect(),
        ];
        machine.run(Operations([&a, &b, &c]));
    }
}

proptest! {
    #[test]
    fn coordinates_of_g1_agree_with_ark(
        values in prop::collection::vec((element::<Fq>(), element::<Fq>(), element::<Fq>()), 1..20),
    ) {
        let values: &[(Fq, Fq, Fq)] = &values;
        each_machine!(operations::<Fq>(values));
    }

    #[test]
    fn coordinates_of_g2_agree_with_ark(values in prop::collection::vec([element::<Fq>(), element(), element(), element(), element(), element()], 1..20)) {
        let values: Vec<(Fq2, Fq2, Fq2)> = values
            .into_iter()
            .map(|[a, b, c, d, e, f]| (Fq2::new(a, b), Fq2::new(c, d), Fq2::new(e, f)))
            .collect();
        each_machine!(operations::<Fq2>(&values));
    }
}
