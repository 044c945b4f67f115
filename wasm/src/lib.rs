//! One proof of `reading/v2` from a seed, for `wasm32-unknown-unknown` and for the machine: that the prover works without
//! threads, clock and system, and makes the same proof with and without them. Without bindings: `.ci/wasm.mjs` calls the
//! two functions below.

use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::reading::{ReadingInputs, SingleReading};
use zksensor_circuits::statement::{Assignment, Binding, Claim, Violation};
use zksensor_prover::{ProveError, Prover, insecure_setup};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::{Proof, VerifyError};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The claim does not hold.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The prover.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The proof is refused.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The proof is accepted for inputs that it is not of.
    #[error("expected the proof to be refused for another binding, it was accepted")]
    Accepted,
}

impl Failure {
    fn code(&self) -> u32 {
        match self {
            Failure::Violation(_) => 1,
            Failure::Prove(_) => 2,
            Failure::Verify(_) => 3,
            Failure::Accepted => 4,
        }
    }
}

/// Makes a key from the seed and proves a reading of a made-up device. The proof was verified, and refused for other
/// inputs.
///
/// # Security
/// Whoever knows the seed can forge: for tests.
///
/// # Errors
/// [`Failure`] names the step that failed.
pub fn insecure_proof(seed: u64) -> Result<Proof, Failure> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
    let statement = fleet.reading_statement();
    let key = insecure_setup(&statement, &mut rng, &())?;
    let prover = Prover::builder(statement, key).build()?;
    let witness = fleet.single(1);
    let binding = |chain| Binding::new(chain, [1; 20], [2; 20], &statement.id());
    let inputs = witness.inputs(Fleet::EPOCH, binding(80002));
    let proof = prover.prove(&Assignment::new(&statement, inputs, &witness)?, &mut rng)?;
    let proof = Proof::from_bytes(&proof.to_bytes()).map_err(VerifyError::from)?;
    prover.verifier().verify(&proof, &inputs)?;
    match prover.verifier().verify(&proof, &ReadingInputs { binding: binding(137), ..inputs }) {
        Err(VerifyError::Rejected) => Ok(proof),
        Err(error) => Err(error.into()),
        Ok(()) => Err(Failure::Accepted),
    }
}

static PROOF: OnceLock<Vec<u8>> = OnceLock::new();

/// Proves; 0, or which step failed. A panic ends the instance.
#[expect(unsafe_code, reason = "the name is how the script finds it; nothing else that is linked has it")]
#[unsafe(no_mangle)]
pub extern "C" fn zksensor_prove(seed: u64) -> u32 {
    match insecure_proof(seed) {
        Ok(proof) => {
            PROOF.get_or_init(|| proof.to_bytes().to_vec());
            0
        }
        Err(failure) => failure.code(),
    }
}

/// A byte of the first proof that was made; 256 after the last one.
#[expect(unsafe_code, reason = "the name is how the script finds it; nothing else that is linked has it")]
#[unsafe(no_mangle)]
pub extern "C" fn zksensor_proof_byte(index: u32) -> u32 {
    let byte = PROOF.get().and_then(|proof| proof.get(index as usize));
    byte.map_or(256, |byte| u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_the_script_prove() {
        assert_eq!(zksensor_proof_byte(0), 256);
        assert_eq!(zksensor_prove(1), 0);
        let bytes: Vec<u32> =
            (0..).map(|index| zksensor_proof_byte(index)).take_while(|byte| *byte < 256).collect();
        let proof: Vec<u32> = PROOF.get().into_iter().flatten().map(|byte| u32::from(*byte)).collect();
        assert!(!bytes.is_empty() && bytes == proof);
    }
}
