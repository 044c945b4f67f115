//! Packs in CBOR (RFC 8428 section 6), one after the other (RFC 8742), as the JSON that says the same.
//!
//! Labels that are integers become names, so that one pack has one meaning in both forms. A number in binary floating point
//! becomes the shortest decimal that is this number in its own width, which is what JSON would have: a `48.1` that a sensor
//! holds in 32 bits is 48.1, and not 48.09999847. Integers and decimal fractions (tag 4) are what they are.

use std::borrow::Cow;
use std::io::BufRead;

use minicbor::Decoder;
use minicbor::data::Type;

use super::error::SenmlError;
use crate::import::document::{MAX_DOCUMENT, MAX_ELEMENTS, fill};
use crate::import::{ImportError, TableError};

/// The names of the labels of table 4 of RFC 8428.
const LABELS: [(i64, &str); 15] = [
    (-6, "bs"),
    (-5, "bv"),
    (-4, "bu"),
    (-3, "bt"),
    (-2, "bn"),
    (-1, "bver"),
    (0, "n"),
    (1, "u"),
    (2, "v"),
    (3, "vs"),
    (4, "vb"),
    (5, "s"),
    (6, "t"),
    (7, "ut"),
    (8, "vd"),
];
/// "Self-described CBOR", which says nothing else (RFC 8949 section 3.4.6).
const SELF_DESCRIBED: u64 = 55_799;
/// Mantissa and exponent (RFC 8949 section 3.4.4).
const DECIMAL_FRACTION: u64 = 4;
/// The most bytes of text: names and units are short.
const MAX_TEXT: usize = 4096;
/// The most fields of a record: all there are, and some that nobody knows.
const MAX_FIELDS: usize = 64;

/// Whether a file that begins so is CBOR: an array, a map or a tag. No text begins so.
pub(super) fn begins(byte: u8) -> bool {
    matches!(byte, 0x80..=0xdb)
}

/// Items of a file.
pub(super) struct CborPacks<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    broken: bool,
    /// Number of the item that was read last, from 1.
    pub(super) row: u64,
}

impl<R: BufRead> CborPacks<R> {
    pub(super) fn new(input: R) -> CborPacks<R> {
        CborPacks { input, buffer: Vec::new(), at: 0, ended: false, broken: false, row: 0 }
    }

    /// The bytes of the next item.
    pub(super) fn next(&mut self) -> Option<Result<Vec<u8>, ImportError>> {
        if self.broken {
            return None;
        }
        loop {
            let rest = &self.buffer[self.at..];
            let mut decoder = Decoder::new(rest);
            match decoder.skip() {
                Ok(()) => {
                    let length = decoder.position();
                    let item = rest[..length].to_vec();
                    self.at += length;
                    self.row += 1;
                    return Some(Ok(item));
                }
                Err(_) if rest.is_empty() && self.ended => return None,
                Err(error) if error.is_end_of_input() && !self.ended => {
                    if rest.len() > MAX_DOCUMENT {
                        return self.broken_by(TableError::Endless { limit: MAX_DOCUMENT });
                    }
                    if let Err(error) = self.more() {
                        return self.broken_by(error);
                    }
                }
                Err(error) if error.is_end_of_input() => return self.broken_by(TableError::Cut),
                Err(_) => return self.broken_by(TableError::Cbor),
            }
        }
    }

    /// Reads as much again as there is, at least a page.
    fn more(&mut self) -> Result<(), TableError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let wanted = (2 * self.buffer.len()).max(1 << 12);
        while self.buffer.len() < wanted {
            let chunk = fill(&mut self.input).map_err(|reason| TableError::Io { reason })?;
            if chunk.is_empty() {
                self.ended = true;
                break;
            }
            let taken = chunk.len().min(wanted - self.buffer.len());
            self.buffer.extend_from_slice(&chunk[..taken]);
            self.input.consume(taken);
        }
        Ok(())
    }

    fn broken_by<T>(&mut self, reason: TableError) -> Option<Result<T, ImportError>> {
        self.broken = true;
        Some(Err(ImportError::Table { row: self.row + 1, reason }))
    }
}

/// A pack as the JSON that says the same.
pub(super) fn to_json(pack: &[u8]) -> Result<Vec<u8>, Unwanted> {
    let mut decoder = Decoder::new(pack);
    if decoder.datatype().is_ok_and(|kind| kind == Type::Tag) && decoder.tag()?.as_u64() != SELF_DESCRIBED {
        return Err(wanted(0, "an array of SenML records, without a tag"));
    }
    let mut json = Json(vec![b'[']);
    let count = decoder.array().map_err(|_| wanted(0, "an array of SenML records"))?;
    let mut records = 0;
    while follows(&mut decoder, count, records)? {
        if records == MAX_ELEMENTS as u64 {
            return Err(wanted(decoder.position(), format!("at most {MAX_ELEMENTS} records in a pack")));
        }
        json.separate(records);
        record(&mut decoder, &mut json)?;
        records += 1;
    }
    json.0.push(b']');
    if decoder.position() != pack.len() {
        return Err(wanted(decoder.position(), "the end of the pack"));
    }
    Ok(json.0)
}

/// Whether an item follows, in a list of a known length or of one that ends with a break.
fn follows(decoder: &mut Decoder<'_>, count: Option<u64>, read: u64) -> Result<bool, Unwanted> {
    if let Some(count) = count {
        return Ok(read < count);
    }
    if decoder.datatype()? != Type::Break {
        return Ok(true);
    }
    decoder.set_position(decoder.position() + 1);
    Ok(false)
}

