//! Parameters, keys and what looks like proofs of halo2. A proof of it is never the same twice, so that these have the form of one alone.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::statement::reading::SingleReading;
use zksensor::circuits::statement::{Binding, Claim};
use zksensor::files::ProofFile;
use zksensor::halo2::prover::{ProvingKey, Srs, setup, size};
use zksensor::halo2::verifier::{Proof, ProofError, Verifier, VerifyError, VerifyingKey};
use zksensor::model::layout::PublicInputs;
use zksensor::verifier::inputs_to_bytes;
use zksensor_testkit::Fleet;

use super::Seed;

/// Parameters of the fewest rows, a key of `reading`, and a proof for it that is false.
pub(super) fn all(fleet: &Fleet) -> Vec<Seed> {
    let srs = |k| Arc::new(Srs::insecure_setup(k, &mut ChaCha20Rng::seed_from_u64(1)).unwrap());
    let rows = size(&SingleReading).unwrap().k.try_into().unwrap();
    let key = setup(&SingleReading, srs(rows), &()).unwrap();
    let least = srs(Srs::LEAST_K);
    let mut parameters = Vec::new();
    least.write(&mut parameters).unwrap();
    let inputs =
        fleet.single(0).inputs(Fleet::EPOCH, Binding::new(137, [1; 20], [2; 20], &SingleReading.id()));
    let words = inputs.to_words().unwrap();
    let verifying = key.verifying_key();
    let proof = formed(verifying, &inputs_to_bytes(&words));
    let both = [counted(&verifying.to_bytes()), counted(proof.as_bytes()), inputs_to_bytes(&words)].concat();
    let file = ProofFile::new(&SingleReading, verifying.key_id(), proof.clone(), words).unwrap();
    vec![
        ("halo2_srs", "least", parameters.clone()),
        ("halo2_verifying_key", "reading", verifying.to_bytes()),
        ("halo2_proving_key", "other_parameters", mixed(verifying, &parameters)),
        ("halo2_proof", "formed", proof.as_bytes().to_vec()),
        ("halo2_proof_file", "formed.json", file.to_json().into_bytes()),
        ("halo2_verify", "formed", both),
    ]
}

/// The smallest proving key that there is, of 2^9 rows: larger than a seed.
pub(crate) fn whole() -> Vec<u8> {
    let statement = super::ceremony_seeds::Root;
    let rows = size(&statement).unwrap().k.try_into().unwrap();
    let srs = Srs::insecure_setup(rows, &mut ChaCha20Rng::seed_from_u64(2)).unwrap();
    let mut bytes = Vec::new();
    setup(&statement, Arc::new(srs), &()).unwrap().write(&mut bytes).unwrap();
    assert!(ProvingKey::read(&bytes[..], bytes.len() as u64).is_ok());
    bytes
}

/// A verifying key before parameters of so few rows that the whole is short: all is read, and refused for that they are not of each other.
fn mixed(verifying: &VerifyingKey, parameters: &[u8]) -> Vec<u8> {
    let key = verifying.to_bytes();
    let length = u32::try_from(key.len()).unwrap().to_be_bytes();
    let bytes = [b"zksensor-halo2-pk\x01", &length[..], &key, parameters].concat();
    let refused = ProvingKey::read(&bytes[..], bytes.len() as u64).unwrap_err().to_string();
    assert!(refused.contains("other parameters"), "{refused}");
    bytes
}

/// As many points and numbers as a proof has, each the generator or one of its coordinates: it is read to the end, and holds of nothing.
fn formed(key: &VerifyingKey, inputs: &[u8]) -> Proof {
    let verifier = Verifier::new(&SingleReading, key.clone()).unwrap();
    let mut bytes = vec![0; verifier.proof_bytes()];
    let mut from = 0;
    loop {
        for (index, word) in bytes[from..].chunks_exact_mut(32).enumerate() {
            word[31] = if index % 2 == 0 { 1 } else { 2 };
        }
        let proof = Proof::from_bytes(&bytes).unwrap();
        match verifier.verify_bytes(&bytes, inputs) {
            Err(VerifyError::Rejected) => return proof,
            // An odd number of numbers is before this point.
            Err(VerifyError::Proof(ProofError::Point { offset, .. })) if offset > from => from = offset,
            other => panic!("expected a false proof, got {:?}", other.map(|_| ())),
        }
    }
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}
