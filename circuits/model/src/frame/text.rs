//! The JSON (serde) form of frames: that of readings, with the samples in a list.
//!
//! `sequence` and `channels` are decimal text, and an absent channel is null. Of a list that is too long no more is read than a
//! frame may have.

use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{
    FRAME_VERSION, Frame, FrameError, FrameHeader, FrameLink, MAX_FRAME_SAMPLES, SAMPLE_CHANNELS, Sample,
    SampleError, SignedFrame,
};
use crate::field;
use crate::object;
use crate::primitives::eddsa::{PublicKey, Signature};
use crate::reading::whole::{Channel, Whole};
use crate::reading::{Location, Network, PayloadHash, UnixMillis};

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Sample", deny_unknown_fields)]
struct SampleText {
    offset_ms: u32,
    latitude_e7: i32,
    longitude_e7: i32,
    accuracy_mm: u32,
    channels: [Channel; SAMPLE_CHANNELS],
}

impl From<&Sample> for SampleText {
    fn from(sample: &Sample) -> SampleText {
        SampleText {
            offset_ms: sample.offset_ms,
            latitude_e7: sample.location.latitude(),
            longitude_e7: sample.location.longitude(),
            accuracy_mm: sample.accuracy_mm,
            channels: sample.channels.map(Channel),
        }
    }
}

impl TryFrom<SampleText> for Sample {
    type Error = SampleError;

    fn try_from(text: SampleText) -> Result<Sample, SampleError> {
        let location = Location::from_e7(text.latitude_e7, text.longitude_e7);
        let sample = Sample {
            offset_ms: text.offset_ms,
            location: location.map_err(|reason| SampleError::Field { reason })?,
            accuracy_mm: text.accuracy_mm,
            channels: text.channels.map(|channel| channel.0),
        };
        sample.check().map(|()| sample)
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Frame", deny_unknown_fields)]
struct FrameText<S> {
    version: u8,
    network: Network,
    schema: u32,
    sequence: Whole<u64>,
    start_unix_ms: UnixMillis,
    link: FrameLink,
    payload_hash: PayloadHash,
    samples: S,
}

impl<'f> From<&'f Frame> for FrameText<&'f [Sample]> {
    fn from(frame: &'f Frame) -> Self {
        let header = frame.header();
        FrameText {
            version: FRAME_VERSION,
            network: header.network,
            schema: header.schema,
            sequence: Whole(header.sequence),
            start_unix_ms: header.start,
            link: header.link,
            payload_hash: header.payload_hash,
            samples: frame.samples(),
        }
    }
}

impl TryFrom<FrameText<SampleTexts>> for Frame {
    type Error = FrameError;

    fn try_from(text: FrameText<SampleTexts>) -> Result<Frame, FrameError> {
        if text.version != FRAME_VERSION {
            return Err(FrameError::Version { wanted: FRAME_VERSION, got: text.version });
        }
        let header = FrameHeader {
            network: text.network,
            schema: text.schema,
            sequence: text.sequence.0,
            start: text.start_unix_ms,
            link: text.link,
            payload_hash: text.payload_hash,
        };
        let sample = |(text, number): (SampleText, usize)| {
            Sample::try_from(text).map_err(|reason| FrameError::Sample { number, reason })
        };
        let samples = text.samples.0.into_iter().zip(1..).map(sample).collect::<Result<_, _>>()?;
        Frame::new(header, samples)
    }
}

/// At most as many samples as a frame has.
struct SampleTexts(Vec<SampleText>);

impl<'de> Deserialize<'de> for SampleTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SampleTexts, D::Error> {
        deserializer.deserialize_seq(SampleTexts(Vec::new()))
    }
}

impl<'de> Visitor<'de> for SampleTexts {
    type Value = SampleTexts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of 1 to {MAX_FRAME_SAMPLES} samples")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut samples: A) -> Result<SampleTexts, A::Error> {
        while let Some(Members(sample)) = samples.next_element()? {
            if self.0.len() == MAX_FRAME_SAMPLES {
                return Err(A::Error::custom(format_args!(
                    "expected 1 to {MAX_FRAME_SAMPLES} samples in a frame, got more"
                )));
            }
            self.0.push(sample);
        }
        Ok(self)
    }
}

/// A sample by the names of its members.
struct Members(SampleText);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        object::deserialize(deserializer).map(Members)
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "SignedFrame", deny_unknown_fields)]
struct SignedFrameText<F> {
    frame: F,
    key: PublicKey,
    signature: Signature,
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SampleText::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sample, D::Error> {
        object::deserialize::<D, SampleText>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FrameText::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Frame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Frame, D::Error> {
        object::deserialize::<D, FrameText<SampleTexts>>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl Serialize for SignedFrame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SignedFrameText { frame: self.frame(), key: *self.key(), signature: *self.signature() }
            .serialize(serializer)
    }
}

/// Verifies the signature.
impl<'de> Deserialize<'de> for SignedFrame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SignedFrame, D::Error> {
        let text: SignedFrameText<Frame> = object::deserialize(deserializer)?;
        SignedFrame::new(text.frame, text.key, text.signature).map_err(D::Error::custom)
    }
}

impl Serialize for FrameLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        field::to_hex(&self.to_field()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FrameLink {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FrameLink, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        let value = field::parse_hex(&text).map_err(D::Error::custom)?;
        FrameLink::from_field(value).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
