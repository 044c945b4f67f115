//! Why nothing is exported.

use std::path::PathBuf;

use zksensor::files::{FileError, Kind};
use zksensor::model::known::UnknownStatement;
use zksensor::solidity::{CalldataError, RenderError};

use crate::ceremony::CeremonyCommandError;
use crate::error::{Advice, diagnostic};
use crate::shape::ShapeArgsError;
use crate::verify::VerifyCommandError;

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key names no statement of this release.
    #[error(transparent)]
    Statement(#[from] UnknownStatement),
    /// There is no such contract.
    #[error("expected a statement's name and version, one of {titles}, got `{got}`")]
    Title {
        /// The names and versions that there are.
        titles: String,
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// A mock has no key, and so no contract.
    #[error("expected a verifying key, got ZKSENSOR_PROVER=mock: a mock has none that a contract could hold")]
    Mock,
    /// A contract cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// No calldata.
    #[error(transparent)]
    Calldata(#[from] CalldataError),
    /// The proofs of a batch are of one statement and key.
    #[error("{}: expected a proof of {wanted} as the first, got one of {got}", path.display())]
    Mixed {
        /// The file that differs from the first.
        path: PathBuf,
        /// Statement and key of the first proof.
        wanted: String,
        /// Statement and key of this one.
        got: String,
    },
    /// A proof that a verifier would refuse.
    #[error("{}: {reason}", path.display())]
    Proof {
        /// The file.
        path: PathBuf,
        /// Why it is refused.
        #[source]
        reason: Box<VerifyCommandError>,
    },
    /// No such statement.
    #[error(transparent)]
    Shape(#[from] ShapeArgsError),
    /// The rows of a circuit cannot be written.
    #[error(transparent)]
    Rows(#[from] CeremonyCommandError),
    /// There is a file already, and none was written.
    #[error("{}: expected a new file for {kind}, but this one exists; nothing was written", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
        /// What was to be written.
        kind: Kind,
    },
    /// The directory cannot be made.
    #[error("{}: expected a directory for the files, but: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ExportError {
    fn advice(&self) -> Advice {
        match self {
            ExportError::File(error) => Advice::of_file(error),
            ExportError::Statement(_) => Advice::new("zksensor::key", "use the release that made the key"),
            ExportError::Title { .. } => Advice::new(
                "zksensor::export::statement",
                "pass one of these without a shape; with --key, the key says what it is for",
            ),
            ExportError::Mock => Advice::new(
                "zksensor::usage",
                "deploy MockVerifier.sol of the package on a test chain; or leave ZKSENSOR_PROVER out, and pass a verifying key",
            ),
            ExportError::Render(_) => {
                Advice::new("zksensor::export::contract", "this should not happen; please report it")
            }
            ExportError::Calldata(_) | ExportError::Mixed { .. } => Advice::new(
                "zksensor::export::calldata",
                "export the proofs of each statement and key by themselves: a verifier has one key",
            ),
            ExportError::Proof { reason, .. } => reason.advice(),
            ExportError::Shape(error) => error.advice(),
            ExportError::Rows(error) => error.advice(),
            ExportError::Exists { .. } => {
                Advice::new("zksensor::file", "choose another directory, or pass --force to overwrite")
            }
            ExportError::Directory { .. } => {
                Advice::new("zksensor::system", "check the path and its permissions")
            }
        }
    }
}
diagnostic!(ExportError);
