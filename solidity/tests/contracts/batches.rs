//! Calls of `verifyBatch`.

use zksensor_model::field::Fr;
use zksensor_solidity::{CalldataError, calldata};
use zksensor_verifier::Proof;

use super::scene::{Deployed, PROOFS, Scene};

type Items = Vec<(Proof, Vec<Fr>)>;

fn batch(items: &Items) -> Vec<u8> {
    let items: Vec<_> = items.iter().map(|(proof, words)| (proof, &words[..])).collect();
    calldata::verify_batch(&items).unwrap()
}

#[test]
fn good_proofs_pass_together_in_any_order_and_number() {
    for (scene, mut deployed) in Deployed::all() {
        for size in 1..=PROOFS {
            assert!(deployed.accepts(&batch(&scene.proofs[..size].to_vec())), "{size} proofs");
        }
        let reversed: Items = scene.proofs.iter().rev().cloned().collect();
        assert!(deployed.accepts(&batch(&reversed)));
        let repeated: Items = scene.proofs.iter().cycle().take(11).cloned().collect();
        assert!(deployed.accepts(&batch(&repeated)));
    }
}

#[test]
fn one_wrong_proof_anywhere_fails_the_batch() {
    for (scene, mut deployed) in Deployed::all() {
        for wrong in 0..PROOFS {
            // A proof for another recipient.
            let mut items = scene.proofs.clone();
            items[wrong].0 = scene.proofs[(wrong + 1) % PROOFS].0.clone();
            assert_eq!(deployed.refuses(&batch(&items)), "BatchRejected", "proof {wrong}");
            for input in 0..scene.key.public_inputs() {
                let mut items = scene.proofs.clone();
                items[wrong].1[input] += Fr::from(1u64);
                assert_eq!(
                    deployed.refuses(&batch(&items)),
                    "BatchRejected",
                    "input {input} of proof {wrong}"
                );
            }
        }
    }
}

#[test]
fn errors_that_cancel_without_coefficients_do_not_cancel() {
    for (scene, mut deployed) in Deployed::all() {
        // C of two proofs exchanged, and an input moved from one to the other: the plain sums stay what they are.
        let mut items = scene.proofs.clone();
        let [first, second] = [0, 1].map(|index| items[index].0.clone());
        let with_c_of = |proof: &Proof, other: &Proof| Proof::new(proof.a(), proof.b(), other.c()).unwrap();
        items[0].0 = with_c_of(&first, &second);
        items[1].0 = with_c_of(&second, &first);
        assert_eq!(deployed.refuses(&batch(&items)), "BatchRejected");

        let mut items = scene.proofs.clone();
        items[0].1[0] += Fr::from(1u64);
        items[1].1[0] -= Fr::from(1u64);
        assert_eq!(deployed.refuses(&batch(&items)), "BatchRejected");
    }
}

#[test]
fn proofs_and_inputs_that_are_exchanged_fail() {
    for (scene, mut deployed) in Deployed::all() {
        let mut items = scene.proofs.clone();
        let first = items[0].1.clone();
        items[0].1 = items[1].1.clone();
        items[1].1 = first;
        assert_eq!(deployed.refuses(&batch(&items)), "BatchRejected");
    }
}

#[test]
fn a_malformed_batch_is_refused_for_what_is_wrong() {
    for (scene, mut deployed) in Deployed::all() {
        let good = batch(&scene.proofs);
        let proofs = 4 + 3 * 32;
        let inputs = proofs + PROOFS * Proof::BYTES + 32;

        assert_eq!(deployed.refuses(&raw(&[], 0)), "BatchEmpty");
        assert_eq!(deployed.refuses(&raw(&[0; 255], 4)), "ProofLength");
        assert_eq!(deployed.refuses(&raw(&[0; 256], 1)), "InputCount");
        assert_eq!(deployed.refuses(&[&good[..], &[0]].concat()), "CalldataLength");

        // The second input of the last proof: its index counts through the batch.
        let mut data = good.clone();
        let index = (PROOFS - 1) * scene.key.public_inputs() + 1;
        data[inputs + 32 * index..][..32].fill(0xff);
        let refusal = deployed.refusal(&data);
        assert_eq!(refusal.name(), Some("InputNotCanonical"));
        assert!(refusal.to_string().contains(&format!("public input {index} ")), "{refusal}");

        for byte in (proofs..proofs + PROOFS * Proof::BYTES).step_by(37) {
            let mut data = good.clone();
            data[byte] ^= 1;
            assert!(["PairingRefused", "BatchRejected"].contains(&deployed.refuses(&data)), "byte {byte}");
        }
    }
}

#[test]
fn a_refused_point_leaves_gas_for_the_error() {
    let scene = Scene::aggregate();
    let mut deployed = Deployed::verifier(scene);
    // Enough for the batch, with little to spare.
    deployed.evm.set_gas_limit(800_000);
    let good = batch(&scene.proofs);
    assert!(deployed.accepts(&good));
    for proof in 0..PROOFS {
        for element in [0, 64, 192] {
            let mut data = good.clone();
            data[4 + 3 * 32 + proof * Proof::BYTES + element + 31] ^= 1;
            assert_eq!(deployed.refuses(&data), "PairingRefused", "proof {proof}, byte {element}");
        }
    }
}

#[test]
fn calldata_of_no_proof_or_of_two_statements_do_not_exist() {
    assert_eq!(calldata::verify_batch(&[]), Err(CalldataError::Empty));
    let [(one, four), (two, five)] = [Scene::aggregate(), Scene::reading()].map(|scene| &scene.proofs[0]);
    let mixed = calldata::verify_batch(&[(one, &four[..]), (two, &five[..])]);
    assert_eq!(mixed, Err(CalldataError::InputCount { item: 1, wanted: 4, got: 5 }));
}

/// Any bytes as proofs, and so many zeros as inputs.
fn raw(proofs: &[u8], inputs: usize) -> Vec<u8> {
    use alloy_sol_types::SolValue;
    let words = vec![alloy_primitives::U256::ZERO; inputs];
    let selector = &alloy_primitives::keccak256("verifyBatch(bytes,uint256[])")[..4];
    [selector, &(alloy_primitives::Bytes::copy_from_slice(proofs), words).abi_encode_params()].concat()
}
