//! What makes parts a policy: ranges that circuits rely on, and the smallest k.

use super::{Devices, Parameters, PolicyParts, encoding};
use crate::claim::{
    ClaimFamily, histogram::Histogram, private_sum::PrivateSum, survey::Survey, track::Track,
};
use crate::frame::{LEAST_CHANNEL, SAMPLE_CHANNELS};
use crate::histogram::{HistogramRules, HistogramRulesError};
use crate::noise::{NoiseRules, NoiseRulesError};
use crate::survey::{SurveyRules, SurveyRulesError};
use crate::track::{TrackRules, TrackRulesError};

/// k below this needs an explicit `insecure_small_k`: few values are easily told apart.
pub const SMALLEST_K: u32 = 5;

/// Smallest k that a policy may publish the sum of squares with: with few values it nearly determines them.
pub const SMALLEST_K_FOR_SUM_OF_SQUARES: u32 = 8;

/// Why parts are not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// `low` or `high` outside what a circuit handles.
    #[error("expected {part} from -2^40 to 2^40 - 1, got {got}")]
    Value {
        /// `low` or `high`.
        part: &'static str,
        /// Value that came, in the schema's units.
        got: i64,
    },
    /// `low` above `high`, or 2^40 or more below it.
    #[error("expected low <= high < low + 2^40, got low {low} and high {high}")]
    Range {
        /// Smallest value allowed.
        low: i64,
        /// Largest value allowed.
        high: i64,
    },
    /// No reading has the accuracy 0: such a policy lets none through.
    #[error(
        "expected a maximum accuracy of at least 1 mm, got 0; 4294967295 allows any, the unknown one included"
    )]
    Accuracy,
    /// An epoch of no length, or of 34 years and more.
    #[error("expected an epoch length from 1 to 2^40 - 1 milliseconds, got {got}")]
    EpochLength {
        /// Milliseconds that came.
        got: u64,
    },
    /// Not even epoch 0 ends within 48 bits.
    #[error("expected epoch 0 to end by 2^48 Unix milliseconds, got origin {origin} and length {length}")]
    EpochOrigin {
        /// Origin that came, in Unix milliseconds.
        origin: u64,
        /// Length that came, in milliseconds.
        length: u64,
    },
    /// k out of range.
    #[error("expected k from 1 to 2^21 - 1, got {got}")]
    K {
        /// k that came.
        got: u32,
    },
    /// k so small that single values show.
    #[error("expected k of at least 5, got {got}; set insecure_small_k if single values may become known")]
    SmallK {
        /// k that came.
        got: u32,
    },
    /// The sum of squares of few values.
    #[error(
        "expected k of at least 8 with the sum of squares, got {got}; raise k or leave the sum of squares out"
    )]
    SumOfSquares {
        /// k that came.
        got: u32,
    },
    /// A proof of one device, as that of a reading is.
    #[error("expected k = 1 for the statement {family}, got {got}")]
    ReadingK {
        /// Name of the family.
        family: &'static str,
        /// k that came.
        got: u32,
    },
    /// A proof of one device publishes no statistics, and one of a histogram nothing but its bins.
    #[error(
        "expected no outputs for the statement {family}, got flags {flags:#05b}; they belong to aggregates"
    )]
    ReadingOutputs {
        /// Name of the family.
        family: &'static str,
        /// Flags that came, as [`encoding`] packs them.
        flags: u8,
    },
    /// Parameters for a family that has none.
    #[error("expected no parameters for the statement {family}, got {got}; leave them out")]
    Parameters {
        /// Name of the family.
        family: &'static str,
        /// What came.
        got: Parameters,
    },
    /// A reading has four channels.
    #[error("expected a channel from 0 to 3, got {got}")]
    Channel {
        /// Channel that came.
        got: u8,
    },
    /// A sample of a frame has three.
    #[error(
        "expected a channel from 0 to 2 for the statement {family}, got {got}; samples of a frame have three"
    )]
    FrameChannel {
        /// Name of the family.
        family: &'static str,
        /// Channel that came.
        got: u8,
    },
    /// -2^40 stands for an absent channel of a sample.
    #[error(
        "expected low of at least {LEAST_CHANNEL} for the statement {family}, got {got}; less is an absent channel"
    )]
    FrameLow {
        /// Name of the family.
        family: &'static str,
        /// `low` that came.
        got: i64,
    },
    /// Another schema than the policy's, or one that is nobody's own.
    #[error("expected schema {wanted}, which the policy is about, and one of your own, got {got}")]
    OtherSchema {
        /// Number in the policy.
        wanted: u32,
        /// Number of the schema that came.
        got: u32,
    },
    /// A channel that the policy's own schema does not have.
    #[error("expected a channel of the {channels} that the schema has, got {got}")]
    NoChannel {
        /// Channels of the schema.
        channels: usize,
        /// Channel of the policy.
        got: u8,
    },
    /// The parameters are not those of a private sum.
    #[error(transparent)]
    Noise(#[from] NoiseRulesError),
    /// The parameters are not those of a histogram.
    #[error(transparent)]
    Histogram(#[from] HistogramRulesError),
    /// The parameters are not those of a survey.
    #[error(transparent)]
    Survey(#[from] SurveyRulesError),
    /// The parameters are not those of a track.
    #[error(transparent)]
    Track(#[from] TrackRulesError),
}

/// The first rule that `parts` break.
pub(super) fn check(parts: &PolicyParts) -> Result<(), PolicyError> {
    check_values(parts)?;
    check_epochs(parts)?;
    check_outputs(parts)?;
    if parts.channel >> encoding::CHANNEL_BITS != 0 {
        return Err(PolicyError::Channel { got: parts.channel });
    }
    if !parts.family.has_parameters() && parts.parameters != Parameters::NONE {
        return Err(PolicyError::Parameters { family: parts.family.name(), got: parts.parameters });
    }
    if parts.family.is_of_frames() {
        check_samples(parts)?;
    }
    if parts.family == Survey::FAMILY {
        SurveyRules::of(parts.parameters)?.check_span(parts.high.abs_diff(parts.low))?;
    }
    if parts.family == PrivateSum::FAMILY {
        NoiseRules::of(parts.parameters)?.check_span(parts.low, parts.high)?;
    }
    if parts.family == Histogram::FAMILY {
        HistogramRules::of(parts.parameters)?;
    }
    if parts.family == Track::FAMILY {
        TrackRules::of(parts.parameters)?.check_epoch(parts.epoch_length_ms)?;
    }
    Ok(())
}

/// What a policy of frames may ask of a sample.
fn check_samples(parts: &PolicyParts) -> Result<(), PolicyError> {
    let family = parts.family.name();
    if usize::from(parts.channel) >= SAMPLE_CHANNELS {
        return Err(PolicyError::FrameChannel { family, got: parts.channel });
    }
    if parts.low < LEAST_CHANNEL {
        return Err(PolicyError::FrameLow { family, got: parts.low });
    }
    Ok(())
}

fn check_values(parts: &PolicyParts) -> Result<(), PolicyError> {
    for (part, found) in [("low", parts.low), ("high", parts.high)] {
        if !(-encoding::VALUE_OFFSET..encoding::VALUE_OFFSET).contains(&found) {
            return Err(PolicyError::Value { part, got: found });
        }
    }
    if parts.max_accuracy_mm == 0 {
        return Err(PolicyError::Accuracy);
    }
    // Both are below 2^41 in size by now.
    let span = parts.high - parts.low;
    if span < 0 || span >> encoding::VALUE_SPAN_BITS != 0 {
        return Err(PolicyError::Range { low: parts.low, high: parts.high });
    }
    Ok(())
}

fn check_epochs(parts: &PolicyParts) -> Result<(), PolicyError> {
    let (origin, length) = (parts.epoch_origin.get(), parts.epoch_length_ms);
    if length == 0 || length >> encoding::EPOCH_LENGTH_BITS != 0 {
        return Err(PolicyError::EpochLength { got: length });
    }
    if origin + length > 1 << encoding::TIME_BITS {
        return Err(PolicyError::EpochOrigin { origin, length });
    }
    Ok(())
}

fn check_outputs(parts: &PolicyParts) -> Result<(), PolicyError> {
    let (found, flags) = (parts.k, parts.outputs.flags());
    if found == 0 || found >> encoding::K_BITS != 0 {
        return Err(PolicyError::K { got: found });
    }
    let family = parts.family.name();
    match parts.family.devices() {
        Devices::One if found != 1 => Err(PolicyError::ReadingK { family, got: found }),
        _ if flags != 0 && !parts.family.has_outputs() => Err(PolicyError::ReadingOutputs { family, flags }),
        Devices::One => Ok(()),
        Devices::AtLeastK if parts.outputs.sum_of_squares && found < SMALLEST_K_FOR_SUM_OF_SQUARES => {
            Err(PolicyError::SumOfSquares { got: found })
        }
        Devices::AtLeastK if found < SMALLEST_K && !parts.insecure_small_k => {
            Err(PolicyError::SmallK { got: found })
        }
        Devices::AtLeastK => Ok(()),
    }
}
