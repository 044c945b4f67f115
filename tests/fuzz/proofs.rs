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
        assert!(says_no_more(input, &file.to_json()));
        assert_eq!(
            ProofFile::from_json(Path::new("fuzz"), file.to_json().as_bytes()).expect("as it was written"),
            file
        );
    }
}

/// Whether a document is `json`: the order of members is free, and nothing else is. As many bytes, the escapes of text apart.
pub(crate) fn says_no_more(input: &[u8], json: &str) -> bool {
    let bare: Vec<u8> =
        without_mark(input).iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    bare.contains(&b'\\') || sorted(&bare) == sorted(json.as_bytes())
}

fn without_mark(input: &[u8]) -> &[u8] {
    input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(input)
}

fn sorted(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.sort_unstable();
    bytes
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
