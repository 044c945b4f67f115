//! `private-sum`: the sum of the readings of N different devices, at least k of them, with noise that nobody chose.
//!
//! The noise is [`crate::noise`]'s, at the scale that the policy says in its parameters. Its seed is of a secret, which a seal fixed together
//! with the exact sum for this policy, epoch and chunk, and of a beacon of after the seal's deadline: that the seal was posted in time, that the
//! beacon is the one of the deadline, and that there is one release, of one width of chunks, is for whoever verifies.

use alloc::vec::Vec;

use super::aggregate::SUM_OFFSET;
use super::readings::{self, ReadingsShape, of_readings};
use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::noise::{Beacon, SealId};
use crate::policy::PolicyId;
use crate::registry::RegistryRoot;
use crate::rule::Rule;

/// P1: the seal opens to the policy, epoch and chunk, the exact sum and the count, a secret and a salt.
pub const SEAL: Rule = Rule::own(1, "P1 seal");
/// P2: the noise is that of secret, beacon, policy, epoch and chunk, at the policy's scale.
pub const NOISE: Rule = Rule::own(2, "P2 noise");
/// P3: the sum is the exact one and the noise.
pub const SUM: Rule = Rule::own(3, "P3 sum");

/// The statement: `capacity` readings of one chunk of 8^`levels` positions, a fence of up to `triangles` triangles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrivateSum(ReadingsShape);

of_readings!(PrivateSum);

crate::public_inputs! {
    /// What a private sum makes public: six field elements.
    pub struct PrivateSumInputs, PrivateSumFields {
        /// The registry root at the end of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// What was posted before the deadline.
        seal: SealId = element as "uint256",
        /// Public randomness of a moment after the deadline.
        beacon: Beacon = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// Width of a chunk: it has 2^chunk_bits positions. The shape fixes it: three bits a level.
        chunk_bits: u8 = 5 as "uint8",
        /// Which chunk: position >> chunk_bits.
        chunk: u32 = 22 as "uint32",
        /// Number of readings, one a device: the exact one.
        count: u32 = 21 as "uint32",
        /// Sum of the values and the noise, in the schema's fixed point.
        sum: i64 = 62 offset SUM_OFFSET as "int64",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

impl ClaimFamily for PrivateSum {
    const FAMILY: StatementFamily =
        StatementFamily::ours(6, "private-sum", Devices::AtLeastK).with_parameters().without_outputs();
    const VERSION: u16 = 1;
    const ABOUT: &'static str = "The sum of the readings of at least k devices, with noise that nobody chose";
    const SIZES: &'static [Size] = &readings::SIZES;

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        ReadingsShape::of_checked(shape, Self::pattern).map(PrivateSum)
    }
}

impl Claim for PrivateSum {
    type Inputs = PrivateSumInputs;

    fn id(&self) -> StatementId {
        Self::id_of(self.0.sizes().into())
    }

    /// C1 to C15 and P1 to P3; a single reading has no order.
    fn rules(&self) -> Vec<Rule> {
        self.0.rules(&[SEAL, NOISE, SUM])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::PublicInputs;
    use alloc::string::ToString;

    #[test]
    fn six_words_as_designed() {
        let layout = PrivateSumInputs::layout();
        let packed = Some(32 + 5 + 22 + 21 + 62);
        assert_eq!(layout.widths(), [None, None, None, None, packed, Some(152)]);
    }

    #[test]
    fn a_shape_is_that_of_an_aggregate() {
        let shape = PrivateSum::new(64, 32, 3).unwrap();
        assert_eq!(shape.id().to_string(), "private-sum/v1/64x32x3");
        assert_eq!(PrivateSum::of_shape(&shape.id().shape), Ok(shape));
        assert!(!PrivateSum::FAMILY.has_outputs() && PrivateSum::FAMILY.has_parameters());
    }

    /// The largest exact sum and the largest noise are a value of the field `sum`, and far from the modulus.
    #[test]
    fn no_sum_overflows() {
        const MOST: u64 = (readings::MAX_CAPACITY as u64) << 40;
        const { assert!(MOST + (1 << 46) < 1 << 61) };
    }
}
