//! Keys and proofs of every statement, made once, and their contracts deployed.

use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Assignment, Binding};
use zksensor_model::field::Fr;
use zksensor_prover::{Prover, insecure_setup};
use zksensor_solidity::evm::{Address, Chain, Evm, EvmError};
use zksensor_solidity::{ContractKey, Deployment, Revert, calldata};
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};
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
    /// Every statement in its least shape.
    pub(super) fn all() -> &'static [Scene] {
        #[derive(Default)]
        struct All(Vec<Scene>);
        impl SpecimenVisitor for All {
            fn visit<S: Specimen>(&mut self) {
                self.0.push(prove::<S>());
            }
        }
        static SCENES: OnceLock<Vec<Scene>> = OnceLock::new();
        SCENES.get_or_init(|| {
            let mut all = All::default();
            each_specimen(&mut all);
            all.0
        })
    }

    fn of<S: Specimen>() -> &'static Scene {
        let is_of = |scene: &&Scene| scene.key.statement().name == S::FAMILY.name();
        Self::all().iter().find(is_of).expect("a statement of this release")
    }

    pub(super) fn aggregate() -> &'static Scene {
        Self::of::<Aggregate>()
    }

    pub(super) fn reading() -> &'static Scene {
        Self::of::<SingleReading>()
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

fn prove<S: Specimen>() -> Scene {
    let statement = S::least();
    let witness = statement.filled().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let key = insecure_setup(&statement, &mut rng, &()).unwrap();
    let verifying = key.verifying_key().clone();
    let prover = Prover::builder(statement, key).build().unwrap();
    let proofs = (0..PROOFS as u8).map(|number| {
        let binding = Binding::new(80_002, [0x22; 20], [number + 1; 20], &statement.id());
        let assignment = Assignment::new(&statement, S::inputs_of(&witness, binding), &witness).unwrap();
        (prover.prove(&assignment, &mut rng).unwrap(), assignment.words().to_vec())
    });
    let proofs = proofs.collect();
    let verifier = Verifier::new(&statement, verifying.clone()).unwrap();
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

    /// Both, of every statement.
    pub(super) fn all() -> impl Iterator<Item = (&'static Scene, Deployed)> {
        Scene::all().iter().flat_map(|scene| [(scene, Self::verifier(scene)), (scene, Self::keyed(scene))])
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
