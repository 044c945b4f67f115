//! The keys of rows: big-endian, so that their order is that of what they are of.

use std::ops::Range;

use zksensor::model::field;
use zksensor::model::frame::{FRAME_TAIL_LENGTH, MAX_FRAME_SAMPLES, SAMPLE_LENGTH, signed_frame_length};
use zksensor::model::policy::PolicyId;
use zksensor::model::reading::SIGNED_READING_LENGTH;

use crate::intake::ItemKind;
use crate::seal::Sealer;
use crate::signed::Signed;

const NAME: usize = 16;
const POLICY: usize = 32;

/// Time (6 bytes; of a frame that of its first sample), sequence (8) and name of a reading or frame: the rows of an epoch are a range, whatever
/// its policy.
pub(crate) type ItemKey = [u8; 6 + 8 + NAME];
/// An epoch of a policy.
pub(crate) type EpochKey = [u8; POLICY + 4];
/// A chunk of an epoch.
pub(crate) type ChunkKey = [u8; POLICY + 4 + 4];

/// Where the sequence number is in the canonical bytes of a reading and of a frame.
const SEQUENCE: Range<usize> = 36..44;
/// Both end with the key, packed, and the signature.
const DEVICE_LENGTH: usize = 32;
const SIGNATURE_LENGTH: usize = FRAME_TAIL_LENGTH - DEVICE_LENGTH;

/// What names are of, so that a reading and a frame of one sequence number have two.
struct Domains {
    item: &'static [u8],
    content: &'static [u8],
    signed: &'static [u8],
    device: &'static [u8],
}

const READING: Domains =
    Domains { item: b"reading", content: b"content", signed: b"signed", device: b"device" };
const FRAME: Domains =
    Domains { item: b"frame", content: b"frame content", signed: b"frame signed", device: b"frame device" };

/// How many samples canonical bytes of a frame are of, by their length.
pub(crate) fn samples_of(bytes: &[u8]) -> Option<usize> {
    let samples = bytes.len().checked_sub(signed_frame_length(0))?;
    (samples.is_multiple_of(SAMPLE_LENGTH)).then_some(samples / SAMPLE_LENGTH)
}

/// Whether bytes are as long as those of a kind.
fn is_as_long(kind: ItemKind, bytes: &[u8]) -> bool {
    match kind {
        ItemKind::Reading => bytes.len() == SIGNED_READING_LENGTH,
        ItemKind::Frame => {
            samples_of(bytes).is_some_and(|samples| (1..=MAX_FRAME_SAMPLES).contains(&samples))
        }
    }
}

/// The packed key of whoever signed canonical bytes, as they say.
pub(crate) fn device_of(bytes: &[u8]) -> Option<&[u8; DEVICE_LENGTH]> {
    let (content, _) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE_LENGTH)?)?;
    content.last_chunk()
}

/// What names a reading or a frame: who signed it, and which of theirs it is; and what it says, with its signature and without it, as there is
/// more than one signature of one content.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ItemName {
    pub(crate) name: [u8; NAME],
    pub(crate) content: [u8; 32],
    /// Of all bytes: whoever has them has the signature.
    pub(crate) signed: [u8; 32],
    pub(crate) device: [u8; NAME],
}

impl ItemName {
    /// That of canonical bytes; whether they are signed is not looked at. `None` if they are not as long.
    pub(crate) fn of(sealer: &Sealer, kind: ItemKind, bytes: &[u8]) -> Option<Self> {
        if !is_as_long(kind, bytes) {
            return None;
        }
        let (device, sequence) = (device_of(bytes)?, bytes.get(SEQUENCE)?);
        let domains = match kind {
            ItemKind::Reading => READING,
            ItemKind::Frame => FRAME,
        };
        let content = &bytes[..bytes.len() - SIGNATURE_LENGTH];
        Some(ItemName {
            name: sealer.name(&[domains.item, device, sequence].concat()),
            content: sealer.name(&[domains.content, content].concat()),
            signed: sealer.name(&[domains.signed, bytes].concat()),
            device: sealer.name(&[domains.device, device].concat()),
        })
    }

    /// What is kept of it beside the row that it is in.
    pub(crate) fn seen(&self, row: &ItemKey) -> Vec<u8> {
        [&row[..], &self.content, &self.signed].concat()
    }

    pub(crate) fn row(&self, signed: &Signed) -> ItemKey {
        let mut key = [0; 30];
        key[..6].copy_from_slice(&signed.time().get().to_be_bytes()[2..]);
        key[6..14].copy_from_slice(&signed.sequence().to_be_bytes());
        key[14..].copy_from_slice(&self.name);
        key
    }
}

/// What is kept of a reading or frame that was stored: where it is, and the names of its content and of all its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'s> {
    pub(crate) row: &'s [u8],
    pub(crate) content: &'s [u8],
    pub(crate) signed: &'s [u8],
}

impl<'s> Seen<'s> {
    /// The parts of a row; `None` if it is none.
    pub(crate) fn of(row: &'s [u8]) -> Option<Self> {
        let (row, names) = row.split_at_checked(size_of::<ItemKey>())?;
        let (content, signed) = names.split_at_checked(32)?;
        (signed.len() == 32).then_some(Seen { row, content, signed })
    }
}

