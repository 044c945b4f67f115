//! A small proof, and every way to alter it.

use std::time::{Duration, Instant};

use zksensor_circuits::statement::{Assignment, Claim, Rule};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::PublicInputs;
use zksensor_prover::{Cancel, Cancelled, Fault, Phase, ProofSystem, ProverBuilder, Watch};
use zksensor_prover_halo2::{Halo2, ProveError, setup};
use zksensor_verifier::inputs_to_bytes;
use zksensor_verifier_halo2::{Proof, ProofError, Verifier, VerifyError, VerifyingKey};

use crate::rng;
use crate::root::{Root, inputs, key, prove, prover, srs};

fn verifier() -> Verifier<Root> {
    Verifier::new(&Root(1), key().verifying_key().clone()).unwrap()
}

#[test]
fn a_claim_is_proven_and_another_one_refused() {
    let verifier = verifier();
    let (proof, good) = prove(300, 301).unwrap();
    assert_eq!(proof.as_bytes().len(), verifier.proof_bytes());
    assert_eq!(verifier.key().proof_bytes(), verifier.proof_bytes());
    assert_eq!(Proof::from_hex(&proof.to_hex()), Ok(proof.clone()));
    verifier.verify(&proof, &good).unwrap();
    prover().verify(&proof, &good).unwrap();
    let words = good.to_words().unwrap();
    let bytes = inputs_to_bytes(&words);
    assert!(verifier.verify_bytes(proof.as_bytes(), &bytes).unwrap() == good);
    for other in [inputs(90_001, 301), inputs(89_999, 301), inputs(90_000, 302), inputs(0, 0)] {
        assert_eq!(verifier.verify(&proof, &other), Err(VerifyError::Rejected), "{other:?}");
    }
    // halo2 alone takes one word less as one that ends in a zero, and one more that is zero as nothing.
    let wrong_count = |words: &[Fr]| verifier.verify_words(&proof, words).unwrap_err();
    for words in [&words[..1], &[words[0], words[1], Fr::from(0u64)], &[]] {
        let wanted = zksensor_verifier::VerifyError::InputCount { wanted: 2, got: words.len() };
        assert_eq!(wrong_count(words), VerifyError::Inputs(wanted));
    }
    let longer = [&bytes[..], &[0; 32]].concat();
    let beyond = [&[0xff; 32], &bytes[32..]].concat();
    for bytes in [&bytes[..63], &bytes[..32], &longer, &beyond] {
        assert!(matches!(verifier.verify_bytes(proof.as_bytes(), bytes), Err(VerifyError::Inputs(_))));
    }
}

