//! Frames beside readings: one account brings surveys to a feed of surveys, and means to one of means.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use zksensor::circuits::statement::survey::Survey;
use zksensor::model::claim::ClaimFamily as _;
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::frame::{Frame, FrameHeader, FrameLink, Sample};
use zksensor::model::policy::{Policy, PolicyParts};
use zksensor::model::reading::{Location, PayloadHash, Reading, UnixMillis};
use zksensor::model::registry::{Chunk, Registry};
use zksensor::model::schema::ABSENT;
use zksensor::model::survey::{SurveyParts, SurveyRules};
use zksensor::prover::{Prover, insecure_setup};
use zksensor::rand::SeedableRng;
use zksensor::solidity::feed::registry::{NO_PARENT, post};
use zksensor::solidity::feed::{FeedSetup, PolicyTerms, StateContract, aggregates, router, surveys};
use zksensor::solidity::{Address, ContractKey, create2};
use zksensor_chain::Part;
use zksensor_node::intake::{Answer, Intake, Item};
use zksensor_node::place::{ChainFeed, Wanted};
use zksensor_node::prove::Local;
use zksensor_node::served::Served;
use zksensor_node::view::{EpochState, Show};

use crate::node::{ACCOUNTS, Anvil, START_S};
use crate::station::{Station, TIMES};
use crate::town::{CHUNK_BITS, K};
use crate::world::{SALT, World, enrolled, operator, part, verifier};

const NAME: &str = "ride";
/// Devices of a registry; those of two of its chunks speak.
const ENROLLED: u8 = 48;
const LEVELS: u8 = CHUNK_BITS / 3;
/// Samples of each frame, of which the first lies outside.
const SAMPLES: u32 = 4;
/// Samples that the statement has place for.
const CAPACITY: usize = 7;
const BEGINS_MS: u64 = 1000 * (START_S + 2 * 3600);

/// Devices, a policy over their frames, and its contracts.
struct Ride {
    registry: Registry,
    /// Chunk after chunk.
    devices: Vec<DeviceKey>,
    chunks: Vec<u32>,
    policy: Policy,
    prover: Arc<Prover<Survey>>,
    key: ContractKey,
    verifier: Part,
    feed: Part,
}

fn leaf(key: &DeviceKey) -> Leaf {
    let identity = DeviceSecret::from_be_bytes(&[3; 32]).unwrap().identity();
    let attributes = Attributes { class: 1, expiry: UnixMillis::MAX, owner: 0 };
    Leaf { key: *key.public(), identity, attributes }
}

/// A tree of devices, as many of each of two of its chunks as a proof needs, and those chunks.
fn devices() -> (Registry, Vec<DeviceKey>, Vec<u32>) {
    let keys: Vec<DeviceKey> = (1..=ENROLLED).map(|seed| DeviceKey::from_seed([seed; 32])).collect();
    let mut registry = Registry::new();
    let positions = registry.enrol_all(keys.iter().map(leaf)).unwrap();
    let mut chunks: BTreeMap<u32, Vec<DeviceKey>> = BTreeMap::new();
    for (position, key) in positions.into_iter().zip(keys) {
        chunks.entry(Chunk::around(position, LEVELS).unwrap().index()).or_default().push(key);
    }
    let full = chunks.into_iter().filter(|(_, keys)| keys.len() >= K).take(2);
    let (chunks, full): (Vec<u32>, Vec<_>) = full.unzip();
    let devices: Vec<DeviceKey> = full.into_iter().flat_map(|keys| keys.into_iter().take(K)).collect();
    assert_eq!(devices.len(), 2 * K);
    (registry, devices, chunks)
}

