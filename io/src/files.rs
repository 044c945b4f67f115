//! Files: keys, registries, proofs, device keys, readings.
//!
//! Binary files (proving key, verifying key, registry) begin with a magic that says which they are, and carry the version of
//! their format, their length, a keccak256 digest and, for keys, the statement's id and whether the setup was insecure.
//! Text files are JSON with a `format`, their members in any order, and none twice or unknown. A file is read up to the limit of its [`Kind`] and refused unless it is exactly what
//! was expected; the error names the file, what was expected, what came and what to do. A file is written beside its place,
//! flushed to the disk and renamed ([`Staged`], of a whole folder [`StagedFolder`]): a reader never sees half of one, nor does anybody after a kill. A registry
//! is a journal to which changes are appended ([`RegistryFile`], [`RegistryWriter`]).
//!
//! The path `-` is the standard input or output; `./-` is a file of that name.
//!
//! The digests find accidents. Who can write a file can write its digest: trust keys by their id, registries by their root.

mod binary;
mod checked;
mod device;
mod disk;
mod error;
mod fence;
mod format;
mod frames;
#[cfg(feature = "halo2")]
pub mod halo2;
mod kind;
mod layout;
#[cfg(feature = "mock")]
pub mod mock;
mod opening;
mod parts;
mod proof;
mod readings;
mod registry;
mod seal;
pub(crate) mod text;

pub use binary::{
    key_file_name, load_proving_key, load_proving_key_once, load_verifying_key, save_proving_key,
    save_verifying_key, verifying_key, write_proving_key, write_verifying_key,
};
pub use checked::CheckedKeys;
pub use device::DeviceFile;
pub use disk::{
    Overwrite, Staged, StagedFolder, abandon_unfinished, open_places, open_table, read, read_secret,
    watch_steps, write,
};
pub use error::{FileError, Reason};
pub use fence::{FenceFile, FenceFileError};
pub use frames::{FramesReader, FramesWriter};
pub use kind::Kind;
pub use layout::{LayoutFile, PlacedField};
pub use opening::{OpeningError, OpeningFile};
pub use parts::{Part, PartsFile};
pub use proof::{FileProof, ProofFile, ProofFileError, ProofKeyError, show_field};
pub use readings::{ReadingsReader, ReadingsWriter};
pub use registry::{
    Change, Device, Journal, JournalError, JournalFault, Moment, RegistryFile, RegistryFileFailure,
    RegistryWriter, load_registry, registry_bytes, save_registry,
};
pub use seal::{SealFile, SealFileError};
#[cfg(feature = "geometry")]
pub use text::{load_fence, load_fence_document};
pub use text::{load_json, load_lines, load_policy, load_policy_document, load_schema, read_text};

#[cfg(test)]
mod tests;
