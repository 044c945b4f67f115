//! Groth16, on rank-1 constraints.

use std::path::Path;

use rand::rngs::OsRng;
use zksensor::files::{self, CheckedKeys, FileError, ProofFile, ProofKeyError};
use zksensor::model::policy::Policy;
use zksensor::page::{Report, ReportError};
use zksensor::prover::{Groth16, Progress, Prover, ProvingKey, insecure_setup};
use zksensor::r1cs::Circuit;
use zksensor::verifier::{KeyId, Proof, VerifyError, VerifyingKey};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Rule, Statement};
use zksensor_model::field::Fr;
use zksensor_testkit::first_unsatisfied_in;

use super::{Backend, BackendError, CircuitBackend, CircuitSize, ProofRefusal};

impl Backend for Groth16 {
    const NAME: &'static str = "groth16";

    fn load_proving_key(path: &Path) -> Result<ProvingKey, FileError> {
        files::load_proving_key_once(path, &CheckedKeys::of_user())
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

    fn proof_file(path: &Path, bytes: &[u8]) -> Result<ProofFile, FileError> {
        ProofFile::from_json(path, bytes)
    }

    fn verify_file(file: &ProofFile, key: VerifyingKey) -> Result<(), ProofKeyError> {
        file.verify(key)
    }

    fn proof_bytes(proof: &Proof) -> Vec<u8> {
        proof.to_bytes().to_vec()
    }
}

impl CircuitBackend for Groth16 {
    type Circuit = Circuit;

    fn insecure_setup<S: Statement>(
        statement: &S,
        progress: &dyn Progress,
    ) -> Result<ProvingKey, BackendError> {
        Ok(insecure_setup(statement, &mut OsRng, progress)?)
    }

    fn circuit<S: Statement>(prover: &Prover<S>) -> &Circuit {
        prover.circuit()
    }

    fn size(circuit: &Circuit) -> CircuitSize {
        CircuitSize { unit: "constraints", count: circuit.constraints() }
    }

    fn first_refused<S: Statement>(
        circuit: &Circuit,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
    ) -> Result<Option<Rule>, SynthesisError> {
        let found = first_unsatisfied_in(circuit, statement, words, witness, None)?;
        Ok(found.and_then(|unsatisfied| unsatisfied.rule()))
    }

    fn verify_bytes<S: Statement>(
        prover: &Prover<S>,
        proof: &[u8],
        words: &[u8],
    ) -> Result<S::Inputs, VerifyError> {
        prover.verifier().verify_bytes(proof, words)
    }

    fn refusal(error: &VerifyError) -> ProofRefusal {
        match error {
            VerifyError::Rejected => ProofRefusal::Rejected,
            VerifyError::Proof(_) => ProofRefusal::NoProof,
            _ => ProofRefusal::Other,
        }
    }

    fn report(file: ProofFile, policy: Policy, key: Option<VerifyingKey>) -> Result<Report, ReportError> {
        Report::new(file, policy, key)
    }
}
