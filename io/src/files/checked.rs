//! Which proving keys were checked on this machine before, so that the slowest check of a large key runs once.
//!
//! For each key there is a note in a folder of the user's own, named by the digest of the key's file: nothing beside the key is
//! looked at, so that a note cannot come with a key that somebody sent. A note is written as a whole or not at all, one
//! that is not exactly as it is written counts as none, and a folder that cannot be read or written is as good as an empty one.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zksensor_model::hex;

use super::Kind;
use super::disk::{self, Overwrite};

/// Goes up with every change of what is checked when a note says that nothing need be.
const CHECKS: u32 = 1;

/// The notes of the keys that were checked.
///
/// # Security
/// Whoever can write in the folder can have a key pass unchecked; in the user's own folder that is who can replace the
/// command itself, or the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedKeys {
    folder: Option<PathBuf>,
}

impl CheckedKeys {
    /// Remembers nothing.
    pub fn none() -> Self {
        CheckedKeys { folder: None }
    }

    /// Keeps the notes in this folder, which is made with the first one.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        CheckedKeys { folder: Some(folder.into()) }
    }

    /// Keeps the notes in `zksensor/checked-keys` of the user's cache: `$XDG_CACHE_HOME`, else `.cache` in `$HOME`, else
    /// `%LOCALAPPDATA%`. Remembers nothing where there is none, or its path is not absolute.
    pub fn of_user() -> Self {
        let absolute =
            |name| env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
        let cache = absolute("XDG_CACHE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
            .or_else(|| absolute("LOCALAPPDATA"));
        CheckedKeys { folder: cache.map(|cache| cache.join("zksensor").join("checked-keys")) }
    }

    /// Whether the file of this digest was checked.
    pub fn has(&self, digest: &[u8; 32]) -> bool {
        let Some(folder) = self.folder.as_deref().filter(|folder| is_ours_alone(folder)) else {
            return false;
        };
        let wanted = note(digest);
        let mut came = Vec::new();
        let read = File::open(folder.join(hex::encode(digest)))
            .and_then(|file| file.take(wanted.len() as u64 + 1).read_to_end(&mut came));
        read.is_ok() && came == wanted.as_bytes()
    }

    /// Notes that the file of this digest was checked, if there is where to.
    pub(super) fn add(&self, digest: &[u8; 32]) {
        if let Some(folder) = &self.folder
            && make(folder).is_ok()
        {
            let (path, note) = (folder.join(hex::encode(digest)), note(digest));
            // Whatever fails here, the key is checked again next time.
            let _ = disk::write(&path, Kind::ProvingKey, Overwrite::Replace, note.as_bytes());
        }
    }
}

fn note(digest: &[u8; 32]) -> String {
    format!("zksensor checked a proving key, checks {CHECKS}, keccak256 {}\n", hex::encode(digest))
}

/// A folder with its parents, for the owner alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether nobody but the owner can write in a folder, as far as the system says.
fn is_ours_alone(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(folder).is_ok_and(|folder| folder.permissions().mode() & 0o022 == 0)
    }
    #[cfg(not(unix))]
    {
        folder.is_dir()
    }
}

#[cfg(test)]
mod tests;
