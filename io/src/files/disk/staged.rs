//! Writing a file as a whole or not at all.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::super::{FileError, Kind, Reason};
use super::destination::{self, Destination};
use super::temporary::{Temporary, sync_folder, unless_unknown};
use super::{Overwrite, fault};

/// An output that is being written: a file that does not have its name yet, beside the place of that name.
///
/// Made before work that takes minutes, so that what cannot be written is known before. Dropped without
/// [`commit`](Staged::commit), it goes; a process that is killed leaves the place as it was, and what else it leaves is
/// swept away by the next one that writes there. What is no regular file (a pipe, a device, `-` for the standard output) is
/// written as it comes.
///
/// ```
/// use std::io::Write;
/// use zksensor_io::files::{Kind, Overwrite, Staged};
/// # let folder = std::env::temp_dir().join(format!("zksensor-staged-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("fence.json");
/// let mut staged = Staged::create(&path, Kind::FenceTriangles, Overwrite::Never)?;
/// staged.write_all(b"{}")?;
/// assert!(!path.exists());
/// staged.commit()?;
/// assert!(path.exists());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Staged {
    kind: Kind,
    named: PathBuf,
    sink: Sink,
}

enum Sink {
    File { temporary: Temporary, path: PathBuf, overwrite: Overwrite },
    Through(File),
    Standard(io::Stdout),
}

impl Sink {
    /// What is there now.
    fn metadata(&self) -> Option<Metadata> {
        match self {
            Sink::File { path, .. } => fs::metadata(path).ok(),
            Sink::Through(file) => file.metadata().ok(),
            Sink::Standard(stdout) => destination::metadata_of(stdout),
        }
    }
}

impl Staged {
    /// Starts an output. Secrets are readable by the owner alone (mode 0600, on Unix) and go to no terminal; a file that is
    /// replaced keeps its owner and mode, and if `path` is a link, what it leads to is replaced.
    ///
    /// # Errors
    /// [`Reason::Exists`] if the file is there and must not be replaced; [`Reason::Terminal`]; [`Reason::System`] if the
    /// folder is not there or cannot be written to.
    pub fn create(path: &Path, kind: Kind, overwrite: Overwrite) -> Result<Staged, FileError> {
        let failed = |source| error(path, kind, source);
        let sink = match Destination::of(path, overwrite).map_err(failed)? {
            Destination::File { path, old } => {
                let temporary =
                    Temporary::create(&path, kind.is_secret() || old.is_some()).map_err(failed)?;
                if let Some(old) = old {
                    dress(&temporary.file, kind, &old).map_err(failed)?;
                }
                Sink::File { temporary, path, overwrite }
            }
            Destination::Through => {
                Sink::Through(OpenOptions::new().append(true).open(path).map_err(failed)?)
            }
            Destination::Standard => Sink::Standard(io::stdout()),
        };
        let terminal = match &sink {
            Sink::File { .. } => false,
            Sink::Through(file) => file.is_terminal(),
            Sink::Standard(stdout) => stdout.is_terminal(),
        };
        if terminal && kind.is_secret() {
            return Err(FileError::new(path, Reason::Terminal { kind }));
        }
        Ok(Staged { kind, named: path.to_owned(), sink })
    }

    /// Where the output goes, as it was named.
    pub fn path(&self) -> &Path {
        &self.named
    }

    /// Whether it is a file, which nobody sees before [`commit`](Staged::commit). Anything else is written as it comes.
    pub fn is_file(&self) -> bool {
        matches!(self.sink, Sink::File { .. })
    }

    /// Whether another output goes to the same place, by whatever name or link: then one of them would be lost.
    pub fn is_same_place(&self, other: &Staged) -> bool {
        match (&self.sink, &other.sink) {
            (Sink::File { path, .. }, Sink::File { path: other, .. }) => {
                destination::is_same_name(path, other)
            }
            (one, other) => destination::are_same_stream(one.metadata().as_ref(), other.metadata().as_ref()),
        }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.write_all(bytes).map_err(|source| self.error(source))
    }

