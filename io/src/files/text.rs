//! Text files: JSON documents, lines of JSON, and plain text.

use std::io::{BufRead, BufReader, Read};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

#[cfg(feature = "geometry")]
use crate::fence::{FenceDocument, OutlineError};
use serde::de::DeserializeOwned;
#[cfg(feature = "geometry")]
use zksensor_model::fence::Fence;
use zksensor_model::fence::FenceRoot;
use zksensor_model::policy::Policy;

use super::{FileError, Kind, Reason, disk};

/// The text of a file.
///
/// # Errors
/// [`FileError`] if it cannot be read, is too large or is not UTF-8.
pub fn read_text(path: &Path, kind: Kind) -> Result<String, FileError> {
    to_text(path, kind, disk::read(path, kind)?)
}

fn to_text(path: &Path, kind: Kind, bytes: Vec<u8>) -> Result<String, FileError> {
    String::from_utf8(bytes)
        .map_err(|error| FileError::new(path, Reason::Kind { wanted: kind, got: Kind::of(error.as_bytes()) }))
}

/// The one JSON document in a file.
///
/// # Errors
/// [`FileError`] unless the file is exactly a document of the kind.
pub fn load_json<T: DeserializeOwned>(path: &Path, kind: Kind) -> Result<T, FileError> {
    from_json(path, kind, &disk::read(path, kind)?)
}

/// A document in the bytes of a file.
pub(super) fn from_json<T: DeserializeOwned>(path: &Path, kind: Kind, bytes: &[u8]) -> Result<T, FileError> {
    if let Some(came) = Kind::of(bytes).filter(|came| *came != kind) {
        return Err(FileError::new(path, Reason::Kind { wanted: kind, got: Some(came) }));
    }
    serde_json::from_slice(bytes).map_err(|error| json_error(path, kind, error.line(), &error))
}

fn json_error(path: &Path, kind: Kind, line: usize, error: &serde_json::Error) -> FileError {
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    // What is said of a value quotes it; of fields, their names.
    let quotes = kind.is_secret() && error.is_data() && !reason.contains(" field `");
    let reason = if quotes { "a part is not of its form" } else { reason }.to_owned();
    FileError::new(path, Reason::Json { kind, line, column: error.column(), reason })
}

/// The policy in a TOML file. `fence` is the root of the fence that came with it; without one, the file names it.
///
/// # Errors
/// [`FileError`] unless the file is a policy, of that fence.
pub fn load_policy(path: &Path, fence: Option<FenceRoot>) -> Result<Policy, FileError> {
    let text = read_text(path, Kind::Policy)?;
    crate::policy::from_toml(&text, fence).map_err(|reason| FileError::new(path, Reason::Policy { reason }))
}

/// The fence in a file of GeoJSON, of several features their union, or of WKT, or of its triangles.
///
/// # Errors
/// [`FileError`] unless the file is a fence.
#[cfg(feature = "geometry")]
pub fn load_fence(path: &Path) -> Result<Fence, FileError> {
    load_fence_document(path, None).map(|document| document.fence)
}

/// The fence in a file of GeoJSON, WKT or its triangles ([`FenceFile`](super::FenceFile)), and what it is made of. `feature`
/// picks one of several features by its `id` or property `name`; without it they are united.
///
/// # Errors
/// [`FileError`] unless the file is a fence, with one such feature.
#[cfg(feature = "geometry")]
pub fn load_fence_document(path: &Path, feature: Option<&str>) -> Result<FenceDocument, FileError> {
    let bytes = disk::read(path, Kind::Fence)?;
    let wrong = |reason| FileError::new(path, Reason::Fence { reason });
    if Kind::of(&bytes) == Some(Kind::FenceTriangles) {
        let fence = super::FenceFile::from_json(path, &bytes)?.fence().clone();
        return match feature {
            Some(wanted) => {
                Err(wrong(OutlineError::NotAFeature { wanted: wanted.escape_debug().take(40).collect() }))
            }
            None => Ok(FenceDocument { fence, features: 1 }),
        };
    }
    FenceDocument::parse(&to_text(path, Kind::Fence, bytes)?, feature).map_err(wrong)
}

/// Reads a file of one JSON document a line, line by line.
///
/// # Errors
/// [`FileError`] if it cannot be opened. Each line that is too long or not of the kind is an error of its own.
pub fn load_lines<T: DeserializeOwned>(
    path: &Path,
    kind: Kind,
) -> Result<impl Iterator<Item = Result<T, FileError>>, FileError> {
    Ok(Documents { lines: Lines::open(path, kind)?, documents: PhantomData })
}

struct Documents<T> {
    lines: Lines,
    documents: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Iterator for Documents<T> {
    type Item = Result<T, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next_line().transpose()?;
        Some(line.and_then(|line| self.lines.parse(&line)))
    }
}

/// The lines of a file, each within the limit of the kind. After an error there are no more.
pub(super) struct Lines {
    reader: Box<dyn BufRead>,
    path: PathBuf,
    kind: Kind,
    number: usize,
    done: bool,
}

impl Lines {
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Lines, FileError> {
        Ok(Lines::new(path, kind, Box::new(BufReader::new(disk::Input::open(path, kind)?))))
    }

    pub(super) fn new(path: &Path, kind: Kind, reader: Box<dyn BufRead>) -> Lines {
        Lines { reader, path: path.to_owned(), kind, number: 0, done: false }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The next line, without its end.
    pub(super) fn next_line(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        if self.done {
            return Ok(None);
        }
        let (kind, limit) = (self.kind, self.kind.limit());
        let mut line = Vec::new();
        let count = (&mut self.reader).take(limit + 1).read_until(b'\n', &mut line);
        self.done = !matches!(count, Ok(1..)) || line.last() != Some(&b'\n');
        self.number += 1;
        let reason = match count {
            Err(source) => Reason::System { action: "read", kind, source },
            Ok(0) => return Ok(None),
            Ok(_) if line.pop() == Some(b'\n') => return Ok(Some(line)),
            Ok(count) if count as u64 > limit => Reason::TooLarge { kind, limit },
            Ok(_) => Reason::Cut { kind, line: self.number },
        };
        Err(FileError::new(&self.path, reason))
    }

    /// The document in a line.
    pub(super) fn parse<T: DeserializeOwned>(&self, line: &[u8]) -> Result<T, FileError> {
        serde_json::from_slice(line).map_err(|error| json_error(&self.path, self.kind, self.number, &error))
    }
}
