//! The blocks of a repeat on the engine's threads.

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_engine as engine;
use zksensor_r1cs::{BlockResult, Circuit, Executor};

use crate::progress::Phase;
use crate::watch::{Shared, Watch};

/// Runs blocks on the pool that it is called in, and tells how many of a circuit's are done. It stops between two blocks.
pub(super) struct Blocks<'a> {
    watch: &'a Watch<'a>,
    done: Shared<'a>,
}

impl<'a> Blocks<'a> {
    /// For all blocks of a circuit.
    pub(super) fn of(circuit: &Circuit, watch: &'a Watch<'a>) -> Self {
        let all = circuit.repeats.iter().map(|repeat| repeat.count).sum();
        Blocks { watch, done: Shared::new(watch, Phase::Witness, all) }
    }
}

impl Executor for Blocks<'_> {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        engine::map(count, |index| {
            self.watch.check().map_err(|_| SynthesisError::Stopped)?;
            let block = job(index);
            self.done.add(1);
            block
        })
    }
}
