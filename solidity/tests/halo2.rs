//! The contract that verifies proofs of halo2 takes what the native verifier takes, on every chain's schedule, and nothing else.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "halo2/keys.rs"]
mod keys;
#[path = "halo2/precompiles.rs"]
mod precompiles;
#[path = "halo2/scene.rs"]
mod scene;

use alloy_primitives::{U256, hex};
use zksensor_solidity::Revert;
use zksensor_solidity::calldata::verify_bytes;
use zksensor_solidity::evm::{Chain, Evm, EvmError};

use scene::{Deployed, Scene, view};

/// Where evaluations stand in a proof, between points.
const NUMBERS: std::ops::Range<usize> = 1408..3264;
/// r, the order of the scalar field, and q, that of coordinates.
const R: &str = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
const Q: &str = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";

fn number(text: &str) -> U256 {
    U256::from_be_slice(&hex::decode(text).unwrap())
}

#[test]
fn proofs_of_every_shape_are_taken_on_every_chain() {
    for scene in Scene::all() {
        for chain in Chain::ALL {
            if !chain.id().eq(&80_002) && !chain.id().eq(&11_155_111) {
                continue;
            }
            let mut deployed = Deployed::on(Evm::new(chain), scene);
            let gas: Vec<u64> = scene
                .proofs
                .iter()
                .map(|(proof, words)| {
                    assert!(scene.verifies(proof.as_bytes(), words));
                    let data = verify_bytes(proof.as_bytes(), words);
                    let receipt = deployed.evm.call(&deployed.address, &data).unwrap();
                    assert_eq!(receipt.output, Vec::<u8>::new());
                    receipt.gas
                })
                .collect();
            println!("{} on {chain}: {gas:?} gas, code {} B", scene.statement, deployed.code_size);
            assert_eq!(
                view(&mut deployed, "INPUTS()"),
                U256::from(scene.proofs[0].1.len()).to_be_bytes::<32>()
            );
        }
    }
}

/// Each of the 106 words: one more, one less, a bit, zero, its successor, itself plus r or q, everything.
#[test]
fn no_word_of_a_proof_can_be_another() {
    let scene = Scene::reading();
    let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
    // A precompile that refuses takes all gas it is given: less of it, less waste.
    let (proof, words) = &scene.proofs[0];
    let good = proof.as_bytes();
    for (index, offset) in (0..good.len()).step_by(32).enumerate() {
        let word = U256::from_be_slice(&good[offset..offset + 32]);
        let following = U256::from_be_slice(&good[(offset + 32) % good.len()..][..32]);
        let modulus = number(if NUMBERS.contains(&offset) { R } else { Q });
        let one = U256::from(1);
        let others = [
            word.wrapping_add(one),
            word.wrapping_sub(one),
            word ^ (one << (7 * index % 254)),
            U256::ZERO,
            following,
            word.wrapping_add(modulus),
            modulus.wrapping_sub(word),
            U256::MAX,
        ];
        for other in others.into_iter().filter(|other| *other != word) {
            let mut altered = good.to_vec();
            altered[offset..offset + 32].copy_from_slice(&other.to_be_bytes::<32>());
            let refusal = deployed.refuses(&verify_bytes(&altered, words));
            assert!(!scene.verifies(&altered, words), "word {index} as {other:#x}: {refusal} on chain");
            let wanted: &[&str] = match (NUMBERS.contains(&offset), other >= modulus) {
                (true, true) => &["ElementInvalid"],
                (true, false) => &["ProofRejected"],
                (false, _) => &["PairingRefused", "ProofRejected"],
            };
            assert!(wanted.contains(&refusal), "word {index} as {other:#x}: {refusal}, wanted {wanted:?}");
        }
    }
}

#[test]
fn points_are_not_infinity_and_do_not_change_places() {
    let scene = Scene::reading();
    let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
    let (proof, words) = &scene.proofs[0];
    let good = proof.as_bytes();
    let points: Vec<usize> = (0..NUMBERS.start).chain(NUMBERS.end..good.len()).step_by(64).collect();
    assert_eq!(points.len(), 24);
    for (index, &offset) in points.iter().enumerate() {
        let mut altered = good.to_vec();
        altered[offset..offset + 64].fill(0);
        let data = verify_bytes(&altered, words);
        assert_eq!(deployed.refuses(&data), "ElementInvalid", "{offset}");
        assert!(!scene.verifies(&altered, words));
        // The negative of a point is one, too.
        let mut negative = good.to_vec();
        let y = number(Q) - U256::from_be_slice(&good[offset + 32..offset + 64]);
        negative[offset + 32..offset + 64].copy_from_slice(&y.to_be_bytes::<32>());
        let data = verify_bytes(&negative, words);
        assert_eq!(deployed.refuses(&data), "ProofRejected", "{offset}");
        let other = points[(index + 1) % points.len()];
        let mut swapped = good.to_vec();
        swapped[offset..offset + 64].copy_from_slice(&good[other..other + 64]);
        swapped[other..other + 64].copy_from_slice(&good[offset..offset + 64]);
        let data = verify_bytes(&swapped, words);
        assert_eq!(deployed.refuses(&data), "ProofRejected", "{offset} and {other}");
    }
}

