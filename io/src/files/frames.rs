//! Files of signed frames: a line `{"format":"zksensor-frames/v1"}`, then one frame a line.
//!
//! As of readings, files may be concatenated, every signature is checked as its line is read, and a line that is no frame is an
//! error of its own. [`FramesWriter::append`] adds to a file what follows the last frame of a device in it, for one process
//! after the other.

use std::fs;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zksensor_model::frame::{Frame, FrameSummary, SignedFrame};
use zksensor_model::primitives::eddsa::{PublicKey, Signature};

use super::disk::is_standard;
use super::registry::lock;
use super::text::LinePlace;
use super::text::Lines;
use super::{FileError, Kind, Overwrite, Reason, Staged};

const FORMAT: &str = "zksensor-frames/v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
}

/// A frame whose signature is yet to be checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    frame: Frame,
    key: PublicKey,
    signature: Signature,
}

/// Reads a file of signed frames, one at a time.
pub struct FramesReader {
    lines: Lines,
    row: u64,
}

impl FramesReader {
    /// Opens a file and reads its first line.
    ///
    /// # Errors
    /// [`FileError`] if it is no file of signed frames.
    pub fn open(path: &Path) -> Result<FramesReader, FileError> {
        FramesReader::start(Lines::open(path, Kind::Frames)?)
    }

    /// Reads the first line of `input`; `path` is named in errors.
    ///
    /// # Errors
    /// [`FileError`] if it is none of signed frames.
    pub fn new(path: &Path, input: impl BufRead + 'static) -> Result<FramesReader, FileError> {
        FramesReader::start(Lines::new(path, Kind::Frames, Box::new(input)))
    }

    fn start(mut lines: Lines) -> Result<FramesReader, FileError> {
        let first = lines.next_line()?.unwrap_or_default();
        if !is_header(&lines, &first)? {
            let reason = Reason::Kind { wanted: Kind::Frames, got: Kind::of(&first) };
            return Err(FileError::new(lines.path(), reason));
        }
        Ok(FramesReader { lines, row: 0 })
    }

    /// Number of the frame that came last, from 1; lines that are none are counted.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// Number of the line that came last, from 1.
    pub fn line(&self) -> usize {
        self.lines.number()
    }

    /// The next line that is not the first one of a file.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        loop {
            let line = self.lines.next_line().inspect_err(|error| self.row += u64::from(error.is_of_a_row()));
            let Some(line) = line? else { return Ok(None) };
            match is_header(&self.lines, &line) {
                Ok(true) => {}
                other => {
                    self.row += 1;
                    return other.map(|_| Some(line));
                }
            }
        }
    }

    fn frame(&self, line: &[u8]) -> Result<SignedFrame, FileError> {
        let refuse = |reason| FileError::new(self.lines.path(), reason);
        if let Some(came) = Kind::of(line) {
            return Err(refuse(Reason::Kind { wanted: Kind::Frames, got: Some(came) }));
        }
        let Line { frame, key, signature } = self.lines.parse(line)?;
        SignedFrame::new(frame, key, signature)
            .map_err(|reason| refuse(Reason::Frame { row: self.row, reason }))
    }
}

impl Iterator for FramesReader {
    type Item = Result<SignedFrame, FileError>;

    /// The next frame. After an error that [is of a row](FileError::is_of_a_row) the next line is read as usual.
    fn next(&mut self) -> Option<Self::Item> {
        let line = self.next_line().transpose()?;
        Some(line.and_then(|line| self.frame(&line)))
    }
}

/// Whether a line is the first one of a file of frames.
fn is_header(lines: &Lines, line: &[u8]) -> Result<bool, FileError> {
    if Kind::of(line) != Some(Kind::Frames) {
        return Ok(false);
    }
    let Header { format } = lines.parse(line)?;
    if format == FORMAT {
        return Ok(true);
    }
    let came = format.escape_default().take(80).collect();
    Err(FileError::new(lines.path(), Reason::Format { wanted: FORMAT, got: came }))
}

/// Writes a file of signed frames, which appears, or has what is added, when it is finished.
pub struct FramesWriter {
    staged: Staged,
    buffer: Vec<u8>,
    before: Option<FrameSummary>,
    /// Held until the file has its new content.
    lock: Option<File>,
}

/// How long one that replaces a file waits for somebody who adds to it.
const REPLACE_WAIT: Duration = Duration::from_secs(10);

/// Bytes that gather before they are written.
const BUFFER: usize = 1 << 16;

