//! A table line by line, so that a row without end costs no memory, and what follows it can be read.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// The most bytes of one row, or of the header. Each may be a cell, of which the places take 25 bytes of memory.
pub(super) const MAX_ROW_BYTES: usize = 1 << 15;

/// Fails instead of reading on in a row without end, such as one whose quote is never closed. Gives at most a line at a time,
/// so that no line after the one that was asked for is in somebody's buffer.
pub(super) struct Bounded<R> {
    input: BufReader<R>,
    since_row: Rc<Cell<usize>>,
}

impl<R: Read> Bounded<R> {
    /// `since_row` counts the bytes of a row; whoever asks for the next one sets it to 0.
    pub(super) fn new(input: R, since_row: Rc<Cell<usize>>) -> Bounded<R> {
        Bounded { input: BufReader::new(input), since_row }
    }

    /// Whether the row that was asked for is too long.
    pub(super) fn is_too_long(&self) -> bool {
        self.since_row.get() > MAX_ROW_BYTES
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
        self.input.consume(count);
        self.since_row.set(self.since_row.get() + count);
        Ok(count)
    }
}
