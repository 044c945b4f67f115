//! Chunks to prove. What was stored as proven is not proven again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::time::Instant;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use crate::core::{Core, Proved};
use crate::epochs;
use crate::prove::Why;
use crate::served::{Served, Unproven};
use crate::store::keys::{self, ChunkKey, EpochKey};
use crate::store::rows::{self, EpochRow, JobRow, JobState, OutboxRow, ProofRow, Stage};
use crate::store::{Damage, EPOCHS, JOBS, StoreError};
use crate::trace::{PROVE, Span};

/// How often a claim is refused before its chunk is given up. Whatever else fails is tried again for as long as it takes.
const VIOLATIONS: u32 = 3;
/// The wait after the first proof that failed, in milliseconds; after each further one it is twice as long.
const FIRST_WAIT_MS: u64 = 2_000;
/// The longest.
const LONGEST_WAIT_MS: u64 = 2 * 3_600_000;
/// The wait where nothing was begun, as something is missing.
const MISSING_WAIT_MS: u64 = 5_000;
/// Chunks that are looked at in one go, if of each something is missing.
const MISSING_AT_ONCE: usize = 16;

/// Why a chunk was not proven.
struct Fault {
    reason: String,
    kind: Kind,
}

enum Kind {
    /// The claim: it fails again.
    Claim,
    /// The prover.
    Prover(Why),
    /// A row of the store.
    Damage(StoreError),
}

impl Kind {
    /// As a span has it.
    fn word(&self) -> &'static str {
        match self {
            Kind::Claim => "refused",
            Kind::Prover(Why::Failed) => "failed",
            Kind::Prover(Why::Cancelled) => "cancelled",
            Kind::Prover(Why::NotBegun) => "missing",
            Kind::Prover(Why::Never) => "ended",
            Kind::Damage(_) => "damaged",
        }
    }
}

/// The wait after so many proofs that were begun.
fn wait_ms(attempts: u32) -> u64 {
    match attempts {
        0 => 0,
        attempts => FIRST_WAIT_MS.saturating_mul(1 << (attempts - 1).min(20)).min(LONGEST_WAIT_MS),
    }
}

fn is_due(job: &JobRow, now: u64) -> bool {
    // What waits longer than anything does waits for a clock that was set back.
    job.state == JobState::Waiting && (now >= job.next_at || job.next_at - now > LONGEST_WAIT_MS)
}

/// A chunk to prove, which nobody else proves while this lives.
struct Claimed<'c> {
    core: &'c Core,
    served: &'c Served,
    epoch: u32,
    key: ChunkKey,
}

impl Claimed<'_> {
    fn span(&self) -> Span {
        let span = self.core.trace.span(&PROVE);
        let chunk = keys::chunk_of(&self.key).unwrap_or_default();
        span.text("policy", &self.served.name)
            .number("epoch", self.epoch.into())
            .number("chunk", chunk.into());
        span
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        self.core.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// Makes the proof that is due for the longest time, of the oldest epoch if there are several. A row that is damaged stops its own chunk alone, and is told when nothing else is due.
pub(crate) fn prove_one(core: &Core) -> Result<Proved, StoreError> {
    let mut damage = Damage::default();
    for _ in 0..MISSING_AT_ONCE {
        if core.is_draining() {
            break;
        }
        let Some(claimed) = claim(core, &mut damage)? else { break };
        let span = claimed.span();
        let start = Instant::now();
        // A panic of the prover is its chunk's.
        let made = catch_unwind(AssertUnwindSafe(|| make(core, &claimed)));
        let made = made.unwrap_or_else(|_| {
            let reason = "the prover panicked; please report it".to_owned();
            Ok(Err(Fault { reason, kind: Kind::Prover(Why::Failed) }))
        });
        let made = match made {
            Err(error @ StoreError::Damaged { .. }) => {
                Err(Fault { reason: error.to_string(), kind: Kind::Damage(error) })
            }
            made => made?,
        };
        let fault = match made {
            Ok(file) => {
                span.text("result", "proven");
                let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                let now = core.clock.now_ms();
                return store(
                    core,
                    &claimed,
                    &ProofRow { file, at: now / 1000, millis, gas: None, fee_gwei: None },
                );
            }
            Err(fault) => fault,
        };
        span.text("result", fault.kind.word());
        put_down(core, &claimed, &fault)?;
        match fault.kind {
            Kind::Claim | Kind::Prover(Why::Failed | Why::Never) => return Ok(Proved::Failed),
            Kind::Prover(Why::Cancelled) => return Ok(Proved::Nothing),
            // Another chunk may have what this one has not.
            Kind::Prover(Why::NotBegun) => {}
            Kind::Damage(error) => damage.note(error),
        }
    }
    damage.end(Proved::Nothing)
}

/// The chunk that is due for the longest time and is not being proven: one that waits for what is missing, however often, keeps no other from its
/// turn. That it is begun is stored before it is.
fn claim<'c>(core: &'c Core, damage: &mut Damage) -> Result<Option<Claimed<'c>>, StoreError> {
    let mut waiting = Vec::new();
    for (index, epoch, epoch_key) in epochs::active(core)? {
        let of_epoch = core.store.read(|transaction| waiting_of(core, transaction, &epoch_key, damage))?;
        waiting.extend(of_epoch.into_iter().map(|(since, key)| (since, index, epoch, key)));
    }
    waiting.sort_by_key(|(since, ..)| *since);
    for (_, index, epoch, key) in waiting {
        if !core.running.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
            continue;
        }
        let claimed = Claimed { core, served: &core.served[index], epoch, key };
        if begin(core, &key)? {
            return Ok(Some(claimed));
        }
    }
    Ok(None)
}

