//! Who changes a registry, or adds to a file of frames, holds a lock on the file from reading to writing.
//!
//! The lock is the system's (`flock`, `LockFileEx`): it goes with the process that holds it, however that ends, and needs no
//! file of its own. A file that was replaced while somebody waited for it is opened anew. Network file systems that do not
//! pass locks on to the server do not keep two machines apart: keep a registry on a disk of one machine.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::super::{FileError, Kind, Reason, disk};

/// How long a command sleeps before it tries again.
const PAUSE: Duration = Duration::from_millis(10);

/// Opens a file that is changed in its place, `None` if there is none, and locks it, waiting for as long as `wait`.
///
/// # Errors
/// [`Reason::Locked`] if somebody still holds it then; [`Reason::System`].
pub(in crate::files) fn open(path: &Path, kind: Kind, wait: Duration) -> Result<Option<File>, FileError> {
    let failed = |source| FileError::new(path, Reason::System { action: "write", kind, source });
    let start = Instant::now();
    loop {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")));
        }
        match file.try_lock() {
            Ok(()) if is_at(&file, path) => return Ok(Some(file)),
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if start.elapsed() >= wait => {
                let holder =
                    holder(&file).map_or_else(|| "somebody else".to_owned(), |id| format!("process {id}"));
                return Err(FileError::new(path, Reason::Locked { kind, holder, seconds: wait.as_secs() }));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}

/// The bytes of a registry file while nobody changes it; `None` if it is no file, is changed for longer than a change takes,
/// or there are no locks.
pub(super) fn read_at_rest(path: &Path) -> Option<Vec<u8>> {
    /// Longer than any change of a registry takes.
    const WAIT: Duration = Duration::from_secs(20);
    let start = Instant::now();
    while !disk::is_standard(path) && path.metadata().is_ok_and(|there| there.is_file()) {
        let mut file = File::open(path).ok()?;
        match file.try_lock_shared() {
            Ok(()) if is_at(&file, path) => {
                let (mut bytes, limit) = (Vec::new(), Kind::Registry.limit());
                Read::by_ref(&mut file).take(limit + 1).read_to_end(&mut bytes).ok()?;
                return (bytes.len() as u64 <= limit).then_some(bytes);
            }
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if start.elapsed() < WAIT => thread::sleep(PAUSE),
            Err(_) => return None,
        }
    }
    None
}

/// Whether the open file is still the one at the path.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |(one, other): (std::fs::Metadata, std::fs::Metadata)| {
        (one.dev(), one.ino()) == (other.dev(), other.ino())
    };
    file.metadata().ok().zip(path.metadata().ok()).is_some_and(same)
}

/// Whether the open file is still the one at the path: then nobody else can lock that.
#[cfg(not(unix))]
pub(super) fn is_at(_: &File, path: &Path) -> bool {
    File::open(path).is_ok_and(|other| matches!(other.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The process that holds the lock, where the system says.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{}", file.metadata().ok()?.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    // 1: FLOCK  ADVISORY  WRITE 1234 08:01:131090 0 EOF
    locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1).filter(|word| *word != "->");
        let is_lock = words.next() == Some("FLOCK");
        let (id, file) = (words.nth(2)?, words.next()?);
        id.parse().ok().filter(|id| is_lock && *id > 0 && file.ends_with(&inode))
    })
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &File) -> Option<u32> {
    None
}
