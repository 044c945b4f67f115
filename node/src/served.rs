//! A policy that the node serves.

use std::fmt;
use std::sync::{Arc, Mutex};

use thiserror::Error;
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor::circuits::statement::{EnrolledReading, Violation};
use zksensor::model::claim::{Binding, Claim, ClaimFamily};
use zksensor::model::fence::Fence;
use zksensor::model::policy::{Policy, PolicyId};
use zksensor::model::reading::{SignedReading, UnixMillis};
use zksensor::model::registry::{Chunk, Position, Registry};

use crate::place::Place;
use crate::prove::Proves;

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
    pub(crate) fence: Fence,
    /// Policy and fence, as the statement asks a single reading for its rules; the rest of it is of nobody.
    rules: AggregateWitness,
    pub(crate) statement: Aggregate,
    /// What its proofs are bound to.
    pub(crate) binding: Binding,
    pub(crate) times: Times,
    pub(crate) prover: Arc<dyn Proves>,
    pub(crate) place: Mutex<Box<dyn Place>>,
}

/// Why a policy cannot be served.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServedError {
    /// It is of another statement.
    #[error("policy `{name}`: expected one of {}, got one of {got}; this release of the node proves aggregates of readings", Aggregate::FAMILY.name())]
    Statement {
        /// Its name.
        name: String,
        /// What it is of.
        got: &'static str,
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
        "policy `{name}`: expected a key for {wanted} readings at least, as the policy wants so many devices, got one for {got}"
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
        prover: Arc<dyn Proves>,
        place: Box<dyn Place>,
    ) -> Result<Self, ServedError> {
        let (name, statement, parts) = (name.to_owned(), prover.statement(), policy.parts());
        if !Aggregate::is_of(&policy) {
            return Err(ServedError::Statement { name, got: parts.family.name() });
        }
        if fence.root() != parts.fence {
            return Err(ServedError::Fence { name });
        }
        let (most, got) = (statement.triangles(), fence.triangles().len());
        if got > most {
            return Err(ServedError::Triangles { name, most, got });
        }
        if statement.capacity() < parts.k as usize {
            return Err(ServedError::Capacity { name, wanted: parts.k, got: statement.capacity() });
        }
        let binding = place.binding(&statement.id());
        let rules = AggregateWitness {
            policy,
            fence: fence.clone(),
            cap: Registry::new().cap(statement.first_chunk()),
            readings: Vec::new(),
        };
        let (id, place) = (policy.id(), Mutex::new(place));
        Ok(Served { name, policy, id, fence, rules, statement, binding, times, prover, place })
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

    /// The chunk of a position in the shape of the key.
    pub(crate) fn chunk_of(&self, position: Position) -> Chunk {
        Chunk::around(position, self.statement.first_chunk().levels())
            .expect("the levels of a shape are those of a chunk")
    }

    /// Whether a reading, whose signature was checked when it was decoded, obeys every rule that is about a reading alone; its place in the
    /// registry. The statement itself is asked.
    ///
    /// # Errors
    /// The code of the first rule that does not hold.
    pub(crate) fn check(
        &self,
        registry: &Registry,
        epoch: u32,
        signed: &SignedReading,
    ) -> Result<Position, String> {
        let not_enrolled = || "C4".to_owned();
        let position = registry.position_of(signed.key()).ok_or_else(not_enrolled)?;
        let membership = registry.membership(position).map_err(|_| not_enrolled())?;
        let checked = self.rules.check_measured(epoch, &EnrolledReading::new(*signed, &membership));
        let rule = |violation: Violation| {
            violation.rule().map_or_else(|| "policy".to_owned(), |rule| rule.to_string())
        };
        checked.map(|()| position).map_err(rule)
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served").field("name", &self.name).field("policy", &self.id).finish_non_exhaustive()
    }
}
