//! Takes the readings of an epoch, and proves every chunk that has enough of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use zksensor_circuits::assemble::{
    AggregateAssembly, AggregateTarget, Assemble, AssembleError, Assembled, Refusal, RefusalReason, Take,
};
use zksensor_circuits::statement::Job;
use zksensor_model::claim::aggregate::{Aggregate, AggregateInputs};
use zksensor_model::claim::{Binding, Claim, ClaimFamily, StatementId};
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::{Chunk, Registry};
use zksensor_prover::{Cancel, Groth16, Prover, ProvingKey};

use super::backend::Backend;
use super::chunks::{Hear, Round};
use super::{Chunks, Error, Policy, Proving, Step, TooFew};

/// Levels of the chunks of a key that is made here: 512 positions.
#[cfg(any(feature = "insecure-setup", feature = "mock"))]
const LEVELS: usize = 3;
/// Of its triangles there is a multiple of this.
#[cfg(any(feature = "insecure-setup", feature = "mock"))]
const TRIANGLES: usize = 8;
/// The most readings that it is made for, unless k is more.
#[cfg(any(feature = "insecure-setup", feature = "mock"))]
const MOST_READINGS: usize = 64;

/// Takes the readings of one epoch under a policy, and proves the mean of each [chunk](Chunk) of the registry.
///
/// ```no_run
/// use zksensor::prelude::*;
/// # fn f(policy: &Policy, registry: &Registry, key: zksensor::prover::ProvingKey, sent: &[Vec<u8>]) -> Result<(), Error> {
/// let cancel = Cancel::default(); // for whoever may end it
/// let mut aggregator = Aggregator::with_key(policy, registry, 2, key)?.cancel(&cancel).progress(|step| println!("{step}"));
/// for bytes in sent {
///     if let Some(refusal) = aggregator.offer_bytes(bytes) {
///         eprintln!("{refusal}");
///     }
/// }
/// let chunks = aggregator.prove_all_chunks()?;
/// # Ok(())
/// # }
/// ```
///
/// Several policies over the same readings are as many aggregators over one registry, with one prover: decode once, and offer to each.
///
/// ```no_run
/// # use zksensor::prelude::*;
/// # fn f(policies: &[Policy], registry: &Registry, key: zksensor::prover::ProvingKey, sent: &[SignedReading]) -> Result<(), Error> {
/// let first = Aggregator::with_key(&policies[0], registry, 2, key)?;
/// for policy in policies {
///     let mut aggregator = Aggregator::new(policy, registry, 2, first.prover())?;
///     let refused = sent.iter().filter_map(|signed| aggregator.offer(*signed)).count();
///     println!("{}: {refused} refused, {} proven", policy.id(), aggregator.prove_all_chunks()?.proven.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Aggregator<'r, P: Backend = Groth16> {
    policy: Policy,
    registry: &'r Registry,
    epoch: u32,
    prover: Arc<Prover<Aggregate, P>>,
    binding: Binding,
    take: Take,
    cancel: Cancel,
    hear: Hear,
    offered: u64,
    chunks: BTreeMap<Chunk, AggregateAssembly<'r>>,
}

impl<'r> Aggregator<'r> {
    /// As [`Aggregator::new`], with a prover for this key, which takes a while to make.
    ///
    /// # Errors
    /// [`Error::Statement`] for a key of another statement, [`Error::Prove`] if it does not fit the circuit.
    pub fn with_key(
        policy: &Policy,
        registry: &'r Registry,
        epoch: u32,
        key: ProvingKey,
    ) -> Result<Self, Error> {
        policy.interval(epoch)?;
        let prover = Prover::builder(statement_of(key.statement())?, key).build()?;
        Aggregator::new(policy, registry, epoch, Arc::new(prover))
    }

    /// As [`Aggregator::with_key`], with a key that is made here, of a shape for this policy and registry: the fence's triangles, chunks of
    /// 512 positions, and as many readings as the fullest of them has devices, at least k and at most 64.
    ///
    /// # Security
    /// Whoever sees this process's memory can prove anything under the key, whose id says INSECURE. Keys of production come from a
    /// ceremony.
    ///
    /// # Errors
    /// [`Error::Shape`] for a fence of more than 256 triangles, [`Error::Prove`].
    #[cfg(feature = "insecure-setup")]
    pub fn insecure_setup(policy: &Policy, registry: &'r Registry, epoch: u32) -> Result<Self, Error> {
        let shape = shape_of(policy, registry)?;
        let key = zksensor_prover::insecure_setup(&shape, &mut zksensor_model::rand::rngs::OsRng, &())?;
        Aggregator::with_key(policy, registry, epoch, key)
    }
}

