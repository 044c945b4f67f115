//! What a proof in the making tells and asks.

use std::fmt;

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
