//! A chunk of the registry, and what joins its devices to the root.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use super::{CAP, Position, RegistryError, RegistryRoot, TREE_DEPTH};
use crate::field::Fr;
use crate::primitives::merkle::{ARITY, DIGIT_BITS, node_hash, place, root_of};
use crate::primitives::poseidon::Domain;

/// Levels that the 64 nodes of a cap are below the root of their chunk.
const CAP_LEVELS: u8 = 2;

/// 8^levels neighbouring positions: the devices that one aggregate is about.
///
/// Chunks of as many levels do not overlap. Chunk `index` has the positions from index 8^levels on.
///
/// ```
/// use zksensor_model::registry::{Chunk, Position};
/// let chunk = Chunk::new(3, 2)?;
/// assert_eq!((chunk.bits(), chunk.positions()), (9, 512));
/// assert_eq!(chunk.offset(Position::new(1030)?), Some(6));
/// assert_eq!(chunk.offset(Position::new(512)?), None);
/// assert!(Chunk::new(3, 4096).is_err());
/// # Ok::<(), zksensor_model::registry::RegistryError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chunk {
    levels: u8,
    index: u32,
}

impl Chunk {
    /// Levels of the smallest chunk, which is a cap and nothing below it.
    pub const LEAST_LEVELS: u8 = CAP_LEVELS;
    /// Levels of the largest chunk, the whole registry.
    pub const MOST_LEVELS: u8 = TREE_DEPTH as u8;
    /// The whole registry.
    pub const WHOLE: Chunk = Chunk { levels: Self::MOST_LEVELS, index: 0 };

    /// The chunk of 2 to 7 levels that has this index.
    ///
    /// # Errors
    /// [`RegistryError::ChunkLevels`], or [`RegistryError::ChunkIndex`] from 8^(7 - levels) on.
    pub fn new(levels: u8, index: u32) -> Result<Self, RegistryError> {
        if !(Self::LEAST_LEVELS..=Self::MOST_LEVELS).contains(&levels) {
            return Err(RegistryError::ChunkLevels { got: levels });
        }
        let chunk = Chunk { levels, index };
        let chunks = 1 << chunk.index_bits();
        if index < chunks { Ok(chunk) } else { Err(RegistryError::ChunkIndex { levels, chunks, got: index }) }
    }

    /// The chunk of so many levels that a position is in.
    ///
    /// # Errors
    /// [`RegistryError::ChunkLevels`].
    pub fn around(position: Position, levels: u8) -> Result<Self, RegistryError> {
        Chunk::new(levels, 0).map(|first| Chunk { index: position.get() >> first.bits(), ..first })
    }

    /// The chunks of so many levels that positions are in, with the number of positions in each.
    ///
    /// # Errors
    /// [`RegistryError::ChunkLevels`].
    pub fn count(
        positions: impl IntoIterator<Item = Position>,
        levels: u8,
    ) -> Result<BTreeMap<Chunk, usize>, RegistryError> {
        // Also of no positions.
        Chunk::new(levels, 0)?;
        let mut chunks = BTreeMap::new();
        for position in positions {
            *chunks.entry(Chunk::around(position, levels)?).or_default() += 1;
        }
        Ok(chunks)
    }

    /// Levels of the tree below the chunk's root: 2 to 7.
    pub fn levels(self) -> u8 {
        self.levels
    }

    /// Which chunk of as many levels.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Bits of a position inside the chunk: three a level.
    pub fn bits(self) -> u32 {
        u32::from(self.levels) * DIGIT_BITS as u32
    }

    /// Bits of the index of a chunk of as many levels: three a level of the tree above.
    pub fn index_bits(self) -> u32 {
        u32::from(Self::MOST_LEVELS - self.levels) * DIGIT_BITS as u32
    }

    /// Positions of the chunk: 8^levels.
    pub fn positions(self) -> u32 {
        1 << self.bits()
    }

    /// Where in the chunk a position is, below [`positions`](Self::positions); `None` if it is in another one.
    pub fn offset(self, position: Position) -> Option<u32> {
        let inside = position.get() >> self.bits() == self.index;
        inside.then(|| position.get() & (self.positions() - 1))
    }

    /// Which of the 64 nodes of the chunk's cap is above an offset.
    ///
    /// # Panics
    /// If the offset is none of the chunk.
    pub fn cap_index(self, offset: u32) -> usize {
        assert!(offset < self.positions(), "offsets of a chunk are below {}, got {offset}", self.positions());
        (offset >> (DIGIT_BITS * self.levels_below_cap())) as usize
    }

    /// Levels of the tree below the cap: what a device shows of its own path.
    pub fn levels_below_cap(self) -> usize {
        usize::from(self.levels - CAP_LEVELS)
    }

