//! halo2, on tables of lookups.

use std::path::Path;

use rand::rngs::OsRng;
use zksensor::files::{FileError, ProofFile, ProofKeyError};
use zksensor::halo2::files;
use zksensor::halo2::prover::{Halo2, ProveError, ProvingKey, Size, Srs, setup, size};
use zksensor::halo2::verifier::{Proof, VerifyError, VerifyingKey};
use zksensor::model::policy::Policy;
use zksensor::page::{Report, ReportError};
use zksensor::prover::{Progress, Prover};
use zksensor::verifier::KeyId;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{ClaimFamily, Rule, Statement, StatementVisitor, visit};
use zksensor_model::field::Fr;
use zksensor_model::known::KnownStatement;
use zksensor_plonkish::assign;

use super::{Backend, BackendError, CircuitBackend, CircuitSize, ProofRefusal};

/// Parameters for 2^k rows of this machine's randomness, for development.
///
/// # Errors
/// [`BackendError::Srs`] if no table has so many rows.
pub(crate) fn insecure_srs(k: u32) -> Result<Srs, BackendError> {
    // A k that is none is refused by its number.
    Ok(Srs::insecure_setup(u8::try_from(k).unwrap_or(u8::MAX), &mut OsRng)?)
}

/// How large the table of a statement is.
///
/// # Errors
/// The prover's.
pub(crate) fn size_of(statement: &KnownStatement) -> Result<Size, BackendError> {
    struct Compile;
    impl StatementVisitor for Compile {
        type Output = Result<Size, ProveError>;
        fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
            size(statement)
        }
    }
    Ok(visit(statement, Compile)?)
}

impl Backend for Halo2 {
    const NAME: &'static str = "halo2";

    fn load_proving_key(path: &Path) -> Result<ProvingKey, FileError> {
        files::load_proving_key(path)
    }

    fn verifying_half(key: &ProvingKey) -> &VerifyingKey {
        key.verifying_key()
    }

    fn verifying_key_of(path: &Path, bytes: &[u8]) -> Result<VerifyingKey, FileError> {
        files::verifying_key(path, bytes)
    }

    fn key_id(key: &VerifyingKey) -> KeyId {
        key.key_id()
    }

    fn proof_file(path: &Path, bytes: &[u8]) -> Result<ProofFile<Proof>, FileError> {
        ProofFile::decode(path, bytes)
    }

    fn verify_file(file: &ProofFile<Proof>, key: VerifyingKey) -> Result<(), ProofKeyError> {
        file.verify(key)
    }

    fn proof_bytes(proof: &Proof) -> Vec<u8> {
        proof.as_bytes().to_vec()
    }
}

impl CircuitBackend for Halo2 {
    /// The table of each claim is made anew: what there is before is its size.
    type Circuit = Size;

    fn insecure_setup<S: Statement>(
        statement: &S,
        progress: &dyn Progress,
    ) -> Result<ProvingKey, BackendError> {
        let srs = insecure_srs(size(statement)?.k)?;
        Ok(setup(statement, srs.into(), progress)?)
    }

    fn circuit<S: Statement>(prover: &Prover<S, Halo2>) -> &Size {
        prover.compiled().size()
    }

    fn size(circuit: &Size) -> CircuitSize {
        CircuitSize { unit: "rows", count: circuit.rows }
    }

    /// By the comparison of values as they are laid out; that the constraints of the table refuse it, too, is part of the answer.
    fn first_refused<S: Statement>(
        size: &Size,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
    ) -> Result<Option<Rule>, SynthesisError> {
        let circuit = assign(statement, size, words, witness, None)?;
        let first = circuit.failures().first().and_then(|failure| failure.rule());
        Ok(first.filter(|_| !circuit.unmet().is_empty()))
    }

    fn verify_bytes<S: Statement>(
        prover: &Prover<S, Halo2>,
        proof: &[u8],
        words: &[u8],
    ) -> Result<S::Inputs, VerifyError> {
        prover.compiled().verifier().verify_bytes(proof, words)
    }

    fn refusal(error: &VerifyError) -> ProofRefusal {
        match error {
            VerifyError::Rejected => ProofRefusal::Rejected,
            VerifyError::Proof(_) => ProofRefusal::NoProof,
            _ => ProofRefusal::Other,
        }
    }

    fn report(
        file: ProofFile<Proof>,
        policy: Policy,
        key: Option<VerifyingKey>,
    ) -> Result<Report, ReportError> {
        Report::without_verifier(&file, policy, key.is_some())
    }
}
