//! A table line by line, so that a row without end costs no memory, and what follows it can be read.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// The most bytes of one row, or of the header. Each may be a cell, of which the places take 25 bytes of memory.
pub(super) const MAX_ROW_BYTES: usize = 1 << 15;
/// The most bytes of a line that are passed over to find its end.
const MAX_SKIPPED: usize = 1 << 24;

/// Fails instead of reading on in a row without end, such as one whose quote is never closed. Gives at most a line at a time,
/// so that no line after the one that was asked for is in somebody's buffer.
pub(super) struct Bounded<R> {
    input: BufReader<R>,
    since_row: Rc<Cell<usize>>,
    within_line: bool,
}

impl<R: Read> Bounded<R> {
    /// `since_row` counts the bytes of a row; whoever asks for the next one sets it to 0.
    pub(super) fn new(input: R, since_row: Rc<Cell<usize>>) -> Bounded<R> {
        Bounded { input: BufReader::new(input), since_row, within_line: false }
    }

    /// Whether the row that was asked for is too long.
    pub(super) fn is_too_long(&self) -> bool {
        self.since_row.get() > MAX_ROW_BYTES
    }

    /// Passes over the rest of a line; `false` if it has no end.
    pub(super) fn skip_line(&mut self) -> io::Result<bool> {
        let mut skipped = 0;
        while self.within_line && skipped < MAX_SKIPPED {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(true);
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(chunk.len(), |end| end + 1);
            self.within_line = end.is_none();
            self.input.consume(count);
            skipped += count;
        }
        Ok(!self.within_line)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_too_long() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let chunk = self.input.fill_buf()?;
        let line = chunk.iter().position(|byte| *byte == b'\n').map_or(chunk.len(), |end| end + 1);
        let count = line.min(buffer.len());
        buffer[..count].copy_from_slice(&chunk[..count]);
        self.within_line = count > 0 && chunk[count - 1] != b'\n';
        self.input.consume(count);
        self.since_row.set(self.since_row.get() + count);
        Ok(count)
    }
}
