//! Readings as frames: a table is cut where a frame is full, too long, or would lie in two epochs.

use std::fmt;

use std::num::NonZeroU64;

use zksensor_model::frame::{
    Frame, FrameHeader, FrameLink, MAX_FRAME_SAMPLES, SAMPLE_CHANNELS, Sample, SampleError,
};
use zksensor_model::policy::Policy;
use zksensor_model::policy::time::format_rfc3339_millis;
use zksensor_model::reading::{Network, PayloadHash, Reading, UnixMillis};
use zksensor_model::schema::ABSENT;

/// Where readings are cut into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameCuts {
    /// The most samples of a frame; [`MAX_FRAME_SAMPLES`] if it is more.
    pub samples: usize,
    /// From the first sample of a frame, the last is less than this away, in milliseconds.
    pub span_ms: Option<NonZeroU64>,
    /// In whose epochs frames lie, each in one. What is in no epoch is in frames of its own.
    pub policy: Option<Policy>,
}

impl Default for FrameCuts {
    fn default() -> FrameCuts {
        FrameCuts { samples: MAX_FRAME_SAMPLES, span_ms: None, policy: None }
    }
}

/// Why a reading does not go into a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameCutError {
    /// A reading before the one before it.
    #[error(
        "expected records in the order of their time, from {} on, got {}", format_rfc3339_millis(*least),
        format_rfc3339_millis(*got)
    )]
    Order {
        /// When the record before was taken, in Unix milliseconds.
        least: u64,
        /// When this one was taken, in Unix milliseconds.
        got: u64,
    },
    /// A value that a sample does not hold.
    #[error("{reason}")]
    Sample {
        /// What is wrong with it.
        #[source]
        reason: SampleError,
    },
    /// There is no sequence number for another frame.
    #[error("expected a frame before it with a sequence number below 2^64 - 1, got the last one")]
    Sequence,
}

/// Cuts readings, in the order of their time, into frames that are linked. It holds the samples of one frame.
///
/// A sample has the first three channels of a reading. The payload hash of a frame is that of the payload hashes of its
/// readings, 32 bytes each, or none if none of them has one; sequence numbers are those of the frames.
///
/// Its `Debug` shows how many samples wait.
pub struct FrameCutter {
    cuts: FrameCuts,
    sequence: Option<u64>,
    link: FrameLink,
    open: Option<Open>,
    fourth_channels: u64,
}

/// A frame that is not finished.
struct Open {
    network: Network,
    schema: u32,
    sequence: u64,
    start: UnixMillis,
    last: UnixMillis,
    epoch: Option<u32>,
    samples: Vec<Sample>,
    payloads: Vec<PayloadHash>,
}

impl fmt::Debug for FrameCutter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.open.as_ref().map_or(0, |open| open.samples.len());
        f.debug_struct("FrameCutter").field("waiting", &waiting).finish_non_exhaustive()
    }
}

impl FrameCutter {
    /// Starts with a frame of this sequence number and link.
    pub fn new(cuts: FrameCuts, sequence: u64, link: FrameLink) -> FrameCutter {
        FrameCutter { cuts, sequence: Some(sequence), link, open: None, fourth_channels: 0 }
    }

    /// Takes a reading, and gives the frame before it if it starts another one. A reading that is refused changes nothing.
    ///
    /// # Errors
    /// [`FrameCutError`].
    pub fn push(&mut self, reading: &Reading) -> Result<Option<Frame>, FrameCutError> {
        let [first, second, third, fourth] = reading.channels;
        let mut sample = Sample {
            offset_ms: 0,
            location: reading.location,
            accuracy_mm: reading.accuracy_mm,
            channels: [first, second, third],
        };
        sample.check().map_err(|reason| FrameCutError::Sample { reason })?;
        let epoch = self.cuts.policy.and_then(|policy| policy.epoch_of(reading.time));
        let goes_on = match &self.open {
            Some(open) => open.offset(reading, epoch, &self.cuts)?,
            None => None,
        };
        let mut done = None;
        match goes_on {
            Some(offset_ms) => sample.offset_ms = offset_ms,
            None => {
                let sequence = self.sequence.ok_or(FrameCutError::Sequence)?;
                done = self.finish();
                self.sequence = sequence.checked_add(1);
                self.open = Some(Open::new(reading, sequence, epoch));
            }
        }
        let open = self.open.as_mut().expect("one was open, or was opened");
        open.last = reading.time;
        open.samples.push(sample);
        open.payloads.push(reading.payload_hash);
        self.fourth_channels += u64::from(![ABSENT, 0].contains(&fourth));
        Ok(done)
    }

    /// The frame that is not finished yet, if there is one.
    pub fn finish(&mut self) -> Option<Frame> {
        let frame = self.open.take()?.close(self.link);
        self.link = FrameLink::after(frame.summary());
        Some(frame)
    }

    /// How many readings had a fourth channel, which no frame has. One that is 0 does not count: importers write that for a
    /// channel that the schema does not have.
    pub fn fourth_channels(&self) -> u64 {
        self.fourth_channels
    }
}

impl Open {
    fn new(reading: &Reading, sequence: u64, epoch: Option<u32>) -> Open {
        Open {
            network: reading.network,
            schema: reading.schema,
            sequence,
            start: reading.time,
            last: reading.time,
            epoch,
            samples: Vec::new(),
            payloads: Vec::new(),
        }
    }

    /// The offset of a reading in this frame; none if it starts another one.
    fn offset(
        &self,
        reading: &Reading,
        epoch: Option<u32>,
        cuts: &FrameCuts,
    ) -> Result<Option<u32>, FrameCutError> {
        let (least, got) = (self.last.get(), reading.time.get());
        if got < least {
            return Err(FrameCutError::Order { least, got });
        }
        let offset = got - self.start.get();
        let goes_on = self.samples.len() < cuts.samples.min(MAX_FRAME_SAMPLES)
            && cuts.span_ms.is_none_or(|span| offset < span.get())
            && epoch == self.epoch
            && (reading.network, reading.schema) == (self.network, self.schema);
        Ok(u32::try_from(offset).ok().filter(|_| goes_on))
    }

    fn close(self, link: FrameLink) -> Frame {
        let header = FrameHeader {
            network: self.network,
            schema: self.schema,
            sequence: self.sequence,
            start: self.start,
            link,
            payload_hash: combined(&self.payloads),
        };
        Frame::new(header, self.samples).expect("each sample was checked, and none is before the one before")
    }
}

/// The hash of what the payload hashes are of.
fn combined(payloads: &[PayloadHash]) -> PayloadHash {
    if payloads.iter().all(|payload| *payload == PayloadHash::NONE) {
        return PayloadHash::NONE;
    }
    let bytes = payloads.iter().flat_map(|payload| zksensor_model::field::to_be_bytes(&payload.to_field()));
    PayloadHash::of(&bytes.collect::<Vec<u8>>())
}

const _: () = assert!(SAMPLE_CHANNELS == 3, "a reading has one channel more than a sample");

#[cfg(test)]
mod tests;
