//! The file of a proof: JSON with the statement, the key's id, the proof, and the public inputs packed and by name.
//!
//! ```json
//! {
//!   "format": "zksensor-proof/v1",
//!   "statement": "aggregate/v2/64x32x3",
//!   "key_id": "INSECURE-0x...",
//!   "proof": "0x...",
//!   "public_inputs": ["0x...", "0x...", "0x...", "0x..."],
//!   "fields": { "registry_root": "0x...", "policy_id": "0x...", "epoch": 2, "sum": "-1234" }
//! }
//! ```
//!
//! There is one file for one claim, white space and the order of members apart: databases, jq and maps of Go order them as they
//! like. Of halo2 the format is `zksensor-halo2-proof/v1`, and the proof is longer; of a mock, which proves nothing, `zksensor-mock-proof/v1`. A member that comes twice or that nobody knows is refused, wherever it is. Fields of at most 32 bits are numbers, wider integers decimal text,
//! and what is no integer is hexadecimal. The proof says nothing of the fields that it was not verified against: they have
//! to be what the public inputs unpack to.

use std::fmt;
use std::path::Path;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use zksensor_model::field::{self, FieldError, Fr};
use zksensor_model::layout::{self, InputError, Shown};
use zksensor_verifier::{KeyId, Proof, ProofError};

mod incoming;
mod system;
mod verify;

pub use system::FileProof;
pub use verify::ProofKeyError;

use self::incoming::{LIMIT, Named};
use super::disk::{self, Overwrite};
use super::{FileError, Kind, Reason, Staged, text};
use crate::at_most::AtMost;
use crate::hex;
use zksensor_model::claim::StatementId;
use zksensor_model::known::{AnyClaim, KnownStatement, UnknownStatement};

const INSECURE: &str = "INSECURE-";

/// A proof with what it claims, of Groth16 unless another proof system is named. Loading checks the form; whether the proof holds is for the
/// verifier.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofFile<P = Proof> {
    statement: AnyClaim,
    key_id: String,
    proof: P,
    words: Vec<Fr>,
    fields: Vec<Fr>,
}

