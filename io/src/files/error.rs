//! Why a file is refused.

use crate::files::JournalFault;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "geometry")]
use crate::fence::OutlineError;
use crate::policy::PolicyTomlError;
use crate::schema::SchemaTomlError;
use zksensor_model::frame::FrameError;
use zksensor_model::reading::ReadingError;
use zksensor_model::registry::RegistryFileError;
use zksensor_verifier::KeyError;

use super::{FenceFileError, JournalError, Kind, OpeningError, ProofFileError, SealFileError};
use zksensor_model::known::UnknownStatement;

/// A file that was not read or written, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
#[non_exhaustive]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub reason: Reason,
}

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The system refused.
    #[error("expected to {action} {kind}, but: {source}")]
    System {
        /// `read` or `write`.
        action: &'static str,
        /// What the file was to be.
        kind: Kind,
        /// What the system said.
        source: io::Error,
    },
    /// There is a file already.
    #[error("expected a new file for {kind}, but this one exists")]
    Exists {
        /// What was to be written.
        kind: Kind,
    },
    /// There is something at the place of a folder already.
    #[error("expected a folder for {kind} that is new or empty, but there is something in it, or it is none")]
    NotEmpty {
        /// What was to be written.
        kind: Kind,
    },
    /// Secrets are not shown.
    #[error("expected a file for {kind}, but this is a terminal")]
    Terminal {
        /// What was to be written.
        kind: Kind,
    },
    /// The standard input was asked for again.
    #[error("expected {kind}, but the standard input was read already")]
    Twice {
        /// What was wanted.
        kind: Kind,
    },
    /// Larger than any file of the kind.
    #[error("expected {kind} of at most {limit} bytes, got more")]
    TooLarge {
        /// What was wanted.
        kind: Kind,
        /// The most bytes.
        limit: u64,
    },
    /// Another kind of file.
    #[error("expected {}, got {}", Beside(*wanted, *got), Got { wanted: *wanted, got: *got })]
    Kind {
        /// What was wanted.
        wanted: Kind,
        /// What came, if that can be told.
        got: Option<Kind>,
    },
    /// A proving key that is damaged or of another format.
    #[error("expected a proving key: {reason}")]
    ProvingKey {
        /// What is wrong.
        #[source]
        reason: zksensor_prover::ProveError,
    },
    /// A verifying key that is damaged, of another format or unfit.
    #[error("expected a verifying key: {reason}")]
    VerifyingKey {
        /// What is wrong.
        #[source]
        reason: KeyError,
    },
    /// A proving key of halo2 that is damaged or of another format.
    #[cfg(feature = "halo2")]
    #[error("expected a proving key of halo2: {reason}")]
    Halo2ProvingKey {
        /// What is wrong.
        #[source]
        reason: Box<zksensor_prover_halo2::ProveError>,
    },
    /// A verifying key of halo2 that is damaged, of another format or unfit.
    #[cfg(feature = "halo2")]
    #[error("expected a verifying key of halo2: {reason}")]
    Halo2VerifyingKey {
        /// What is wrong.
        #[source]
        reason: zksensor_verifier_halo2::KeyError,
    },
    /// The key of a mock that is damaged or of another format.
    #[cfg(feature = "mock")]
    #[error("expected a key of mocks: {reason}")]
    MockKey {
        /// What is wrong.
        #[source]
        reason: zksensor_mock::KeyError,
    },
    /// Parameters of halo2 that are damaged, of another format or unfit.
    #[cfg(feature = "halo2")]
    #[error("expected parameters (SRS) of halo2: {reason}")]
    Srs {
        /// What is wrong.
        #[source]
        reason: zksensor_prover_halo2::SrsError,
    },
    /// A registry that is damaged or of another format.
    #[error("expected a registry: {reason}")]
    Registry {
        /// What is wrong.
        #[source]
        reason: RegistryFileError,
    },
    /// A registry whose journal is damaged or of another format.
    #[error("expected a registry: {reason}")]
    Journal {
        /// What is wrong, and where.
        reason: JournalError,
    },
    /// Somebody else is changing the file.
    #[error("expected {kind} that nobody else is changing, but {holder} holds the file, after {seconds} s")]
    Locked {
        /// What was wanted.
        kind: Kind,
        /// Who.
        holder: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Parts of something else.
    #[error(
        "expected parts of what this command makes, got those of another statement, of other powers of tau or of another release"
    )]
    OtherParts,
    /// A proof that is not consistent.
    #[error("expected a proof: {reason}")]
    Proof {
        /// What is wrong.
        #[source]
        reason: ProofFileError,
    },
    /// The triangles of a fence that are none.
    #[error("expected the triangles of a fence: {reason}")]
    FenceTriangles {
        /// What is wrong.
        #[source]
        reason: Box<FenceFileError>,
    },
    /// A policy that is none.
    #[error("expected a policy: {reason}")]
    Policy {
        /// What is wrong.
        #[source]
        reason: PolicyTomlError,
    },
    /// A schema that is none.
    #[error("expected a schema: {reason}")]
    Schema {
        /// What is wrong.
        #[source]
        reason: SchemaTomlError,
    },
    /// A fence that is none.
    #[cfg(feature = "geometry")]
    #[error("expected a fence: {reason}")]
    Fence {
        /// What is wrong.
        #[source]
        reason: OutlineError,
    },
    /// A layout that is not the statement's.
    #[error("expected the layout of {statement} as this release has it, got another")]
    Layout {
        /// Id of the statement.
        statement: String,
    },
    /// The statement in the file is none of this release.
    #[error(transparent)]
    Statement(#[from] UnknownStatement),
    /// JSON that does not have the form of the kind.
    #[error("expected {kind}, but line {line}, column {column}: {reason}")]
    Json {
        /// What was wanted.
        kind: Kind,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// Another version of a text format.
    #[error("expected the format `{wanted}`, got `{got}`")]
    Format {
        /// The format of this release.
        wanted: &'static str,
        /// The format that came, escaped.
        got: String,
    },
    /// Text in another encoding than UTF-8.
    #[error("expected {kind} as text in UTF-8, got {got}")]
    Encoding {
        /// What was wanted.
        kind: Kind,
        /// What came.
        got: &'static str,
    },
    /// The last line does not end, and is not whole: the file was cut.
    #[error("expected {kind} whose last line, {line}, is whole; the file was cut short")]
    Cut {
        /// What was wanted.
        kind: Kind,
        /// Number of the line, from 1.
        line: usize,
    },
    /// A reading whose signature does not hold.
    #[error("reading {row}: {reason}")]
    Reading {
        /// Number of the reading in its file, from 1.
        row: u64,
        /// What is wrong.
        #[source]
        reason: ReadingError,
    },
    /// A reading whose signature does not hold, with a number as a program writes it that rounds.
    #[error(
        "reading {row}: {reason}; `sequence` or a channel is a number above 2^53 without its last digits: was this file \
         rewritten by a program that rounds numbers, such as JavaScript or jq?"
    )]
    Rounded {
        /// Number of the reading in its file, from 1.
        row: u64,
        /// What is wrong.
        reason: ReadingError,
    },
    /// A frame whose signature does not hold.
    #[error("frame {row}: {reason}")]
    Frame {
        /// Number of the frame in its file, from 1.
        row: u64,
        /// What is wrong.
        #[source]
        reason: FrameError,
    },
    /// What opens no commitment, or another.
    #[error("expected the opening of a commitment: {reason}")]
    Opening {
        /// What is wrong.
        reason: OpeningError,
    },
    /// What is no seal, or one of another release.
    #[error("expected the seal of a private sum: {reason}")]
    Seal {
        /// What is wrong.
        reason: SealFileError,
    },
    /// A secret that is not one.
    #[error("expected `{field}` as 0x and 64 hexadecimal digits below the modulus")]
    Secret {
        /// Which.
        field: &'static str,
    },
    /// The secrets of a device key do not belong to its leaf.
    #[error("expected secrets that belong to the public leaf beside them; `{field}` does not")]
    DeviceKey {
        /// Which of the secrets, or the hash of the leaf.
        field: &'static str,
    },
}

