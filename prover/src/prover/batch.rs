//! Many proofs: beside each other while there are enough of them, and the last ones with the threads split among them.

use std::sync::{Mutex, PoisonError};

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Job, Statement};
use zksensor_engine as engine;

use super::Prover;
use crate::cancel::{Cancel, Cancelled};
use crate::system::{Fault, ProofSystem};
use crate::watch::Watch;

/// What became of a job under a proof system.
pub type Outcome<P> = Result<<P as ProofSystem>::Proof, <P as ProofSystem>::Error>;

impl<S: Statement, P: ProofSystem> Prover<S, P> {
    /// Proves the claims of jobs as [`Prover::prove_jobs_each`] does, and gives what became of each, in their order.
    ///
    /// # Security
    /// As [`Prover::prove`].
    ///
    /// # Errors
    /// As [`Prover::prove_jobs_each`].
    ///
    /// # Panics
    /// If the iterator does.
    pub fn prove_jobs<J, R>(&self, jobs: J, rng: &mut R, cancel: &Cancel) -> Result<Vec<Outcome<P>>, P::Error>
    where
        J: IntoIterator<Item = Job<S>, IntoIter: ExactSizeIterator + Send>,
        R: RngCore + CryptoRng + ?Sized,
    {
        let jobs = jobs.into_iter();
        let outcomes = Mutex::new((0..jobs.len()).map(|_| None).collect::<Vec<_>>());
        self.prove_jobs_each(jobs, rng, cancel, |index, outcome| {
            outcomes.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(outcome);
        })?;
        let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(outcomes.into_iter().flatten().collect())
    }

    /// Proves the claims of jobs, and tells `each` the place of a job and what became of it, as it comes, on the thread that proved it.
    ///
    /// While there are as many jobs as threads, a proof has one thread, which takes less time than to split one proof after the
    /// other; the threads are split among the jobs that are left then. A job is taken from the iterator when its proof is begun and
    /// dropped when it ended: a lazy one has no more witnesses in memory than there are threads, or than
    /// [`ProverBuilder::in_flight`](crate::ProverBuilder::in_flight) allows.
    ///
    /// A job that fails takes no other with it. Once `cancel` is switched, proofs end as [`Cancel::cancel`] says, and no job is taken
    /// any more: each that is left has become [`Cancelled`]. The prover's progress hears of the phases of all proofs.
    ///
    /// All blinding is drawn first, in order, so that proofs are the same on any number of threads. Threads are started for as long as
    /// it takes, as many as the prover has; those of a pool that calls this wait meanwhile.
    ///
    /// # Security
    /// As [`Prover::prove`].
    ///
    /// # Errors
    /// [`Fault::Threads`] if threads could not be started: some jobs may be done by then, of which `each` was told. What is wrong with
    /// a job is what it became, as of [`Prover::prove_job`].
    ///
    /// # Panics
    /// If `each` or the iterator does.
    pub fn prove_jobs_each<J, R>(
        &self,
        jobs: J,
        rng: &mut R,
        cancel: &Cancel,
        each: impl Fn(usize, Outcome<P>) + Sync,
    ) -> Result<(), P::Error>
    where
        J: IntoIterator<Item = Job<S>, IntoIter: ExactSizeIterator + Send>,
        R: RngCore + CryptoRng + ?Sized,
    {
        let jobs = jobs.into_iter();
        let count = jobs.len();
        let blinding: Vec<P::Blinding> = (0..count).map(|_| P::draw(rng)).collect();
        let queue = Mutex::new(Queue { begun: 0, jobs });
        let threads = self.threads();
        for Stage { end, workers } in stages(count, threads, self.in_flight.unwrap_or(threads)) {
            // A queue that another thread left in a panic is not touched again.
            let next = || queue.lock().ok().and_then(|mut queue| queue.next(end, cancel));
            let work = || {
                while let Some((index, job)) = next() {
                    let outcome = job.ok_or(Cancelled.into()).and_then(|job| {
                        let watch = Watch::new(&*self.progress, cancel);
                        self.prove_blinded(&job.assignment(), &blinding[index], &watch)
                    });
                    each(index, outcome);
                }
            };
            if workers.len() == 1 {
                self.pool.install(work);
            } else {
                engine::beside(&workers, work).map_err(Fault::Threads)?;
            }
        }
        Ok(())
    }
}

/// Jobs that were not begun.
struct Queue<J> {
    begun: usize,
    jobs: J,
}

impl<S: Statement, J: Iterator<Item = Job<S>>> Queue<J> {
    /// The next job below `end`; without the job if nobody wants it any more.
    fn next(&mut self, end: usize, cancel: &Cancel) -> Option<(usize, Option<Job<S>>)> {
        if self.begun == end {
            return None;
        }
        let job = if cancel.is_cancelled() { None } else { Some(self.jobs.next()?) };
        self.begun += 1;
        Some((self.begun - 1, job))
    }
}

/// Jobs up to `end`, by workers with so many threads each.
#[derive(Debug, PartialEq, Eq)]
struct Stage {
    end: usize,
    workers: Vec<usize>,
}

/// Workers that are all busy as long as there are jobs for all of them, and as many as there are jobs for the rest.
fn stages(jobs: usize, threads: usize, in_flight: usize) -> Vec<Stage> {
    let most = threads.min(in_flight).max(1);
    let split = |workers: usize| {
        (0..workers).map(|worker| threads / workers + usize::from(worker < threads % workers)).collect()
    };
    let rest = jobs % most;
    let all = [(jobs - rest, most), (jobs, rest)];
    let begins = [0, jobs - rest];
    all.into_iter()
        .zip(begins)
        .filter(|((end, _), begin)| end > begin)
        .map(|((end, workers), _)| Stage { end, workers: split(workers) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_in_a_stage_and_every_thread_of_a_worker() {
        for jobs in 0..20 {
            for threads in 1..9 {
                for in_flight in 0..10 {
                    let mut done = 0;
                    for Stage { end, workers } in stages(jobs, threads, in_flight) {
                        assert!(end > done && (end - done) % workers.len() == 0, "no worker is idle");
                        assert!(workers.len() <= in_flight.max(1));
                        assert_eq!(workers.iter().sum::<usize>(), threads);
                        assert!(workers.iter().all(|threads| *threads >= 1));
                        done = end;
                    }
                    assert_eq!(done, jobs);
                }
            }
        }
        let stage = |end, workers: &[usize]| Stage { end, workers: workers.to_vec() };
        assert_eq!(stages(1, 4, 4), [stage(1, &[4])]);
        assert_eq!(stages(8, 4, 4), [stage(8, &[1; 4])]);
        assert_eq!(stages(7, 4, 4), [stage(4, &[1; 4]), stage(7, &[2, 1, 1])]);
        assert_eq!(stages(5, 4, 2), [stage(4, &[2; 2]), stage(5, &[4])]);
        assert_eq!(stages(3, 1, 2), [stage(3, &[1])]);
    }
}