#[cfg(feature = "mock")]
impl<'r> Aggregator<'r, zksensor_mock::Mock> {
    /// In a test, with mocks in the place of proofs: every rule is checked, no key is made, and nothing is proven. The shape is that of
    /// [`Aggregator::insecure_setup`].
    ///
    /// # Security
    /// Anybody makes a mock of anything. Its types are of their own, and its key's id is that of no key.
    ///
    /// # Errors
    /// [`Error::Shape`] for a fence of more than 256 triangles, [`Error::NoEpoch`].
    pub fn mock(policy: &Policy, registry: &'r Registry, epoch: u32) -> Result<Self, Error> {
        let shape = shape_of(policy, registry)?;
        let key = zksensor_mock::MockKey::new(&shape.id());
        let prover =
            zksensor_prover::ProverBuilder::<Aggregate, zksensor_mock::Mock>::new(shape, key).build()?;
        Aggregator::new(policy, registry, epoch, Arc::new(prover))
    }
}

impl<'r, P: Backend> Aggregator<'r, P> {
    /// Takes readings of devices that `registry` has at the end of `epoch`, and proves them with this prover, which other epochs may
    /// share. A policy that the epoch or the prover's shape does not fit shows at the first offer.
    ///
    /// # Errors
    /// [`Error::NoEpoch`].
    pub fn new(
        policy: &Policy,
        registry: &'r Registry,
        epoch: u32,
        prover: Arc<Prover<Aggregate, P>>,
    ) -> Result<Self, Error> {
        policy.interval(epoch)?;
        Ok(Aggregator {
            policy: policy.clone(),
            registry,
            epoch,
            prover,
            binding: Binding::NONE,
            take: Take::default(),
            cancel: Cancel::default(),
            hear: Hear::default(),
            offered: 0,
            chunks: BTreeMap::new(),
        })
    }

    /// Binds the proofs to a chain, a contract and a recipient; they are bound to nothing unless this is called.
    #[must_use]
    pub fn binding(self, binding: Binding) -> Self {
        Aggregator { binding, ..self }
    }

    /// Takes this one of the good readings of a device, the earliest unless this is called. Say so before the first is offered.
    #[must_use]
    pub fn taking(self, take: Take) -> Self {
        Aggregator { take, ..self }
    }

    /// Ends proving when this is switched.
    #[must_use]
    pub fn cancel(self, cancel: &Cancel) -> Self {
        Aggregator { cancel: cancel.clone(), ..self }
    }

    /// Tells of each chunk as its proof is done, from the thread that made it. How far one proof is, a prover tells that was built with
    /// [`ProverBuilder::progress`](zksensor_prover::ProverBuilder::progress).
    #[must_use]
    pub fn progress(self, hear: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Aggregator { hear: Hear::new(hear), ..self }
    }

    /// The prover, for the next epoch.
    pub fn prover(&self) -> Arc<Prover<Aggregate, P>> {
        self.prover.clone()
    }

    /// What proofs are verified with. Whoever verifies gets it, or its id, from somebody they trust.
    pub fn verifying_key(&self) -> P::VerifyingKey {
        self.prover.verifying_key().clone()
    }

    /// Takes a signed reading, or says with its rule why not, by its number: the first that is offered is 1. A refusal changes nothing.
    /// Of the good readings of a device one is taken, and the others are [passed over](RefusalReason::is_passed_over).
    #[must_use = "a refused reading is not part of the mean"]
    pub fn offer(&mut self, signed: SignedReading) -> Option<Refusal> {
        self.offered += 1;
        self.take(signed).err()
    }

    /// As [`Aggregator::offer`], of the bytes that a device sent. Those that are no signed reading are refused like any other.
    #[must_use = "a refused reading is not part of the mean"]
    pub fn offer_bytes(&mut self, bytes: &[u8]) -> Option<Refusal> {
        self.offered += 1;
        match SignedReading::decode(bytes) {
            Ok(signed) => self.take(signed).err(),
            Err(error) => Some(Refusal::undecoded(self.offered, error)),
        }
    }

    fn take(&mut self, signed: SignedReading) -> Result<(), Refusal> {
        let row = self.offered;
        let stranger = Refusal { row, reason: RefusalReason::NotEnrolled };
        let position = self.registry.position_of(signed.key()).ok_or(stranger)?;
        let statement = *self.prover.statement();
        let chunk = chunk_of(&statement, position);
        let new = || {
            let target = AggregateTarget { epoch: self.epoch, chunk, binding: Binding::NONE };
            let (policy, fence) = (*self.policy.model(), self.policy.fence().model().clone());
            AggregateAssembly::new(statement, policy, fence, self.registry, target).taking(self.take)
        };
        self.chunks.entry(chunk).or_insert_with(new).offer(row, signed)
    }

