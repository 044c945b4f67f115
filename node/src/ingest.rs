//! What comes in is checked by the rules of the statements that it may become part of, and by no others.

mod keys_known;
mod queue;
mod words;

use std::sync::Arc;

use redb::{ReadableTable, WriteTransaction};
use zeroize::Zeroizing;
use zksensor::model::registry::Registry;

pub(crate) use self::keys_known::KnownKeys;
pub(crate) use self::queue::Queue;
#[cfg(feature = "nats")]
pub(crate) use self::queue::TOGETHER;
#[cfg(feature = "nats")]
pub(crate) use self::words::is_for_now;
use crate::core::Core;
use crate::intake::{Answer, Item, ItemKind};
use crate::served::Served;
use crate::signed::{Signed, Undecoded};
use crate::store::counts::Counts;
use crate::store::keys::{self, ItemKey, ItemName, Seen};
use crate::store::rows::{self, EpochRow, Stage};
use crate::store::{SEEN, StoreError, evidence, items, place};
use crate::trace::STORE;

/// An item that was looked at.
pub(crate) enum Checked {
    /// It is stored already: with each of its bytes, or its content with another signature of its key. Nothing changes.
    Known,
    /// It is not taken, by this rule.
    Refused(String),
    /// It obeys a policy.
    Good(Box<Good>),
}

/// A reading or a frame that obeys a policy, or several.
pub(crate) struct Good {
    kind: ItemKind,
    row: ItemKey,
    name: ItemName,
    plain: Zeroizing<Vec<u8>>,
    sealed: Vec<u8>,
    /// Which of the policies that are served, and which of their epochs.
    epochs: Vec<(usize, u32)>,
}

/// Looks at items, in their order. Nothing is stored yet.
///
/// # Errors
/// [`StoreError`], if the store cannot be read.
pub(crate) fn check_all(core: &Core, items: Vec<Item>) -> Result<Vec<Checked>, StoreError> {
    let known = known(core, &items)?;
    Ok(items
        .into_iter()
        .zip(known)
        .map(|(item, known)| if known == Known::All { Checked::Known } else { check(core, item, known) })
        .collect())
}

/// How much of an item is stored already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// All that is signed. Whoever has no signature may have guessed it, and is told no more than of any other guess.
    Content,
    /// The signature too.
    All,
}

/// Which of the items are stored already: whoever sends again what was taken costs no more than a look.
fn known(core: &Core, items: &[Item]) -> Result<Vec<Known>, StoreError> {
    core.store.read(|transaction| {
        let seen = transaction.open_table(SEEN)?;
        let mut known = Vec::with_capacity(items.len());
        for item in items {
            let Some(name) = ItemName::of(&core.store.sealer, item.kind(), item.bytes()) else {
                known.push(Known::Nothing);
                continue;
            };
            let row = seen.get(&name.name[..])?;
            known.push(match row.as_ref().and_then(|row| Seen::of(row.value())) {
                Some(seen) if seen.signed == name.signed => Known::All,
                Some(seen) if seen.content == name.content => Known::Content,
                _ => Known::Nothing,
            });
        }
        Ok(known)
    })
}

fn check(core: &Core, item: Item, known: Known) -> Checked {
    let kind = item.kind();
    let bytes = Zeroizing::new(item.into_bytes());
    let signed = match Signed::decode(kind, &bytes, |packed| core.keys.get(packed)) {
        Ok(signed) => signed,
        Err(Undecoded::Signature) => return Checked::Refused("C3".to_owned()),
        Err(Undecoded::Malformed) => return Checked::Refused("malformed".to_owned()),
    };
    if known == Known::Content {
        return Checked::Known;
    }
    let (mut epochs, mut refusals) = (Vec::new(), Vec::new());
    let of_kind = core.served.iter().enumerate().filter(|(_, served)| served.kind() == kind);
    for (index, served) in of_kind {
        match obeys(core, served, &signed) {
            Ok(epoch) => epochs.push((index, epoch)),
            Err(rule) => refusals.push(rule),
        }
    }
    if epochs.is_empty() {
        return Checked::Refused(told(kind, refusals));
    }
    core.keys.add(signed.key());
    let Some(name) = ItemName::of(&core.store.sealer, kind, &bytes) else {
        return Checked::Refused("malformed".to_owned());
    };
    let row = name.row(&signed);
    let sealed = core.store.sealer.seal(&row, &bytes);
    Checked::Good(Box::new(Good { kind, row, name, plain: bytes, sealed, epochs }))
}

/// The epoch of a policy that a reading or frame obeys.
fn obeys(core: &Core, served: &Served, signed: &Signed) -> Result<u32, String> {
    let (epoch, end) = served.epoch_of(signed.time()).ok_or_else(|| "C6".to_owned())?;
    let now = core.clock.now_ms();
    if signed.last().get() > now.saturating_add(served.times.ahead_ms) {
        return Err("early".to_owned());
    }
    // What is late is not taken and need only be somebody's: for any time of long ago a registry of then would have to be made.
    let at = if served.closes_at(epoch).is_none_or(|closes| now >= closes) { now } else { end };
    let registry: Arc<Registry> = core.registries.at(at).map_err(|_| "registry".to_owned())?;
    served.check(&registry, epoch, signed)?;
    Ok(epoch)
}

