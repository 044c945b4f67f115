//! Setup, proof, verification; ark-groth16 as the outside opinion.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use ark_bn254::Bn254;
use ark_groth16::{Groth16, prepare_verifying_key};
use sha3::{Digest, Keccak256};
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Assignment, Binding, Claim};
use zksensor_model::layout::PublicInputs;
use zksensor_prover::{
    Event, Phase, ProveError, Prover, ProvingKey, insecure_setup, key_to_ark, proof_from_ark, proof_to_ark,
};
use zksensor_testkit::{Fleet, FleetOptions, KeyFile};

use crate::rng;

fn fleet() -> &'static Fleet {
    static FLEET: OnceLock<Fleet> = OnceLock::new();
    FLEET.get_or_init(|| Fleet::new(&FleetOptions { devices: 4, k: 2, ..FleetOptions::default() }))
}

/// The statement of two readings and its key.
fn small() -> &'static (Aggregate, ProvingKey) {
    static SMALL: OnceLock<(Aggregate, ProvingKey)> = OnceLock::new();
    SMALL.get_or_init(|| {
        let statement = fleet().statement(2);
        (statement, insecure_setup(&statement, &mut rng(1), &()).unwrap())
    })
}

#[test]
fn a_proof_verifies_here_and_with_ark_groth16() {
    let (statement, key) = small();
    let heard: &'static Mutex<Vec<Phase>> = Box::leak(Box::default());
    let progress = |event: Event| {
        if let Event::Finished(phase, time) = event {
            assert!(time > Duration::ZERO);
            heard.lock().unwrap().push(phase);
        }
    };
    let prover = Prover::builder(*statement, key.clone()).progress(Box::new(progress)).build().unwrap();
    let witness = fleet().aggregate(2);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignment = Assignment::new(statement, inputs, &witness).unwrap();
    let proof = prover.prove(&assignment, &mut rng(2)).unwrap();
    prover.verifier().verify(&proof, &inputs).unwrap();
    let prepared = prepare_verifying_key(&key_to_ark(key.verifying_key().points()));
    let (words, theirs) = (inputs.to_words().unwrap(), proof_to_ark(&proof));
    assert!(Groth16::<Bn254>::verify_proof(&prepared, &theirs, &words).unwrap());
    assert_eq!(proof_from_ark(&theirs).unwrap(), proof);
    let mut wrong = inputs;
    wrong.sum += 1;
    assert!(prover.verifier().verify(&proof, &wrong).is_err());
    let phases = [Phase::Compile, Phase::Witness, Phase::Transform, Phase::Multiexp, Phase::Verify];
    assert_eq!(*heard.lock().unwrap(), phases);
}

#[test]
fn the_same_rng_makes_the_same_proof_on_any_number_of_threads() {
    let (statement, key) = small();
    let witness = fleet().aggregate(2);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignment = Assignment::new(statement, inputs, &witness).unwrap();
    let proofs = [1, 2, 5].map(|threads| {
        let prover = Prover::builder(*statement, key.clone()).threads(threads).build().unwrap();
        prover.prove(&assignment, &mut rng(3)).unwrap().to_bytes()
    });
    assert_eq!(proofs[0], proofs[1]);
    assert_eq!(proofs[0], proofs[2]);
}

#[test]
fn a_batch_proves_each_claim_with_its_own_blinding() {
    let (statement, key) = small();
    let prover = Prover::builder(*statement, key.clone()).build().unwrap();
    let witness = fleet().aggregate(2);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignments: Vec<_> = (0..3).map(|_| Assignment::new(statement, inputs, &witness).unwrap()).collect();
    let proofs = prover.prove_batch(&assignments, &mut rng(4)).unwrap();
    assert_eq!(proofs.len(), 3);
    assert_ne!(proofs[0].to_bytes(), proofs[1].to_bytes());
    for proof in &proofs {
        prover.verifier().verify(proof, &inputs).unwrap();
    }
    let single = prover.prove(&assignments[0], &mut rng(4)).unwrap();
    assert_eq!(single.to_bytes(), proofs[0].to_bytes());
    assert!(prover.prove_batch(&[], &mut rng(4)).unwrap().is_empty());
}

#[test]
fn one_reading_is_proven() {
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
    let statement = SingleReading;
    let key = insecure_setup(&statement, &mut rng(5), &()).unwrap();
    let prover = Prover::builder(statement, key).build().unwrap();
    let witness = fleet.single(1);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::new(80002, [1; 20], [2; 20], &statement.id()));
    let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
    let proof = prover.prove(&assignment, &mut rng(6)).unwrap();
    prover.verifier().verify(&proof, &inputs).unwrap();
    let other = zksensor_circuits::statement::reading::ReadingInputs {
        binding: Binding::new(137, [1; 20], [2; 20], &statement.id()),
        ..inputs
    };
    assert!(prover.verifier().verify(&proof, &other).is_err());
}

