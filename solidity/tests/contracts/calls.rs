//! Calls of `verify` that differ from a good one.

use proptest::prelude::*;
use zksensor_model::field::{self, Fr};
use zksensor_solidity::{Revert, calldata};
use zksensor_verifier::{INPUT_BYTES, Proof};

use super::scene::{Deployed, Scene};

/// Selector, offsets of proof and inputs, length of the proof.
const PROOF: usize = 4 + 3 * 32;
/// Where the inputs start: after the proof and their number.
const INPUTS: usize = PROOF + Proof::BYTES + 32;

#[test]
fn every_bit_of_a_proof_matters() {
    let scene = Scene::aggregate();
    let mut deployed = Deployed::verifier(scene);
    let good = scene.calldata();
    let mut rejected = 0;
    for bit in 0..8 * Proof::BYTES {
        let mut data = good.clone();
        data[PROOF + bit / 8] ^= 1 << (bit % 8);
        match deployed.refuses(&data) {
            "PairingRefused" => {}
            "ProofRejected" => rejected += 1,
            other => panic!("bit {bit}: {other}"),
        }
        let bytes = &data[PROOF..PROOF + Proof::BYTES];
        let native = Proof::from_bytes(bytes).map(|proof| scene.verifies(&proof, &scene.proofs[0].1));
        assert!(!native.unwrap_or(false), "bit {bit} natively");
    }
    // A flipped bit leaves the curve; by chance alone another point is met.
    assert!(rejected < 4, "{rejected} flips gave other points");
}

#[test]
fn every_bit_of_the_public_inputs_matters() {
    for (scene, mut deployed) in Deployed::all() {
        let good = scene.calldata();
        for bit in (0..8 * INPUT_BYTES * scene.key.public_inputs()).step_by(3) {
            let mut data = good.clone();
            data[INPUTS + bit / 8] ^= 1 << (bit % 8);
            let refused = deployed.refuses(&data);
            let word: [u8; 32] = data[INPUTS + bit / 256 * 32..][..32].try_into().unwrap();
            let expected =
                if field::from_be_bytes(&word).is_ok() { "ProofRejected" } else { "InputNotCanonical" };
            assert_eq!(refused, expected, "bit {bit}");
        }
    }
}

#[test]
fn each_input_is_bound() {
    for (scene, mut deployed) in Deployed::all() {
        let (proof, words) = &scene.proofs[0];
        let one = Fr::from(1u64);
        for index in 0..words.len() {
            let with = |value: Fr| {
                let mut words = words.clone();
                words[index] = value;
                words
            };
            for altered in [words[index] + one, words[index] - one, -words[index], one - one] {
                let altered = with(altered);
                assert_eq!(deployed.refuses(&calldata::verify(proof, &altered)), "ProofRejected");
                assert!(!scene.verifies(proof, &altered), "input {index} natively");
            }
            let swapped = (index + 1) % words.len();
            let mut altered = words.clone();
            altered.swap(index, swapped);
            assert_eq!(deployed.refuses(&calldata::verify(proof, &altered)), "ProofRejected");
            let mut altered = words.clone();
            altered.remove(index);
            assert_eq!(deployed.refuses(&calldata::verify(proof, &altered)), "InputCount");
            assert!(!scene.verifies(proof, &altered));
            let mut altered = words.clone();
            altered.insert(index, one - one);
            assert_eq!(deployed.refuses(&calldata::verify(proof, &altered)), "InputCount");
            assert!(!scene.verifies(proof, &altered));
        }
    }
}

#[test]
fn an_input_that_is_not_canonical_is_named() {
    let r = alloy_primitives::U256::from_be_bytes(field::to_be_bytes(&-Fr::from(1u64)))
        + alloy_primitives::U256::from(1);
    for (scene, mut deployed) in Deployed::all() {
        for index in 0..scene.key.public_inputs() {
            let mut data = scene.calldata();
            let word = &mut data[INPUTS + 32 * index..][..32];
            let value = alloy_primitives::U256::from_be_slice(word) + r;
            word.copy_from_slice(&value.to_be_bytes::<32>());
            let refusal = deployed.refusal(&data);
            assert_eq!(refusal.name(), Some("InputNotCanonical"));
            let text = refusal.to_string();
            assert!(text.contains(&format!("public input {index} is {value:#x}")), "{text}");
        }
    }
}

