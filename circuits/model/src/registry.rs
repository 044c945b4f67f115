//! The registry: which device keys count, as an 8-ary Poseidon tree of their leaves.
//!
//! Specified in DESIGN.md section 4. A leaf is Poseidon\[leaf\](Ax, Ay, identity, class, expiry, owner); the tree has 7 levels, 2^21
//! positions. A position without a device holds 0, and so does a revoked one: no proof exists for it, because a prover
//! shows a leaf as a Poseidon digest under the leaf tag, and a preimage of 0 is not known.
//!
//! * **A key is registered once**, for ever. A key that was revoked or replaced does not come back: whoever took it out had
//!   a reason (lost, extracted), and one key has one history. A device that returns gets a new key.
//! * **A position belongs to one device.** Replacing a leaf (new key, new secret, new attributes) keeps it, revoking empties
//!   it, and it is not given out again: what an old root says about a position is then never about somebody else's device.
//!   So a registry takes 2^21 enrolments in its life.
//! * Positions come from the enrolment counter, in stages that are permuted each: [`Position`].
//!
//! The tree is always up to date. Enrolling one by one costs 8 hashes a device; [`Registry::enrol_all`] hashes shared nodes
//! once.
//!
//! ```
//! use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
//! use zksensor_model::reading::UnixMillis;
//! use zksensor_model::registry::Registry;
//!
//! let leaf = Leaf {
//!     key: *DeviceKey::from_seed([1; 32]).public(),
//!     identity: DeviceSecret::from_be_bytes(&[2; 32])?.identity(),
//!     attributes: Attributes { class: 3, expiry: UnixMillis::MAX, owner: 7 },
//! };
//! let mut registry = Registry::new();
//! let position = registry.enrol(leaf)?;
//! let path = registry.prove(position)?;
//! assert_eq!(path.registry_root(&leaf, position), registry.root());
//! assert!(registry.enrol(leaf).is_err()); // a key is registered once
//! assert_eq!(Registry::read_from(&registry.to_bytes())?.root(), registry.root());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, btree_map};
use alloc::vec::Vec;

use ark_ff::{BigInt, PrimeField};

use crate::device::Leaf;
use crate::element::element_types;
use crate::field::Fr;
use crate::primitives::eddsa::PublicKey;
use crate::primitives::merkle::{ARITY, DIGIT_BITS, MerklePath, SparseTree};
use crate::primitives::poseidon::Domain;

pub use chunk::{Chunk, ChunkCap};
pub use error::RegistryError;
pub use file::{FILE_VERSION, JOURNAL_VERSION, RegistryFileError, other_version};
pub use membership::{DeviceMembership, Snapshot};
pub use position::Position;
pub use prime_order::check_all as check_keys;

mod chunk;
mod error;
mod file;
mod membership;
mod position;
mod prime_order;
#[cfg(test)]
mod tests;

/// Levels of the registry tree.
pub const TREE_DEPTH: usize = 7;

/// Positions of the tree, 2^21: the enrolments of a registry's life.
pub const CAPACITY: u32 = 1 << (DIGIT_BITS * TREE_DEPTH);

/// Nodes of a cap: those two levels below the root of a chunk.
pub const CAP: usize = ARITY * ARITY;

/// What a position without a device holds.
pub const EMPTY_LEAF: Fr = <Fr as ark_ff::AdditiveGroup>::ZERO;

/// The seven times seven siblings that join a device's leaf to the registry root.
pub type MembershipPath = MerklePath<TREE_DEPTH>;

element_types! {
    /// The root of the registry tree: what a contract stores and a proof names.
    pub struct RegistryRoot;
}

impl MembershipPath {
    /// The registry root that the path leads to from `leaf` at `position`.
    pub fn registry_root(&self, leaf: &Leaf, position: Position) -> RegistryRoot {
        RegistryRoot(self.root(Domain::Node, leaf.hash(), position.get()))
    }
}

/// The devices of a network and the tree over them.
///
/// 300 to 800 bytes a device, the more the emptier the tree: 2^21 devices take two thirds of a gigabyte.
#[derive(Debug, Clone)]
pub struct Registry {
    tree: SparseTree<TREE_DEPTH>,
    /// In the order of enrolment.
    entries: Vec<Entry>,
    /// Keys that were replaced, in the order of replacement. A revoked key stays in its entry.
    replaced: Vec<(Position, PublicKey)>,
    /// Every key that was ever registered, by x: in the subgroup of prime order x determines the point, because (x, -y)
    /// differs from the inverse (-x, y) by the point (0, -1) of order two. Ordered, not hashed: keys come from files of
    /// others, who could choose them to collide.
    keys: BTreeMap<BigInt<4>, Position>,
    active: usize,
}

/// One enrolment: the leaf, and whether the device was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The last leaf of the device.
    pub leaf: Leaf,
    /// Whether it was taken out.
    pub revoked: bool,
}

/// One enrolment. A revoked device keeps its last leaf, for the record.
#[derive(Debug, Clone, Copy)]
struct Entry {
    leaf: Leaf,
    revoked: bool,
}

