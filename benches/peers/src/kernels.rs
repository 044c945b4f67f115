//! The arithmetic beside arkworks', each on the same input in the same process.
//!
//! Both results are compared once, outside of what is timed.

use std::hint::black_box;
use std::time::Duration;

use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, FftField, PrimeField, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::{Curve, Domain, Elements, Evaluations, Kernel, Pool, Query, sum_g1, sum_g2};

use crate::{PeerError, Turns};

/// What was measured: medians of one of something, such as one product.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Ours.
    pub ours: Duration,
    /// arkworks'.
    pub ark: Duration,
    /// How many of it one turn did.
    pub each: usize,
}

impl Pair {
    fn of(turns: &Turns<2>, each: usize) -> Pair {
        let [ark, ours] = turns.medians();
        Pair { ours, ark, each }
    }

    /// How many times as fast ours is.
    pub fn ratio(&self) -> f64 {
        self.ark.as_secs_f64() / self.ours.as_secs_f64()
    }

    /// Nanoseconds of one: ours, and arkworks'.
    pub fn nanoseconds(&self) -> [f64; 2] {
        [self.ours, self.ark].map(|time| time.as_secs_f64() * 1e9 / self.each as f64)
    }
}

fn agree(what: &'static str, same: bool) -> Result<(), PeerError> {
    if same { Ok(()) } else { Err(PeerError::Differs { what }) }
}

fn turns(
    rounds: usize,
    ark: &mut dyn FnMut() -> Result<(), PeerError>,
    ours: &mut dyn FnMut() -> Result<(), PeerError>,
) -> Result<Turns<2>, PeerError> {
    let mut turns = Turns::default();
    for _ in 0..rounds {
        turns.take([ark, ours])?;
    }
    Ok(turns)
}

/// A product in the base field of each of 512 pairs, which stay in the first cache.
///
/// # Errors
/// [`PeerError::Differs`] if a product is another one.
pub fn products(kernel: Kernel, rounds: usize) -> Result<Pair, PeerError> {
    const COUNT: usize = 512;
    const TIMES: usize = 100;
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut random = || -> Vec<Fq> { (0..COUNT).map(|_| Fq::rand(&mut rng)).collect() };
    let (mut theirs, factors) = (random(), random());
    let (mut ours, right) = (Elements::enter(kernel, &theirs), Elements::enter(kernel, &factors));
    let turns = turns(
        rounds,
        &mut || {
            for _ in 0..TIMES {
                theirs.iter_mut().zip(&factors).for_each(|(product, factor)| *product *= factor);
                black_box(&mut theirs);
            }
            Ok(())
        },
        &mut || {
            (0..TIMES).for_each(|_| ours.mul(&right));
            Ok(())
        },
    )?;
    agree("a product", ours.leave() == theirs)?;
    Ok(Pair::of(&turns, COUNT * TIMES))
}

/// Different points: each the double of the one before.
fn doubles<G: CurveGroup>(count: usize) -> Vec<G::Affine> {
    let mut point = G::rand(&mut ChaCha20Rng::seed_from_u64(2));
    let points: Vec<G> = (0..count)
        .map(|_| {
            point.double_in_place();
            point
        })
        .collect();
    G::normalize_batch(&points)
}

/// The plain sum of 2^16 points of G1: ours by pairs, arkworks' one affine point after the other.
///
/// # Errors
/// [`PeerError::Differs`] if it is another one.
pub fn additions_g1(kernel: Kernel, rounds: usize) -> Result<Pair, PeerError> {
    additions(kernel, rounds, sum_g1)
}

/// As [`additions_g1`], of G2.
///
/// # Errors
/// As [`additions_g1`].
pub fn additions_g2(kernel: Kernel, rounds: usize) -> Result<Pair, PeerError> {
    additions::<G2Affine>(kernel, rounds, sum_g2)
}

type Sum<C> = fn(&Query<C>, &[Fr]) -> <C as ark_ec::AffineRepr>::Group;

fn additions<C: Curve>(kernel: Kernel, rounds: usize, sum: Sum<C>) -> Result<Pair, PeerError> {
    const COUNT: usize = 1 << 16;
    let points = doubles::<C::Group>(COUNT);
    let ones = vec![Fr::from(1u64); COUNT];
    let (query, pool) = (Query::on(kernel, &points, 0), Pool::new(Some(1))?);
    let (mut ours, mut theirs) = (C::Group::ZERO, C::Group::ZERO);
    let turns = turns(
        rounds,
        &mut || {
            theirs = C::Group::ZERO;
            points.iter().for_each(|point| theirs += point);
            Ok(())
        },
        &mut || {
            ours = pool.install(|| sum(&query, &ones));
            Ok(())
        },
    )?;
    agree("a sum of points", ours == theirs)?;
    Ok(Pair::of(&turns, COUNT))
}

