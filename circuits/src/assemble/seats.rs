//! What assemblies of many devices share: one seat a device of the chunk, as many as a proof holds.

use std::collections::BTreeMap;

use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::registry::{DeviceMembership, Position, Registry};

use super::{AggregateTarget, AssembleError, RefusalReason};

/// The seats of a proof, and what was taken for them.
pub(super) struct Seats<'r, T> {
    registry: &'r Registry,
    target: AggregateTarget,
    capacity: usize,
    taken: BTreeMap<Position, Taken<T>>,
    passed_over: u64,
}

/// What was taken of a device.
struct Taken<T> {
    row: u64,
    rank: u64,
    offered: T,
}

impl<'r, T> Seats<'r, T> {
    pub(super) fn new(registry: &'r Registry, target: AggregateTarget, capacity: usize) -> Self {
        Seats { registry, target, capacity, taken: BTreeMap::new(), passed_over: 0 }
    }

    pub(super) fn target(&self) -> &AggregateTarget {
        &self.target
    }

    /// The registration of the device with this key, if the chunk has it.
    pub(super) fn membership(&self, key: &PublicKey) -> Result<DeviceMembership, RefusalReason> {
        let position = self.registry.position_of(key).ok_or(RefusalReason::NotEnrolled)?;
        let chunk = self.target.chunk;
        if chunk.offset(position).is_none() {
            return Err(RefusalReason::Chunk { position, chunk });
        }
        let membership = self.registry.membership(position);
        Ok(membership.expect("the key's position is that of a registered device"))
    }

    /// Takes what was offered in row `row`, unless there is something of the device already that comes no later in the order of ranks, or
    /// all seats are taken. What was taken before is passed over then.
    pub(super) fn take(
        &mut self,
        position: Position,
        (row, rank): (u64, u64),
        offered: T,
    ) -> Result<(), RefusalReason> {
        let full = self.taken.len() >= self.capacity;
        match self.taken.get_mut(&position) {
            Some(taken) => {
                self.passed_over += 1;
                if taken.rank <= rank {
                    return Err(RefusalReason::Again { taken: taken.row });
                }
                *taken = Taken { row, rank, offered };
            }
            None if full => return Err(RefusalReason::Full { capacity: self.capacity }),
            None => {
                self.taken.insert(position, Taken { row, rank, offered });
            }
        }
        Ok(())
    }

    pub(super) fn passed_over(&self) -> u64 {
        self.passed_over
    }

    pub(super) fn len(&self) -> usize {
        self.taken.len()
    }

    /// What was taken, in the order of the positions, if it is of k devices or more.
    pub(super) fn into_taken(self, k: u32) -> Result<Vec<T>, AssembleError> {
        let got = self.taken.len();
        if got == 0 || got < k as usize {
            return Err(AssembleError::TooFew { wanted: k, got });
        }
        Ok(self.taken.into_values().map(|taken| taken.offered).collect())
    }
}
