//! What a device's frame shows over an epoch: distance, time and slots of the samples that are counted of it.
//!
//! A policy for [`Track`](crate::claim::track::Track) has [`TrackRules`] as its parameters. Of a frame the prover says of each sample
//! whether it is left out, starts a leg or continues one ([`Choice`]). A step within a leg takes at most the longest gap, is no faster
//! than the top speed, and adds the length that it can be shown to have: the distance in the [scales](Scales) of the fence, which is
//! never more than that on the ellipsoid, less the jitter. [`Tally`] is what it adds up to.
//!
//! Source: our own; the definitions are those of [`Tally::of`], which the circuit agrees with.

use core::fmt;

use crate::field::Fr;
use crate::layout::{Field, InputValue};
use crate::policy::Parameters;
use crate::preimages::TrackLimits;

mod choice;
mod error;
mod quantum;
mod scales;
mod step;
mod tally;

pub use choice::choose;
pub use error::TrackRulesError;
pub use quantum::Quantum;
pub use scales::{SCALE_FRACTION_BITS, Scales, ScalesError};
pub use step::{COORDINATE_STEP_BITS, LENGTH_BITS, STEP_BITS, Step, StepError};
pub use tally::{Choice, Tally, TallyError};

/// Most slots of an epoch: the number of a slot has 16 bits.
pub const MOST_SLOTS: u64 = 1 << SLOT_BITS;

/// Bits of a slot's number in its epoch.
pub const SLOT_BITS: u32 = 16;

const PARTS: TrackLimits<Field> = TrackLimits::PARTS;

/// What a policy for a track is made of beside what every policy says, not yet checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackParts {
    /// Greatest speed between two samples of a leg, in millimetres a second: 1 to 2^19 - 1.
    pub top_speed_mm_s: u32,
    /// Longest time between two samples of a leg, in milliseconds: 1 to 2^22 - 1.
    pub longest_gap_ms: u32,
    /// What a place may be off by, in millimetres, below 2^20: a step adds as much less than it is long.
    pub jitter_mm: u32,
    /// How long a degree is, by the fence.
    pub scales: Scales,
    /// Length of a slot in milliseconds: 1 to 2^27 - 1, which is 37 hours.
    pub slot_ms: u32,
    /// Fewest samples that are counted, at least 1.
    pub least_samples: u16,
    /// Most samples of the frame that are left out.
    pub most_left_out: u16,
}

/// Checked parameters of a policy for a track.
///
/// ```
/// use zksensor_model::track::{Scales, TrackParts, TrackRules};
/// let rules = TrackRules::new(TrackParts {
///     top_speed_mm_s: 70_000,
///     longest_gap_ms: 60_000,
///     jitter_mm: 10_000,
///     scales: Scales { latitude: 11_380, longitude: 7_600 },
///     slot_ms: 600_000,
///     least_samples: 2,
///     most_left_out: 20,
/// })?;
/// assert_eq!(TrackRules::of(rules.parameters())?, rules);
/// # Ok::<(), zksensor_model::track::TrackRulesError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackRules {
    parts: TrackParts,
}

impl TrackRules {
    /// The rules of these parts. Whether the scales are those of a fence is for [`Scales::check`].
    ///
    /// # Errors
    /// The first [`TrackRulesError`] that applies.
    pub fn new(parts: TrackParts) -> Result<TrackRules, TrackRulesError> {
        error::check(&parts)?;
        Ok(TrackRules { parts })
    }

    /// The rules of a policy with these parameters.
    ///
    /// # Errors
    /// [`TrackRulesError`] if they are none.
    pub fn of(parameters: Parameters) -> Result<TrackRules, TrackRulesError> {
        let wrong = || TrackRulesError::Parameters { got: parameters };
        let packed = parameters.to_field();
        let parts = TrackLimits::LANE.unpack(&packed).ok_or_else(wrong)?;
        let small = |part: usize| u32::decode(&parts[part], &PARTS.slot_ms).ok_or_else(wrong);
        let count = |part: usize| u16::decode(&parts[part], &PARTS.least_samples).ok_or_else(wrong);
        TrackRules::new(TrackParts {
            top_speed_mm_s: small(0)?,
            longest_gap_ms: small(1)?,
            jitter_mm: small(2)?,
            scales: Scales { latitude: small(3)?, longitude: small(4)? },
            slot_ms: small(5)?,
            least_samples: count(6)?,
            most_left_out: count(7)?,
        })
    }

    /// What they are made of.
    pub fn parts(&self) -> &TrackParts {
        &self.parts
    }

    /// The parts of the lane, encoded.
    pub fn limits(&self) -> TrackLimits<Fr> {
        let parts = &self.parts;
        TrackLimits {
            top_speed_mm_s: Fr::from(parts.top_speed_mm_s),
            longest_gap_ms: Fr::from(parts.longest_gap_ms),
            jitter_mm: Fr::from(parts.jitter_mm),
            latitude_scale: Fr::from(parts.scales.latitude),
            longitude_scale: Fr::from(parts.scales.longitude),
            slot_ms: Fr::from(parts.slot_ms),
            least_samples: Fr::from(parts.least_samples),
            most_left_out: Fr::from(parts.most_left_out),
        }
    }

    /// The lane of a policy's id.
    pub fn parameters(&self) -> Parameters {
        Parameters::from_field(self.limits().pack())
    }

    /// Slots of an epoch of this length, in milliseconds, the last of which may be shorter.
    pub fn slots(&self, epoch_length_ms: u64) -> u64 {
        epoch_length_ms.div_ceil(u64::from(self.parts.slot_ms))
    }

    /// Checks that an epoch of this length has at most [`MOST_SLOTS`].
    ///
    /// # Errors
    /// [`TrackRulesError::Slots`].
    pub fn check_epoch(&self, epoch_length_ms: u64) -> Result<(), TrackRulesError> {
        let got = self.slots(epoch_length_ms);
        if got <= MOST_SLOTS { Ok(()) } else { Err(TrackRulesError::Slots { got }) }
    }
}

/// One line a group of parts.
impl fmt::Display for TrackRules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.parts;
        let Scales { latitude, longitude } = parts.scales;
        writeln!(
            formatter,
            "steps      at most {} mm/s and {} ms, less {} mm of jitter",
            parts.top_speed_mm_s, parts.longest_gap_ms, parts.jitter_mm
        )?;
        writeln!(
            formatter,
            "scales     1e-7 degree is {latitude} (latitude) and {longitude} (longitude) units of 2^-{SCALE_FRACTION_BITS} mm"
        )?;
        write!(
            formatter,
            "samples    at least {}, at most {} left out; slots of {} ms",
            parts.least_samples, parts.most_left_out, parts.slot_ms
        )
    }
}

#[cfg(test)]
mod tests;
