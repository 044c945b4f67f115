//! What the counted samples of a frame add up to.

use super::{Step, StepError, TrackRules};
use crate::frame::{Frame, Sample};

/// What a prover says of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Nothing is said of it.
    LeftOut,
    /// It is counted, and a leg begins with it.
    Starts,
    /// It is counted, and of the leg of the counted one before.
    Continues,
}

impl Choice {
    /// Whether the sample is counted.
    pub fn is_counted(self) -> bool {
        self != Choice::LeftOut
    }
}

/// Sums over the counted samples of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Samples counted.
    pub samples: u32,
    /// Samples of the frame that are not.
    pub left_out: u32,
    /// Legs.
    pub legs: u32,
    /// Length of all steps, in millimetres.
    pub distance_mm: u64,
    /// Time of all steps, in milliseconds.
    pub observed_ms: u64,
    /// Slots of the epoch with a counted sample.
    pub slots: u32,
}

/// Why choices do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TallyError {
    /// Not one choice a sample.
    Count {
        /// Samples.
        wanted: usize,
        /// Choices.
        got: usize,
    },
    /// A counted sample is not later than the counted one before.
    Order {
        /// Index of the sample.
        sample: usize,
    },
    /// A sample continues no leg.
    Leg {
        /// Index of the sample.
        sample: usize,
        /// Why; `None` if no sample before it is counted.
        reason: Option<StepError>,
    },
}

impl Tally {
    /// The sums of a frame whose samples are chosen so, in an epoch that starts at `epoch_start` (Unix milliseconds).
    ///
    /// # Errors
    /// [`TallyError`] for the first sample whose choice does not hold.
    pub fn of(
        rules: &TrackRules,
        frame: &Frame,
        choices: &[Choice],
        epoch_start: u64,
    ) -> Result<Tally, TallyError> {
        let samples = frame.samples();
        if choices.len() != samples.len() {
            return Err(TallyError::Count { wanted: samples.len(), got: choices.len() });
        }
        let slot_of = |sample: &Sample| {
            let elapsed =
                (frame.header().start.get() + u64::from(sample.offset_ms)).saturating_sub(epoch_start);
            elapsed / u64::from(rules.parts().slot_ms)
        };
        let mut tally = Tally::default();
        let mut last: Option<&Sample> = None;
        for (index, (sample, choice)) in samples.iter().zip(choices).enumerate() {
            if !choice.is_counted() {
                tally.left_out += 1;
                continue;
            }
            if last.is_some_and(|last| last.offset_ms >= sample.offset_ms) {
                return Err(TallyError::Order { sample: index });
            }
            tally.samples += 1;
            tally.slots += u32::from(last.is_none_or(|last| slot_of(last) != slot_of(sample)));
            if *choice == Choice::Continues {
                let leg = |reason| TallyError::Leg { sample: index, reason };
                let step = Step::between(rules, last.ok_or(leg(None))?, sample);
                let Step { time_ms, length_mm } = step.map_err(|reason| leg(Some(reason)))?;
                tally.distance_mm += u64::from(length_mm);
                tally.observed_ms += u64::from(time_ms);
            } else {
                tally.legs += 1;
            }
            last = Some(sample);
        }
        Ok(tally)
    }
}
