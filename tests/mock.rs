//! Mocks: every statement and every rule as with proofs, the same bytes as `MockVerifier.sol`, and refused wherever a proof is wanted.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

#[path = "mock/chain.rs"]
mod chain;
#[path = "mock/files.rs"]
mod files;
#[path = "mock/words.rs"]
mod words;

use zksensor::circuits::statement::{Assignment, Binding, Job};
use zksensor::mock::{MOCK_BYTES, Mock, MockKey, MockProof, ProofError, Verifier, VerifyError};
use zksensor::model::claim::StatementId;
use zksensor::model::field::Fr;
use zksensor::prover::ProverBuilder;
use zksensor::rand::rngs::OsRng;
use zksensor::verifier::{self, inputs_to_bytes};
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};

/// A mock, its words, and what is asked of them.
struct Mocked {
    statement: StatementId,
    proof: MockProof,
    words: Vec<Fr>,
    accepts: Accepts,
}

type Accepts = Box<dyn Fn(&[u8], &[Fr]) -> Result<(), VerifyError>>;

/// A mock of every statement in its least shape, bound to a contract, so that no word is 0.
fn every() -> Vec<Mocked> {
    #[derive(Default)]
    struct Every(Vec<Mocked>);
    impl SpecimenVisitor for Every {
        fn visit<S: Specimen>(&mut self) {
            let statement = S::least();
            let witness = statement.filled().unwrap();
            let id = statement.id();
            let inputs = S::inputs_of(&witness, Binding::new(80_002, [1; 20], [2; 20], &id));
            let prover = ProverBuilder::<S, Mock>::new(statement, MockKey::new(&id)).build().unwrap();
            let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
            let proof = prover.prove(&assignment, &mut OsRng).unwrap();
            prover.verify(&proof, assignment.inputs()).unwrap();
            let verifier = Verifier::mock(&statement);
            assert_eq!(verifier.verify(&proof, assignment.inputs()), Ok(()));
            self.0.push(Mocked {
                statement: id,
                proof,
                words: assignment.words().to_vec(),
                accepts: Box::new(move |proof, words| {
                    verifier.verify_bytes(proof, &inputs_to_bytes(words)).map(|_| ())
                }),
            });
        }
    }
    let mut every = Every::default();
    each_specimen(&mut every);
    assert!(every.0.len() >= 4, "every statement of the library");
    every.0
}

#[test]
fn a_mock_of_every_statement_shows_its_words_and_no_others() {
    for Mocked { statement, proof, words, accepts } in every() {
        let bytes = proof.to_bytes();
        assert_eq!(accepts(&bytes, &words), Ok(()), "{statement}");
        for index in 0..words.len() {
            let mut other = words.clone();
            other[index] += Fr::from(1u64);
            assert!(accepts(&bytes, &other).is_err(), "{statement}: word {index}");
            other.remove(index);
            assert!(accepts(&bytes, &other).is_err(), "{statement}: without word {index}");
        }
        for bit in 0..8 * MOCK_BYTES {
            let mut altered = bytes;
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(accepts(&altered, &words).is_err(), "{statement}: bit {bit}");
        }
    }
}

#[test]
fn a_mock_of_one_statement_is_none_of_another() {
    let every = every();
    for (at, one) in every.iter().enumerate() {
        for (of, other) in every.iter().enumerate() {
            let same = MockProof::of(&MockKey::new(&other.statement), &one.words) == one.proof;
            assert_eq!(same, at == of, "{} as {}", one.statement, other.statement);
        }
    }
    let [first, second, ..] = &every[..] else { panic!("there are several statements") };
    let key = MockKey::new(&second.statement);
    struct Wrong(MockKey, bool);
    impl SpecimenVisitor for Wrong {
        fn visit<S: Specimen>(&mut self) {
            let refused = Verifier::new(&S::least(), self.0.clone()).is_err();
            assert_eq!(refused, S::least().id() != *self.0.statement());
            let built = ProverBuilder::<S, Mock>::new(S::least(), self.0.clone()).build();
            assert_eq!(built.is_err(), refused, "a prover refuses the key of another statement");
            self.1 |= refused;
        }
    }
    let mut wrong = Wrong(key, false);
    each_specimen(&mut wrong);
    assert!(wrong.1 && first.statement != second.statement);
}

#[test]
fn no_claim_that_does_not_hold_gets_a_mock() {
    struct False;
    impl SpecimenVisitor for False {
        fn visit<S: Specimen>(&mut self) {
            let statement = S::least();
            let witness = statement.filled().unwrap();
            let honest = S::inputs_of(&witness, Binding::NONE);
            let words = zksensor::model::layout::PublicInputs::to_words(&honest).unwrap();
            let (mut tried, mut refused) = (0, 0);
            for index in 0..words.len() {
                let mut lie = words.clone();
                lie[index] += Fr::from(1u64);
                let Ok(inputs) = verifier::inputs_from_words::<S::Inputs>(&lie) else { continue };
                let witness = statement.filled().unwrap();
                tried += 1;
                refused += usize::from(Job::new(statement, inputs, witness).is_err());
            }
            // The binding alone may be any: the claim is true of whoever it is bound to. It ends a word, or something else ends each.
            let is_last = |field: &zksensor::model::layout::Field| field.name == "binding";
            let layout = <S::Inputs as zksensor::model::layout::PublicInputs>::layout();
            let free = usize::from(layout.fields().last().is_some_and(is_last));
            assert!(tried > 1 && refused == tried - free, "{}: {refused} of {tried}", statement.id());
        }
    }
    each_specimen(&mut False);
}

#[test]
fn no_verifier_of_proofs_takes_a_mock() {
    for Mocked { proof, .. } in every() {
        let bytes = proof.to_bytes();
        assert_eq!(bytes.len(), verifier::Proof::BYTES);
        assert!(matches!(verifier::Proof::from_bytes(&bytes), Err(verifier::ProofError::Point { .. })));
        assert!(verifier::Proof::from_hex(&proof.to_hex()).is_err());
    }
}

#[test]
fn only_a_digest_and_zeros_are_a_mock() {
    let proof = MockProof::of(&MockKey::new(&"reading/v2".parse().unwrap()), &[]);
    let bytes = proof.to_bytes();
    assert_eq!(MockProof::from_bytes(&bytes), Ok(proof));
    assert_eq!(MockProof::from_hex(&proof.to_hex()), Ok(proof));
    for length in [0, 31, 32, 255, 257, 4096] {
        let refused = ProofError::Length { wanted: 256, got: length };
        assert_eq!(MockProof::from_bytes(&vec![0; length]), Err(refused));
    }
    for at in 32..MOCK_BYTES {
        let mut altered = bytes;
        altered[at] = 1;
        assert_eq!(MockProof::from_bytes(&altered), Err(ProofError::Tail { at }));
    }
    for text in ["", "0x", "0x0", "00", "0xzz"] {
        assert!(MockProof::from_hex(text).is_err(), "{text:?}");
    }
}
