//! `prove` with the key of a statement about many devices of one chunk.

use zksensor::circuits::assemble::{AggregateTarget, Assemble, Take};
use zksensor::files::RegistryFile;
use zksensor::io::policy::PolicyDocument;
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Chunk, Registry, RegistryError};

use super::refusals::Signed;
use super::{Provable, ProveCommandError, Task, binding, offer_all, policy_and_fence, prove, report};
use crate::args;
use crate::backend::Backend;
use crate::output::Output;
use crate::registry::{Taken, say_torn};

/// What such a statement is proven from: one good reading or frame of each device.
pub(super) trait OfChunk: Provable {
    /// Takes them.
    type Assembly<'r>: Assemble<Statement = Self, Signed: Signed>;

    /// The chunk of this number, as wide as the shape says.
    fn chunk_of(&self, number: u32) -> Result<Chunk, RegistryError>;

    /// Of devices of this registry; of readings this one of each.
    fn assembly(
        self,
        policy: Policy,
        fence: Fence,
        registry: &Registry,
        target: AggregateTarget,
        take: Take,
    ) -> Self::Assembly<'_>;
}

/// Takes what the files have, and proves it.
pub(super) fn run<S: OfChunk, B: Backend>(
    statement: S,
    task: Task<'_, B>,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let (Task { args, key, outputs }, id) = (task, statement.id());
    for (option, is_there) in [("--opening", outputs.opening.is_some()), ("--device", args.device.is_some())]
    {
        if is_there {
            return Err(ProveCommandError::Unused { option, statement: id.to_string() });
        }
    }
    let chunk = statement.chunk_of(args.chunk.unwrap_or(0)).map_err(ProveCommandError::Chunk)?;
    let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
    let (PolicyDocument { policy, .. }, fence) = policy_and_fence(args, output)?;
    let union_of = args::union_of(&fence);
    let registry = RegistryFile::load(args.registry.as_ref().ok_or(missing("--registry"))?)?;
    say_torn(&registry, output);
    let taken = Taken::of_epoch(&registry, args.registry_at, &policy, args.epoch, output)?;
    let registry = registry.registry(taken.moment)?;
    let target = AggregateTarget { epoch: args.epoch, chunk, binding: binding(args, &id) };
    let mut assembly = statement.assembly(policy, fence.fence, &registry, target, args.take());
    let refusals = offer_all(args, &id, output, &mut assembly)?;
    let job = assembly.job().map_err(|error| refusals.explain(error))?;
    let (file, prove_ms) = prove::<S, B>(args, key, &job, output)?;
    outputs.commit(&file, b"")?;
    report((args, &policy), (union_of, Some(taken)), &file, &refusals, prove_ms, output);
    Ok(())
}
