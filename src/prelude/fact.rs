//! What a proof shows, in the words and units of its policy.

use std::fmt;

use zksensor_model::claim::aggregate::AggregateInputs;
use zksensor_model::policy::Outputs;

use super::{Amount, Channel, Error, Interval, Mean, Policy};

/// What is true of the readings of one chunk in one epoch, as [`Expect`](super::Expect) gives it: it exists only for a proof that was
/// verified, and compared with what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    inputs: AggregateInputs,
    interval: Interval,
    channel: Channel,
    low: i64,
    outputs: Outputs,
}

impl Fact {
    pub(super) fn of(policy: &Policy, inputs: AggregateInputs) -> Result<Fact, Error> {
        let (interval, parts) = (policy.interval(inputs.epoch)?, policy.model().parts());
        Ok(Fact { inputs, interval, channel: policy.channel(), low: parts.low, outputs: parts.outputs })
    }

    /// The mean, in the channel's unit: exact, and rounded where it is shown.
    pub fn mean(&self) -> Mean {
        Mean::of(self.sum(), self.inputs.count)
    }

    /// The sum of the values, in the channel's unit.
    pub fn sum(&self) -> Amount {
        self.channel.amount(self.inputs.sum)
    }

    /// Devices that it is of, one reading each; k at least.
    pub fn devices(&self) -> u32 {
        self.inputs.count
    }

    /// When the readings were taken: the epoch.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The smallest value; `None` unless the policy asks for it, never a 0 that nobody measured.
    pub fn minimum(&self) -> Option<Amount> {
        self.outputs.minimum.then(|| self.above_low(self.inputs.minimum))
    }

    /// The largest value; `None` unless the policy asks for it.
    pub fn maximum(&self) -> Option<Amount> {
        self.outputs.maximum.then(|| self.above_low(self.inputs.maximum))
    }

    /// The public inputs themselves. What the policy does not ask for is 0 in them.
    pub fn inputs(&self) -> &AggregateInputs {
        &self.inputs
    }

    /// A value of which the public inputs hold what it is above the least one of the policy, both within 41 bits.
    fn above_low(&self, offset: u64) -> Amount {
        self.channel.amount(self.low.saturating_add_unsigned(offset))
    }
}

/// `mean temperature 21.70 Cel of 5 devices, from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z`.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mean) = (self.channel.name(), self.mean());
        write!(f, "mean {name} {mean} of {} devices, {}", self.devices(), self.interval)
    }
}
