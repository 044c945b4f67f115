//! What a policy for a survey holds the frame of each device to.
//!
//! A policy for [`Survey`](crate::claim::survey::Survey) has [`SurveyRules`] as its parameters: how many samples of a device are counted
//! at the least, how many are left out at the most, and, where it asks for [`Quality`], how its values move. A sensor that is stuck
//! shows too small a spread, one that jumps too large a step, and neither is counted.
//!
//! Source: our own; the definitions are those of `check` of the statement, which the circuit agrees with.

use core::fmt;

mod choice;

pub use choice::choose;

use crate::field::Fr;
use crate::layout::{Field, InputValue};
use crate::policy::Parameters;
use crate::preimages::SurveyLimits;

const PARTS: SurveyLimits<Field> = SurveyLimits::PARTS;

/// How the values of a device's counted samples move, in the schema's fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// What the greatest and the least differ by at the least, below 2^40: 0 lets a constant pass.
    pub least_spread: u64,
    /// What one differs from the counted one before by at the most: 1 to 2^40 - 1, which is no limit.
    pub largest_step: u64,
}

impl Quality {
    /// Whether values, one after the other, move so.
    pub fn holds(&self, values: &[i64]) -> bool {
        self.spreads(values) && self.steps(values)
    }

    /// Whether values are as far apart as they have to be: those of a sensor that is stuck are not.
    pub fn spreads(&self, values: &[i64]) -> bool {
        let spread = match (values.iter().min(), values.iter().max()) {
            (Some(least), Some(greatest)) => greatest.abs_diff(*least),
            _ => 0,
        };
        spread >= self.least_spread
    }

    /// Whether no value is further from the one before than it may be: those of a sensor that jumps are.
    pub fn steps(&self, values: &[i64]) -> bool {
        values.windows(2).all(|pair| pair[1].abs_diff(pair[0]) <= self.largest_step)
    }
}

/// What a policy for a survey is made of beside what every policy says, not yet checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyParts {
    /// Fewest samples of a device that are counted, at least 1.
    pub least_samples: u16,
    /// Most samples of a device's frame that are left out.
    pub most_left_out: u16,
    /// How its values have to move, if that matters.
    pub quality: Option<Quality>,
}

/// Checked parameters of a policy for a survey.
///
/// ```
/// use zksensor_model::survey::{Quality, SurveyParts, SurveyRules};
/// let rules = SurveyRules::new(SurveyParts {
///     least_samples: 10,
///     most_left_out: 4,
///     quality: Some(Quality { least_spread: 2, largest_step: 500 }),
/// })?;
/// assert_eq!(SurveyRules::of(rules.parameters())?, rules);
/// # Ok::<(), zksensor_model::survey::SurveyRulesError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyRules {
    parts: SurveyParts,
}

/// Why parts, or the parameters of a policy, are not the rules of a survey.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyRulesError {
    /// Not the lane of a survey's limits.
    #[error("expected the parameters of a survey, packed in 112 bits, got {got}")]
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
    /// No device has values so far apart.
    #[error(
        "expected a least spread of at most high - low, which is {most}, got {got}; lower it, or widen the policy's range"
    )]
    Spread {
        /// high - low.
        most: u64,
        /// What came.
        got: u64,
    },
}

impl SurveyRules {
    /// The rules of these parts.
    ///
    /// # Errors
    /// [`SurveyRulesError::Part`] for the first part that is out of range.
    pub fn new(parts: SurveyParts) -> Result<SurveyRules, SurveyRulesError> {
        let of = |part: &Field, got: u64, least: u64| {
            let most = (1 << part.bits()) - 1;
            let fits = (least..=most).contains(&got);
            if fits { Ok(()) } else { Err(SurveyRulesError::Part { part: part.name, least, most, got }) }
        };
        of(&PARTS.least_samples, parts.least_samples.into(), 1)?;
        if let Some(Quality { least_spread, largest_step }) = parts.quality {
            of(&PARTS.least_spread, least_spread, 0)?;
            of(&PARTS.largest_step, largest_step, 1)?;
        }
        Ok(SurveyRules { parts })
    }

    /// The rules of a policy with these parameters.
    ///
    /// # Errors
    /// [`SurveyRulesError`] if they are none.
    pub fn of(parameters: Parameters) -> Result<SurveyRules, SurveyRulesError> {
        let wrong = || SurveyRulesError::Parameters { got: parameters };
        let parts = SurveyLimits::LANE.unpack(&parameters.to_field()).ok_or_else(wrong)?;
        let count = |part: usize| u16::decode(&parts[part], &PARTS.least_samples).ok_or_else(wrong);
        let value = |part: usize| u64::decode(&parts[part], &PARTS.least_spread).ok_or_else(wrong);
        let quality = match (value(2)?, value(3)?) {
            (0, 0) => None,
            (least_spread, largest_step) => Some(Quality { least_spread, largest_step }),
        };
        SurveyRules::new(SurveyParts { least_samples: count(0)?, most_left_out: count(1)?, quality })
    }

