//! The blocks of a repeat on the engine's threads.

use zksensor_engine as engine;
use zksensor_r1cs::{BlockResult, Executor};

/// Runs blocks on the pool that it is called in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Blocks;

impl Executor for Blocks {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        engine::map(count, job)
    }
}
