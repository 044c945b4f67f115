//! Writing a folder with all that is in it, or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::super::{FileError, Kind, Reason};
use super::fault;
use super::temporary::{TemporaryFolder, sync_folder, unless_unknown};

/// A folder that is being written: it does not have its name yet, and lies beside the place of that name.
///
/// Dropped without [`commit`](StagedFolder::commit), it goes with all that is in it; a process that is killed leaves the place as it was, and
/// what else it leaves is swept away by the next one that writes there.
///
/// ```
/// use zksensor_io::files::{Kind, StagedFolder};
/// # let parent = std::env::temp_dir().join(format!("zksensor-staged-folder-{}", std::process::id()));
/// # std::fs::create_dir_all(&parent)?;
/// let path = parent.join("project");
/// let staged = StagedFolder::create(&path, Kind::Project)?;
/// staged.put("src/main.rs", b"fn main() {}\n")?;
/// assert!(!path.exists());
/// staged.commit()?;
/// assert!(path.join("src/main.rs").exists());
/// # std::fs::remove_dir_all(&parent)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StagedFolder {
    kind: Kind,
    named: PathBuf,
    temporary: TemporaryFolder,
}

impl StagedFolder {
    /// Starts a folder for files of this kind at a place where there is none, or an empty one.
    ///
    /// # Errors
    /// [`Reason::NotEmpty`] for what is there and is no empty folder; [`Reason::System`] if the folder around it is not there or cannot be
    /// written to, and for a path without a name.
    pub fn create(path: &Path, kind: Kind) -> Result<StagedFolder, FileError> {
        let failed = |source| error(path, kind, source);
        let old = match path.symlink_metadata() {
            Ok(there) if there.is_dir() && fs::read_dir(path).map_err(failed)?.next().is_none() => {
                Some(there)
            }
            Ok(_) => return Err(FileError::new(path, Reason::NotEmpty { kind })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let temporary = TemporaryFolder::create(path).map_err(failed)?;
        if let Some(old) = old {
            fault::point();
            fs::set_permissions(temporary.path(), old.permissions()).map_err(failed)?;
        }
        Ok(StagedFolder { kind, named: path.to_owned(), temporary })
    }

    /// Adds a file that is not there yet; `path` is of names alone, one below the other, and the folders on its way are made.
    ///
    /// # Errors
    /// [`Reason::System`] also for a path that leads elsewhere, or to a file that was added.
    pub fn put(&self, path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), FileError> {
        let path = path.as_ref();
        self.add(path, bytes, false).map_err(|source| error(&self.named.join(path), self.kind, source))
    }

    /// As [`put`](StagedFolder::put), of a file that only its owner can read.
    ///
    /// # Errors
    /// As [`put`](StagedFolder::put).
    pub fn put_secret(&self, path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), FileError> {
        let path = path.as_ref();
        self.add(path, bytes, true).map_err(|source| error(&self.named.join(path), self.kind, source))
    }

    fn add(&self, path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
        if path.file_name().is_none() || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            let what = "expected a path of names within the folder";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        self.temporary.change(|folder| {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fault::point();
                fs::create_dir_all(parent)?;
            }
            fault::point();
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if private {
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            }
            #[cfg(not(unix))]
            let _ = private;
            let mut file = options.open(&path)?;
            fault::write_all(&mut file, bytes)?;
            fault::point();
            unless_unknown(file.sync_all())
        })
    }

    /// Flushes every folder to the disk and gives the whole its name.
    ///
    /// # Errors
    /// [`Reason::NotEmpty`] if something has come there meanwhile; [`Reason::System`].
    pub fn commit(self) -> Result<(), FileError> {
        let StagedFolder { kind, named, temporary } = self;
        let done = sync_all(temporary.path()).and_then(|()| temporary.name(&named));
        done.map_err(|source| error(&named, kind, source))?;
        // It is whole, and can be made again.
        let _ = sync_folder(&named);
        Ok(())
    }
}

/// Makes the names within a folder last, and those within folders of it, where the system opens folders.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        }
    }
    match File::open(folder) {
        Ok(folder) => unless_unknown(folder.sync_all()),
        Err(_) => Ok(()),
    }
}

