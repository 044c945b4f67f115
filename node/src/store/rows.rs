//! What is in the rows of epochs, jobs, proofs and the outbox: JSON, as they are few.

use redb::{ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::keys::{ChunkKey, EpochKey};
use super::{ACTIVE, EPOCHS, JOBS, OUTBOX, StoreError, Table, bytes_of, document};
use crate::intake::ItemKind;

/// How far an epoch is. It never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// Readings are taken.
    Taking,
    /// The readings are chosen, and nothing more is taken.
    Closed,
    /// Every proof is where it belongs.
    Final,
    /// It ended without one, or not with all of them.
    Ended,
}

/// An epoch of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EpochRow {
    pub(crate) stage: Stage,
    pub(crate) readings: u64,
    pub(crate) late: u64,
    pub(crate) chunks: u32,
    pub(crate) proven: u32,
    /// Proofs that are where they belong.
    pub(crate) placed: u32,
    /// Chunks of which there will be no proof, or whose proof has no place.
    pub(crate) failed: u32,
    pub(crate) reason: Option<String>,
    /// The root of the registry that was chosen from.
    pub(crate) root: Option<String>,
    /// Levels of its chunks, of the key's shape when it closed; an earlier release did not say.
    #[serde(default)]
    pub(crate) levels: Option<u8>,
    /// What it is about; in a store of schema 1 readings.
    #[serde(default)]
    pub(crate) kind: ItemKind,
    /// First millisecond of it since 1970, and first after it: which of them it is about is known without its policy.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// How long its readings are kept, in milliseconds, as its policy said when its first reading came.
    pub(crate) retention_ms: u64,
}

impl EpochRow {
    pub(crate) fn new(kind: ItemKind, (start, end): (u64, u64), retention_ms: u64) -> Self {
        EpochRow {
            kind,
            start,
            end,
            retention_ms,
            stage: Stage::Taking,
            readings: 0,
            late: 0,
            chunks: 0,
            proven: 0,
            placed: 0,
            failed: 0,
            reason: None,
            root: None,
            levels: None,
        }
    }
}

/// When the readings or frames of an epoch may go, in milliseconds since 1970, and the epoch's own interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EraseRow {
    pub(crate) kind: ItemKind,
    pub(crate) at: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl EraseRow {
    pub(crate) fn encode(&self) -> [u8; 25] {
        let mut bytes = [0; 25];
        for (part, number) in bytes.chunks_exact_mut(8).zip([self.at, self.start, self.end]) {
            part.copy_from_slice(&number.to_be_bytes());
        }
        bytes[24] = match self.kind {
            ItemKind::Reading => 0,
            ItemKind::Frame => 1,
        };
        bytes
    }

    /// One of schema 1 ends without a kind: it is of readings.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged { place: "erase" };
        let (bytes, kind) = bytes.split_at_checked(24).ok_or_else(damaged)?;
        let kind = match kind {
            [] | [0] => ItemKind::Reading,
            [1] => ItemKind::Frame,
            _ => return Err(damaged()),
        };
        let mut numbers = [0; 3];
        for (number, part) in numbers.iter_mut().zip(bytes.chunks_exact(8)) {
            *number = part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        }
        let [at, start, end] = numbers;
        Ok(EraseRow { kind, at, start, end })
    }
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobState {
    Waiting,
    Proven,
    Placed,
    Failed,
}

/// A chunk to prove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobRow {
    pub(crate) state: JobState,
    pub(crate) devices: u32,
    /// Proofs that were begun, and not given up because the node ended. One that ends the process is one too.
    pub(crate) attempts: u32,
    /// Those that failed for a reason of the claim.
    #[serde(default)]
    pub(crate) violations: u32,
    /// Milliseconds since 1970 before which it is not tried again.
    #[serde(default)]
    pub(crate) next_at: u64,
    pub(crate) reason: Option<String>,
}

impl JobRow {
    pub(crate) fn new(devices: u32) -> Self {
        JobRow { state: JobState::Waiting, devices, attempts: 0, violations: 0, next_at: 0, reason: None }
    }
}

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProofRow {
    /// `zksensor-proof` in JSON.
    pub(crate) file: String,
    /// Seconds since 1970.
    pub(crate) at: u64,
    pub(crate) millis: u64,
    pub(crate) gas: Option<u64>,
    /// Of the chain's coin, in units of 10^-9.
    #[serde(default)]
    pub(crate) fee_gwei: Option<u64>,
}

/// A proof on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxRow {
    /// The receipt of where it was brought; none before.
    pub(crate) sent: Option<String>,
    pub(crate) attempts: u32,
    /// Milliseconds since 1970.
    pub(crate) next_at: u64,
    pub(crate) reason: Option<String>,
}

/// A row of JSON by its key.
pub(crate) fn get<T: serde::de::DeserializeOwned>(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    place: &'static str,
    key: &[u8],
) -> Result<Option<T>, StoreError> {
    table.get(key)?.map(|bytes| document(place, bytes.value())).transpose()
}

fn put(
    transaction: &WriteTransaction,
    table: Table,
    key: &[u8],
    row: &impl Serialize,
) -> Result<(), StoreError> {
    transaction.open_table(table)?.insert(key, &bytes_of(row)[..])?;
    Ok(())
}

/// The epoch of a key.
pub(crate) fn epoch(transaction: &WriteTransaction, key: &EpochKey) -> Result<Option<EpochRow>, StoreError> {
    get(&transaction.open_table(EPOCHS)?, "epochs", key)
}

/// Stores an epoch, and whether something is left to do about it.
pub(crate) fn put_epoch(
    transaction: &WriteTransaction,
    key: &EpochKey,
    row: &EpochRow,
) -> Result<(), StoreError> {
    put(transaction, EPOCHS, key, row)?;
    let mut active = transaction.open_table(ACTIVE)?;
    if row.stage < Stage::Final {
        active.insert(&key[..], &[][..])?;
    } else {
        active.remove(&key[..])?;
    }
    Ok(())
}

pub(crate) fn job(transaction: &WriteTransaction, key: &ChunkKey) -> Result<Option<JobRow>, StoreError> {
    get(&transaction.open_table(JOBS)?, "jobs", key)
}

pub(crate) fn put_job(
    transaction: &WriteTransaction,
    key: &ChunkKey,
    row: &JobRow,
) -> Result<(), StoreError> {
    put(transaction, JOBS, key, row)
}

pub(crate) fn put_outbox(
    transaction: &WriteTransaction,
    key: &ChunkKey,
    row: &OutboxRow,
) -> Result<(), StoreError> {
    put(transaction, OUTBOX, key, row)
}

/// Stores a proof.
pub(crate) fn put_proof(
    transaction: &WriteTransaction,
    key: &ChunkKey,
    row: &ProofRow,
) -> Result<(), StoreError> {
    put(transaction, super::PROOFS, key, row)
}
