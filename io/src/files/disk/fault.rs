//! Where a test ends the process: before each step that changes what is on the disk, and in the middle of each write.
//!
//! Without the feature `faults`, which no release has, there is nothing here.

use std::io::{self, Write};

/// A step that changes the disk comes next. With the feature `faults` the process ends at the one whose number, from 1, is
/// in the environment variable `ZKSENSOR_KILL_AT`, as if it had been killed.
#[cfg(feature = "faults")]
pub(crate) fn point() {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static AT: OnceLock<Option<u64>> = OnceLock::new();
    static STEP: AtomicU64 = AtomicU64::new(0);
    let at = AT.get_or_init(|| std::env::var("ZKSENSOR_KILL_AT").ok()?.parse().ok());
    if at.is_some_and(|at| at == STEP.fetch_add(1, Ordering::Relaxed) + 1) {
        std::process::abort();
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
