//! From the close of an epoch to its proof, with the threads that a node has.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::OsRng;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::registry::Chunk;
use zksensor::prelude::{Device, Fence, Policy, Registry, air_quality};
use zksensor::prover::{Prover, insecure_setup};
use zksensor_node::clock::{Clock, SetClock};
use zksensor_node::core::{Core, QUEUE};
use zksensor_node::intake::{Intake, Item};
use zksensor_node::place::Folder as ProofFolder;
use zksensor_node::prove::Local;
use zksensor_node::registries::KnownRegistries;
use zksensor_node::seal::StoreKey;
use zksensor_node::served::{Served, Times};
use zksensor_node::service::Service;
use zksensor_node::store::Store;
use zksensor_node::view::Show;

use super::BenchError;
use crate::folder::Folder;

/// Readings of the proof.
const CAPACITY: usize = 64;
const TRIANGLES: usize = 32;
const LEVELS: usize = 3;
/// So many devices have a chunk with as many as a proof holds.
const ENROLLED: usize = 1024;
const EPOCH_MS: u64 = 600_000;
const GRACE_MS: u64 = 60_000;
const ORIGIN: &str = "2026-01-01T00:00:00Z";
const OUTLINE: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What an epoch took.
pub(super) struct Epoch {
    pub(super) readings: usize,
    /// From the end of its grace until the proof was stored.
    pub(super) close_to_proof_ms: u128,
    /// Of which the prover took so long.
    pub(super) prove_ms: u64,
}

impl Epoch {
    /// Makes a key, has a chunk of devices send, and lets the epoch's grace end.
    pub(super) fn measure(folder: &Folder) -> Result<Epoch, BenchError> {
        let shape = Aggregate::new(CAPACITY, TRIANGLES, LEVELS).map_err(otherwise)?;
        let policy = Policy::on_chain(80_002, [0x11; 20])
            .mean(air_quality::TEMPERATURE)
            .between("-40", "60")
            .inside(Fence::geojson(OUTLINE)?)
            .epochs(ORIGIN, EPOCH_MS)
            .at_least(5)
            .build()?;
        let (registry, devices) = devices()?;
        let prover = Arc::new(Prover::builder(shape, insecure_setup(&shape, &mut OsRng, &())?).build()?);

        let start = policy.interval(0)?.start();
        let clock = Arc::new(SetClock::at(start.get()));
        let times = Times { grace_ms: GRACE_MS, retention_ms: EPOCH_MS, ahead_ms: 5_000 };
        let parts = (*policy.model(), policy.fence().model().clone());
        let place = Box::new(ProofFolder::new(&folder.file("epoch-proofs")));
        let served = Served::new("bench", parts, times, Arc::new(Local(prover)), place)?;
        let store = Store::open(&folder.file("epoch.redb"), &StoreKey::generate())?;
        let registries = KnownRegistries(vec![(0, Arc::new(registry))]);
        let known: Arc<dyn Clock> = clock.clone();
        let core = Arc::new(Core::new(store, vec![served], Box::new(registries), known, QUEUE));
        for device in &devices {
            let reading =
                device.reading(&policy).at(start).location_degrees("48.15", "11.55")?.accuracy_m("3")?;
            let signed = reading.set("temperature", "21.50")?.sign()?;
            core.take(vec![Item::Reading(signed.encode().to_vec())]).map_err(otherwise)?;
        }
        let tell: zksensor_node::service::Tell = Arc::new(|_| {});
        let service = Service::start(core.clone(), 1, &tell).map_err(super::system("start a thread"))?;
        // The threads have found nothing to do, and wait.
        thread::sleep(Duration::from_secs(1));
        clock.set(start.get() + EPOCH_MS + GRACE_MS);
        let closed = Instant::now();
        let proof = loop {
            if let Some(proof) = core.view().proofs.first() {
                break proof.clone();
            }
            if closed.elapsed() > PATIENCE {
                return Err(otherwise(format!("{:?} after {} s", core.view().epochs, PATIENCE.as_secs())));
            }
            thread::sleep(Duration::from_millis(5));
        };
        let close_to_proof_ms = closed.elapsed().as_millis();
        service.stop();
        Ok(Epoch { readings: devices.len(), close_to_proof_ms, prove_ms: proof.millis })
    }
}

/// A registry, and as many devices of one chunk as a proof holds.
fn devices() -> Result<(Registry, Vec<Device>), BenchError> {
    let stations: Vec<Device> = (0..ENROLLED).map(|_| Device::generate()).collect();
    let mut registry = Registry::new();
    let positions = registry.enrol_all(stations.iter().map(Device::leaf)).map_err(otherwise)?;
    let mut chunks: BTreeMap<Chunk, Vec<Device>> = BTreeMap::new();
    for (position, station) in positions.into_iter().zip(stations) {
        chunks.entry(Chunk::around(position, LEVELS as u8).map_err(otherwise)?).or_default().push(station);
    }
    let full = chunks.into_values().find(|devices| devices.len() >= CAPACITY);
    let mut devices = full.ok_or_else(|| otherwise("chunks of fewer devices"))?;
    devices.truncate(CAPACITY);
    Ok((registry, devices))
}

fn otherwise(error: impl std::fmt::Display) -> BenchError {
    BenchError::Otherwise { wanted: "an epoch of 64 readings that is proven", got: error.to_string() }
}