    /// What they are made of.
    pub fn parts(&self) -> &SurveyParts {
        &self.parts
    }

    /// The parts of the lane, encoded.
    pub fn limits(&self) -> SurveyLimits<Fr> {
        let SurveyParts { least_samples, most_left_out, quality } = self.parts;
        let of_quality = |part: fn(Quality) -> u64| Fr::from(quality.map_or(0, part));
        SurveyLimits {
            least_samples: Fr::from(least_samples),
            most_left_out: Fr::from(most_left_out),
            least_spread: of_quality(|quality| quality.least_spread),
            largest_step: of_quality(|quality| quality.largest_step),
        }
    }

    /// The lane of a policy's id.
    pub fn parameters(&self) -> Parameters {
        Parameters::from_field(self.limits().pack())
    }

    /// Checks that a device's values can be as far apart as they have to, where they are at most `span` = high - low apart.
    ///
    /// # Errors
    /// [`SurveyRulesError::Spread`].
    pub fn check_span(&self, span: u64) -> Result<(), SurveyRulesError> {
        match self.parts.quality {
            Some(Quality { least_spread, .. }) if least_spread > span => {
                Err(SurveyRulesError::Spread { most: span, got: least_spread })
            }
            _ => Ok(()),
        }
    }
}

/// One line a group of parts.
impl fmt::Display for SurveyRules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SurveyParts { least_samples, most_left_out, quality } = self.parts;
        write!(
            formatter,
            "samples    of a device at least {least_samples}, at most {most_left_out} left out"
        )?;
        match quality {
            None => Ok(()),
            Some(Quality { least_spread, largest_step }) => write!(
                formatter,
                "\nquality    of a device a spread of at least {least_spread}, steps of at most {largest_step}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field;

    const PARTS: SurveyParts = SurveyParts {
        least_samples: 10,
        most_left_out: 4,
        quality: Some(Quality { least_spread: 2, largest_step: 500 }),
    };

    #[test]
    fn rules_are_read_as_they_are_packed_and_no_other_lane_is_rules() {
        let most = Quality { least_spread: (1 << 40) - 1, largest_step: (1 << 40) - 1 };
        for parts in [
            PARTS,
            SurveyParts { quality: None, ..PARTS },
            SurveyParts { least_samples: u16::MAX, most_left_out: u16::MAX, quality: Some(most) },
            SurveyParts { quality: Some(Quality { least_spread: 0, largest_step: 1 }), ..PARTS },
        ] {
            let rules = SurveyRules::new(parts).unwrap();
            assert_eq!(SurveyRules::of(rules.parameters()), Ok(rules));
        }
        let packed = SurveyRules::new(PARTS).unwrap().parameters().to_field();
        for lane in [packed + field::power_of_two(112), -Fr::from(1u64)].map(Parameters::from_field) {
            assert_eq!(SurveyRules::of(lane), Err(SurveyRulesError::Parameters { got: lane }));
        }
        assert!(matches!(SurveyRules::of(Parameters::NONE), Err(SurveyRulesError::Part { got: 0, .. })));
    }

    #[test]
    fn parts_out_of_range_are_refused() {
        let quality = |least_spread, largest_step| Some(Quality { least_spread, largest_step });
        for (parts, part, got) in [
            (SurveyParts { least_samples: 0, ..PARTS }, "least_samples", 0),
            (SurveyParts { quality: quality(1 << 40, 1), ..PARTS }, "least_spread", 1 << 40),
            (SurveyParts { quality: quality(1, 1 << 40), ..PARTS }, "largest_step", 1 << 40),
            (SurveyParts { quality: quality(1, 0), ..PARTS }, "largest_step", 0),
            (SurveyParts { quality: quality(0, 0), ..PARTS }, "largest_step", 0),
        ] {
            let refused = SurveyRules::new(parts).unwrap_err();
            assert!(
                matches!(refused, SurveyRulesError::Part { part: named, got: came, .. } if (named, came) == (part, got)),
                "{refused}"
            );
        }
        let rules = SurveyRules::new(PARTS).unwrap();
        assert_eq!(rules.check_span(2), Ok(()));
        assert_eq!(rules.check_span(1), Err(SurveyRulesError::Spread { most: 1, got: 2 }));
    }

    #[test]
    fn stuck_and_jumping_sensors_are_told() {
        let quality = Quality { least_spread: 3, largest_step: 5 };
        assert!(quality.holds(&[1, 2, 4]));
        assert!(quality.holds(&[-2, 3]));
        assert!(quality.holds(&[9, 4, 9]));
        for values in [&[][..], &[7], &[7, 7, 7], &[1, 3], &[0, 6], &[0, 3, -3], &[i64::MIN, i64::MAX]] {
            assert!(!quality.holds(values), "{values:?}");
        }
        assert!(Quality { least_spread: 0, largest_step: 1 }.holds(&[7]));
    }
}
