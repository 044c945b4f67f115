//! What a proof shows, in the words and units of its policy.

use std::fmt;

use zksensor_model::claim::aggregate::AggregateInputs;
use zksensor_model::meaning::Statistic;

use super::{Amount, Error, Interval, Mean, Policy};

/// What is true of the readings of one chunk in one epoch, as [`Expect`](super::Expect) gives it: it exists only for a proof that was
/// verified, and compared with what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    inputs: AggregateInputs,
    interval: Interval,
    statistic: Statistic,
}

impl Fact {
    pub(super) fn of(policy: &Policy, inputs: AggregateInputs) -> Result<Fact, Error> {
        let interval = policy.interval(inputs.epoch)?;
        let statistic = Statistic::of_aggregate(policy.model(), &inputs);
        Ok(Fact { inputs, interval, statistic })
    }

    /// The mean, in the channel's unit: exact, and rounded where it is shown.
    pub fn mean(&self) -> Mean {
        self.statistic.mean()
    }

    /// The sum of the values, in the channel's unit.
    pub fn sum(&self) -> Amount {
        self.statistic.sum()
    }

    /// Devices that it is of, one reading each; k at least.
    pub fn devices(&self) -> u32 {
        self.statistic.devices()
    }

    /// When the readings were taken: the epoch.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The smallest value; `None` unless the policy asks for it, never a 0 that nobody measured.
    pub fn minimum(&self) -> Option<Amount> {
        self.statistic.minimum()
    }

    /// The largest value; `None` unless the policy asks for it.
    pub fn maximum(&self) -> Option<Amount> {
        self.statistic.maximum()
    }

    /// The statistic by itself.
    pub fn statistic(&self) -> &Statistic {
        &self.statistic
    }

    /// The public inputs themselves. What the policy does not ask for is 0 in them.
    pub fn inputs(&self) -> &AggregateInputs {
        &self.inputs
    }
}

/// `mean temperature 21.70 Cel of 5 devices, from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z`.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mean) = (self.statistic.channel(), self.mean());
        write!(f, "mean {name} {mean} of {} devices, {}", self.devices(), self.interval)
    }
}
