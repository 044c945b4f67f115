//! Where proofs belong: a folder, or a feed on a chain.

mod folder;

use thiserror::Error;
use zksensor::model::claim::{Binding, StatementId};

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

/// A proof was brought to its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What the place knows it by: a path, or a block.
    pub receipt: String,
    /// Gas of its transaction, where there is one.
    pub gas: Option<u64>,
    /// Whether it stays there whatever happens.
    pub is_final: bool,
}

/// What became of a proof that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It is there, and may still go.
    Pending,
    /// It is there for good.
    Final,
    /// It is not there any more: bring it again.
    Lost,
}

/// Why a proof was not brought.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotBrought {
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

    /// Brings a proof, unless it is there. What the place is known to refuse is not sent.
    ///
    /// # Errors
    /// [`NotBrought`].
    fn bring(&mut self, parcel: &Parcel<'_>) -> Result<Brought, NotBrought>;

    /// Looks for a proof that was brought with this receipt.
    ///
    /// # Errors
    /// [`NotBrought::Later`] if the place does not answer.
    fn look(&mut self, parcel: &Parcel<'_>, receipt: &str) -> Result<Whereabouts, NotBrought>;
}