impl FramesWriter {
    /// Starts a file. One that replaces a file waits for whoever is adding to it, for ten seconds.
    ///
    /// # Errors
    /// [`Reason::Exists`], [`Reason::Locked`] or [`Reason::System`].
    pub fn create(path: &Path, overwrite: Overwrite) -> Result<FramesWriter, FileError> {
        let is_file = || !is_standard(path) && fs::metadata(path).is_ok_and(|found| found.is_file());
        let lock = match overwrite {
            Overwrite::Replace if is_file() => lock::open(path, Kind::Frames, REPLACE_WAIT)?,
            _ => None,
        };
        Ok(FramesWriter { lock, ..FramesWriter::start(path, overwrite)? })
    }

    fn start(path: &Path, overwrite: Overwrite) -> Result<FramesWriter, FileError> {
        let staged = Staged::create(path, Kind::Frames, overwrite)?;
        let mut writer = FramesWriter { staged, buffer: Vec::new(), before: None, lock: None };
        writer.put(&Header { format: FORMAT.to_owned() });
        Ok(writer)
    }

    /// Adds to a file, or starts it if it is not there. Until the writer is gone nobody else can add to the file: others wait
    /// for as long as they like. What is added appears at once, or, after an end in the middle, not at all.
    ///
    /// # Errors
    /// [`Reason::Locked`] if somebody else is still adding after `wait`; [`Reason::System`], also for what is no regular file;
    /// whatever is wrong with the first line, or with the last frame of the device `key`. [`Reason::Exists`] if somebody else
    /// made the file meanwhile.
    pub fn append(path: &Path, key: &PublicKey, wait: Duration) -> Result<FramesWriter, FileError> {
        let kind = Kind::Frames;
        let irregular = || {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file");
            FileError::new(path, Reason::System { action: "write", kind, source })
        };
        if is_standard(path) {
            return Err(irregular());
        }
        let Some(file) = lock::open(path, kind, wait)? else {
            return FramesWriter::start(path, Overwrite::Never);
        };
        let failed = |source| FileError::new(path, Reason::System { action: "read", kind, source });
        let input = BufReader::new(file.try_clone().map_err(failed)?);
        let reader = FramesReader::new(path, input)?;
        let mut writer = FramesWriter::start(path, Overwrite::Replace)?;
        // Through an open file, as /dev/stdout is, it would copy into what it reads.
        if !writer.staged.is_file() {
            return Err(irregular());
        }
        writer.before = writer.copy(reader, key)?;
        writer.lock = Some(file);
        Ok(writer)
    }

    /// The frame of the device that what is added follows, if there is one.
    pub fn before(&self) -> Option<&FrameSummary> {
        self.before.as_ref()
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn push(&mut self, frame: &SignedFrame) -> Result<(), FileError> {
        self.put(frame);
        self.flush_above(BUFFER)
    }

    /// Flushes the file and gives it its name.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn finish(mut self) -> Result<(), FileError> {
        self.flush_above(0)?;
        let done = self.staged.commit();
        drop(self.lock);
        done
    }

    /// Copies what there is, and looks for the last frame of the device: the one of the greatest sequence number.
    fn copy(&mut self, mut reader: FramesReader, key: &PublicKey) -> Result<Option<FrameSummary>, FileError> {
        let (key, mut last) = (key.to_string(), None::<(u64, u64, LinePlace, Vec<u8>)>);
        while let Some(line) = reader.next_line()? {
            let Glance { frame: Numbered { sequence }, key: signer } = reader.lines.parse(&line)?;
            let sequence = sequence.value();
            self.buffer.extend_from_slice(&line);
            self.buffer.push(b'\n');
            self.flush_above(BUFFER)?;
            if signer.eq_ignore_ascii_case(&key) && last.as_ref().is_none_or(|(most, ..)| sequence >= *most) {
                last = Some((sequence, reader.row, reader.lines.place(), line));
            }
        }
        let Some((_, row, place, line)) = last else { return Ok(None) };
        reader.row = row;
        reader.lines.look_back(place);
        reader.frame(&line).map(|signed| Some(*signed.frame().summary()))
    }

    fn flush_above(&mut self, bytes: usize) -> Result<(), FileError> {
        if self.buffer.len() > bytes {
            self.staged.put(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn put(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.buffer, value).expect("frames are JSON, and memory takes them");
        self.buffer.push(b'\n');
    }
}

/// Whose frame a line is, and which. Nothing else of it is looked at.
#[derive(Deserialize)]
struct Glance {
    frame: Numbered,
    key: String,
}

#[derive(Deserialize)]
struct Numbered {
    sequence: Sequence,
}

/// As the text of an integer, or as the integer.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sequence {
    Number(u64),
    Text(String),
}

impl Sequence {
    /// The number; 0 for what is none, which the frame itself is refused for.
    fn value(&self) -> u64 {
        match self {
            Sequence::Number(number) => *number,
            Sequence::Text(text) => text.parse().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests;
