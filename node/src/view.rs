//! What a node shows of itself: counts and states, never a coordinate, a value or a device.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The state of an epoch of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EpochState {
    /// Readings of it are taken.
    Open,
    /// It is over, and late readings are waited for.
    Grace,
    /// Its proofs are being made.
    Proving,
    /// They are made and on their way.
    Proven,
    /// They are where they belong: on a final block, or in the folder.
    Final,
    /// It ended without a proof; [`EpochView::reason`] says why.
    Ended,
}

/// An epoch of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochView {
    /// The policy's name in the configuration.
    pub policy: String,
    /// Its number.
    pub epoch: u32,
    /// How far it is.
    pub state: EpochState,
    /// Readings that were stored for it.
    pub readings: u64,
    /// Readings of it that came after its grace.
    pub late: u64,
    /// Chunks that are proven.
    pub proven: u32,
    /// Chunks that have a reading.
    pub chunks: u32,
    /// Why it ended, or what it waits for.
    pub reason: Option<String>,
}

/// A proof that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofView {
    /// The policy's name in the configuration.
    pub policy: String,
    /// Its epoch.
    pub epoch: u32,
    /// Its chunk.
    pub chunk: u32,
    /// Seconds since 1970-01-01 00:00 UTC when it was done.
    pub at: u64,
    /// Milliseconds that it took.
    pub millis: u64,
    /// Gas of its transaction, where there is one: its part of what a transaction took that brought several.
    pub gas: Option<u64>,
    /// What that cost in the chain's coin, in units of 10^-9.
    #[serde(default)]
    pub fee_gwei: Option<u64>,
}

/// The node at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Whether readings can be taken: the store opens, a registry is known, and it does not drain.
    pub ready: bool,
    /// What is missing, if it is not ready.
    pub waiting_for: Vec<String>,
    /// Seconds since 1970-01-01 00:00 UTC.
    pub now: u64,
    /// Items accepted since the store was made.
    pub accepted: u64,
    /// Items that were there already.
    pub duplicates: u64,
    /// Refused items, by rule.
    pub refused: BTreeMap<String, u64>,
    /// Devices of which one sequence number came with two contents.
    pub equivocations: u64,
    /// Jobs that wait for the prover.
    pub queue: u64,
    /// Proofs that wait for their place: a folder, or a chain.
    pub outbox: u64,
    /// The epochs that are of interest, newest first, 64 of a policy at most.
    pub epochs: Vec<EpochView>,
    /// The last proofs, newest first: 32 at most, and the last of each policy.
    pub proofs: Vec<ProofView>,
}

/// Who shows it.
pub trait Show: Send + Sync {
    /// The node at this moment; it is quick and waits for nothing long.
    fn view(&self) -> View;

    /// The files of the proofs of an epoch of a policy (`zksensor-proof` in JSON), by chunk; none if there are none.
    ///
    /// # Errors
    /// What the store says.
    fn proofs(&self, policy: &str, epoch: u32) -> Result<Vec<String>, String>;

    /// As [`Show::proofs`], of the chunks from `from` on, so many at most: the number of each chunk and its file.
    ///
    /// # Errors
    /// What the store says.
    fn proofs_from(
        &self,
        policy: &str,
        epoch: u32,
        from: u32,
        most: usize,
    ) -> Result<Vec<(u32, String)>, String>;
}