/// Why a document is not a proof with its public inputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFileError {
    /// The statement is none of this release.
    #[error("`statement`: {0}")]
    Statement(#[from] UnknownStatement),
    /// It is a proof of something else.
    #[error("`statement`: expected {wanted}, got `{got}`")]
    Other {
        /// The claim that was asked for.
        wanted: Box<StatementId>,
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// The key id is none.
    #[error(
        "expected `key_id` as 0x and 64 hexadecimal digits, after INSECURE- if it is insecure, got `{got}`"
    )]
    KeyId {
        /// What came, escaped and cut to 100 characters.
        got: String,
    },
    /// The proof is none.
    #[error("`proof`: {0}")]
    Proof(#[from] ProofError),
    /// The proof is none of halo2.
    #[cfg(feature = "halo2")]
    #[error("`proof`: {0}")]
    Halo2Proof(#[from] zksensor_verifier_halo2::ProofError),
    /// It is no mock.
    #[cfg(feature = "mock")]
    #[error("`proof`: {0}")]
    MockProof(#[from] zksensor_mock::ProofError),
    /// A public input is not a field element.
    #[error("public input {index}: {reason}")]
    Word {
        /// Which, from 0.
        index: usize,
        /// What is wrong with it.
        #[source]
        reason: FieldError,
    },
    /// The public inputs are none of the statement's.
    #[error("`public_inputs`: {0}")]
    Inputs(#[from] InputError),
    /// A named field is not what the public inputs say.
    #[error("field `{field}`: expected {wanted} as the public inputs have it, got {got}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What the public inputs unpack to.
        wanted: String,
        /// What came, cut to 100 characters.
        got: String,
    },
    /// There is no such field.
    #[error("expected the fields {wanted}, got a field `{got}`, too")]
    UnknownField {
        /// The fields of the statement.
        wanted: String,
        /// The name that came, escaped and cut to 40 characters.
        got: String,
    },
    /// A part has another text for the same value.
    #[error("`{field}`: expected {wanted}, as it was written, got other letters")]
    NotCanonical {
        /// Which.
        field: &'static str,
        /// What it is written with.
        wanted: &'static str,
    },
}

impl<P: FileProof> ProofFile<P> {
    /// The file of a proof of `words` under the key `key_id`. The claim is one of this library or of another crate.
    ///
    /// # Errors
    /// [`InputError`] if the words are no public inputs of the statement.
    pub fn new(
        statement: impl Into<AnyClaim>,
        key_id: KeyId,
        proof: P,
        words: Vec<Fr>,
    ) -> Result<ProofFile<P>, InputError> {
        let statement = statement.into();
        let fields = statement.fields(&words)?;
        Ok(ProofFile { statement, key_id: key_id.to_string(), proof, words, fields })
    }

    /// What is proven.
    pub fn statement(&self) -> &AnyClaim {
        &self.statement
    }

    /// The id of the key that it was proven with.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether that key says that whoever made it can forge.
    pub fn is_insecure(&self) -> bool {
        self.key_id.starts_with(INSECURE)
    }

    /// The proof.
    pub fn proof(&self) -> &P {
        &self.proof
    }

    /// The packed public inputs.
    pub fn words(&self) -> &[Fr] {
        &self.words
    }

    /// The public fields by name, in the order of the layout, as the file has them.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        let fields = self.statement.layout().fields();
        fields.iter().zip(&self.fields).map(|(field, value)| (field.name, show_field(field, value))).collect()
    }

    /// The public field of this name, if the statement has one.
    pub fn field(&self, name: &str) -> Option<Fr> {
        let fields = self.statement.layout().fields();
        fields.iter().zip(&self.fields).find(|(field, _)| field.name == name).map(|(_, value)| *value)
    }

    /// The document, on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.document()).expect("the parts are JSON")
    }

    /// Reads a document as [`ProofFile::to_json`] writes it, of the proof system that the type names; white space and the order of members
    /// may differ. Of Groth16 [`ProofFile::from_json`] does.
    ///
    /// # Errors
    /// [`FileError`] with the reason; `path` is named in it. [`Reason::Kind`] for a proof of another system.
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<ProofFile<P>, FileError> {
        ProofFile::read(path, bytes, |id| Ok(AnyClaim::known(&KnownStatement::parse(id)?)))
    }

    fn read(
        path: &Path,
        bytes: &[u8],
        claim: impl Fn(&str) -> Result<AnyClaim, ProofFileError>,
    ) -> Result<ProofFile<P>, FileError> {
        let (wanted, got) = (P::KIND, Kind::of(bytes));
        if got.is_some_and(|got| got.is_other_system(wanted) || got.is_mock() != wanted.is_mock()) {
            return Err(FileError::new(path, Reason::Kind { wanted, got }));
        }
        let document: Incoming = text::from_json(path, wanted, bytes)?;
        if document.format != P::FORMAT {
            let came = document.format.escape_default().take(80).collect();
            return Err(FileError::new(path, Reason::Format { wanted: P::FORMAT, got: came }));
        }
        document.check(claim).map_err(|reason| FileError::new(path, Reason::Proof { reason }))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Reason::Exists`] if it is there and must not be replaced; [`Reason::System`].
    pub fn save(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        let mut staged = Staged::create(path, P::KIND, overwrite)?;
        self.put_into(&mut staged)?;
        staged.commit()
    }

    /// Writes the document into an output that was started before the proof was made.
    ///
    /// # Errors
    /// As [`Staged::put`].
    pub fn put_into(&self, staged: &mut Staged) -> Result<(), FileError> {
        let mut json = serde_json::to_vec_pretty(&self.document()).expect("the parts are JSON");
        json.push(b'\n');
        staged.put(&json)
    }

    fn document(&self) -> Outgoing<'_> {
        Outgoing {
            format: P::FORMAT,
            statement: self.statement.id().to_string(),
            key_id: &self.key_id,
            proof: self.proof.to_hex(),
            public_inputs: self.words.iter().map(field::to_hex).collect(),
            fields: Fields(self.fields()),
        }
    }
}

impl ProofFile {
    /// Reads a document as [`ProofFile::to_json`] writes it; white space and the order of members may differ.
    ///
    /// # Errors
    /// [`FileError`] with the reason; `path` is named in it.
    pub fn from_json(path: &Path, bytes: &[u8]) -> Result<ProofFile, FileError> {
        refuse_arkworks(path, bytes)?;
        ProofFile::decode(path, bytes)
    }

    /// As [`ProofFile::from_json`] for a proof of this claim, which may be of another crate.
    ///
    /// # Errors
    /// As [`ProofFile::from_json`]; [`ProofFileError::Other`] if it is of another claim.
    pub fn from_json_of(
        claim: impl Into<AnyClaim>,
        path: &Path,
        bytes: &[u8],
    ) -> Result<ProofFile, FileError> {
        let claim = claim.into();
        refuse_arkworks(path, bytes)?;
        ProofFile::read(path, bytes, |id| match claim.id().to_string() == id {
            true => Ok(claim.clone()),
            false => Err(ProofFileError::Other {
                wanted: claim.id().clone().into(),
                got: id.escape_default().take(80).collect(),
            }),
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`FileError`] unless the file is exactly a proof file.
    pub fn load(path: &Path) -> Result<ProofFile, FileError> {
        ProofFile::from_json(path, &disk::read(path, Kind::Proof)?)
    }

    /// As [`ProofFile::load`] for a proof of this claim, which may be of another crate.
    ///
    /// # Errors
    /// As [`ProofFile::from_json_of`].
    pub fn load_of(claim: impl Into<AnyClaim>, path: &Path) -> Result<ProofFile, FileError> {
        ProofFile::from_json_of(claim, path, &disk::read(path, Kind::Proof)?)
    }
}

/// A bare proof in the form of arkworks is named as that.
fn refuse_arkworks(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    match Proof::from_bytes(bytes) {
        Err(reason @ ProofError::Arkworks { .. }) => {
            Err(FileError::new(path, Reason::Proof { reason: reason.into() }))
        }
        _ => Ok(()),
    }
}

/// An encoded field as files show it: a number, or text; null of a value that does not fit it.
pub fn show_field(field: &layout::Field, value: &Fr) -> Value {
    match field.show(value) {
        Some(Shown::Number(number)) => number.into(),
        Some(Shown::Text(text)) => text.into(),
        None => Value::Null,
    }
}

#[derive(Serialize)]
struct Outgoing<'a> {
    format: &'static str,
    statement: String,
    key_id: &'a str,
    proof: String,
    public_inputs: Vec<String>,
    fields: Fields,
}

/// Named values in their order.
struct Fields(Vec<(&'static str, Value)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    format: String,
    statement: String,
    key_id: String,
    proof: String,
    public_inputs: AtMost<String, LIMIT>,
    fields: Named,
}

impl Incoming {
    fn check<P: FileProof>(
        &self,
        claim: impl Fn(&str) -> Result<AnyClaim, ProofFileError>,
    ) -> Result<ProofFile<P>, ProofFileError> {
        let statement = claim(&self.statement)?;
        let digest = self.key_id.strip_prefix(INSECURE).unwrap_or(&self.key_id);
        if hex::parse::<32>(digest).is_err() {
            let came = self.key_id.escape_default().take(100).collect();
            return Err(ProofFileError::KeyId { got: came });
        }
        let word = |(index, text): (usize, &String)| {
            field::parse_hex(text).map_err(|reason| ProofFileError::Word { index, reason })
        };
        let words = self.public_inputs.0.iter().enumerate().map(word).collect::<Result<Vec<_>, _>>()?;
        let fields = statement.fields(&words)?;
        let (key_id, proof) = (self.key_id.clone(), P::from_hex(&self.proof)?);
        let file = ProofFile { statement, key_id, proof, words, fields };
        for (field, wanted) in file.fields() {
            let came = self.fields.get(field);
            if came != Some(&wanted) {
                let came = came.map_or_else(|| "nothing".to_owned(), |came| cut(came, 100));
                return Err(ProofFileError::Field { field, wanted: wanted.to_string(), got: came });
            }
        }
        if let Some(got) = self.fields.names().find(|name| file.field(name).is_none()) {
            let wanted: Vec<&str> = file.fields().iter().map(|(name, _)| *name).collect();
            let got = got.escape_default().take(40).collect();
            return Err(ProofFileError::UnknownField { wanted: wanted.join(", "), got });
        }
        self.in_one_form(&file).map_or(Ok(file), Err)
    }

    /// What is written with other letters than the file of the same claim.
    fn in_one_form<P>(&self, file: &ProofFile<P>) -> Option<ProofFileError> {
        let digits = "lower-case hexadecimal digits";
        let upper = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
        let id = self.key_id.strip_prefix(INSECURE).unwrap_or(&self.key_id);
        [
            ("statement", self.statement != file.statement.id().to_string(), "the statement's id"),
            ("key_id", upper(id), digits),
            ("proof", upper(&self.proof), digits),
            ("public_inputs", self.public_inputs.0.iter().any(|word| upper(word)), digits),
        ]
        .into_iter()
        .find(|(_, differs, _)| *differs)
        .map(|(field, _, wanted)| ProofFileError::NotCanonical { field, wanted })
    }
}

fn cut(text: &impl fmt::Display, length: usize) -> String {
    text.to_string().chars().take(length).collect()
}
