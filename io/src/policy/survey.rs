//! The section `[survey]` of a policy: how many samples of each device are counted, and how its values have to move.

use serde::Deserialize;
use zksensor_model::survey::{Quality, SurveyParts, SurveyRules, SurveyRulesError};

/// Why the section is not the rules of a survey.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SurveySectionError {
    /// One half of the quality.
    #[error(
        "expected `survey.least_spread` and `survey.largest_step`, which ask for quality, or neither, got one of them; a spread of 0 \
         lets any pass, and so does a step of 1_099_511_627_775"
    )]
    OneOfQuality,
    /// A part that does not fit.
    #[error("`survey`: {0}")]
    Rules(#[from] SurveyRulesError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [survey]")]
pub(super) struct SurveySection {
    least_samples: u16,
    most_left_out: u16,
    least_spread: Option<u64>,
    largest_step: Option<u64>,
}

impl SurveySection {
    pub(super) fn rules(&self) -> Result<SurveyRules, SurveySectionError> {
        let quality = match (self.least_spread, self.largest_step) {
            (None, None) => None,
            (Some(least_spread), Some(largest_step)) => Some(Quality { least_spread, largest_step }),
            _ => return Err(SurveySectionError::OneOfQuality),
        };
        let (least_samples, most_left_out) = (self.least_samples, self.most_left_out);
        Ok(SurveyRules::new(SurveyParts { least_samples, most_left_out, quality })?)
    }
}