#[test]
fn keys_round_trip_and_damaged_ones_are_refused() {
    let (statement, key) = small();
    let bytes = key.to_bytes();
    let again = ProvingKey::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_bytes(), bytes);
    assert!(again.is_insecure());
    assert_eq!(*again.statement(), statement.id());
    let mut altered = bytes.clone();
    for position in [0, 11, 20, bytes.len() / 2, bytes.len() - 1] {
        altered[position] ^= 1;
        assert!(matches!(ProvingKey::from_bytes(&altered), Err(ProveError::KeyBytes { .. })));
        altered[position] ^= 1;
    }
    for length in [0, 5, 12, 16, 100, bytes.len() - 1] {
        assert!(matches!(ProvingKey::from_bytes(&bytes[..length]), Err(ProveError::KeyBytes { .. })));
    }
    altered.push(0);
    assert!(matches!(ProvingKey::from_bytes(&altered), Err(ProveError::KeyBytes { .. })));
}

/// Whoever makes a key can make its digest, too.
#[test]
fn hostile_keys_with_a_digest_that_fits_are_refused() {
    let (_, key) = small();
    let bytes = key.to_bytes();
    let sealed = |position: usize, with: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[position..position + with.len()].copy_from_slice(with);
        let body = bytes.len() - 32;
        let digest = Keccak256::digest(&bytes[..body]);
        bytes[body..].copy_from_slice(&digest);
        ProvingKey::from_bytes(&bytes).unwrap_err().to_string()
    };
    let file = KeyFile::of(&bytes);
    let [a, b, c] = file.starts();
    let count = a - 4 - file.queries[0].len().div_ceil(8);
    assert!(sealed(12 + 32, &u32::MAX.to_be_bytes()).contains("end within the verifying key"));
    // More columns than there may be, and than there are bytes for; and more bits than columns.
    for many in [u32::MAX, 1 << 31, (1 << 31) - 1] {
        assert!(sealed(count, &many.to_be_bytes()).contains("a length or a coordinate"));
    }
    assert!(sealed(count, &0u32.to_be_bytes()).contains("hold"));
    let columns = u32::try_from(file.queries[0].len()).unwrap();
    let less = columns - 1 - (columns - 1) % 8 + 1;
    assert!(less < columns, "else the next line tests nothing");
    assert!(sealed(count, &less.to_be_bytes()).contains("a bit for a point that there is not"));
    for (start, width) in [(a, 64), (b, 128), (c, 64)] {
        assert!(sealed(start, &[0xff; 32]).contains("a length or a coordinate"));
        assert!(sealed(start + width - 32, &[0xff; 32]).contains("a length or a coordinate"));
        assert!(sealed(start, &[1; 16]).contains("off its curve"));
        // The identity has a bit and no coordinates.
        assert!(sealed(start, &vec![0; width]).contains("off its curve"));
    }
}

#[test]
fn a_key_or_an_assignment_of_another_shape_is_refused() {
    let (statement, key) = small();
    let other = fleet().statement(3);
    assert!(matches!(Prover::builder(other, key.clone()).build(), Err(ProveError::KeyMismatch { .. })));
    let prover = Prover::builder(*statement, key.clone()).build().unwrap();
    let witness = fleet().aggregate(2);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignment = Assignment::new(&other, inputs, &witness).unwrap();
    assert!(matches!(prover.prove(&assignment, &mut rng(7)), Err(ProveError::AssignmentMismatch { .. })));
}

/// The files of the example `verify_only`, which `xtask` makes, too: a prover whose arithmetic changes is noticed here.
#[test]
fn a_seed_gives_the_key_and_the_proof_that_were_released() {
    let options = FleetOptions { devices: 8, ..FleetOptions::of::<SingleReading>() };
    let (fleet, mut rng) = (Fleet::new(&options), rng(1));
    let (statement, witness) = (SingleReading, fleet.single(0));
    let binding = Binding::new(80_002, [0x22; 20], [0x33; 20], &statement.id());
    let inputs = witness.inputs(Fleet::EPOCH, binding);
    let key = insecure_setup(&statement, &mut rng, &()).unwrap();
    let released = include_bytes!("../../../examples/verify_only/verifying.key");
    assert!(key.verifying_key().to_bytes() == released, "another key");
    let prover = Prover::builder(statement, key).build().unwrap();
    let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
    let proof = zksensor_model::hex::encode(&prover.prove(&assignment, &mut rng).unwrap().to_bytes());
    let released = include_str!("../../../examples/verify_only/proof.json");
    assert!(released.contains(&format!("\"proof\":\"{proof}\"")), "another proof");
}