#[test]
fn nothing_may_follow_or_be_missing() {
    for (scene, mut deployed) in Deployed::all() {
        let good = scene.calldata();
        for extra in 1..=64 {
            let data = [&good[..], &vec![0; extra]].concat();
            assert_eq!(deployed.refuses(&data), "CalldataLength", "{extra} bytes more");
        }
        for missing in 1..=good.len() - 4 {
            let refusal = deployed.refusal(&good[..good.len() - missing]);
            assert_eq!(refusal, Revert::Empty, "{missing} bytes fewer");
        }
        assert!(matches!(deployed.refusal(&good[..3]), Revert::Empty));
    }
}

#[test]
fn a_call_has_one_encoding() {
    for (scene, mut deployed) in Deployed::all() {
        let good = scene.calldata();
        let words = scene.key.public_inputs();
        let word = |value: usize| alloy_primitives::U256::from(value).to_be_bytes::<32>();
        let (head, tails) = good[4..].split_at(64);
        assert_eq!(head, [word(64), word(64 + 32 + Proof::BYTES)].concat());
        let (proof, inputs) = tails.split_at(32 + Proof::BYTES);

        // The inputs first: the decoder takes it.
        let head = [word(64 + 32 * (words + 1)), word(64)].concat();
        let exchanged = [&good[..4], &head, inputs, proof].concat();
        assert_eq!(deployed.refuses(&exchanged), "CalldataOffset");

        // Inputs that start within the proof, where a word happens to be their number.
        let mut overlapping = good.clone();
        overlapping[PROOF + 64..PROOF + 96].copy_from_slice(&word(words));
        overlapping[4 + 32..4 + 64].copy_from_slice(&word(64 + 32 + 64));
        assert_eq!(deployed.refuses(&overlapping), "CalldataOffset");
    }
}

#[test]
fn a_proof_has_256_bytes() {
    let scene = Scene::reading();
    for mut deployed in [Deployed::verifier(scene), Deployed::keyed(scene)] {
        let (proof, words) = &scene.proofs[0];
        let bytes = proof.to_bytes();
        for length in [0, 1, 192, 255, 257, 288, 320, 512] {
            let proof: Vec<u8> = bytes.iter().copied().chain([0; 256]).take(length).collect();
            let data = encoded(&proof, words);
            assert_eq!(deployed.refuses(&data), "ProofLength", "{length} bytes");
        }
    }
}

#[test]
fn a_proof_of_another_statement_is_refused() {
    let (aggregate, reading) = (Scene::aggregate(), Scene::reading());
    let mut deployed = Deployed::verifier(aggregate);
    let data = calldata::verify(&reading.proofs[0].0, &aggregate.proofs[0].1);
    assert_eq!(deployed.refuses(&data), "ProofRejected");
}

#[test]
fn with_too_little_gas_nothing_is_accepted() {
    let scene = Scene::aggregate();
    let mut deployed = Deployed::verifier(scene);
    let good = scene.calldata();
    for gas in (40_000..350_000).step_by(10_000) {
        deployed.evm.set_gas_limit(gas);
        assert!(deployed.evm.call(&deployed.address, &good).is_err(), "{gas} gas were enough");
    }
    deployed.evm.set_gas_limit(400_000);
    assert!(deployed.accepts(&good));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written over part of good calldata, it is refused unless it is what was there.
    #[test]
    fn altered_calldata_is_refused(start in 0usize..516, bytes in prop::collection::vec(any::<u8>(), 1..40)) {
        let scene = Scene::aggregate();
        let good = scene.calldata();
        let mut data = good.clone();
        for (byte, new) in data.iter_mut().skip(start).zip(&bytes) {
            *byte = *new;
        }
        let mut deployed = Deployed::verifier(scene);
        prop_assert!(data == good || deployed.evm.call(&deployed.address, &data).is_err());
    }
}

/// The ABI encoding of any proof bytes.
fn encoded(proof: &[u8], words: &[Fr]) -> Vec<u8> {
    use alloy_sol_types::SolValue;
    let words: Vec<_> =
        words.iter().map(|word| alloy_primitives::U256::from_be_bytes(field::to_be_bytes(word))).collect();
    let selector = &alloy_primitives::keccak256("verify(bytes,uint256[])")[..4];
    [selector, &(alloy_primitives::Bytes::copy_from_slice(proof), words).abi_encode_params()].concat()
}
