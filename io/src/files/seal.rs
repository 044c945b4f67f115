//! The file of a seal: the secret of a private sum, from the moment that it is sealed until it is released.
//!
//! ```json
//! { "format": "zksensor-seal/v1", "seal": "0x...", "policy": "0x...", "epoch": 2, "chunk_bits": 9, "chunk": 0,
//!   "secret": "0x...", "salt": "0x...", "sum": "106520", "count": 64, "beacon": "0x..." }
//! ```
//!
//! `beacon` is there from the first proof on: one under another beacon would be a second release. Whoever has it knows the exact sum, and with the beacon the noise. It is JSON of mode 0600, its members in any order.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};
use zksensor_model::field;
use zksensor_model::noise::{Beacon, Release, Seal, SealId};
use zksensor_model::policy::PolicyId;
use zksensor_model::registry::Chunk;

use super::disk::{self, Overwrite};
use super::{FileError, Kind, Reason, text};

const FORMAT: &str = "zksensor-seal/v1";

/// Why a file is not the seal that is wanted. It says nothing of what is sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealFileError {
    /// The seal in the file is not that of the parts.
    #[error("expected `seal` as the parts beside it have it, got another; one of them was altered")]
    Altered,
    /// No proof has such a sum, count or chunk.
    #[error("expected a sum, a count and a chunk that a proof can have")]
    Range,
    /// It was proven under another beacon.
    #[error(
        "expected a seal that was proven under no beacon or under {wanted}, got one that was under {got}; two releases of one sum give it away"
    )]
    Beacon {
        /// What it is to be proven under.
        wanted: Beacon,
        /// What it was proven under.
        got: Beacon,
    },
    /// It is for another release.
    #[error("expected a seal for {wanted}, got one for {got}; a seal is for one release")]
    Other {
        /// What is proven.
        wanted: Box<Release>,
        /// What was sealed.
        got: Box<Release>,
    },
}

/// A seal with what it is for. `Debug` shows the latter and the seal's hash, which are public.
#[derive(Clone)]
pub struct SealFile {
    release: Release,
    seal: Seal,
    beacon: Option<Beacon>,
}

impl SealFile {
    /// The file of this seal, which is for this release.
    pub fn new(release: Release, seal: Seal) -> SealFile {
        SealFile { release, seal, beacon: None }
    }

    /// What it is for.
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// What is posted.
    pub fn id(&self) -> SealId {
        self.seal.id(&self.release)
    }

    /// The seal, if it is for this release.
    ///
    /// # Errors
    /// [`SealFileError::Other`].
    pub fn for_release(&self, wanted: &Release) -> Result<Seal, SealFileError> {
        match self.release == *wanted {
            true => Ok(self.seal.clone()),
            false => Err(SealFileError::Other { wanted: Box::new(*wanted), got: Box::new(self.release) }),
        }
    }

    /// The beacon that it was proven under, if it was.
    pub fn beacon(&self) -> Option<Beacon> {
        self.beacon
    }

    /// The same, proven under this beacon: under another one it is not any more.
    ///
    /// # Errors
    /// [`SealFileError::Beacon`] if it was proven under another one.
    pub fn under(mut self, beacon: Beacon) -> Result<SealFile, SealFileError> {
        match self.beacon {
            Some(got) if got != beacon => Err(SealFileError::Beacon { wanted: beacon, got }),
            _ => {
                self.beacon = Some(beacon);
                Ok(self)
            }
        }
    }