impl Default for Registry {
    fn default() -> Self {
        Registry::new()
    }
}

impl Registry {
    /// A registry without devices.
    pub fn new() -> Self {
        Registry {
            tree: SparseTree::new(Domain::Node, EMPTY_LEAF),
            entries: Vec::new(),
            replaced: Vec::new(),
            keys: BTreeMap::new(),
            active: 0,
        }
    }

    /// Registers a device at the next position.
    ///
    /// # Errors
    /// [`RegistryError::Full`]; [`RegistryError::Key`] if the key is not of prime order; [`RegistryError::KeyRegistered`] or
    /// [`RegistryError::KeyRetired`] if it was ever here.
    pub fn enrol(&mut self, leaf: Leaf) -> Result<Position, RegistryError> {
        match self.enrol_all([leaf]) {
            Ok(positions) => Ok(positions[0]),
            Err(RegistryError::Batch { reason, .. }) => Err(*reason),
            Err(refusal) => Err(refusal),
        }
    }

    /// Registers many devices, all or none, and returns their positions in the same order.
    ///
    /// # Errors
    /// [`RegistryError::Full`], or [`RegistryError::Batch`] with the first device refused and why: an error of
    /// [`Registry::enrol`], or [`RegistryError::KeyRepeated`].
    pub fn enrol_all(
        &mut self,
        leaves: impl IntoIterator<Item = Leaf>,
    ) -> Result<Vec<Position>, RegistryError> {
        let leaves: Vec<Leaf> = leaves.into_iter().collect();
        let (first, wanted) = (self.enrolled(), leaves.len());
        if wanted > (CAPACITY - first) as usize {
            return Err(RegistryError::Full { wanted, enrolled: first });
        }
        let positions: Vec<Position> = (first..CAPACITY).map(Position::of_order).take(wanted).collect();
        self.claim_all(&leaves, &positions)?;
        self.tree
            .set_all(positions.iter().zip(&leaves).map(|(position, leaf)| (position.get(), leaf.hash())));
        self.active += leaves.len();
        self.entries.extend(leaves.into_iter().map(|leaf| Entry { leaf, revoked: false }));
        Ok(positions)
    }

