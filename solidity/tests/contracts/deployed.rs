//! Deployment: what the contracts say of themselves, and where they refuse to live.

use zksensor_circuits::statement::Claim;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_solidity::evm::{Chain, Evm};
use zksensor_solidity::{Artifact, ContractKey, Deployment, RenderError, StatementContract};
use zksensor_verifier::{Ceremony, VerifyingKey};

use super::scene::{Deployed, Scene, revert};

#[test]
fn a_good_proof_is_accepted_by_every_contract() {
    for (scene, mut deployed) in Deployed::all() {
        for (proof, inputs) in &scene.proofs {
            assert!(scene.verifies(proof, inputs));
            assert!(deployed.accepts(&zksensor_solidity::calldata::verify(proof, inputs)));
        }
    }
}

#[test]
fn contracts_say_what_they_were_built_for() {
    for (scene, mut deployed) in Deployed::all() {
        let key = scene.contract_key();
        assert_eq!(deployed.view("KEY_ID()"), key.id());
        assert_eq!(
            deployed.view("STATEMENT_ID()"),
            *alloy_primitives::keccak256(scene.key.statement().to_string())
        );
        assert_eq!(deployed.view("INSECURE()")[31], 1);
        assert_eq!(deployed.view("TRANSCRIPT()"), [0; 32], "no ceremony");
        let family = StatementContract::named(key.statement()).unwrap().title();
        assert_eq!(deployed.view("FAMILY()"), *alloy_primitives::keccak256(family));
        let inputs = deployed.view("INPUTS()");
        assert_eq!(usize::from(inputs[31]), scene.key.public_inputs());
    }
}

#[test]
fn the_code_hash_is_known_before_deployment() {
    for scene in Scene::all() {
        let key = scene.contract_key();
        let mut evm = Evm::new(Chain::Amoy);
        let holder = evm.deploy(&key.code_init()).unwrap().address;
        for deployment in [Deployment::verifier(&key).unwrap(), Deployment::keyed(&key, holder.0)] {
            let address = evm.deploy(&deployment.bytecode).unwrap().address;
            assert_eq!(deployment.code_hash, zksensor_model::hex::encode(&evm.code_hash(&address)));
        }
    }
}

#[test]
fn the_statement_id_is_the_digest_that_bindings_commit_to() {
    let mut deployed = Deployed::verifier(Scene::reading());
    assert_eq!(deployed.view("STATEMENT_ID()"), SingleReading.id().digest());
}

#[test]
fn a_deployment_is_announced() {
    let key = Scene::reading().contract_key();
    let receipt = Evm::new(Chain::Amoy).deploy(&Deployment::verifier(&key).unwrap().bytecode).unwrap();
    let [log] = &receipt.logs[..] else { panic!("{} events", receipt.logs.len()) };
    let event = alloy_primitives::keccak256("KeyPinned(string,bytes32,bytes32,bool)");
    assert_eq!(log.topics, [*event, SingleReading.id().digest(), key.id()]);
    assert!(log.data.windows(10).any(|text| text == b"reading/v2"));
}

#[test]
fn an_insecure_key_deploys_on_test_chains_only() {
    for scene in Scene::all() {
        let key = scene.contract_key();
        for chain in [Chain::Polygon, Chain::Ethereum] {
            let mut evm = Evm::new(chain);
            let refused = revert(evm.deploy(&Deployment::verifier(&key).unwrap().bytecode));
            assert_eq!(refused.name(), Some("InsecureKey"));
            assert!(refused.to_string().contains(&format!("chain {}", chain.id())), "{refused}");
            let data = evm.deploy(&key.code_init()).unwrap().address;
            let refused = revert(evm.deploy(&Deployment::keyed(&key, data.0).bytecode));
            assert_eq!(refused.name(), Some("InsecureKey"));
        }
        for chain in [Chain::Amoy, Chain::Sepolia] {
            Evm::new(chain).deploy(&Deployment::verifier(&key).unwrap().bytecode).unwrap();
        }
        assert!(Deployment::verifier(&key).unwrap().contract.ends_with("INSECURE"));
    }
}

