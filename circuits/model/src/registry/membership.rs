//! What leaves the registry for those who prove: one device's membership, and an aggregator's snapshot.
//!
//! Both serialize (JSON: field elements as hexadecimal text) and both are checked when they come back: a value of these types
//! has paths that lead to its root. That the root is the one the contract holds is for the contract to say.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{CAP, Chunk, ChunkCap, MembershipPath, Position, RegistryError, RegistryRoot};
use crate::device::Leaf;
use crate::field::{self, Fr};
use crate::primitives::merkle::ARITY;

/// One device's place in the registry: its leaf, and the path from there to a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedMembership")]
pub struct DeviceMembership {
    pub(super) position: Position,
    pub(super) leaf: Leaf,
    pub(super) path: MembershipPath,
    pub(super) root: RegistryRoot,
}

impl DeviceMembership {
    /// The membership of `leaf` at `position` under `root`.
    ///
    /// # Errors
    /// [`RegistryError::WrongPath`] if `path` does not lead there.
    pub fn new(
        position: Position,
        leaf: Leaf,
        path: MembershipPath,
        root: RegistryRoot,
    ) -> Result<Self, RegistryError> {
        let came = path.registry_root(&leaf, position);
        if came != root {
            return Err(RegistryError::WrongPath { position, wanted: root, got: came });
        }
        Ok(DeviceMembership { position, leaf, path, root })
    }

    /// Where the device is.
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is registered there.
    pub fn leaf(&self) -> &Leaf {
        &self.leaf
    }

    /// From the leaf to the root.
    pub fn path(&self) -> &MembershipPath {
        &self.path
    }

    /// The root that the path leads to.
    pub fn root(&self) -> RegistryRoot {
        self.root
    }
}

/// Part of a registry at one root: the cap of a chunk, and the memberships of some of its devices.
///
/// An aggregate proves each member against the cap, and the cap against the root once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedSnapshot", into = "UncheckedSnapshot")]
pub struct Snapshot {
    root: RegistryRoot,
    cap: ChunkCap,
    members: Vec<DeviceMembership>,
}

impl Snapshot {
    /// The snapshot of `members`, in strictly ascending order of position, below `cap`.
    ///
    /// # Errors
    /// [`RegistryError::Unordered`]; [`RegistryError::OtherChunk`] or [`RegistryError::WrongRoot`] if a member is of another chunk
    /// or root than the cap.
    pub fn new(cap: ChunkCap, members: Vec<DeviceMembership>) -> Result<Self, RegistryError> {
        let (root, chunk) = (cap.root(), cap.chunk());
        for pair in members.windows(2) {
            let (previous, position) = (pair[0].position, pair[1].position);
            if previous >= position {
                return Err(RegistryError::Unordered { previous, position });
            }
        }
        if let Some(member) = members.iter().find(|member| chunk.offset(member.position).is_none()) {
            return Err(RegistryError::OtherChunk { chunk, position: member.position });
        }
        if let Some(member) = members.iter().find(|member| member.root != root) {
            return Err(RegistryError::WrongRoot { wanted: root, got: member.root });
        }
        Ok(Snapshot { root, cap, members })
    }

    /// The root above the cap.
    pub fn root(&self) -> RegistryRoot {
        self.root
    }

    /// What joins the chunk to the root.
    pub fn cap(&self) -> &ChunkCap {
        &self.cap
    }

    /// The devices, in ascending order of position.
    pub fn members(&self) -> &[DeviceMembership] {
        &self.members
    }

    /// The device at `position`, if it is among the members.
    pub fn member(&self, position: Position) -> Option<&DeviceMembership> {
        let index = self.members.binary_search_by_key(&position, |member| member.position).ok()?;
        Some(&self.members[index])
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UncheckedMembership {
    position: Position,
    leaf: Leaf,
    path: MembershipPath,
    root: RegistryRoot,
}

impl TryFrom<UncheckedMembership> for DeviceMembership {
    type Error = RegistryError;

    fn try_from(unchecked: UncheckedMembership) -> Result<Self, RegistryError> {
        DeviceMembership::new(unchecked.position, unchecked.leaf, unchecked.path, unchecked.root)
    }
}

/// Everything of a snapshot, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UncheckedSnapshot {
    root: RegistryRoot,
    chunk_levels: u8,
    chunk: u32,
    #[serde(with = "cap_as_text")]
    cap: Box<[Fr; CAP]>,
    #[serde(with = "siblings_as_text")]
    above: Vec<[Fr; ARITY - 1]>,
    members: Vec<DeviceMembership>,
}

impl From<Snapshot> for UncheckedSnapshot {
    fn from(Snapshot { root, cap, members }: Snapshot) -> Self {
        let (chunk_levels, chunk) = (cap.chunk().levels(), cap.chunk().index());
        let above = cap.siblings().to_vec();
        UncheckedSnapshot { root, chunk_levels, chunk, cap: Box::new(*cap.nodes()), above, members }
    }
}

impl TryFrom<UncheckedSnapshot> for Snapshot {
    type Error = RegistryError;

    fn try_from(unchecked: UncheckedSnapshot) -> Result<Self, RegistryError> {
        let chunk = Chunk::new(unchecked.chunk_levels, unchecked.chunk)?;
        let cap = ChunkCap::new(chunk, unchecked.cap, unchecked.above)?;
        let snapshot = Snapshot::new(cap, unchecked.members)?;
        if snapshot.root != unchecked.root {
            return Err(RegistryError::WrongRoot { wanted: snapshot.root, got: unchecked.root });
        }
        Ok(snapshot)
    }
}

/// The nodes of a cap as 64 hexadecimal texts.
mod cap_as_text {
    use alloc::boxed::Box;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{CAP, Fr, field};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(cap: &[Fr; CAP], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(cap.iter().map(field::to_hex))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Box<[Fr; CAP]>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let nodes = texts.iter().map(|text| field::parse_hex(text).map_err(D::Error::custom));
        let nodes: Vec<Fr> = nodes.collect::<Result<_, _>>()?;
        nodes.try_into().map_err(|nodes: Vec<Fr>| {
            D::Error::custom(format_args!("expected the {CAP} nodes of a cap, got {}", nodes.len()))
        })
    }
}

/// The siblings of each level as seven hexadecimal texts.
mod siblings_as_text {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{ARITY, Fr, field};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        levels: &[[Fr; ARITY - 1]],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(levels.iter().map(|level| level.each_ref().map(field::to_hex)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<[Fr; ARITY - 1]>, D::Error> {
        let levels = Vec::<[String; ARITY - 1]>::deserialize(deserializer)?;
        let read = |texts: [String; ARITY - 1]| {
            let mut siblings = [Fr::default(); ARITY - 1];
            for (sibling, text) in siblings.iter_mut().zip(&texts) {
                *sibling = field::parse_hex(text).map_err(D::Error::custom)?;
            }
            Ok(siblings)
        };
        levels.into_iter().map(read).collect()
    }
}
