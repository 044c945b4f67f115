//! One sender at a time from an account on a chain, on this machine: two that ran at once would give two transactions one number.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zksensor_solidity::Address;

use crate::error::ChainError;

/// A lock that is held, and ends with the process at the latest.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a file, which is made if there is none, or waits for it.
    pub(crate) async fn take(path: &Path, wait: Duration) -> Result<Lock, ChainError> {
        let failed = |action| move |source| ChainError::File { path: path.to_owned(), action, source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed("make a folder for"))?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(failed("open"))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= wait => {
                    return Err(ChainError::Locked { path: path.to_owned(), seconds: wait.as_secs() });
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

/// A file of an account on a chain: its lock, what is under way, what was spent.
pub(crate) fn of_account(folder: &Path, chain: u64, account: Address, what: &str) -> PathBuf {
    folder.join(format!("{chain}-{account}.{what}"))
}

/// Writes a file as a whole: into a new file beside it, which is flushed and takes its name.
///
/// # Errors
/// [`ChainError::File`].
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ChainError> {
    let failed = |action| move |source| ChainError::File { path: path.to_owned(), action, source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed("make a folder for"))?;
    }
    let beside = beside(path);
    let written = File::create(&beside).and_then(|mut file| {
        std::io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    });
    written.map_err(failed("write"))?;
    fs::rename(&beside, path).map_err(failed("write"))?;
    // So that the name lasts, too; where folders are no files, it cannot be asked for.
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A name of this process's alone.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_once_and_ends_with_its_holder() {
        let path =
            std::env::temp_dir().join(format!("zksensor-chain-lock-{}", std::process::id())).join("lock");
        crate::block_on(async {
            let first = Lock::take(&path, Duration::ZERO).await.unwrap();
            let second = Lock::take(&path, Duration::from_millis(150)).await;
            assert!(matches!(second, Err(ChainError::Locked { .. })));
            drop(first);
            Lock::take(&path, Duration::ZERO).await.unwrap();
        })
        .unwrap();
    }
}
