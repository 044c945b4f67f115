//! Where a test ends the process, or looks at the disk: before each step that changes what is there, and in the middle of each write.

use std::io::{self, Write};
use std::sync::OnceLock;

static WATCH: OnceLock<fn()> = OnceLock::new();

/// Has a function called before each step that changes the disk, and in the middle of each write, on the thread that takes it: a process that
/// ends there leaves what one leaves that is killed there. It is for tests; the first function of a process stays.
pub fn watch_steps(watch: fn()) {
    let _ = WATCH.set(watch);
}

/// A step that changes the disk comes next.
pub(crate) fn point() {
    if let Some(watch) = WATCH.get() {
        watch();
    }
}

/// Writes all of the bytes.
pub(crate) fn write_all(writer: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    point();
    let middle = if WATCH.get().is_some() { bytes.len() / 2 } else { bytes.len() };
    let (first, second) = bytes.split_at(middle);
    writer.write_all(first)?;
    if second.is_empty() {
        return Ok(());
    }
    point();
    writer.write_all(second)
}
