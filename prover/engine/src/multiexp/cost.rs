//! The width of a window, by what was measured.

use super::digits::Windows;
use super::scalars::{FULL_BITS, SMALL_BITS};
use crate::curve::coordinate::Coordinate;
use crate::field::Machine;

/// How long an addition takes, and what else a multi-exponentiation does, in nanoseconds. Only their ratios count.
///
/// Rounded from profiles of 2^16 terms on one core of a processor with AVX-512 IFMA that was shared with others.
pub(super) struct Costs {
    /// An addition of two points among thousands.
    pub(super) addition: f64,
    /// Putting one entry into its bucket.
    pub(super) entry: f64,
    /// A bucket of a window, additions apart: to count it, to list it, and what its run does to lanes.
    pub(super) bucket: f64,
    /// A window of a chunk, once: the last sums, one after the other, and inversions of small batches.
    pub(super) window: f64,
}

/// What is to be summed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) full: usize,
    pub(super) small: usize,
    pub(super) chunks: usize,
}

const LEAST: u32 = 3;
const MOST: u32 = 16;

impl Costs {
    /// Of additions in a group on a machine.
    pub(super) fn of<M: Machine, F: Coordinate>() -> Costs {
        match (M::LANES > 1, F::LINES > 1) {
            (true, false) => Costs { addition: 27.0, entry: 8.0, bucket: 15.0, window: 40_000.0 },
            (true, true) => Costs { addition: 85.0, entry: 8.0, bucket: 15.0, window: 120_000.0 },
            (false, false) => Costs { addition: 150.0, entry: 8.0, bucket: 15.0, window: 40_000.0 },
            (false, true) => Costs { addition: 500.0, entry: 8.0, bucket: 15.0, window: 120_000.0 },
        }
    }

    /// The width that costs least.
    ///
    /// n entries in b buckets are n - b additions, and 2 b more weigh the buckets.
    pub(super) fn width(&self, load: Load) -> u32 {
        let cost = |width: &u32| {
            let windows = |bits| f64::from(Windows::new(*width, bits).count);
            let (all, small) = (windows(FULL_BITS), windows(SMALL_BITS));
            let all = if load.full == 0 { small } else { all };
            let entries = all * load.full as f64 + small * load.small as f64;
            let buckets = all * load.chunks as f64 * f64::from(1u32 << (width - 1));
            entries * (self.addition + self.entry)
                + buckets * (self.addition + self.bucket)
                + all * load.chunks as f64 * self.window
        };
        (LEAST..=MOST).min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or(LEAST)
    }
}
