//! The contracts of zksensor on a chain, by JSON-RPC: reads feeds, submits to them, deploys.
//!
//! ```text
//! Node                      what is asked                                             (rpc, http)
//! Signer                    who signs: a keystore, the environment, somebody else      (signer, keystore)
//! Outbox = Node + Signer    looked at before, one number at a time, followed until final (send, follow, pending, lock, fees)
//! Budget                    what a day's transactions may cost, kept in a file        (budget)
//! feed                      what a feed, its registry and router say                   (view)
//! deploy                    contracts to addresses that are known before             (blueprint, deploy, check, record)
//! roots                     posts of a registry                                      (roots, events)
//! submit                    a proof, or many, to a feed; what is there is left out     (submit, claimed)
//! ```
//!
//! A node is not believed more than need be: its chain is compared before anything is signed, answers have a limit in bytes and time,
//! prices have limits of the caller's, and what a signer signed is compared with what was to be signed. But what a contract holds, the
//! node says alone: who needs more asks two.
//!
//! Without the feature `rpc` there is nothing here.
//!
//! Futures are of tokio; `block_on` runs one where there is no runtime.

#![cfg(feature = "rpc")]

mod abi;
mod blueprint;
mod budget;
mod check;
mod claimed;
mod deploy;
mod error;
mod events;
mod fees;
mod follow;
mod http;
mod keystore;
mod lock;
mod pending;
mod record;
mod roots;
mod rpc;
mod send;
mod signer;
mod submit;
mod view;

use std::future::Future;

pub use blueprint::{Blueprint, FeedPlan, LEAST_TIMELOCK_S};
pub use budget::Budget;
pub use claimed::Claimed;
pub use deploy::{Part, PartState};
pub use error::{ChainError, Coins, Gwei, HttpFault};
pub use fees::Limits;
pub use follow::{Progress, UnderWay};
pub use record::{record, safe_batch, write};
pub use roots::{PostFault, PostedRoot, Posts, changes, post, veto};
pub use rpc::Node;
pub use send::{Call, Event, Finality, Outbox, Preview, Sent, Setup, Teller, Waiting};
pub use signer::{KEY_VARIABLE, Signer};
pub use submit::{Plan, Proven, Standing, Submission};
pub use view::{EpochState, FeedState, FeedTerms, FinalCheck, Post, RegistryState, Roles};

/// Runs a future of this crate to its end, on this thread.
///
/// # Errors
/// What the system says if it has no means to wait for anything.
pub fn block_on<F: Future>(future: F) -> std::io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
