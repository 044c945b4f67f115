//! A proof shows its public inputs and no others, for every statement: what is not word for word and bit for bit what was
//! proven is refused, with the error that says why. `solidity/tests/contracts/calls.rs` is the same list in the EVM.

use std::sync::OnceLock;

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::{Assignment, Binding, Statement};
use zksensor_model::field::{self, Fr};
use zksensor_prover::{Prover, insecure_setup};
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};
use zksensor_verifier::{PointError, Proof, ProofError, VerifyError, inputs_to_bytes};

/// A proof, its words, and the verifier of its statement without its type.
struct Proven {
    name: &'static str,
    proof: Proof,
    words: Vec<Fr>,
    verify_words: Verify<Fr>,
    verify_bytes: Verify<u8>,
}

/// What a verifier says of a proof's elements or bytes and inputs.
type Verify<T> = Box<dyn Fn(&[u8], &[T]) -> Result<(), VerifyError> + Send + Sync>;

impl Proven {
    fn new<S>(name: &'static str, statement: S, inputs: S::Inputs, witness: &S::Witness) -> Proven
    where
        S: Statement + Copy + Send + Sync + 'static,
    {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let key = insecure_setup(&statement, &mut rng, &()).unwrap();
        let prover = Prover::builder(statement, key).build().unwrap();
        let assignment = Assignment::new(&statement, inputs, witness).unwrap();
        let proof = prover.prove(&assignment, &mut rng).unwrap();
        let words = assignment.words().to_vec();
        let prover = std::sync::Arc::new(prover);
        let by_words = prover.clone();
        Proven {
            name,
            proof,
            words,
            verify_words: Box::new(move |proof, words| {
                by_words.verifier().verify_words(&Proof::from_bytes(proof)?, words).map(|_| ())
            }),
            verify_bytes: Box::new(move |proof, bytes| {
                prover.verifier().verify_bytes(proof, bytes).map(|_| ())
            }),
        }
    }

    fn words(&self, words: &[Fr]) -> Result<(), VerifyError> {
        let by_words = (self.verify_words)(&self.proof.to_bytes(), words);
        let by_bytes = (self.verify_bytes)(&self.proof.to_bytes(), &inputs_to_bytes(words));
        let count = |error: &VerifyError| {
            matches!(error, VerifyError::InputCount { .. } | VerifyError::InputLength { .. })
        };
        match (&by_words, &by_bytes) {
            (Err(one), Err(other)) if count(one) && count(other) => {}
            _ => assert_eq!(by_words, by_bytes, "{}", self.name),
        }
        by_words
    }
}

/// Every statement in its least shape, each bound to a contract, so that no word is 0.
fn every() -> &'static [Proven] {
    #[derive(Default)]
    struct Every(Vec<Proven>);
    impl SpecimenVisitor for Every {
        fn visit<S: Specimen>(&mut self) {
            let statement = S::least();
            let witness = statement.filled().unwrap();
            let binding = Binding::new(80002, [1; 20], [2; 20], &statement.id());
            let inputs = S::inputs_of(&witness, binding);
            self.0.push(Proven::new(S::FAMILY.name(), statement, inputs, &witness));
        }
    }
    static EVERY: OnceLock<Vec<Proven>> = OnceLock::new();
    EVERY.get_or_init(|| {
        let mut every = Every::default();
        each_specimen(&mut every);
        every.0
    })
}

/// Refused because the proof shows something else, or because no typed inputs pack so.
fn assert_not_shown(said: &Result<(), VerifyError>, what: &str) {
    assert!(matches!(said, Err(VerifyError::Rejected | VerifyError::Inputs(_))), "{what}: {said:?}");
}

#[test]
fn what_was_proven_is_accepted() {
    for proven in every() {
        assert_eq!(proven.words(&proven.words), Ok(()), "{}", proven.name);
        assert!(proven.words.iter().all(|word| *word != Fr::ZERO), "{}: 0 would be no change", proven.name);
    }
}

#[test]
fn each_input_plus_one_minus_one_negated_or_zero_is_refused() {
    for proven in every() {
        for (index, word) in proven.words.iter().enumerate() {
            for (name, value) in
                [("+1", *word + Fr::ONE), ("-1", *word - Fr::ONE), ("negated", -*word), ("0", Fr::ZERO)]
            {
                let mut words = proven.words.clone();
                words[index] = value;
                let what = format!("{} input {index} {name}", proven.name);
                let said = proven.words(&words);
                assert_not_shown(&said, &what);
                // One more or less in the lowest field is a good word: only the proof can refuse it.
                if name.ends_with('1') {
                    assert_eq!(said, Err(VerifyError::Rejected), "{what}");
                }
            }
        }
    }
}

#[test]
fn each_input_plus_r_is_refused_as_not_canonical() {
    for proven in every() {
        for (index, word) in proven.words.iter().enumerate() {
            let mut alias = word.into_bigint();
            assert!(!alias.add_with_carry(&Fr::MODULUS));
            let mut bytes = inputs_to_bytes(&proven.words);
            bytes[32 * index..][..32].copy_from_slice(&alias.to_bytes_be());
            let said = (proven.verify_bytes)(&proven.proof.to_bytes(), &bytes);
            let value = zksensor_model::hex::encode(&alias.to_bytes_be());
            assert_eq!(said, Err(VerifyError::NotCanonical { input: index, value }), "{}", proven.name);
        }
    }
}

