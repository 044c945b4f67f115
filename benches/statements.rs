//! Witness, setup, proof, a batch of proofs and verification of every statement, in two shapes each; of `aggregate` with 256 readings
//! and of dense circuits to 2^19 the proof.
//!
//! Proofs are also made by ark-groth16 and taceo-groth16 from the same rows and key in the same run. All take turns, and the ratio of the
//! medians is printed: the machine may be noisy, the ratio is what counts; so is that of a batch and of its proofs one after the
//! other, each on all threads. The peers run on as many threads.
//!
//! `cargo bench --bench statements -- reading/prove` measures what matches; `zksensor bench` what has a goal.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::circuits::statement::{Binding, Claim, Job, Statement};
use zksensor::prover::engine::Pool;
use zksensor::prover::{Cancel, insecure_setup};
use zksensor::r1cs::Sequential;
use zksensor_peers::{Dense, Peer, Stage, Trial, Turns};
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};

/// The group of a statement.
struct Group<'c> {
    label: String,
    criterion: criterion::BenchmarkGroup<'c, criterion::measurement::WallTime>,
}

impl<'c> Group<'c> {
    fn new(criterion: &'c mut Criterion, label: String) -> Self {
        let mut group = criterion.benchmark_group(&label);
        group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
        Group { label, criterion: group }
    }

    /// Proofs by all three, in turn: shows our time, and the ratios.
    fn prove<S: Statement + Clone>(&mut self, stage: &Stage<'_, S>) {
        let mut turns = Turns::<3>::default();
        let rng = &mut ChaCha20Rng::seed_from_u64(2);
        self.criterion.bench_function("prove", |b| {
            b.iter_custom(|runs| {
                let run = |_| {
                    let round = Peer::ALL.map(|peer| {
                        let start = Instant::now();
                        let proof = stage.prove(peer, rng).unwrap();
                        let time = start.elapsed();
                        stage.verify(peer, &proof).unwrap();
                        time
                    });
                    turns.note(round);
                    round[2]
                };
                (0..runs).map(run).sum()
            });
        });
        if turns.rounds() > 0 {
            let [ark, taceo, ours] = turns.medians();
            let ratio = |time: Duration| time.as_secs_f64() / ours.as_secs_f64();
            let (prover, label) = (stage.prover(), &self.label);
            eprintln!(
                "{label}: {} constraints on {} threads, proof {ours:.2?}, ark-groth16 {ark:.2?}: {:.2} times as fast, taceo-groth16 \
                 {taceo:.2?}: {:.2} times",
                prover.circuit().constraints(),
                prover.threads(),
                ratio(ark),
                ratio(taceo)
            );
        }
    }

    /// A batch, and its proofs one after the other. What is proven one after the other is a job, too, so that making jobs is in both.
    fn batch<S: Specimen>(&mut self, stage: &Stage<'_, S>, shape: &S) {
        let (prover, rng) = (stage.prover(), &mut ChaCha20Rng::seed_from_u64(3));
        let job = |_| {
            let witness = shape.filled().unwrap();
            Job::new(*shape, S::inputs_of(&witness, Binding::NONE), witness).unwrap()
        };
        let jobs = || (0..2 * prover.threads()).map(job);
        let mut turns = Turns::<2>::default();
        self.criterion.bench_function("batch", |b| {
            b.iter_custom(|runs| {
                let run = |_| {
                    let start = Instant::now();
                    for job in jobs() {
                        prover.prove(&job.assignment(), rng).unwrap();
                    }
                    let one_by_one = start.elapsed();
                    let start = Instant::now();
                    let outcomes = prover.prove_jobs(jobs(), rng, &Cancel::default()).unwrap();
                    assert!(outcomes.iter().all(Result::is_ok));
                    let batch = start.elapsed();
                    turns.note([one_by_one, batch]);
                    batch
                };
                (0..runs).map(run).sum()
            });
        });
        if turns.rounds() > 0 {
            let [one_by_one, batch] = turns.medians();
            let (label, threads) = (&self.label, prover.threads());
            eprintln!(
                "{label}: {} proofs on {threads} threads, as a batch {batch:.2?}, one after the other {one_by_one:.2?}: {:.2} times as fast",
                2 * threads,
                one_by_one.as_secs_f64() / batch.as_secs_f64()
            );
        }
    }
}

/// A shape of a statement, filled, with a key.
fn trial<S: Specimen>(shape: &S) -> Trial<S> {
    let witness = shape.filled().unwrap();
    let claim = (S::inputs_of(&witness, Binding::NONE), witness);
    Trial::new(*shape, claim, &mut ChaCha20Rng::seed_from_u64(1)).unwrap()
}

fn label<S: Claim>(shape: &S) -> String {
    let id = shape.id();
    id.to_string().replacen(&format!("/v{}", id.version), "", 1)
}

/// As many as RAYON_NUM_THREADS says, or the machine has.
fn threads() -> usize {
    Pool::new(None).unwrap().threads()
}

/// All of a shape.
fn bench<S: Specimen>(criterion: &mut Criterion, shape: &S) {
    let mut group = Group::new(criterion, label(shape));
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    group.criterion.bench_function("setup", |b| b.iter(|| insecure_setup(shape, rng, &()).unwrap()));
    let trial = trial(shape);
    let stage = trial.stage(threads()).unwrap();
    let (prover, assignment) = (stage.prover(), trial.assignment().unwrap());
    group.criterion.bench_function("witness", |b| {
        let witness = assignment.witness();
        b.iter(|| prover.circuit().assign(shape, assignment.words(), witness, &Sequential, None).unwrap());
    });
    group.prove(&stage);
    group.batch(&stage, shape);
    let proof = prover.prove(&assignment, rng).unwrap();
    group.criterion.bench_function("verify", |b| {
        b.iter(|| prover.verifier().verify(&proof, assignment.inputs()).unwrap())
    });
}

/// Every statement in the shapes whose constraints are golden, but for the largest: its key takes minutes.
struct Benches(Criterion);

impl SpecimenVisitor for Benches {
    fn visit<S: Specimen>(&mut self) {
        let shapes = S::cost_shapes();
        let shapes = shapes.iter().take(2).filter(|shape| is_asked_for(&label(*shape)));
        shapes.for_each(|shape| bench(&mut self.0, shape));
    }
}

/// Whether something of this name is asked for: what takes minutes to make is not made for nothing.
fn is_asked_for(name: &str) -> bool {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    asked.is_empty() || asked.iter().any(|asked| name.contains(asked.as_str()) || asked.contains(name))
}

fn main() {
    let mut benches = Benches(Criterion::default().configure_from_args());
    each_specimen(&mut benches);
    let large = Aggregate::new(256, 32, 3).unwrap();
    if is_asked_for(&label(&large)) {
        Group::new(&mut benches.0, label(&large)).prove(&trial(&large).stage(threads()).unwrap());
    }
    for bits in 16..=19 {
        let dense = Dense::new(bits).unwrap();
        if is_asked_for(&label(&dense)) {
            let rng = &mut ChaCha20Rng::seed_from_u64(1);
            let claim = dense.random(rng);
            let trial = Trial::new(dense.clone(), claim, rng).unwrap();
            Group::new(&mut benches.0, label(&dense)).prove(&trial.stage(threads()).unwrap());
        }
    }
    benches.0.final_summary();
}
