//! The inner nodes of a registry's tree, kept beside its journal so that a change costs the hashes of its path and not of
//! the whole tree.
//!
//! The file is `NAME.tree` beside the registry `NAME`. It says which state of the journal it is of, and is **never
//! trusted**: the root comes from the journal, leaves are hashed from the devices of the journal, and every node between is
//! used only after the nodes above it have been hashed up to that root. A file that is missing, old, damaged or made up
//! costs time and nothing else: the nodes are then computed from the devices.
//!
//! | bytes | what |
//! |---|---|
//! | 16 | `zksensor tree 1` and a newline |
//! | 32 | the last checksum of the journal, in the state that this is of |
//! | 28 | the number of nodes of each level, from the parents of leaves to the root, 4 each |
//! | 36 each | level by level, by index: index 4, node 32 |
//!
//! A node that is not there has no device below it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::merkle::{ARITY, DIGIT_BITS, digit, node_hash};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{EMPTY_LEAF, MembershipPath, RegistryRoot, TREE_DEPTH};

use super::record::SEAL;

pub(super) const MAGIC: &[u8; 16] = b"zksensor tree 1\n";
const NODE: usize = 4 + 32;

/// What a node without a device below it is, by level.
static EMPTY: LazyLock<[Fr; TREE_DEPTH + 1]> = LazyLock::new(|| {
    let mut nodes = [EMPTY_LEAF; TREE_DEPTH + 1];
    for level in 0..TREE_DEPTH {
        nodes[level + 1] = node_hash(Domain::Node, &[nodes[level]; ARITY]);
    }
    nodes
});

/// The root of a tree without a device.
pub(super) fn empty_root() -> Fr {
    EMPTY[TREE_DEPTH]
}

/// Nodes from a file, or computed, under those that have changed since.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    file: Vec<u8>,
    /// Where the nodes of each level begin in the file, and how many there are.
    levels: [(usize, usize); TREE_DEPTH],
    changed: [BTreeMap<u32, Fr>; TREE_DEPTH],
}

/// The most bytes of a file of nodes, of which every one has one of so many devices below it.
pub(super) fn largest(enrolled: u32) -> u64 {
    let heads = MAGIC.len() + SEAL + 4 * TREE_DEPTH;
    heads as u64 + u64::from(enrolled) * (TREE_DEPTH * NODE) as u64
}

impl Tree {
    /// The nodes in the bytes of a file, and the checksum of the journal that they are of; `None` if they are none.
    pub(super) fn from_bytes(file: Vec<u8>) -> Option<(Tree, [u8; SEAL])> {
        let rest = file.strip_prefix(MAGIC)?;
        let (seal, mut rest) = rest.split_first_chunk::<SEAL>()?;
        let (seal, mut levels) = (*seal, [(0, 0); TREE_DEPTH]);
        let mut start = MAGIC.len() + SEAL + 4 * TREE_DEPTH;
        for level in &mut levels {
            let (count, after) = rest.split_first_chunk::<4>()?;
            let count = u32::from_be_bytes(*count) as usize;
            *level = (start, count);
            start = start.checked_add(count.checked_mul(NODE)?)?;
            rest = after;
        }
        (start == file.len()).then(|| (Tree { file, levels, changed: Default::default() }, seal))
    }

