//! The section `[track]` of a policy: how its steps are measured, what a claim has to show, and how it is rounded.

use serde::Deserialize;
use zksensor_model::fence::Fence;
use zksensor_model::track::{Quantum, Scales, ScalesError, TrackParts, TrackRules, TrackRulesError};

/// Why the section is not the rules of a track.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrackSectionError {
    /// No scales, and no fence whose they are.
    #[error(
        "expected `track.latitude_scale` and `track.longitude_scale`, or the fence itself, which has them, got neither; pass the \
         fence, or copy the scales that `zksensor policy check` shows with it"
    )]
    NoScales,
    /// One scale alone.
    #[error("expected `track.latitude_scale` and `track.longitude_scale`, or neither, got one of them")]
    OneScale,
    /// Scales that are not those of the fence that came with the text.
    #[error("`track`: {0}")]
    Scales(#[from] ScalesError),
    /// A part that does not fit.
    #[error("`track`: {0}")]
    Rules(#[from] TrackRulesError),
    /// Nothing is a multiple of 0.
    #[error("expected `track.{key}` of at least 1, which rounds nothing, got 0")]
    Quantum {
        /// The key.
        key: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [track]")]
pub(super) struct TrackSection {
    top_speed_mm_s: u32,
    longest_gap_ms: u32,
    jitter_mm: u32,
    latitude_scale: Option<u32>,
    longitude_scale: Option<u32>,
    slot_ms: u32,
    least_samples: u16,
    most_left_out: u16,
    round_distance_cm: u32,
    round_observed_ms: u32,
}

impl TrackSection {
    /// The rules, with the scales that the section names or, where it names none, those of the fence. Named ones may be no larger
    /// than those of a fence that came with the text.
    pub(super) fn rules(&self, fence: Option<&Fence>) -> Result<TrackRules, TrackSectionError> {
        let scales = match (self.latitude_scale.zip(self.longitude_scale), fence) {
            (None, _) if self.latitude_scale.is_some() || self.longitude_scale.is_some() => {
                return Err(TrackSectionError::OneScale);
            }
            (None, None) => return Err(TrackSectionError::NoScales),
            (None, Some(fence)) => Scales::over(fence)?,
            (Some((latitude, longitude)), fence) => {
                let scales = Scales { latitude, longitude };
                fence.map_or(Ok(()), |fence| scales.check(fence))?;
                scales
            }
        };
        Ok(TrackRules::new(TrackParts {
            top_speed_mm_s: self.top_speed_mm_s,
            longest_gap_ms: self.longest_gap_ms,
            jitter_mm: self.jitter_mm,
            scales,
            slot_ms: self.slot_ms,
            least_samples: self.least_samples,
            most_left_out: self.most_left_out,
        })?)
    }

    /// How claims are rounded: of all devices of a policy alike, or who rounds otherwise is known by it.
    pub(super) fn quantum(&self) -> Result<Quantum, TrackSectionError> {
        for (key, got) in
            [("round_distance_cm", self.round_distance_cm), ("round_observed_ms", self.round_observed_ms)]
        {
            if got == 0 {
                return Err(TrackSectionError::Quantum { key });
            }
        }
        Ok(Quantum { distance_cm: self.round_distance_cm, observed_ms: self.round_observed_ms })
    }
}
