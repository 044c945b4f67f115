//! Files of mocks, which prove nothing. Each is of a kind of its own, which readers of keys and proofs refuse by name.
//!
//! ```text
//! reading-v2.MOCK.pk, .vk         the same key twice: where there are two of a proof system, there are two here
//! zksensor-mock-proof/v1          what a proof file says that it is
//! ```

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zksensor_mock::{MockKey, MockProof};
use zksensor_model::claim::StatementId;

use super::{FileError, Kind, Reason, Staged, disk};

/// A mock with what it is of.
pub type ProofFile = super::ProofFile<MockProof>;

/// The names of the files of a key: in the place of a proving key, and of a verifying key.
pub fn key_file_names(statement: &StatementId) -> [String; 2] {
    let id = statement.to_string().replace('/', "-");
    ["pk", "vk"].map(|extension| format!("{id}.MOCK.{extension}"))
}

/// Reads a key.
///
/// # Errors
/// [`FileError`] unless the file is exactly the key of a mock.
pub fn load_key(path: &Path) -> Result<MockKey, FileError> {
    disk::read(path, Kind::MockKey).map_err(|error| named(path, error)).and_then(|bytes| key(path, &bytes))
}

/// What is too large for the key of a mock is most often a key that proves, and is called that.
fn named(path: &Path, error: FileError) -> FileError {
    let Reason::TooLarge { kind: wanted, .. } = error.reason else {
        return error;
    };
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(Kind::HEAD).read_to_end(&mut head));
    match (read, Kind::of(&head)) {
        (Ok(_), got @ Some(_)) => FileError::new(path, Reason::Kind { wanted, got }),
        _ => error,
    }
}

/// The key of these bytes; `path` is named in errors.
///
/// # Errors
/// As [`load_key`].
pub fn key(path: &Path, bytes: &[u8]) -> Result<MockKey, FileError> {
    let (wanted, got) = (Kind::MockKey, Kind::of(bytes));
    if got != Some(wanted) {
        return Err(FileError::new(path, Reason::Kind { wanted, got }));
    }
    MockKey::from_bytes(bytes).map_err(|reason| FileError::new(path, Reason::MockKey { reason }))
}

/// Writes a key into an output that was started before.
///
/// # Errors
/// [`FileError`], as [`Staged::commit`].
pub fn write_key(mut staged: Staged, key: &MockKey) -> Result<(), FileError> {
    staged.put(&key.to_bytes())?;
    staged.commit()
}
