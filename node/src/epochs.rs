//! Epochs come to their close, and to their end.
//!
//! **The rule.** When an epoch of a policy is over and its grace has passed, of each device of the registry as it was at the epoch's end one
//! reading is taken that obeys the policy: the one of the latest time, and of several of one time the one of the highest sequence number. Of a
//! policy of frames it is the fullest, the one of which the most samples count; of several that are as full the latest. Of each chunk of the
//! registry that has k devices or more, a proof is made. If a chunk has more devices than a proof holds, those are taken whose frames are the
//! fullest, and whose readings are the latest. What was chosen is stored in the transaction that closes the epoch, and never chosen again.
//!
//! It is chosen from a view of the store, while readings of other epochs come in, and stored if nothing came in for this one meanwhile.

use std::collections::BTreeMap;

use redb::ReadTransaction;
use zeroize::Zeroizing;
use zksensor::model::registry::{Position, Registry};

use crate::core::{Core, Did};
use crate::intake::ItemKind;
use crate::served::Served;
use crate::signed::Signed;
use crate::store::keys::{self, EpochKey, ItemKey};
use crate::store::rows::{self, EpochRow, JobRow, JobState, Stage};
use crate::store::{ACTIVE, CHOSEN, Damage, EPOCHS, StoreError, items, place};
use crate::trace::CLOSE;

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

/// Chooses the readings or frames of an epoch, and closes it.
fn close(core: &Core, served: &Served, epoch: u32, key: &EpochKey) -> Result<bool, StoreError> {
    let Some((_, end)) = served.interval(epoch) else { return Ok(false) };
    let seen = core.store.read(|transaction| {
        let row: Option<EpochRow> = rows::get(&transaction.open_table(EPOCHS)?, "epochs", key)?;
        let Some(row) = row.filter(|row| row.stage == Stage::Taking) else { return Ok(None) };
        let registry = match core.registries.at(end) {
            Ok(registry) => registry,
            Err(error) => return Ok(Some(Err(error.to_string()))),
        };
        let span = core.trace.span(&CLOSE);
        span.text("policy", &served.name).number("epoch", epoch.into());
        let chosen = choose(core, served, epoch, &registry, transaction)?;
        span.number("chunks", chosen.chunks.len() as u64);
        Ok(Some(Ok((row.readings, chosen, registry))))
    })?;
    let (readings, chosen, registry) = match seen {
        None => return Ok(false),
        Some(Err(reason)) => return wait_for(core, key, reason).map(|()| false),
        Some(Ok(seen)) => seen,
    };
    let closed = core.store.write(|transaction| {
        let Some(row) = rows::epoch(transaction, key)?.filter(|row| row.stage == Stage::Taking) else {
            return Ok(None);
        };
        // A clock that was set back took one more meanwhile: it is chosen from all of them.
        if row.readings != readings {
            return Ok(None);
        }
        let wanted = served.policy.parts().k;
        let mut table = transaction.open_table(CHOSEN)?;
        for (position, chunk, item) in &chosen.items {
            let place = [&keys::chunk(key, *chunk)[..], &position.get().to_be_bytes()].concat();
            table.insert(&place[..], &item[..])?;
        }
        let enough = chosen.chunks.iter().filter(|(_, devices)| **devices >= wanted);
        let mut stage = Stage::Ended;
        for (chunk, devices) in enough {
            rows::put_job(transaction, &keys::chunk(key, *chunk), &JobRow::new(*devices))?;
            stage = Stage::Closed;
        }
        let most = chosen.chunks.values().max().copied().unwrap_or(0);
        let reason = (stage == Stage::Ended).then(|| too_few(served.kind(), wanted, most));
        let chunks = u32::try_from(chosen.chunks.len()).unwrap_or(u32::MAX);
        let (root, levels) = (Some(registry.root().to_string()), Some(served.levels()));
        rows::put_epoch(transaction, key, &EpochRow { stage, chunks, reason, root, levels, ..row })?;
        if stage == Stage::Ended {
            crate::erase::schedule(core, transaction, served, key)?;
        }
        Ok(Some(()))
    })?;
    Ok(closed.is_some())
}

fn too_few(kind: ItemKind, wanted: u32, most: u32) -> String {
    let what = match kind {
        ItemKind::Reading => "readings",
        ItemKind::Frame => "frames",
    };
    format!(
        "expected a chunk with {what} of {wanted} devices at least that obey the policy, got {most} at most"
    )
}

