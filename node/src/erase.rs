//! Raw readings and frames go when everything that they are for has ended, and the time of retention has passed.
//!
//! What they are for is what the store says, whatever the configuration serves now: a policy that was taken out of it loses nothing to the retention of
//! another, and its own is kept. Their rows are removed and their pages freed, which what comes later overwrites. What is left of them on the
//! disk until then is encrypted.

use redb::{ReadableTable, WriteTransaction};

use crate::core::{Core, Did};
use crate::intake::ItemKind;
use crate::served::Served;
use crate::store::counts::Counts;
use crate::store::keys::{self, EpochKey};
use crate::store::rows::{self, EpochRow, EraseRow, Stage};
use crate::store::{ACTIVE, CHOSEN, Damage, EPOCHS, ERASE, OUTBOX, SEEN, StoreError, Table, items, place};

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
    let interval = keys::number_of(epoch).and_then(|epoch| served.interval(epoch));
    let (start, end) = interval.ok_or(StoreError::Damaged { place: "epochs" })?;
    put(transaction, epoch, EraseRow { kind: served.kind(), at, start, end })
}

fn put(transaction: &WriteTransaction, epoch: &EpochKey, row: EraseRow) -> Result<(), StoreError> {
    transaction.open_table(ERASE)?.insert(&epoch[..], &row.encode()[..])?;
    Ok(())
}

/// Erases what is due, so much at a time.
pub(crate) fn run(core: &Core, did: &mut Did) -> Result<(), StoreError> {
    let mut damage = Damage::default();
    abandon(core, did, &mut damage)?;
    correct(core, &mut damage)?;
    for (key, row) in due(core, &mut damage)? {
        let erased = core.store.write(|transaction| {
            let (rows, is_all) = erase_between(core, transaction, row)?;
            if rows == 0 && is_all {
                transaction.open_table(ERASE)?.remove(&key[..])?;
                remove_below(transaction, CHOSEN, &key)?;
            }
            Counts::add(transaction, &Counts { erased: u64::from(rows), ..Counts::default() })?;
            Ok(Some(rows))
        });
        did.erased += damage.pass(erased)?.flatten().unwrap_or(0);
    }
    damage.end(())
}

/// Ends epochs of policies that nobody serves any more, when their readings would have been kept for as long as their policy said.
fn abandon(core: &Core, did: &mut Did, damage: &mut Damage) -> Result<(), StoreError> {
    let now = core.clock.now_ms();
    let is_served = |key: &[u8]| core.served.iter().any(|served| keys::is_of(key, &served.id));
    let mut over = Vec::new();
    core.store.read(|transaction| {
        let epochs = transaction.open_table(EPOCHS)?;
        for row in transaction.open_table(ACTIVE)?.iter()? {
            let (key, _) = row?;
            if is_served(key.value()) {
                continue;
            }
            let row = damage.pass(rows::get::<EpochRow>(&epochs, "epochs", key.value()))?.flatten();
            if let (Some(row), Ok(key)) = (row, EpochKey::try_from(key.value()))
                && now >= row.end.saturating_add(row.retention_ms)
            {
                over.push(key);
            }
        }
        Ok(())
    })?;
    for key in over {
        core.store.write(|transaction| {
            let Some(row) = rows::epoch(transaction, &key)?.filter(|row| row.stage < Stage::Final) else {
                return Ok(None);
            };
            let reason = "its policy was taken out of the configuration, and its readings were kept as long as it said";
            put(transaction, &key, EraseRow { kind: row.kind, at: now, start: row.start, end: row.end })?;
            let reason = Some(reason.to_owned());
            // Nobody brings them any more; they stay among the proofs.
            remove_below(transaction, OUTBOX, &key)?;
            rows::put_epoch(transaction, &key, &EpochRow { stage: Stage::Ended, reason, ..row }).map(Some)
        })?;
        did.ended += 1;
    }
    Ok(())
}

