//! What the node shows of itself.

use std::collections::BTreeSet;

use redb::{ReadTransaction, ReadableTableMetadata};

use super::Core;
use crate::operator::Operate;
use crate::served::Served;
use crate::store::counts::Counts;
use crate::store::keys;
use crate::store::rows::{EpochRow, JobRow, JobState, OutboxRow, ProofRow, Stage};
use crate::store::{ACTIVE, Damage, EPOCHS, JOBS, META, OUTBOX, PROOFS, StoreError, document};
use crate::view::{EpochState, EpochView, ProofView, Show, View};

/// Epochs of a policy that are shown.
const EPOCHS_SHOWN: usize = 64;
/// Proofs that are shown.
const PROOFS_SHOWN: usize = 32;

impl Core {
    /// As [`Show::view`], with every epoch and every proof since the store was made: for an auditor.
    pub fn view_of_all(&self) -> View {
        self.view_of(usize::MAX, usize::MAX)
    }

    /// So many epochs of a policy, and so many proofs.
    fn view_of(&self, epochs: usize, proofs: usize) -> View {
        let now_ms = self.clock.now_ms();
        let mut view = View { now: now_ms / 1000, ..View::default() };
        if let Err(error) =
            self.store.read(|transaction| fill(self, transaction, (epochs, proofs), &mut view))
        {
            view.waiting_for.push(error.to_string());
        }
        let pending = self.counts().clone();
        view.duplicates += pending.duplicates;
        for (rule, count) in pending.refused {
            *view.refused.entry(rule).or_default() += count;
        }
        if let Err(error) = self.registries.at(now_ms) {
            view.waiting_for.push(error.to_string());
        }
        if self.is_draining() {
            view.waiting_for.push("the node to start again: it is draining".to_owned());
        } else if self.is_quiesced() {
            view.waiting_for.push("an operator to let it take readings again: it was drained".to_owned());
        }
        view.ready = view.waiting_for.is_empty();
        view
    }
}

impl Show for Core {
    fn view(&self) -> View {
        self.view_of(EPOCHS_SHOWN, PROOFS_SHOWN)
    }

    fn proofs(&self, policy: &str, epoch: u32) -> Result<Vec<String>, String> {
        let found = self.proofs_from(policy, epoch, 0, usize::MAX)?;
        Ok(found.into_iter().map(|(_, file)| file).collect())
    }

    fn proofs_from(
        &self,
        policy: &str,
        epoch: u32,
        from: u32,
        most: usize,
    ) -> Result<Vec<(u32, String)>, String> {
        let Some(served) = self.served.iter().find(|served| served.name == policy) else {
            return Ok(Vec::new());
        };
        let key = keys::epoch(&served.id, epoch);
        let found = self.store.read(|transaction| {
            let (table, first) = (transaction.open_table(PROOFS)?, keys::chunk(&key, from));
            let (_, after) = keys::below(&key);
            let mut files = Vec::new();
            for row in table.range::<&[u8]>(&first[..]..&after[..])?.take(most) {
                let (key, row) = row?;
                let chunk = keys::chunk_of(key.value()).ok_or(StoreError::Damaged { place: "proofs" })?;
                let proof: ProofRow = document("proofs", row.value())?;
                files.push((chunk, proof.file));
            }
            Ok(files)
        });
        found.map_err(|error| error.to_string())
    }
}

fn fill(
    core: &Core,
    transaction: &ReadTransaction,
    limits: (usize, usize),
    view: &mut View,
) -> Result<(), StoreError> {
    let counts = Counts::of(&transaction.open_table(META)?)?;
    view.accepted = counts.accepted;
    view.duplicates = counts.duplicates;
    view.refused = counts.refused;
    view.equivocations = counts.equivocations;
    view.outbox = transaction.open_table(OUTBOX)?.len()?;
    for served in &core.served {
        fill_policy(core, transaction, (served, limits), view)?;
        fill_queue(transaction, served, view)?;
    }
    view.epochs.sort_by(|one, other| (other.epoch, &one.policy).cmp(&(one.epoch, &other.policy)));
    view.proofs.sort_by_key(|proof| std::cmp::Reverse((proof.at, proof.epoch, proof.chunk)));
    // The last of each policy stays: whoever looks for one that stands still finds it, however busy another is.
    let (mut policies, mut nth) = (BTreeSet::new(), 0);
    view.proofs.retain(|proof| {
        nth += 1;
        let is_last = policies.insert(proof.policy.clone());
        is_last || nth <= limits.1
    });
    Ok(())
}

