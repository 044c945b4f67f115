//! Keys and registries: files that end in a digest. Each input is tried as it is, and with the digest that it should have:
//! whoever writes a file can write its digest.

use sha3::{Digest, Keccak256};
use zksensor::model::registry::Registry;
use zksensor::prover::ProvingKey;
use zksensor::verifier::VerifyingKey;

use super::memory::bounded;

const DIGEST_BYTES: usize = 32;

/// The input with its last 32 bytes replaced by the keccak256 of all before.
fn sealed(input: &[u8]) -> Vec<u8> {
    let content = &input[..input.len().saturating_sub(DIGEST_BYTES)];
    [content, Keccak256::digest(content).as_slice()].concat()
}

fn as_came_and_sealed(input: &[u8], target: fn(&[u8])) {
    target(input);
    target(&sealed(input));
}

pub(crate) fn verifying(input: &[u8]) {
    as_came_and_sealed(input, |input| {
        if let Ok(key) = bounded(input, VerifyingKey::from_bytes) {
            assert_eq!(key.to_bytes(), input);
        }
    });
}

/// A proving key ends in its digest, and holds a verifying key that ends in its own.
pub(crate) fn proving(input: &[u8]) {
    const MAGIC: &[u8] = b"zksensor-pk\x02";
    const ROWS_AND_LENGTH_BYTES: usize = 32 + 4;
    let target = |input: &[u8]| {
        if let Ok(key) = bounded(input, ProvingKey::from_bytes) {
            assert_eq!(key.to_bytes(), input);
        }
    };
    as_came_and_sealed(input, target);
    let Some((header, rest)) =
        input.strip_prefix(MAGIC).and_then(|rest| rest.split_at_checked(ROWS_AND_LENGTH_BYTES))
    else {
        return;
    };
    let length = header.last_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    if let Some((verifying, rest)) = rest.split_at_checked(length)
        && verifying.len() >= DIGEST_BYTES
    {
        target(&sealed(&[MAGIC, header, &sealed(verifying), rest].concat()));
    }
}

pub(crate) fn registry(input: &[u8]) {
    as_came_and_sealed(input, |input| {
        if let Ok(registry) = bounded(input, Registry::read_from) {
            assert_eq!(registry.to_bytes(), input);
        }
    });
}