/// The multi-exponentiation of 2^bits points of G1, on so many threads.
///
/// # Errors
/// [`PeerError::Differs`] if it is another one; [`PeerError::Threads`].
pub fn sums_g1(kernel: Kernel, bits: u32, threads: usize, rounds: usize) -> Result<Pair, PeerError> {
    sums::<G1Affine>(kernel, bits, threads, rounds, sum_g1)
}

/// As [`sums_g1`], of G2.
///
/// # Errors
/// As [`sums_g1`].
pub fn sums_g2(kernel: Kernel, bits: u32, threads: usize, rounds: usize) -> Result<Pair, PeerError> {
    sums::<G2Affine>(kernel, bits, threads, rounds, sum_g2)
}

fn sums<C: Curve>(
    kernel: Kernel,
    bits: u32,
    threads: usize,
    rounds: usize,
    sum: Sum<C>,
) -> Result<Pair, PeerError>
where
    C::Group: VariableBaseMSM<MulBase = C>,
{
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let points = doubles::<C::Group>(1 << bits);
    let scalars: Vec<Fr> = points.iter().map(|_| Fr::rand(&mut rng)).collect();
    let (query, pool) = (Query::on(kernel, &points, 0), Pool::new(Some(threads))?);
    let (mut ours, mut theirs) = (C::Group::ZERO, C::Group::ZERO);
    let turns = turns(
        rounds,
        &mut || {
            theirs = pool.install(|| {
                let integers: Vec<_> = scalars.iter().map(|scalar| scalar.into_bigint()).collect();
                C::Group::msm_bigint(&points, &integers)
            });
            Ok(())
        },
        &mut || {
            ours = pool.install(|| sum(&query, &scalars));
            Ok(())
        },
    )?;
    agree("a multi-exponentiation", ours == theirs)?;
    Ok(Pair::of(&turns, points.len()))
}

/// The multi-exponentiation in G1 as arkworks has it, compiled here and nowhere else.
///
/// # Panics
/// Unless there are as many scalars as points.
pub fn ark_sum_g1(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    VariableBaseMSM::msm(points, scalars).expect("as many scalars as points")
}

/// As [`ark_sum_g1`], in G2.
///
/// # Panics
/// As [`ark_sum_g1`].
pub fn ark_sum_g2(points: &[G2Affine], scalars: &[Fr]) -> G2Projective {
    VariableBaseMSM::msm(points, scalars).expect("as many scalars as points")
}

/// From 2^bits values on a domain to values on its coset, which is a transform and one back, on so many threads. What is timed is
/// both; [`Pair::each`] counts the values of both.
///
/// # Errors
/// [`PeerError::Differs`] if it is another one; [`PeerError::Threads`].
pub fn transforms(kernel: Kernel, bits: u32, threads: usize, rounds: usize) -> Result<Pair, PeerError> {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let mut theirs: Vec<Fr> = (0..1 << bits).map(|_| Fr::rand(&mut rng)).collect();
    let no_domain = PeerError::Differs { what: "the size of a domain" };
    let (Some(domain), Some(points)) =
        (Domain::on(kernel, theirs.len()), Radix2EvaluationDomain::<Fr>::new(theirs.len()))
    else {
        return Err(no_domain);
    };
    let coset = points.get_coset(Fr::GENERATOR).ok_or(no_domain)?;
    let (mut ours, pool) = (Evaluations::enter(&domain, &theirs), Pool::new(Some(threads))?);
    let turns = turns(
        rounds,
        &mut || {
            pool.install(|| {
                points.ifft_in_place(&mut theirs);
                coset.fft_in_place(&mut theirs);
            });
            Ok(())
        },
        &mut || {
            pool.install(|| ours.to_coset());
            Ok(())
        },
    )?;
    agree("a transform", ours.leave()[..] == theirs[..])?;
    Ok(Pair::of(&turns, 2 << bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_computes_what_arkworks_does() {
        for kernel in Kernel::all() {
            let pairs = [
                products(kernel, 1),
                sums_g1(kernel, 9, 1, 1),
                sums_g2(kernel, 8, 2, 1),
                transforms(kernel, 9, 2, 3),
            ];
            for pair in pairs {
                let pair = pair.unwrap();
                assert!(pair.ratio() > 0.0 && pair.nanoseconds().iter().all(|time| *time > 0.0), "{pair:?}");
            }
        }
    }
}
