//! Files and folders that do not have their name yet.
//!
//! A temporary is `.zksensor-TARGET-RANDOM.tmp` in the folder of its target: 16 hexadecimal digits of the keccak256 of the
//! target's name, and 128 random bits. It is locked while it is written. What has the name of a temporary and is not locked
//! was left by a process that was killed, and goes when the same target is written again.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha3::{Digest, Keccak256};
use zksensor_model::hex;

use super::fault;

/// The temporaries of this process. Whoever holds it keeps a signal from ending the process in the middle of a step.
static LIVE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Keeps a process that is told to end from ending before the guard is dropped.
pub(in crate::files) fn uninterrupted() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every file and folder that this process has begun and not finished, after waiting for a change that is being made. For a
/// process that ends right after: nothing gets its name any more, and whoever tries waits for the end.
pub fn abandon_unfinished() {
    let live = uninterrupted();
    for path in live.iter() {
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    std::mem::forget(live);
}

/// A file without a name; dropped, it goes.
pub(super) struct Temporary {
    pub(super) file: File,
    pub(super) path: PathBuf,
}

impl Temporary {
    /// A new file beside `target`, for the owner alone if it is `private`, after those that were left there have been swept
    /// away.
    pub(super) fn create(target: &Path, private: bool) -> io::Result<Temporary> {
        let folder = folder_of(target);
        let prefix = prefix_of(target)?;
        sweep(folder, &prefix, false);
        loop {
            let path = folder.join(format!("{prefix}{}{SUFFIX}", random()));
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if private {
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            }
            #[cfg(not(unix))]
            let _ = private;
            let mut live = uninterrupted();
            fault::point();
            let file = options.open(&path)?;
            live.insert(path.clone());
            drop(live);
            let temporary = Temporary { file, path };
            // A file system without locks never sweeps.
            let _ = temporary.file.lock();
            // Between the two steps somebody else may have swept it.
            if temporary.path.symlink_metadata().is_ok() {
                return Ok(temporary);
            }
        }
    }

    /// Gives the file its name by `rename`, which takes the paths from and to.
    pub(super) fn name(
        &self,
        target: &Path,
        rename: impl FnOnce(&Path, &Path) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut live = uninterrupted();
        fault::point();
        rename(&self.path, target)?;
        live.remove(&self.path);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut live = uninterrupted();
        // One that has its name is no longer there.
        if live.remove(&self.path) {
            fault::point();
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A folder without a name; dropped, it goes with all that is in it.
pub(super) struct TemporaryFolder {
    path: PathBuf,
    /// Held as long as it is written, where the system opens folders.
    _lock: Option<File>,
}

impl TemporaryFolder {
    /// A new folder beside `target`, after those that were left there have been swept away.
    pub(super) fn create(target: &Path) -> io::Result<TemporaryFolder> {
        let folder = folder_of(target);
        let prefix = prefix_of(target)?;
        sweep(folder, &prefix, true);
        loop {
            let path = folder.join(format!("{prefix}{}{SUFFIX}", random()));
            let mut live = uninterrupted();
            fault::point();
            fs::create_dir(&path)?;
            live.insert(path.clone());
            drop(live);
            let lock = File::open(&path).ok().filter(|folder| folder.lock().is_ok());
            let temporary = TemporaryFolder { path, _lock: lock };
            // Between the two steps somebody else may have swept it.
            if temporary.path.symlink_metadata().is_ok() {
                return Ok(temporary);
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Changes what is in it, in a step that no signal cuts.
    pub(super) fn change(&self, step: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let _live = uninterrupted();
        step(&self.path)
    }

    /// Gives the folder its name, which nothing has, or an empty folder.
    pub(super) fn name(&self, target: &Path) -> io::Result<()> {
        let mut live = uninterrupted();
        // Here a rename replaces no folder, be it empty.
        #[cfg(windows)]
        if target.is_dir() {
            fault::point();
            fs::remove_dir(target)?;
        }
        fault::point();
        fs::rename(&self.path, target)?;
        live.remove(&self.path);
        Ok(())
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let mut live = uninterrupted();
        // One that has its name is no longer there.
        if live.remove(&self.path) {
            fault::point();
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

const SUFFIX: &str = ".tmp";

/// What the names of the temporaries of `target` begin with.
fn prefix_of(target: &Path) -> io::Result<String> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let digest = hex::encode(&Keccak256::digest(name.as_encoded_bytes())[..8]);
    Ok(format!(".zksensor-{}-", &digest[2..]))
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// 32 hexadecimal digits that nobody knows before.
fn random() -> String {
    let half = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", half(), half())
}

/// Removes what a killed process left: files, or folders, that have the name of such a temporary and are locked by nobody.
fn sweep(folder: &Path, prefix: &str, folders: bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_one = name.to_str().is_some_and(|name| {
            let random = name.strip_prefix(prefix).and_then(|name| name.strip_suffix(SUFFIX));
            random.is_some_and(|random| {
                random.len() == 32 && random.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
        });
        if !is_one {
            continue;
        }
        let path = entry.path();
        let is_of_kind =
            entry.file_type().is_ok_and(|kind| if folders { kind.is_dir() } else { kind.is_file() });
        if is_of_kind
            && let Ok(left) = OpenOptions::new().read(folders).write(!folders).open(&path)
            && left.try_lock().is_ok()
        {
            fault::point();
            let _ = if folders { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}

/// Makes a new name last through a power cut, where the system can.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // One that may be written to and not read, or a system that opens no folders.
    let Ok(folder) = File::open(folder_of(path)) else { return Ok(()) };
    fault::point();
    unless_unknown(folder.sync_all())
}

/// What flushing said, unless there is no disk below: a pipe, a file system that does not know it.
pub(super) fn unless_unknown(flushed: io::Result<()>) -> io::Result<()> {
    flushed.or_else(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    })
}
