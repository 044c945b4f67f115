//! The sections of families with parameters, of which a policy has the one of its own family.

use zksensor_model::claim::ClaimFamily;
use zksensor_model::claim::histogram::Histogram;
use zksensor_model::claim::private_sum::PrivateSum;
use zksensor_model::claim::survey::Survey;
use zksensor_model::claim::track::Track;
use zksensor_model::fence::Fence;
use zksensor_model::policy::{Parameters, StatementFamily};
use zksensor_model::track::Quantum;

use super::{HistogramSection, PolicyTomlError, PrivateSumSection, SurveySection, TrackSection};

/// What a text has of them.
pub(super) struct Sections {
    pub track: Option<TrackSection>,
    pub survey: Option<SurveySection>,
    pub histogram: Option<HistogramSection>,
    pub private_sum: Option<PrivateSumSection>,
}

impl Sections {
    /// The fifth lane: packed from the section of the family, if it has one, or as `[statement]` has it.
    pub(super) fn parameters(
        &self,
        family: StatementFamily,
        named: Option<Parameters>,
        fence: Option<&Fence>,
    ) -> Result<(Parameters, Quantum), PolicyTomlError> {
        let Sections { track, survey, histogram, private_sum } = self;
        for (of, is_there) in [
            (Track::FAMILY, track.is_some()),
            (Survey::FAMILY, survey.is_some()),
            (Histogram::FAMILY, histogram.is_some()),
            (PrivateSum::FAMILY, private_sum.is_some()),
        ] {
            let is_wanted = of == family;
            let got = match (is_wanted, is_there) {
                (false, true) => "one",
                (true, false) => "none",
                (true, true) if named.is_some() => "both",
                _ => continue,
            };
            return Err(PolicyTomlError::Section { section: of.name(), is_wanted, got });
        }
        if let Some(track) = track {
            return Ok((track.rules(fence)?.parameters(), track.quantum()?));
        }
        let parameters = match (survey, histogram, private_sum) {
            (Some(survey), ..) => survey.rules()?.parameters(),
            (_, Some(histogram), _) => histogram.rules()?.parameters(),
            (.., Some(private_sum)) => private_sum.rules()?.parameters(),
            (None, None, None) => named.unwrap_or(Parameters::NONE),
        };
        Ok((parameters, Quantum::EXACT))
    }
}
