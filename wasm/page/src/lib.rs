//! The verifier that `zksensor report` puts into a page, for `wasm32-unknown-unknown`: a verifying key, a proof and the words
//! of public inputs go in, byte by byte, and out comes whether the proof holds, or why it does not.
//!
//! Without bindings and without memory that both sides share: io/templates/report/verify.js calls the functions below. What it
//! is built to lies in io/assets; `cargo run --release -p xtask -- update` writes it.
//!
//! The page says what the words mean. Whether a proof holds *for these words* is all that is said here, by the same code as
//! anywhere else: the key is checked as it is when it is read from a file, the proof has one encoding, the words are canonical.

use std::sync::{Mutex, MutexGuard, PoisonError};

use zksensor_verifier::{
    INPUT_BYTES, KeyError, Proof, ProofError, UntypedVerifier, VerifyError, VerifyingKey, inputs_from_bytes,
};

/// The most bytes that are taken: a key is a few kilobytes.
pub const MOST: usize = 1 << 20;

/// Why a proof was not accepted.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// There are fewer bytes than the key and the proof have, or more than [`MOST`].
    Length {
        /// How many came.
        got: usize,
    },
    /// The key.
    Key(KeyError),
    /// The proof's encoding.
    Proof(ProofError),
    /// The words are none, or the proof does not hold for them.
    Verify(VerifyError),
}

impl Refusal {
    /// What the page is told: 1 is that the proof does not hold; any other is that something in the page is damaged.
    pub fn code(&self) -> u32 {
        match self {
            Refusal::Verify(VerifyError::Rejected) => 1,
            Refusal::Verify(_) => 2,
            Refusal::Proof(_) => 3,
            Refusal::Key(_) => 4,
            Refusal::Length { .. } => 5,
        }
    }
}

/// Verifies: `bytes` are those of a verifying key's file, so many as `key` says, then the 256 of a proof, then 32 for each word.
///
/// # Errors
/// [`Refusal`] unless the proof holds for the words.
pub fn verify(bytes: &[u8], key: usize) -> Result<(), Refusal> {
    let length = Refusal::Length { got: bytes.len() };
    let Some((key, rest)) = bytes.split_at_checked(key).filter(|_| bytes.len() <= MOST) else {
        return Err(length);
    };
    let Some((proof, words)) = rest.split_at_checked(Proof::BYTES) else {
        return Err(length);
    };
    let key = VerifyingKey::from_bytes(key).map_err(Refusal::Key)?;
    let proof = Proof::from_bytes(proof).map_err(Refusal::Proof)?;
    let words = inputs_from_bytes(words, words.len() / INPUT_BYTES).map_err(Refusal::Verify)?;
    let verifier = UntypedVerifier::new(key.points().clone()).map_err(Refusal::Key)?;
    verifier.verify(&proof, &words).map_err(Refusal::Verify)
}

static TAKEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn taken() -> MutexGuard<'static, Vec<u8>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a byte of what is to be verified; those beyond [`MOST`] are counted once and not kept.
#[expect(unsafe_code, reason = "the name is how the page finds it; nothing else that is linked has it")]
#[unsafe(no_mangle)]
pub extern "C" fn zksensor_take(byte: u8) {
    let mut taken = taken();
    if taken.len() <= MOST {
        taken.push(byte);
    }
}

/// Verifies what was taken, of which so many bytes are the key's, and forgets it. 0 if the proof holds, else [`Refusal::code`].
#[expect(unsafe_code, reason = "the name is how the page finds it; nothing else that is linked has it")]
#[unsafe(no_mangle)]
pub extern "C" fn zksensor_verify(key: u32) -> u32 {
    let bytes = std::mem::take(&mut *taken());
    verify(&bytes, key as usize).map_or_else(|refusal| refusal.code(), |()| 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;
    use zksensor_circuits::statement::reading::SingleReading;
    use zksensor_circuits::statement::{Assignment, Binding};
    use zksensor_prover::{Prover, insecure_setup};
    use zksensor_testkit::{Fleet, FleetOptions};
    use zksensor_verifier::inputs_to_bytes;

    use super::*;

    /// What a page asks: each byte, then the verdict.
    fn asked(bytes: &[u8], key: usize) -> u32 {
        bytes.iter().for_each(|byte| zksensor_take(*byte));
        zksensor_verify(u32::try_from(key).unwrap())
    }

    #[test]
    fn a_proof_holds_and_what_is_altered_does_not() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
        let statement = fleet.reading_statement();
        let key = insecure_setup(&statement, &mut rng, &()).unwrap();
        let witness = fleet.single(1);
        let assignment =
            Assignment::new(&statement, witness.inputs(Fleet::EPOCH, Binding::NONE), &witness).unwrap();
        let words = inputs_to_bytes(assignment.words());
        let prover = Prover::builder(statement, key.clone()).build().unwrap();
        let proof = prover.prove(&assignment, &mut rng).unwrap().to_bytes();
        let key = key.verifying_key().to_bytes();
        let good = [&key[..], &proof, &words].concat();
        assert_eq!(asked(&good, key.len()), 0);
        // The same again: nothing is left of what was taken.
        assert_eq!(asked(&good, key.len()), 0);
        let end = good.len() - 1;
        for (flipped, code) in [(end, 1), (key.len() + 3, 3), (key.len() - 1, 4)] {
            let mut altered = good.clone();
            altered[flipped] ^= 1;
            assert_eq!(asked(&altered, key.len()), code, "byte {flipped}");
        }
        assert_eq!(asked(&good[..end], key.len()), 2);
        assert_eq!(asked(&good[..end - 31], key.len()), 2);
        assert_eq!(asked(&good, key.len() - 1), 4);
        assert_eq!(asked(&good[..key.len() + 255], key.len()), 5);
        assert_eq!(asked(&[], 1), 5);
        assert_eq!(asked(&vec![0; MOST + 9], 0), 5);
    }
}
