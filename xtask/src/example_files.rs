//! The key and the proof that the example `verify_only` has of its own.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::files::ProofFile;
use zksensor::prover::{Prover, insecure_setup};
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Assignment, Binding, Claim};
use zksensor_testkit::{Fleet, FleetOptions};

use crate::file::Generated;

const FOLDER: &str = "examples/verify_only";
/// Chain, contract and recipient of the proof: a test network, made-up addresses.
const BINDING: (u64, [u8; 20], [u8; 20]) = (80_002, [0x22; 20], [0x33; 20]);

/// One reading of a made-up device. Randomness is of a fixed seed, so that the files come out the same: the key is INSECURE,
/// and the proof hides nothing from whoever reads this.
pub(crate) fn all() -> Result<Vec<Generated>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot make the files of {FOLDER}: {error}");
    let fleet = Fleet::new(&FleetOptions { devices: 8, ..FleetOptions::of::<SingleReading>() });
    let (statement, witness) = (fleet.reading_statement(), fleet.single(0));
    let (chain, contract, recipient) = BINDING;
    let binding = Binding::new(chain, contract, recipient, &statement.id());
    let inputs = witness.inputs(Fleet::EPOCH, binding);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let key = insecure_setup(&statement, &mut rng, &()).map_err(|error| failed(&error))?;
    let verifying = key.verifying_key().clone();
    let prover = Prover::builder(statement, key).build().map_err(|error| failed(&error))?;
    let assignment = Assignment::new(&statement, inputs, &witness).map_err(|error| failed(&error))?;
    let proof = prover.prove(&assignment, &mut rng).map_err(|error| failed(&error))?;
    let words = assignment.words().to_vec();
    let file =
        ProofFile::new(&statement, verifying.key_id(), proof, words).map_err(|error| failed(&error))?;
    Ok(vec![
        Generated::new(format!("{FOLDER}/verifying.key"), verifying.to_bytes()),
        Generated::new(format!("{FOLDER}/proof.json"), file.to_json()),
    ])
}
