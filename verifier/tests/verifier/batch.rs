use ark_bn254::G1Affine;
use ark_ec::{AffineRepr, CurveGroup};
use rand::{CryptoRng, RngCore};
use zksensor_model::layout::InputError;
use zksensor_verifier::{Proof, VerifyError};

use crate::probe::{ProbeInputs, inputs, prove, rng, verifier};

fn items(count: u64) -> Vec<(Proof, ProbeInputs)> {
    (0..count).map(|index| (prove(index + 2, index), inputs(index + 2, index))).collect()
}

/// The proof with C moved by a point.
fn moved(proof: &Proof, by: G1Affine) -> Proof {
    let c = (proof.c() + by).into_affine();
    Proof::new(proof.a(), proof.b(), c).expect("good points")
}

#[test]
fn good_batches_verify_in_any_order() {
    let verifier = verifier();
    // 32 proofs go into one Miller loop.
    let all = items(35);
    for count in [1, 2, 3, 32, 33, 35] {
        assert_eq!(verifier.verify_batch(&all[..count], &mut rng(count as u64)), Ok(()), "{count} proofs");
    }
    let mut reversed = all[..5].to_vec();
    reversed.reverse();
    assert_eq!(verifier.verify_batch(&reversed, &mut rng(6)), Ok(()));
    let twice = [all[0].clone(), all[1].clone(), all[0].clone()];
    assert_eq!(verifier.verify_batch(&twice, &mut rng(7)), Ok(()));
}

#[test]
fn one_wrong_proof_anywhere_fails_the_batch() {
    let verifier = verifier();
    let good = items(4);
    let rejected = Err(VerifyError::BatchRejected { proofs: 4 });
    for index in 0..good.len() {
        let mut wrong = good.clone();
        wrong[index].0 = moved(&wrong[index].0, G1Affine::generator());
        assert_eq!(verifier.verify_batch(&wrong, &mut rng(1)), rejected, "proof {index}");
        let mut wrong = good.clone();
        wrong[index].1.count += 1;
        assert_eq!(verifier.verify_batch(&wrong, &mut rng(2)), rejected, "inputs {index}");
        let mut wrong = good.clone();
        let other = (index + 1) % good.len();
        (wrong[index].1, wrong[other].1) = (wrong[other].1, wrong[index].1);
        assert_eq!(
            verifier.verify_batch(&wrong, &mut rng(3)),
            rejected,
            "inputs {index} and {other} exchanged"
        );
    }
    let across = items(33).into_iter().enumerate().map(|(index, (proof, inputs))| match index {
        32 => (moved(&proof, G1Affine::generator()), inputs),
        _ => (proof, inputs),
    });
    let refused = verifier.verify_batch(&across.collect::<Vec<_>>(), &mut rng(4));
    assert_eq!(refused, Err(VerifyError::BatchRejected { proofs: 33 }));
}

/// A source that returns the same byte for ever.
struct Stuck(u8);

impl RngCore for Stuck {
    fn next_u32(&mut self) -> u32 {
        u32::from_ne_bytes([self.0; 4])
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_ne_bytes([self.0; 8])
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Stuck {}

#[test]
fn false_proofs_that_cancel_are_refused_when_coefficients_differ() {
    let verifier = verifier();
    let mut wrong = items(2);
    wrong[0].0 = moved(&wrong[0].0, G1Affine::generator());
    wrong[1].0 = moved(&wrong[1].0, -G1Affine::generator());
    // The two do cancel where the coefficients are equal: this is what the random source is for.
    assert_eq!(verifier.verify_batch(&wrong, &mut Stuck(1)), Ok(()));
    for seed in 0..4 {
        let refused = verifier.verify_batch(&wrong, &mut rng(seed));
        assert_eq!(refused, Err(VerifyError::BatchRejected { proofs: 2 }));
    }
}

#[test]
fn an_empty_batch_a_zero_source_and_bad_inputs_are_errors() {
    let verifier = verifier();
    assert_eq!(verifier.verify_batch(&[], &mut rng(1)), Err(VerifyError::EmptyBatch));
    let mut items = items(3);
    assert_eq!(verifier.verify_batch(&items, &mut Stuck(0)), Err(VerifyError::Randomness));
    items[2].1.level = i64::MIN;
    let refused = verifier.verify_batch(&items, &mut rng(1));
    let Err(VerifyError::BatchInputs { item: 2, reason }) = refused else { panic!("{refused:?}") };
    assert!(
        matches!(*reason, VerifyError::Inputs(InputError::Overflow { field: "level", .. })),
        "{reason:?}"
    );
}
