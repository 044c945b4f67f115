//! What is left to do of what was taken, for whoever empties the node.

use std::sync::atomic::Ordering;

use redb::ReadTransaction;

use super::Core;
use crate::epochs;
use crate::operator::{EpochLeft, Left, LeftState, Operate};
use crate::served::Served;
use crate::store::keys::{self, EpochKey};
use crate::store::rows::{self, EpochRow, JobRow, JobState, OutboxRow, Stage};
use crate::store::{EPOCHS, JOBS, OUTBOX, StoreError, document};

impl Operate for Core {
    fn quiesce(&self) {
        self.quiesced.store(true, Ordering::SeqCst);
    }

    fn resume(&self) {
        self.quiesced.store(false, Ordering::SeqCst);
    }

    fn is_quiesced(&self) -> bool {
        self.quiesced.load(Ordering::SeqCst)
    }

    fn left(&self) -> Result<Left, String> {
        let epochs = all(self).map_err(|error| error.to_string())?;
        Ok(Left { takes: self.takes(), epochs })
    }
}

/// What is left of every policy that is served. Of another one nothing is done.
fn all(core: &Core) -> Result<Vec<EpochLeft>, StoreError> {
    let active = epochs::active(core)?;
    core.store.read(|transaction| {
        let found = active.iter().map(|(index, epoch, key)| {
            let served = &core.served[*index];
            match of_epoch(core, transaction, (served, *epoch), key) {
                // It does not go on, and whoever waits for it has to know why.
                Err(error @ StoreError::Damaged { .. }) => {
                    let reason = Some(error.to_string());
                    Ok(Some(EpochLeft { reason, ..left(served, *epoch, LeftState::Closing, 0) }))
                }
                whole => whole,
            }
        });
        found.filter_map(Result::transpose).collect()
    })
}

fn left(served: &Served, epoch: u32, state: LeftState, count: u64) -> EpochLeft {
    EpochLeft { policy: served.name.clone(), epoch, state, count, closes: None, reason: None }
}

/// What is left of an epoch; nothing if it came to its end meanwhile.
fn of_epoch(
    core: &Core,
    transaction: &ReadTransaction,
    (served, epoch): (&Served, u32),
    key: &EpochKey,
) -> Result<Option<EpochLeft>, StoreError> {
    let Some(row) = rows::get::<EpochRow>(&transaction.open_table(EPOCHS)?, "epochs", key)? else {
        return Ok(None);
    };
    let closes = served.closes_at(epoch).filter(|at| core.clock.now_ms() < *at);
    match (row.stage, closes) {
        (Stage::Taking, Some(at)) => {
            let closes = Some(at.div_ceil(1000));
            Ok(Some(EpochLeft { closes, ..left(served, epoch, LeftState::Open, row.readings) }))
        }
        (Stage::Taking, None) => Ok(Some(EpochLeft {
            reason: row.reason,
            ..left(served, epoch, LeftState::Closing, row.readings)
        })),
        (Stage::Closed, _) => {
            let (state, count, reason) = of_chunks(transaction, key)?;
            Ok(Some(EpochLeft { reason, ..left(served, epoch, state, count) }))
        }
        (Stage::Final | Stage::Ended, _) => Ok(None),
    }
}

/// What is left of an epoch that is closed: to prove, and when that is done to bring.
fn of_chunks(
    transaction: &ReadTransaction,
    epoch: &EpochKey,
) -> Result<(LeftState, u64, Option<String>), StoreError> {
    let (first, after) = keys::below(epoch);
    let (mut waiting, mut proven, mut reason) = (0, 0, None);
    for row in transaction.open_table(JOBS)?.range::<&[u8]>(&first[..]..&after[..])? {
        let job: JobRow = document("jobs", row?.1.value())?;
        waiting += u64::from(job.state == JobState::Waiting);
        proven += u64::from(job.state == JobState::Proven);
        if job.state == JobState::Waiting {
            reason = reason.or(job.reason);
        }
    }
    if waiting > 0 {
        return Ok((LeftState::Proving, waiting, reason));
    }
    for row in transaction.open_table(OUTBOX)?.range::<&[u8]>(&first[..]..&after[..])? {
        let row: OutboxRow = document("outbox", row?.1.value())?;
        reason = reason.or(row.reason);
    }
    Ok((LeftState::Bringing, proven, reason))
}
