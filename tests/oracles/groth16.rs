//! Groth16: snarkjs on our proofs, our verifier on its proofs of a circom circuit.

use std::fs;
use std::path::Path;
use std::process::Command;

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use zksensor::circuits::gadgets::{Gadgets, SynthesisError};
use zksensor::circuits::statement::{
    Assignment, Binding, Claim, InputVars, Rule, Statement, StatementId, Violation,
};
use zksensor::model::claim::ClaimFamily;
use zksensor::model::field::Fr;
use zksensor::model::layout::{Element, PublicInputs};
use zksensor::model::public_inputs;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::snarkjs;
use zksensor::verifier::{Proof, UntypedVerifier};
use zksensor_testkit::{Fleet, FleetOptions};

use super::node::{Node, folder};

/// Proofs each way, and as many altered ones.
const PROOFS: usize = 200;
/// Of which so many are of each real statement.
const REAL: usize = 4;
/// 2^4 constraints, more than the circom circuit has.
const POWER: u32 = 4;

public_inputs! {
    /// Public inputs of [`Square`].
    pub struct SquareInputs, SquareVars {
        /// The square plus `shift`.
        result: Element = element as "uint256",
        /// What is added.
        shift: u32 = 32 as "uint32",
    }
}

/// Somebody knows a root of `result` - `shift`: a statement small enough to prove often.
#[derive(Clone, Copy)]
pub(super) struct Square;

impl Claim for Square {
    type Inputs = SquareInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "square".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Square {
    type Witness = Fr;

    fn check(&self, inputs: &SquareInputs, root: &Fr) -> Result<(), Violation> {
        let holds = *root * root + Fr::from(inputs.shift) == inputs.result.0;
        if holds { Ok(()) } else { Err(Violation::Commitment) }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        root: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let root = g.witness("root", root.copied())?;
        let square = g.mul(&root, &root)?;
        let sum = g.add(&square, inputs.shift.var());
        g.assert_equal(&sum, inputs.result.var())
    }
}

/// A proof with its words, as JSON of snarkjs.
pub(super) fn written(proof: &Proof, words: &[Fr]) -> Value {
    let parse = |json: String| serde_json::from_str::<Value>(&json).unwrap();
    json!({ "proof": parse(snarkjs::proof_to_json(proof)), "publicSignals": parse(snarkjs::public_to_json(words)) })
}

/// Proves claims of a statement under a new key: the key's JSON, and the proofs.
fn proven<S: Statement + Clone>(
    statement: &S,
    claims: &[(S::Inputs, S::Witness)],
    seed: u64,
) -> (Value, Vec<Value>) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let key = insecure_setup(statement, &mut rng, &()).unwrap();
    let json = serde_json::from_str(&snarkjs::key_to_json(key.verifying_key().points())).unwrap();
    let prover = Prover::builder(statement.clone(), key).threads(1).build().unwrap();
    let proofs = claims
        .iter()
        .map(|(inputs, witness)| {
            let assignment = Assignment::new(statement, inputs.clone(), witness).unwrap();
            written(&prover.prove(&assignment, &mut rng).unwrap(), &inputs.to_words().unwrap())
        })
        .collect();
    (json, proofs)
}

/// Both directions: how many verdicts agree.
pub(super) fn compare(oracle: &mut Node) -> usize {
    let fleet = Fleet::new(&FleetOptions { devices: REAL, k: 1, ..FleetOptions::default() });
    let aggregate = fleet.statement(1);
    let claims: Vec<_> = (0..REAL)
        .map(|index| {
            let witness = fleet.aggregate_of(vec![fleet.enrolled(index, &fleet.reading(index))]);
            (witness.inputs(Fleet::EPOCH, Binding::NONE), witness)
        })
        .collect();
    let aggregates = proven(&aggregate, &claims, 31);
    let family = zksensor::circuits::statement::reading::SingleReading::FAMILY;
    let fleet = Fleet::new(&FleetOptions { devices: REAL, k: 1, family, ..FleetOptions::default() });
    let reading = fleet.reading_statement();
    let claims: Vec<_> = (0..REAL)
        .map(|index| {
            let witness = fleet.single(index);
            (witness.inputs(Fleet::EPOCH, Binding::new(137, [1; 20], [2; 20], &reading.id())), witness)
        })
        .collect();
    let readings = proven(&reading, &claims, 32);
    let claims: Vec<_> = (0..PROOFS - 2 * REAL)
        .map(|index| {
            let (root, shift) = (Fr::from(1_000_003 * index as u64), u32::try_from(index).unwrap());
            (SquareInputs { result: Element(root * root + Fr::from(shift)), shift }, root)
        })
        .collect();
    let squares = proven(&Square, &claims, 33);

    let mut compared = 0;
    for (key, good) in [aggregates, readings, squares] {
        let verifier = snarkjs::key_from_json(key.to_string().as_bytes()).unwrap();
        let altered: Vec<Value> = (0..good.len())
            .map(|index| alter(&good[index], &good[(index + 1) % good.len()], index))
            .collect();
        for (cases, wanted) in [(good, true), (altered, false)] {
            let verdicts = oracle.verify(&json!({ "op": "verify", "key": key, "cases": cases }));
            for (case, theirs) in cases.iter().zip(verdicts) {
                assert_eq!(theirs, wanted, "snarkjs on our proof {case}");
                assert_eq!(holds(&verifier, case), wanted, "we on our proof {case}");
            }
            compared += cases.len();
        }
    }
    compared + of_circom(oracle)
}

