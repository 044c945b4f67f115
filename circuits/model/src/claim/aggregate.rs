//! `aggregate`: a statistic of the readings of N different devices, at least k of them.

use alloc::vec::Vec;

pub use super::readings::MAX_CAPACITY;
use super::readings::{self, ReadingsShape, of_readings};
use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::policy::PolicyId;
use crate::registry::RegistryRoot;
use crate::rule::Rule;

/// The sum is stored as sum + 2^61.
pub const SUM_OFFSET: u32 = 61;

/// The statement: `capacity` readings of one chunk of 8^`levels` positions, a fence of up to `triangles` triangles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aggregate(ReadingsShape);

crate::public_inputs! {
    /// What an aggregate makes public: four field elements.
    pub struct AggregateInputs, AggregateFields {
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
        /// Number of readings, one a device.
        count: u32 = 21 as "uint32",
        /// Sum of the values, in the schema's fixed point.
        sum: i64 = 62 offset SUM_OFFSET as "int64",
        /// Sum of squares of value - low, in the square of the schema's fixed point; 0 also means that the policy does not ask for it.
        sum_of_squares: u128 = 101 as "uint128",
        /// Least value - low, in the schema's fixed point; 0 also means that the policy does not ask for it.
        minimum: u64 = 40 as "uint64",
        /// Greatest value - low, in the schema's fixed point; 0 also means that the policy does not ask for it.
        maximum: u64 = 40 as "uint64",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

of_readings!(Aggregate);

impl ClaimFamily for Aggregate {
    const FAMILY: StatementFamily = StatementFamily::ours(1, "aggregate", Devices::AtLeastK);
    const VERSION: u16 = 2;
    const ABOUT: &'static str = "A statistic of readings from at least k devices";
    const SIZES: &'static [Size] = &readings::SIZES;

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        ReadingsShape::of_checked(shape, Self::pattern).map(Aggregate)
    }
}

impl Claim for Aggregate {
    type Inputs = AggregateInputs;

    fn id(&self) -> StatementId {
        Self::id_of(self.0.sizes().into())
    }

    /// C1 to C19; a single reading has no order.
    fn rules(&self) -> Vec<Rule> {
        self.0.rules(&[Rule::SUM, Rule::SUM_OF_SQUARES, Rule::MINIMUM, Rule::MAXIMUM])
    }
}