/// Whether it is due still: who had it may have stored its proof between the two looks.
fn begin(core: &Core, key: &ChunkKey) -> Result<bool, StoreError> {
    let begun = core.store.write(|transaction| {
        let now = core.clock.now_ms();
        let Some(job) = rows::job(transaction, key)?.filter(|job| is_due(job, now)) else { return Ok(None) };
        let next_at = now.saturating_add(wait_ms(job.attempts));
        let attempts = job.attempts.saturating_add(1);
        rows::put_job(transaction, key, &JobRow { attempts, next_at, ..job }).map(Some)
    })?;
    Ok(begun.is_some())
}

/// The chunks of an epoch that are due, and since when.
fn waiting_of(
    core: &Core,
    transaction: &ReadTransaction,
    epoch: &EpochKey,
    damage: &mut Damage,
) -> Result<Vec<(u64, ChunkKey)>, StoreError> {
    let row = rows::get::<EpochRow>(&transaction.open_table(EPOCHS)?, "epochs", epoch);
    let mut waiting = Vec::new();
    if damage.pass(row)?.flatten().is_some_and(|row| row.stage == Stage::Closed) {
        let (first, after) = keys::below(epoch);
        for row in transaction.open_table(JOBS)?.range::<&[u8]>(&first[..]..&after[..])? {
            let (key, job) = row?;
            let job = damage.pass(crate::store::document::<JobRow>("jobs", job.value()))?;
            if let (Some(job), Ok(key)) = (job, key.value().try_into())
                && is_due(&job, core.clock.now_ms())
            {
                waiting.push((job.next_at, key));
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

/// Whether chunks of an epoch are being proven, or are due; not those that failed and are tried later.
pub(crate) fn are_coming(core: &Core, epoch: &EpochKey) -> Result<bool, StoreError> {
    let all = core.store.read(|transaction| all_of(&transaction.open_table(JOBS)?, epoch))?;
    let running = core.running.lock().unwrap_or_else(PoisonError::into_inner);
    let now = core.clock.now_ms();
    Ok(all.iter().any(|(key, job)| is_due(job, now) || running.contains(key)))
}

/// The jobs of an epoch.
pub(crate) fn of_epoch(transaction: &WriteTransaction, epoch: &EpochKey) -> Result<Vec<JobRow>, StoreError> {
    Ok(all_of(&transaction.open_table(JOBS)?, epoch)?.into_iter().map(|(_, job)| job).collect())
}

/// Proves the claim of what was chosen.
fn make(core: &Core, claimed: &Claimed<'_>) -> Result<Result<String, Fault>, StoreError> {
    let of_claim = |reason: String| Fault { reason, kind: Kind::Claim };
    let missing = |reason: String| Fault { reason, kind: Kind::Prover(Why::NotBegun) };
    let Claimed { served, epoch, key, .. } = claimed;
    let Some((_, end)) = served.interval(*epoch) else {
        return Ok(Err(of_claim("there is no such epoch".to_owned())));
    };
    let registry = match core.registries.at(end) {
        Ok(registry) => registry,
        Err(error) => return Ok(Err(missing(error.to_string()))),
    };
    let (epoch_row, job) = core.store.read(|transaction| {
        let epoch = keys::epoch_part(key).ok_or(StoreError::Damaged { place: "jobs" })?;
        let row = rows::get::<EpochRow>(&transaction.open_table(EPOCHS)?, "epochs", &epoch)?;
        Ok((row, rows::get::<JobRow>(&transaction.open_table(JOBS)?, "jobs", key)?))
    })?;
    let (root, levels) = epoch_row.map_or((None, None), |row| (row.root, row.levels));
    // It was chosen and cut for the shape of the key that there was.
    let is_cut_otherwise = levels.is_some_and(|levels| levels != served.levels());
    if is_cut_otherwise || job.is_some_and(|job| job.devices as usize > served.capacity()) {
        let reason =
            "the policy's key has chunks of another size than when the epoch closed; bring that one back";
        return Ok(Err(missing(reason.to_owned())));
    }
    if root.is_some_and(|root| root != registry.root().to_string()) {
        let reason = "the registry of the epoch is another one than when it closed; bring that one back";
        return Ok(Err(missing(reason.to_owned())));
    }
    let chunk = keys::chunk_of(key).and_then(|index| served.chunk(index));
    let Some(chunk) = chunk else { return Err(StoreError::Damaged { place: "jobs" }) };
    let chosen = epochs::chosen(core, served.kind(), key)?;
    let proved = served.prove(&registry, (*epoch, chunk), chosen, &core.cancel);
    Ok(proved.map_err(|unproven| match unproven {
        Unproven::Claim(reason) => of_claim(reason),
        Unproven::Prover(no) => Fault { reason: no.reason, kind: Kind::Prover(no.why) },
    }))
}

/// Stores a proof, that it is made, and that it has to be brought, at once.
fn store(core: &Core, claimed: &Claimed<'_>, proof: &ProofRow) -> Result<Proved, StoreError> {
    let key = &claimed.key;
    let stored = core.store.write(|transaction| {
        let Some(job) = rows::job(transaction, key)?.filter(|job| job.state == JobState::Waiting) else {
            return Ok(None);
        };
        rows::put_job(transaction, key, &JobRow { state: JobState::Proven, reason: None, ..job })?;
        rows::put_proof(transaction, key, proof)?;
        rows::put_outbox(transaction, key, &OutboxRow { sent: None, attempts: 0, next_at: 0, reason: None })?;
        count(transaction, key, |row| row.proven += 1)?;
        Ok(Some(()))
    })?;
    Ok(if stored.is_some() { Proved::Stored } else { Proved::Nothing })
}

/// Writes down why a chunk was not proven: it is tried again, or given up.
fn put_down(core: &Core, claimed: &Claimed<'_>, fault: &Fault) -> Result<(), StoreError> {
    let key = &claimed.key;
    core.store.write(|transaction| {
        let Some(job) = rows::job(transaction, key)?.filter(|job| job.state == JobState::Waiting) else {
            return Ok(None);
        };
        let after = |wait| core.clock.now_ms().saturating_add(wait);
        let (unbegun, reason) = (job.attempts.saturating_sub(1), Some(fault.reason.clone()));
        let again = JobRow { next_at: after(wait_ms(job.attempts)), reason, ..job.clone() };
        let row = match &fault.kind {
            Kind::Claim if job.violations + 1 >= VIOLATIONS => {
                JobRow { state: JobState::Failed, violations: job.violations + 1, ..again }
            }
            Kind::Claim => JobRow { violations: job.violations + 1, ..again },
            Kind::Prover(Why::Failed) | Kind::Damage(_) => again,
            Kind::Prover(Why::Never) => JobRow { attempts: unbegun, state: JobState::Failed, ..again },
            Kind::Prover(Why::NotBegun) => {
                JobRow { attempts: unbegun, next_at: after(MISSING_WAIT_MS), ..again }
            }
            Kind::Prover(Why::Cancelled) => {
                JobRow { attempts: unbegun, next_at: 0, reason: job.reason, ..again }
            }
        };
        rows::put_job(transaction, key, &row)?;
        if row.state == JobState::Failed {
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
