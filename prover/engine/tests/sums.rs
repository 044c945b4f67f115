//! The multi-exponentiations against sums of one multiple after the other.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Pool, Query, map, sum_g1, sum_g2};

/// Random points, among them the identity, one twice in a row, and a point with its negative.
fn points<P: AffineRepr<ScalarField = Fr>>(count: usize, rng: &mut ChaCha20Rng) -> Vec<P> {
    let mut points: Vec<P> = Vec::with_capacity(count);
    for index in 0..count {
        let last = points.last().copied();
        points.push(match (index % 7, last) {
            (2, _) => P::zero(),
            (4, Some(last)) => last,
            (6, Some(last)) => (-last.into_group()).into_affine(),
            _ => P::Group::rand(rng).into_affine(),
        });
    }
    points
}

/// Random scalars, among them 0, 1 and -1, and neighbours that are the same.
fn scalars(count: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    let mut scalars: Vec<Fr> = Vec::with_capacity(count);
    for index in 0..count {
        let last = scalars.last().copied();
        scalars.push(match (index % 11, last) {
            (1 | 8, _) => Fr::ZERO,
            (3, _) => Fr::ONE,
            (5, _) => -Fr::ONE,
            (6 | 10, Some(last)) => last,
            (7, _) => Fr::from(index as u64),
            _ => Fr::rand(rng),
        });
    }
    scalars
}

fn one_by_one<P: AffineRepr<ScalarField = Fr>>(points: &[P], scalars: &[Fr]) -> P::Group {
    points.iter().zip(scalars).map(|(point, scalar)| *point * scalar).sum()
}

const SIZES: [usize; 24] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 256, 257];

#[test]
fn in_g1_it_is_the_sum_of_the_multiples() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for count in SIZES {
        for first in [0, 5] {
            let points: Vec<G1Affine> = points(count, &mut rng);
            let assignment = scalars(first + count, &mut rng);
            let wanted: G1Projective = one_by_one(&points, &assignment[first..]);
            assert_eq!(sum_g1(&Query::new(points, first), &assignment), wanted, "{count} from {first}");
        }
    }
}

#[test]
fn in_g2_it_is_the_sum_of_the_multiples() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for count in SIZES {
        for first in [0, 3] {
            let points: Vec<G2Affine> = points(count, &mut rng);
            let assignment = scalars(first + count, &mut rng);
            let wanted: G2Projective = one_by_one(&points, &assignment[first..]);
            assert_eq!(sum_g2(&Query::new(points, first), &assignment), wanted, "{count} from {first}");
        }
    }
}

#[test]
fn identities_and_zeros_sum_to_the_identity() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let nothing = Query::new(vec![G1Affine::identity(); 33], 0);
    assert_eq!(sum_g1(&nothing, &scalars(33, &mut rng)), G1Projective::ZERO);
    let points: Vec<G2Affine> = points(33, &mut rng);
    assert_eq!(sum_g2(&Query::new(points, 0), &[Fr::ZERO; 33]), G2Projective::ZERO);
}

/// Every scalar of one bucket, and every point the same.
#[test]
fn one_point_and_one_scalar_many_times() {
    for count in [255u64, 256, 257] {
        let query = Query::new(vec![G1Affine::generator(); count as usize], 0);
        for scalar in [Fr::ONE, -Fr::ONE, Fr::from(2u64), Fr::from(1u64 << 63)] {
            let wanted = G1Affine::generator() * (scalar * Fr::from(count));
            assert_eq!(sum_g1(&query, &vec![scalar; count as usize]), wanted, "{count} times {scalar}");
        }
    }
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn a_column_that_is_not_there_is_refused() {
    let _ = sum_g1(&Query::new(vec![G1Affine::generator(); 3], 1), &[Fr::ONE; 3]);
}

/// More scalars than a chunk has, so that a chunk that begins in the wrong place shows.
#[test]
fn it_does_not_depend_on_the_number_of_threads() {
    const COUNT: usize = (1 << 14) + 77;
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let few: Vec<G1Affine> = points(64, &mut rng);
    let all: Vec<G1Affine> = (0..COUNT).map(|index| few[index % few.len()]).collect();
    let assignment = scalars(COUNT, &mut rng);
    let mut of_each = vec![Fr::ZERO; few.len()];
    for (index, scalar) in assignment.iter().enumerate() {
        of_each[index % few.len()] += scalar;
    }
    let query = Query::new(all, 0);
    for threads in [1, 3] {
        let pool = Pool::new(Some(threads)).unwrap();
        let sum = pool.install(|| sum_g1(&query, &assignment));
        assert_eq!(sum, one_by_one(&few, &of_each), "on {threads} threads");
    }
}

#[test]
fn results_of_a_map_come_in_order() {
    let pool = Pool::new(Some(3)).unwrap();
    assert_eq!(pool.threads(), if cfg!(feature = "parallel") { 3 } else { 1 });
    assert_eq!(
        pool.install(|| map(1000, |index| index * index)),
        (0..1000).map(|i| i * i).collect::<Vec<_>>()
    );
    assert_eq!(Pool::new(Some(0)).unwrap().threads(), 1);
    assert!(Pool::new(None).unwrap().threads() >= 1);
}