#[test]
fn public_inputs_are_those_of_the_proof() {
    for scene in Scene::all() {
        let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
        let (proof, words) = &scene.proofs[0];
        let good = verify_bytes(proof.as_bytes(), words);
        let start = good.len() - 32 * words.len();
        for index in 0..words.len() {
            let place = start + 32 * index..start + 32 * (index + 1);
            let word = U256::from_be_slice(&good[place.clone()]);
            for (other, wanted) in [
                (word.wrapping_add(U256::from(1)), "ProofRejected"),
                (word.wrapping_add(number(R)), "InputNotCanonical"),
                (number(R), "InputNotCanonical"),
                (U256::MAX, "InputNotCanonical"),
            ] {
                let mut data = good.clone();
                data[place.clone()].copy_from_slice(&other.to_be_bytes::<32>());
                assert_eq!(
                    deployed.refuses(&data),
                    wanted,
                    "{}: input {index} as {other:#x}",
                    scene.statement
                );
            }
        }
        // Those of another proof, and one more or less.
        let (other, _) = &scene.proofs[1];
        assert_eq!(deployed.refuses(&verify_bytes(other.as_bytes(), words)), "ProofRejected");
        assert_eq!(deployed.refuses(&verify_bytes(proof.as_bytes(), &words[1..])), "InputCount");
        let more = [&words[..], &words[..1]].concat();
        assert_eq!(deployed.refuses(&verify_bytes(proof.as_bytes(), &more)), "InputCount");
    }
}

#[test]
fn calldata_have_one_encoding() {
    let scene = Scene::reading();
    let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
    let (proof, words) = &scene.proofs[0];
    let good = verify_bytes(proof.as_bytes(), words);
    for length in [0, 3, 4, 36, 100, good.len() / 2, good.len() - 32, good.len() - 1] {
        let refusal = deployed.refusal(&good[..length]);
        assert!(matches!(refusal, Revert::Empty), "{length}: {refusal}");
    }
    assert_eq!(deployed.refuses(&[&good[..], &[0]].concat()), "CalldataLength");
    assert_eq!(deployed.refuses(&[&good[..], &[0; 32]].concat()), "CalldataLength");
    for bytes in [32, 256, 3_360, 3_424] {
        let other = &proof.as_bytes().repeat(2)[..bytes];
        assert_eq!(deployed.refuses(&verify_bytes(other, words)), "ProofLength", "{bytes}");
    }
    // The two arguments in each other's order: their offsets say so.
    let mut moved = good.clone();
    let tail = good.len() - 68;
    moved[4..36].copy_from_slice(&U256::from(64 + 32 + 32 * words.len()).to_be_bytes::<32>());
    moved[36..68].copy_from_slice(&U256::from(64).to_be_bytes::<32>());
    let inputs = 32 + 32 * words.len();
    let (proof_part, input_part) = good[68..].split_at(tail - inputs);
    moved[68..68 + inputs].copy_from_slice(input_part);
    moved[68 + inputs..].copy_from_slice(proof_part);
    assert_eq!(deployed.refuses(&moved), "CalldataOffset");
}

#[test]
fn batches_hold_as_a_whole() {
    let scene = Scene::reading();
    let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
    let call = |proofs: &[&[u8]], words: &[&[zksensor_model::field::Fr]]| {
        scene::batch_calldata(&proofs.concat(), &words.concat())
    };
    let [(first, ours), (second, theirs)] =
        [&scene.proofs[0], &scene.proofs[1]].map(|(p, w)| (p.as_bytes(), &w[..]));
    assert!(deployed.accepts(&call(&[first], &[ours])));
    assert!(deployed.accepts(&call(&[first, second], &[ours, theirs])));
    assert!(deployed.accepts(&call(&[second, first, second], &[theirs, ours, theirs])));
    assert_eq!(deployed.refuses(&call(&[first, second], &[theirs, ours])), "ProofRejected");
    assert_eq!(deployed.refuses(&call(&[first, second], &[ours, ours])), "ProofRejected");
    assert_eq!(deployed.refuses(&call(&[], &[])), "BatchEmpty");
    assert_eq!(deployed.refuses(&call(&[first, second], &[ours])), "InputCount");
    assert_eq!(deployed.refuses(&call(&[first, &second[32..]], &[ours, theirs])), "ProofLength");
    let mut altered = second.to_vec();
    altered[NUMBERS.start + 31] ^= 1;
    assert_eq!(deployed.refuses(&call(&[first, &altered], &[ours, theirs])), "ProofRejected");
}

/// Whatever gas a call gets, it returns only if the proof was verified with it.
#[test]
fn little_gas_is_no_acceptance() {
    let scene = Scene::reading();
    let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
    let (proof, words) = &scene.proofs[0];
    let mut altered = proof.as_bytes().to_vec();
    altered[NUMBERS.start + 31] ^= 1;
    let good = verify_bytes(proof.as_bytes(), words);
    let bad = verify_bytes(&altered, words);
    let enough = deployed.evm.call(&deployed.address, &good).unwrap().gas;
    for part in 1..40 {
        deployed.evm.set_gas_limit(enough * part / 40 + 21_000);
        for data in [&good, &bad] {
            let error = deployed.evm.call(&deployed.address, data);
            if part < 38 || data == &bad {
                assert!(error.is_err(), "{part}");
            }
            if let Err(EvmError::Reverted { data, .. }) = error {
                let refusal = Revert::decode(&data);
                assert!(
                    matches!(refusal.name(), Some("PairingRefused" | "ProofRejected") | None),
                    "{refusal}"
                );
            }
        }
    }
}
