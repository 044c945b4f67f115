//! Files of halo2: parameters, keys of them, and proofs. Each is of a kind of its own, which readers of Groth16 refuse by name.
//!
//! ```text
//! halo2-k13.INSECURE.srs                      parameters for 2^13 rows, of any statement that has as many
//! reading-v2.halo2.INSECURE.pk, .vk           keys of one statement, which anybody makes of the parameters
//! zksensor-halo2-proof/v1                     what a proof file says that it is
//! ```

use std::io::{self, BufReader, Write};
use std::path::Path;

use zksensor_prover_halo2::{ProveError, ProvingKey, Srs, SrsError};
use zksensor_verifier_halo2::{Proof, VerifyingKey};

use super::binary::{BUFFER, load, write};
use super::disk;
use super::{FileError, Kind, Reason, Staged};

/// A proof of halo2 with what it claims.
pub type ProofFile = super::ProofFile<Proof>;

/// The name of a file of parameters for 2^k rows: `halo2-k13.srs`, `halo2-k13.INSECURE.srs` of those that one machine made.
pub fn srs_file_name(k: u32, insecure: bool) -> String {
    let mark = if insecure { ".INSECURE" } else { "" };
    format!("halo2-k{k}{mark}.srs")
}

/// Reads parameters. Every point is checked, and that they are powers of one secret.
///
/// # Errors
/// [`FileError`] unless the file is exactly such parameters.
pub fn load_srs(path: &Path) -> Result<Srs, FileError> {
    let kind = Kind::Srs;
    let read = match disk::open(path, kind)? {
        Some((file, length)) => Srs::read(BufReader::with_capacity(BUFFER, file), length),
        // What is no regular file has no length.
        None => {
            let bytes = load(path, kind)?;
            Srs::read(&bytes[..], bytes.len() as u64)
        }
    };
    read.map_err(|reason| match reason {
        SrsError::Read { kind: failed } => system(path, kind, failed),
        reason => FileError::new(path, Reason::Srs { reason }),
    })
}

/// Reads a proving key, with its parameters. All is checked as in [`load_srs`].
///
/// # Errors
/// [`FileError`] unless the file is exactly a proving key of halo2.
pub fn load_proving_key(path: &Path) -> Result<ProvingKey, FileError> {
    let kind = Kind::Halo2ProvingKey;
    let read = match disk::open(path, kind)? {
        Some((file, length)) => ProvingKey::read(BufReader::with_capacity(BUFFER, file), length),
        None => {
            let bytes = load(path, kind)?;
            ProvingKey::read(&bytes[..], bytes.len() as u64)
        }
    };
    read.map_err(|reason| match reason {
        ProveError::KeyRead { kind: failed } | ProveError::Srs(SrsError::Read { kind: failed }) => {
            system(path, kind, failed)
        }
        reason => FileError::new(path, Reason::Halo2ProvingKey { reason: reason.into() }),
    })
}

/// Reads a verifying key.
///
/// # Errors
/// [`FileError`] unless the file is exactly a verifying key of halo2 that nobody can forge with.
pub fn load_verifying_key(path: &Path) -> Result<VerifyingKey, FileError> {
    verifying_key(path, &load(path, Kind::Halo2VerifyingKey)?)
}

/// The verifying key of these bytes; `path` is named in errors.
///
/// # Errors
/// As [`load_verifying_key`].
pub fn verifying_key(path: &Path, bytes: &[u8]) -> Result<VerifyingKey, FileError> {
    let (wanted, got) = (Kind::Halo2VerifyingKey, Kind::of(bytes));
    if got != Some(wanted) {
        return Err(FileError::new(path, Reason::Kind { wanted, got }));
    }
    VerifyingKey::from_bytes(bytes)
        .map_err(|reason| FileError::new(path, Reason::Halo2VerifyingKey { reason }))
}

/// Writes parameters into an output that was started before they were made.
///
/// # Errors
/// [`FileError`], as [`Staged::commit`].
pub fn write_srs(staged: Staged, srs: &Srs) -> Result<(), FileError> {
    write(staged, |buffer| srs.write(buffer))
}

/// Writes a proving key into an output that was started before it was made.
///
/// # Errors
/// [`FileError`], as [`Staged::commit`].
pub fn write_proving_key(staged: Staged, key: &ProvingKey) -> Result<(), FileError> {
    write(staged, |buffer| key.write(buffer))
}

/// Writes a verifying key into an output that was started before it was made.
///
/// # Errors
/// [`FileError`], as [`Staged::commit`].
pub fn write_verifying_key(staged: Staged, key: &VerifyingKey) -> Result<(), FileError> {
    write(staged, |buffer| buffer.write_all(&key.to_bytes()))
}

fn system(path: &Path, kind: Kind, failed: io::ErrorKind) -> FileError {
    FileError::new(path, Reason::System { action: "read", kind, source: failed.into() })
}
