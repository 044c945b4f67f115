//! The prover of one statement under one key.

use ark_bn254::{Bn254, G1Affine, G1Projective, G2Affine};
use ark_ec::CurveGroup;
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;
use zksensor_circuits::statement::{Assignment, Job, Statement};
use zksensor_engine::{self as engine, Domain, Pool, Query};
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;
use zksensor_verifier::{Proof, Verifier};

use crate::cancel::Cancel;
use crate::error::ProveError;
use crate::groth16::blocks::Blocks;
use crate::groth16::{Blinding, ProvingKey, qap};
use crate::progress::{Event, Phase, Progress, phase};

/// Proves one statement under one key, from any thread and as often as asked.
pub struct Prover<S: Statement> {
    statement: S,
    circuit: Circuit,
    domain: Domain,
    key: Elements,
    verifier: Verifier<S>,
    pool: Pool,
    in_flight: Option<usize>,
    progress: Box<dyn Progress + Send + Sync>,
}

/// The key sorted for use: only points that count.
struct Elements {
    alpha: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
    delta_g1: G1Affine,
    delta_g2: G2Affine,
    a: Query<G1Affine>,
    b_g1: Query<G1Affine>,
    b_g2: Query<G2Affine>,
    h: Query<G1Affine>,
    l: Query<G1Affine>,
}

/// How a [`Prover`] works.
pub struct ProverBuilder<S: Statement> {
    statement: S,
    key: ProvingKey,
    threads: Option<usize>,
    in_flight: Option<usize>,
    progress: Box<dyn Progress + Send + Sync>,
}

impl<S: Statement> ProverBuilder<S> {
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

    /// Compiles the statement and sorts the key.
    ///
    /// # Errors
    /// [`ProveError::KeyMismatch`], [`ProveError::KeyRows`], [`ProveError::KeySize`], [`ProveError::Threads`], [`ProveError::Synthesis`].
    pub fn build(self) -> Result<Prover<S>, ProveError> {
        let ProverBuilder { statement, key, threads, in_flight, progress } = self;
        let id = statement.id();
        if *key.statement() != id {
            return Err(ProveError::KeyMismatch {
                key: key.statement().clone().into(),
                statement: id.into(),
            });
        }
        let circuit = phase(&*progress, Phase::Compile, || zksensor_r1cs::compile(&statement))?;
        let rows = circuit.rows_digest();
        if key.rows() != rows {
            return Err(ProveError::KeyRows { statement: id.into(), key: key.rows(), circuit: rows });
        }
        let domain = domain_of(&circuit)?;
        let (verifying, key) = key.into_parts();
        let key = Elements::new(&circuit, &domain, key)?;
        let verifier = Verifier::new(&statement, verifying).map_err(ProveError::Verifier)?;
        let pool = Pool::new(threads)?;
        Ok(Prover { statement, circuit, domain, key, verifier, pool, in_flight, progress })
    }
}

impl Elements {
    fn new(
        circuit: &Circuit,
        domain: &Domain,
        key: ark_groth16::ProvingKey<Bn254>,
    ) -> Result<Self, ProveError> {
        let (columns, inputs) = (circuit.columns(), circuit.publics() + 1);
        let sizes = [
            ("A", columns, key.a_query.len()),
            ("B in G1", columns, key.b_g1_query.len()),
            ("B in G2", columns, key.b_g2_query.len()),
            ("H", domain.size() - 1, key.h_query.len()),
            ("L", columns - inputs, key.l_query.len()),
        ];
        for (query, expected, got) in sizes {
            if expected != got {
                return Err(ProveError::KeySize { query, expected, got });
            }
        }
        Ok(Elements {
            alpha: key.vk.alpha_g1,
            beta_g1: key.beta_g1,
            beta_g2: key.vk.beta_g2,
            delta_g1: key.delta_g1,
            delta_g2: key.vk.delta_g2,
            a: Query::new(key.a_query, 0),
            b_g1: Query::new(key.b_g1_query, 0),
            b_g2: Query::new(key.b_g2_query, 0),
            h: Query::new(key.h_query, 0),
            l: Query::new(key.l_query, inputs),
        })
    }
}

impl<S: Statement> Prover<S> {
    /// Starts a prover for a statement and its key.
    pub fn builder(statement: S, key: ProvingKey) -> ProverBuilder<S> {
        ProverBuilder { statement, key, threads: None, in_flight: None, progress: Box::new(()) }
    }

    /// The statement.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// The compiled circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The verifier of its proofs.
    pub fn verifier(&self) -> &Verifier<S> {
        &self.verifier
    }

    /// Size of the evaluation domain: the least power of two that holds constraints and public inputs.
    pub fn domain_size(&self) -> usize {
        self.domain.size()
    }