fn error(path: &Path, kind: Kind, source: io::Error) -> FileError {
    let reason = match source.kind() {
        // What has come meanwhile, to which a rename says one or the other.
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory => {
            Reason::NotEmpty { kind }
        }
        _ => Reason::System { action: "write", kind, source },
    };
    FileError::new(path, reason)
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::Scratch;
    use super::*;

    #[test]
    fn all_of_it_is_there_or_nothing() {
        let scratch = Scratch::new();
        let path = scratch.path("project");
        let staged = StagedFolder::create(&path, Kind::Project).unwrap();
        staged.put("Cargo.toml", b"whole").unwrap();
        staged.put("src/bin/main.rs", b"deep").unwrap();
        assert!(!path.exists());
        drop(staged);
        assert!(scratch.files().is_empty(), "what is not committed goes");

        // An empty one is as good as none.
        fs::create_dir(&path).unwrap();
        let staged = StagedFolder::create(&path, Kind::Project).unwrap();
        staged.put("src/bin/main.rs", b"deep").unwrap();
        staged.commit().unwrap();
        assert_eq!(fs::read(path.join("src/bin/main.rs")).unwrap(), b"deep");
        assert_eq!(scratch.files(), ["project"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_secret_is_its_owners_from_its_first_byte() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new();
        let path = scratch.path("project");
        let staged = StagedFolder::create(&path, Kind::Project).unwrap();
        staged.put_secret("key", b"secret").unwrap();
        staged.commit().unwrap();
        let mode = fs::metadata(path.join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_is_there_stays_and_paths_lead_nowhere_else() {
        let scratch = Scratch::new();
        let used = scratch.path("used");
        fs::create_dir(&used).unwrap();
        fs::write(used.join("mine"), "mine").unwrap();
        fs::write(scratch.path("file"), "mine").unwrap();
        for there in ["used", "file"] {
            let refused = StagedFolder::create(&scratch.path(there), Kind::Project).err().unwrap();
            assert!(matches!(refused.reason, Reason::NotEmpty { kind: Kind::Project }), "{refused}");
        }
        assert!(StagedFolder::create(&scratch.path("missing/project"), Kind::Project).is_err());
        assert!(StagedFolder::create(Path::new(".."), Kind::Project).is_err());

        // Somebody else was quicker.
        let late = scratch.path("late");
        let staged = StagedFolder::create(&late, Kind::Project).unwrap();
        for path in ["", ".", "/etc/passwd", "../mine", "a/../../mine"] {
            assert!(staged.put(path, b"").is_err(), "{path}");
        }
        staged.put("one", b"first").unwrap();
        assert!(staged.put("one", b"second").is_err());
        fs::create_dir(&late).unwrap();
        fs::write(late.join("theirs"), "theirs").unwrap();
        let refused = staged.commit().unwrap_err();
        assert!(matches!(refused.reason, Reason::NotEmpty { .. }), "{refused}");
        let mut files = scratch.files();
        files.sort();
        assert_eq!(files, ["file", "late", "used"]);
        assert_eq!(fs::read_dir(&late).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_process_left_is_swept_and_what_is_being_written_is_not() {
        let scratch = Scratch::new();
        let path = scratch.path("project");
        let writing = StagedFolder::create(&path, Kind::Project).unwrap();
        writing.put("half", b"half").unwrap();
        let name = scratch.files().remove(0);
        let stale = scratch.path(&format!("{}{}.tmp", &name[..name.len() - 36], "0".repeat(32)));
        fs::create_dir(&stale).unwrap();
        fs::write(stale.join("half"), "half").unwrap();
        let second = StagedFolder::create(&path, Kind::Project).unwrap();
        assert!(!stale.exists());
        assert_eq!(scratch.files().len(), 2, "both that are being written");
        second.commit().unwrap();
        drop(writing);
        assert_eq!(scratch.files(), ["project"]);
    }
}
