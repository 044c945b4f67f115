//! The multi-exponentiations against sums of one multiple after the other.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Curve, Kernel, Pool, Query, map, sum_g1, sum_g1_while, sum_g2, sum_g2_while};

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
            for kernel in Kernel::all() {
                let query = Query::on(kernel, &points, first);
                assert_eq!(sum_g1(&query, &assignment), wanted, "{count} from {first}, {kernel}");
            }
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
            for kernel in Kernel::all() {
                let query = Query::on(kernel, &points, first);
                assert_eq!(sum_g2(&query, &assignment), wanted, "{count} from {first}, {kernel}");
            }
        }
    }
}

/// What was entered comes out, in parts as well, whatever the kernel keeps it as.
#[test]
fn points_leave_as_they_entered() {
    fn leave<P: Curve>(seed: u64) {
        let points: Vec<P> = points(1_000, &mut ChaCha20Rng::seed_from_u64(seed));
        let present: Vec<P> = points.iter().copied().filter(|point| !point.is_zero()).collect();
        for kernel in Kernel::all() {
            let whole = Query::on(kernel, &points, 5);
            assert_eq!((whole.len(), whole.present_len(), whole.is_empty()), (1_000, present.len(), false));
            assert!(whole.present().eq(points.iter().map(|point| !point.is_zero())), "{kernel}");
            for range in [0..0, 0..1, 3..12, 7..present.len(), 0..present.len()] {
                assert_eq!(whole.present_points(range.clone()), present[range], "{kernel}");
            }
        }
        let mut parts = Query::empty(5, 0);
        assert!(parts.is_empty() && parts.present_len() == 0);
        for part in points.chunks(37) {
            parts.extend(part);
        }
        assert!(parts.present().eq(points.iter().map(|point| !point.is_zero())));
        assert_eq!(parts.present_points(0..present.len()), present);
    }
    leave::<G1Affine>(21);
    leave::<G2Affine>(22);
}

#[test]
fn identities_and_zeros_sum_to_the_identity() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let nothing = Query::new(&[G1Affine::identity(); 33], 0);
    assert_eq!(sum_g1(&nothing, &scalars(33, &mut rng)), G1Projective::ZERO);
    let points: Vec<G2Affine> = points(33, &mut rng);
    assert_eq!(sum_g2(&Query::new(&points, 0), &[Fr::ZERO; 33]), G2Projective::ZERO);
}

