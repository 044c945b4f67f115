//! A statistic over many devices, in the unit of its channel.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Figure, amount_of, channel_of};
use crate::amount::{Amount, Mean};
use crate::claim::aggregate::AggregateInputs;
use crate::claim::survey::SurveyInputs;
use crate::policy::Policy;

/// What an aggregate or a survey publishes. What its policy does not ask for is `None`, never a 0 that nobody measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistic {
    channel: String,
    devices: u32,
    least_devices: u32,
    values: u32,
    /// Of a survey.
    left_out: Option<u32>,
    sum: Amount,
    minimum: Option<Amount>,
    maximum: Option<Amount>,
    deviation: Option<Amount>,
}

/// Public inputs of both statements.
struct Published {
    values: u32,
    sum: i64,
    minimum: u64,
    maximum: u64,
    sum_of_squares: u128,
}

impl Statistic {
    /// What an aggregate publishes under its policy.
    pub fn of_aggregate(policy: &Policy, inputs: &AggregateInputs) -> Statistic {
        let AggregateInputs { count: values, sum, minimum, maximum, sum_of_squares, .. } = *inputs;
        let published = Published { values, sum, minimum, maximum, sum_of_squares };
        Statistic::of(policy, values, None, &published)
    }

    /// What a survey publishes under its policy.
    pub fn of_survey(policy: &Policy, inputs: &SurveyInputs) -> Statistic {
        let SurveyInputs { counted: values, sum, minimum, maximum, sum_of_squares, .. } = *inputs;
        let published = Published { values, sum, minimum, maximum, sum_of_squares };
        Statistic::of(policy, inputs.devices, Some(inputs.left_out), &published)
    }

    fn of(policy: &Policy, devices: u32, left_out: Option<u32>, published: &Published) -> Statistic {
        let (parts, outputs) = (policy.parts(), policy.parts().outputs);
        let above_low = |offset: u64| amount_of(policy, parts.low.saturating_add_unsigned(offset));
        Statistic {
            channel: channel_of(policy),
            devices,
            least_devices: parts.k,
            values: published.values,
            left_out,
            sum: amount_of(policy, published.sum),
            minimum: outputs.minimum.then(|| above_low(published.minimum)),
            maximum: outputs.maximum.then(|| above_low(published.maximum)),
            deviation: outputs.sum_of_squares.then(|| amount_of(policy, published.deviation(parts.low))),
        }
    }

    /// Name of the channel; its number and that of the schema, if the registry of schemas has not got it.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The mean, in the channel's unit: exact, and rounded where it is shown.
    pub fn mean(&self) -> Mean {
        Mean::of(self.sum, self.values)
    }

    /// The sum of the values, in the channel's unit.
    pub fn sum(&self) -> Amount {
        self.sum
    }

    /// How many values there are: one a device of an aggregate, the samples that a survey counts.
    pub fn values(&self) -> u32 {
        self.values
    }

    /// Devices that it is of, k at least.
    pub fn devices(&self) -> u32 {
        self.devices
    }

    /// The policy's k.
    pub fn least_devices(&self) -> u32 {
        self.least_devices
    }

    /// Samples of the devices' frames that are not counted; `None` of an aggregate, which knows nothing of them.
    pub fn left_out(&self) -> Option<u32> {
        self.left_out
    }

    /// The smallest value; `None` unless the policy asks for it.
    pub fn minimum(&self) -> Option<Amount> {
        self.minimum
    }

    /// The largest value; `None` unless the policy asks for it.
    pub fn maximum(&self) -> Option<Amount> {
        self.maximum
    }

    /// The standard deviation of the values (of the whole, not of a sample of it), rounded to the places of the channel; `None` unless the
    /// policy asks for the sum of squares.
    pub fn deviation(&self) -> Option<Amount> {
        self.deviation
    }

    pub(super) fn figures(&self) -> Vec<(&'static str, Option<Figure>)> {
        let count = |count: u32| Some(Figure::Count(count.into()));
        let mut figures = Vec::from([
            ("mean", Some(Figure::Mean(self.mean()))),
            ("sum", Some(Figure::Amount(self.sum))),
            ("minimum", self.minimum.map(Figure::Amount)),
            ("maximum", self.maximum.map(Figure::Amount)),
            ("deviation", self.deviation.map(Figure::Amount)),
            ("devices", count(self.devices)),
            ("least_devices", count(self.least_devices)),
        ]);
        if let Some(left_out) = self.left_out {
            figures.extend([("samples", count(self.values)), ("left_out", count(left_out))]);
        }
        figures
    }
}

/// Without place and time.
impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statistic { channel, devices, least_devices, values, .. } = self;
        write!(f, "{}, mean {channel} of ", self.mean())?;
        if self.left_out.is_some() {
            write!(f, "{values} samples of ")?;
        }
        write!(f, "{devices} devices (at least {least_devices})")?;
        match self.left_out {
            Some(left_out) => write!(f, ", {left_out} samples left out"),
            None => Ok(()),
        }
    }
}

impl Published {
    /// The square root of (n Q - S^2) / n^2, rounded, with the sum S and the sum of squares Q of n values less the policy's low. n Q is below
    /// 2^122, and S^2 is no more for numbers that are of something.
    fn deviation(&self, low: i64) -> i64 {
        let count = u128::from(self.values.max(1));
        let above = i128::from(self.sum) - i128::from(low) * i128::from(self.values);
        let square = above.unsigned_abs().saturating_mul(above.unsigned_abs());
        let variance = count.saturating_mul(self.sum_of_squares).saturating_sub(square);
        let twice = variance.saturating_mul(4).isqrt();
        i64::try_from((twice + count) / (2 * count)).unwrap_or(i64::MAX)
    }
}