/// Of the rules of several policies, one by which it is meant: another network or schema is only told where every policy has another.
fn told(kind: ItemKind, mut refusals: Vec<String>) -> String {
    let meant = refusals.iter().position(|rule| rule != "C11" && rule != "C12").unwrap_or(0);
    let unserved = match kind {
        ItemKind::Reading => "readings",
        ItemKind::Frame => "frames",
    };
    if refusals.is_empty() { unserved.to_owned() } else { refusals.swap_remove(meant) }
}

/// Stores what is good, in one transaction, and answers each in its order.
///
/// # Errors
/// [`StoreError`]: nothing of it is stored.
pub(crate) fn store(core: &Core, items: &[Checked]) -> Result<Vec<Answer>, StoreError> {
    let span = core.trace.span(&STORE);
    span.number("items", items.len() as u64);
    let mut answers = Vec::new();
    let mut counts = core.take_counts();
    let before = counts.clone();
    let done = core.store.write(|transaction| {
        let mut changed = false;
        answers.clear();
        for item in items {
            let answer = match item {
                Checked::Known => Answer::Duplicate,
                Checked::Refused(rule) => refused(rule),
                Checked::Good(good) => {
                    let (answer, changes) = store_one(core, transaction, good, &mut counts)?;
                    changed |= changes;
                    answer
                }
            };
            count(&mut counts, &answer);
            answers.push(answer);
        }
        if changed {
            Counts::add(transaction, &counts)?;
        }
        Ok(changed.then_some(()))
    });
    match done {
        Ok(Some(())) => {}
        // Nothing is to be kept but how often it was said: that goes with the next change.
        Ok(None) => core.give_counts(&counts),
        Err(error) => {
            core.give_counts(&before);
            return Err(error);
        }
    }
    Ok(answers)
}

/// Stores a reading or frame, unless it is there, or no epoch takes it any more. Says whether anything changed.
fn store_one(
    core: &Core,
    transaction: &WriteTransaction,
    good: &Good,
    counts: &mut Counts,
) -> Result<(Answer, bool), StoreError> {
    let mut seen = transaction.open_table(SEEN)?;
    let known = seen.get(&good.name.name[..])?.map(|bytes| bytes.value().to_vec());
    if let Some(known) = known {
        let Seen { row, content, .. } = Seen::of(&known).ok_or(StoreError::Damaged { place: "seen" })?;
        if content == good.name.content {
            return Ok((Answer::Duplicate, false));
        }
        let is_new = witness(core, transaction, row, good)?;
        counts.equivocations += u64::from(is_new);
        return Ok((refused("equivocation"), is_new));
    }
    let (mut taken, mut changed) = (false, false);
    let now = core.clock.now_ms();
    for (index, epoch) in &good.epochs {
        let served = &core.served[*index];
        let key = keys::epoch(&served.id, *epoch);
        let row = rows::epoch(transaction, &key)?;
        let over = served.closes_at(*epoch).is_none_or(|at| now >= at);
        match row {
            Some(row) if row.stage == Stage::Taking && !over => {
                rows::put_epoch(transaction, &key, &EpochRow { readings: row.readings + 1, ..row })?;
                taken = true;
            }
            Some(row) => {
                rows::put_epoch(transaction, &key, &EpochRow { late: row.late + 1, ..row })?;
                changed = true;
            }
            None if over => {}
            None => {
                let Some(interval) = served.interval(*epoch) else { continue };
                let row = EpochRow::new(good.kind, interval, served.times.retention_ms);
                rows::put_epoch(transaction, &key, &EpochRow { readings: 1, ..row })?;
                taken = true;
            }
        }
    }
    if !taken {
        return Ok((refused("late"), changed));
    }
    transaction.open_table(items(good.kind))?.insert(&good.row[..], &good.sealed[..])?;
    seen.insert(&good.name.name[..], &good.name.seen(&good.row)[..])?;
    Ok((Answer::Accepted, true))
}

/// Keeps two contents of one sequence number, the first two of a device: they prove that its key signed both.
fn witness(core: &Core, transaction: &WriteTransaction, row: &[u8], good: &Good) -> Result<bool, StoreError> {
    let mut evidence = transaction.open_table(evidence(good.kind))?;
    if evidence.get(&good.name.device[..])?.is_some() {
        return Ok(false);
    }
    let readings = transaction.open_table(items(good.kind))?;
    let damaged = || StoreError::Damaged { place: place(good.kind) };
    let sealed = readings.get(row)?.ok_or_else(damaged)?;
    let first = core.store.sealer.open(row, sealed.value()).ok_or_else(damaged)?;
    let both = Zeroizing::new([&first[..], &good.plain[..]].concat());
    evidence.insert(&good.name.device[..], &core.store.sealer.seal(&good.name.device, &both)[..])?;
    Ok(true)
}

fn count(counts: &mut Counts, answer: &Answer) {
    match answer {
        Answer::Accepted => counts.accepted += 1,
        Answer::Duplicate => counts.duplicates += 1,
        Answer::Refused { rule, .. } => *counts.refused.entry(rule.clone()).or_default() += 1,
    }
}

fn refused(rule: &str) -> Answer {
    Answer::Refused { rule: rule.to_owned(), reason: words::of(rule).to_owned() }
}
