//! What a policy for a private sum is made of beside what every policy says: how much noise.

use core::fmt;

use crate::field::Fr;
use crate::layout::InputValue;
use crate::policy::Parameters;
use crate::preimages::NoiseLimits;

/// Most bits of a scale: with it a noise has 46 bits.
pub const MOST_SCALE_BITS: u8 = 40;

/// Checked parameters of a policy for a private sum: the scale 2^s of its noise, in the schema's fixed point.
///
/// ```
/// use zksensor_model::noise::NoiseRules;
/// let rules = NoiseRules::for_epsilon(10_000, (1, 2))?; // high - low, and epsilon at most 1/2
/// assert_eq!(rules.scale_bits(), 15); // 10,000 / 2^15 = 0.305
/// assert_eq!(NoiseRules::of(rules.parameters())?, rules);
/// # Ok::<(), zksensor_model::noise::NoiseRulesError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoiseRules {
    scale_bits: u8,
}

/// Why a number, or the parameters of a policy, are not the rules of a private sum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoiseRulesError {
    /// Not the lane of a private sum.
    #[error("expected the parameters of a private sum, packed in 6 bits, got {got}")]
    Parameters {
        /// What came.
        got: Parameters,
    },
    /// A scale that no circuit has the digits for.
    #[error("expected scale_bits from 0 to 40, got {got}; noise of scale 2^scale_bits is added to the sum")]
    Scale {
        /// What came.
        got: u8,
    },
    /// There is one value alone, and the sum says nothing but the count.
    #[error(
        "expected low below high for the statement private-sum, got {got} for both; there is nothing to hide"
    )]
    Span {
        /// low and high.
        got: i64,
    },
    /// No scale is large enough.
    #[error("expected an epsilon of at least (high - low) / 2^40 and above 0, which the largest noise has, got {} / {}", got.0, got.1)]
    Epsilon {
        /// Numerator and denominator that came.
        got: (u64, u64),
    },
}

impl NoiseRules {
    /// Noise of scale 2^`scale_bits`, 0 to 40.
    ///
    /// # Errors
    /// [`NoiseRulesError::Scale`].
    pub fn new(scale_bits: u8) -> Result<NoiseRules, NoiseRulesError> {
        if scale_bits > MOST_SCALE_BITS {
            return Err(NoiseRulesError::Scale { got: scale_bits });
        }
        Ok(NoiseRules { scale_bits })
    }

    /// The least noise with which a release of values that are at most `span` = high - low apart costs no more than `epsilon`, a numerator
    /// and a denominator: the least s with span / 2^s <= epsilon.
    ///
    /// # Errors
    /// [`NoiseRulesError::Epsilon`] if there is none.
    pub fn for_epsilon(span: u64, epsilon: (u64, u64)) -> Result<NoiseRules, NoiseRulesError> {
        let (over, under) = (u128::from(epsilon.0), u128::from(epsilon.1));
        let enough = |bits: &u8| over > 0 && under > 0 && u128::from(span) * under <= over << bits;
        let scale_bits = (0..=MOST_SCALE_BITS).find(enough);
        scale_bits
            .map(|scale_bits| NoiseRules { scale_bits })
            .ok_or(NoiseRulesError::Epsilon { got: epsilon })
    }

    /// The rules of a policy with these parameters.
    ///
    /// # Errors
    /// [`NoiseRulesError`] if they are none.
    pub fn of(parameters: Parameters) -> Result<NoiseRules, NoiseRulesError> {
        let wrong = || NoiseRulesError::Parameters { got: parameters };
        let parts = NoiseLimits::LANE.unpack(&parameters.to_field()).ok_or_else(wrong)?;
        NoiseRules::new(u8::decode(&parts[0], &NoiseLimits::PARTS.scale_bits).ok_or_else(wrong)?)
    }

    /// s.
    pub fn scale_bits(&self) -> u8 {
        self.scale_bits
    }

    /// The parts of the lane, encoded.
    pub fn limits(&self) -> NoiseLimits<Fr> {
        NoiseLimits { scale_bits: Fr::from(self.scale_bits) }
    }

    /// The lane of a policy's id.
    pub fn parameters(&self) -> Parameters {
        Parameters::from_field(self.limits().pack())
    }

    /// Checks that there is something to hide.
    ///
    /// # Errors
    /// [`NoiseRulesError::Span`].
    pub fn check_span(&self, low: i64, high: i64) -> Result<(), NoiseRulesError> {
        if low < high { Ok(()) } else { Err(NoiseRulesError::Span { got: low }) }
    }

    /// epsilon of one release where values are at most `span` = high - low apart: span / 2^s, as numerator and denominator.
    pub fn epsilon(&self, span: u64) -> (u64, u64) {
        (span, 1 << self.scale_bits)
    }
}

impl fmt::Display for NoiseRules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "noise      discrete Laplace of scale 2^{}, in the values' fixed point",
            self.scale_bits
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field;

    #[test]
    fn rules_are_read_as_they_are_packed_and_no_other_lane_is_rules() {
        for bits in 0..=MOST_SCALE_BITS {
            let rules = NoiseRules::new(bits).unwrap();
            assert_eq!(NoiseRules::of(rules.parameters()), Ok(rules));
        }
        for bits in 41..64u8 {
            let lane = Parameters::from_field(Fr::from(bits));
            assert_eq!(NoiseRules::of(lane), Err(NoiseRulesError::Scale { got: bits }));
        }
        for lane in [Fr::from(64u64), field::power_of_two(70), -Fr::from(1u64)].map(Parameters::from_field) {
            assert_eq!(NoiseRules::of(lane), Err(NoiseRulesError::Parameters { got: lane }));
        }
    }

    #[test]
    fn the_least_noise_for_an_epsilon_is_the_least() {
        for (span, epsilon, bits) in [
            (10_000, (1, 1), 14),
            (16_384, (1, 1), 14),
            (16_385, (1, 1), 15),
            (1, (1, 1), 0),
            (1, (1, 1 << 40), 40),
            ((1 << 40) - 1, (1, 1), 40),
            (1_000, (u64::MAX, 1), 0),
        ] {
            let rules = NoiseRules::for_epsilon(span, epsilon).unwrap();
            assert_eq!(rules.scale_bits(), bits, "{span} {epsilon:?}");
            assert_eq!(rules.epsilon(span), (span, 1 << bits));
        }
        for (span, epsilon) in [(1, (0, 1)), (1, (1, 0)), ((1 << 40) - 1, (1, 2)), (u64::MAX, (1, u64::MAX))]
        {
            assert_eq!(
                NoiseRules::for_epsilon(span, epsilon),
                Err(NoiseRulesError::Epsilon { got: epsilon })
            );
        }
    }
}