/// Counts the chunks that wait for the prover, of epochs that are not shown as well.
fn fill_queue(transaction: &ReadTransaction, served: &Served, view: &mut View) -> Result<(), StoreError> {
    let (first, last) = keys::epochs_of(&served.id);
    for row in transaction.open_table(ACTIVE)?.range::<&[u8]>(&first[..]..=&last[..])? {
        let of_epoch = of_chunks(transaction, row?.0.value());
        let (waiting, _) = Damage::default().pass(of_epoch)?.unwrap_or_default();
        view.queue += u64::from(waiting);
    }
    Ok(())
}

fn fill_policy(
    core: &Core,
    transaction: &ReadTransaction,
    (served, (epochs, most)): (&Served, (usize, usize)),
    view: &mut View,
) -> Result<(), StoreError> {
    let (first, last) = keys::epochs_of(&served.id);
    let table = transaction.open_table(EPOCHS)?;
    for row in table.range::<&[u8]>(&first[..]..=&last[..])?.rev().take(epochs) {
        let (key, row) = row?;
        let damaged = || StoreError::Damaged { place: "epochs" };
        let epoch = keys::number_of(key.value()).ok_or_else(damaged)?;
        // What is damaged is told in the log; the rest is shown.
        let mut damage = Damage::default();
        let Some(row) = damage.pass(document::<EpochRow>("epochs", row.value()))? else { continue };
        let (waiting, reason) = damage.pass(of_chunks(transaction, key.value()))?.unwrap_or_default();
        view.epochs.push(EpochView {
            policy: served.name.clone(),
            epoch,
            state: state_of(core, served, epoch, &row, waiting),
            readings: row.readings,
            late: row.late,
            proven: row.proven,
            chunks: row.chunks,
            reason: row.reason.or(reason),
        });
    }
    let (first, _) = keys::below(&first);
    let (_, after) = keys::below(&last);
    let proofs = transaction.open_table(PROOFS)?;
    for row in proofs.range::<&[u8]>(&first[..]..&after[..])?.rev().take(most) {
        let (key, proof) = row?;
        let (Some(epoch), Some(chunk)) = (keys::number_of(key.value()), keys::chunk_of(key.value())) else {
            continue;
        };
        let proof = Damage::default().pass(document::<ProofRow>("proofs", proof.value()))?;
        let Some(ProofRow { at, millis, gas, fee_gwei, .. }) = proof else { continue };
        let policy = served.name.clone();
        view.proofs.push(ProofView { policy, epoch, chunk, at, millis, gas, fee_gwei });
    }
    Ok(())
}

/// Chunks of an epoch that wait for the prover, and what one that is not done waits for.
fn of_chunks(transaction: &ReadTransaction, epoch: &[u8]) -> Result<(u32, Option<String>), StoreError> {
    let (mut waiting, mut reason) = (0, None);
    let (first, after) = keys::below(epoch);
    for row in transaction.open_table(JOBS)?.range::<&[u8]>(&first[..]..&after[..])? {
        let job: JobRow = document("jobs", row?.1.value())?;
        waiting += u32::from(job.state == JobState::Waiting);
        reason = reason.or(job.reason);
    }
    for row in transaction.open_table(OUTBOX)?.range::<&[u8]>(&first[..]..&after[..])? {
        let row: OutboxRow = document("outbox", row?.1.value())?;
        reason = reason.or(row.reason);
    }
    Ok((waiting, reason))
}

fn state_of(core: &Core, served: &Served, epoch: u32, row: &EpochRow, waiting: u32) -> EpochState {
    match row.stage {
        Stage::Taking => {
            let is_over = served.interval(epoch).is_none_or(|(_, end)| core.clock.now_ms() >= end);
            if is_over { EpochState::Grace } else { EpochState::Open }
        }
        Stage::Closed if waiting > 0 => EpochState::Proving,
        Stage::Closed => EpochState::Proven,
        Stage::Final => EpochState::Final,
        Stage::Ended => EpochState::Ended,
    }
}
