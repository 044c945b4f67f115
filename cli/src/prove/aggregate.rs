//! `prove` with the key of an aggregate.

use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble};
use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::files::RegistryFile;
use zksensor::io::policy::PolicyDocument;

use super::{Provable, ProveCommandError, Task, binding, offer_all, policy_and_fence, prove, report};
use crate::args;
use crate::output::Output;
use crate::registry::{Taken, say_torn};

impl Provable for Aggregate {
    /// Takes the first good reading of each device and proves their aggregate.
    fn run(self, task: Task<'_>, output: &Output) -> Result<(), ProveCommandError> {
        let (Task { args, key, outputs }, id) = (task, self.id());
        if outputs.opening.is_some() {
            return Err(ProveCommandError::Unused { option: "--opening", statement: id.to_string() });
        }
        let chunk = self.chunk(args.chunk.unwrap_or(0)).map_err(ProveCommandError::Chunk)?;
        let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
        let (PolicyDocument { policy, .. }, fence) = policy_and_fence(args, output)?;
        let union_of = args::union_of(&fence);
        let registry = RegistryFile::load(args.registry.as_ref().ok_or(missing("--registry"))?)?;
        say_torn(&registry, output);
        let taken = Taken::of_epoch(&registry, args.registry_at, &policy, args.epoch, output)?;
        let registry = registry.registry(taken.moment)?;
        let target = AggregateTarget { epoch: args.epoch, chunk, binding: binding(args, &id) };
        let mut assembly = AggregateAssembly::new(self, policy, fence.fence, &registry, target);
        let refusals = offer_all(args, &id, output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let (file, prove_ms) = prove::<Self>(args, key, &job, output)?;
        outputs.commit(&file, b"")?;
        report((&args.out, union_of, Some(taken)), &file, &refusals, prove_ms, output);
        Ok(())
    }
}
