//! What is measured with proofs: gas, and the proofs that the Foundry tests verify. Keys and proofs come from a fixed seed,
//! so that a figure changes only if a circuit or contract does.

use std::fs;
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use zksensor::estimate::{self, EstimateError, GasEstimate, GasSample};
use zksensor::model::field;
use zksensor::model::hex;
use zksensor::model::policy::StatementFamily;
use zksensor::solidity::ContractKey;
use zksensor::solidity::gas::Gas;

use crate::gas_page;
use crate::generated::Generated;

/// Proofs of each statement.
const PROOFS: usize = 10;
/// Of which the Foundry tests get so many.
const FIXTURES: usize = 3;
const SEED: u64 = 137;

/// Gas as a golden, a table and a chart, and the fixtures of the Foundry tests; and the README's paragraph.
pub(crate) fn all(root: &Path) -> Result<(Vec<Generated>, String), String> {
    let failed = |error: EstimateError| format!("gas cannot be measured: {error}");
    let mut figures = serde_json::Map::new();
    let (mut files, mut measured) = (Vec::new(), Vec::new());
    let families = [
        (StatementFamily::Aggregate, "aggregate/v1", "AggregateV1"),
        (StatementFamily::Reading, "reading/v1", "ReadingV1"),
    ];
    for (family, title, library) in families {
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        let sample = estimate::sample(family, PROOFS, &mut rng, &()).map_err(failed)?;
        let gas = estimate::gas(&sample).map_err(failed)?;
        figures.insert(library.to_owned(), gas_json(&gas));
        let path = format!("solidity/test/fixtures/{library}.json");
        files.push(Generated::new(path, format!("{:#}\n", fixture(&sample)?)));
        measured.push((title, gas));
    }
    let page = gas_page::page();
    let text = fs::read_to_string(root.join(page)).map_err(|error| format!("cannot read {page}: {error}"))?;
    files.extend(gas_page::all(&text, &measured)?);
    files.push(Generated::new("solidity/goldens/gas.json", format!("{:#}\n", Value::from(figures))));
    Ok((files, gas_page::paragraph(&measured)?))
}

fn gas_json(gas: &GasEstimate) -> Value {
    let on = |gas: &Gas| {
        let batch: serde_json::Map<_, _> =
            gas.batch.iter().map(|(size, gas)| (size.to_string(), json!(gas))).collect();
        json!({
            "deploy": gas.deploy, "verify": gas.verify, "deployKeyed": gas.deploy_keyed,
            "verifyKeyed": gas.verify_keyed, "batch": batch,
        })
    };
    json!({ "polygon": on(&gas.polygon), "ethereum": on(&gas.ethereum) })
}

fn fixture(sample: &GasSample) -> Result<Value, String> {
    let key = ContractKey::new(&sample.key).map_err(|error| format!("no contract for a fixture: {error}"))?;
    let proofs = sample.proofs.iter().take(FIXTURES).map(|(proof, inputs)| {
        let inputs: Vec<String> = inputs.iter().map(field::to_hex).collect();
        json!({ "proof": proof.to_hex(), "inputs": inputs })
    });
    Ok(json!({
        "statement": key.statement(), "insecure": key.is_insecure(), "keyId": hex::encode(&key.id()),
        "key": key.words().iter().map(|word| hex::encode(word)).collect::<Vec<_>>(),
        "keyCode": hex::encode(&key.code()), "codeHash": hex::encode(&key.code_hash()),
        "proofs": proofs.collect::<Vec<_>>(),
    }))
}
