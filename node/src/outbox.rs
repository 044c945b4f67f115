//! Proofs on their way. Each was stored before it is sent, and stays here until it is where it belongs for good.

use std::sync::PoisonError;

use crate::core::{Core, Did};
use crate::jobs;
use crate::place::{Brought, NotBrought, Parcel, Whereabouts};
use crate::served::Served;
use crate::store::keys::{self, ChunkKey};
use crate::store::rows::{self, JobRow, JobState, OutboxRow, ProofRow};
use crate::store::{Damage, OUTBOX, PROOFS, StoreError, document};

/// The first wait after a failure, in milliseconds; each further one is twice as long.
const FIRST_WAIT_MS: u64 = 1_000;
/// The longest.
const LONGEST_WAIT_MS: u64 = 60_000;
/// Proofs of one step.
const AT_ONCE: usize = 64;

/// A proof on its way, and what is known of it.
struct Way {
    key: ChunkKey,
    row: OutboxRow,
    proof: ProofRow,
}

/// Brings what is due, and looks for what was brought.
pub(crate) fn run(core: &Core, did: &mut Did) -> Result<(), StoreError> {
    let mut damage = Damage::default();
    for (index, way) in due(core, &mut damage)? {
        damage.pass(one(core, &core.served[index], way, did))?;
    }
    damage.end(())
}

/// The proofs of policies that are served which have waited longest, so that none of them starves another.
fn due(core: &Core, damage: &mut Damage) -> Result<Vec<(usize, Way)>, StoreError> {
    let now = core.clock.now_ms();
    core.store.read(|transaction| {
        let (table, proofs) = (transaction.open_table(OUTBOX)?, transaction.open_table(PROOFS)?);
        let mut waiting: Vec<(u64, usize, ChunkKey, OutboxRow)> = Vec::new();
        for (index, served) in core.served.iter().enumerate() {
            let (first, last) = keys::epochs_of(&served.policy.id());
            let ((first, _), (_, after)) = (keys::below(&first), keys::below(&last));
            for row in table.range::<&[u8]>(&first[..]..&after[..])? {
                let (key, row) = row?;
                let row = damage.pass(document::<OutboxRow>("outbox", row.value()))?;
                let (Some(row), Ok(key)) = (row, ChunkKey::try_from(key.value())) else { continue };
                // What waits longer than anything does waits for a clock that was set back.
                if now >= row.next_at || row.next_at - now > LONGEST_WAIT_MS {
                    waiting.push((row.next_at, index, key, row));
                }
            }
        }
        waiting.sort_by_key(|(next_at, index, key, _)| (*next_at, *index, *key));
        let mut found = Vec::new();
        for (_, index, key, row) in waiting.into_iter().take(AT_ONCE) {
            let proof = rows::get::<ProofRow>(&proofs, "proofs", &key);
            let proof = proof.and_then(|proof| proof.ok_or(StoreError::Damaged { place: "proofs" }));
            if let Some(proof) = damage.pass(proof)? {
                found.push((index, Way { key, row, proof }));
            }
        }
        Ok(found)
    })
}

fn one(core: &Core, served: &Served, mut way: Way, did: &mut Did) -> Result<(), StoreError> {
    let damaged = || StoreError::Damaged { place: "outbox" };
    let parcel = Parcel {
        policy: &served.name,
        epoch: keys::number_of(&way.key).ok_or_else(damaged)?,
        chunk: keys::chunk_of(&way.key).ok_or_else(damaged)?,
        file: &way.proof.file,
    };
    let mut place = served.place.lock().unwrap_or_else(PoisonError::into_inner);
    let looked = match &way.row.sent {
        Some(receipt) => place.look(&parcel, receipt),
        None => Ok(Whereabouts::Lost),
    };
    match looked {
        Ok(Whereabouts::Final) => return place_it(core, &way, None),
        Ok(Whereabouts::Pending) => {
            let row = OutboxRow { attempts: 0, next_at: core.clock.now_ms() + FIRST_WAIT_MS, ..way.row };
            return again(core, &way.key, row);
        }
        Err(reason) => return later(core, way, reason.to_string()),
        Ok(Whereabouts::Lost) => {
            // Forgotten before it is sent again: an old receipt would make what is sent now final too soon.
            if way.row.sent.take().is_some() {
                again(core, &way.key, way.row.clone())?;
            }
        }
    }
    match place.bring(&parcel) {
        Ok(Brought { is_final: true, gas, .. }) => {
            did.brought += 1;
            place_it(core, &way, gas)
        }
        Ok(Brought { receipt, gas, .. }) => {
            did.brought += 1;
            sent(core, &way, receipt, gas)
        }
        Err(NotBrought::Later(reason)) => later(core, way, reason),
        Err(NotBrought::Never(reason)) => never(core, &way, reason),
    }
}

/// It is where it belongs, for good.
fn place_it(core: &Core, way: &Way, gas: Option<u64>) -> Result<(), StoreError> {
    end(core, way, gas, |job| JobRow { state: JobState::Placed, ..job })
}

/// It will never be there.
fn never(core: &Core, way: &Way, reason: String) -> Result<(), StoreError> {
    end(core, way, None, |job| JobRow { state: JobState::Failed, reason: Some(reason), ..job })
}

fn end(
    core: &Core,
    way: &Way,
    gas: Option<u64>,
    job_of: impl FnOnce(JobRow) -> JobRow,
) -> Result<(), StoreError> {
    let key = &way.key;
    core.store.write(|transaction| {
        transaction.open_table(OUTBOX)?.remove(&key[..])?;
        let Some(job) = rows::job(transaction, key)?.filter(|job| job.state == JobState::Proven) else {
            return Ok(Some(()));
        };
        let job = job_of(job);
        rows::put_job(transaction, key, &job)?;
        if gas.is_some() {
            rows::put_proof(transaction, key, &ProofRow { gas, ..way.proof.clone() })?;
        }
        jobs::count(transaction, key, |row| match job.state {
            JobState::Placed => row.placed += 1,
            _ => row.failed += 1,
        })?;
        Ok(Some(()))
    })?;
    Ok(())
}

/// It was brought, and has to be looked for.
fn sent(core: &Core, way: &Way, receipt: String, gas: Option<u64>) -> Result<(), StoreError> {
    let key = &way.key;
    core.store.write(|transaction| {
        let row = OutboxRow {
            sent: Some(receipt),
            attempts: 0,
            next_at: core.clock.now_ms() + FIRST_WAIT_MS,
            reason: None,
        };
        rows::put_outbox(transaction, key, &row)?;
        if gas.is_some() {
            rows::put_proof(transaction, key, &ProofRow { gas, ..way.proof.clone() })?;
        }
        Ok(Some(()))
    })?;
    Ok(())
}

fn later(core: &Core, way: Way, reason: String) -> Result<(), StoreError> {
    let wait = FIRST_WAIT_MS.saturating_mul(1 << way.row.attempts.min(6)).min(LONGEST_WAIT_MS);
    let attempts = way.row.attempts.saturating_add(1);
    let next_at = core.clock.now_ms().saturating_add(wait);
    again(core, &way.key, OutboxRow { attempts, next_at, reason: Some(reason), ..way.row })
}

fn again(core: &Core, key: &ChunkKey, row: OutboxRow) -> Result<(), StoreError> {
    core.store.write(|transaction| rows::put_outbox(transaction, key, &row).map(Some))?;
    Ok(())
}
