//! The keys of rows: big-endian, so that their order is that of what they are of.

use std::ops::Range;

use zksensor::model::field;
use zksensor::model::policy::PolicyId;
use zksensor::model::reading::{SIGNED_READING_LENGTH, SignedReading};

use crate::seal::Sealer;

const NAME: usize = 16;
const POLICY: usize = 32;

/// Time (6 bytes), sequence (8) and the name of a reading: the rows of an epoch are a range, whatever its policy.
pub(crate) type ReadingKey = [u8; 6 + 8 + NAME];
/// An epoch of a policy.
pub(crate) type EpochKey = [u8; POLICY + 4];
/// A chunk of an epoch.
pub(crate) type ChunkKey = [u8; POLICY + 4 + 4];

/// Where the sequence number and the key are in a signed reading's canonical bytes, and where the signature begins.
const SEQUENCE: Range<usize> = 36..44;
const SIGNATURE: usize = SIGNED_READING_LENGTH - 64;
const DEVICE: Range<usize> = SIGNATURE - 32..SIGNATURE;

/// What names a reading: who signed it, and which of theirs it is; and what it says, with its signature and without it, as there is more than one
/// signature of one content.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReadingName {
    pub(crate) name: [u8; NAME],
    pub(crate) content: [u8; 32],
    /// Of all bytes: whoever has them has the signature.
    pub(crate) signed: [u8; 32],
    pub(crate) device: [u8; NAME],
}

impl ReadingName {
    /// That of canonical bytes; whether they are signed is not looked at. `None` if they are not as long.
    pub(crate) fn of(sealer: &Sealer, bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; SIGNED_READING_LENGTH] = bytes.try_into().ok()?;
        let (device, sequence) = (&bytes[DEVICE], &bytes[SEQUENCE]);
        Some(ReadingName {
            name: sealer.name(&[&b"reading"[..], device, sequence].concat()),
            content: sealer.name(&[&b"content"[..], &bytes[..SIGNATURE]].concat()),
            signed: sealer.name(&[&b"signed"[..], bytes].concat()),
            device: sealer.name(&[&b"device"[..], device].concat()),
        })
    }

    /// What is kept of it beside the row that it is in.
    pub(crate) fn seen(&self, row: &ReadingKey) -> Vec<u8> {
        [&row[..], &self.content, &self.signed].concat()
    }

    pub(crate) fn row(&self, signed: &SignedReading) -> ReadingKey {
        let reading = signed.reading();
        let mut key = [0; 30];
        key[..6].copy_from_slice(&reading.time.get().to_be_bytes()[2..]);
        key[6..14].copy_from_slice(&reading.sequence.to_be_bytes());
        key[14..].copy_from_slice(&self.name);
        key
    }
}

/// What is kept of a reading that was stored: where it is, and the names of its content and of all its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'s> {
    pub(crate) row: &'s [u8],
    pub(crate) content: &'s [u8],
    pub(crate) signed: &'s [u8],
}

impl<'s> Seen<'s> {
    /// The parts of a row; `None` if it is none.
    pub(crate) fn of(row: &'s [u8]) -> Option<Self> {
        let (row, names) = row.split_at_checked(size_of::<ReadingKey>())?;
        let (content, signed) = names.split_at_checked(32)?;
        (signed.len() == 32).then_some(Seen { row, content, signed })
    }
}

/// The time in the key of a reading, in milliseconds since 1970.
pub(crate) fn time_of(row: &[u8]) -> Option<u64> {
    let time: &[u8; 6] = row.first_chunk()?;
    let mut bytes = [0; 8];
    bytes[2..].copy_from_slice(time);
    Some(u64::from_be_bytes(bytes))
}

/// The name in the key of a reading, by which it is kept as seen.
pub(crate) fn name_of(row: &[u8]) -> Option<&[u8]> {
    row.get(6 + 8..).filter(|name| name.len() == NAME)
}

