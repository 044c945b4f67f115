//! Keys: one encoding, checked, and never mistaken for those of Groth16.

use halo2_proofs::halo2curves::bn256::G2Affine;
use sha3::{Digest, Keccak256};
use zksensor_prover::{ProveError as OfGroth16, insecure_setup};
use zksensor_prover_halo2::{ProveError, ProvingKey, Srs, setup};
use zksensor_verifier::KeyError as KeyOfGroth16;
use zksensor_verifier_halo2::{KeyError, KeyPoints, VerifyingKey};

use crate::rng;
use crate::root::{Root, key, srs};

/// The bytes with the digest that they should have.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len() - 32;
    let digest = Keccak256::digest(&bytes[..body]);
    bytes[body..].copy_from_slice(&digest);
    bytes
}

#[test]
fn a_verifying_key_has_one_encoding() {
    let key = key().verifying_key().clone();
    let bytes = key.to_bytes();
    assert_eq!(VerifyingKey::from_bytes(&bytes), Ok(key.clone()));
    assert_eq!(VerifyingKey::from_hex(&key.to_hex()), Ok(key.clone()));
    assert!(key.is_insecure() && key.key_id().to_string().starts_with("INSECURE-0x"));
    assert_eq!((key.public_inputs(), key.k()), (2, 9));
    for cut in 0..bytes.len() {
        assert!(VerifyingKey::from_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
    assert!(VerifyingKey::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        assert!(VerifyingKey::from_bytes(&altered).is_err(), "{at}");
        // With its digest it is refused, or another key: that of other public inputs, say, or of another id.
        if at < bytes.len() - 32 {
            let other = VerifyingKey::from_bytes(&sealed(altered.clone()));
            assert!(other.is_err() || other.is_ok_and(|other| other.to_bytes() == sealed(altered)), "{at}");
        }
    }
}

/// Keys of the table before this one, which had columns of its own beside k.
#[test]
fn a_key_of_another_version_is_named() {
    let bytes = key().verifying_key().to_bytes();
    for version in [0, 1, 3, 255] {
        let mut other = bytes.clone();
        other[17] = version;
        let refused = VerifyingKey::from_bytes(&sealed(other)).unwrap_err();
        assert_eq!(refused, KeyError::Version { wanted: 2, got: version });
        assert!(refused.to_string().contains("make the key anew"), "{refused}");
    }
}

#[test]
fn what_is_no_table_and_known_secrets_are_refused() {
    let key = key().verifying_key().clone();
    let made =
        |k, inputs, points: &KeyPoints| VerifyingKey::new(key.statement(), true, k, inputs, points.clone());
    let points = key.points();
    assert_eq!(made(9, 2, points), Ok(key.clone()));
    for k in [0, 4, 8, 26, 255] {
        assert_eq!(made(k, 2, points), Err(KeyError::Rows { least: 9, most: 25, got: k }));
    }
    let other = |alter: fn(&mut KeyPoints)| {
        let mut points = points.clone();
        alter(&mut points);
        assert!(matches!(made(9, 2, &points), Err(KeyError::Commitments { .. })));
    };
    other(|points| points.fixed.truncate(1));
    other(|points| points.copies.truncate(1));
    other(|points| points.fixed.push(points.fixed[0]));
    other(|points| points.copies.push(points.copies[0]));
    assert!(matches!(made(9, 505, points), Err(KeyError::PublicInputs { most: 504, got: 505 })));
    for s_g2 in [G2Affine::generator(), -G2Affine::generator()] {
        let points = KeyPoints { s_g2, ..points.clone() };
        assert_eq!(made(9, 2, &points), Err(KeyError::KnownSecret));
    }
    let points = KeyPoints { s_g2: G2Affine::default(), ..points.clone() };
    assert!(matches!(made(9, 2, &points), Err(KeyError::Point { index: 0, .. })));
}

/// Each refuses the other's, and names it.
#[test]
fn keys_of_groth16_are_named() {
    let theirs = insecure_setup(&Root(1), &mut rng(6), &()).unwrap();
    let ours = key();
    let verifying = theirs.verifying_key().to_bytes();
    assert_eq!(VerifyingKey::from_bytes(&verifying), Err(KeyError::Groth16));
    let other = zksensor_verifier::VerifyingKey::from_bytes(&ours.verifying_key().to_bytes());
    assert_eq!(other, Err(KeyOfGroth16::Halo2));
    let bytes = theirs.to_bytes();
    assert_eq!(ProvingKey::read(&bytes[..], bytes.len() as u64).unwrap_err(), ProveError::Groth16Key);
    let mut bytes = Vec::new();
    ours.write(&mut bytes).unwrap();
    let refused = zksensor_prover::ProvingKey::from_bytes(&bytes).unwrap_err();
    assert!(matches!(refused, OfGroth16::KeyBytes { reason, .. } if reason.contains("halo2")), "{refused}");
}

#[test]
fn a_proving_key_has_one_encoding() {
    let ours = key();
    let mut bytes = Vec::new();
    ours.write(&mut bytes).unwrap();
    let length = bytes.len() as u64;
    assert_eq!(length, ours.length());
    let again = ProvingKey::read(&bytes[..], length).unwrap();
    assert_eq!(again.verifying_key(), ours.verifying_key());
    assert_eq!(again.srs().digest(), ours.srs().digest());
    assert!(!format!("{again:?}").is_empty() && again.is_insecure());
    for cut in (0..bytes.len()).step_by(97) {
        assert!(ProvingKey::read(&bytes[..cut], cut as u64).is_err(), "{cut}");
        assert!(ProvingKey::read(&bytes[..cut], length).is_err(), "{cut}");
    }
    for at in (0..64).chain((64..bytes.len()).step_by(1_999)) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        assert!(ProvingKey::read(&altered[..], length).is_err(), "{at}");
    }
    // The parameters of others, under the verifying key of these.
    let others = Srs::insecure_setup(9, &mut rng(7)).unwrap();
    let mut mixed = bytes[..bytes.len() - ours.srs().length() as usize].to_vec();
    others.write(&mut mixed).unwrap();
    let refused = ProvingKey::read(&mixed[..], length).unwrap_err();
    assert!(matches!(refused, ProveError::KeyBytes { reason, .. } if reason.contains("other parameters")));
}

#[test]
fn a_key_follows_from_parameters_and_statement() {
    assert_eq!(key().verifying_key(), key().verifying_key());
    let others = Srs::insecure_setup(9, &mut rng(8)).unwrap();
    let other = setup(&Root(1), others.into(), &()).unwrap();
    assert_ne!(other.verifying_key().key_id(), key().verifying_key().key_id());
    let larger = Srs::insecure_setup(10, &mut rng(9)).unwrap();
    let refused = setup(&Root(1), larger.into(), &()).unwrap_err();
    assert!(matches!(refused, ProveError::SrsRows { wanted: 9, got: 10, .. }), "{refused}");
    assert_eq!(srs().k(), 9);
}
