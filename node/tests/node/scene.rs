//! A town: devices, some of which speak, two policies over them, and the readings that they sign.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use zksensor::circuits::statement::Job;
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor::mock::{Mock, MockKey};
use zksensor::model::claim::{Binding, Claim, StatementId};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::reading::{Location, PayloadHash, Reading, SignedReading, UnixMillis};
use zksensor::model::registry::{Chunk, Registry};
use zksensor::prelude::{Fence, Policy, air_quality};
use zksensor::prover::{Cancel, ProverBuilder};
use zksensor_node::clock::{Clock, SetClock};
use zksensor_node::core::Core;
use zksensor_node::intake::{Answer, Intake, Item};
use zksensor_node::place::{Brought, NotBrought, Parcel, Place, Whereabouts};
use zksensor_node::prove::{Local, NoProof, Proves, Why};
use zksensor_node::registries::{KnownRegistries, Registries};
use zksensor_node::seal::StoreKey;
use zksensor_node::served::{Served, Times};
use zksensor_node::store::{Disk, Store};
use zksensor_node::toy::{Toy, ToyFeed, ToyKey};
use zksensor_node::view::{EpochView, Show};

use crate::ride::{RIDE, Surveys, ride};

/// The number of the policy of frames, beside those of readings.
pub(crate) const OF_FRAMES: usize = 2;
/// The first epoch, in milliseconds since 1970: two hours after a chain in memory begins.
pub(crate) const ORIGIN: u64 = 1_779_379_200_000;
/// An epoch.
pub(crate) const LENGTH: u64 = 600_000;
/// Epochs that devices sign readings for.
pub(crate) const EPOCHS: u32 = 3;
pub(crate) const GRACE: u64 = 60_000;
pub(crate) const K: u32 = 3;
const ENROLLED: u8 = 48;
/// The seed of a device that is not.
pub(crate) const ENROLLED_ELSEWHERE: u8 = 200;
/// Levels of a chunk: 64 positions.
const LEVELS: usize = 2;
/// Devices of a chunk that speak.
const SPEAK: usize = 5;
const OUTLINE: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;

/// A reading that a device signed.
pub(crate) struct Signed {
    pub(crate) device: usize,
    pub(crate) epoch: u32,
    pub(crate) time: u64,
    pub(crate) value: i64,
    pub(crate) bytes: Vec<u8>,
}

/// The devices that speak, by their chunks, and what they say.
pub(crate) struct Town {
    pub(crate) policies: [Policy; 2],
    pub(crate) registry: Registry,
    /// Key and chunk of each device that speaks.
    pub(crate) devices: Vec<(DeviceKey, u32)>,
    pub(crate) readings: Vec<Signed>,
}

/// The same for all tests: signing takes longer than most of them.
pub(crate) fn town() -> &'static Town {
    static TOWN: OnceLock<Town> = OnceLock::new();
    TOWN.get_or_init(Town::new)
}

fn policy(low: &str) -> Policy {
    let registry = Toy::registry_address();
    let policy = Policy::on_chain(80_002, registry).mean(air_quality::TEMPERATURE).between(low, "60");
    let policy = policy.inside(Fence::geojson(OUTLINE).unwrap()).epochs("2026-05-21T16:00:00Z", LENGTH);
    policy.accuracy_m("50").at_least(K).insecure_small_k().build().unwrap()
}

impl Town {
    fn new() -> Town {
        // The second asks for warmer air, which some have not.
        let policies = [policy("-40"), policy("20.20")];
        let keys: Vec<DeviceKey> = (1..=ENROLLED).map(|seed| DeviceKey::from_seed([seed; 32])).collect();
        let mut registry = Registry::new();
        let positions = registry.enrol_all(keys.iter().map(leaf)).unwrap();
        let mut chunks: BTreeMap<u32, Vec<DeviceKey>> = BTreeMap::new();
        for (position, key) in positions.into_iter().zip(keys) {
            let chunk = Chunk::around(position, LEVELS as u8).unwrap().index();
            chunks.entry(chunk).or_default().push(key);
        }
        let full = chunks.into_iter().filter(|(_, keys)| keys.len() >= SPEAK).take(2);
        let devices: Vec<(DeviceKey, u32)> = full
            .flat_map(|(chunk, keys)| keys.into_iter().take(SPEAK).map(move |key| (key, chunk)))
            .collect();
        assert_eq!(devices.len(), 2 * SPEAK);
        let mut town = Town { policies, registry, devices, readings: Vec::new() };
        for epoch in 0..EPOCHS {
            for device in 0..town.devices.len() {
                for nth in 0..3u64 {
                    let time = ORIGIN + u64::from(epoch) * LENGTH + 30_000 + nth * 200_000 + device as u64;
                    let value = 2000 + 10 * device as i64 + 7 * nth as i64 + 100 * i64::from(epoch);
                    let bytes = town.sign(device, time, value, time);
                    town.readings.push(Signed { device, epoch, time, value, bytes });
                }
            }
        }
        town
    }

