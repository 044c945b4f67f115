//! Why a command about a chain did not do what it was to.

use std::path::PathBuf;

use zksensor::files::FileError;
use zksensor::model::registry::RegistryError;
use zksensor::solidity::Address;
use zksensor::solidity::RenderError;
use zksensor_chain::{ChainError, PostFault};

use super::{Advice, KEY_VARIABLE, RPC_VARIABLE, diagnostic};
use crate::backend::BackendError;
use crate::verify::VerifyCommandError;

/// Why a command about a chain did not do what it was to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChainCommandError {
    /// The chain, its node or what was to be sent.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key is of no contract.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A key or proof.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A proof that the contract would refuse.
    #[error("{}: {reason}", path.display())]
    Proof {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: Box<VerifyCommandError>,
    },
    /// A feed takes aggregates.
    #[error("{}: expected a proof of an aggregate, got one of {got}", path.display())]
    OtherStatement {
        /// The file.
        path: PathBuf,
        /// The statement that came.
        got: String,
    },
    /// What an epoch answers may still change.
    #[error(
        "expected epoch {epoch} to be final, it is from {time} on{}",
        if *knows { ", in a final block" } else { ", and the node does not say which block is final" }
    )]
    NotFinal {
        /// The epoch.
        epoch: u32,
        /// When its window shuts.
        time: String,
        /// Whether the node says which block is final.
        knows: bool,
    },
    /// An epoch answers nothing, and never will.
    #[error("expected an answer of epoch {epoch}, {}", if *voided { "the guardian declared it void" } else { "nothing came in" })]
    NoAnswer {
        /// The epoch.
        epoch: u32,
        /// Whether it was declared void.
        voided: bool,
    },
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// What was posted is no state of the registry's file.
    #[error("post {index} of the registry {contract} has the root {root}, which the file {} never had{}", path.display(), if *is_vetoable { ", and does not count yet" } else { "" })]
    OtherRoot {
        /// The contract.
        contract: Address,
        /// The file.
        path: PathBuf,
        /// Number of the post.
        index: u64,
        /// Its root.
        root: String,
        /// Whether it can be taken back.
        is_vetoable: bool,
    },
    /// What was posted with a root does not lead to it.
    #[error("post {index} of the registry {contract} has other changes than those that lead to its root in the file {}", path.display())]
    OtherChanges {
        /// The contract.
        contract: Address,
        /// The file.
        path: PathBuf,
        /// Number of the post.
        index: u64,
    },
    /// What was posted with a root does not lead to it, by the chain alone.
    #[error("the registry {contract}: {reason}{}", if *is_vetoable { "; it does not count yet" } else { "" })]
    OtherTree {
        /// The contract.
        contract: Address,
        /// Which post, and how.
        #[source]
        reason: PostFault,
        /// Whether it can be taken back.
        is_vetoable: bool,
    },
    /// A change is larger than a post.
    #[error("expected changes of at most {most} bytes from one state of the file to the next, got {got}")]
    LargeChange {
        /// The most.
        most: u64,
        /// The least that there is.
        got: usize,
    },
    /// No node is named.
    #[error("expected the URL of a node, got neither --rpc nor the variable {RPC_VARIABLE}")]
    NoNode,
    /// The key is another account's.
    #[error("expected the key of the account {wanted}, got that of {got}; nothing was sent")]
    OtherAccount {
        /// `--from`.
        wanted: Address,
        /// The key's.
        got: Address,
    },
    /// The system cannot wait for anything.
    #[error("expected the system to wait for answers, but: {source}")]
    Runtime {
        /// What it said.
        source: std::io::Error,
    },
}

impl ChainCommandError {
    pub(crate) fn advice(&self) -> Advice {
        match self {
            ChainCommandError::Chain(error) => Advice::new(code(error), error.help()),
            ChainCommandError::File(error) => Advice::of_file(error),
            ChainCommandError::Render(_) => {
                Advice::new("zksensor::key", "pass the key of a statement of this release")
            }
            ChainCommandError::Backend(error) => error.advice(),
            ChainCommandError::Proof { reason, .. } => reason.advice(),
            ChainCommandError::OtherStatement { .. } => Advice::new(
                "zksensor::file",
                "feeds take proofs of aggregate/v2 and survey/v1; other statements have contracts of their own",
            ),
            ChainCommandError::NotFinal { knows: true, .. } => {
                Advice::new("zksensor::chain::node", "ask again after that time")
            }
            ChainCommandError::NotFinal { .. } => {
                Advice::new("zksensor::chain::node", "ask a node that has the block tag `finalized`")
            }
            ChainCommandError::NoAnswer { .. } => {
                Advice::new("zksensor::chain::refused", "take another epoch; this one never has an answer")
            }
            ChainCommandError::Registry(_) => {
                Advice::new("zksensor::registry", "restore the registry's file")
            }
            ChainCommandError::OtherRoot { .. }
            | ChainCommandError::OtherChanges { .. }
            | ChainCommandError::OtherTree { .. } => Advice::new(
                "zksensor::registry",
                "compare with the file of whoever posts; if nobody knows the post and it does not count yet, the guardian takes it back: \
                 `zksensor registry veto`",
            ),
            ChainCommandError::LargeChange { .. } => Advice::new(
                "zksensor::registry",
                "enrol fewer devices at once (3,900 fit), and post after each",
            ),
            ChainCommandError::NoNode => Advice::new(
                "zksensor::usage",
                "providers of nodes give one; https://rpc-amoy.polygon.technology is one of Amoy",
            ),
            ChainCommandError::OtherAccount { .. } => {
                Advice::new("zksensor::usage", format!("correct --from, the keystore or {KEY_VARIABLE}"))
            }
            ChainCommandError::Runtime { .. } => {
                Advice::new("zksensor::system", "look at the limits of open files and memory")
            }
        }
    }
}
diagnostic!(ChainCommandError);

/// What a script does about it: wait and do the same again, or have somebody look.
fn code(error: &ChainError) -> &'static str {
    match error {
        ChainError::Url { .. } | ChainError::Secret { .. } => "zksensor::usage",
        ChainError::File { .. } | ChainError::Locked { .. } => "zksensor::system",
        ChainError::OtherFile { .. } | ChainError::Keystore { .. } | ChainError::Password { .. } => {
            "zksensor::file"
        }
        ChainError::Http { .. }
        | ChainError::Garbage { .. }
        | ChainError::Lie { .. }
        | ChainError::OtherChain { .. }
        | ChainError::Signature { .. }
        | ChainError::Refused { .. }
        | ChainError::Pending { .. }
        | ChainError::NotYet { .. } => "zksensor::chain::node",
        _ => "zksensor::chain::refused",
    }
}
