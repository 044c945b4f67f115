//! Field multiplication, addition of points, transforms, multi-exponentiation and multiples of one point in G1 and G2, on every path that this machine
//! has, each beside arkworks on the same input in the same run, on one thread.
//!
//! Ours and theirs take turns, and the ratio of the medians is printed: the machine may be noisy, the ratio is what counts.
//!
//! `cargo bench -p zksensor-engine --bench kernels -- msm_g1/16` measures what matches.
#![allow(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use ark_ec::scalar_mul::{BatchMulPreprocessing, ScalarMul};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, FftField, PrimeField, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use criterion::{Criterion, SamplingMode};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_engine::ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use zksensor_engine::{Curve, Domain, Elements, Evaluations, FixedBase, Kernel, Pool, Query, sum_g1, sum_g2};

fn timed(run: &mut dyn FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
}

/// Ours and theirs in turn, each of which does something `each` times: shows the time of ours for one, and the ratio.
fn pair(
    criterion: &mut Criterion,
    (group, name): (&str, &str),
    each: usize,
    ours: &mut dyn FnMut(),
    theirs: &mut dyn FnMut(),
) {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    let mut benches = criterion.benchmark_group(group);
    benches.sample_size(10).sampling_mode(SamplingMode::Flat);
    benches.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_secs(2));
    benches.bench_function(name, |bencher| {
        bencher.iter_custom(|runs| {
            (0..runs)
                .map(|_| {
                    their_times.push(timed(theirs));
                    let time = timed(ours);
                    our_times.push(time);
                    time
                })
                .sum()
        });
    });
    benches.finish();
    if !our_times.is_empty() {
        let (ours, theirs) = (median(&mut our_times), median(&mut their_times));
        let nanoseconds = |seconds: f64| seconds * 1e9 / each as f64;
        eprintln!(
            "{group}/{name}: {:.2} ns each, ark {:.2} ns: {:.2} times as fast",
            nanoseconds(ours),
            nanoseconds(theirs),
            theirs / ours
        );
    }
}

/// A product of each of 512 pairs, which stay in the first cache.
fn products(criterion: &mut Criterion) {
    const COUNT: usize = 512;
    const TURNS: usize = 100;
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut random = || -> Vec<Fq> { (0..COUNT).map(|_| Fq::rand(&mut rng)).collect() };
    let (a, b) = (random(), random());
    for kernel in Kernel::all() {
        let (mut left, right) = (Elements::enter(kernel, &a), Elements::enter(kernel, &b));
        let mut product = a.clone();
        pair(
            criterion,
            ("product", kernel.path().name()),
            COUNT * TURNS,
            &mut || (0..TURNS).for_each(|_| left.mul(&right)),
            &mut || {
                for _ in 0..TURNS {
                    product.iter_mut().zip(&b).for_each(|(a, b)| *a *= b);
                    black_box(&mut product);
                }
            },
        );
    }
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

/// The plain sum of many points: ours by pairs, arkworks' one affine point after the other.
fn additions<C: Curve>(
    criterion: &mut Criterion,
    name: &str,
    pool: &Pool,
    sum: fn(&Query<C>, &[Fr]) -> C::Group,
) {
    const COUNT: usize = 1 << 16;
    let points = doubles::<C::Group>(COUNT);
    let ones = vec![Fr::from(1); COUNT];
    for kernel in Kernel::all() {
        let query = Query::on(kernel, &points, 0);
        pair(
            criterion,
            (name, kernel.path().name()),
            COUNT,
            &mut || {
                black_box(pool.install(|| sum(&query, &ones)));
            },
            &mut || {
                let mut sum = C::Group::ZERO;
                points.iter().for_each(|point| sum += point);
                black_box(sum);
            },
        );
    }
}

fn sums<C: Curve>(criterion: &mut Criterion, name: &str, pool: &Pool, sum: fn(&Query<C>, &[Fr]) -> C::Group)
where
    C::Group: VariableBaseMSM<MulBase = C>,
{
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for bits in 14..=18 {
        let points = doubles::<C::Group>(1 << bits);
        let scalars: Vec<Fr> = points.iter().map(|_| Fr::rand(&mut rng)).collect();
        for kernel in Kernel::all() {
            let query = Query::on(kernel, &points, 0);
            pair(
                criterion,
                (name, &format!("{bits}/{}", kernel.path().name())),
                points.len(),
                &mut || {
                    black_box(pool.install(|| sum(&query, &scalars)));
                },
                &mut || {
                    let integers = || scalars.iter().map(|scalar| scalar.into_bigint()).collect::<Vec<_>>();
                    black_box(pool.install(|| C::Group::msm_bigint(&points, &integers())));
                },
            );
        }
    }
}

/// From values on a domain to values on its coset, which is a transform and one back; the time is of one of the two.
fn transforms(criterion: &mut Criterion, pool: &Pool) {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for bits in 14..=20 {
        let values: Vec<Fr> = (0..1 << bits).map(|_| Fr::rand(&mut rng)).collect();
        let points = Radix2EvaluationDomain::<Fr>::new(values.len()).unwrap();
        let coset = points.get_coset(Fr::GENERATOR).unwrap();
        for kernel in Kernel::all() {
            let domain = Domain::on(kernel, values.len()).unwrap();
            let (mut ours, mut theirs) = (Evaluations::enter(&domain, &values), values.clone());
            pair(
                criterion,
                ("fft", &format!("{bits}/{}", kernel.path().name())),
                2 * values.len(),
                &mut || pool.install(|| ours.to_coset()),
                &mut || {
                    pool.install(|| {
                        points.ifft_in_place(&mut theirs);
                        coset.fft_in_place(&mut theirs);
                    });
                },
            );
        }
    }
}

/// Multiples of the generator, the table included, as a setup makes them.
fn multiples<C: Curve>(criterion: &mut Criterion, name: &str, pool: &Pool)
where
    C::Group: ScalarMul<MulBase = C>,
{
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    for bits in [14, 17] {
        let scalars: Vec<Fr> = (0..1 << bits).map(|_| Fr::rand(&mut rng)).collect();
        for kernel in Kernel::all() {
            pair(
                criterion,
                (name, &format!("{bits}/{}", kernel.path().name())),
                scalars.len(),
                &mut || {
                    let ours = || FixedBase::on(kernel, C::generator(), scalars.len()).multiples(&scalars);
                    black_box(pool.install(ours));
                },
                &mut || {
                    let table =
                        || BatchMulPreprocessing::<C::Group>::new(C::generator().into_group(), scalars.len());
                    black_box(pool.install(|| table().batch_mul(&scalars)));
                },
            );
        }
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let pool = Pool::new(Some(1)).unwrap();
    products(&mut criterion);
    additions::<G1Affine>(&mut criterion, "addition_g1", &pool, sum_g1);
    additions::<G2Affine>(&mut criterion, "addition_g2", &pool, sum_g2);
    transforms(&mut criterion, &pool);
    sums::<G1Affine>(&mut criterion, "msm_g1", &pool, sum_g1);
    sums::<G2Affine>(&mut criterion, "msm_g2", &pool, sum_g2);
    multiples::<G1Affine>(&mut criterion, "multiples_g1", &pool);
    multiples::<G2Affine>(&mut criterion, "multiples_g2", &pool);
    criterion.final_summary();
}
