//! The prover of one statement under one key.

mod batch;

use std::fmt;

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Assignment, Job, Statement};
use zksensor_engine::{self as engine, Pool};
use zksensor_r1cs::Circuit;
use zksensor_verifier::Verifier;

use crate::cancel::Cancel;
use crate::groth16::{Groth16, ProvingKey};
use crate::progress::{Phase, Progress, phase};
use crate::system::{Fault, ProofSystem};
use crate::watch::Watch;

pub use batch::Outcome;

/// Proves one statement under one key, from any thread and as often as asked.
pub struct Prover<S: Statement, P: ProofSystem = Groth16> {
    statement: S,
    compiled: P::Compiled<S>,
    pool: Pool,
    in_flight: Option<usize>,
    progress: Box<dyn Progress + Send + Sync>,
}

/// How a [`Prover`] works.
pub struct ProverBuilder<S: Statement, P: ProofSystem = Groth16> {
    statement: S,
    key: P::ProvingKey,
    threads: Option<usize>,
    in_flight: Option<usize>,
    progress: Box<dyn Progress + Send + Sync>,
}

impl<S: Statement, P: ProofSystem> ProverBuilder<S, P> {
    /// Starts a prover for a statement and its key, whatever the proof system. [`Prover::builder`] does so for [`Groth16`].
    pub fn new(statement: S, key: P::ProvingKey) -> Self {
        ProverBuilder { statement, key, threads: None, in_flight: None, progress: Box::new(()) }
    }

    /// Works on so many threads of its own; on the process-wide pool unless this is called.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Works on so many proofs of a batch at a time, one at least; on as many as there are threads unless this is called.
    /// Each takes memory of its own: some hundred bytes for each constraint.
    pub fn in_flight(mut self, proofs: usize) -> Self {
        self.in_flight = Some(proofs);
        self
    }

    /// Tells of its phases; silent unless this is called.
    pub fn progress(mut self, progress: Box<dyn Progress + Send + Sync>) -> Self {
        self.progress = progress;
        self
    }

    /// Compiles the statement and holds the key against it, on the threads that it will prove on.
    ///
    /// # Errors
    /// [`Fault::KeyMismatch`] and [`Fault::Threads`], and those of [`ProofSystem::compile`]. Of Groth16:
    /// [`KeyMismatch`](crate::ProveError::KeyMismatch), [`KeyRows`](crate::ProveError::KeyRows),
    /// [`KeySize`](crate::ProveError::KeySize), [`Threads`](crate::ProveError::Threads),
    /// [`Synthesis`](crate::ProveError::Synthesis), [`Engine`](crate::ProveError::Engine).
    pub fn build(self) -> Result<Prover<S, P>, P::Error> {
        let ProverBuilder { statement, key, threads, in_flight, progress } = self;
        let (made_for, own) = (P::statement(&key), statement.id());
        if *made_for != own {
            let (key, statement) = (made_for.clone().into(), own.into());
            return Err(Fault::KeyMismatch { key, statement }.into());
        }
        let pool = Pool::new(threads).map_err(Fault::Threads)?;
        let compiled = pool.install(|| P::compile(&statement, key, &*progress))?;
        Ok(Prover { statement, compiled, pool, in_flight, progress })
    }
}

impl<S: Statement> Prover<S> {
    /// Starts a prover for a statement and its key of [`Groth16`].
    pub fn builder(statement: S, key: ProvingKey) -> ProverBuilder<S> {
        ProverBuilder::new(statement, key)
    }

    /// The compiled circuit.
    pub fn circuit(&self) -> &Circuit {
        self.compiled.circuit()
    }

    /// The verifier of its proofs.
    pub fn verifier(&self) -> &Verifier<S> {
        self.compiled.verifier()
    }

    /// Size of the evaluation domain: the least power of two that holds constraints and public inputs.
    pub fn domain_size(&self) -> usize {
        self.compiled.domain().size()
    }
}

impl<S: Statement, P: ProofSystem> Prover<S, P> {
    /// The statement.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// The statement and its key, as the proof system keeps them.
    pub fn compiled(&self) -> &P::Compiled<S> {
        &self.compiled
    }

    /// What its proofs are verified with.
    pub fn verifying_key(&self) -> &P::VerifyingKey {
        P::verifying_key(&self.compiled)
    }

