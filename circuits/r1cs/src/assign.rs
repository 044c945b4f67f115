//! The witness program: values without rows.

use std::fmt;

use zeroize::Zeroize;

use super::repeat::Shape;
use super::{Mode, R1cs};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::trace::{Cursor, Hook};
use zksensor_model::field::Fr;

/// The values of one instance of a block. Its `Debug` shows how many there are.
pub struct BlockValues {
    pub(crate) columns: Vec<Fr>,
    pub(crate) exports: Vec<usize>,
    pub(crate) shape: Shape,
}

impl fmt::Debug for BlockValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockValues").field("columns", &self.columns.len()).finish_non_exhaustive()
    }
}

/// What a block's job returns.
pub type BlockResult = Result<BlockValues, SynthesisError>;

/// Runs the independent blocks of a repeat.
pub trait Executor: Sync {
    /// Runs `job` for 0 to `count` - 1, in any order, and returns the results in the order of the indices. In place of a block
    /// that it does not run any more it returns [`SynthesisError::Stopped`].
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult>;
}

/// One block after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sequential;

impl Executor for Sequential {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        (0..count).map(job).collect()
    }
}

impl<'a> R1cs<'a> {
    pub(crate) fn assigning(executor: &'a dyn Executor, hook: Option<&'a dyn Hook>) -> Self {
        R1cs::new(Mode::Assign { executor, hook }, Cursor::default(), false)
    }

    /// Takes the values of the witness columns that this segment made itself, and wipes what is left of them here.
    pub(crate) fn take_values(&mut self) -> Vec<Fr> {
        let imports = self.recorder.imports;
        let mut cs = self.cs.borrow_mut().expect("the constraint system is ours");
        let mut all = std::mem::take(&mut cs.assignments.witness_assignment);
        let own = all[imports..].to_vec();
        all.zeroize();
        own
    }

    /// Wipes the values, for a run that came to nothing.
    pub(crate) fn wipe(&mut self) {
        self.take_values().zeroize();
        self.block_values.iter_mut().flatten().for_each(Zeroize::zeroize);
    }
}

impl Drop for BlockValues {
    fn drop(&mut self) {
        self.columns.zeroize();
    }
}
