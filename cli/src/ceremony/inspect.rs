//! What `inspect` shows of circom's files: nothing of it is verified, and it says what would.

use std::io::BufReader;
use std::path::Path;

use serde_json::{Value, json};
use zksensor::files::{self, Kind};
use zksensor_ceremony::{Ptau, Published, ptau_digest, read_r1cs_header};

use super::record::{self, digits};
use super::{CeremonyCommandError, open_key};

/// Powers of tau: the header, who contributed as the file says, and whether it is a published file.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(crate) fn powers(path: &Path) -> Result<Value, CeremonyCommandError> {
    let of = |reason| CeremonyCommandError::of(path, reason);
    let file = files::open_places(path, Kind::Powers)?;
    let digest = ptau_digest(&file).map_err(|error| of(error.into()))?;
    let ptau = Ptau::open(BufReader::new(file)).map_err(of)?;
    let listed = ptau.contributions().iter().enumerate().map(|(index, one)| {
        json!({
            "number": index + 1, "name": one.name(), "kind": if one.is_beacon() { "beacon" } else { "contribution" },
            "next_challenge": digits(&one.next_challenge()),
        })
    });
    Ok(json!({
        "kind": Kind::Powers.to_string(), "power": ptau.power(), "prepared": ptau.is_prepared(), "blake2b": digits(&digest),
        "published": Published::of(&digest).map(|published| published.name), "contributions": listed.collect::<Vec<_>>(),
        "verified": "no: their own chain of contributions is listed and not verified. zksensor ceremony verify checks that the points are powers of \
                     one number, and holds the file against the digest that their ceremony published",
    }))
}

/// A key of a ceremony: its sizes, and who contributed.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(crate) fn key(path: &Path) -> Result<Value, CeremonyCommandError> {
    let key = open_key(path)?;
    Ok(json!({
        "kind": Kind::CeremonyKey.to_string(), "columns": key.columns(), "public_inputs": key.public_inputs(),
        "rows": key.domain(), "circuit_hash": digits(&key.circuit_digest()),
        "contributions": record::contributions(key.contributions()),
        "verified": "no: run zksensor ceremony verify",
    }))
}

/// The rows of a circuit: the header.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(crate) fn circuit(path: &Path) -> Result<Value, CeremonyCommandError> {
    let of = |reason| CeremonyCommandError::of(path, reason);
    let file = files::open_places(path, Kind::Circuit)?;
    let digest = ptau_digest(&file).map_err(|error| of(error.into()))?;
    let header = read_r1cs_header(BufReader::new(file)).map_err(of)?;
    Ok(json!({
        "kind": Kind::Circuit.to_string(), "constraints": header.constraints, "columns": header.columns,
        "outputs": header.outputs, "public_inputs": header.public_inputs, "private_inputs": header.private_inputs,
        "blake2b": digits(&digest),
    }))
}
