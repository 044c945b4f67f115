//! Chunks to prove. What was stored as proven is not proven again.

use std::sync::PoisonError;
use std::time::Instant;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble, Take};
use zksensor::circuits::statement::Job;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::model::registry::Chunk;

use crate::core::{Core, Proved};
use crate::epochs;
use crate::prove::NoProof;
use crate::served::Served;
use crate::store::keys::{self, ChunkKey, EpochKey};
use crate::store::rows::{self, EpochRow, JobRow, JobState, OutboxRow, ProofRow, Stage};
use crate::store::{EPOCHS, JOBS, StoreError};

/// How often a proof is tried before its chunk is given up: a prover that fails for a reason of the claim fails again.
const ATTEMPTS: u32 = 3;

/// A chunk to prove, which nobody else proves while this lives.
struct Claimed<'c> {
    core: &'c Core,
    served: &'c Served,
    epoch: u32,
    key: ChunkKey,
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        self.core.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// Makes the proof of the oldest epoch that waits for one.
pub(crate) fn prove_one(core: &Core) -> Result<Proved, StoreError> {
    let Some(claimed) = claim(core)? else { return Ok(Proved::Nothing) };
    let start = Instant::now();
    match make(core, &claimed)? {
        Ok(file) => {
            let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
            let now = core.clock.now_ms();
            store(core, &claimed, &ProofRow { file, at: now / 1000, millis, gas: None })
        }
        Err(no) if no.is_cancelled => Ok(Proved::Nothing),
        Err(no) => fail(core, &claimed, no.reason).map(|()| Proved::Failed),
    }
}

/// The first chunk that waits and is not being proven.
fn claim(core: &Core) -> Result<Option<Claimed<'_>>, StoreError> {
    for (index, epoch, epoch_key) in epochs::active(core)? {
        let waiting = core.store.read(|transaction| waiting_of(transaction, &epoch_key))?;
        let mut running = core.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = waiting.into_iter().find(|key| !running.contains(key)) {
            running.insert(key);
            drop(running);
            let claimed = Claimed { core, served: &core.served[index], epoch, key };
            // Who had it may have stored its proof between the two looks.
            let state = core
                .store
                .read(|transaction| rows::get::<JobRow>(&transaction.open_table(JOBS)?, "jobs", &key))?;
            if state.is_some_and(|job| job.state == JobState::Waiting) {
                return Ok(Some(claimed));
            }
        }
    }
    Ok(None)
}

fn waiting_of(transaction: &ReadTransaction, epoch: &EpochKey) -> Result<Vec<ChunkKey>, StoreError> {
    let row: Option<EpochRow> = rows::get(&transaction.open_table(EPOCHS)?, "epochs", epoch)?;
    let mut waiting = Vec::new();
    if row.is_some_and(|row| row.stage == Stage::Closed) {
        for (key, job) in all_of(&transaction.open_table(JOBS)?, epoch)? {
            if job.state == JobState::Waiting {
                waiting.push(key);
            }
        }
    }
    Ok(waiting)
}

fn all_of(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    epoch: &EpochKey,
) -> Result<Vec<(ChunkKey, JobRow)>, StoreError> {
    let (first, after) = keys::below(epoch);
    let mut found = Vec::new();
    for row in table.range::<&[u8]>(&first[..]..&after[..])? {
        let (key, job) = row?;
        let key = key.value().try_into().map_err(|_| StoreError::Damaged { place: "jobs" })?;
        found.push((key, crate::store::document("jobs", job.value())?));
    }
    Ok(found)
}

/// The jobs of an epoch.
pub(crate) fn of_epoch(transaction: &WriteTransaction, epoch: &EpochKey) -> Result<Vec<JobRow>, StoreError> {
    Ok(all_of(&transaction.open_table(JOBS)?, epoch)?.into_iter().map(|(_, job)| job).collect())
}