    /// A reading inside the fence.
    pub(crate) fn reading(&self, time: u64, value: i64, sequence: u64) -> Reading {
        let parts = self.policies[0].model().parts();
        let mut channels = [zksensor::model::schema::ABSENT; 4];
        channels[usize::from(parts.channel)] = value;
        Reading {
            network: parts.network,
            schema: parts.schema,
            sequence,
            time: UnixMillis::new(time).unwrap(),
            location: Location::from_e7(481_500_000, 115_500_000).unwrap(),
            accuracy_mm: 1000,
            channels,
            payload_hash: PayloadHash::NONE,
        }
    }

    pub(crate) fn sign(&self, device: usize, time: u64, value: i64, sequence: u64) -> Vec<u8> {
        self.sign_of(device, &self.reading(time, value, sequence))
    }

    pub(crate) fn sign_of(&self, device: usize, reading: &Reading) -> Vec<u8> {
        self.devices[device].0.sign(reading).unwrap().encode().to_vec()
    }

    /// The registry without a device that speaks.
    pub(crate) fn without(&self, device: usize) -> Registry {
        let mut registry = self.registry.clone();
        let position = registry.position_of(self.devices[device].0.public()).unwrap();
        registry.revoke(position).unwrap();
        registry
    }
}

pub(crate) fn leaf(key: &DeviceKey) -> Leaf {
    let identity = DeviceSecret::from_be_bytes(&[3; 32]).unwrap().identity();
    let attributes = Attributes { class: 1, expiry: UnixMillis::MAX, owner: 0 };
    Leaf { key: *key.public(), identity, attributes }
}

/// What the statement of both policies is.
pub(crate) fn statement() -> Aggregate {
    Aggregate::new(8, 8, LEVELS).unwrap()
}

/// Makes mocks, and remembers of what.
#[derive(Clone)]
pub(crate) struct Counted {
    local: Arc<Local<Aggregate, Mock>>,
    pub(crate) made: Arc<Mutex<Vec<AggregateInputs>>>,
    pub(crate) fails: Arc<Mutex<u32>>,
}

/// What the mocks of the statement are made and verified with.
pub(crate) fn key() -> MockKey {
    MockKey::new(&statement().id())
}

impl Counted {
    pub(crate) fn new() -> Self {
        let prover = ProverBuilder::<Aggregate, Mock>::new(statement(), key()).build().unwrap();
        Counted { local: Arc::new(Local(Arc::new(prover))), made: Arc::default(), fails: Arc::default() }
    }
}

/// A prover that is to fail so often panics first.
pub(crate) const PANICS: u32 = 1_000_000;

impl Proves<Aggregate> for Counted {
    fn statement(&self) -> Aggregate {
        statement()
    }

    fn prove(&self, job: &Job<Aggregate>, cancel: &Cancel) -> Result<String, NoProof> {
        let left = {
            let mut fails = self.fails.lock().unwrap();
            let left = *fails;
            *fails = left.saturating_sub(1);
            left
        };
        assert_ne!(left, PANICS, "a prover that panics");
        if left > 0 {
            return Err(NoProof { reason: "no memory".to_owned(), why: Why::Failed });
        }
        self.made.lock().unwrap().push(*job.inputs());
        self.local.prove(job, cancel)
    }
}

/// Remembers which proofs came back to the node.
struct Returned {
    proves: Arc<dyn Proves<Aggregate>>,
    returned: Arc<Mutex<Vec<AggregateInputs>>>,
}