/// A kind, with its proof system where the other one is the same of the other system.
struct Beside(Kind, Option<Kind>);

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Beside(kind, other) = self;
        kind.fmt(f)?;
        match other {
            Some(other) if other.of_groth16() == Some(*kind) => f.write_str(" of groth16"),
            _ => Ok(()),
        }
    }
}

/// What came, as the end of a sentence.
struct Got {
    wanted: Kind,
    got: Option<Kind>,
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.got {
            Some(kind) => Beside(kind, Some(self.wanted)).fmt(f),
            None => f.write_str("bytes that do not begin like one"),
        }
    }
}

/// What to do about parts of a ceremony that another command holds.
const SAME_PARTS: &str = "wait for the other command, which makes the same file";

const OTHER_SYSTEM: &str = "a key and its proofs are of one proof system, which `zksensor inspect` names and `setup --backend` \
     chooses: take the file of the one that is wanted. Contracts of both are made by `export keyed`; snarkjs and bindings take groth16 alone";
const MOCK: &str = "a mock proves nothing, and is made and taken where ZKSENSOR_PROVER=mock is set alone: set it in tests of what is \
     around a proof; for proofs leave it out, and take the keys that `zksensor setup` makes then";
const FRAMES: &str = "choose another name, or pass --force to overwrite; with --append, run it again: somebody else made the file meanwhile";
#[cfg(feature = "halo2")]
const HALO2_KEY: &str = "copy the key again from where it was made, or run `zksensor setup --backend halo2` again with this release and \
     the same parameters: the key is the same";
