//! A verifying key of either proof system, for a contract.

use std::path::Path;

use zksensor::files::{self, Kind};
use zksensor::halo2::files as halo2_files;
use zksensor::model::known::KnownStatement;
use zksensor::solidity::{ContractKey, Deployment, Halo2ContractKey, KeyContract, Sources};
use zksensor::verifier::VerifyingKey;

use super::ExportError;
use crate::backend::{BackendName, MadeWith, System};

/// A key that a contract holds.
#[derive(Debug)]
pub(super) enum AnyKey {
    /// Of Groth16.
    Groth16(ContractKey),
    /// Of halo2.
    Halo2(Halo2ContractKey),
}

impl AnyKey {
    /// The proof system.
    pub(super) fn backend(&self) -> BackendName {
        match self {
            AnyKey::Groth16(_) => BackendName::Groth16,
            AnyKey::Halo2(_) => BackendName::Halo2,
        }
    }

    /// Statement, flag and words.
    pub(super) fn code(&self) -> &KeyContract {
        match self {
            AnyKey::Groth16(key) => key,
            AnyKey::Halo2(key) => key,
        }
    }

    /// The verifier of every statement.
    pub(super) fn keyed_sources(&self) -> Sources {
        keyed_sources(self.backend())
    }

    /// That verifier, for the key's contract at `address`.
    pub(super) fn keyed_deployment(&self, address: [u8; 20]) -> Deployment {
        match self {
            AnyKey::Groth16(key) => Deployment::keyed(key, address),
            AnyKey::Halo2(key) => Deployment::halo2(key, address),
        }
    }
}

/// The verifier of every statement.
pub(super) fn keyed_sources(backend: BackendName) -> Sources {
    match backend {
        BackendName::Groth16 => Sources::keyed(),
        BackendName::Halo2 => Sources::halo2(),
    }
}

/// Reads a verifying key of Groth16, of a statement of this release.
pub(super) fn load_key(path: &Path) -> Result<ContractKey, ExportError> {
    if MadeWith::is_mock() {
        return Err(ExportError::Mock);
    }
    groth16(&files::load_verifying_key(path)?)
}

fn groth16(key: &VerifyingKey) -> Result<ContractKey, ExportError> {
    KnownStatement::of(key.statement())?;
    Ok(ContractKey::new(key)?)
}

/// Reads a verifying key of either system, of a statement of this release.
pub(super) fn load_any_key(path: &Path) -> Result<AnyKey, ExportError> {
    let bytes = files::read(path, Kind::VerifyingKey)?;
    match System::of_bytes(None, &bytes) {
        System::Mock => Err(ExportError::Mock),
        System::Groth16 => Ok(AnyKey::Groth16(groth16(&files::verifying_key(path, &bytes)?)?)),
        System::Halo2 => {
            let key = halo2_files::verifying_key(path, &bytes)?;
            KnownStatement::of(key.statement())?;
            Ok(AnyKey::Halo2(Halo2ContractKey::new(&key)?))
        }
    }
}
