//! What `policy check` says of the parameters of a policy's family.

use serde_json::{Map, Value};
use zksensor::io::policy::PolicyDocument;
use zksensor::model::fence::Fence;

use super::{PolicyCommandError, histogram, private_sum, survey, track};
use crate::output::Output;

/// The facts of the family that has some; of the others none.
pub(super) struct OfFamily {
    track: Option<track::Facts>,
    survey: Option<survey::Facts>,
    histogram: Option<histogram::Facts>,
    private_sum: Option<private_sum::Facts>,
}

impl OfFamily {
    pub(super) fn of(document: &PolicyDocument, fence: Option<&Fence>) -> OfFamily {
        let policy = &document.policy;
        OfFamily {
            track: track::Facts::of(policy, document.quantum, fence),
            survey: survey::Facts::of(policy),
            histogram: histogram::Facts::of(policy),
            private_sum: private_sum::Facts::of(policy),
        }
    }

    /// Warns of what is hardly meant.
    ///
    /// # Errors
    /// Of a track's distances, unless short ones are allowed.
    pub(super) fn check(
        &self,
        allow_short_distances: bool,
        warnings: &mut Vec<String>,
    ) -> Result<(), PolicyCommandError> {
        if let Some(track) = &self.track {
            track.check(allow_short_distances, warnings)?;
        }
        if let Some(survey) = &self.survey {
            survey.check(warnings);
        }
        if let Some(histogram) = &self.histogram {
            histogram.check(warnings);
        }
        if let Some(private_sum) = &self.private_sum {
            private_sum.check(warnings);
        }
        Ok(())
    }

    pub(super) fn show(&self, output: &Output) {
        if let Some(track) = &self.track {
            output.line(track);
        }
        if let Some(survey) = &self.survey {
            output.line(survey);
        }
        if let Some(histogram) = &self.histogram {
            output.line(histogram);
        }
        if let Some(private_sum) = &self.private_sum {
            output.line(private_sum);
        }
    }

    /// Each by the name of its family, null where there is none.
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let facts = [
            ("track", self.track.as_ref().map(track::Facts::to_json)),
            ("survey", self.survey.as_ref().map(survey::Facts::to_json)),
            ("histogram", self.histogram.as_ref().map(histogram::Facts::to_json)),
            ("private_sum", self.private_sum.as_ref().map(private_sum::Facts::to_json)),
        ];
        facts.map(|(name, facts)| (name.to_owned(), facts.unwrap_or(Value::Null))).into_iter().collect()
    }
}
