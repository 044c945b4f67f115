//! What is deployed on a chain, in a file; and what a Safe is to send, as its transaction builder takes it.

use std::path::Path;

use serde_json::{Value, json};
use zksensor_model::hex;

use crate::blueprint::Blueprint;
use crate::deploy::{Part, PartState};
use crate::error::ChainError;
use crate::lock;
use crate::send::Call;

/// The record of a deployment.
pub fn record(blueprint: &Blueprint, parts: &[Part], states: &[PartState]) -> Value {
    let contracts = parts.iter().zip(states).map(|(part, state)| {
        let entry = json!({
            "contract": part.contract, "address": state.address.to_string(), "code_hash": hex::encode(&state.code_hash),
        });
        (part.name.to_owned(), entry)
    });
    let contracts: serde_json::Map<String, Value> = contracts.collect();
    json!({
        "format": "zksensor-deployment/v1", "chain_id": blueprint.chain, "salt": hex::encode(&blueprint.salt),
        "owner": blueprint.owner.to_string(), "guardian": blueprint.guardian.to_string(),
        "registrar": blueprint.registrar.to_string(), "delay_s": blueprint.delay_s,
        "statement": blueprint.key.statement(), "key_id": hex::encode(&blueprint.key.id()),
        "insecure": blueprint.key.is_insecure(), "contracts": contracts,
    })
}

/// Writes a file of JSON as a whole or not at all.
///
/// # Errors
/// [`ChainError::File`].
pub fn write(path: &Path, value: &Value) -> Result<(), ChainError> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("values are JSON");
    bytes.push(b'\n');
    lock::write_whole(path, &bytes)
}

/// Calls as a batch of Safe's transaction builder. `now_ms` is when it was made.
pub fn safe_batch(chain: u64, calls: &[Call], now_ms: u64) -> Value {
    let transactions = calls.iter().map(|call| {
        json!({
            "to": call.to.to_string(), "value": "0", "data": hex::encode(&call.data), "contractMethod": null,
            "contractInputsValues": null,
        })
    });
    let what: Vec<&str> = calls.iter().map(|call| call.what.as_str()).collect();
    json!({
        "version": "1.0", "chainId": chain.to_string(), "createdAt": now_ms,
        "meta": { "name": "zksensor deploy", "description": what.join("; ") },
        "transactions": transactions.collect::<Vec<_>>(),
    })
}
