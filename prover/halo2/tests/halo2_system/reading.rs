//! `reading`, from parameters to a verified proof.

use std::sync::Arc;
use std::time::Instant;

use zksensor_circuits::statement::reading::{ReadingInputs, SingleReading};
use zksensor_circuits::statement::{Assignment, Binding, Claim};
use zksensor_model::layout::PublicInputs;
use zksensor_prover::{Groth16, ProofSystem, Prover, ProverBuilder, insecure_setup};
use zksensor_prover_halo2::{Halo2, ProveError, ProvingKey, Srs, setup};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::inputs_to_bytes;
use zksensor_verifier_halo2::{Proof, ProofError, VerifyError};

use crate::rng;

/// The most memory that this process had, in MiB, where the system says so.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// The prover of a key, and a proof that it verified: the same lines whatever the proof system.
#[expect(clippy::print_stdout, reason = "figures of a test, for who asks with `--nocapture`")]
fn proven<P: ProofSystem>(
    key: P::ProvingKey,
    assignment: &Assignment<'_, SingleReading>,
) -> (Prover<SingleReading, P>, P::Proof) {
    let name = std::any::type_name::<P>();
    let timed =
        |what: &str, start: Instant| println!("{name}: {what} {:.4} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let prover: Prover<SingleReading, P> = ProverBuilder::new(SingleReading, key).build().unwrap();
    timed("prover built", start);
    let start = Instant::now();
    let proof = prover.prove(assignment, &mut rng(2)).unwrap();
    timed("proof", start);
    let start = Instant::now();
    (0..10).for_each(|_| prover.verify(&proof, assignment.inputs()).unwrap());
    timed("verified ten times", start);
    (prover, proof)
}

#[test]
fn a_reading_is_proven_and_what_is_altered_refused() {
    let statement = SingleReading;
    let mut last = Instant::now();
    let mut took = |what: &str| {
        println!("{what}: {:.3} s, at most {:?} MiB", last.elapsed().as_secs_f64(), peak());
        last = Instant::now();
    };
    let srs = Arc::new(Srs::insecure_setup(13, &mut rng(1)).unwrap());
    took("parameters");
    let key = setup(&statement, srs.clone(), &()).unwrap();
    took("setup");
    let mut bytes = Vec::new();
    key.write(&mut bytes).unwrap();
    took("key written");
    let read = ProvingKey::read(&bytes[..], bytes.len() as u64).unwrap();
    took("key read");
    println!("key {} B, verifying key {} B", bytes.len(), key.verifying_key().to_bytes().len());
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
    let witness = fleet.single(1);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::new(80002, [1; 20], [2; 20], &statement.id()));
    let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
    took("claim made");
    let (prover, proof) = proven::<Halo2>(read, &assignment);
    println!("proof {} B, most of this process {:?} MiB", proof.as_bytes().len(), peak());
    took("proven and verified");

    let binding = Binding::new(137, [1; 20], [2; 20], &statement.id());
    let other = ReadingInputs { binding, ..inputs };
    assert_eq!(prover.verify(&proof, &other), Err(VerifyError::Rejected));
    let words = inputs_to_bytes(&inputs.to_words().unwrap());
    let verify = |proof: &[u8]| {
        let proof = Proof::from_bytes(proof)?;
        prover.verify(&proof, &inputs)
    };
    assert_eq!(words.len(), 32 * 5);
    for at in (0..proof.as_bytes().len()).step_by(61) {
        let mut altered = proof.as_bytes().to_vec();
        altered[at] ^= 0x10;
        assert!(verify(&altered).is_err(), "{at}");
    }
    took("altered ones refused");

    // The same claim under the other system: one type parameter. Neither takes the other's proof.
    let key = insecure_setup(&statement, &mut rng(3), &()).unwrap();
    took("setup of groth16");
    let (other, theirs) = proven::<Groth16>(key, &assignment);
    took("proven and verified by groth16");
    assert_eq!(Proof::from_bytes(&theirs.to_bytes()), Err(ProofError::Groth16));
    let refused = other.verifier().verify_bytes(proof.as_bytes(), &words).unwrap_err();
    assert!(matches!(refused, zksensor_verifier::VerifyError::Proof(_)), "{refused}");

    let error = setup(&fleet.statement(2), srs, &()).unwrap_err();
    assert!(matches!(error, ProveError::SrsRows { got: 13, .. }), "{error}");
}
