//! Witness, setup, proof, a batch of proofs and verification of `reading` and `aggregate` with 16 and 64 readings.
//!
//! Proofs are also made by ark-groth16 from the same rows and key in the same run, and the ratio is printed: the machine
//! may be noisy, the ratio is what counts; so is that of a batch and of its proofs one after the other, each on all threads.
//! ark-groth16 is built with its feature `parallel`, this prover on the same pool.
//!
//! `cargo bench --bench statements -- reading/prove` measures what matches.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ark_bn254::Bn254;
use ark_groth16::Groth16;
use ark_snark::SNARK;
use criterion::{Criterion, SamplingMode};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::statement::{Assignment, Binding, Job, Statement};
use zksensor::prover::{Cancel, Prover, insecure_setup, insecure_setup_with_ark};
use zksensor::r1cs::Sequential;
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};

thread_local! {
    /// Total time and runs by name, for the ratios at the end.
    static TIMES: RefCell<BTreeMap<String, (Duration, u32)>> = const { RefCell::new(BTreeMap::new()) };
}

fn timed<T>(name: &str, runs: u64, mut run: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        std::hint::black_box(run());
    }
    let total = start.elapsed();
    TIMES.with_borrow_mut(|times| {
        let entry = times.entry(name.to_owned()).or_default();
        entry.0 += total;
        entry.1 += u32::try_from(runs).unwrap();
    });
    total
}

/// One statement with a claim that holds.
fn bench<S: Statement + Clone>(
    criterion: &mut Criterion,
    label: &str,
    statement: &S,
    inputs: S::Inputs,
    filled: impl Fn() -> S::Witness + Sync,
) {
    let witness = &filled();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let assignment = Assignment::new(statement, inputs.clone(), witness).unwrap();
    let words = assignment.words().to_vec();
    let mut group = criterion.benchmark_group(label);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
    group.bench_function("setup", |b| {
        b.iter_custom(|runs| {
            timed(&format!("{label}/setup"), runs, || insecure_setup(statement, &mut rng, &()).unwrap())
        });
    });
    let (key, ark) = insecure_setup_with_ark(statement, &mut rng, &()).unwrap();
    let prover = Prover::builder(statement.clone(), key).build().unwrap();
    let circuit = prover.circuit();
    group.bench_function("witness", |b| {
        b.iter(|| circuit.assign(statement, &words, witness, &Sequential, None).unwrap());
    });
    group.bench_function("prove", |b| {
        b.iter_custom(|runs| {
            timed(&format!("{label}/prove"), runs, || prover.prove(&assignment, &mut rng).unwrap())
        });
    });
    let peer = format!("{label}/prove with ark-groth16");
    group.bench_function("prove with ark-groth16", |b| {
        b.iter_custom(|runs| {
            timed(&peer, runs, || {
                let full = circuit.assign(statement, &words, witness, &Sequential, None).unwrap();
                Groth16::<Bn254>::prove(&ark, circuit.reemit(Some(&full)), &mut rng).unwrap()
            })
        });
    });
    // What is proven one after the other is a job, too, so that making jobs is in both.
    let jobs = || {
        let job = |_| Job::new(statement.clone(), inputs.clone(), filled()).unwrap();
        (0..2 * prover.threads()).map(job)
    };
    let (batch, loop_of) = (format!("{label}/batch"), format!("{label}/batch, one after the other"));
    group.bench_function("batch", |b| {
        b.iter_custom(|runs| {
            timed(&loop_of, runs, || {
                jobs().map(|job| prover.prove(&job.assignment(), &mut rng).unwrap()).collect::<Vec<_>>()
            });
            timed(&batch, runs, || {
                let outcomes = prover.prove_jobs(jobs(), &mut rng, &Cancel::default()).unwrap();
                assert!(outcomes.iter().all(Result::is_ok));
            })
        });
    });
    let proof = prover.prove(&assignment, &mut rng).unwrap();
    group.bench_function("verify", |b| b.iter(|| prover.verifier().verify(&proof, &inputs).unwrap()));
    group.finish();

    say_ratios(label, circuit.constraints(), prover.threads());
}

/// How much faster our proof is than the peer's, and a batch than its proofs one after the other, as far as both were timed.
fn say_ratios(label: &str, constraints: usize, threads: usize) {
    TIMES.with_borrow(|times| {
        let mean = |name: &str| {
            let entry = times.get(&format!("{label}/{name}")).filter(|(_, runs)| *runs > 0);
            entry.map(|(total, runs)| *total / *runs)
        };
        if let (Some(ours), Some(theirs)) = (mean("prove"), mean("prove with ark-groth16")) {
            eprintln!(
                "{label}: {constraints} constraints, proof {ours:.2?}, ark-groth16 {theirs:.2?}: {:.2} times as fast",
                theirs.as_secs_f64() / ours.as_secs_f64()
            );
        }
        if let (Some(batch), Some(loop_of)) = (mean("batch"), mean("batch, one after the other")) {
            let proofs = 2 * threads;
            let ratio = loop_of.as_secs_f64() / batch.as_secs_f64();
            eprintln!(
                "{label}: {proofs} proofs on {threads} threads, as a batch {batch:.2?}, one after the other {loop_of:.2?}: \
                 {ratio:.2} times as fast"
            );
        }
    });
}

/// Every statement in the shapes whose constraints are golden, but for the largest: its key takes minutes.
struct Benches(Criterion);

impl SpecimenVisitor for Benches {
    fn visit<S: Specimen>(&mut self) {
        let shapes = S::cost_shapes();
        for shape in &shapes[..shapes.len().min(2)] {
            let witness = shape.filled().unwrap();
            let inputs = S::inputs_of(&witness, Binding::NONE);
            let label = shape.id().to_string().replacen(&format!("/v{}", S::VERSION), "", 1);
            bench(&mut self.0, &label, shape, inputs, || shape.filled().unwrap());
        }
    }
}

fn main() {
    let mut benches = Benches(Criterion::default().configure_from_args());
    each_specimen(&mut benches);
    benches.0.final_summary();
}
