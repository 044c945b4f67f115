//! What a process leaves on the disk if it ends now: a copy of its working directory.
//!
//! Killed processes leave what their writes have handed to the system, which is what anybody reads; what is still in a buffer of the process
//! is in neither. So one run shows what as many kills as it has steps would.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// Copies the working directory to a folder within this one that is named as the step.
pub(crate) fn take(folder: &Path, step: u64) {
    let [before, to] = [step - 1, step].map(|step| folder.join(step.to_string()));
    copy(Path::new("."), &before, &to).expect("a test has room for what its commands write");
}

/// What was copied at the step before and is as it was then is the same file.
fn copy(from: &Path, before: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let [from, before, to] = [from, before, to].map(|folder| folder.join(entry.file_name()));
        // A thread of this process may have taken it away since it was listed.
        let copied = fs::symlink_metadata(&from).and_then(|meta| {
            if meta.is_dir() {
                return copy(&from, &before, &to);
            }
            if fs::metadata(&before).is_ok_and(|before| is_same(&before, &meta)) {
                return fs::hard_link(&before, &to);
            }
            fs::copy(&from, &to)?;
            fs::File::options().write(true).open(&to)?.set_modified(meta.modified()?)
        });
        copied.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    }
    Ok(())
}

/// Of files that take long to copy. The time is that of a tick, within which small ones could be written again.
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.len() > 1 << 16 && one.len() == other.len() && one.modified().ok() == other.modified().ok()
}
