//! The 8-ary Poseidon tree: node hash, path, and a sparse tree whose absent leaves are one given constant.
//!
//! The registry uses it with [`Domain::Node`] and 7 levels, a fence with
//! [`Domain::Fence`] and 4. Level 0 are the leaves, level `DEPTH` is the root. The digit
//! of a position at level j, `(position >> 3j) & 7`, says which child of its parent the node on the way up is.
//!
//! ```
//! use zksensor_model::field::Fr;
//! use zksensor_model::primitives::{merkle::SparseTree, poseidon::Domain};
//! let mut tree = SparseTree::<4>::new(Domain::Fence, Fr::from(0u64));
//! tree.set(9, Fr::from(5u64));
//! assert_eq!(tree.path(9).root(Domain::Fence, Fr::from(5u64), 9), tree.root());
//! ```

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::poseidon::{self, Domain};
use crate::field::{self, Fr};

#[cfg(test)]
mod tests;

/// Children of a node.
pub const ARITY: usize = 8;

/// Bits of a position that one level consumes: log2 of [`ARITY`].
pub const DIGIT_BITS: usize = 3;

/// The hash of a node: Poseidon of its children in index order.
pub fn node_hash(domain: Domain, children: &[Fr; ARITY]) -> Fr {
    poseidon::hash(domain, children)
}

/// The root above nodes, whose number is a power of eight.
///
/// # Panics
/// If it is not.
pub fn root_of(domain: Domain, nodes: &[Fr]) -> Fr {
    let mut layer = nodes.to_vec();
    while layer.len() > 1 {
        let (families, []) = layer.as_chunks::<ARITY>() else {
            panic!("a tree has a power of eight nodes, got {}", nodes.len());
        };
        layer = families.iter().map(|children| node_hash(domain, children)).collect();
    }
    *layer.first().expect("a tree has a node")
}

/// Eight children: `current` at index `digit`, the seven siblings around it.
///
/// # Panics
/// If `digit` is not below 8.
pub fn place(siblings: &[Fr; ARITY - 1], current: Fr, digit: usize) -> [Fr; ARITY] {
    assert!(digit < ARITY, "a digit is below {ARITY}, got {digit}");
    core::array::from_fn(|index| match index.cmp(&digit) {
        core::cmp::Ordering::Less => siblings[index],
        core::cmp::Ordering::Equal => current,
        core::cmp::Ordering::Greater => siblings[index - 1],
    })
}

/// Which child (0 to 7) of its parent the ancestor of leaf `position` at `level` is; level 0 is the leaf itself.
///
/// # Panics
/// If `level` is above 9: a position has 30 bits at most.
pub fn digit(position: u32, level: usize) -> usize {
    assert!(level < MAX_DEPTH, "a tree has at most {MAX_DEPTH} levels, got level {level}");
    (position >> (DIGIT_BITS * level)) as usize % ARITY
}

/// What joins a leaf to the root: at each level the seven other children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MerklePath<const DEPTH: usize> {
    /// At level j (0 = leaves) the children of the ancestor at level j + 1 except the one on the path, in index order.
    pub siblings: [[Fr; ARITY - 1]; DEPTH],
}

impl<const DEPTH: usize> MerklePath<DEPTH> {
    /// The root that the path leads to from `leaf` at `position`.
    ///
    /// # Panics
    /// If `position` is not below 8^`DEPTH`: it would name the same leaf as its low bits do.
    pub fn root(&self, domain: Domain, leaf: Fr, position: u32) -> Fr {
        self.ancestor(domain, leaf, position, DEPTH)
    }

    /// The node that the path leads to `levels` levels above `leaf`; 0 levels are the leaf itself.
    ///
    /// # Panics
    /// If `position` is not below 8^`DEPTH`, or `levels` exceeds `DEPTH`.
    pub fn ancestor(&self, domain: Domain, leaf: Fr, position: u32, levels: usize) -> Fr {
        assert_in_range::<DEPTH>(position);
        (0..levels).fold(leaf, |current, level| {
            node_hash(domain, &self.children(level, current, digit(position, level)))
        })
    }

    /// The [children](Self::children) of the first levels, from the leaf up: what a circuit is given.
    ///
    /// # Panics
    /// If `position` is not below 8^`DEPTH`, or there are more levels than `DEPTH`.
    pub fn levels<const LEVELS: usize>(
        &self,
        domain: Domain,
        leaf: Fr,
        position: u32,
    ) -> [[Fr; ARITY]; LEVELS] {
        let levels = self.first_levels(domain, leaf, position, LEVELS);
        levels.try_into().expect("as many levels as were asked for")
    }

    /// As [`levels`](Self::levels), of so many levels.
    ///
    /// # Panics
    /// As [`levels`](Self::levels).
    pub fn first_levels(&self, domain: Domain, leaf: Fr, position: u32, levels: usize) -> Vec<[Fr; ARITY]> {
        assert_in_range::<DEPTH>(position);
        let mut above = Vec::with_capacity(levels);
        for level in 0..levels {
            let node = above.last().map_or(leaf, |children| node_hash(domain, children));
            above.push(self.children(level, node, digit(position, level)));
        }
        above
    }

    /// The eight nodes at `level` whose parent is on the path: `current` at index `digit`, the siblings around it.
    ///
    /// # Panics
    /// If `level` is not below `DEPTH`, or `digit` not below 8.
    pub fn children(&self, level: usize, current: Fr, digit: usize) -> [Fr; ARITY] {
        place(&self.siblings[level], current, digit)
    }
}

/// An array per level, each of seven field elements as hexadecimal text.
impl<const DEPTH: usize> Serialize for MerklePath<DEPTH> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.siblings.iter().map(|level| level.each_ref().map(field::to_hex)))
    }
}

