//! What a device signs over time: up to 1,001 samples under one signature.
//!
//! A [`Sample`] is one field element. A frame absorbs its samples seven at a time into a chain, and its message is a hash of
//! chain, count and [header](FrameHeader): [`FrameBuilder`] takes samples as they come and keeps none of them, so that a small
//! device signs a long frame. A [`Frame`] has its samples beside it, and a [`SignedFrame`] exists only if its signature holds.
//! The link of a frame is the message of the device's frame before: whoever has both sees that none is missing between them.
//! The binary form is in `frame/encoding.rs`, the JSON form in `frame/text.rs`.
//!
//! Offsets never decrease. So what a statement shows of a frame's first and last sample, that they lie in an epoch, holds for
//! every sample of a frame that was decoded. A circuit sees signatures of whatever a key signed, and has to hold the samples
//! that it counts against the two itself.
//!
//! ```
//! use zksensor_model::device::DeviceKey;
//! use zksensor_model::frame::{Frame, FrameBuilder, FrameHeader, FrameLink, Sample, SignedFrame};
//! use zksensor_model::reading::{Location, Network, PayloadHash, UnixMillis};
//! use zksensor_model::schema::ABSENT;
//!
//! let header = FrameHeader {
//!     network: Network::new(137, [0x11; 20]),
//!     schema: 2,
//!     sequence: 7,
//!     start: UnixMillis::new(1_767_225_600_000)?,
//!     link: FrameLink::NONE,
//!     payload_hash: PayloadHash::NONE,
//! };
//! let key = DeviceKey::from_seed([7; 32]);
//! let mut bytes = Vec::new();
//! let mut builder = FrameBuilder::new(header);
//! for second in 0..60 {
//!     let location = Location::from_e7(525_200_000 + second * 100, 134_050_000)?;
//!     let sample = Sample { offset_ms: 1000 * second as u32, location, accuracy_mm: 3_500, channels: [13_900, ABSENT, ABSENT] };
//!     builder.push(&sample)?;
//!     bytes.extend_from_slice(&sample.encode()?);
//! }
//! let seal = key.seal(builder.finish()?);
//! let bytes = [&seal.head()[..], &bytes, &seal.tail()].concat();
//! let signed = SignedFrame::decode(&bytes)?;
//! assert_eq!(signed.frame().samples().len(), 60);
//! assert_ne!(FrameLink::after(signed.frame().summary()), FrameLink::NONE);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::vec::Vec;

use ark_ff::AdditiveGroup;

use crate::field::{self, Fr};
use crate::preimages::{self, Lanes};
use crate::reading::{Network, PayloadHash, UnixMillis};

mod builder;
mod encoding;
mod error;
mod sample;
mod signed;
mod text;

pub use builder::FrameBuilder;
pub use encoding::{FRAME_HEAD_LENGTH, FRAME_TAIL_LENGTH, SAMPLE_LENGTH, signed_frame_length};
pub use error::{FrameError, SampleError};
pub use sample::{GREATEST_CHANNEL, LEAST_CHANNEL, SAMPLE_CHANNELS, Sample};
pub use signed::{FrameSeal, SignedFrame};

/// Version of the encoding and of the message: the first field of both.
pub const FRAME_VERSION: u8 = 1;

/// The most samples of a frame.
pub const MAX_FRAME_SAMPLES: usize = 1001;

/// How many samples one step of the chain absorbs.
pub const SAMPLES_A_STEP: usize = 7;

/// The frame before: the low 248 bits of its message, or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameLink(Fr);

impl FrameLink {
    /// There is no frame before.
    pub const NONE: FrameLink = FrameLink(ark_ff::MontFp!("0"));

    /// The link of the frame that follows this one.
    pub fn after(previous: &FrameSummary) -> FrameLink {
        let mut bytes = field::to_be_bytes(&previous.message());
        bytes[0] = 0;
        FrameLink(field::from_be_bytes(&bytes).expect("248 bits are below r"))
    }

    /// The link behind a field element.
    ///
    /// # Errors
    /// [`FrameError::Link`] at 2^248 or above.
    pub fn from_field(value: Fr) -> Result<FrameLink, FrameError> {
        if field::bit_length(&value) > 248 {
            return Err(FrameError::Link { got: field::to_hex(&value) });
        }
        Ok(FrameLink(value))
    }

    /// The link as a field element, below 2^248.
    pub fn to_field(&self) -> Fr {
        self.0
    }
}

/// What a frame says beside its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameHeader {
    /// Where the signature counts.
    pub network: Network,
    /// The sensor profile: names, units and scales of the channels.
    pub schema: u32,
    /// Increases with every frame of the device.
    pub sequence: u64,
    /// What the offsets of the samples are counted from: no later than the first.
    pub start: UnixMillis,
    /// The device's frame before.
    pub link: FrameLink,
    /// The hash of everything else.
    pub payload_hash: PayloadHash,
}