#[test]
fn two_inputs_swapped_are_refused() {
    for proven in every() {
        for first in 0..proven.words.len() {
            for second in 0..first {
                let mut words = proven.words.clone();
                words.swap(first, second);
                let what = format!("{} inputs {first} and {second} swapped", proven.name);
                assert_not_shown(&proven.words(&words), &what);
            }
        }
    }
}

#[test]
fn an_input_dropped_or_appended_is_refused_by_the_count() {
    for proven in every() {
        let expected = proven.words.len();
        let refused = |words: &[Fr]| {
            let got = words.len();
            assert_eq!(
                proven.words(words),
                Err(VerifyError::InputCount { wanted: expected, got }),
                "{}",
                proven.name
            );
            let said = (proven.verify_bytes)(&proven.proof.to_bytes(), &inputs_to_bytes(words));
            let length = VerifyError::InputLength { wanted: 32 * expected, got: 32 * got };
            assert_eq!(said, Err(length), "{}", proven.name);
        };
        for index in 0..expected {
            let mut words = proven.words.clone();
            words.remove(index);
            refused(&words);
        }
        for index in 0..=expected {
            for extra in [Fr::ZERO, Fr::ONE, proven.words[0]] {
                let mut words = proven.words.clone();
                words.insert(index, extra);
                refused(&words);
            }
        }
        refused(&[]);
    }
}

#[test]
fn every_bit_of_the_inputs_flipped_is_refused() {
    for proven in every() {
        let good = inputs_to_bytes(&proven.words);
        for bit in (0..8 * good.len()).step_by(3) {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let said = (proven.verify_bytes)(&proven.proof.to_bytes(), &bytes);
            let word: [u8; 32] = bytes[bit / 256 * 32..][..32].try_into().unwrap();
            match field::from_be_bytes(&word) {
                Ok(_) => assert_not_shown(&said, &format!("{} bit {bit}", proven.name)),
                Err(_) => assert!(
                    matches!(said, Err(VerifyError::NotCanonical { input, .. }) if input == bit / 256),
                    "{} bit {bit}: {said:?}",
                    proven.name
                ),
            }
        }
    }
}

#[test]
fn every_bit_of_the_proof_flipped_is_refused() {
    for proven in every() {
        let inputs = inputs_to_bytes(&proven.words);
        let mut on_the_curve = 0;
        for bit in 0..8 * Proof::BYTES {
            let mut bytes = proven.proof.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            match (proven.verify_bytes)(&bytes, &inputs) {
                Err(VerifyError::Proof(ProofError::Point {
                    reason: PointError::NotOnCurve | PointError::NotCanonical,
                    ..
                })) => {}
                Err(VerifyError::Rejected) => on_the_curve += 1,
                other => panic!("{} bit {bit}: {other:?}", proven.name),
            }
        }
        // A flipped bit leaves the curve; by chance alone another point is met.
        assert!(on_the_curve < 4, "{}: {on_the_curve} flips gave other points", proven.name);
    }
}

#[test]
fn trailing_and_missing_bytes_are_refused_by_the_length() {
    for proven in every() {
        let (proof, inputs) = (proven.proof.to_bytes(), inputs_to_bytes(&proven.words));
        for filler in [0x00, 0xff] {
            for extra in 1..=64 {
                let long = [&proof[..], &vec![filler; extra]].concat();
                let length = ProofError::Length { wanted: Proof::BYTES, got: Proof::BYTES + extra };
                let said = (proven.verify_bytes)(&long, &inputs);
                assert_eq!(said, Err(VerifyError::Proof(length)), "{}", proven.name);
                let long = [&inputs[..], &vec![filler; extra]].concat();
                let expected = inputs.len();
                let length = VerifyError::InputLength { wanted: expected, got: expected + extra };
                assert_eq!((proven.verify_bytes)(&proof, &long), Err(length), "{}", proven.name);
            }
        }
        for kept in 0..Proof::BYTES {
            let length = ProofError::Length { wanted: Proof::BYTES, got: kept };
            let said = (proven.verify_bytes)(&proof[..kept], &inputs);
            assert_eq!(said, Err(VerifyError::Proof(length)), "{}", proven.name);
        }
    }
}

#[test]
fn a_proof_of_another_statement_is_refused() {
    let pairs = every().iter().flat_map(|proven| every().iter().map(move |other| (proven, other)));
    let mut of_one_length = 0;
    for (proven, other) in pairs.filter(|(proven, other)| proven.name != other.name) {
        let said = (proven.verify_words)(&other.proof.to_bytes(), &proven.words);
        assert_eq!(said, Err(VerifyError::Rejected), "{} for {}", other.name, proven.name);
        if proven.words.len() == other.words.len() {
            of_one_length += 1;
            let said = (proven.verify_words)(&other.proof.to_bytes(), &other.words);
            let refused = matches!(said, Err(VerifyError::Rejected | VerifyError::Inputs(_)));
            assert!(refused, "{} under the key of {}: {said:?}", other.name, proven.name);
        }
    }
    assert!(of_one_length >= 2, "an aggregate and a survey have as many words");
}
