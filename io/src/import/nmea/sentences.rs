//! Finds the sentences of a log, whatever is around them.
//!
//! A sentence begins at its `$` (or `!`) and ends with its line; CR, LF and both end one. What stands before the last `$` of a
//! line is passed over: the time that a terminal put there, a TAG block, another protocol's bytes, the beginning of a sentence
//! that was cut. A sentence has its own checksum, so that none is made of what does not belong together.

use std::io::BufRead;

use crate::import::document::fill;
use crate::import::{ImportError, RecordError, TableError};

/// The most bytes of a sentence. The standard says 82; some receivers send more, and none this many.
const MAX_SENTENCE: usize = 256;
/// The end of a file of DOS.
const DOS_EOF: u8 = 0x1a;

/// What is on a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// From its `$` or `!` on.
    Sentence(String),
    /// Text without a sentence.
    Text,
}

/// Reads lines in bounded memory.
pub(super) struct Sentences<R> {
    input: R,
    row: u64,
    /// The last byte was a CR: an LF that follows ends the same line.
    after_cr: bool,
    broken: bool,
}

/// A line while it is read.
#[derive(Default)]
struct Line {
    /// From the last `$` on, or from the first `!` if there is none.
    sentence: Option<Vec<u8>>,
    long: bool,
    /// Whether there is anything but white space.
    any: bool,
    /// Whether there are bytes that are no text.
    binary: bool,
}

impl<R: BufRead> Sentences<R> {
    pub(super) fn new(input: R) -> Sentences<R> {
        Sentences { input, row: 0, after_cr: false, broken: false }
    }

    /// The next line that holds something, and its number.
    pub(super) fn next(&mut self) -> Option<Result<(u64, Content), ImportError>> {
        while !self.broken {
            let mut line = Line::default();
            let more = match self.read_line(&mut line) {
                Ok(more) => more,
                Err(reason) => {
                    self.broken = true;
                    return Some(Err(ImportError::Table {
                        row: self.row + 1,
                        reason: TableError::Io { reason },
                    }));
                }
            };
            self.broken = !more;
            self.row += u64::from(more || line.any);
            if let Some(content) = line.content(self.row) {
                return Some(content.map(|content| (self.row, content)));
            }
        }
        None
    }

    /// Reads to the end of a line; `false` if the file ends before.
    fn read_line(&mut self, line: &mut Line) -> std::io::Result<bool> {
        loop {
            let chunk = fill(&mut self.input)?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let mut taken = 0;
            let mut ended = false;
            for byte in chunk {
                taken += 1;
                let same_end = std::mem::replace(&mut self.after_cr, *byte == b'\r') && *byte == b'\n';
                if same_end {
                    continue;
                }
                if matches!(byte, b'\r' | b'\n') {
                    ended = true;
                    break;
                }
                line.push(*byte);
            }
            self.input.consume(taken);
            if ended {
                return Ok(true);
            }
        }
    }
}

impl Line {
    fn push(&mut self, byte: u8) {
        self.any |= !byte.is_ascii_whitespace() && byte != DOS_EOF;
        self.binary |= byte >= 0x80 || (byte.is_ascii_control() && byte != b'\t');
        match (&mut self.sentence, byte) {
            (_, b'$') | (None, b'!') => {
                self.sentence = Some(vec![byte]);
                self.long = false;
            }
            (Some(sentence), byte) if sentence.len() < MAX_SENTENCE => sentence.push(byte),
            (Some(_), _) => self.long = true,
            (None, _) => {}
        }
    }

    /// What the line is; `None` of an empty one, and of bytes that are another protocol's.
    fn content(self, row: u64) -> Option<Result<Content, ImportError>> {
        let refused = |reason| Some(Err(ImportError::Record { row, reason }));
        let Some(mut sentence) = self.sentence else {
            return (self.any && !self.binary).then_some(Ok(Content::Text));
        };
        let begins = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if self.binary && !sentence.get(1).is_some_and(begins) {
            return None;
        }
        if self.long {
            return refused(RecordError::Length { limit: MAX_SENTENCE });
        }
        while sentence.last().is_some_and(|byte| byte.is_ascii_whitespace() || *byte == DOS_EOF) {
            sentence.pop();
        }
        match String::from_utf8(sentence) {
            Ok(text) => Some(Ok(Content::Sentence(text))),
            Err(_) => refused(RecordError::Utf8),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufReader, Read};

    use super::*;

    fn found(log: &[u8]) -> Vec<(u64, Result<String, String>)> {
        let mut sentences = Sentences::new(BufReader::with_capacity(3, log));
        let mut all = Vec::new();
        while let Some(next) = sentences.next() {
            all.push(match next {
                Ok((row, Content::Sentence(text))) => (row, Ok(text)),
                Ok((row, Content::Text)) => (row, Err("text".to_owned())),
                Err(error) => (sentences.row, Err(error.to_string())),
            });
        }
        all
    }

    #[test]
    fn a_sentence_begins_at_the_last_dollar_of_its_line() {
        let log = b"$A\r\n12:00 $B \n\xb5b\x01\x00$C\r\\c:1*00\\$D\r$$E\n$FRAG$G\n\n# text\n\xff\x00\x01\n\x00$\x01\n!H,$I\n$J\x1a\n\x1a";
        let good = |row: u64, text: &str| (row, Ok(text.to_owned()));
        assert_eq!(
            found(log),
            [
                good(1, "$A"),
                good(2, "$B"),
                good(3, "$C"),
                good(4, "$D"),
                good(5, "$E"),
                good(6, "$G"),
                (8, Err("text".to_owned())),
                good(11, "$I"),
                good(12, "$J"),
            ]
        );
        assert_eq!(found(b""), []);
        assert_eq!(found(b"$A"), [good(1, "$A")]);
    }

    #[test]
    fn a_line_is_bounded_and_the_next_one_read() {
        let long = [b"$".as_slice(), &[b'a'; 300], b"\n$B\n"].concat();
        let all = found(&long);
        assert!(all[0].1.as_ref().unwrap_err().contains("at most 256 bytes"), "{all:?}");
        assert_eq!(all[1], (2, Ok("$B".to_owned())));
        // Bytes before a `$` are no part of the sentence.
        let before = [&[0xff; 300], b"$B\n".as_slice()].concat();
        assert_eq!(found(&before), [(1, Ok("$B".to_owned()))]);
        let message = found(b"$GPGLL,\xe9*00")[0].1.clone().unwrap_err();
        assert!(message.contains("expected UTF-8 text"), "{message}");
        let endless = BufReader::new(io::repeat(b'$').take(1 << 24));
        assert_eq!(Sentences::new(endless).next().unwrap().unwrap(), (1, Content::Sentence("$".to_owned())));
    }
}
