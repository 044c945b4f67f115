//! No bytes make a decoder panic, and what decodes encodes to the same bytes.

use std::sync::OnceLock;

use proptest::prelude::*;
use sha3::{Digest, Keccak256};
use zksensor_verifier::{Proof, Verifier, VerifyingKey, inputs_from_bytes, inputs_to_bytes};

use crate::probe::{Probe, key, prove, verifier, words};

/// A verifier, and bytes of a proof, of the key and of the inputs.
type Good = (Verifier<Probe>, Vec<u8>, Vec<u8>, Vec<u8>);

fn good() -> &'static Good {
    static GOOD: OnceLock<Good> = OnceLock::new();
    GOOD.get_or_init(|| {
        (verifier(), prove(5, 9).to_bytes().to_vec(), key().to_bytes(), inputs_to_bytes(&words(5, 9)))
    })
}

/// Bytes with a stretch overwritten, and cut or lengthened.
fn mutated(base: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    (0..base.len(), prop::collection::vec(any::<u8>(), 1..40), 0..base.len() + 40).prop_map(
        |(at, patch, length)| {
            let mut bytes = base.to_vec();
            for (byte, new) in bytes[at..].iter_mut().zip(patch) {
                *byte = new;
            }
            // Most keep their length.
            if length < base.len() / 4 || length > base.len() {
                bytes.resize(length, 0);
            }
            bytes
        },
    )
}

fn any_bytes(base: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let long = prop::collection::vec(any::<u8>(), 0..1200);
    let exact = prop::collection::vec(any::<u8>(), base.len());
    prop_oneof![long, exact, mutated(base)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn proof_bytes(bytes in any_bytes(&good().1)) {
        if let Ok(proof) = Proof::from_bytes(&bytes) {
            prop_assert_eq!(&proof.to_bytes()[..], &bytes[..]);
        }
    }

    #[test]
    fn proof_text(text in prop_oneof![".{0,40}", "0x[0-9a-fA-F]{510,514}", "0x.{512}"]) {
        if let Ok(proof) = Proof::from_hex(&text) {
            prop_assert_eq!(proof.to_hex(), text.to_lowercase());
        }
    }

    #[test]
    fn key_bytes(bytes in any_bytes(&good().2), seal in any::<bool>()) {
        let mut bytes = bytes;
        if seal && bytes.len() >= 32 {
            let body = bytes.len() - 32;
            let digest = Keccak256::digest(&bytes[..body]);
            bytes[body..].copy_from_slice(&digest);
        }
        if let Ok(key) = VerifyingKey::from_bytes(&bytes) {
            prop_assert_eq!(key.to_bytes(), bytes);
        }
    }

    #[test]
    fn input_bytes(bytes in any_bytes(&good().3), count in 0usize..40) {
        if let Ok(words) = inputs_from_bytes(&bytes, count) {
            prop_assert_eq!(words.len(), count);
            prop_assert_eq!(inputs_to_bytes(&words), bytes);
        }
    }

    #[test]
    fn proof_and_inputs_together(proof in any_bytes(&good().1), inputs in any_bytes(&good().3)) {
        let (verifier, good_proof, _, good_inputs) = good();
        let accepted = verifier.verify_bytes(&proof, &inputs).is_ok();
        prop_assert_eq!(accepted, &proof == good_proof && &inputs == good_inputs);
        let accepted = verifier.verify_bytes(good_proof, &inputs).is_ok();
        prop_assert_eq!(accepted, &inputs == good_inputs);
    }
}
