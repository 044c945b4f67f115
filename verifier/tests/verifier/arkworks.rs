//! Bytes in the form of arkworks are named as that, and nothing is read from them.

use ark_groth16::VerifyingKey as ArkKey;
use ark_serialize::CanonicalSerialize;
use zksensor_model::hex;
use zksensor_verifier::{KeyError, Proof, ProofError, VerifyingKey};

use crate::probe::{ark_key, ark_proof, prove, verifier};

fn forms(value: &impl CanonicalSerialize) -> [Vec<u8>; 2] {
    let (mut compressed, mut whole) = (Vec::new(), Vec::new());
    value.serialize_compressed(&mut compressed).expect("memory takes it");
    value.serialize_uncompressed(&mut whole).expect("memory takes it");
    [compressed, whole]
}

#[test]
fn proofs_of_arkworks_are_named() {
    for (x, y) in [(5, 9), (2, 3), (70, 1)] {
        let theirs = ark_proof(&prove(x, y));
        for bytes in forms(&theirs) {
            let named = ProofError::Arkworks { got: bytes.len() };
            assert_eq!(Proof::from_bytes(&bytes), Err(named.clone()));
            assert_eq!(Proof::from_hex(&hex::encode(&bytes)), Err(named.clone()));
            assert!(named.to_string().contains("pass its points to `Proof::new`"));
        }
    }
    // Neither is what only has the length.
    for length in [128, 256] {
        for byte in [0, 0xff] {
            let error = Proof::from_bytes(&vec![byte; length]).unwrap_err();
            assert!(!matches!(error, ProofError::Arkworks { .. }), "{error}");
        }
    }
}

#[test]
fn keys_of_arkworks_are_named() {
    let theirs = ark_key();
    for bytes in forms(&theirs) {
        assert_eq!(VerifyingKey::from_bytes(&bytes), Err(KeyError::Arkworks));
        assert_eq!(VerifyingKey::from_bytes(&bytes[..bytes.len() - 1]), Err(KeyError::Magic));
        assert_eq!(VerifyingKey::from_bytes(&[&bytes[..], &[0]].concat()), Err(KeyError::Magic));
    }
    let shorter = ArkKey { gamma_abc_g1: theirs.gamma_abc_g1[..1].to_vec(), ..theirs };
    for bytes in forms(&shorter) {
        assert_eq!(VerifyingKey::from_bytes(&bytes), Err(KeyError::Arkworks));
    }
    for other in [vec![], vec![0; 456], vec![0xff; 520], verifier().key().to_bytes()[1..].to_vec()] {
        assert_eq!(VerifyingKey::from_bytes(&other), Err(KeyError::Magic));
    }
}
