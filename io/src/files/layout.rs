//! The file of a layout: where each public field of a statement lies among the public inputs, for decoders in any language. It is written
//! beside each verifying key.
//!
//! ```json
//! {
//!   "format": "zksensor-layout/v1",
//!   "statement": "aggregate/v2/64x32x3",
//!   "public_inputs": 4,
//!   "fields": [
//!     {"name":"epoch","word":2,"shift":211,"bits":32,"subtract":"0","type":"uint32","about":"..."}
//!   ]
//! }
//! ```
//!
//! A field of `bits` is `(public input number word >> shift) mod 2^bits`, less `subtract`; one whose `bits` are null is the whole public
//! input, an element of the scalar field. `type` is that of Solidity. Words and fields count from 0, integers above 2^53 are decimal text.
//! What a value means the `about` says; an output that its policy does not ask for is 0, so whoever shows it looks at the policy.

use std::path::Path;

use serde::{Deserialize, Serialize};
use zksensor_model::claim::StatementId;
use zksensor_model::known::KnownStatement;
use zksensor_model::layout::{Field, Placement, Width};

use super::{FileError, Kind, Reason, disk, text};
use crate::at_most::AtMost;

const FORMAT: &str = "zksensor-layout/v1";

/// The most fields that a document is read with: several times what any statement has.
const MOST_FIELDS: usize = 256;

/// A statement with the places of its public fields. Loading compares them with those of this release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutFile {
    statement: KnownStatement,
    fields: Vec<PlacedField>,
}

/// A public field and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PlacedField {
    /// Name, in snake case.
    pub name: String,
    /// Index of the public input, from 0.
    pub word: usize,
    /// Position of the lowest bit in it.
    pub shift: u32,
    /// Width in bits; `None` of an element, which is the whole public input.
    pub bits: Option<u32>,
    /// What a signed field has more than its value, in decimal; `0` of an unsigned one.
    pub subtract: String,
    /// The Solidity type of the value.
    #[serde(rename = "type")]
    pub solidity: String,
    /// What the value means.
    pub about: String,
}

impl PlacedField {
    fn of(field: &Field, at: Placement, about: &str) -> PlacedField {
        let bits = match field.width {
            Width::Element => None,
            Width::Bits(bits) => Some(bits),
        };
        let subtract = field.offset.map_or(0, |offset| 1u128 << offset);
        PlacedField {
            name: field.name.to_owned(),
            word: at.word,
            shift: at.shift,
            bits,
            subtract: subtract.to_string(),
            solidity: field.solidity.to_owned(),
            about: about.to_owned(),
        }
    }

    /// Where it lies, for people: `bits 221 to 252 of public input 2 as uint32`.
    pub fn place(&self) -> String {
        let PlacedField { word, shift, solidity, .. } = self;
        match self.bits {
            None => format!("public input {word} as {solidity}"),
            Some(bits) => {
                format!("bits {shift} to {} of public input {word} as {solidity}", shift + bits - 1)
            }
        }
    }
}

impl LayoutFile {
    /// The layout of a statement.
    pub fn of(statement: &KnownStatement) -> LayoutFile {
        let layout = statement.layout();
        let abouts = layout.abouts().iter().copied().chain(std::iter::repeat(""));
        let placed = layout.fields().iter().zip(layout.placements()).zip(abouts);
        let fields = placed.map(|((field, at), about)| PlacedField::of(field, at, about)).collect();
        LayoutFile { statement: *statement, fields }
    }

    /// Name of the file beside the keys of a statement: `aggregate-v2-64x32x3.layout.json`.
    pub fn name(statement: &StatementId) -> String {
        format!("{}.layout.json", statement.to_string().replace('/', "-"))
    }

    /// The statement.
    pub fn statement(&self) -> &KnownStatement {
        &self.statement
    }

    /// The public fields, in order.
    pub fn fields(&self) -> &[PlacedField] {
        &self.fields
    }

    /// How many public inputs there are.
    pub fn public_inputs(&self) -> usize {
        self.statement.layout().words()
    }

