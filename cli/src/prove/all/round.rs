//! What is proven for one policy, and what was proven before.

use zksensor::circuits::assemble::Assemble;
use zksensor::circuits::statement::Job;
use zksensor::model::registry::Chunk;

use super::super::ProveCommandError;
use super::super::many::{Many, OfChunk};
use super::super::refusals::Refusals;
use super::super::subject::name_of;
use super::folder::Folder;
use super::offered::Chunks;
use super::{Place, Proven};
use crate::backend::Backend;

/// A chunk of which fewer than k devices have something that was taken.
pub(super) struct TooFew {
    pub(super) chunk: Chunk,
    pub(super) registered: usize,
    pub(super) taken: usize,
}

/// What became of a policy, but for its proofs.
pub(super) struct Round<'m, 'a, S> {
    pub(super) many: &'m Many<'a, S>,
    pub(super) refusals: Refusals,
    pub(super) too_few: Vec<TooFew>,
    /// Chunks of which there is enough.
    pub(super) of: usize,
    /// That chunks have more devices than a proof holds.
    pub(super) overfull: Option<ProveCommandError>,
}

impl<S: OfChunk> Round<'_, '_, S> {
    /// Why there is nothing to prove.
    pub(super) fn no_chunk(&self) -> ProveCommandError {
        let taken = self.too_few.iter().map(|few| few.taken).max().unwrap_or(0);
        let reason = self.refusals.no_chunk(self.many.policy().parts().k, self.too_few.len(), taken);
        reason.of_policy(self.many.path())
    }
}

/// What there is to prove for all policies, and what was proven before.
pub(super) struct Work<'f, S: OfChunk, B: Backend> {
    pub(super) folder: &'f Folder<B>,
    pub(super) jobs: Vec<(Place, Job<S>)>,
    pub(super) proven: Vec<Proven<B>>,
}

impl<S: OfChunk, B: Backend> Work<'_, S, B> {
    /// Adds what was taken for the policy at this place.
    ///
    /// # Errors
    /// A claim that does not hold; what stands where a proof would go.
    pub(super) fn add<'m, 'a>(
        &mut self,
        round: usize,
        chunks: Chunks<'m, 'a, S>,
        refusals: Refusals,
    ) -> Result<Round<'m, 'a, S>, ProveCommandError> {
        let many = chunks.many();
        let name = many.path().map(name_of);
        let (k, overfull) = (many.policy().parts().k as usize, chunks.overfull());
        let (mut too_few, mut of) = (Vec::new(), 0);
        for (chunk, registered, assembly) in chunks.into_each() {
            let taken = assembly.as_ref().map_or(0, Assemble::len);
            let Some(assembly) = assembly.filter(|_| taken >= k) else {
                too_few.push(TooFew { chunk, registered, taken });
                continue;
            };
            of += 1;
            let job = assembly.job().map_err(|error| refusals.explain(error).of_policy(many.path()))?;
            let path = self.folder.path(name, many.subject.epoch, chunk);
            let words = job.assignment().words().to_vec();
            match self.folder.kept(&path, chunk, &words)? {
                Some(file) => self.proven.push(Proven { round, chunk, path, file, is_kept: true }),
                None => self.jobs.push((Place { round, chunk, path, words }, job)),
            }
        }
        let overfull = overfull.map(|reason| reason.of_policy(many.path()));
        Ok(Round { many, refusals, too_few, of, overfull })
    }
}