    /// Threads that a proof runs on.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Proves a claim that holds. With the same `rng` the proof is the same on any number of threads.
    ///
    /// `rng` is borrowed until the proof is there. Do not call this under a lock that another job of the same pool waits
    /// for: a thread that waits for a part of this proof takes up such jobs, and then waits for itself. Where threads
    /// share a generator, lock it for [`Blinding::draw`] alone and call [`Prover::prove_with`].
    ///
    /// # Security
    /// A generator that repeats itself, such as one seeded alike in two processes, reuses blinding: two proofs then show
    /// the difference of what they hide.
    ///
    /// # Errors
    /// As [`Prover::prove_with`].
    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        assignment: &Assignment<'_, S>,
        rng: &mut R,
    ) -> Result<Proof, ProveError>
    where
        S: Sync,
    {
        self.prove_with(assignment, Blinding::draw(rng))
    }

    /// Proves a claim that holds under a blinding that was drawn before.
    ///
    /// # Errors
    /// [`ProveError::AssignmentMismatch`] for another shape; [`ProveError::CheckDisagrees`] if the statement has a bug;
    /// [`ProveError::SelfCheck`] if the key is damaged.
    pub fn prove_with(&self, assignment: &Assignment<'_, S>, blinding: Blinding) -> Result<Proof, ProveError>
    where
        S: Sync,
    {
        self.pool.install(|| self.prove_blinded(assignment, &blinding, &Cancel::default()))
    }

    /// Proves the claim of a job, unless somebody cancels it.
    ///
    /// # Errors
    /// As [`Prover::prove_with`], and [`ProveError::Cancelled`].
    pub fn prove_job(&self, job: &Job<S>, blinding: Blinding, cancel: &Cancel) -> Result<Proof, ProveError>
    where
        S: Sync,
    {
        self.pool.install(|| self.prove_blinded(&job.assignment(), &blinding, cancel))
    }

    /// Proves independent claims, [so many](ProverBuilder::in_flight) at a time, in their order. Each gets blinding of its
    /// own; all of it is drawn first, in order, so that the proofs are the same on any number of threads.
    ///
    /// # Security
    /// As [`Prover::prove`], locks included.
    ///
    /// # Errors
    /// The first error in order, as [`Prover::prove_with`]; no proof is begun after it.
    pub fn prove_batch<R: RngCore + CryptoRng>(
        &self,
        assignments: &[Assignment<'_, S>],
        rng: &mut R,
    ) -> Result<Vec<Proof>, ProveError>
    where
        S: Sync,
    {
        let blinding: Vec<Blinding> = assignments.iter().map(|_| Blinding::draw(rng)).collect();
        let in_flight = self.in_flight.unwrap_or_else(|| self.threads()).max(1);
        self.pool.install(|| {
            let mut proofs = Vec::with_capacity(assignments.len());
            // A thread that waits within one proof takes up any other that was begun: what is begun is what is bounded.
            for (assignments, blinding) in assignments.chunks(in_flight).zip(blinding.chunks(in_flight)) {
                let cancel = Cancel::default();
                let prove = |i: usize| self.prove_blinded(&assignments[i], &blinding[i], &cancel);
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
        blinding: &Blinding,
        cancel: &Cancel,
    ) -> Result<Proof, ProveError> {
        cancel.check()?;
        let (given, own) = (assignment.statement().id(), self.statement.id());
        if given != own {
            return Err(ProveError::AssignmentMismatch { assignment: given.into(), statement: own.into() });
        }
        let words = assignment.words();
        let full = phase(&*self.progress, Phase::Witness, || {
            self.circuit.assign(&self.statement, words, assignment.witness(), &Blocks, None)
        })?;
        let full = Zeroizing::new(full);
        cancel.check()?;
        let quotient = phase(&*self.progress, Phase::Transform, || {
            let sides = qap::evaluate(&self.circuit, &self.domain, &full);
            let (a, b) = sides.ok_or_else(|| self.disagreement(&full))?;
            engine::quotient(&self.domain, a, b, |_| cancel.check())
        })?;
        let proof = phase(&*self.progress, Phase::Multiexp, || {
            let advanced = |percent| {
                self.progress.event(Event::Advanced(Phase::Multiexp, percent));
                cancel.check()
            };
            cancel.check()?;
            self.key.prove(&full, &quotient, blinding, advanced)
        })?;
        phase(&*self.progress, Phase::Verify, || self.verifier.verify(&proof, assignment.inputs()))
            .map_err(|reason| ProveError::SelfCheck { reason })?;
        Ok(proof)
    }

    /// Where the circuit does not accept what `check` did.
    fn disagreement(&self, assignment: &[Fr]) -> ProveError {
        let found = self.circuit.first_unsatisfied(assignment);
        let (rule, path) = found.map_or((None, Vec::new()), |found| (found.rule(), found.path));
        let scope = if path.is_empty() { String::from("no scope") } else { path.join(" / ") };
        ProveError::CheckDisagrees { statement: self.statement.id(), rule, scope }
    }
}

impl Elements {
    /// A = alpha + sum a z + r delta, B = beta + sum b z + s delta,
    /// C = sum l z + sum h q + s A + r B - r s delta.
    ///
    /// `advanced` hears of how many percent are summed, and may end it.
    fn prove(
        &self,
        assignment: &[Fr],
        quotient: &[Fr],
        blinding: &Blinding,
        advanced: impl Fn(u8) -> Result<(), ProveError>,
    ) -> Result<Proof, ProveError> {
        let Blinding { r, s } = blinding;
        let a = engine::sum_g1(&self.a, assignment) + self.alpha + self.delta_g1 * *r;
        advanced(15)?;
        let b_g1 = engine::sum_g1(&self.b_g1, assignment) + self.beta_g1 + self.delta_g1 * *s;
        advanced(28)?;
        let b_g2 = engine::sum_g2(&self.b_g2, assignment) + self.beta_g2 + self.delta_g2 * *s;
        advanced(58)?;
        let l = engine::sum_g1(&self.l, assignment);
        advanced(73)?;
        let c: G1Projective =
            l + engine::sum_g1(&self.h, quotient) + a * *s + b_g1 * *r - self.delta_g1 * (*r * s);
        Ok(Proof::new(a.into_affine(), b_g2.into_affine(), c.into_affine())?)
    }
}

/// The evaluation domain of a circuit: a row a constraint, and one a public input.
pub(crate) fn domain_of(circuit: &Circuit) -> Result<Domain, ProveError> {
    let constraints = circuit.constraints();
    Domain::new(constraints + circuit.publics() + 1).ok_or(ProveError::TooLarge { constraints })
}
