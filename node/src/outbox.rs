//! Proofs on their way. Each was stored before it is sent, and stays here until it is where it belongs for good.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redb::{ReadableTable, WriteTransaction};

use crate::core::{Core, Did};
use crate::jobs;
use crate::place::{Brought, NotBrought, Paid, Parcel, Whereabouts};
use crate::served::Served;
use crate::store::keys::{self, ChunkKey};
use crate::store::rows::{self, JobRow, JobState, OutboxRow, ProofRow};
use crate::store::{Damage, OUTBOX, PROOFS, StoreError, document};
use crate::trace::BRING;

/// The first wait after a failure, in milliseconds; each further one is twice as long.
const FIRST_WAIT_MS: u64 = 1_000;
/// The longest.
const LONGEST_WAIT_MS: u64 = 60_000;
/// Proofs of a policy in one step.
const AT_ONCE: usize = 64;

/// A proof on its way, and what is known of it.
struct Way {
    key: ChunkKey,
    epoch: u32,
    chunk: u32,
    row: OutboxRow,
    proof: ProofRow,
}

impl Way {
    fn parcel<'a>(&'a self, policy: &'a str) -> Parcel<'a> {
        Parcel { policy, epoch: self.epoch, chunk: self.chunk, file: &self.proof.file }
    }
}

/// What a proof came to.
enum Came {
    /// It is where it belongs, for good.
    Placed(Option<Paid>),
    /// It will never be there.
    Never(String),
    /// It was brought, and has to be looked for.
    Sent(Brought),
    /// It is on its way, or waits for another, and nothing is wrong.
    Waits,
    /// It was not brought: it is tried again later, and that is why.
    Later(String),
    /// It is to be brought.
    Unsent,
}

/// Brings what is due, and looks for what was brought.
pub(crate) fn run(core: &Core, did: &mut Did) -> Result<(), StoreError> {
    let mut damage = Damage::default();
    // Another one comes first each time: places that policies share are not one's alone.
    let first = core.outbox_turn.fetch_add(1, Ordering::Relaxed) % core.served.len().max(1);
    let (before, after) = core.served.split_at(first);
    for served in after.iter().chain(before) {
        let mut epochs: BTreeMap<u32, Vec<Way>> = BTreeMap::new();
        for way in due(core, served, &mut damage)? {
            epochs.entry(way.epoch).or_default().push(way);
        }
        for ways in epochs.into_values() {
            // Who ends the node waits for this.
            if core.is_draining() {
                return damage.end(());
            }
            damage.pass(bring(core, served, ways, did))?;
        }
    }
    damage.end(())
}

/// The proofs of a policy that have waited longest, so that none of them starves another.
fn due(core: &Core, served: &Served, damage: &mut Damage) -> Result<Vec<Way>, StoreError> {
    let now = core.clock.now_ms();
    core.store.read(|transaction| {
        let (table, proofs) = (transaction.open_table(OUTBOX)?, transaction.open_table(PROOFS)?);
        let mut waiting: Vec<(bool, u64, ChunkKey, OutboxRow)> = Vec::new();
        let (first, last) = keys::epochs_of(&served.id);
        let ((first, _), (_, after)) = (keys::below(&first), keys::below(&last));
        for row in table.range::<&[u8]>(&first[..]..&after[..])? {
            let (key, row) = row?;
            let row = damage.pass(document::<OutboxRow>("outbox", row.value()))?;
            let (Some(row), Ok(key)) = (row, ChunkKey::try_from(key.value())) else { continue };
            // What waits longer than anything does waits for a clock that was set back.
            if now >= row.next_at || row.next_at - now > LONGEST_WAIT_MS {
                waiting.push((row.sent.is_none(), row.next_at, key, row));
            }
        }
        // What was sent first: it is what something else waits for.
        waiting.sort_by_key(|(is_unsent, next_at, key, _)| (*is_unsent, *next_at, *key));
        let mut found = Vec::new();
        for (_, _, key, row) in waiting.into_iter().take(AT_ONCE) {
            if let Some(way) = damage.pass(way(key, row, &proofs))? {
                found.push(way);
            }
        }
        Ok(found)
    })
}