/// Every scalar of one bucket, and every point the same.
#[test]
fn one_point_and_one_scalar_many_times() {
    for count in [255u64, 256, 257] {
        let query = Query::new(&vec![G1Affine::generator(); count as usize], 0);
        for scalar in [Fr::ONE, -Fr::ONE, Fr::from(2u64), Fr::from(1u64 << 63)] {
            let wanted = G1Affine::generator() * (scalar * Fr::from(count));
            assert_eq!(sum_g1(&query, &vec![scalar; count as usize]), wanted, "{count} times {scalar}");
        }
    }
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn a_column_that_is_not_there_is_refused() {
    let _ = sum_g1(&Query::new(&[G1Affine::generator(); 3], 1), &[Fr::ONE; 3]);
}

#[test]
#[should_panic(expected = "fewer than 2^31 columns")]
fn columns_beyond_all_numbers_are_refused() {
    let _ = Query::new(&[G1Affine::generator(); 2], usize::MAX);
}

#[test]
#[should_panic(expected = "fewer than 2^31 columns")]
fn columns_that_have_no_room_are_refused() {
    let _ = Query::new(&[G1Affine::generator(); 2], (1 << 31) - 2);
}

#[test]
#[should_panic(expected = "no point that is on the curve has y = 0")]
#[expect(clippy::disallowed_methods, reason = "a point that is not on the curve is what is wanted")]
fn a_point_that_is_not_on_the_curve_may_stop_a_sum() {
    let point = G1Affine::new_unchecked(Fq::ONE, Fq::ZERO);
    let _ = sum_g1(&Query::new(&[point; 2], 0), &[Fr::ONE; 2]);
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
    let query = Query::new(&all, 0);
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

/// In G1 and in G2, on every kernel, against what arkworks makes of the same.
fn is_arks(scalars: &[Fr], points_g1: &[G1Affine], points_g2: &[G2Affine], what: &str) {
    let wanted = G1Projective::msm(points_g1, &scalars[..points_g1.len()]).unwrap();
    let wanted_g2 = G2Projective::msm(points_g2, &scalars[..points_g2.len()]).unwrap();
    for kernel in Kernel::all() {
        let query = Query::on(kernel, points_g1, 0);
        assert_eq!(query.kernel().path(), kernel.path());
        assert_eq!(sum_g1(&query, scalars), wanted, "{what} in G1, {kernel}");
        let query = Query::on(kernel, points_g2, 0);
        assert_eq!(sum_g2(&query, scalars), wanted_g2, "{what} in G2, {kernel}");
    }
}

/// Different points, cheaply: each the double of the one before.
fn doubles<P: AffineRepr<ScalarField = Fr>>(count: usize, seed: u64) -> Vec<P> {
    let mut point = P::Group::rand(&mut ChaCha20Rng::seed_from_u64(seed));
    let points: Vec<P::Group> = (0..count)
        .map(|_| {
            point.double_in_place();
            point
        })
        .collect();
    P::Group::normalize_batch(&points)
}

/// Scalars that somebody would choose who wants it to go wrong.
#[test]
fn hostile_scalars() {
    const COUNT: usize = 700;
    let (g1, g2) = (doubles::<G1Affine>(COUNT, 5), doubles::<G2Affine>(COUNT, 6));
    let two = Fr::from(2u64);
    let half = two.inverse().unwrap();
    let mut cases: Vec<(String, Vec<Fr>)> = Vec::new();
    for (name, scalar) in [
        ("all 0", Fr::ZERO),
        ("all 1", Fr::ONE),
        ("all r - 1", -Fr::ONE),
        ("all 2", two),
        ("all r - 2", -two),
        ("all (r + 1) / 2", half),
        ("all (r - 1) / 2", -half),
        ("all 2^64 - 1", two.pow([64]) - Fr::ONE),
        ("all 2^64", two.pow([64])),
        ("all -2^64", -two.pow([64])),
        ("all 2^252", two.pow([252])),
    ] {
        cases.push((name.into(), vec![scalar; COUNT]));
    }
    for width in [3u64, 8, 12, 13, 16] {
        // Half of a window, where a digit turns over, in every window and in one.
        let turn = two.pow([width - 1]);
        cases.push((
            format!("2^{} and 1 less", width - 1),
            (0..COUNT).map(|i| turn - Fr::from(i as u64 % 2)).collect(),
        ));
        let mut all = Fr::ZERO;
        for window in 0..253 / width {
            all += two.pow([width * window + width - 1]);
        }
        cases.push((
            format!("2^{} in every window", width - 1),
            (0..COUNT).map(|i| all - Fr::from(i as u64 % 3)).collect(),
        ));
    }
    cases.push((
        "one that is not 0".into(),
        (0..COUNT).map(|i| if i == 333 { half } else { Fr::ZERO }).collect(),
    ));
    cases.push((
        "1 and r - 1".into(),
        (0..COUNT).map(|i| if i % 2 == 0 { Fr::ONE } else { -Fr::ONE }).collect(),
    ));
    cases.push(("powers of two".into(), (0..COUNT).map(|i| two.pow([i as u64 % 254])).collect()));
    for (what, scalars) in &cases {
        is_arks(scalars, &g1, &g2, what);
    }
}

/// Points that somebody would choose who wants it to go wrong.
#[test]
fn hostile_points() {
    const COUNT: usize = 700;
    let (g1, g2) = (doubles::<G1Affine>(COUNT, 5), doubles::<G2Affine>(COUNT, 6));
    let half = Fr::from(2u64).inverse().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let random: Vec<Fr> = (0..COUNT).map(|_| Fr::rand(&mut rng)).collect();
    let one = (vec![g1[0]; COUNT], vec![g2[0]; COUNT]);
    let and_opposite = |index: usize| index % 2 == 1;
    let opposites: (Vec<G1Affine>, Vec<G2Affine>) = (0..COUNT)
        .map(|index| {
            if and_opposite(index) {
                (-g1[index / 2], -g2[index / 2])
            } else {
                (g1[index / 2], g2[index / 2])
            }
        })
        .unzip();
    let few: (Vec<G1Affine>, Vec<G2Affine>) = (0..COUNT).map(|index| (g1[index % 3], g2[index % 3])).unzip();
    let none = (vec![G1Affine::identity(); COUNT], vec![G2Affine::identity(); COUNT]);
    let mut some = (g1.clone(), g2.clone());
    for index in (0..COUNT).step_by(3) {
        (some.0[index], some.1[index]) = (G1Affine::identity(), G2Affine::identity());
    }
    for (what, (g1, g2)) in [
        ("one base", &one),
        ("bases and their opposites", &opposites),
        ("three bases", &few),
        ("identities", &none),
        ("identities among the bases", &some),
    ] {
        is_arks(&random, g1, g2, what);
        for scalar in [Fr::ONE, -Fr::ONE, Fr::from(3u64), half] {
            is_arks(&vec![scalar; COUNT], g1, g2, what);
        }
        // Pairs that cancel each other, so that every bucket is the point at infinity.
        let pairs: Vec<Fr> = (0..COUNT).map(|index| random[index / 2]).collect();
        is_arks(&pairs, g1, g2, what);
        let cancelled: Vec<Fr> = (0..COUNT)
            .map(|index| if and_opposite(index) { -random[index / 2] } else { random[index / 2] })
            .collect();
        is_arks(&cancelled, g1, g2, what);
    }
}

/// Sizes around those of vectors, of batches and of windows, and mixtures as a witness has them.
#[test]
fn sizes_up_to_two_to_the_fourteenth() {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    for count in [0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 511, 513, 1000, 4095, 4097, 1 << 14] {
        let (g1, g2) = (doubles::<G1Affine>(count, 10), doubles::<G2Affine>(count.min(2000), 11));
        let random: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
        is_arks(&random, &g1, &g2, "random");
        let mixed: Vec<Fr> = (0..count)
            .map(|index| match index % 10 {
                0..3 => Fr::ZERO,
                3..6 => Fr::ONE,
                6 => -Fr::from(index as u64),
                7 | 8 => Fr::from(index as u64 * 0x1234_5678_9abc),
                _ => random[index],
            })
            .collect();
        is_arks(&mixed, &g1, &g2, "mixed");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn sums_are_arks(seed in any::<u64>(), count in 0usize..300) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (g1, g2) = (points::<G1Affine>(count, &mut rng), points::<G2Affine>(count.min(60), &mut rng));
        is_arks(&scalars(count, &mut rng), &g1, &g2, "random");
    }
}

/// More points than one task takes, of every kind, on pools of 1, 2 and 7 threads, within a pool of the caller's, and from
/// several threads at once.
#[test]
fn sums_are_equal_on_1_2_and_7_threads_and_in_the_pool_of_a_caller() {
    const COUNT: usize = (1 << 17) + 300;
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let few = doubles::<G1Affine>(200, 13);
    let all: Vec<G1Affine> = (0..COUNT).map(|index| few[index % few.len()]).collect();
    let assignment: Vec<Fr> = (0..COUNT)
        .map(|index| match index % 100 {
            0..60 => Fr::ONE,
            60..98 => Fr::from(index as u64),
            _ => Fr::rand(&mut rng),
        })
        .collect();
    let mut of_each = vec![Fr::ZERO; few.len()];
    for (index, scalar) in assignment.iter().enumerate() {
        of_each[index % few.len()] += scalar;
    }
    let wanted: G1Projective = one_by_one(&few, &of_each);
    for kernel in Kernel::all() {
        let query = Query::on(kernel, &all, 0);
        for threads in [1, 2, 7] {
            let pool = Pool::new(Some(threads)).unwrap();
            let sum = pool.install(|| sum_g1(&query, &assignment));
            assert_eq!(sum, wanted, "on {threads} threads, {kernel}");
            let sums = pool.install(|| map(3, |_| sum_g1(&query, &assignment)));
            assert!(sums.iter().all(|sum| *sum == wanted), "three at once on {threads} threads, {kernel}");
        }
        std::thread::scope(|scope| {
            let sums: Vec<_> = (0..2).map(|_| scope.spawn(|| sum_g1(&query, &assignment))).collect();
            for sum in sums {
                assert_eq!(sum.join().unwrap(), wanted, "{kernel}");
            }
        });
    }
}

#[test]
fn a_query_shows_how_many_points_it_has_and_none_of_them() {
    let query = Query::new(&[G1Affine::generator(), G1Affine::identity()], 0);
    let shown = format!("{query:?}");
    assert!(shown.starts_with("Query { points: 1, kernel: "), "{shown}");
}

/// A sum that is not wanted any more ends before its next part, wherever it is, and gives nothing.
#[test]
fn a_sum_goes_on_as_long_as_it_is_wanted() {
    let mut rng = ChaCha20Rng::seed_from_u64(31);
    let some: Vec<G1Affine> = points(1000, &mut rng);
    let (points, assignment) = (some.repeat(30), scalars(30_000, &mut rng));
    for kernel in Kernel::all() {
        let query = Query::on(kernel, &points, 0);
        let asked = AtomicUsize::new(0);
        let until = |last: usize| {
            asked.store(0, Ordering::Relaxed);
            sum_g1_while(&query, &assignment, &|| asked.fetch_add(1, Ordering::Relaxed) < last)
        };
        let whole = until(usize::MAX);
        let parts = asked.load(Ordering::Relaxed);
        assert!(whole == Some(sum_g1(&query, &assignment)) && parts >= 5, "{parts} parts, {kernel}");
        for last in 0..parts {
            assert_eq!(until(last), None, "after {last} of {parts}, {kernel}");
        }
        assert_eq!(until(parts), whole);
    }
    let g2 = Query::new(&[G2Affine::generator(); 40], 0);
    assert_eq!(sum_g2_while(&g2, &assignment, &|| false), None);
    assert_eq!(sum_g2_while(&g2, &assignment, &|| true), Some(sum_g2(&g2, &assignment)));
}
