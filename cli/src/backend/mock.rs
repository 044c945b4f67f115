//! Mocks: every rule is checked, and nothing proven.

use std::path::Path;

use zksensor::files::{FileError, ProofFile, ProofKeyError};
use zksensor::mock::{Mock, MockKey, MockProof, files};
use zksensor::verifier::KeyId;

use super::Backend;

impl Backend for Mock {
    const NAME: &'static str = "mock";

    fn load_proving_key(path: &Path) -> Result<MockKey, FileError> {
        files::load_key(path)
    }

    fn verifying_half(key: &MockKey) -> &MockKey {
        key
    }

    fn verifying_key_of(path: &Path, bytes: &[u8]) -> Result<MockKey, FileError> {
        files::key(path, bytes)
    }

    fn key_id(key: &MockKey) -> KeyId {
        key.key_id()
    }

    fn proof_file(path: &Path, bytes: &[u8]) -> Result<ProofFile<MockProof>, FileError> {
        ProofFile::decode(path, bytes)
    }

    fn verify_file(file: &ProofFile<MockProof>, key: MockKey) -> Result<(), ProofKeyError> {
        file.verify(key)
    }

    fn proof_bytes(proof: &MockProof) -> Vec<u8> {
        proof.to_bytes().to_vec()
    }

    fn warning_of_setup() -> &'static str {
        "these are keys of MOCKS, which prove nothing; no verifier of proofs takes them"
    }

    fn warning() -> &'static str {
        "this is a MOCK: every rule was checked where it was made, and nothing is proven; anybody makes one of anything"
    }
}