fn way(
    key: ChunkKey,
    row: OutboxRow,
    proofs: &impl ReadableTable<&'static [u8], &'static [u8]>,
) -> Result<Way, StoreError> {
    let damaged = || StoreError::Damaged { place: "outbox" };
    let (epoch, chunk) = keys::number_of(&key).zip(keys::chunk_of(&key)).ok_or_else(damaged)?;
    let proof = rows::get::<ProofRow>(proofs, "proofs", &key)?;
    let proof = proof.ok_or(StoreError::Damaged { place: "proofs" })?;
    Ok(Way { key, epoch, chunk, row, proof })
}

/// What is due of an epoch.
fn bring(core: &Core, served: &Served, mut ways: Vec<Way>, did: &mut Did) -> Result<(), StoreError> {
    let mut place = served.place.lock().unwrap_or_else(PoisonError::into_inner);
    let mut came: Vec<Came> = Vec::with_capacity(ways.len());
    for way in &ways {
        let looked = way.row.sent.as_ref().map(|receipt| place.look(&way.parcel(&served.name), receipt));
        came.push(match looked {
            None | Some(Ok(Whereabouts::Lost)) => Came::Unsent,
            Some(Ok(Whereabouts::Final(paid))) => Came::Placed(paid),
            Some(Ok(Whereabouts::Pending) | Err(NotBrought::Busy)) => Came::Waits,
            Some(Err(reason)) => Came::Later(reason.to_string()),
        });
    }
    forget(core, &mut ways, &came)?;
    let unsent: Vec<usize> = (0..ways.len()).filter(|&at| matches!(came[at], Came::Unsent)).collect();
    let mut others_come = || are_coming(core, place.gathers(), unsent.iter().map(|&at| &ways[at]));
    if !unsent.is_empty() && unsent.len() < AT_ONCE && others_come()? {
        unsent.iter().for_each(|&at| came[at] = Came::Waits);
    } else if !unsent.is_empty() {
        let parcels: Vec<Parcel<'_>> = unsent.iter().map(|&at| ways[at].parcel(&served.name)).collect();
        let brought = {
            let span = core.trace.span(&BRING);
            span.text("policy", &served.name).number("epoch", ways[unsent[0]].epoch.into());
            let brought = place.bring(&parcels);
            span.number("count", parcels.len() as u64).text("result", word(&brought));
            brought
        };
        for (at, brought) in unsent.iter().zip(brought) {
            did.brought += u32::from(brought.is_ok());
            came[*at] = match brought {
                Ok(Brought { is_final: true, paid, .. }) => Came::Placed(paid),
                Ok(brought) => Came::Sent(brought),
                Err(NotBrought::Busy) => Came::Waits,
                Err(NotBrought::Later(reason)) => Came::Later(reason),
                Err(NotBrought::Never(reason)) => Came::Never(reason),
            };
        }
    }
    drop(place);
    put_down(core, &ways, came)
}

/// What came of all of them, as a span has it.
fn word(brought: &[Result<Brought, NotBrought>]) -> &'static str {
    match brought.iter().filter(|brought| brought.is_ok()).count() {
        0 => "kept",
        some if some < brought.len() => "partly",
        _ => "brought",
    }
}

/// Whether other proofs of the epoch come soon, for which these may wait: chunks that are being proven or are due, and none that failed and is
/// tried later.
fn are_coming<'a>(
    core: &Core,
    gathers: Duration,
    ways: impl Iterator<Item = &'a Way> + Clone,
) -> Result<bool, StoreError> {
    let (now, gathers) = (core.clock.now_ms(), gathers.as_millis());
    let is_fresh = |way: &Way| u128::from(now.saturating_sub(1000 * way.proof.at)) < gathers;
    let Some(first) = ways.clone().next() else { return Ok(false) };
    if !ways.clone().all(|way| way.row.attempts == 0 && is_fresh(way)) {
        return Ok(false);
    }
    let damaged = || StoreError::Damaged { place: "outbox" };
    jobs::are_coming(core, &keys::epoch_part(&first.key).ok_or_else(damaged)?)
}