    /// Accepts a proof under its key.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn verify(&self, proof: &P::Proof, inputs: &S::Inputs) -> Result<(), P::VerifyError> {
        P::verify(&self.compiled, proof, inputs)
    }

    /// Threads that a proof runs on.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Proves a claim that holds. With the same `rng` the proof of [`Groth16`] is the same on any number of threads.
    ///
    /// `rng` is borrowed until the proof is there. Do not call this under a lock that another job of the same pool waits
    /// for: a thread that waits for a part of this proof takes up such jobs, and then waits for itself. Where threads
    /// share a generator, lock it for [`ProofSystem::draw`] alone and call [`Prover::prove_with`].
    ///
    /// # Security
    /// A generator that repeats itself, such as one seeded alike in two processes, reuses blinding: two proofs then show
    /// the difference of what they hide.
    ///
    /// # Errors
    /// As [`Prover::prove_with`].
    pub fn prove<R: RngCore + CryptoRng + ?Sized>(
        &self,
        assignment: &Assignment<'_, S>,
        rng: &mut R,
    ) -> Result<P::Proof, P::Error> {
        self.prove_with(assignment, P::draw(rng))
    }

    /// Proves a claim that holds under a blinding that was drawn before.
    ///
    /// # Errors
    /// [`Fault::AssignmentMismatch`] for another shape; [`Fault::SelfCheck`] if the key is damaged; and those of
    /// [`ProofSystem::prove`], such as [`CheckDisagrees`](crate::ProveError::CheckDisagrees) if the statement has a bug.
    pub fn prove_with(
        &self,
        assignment: &Assignment<'_, S>,
        blinding: P::Blinding,
    ) -> Result<P::Proof, P::Error> {
        let cancel = Cancel::default();
        let watch = Watch::new(&*self.progress, &cancel);
        self.pool.install(|| self.prove_blinded(assignment, &blinding, &watch))
    }

    /// Proves the claim of a job, unless somebody cancels it.
    ///
    /// # Errors
    /// As [`Prover::prove_with`], and [`Cancelled`](crate::Cancelled).
    pub fn prove_job(
        &self,
        job: &Job<S>,
        blinding: P::Blinding,
        cancel: &Cancel,
    ) -> Result<P::Proof, P::Error> {
        self.prove_watched(job, blinding, &Watch::new(&*self.progress, cancel))
    }

    /// As [`Prover::prove_job`], where `watch` hears of this one job, and the prover's own progress does not: for those who
    /// prove several at once.
    ///
    /// # Errors
    /// As [`Prover::prove_job`].
    pub fn prove_watched(
        &self,
        job: &Job<S>,
        blinding: P::Blinding,
        watch: &Watch<'_>,
    ) -> Result<P::Proof, P::Error> {
        self.pool.install(|| self.prove_blinded(&job.assignment(), &blinding, watch))
    }

    /// Proves independent claims, [so many](ProverBuilder::in_flight) at a time, in their order; of [jobs](Prover::prove_jobs), one
    /// that fails takes no other with it. Each gets blinding of its
    /// own; all of it is drawn first, in order, so that the proofs are the same on any number of threads.
    ///
    /// # Security
    /// As [`Prover::prove`], locks included.
    ///
    /// # Errors
    /// The first error in order, as [`Prover::prove_with`]; no proof is begun after it.
    pub fn prove_batch<R: RngCore + CryptoRng + ?Sized>(
        &self,
        assignments: &[Assignment<'_, S>],
        rng: &mut R,
    ) -> Result<Vec<P::Proof>, P::Error> {
        let blinding: Vec<P::Blinding> = assignments.iter().map(|_| P::draw(rng)).collect();
        let in_flight = self.in_flight.unwrap_or_else(|| self.threads()).max(1);
        self.pool.install(|| {
            let mut proofs = Vec::with_capacity(assignments.len());
            // A thread that waits within one proof takes up any other that was begun: what is begun is what is bounded.
            for (assignments, blinding) in assignments.chunks(in_flight).zip(blinding.chunks(in_flight)) {
                let cancel = Cancel::default();
                let watch = Watch::new(&*self.progress, &cancel);
                let prove = |i: usize| self.prove_blinded(&assignments[i], &blinding[i], &watch);
                for proof in engine::map(assignments.len(), prove) {
                    proofs.push(proof?);
                }
            }
            Ok(proofs)
        })
    }

    fn prove_blinded(
        &self,
        assignment: &Assignment<'_, S>,
        blinding: &P::Blinding,
        watch: &Watch<'_>,
    ) -> Result<P::Proof, P::Error> {
        watch.check()?;
        let (given, own) = (assignment.statement().id(), self.statement.id());
        if given != own {
            let (assignment, statement) = (given.into(), own.into());
            return Err(Fault::AssignmentMismatch { assignment, statement }.into());
        }
        let proof = P::prove(&self.compiled, assignment, blinding, watch)?;
        // A proof that is there is given, wanted or not.
        phase(watch.progress(), Phase::Verify, || P::verify(&self.compiled, &proof, assignment.inputs()))
            .map_err(|reason| Fault::SelfCheck { reason })?;
        Ok(proof)
    }
}

/// Nothing of the key.
impl<S: Statement, P: ProofSystem> fmt::Debug for Prover<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prover")
            .field("statement", &self.statement.id().to_string())
            .field("threads", &self.threads())
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}

/// Nothing of the key.
impl<S: Statement, P: ProofSystem> fmt::Debug for ProverBuilder<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProverBuilder")
            .field("statement", &self.statement.id().to_string())
            .field("threads", &self.threads)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
