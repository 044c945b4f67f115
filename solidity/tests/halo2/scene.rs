//! Keys and proofs under halo2, made once, and the contract that verifies them deployed.

use std::sync::{Arc, OnceLock};

use alloy_primitives::{Bytes, U256, hex, keccak256};
use alloy_sol_types::SolCall;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Assignment, Binding, Statement};
use zksensor_model::field::{self, Fr};
use zksensor_prover::ProverBuilder;
use zksensor_prover_halo2::{Halo2, Srs, setup};
use zksensor_solidity::evm::{Address, Evm, EvmError};
use zksensor_solidity::{Artifact, Deployment, Halo2ContractKey, Revert};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier_halo2::{Proof, Verifier, VerifyingKey};

alloy_sol_types::sol! {
    function verifyBatch(bytes proofs, uint256[] inputs) external view;
}

/// Whether the native verifier takes a proof.
type Native = dyn Fn(&[u8], &[Fr]) -> bool + Send + Sync;

/// A statement's key, and two proofs for different recipients.
pub(super) struct Scene {
    pub(super) statement: String,
    pub(super) key: VerifyingKey,
    pub(super) proofs: Vec<(Proof, Vec<Fr>)>,
    native: Box<Native>,
}

impl Scene {
    /// A statement of 2^13 rows and five public inputs, and one of 2^14 and more of them.
    pub(super) fn all() -> [&'static Scene; 2] {
        [Self::reading(), Self::aggregate()]
    }

    pub(super) fn reading() -> &'static Scene {
        static SCENE: OnceLock<Scene> = OnceLock::new();
        SCENE.get_or_init(|| {
            let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
            let witness = fleet.single(1);
            let statement = SingleReading;
            prove(statement, 13, &witness, |binding| witness.inputs(Fleet::EPOCH, binding))
        })
    }

    pub(super) fn aggregate() -> &'static Scene {
        static SCENE: OnceLock<Scene> = OnceLock::new();
        SCENE.get_or_init(|| {
            use zksensor_circuits::statement::aggregate::Aggregate;
            use zksensor_testkit::Specimen;
            let statement = Aggregate::least();
            let witness = statement.filled().unwrap();
            prove(statement, 14, &witness, |binding| Aggregate::inputs_of(&witness, binding))
        })
    }

    /// What the native verifier says.
    pub(super) fn verifies(&self, proof: &[u8], words: &[Fr]) -> bool {
        (self.native)(proof, words)
    }

    pub(super) fn contract_key(&self) -> Halo2ContractKey {
        Halo2ContractKey::new(&self.key).unwrap()
    }
}

fn prove<S: Statement + Clone + 'static>(
    statement: S,
    k: u8,
    witness: &S::Witness,
    inputs: impl Fn(Binding) -> S::Inputs,
) -> Scene {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let srs = Arc::new(Srs::insecure_setup(k, &mut rng).unwrap());
    let key = setup(&statement, srs, &()).unwrap();
    let verifying = key.verifying_key().clone();
    let prover = ProverBuilder::<S, Halo2>::new(statement.clone(), key).build().unwrap();
    let proofs = (1..=2).map(|recipient| {
        let binding = Binding::new(80_002, [0x22; 20], [recipient; 20], &statement.id());
        let assignment = Assignment::new(&statement, inputs(binding), witness).unwrap();
        (prover.prove(&assignment, &mut rng).unwrap(), assignment.words().to_vec())
    });
    let proofs = proofs.collect();
    let verifier = Verifier::new(&statement, verifying.clone()).unwrap();
    let native = move |proof: &[u8], words: &[Fr]| {
        Proof::from_bytes(proof).is_ok_and(|proof| verifier.verify_words(&proof, words).is_ok())
    };
    Scene { statement: statement.id().to_string(), key: verifying, proofs, native: Box::new(native) }
}

/// The init code of the contract: what is checked in, or a mutant of it that `.ci/mutants_halo2.py` names.
pub(super) fn under_test() -> &'static [u8] {
    static CODE: OnceLock<Vec<u8>> = OnceLock::new();
    CODE.get_or_init(|| match std::env::var_os("ZKSENSOR_HALO2_CODE") {
        Some(file) => hex::decode(std::fs::read_to_string(file).unwrap().trim()).unwrap(),
        None => Artifact::halo2().init_code,
    })
}

/// A verifier on a chain.
pub(super) struct Deployed {
    pub(super) evm: Evm,
    pub(super) address: Address,
    pub(super) code_size: usize,
}

impl Deployed {
    pub(super) fn on(mut evm: Evm, scene: &Scene) -> Self {
        let key = scene.contract_key();
        let data = evm.deploy(&key.code_init()).unwrap().address;
        assert_eq!((evm.code(&data), evm.code_hash(&data)), (key.code(), key.code_hash()));
        let deployment = Deployment::halo2(&key, data.0);
        let arguments = &deployment.bytecode[Artifact::halo2().init_code.len()..];
        let deployed = evm.deploy(&[under_test(), arguments].concat()).unwrap();
        Deployed { evm, address: deployed.address, code_size: deployed.code_size }
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
        revert(self.evm.call(&self.address, data).map(|_| ()))
    }

    /// Its name, of those of the interface.
    pub(super) fn refuses(&mut self, data: &[u8]) -> &'static str {
        let refusal = self.refusal(data);
        refusal.name().unwrap_or_else(|| panic!("not an error of the verifier: {refusal}"))
    }
}

/// What a transaction that must not succeed reverts with.
pub(super) fn revert(result: Result<(), EvmError>) -> Revert {
    result.expect_err("refused").revert().expect("reverted")
}

/// What a view returns, one word.
pub(super) fn view(deployed: &mut Deployed, signature: &str) -> [u8; 32] {
    let output = deployed.evm.call(&deployed.address, &keccak256(signature)[..4]).unwrap().output;
    output.try_into().unwrap()
}

/// Calldata of `verifyBatch`.
pub(super) fn batch_calldata(proofs: &[u8], inputs: &[Fr]) -> Vec<u8> {
    let inputs = inputs.iter().map(|input| U256::from_be_bytes(field::to_be_bytes(input))).collect();
    verifyBatchCall { proofs: Bytes::copy_from_slice(proofs), inputs }.abi_encode()
}
