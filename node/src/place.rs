//! Where proofs belong: a folder, or a feed on a chain.

#[cfg(feature = "chain")]
mod chain;
mod folder;

use std::time::Duration;

use thiserror::Error;
use zksensor::model::claim::{Binding, StatementId};

#[cfg(feature = "chain")]
pub use self::chain::{Account, AccountSettings, ChainFeed, Wanted};
pub use self::folder::Folder;

/// A proof on its way.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// The policy's name in the configuration.
    pub policy: &'a str,
    /// Its epoch.
    pub epoch: u32,
    /// Its chunk.
    pub chunk: u32,
    /// The proof: `zksensor-proof` in JSON.
    pub file: &'a str,
}

/// What a proof's part of a transaction cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Gas.
    pub gas: u64,
    /// Of the chain's coin, in units of 10^-9, rounded up; none where nothing is paid.
    pub fee_gwei: Option<u64>,
}

/// A proof was brought to its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What the place knows it by: a path, a block, or a transaction.
    pub receipt: String,
    /// What it cost, where that is known now.
    pub paid: Option<Paid>,
    /// Whether it stays there whatever happens.
    pub is_final: bool,
}

/// What became of a proof that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It is there, or on its way, and may still go.
    Pending,
    /// It is there for good, and cost so much as far as the place knows.
    Final(Option<Paid>),
    /// It is not there any more: bring it again.
    Lost,
}

/// Why a proof was not brought.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotBrought {
    /// Something else is brought first, and nothing is wrong.
    #[error("something else is on its way to the same place")]
    Busy,
    /// It may go better later: the place does not answer, or is not open yet.
    #[error("{0}")]
    Later(String),
    /// It will never be taken.
    #[error("{0}")]
    Never(String),
}

/// A place for proofs. Bringing one that is there already changes nothing and succeeds: nobody knows after a crash whether it was brought.
pub trait Place: Send {
    /// What proofs are bound to.
    fn binding(&self, statement: &StatementId) -> Binding;

    /// How long a proof waits for others of its epoch, which cost less together; not at all, unless the place says so.
    fn gathers(&mut self) -> Duration {
        Duration::ZERO
    }

    /// Brings proofs of one policy and epoch, of a chunk each, those that are not there. One answer for each, in their order; what is wrong with
    /// one does not keep the others. What the place is known to refuse is not sent.
    fn bring(&mut self, parcels: &[Parcel<'_>]) -> Vec<Result<Brought, NotBrought>>;

    /// Looks for a proof that was brought with this receipt.
    ///
    /// # Errors
    /// [`NotBrought::Later`] if the place does not answer.
    fn look(&mut self, parcel: &Parcel<'_>, receipt: &str) -> Result<Whereabouts, NotBrought>;
}
