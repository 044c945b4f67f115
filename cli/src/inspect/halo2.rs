//! What files of halo2 hold.

use std::path::Path;

use serde_json::{Value, json};
use zksensor::files::{self as all, Kind, ProofFile};
use zksensor::halo2::files;
use zksensor::halo2::prover::Srs;
use zksensor::halo2::verifier::{Proof, VerifyingKey};
use zksensor::model::hex;
use zksensor::model::known::KnownStatement;

use super::{InspectError, proof_facts};
use crate::backend::{BackendName, size_of};

/// The facts of a file of this kind.
pub(super) fn inspect(path: &Path, kind: Kind) -> Result<Value, InspectError> {
    match kind {
        Kind::Halo2ProvingKey => {
            let key = files::load_proving_key(path)?;
            let mut facts = key_facts("proving key", key.verifying_key())?;
            facts["srs"] = srs_facts(key.srs());
            Ok(facts)
        }
        Kind::Halo2VerifyingKey => key_facts("verifying key", &files::load_verifying_key(path)?),
        Kind::Srs => {
            let mut facts = json!({ "kind": "parameters (SRS)", "backend": BackendName::Halo2.to_string() });
            facts["srs"] = srs_facts(&files::load_srs(path)?);
            Ok(facts)
        }
        _ => Ok(proof_facts(&proof(path)?)),
    }
}

/// A proof.
pub(super) fn proof(path: &Path) -> Result<ProofFile<Proof>, InspectError> {
    Ok(ProofFile::decode(path, &all::read(path, Kind::Halo2Proof)?)?)
}

fn srs_facts(srs: &Srs) -> Value {
    json!({ "k": srs.k(), "insecure": srs.is_insecure(), "digest": hex::encode(&srs.digest()) })
}

fn key_facts(kind: &str, key: &VerifyingKey) -> Result<Value, InspectError> {
    let statement = KnownStatement::of(key.statement())?;
    let size = size_of(&statement)?;
    Ok(json!({
        "kind": kind, "backend": BackendName::Halo2.to_string(), "statement": key.statement(),
        "key_id": key.key_id().to_string(), "insecure": key.is_insecure(), "public_inputs": key.public_inputs(),
        "proof_bytes": key.proof_bytes(), "k": key.k(), "k_of_this_release": size.k, "rows": size.rows,
        "cells": size.cells, "lookups": size.lookups,
    }))
}