/// Forgets the receipts of what is not there any more, before it is sent again: an old one would make what is sent now final too soon.
fn forget(core: &Core, ways: &mut [Way], came: &[Came]) -> Result<(), StoreError> {
    let lost = |(way, came): &(&mut Way, &Came)| way.row.sent.is_some() && matches!(came, Came::Unsent);
    let lost: Vec<&mut Way> = ways.iter_mut().zip(came).filter(lost).map(|(way, _)| way).collect();
    if lost.is_empty() {
        return Ok(());
    }
    core.store.write(|transaction| {
        for way in &lost {
            let row = OutboxRow { sent: None, ..way.row.clone() };
            rows::put_outbox(transaction, &way.key, &row)?;
        }
        Ok(Some(()))
    })?;
    for way in lost {
        way.row.sent = None;
    }
    Ok(())
}

/// Writes down what an epoch's proofs came to, those of which that is something new.
fn put_down(core: &Core, ways: &[Way], came: Vec<Came>) -> Result<(), StoreError> {
    let is_new = |(way, came): &(&Way, Came)| match came {
        Came::Waits => way.row.attempts > 0 || way.row.reason.is_some(),
        Came::Unsent => false,
        _ => true,
    };
    let changes: Vec<(&Way, Came)> = ways.iter().zip(came).filter(is_new).collect();
    if changes.is_empty() {
        return Ok(());
    }
    let now = core.clock.now_ms();
    core.store.write(|transaction| {
        for (way, came) in &changes {
            put_down_one(transaction, way, came, now)?;
        }
        Ok(Some(()))
    })?;
    Ok(())
}

fn put_down_one(
    transaction: &WriteTransaction,
    Way { key, row, proof, .. }: &Way,
    came: &Came,
    now: u64,
) -> Result<(), StoreError> {
    match came {
        Came::Placed(paid) => {
            pay(transaction, key, proof, *paid)?;
            end(transaction, key, |job| JobRow { state: JobState::Placed, ..job })
        }
        Came::Never(reason) => {
            // What it was refused with before is why, where it now only came too late.
            let before = row.reason.as_ref().filter(|before| *before != reason);
            let reason =
                before.map_or_else(|| reason.clone(), |before| format!("{reason}; before: {before}"));
            end(transaction, key, |job| JobRow { state: JobState::Failed, reason: Some(reason), ..job })
        }
        Came::Sent(Brought { receipt, paid, .. }) => {
            pay(transaction, key, proof, *paid)?;
            let (sent, next_at) = (Some(receipt.clone()), now.saturating_add(FIRST_WAIT_MS));
            rows::put_outbox(transaction, key, &OutboxRow { sent, attempts: 0, next_at, reason: None })
        }
        Came::Waits => {
            rows::put_outbox(transaction, key, &OutboxRow { attempts: 0, reason: None, ..row.clone() })
        }
        Came::Later(reason) => {
            let wait = FIRST_WAIT_MS.saturating_mul(1 << row.attempts.min(6)).min(LONGEST_WAIT_MS);
            let (attempts, next_at) = (row.attempts.saturating_add(1), now.saturating_add(wait));
            let row = OutboxRow { attempts, next_at, reason: Some(reason.clone()), ..row.clone() };
            rows::put_outbox(transaction, key, &row)
        }
        Came::Unsent => Ok(()),
    }
}

/// Puts down what a proof cost, where that is known.
fn pay(
    transaction: &WriteTransaction,
    key: &ChunkKey,
    proof: &ProofRow,
    paid: Option<Paid>,
) -> Result<(), StoreError> {
    let Some(Paid { gas, fee_gwei }) = paid else { return Ok(()) };
    rows::put_proof(transaction, key, &ProofRow { gas: Some(gas), fee_gwei, ..proof.clone() })
}

/// It is not on its way any more.
fn end(
    transaction: &WriteTransaction,
    key: &ChunkKey,
    job_of: impl FnOnce(JobRow) -> JobRow,
) -> Result<(), StoreError> {
    transaction.open_table(OUTBOX)?.remove(&key[..])?;
    let Some(job) = rows::job(transaction, key)?.filter(|job| job.state == JobState::Proven) else {
        return Ok(());
    };
    let job = job_of(job);
    rows::put_job(transaction, key, &job)?;
    jobs::count(transaction, key, |row| match job.state {
        JobState::Placed => row.placed += 1,
        _ => row.failed += 1,
    })
}
