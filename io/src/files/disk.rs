//! Reading within a limit; writing as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{FileError, Kind, Reason, text};

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and writing is an error.
    Never,
    /// It is replaced.
    Replace,
}

/// The bytes of a file of this kind.
///
/// # Errors
/// [`Reason::System`]; [`Reason::TooLarge`] above [`Kind::limit`], of which nothing is read; [`Reason::Kind`] for the secrets
/// of somebody where they are not wanted, so that no message about a wrong file can quote them.
pub fn read(path: &Path, kind: Kind) -> Result<Vec<u8>, FileError> {
    let failed = |source| FileError::new(path, Reason::System { action: "read", kind, source });
    let (file, limit) = (File::open(path).map_err(failed)?, kind.limit());
    let length = file.metadata().map_err(failed)?.len();
    let too_large = || FileError::new(path, Reason::TooLarge { kind, limit });
    if length > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| too_large())?);
    // What is no regular file has no length, and one may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    refuse_secrets(path, kind, &bytes).map(|()| bytes)
}

/// Opens a file that begins like its kind, and its length, at most [`Kind::limit`]. Nothing is read of what is no regular
/// file; it has no length.
///
/// # Errors
/// As [`read`]; [`Reason::Kind`] for any other kind.
pub(super) fn open(path: &Path, kind: Kind) -> Result<(File, Option<u64>), FileError> {
    let failed = |source| FileError::new(path, Reason::System { action: "read", kind, source });
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Ok((file, None));
    }
    let (length, limit) = (metadata.len(), kind.limit());
    if length > limit {
        return Err(FileError::new(path, Reason::TooLarge { kind, limit }));
    }
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(256).read_to_end(&mut head).map_err(failed)?;
    match Kind::of(&head) {
        Some(came) if came == kind => {}
        came => return Err(FileError::new(path, Reason::Kind { wanted: kind, got: came })),
    }
    file.rewind().map_err(failed)?;
    Ok((file, Some(length)))
}

/// Opens a table of readings, of any size.
///
/// # Errors
/// [`Reason::System`]; [`Reason::Kind`] as [`read`].
pub fn open_table(path: &Path) -> Result<File, FileError> {
    let (kind, mut head) = (Kind::Table, Vec::new());
    let failed = |source| FileError::new(path, Reason::System { action: "read", kind, source });
    let mut file = File::open(path).map_err(failed)?;
    Read::by_ref(&mut file).take(Kind::HEAD).read_to_end(&mut head).map_err(failed)?;
    refuse_secrets(path, kind, &head)?;
    text::refuse_encoding(path, kind, &head)?;
    file.rewind().map_err(failed)?;
    Ok(file)
}

fn refuse_secrets(path: &Path, wanted: Kind, head: &[u8]) -> Result<(), FileError> {
    match Kind::of(head).filter(|came| came.is_secret() && *came != wanted) {
        Some(came) => Err(FileError::new(path, Reason::Kind { wanted, got: Some(came) })),
        None => Ok(()),
    }
}

/// Writes a file as a whole: into a new file in the same directory, which is flushed and then takes the name. Secrets are
/// readable by the owner alone (mode 0600, on Unix).
///
/// # Errors
/// [`Reason::Exists`] if the file is there and must not be replaced; [`Reason::System`].
pub fn write(path: &Path, kind: Kind, overwrite: Overwrite, bytes: &[u8]) -> Result<(), FileError> {
    write_with(path, kind, overwrite, |file| file.write_all(bytes))
}

