//! A histogram over many devices, in the unit of its channel.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Figure, amount_of, channel_of};
use crate::amount::Amount;
use crate::claim::histogram::HistogramInputs;
use crate::histogram::{BINS, Bins, Counts, Within};
use crate::policy::Policy;

/// Names of the bins' numbers, in order.
const NAMES: [&str; BINS] = [
    "bin_0", "bin_1", "bin_2", "bin_3", "bin_4", "bin_5", "bin_6", "bin_7", "bin_8", "bin_9", "bin_10",
    "bin_11", "bin_12", "bin_13", "bin_14", "bin_15",
];

/// What a histogram publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binned {
    channel: String,
    least_devices: u32,
    devices: u32,
    counts: Counts,
    width: Amount,
    low: Amount,
    /// Both ends.
    median: Option<[Amount; 2]>,
}

impl Binned {
    /// What a histogram publishes under its policy, which has these bins.
    pub fn of(policy: &Policy, bins: Bins, inputs: &HistogramInputs) -> Binned {
        let counts = Counts::new(bins, inputs.bins());
        let ends = |within: Within| [within.at_least, within.at_most].map(|end| amount_of(policy, end));
        Binned {
            channel: channel_of(policy),
            least_devices: policy.parts().k,
            devices: inputs.count,
            counts,
            width: amount_of(policy, i64::try_from(bins.width()).unwrap_or(i64::MAX)),
            low: amount_of(policy, bins.low()),
            median: counts.median().map(ends),
        }
    }

    /// Name of the channel; its number and that of the schema, if the registry of schemas has not got it.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Devices that it is of, k at least.
    pub fn devices(&self) -> u32 {
        self.devices
    }

    /// The policy's k.
    pub fn least_devices(&self) -> u32 {
        self.least_devices
    }

    /// Devices in each bin, in the schema's fixed point, and what follows of quantiles and shares.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Width of a bin, in the channel's unit.
    pub fn width(&self) -> Amount {
        self.width
    }

    /// Where the median lies, both ends included, in the channel's unit; `None` for counts that no values have.
    pub fn median(&self) -> Option<[Amount; 2]> {
        self.median
    }

    pub(super) fn figures(&self) -> Vec<(&'static str, Option<Figure>)> {
        let of_median = |end: usize| self.median.map(|ends| Figure::Amount(ends[end]));
        let count = |count: u32| Some(Figure::Count(count.into()));
        let mut figures = Vec::from([
            ("median_at_least", of_median(0)),
            ("median_at_most", of_median(1)),
            ("devices", count(self.devices)),
            ("least_devices", count(self.least_devices)),
            ("low", Some(Figure::Amount(self.low))),
            ("bin_width", Some(Figure::Amount(self.width))),
        ]);
        let bins = NAMES.iter().zip(self.counts.counts());
        figures.extend(bins.map(|(name, devices)| (*name, count(devices.into()))));
        figures
    }
}

/// Without place and time.
impl fmt::Display for Binned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Binned { channel, devices, least_devices, width, low, .. } = self;
        write!(
            f,
            "{channel} of {devices} devices (at least {least_devices}) in {BINS} bins of {width} from {low} on"
        )?;
        match &self.median {
            Some([least, most]) => write!(f, ", median from {least} to {most}"),
            None => Ok(()),
        }
    }
}
