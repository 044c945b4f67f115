//! The blocks of a repeat on the engine's threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_engine as engine;
use zksensor_r1cs::{BlockResult, Circuit, Executor};

use crate::progress::Phase;
use crate::watch::Watch;

/// Runs blocks on the pool that it is called in, and tells how many of a circuit's are done. It stops between two blocks.
pub(super) struct Blocks<'a> {
    watch: &'a Watch<'a>,
    all: usize,
    done: AtomicUsize,
    /// The percent that were told last.
    told: Mutex<u8>,
}

impl<'a> Blocks<'a> {
    /// For all blocks of a circuit.
    pub(super) fn of(circuit: &Circuit, watch: &'a Watch<'a>) -> Self {
        let all = circuit.repeats.iter().map(|repeat| repeat.count).sum();
        Blocks { watch, all, done: AtomicUsize::new(0), told: Mutex::new(0) }
    }

    /// Tells of one more block. Threads that come while another one tells do not wait: who hears may be busy.
    fn advance(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        let Ok(mut told) = self.told.try_lock() else { return };
        let done = self.done.load(Ordering::Relaxed).min(self.all);
        let percent = u8::try_from(100 * done / self.all.max(1)).unwrap_or(100);
        if percent > *told {
            *told = percent;
            // That it is cancelled is asked before each block.
            let _ = self.watch.advanced(Phase::Witness, percent);
        }
    }
}

impl Executor for Blocks<'_> {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        engine::map(count, |index| {
            self.watch.check().map_err(|_| SynthesisError::Stopped)?;
            let block = job(index);
            self.advance();
            block
        })
    }
}
