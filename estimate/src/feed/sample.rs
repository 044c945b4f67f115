//! Keys and proofs for the feeds that are measured, under the address of a registry that is not there yet.

use rand::{CryptoRng, RngCore};
use zksensor_circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble};
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::{Binding, Claim, Job, StatementId};
use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor_model::policy::{Outputs, Policy, PolicyParts};
use zksensor_model::reading::{Network as Signed, Reading, UnixMillis};
use zksensor_model::registry::{Chunk, Position, Registry, RegistryRoot};
use zksensor_prover::{Progress, Prover, insecure_setup};
use zksensor_solidity::ContractKey;
use zksensor_solidity::evm::{Address, Chain, Evm};
use zksensor_solidity::feed::registry::Ops;
use zksensor_solidity::feed::{FeedSetup, Network, PolicyTerms, Roles};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::Proof;

use crate::EstimateError;

/// The chain: Polygon's schedule, and a test chain, as the keys are made here.
pub(super) const CHAIN: Chain = Chain::Amoy;
/// Who is who: made-up addresses.
pub(super) const ROLES: Roles =
    Roles { owner: Address([0x0a; 20]), guardian: Address([0x0b; 20]), registrar: Address([0x0c; 20]) };
/// Whom the proofs are bound to.
pub(super) const AGGREGATOR: Address = Address([0x0d; 20]);
/// An epoch, and how long a root waits until it counts.
pub(super) const EPOCH_S: u64 = 3600;
/// The epoch that is proven begins when the roots count that are posted as the chain begins.
pub(super) const EPOCH: u32 = 0;
pub(super) const ORIGIN_S: u64 = Evm::START + 2 * EPOCH_S;
/// Leaves of the posts: one, then many, then one more.
pub(super) const LEAVES: [usize; 3] = [1, 1000, 1];
/// The post that counts in the epoch.
pub(super) const ROOT_INDEX: u64 = 1;
/// Aggregates of different chunks.
pub(super) const CHUNKS: usize = 10;

/// The shapes of the proofs.
pub(super) struct Shapes {
    /// Of two readings or more, in a chunk that is the whole registry.
    whole: Aggregate,
    /// In chunks of 64 positions.
    chunks: Aggregate,
}

impl Shapes {
    /// The least ones that hold the fence of the made-up fleet.
    pub(super) fn least() -> Result<Self, EstimateError> {
        Self::new(2, 1, 16)
    }

    pub(super) fn new(whole: usize, chunk: usize, triangles: usize) -> Result<Self, EstimateError> {
        let most = Chunk::MOST_LEVELS.into();
        let least = Chunk::LEAST_LEVELS.into();
        Ok(Shapes {
            whole: Aggregate::new(whole, triangles, most)?,
            chunks: Aggregate::new(chunk, triangles, least)?,
        })
    }
}

/// What a feed is made with, and proofs for it.
pub(super) struct Fed {
    pub(super) setup: FeedSetup,
    pub(super) claims: Vec<(Proof, AggregateInputs)>,
}

/// Everything that is sent.
pub(super) struct Sample {
    pub(super) posts: Vec<(RegistryRoot, Ops)>,
    pub(super) whole_key: ContractKey,
    pub(super) chunk_key: ContractKey,
    /// One reading, then two.
    pub(super) whole: Fed,
    /// One reading, with least and greatest value.
    pub(super) extras: Fed,
    /// One reading of each of ten chunks.
    pub(super) chunks: Fed,
}

/// Devices and where they are enrolled.
struct Devices {
    fleet: Fleet,
    keys: Vec<DeviceKey>,
    registry: Registry,
    posts: Vec<(RegistryRoot, Ops)>,
}

impl Sample {
    pub(super) fn new<R: RngCore + CryptoRng + ?Sized>(
        shapes: &Shapes,
        rng: &mut R,
        progress: &dyn Progress,
    ) -> Result<Self, EstimateError> {
        let devices = Devices::new(rng)?;
        let setups = setups(&devices)?;
        let [whole, extras, chunks] = setups;

        let prover = Prover::builder(shapes.whole, insecure_setup(&shapes.whole, rng, progress)?).build()?;
        let (setup, policy) = whole;
        let jobs = [1, 2]
            .map(|count| devices.job(shapes.whole, &policy, &setup, shapes.whole.first_chunk(), 0..count));
        let whole = fed(&prover, setup, jobs, rng)?;
        let (setup, policy) = extras;
        let jobs = [devices.job(shapes.whole, &policy, &setup, shapes.whole.first_chunk(), 0..1)];
        let extras = fed(&prover, setup, jobs, rng)?;
        let whole_key =
            ContractKey::new(prover.verifier().key()).map_err(zksensor_solidity::gas::GasError::from)?;

        let prover =
            Prover::builder(shapes.chunks, insecure_setup(&shapes.chunks, rng, progress)?).build()?;
        let (setup, policy) = chunks;
        let jobs = devices
            .of_different_chunks()
            .into_iter()
            .map(|(chunk, device)| devices.job(shapes.chunks, &policy, &setup, chunk, device..device + 1));
        let jobs: Vec<_> = jobs.collect();
        let chunks = fed(&prover, setup, jobs, rng)?;
        let chunk_key =
            ContractKey::new(prover.verifier().key()).map_err(zksensor_solidity::gas::GasError::from)?;
        Ok(Sample { posts: devices.posts, whole_key, chunk_key, whole, extras, chunks })
    }
}

