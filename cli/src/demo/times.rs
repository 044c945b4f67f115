//! How long what took.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use zksensor::prover::{Event, Phase, Progress};

/// How long each part took.
pub(super) struct Times {
    /// Keys, enrolment, signatures, sorting out.
    pub(super) fleet: Duration,
    /// Compiling and making the key.
    pub(super) setup: Duration,
    /// The native check.
    pub(super) check: Duration,
    /// From assignment to verified proof.
    pub(super) prove: Duration,
    /// Verifying from bytes.
    pub(super) verify: Duration,
    /// All attacks.
    pub(super) attacks: Duration,
    /// What the prover told of, in order.
    pub(super) phases: Vec<(Phase, Duration)>,
}

impl Times {
    pub(super) fn of(&self, phase: Phase) -> Duration {
        self.phases.iter().filter(|(heard, _)| *heard == phase).map(|(_, time)| *time).sum()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "TIME")?;
        writeln!(f, "  {:<18}{:>8} ms", "fleet", millis(self.fleet))?;
        writeln!(f, "  {:<18}{:>8} ms", "setup", millis(self.setup))?;
        writeln!(f, "  {:<18}{:>8} ms", "check", millis(self.check))?;
        writeln!(f, "  {:<18}{:>8} ms", "prove", millis(self.prove))?;
        for phase in [Phase::Witness, Phase::Transform, Phase::Multiexp, Phase::Verify] {
            writeln!(f, "    {:<16}{:>8} ms", phase.to_string(), millis(self.of(phase)))?;
        }
        writeln!(f, "  {:<18}{:>8} ms", "verify", millis(self.verify))?;
        write!(f, "  {:<18}{:>8} ms", "attacks", millis(self.attacks))
    }
}

/// Whole milliseconds, rounded up so that nothing takes none.
pub(super) fn millis(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}

/// Shows which phase runs and keeps how long each took.
#[derive(Clone)]
pub(super) struct Clock {
    shown: Arc<dyn Progress + Send + Sync>,
    phases: Arc<Mutex<Vec<(Phase, Duration)>>>,
}

impl Clock {
    /// With what else hears of it.
    pub(super) fn beside(shown: Box<dyn Progress + Send + Sync>) -> Clock {
        Clock { shown: Arc::from(shown), phases: Arc::default() }
    }

    /// What was heard of so far; a phase that ran twice is there twice.
    pub(super) fn phases(&self) -> Vec<(Phase, Duration)> {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Clock {
    fn event(&self, event: Event) {
        self.shown.event(event);
        if let Event::Finished(phase, time) = event {
            self.phases.lock().unwrap_or_else(PoisonError::into_inner).push((phase, time));
        }
    }
}
