//! Measures one thing after the other.

use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

use indicatif::ProgressBar;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::files::{self, CheckedKeys, Overwrite};
use zksensor::prover::Cancel;
use zksensor::prover::engine::{Kernel, Path};
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Binding, Claim, Job};
use zksensor_peers::kernels::{self, Pair};
use zksensor_peers::{Dense, Peer, PeerError, Trial, write_ark_key};
use zksensor_testkit::Specimen;

use super::BenchError;
use super::figures::{Figures, Work};
use super::part::{self, Part};
use super::plan::{Plan, THREADS};
use crate::folder::{Folder, FolderError};
use crate::output::Output;

/// Everything of the plan.
///
/// # Errors
/// [`BenchError`].
pub(super) fn all(plan: &Plan, output: &Output) -> Result<Figures, BenchError> {
    let kernel = Kernel::detect()?;
    let spinner = output.spinner("start");
    let (folder, figures) = (Folder::new()?, Figures::new(plan, kernel));
    let mut bench = Bench { plan, kernel, spinner, folder, figures };
    bench.arithmetic()?;
    bench.readings()?;
    bench.aggregates()?;
    bench.denses()?;
    bench.portable()?;
    bench.figures.conclude();
    bench.spinner.finish_and_clear();
    Ok(bench.figures)
}

struct Bench<'p> {
    plan: &'p Plan,
    kernel: Kernel,
    spinner: ProgressBar,
    /// For keys.
    folder: Folder,
    figures: Figures,
}

/// Keys and witnesses are the same in every run.
fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// A key for a statement of the made-up fleet, and a claim that fills it.
fn trial<S: Specimen>(statement: S) -> Result<Trial<S>, BenchError>
where
    S::Inputs: Clone,
{
    let witness = statement.filled()?;
    let inputs = S::inputs_of(&witness, Binding::NONE);
    Ok(Trial::new(statement, (inputs, witness), &mut rng())?)
}