/// Proves, one after the other.
fn fed<R: RngCore + CryptoRng + ?Sized>(
    prover: &Prover<Aggregate>,
    setup: FeedSetup,
    jobs: impl IntoIterator<Item = Result<Job<Aggregate>, EstimateError>>,
    rng: &mut R,
) -> Result<Fed, EstimateError> {
    let claims = jobs.into_iter().map(|job| {
        let job = job?;
        Ok((prover.prove(&job.assignment(), rng)?, *job.inputs()))
    });
    Ok(Fed { claims: claims.collect::<Result<_, EstimateError>>()?, setup })
}

/// The feeds: one chunk; one chunk with least and greatest value; many chunks. Each with its policy.
fn setups(devices: &Devices) -> Result<[(FeedSetup, Policy); 3], EstimateError> {
    let feed = |outputs, levels| {
        let policy = policy(&devices.fleet, outputs);
        Ok::<_, EstimateError>((setup(levels, PolicyTerms::of(&policy)?), policy))
    };
    let extremes = Outputs { minimum: true, maximum: true, ..Outputs::default() };
    Ok([
        feed(Outputs::default(), Chunk::MOST_LEVELS)?,
        feed(extremes, Chunk::MOST_LEVELS)?,
        feed(Outputs::default(), Chunk::LEAST_LEVELS)?,
    ])
}

/// A fleet's policy, with the epochs of the feeds here and for their registry.
pub(super) fn policy(fleet: &Fleet, outputs: Outputs) -> Policy {
    let (_, registry) = Network::predicted(&ROLES, EPOCH_S);
    let parts = PolicyParts {
        network: Signed::new(CHAIN.id(), registry.0),
        epoch_origin: UnixMillis::new(1000 * ORIGIN_S).expect("a time of this century"),
        epoch_length_ms: 1000 * EPOCH_S,
        k: 1,
        device_class: None,
        outputs,
        insecure_small_k: true,
        ..*fleet.policy.parts()
    };
    Policy::new(parts).expect("the fleet's, with other epochs")
}

/// What a feed of chunks of so many levels is made with.
pub(super) fn setup(levels: u8, terms: PolicyTerms) -> FeedSetup {
    let Roles { owner, guardian, .. } = ROLES;
    let (router, registry) = Network::predicted(&ROLES, EPOCH_S);
    FeedSetup {
        router,
        registry,
        owner,
        guardian,
        window_ms: 1000 * EPOCH_S,
        min_count: 1,
        chunk_bits: 3 * levels,
        decimals: 3,
        terms,
        description: "Temperature of a made-up fleet".to_owned(),
    }
}

/// A reading of a device of the fleet, so many milliseconds after the epoch began.
pub(super) fn reading(fleet: &Fleet, policy: &Policy, device: usize, after_ms: u64) -> Reading {
    let time = UnixMillis::new(1000 * ORIGIN_S + after_ms).expect("a time of this century");
    Reading { network: policy.parts().network, time, ..fleet.reading(device) }
}

/// What a proof for a feed is bound to.
pub(super) fn target(setup: &FeedSetup, statement: &StatementId, chunk: Chunk) -> AggregateTarget {
    let contract = Network::address_of(setup);
    let binding = Binding::new(CHAIN.id(), contract.0, AGGREGATOR.0, statement);
    AggregateTarget { epoch: EPOCH, chunk, binding }
}

impl Devices {
    fn new<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Result<Self, EstimateError> {
        let fleet = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::default() });
        let keys: Vec<DeviceKey> = (0..LEAVES.iter().sum()).map(|_| DeviceKey::generate(rng)).collect();
        let identity = DeviceSecret::generate(rng).identity();
        let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
        let leaves: Vec<Leaf> =
            keys.iter().map(|key| Leaf { key: *key.public(), identity, attributes }).collect();
        let (mut tree, mut posts, mut rest) = (Registry::new(), Vec::new(), &leaves[..]);
        let mut registry = tree.clone();
        for count in LEAVES {
            let (now, later) = rest.split_at(count);
            tree.enrol_all(now.iter().copied()).expect("new keys of prime order");
            let mut ops = Ops::new();
            now.iter().for_each(|leaf| ops.enrol(leaf));
            posts.push((tree.root(), ops));
            if posts.len() as u64 == ROOT_INDEX + 1 {
                registry = tree.clone();
            }
            rest = later;
        }
        Ok(Devices { fleet, keys, registry, posts })
    }

    /// Ten chunks in rising order, and a device of each by its number.
    fn of_different_chunks(&self) -> Vec<(Chunk, usize)> {
        let mut found: Vec<(Chunk, usize)> = Vec::new();
        for device in 0..self.registry.len() {
            let position = Position::of_enrolment(device as u32).expect("so many are enrolled");
            let chunk = Chunk::around(position, Chunk::LEAST_LEVELS).expect("levels of a chunk");
            if found.len() < CHUNKS && found.iter().all(|(of, _)| *of != chunk) {
                found.push((chunk, device));
            }
        }
        found.sort_by_key(|(chunk, _)| chunk.index());
        found
    }

    /// An aggregate of these devices, each with a reading in the epoch, for the feed.
    fn job(
        &self,
        statement: Aggregate,
        policy: &Policy,
        setup: &FeedSetup,
        chunk: Chunk,
        devices: std::ops::Range<usize>,
    ) -> Result<Job<Aggregate>, EstimateError> {
        let target = target(setup, &statement.id(), chunk);
        let mut assembly =
            AggregateAssembly::new(statement, *policy, self.fleet.fence.clone(), &self.registry, target);
        for device in devices {
            let reading = reading(&self.fleet, policy, device, 1000 + device as u64);
            let signed = self.keys[device].sign(&reading).expect("the accuracy is not zero");
            assembly.offer(device as u64, signed)?;
        }
        Ok(assembly.job()?)
    }
}