impl Proves<Aggregate> for Returned {
    fn statement(&self) -> Aggregate {
        self.proves.statement()
    }

    fn prove(&self, job: &Job<Aggregate>, cancel: &Cancel) -> Result<String, NoProof> {
        let file = self.proves.prove(job, cancel)?;
        self.returned.lock().unwrap().push(*job.inputs());
        Ok(file)
    }
}

/// Blocks until one is final.
pub(crate) const CONFIRMATIONS: u64 = 160;

/// A chain of one's own, on which the town is known and both policies have a feed.
pub(crate) fn chain() -> (Toy, [ToyFeed; 2]) {
    use zksensor::model::layout::PublicInputs;
    static FIRST: OnceLock<(Toy, [ToyFeed; 2])> = OnceLock::new();
    let (first, feeds) = FIRST.get_or_init(|| {
        let key = key();
        let words = AggregateInputs::layout().words() as u32;
        let key = ToyKey::Mock { statement: statement().id(), words, id: key.key_id().digest() };
        let toy = Toy::new(&key, &town().registry, CONFIRMATIONS).unwrap();
        let feeds = town().policies.each_ref();
        let feeds = feeds.map(|policy| toy.add_feed(policy.model(), LENGTH, 3 * LEVELS as u8).unwrap());
        (toy, feeds)
    });
    let toy = first.fork();
    let feeds = feeds.each_ref().map(|feed| feed.on(toy.clone()));
    (toy, feeds)
}

/// What a shelf has of a policy, epoch and chunk.
pub(crate) type Shelf = BTreeMap<(String, u32, u32), String>;

/// A place that keeps proofs in memory.
#[derive(Clone, Default)]
pub(crate) struct Shelves(pub(crate) Arc<Mutex<Shelf>>);

impl Place for Shelves {
    fn binding(&self, _: &StatementId) -> Binding {
        Binding::NONE
    }

    fn bring(&mut self, parcels: &[Parcel<'_>]) -> Vec<Result<Brought, NotBrought>> {
        let put = |parcel: &Parcel<'_>| {
            let key = (parcel.policy.to_owned(), parcel.epoch, parcel.chunk);
            let old = self.0.lock().unwrap().insert(key, parcel.file.to_owned());
            assert!(old.is_none_or(|old| old == parcel.file), "two proofs of one chunk");
            Ok(Brought { receipt: "shelf".to_owned(), paid: None, is_final: true })
        };
        parcels.iter().map(put).collect()
    }

    fn look(&mut self, _: &Parcel<'_>, _: &str) -> Result<Whereabouts, NotBrought> {
        Ok(Whereabouts::Final(None))
    }
}

/// All that survives a node.
pub(crate) struct Scene {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) disk: crate::disk::SimDisk,
    pub(crate) key: StoreKey,
    /// Makes the proofs, wherever it is.
    pub(crate) prover: Counted,
    /// What the node asks for them.
    pub(crate) proves: Arc<dyn Proves<Aggregate>>,
    /// What it got.
    pub(crate) returned: Arc<Mutex<Vec<AggregateInputs>>>,
    /// The same of the policy of frames.
    pub(crate) surveys: Surveys,
    pub(crate) shelves: Shelves,
    pub(crate) registries: KnownRegistries,
    pub(crate) retention_ms: u64,
}

pub(crate) const NAMES: [&str; 2] = ["air", "warm"];

impl Scene {
    /// With a prover in the node's own process.
    pub(crate) fn new() -> Self {
        let prover = Counted::new();
        Scene {
            clock: Arc::new(SetClock::at(ORIGIN)),
            disk: crate::disk::SimDisk::new(1),
            key: StoreKey::from_bytes(&[0x5a; 32]),
            proves: Arc::new(prover.clone()),
            prover,
            returned: Arc::default(),
            surveys: Surveys::new(),
            shelves: Shelves::default(),
            registries: KnownRegistries(vec![(0, Arc::new(town().registry.clone()))]),
            retention_ms: 10 * LENGTH,
        }
    }

    pub(crate) fn store(&self) -> Store {
        Store::on(Box::new(self.disk.clone()) as Box<dyn Disk>, &self.key).unwrap()
    }

