//! Where a test ends the process, or looks at the disk: before each step that changes what is there, and in the middle of each write.
//!
//! Without the feature `faults`, which no release has, there is nothing here.

use std::io::{self, Write};

#[cfg(feature = "faults")]
mod snapshot;

/// A step that changes the disk comes next; they are numbered from 1. With the feature `faults` the process ends at the one whose number is
/// in the environment variable `ZKSENSOR_KILL_AT`, as if it had been killed. Where `ZKSENSOR_SNAPSHOTS_IN` names a folder, each step leaves
/// there what a process that ends before it would leave in the working directory: see `snapshot.rs`.
#[cfg(feature = "faults")]
pub(crate) fn point() {
    use std::sync::{Mutex, OnceLock, PoisonError};
    static AT: OnceLock<Option<u64>> = OnceLock::new();
    static FOLDER: OnceLock<Option<std::path::PathBuf>> = OnceLock::new();
    static STEP: Mutex<u64> = Mutex::new(0);
    let at = AT.get_or_init(|| std::env::var("ZKSENSOR_KILL_AT").ok()?.parse().ok());
    let folder = FOLDER.get_or_init(|| std::env::var_os("ZKSENSOR_SNAPSHOTS_IN").map(Into::into));
    let mut step = STEP.lock().unwrap_or_else(PoisonError::into_inner);
    *step += 1;
    if *at == Some(*step) {
        std::process::abort();
    }
    if let Some(folder) = folder {
        snapshot::take(folder, *step);
    }
}

/// A step that changes the disk comes next.
#[cfg(not(feature = "faults"))]
pub(crate) const fn point() {}

/// Writes all of the bytes.
pub(crate) fn write_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    point();
    let (first, second) =
        bytes.split_at(if cfg!(feature = "faults") { bytes.len() / 2 } else { bytes.len() });
    writer.write_all(first)?;
    if second.is_empty() {
        return Ok(());
    }
    point();
    writer.write_all(second)
}
