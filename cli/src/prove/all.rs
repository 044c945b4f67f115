//! `prove --all-chunks`: every chunk of an epoch, with the key, the registry and the readings read once, for one policy or several.

mod folder;
mod offered;
mod report;
mod round;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rand::rngs::OsRng;
use zksensor::circuits::statement::Job;
use zksensor::files::ProofFile;
use zksensor::model::field::Fr;
use zksensor::model::registry::Chunk;
use zksensor::prover::{Cancel, Outcome};

use self::folder::Folder;
use self::offered::Chunks;
use self::report::Report;
use self::round::{Round, Work};
use super::many::{Many, OfChunk};
use super::refusals::offer_each;
use super::{ProveCommandError, prover_of};
use crate::backend::{Backend, BackendError};
use crate::output::Output;
use crate::policy::warn_of_differences;

/// A chunk with its proof, which may have been there before.
pub(super) struct Proven<B: Backend> {
    /// Place of the policy among the options.
    round: usize,
    chunk: Chunk,
    path: PathBuf,
    file: ProofFile<B::Proof>,
    is_kept: bool,
}

/// Proves, for each policy, every chunk of so many levels of which there is enough, and writes each proof as it is there: what is
/// written stays, whatever becomes of the others.
pub(super) fn run<S: OfChunk, B: Backend>(
    each: &[Many<'_, S>],
    levels: u8,
    key: B::ProvingKey,
    folder: PathBuf,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let many = each.first().expect("the options name a policy");
    let overwrite = many.args.force.overwrite();
    let folder = Folder::<B>::of(folder, &many.statement, B::verifying_half(&key), overwrite)?;
    warn_of_overlaps(each, output);
    let mut offers: Vec<Chunks<'_, '_, S>> = each.iter().map(|many| Chunks::of(many, levels)).collect();
    let refusals = offer_each(many.args, &many.statement.id(), output, &mut offers)?;
    let mut work = Work { folder: &folder, jobs: Vec::new(), proven: Vec::new() };
    let mut rounds = Vec::<Round<'_, '_, S>>::with_capacity(each.len());
    for (chunks, refusals) in offers.into_iter().zip(refusals) {
        rounds.push(work.add(rounds.len(), chunks, refusals)?);
    }
    let Work { jobs, mut proven, .. } = work;
    if jobs.is_empty() && proven.is_empty() {
        let reasons = rounds.into_iter().map(|mut round| round.overfull.take().unwrap_or(round.no_chunk()));
        return last(reasons, output).map_or(Ok(()), Err);
    }
    for round in rounds.iter().filter(|round| round.of == 0 && round.overfull.is_none()) {
        output.warn(round.no_chunk());
    }
    let start = Instant::now();
    let kept = proven.len();
    proven.extend(prove::<S, B>(many, key, &folder, (jobs, kept), output)?);
    let prove_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Some(reason) = last(rounds.iter_mut().filter_map(|round| round.overfull.take()), output) {
        return Err(folder.after(proven.len(), proven.len(), reason));
    }
    proven.sort_by_key(|one| (one.round, one.chunk));
    Report { folder: &folder, rounds, proven, prove_ms }.say(output);
    Ok(())
}

/// Says of every two policies whether who sees both statistics of one epoch learns of few readings.
fn warn_of_overlaps<S: OfChunk>(each: &[Many<'_, S>], output: &Output) {
    for (index, one) in each.iter().enumerate() {
        for other in &each[index + 1..] {
            let fences = [one, other].map(|many| Some(&many.subject.fence.fence));
            let mut warnings = Vec::new();
            warn_of_differences((one.policy(), fences[0]), (other.policy(), fences[1]), &mut warnings);
            for warning in warnings {
                let [one, other] = [one, other].map(|many| many.subject.path.display());
                output.warn(format_args!("{one} and {other}: {warning}"));
            }
        }
    }
}

/// The last of these reasons, after warnings of the others.
fn last(reasons: impl Iterator<Item = ProveCommandError>, output: &Output) -> Option<ProveCommandError> {
    let mut reasons: Vec<ProveCommandError> = reasons.collect();
    let last = reasons.pop();
    for reason in reasons {
        output.warn(reason);
    }
    last
}

/// Where the proof of a chunk goes, and what it shows.
struct Place {
    round: usize,
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