    /// The bytes of a file with these nodes.
    pub(super) fn to_bytes(&self, seal: &[u8; SEAL]) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], seal, &[0; 4 * TREE_DEPTH]].concat();
        bytes.reserve(self.file.len() + self.changed.iter().map(BTreeMap::len).sum::<usize>() * NODE);
        for level in 0..TREE_DEPTH {
            let (mut changed, mut count) = (self.changed[level].iter().peekable(), 0u32);
            let mut put = |index: u32, node: &[u8]| {
                bytes.extend(index.to_be_bytes());
                bytes.extend(node);
                count += 1;
            };
            for node in self.nodes(level).chunks_exact(NODE) {
                let index = index_of(node);
                while let Some((index, node)) = changed.next_if(|(changed, _)| **changed < index) {
                    put(*index, &field::to_be_bytes(node));
                }
                match changed.next_if(|(changed, _)| **changed == index) {
                    Some((_, node)) => put(index, &field::to_be_bytes(node)),
                    None => put(index, &node[4..]),
                }
            }
            for (index, node) in changed {
                put(*index, &field::to_be_bytes(node));
            }
            let at = MAGIC.len() + SEAL + 4 * level;
            bytes[at..at + 4].copy_from_slice(&count.to_be_bytes());
        }
        bytes
    }

    fn nodes(&self, level: usize) -> &[u8] {
        let (start, count) = self.levels[level];
        &self.file[start..start + count * NODE]
    }

    /// A node of level 1 to 7, as it is written down. What is no field element is taken for 0, which is no node.
    fn node(&self, level: usize, index: u32) -> Fr {
        if let Some(node) = self.changed[level - 1].get(&index) {
            return *node;
        }
        let (nodes, _) = self.nodes(level - 1).as_chunks::<NODE>();
        match nodes.binary_search_by_key(&index, |node| index_of(node)) {
            Ok(found) => {
                let node = nodes[found][4..].try_into().expect("32 bytes");
                field::from_be_bytes(node).unwrap_or_default()
            }
            Err(_) => EMPTY[level],
        }
    }

    fn children(&self, level: usize, parent: u32, leaf: &impl Fn(u32) -> Fr) -> [Fr; ARITY] {
        let first = parent << DIGIT_BITS;
        std::array::from_fn(|child| {
            let index = first + u32::try_from(child).expect("one of eight");
            if level == 0 { leaf(index) } else { self.node(level, index) }
        })
    }

    /// Whether every node above these positions, and beside those, is one of the tree with this root and these leaves: each
    /// is hashed, from the leaves up.
    pub(super) fn holds(&self, root: Fr, positions: &[u32], leaf: impl Fn(u32) -> Fr) -> bool {
        let mut indices = positions.to_vec();
        for level in 0..TREE_DEPTH {
            go_up(&mut indices);
            let (above, below) = (EMPTY[level + 1], EMPTY[level]);
            let good = indices.iter().all(|parent| {
                let (children, node) = (self.children(level, *parent, &leaf), self.node(level + 1, *parent));
                // The digest of eight empty children is known.
                if children == [below; ARITY] {
                    node == above
                } else {
                    node == node_hash(Domain::Node, &children)
                }
            });
            if !good {
                return false;
            }
        }
        self.node(TREE_DEPTH, 0) == root
    }

    /// Hashes the nodes above these positions anew, from the leaves up: the root.
    pub(super) fn update(&mut self, positions: &[u32], leaf: impl Fn(u32) -> Fr) -> Fr {
        let mut indices = positions.to_vec();
        for level in 0..TREE_DEPTH {
            go_up(&mut indices);
            for parent in &indices {
                let node = node_hash(Domain::Node, &self.children(level, *parent, &leaf));
                self.changed[level].insert(*parent, node);
            }
        }
        self.node(TREE_DEPTH, 0)
    }

    /// The root, as it is written down.
    pub(super) fn root(&self) -> RegistryRoot {
        RegistryRoot::from_field(self.node(TREE_DEPTH, 0))
    }

    /// The path of a position, whose nodes [`holds`](Tree::holds) has found good.
    pub(super) fn path(&self, position: u32, leaf: impl Fn(u32) -> Fr) -> MembershipPath {
        MembershipPath {
            siblings: std::array::from_fn(|level| {
                let parent = position >> (DIGIT_BITS * (level + 1));
                let (children, digit) = (self.children(level, parent, &leaf), digit(position, level));
                std::array::from_fn(|index| children[index + usize::from(index >= digit)])
            }),
        }
    }
}

/// The parents of nodes, once each and in order.
fn go_up(indices: &mut Vec<u32>) {
    indices.iter_mut().for_each(|index| *index >>= DIGIT_BITS);
    indices.sort_unstable();
    indices.dedup();
}

fn index_of(node: &[u8]) -> u32 {
    u32::from_be_bytes(node[..4].try_into().expect("a node begins with its index"))
}
