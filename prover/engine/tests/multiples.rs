//! Multiples of one point against arkworks, one after the other and all at once.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::scalar_mul::{BatchMulPreprocessing, ScalarMul};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Curve, FixedBase, Kernel, Pool, map};

/// 0, 1, r - 1, powers of two and what is beside them, the halves of r, of either sign, each twice.
fn edges() -> Vec<Fr> {
    let half = Fr::from(2u64).inverse().unwrap();
    let mut edges = vec![Fr::ZERO, Fr::ONE, half, half - Fr::ONE];
    let mut power = Fr::ONE;
    for _ in 0..254 {
        edges.extend([power, power - Fr::ONE, power + Fr::ONE]);
        power.double_in_place();
    }
    edges.iter().flat_map(|edge| [*edge, *edge, -*edge]).collect()
}

fn random(count: usize, seed: u64) -> Vec<Fr> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

/// On every kernel, with tables for few and for many.
fn are_the_multiples<C: Curve>(base: C, scalars: &[Fr], wanted: &[C]) {
    for kernel in Kernel::all() {
        for sized_for in [0, scalars.len(), 1 << 12] {
            let multiples = FixedBase::on(kernel, base, sized_for).multiples(scalars);
            assert_eq!(multiples.len(), wanted.len());
            for ((multiple, wanted), scalar) in multiples.iter().zip(wanted).zip(scalars) {
                assert_eq!(multiple, wanted, "{scalar}, table for {sized_for} on {kernel}");
            }
        }
    }
}

fn one_by_one<P: AffineRepr<ScalarField = Fr>>(base: P, scalars: &[Fr]) -> Vec<P> {
    let multiples: Vec<P::Group> = scalars.iter().map(|scalar| base * *scalar).collect();
    P::Group::normalize_batch(&multiples)
}

#[test]
fn edges_are_multiplied_as_one_by_one() {
    let scalars = edges();
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    are_the_multiples(g1, &scalars, &one_by_one(g1, &scalars));
    are_the_multiples(g2, &scalars, &one_by_one(g2, &scalars));
}

#[test]
fn any_number_of_scalars_of_any_base() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for count in [0, 1, 2, 7, 8, 9, 31, 1023, 1024, 1025] {
        let g1 = G1Projective::rand(&mut rng).into_affine();
        let g2 = G2Projective::rand(&mut rng).into_affine();
        let scalars = random(count, count as u64);
        are_the_multiples(g1, &scalars, &one_by_one(g1, &scalars));
        are_the_multiples(g2, &scalars, &one_by_one(g2, &scalars));
    }
}

#[test]
fn multiples_of_the_identity_are_the_identity() {
    let scalars = edges();
    are_the_multiples(G1Affine::identity(), &scalars, &vec![G1Affine::identity(); scalars.len()]);
    are_the_multiples(G2Affine::identity(), &scalars, &vec![G2Affine::identity(); scalars.len()]);
}

#[test]
fn one_scalar_many_times() {
    for scalar in [Fr::ZERO, Fr::ONE, -Fr::ONE, random(1, 3)[0]] {
        let base = G1Affine::generator();
        let wanted = (base * scalar).into_affine();
        are_the_multiples(base, &[scalar; 2100], &[wanted; 2100]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn multiples_are_arks(seed in any::<u64>(), count in 0usize..300, shift in 0u64..254) {
        let mut scalars = random(count, seed);
        // Numbers of any length, too.
        let power = Fr::from(2u64).pow([shift]).inverse().unwrap();
        scalars.extend((0..count as u64).map(|index| Fr::from(index) * power));
        let base = G1Projective::rand(&mut ChaCha20Rng::seed_from_u64(seed)).into_affine();
        are_the_multiples(base, &scalars, &one_by_one(base, &scalars));
    }
}

/// More than one chunk, zeros and small numbers among them, on pools of 1, 2 and 7 threads, within a pool of the caller's, and
/// several at once.
fn on_any_pool<C: Curve>(count: usize)
where
    C::Group: ScalarMul<MulBase = C>,
{
    let mut scalars = random(count, 4);
    for (index, scalar) in scalars.iter_mut().enumerate().filter(|(index, _)| index % 5 == 0) {
        *scalar = Fr::from(index as u64 % 35);
    }
    let base = C::generator();
    let wanted = BatchMulPreprocessing::<C::Group>::new(base.into_group(), count).batch_mul(&scalars);
    for kernel in Kernel::all() {
        for threads in [1, 2, 7] {
            let pool = Pool::new(Some(threads)).unwrap();
            let (one, three) = pool.install(|| {
                let base = FixedBase::on(kernel, base, count);
                (base.multiples(&scalars), map(3, |_| base.multiples(&scalars)))
            });
            assert!(one == wanted, "on {threads} threads, {kernel}");
            assert!(three.iter().all(|each| *each == wanted), "three at once on {threads} threads, {kernel}");
        }
    }
}

#[test]
fn multiples_are_equal_on_1_2_and_7_threads_and_in_the_pool_of_a_caller() {
    on_any_pool::<G1Affine>(5000);
    on_any_pool::<G2Affine>(2500);
}

#[test]
fn a_base_shows_how_large_its_table_is_and_nothing_of_it() {
    let shown = format!("{:?}", FixedBase::new(G1Affine::generator(), 1 << 20));
    assert!(shown.starts_with("FixedBase { width: Some(13), kernel: "), "{shown}");
}
