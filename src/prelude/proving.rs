//! Proofs on a thread of their own, to be awaited under any executor.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use zksensor_prover::{Cancel, Groth16};

use super::backend::Backend;
use super::chunks::Round;
use super::{Chunks, Error};

/// Chunks that are being proven on a thread of their own. Whoever drops this before they are done switches the aggregator's
/// [`Cancel`](super::Cancel), which ends the proofs within their phase: give each aggregator one of its own.
///
/// ```no_run
/// # use zksensor::prelude::*;
/// # async fn f(aggregator: Aggregator<'_>) -> Result<(), Error> {
/// let chunks: Chunks = aggregator.prove_all_chunks_async()?.await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "proofs end when this is dropped"]
pub struct Proving<P: Backend = Groth16> {
    shared: Arc<Mutex<Shared<P>>>,
    cancel: Cancel,
}

/// What the thread and the future have in common.
struct Shared<P: Backend> {
    waker: Option<Waker>,
    is_done: bool,
    result: Option<Result<Chunks<P>, Error>>,
}

impl<P: Backend> Shared<P> {
    fn new() -> Shared<P> {
        Shared { waker: None, is_done: false, result: None }
    }
}

impl<P: Backend> Proving<P> {
    pub(super) fn start(round: Round<P>) -> Result<Proving<P>, Error> {
        let (shared, cancel) = (Arc::new(Mutex::new(Shared::new())), round.cancel.clone());
        let end = End(shared.clone());
        let work = move || {
            let result = round.prove();
            let mut shared = lock(&end.0);
            (shared.is_done, shared.result) = (true, Some(result));
        };
        let named = thread::Builder::new().name("zksensor-prove".to_owned());
        named.spawn(work).map_err(|_| Error::Thread { what: "could not be started" })?;
        Ok(Proving { shared, cancel })
    }
}

impl<P: Backend> Future for Proving<P> {
    type Output = Result<Chunks<P>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut shared = lock(&self.shared);
        match shared.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                shared.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<P: Backend> Drop for Proving<P> {
    fn drop(&mut self) {
        if !lock(&self.shared).is_done {
            self.cancel.cancel();
        }
    }
}

impl<P: Backend> fmt::Debug for Proving<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proving").field("is_done", &lock(&self.shared).is_done).finish_non_exhaustive()
    }
}

/// The thread's end, be it a panic: whoever waits is told.
struct End<P: Backend>(Arc<Mutex<Shared<P>>>);

impl<P: Backend> Drop for End<P> {
    fn drop(&mut self) {
        let waker = {
            let mut shared = lock(&self.0);
            if !shared.is_done {
                (shared.is_done, shared.result) =
                    (true, Some(Err(Error::Thread { what: "ended in a panic" })));
            }
            shared.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

fn lock<P: Backend>(shared: &Mutex<Shared<P>>) -> MutexGuard<'_, Shared<P>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