/// The first key of a time, which is below 2^48, or the end of all of them.
pub(crate) fn from_time(time_ms: u64) -> Vec<u8> {
    match time_ms < 1 << 48 {
        true => time_ms.to_be_bytes()[2..].to_vec(),
        false => vec![u8::MAX; 31],
    }
}

pub(crate) fn epoch(policy: &PolicyId, epoch: u32) -> EpochKey {
    let mut key = [0; 36];
    key[..POLICY].copy_from_slice(&field::to_be_bytes(&policy.to_field()));
    key[POLICY..].copy_from_slice(&epoch.to_be_bytes());
    key
}

/// The first and the last possible key of a policy's epochs.
pub(crate) fn epochs_of(policy: &PolicyId) -> (EpochKey, EpochKey) {
    (epoch(policy, 0), epoch(policy, u32::MAX))
}

/// The number in an epoch's key, or at the start of one that goes on.
pub(crate) fn number_of(key: &[u8]) -> Option<u32> {
    key.get(POLICY..POLICY + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
}

pub(crate) fn chunk(epoch: &EpochKey, chunk: u32) -> ChunkKey {
    let mut key = [0; 40];
    key[..36].copy_from_slice(epoch);
    key[36..].copy_from_slice(&chunk.to_be_bytes());
    key
}

/// The chunk in a chunk's key.
pub(crate) fn chunk_of(key: &[u8]) -> Option<u32> {
    key.get(36..40).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
}

/// The epoch's part of a longer key.
pub(crate) fn epoch_part(key: &[u8]) -> Option<EpochKey> {
    key.first_chunk().copied()
}

/// Whether an epoch's key, or a longer one, is of this policy.
pub(crate) fn is_of(key: &[u8], policy: &PolicyId) -> bool {
    key.starts_with(&field::to_be_bytes(&policy.to_field()))
}

/// Bounds of all keys that go on from a prefix, both of them keys that there are not.
pub(crate) fn below(prefix: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut end = prefix.to_vec();
    // No key is as long.
    end.extend([u8::MAX; 32]);
    (prefix.to_vec(), end)
}

#[cfg(test)]
mod tests {
    use zksensor::model::device::DeviceKey;
    use zksensor::model::reading::{Location, Network, PayloadHash, Reading, UnixMillis};

    use super::*;
    use crate::seal::StoreKey;

    #[test]
    fn a_name_is_of_device_and_number_and_a_content_of_all_that_is_signed() {
        let reading = Reading {
            network: Network::new(1, [2; 20]),
            schema: 3,
            sequence: 0x0102_0304_0506_0708,
            time: UnixMillis::new(5).unwrap(),
            location: Location::from_e7(6, 7).unwrap(),
            accuracy_mm: 8,
            channels: [9; 4],
            payload_hash: PayloadHash::of(b"ten"),
        };
        let device = DeviceKey::from_seed([1; 32]);
        let bytes = device.sign(&reading).unwrap().encode();
        assert_eq!(bytes[SEQUENCE], reading.sequence.to_be_bytes());
        assert_eq!(bytes[DEVICE], device.public().encode());
        let sealer = StoreKey::from_bytes(&[1; 32]).sealer();
        let of = |bytes: &[u8]| ReadingName::of(&sealer, bytes).unwrap();
        for at in 0..SIGNED_READING_LENGTH {
            let mut other = bytes;
            other[at] ^= 1;
            let (one, other) = (of(&bytes), of(&other));
            assert_eq!(one.content == other.content, at >= SIGNATURE, "byte {at}");
            assert_ne!(one.signed, other.signed, "byte {at}");
            let is_named = SEQUENCE.contains(&at) || DEVICE.contains(&at);
            assert_eq!(one.name != other.name, is_named, "byte {at}");
            assert_eq!(one.device != other.device, DEVICE.contains(&at), "byte {at}");
        }
        assert!(ReadingName::of(&sealer, &bytes[1..]).is_none());
    }
}
