//! Why the registry refuses.

use alloc::boxed::Box;

use super::{CAPACITY, Chunk, Position, RegistryRoot};
use crate::primitives::eddsa::PublicKeyError;

/// Why a device, a position, a path or a snapshot is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Every position has been given out.
    #[error(
        "expected room for {wanted} more devices, but {enrolled} of {CAPACITY} positions have been given out"
    )]
    Full {
        /// Enrolments asked for.
        wanted: usize,
        /// Enrolments so far, revoked devices included.
        enrolled: u32,
    },
    /// A device with this key is registered.
    #[error("expected a key that is not registered, got the key of the device at position {position}")]
    KeyRegistered {
        /// Where the key is.
        position: Position,
    },
    /// The key was revoked or replaced.
    #[error("expected a new key, got one that was retired at position {position}; give the device a new key")]
    KeyRetired {
        /// Where the key was.
        position: Position,
    },
    /// No device was ever enrolled at the position.
    #[error("expected the position of a registered device, got {position}, which was never given out")]
    NotEnrolled {
        /// The position that came.
        position: Position,
    },
    /// The device at the position was revoked.
    #[error("expected the position of a registered device, got {position}, whose device was revoked")]
    Revoked {
        /// The position that came.
        position: Position,
    },
    /// The number is no position of the tree.
    #[error("expected a position below {CAPACITY}, got {position}")]
    PositionOutOfRange {
        /// The number that came.
        position: u32,
    },
    /// A chunk has 2 to 7 levels.
    #[error("expected a chunk of 2 to 7 levels, got {got}")]
    ChunkLevels {
        /// Levels that came.
        got: u8,
    },
    /// There are not so many chunks of these levels.
    #[error("expected a chunk below {chunks}, as many as there are of {levels} levels, got {got}")]
    ChunkIndex {
        /// Levels of the chunk.
        levels: u8,
        /// Chunks of so many levels.
        chunks: u32,
        /// The index that came.
        got: u32,
    },
    /// The path above a chunk has another length.
    #[error("expected a path of {wanted} levels above the chunk, got {got}")]
    ChunkPath {
        /// Levels of the tree above the chunk.
        wanted: usize,
        /// Levels that came.
        got: usize,
    },
    /// A device is not in the chunk.
    #[error("expected a position in {chunk}, got {position}")]
    OtherChunk {
        /// Where it was to be.
        chunk: Chunk,
        /// The position that came.
        position: Position,
    },
    /// A path does not lead from the leaf to the root.
    #[error(
        "expected a path to the root {wanted}, but from position {position} it leads to {got}; take the membership from the \
         registry again, with this release"
    )]
    WrongPath {
        /// Where the leaf is said to be.
        position: Position,
        /// The root that was to be reached.
        wanted: RegistryRoot,
        /// The root that was.
        got: RegistryRoot,
    },
    /// A key is none that may be registered.
    #[error(transparent)]
    Key {
        /// What is wrong with it.
        #[from]
        source: PublicKeyError,
    },
    /// A key comes twice in a batch.
    #[error("expected different keys, got that of device {first} of the batch again")]
    KeyRepeated {
        /// Index in the batch of the device that had the key first, from 0.
        first: usize,
    },
    /// A device of a batch is refused, and so the batch.
    #[error("device {index} of the batch: {reason}")]
    Batch {
        /// Index in the batch, from 0.
        index: usize,
        /// Why.
        #[source]
        reason: Box<RegistryError>,
    },
    /// A member of a snapshot, or its stated root, differs from the root of its cap.
    #[error("expected the root {wanted} of the cap, got {got}; take all parts from one registry at one time")]
    WrongRoot {
        /// The root of the cap.
        wanted: RegistryRoot,
        /// The root that came.
        got: RegistryRoot,
    },
    /// The members of a snapshot do not ascend by position.
    #[error("expected members in ascending order of position, got {position} after {previous}")]
    Unordered {
        /// The earlier member's position.
        previous: Position,
        /// The position that came.
        position: Position,
    },
}