/// All of a frame that its signature covers, with the chain in the place of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameSummary {
    header: FrameHeader,
    count: u16,
    chain: Fr,
}

impl FrameSummary {
    /// The summary of `count` samples with this chain.
    ///
    /// # Errors
    /// [`FrameError::Count`].
    pub fn new(header: FrameHeader, count: usize, chain: Fr) -> Result<FrameSummary, FrameError> {
        let wrong = FrameError::Count { got: count };
        let count = u16::try_from(count).ok().filter(|_| (1..=MAX_FRAME_SAMPLES).contains(&count));
        Ok(FrameSummary { header, count: count.ok_or(wrong)?, chain })
    }

    /// What the frame says beside its samples.
    pub fn header(&self) -> &FrameHeader {
        &self.header
    }

    /// How many samples there are: 1 to [`MAX_FRAME_SAMPLES`].
    pub fn count(&self) -> u16 {
        self.count
    }

    /// The chain of the samples.
    pub fn chain(&self) -> Fr {
        self.chain
    }

    /// The parts of the lane that is neither network nor payload nor link nor chain, encoded.
    pub fn header_parts(&self) -> preimages::FrameHeader<Fr> {
        preimages::FrameHeader {
            version: Fr::from(FRAME_VERSION),
            schema: Fr::from(self.header.schema),
            sequence: Fr::from(self.header.sequence),
            start_unix_ms: Fr::from(self.header.start.get()),
            count: Fr::from(self.count),
        }
    }

    /// The lanes of the message by name.
    pub fn preimage(&self) -> preimages::Frame<Fr> {
        preimages::Frame {
            network: self.header.network.to_field(),
            payload_hash: self.header.payload_hash.to_field(),
            header: self.header_parts().pack(),
            link: self.header.link.to_field(),
            chain: self.chain,
        }
    }

    /// The five lanes of the message, in order.
    pub fn lanes(&self) -> [Fr; 5] {
        self.preimage().lanes()
    }

    /// Whether no frame of the device is missing between `previous` and this one.
    pub fn follows(&self, previous: &FrameSummary) -> bool {
        self.header.link == FrameLink::after(previous) && self.header.sequence > previous.header.sequence
    }

    /// What is signed: Poseidon of the [lanes](FrameSummary::lanes).
    pub fn message(&self) -> Fr {
        self.preimage().hash()
    }
}

/// The samples of a device, in the order of their time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Frame {
    summary: FrameSummary,
    samples: Vec<Sample>,
}

impl Frame {
    /// The frame of these samples.
    ///
    /// # Errors
    /// [`FrameError`] if there are none or too many, one is none, or their offsets decrease or lead beyond 2^48.
    pub fn new(header: FrameHeader, samples: Vec<Sample>) -> Result<Frame, FrameError> {
        let mut builder = FrameBuilder::new(header);
        samples.iter().try_for_each(|sample| builder.push(sample))?;
        Ok(Frame { summary: builder.finish()?, samples })
    }

    /// The frame of samples that need be none: an accuracy of 0, or offsets that decrease.
    ///
    /// # Security
    /// For hostile vectors only: a device signs whatever it likes, and circuits have to refuse it.
    ///
    /// # Errors
    /// [`FrameError::Count`] for none or too many.
    pub fn insecure_unchecked(header: FrameHeader, samples: Vec<Sample>) -> Result<Frame, FrameError> {
        let mut chain = Fr::ZERO;
        for group in samples.chunks(SAMPLES_A_STEP) {
            let mut elements = [Fr::ZERO; SAMPLES_A_STEP];
            elements
                .iter_mut()
                .zip(group)
                .for_each(|(element, sample)| *element = sample.insecure_parts().pack());
            chain = preimages::Samples::of(chain, elements).hash();
        }
        Ok(Frame { summary: FrameSummary::new(header, samples.len(), chain)?, samples })
    }

    /// What the signature covers.
    pub fn summary(&self) -> &FrameSummary {
        &self.summary
    }

    /// What the frame says beside its samples.
    pub fn header(&self) -> &FrameHeader {
        &self.summary.header
    }

    /// The samples: 1 to [`MAX_FRAME_SAMPLES`].
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// When a sample was taken.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn time(&self, index: usize) -> UnixMillis {
        let time = self.header().start.get() + u64::from(self.samples[index].offset_ms);
        UnixMillis::new(time).expect("a frame ends before 2^48")
    }

    /// What is signed.
    pub fn message(&self) -> Fr {
        self.summary.message()
    }
}

#[cfg(test)]
mod tests;
