//! What `policy check` says of a policy for tracks.

use std::fmt;

use serde_json::{Value, json};
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::track::{Quantum, Scales, TrackParts, TrackRules};

use super::{PolicyCommandError, many_samples};

/// A shortfall that is refused unless the user says otherwise, in millionths.
const SHORT: u32 = 50_000;

/// Times of the largest accuracy below which noise makes a way.
const JITTER_OF_ACCURACY: u64 = 4;

/// The rules of a policy for tracks, and what its fence makes of distances.
pub(super) struct Facts {
    rules: TrackRules,
    quantum: Quantum,
    max_accuracy_mm: u32,
    slots: u64,
    /// Millionths; `None` without the fence.
    shortfall: Option<u32>,
    /// The scales of the fence, if with them less than 5 % is short.
    most: Option<Scales>,
}

impl Facts {
    /// Those of the policy; `None` if it is for another statement.
    pub(super) fn of(policy: &Policy, quantum: Quantum, fence: Option<&Fence>) -> Option<Facts> {
        let rules = policy.track_rules()?;
        let parts = policy.parts();
        let shortfall = fence.map(|fence| rules.parts().scales.shortfall(fence));
        let of_fence = fence.and_then(|fence| Some((fence, Scales::over(fence).ok()?)));
        let most =
            of_fence.filter(|(fence, scales)| scales.shortfall(fence) < SHORT).map(|(_, scales)| scales);
        let slots = rules.slots(parts.epoch_length_ms);
        Some(Facts { rules, quantum, max_accuracy_mm: parts.max_accuracy_mm, slots, shortfall, most })
    }

    /// Refuses a fence in which distances come out short, and warns of what makes a claim say little or too much.
    ///
    /// # Errors
    /// [`PolicyCommandError::Shortfall`].
    pub(super) fn check(
        &self,
        allow_short: bool,
        warnings: &mut Vec<String>,
    ) -> Result<(), PolicyCommandError> {
        let TrackParts { jitter_mm, least_samples, .. } = *self.rules.parts();
        match self.shortfall {
            Some(got) if got >= SHORT && !allow_short => return Err(PolicyCommandError::Shortfall { got, most: self.most }),
            Some(_) => {}
            None => warnings.push(
                "pass --fence to see whether the scales are those of the fence, and by how much a distance can come out short"
                    .to_owned(),
            ),
        }
        let wanted = JITTER_OF_ACCURACY * u64::from(self.max_accuracy_mm);
        if u64::from(jitter_mm) < wanted {
            warnings.push(format!(
                "jitter_mm is {jitter_mm}, less than four times the largest accuracy, {wanted}: a device that stands still can show \
                 a way of noise"
            ));
        }
        many_samples(least_samples, warnings);
        if least_samples == 1 {
            warnings.push(
                "least_samples is 1: a claim of one sample shows a place, and neither distance nor time"
                    .to_owned(),
            );
        }
        let Quantum { distance_cm, observed_ms } = self.quantum;
        for (key, to) in [("round_distance_cm", distance_cm), ("round_observed_ms", observed_ms)] {
            if to == 1 {
                warnings.push(format!(
                    "{key} is 1, which rounds nothing: exact centimetres or milliseconds of one device are a fingerprint"
                ));
            }
        }
        Ok(())
    }

    pub(super) fn to_json(&self) -> Value {
        let TrackParts {
            top_speed_mm_s,
            longest_gap_ms,
            jitter_mm,
            scales,
            slot_ms,
            least_samples,
            most_left_out,
        } = self.rules.parts();
        json!({
            "top_speed_mm_s": top_speed_mm_s, "longest_gap_ms": longest_gap_ms, "jitter_mm": jitter_mm,
            "latitude_scale": scales.latitude, "longitude_scale": scales.longitude, "slot_ms": slot_ms, "slots": self.slots,
            "least_samples": least_samples, "most_left_out": most_left_out, "round_distance_cm": self.quantum.distance_cm,
            "round_observed_ms": self.quantum.observed_ms, "shortfall_ppm": self.shortfall,
        })
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Quantum { distance_cm, observed_ms } = self.quantum;
        write!(
            f,
            "claims     multiples of {distance_cm} cm and {observed_ms} ms, of {} slots an epoch",
            self.slots
        )?;
        match self.shortfall {
            Some(shortfall) => write!(
                f,
                "\ndistances  at most {} % shorter than the geodesic, never longer",
                percent(shortfall)
            ),
            None => Ok(()),
        }
    }
}

/// Millionths as percent, rounded up to hundredths.
pub(super) fn percent(millionths: u32) -> String {
    let hundredths = millionths.div_ceil(100);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percents_are_rounded_up() {
        for (millionths, wanted) in
            [(0, "0.00"), (1, "0.01"), (100, "0.01"), (101, "0.02"), (50_000, "5.00"), (999_999, "100.00")]
        {
            assert_eq!(percent(millionths), wanted);
        }
    }
}
