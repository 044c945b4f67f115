//! What a policy for a histogram cuts its range into, and what a proven histogram says without showing a value.
//!
//! A policy for [`Histogram`](crate::claim::histogram::Histogram) has [`HistogramRules`] as its parameters: the width of a bin. Its
//! [`Bins`] are sixteen of that width from `low` on, of which the last one takes what is above it, too. [`Counts`] are how many devices
//! have a value in each, and [`Counts::quantile`] and [`Counts::above`] are what follows for sure.
//!
//! Source: our own; quantiles are those of the order statistics, the first definition of Hyndman and Fan, Sample Quantiles in Statistical
//! Packages, The American Statistician 50 (1996).

use core::fmt;

mod counts;

pub use counts::{Above, Counts, Within};

use crate::field::Fr;
use crate::layout::{Field, InputValue};
use crate::policy::{Parameters, PolicyParts};
use crate::preimages::HistogramLimits;

const PARTS: HistogramLimits<Field> = HistogramLimits::PARTS;

/// Bins of every histogram.
pub const BINS: usize = 16;

/// The greatest width of a bin: 2^40 - 1, as wide as any range.
pub const MOST_WIDTH: u64 = (1 << PARTS.bin_width.bits()) - 1;

/// Checked parameters of a policy for a histogram.
///
/// ```
/// use zksensor_model::histogram::HistogramRules;
/// let rules = HistogramRules::new(250)?;
/// assert_eq!(HistogramRules::of(rules.parameters())?, rules);
/// assert!(HistogramRules::new(0).is_err());
/// # Ok::<(), zksensor_model::histogram::HistogramRulesError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistogramRules {
    bin_width: u64,
}

/// Why a width, or the parameters of a policy, are not the rules of a histogram.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistogramRulesError {
    /// Not the lane of a histogram's limits.
    #[error("expected the parameters of a histogram, a bin width of 40 bits, got {got}")]
    Parameters {
        /// What came.
        got: Parameters,
    },
    /// No width, or wider than any range.
    #[error("expected bin_width from 1 to {MOST_WIDTH}, got {got}")]
    Width {
        /// What came, in the schema's fixed point.
        got: u64,
    },
}

impl HistogramRules {
    /// The rules of bins so wide, in the schema's fixed point.
    ///
    /// # Errors
    /// [`HistogramRulesError::Width`] for 0, or for more than [`MOST_WIDTH`].
    pub fn new(bin_width: u64) -> Result<HistogramRules, HistogramRulesError> {
        if !(1..=MOST_WIDTH).contains(&bin_width) {
            return Err(HistogramRulesError::Width { got: bin_width });
        }
        Ok(HistogramRules { bin_width })
    }

    /// The rules of a policy with these parameters.
    ///
    /// # Errors
    /// [`HistogramRulesError`] if they are none.
    pub fn of(parameters: Parameters) -> Result<HistogramRules, HistogramRulesError> {
        let wrong = HistogramRulesError::Parameters { got: parameters };
        let parts = HistogramLimits::LANE.unpack(&parameters.to_field());
        let width = parts.and_then(|parts| u64::decode(parts.first()?, &PARTS.bin_width));
        HistogramRules::new(width.ok_or(wrong)?)
    }

    /// Width of a bin, in the schema's fixed point.
    pub fn bin_width(&self) -> u64 {
        self.bin_width
    }

    /// The parts of the lane, encoded.
    pub fn limits(&self) -> HistogramLimits<Fr> {
        HistogramLimits { bin_width: Fr::from(self.bin_width) }
    }

    /// The lane of a policy's id.
    pub fn parameters(&self) -> Parameters {
        Parameters::from_field(self.limits().pack())
    }

    /// The bins of a policy with these parts.
    pub fn bins(&self, parts: &PolicyParts) -> Bins {
        Bins { low: parts.low, high: parts.high, width: self.bin_width }
    }
}

impl fmt::Display for HistogramRules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.bin_width;
        write!(formatter, "bins       {BINS} of {width} from low on, the last one up to high")
    }
}

/// The bins of a policy, in the schema's fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bins {
    low: i64,
    high: i64,
    width: u64,
}

impl Bins {
    /// Width of each but the last.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// Where bin 0 begins.
    pub fn low(&self) -> i64 {
        self.low
    }

    /// Where the last bin ends.
    pub fn high(&self) -> i64 {
        self.high
    }

    /// The bin of a value; `None` outside of the policy's range. value - low = bin * width + remainder, with a remainder below the width
    /// in every bin but the last.
    pub fn of(&self, value: i64) -> Option<usize> {
        let in_range = (self.low..=self.high).contains(&value);
        let bin = value.abs_diff(self.low) / self.width;
        in_range.then(|| usize::try_from(bin).map_or(BINS - 1, |bin| bin.min(BINS - 1)))
    }

    /// The values of a bin; `None` if there is no such bin, or if it begins above the policy's high and so holds no value.
    pub fn range(&self, bin: usize) -> Option<Within> {
        let edge = |bin: usize| {
            let above = self.width.checked_mul(u64::try_from(bin).ok()?)?;
            self.low.checked_add_unsigned(above)
        };
        let at_least = edge(bin).filter(|edge| bin < BINS && *edge <= self.high)?;
        let next = if bin + 1 < BINS { edge(bin + 1) } else { None };
        let at_most = next.map_or(self.high, |next| self.high.min(next - 1));
        Some(Within { at_least, at_most })
    }

    /// How many bins hold a value at all: those that begin in the policy's range.
    pub fn reachable(&self) -> usize {
        (0..BINS).filter(|bin| self.range(*bin).is_some()).count()
    }
}

#[cfg(test)]
mod tests;
