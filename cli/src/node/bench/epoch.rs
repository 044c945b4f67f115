//! From the close of an epoch to its proof, with the threads that a node has.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use zksensor::prover::Prover;
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
use super::town::{EPOCH_MS, Town, otherwise};
use crate::folder::Folder;

const GRACE_MS: u64 = 60_000;
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
        let town = Town::new()?;
        let prover = Arc::new(Prover::builder(town.shape, town.key()?).build()?);
        let readings = town.readings(0)?;
        let Town { policy, registry, .. } = town;
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
        for signed in &readings {
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
        Ok(Epoch { readings: readings.len(), close_to_proof_ms, prove_ms: proof.millis })
    }
}
