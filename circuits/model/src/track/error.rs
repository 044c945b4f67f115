//! What makes parts the rules of a track.

use super::{MOST_SLOTS, PARTS, TrackParts};
use crate::layout::Field;
use crate::policy::Parameters;

use super::step::{MOST_STEP, STEP_BITS};

/// Why parts, or the parameters of a policy, are not the rules of a track.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrackRulesError {
    /// Not the lane of a track's limits.
    #[error("expected the parameters of a track, packed in 148 bits, got {got}")]
    Parameters {
        /// What came.
        got: Parameters,
    },
    /// A part that does not fit its width, or is 0 where it may not be.
    #[error("expected {part} from {least} to {most}, got {got}")]
    Part {
        /// Name of the part.
        part: &'static str,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
        /// What came.
        got: u64,
    },
    /// Within the longest gap a device could come further than a circuit computes.
    #[error(
        "expected top speed times longest gap plus the jitter below {} m, got {got} m; lower the longest gap",
        MOST_STEP / 1_000_000
    )]
    Step {
        /// Metres that came.
        got: u64,
    },
    /// More slots than a number of 16 bits counts.
    #[error("expected at most {MOST_SLOTS} slots an epoch, got {got}; make slots longer")]
    Slots {
        /// Slots that came.
        got: u64,
    },
}

pub(super) fn check(parts: &TrackParts) -> Result<(), TrackRulesError> {
    let of = |part: &Field, got: u64, least: u64| {
        let most = (1 << part.bits()) - 1;
        let name = part.name;
        if (least..=most).contains(&got) {
            return Ok(());
        }
        Err(TrackRulesError::Part { part: name, least, most, got })
    };
    of(&PARTS.top_speed_mm_s, parts.top_speed_mm_s.into(), 1)?;
    of(&PARTS.longest_gap_ms, parts.longest_gap_ms.into(), 1)?;
    of(&PARTS.jitter_mm, parts.jitter_mm.into(), 0)?;
    of(&PARTS.latitude_scale, parts.scales.latitude.into(), 1)?;
    of(&PARTS.longitude_scale, parts.scales.longitude.into(), 1)?;
    of(&PARTS.slot_ms, parts.slot_ms.into(), 1)?;
    of(&PARTS.least_samples, parts.least_samples.into(), 1)?;
    let furthest =
        u64::from(parts.top_speed_mm_s) * u64::from(parts.longest_gap_ms) + 1000 * u64::from(parts.jitter_mm);
    if furthest >> STEP_BITS != 0 {
        return Err(TrackRulesError::Step { got: furthest / 1_000_000 });
    }
    Ok(())
}
