//! What a long computation has made already, kept beside its output until that is there.
//!
//! The file is `OUTPUT.part`: `zksensor parts` and the byte 1, 32 bytes that say of what they are parts, and then part by part a byte for the
//! length of its name, the name, the number of its bytes (eight, little-endian), these, and the keccak256 of all that the file says of the part
//! and of what it is one. Whoever writes holds the lock of the file, as of a registry. What was cut off, or does not have its digest, is not there.
//!
//! The digests are against accidents: whoever can write to the folder can write others. What is done with a part has to see to the rest.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha3::{Digest, Keccak256};

use super::disk::fault;
use super::registry::lock;
use super::{FileError, Kind, Overwrite, Reason};

pub(super) const MAGIC: &[u8; 15] = b"zksensor parts\x01";
/// What the parts are of.
const OF: usize = 32;
const HEADER: usize = MAGIC.len() + OF;
const DIGEST: u64 = 32;
/// Of a name.
const NAMES: std::ops::RangeInclusive<u8> = 1..=32;
/// More are not looked for.
const MOST: usize = 1 << 12;

/// The parts of an output that is not there yet. They stay when it goes, also of a process that is killed; [`PartsFile::remove`] is for when the
/// output is there.
#[derive(Debug)]
pub struct PartsFile {
    file: File,
    path: PathBuf,
    of: [u8; OF],
    /// Where the bytes of each begin, and how many there are.
    parts: BTreeMap<String, (u64, u64)>,
    /// Behind the last.
    end: u64,
}

impl PartsFile {
    /// Where the parts of an output are: beside it, by its name and `.part`.
    pub fn beside(output: &Path) -> PathBuf {
        let mut name = output.as_os_str().to_owned();
        name.push(".part");
        name.into()
    }

    /// Opens the parts of an output, and begins them where there are none. `of` is a digest of all that they depend on.
    ///
    /// # Errors
    /// [`Reason::Locked`] if somebody else makes the same output; [`Reason::OtherParts`] if the parts are of something else, unless they may be
    /// replaced; [`Reason::Kind`] for another file; [`Reason::System`].
    pub fn open(output: &Path, of: [u8; OF], overwrite: Overwrite) -> Result<PartsFile, FileError> {
        let path = PartsFile::beside(output);
        let file = locked(&path)?;
        let mut parts = PartsFile { file, path, of, parts: BTreeMap::new(), end: HEADER as u64 };
        let mut head = Vec::new();
        let read = Read::by_ref(&mut parts.file).take(HEADER as u64).read_to_end(&mut head);
        read.map_err(|source| parts.failed("read", source))?;
        let ours = parts.header();
        let is_begun = head.len() < HEADER && (MAGIC.starts_with(&head) || head.starts_with(MAGIC));
        if head == ours {
            parts.scan().map_err(|source| parts.failed("read", source))?;
        } else if is_begun || head.starts_with(MAGIC) && overwrite == Overwrite::Replace {
            parts.begin().map_err(|source| parts.failed("write", source))?;
        } else if head.starts_with(MAGIC) {
            return Err(FileError::new(&parts.path, Reason::OtherParts));
        } else {
            let reason = Reason::Kind { wanted: Kind::CeremonyParts, got: Kind::of(&head) };
            return Err(FileError::new(&parts.path, reason));
        }
        Ok(parts)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of a part, if there is one of this name and length that has its digest. They are to be read before another part is asked for.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn take(&mut self, name: &str, length: u64) -> Result<Option<impl Read + use<>>, FileError> {
        let Some((start, _)) = self.parts.get(name).copied().filter(|(_, there)| *there == length) else {
            return Ok(None);
        };
        let holds = self.has_digest(name, start, length);
        if !holds.map_err(|source| self.failed("read", source))? {
            return Ok(None);
        }
        let mut found = || {
            self.file.seek(SeekFrom::Start(start))?;
            self.file.try_clone()
        };
        let found = found().map_err(|source| self.failed("read", source))?;
        Ok(Some(found.take(length)))
    }

    /// Whether there is a part of this name, whatever it holds.
    pub fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    /// Begins a part of so many bytes. It is there with [`Part::finish`], then in the place of one of the same name.
    ///
    /// # Errors
    /// [`Reason::System`].
    ///
    /// # Panics
    /// If the name has no byte, or more than 32.
    pub fn put(&mut self, name: &str, length: u64) -> Result<Part<'_>, FileError> {
        let head = head(name, length);
        let mut begin = || {
            fault::point();
            self.file.set_len(self.end)?;
            self.file.seek(SeekFrom::Start(self.end))?;
            fault::write_all(&mut self.file, &head)
        };
        begin().map_err(|source| self.failed("write", source))?;
        let mut digest = Keccak256::new_with_prefix(self.of);
        digest.update(&head);
        Ok(Part { parts: self, name: name.to_owned(), length, digest, left: length, why: None })
    }

