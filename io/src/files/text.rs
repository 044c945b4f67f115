//! Text files: JSON documents, lines of JSON, and plain text.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

#[cfg(feature = "geometry")]
use crate::fence::{FenceDocument, OutlineError};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::schema::Schema;

use super::{FileError, Kind, Reason, disk};
use crate::policy::{self, PolicyDocument};

/// The text of a file.
///
/// # Errors
/// [`FileError`] if it cannot be read, is too large or is not UTF-8.
pub fn read_text(path: &Path, kind: Kind) -> Result<String, FileError> {
    to_text(path, kind, disk::read(path, kind)?)
}

fn to_text(path: &Path, kind: Kind, bytes: Vec<u8>) -> Result<String, FileError> {
    refuse_encoding(path, kind, &bytes)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let wrong = Reason::Encoding { kind, got: "bytes that are no text in it" };
            let came = Kind::of(error.as_bytes()).map(|came| Reason::Kind { wanted: kind, got: Some(came) });
            Err(FileError::new(path, came.unwrap_or(wrong)))
        }
    }
}

/// The mark that some editors put before text in UTF-8. It says nothing, and is passed over.
const MARK: &str = "\u{feff}";

/// Bytes without the mark before them.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes)
}

/// Refuses text in UTF-16, with its mark or of Latin letters, by that name.
pub(super) fn refuse_encoding(path: &Path, kind: Kind, head: &[u8]) -> Result<(), FileError> {
    match is_utf16(head) {
        true => Err(FileError::new(path, Reason::Encoding { kind, got: "UTF-16" })),
        false => Ok(()),
    }
}

/// Whether text is UTF-16: every second byte of what Latin letters begin is 0 then, and in UTF-8 none is.
pub(crate) fn is_utf16(head: &[u8]) -> bool {
    match head {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            rest.is_empty() || rest.iter().take(4).any(|byte| *byte == 0)
        }
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] => {
            [first, second].iter().all(|byte| byte.is_ascii() && **byte != 0)
        }
        _ => false,
    }
}

/// The one JSON document in a file: an object, its members in any order.
///
/// # Errors
/// [`FileError`] unless the file is exactly a document of the kind.
pub fn load_json<T: DeserializeOwned>(path: &Path, kind: Kind) -> Result<T, FileError> {
    from_json(path, kind, &disk::read(path, kind)?)
}

/// A document in the bytes of a file.
pub(super) fn from_json<T: DeserializeOwned>(path: &Path, kind: Kind, bytes: &[u8]) -> Result<T, FileError> {
    refuse_encoding(path, kind, bytes)?;
    if let Some(came) = Kind::of(bytes).filter(|came| *came != kind) {
        return Err(FileError::new(path, Reason::Kind { wanted: kind, got: Some(came) }));
    }
    object(without_mark(bytes)).map_err(|error| json_error(path, kind, error.line(), &error))
}

/// A document with named members. A list of the same values would be taken for it otherwise.
pub(crate) fn object<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        serde_json::from_slice::<Named>(json)?;
    }
    serde_json::from_slice(json)
}

/// What nothing but an object is.
struct Named;

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_map(Named)
    }
}

impl Visitor<'_> for Named {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with named members")
    }
}

/// The most characters of a reason: parts that came are quoted in it.
const SHOWN: usize = 200;

fn json_error(path: &Path, kind: Kind, line: usize, error: &serde_json::Error) -> FileError {
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    // What is said of a value quotes it; of fields, their names.
    let quotes = kind.is_secret() && error.is_data() && !reason.contains(" field `");
    let reason = if quotes { "a part is not of its form" } else { reason };
    let wanted = reason.strip_prefix("invalid ").and_then(|reason| reason.rsplit_once(", expected "));
    let reason = match wanted {
        // Where a device was is for nobody to read out of a report.
        Some((_, wanted)) if matches!(kind, Kind::Readings | Kind::Frames) => {
            format!("expected {wanted}, got something else")
        }
        _ => reason.chars().take(SHOWN).collect(),
    };
    FileError::new(path, Reason::Json { kind, line, column: error.column(), reason })
}

/// The policy in a TOML file. `fence` is that which came with it; without one, the file names its root.
///
/// # Errors
/// [`FileError`] unless the file is a policy, of that fence.
pub fn load_policy(path: &Path, fence: Option<&Fence>) -> Result<Policy, FileError> {
    load_policy_document(path, fence).map(|document| document.policy)
}

/// As [`load_policy`], with what is in no id. A schema of the project's own that the policy names is read beside it.
///
/// # Errors
/// As [`load_policy`].
pub fn load_policy_document(path: &Path, fence: Option<&Fence>) -> Result<PolicyDocument, FileError> {
    let text = read_text(path, Kind::Policy)?;
    let wrong = |reason| FileError::new(path, Reason::Policy { reason });
    let named = policy::schema_file(&text).map_err(wrong)?;
    let beside = path.parent().unwrap_or(Path::new(""));
    let schema = named.map(|name| load_schema(&beside.join(name))).transpose()?;
    policy::document_with(&text, fence, schema).map_err(wrong)
}

