//! What a run of the command leaves on the disk if it ends before one of its steps, for every step of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::workshop::Workshop;

/// The files of a folder, by their paths within it.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

pub(crate) fn files(within: &Path) -> Files {
    let (mut folders, mut files) = (vec![within.to_owned()], Files::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                files.insert(path.strip_prefix(within).unwrap().to_owned(), bytes);
            }
        }
    }
    files
}

/// Makes a folder what it was.
pub(crate) fn restore(folder: &Path, files: &Files) {
    fs::remove_dir_all(folder).unwrap();
    fs::create_dir_all(folder).unwrap();
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

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
