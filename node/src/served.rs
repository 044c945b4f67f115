//! A policy that the node serves.

mod frames;
mod readings;
mod work;

use std::fmt;
use std::sync::Mutex;

use thiserror::Error;
use zksensor::circuits::assemble::AggregateTarget;
use zksensor::circuits::statement::Violation;
use zksensor::model::claim::Binding;
use zksensor::model::fence::Fence;
use zksensor::model::policy::{Policy, PolicyId};
use zksensor::model::reading::UnixMillis;
use zksensor::model::registry::{Chunk, Position, Registry};
use zksensor::prover::Cancel;

use self::frames::OfFrames;
use self::readings::OfReadings;
pub(crate) use self::work::Unproven;
use self::work::Work;
use crate::intake::ItemKind;
use crate::place::Place;
use crate::prove::AnyProver;
use crate::signed::Signed;

/// How an epoch of a policy is treated, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long after its end an epoch waits for late readings.
    pub grace_ms: u64,
    /// How long readings are kept when everything that they are for has ended.
    pub retention_ms: u64,
    /// How far ahead of this clock a reading may be.
    pub ahead_ms: u64,
}

/// A policy, with all that proving its epochs takes.
pub struct Served {
    pub(crate) name: String,
    pub(crate) policy: Policy,
    /// The policy's id, which takes a hash to compute.
    pub(crate) id: PolicyId,
    /// What depends on its statement.
    work: Box<dyn Work>,
    /// What its proofs are bound to.
    binding: Binding,
    pub(crate) times: Times,
    pub(crate) place: Mutex<Box<dyn Place>>,
}

/// Why a policy cannot be served.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServedError {
    /// It is of another statement.
    #[error(
        "policy `{name}`: expected one of {wanted}, as its key is, got one of {got}; a node proves aggregates of readings and surveys of frames"
    )]
    Statement {
        /// Its name.
        name: String,
        /// What the key is of.
        wanted: &'static str,
        /// What it is of.
        got: &'static str,
    },
    /// It asks for quality, and the key proves none; or the other way round.
    #[error("policy `{name}`: expected a key {}, got another; make a key of that shape", if *.asked { "with quality, as the policy asks for it" } else { "without quality, as the policy asks for none" })]
    Quality {
        /// Its name.
        name: String,
        /// Whether the policy does.
        asked: bool,
    },
    /// The fence is another one.
    #[error("policy `{name}`: expected the fence that it was made with, got another one")]
    Fence {
        /// Its name.
        name: String,
    },
    /// The fence does not fit the key.
    #[error(
        "policy `{name}`: expected a fence of {most} triangles at most, as the key is for so many, got {got}; make a key of a larger shape"
    )]
    Triangles {
        /// Its name.
        name: String,
        /// Of the key.
        most: usize,
        /// Of the fence.
        got: usize,
    },
    /// The key proves fewer than the policy wants.
    #[error(
        "policy `{name}`: expected a key for {wanted} devices at least, as the policy wants so many, got one for {got}"
    )]
    Capacity {
        /// Its name.
        name: String,
        /// k of the policy.
        wanted: u32,
        /// Of the key.
        got: usize,
    },
}