/// The project's own schema in a TOML file.
///
/// # Errors
/// [`FileError`] unless the file is a schema.
pub fn load_schema(path: &Path) -> Result<&'static Schema, FileError> {
    let text = read_text(path, Kind::Schema)?;
    crate::schema::from_toml(&text).map_err(|reason| FileError::new(path, Reason::Schema { reason }))
}

/// The fence in a file of any format of [`fence`](crate::fence), of several features their union, or of its triangles.
///
/// # Errors
/// [`FileError`] unless the file is a fence.
#[cfg(feature = "geometry")]
pub fn load_fence(path: &Path) -> Result<Fence, FileError> {
    load_fence_document(path, None).map(|document| document.fence)
}

/// The fence in a file of any format of [`fence`](crate::fence) or of its triangles ([`FenceFile`](super::FenceFile)), and
/// what it is made of. `feature` picks one of several features by its `id` or `name`; without it they are united.
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
    FenceDocument::parse(&bytes, feature).map_err(|reason| match (&reason, Kind::of(&bytes)) {
        (OutlineError::Encoding { .. }, Some(got)) => {
            FileError::new(path, Reason::Kind { wanted: Kind::Fence, got: Some(got) })
        }
        _ => wrong(reason),
    })
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

/// Where a line is.
#[derive(Clone, Copy)]
pub(super) struct LinePlace {
    number: usize,
    ended: bool,
}

/// The lines of a file, each within the limit of the kind. After an error of the system there are no more; a line that is too
/// long is passed over, and the next one is read.
pub(super) struct Lines {
    reader: Box<dyn BufRead>,
    path: PathBuf,
    kind: Kind,
    number: usize,
    done: bool,
    /// Whether the line that came last has an end.
    ended: bool,
}

impl Lines {
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Lines, FileError> {
        Ok(Lines::new(path, kind, Box::new(BufReader::new(disk::Input::open(path, kind)?))))
    }

    pub(super) fn new(path: &Path, kind: Kind, reader: Box<dyn BufRead>) -> Lines {
        Lines { reader, path: path.to_owned(), kind, number: 0, done: false, ended: true }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Number of the line that came last, from 1.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// Where the line that came last is.
    pub(super) fn place(&self) -> LinePlace {
        LinePlace { number: self.number, ended: self.ended }
    }

    /// Errors are about the line of this place from now on.
    pub(super) fn look_back(&mut self, place: LinePlace) {
        (self.number, self.ended) = (place.number, place.ended);
    }

    /// The next line that is not blank, without its end and a mark before it.
    pub(super) fn next_line(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        while let Some(mut line) = self.raw_line()? {
            if self.number == 1 {
                refuse_encoding(&self.path, self.kind, &line)?;
            }
            let mark = line.len() - without_mark(&line).len();
            line.drain(..mark);
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn raw_line(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        if self.done {
            return Ok(None);
        }
        let (kind, limit) = (self.kind, self.kind.limit());
        let mut line = Vec::new();
        let count = (&mut self.reader).take(limit + 1).read_until(b'\n', &mut line);
        self.number += 1;
        self.ended = line.pop_if(|byte| *byte == b'\n').is_some();
        let long = !self.ended && line.len() as u64 > limit;
        self.done = count.is_err() || !self.ended && !long;
        let skipped = match count {
            Ok(0) => return Ok(None),
            Ok(_) if !long => return Ok(Some(line)),
            Ok(_) => self.reader.skip_until(b'\n'),
            Err(source) => Err(source),
        };
        let reason = match skipped {
            Ok(_) => Reason::TooLarge { kind, limit },
            Err(source) => Reason::System { action: "read", kind, source },
        };
        self.done |= matches!(reason, Reason::System { .. });
        Err(FileError::new(&self.path, reason))
    }

    /// The document in a line.
    pub(super) fn parse<T: DeserializeOwned>(&self, line: &[u8]) -> Result<T, FileError> {
        object(line).map_err(|error| match self.ended {
            true => json_error(&self.path, self.kind, self.number, &error),
            // What has no end may be whole, but this is not.
            false => FileError::new(&self.path, Reason::Cut { kind: self.kind, line: self.number }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_known_with_a_mark_and_without() {
        for text in ["{\"a\":1}", "time,lat", "POLYGON"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(is_utf16(&little) && is_utf16(&big));
            assert!(
                is_utf16(&[&[0xff, 0xfe], &little[..]].concat())
                    && is_utf16(&[&[0xfe, 0xff], &big[..]].concat())
            );
            assert!(!is_utf16(text.as_bytes()) && !is_utf16(format!("{MARK}{text}").as_bytes()));
        }
        assert!(
            !is_utf16(b"")
                && !is_utf16(b"{")
                && !is_utf16(&[0, 0, 0, 0, 1])
                && !is_utf16(&[0xff, 0xfe, 0x81, 0x82, 0x83, 0x84])
        );
    }
}
