//! The file of an opening: what shows somebody the reading behind the commitment of a proof.
//!
//! ```json
//! { "format": "zksensor-opening/v2", "commitment": "0x...", "salt": "0x...", "reading": { "reading": {}, "key": "0x..", "signature": "0x.." } }
//! ```
//!
//! Whoever has it sees where and when the device was, and what it measured. It is JSON of mode 0600, its members in any order.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};
use zksensor_model::claim::StatementId;
use zksensor_model::claim::reading::{Commitment, Salt};
use zksensor_model::field;
use zksensor_model::reading::{SIGNED_READING_LENGTH, SignedReading};

use super::disk::{self, Overwrite};
use super::{FileError, FileProof, Kind, ProofFile, Reason, text};

const FORMAT: &str = "zksensor-opening/v2";
/// Of earlier releases: the reading has its integers as numbers.
const FORMAT_V1: &str = "zksensor-opening/v1";

/// A signed reading and the salt, which together open a commitment. Reading one checks that they do, and the signature.
///
/// ```
/// use std::path::Path;
/// use zksensor_io::files::OpeningFile;
/// # use zksensor_model::claim::reading::Salt;
/// # use zksensor_model::device::DeviceKey;
/// # use zksensor_model::field::Fr;
/// # use zksensor_model::reading::{Location, Network, PayloadHash, Reading, UnixMillis};
/// # let reading = Reading {
/// #     network: Network::new(137, [0x11; 20]), schema: 1, sequence: 42, time: UnixMillis::new(1_767_225_600_000)?,
/// #     location: Location::from_e7(525_200_000, 134_050_000)?, accuracy_mm: 3_500, channels: [21_500, 0, 0, 0],
/// #     payload_hash: PayloadHash::NONE,
/// # };
/// # let signed = DeviceKey::from_seed([7; 32]).sign(&reading)?;
/// # let salt = Salt::insecure_from_field(Fr::from(1u64));
/// let opening = OpeningFile::new(&signed, salt);
/// let again = OpeningFile::from_json(Path::new("opening.json"), &opening.to_json())?;
/// assert_eq!((again.commitment(), again.signed()), (opening.commitment(), signed));
/// assert!(!format!("{again:?}").contains("21500"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `Debug` shows the commitment alone. What is kept is wiped when it is dropped; what [`OpeningFile::signed`] gives is the
/// caller's.
#[derive(Clone)]
pub struct OpeningFile {
    commitment: Commitment,
    salt: Salt,
    encoded: Zeroizing<[u8; SIGNED_READING_LENGTH]>,
}

/// Why an opening is not that of a commitment. It says nothing of the reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// The commitment in the file is not that of the reading and the salt.
    #[error(
        "expected `commitment` as reading and salt beside it have it, got another; one of them was altered"
    )]
    Altered,
    /// The proof has none.
    #[error("expected a proof with a commitment, got one of {got}, which has none")]
    NoCommitment {
        /// The statement of the proof.
        got: Box<StatementId>,
    },
    /// The proof has another one.
    #[error("expected an opening of the commitment {wanted}, which the proof has, got one of {got}")]
    Other {
        /// The commitment of the proof.
        wanted: Commitment,
        /// The commitment that this opens.
        got: Commitment,
    },
}

impl OpeningFile {
    /// What opens the commitment to this reading with this salt.
    pub fn new(signed: &SignedReading, salt: Salt) -> OpeningFile {
        let commitment = Commitment::of(&signed.reading().message(), &salt);
        OpeningFile { commitment, salt, encoded: Zeroizing::new(signed.encode()) }
    }

    /// The commitment, which is public.
    pub fn commitment(&self) -> Commitment {
        self.commitment
    }

    /// The salt: with it and a guess of the reading the commitment can be tested.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The reading with the device's signature.
    pub fn signed(&self) -> SignedReading {
        SignedReading::decode(&*self.encoded).expect("it was encoded from a signed reading")
    }

    /// Checks that this opens the commitment of a proof. Whether the proof holds is for a verifier.
    ///
    /// # Errors
    /// [`OpeningError::NoCommitment`] or [`OpeningError::Other`].
    pub fn opens<P: FileProof>(&self, proof: &ProofFile<P>) -> Result<(), OpeningError> {
        let none = || OpeningError::NoCommitment { got: Box::new(proof.statement().id().clone()) };
        let wanted = proof.field("commitment").ok_or_else(none)?;
        match wanted == self.commitment.to_field() {
            true => Ok(()),
            false => {
                Err(OpeningError::Other { wanted: Commitment::from_field(wanted), got: self.commitment })
            }
        }
    }

