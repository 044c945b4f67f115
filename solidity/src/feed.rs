//! The contracts that hold state, from Rust: what deploys them, what is sent to them, what they say.
//!
//! ```text
//! owner, registrar, guardian        -> address of the registry            (Setup, known before it is there)
//! chain id, registry                -> policy, readings signed for it     (the crates underneath)
//! router, registry, policy          -> address of the feed                (Setup)
//! proofs bound to feed, aggregator  -> calldata of submit, submitBatch    (aggregates, surveys)
//! seal, beacon, proof                -> one private sum a chunk             (private_sums, beacons)
//! ```
//!
//! Which error one of them reverts with, [`Revert`](crate::Revert) says as it says those of the verifiers. With the feature `evm` all of it
//! runs in an [`Evm`](crate::evm::Evm) of this process.

mod abi;
pub mod aggregates;
pub mod beacons;
mod contract;
pub mod cover;
#[cfg(feature = "evm")]
mod network;
mod posted;
pub mod private_sums;
pub mod registry;
mod revert;
pub mod router;
mod setup;
pub mod surveys;
mod terms;

pub use contract::StateContract;
#[cfg(feature = "evm")]
pub use network::{Network, Roles, SALT};
pub use posted::{ChangesError, PostedTree};
pub(crate) use revert::decode;
pub use setup::{
    AdapterSetup, CoverSetup, FeedSetup, MockSetup, RegistrySetup, RouterSetup, Sealing, Statistic,
};
pub use terms::{PolicyTerms, TermsError};
