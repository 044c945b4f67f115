//! The bytes of a journal: its head, its records, the changes in them.

use sha3::{Digest, Keccak256};
use zksensor_model::device::{Attributes, Identity, Leaf};
use zksensor_model::field::{self, FieldError, Fr};
use zksensor_model::hex;
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::reading::UnixMillis;
use zksensor_model::registry::JOURNAL_VERSION;

use super::error::JournalFault;

pub(super) const MAGIC: &[u8; 17] = b"zksensor registry";
/// The version: 2 had another order of positions, and 1 and 3 are states without a past.
pub(super) const VERSION: u16 = JOURNAL_VERSION;
/// Bytes of the head.
pub(super) const HEAD: usize = MAGIC.len() + 2;
/// Bytes before and after the changes of a record.
pub(super) const LENGTHS: usize = 8;
pub(super) const SEAL: usize = 32;
/// Bytes of a leaf.
pub(super) const LEAF: usize = 3 * 32 + 2 + 8 + 16;
/// Bytes of a replaced key with its position.
pub(super) const REPLACED: usize = 4 + 2 * 32;

pub(super) const ENROL: u8 = 1;
pub(super) const REVOKE: u8 = 2;
pub(super) const REPLACE: u8 = 3;
pub(super) const TAKE_OVER: u8 = 4;

pub(super) type LeafBytes = [u8; LEAF];

/// The head of a file, after which records come.
pub(super) fn head() -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..MAGIC.len()].copy_from_slice(MAGIC);
    head[MAGIC.len()..].copy_from_slice(&VERSION.to_be_bytes());
    head
}

/// What the first record is sealed after.
pub(super) fn first_seal() -> [u8; SEAL] {
    Keccak256::digest(head()).into()
}

/// The checksum of a record: of what was sealed before, and of its own bytes.
pub(super) fn seal(before: &[u8; SEAL], record: &[u8]) -> [u8; SEAL] {
    Keccak256::new_with_prefix(before).chain_update(record).finalize().into()
}

/// A record of these changes, sealed after `before`.
pub(super) fn record(before: &[u8; SEAL], changes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(changes.len()).expect("a registry file is below 2^32 bytes");
    let mut record = Vec::with_capacity(LENGTHS + changes.len() + SEAL);
    record.extend(length.to_be_bytes());
    record.extend((!length).to_be_bytes());
    record.extend(changes);
    let seal = seal(before, &record);
    record.extend(seal);
    record
}

/// What is left of a record.
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn slice(&mut self, length: usize) -> Result<&'a [u8], JournalFault> {
        let Some((taken, rest)) = self.0.split_at_checked(length) else {
            return Err(JournalFault::Short { wanted: length as u64, got: self.0.len() as u64 });
        };
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], JournalFault> {
        self.slice(N).map(|bytes| bytes.try_into().expect("as many bytes as were taken"))
    }

    pub(super) fn u32(&mut self) -> Result<u32, JournalFault> {
        self.take().map(u32::from_be_bytes)
    }
}

/// Requires 32 bytes to be a field element, without the cost of making one.
pub(super) fn check_canonical(bytes: &[u8]) -> Result<(), FieldError> {
    static LARGEST: std::sync::LazyLock<[u8; 32]> =
        std::sync::LazyLock::new(|| field::to_be_bytes(&-Fr::from(1u64)));
    if bytes <= &LARGEST[..] { Ok(()) } else { Err(FieldError::NotCanonical { hex: hex::encode(bytes) }) }
}

/// Requires the bytes of a leaf to be those of one, but for its key being of prime order.
pub(super) fn check_leaf(leaf: &LeafBytes) -> Result<(), JournalFault> {
    leaf[..96].chunks_exact(32).try_for_each(check_canonical)?;
    UnixMillis::new(expiry(leaf))?;
    Ok(())
}

fn expiry(leaf: &LeafBytes) -> u64 {
    u64::from_be_bytes(leaf[98..106].try_into().expect("eight bytes"))
}

pub(super) fn leaf_bytes(leaf: &Leaf) -> LeafBytes {
    let mut bytes = [0; LEAF];
    let Leaf { key, identity, attributes } = leaf;
    bytes[..32].copy_from_slice(&field::to_be_bytes(&key.point().x));
    bytes[32..64].copy_from_slice(&field::to_be_bytes(&key.point().y));
    bytes[64..96].copy_from_slice(&field::to_be_bytes(&identity.to_field()));
    bytes[96..98].copy_from_slice(&attributes.class.to_be_bytes());
    bytes[98..106].copy_from_slice(&attributes.expiry.get().to_be_bytes());
    bytes[106..].copy_from_slice(&attributes.owner.to_be_bytes());
    bytes
}

/// The leaf of bytes that [`check_leaf`] took. That its key is of prime order was checked when it was enrolled.
pub(super) fn leaf(bytes: &LeafBytes) -> Leaf {
    let element = |at: usize| element(&bytes[at..at + 32]);
    Leaf {
        key: PublicKey::insecure_unchecked(Point { x: element(0), y: element(32) }),
        identity: Identity::from_field(element(64)),
        attributes: Attributes {
            class: u16::from_be_bytes([bytes[96], bytes[97]]),
            expiry: UnixMillis::new(expiry(bytes)).expect("it was checked"),
            owner: u128::from_be_bytes(bytes[106..].try_into().expect("sixteen bytes")),
        },
    }
}

/// The element of bytes that [`check_canonical`] took.
pub(super) fn element(bytes: &[u8]) -> Fr {
    field::from_be_bytes(bytes.try_into().expect("32 bytes")).expect("it was checked")
}
