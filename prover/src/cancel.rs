//! The end of a proof that nobody wants any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::ProveError;

/// A switch that ends the proofs that were begun with it. Clones are the same switch; it is not switched back.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the proofs with this switch at the end of their phase, or of a part of a long one.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was switched.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`ProveError::Cancelled`] if it was switched.
    pub(crate) fn check(&self) -> Result<(), ProveError> {
        if self.is_cancelled() { Err(ProveError::Cancelled) } else { Ok(()) }
    }
}
