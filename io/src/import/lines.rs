//! Lines of text, each bounded.

use std::io::BufRead;

use super::document::fill;
use super::{ImportError, RecordError, TableError};

/// A line with its number, from 1.
pub(super) struct Line {
    pub(super) row: u64,
    pub(super) text: String,
}

/// Reads lines; one that is too long, or no UTF-8, is an error, and the next is read as usual.
pub(super) struct Lines<R> {
    input: R,
    limit: usize,
    row: u64,
    broken: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R, limit: usize) -> Lines<R> {
        Lines { input, limit, row: 0, broken: false }
    }

    pub(super) fn next(&mut self) -> Option<Result<Line, ImportError>> {
        if self.broken {
            return None;
        }
        let mut bytes = Vec::new();
        let (mut begun, mut long) = (false, false);
        loop {
            let chunk = match fill(&mut self.input) {
                Ok(chunk) => chunk,
                Err(reason) => {
                    self.broken = true;
                    return Some(Err(ImportError::Table {
                        row: self.row + 1,
                        reason: TableError::Io { reason },
                    }));
                }
            };
            if chunk.is_empty() && !begun {
                return None;
            }
            begun = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(chunk.len());
            long |= bytes.len() + taken > self.limit;
            if !long {
                bytes.extend_from_slice(&chunk[..taken]);
            }
            let last = chunk.is_empty() || end.is_some();
            self.input.consume(taken + usize::from(end.is_some()));
            if last {
                break;
            }
        }
        self.row += 1;
        let refused = |reason| ImportError::Record { row: self.row, reason };
        if long {
            return Some(Err(refused(RecordError::Length { limit: self.limit })));
        }
        let line = String::from_utf8(bytes).map_err(|_| refused(RecordError::Utf8));
        Some(line.map(|text| Line { row: self.row, text }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::*;

    #[test]
    fn lines_are_bounded_and_counted() {
        let text = b"one\r\n\n\xff\ntoo long\nlast";
        let mut lines = Lines::new(io::BufReader::with_capacity(2, &text[..]), 6);
        let mut next = || {
            lines.next().map(|line| line.map(|line| (line.row, line.text)).map_err(|error| error.to_string()))
        };
        assert_eq!(next(), Some(Ok((1, "one\r".to_owned()))));
        assert_eq!(next(), Some(Ok((2, String::new()))));
        assert_eq!(next(), Some(Err("row 3: expected UTF-8 text".to_owned())));
        assert_eq!(next(), Some(Err("row 4: expected at most 6 bytes in a line".to_owned())));
        assert_eq!(next(), Some(Ok((5, "last".to_owned()))));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let endless = io::BufReader::new(io::repeat(b'a').take(1 << 30));
        let mut lines = Lines::new(endless, 1 << 16);
        assert!(lines.next().unwrap().is_err());
        assert!(lines.next().is_none());
    }
}
