//! From a claim to a verified proof of it, whatever it is about.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::OsRng;
use zksensor::circuits::statement::{Job, Statement, StatementId};
use zksensor::files::ProofFile;
use zksensor::model::layout::InputError;
use zksensor::prover::{Event, Phase, Progress, ProveError, Prover, insecure_setup};
use zksensor::verifier::{VerifyError, VerifyingKey, inputs_to_bytes};

use crate::say;

/// A verified proof and what it took.
pub(crate) struct Proven {
    pub(crate) statement: StatementId,
    pub(crate) constraints: usize,
    pub(crate) key: VerifyingKey,
    /// The proof with its public inputs.
    pub(crate) file: ProofFile,
    pub(crate) setup: Duration,
    pub(crate) prove: Duration,
    pub(crate) verify: Duration,
    /// What the prover told of, in order.
    pub(crate) phases: Vec<(Phase, Duration)>,
}

/// Why there is no proof of a claim that holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ProvenError {
    #[error(transparent)]
    Inputs(#[from] InputError),
    #[error(transparent)]
    Prove(#[from] ProveError),
    #[error("the proof does not verify: {0}")]
    Verify(#[from] VerifyError),
}

/// The proof with a key that is made for it, and the public inputs as the verifier decoded them.
pub(crate) fn prove<S: Statement + Clone>(job: &Job<S>) -> Result<(Proven, S::Inputs), ProvenError> {
    let statement = job.statement();
    let id = statement.id();
    say(&format!("making an INSECURE key for {id} on this machine: a minute or so ..."));
    let start = Instant::now();
    let phases = Phases::default();
    let key = insecure_setup(statement, &mut OsRng, &phases)?;
    let prover = Prover::builder(statement.clone(), key).progress(Box::new(phases.clone())).build()?;
    let setup = start.elapsed();

    say("proving ...");
    let assignment = job.assignment();
    let start = Instant::now();
    let proof = prover.prove(&assignment, &mut OsRng)?;
    let prove = start.elapsed();
    let start = Instant::now();
    let inputs = prover.verifier().verify_bytes(&proof.to_bytes(), &inputs_to_bytes(assignment.words()))?;
    let verify = start.elapsed();
    let key = prover.verifier().key().clone();
    let proven = Proven {
        constraints: prover.circuit().constraints(),
        file: ProofFile::new(statement, key.key_id(), proof, assignment.words().to_vec())?,
        statement: id,
        key,
        setup,
        prove,
        verify,
        phases: phases.heard(),
    };
    Ok((proven, inputs))
}

/// How long each phase took.
#[derive(Clone, Default)]
struct Phases(Arc<Mutex<Vec<(Phase, Duration)>>>);

impl Phases {
    fn heard(&self) -> Vec<(Phase, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Phases {
    fn event(&self, event: Event) {
        if let Event::Finished(phase, time) = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push((phase, time));
        }
    }
}
