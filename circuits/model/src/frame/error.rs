//! Why something is no frame, or no signed one.

use alloc::string::String;

use super::{GREATEST_CHANNEL, LEAST_CHANNEL, MAX_FRAME_SAMPLES};
use crate::primitives::eddsa::{PublicKeyError, SignatureError};
use crate::reading::ReadingError;
use crate::schema::ABSENT;

/// Why something is not a sample.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// More bits than a sample has.
    #[error("expected 251 bits, got {got}")]
    Bits {
        /// How many bits the element has.
        got: u32,
    },
    /// The place is none on the ellipsoid, or the accuracy is 0.
    #[error("{reason}")]
    Field {
        /// What is wrong with it.
        #[source]
        reason: ReadingError,
    },
    /// A channel that 41 bits do not hold.
    #[error(
        "expected channel {channel} from {LEAST_CHANNEL} to {GREATEST_CHANNEL}, or absent ({ABSENT}), got {got}"
    )]
    Channel {
        /// Which, from 0.
        channel: usize,
        /// What came.
        got: i64,
    },
}

/// Why something is not a frame, or not a signed one. Samples are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Fewer bytes than the shortest frame has.
    #[error("expected a signed frame of at least {wanted} bytes, got {got}")]
    Short {
        /// Length of a frame of one sample, in bytes.
        wanted: usize,
        /// What came, in bytes.
        got: usize,
    },
    /// Not as many bytes as a frame of so many samples has.
    #[error("expected a signed frame of {count} samples in {wanted} bytes, got {got}")]
    Length {
        /// How many samples the frame says that it has.
        count: usize,
        /// Length of the encoding, in bytes.
        wanted: usize,
        /// What came, in bytes.
        got: usize,
    },
    /// Another version of the encoding.
    #[error("expected frame version {wanted}, got {got}")]
    Version {
        /// The version this crate knows.
        wanted: u8,
        /// The version that came.
        got: u8,
    },
    /// No sample, or too many.
    #[error("expected 1 to {MAX_FRAME_SAMPLES} samples in a frame, got {got}")]
    Count {
        /// How many came.
        got: usize,
    },
    /// The network, the payload hash or the start is none.
    #[error("{reason}")]
    Header {
        /// What is wrong with it.
        #[source]
        reason: ReadingError,
    },
    /// The link does not fit in 248 bits.
    #[error("expected the link of a frame below 2^248, got {got}; cut the message to its low 248 bits")]
    Link {
        /// What came, in hexadecimal.
        got: String,
    },
    /// A sample that is none.
    #[error("sample {number}: {reason}")]
    Sample {
        /// Which, from 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        reason: SampleError,
    },
    /// A sample before the one before it.
    #[error(
        "sample {number}: expected an offset of at least {least} ms as the sample before has, got {got} ms"
    )]
    Order {
        /// Which, from 1.
        number: usize,
        /// The offset of the sample before.
        least: u32,
        /// What came.
        got: u32,
    },
    /// A sample whose time does not fit in 48 bits.
    #[error(
        "sample {number}: expected start and offset to sum up below 2^48 in Unix milliseconds, got {got}"
    )]
    Time {
        /// Which, from 1.
        number: usize,
        /// What came, in Unix milliseconds.
        got: u64,
    },
    /// The key is not one.
    #[error("{reason}")]
    Key {
        /// What is wrong with it.
        #[source]
        reason: PublicKeyError,
    },
    /// The signature is malformed or does not hold for this frame and key.
    #[error("{reason}")]
    Signature {
        /// What is wrong with it.
        #[source]
        reason: SignatureError,
    },
}
