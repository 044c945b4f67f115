//! How many devices are in each bin, and what follows of their values.

use super::{BINS, Bins};

/// A value is in here, both ends included: in the schema's fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// It is no less.
    pub at_least: i64,
    /// It is no more.
    pub at_most: i64,
}

/// How many devices are above a threshold, of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// So many are, whatever the values.
    pub at_least: u32,
    /// And no more than so many.
    pub at_most: u32,
    /// Devices of all bins.
    pub devices: u32,
}

/// Devices in each bin of a policy.
///
/// ```
/// # use zksensor_model::claim::{ClaimFamily, histogram::Histogram};
/// # use zksensor_model::policy::{Outputs, Policy, PolicyParts};
/// # use zksensor_model::{fence::FenceRoot, field::Fr, reading::Network, schema};
/// use zksensor_model::histogram::{Above, Counts, HistogramRules, Within};
/// # let policy = Policy::new(PolicyParts {
/// #     network: Network::new(137, [0x11; 20]),
/// #     fence: FenceRoot::from_field(Fr::from(7u64)),
/// #     low: 0,
/// #     high: 9_999,
/// #     max_accuracy_mm: 10_000,
/// #     epoch_origin: "2026-01-01T00:00:00Z".parse()?,
/// #     epoch_length_ms: 3_600_000,
/// #     k: 5,
/// #     family: Histogram::FAMILY,
/// #     statement_version: Histogram::VERSION,
/// #     schema: schema::AIR_QUALITY.id,
/// #     channel: 2,
/// #     device_class: None,
/// #     outputs: Outputs::default(),
/// #     parameters: HistogramRules::new(500)?.parameters(),
/// #     insecure_small_k: false,
/// # })?;
/// // Bins of 500 from 0 on, under a policy of values up to 9999: three devices are in bin 2, two in bin 4.
/// let bins = policy.histogram_bins().ok_or("another statement")?;
/// let counts = Counts::new(bins, [0, 0, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/// assert_eq!(counts.median(), Some(Within { at_least: 1_000, at_most: 1_499 }));
/// assert_eq!(counts.quantile(9, 10), Some(Within { at_least: 2_000, at_most: 2_499 }));
/// assert_eq!(counts.above(1_200), Above { at_least: 2, at_most: 5, devices: 5 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    bins: Bins,
    counts: [u16; BINS],
}

impl Counts {
    /// So many devices in each of these bins, in order.
    pub fn new(bins: Bins, counts: [u16; BINS]) -> Counts {
        Counts { bins, counts }
    }

    /// The counts of these values; `None` if one is out of the policy's range, or there are 2^16 in one bin.
    pub fn of(bins: Bins, values: &[i64]) -> Option<Counts> {
        let mut counts = [0u16; BINS];
        for value in values {
            let count = &mut counts[bins.of(*value)?];
            *count = count.checked_add(1)?;
        }
        Some(Counts { bins, counts })
    }

    /// The bins.
    pub fn bins(&self) -> Bins {
        self.bins
    }

    /// Devices in each of them, in order.
    pub fn counts(&self) -> [u16; BINS] {
        self.counts
    }

    /// Devices of all bins.
    pub fn devices(&self) -> u32 {
        self.counts.iter().map(|count| u32::from(*count)).sum()
    }

    /// Where the quantile of `numerator` / `denominator` lies: the least value that so large a share of the devices does not exceed, of 0
    /// the minimum. `None` for what is no share from 0 to 1, for no device, and for counts in bins that hold no value.
    pub fn quantile(&self, numerator: u32, denominator: u32) -> Option<Within> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        let rank = (u64::from(self.devices()) * u64::from(numerator)).div_ceil(denominator.into());
        self.ranked(u32::try_from(rank).ok()?.max(1))
    }

    /// Where the median lies: the value in the middle, or, of an even number, both that are and whatever is between them. `None` for no
    /// device, and for counts in bins that hold no value.
    pub fn median(&self) -> Option<Within> {
        let devices = self.devices();
        let (lower, upper) = (self.ranked(devices.div_ceil(2))?, self.ranked(devices / 2 + 1)?);
        Some(Within { at_least: lower.at_least, at_most: upper.at_most })
    }

    /// How many devices have a value greater than `threshold`.
    pub fn above(&self, threshold: i64) -> Above {
        let count = |is_above: &dyn Fn(&Within) -> bool| {
            let counted = self.counts.iter().enumerate();
            let counted =
                counted.filter(|(bin, _)| self.bins.range(*bin).is_some_and(|range| is_above(&range)));
            counted.map(|(_, count)| u32::from(*count)).sum()
        };
        Above {
            at_least: count(&|range| range.at_least > threshold),
            at_most: count(&|range| range.at_most > threshold),
            devices: self.devices(),
        }
    }

    /// Where the value of this rank lies, 1 being the least.
    fn ranked(&self, rank: u32) -> Option<Within> {
        let mut so_far = 0;
        let bin = self.counts.iter().position(|count| {
            so_far += u32::from(*count);
            so_far >= rank
        });
        self.bins.range(bin.filter(|_| rank > 0)?)
    }
}
