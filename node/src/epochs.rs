//! Epochs come to their close, and to their end.
//!
//! **The rule.** When an epoch of a policy is over and its grace has passed, for each device of the registry as it was at the epoch's end the last
//! reading is taken that obeys the policy: the one of the latest time, and of several of one time the one of the highest sequence number. Of
//! each chunk of the registry that has readings of k devices or more, a proof is made. If a chunk has more devices with a reading than a
//! proof holds, those are taken whose readings are the latest. What was chosen is stored in the transaction that closes the epoch, and never
//! chosen again.

use std::collections::BTreeMap;

use redb::{ReadableTable, WriteTransaction};
use zksensor::model::reading::SignedReading;
use zksensor::model::registry::{Position, Registry};

use crate::core::{Core, Did};
use crate::served::Served;
use crate::store::keys::{self, EpochKey, ReadingKey};
use crate::store::rows::{self, EpochRow, JobRow, JobState, Stage};
use crate::store::{ACTIVE, CHOSEN, Damage, READINGS, StoreError};

/// Positions of a registry.
const POSITIONS: usize = 1 << 21;

/// The epochs of which something is left to do, by policy that is served.
pub(crate) fn active(core: &Core) -> Result<Vec<(usize, u32, EpochKey)>, StoreError> {
    core.store.read(|transaction| {
        let table = transaction.open_table(ACTIVE)?;
        let mut found = Vec::new();
        for (index, served) in core.served.iter().enumerate() {
            let (first, last) = keys::epochs_of(&served.id);
            for row in table.range::<&[u8]>(&first[..]..=&last[..])? {
                let (key, _) = row?;
                // A key of another length is none of an epoch, and nothing is to be done about it.
                if let Ok(key) = EpochKey::try_from(key.value())
                    && let Some(epoch) = keys::number_of(&key)
                {
                    found.push((index, epoch, key));
                }
            }
        }
        found.sort_by_key(|(_, epoch, _)| *epoch);
        Ok(found)
    })
}

/// Closes every epoch whose grace is over.
pub(crate) fn close_due(core: &Core, did: &mut Did) -> Result<(), StoreError> {
    let mut damage = Damage::default();
    for (index, epoch, key) in active(core)? {
        let served = &core.served[index];
        let is_due = served.closes_at(epoch).is_some_and(|at| core.clock.now_ms() >= at);
        if is_due {
            let closed = close(core, served, epoch, &key);
            did.closed += u32::from(put_down(core, &key, &mut damage, closed)?.unwrap_or(false));
        }
    }
    damage.end(())
}

/// Passes what was done with an epoch on. What is damaged stops that epoch alone, which says so if its own row is whole.
fn put_down<T>(
    core: &Core,
    key: &EpochKey,
    damage: &mut Damage,
    done: Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    if let Err(error @ StoreError::Damaged { .. }) = &done {
        let reason = Some(error.to_string());
        let noted = core.store.write(|transaction| match rows::epoch(transaction, key)? {
            Some(row) if row.reason != reason => {
                rows::put_epoch(transaction, key, &EpochRow { reason: reason.clone(), ..row }).map(Some)
            }
            _ => Ok(None),
        });
        damage.pass(noted)?;
    }
    damage.pass(done)
}

/// Chooses the readings of an epoch, and closes it.
fn close(core: &Core, served: &Served, epoch: u32, key: &EpochKey) -> Result<bool, StoreError> {
    let Some((start, end)) = served.interval(epoch) else { return Ok(false) };
    let closed = core.store.write(|transaction| {
        let Some(row) = rows::epoch(transaction, key)?.filter(|row| row.stage == Stage::Taking) else {
            return Ok(None);
        };
        let registry = match core.registries.at(end) {
            Ok(registry) => registry,
            Err(error) => {
                // It waits, and says so; nothing is lost meanwhile.
                let reason = Some(error.to_string());
                return if row.reason == reason {
                    Ok(None)
                } else {
                    rows::put_epoch(transaction, key, &EpochRow { reason, ..row }).map(|()| Some(false))
                };
            }
        };
        let chunks = choose(core, served, (epoch, key), (start, end), &registry, transaction)?;
        let wanted = served.policy.parts().k;
        let enough: Vec<(u32, u32)> = chunks.iter().map(|(c, n)| (*c, *n)).filter(|(_, devices)| *devices >= wanted).collect();
        for (chunk, devices) in &enough {
            let job = JobRow::new(*devices);
            rows::put_job(transaction, &keys::chunk(key, *chunk), &job)?;
        }
        let most = chunks.values().max().copied().unwrap_or(0);
        let reason = enough.is_empty().then(|| {
            format!("expected a chunk with readings of {wanted} devices at least that obey the policy, got {most} at most")
        });
        let stage = if enough.is_empty() { Stage::Ended } else { Stage::Closed };
        let chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
        let root = Some(registry.root().to_string());
        rows::put_epoch(transaction, key, &EpochRow { stage, chunks, reason, root, ..row })?;
        if stage == Stage::Ended {
            crate::erase::schedule(core, transaction, served, key)?;
        }
        Ok(Some(true))
    })?;
    Ok(closed == Some(true))
}

