//! What `policy check` says of a policy for histograms.

use std::fmt;

use serde_json::{Value, json};
use zksensor::model::amount::Amount;
use zksensor::model::histogram::{BINS, Bins};
use zksensor::model::policy::Policy;

/// The bins of a policy for histograms, and what they are in the channel's unit.
pub(super) struct Facts {
    bins: Bins,
    /// Both ends of each that holds a value.
    ranges: Vec<[Amount; 2]>,
}

impl Facts {
    /// Those of the policy; `None` if it is for another statement.
    pub(super) fn of(policy: &Policy) -> Option<Facts> {
        let bins = policy.histogram_bins()?;
        let amount =
            |value: i64| policy.channel().map_or(Amount::new(value, 0, ""), |channel| channel.amount(value));
        let range = |bin: usize| bins.range(bin).map(|range| [range.at_least, range.at_most].map(amount));
        Some(Facts { bins, ranges: (0..BINS).filter_map(range).collect() })
    }

    /// Warns of bins that hold no value, and of a last one that holds most.
    pub(super) fn check(&self, warnings: &mut Vec<String>) {
        let (bins, reachable) = (&self.bins, self.bins.reachable());
        let values = bins.high().abs_diff(bins.low()) + 1;
        // The least width that has the range fill the bins, or the greatest where there are too few values for all of them.
        let even = values.div_ceil(BINS as u64);
        let even = if (values - 1) / even < BINS as u64 - 1 {
            ((values - 1) / (BINS as u64 - 1)).max(1)
        } else {
            even
        };
        if reachable < BINS {
            let empty = BINS - reachable;
            warnings.push(format!(
                "bin_width is {}, so that {empty} of {BINS} bins begin above high and hold no value; {even} has the range fill them",
                bins.width()
            ));
        }
        let last = bins.range(BINS - 1).map(|range| range.at_most.abs_diff(range.at_least) + 1);
        if let Some(last) = last.filter(|last| *last > bins.width().saturating_mul(2)) {
            warnings.push(format!(
                "bin_width is {}, and the last bin holds {last} values, what is above the others included; {even} has all alike",
                bins.width()
            ));
        }
        if bins.width() == 1 {
            warnings.push("bin_width is 1: a bin but the last is one exact value".to_owned());
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let range = |[least, most]: &[Amount; 2]| json!([least.value(), most.value()]);
        json!({
            "bin_width": self.bins.width(), "bins": self.ranges.iter().map(range).collect::<Vec<_>>(),
        })
    }
}

/// The first and the last bin.
impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.ranges.first(), self.ranges.last());
        let ([a, b], [c, d]) = match (first, last) {
            (Some(first), Some(last)) => (first, last),
            _ => return f.write_str("bins       none that holds a value"),
        };
        write!(
            f,
            "ranges     the first bin from {a} to {b}, the last of {} from {c} to {d}",
            self.ranges.len()
        )
    }
}
