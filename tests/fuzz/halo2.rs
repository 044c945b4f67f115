//! Parameters, keys and proofs of halo2. What ends in a digest is tried as it came and with the digest that it should have, as in
//! [`keys`](super::keys).
//!
//! halo2 computes on threads of its own, whose allocations nobody counts here: what is bounded is what the readers keep, and what
//! they allocate by what a header says.

use std::path::Path;

use zksensor::circuits::statement::reading::SingleReading;
use zksensor::files::{FileError, ProofFile, halo2 as files};
use zksensor_prover_halo2::{ProvingKey, Srs};
use zksensor_verifier_halo2::{Proof, Verifier, VerifyingKey};

use super::keys::{DIGEST_BYTES, as_came_and_sealed, sealed};
use super::memory::bounded;
use super::proofs;

/// Before the verifying key in a proving key: magic, version, and the key's length.
const PROVING_MAGIC: &[u8] = b"zksensor-halo2-pk\x01";
const LENGTH_BYTES: usize = 4;

pub(crate) fn srs(input: &[u8]) {
    as_came_and_sealed(input, |input| {
        if let Ok(srs) = bounded(input, |input| Srs::read(input, input.len() as u64)) {
            assert!(written(|bytes| srs.write(bytes)) == input, "parameters are written as other bytes");
        }
    });
}

/// A proving key ends in the digest of its parameters, and holds a verifying key that ends in its own.
pub(crate) fn proving(input: &[u8]) {
    let target = |input: &[u8]| {
        if let Ok(key) = bounded(input, |input| ProvingKey::read(input, input.len() as u64)) {
            assert!(written(|bytes| key.write(bytes)) == input, "a proving key is written as other bytes");
            assert_eq!(key.length(), input.len() as u64);
        }
    };
    target(input);
    let Some((header, rest)) = input
        .starts_with(PROVING_MAGIC)
        .then(|| input.split_at_checked(PROVING_MAGIC.len() + LENGTH_BYTES))
        .flatten()
    else {
        return;
    };
    let length = header.last_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    if let Some((verifying, srs)) = rest.split_at_checked(length)
        && verifying.len() >= DIGEST_BYTES
    {
        target(&[header, &sealed(verifying), &sealed(srs)].concat());
    }
}

pub(crate) fn verifying(input: &[u8]) {
    as_came_and_sealed(input, |input| {
        if let Ok(key) = bounded(input, VerifyingKey::from_bytes) {
            assert_eq!(key.to_bytes(), input);
            assert_eq!(VerifyingKey::from_hex(&key.to_hex()).as_ref(), Ok(&key));
        }
        let read = bounded(input, |input| files::verifying_key(Path::new("fuzz"), input));
        assert_eq!(read.is_ok(), VerifyingKey::from_bytes(input).is_ok());
    });
}

pub(crate) fn proof(input: &[u8]) {
    if let Ok(proof) = bounded(input, Proof::from_bytes) {
        assert_eq!(proof.as_bytes(), input);
        assert_eq!(Proof::from_hex(&proof.to_hex()).as_ref(), Ok(&proof));
    }
}

pub(crate) fn proof_file(input: &[u8]) {
    let read =
        |input: &[u8]| -> Result<ProofFile<Proof>, FileError> { ProofFile::decode(Path::new("fuzz"), input) };
    if let Ok(file) = bounded(input, read) {
        assert!(proofs::says_no_more(input, &file.to_json()), "a proof file is written as another document");
        assert_eq!(read(file.to_json().as_bytes()).expect("as it was written"), file);
    }
}

/// A verifying key of `reading`, behind its length in two bytes, a proof, behind its own, and public inputs: a verifier of any key answers to any
/// proof.
pub(crate) fn verify(input: &[u8]) {
    let Some((key, rest)) = counted(input) else { return };
    let Some((proof, inputs)) = counted(rest) else { return };
    bounded(input, |_| {
        let key = VerifyingKey::from_bytes(&sealed(key));
        let Ok(verifier) = key.map(|key| Verifier::new(&SingleReading, key)) else { return };
        let Ok(verifier) = verifier else { return };
        if verifier.verify_bytes(proof, inputs).is_ok() {
            assert_eq!(proof.len(), verifier.proof_bytes());
            let longer = [proof, &[0; 32]].concat();
            assert!(verifier.verify_bytes(&longer, inputs).is_err());
        }
    });
}

/// As many bytes as the first two say, and what follows.
fn counted(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = input.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory takes everything");
    bytes
}