/// As [`write`], with the content written by `content`.
pub(super) fn write_with(
    path: &Path,
    kind: Kind,
    overwrite: Overwrite,
    content: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FileError> {
    let staged = Staged::create(path, kind, overwrite)?;
    staged.finish(content)
}

/// A file that does not have its name yet. Dropped unfinished, it goes.
pub(super) struct Staged {
    file: File,
    kind: Kind,
    from: PathBuf,
    to: PathBuf,
    reserved: bool,
    done: bool,
}

impl Staged {
    /// A new file beside `path`. Where nothing may be replaced, the name is reserved by an empty file at once, so that of
    /// two writers one is refused.
    pub(super) fn create(path: &Path, kind: Kind, overwrite: Overwrite) -> Result<Staged, FileError> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => FileError::new(path, Reason::Exists { kind }),
            _ => FileError::new(path, Reason::System { action: "write", kind, source }),
        };
        let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
        let mut temporary = name.to_owned();
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        temporary.push(format!(".{}-{number}.tmp", std::process::id()));
        let from = path.with_file_name(temporary);
        let reserved = overwrite == Overwrite::Never;
        if reserved {
            create_new(path, kind).map_err(failed)?;
        }
        match create_new(&from, kind) {
            Ok(file) => Ok(Staged { file, kind, from, to: path.to_owned(), reserved, done: false }),
            Err(source) => {
                if reserved {
                    let _ = fs::remove_file(path);
                }
                Err(FileError::new(path, Reason::System { action: "write", kind, source }))
            }
        }
    }

    /// Writes the content, flushes it and gives the file its name.
    pub(super) fn finish(
        mut self,
        content: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let written = content(&mut self.file)
            .and_then(|()| self.file.sync_all())
            .and_then(|()| fs::rename(&self.from, &self.to));
        written.map_err(|source| self.error(source))?;
        self.done = true;
        sync_directory(&self.to);
        Ok(())
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn error(&self, source: io::Error) -> FileError {
        FileError::new(&self.to, Reason::System { action: "write", kind: self.kind, source })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.from);
            if self.reserved {
                let _ = fs::remove_file(&self.to);
            }
        }
    }
}

fn create_new(path: &Path, kind: Kind) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if kind.is_secret() {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = kind;
    options.open(path)
}

/// Makes the new name last through a power cut, where the system can.
fn sync_directory(path: &Path) {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Scratch;
    use super::*;

    #[test]
    fn nothing_is_overwritten_unless_asked() {
        let scratch = Scratch::new();
        let path = scratch.path("key.json");
        write(&path, Kind::DeviceKey, Overwrite::Never, b"first").unwrap();
        let error = write(&path, Kind::DeviceKey, Overwrite::Never, b"second").unwrap_err();
        assert!(matches!(error.reason, Reason::Exists { kind: Kind::DeviceKey }));
        assert!(error.help().contains("the old secrets are gone"));
        assert_eq!(read(&path, Kind::DeviceKey).unwrap(), b"first");
        write(&path, Kind::DeviceKey, Overwrite::Replace, b"third").unwrap();
        assert_eq!(read(&path, Kind::DeviceKey).unwrap(), b"third");
        assert_eq!(scratch.files(), ["key.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_the_owner() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new();
        let path = scratch.path("key.json");
        fs::write(&path, "readable by all").unwrap();
        write(&path, Kind::DeviceKey, Overwrite::Replace, b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let scratch = Scratch::new();
        for overwrite in [Overwrite::Never, Overwrite::Replace] {
            let path = scratch.path("proof.json");
            let error = write_with(&path, Kind::Proof, overwrite, |file| {
                file.write_all(b"half")?;
                Err(io::ErrorKind::StorageFull.into())
            });
            assert!(matches!(error.unwrap_err().reason, Reason::System { action: "write", .. }));
            assert!(scratch.files().is_empty());
        }
        let nowhere = scratch.path("missing/proof.json");
        let error = write(&nowhere, Kind::Proof, Overwrite::Never, b"").unwrap_err();
        assert!(error.help().contains("is not there"), "{error}");
    }

    #[test]
    fn large_files_are_refused_before_they_are_read() {
        let scratch = Scratch::new();
        let path = scratch.path("large");
        File::create(&path).unwrap().set_len(1 << 50).unwrap_or_else(|_| {
            File::create(&path).unwrap().set_len(Kind::VerifyingKey.limit() + 1).unwrap();
        });
        let error = read(&path, Kind::VerifyingKey).unwrap_err().to_string();
        assert!(error.ends_with("expected a verifying key of at most 1048576 bytes, got more"), "{error}");
        #[cfg(unix)]
        assert!(matches!(
            read(Path::new("/dev/zero"), Kind::Leaf).unwrap_err().reason,
            Reason::TooLarge { .. }
        ));
    }
}
