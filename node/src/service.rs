//! The threads of a node: one that keeps, one that brings, and as many that prove as fit into the memory.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::core::{Core, Proved};
use crate::store::StoreError;

/// How long a thread waits that found nothing to do.
const IDLE: Duration = Duration::from_millis(500);

/// Who is told what went wrong. There is no coordinate, value or device in it.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// The threads. They end when this is dropped.
pub struct Service {
    core: Arc<Core>,
    end: Arc<End>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct End {
    is_over: Mutex<bool>,
    turned: Condvar,
}

impl End {
    /// Waits. Whether it is over.
    fn wait(&self, time: Duration) -> bool {
        let guard = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.turned.wait_timeout_while(guard, time, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Service {
    /// Starts the threads: one that keeps, one that brings proofs to their places, which may let it wait, and `provers` that prove.
    ///
    /// # Errors
    /// What the system says if it starts no thread.
    pub fn start(core: Arc<Core>, provers: usize, tell: &Tell) -> std::io::Result<Self> {
        let mut service = Service { core, end: Arc::default(), threads: Vec::new() };
        let said = |error: StoreError| error.to_string();
        service.thread("keep", tell, move |core| core.keep().map(|did| !did.is_nothing()).map_err(said))?;
        service.thread("bring", tell, move |core| core.bring().map(|did| !did.is_nothing()).map_err(said))?;
        for _ in 0..provers.max(1) {
            let prove =
                move |core: &Core| core.prove_one().map(|proved| proved != Proved::Nothing).map_err(said);
            service.thread("prove", tell, prove)?;
        }
        Ok(service)
    }

    /// A thread more. Its work says whether it did something, and is asked again at once then.
    pub(crate) fn thread(
        &mut self,
        name: &str,
        tell: &Tell,
        work: impl Fn(&Core) -> Result<bool, String> + Send + 'static,
    ) -> std::io::Result<()> {
        let (core, end, tell) = (self.core.clone(), self.end.clone(), tell.clone());
        let run = move || {
            let mut last = String::new();
            let mut wait = Duration::ZERO;
            while !end.wait(wait) {
                // A fault in one epoch must not end the thread for all of them.
                let done = catch_unwind(AssertUnwindSafe(|| work(&core)));
                let (is_busy, wrong) = match done {
                    Ok(Ok(is_busy)) => (is_busy, String::new()),
                    Ok(Err(error)) => (false, error),
                    Err(_) => (false, "a thread of the node panicked; please report it".to_owned()),
                };
                if !wrong.is_empty() && wrong != last {
                    tell(&wrong);
                }
                last = wrong;
                wait = if is_busy { Duration::ZERO } else { IDLE };
            }
        };
        self.threads.push(std::thread::Builder::new().name(name.to_owned()).spawn(run)?);
        Ok(())
    }

    /// Takes nothing more, gives up what is being proven, and waits for the threads.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.core.drain();
        *self.end.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.end.turned.notify_all();
        for thread in self.threads.drain(..) {
            // It tells of its panics itself.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("threads", &self.threads.len()).finish_non_exhaustive()
    }
}