impl Served {
    /// Joins the parts.
    ///
    /// # Errors
    /// [`ServedError`] if they are not of each other.
    pub fn new(
        name: &str,
        (policy, fence): (Policy, Fence),
        times: Times,
        prover: impl Into<AnyProver>,
        place: Box<dyn Place>,
    ) -> Result<Self, ServedError> {
        let (name, parts) = (name.to_owned(), policy.parts());
        if fence.root() != parts.fence {
            return Err(ServedError::Fence { name });
        }
        let got = fence.triangles().len();
        let work: Box<dyn Work> = match prover.into() {
            AnyProver::Readings(prover) => Box::new(OfReadings::new(policy, fence, prover)),
            AnyProver::Frames(prover) => Box::new(OfFrames::new(policy, fence, prover)),
        };
        let shape = work.shape();
        if !shape.is_of(&policy) {
            let wanted = shape.family.name();
            return Err(ServedError::Statement { name, wanted, got: parts.family.name() });
        }
        let asked = policy.survey_rules().is_some_and(|rules| rules.parts().quality.is_some());
        if asked != shape.quality {
            return Err(ServedError::Quality { name, asked });
        }
        let most = shape.triangles;
        if got > most {
            return Err(ServedError::Triangles { name, most, got });
        }
        if shape.capacity < parts.k as usize {
            return Err(ServedError::Capacity { name, wanted: parts.k, got: shape.capacity });
        }
        let binding = place.binding(&shape.id);
        Ok(Served { name, policy, id: policy.id(), work, binding, times, place: Mutex::new(place) })
    }

    /// The name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The epoch of a time, and the first millisecond after it.
    pub(crate) fn epoch_of(&self, time: UnixMillis) -> Option<(u32, u64)> {
        let epoch = self.policy.epoch_of(time)?;
        Some((epoch, self.policy.epoch_end_ms(epoch)?))
    }

    /// When nothing more is taken for an epoch, in milliseconds since 1970.
    pub(crate) fn closes_at(&self, epoch: u32) -> Option<u64> {
        self.policy.epoch_end_ms(epoch).map(|end| end.saturating_add(self.times.grace_ms))
    }

    /// First millisecond of an epoch, and first after it.
    pub(crate) fn interval(&self, epoch: u32) -> Option<(u64, u64)> {
        Some((self.policy.epoch_start(epoch)?.get(), self.policy.epoch_end_ms(epoch)?))
    }

    /// What devices sign for it.
    pub(crate) fn kind(&self) -> ItemKind {
        self.work.kind()
    }

    /// Devices that a proof holds.
    pub(crate) fn capacity(&self) -> usize {
        self.work.shape().capacity
    }

    /// Levels of a chunk in the shape of the key.
    pub(crate) fn levels(&self) -> u8 {
        self.work.shape().levels
    }

    /// The chunk of a position in the shape of the key.
    pub(crate) fn chunk_of(&self, position: Position) -> Chunk {
        Chunk::around(position, self.work.shape().levels).expect("the levels of a shape are those of a chunk")
    }

    /// The chunk with this index, if there is one.
    pub(crate) fn chunk(&self, index: u32) -> Option<Chunk> {
        Chunk::new(self.work.shape().levels, index).ok()
    }

    /// Whether a reading or frame, whose signature was checked when it was decoded, obeys every rule that is about it alone: its place in the
    /// registry, and how many of its samples count. The statement itself is asked.
    ///
    /// # Errors
    /// The code of the first rule that does not hold.
    pub(crate) fn check(
        &self,
        registry: &Registry,
        epoch: u32,
        signed: &Signed,
    ) -> Result<(Position, u32), String> {
        let not_enrolled = || "C4".to_owned();
        let position = registry.position_of(signed.key()).ok_or_else(not_enrolled)?;
        let membership = registry.membership(position).map_err(|_| not_enrolled())?;
        let rule = |violation: Violation| {
            violation.rule().map_or_else(|| "policy".to_owned(), |rule| rule.to_string())
        };
        let counted = self.work.check(epoch, signed, &membership).map_err(rule)?;
        Ok((position, counted))
    }

    /// Proves the claim about what was chosen of a chunk.
    ///
    /// # Errors
    /// [`Unproven`].
    pub(crate) fn prove(
        &self,
        registry: &Registry,
        (epoch, chunk): (u32, Chunk),
        chosen: Vec<Signed>,
        cancel: &Cancel,
    ) -> Result<String, Unproven> {
        let target = AggregateTarget { epoch, chunk, binding: self.binding };
        self.work.prove(registry, target, chosen, cancel)
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served").field("name", &self.name).field("policy", &self.id).finish_non_exhaustive()
    }
}
