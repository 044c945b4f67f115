//! What is said of a chain that did not do what it was to.

use zksensor_chain::ChainError;

/// Characters of an error that everybody reads.
const MOST: usize = 300;
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
        // A contract, or a node in its name, says what it likes, and as much of it.
        other => {
            let text = other.to_string();
            let shown = |letter: char| if letter.is_control() { ' ' } else { letter };
            let mut said: String = text.chars().take(MOST).map(shown).collect();
            if text.chars().nth(MOST).is_some() {
                said.push_str("..");
            }
            return said;
        }
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

#[cfg(test)]
mod tests {
    use zksensor::solidity::{Address, Revert};

    use super::*;

    #[test]
    fn what_everybody_reads_has_no_path_no_host_and_an_end() {
        let at = Address([7; 20]);
        let revert = Revert::Message(format!("no\n\u{1b}[31m{}", "x".repeat(1 << 20)));
        let said = public(&ChainError::View { what: "round", at, revert });
        assert!(said.len() < MOST + 10 && said.ends_with("..") && !said.contains(['\n', '\u{1b}']), "{said}");
        let host = "rpc.example".to_owned();
        let lie = ChainError::Lie { host, wanted: "this".to_owned(), got: "that".to_owned() };
        let locked = ChainError::Locked { path: "/srv/secret".into(), seconds: 1 };
        for error in [lie, locked] {
            let said = public(&error);
            assert!(!said.contains("rpc.example") && !said.contains("/srv"), "{said}");
        }
    }
}
