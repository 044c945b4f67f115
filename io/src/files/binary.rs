//! Keys: their own canonical bytes, in a file.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use zksensor_model::claim::StatementId;
use zksensor_prover::{ProveError, ProvingKey};
use zksensor_verifier::{KeyError, VerifyingKey};

use super::checked::CheckedKeys;
use super::disk::{self, Overwrite};
use super::{FileError, Kind, Reason, Staged};

/// The name of a key file: `aggregate-v2-64x32x3.INSECURE.pk` for an insecure proving key, `reading-v2.vk` for a verifying key of a ceremony,
/// `reading-v2.halo2.vk` for one of halo2. `None` for a kind that is no key.
pub fn key_file_name(statement: &StatementId, insecure: bool, kind: Kind) -> Option<String> {
    let (system, extension) = match kind {
        Kind::ProvingKey => ("", "pk"),
        Kind::VerifyingKey => ("", "vk"),
        Kind::Halo2ProvingKey => (".halo2", "pk"),
        Kind::Halo2VerifyingKey => (".halo2", "vk"),
        _ => return None,
    };
    let mark = if insecure { ".INSECURE" } else { "" };
    Some(format!("{}{system}{mark}.{extension}", statement.to_string().replace('/', "-")))
}

/// Reads a proving key. Every point is checked, which takes seconds for a large key.
///
/// # Errors
/// [`FileError`] unless the file is exactly a proving key.
pub fn load_proving_key(path: &Path) -> Result<ProvingKey, FileError> {
    load_proving_key_once(path, &CheckedKeys::none())
}

/// As [`load_proving_key`], but the slowest check, of the order of the points of G2, is left out for a file that is among
/// `checked`; one that passes is noted there. What is read is hashed each time, so that another file never passes for it.
///
/// # Errors
/// As [`load_proving_key`]; none if the note cannot be read or written.
pub fn load_proving_key_once(path: &Path, checked: &CheckedKeys) -> Result<ProvingKey, FileError> {
    let kind = Kind::ProvingKey;
    let read = match disk::open(path, kind)? {
        Some((file, length)) => ProvingKey::read_checked_before(file, length, |digest| checked.has(digest))
            .map(|(key, digest)| {
                checked.add(&digest);
                key
            }),
        // What is no regular file has no length.
        None => ProvingKey::from_bytes(&load(path, kind)?),
    };
    read.map_err(|reason| match reason {
        ProveError::KeyRead { kind: source } => {
            FileError::new(path, Reason::System { action: "read", kind, source: source.into() })
        }
        reason => FileError::new(path, Reason::ProvingKey { reason }),
    })
}

/// Reads a verifying key.
///
/// # Errors
/// [`FileError`] unless the file is exactly a verifying key that nobody can forge with.
pub fn load_verifying_key(path: &Path) -> Result<VerifyingKey, FileError> {
    verifying_key(path, &disk::read(path, Kind::VerifyingKey)?)
}

/// The verifying key of these bytes; `path` is named in errors.
///
/// # Errors
/// As [`load_verifying_key`].
pub fn verifying_key(path: &Path, bytes: &[u8]) -> Result<VerifyingKey, FileError> {
    let kind = Kind::VerifyingKey;
    let read = VerifyingKey::from_bytes(bytes);
    // A key of arkworks is named as that; of anything else, its kind.
    if Kind::of(bytes) != Some(kind) && read != Err(KeyError::Arkworks) {
        return Err(FileError::new(path, Reason::Kind { wanted: kind, got: Kind::of(bytes) }));
    }
    read.map_err(|reason| FileError::new(path, Reason::VerifyingKey { reason }))
}

/// Writes a proving key.
///
/// # Errors
/// [`FileError`], as [`disk::write`].
pub fn save_proving_key(path: &Path, key: &ProvingKey, overwrite: Overwrite) -> Result<(), FileError> {
    write_proving_key(Staged::create(path, Kind::ProvingKey, overwrite)?, key)
}

/// Writes a proving key into an output that was started before it was made.
///
/// # Errors
/// [`FileError`], as [`Staged::commit`].
pub fn write_proving_key(staged: Staged, key: &ProvingKey) -> Result<(), FileError> {
    write(staged, |buffer| key.write(buffer))
}

/// Bytes that gather before they are written.
pub(super) const BUFFER: usize = 1 << 22;

/// Writes a verifying key.
///
/// # Errors
/// [`FileError`], as [`disk::write`].
pub fn save_verifying_key(path: &Path, key: &VerifyingKey, overwrite: Overwrite) -> Result<(), FileError> {
    write_verifying_key(Staged::create(path, Kind::VerifyingKey, overwrite)?, key)
}

/// Writes a verifying key into an output that was started before it was made.
///
/// # Errors
/// [`FileError`], as [`Staged::commit`].
pub fn write_verifying_key(staged: Staged, key: &VerifyingKey) -> Result<(), FileError> {
    write(staged, |buffer| buffer.write_all(&key.to_bytes()))
}

/// Writes a whole output, and gives it its name.
pub(super) fn write(
    mut staged: Staged,
    body: impl FnOnce(&mut BufWriter<&mut Staged>) -> io::Result<()>,
) -> Result<(), FileError> {
    let mut buffer = BufWriter::with_capacity(BUFFER, &mut staged);
    let written = body(&mut buffer).and_then(|()| buffer.flush());
    drop(buffer);
    written.map_err(|source| staged.error(source))?;
    staged.commit()
}

/// The bytes of a file that begins like its kind.
pub(super) fn load(path: &Path, wanted: Kind) -> Result<Vec<u8>, FileError> {
    let bytes = disk::read(path, wanted)?;
    match Kind::of(&bytes) {
        Some(kind) if kind == wanted => Ok(bytes),
        came => Err(FileError::new(path, Reason::Kind { wanted, got: came })),
    }
}