/// Epochs that ended while the clock was ahead keep their readings from now on for as long as their policy says, and no longer.
fn correct(core: &Core, damage: &mut Damage) -> Result<(), StoreError> {
    let now = core.clock.now_ms();
    let longest = core.served.iter().map(|served| served.times.retention_ms).max().unwrap_or(0);
    let ahead = core.store.read(|transaction| {
        let epochs = transaction.open_table(EPOCHS)?;
        let mut ahead = Vec::new();
        for row in transaction.open_table(ERASE)?.iter()? {
            let (key, row) = row?;
            let row = damage.pass(EraseRow::decode(row.value()))?;
            // There are many, and this is looked for all the time: the epoch is asked where no policy would say so alone.
            let Some(row) = row.filter(|row| row.at > now.saturating_add(longest)) else { continue };
            let epoch = damage.pass(rows::get::<EpochRow>(&epochs, "epochs", key.value()))?.flatten();
            let latest = epoch.map(|epoch| now.saturating_add(epoch.retention_ms));
            if let (Some(at), Ok(key)) = (latest.filter(|at| row.at > *at), EpochKey::try_from(key.value())) {
                ahead.push((key, EraseRow { at, ..row }));
            }
        }
        Ok(ahead)
    })?;
    if !ahead.is_empty() {
        core.store.write(|transaction| {
            ahead.iter().try_for_each(|(key, row)| put(transaction, key, *row)).map(Some)
        })?;
    }
    Ok(())
}

fn due(core: &Core, damage: &mut Damage) -> Result<Vec<(EpochKey, EraseRow)>, StoreError> {
    let now = core.clock.now_ms();
    core.store.read(|transaction| {
        let mut found = Vec::new();
        for row in transaction.open_table(ERASE)?.iter()? {
            let (key, row) = row?;
            let row = damage.pass(EraseRow::decode(row.value()))?.filter(|row| row.at <= now);
            if let (Some(row), Ok(key)) = (row, EpochKey::try_from(key.value())) {
                found.push((key, row));
            }
        }
        Ok(found)
    })
}

/// Erases what is of this kind and of these times, and which nothing needs. Says how many, and whether it looked at all of them.
fn erase_between(
    core: &Core,
    transaction: &WriteTransaction,
    of: EraseRow,
) -> Result<(u32, bool), StoreError> {
    let needed = needed(core, transaction, of.kind)?;
    let damaged = || StoreError::Damaged { place: place(of.kind) };
    let (first, after) = (keys::from_time(of.start), keys::from_time(of.end));
    let mut gone = Vec::new();
    let mut readings = transaction.open_table(items(of.kind))?;
    let mut is_all = true;
    for row in readings.range::<&[u8]>(&first[..]..&after[..])? {
        let (key, _) = row?;
        let time = keys::time_of(key.value()).ok_or_else(damaged)?;
        if needed.iter().any(|(start, end)| (*start..*end).contains(&time)) {
            continue;
        }
        let name = keys::name_of(key.value()).ok_or_else(damaged)?.to_vec();
        gone.push((key.value().to_vec(), name));
        if gone.len() == AT_ONCE {
            is_all = false;
            break;
        }
    }
    let mut seen = transaction.open_table(SEEN)?;
    for (key, name) in &gone {
        readings.remove(&key[..])?;
        seen.remove(&name[..])?;
    }
    Ok((u32::try_from(gone.len()).unwrap_or(u32::MAX), is_all))
}

/// The times whose readings, or frames, an epoch of any policy in the store needs: it has not ended, or its retention is not over.
fn needed(
    core: &Core,
    transaction: &WriteTransaction,
    kind: ItemKind,
) -> Result<Vec<(u64, u64)>, StoreError> {
    let now = core.clock.now_ms();
    let mut needed = Vec::new();
    for row in transaction.open_table(ERASE)?.iter()? {
        let row = EraseRow::decode(row?.1.value())?;
        if row.kind == kind && now < row.at {
            needed.push((row.start, row.end));
        }
    }
    let epochs = transaction.open_table(EPOCHS)?;
    for row in transaction.open_table(ACTIVE)?.iter()? {
        let row: Option<EpochRow> = rows::get(&epochs, "epochs", row?.0.value())?;
        let row = row.ok_or(StoreError::Damaged { place: "epochs" })?;
        if row.kind == kind {
            needed.push((row.start, row.end));
        }
    }
    Ok(needed)
}

/// Removes the rows of an epoch's chunks from a table.
fn remove_below(transaction: &WriteTransaction, table: Table, epoch: &EpochKey) -> Result<(), StoreError> {
    let mut table = transaction.open_table(table)?;
    let (first, after) = keys::below(epoch);
    table.retain_in::<&[u8], _>(&first[..]..&after[..], |_, _| false)?;
    Ok(())
}
