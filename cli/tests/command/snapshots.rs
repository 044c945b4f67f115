//! What a run of the command leaves on the disk if it ends before one of its steps, for every step of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::workshop::Workshop;

/// Copies of the workshop's folder, one a step, until this is dropped.
pub(crate) struct Snapshots {
    folder: PathBuf,
    pub(crate) steps: usize,
    pub(crate) output: Output,
}

impl Snapshots {
    /// Runs the command to its end.
    pub(crate) fn of(workshop: &Workshop, mut command: Command) -> Snapshots {
        let folder = workshop.0.with_extension("snapshots");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let output = command.env("ZKSENSOR_SNAPSHOTS_IN", &folder).output().unwrap();
        let steps = fs::read_dir(&folder).unwrap().count();
        Snapshots { folder, steps, output }
    }

    /// What was there before the step, from 1 to `steps`.
    pub(crate) fn at(&self, step: usize) -> PathBuf {
        assert!(step > 0 && step <= self.steps, "step {step} of {}", self.steps);
        self.folder.join(step.to_string())
    }
}

impl Drop for Snapshots {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether it is a file that has no name of its own yet.
pub(crate) fn is_temporary(path: &Path) -> bool {
    path.file_name().unwrap().to_string_lossy().starts_with(".zksensor-")
}

/// The files without a name in a folder.
pub(crate) fn temporary(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| is_temporary(path)).collect()
}
