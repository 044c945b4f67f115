//! Files of signed readings: a line `{"format":"zksensor-readings/v1"}`, then one reading a line.
//!
//! Files may be concatenated: the first line may come again. Every signature is checked as its line is read.

use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};
use zksensor_model::primitives::eddsa::{PublicKey, Signature};
use zksensor_model::reading::{Reading, SignedReading};

use super::text::Lines;
use super::{FileError, Kind, Reason};
use super::{Overwrite, Staged};

const FORMAT: &str = "zksensor-readings/v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
}

/// A reading whose signature is yet to be checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    reading: Reading,
    key: PublicKey,
    signature: Signature,
}

/// Reads a file of signed readings, one at a time.
pub struct ReadingsReader {
    lines: Lines,
    row: u64,
}

impl ReadingsReader {
    /// Opens a file and reads its first line.
    ///
    /// # Errors
    /// [`FileError`] if it is no file of signed readings.
    pub fn open(path: &Path) -> Result<ReadingsReader, FileError> {
        ReadingsReader::start(path, Lines::open(path, Kind::Readings)?)
    }

    /// Reads the first line of `input`; `path` is named in errors.
    ///
    /// # Errors
    /// [`FileError`] if it is none of signed readings.
    pub fn new(path: &Path, input: impl BufRead + 'static) -> Result<ReadingsReader, FileError> {
        ReadingsReader::start(path, Lines::new(path, Kind::Readings, Box::new(input)))
    }

    fn start(path: &Path, mut lines: Lines) -> Result<ReadingsReader, FileError> {
        let first = lines.next_line()?.unwrap_or_default();
        if Kind::of(&first) != Some(Kind::Readings) {
            let reason = Reason::Kind { wanted: Kind::Readings, got: Kind::of(&first) };
            return Err(FileError::new(path, reason));
        }
        check_header(&lines, &first)?;
        Ok(ReadingsReader { lines, row: 0 })
    }

    /// Number of the reading that came last, from 1.
    pub fn row(&self) -> u64 {
        self.row
    }
}

impl Iterator for ReadingsReader {
    type Item = Result<SignedReading, FileError>;

    /// The next reading. After [`Reason::Reading`] the next line is read as usual.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next_line().transpose()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            if Kind::of(&line) == Some(Kind::Readings) {
                if let Err(error) = check_header(&self.lines, &line) {
                    return Some(Err(error));
                }
                continue;
            }
            self.row += 1;
            let row = self.row;
            let line = self.lines.parse::<Line>(&line);
            return Some(line.and_then(|line| {
                SignedReading::new(line.reading, line.key, line.signature)
                    .map_err(|reason| FileError::new(self.lines.path(), Reason::Reading { row, reason }))
            }));
        }
    }
}

fn check_header(lines: &Lines, line: &[u8]) -> Result<(), FileError> {
    let Header { format } = lines.parse(line)?;
    if format == FORMAT {
        return Ok(());
    }
    let came = format.escape_default().take(80).collect();
    Err(FileError::new(lines.path(), Reason::Format { wanted: FORMAT, got: came }))
}

/// Writes a file of signed readings, which appears when it is finished.
pub struct ReadingsWriter {
    staged: Staged,
    buffer: Vec<u8>,
}

/// Bytes that gather before they are written.
const BUFFER: usize = 1 << 16;

impl ReadingsWriter {
    /// Starts a file.
    ///
    /// # Errors
    /// [`Reason::Exists`] or [`Reason::System`].
    pub fn create(path: &Path, overwrite: Overwrite) -> Result<ReadingsWriter, FileError> {
        let staged = Staged::create(path, Kind::Readings, overwrite)?;
        let mut writer = ReadingsWriter { staged, buffer: Vec::new() };
        writer.put(&Header { format: FORMAT.to_owned() });
        Ok(writer)
    }

    /// Adds a reading.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn push(&mut self, reading: &SignedReading) -> Result<(), FileError> {
        self.put(reading);
        if self.buffer.len() >= BUFFER {
            self.staged.put(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Flushes the file and gives it its name.
    ///
    /// # Errors
    /// [`Reason::System`].
    pub fn finish(mut self) -> Result<(), FileError> {
        self.staged.put(&self.buffer)?;
        self.staged.commit()
    }

    fn put(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.buffer, value).expect("readings are JSON, and memory takes them");
        self.buffer.push(b'\n');
    }
}
