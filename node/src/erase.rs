//! Raw readings go when everything that they are for has ended, and the time of retention has passed.
//!
//! Their rows are removed and their pages freed, which what comes later overwrites. What is left of them on the disk until then is encrypted.

use redb::{ReadableTable, WriteTransaction};
use zksensor::model::reading::UnixMillis;

use crate::core::{Core, Did};
use crate::served::Served;
use crate::store::counts::Counts;
use crate::store::keys::{self, EpochKey, ReadingName};
use crate::store::rows::{self, Stage};
use crate::store::{CHOSEN, ERASE, READINGS, SEEN, StoreError};

/// Rows of one transaction.
const AT_ONCE: usize = 1_000;

/// Writes down that the readings of an epoch may go when its retention is over.
pub(crate) fn schedule(
    core: &Core,
    transaction: &WriteTransaction,
    served: &Served,
    epoch: &EpochKey,
) -> Result<(), StoreError> {
    let at = core.clock.now_ms().saturating_add(served.times.retention_ms);
    transaction.open_table(ERASE)?.insert(&epoch[..], &at.to_be_bytes()[..])?;
    Ok(())
}

/// Erases what is due, so much at a time.
pub(crate) fn run(core: &Core, did: &mut Did) -> Result<(), StoreError> {
    for key in due(core)? {
        let Some(served) = core.served.iter().find(|served| keys::is_of(&key, &served.policy.id())) else {
            continue;
        };
        let Some((start, end)) = keys::number_of(&key).and_then(|epoch| served.interval(epoch)) else {
            continue;
        };
        let erased = core.store.write(|transaction| {
            let (rows, is_all) = erase_between(core, transaction, start, end)?;
            if rows == 0 && is_all {
                transaction.open_table(ERASE)?.remove(&key[..])?;
                remove_chosen(transaction, &key)?;
            }
            Counts::add(transaction, &Counts { erased: u64::from(rows), ..Counts::default() })?;
            Ok(Some(rows))
        })?;
        did.erased += erased.unwrap_or(0);
    }
    Ok(())
}

fn due(core: &Core) -> Result<Vec<EpochKey>, StoreError> {
    let now = core.clock.now_ms();
    core.store.read(|transaction| {
        let mut found = Vec::new();
        for row in transaction.open_table(ERASE)?.iter()? {
            let (key, at) = row?;
            let damaged = || StoreError::Damaged { place: "erase" };
            let at = u64::from_be_bytes(at.value().try_into().map_err(|_| damaged())?);
            if at <= now {
                found.push(key.value().try_into().map_err(|_| damaged())?);
            }
        }
        Ok(found)
    })
}

/// Erases readings of these times which nothing needs. Says how many, and whether it looked at all of them.
fn erase_between(
    core: &Core,
    transaction: &WriteTransaction,
    start: u64,
    end: u64,
) -> Result<(u32, bool), StoreError> {
    let (first, after) = (keys::from_time(start), keys::from_time(end));
    let mut gone = Vec::new();
    let mut readings = transaction.open_table(READINGS)?;
    let mut is_all = true;
    for row in readings.range::<&[u8]>(&first[..]..&after[..])? {
        let (key, sealed) = row?;
        if !is_needed(core, transaction, key.value())? {
            let damaged = || StoreError::Damaged { place: "readings" };
            let bytes = core.store.sealer.open(key.value(), sealed.value()).ok_or_else(damaged)?;
            let name = ReadingName::of(&core.store.sealer, &bytes).ok_or_else(damaged)?;
            gone.push((key.value().to_vec(), name.name));
            if gone.len() == AT_ONCE {
                is_all = false;
                break;
            }
        }
    }
    let mut seen = transaction.open_table(SEEN)?;
    for (key, name) in &gone {
        readings.remove(&key[..])?;
        seen.remove(&name[..])?;
    }
    Ok((u32::try_from(gone.len()).unwrap_or(u32::MAX), is_all))
}

/// Whether any policy that is served needs a reading of this time, now or for as long as it is retained.
fn is_needed(core: &Core, transaction: &WriteTransaction, row: &[u8]) -> Result<bool, StoreError> {
    let time = keys::time_of(row).and_then(|time| UnixMillis::new(time).ok());
    let time = time.ok_or(StoreError::Damaged { place: "readings" })?;
    let now = core.clock.now_ms();
    let erase = transaction.open_table(ERASE)?;
    for served in &core.served {
        let Some((epoch, _)) = served.epoch_of(time) else { continue };
        let key = keys::epoch(&served.policy.id(), epoch);
        let kept_until =
            erase.get(&key[..])?.and_then(|at| at.value().try_into().ok()).map(u64::from_be_bytes);
        let is_open = rows::epoch(transaction, &key)?.is_some_and(|row| row.stage < Stage::Final);
        if is_open || kept_until.is_some_and(|at| now < at) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn remove_chosen(transaction: &WriteTransaction, epoch: &EpochKey) -> Result<(), StoreError> {
    let mut chosen = transaction.open_table(CHOSEN)?;
    let (first, after) = keys::below(epoch);
    chosen.retain_in::<&[u8], _>(&first[..]..&after[..], |_, _| false)?;
    Ok(())
}
