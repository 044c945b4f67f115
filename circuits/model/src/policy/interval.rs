//! When an epoch is.

use core::fmt;

use super::Policy;
use super::time::format_rfc3339_millis;
use crate::reading::UnixMillis;

/// The time of an epoch: from its first millisecond up to, and without, the first one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    start: UnixMillis,
    end_ms: u64,
}

impl Interval {
    /// That of an epoch; `None` if it would end after 2^48 milliseconds.
    pub fn of(policy: &Policy, epoch: u32) -> Option<Interval> {
        Some(Interval { start: policy.epoch_start(epoch)?, end_ms: policy.epoch_end_ms(epoch)? })
    }

    /// The first millisecond.
    pub fn start(&self) -> UnixMillis {
        self.start
    }

    /// The first Unix millisecond after it, at most 2^48 and so not always a [`UnixMillis`].
    pub fn end_ms(&self) -> u64 {
        self.end_ms
    }

    /// Whether a time is in it.
    pub fn contains(&self, time: UnixMillis) -> bool {
        (self.start.get()..self.end_ms).contains(&time.get())
    }
}

/// Both ends in UTC (RFC 3339), the second one not included.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [start, end] = [self.start.get(), self.end_ms].map(format_rfc3339_millis);
        write!(f, "from {start} until {end}")
    }
}