fn record(decoder: &mut Decoder<'_>, json: &mut Json) -> Result<(), Unwanted> {
    let at = decoder.position();
    let count = decoder.map().map_err(|_| wanted(at, "a SenML record: a map"))?;
    json.0.push(b'{');
    let mut fields = 0;
    while follows(decoder, count, fields)? {
        if fields == MAX_FIELDS as u64 {
            return Err(wanted(decoder.position(), format!("at most {MAX_FIELDS} fields in a record")));
        }
        json.separate(fields);
        label(decoder, json)?;
        json.0.push(b':');
        value(decoder, json)?;
        fields += 1;
    }
    json.0.push(b'}');
    Ok(())
}

/// The name of a field; a number that has none is a name that nobody knows.
fn label(decoder: &mut Decoder<'_>, json: &mut Json) -> Result<(), Unwanted> {
    let at = decoder.position();
    match decoder.datatype()? {
        Type::String | Type::StringIndef => json.text(&text(decoder)?),
        kind if is_integer(kind) => {
            let number = i128::from(decoder.int()?);
            let known = LABELS.iter().find(|(label, _)| i128::from(*label) == number);
            match known {
                Some((_, name)) => json.text(name),
                None => json.text(&format!("#{number}")),
            }
        }
        _ => return Err(wanted(at, "a label: an integer or text")),
    }
    Ok(())
}

fn value(decoder: &mut Decoder<'_>, json: &mut Json) -> Result<(), Unwanted> {
    let at = decoder.position();
    let number = match decoder.datatype()? {
        Type::Bool => if decoder.bool()? { "true" } else { "false" }.to_owned(),
        Type::String | Type::StringIndef => {
            json.text(&text(decoder)?);
            return Ok(());
        }
        // A half has fewer digits than this writes: all of them.
        Type::F16 => shortest(at, f64::from(decoder.f16()?))?,
        Type::F32 => {
            let number = decoder.f32()?;
            finite(at, number.is_finite())?;
            format!("{number:e}")
        }
        Type::F64 => shortest(at, decoder.f64()?)?,
        Type::Tag if decoder.probe().tag().is_ok_and(|tag| tag.as_u64() == DECIMAL_FRACTION) => {
            decoder.tag()?;
            decimal_fraction(decoder)?
        }
        kind if is_integer(kind) => i128::from(decoder.int()?).to_string(),
        // Of a kind that no number has: whoever needs the field says so.
        _ => {
            decoder.skip()?;
            "null".to_owned()
        }
    };
    json.0.extend_from_slice(number.as_bytes());
    Ok(())
}

fn decimal_fraction(decoder: &mut Decoder<'_>) -> Result<String, Unwanted> {
    let at = decoder.position();
    let parts = match decoder.array() {
        Ok(Some(2)) => decoder.int().and_then(|exponent| Ok((exponent, decoder.int()?))).ok(),
        _ => None,
    };
    let (exponent, mantissa) =
        parts.ok_or_else(|| wanted(at, "a decimal fraction: an exponent and a mantissa of 64 bits"))?;
    Ok(format!("{}e{}", i128::from(mantissa), i128::from(exponent)))
}

fn shortest(at: usize, number: f64) -> Result<String, Unwanted> {
    finite(at, number.is_finite())?;
    Ok(format!("{number:e}"))
}

fn finite(at: usize, finite: bool) -> Result<(), Unwanted> {
    if finite { Ok(()) } else { Err(wanted(at, "a finite number")) }
}

/// Text in one piece or in several.
fn text(decoder: &mut Decoder<'_>) -> Result<String, Unwanted> {
    let at = decoder.position();
    let mut text = String::new();
    for piece in decoder.str_iter()? {
        let piece = piece.map_err(|_| wanted(at, "text in UTF-8"))?;
        if text.len() + piece.len() > MAX_TEXT {
            return Err(wanted(at, format!("text of at most {MAX_TEXT} bytes")));
        }
        text.push_str(piece);
    }
    Ok(text)
}

fn is_integer(kind: Type) -> bool {
    matches!(
        kind,
        Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::I8
            | Type::I16
            | Type::I32
            | Type::I64
            | Type::Int
    )
}

/// JSON while it is written.
struct Json(Vec<u8>);

impl Json {
    fn separate(&mut self, before: u64) {
        if before > 0 {
            self.0.push(b',');
        }
    }

    fn text(&mut self, text: &str) {
        serde_json::to_writer(&mut self.0, text).expect("text is written to memory");
    }
}

/// What should have been at a byte. It holds no error of the decoder, which is no part of our interface.
#[derive(Debug)]
pub(super) struct Unwanted {
    at: usize,
    wanted: Cow<'static, str>,
}

fn wanted(at: usize, wanted: impl Into<Cow<'static, str>>) -> Unwanted {
    Unwanted { at, wanted: wanted.into() }
}

impl From<minicbor::decode::Error> for Unwanted {
    fn from(error: minicbor::decode::Error) -> Unwanted {
        wanted(error.position().unwrap_or_default(), "well-formed CBOR of the kinds that SenML has")
    }
}

impl From<Unwanted> for SenmlError {
    fn from(Unwanted { at, wanted }: Unwanted) -> SenmlError {
        SenmlError::Cbor { at, wanted }
    }
}
