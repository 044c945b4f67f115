//! What is said of a chain that did not do what it was to.

use zksensor_chain::ChainError;

/// What a contract refuses every proof of an epoch with, whichever it is.
const OF_ALL: [&str; 7] =
    ["FeedPaused", "WindowShut", "AggregatorUnknown", "EpochIsVoid", "IndexOther", "NoRoot", "KeyUnknown"];

/// Whether one of several proofs may be at fault alone.
pub(super) fn is_of_some(error: &ChainError) -> bool {
    let ChainError::WouldRevert { revert, .. } = error else { return false };
    revert.name().is_none_or(|name| !OF_ALL.contains(&name))
}

/// What everybody may read, who sees the status: no path of the machine, and no host.
pub(super) fn public(error: &ChainError) -> String {
    let said = match error {
        ChainError::Http { .. } => "the node of the chain does not answer",
        ChainError::Garbage { .. } | ChainError::Lie { .. } | ChainError::Refused { .. } => {
            "the node of the chain answers what helps nothing; the log has it"
        }
        ChainError::OtherChain { .. } => "the node of the chain is one of another chain; the log has it",
        ChainError::Signature { .. } => "the signer signs something else; the log has it",
        ChainError::Locked { .. } => "something else on the machine sends from the account",
        ChainError::File { .. } | ChainError::OtherFile { .. } => {
            "a file beside the account's lock cannot be used; the log says which"
        }
        other => return other.to_string(),
    };
    said.to_owned()
}

/// Whether the node is at fault, so that asking it again at once helps nothing.
pub(super) fn is_of_node(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Http { .. }
            | ChainError::Garbage { .. }
            | ChainError::Lie { .. }
            | ChainError::OtherChain { .. }
            | ChainError::Locked { .. }
    )
}
