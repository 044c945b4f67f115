//! A chunk of devices, as many as a proof holds, and the key of its policy.

use std::collections::BTreeMap;

use rand::rngs::OsRng;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::reading::SignedReading;
use zksensor::model::registry::Chunk;
use zksensor::prelude::{Device, Fence, Policy, Registry, air_quality};
use zksensor::prover::{ProvingKey, insecure_setup};

use super::BenchError;

/// Readings of a proof.
const CAPACITY: usize = 64;
const TRIANGLES: usize = 32;
const LEVELS: usize = 3;
/// So many devices have a chunk with as many as a proof holds.
const ENROLLED: usize = 1024;
pub(super) const EPOCH_MS: u64 = 600_000;
const ORIGIN: &str = "2026-01-01T00:00:00Z";
const OUTLINE: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;

pub(super) struct Town {
    pub(super) shape: Aggregate,
    pub(super) policy: Policy,
    pub(super) registry: Registry,
    /// Of all its devices.
    #[cfg(feature = "nats")]
    pub(super) chunk: Chunk,
    pub(super) devices: Vec<Device>,
}

impl Town {
    pub(super) fn new() -> Result<Town, BenchError> {
        let shape = Aggregate::new(CAPACITY, TRIANGLES, LEVELS).map_err(otherwise)?;
        let policy = Policy::on_chain(80_002, [0x11; 20])
            .mean(air_quality::TEMPERATURE)
            .between("-40", "60")
            .inside(Fence::geojson(OUTLINE)?)
            .epochs(ORIGIN, EPOCH_MS)
            .at_least(5)
            .build()?;
        let stations: Vec<Device> = (0..ENROLLED).map(|_| Device::generate()).collect();
        let mut registry = Registry::new();
        let positions = registry.enrol_all(stations.iter().map(Device::leaf)).map_err(otherwise)?;
        let mut chunks: BTreeMap<Chunk, Vec<Device>> = BTreeMap::new();
        for (position, station) in positions.into_iter().zip(stations) {
            let chunk = Chunk::around(position, LEVELS as u8).map_err(otherwise)?;
            chunks.entry(chunk).or_default().push(station);
        }
        let full = chunks.into_iter().find(|(_, devices)| devices.len() >= CAPACITY);
        let (_chunk, mut devices) = full.ok_or_else(|| otherwise("chunks of fewer devices"))?;
        devices.truncate(CAPACITY);
        Ok(Town {
            shape,
            policy,
            registry,
            #[cfg(feature = "nats")]
            chunk: _chunk,
            devices,
        })
    }

    /// Proves its policy.
    pub(super) fn key(&self) -> Result<ProvingKey, BenchError> {
        Ok(insecure_setup(&self.shape, &mut OsRng, &())?)
    }

    /// A reading of each device, at the start of an epoch.
    pub(super) fn readings(&self, epoch: u32) -> Result<Vec<SignedReading>, BenchError> {
        let start = self.policy.interval(epoch)?.start();
        let reading = |device: &Device| {
            let reading = device.reading(&self.policy).at(start);
            let reading = reading.location_degrees("48.15", "11.55")?.accuracy_m("3")?;
            Ok(reading.set("temperature", "21.50")?.sign()?)
        };
        self.devices.iter().map(reading).collect()
    }
}

pub(super) fn otherwise(error: impl std::fmt::Display) -> BenchError {
    BenchError::Otherwise { wanted: "readings of 64 devices that are proven", got: error.to_string() }
}
