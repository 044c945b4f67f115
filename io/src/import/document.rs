//! JSON as importers read it: documents one after the other, each bounded, no key twice, numbers as they are written.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

use crate::json::{DuplicateKey, refuse_duplicate_keys};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{CellError, Decimal, ImportError, RecordError, TableError};

/// The most bytes of a document.
pub(super) const MAX_DOCUMENT: usize = 1 << 20;
/// The most elements of a list that is kept.
pub(super) const MAX_ELEMENTS: usize = 1024;
/// The most characters of an error that another parser wrote.
const MAX_WHAT: usize = 200;

/// Documents of a file: objects or arrays with white space between them, on one line or on many.
pub(super) struct Documents<R> {
    input: R,
    begun: bool,
    broken: bool,
    /// Number of the document that was read last, from 1.
    pub(super) row: u64,
}

impl<R: BufRead> Documents<R> {
    pub(super) fn new(input: R) -> Documents<R> {
        Documents { input, begun: false, broken: false, row: 0 }
    }

    /// The next document. Something else than a document is an error about its line.
    pub(super) fn next(&mut self) -> Option<Result<Vec<u8>, ImportError>> {
        if self.broken {
            return None;
        }
        let mut document = Vec::new();
        let mut scan = Scan::default();
        loop {
            let chunk = match fill(&mut self.input) {
                Ok(chunk) => chunk,
                Err(reason) => return self.broken_by(TableError::Io { reason }),
            };
            if chunk.is_empty() {
                // What is no document has no end that could be missing.
                return match (document.is_empty(), scan.bare) {
                    (true, _) => None,
                    (false, false) => self.broken_by(TableError::Cut),
                    (false, true) => {
                        self.row += 1;
                        Some(Ok(document))
                    }
                };
            }
            let skipped = if document.is_empty() { white_space(chunk, !self.begun) } else { 0 };
            self.begun = true;
            let (taken, ended) = scan.take(&chunk[skipped..]);
            document.extend_from_slice(&chunk[skipped..skipped + taken]);
            self.input.consume(skipped + taken);
            if document.len() > MAX_DOCUMENT {
                return self.broken_by(TableError::Endless { limit: MAX_DOCUMENT });
            }
            if ended {
                self.row += 1;
                return Some(Ok(document));
            }
        }
    }

    fn broken_by<T>(&mut self, reason: TableError) -> Option<Result<T, ImportError>> {
        self.broken = true;
        Some(Err(ImportError::Table { row: self.row + 1, reason }))
    }
}

/// What is buffered, interrupted reads apart.
pub(super) fn fill(input: &mut impl BufRead) -> io::Result<&[u8]> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    input.fill_buf()
}

/// Bytes of white space, and of a byte order mark at the beginning of the file.
fn white_space(chunk: &[u8], first: bool) -> usize {
    let mark = if first && chunk.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    mark + chunk[mark..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Finds the end of a document.
#[derive(Default)]
struct Scan {
    begun: bool,
    /// A document is an object or an array; anything else ends with its line.
    bare: bool,
    depth: usize,
    string: bool,
    escaped: bool,
}

impl Scan {
    /// How many bytes belong to the document, and whether it ends with them.
    fn take(&mut self, chunk: &[u8]) -> (usize, bool) {
        for (index, byte) in chunk.iter().enumerate() {
            if !self.begun {
                self.begun = true;
                self.bare = !matches!(byte, b'{' | b'[');
            }
            if self.bare {
                if *byte == b'\n' {
                    return (index + 1, true);
                }
            } else if self.string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' if self.depth == 1 => return (index + 1, true),
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                }
            }
        }
        (chunk.len(), false)
    }
}

/// Reads a document of which no object has a key twice. `wanted`: what it should be, for errors.
pub(super) fn parse<'a, T: Deserialize<'a>>(
    row: u64,
    document: &'a [u8],
    wanted: &'static str,
) -> Result<T, ImportError> {
    let refused = |reason| ImportError::Record { row, reason };
    refuse_duplicate_keys(document).map_err(|DuplicateKey { key, line, column, .. }| {
        refused(RecordError::DuplicateKey { key, line, column })
    })?;
    let text = std::str::from_utf8(document).map_err(|_| refused(RecordError::Utf8))?;
    serde_json::from_str(text).map_err(|error| {
        let text = error.to_string();
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        let what = what.chars().take(MAX_WHAT).collect();
        refused(RecordError::Json { line: error.line(), column: error.column(), wanted, what })
    })
}

/// A number as it is written; `null` is none.
pub(super) fn number(raw: &RawValue) -> Result<Option<Decimal>, CellError> {
    match raw.get() {
        "null" => Ok(None),
        text => Ok(Some(text.parse()?)),
    }
}

/// The fields of an object by name, at most [`MAX_FIELDS`].
pub(super) struct Fields<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

/// The most fields of an object that is kept.
const MAX_FIELDS: usize = 64;

/// Text without its quotes and escapes.
#[derive(serde::Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields<'de>, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an object of at most {MAX_FIELDS} fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some((Text(name), value)) = members.next_entry()? {
                    if fields.len() == MAX_FIELDS {
                        return Err(A::Error::custom(format_args!("more than {MAX_FIELDS} fields")));
                    }
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::at_most::AtMost;

    fn documents(text: &str) -> Vec<Result<String, String>> {
        // A buffer of three bytes: no state is lost between them.
        let mut documents = Documents::new(io::BufReader::with_capacity(3, text.as_bytes()));
        std::iter::from_fn(|| documents.next())
            .map(|document| {
                document.map(|text| String::from_utf8(text).unwrap()).map_err(|error| error.to_string())
            })
            .collect()
    }

    #[test]
    fn documents_end_where_their_bracket_closes() {
        let text = "\u{feff} {\"a\": \"}\\\"{\",\n \"b\": [1, {}]}[1]\n\n 12 34 \n{}";
        let found: Vec<String> = documents(text).into_iter().map(Result::unwrap).collect();
        assert_eq!(found, ["{\"a\": \"}\\\"{\",\n \"b\": [1, {}]}", "[1]", "12 34 \n", "{}"]);
        assert_eq!(documents("<xml/>"), [Ok("<xml/>".to_owned())]);
    }

    #[test]
    fn a_document_without_end_is_the_last() {
        assert_eq!(
            documents("{}[{}"),
            [
                Ok("{}".to_owned()),
                Err("row 2: expected the record to end, the file ends before; was it cut?".to_owned())
            ]
        );
        let endless = io::BufReader::new(io::repeat(b'['));
        let mut documents = Documents::new(endless);
        let error = documents.next().unwrap().unwrap_err();
        assert!(error.to_string().contains("within 1048576 bytes") && error.is_last(), "{error}");
        assert!(documents.next().is_none());
    }

    #[test]
    fn lists_are_capped() {
        let list = |length: usize| format!("[{}0]", "0,".repeat(length - 1));
        assert_eq!(
            parse::<AtMost<u8, MAX_ELEMENTS>>(1, list(1024).as_bytes(), "numbers").unwrap().0.len(),
            1024
        );
        let error =
            parse::<AtMost<u8, MAX_ELEMENTS>>(1, list(1025).as_bytes(), "numbers").err().unwrap().to_string();
        assert!(error.contains("a list of at most 1024 items"), "{error}");
    }
}
