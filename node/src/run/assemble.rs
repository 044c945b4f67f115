//! The parts of a node, made of what its configuration names.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use zksensor::files::{self, Kind};
use zksensor::mock::Mock;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::claim::{Claim, ClaimFamily, StatementId};
use zksensor::prover::{Prover, ProverBuilder};
use zksensor::solidity::ContractKey;

use super::RunError;
use super::places::Places;
use crate::clock::SystemClock;
use crate::config::{Checked, CheckedPolicy};
use crate::core::{Core, QUEUE};
use crate::log::Log;
use crate::prove::{Keyless, Local, Proves};
use crate::registries::{RegistryOfFile, RegistryUnknown};
use crate::seal::StoreKey;
use crate::served::{Served, Times};
use crate::store::Store;

/// The name of the store in its folder.
const STORE: &str = "node.redb";
/// How far ahead of this clock a reading may be.
const AHEAD: Duration = Duration::from_secs(300);

/// Whether keys of mocks are taken, which prove nothing: for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mocks {
    /// They are.
    Taken,
    /// They are refused.
    Refused,
}

/// A node as it was checked, without its threads: the store is open, and keys are loaded.
///
/// # Errors
/// [`RunError`].
pub fn open(checked: &Checked, mocks: Mocks, log: &Log) -> Result<Core, RunError> {
    let config = &checked.config;
    let mut places = Places::open(config, log)?;
    let served = checked.policies.iter().map(|policy| serve(policy, &mut places, mocks));
    let served = served.collect::<Result<Vec<Served>, RunError>>()?;
    let registries = RegistryOfFile::open(&config.registry).map_err(|unknown| match unknown {
        RegistryUnknown::File(wrong) => RunError::File(wrong),
        later @ RegistryUnknown::Later { .. } => RunError::Registry(later),
    })?;
    std::fs::create_dir_all(&config.data)
        .map_err(|source| RunError::System { what: "make the folder of the store", source })?;
    let store = Store::open(&config.data.join(STORE), &StoreKey::from_bytes(&checked.store_key))?;
    Ok(Core::new(store, served, Box::new(registries), Arc::new(SystemClock), QUEUE))
}

fn serve(policy: &CheckedPolicy, places: &mut Places<'_>, mocks: Mocks) -> Result<Served, RunError> {
    let settings = &policy.settings;
    let name = settings.name.clone();
    let fence = policy.fence.clone().ok_or_else(|| RunError::Fence { name: name.clone() })?;
    let model = policy.document.policy;
    let (prover, key_id) = match &settings.proving_key {
        Some(path) => prover_of(&name, path, mocks)?,
        None => (keyless(&name, model.parts().k, fence.triangles().len())?, None),
    };
    let place = places.of(settings, key_id)?;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let times = Times {
        grace_ms: millis(settings.grace),
        retention_ms: millis(settings.retention),
        ahead_ms: millis(AHEAD),
    };
    Ok(Served::new(&name, (model, fence), times, prover, place)?)
}

/// Nobody proves: the shape only says how chunks would be cut.
fn keyless(name: &str, k: u32, triangles: usize) -> Result<Arc<dyn Proves>, RunError> {
    let capacity = 64.max(k as usize);
    let shape = Aggregate::new(capacity, triangles.next_multiple_of(8), 3);
    let shape = shape.map_err(|error| RunError::Key { name: name.to_owned(), reason: error.to_string() })?;
    Ok(Arc::new(Keyless(shape)))
}

/// The id of a key's verifier on chain; none of a mock's.
type KeyId = Option<[u8; 32]>;

/// The prover of a key, which takes a while to make.
fn prover_of(name: &str, path: &Path, mocks: Mocks) -> Result<(Arc<dyn Proves>, KeyId), RunError> {
    let wrong = |reason: String| RunError::Key { name: name.to_owned(), reason };
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(Kind::HEAD).read_to_end(&mut head));
    read.map_err(|source| RunError::System { what: "read a proving key", source })?;
    match Kind::of(&head) {
        Some(Kind::MockKey) if mocks == Mocks::Taken => {
            let key = files::mock::load_key(path)?;
            let shape = shape_of(key.statement()).map_err(wrong)?;
            let prover = ProverBuilder::<Aggregate, Mock>::new(shape, key).build();
            Ok((Arc::new(Local(Arc::new(prover.map_err(|error| wrong(error.to_string()))?))), None))
        }
        Some(kind @ (Kind::MockKey | Kind::Halo2ProvingKey)) => {
            Err(wrong(format!("expected a proving key of Groth16, got {kind}")))
        }
        _ => {
            let key = files::load_proving_key(path)?;
            let shape = shape_of(key.statement()).map_err(wrong)?;
            let prover = Prover::builder(shape, key).build().map_err(|error| wrong(error.to_string()))?;
            let id = ContractKey::new(prover.verifying_key()).map_err(|error| wrong(error.to_string()))?.id();
            Ok((Arc::new(Local(Arc::new(prover))), Some(id)))
        }
    }
}

fn shape_of(id: &StatementId) -> Result<Aggregate, String> {
    let shape = Aggregate::of_shape(&id.shape).map_err(|error| error.to_string())?;
    let wanted = Aggregate::id_of(Vec::new()).title();
    let is_its = shape.id() == *id;
    if is_its { Ok(shape) } else { Err(format!("expected a key of {wanted}, got one of {}", id.title())) }
}