impl Ride {
    fn new() -> Ride {
        let (world, owner) = (World::get(), operator());
        let statement = Survey::new(K, CAPACITY, 8, LEVELS.into(), false).unwrap();
        let rules = SurveyParts { least_samples: 2, most_left_out: 1, quality: None };
        let policy = Policy::new(PolicyParts {
            family: Survey::FAMILY,
            statement_version: Survey::VERSION,
            parameters: SurveyRules::new(rules).unwrap().parameters(),
            ..*world.town.policy.model().parts()
        })
        .unwrap();
        let toxic = insecure_setup(&statement, &mut ChaCha20Rng::from_seed([8; 32]), &()).unwrap();
        let prover = Prover::builder(statement, toxic).build().unwrap();
        let key = ContractKey::new(prover.verifier().key()).unwrap();
        let setup = FeedSetup {
            router: world.address("router"),
            registry: world.address("registry"),
            owner,
            guardian: owner,
            window_ms: 3_600_000,
            min_count: K as u32,
            chunk_bits: CHUNK_BITS,
            decimals: 2,
            terms: PolicyTerms::of(&policy).unwrap(),
            description: "Temperature of a ride".to_owned(),
        };
        let feed = part("feed", StateContract::SurveyFeed, setup.init_code());
        let (registry, devices, chunks) = devices();
        let verifier = verifier(&key);
        Ride { registry, devices, chunks, policy, prover: Arc::new(prover), key, verifier, feed }
    }

    fn address(&self) -> Address {
        self.feed.address(&SALT)
    }

    /// A chain with the town's contracts and its own, where its devices are posted and the operator is an aggregator of both feeds.
    fn on_chain(&self, name: &str) -> Option<Anvil> {
        let world = World::get();
        let anvil = world.without_posts(name, 1)?;
        let send = |to: &Address, data: &[u8]| anvil.send(ACCOUNTS[0], &to.to_string(), data);
        for part in [&self.verifier, &self.feed] {
            send(&create2::FACTORY, &part.call(&SALT).data);
        }
        let code_hash = self.verifier.code_hash.unwrap();
        send(&world.address("router"), &router::add(&self.verifier.address(&SALT), &code_hash));
        send(&self.address(), &aggregates::set_aggregator(&operator(), 0, u32::MAX));
        let post = post(self.registry.root(), &NO_PARENT, &enrolled(&self.registry));
        send(&world.address("registry"), &post);
        anvil.settle();
        Some(anvil)
    }

    fn served(&self, place: ChainFeed) -> Served {
        let fence = World::get().town.policy.fence().model().clone();
        let prover = Arc::new(Local(self.prover.clone()));
        Served::new(NAME, (self.policy, fence), TIMES, prover, Box::new(place)).unwrap()
    }

    /// What the device measured, ten seconds apart: the first sample lies outside the fence.
    fn frame(&self, device: usize) -> Item {
        let parts = self.policy.parts();
        let header = FrameHeader {
            network: parts.network,
            schema: parts.schema,
            sequence: 1,
            start: UnixMillis::new(BEGINS_MS + 1000).unwrap(),
            link: FrameLink::NONE,
            payload_hash: PayloadHash::NONE,
        };
        let sample = |nth: u32| {
            let mut channels = [ABSENT; 3];
            channels[usize::from(parts.channel)] = value(device, nth);
            let location = Location::from_e7(481_500_000, if nth == 0 { 125_500_000 } else { 115_500_000 });
            Sample { offset_ms: 10_000 * nth, location: location.unwrap(), accuracy_mm: 1000, channels }
        };
        let frame = Frame::new(header, (0..SAMPLES).map(sample).collect()).unwrap();
        Item::Frame(self.devices[device].sign_frame(frame).encode())
    }

    /// The last of these samples, as a reading.
    fn reading(&self, device: usize) -> Item {
        let parts = self.policy.parts();
        let mut channels = [ABSENT; 4];
        channels[usize::from(parts.channel)] = value(device, SAMPLES - 1);
        let reading = Reading {
            network: parts.network,
            schema: parts.schema,
            sequence: 2,
            time: UnixMillis::new(BEGINS_MS + 60_000).unwrap(),
            location: Location::from_e7(481_500_000, 115_500_000).unwrap(),
            accuracy_mm: 1000,
            channels,
            payload_hash: PayloadHash::NONE,
        };
        Item::Reading(self.devices[device].sign(&reading).unwrap().encode().to_vec())
    }
}

