//! The fleet of the demonstration: stations of two chunks, a policy, and keys for development.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::rngs::OsRng;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::registry::Chunk;
use zksensor::prelude::{Device, Fence, Policy, Registry, air_quality};
use zksensor::prover::{Prover, insecure_setup};
use zksensor_node::toy::{Toy, ToyKey};

use super::DemoError;

/// Milliseconds of an epoch.
pub(super) const EPOCH_MS: u64 = 600_000;
/// Milliseconds after it in which readings still come.
pub(super) const GRACE_MS: u64 = 60_000;
/// Blocks until one is final.
pub(super) const CONFIRMATIONS: u64 = 64;
/// Devices that a proof is of at least.
const K: usize = 5;
/// Devices that are enrolled; those of two chunks speak.
const ENROLLED: usize = 64;
/// Readings that a proof holds, triangles of its fence, levels of its chunk.
const SHAPE: (usize, usize, usize) = (8, 8, 2);
const OUTLINE: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;
/// Two hours after the chain in memory begins.
const ORIGIN: &str = "2026-05-21T16:00:00Z";

/// Everybody's devices, and the node's key.
pub(super) struct Town {
    pub(super) policy: Policy,
    pub(super) registry: Registry,
    pub(super) devices: Vec<Device>,
    pub(super) prover: Arc<Prover<Aggregate>>,
}

impl Town {
    pub(super) fn new() -> Result<Self, DemoError> {
        let policy = Policy::on_chain(Toy::chain_id(), Toy::registry_address())
            .mean(air_quality::TEMPERATURE)
            .between("-40", "60")
            .inside(Fence::geojson(OUTLINE)?)
            .epochs(ORIGIN, EPOCH_MS)
            .at_least(K as u32)
            .build()?;
        let (capacity, triangles, levels) = SHAPE;
        let shape = Aggregate::new(capacity, triangles, levels).map_err(prelude_error)?;
        let stations: Vec<Device> = (0..ENROLLED).map(|_| Device::generate()).collect();
        let mut registry = Registry::new();
        let positions = registry.enrol_all(stations.iter().map(Device::leaf)).map_err(prelude_error)?;
        let mut chunks: BTreeMap<Chunk, Vec<Device>> = BTreeMap::new();
        for (position, station) in positions.into_iter().zip(stations) {
            let chunk = Chunk::around(position, shape.first_chunk().levels()).map_err(prelude_error)?;
            chunks.entry(chunk).or_default().push(station);
        }
        let full = chunks.into_values().filter(|stations| stations.len() >= K).take(2);
        let devices: Vec<Device> = full.flat_map(|stations| stations.into_iter().take(capacity)).collect();
        let key = insecure_setup(&shape, &mut OsRng, &())?;
        let prover = Prover::builder(shape, key).build()?;
        Ok(Town { policy, registry, devices, prover: Arc::new(prover) })
    }

    /// What its proofs are verified with on the chain.
    pub(super) fn key(&self) -> ToyKey {
        ToyKey::Groth16(Box::new(self.prover.verifying_key().clone()))
    }

    /// Levels of a chunk, three bits each.
    pub(super) fn chunk_bits() -> u8 {
        3 * SHAPE.2 as u8
    }
}

fn prelude_error(error: impl Into<zksensor::prelude::Error>) -> DemoError {
    DemoError::Fleet(error.into())
}