/// A key that says that it has 2^25 rows is not believed with memory: what a verifier prepares does not depend on rows.
#[test]
fn a_key_of_many_rows_costs_a_verifier_nothing() {
    let own = key().verifying_key().clone();
    let large = VerifyingKey::new(own.statement(), true, 25, 2, own.points().clone()).unwrap();
    let large = VerifyingKey::from_bytes(&large.to_bytes()).unwrap();
    let start = Instant::now();
    let verifier = Verifier::new(&Root(1), large).unwrap();
    let (proof, good) = prove(7, 8).unwrap();
    assert_eq!(verifier.verify(&proof, &good), Err(VerifyError::Rejected));
    // Transforms of so many rows alone would be 30 GB.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// Each byte of a proof with a bit flipped, and each word replaced.
#[test]
fn what_is_altered_is_refused() {
    let verifier = verifier();
    let (proof, good) = prove(7, 8).unwrap();
    let bytes = proof.as_bytes();
    let refused = |bytes: &[u8]| {
        let proof = Proof::from_bytes(bytes)?;
        verifier.verify(&proof, &good)
    };
    assert_eq!(refused(bytes), Ok(()));
    let (mut off, mut beyond, mut false_ones) = (0, 0, 0);
    for at in 0..bytes.len() {
        let mut altered = bytes.to_vec();
        altered[at] ^= 0x80 >> (at % 8);
        match refused(&altered).unwrap_err() {
            VerifyError::Proof(ProofError::Point { .. }) => off += 1,
            VerifyError::Proof(ProofError::NotCanonical { .. }) => beyond += 1,
            VerifyError::Rejected => false_ones += 1,
            other => panic!("byte {at}: {other}"),
        }
    }
    assert!(off > 0 && beyond > 0 && false_ones > 0, "{off} {beyond} {false_ones}");

    // The alias v + r of a number is not the number; nor is zero, all ones, or its neighbour.
    let words = bytes.len() / 32;
    let r_less_one = field::to_be_bytes(&-Fr::from(1u64));
    for word in 0..words {
        let range = 32 * word..32 * (word + 1);
        let mut values = vec![[0; 32], [0xff; 32], r_less_one];
        values.extend(plus_r(bytes[range.clone()].try_into().unwrap()));
        if word + 1 < words {
            values.push(bytes[32 * (word + 1)..32 * (word + 2)].try_into().unwrap());
        }
        for value in values {
            let mut altered = bytes.to_vec();
            altered[range.clone()].copy_from_slice(&value);
            assert!(altered == bytes || refused(&altered).is_err(), "word {word}");
        }
    }
    // Two words that are zeros are the point at infinity, where there is a point.
    let mut infinite = bytes.to_vec();
    infinite[..64].fill(0);
    assert!(matches!(refused(&infinite), Err(VerifyError::Proof(ProofError::Point { offset: 0, .. }))));
}

/// v + r in 256 bits, for any v.
fn plus_r(value: [u8; 32]) -> Option<[u8; 32]> {
    let mut r = field::to_be_bytes(&-Fr::from(1u64));
    r[31] += 1;
    let (mut sum, mut carry) = ([0; 32], 0u16);
    for i in (0..32).rev() {
        let digit = u16::from(value[i]) + u16::from(r[i]) + carry;
        sum[i] = digit.to_le_bytes()[0];
        carry = digit >> 8;
    }
    (carry == 0).then_some(sum)
}

#[test]
fn another_length_is_refused() {
    let verifier = verifier();
    let (proof, good) = prove(7, 8).unwrap();
    let bytes = proof.as_bytes();
    let words = inputs_to_bytes(&good.to_words().unwrap());
    for cut in 0..bytes.len() {
        let refused = verifier.verify_bytes(&bytes[..cut], &words).unwrap_err();
        let wanted = match cut {
            256 => ProofError::Groth16,
            _ if cut % 32 == 0 && cut > 0 => ProofError::Length { wanted: bytes.len(), got: cut },
            _ => ProofError::Words { most: Proof::MOST_BYTES, got: cut },
        };
        assert_eq!(refused, VerifyError::Proof(wanted));
    }
    for more in [1, 32, 64, 640, Proof::MOST_BYTES] {
        let longer = [bytes, &vec![0; more]].concat();
        assert!(matches!(verifier.verify_bytes(&longer, &words), Err(VerifyError::Proof(_))));
    }
    for text in ["", "0x", "0x0", "12", "0xzz"] {
        assert!(Proof::from_hex(text).is_err(), "{text}");
    }
}

#[test]
fn a_batch_holds_if_all_do() {
    let verifier = verifier();
    let (first, second) = (prove(7, 8).unwrap(), prove(70, 80).unwrap());
    verifier.verify_batch(std::slice::from_ref(&first)).unwrap();
    verifier.verify_batch(&[first.clone(), second.clone(), first.clone()]).unwrap();
    assert_eq!(verifier.verify_batch(&[]), Err(VerifyError::EmptyBatch));
    let swapped = [(first.0.clone(), second.1), (second.0.clone(), first.1)];
    assert_eq!(verifier.verify_batch(&swapped), Err(VerifyError::BatchRejected { proofs: 2 }));
    let other = (second.0.clone(), inputs(4_901, 80));
    let all = [first.clone(), other, first.clone()];
    assert_eq!(verifier.verify_batch(&all), Err(VerifyError::BatchRejected { proofs: 3 }));
    let cut = Proof::from_bytes(&first.0.as_bytes()[32..]).unwrap();
    let refused = verifier.verify_batch(&[second, (cut, first.1)]).unwrap_err();
    assert!(matches!(refused, VerifyError::BatchItem { item: 1, .. }), "{refused}");
}

#[test]
fn a_claim_that_does_not_hold_is_named() {
    let refused = prove(7, 7).unwrap_err();
    assert!(matches!(&refused, ProveError::CheckDisagrees { rule: None, .. }), "{refused}");
    let statement = Root(1);
    let assignment = Assignment::new(&statement, inputs(50, 8), &7).unwrap();
    let refused = prover().prove(&assignment, &mut rng(3)).unwrap_err();
    let wanted = ProveError::CheckDisagrees {
        statement: statement.id().into(),
        rule: Some(Rule::VALUE),
        scope: "C7 value / root".into(),
    };
    assert_eq!(refused, wanted);
}

#[test]
fn another_shape_is_refused_by_key_prover_and_verifier() {
    let other = Root(2);
    let (own, ids) = (key(), (Root(1).id(), other.id()));
    let mismatch = |error: ProveError| match error {
        ProveError::Fault(Fault::KeyMismatch { key, statement }) => (*key, *statement) == ids,
        _ => false,
    };
    let built = ProverBuilder::<Root, Halo2>::new(other, own.clone()).build();
    assert!(mismatch(built.unwrap_err()));
    let refused = Verifier::new(&other, own.verifying_key().clone()).unwrap_err();
    let (key, statement) = (ids.0.clone().into(), ids.1.into());
    assert_eq!(refused, VerifyError::KeyMismatch { key, statement });
    let assignment = Assignment::new(&other, inputs(49, 8), &7).unwrap();
    let refused = prover().prove(&assignment, &mut rng(4)).unwrap_err();
    assert!(matches!(refused, ProveError::Fault(Fault::AssignmentMismatch { .. })));
    // Its proofs are of the same length, or not; they are refused under the key of another.
    let key = setup(&other, srs().clone(), &()).unwrap();
    let theirs = ProverBuilder::<Root, Halo2>::new(other, key).build().unwrap();
    let proof = theirs.prove(&assignment, &mut rng(4)).unwrap();
    assert_eq!(verifier().verify(&proof, &inputs(49, 8)), Err(VerifyError::Rejected));
}

#[test]
fn a_proof_that_nobody_wants_is_not_made() {
    let (cancel, statement) = (Cancel::default(), Root(1));
    let assignment = Assignment::new(&statement, inputs(49, 8), &7).unwrap();
    let hear = |event| {
        if event == zksensor_prover::Event::Started(Phase::Witness) {
            cancel.cancel();
        }
    };
    let compiled = Halo2::compile(&statement, key(), &()).unwrap();
    let watch = Watch::new(&hear, &cancel);
    let refused = Halo2::prove(&compiled, &assignment, &Halo2::draw(&mut rng(5)), &watch).unwrap_err();
    assert_eq!(refused, ProveError::from(Cancelled));
}
