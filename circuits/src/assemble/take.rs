//! Which of a device's good readings in an epoch is taken.

use zksensor_model::policy::Policy;
use zksensor_model::reading::UnixMillis;

/// Which of a device's readings is taken where several obey the policy in one epoch: a claim is about one. Of two that are equal in this the
/// one offered first is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Take {
    /// The earliest.
    #[default]
    First,
    /// The latest.
    Last,
    /// The nearest to the epoch's middle, and of two as near the earlier.
    Middle,
}

impl Take {
    /// How late a reading comes in this order; the least is taken. 0 for all of an epoch that there is not, of which no reading is good.
    pub(super) fn rank(self, policy: &Policy, epoch: u32, time: UnixMillis) -> u64 {
        let (Some(start), Some(end)) = (policy.epoch_start(epoch), policy.epoch_end_ms(epoch)) else {
            return 0;
        };
        let time = time.get();
        match self {
            Take::First => time,
            Take::Last => u64::MAX - time,
            // In half milliseconds, as the middle may be between two; times are below 2^48.
            Take::Middle => {
                let (time, middle) = (2 * time, start.get() + end);
                2 * time.abs_diff(middle) + u64::from(time > middle)
            }
        }
    }
}
