//! What the errors of all commands have in common: a code, and what to do.

use std::path::PathBuf;

use zksensor::files::{FileError, Reason, Staged};
use zksensor::prover::ProveError;
use zksensor::verifier::VerifyError;

/// A code for programs, and help for people.
pub(crate) struct Advice {
    /// `zksensor::` and a word.
    pub(crate) code: &'static str,
    /// What to do.
    pub(crate) help: String,
}

impl Advice {
    pub(crate) fn new(code: &'static str, help: impl Into<String>) -> Advice {
        Advice { code, help: help.into() }
    }

    /// What to do about a file: errors of the system and of the options have codes of their own.
    pub(crate) fn of_file(error: &FileError) -> Advice {
        let code = match error.reason {
            Reason::System { .. } | Reason::Locked { .. } => "zksensor::system",
            Reason::Terminal { .. } | Reason::Twice { .. } => "zksensor::usage",
            _ => "zksensor::file",
        };
        Advice::new(code, error.help())
    }
}

/// Makes a diagnostic of an error that has `fn advice(&self) -> Advice`.
macro_rules! diagnostic {
    ($error:ty) => {
        impl miette::Diagnostic for $error {
            fn code(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
                Some(Box::new(self.advice().code))
            }

            fn help(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
                Some(Box::new(self.advice().help))
            }
        }
    };
}
pub(crate) use diagnostic;

/// Two outputs of a command that go to one place, where one would take the other's.
#[derive(Debug, thiserror::Error)]
#[error("expected different files for what is written, but {} and {} are one place", one.display(), other.display())]
pub(crate) struct SamePlace {
    one: PathBuf,
    other: PathBuf,
}

impl SamePlace {
    /// Requires outputs to go to different places.
    ///
    /// # Errors
    /// [`SamePlace`] for the first two that do not; both are as they were.
    pub(crate) fn refuse(outputs: &[&Staged]) -> Result<(), SamePlace> {
        for (index, one) in outputs.iter().enumerate() {
            if let Some(other) = outputs[index + 1..].iter().find(|other| one.is_same_place(other)) {
                let [one, other] = [one, *other].map(|staged| staged.path().to_owned());
                return Err(SamePlace { one, other });
            }
        }
        Ok(())
    }

    /// What to do.
    pub(crate) fn advice() -> Advice {
        Advice::new("zksensor::usage", "name a file of its own for each; links are followed")
    }
}

/// What to do about a setup or proof that failed.
pub(crate) fn prove_advice(error: &ProveError) -> Advice {
    let help = match error {
        ProveError::KeyMismatch { .. } => {
            "run `zksensor setup` for this statement and shape, or pass its key"
        }
        ProveError::KeyRows { .. } | ProveError::KeySize { .. } => {
            "run `zksensor setup` again with this release"
        }
        ProveError::SelfCheck { .. } => {
            "copy the key again from where it was made, or run `zksensor setup` again with this release; if it is the same with a \
             new key, no further one will help: report this line, the policy and the shape"
        }
        ProveError::CheckDisagrees { .. } => {
            "report this line, the policy and the shape; neither your readings nor the key are at fault, and another shape may \
             work"
        }
        ProveError::TooLarge { .. } => "choose a smaller capacity",
        ProveError::Threads { .. } => "pass a smaller --threads",
        ProveError::Engine(_) => "unset ZKSENSOR_ENGINE for the best that this machine has",
        _ => "this should not happen; please report it",
    };
    let is_usage =
        matches!(error, ProveError::TooLarge { .. } | ProveError::Threads { .. } | ProveError::Engine(_));
    Advice::new(if is_usage { "zksensor::usage" } else { "zksensor::prove" }, help)
}

/// What to do about a proof that was not accepted.
pub(crate) fn verify_advice(error: &VerifyError) -> Advice {
    let help = match error {
        VerifyError::Rejected => {
            "do not accept it: the proof, its public inputs or the key were altered or do not belong together"
        }
        VerifyError::KeyMismatch { .. } | VerifyError::KeyInputs { .. } => {
            "pass the verifying key of the statement that the proof names"
        }
        _ => "do not accept it; ask the prover for the file as it was written",
    };
    Advice::new("zksensor::verify", help)
}
