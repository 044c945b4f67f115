//! Keys and proofs of both statements, made once, and their contracts deployed.

use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::aggregate::AggregateFrame;
use zksensor_circuits::statement::{Assignment, Binding, Statement};
use zksensor_model::field::Fr;
use zksensor_model::policy::StatementFamily;
use zksensor_prover::{Prover, insecure_setup};
use zksensor_solidity::evm::{Address, Chain, Evm, EvmError};
use zksensor_solidity::{ContractKey, Deployment, Revert, calldata};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::{Proof, Verifier, VerifyingKey};

/// Proofs of each statement.
pub(super) const PROOFS: usize = 4;

/// Whether the native verifier takes a proof.
type Native = dyn Fn(&Proof, &[Fr]) -> bool + Send + Sync;

/// A statement's key and proofs for different recipients, and what the native verifier says of others.
pub(super) struct Scene {
    pub(super) key: VerifyingKey,
    pub(super) proofs: Vec<(Proof, Vec<Fr>)>,
    native: Box<Native>,
}

impl Scene {
    /// The least aggregate and the reading.
    pub(super) fn all() -> [&'static Scene; 2] {
        [Self::aggregate(), Self::reading()]
    }

    pub(super) fn aggregate() -> &'static Scene {
        static SCENE: OnceLock<Scene> = OnceLock::new();
        SCENE.get_or_init(|| {
            let fleet = Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() });
            let (statement, witness) = (fleet.statement(1), fleet.aggregate(1));
            let frame = |binding| AggregateFrame { binding, ..AggregateFrame::whole(Fleet::EPOCH) };
            prove(&statement, &witness, |binding| witness.inputs(frame(binding)))
        })
    }

    pub(super) fn reading() -> &'static Scene {
        static SCENE: OnceLock<Scene> = OnceLock::new();
        SCENE.get_or_init(|| {
            let family = StatementFamily::Reading;
            let fleet = Fleet::new(&FleetOptions { devices: 1, family, k: 1, ..FleetOptions::default() });
            let (statement, witness) = (fleet.reading_statement(), fleet.single(0));
            prove(&statement, &witness, |binding| witness.inputs(Fleet::EPOCH, binding))
        })
    }

    pub(super) fn contract_key(&self) -> ContractKey {
        ContractKey::new(&self.key).expect("a statement of this release")
    }

    /// What the native verifier says.
    pub(super) fn verifies(&self, proof: &Proof, words: &[Fr]) -> bool {
        (self.native)(proof, words)
    }

    /// The first proof as calldata of `verify`.
    pub(super) fn calldata(&self) -> Vec<u8> {
        calldata::verify(&self.proofs[0].0, &self.proofs[0].1)
    }
}

fn prove<S: Statement + Clone + Send + 'static>(
    statement: &S,
    witness: &S::Witness,
    inputs: impl Fn(Binding) -> S::Inputs,
) -> Scene {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let key = insecure_setup(statement, &mut rng, &()).unwrap();
    let verifying = key.verifying_key().clone();
    let prover = Prover::builder(statement.clone(), key).build().unwrap();
    let proofs = (0..PROOFS as u8).map(|number| {
        let binding = Binding::new(80_002, [0x22; 20], [number + 1; 20], &statement.id());
        let assignment = Assignment::new(statement, inputs(binding), witness).unwrap();
        (prover.prove(&assignment, &mut rng).unwrap(), assignment.words().to_vec())
    });
    let proofs = proofs.collect();
    let verifier = Verifier::new(statement, verifying.clone()).unwrap();
    let native = Box::new(move |proof: &Proof, words: &[Fr]| verifier.verify_words(proof, words).is_ok());
    Scene { key: verifying, proofs, native }
}

/// A verifier on a chain.
pub(super) struct Deployed {
    pub(super) evm: Evm,
    pub(super) address: Address,
}

impl Deployed {
    /// The statement's own verifier, on Amoy.
    pub(super) fn verifier(scene: &Scene) -> Self {
        let mut evm = Evm::new(Chain::Amoy);
        let deployment = Deployment::verifier(&scene.contract_key()).unwrap();
        let address = evm.deploy(&deployment.bytecode).unwrap().address;
        Deployed { evm, address }
    }

    /// The verifier of every statement, on Amoy.
    pub(super) fn keyed(scene: &Scene) -> Self {
        let mut evm = Evm::new(Chain::Amoy);
        let key = scene.contract_key();
        let data = evm.deploy(&key.code_init()).unwrap().address;
        assert_eq!((evm.code(&data), evm.code_hash(&data)), (key.code(), key.code_hash()));
        let address = evm.deploy(&Deployment::keyed(&key, data.0).bytecode).unwrap().address;
        Deployed { evm, address }
    }

    /// Both, of both statements.
    pub(super) fn all() -> impl Iterator<Item = (&'static Scene, Deployed)> {
        Scene::all()
            .into_iter()
            .flat_map(|scene| [(scene, Self::verifier(scene)), (scene, Self::keyed(scene))])
    }

    /// Whether the call returns, with nothing.
    pub(super) fn accepts(&mut self, data: &[u8]) -> bool {
        match self.evm.call(&self.address, data) {
            Ok(receipt) => {
                assert_eq!(receipt.output, Vec::<u8>::new());
                true
            }
            Err(error) => {
                eprintln!("refused: {error}");
                false
            }
        }
    }

    /// The error that the call reverts with.
    pub(super) fn refusal(&mut self, data: &[u8]) -> Revert {
        revert(self.evm.call(&self.address, data))
    }

    /// The name of the verifier's error that the call reverts with.
    pub(super) fn refuses(&mut self, data: &[u8]) -> &'static str {
        let refusal = self.refusal(data);
        refusal.name().unwrap_or_else(|| panic!("not an error of the verifier: {refusal}"))
    }

    /// What a view returns, one word.
    pub(super) fn view(&mut self, signature: &str) -> [u8; 32] {
        let selector = &alloy_primitives::keccak256(signature)[..4];
        self.evm.call(&self.address, selector).unwrap().output.try_into().expect("one word")
    }
}

/// The decoded revert of a transaction that has to revert.
pub(super) fn revert<T: std::fmt::Debug>(result: Result<T, EvmError>) -> Revert {
    let error = result.expect_err("the transaction has to revert");
    error.revert().unwrap_or_else(|| panic!("it halted: {error}"))
}
