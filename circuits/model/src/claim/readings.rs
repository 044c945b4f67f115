//! What statements about one reading of each of many devices have in common: their shape, and the rules that are not about what they
//! publish.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ClaimFamily, ShapeError, Size};
use crate::fence::MAX_TRIANGLES;
use crate::registry::{Chunk, RegistryError};
use crate::rule::Rule;

/// Readings that one proof may hold at the most.
pub const MAX_CAPACITY: usize = 4096;
/// Most triangles that are hashed whole; a larger fence is for the Merkle path of `reading`.
const MAX_FENCE: usize = 256;
const _: () = assert!(MAX_FENCE <= MAX_TRIANGLES);

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
pub(super) const SIZES: [Size; 3] = [
    Size { name: "capacity", unit: "readings", least: 1, most: MAX_CAPACITY as u32, step: 1, usual: 64 },
    OF_TRIANGLES,
    OF_LEVELS,
];

/// A shape: up to `capacity` readings of one chunk of 8^`levels` positions, a fence of up to `triangles` triangles.
///
/// ```
/// use zksensor_model::claim::readings::ReadingsShape;
/// let shape = ReadingsShape::new(64, 32, 3)?;
/// assert_eq!(shape.sizes(), [64, 32, 3]);
/// assert!(ReadingsShape::new(65, 32, 2).is_err(), "a chunk of two levels has 64 positions");
/// # Ok::<(), zksensor_model::claim::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingsShape {
    capacity: u32,
    triangles: u32,
    levels: u32,
}

impl ReadingsShape {
    /// The shape of these sizes. `triangles` is a multiple of eight, `levels` is 2 to 7, and a chunk has as many positions as
    /// `capacity` or more: readings are of different devices.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn new(capacity: usize, triangles: usize, levels: usize) -> Result<Self, ShapeError> {
        let [of_capacity, of_triangles, of_levels] = &SIZES;
        let shape = ReadingsShape {
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

    /// The shape of sizes that were checked one by one; `pattern` names those that are wanted.
    pub(super) fn of_checked(shape: &[u32], pattern: fn() -> String) -> Result<Self, ShapeError> {
        let [capacity, triangles, levels] = shape else {
            return Err(ShapeError::Count { wanted: pattern(), got: shape.len() });
        };
        ReadingsShape::new(*capacity as usize, *triangles as usize, *levels as usize)
    }

    /// The sizes, in the order of an id.
    pub fn sizes(&self) -> [u32; 3] {
        [self.capacity, self.triangles, self.levels]
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

    /// The rules of a statement of this shape whose own ones are these: C1 to C15 beside them, and a single reading has no order.
    pub(super) fn rules(&self, own: &[Rule]) -> Vec<Rule> {
        let of_many = [Rule::ACTIVITY, Rule::ORDER, Rule::CHUNK, Rule::COUNT];
        let mut rules = [&Rule::OF_A_READING[..], &of_many, own].concat();
        rules.retain(|rule| self.capacity > 1 || *rule != Rule::ORDER);
        rules.sort_unstable();
        rules
    }
}

/// A statement about one reading of each of many devices.
pub trait OfReadings: ClaimFamily {
    /// Its shape.
    fn shape(&self) -> ReadingsShape;
}

/// What a statement that is a [`ReadingsShape`] says of its shape.
macro_rules! of_readings {
    ($name:ident) => {
        impl $name {
            /// The statement of this shape. `triangles` is a multiple of eight, `levels` is 2 to 7, and a chunk has as many positions as
            /// `capacity` or more: readings are of different devices.
            ///
            /// # Errors
            /// [`ShapeError`].
            pub fn new(capacity: usize, triangles: usize, levels: usize) -> Result<Self, ShapeError> {
                $crate::claim::readings::ReadingsShape::new(capacity, triangles, levels).map($name)
            }

            /// Readings that a proof holds at the most.
            pub fn capacity(&self) -> usize {
                self.0.capacity()
            }

            /// Triangles that the fence has at the most.
            pub fn triangles(&self) -> usize {
                self.0.triangles()
            }

            /// Levels of a chunk: 2 to 7.
            pub fn levels(&self) -> usize {
                self.0.levels()
            }

            /// The chunk of this shape that has this index.
            ///
            /// # Errors
            /// [`RegistryError::ChunkIndex`](crate::registry::RegistryError::ChunkIndex) if there are not so many.
            pub fn chunk(
                &self,
                index: u32,
            ) -> Result<$crate::registry::Chunk, $crate::registry::RegistryError> {
                self.0.chunk(index)
            }

            /// The first chunk of this shape: of a young registry, every device.
            pub fn first_chunk(&self) -> $crate::registry::Chunk {
                self.0.first_chunk()
            }
        }

        impl $crate::claim::readings::OfReadings for $name {
            fn shape(&self) -> $crate::claim::readings::ReadingsShape {
                self.0
            }
        }
    };
}
pub(super) use of_readings;
