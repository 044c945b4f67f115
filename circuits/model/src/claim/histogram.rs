//! `histogram`: how many of N different devices, at least k of them, have a value in each of sixteen bins.
//!
//! All bins are as wide as the policy says in its parameters ([`crate::histogram`]). Bin 0 begins at the policy's low, and the last one
//! takes what is above it, too.

use alloc::vec::Vec;

use super::readings::{self, MAX_CAPACITY, ReadingsShape, of_readings};
use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::histogram::BINS;
use crate::policy::PolicyId;
use crate::registry::RegistryRoot;
use crate::rule::Rule;

/// H1: the number of each bin is that of the readings whose value is in it.
pub const OF_BINS: Rule = Rule::own(1, "H1 bins");

/// The statement: `capacity` readings of one chunk of 8^`levels` positions, a fence of up to `triangles` triangles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Histogram(ReadingsShape);

of_readings!(Histogram);

/// Bits of the number of a bin.
pub const COUNT_BITS: u32 = 16;
const _: () = assert!(MAX_CAPACITY < 1 << COUNT_BITS, "all readings of a proof may be in one bin");

crate::public_inputs! {
    /// What a histogram makes public: four field elements.
    pub struct HistogramInputs, HistogramFields {
        /// The registry root at the end of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// Width of a chunk: it has 2^chunk_bits positions. The shape fixes it: three bits a level.
        chunk_bits: u8 = 5 as "uint8",
        /// Which chunk: position >> chunk_bits.
        chunk: u32 = 22 as "uint32",
        /// Number of readings, one a device: the sum of all bins.
        count: u32 = 21 as "uint32",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
        /// Readings whose value - low is below the bin width.
        bin_0: u16 = 16 as "uint16",
        /// Readings whose value - low is from 1 to below 2 bin widths.
        bin_1: u16 = 16 as "uint16",
        /// Readings whose value - low is from 2 to below 3 bin widths.
        bin_2: u16 = 16 as "uint16",
        /// Readings whose value - low is from 3 to below 4 bin widths.
        bin_3: u16 = 16 as "uint16",
        /// Readings whose value - low is from 4 to below 5 bin widths.
        bin_4: u16 = 16 as "uint16",
        /// Readings whose value - low is from 5 to below 6 bin widths.
        bin_5: u16 = 16 as "uint16",
        /// Readings whose value - low is from 6 to below 7 bin widths.
        bin_6: u16 = 16 as "uint16",
        /// Readings whose value - low is from 7 to below 8 bin widths.
        bin_7: u16 = 16 as "uint16",
        /// Readings whose value - low is from 8 to below 9 bin widths.
        bin_8: u16 = 16 as "uint16",
        /// Readings whose value - low is from 9 to below 10 bin widths.
        bin_9: u16 = 16 as "uint16",
        /// Readings whose value - low is from 10 to below 11 bin widths.
        bin_10: u16 = 16 as "uint16",
        /// Readings whose value - low is from 11 to below 12 bin widths.
        bin_11: u16 = 16 as "uint16",
        /// Readings whose value - low is from 12 to below 13 bin widths.
        bin_12: u16 = 16 as "uint16",
        /// Readings whose value - low is from 13 to below 14 bin widths.
        bin_13: u16 = 16 as "uint16",
        /// Readings whose value - low is from 14 to below 15 bin widths.
        bin_14: u16 = 16 as "uint16",
        /// Readings whose value - low is 15 bin widths or more.
        bin_15: u16 = 16 as "uint16",
    }
}

impl<T: Clone> HistogramFields<T> {
    /// What is in the place of each bin, in order.
    pub fn bins(&self) -> [T; BINS] {
        [
            &self.bin_0,
            &self.bin_1,
            &self.bin_2,
            &self.bin_3,
            &self.bin_4,
            &self.bin_5,
            &self.bin_6,
            &self.bin_7,
            &self.bin_8,
            &self.bin_9,
            &self.bin_10,
            &self.bin_11,
            &self.bin_12,
            &self.bin_13,
            &self.bin_14,
            &self.bin_15,
        ]
        .map(T::clone)
    }
}

