//! Keys and registries: files that end in a digest. Each input is tried as it is, and with the digest that it should have:
//! whoever writes a file can write its digest.

use sha3::{Digest, Keccak256};
use zksensor::files::Journal;
use zksensor::model::registry::Registry;
use zksensor::prover::ProvingKey;
use zksensor::verifier::VerifyingKey;

use super::memory::bounded;

pub(crate) const DIGEST_BYTES: usize = 32;

/// The input with its last 32 bytes replaced by the keccak256 of all before.
pub(crate) fn sealed(input: &[u8]) -> Vec<u8> {
    let content = &input[..input.len().saturating_sub(DIGEST_BYTES)];
    [content, Keccak256::digest(content).as_slice()].concat()
}

pub(crate) fn as_came_and_sealed(input: &[u8], target: fn(&[u8])) {
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

/// A registry of the first format, or a journal, in which every record has a digest of its own.
pub(crate) fn registry(input: &[u8]) {
    as_came_and_sealed(input, |input| {
        if let Ok(registry) = bounded(input, Registry::read_from) {
            assert_eq!(registry.to_bytes(), input);
        }
    });
    journal(input);
    journal(&resealed(input));
}

fn journal(input: &[u8]) {
    let Ok(journal) = bounded(input, Journal::from_bytes) else { return };
    assert!(journal.torn() <= input.len() as u64);
    let devices = journal.enrolments().filter(|device| device.until.is_none()).count();
    assert_eq!((devices, journal.positions().count()), (journal.devices() as usize, devices));
    let roots = journal.history().map(|change| journal.root_at(change.moment) == change.root);
    assert!(roots.into_iter().all(|same| same));
    // What was never finished says nothing.
    let whole = &input[..input.len() - usize::try_from(journal.torn()).expect("below the length")];
    let again = Journal::from_bytes(whole).expect("the records are those that were read");
    assert_eq!((again.torn(), again.now(), again.root()), (0, journal.now(), journal.root()));
}

/// A journal whose records have the digests that they should have, as far as there are whole ones.
pub(crate) fn resealed(input: &[u8]) -> Vec<u8> {
    const HEAD: usize = 17 + 2;
    let mut bytes = input.to_vec();
    let Some(head) = bytes.get(..HEAD) else { return bytes };
    let (mut seal, mut at) = (Keccak256::digest(head), HEAD);
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().expect("four bytes"));
        let end = at.saturating_add(8).saturating_add(length as usize);
        if bytes.len() < end.saturating_add(DIGEST_BYTES) {
            break;
        }
        bytes[at + 4..at + 8].copy_from_slice(&(!length).to_be_bytes());
        seal = Keccak256::new_with_prefix(seal).chain_update(&bytes[at..end]).finalize();
        bytes[end..end + DIGEST_BYTES].copy_from_slice(&seal);
        at = end + DIGEST_BYTES;
    }
    bytes
}
