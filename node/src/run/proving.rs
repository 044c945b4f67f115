//! Who proves with a key: this process, or workers.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use zksensor::files::{self, Kind};
use zksensor::mock::{Mock, MockKey};
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::claim::survey::Survey;
use zksensor::model::claim::{ClaimFamily as _, StatementId};
use zksensor::prelude::backend::Key;
use zksensor::prover::{Prover, ProverBuilder, ProvingKey};
use zksensor::solidity::ContractKey;
use zksensor::verifier::VerifyingKey;

use super::{Mocks, RunError};
use crate::cluster::{Jobs, Remote, Tasked, WorkersKey};
use crate::prove::{AnyProver, Local, Proves};

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

/// A statement that a node proves.
trait Shape: Tasked + 'static {
    fn any(prover: Arc<dyn Proves<Self>>) -> AnyProver;
}

impl Shape for Aggregate {
    fn any(prover: Arc<dyn Proves<Self>>) -> AnyProver {
        prover.into()
    }
}

impl Shape for Survey {
    fn any(prover: Arc<dyn Proves<Self>>) -> AnyProver {
        prover.into()
    }
}

/// Which statement a key is of, in the shape that it has.
pub(super) enum AnyShape {
    Readings(Aggregate),
    Frames(Survey),
}

impl AnyShape {
    pub(super) fn of(id: &StatementId) -> Result<Self, String> {
        let titles = [Aggregate::id_of(Vec::new()).title(), Survey::id_of(Vec::new()).title()];
        match id.title() {
            title if title == titles[0] => shape_of(id).map(AnyShape::Readings),
            title if title == titles[1] => shape_of(id).map(AnyShape::Frames),
            title => Err(format!("expected a key of {} or {}, got one of {title}", titles[0], titles[1])),
        }
    }

    /// Bits of the number of a position in its chunk.
    #[cfg(feature = "chain")]
    pub(super) fn chunk_bits(&self) -> u8 {
        let chunk = match self {
            AnyShape::Readings(shape) => shape.first_chunk(),
            AnyShape::Frames(shape) => shape.first_chunk(),
        };
        u8::try_from(chunk.bits()).unwrap_or(u8::MAX)
    }
}

fn shape_of<S: Shape>(id: &StatementId) -> Result<S, String> {
    S::of_shape(&id.shape).map_err(|error| error.to_string())
}

/// Who proves with a key, its id in proofs, and that of its verifier on chain.
type Opened = (AnyProver, String, KeyId);

/// What is proven with, whose making takes a while.
pub(super) fn prover(name: &str, path: &Path, mocks: Mocks) -> Result<Opened, RunError> {
    let wrong = wrong(name);
    match kind_of(path)? {
        Some(Kind::MockKey) if mocks == Mocks::Taken => {
            let key = files::mock::load_key(path)?;
            match AnyShape::of(key.statement()).map_err(&wrong)? {
                AnyShape::Readings(shape) => of_mock(shape, key),
                AnyShape::Frames(shape) => of_mock(shape, key),
            }
        }
        Some(kind @ (Kind::MockKey | Kind::Halo2ProvingKey | Kind::VerifyingKey)) => {
            Err(format!("expected a proving key of Groth16, got {kind}"))
        }
        _ => {
            let key = files::load_proving_key(path)?;
            match AnyShape::of(key.statement()).map_err(&wrong)? {
                AnyShape::Readings(shape) => of_proving_key(shape, key),
                AnyShape::Frames(shape) => of_proving_key(shape, key),
            }
        }
    }
    .map_err(wrong)
}

fn of_mock<S: Shape>(shape: S, key: MockKey) -> Result<Opened, String> {
    let id = key.key_id().to_string();
    let prover = ProverBuilder::<S, Mock>::new(shape, key).build().map_err(|error| error.to_string())?;
    Ok((S::any(Arc::new(Local(Arc::new(prover)))), id, None))
}

fn of_proving_key<S: Shape>(shape: S, key: ProvingKey) -> Result<Opened, String> {
    let prover = Prover::builder(shape, key).build().map_err(|error| error.to_string())?;
    let on_chain = on_chain(prover.verifying_key())?;
    let id = prover.verifying_key().key_id().to_string();
    Ok((S::any(Arc::new(Local(Arc::new(prover)))), id, Some(on_chain)))
}

/// This process proves.
pub(super) fn local(name: &str, path: &Path, mocks: Mocks) -> Result<(AnyProver, KeyId), RunError> {
    prover(name, path, mocks).map(|(prover, _, id)| (prover, id))
}

/// Workers prove. Of a proving key the verifying key is taken, and the rest of it is not kept.
pub(super) fn remote(
    name: &str,
    path: &Path,
    mocks: Mocks,
    workers: &ByWorkers,
) -> Result<(AnyProver, KeyId), RunError> {
    let wrong = wrong(name);
    match kind_of(path)? {
        Some(Kind::MockKey) if mocks == Mocks::Taken => {
            let key = files::mock::load_key(path)?;
            let id = key.statement().clone();
            Ok((of_workers(&id, key, workers).map_err(&wrong)?, None))
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

fn of_groth16(key: VerifyingKey, workers: &ByWorkers) -> Result<(AnyProver, KeyId), String> {
    let on_chain = on_chain(&key)?;
    let id = key.statement().clone();
    Ok((of_workers(&id, key, workers)?, Some(on_chain)))
}

fn of_workers<K>(id: &StatementId, key: K, workers: &ByWorkers) -> Result<AnyProver, String>
where
    K: Key<Proof: Send + Sync> + Send + Sync + 'static,
{
    match AnyShape::of(id)? {
        AnyShape::Readings(shape) => of_remote(shape, key, workers),
        AnyShape::Frames(shape) => of_remote(shape, key, workers),
    }
}

fn of_remote<S: Shape, K>(shape: S, key: K, workers: &ByWorkers) -> Result<AnyProver, String>
where
    K: Key<Proof: Send + Sync> + Send + Sync + 'static,
{
    let ByWorkers { key: sealed_for, jobs, patience } = workers;
    let remote = Remote::new(shape, key, sealed_for.clone(), jobs.clone(), *patience);
    let remote =
        remote.map_err(|got| format!("expected a key of {}, got one of {}", shape.id(), got.title()))?;
    Ok(S::any(Arc::new(remote)))
}

fn on_chain(key: &VerifyingKey) -> Result<[u8; 32], String> {
    ContractKey::new(key).map(|key| key.id()).map_err(|error| error.to_string())
}
