#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::field::portable::Portable;
use crate::multiexp::scalars::FULL_BITS;
use ark_bn254::{Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, PrimeField, UniformRand};
use num_bigint::BigUint;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The same for every machine that there is.
macro_rules! each_machine {
    ($function:ident::<$kind:ty>($($argument:expr),*)) => {
        $function::<_, $kind>(Portable::new(), $($argument),*);
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = crate::field::ifma::Ifma::detect() {
            $function::<_, $kind>(machine, $($argument),*);
        }
    };
}

/// The smallest prime factor of the number of points of the twist, r apart.
const SMALL_ORDER: u64 = 10_069;

/// A point of the twist of that order, so that sums of few multiples are equal, opposite and at infinity.
#[allow(clippy::disallowed_methods, reason = "a point outside of the subgroup is what is wanted")]
fn of_small_order() -> G2Affine {
    // The twist has r (2 q - r) points.
    let (q, r) = (BigUint::from(ark_bn254::Fq::MODULUS), BigUint::from(Fr::MODULUS));
    let rest = r.clone() * (q * 2u8 - r) / SMALL_ORDER;
    let times = |point: G2Affine| {
        let mut sum = ark_bn254::G2Projective::ZERO;
        for bit in (0..rest.bits()).rev() {
            sum.double_in_place();
            if rest.bit(bit) {
                sum += point;
            }
        }
        sum.into_affine()
    };
    (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), false))
        .map(times)
        .find(|point| !point.is_zero())
        .unwrap()
}

/// Of width 13 there is every multiple up to 4096, of which none is at infinity; of others many are.
fn of_small_orders<M: Machine, C: Curve>(machine: M, base: C) {
    let mut multiples = vec![C::zero()];
    while multiples.len() < SMALL_ORDER as usize {
        let last = multiples[multiples.len() - 1];
        multiples.push((last + base).into_affine());
    }
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    // Below r/2: -s is not r - s here.
    let half = Fr::MODULUS.divide_by_2_round_down();
    let mut scalars: Vec<Fr> = (0..3000).map(|_| Fr::rand(&mut rng)).collect();
    scalars.extend((0..400).map(|index| Fr::from(index * SMALL_ORDER)));
    scalars.extend((0..2000).map(|_| Fr::from(rng.next_u32())));
    scalars.retain(|scalar| scalar.into_bigint() < half);
    let wanted: Vec<C> = scalars
        .iter()
        .map(|scalar| {
            let rest = BigUint::from(scalar.into_bigint()) % SMALL_ORDER;
            multiples[u64::try_from(rest).unwrap() as usize]
        })
        .collect();
    for width in [4, 5, 8, 13] {
        let table = Table::new(machine, base, width);
        let mut points = vec![C::zero(); scalars.len()];
        super::multiples_on(machine, &table, &scalars, &mut points);
        assert!(points == wanted, "width {width}");
    }
}

#[test]
fn points_of_a_run_may_be_equal_opposite_and_at_infinity() {
    let base = of_small_order();
    each_machine!(of_small_orders::<G2Affine>(base));
}

/// Every place of the table, and no place that is missing: the last window has fewer digits.
fn is_a_table<M: Machine, C: Curve>(machine: M, base: C) {
    for width in [4, 7, 9, 11] {
        let table = Table::new(machine, base, width);
        let windows = table.windows;
        let places: Vec<u32> =
            (0..(table.lines.len() / <C::BaseField as crate::curve::coordinate::Coordinate>::LINES) as u32)
                .collect();
        let leave = crate::curve::convert::Leave { lines: &table.lines, places: &places, curve: PhantomData };
        let points: Vec<C> = machine.run(leave);
        let mut points = points.into_iter();
        let mut first = base.into_group();
        for window in 0..windows.count {
            let bits = (width - 1).min(FULL_BITS - width * window);
            let mut wanted = C::Group::ZERO;
            for digit in 1..=1u32 << bits {
                wanted += first;
                assert_eq!(
                    points.next().unwrap(),
                    wanted.into_affine(),
                    "{digit} in {window} of {windows:?}"
                );
            }
            (0..width).for_each(|_| {
                first.double_in_place();
            });
        }
        assert!(points.next().is_none());
    }
}

#[test]
fn the_table_has_each_digit_of_each_window() {
    each_machine!(is_a_table::<G1Affine>(G1Affine::generator()));
    each_machine!(is_a_table::<G2Affine>(G2Affine::generator()));
}

/// What a thread keeps, and what [`Sums::sum`] needs of runs meanwhile.
fn works_within<M: Machine, C: Curve>(machine: M, bound: usize) {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let scalars: Vec<Fr> = (0..CHUNK).map(|_| Fr::rand(&mut rng)).collect();
    let table = Table::new(machine, C::generator(), 4);
    let mut bench = Bench::<M, C>::new(machine);
    bench.multiples(&table, &scalars, &mut [C::zero(); CHUNK]);
    let words = bench.entries.capacity() + 5 * bench.lengths.capacity();
    let bytes = 4 * words + bench.sums.bytes() + bench.adder.bytes();
    assert!(bytes < bound, "{bytes} bytes");
}

#[test]
fn a_thread_works_with_less_than_the_docs_say() {
    each_machine!(works_within::<G1Affine>(4 << 20));
    each_machine!(works_within::<G2Affine>(8 << 20));
}
