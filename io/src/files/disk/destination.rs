//! What is at the path of an output, and so how to write there.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::Overwrite;

/// Where an output goes.
pub(super) enum Destination {
    /// To a regular file, there already or not; symbolic links have been followed, so that a link stays one.
    File {
        /// Its path.
        path: PathBuf,
        /// What it replaces.
        old: Option<Metadata>,
    },
    /// Into what is no regular file (a device, a pipe, the standard output by its path) and is never replaced by one.
    Through,
    /// To the standard output, because the path is `-`.
    Standard,
}

/// The path that stands for the standard input, or the standard output.
pub(in crate::files) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Destination {
    /// What is at `path`.
    ///
    /// # Errors
    /// `AlreadyExists` for a file or a device with content that may not be overwritten; `IsADirectory`; what the system says.
    pub(super) fn of(path: &Path, overwrite: Overwrite) -> io::Result<Destination> {
        if is_standard(path) {
            return Ok(Destination::Standard);
        }
        let named = match fs::symlink_metadata(path) {
            Ok(named) => named,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return named_like_file(path.to_owned()).map(|path| Destination::File { path, old: None });
            }
            Err(error) => return Err(error),
        };
        let there = match fs::metadata(path) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A link to nothing.
                return match overwrite {
                    Overwrite::Never => Err(io::ErrorKind::AlreadyExists.into()),
                    Overwrite::Replace => {
                        Ok(Destination::File { path: named_like_file(end_of_links(path)?)?, old: None })
                    }
                };
            }
            Err(error) => return Err(error),
        };
        let kept = overwrite == Overwrite::Never;
        if there.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !there.is_file() {
            return if kept && has_content(&there) {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                Ok(Destination::Through)
            };
        }
        if named.is_symlink() && leads_to_open_file(path) {
            return Ok(Destination::Through);
        }
        if kept {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let path = if named.is_symlink() { fs::canonicalize(path)? } else { path.to_owned() };
        Ok(Destination::File { path, old: Some(there) })
    }
}

/// Whether two paths whose links have been followed are one name in one folder.
pub(super) fn is_same_name(one: &Path, other: &Path) -> bool {
    let folder = |path: &Path| fs::canonicalize(super::temporary::folder_of(path)).ok();
    one.file_name() == other.file_name()
        && folder(one).zip(folder(other)).is_some_and(|(one, other)| one == other)
}

/// Whether what is written as it comes into both would be mixed. What a device does with it is its own affair.
#[cfg(unix)]
pub(super) fn are_same_stream(one: Option<&Metadata>, other: Option<&Metadata>) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    one.zip(other).is_some_and(|(one, other)| {
        (one.dev(), one.ino()) == (other.dev(), other.ino()) && !one.file_type().is_char_device()
    })
}

/// Whether what is written as it comes into both would be mixed: not told here.
#[cfg(not(unix))]
pub(super) fn are_same_stream(_: Option<&Metadata>, _: Option<&Metadata>) -> bool {
    false
}

/// What the standard output is.
#[cfg(unix)]
pub(super) fn metadata_of(stdout: &io::Stdout) -> Option<Metadata> {
    let file = std::os::fd::AsFd::as_fd(stdout).try_clone_to_owned().ok()?;
    fs::File::from(file).metadata().ok()
}

/// What the standard output is: not told here.
#[cfg(not(unix))]
pub(super) fn metadata_of(_: &io::Stdout) -> Option<Metadata> {
    None
}

/// Whether what is no regular file holds something that writing would overwrite.
fn has_content(there: &Metadata) -> bool {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileTypeExt::is_block_device(&there.file_type())
    }
    #[cfg(not(unix))]
    {
        let _ = there;
        true
    }
}

/// Refuses a name that only a folder can have: a path forgets what comes after its last name.
fn named_like_file(path: PathBuf) -> io::Result<PathBuf> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.ends_with(b"/")
        || bytes.ends_with(b"/.")
        || bytes.ends_with(std::path::MAIN_SEPARATOR_STR.as_bytes())
    {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "its name ends like that of a folder"));
    }
    Ok(path)
}

/// Links that are followed: as many as the system follows.
const LINKS: usize = 40;

/// Whether a chain of links comes by a file that this process has open, such as the standard output, whatever that is.
fn leads_to_open_file(path: &Path) -> bool {
    let is_open_file = |path: &Path| {
        let number = ["/dev/fd", "/proc/self/fd"].iter().find_map(|folder| path.strip_prefix(folder).ok());
        let number = number.and_then(Path::to_str);
        ["/dev/stdout", "/dev/stderr"].iter().any(|stream| path == Path::new(stream))
            || number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if is_open_file(&path) {
            return true;
        }
        match fs::read_link(&path) {
            Ok(next) => path = super::temporary::folder_of(&path).join(next),
            Err(_) => return false,
        }
    }
    false
}

/// Where a chain of links ends, at a name that is not there.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = super::temporary::folder_of(&path).join(next),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::InvalidInput.into())
}