/// Assembles the claim of what was chosen, and proves it.
fn make(core: &Core, claimed: &Claimed<'_>) -> Result<Result<String, NoProof>, StoreError> {
    let job = match assemble(core, claimed)? {
        Ok(job) => job,
        Err(reason) => return Ok(Err(NoProof { reason, is_cancelled: false })),
    };
    Ok(claimed.served.prover.prove(&job, &core.cancel))
}

fn assemble(core: &Core, claimed: &Claimed<'_>) -> Result<Result<Job<Aggregate>, String>, StoreError> {
    let Claimed { served, epoch, key, .. } = claimed;
    let Some((_, end)) = served.interval(*epoch) else { return Ok(Err("there is no such epoch".to_owned())) };
    let registry = match core.registries.at(end) {
        Ok(registry) => registry,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let statement = served.statement;
    let levels = statement.first_chunk().levels();
    let chunk = keys::chunk_of(key).and_then(|index| Chunk::new(levels, index).ok());
    let Some(chunk) = chunk else { return Err(StoreError::Damaged { place: "jobs" }) };
    let target = AggregateTarget { epoch: *epoch, chunk, binding: served.binding };
    let (policy, fence) = (served.policy, served.fence.clone());
    let mut assembly = AggregateAssembly::new(statement, policy, fence, &registry, target).taking(Take::Last);
    for (row, signed) in (1..).zip(epochs::chosen(core, key)?) {
        if let Err(refusal) = assembly.offer(row, signed) {
            let rule = refusal.rule().map_or_else(|| "a rule".to_owned(), |rule| rule.to_string());
            return Ok(Err(format!(
                "a reading that was chosen is refused by {rule}: the registry of the epoch is another one than when it closed"
            )));
        }
    }
    Ok(assembly.job().map_err(|error| error.to_string()))
}

/// Stores a proof, that it is made, and that it has to be brought, at once.
fn store(core: &Core, claimed: &Claimed<'_>, proof: &ProofRow) -> Result<Proved, StoreError> {
    let key = &claimed.key;
    let stored = core.store.write(|transaction| {
        let Some(job) = rows::job(transaction, key)?.filter(|job| job.state == JobState::Waiting) else {
            return Ok(None);
        };
        rows::put_job(transaction, key, &JobRow { state: JobState::Proven, ..job })?;
        rows::put_proof(transaction, key, proof)?;
        rows::put_outbox(transaction, key, &OutboxRow { sent: None, attempts: 0, next_at: 0, reason: None })?;
        count(transaction, key, |row| row.proven += 1)?;
        Ok(Some(()))
    })?;
    Ok(if stored.is_some() { Proved::Stored } else { Proved::Nothing })
}

/// Tries again, or gives the chunk up.
fn fail(core: &Core, claimed: &Claimed<'_>, reason: String) -> Result<(), StoreError> {
    let key = &claimed.key;
    core.store.write(|transaction| {
        let Some(job) = rows::job(transaction, key)?.filter(|job| job.state == JobState::Waiting) else {
            return Ok(None);
        };
        let attempts = job.attempts + 1;
        let is_over = attempts >= ATTEMPTS;
        let state = if is_over { JobState::Failed } else { JobState::Waiting };
        rows::put_job(transaction, key, &JobRow { state, attempts, reason: Some(reason), ..job })?;
        if is_over {
            count(transaction, key, |row| row.failed += 1)?;
        }
        Ok(Some(()))
    })?;
    Ok(())
}

/// Changes the epoch of a chunk.
pub(crate) fn count(
    transaction: &WriteTransaction,
    chunk: &[u8],
    change: impl FnOnce(&mut EpochRow),
) -> Result<(), StoreError> {
    let damaged = || StoreError::Damaged { place: "epochs" };
    let key = keys::epoch_part(chunk).ok_or_else(damaged)?;
    let mut row = rows::epoch(transaction, &key)?.ok_or_else(damaged)?;
    change(&mut row);
    rows::put_epoch(transaction, &key, &row)
}
