//! `prove` with the key of a survey.

use zksensor::circuits::assemble::{AggregateTarget, SurveyAssembly, Take};
use zksensor::circuits::statement::survey::Survey;
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Chunk, Registry, RegistryError};

use super::many::{self, OfChunk};
use super::{Provable, ProveCommandError, Task};
use crate::backend::Backend;
use crate::output::Output;

impl Provable for Survey {
    /// Takes the first good frame of each device, and of it the samples that can be counted together, and proves their aggregate.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError> {
        many::run(self, task, output)
    }
}

impl OfChunk for Survey {
    type Assembly<'r> = SurveyAssembly<'r>;

    fn chunk_of(&self, number: u32) -> Result<Chunk, RegistryError> {
        self.chunk(number)
    }

    fn assembly(
        self,
        policy: Policy,
        fence: Fence,
        registry: &Registry,
        target: AggregateTarget,
        _: Take,
    ) -> SurveyAssembly<'_> {
        SurveyAssembly::new(self, policy, fence, registry, target)
    }
}
