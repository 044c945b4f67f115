//! `reading` and `aggregate` of 16 under both proof systems: the same claim, of the same policy and readings, proven by halo2 and by Groth16 in
//! turn on as many threads, in one process.
//!
//! The times are of proofs alone: keys and parameters are made before, for development. Each prover verifies what it made before it returns
//! it, and that is in its time. Every proof is then verified once more, which is timed apart. The ratios of the medians
//! are printed: the machine may be noisy, the ratio is what counts.
//!
//! `cargo bench --bench backends -- reading` measures what matches.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::circuits::statement::reading::SingleReading;
use zksensor::circuits::statement::{Assignment, Binding, Claim, Statement};
use zksensor::halo2::prover::{Halo2, Srs, setup, size};
use zksensor::prover::engine::Pool;
use zksensor::prover::{Groth16, ProofSystem, Prover, ProverBuilder, insecure_setup};
use zksensor_peers::Turns;
use zksensor_testkit::Specimen;

/// The provers of a statement, one of each system.
struct Both<S: Statement> {
    halo2: Prover<S, Halo2>,
    groth16: Prover<S, Groth16>,
}

impl<S: Statement + Copy> Both<S> {
    /// Keys for development, and the provers on so many threads.
    fn new(statement: S, threads: usize) -> Self {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let rows = u8::try_from(size(&statement).unwrap().k).unwrap();
        let srs = Arc::new(Srs::insecure_setup(rows, rng).unwrap());
        let key = setup(&statement, srs, &()).unwrap();
        let halo2 = ProverBuilder::new(statement, key).threads(threads).build().unwrap();
        let key = insecure_setup(&statement, rng, &()).unwrap();
        let groth16 = ProverBuilder::new(statement, key).threads(threads).build().unwrap();
        Both { halo2, groth16 }
    }
}

/// How long a system took to prove a claim, and to verify the proof again.
fn timed<S: Statement, P: ProofSystem>(
    prover: &Prover<S, P>,
    claim: &Assignment<'_, S>,
    rng: &mut ChaCha20Rng,
) -> [Duration; 2] {
    let start = Instant::now();
    let proof = prover.prove(claim, rng).unwrap();
    let proven = start.elapsed();
    let start = Instant::now();
    prover.verify(&proof, claim.inputs()).unwrap();
    [proven, start.elapsed()]
}

/// Proofs of one claim by both, in turn: shows the time of halo2, and the ratios.
fn bench<S: Specimen>(criterion: &mut Criterion, statement: S, name: &str) {
    let threads = Pool::new(None).unwrap().threads();
    let both = Both::new(statement, threads);
    let witness = statement.filled().unwrap();
    let claim = Assignment::new(&statement, S::inputs_of(&witness, Binding::NONE), &witness).unwrap();
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let (mut proving, mut verifying) = (Turns::<2>::default(), Turns::<2>::default());
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
    group.bench_function("halo2", |b| {
        b.iter_custom(|runs| {
            let run = |_| {
                let [halo2, halo2_verified] = timed(&both.halo2, &claim, rng);
                let [groth16, groth16_verified] = timed(&both.groth16, &claim, rng);
                proving.note([halo2, groth16]);
                verifying.note([halo2_verified, groth16_verified]);
                halo2
            };
            (0..runs).map(run).sum()
        });
    });
    group.finish();
    if proving.rounds() > 0 {
        let ratio = |[halo2, groth16]: [Duration; 2]| halo2.as_secs_f64() / groth16.as_secs_f64();
        let ([halo2, groth16], [verified, groth16_verified]) = (proving.medians(), verifying.medians());
        eprintln!(
            "{name}: {} of 2^{} rows and {} constraints on {threads} threads, medians of {}: halo2 {halo2:.2?}, Groth16 {groth16:.2?}, which is \
             {:.1} times as fast; a proof verified in {verified:.2?} and {groth16_verified:.2?}, {:.1} times",
            both.halo2.compiled().size().rows,
            both.halo2.compiled().size().k,
            both.groth16.circuit().constraints(),
            proving.rounds(),
            ratio([halo2, groth16]),
            ratio([verified, groth16_verified]),
        );
    }
}

/// Whether something of this name is asked for: a key of the aggregate takes most of a minute.
fn is_asked_for(name: &str) -> bool {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    asked.is_empty() || asked.iter().any(|asked| name.contains(asked.as_str()) || asked.contains(name))
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let aggregate = Aggregate::new(16, 32, 3).unwrap();
    let name = |id: &dyn std::fmt::Display| format!("backends/{id}");
    let reading = name(&SingleReading.id());
    if is_asked_for(&reading) {
        bench(&mut criterion, SingleReading, &reading);
    }
    let of_16 = name(&aggregate.id());
    if is_asked_for(&of_16) {
        bench(&mut criterion, aggregate, &of_16);
    }
    criterion.final_summary();
}
