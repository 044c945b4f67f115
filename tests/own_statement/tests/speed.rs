//! The whole way of a statement of another crate: kit, policy, key, proof, file, contract.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::OnceLock;

use own_statement::{HIGHEST, LIMIT, Speed, SpeedInputs, SpeedWitness};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::statement::{Assignment, Binding, Claim, ClaimFamily, Rule, Violation};
use zksensor::files::{Overwrite, ProofFile};
use zksensor::io::policy::{self, PolicyTomlError};
use zksensor::model::field::{self, Fr};
use zksensor::model::layout::PublicInputs;
use zksensor::model::policy::{Parameters, Policy, PolicyParts};
use zksensor::model::reading::Location;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::r1cs::Sequential;
use zksensor::solidity::evm::{Chain, Evm};
use zksensor::solidity::{ContractKey, Deployment, RenderError, StatementContract, calldata};
use zksensor_testkit::{Conformance, Fleet, FleetOptions, OUTSIDE, Vector, rigidity};

const CHAIN: Chain = Chain::Amoy;

fn fleet() -> &'static Fleet {
    static FLEET: OnceLock<Fleet> = OnceLock::new();
    FLEET.get_or_init(|| Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<Speed>() }))
}

/// The highest limit of the policies here.
const MOST: u64 = 150_000;

/// The fleet's policy with this highest limit.
fn policy_of(most: Fr) -> Policy {
    let parts = PolicyParts { parameters: Parameters::from_field(most), ..*fleet().policy.parts() };
    Policy::new(parts).unwrap()
}

/// A good reading of the first device, with this value.
fn witness(value: i64) -> SpeedWitness {
    let mut reading = fleet().reading(0);
    reading.channels[0] = value;
    SpeedWitness::new(policy_of(Fr::from(MOST)), &fleet().fence, fleet().enrolled(0, &reading))
}

fn claim(value: i64) -> (SpeedInputs, SpeedWitness) {
    let witness = witness(value);
    (witness.inputs(Fleet::EPOCH, Binding::new(CHAIN.id(), [1; 20], [2; 20], &Speed.id())), witness)
}

fn vector(name: &'static str, (inputs, witness): (SpeedInputs, SpeedWitness)) -> Vector<Speed> {
    Vector { name, inputs, witness, refused_by: None }
}

#[test]
fn check_and_circuit_agree_on_the_rules_that_are_shared_and_on_its_own() {
    let kit = Conformance::new(Speed);
    for value in [Fleet::LOW, -1, 0, Fleet::HIGH] {
        let (inputs, witness) = claim(value);
        kit.run(&vector("at the limit", (inputs, witness.clone())));
        let higher = SpeedInputs { limit: MOST, ..inputs };
        kit.run(&vector("far below the limit", (higher, witness.clone())));
        let beyond = SpeedInputs { limit: MOST + 1, ..inputs };
        let beyond = vector("above the highest limit", (beyond, witness.clone()));
        kit.run(&Vector { refused_by: Some(HIGHEST), ..beyond });
        if let Some(limit) = inputs.limit.checked_sub(1) {
            let slower = vector("above the limit", (SpeedInputs { limit, ..inputs }, witness));
            kit.run(&Vector { refused_by: Some(LIMIT), ..slower });
        }
    }
    // Parameters that are no limit: the circuit ranges them, or a large element would be higher than any.
    for parameters in [Fr::from(1u64 << 40), -Fr::from(1u64)] {
        let (_, mut witness) = claim(7);
        witness.policy = policy_of(parameters);
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        let wide = vector("parameters beyond their range", (inputs, witness));
        kit.run(&Vector { refused_by: Some(HIGHEST), ..wide });
    }
    let mut outside = fleet().reading(0);
    outside.location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
    let outside = SpeedWitness::new(policy_of(Fr::from(MOST)), &fleet().fence, fleet().enrolled(0, &outside));
    let inputs = outside.inputs(Fleet::EPOCH, Binding::NONE);
    kit.run(&Vector { refused_by: Some(Rule::FENCE), ..vector("outside", (inputs, outside)) });
    let (inputs, mut other) = claim(7);
    other.policy =
        Fleet::new(&FleetOptions::of::<zksensor::circuits::statement::reading::SingleReading>()).policy;
    let inputs = SpeedInputs { policy_id: other.policy.id(), ..inputs };
    kit.run(&Vector { refused_by: Some(Rule::POLICY), ..vector("a policy for `reading`", (inputs, other)) });
}

#[test]
fn no_wire_can_move() {
    let kit = Conformance::new(Speed);
    let (inputs, witness) = claim(12_345);
    let words = inputs.to_words().unwrap();
    let assignment = kit.circuit().assign(&Speed, &words, &witness, &Sequential, None).unwrap();
    let found = rigidity(kit.circuit(), &assignment);
    assert_eq!((found.nullity, &found.unbound), (0, &vec![]), "{:?}", found.loose);
}

