//! `prove` with the key of an aggregate.

use zksensor::circuits::assemble::{AggregateAssembly, Assemble};
use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateFrame};
use zksensor::files;
use zksensor::prover::ProvingKey;

use super::{Args, Provable, ProveCommandError, binding, offer_all, policy_and_fence, prove, report};
use crate::args;
use crate::output::Output;

impl Provable for Aggregate {
    /// Takes the first good reading of each device and proves their aggregate.
    fn run(self, args: &Args, key: ProvingKey, output: &Output) -> Result<(), ProveCommandError> {
        let id = self.id();
        let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
        let (policy, document) = policy_and_fence(args, output)?;
        let union_of = args::union_of(&document);
        let registry = files::load_registry(args.registry.as_ref().ok_or(missing("--registry"))?)?;
        let (epoch, chunk_bits, chunk) = (args.epoch, args.chunk_bits, args.chunk);
        let frame = AggregateFrame { epoch, chunk_bits, chunk, binding: binding(args, &id) };
        let mut assembly = AggregateAssembly::new(self, policy, document.fence, &registry, frame);
        let refusals = offer_all(&args.readings, output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let (file, prove_ms) = prove::<Self>(args, key, &job, output)?;
        report((&args.out, union_of), &file, &refusals, prove_ms, output);
        Ok(())
    }
}
