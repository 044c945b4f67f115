//! `prove` with the key of a statement about many devices of one chunk.

use zksensor::circuits::assemble::{AggregateTarget, Assemble, Take};
use zksensor::circuits::statement::{Claim, Statement};
use zksensor::files::RegistryFile;
use zksensor::io::fence::FenceDocument;
use zksensor::io::policy::PolicyDocument;
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Chunk, Registry, RegistryError};

use super::outputs::{Outputs, Places};
use super::refusals::Signed;
use super::{Args, Provable, ProveCommandError, Subject, Task, all, binding, offer_all, prove, report};
use crate::args;
use crate::backend::Backend;
use crate::output::Output;
use crate::registry::{Taken, say_torn};

/// What such a statement is proven from: one good reading or frame of each device.
pub(super) trait OfChunk: Provable + Statement<Witness: Send> + Claim<Inputs: Send> + Send {
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

/// What chunks are proven of.
pub(super) struct Many<'a, S> {
    pub(super) args: &'a Args,
    pub(super) statement: S,
    pub(super) policy: Policy,
    pub(super) fence: FenceDocument,
    pub(super) epoch: u32,
    pub(super) registry: &'a Registry,
    pub(super) taken: Taken,
}

impl<'a, S: OfChunk> Many<'a, S> {
    /// Takes what is of this chunk.
    pub(super) fn assembly(&self, chunk: Chunk) -> S::Assembly<'a> {
        let target =
            AggregateTarget { epoch: self.epoch, chunk, binding: binding(self.args, &self.statement.id()) };
        let fence = self.fence.fence.clone();
        self.statement.assembly(self.policy, fence, self.registry, target, self.args.take())
    }
}

/// Takes what the files have, and proves it: of one chunk, or of all.
pub(super) fn run<S: OfChunk, B: Backend>(
    statement: S,
    task: Task<'_, B>,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let (Task { args, key, places }, id) = (task, statement.id());
    for (option, is_there) in [("--opening", args.opening.is_some()), ("--device", args.device.is_some())] {
        if is_there {
            return Err(ProveCommandError::Unused { option, statement: id.to_string() });
        }
    }
    let chunk = statement.chunk_of(args.chunk.unwrap_or(0)).map_err(ProveCommandError::Chunk)?;
    let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
    let Subject { policy: PolicyDocument { policy, .. }, fence, epoch } = Subject::of(args, output)?;
    let file = RegistryFile::load(args.registry.as_ref().ok_or(missing("--registry"))?)?;
    say_torn(&file, output);
    let taken = Taken::of_epoch(&file, args.registry_at, &policy, epoch, output)?;
    let registry = &file.registry(taken.moment)?;
    let many = Many { args, statement, policy, fence, epoch, registry, taken };
    match places {
        Places::One(outputs) => one::<S, B>(many, chunk, key, outputs, output),
        Places::Folder(folder) => all::run::<S, B>(many, chunk.levels(), key, folder, output),
    }
}

/// Proves one chunk.
fn one<S: OfChunk, B: Backend>(
    many: Many<'_, S>,
    chunk: Chunk,
    key: B::ProvingKey,
    outputs: Outputs,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let args = many.args;
    let mut assembly = many.assembly(chunk);
    let refusals = offer_all(args, &many.statement.id(), output, &mut assembly)?;
    let job = assembly.job().map_err(|error| refusals.explain(error))?;
    let (file, prove_ms) = prove::<S, B>(args, key, &job, output)?;
    let out = outputs.path().to_owned();
    outputs.commit(&file, b"")?;
    let (union_of, taken) = (args::union_of(&many.fence), Some(many.taken));
    report((args, &many.policy, &out), (union_of, taken), &file, &refusals, prove_ms, output);
    Ok(())
}