    /// Flushes the file to the disk and gives it its name.
    ///
    /// # Errors
    /// [`Reason::Exists`] if somebody else has made one meanwhile that must not be replaced; [`Reason::System`].
    pub fn commit(self) -> Result<(), FileError> {
        let Staged { kind, named, sink } = self;
        let done = match sink {
            Sink::File { temporary, path, overwrite } => finish(&temporary, &path, kind, overwrite),
            Sink::Through(file) => unless_unknown(file.sync_all()),
            Sink::Standard(mut stdout) => stdout.flush(),
        };
        done.map_err(|source| error(&named, kind, source))
    }

    /// Sets who may do what with the file.
    pub(in crate::files) fn allow(&self, permissions: fs::Permissions) -> io::Result<()> {
        match &self.sink {
            Sink::File { temporary, .. } => temporary.file.set_permissions(permissions),
            Sink::Through(_) | Sink::Standard(_) => Ok(()),
        }
    }

    /// Gives a file its name that may be empty after a power cut, because it can be made again.
    pub(in crate::files) fn commit_unflushed(self) -> io::Result<()> {
        match self.sink {
            Sink::File { temporary, path, .. } => temporary.name(&path, |from, to| fs::rename(from, to)),
            Sink::Through(_) | Sink::Standard(_) => Ok(()),
        }
    }

    /// That the output did not take what was written into it, which [`Write`] says without its place.
    pub fn error(&self, source: io::Error) -> FileError {
        error(&self.named, self.kind, source)
    }
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::File { temporary, .. } => fault::write_all(&mut temporary.file, bytes)?,
            Sink::Through(file) => file.write_all(bytes)?,
            Sink::Standard(stdout) => stdout.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::File { .. } | Sink::Through(_) => Ok(()),
            Sink::Standard(stdout) => stdout.flush(),
        }
    }
}

fn error(path: &Path, kind: Kind, source: io::Error) -> FileError {
    let reason = match source.kind() {
        io::ErrorKind::AlreadyExists => Reason::Exists { kind },
        _ => Reason::System { action: "write", kind, source },
    };
    FileError::new(path, reason)
}

/// Whoever waits for the lock of the file gets it when its name lasts, too.
fn finish(temporary: &Temporary, path: &Path, kind: Kind, overwrite: Overwrite) -> io::Result<()> {
    fault::point();
    temporary.file.sync_all()?;
    match overwrite {
        Overwrite::Never => temporary.name(path, rename_new)?,
        Overwrite::Replace => temporary.name(path, |from, to| fs::rename(from, to))?,
    }
    match sync_folder(path) {
        // What is acknowledged then, a power cut would take back. Anything else is seen to be missing.
        Err(error) if kind == Kind::Registry => Err(error),
        _ => Ok(()),
    }
}

/// Gives a file a name that is free.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // The file system does not know it.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
            renamed => return Ok(renamed?),
        }
    }
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Neither does it know links: of two writers one is refused, but a kill between the two steps leaves an empty file.
        Err(_) => {
            File::create_new(to)?;
            fs::rename(from, to).inspect_err(|_| {
                let _ = fs::remove_file(to);
            })
        }
    }
}

/// Gives the new file the owner and mode of the one that it replaces; secrets stay with the owner.
#[cfg(unix)]
fn dress(file: &File, kind: Kind, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let (new, mut mode) = (file.metadata()?, old.mode() & 0o7777);
    if (new.uid(), new.gid()) != (old.uid(), old.gid())
        && fchown(file, Some(old.uid()), Some(old.gid())).is_err()
        && fchown(file, None, Some(old.gid())).is_err()
    {
        // What the old group was allowed, another one is not.
        mode &= !0o070;
    }
    if kind.is_secret() {
        mode &= 0o600;
    }
    fault::point();
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn dress(_: &File, _: Kind, _: &Metadata) -> io::Result<()> {
    Ok(())
}