#[test]
fn a_violation_says_which_rule() {
    let (inputs, witness) = claim(7);
    let refused = Assignment::new(&Speed, SpeedInputs { limit: 0, ..inputs }, &witness).unwrap_err();
    assert_eq!(refused.rule(), Some(LIMIT));
    assert_eq!(refused.to_string(), "S1: the value is above the limit");
    assert!(matches!(refused, Violation::Own { .. }));
}

#[test]
fn a_policy_names_its_family() {
    let fence = &fleet().fence;
    let text = format!(
        "[network]\nchain_id = 137\nregistry = \"0x{}\"\n[epoch]\norigin_unix_ms = 0\nlength_s = 3600\n[reading]\n\
         schema = 65536\nchannel = 0\nlow = 0\nhigh = 60_000\nmax_accuracy_mm = 10_000\n[statement]\nfamily = \"speed\"\n\
         version = 1\nk = 1\n",
        "11".repeat(20)
    );
    let read = policy::from_toml_for(&[Speed::FAMILY], &text, Some(fence)).unwrap();
    assert!(Speed::is_of(&read));
    assert_eq!(read.parts().parameters, Parameters::NONE);
    let with = |parameters: &str| text.replace("k = 1", &format!("k = 1\nparameters = \"{parameters}\""));
    let most = field::to_hex(&Fr::from(MOST));
    let read = policy::from_toml_for(&[Speed::FAMILY], &with(&most), Some(fence)).unwrap();
    assert_eq!(read.parts().parameters.to_field(), Fr::from(MOST));
    let refused = policy::from_toml_for(&[Speed::FAMILY], &with("150000"), Some(fence)).unwrap_err();
    assert!(refused.to_string().starts_with("`statement.parameters`: expected"), "{refused}");
    let refused = policy::from_toml(&text, Some(fence)).unwrap_err();
    assert!(matches!(&refused, PolicyTomlError::Family { got, .. } if &**got == "speed"), "{refused}");
    let several = text.replace("k = 1", "k = 5");
    assert!(policy::from_toml_for(&[Speed::FAMILY], &several, Some(fence)).is_err(), "one device has k = 1");
}

#[test]
fn it_is_proven_kept_in_a_file_and_verified_on_chain() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let prover = Prover::builder(Speed, insecure_setup(&Speed, &mut rng, &()).unwrap()).build().unwrap();
    let (inputs, witness) = claim(33_000);
    let assignment = Assignment::new(&Speed, inputs, &witness).unwrap();
    let proof = prover.prove(&assignment, &mut rng).unwrap();
    prover.verifier().verify(&proof, &inputs).unwrap();
    let slower = SpeedInputs { limit: inputs.limit - 1, ..inputs };
    assert!(prover.verifier().verify(&proof, &slower).is_err());

    // The file of the proof is read by whoever knows the statement, and by nobody else.
    let key = prover.verifier().key();
    let file = ProofFile::new(&Speed, key.key_id(), proof.clone(), assignment.words().to_vec()).unwrap();
    let (path, json) = (Path::new("speed.json"), file.to_json());
    assert_eq!(ProofFile::from_json_of(&Speed, path, json.as_bytes()).unwrap(), file);
    assert!(file.fields().iter().any(|(name, value)| *name == "limit" && value == &inputs.limit.to_string()));
    let unknown = ProofFile::from_json(path, json.as_bytes()).unwrap_err().to_string();
    assert!(unknown.contains("speed/v1"), "{unknown}");
    let reading = zksensor::circuits::statement::reading::SingleReading;
    let saved = std::env::temp_dir().join(format!("zksensor-speed-{}.json", std::process::id()));
    file.save(&saved, Overwrite::Never).unwrap();
    assert_eq!(ProofFile::load_of(&Speed, &saved).unwrap(), file);
    assert!(ProofFile::load(&saved).is_err());
    std::fs::remove_file(&saved).unwrap();
    let other = ProofFile::from_json_of(&reading, path, json.as_bytes()).unwrap_err().to_string();
    assert!(other.contains("expected reading/v2, got `speed/v1`"), "{other}");

    // The typed library is rendered; the keyed verifier takes any statement's key.
    let contract = StatementContract::of(&Speed);
    let library = contract.render_library("cargo test").unwrap();
    assert!(library.contains("struct SpeedV1Inputs") && library.contains("uint64 limit;"), "{library}");
    assert!(matches!(ContractKey::new(key), Err(RenderError::UnknownStatement { .. })));
    let key = ContractKey::of_statement(key, &contract).unwrap();
    let mut evm = Evm::new(CHAIN);
    let holder = evm.deploy(&key.code_init()).unwrap().address;
    let verifier = evm.deploy(&Deployment::keyed(&key, holder.0).bytecode).unwrap().address;
    evm.call(&verifier, &calldata::verify(&proof, assignment.words())).unwrap();
    assert!(evm.call(&verifier, &calldata::verify(&proof, &slower.to_words().unwrap())).is_err());
}
