//! Proofs, as bytes and as files.

use std::path::Path;

use zksensor::files::ProofFile;
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
