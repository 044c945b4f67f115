//! From the bytes of a body to items: what type it is, and where each item begins.

use std::io::Cursor;
use std::path::Path;

use axum::http::{HeaderMap, header};
use zksensor::circuits::statement::Rule;
use zksensor::files::{FileError, FramesReader, ReadingsReader, Reason};
use zksensor::model::frame::FrameError;
use zksensor::model::frame::{FRAME_HEAD_LENGTH, MAX_FRAME_SAMPLES, signed_frame_length};
use zksensor::model::reading::{ReadingError, SIGNED_READING_LENGTH};

use super::gzip::{self, GzipError};
use super::problem::{Problem, ProblemKind};
use crate::intake::{Item, ItemKind};

/// The rule of what is no item at all.
const MALFORMED: &str = "malformed";

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    lines: bool,
    gzip: bool,
}

/// An item, or why it is none.
pub(super) type Parsed = Result<Item, Refusal>;

/// Why a line is no item: by its number, and without anything that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The rule, as the intake names it.
    pub(super) rule: String,
    /// What was wanted, what came, and what to do.
    pub(super) reason: String,
}

impl Form {
    /// What the head of a request says of its body.
    pub(super) fn of(headers: &HeaderMap) -> Result<Form, Problem> {
        let wrong = |detail: &str| Problem::new(ProblemKind::MediaType, detail);
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("")).map(str::trim);
        let content = text(header::CONTENT_TYPE).unwrap_or_default();
        let media = content.split(';').next().unwrap_or_default().trim();
        let lines = match media {
            _ if media.eq_ignore_ascii_case("application/octet-stream") => false,
            _ if media.eq_ignore_ascii_case("application/x-ndjson") => true,
            _ => {
                return Err(wrong(
                    "expected Content-Type application/octet-stream (canonical bytes, one item after the other) or application/x-ndjson \
                     (a file as `zksensor device sign` writes it), got another or none",
                ));
            }
        };
        let gzip = match text(header::CONTENT_ENCODING) {
            None => false,
            Some(encoding) if encoding.eq_ignore_ascii_case("identity") => false,
            Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => true,
            Some(_) => return Err(wrong("expected Content-Encoding gzip or none, got another")),
        };
        Ok(Form { lines, gzip })
    }

    /// The items of a body, at most so many bytes after it is unpacked, and so many items. `pay` is told how many they are before any signature
    /// is checked.
    pub(super) fn items(
        self,
        kind: ItemKind,
        body: Vec<u8>,
        (most_bytes, most_items): (usize, usize),
        pay: impl FnOnce(usize) -> Result<(), Problem>,
    ) -> Result<Vec<Parsed>, Problem> {
        let body = match self.gzip {
            true => gzip::inflate(&body, most_bytes).map_err(|error| of_gzip(error, most_bytes))?,
            false => body,
        };
        if body.is_empty() {
            return Err(malformed("expected an item at least, got an empty body"));
        }
        let too_many = || {
            let detail =
                format!("expected at most {most_items} items, got more; send them in several requests");
            Problem::new(ProblemKind::TooLarge, detail)
        };
        if !self.lines {
            let items = match kind {
                ItemKind::Reading => readings(&body, most_items, too_many),
                ItemKind::Frame => frames(&body, most_items, too_many),
            }?;
            return pay(items.len()).map(|()| items);
        }
        pay(lines(&body).min(most_items))?;
        let (path, body) = (Path::new(BODY), Cursor::new(body));
        match kind {
            ItemKind::Reading => {
                let mut reader = ReadingsReader::new(path, body).map_err(|error| first(&error))?;
                let next = || {
                    reader
                        .next()
                        .map(|read| (read.map(|read| Item::Reading(read.encode().to_vec())), reader.line()))
                };
                of_lines(std::iter::from_fn(next), most_items, too_many)
            }
            ItemKind::Frame => {
                let mut reader = FramesReader::new(path, body).map_err(|error| first(&error))?;
                let next =
                    || reader.next().map(|read| (read.map(|read| Item::Frame(read.encode())), reader.line()));
                of_lines(std::iter::from_fn(next), most_items, too_many)
            }
        }
    }
}

