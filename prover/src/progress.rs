//! What a long operation is doing.

use std::fmt;
use std::time::Duration;

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The statement is compiled to sparse rows.
    Compile,
    /// A key is made, or converted.
    Setup,
    /// The witness program runs.
    Witness,
    /// A and B go to the coset, and are multiplied there.
    Transform,
    /// The elements of the proof are summed.
    Multiexp,
    /// The finished proof is verified.
    Verify,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Compile => "compile",
            Phase::Setup => "setup",
            Phase::Witness => "witness",
            Phase::Transform => "transform",
            Phase::Multiexp => "multiexp",
            Phase::Verify => "verify",
        })
    }
}

/// A phase began or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It began.
    Started(Phase),
    /// So many percent of it are done. The phases of a proof tell, but for [`Phase::Verify`], and [`Phase::Witness`] only where
    /// the statement has blocks.
    Advanced(Phase, u8),
    /// It ended after so long; zero where there is no clock, as in WebAssembly without a system.
    Finished(Phase, Duration),
}

impl Event {
    /// About how much of a proof is done, in percent, as the phases of an aggregate of 64 share its time; `None` in a phase that
    /// is no part of a proof.
    pub fn percent(&self) -> Option<u8> {
        let (phase, done) = match *self {
            Event::Started(phase) => (phase, 0),
            Event::Advanced(phase, percent) => (phase, u16::from(percent.min(100))),
            Event::Finished(phase, _) => (phase, 100),
        };
        let (from, to) = match phase {
            Phase::Compile | Phase::Setup => return None,
            Phase::Witness => (0, 4),
            Phase::Transform => (4, 12),
            Phase::Multiexp => (12, 99),
            Phase::Verify => (99, 100),
        };
        u8::try_from(from + (to - from) * done / 100).ok()
    }
}

/// Hears of phases, from whatever thread works.
pub trait Progress: Sync {
    /// Called at the begin and the end of each phase.
    fn event(&self, event: Event);
}

/// Says nothing.
impl Progress for () {
    fn event(&self, _: Event) {}
}

impl<F: Fn(Event) + Sync> Progress for F {
    fn event(&self, event: Event) {
        self(event);
    }
}

/// Runs `f` as a phase.
pub(crate) fn phase<T>(progress: &dyn Progress, phase: Phase, f: impl FnOnce() -> T) -> T {
    progress.event(Event::Started(phase));
    let elapsed = stopwatch();
    let result = f();
    progress.event(Event::Finished(phase, elapsed()));
    result
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn stopwatch() -> impl FnOnce() -> Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}

/// `Instant::now` panics there.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn stopwatch() -> impl FnOnce() -> Duration {
    || Duration::ZERO
}