    /// The document; it is wiped when it is dropped.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let document = Document {
            format: FORMAT.to_owned(),
            commitment: self.commitment,
            salt: field::to_hex(&self.salt.expose()),
            reading: self.signed(),
        };
        let json = serde_json::to_vec_pretty(&document).expect("the parts are JSON, and memory takes them");
        let mut json = Zeroizing::new(json);
        json.push(b'\n');
        json
    }

    /// Reads a document as [`OpeningFile::to_json`] writes it, its members in any order.
    ///
    /// # Errors
    /// [`FileError`], which names `path`, unless it is exactly an opening. Nothing of the reading is in an error.
    pub fn from_json(path: &Path, bytes: &[u8]) -> Result<OpeningFile, FileError> {
        let refuse = |reason| FileError::new(path, reason);
        let document: Document = text::from_json(path, Kind::Opening, bytes)?;
        if ![FORMAT, FORMAT_V1].contains(&document.format.as_str()) {
            let came = document.format.escape_default().take(80).collect();
            return Err(refuse(Reason::Format { wanted: FORMAT, got: came }));
        }
        let salt = field::parse_hex(&document.salt).map_err(|_| refuse(Reason::Secret { field: "salt" }))?;
        let opening = OpeningFile::new(&document.reading, Salt::insecure_from_field(salt));
        match opening.commitment == document.commitment {
            true => Ok(opening),
            false => Err(refuse(Reason::Opening { reason: OpeningError::Altered })),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`OpeningFile::from_json`], and if the file cannot be read.
    pub fn load(path: &Path) -> Result<OpeningFile, FileError> {
        OpeningFile::from_json(path, &Zeroizing::new(disk::read(path, Kind::Opening)?))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Reason::Exists`] if it is there and must not be replaced; [`Reason::System`].
    pub fn save(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        disk::write(path, Kind::Opening, overwrite, &self.to_json())
    }
}

impl fmt::Debug for OpeningFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningFile").field("commitment", &self.commitment).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    commitment: Commitment,
    salt: String,
    reading: SignedReading,
}

impl Drop for Document {
    fn drop(&mut self) {
        self.salt.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use zksensor_model::field::Fr;

    use super::super::tests::{Scratch, proven};
    use super::*;
    use crate::files::tests::signed_by;

    fn opening(seed: u8) -> OpeningFile {
        OpeningFile::new(&signed_by(seed), Salt::insecure_from_field(Fr::from(0x5a17_5a17u64)))
    }

    #[test]
    fn an_opening_comes_back_in_any_order_and_shows_nothing() {
        let (scratch, opening) = (Scratch::new(), opening(3));
        let path = scratch.path("opening.json");
        opening.save(&path, Overwrite::Never).unwrap();
        let back = OpeningFile::load(&path).unwrap();
        assert_eq!((back.commitment(), back.signed()), (opening.commitment(), signed_by(3)));
        assert_eq!(
            format!("{back:?}"),
            format!("OpeningFile {{ commitment: {:?}, .. }}", opening.commitment())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let document: serde_json::Value = serde_json::from_slice(&opening.to_json()).unwrap();
        let members = document.as_object().unwrap().iter().rev();
        let reversed: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let reversed = format!("{{{}}}", reversed.join(","));
        assert_eq!(Kind::of(reversed.as_bytes()), Some(Kind::Opening));
        let back = OpeningFile::from_json(&path, reversed.as_bytes()).unwrap();
        assert_eq!(back.commitment(), opening.commitment());
        // As earlier releases wrote it.
        let reading = signed_by(3);
        let sequence = reading.reading().sequence.to_string();
        let older =
            reversed.replace("opening/v2", "opening/v1").replace(&format!("\"{sequence}\""), &sequence);
        assert!(older.contains(&format!("\"sequence\":{sequence},")), "{older}");
        assert!(OpeningFile::from_json(&path, older.as_bytes()).is_ok());
    }

    #[test]
    fn what_was_altered_is_refused_without_its_parts() {
        let opening = opening(3);
        let json = String::from_utf8(opening.to_json().to_vec()).unwrap();
        let with = |from: &str, to: &str| {
            assert!(json.contains(from), "{from}");
            let changed = json.replacen(from, to, 1);
            let error = OpeningFile::from_json(Path::new("o.json"), changed.as_bytes()).unwrap_err();
            assert!(!error.help().is_empty());
            let text = error.to_string();
            assert!(!text.contains("5a17") && !text.contains("481234567"), "{text}");
            text
        };
        assert!(with("5a175a17", "5a175a18").contains("as reading and salt beside it have it"));
        assert!(with("5a175a17", "5a17").contains("expected `salt` as 0x and 64"));
        assert!(with("481234567", "481234568").contains("a part is not of its form"));
        assert!(with("481234567", "\"481234567\"").contains("a part is not of its form"));
        assert!(with("opening/v2", "opening/v3").contains("got `zksensor-opening/v3`"));
        assert!(with("\"salt\"", "\"more\":1,\"salt\"").contains("unknown field `more`"));
        assert!(with("\"salt\"", "\"commitment\":\"0x\",\"salt\"").contains("line"));
    }

    #[test]
    fn it_opens_one_proof_and_no_other() {
        let (_, aggregate) = proven();
        let error = opening(3).opens(aggregate).unwrap_err();
        assert!(error.to_string().contains("got one of aggregate/v2/1x16x3, which has none"), "{error}");
    }
}