    /// A node as it starts.
    pub(crate) fn start(&self) -> Core {
        self.start_with(self.store(), |_| Box::new(self.shelves.clone()))
    }

    pub(crate) fn start_with(&self, store: Store, place: impl Fn(usize) -> Box<dyn Place>) -> Core {
        self.start_of(&[0, 1], store, place)
    }

    /// A node as it starts, which holds so many readings that wait to be stored.
    pub(crate) fn start_holding(&self, queue: usize) -> Core {
        self.start_of_holding(&[0, 1], self.store(), |_| Box::new(self.shelves.clone()), queue)
    }

    /// A node that serves some of the policies, of which the last is of frames.
    pub(crate) fn start_of(
        &self,
        policies: &[usize],
        store: Store,
        place: impl Fn(usize) -> Box<dyn Place>,
    ) -> Core {
        self.start_of_holding(policies, store, place, 10_000)
    }

    fn start_of_holding(
        &self,
        policies: &[usize],
        store: Store,
        place: impl Fn(usize) -> Box<dyn Place>,
        queue: usize,
    ) -> Core {
        let times = Times { grace_ms: GRACE, retention_ms: self.retention_ms, ahead_ms: 5_000 };
        let returned = Returned { proves: self.proves.clone(), returned: self.returned.clone() };
        let proves: Arc<dyn Proves<Aggregate>> = Arc::new(returned);
        let served = policies.iter().map(|&index| {
            if index == OF_FRAMES {
                let parts = (ride().policy, ride().fence.clone());
                return Served::new(RIDE, parts, times, self.surveys.asked(), place(index)).unwrap();
            }
            let policy = &town().policies[index];
            let parts = (*policy.model(), policy.fence().model().clone());
            Served::new(NAMES[index], parts, times, proves.clone(), place(index)).unwrap()
        });
        let registries = Box::new(self.registries.clone()) as Box<dyn Registries>;
        Core::new(store, served.collect(), registries, self.clock.clone() as Arc<dyn Clock>, queue)
    }
}

/// Sends every reading of an epoch, as it is time for them.
pub(crate) fn fill(scene: &Scene, core: &Core, epoch: u32) {
    scene.clock.set(ORIGIN + u64::from(epoch + 1) * LENGTH - 1);
    for signed in town().readings.iter().filter(|signed| signed.epoch == epoch) {
        assert_eq!(rule(&send(core, &signed.bytes)), "accepted");
    }
}

/// The first moment at which an epoch is closed.
pub(crate) fn after_grace(scene: &Scene, epoch: u32) {
    scene.clock.set(ORIGIN + u64::from(epoch + 1) * LENGTH + GRACE);
}

pub(crate) fn of(core: &Core, policy: &str, epoch: u32) -> EpochView {
    let view = core.view();
    view.epochs.into_iter().find(|of| of.policy == policy && of.epoch == epoch).unwrap()
}

/// Steps until nothing is due.
pub(crate) fn settle(core: &Core) {
    for _ in 0..1000 {
        if core.step().unwrap().is_nothing() {
            return;
        }
    }
    panic!("there is always something due");
}

pub(crate) fn send(core: &Core, bytes: &[u8]) -> Answer {
    core.take(vec![Item::Reading(bytes.to_vec())]).unwrap().remove(0)
}

/// The rule of a refusal.
pub(crate) fn rule(answer: &Answer) -> &str {
    match answer {
        Answer::Accepted => "accepted",
        Answer::Duplicate => "duplicate",
        Answer::Refused { rule, .. } => rule,
    }
}

/// The public inputs of a proof in a file.
pub(crate) fn inputs_of(file: &str) -> AggregateInputs {
    use zksensor::files::ProofFile;
    use zksensor::mock::MockProof;
    use zksensor::model::layout::PublicInputs;
    let file = ProofFile::<MockProof>::decode("proof".as_ref(), file.as_bytes()).unwrap();
    file.clone().verify(key()).unwrap();
    AggregateInputs::from_words(file.words()).unwrap()
}

/// The reading in bytes.
pub(crate) fn decoded(bytes: &[u8]) -> SignedReading {
    SignedReading::decode(bytes).unwrap()
}