/// The readings or frames of a message that came by a queue, in which nothing says how it is written: canonical bytes, lines that begin with `{`, either
/// compressed with gzip or not. A message that is none is one refusal.
#[cfg(feature = "nats")]
pub(crate) fn published(body: &[u8], kind: ItemKind, limits: (usize, usize)) -> Vec<Result<Item, String>> {
    let gzip = body.starts_with(&[0x1f, 0x8b]);
    let body = match gzip {
        true => gzip::inflate(body, limits.0).unwrap_or_default(),
        false => body.to_vec(),
    };
    let form = Form { lines: body.trim_ascii_start().starts_with(b"{"), gzip: false };
    match form.items(kind, body, limits, |_| Ok(())) {
        Ok(items) => items.into_iter().map(|item| item.map_err(|refusal| refusal.rule)).collect(),
        Err(_) => vec![Err(MALFORMED.to_owned())],
    }
}

/// What errors call the body.
const BODY: &str = "body";

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Malformed, detail)
}

fn of_gzip(error: GzipError, most_bytes: usize) -> Problem {
    match error {
        GzipError::Form => malformed("expected one member of gzip, whole, got something else"),
        GzipError::TooLong => Problem::new(
            ProblemKind::TooLarge,
            format!(
                "expected a body of at most {most_bytes} bytes after it is unpacked, got more; send it in parts"
            ),
        ),
    }
}

/// The first line says what the lines are; without it nothing is taken.
fn first(error: &FileError) -> Problem {
    malformed(format!("{error}; {}", error.help()))
}

fn readings(body: &[u8], most_items: usize, too_many: impl Fn() -> Problem) -> Result<Vec<Parsed>, Problem> {
    let (chunks, rest) = body.as_chunks::<SIGNED_READING_LENGTH>();
    if !rest.is_empty() {
        let got = body.len();
        return Err(malformed(format!(
            "expected a multiple of {SIGNED_READING_LENGTH} bytes, which a signed reading has, got {got}; nothing was stored"
        )));
    }
    if chunks.len() > most_items {
        return Err(too_many());
    }
    Ok(chunks.iter().map(|chunk| Ok(Item::Reading(chunk.to_vec()))).collect())
}

/// A frame says in its head how many samples it has, and so how long it is.
fn frames(body: &[u8], most_items: usize, too_many: impl Fn() -> Problem) -> Result<Vec<Parsed>, Problem> {
    let (mut rest, mut items) = (body, Vec::new());
    while !rest.is_empty() {
        if items.len() == most_items {
            return Err(too_many());
        }
        let number = items.len() + 1;
        let Some(count) = rest.get(COUNT_AT..COUNT_AT + 2).filter(|_| rest.len() >= FRAME_HEAD_LENGTH) else {
            return Err(malformed(format!(
                "frame {number}: expected a head of {FRAME_HEAD_LENGTH} bytes, got {}; nothing was stored",
                rest.len()
            )));
        };
        let count = usize::from(u16::from_be_bytes([count[0], count[1]]));
        if !(1..=MAX_FRAME_SAMPLES).contains(&count) {
            return Err(malformed(format!(
                "frame {number}: expected 1 to {MAX_FRAME_SAMPLES} samples, got {count}; nothing was stored"
            )));
        }
        let length = signed_frame_length(count);
        let Some((frame, after)) = rest.split_at_checked(length) else {
            return Err(malformed(format!(
                "frame {number}: expected {length} bytes, as its {count} samples need, got {}; nothing was stored",
                rest.len()
            )));
        };
        items.push(Ok(Item::Frame(frame.to_vec())));
        rest = after;
    }
    Ok(items)
}

/// Where a frame has its count: after version, network, schema, sequence and start.
const COUNT_AT: usize = 1 + 31 + 4 + 8 + 6;

/// Lines of a body that may be items, at most: all that are not blank, without the first one.
fn lines(body: &[u8]) -> usize {
    body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count().saturating_sub(1)
}

