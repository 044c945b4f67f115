//! `prove` with the key of an aggregate.

use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Take};
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Chunk, Registry, RegistryError};

use super::many::{self, OfChunk};
use super::{Provable, ProveCommandError, Task};
use crate::backend::Backend;
use crate::output::Output;

impl Provable for Aggregate {
    /// Takes a good reading of each device and proves their aggregate.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError> {
        many::run(self, task, output)
    }
}

impl OfChunk for Aggregate {
    type Assembly<'r> = AggregateAssembly<'r>;

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
    ) -> AggregateAssembly<'_> {
        AggregateAssembly::new(self, policy, fence, registry, target).taking(take)
    }
}
