//! Samples as they come, none of which is kept.

use ark_ff::AdditiveGroup;

use super::{FrameError, FrameHeader, FrameSummary, MAX_FRAME_SAMPLES, SAMPLES_A_STEP, Sample};
use crate::field::Fr;
use crate::preimages::Samples;

/// Absorbs the samples of a frame: as much memory for a thousand as for one.
///
/// Whoever wants to send the frame writes down [`Sample::encode`] of each sample, which stand between
/// [`head`](super::FrameSeal::head) and [`tail`](super::FrameSeal::tail) of the seal.
#[derive(Debug, Clone)]
pub struct FrameBuilder {
    header: FrameHeader,
    count: usize,
    last_offset_ms: u32,
    chain: Fr,
    /// What the next step of the chain absorbs: the samples since the last one, then 0.
    group: [Fr; SAMPLES_A_STEP],
}

impl FrameBuilder {
    /// A frame without samples yet.
    pub fn new(header: FrameHeader) -> FrameBuilder {
        let group = [Fr::ZERO; SAMPLES_A_STEP];
        FrameBuilder { header, count: 0, last_offset_ms: 0, chain: Fr::ZERO, group }
    }

    /// What the frame says beside its samples.
    pub fn header(&self) -> &FrameHeader {
        &self.header
    }

    /// How many samples there are so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds a sample. One that is refused changes nothing.
    ///
    /// # Errors
    /// [`FrameError::Count`] if the frame is full, [`FrameError::Sample`], [`FrameError::Order`] if it is before the last one, or
    /// [`FrameError::Time`].
    pub fn push(&mut self, sample: &Sample) -> Result<(), FrameError> {
        let number = self.count + 1;
        if number > MAX_FRAME_SAMPLES {
            return Err(FrameError::Count { got: number });
        }
        let element = sample.to_field().map_err(|reason| FrameError::Sample { number, reason })?;
        let (least, got) = (self.last_offset_ms, sample.offset_ms);
        if got < least {
            return Err(FrameError::Order { number, least, got });
        }
        let time = self.header.start.get() + u64::from(got);
        if time >= 1 << 48 {
            return Err(FrameError::Time { number, got: time });
        }
        self.group[self.count % SAMPLES_A_STEP] = element;
        self.count = number;
        self.last_offset_ms = got;
        if number.is_multiple_of(SAMPLES_A_STEP) {
            self.absorb();
        }
        Ok(())
    }

    /// What there is to sign.
    ///
    /// # Errors
    /// [`FrameError::Count`] without a sample.
    pub fn finish(mut self) -> Result<FrameSummary, FrameError> {
        if !self.count.is_multiple_of(SAMPLES_A_STEP) {
            self.absorb();
        }
        FrameSummary::new(self.header, self.count, self.chain)
    }

    /// A step of the chain.
    fn absorb(&mut self) {
        let group = core::mem::replace(&mut self.group, [Fr::ZERO; SAMPLES_A_STEP]);
        self.chain = Samples::of(self.chain, group).hash();
    }
}
