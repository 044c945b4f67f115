//! What a proof in the making tells and asks.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cancel::{Cancel, Cancelled};
use crate::progress::{Event, Phase, Progress, phase};

/// Hears of one proof, and may end it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    progress: &'a dyn Progress,
    cancel: &'a Cancel,
}

impl<'a> Watch<'a> {
    /// Tells `progress`, and ends with `cancel`.
    pub fn new(progress: &'a dyn Progress, cancel: &'a Cancel) -> Self {
        Watch { progress, cancel }
    }

    /// Runs a phase, unless nobody wants it any more.
    ///
    /// # Errors
    /// Those of `f`, and [`Cancelled`].
    pub fn phase<T, E: From<Cancelled>>(&self, of: Phase, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.cancel.check()?;
        phase(self.progress, of, f)
    }

    /// Tells that so many percent of a phase are done.
    ///
    /// # Errors
    /// [`Cancelled`] if nobody wants the rest.
    pub fn advanced(&self, of: Phase, percent: u8) -> Result<(), Cancelled> {
        self.progress.event(Event::Advanced(of, percent));
        self.cancel.check()
    }

    /// Whether nobody wants the proof any more.
    ///
    /// # Errors
    /// [`Cancelled`] then.
    pub fn check(&self) -> Result<(), Cancelled> {
        self.cancel.check()
    }

    pub(crate) fn progress(&self) -> &'a dyn Progress {
        self.progress
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// How much of a phase is done, by threads that work on it together.
pub(crate) struct Shared<'w> {
    watch: &'w Watch<'w>,
    of: Phase,
    all: usize,
    done: AtomicUsize,
    /// The percent that were told last.
    told: Mutex<u8>,
}

impl<'w> Shared<'w> {
    /// A phase of so many parts.
    pub(crate) fn new(watch: &'w Watch<'w>, of: Phase, all: usize) -> Self {
        Shared { watch, of, all, done: AtomicUsize::new(0), told: Mutex::new(0) }
    }

    /// Tells of so many more parts, unless nobody wants the rest. Threads that come while another one tells do not wait: who hears
    /// may be busy.
    pub(crate) fn add(&self, parts: usize) {
        self.done.fetch_add(parts, Ordering::Relaxed);
        let Ok(mut told) = self.told.try_lock() else { return };
        let done = self.done.load(Ordering::Relaxed).min(self.all);
        let percent = u8::try_from(100 * done / self.all.max(1)).unwrap_or(100);
        if percent > *told && self.watch.check().is_ok() {
            *told = percent;
            // That it is cancelled is asked before each part.
            let _ = self.watch.advanced(self.of, percent);
        }
    }
}
