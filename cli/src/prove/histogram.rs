//! `prove` with the key of a histogram.

use zksensor::circuits::assemble::{AggregateTarget, HistogramAssembly, Take};
use zksensor::circuits::statement::histogram::Histogram;
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Chunk, Registry, RegistryError};

use super::many::{self, OfChunk};
use super::{Provable, ProveCommandError, Task};
use crate::backend::Backend;
use crate::output::Output;

impl Provable for Histogram {
    /// Takes a good reading of each device and proves how many are in each bin.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError> {
        many::run(self, task, output)
    }
}

impl OfChunk for Histogram {
    type Assembly<'r> = HistogramAssembly<'r>;

    fn chunk_of(&self, number: u32) -> Result<Chunk, RegistryError> {
        self.chunk(number)
    }

    fn assembly(
        self,
        policy: Policy,
        fence: Fence,
        registry: &Registry,
        target: AggregateTarget,
        take: Take,
    ) -> HistogramAssembly<'_> {
        HistogramAssembly::new(self, policy, fence, registry, target).taking(take)
    }
}
