//! What a crate that links this one alone counts on: the generators and curves of the re-exports, `Debug`, serde, and the causes of
//! errors.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

use std::error::Error;
use std::io;
use std::path::Path;

use rand_chacha::rand_core::CryptoRngCore;
use serde_json::{Value, json};
use zksensor::circuits::statement::reading::{ReadingInputs, Salt, SingleReading};
use zksensor::circuits::statement::{Assignment, Binding};
use zksensor::files::{self, FileError, Overwrite, ProofFile, Reason};
use zksensor::model::device::{DeviceKey, DeviceSecret};
use zksensor::model::primitives::eddsa::SecretKey;
use zksensor::prover::{Blinding, Prover, insecure_setup};
use zksensor::rand::SeedableRng;
use zksensor::rand::rngs::OsRng;
use zksensor::verifier::{PointError, Proof, ProofError, VerifyError, VerifyingKey};
use zksensor::{ark_bn254, ark_ec::AffineRepr, ark_ff::AdditiveGroup};
use zksensor_testkit::{Fleet, FleetOptions};

/// What `source` says, from the outermost cause to the innermost.
fn causes(error: &dyn Error) -> Vec<&(dyn Error + 'static)> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

#[test]
fn a_generator_need_not_be_of_a_known_type() {
    let mut os = OsRng;
    let rng: &mut dyn CryptoRngCore = &mut os;
    assert_ne!(DeviceKey::generate(rng).public(), SecretKey::generate(rng).public());
    assert_ne!(DeviceSecret::generate(rng).expose(), Salt::generate(rng).expose());
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
    let (statement, witness) = (fleet.reading_statement(), fleet.single(1));
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let prover = Prover::builder(statement, insecure_setup(&statement, rng, &()).unwrap()).build().unwrap();
    let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
    let proof = prover.prove(&assignment, rng).unwrap();
    let batch = prover.prove_batch(&[assignment], rng).unwrap();
    let _: Blinding = Blinding::draw(rng);
    prover.verifier().verify_batch(&[(proof.clone(), inputs), (batch[0].clone(), inputs)], rng).unwrap();

    let debug = format!("{prover:?}");
    assert!(
        debug.starts_with("Prover { statement: \"reading/v2\", threads: ") && debug.len() < 200,
        "{debug}"
    );

    // Through text and back: proof, key and inputs as a service sends them.
    let sent = json!({ "proof": proof, "key": prover.verifier().key(), "inputs": inputs }).to_string();
    let came: Value = serde_json::from_str(&sent).unwrap();
    let key: VerifyingKey = serde_json::from_value(came["key"].clone()).unwrap();
    let proof: Proof = serde_json::from_value(came["proof"].clone()).unwrap();
    let inputs: ReadingInputs = serde_json::from_value(came["inputs"].clone()).unwrap();
    zksensor::verifier::Verifier::new(&statement, key.clone()).unwrap().verify(&proof, &inputs).unwrap();

    // What a point or an element can do is in the re-exports.
    let _: ark_bn254::Fr = ark_bn254::Fr::ZERO.double();
    assert!(!proof.a().is_zero());

    // By name as the proof file has them.
    let file = ProofFile::new(&statement, key.key_id(), proof, assignment_words(&inputs)).unwrap();
    let fields: Value = serde_json::from_str::<Value>(&file.to_json()).unwrap()["fields"].clone();
    assert_eq!(fields, serde_json::to_value(inputs).unwrap());
}

fn assignment_words(inputs: &ReadingInputs) -> Vec<ark_bn254::Fr> {
    use zksensor::model::layout::PublicInputs;
    inputs.to_words().unwrap()
}

#[test]
fn keys_and_builders_show_no_points() {
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
    let statement = fleet.reading_statement();
    let key = insecure_setup(&statement, &mut rand_chacha::ChaCha20Rng::seed_from_u64(1), &()).unwrap();
    let id = key.verifying_key().key_id().to_string();
    let debug = format!("{key:?}");
    assert!(debug.contains(&id) && debug.len() < 1000, "{debug}");
    let debug = format!("{:?}", Prover::builder(statement, key).threads(3).in_flight(2));
    assert!(debug.contains("threads: Some(3), in_flight: Some(2)") && debug.len() < 200, "{debug}");
}

#[test]
fn errors_of_files_have_their_causes() {
    let folder = std::env::temp_dir().join(format!("zksensor-linked-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let missing = files::load_verifying_key(&folder.join("none.key")).unwrap_err();
    assert!(matches!(causes(&missing)[0].downcast_ref(), Some(Reason::System { .. })));
    let system = causes(&missing)[1].downcast_ref::<io::Error>().unwrap();
    assert_eq!(system.kind(), io::ErrorKind::NotFound);

    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/proof_file/aggregate.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(seed).unwrap()).unwrap();
    document["proof"] = json!(format!("0x{}", "0".repeat(512)));
    let error: FileError =
        ProofFile::from_json(Path::new("p.json"), document.to_string().as_bytes()).unwrap_err();
    let all = causes(&error);
    assert_eq!(
        all.iter().find_map(|cause| cause.downcast_ref()),
        Some(&ProofError::Point {
            element: zksensor::verifier::ProofElement::A,
            reason: PointError::Identity
        })
    );
    assert_eq!(all.last().unwrap().downcast_ref(), Some(&PointError::Identity));

    let key = folder.join("not.key");
    files::write(&key, files::Kind::VerifyingKey, Overwrite::Never, b"zksensor-vk\x09").unwrap();
    let error = files::load_verifying_key(&key).unwrap_err();
    assert!(causes(&error).iter().any(|cause| cause.is::<zksensor::verifier::KeyError>()), "{error:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn errors_that_pass_another_on_have_it_as_their_cause() {
    let inner = VerifyError::Rejected;
    let error = VerifyError::BatchInputs { item: 0, reason: Box::new(inner) };
    assert_eq!(causes(&error).len(), 1);
    let off = Proof::from_bytes(&[0; Proof::BYTES]).unwrap_err();
    assert!(causes(&off)[0].is::<PointError>());
}
