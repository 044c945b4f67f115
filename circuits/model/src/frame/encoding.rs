//! The canonical binary form of a signed frame: big-endian, of a length that the count says.
//!
//! | field | bytes |
//! |---|---|
//! | version | 1 |
//! | network | 31 |
//! | schema | 4 |
//! | sequence | 8 |
//! | start (Unix ms) | 6 |
//! | count | 2 |
//! | link | 31 |
//! | payload hash | 31 |
//! | samples (each the element that the chain absorbs) | count x 32 |
//! | key (packed point) | 32 |
//! | signature (packed R, S little-endian) | 64 |

use alloc::vec::Vec;

use super::{
    FRAME_VERSION, Frame, FrameError, FrameHeader, FrameLink, FrameSeal, MAX_FRAME_SAMPLES, Sample,
    SampleError, SignedFrame,
};
use crate::field::{self, Fr};
use crate::primitives::eddsa::{PublicKey, Signature};
use crate::reading::{Network, PayloadHash, UnixMillis};

/// Length of what stands before the samples, in bytes.
pub const FRAME_HEAD_LENGTH: usize = 1 + 31 + 4 + 8 + 6 + 2 + 31 + 31;

/// Length of an encoded sample, in bytes.
pub const SAMPLE_LENGTH: usize = 32;

/// Length of what stands behind the samples, in bytes.
pub const FRAME_TAIL_LENGTH: usize = 32 + 64;

/// Length of a signed frame of `count` samples, in bytes.
pub const fn signed_frame_length(count: usize) -> usize {
    FRAME_HEAD_LENGTH + count * SAMPLE_LENGTH + FRAME_TAIL_LENGTH
}

impl Sample {
    /// The canonical binary form.
    ///
    /// # Errors
    /// As [`Sample::check`].
    pub fn encode(&self) -> Result<[u8; SAMPLE_LENGTH], SampleError> {
        self.to_field().map(|element| field::to_be_bytes(&element))
    }

    /// Reads what [`Sample::encode`] writes.
    ///
    /// # Errors
    /// [`SampleError`].
    pub fn decode(bytes: &[u8; SAMPLE_LENGTH]) -> Result<Sample, SampleError> {
        match field::from_be_bytes(bytes) {
            Ok(element) => Sample::from_field(element),
            // The first byte is not 0, as r has 254 bits.
            Err(_) => Err(SampleError::Bits { got: 256 - bytes[0].leading_zeros() }),
        }
    }
}

impl FrameSeal {
    /// What stands before the samples.
    pub fn head(&self) -> [u8; FRAME_HEAD_LENGTH] {
        let header = self.summary.header();
        let mut bytes = Vec::with_capacity(FRAME_HEAD_LENGTH);
        bytes.push(FRAME_VERSION);
        bytes.extend_from_slice(&field::to_be_bytes(&header.network.to_field())[1..]);
        bytes.extend_from_slice(&header.schema.to_be_bytes());
        bytes.extend_from_slice(&header.sequence.to_be_bytes());
        bytes.extend_from_slice(&header.start.get().to_be_bytes()[2..]);
        bytes.extend_from_slice(&self.summary.count().to_be_bytes());
        bytes.extend_from_slice(&field::to_be_bytes(&header.link.to_field())[1..]);
        bytes.extend_from_slice(&field::to_be_bytes(&header.payload_hash.to_field())[1..]);
        bytes.try_into().expect("the parts add up to the constant")
    }

    /// What stands behind the samples.
    pub fn tail(&self) -> [u8; FRAME_TAIL_LENGTH] {
        let mut bytes = [0; FRAME_TAIL_LENGTH];
        bytes[..32].copy_from_slice(&self.key.encode());
        bytes[32..].copy_from_slice(&self.signature.encode());
        bytes
    }
}

impl SignedFrame {
    /// The canonical binary form.
    pub fn encode(&self) -> Vec<u8> {
        let (seal, samples) = (self.seal(), self.frame().samples());
        let mut bytes = Vec::with_capacity(signed_frame_length(samples.len()));
        bytes.extend_from_slice(&seal.head());
        for sample in samples {
            bytes.extend_from_slice(&sample.encode().expect("a frame was checked"));
        }
        bytes.extend_from_slice(&seal.tail());
        bytes
    }

    /// Reads what [`SignedFrame::encode`] writes and checks the signature.
    ///
    /// # Errors
    /// [`FrameError`]: wrong length, version or count, a field or sample out of range, samples out of order, or a key or
    /// signature that is not one or does not hold.
    pub fn decode(bytes: &[u8]) -> Result<SignedFrame, FrameError> {
        if let Some(&got) = bytes.first().filter(|version| **version != FRAME_VERSION) {
            return Err(FrameError::Version { wanted: FRAME_VERSION, got });
        }
        let (wanted, got) = (signed_frame_length(1), bytes.len());
        let mut rest = match got >= wanted {
            true => Rest(bytes),
            false => return Err(FrameError::Short { wanted, got }),
        };
        let [_version] = rest.take();
        let wrong = |reason| FrameError::Header { reason };
        let network = Network::from_field(rest.field248()).map_err(wrong)?;
        let schema = u32::from_be_bytes(rest.take());
        let sequence = u64::from_be_bytes(rest.take());
        let start = UnixMillis::new(rest.time()).map_err(wrong)?;
        let count = usize::from(u16::from_be_bytes(rest.take()));
        if !(1..=MAX_FRAME_SAMPLES).contains(&count) {
            return Err(FrameError::Count { got: count });
        }
        let wanted = signed_frame_length(count);
        if got != wanted {
            return Err(FrameError::Length { count, wanted, got });
        }
        let link = FrameLink::from_field(rest.field248())?;
        let payload_hash = PayloadHash::from_field(rest.field248()).map_err(wrong)?;
        let samples = (1..=count)
            .map(|number| {
                Sample::decode(&rest.take()).map_err(|reason| FrameError::Sample { number, reason })
            })
            .collect::<Result<_, _>>()?;
        let header = FrameHeader { network, schema, sequence, start, link, payload_hash };
        let frame = Frame::new(header, samples)?;
        let key = PublicKey::decode(&rest.take()).map_err(|reason| FrameError::Key { reason })?;
        let signature = Signature::decode(&rest.take()).map_err(|reason| FrameError::Signature { reason })?;
        SignedFrame::new(frame, key, signature)
    }
}

/// The bytes not yet read; the length was checked, so there are enough.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, tail) = self.0.split_first_chunk().expect("the parts add up to the checked length");
        self.0 = tail;
        *head
    }

    fn field248(&mut self) -> Fr {
        let mut padded = [0u8; 32];
        padded[1..].copy_from_slice(&self.take::<31>());
        field::from_be_bytes(&padded).expect("248 bits are below r")
    }

    fn time(&mut self) -> u64 {
        let mut padded = [0u8; 8];
        padded[2..].copy_from_slice(&self.take::<6>());
        u64::from_be_bytes(padded)
    }
}

#[cfg(test)]
mod tests;
