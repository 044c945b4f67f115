//! A folder of this process alone, gone with it.

use std::fs;
use std::path::{Path, PathBuf};

use super::BenchError;

/// A folder among the system's temporary files, which is removed with all that is in it.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// # Errors
    /// [`BenchError::Folder`] if it cannot be made, or is there.
    pub(super) fn new() -> Result<Folder, BenchError> {
        let path = std::env::temp_dir().join(format!("zksensor-bench-{}", std::process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&path) {
            Ok(()) => Ok(Folder(path)),
            Err(source) => Err(BenchError::Folder { path, source }),
        }
    }

    /// What is in it by this name.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nobody can be told; what is left is a key that everybody may have.
        let _ = fs::remove_dir_all(&self.0);
    }
}
