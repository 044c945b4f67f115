//! Every statement from parameters to a verified proof under halo2, in its smallest shape; what is altered is refused.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::{Assignment, Binding, StatementId};
use zksensor_model::layout::PublicInputs;
use zksensor_prover::ProverBuilder;
use zksensor_prover_halo2::{Halo2, ProveError, ProvingKey, Srs, setup, size};
use zksensor_verifier::inputs_to_bytes;
use zksensor_verifier_halo2::{Proof, Verifier, VerifyError, VerifyingKey};

use super::kit::{Tested, TestedVisitor, each_tested};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Parameters of each number of rows, made once.
#[derive(Default)]
struct Parameters(Vec<Arc<Srs>>);

impl Parameters {
    fn of(&mut self, k: u32) -> Arc<Srs> {
        if let Some(srs) = self.0.iter().find(|srs| srs.k() == k) {
            return srs.clone();
        }
        let srs = Arc::new(Srs::insecure_setup(u8::try_from(k).unwrap(), &mut rng(1)).unwrap());
        self.0.push(srs.clone());
        srs
    }
}

/// What was proven before: its key, its proof, and the bytes of its public inputs.
type Before = (VerifyingKey, Proof, Vec<u8>);

#[derive(Default)]
struct Prove {
    parameters: Parameters,
    before: Vec<(StatementId, Before)>,
}

impl TestedVisitor for Prove {
    fn visit<S: Tested>(&mut self) {
        let statement = S::small();
        let (inputs, witness) = S::claim(&S::sparse(), Binding::NONE);
        let srs = self.parameters.of(size(&statement).unwrap().k);
        let key = setup(&statement, srs, &()).unwrap();
        let mut bytes = Vec::new();
        key.write(&mut bytes).unwrap();
        let key = ProvingKey::read(&bytes[..], bytes.len() as u64).unwrap();
        let verifying = key.verifying_key().clone();
        let verifier = Verifier::new(&statement, verifying.clone()).unwrap();
        let prover = ProverBuilder::<S, Halo2>::new(statement, key).build().unwrap();

        let words = inputs.to_words().unwrap();
        let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
        let proof = prover.prove(&assignment, &mut rng(2)).unwrap();
        let wire = inputs_to_bytes(&words);
        let shown = verifier.verify_bytes(proof.as_bytes(), &wire).unwrap();
        assert_eq!(shown.to_words().unwrap(), words, "{}", statement.id());

        // Bits of the proof, from its first to its last, and of each public input.
        let last = proof.as_bytes().len() - 1;
        for at in (0..last).step_by(509).chain([last]) {
            let mut altered = proof.as_bytes().to_vec();
            altered[at] ^= 1;
            assert!(verifier.verify_bytes(&altered, &wire).is_err(), "byte {at} of {}", statement.id());
        }
        for at in (31..wire.len()).step_by(32) {
            let mut altered = wire.clone();
            altered[at] ^= 1;
            assert!(
                verifier.verify_bytes(proof.as_bytes(), &altered).is_err(),
                "word {at} of {}",
                statement.id()
            );
        }
        for (inputs, witness) in S::own_bad() {
            assert!(Assignment::new(&statement, inputs, &witness).is_err(), "a claim that does not hold");
        }
        // A proof is of no other shape's key.
        for (id, (other, theirs, inputs)) in &self.before {
            let refused = Verifier::new(&statement, other.clone()).unwrap_err();
            assert!(matches!(refused, VerifyError::KeyMismatch { .. }), "{id}: {refused}");
            assert!(verifier.verify_bytes(theirs.as_bytes(), inputs).is_err(), "{id}");
            assert!(verifier.verify_bytes(theirs.as_bytes(), &wire).is_err(), "{id}");
        }
        self.before.push((statement.id(), (verifying, proof, wire)));
    }
}

#[test]
fn every_statement_is_proven() {
    let mut prove = Prove::default();
    each_tested(&mut prove);
    let mut names: Vec<String> = prove.before.iter().map(|(id, _)| id.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["aggregate", "histogram", "private-sum", "reading", "survey", "track"]);
    // Parameters of another number of rows make no key.
    let (reading, other) = (zksensor_circuits::statement::reading::SingleReading, prove.parameters.of(5));
    let refused = setup(&reading, other, &()).unwrap_err();
    assert!(matches!(refused, ProveError::SrsRows { wanted: 13, got: 5, .. }), "{refused}");
}
