//! Readings and frames go to the chunks of their devices.

use std::collections::BTreeMap;
use std::path::Path;

use zksensor::circuits::assemble::{Assemble, Refusal, RefusalReason};
use zksensor::model::registry::Chunk;

use super::super::ProveCommandError;
use super::super::many::{Many, OfChunk};
use super::super::refusals::{Offer, Signed};

/// Why a chunk of so many levels is one.
const LEVELS: &str = "the levels of a shape are those of a chunk";

/// What was taken of each chunk.
pub(super) struct Chunks<'m, 'a, S: OfChunk> {
    many: &'m Many<'a, S>,
    levels: u8,
    taken: BTreeMap<Chunk, S::Assembly<'a>>,
    /// Chunks with more devices that have a good one than a proof holds: the first row that is one too many.
    overfull: BTreeMap<Chunk, (u64, usize)>,
}

impl<'m, 'a, S: OfChunk> Chunks<'m, 'a, S> {
    /// Nothing yet, of chunks of so many levels.
    pub(super) fn of(many: &'m Many<'a, S>, levels: u8) -> Self {
        Chunks { many, levels, taken: BTreeMap::new(), overfull: BTreeMap::new() }
    }

    /// What they are taken for.
    pub(super) fn many(&self) -> &'m Many<'a, S> {
        self.many
    }

    /// That a chunk has more devices than a proof holds: which of them a proof leaves out is not for the order of lines to say.
    pub(super) fn overfull(&self) -> Option<ProveCommandError> {
        let (chunk, &(row, capacity)) = self.overfull.first_key_value()?;
        let others = match self.overfull.len() - 1 {
            0 => String::new(),
            others => format!(" (as {others} other chunks have)"),
        };
        let what = <<S::Assembly<'a> as Assemble>::Signed as Signed>::WHAT;
        Some(ProveCommandError::Capacity {
            what,
            capacity,
            row,
            chunk: format!("chunk {}{others}", chunk.index()),
        })
    }

    /// Every chunk that has a registered device and not too many good ones, by its index: the number of them, and what was taken of them.
    pub(super) fn into_each(mut self) -> Vec<(Chunk, usize, Option<S::Assembly<'a>>)> {
        let registered = self.many.registry.chunks(self.levels).expect(LEVELS);
        let each = registered.into_iter().filter(|(chunk, _)| !self.overfull.contains_key(chunk));
        each.map(|(chunk, devices)| (chunk, devices, self.taken.remove(&chunk))).collect()
    }
}

impl<'a, S: OfChunk> Offer for Chunks<'_, 'a, S> {
    type Signed = <S::Assembly<'a> as Assemble>::Signed;

    fn offer(&mut self, row: u64, signed: Self::Signed) -> Result<(), Refusal> {
        let stranger = Refusal { row, reason: RefusalReason::NotEnrolled };
        let position = self.many.registry.position_of(signed.key()).ok_or(stranger)?;
        let chunk = Chunk::around(position, self.levels).expect(LEVELS);
        let new = || self.many.assembly(chunk);
        match Assemble::offer(self.taken.entry(chunk).or_insert_with(new), row, signed) {
            Err(Refusal { reason: RefusalReason::Full { capacity }, .. }) => {
                self.overfull.entry(chunk).or_insert((row, capacity));
                Ok(())
            }
            offered => offered,
        }
    }

    fn passed_over(&self) -> u64 {
        self.taken.values().map(Assemble::passed_over).sum()
    }

    fn policy(&self) -> Option<&Path> {
        self.many.path()
    }
}