/// Writes down which readings are taken, and gives the number of devices of each chunk.
fn choose(
    core: &Core,
    served: &Served,
    (epoch, key): (u32, &EpochKey),
    (start, end): (u64, u64),
    registry: &Registry,
    transaction: &WriteTransaction,
) -> Result<BTreeMap<u32, u32>, StoreError> {
    let readings = transaction.open_table(READINGS)?;
    let mut chosen = transaction.open_table(CHOSEN)?;
    let (mut taken, mut chunks) = (Positions::new(), BTreeMap::<u32, u32>::new());
    let (first, after) = (keys::from_time(start), keys::from_time(end));
    for row in readings.range::<&[u8]>(&first[..]..&after[..])?.rev() {
        let (row, sealed) = row?;
        let signed = open(core, row.value(), sealed.value())?;
        // Of a device whose last good reading is taken, no other is looked at.
        let position = registry.position_of(signed.key());
        if position.is_none_or(|position| taken.has(position)) {
            continue;
        }
        let Ok(position) = served.check(registry, epoch, &signed) else { continue };
        taken.add(position);
        let chunk = served.chunk_of(position).index();
        let devices = chunks.entry(chunk).or_default();
        if (*devices as usize) < served.statement.capacity() {
            *devices += 1;
            let place = [&keys::chunk(key, chunk)[..], &position.get().to_be_bytes()].concat();
            chosen.insert(&place[..], row.value())?;
        }
    }
    Ok(chunks)
}

/// The reading of a row.
pub(crate) fn open(core: &Core, row: &[u8], sealed: &[u8]) -> Result<SignedReading, StoreError> {
    let damaged = || StoreError::Damaged { place: "readings" };
    let bytes = core.store.sealer.open(row, sealed).ok_or_else(damaged)?;
    SignedReading::decode(&bytes).map_err(|_| damaged())
}

/// The readings that were chosen for a chunk, in the order of positions.
pub(crate) fn chosen(core: &Core, chunk: &[u8]) -> Result<Vec<SignedReading>, StoreError> {
    core.store.read(|transaction| {
        let (table, readings) = (transaction.open_table(CHOSEN)?, transaction.open_table(READINGS)?);
        let (first, after) = keys::below(chunk);
        let mut found = Vec::new();
        for row in table.range::<&[u8]>(&first[..]..&after[..])? {
            let (_, row) = row?;
            let row: &ReadingKey =
                row.value().try_into().map_err(|_| StoreError::Damaged { place: "chosen" })?;
            let sealed = readings.get(&row[..])?.ok_or(StoreError::Damaged { place: "readings" })?;
            found.push(open(core, row, sealed.value())?);
        }
        Ok(found)
    })
}

/// Ends the epochs of which every chunk has come to its end.
pub(crate) fn end_done(core: &Core, did: &mut Did) -> Result<(), StoreError> {
    let mut damage = Damage::default();
    for (index, _, key) in active(core)? {
        let ended = core.store.write(|transaction| {
            let Some(row) = rows::epoch(transaction, &key)?.filter(|row| row.stage == Stage::Closed) else {
                return Ok(None);
            };
            let jobs = crate::jobs::of_epoch(transaction, &key)?;
            if jobs.iter().any(|job| matches!(job.state, JobState::Waiting | JobState::Proven)) {
                return Ok(None);
            }
            let failed = jobs.iter().find(|job| job.state == JobState::Failed);
            let reason = failed.and_then(|job| job.reason.clone()).or(row.reason.clone());
            let stage = if failed.is_some() { Stage::Ended } else { Stage::Final };
            rows::put_epoch(transaction, &key, &EpochRow { stage, reason, ..row })?;
            crate::erase::schedule(core, transaction, &core.served[index], &key)?;
            Ok(Some(()))
        });
        let ended = put_down(core, &key, &mut damage, ended)?.flatten();
        did.ended += u32::from(ended.is_some());
    }
    damage.end(())
}

/// A set of positions: as large for one device as for all of them.
struct Positions(Vec<u64>);

impl Positions {
    fn new() -> Self {
        Positions(vec![0; POSITIONS / 64])
    }

    fn has(&self, position: Position) -> bool {
        let at = position.get() as usize;
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    fn add(&mut self, position: Position) {
        let at = position.get() as usize;
        self.0[at / 64] |= 1 << (at % 64);
    }
}