fn value(device: usize, nth: u32) -> i64 {
    2000 + 10 * device as i64 + i64::from(nth)
}

/// What the feed answers to a call, a number.
fn asked(anvil: &Anvil, feed: &Address, data: &[u8]) -> u32 {
    let call =
        serde_json::json!([{ "to": feed.to_string(), "data": zksensor::model::hex::encode(data) }, "latest"]);
    let output = anvil.ask("eth_call", call);
    surveys::decode_devices(&zksensor::model::hex::decode_all(output.as_str().unwrap()).unwrap()).unwrap()
}

#[test]
fn surveys_and_means_of_the_same_devices_come_to_their_feeds_by_one_account() {
    let ride = Ride::new();
    let Some(anvil) = ride.on_chain("node: surveys") else { return };
    let station = Station::on(anvil, ride.registry.clone());
    let account = station.account();
    let mut feed = ChainFeed::new(account.clone(), ride.address().0, ride.key.id());
    let policy_id = ride.policy.id().to_string();
    let wanted = Wanted { policy_id: &policy_id, grace: Duration::from_secs(60), chunk_bits: CHUNK_BITS };
    assert_eq!(feed.examine(&wanted).unwrap(), Vec::<String>::new());
    let of_means = World::get().town.policy.model().id().to_string();
    let wrong = feed.examine(&Wanted { policy_id: &of_means, ..wanted }).unwrap();
    assert!(wrong.len() == 1 && wrong[0].contains(&policy_id), "{wrong:?}");

    let core = station.start_of(vec![station.served(account), ride.served(feed)]);
    station.at(16, 30);
    let items = (0..2 * K).flat_map(|device| [ride.frame(device), ride.reading(device)]);
    let answers = core.take(items.collect()).unwrap();
    assert!(answers.iter().all(|answer| *answer == Answer::Accepted), "{answers:?}");
    let before = station.sent();
    station.at(17, 2);
    let ended = |core: &zksensor_node::core::Core| {
        let of_first = core.view().epochs.into_iter().filter(|epoch| epoch.epoch == 0);
        of_first
            .filter(|epoch| matches!(epoch.state, EpochState::Final | EpochState::Ended))
            .collect::<Vec<_>>()
    };
    station.until(&core, "they do not end", |core| ended(core).len() == 2);
    for epoch in ended(&core) {
        assert_eq!((epoch.state, epoch.proven, &epoch.reason), (EpochState::Final, 2, &None), "{epoch:?}");
    }
    assert_eq!(station.sent(), before + 2, "a transaction for the chunks of each");
    for chunk in &ride.chunks {
        assert_eq!(asked(&station.anvil, &ride.address(), &surveys::devices_of(0, *chunk)), K as u32);
    }
    let node = crate::world::node(&station.anvil);
    let state = |feed: &Address| {
        let state = zksensor_chain::block_on(node.feed(feed, 3)).unwrap().unwrap();
        let round = state.epochs.iter().find(|epoch| epoch.epoch == 0).unwrap().round;
        (round.count, round.sum)
    };
    let sum = |from: u32| {
        let of_device = move |device| (from..SAMPLES).map(move |nth| i128::from(value(device, nth)));
        (0..2 * K).flat_map(of_device).sum::<i128>()
    };
    // Of a frame all samples count but the one outside.
    assert_eq!(state(&ride.address()), (2 * K as u32 * (SAMPLES - 1), sum(1)));
    assert_eq!(state(&World::get().address("feed")), (2 * K as u32, sum(SAMPLES - 1)));
}
