//! Why there is no key, no proof, or none that holds, of whichever proof system.

use zksensor::halo2::prover as halo2_prover;
use zksensor::halo2::verifier as halo2_verifier;
use zksensor::mock::MockError;
use zksensor::prover::{Fault, ProveError};
use zksensor::verifier::VerifyError;

use crate::error::{Advice, prove_advice, verify_advice};

/// What a prover or a verifier said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackendError {
    /// No key or proof of Groth16.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// A proof of Groth16 that does not hold.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// No key or proof of halo2.
    #[error(transparent)]
    Halo2Prove(#[from] halo2_prover::ProveError),
    /// No parameters of halo2.
    #[error(transparent)]
    Srs(#[from] halo2_prover::SrsError),
    /// A proof of halo2 that does not hold.
    #[error(transparent)]
    Halo2Verify(#[from] halo2_verifier::VerifyError),
    /// No mock.
    #[error(transparent)]
    Mock(#[from] MockError),
    /// A mock of something else.
    #[error(transparent)]
    MockVerify(#[from] zksensor::mock::VerifyError),
}

impl BackendError {
    /// Of the error of any of the proof systems.
    pub(crate) fn of(error: impl Into<BackendError>) -> BackendError {
        error.into()
    }

    /// What to do.
    pub(crate) fn advice(&self) -> Advice {
        match self {
            BackendError::Prove(error) => prove_advice(error),
            BackendError::Verify(error) => verify_advice(error),
            BackendError::Halo2Prove(error) => halo2_prove_advice(error),
            BackendError::Srs(_) => Advice::new("zksensor::file", "take other parameters, or make them anew"),
            BackendError::Halo2Verify(error) => halo2_verify_advice(error),
            BackendError::Mock(MockError::Fault(Fault::Threads(_))) => {
                Advice::new("zksensor::usage", "pass a smaller --threads")
            }
            BackendError::Mock(_) => Advice::new(
                "zksensor::prove",
                "run `zksensor setup` with ZKSENSOR_PROVER=mock for this statement and shape, or pass its key",
            ),
            BackendError::MockVerify(_) => {
                Advice::new("zksensor::verify", "make the mock anew, of what is to be tested")
            }
        }
    }
}

/// As [`prove_advice`].
pub(crate) fn halo2_prove_advice(error: &halo2_prover::ProveError) -> Advice {
    use halo2_prover::ProveError;
    let (code, help) = match error {
        ProveError::Fault(Fault::Threads(_)) => ("zksensor::usage", "pass a smaller --threads"),
        ProveError::SrsRows { .. } => (
            "zksensor::file",
            "pass --srs with parameters for as many rows, or leave it out with --insecure: parameters for development are then made",
        ),
        ProveError::Fault(Fault::KeyMismatch { .. }) => (
            "zksensor::prove",
            "run `zksensor setup --backend halo2` for this statement and shape, or pass its key",
        ),
        ProveError::KeyTable { .. } => (
            "zksensor::prove",
            "run `zksensor setup --backend halo2` again with this release and the same parameters (--srs)",
        ),
        ProveError::Fault(Fault::SelfCheck { .. }) => (
            "zksensor::prove",
            "copy the key again from where it was made, or run `zksensor setup --backend halo2` again with this release; if it is the \
             same with a new key, report this line, the policy and the shape",
        ),
        ProveError::CheckDisagrees { .. } => (
            "zksensor::prove",
            "report this line, the policy and the shape; neither your readings nor the key are at fault, and another shape may work",
        ),
        _ => ("zksensor::prove", "this should not happen; please report it"),
    };
    Advice::new(code, help)
}

/// As [`verify_advice`].
pub(crate) fn halo2_verify_advice(error: &halo2_verifier::VerifyError) -> Advice {
    use halo2_verifier::VerifyError;
    let help = match error {
        VerifyError::Rejected => {
            "do not accept it: the proof, its public inputs or the key were altered or do not belong together"
        }
        VerifyError::KeyMismatch { .. } | VerifyError::KeyInputs { .. } => {
            "pass the verifying key of the statement that the proof names"
        }
        _ => "do not accept it; ask the prover for the file as it was written",
    };
    Advice::new("zksensor::verify", help)
}