    /// Proves every chunk of the registry of which k devices or more have a reading that was taken; tells of the others. Each proof was
    /// verified. This blocks the thread for as long as it takes.
    ///
    /// # Errors
    /// [`Error::Assemble`] if what was taken does not hold together, [`Error::Prove`] if there are no threads. What is wrong with one
    /// proof, or that it was cancelled, is in [`Chunks::failed`].
    pub fn prove_all_chunks(self) -> Result<Chunks<P>, Error> {
        self.round()?.prove()
    }

    /// As [`Aggregator::prove_all_chunks`], on a thread of its own that starts at once: await what it gives. No executor is asked for.
    ///
    /// # Errors
    /// [`Error::Assemble`] at once; [`Error::Thread`] if it cannot be started.
    pub fn prove_all_chunks_async(self) -> Result<Proving<P>, Error> {
        Proving::start(self.round()?)
    }

    /// What there is to prove, and what there is too little of.
    fn round(self) -> Result<Round<P>, Error> {
        let wanted = self.policy.model().parts().k;
        let Aggregator { registry, prover, binding, cancel, hear, mut chunks, .. } = self;
        let (mut jobs, mut too_few) = (Vec::new(), Vec::new());
        for (chunk, registered) in devices_of_chunks(registry, prover.statement()) {
            let assembly = chunks.remove(&chunk);
            let taken = assembly.as_ref().map_or(0, Assemble::len);
            match assembly.filter(|_| taken >= wanted as usize) {
                Some(assembly) => {
                    let Assembled { statement, inputs, witness } = assembly.finish()?;
                    let inputs = AggregateInputs { binding, ..inputs };
                    let job = Job::new(statement, inputs, witness).map_err(AssembleError::from)?;
                    jobs.push((chunk, job));
                }
                None => too_few.push(TooFew { chunk, registered, taken, wanted }),
            }
        }
        Ok(Round { prover, jobs, too_few, cancel, hear })
    }
}

impl<P: Backend> fmt::Debug for Aggregator<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregator")
            .field("policy", &self.policy.id())
            .field("epoch", &self.epoch)
            .field("offered", &self.offered)
            .field("chunks", &self.chunks)
            .finish_non_exhaustive()
    }
}

/// A shape for this policy and registry: the fence's triangles, chunks of 512 positions, and as many readings as the fullest of them has
/// devices, at least k and at most 64 unless k is more.
#[cfg(any(feature = "insecure-setup", feature = "mock"))]
fn shape_of(policy: &Policy, registry: &Registry) -> Result<Aggregate, Error> {
    let smallest = Aggregate::new(1, TRIANGLES, LEVELS)?;
    let fullest = devices_of_chunks(registry, &smallest).into_values().max().unwrap_or(0);
    let k = policy.model().parts().k as usize;
    let triangles = policy.fence().model().triangles().len().next_multiple_of(TRIANGLES);
    Ok(Aggregate::new(fullest.min(MOST_READINGS).max(k), triangles, LEVELS)?)
}

/// The chunk of a position in this shape.
fn chunk_of(statement: &Aggregate, position: zksensor_model::registry::Position) -> Chunk {
    Chunk::around(position, statement.first_chunk().levels())
        .expect("the levels of a shape are those of a chunk")
}

/// Chunks that have any device, with their number.
fn devices_of_chunks(registry: &Registry, statement: &Aggregate) -> BTreeMap<Chunk, usize> {
    let chunks = registry.chunks(statement.first_chunk().levels());
    chunks.expect("the levels of a shape are those of a chunk")
}

/// The aggregate of an id.
///
/// # Errors
/// [`Error::Statement`] if it is another statement's, [`Error::Shape`] if there is no such shape.
pub(super) fn statement_of(id: &StatementId) -> Result<Aggregate, Error> {
    let statement = Aggregate::of_shape(&id.shape);
    match statement {
        Ok(statement) if statement.id() == *id => Ok(statement),
        Err(error) if id.name == Aggregate::FAMILY.name() => Err(error.into()),
        _ => {
            let wanted = Aggregate::id_of(Vec::new()).title();
            Err(Error::Statement { what: "a key", wanted, got: id.title() })
        }
    }
}