/// An epoch that cannot be closed waits, and says so; nothing is lost meanwhile.
fn wait_for(core: &Core, key: &EpochKey, reason: String) -> Result<(), StoreError> {
    core.store.write(|transaction| {
        let row = rows::epoch(transaction, key)?.filter(|row| row.stage == Stage::Taking);
        match row.filter(|row| row.reason.as_ref() != Some(&reason)) {
            None => Ok(None),
            Some(row) => {
                rows::put_epoch(transaction, key, &EpochRow { reason: Some(reason), ..row }).map(Some)
            }
        }
    })?;
    Ok(())
}

/// What is taken of an epoch.
struct Chosen {
    /// Devices of each chunk that has some.
    chunks: BTreeMap<u32, u32>,
    /// Where each is in the registry, and what was taken of it.
    items: Vec<(Position, u32, ItemKey)>,
}

/// Chooses by the rule.
fn choose(
    core: &Core,
    served: &Served,
    epoch: u32,
    registry: &Registry,
    transaction: &ReadTransaction,
) -> Result<Chosen, StoreError> {
    let Some((start, end)) = served.interval(epoch) else {
        return Ok(Chosen { chunks: BTreeMap::new(), items: Vec::new() });
    };
    let table = transaction.open_table(items(served.kind()))?;
    let (first, after) = (keys::from_time(start), keys::from_time(end));
    // How full the best of each device is, of which another has to be fuller.
    let mut best: BTreeMap<Position, (u32, ItemKey)> = BTreeMap::new();
    for row in table.range::<&[u8]>(&first[..]..&after[..])?.rev() {
        let (row, sealed) = row?;
        let item: ItemKey = row.value().try_into().map_err(|_| damaged(served.kind()))?;
        let bytes = unseal(core, served.kind(), &item, sealed.value())?;
        // Of a device that has a better one no other is looked at, which takes much longer than this.
        let known = keys::device_of(&bytes).and_then(|device| core.keys.get(device));
        let device =
            known.and_then(|key| registry.position_of(&key)).and_then(|position| best.get(&position));
        let most = keys::samples_of(&bytes).filter(|_| served.kind() == ItemKind::Frame).unwrap_or(1);
        if device.is_some_and(|(counted, _)| *counted as usize >= most) {
            continue;
        }
        let signed = decode(core, served.kind(), &bytes)?;
        let Ok((position, counted)) = served.check(registry, epoch, &signed) else { continue };
        if best.get(&position).is_none_or(|(before, _)| *before < counted) {
            best.insert(position, (counted, item));
        }
    }
    let mut order: Vec<_> = best.into_iter().collect();
    order.sort_unstable_by_key(|(position, rank)| std::cmp::Reverse((*rank, *position)));
    let mut chosen = Chosen { chunks: BTreeMap::new(), items: Vec::new() };
    for (position, (_, item)) in order {
        let chunk = served.chunk_of(position).index();
        let devices = chosen.chunks.entry(chunk).or_default();
        if (*devices as usize) < served.capacity() {
            *devices += 1;
            chosen.items.push((position, chunk, item));
        }
    }
    Ok(chosen)
}

fn damaged(kind: ItemKind) -> StoreError {
    StoreError::Damaged { place: place(kind) }
}

fn unseal(core: &Core, kind: ItemKind, row: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    core.store.sealer.open(row, sealed).ok_or_else(|| damaged(kind))
}

/// What was stored, and is remembered as signed by a key that is one.
fn decode(core: &Core, kind: ItemKind, bytes: &[u8]) -> Result<Signed, StoreError> {
    let signed = Signed::decode(kind, bytes, |packed| core.keys.get(packed));
    let signed = signed.map_err(|_| damaged(kind))?;
    core.keys.add(signed.key());
    Ok(signed)
}

/// What was chosen for a chunk, in the order of positions.
pub(crate) fn chosen(core: &Core, kind: ItemKind, chunk: &[u8]) -> Result<Vec<Signed>, StoreError> {
    core.store.read(|transaction| {
        let (table, readings) = (transaction.open_table(CHOSEN)?, transaction.open_table(items(kind))?);
        let (first, after) = keys::below(chunk);
        let mut found = Vec::new();
        for row in table.range::<&[u8]>(&first[..]..&after[..])? {
            let (_, row) = row?;
            let row: &ItemKey =
                row.value().try_into().map_err(|_| StoreError::Damaged { place: "chosen" })?;
            let sealed = readings.get(&row[..])?.ok_or_else(|| damaged(kind))?;
            found.push(decode(core, kind, &unseal(core, kind, row, sealed.value())?)?);
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
