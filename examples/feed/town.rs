//! The town: a hundred stations, the tree that they are enrolled in, and proofs of the means of two chunks of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor::model::layout::PublicInputs;
use zksensor::model::registry::Chunk;
use zksensor::prelude::*;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::rand::{CryptoRng, RngCore};
use zksensor::solidity::evm::{Address, Chain};
use zksensor::verifier::Proof;

use super::Failure;

/// Stations of the town. They share eight chunks of 64 positions.
const STATIONS: usize = 100;
/// Fewest of a proof.
pub(crate) const K: usize = 5;
/// Most of a proof.
pub(crate) const MOST: usize = 10;
/// Levels of a chunk: two are 64 positions.
const LEVELS: usize = 2;
pub(crate) const CHUNK_BITS: u8 = 3 * LEVELS as u8;
const OUTLINE: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;
/// The first epoch begins two hours after the chain does; each is an hour.
const ORIGIN: &str = "2026-05-21T16:00:00Z";

/// A proof with what it shows.
pub(crate) type Proven = (Proof, AggregateInputs);

/// Everybody's devices, and the aggregator's key.
pub(crate) struct Town {
    pub(crate) policy: Policy,
    pub(crate) registry: Registry,
    pub(crate) prover: Arc<Prover<Aggregate>>,
    /// Two chunks in rising order, each with stations enough for a proof.
    pub(crate) chunks: [Vec<Device>; 2],
}

/// What a proof is of.
pub(crate) struct Wanted<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) devices: &'a [Device],
    pub(crate) epoch: u32,
    /// What the first one measures; each further one a tenth of a degree more.
    pub(crate) degrees: u32,
    /// What the proof is bound to.
    pub(crate) feed: Address,
    pub(crate) recipient: Address,
}

impl Town {
    /// A policy for readings that are signed for this registry contract, devices that sign them, and a key that is made with `rng`.
    pub(crate) fn new(
        registry_contract: Address,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Failure> {
        let policy = Policy::on_chain(Chain::Amoy.id(), registry_contract.0)
            .mean(air_quality::TEMPERATURE)
            .between("-40", "60")
            .inside(Fence::geojson(OUTLINE)?)
            .hourly(ORIGIN)
            .at_least(K as u32)
            .build()?;
        let stations = devices(STATIONS);
        let mut registry = Registry::new();
        let positions = registry.enrol_all(stations.iter().map(Device::leaf))?;
        let mut of_chunks: BTreeMap<u32, Vec<Device>> = BTreeMap::new();
        for (position, station) in positions.into_iter().zip(stations) {
            of_chunks.entry(Chunk::around(position, LEVELS as u8)?.index()).or_default().push(station);
        }
        let mut full = of_chunks.into_values().filter(|stations| stations.len() >= MOST);
        let chunks = [full.next(), full.next()].map(|chunk| chunk.ok_or("a chunk has too few stations"));
        let [first, second] = chunks;
        let shape = Aggregate::new(MOST, 8, LEVELS)?;
        let prover = Prover::builder(shape, insecure_setup(&shape, rng, &())?).build()?;
        Ok(Town { policy, registry, prover: Arc::new(prover), chunks: [first?, second?] })
    }

    /// Devices of a registrar who enrols their own: the tree with them, and those of them that are in one chunk.
    pub(crate) fn with_invented(&self) -> Result<(Registry, Vec<Device>), Failure> {
        let invented = devices(STATIONS);
        let mut registry = self.registry.clone();
        let positions = registry.enrol_all(invented.iter().map(Device::leaf))?;
        let chunk = Chunk::around(positions[0], LEVELS as u8)?;
        let placed = positions.iter().zip(invented);
        let together = placed.filter(|(position, _)| chunk.offset(**position).is_some());
        Ok((registry, together.map(|(_, device)| device).take(K).collect()))
    }

    /// The devices measure and sign, the aggregator proves.
    pub(crate) fn prove(&self, wanted: &Wanted<'_>) -> Result<Proven, Failure> {
        let Wanted { registry, devices, epoch, degrees, feed, recipient } = wanted;
        let statement = self.prover.statement().id();
        let binding = Binding::new(Chain::Amoy.id(), feed.0, recipient.0, &statement);
        let mut aggregator =
            Aggregator::new(&self.policy, registry, *epoch, self.prover.clone())?.binding(binding);
        let time = self.policy.interval(*epoch)?.start();
        for (tenth, device) in devices.iter().enumerate() {
            let reading = device.reading(&self.policy).at(time).location_degrees("48.15", "11.55")?;
            let value = format!("{degrees}.{tenth}0");
            if let Some(refusal) = aggregator.offer(reading.set("temperature", &value)?.sign()?) {
                return Err(refusal.into());
            }
        }
        let chunks = aggregator.prove_all_chunks()?;
        let [proof] = &chunks.proven[..] else {
            return Err(format!("expected one proof, got {}", chunks.proven.len()).into());
        };
        Ok((proof.proof().clone(), AggregateInputs::from_words(proof.words())?))
    }
}

fn devices(count: usize) -> Vec<Device> {
    (0..count).map(|_| Device::generate()).collect()
}
