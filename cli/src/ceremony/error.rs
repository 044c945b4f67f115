//! Why a step of a ceremony is not done.

use std::path::{Path, PathBuf};

use zksensor::circuits::gadgets::SynthesisError;
use zksensor::files::FileError;
use zksensor_ceremony::CeremonyError;

use crate::error::{Advice, SamePlace, diagnostic, prove_advice};
use crate::folder::FolderError;
use crate::shape::ShapeArgsError;

/// Why a step of a ceremony is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CeremonyCommandError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two outputs are one.
    #[error(transparent)]
    Same(#[from] SamePlace),
    /// No such statement.
    #[error(transparent)]
    Shape(#[from] ShapeArgsError),
    /// The circuit does not compile.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// What a file holds.
    #[error("{}: {reason}", path.display())]
    Of {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        reason: Box<CeremonyError>,
    },
    /// What is of no one file.
    #[error(transparent)]
    Step(Box<CeremonyError>),
    /// Powers of tau for production do not come from one machine.
    #[error(
        "expected --insecure: powers of tau that one machine made are a toy. Whoever made them can prove anything under the keys \
         of every ceremony that starts with them"
    )]
    NotInsecure,
    /// The directory cannot be made.
    #[error("{}: expected a directory for the keys, but: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A page cannot be made.
    #[error("expected a page of the ceremony, but: {reason}")]
    Page {
        /// What is wrong.
        reason: String,
    },
    /// There is no folder for what is gone when the command ends.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A step of the demonstration, whose input is its own.
    #[error("the demonstration's own {what}: {reason}")]
    Demo {
        /// What went wrong.
        what: &'static str,
        /// How.
        reason: String,
    },
}

impl CeremonyCommandError {
    /// What is wrong with a file. What the system says is of whichever file it is.
    pub(crate) fn of(path: &Path, reason: CeremonyError) -> Self {
        match reason {
            CeremonyError::System { .. } | CeremonyError::Synthesis(_) | CeremonyError::Prove(_) => {
                reason.into()
            }
            reason => CeremonyCommandError::Of { path: path.to_owned(), reason: reason.into() },
        }
    }

    /// A step of the demonstration that failed.
    pub(super) fn demo(what: &'static str, reason: impl std::fmt::Display) -> Self {
        CeremonyCommandError::Demo { what, reason: reason.to_string() }
    }

    pub(crate) fn advice(&self) -> Advice {
        match self {
            CeremonyCommandError::File(error) => Advice::of_file(error),
            CeremonyCommandError::Same(_) => SamePlace::advice(),
            CeremonyCommandError::Shape(error) => error.advice(),
            CeremonyCommandError::Of { reason, .. } | CeremonyCommandError::Step(reason) => advice(reason),
            CeremonyCommandError::NotInsecure => Advice::new(
                "zksensor::setup::insecure",
                "pass --insecure to rehearse; for production take powers of tau that many contributed to, such as the Perpetual \
                 Powers of Tau, of which docs/ceremony.md says where they are",
            ),
            CeremonyCommandError::Directory { .. } => {
                Advice::new("zksensor::system", "check the path and its permissions")
            }
            CeremonyCommandError::Folder(_) => Advice::new(
                "zksensor::system",
                "let TMPDIR name a folder that can be written to and has room",
            ),
            CeremonyCommandError::Synthesis(_) => {
                Advice::new("zksensor::circuit", "this should not happen; please report it")
            }
            CeremonyCommandError::Page { .. } | CeremonyCommandError::Demo { .. } => Advice::new(
                "zksensor::demo",
                "this is a defect: do not rely on this build, and report this message",
            ),
        }
    }
}
diagnostic!(CeremonyCommandError);

impl From<CeremonyError> for CeremonyCommandError {
    fn from(reason: CeremonyError) -> Self {
        CeremonyCommandError::Step(reason.into())
    }
}

/// What to do about a ceremony that does not hold.
fn advice(reason: &CeremonyError) -> Advice {
    let (code, help) = match reason {
        CeremonyError::System { .. } => {
            ("zksensor::system", "check the permissions and the space on the disk")
        }
        CeremonyError::File { .. } | CeremonyError::Section { .. } => (
            "zksensor::file",
            "fetch the file again from where it was published; nothing in it may be edited",
        ),
        CeremonyError::Powers { .. } | CeremonyError::OnePowerMore { .. } => (
            "zksensor::file",
            "take a larger file of the same powers of tau; a file for more than is needed serves, too",
        ),
        CeremonyError::Digest { .. } => (
            "zksensor::ceremony",
            "do not go on: fetch the powers of tau again, and check where you have the digest from",
        ),
        CeremonyError::Phase1 { .. } | CeremonyError::NoPowersContribution => (
            "zksensor::ceremony",
            "do not use these powers of tau; fetch those of a ceremony whose digest is published",
        ),
        CeremonyError::Chain { .. } | CeremonyError::Applied { .. } | CeremonyError::AllIterations { .. } => {
            (
                "zksensor::ceremony",
                "do not use this key: go on from the last one that verifies, with whoever contributes next",
            )
        }
        CeremonyError::Initial { .. } => (
            "zksensor::ceremony",
            "pass the statement, the shape and the powers of tau that the ceremony was begun with, in the release that began it",
        ),
        CeremonyError::NoContribution { .. } => {
            ("zksensor::ceremony", "have somebody run `zksensor ceremony contribute` first")
        }
        CeremonyError::Name { .. } => ("zksensor::usage", "pass a shorter --name"),
        CeremonyError::BeaconTooMuch { .. } => (
            "zksensor::usage",
            "pass fewer --iterations; a key with no beacon yet takes any that are allowed, and one beacon, the last, is enough",
        ),
        CeremonyError::Iterations { .. } => ("zksensor::usage", "pass other --iterations"),
        CeremonyError::Beacon { .. } => ("zksensor::usage", "pass a --hash of 1 to 255 bytes"),
        CeremonyError::Randomness => ("zksensor::system", "contribute on another machine"),
        CeremonyError::Key(_) => ("zksensor::ceremony", "do not use this key: anybody can forge with it"),
        CeremonyError::Prove(error) => return prove_advice(error),
        _ => ("zksensor::circuit", "this should not happen; please report it"),
    };
    Advice::new(code, help)
}