    /// The document; it is wiped when it is dropped.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let (secret, salt, sum, count) = self.seal.to_parts();
        let Release { policy, epoch, chunk } = self.release;
        let document = Document {
            format: FORMAT.to_owned(),
            seal: self.id(),
            policy,
            epoch,
            chunk_bits: chunk.bits(),
            chunk: chunk.index(),
            secret: field::to_hex(&secret),
            salt: field::to_hex(&salt),
            sum: sum.to_string(),
            count,
            beacon: self.beacon,
        };
        let json = serde_json::to_vec_pretty(&document).expect("the parts are JSON, and memory takes them");
        let mut json = Zeroizing::new(json);
        json.push(b'\n');
        json
    }

    /// Reads a document as [`SealFile::to_json`] writes it, its members in any order.
    ///
    /// # Errors
    /// [`FileError`], which names `path`, unless it is exactly a seal. Nothing of what is sealed is in an error.
    pub fn from_json(path: &Path, bytes: &[u8]) -> Result<SealFile, FileError> {
        let refuse = |reason| FileError::new(path, reason);
        let document: Document = text::from_json(path, Kind::Seal, bytes)?;
        if document.format != FORMAT {
            let came = document.format.escape_default().take(80).collect();
            return Err(refuse(Reason::Format { wanted: FORMAT, got: came }));
        }
        let element =
            |text: &str, field| field::parse_hex(text).map_err(|_| refuse(Reason::Secret { field }));
        let (secret, salt) = (element(&document.secret, "secret")?, element(&document.salt, "salt")?);
        let wrong = |reason| refuse(Reason::Seal { reason });
        let range = || wrong(SealFileError::Range);
        let sum: i64 = document.sum.parse().map_err(|_| range())?;
        if sum.to_string() != document.sum {
            return Err(range());
        }
        let levels = document
            .chunk_bits
            .is_multiple_of(3)
            .then(|| u8::try_from(document.chunk_bits / 3).ok())
            .flatten();
        let chunk = levels.and_then(|levels| Chunk::new(levels, document.chunk).ok()).ok_or_else(range)?;
        let seal = Seal::from_parts(secret, salt, sum, document.count).map_err(|_| range())?;
        let release = Release { policy: document.policy, epoch: document.epoch, chunk };
        let file = SealFile { release, seal, beacon: document.beacon };
        match file.id() == document.seal {
            true => Ok(file),
            false => Err(wrong(SealFileError::Altered)),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`SealFile::from_json`], and if the file cannot be read.
    pub fn load(path: &Path) -> Result<SealFile, FileError> {
        SealFile::from_json(path, &Zeroizing::new(disk::read(path, Kind::Seal)?))
    }

    /// Reads the file of a seal for this release, and writes into it that it is proven under this beacon: under no other one from now on.
    ///
    /// # Errors
    /// As [`SealFile::load`] and [`SealFile::save`], [`SealFileError::Other`] and [`SealFileError::Beacon`].
    pub fn open_for(path: &Path, wanted: &Release, beacon: Beacon) -> Result<Seal, FileError> {
        let refuse = |reason| FileError::new(path, Reason::Seal { reason });
        let file = SealFile::load(path)?;
        let (seal, was) = (file.for_release(wanted).map_err(refuse)?, file.beacon());
        let file = file.under(beacon).map_err(refuse)?;
        if was.is_none() {
            file.save(path, Overwrite::Replace)?;
        }
        Ok(seal)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Reason::Exists`] if it is there and must not be replaced; [`Reason::System`].
    pub fn save(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        disk::write(path, Kind::Seal, overwrite, &self.to_json())
    }
}

impl fmt::Debug for SealFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealFile")
            .field("release", &self.release)
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    seal: SealId,
    policy: PolicyId,
    epoch: u32,
    chunk_bits: u32,
    chunk: u32,
    secret: String,
    salt: String,
    sum: String,
    count: u32,
    /// Under which it was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beacon: Option<Beacon>,
}

impl Drop for Document {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.salt.zeroize();
        self.sum.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use zksensor_model::field::Fr;

    use super::super::tests::Scratch;
    use super::*;

    fn release(epoch: u32) -> Release {
        let policy = PolicyId::from_field(Fr::from(7u64));
        Release { policy, epoch, chunk: Chunk::new(3, 5).unwrap() }
    }

    fn sealed() -> SealFile {
        let seal = Seal::from_parts(Fr::from(0x5ec2_e75e_c2e7u64), Fr::from(0x5a17_5a17u64), -106_520, 64);
        SealFile::new(release(2), seal.unwrap())
    }

    #[test]
    fn a_seal_comes_back_in_any_order_and_shows_nothing() {
        let (scratch, sealed) = (Scratch::new(), sealed());
        let path = scratch.path("seal.json");
        sealed.save(&path, Overwrite::Never).unwrap();
        let back = SealFile::load(&path).unwrap();
        assert_eq!((back.id(), back.release()), (sealed.id(), sealed.release()));
        assert!(back.for_release(&release(2)).unwrap() == sealed.for_release(&release(2)).unwrap());
        let shown = format!("{back:?}");
        assert!(!shown.contains("5ec2") && !shown.contains("5a17") && !shown.contains("106520"), "{shown}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let document: serde_json::Value = serde_json::from_slice(&sealed.to_json()).unwrap();
        let members = document.as_object().unwrap().iter().rev();
        let reversed: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let reversed = format!("{{{}}}", reversed.join(","));
        assert_eq!(Kind::of(reversed.as_bytes()), Some(Kind::Seal));
        assert_eq!(SealFile::from_json(&path, reversed.as_bytes()).unwrap().id(), sealed.id());
    }

    #[test]
    fn a_seal_is_proven_under_one_beacon() {
        let (scratch, [one, other]) =
            (Scratch::new(), [1u64, 2].map(|beacon| Beacon::from_field(Fr::from(beacon))));
        let path = scratch.path("seal.json");
        sealed().save(&path, Overwrite::Never).unwrap();
        for _ in 0..2 {
            assert!(SealFile::open_for(&path, &release(2), one).is_ok());
            assert_eq!(SealFile::load(&path).unwrap().beacon(), Some(one));
        }
        let error = SealFile::open_for(&path, &release(2), other).unwrap_err();
        assert!(error.to_string().contains("two releases of one sum give it away"), "{error}");
        assert_eq!(SealFile::load(&path).unwrap().beacon(), Some(one));
    }

    #[test]
    fn a_seal_is_for_one_release() {
        let error = sealed().for_release(&release(3)).unwrap_err();
        assert!(error.to_string().contains("epoch 3") && error.to_string().contains("epoch 2"), "{error}");
        let other = Release { chunk: Chunk::new(3, 6).unwrap(), ..release(2) };
        assert!(sealed().for_release(&other).is_err());
    }

    #[test]
    fn what_was_altered_is_refused_without_its_parts() {
        let json = String::from_utf8(sealed().to_json().to_vec()).unwrap();
        let with = |from: &str, to: &str| {
            assert!(json.contains(from), "{from}");
            let changed = json.replacen(from, to, 1);
            let error = SealFile::from_json(Path::new("s.json"), changed.as_bytes()).unwrap_err();
            assert!(!error.help().is_empty());
            let text = error.to_string();
            assert!(!text.contains("5ec2e7") && !text.contains("5a17") && !text.contains("10652"), "{text}");
            text
        };
        for (from, to) in
            [("5a175a17", "5a175a18"), ("5ec2e75ec2e7", "5ec2e75ec2e8"), ("-106520", "-106521"), ("64", "65")]
        {
            assert!(with(from, to).contains("one of them was altered"));
        }
        for (from, to) in [
            ("-106520", "-0106520"),
            ("-106520", "9223372036854775807"),
            ("\"chunk_bits\": 9", "\"chunk_bits\": 10"),
            ("\"count\": 64", "\"count\": 2097152"),
        ] {
            assert!(with(from, to).contains("that a proof can have"), "{from}");
        }
        assert!(with("5a175a17", "5a17").contains("expected `salt` as 0x and 64"));
        assert!(with("seal/v1", "seal/v2").contains("got `zksensor-seal/v2`"));
        assert!(with("\"salt\"", "\"more\":1,\"salt\"").contains("unknown field `more`"));
    }
}
