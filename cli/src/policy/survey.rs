//! What `policy check` says of a policy for surveys.

use std::fmt;

use serde_json::{Value, json};
use zksensor::model::frame::{MAX_FRAME_SAMPLES, SAMPLES_A_STEP};
use zksensor::model::policy::Policy;
use zksensor::model::survey::{Quality, SurveyParts, SurveyRules};

use super::many_samples;

/// The rules of a policy for surveys, and what its readings can be.
pub(super) struct Facts {
    rules: SurveyRules,
    /// high - low.
    span: u64,
}

impl Facts {
    /// Those of the policy; `None` if it is for another statement.
    pub(super) fn of(policy: &Policy) -> Option<Facts> {
        let rules = policy.survey_rules()?;
        let parts = policy.parts();
        Some(Facts { rules, span: parts.high.abs_diff(parts.low) })
    }

    /// Warns of rules that no frame obeys, or that refuse nothing.
    pub(super) fn check(&self, warnings: &mut Vec<String>) {
        let SurveyParts { least_samples, most_left_out, quality } = *self.rules.parts();
        many_samples(least_samples, warnings);
        if usize::from(most_left_out) >= MAX_FRAME_SAMPLES - 1 {
            warnings.push(format!(
                "most_left_out is {most_left_out}, which every frame leaves out at the most: any choice of samples counts"
            ));
        }
        match quality {
            None => warnings.push(
                "no quality is asked for: a sensor that is stuck or jumps counts as long as its values are in range; `least_spread` and \
                 `largest_step` leave it out"
                    .to_owned(),
            ),
            Some(Quality { least_spread, largest_step }) => {
                if least_spread == 0 {
                    warnings.push("least_spread is 0: a sensor that is stuck counts".to_owned());
                }
                if least_spread > 0 && least_samples == 1 {
                    warnings.push(
                        "least_samples is 1, but one sample has no spread: a device shows two or more in any case"
                            .to_owned(),
                    );
                }
                let furthest = largest_step.saturating_mul(MAX_FRAME_SAMPLES as u64 - 1);
                if least_spread > furthest {
                    warnings.push(format!(
                        "least_spread is {least_spread}, and a frame comes at most {furthest} far in steps of {largest_step}: no frame \
                         ever counts"
                    ));
                }
                if largest_step >= self.span {
                    warnings.push(format!(
                        "largest_step is {largest_step}, and no two values are further apart than {}: a sensor that jumps counts",
                        self.span
                    ));
                }
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let SurveyParts { least_samples, most_left_out, quality } = self.rules.parts();
        json!({
            "least_samples": least_samples, "most_left_out": most_left_out,
            "least_spread": quality.map(|quality| quality.least_spread),
            "largest_step": quality.map(|quality| quality.largest_step),
        })
    }
}

/// Which keys it takes.
impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SurveyParts { least_samples, quality, .. } = *self.rules.parts();
        let (samples, quality) =
            (usize::from(least_samples).next_multiple_of(SAMPLES_A_STEP), u8::from(quality.is_some()));
        write!(
            f,
            "keys       of `setup --statement survey --samples {samples} --quality {quality}`, or of more samples"
        )
    }
}
