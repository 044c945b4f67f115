//! Poseidon with our tags against circomlibjs, whose initial state is the tag.

use ark_ff::UniformRand;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use zksensor::model::field::Fr;
use zksensor::model::primitives::poseidon::{Domain, MAX_INPUTS, hash};

use super::node::Node;

/// Random inputs for each domain and number of lanes, beside zeros and the largest element.
const RANDOM: usize = 4;

/// Hashes of every domain and every number of lanes: how many agree.
pub(super) fn compare(oracle: &mut Node) -> usize {
    let mut rng = ChaCha20Rng::seed_from_u64(22);
    let mut cases = Vec::new();
    for domain in Domain::ALL {
        for lanes in 1..=MAX_INPUTS {
            cases.push((domain, vec![Fr::from(0u64); lanes]));
            cases.push((domain, vec![-Fr::from(1u64); lanes]));
            let random = |_| (domain, (0..lanes).map(|_| Fr::rand(&mut rng)).collect());
            cases.extend((0..RANDOM).map(random));
        }
    }
    let written: Vec<Value> = cases
        .iter()
        .map(|(domain, inputs)| {
            let inputs: Vec<String> = inputs.iter().map(ToString::to_string).collect();
            json!({ "tag": domain.tag().to_string(), "inputs": inputs })
        })
        .collect();
    let theirs = oracle.ask(&json!({ "op": "hash", "cases": written }));
    assert_eq!(theirs.as_array().unwrap().len(), cases.len());
    for ((domain, inputs), theirs) in cases.iter().zip(theirs.as_array().unwrap()) {
        assert_eq!(hash(*domain, inputs).to_string(), theirs.as_str().unwrap(), "{domain:?} of {inputs:?}");
    }
    cases.len()
}
