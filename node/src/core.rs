//! The node without its door: what is due is done step by step, by whoever calls [`Core::step`].
//!
//! It is synchronous and deterministic: with the same clock, disk and place the same calls do the same. A service calls it from two threads or
//! more, a simulator from one.

mod left;
mod show;

use std::collections::BTreeSet;
use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zksensor::prover::Cancel;

use crate::clock::Clock;
use crate::ingest::{self, KnownKeys, Queue};
use crate::intake::{Answer, Intake, IntakeError, Item};
use crate::operator::Operate;
use crate::registries::Registries;
use crate::served::Served;
use crate::store::counts::Counts;
use crate::store::keys::ChunkKey;
use crate::store::{Damage, Store, StoreError};
use crate::trace::Trace;
use crate::{epochs, erase, jobs, outbox};

/// Readings that may wait to be stored, unless the configuration has another number.
pub const QUEUE: usize = 16_384;

/// Store, policies, registries and clock, and what is done with them.
pub struct Core {
    pub(crate) store: Store,
    pub(crate) served: Vec<Served>,
    pub(crate) registries: Box<dyn Registries>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cancel: Cancel,
    /// Chunks that are being proven now.
    pub(crate) running: Mutex<BTreeSet<ChunkKey>>,
    /// Of devices that sent good readings.
    pub(crate) keys: KnownKeys,
    /// Which policy's proofs are brought first.
    pub(crate) outbox_turn: AtomicUsize,
    /// Who is told of what is done.
    pub(crate) trace: Trace,
    queue: Queue,
    draining: AtomicBool,
    /// Readings are not taken; all else goes on.
    quiesced: AtomicBool,
    /// What was counted and goes to the disk with the next change.
    counts: Mutex<Counts>,
}

/// How much a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Did {
    /// Epochs that were closed.
    pub closed: u32,
    /// Proofs that were made and stored.
    pub proven: u32,
    /// Proofs that were tried, and failed.
    pub failed: u32,
    /// Proofs that were brought, and not found there before.
    pub brought: u32,
    /// Epochs that came to their end.
    pub ended: u32,
    /// Readings that were erased.
    pub erased: u32,
}

/// What became of the proof that was due first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    /// None was due, or it was given up because the node ends.
    Nothing,
    /// It is stored.
    Stored,
    /// It was tried and failed, which is stored.
    Failed,
}

impl Did {
    /// Whether it did nothing: then nothing was due.
    pub fn is_nothing(&self) -> bool {
        *self == Did::default()
    }
}

/// A part of what [`Core::keep`] does.
type Work = fn(&Core, &mut Did) -> Result<(), StoreError>;

impl Core {
    /// A node over a store.
    pub fn new(
        store: Store,
        served: Vec<Served>,
        registries: Box<dyn Registries>,
        clock: Arc<dyn Clock>,
        queue: usize,
    ) -> Self {
        Core {
            store,
            served,
            registries,
            clock,
            cancel: Cancel::default(),
            running: Mutex::default(),
            keys: KnownKeys::default(),
            outbox_turn: AtomicUsize::new(0),
            trace: Trace::default(),
            queue: Queue::new(queue),
            draining: AtomicBool::new(false),
            quiesced: AtomicBool::new(false),
            counts: Mutex::default(),
        }
    }

    /// The same, with somebody who is told of what is done.
    #[must_use]
    pub fn traced(self, trace: Trace) -> Self {
        Core { trace, ..self }
    }

    /// Does all that is due here: closes and ends epochs, erases what is no longer needed.
    ///
    /// # Errors
    /// [`StoreError`]. What was done before stays done, and the next call goes on. Where a row is damaged, everything else was done.
    pub fn keep(&self) -> Result<Did, StoreError> {
        let mut did = Did::default();
        let mut damage = Damage::default();
        let all: [Work; 3] = [epochs::close_due, epochs::end_done, erase::run];
        for work in all {
            damage.pass(work(self, &mut did))?;
        }
        damage.end(did)
    }

    /// Brings the proofs that are due to their places, and looks for those that were brought. It waits as long as the places let it.
    ///
    /// # Errors
    /// As [`Core::keep`].
    pub fn bring(&self) -> Result<Did, StoreError> {
        let mut did = Did::default();
        outbox::run(self, &mut did)?;
        Ok(did)
    }

    /// Makes the proof that is due first, if there is one and nobody else makes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prove_one(&self) -> Result<Proved, StoreError> {
        jobs::prove_one(self)
    }

    /// [`Core::bring`], [`Core::keep`] and [`Core::prove_one`], on this thread.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn step(&self) -> Result<Did, StoreError> {
        let mut damage = Damage::default();
        let brought = damage.pass(self.bring())?.unwrap_or_default().brought;
        let mut did = damage.pass(self.keep())?.unwrap_or_default();
        did.brought = brought;
        match damage.pass(self.prove_one())? {
            None | Some(Proved::Nothing) => {}
            Some(Proved::Stored) => did.proven += 1,
            Some(Proved::Failed) => did.failed += 1,
        }
        damage.end(did)
    }

    /// Takes nothing more, and gives up the proofs that are being made: they are made after the next start.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        self.cancel.cancel();
    }

    /// Whether [`Core::drain`] was called.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Whether readings are taken: not once it drains, nor while an operator [lets it take none](Operate::quiesce).
    pub fn takes(&self) -> bool {
        !self.is_draining() && !self.is_quiesced()
    }

    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is counted and not stored; it is the caller's now.
    pub(crate) fn take_counts(&self) -> Counts {
        mem::take(&mut *self.counts())
    }

    pub(crate) fn give_counts(&self, counts: &Counts) {
        self.counts().take(counts);
    }

    /// Two contents that one device signed with one sequence number, as canonical bytes, of each device that did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn evidence(&self) -> Result<Vec<[Vec<u8>; 2]>, StoreError> {
        crate::evidence::all(&self.store)
    }
}

impl Intake for Core {
    fn take(&self, items: Vec<Item>) -> Result<Vec<Answer>, IntakeError> {
        if !self.takes() {
            return Err(IntakeError::Draining);
        }
        // Before anything is computed for it.
        self.queue.check_place(items.len())?;
        let failed = |error: StoreError| IntakeError::Store(error.to_string());
        let checked = ingest::check_all(self, items).map_err(failed)?;
        self.queue.pass(checked, |items| ingest::store(self, items).map_err(failed))
    }

    fn refused(&self, rule: &str, count: u64) {
        *self.counts().refused.entry(rule.to_owned()).or_default() += count;
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("store", &self.store)
            .field("served", &self.served)
            .finish_non_exhaustive()
    }
}