fn of_lines(
    lines: impl Iterator<Item = (Result<Item, FileError>, usize)>,
    most_items: usize,
    too_many: impl Fn() -> Problem,
) -> Result<Vec<Parsed>, Problem> {
    let mut items = Vec::new();
    for (read, number) in lines {
        if items.len() == most_items {
            return Err(too_many());
        }
        items.push(read.map_err(|error| Refusal::of(&error, number)));
    }
    match items.is_empty() {
        true => Err(malformed("expected an item at least, got a first line alone")),
        false => Ok(items),
    }
}

impl Refusal {
    /// What an error says quotes the line, which has a place and values; so the words are others, and its number.
    fn of(error: &FileError, line: usize) -> Refusal {
        let is_signature = match &error.reason {
            Reason::Reading { reason, .. } | Reason::Rounded { reason, .. } => {
                matches!(reason, ReadingError::Signature { .. })
            }
            Reason::Frame { reason, .. } => matches!(reason, FrameError::Signature { .. }),
            _ => false,
        };
        let (rule, words) = match is_signature {
            true => (
                Rule::SIGNATURE.to_string(),
                "wanted a signature of its key over the item, got another one; it was altered on its way",
            ),
            false => (
                MALFORMED.to_owned(),
                "wanted a line as `zksensor device sign` writes it, got something else; look at the line where it was made",
            ),
        };
        Refusal { rule, reason: format!("line {line}: {words}") }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::gzip::tests::gzip;
    use super::super::tests::stage::{frame, readings};
    use super::*;

    const BYTES: usize = 1 << 16;
    const ITEMS: usize = 20;

    fn forms() -> impl Strategy<Value = (Form, ItemKind)> {
        let kinds = prop_oneof![Just(ItemKind::Reading), Just(ItemKind::Frame)];
        (any::<bool>(), any::<bool>(), kinds).prop_map(|(lines, gzip, kind)| (Form { lines, gzip }, kind))
    }

    /// Good bodies of each form, to be damaged.
    fn good(form: Form, kind: ItemKind) -> Vec<u8> {
        let plain = match (kind, form.lines) {
            (ItemKind::Reading, false) => readings(3),
            (ItemKind::Frame, false) => [frame(1).encode(), frame(8).encode()].concat(),
            (_, true) => {
                let line = serde_json::to_string(&frame(2)).unwrap();
                format!("{{\"format\":\"zksensor-frames/v1\"}}\n{line}\n{line}\n").into_bytes()
            }
        };
        if form.gzip { gzip(&plain) } else { plain }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_body_is_a_panic_or_more_than_the_limits(
            (form, kind) in forms(), body: Vec<u8>, damage in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..4), cut: usize,
        ) {
            let mut damaged = good(form, kind);
            let length = damaged.len();
            damage.iter().for_each(|(at, byte)| damaged[at % length] = *byte);
            damaged.truncate(length - cut % length.min(40));
            for body in [body, damaged] {
                if let Ok(items) = form.items(kind, body, (BYTES, ITEMS), |_| Ok(())) {
                    prop_assert!((1..=ITEMS).contains(&items.len()));
                }
            }
        }

        #[test]
        fn bytes_that_are_taken_are_all_of_the_body(count in 1..5u64, samples in proptest::collection::vec(1..20usize, 1..4)) {
            let form = Form { lines: false, gzip: false };
            let frames: Vec<u8> = samples.iter().flat_map(|count| frame(*count).encode()).collect();
            for (kind, body) in [(ItemKind::Reading, readings(count)), (ItemKind::Frame, frames)] {
                let items = form.items(kind, body.clone(), (BYTES, ITEMS), |_| Ok(())).unwrap();
                let again: Vec<u8> = items.into_iter().flat_map(|item| match item {
                    Ok(Item::Reading(bytes) | Item::Frame(bytes)) => bytes,
                    Err(_) => Vec::new(),
                }).collect();
                prop_assert_eq!(again, body);
            }
        }
    }
}
