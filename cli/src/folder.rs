//! A folder of this process alone, gone with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The folder is not there.
#[derive(Debug, thiserror::Error)]
#[error("expected to make a folder for files that are gone with this command, {}, but: {source}", path.display())]
pub(crate) struct FolderError {
    pub(crate) path: PathBuf,
    pub(crate) source: std::io::Error,
}

/// The folder that there is, for a process that is told to end.
static OPEN: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Removes the folder, if there is one.
pub(crate) fn abandon() {
    let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(path) = open {
        // Nobody can be told; what is left is a key that everybody may have.
        let _ = fs::remove_dir_all(path);
    }
}

/// A folder among the system's temporary files, which is removed with all that is in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// # Errors
    /// [`FolderError`] if it cannot be made, or is there.
    pub(crate) fn new() -> Result<Folder, FolderError> {
        let path = std::env::temp_dir().join(format!("zksensor-{}", std::process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Locked meanwhile: it is not there without being known.
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        match builder.create(&path) {
            Ok(()) => {
                *open = Some(path.clone());
                Ok(Folder(path))
            }
            Err(source) => Err(FolderError { path, source }),
        }
    }

    /// What is in it by this name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        abandon();
    }
}
