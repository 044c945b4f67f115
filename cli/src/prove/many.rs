//! `prove` with the key of a statement about many devices of one chunk.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use zksensor::circuits::assemble::{AggregateTarget, Assemble, Take};
use zksensor::circuits::statement::{Claim, Statement};
use zksensor::files::RegistryFile;
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{Chunk, Registry, RegistryError};

use super::outputs::{Outputs, Places};
use super::refusals::Signed;
use super::{Args, Provable, ProveCommandError, Subject, Task, all, binding, offer_all, prove, report};
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

/// What chunks are proven of, for one policy.
pub(super) struct Many<'a, S> {
    pub(super) args: &'a Args,
    pub(super) statement: S,
    pub(super) subject: Subject,
    pub(super) registry: &'a Registry,
    pub(super) taken: Taken,
}

impl<'a, S: OfChunk> Many<'a, S> {
    pub(super) fn policy(&self) -> &Policy {
        &self.subject.policy.policy
    }

    /// The file of the policy, if it is one of several.
    pub(super) fn path(&self) -> Option<&Path> {
        Some(&*self.subject.path).filter(|_| self.args.policy.len() > 1)
    }

    /// Takes what is of this chunk.
    pub(super) fn assembly(&self, chunk: Chunk) -> S::Assembly<'a> {
        let (epoch, fence) = (self.subject.epoch, self.subject.fence.fence.clone());
        let target = AggregateTarget { epoch, chunk, binding: binding(self.args, &self.statement.id()) };
        self.statement.assembly(*self.policy(), fence, self.registry, target, self.args.take())
    }
}

/// Takes what the files have, and proves it: of one chunk, or of all.
pub(super) fn run<S: OfChunk, B: Backend>(
    statement: S,
    task: Task<'_, B>,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let (Task { args, key, places }, id) = (task, statement.id());
    for (option, is_there) in [
        ("--opening", args.opening.is_some()),
        ("--device", args.device.is_some()),
        ("--seal", args.seal.is_some()),
    ] {
        if is_there {
            return Err(ProveCommandError::Unused { option, statement: id.to_string() });
        }
    }
    let chunk = statement.chunk_of(args.chunk.unwrap_or(0)).map_err(ProveCommandError::Chunk)?;
    let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
    let subjects = Subject::all(args, output)?;
    let file = RegistryFile::load(args.registry.as_ref().ok_or(missing("--registry"))?)?;
    say_torn(&file, output);
    let (mut each, mut registries) = (Vec::new(), BTreeMap::new());
    for subject in subjects {
        let policy = &subject.policy.policy;
        let taken = Taken::of_epoch(&file, args.registry_at, policy, subject.epoch, output)?;
        // Policies of epochs that end in the same state share its tree.
        if let Entry::Vacant(vacant) = registries.entry(taken.moment) {
            vacant.insert(file.registry(taken.moment)?);
        }
        each.push((subject, taken));
    }
    let each = each.into_iter().map(|(subject, taken)| {
        let registry = &registries[&taken.moment];
        Many { args, statement, subject, registry, taken }
    });
    let mut each: Vec<Many<'_, S>> = each.collect();
    match places {
        Places::One(outputs) => {
            let one_policy = each.pop().expect("the options name a policy");
            one::<S, B>(one_policy, chunk, key, outputs, output)
        }
        Places::Seal(_) => Err(ProveCommandError::Unused { option: "--seal-out", statement: id.to_string() }),
        Places::Folder(folder) => all::run::<S, B>(&each, chunk.levels(), key, folder, output),
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
    report((&many.subject, &out), Some(many.taken), &file, &refusals, prove_ms, output);
    Ok(())
}