/// The time in the key of a row, in milliseconds since 1970.
pub(crate) fn time_of(row: &[u8]) -> Option<u64> {
    let time: &[u8; 6] = row.first_chunk()?;
    let mut bytes = [0; 8];
    bytes[2..].copy_from_slice(time);
    Some(u64::from_be_bytes(bytes))
}

/// The name in the key of a row, by which it is kept as seen.
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
    use zksensor::model::frame::{Frame, FrameHeader, FrameLink, Sample};
    use zksensor::model::reading::{Location, Network, PayloadHash, Reading, UnixMillis};

    use super::*;
    use crate::seal::StoreKey;

    const NUMBER: u64 = 0x0102_0304_0506_0708;

    fn reading(device: &DeviceKey) -> Vec<u8> {
        let reading = Reading {
            network: Network::new(1, [2; 20]),
            schema: 3,
            sequence: NUMBER,
            time: UnixMillis::new(5).unwrap(),
            location: Location::from_e7(6, 7).unwrap(),
            accuracy_mm: 8,
            channels: [9; 4],
            payload_hash: PayloadHash::of(b"ten"),
        };
        device.sign(&reading).unwrap().encode().to_vec()
    }

    fn frame(device: &DeviceKey, samples: u32) -> Vec<u8> {
        let header = FrameHeader {
            network: Network::new(1, [2; 20]),
            schema: 3,
            sequence: NUMBER,
            start: UnixMillis::new(5).unwrap(),
            link: FrameLink::NONE,
            payload_hash: PayloadHash::of(b"ten"),
        };
        let location = Location::from_e7(6, 7).unwrap();
        let sample = |nth| Sample { offset_ms: 10 * (nth + 1), location, accuracy_mm: 8, channels: [9; 3] };
        device.sign_frame(Frame::new(header, (0..samples).map(sample).collect()).unwrap()).encode()
    }

    #[test]
    fn a_name_is_of_device_and_number_and_a_content_of_all_that_is_signed() {
        let device = DeviceKey::from_seed([1; 32]);
        let sealer = StoreKey::from_bytes(&[1; 32]).sealer();
        let all = [(ItemKind::Reading, reading(&device)), (ItemKind::Frame, frame(&device, 2))];
        for (kind, bytes) in all {
            let of = |bytes: &[u8]| ItemName::of(&sealer, kind, bytes).unwrap();
            let signature = bytes.len() - SIGNATURE_LENGTH;
            let key = signature - DEVICE_LENGTH..signature;
            assert_eq!(bytes[SEQUENCE], NUMBER.to_be_bytes());
            assert_eq!(bytes[key.clone()], device.public().encode());
            assert_eq!(device_of(&bytes), Some(&device.public().encode()));
            for at in 0..bytes.len() {
                let mut other = bytes.clone();
                other[at] ^= 1;
                let (one, other) = (of(&bytes), of(&other));
                assert_eq!(one.content == other.content, at >= signature, "{kind:?}, byte {at}");
                assert_ne!(one.signed, other.signed, "{kind:?}, byte {at}");
                let is_named = SEQUENCE.contains(&at) || key.contains(&at);
                assert_eq!(one.name != other.name, is_named, "{kind:?}, byte {at}");
                assert_eq!(one.device != other.device, key.contains(&at), "{kind:?}, byte {at}");
            }
            assert!(ItemName::of(&sealer, kind, &bytes[1..]).is_none());
            assert!(ItemName::of(&sealer, kind, &[]).is_none());
        }
    }

    #[test]
    fn a_reading_and_a_frame_of_one_number_have_two_names() {
        let device = DeviceKey::from_seed([1; 32]);
        let sealer = StoreKey::from_bytes(&[1; 32]).sealer();
        let reading = ItemName::of(&sealer, ItemKind::Reading, &reading(&device)).unwrap();
        let frames =
            [1, 2].map(|samples| ItemName::of(&sealer, ItemKind::Frame, &frame(&device, samples)).unwrap());
        assert_ne!(reading.name, frames[0].name);
        assert_ne!(reading.device, frames[0].device);
        assert_eq!((&frames[0].name, &frames[0].device), (&frames[1].name, &frames[1].device));
        assert_ne!(frames[0].content, frames[1].content);
    }

    #[test]
    fn the_key_of_a_frame_has_the_time_of_its_first_sample() {
        let device = DeviceKey::from_seed([1; 32]);
        let sealer = StoreKey::from_bytes(&[1; 32]).sealer();
        let bytes = frame(&device, 3);
        let Ok(signed) = Signed::decode(ItemKind::Frame, &bytes, |_| None) else {
            panic!("it was just signed")
        };
        let row = ItemName::of(&sealer, ItemKind::Frame, &bytes).unwrap().row(&signed);
        assert_eq!(time_of(&row), Some(5 + 10));
        assert_eq!(samples_of(&bytes), Some(3));
    }
}
