//! Constraints, keys, time and memory of a statement on this machine.

use std::time::{Duration, Instant};

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Assignment, Binding, Statement};
use zksensor_prover::{Progress, Prover, insecure_setup};
use zksensor_testkit::Specimen;

use crate::EstimateError;
use crate::memory::Peak;

/// What proving costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvingEstimate {
    /// The statement with its shape.
    pub statement: String,
    /// Readings of the proof.
    pub readings: usize,
    /// Constraints.
    pub constraints: usize,
    /// Size of the evaluation domain.
    pub domain: usize,
    /// Bytes of the proving key's file, without its header.
    pub proving_key_bytes: usize,
    /// Bytes of the verifying key's file, without its header.
    pub verifying_key_bytes: usize,
    /// Threads that proved.
    pub threads: usize,
    /// Making the key.
    pub setup: Duration,
    /// One proof, verified before it is returned.
    pub prove: Duration,
    /// Verifying it once more.
    pub verify: Duration,
    /// The most memory that the process had while proving, the key among it; `None` where the system does not say.
    pub peak_memory_bytes: Option<u64>,
}

/// Makes a key for the statement, fills a proof with readings of a made-up fleet, and proves.
///
/// # Errors
/// [`EstimateError::Fence`] for a shape that the made-up fence does not fit; the others if the machine cannot.
pub fn proving<S: Specimen, R: RngCore + CryptoRng + ?Sized>(
    statement: &S,
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<ProvingEstimate, EstimateError> {
    let witness = statement.filled()?;
    let inputs = S::inputs_of(&witness, Binding::NONE);
    measure(statement, Assignment::new(statement, inputs, &witness)?, statement.each(), rng, progress)
}

fn measure<S: Statement + Clone, R: RngCore + CryptoRng + ?Sized>(
    statement: &S,
    assignment: Assignment<'_, S>,
    readings: usize,
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<ProvingEstimate, EstimateError> {
    let (key, setup) = timed(|| insecure_setup(statement, rng, progress));
    let key = key?;
    let proving_key_bytes = key.to_bytes().len();
    let verifying_key_bytes = key.verifying_key().to_bytes().len();
    let prover = Prover::builder(statement.clone(), key).build()?;

    let peak = Peak::start();
    let (proof, prove) = timed(|| prover.prove(&assignment, rng));
    let peak_memory_bytes = peak.end();
    let proof = proof?;
    let (verified, verify) = timed(|| prover.verifier().verify_words(&proof, assignment.words()));
    verified?;
    Ok(ProvingEstimate {
        statement: statement.id().to_string(),
        readings,
        constraints: prover.circuit().constraints(),
        domain: prover.domain_size(),
        proving_key_bytes,
        verifying_key_bytes,
        threads: prover.threads(),
        setup,
        prove,
        verify,
        peak_memory_bytes,
    })
}

pub(crate) fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = run();
    (value, start.elapsed())
}