    /// Removes the file: the output is there.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn remove(self) -> Result<(), FileError> {
        fault::point();
        fs::remove_file(&self.path).map_err(|source| self.failed("remove", source))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> FileError {
        FileError::new(&self.path, Reason::System { action, kind: Kind::CeremonyParts, source })
    }

    fn header(&self) -> Vec<u8> {
        [&MAGIC[..], &self.of].concat()
    }

    fn begin(&mut self) -> io::Result<()> {
        fault::point();
        self.file.set_len(0)?;
        self.file.rewind()?;
        let header = self.header();
        fault::write_all(&mut self.file, &header)
    }

    /// Finds the parts, up to one that was cut off.
    fn scan(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        while self.parts.len() < MOST {
            let Some((name, start, size)) = self.next(length)? else { break };
            self.end = start + size + DIGEST;
            self.parts.insert(name, (start, size));
            self.file.seek(SeekFrom::Start(self.end))?;
        }
        Ok(())
    }

    /// The part at the end of those that were found: its name, where its bytes begin and how many there are.
    fn next(&mut self, length: u64) -> io::Result<Option<(String, u64, u64)>> {
        let mut bytes = Vec::new();
        let most = u64::from(*NAMES.end()) + 9;
        Read::by_ref(&mut self.file).take(most).read_to_end(&mut bytes)?;
        let Some((name_length, rest)) = bytes.split_first().filter(|(length, _)| NAMES.contains(length))
        else {
            return Ok(None);
        };
        let Some((name, rest)) = rest.split_at_checked(usize::from(*name_length)) else { return Ok(None) };
        let (Ok(name), Some((size, _))) = (str::from_utf8(name), rest.split_first_chunk()) else {
            return Ok(None);
        };
        let (start, size) = (self.end + u64::from(*name_length) + 9, u64::from_le_bytes(*size));
        let end = start.checked_add(size).and_then(|end| end.checked_add(DIGEST));
        Ok(end.is_some_and(|end| end <= length).then(|| (name.to_owned(), start, size)))
    }

    fn has_digest(&mut self, name: &str, start: u64, length: u64) -> io::Result<bool> {
        let mut digest = Keccak256::new_with_prefix(self.of);
        digest.update(head(name, length));
        self.file.seek(SeekFrom::Start(start))?;
        let mut left = length;
        let mut buffer = vec![0; 1 << 20];
        while left > 0 {
            let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
            self.file.read_exact(&mut buffer[..most])?;
            digest.update(&buffer[..most]);
            left -= most as u64;
        }
        let mut wanted = [0; DIGEST as usize];
        self.file.read_exact(&mut wanted)?;
        Ok(digest.finalize()[..] == wanted)
    }
}

/// What comes before the bytes of a part.
fn head(name: &str, length: u64) -> Vec<u8> {
    let name_length = u8::try_from(name.len()).ok().filter(|length| NAMES.contains(length));
    let name_length = name_length.expect("a part's name has 1 to 32 bytes");
    [&[name_length], name.as_bytes(), &length.to_le_bytes()].concat()
}

/// Opens the file, made if it is not there, and locks it.
fn locked(path: &Path) -> Result<File, FileError> {
    let failed =
        |source| FileError::new(path, Reason::System { action: "write", kind: Kind::CeremonyParts, source });
    loop {
        fault::point();
        // Through no link to what is not there.
        match OpenOptions::new().write(true).create_new(true).open(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        if let Some(file) = lock::open(path, Kind::CeremonyParts, Duration::ZERO)? {
            return Ok(file);
        }
        if path.is_symlink() {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is a link to nothing")));
        }
    }
}

/// A part that is being written.
pub struct Part<'a> {
    parts: &'a mut PartsFile,
    name: String,
    length: u64,
    digest: Keccak256,
    left: u64,
    /// Why the file took nothing more.
    why: Option<io::Error>,
}

impl Part<'_> {
    /// The part is whole: from now on it is there.
    ///
    /// # Errors
    /// [`Reason::System`] if some of it, or what ends it, was not taken, or it has another length than was said.
    pub fn finish(self) -> Result<(), FileError> {
        let Part { parts, name, length, digest, left, why } = self;
        let end = || match why {
            Some(why) => Err(why),
            None if left > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            None => {
                fault::write_all(&mut parts.file, &digest.finalize())?;
                fault::point();
                parts.file.sync_data()
            }
        };
        end().map_err(|source| parts.failed("write", source))?;
        let start = parts.end + head(&name, length).len() as u64;
        parts.end = start + length + DIGEST;
        parts.parts.insert(name, (start, length));
        Ok(())
    }
}

impl Write for Part<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self.left.checked_sub(bytes.len() as u64) {
            Some(left) => fault::write_all(&mut self.parts.file, bytes).map(|()| left),
            None => Err(io::Error::new(io::ErrorKind::InvalidInput, "a part is longer than was said")),
        };
        match written {
            Ok(left) => {
                self.left = left;
                self.digest.update(bytes);
                Ok(bytes.len())
            }
            Err(why) => {
                let kind = why.kind();
                self.why.get_or_insert(why);
                Err(kind.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
