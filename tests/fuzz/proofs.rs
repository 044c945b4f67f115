//! Proofs, as bytes and as files.

use std::path::Path;

use zksensor::files::ProofFile;
use zksensor::snarkjs;
use zksensor::verifier::Proof;

use super::memory::bounded;

pub(crate) fn bytes(input: &[u8]) {
    if let Ok(proof) = bounded(input, Proof::from_bytes) {
        assert_eq!(proof.to_bytes(), input);
        assert_eq!(Proof::from_hex(&proof.to_hex()).as_ref(), Ok(&proof));
    }
}

pub(crate) fn file(input: &[u8]) {
    if let Ok(file) = bounded(input, |input| ProofFile::from_json(Path::new("fuzz"), input)) {
        let bare: Vec<u8> = input.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        assert_eq!(file.to_json().as_bytes(), bare);
    }
}

/// Any of the three files of snarkjs.
pub(crate) fn snarkjs(input: &[u8]) {
    if let Ok(key) = bounded(input, snarkjs::key_from_json) {
        let again = snarkjs::key_from_json(snarkjs::key_to_json(key.points()).as_bytes());
        assert_eq!(again.expect("as it was written").points(), key.points());
    }
    if let Ok(proof) = bounded(input, snarkjs::proof_from_json) {
        assert_eq!(snarkjs::proof_from_json(snarkjs::proof_to_json(&proof).as_bytes()), Ok(proof));
    }
    if let Ok(words) = bounded(input, snarkjs::public_from_json) {
        assert_eq!(snarkjs::public_from_json(snarkjs::public_to_json(&words).as_bytes()), Ok(words));
    }
}