/// snarkjs proves a circom circuit, and we verify.
fn of_circom(oracle: &mut Node) -> usize {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("circom-{}", std::process::id()));
    fs::create_dir_all(&out).unwrap();
    fs::copy(folder().join("square.circom"), out.join("square.circom")).unwrap();
    let mut circom = Command::new("node");
    circom.arg(folder().join("node_modules/circom2/cli.js")).current_dir(&out);
    let compiled = circom.args(["square.circom", "--r1cs", "--wasm"]).output().unwrap();
    assert!(compiled.status.success(), "circom: {}", String::from_utf8_lossy(&compiled.stderr));
    let (r1cs, wasm) = (out.join("square.r1cs"), out.join("square_js/square.wasm"));
    let keys = oracle.ask(&json!({ "op": "setup", "r1cs": r1cs, "wasm": wasm, "power": POWER }));
    let inputs: Vec<Value> = (0..PROOFS)
        .map(|index| json!({ "root": (index * index).to_string(), "shift": (7 * index + 1).to_string() }))
        .collect();
    let good = oracle.ask(&json!({ "op": "prove", "cases": inputs }));
    let good = good.as_array().unwrap();
    fs::remove_dir_all(&out).unwrap();

    // Before anybody contributed, delta is the generator, as gamma.
    let initial = snarkjs::key_from_json(keys["initial"].to_string().as_bytes());
    assert!(matches!(initial, Err(snarkjs::SnarkjsError::Key(_))), "{initial:?}");
    // Their key as we write it is what they wrote, the pairing in it, too.
    let key = &keys["key"];
    let verifier = snarkjs::key_from_json(key.to_string().as_bytes()).unwrap();
    assert_eq!(&serde_json::from_str::<Value>(&snarkjs::key_to_json(verifier.points())).unwrap(), key);

    assert_eq!(good.len(), PROOFS);
    let altered: Vec<Value> =
        (0..good.len()).map(|index| alter(&good[index], &good[(index + 1) % good.len()], index)).collect();
    let theirs = oracle.verify(&json!({ "op": "verify", "key": key, "cases": altered }));
    for (index, case) in good.iter().enumerate() {
        let expected = index.pow(4) + 7 * index + 1;
        assert_eq!(case["publicSignals"], json!([expected.to_string(), (7 * index + 1).to_string()]));
        assert!(holds(&verifier, case), "we on the proof {case} of snarkjs");
    }
    for (case, theirs) in altered.iter().zip(theirs) {
        assert_eq!(
            (holds(&verifier, case), theirs),
            (false, false),
            "on the altered proof {case} of snarkjs"
        );
    }
    good.len() + altered.len()
}

/// Our verdict on JSON of snarkjs.
pub(super) fn holds(verifier: &UntypedVerifier, case: &Value) -> bool {
    let proof = snarkjs::proof_from_json(case["proof"].to_string().as_bytes());
    let words = snarkjs::public_from_json(case["publicSignals"].to_string().as_bytes());
    matches!((proof, words), (Ok(proof), Ok(words)) if verifier.verify(&proof, &words).is_ok())
}

/// One of ten alterations of a case; `other` is another good one under the same key.
fn alter(case: &Value, other: &Value, index: usize) -> Value {
    let mut altered = case.clone();
    let (proof, signals) = ("proof", "publicSignals");
    match index % 10 {
        0 => altered[signals][0] = "12345".into(),
        1 => altered[signals] = other[signals].clone(),
        2 => altered[proof]["pi_a"] = other[proof]["pi_a"].clone(),
        3 => altered[proof]["pi_b"] = other[proof]["pi_b"].clone(),
        4 => altered[proof]["pi_c"] = other[proof]["pi_c"].clone(),
        5 => altered[proof]["pi_a"] = case[proof]["pi_c"].clone(),
        // Off the curve.
        6 => altered[proof]["pi_a"][0] = "4".into(),
        7 => altered[proof]["pi_b"][1][0] = "5".into(),
        // r, which is 0 to whoever reduces.
        8 => {
            altered[signals][1] =
                "21888242871839275222246405745257275088548364400416034343698204186575808495617".into()
        }
        _ => altered[proof] = other[proof].clone(),
    }
    altered
}
