//! The proof systems that the command knows, and what it needs of each: `--backend`, or what a file says that it is.

mod error;
mod groth16;
mod halo2;
mod mock;
mod system;

use std::fmt;
use std::path::Path;

use clap::ValueEnum;
use zksensor::files::{FileError, FileProof, ProofFile, ProofKeyError};
use zksensor::model::policy::Policy;
use zksensor::page::{Report, ReportError};
use zksensor::prover::{Progress, ProofSystem, Prover};
use zksensor::verifier::KeyId;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Rule, Statement};
use zksensor_model::field::Fr;

pub(crate) use error::{BackendError, halo2_prove_advice, halo2_verify_advice};
pub(crate) use halo2::{insecure_srs, size_of};
pub(crate) use system::{MadeWith, System};

/// The name of a proof system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    /// Groth16: the smallest proofs, for contracts; each statement and shape needs a ceremony
    Groth16,
    /// halo2 with KZG: parameters that statements of as many rows share, and no ceremony of a circuit
    Halo2,
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("no backend is skipped").get_name())
    }
}

/// What of a proof system has a size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CircuitSize {
    /// `constraints` or `rows`.
    pub(crate) unit: &'static str,
    /// How many.
    pub(crate) count: usize,
}

/// A proof system as the command runs it: its keys, its proofs and their files.
pub(crate) trait Backend:
    ProofSystem<
        Proof: FileProof + Clone,
        VerifyingKey: Clone + Sync,
        Error: Into<BackendError>,
        VerifyError: Into<BackendError>,
    > + 'static
{
    /// What results call it, as `--backend` does.
    const NAME: &'static str;

    /// Reads a proving key.
    ///
    /// # Errors
    /// [`FileError`] unless the file is exactly one of this system.
    fn load_proving_key(path: &Path) -> Result<Self::ProvingKey, FileError>;

    /// The verifying half of a proving key.
    fn verifying_half(key: &Self::ProvingKey) -> &Self::VerifyingKey;

    /// The verifying key of a file's bytes.
    ///
    /// # Errors
    /// [`FileError`] unless it is exactly one of this system.
    fn verifying_key_of(path: &Path, bytes: &[u8]) -> Result<Self::VerifyingKey, FileError>;

    /// The id of a key, which says whether it is insecure.
    fn key_id(key: &Self::VerifyingKey) -> KeyId;

    /// The proof file of these bytes.
    ///
    /// # Errors
    /// [`FileError`] unless it is exactly one of this system.
    fn proof_file(path: &Path, bytes: &[u8]) -> Result<ProofFile<Self::Proof>, FileError>;

    /// Accepts the proof in a file, if it was made with the key and holds.
    ///
    /// # Errors
    /// [`ProofKeyError`].
    fn verify_file(file: &ProofFile<Self::Proof>, key: Self::VerifyingKey) -> Result<(), ProofKeyError>;

    /// The bytes of a proof.
    fn proof_bytes(proof: &Self::Proof) -> Vec<u8>;

    /// What is said of an insecure setup.
    fn warning_of_setup() -> &'static str {
        "these keys are INSECURE: whoever ran this setup can forge proofs; use them for development only"
    }

    /// What is said of whatever an insecure key was used for.
    fn warning() -> &'static str {
        "the key is INSECURE: whoever ran its setup can forge such proofs; for development only"
    }
}

/// A proof system that has a circuit, and so a setup and what can be tried on it.
pub(crate) trait CircuitBackend: Backend {
    /// A statement as its constraints.
    type Circuit;

    /// A key of this machine's randomness, for development.
    ///
    /// # Errors
    /// The prover's.
    fn insecure_setup<S: Statement>(
        statement: &S,
        progress: &dyn Progress,
    ) -> Result<Self::ProvingKey, BackendError>;

    /// The constraints that a prover has.
    fn circuit<S: Statement>(prover: &Prover<S, Self>) -> &Self::Circuit;

    /// How large they are.
    fn size(circuit: &Self::Circuit) -> CircuitSize;

    /// The rule of the first constraint that public inputs and a witness do not meet, be they a claim or not.
    ///
    /// # Errors
    /// [`SynthesisError`] as the statement's.
    fn first_refused<S: Statement>(
        circuit: &Self::Circuit,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
    ) -> Result<Option<Rule>, SynthesisError>;

    /// Accepts a proof and public inputs as they come over a wire, and returns what they mean.
    ///
    /// # Errors
    /// The verifier's.
    fn verify_bytes<S: Statement>(
        prover: &Prover<S, Self>,
        proof: &[u8],
        words: &[u8],
    ) -> Result<S::Inputs, Self::VerifyError>;

    /// How a proof was refused.
    fn refusal(error: &Self::VerifyError) -> ProofRefusal;

    /// The page of a proof for everybody, under its policy; without a key it was not verified.
    ///
    /// # Errors
    /// [`ReportError`] if the proof is of another policy, or does not hold under the key.
    fn report(
        file: ProofFile<Self::Proof>,
        policy: Policy,
        key: Option<Self::VerifyingKey>,
    ) -> Result<Report, ReportError>;
}

/// How a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProofRefusal {
    /// The argument does not hold.
    Rejected,
    /// The bytes are no proof.
    NoProof,
    /// Anything else.
    Other,
}
