//! `prove --all-chunks`: every chunk of an epoch, with the key, the registry and the readings read once.

mod folder;
mod offered;
mod report;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rand::rngs::OsRng;
use zksensor::circuits::assemble::Assemble;
use zksensor::circuits::statement::Job;
use zksensor::files::ProofFile;
use zksensor::model::field::Fr;
use zksensor::model::registry::Chunk;
use zksensor::prover::{Cancel, Outcome};

use self::folder::Folder;
use self::offered::Chunks;
use self::report::Report;
use super::many::{Many, OfChunk};
use super::{ProveCommandError, offer_all, prover_of};
use crate::backend::{Backend, BackendError};
use crate::output::Output;

/// A chunk of which fewer than k devices have something that was taken.
pub(super) struct TooFew {
    chunk: Chunk,
    registered: usize,
    taken: usize,
}

/// A chunk with its proof, which may have been there before.
pub(super) struct Proven<B: Backend> {
    chunk: Chunk,
    path: PathBuf,
    file: ProofFile<B::Proof>,
    is_kept: bool,
}

/// Proves every chunk of so many levels of which there is enough, and writes each proof as it is there: what is written stays, whatever
/// becomes of the others.
pub(super) fn run<S: OfChunk, B: Backend>(
    many: Many<'_, S>,
    levels: u8,
    key: B::ProvingKey,
    folder: PathBuf,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let id = many.statement.id();
    let folder =
        Folder::<B>::of(folder, &many.statement, B::verifying_half(&key), many.args.force.overwrite())?;
    let mut chunks = Chunks::of(&many, levels);
    let refusals = offer_all(many.args, &id, output, &mut chunks)?;
    let k = many.policy.parts().k;
    let (mut jobs, mut proven, mut too_few) = (Vec::new(), Vec::new(), Vec::new());
    let overfull = chunks.overfull();
    for (chunk, registered, assembly) in chunks.into_each() {
        let taken = assembly.as_ref().map_or(0, Assemble::len);
        let Some(assembly) = assembly.filter(|_| taken >= k as usize) else {
            too_few.push(TooFew { chunk, registered, taken });
            continue;
        };
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let path = folder.path(many.epoch, chunk);
        let words = job.assignment().words().to_vec();
        match folder.kept(&path, chunk, &words)? {
            Some(file) => proven.push(Proven { chunk, path, file, is_kept: true }),
            None => jobs.push((Place { chunk, path, words }, job)),
        }
    }
    if jobs.is_empty() && proven.is_empty() {
        let taken = too_few.iter().map(|few| few.taken).max().unwrap_or(0);
        return Err(overfull.unwrap_or_else(|| refusals.no_chunk(k, too_few.len(), taken)));
    }
    let start = Instant::now();
    let kept = proven.len();
    let made = prove::<S, B>(&many, key, &folder, (jobs, kept), output)?;
    let prove_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    proven.extend(made);
    if let Some(reason) = overfull {
        return Err(folder.after(proven.len(), proven.len(), reason));
    }
    proven.sort_by_key(|one| one.chunk.index());
    Report { many, folder: &folder, refusals, proven, too_few, prove_ms }.say(output);
    Ok(())
}

/// Where the proof of a chunk goes, and what it shows.
struct Place {
    chunk: Chunk,
    path: PathBuf,
    words: Vec<Fr>,
}

/// Proves the jobs, with as many threads as serve them best, and writes each proof.
fn prove<S: OfChunk, B: Backend>(
    many: &Many<'_, S>,
    key: B::ProvingKey,
    folder: &Folder<B>,
    (jobs, kept): (Vec<(Place, Job<S>)>, usize),
    output: &Output,
) -> Result<Vec<Proven<B>>, ProveCommandError> {
    let of = jobs.len() + kept;
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let spinner = output.spinner("proving chunks");
    let prover = prover_of::<S, B>(many.args, many.statement, key, Box::new(()))?;
    let (places, jobs): (Vec<Place>, Vec<Job<S>>) = jobs.into_iter().unzip();
    let (cancel, made) = (Cancel::default(), Mutex::new(Made::<B> { proven: Vec::new(), failed: None }));
    let lock = || made.lock().unwrap_or_else(PoisonError::into_inner);
    let each = |index: usize, outcome: Outcome<B>| {
        let proof = outcome.map_err(|error| BackendError::of(error).into());
        let written = proof.and_then(|proof| folder.write(&places[index], proof));
        let mut made = lock();
        match written {
            Ok(proven) => made.proven.push(proven),
            Err(reason) => {
                made.fail(reason);
                cancel.cancel();
            }
        }
        spinner.set_message(format!("proving chunks: {} of {of}", made.proven.len() + kept));
    };
    let run = prover.prove_jobs_each(jobs, &mut OsRng, &cancel, each);
    spinner.finish_and_clear();
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = run {
        made.fail(BackendError::of(error).into());
    }
    let Made { proven, failed } = made;
    match failed {
        None => Ok(proven),
        Some(reason) => Err(folder.after(proven.len() + kept, of, reason)),
    }
}

/// What became of jobs.
struct Made<B: Backend> {
    proven: Vec<Proven<B>>,
    failed: Option<ProveCommandError>,
}

impl<B: Backend> Made<B> {
    /// The first says why; those that it ends say that they were ended.
    fn fail(&mut self, reason: ProveCommandError) {
        self.failed.get_or_insert(reason);
    }
}
