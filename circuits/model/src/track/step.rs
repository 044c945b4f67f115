//! One step: from a counted sample to the next of the same leg.
//!
//! With dt in milliseconds, the differences of the coordinates in 1e-7 degree, and the scales a and b in units of 2^-10 millimetres,
//! D^2 = (a dlat)^2 + (b dlon)^2 is the square of the distance in such units, m = floor(D) the distance in whole millimetres, and
//! w = speed dt + 1000 jitter, in micrometres, what the step may reach. It is allowed if 1000 (m + 1) <= w, and it adds m less the
//! jitter, or nothing. So rounding goes against the claim: a step counts as longer where it is limited than where it adds.

use super::{SCALE_FRACTION_BITS, TrackRules};
use crate::frame::Sample;

/// Bits of the difference of two coordinates in a step.
pub const COORDINATE_STEP_BITS: u32 = 24;

/// Bits of how far a step may lead, jitter included, in micrometres.
pub const STEP_BITS: u32 = 36;

/// Micrometres that no step reaches.
pub(super) const MOST_STEP: u64 = 1 << STEP_BITS;

/// Bits of the length of a step in millimetres: it is below [`STEP_BITS`] of micrometres.
pub const LENGTH_BITS: u32 = 27;
const _: () = assert!(MOST_STEP / 1000 < 1 << LENGTH_BITS);

/// A step that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Time that it takes, in milliseconds.
    pub time_ms: u32,
    /// Length that can be shown, in millimetres: rounded down, and less the jitter.
    pub length_mm: u32,
}

/// Why two samples are not of one leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// Not later than the one before.
    #[error("it is not later than the counted sample before it")]
    Order,
    /// Too long after the one before.
    #[error("it is {got} ms after the counted sample before it, and a leg has gaps of at most {most} ms")]
    Gap {
        /// Milliseconds.
        got: u32,
        /// The longest gap of the policy.
        most: u32,
    },
    /// Too far from the one before, or faster than the policy allows.
    #[error("it is further from the counted sample before it than the top speed allows")]
    Speed,
}

impl Step {
    /// The step between two samples of a frame.
    ///
    /// # Errors
    /// [`StepError`] if they cannot be of one leg.
    pub fn between(rules: &TrackRules, from: &Sample, to: &Sample) -> Result<Step, StepError> {
        let parts = rules.parts();
        let later = to.offset_ms.checked_sub(from.offset_ms).filter(|time| *time > 0);
        let time_ms = later.ok_or(StepError::Order)?;
        if time_ms > parts.longest_gap_ms {
            return Err(StepError::Gap { got: time_ms, most: parts.longest_gap_ms });
        }
        let square = square(rules, from, to).ok_or(StepError::Speed)?;
        let distance = (square >> (2 * SCALE_FRACTION_BITS)).isqrt();
        let reach =
            u128::from(parts.top_speed_mm_s) * u128::from(time_ms) + 1000 * u128::from(parts.jitter_mm);
        if 1000 * (distance + 1) > reach {
            return Err(StepError::Speed);
        }
        let length = distance.saturating_sub(parts.jitter_mm.into());
        Ok(Step { time_ms, length_mm: u32::try_from(length).expect("no step is longer than its reach") })
    }
}

/// The square of the distance in units of 2^-20 square millimetres; `None` where the coordinates differ by 2^24 or more.
fn square(rules: &TrackRules, from: &Sample, to: &Sample) -> Option<u128> {
    let (from, to, scales) = (&from.location, &to.location, rules.parts().scales);
    let axis = |from: i32, to: i32, scale: u32| {
        let difference = i64::from(to).abs_diff(i64::from(from));
        (difference >> COORDINATE_STEP_BITS == 0).then(|| (u128::from(difference) * u128::from(scale)).pow(2))
    };
    let latitude = axis(from.latitude(), to.latitude(), scales.latitude)?;
    let longitude = axis(from.longitude(), to.longitude(), scales.longitude)?;
    Some(latitude + longitude)
}