    /// The document, a field a line.
    pub fn to_json(&self) -> String {
        let line = |field: &PlacedField| serde_json::to_string(field).expect("texts and integers are JSON");
        let lines = self.fields.iter().map(line).collect::<Vec<_>>().join(",\n    ");
        let (statement, words) = (self.statement.id(), self.public_inputs());
        format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"statement\": \"{statement}\",\n  \"public_inputs\": {words},\n  \
             \"fields\": [\n    {lines}\n  ]\n}}\n"
        )
    }

    /// Reads what [`LayoutFile::to_json`] writes; white space and the order of members may differ.
    ///
    /// # Errors
    /// [`FileError`] with the reason; `path` is named in it. [`Reason::Layout`] if it is not the layout that this release has.
    pub fn from_json(path: &Path, bytes: &[u8]) -> Result<LayoutFile, FileError> {
        let document: Incoming = text::from_json(path, Kind::Layout, bytes)?;
        if document.format != FORMAT {
            let came = document.format.escape_default().take(80).collect();
            return Err(FileError::new(path, Reason::Format { wanted: FORMAT, got: came }));
        }
        let statement = KnownStatement::parse(&document.statement)
            .map_err(|reason| FileError::new(path, Reason::Statement(reason)))?;
        let file = LayoutFile::of(&statement);
        if (file.public_inputs(), &file.fields) != (document.public_inputs, &document.fields.0) {
            let statement = statement.id().to_string();
            return Err(FileError::new(path, Reason::Layout { statement }));
        }
        Ok(file)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`LayoutFile::from_json`].
    pub fn load(path: &Path) -> Result<LayoutFile, FileError> {
        LayoutFile::from_json(path, &disk::read(path, Kind::Layout)?)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    format: String,
    statement: String,
    public_inputs: usize,
    fields: AtMost<PlacedField, MOST_FIELDS>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ark_ff::{BigInteger, Field as _, PrimeField};
    use zksensor_model::field::Fr;
    use zksensor_model::known::FAMILIES;

    use super::*;

    fn statements() -> Vec<KnownStatement> {
        [
            "aggregate/v2/64x32x3",
            "reading/v2",
            "track/v1/14",
            "survey/v1/5x7x8x3x1",
            "histogram/v1/16x32x3",
            "private-sum/v1/16x32x3",
        ]
        .map(|id| KnownStatement::parse(id).unwrap())
        .into()
    }

    fn read(text: &str) -> Result<LayoutFile, String> {
        LayoutFile::from_json(Path::new("l.json"), text.as_bytes()).map_err(|error| error.reason.to_string())
    }

    /// What a decoder does that knows nothing but the document. Values are taken modulo r.
    fn decode(document: &serde_json::Value, words: &[Fr]) -> BTreeMap<String, Fr> {
        let integer = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let field = |field: &serde_json::Value| {
            let (word, shift) = (words[integer(&field["word"])], integer(&field["shift"]));
            let mut bits = word.into_bigint().to_bits_le().split_off(shift);
            if !field["bits"].is_null() {
                bits.truncate(integer(&field["bits"]));
            }
            let value = Fr::from_bigint(BigInteger::from_bits_le(&bits)).unwrap();
            let subtract: u128 = field["subtract"].as_str().unwrap().parse().unwrap();
            (field["name"].as_str().unwrap().to_owned(), value - Fr::from(subtract))
        };
        document["fields"].as_array().unwrap().iter().map(field).collect()
    }

    #[test]
    fn the_document_alone_decodes_what_is_packed() {
        assert_eq!(statements().len(), FAMILIES.len(), "every family");
        for statement in statements() {
            let (file, layout) = (LayoutFile::of(&statement), statement.layout());
            // Every field another value, as wide as it may be.
            let values: Vec<Fr> = layout
                .fields()
                .iter()
                .zip(3u64..)
                .map(|(field, seed)| {
                    let bits = Fr::from(seed).pow([97]).into_bigint().to_bits_le();
                    let kept = bits.len().min(usize::try_from(field.bits()).unwrap());
                    Fr::from_bigint(BigInteger::from_bits_le(&bits[..kept])).unwrap()
                })
                .collect();
            let words = layout.pack(&values).unwrap();
            let decoded = decode(&serde_json::from_str(&file.to_json()).unwrap(), &words);
            for (field, value) in layout.fields().iter().zip(values) {
                let zero = Fr::from(field.offset.map_or(0, |offset| 1u128 << offset));
                assert_eq!(decoded[field.name], value - zero, "{} of {}", field.name, statement.id());
            }
            assert_eq!(decoded.len(), layout.fields().len());
            assert!(file.fields().iter().all(|field| !field.about.is_empty()), "{}", statement.id());
        }
    }

    #[test]
    fn a_file_reads_back_and_another_layout_is_refused() {
        for statement in statements() {
            let (file, json) = (LayoutFile::of(&statement), LayoutFile::of(&statement).to_json());
            assert_eq!(read(&json), Ok(file.clone()));
            assert_eq!(read(&json.replace("\n  ", "")), Ok(file));
            assert_eq!(Kind::of(json.as_bytes()), Some(Kind::Layout));
            let with = |from: &str, to: &str| {
                assert!(json.contains(from), "{from} in {json}");
                read(&json.replacen(from, to, 1)).unwrap_err()
            };
            let own = format!("expected the layout of {} as this release has it", statement.id());
            for (from, to) in [
                ("\"word\":1", "\"word\":2"),
                ("\"subtract\":\"0\"", "\"subtract\":\"1\""),
                ("\"type\":\"uint", "\"type\":\"int"),
                ("\"public_inputs\": ", "\"public_inputs\": 1"),
                ("\"about\":\"", "\"about\":\"not "),
            ] {
                assert!(with(from, to).starts_with(&own), "{from}");
            }
            assert!(with("layout/v1", "layout/v2").contains("expected the format `zksensor-layout/v1`"));
            assert!(with("\"fields\"", "\"more\": 1, \"fields\"").contains("unknown field `more`"));
        }
        let unknown = LayoutFile::of(&statements()[0]).to_json().replace("aggregate/v2", "aggregate/v9");
        assert!(read(&unknown).unwrap_err().contains("aggregate/v9"));
    }
}
