//! Reading within a limit; writing as a whole or not at all.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::{FileError, Kind, Reason, text};

mod destination;
pub(super) mod fault;
mod folder;
mod staged;
mod temporary;

pub(super) use self::destination::is_standard;
pub use self::fault::watch_steps;
pub use self::folder::StagedFolder;
pub use self::staged::Staged;
pub use self::temporary::abandon_unfinished;
pub(super) use self::temporary::uninterrupted;

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and writing is an error.
    Never,
    /// It is replaced.
    Replace,
}

/// What a file, or the standard input for the path `-`, holds.
pub(super) enum Input {
    /// A file.
    File(File),
    /// The standard input, which is there once.
    Standard(io::Stdin),
}

impl Input {
    /// Opens it.
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Input, FileError> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        if !destination::is_standard(path) {
            let file = File::open(path);
            return file.map(Input::File).map_err(|source| system(path, kind, source));
        }
        if TAKEN.swap(true, Ordering::Relaxed) {
            return Err(FileError::new(path, Reason::Twice { kind }));
        }
        Ok(Input::Standard(io::stdin()))
    }
}

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Input::File(file) => file.read(bytes),
            Input::Standard(stdin) => stdin.read(bytes),
        }
    }
}

fn system(path: &Path, kind: Kind, source: io::Error) -> FileError {
    FileError::new(path, Reason::System { action: "read", kind, source })
}

/// The bytes of a file of this kind, or of the standard input for the path `-`, which is there once.
///
/// # Errors
/// [`Reason::System`]; [`Reason::TooLarge`] above [`Kind::limit`], of which nothing is read; [`Reason::Twice`];
/// [`Reason::Kind`] for the secrets of somebody where they are not wanted, so that no message about a wrong file can quote
/// them.
pub fn read(path: &Path, kind: Kind) -> Result<Vec<u8>, FileError> {
    let failed = |source| system(path, kind, source);
    let (input, limit) = (Input::open(path, kind)?, kind.limit());
    let too_large = || FileError::new(path, Reason::TooLarge { kind, limit });
    let length = match &input {
        Input::File(file) => file.metadata().map_err(failed)?.len(),
        Input::Standard(_) => 0,
    };
    if length > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| too_large())?);
    // What is no regular file has no length, and one may grow while it is read.
    input.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    refuse_secrets(path, kind, &bytes).map(|()| bytes)
}

/// As [`read`], of what nobody else is to know: into one piece of memory, which is wiped when it goes.
///
/// # Errors
/// As [`read`].
pub fn read_secret(path: &Path, kind: Kind) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let limit = kind.limit();
    let too_large = || FileError::new(path, Reason::TooLarge { kind, limit });
    let capacity = usize::try_from(limit).map_err(|_| too_large())?;
    // It does not grow, which would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity + 1));
    let mut input = Input::open(path, kind)?.take(limit + 1);
    input.read_to_end(&mut bytes).map_err(|source| system(path, kind, source))?;
    if bytes.len() > capacity { Err(too_large()) } else { Ok(bytes) }
}

/// Opens a regular file of any size that is read in places, and does not begin like another kind.
///
/// # Errors
/// [`Reason::System`], also for what is no regular file; [`Reason::Kind`].
pub fn open_places(path: &Path, kind: Kind) -> Result<File, FileError> {
    let failed = |source| system(path, kind, source);
    let mut file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")));
    }
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(Kind::HEAD).read_to_end(&mut head).map_err(failed)?;
    match Kind::of(&head) {
        Some(came) if came != kind => {
            Err(FileError::new(path, Reason::Kind { wanted: kind, got: Some(came) }))
        }
        _ => {
            file.rewind().map_err(failed)?;
            Ok(file)
        }
    }
}

/// Opens a regular file that begins like its kind, and its length, at most [`Kind::limit`]; `None` for what is no regular
/// file, of which nothing is read.
///
/// # Errors
/// As [`read`]; [`Reason::Kind`] for any other kind.
pub(super) fn open(path: &Path, kind: Kind) -> Result<Option<(File, u64)>, FileError> {
    if destination::is_standard(path) {
        return Ok(None);
    }
    let failed = |source| system(path, kind, source);
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let (length, limit) = (metadata.len(), kind.limit());
    if length > limit {
        return Err(FileError::new(path, Reason::TooLarge { kind, limit }));
    }
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(Kind::HEAD).read_to_end(&mut head).map_err(failed)?;
    match Kind::of(&head) {
        Some(came) if came == kind => {}
        came => return Err(FileError::new(path, Reason::Kind { wanted: kind, got: came })),
    }
    file.rewind().map_err(failed)?;
    Ok(Some((file, length)))
}

/// Opens a table of readings, of any size; the path `-` is the standard input.
///
/// # Errors
/// [`Reason::System`]; [`Reason::Twice`] and [`Reason::Kind`] as [`read`].
pub fn open_table(path: &Path) -> Result<Box<dyn Read>, FileError> {
    let (kind, mut head) = (Kind::Table, Vec::new());
    let mut input = Input::open(path, kind)?;
    let failed = |source| system(path, kind, source);
    Read::by_ref(&mut input).take(Kind::HEAD).read_to_end(&mut head).map_err(failed)?;
    refuse_secrets(path, kind, &head)?;
    text::refuse_encoding(path, kind, &head)?;
    Ok(Box::new(io::Cursor::new(head).chain(input)))
}

fn refuse_secrets(path: &Path, wanted: Kind, head: &[u8]) -> Result<(), FileError> {
    // What is of halo2 is named where snarkjs's JSON is wanted, which would say of bytes that they are none.
    let refused = |came: &Kind| came.is_secret() || wanted.is_snarkjs_and_not(*came);
    match Kind::of(head).filter(|came| refused(came) && *came != wanted) {
        Some(came) => Err(FileError::new(path, Reason::Kind { wanted, got: Some(came) })),
        None => Ok(()),
    }
}

/// Writes a file as a whole: into a new file in the same directory, which is flushed and then takes the name. Secrets are
/// readable by the owner alone (mode 0600, on Unix). [`Staged`] is the same in steps.
///
/// # Errors
/// As [`Staged::create`] and [`Staged::commit`].
pub fn write(path: &Path, kind: Kind, overwrite: Overwrite, bytes: &[u8]) -> Result<(), FileError> {
    let mut staged = Staged::create(path, kind, overwrite)?;
    staged.put(bytes)?;
    staged.commit()
}

#[cfg(test)]
mod tests;