impl Bench<'_> {
    fn doing(&self, what: impl Into<String>) {
        self.spinner.set_message(what.into());
    }

    /// Notes a pair: of what is done many times in a turn the time of one.
    fn pair(&mut self, name: &'static str, size: String, threads: usize, pair: &Pair, times: usize) {
        let one = |time: std::time::Duration| time.as_secs_f64() / times as f64;
        let seconds = [(Peer::Zksensor, one(pair.ours)), (Peer::Ark, one(pair.ark))].into();
        self.figures.work.push(Work { name, size, threads, seconds });
    }

    /// Products, additions, multi-exponentiations, transforms, on one thread.
    fn arithmetic(&mut self) -> Result<(), BenchError> {
        let (kernel, rounds) = (self.kernel, self.plan.rounds.0);
        self.doing("products and additions");
        let pair = kernels::products(kernel, rounds)?;
        self.pair("product", "1".to_owned(), 1, &pair, pair.each);
        let pair = kernels::additions_g1(kernel, rounds)?;
        self.pair("addition_g1", "1".to_owned(), 1, &pair, pair.each);
        let pair = kernels::additions_g2(kernel, rounds)?;
        self.pair("addition_g2", "1".to_owned(), 1, &pair, pair.each);
        for bits in &self.plan.sums {
            self.doing(format!("multi-exponentiations of 2^{bits}"));
            let size = format!("2^{bits}");
            let pair = kernels::sums_g1(kernel, *bits, 1, rounds)?;
            self.pair("msm_g1", size.clone(), 1, &pair, 1);
            let pair = kernels::sums_g2(kernel, *bits, 1, rounds)?;
            self.pair("msm_g2", size, 1, &pair, 1);
        }
        for bits in &self.plan.transforms {
            self.doing(format!("transforms of 2^{bits}"));
            // Two transforms a turn.
            let pair = kernels::transforms(kernel, *bits, 1, rounds)?;
            self.pair("fft", format!("2^{bits}"), 1, &pair, 2);
        }
        Ok(())
    }

    /// Proofs of `reading`: one, and as many as there are in a second.
    fn readings(&mut self) -> Result<(), BenchError> {
        self.doing("reading");
        let trial = trial(SingleReading)?;
        for threads in [1, THREADS] {
            let race = trial.race(Peer::ALL, threads, self.plan.rounds.1)?;
            self.figures.work.push(Work::of_race("reading", "1".to_owned(), &race));
        }
        self.doing("a batch of readings");
        let count = THREADS * self.plan.batch;
        let job = |_| -> Result<Job<SingleReading>, BenchError> {
            let witness = SingleReading.filled()?;
            Ok(Job::new(SingleReading, SingleReading::inputs_of(&witness, Binding::NONE), witness)?)
        };
        let jobs = (0..count).map(job).collect::<Result<Vec<_>, _>>()?;
        let stage = trial.stage(THREADS)?;
        let start = Instant::now();
        let outcomes = stage.prover().prove_jobs(jobs, &mut rng(), &Cancel::default());
        let seconds = start.elapsed().as_secs_f64();
        for outcome in outcomes.map_err(PeerError::from)? {
            outcome.map_err(PeerError::from)?;
        }
        self.figures.figures.insert("readings_per_s", count as f64 / seconds);
        Ok(())
    }

    fn aggregates(&mut self) -> Result<(), BenchError> {
        for aggregate in &self.plan.aggregates {
            let judged = *aggregate == self.plan.aggregate;
            let size = aggregate.id().to_string();
            self.doing(format!("a key of {size}"));
            let trial = trial(*aggregate)?;
            let threads = if judged { self.plan.threads.clone() } else { vec![THREADS] };
            for threads in threads {
                self.doing(format!("{size} on {threads} threads"));
                let race = trial.race(Peer::ALL, threads, self.plan.rounds.1)?;
                self.figures.work.push(Work::of_race("aggregate", size.clone(), &race));
                if judged && threads == THREADS {
                    self.figures.phases = race.phases;
                }
            }
            if judged {
                self.key(&trial)?;
            }
        }
        Ok(())
    }

    /// The key of the aggregate as a file: its size, how long it takes to read, and the memory of a proof with it.
    fn key(&mut self, trial: &Trial<Aggregate>) -> Result<(), BenchError> {
        self.doing("the key as a file");
        let folder = &self.folder;
        let path = folder.file(part::KEY);
        files::save_proving_key(&path, trial.key(), Overwrite::Never)?;
        let checked = CheckedKeys::at(folder.file(part::CHECKED));
        // Notes that it was checked.
        files::load_proving_key_once(&path, &checked)?;
        let mut times = Vec::new();
        for _ in 0..self.plan.rounds.1 {
            let start = Instant::now();
            files::load_proving_key_once(&path, &checked)?;
            times.push(start.elapsed());
        }
        let ark = folder.file(part::ARK_KEY);
        let failed = |source| FolderError { path: folder.path().to_owned(), source };
        let file = File::create_new(&ark).map_err(failed)?;
        write_ark_key(trial.ark_key(), BufWriter::new(file)).map_err(failed)?;
        let bytes = |path| std::fs::metadata(path).map(|data| data.len() as f64).map_err(failed);
        let figures = &mut self.figures.figures;
        figures.insert("key_ratio", bytes(&path)? / bytes(&ark)?);
        figures.insert("key_load_ms", zksensor_peers::median(&times).as_secs_f64() * 1e3);
        self.doing("peak of memory");
        if let Some(peak) = part::peak(Part::Peak, self.plan, folder)? {
            self.figures.figures.insert("peak_mb", peak);
        }
        self.figures.ark_peak_mb = part::peak(Part::PeakArk, self.plan, &self.folder)?;
        Ok(())
    }

    fn denses(&mut self) -> Result<(), BenchError> {
        for bits in &self.plan.denses {
            let size = format!("2^{bits}");
            self.doing(format!("a key of the dense circuit of {size}"));
            let trial = dense(*bits)?;
            let threads = if *bits == self.plan.dense { self.plan.threads.clone() } else { vec![THREADS] };
            for threads in threads {
                self.doing(format!("the dense circuit of {size} on {threads} threads"));
                let race = trial.race(Peer::ALL, threads, self.plan.rounds.1)?;
                self.figures.work.push(Work::of_race("dense", size.clone(), &race));
            }
        }
        Ok(())
    }

    /// The same without AVX-512. Where that is what proves, it was measured.
    fn portable(&mut self) -> Result<(), BenchError> {
        let size = format!("2^{}", self.plan.dense);
        let seconds = match self.kernel.path() {
            Path::Portable => self.figures.find("dense", &size, 1).map(|work| work.seconds.clone()),
            _ => {
                self.doing("the dense circuit without AVX-512");
                Some(part::portable(self.plan)?)
            }
        };
        let work = seconds.map(|seconds| Work { name: "dense, portable", size, threads: 1, seconds });
        self.figures.work.extend(work);
        Ok(())
    }
}

/// The dense circuit of 2^bits, with a key and a claim.
///
/// # Errors
/// [`BenchError::Peer`].
pub(super) fn dense(bits: u32) -> Result<Trial<Dense>, BenchError> {
    let dense = Dense::new(bits)?;
    let claim = dense.random(&mut rng());
    Ok(Trial::new(dense, claim, &mut rng())?)
}