impl HistogramInputs {
    /// Readings in each bin, in order.
    pub fn bins(&self) -> [u16; BINS] {
        [
            self.bin_0,
            self.bin_1,
            self.bin_2,
            self.bin_3,
            self.bin_4,
            self.bin_5,
            self.bin_6,
            self.bin_7,
            self.bin_8,
            self.bin_9,
            self.bin_10,
            self.bin_11,
            self.bin_12,
            self.bin_13,
            self.bin_14,
            self.bin_15,
        ]
    }

    /// The same with these numbers of readings, in order.
    #[must_use]
    pub fn with_bins(mut self, bins: [u16; BINS]) -> Self {
        [
            self.bin_0,
            self.bin_1,
            self.bin_2,
            self.bin_3,
            self.bin_4,
            self.bin_5,
            self.bin_6,
            self.bin_7,
            self.bin_8,
            self.bin_9,
            self.bin_10,
            self.bin_11,
            self.bin_12,
            self.bin_13,
            self.bin_14,
            self.bin_15,
        ] = bins;
        self
    }
}

impl ClaimFamily for Histogram {
    const FAMILY: StatementFamily =
        StatementFamily::ours(5, "histogram", Devices::AtLeastK).with_parameters().without_outputs();
    const VERSION: u16 = 1;
    const ABOUT: &'static str = "How many of at least k devices have a value in each of sixteen bins";
    const SIZES: &'static [Size] = &readings::SIZES;

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        ReadingsShape::of_checked(shape, Self::pattern).map(Histogram)
    }
}

impl Claim for Histogram {
    type Inputs = HistogramInputs;

    fn id(&self) -> StatementId {
        Self::id_of(self.0.sizes().into())
    }

    /// C1 to C15 and H1; a single reading has no order.
    fn rules(&self) -> Vec<Rule> {
        self.0.rules(&[OF_BINS])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Fr;
    use crate::layout::PublicInputs;
    use alloc::string::ToString;

    #[test]
    fn four_words_as_designed() {
        let layout = HistogramInputs::layout();
        assert_eq!(layout.widths(), [None, None, Some(32 + 5 + 22 + 21 + 152 + 16), Some(15 * 16)]);
        let bins = layout.fields().iter().filter(|field| field.name.starts_with("bin_"));
        assert!(bins.clone().all(|field| field.bits() == COUNT_BITS));
        assert_eq!(bins.count(), BINS);
    }

    #[test]
    fn bins_are_in_order_in_words_and_by_name() {
        let mut fields = [Fr::from(0u64); 23];
        for (bin, field) in fields[7..].iter_mut().enumerate() {
            *field = Fr::from(100 + bin as u64);
        }
        let inputs = HistogramInputs::decode(&fields).unwrap();
        let bins: [u16; BINS] = core::array::from_fn(|bin| 100 + bin as u16);
        assert_eq!(inputs.bins(), bins);
        assert_eq!(inputs.with_bins([0; BINS]).with_bins(bins), inputs);
        assert_eq!(
            HistogramInputs::named((0..23).collect()).unwrap().bins(),
            core::array::from_fn(|bin| bin + 7)
        );
        let about = |bin: usize| HistogramInputs::layout().abouts()[7 + bin];
        assert_eq!(about(0), " Readings whose value - low is below the bin width.");
        for bin in 1..BINS - 1 {
            let wanted =
                alloc::format!(" Readings whose value - low is from {bin} to below {} bin widths.", bin + 1);
            assert_eq!(about(bin), wanted);
        }
        assert_eq!(about(BINS - 1), " Readings whose value - low is 15 bin widths or more.");
    }

    #[test]
    fn a_shape_is_that_of_an_aggregate() {
        let shape = Histogram::new(64, 32, 3).unwrap();
        assert_eq!(shape.id().to_string(), "histogram/v1/64x32x3");
        assert_eq!(Histogram::of_shape(&shape.id().shape), Ok(shape));
        assert!(Histogram::new(65, 32, 2).is_err());
        assert!(!Histogram::FAMILY.has_outputs() && Histogram::FAMILY.has_parameters());
    }
}
