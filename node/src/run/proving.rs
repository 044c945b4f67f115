//! Who proves with a key: this process, or workers.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use zksensor::files::{self, Kind};
use zksensor::mock::Mock;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::claim::{Claim, ClaimFamily, StatementId};
use zksensor::prelude::backend::Key;
use zksensor::prover::{Prover, ProverBuilder};
use zksensor::solidity::ContractKey;
use zksensor::verifier::VerifyingKey;

use super::{Mocks, RunError};
use crate::cluster::{Jobs, Remote, WorkersKey};
use crate::prove::{Local, Proves};

/// The id of a key's verifier on chain; none of a mock's.
pub(super) type KeyId = Option<[u8; 32]>;

/// For whom, and how, jobs are handed to workers.
pub(super) struct ByWorkers {
    pub(super) key: WorkersKey,
    pub(super) jobs: Arc<dyn Jobs>,
    pub(super) patience: Duration,
}

fn kind_of(path: &Path) -> Result<Option<Kind>, RunError> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(Kind::HEAD).read_to_end(&mut head));
    read.map_err(|source| RunError::System { what: "read a key", source })?;
    Ok(Kind::of(&head))
}

fn wrong(name: &str) -> impl Fn(String) -> RunError {
    move |reason| RunError::Key { name: name.to_owned(), reason }
}

/// What is proven with, whose making takes a while, and the id of its key in proofs.
pub(super) fn prover(
    name: &str,
    path: &Path,
    mocks: Mocks,
) -> Result<(Arc<dyn Proves>, String, KeyId), RunError> {
    let wrong = wrong(name);
    match kind_of(path)? {
        Some(Kind::MockKey) if mocks == Mocks::Taken => {
            let key = files::mock::load_key(path)?;
            let shape = shape_of(key.statement()).map_err(&wrong)?;
            let id = key.key_id().to_string();
            let prover = ProverBuilder::<Aggregate, Mock>::new(shape, key).build();
            let prover = prover.map_err(|error| wrong(error.to_string()))?;
            Ok((Arc::new(Local(Arc::new(prover))), id, None))
        }
        Some(kind @ (Kind::MockKey | Kind::Halo2ProvingKey | Kind::VerifyingKey)) => {
            Err(wrong(format!("expected a proving key of Groth16, got {kind}")))
        }
        _ => {
            let key = files::load_proving_key(path)?;
            let shape = shape_of(key.statement()).map_err(&wrong)?;
            let prover = Prover::builder(shape, key).build().map_err(|error| wrong(error.to_string()))?;
            let on_chain = on_chain(prover.verifying_key()).map_err(&wrong)?;
            let id = prover.verifying_key().key_id().to_string();
            Ok((Arc::new(Local(Arc::new(prover))), id, Some(on_chain)))
        }
    }
}

/// This process proves.
pub(super) fn local(name: &str, path: &Path, mocks: Mocks) -> Result<(Arc<dyn Proves>, KeyId), RunError> {
    prover(name, path, mocks).map(|(prover, _, id)| (prover, id))
}

/// Workers prove. Of a proving key the verifying key is taken, and the rest of it is not kept.
pub(super) fn remote(
    name: &str,
    path: &Path,
    mocks: Mocks,
    workers: &ByWorkers,
) -> Result<(Arc<dyn Proves>, KeyId), RunError> {
    let wrong = wrong(name);
    match kind_of(path)? {
        Some(Kind::MockKey) if mocks == Mocks::Taken => {
            let key = files::mock::load_key(path)?;
            let shape = shape_of(key.statement()).map_err(&wrong)?;
            Ok((of_workers(shape, key, workers).map_err(&wrong)?, None))
        }
        Some(kind @ (Kind::MockKey | Kind::Halo2ProvingKey)) => {
            Err(wrong(format!("expected a key of Groth16, got {kind}")))
        }
        Some(Kind::VerifyingKey) => of_groth16(files::load_verifying_key(path)?, workers).map_err(wrong),
        _ => {
            let key = files::load_proving_key(path)?.verifying_key().clone();
            of_groth16(key, workers).map_err(wrong)
        }
    }
}

fn of_groth16(key: VerifyingKey, workers: &ByWorkers) -> Result<(Arc<dyn Proves>, KeyId), String> {
    let shape = shape_of(key.statement())?;
    let on_chain = on_chain(&key)?;
    Ok((of_workers(shape, key, workers)?, Some(on_chain)))
}

fn of_workers<K>(shape: Aggregate, key: K, workers: &ByWorkers) -> Result<Arc<dyn Proves>, String>
where
    K: Key<Proof: Send + Sync> + Send + Sync + 'static,
{
    let ByWorkers { key: sealed_for, jobs, patience } = workers;
    let remote = Remote::new(shape, key, sealed_for.clone(), jobs.clone(), *patience);
    Ok(Arc::new(
        remote.map_err(|got| format!("expected a key of {}, got one of {}", shape.id(), got.title()))?,
    ))
}

fn on_chain(key: &VerifyingKey) -> Result<[u8; 32], String> {
    ContractKey::new(key).map(|key| key.id()).map_err(|error| error.to_string())
}

pub(super) fn shape_of(id: &StatementId) -> Result<Aggregate, String> {
    let shape = Aggregate::of_shape(&id.shape).map_err(|error| error.to_string())?;
    let wanted = Aggregate::id_of(Vec::new()).title();
    let is_its = shape.id() == *id;
    if is_its { Ok(shape) } else { Err(format!("expected a key of {wanted}, got one of {}", id.title())) }
}
