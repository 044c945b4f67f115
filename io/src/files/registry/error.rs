//! Why a registry file is refused, or a change of it.

use zksensor_model::field::FieldError;
use zksensor_model::reading::ReadingError;
use zksensor_model::registry::{CAPACITY, RegistryError, RegistryFileError, RegistryRoot, other_version};

use super::super::FileError;
use super::record::VERSION;

/// What is wrong with a journal, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {record}, at byte {at}: {reason}")]
#[non_exhaustive]
pub struct JournalError {
    /// Number of the record, from 1; 0 is the head of the file.
    pub record: u64,
    /// Where it begins in the file.
    pub at: u64,
    /// What is wrong.
    pub reason: JournalFault,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalFault {
    /// The file does not begin like a registry.
    #[error("expected a file that begins with `zksensor registry`; is this a registry file?")]
    Magic,
    /// A format that this program does not know.
    #[error("expected version {VERSION}, got version {got}; {}", other_version(*got))]
    Version {
        /// The version that came.
        got: u16,
    },
    /// The length and its complement do not belong together.
    #[error(
        "expected a length and its complement, got {length:#010x} and {complement:#010x}; the file is damaged"
    )]
    Length {
        /// The length.
        length: u32,
        /// What stands in the place of its complement.
        complement: u32,
    },
    /// The record is not what was written, or not after what was written before it.
    #[error("expected the checksum {wanted}, got {got}; the file is damaged")]
    Checksum {
        /// The checksum of the record after those before it.
        wanted: String,
        /// The checksum in the file.
        got: String,
    },
    /// A change ends before it is whole.
    #[error("expected a change of {wanted} more bytes, got {got}")]
    Short {
        /// Bytes wanted.
        wanted: u64,
        /// Bytes left in the record.
        got: u64,
    },
    /// No change is of this kind.
    #[error("expected a change of kind 1 to 4, got {got}")]
    Kind {
        /// The kind that came.
        got: u8,
    },
    /// A record without a change, or a change of nothing.
    #[error("expected at least one change of at least one device, got none")]
    Nothing,
    /// A registry of before is taken over anywhere but at the beginning.
    #[error("expected what was taken over at the beginning, got it after other changes")]
    NotFirst,
    /// Time goes back.
    #[error("expected a time of at least {wanted} ms, when the change before was made, got {got} ms")]
    Time {
        /// The time of the change before.
        wanted: u64,
        /// The time that came.
        got: u64,
    },
    /// The state of a device that was taken over is neither 0 nor 1.
    #[error("expected state 0 (registered) or 1 (revoked), got {got}")]
    State {
        /// The state that came.
        got: u8,
    },
    /// More devices than positions.
    #[error("expected at most {CAPACITY} enrolments, got {got}")]
    TooMany {
        /// How many came.
        got: u64,
    },
    /// A coordinate, an identity or a root is not a field element.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A time is out of range.
    #[error(transparent)]
    Expiry(#[from] ReadingError),
    /// The registry refuses the change.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The devices are none that a registry can have.
    #[error(transparent)]
    Restore(#[from] RegistryFileError),
    /// The root that is written down is not that of the devices.
    #[error("expected the root {wanted} of the devices, got {got}")]
    Root {
        /// The root of the devices.
        wanted: RegistryRoot,
        /// The root in the journal.
        got: RegistryRoot,
    },
}

/// Why a registry was not read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryFileFailure {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What was asked for.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}