#[test]
fn a_key_that_is_not_marked_deploys_on_chain_137() {
    for scene in Scene::all() {
        let unmarked = unmarked(scene);
        let deployment = Deployment::verifier(&unmarked).unwrap();
        assert!(!deployment.contract.contains("INSECURE"));
        let evm = Evm::new(Chain::Polygon);
        let mut deployed =
            Deployed { address: evm.clone().deploy(&deployment.bytecode).unwrap().address, evm };
        deployed.address = deployed.evm.deploy(&deployment.bytecode).unwrap().address;
        assert_eq!(deployed.view("INSECURE()"), [0; 32]);
        assert_eq!(deployed.view("KEY_ID()"), unmarked.id());
        assert_ne!(unmarked.id(), scene.contract_key().id());
        assert!(deployed.accepts(&scene.calldata()));
    }
}

/// The transcript that a contract shows is the one that its key id commits to, and its code is known before it is deployed.
#[test]
fn a_key_of_a_ceremony_shows_its_transcript() {
    let mut ids = Vec::new();
    for (scene, transcript) in Scene::all().iter().zip([[0xab; 32], two(), [0xff; 32]].iter().cycle()) {
        let key = of_ceremony(scene, *transcript).unwrap();
        let mut evm = Evm::new(Chain::Polygon);
        let holder = evm.deploy(&key.code_init()).unwrap().address;
        assert_eq!((evm.code(&holder), evm.code_hash(&holder)), (key.code(), key.code_hash()));
        for deployment in [Deployment::verifier(&key).unwrap(), Deployment::keyed(&key, holder.0)] {
            assert!(!deployment.contract.contains("INSECURE"));
            assert_eq!(deployment.transcript, zksensor_model::hex::encode(transcript));
            let address = evm.deploy(&deployment.bytecode).unwrap().address;
            assert_eq!(deployment.code_hash, zksensor_model::hex::encode(&evm.code_hash(&address)));
            let mut deployed = Deployed { address, evm: evm.clone() };
            assert_eq!(deployed.view("TRANSCRIPT()"), *transcript);
            assert_eq!(deployed.view("INSECURE()"), [0; 32]);
            assert_eq!(deployed.view("KEY_ID()"), key.id());
            assert!(deployed.accepts(&scene.calldata()));
        }
        ids.extend([key.id(), unmarked(scene).id(), scene.contract_key().id()]);
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "a key id for each transcript, for none, and for an insecure key");
}

/// 0 and 1 are what a contract takes to mean no ceremony: as transcripts they would have the id of another key.
#[test]
fn no_transcript_reads_as_no_ceremony() {
    let mut least = two();
    for digit in 0..2 {
        least[31] = digit;
        let refused = of_ceremony(Scene::reading(), least).unwrap_err().to_string();
        assert!(refused.contains("which no transcript has"), "{refused}");
    }
}

fn two() -> [u8; 32] {
    let mut word = [0; 32];
    word[31] = 2;
    word
}

fn of_ceremony(scene: &Scene, transcript: [u8; 32]) -> Result<ContractKey, RenderError> {
    let ceremony = Ceremony::new(transcript, 3).unwrap();
    let points = scene.key.points().clone();
    ContractKey::new(&VerifyingKey::of_ceremony(scene.key.statement(), points, ceremony).unwrap())
}

/// The scene's key as if it said nothing of itself.
fn unmarked(scene: &Scene) -> ContractKey {
    ContractKey::new(&VerifyingKey::new(scene.key.statement(), scene.key.points().clone(), false).unwrap())
        .unwrap()
}

#[test]
fn every_artifact_fits_every_chain() {
    let mut artifacts = vec![Artifact::keyed()];
    artifacts.extend(StatementContract::all().iter().map(|contract| Artifact::of(contract).unwrap()));
    for artifact in artifacts {
        assert!(artifact.init_code.len() > artifact.runtime_code.len());
        for chain in Chain::ALL {
            assert!(artifact.runtime_code.len() <= chain.code_limit(), "{}", artifact.contract);
        }
    }
}
