//! Who operates a node: whoever has the key of its store. What they may do is to drain it, and to let it take readings again.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::seal::{StoreKey, secret_digits};

/// What whoever operates a node shows to it: it is derived from the key of the store, and says nothing of it. `Debug` shows nothing.
#[derive(Clone)]
pub struct OperatorToken(Zeroizing<String>);

impl OperatorToken {
    /// That of the node whose store has this key.
    pub fn of(key: &StoreKey) -> Self {
        OperatorToken(secret_digits("", &*key.operator()))
    }

    /// As it stands behind `Authorization: Bearer`: 64 hexadecimal digits.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether it is what came. How long that takes says nothing of it.
    pub(crate) fn is(&self, came: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(came).into()
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken(..)")
    }
}

/// What whoever operates a node may do with it.
pub trait Operate: Send + Sync {
    /// Takes no readings from now on, until [`Operate::resume`] or the next start. What is stored is closed, proven and brought as before.
    fn quiesce(&self);

    /// Takes readings again.
    fn resume(&self);

    /// Whether it takes no readings because it was told so.
    fn is_quiesced(&self) -> bool;

    /// What is left to do. It is quick and waits for nothing long.
    ///
    /// # Errors
    /// What the store says.
    fn left(&self) -> Result<Left, String>;
}

/// What a node has left to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Whether readings are taken.
    pub takes: bool,
    /// The epochs that have not come to their end, the oldest first.
    pub epochs: Vec<EpochLeft>,
}

/// What is left to do about an epoch of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochLeft {
    /// The policy's name in the configuration.
    pub policy: String,
    /// Its number.
    pub epoch: u32,
    /// What.
    pub state: LeftState,
    /// Of how much: readings of an epoch that is open or closing, chunks to prove, proofs to bring.
    pub count: u64,
    /// When an epoch that is open is closed, in seconds since 1970-01-01 00:00 UTC.
    pub closes: Option<u64>,
    /// What it waits for, if that is known.
    pub reason: Option<String>,
}

/// What is left to do about an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LeftState {
    /// Nothing yet: it is not over, or its grace is not. It is gone on with then, by this process or the next one.
    Open,
    /// Its grace is over, and it is to be closed.
    Closing,
    /// Chunks of it are to be proven.
    Proving,
    /// Proofs of it are to be brought to their place, or are on their way.
    Bringing,
}

impl Left {
    /// Whether nothing is left that can be done now.
    pub fn is_done(&self) -> bool {
        self.epochs.iter().all(|epoch| epoch.state == LeftState::Open)
    }
}

impl fmt::Display for EpochLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (policy, epoch, count) = (&self.policy, self.epoch, self.count);
        match self.state {
            LeftState::Open => write!(f, "{policy} {epoch} is open, with {count} readings"),
            LeftState::Closing => write!(f, "{policy} {epoch} is to be closed, with {count} readings"),
            LeftState::Proving => write!(f, "{policy} {epoch} has {count} chunks to prove"),
            LeftState::Bringing => write!(f, "{policy} {epoch} has {count} proofs to bring"),
        }?;
        self.reason.as_ref().map_or(Ok(()), |reason| write!(f, " ({reason})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_key_and_shows_nothing_of_it() {
        let token = OperatorToken::of(&StoreKey::from_bytes(&[0x5a; 32]));
        let other = OperatorToken::of(&StoreKey::from_bytes(&[0x5b; 32]));
        assert_eq!(token.text().len(), 64);
        assert_ne!(token.text(), other.text());
        assert!(!token.text().contains("5a5a5a"));
        assert!(token.is(token.text().as_bytes()) && !token.is(other.text().as_bytes()));
        for wrong in ["", &token.text()[..63], &format!("{}0", token.text()), &token.text().to_uppercase()] {
            assert!(!token.is(wrong.as_bytes()), "{wrong}");
        }
        assert_eq!(format!("{token:?}"), "OperatorToken(..)");
    }

    #[test]
    fn only_what_can_be_done_now_is_left() {
        let of = |state| EpochLeft {
            policy: "air".to_owned(),
            epoch: 3,
            state,
            count: 2,
            closes: None,
            reason: Some("no memory".to_owned()),
        };
        let left =
            |states: &[LeftState]| Left { takes: false, epochs: states.iter().map(|s| of(*s)).collect() };
        assert!(left(&[]).is_done() && left(&[LeftState::Open]).is_done());
        for state in [LeftState::Closing, LeftState::Proving, LeftState::Bringing] {
            assert!(!left(&[LeftState::Open, state]).is_done());
        }
        assert_eq!(of(LeftState::Proving).to_string(), "air 3 has 2 chunks to prove (no memory)");
    }
}