#[cfg(feature = "halo2")]
const SRS: &str = "fetch the parameters again from where they were made; those for development are made anew by `zksensor setup \
     --backend halo2 --insecure` once the file is gone";

/// What to do about a file of another kind.
fn instead_of(wanted: Kind, got: Option<Kind>) -> &'static str {
    match got {
        Some(got) if wanted.is_other_system(got) => OTHER_SYSTEM,
        Some(got) if wanted.is_mock() != got.is_mock() => MOCK,
        _ => "check the order of the options: each file goes with its own",
    }
}

impl FileError {
    pub(crate) fn new(path: &Path, reason: impl Into<Reason>) -> FileError {
        FileError { path: path.to_owned(), reason: reason.into() }
    }

    /// Whether it is about one line or record of a file, after which the next is read as usual; if not, nothing more can be
    /// read.
    pub fn is_of_a_row(&self) -> bool {
        !matches!(self.reason, Reason::System { .. })
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match &self.reason {
            Reason::System { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "check the path; the file, or the directory for it, is not there"
            }
            Reason::System { .. } => "check the permissions and the space on the disk",
            Reason::Exists { kind: Kind::DeviceKey | Kind::Opening | Kind::Seal } => {
                "choose another name; --force overwrites, and the old secrets are gone then"
            }
            Reason::Exists { kind: Kind::Frames } => FRAMES,
            Reason::Exists { .. } => "choose another name, or pass --force to overwrite",
            Reason::NotEmpty { .. } => "choose another folder; nothing was written",
            Reason::Terminal { .. } => "name a file, or send the output into a program that keeps the secret",
            Reason::Twice { .. } => "pass `-` once, and files for the rest",
            Reason::TooLarge { .. } => "check that the path names the right file",
            Reason::Kind { wanted, got } => instead_of(*wanted, *got),
            Reason::ProvingKey { .. } | Reason::VerifyingKey { .. } => {
                "copy the key again from where it was made, or run `zksensor setup` again with this release"
            }
            #[cfg(feature = "halo2")]
            Reason::Halo2ProvingKey { .. } | Reason::Halo2VerifyingKey { .. } => HALO2_KEY,
            #[cfg(feature = "mock")]
            Reason::MockKey { .. } => MOCK,
            #[cfg(feature = "halo2")]
            Reason::Srs { .. } => SRS,
            Reason::Locked { kind: Kind::CeremonyParts, .. } => SAME_PARTS,
            Reason::OtherParts => {
                "pass what these parts were begun with, or another output; --force does without them, and begins anew"
            }
            Reason::Locked { .. } => "wait for the other command, or pass a larger --wait",
            Reason::Registry { reason: RegistryFileError::Version { .. } }
            | Reason::Journal { reason: JournalError { reason: JournalFault::Version { .. }, .. } } => {
                "make a new registry with `zksensor registry enrol`, or use the release that wrote this one"
            }
            Reason::Registry { .. } | Reason::Journal { .. } => "restore the registry from a copy",
            Reason::Proof { .. } => {
                "take the proof file as `zksensor prove` wrote it; nothing in it may be edited"
            }
            Reason::FenceTriangles { .. } => {
                "take the file as whoever published the policy wrote it, or make it anew with `zksensor policy fence`"
            }
            Reason::Schema { .. } => "correct the schema; `zksensor schema show --help` shows an example",
            Reason::Policy { .. } => "correct the policy; `zksensor policy check --help` shows an example",
            #[cfg(feature = "geometry")]
            Reason::Fence { .. } => {
                "correct the outline: polygons in degrees, longitude first, in GeoJSON, WKT, KML or KMZ, or H3 cells; --feature \
                 NAME takes one of several features"
            }
            Reason::Layout { .. } => {
                "take the file as it was written with the keys, or use the release that wrote it"
            }
            Reason::Statement(_) => "use the release that wrote the file",
            Reason::Json { .. } => {
                "take the file as it was written: each field once, none missing or unknown, in any order"
            }
            Reason::Encoding { .. } => {
                "save the file as UTF-8; editors and spreadsheets ask for the encoding"
            }
            Reason::Rounded { .. } => {
                "take the file as it was signed; this release writes these numbers as text"
            }
            Reason::Opening { .. } => "take the opening that was written with the proof",
            Reason::Seal { .. } => "take the seal that was written for this policy, epoch and chunk",
            Reason::Format { .. } => "use the release that wrote the file",
            Reason::Reading { .. } => "leave the reading out; it was altered after it was signed",
            Reason::Frame { .. } => "leave the frame out; it was altered after it was signed",
            Reason::Cut { .. } => "write or copy the file again",
            Reason::Secret { .. } | Reason::DeviceKey { .. } => {
                "restore the file from a copy; nothing in it may be edited"
            }
        }
    }
}
