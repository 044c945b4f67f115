//! The tree behind a registry's posts, made again of the changes that travel in them.
//!
//! Posts have hashes of leaves and nothing else: whoever follows them learns which positions are taken and what every root is of, and neither
//! keys nor identities.

use std::collections::BTreeMap;

use ark_ff::AdditiveGroup;
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::merkle::SparseTree;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAPACITY, EMPTY_LEAF, Position, RegistryRoot, TREE_DEPTH};

use super::registry::{ENROL, REPLACE, REVOKE};

/// A registry as its posts tell it.
#[derive(Debug, Clone)]
pub struct PostedTree {
    tree: SparseTree<TREE_DEPTH>,
    enrolled: u32,
    active: u32,
}

/// Changes that no registry makes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {wanted} at byte {at} of the changes, got {got}")]
pub struct ChangesError {
    /// Where they are wrong.
    pub at: usize,
    /// What is right there.
    pub wanted: &'static str,
    /// What came.
    pub got: String,
}

impl Default for PostedTree {
    fn default() -> Self {
        PostedTree::new()
    }
}

impl PostedTree {
    /// The tree before the first post.
    pub fn new() -> Self {
        PostedTree { tree: SparseTree::new(Domain::Node, EMPTY_LEAF), enrolled: 0, active: 0 }
    }

    /// Takes the changes of the next post, and hashes each node once.
    ///
    /// # Errors
    /// [`ChangesError`] with the first that is none; the tree is as it was then.
    pub fn apply(&mut self, changes: &[u8]) -> Result<(), ChangesError> {
        let mut next =
            Next { before: self, rest: changes, at: 0, set: BTreeMap::new(), enrolled: self.enrolled };
        let mut active = self.active;
        while let Some(&operation) = next.rest.first() {
            let start = next.at;
            next.take::<1>("a change")?;
            match operation {
                ENROL => active += next.enrol()?,
                REVOKE => {
                    let position = next.position()?;
                    next.set.insert(position, EMPTY_LEAF);
                    active -= 1;
                }
                REPLACE => next.replace()?,
                other => {
                    let (wanted, got) = ("1, 2 or 3 for a change", other.to_string());
                    return Err(ChangesError { at: start, wanted, got });
                }
            }
        }
        let Next { set, enrolled, .. } = next;
        self.tree.set_all(set);
        (self.enrolled, self.active) = (enrolled, active);
        Ok(())
    }

    /// Its root.
    pub fn root(&self) -> RegistryRoot {
        RegistryRoot::from_field(self.tree.root())
    }

    /// Devices that were ever enrolled.
    pub fn enrolled(&self) -> u32 {
        self.enrolled
    }

    /// Devices that were not taken out again.
    pub fn active(&self) -> u32 {
        self.active
    }
}

/// Changes while they are read.
struct Next<'a> {
    before: &'a PostedTree,
    rest: &'a [u8],
    at: usize,
    /// What becomes of positions.
    set: BTreeMap<u32, Fr>,
    enrolled: u32,
}

impl<'a> Next<'a> {
    fn take<const N: usize>(&mut self, wanted: &'static str) -> Result<[u8; N], ChangesError> {
        let Some((taken, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.wrong(wanted, format!("{} bytes, the last", self.rest.len())));
        };
        self.rest = rest;
        self.at += N;
        Ok(*taken)
    }

    fn wrong(&self, wanted: &'static str, got: String) -> ChangesError {
        ChangesError { at: self.at, wanted, got }
    }

    fn leaf(&mut self) -> Result<Fr, ChangesError> {
        let at = self.at;
        let bytes = self.take::<32>("32 bytes of a leaf")?;
        let wrong =
            |got: String| ChangesError { at, wanted: "a leaf, below the field's order and not 0", got };
        let leaf = field::from_be_bytes(&bytes).map_err(|error| wrong(error.to_string()))?;
        if leaf == Fr::ZERO { Err(wrong("0".to_owned())) } else { Ok(leaf) }
    }

    /// How many.
    fn enrol(&mut self) -> Result<u32, ChangesError> {
        let at = self.at;
        let count = u32::from(u16::from_be_bytes(self.take("the number of devices")?));
        if count == 0 || count > CAPACITY - self.enrolled {
            let wanted = "a number of devices, 1 or more, for which there is room";
            return Err(ChangesError { at, wanted, got: count.to_string() });
        }
        for _ in 0..count {
            let leaf = self.leaf()?;
            let position = Position::of_enrolment(self.enrolled)
                .map_err(|error| self.wrong("room for a device", error.to_string()))?;
            self.set.insert(position.get(), leaf);
            self.enrolled += 1;
        }
        Ok(count)
    }

