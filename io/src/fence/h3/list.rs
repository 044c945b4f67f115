//! The cells of a list, as text or JSON.

use std::fmt;

use h3o::CellIndex;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::{H3Error, MAX_CELLS};
use crate::fence::OutlineError;
use crate::fence::error::line_and_column;
use crate::fence::geojson::shown;

/// The most characters of a parser's reason that an error shows.
const REASON_SHOWN: usize = 120;

/// What stands between cells.
const BETWEEN: [char; 5] = [' ', '\t', '\r', '\n', ','];

/// The cells of a list, in its order.
pub(super) fn read(text: &str) -> Result<Vec<CellIndex>, OutlineError> {
    let cells = if text.trim_start().starts_with('[') { of_json(text)? } else { of_text(text)? };
    if cells.is_empty() { Err(H3Error::Empty.into()) } else { Ok(cells) }
}

fn of_text(text: &str) -> Result<Vec<CellIndex>, OutlineError> {
    let mut cells = Vec::new();
    let words = text.split(BETWEEN).filter(|word| !word.is_empty());
    for word in words {
        push(&mut cells, word).map_err(|reason| {
            let (line, column) = line_and_column(text, word.as_ptr().addr() - text.as_ptr().addr());
            OutlineError::At { line, column, source: Box::new(reason.into()) }
        })?;
    }
    Ok(cells)
}

fn of_json(text: &str) -> Result<Vec<CellIndex>, OutlineError> {
    let mut list = List { cells: Vec::new(), problem: None };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = list.deserialize_from(&mut reader).and_then(|()| reader.end());
    let Err(error) = read else { return Ok(list.cells) };
    let reason = list.problem.unwrap_or_else(|| {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
        H3Error::Json { reason: reason.chars().take(REASON_SHOWN).collect() }
    });
    Err(OutlineError::At { line: error.line(), column: error.column(), source: Box::new(reason.into()) })
}

/// Adds the cell that a word is.
fn push(cells: &mut Vec<CellIndex>, word: &str) -> Result<(), H3Error> {
    if cells.len() == MAX_CELLS {
        return Err(H3Error::TooMany);
    }
    cells.push(cell(word)?);
    Ok(())
}

fn cell(word: &str) -> Result<CellIndex, H3Error> {
    let wrong = |is| Err(H3Error::Cell { got: shown(word), is });
    // No cell has digits below 10 only: those of unused resolutions are all ones, and the finest resolution is 15.
    if word.len() > 1 && word.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(H3Error::Number { got: shown(word) });
    }
    let digits = word.strip_prefix("0x").unwrap_or(word);
    let is_index = matches!(digits.len(), 15 | 16) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let Some(bits) = u64::from_str_radix(digits, 16).ok().filter(|_| is_index) else {
        return wrong("not 15 hexadecimal digits");
    };
    match (CellIndex::try_from(bits), bits >> 59) {
        (Ok(cell), _) => Ok(cell),
        (_, 1) => wrong("no cell of its resolution"),
        (_, 2) => wrong("an edge"),
        (_, 4) => wrong("a vertex"),
        _ => wrong("no index of a cell"),
    }
}

/// The cells of an array, and what stopped reading it.
struct List {
    cells: Vec<CellIndex>,
    problem: Option<H3Error>,
}

impl List {
    fn deserialize_from<'de, D: Deserializer<'de>>(&mut self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }

    fn refuse<E: Error>(&mut self, problem: H3Error) -> Result<(), E> {
        self.problem = Some(problem);
        Err(E::custom("no cell"))
    }
}

impl<'de> Visitor<'de> for &mut List {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Item(self))?.is_some() {}
        Ok(())
    }
}

/// An item of the array.
struct Item<'a>(&'a mut List);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cell as text")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<(), E> {
        push(&mut self.0.cells, word).or_else(|problem| self.0.refuse(problem))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.0.refuse(H3Error::Number { got: number.to_string() })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.0.refuse(H3Error::Number { got: number.to_string() })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.0.refuse(H3Error::Number { got: number.to_string() })
    }
}