    /// Puts `leaf` in the place of the device at `position`. If its key is new, the old key is retired.
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`] or [`RegistryError::Revoked`] for the position; [`RegistryError::Key`],
    /// [`RegistryError::KeyRegistered`] or [`RegistryError::KeyRetired`] for a key that is not the present one of this
    /// position.
    pub fn replace(&mut self, position: Position, leaf: Leaf) -> Result<(), RegistryError> {
        let old = self.active(position)?.key;
        if old != leaf.key {
            PublicKey::new(*leaf.key.point())?;
            self.claim(&leaf.key, position)?;
            self.replaced.push((position, old));
        }
        self.entries[position.order() as usize].leaf = leaf;
        self.tree.set(position.get(), leaf.hash());
        Ok(())
    }

    /// Takes the device at `position` out for good: its key is retired and its position stays empty.
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`] or [`RegistryError::Revoked`].
    pub fn revoke(&mut self, position: Position) -> Result<(), RegistryError> {
        self.active(position)?;
        self.entries[position.order() as usize].revoked = true;
        self.active -= 1;
        self.tree.set(position.get(), EMPTY_LEAF);
        Ok(())
    }

    /// The path that proves the device at `position` against [`Registry::root`].
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`] or [`RegistryError::Revoked`].
    pub fn prove(&self, position: Position) -> Result<MembershipPath, RegistryError> {
        self.active(position)?;
        Ok(self.tree.path(position.get()))
    }

    /// What the device's own node needs to prove with: its leaf, path and root.
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`] or [`RegistryError::Revoked`].
    pub fn membership(&self, position: Position) -> Result<DeviceMembership, RegistryError> {
        let leaf = *self.active(position)?;
        Ok(DeviceMembership { position, leaf, path: self.tree.path(position.get()), root: self.root() })
    }

    /// What an aggregator needs to prove with: the cap of a chunk, and the memberships of `positions` in it, in ascending order.
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`], [`RegistryError::Revoked`] or [`RegistryError::OtherChunk`] for any of them.
    pub fn snapshot(
        &self,
        chunk: Chunk,
        positions: impl IntoIterator<Item = Position>,
    ) -> Result<Snapshot, RegistryError> {
        let mut positions: Vec<Position> = positions.into_iter().collect();
        positions.sort_unstable();
        positions.dedup();
        let members = positions.into_iter().map(|position| self.membership(position));
        Snapshot::new(self.cap(chunk), members.collect::<Result<_, _>>()?)
    }

    /// The root of the tree.
    pub fn root(&self) -> RegistryRoot {
        RegistryRoot(self.tree.root())
    }

    /// What joins the devices of a chunk to the root.
    pub fn cap(&self, chunk: Chunk) -> ChunkCap {
        let first = chunk.index() * CAP as u32;
        let node = |index: usize| self.tree.node(chunk.levels_below_cap(), first + index as u32);
        let path = self.tree.path(chunk.index() * chunk.positions());
        let siblings = path.siblings[usize::from(chunk.levels())..].to_vec();
        ChunkCap::new(chunk, Box::new(core::array::from_fn(node)), siblings)
            .expect("a path of the tree has the levels above a chunk")
    }

    /// Where the device with this key is; `None` if the key is unknown or retired.
    pub fn position_of(&self, key: &PublicKey) -> Option<Position> {
        let position = *self.keys.get(&index_of(key))?;
        self.leaf(position).filter(|leaf| leaf.key == *key).map(|_| position)
    }

    /// The leaf of the device at `position`; `None` if there is none or it was revoked.
    pub fn leaf(&self, position: Position) -> Option<&Leaf> {
        self.active(position).ok()
    }

    /// Number of registered devices, without the revoked ones.
    pub fn len(&self) -> usize {
        self.active
    }

    /// Whether no device is registered.
    pub fn is_empty(&self) -> bool {
        self.active == 0
    }

    /// Number of enrolments so far, revoked devices included: the counter behind the next position.
    pub fn enrolled(&self) -> u32 {
        u32::try_from(self.entries.len()).expect("at most 2^21 entries")
    }

    /// The registered devices in the order of enrolment.
    pub fn iter(&self) -> impl Iterator<Item = (Position, &Leaf)> {
        let entries = (0..).zip(&self.entries).filter(|(_, entry)| !entry.revoked);
        entries.map(|(order, entry)| (Position::of_order(order), &entry.leaf))
    }

    /// The chunks of so many levels that have a registered device, with the number of their devices.
    ///
    /// # Errors
    /// [`RegistryError::ChunkLevels`].
    pub fn chunks(&self, levels: u8) -> Result<BTreeMap<Chunk, usize>, RegistryError> {
        Chunk::count(self.iter().map(|(position, _)| position), levels)
    }

    /// Every enrolment in order, revoked ones with their last leaf: the records of [`Registry::restore`].
    pub fn records(&self) -> impl Iterator<Item = Record> {
        self.entries.iter().map(|entry| Record { leaf: entry.leaf, revoked: entry.revoked })
    }

    /// The keys that were replaced, with their positions, in order.
    pub fn replaced(&self) -> &[(Position, PublicKey)] {
        &self.replaced
    }

    /// The registry of these enrolments and replaced keys, as it was written down. Everything that enrolling checks is
    /// checked.
    ///
    /// # Errors
    /// [`RegistryFileError`] if no registry has them.
    pub fn restore(
        records: impl IntoIterator<Item = Record>,
        replaced: Vec<(Position, PublicKey)>,
    ) -> Result<Registry, RegistryFileError> {
        let entries = records.into_iter().map(|Record { leaf, revoked }| Entry { leaf, revoked });
        file::rebuild(entries.collect(), replaced)
    }

    /// The leaf at `position`, or why there is none.
    fn active(&self, position: Position) -> Result<&Leaf, RegistryError> {
        match self.entries.get(position.order() as usize) {
            None => Err(RegistryError::NotEnrolled { position }),
            Some(Entry { revoked: true, .. }) => Err(RegistryError::Revoked { position }),
            Some(entry) => Ok(&entry.leaf),
        }
    }

    /// Checks and records the keys of a batch, all or none.
    fn claim_all(&mut self, leaves: &[Leaf], positions: &[Position]) -> Result<(), RegistryError> {
        let in_batch = |index, reason| RegistryError::Batch { index, reason: Box::new(reason) };
        let keys: Vec<PublicKey> = leaves.iter().map(|leaf| leaf.key).collect();
        prime_order::check_all(&keys).map_err(|(index, fault)| in_batch(index, fault.into()))?;
        for (index, (key, &position)) in keys.iter().zip(positions).enumerate() {
            if let Err(refusal) = self.claim(key, position) {
                for key in &keys[..index] {
                    self.keys.remove(&index_of(key));
                }
                return Err(in_batch(index, refusal));
            }
        }
        Ok(())
    }

    /// Records `key`, which is of prime order, as used at `position`, unless it ever was used.
    fn claim(&mut self, key: &PublicKey, position: Position) -> Result<(), RegistryError> {
        match self.keys.entry(index_of(key)) {
            btree_map::Entry::Vacant(vacant) => {
                vacant.insert(position);
                Ok(())
            }
            btree_map::Entry::Occupied(holder) => {
                let position = *holder.get();
                Err(self.refusal(key, position))
            }
        }
    }

    /// Why `key`, known at `position`, is not taken again.
    fn refusal(&self, key: &PublicKey, position: Position) -> RegistryError {
        let order = position.order() as usize;
        match self.entries.get(order) {
            None => RegistryError::KeyRepeated { first: order - self.entries.len() },
            Some(entry) if !entry.revoked && entry.leaf.key == *key => {
                RegistryError::KeyRegistered { position }
            }
            Some(_) => RegistryError::KeyRetired { position },
        }
    }
}

/// What [`Registry::keys`] is indexed by.
fn index_of(key: &PublicKey) -> BigInt<4> {
    key.point().x.into_bigint()
}
