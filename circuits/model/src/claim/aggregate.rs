//! `aggregate`: a statistic of the readings of N different devices, at least k of them.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::fence::MAX_TRIANGLES;
use crate::policy::PolicyId;
use crate::registry::{Chunk, RegistryError, RegistryRoot};
use crate::rule::Rule;

/// The sum is stored as sum + 2^61.
pub const SUM_OFFSET: u32 = 61;
/// Most triangles that are hashed whole; a larger fence is for the Merkle path of `reading`.
const MAX_FENCE: usize = 256;
const _: () = assert!(MAX_FENCE <= MAX_TRIANGLES);

/// The statement: `capacity` readings of one chunk of 8^`levels` positions, a fence of up to `triangles` triangles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aggregate {
    capacity: u32,
    triangles: u32,
    levels: u32,
}

/// Readings that one proof may hold at the most.
pub const MAX_CAPACITY: usize = 4096;

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

/// Triangles of a fence that is hashed whole.
pub(super) const OF_TRIANGLES: Size =
    Size { name: "triangles", unit: "triangles", least: 8, most: MAX_FENCE as u32, step: 8, usual: 32 };

/// Levels of a chunk.
pub(super) const OF_LEVELS: Size = Size {
    name: "levels",
    unit: "levels of a chunk",
    least: Chunk::LEAST_LEVELS as u32,
    most: Chunk::MOST_LEVELS as u32,
    step: 1,
    usual: 3,
};

/// Readings, triangles of the fence, and levels of the chunk.
const SIZES: [Size; 3] = [
    Size { name: "capacity", unit: "readings", least: 1, most: MAX_CAPACITY as u32, step: 1, usual: 64 },
    OF_TRIANGLES,
    OF_LEVELS,
];

impl Aggregate {
    /// The statement of this shape. `triangles` is a multiple of eight, `levels` is 2 to 7, and a chunk has as many positions as
    /// `capacity` or more: readings are of different devices.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn new(capacity: usize, triangles: usize, levels: usize) -> Result<Self, ShapeError> {
        let [of_capacity, of_triangles, of_levels] = &SIZES;
        let shape = Aggregate {
            capacity: of_capacity.check(capacity)?,
            triangles: of_triangles.check(triangles)?,
            levels: of_levels.check(levels)?,
        };
        let positions = shape.first_chunk().positions() as usize;
        if capacity > positions {
            let because = format!("chunks of {levels} levels, which have as many positions");
            return Err(ShapeError::Together { unit: "readings", most: positions, because, got: capacity });
        }
        Ok(shape)
    }

    /// Readings that a proof holds at the most.
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// Triangles that the fence has at the most.
    pub fn triangles(&self) -> usize {
        self.triangles as usize
    }

    /// Levels of a chunk: 2 to 7.
    pub fn levels(&self) -> usize {
        self.levels as usize
    }

    /// The chunk of this shape that has this index.
    ///
    /// # Errors
    /// [`RegistryError::ChunkIndex`] if there are not so many.
    pub fn chunk(&self, index: u32) -> Result<Chunk, RegistryError> {
        Chunk::new(self.levels as u8, index)
    }

    /// The first chunk of this shape: of a young registry, every device.
    pub fn first_chunk(&self) -> Chunk {
        self.chunk(0).expect("the levels of a shape are those of a chunk")
    }
}

impl ClaimFamily for Aggregate {
    const FAMILY: StatementFamily = StatementFamily::ours(1, "aggregate", Devices::AtLeastK);
    const VERSION: u16 = 2;
    const ABOUT: &'static str = "A statistic of readings from at least k devices";
    const SIZES: &'static [Size] = &SIZES;

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        let [capacity, triangles, levels] = shape else {
            return Err(ShapeError::Count { wanted: Self::pattern(), got: shape.len() });
        };
        Aggregate::new(*capacity as usize, *triangles as usize, *levels as usize)
    }
}

impl Claim for Aggregate {
    type Inputs = AggregateInputs;

    fn id(&self) -> StatementId {
        Self::id_of(vec![self.capacity, self.triangles, self.levels])
    }

    /// C1 to C19; a single reading has no order.
    fn rules(&self) -> Vec<Rule> {
        let own = [
            Rule::ACTIVITY,
            Rule::ORDER,
            Rule::CHUNK,
            Rule::COUNT,
            Rule::SUM,
            Rule::SUM_OF_SQUARES,
            Rule::MINIMUM,
            Rule::MAXIMUM,
        ];
        let mut rules = [&Rule::OF_A_READING[..], &own].concat();
        rules.retain(|rule| self.capacity > 1 || *rule != Rule::ORDER);
        rules.sort_unstable();
        rules
    }
}
