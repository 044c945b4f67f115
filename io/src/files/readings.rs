//! Files of signed readings: a line `{"format":"zksensor-readings/v2"}`, then one reading a line.
//!
//! Files may be concatenated: the first line may come again. Blank lines, carriage returns, a mark before the text and a
//! missing last newline say nothing. Every signature is checked as its line is read, and a line that is no reading is an error
//! of its own: the next one is read.
//!
//! In version 2 `sequence` and `channels` are decimal text, and an absent channel is null, so that JavaScript, jq and
//! databases carry them unharmed. Version 1 had numbers; both are read, in either file.

use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};
use zksensor_model::primitives::eddsa::{PublicKey, Signature};
use zksensor_model::reading::{Reading, ReadingError, SignedReading};
use zksensor_model::schema::ABSENT;

use super::text::Lines;
use super::{FileError, Kind, Reason};
use super::{Overwrite, Staged};

const FORMAT: &str = "zksensor-readings/v2";
/// Of earlier releases.
const FORMAT_V1: &str = "zksensor-readings/v1";

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

    /// Number of the reading that came last, from 1; lines that are none are counted.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// Number of the line that came last, from 1.
    pub fn line(&self) -> usize {
        self.lines.number()
    }

    fn reading(&self, line: &[u8]) -> Result<SignedReading, FileError> {
        let refuse = |reason| FileError::new(self.lines.path(), reason);
        if let Some(came) = Kind::of(line) {
            return Err(refuse(Reason::Kind { wanted: Kind::Readings, got: Some(came) }));
        }
        let Line { reading, key, signature } = self.lines.parse(line)?;
        let row = self.row;
        SignedReading::new(reading, key, signature).map_err(|reason| {
            match is_rounded(&reading, line, &reason) {
                true => refuse(Reason::Rounded { row, reason }),
                false => refuse(Reason::Reading { row, reason }),
            }
        })
    }
}

impl Iterator for ReadingsReader {
    type Item = Result<SignedReading, FileError>;

    /// The next reading. After an error that [is of a row](FileError::is_of_a_row) the next line is read as usual.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next_line().transpose()? {
                Ok(line) => line,
                Err(error) => {
                    self.row += u64::from(error.is_of_a_row());
                    return Some(Err(error));
                }
            };
            let header = (Kind::of(&line) == Some(Kind::Readings)).then(|| check_header(&self.lines, &line));
            if matches!(header, Some(Ok(()))) {
                continue;
            }
            self.row += 1;
            return Some(match header {
                Some(Err(error)) => Err(error),
                _ => self.reading(&line),
            });
        }
    }
}

fn check_header(lines: &Lines, line: &[u8]) -> Result<(), FileError> {
    let Header { format } = lines.parse(line)?;
    if [FORMAT, FORMAT_V1].contains(&format.as_str()) {
        return Ok(());
    }
    let came = format.escape_default().take(80).collect();
    Err(FileError::new(lines.path(), Reason::Format { wanted: FORMAT, got: came }))
}

/// Whether a signature does not hold perhaps because the line has a number, not text, that is above 2^53 and as doubles are
/// written.
fn is_rounded(reading: &Reading, line: &[u8], reason: &ReadingError) -> bool {
    let channels = reading.channels.iter().filter(|value| **value != ABSENT).map(|value| i128::from(*value));
    let mut numbers = channels.chain([i128::from(reading.sequence)]);
    matches!(reason, ReadingError::Signature { .. })
        && numbers.any(|number| is_double(number) && !has_text(line, number))
}

#[expect(clippy::cast_precision_loss, reason = "what is lost is what is asked for")]
fn is_double(number: i128) -> bool {
    let text = number.to_string();
    // The shortest digits, as JavaScript writes them, or all of them.
    number.unsigned_abs() > 1 << 53
        && [format!("{}", number as f64), format!("{:.0}", number as f64)].contains(&text)
}

fn has_text(line: &[u8], number: i128) -> bool {
    let text = format!("\"{number}\"");
    line.windows(text.len()).any(|window| window == text.as_bytes())
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