    /// Levels of the tree above the chunk's root.
    pub fn levels_above(self) -> usize {
        usize::from(Self::MOST_LEVELS - self.levels)
    }
}

impl fmt::Display for Chunk {
    /// `chunk 2 of 512 positions`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chunk {} of {} positions", self.index, self.positions())
    }
}

/// What joins the devices of a chunk to the registry root: the 64 nodes two levels below the chunk's root, and the path from that
/// to the registry's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkCap {
    chunk: Chunk,
    nodes: Box<[Fr; CAP]>,
    /// At each level above the chunk's root its seven siblings, in index order.
    siblings: Vec<[Fr; ARITY - 1]>,
}

impl ChunkCap {
    /// The cap of `chunk`, with the seven siblings of each level from the chunk's root up.
    ///
    /// # Errors
    /// [`RegistryError::ChunkPath`] if these are not as many levels as there are above the chunk.
    pub fn new(
        chunk: Chunk,
        nodes: Box<[Fr; CAP]>,
        siblings: Vec<[Fr; ARITY - 1]>,
    ) -> Result<Self, RegistryError> {
        if siblings.len() != chunk.levels_above() {
            return Err(RegistryError::ChunkPath { wanted: chunk.levels_above(), got: siblings.len() });
        }
        Ok(ChunkCap { chunk, nodes, siblings })
    }

    /// Whose it is.
    pub fn chunk(&self) -> Chunk {
        self.chunk
    }

    /// The 64 nodes.
    pub fn nodes(&self) -> &[Fr; CAP] {
        &self.nodes
    }

    /// The siblings of each level above the chunk's root.
    pub fn siblings(&self) -> &[[Fr; ARITY - 1]] {
        &self.siblings
    }

    /// The eight nodes of each level above the chunk's root, the lowest first: what a circuit is given.
    pub fn levels(&self) -> Vec<[Fr; ARITY]> {
        let mut node = root_of(Domain::Node, &self.nodes[..]);
        let (mut index, mut levels) = (self.chunk.index, Vec::with_capacity(self.siblings.len()));
        for siblings in &self.siblings {
            let children = place(siblings, node, index as usize % ARITY);
            node = node_hash(Domain::Node, &children);
            index >>= DIGIT_BITS;
            levels.push(children);
        }
        levels
    }

    /// The registry root that the cap leads to.
    pub fn root(&self) -> RegistryRoot {
        let above = self.levels().last().map(|children| node_hash(Domain::Node, children));
        RegistryRoot(above.unwrap_or_else(|| root_of(Domain::Node, &self.nodes[..])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::CAPACITY;

    #[test]
    fn chunks_of_each_width_share_out_the_positions() {
        for levels in Chunk::LEAST_LEVELS..=Chunk::MOST_LEVELS {
            let last = Chunk::around(Position::new(CAPACITY - 1).unwrap(), levels).unwrap();
            assert_eq!((last.index() + 1) * last.positions(), CAPACITY);
            assert_eq!(last.cap_index(last.positions() - 1), 63);
            assert!(Chunk::new(levels, last.index() + 1).is_err());
            for position in [0, 1, 63, 64, 511, 512, 4095, 4096, 1 << 20, CAPACITY - 1] {
                let position = Position::new(position).unwrap();
                let chunk = Chunk::around(position, levels).unwrap();
                let offset = chunk.offset(position).unwrap();
                assert_eq!(chunk.index() * chunk.positions() + offset, position.get());
                let other = Chunk::new(levels, chunk.index() ^ 1);
                assert!(other.is_err() || other.unwrap().offset(position).is_none());
            }
        }
        for levels in [0, 1, 8, 255] {
            assert!(
                matches!(Chunk::new(levels, 0), Err(RegistryError::ChunkLevels { got }) if got == levels)
            );
            let none = Chunk::count([], levels);
            assert!(matches!(none, Err(RegistryError::ChunkLevels { got }) if got == levels));
        }
    }

    #[test]
    fn each_position_is_counted_in_its_chunk() {
        let positions = [0, 63, 64, 511, 512, 512 + 64, CAPACITY - 1].map(|at| Position::new(at).unwrap());
        let counts = |levels| -> Vec<(u32, usize)> {
            let chunks = Chunk::count(positions, levels).unwrap();
            chunks.into_iter().map(|(chunk, count)| (chunk.index(), count)).collect()
        };
        assert_eq!(counts(2), [(0, 2), (1, 1), (7, 1), (8, 1), (9, 1), (32_767, 1)]);
        assert_eq!(counts(3), [(0, 4), (1, 2), (4_095, 1)]);
        assert_eq!(counts(7), [(0, 7)]);
        assert!(Chunk::count([], 3).unwrap().is_empty());
    }
}
