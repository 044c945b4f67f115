use ark_bn254::Bn254;
use ark_ff::{AdditiveGroup, BigInteger, Field as _, PrimeField};
use ark_groth16::{Groth16, prepare_verifying_key};
use zksensor_model::field::{Fr, power_of_two, to_u128};
use zksensor_model::layout::{Element, Field, InputError, InputValue};
use zksensor_model::public_inputs;
use zksensor_verifier::{VerifyError, inputs_from_bytes, inputs_from_words, inputs_to_bytes};

use crate::probe::{ProbeInputs, ark_key, ark_proof, inputs, prove, verifier, words};

#[test]
fn another_number_of_inputs_is_refused() {
    let (verifier, proof) = (verifier(), prove(5, 9));
    let good = words(5, 9);
    for got in [0, 1, 2, 4, 5, 10] {
        let mut wrong = good.clone();
        wrong.resize(got, Fr::ZERO);
        assert_eq!(verifier.verify_words(&proof, &wrong), Err(VerifyError::InputCount { wanted: 3, got }));
        let refused = verifier.verify_bytes(&proof.to_bytes(), &inputs_to_bytes(&wrong));
        assert_eq!(refused, Err(VerifyError::InputLength { wanted: 96, got: 32 * got }));
    }
}

#[test]
fn a_missing_trailing_zero_is_refused_where_the_library_accepts() {
    let (verifier, proof) = (verifier(), prove(5, 0));
    let good = words(5, 0);
    let mut extra = good.clone();
    extra.push(Fr::from(999u64));
    let library = prepare_verifying_key(&ark_key());
    for (wrong, got) in [(&good[..2], 2), (&extra[..], 4)] {
        assert_eq!(Groth16::<Bn254>::verify_proof(&library, &ark_proof(&proof), wrong), Ok(true));
        assert_eq!(verifier.verify_words(&proof, wrong), Err(VerifyError::InputCount { wanted: 3, got }));
    }
    assert_eq!(verifier.verify_words(&proof, &good), Ok(inputs(5, 0)));
}

#[test]
fn each_altered_input_is_refused() {
    let (verifier, proof) = (verifier(), prove(5, 9));
    let good = words(5, 9);
    for word in 0..good.len() {
        for change in [Fr::ONE, -Fr::ONE] {
            let mut wrong = good.clone();
            wrong[word] += change;
            assert_eq!(verifier.verify_words(&proof, &wrong), Err(VerifyError::Rejected), "word {word}");
        }
        for other in 0..word {
            let mut wrong = good.clone();
            wrong.swap(word, other);
            assert!(verifier.verify_words(&proof, &wrong).is_err(), "words {word} and {other}");
        }
    }
    let square = inputs(5, 9).square;
    let altered = [
        ProbeInputs { square: Element(square.0 + Fr::ONE), ..inputs(5, 9) },
        ProbeInputs { count: 8, ..inputs(5, 9) },
        ProbeInputs { level: 40, ..inputs(5, 9) },
        ProbeInputs { tail: Element(Fr::ZERO), ..inputs(5, 9) },
    ];
    for inputs in altered {
        assert_eq!(verifier.verify(&proof, &inputs), Err(VerifyError::Rejected));
    }
}

#[test]
fn each_flipped_bit_is_refused() {
    let (verifier, proof) = (verifier(), prove(5, 9).to_bytes());
    let good = inputs_to_bytes(&words(5, 9));
    for bit in (0..good.len() * 8).step_by(3) {
        let mut wrong = good.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(verifier.verify_bytes(&proof, &wrong).is_err(), "bit {bit}");
    }
}

#[test]
fn an_input_of_r_or_more_is_refused() {
    let (verifier, proof) = (verifier(), prove(5, 9).to_bytes());
    let good = words(5, 9);
    for input in 0..good.len() {
        let mut bytes = inputs_to_bytes(&good);
        let mut alias = good[input].into_bigint();
        assert!(!alias.add_with_carry(&Fr::MODULUS));
        bytes[32 * input..32 * input + 32].copy_from_slice(&alias.to_bytes_be());
        let refused = verifier.verify_bytes(&proof, &bytes);
        assert!(
            matches!(refused, Err(VerifyError::NotCanonical { input: at, .. }) if at == input),
            "{refused:?}"
        );
    }
    let r = Fr::MODULUS.to_bytes_be();
    let refused = inputs_from_bytes(&r, 1);
    let value = "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001".to_owned();
    assert_eq!(refused, Err(VerifyError::NotCanonical { input: 0, value }));
}

#[test]
fn input_bytes_are_exact() {
    let good = inputs_to_bytes(&words(5, 9));
    assert_eq!(good.len(), 96);
    assert_eq!(inputs_from_bytes(&good, 3), Ok(words(5, 9)));
    for length in 0..good.len() {
        let expected = VerifyError::InputLength { wanted: 96, got: length };
        assert_eq!(inputs_from_bytes(&good[..length], 3), Err(expected));
    }
    for extra in 1..=64 {
        let long = [&good[..], &vec![0; extra]].concat();
        let expected = VerifyError::InputLength { wanted: 96, got: 96 + extra };
        assert_eq!(inputs_from_bytes(&long, 3), Err(expected));
    }
    assert!(inputs_from_bytes(&good, usize::MAX).is_err());
}

#[test]
fn loose_words_and_overflowing_fields_are_refused() {
    let (verifier, proof) = (verifier(), prove(5, 9));
    let mut wrong = words(5, 9);
    wrong[1] += power_of_two(94);
    let refused = verifier.verify_words(&proof, &wrong);
    assert!(
        matches!(refused, Err(VerifyError::Inputs(InputError::Word { word: 1, wanted: 94, .. }))),
        "{refused:?}"
    );
    let refused = verifier.verify(&proof, &ProbeInputs { level: 1 << 61, ..inputs(5, 9) });
    assert!(
        matches!(refused, Err(VerifyError::Inputs(InputError::Overflow { field: "level", .. }))),
        "{refused:?}"
    );
}

/// A type with two encodings of one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounded(u32);

impl InputValue for Rounded {
    fn encode(&self, _: &Field) -> Fr {
        Fr::from(self.0)
    }
    fn decode(value: &Fr, _: &Field) -> Option<Self> {
        to_u128(value).and_then(|value| u32::try_from(value & !1).ok()).map(Rounded)
    }
}

public_inputs! {
    /// Inputs of a type that forgets a bit.
    pub struct LooseInputs, LooseVars {
        /// A value without its lowest bit.
        value: Rounded = 32 as "uint32",
    }
}

#[test]
fn words_with_a_second_packing_are_refused() {
    assert_eq!(inputs_from_words(&[Fr::from(6u64)]), Ok(LooseInputs { value: Rounded(6) }));
    let refused: Result<LooseInputs, _> = inputs_from_words(&[Fr::from(7u64)]);
    assert_eq!(refused, Err(VerifyError::Ambiguous { input: 0 }));
}
