//! Keys, signatures and signed readings.

use ark_ff::{BigInt, PrimeField};
use serde_json::Value;
use zksensor_model::device::DeviceKey;
use zksensor_model::field::{self, Fr};
use zksensor_model::hex;
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::{PublicKey, Signature, challenge, verify, verify_point};
use zksensor_model::reading::{SIGNED_READING_LENGTH, SignedReading};

use super::{text, vectors};

pub(super) fn element(case: &Value, name: &str) -> Fr {
    field::parse_hex(text(case, name)).unwrap()
}

fn point(case: &Value, name: &str) -> Point {
    Point { x: element(&case[name], "x"), y: element(&case[name], "y") }
}

/// A scalar, or nothing from l on.
fn scalar(case: &Value, name: &str) -> Option<Scalar> {
    let bytes: [u8; 32] = hex::decode(text(case, name)).unwrap();
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_be_bytes(chunk.try_into().unwrap());
    }
    Scalar::from_bigint(BigInt::new(limbs))
}

/// The key of a label: its seed is the low 248 bits of keccak256 of it.
pub(super) fn device(label: &str) -> DeviceKey {
    DeviceKey::from_seed(field::to_be_bytes(&field::keccak248(label.as_bytes())))
}

pub(super) fn bytes(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap();
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

#[test]
fn keys_come_of_their_secrets() {
    let vectors = vectors("device_keys");
    for case in &vectors.good {
        let key = device(text(case, "label"));
        assert_eq!(hex::encode(key.expose_seed()), text(case, "seed"));
        let public = Point { x: element(case, "key_x"), y: element(case, "key_y") };
        assert_eq!(*key.public().point(), public);
        assert_eq!(BASE8.mul(&scalar(case, "scalar").unwrap()), public);
        assert_eq!(key.public().to_string(), text(case, "packed"));
        assert_eq!(text(case, "packed").parse(), Ok(*key.public()));
    }
    for case in &vectors.bad {
        assert!(text(case, "packed").parse::<PublicKey>().is_err(), "{case}");
    }
}

#[test]
fn signatures_are_what_is_published() {
    let vectors = vectors("signatures");
    for case in &vectors.good {
        let (message, key, s) = (element(case, "message"), point(case, "key"), scalar(case, "s").unwrap());
        let signature = Signature { r: point(case, "r"), s };
        assert_eq!(verify_point(&key, &message, &signature), Ok(()), "{case}");
        assert_eq!(challenge(&signature.r, &key, &message), element(case, "challenge"), "{case}");
        assert_eq!(signature.to_string(), text(case, "encoded"));
        assert_eq!(text(case, "encoded").parse(), Ok(signature));
        let public = PublicKey::new(key);
        assert_eq!(public.is_ok(), case["key_of_prime_order"] == true, "{case}");
        if let Ok(public) = public {
            assert_eq!(verify(&public, &message, &signature), Ok(()));
            let secret = device(text(case, "device"));
            let signer = zksensor_model::primitives::eddsa::SecretKey::from_seed(*secret.expose_seed());
            assert_eq!(signer.sign(&message), signature, "{case}");
            assert_eq!(BASE8.mul(&scalar(case, "nonce").unwrap()), signature.r);
        }
    }
    for case in &vectors.bad {
        let verified = scalar(case, "s").is_some_and(|s| {
            let signature = Signature { r: point(case, "r"), s };
            verify_point(&point(case, "key"), &element(case, "message"), &signature).is_ok()
        });
        assert!(!verified, "{case}");
    }
}

#[test]
fn signed_readings_are_what_is_published() {
    let vectors = vectors("signed_readings");
    for case in &vectors.good {
        let signed = SignedReading::decode(&bytes(text(case, "binary"))).unwrap();
        assert_eq!(signed.encode().len(), SIGNED_READING_LENGTH);
        assert_eq!(hex::encode(&signed.encode()), text(case, "binary"));
        assert_eq!(serde_json::from_str::<SignedReading>(text(case, "json")).unwrap(), signed);
        assert_eq!(serde_json::to_string(&signed).unwrap(), text(case, "json"));
        assert_eq!(signed.reading().message(), element(case, "message"));
        assert_eq!(device(text(case, "device")).sign(signed.reading()), Ok(signed));
    }
    for case in &vectors.bad {
        match (case.get("binary"), case.get("json")) {
            (Some(_), None) => {
                assert!(SignedReading::decode(&bytes(text(case, "binary"))).is_err(), "{case}");
            }
            (None, Some(_)) => {
                assert!(serde_json::from_str::<SignedReading>(text(case, "json")).is_err(), "{case}");
            }
            _ => panic!("{case} has one form"),
        }
    }
}
