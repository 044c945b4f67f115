//! Where the examples that need real data find it.

use std::path::{Path, PathBuf};

use super::command::Failure;

/// The path that was given, or a file of the folder with real data beside the repository.
pub(crate) fn path_or_data(paths: &[PathBuf], name: &str) -> PathBuf {
    let data = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    paths.first().cloned().unwrap_or_else(data)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        format!("cannot read {}: {error}; pass the path of such a file", path.display()).into()
    })
}
