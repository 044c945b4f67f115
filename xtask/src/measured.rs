//! What is measured with proofs: gas, and the proofs that the Foundry tests verify. Keys and proofs come from a fixed seed,
//! so that a figure changes only if a circuit or contract does.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use zksensor::estimate::{self, EstimateError, GasEstimate, GasSample};
use zksensor::model::field;
use zksensor::model::hex;
use zksensor::solidity::gas::Gas;
use zksensor::solidity::{ContractKey, StatementContract};
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};

use crate::file::Generated;
use crate::gas_page;

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
    let mut samples = Samples::default();
    each_specimen(&mut samples);
    let Samples(mut samples) = samples;
    for contract in StatementContract::all() {
        let sample =
            samples.remove(&contract.title()).ok_or("a statement without a sample")?.map_err(failed)?;
        let gas = estimate::gas(&sample).map_err(failed)?;
        let library = contract.library();
        let path = format!("solidity/test/fixtures/{library}.json");
        figures.insert(library, gas_json(&gas));
        files.push(Generated::new(path, format!("{:#}\n", fixture(&sample)?)));
        measured.push((contract.title(), gas));
    }
    let page = gas_page::page();
    let text = fs::read_to_string(root.join(page)).map_err(|error| format!("cannot read {page}: {error}"))?;
    let feed = estimate::feed(&mut ChaCha20Rng::seed_from_u64(SEED), &()).map_err(failed)?;
    files.extend(gas_page::all(&text, &measured, &feed)?);
    let of_feed: serde_json::Map<_, _> =
        feed.figures.iter().map(|figure| (figure.name.to_owned(), json!(figure.gas))).collect();
    files.push(Generated::new("solidity/goldens/feed-gas.json", format!("{:#}\n", Value::from(of_feed))));
    files.push(Generated::new("solidity/goldens/gas.json", format!("{:#}\n", Value::from(figures))));
    Ok((files, gas_page::paragraph(&measured)?))
}

/// Keys and proofs of every statement, by its title.
#[derive(Default)]
struct Samples(BTreeMap<String, Result<GasSample, EstimateError>>);

impl SpecimenVisitor for Samples {
    fn visit<S: Specimen>(&mut self) {
        let sample = estimate::sample::<S, _>(PROOFS, &mut ChaCha20Rng::seed_from_u64(SEED), &());
        self.0.insert(S::least().id().title(), sample);
    }
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
