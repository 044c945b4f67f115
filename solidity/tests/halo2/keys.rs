//! What the contract holds of its key, and keys that it refuses.

use alloy_primitives::{Address as SolAddress, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use zksensor_solidity::evm::{Address, Chain, Evm, EvmError};
use zksensor_solidity::{Deployment, Revert};

use crate::scene::{Deployed, Scene, revert, under_test, view};

/// Words of a key before its commitments.
const HEADER_WORDS: usize = 7;

/// What a contract answers is what Rust computes, its code among it.
#[test]
fn the_contract_is_what_rust_says_it_is() {
    for scene in Scene::all() {
        let key = scene.contract_key();
        let mut evm = Evm::new(Chain::Amoy);
        let data = evm.deploy(&key.code_init()).unwrap().address;
        let deployment = Deployment::halo2(&key, data.0);
        assert!(deployment.insecure);
        let deployed = evm.deploy(&deployment.bytecode).unwrap();
        let hash = format!("0x{}", alloy_primitives::hex::encode(evm.code_hash(&deployed.address)));
        assert_eq!(hash, deployment.code_hash);
        let mut deployed = Deployed { evm, address: deployed.address, code_size: deployed.code_size };
        let id = format!("0x{}", alloy_primitives::hex::encode(view(&mut deployed, "KEY_ID()")));
        assert_eq!(id, deployment.key_id);
        let family: Vec<&str> = scene.statement.split('/').take(2).collect();
        assert_eq!(view(&mut deployed, "FAMILY()"), keccak256(family.join("/")).0);
        assert_eq!(view(&mut deployed, "STATEMENT_ID()"), keccak256(&scene.statement).0);
        assert_eq!(view(&mut deployed, "INSECURE()"), U256::from(1).to_be_bytes::<32>());
        assert_eq!(view(&mut deployed, "KEY_CODE_HASH()"), key.code_hash());
        assert_eq!(view(&mut deployed, "TRANSCRIPT()"), [0; 32], "no ceremony of a statement");
        assert_eq!(deployment.transcript, format!("0x{}", "00".repeat(32)));
    }
}

/// Deploys code as a key, and the verifier for it, as of a statement.
fn deploy(code: &[u8], statement: &str, chain: Chain) -> Result<(), Revert> {
    let mut evm = Evm::new(chain);
    verifier(&mut evm, code, statement).map(|_| ()).map_err(|error| revert(Err(error)))
}

/// The verifier of a key with this code.
fn verifier(evm: &mut Evm, code: &[u8], statement: &str) -> Result<Address, EvmError> {
    let size = u16::try_from(code.len()).unwrap().to_be_bytes();
    let init = [0x61, size[0], size[1], 0x80, 0x60, 10, 0x3d, 0x39, 0x3d, 0xf3];
    let key = evm.deploy(&[&init[..], code].concat()).unwrap().address;
    let arguments = (SolAddress::from(key.0), B256::from(keccak256(code)), statement.to_owned());
    let bytecode = [under_test(), &arguments.abi_encode_params()].concat();
    Ok(evm.deploy(&bytecode)?.address)
}

fn refused(code: &[u8], statement: &str) -> String {
    deploy(code, statement, Chain::Amoy).unwrap_err().to_string()
}

#[test]
fn a_key_is_of_its_statement_and_chain() {
    let scene = Scene::reading();
    let code = scene.contract_key().code();
    deploy(&code, "reading/v2", Chain::Amoy).unwrap();
    for other in ["reading/v1", "reading/v2/", "aggregate/v2", ""] {
        assert!(refused(&code, other).starts_with("KeyCodeMalformed"), "{other}");
    }
    for chain in [Chain::Polygon, Chain::Ethereum] {
        let refusal = deploy(&code, "reading/v2", chain).unwrap_err().to_string();
        assert!(refusal.starts_with("InsecureKey"), "{refusal}");
        // What says that it is not insecure is another key, of another id.
        let mut flagged = code.clone();
        flagged[1] = 0;
        deploy(&flagged, "reading/v2", chain).unwrap();
    }
    for length in [1, 33, 34, code.len() - 32, code.len() - 1] {
        assert!(refused(&code[..length], "reading/v2").starts_with("KeyCodeMalformed"), "{length}");
    }
    assert!(refused(&[&code[..], &[0; 32]].concat(), "reading/v2").starts_with("KeyCodeMalformed"));
    let mut flagged = code.clone();
    flagged[1] = 2;
    assert!(refused(&flagged, "reading/v2").starts_with("KeyCodeMalformed"));
    // A transcript behind it, as a key of Groth16 has: no key of halo2 is of a ceremony.
    flagged.extend([0xab; 32]);
    assert!(refused(&flagged, "reading/v2").starts_with("KeyCodeMalformed"));
}

/// Every element of a key, unfit in each way that there is.
#[test]
fn elements_of_a_key_are_checked() {
    let scene = Scene::reading();
    let code = scene.contract_key().code();
    let with = |word: usize, values: &[U256]| {
        let mut altered = code.clone();
        for (value, place) in values.iter().zip(altered[34..].chunks_mut(32).skip(word)) {
            place.copy_from_slice(&value.to_be_bytes::<32>());
        }
        refused(&altered, "reading/v2")
    };
    let [zero, one] = [0, 1].map(U256::from);
    for k in [0u64, 8, 26, 1 << 40] {
        assert!(with(0, &[U256::from(k)]).starts_with("KeyCodeMalformed"), "{k}");
    }
    for inputs in [0u64, 256, 1 << 50] {
        assert!(with(1, &[U256::from(inputs)]).starts_with("KeyCodeMalformed"), "{inputs}");
    }
    let words = (code.len() - 34) / 32;
    for word in (HEADER_WORDS..words).step_by(2) {
        let named = |what: &str| format!("KeyInvalid: the element at word {word} of the key {what}");
        assert_eq!(with(word, &[zero, zero]), named("is the identity"));
        let off = with(word, &[one, one]);
        assert_eq!(off, named("is not canonical, off its curve or of another order"));
        let x = U256::from_be_slice(&code[34 + 32 * word..][..32]) + super::number(super::Q);
        assert_eq!(with(word, &[x]), named("is not canonical, off its curve or of another order"));
    }
    assert_eq!(with(3, &[zero; 4]), "KeyInvalid: the element at word 3 of the key is the identity");
    let off =
        "KeyInvalid: the element at word 3 of the key is not canonical, off its curve or of another order";
    assert_eq!(with(3, &[one; 4]), off);
    // The generator (EIP-197), and its negative.
    let generator = [
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
    ]
    .map(super::number);
    let [x1, x0, y1, y0] = generator;
    let q = super::number(super::Q);
    for point in [[x1, x0, y1, y0], [x1, x0, q - y1, q - y0]] {
        let refusal = with(3, &point);
        assert!(
            refusal.starts_with("KeyInvalid: the element at word 3 of the key is the generator"),
            "{refusal}"
        );
    }
}

/// A proof of one key is none of another: of other parameters, of another start of transcripts, of other commitments.
#[test]
fn a_proof_is_of_its_key() {
    let scene = Scene::reading();
    let (proof, words) = &scene.proofs[0];
    let data = zksensor_solidity::calldata::verify_bytes(proof.as_bytes(), words);
    let code = scene.contract_key().code();
    let words_of_key = (code.len() - 34) / 32;
    // k, the start, and commitments exchanged with their neighbours; s G2 is the proof's alone.
    for word in [0, 2].into_iter().chain((HEADER_WORDS..words_of_key - 2).step_by(2)) {
        let mut altered = code.clone();
        let place = 34 + 32 * word;
        if word < HEADER_WORDS {
            altered[place + 31] ^= 1;
        } else {
            altered[place..place + 128].rotate_left(64);
        }
        let mut evm = Evm::new(Chain::Amoy);
        let address = verifier(&mut evm, &altered, "reading/v2").unwrap();
        let error = evm.call(&address, &data).unwrap_err();
        assert_eq!(error.revert().unwrap().name(), Some("ProofRejected"), "word {word}");
    }
}