    /// A position that has a device.
    fn position(&mut self) -> Result<u32, ChangesError> {
        let at = self.at;
        let [a, b, c] = self.take("three bytes of a position")?;
        let position = u32::from_be_bytes([0, a, b, c]);
        let is_taken = position < CAPACITY && {
            let leaf = self.set.get(&position).copied();
            leaf.unwrap_or_else(|| self.before.tree.node(0, position)) != EMPTY_LEAF
        };
        if !is_taken {
            let wanted = "the position of a device that is there";
            return Err(ChangesError { at, wanted, got: position.to_string() });
        }
        Ok(position)
    }

    fn replace(&mut self) -> Result<(), ChangesError> {
        let position = self.position()?;
        let leaf = self.leaf()?;
        self.set.insert(position, leaf);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
    use zksensor_model::reading::UnixMillis;
    use zksensor_model::registry::Registry;

    use super::*;
    use crate::feed::registry::Ops;

    fn leaf(seed: u16) -> Leaf {
        let mut bytes = [1; 32];
        bytes[..2].copy_from_slice(&seed.to_be_bytes());
        let identity = DeviceSecret::from_be_bytes(&[1; 32]).unwrap().identity();
        let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
        Leaf { key: *DeviceKey::from_seed(bytes).public(), identity, attributes }
    }

    fn enrolled(count: u16) -> (Registry, Vec<u8>) {
        let (mut registry, mut ops) = (Registry::new(), Ops::new());
        for seed in 0..count {
            registry.enrol(leaf(seed)).unwrap();
            ops.enrol(&leaf(seed));
        }
        (registry, ops.as_bytes().to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whatever a registry goes through, post after post.
        #[test]
        fn the_tree_is_that_of_the_registry(posts in prop::collection::vec(prop::collection::vec((0u8..4, any::<u16>()), 0..12), 1..5)) {
            let (mut registry, mut posted, mut next) = (Registry::new(), PostedTree::new(), 0);
            for changes in posts {
                let mut ops = Ops::new();
                for (kind, place) in changes {
                    let order = u32::from(place) % registry.enrolled().max(1);
                    let position = Position::of_enrolment(order).unwrap();
                    match kind {
                        2 if registry.revoke(position).is_ok() => ops.revoke(position),
                        3 if registry.replace(position, leaf(next)).is_ok() => {
                            ops.replace(position, &leaf(next));
                            next += 1;
                        }
                        _ => {
                            registry.enrol(leaf(next)).unwrap();
                            ops.enrol(&leaf(next));
                            next += 1;
                        }
                    }
                }
                posted.apply(ops.as_bytes()).unwrap();
                prop_assert_eq!(posted.root(), registry.root());
                prop_assert_eq!((posted.enrolled(), posted.active() as usize), (registry.enrolled(), registry.len()));
            }
        }
    }

    #[test]
    fn changes_that_no_registry_makes_are_refused_and_change_nothing() {
        let (_, mut bytes) = enrolled(3);
        let mut tree = PostedTree::new();
        // Cut anywhere: a part of a change is none.
        for length in 1..bytes.len() {
            let error = tree.apply(&bytes[..length]).unwrap_err();
            assert!(error.at <= length && error.got.ends_with("the last"), "{length}: {error}");
        }
        assert_eq!((tree.root(), tree.enrolled()), (PostedTree::new().root(), 0));
        tree.apply(&bytes).unwrap();
        let root = tree.root();
        let [_, place @ ..] = Position::of_enrolment(1).unwrap().get().to_be_bytes();
        let [_, free @ ..] = Position::of_enrolment(3).unwrap().get().to_be_bytes();
        let other = field::to_be_bytes(&leaf(9).hash());
        let r = [&[1, 0, 1][..], &[0xff; 32]].concat();
        let cases: [(&str, Vec<u8>, usize); 9] = [
            ("1, 2 or 3", vec![4], 0),
            ("1, 2 or 3", [&bytes[..], &[0]].concat(), bytes.len()),
            ("1 or more", vec![1, 0, 0], 1),
            ("not 0", [&[1, 0, 1][..], &[0; 32]].concat(), 3),
            ("below the field's order", r, 3),
            ("of a device that is there", [&[2][..], &free].concat(), 1),
            ("of a device that is there", vec![2, 0xff, 0xff, 0xff], 1),
            ("of a device that is there", [&[2][..], &place, &[2], &place].concat(), 5),
            ("of a device that is there", [&[2][..], &place, &[3], &place, &other].concat(), 5),
        ];
        for (wanted, changes, at) in cases {
            let error = tree.apply(&changes).unwrap_err();
            assert!(error.wanted.contains(wanted) && error.at == at, "{wanted} at {at}: {error}");
            assert_eq!((tree.root(), tree.enrolled(), tree.active()), (root, 3, 3));
        }
        // What one post enrols it may take out again.
        bytes = [&[1, 0, 1][..], &other, &[2], &free].concat();
        tree.apply(&bytes).unwrap();
        assert_eq!((tree.root(), tree.enrolled(), tree.active()), (root, 4, 3));
    }
}