impl<'de, const DEPTH: usize> Deserialize<'de> for MerklePath<DEPTH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let levels = Vec::<[String; ARITY - 1]>::deserialize(deserializer)?;
        if levels.len() != DEPTH {
            let came = levels.len();
            return Err(D::Error::custom(format_args!("expected a path of {DEPTH} levels, got {came}")));
        }
        let mut path = MerklePath { siblings: [[Fr::default(); ARITY - 1]; DEPTH] };
        for (siblings, texts) in path.siblings.iter_mut().zip(&levels) {
            for (sibling, text) in siblings.iter_mut().zip(texts) {
                *sibling = field::parse_hex(text).map_err(D::Error::custom)?;
            }
        }
        Ok(path)
    }
}

/// A tree of 8^`DEPTH` leaves, all of them `absent` until set.
///
/// The tree is always up to date: [`set_all`](Self::set_all) writes the leaves first and then hashes every changed node
/// once, level by level. Nodes are stored when they are written, each by itself, at some 55 bytes: a full tree costs about 60
/// bytes a leaf, an almost empty one 400, and what is allocated is in proportion to the leaves.
#[derive(Debug, Clone)]
pub struct SparseTree<const DEPTH: usize> {
    domain: Domain,
    levels: Vec<Level>,
}

impl<const DEPTH: usize> SparseTree<DEPTH> {
    /// Number of leaves, 8^`DEPTH`.
    pub const CAPACITY: u32 = {
        assert!(DEPTH >= 1 && DEPTH <= MAX_DEPTH, "a tree has 1 to 10 levels");
        1 << (DIGIT_BITS * DEPTH)
    };

    /// The tree whose leaves are all `absent`; node hashes are taken in `domain`.
    pub fn new(domain: Domain, absent: Fr) -> Self {
        let mut empty = absent;
        let levels = (0..=DEPTH).map(|level| {
            if level > 0 {
                empty = node_hash(domain, &[empty; ARITY]);
            }
            Level::new(Self::CAPACITY >> (DIGIT_BITS * level), empty)
        });
        SparseTree { domain, levels: levels.collect() }
    }

    /// Sets one leaf: `DEPTH` hashes.
    ///
    /// # Panics
    /// If `position` is not below [`CAPACITY`](Self::CAPACITY).
    pub fn set(&mut self, position: u32, leaf: Fr) {
        self.set_all([(position, leaf)]);
    }

    /// Sets many leaves, the last one winning where a position comes twice; every changed node is hashed once.
    ///
    /// # Panics
    /// If a position is not below [`CAPACITY`](Self::CAPACITY).
    pub fn set_all(&mut self, leaves: impl IntoIterator<Item = (u32, Fr)>) {
        let mut changed: Vec<u32> = Vec::new();
        for (position, leaf) in leaves {
            assert_in_range::<DEPTH>(position);
            self.levels[0].set(position, leaf);
            changed.push(position);
        }
        changed.sort_unstable();
        for level in 0..DEPTH {
            changed.iter_mut().for_each(|index| *index >>= DIGIT_BITS);
            changed.dedup();
            let (below, above) = self.levels.split_at_mut(level + 1);
            for &parent in &changed {
                above[0].set(parent, node_hash(self.domain, &below[level].children(parent)));
            }
        }
    }

    /// The root.
    pub fn root(&self) -> Fr {
        self.node(DEPTH, 0)
    }

    /// Node `index` of `level`: level 0 are the leaves, level `DEPTH` has the root alone.
    ///
    /// # Panics
    /// If `level` exceeds `DEPTH`, or `index` is not below 8^(`DEPTH` - `level`).
    pub fn node(&self, level: usize, index: u32) -> Fr {
        self.levels[level].get(index)
    }

    /// The path of the leaf at `position`, set or absent.
    ///
    /// # Panics
    /// If `position` is not below [`CAPACITY`](Self::CAPACITY).
    pub fn path(&self, position: u32) -> MerklePath<DEPTH> {
        assert_in_range::<DEPTH>(position);
        MerklePath {
            siblings: core::array::from_fn(|level| {
                let children = self.levels[level].children(position >> (DIGIT_BITS * (level + 1)));
                let digit = digit(position, level);
                core::array::from_fn(|index| children[index + usize::from(index >= digit)])
            }),
        }
    }
}

/// The most levels, so that a position fits u32.
pub const MAX_DEPTH: usize = 10;

fn assert_in_range<const DEPTH: usize>(position: u32) {
    let capacity = SparseTree::<DEPTH>::CAPACITY;
    assert!(
        position < capacity,
        "positions of a tree of {DEPTH} levels are below {capacity}, got {position}"
    );
}

/// The nodes of one level; one that is not there is `empty`.
#[derive(Debug, Clone)]
struct Level {
    nodes: u32,
    empty: Fr,
    written: BTreeMap<u32, Fr>,
}

impl Level {
    fn new(nodes: u32, empty: Fr) -> Self {
        Level { nodes, empty, written: BTreeMap::new() }
    }

    fn get(&self, index: u32) -> Fr {
        assert!(index < self.nodes, "the level has {} nodes, got index {index}", self.nodes);
        self.written.get(&index).copied().unwrap_or(self.empty)
    }

    fn set(&mut self, index: u32, node: Fr) {
        self.written.insert(index, node);
    }

    fn children(&self, parent: u32) -> [Fr; ARITY] {
        let first = parent << DIGIT_BITS;
        let mut children = [self.empty; ARITY];
        for (index, node) in self.written.range(first..first + ARITY as u32) {
            children[(index - first) as usize] = *node;
        }
        children
    }
}
