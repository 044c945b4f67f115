//! Why there is no proof.

use std::path::{Path, PathBuf};

use zksensor::circuits::assemble::AssembleError;
use zksensor::circuits::statement::Violation;
use zksensor::files::FileError;
use zksensor::model::known::UnknownStatement;
use zksensor::model::layout::InputError;
use zksensor::model::registry::{Chunk, RegistryError};

use super::epoch::NoneClosed;
use crate::backend::BackendError;
use crate::error::{Advice, SamePlace, diagnostic};
use crate::registry::RegistryCommandError;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProveCommandError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two outputs are one.
    #[error(transparent)]
    Same(#[from] SamePlace),
    /// The key names no statement of this release.
    #[error(transparent)]
    Statement(#[from] UnknownStatement),
    /// The key is for another statement than was asked for.
    #[error("expected a key for {wanted}, got one for {got}")]
    Family {
        /// The statement that was asked for.
        wanted: &'static str,
        /// The statement of the key.
        got: String,
    },
    /// An option that the statement needs is missing.
    #[error("expected {option} to prove {statement}, got none")]
    Option {
        /// The option.
        option: &'static str,
        /// The statement.
        statement: String,
    },
    /// More devices have a reading or frame that obeys the policy than a proof holds.
    #[error(
        "C2: expected at most {capacity} devices with a good {what} in {chunk}, got one more with {what} {row}"
    )]
    Capacity {
        /// A reading, or a frame.
        what: &'static str,
        /// Devices that a proof holds.
        capacity: usize,
        /// Number of the reading or frame that is one too many.
        row: u64,
        /// Of which chunk.
        chunk: String,
    },
    /// Fewer devices have one than the policy wants.
    #[error(
        "C15: expected at least {k} devices with a {what} that obeys the policy, got {taken} of {rows} {what}s{first}"
    )]
    TooFew {
        /// A reading, or a frame.
        what: &'static str,
        /// Least number of the policy.
        k: u32,
        /// Devices with a good one.
        taken: usize,
        /// Readings or frames that came.
        rows: u64,
        /// The first refusal, after `; `, or nothing.
        first: String,
    },
    /// Nothing that the device signed obeys the policy.
    #[error("expected a {what} of the device that obeys the policy, got none among {rows}{first}")]
    NoReading {
        /// A reading, or a frame.
        what: &'static str,
        /// Readings or frames that came.
        rows: u64,
        /// The first refusal, after `; `, or nothing.
        first: String,
    },
    /// Of no chunk there is enough.
    #[error(
        "C15: expected a chunk with at least {k} devices with a {what} that obeys the policy, got none among {chunks}, of which the fullest \
         has {taken}, of {rows} {what}s{first}"
    )]
    NoChunk {
        /// A reading, or a frame.
        what: &'static str,
        /// Least number of the policy.
        k: u32,
        /// Chunks that have a registered device.
        chunks: usize,
        /// Devices of one of them with a good one, at most.
        taken: usize,
        /// Readings or frames that came.
        rows: u64,
        /// The first refusal, after `; `, or nothing.
        first: String,
    },
    /// Several policies, and not every chunk of them.
    #[error(
        "expected --all-chunks with a statement about many devices to prove {got} policies, or one --policy"
    )]
    ManyPolicies {
        /// Policies that were named.
        got: usize,
    },
    /// Of an option neither one value for all policies nor one for each.
    #[error("expected one {option} for all {policies} policies, or one for each, got {got}")]
    Pairs {
        /// The option.
        option: &'static str,
        /// Policies that were named.
        policies: usize,
        /// Values that came.
        got: usize,
    },
    /// Two policies are one.
    #[error("expected different policies, but {} and {} have the same id", one.display(), other.display())]
    SamePolicy {
        /// The first one.
        one: PathBuf,
        /// The one that is the same.
        other: PathBuf,
    },
    /// The proofs of two policies would have the same names.
    #[error("expected policies with different file names, which name their proofs, got {} and {}", one.display(), other.display())]
    SameName {
        /// The first one.
        one: PathBuf,
        /// The one whose name is the same.
        other: PathBuf,
    },
    /// Of one of several policies.
    #[error("{}: {reason}", policy.display())]
    OfPolicy {
        /// The file of the policy.
        policy: PathBuf,
        /// What is wrong.
        reason: Box<ProveCommandError>,
    },
    /// No epoch is over.
    #[error(transparent)]
    NoneClosed(#[from] NoneClosed),
    /// The folder of the proofs.
    #[error("{}: expected a folder that can be written to, but: {source}", path.display())]
    Folder {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The place of a chunk's proof has another one.
    #[error("{}: expected no file, or a proof of what would be proven of {chunk}, got {why}", path.display())]
    OtherProof {
        /// The file.
        path: PathBuf,
        /// The chunk.
        chunk: Chunk,
        /// What is there.
        why: String,
    },
    /// Some chunks have their proof, one could not be proven or written.
    #[error("{reason}; of {of} chunks that can be proven {written} have their proof in {}", folder.display())]
    AfterSome {
        /// Chunks with a proof there.
        written: usize,
        /// Chunks that there is enough for to prove.
        of: usize,
        /// The folder.
        folder: PathBuf,
        /// Why no more.
        reason: Box<ProveCommandError>,
    },
    /// There is no such chunk.
    #[error(transparent)]
    Chunk(RegistryError),
    /// The claim does not hold.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// The public inputs do not pack.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// The prover.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The registry says nothing of the time that was named.
    #[error(transparent)]
    Registry(#[from] RegistryCommandError),
    /// An option that says nothing about the statement.
    #[error("expected no {option} to prove {statement}, which takes none")]
    Unused {
        /// The option.
        option: &'static str,
        /// The statement.
        statement: String,
    },
    /// Files of another kind than the statement is made of.
    #[error("expected {wanted} to prove {statement}, got {got}")]
    OtherFiles {
        /// The option of its files.
        wanted: &'static str,
        /// The option that came.
        got: &'static str,
        /// The statement.
        statement: String,
    },
    /// The opening is in its file, the proof is not.
    #[error("{reason}; the opening of its commitment was written to {} before", opening.display())]
    AfterOpening {
        /// The file of the opening.
        opening: PathBuf,
        /// Why the proof has no file.
        reason: Box<FileError>,
    },
}

impl ProveCommandError {
    /// As it is, or about this one of several policies.
    pub(super) fn of_policy(self, policy: Option<&Path>) -> ProveCommandError {
        match policy {
            // A file is named already.
            Some(_) if matches!(self, ProveCommandError::File(_)) => self,
            Some(policy) => ProveCommandError::OfPolicy { policy: policy.to_owned(), reason: Box::new(self) },
            None => self,
        }
    }

    fn advice(&self) -> Advice {
        match self {
            ProveCommandError::File(error) => Advice::of_file(error),
            ProveCommandError::Same(_) => SamePlace::advice(),
            ProveCommandError::Backend(error) => error.advice(),
            ProveCommandError::Registry(error) => error.advice(),
            ProveCommandError::Unused { .. } => Advice::new("zksensor::usage", "leave the option out"),
            ProveCommandError::OtherFiles { .. } => Advice::new(
                "zksensor::usage",
                "an aggregate, a histogram and a reading are proven of signed readings, a track and a survey of signed frames: `zksensor device sign \
                 --frame`",
            ),
            ProveCommandError::AfterOpening { reason, .. } => Advice::new(
                Advice::of_file(reason).code,
                "make room for the proof and run the command again with --force: the new proof has no file, the opening is of \
                 none, and the next proof has a commitment and an opening of its own",
            ),
            ProveCommandError::Statement(_) | ProveCommandError::Family { .. } => Advice::new(
                "zksensor::key",
                "pass the proving key that `zksensor setup` made for the statement",
            ),
            ProveCommandError::Option { .. } => Advice::new("zksensor::usage", "see zksensor prove --help"),
            ProveCommandError::OfPolicy { reason, .. } => reason.advice(),
            ProveCommandError::ManyPolicies { .. } | ProveCommandError::Pairs { .. } => {
                Advice::new("zksensor::usage", "see zksensor prove --help, or prove one policy a call")
            }
            ProveCommandError::SamePolicy { .. } => Advice::new("zksensor::usage", "leave one of them out"),
            ProveCommandError::SameName { .. } => Advice::new(
                "zksensor::usage",
                "rename one of the files: proofs are `NAME-epoch-2-chunk-0.json`",
            ),
            ProveCommandError::NoneClosed(_) => {
                Advice::new("zksensor::usage", "prove when an epoch is over, or name it by its number")
            }
            ProveCommandError::Folder { .. } => Advice::new(
                "zksensor::system",
                "check the path and its permissions, or name another --out-dir",
            ),
            ProveCommandError::OtherProof { .. } => Advice::new(
                "zksensor::file",
                "take that file away, or pass --force to replace what is other; proofs that show the same are kept",
            ),
            ProveCommandError::AfterSome { reason, .. } => {
                let Advice { code, help } = reason.advice();
                Advice::new(code, format!("{help}; then run the command again: what is proven is kept"))
            }
            ProveCommandError::Chunk(_) => Advice::new("zksensor::usage", "correct --chunk"),
            ProveCommandError::Capacity { .. }
            | ProveCommandError::TooFew { .. }
            | ProveCommandError::NoChunk { .. }
            | ProveCommandError::NoReading { .. }
            | ProveCommandError::Assemble(_)
            | ProveCommandError::Inputs(_) => self.of_what_came(),
        }
    }

    /// What to do about readings or frames that are no claim.
    fn of_what_came(&self) -> Advice {
        let rule = "zksensor::rule";
        match self {
            ProveCommandError::Capacity { .. } => Advice::new(
                rule,
                "use a key of more devices (`setup --capacity`, of a survey `--devices`), or smaller chunks: `zksensor policy check --registry .. --capacity .. \
                 --levels ..` says how many devices the fullest chunk has, and which levels would fit; those of a key are in its \
                 statement: `zksensor inspect`",
            ),
            ProveCommandError::TooFew { what: "frame", .. } => Advice::new(
                rule,
                "add frames of more devices, or correct what the refusals name; a frame has no more samples than the statement of the \
                 key (`device sign --frame-samples`, or a key of `setup --samples`), k is the policy's, and devices of another chunk are \
                 proven with their --chunk, or all with --all-chunks",
            ),
            ProveCommandError::TooFew { what, .. } => Advice::new(
                rule,
                format!(
                    "add {what}s of more devices, or correct what the refusals name; k is the policy's, and devices of another \
                     chunk are proven with their --chunk, or all with --all-chunks"
                ),
            ),
            ProveCommandError::NoChunk { what, .. } => Advice::new(
                rule,
                format!(
                    "add {what}s of more devices, or correct what the refusals name; k is the policy's, and with chunks of more levels \
                     (`setup --levels`) more devices are proven together"
                ),
            ),
            ProveCommandError::NoReading { what: "frame", .. } => Advice::new(
                rule,
                "add a frame of this device that lies in the epoch, has no more samples than the statement of the key (`device sign \
                 --frame-samples`, or a key of `setup --samples`), and enough samples that lie in the fence and obey the policy",
            ),
            ProveCommandError::NoReading { what, .. } => {
                Advice::new(rule, format!("add a {what} of this device that is in the fence and the epoch"))
            }
            ProveCommandError::Assemble(AssembleError::Violation(Violation::Policy { .. })) => Advice::new(
                rule,
                "take the policy, its fence and a key of the policy's statement; of a survey a key of `setup --quality 1` if the \
                 policy asks for quality, else of `--quality 0`: `zksensor policy check` says which",
            ),
            _ => Advice::new(rule, "check that policy, fence, registry and epoch belong together"),
        }
    }
}
diagnostic!(ProveCommandError);
